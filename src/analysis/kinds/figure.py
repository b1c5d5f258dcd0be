"""level, share, flow, stock: the deadline's figure against a number."""

from datetime import date

from analysis import forecast
from analysis.kinds import goals, paths, within
from analysis.kinds.kind import Decided, Kind
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Target


class Figure(Kind):
    """A level or a share: of an amount, what a year's months come to."""

    figure = dated = level = monthly = True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        value = known.latest(known.target.deadline)
        if value is not None:
            return value, self.keeps(known, value, known.target.goal)
        early = within.early(known, known.target.deadline, so_far.seen) if so_far is not None else None
        return early or (None, None)

    def whole_year(
        self, known: Known, so_far: InYear | None, predictive: forecast.Predictive | None
    ) -> InYear | None:
        return within.whole(known, so_far, predictive)

    def ask(
        self, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
    ) -> goals.Ask | None:
        if so_far is not None and so_far.total is not None:
            return within.ask(so_far.total, so_far.flat, so_far.grid)
        if predictive is None or predictive.later:
            return super().ask(known, predictive, so_far)
        year = known.target.deadline
        return lambda comparison, goal: forecast.probability(predictive, year, comparison, goal)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        return lambda ahead: ahead[known.target.deadline]

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        if so_far is not None and so_far.month:
            return within.pace(target, so_far, target.goal)
        if first not in values or max(values) <= first:
            return None
        last, way = max(values), target.goal - values[first]
        if way == 0 or (way > 0) != target.comparison.startswith(">"):
            return None
        elapsed = (last - first) / (target.deadline - first)
        return within.paced((values[last] - values[first]) / way, elapsed, "since_base", first, last)

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        return within.to_come(so_far)


class Stock(Figure):
    """A number of things at the year's end: what is there counts."""

    monthly = False

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        ended = day.year if (day.month, day.day) == (12, 31) else day.year - 1
        if not values or max(values) < ended:  # what the years between have added already is not known
            return None
        return values[max(values)], 12 * (target.deadline - day.year) + 12 - day.month


class Flow(Figure):
    """A number of things within the year: each year starts from nothing, and counts do not fall."""

    adds_up = True

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        return None if so_far is None else within.pace(target, so_far, target.goal)

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        months = min(12 * (target.deadline - day.year) + 12 - day.month, 12)
        return super().to_come(target, values, so_far, day) or (so_far.seen if so_far else 0, months)
