"""A stock and what flows into it: stock = stock before + new - lapsed, whichever of the two is published.

How much of a stock lapses in a year is not published. It is stated as anything between none and a fifth, and
kept apart by one member a rate.
"""

from collections.abc import Mapping

import numpy as np

from analysis import mixtures
from analysis.arrays import Array

LAPSING = np.array([1 / 30, 1 / 10, 1 / 6])  # stated: mid-thirds of rates evenly spread from none to a fifth
UNKNOWN = 0.30  # stated: deviation of a year's inflow, of its size, where only its neighbours are known
DOF = 30.0

Moments = tuple[float, float]  # mean and variance of a year's inflow


def from_inflow(stock: float, inflow: Mapping[int, Moments], years: tuple[int, ...]) -> mixtures.Mixture:
    """Return what a stock comes to from its last figure and the inflow of every year after it.

    Given the lapse rate r, with S the stock and N the inflow of a year: E S' = (1 - r) E S + E N and
    Var S' = (1 - r)^2 Var S + r (1 - r) E S + Var N.

    Parameters
    ----------
    stock : last figure
    inflow : year -> mean and variance, of all `years`
    years : consecutive, from the year after the stock's
    """
    location, variance = np.empty((len(LAPSING), len(years))), np.empty((len(LAPSING), len(years)))
    for k, rate in enumerate(LAPSING):
        mean, spread = stock, 0.0
        for h, year in enumerate(years):
            new, doubt = inflow[year]
            spread = (1 - rate) ** 2 * spread + rate * (1 - rate) * mean + doubt
            mean = (1 - rate) * mean + new
            location[k, h], variance[k, h] = mean, spread
    return _pool(location, np.maximum.accumulate(variance, axis=1))


def inflow_between(
    before: tuple[int, float], after: tuple[int, float], known: Mapping[int, float], year: int
) -> mixtures.Mixture | None:
    """Return what flowed in during a year between two known stocks; None where that cannot be.

    What the stocks and the known years leave is shared evenly by the unknown years.

    Parameters
    ----------
    before, after : (year, stock), the year asked lies after the first and not after the second
    known : year -> inflow
    """
    (first, low), (last, high) = before, after
    span = range(first + 1, last + 1)
    unknown = [one for one in span if one not in known]
    if year not in unknown:
        return None
    counted = sum(known[one] for one in span if one in known)
    lapsed = LAPSING * sum(low + (high - low) * (one - first - 0.5) / (last - first) for one in span)
    mean = np.maximum((high - low + lapsed - counted) / len(unknown), 0.5)
    share = 1 - 1 / len(unknown)
    variance = share * (mean + (UNKNOWN * mean) ** 2) + lapsed / len(unknown) ** 2
    return _pool(mean[:, None], variance[:, None])


def moments(levels: Array) -> Moments:
    """Return mean and variance of evenly spaced quantiles."""
    return float(np.mean(levels)), float(np.var(levels))


def neighbours(known: Mapping[int, float], year: int) -> Moments:
    """Return what is supposed of an unpublished year between known ones: their mean, widely."""
    earlier, later = max(one for one in known if one < year), min(one for one in known if one > year)
    mean = (known[earlier] + known[later]) / 2
    return mean, mean + (UNKNOWN * mean) ** 2


def _pool(location: Array, variance: Array) -> mixtures.Mixture:
    size = len(location)
    return mixtures.Mixture(
        family=("identity",) * size,
        weight=np.full((1, size), 1 / size),
        location=location[None],
        spread=np.sqrt(np.maximum(variance, 0.25))[None],
        doubt=np.zeros((1, *location.shape)),
        dof=np.full((1, size), DOF),
        offset=np.zeros(1),
        lower=0.0,
        integer=True,
    )
