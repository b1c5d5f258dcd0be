"""What a bureau asks beyond the probability: other rules beside it, what it would take, how fragile it is.

Every answer is a mapping of codes and numbers, None where there is no answer; sentences stand in templates.
Growth is in % a year, shares of spells and probabilities lie between 0 and 1.
"""

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from scipy import special

from analysis import attainment, counts, forecast, kinds, panel
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.kinds import goals
from analysis.kinds.known import reference

# Growth ratio of Eurostat's method with Statistics Canada's labels: lowest ratio of each.
STEPS = ((0.95, "on_track"), (0.60, "acceleration"), (0.0, "limited"), (-math.inf, "deterioration"))
FAVOURABLE = ("reached", "on_track")
CORRELATION = 0.3  # of the latent causes of two targets of a region: an assumption, shown beside independence
DRIFT_YEARS = 5  # years over which a denominator's growth is taken
SMALLEST = 1e-12
BASES = ["base_year", "observed", "required", "ratio", "label"]
MODEL_COLUMNS = ["model", "p"]


def answers(assessment: Assessment, observations: pd.DataFrame, catalogue: Catalogue) -> dict:
    """Return all answers on one target: "side_by_side", "requirement" and "fragility", each a mapping."""
    history = panel.as_of(observations, assessment.as_of, catalogue)
    return {
        "side_by_side": side_by_side(assessment, catalogue),
        "requirement": requirement(assessment, history, catalogue),
        "fragility": fragility(assessment, observations, catalogue),
    }


def table(assessments: list[Assessment], observations: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the answers as columns, one row a target; empty where there is none.

    Columns: plan, target, as_of, p_exact, p_printed, p_strict, pace_done, pace_elapsed, ratio, ratio_label,
    agree, reason, expected_gap, achieved_own, achieved_peers, amount_needed, amount_more, per_month,
    break_even, even_rate, flip_last, flip_denominator (both in %).
    """
    rows = [columns(one, answers(one, observations, catalogue)) for one in assessments]
    return pd.DataFrame(rows)


def columns(one: Assessment, given: dict) -> dict:
    """Return the row of `table` for one target, given its `answers`."""
    beside, needs, frail = given["side_by_side"], given["requirement"], given["fragility"]
    row = {"plan": one.plan.id, "target": one.target.id, "as_of": one.as_of}
    row |= {f"p_{name}": one.readings.get(name) for name in ("exact", "printed", "strict")}
    row |= {"pace_done": _at(beside, "pace", "done"), "pace_elapsed": _at(beside, "pace", "elapsed")}
    row |= {"ratio": _at(beside, "ratio", "value"), "ratio_label": _at(beside, "ratio", "label")}
    row |= {"agree": beside["agree"], "reason": _at(beside, "reason", "code")}
    row |= {"expected_gap": needs["expected_gap"]}
    row |= {f"achieved_{who}": _at(needs, "achieved", who, "share") for who in ("own", "peers")}
    row |= {f"amount_{what}": _at(needs, "amount", what) for what in ("needed", "more")}
    row |= {"per_month": _at(needs, "per_month", "value"), "break_even": needs["break_even"]}
    row |= {"even_rate": _at(needs, "pending", "even_rate"), "flip_last": _at(frail, "revision", "flip")}
    return row | {"flip_denominator": _at(frail, "rebased", "flip")}


def _at(mapping: dict | None, *names: str) -> object:
    for name in names:
        mapping = None if mapping is None else mapping.get(name)
    return mapping


# ---------------------------------------------------------------------------------------------- side by side


def side_by_side(assessment: Assessment, catalogue: Catalogue) -> dict:
    """Set the official rules beside the probability, and say why they disagree.

    Returns
    -------
    dict with
        probability, status : p_attain and verdict of the row
        pace : 序时进度: done (part of the way to the goal) and elapsed (part of the time), ahead, basis
            ("in_year": the year's count against its months; "since_base"; "cumulative"), base_year,
            latest_year, calendar (elapsed by the plan's batches; None without)
        ratio : value of observed over required growth, its label, observed and required in % a year,
            base_year, latest_year; value None where the label is "reached"
        agree : whether the rules and the probability lie on one side of one half; None without both
        reason : {"code": ...} and its numbers when they do not. base_year (lowest, highest, lowest_year,
            highest_year: the label depends on the base), below_last (latest, goal), growth_fades or
            growth_recovers (observed, expected, required in % a year), even (p), spread (median, lo80, hi80)
    """
    row, status = assessment.row, assessment.row["verdict"]
    pace, growth = _pace(assessment), ratio(assessment)
    found = {"probability": row["p_attain"], "status": status, "pace": pace, "ratio": growth}
    signs = [growth["label"] in FAVOURABLE] if growth else []
    signs += [pace["ahead"]] if pace else []
    if row["p_attain"] is None or not signs or status != "open":
        return found | {"agree": None, "reason": None}
    agree = all(sign == (row["p_attain"] >= 0.5) for sign in signs)
    return found | {"agree": agree, "reason": None if agree else _reason(assessment, growth)}


def base_year(assessment: Assessment) -> int | None:
    """Return the year pace starts from: the plan's, or the last known one before the year of issue."""
    known = sorted(linked(assessment))
    if assessment.target.base is not None or not known:
        return assessment.target.base
    before = [year for year in known if year < assessment.plan.issued.year]
    return before[-1] if before else known[0]


def linked(assessment: Assessment) -> dict[int, float]:
    """Return the region's own figures up to the deadline by year, where they link to the newest basis."""
    own, series = assessment.history, assessment.series
    years = (
        sorted(year for year in set(own["year"]) if year <= assessment.target.deadline) if len(own) else []
    )
    found = {year: reference(own, series, year, years[-1]) for year in years}
    return {year: value for year, value in found.items() if value is not None}


def _pace(assessment: Assessment) -> dict | None:
    target, first = assessment.target, base_year(assessment)
    return kinds.of(target).pace(target, linked(assessment), first, assessment.in_year)


def ratio(assessment: Assessment, first: int | None = None) -> dict | None:
    """Return the growth ratio of Eurostat's method from base year ``first`` (the plan's when None).

    Observed over required compound growth, signed by the wanted direction; a latest value that already keeps
    the goal is checked first. None without two figures above zero.
    """
    target, known = assessment.target, linked(assessment)
    first = base_year(assessment) if first is None else first
    if not kinds.of(target).figure or first not in known or max(known) <= first:
        return None
    last = max(known)
    start, now, goal = known[first], known[last], target.goal
    if min(start, now, goal) <= 0 or target.deadline <= first:
        return None
    observed = 100 * ((now / start) ** (1 / (last - first)) - 1)
    required = 100 * ((goal / start) ** (1 / (target.deadline - first)) - 1)
    rule = {"observed": observed, "required": required, "base_year": first, "latest_year": last}
    if goals.compare(now, target.comparison, goal):
        return {"value": None, "label": "reached"} | rule
    sign = 1 if target.comparison.startswith(">") else -1
    value = sign * observed / max(abs(required), SMALLEST)
    return {"value": value, "label": next(name for lowest, name in STEPS if value >= lowest)} | rule


def _reason(assessment: Assessment, growth: dict | None) -> dict:
    """Say why rules and probability disagree: the first cause that holds, in a fixed order."""
    row, target, known = assessment.row, assessment.target, linked(assessment)
    last = max(known) if known else None
    if last is not None and goals.compare(known[last], target.comparison, target.goal):
        return {"code": "below_last", "latest": known[last], "goal": target.goal}
    if row["p_low"] is not None and 0.4 <= row["p_attain"] <= 0.6:
        return {"code": "even", "p": row["p_attain"]}
    if growth is not None:
        moved = _expected_growth(assessment, known)
        others = bases(assessment)
        shown = others[others["label"].isin(FAVOURABLE)]
        if 0 < len(shown) < len(others):
            low, high = others.loc[others["ratio"].idxmin()], others.loc[others["ratio"].idxmax()]
            return {"code": "base_year", "lowest": float(low["ratio"]), "lowest_year": int(low["base_year"]),
                    "highest": float(high["ratio"]), "highest_year": int(high["base_year"])}  # fmt: skip
        if moved is not None:
            code = "growth_fades" if moved < growth["observed"] else "growth_recovers"
            needed = row["required_growth"]
            return {"code": code, "observed": growth["observed"], "expected": moved, "required": needed}
    return {"code": "spread"} | {name: row[name] for name in ("median", "lo80", "hi80")}


def _expected_growth(assessment: Assessment, known: dict[int, float]) -> float | None:
    """Return the yearly growth from the last figure to the forecast's median, in %."""
    last, median = max(known), assessment.row["median"]
    if median is None or median <= 0 or known[last] <= 0 or last >= assessment.target.deadline:
        return None
    return 100 * ((median / known[last]) ** (1 / (assessment.target.deadline - last)) - 1)


# ---------------------------------------------------------------------------------------- what it would take


def requirement(assessment: Assessment, history: pd.DataFrame, catalogue: Catalogue) -> dict:
    """Say what meeting the goal would take.

    Parameters
    ----------
    history : ``panel.as_of(observations, as_of, catalogue)``: the peers' past and the parts of ratios

    Returns
    -------
    dict with
        gap, expected_gap : goal less the latest value; goal less the median at the deadline
        required_growth, below_last : % a year from the last value; True when the goal is already kept there
        achieved : years (length of the spell still to go), own and peers: of all past spells of that length,
            n, share that grew at least so fast (1 - percentile), highest, highest_region, highest_year (the
            last of that spell)
        amount : for a ratio: numerator needed at the deadline for the goal (indicator, unit, latest,
            latest_year, needed, more, growth in % a year; on denominator of denominator_year grown by
            denominator_growth, which is None where it is taken as it was)
        per_month : value, still, months: what is still to come for each month left of the deadline's year
        break_even : the last value that would make an even chance, where history is missing
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
        else _achieved(assessment, history, needed, target.deadline - last),
        "amount": _amount(assessment, history, catalogue),
        "per_month": _per_month(assessment, before),
        "break_even": assessment.conditional.break_even if assessment.conditional else None,
        "pending": _pending(assessment),
    }


def _achieved(assessment: Assessment, history: pd.DataFrame, needed: float, years: int) -> dict | None:
    """Compare the required growth with every past spell of as many years, of the region and of its peers."""
    key, upward = assessment.target.indicator, assessment.target.comparison.startswith(">")
    past = history[history["year"] < assessment.target.deadline]
    own = _spells(panel.series(past, key, (assessment.plan.region,)), years)
    peers = _spells(panel.series(past, key, assessment.peers), years) if assessment.peers else own[:0]
    found = {"own": _reached(own, needed, upward), "peers": _reached(peers, needed, upward)}
    return {"years": years} | found if found["own"] or found["peers"] else None


def _spells(series: panel.Series, years: int) -> list[tuple[float, str, int]]:
    """Return (mean yearly growth in %, region, last year) of every spell of so many changes on one basis."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(series.value / series.before)
    spells = []
    for i, region in enumerate(series.regions):
        for t in range(years, len(series.years) + 1):
            mean = change[i, t - years : t].mean() if t >= years else math.nan
            if np.isfinite(mean):
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
    amounts = {year: float(amounts[year]) for year in common}
    below, growth = entry.scale * amounts[last] / known[last], _denominator_growth(known, amounts, common)
    ahead = target.deadline - last
    expected = below * (1 + (growth or 0.0) / 100) ** ahead
    needed = target.goal * expected / entry.scale
    more = needed - amounts[last]
    rate = 100 * ((needed / amounts[last]) ** (1 / ahead) - 1) if ahead and amounts[last] > 0 else None
    unit, assumed = catalogue.indicators[entry.numerator].unit, growth if ahead else None
    return {"indicator": entry.numerator, "unit": unit, "needed": needed, "latest": amounts[last],
            "latest_year": last, "more": more, "growth": rate, "denominator": below,
            "denominator_year": last, "denominator_growth": assumed}  # fmt: skip


def _denominator_growth(known: dict, amounts: dict, common: list[int]) -> float | None:
    """Return the mean yearly growth in % of the implied denominator over the last years known."""
    first, last = max(min(common), max(common) - DRIFT_YEARS), max(common)
    first = min(year for year in common if year >= first)
    if first == last:
        return None
    grown = (amounts[last] / known[last]) / (amounts[first] / known[first])
    return 100 * (grown ** (1 / (last - first)) - 1)


def _per_month(assessment: Assessment, known: dict[int, float]) -> dict | None:
    target, day = assessment.target, date.fromisoformat(assessment.as_of)
    if assessment.row["verdict"] in ("met", "missed") or not target.comparison.startswith(">"):
        return None
    found = kinds.of(target).to_come(target, known, assessment.in_year, day)
    if found is None or day.year > target.deadline:
        return None
    here, months = found
    still = max(_whole(target) - here, 0)
    return {"value": still / months, "still": still, "months": months} if months > 0 else None


def _whole(target) -> float:
    """Return the least count that keeps an upward goal."""
    return math.floor(target.goal) + 1 if target.comparison == ">" else math.ceil(target.goal)


def _pending(assessment: Assessment) -> dict | None:
    target, so_far = assessment.target, assessment.in_year
    if so_far is None or not so_far.pending or not target.comparison.startswith(">"):
        return None
    needed = max(_whole(target) - so_far.seen, 0)
    return {"count": so_far.pending, "needed": needed, "even_rate": counts.even_rate(so_far.pending, needed)}


# ----------------------------------------------------------------------------------------------- how fragile


def fragility(assessment: Assessment, observations: pd.DataFrame, catalogue: Catalogue) -> dict:
    """Say what would turn the answer.

    Returns
    -------
    dict with
        bases : table base_year, observed, required, ratio, label: the growth rule from every other base year
        models : table model, p: the same question put to textbook models on the region's own figures
        revision : how the last figure may still be revised: n past revisions, q10 and q90 of them in %, p_low
            and p_high with the last figure moved by those, flip: the revision in % at which the answer turns
        rebased : flip: the revision of the denominator (GDP) of all years, in %, at which the answer turns
    The answer turns where the probability crosses one half, or met becomes missed. None where it cannot.
    """
    return {
        "bases": bases(assessment),
        "models": models(assessment),
        "revision": _revision(assessment, observations, catalogue),
        "rebased": _rebased(assessment, catalogue),
    }


def bases(assessment: Assessment) -> pd.DataFrame:
    """Return the growth rule from every base year there is: base_year, observed, required, ratio, label."""
    rules = [ratio(assessment, year) for year in sorted(linked(assessment))[:-1]]
    rows = [(r["base_year"], r["observed"], r["required"], r["value"], r["label"]) for r in rules if r]
    made = pd.DataFrame(rows, columns=BASES)
    return made.astype({"ratio": "float64"})


def models(assessment: Assessment) -> pd.DataFrame:
    """Return the probability under textbook models of the region's own figures: model, p.

    Random walk, random walk with drift and least-squares line with their t-shaped prediction intervals, on
    the log scale where all figures are positive. Needs four years in a row and a goal on one year's figure.
    """
    target, row, known = assessment.target, assessment.row, linked(assessment)
    found = [("pool", row["p_attain"])] if row["verdict"] == "open" else []
    known = {year: value for year, value in known.items() if year < target.deadline}
    years = np.array(sorted(known))[-forecast.HISTORY :]
    asked = found and kinds.of(target).figure and len(years) >= 4 and np.all(np.diff(years) == 1)
    if asked and assessment.in_year is None:
        value = np.array([known[year] for year in years])
        edge = target.goal - 0.5 * float(assessment.predictive.integer) * (
            1 if target.comparison in (">=", "<") else -1
        )
        logs = value.min() > 0 and edge > 0
        value, edge = (np.log(value), math.log(edge)) if logs else (value, edge)
        below = {name: special.stdtr(dof, (edge - middle) / max(spread, SMALLEST))
                 for name, middle, spread, dof in _textbook(value, target.deadline - years[-1])}  # fmt: skip
        upward = target.comparison.startswith(">")
        found += [(name, float(1 - p if upward else p)) for name, p in below.items()]
    return pd.DataFrame(found, columns=MODEL_COLUMNS)


def _textbook(value: np.ndarray, ahead: int) -> list[tuple[str, float, float, int]]:
    """Return (model, location, scale, degrees of freedom) of the value so many years ahead."""
    change, n = np.diff(value), len(value) - 1
    walk = math.sqrt(np.mean(change**2) * ahead)
    drift = change.std(ddof=1) * math.sqrt(ahead + ahead**2 / n)
    time = np.arange(n + 1.0) - n / 2
    slope = (time * value).sum() / (time**2).sum()
    rest = value - value.mean() - slope * time
    when = n / 2 + ahead
    spread = math.sqrt((rest**2).sum() / (n - 1) * (1 + 1 / (n + 1) + when**2 / (time**2).sum()))
    return [
        ("random_walk", value[-1], walk, n),
        ("drift", value[-1] + ahead * change.mean(), drift, n - 1),
        ("line", value.mean() + slope * when, spread, n - 1),
    ]


def revisions(
    observations: pd.DataFrame, indicator: str, as_of: str, regions: tuple[str, ...] | None = None
) -> np.ndarray:
    """Return past revisions of annual figures in %, from the first printed to the last known on the date.

    Only figures printed at least twice by one source count: the others say nothing about revisions.
    """
    known = observations[(observations["published"] <= pd.Timestamp(as_of)) & observations["value"].notna()]
    known = panel.annual(
        known[~known["status"].isin(("estimate", "lower_bound", "withdrawn"))], indicator, regions
    )
    cells = known.sort_values("published", kind="stable").groupby(["region", "year", "source"], sort=True)[
        "value"
    ]
    seen = cells.agg(["first", "last", "size"])
    seen = seen[seen["size"].gt(1) & seen["first"].ne(0)]
    return (100 * (seen["last"] / seen["first"] - 1)).to_numpy()


def _revision(assessment: Assessment, observations: pd.DataFrame, catalogue: Catalogue) -> dict | None:
    """Move the last figure as such figures were revised, and find the revision that turns the answer."""
    target, known = assessment.target, linked(assessment)
    if not kinds.of(target).dated or not known or catalogue.indicators[target.indicator].integer:
        return None
    if assessment.row["p_attain"] is None:
        return None
    past = revisions(observations, target.indicator, assessment.as_of, (assessment.plan.region,))
    past = past if len(past) >= 3 else revisions(observations, target.indicator, assessment.as_of)
    low, high = (float(np.quantile(past, level)) for level in (0.1, 0.9)) if len(past) >= 3 else (None, None)
    vintage = attainment.Vintage.of(observations, assessment.as_of, catalogue)
    vintage = replace(vintage, history=vintage.history[vintage.history["indicator"].eq(target.indicator)])

    def moved(percent: float | None) -> float | None:
        return None if percent is None else _with_last(assessment, vintage, max(known), percent, catalogue)

    ends = sorted(p for p in (moved(low), moved(high)) if p is not None)
    p_low, p_high = ends if ends else (None, None)
    flip = _flip(assessment, known[max(known)], moved)
    return {"n": len(past), "q10": low, "q90": high, "p_low": p_low, "p_high": p_high, "flip": flip}


def _with_last(
    assessment: Assessment, vintage, year: int, percent: float, catalogue: Catalogue
) -> float | None:
    """Return the probability had the last figure been so many % higher."""
    history = vintage.history.copy()
    chosen = history["indicator"].eq(assessment.target.indicator) & history["region"].eq(
        assessment.plan.region
    )
    chosen &= history["year"].eq(year) & history["period"].str.len().eq(4)
    history.loc[chosen, "value"] *= 1 + percent / 100
    altered = replace(vintage, history=history)
    return attainment.assess_vintage(assessment.plan, assessment.target, altered, catalogue).row["p_attain"]


def _flip(assessment: Assessment, last: float, moved) -> float | None:
    """Return the revision of the last figure in % that turns the answer; None if half or double does not."""
    row = assessment.row
    if row["verdict"] != "open":
        known = last != 0 and row["goal"] is not None
        return 100 * (row["goal"] / last - 1) if known else None
    here = row["p_attain"] >= 0.5
    ends = [end for end in (-50.0, 100.0) if (moved(end) >= 0.5) != here]
    if not ends:
        return None
    near, far = 0.0, min(ends, key=abs)
    for _ in range(9):
        middle = (near + far) / 2
        near, far = (middle, far) if (moved(middle) >= 0.5) == here else (near, middle)
    return (near + far) / 2


def _rebased(assessment: Assessment, catalogue: Catalogue) -> dict | None:
    """Return the revision of every year's denominator that turns the answer.

    A denominator g % larger makes every figure of the ratio, and its forecast, 1 + g/100 times smaller; so
    the answer turns where that factor carries the median (or the outcome) to the goal.
    """
    target, row = assessment.target, assessment.row
    if not kinds.of(target).figure or catalogue.indicators[target.indicator].denominator is None:
        return None
    middle = row["median"] if row["verdict"] == "open" else row["outcome"]
    if middle is None or target.goal <= 0:
        return None
    return {
        "flip": 100 * (middle / target.goal - 1),
        "denominator": catalogue.indicators[target.indicator].denominator,
    }


# --------------------------------------------------------------------------------------------- the whole plan


@dataclass(frozen=True)
class WholePlan:
    """A plan's targets together.

    targets : target, p, verdict of those with a probability; excluded : (target, "milestone" | "no_evidence")
    expected : expected number met; independent, common : {"all": P(all), "at_least": (n + 1,) P(at least k)}
        without and with a shock common to the region's targets, of the stated ``correlation``
    open_independent, open_common : the same over the targets still open
    costliest : (target, P(all), P(all if it were certain)), the open one that costs most; None without
    shared : pairs of targets that rest on one indicator: more alike than the correlation says
    """

    targets: pd.DataFrame
    excluded: tuple[tuple[str, str], ...]
    expected: float
    independent: dict
    common: dict
    open_independent: dict
    open_common: dict
    correlation: float
    costliest: tuple[str, float, float] | None
    shared: tuple[tuple[str, str], ...]


def whole_plan(assessments: list[Assessment], correlation: float = CORRELATION) -> WholePlan:
    """Return how many of a plan's targets will be met, and which costs most.

    Targets without a probability are named, not counted. The expected number does not depend on how targets
    hang together; P(all) and P(at least k) do: given for independent targets and for a common shock.
    """
    rated = [one for one in assessments if one.row["p_attain"] is not None]
    rows = [(one.target.id, one.row["p_attain"], one.row["verdict"]) for one in rated]
    targets = pd.DataFrame(rows, columns=["target", "p", "verdict"])
    chances = targets["p"].to_numpy(float)
    still = targets.loc[targets["verdict"].eq("open"), "p"].to_numpy(float)
    left = [(one.target.id, "milestone" if kinds.of(one.target).judged else "no_evidence")
            for one in assessments if one.row["p_attain"] is None]  # fmt: skip
    return WholePlan(
        targets,
        tuple(left),
        expected=float(chances.sum()),
        independent=_together(chances, 0.0),
        common=_together(chances, correlation),
        open_independent=_together(still, 0.0),
        open_common=_together(still, correlation),
        correlation=correlation,
        costliest=_costliest(targets, still),
        shared=_shared(rated),
    )


def _together(chances: np.ndarray, correlation: float) -> dict:
    pmf = counts.common_shock(chances, correlation)
    at_least = np.clip(np.cumsum(pmf[::-1])[::-1], 0.0, 1.0)
    return {"all": float(pmf[-1]), "at_least": at_least}


def _costliest(targets: pd.DataFrame, still: np.ndarray) -> tuple[str, float, float] | None:
    """Return the open target whose certainty would raise P(all open ones) most: the least likely one."""
    if not len(still):
        return None
    place = int(still.argmin())
    name = targets.loc[targets["verdict"].eq("open"), "target"].iloc[place]
    return str(name), float(np.prod(still)), float(np.prod(np.delete(still, place)))


def _shared(rated: list[Assessment]) -> tuple[tuple[str, str], ...]:
    named = [(one.target.indicator, one.target.id) for one in rated if one.target.indicator]
    return tuple((a, b) for i, (key, a) in enumerate(named) for other, b in named[i + 1 :] if key == other)
