"""What a target asks of the figures: did it come true, and how likely is it to, for every kind of target.

A question is a function of a comparison and a goal, so that the same forecast answers the goal as stated and
as it could be meant otherwise (strictly, or on the rounded figure).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from scipy import special

from analysis import counts, forecast, mixtures, panel
from analysis.catalogue import Catalogue
from analysis.plans import Target

DRAWS = 10_000
SEED = 95  # of the one seeded generator, for goals on sums and on every year; any number serves
SCENARIO_DRAWS = 400  # paths for each fixed drift and volatility, for the range of such a probability
SIMPLE = ("level", "share", "flow", "stock")  # kinds whose question is on the deadline's figure alone
Ask = Callable[[str, float | None], tuple[float, float, float]]  # comparison, goal -> p, low, high


@dataclass(frozen=True)
class InYear:
    """A count as far as the deadline's year has gone, and what may still come.

    month : "2019-06", the last with a cumulative count; "" when only pending applications are known
    seen : the count to that month
    share : part of a year's count normally there by then, by the plan's calendar, else month / 12
    batches : the calendar's (month, part), empty when approvals come evenly
    pending : applications still to be decided on the date
    chances : those applications' chances of approval that somebody has judged, one each
    p_flat : the answer of this year's count alone, without earlier years and peers; None before any is due
    total, flat : P(the year's total = 0, 1, ...), with all that is known and from this year's count alone
    """

    month: str
    seen: int
    share: float
    batches: tuple[tuple[int, float], ...]
    pending: int
    chances: np.ndarray
    p_flat: float | None = None
    total: np.ndarray | None = None
    flat: np.ndarray | None = None


# ------------------------------------------------------------------------------------------------ outcomes


def observed(
    target: Target, own: pd.DataFrame, places: int | None = None
) -> tuple[float | None, bool | None]:
    """Return what a target came out at, and whether that meets it; None where not known.

    Two years are compared on one basis only: without a common one the outcome stays open. ``places`` are the
    decimals a goal on the printed figure is judged at.
    """
    if target.kind in SIMPLE:
        value = latest(own, target.deadline)
        return value, None if value is None else keeps(target, value, target.goal, places)
    if target.kind == "direction":
        before, after = _pair(own, target.than, target.deadline)
        return latest(own, target.deadline), None if after is None else keeps(target, after, before, places)
    if target.kind == "growth":
        before, after = _pair(own, target.since, target.deadline)
        if after is None or before <= 0:
            return None, None
        growth = 100 * ((after / before) ** (1 / (target.deadline - target.since)) - 1)
        return growth, keeps(target, growth, target.goal, places)
    values = [latest(own, year) for year in range(target.since, target.deadline + 1)]
    return (
        _cumulative(target, values, places)
        if target.kind == "cumulative"
        else _every_year(target, values, places)
    )


def compare(value: float, comparison: str, goal: float) -> bool:
    """Return whether ``value`` keeps the goal, as a plain comparison of the figures."""
    return {">=": value >= goal, ">": value > goal, "<=": value <= goal, "<": value < goal}[comparison]


def keeps(target: Target, value: float, goal: float, places: int | None = None) -> bool:
    """Return whether ``value`` keeps the goal under the target's rule on rounding."""
    if target.rounding == "printed" and places is not None:
        value = rounded(value, places)
        goal = rounded(goal, places) if target.kind == "direction" else goal
    return compare(value, target.comparison, goal)


def rounded(value: float, places: int) -> float:
    """Return a figure as a yearbook prints it: halves away from zero, in decimal arithmetic.

    >>> rounded(1.245, 2), rounded(1.246, 2), rounded(1.244, 2)
    (1.25, 1.25, 1.24)
    """
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def printed_edge(comparison: str, goal: float, places: int) -> tuple[str, float]:
    """Return the comparison and goal that the exact figure must keep for the printed one to keep the given.

    >>> printed_edge(">=", 1.25, 2)
    ('>=', 1.245)
    """
    unit = Decimal(1).scaleb(-places)
    steps = Decimal(repr(float(goal))) / unit
    upward = comparison in (">=", "<")
    whole = math.ceil(steps) if upward else math.floor(steps)
    edge = (whole - Decimal("0.5") if upward else whole + Decimal("0.5")) * unit
    return (">=" if comparison in (">=", ">") else "<"), float(edge)


def reread(target: Target, outcome: float, goal: float | None, places: int | None) -> dict:
    """Read a known outcome in the other ways the goal could be meant."""
    if target.kind == "every_year" or goal is None:
        return {}
    upward = target.comparison.startswith(">")
    plain, strict = (">=", ">") if upward else ("<=", "<")
    near = outcome if places is None else rounded(outcome, places)
    read = {
        "stated": keeps(target, outcome, goal, places),
        "strict": compare(outcome, strict, goal),
        "inclusive": compare(outcome, plain, goal),
        "exact": compare(outcome, target.comparison, goal),
        "printed": compare(near, target.comparison, goal),
    }
    return {name: float(met) for name, met in read.items()} | {"matters": read["exact"] != read["printed"]}


def early(target: Target, own: pd.DataFrame, so_far: InYear | None) -> tuple[float, bool] | None:
    """Return a count that is decided before its last figure is out: counts do not fall."""
    if target.kind not in ("flow", "cumulative") or (so_far is None and target.kind == "flow"):
        return None
    first = target.deadline if target.kind == "flow" else target.since
    known = [latest(own, year) for year in range(first, target.deadline)]
    total = math.fsum([value for value in known if value is not None]) + (so_far.seen if so_far else 0)
    met = compare(total, target.comparison, target.goal)
    if target.comparison.startswith(">") and met:
        return total, True
    return (total, False) if target.comparison.startswith("<") and not met else None


def _cumulative(target: Target, values: list, places: int | None) -> tuple[float | None, bool | None]:
    if None in values:
        return None, None
    total = math.fsum(values)
    return total, keeps(target, total, target.goal, places)


def _every_year(target: Target, values: list, places: int | None) -> tuple[float | None, bool | None]:
    for value in values:
        if value is not None and not keeps(target, value, target.goal, places):
            return value, False
    return (values[-1], True) if None not in values else (None, None)


def latest(own: pd.DataFrame, year: int) -> float | None:
    rows = own[own["year"].eq(year)]
    return float(rows["value"].iloc[-1]) if len(rows) else None


def _pair(own: pd.DataFrame, first: int, second: int) -> tuple[float | None, float | None]:
    """Return the values of two years on the newest basis that knows both."""
    both = own[own["year"].eq(second)].merge(own[own["year"].eq(first)], on="basis", suffixes=("", "_first"))
    return (
        (None, None) if both.empty else (float(both["value_first"].iloc[-1]), float(both["value"].iloc[-1]))
    )


def reference(own: pd.DataFrame, series: panel.Series, year: int, origin: int) -> float | None:
    """Return a year's value on the basis of the origin's figure; None where no overlap links the two."""
    last = latest(own, origin)
    before, after = _pair(own, year, origin)
    if after is not None and last is not None:
        return before * last / after if after else before
    if year > origin or year not in series.years or origin not in series.years:
        return None
    span = slice(series.years.index(year), series.years.index(origin) + 1)
    value, linked = series.value[0, span], series.before[0, span]
    ratio = float(np.prod(linked[1:] / value[:-1]))
    return float(value[0] * ratio) if np.isfinite(ratio) else None


def decimals(target: Target, catalogue: Catalogue) -> int | None:
    """Return to how many decimals a target's figure is printed; None for counts, which have none to round."""
    if target.decimals is not None:
        return target.decimals
    entry = catalogue.indicators[target.indicator]
    return None if entry.integer else entry.decimals


# ------------------------------------------------------------------------------------------------- chances


def missing(
    target: Target, predictive: forecast.Predictive | None, own: pd.DataFrame, series: panel.Series
) -> tuple[int, ...]:
    """Return the past years a question rests on and nobody has published, on a basis that can be linked."""
    if predictive is None:
        return ()
    if target.kind in ("direction", "growth"):
        year = target.than if target.kind == "direction" else target.since
        unknown = year <= predictive.origin and reference(own, series, year, predictive.origin) is None
        return (year,) if unknown else ()
    if target.kind in SIMPLE:
        return ()
    known = set(own["year"])
    return tuple(year for year in range(target.since, predictive.origin + 1) if year not in known)


def read(target: Target, ask: Ask, goal: float | None, places: int | None) -> tuple[tuple, dict]:
    """Return (p, low, high) of the goal as stated, and p of its other readings."""
    upward = target.comparison.startswith(">")
    plain, strict = (">=", ">") if upward else ("<=", "<")
    answers = {name: ask(name, goal) for name in {target.comparison, plain, strict}}
    exact = answers[target.comparison]
    near = exact
    if places is not None and goal is not None:
        printed = rounded(goal, places) if target.kind == "direction" else goal
        near = ask(*printed_edge(target.comparison, printed, places))
    stated = near if target.rounding == "printed" else exact
    read = {"stated": stated[0], "strict": answers[strict][0], "inclusive": answers[plain][0]}
    read |= {"exact": exact[0], "printed": near[0]}
    return stated, read | {"matters": abs(read["exact"] - read["printed"]) >= 0.01}


def ask_of(
    target: Target,
    predictive: forecast.Predictive | None,
    own: pd.DataFrame,
    series: panel.Series,
    so_far: InYear | None,
) -> Ask | None:
    """Return the function that answers a target's question for any comparison and goal."""
    if target.kind == "flow" and so_far is not None and so_far.total is not None:
        return lambda comparison, goal: _from_total(so_far, comparison, goal)
    if predictive is None:
        return None
    within = so_far is not None and bool(so_far.month)
    known = target.kind == "direction" and target.than <= predictive.origin
    if predictive.later:
        return _from_paths(target, predictive, own, series, so_far if within else None)
    if target.kind in SIMPLE or (known and not within):
        return lambda comparison, goal: forecast.probability(predictive, target.deadline, comparison, goal)
    if target.kind == "direction" and not (predictive.integer or within):
        return lambda comparison, goal: _higher(target, predictive, comparison)
    return _from_paths(target, predictive, own, series, so_far if within else None)


def _higher(target: Target, predictive: forecast.Predictive, comparison: str) -> tuple[float, float, float]:
    p, low, high = forecast.probability_higher(predictive, target.deadline, target.than)
    return (p, low, high) if comparison.startswith(">") else (1 - p, 1 - high, 1 - low)


# ------------------------------------------------------------------------------------------- counts in a year


def in_year(target: Target, region: str, history: pd.DataFrame, as_of: str) -> InYear | None:
    """Return what is known of the deadline's year so far: its latest count, the applications pending."""
    if target.kind not in ("flow", "cumulative", "direction", "growth", "every_year"):
        return None
    rows = history
    rows = rows[
        rows["indicator"].eq(target.indicator) & rows["region"].eq(region) & rows["year"].eq(target.deadline)
    ]
    rows = rows[rows["period"].str.len().eq(7)].sort_values("period")
    day = date.fromisoformat(as_of)
    waiting = [
        one for one in target.pending if one.known_from <= day and (one.until is None or day < one.until)
    ]
    if rows.empty and not waiting:
        return None
    month = str(rows["period"].iloc[-1]) if len(rows) else ""
    seen = int(rows["value"].iloc[-1]) if month else 0
    share = counts.share_by(int(month[5:]), target.calendar) if month else 0.0
    judged = [np.full(one.count, one.probability) for one in waiting if one.probability is not None]
    chances = np.concatenate(judged) if judged else np.zeros(0)
    batches = tuple(sorted(target.calendar.items()))
    return InYear(month, seen, share, batches, sum(one.count for one in waiting), chances)


def whole_year(
    target: Target,
    region: str,
    so_far: InYear | None,
    predictive: forecast.Predictive | None,
    history: pd.DataFrame,
    catalogue: Catalogue,
) -> InYear | None:
    """Add the distribution of the whole year to what is known of it."""
    if target.kind != "flow" or so_far is None or not (so_far.month or len(so_far.chances)):
        return so_far
    prior = _yearly(target, region, predictive, history, catalogue)
    flat = _rest(target, so_far, None) if so_far.share > 0 else None
    total = flat if prior is None else _rest(target, so_far, prior)
    if total is None:
        return so_far
    p_flat = None if flat is None else _chance(flat, target.comparison, target.goal)
    return replace(so_far, p_flat=p_flat, total=total, flat=flat)


def _rest(target: Target, so_far: InYear, prior: np.ndarray | None) -> np.ndarray:
    """Return the distribution of the year's total after its months so far and with what is pending."""
    if prior is None:  # the posterior of the rate under Jeffreys' prior, spread over what is left of the year
        left = counts.negative_binomial(0.5 + so_far.seen, so_far.share / max(1 - so_far.share, 1e-9))
        total = np.concatenate([np.zeros(so_far.seen), left])
    else:
        total = counts.after_seeing(prior, so_far.seen, so_far.share)
    if not len(so_far.chances):
        return total
    return counts.with_pending(total, so_far.seen, so_far.chances, target.others)


def _yearly(
    target: Target,
    region: str,
    predictive: forecast.Predictive | None,
    history: pd.DataFrame,
    catalogue: Catalogue,
) -> np.ndarray | None:
    """Return what was believed of the year's count: the forecast, or the counts of like regions."""
    if predictive is not None:
        step = predictive.years.index(target.deadline)
        last = min(
            float(mixtures.quantile(predictive.mixture, np.array([0.9999]))[0, step, 0]), counts.LARGEST
        )
        grid = np.broadcast_to(np.arange(last + 1), (1, len(predictive.years), int(last) + 1))
        pmf = np.diff(mixtures.cdf(predictive.mixture, grid)[0, step], prepend=0.0)
        return np.maximum(pmf, 0.0) / pmf.sum()
    past = panel.annual(history, target.indicator)
    level = catalogue.regions[region].level
    alike = [catalogue.regions[code].level == level for code in past["region"]]
    like = past[np.array(alike, bool) & past["year"].lt(target.deadline) & past["region"].ne(region)]
    return counts.negative_binomial(*counts.gamma_prior(like["value"].to_numpy())) if len(like) >= 3 else None


def _chance(total: np.ndarray, comparison: str, goal: float) -> float:
    kept = _kept(np.arange(len(total)), comparison, goal)
    return float(min(total[kept].sum(), 1.0))


def _kept(values: np.ndarray, comparison: str, goal: float) -> np.ndarray:
    return {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}[comparison](
        values, goal
    )


def _from_total(so_far: InYear, comparison: str, goal: float) -> tuple[float, float, float]:
    """Return p from the year's total; its range reaches to the answer of this year's count alone."""
    p = _chance(so_far.total, comparison, goal)
    other = p if so_far.flat is None else _chance(so_far.flat, comparison, goal)
    return p, min(p, other), max(p, other)


# ------------------------------------------------------------------------------------------- goals on paths


def _from_paths(
    target: Target,
    predictive: forecast.Predictive,
    own: pd.DataFrame,
    series: panel.Series,
    so_far: InYear | None,
) -> Ask:
    """Count, among joint paths continued from the known years, those that keep the goal.

    The range: the same with drift, volatility and model held fixed in turn; 80 % of their weight lies inside.
    A count seen within the deadline's year weighs each path by how well its total explains it; a figure known
    of a later year is where every path ends.
    """
    rng = np.random.default_rng(SEED)
    values, likely = _weighed(target, predictive, own, series, so_far, DRAWS, rng)
    likely = likely if likely.sum() > 0 else np.ones(DRAWS)  # no path explains the months: they are left out
    fixed = [(weight, *_weighed(target, one, own, series, so_far, SCENARIO_DRAWS, rng))
             for weight, one in scenarios(predictive)]  # fmt: skip
    mass = np.array([weight * given.mean() for weight, _, given in fixed]) * _found(predictive)
    fixed, mass = [part for part, one in zip(fixed, mass, strict=True) if one > 0], mass[mass > 0]

    known = reference(own, series, target.than, predictive.origin) if target.kind == "direction" else None

    def ask(comparison: str, goal: float | None) -> tuple[float, float, float]:
        aim = goal
        if target.kind == "direction":
            aim = 0.0 if goal is None or known is None else goal - known
        p = float(np.average(_kept(values, comparison, aim), weights=likely))
        if not fixed:
            return p, p, p
        low, high = _inner(np.array([np.average(_kept(drawn, comparison, aim), weights=given)
                                     for _, drawn, given in fixed]), mass)  # fmt: skip
        return p, min(low, p), max(high, p)

    return ask


def _found(predictive: forecast.Predictive) -> np.ndarray:
    """Return how likely each scenario finds the figure known of a later year; all alike without one."""
    given = scenarios(predictive)
    if not predictive.later:
        return np.ones(len(given))
    found = np.array([mixtures.log_densities(one.mixture, predictive.later[1])[0] for _, one in given])
    return np.exp(found - found.max())


def _inner(values: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Return the values between which 80 % of the weight lies."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    ends = [min(int(np.searchsorted(reached, level)), len(values) - 1) for level in forecast.RANGE]
    return float(values[order][ends[0]]), float(values[order][ends[1]])


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


def _weighed(
    target: Target,
    predictive: forecast.Predictive,
    own: pd.DataFrame,
    series: panel.Series,
    so_far: InYear | None,
    draws: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the quantity a goal is set on, drawn (draws,), and the weights of the draws (draws,)."""
    drawn = forecast.paths(predictive, draws, rng)
    ahead = dict(zip(predictive.years, drawn.T, strict=True))
    likely = np.ones(draws)
    if so_far is not None:
        likely = counts.binomial(so_far.seen, ahead[target.deadline].round(), so_far.share)
    return _quantity(target, ahead, own, series, predictive.origin), likely


def _quantity(
    target: Target, ahead: dict, own: pd.DataFrame, series: panel.Series, origin: int
) -> np.ndarray:
    last = ahead[target.deadline]
    if target.kind in SIMPLE:
        return last
    if target.kind in ("direction", "growth"):
        year = target.than if target.kind == "direction" else target.since
        first = ahead[year] if year in ahead else np.full(len(last), reference(own, series, year, origin))
        if target.kind == "direction":
            return last - first
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = 100 * ((last / first) ** (1 / (target.deadline - year)) - 1)
        return np.nan_to_num(growth, nan=-100.0, posinf=np.inf)
    span = np.stack([ahead[year] if year in ahead else np.full(len(last), latest(own, year))
                     for year in range(target.since, target.deadline + 1)])  # fmt: skip
    if target.kind == "cumulative":
        return span.sum(axis=0)
    return span.min(axis=0) if target.comparison.startswith(">") else span.max(axis=0)
