"""level, share, flow, stock: the deadline's figure against a number."""

from datetime import date

from analysis import forecast
from analysis.kinds import goals, paths, within
from analysis.kinds.kind import Decided, Kind, paced
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Target


class Figure(Kind):
    """A level or a share."""

    figure = dated = level = True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        value = known.latest(known.target.deadline)
        return value, None if value is None else self.keeps(known, value, known.target.goal)

    def ask(
        self, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
    ) -> goals.Ask | None:
        if predictive is None or predictive.later:
            return super().ask(known, predictive, so_far)
        year = known.target.deadline
        return lambda comparison, goal: forecast.probability(predictive, year, comparison, goal)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        return lambda ahead: ahead[known.target.deadline]

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        if first not in values or max(values) <= first:
            return None
        last, way = max(values), target.goal - values[first]
        if way == 0 or (way > 0) != target.comparison.startswith(">"):
            return None
        elapsed = (last - first) / (target.deadline - first)
        return paced((values[last] - values[first]) / way, elapsed, "since_base", first, last)


class Stock(Figure):
    """A number of things at the year's end: what is there counts."""

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        months = 12 * (target.deadline - day.year) + 12 - day.month
        return (values[max(values)], months) if values else None


class Flow(Figure):
    """A number of things within the year: each year starts from nothing, and counts do not fall."""

    adds_up = monthly = True

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        value, met = super().outcome(known, so_far)
        if met is not None or so_far is None:
            return value, met
        return within.early(known, known.target.deadline, so_far.seen) or (value, met)

    def whole_year(
        self, known: Known, so_far: InYear | None, predictive: forecast.Predictive | None
    ) -> InYear | None:
        return within.whole(known, so_far, predictive)

    def ask(
        self, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
    ) -> goals.Ask | None:
        if so_far is not None and so_far.total is not None:
            return within.ask(so_far.total, so_far.flat)
        return super().ask(known, predictive, so_far)

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        if so_far is None or not so_far.month or target.goal <= 0:
            return None
        elapsed, due = int(so_far.month[5:]) / 12, so_far.share if so_far.batches else None
        return paced(so_far.seen / target.goal, elapsed, "in_year", None, target.deadline) | {"calendar": due}

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        months = min(12 * (target.deadline - day.year) + 12 - day.month, 12)
        if so_far and so_far.month:
            months = 12 - int(so_far.month[5:])
        return so_far.seen if so_far else 0, months
