"""An amount so far and what its year may come to: money that adds up from month to month, arrays only.

The part of a year that falls into its first months, share = so far / total, is taken to be independent of
how large the year is, its logit a Student t: with n past shares of logits of mean m and deviation s, the next
one is t with n - 1 degrees of freedom around m with scale s sqrt(1 + 1/n), which counts that m and s are
estimated (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 3.2). With z = logit(share) the total
is so far * (1 + exp(-z)): never less than what is there. Bayes' rule with the forecast of the year's total,
of density f, then reads in z

    p(z | so far)  ~  t(z) f(log total),    f(log total) = total * f(total),

the product of two densities of one number: of the logarithm of the total, once by what the months say and
once by the years before. It is summed on the nodes of both.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis import mixtures
from analysis.arrays import Array, ArrayLike

FEWEST = 3  # past shares of its own, or other regions with one, that tell the share by themselves
EVEN_SPREAD, EVEN_DOF = 0.5, 5.0  # stated: without past shares a half-year holds a third to two thirds (80 %)
YEARS_BESIDE = 0.1  # stated: what is believed beforehand weighs as a tenth of a year, the region's own as one
FINEST = 0.01  # a share is never held to be known closer: a quarter of a point at the half-year
MOST = 0.995  # largest share looked at: final accounts may add to what twelve months gave
REACH, NODES = 4.5, 401  # deviations and nodes of either distribution; probabilities are within .001
FARTHEST = 9.0  # of a logit: totals up to eight thousand times what is there


@dataclass(frozen=True)
class Share:
    """What part of a year's amount is there after some months: its logit a Student t.

    mean, spread, dof : of the t on the logit scale
    evidence : "own" (the region's past years), "mixed" (one or two of them, beside what was believed
        without), "others" (other regions' years) or "assumed" (the even pace, or the plan's calendar)
    years : the region's own past years it was learned from
    regions : how many other regions it was learned from
    """

    mean: float
    spread: float
    dof: float
    evidence: str = "assumed"
    years: tuple[int, ...] = ()
    regions: int = 0

    def quantiles(self, levels: ArrayLike) -> Array:
        """Return quantiles (Q,) of the share, each between 0 and 1."""
        return special.expit(self.mean + self.spread * special.stdtrit(self.dof, np.asarray(levels, float)))

    def log_density(self, logit: ArrayLike) -> Array:
        """Return the log density of the share's logit; the shape stays."""
        return mixtures.log_t((np.asarray(logit) - self.mean) / self.spread, self.dof) - np.log(self.spread)

    def likelihood(self, seen: float, totals: Array) -> Array:
        """Return the density (...) of ``seen`` were the total each of ``totals``; 0 where that is less."""
        rest = np.maximum(totals / seen - 1, 1e-300)
        found = np.exp(self.log_density(-np.log(rest))) * (1 + 1 / rest) / seen
        return np.where(totals > seen, found, 0.0)


def assumed(due: float) -> Share:
    """Return the share where no past one is known: around what is due, broadly.

    >>> assumed(0.5).quantiles([0.1, 0.5, 0.9]).round(2).tolist()
    [0.32, 0.5, 0.68]
    """
    return Share(float(_logit(due)), EVEN_SPREAD, EVEN_DOF)


def learned(own: dict[int, float], others: dict[str, list[float]], due: float) -> Share:
    """Return the share of a region from its own past years, else from others', else as assumed.

    One or two own years update what is believed without them, as normal data do a normal mean and variance of
    conjugate prior (Gelman et al., section 3.3), the prior mean weighing as `YEARS_BESIDE` of a year.

    Parameters
    ----------
    own : year -> past share of the region, between 0 and 1
    others : region -> its past shares
    due : the share expected by the calendar

    Examples
    --------
    >>> found = learned({2016: 0.4, 2017: 0.44, 2018: 0.42}, {}, 0.5)
    >>> found.evidence, found.dof, found.quantiles([0.1, 0.5, 0.9]).round(3).tolist()
    ('own', 2.0, [0.377, 0.42, 0.464])
    """
    logits, years = _logit(list(own.values())), tuple(sorted(own))
    if len(own) >= FEWEST:
        return Share(*_next(logits, len(own)), "own", years)
    found = _of_others(others) if len(others) >= FEWEST else assumed(due)
    return found if not own else _updated(found, logits, years)


def _next(logits: Array, n: int) -> tuple[float, float, float]:
    """Return (mean, spread, dof) of what comes next after logits of n years, or of n regions."""
    spread = float(logits.std(ddof=1) * np.sqrt(1 + 1 / n))
    return float(logits.mean()), max(spread, FINEST), float(n - 1)


def _of_others(others: dict[str, list[float]]) -> Share:
    """Return the share of a region nothing is known of: all years of others, as many facts as regions."""
    means = np.array([_logit(shares).mean() for shares in others.values()])
    _, spread, dof = _next(np.concatenate([_logit(shares) for shares in others.values()]), len(others))
    return Share(float(means.mean()), spread, dof, "others", (), len(others))


def _updated(before: Share, logits: Array, years: tuple[int, ...]) -> Share:
    n, weight = len(logits), YEARS_BESIDE
    variance = before.spread**2 / (1 + 1 / weight)  # of a year around its region's mean
    apart = weight * n / (weight + n) * (logits.mean() - before.mean) ** 2
    dof = before.dof + n
    variance = (before.dof * variance + ((logits - logits.mean()) ** 2).sum() + apart) / dof
    mean = (weight * before.mean + n * logits.mean()) / (weight + n)
    spread = max(float(np.sqrt(variance * (1 + 1 / (weight + n)))), FINEST)
    return Share(float(mean), spread, dof, "mixed", years, before.regions)


def _logit(share: ArrayLike) -> Array:
    return special.logit(np.clip(share, 1 - MOST, MOST))


def whole_year(seen: float, share: Share, before: mixtures.Mixture | None) -> tuple[Array, Array, Array]:
    """Return the year's total after its first months, on a grid.

    Parameters
    ----------
    seen : amount so far, above 0
    before : the total as forecast from the years before: one series, one horizon; None without a forecast

    Returns
    -------
    grid (N,), from ``seen`` up, in the unit of ``seen``; with (N,) and alone (N,): the probability between a
    node and the one below it, with the forecast and from the months alone
    """
    logits = _nodes(seen, share, before)
    grid, alone = seen * (1 + np.exp(-logits)), share.log_density(logits)
    log_prior = 0.0 if before is None else log_density(before, grid) + np.log(grid)
    return grid, _masses(logits, alone + log_prior), _masses(logits, alone)


def _nodes(seen: float, share: Share, before: mixtures.Mixture | None) -> Array:
    """Return logits of the share (N,), falling, where either distribution has its probability."""
    levels = special.ndtr(np.linspace(-REACH, REACH, NODES))
    nodes = share.mean + share.spread * special.stdtrit(share.dof, levels)
    if before is not None:
        totals = mixtures.quantile(before, levels)[0, 0]
        nodes = np.append(nodes, -np.log(totals[totals > seen] / seen - 1))
    return np.unique(np.clip(nodes, -FARTHEST, 3 * FARTHEST))[::-1]


def _masses(logits: Array, log: Array) -> Array:
    """Return the probability (N,) between neighbouring nodes, by the trapezoid rule."""
    density = np.exp(log - log.max())
    mass = np.append(0.0, -np.diff(logits) * (density[1:] + density[:-1]) / 2)
    return mass / mass.sum()


def log_density(mixture: mixtures.Mixture, values: Array) -> Array:
    """Return the log density (N,) that a mixture of one series and one horizon has at ``values`` (N,)."""
    frame = (float(mixture.offset[0]), mixture.lower, mixture.upper)
    step, parts = 1e-6 * values, []
    with np.errstate(divide="ignore"):
        for k, family in enumerate(mixture.family):
            low, z, high = (mixtures.forward(family, values + side, *frame) for side in (-step, 0.0, step))
            location, spread = mixture.location[0, k, 0], mixture.spread[0, k, 0]
            log = mixtures.log_t((z - location) / spread, mixture.dof[0, k])
            parts.append(log + np.log((high - low) / (2 * step * spread)) + np.log(mixture.weight[0, k]))
    return np.asarray(special.logsumexp(parts, axis=0))


def chance_below(grid: Array, mass: Array, value: float) -> float:
    """Return P(total <= value) of a distribution of `whole_year`."""
    return float(np.interp(value, grid, np.cumsum(mass), left=0.0, right=1.0))


def quantile(grid: Array, mass: Array, levels: ArrayLike) -> Array:
    """Return the totals (Q,) that are not exceeded with the ``levels`` (Q,)."""
    return np.interp(np.asarray(levels, float), np.cumsum(mass), grid)
