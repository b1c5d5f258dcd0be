"""growth, cumulative, every_year: the years from ``since`` to the deadline."""

import math

import numpy as np

from analysis import forecast
from analysis.arrays import Array
from analysis.kinds import paths, within
from analysis.kinds.direction import unlinked
from analysis.kinds.kind import Decided, Kind, ahead_or_known
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Target


class Growth(Kind):
    """Mean yearly growth in % from the year ``since``."""

    claim, unit = "growth", "%"
    spans = monthly = summed_up = True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        target = known.target
        pair = known.pair(target.since)
        if pair is None or pair[0] <= 0:
            return None, None
        before, after = pair
        growth = 100 * ((after / before) ** (1 / (target.deadline - target.since)) - 1)
        return growth, self.keeps(known, growth, target.goal)

    def missing(self, known: Known, predictive: forecast.Predictive | None) -> tuple[int | str, ...]:
        return unlinked(known, predictive, known.target.since)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        target, first = known.target, np.array(known.reference(known.target.since, origin), float)

        def growth(ahead: dict[int, Array]) -> Array:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = ahead[target.deadline] / ahead.get(target.since, first)
                mean = 100 * (ratio ** (1 / (target.deadline - target.since)) - 1)
            return np.nan_to_num(mean, nan=-100.0, posinf=np.inf)

        return growth


class Years(Kind):
    """Every year's figure from ``since`` to the deadline is looked at."""

    spans = each = monthly = summed_up = True

    def years(self, target: Target) -> range:
        return range(target.since, target.deadline + 1)

    def missing(self, known: Known, predictive: forecast.Predictive | None) -> tuple[int | str, ...]:
        past = () if predictive is None else range(known.target.since, predictive.origin + 1)
        return tuple(year for year in past if known.latest(year) is None)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        years = self.years(known.target)
        return lambda ahead: self.together(
            known.target, np.stack([ahead_or_known(known, ahead, year) for year in years])
        )

    def together(self, target: Target, drawn: Array) -> Array:
        """Return (draws,), what the goal is set on, from the (years, draws) of the span."""
        raise NotImplementedError(f"a {self.name} target says what its years come to")


class Cumulative(Years):
    """The sum of the years."""

    claim, adds_up = "cumulative", True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        target, years = known.target, self.years(known.target)
        values = [value for year in years if (value := known.latest(year)) is not None]
        if len(values) < len(years):
            early = within.early(known, target.since, so_far.seen if so_far else 0)
            return early or (None, None)
        total = math.fsum(values)
        return total, self.keeps(known, total, target.goal)

    def together(self, target: Target, drawn: Array) -> Array:
        return drawn.sum(axis=0)

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        years = [year for year in values if target.since <= year]
        if not years or target.goal <= 0:
            return None
        done = math.fsum(values[year] for year in years) / target.goal
        return within.paced(
            done, len(years) / len(self.years(target)), "cumulative", target.since, max(years)
        )


class EveryYear(Years):
    """Each of the years keeps the goal."""

    claim, level = "every_year", True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        values = [known.latest(year) for year in self.years(known.target)]
        for value in values:
            if value is not None and not self.keeps(known, value, known.target.goal):
                return value, False
        return (values[-1], True) if None not in values else (None, None)

    def reread(self, known: Known, outcome: float | None) -> dict:
        return {}

    def together(self, target: Target, drawn: Array) -> Array:
        return drawn.min(axis=0) if target.comparison.startswith(">") else drawn.max(axis=0)
