"""From the panel to predictive distributions: who lends strength to whom, and the questions one asks of
them.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis import mixtures, models, panel
from analysis.catalogue import Catalogue, Indicator
from analysis.census import Rebasing
from analysis.spread import FEWEST_CHANGES, FEWEST_REGIONS, SMALLER, Spread

HISTORY = 12  # years of history a forecast looks at
GROUPS, LARGE_GROUPS = 512, 32  # of series, up to some year, whose lessons are remembered
LARGE = 10_000  # figures of a group of which few are remembered: they take room
ENOUGH = 3  # figures of its own that put a region on the rung "own"; with fewer it is "short"
LEVELS = np.array([.01, .025, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5,
                   .55, .6, .65, .7, .75, .8, .85, .9, .95, .975, .99])  # fmt: skip
RANGE = (0.1, 0.9)  # weight of models and parameters left outside `low` and `high` of a probability


class Figure(NamedTuple):
    """An annual figure of a region, in the indicator's unit."""

    year: int
    basis: str
    value: float
    published: np.datetime64


@dataclass(frozen=True)
class Predictive:
    """What is expected of one indicator of one region after its origin.

    origin: last observed year used. years: forecast years (origin + 1 .. deadline, or `later`). evidence:
    the rung it stands on (see `ladder`). peers: region codes that lent. integer: outcomes are counts.
    known: (year, value) pairs of the history used. mixture: `mixtures.Mixture` of one series, one horizon
    a year. later: (year, value) of the deadline's year or a later one that is published already, else None;
    `years` then runs to it, and only `paths` may be asked. widened: by how much the
    lenders' volatility is. placed: how it lies beside its parent, on the rung "region". rebasing: of the
    denominator before the deadline, already in `mixture`. informed: the indicator whose figures made it
    together with its own: the inflow of a stock, the stock of an inflow.
    """

    region: str
    indicator: str
    origin: int
    years: tuple[int, ...]
    evidence: str
    peers: tuple[str, ...]
    integer: bool
    known: tuple[tuple[int, float], ...]
    mixture: mixtures.Mixture
    later: tuple[int, float] | None = None
    widened: float = 1.0
    placed: Spread | None = None
    rebasing: Rebasing | None = None
    informed: str = ""


@dataclass(frozen=True)
class Conditional:
    """How likely a goal would be for each possible value in `year`: `table` (base, p), break_even or None.

    peers : codes whose changes lend; widened : by how much their volatility is
    """

    year: int
    table: pd.DataFrame
    break_even: float | None
    peers: tuple[str, ...]
    widened: float


# ---------------------------------------------------------------------------------------------- the door


@dataclass(frozen=True)
class Forecaster:
    """What one indicator is forecast from, as of a date: what regions lend each other is learned once.

    Regions of one level with the same last year read their forecasts from one fit, so that thirty provinces
    or three hundred cities cost what one does.

    Parameters
    ----------
    history : rows of the indicator known then, of all regions, annual and within years
    indicator : its key in the catalogue
    widening : how much more a city is held to move than a province, before cities' changes tell
    """

    history: pd.DataFrame
    indicator: str
    catalogue: Catalogue
    widening: float = SMALLER
    memory: dict[tuple, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls, history: pd.DataFrame, indicator: str, catalogue: Catalogue, widening: float = SMALLER
    ) -> "Forecaster":
        """Return the forecaster of one indicator in a table of `panel.as_of`."""
        return cls(history[history["indicator"].eq(indicator)], indicator, catalogue, widening)

    def held(self, widening: float) -> "Forecaster":
        """Return the same with another widening; what was learned without one stays learned."""
        made = replace(self, widening=widening)
        made.memory.update(self.memory)
        return made

    def rows(self, region: str) -> pd.DataFrame:
        """Return the figures of a region, annual and within years."""
        return self.history.iloc[self._rows.get(region, [])]

    def predict(self, region: str, deadline: int) -> Predictive | None:
        """Return what is expected of every year after the region's last value up to the deadline.

        No other region's value of the deadline's year or later is used, and of the region's own only the
        first, as `later`. None where the region has no value of its own before: no probability is invented
        (see `conditional`).
        """
        own = self.own(region)
        past = [one.year for one in own if one.year < deadline]
        if not past:
            return None
        origin = max(past)
        later = _later(own, deadline, {one.basis for one in own if one.year == origin})
        last = later[0] if later else deadline
        peers, factor = self.lenders(region, deadline)
        mixture, known = self._fitted(region, deadline, origin, last), self.known(region, deadline)
        return Predictive(
            region=region,
            indicator=self.indicator,
            origin=origin,
            years=tuple(range(origin + 1, last + 1)),
            evidence="own" if len(known) >= ENOUGH else "short",
            peers=peers,
            integer=mixture.integer,
            known=known,
            mixture=mixture,
            later=later,
            widened=factor,
        )

    def conditional(
        self, region: str, base_year: int, deadline: int, comparison: str, goal: float
    ) -> Conditional | None:
        """Return how likely the goal is for each possible value in `base_year`, without a history of its own.

        The bases are round values from half to one and a half times the goal; the break-even base is where
        the chance is even. None where no peers have figures up to the base year.
        """
        peers, factor = self.lenders(region, base_year + 1)
        if not peers:
            return None
        key = ("conditional", peers, factor, base_year, deadline, comparison, goal)
        return self.remember(key, lambda: self._conditional(peers, factor, *key[3:]))

    def lenders(self, region: str, before: int) -> tuple[tuple[str, ...], float]:
        """Return (codes, factor): regions whose changes lend drift and volatility, and how widened.

        Only figures of years before `before` count. Provinces lend to each other, and to the country: an
        aggregate is smoother than its parts, so that this errs on the wide side, while its own changes speak
        against it. Cities lend to cities as soon as their changes together are enough to learn from; before,
        a city borrows from the provinces, their volatility widened by `widening`, an assumption.
        """
        level = _level(region, self.catalogue)
        if level == "country":
            return self._observed("province", before), 1.0
        fellow = _without(self._observed(level, before), region)
        if level == "province" or self._enough(fellow, before):
            return fellow, 1.0
        provinces = self._observed("province", before)
        return provinces, self.widening if provinces else 1.0

    def rises(self, regions: tuple[str, ...], before: int) -> tuple[int, int]:
        """Return (rises, changes) in the regions' figures of years before `before`."""
        value, earlier, _ = self._cut(regions, before - 1)
        change = value - earlier
        return int(np.sum(change > 0)), int(np.isfinite(change).sum())

    def _fitted(self, region: str, deadline: int, origin: int, last: int) -> mixtures.Mixture:
        """Return the region's mixture, one horizon a year (origin + 1 .. last), from its circle's fit."""
        circle = self._circle(region, deadline)
        group = self.remember(("group", circle, origin), lambda: self._group(*circle, origin))
        column, horizons = group.value.shape[1] - 1, tuple(range(1, last - origin + 1))
        fitted = group.remember(("fit", column, horizons), lambda: models.fit(group, column, horizons))
        return fitted.one(circle[0].index(region))

    def _circle(self, region: str, deadline: int) -> tuple[tuple[str, ...], tuple[str, ...], float]:
        """Return (codes, teachers, factor) of the series fitted together: the same for all who share a fit.

        A city that borrows from provinces reads what they teach and teaches nothing, so that cities asked
        together do not change each other. Who borrows from nobody is alone, and so is the country.
        """
        peers, factor = self.lenders(region, deadline)
        level = _level(region, self.catalogue)
        if not peers or level == "country":
            codes = (region, *peers)
            return codes, codes, factor
        teachers = self._observed(_level(peers[0], self.catalogue), deadline)
        codes = tuple(sorted({*teachers, *self._observed(level, deadline, 1)}))
        return codes, teachers, factor

    def _group(
        self, codes: tuple[str, ...], teachers: tuple[str, ...], factor: float, origin: int
    ) -> models.Group:
        teaches = np.isin(codes, teachers)
        entry = self.catalogue.indicators[self.indicator]
        return group(*linked(*self._cut(codes, origin)), entry, np.where(teaches, 1.0, factor), teaches)

    def _conditional(
        self,
        peers: tuple[str, ...],
        factor: float,
        base_year: int,
        deadline: int,
        comparison: str,
        goal: float,
    ) -> Conditional:
        value, span = linked(*self._cut(peers, base_year))
        entry = self.catalogue.indicators[self.indicator]
        bases = round_values(0.5 * goal, 1.5 * goal, whole=is_count(entry))
        ghosts = np.full((len(bases), value.shape[1]), np.nan)
        ghosts[:, -1] = bases
        widened = np.array([factor] * len(bases) + [1.0] * len(value))
        together = group(np.vstack([ghosts, value]), np.vstack([ghosts > np.inf, span]), entry, widened)
        fitted = models.fit(together, value.shape[1] - 1, range(1, deadline - base_year + 1))
        ahead = deadline - base_year - 1
        chances = [_chance(fitted.one(row), ahead, comparison, goal) for row in range(len(bases))]
        table = pd.DataFrame({"base": bases, "p": chances})
        return Conditional(base_year, table, _break_even(table), peers, factor)

    @cached_property
    def _series(self) -> panel.Series:
        return panel.series(self.figures, self.indicator)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Annual rows that have a value, of all regions."""
        rows = panel.annual(self.history, self.indicator)
        return rows[rows["value"].notna()]

    def own(self, region: str) -> list[Figure]:
        """Return the annual figures of a region that have a value, in the order of the table."""
        place = self._rows.get(region, np.array([], int))
        names = ("period", "year", "basis", "value", "published")
        rows = zip(*(self.history[name].to_numpy()[place] for name in names), strict=True)
        return [
            Figure(int(year), basis, float(value), day)
            for period, year, basis, value, day in rows
            if len(period) == 4 and value == value
        ]

    @cached_property
    def _rows(self) -> dict[str, np.ndarray]:
        return self.history.groupby("region", sort=False).indices

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: row for row, code in enumerate(self._series.regions)}

    def _enough(self, regions: tuple[str, ...], before: int) -> bool:
        """Return whether the regions' changes in years before `before` are enough to learn from."""
        if len(regions) < FEWEST_REGIONS:
            return False
        value, earlier, _ = self._cut(regions, before - 1)
        changes = np.isfinite(value - earlier).sum(axis=1)
        return bool(changes.sum() >= FEWEST_CHANGES and (changes > 0).sum() >= FEWEST_REGIONS)

    def known(self, region: str, before: int) -> tuple[tuple[int, float], ...]:
        """Return (year, value) of a region's figures of years before `before`, on its newest basis."""
        if region not in self._place:
            return ()
        pairs = zip(self._series.years, self._series.value[self._place[region]], strict=True)
        return tuple(
            (int(year), float(value)) for year, value in pairs if year < before and np.isfinite(value)
        )

    def _cut(self, regions: tuple[str, ...], last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (value, before, span), each (n, T), up to the last year known of any, at most `last`."""
        rows = [self._place[code] for code in regions]
        value, before, span = self._series.value[rows], self._series.before[rows], self._span[rows]
        seen = np.isfinite(value).any(axis=0) & (np.array(self._series.years) <= last)
        stop = int(np.flatnonzero(seen)[-1]) + 1
        return value[:, :stop], before[:, :stop], span[:, :stop]

    @cached_property
    def _span(self) -> np.ndarray:
        return self._series.span

    def _observed(self, level: str, before: int, at_least: int = 2) -> tuple[str, ...]:
        """Return the codes of a level with figures of at least so many years before `before`, in order."""
        return self.remember(
            ("observed", level, before, at_least), lambda: self._seen(level, before, at_least)
        )

    def _seen(self, level: str, before: int, at_least: int) -> tuple[str, ...]:
        earlier = self._series.value[:, np.array(self._series.years, int) < before]
        found = (np.isfinite(earlier).sum(axis=1) >= at_least) & (self._levels == level)
        return tuple(self._series.regions[row] for row in np.flatnonzero(found))

    @cached_property
    def _levels(self) -> np.ndarray:
        return np.array([_level(code, self.catalogue) for code in self._series.regions], object)

    def remember(self, key: tuple, compute: Callable[[], Any]) -> Any:
        """Return compute(), computed once; `key` names the widening where it matters (see `held`)."""
        if key not in self.memory:
            self.memory[key] = compute()
        return self.memory[key]


def predict(
    history: pd.DataFrame, indicator: str, region: str, deadline: int, catalogue: Catalogue
) -> Predictive | None:
    """Return `Forecaster.predict` of one region of a table that nothing else is asked of."""
    return Forecaster.of(history, indicator, catalogue).predict(region, deadline)


def _later(own: list[Figure], deadline: int, bases: set[str]) -> tuple[int, float] | None:
    """Return (year, value) of the first figure of the deadline's year or later on the origin's basis."""
    after = [(one.year, one.value) for one in own if one.year >= deadline and one.basis in bases]
    return min(after, key=lambda pair: pair[0], default=None)


def group(
    value: np.ndarray,
    span: np.ndarray,
    entry: Indicator,
    factor: np.ndarray | float = 1.0,
    teaches: np.ndarray | bool = True,
) -> models.Group:
    """Return the `models.Group` of series (n, T) of one indicator; `entry` is its line in the catalogue.

    Asked again for the same numbers, it is the same group: what it learned is not learned twice, by whatever
    vintage, plan or state between two dates it is asked. So for the years before those in which two differ.
    """
    return _same(models.Group(value, span, HISTORY, *bounds(entry), is_count(entry), factor, teaches, _same))


def _same(made: models.Group) -> models.Group:
    """Return the group that was made first of the same numbers."""
    arrays = (np.asarray(part) for part in (made.value, made.span, made.prior_factor, made.teaches))
    key = tuple((one.shape, one.tobytes()) for one in arrays)
    content = _Content((*key, made.lower, made.upper, made.integer), made)
    return _held(content) if made.value.size <= LARGE else _held_large(content)


@dataclass(frozen=True)
class _Content:
    key: tuple
    group: models.Group = field(compare=False)


@lru_cache(maxsize=GROUPS)
def _held(content: _Content) -> models.Group:
    return content.group


@lru_cache(maxsize=LARGE_GROUPS)
def _held_large(content: _Content) -> models.Group:
    return content.group


def bounds(entry: Indicator) -> tuple[float, float]:
    """Return (lower, upper) of an indicator as floats, infinite where open."""
    low, high = entry.bounds or (None, None)
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)


def is_count(entry: Indicator) -> bool:
    """Counts are flows and stocks of things, without decimals."""
    return entry.integer and entry.decimals == 0


def _level(region: str, catalogue: Catalogue) -> str:
    return catalogue.regions[region].level if region in catalogue.regions else "city"


def _without(codes: tuple[str, ...], region: str) -> tuple[str, ...]:
    return tuple(code for code in codes if code != region)


# ------------------------------------------------------------------------------------------- panel arrays


def levels(
    history: pd.DataFrame, indicator: str, regions: Sequence[str]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return (codes, value (n, T), span (n, T)) of a consecutive run of years; see `linked`."""
    series = panel.series(history, indicator, tuple(regions))
    return list(series.regions), *linked(series.value, series.before, series.span)


def linked(value: np.ndarray, before: np.ndarray, span: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (value, span), each (n, T): every series chained to its newest basis.

    span says over how many years the change to a figure may be used, see `panel.spans`: never across a break
    without a figure of the year before on the new basis.
    """
    return chained(value, before), span


def chained(value: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return values (n, T), earlier ones moved onto the newest basis where an overlap shows the ratio."""
    earlier = np.full(value.shape, np.nan)
    earlier[:, 1:] = value[:, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = before / earlier
    ratio = np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)
    factor = np.cumprod(ratio[:, ::-1], axis=1)[:, ::-1]
    return value * np.append(factor[:, 1:], np.ones((len(value), 1)), axis=1)


# ---------------------------------------------------------------------------------------------- questions


def probability(
    predictive: Predictive, year: int, comparison: str, goal: float
) -> tuple[float, float, float]:
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
    if edge < predictive.mixture.lower or edge >= predictive.mixture.upper:
        return ((1 - below) if upward else below,) * 3
    given, weight = mixtures.given_parameters(predictive.mixture, edge, horizon)
    given = 1 - given if upward else given
    return _ranged(1 - below if upward else below, given, weight)


def _closed(predictive: Predictive) -> None:
    """Closed forms do not know of a later figure: they must not answer where there is one."""
    if predictive.later:
        raise ValueError(
            f"{predictive.region} {predictive.indicator}: {predictive.later[0]} is known; use paths"
        )


def _edge(predictive: Predictive, comparison: str, goal: float) -> float:
    """The largest value that counts as below (upward goals) or as still reached (downward goals)."""
    if not predictive.integer:
        return float(np.nextafter(goal, -np.inf)) if comparison in (">=", "<") else float(goal)
    return math.ceil(goal) - 1.0 if comparison in (">=", "<") else float(math.floor(goal))


def _ranged(p: float, given: np.ndarray, weight: np.ndarray) -> tuple[float, float, float]:
    order = np.argsort(given, kind="stable")
    cumulated = np.cumsum(weight[order]) / weight.sum()
    low, high = given[order][np.searchsorted(cumulated, RANGE)]
    return float(p), float(min(low, p)), float(max(high, p))


def probability_higher(predictive: Predictive, year: int, than_year: int) -> tuple[float, float, float]:
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


def quantile(predictive: Predictive, year: int, levels: Sequence[float] | np.ndarray) -> np.ndarray:
    """Predictive quantiles (Q,) of a year at the given levels, in the indicator's unit."""
    return quantiles(predictive, levels)[predictive.years.index(year)]


def quantiles(predictive: Predictive, levels: Sequence[float] | np.ndarray) -> np.ndarray:
    """Predictive quantiles (H, Q) of every year ahead, in the indicator's unit."""
    _closed(predictive)
    return mixtures.quantile(predictive.mixture, np.asarray(levels, float))[0]


def median(predictive: Predictive, year: int) -> float:
    """Predictive median of a year, in the indicator's unit."""
    return float(quantile(predictive, year, [0.5])[0])


def paths(predictive: Predictive, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Joint draws (draws, H) over `predictive.years`, for goals on sums, growth or every year, and wherever a
    later figure is known: all draws then lead to it.
    """
    return mixtures.paths(predictive.mixture, draws, rng, predictive.later and predictive.later[1])


def round_values(low: float, high: float, whole: bool = False) -> np.ndarray:
    """Return some twenty values at a round step (1, 2 or 5 of a decimal place) between two bounds.

    >>> round_values(0.625, 1.875)[[0, 1, -1]].tolist()
    [0.65, 0.7, 1.85]
    """
    if not high > low:
        return np.array([low])
    finest = (high - low) / 30
    power = 10.0 ** math.floor(math.log10(finest))
    step = next(unit * power for unit in (1, 2, 5, 10) if unit * power >= finest)
    step = max(step, 1.0) if whole else step
    places = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return np.round(places * step, 12)


def _chance(mixture: mixtures.Mixture, horizon: int, comparison: str, goal: float) -> float:
    years = tuple(range(mixture.location.shape[2]))
    return probability(
        Predictive("", "", 0, years, "peers", (), mixture.integer, (), mixture), horizon, comparison, goal
    )[0]


def _break_even(table: pd.DataFrame) -> float | None:
    over = table["p"].to_numpy() - 0.5
    crossing = np.flatnonzero(np.diff(np.sign(over)))
    if not len(crossing):
        return None
    i = crossing[0]
    share = over[i] / (over[i] - over[i + 1])
    return float(table["base"][i] + share * (table["base"][i + 1] - table["base"][i]))
