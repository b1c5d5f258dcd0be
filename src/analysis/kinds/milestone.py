"""milestone: no number; dated evidence decides, or somebody's signed judgement stands in."""

from analysis.kinds.kind import Decided, Kind
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Judgement


class Milestone(Kind):
    """A task."""

    claim = "task"
    judged = True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        seen = {item.status for item in known.target.evidence if item.date.isoformat() <= known.as_of}
        return None, "achieved" in seen if seen & {"achieved", "not_achieved"} else None

    def judgement(self, known: Known) -> Judgement | None:
        """Return what somebody has signed by then."""
        one = known.target.judgement
        return one if one and one.date.isoformat() <= known.as_of else None
