"""A room for every kind of target: what it asks, when it is met, what is missing, how it is said.

Nothing outside asks for a kind by its name: ``kinds.of(target)`` answers.
"""

from analysis import plans
from analysis.kinds.direction import Direction
from analysis.kinds.figure import Figure, Flow, Stock
from analysis.kinds.kind import Kind
from analysis.kinds.milestone import Milestone
from analysis.kinds.rank import Rank
from analysis.kinds.span import Cumulative, EveryYear, Growth

_RECORDS = (
    Figure("level"),
    Figure("share"),
    Flow("flow"),
    Stock("stock"),
    Direction("direction"),
    Growth("growth"),
    Cumulative("cumulative"),
    EveryYear("every_year"),
    Rank("rank"),
    Milestone("milestone"),
)
KINDS: dict[str, Kind] = {record.name: record for record in _RECORDS}

if set(KINDS) != set(plans.FORMS):
    raise ImportError(f"kinds with a record or a form in plans.py, not both: {set(KINDS) ^ set(plans.FORMS)}")


def of(target: plans.Target) -> Kind:
    """Return the record of a target's kind."""
    return KINDS[target.kind]
