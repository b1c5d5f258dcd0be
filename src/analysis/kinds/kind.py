"""What a kind of target has to say; each kind says where it differs."""

from collections.abc import Callable
from datetime import date

import numpy as np

from analysis import forecast
from analysis.arrays import Array
from analysis.catalogue import Catalogue
from analysis.kinds import goals, paths, within
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Judgement, Target

Decided = tuple[
    float | None, bool | None
]  # what a target came out at, whether that meets it; None if unknown


class Kind:
    """What a target of one kind asks: of the figures, of a forecast, and of whoever says it.

    name : as in a plan's file
    claim : the phrase that says what is asked: "figure", "direction", "growth", "cumulative", "every_year",
        "rank" or "task"
    unit : of the goal and the outcome: "own" (the indicator's), "%" (a year) or "place"
    figure : whether the goal is a number that the deadline's figure alone has to keep
    dated : whether the deadline's figure alone decides, against a number or an earlier figure
    level : whether the goal is a level of the indicator, so that there is a gap to it and a growth towards it
    compares : whether the deadline's figure is held against an earlier year's
    spans : whether the years from ``since`` on are asked about, not the deadline's alone
    each : whether each of those years' figures counts
    adds_up : whether what is counted so far stays counted, so that a target can be decided early
    judged : whether people's dated evidence decides, not figures
    summed_up : whether the goal is set on something else than the deadline's figure: a sum, a growth, a place
    monthly : whether counts and amounts within the deadline's year bear on the answer
    """

    claim, unit = "figure", "own"
    figure = dated = level = compares = spans = each = adds_up = judged = monthly = summed_up = False

    def __init__(self, name: str) -> None:
        self.name = name

    # ------------------------------------------------------------------------------------------- the goal

    def goal(self, known: Known) -> float | None:
        """Return the number to reach."""
        return known.target.goal

    def siblings(self, region: str, catalogue: Catalogue, year: int) -> tuple[str, ...]:
        """Return the other regions whose figures decide too."""
        return ()

    def places(self, target: Target, catalogue: Catalogue) -> int | None:
        """Return to how many decimals the figure is printed; None for counts, which have none to round."""
        entry, own = catalogue.indicators[target.indicator], target.decimals
        return own if own is not None else None if entry.integer else entry.decimals

    def as_printed(self, goal: float, places: int | None) -> float:
        """Return the goal a printed figure is compared with."""
        return goal

    def keeps(self, known: Known, value: float, goal: float) -> bool:
        """Return whether a value keeps the goal under the target's rule on rounding."""
        return self.kept(known.target, value, goal, known.catalogue)

    def kept(self, target: Target, value: float, goal: float, catalogue: Catalogue) -> bool:
        """The same of a target of which nothing else need be known."""
        places = self.places(target, catalogue)
        if target.rounding == "printed":
            goal = self.as_printed(goal, places)
        return goals.keeps(target, value, goal, places)

    def gap(self, known: Known, so_far: InYear | None) -> float | None:
        """Return the goal less the latest value up to the deadline."""
        goal = self.goal(known)
        last = (0, so_far.seen) if so_far and so_far.month else known.last(known.target.deadline + 1)
        return None if goal is None or last is None or not self.level else goal - last[1]

    def required_growth(self, known: Known) -> float | None:
        """Return the yearly growth in % that leads from the last value before the deadline to the goal."""
        goal, deadline = self.goal(known), known.target.deadline
        last = known.last(deadline)
        if not self.level or goal is None or last is None or last[1] <= 0 or goal <= 0:
            return None
        return 100 * ((goal / last[1]) ** (1 / (deadline - last[0])) - 1)

    # ---------------------------------------------------------------------------------------- the outcome

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        """Return what the target came out at, and whether that meets it.

        Two years are compared on one basis only: without a common one the outcome stays open.
        """
        raise NotImplementedError(f"a {self.name} target says when it is met")

    def judgement(self, known: Known) -> Judgement | None:
        """Return what somebody has signed by then; None without."""
        return None

    def reread(self, known: Known, outcome: float | None) -> dict:
        """Read a known outcome in the other ways the goal could be meant."""
        goal = self.goal(known)
        if goal is None or outcome is None:
            return {}
        stated = self.keeps(known, outcome, goal)
        return goals.reread(known.target, outcome, goal, self.places(known.target, known.catalogue), stated)

    # ---------------------------------------------------------------------------------------- the forecast

    def so_far(self, known: Known) -> InYear | None:
        """Return what is known of the deadline's year before it is over."""
        return within.so_far(known) if self.monthly else None

    def whole_year(
        self, known: Known, so_far: InYear | None, predictive: forecast.Predictive | None
    ) -> InYear | None:
        """Add to what is seen so far what its year may come to, where that one year answers the question."""
        return so_far

    def missing(self, known: Known, predictive: forecast.Predictive | None) -> tuple[int | str, ...]:
        """Return the past years (or other regions) the question rests on and nobody has published."""
        return ()

    def ask(
        self, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
    ) -> goals.Ask | None:
        """Return the function that answers for any comparison and goal; None without a forecast."""
        if predictive is None:
            return None
        seen = so_far if so_far is not None and so_far.month else None
        quantity, edge = self.quantity(known, predictive.origin), self.edge(known, predictive.origin)
        return paths.ask(predictive, quantity, seen, known.target.deadline, edge, known.bare)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        """Return the function from draws of the years ahead to those of what the goal is set on."""
        raise NotImplementedError(f"a {self.name} target says what its goal is set on")

    def edge(self, known: Known, origin: int) -> Callable[[float], float]:
        """Return the function from a goal to the number the drawn quantity is compared with."""
        return lambda goal: goal

    def read(self, known: Known, ask: goals.Ask) -> tuple[tuple, dict]:
        """Return (p, low, high) of the goal as stated, and p of its other readings."""
        goal, places = self.goal(known), self.places(known.target, known.catalogue)
        edge = None if goal is None else self.as_printed(goal, places)
        return goals.read(known.target, ask, goal, edge, places)

    def one_year(self, target: Target, predictive: forecast.Predictive | None) -> bool:
        """Return whether the forecast of the deadline's year alone holds the answer."""
        return self.figure

    # --------------------------------------------------------------------------------- beside the forecast

    def pace(
        self, target: Target, values: dict[int, float], first: int | None, so_far: InYear | None
    ) -> dict | None:
        """Return 序时进度, the part of the way done against that of the time gone; None without.

        Parameters
        ----------
        values : the region's own figures by year, on one basis
        first : base year
        """
        return None

    def to_come(
        self, target: Target, values: dict[int, float], so_far: InYear | None, day: date
    ) -> tuple[float, int] | None:
        """Return what counts already towards the goal, and the months left; None where nothing adds up."""
        return None


def ahead_or_known(known: Known, ahead: dict[int, Array], year: int) -> Array:
    """Return a year's draws, or its figure where it is published, as many times."""
    some = next(iter(ahead.values()))
    return ahead[year] if year in ahead else np.full(len(some), known.latest(year))
