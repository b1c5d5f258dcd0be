"""From the panel to predictive distributions: who lends strength to whom, and the questions one asks of
them.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import mixtures, models, panel

HISTORY = 12  # years of history a forecast looks at
LEVELS = np.array([.01, .025, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5,
                   .55, .6, .65, .7, .75, .8, .85, .9, .95, .975, .99])  # fmt: skip
SMALLER = 2.0  # a city moves about twice as much as a province: stated, see `lenders`
RANGE = (0.1, 0.9)  # weight of models and parameters left outside `low` and `high` of a probability


@dataclass(frozen=True)
class Predictive:
    """What is expected of one indicator of one region after its origin.

    origin: last observed year used. years: forecast years (origin + 1 .. deadline, or `later`). evidence:
    "own" or "own+peers". peers: region codes that lent drift and volatility. integer: outcomes are counts.
    known: (year, value) pairs of the history used. mixture: `mixtures.Mixture` of one series, one horizon
    a year. later: (year, value) of the deadline's year or a later one that is published already, else None;
    `years` then runs to it, and only `paths` may be asked.
    """

    region: str
    indicator: str
    origin: int
    years: tuple
    evidence: str
    peers: tuple
    integer: bool
    known: tuple
    mixture: mixtures.Mixture
    later: tuple | None = None


@dataclass(frozen=True)
class Conditional:
    """How likely a goal would be for each possible last value: `table` (base, p), break_even base or None."""

    table: pd.DataFrame
    break_even: float | None
    peers: tuple
    widened: float


# ---------------------------------------------------------------------------------------------- the door


def predict(history, indicator, region, deadline, catalogue):
    """Predictive distribution for every year after the region's last value up to the deadline.

    Parameters: history, table of `panel.as_of`; deadline, int year (no other region's value of that year or
    later is used, and of the region's own only the first, as `later`); catalogue, `catalogue.read()`.
    Returns a `Predictive`, or None where the region has no value of its own before: no probability is
    invented (see `conditional`).
    """
    past = panel.annual(history, indicator)
    past = past[(past["year"] < deadline) & past["value"].notna()]
    own = past[past["region"] == region]
    if own.empty:
        return None
    origin = int(own["year"].max())
    peers, factor = lenders(past, indicator, region, catalogue)
    codes, value, usable = levels(past[past["year"] <= origin], indicator, (region, *peers))
    widened = np.array([factor if code == region else 1.0 for code in codes])
    together = group(value, usable, catalogue.indicators[indicator], widened)
    later = _later(history, indicator, region, deadline, own.loc[own["year"] == origin, "basis"])
    last = later[0] if later else deadline
    fitted = models.fit(together, value.shape[1] - 1, range(1, last - origin + 1))
    mixture = fitted.one(codes.index(region))
    return Predictive(
        region=region,
        indicator=indicator,
        origin=origin,
        years=tuple(range(origin + 1, last + 1)),
        evidence="own+peers" if peers else "own",
        peers=peers,
        integer=mixture.integer,
        known=_known(past, indicator, region),
        mixture=mixture,
        later=later,
    )


def _later(history, indicator, region, deadline, bases):
    """(year, value) of the region's first figure of the deadline's year or later on the origin's basis."""
    rows = panel.annual(history, indicator, (region,))
    rows = rows[(rows["year"] >= deadline) & rows["value"].notna() & rows["basis"].isin(bases)]
    if rows.empty:
        return None
    first = rows.sort_values("year").iloc[0]
    return int(first["year"]), float(first["value"])


def _known(past, indicator, region):
    series = panel.series(past, indicator, (region,))
    pairs = zip(series.years, np.asarray(series.value, float)[0], strict=True)
    return tuple((int(year), float(number)) for year, number in pairs if np.isfinite(number))


def group(value, usable, entry, factor=1.0):
    """`models.Group` of series of one indicator; `entry` is its line in the catalogue."""
    lower, upper = bounds(entry)
    return models.Group(value, usable, HISTORY, lower, upper, is_count(entry), factor)


def bounds(entry):
    """(lower, upper) of an indicator as floats, infinite where open."""
    low, high = entry.bounds or (None, None)
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)


def is_count(entry):
    """Counts are flows and stocks of things, without decimals."""
    return entry.integer and entry.decimals == 0


# ------------------------------------------------------------------------------------------------- peers


def lenders(history, indicator, region, catalogue):
    """(codes, factor): regions whose changes of the same indicator lend drift and volatility, and how
    widened.

    Provinces lend to each other, and to the country: an aggregate is smoother than its parts, so that this
    errs on the wide side, while its own changes speak against it. A city
    borrows from other cities where at least three of them have three yearly changes, otherwise from the
    provinces with their volatility doubled: Luoyang's R&D/GDP moved by about 10 % a year from 2022 to
    2024, twice as much as a typical province's.
    """
    level = _level(region, catalogue)
    if level == "country":
        return _observed(history, indicator, "province", catalogue, region), 1.0
    fellow = _observed(history, indicator, level, catalogue, region)
    if level == "province" or len(_observed(history, indicator, level, catalogue, region, 4)) >= 3:
        return fellow, 1.0
    provinces = _observed(history, indicator, "province", catalogue, region)
    return provinces, SMALLER if provinces else 1.0


def _level(region, catalogue):
    return catalogue.regions[region].level if region in catalogue.regions else "city"


def _observed(history, indicator, level, catalogue, region, at_least=2):
    mine = history[
        (history["indicator"] == indicator) & history["value"].notna() & (history["region"] != region)
    ]
    years = mine.groupby("region")["year"].nunique()
    return tuple(code for code in sorted(years[years >= at_least].index) if _level(code, catalogue) == level)


# ------------------------------------------------------------------------------------------- panel arrays


def levels(history, indicator, regions):
    """(codes, value (n, T), usable (n, T)): one consecutive run of years, each series chained to its
    newest basis.

    usable says whether the change from the year before may be used: never across a gap, nor across a break
    without a figure of the year before on the new basis.
    """
    series = panel.series(history, indicator, list(regions))
    years = np.asarray(series.years)
    span = np.arange(years.min(), years.max() + 1)
    value, before = (np.full((len(series.regions), len(span)), np.nan) for _ in range(2))
    value[:, years - span[0]], before[:, years - span[0]] = series.value, series.before
    usable = np.isfinite(value) & np.isfinite(before)
    return [str(code) for code in series.regions], chained(value, before), usable


def chained(value, before):
    """Earlier values multiplied onto the basis of the newest one wherever the overlap shows the ratio."""
    earlier = np.full(value.shape, np.nan)
    earlier[:, 1:] = value[:, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = before / earlier
    ratio = np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)
    factor = np.cumprod(ratio[:, ::-1], axis=1)[:, ::-1]
    return value * np.append(factor[:, 1:], np.ones((len(value), 1)), axis=1)


# ---------------------------------------------------------------------------------------------- questions


def probability(predictive, year, comparison, goal):
    """(p, low, high): chance that the year's value satisfies `comparison` (">=", ">", "<=", "<") with the
    goal.

    low and high: 80 % of the weight of models and parameters lie between; that is, were the drift, the
    volatility and the right member known, the chance would probably be found there.
    """
    _closed(predictive)
    horizon = predictive.years.index(year)
    upward = comparison in (">=", ">")
    edge = _edge(predictive, comparison, goal)
    point = np.full((1, predictive.mixture.location.shape[2], 1), edge)
    below = float(mixtures.cdf(predictive.mixture, point)[0, horizon, 0])
    if edge < predictive.mixture.lower or edge > predictive.mixture.upper:
        return ((1 - below) if upward else below,) * 3
    given, weight = mixtures.given_parameters(predictive.mixture, edge, horizon)
    given = 1 - given if upward else given
    return _ranged(1 - below if upward else below, given, weight)


def _closed(predictive):
    """Closed forms do not know of a later figure: they must not answer where there is one."""
    if predictive.later:
        raise ValueError(
            f"{predictive.region} {predictive.indicator}: {predictive.later[0]} is known; use paths"
        )


def _edge(predictive, comparison, goal):
    """The largest value that counts as below (upward goals) or as still reached (downward goals)."""
    if not predictive.integer:
        return np.nextafter(goal, -np.inf) if comparison in (">=", "<") else float(goal)
    return math.ceil(goal) - 1.0 if comparison in (">=", "<") else float(math.floor(goal))


def _ranged(p, given, weight):
    order = np.argsort(given)
    cumulated = np.cumsum(weight[order]) / weight.sum()
    low, high = (given[order][min(np.searchsorted(cumulated, level), len(given) - 1)] for level in RANGE)
    return float(p), float(min(low, p)), float(max(high, p))


def probability_higher(predictive, year, than_year):
    """(p, low, high): chance that the year's value is higher than that of `than_year`, observed or not.

    Both years ahead of the origin: from the joint distribution.
    """
    if than_year in predictive.years:
        first, second = predictive.years.index(than_year), predictive.years.index(year)
        p = mixtures.rise(predictive.mixture, first, second) @ predictive.mixture.weight[0]
        return _ranged(p, *mixtures.rise_given_drift(predictive.mixture, first, second))
    known = dict(predictive.known)
    if than_year not in known:
        raise ValueError(
            f"{predictive.region} {predictive.indicator}: no value of {than_year} to compare with"
        )
    return probability(predictive, year, ">", known[than_year])


def quantile(predictive, year, levels):
    """Predictive quantiles of a year at the given levels, in the indicator's unit."""
    _closed(predictive)
    return mixtures.quantile(predictive.mixture, np.asarray(levels, float))[0, predictive.years.index(year)]


def median(predictive, year):
    """Predictive median of a year, in the indicator's unit."""
    return float(quantile(predictive, year, [0.5])[0])


def paths(predictive, draws, rng):
    """Joint draws (draws, H) over `predictive.years`, for goals on sums, growth or every year, and wherever a
    later figure is known: all draws then lead to it.
    """
    return mixtures.paths(predictive.mixture, draws, rng, predictive.later and predictive.later[1])


def conditional(history, indicator, region, base_year, deadline, comparison, goal, catalogue):
    """Without a history of its own: for each possible value in `base_year`, how likely is the goal?

    The bases run from half to one and a half times the goal. Returns a `Conditional`, or None where no peers
    have data. The break-even base is where the chance is even.
    """
    past = panel.annual(history, indicator)
    past = past[(past["year"] <= base_year) & past["value"].notna()]
    peers, factor = lenders(past, indicator, region, catalogue)
    if not peers:
        return None
    _, value, usable = levels(past, indicator, peers)
    bases = np.linspace(0.5, 1.5, 41) * goal
    bases = np.unique(np.round(bases)) if is_count(catalogue.indicators[indicator]) else bases
    ghosts = np.full((len(bases), value.shape[1]), np.nan)
    ghosts[:, -1] = bases
    widened = np.array([factor] * len(bases) + [1.0] * len(value))
    value, usable = np.vstack([ghosts, value]), np.vstack([ghosts > np.inf, usable])
    together = group(value, usable, catalogue.indicators[indicator], widened)
    mixture = models.fit(together, value.shape[1] - 1, range(1, deadline - base_year + 1))
    chances = [_chance(mixture.one(i), deadline - base_year - 1, comparison, goal) for i in range(len(bases))]
    table = pd.DataFrame({"base": bases, "p": chances})
    return Conditional(table, _break_even(table), peers, factor)


def _chance(mixture, horizon, comparison, goal):
    years = tuple(range(mixture.location.shape[2]))
    return probability(
        Predictive("", "", 0, years, "peers", (), mixture.integer, (), mixture), horizon, comparison, goal
    )[0]


def _break_even(table):
    over = table["p"].to_numpy() - 0.5
    crossing = np.flatnonzero(np.diff(np.sign(over)))
    if not len(crossing):
        return None
    i = crossing[0]
    share = over[i] / (over[i] - over[i + 1])
    return float(table["base"][i] + share * (table["base"][i + 1] - table["base"][i]))
