"""What meeting the goal would take: growth, amounts, so many a month."""

import math
from datetime import date

import numpy as np
import pandas as pd

from analysis import counts, kinds, panel
from analysis.answers.rules import linked
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue, Indicator
from analysis.kinds import goals
from analysis.ladder import Ladder
from analysis.plans import Target
from analysis.situations import Conditional, Forecast

DRIFT_YEARS = 5  # years over which a denominator's growth is taken


def requirement(
    assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue, climbed: Ladder | None = None
) -> dict:
    """Say what meeting the goal would take.

    Parameters
    ----------
    history : ``panel.as_of(observations, as_of, catalogue)``: the peers' past and the parts of ratios
    climbed : what a denominator alone is forecast by, as amounts are; its recent growth goes on without

    Returns
    -------
    dict with
        gap, expected_gap : goal less the latest value; goal less the median at the deadline
        required_growth, below_last : % a year from the last value; True when the goal is already kept there
        achieved : years (length of the spell still to go), own and peers: of all past spells of that length,
            n, share that grew at least so fast (1 - percentile), highest, highest_region, highest_year (the
            last of that spell); alike: the same of those peers' spells that began no lower than the region
            stands (no higher, where less is wanted), where figures of regions compare
        amount : for a ratio: numerator needed at the deadline for the goal (indicator, unit, latest,
            latest_year, needed, more, growth in % a year; on denominator of denominator_year grown by
            denominator_growth, which is None where it is taken as it was; since: where that growth begins)
        alone : the same of a ratio without figures of its own: indicator, needed, denominator (expected at
            the deadline), denominator_year, denominator_growth, since, forecast (whether it is the method's
            median); recent_growth, recent_needed: the same with recent growth, beside such a median
        per_month : value, still, months: what is still to come for each month left of the deadline's year;
            so_far, of an amount: what each month so far brought; unseen: what the months gone brought of a
            count is not known
        months : of an amount so far: share of the goal, years: the region's past years with a known share,
            enough: in how many of them the months left brought what the goal needs now; None without
        break_even : the last value that would make an even chance, where history is missing
        climb : needed, usual: the change a year from there to the goal, and of what compares between regions
            the median one of the peers
        pending : count, needed, even_rate: the approval rate that makes an even chance
    """
    row, target, known = assessment.row, assessment.target, linked(assessment)
    before = {year: value for year, value in known.items() if year < target.deadline}
    last = max(before) if before else None
    goal, median, needed = row["goal"], row["median"], row["required_growth"]
    level = goal is not None and kinds.of(target).level
    kept = goals.compare(before[last], target.comparison, goal) if level and last is not None else None
    return {
        "gap": row["gap"],
        "expected_gap": goal - median if level and median is not None else None,
        "required_growth": needed,
        "below_last": kept,
        "achieved": None
        if needed is None or last is None
        else _achieved(assessment, history, needed, target.deadline - last, before[last]),
        "amount": _amount(assessment, history, catalogue),
        "alone": _alone(assessment, history, catalogue, climbed),
        "per_month": _per_month(assessment, before),
        **_months(assessment, history),
        "break_even": lent.break_even if isinstance(lent := assessment.lent, Conditional) else None,
        "climb": _climb(assessment, history, catalogue),
        "pending": _pending(assessment),
    }


def conversion(assessment: Assessment, vintage: Vintage) -> dict | None:
    """Say on which whole an amount is forecast where its region is placed by a ratio; None elsewhere.

    Returns
    -------
    dict with
        whole : the ratio's denominator
        year, value : its last figure up to the deadline
        median : what is expected of it at the deadline
        growth : from there to the median, in % a year; None where the deadline's figure is known
    """
    target, known, answer = assessment.target, vintage.catalogue, assessment.answer
    if not isinstance(answer, Forecast) or answer.predictive.placed is None:
        return None
    ratio = known.placed_by(str(target.indicator))
    below = None if ratio == target.indicator else known.indicators[ratio].denominator
    return _forecast_whole(assessment, below, vintage.ladder) if below else None


def _forecast_whole(assessment: Assessment, below: str, climbed: Ladder) -> dict | None:
    """Return what `conversion` says of a whole; None where it has no forecast of its own."""
    found = climbed.whole(assessment.plan.region, below, assessment.target.deadline)
    if not found:
        return None
    year, value, median = found
    ahead = assessment.target.deadline - year
    growth = 100 * ((median / value) ** (1 / ahead) - 1) if ahead and value > 0 else None
    return {"whole": below, "year": year, "value": value, "median": median, "growth": growth}


def _climb(assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue) -> dict | None:
    """Put the yearly change from the break-even base to the goal beside the median one of its peers.

    Of figures that compare between regions: a province's amounts say nothing of a city's.
    """
    found, target = assessment.lent, assessment.target
    if not isinstance(found, Conditional) or found.break_even is None:
        return None
    past = panel.series(history[history["year"].le(found.year)], target.indicator, found.peers)
    changes = past.value - past.before
    alike = catalogue.indicators[str(target.indicator)].unit.startswith("%") and np.isfinite(changes).any()
    usual = float(np.nanmedian(changes)) if alike else None
    return {"needed": (target.goal - found.break_even) / (target.deadline - found.year), "usual": usual}


def _achieved(
    assessment: Assessment, history: pd.DataFrame, needed: float, years: int, start: float
) -> dict | None:
    """Compare the required growth with every past spell of as many years, of the region and of its peers."""
    key, upward = assessment.target.indicator, assessment.target.comparison.startswith(">")
    past = history[history["year"] < assessment.target.deadline]
    own = _spells(panel.series(past, key, (assessment.plan.region,)), years)
    lent = panel.series(past, key, assessment.peers) if assessment.peers else None
    peers, alike = own[:0], own[:0]
    if lent is not None:
        peers = _spells(lent, years)
        alike = _spells(lent, years, (start, math.inf) if upward else (-math.inf, start))
    found = {
        name: _reached(spells, needed, upward)
        for name, spells in (("own", own), ("peers", peers), ("alike", alike))
    }
    return {"years": years} | found if found["own"] or found["peers"] else None


def _spells(
    series: panel.Series, years: int, began: tuple[float, float] = (-math.inf, math.inf)
) -> list[tuple[float, str, int]]:
    """Return (mean yearly growth in %, region, last year) of every spell of so many changes on one basis.

    began : between which values
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(series.value / series.before)
    spells = []
    for i, region in enumerate(series.regions):
        for t in range(years, len(series.years) + 1):
            mean = change[i, t - years : t].mean() if t >= years else math.nan
            if np.isfinite(mean) and began[0] <= series.before[i, t - years] <= began[1]:
                spells.append((100 * math.expm1(mean), region, series.years[t - 1]))
    return spells


def _reached(spells: list[tuple[float, str, int]], needed: float, upward: bool) -> dict | None:
    if not spells:
        return None
    growth = np.array([spell[0] for spell in spells])
    best = int(growth.argmax() if upward else growth.argmin())
    share = float(np.mean(growth >= needed if upward else growth <= needed))
    _, region, year = spells[best]
    return {"n": len(spells), "share": share, "highest": float(growth[best]), "highest_region": region,
            "highest_year": year}  # fmt: skip


def _amount(assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue) -> dict | None:
    """Turn a goal on a ratio into its numerator: so much R&D expenditure, on the denominator expected."""
    target, known = assessment.target, linked(assessment)
    entry = catalogue.indicators[target.indicator] if target.indicator else None
    if entry is None or entry.numerator is None or not kinds.of(target).figure or not known:
        return None
    above = panel.series(history, entry.numerator, (assessment.plan.region,))
    amounts = dict(zip(above.years, above.value[0], strict=True)) if above.years else {}
    common = [year for year in known if known[year] > 0 and np.isfinite(amounts.get(year, math.nan))]
    if not common:
        return None
    last = max(common)
    amounts = {year: float(value) for year, value in amounts.items() if np.isfinite(value)}
    ahead = target.deadline - last
    below = entry.scale * amounts[last] / known[last]
    changes = _expected_changes(assessment, history, entry, amounts, last)
    growth = _yearly(changes)
    expected = below * (1 + (growth or 0.0) / 100) ** ahead
    needed = target.goal * expected / entry.scale
    more = needed - amounts[last]
    rate = 100 * ((needed / amounts[last]) ** (1 / ahead) - 1) if ahead and amounts[last] > 0 else None
    unit, assumed = catalogue.indicators[entry.numerator].unit, growth if ahead else None
    return {"indicator": entry.numerator, "unit": unit, "needed": needed, "latest": amounts[last],
            "latest_year": last, "more": more, "growth": rate, "denominator": below, "denominator_year": last,
            "denominator_growth": assumed, "since": _began(changes, last)}  # fmt: skip


def _alone(
    assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue, climbed: Ladder | None
) -> dict | None:
    """Turn a goal on a ratio of which no figure is known into its numerator, on the denominator expected."""
    target, known = assessment.target, linked(assessment)
    entry = catalogue.indicators[target.indicator] if target.indicator else None
    if entry is None or entry.numerator is None or known or not kinds.of(target).figure:
        return None
    made = _forecast_whole(assessment, entry.denominator or "", climbed) if climbed else None
    whole = made or _grown_whole(assessment, history, entry)
    if whole is None:
        return None
    recent = (_grown_whole(assessment, history, entry) if made else None) or {"growth": None}
    told = recent["growth"] is not None
    return {"indicator": entry.numerator, "needed": target.goal * whole["median"] / entry.scale,
            "denominator": whole["median"], "denominator_year": whole["year"],
            "denominator_growth": whole["growth"], "forecast": made is not None,
            "since": None if made else whole["since"],
            "recent_growth": recent["growth"],
            "recent_needed": target.goal * recent["median"] / entry.scale if told else None}  # fmt: skip


def _grown_whole(assessment: Assessment, history: pd.DataFrame, entry: Indicator) -> dict | None:
    """Return the same of a ratio's whole with too few figures for a forecast: its recent growth goes on."""
    deadline = assessment.target.deadline
    below = panel.series(history, entry.denominator or "", (assessment.plan.region,))
    values = zip(below.years, below.value[0].tolist(), strict=True) if below.years else ()
    past = {year: value for year, value in values if math.isfinite(value) and year <= deadline}
    if not past:
        return None
    last = max(past)
    changes = _changes(below, deadline) if last < deadline else {}
    growth = _yearly(changes)
    median = past[last] * (1 + (growth or 0.0) / 100) ** (deadline - last)
    return {"year": last, "median": median, "growth": growth, "since": _began(changes, last)}


def expected_growth(assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue) -> float | None:
    """Return the yearly growth in % that the denominator of a target's ratio is expected to go on with."""
    entry, known = catalogue.indicators[str(assessment.target.indicator)], linked(assessment)
    above = panel.series(history, entry.numerator or "", (assessment.plan.region,))
    amounts = dict(zip(above.years, above.value[0].tolist(), strict=True)) if above.years else {}
    last = max(known, default=assessment.target.deadline - 1)
    return _yearly(_expected_changes(assessment, history, entry, amounts, last))


def _expected_changes(
    assessment: Assessment, history: pd.DataFrame, entry: Indicator, amounts: dict[int, float], last: int
) -> dict[int, float]:
    """Return the yearly changes that a ratio's denominator goes on with: its own, else those implied."""
    own = panel.series(history, entry.denominator or "", (assessment.plan.region,))
    if own.years:
        return _changes(own, assessment.target.deadline)
    return _implied_changes(assessment.series, amounts, last)


def _yearly(changes: dict[int, float]) -> float | None:
    """Return the mean of yearly changes on the log scale as growth in %."""
    return 100 * math.expm1(float(np.mean([*changes.values()]))) if changes else None


def _began(changes: dict[int, float], last: int) -> int:
    """Return the year from which changes are told, the last one known without any."""
    return min(changes, default=last + 1) - 1


def _changes(series: panel.Series, before: int) -> dict[int, float]:
    """Return the last yearly changes on the log scale known before a year, inside one basis, by year."""
    if not series.years:
        return {}
    with np.errstate(divide="ignore", invalid="ignore"):
        change = dict(zip(series.years, np.log(series.value[0] / series.before[0]).tolist(), strict=True))
    known = [year for year in change if math.isfinite(change[year]) and year < before]
    return {year: change[year] for year in known[-DRIFT_YEARS:]}


def _implied_changes(ratio: panel.Series, amounts: dict[int, float], last: int) -> dict[int, float]:
    """Return the last yearly changes on the log scale of the denominator that a ratio and amounts imply.

    Each is taken inside one basis: a rebasing is no growth.
    """
    changes = {}
    for t, year in enumerate(ratio.years):
        pair = amounts.get(year - 1, math.nan), amounts.get(year, math.nan)
        rates = ratio.before[0, t], ratio.value[0, t]
        if year <= last and np.isfinite([*pair, *rates]).all() and min(*pair, *rates) > 0:
            changes[year] = math.log(pair[1] / pair[0]) - math.log(rates[1] / rates[0])
    return dict([*changes.items()][-DRIFT_YEARS:])


def _per_month(assessment: Assessment, known: dict[int, float]) -> dict | None:
    target, day = assessment.target, date.fromisoformat(assessment.as_of)
    if assessment.row["verdict"] in ("met", "missed") or not target.comparison.startswith(">"):
        return None
    found = kinds.of(target).to_come(target, known, assessment.in_year, day)
    if found is None or day.year > target.deadline:
        return None
    here, months = found
    return _so_many(assessment, here, months) if months > 0 else None


def _so_many(assessment: Assessment, here: float, months: int) -> dict | None:
    if assessment.in_year is None or assessment.in_year.past is None:
        still: float = max(_whole(assessment.target) - here, 0)
        made = {"value": still / months, "still": still, "months": months}
        counted = not kinds.of(assessment.target).monthly or (assessment.in_year and assessment.in_year.month)
        return made if counted or months >= 12 else made | {"unseen": True}
    goal = assessment.row["goal"]
    if goal is None:
        return None
    still = max(goal - here, 0.0)
    return {"value": still / months, "still": still, "months": months, "so_far": here / (12 - months)}


def _months(assessment: Assessment, history: pd.DataFrame) -> dict:
    """Put the share that an amount so far may be of the year beside what it was in past years."""
    so_far, goal, target = assessment.in_year, assessment.row["goal"], assessment.target
    if so_far is None or so_far.past is None or not so_far.past.years or not goal:
        return {}
    parts = panel.parts(history, str(target.indicator), int(so_far.month[5:]))
    mine = parts["region"].eq(assessment.plan.region) & parts["year"].isin(so_far.past.years)
    share, known = so_far.seen / goal, parts["share"][mine]
    return {"months": {"share": share, "years": len(known), "enough": int(known.le(share).sum())}}


def _whole(target: Target) -> int:
    """Return the least count that keeps an upward goal."""
    return math.floor(target.goal) + 1 if target.comparison == ">" else math.ceil(target.goal)


def _pending(assessment: Assessment) -> dict | None:
    target, so_far = assessment.target, assessment.in_year
    if so_far is None or not so_far.pending or not target.comparison.startswith(">"):
        return None
    needed = max(_whole(target) - int(so_far.seen), 0)
    return {"count": so_far.pending, "needed": needed, "even_rate": counts.even_rate(so_far.pending, needed)}
