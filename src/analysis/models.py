"""Predictive distributions for panels of short annual series: arrays in, mixtures out.

Every series is looked at on one or two transformed scales (identity, log, logit). On each, two members are
fitted in closed form: a random walk and a random walk with drift. Drift and volatility are shrunk towards
those of the panel (empirical Bayes), which gives t-shaped predictive distributions; counts use the negative
binomial with the same mean and over-dispersion. The members are pooled linearly.

Sources: Smyth (2004) doi:10.2202/1544-6115.1027 for the variances; Fay & Herriot (1979)
doi:10.1080/01621459.1979.10482505 for the drifts.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

# Stated prior where no peers exist: one pseudo-observation of a 25 % yearly change, drift half the volatility.
PRIOR_DEVIATION, PRIOR_DOF, PRIOR_DRIFT_RATIO = 0.25, 1.0, 0.25
LARGEST_DOF = 200.0
HALF = 0.5  # an integer stands for the unit interval around it


@dataclass(frozen=True)
class Mixture:
    """Linear pool of K members over n series and H horizons; each marginal is a t or a negative binomial.

    family: K names, "identity" | "log" | "logit" (t on that scale) or "count" (negative binomial, location =
    log mean, spread = coefficient of variation of the rate). weight (n, K). location, spread, doubt (n, K, H):
    doubt is the part of the spread that comes from the unknown drift, common to all horizons of a path; the
    rest accumulates year by year. dof (n, K). offset (n,): added before the log. integer: outcomes are counts.
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

    def one(self, row):
        """The mixture of a single series, still with a leading axis of length 1."""
        cut = {name: getattr(self, name)[[row]] for name in _ARRAYS}
        return replace(self, **cut)


_ARRAYS = ("weight", "location", "spread", "doubt", "dof", "offset")


def forward(family, value, offset=0.0, lower=-np.inf, upper=np.inf):
    """Value on the scale of a family; values outside its domain go to its edge (very low or very high)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if family == "identity":
            return np.asarray(value, float)
        if family == "logit":
            share = np.clip((value - lower) / (upper - lower), 1e-9, 1 - 1e-9)
            return np.log(share) - np.log1p(-share)
        return np.log(np.maximum(value + offset, 1e-300))


def inverse(family, z, offset=0.0, lower=-np.inf, upper=np.inf):
    """The value whose `forward` is z."""
    if family == "identity":
        return np.clip(z, lower, upper)
    if family == "logit":
        return lower + (upper - lower) * special.expit(z)
    return np.clip(np.exp(np.minimum(z, 690.0)) - offset, lower, upper)


def member_cdf(mixture, value):
    """P(outcome <= value) of every member: value (n, H, Q) -> (n, K, H, Q)."""
    value = np.floor(value) if mixture.integer else value
    columns = [_member_cdf(mixture, k, value) for k in range(len(mixture.family))]
    probability = np.stack(columns, axis=1)
    inside = np.where(value[:, None] >= mixture.upper, 1.0, probability)
    return np.where(value[:, None] < mixture.lower, 0.0, inside)


def _member_cdf(mixture, k, value):
    location, spread = mixture.location[:, k, :, None], mixture.spread[:, k, :, None]
    if mixture.family[k] == "count":
        return count_cdf(value, np.exp(location), spread)
    return special.stdtr(mixture.dof[:, k, None, None], (_latent(mixture, k, value) - location) / spread)


def _latent(mixture, k, value):
    shifted = value + HALF if mixture.integer else value
    return forward(mixture.family[k], shifted, mixture.offset[:, None, None], mixture.lower, mixture.upper)


def count_cdf(value, mean, variation):
    """Negative binomial P(N <= value) for a Poisson count whose rate has this mean and coefficient of variation.

    Equals scipy.stats.nbinom.cdf(value, size, size / (size + mean)) with size = 1 / variation**2.
    """
    size = 1.0 / np.maximum(variation, 1e-4) ** 2
    count = np.maximum(value, -1.0)
    probability = special.betainc(size, np.maximum(count, 0) + 1.0, size / (size + mean))
    return np.where(count < 0, 0.0, probability)


def cdf(mixture, value):
    """P(outcome <= value) of the pool: value (n, H, Q) -> (n, H, Q)."""
    return np.einsum("nk,nkhq->nhq", mixture.weight, member_cdf(mixture, value))


def quantile(mixture, levels):
    """Smallest value whose cdf reaches each level: (n, H, Q), by bisection between the members' quantiles."""
    levels = np.asarray(levels, float)
    members = np.stack([_member_quantile(mixture, k, levels) for k in range(len(mixture.family))])
    low, high = members.min(axis=0), members.max(axis=0)
    if mixture.integer:
        low, high = np.floor(low) - 1.0, np.ceil(high)
    for _ in range(60):
        middle = (low + high) / 2
        if mixture.integer:
            middle = np.floor(middle)
        reached = cdf(mixture, middle) >= levels
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        if mixture.integer and np.all(high - low <= 1):
            break
    return np.clip(high, mixture.lower, mixture.upper)


def _member_quantile(mixture, k, levels):
    location, spread = mixture.location[:, k, :, None], mixture.spread[:, k, :, None]
    if mixture.family[k] == "count":
        return count_quantile(levels, np.exp(location), spread)
    z = location + spread * special.stdtrit(mixture.dof[:, k, None, None], levels)
    value = inverse(mixture.family[k], z, mixture.offset[:, None, None], mixture.lower, mixture.upper)
    return np.ceil(value - HALF) if mixture.integer else value


def count_quantile(levels, mean, variation):
    """Smallest count whose `count_cdf` reaches the level (bisection on the integers)."""
    low = np.full(np.broadcast(levels, mean).shape, -1.0)
    high = np.floor(mean * (1 + 4 * variation) + 40) + low * 0
    while np.any(short := count_cdf(high, mean, variation) < levels):
        high = np.where(short, 2 * high, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        reached = count_cdf(middle, mean, variation) >= levels
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return high


# ------------------------------------------------------------------------------------------------ joint


def paths(mixture, draws, rng):
    """Joint draws of one series (the first row): (draws, H). The drift is common to a path, shocks accumulate."""
    members = rng.choice(len(mixture.family), size=draws, p=mixture.weight[0] / mixture.weight[0].sum())
    latent = rng.standard_normal((draws, mixture.location.shape[2] + 1))
    stretch = np.sqrt(rng.chisquare(mixture.dof[0, members]) / mixture.dof[0, members])
    drawn = np.empty((draws, mixture.location.shape[2]))
    for k in range(len(mixture.family)):
        mine = members == k
        drawn[mine] = _member_paths(mixture, k, latent[mine], stretch[mine])
    return drawn


def _member_paths(mixture, k, latent, stretch):
    doubt, walk = mixture.doubt[0, k], _walk(mixture, k)
    steps = np.sqrt(np.diff(walk**2, prepend=0.0))
    standard = (doubt * latent[:, :1] + np.cumsum(steps * latent[:, 1:], axis=1)) / mixture.spread[0, k]
    location, spread = mixture.location[0, k], mixture.spread[0, k]
    if mixture.family[k] == "count":
        levels = np.clip(special.ndtr(standard), 1e-12, 1 - 1e-12)
        return count_quantile(levels, np.exp(location)[None], spread[None])
    z = location + spread * standard / stretch[:, None]
    value = inverse(mixture.family[k], z, mixture.offset[0], mixture.lower, mixture.upper)
    return np.clip(np.ceil(value - HALF), mixture.lower, mixture.upper) if mixture.integer else value


def _walk(mixture, k):
    """Accumulated yearly shocks of a member by horizon: what is left of the spread without the doubt."""
    rest = np.sqrt(np.maximum(mixture.spread[0, k] ** 2 - mixture.doubt[0, k] ** 2, 0.0))
    return np.maximum.accumulate(rest)


def rise(mixture, first, second, row=0):
    """P(outcome at horizon index `second` > at `first`) of every member (K,); closed form for the t members.

    The difference of two horizons on a member's scale is a t with the same degrees of freedom. Counts have no
    closed form: their value counts every path of a fixed, seeded draw.
    """
    chosen = mixture.one(row)
    return np.array([_rise(chosen, k, first, second) for k in range(len(mixture.family))])


def _rise(mixture, k, first, second):
    if mixture.integer:
        rng = np.random.default_rng(20181228)
        latent = rng.standard_normal((20000, mixture.location.shape[2] + 1))
        stretch = np.sqrt(rng.chisquare(mixture.dof[0, k], 20000) / mixture.dof[0, k])
        drawn = _member_paths(mixture, k, latent, stretch)
        return np.mean(drawn[:, second] > drawn[:, first])
    walk, doubt, location = _walk(mixture, k), mixture.doubt[0, k], mixture.location[0, k]
    spread = np.hypot(doubt[second] - doubt[first], np.sqrt(walk[second] ** 2 - walk[first] ** 2))
    return special.stdtr(mixture.dof[0, k], (location[second] - location[first]) / max(spread, 1e-12))


# ------------------------------------------------------------------------------- empirical Bayes


def pooled_variance(variance, dof, level=None):
    """Prior (scale (n,), degrees of freedom) of a panel's variances: Smyth's moment fit on the log scale.

    variance (n,): each series' own estimate with `dof` (n,) degrees of freedom; 0 where there is none. With
    `level` (n,) the prior follows a line in the level, so that large and small series need not move alike.
    Fewer than three estimates: the stated prior.
    """
    usable = (dof > 0) & (variance > 0)
    if usable.sum() < 3:
        return np.full(len(variance), PRIOR_DEVIATION**2), PRIOR_DOF
    half = dof[usable] / 2
    centred = np.log(variance[usable]) - special.digamma(half) + np.log(half)
    trend = _line(level, usable, centred) if level is not None else np.full(len(variance), centred.mean())
    extra = np.mean((centred - trend[usable]) ** 2 - special.polygamma(1, half))
    prior_dof = 2 * trigamma_inverse(extra) if extra > 0.01 else LARGEST_DOF
    prior_dof = float(np.clip(prior_dof, 1.0, LARGEST_DOF))
    return np.exp(trend + special.digamma(prior_dof / 2) - np.log(prior_dof / 2)), prior_dof


def _line(level, usable, response):
    x = level[usable] - level[usable].mean()
    slope = (x * response).sum() / ((x**2).sum() + x.var() + 1e-12)
    centred = np.where(np.isfinite(level), level, level[usable].mean()) - level[usable].mean()
    return response.mean() + slope * np.clip(centred, x.min(), x.max())


def trigamma_inverse(value):
    """x with trigamma(x) = value > 0, by Newton's iteration on 1 / trigamma (Smyth 2004, appendix)."""
    x = 0.5 + 1.0 / value
    for _ in range(50):
        step = special.polygamma(1, x) * (1 - special.polygamma(1, x) / value) / special.polygamma(2, x)
        x += step
        if -step / x < 1e-8:
            break
    return x


def shrunk_drift(mean, count, deviation):
    """Posterior drift and its variance, in units of the deviation: mean, count, deviation (n,) -> (n,), (n,).

    Prior N(centre, ratio) with centre and ratio estimated from the panel (moments); without three series with
    two changes each, the stated prior around 0.
    """
    unit = np.where(count > 0, mean / deviation, 0.0)
    usable = count >= 2
    if usable.sum() < 3:
        centre, ratio, shared = 0.0, PRIOR_DRIFT_RATIO, 0.0
    else:
        centre = unit[usable].mean()
        ratio = max(unit[usable].var(ddof=1) - np.mean(1 / count[usable]), 0.01)
        shared = 1 / count[usable].mean() / 2
    precision = 1 / ratio + count
    own = count / precision
    return own * unit + (1 - own) * centre, 1 / precision + (1 - own) ** 2 * shared


# ------------------------------------------------------------------------------------- members


def fit(
    value, usable, horizons, *, history=12, lower=-np.inf, upper=np.inf, integer=False, prior_factor=None
):
    """Predictive mixture of every series of a panel from its last column on.

    value (n, T): levels on one basis, NaN where missing. usable (n, T): whether the change from t-1 to t may be
    used. horizons: years ahead counted from the last column, which is the origin of every series that has it.
    prior_factor (n,): how much more a series is held to move than the panel that lends its volatility.
    """
    factor = np.ones(len(value)) if prior_factor is None else np.asarray(prior_factor, float)
    value, usable = value[:, -history:], usable[:, -history:].copy()
    usable[:, 0] = False
    offset = log_offset(value, integer)
    bounded = np.isfinite(lower) and np.isfinite(upper)
    scales = ("identity", "logit") if bounded else ("identity", "log")
    parts = [
        _members(value, usable, scale, offset, factor, horizons, lower, upper, integer) for scale in scales
    ]
    family = sum((part[0] for part in parts), ())
    location, spread, doubt, dof = (np.concatenate([p[i] for p in parts], axis=1) for i in range(1, 5))
    weight = np.full(dof.shape, 1 / len(family))
    return Mixture(family, weight, location, spread, doubt, dof, offset, lower, upper, integer)


def log_offset(value, integer):
    """What is added before the log: 1 for counts, else nothing for positive series, else half the least positive."""
    if integer:
        return np.ones(len(value))
    positive = np.where(value > 0, value, np.inf).min(axis=1, initial=np.inf)
    lowest = np.nan_to_num(np.nanmin(np.where(np.isnan(value), np.inf, value), axis=1), posinf=1.0)
    half = np.where(np.isfinite(positive), positive / 2, 1.0)
    return np.where(lowest > 0, 0.0, half - lowest)


def _members(value, usable, scale, offset, factor, horizons, lower, upper, integer):
    z = forward(scale, value, offset[:, None], lower, upper)
    change = np.where(usable[:, 1:], np.diff(z, axis=1), np.nan)
    last = np.nan_to_num(z[:, -1])
    count = np.isfinite(change).sum(axis=1).astype(float)
    mean = np.nan_to_num(np.nansum(change, axis=1) / np.maximum(count, 1))
    square = np.nansum((change - mean[:, None]) ** 2, axis=1)
    deviation, dof = _deviation(square, np.maximum(count - 1, 0), value, scale, factor)
    walk, walk_dof = _deviation(square + count * mean**2, count, value, scale, factor)
    drift, drift_variance = shrunk_drift(mean, count, deviation)
    ahead = np.asarray(horizons, float)
    doubt = deviation[:, None] * np.sqrt(drift_variance)[:, None] * ahead
    drifting = np.hypot(deviation[:, None] * np.sqrt(ahead), doubt)
    location = np.stack(
        [last[:, None] + 0 * ahead, last[:, None] + (drift * deviation)[:, None] * ahead], axis=1
    )
    spread = np.stack([walk[:, None] * np.sqrt(ahead), drifting], axis=1)
    doubts = np.stack([0 * doubt, doubt], axis=1)
    family = ("count", "count") if integer and scale == "log" else (scale, scale)
    if family[0] == "count":  # the mean of the log-normal rate, on the count's own scale
        location = np.log(np.maximum(np.exp(np.minimum(location, 690.0)) - offset[:, None, None], HALF))
        spread = np.minimum(spread, 3.0)
        doubts = np.minimum(doubts, spread)
    return family, location, spread, doubts, np.stack([walk_dof, dof], axis=1)


def _deviation(square, dof, value, scale, factor):
    variance = np.where(dof > 0, square / np.maximum(dof, 1), 0.0)
    size = np.nanmean(np.abs(value), axis=1) if value.size else np.ones(len(value))
    level = np.log(np.maximum(np.nan_to_num(size, nan=1.0), 1e-12))
    prior, prior_dof = pooled_variance(variance, dof, level)
    if prior_dof == PRIOR_DOF and scale == "identity":
        prior = prior * np.maximum(np.nan_to_num(size, nan=1.0), 1e-12) ** 2
    prior = prior * factor**2
    total = prior_dof + dof
    floor = 1e-12 + 1e-4 * prior
    return np.sqrt(np.maximum((prior_dof * prior + dof * variance) / total, floor)), np.minimum(
        total, LARGEST_DOF
    )


# ------------------------------------------------------------------------------------- doubt about p


def conditional_probability(mixture, below, horizon, row=0, drifts=7, deviations=5):
    """P(outcome < `below`, or <= for counts) given each member and its parameters: (probability, weight), flat.

    The unknown drift and volatility stand at the mid-quantiles of their posteriors: `drifts` x `deviations`
    equally likely pairs a member, so that the weighted mean is (nearly) the cdf of the pool.
    """
    drift = special.ndtri((np.arange(drifts) + 0.5) / drifts)[:, None]
    levels = (np.arange(deviations) + 0.5) / deviations
    probability, weight = [], []
    for k in range(len(mixture.family)):
        stretch = np.sqrt(mixture.dof[row, k] / special.chdtri(mixture.dof[row, k], levels))[None]
        probability.append(_given(mixture, k, row, below, horizon, drift, stretch).ravel())
        weight.append(np.full(drifts * deviations, mixture.weight[row, k] / (drifts * deviations)))
    return np.concatenate(probability), np.concatenate(weight)


def _given(mixture, k, row, below, horizon, drift, stretch):
    spread, doubt = mixture.spread[row, k, horizon], mixture.doubt[row, k, horizon]
    location = mixture.location[row, k, horizon] + doubt * drift * stretch
    walk = np.sqrt(max(spread**2 - doubt**2, 1e-12)) * stretch
    if mixture.family[k] == "count":
        return count_cdf(np.floor(below), np.exp(location), walk)
    shifted = np.floor(below) + HALF if mixture.integer else below
    z = forward(mixture.family[k], shifted, mixture.offset[row], mixture.lower, mixture.upper)
    return special.ndtr((z - location) / walk)
