"""A stock and what flows into it: stock = stock before + new - lapsed, whichever of the two is published.

How much of a stock lapses in a year is not published. It is stated as anything between none and a fifth, and
kept apart by one member a rate, beside every member of an inflow's forecast.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from analysis import mixtures
from analysis.arrays import Array

MOST = 1 / 5  # stated: of a stock that lapses in a year
LAPSING = np.array([1 / 30, 1 / 10, 1 / 6])  # mid-thirds of rates evenly spread from none to the most
UNKNOWN = 0.30  # stated: deviation of a year's inflow, of its size, where only its neighbours are known
DOF = 30.0
EVENLY = (np.arange(99) + 0.5) / 99
ONE = np.ones(1)


class Inflow(NamedTuple):
    """A year's inflow: mean, variance, and of its deviation the part common to all years, as `Mixture.doubt`.

    Each is a number, or (K,) of the members of a forecast.
    """

    mean: float | Array
    variance: float | Array = 0.0
    doubt: float | Array = 0.0


def from_inflow(
    stock: float, inflow: Mapping[int, Inflow], years: tuple[int, ...], weight: Array = ONE
) -> mixtures.Mixture:
    """Return what a stock comes to from its last figure and the inflow of every year after it.

    Given the lapse rate r, with S the stock and N the inflow of a year, D and C their doubts, V and U the
    rest of their variances: E S' = (1 - r) E S + E N, D' = (1 - r) D + C and
    V' = (1 - r)^2 V + r (1 - r) E S + U.

    Parameters
    ----------
    stock : last figure
    inflow : of all `years`
    years : consecutive, from the year after the stock's
    weight : (K,) of the inflow's members

    Returns
    -------
    Mixture of a member for every rate and member of the inflow, never below what is left by the last year
    with nothing new and the most lapsed: members do not know that no inflow is negative
    """
    rate, shape = LAPSING[:, None], (len(LAPSING), len(weight), len(years))
    location, variance, doubt = np.empty(shape), np.empty(shape), np.empty(shape)
    mean, rest, common = np.full(shape[:2], stock), np.zeros(shape[:2]), np.zeros(shape[:2])
    for h, year in enumerate(years):
        new = inflow[year]
        rest = (1 - rate) ** 2 * rest + rate * (1 - rate) * mean + new.variance - np.square(new.doubt)
        mean, common = (1 - rate) * mean + new.mean, (1 - rate) * common + new.doubt
        location[:, :, h], variance[:, :, h], doubt[:, :, h] = mean, rest, common
    pool = _pool(location, np.maximum.accumulate(variance, axis=2) + doubt**2, doubt, weight)
    return replace(pool, lower=math.floor(stock * (1 - MOST) ** len(years)))


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
    mean, variance = mean[:, None, None], variance[:, None, None]
    return _pool(mean, variance, 0 * mean, ONE)


def expected(ahead: mixtures.Mixture, horizon: int) -> Inflow:
    """Return a year's inflow by each member of its forecast."""
    year = ahead.horizon(horizon)
    levels = mixtures.member_quantiles(year, EVENLY)[0, :, 0]
    share = (year.doubt / year.spread)[0, :, 0]
    return Inflow(levels.mean(axis=1), levels.var(axis=1), levels.std(axis=1) * share)


def neighbours(known: Mapping[int, float], year: int) -> Inflow:
    """Return what is supposed of an unpublished year between known ones: their mean, widely."""
    earlier, later = max(one for one in known if one < year), min(one for one in known if one > year)
    mean = (known[earlier] + known[later]) / 2
    return Inflow(mean, mean + (UNKNOWN * mean) ** 2)


def _pool(location: Array, variance: Array, doubt: Array, weight: Array) -> mixtures.Mixture:
    """Return a member for every rate, equally likely, and member of the inflow: each array (R, K, H)."""
    size = location.shape[0] * location.shape[1]
    location, variance, doubt = (one.reshape(1, size, -1) for one in (location, variance, doubt))
    return mixtures.Mixture(
        family=("identity",) * size,
        weight=np.tile(weight / len(LAPSING), len(LAPSING))[None],
        location=location,
        spread=np.sqrt(np.maximum(variance, 0.25)),
        doubt=doubt,
        dof=np.full((1, size), DOF),
        offset=np.zeros(1),
        lower=0.0,
        integer=True,
    )
