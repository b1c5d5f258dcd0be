"""Proper scores and calibration of predictive distributions: numpy arrays in, numpy arrays out.

Error is observed - forecast; every score is a loss (less is better) unless its name says otherwise.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from scipy import special

from analysis.arrays import Array, ArrayLike, Flags


def crps(levels: ArrayLike, quantiles: ArrayLike, observed: ArrayLike) -> Array:
    """Return the continuous ranked probability score of predictive quantiles: twice the pinball integral.

    CRPS = 2 / (q_max - q_min) x integral of (1{y < x_q} - q)(x_q - y) dq, by the trapezoidal rule over the
    given levels; with dense levels it tends to the integral of (F(x) - 1{x >= y})^2 dx.

    Parameters
    ----------
    levels : (Q,) ascending levels between 0 and 1
    quantiles : (..., Q) predictive quantiles in the unit of the observation, sorted here
    observed : (...) observations

    Returns
    -------
    (...) scores in the unit of the observation, at least 0

    Source: Laio and Tamea (2007) doi:10.5194/hess-11-1267-2007.

    Examples
    --------
    >>> float(crps(np.array([0.1, 0.5, 0.9]), np.array([1.0, 1.0, 1.0]), np.array(1.0)))
    0.0
    """
    levels = np.asarray(levels, float)
    quantiles = np.sort(np.asarray(quantiles, float), axis=-1)
    error = np.asarray(observed, float)[..., None] - quantiles
    pinball = np.maximum(levels * error, (levels - 1) * error)
    return 2 * np.trapezoid(pinball, levels, axis=-1) / (levels[-1] - levels[0])


def crps_t(observed: ArrayLike, location: ArrayLike, spread: ArrayLike, dof: ArrayLike) -> Array:
    """Return the CRPS of a t distribution in closed form, for dof > 1; all arguments broadcast.

    With z = (y - location) / spread, F and f the standard t cdf and density:
    spread x [ z (2 F(z) - 1) + 2 f(z) (dof + z^2) / (dof - 1)
               - 2 sqrt(dof) / (dof - 1) x B(1/2, dof - 1/2) / B(1/2, dof/2)^2 ].

    Source: Jordan, Krueger and Lerch (2019) doi:10.18637/jss.v090.i12.
    """
    observed, location, spread, dof = (np.asarray(one, float) for one in (observed, location, spread, dof))
    z = (observed - location) / spread
    density = np.exp(-(dof + 1) / 2 * np.log1p(z**2 / dof)) / (np.sqrt(dof) * special.beta(0.5, dof / 2))
    constant = 2 * np.sqrt(dof) / (dof - 1) * special.beta(0.5, dof - 0.5) / special.beta(0.5, dof / 2) ** 2
    return spread * (z * (2 * special.stdtr(dof, z) - 1) + 2 * density * (dof + z**2) / (dof - 1) - constant)


def crps_draws(draws: ArrayLike, observed: ArrayLike) -> Array:
    """Return the CRPS (...) of equally likely draws (..., M): E|X - y| - E|X - X'| / 2.

    Source: Gneiting and Raftery (2007) doi:10.1198/016214506000001437, equation 21.
    """
    draws = np.sort(np.asarray(draws, float), axis=-1)
    size = draws.shape[-1]
    distance = np.abs(draws - np.asarray(observed, float)[..., None]).mean(axis=-1)
    rank = 2 * np.arange(1, size + 1) - size - 1
    return distance - (rank * draws).sum(axis=-1) / size**2


def brier(probability: ArrayLike, happened: ArrayLike) -> Array:
    """Return the Brier score (p - 1{happened})^2.

    Source: Brier (1950) doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> brier([0.9, 0.5], [True, False]).round(2).tolist()
    [0.01, 0.25]
    """
    return (np.asarray(probability, float) - np.asarray(happened, float)) ** 2


def log_score(probability: ArrayLike, happened: ArrayLike, least: float = 0.005) -> Array:
    """Return minus the log of the probability given to what happened, held inside [least, 1 - least].

    The outermost quantile levels are 0.01 and 0.99: nothing finer can be told apart.

    Source: Good (1952) doi:10.1111/j.2517-6161.1952.tb00104.x.
    """
    probability = np.clip(probability, least, 1 - least)
    return -np.log(np.where(happened, probability, 1 - probability))


def probability_below(levels: ArrayLike, quantiles: ArrayLike, goal: ArrayLike) -> Array:
    """Return P(outcome < goal) read off quantiles: (..., Q) and (...) -> (...), linear between levels.

    Outside the outermost quantiles half of what is left, so that nothing is called impossible.
    """
    levels = np.asarray(levels, float)
    quantiles = np.sort(np.asarray(quantiles, float), axis=-1)
    goal = np.asarray(goal, float)[..., None]
    right = np.sum(quantiles < goal, axis=-1)
    inner = np.clip(right, 1, len(levels) - 1)
    low, high = (np.take_along_axis(quantiles, (inner - back)[..., None], axis=-1)[..., 0] for back in (1, 0))
    share = np.clip((goal[..., 0] - low) / np.where(high > low, high - low, np.inf), 0, 1)
    between = levels[inner - 1] + share * (levels[inner] - levels[inner - 1])
    between = np.where(right == 0, levels[0] / 2, between)
    return np.where(right == len(levels), 1 - (1 - levels[-1]) / 2, between)


def pit(below: ArrayLike, upto: ArrayLike, rng: np.random.Generator | None = None) -> Array:
    """Return the probability integral transform: P(outcome <= y), randomised over the jump at y for counts.

    Uniform on (0, 1) for calibrated forecasts. Without a generator the middle of the jump is taken.

    Parameters
    ----------
    below, upto : (...) P(outcome < y) and P(outcome <= y)

    Source: Czado, Gneiting and Held (2009) doi:10.1111/j.1541-0420.2009.01191.x.
    """
    below, upto = np.asarray(below, float), np.asarray(upto, float)
    share = 0.5 if rng is None else rng.uniform(size=np.broadcast(below, upto).shape)
    return below + share * (upto - below)


def inside(levels: ArrayLike, quantiles: ArrayLike, observed: ArrayLike, nominal: float) -> Flags:
    """Return whether the observations (...) lie in the central interval of this nominal coverage.

    Parameters
    ----------
    levels, quantiles : (Q,) and (..., Q)
    """
    levels = np.asarray(levels, float)
    low, high = (int(np.argmin(np.abs(levels - edge))) for edge in ((1 - nominal) / 2, (1 + nominal) / 2))
    quantiles = np.sort(np.asarray(quantiles, float), axis=-1)
    return (quantiles[..., low] <= observed) & (observed <= quantiles[..., high])


def by_year(
    values: ArrayLike, years: ArrayLike, draws: int = 1000, seed: int = 2018, level: float = 0.9
) -> tuple[float, float]:
    """Return the band of a level of the mean of ``values`` (N,), drawing whole origin ``years``.

    Regions of one year share its shocks: the years are the sample, not the regions. One year: (nan, nan).
    """
    sums, counts = _by_year(values, years)
    if len(sums) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).integers(len(sums), size=(draws, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _by_year(values: ArrayLike, years: ArrayLike) -> tuple[Array, Array]:
    """Sum and number of the values of each different year."""
    different, place = np.unique(years, return_inverse=True)
    size = len(different)
    weights = np.asarray(values, float)
    return np.bincount(place, weights, size).astype(float), np.bincount(place, minlength=size).astype(float)


def reliability(
    probability: ArrayLike,
    happened: ArrayLike,
    years: ArrayLike,
    edges: Sequence[float] = (0, 0.1, 0.33, 0.66, 0.9, 1.0000001),
    draws: int = 1000,
    seed: int = 2018,
    level: float = 0.9,
) -> Array:
    """Return the reliability of probabilities (N,) in bins, those of the likelihood words.

    Bands from a bootstrap over origin years (see `by_year`); a bin seen in one year only has none (nan),
    which is the honest answer.

    Returns
    -------
    (bins, 5) : n, mean probability, frequency, and its band of the level
    """
    probability, happened = np.asarray(probability, float), np.asarray(happened, float)
    years, rows = np.asarray(years), []
    for low, high in itertools.pairwise(edges):
        mine = (probability >= low) & (probability < high)
        if not mine.any():
            rows.append((0, np.nan, np.nan, np.nan, np.nan))
            continue
        band = by_year(happened[mine], years[mine], draws, seed, level)
        rows.append((mine.sum(), probability[mine].mean(), happened[mine].mean(), *band))
    return np.array(rows, float)
