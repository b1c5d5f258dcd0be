"""A count, or an amount, as far as the deadline's year has gone, and what may still come."""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analysis import amounts, counts, forecast, mixtures, panel
from analysis.arrays import Array
from analysis.kinds import goals
from analysis.kinds.known import Known
from analysis.plans import Target

ADD_UP = ("flow", "amount")  # kinds of indicator whose months add up to the year


@dataclass(frozen=True)
class InYear:
    """What is known of the deadline's year before it is over.

    month : "2019-06", the last with a cumulative figure; "" when only pending applications are known
    seen : the count, or the amount in the indicator's unit, to that month
    share : part of a year normally there by then, of a count by the plan's calendar, else month / 12; of an
        amount the median of ``past``
    batches : the calendar's (month, part), empty when approvals come evenly
    pending : applications still to be decided on the date
    chances : those applications' chances of approval that somebody has judged, one each
    p_flat : the answer of this year's months alone, without earlier years and peers; None before any is due
    total, flat : P(the year's total = 0, 1, ...), with all that is known and from this year's months alone
    past : of an amount, what part of a year is there by then; None for counts
    grid : of an amount, the totals between which ``total`` and ``flat`` lie; None for counts
    """

    month: str
    seen: float
    share: float
    batches: tuple[tuple[int, float], ...]
    pending: int
    chances: Array
    p_flat: float | None = None
    total: Array | None = None
    flat: Array | None = None
    past: amounts.Share | None = None
    grid: Array | None = None

    def weighed(self, totals: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return drawn totals of the year (N,) and how well each explains what is seen (N,).

        Where none explains an amount, they are drawn anew from its months alone: it cannot fall again.
        """
        if self.past is None:
            return totals, counts.explained(int(self.seen), totals.round(), self.share)
        likely = self.past.likelihood(self.seen, totals)
        if likely.any():
            return totals, likely
        return self.seen / self.past.quantiles(rng.random(len(totals))), np.ones(len(totals))

    def quantiles(self, levels: Array) -> Array | None:
        """Return quantiles (Q,) of the year's total; None where there is no distribution of it."""
        if self.total is None:
            return None
        if self.grid is not None:
            return amounts.quantile(self.grid, self.total, levels)
        return counts.quantile(self.total, levels)


def so_far(known: Known) -> InYear | None:
    """Return what is known of the deadline's year so far; None where its months do not add up to it."""
    kind = known.entry.kind
    if kind not in ADD_UP:
        return None
    return _amount(known) if kind == "amount" else _count(known)


def _amount(known: Known) -> InYear | None:
    """Return the latest amount within the deadline's year, and what part of it past years had by then."""
    target, rows = known.target, known.history
    rows = rows[rows["year"].eq(target.deadline) & rows["period"].str.len().eq(7) & rows["value"].gt(0)]
    before = known.own[known.own["year"].lt(target.deadline)]
    if len(before):  # months on another basis than the years before do not join up with them
        rows = rows[rows["basis"].isin(before.loc[before["year"].eq(before["year"].max()), "basis"])]
    if rows.empty:
        return None
    last = rows.sort_values(["period", "published"], kind="stable").iloc[-1]
    past = _past(known, int(last["period"][5:]))
    batches = tuple(sorted(target.calendar.items()))
    share = float(past.quantiles([0.5])[0])
    return InYear(str(last["period"]), float(last["value"]), share, batches, 0, np.zeros(0), past=past)


def _past(known: Known, month: int) -> amounts.Share:
    """Return what part of a year is there by the end of a month, from past years before the deadline."""
    target, level = known.target, known.catalogue.regions[known.region].level
    found = panel.parts(known.forecaster.history, known.forecaster.indicator, month)
    found = found[found["year"].lt(target.deadline)]
    mine = found["region"].eq(known.region)
    alike = [known.catalogue.regions[code].level == level for code in found["region"]]
    others = found[~mine & np.array(alike, bool)]
    return amounts.learned(
        dict(zip(found["year"][mine], found["share"][mine], strict=True)),
        {code: rows["share"].tolist() for code, rows in others.groupby("region")},
        counts.share_by(month, target.calendar),
    )


def _count(known: Known) -> InYear | None:
    """Return the latest count within the deadline's year, and the applications pending."""
    target, rows, day = known.target, known.history, date.fromisoformat(known.as_of)
    rows = rows[(rows["year"].to_numpy() == target.deadline) & (rows["period"].map(len).to_numpy() == 7)]
    rows = rows.sort_values("period", kind="stable") if len(rows) > 1 else rows
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


def early(known: Known, first: int, seen: float) -> tuple[float, bool] | None:
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
    target = known.target
    if so_far.past is not None:
        told = with_total(so_far, predictive, target.deadline)
        return replace(told, p_flat=_reached(told.flat, told.grid, target.comparison, target.goal))
    prior = _prior(known, predictive)
    flat = _rest(target, so_far, None) if so_far.share > 0 else None
    total = flat if prior is None else _rest(target, so_far, prior)
    if total is None:
        return so_far
    p_flat = None if flat is None else _chance(flat, target.comparison, target.goal)
    return replace(so_far, p_flat=p_flat, total=total, flat=flat)


def with_total(so_far: InYear, predictive: forecast.Predictive | None, deadline: int) -> InYear:
    """Return an amount so far with the distribution of its year's total; needs ``so_far.past``."""
    assert so_far.past is not None, "of an amount"
    before = None
    if predictive is not None:
        before = predictive.mixture.horizon(predictive.years.index(deadline))
    grid, total, flat = amounts.whole_year(so_far.seen, so_far.past, before)
    return replace(so_far, grid=grid, total=total, flat=flat)


def ask(total: Array, flat: Array | None, grid: Array | None = None) -> goals.Ask:
    """Answer from the year's total; the range reaches to the answer of this year's months alone."""

    def answer(comparison: str, goal: float) -> tuple[float, float, float]:
        p = _reached(total, grid, comparison, goal)
        other = p if flat is None else _reached(flat, grid, comparison, goal)
        return p, min(p, other), max(p, other)

    return answer


def pace(target: Target, so_far: InYear, goal: float) -> dict | None:
    """Return the part of a year's goal that its months have done, and that of the year gone; None without."""
    if not so_far.month or goal <= 0:
        return None
    elapsed, due = (
        int(so_far.month[5:]) / 12,
        so_far.share if so_far.batches and so_far.past is None else None,
    )
    return paced(so_far.seen / goal, elapsed, "in_year", None, target.deadline) | {"calendar": due}


def to_come(so_far: InYear | None) -> tuple[float, int] | None:
    """Return what a year's months come to and how many are left; None where they say nothing."""
    return (so_far.seen, 12 - int(so_far.month[5:])) if so_far is not None and so_far.month else None


def paced(done: float, elapsed: float, basis: str, first: int | None, last: int) -> dict:
    """Return a pace as `kinds.kind.Kind.pace` does."""
    return {"done": done, "elapsed": elapsed, "ahead": done >= elapsed, "basis": basis, "base_year": first,
            "latest_year": last, "calendar": None}  # fmt: skip


def _rest(target: Target, so_far: InYear, prior: Array | None) -> Array:
    """Return the distribution of the year's total after its months so far and with what is pending."""
    seen = int(so_far.seen)
    if prior is None:  # the posterior of the rate under Jeffreys' prior, spread over what is left of the year
        left = counts.negative_binomial(0.5 + seen, so_far.share / max(1 - so_far.share, 1e-9))
        total = np.concatenate([np.zeros(seen), left])
    else:
        total = counts.after_seeing(prior, seen, so_far.share)
    if not len(so_far.chances):
        return total
    return counts.with_pending(total, seen, so_far.chances, target.others)


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


def _reached(total: Array | None, grid: Array | None, comparison: str, goal: float) -> float:
    """Return the chance that a year's total keeps a goal: a count's, or an amount's on its grid."""
    assert total is not None, "asked where there is a total"
    if grid is None:
        return _chance(total, comparison, goal)
    below = amounts.chance_below(grid, total, goal)
    return 1 - below if comparison.startswith(">") else below


def _chance(total: Array, comparison: str, goal: float) -> float:
    return float(min(total[goals.kept(np.arange(len(total)), comparison, goal)].sum(), 1.0))
