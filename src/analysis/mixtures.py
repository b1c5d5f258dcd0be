"""Predictive distributions in closed form: linear pools of t and negative binomial members, for many
series at once.

A member is a Student t on a transformed scale (identity, log, logit) or a negative binomial. Its marginals
are exact; joint paths have one drift a path and shocks that accumulate, and the same marginals.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import special

from analysis import counts
from analysis.arrays import Array, ArrayLike, Flags, Places

HALF = 0.5  # an integer stands for the unit interval around it
BLOCK = 256  # rows computed at once: arrays that stay in the processor's cache
ARRAYS = ("weight", "location", "spread", "doubt", "dof", "offset")


@dataclass(frozen=True)
class Mixture:
    """Linear pool of K members over n series and H horizons; each marginal is a t or a negative binomial.

    family : K names, "identity" | "log" | "logit" (t on that scale) or "count" (negative binomial)
    weight : (n, K), at least 0, of sum 1 in a row
    location, spread : (n, K, H) on the member's scale; of "count" the log of its mean, and the coefficient of
        variation of its rate
    doubt : (n, K, H), the part of the spread that comes from the unknown drift and is common to all horizons
        of a path; the rest accumulates year by year
    dof : (n, K) degrees of freedom
    offset : (n,) in the unit of the outcome, added before the log
    lower, upper : bounds of the outcome, in its unit
    integer : outcomes are counts
    """

    family: tuple[str, ...]
    weight: Array
    location: Array
    spread: Array
    doubt: Array
    dof: Array
    offset: Array
    lower: float = -np.inf
    upper: float = np.inf
    integer: bool = False

    @cached_property
    def places(self) -> dict[str, Places]:
        """Where the members of each family stand among the K."""
        names = np.array(self.family)
        return {family: np.flatnonzero(names == family) for family in dict.fromkeys(self.family)}

    @cached_property
    def order(self) -> Places:
        """(K,) how the members stand again in their order after being looked at by family."""
        return np.argsort(np.concatenate(list(self.places.values())), kind="stable")

    def take(self, rows: slice | list[int] | Places | Flags) -> "Mixture":
        """Return the mixture of some of the series."""
        return replace(self, **{name: getattr(self, name)[rows] for name in ARRAYS})

    def horizon(self, place: int) -> "Mixture":
        """Return one horizon, by its index; the axis stays."""
        here = slice(place, place + 1)
        location, spread, doubt = (one[:, :, here] for one in (self.location, self.spread, self.doubt))
        return replace(self, location=location, spread=spread, doubt=doubt)

    def one(self, row: int) -> "Mixture":
        """Return the mixture of a single series, still with a leading axis of length 1."""
        return self.take([row])


def stacked(parts: list[Mixture]) -> Mixture:
    """Return several mixtures of like members as one of all their series."""
    weight, location, spread, doubt, dof, offset = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ARRAYS
    )
    return replace(
        parts[0], weight=weight, location=location, spread=spread, doubt=doubt, dof=dof, offset=offset
    )


def forward(
    family: str,
    value: ArrayLike,
    offset: float | Array = 0.0,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> Array:
    """Return values on the scale of a family; what lies outside its domain goes to its edge.

    Parameters
    ----------
    family : "identity", "log" or "logit"
    value, offset : of shapes that broadcast, in the unit of the outcome

    Examples
    --------
    >>> forward("logit", [25.0], 0.0, 0.0, 100.0).round(3).tolist()
    [-1.099]
    """
    value = np.asarray(value, float)
    if family == "identity":
        return value
    if family == "logit":
        return np.log(np.maximum(value - lower + offset, 1e-300) / np.maximum(upper - value + offset, 1e-300))
    return np.log(np.maximum(value + offset, 1e-300))


def inverse(
    family: str, z: Array, offset: float | Array = 0.0, lower: float = -np.inf, upper: float = np.inf
) -> Array:
    """Return the values whose `forward` is z, inside the bounds; same shapes and units."""
    if family == "identity":
        return np.clip(z, lower, upper)
    if family == "logit":
        return np.clip(lower - offset + (upper - lower + 2 * offset) * special.expit(z), lower, upper)
    return np.clip(np.exp(np.minimum(z, 690.0)) - offset, lower, upper)


def carried(mixture: Mixture, before: Array, after: Array) -> Mixture:
    """Return the mixture of one series moved, each member on its scale, as one value moves to another.

    Added on the plain scale, multiplied on the log scale, odds multiplied on the logit scale, the mean
    multiplied for counts. Spreads stay on their scale.

    Parameters
    ----------
    before, after : (H,) values in the unit of the outcome, one a horizon
    """
    moved = np.stack([step(mixture, family, before, after) for family in mixture.family])
    return replace(mixture, location=mixture.location + moved)


def step(mixture: Mixture, family: str, before: ArrayLike, after: ArrayLike) -> Array:
    """Return how far one value lies from another on the scale of a family of a mixture of one series."""
    if family == "count":
        return np.log(np.maximum(after, HALF)) - np.log(np.maximum(before, HALF))
    frame = (float(mixture.offset.flat[0]), mixture.lower, mixture.upper)
    return forward(family, after, *frame) - forward(family, before, *frame)


def _by_family(mixture: Mixture, compute: Callable[[str, Places], Array]) -> Array:
    """(n, K, H, Q) from `compute`, which answers for all members of a family at once, (n, some, H, Q)."""
    parts = [compute(family, mine) for family, mine in mixture.places.items()]
    return np.concatenate(parts, axis=1)[:, mixture.order]


def member_cdf(mixture: Mixture, value: Array) -> Array:
    """Return P(outcome <= value) of every member: value (n, H, Q) in its unit -> (n, K, H, Q)."""
    return member_cdfs(mixture)(value)


def member_cdfs(mixture: Mixture) -> Callable[[Array], Array]:
    """Return `member_cdf` as a function of the value alone: what rests on the mixture is taken once."""
    compute = {family: _cdf(mixture, family, mine) for family, mine in mixture.places.items()}

    def reached(value: Array) -> Array:
        value = (np.floor(value) if mixture.integer else value)[:, None]
        probability = _by_family(mixture, lambda family, mine: compute[family](value))
        probability = np.where(value >= mixture.upper, 1.0, probability)
        return np.where(value < mixture.lower, 0.0, probability)

    return reached


def _cdf(mixture: Mixture, family: str, mine: Places) -> Callable[[Array], Array]:
    location, spread = mixture.location[:, mine, :, None], mixture.spread[:, mine, :, None]
    if family == "count":
        mean = np.exp(location)
        return lambda value: count_cdf(value, mean, spread)
    offset, dof = mixture.offset[:, None, None, None], mixture.dof[:, mine, None, None]

    def reached(value: Array) -> Array:
        edge = value + HALF if mixture.integer else value
        z = forward(family, edge, offset, mixture.lower, mixture.upper)
        return special.stdtr(dof, (z - location) / spread)

    return reached


def cdf(mixture: Mixture, value: Array) -> Array:
    """Return P(outcome <= value) of the pool: value (n, H, Q) in its unit -> (n, H, Q)."""
    return cdfs(mixture)(value)


def cdfs(mixture: Mixture) -> Callable[[Array], Array]:
    """Return `cdf` as a function of the value alone, for who asks again and again."""
    members = member_cdfs(mixture)
    return lambda value: np.einsum("nk,nkhq->nhq", mixture.weight, members(value))


def quantile(mixture: Mixture, levels: ArrayLike) -> Array:
    """Return the smallest values whose cdf reaches each level, by bisection between the members' quantiles.

    Parameters
    ----------
    levels : (Q,) between 0 and 1

    Returns
    -------
    (n, H, Q) in the unit of the outcome
    """
    levels, pool = np.asarray(levels, float), cdfs(mixture)
    low, high = _bracket(mixture, levels)
    for _ in range(44):  # to 1e-13 of what the members span
        middle = np.floor((low + high) / 2) if mixture.integer else (low + high) / 2
        reached = pool(middle) >= levels
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        if mixture.integer and np.all(high - low <= 1):
            break
    return np.clip(high, mixture.lower, mixture.upper) + 0.0


def _bracket(mixture: Mixture, levels: Array) -> tuple[Array, Array]:
    """Values (n, H, Q) below and at or above the pool's quantiles."""
    members = member_quantiles(mixture, levels)
    low, high = members.min(axis=1), members.max(axis=1)
    if not mixture.integer:
        return low, high
    low, high = np.floor(low) - 1.0, np.ceil(high)
    for _ in range(60):  # the members' own quantiles are approximate for counts
        if np.all(reached := cdf(mixture, high) >= levels):
            break
        high = np.where(reached, high, 2 * high + 1)
    return low, high


def member_quantiles(mixture: Mixture, levels: Array) -> Array:
    """Return quantiles of every member: levels (Q,) -> (n, K, H, Q) in the unit of the outcome."""
    return _by_family(mixture, lambda family, mine: _quantiles(mixture, family, mine, levels))


def _quantiles(mixture: Mixture, family: str, mine: Places, levels: Array) -> Array:
    location, spread = mixture.location[:, mine, :, None], mixture.spread[:, mine, :, None]
    if family == "count":
        return count_quantile(levels, np.exp(location), spread)
    z = location + spread * t_quantile(mixture.dof[:, mine], levels)[:, :, None]
    value = inverse(family, z, mixture.offset[:, None, None, None], mixture.lower, mixture.upper)
    return np.ceil(value - HALF) if mixture.integer else value


def t_quantile(dof: Array, levels: ArrayLike) -> Array:
    """Return quantiles of Student's t: dof (...), levels (Q,) -> (..., Q); once for each different dof."""
    different, place = np.unique(dof, return_inverse=True)
    return special.stdtrit(different[:, None], np.asarray(levels, float)[None])[place]


def quick_quantile(mixture: Mixture, levels: ArrayLike, nodes: int = 60) -> Array:
    """Return quantiles of the pool from `nodes` quantiles of every member, for whole panels.

    The cdf is interpolated between the members' nodes, which are evenly spaced on the normal scale; it is
    within 0.01 of the exact one (tested).

    Parameters
    ----------
    levels : (Q,) between 0 and 1

    Returns
    -------
    (n, H, Q) in the unit of the outcome
    """
    score = np.linspace(-3.5, 3.5, nodes)
    grid = special.ndtr(score)
    share = np.diff(special.ndtr((score[1:] + score[:-1]) / 2), prepend=0.0, append=1.0)
    used, levels = _weighty(mixture), np.asarray(levels, float)
    blocks = [_quick(used.take(slice(row, row + BLOCK)), levels, grid, share)
              for row in range(0, len(used.weight), BLOCK)]  # fmt: skip
    made = np.concatenate(blocks) if blocks else np.zeros((0, mixture.location.shape[2], len(levels)))
    return np.ceil(made - HALF) + 0.0 if mixture.integer else made


def _weighty(mixture: Mixture) -> Mixture:
    """The mixture without members that hardly weigh in any series."""
    keep = mixture.weight.max(axis=0, initial=0) > 1e-3
    family = tuple(name for name, kept in zip(mixture.family, keep, strict=True) if kept)
    return replace(mixture, family=family, **{name: getattr(mixture, name)[:, keep] for name in ARRAYS[:-1]})


def _quick(mixture: Mixture, levels: Array, grid: Array, share: Array) -> Array:
    points = np.moveaxis(member_quantiles(mixture, grid), 1, 2)
    mass = mixture.weight[:, None, :, None] * share + np.zeros(points.shape)
    return _weighted_quantile(_flat(points), _flat(mass), levels).reshape(*points.shape[:2], -1)


def _flat(array: Array) -> Array:
    return array.reshape(array.shape[0] * array.shape[1], -1)


def _weighted_quantile(points: Array, mass: Array, levels: Array) -> Array:
    """Row by row: points, mass (R, P) -> (R, Q), interpolating the cumulated mass at its midpoints."""
    order = np.argsort(points, axis=1, kind="stable")
    points, mass = (np.take_along_axis(array, order, axis=1) for array in (points, mass))
    reached = np.cumsum(mass, axis=1)
    reached = (reached - mass / 2) / reached[:, -1:]
    row = np.arange(len(points))[:, None]
    place = np.searchsorted((reached + 2 * row).ravel(), (levels + 2 * row).ravel()).reshape(len(points), -1)
    right = np.clip(place - row * points.shape[1], 1, points.shape[1] - 1)
    low, high = (np.take_along_axis(reached, right - back, axis=1) for back in (1, 0))
    share = np.clip((levels - low) / np.maximum(high - low, 1e-12), 0, 1)
    low, high = (np.take_along_axis(points, right - back, axis=1) for back in (1, 0))
    return low + share * (high - low)


# --------------------------------------------------------------------------------------------- counts


def count_cdf(count: Array, mean: float | Array, variation: float | Array) -> Array:
    """Return P(N <= count) of a Poisson count whose gamma rate has this mean and coefficient of variation.

    Equals scipy.stats.nbinom.cdf(count, size, size / (size + mean)) with size = 1 / variation**2. The shapes
    broadcast.
    """
    size = 1.0 / np.maximum(variation, 1e-4) ** 2
    probability = special.betainc(size, np.maximum(count, 0.0) + 1.0, size / (size + mean))
    return np.where(count < 0, 0.0, probability)


def count_quantile(levels: Array, mean: Array, variation: Array, table: int = 64) -> Array:
    """Return quantiles of the same counts: the smallest count that reaches each level.

    Exact below `table`, from the recurrence of the probabilities; above it the three-moment gamma
    approximation of Wilson and Hilferty (1931) doi:10.1073/pnas.17.12.684, rounded.

    Parameters
    ----------
    levels : (Q,) between 0 and 1
    mean, variation : (..., 1)

    Returns
    -------
    (..., Q)
    """
    variance = mean + (mean * variation) ** 2
    skew = (mean + 3 * (mean * variation) ** 2 + 2 * mean**3 * variation**4) / variance**1.5
    cube = 1 + skew * special.ndtri(levels) / 6 - skew**2 / 36
    smooth = mean + np.sqrt(variance) * 2 / skew * (np.maximum(cube, 0.0) ** 3 - 1)
    value = np.maximum(np.ceil(smooth - HALF), 0.0)
    small = np.broadcast_to(mean, value.shape)[..., 0] < table / 2
    if small.any():
        value[small] = _tabled(levels, mean[small], variation[small], value[small], table)
    return value


def _tabled(levels: Array, mean: Array, variation: Array, otherwise: Array, table: int) -> Array:
    size = 1.0 / np.maximum(variation, 1e-4) ** 2
    failure = mean / (size + mean)
    probability = np.exp(-size * np.log1p(mean / size))
    reached = probability.copy()
    value = (reached < levels).astype(float)
    for count in range(1, table):
        probability = probability * failure * (count - 1 + size) / count
        reached = reached + probability
        value += reached < levels
    return np.where(value >= table, np.maximum(otherwise, table), value)


# ------------------------------------------------------------------------------------- joint outcomes


def paths(mixture: Mixture, draws: int, rng: np.random.Generator, end: float | None = None) -> Array:
    """Return joint draws of one series, the first row. Drift is common to a path, shocks accumulate.

    Parameters
    ----------
    end : value of the last horizon where it is known already. Every path then ends there, by a bridge on its
        member's scale whose volatility has learned from the end; members count by how likely they found it

    Returns
    -------
    (draws, H) in the unit of the outcome
    """
    weight, dof, more = mixture.weight[0], mixture.dof[0], np.zeros(len(mixture.family))
    if end is not None:
        found = log_densities(mixture, end)
        weight = weight * np.exp(found - found.max())
        dof, more = dof + 1, _surprise(mixture, end) ** 2
    members = rng.choice(len(mixture.family), size=draws, p=weight / weight.sum())
    latent = rng.standard_normal((draws, mixture.location.shape[2] + 1))
    stretch = np.sqrt(rng.chisquare(dof[members]) / (mixture.dof[0, members] + more[members]))
    drawn = np.empty((draws, mixture.location.shape[2]))
    for k in range(len(mixture.family)):
        mine = members == k
        within = None if end is None else rng.random(mine.sum())
        drawn[mine] = _paths(mixture, k, latent[mine], stretch[mine], end, within)
    return drawn


def log_densities(mixture: Mixture, end: float) -> Array:
    """Return the log density (K,) every member gives a value of the last horizon; log chance of a count."""
    found = np.empty(len(mixture.family))
    for k, family in enumerate(mixture.family):
        spread = mixture.spread[0, k, -1]
        if family == "count":
            size, mean = spread**-2, np.exp(mixture.location[0, k, -1])
            found[k] = counts.log_negative_binomial(end, size, size / (size + mean))
        else:
            z, slope = _scaled(mixture, family, end)
            surprise = (z - mixture.location[0, k, -1]) / spread
            found[k] = log_t(surprise, mixture.dof[0, k]) + np.log(slope / spread)
    return found


def log_t(value: ArrayLike, dof: ArrayLike) -> Array:
    """Return the log density of Student's t; the shapes broadcast.

    Examples
    --------
    >>> round(float(np.exp(log_t(0.0, 1.0)) * np.pi), 12)  # Cauchy's
    1.0
    """
    value, dof = np.asarray(value, float), np.asarray(dof, float)
    constant = special.betaln(0.5, dof / 2) + np.log(dof) / 2
    return -(dof + 1) / 2 * np.log1p(value**2 / dof) - constant


def _scaled(mixture: Mixture, family: str, value: float) -> tuple[Array, Array]:
    """A value on a member's scale, and how fast the scale runs there."""
    frame = (mixture.offset[0], mixture.lower, mixture.upper)
    small = 1e-6 * max(abs(value), 1.0)
    low, high = (forward(family, value + side, *frame) for side in (-small, small))
    return forward(family, value, *frame), (high - low) / (2 * small)


def _surprise(mixture: Mixture, end: float) -> Array:
    """How many spreads a value lies from every member's (K,) last location; 0 for counts: no stretch."""
    z = [0.0 if family == "count" else _scaled(mixture, family, end)[0] for family in mixture.family]
    far = (np.array(z) - mixture.location[0, :, -1]) / mixture.spread[0, :, -1]
    return np.where(np.array(mixture.family) == "count", 0.0, far)


def _paths(
    mixture: Mixture,
    k: int,
    latent: Array,
    stretch: Array,
    end: float | None = None,
    within: Array | None = None,
) -> Array:
    steps = np.sqrt(np.diff(_walk(mixture, k) ** 2, prepend=0.0))
    shocks = mixture.doubt[0, k] * latent[:, :1] + np.cumsum(steps * latent[:, 1:], axis=1)
    location = mixture.location[0, k]
    if end is not None:
        shocks = _bridged(mixture, k, shocks, _shock(mixture, k, end, stretch, within))
    if mixture.family[k] == "count":
        return _count_paths(
            special.ndtr(shocks / mixture.spread[0, k]), np.exp(location), mixture.spread[0, k]
        )
    z = location + shocks / stretch[:, None]
    value = inverse(mixture.family[k], z, mixture.offset[0], mixture.lower, mixture.upper)
    return np.clip(np.ceil(value - HALF), mixture.lower, mixture.upper) if mixture.integer else value


def _bridged(mixture: Mixture, k: int, shocks: Array, last: Array) -> Array:
    """Shocks (draws, H) given that the last one is `last` (draws,): Gaussian, so linear in its surprise."""
    doubt, walk = mixture.doubt[0, k], _walk(mixture, k)
    together = doubt * doubt[-1] + walk**2
    return shocks + together / max(together[-1], 1e-12) * (last - shocks[:, -1])[:, None]


def _shock(mixture: Mixture, k: int, end: float, stretch: Array, within: Array | None) -> Array:
    """The last shock (draws,) that leads a member to `end`; for counts `within` its step of the cdf."""
    spread, location = mixture.spread[0, k, -1], mixture.location[0, k, -1]
    if mixture.family[k] == "count":
        low, high = count_cdf(np.array([end - 1.0, end]), np.exp(location), spread)
        return spread * special.ndtri(np.clip(low + within * (high - low), 1e-12, 1 - 1e-12))
    return (_scaled(mixture, mixture.family[k], end)[0] - location) * stretch


def _count_paths(levels: Array, mean: Array, variation: Array) -> Array:
    """Counts (draws, H) at the given levels of each horizon's distribution, read off a table of its cdf."""
    drawn = np.empty(levels.shape)
    for h in range(levels.shape[1]):
        top = mean[h] + 12 * (np.sqrt(mean[h]) + mean[h] * variation[h]) + 20
        grid = np.unique(np.floor(np.concatenate([np.arange(200), np.linspace(0, top, 4000)])))
        place = np.searchsorted(count_cdf(grid, mean[h], variation[h]), levels[:, h])
        drawn[:, h] = grid[np.minimum(place, len(grid) - 1)]
    return drawn


def _walk(mixture: Mixture, k: int) -> Array:
    """Accumulated yearly shocks of a member by horizon: what is left of the spread without the doubt."""
    rest = np.sqrt(np.maximum(mixture.spread[0, k] ** 2 - mixture.doubt[0, k] ** 2, 0.0))
    return np.maximum.accumulate(rest)


def rise(mixture: Mixture, first: int, second: int, row: int = 0) -> Array:
    """Return P(outcome at horizon index `second` > at `first`) of every member of a series, (K,).

    The difference of two horizons on a member's scale is a t with the same degrees of freedom: closed form.
    Counts can tie, so that a fixed, seeded draw of 20,000 paths is counted instead.
    """
    chosen = mixture.one(row)
    return np.array([_rise(chosen, k, first, second) for k in range(len(mixture.family))])


def _rise(mixture: Mixture, k: int, first: int, second: int) -> float:
    if mixture.integer:
        rng = np.random.default_rng(2018)
        latent = rng.standard_normal((20_000, mixture.location.shape[2] + 1))
        stretch = np.sqrt(rng.chisquare(mixture.dof[0, k], 20_000) / mixture.dof[0, k])
        drawn = _paths(mixture, k, latent, stretch)
        return float(np.mean(drawn[:, second] > drawn[:, first]))
    walk, doubt, location = _walk(mixture, k), mixture.doubt[0, k], mixture.location[0, k]
    spread = np.hypot(doubt[second] - doubt[first], np.sqrt(walk[second] ** 2 - walk[first] ** 2))
    surprise = (location[second] - location[first]) / max(spread, 1e-12)
    return float(special.stdtr(mixture.dof[0, k], surprise))


def rise_given_drift(
    mixture: Mixture, first: int, second: int, row: int = 0, drifts: int = 5
) -> tuple[Array, Array]:
    """Return `rise` of every member with its unknown drift at mid-quantiles of what is believed.

    Returns
    -------
    probability, weight : (drifts K,) each
    """
    chosen, probability = mixture.one(row), []
    rest = np.sqrt(np.maximum(chosen.spread**2 - chosen.doubt**2, 1e-12))
    for shift in special.ndtri((np.arange(drifts) + 0.5) / drifts):
        location = chosen.location + chosen.doubt * shift
        fixed = replace(chosen, location=location, spread=rest, doubt=0 * chosen.doubt)
        probability.append(rise(fixed, first, second))
    return np.concatenate(probability), np.tile(chosen.weight[0] / drifts, drifts)


def given_parameters(
    mixture: Mixture, edge: float, horizon: int, row: int = 0, drifts: int = 7, deviations: int = 5
) -> tuple[Array, Array]:
    """Return P(outcome <= edge) given each member and its parameters.

    The unknown drift and volatility stand at the mid-quantiles of their posteriors, `drifts` x `deviations`
    equally likely pairs a member, so that the weighted mean is nearly the cdf of the pool.

    Parameters
    ----------
    edge : in the unit of the outcome
    horizon : index of the horizon, from 0

    Returns
    -------
    probability, weight : (K drifts deviations,) each
    """
    drift = special.ndtri((np.arange(drifts) + 0.5) / drifts)[:, None]
    levels = (np.arange(deviations) + 0.5) / deviations
    probability, weight = [], []
    for k in range(len(mixture.family)):
        stretch = np.sqrt(mixture.dof[row, k] / special.chdtri(mixture.dof[row, k], levels))[None]
        probability.append(_given(mixture, k, row, edge, horizon, drift, stretch).ravel())
        weight.append(np.full(drifts * deviations, mixture.weight[row, k] / (drifts * deviations)))
    return np.concatenate(probability), np.concatenate(weight)


def _given(
    mixture: Mixture, k: int, row: int, edge: float, horizon: int, drift: Array, stretch: Array
) -> Array:
    spread, doubt = mixture.spread[row, k, horizon], mixture.doubt[row, k, horizon]
    location = mixture.location[row, k, horizon] + doubt * drift * stretch
    walk = np.sqrt(max(spread**2 - doubt**2, 1e-12)) * stretch
    if mixture.family[k] == "count":
        return count_cdf(np.floor(edge), np.exp(location), walk)
    edge = np.floor(edge) + HALF if mixture.integer else edge
    z = forward(mixture.family[k], edge, mixture.offset[row], mixture.lower, mixture.upper)
    return special.ndtr((z - location) / walk)
