"""direction: the deadline's figure against an earlier year's."""

import math
from collections.abc import Callable
from datetime import date

import numpy as np

from analysis import forecast
from analysis.kinds import goals, paths, within
from analysis.kinds.kind import Decided, Kind
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Target


class Direction(Kind):
    """More, or less, than in the year ``than``, known or still ahead."""

    claim = "direction"
    dated = level = compares = monthly = True

    def goal(self, known: Known) -> float | None:
        """Return the reference year's value when known."""
        target = known.target
        years = known.own["year"].to_numpy()
        earlier = years[years < target.deadline]
        if not len(earlier):
            return None
        linked = known.reference(target.than, int(earlier.max()))
        return known.latest(target.than) if linked is None else linked

    def gap(self, known: Known, so_far: InYear | None) -> float | None:
        """Return the earlier year's figure less the latest; none where that is the earlier year's own."""
        last = None if so_far and so_far.month else known.last(known.target.deadline + 1)
        return None if last and last[0] == known.target.than else super().gap(known, so_far)

    def as_printed(self, goal: float, places: int | None) -> float:
        return goal if places is None else goals.rounded(goal, places)

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        pair = known.pair(known.target.than)
        if pair is None and so_far is not None and so_far.past is not None:
            return self._early(known, so_far.seen)
        met = None if pair is None else self.keeps(known, pair[1], pair[0])
        return known.latest(known.target.deadline), met

    def _early(self, known: Known, seen: float) -> Decided:
        """Return whether an amount so far is already above the earlier year's, on its basis."""
        goal = self.goal(known)
        above = goal is not None and known.latest(known.target.than) is not None and seen > goal
        return (seen, known.target.comparison.startswith(">")) if above else (None, None)

    def missing(self, known: Known, predictive: forecast.Predictive | None) -> tuple[int | str, ...]:
        return unlinked(known, predictive, known.target.than)

    def whole_year(
        self, known: Known, so_far: InYear | None, predictive: forecast.Predictive | None
    ) -> InYear | None:
        if so_far is None or so_far.past is None:
            return so_far
        return within.with_total(so_far, predictive, known.target.deadline)

    def ask(
        self, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
    ) -> goals.Ask | None:
        if so_far is not None and so_far.total is not None and self.goal(known) is not None:
            return within.ask(so_far.total, so_far.flat, so_far.grid)
        if predictive is None or predictive.later or (so_far is not None and so_far.month):
            return super().ask(known, predictive, so_far)
        year, than = known.target.deadline, known.target.than
        if than <= predictive.origin:
            return lambda comparison, goal: forecast.probability(predictive, year, comparison, goal)
        if predictive.integer:
            return super().ask(known, predictive, so_far)
        p, low, high = forecast.probability_higher(predictive, year, than)
        fall = (1 - p, 1 - high, 1 - low)
        return lambda comparison, goal: (p, low, high) if comparison.startswith(">") else fall

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        """Return the part of the earlier year's amount that is reached; None without both."""
        before = values.get(target.than)
        return within.pace(target, so_far, before) if so_far is not None and so_far.past and before else None

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        return within.to_come(so_far) if so_far is not None and so_far.past else None

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        target, first = known.target, np.array(known.reference(known.target.than, origin), float)
        return lambda ahead: ahead[target.deadline] - ahead.get(target.than, first)

    def edge(self, known: Known, origin: int) -> Callable[[float], float]:
        first = known.reference(known.target.than, origin)
        return lambda goal: 0.0 if first is None or math.isnan(goal) else goal - first

    def one_year(self, target: Target, predictive: forecast.Predictive | None) -> bool:
        return predictive is not None and target.than <= predictive.origin


def unlinked(known: Known, predictive: forecast.Predictive | None, year: int) -> tuple[int, ...]:
    """Return a past year that no basis links to the origin's figure."""
    if predictive is None or year > predictive.origin:
        return ()
    return () if known.reference(year, predictive.origin) is not None else (year,)
