"""Counts within a year, and counts of targets: exact distributions on the integers, numpy arrays only.

A year's approvals are taken to fall into the months independently of each other, each by a month with the
share of the calendar. Seen counts are then binomial given the year's total, whatever is believed of it; with
a gamma rate and Poisson counts this is the familiar Poisson-gamma answer in closed form.
"""

from functools import reduce

import numpy as np
from scipy import special

from analysis.arrays import Array, ArrayLike

NODES = 64  # Gauss-Hermite points for a common shock; exact to far more digits than shown
ENOUGH = 1e-16  # probability left beyond the largest total looked at
LARGEST = 1_000_000  # totals looked at, at most
MANY = 4_000  # counts above which how many of them stay is as good as their share


def binomial(count: ArrayLike, size: ArrayLike, chance: float) -> Array:
    """Return P(``count`` of ``size`` events happen), each with this chance; 0 beyond; the shapes broadcast.

    Examples
    --------
    >>> binomial([0, 1, 2, 3], 2, 0.5).round(12).tolist()
    [0.25, 0.5, 0.25, 0.0]
    """
    count, size = np.asarray(count, float), np.asarray(size, float)
    rest = np.maximum(size - count, 0.0)
    ways = special.gammaln(size + 1) - special.gammaln(count + 1) - special.gammaln(rest + 1)
    log = ways + special.xlogy(count, chance) + special.xlog1py(rest, -chance)
    return np.where(count > size, 0.0, np.exp(log))


def log_negative_binomial(count: ArrayLike, size: float, chance: float) -> Array:
    """Return log P(``count`` failures before the ``size``-th success), each success with this chance.

    Parameters
    ----------
    count : (...), whole numbers, at least 0
    size : above 0, whole or not; a Poisson count whose rate is Gamma(size, chance / (1 - chance))
    """
    count = np.asarray(count, float)
    ways = special.gammaln(size + count) - special.gammaln(count + 1) - special.gammaln(size)
    return ways + size * np.log(chance) + special.xlog1py(count, -chance)


def poisson_gamma(goal: float, seen: float, share: float, shape: float, rate: float) -> float:
    """Return P(at least ``goal`` in the year | ``seen`` by the time ``share`` of the year's count is due).

    The yearly rate has a Gamma(shape, rate) prior, so that what is still to come is negative binomial:
    P(N >= goal - seen) = I(1 - p; goal - seen, shape + seen) with p = (rate + share) / (rate + 1), I the
    regularised incomplete beta function.

    Parameters
    ----------
    share : part of a year's count normally there by now, 0 to 1
    shape, rate : of the prior; mean shape / rate a year. Jeffreys' (0.5, 0) says nothing beforehand

    Raises
    ------
    ValueError
        When neither prior nor year says anything (rate and share both 0).

    Examples
    --------
    >>> round(poisson_gamma(10, 5, 0.5, 10, 1), 3)
    0.535
    """
    if goal <= seen:
        return 1.0
    if rate + share <= 0:
        raise ValueError("nothing is known of the rate: share and prior rate are both 0")
    if share >= 1:
        return 0.0
    return float(special.betainc(np.ceil(goal) - seen, shape + seen, (1 - share) / (rate + 1)))


def gamma_prior(counts: ArrayLike) -> tuple[float, float]:
    """Return (shape, rate) of a gamma prior on a yearly rate from past yearly ``counts``, by moments.

    A count more spread than a Poisson one says how much rates differ; one less spread adds the years up. With
    no counts: Jeffreys' prior (0.5, 0).
    """
    counts = np.asarray(counts, float)
    if not len(counts):
        return 0.5, 0.0
    mean = max(counts.mean(), 0.5 / len(counts))
    extra = counts.var(ddof=1) - mean if len(counts) > 1 else mean**2
    if extra <= 0:
        return 0.5 + counts.sum(), float(len(counts))
    rate = min(mean / extra, float(len(counts)))
    return mean * rate, rate


def negative_binomial(shape: float, rate: float) -> Array:
    """Return P(N = 0, 1, ...) of a yearly count whose rate is Gamma(shape, rate), up to a negligible tail."""
    mean, decay = shape / rate, np.log1p(rate)
    last = mean + 12 * np.sqrt(mean * (1 + 1 / rate)) - np.log(ENOUGH) / decay + 50
    pmf = np.exp(log_negative_binomial(np.arange(min(last, LARGEST) + 1), shape, rate / (rate + 1)))
    beyond = np.cumsum(pmf[:0:-1])  # P(N > ..., 1, 0)
    return pmf[: 1 + np.count_nonzero(beyond > ENOUGH)]


def after_seeing(pmf: Array, seen: int, share: float) -> Array:
    """Return the distribution (N,) of the year's total once ``seen`` are there: Bayes with binomial thinning.

    Parameters
    ----------
    pmf : (N,) P(total = 0, 1, ...) before
    share : part of a year's count normally there by now
    """
    totals = np.arange(max(len(pmf), seen + 1))
    prior = np.zeros(len(totals))
    prior[: len(pmf)] = pmf
    posterior = prior * explained(seen, totals.astype(float), share)
    if posterior.sum() > 0:
        return posterior / posterior.sum()
    certain = np.zeros(len(totals))  # the prior held this impossible: what is seen is all there is known of
    certain[seen] = 1.0
    return certain


def explained(seen: int, totals: Array, share: float) -> Array:
    """Return how well totals (N,) explain what is ``seen``: all that are no fewer alike where none is due."""
    if share <= 0:
        return (np.asarray(totals) >= seen).astype(float)
    return binomial(seen, totals, min(share, 1.0))


def poisson_binomial(chances: ArrayLike) -> Array:
    """Return P(0, 1, ..., n of n independent events happen) from their ``chances`` (n,).

    Examples
    --------
    >>> poisson_binomial(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]
    """
    chances, pmf = np.asarray(chances, float), np.ones(1)
    if len(chances) > MANY:  # few of them differ, and one by one they would take a minute
        alike = zip(*np.unique(chances, return_counts=True), strict=True)
        return reduce(np.convolve, (binomial(np.arange(n + 1), n, chance) for chance, n in alike))
    for chance in chances:
        pmf = np.append(pmf, 0.0) * (1 - chance) + np.append(0.0, pmf) * chance
    return pmf


def with_pending(pmf: Array, seen: int, chances: Array, others: float) -> Array:
    """Return the year's total when the applications still to be decided are known.

    What is still to come is the approved among them (Poisson-binomial), and of what the calendar alone would
    let expect, the part ``others`` that comes from outside the list.

    Parameters
    ----------
    pmf : (N,) distribution of the total after what was seen (``after_seeing``)
    chances : (n,) each application's chance of being approved within the year
    others : 0 when the list is complete, 1 when it takes nothing away from the rest
    """
    listed = np.concatenate([np.zeros(seen), poisson_binomial(chances)])
    return np.convolve(listed, thinned(pmf[seen:], others))


def thinned(pmf: Array, share: float) -> Array:
    """Return the distribution (N,) of how many remain when each of a count stays with probability ``share``.

    Parameters
    ----------
    pmf : (N,) P(count = 0, 1, ...) before
    """
    if share >= 1:
        return pmf
    if share <= 0:
        return np.ones(1)
    count = np.arange(len(pmf))
    if len(pmf) > MANY:
        return np.bincount(np.rint(share * count).astype(int), weights=pmf, minlength=len(pmf)).astype(float)
    return binomial(count[:, None], count[None, :], share) @ pmf


def even_rate(pending: int, needed: int) -> float | None:
    """Return the approval rate at which ``needed`` of ``pending`` is an even chance; None when impossible."""
    if needed <= 0 or needed > pending:
        return None
    return float(special.betaincinv(needed, pending - needed + 1, 0.5))


def share_by(month: int, batches: dict[int, float]) -> float:
    """Return the part of a year's count due by the end of ``month``: by the batches, or evenly without any.

    Examples
    --------
    >>> share_by(6, {}), share_by(6, {4: 1, 11: 3})
    (0.5, 0.25)
    """
    if not batches:
        return month / 12
    return sum(part for when, part in batches.items() if when <= month) / sum(batches.values())


def quantile(pmf: Array, levels: ArrayLike) -> Array:
    """Return the smallest counts (Q,) at which the distribution (N,) reaches the ``levels`` (Q,)."""
    reached = np.searchsorted(np.cumsum(pmf), np.asarray(levels, float) - 1e-12)
    return np.minimum(reached, len(pmf) - 1).astype(float)


def common_shock(chances: ArrayLike, correlation: float) -> Array:
    """Return P(0, ..., n events) when all share one standard normal shock (one-factor Gaussian copula).

    Event i happens when sqrt(correlation) * shock + sqrt(1 - correlation) * own_i <= ndtri(chance_i). Each
    keeps its chance; 0 gives independence, 1 the strongest dependence. The shock is integrated numerically.

    Parameters
    ----------
    chances : (n,)
    correlation : of any two events' latent causes, 0 to below 1
    """
    chances = np.asarray(chances, float)
    if correlation <= 0 or len(chances) < 2:
        return poisson_binomial(chances)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    threshold = special.ndtri(chances)[None, :]
    given = special.ndtr((threshold - np.sqrt(correlation) * nodes[:, None]) / np.sqrt(1 - correlation))
    return weights / weights.sum() @ np.array([poisson_binomial(row) for row in given])
