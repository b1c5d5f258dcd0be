"""Comparing a figure with a goal: as it stands, strictly, and as it is printed."""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from analysis.arrays import ArrayLike, Flags
from analysis.plans import Target

Ask = Callable[[str, float], tuple[float, float, float]]  # comparison, goal -> p, low, high
_KEPT = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}


def kept(values: ArrayLike, comparison: str, goal: float) -> Flags:
    """Return which of the values keep the goal, as a plain comparison of the figures."""
    return _KEPT[comparison](values, goal)


def compare(value: float, comparison: str, goal: float) -> bool:
    """Return whether ``value`` keeps the goal, as a plain comparison of the figures."""
    return bool(_KEPT[comparison](value, goal))


def keeps(target: Target, value: float, goal: float, places: int | None = None) -> bool:
    """Return whether ``value`` keeps the goal under the target's rule on rounding."""
    if target.rounding == "printed" and places is not None:
        value = rounded(value, places)
    return compare(value, target.comparison, goal)


def rounded(value: float, places: int) -> float:
    """Return a figure as a yearbook prints it: halves away from zero, in decimal arithmetic.

    >>> rounded(1.245, 2), rounded(1.246, 2), rounded(1.244, 2)
    (1.25, 1.25, 1.24)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def printed_edge(comparison: str, goal: float, places: int) -> tuple[str, float]:
    """Return the comparison and goal that the exact figure must keep for the printed one to keep the given.

    >>> printed_edge(">=", 1.25, 2)
    ('>=', 1.245)
    """
    unit = Decimal(1).scaleb(-places)
    steps = Decimal(repr(float(goal))) / unit
    upward = comparison in (">=", "<")
    whole = math.ceil(steps) if upward else math.floor(steps)
    edge = (whole - Decimal("0.5") if upward else whole + Decimal("0.5")) * unit
    return (">=" if comparison in (">=", ">") else "<"), float(edge)


def both(comparison: str) -> tuple[str, str]:
    """Return a comparison with and without equality."""
    return comparison[0] + "=", comparison[0]


def reread(target: Target, outcome: float, goal: float, places: int | None, stated: bool) -> dict:
    """Read a known outcome in the other ways the goal could be meant."""
    plain, strict = both(target.comparison)
    near = outcome if places is None else rounded(outcome, places)
    read = {
        "stated": stated,
        "strict": compare(outcome, strict, goal),
        "inclusive": compare(outcome, plain, goal),
        "exact": compare(outcome, target.comparison, goal),
        "printed": compare(near, target.comparison, goal),
    }
    return {name: float(met) for name, met in read.items()} | {"matters": read["exact"] != read["printed"]}


def read(target: Target, ask: Ask, goal: float | None, edge: float | None, places: int | None) -> tuple:
    """Return (p, low, high) of the goal as stated, and p of its other readings.

    Parameters
    ----------
    edge : the goal the printed figure is compared with
    """
    plain, strict = both(target.comparison)
    number = math.nan if goal is None else goal  # a reference year still ahead: no number is asked for
    answers = {name: ask(name, number) for name in {target.comparison, plain, strict}}
    exact = near = answers[target.comparison]
    if places is not None and edge is not None:
        near = ask(*printed_edge(target.comparison, edge, places))
    stated = near if target.rounding == "printed" else exact
    read = {"stated": stated[0], "strict": answers[strict][0], "inclusive": answers[plain][0]}
    read |= {"exact": exact[0], "printed": near[0]}
    return stated, read | {"matters": abs(read["exact"] - read["printed"]) >= 0.01}
