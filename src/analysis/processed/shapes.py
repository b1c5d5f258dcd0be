"""An outlook as tables and back: nothing that a memo, figure or page says is worked out again."""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import amounts, answers, attainment, change, forecast, mixtures, panel, situations, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.census import Rebasing
from analysis.kinds import within
from analysis.kinds.within import InYear
from analysis.outlook import Before, Dossier, Outlook
from analysis.plans import Plan, Target
from analysis.processed import columns
from analysis.processed.columns import Tables
from analysis.spread import Spread

OUTLOOK = ("attainment", "figures", "members", "fan", "conditional", "counts", "answers", "moved",
           "moved_figures", "over_time")  # fmt: skip
FRAMES = {"bases": answers.BASES, "models": answers.MODEL_COLUMNS}  # answers that are tables themselves
PART = ("weight", "location", "spread", "doubt", "dof", "offset", "lower", "upper")


def tables_of(outlook: Outlook) -> Tables:
    """Return the tables of an outlook, by name."""
    made = {"attainment": outlook.attainment, "over_time": outlook.over_time}
    by_target = {
        "figures": _figures,
        "members": _members,
        "fan": _fan,
        "conditional": _conditional,
        "counts": _counts,
        "answers": _answers,
        "moved": _moved,
        "moved_figures": _moved_figures,
    }
    for name, shape in by_target.items():
        parts = [shape(one).assign(target=one.assessment.target.id) for one in outlook.dossiers]
        made[name] = columns.joined(name, parts)
    return made


def _figures(one: Dossier) -> pd.DataFrame:
    return one.figures


def _members(one: Dossier) -> pd.DataFrame:
    if not isinstance(one.assessment.answer, situations.Forecast):
        return pd.DataFrame()
    predictive, rows = one.assessment.answer.predictive, []
    pool = predictive.mixture
    for k, family in enumerate(pool.family):
        for h, year in enumerate(predictive.years):
            scale = (pool.location[0, k, h], pool.spread[0, k, h], pool.doubt[0, k, h], pool.dof[0, k])
            rows.append((k, family, year, pool.weight[0, k], *scale, pool.offset[0], pool.lower, pool.upper))
    return pd.DataFrame(rows, columns=["member", "family", "year", *PART])


def _fan(one: Dossier) -> pd.DataFrame:
    return one.assessment.quantiles


def _conditional(one: Dossier) -> pd.DataFrame:
    lent = one.assessment.lent
    return lent.table if isinstance(lent, situations.Conditional) else pd.DataFrame()


def _counts(one: Dossier) -> pd.DataFrame:
    so_far = one.assessment.in_year
    if so_far is None or so_far.total is None or so_far.past is not None:
        return pd.DataFrame()  # an amount's distribution follows from the members and the share of its months
    length = max(len(so_far.total), 0 if so_far.flat is None else len(so_far.flat))
    total = np.pad(so_far.total, (0, length - len(so_far.total)))
    flat = (
        np.full(length, np.nan)
        if so_far.flat is None
        else np.pad(so_far.flat, (0, length - len(so_far.flat)))
    )
    return pd.DataFrame({"count": np.arange(length), "p": total, "p_flat": flat})


def _moved(one: Dossier) -> pd.DataFrame:
    if one.moved is None:
        return pd.DataFrame()
    head = ("earlier", "later", "p_earlier", "p_later", "median_earlier", "median_later", "reason")
    parts = one.moved.contributions.rename(columns={"source": "cause"})
    parts = parts if len(parts) else pd.DataFrame({"cause": [""], "p": [math.nan], "points": [math.nan]})
    shared = {name: getattr(one.moved, name) for name in head}
    return parts.assign(**(shared | {"reason": shared["reason"] or ""}))


def _moved_figures(one: Dossier) -> pd.DataFrame:
    return pd.DataFrame() if one.moved is None else one.moved.cells


def _answers(one: Dossier) -> pd.DataFrame:
    given = {"assessment": _rest(one.assessment)} | one.answers
    if one.before is not None:
        given["before"] = {"as_of": one.before.as_of, "situation": one.before.situation}
    return pd.DataFrame(_flat(given), columns=["item", "value"])


def _rest(one: Assessment) -> dict:
    """Return what of an assessment stands in no table of its own."""
    kept: dict[str, Any] = _picked(one, "situation", "readings")
    kept["lent"] = {name: part for name, part in vars(one.lent).items() if name != "table"}
    if isinstance(one.answer, situations.Lacking):
        kept["missing"] = one.answer.missing
    if one.unlike:
        kept["unlike"] = one.unlike
    if isinstance(one.answer, situations.Forecast):
        made = one.answer.predictive
        parts = {"placed": made.placed, "rebasing": made.rebasing}
        kept["predictive"] = _picked(made, "origin", "evidence", "peers", "later", "widened", "informed") | {
            name: asdict(part) for name, part in parts.items() if part is not None
        }
    if one.in_year is not None:
        kept["in_year"] = _picked(one.in_year, "month", "seen", "share", "pending", "chances", "p_flat")
        if one.in_year.past is not None:
            kept["in_year"]["past"] = asdict(one.in_year.past) | {"whole": one.in_year.total is not None}
    return kept


def _picked(one: object, *names: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


def _flat(given: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every answer as (item, literal); parts of an item are joined by dots, those of a list counted."""
    if isinstance(given, pd.DataFrame):
        given = given.to_dict("records")
    if isinstance(given, Mapping):
        for name, value in given.items():
            yield from _flat(value, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(given, list | tuple | np.ndarray):
        for place, value in enumerate(given):
            yield from _flat(value, f"{prefix}.{place}")
    else:
        yield prefix, _literal(given)


def _literal(value: object) -> str:
    if isinstance(value, bool | np.bool_) or value is None:
        return json.dumps(None if value is None else bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        if math.isnan(value):
            return "null"
        number = f"{value:.{columns.DIGITS}g}"
        return number if any(sign in number for sign in ".en") else f"{number}.0"
    text = str(value)
    return text if _value(text) is text else json.dumps(text)  # a code like "000000" stays text


# ---------------------------------------------------------------------------------------------------- back


def outlook_of(found: Tables, plan: Plan, as_of: str, catalogue: Catalogue) -> Outlook:
    """Return the outlook that `tables_of` made the tables from."""
    parts = {name: dict(iter(found[name].groupby("target", sort=False))) for name in OUTLOOK}
    dossiers = tuple(
        _dossier(
            {name: parts[name].get(one.id, found[name][:0]) for name in OUTLOOK}, plan, one, as_of, catalogue
        )
        for one in plan.targets
    )
    return Outlook(plan, as_of, dossiers, attainment.frame(found["over_time"].to_dict("records")))


def dossier_of(found: Tables, plan: Plan, target: Target, as_of: str, catalogue: Catalogue) -> Dossier:
    """Return one target's dossier from the tables of an outlook."""
    mine = {name: found[name][found[name]["target"].eq(target.id)] for name in OUTLOOK}
    return _dossier(mine, plan, target, as_of, catalogue)


def _dossier(mine: Tables, plan: Plan, target: Target, as_of: str, catalogue: Catalogue) -> Dossier:
    given = _nested(mine["answers"])
    figures = mine["figures"].drop(columns="target").reset_index(drop=True)
    rest = given.pop("assessment")
    then = given.pop("before", None)
    one = _assessment(plan, target, as_of, mine, figures, rest, catalogue)
    before = None
    if then is not None:
        row = _row(mine["over_time"][mine["over_time"]["as_of"].eq(then["as_of"])])
        before = Before(then["as_of"], row, then["situation"], _role(figures, "before"))
    return Dossier(one, figures, _tabled(given), before, _change(mine) if then else None)


def _row(table: pd.DataFrame) -> dict:
    """Return a line of the attainment table, None where a field is empty."""
    row = table.iloc[0]
    return {name: _plain(row[name]) for name in tables.ATTAINMENT.columns}


def _plain(value: object) -> object:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _role(figures: pd.DataFrame, role: str) -> pd.DataFrame:
    return figures[figures["role"].eq(role)].drop(columns="role")


def _assessment(
    plan: Plan,
    target: Target,
    as_of: str,
    mine: Tables,
    figures: pd.DataFrame,
    rest: dict,
    catalogue: Catalogue,
) -> Assessment:
    own = _role(figures, "own")
    made = _predictive(plan, target, mine, own, rest.get("predictive"), catalogue)
    return Assessment(
        plan,
        target,
        as_of,
        row=_row(mine["attainment"]),
        history=own,
        shown=_role(figures, "shown"),
        series=panel.series(own, target.indicator or "", (plan.region,)),
        in_year=_in_year(target, mine["counts"], rest.get("in_year"), made),
        answer=_answer(target, mine, rest, made),
        unlike=rest.get("unlike", ""),
    )


def _answer(target: Target, mine: Tables, rest: dict, made: forecast.Predictive | None) -> situations.Answer:
    lent, readings = _lent(mine["conditional"], rest.get("lent", {})), rest.get("readings", {})
    match rest["situation"]:
        case "met" | "missed" as found:
            return situations.Settled(found == "met", readings)
        case "done" | "failed" as found:
            return situations.Ended(found == "done")
        case "judged" if target.judgement:
            return situations.Judged(target.judgement)
        case "related" | "silent":
            return situations.Undecided()
        case "open":
            given = mine["fan"].drop(columns="target").reset_index(drop=True), readings, lent
            return situations.Forecast(*given, made) if made else situations.Probability(*given)
    return situations.Lacking(tuple(rest["missing"].values())) if "missing" in rest else lent


def _predictive(
    plan: Plan,
    target: Target,
    mine: Tables,
    own: pd.DataFrame,
    rest: dict | None,
    catalogue: Catalogue,
) -> forecast.Predictive | None:
    if rest is None or target.indicator is None:
        return None
    rows = mine["members"]
    years, families = rows["year"].unique(), rows.groupby("member")["family"].first()
    wide = {name: rows[name].to_numpy(float).reshape(1, len(families), len(years)) for name in PART}
    integer = forecast.is_count(catalogue.indicators[target.indicator])
    pool = mixtures.Mixture(
        family=tuple(families),
        weight=wide["weight"][:, :, 0],
        location=wide["location"],
        spread=wide["spread"],
        doubt=wide["doubt"],
        dof=wide["dof"][:, :, 0],
        offset=wide["offset"][:, 0, 0],
        lower=float(wide["lower"][0, 0, 0]),
        upper=float(wide["upper"][0, 0, 0]),
        integer=integer,
    )
    known = _known(own, target, plan.region)
    later = rest.get("later") or None
    return forecast.Predictive(
        plan.region, target.indicator, rest["origin"], tuple(int(year) for year in years), rest["evidence"],
        tuple(rest.get("peers", {}).values()), integer, known, pool, later and tuple(later.values()),
        widened=rest["widened"], placed=_part(Spread, rest.get("placed")),
        rebasing=_part(Rebasing, rest.get("rebasing")), informed=rest["informed"],
    )  # fmt: skip


def _part(kind: type, found: dict | None) -> Any:
    return None if found is None else kind(**found)


def _known(own: pd.DataFrame, target: Target, region: str) -> tuple[tuple[int, float], ...]:
    series = panel.series(own[own["year"] < target.deadline], target.indicator or "", (region,))
    pairs = zip(series.years, series.value[0], strict=True)
    return tuple((int(year), float(value)) for year, value in pairs if np.isfinite(value))


def _lent(table: pd.DataFrame, rest: dict) -> situations.Lent:
    peers = tuple(rest.get("peers", {}).values())
    if "rises" in rest:
        return situations.Rises(peers, rest["rises"], rest["changes"])
    if "break_even" not in rest:
        return situations.Nothing(peers)
    bases = table[["base", "p"]].reset_index(drop=True)
    return situations.Conditional(rest["year"], bases, rest["break_even"], peers, rest["widened"])


def _in_year(
    target: Target, table: pd.DataFrame, rest: dict | None, predictive: forecast.Predictive | None
) -> InYear | None:
    if rest is None:
        return None
    made = InYear(
        rest["month"], rest["seen"], rest["share"], tuple(sorted(target.calendar.items())), rest["pending"],
        np.array(list(rest.get("chances", {}).values()), float), rest["p_flat"],
    )  # fmt: skip
    if past := rest.get("past"):
        whole, years = past.pop("whole"), tuple(past.pop("years", {}).values())
        made = replace(made, past=amounts.Share(**past, years=years))
        return within.with_total(made, predictive, target.deadline) if whole else made
    if table.empty:
        return made
    flat = table["p_flat"].to_numpy(float)
    flat = None if np.isnan(flat).all() else flat
    return replace(made, total=table["p"].to_numpy(float), flat=flat)


def _change(mine: Tables) -> change.Change:
    rows = mine["moved"]
    head: dict[str, Any] = {
        name: _plain(rows.iloc[0][name])
        for name in ("p_earlier", "p_later", "median_earlier", "median_later")
    }
    parts = rows[rows["cause"].ne("")].rename(columns={"cause": "source"})
    return change.Change(
        rows.iloc[0]["earlier"],
        rows.iloc[0]["later"],
        **head,
        contributions=parts[["source", "p", "points"]].reset_index(drop=True),
        cells=mine["moved_figures"].drop(columns="target").reset_index(drop=True),
        reason=rows.iloc[0]["reason"] or None,
    )


def _nested(table: pd.DataFrame) -> dict:
    """Return the mapping that `_flat` took apart; lists come back as mappings of their places."""
    made: dict = {}
    for item, literal in zip(table["item"], table["value"], strict=True):
        *path, last = item.split(".")
        inner = made
        for name in path:
            inner = inner.setdefault(name, {})
        inner[last] = _value(literal)
    return made


def _value(literal: str) -> object:
    try:
        return json.loads(literal)
    except json.JSONDecodeError:
        return literal


def _tabled(given: dict) -> dict:
    """Return the answers with those that are tables as tables."""
    fragile = given["fragility"]
    frames = {name: _frame(fragile.get(name, {}).values(), wanted) for name, wanted in FRAMES.items()}
    return given | {"fragility": fragile | frames}


def _frame(rows: Collection[dict], wanted: Sequence[str]) -> pd.DataFrame:
    values = {name: [row.get(name) for row in rows] for name in wanted}
    numbers = {name: np.array(values[name], float) for name in ("ratio", "p") if name in wanted}
    return pd.DataFrame(values | numbers)
