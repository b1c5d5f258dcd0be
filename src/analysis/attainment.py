"""Plan, panel and date in; the attainment table out. The one wiring that notebooks, review and command line call."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import forecast, panel, tables
from analysis.plans import Plan, Target
from analysis.sources import Catalogue

LEVELS = forecast.LEVELS
DRAWS = 20_000
SEED = 95  # of the one seeded generator, for goals on sums and on every year; any number serves


@dataclass(frozen=True)
class Assessment:
    """Everything the suite has to say on one target as of one date.

    row : the target's line of the attainment table, None where a field is empty
    history : annual figures of the target's region and indicator known then, by year
    shown : figures known then that are evidence only (an expectation, a lower bound)
    quantiles : year, quantile, value for each year after the origin; empty without a predictive
    rises : (rises, changes): how often comparable regions' figures rose from one year to the next; None without
    """

    plan: Plan
    target: Target
    as_of: str
    row: dict
    history: pd.DataFrame
    shown: pd.DataFrame
    series: panel.Series
    predictive: forecast.Predictive | None
    quantiles: pd.DataFrame
    conditional: forecast.Conditional | None
    peers: tuple[str, ...]
    rises: tuple[int, int] | None


@dataclass(frozen=True)
class Vintage:
    """What was known on a date: usable history, and the figures that are evidence only."""

    as_of: str
    history: pd.DataFrame
    shown: pd.DataFrame

    @classmethod
    def of(cls, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> "Vintage":
        known = observations[observations["published"] <= pd.Timestamp(as_of)]
        shown = known[known["status"].isin(tables.EVIDENCE_ONLY)]
        return cls(as_of, panel.as_of(observations, as_of, catalogue), shown)


def table(plan: Plan, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return the attainment table: one row a target, columns of ``tables.ATTAINMENT``.

    Parameters
    ----------
    observations : table of ``sources.load``
    as_of : "YYYY-MM-DD"; only what was published by then is used
    """
    return frame([one.row for one in assess_all(plan, observations, as_of, catalogue)])


def assess_all(plan: Plan, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> list[Assessment]:
    """Assess every target of a plan, in the plan's order."""
    vintage = Vintage.of(observations, as_of, catalogue)
    return [_assess(plan, target, vintage, catalogue) for target in plan.targets]


def assess(
    plan: Plan, target: Target, observations: pd.DataFrame, as_of: str, catalogue: Catalogue
) -> Assessment:
    """Assess one target as of one date."""
    return _assess(plan, target, Vintage.of(observations, as_of, catalogue), catalogue)


def over_time(plan: Plan, observations: pd.DataFrame, until: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return the attainment tables as of each date on which the plan's data changed, up to ``until``."""
    days = dates(plan, observations, until)
    return pd.concat([table(plan, observations, day, catalogue) for day in days], ignore_index=True)


def dates(plan: Plan, observations: pd.DataFrame, until: str) -> list[str]:
    """Return the plan's day of issue, each later day on which its data changed, and ``until``, in order."""
    issued = plan.issued.isoformat()
    changed = panel.dates(observations, {plan.region}, indicators(plan))
    return sorted({issued, until, *changed} - {day for day in changed if not issued <= day <= until})


def report_dates(plan: Plan, observations: pd.DataFrame) -> list[str]:
    """Return the two dates of a report: the end of the year of issue, and the newest release on its targets."""
    first = f"{plan.issued.year}-12-31"
    changed = panel.dates(observations, {plan.region}, indicators(plan))
    return sorted({first, *[day for day in changed[-1:] if day > first]})


def indicators(plan: Plan) -> set[str]:
    return {target.indicator for target in plan.targets if target.indicator}


def frame(rows: list[dict]) -> pd.DataFrame:
    """Turn rows into the checked attainment table."""
    columns = list(tables.ATTAINMENT.columns)
    whole, words = {"origin", "horizon"}, {"plan", "target", "region", "indicator", "kind", "as_of", "verdict"}
    made = pd.DataFrame(rows, columns=columns)
    for column in columns:
        if column in whole:
            made[column] = made[column].astype("Int64")
        elif column not in words | {"evidence", "deadline"}:
            made[column] = made[column].astype("float64")
    return tables.check(made, tables.ATTAINMENT)


def _assess(plan: Plan, target: Target, vintage: Vintage, catalogue: Catalogue) -> Assessment:
    if target.kind == "milestone":
        return _milestone(plan, target, vintage)
    history = on_basis(vintage.history, target)
    own = panel.annual(history, target.indicator, (plan.region,)).sort_values(["year", "published"])
    series = panel.series(history, target.indicator, (plan.region,))
    shown = panel.annual(on_basis(vintage.shown, target), target.indicator, (plan.region,))
    outcome, met = observed(target, own)
    row = _row(plan, target, vintage.as_of, goal=_goal(target, series), outcome=outcome)
    row["gap"] = _gap(row["goal"], series)
    parts = {"predictive": None, "conditional": None, "peers": (), "rises": None}
    if met is not None:
        row |= {"p_attain": float(met), "p_low": float(met), "p_high": float(met), "evidence": "own"}
        row["verdict"] = "met" if met else "missed"
    else:
        parts |= _expect(plan.region, target, history, catalogue)
        row |= _answer(target, parts, series, row["goal"])
    return Assessment(plan, target, vintage.as_of, row, own, shown, series, quantiles=_fan(parts["predictive"]), **parts)


def on_basis(rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Keep, of the target's indicator, only figures on the basis the goal was set on, where it names one."""
    if target.basis is None:
        return rows
    return rows[rows["indicator"].ne(target.indicator) | rows["basis"].eq(target.basis)]


def _row(plan: Plan, target: Target, as_of: str, goal: float | None = None, outcome: float | None = None) -> dict:
    row = dict.fromkeys(tables.ATTAINMENT.columns)
    row |= {"plan": plan.id, "target": target.id, "region": plan.region, "indicator": target.indicator or ""}
    row |= {"kind": target.kind, "goal": goal, "deadline": target.deadline, "as_of": as_of, "outcome": outcome}
    return row | {"verdict": "no_evidence", "evidence": "none"}


def _milestone(plan: Plan, target: Target, vintage: Vintage) -> Assessment:
    row = _row(plan, target, vintage.as_of)
    known = {item.status for item in target.evidence if item.date.isoformat() <= vintage.as_of}
    if known & {"achieved", "not_achieved"}:
        met = "achieved" in known
        row |= {"verdict": "met" if met else "missed", "evidence": "own", "p_attain": float(met)}
        row |= {"p_low": float(met), "p_high": float(met)}
    elif target.judgement and target.judgement.date.isoformat() <= vintage.as_of:
        row |= {"verdict": "open", "evidence": "own", "p_attain": target.judgement.probability}
    nothing = vintage.history.iloc[:0]
    series = panel.series(nothing, "", (plan.region,))
    return Assessment(plan, target, vintage.as_of, row, nothing, nothing, series, None, _fan(None), None, (), None)


# ------------------------------------------------------------------------------------------------ outcomes


def observed(target: Target, own: pd.DataFrame) -> tuple[float | None, bool | None]:
    """Return what a target came out at, and whether that meets it; None where not known.

    Two years are compared on one basis only: without a common one the outcome stays open.
    """
    if target.kind in ("level", "share", "flow", "stock"):
        value = _latest(own, target.deadline)
        return value, None if value is None else compare(value, target.comparison, target.goal)
    if target.kind == "direction":
        before, after = _pair(own, target.than, target.deadline)
        return _latest(own, target.deadline), None if after is None else compare(after, target.comparison, before)
    if target.kind == "growth":
        before, after = _pair(own, target.since, target.deadline)
        if after is None or before <= 0:
            return None, None
        growth = 100 * ((after / before) ** (1 / (target.deadline - target.since)) - 1)
        return growth, compare(growth, target.comparison, target.goal)
    values = [_latest(own, year) for year in range(target.since, target.deadline + 1)]
    return _cumulative(target, values) if target.kind == "cumulative" else _every_year(target, values)


def compare(value: float, comparison: str, goal: float) -> bool:
    """Return whether ``value`` keeps the goal, as a plain comparison of the printed figures."""
    return {">=": value >= goal, ">": value > goal, "<=": value <= goal, "<": value < goal}[comparison]


def _cumulative(target: Target, values: list[float | None]) -> tuple[float | None, bool | None]:
    if None in values:
        return None, None
    total = math.fsum(values)
    return total, compare(total, target.comparison, target.goal)


def _every_year(target: Target, values: list[float | None]) -> tuple[float | None, bool | None]:
    kept = [compare(value, target.comparison, target.goal) for value in values if value is not None]
    if False in kept:
        return values[-1], False
    return (values[-1], True) if None not in values else (None, None)


def _latest(own: pd.DataFrame, year: int) -> float | None:
    rows = own[own["year"].eq(year)]
    return float(rows["value"].iloc[-1]) if len(rows) else None


def _pair(own: pd.DataFrame, first: int, second: int) -> tuple[float | None, float | None]:
    """Return the values of two years on the newest basis that knows both."""
    both = own[own["year"].eq(second)].merge(own[own["year"].eq(first)], on="basis", suffixes=("", "_first"))
    return (None, None) if both.empty else (float(both["value_first"].iloc[-1]), float(both["value"].iloc[-1]))


def _goal(target: Target, series: panel.Series) -> float | None:
    """Return the number to reach: the plan's, or for a direction the reference year's value when known."""
    if target.kind != "direction" or target.than not in series.years:
        return target.goal
    value = series.value[0, series.years.index(target.than)]
    return float(value) if np.isfinite(value) else None


def _gap(goal: float | None, series: panel.Series) -> float | None:
    last = _last(series)
    return None if goal is None or last is None else goal - last[1]


def _last(series: panel.Series, before: int | None = None) -> tuple[int, float] | None:
    known = [(year, float(value)) for year, value in zip(series.years, series.value[0], strict=True)
             if np.isfinite(value) and (before is None or year < before)] if series.years else []  # fmt: skip
    return known[-1] if known else None


# ----------------------------------------------------------------------------------------------- forecasts


def _expect(region: str, target: Target, history: pd.DataFrame, catalogue: Catalogue) -> dict:
    """Forecast from the region's own figures; without any, ask the comparable regions the conditional question."""
    predictive = forecast.predict(history, target.indicator, region, target.deadline, catalogue)
    if predictive is not None:
        return {"predictive": predictive, "peers": predictive.peers}
    before = panel.annual(history, target.indicator)
    before = before[before["year"] < target.deadline]
    peers, _ = forecast.lenders(before, target.indicator, region, catalogue)
    if not peers:
        return {}
    return {"peers": peers, "rises": _rises(before, target.indicator, peers)} | _conditional(
        region, target, history, catalogue
    )


def _conditional(region: str, target: Target, history: pd.DataFrame, catalogue: Catalogue) -> dict:
    """Ask, for each possible value of the year before the deadline, how likely the goal would be."""
    if target.kind not in ("level", "share", "flow", "stock"):
        return {}
    found = forecast.conditional(history, target.indicator, region, target.deadline - 1, target.deadline,
                                 target.comparison, target.goal, catalogue)  # fmt: skip
    return {"conditional": found}


def _rises(history: pd.DataFrame, indicator: str, peers: tuple[str, ...]) -> tuple[int, int]:
    series = panel.series(history, indicator, peers)
    change = series.value - series.before
    return int(np.sum(change > 0)), int(np.isfinite(change).sum())


def _answer(target: Target, parts: dict, series: panel.Series, goal: float | None) -> dict:
    predictive = parts["predictive"]
    if predictive is None:
        return {"evidence": "peers" if parts["peers"] else "none"}
    levels = forecast.quantile(predictive, target.deadline, [0.5, 0.1, 0.9, 0.025, 0.975])
    probabilities = probability(target, predictive, series)
    row = dict(zip(["median", "lo80", "hi80", "lo95", "hi95"], map(float, levels), strict=True))
    row |= dict(zip(["p_attain", "p_low", "p_high"], probabilities, strict=True))
    row |= {"origin": predictive.origin, "horizon": target.deadline - predictive.origin}
    row["required_growth"] = _required_growth(goal, series, target.deadline)
    return row | {"verdict": "open", "evidence": predictive.evidence}


def probability(
    target: Target, predictive: forecast.Predictive, series: panel.Series
) -> tuple[float, float | None, float | None]:
    """Return the attainment probability of a target and its range."""
    if target.kind in ("level", "share", "flow", "stock"):
        return forecast.probability(predictive, target.deadline, target.comparison, target.goal)
    if target.kind == "direction":
        p, low, high = forecast.probability_higher(predictive, target.deadline, target.than)
        return (p, low, high) if target.comparison.startswith(">") else (1 - p, 1 - high, 1 - low)
    return _from_paths(target, predictive, series)


def _from_paths(
    target: Target, predictive: forecast.Predictive, series: panel.Series
) -> tuple[float, float | None, float | None]:
    """Count, among joint paths continued from the known years, those that keep the goal."""
    draws = forecast.paths(predictive, DRAWS, np.random.default_rng(SEED))
    known = dict(zip(series.years, series.value[0], strict=True))
    values = {year: np.full(len(draws), value) for year, value in known.items() if year <= predictive.origin}
    values |= {year: draws[:, step] for step, year in enumerate(predictive.years)}
    span = np.stack([values.get(year, np.full(len(draws), np.nan)) for year in range(target.since, target.deadline + 1)])
    if target.kind == "growth":
        quantity = 100 * ((span[-1] / span[0]) ** (1 / (len(span) - 1)) - 1)
    elif target.kind == "cumulative":
        quantity = span.sum(axis=0)
    else:
        quantity = span.min(axis=0) if target.comparison.startswith(">") else span.max(axis=0)
    if np.isnan(quantity).any():
        missing = [str(y) for y in range(target.since, target.deadline + 1) if y not in values or np.isnan(values[y]).any()]
        raise ValueError(f"target {target.id}: no figure for {', '.join(missing)}; add it or change 'since'")
    kept = {">=": quantity >= target.goal, ">": quantity > target.goal}
    kept |= {"<=": quantity <= target.goal, "<": quantity < target.goal}
    return float(kept[target.comparison].mean()), None, None


def _required_growth(goal: float | None, series: panel.Series, deadline: int) -> float | None:
    """Return the yearly growth in % that leads from the last value before the deadline to the goal."""
    last = _last(series, deadline)
    if goal is None or last is None or last[1] <= 0 or goal <= 0:
        return None
    return 100 * ((goal / last[1]) ** (1 / (deadline - last[0])) - 1)


def _fan(predictive: forecast.Predictive | None) -> pd.DataFrame:
    columns = ["year", "quantile", "value"]
    if predictive is None:
        return pd.DataFrame(columns=columns)
    rows = [
        (year, level, value)
        for year in predictive.years
        for level, value in zip(LEVELS, forecast.quantile(predictive, year, LEVELS), strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)
