"""Predictive distributions for groups of short annual series: arrays in, mixtures out.

The method in one paragraph. Each series is looked at on two scales: as it is, in units of its own size,
and on a log scale that becomes linear near zero (logit for bounded shares). On each scale there are two
members: a random walk with the drift common to the group, as far as the years bear it out (a walk without
drift where nobody lends strength); and one with the series' own drift, by equal amounts a year where it
rises. On the log scale there is a third, learned one, whose change over h years is a ridge regression on
the series' drift, on what its last change and its smoothed level say against that drift, and on a
constant, which takes up what the others leaned to one side; it is fitted to the group's past. A change
over a gap of years on one basis is seen once, and drifts as its mean in each of them. Drifts and
volatilities are shrunk towards those of the group (empirical Bayes), so that one's own few changes and
those of the others count by their precision; all that is borrowed is relative, so that no forecast depends
on how large the lenders are. Members are t-shaped, and on the log scale of counts negative binomial with
the same median and variance. They are pooled linearly with the weights that minimise the CRPS of the
group's own past forecasts, and every spread is multiplied by a factor, one a horizon, with which 80 % of
their intervals would have held. Everything learned for an origin uses outcomes known at that origin, and
is held back towards equal weights and factor 1 while the past is short.

Sources: variances Smyth (2004) doi:10.2202/1544-6115.1027; drifts Fay and Herriot (1979)
doi:10.1080/01621459.1979.10482505; CRPS and its energy form Gneiting and Raftery (2007)
doi:10.1198/016214506000001437; linear pools Gneiting and Ranjan (2013) doi:10.1214/13-EJS823.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from scipy import special

from analysis import mixtures
from analysis.arrays import Array, ArrayLike, Flags, Places

# Stated prior where nobody lends strength: a yearly change around 5 % (counts 10 %), and so broad on the log
# scale (standard deviation 1.2) that 1 % and 30 % are as likely as not; a drift as large either way.
PRIOR_DEVIATION, PRIOR_DEVIATION_COUNT, PRIOR_BREADTH, PRIOR_DRIFT = 0.05, 0.10, 1.2, 1.0
OUTLYING = 3.0  # changes beyond three robust standard deviations are drawn in to there
TURNING = 0.1  # variance by which the common drift of the coming years differs from that of the past
NEAR_ZERO = 2.0  # the log scale is linear for values below about two typical yearly changes
HALF_TREND = 0.5  # before anything is learned, the learned member believes half of the drift
YEARS_OF_PRIOR = 1.0  # ridge: the prior weighs as much as one origin year of the group
YEARS_OF_TRUST = 4.0  # calibration: after four origin years the learned factor counts half
EVENNESS = 1.0  # pull of the pool's weights to equal ones, divided by the origin years seen
FEWEST = 10.0  # an origin year with fewer tasks than this teaches proportionally less
PAST = 16  # origin years a lesson looks back
SAMPLE = 400  # series of a group that teach; more do not change a handful of parameters
FEWEST_DOF, LARGEST_DOF = 3.0, 200.0
MEMBERS = (("common", "drift"), ("common", "drift", "learned"))  # on each of the two scales
FACTORS = np.exp([-0.35, 0.0, 0.35])
NODES = (np.arange(11) + 0.5) / 11

Computed = TypeVar("Computed")


# -------------------------------------------------------------------------------------- empirical Bayes


def posterior_variance(
    variance: Array, dof: Array, teaches: Flags | bool = True, stated: float = PRIOR_DEVIATION
) -> tuple[Array, Array]:
    """Return what is believed of each series' variance: scale and degrees of freedom (n,) of an inverse
    chi-squared.

    The prior is the group's (moments on the log scale, Smyth 2004); without three estimates it is the stated
    one, normal on the log scale.

    Parameters
    ----------
    variance : (n,) each series' estimate, of yearly changes, in units that make the series comparable
    dof : (n,) its degrees of freedom, 0 where there is none
    teaches : (n,) whose estimates make the prior
    stated : middle of the stated deviation of a yearly change
    """
    usable = teaches & (dof > 0) & (variance > 0)
    if usable.sum() < 3:
        return _broad(variance, dof, 2 * np.log(stated))
    half = dof[usable] / 2
    centred = np.log(variance[usable]) - special.digamma(half) + np.log(half)
    centred, noise = drawn_in(centred[None])[0], special.zeta(2, half)  # trigamma
    middle = np.average(centred, weights=1 / (noise + noise.mean()))
    prior, more = _inverse_chi_squared(middle, max(np.mean((centred - middle) ** 2 - noise), 0.01))
    return np.maximum((more * prior + dof * variance) / (more + dof), 1e-4 * prior), more + dof


def _broad(variance: Array, dof: Array, middle: float) -> tuple[Array, Array]:
    """The same under a normal prior of the log variance, by quadrature: its log's mean and variance."""
    node = np.linspace(-5, 5, 201)
    log = middle + 2 * PRIOR_BREADTH * node
    chance = -(node**2) / 2 - dof[:, None] / 2 * (log + variance[:, None] * np.exp(-log))
    chance = np.exp(chance - chance.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    mean = chance @ log
    return _inverse_chi_squared(mean, (chance * (log - mean[:, None]) ** 2).sum(axis=1))


def _inverse_chi_squared(middle: ArrayLike, extra: ArrayLike) -> tuple[Array, Array]:
    """Return scale and degrees of freedom of the one whose log has this mean and variance."""
    dof = np.minimum(2 * trigamma_inverse(extra), LARGEST_DOF)
    return np.exp(np.asarray(middle) + special.digamma(dof / 2) - np.log(dof / 2)), dof


def trigamma_inverse(value: ArrayLike) -> Array:
    """Return x with trigamma(x) = value > 0, by Newton's iteration on 1 / trigamma (Smyth 2004, appendix).

    Examples
    --------
    >>> round(float(trigamma_inverse(np.pi**2 / 6)), 6)
    1.0
    """
    x = 0.5 + 1.0 / np.asarray(value, float)
    for _ in range(20):
        trigamma = special.zeta(2, x)  # and its derivative -2 zeta(3, x)
        step = trigamma * (1 - trigamma / value) / (-2 * special.zeta(3, x))
        x = x + step
        if np.all(np.abs(step) <= 1e-9 * x):
            break
    return x


@dataclass(frozen=True)
class Drifts:
    """The drifts of a group, in units of the series' deviations.

    centre, doubt : their mean and its variance, as the mean of years that share their shocks
    ratio : variance of a series' drift around it
    """

    centre: float = 0.0
    doubt: float = 0.0
    ratio: float = PRIOR_DRIFT**2

    @property
    def belief(self) -> float:
        """How much of the common drift is believed, 0 to 1: t^2 / (1 + t^2), of what may last."""
        return self.centre**2 / (self.centre**2 + self.doubt + TURNING)


def group_drifts(unit: Array, count: Array, yearly: Array, teaches: bool | Flags = True) -> Drifts:
    """Return the group's drifts by moments; without three series with changes the stated ones around 0.

    Where fewer than three have two changes or more, single ones tell.

    Parameters
    ----------
    unit : (n,) mean yearly change
    count : (n,) from how many changes
    yearly : (t,) the group's mean change of each year
    teaches : (n,) whose moments these are
    """
    several = teaches & (count >= 2)
    usable = several if np.sum(several) >= 3 else teaches & (count >= 1)
    if np.sum(usable) < 3:
        return Drifts()
    told = drawn_in(unit[usable][None])[0]
    doubt = yearly.var(ddof=1) / len(yearly) if len(yearly) > 1 else 1.0
    return Drifts(told.mean(), doubt, max(told.var(ddof=1) - np.mean(1 / count[usable]), 0.01))


def pooled_drift(
    unit: Array, count: Array, drifts: Drifts, factor: float | Array = 1.0
) -> tuple[Array, Array]:
    """Return the posterior of each drift, in units of the series' deviation.

    Parameters
    ----------
    unit : (n,) mean yearly change
    count : (n,) from how many changes
    factor : (n,) by how much a series' unit was widened against the group's; the centre is the same change
        for all

    Returns
    -------
    mean, variance : (n,) each
    """
    own = count / (1 / drifts.ratio + count)
    mean = own * unit + (1 - own) * drifts.centre / factor
    return mean, 1 / (1 / drifts.ratio + count) + (1 - own) ** 2 * drifts.doubt


# ------------------------------------------------------------------------------------------ the group


@dataclass(frozen=True)
class Group:
    """Comparable series that lend each other strength.

    value : (n, T) levels on one basis, in one unit, NaN where missing; a column is a year
    span : (n, T), over how many years the change to t may be used: 1, more over a gap, 0 where it may not
    history : years a forecast looks at
    lower, upper : bounds, in the unit of the values
    integer : counts
    prior_factor : (n,) how much more a series is held to move than the group that lends its volatility
    teaches : (n,) whether the others learn from a series; one that does not teach only reads
    same : gives for a group the one that all of the same numbers share; without it each remembers alone
    memory : what was computed, by column
    whole : what this is an earlier state of, which remembers for all its states
    """

    value: Array
    span: Places | Flags
    history: int = 12
    lower: float = -np.inf
    upper: float = np.inf
    integer: bool = False
    prior_factor: Array | float = 1.0
    teaches: Flags | bool = True
    same: "Callable[[Group], Group]" = field(default=lambda group: group, repr=False, compare=False)
    memory: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    whole: "Group | None" = field(default=None, init=False, repr=False, compare=False)

    @property
    def usable(self) -> Flags:
        """(n, T), whether the change from t-1 to t may be used."""
        return self.span == 1

    @property
    def scales(self) -> tuple[str, str]:
        """The two scales the members live on."""
        return ("identity", "logit" if np.isfinite(self.lower) and np.isfinite(self.upper) else "log")

    def remember(self, key: Hashable, compute: Callable[[], Computed]) -> Computed:
        """Return compute(), computed once."""
        if key not in self.memory:
            self.memory[key] = compute()
        return self.memory[key]

    def until(self, column: int) -> "Group":
        """Return the group as it was when a column was the last: groups that only differ later learn once."""
        if column + 1 >= self.value.shape[1]:
            return self
        whole = self.whole or self
        return whole.remember(("until", column), lambda: self.same(whole._cut(column + 1)))

    def _cut(self, stop: int) -> "Group":
        cut = replace(self, value=self.value[:, :stop], span=self.span[:, :stop], memory={})
        object.__setattr__(cut, "whole", self)
        return cut

    @property
    def teachers(self) -> "Group":
        """The series that teach: what they teach does not depend on who else reads it."""
        if np.all(self.teaches):
            return self
        return self.remember("teachers", lambda: self.same(self._chosen(np.asarray(self.teaches))))

    def _chosen(self, rows: Flags) -> "Group":
        factor = np.broadcast_to(self.prior_factor, len(rows))[rows]
        return replace(
            self,
            value=self.value[rows],
            span=self.span[rows],
            prior_factor=factor,
            teaches=True,
            memory={},
        )


def window(group: Group, column: int) -> tuple[Array, Places]:
    """Return value and span, (n, t), of the history up to a column; no change reaches back beyond it."""
    first = max(0, column - group.history + 1)
    span = group.span[:, first : column + 1]
    return group.value[:, first : column + 1], np.where(span <= np.arange(span.shape[1]), span, 0)


def yearly_changes(level: Array, span: Places) -> tuple[Array, Places]:
    """Return yearly changes (n, t-1) of levels (n, t), NaN where none is known, and how many were seen (n,).

    A change over a gap is seen once and stands, as its mean, in each of its years.

    >>> yearly_changes(np.array([[1.0, 2.0, np.nan, 6.0]]), np.array([[0, 1, 0, 2]]))
    (array([[1., 2., 2.]]), array([2]))
    """
    change = np.where(span[:, 1:] == 1, np.diff(level, axis=1), np.nan)
    seen = np.isfinite(change).sum(axis=1)
    for years in np.unique(span[span > 1]):
        rows, ends = np.nonzero(span == years)
        mean = (level[rows, ends] - level[rows, ends - years]) / years
        for back in range(years):
            change[rows, ends - 1 - back] = mean
        np.add.at(seen, rows, np.isfinite(mean))
    return change, seen


def sizes(group: Group, column: int) -> tuple[Array, Array, Array, Flags]:
    """Return how large the series are and how much they move, in their unit, as of a column.

    The offset is twice the typical yearly change (one's own, shrunk by one year to the group's), so that the
    log scale is linear near zero; for counts at least 1.

    Returns
    -------
    size, move : (n,) mean absolute value and yearly change
    offset : (n,) what is added before the log
    moved : (n,) whether the series has moved at all
    """
    then = group.until(column)
    return then.remember(("sizes", column), lambda: _sizes(then, *window(then, column)))


def _sizes(group: Group, value: Array, span: Places) -> tuple[Array, Array, Array, Flags]:
    size = _mean(np.abs(value), np.isfinite(value))
    size = np.where(size > 0, size, size[group.teaches & (size > 0)].min(initial=np.inf))
    size = np.where(np.isfinite(size), size, 1.0)
    change, count = yearly_changes(value, span)
    move = _mean(np.abs(change), np.isfinite(change))
    usual = _median((move / size)[group.teaches & (count > 0) & (move > 0)], PRIOR_DEVIATION)
    moved, move = move > 0, (count * move + usual * size) / (count + 1)
    lowest = np.where(np.isfinite(value), value, np.inf).min(axis=1, initial=np.inf)
    below = -np.minimum(np.where(np.isfinite(lowest), lowest, 0.0), 0.0)
    return size, move, below + np.maximum(NEAR_ZERO * move, 1.0 if group.integer else 1e-12), moved


def _mean(array: Array, mask: Flags) -> Array:
    return np.where(mask, array, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)


def _median(values: Array, otherwise: float) -> float:
    return float(np.median(values)) if len(values) else otherwise


@dataclass(frozen=True)
class Summary:
    """What a history says on one scale.

    last, deviation, dof : (n,) last value; deviation of a yearly change and its degrees of freedom
    drift, drift_variance : (n,) in units of the deviation
    common, common_variance : (n,) of the group's drift as far as it is believed, in the same units
    signals : (n, 4) of the learned member, in the same units: drift, level gap, last change, a constant
    count : (n,) changes seen
    """

    last: Array
    deviation: Array
    dof: Array
    drift: Array
    drift_variance: Array
    common: Array
    common_variance: Array
    signals: Array
    count: Array


def summary(group: Group, column: int, scale: str) -> Summary:
    """Return the `Summary` of every series of the group as of a column."""
    then = group.until(column)
    return then.remember(("summary", column, scale), lambda: _summary(then, column, scale))


def _summary(group: Group, column: int, scale: str) -> Summary:
    value, span = window(group, column)
    size, _, offset, _ = sizes(group, column)
    unit = size if scale == "identity" else np.ones(len(size))
    z = mixtures.forward(scale, value, offset[:, None], group.lower, group.upper) / unit[:, None]
    change, seen = yearly_changes(z, span)
    change = drawn_in(change, group.teaches)
    known = np.isfinite(change)
    years, count = known.sum(axis=1).astype(float), seen.astype(float)
    mean = _mean(change, known)
    square = np.where(known, (change - mean[:, None]) ** 2, 0.0).sum(axis=1)
    fewest = 2 if (group.teaches & (count >= 2)).sum() >= 3 else 1
    over = np.maximum(years, 1)  # a mean of so many shocks, seen once
    alone = mean**2 / (1 / over + PRIOR_DRIFT**2)  # drift and shock in one change
    single = mean[group.teaches & (count > 0)]
    if fewest == 1 and len(single) >= 2:  # where nobody has two, single changes tell beside their middle
        alone = over * (mean - np.median(single)) ** 2
    square = np.where(count == 1, alone, square)
    noise = 2 * size / (size + (0.0 if scale == "identity" else offset)) ** 2 if group.integer else 0 * size
    deviation, dof = _deviation(group, square, np.maximum(count - 1, np.minimum(count, 1)), noise)
    ready = (count >= 2) & np.isfinite(value[:, -1])
    heard = (count >= fewest) & np.isfinite(value[:, -1]) & group.teaches
    each = _yearly(np.clip(change[heard] / deviation[heard, None], -OUTLYING, OUTLYING))
    reliable = np.where(ready, years, np.minimum(count, 1))
    factor = np.asarray(group.prior_factor)
    drifts = group_drifts(mean / deviation, reliable, each, group.teaches)
    drift, drift_variance = pooled_drift(mean / deviation, reliable, drifts, factor)
    common = drifts.belief / factor * np.ones(len(size))
    drift_variance = drift_variance + common**2 * TURNING
    last = np.where(np.isfinite(z[:, -1]), z[:, -1], 0.0)
    newest = np.where(known[:, -1], change[:, -1] - mean, 0.0) if change.shape[1] else 0 * last
    gap = np.where(ready, smoothed(z, span == 1) - last, 0.0)
    signals = np.stack([drift, gap / deviation, newest / deviation, np.ones(len(size))], axis=1)
    return Summary(
        unit * last,
        unit * deviation,
        dof,
        drift,
        drift_variance,
        common * drifts.centre,
        common**2 * (drifts.doubt + TURNING),
        signals,
        count,
    )


def drawn_in(change: Array, teaches: Flags | bool = True) -> Array:
    """Return changes (n, t) with outlying ones of a series at three robust deviations from its median.

    The robust deviation is the mean square of the series' own and the group's median absolute deviation; the
    group's is that of the series that teach (n,).
    """
    if change.shape[1] < 3:
        return change
    known = np.isfinite(change)
    centre = _row_median(change, known)
    own = 1.4826 * _row_median(np.abs(change - centre[:, None]), known)
    group = _median(own[teaches & (known.sum(axis=1) >= 3)], 0.0)
    reach = OUTLYING * np.sqrt((own**2 + group**2) / 2)
    reach = np.where(reach > 0, reach, np.inf)[:, None]
    return np.clip(change, centre[:, None] - reach, centre[:, None] + reach)


def _row_median(array: Array, known: Flags) -> Array:
    ordered = np.sort(np.where(known, array, np.inf), axis=1)
    count = np.maximum(known.sum(axis=1), 1)
    pair = [ordered[np.arange(len(ordered)), place] for place in ((count - 1) // 2, count // 2)]
    return np.where(
        known.any(axis=1),
        (np.where(np.isfinite(pair[0]), pair[0], 0) + np.where(np.isfinite(pair[1]), pair[1], 0)) / 2,
        0.0,
    )


def _yearly(unit: Array) -> Array:
    known = np.isfinite(unit)
    years = known.any(axis=0)
    return np.where(known, unit, 0.0).sum(axis=0)[years] / known.sum(axis=0)[years]


def _deviation(group: Group, square: Array, dof: Array, noise: Array) -> tuple[Array, Array]:
    """Posterior deviation (n,) and degrees of freedom: never more than one's own history could have, since
    series of a group share the shocks of a year; fewer than three become three with the same 80 % interval.

    noise : (n,) variance that comes from counting alone, which small series have more of
    """
    stated = PRIOR_DEVIATION_COUNT if group.integer else PRIOR_DEVIATION
    heard = np.where(group.teaches, dof, 0)
    variance = np.where(dof > 0, square / np.maximum(dof, 1), 0.0)
    unit = 1 + noise / _beyond(variance, heard, noise, stated**2)
    variance = variance / unit
    wider = np.asarray(group.prior_factor) ** 2
    pooled, total = posterior_variance(variance / wider, dof, group.teaches, stated)
    fewer = np.minimum(total, FEWEST_DOF)
    heavy = mixtures.t_quantile(fewer, [0.9])[:, 0] / special.stdtrit(FEWEST_DOF, 0.9)
    return heavy * np.sqrt(wider * unit * pooled), np.clip(
        total, FEWEST_DOF, max(group.history - 2, FEWEST_DOF)
    )


def _beyond(variance: Array, dof: Array, noise: Array, stated: float) -> float:
    """Typical variance beyond the noise of counting; the stated one of fewer than three estimates."""
    usable = (dof > 0) & (variance > 0)
    if usable.sum() < 3:
        return stated
    return float(np.median(np.maximum(variance - noise, variance / 10)[usable]))


def smoothed(z: Array, usable: Flags, share: float = 0.5) -> Array:
    """Return the exponentially smoothed level (n,) of z (n, t), anew wherever a change is not usable."""
    level = z[:, 0]
    for t in range(1, z.shape[1]):
        level = np.where(usable[:, t], level + share * (z[:, t] - level), z[:, t])
    return level


# ------------------------------------------------------------------------------------------- members


def slopes(group: Group, column: int, scale: str, horizons: Sequence[int]) -> Array:
    """Return the learned member's slopes (H, 4) on its signals, by ridge on outcomes known at the column.

    The prior is half the drift and nothing else, and weighs as much as one origin year.
    """
    return np.stack([_slope(group, column, scale, h) for h in horizons])


def _slope(group: Group, column: int, scale: str, h: int) -> Array:
    then = group.until(column).teachers
    return then.remember(("slope", column, scale, h), lambda: _ridge(then, column, scale, h))


def _ridge(group: Group, column: int, scale: str, h: int) -> Array:
    prior = np.array([HALF_TREND * h, 0.0, 0.0, 0.0])
    parts = [_moments(group, origin, scale, h) for origin in _origins(column, h)]
    parts = [part for part in parts if part[2] > 0]
    if not parts:
        return prior
    square, cross, rows = (sum(part[i] for part in parts) for i in range(3))
    ridge = YEARS_OF_PRIOR * max(rows / len(parts), FEWEST) * np.diag(square) / rows + 1e-9
    return np.linalg.solve(square + np.diag(ridge), cross + ridge * prior)


def _origins(column: int, h: int) -> range:
    return range(max(2, column - h - PAST + 1), column - h + 1)


def _moments(group: Group, origin: int, scale: str, h: int) -> tuple[Array, Array, int]:
    then = group.until(origin + h)
    return then.remember(("moments", origin, scale, h), lambda: _sums(then, origin, scale, h))


def _sums(group: Group, origin: int, scale: str, h: int) -> tuple[Array, Array, int]:
    told = summary(group, origin, scale)
    rows = known_tasks(group, origin, h)
    outcome = mixtures.forward(
        scale, group.value[rows, origin + h], sizes(group, origin)[2][rows], group.lower, group.upper
    )
    outcome = (outcome - told.last[rows]) / told.deviation[rows]
    outcome = np.clip(outcome, -4 * np.sqrt(h), 4 * np.sqrt(h))
    signals = told.signals[rows]
    return signals.T @ signals, signals.T @ outcome, len(rows)


def known_tasks(group: Group, origin: int, h: int) -> Places:
    """Return rows with two usable changes, some movement, and an unbroken outcome h years after an origin."""
    then = group.until(origin + h)
    return then.remember(("tasks", origin, h), lambda: _tasks(then, origin, h))


def _tasks(group: Group, origin: int, h: int) -> Places:
    unbroken = group.usable[:, origin + 1 : origin + h + 1].all(axis=1)
    enough = summary(group, origin, group.scales[0]).count >= 2
    moved = sizes(group, origin)[3]
    known = np.isfinite(group.value[:, origin])
    return np.flatnonzero(group.teaches & unbroken & enough & moved & known)


def members(
    group: Group,
    column: int,
    horizons: Sequence[int],
    factor: float | Array = 1.0,
    rows: slice | Places = slice(None),
) -> mixtures.Mixture:
    """Return all members for some rows of the group, equally weighted, every spread times ``factor``.

    Parameters
    ----------
    factor : one, or (H,), one a horizon
    """
    parts = [_members(group, column, scale, horizons, factor, rows) for scale in group.scales]
    location, spread, doubt = (np.concatenate([part[i] for part in parts], axis=1) for i in range(3))
    told = [summary(group, column, scale).dof[rows] for scale in group.scales]
    many = [len(names) for names in MEMBERS]
    dof = np.repeat(np.stack(told, axis=1), many, axis=1)
    families = ("identity", "count" if group.integer else group.scales[1])
    return mixtures.Mixture(
        family=tuple(np.repeat(families, many).tolist()),
        weight=np.full(dof.shape, 1 / dof.shape[1]),
        location=location,
        spread=spread,
        doubt=doubt,
        dof=dof,
        offset=sizes(group, column)[2][rows],
        lower=group.lower,
        upper=group.upper,
        integer=group.integer,
    )


def _members(
    group: Group,
    column: int,
    scale: str,
    horizons: Sequence[int],
    factor: float | Array,
    rows: slice | Places,
) -> tuple[Array, Array, Array]:
    told = summary(group, column, scale)
    ahead = np.array(horizons, float)
    parts = [_common(told, rows, ahead), _own(told, rows, ahead, scale)]
    if scale != "identity":
        parts.append((told.signals[rows] @ slopes(group, column, scale, horizons).T, *parts[1][1:]))
    shift, walk, doubt = (np.stack([part[i] for part in parts], axis=1) for i in range(3))
    unit, doubt = told.deviation[rows, None, None], np.sqrt(doubt)
    location, spread = told.last[rows, None, None] + unit * shift, factor * unit * np.sqrt(walk + doubt**2)
    doubt = factor * unit * doubt
    if group.integer and scale == "log":
        return _as_counts(group, column, rows, location, spread, doubt)
    return location, spread, doubt


def _common(told: Summary, rows: slice | Places, ahead: Array) -> tuple[Array, Array, Array]:
    """Change (n, H) of the walk with the common drift, variance of its shocks and of its drift, in units of
    the deviation: what a series drifts besides counts as volatility."""
    common, drift = told.common[rows, None], told.drift[rows, None]
    return common * ahead, (1 + (drift - common) ** 2) * ahead, told.common_variance[rows, None] * ahead**2


def _own(told: Summary, rows: slice | Places, ahead: Array, scale: str) -> tuple[Array, Array, Array]:
    """The same with the series' own drift; where it rises, by equal amounts: what doubles in a year is not
    held to double again, which over many years no series does."""
    drift, deviation = told.drift[rows, None], told.deviation[rows, None]
    shift = drift * ahead
    if scale != "identity":
        rise = np.expm1(np.clip(drift * deviation, 0.0, 5.0))
        shift = np.where(drift > 0, np.log1p(rise * ahead) / deviation, shift)
    return shift, 0 * shift + ahead, told.drift_variance[rows, None] * ahead**2


def _as_counts(
    group: Group, column: int, rows: slice | Places, location: Array, spread: Array, doubt: Array
) -> tuple[Array, Array, Array]:
    """Log mean, variation and its doubtful part of the negative binomial with a member's median and variance.

    The t's variance is taken from its 80 % interval, which exists for all dof. The mean is never below
    half an event in all the years seen (Jeffreys), the variance never below Poisson's and the rate never
    wider than an exponential one, whose median would fall to nothing. A gamma rate of variation v has its
    median at (1 - v^2 / 9)^3 of its mean (Wilson and Hilferty).
    """
    years = np.isfinite(window(group, column)[0][rows]).sum(axis=1)[:, None, None]
    offset = sizes(group, column)[2][rows, None, None]
    mean = np.maximum(np.exp(np.minimum(location, 690.0)) - offset, mixtures.HALF / (1 + years))
    dof = summary(group, column, "log").dof[rows]
    heavy = (mixtures.t_quantile(dof, [0.9]) / special.ndtri(0.9))[:, :, None]
    variance = ((mean + offset) * spread * heavy) ** 2
    variation = np.clip(np.sqrt(np.maximum(variance - mean, 0.0)) / mean, 1e-3, 1.0)
    mean = mean / (1 - variation**2 / 9) ** 3
    return np.log(mean), variation, variation * doubt / spread


# ------------------------------------------------------------------------------ learning from the past


def lesson(group: Group, origin: int, h: int) -> tuple[Array, Array, Array, int]:
    """Return what the forecasts of one past origin for h years ahead teach.

    CRPS of a pool w = w'distance - w'spread w / 2 (Gneiting and Raftery 2007, eq. 21).

    Returns
    -------
    distance : (K,) summed E|X_k - y|, in mean absolute yearly changes
    spread : (K, K) summed E|X_j - X_k'|
    inside : (C,) how many outcomes lay inside the 80 % interval of the even pool, for every factor on the
        spreads; of a count that stands on an end, a part (randomised)
    tasks : how many forecasts were summed
    """
    then = group.until(origin + h).teachers
    return then.remember(("lesson", origin, h), lambda: _lesson(then, origin, h))


def _lesson(group: Group, origin: int, h: int) -> tuple[Array, Array, Array, int]:
    rows = known_tasks(group, origin, h)
    rows = rows[:: -(-len(rows) // SAMPLE)] if len(rows) else rows
    size, move = (part[rows] for part in sizes(group, origin)[:2])
    outcome = group.value[rows, origin + h]
    worth = 1 / (size * np.maximum(move / size, np.quantile(move / size, 0.01))) if len(rows) else move
    mixture = members(group, origin, (h,) * len(FACTORS), FACTORS, rows)  # a factor in a horizon's place
    points = np.moveaxis(mixtures.member_quantiles(mixture, NODES), 2, 0)
    middle = points[len(FACTORS) // 2]
    far = np.abs(middle - outcome[:, None, None]).mean(axis=2)
    return worth @ far, _between(middle, worth), _inside(points, outcome).sum(axis=1), len(rows)


def _inside(points: Array, outcome: Array) -> Array:
    """Chance (C, n) that outcomes (n,) lie in the 80 % interval of pools of points (C, n, K, M)."""
    below, upto = (
        sign(points, outcome[:, None, None]).mean(axis=(2, 3)) for sign in (np.less, np.less_equal)
    )
    part = (np.minimum(upto, 0.9) - np.maximum(below, 0.1)) / np.where(upto > below, upto - below, 1.0)
    return np.where(upto > below, np.clip(part, 0, 1), (below > 0.1) & (below < 0.9))


def _between(points: Array, worth: Array) -> Array:
    """Summed worth x E|X_j - X_k'| (K, K) of members given by equally likely points (n, K, M).

    E|X - Y| is the integral of F(1 - G) + G(1 - F), here a sum over the gaps between the sorted points.
    """
    size, nodes = points.shape[1:]
    points = points.reshape(len(points), size * nodes)
    order = np.argsort(points, axis=1, kind="stable")
    gap = np.diff(np.take_along_axis(points, order, axis=1), axis=1) * worth[:, None]
    reached = np.cumsum(order[:, :, None] // nodes == np.arange(size), axis=1)[:, :-1] / nodes
    half = (reached * gap[:, :, None]).reshape(-1, size).T @ (1 - reached).reshape(-1, size)
    return half + half.T


def learned(group: Group, column: int, horizons: Sequence[int]) -> tuple[Array, Array]:
    """Return weights (K,) of least CRPS on outcomes known at the column, and factors (H,) with which 80 % of
    them were inside their intervals; held back when few."""
    size = sum(map(len, MEMBERS))
    past = past_tasks(column, horizons)
    lessons = [lesson(group, origin, h) for origin, h in past]
    tasks = sum(part[3] for part in lessons)
    if not tasks:
        return np.full(size, 1 / size), np.ones(len(horizons))
    years = len({origin for (origin, _), part in zip(past, lessons, strict=True) if part[3]})
    distance = np.sum([part[0] for part in lessons], axis=0) / tasks
    spread = np.sum([part[1] for part in lessons], axis=0) / tasks
    told = min(years, tasks / FEWEST)
    factors = np.array([_factor(past, lessons, h) for h in horizons])
    return pool_weights(distance, spread, EVENNESS / told), factors ** (told / (told + YEARS_OF_TRUST))


def _factor(past: list[tuple[int, int]], lessons: list[tuple[Array, Array, Array, int]], h: int) -> float:
    """The factor that holds 80 % of past outcomes; other horizons count half for every year apart."""
    near = 0.5 ** np.abs(np.array([ahead for _, ahead in past]) - h)
    share = near @ np.array([part[2] for part in lessons]) / (near @ np.array([part[3] for part in lessons]))
    return float(np.exp(np.interp(0.8, np.maximum.accumulate(share), np.log(FACTORS))))


def past_tasks(column: int, horizons: Sequence[int]) -> list[tuple[int, int]]:
    """Return (origin, horizon) pairs whose outcome is known at the column."""
    return [(p, h) for p in range(max(2, column - PAST), column) for h in horizons if p + h <= column]


def pool_weights(distance: Array, spread: Array, evenness: float) -> Array:
    """Return w (K,), at least 0 and of sum 1, of least w'distance - w'spread w / 2 + evenness |w - 1/K|^2.

    Exact: of the solutions with equality on each subset of members, the best that has no negative weight.

    Parameters
    ----------
    distance, spread : (K,) and (K, K), see `lesson`
    """
    size = len(distance)
    bend = 2 * evenness * np.eye(size) - spread
    push = distance - 2 * evenness / size
    weights = _on_planes(bend, push, np.arange(1, 2**size)[:, None] >> np.arange(size) & 1)
    loss = weights @ push + np.einsum("sj,jk,sk->s", weights, bend, weights) / 2
    return weights[np.argmin(np.where(weights.min(axis=1) >= 0, loss, np.inf))]


def _on_planes(bend: Array, push: Array, chosen: Places) -> Array:
    """The points (S, K) of sum 1 with push'w + w'bend w / 2 stationary, of each subset (S, K) of members."""
    count, size = chosen.shape
    system, right = np.zeros((count, size + 1, size + 1)), np.ones((count, size + 1, 1))
    system[:, :size, :size] = (
        bend * chosen[:, :, None] * chosen[:, None] + np.eye(size) * (1 - chosen)[:, None]
    )
    system[:, :size, size] = system[:, size, :size] = chosen
    right[:, :size, 0] = -push * chosen
    return np.linalg.solve(system, right)[:, :size, 0]


def fit(group: Group, column: int, horizons: Iterable[int]) -> mixtures.Mixture:
    """Return the predictive mixture of every series from a column on, using nothing later.

    Parameters
    ----------
    horizons : years ahead, ascending

    Returns
    -------
    Mixture of n series and H horizons; rows without a value in the column are meaningless
    """
    horizons = tuple(int(h) for h in horizons)
    weights, factor = learned(group, column, horizons)
    mixture = members(group, column, horizons, factor)
    return replace(mixture, weight=np.broadcast_to(weights, mixture.weight.shape).copy())
