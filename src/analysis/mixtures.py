"""Predictive distributions in closed form: linear pools of t and negative binomial members, for many
series at once.

A member is a Student t on a transformed scale (identity, log, logit) or a negative binomial. Its marginals
are exact; joint paths have one drift a path and shocks that accumulate, and the same marginals.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats

HALF = 0.5  # an integer stands for the unit interval around it
BLOCK = 256  # rows computed at once: arrays that stay in the processor's cache


@dataclass(frozen=True)
class Mixture:
    """Linear pool of K members over n series and H horizons; each marginal is a t or a negative binomial.

    family: K names, "identity" | "log" | "logit" (t on that scale) or "count" (negative binomial; location is
    the log of its mean, spread the coefficient of variation of its rate). weight (n, K). location, spread,
    doubt (n, K, H): doubt is the part of the spread that comes from the unknown drift and is common to all
    horizons of a path; the rest accumulates year by year. dof (n, K). offset (n,): added before the log.
    lower, upper: bounds of the outcome. integer: outcomes are counts.
    """

    family: tuple
    weight: np.ndarray
    location: np.ndarray
    spread: np.ndarray
    doubt: np.ndarray
    dof: np.ndarray
    offset: np.ndarray
    lower: float = -np.inf
    upper: float = np.inf
    integer: bool = False

    def take(self, rows):
        """The mixture of some of the series (a list, or a boolean array)."""
        names = ("weight", "location", "spread", "doubt", "dof", "offset")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def one(self, row):
        """The mixture of a single series, still with a leading axis of length 1."""
        return self.take([row])


def forward(family, value, offset=0.0, lower=-np.inf, upper=np.inf):
    """Value on the scale of a family; values outside its domain go to its edge."""
    if family == "identity":
        return np.asarray(value, float)
    if family == "logit":
        return np.log(np.maximum(value - lower + offset, 1e-300) / np.maximum(upper - value + offset, 1e-300))
    return np.log(np.maximum(value + offset, 1e-300))


def inverse(family, z, offset=0.0, lower=-np.inf, upper=np.inf):
    """The value whose `forward` is z, inside the bounds."""
    if family == "identity":
        return np.clip(z, lower, upper)
    if family == "logit":
        return np.clip(lower - offset + (upper - lower + 2 * offset) * special.expit(z), lower, upper)
    return np.clip(np.exp(np.minimum(z, 690.0)) - offset, lower, upper)


def member_cdf(mixture, value):
    """P(outcome <= value) of every member: value (n, H, Q) -> (n, K, H, Q)."""
    value = np.floor(value) if mixture.integer else value
    probability = np.stack([_cdf(mixture, k, value) for k in range(len(mixture.family))], axis=1)
    probability = np.where(value[:, None] >= mixture.upper, 1.0, probability)
    return np.where(value[:, None] < mixture.lower, 0.0, probability)


def _cdf(mixture, k, value):
    location, spread = mixture.location[:, k, :, None], mixture.spread[:, k, :, None]
    if mixture.family[k] == "count":
        return count_cdf(value, np.exp(location), spread)
    edge = value + HALF if mixture.integer else value
    z = forward(mixture.family[k], edge, mixture.offset[:, None, None], mixture.lower, mixture.upper)
    return special.stdtr(mixture.dof[:, k, None, None], (z - location) / spread)


def cdf(mixture, value):
    """P(outcome <= value) of the pool: value (n, H, Q) -> (n, H, Q)."""
    return np.einsum("nk,nkhq->nhq", mixture.weight, member_cdf(mixture, value))


def quantile(mixture, levels):
    """Smallest value whose cdf reaches each level: (n, H, Q), by bisection between the members' quantiles."""
    levels = np.asarray(levels, float)
    members = member_quantiles(mixture, levels)
    low, high = members.min(axis=1), members.max(axis=1)
    if mixture.integer:
        low, high = np.floor(low) - 1.0, np.ceil(high)
        for _ in range(60):  # the members' own quantiles are approximate for counts
            if np.all(reached := cdf(mixture, high) >= levels):
                break
            high = np.where(reached, high, 2 * high + 1)
    for _ in range(60):
        middle = np.floor((low + high) / 2) if mixture.integer else (low + high) / 2
        reached = cdf(mixture, middle) >= levels
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        if mixture.integer and np.all(high - low <= 1):
            break
    return np.clip(high, mixture.lower, mixture.upper) + 0.0


def member_quantiles(mixture, levels):
    """Quantiles of every member: levels (Q,) -> (n, K, H, Q)."""
    return np.stack([_quantiles(mixture, k, levels) for k in range(len(mixture.family))], axis=1)


def _quantiles(mixture, k, levels):
    location, spread = mixture.location[:, k, :, None], mixture.spread[:, k, :, None]
    if mixture.family[k] == "count":
        return count_quantile(levels, np.exp(location), spread)
    z = location + spread * t_quantile(mixture.dof[:, k], levels)[:, None]
    value = inverse(mixture.family[k], z, mixture.offset[:, None, None], mixture.lower, mixture.upper)
    return np.ceil(value - HALF) if mixture.integer else value


def t_quantile(dof, levels):
    """Quantiles of Student's t: dof (n,), levels (Q,) -> (n, Q); computed once for each different dof."""
    different, place = np.unique(dof, return_inverse=True)
    return special.stdtrit(different[:, None], np.asarray(levels)[None])[place]


def quick_quantile(mixture, levels, nodes=60):
    """Quantiles of the pool from `nodes` quantiles of every member: (n, H, Q), for whole panels.

    The cdf is interpolated between the members' nodes, which are evenly spaced on the normal scale; it is
    within 0.01 of the exact one (tested).
    """
    score = np.linspace(-3.5, 3.5, nodes)
    grid = special.ndtr(score)
    share = np.diff(special.ndtr((score[1:] + score[:-1]) / 2), prepend=0.0, append=1.0)
    keep = mixture.weight.max(axis=0, initial=0) > 1e-3
    used = replace(mixture, family=tuple(f for f, kept in zip(mixture.family, keep, strict=True) if kept),
                   **{name: getattr(mixture, name)[:, keep]
                      for name in ("weight", "location", "spread", "doubt", "dof")})  # fmt: skip
    blocks = [_quick(used.take(slice(row, row + BLOCK)), levels, grid, share)
              for row in range(0, len(used.weight), BLOCK)]  # fmt: skip
    made = np.concatenate(blocks) if blocks else np.zeros((0, mixture.location.shape[2], len(levels)))
    return np.ceil(made - HALF) + 0.0 if mixture.integer else made


def _quick(mixture, levels, grid, share):
    points = np.moveaxis(member_quantiles(mixture, grid), 1, 2)
    mass = mixture.weight[:, None, :, None] * share + np.zeros(points.shape)
    return _weighted_quantile(_flat(points), _flat(mass), np.asarray(levels)).reshape(*points.shape[:2], -1)


def _flat(array):
    return array.reshape(array.shape[0] * array.shape[1], -1)


def _weighted_quantile(points, mass, levels):
    """Row by row: points, mass (R, P) -> (R, Q), interpolating the cumulated mass at its midpoints."""
    order = np.argsort(points, axis=1)
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


def count_cdf(count, mean, variation):
    """P(N <= count) of a Poisson count whose gamma rate has this mean and coefficient of variation.

    Equals scipy.stats.nbinom.cdf(count, size, size / (size + mean)) with size = 1 / variation**2.
    """
    size = 1.0 / np.maximum(variation, 1e-4) ** 2
    probability = special.betainc(size, np.maximum(count, 0.0) + 1.0, size / (size + mean))
    return np.where(count < 0, 0.0, probability)


def count_quantile(levels, mean, variation, table=64):
    """Quantiles of the same counts: the smallest count that reaches each level (Q,) -> (..., Q).

    mean, variation (..., 1). Exact below `table`, from the recurrence of the probabilities; above it the
    three-moment gamma approximation of Wilson and Hilferty (1931) doi:10.1073/pnas.17.12.684, rounded.
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


def _tabled(levels, mean, variation, otherwise, table):
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


def paths(mixture, draws, rng, end=None):
    """Joint draws of one series (the first row): (draws, H). Drift is common to a path, shocks accumulate.

    end: the value of the last horizon where it is known already. Every path then ends there, by a bridge on
    its member's scale whose volatility has learned from the end; members count by how likely they found it.
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


def log_densities(mixture, end):
    """Log density (K,) every member gives a value of the last horizon; of counts, the log probability."""
    found = np.empty(len(mixture.family))
    for k, family in enumerate(mixture.family):
        spread = mixture.spread[0, k, -1]
        if family == "count":
            size, mean = spread**-2, np.exp(mixture.location[0, k, -1])
            found[k] = stats.nbinom.logpmf(end, size, size / (size + mean))
        else:
            z, slope = _scaled(mixture, family, end)
            surprise = (z - mixture.location[0, k, -1]) / spread
            found[k] = stats.t.logpdf(surprise, mixture.dof[0, k]) + np.log(slope / spread)
    return found


def _scaled(mixture, family, value):
    """A value on a member's scale, and how fast the scale runs there."""
    frame = (mixture.offset[0], mixture.lower, mixture.upper)
    small = 1e-6 * max(abs(value), 1.0)
    low, high = (forward(family, value + side, *frame) for side in (-small, small))
    return forward(family, value, *frame), (high - low) / (2 * small)


def _surprise(mixture, end):
    """How many spreads a value lies from every member's (K,) last location; 0 for counts: no stretch."""
    z = [0.0 if family == "count" else _scaled(mixture, family, end)[0] for family in mixture.family]
    far = (np.array(z) - mixture.location[0, :, -1]) / mixture.spread[0, :, -1]
    return np.where(np.array(mixture.family) == "count", 0.0, far)


def _paths(mixture, k, latent, stretch, end=None, within=None):
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


def _bridged(mixture, k, shocks, last):
    """Shocks (draws, H) given that the last one is `last` (draws,): Gaussian, so linear in its surprise."""
    doubt, walk = mixture.doubt[0, k], _walk(mixture, k)
    together = doubt * doubt[-1] + walk**2
    return shocks + together / max(together[-1], 1e-12) * (last - shocks[:, -1])[:, None]


def _shock(mixture, k, end, stretch, within):
    """The last shock (draws,) that leads a member to `end`; for counts `within` its step of the cdf."""
    spread, location = mixture.spread[0, k, -1], mixture.location[0, k, -1]
    if mixture.family[k] == "count":
        low, high = count_cdf(np.array([end - 1.0, end]), np.exp(location), spread)
        return spread * special.ndtri(np.clip(low + within * (high - low), 1e-12, 1 - 1e-12))
    return (_scaled(mixture, mixture.family[k], end)[0] - location) * stretch


def _count_paths(levels, mean, variation):
    """Counts (draws, H) at the given levels of each horizon's distribution, read off a table of its cdf."""
    drawn = np.empty(levels.shape)
    for h in range(levels.shape[1]):
        top = mean[h] + 12 * (np.sqrt(mean[h]) + mean[h] * variation[h]) + 20
        counts = np.unique(np.floor(np.concatenate([np.arange(200), np.linspace(0, top, 4000)])))
        place = np.searchsorted(count_cdf(counts, mean[h], variation[h]), levels[:, h])
        drawn[:, h] = counts[np.minimum(place, len(counts) - 1)]
    return drawn


def _walk(mixture, k):
    """Accumulated yearly shocks of a member by horizon: what is left of the spread without the doubt."""
    rest = np.sqrt(np.maximum(mixture.spread[0, k] ** 2 - mixture.doubt[0, k] ** 2, 0.0))
    return np.maximum.accumulate(rest)


def rise(mixture, first, second, row=0):
    """P(outcome at horizon index `second` > at `first`) of every member (K,).

    The difference of two horizons on a member's scale is a t with the same degrees of freedom: closed form.
    Counts can tie, so that a fixed, seeded draw of 20,000 paths is counted instead.
    """
    chosen = mixture.one(row)
    return np.array([_rise(chosen, k, first, second) for k in range(len(mixture.family))])


def _rise(mixture, k, first, second):
    if mixture.integer:
        rng = np.random.default_rng(2018)
        latent = rng.standard_normal((20_000, mixture.location.shape[2] + 1))
        stretch = np.sqrt(rng.chisquare(mixture.dof[0, k], 20_000) / mixture.dof[0, k])
        drawn = _paths(mixture, k, latent, stretch)
        return np.mean(drawn[:, second] > drawn[:, first])
    walk, doubt, location = _walk(mixture, k), mixture.doubt[0, k], mixture.location[0, k]
    spread = np.hypot(doubt[second] - doubt[first], np.sqrt(walk[second] ** 2 - walk[first] ** 2))
    return special.stdtr(mixture.dof[0, k], (location[second] - location[first]) / max(spread, 1e-12))


def rise_given_drift(mixture, first, second, row=0, drifts=5):
    """`rise` of every member with its unknown drift at mid-quantiles of what is believed: (probability,
    weight).
    """
    chosen, probability = mixture.one(row), []
    rest = np.sqrt(np.maximum(chosen.spread**2 - chosen.doubt**2, 1e-12))
    for shift in special.ndtri((np.arange(drifts) + 0.5) / drifts):
        location = chosen.location + chosen.doubt * shift
        fixed = replace(chosen, location=location, spread=rest, doubt=0 * chosen.doubt)
        probability.append(rise(fixed, first, second))
    return np.concatenate(probability), np.tile(chosen.weight[0] / drifts, drifts)


def given_parameters(mixture, edge, horizon, row=0, drifts=7, deviations=5):
    """P(outcome <= edge) given each member and its parameters: (probability, weight), flat.

    The unknown drift and volatility stand at the mid-quantiles of their posteriors, `drifts` x `deviations`
    equally likely pairs a member, so that the weighted mean is nearly the cdf of the pool.
    """
    drift = special.ndtri((np.arange(drifts) + 0.5) / drifts)[:, None]
    levels = (np.arange(deviations) + 0.5) / deviations
    probability, weight = [], []
    for k in range(len(mixture.family)):
        stretch = np.sqrt(mixture.dof[row, k] / special.chdtri(mixture.dof[row, k], levels))[None]
        probability.append(_given(mixture, k, row, edge, horizon, drift, stretch).ravel())
        weight.append(np.full(drifts * deviations, mixture.weight[row, k] / (drifts * deviations)))
    return np.concatenate(probability), np.concatenate(weight)


def _given(mixture, k, row, edge, horizon, drift, stretch):
    spread, doubt = mixture.spread[row, k, horizon], mixture.doubt[row, k, horizon]
    location = mixture.location[row, k, horizon] + doubt * drift * stretch
    walk = np.sqrt(max(spread**2 - doubt**2, 1e-12)) * stretch
    if mixture.family[k] == "count":
        return count_cdf(np.floor(edge), np.exp(location), walk)
    edge = np.floor(edge) + HALF if mixture.integer else edge
    z = forward(mixture.family[k], edge, mixture.offset[row], mixture.lower, mixture.upper)
    return special.ndtr((z - location) / walk)
