"""A count as far as the deadline's year has gone, and what may still come."""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analysis import counts, forecast, mixtures
from analysis.arrays import Array
from analysis.kinds import goals
from analysis.kinds.known import Known
from analysis.plans import Target


@dataclass(frozen=True)
class InYear:
    """What is known of the deadline's year before it is over.

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
    chances: Array
    p_flat: float | None = None
    total: Array | None = None
    flat: Array | None = None


def so_far(known: Known) -> InYear | None:
    """Return what is known of the deadline's year so far: its latest count, the applications pending."""
    target, rows, day = known.target, known.history, date.fromisoformat(known.as_of)
    rows = rows[(rows["year"].to_numpy() == target.deadline) & (rows["period"].map(len).to_numpy() == 7)]
    rows = rows.sort_values("period") if len(rows) > 1 else rows
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


def early(known: Known, first: int, seen: int) -> tuple[float, bool] | None:
    """Return a sum from year ``first`` on that is decided before its last figure: counts do not fall."""
    target = known.target
    before = [known.latest(year) for year in range(first, target.deadline)]
    total = math.fsum([value for value in before if value is not None]) + seen
    met = goals.compare(total, target.comparison, target.goal)
    return (total, met) if met == target.comparison.startswith(">") else None


def whole(known: Known, so_far: InYear | None, predictive: forecast.Predictive | None) -> InYear | None:
    """Add the distribution of the whole year to what is known of it."""
    if so_far is None or not (so_far.month or len(so_far.chances)):
        return so_far
    target, prior = known.target, _prior(known, predictive)
    flat = _rest(target, so_far, None) if so_far.share > 0 else None
    total = flat if prior is None else _rest(target, so_far, prior)
    if total is None:
        return so_far
    p_flat = None if flat is None else _chance(flat, target.comparison, target.goal)
    return replace(so_far, p_flat=p_flat, total=total, flat=flat)


def ask(total: Array, flat: Array | None) -> goals.Ask:
    """Answer from the year's total; the range reaches to the answer of this year's count alone."""

    def answer(comparison: str, goal: float) -> tuple[float, float, float]:
        p = _chance(total, comparison, goal)
        other = p if flat is None else _chance(flat, comparison, goal)
        return p, min(p, other), max(p, other)

    return answer


def _rest(target: Target, so_far: InYear, prior: Array | None) -> Array:
    """Return the distribution of the year's total after its months so far and with what is pending."""
    if prior is None:  # the posterior of the rate under Jeffreys' prior, spread over what is left of the year
        left = counts.negative_binomial(0.5 + so_far.seen, so_far.share / max(1 - so_far.share, 1e-9))
        total = np.concatenate([np.zeros(so_far.seen), left])
    else:
        total = counts.after_seeing(prior, so_far.seen, so_far.share)
    if not len(so_far.chances):
        return total
    return counts.with_pending(total, so_far.seen, so_far.chances, target.others)


def _prior(known: Known, predictive: forecast.Predictive | None) -> Array | None:
    """Return what was believed of the year's count: the forecast, or the counts of like regions."""
    target, regions = known.target, known.catalogue.regions
    if predictive is not None:
        step = predictive.years.index(target.deadline)
        last = min(
            float(mixtures.quantile(predictive.mixture, np.array([0.9999]))[0, step, 0]), counts.LARGEST
        )
        grid = np.broadcast_to(np.arange(last + 1), (1, len(predictive.years), int(last) + 1))
        pmf = np.diff(mixtures.cdf(predictive.mixture, grid)[0, step], prepend=0.0)
        return np.maximum(pmf, 0.0) / pmf.sum()
    past = known.forecaster.figures
    alike = [regions[code].level == regions[known.region].level for code in past["region"]]
    like = past[np.array(alike, bool) & past["year"].lt(target.deadline) & past["region"].ne(known.region)]
    return counts.negative_binomial(*counts.gamma_prior(like["value"].to_numpy())) if len(like) >= 3 else None


def _chance(total: Array, comparison: str, goal: float) -> float:
    return float(min(total[goals.kept(np.arange(len(total)), comparison, goal)].sum(), 1.0))
