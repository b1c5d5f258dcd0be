"""The official rules beside the probability: pace, growth ratio, and why they disagree."""

import math

import pandas as pd

from analysis import kinds
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.kinds import goals
from analysis.kinds.known import reference

# Growth ratio of Eurostat's method with Statistics Canada's labels: lowest ratio of each.
STEPS = ((0.95, "on_track"), (0.60, "acceleration"), (0.0, "limited"), (-math.inf, "deterioration"))
FAVOURABLE = ("reached", "on_track")
SMALLEST = 1e-12
HALF = 6  # months of a year
BASES = ["base_year", "observed", "required", "ratio", "label"]


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
    """Return the pace; None where the time it is measured over lies outside the plan's term.

    The term starts with the year of issue, or with the base the plan names itself; a year issued in after its
    middle is no year the plan was carried out in.
    """
    target, first, issued = assessment.target, base_year(assessment), assessment.plan.issued
    found = kinds.of(target).pace(target, linked(assessment), first, assessment.in_year)
    if found is None or found["basis"] != "since_base" or target.base is not None:
        return found
    within = found["base_year"] >= issued.year - 1
    carried_out = found["latest_year"] >= issued.year + (issued.month > HALF)
    return found if within and carried_out else None


def ratio(assessment: Assessment, first: int | None = None) -> dict | None:
    """Return the growth ratio of Eurostat's method from base year ``first`` (the plan's when None).

    Observed over required compound growth, signed by the wanted direction; a latest value that already keeps
    the goal is checked first. None without two figures above zero.
    """
    first = base_year(assessment) if first is None else first
    return _rule(assessment, linked(assessment), first)


def _rule(assessment: Assessment, known: dict[int, float], first: int | None) -> dict | None:
    target = assessment.target
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
    if last is not None and goals.compare(known[last], target.comparison, row["goal"]):
        return {"code": "below_last", "latest": known[last], "goal": row["goal"]}
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
    last, median = max(known), assessment.median
    if median is None or median <= 0 or known[last] <= 0 or last >= assessment.target.deadline:
        return None
    return 100 * ((median / known[last]) ** (1 / (assessment.target.deadline - last)) - 1)


def bases(assessment: Assessment) -> pd.DataFrame:
    """Return the growth rule from every base year there is: base_year, observed, required, ratio, label."""
    known = linked(assessment)
    rules = [_rule(assessment, known, year) for year in sorted(known)[:-1]]
    rows = [(r["base_year"], r["observed"], r["required"], r["value"], r["label"]) for r in rules if r]
    made = pd.DataFrame(rows, columns=BASES)
    return made.astype({"ratio": "float64"})
