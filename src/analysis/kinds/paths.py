"""Goals on several years, or on several regions: counted among joint paths continued from what is known."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from analysis import forecast, mixtures
from analysis.arrays import Array
from analysis.kinds import goals
from analysis.kinds.within import InYear

DRAWS = 10_000
SEED = 95  # of the one seeded generator; any number serves
SCENARIO_DRAWS = 400  # paths for each fixed drift and volatility, for the range of such a probability
Quantity = Callable[[dict[int, Array]], Array]  # year -> (draws,) in, what the goal is set on out


def ask(
    predictive: forecast.Predictive,
    quantity: Quantity,
    so_far: InYear | None,
    deadline: int,
    edge: Callable[[float], float],
    bare: bool = False,
) -> "Drawn":
    """Count, among joint paths continued from the known years, those that keep the goal.

    The range: the same with drift, volatility and model held fixed in turn; 80 % of their weight lies inside.
    What is seen within the deadline's year weighs each path by how well its total explains it; a figure known
    of a later year is where every path ends.

    Parameters
    ----------
    quantity : from the years' draws, those of what the goal is set on
    so_far : None where the months of the deadline's year say nothing
    edge : from a goal, the number the quantity is compared with
    bare : whether no range is wanted, which takes most of the paths
    """
    rng = np.random.default_rng(SEED)

    def weighed(given: forecast.Predictive, draws: int) -> tuple[Array, Array]:
        ahead = dict(zip(given.years, forecast.paths(given, draws, rng).T, strict=True))
        likely = np.ones(draws)
        if so_far is not None:
            ahead[deadline], likely = so_far.weighed(ahead[deadline], rng)
        return quantity(ahead), likely

    values, likely = weighed(predictive, DRAWS)
    likely = likely if likely.sum() > 0 else np.ones(DRAWS)  # no path explains the months: they are left out
    if bare:
        return Drawn(values, likely, [], np.empty(0), edge)
    held = scenarios(predictive)
    fixed = [(weight, *weighed(one, SCENARIO_DRAWS)) for weight, one in held]
    mass = np.array([weight * given.mean() for weight, _, given in fixed]) * _found(predictive, held)
    fixed, mass = [part for part, one in zip(fixed, mass, strict=True) if one > 0], mass[mass > 0]

    return Drawn(values, likely, [(drawn, given) for _, drawn, given in fixed], mass, edge)


@dataclass(frozen=True)
class Drawn:
    """An answer counted among draws of what the goal is set on.

    values, likely : (draws,) each draw and its weight
    fixed, mass : the same with drift, volatility and model held fixed in turn, and each one's weight
    edge : from a goal, the number the draws are compared with
    """

    values: Array
    likely: Array
    fixed: list[tuple[Array, Array]]
    mass: Array
    edge: Callable[[float], float]

    def __call__(self, comparison: str, goal: float) -> tuple[float, float, float]:
        aim = self.edge(goal)
        p = float(np.average(goals.kept(self.values, comparison, aim), weights=self.likely))
        if not self.fixed:
            return p, p, p
        given = [np.average(goals.kept(drawn, comparison, aim), weights=one) for drawn, one in self.fixed]
        low, high = _inner(np.array(given), self.mass)
        return p, min(low, p), max(high, p)

    def quantiles(self, levels: Array) -> Array:
        """Return quantiles (Q,) of what the goal is set on."""
        return np.quantile(self.values, levels, weights=self.likely, method="inverted_cdf")


def _found(predictive: forecast.Predictive, held: list[tuple[float, forecast.Predictive]]) -> Array:
    """Return how likely each scenario finds the figure known of a later year; all alike without one."""
    if not predictive.later:
        return np.ones(len(held))
    found = np.array([mixtures.log_densities(one.mixture, predictive.later[1])[0] for _, one in held])
    return np.exp(found - found.max())


def _inner(values: Array, weight: Array) -> tuple[float, float]:
    """Return the values between which 80 % of the weight lies."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    low, high = values[order][np.searchsorted(reached, forecast.RANGE)]
    return float(low), float(high)


def scenarios(
    predictive: forecast.Predictive, drifts: int = 3, deviations: int = 3
) -> list[tuple[float, forecast.Predictive]]:
    """Return (weight, predictive) with one model each and its unknown drift and volatility held fixed.

    They stand at mid-quantiles of what is believed of them, so that the weighted mean is nearly the pool.
    """
    pool, made = predictive.mixture, []
    shifts = special.ndtri((np.arange(drifts) + 0.5) / drifts)
    levels = (np.arange(deviations) + 0.5) / deviations
    for k, family in enumerate(pool.family):
        doubt, dof = pool.doubt[:, [k]], pool.dof[:, [k]]
        walk = np.sqrt(np.maximum(pool.spread[:, [k]] ** 2 - doubt**2, 1e-12))
        for stretch in np.sqrt(dof[0, 0] / special.chdtri(dof[0, 0], levels)):
            for shift in shifts:
                location = pool.location[:, [k]] + doubt * shift * stretch
                fixed = replace(pool, family=(family,), weight=np.ones((1, 1)), doubt=doubt * 0,
                                dof=dof * 0 + 1e6, location=location, spread=walk * stretch)  # fmt: skip
                weight = float(pool.weight[0, k]) / (drifts * deviations)
                made.append((weight, replace(predictive, mixture=fixed)))
    return made
