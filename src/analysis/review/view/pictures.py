"""A target's charts, each with its claim, unit, key and source line."""

from typing import Any

import pandas as pd

from analysis import drawn, outlook, printing, tables
from analysis.documents import blocks
from analysis.review import charts
from analysis.review.view import cells, given, news
from analysis.review.view.given import One
from analysis.review.wordbook import Fact
from analysis.situations import Conditional, Forecast

RECENT = 4  # years before the last one drawn of other regions, where there are fewer figures of its own


def fan(one: One) -> dict | None:
    """Return the chart with its claim, unit, key and source line."""
    if one.entry is None:
        return None
    points, claim = _points(one), _claim(one)
    past = [row for row in one.past if row["verdict"] == "open" and row["median"] is not None]
    before = past[-1] if past and one.known and not one.kind.summed_up else None
    beside = _beside(one, points)
    chart = charts.fan(one.assessment, one.book, points, before, blocks.plain(claim), beside)
    if chart is None:
        return None
    return {
        "chart": chart,
        "claim": claim,
        "unit": _unit(one),
        "key": _key(one, points, before, beside),
        "source": _source(one, _sources(one)),
        "constants": [one.book.name(one.target.title), *_sources(one)],
    }


def over_time(one: One) -> dict | None:
    """Return the chart of the probability's history; None where it was asked on one date only."""
    known = [row for row in one.past if row["verdict"] in ("met", "missed")]
    rows = [row for row in one.past if row["p_attain"] is not None and row not in known[1:]]
    if len({printing.whole(row["p_attain"]) for row in rows}) < 2 or "open" not in {
        row["verdict"] for row in rows
    }:
        return None
    first, last = (cells.on_a_date(one, row) for row in (rows[0], rows[-1]))
    said = {"then": first["day"], "first": first["p"], "now": last["day"], "last": last["p"] or last["text"]}
    claim = one.book.say("page.chart_time" if last["p"] else "page.chart_time_known", **said)
    return {
        "chart": charts.over_time(rows, one.book, blocks.plain(claim)),
        "claim": claim,
        "unit": one.book.say("page.column_probability"),
        "key": _key_of_steps(one, rows),
        "source": "",
        "constants": [],
    }


def _key_of_steps(one: One, rows: list[dict]) -> str:
    """Return the key of a probability's history: of what is drawn."""
    asked = [row for row in rows if row["verdict"] == "open"]
    ranged = any(printing.apart(row["p_low"], row["p_high"]) for row in asked)
    keys = ["steps", *(["reach"] if ranged else []), "even", *(["outcome"] if asked != rows else [])]
    said = one.book.joined([one.book.say(f"page.chart_key_{key}") for key in keys], "semicolon")
    return one.book.say("page.chart_key", keys=said)


def _claim(one: One) -> str:
    """Return what the chart shows, as its title."""
    row, say, title = one.row, one.book.say, one.book.name(one.target.title)
    if one.known:
        parts = {"year": one.year(one.target.deadline), "verdict": cells.verdict(one)}
        return say("page.chart_known", title=title, outcome=cells.outcome(one), **parts)
    if row["p_attain"] is not None:
        return say("page.chart_fan", title=title, p=one.chance("p", row["p_attain"]))
    return say("page.chart_plain", title=title)


def conditional(one: One, found: Conditional) -> dict:
    """Return the chart of the conditional answer, with its break-even as the claim."""
    beside = isinstance(one.assessment.answer, Forecast)  # the fan above has said unit and source
    before, deadline = one.year(found.year), one.year(one.target.deadline)
    key, base = _even(one, found)
    claim = one.book.say(key, base=base, year=before, deadline=deadline)
    return {
        "chart": charts.conditional(one.assessment, found, one.book, blocks.plain(claim)),
        "claim": claim,
        "unit": "" if beside else _unit(one),
        "key": one.book.say("page.chart_key_conditional", year=before, deadline=deadline),
        "source": "" if beside else _source(one, [one.book.say("page.peers_source")]),
        "constants": [one.book.name(one.target.title)],
    }


def _even(one: One, found: Conditional) -> tuple[str, Fact | None]:
    """Return the sentence on the break-even base, and that base if there is one."""
    base = cells.break_even(one)
    if base is None:
        likeliest = found.table["p"].max()
        return f"page.chart_conditional_{'below' if likeliest < 0.5 else 'above'}", None
    return "page.chart_conditional", base


def _unit(one: One) -> str:
    unit = one.book.unit(one.entry)
    key = "figure.head" if unit else "figure.head_bare"
    called = one.book.subject(one.target.title, one.entry, one.kind.figure)
    return one.book.say(key, indicator=called, unit=unit, region=one.region)


def _beside(one: One, points: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of the regions above and beside, of the years drawn: region, name, year, value."""
    figures = one.inputs.outlook.of(one.target.id).figures
    rows, book = figures[figures["role"].eq("beside")], one.book
    first = min(points["year"].min(), points["year"].max() - RECENT) if len(points) else rows["year"].max()
    rows = rows[rows["year"].between(first, one.target.deadline)]
    rows = rows.drop_duplicates(["region", "year"], keep="last")
    above = book.catalogue.above(one.inputs.plan.region)
    return pd.DataFrame(
        {
            "region": rows["region"],
            "name": [book.regions([code]) for code in rows["region"]],
            "above": rows["region"].isin(above),
            "basis": rows["basis"],
            "year": rows["year"].astype(int),
            "value": [float(f"{value:.8g}") for value in rows["value"]],
            "text": [book.quantity(value, one.entry) for value in rows["value"]],
        }
    )


def _key(one: One, points: pd.DataFrame, before: dict | None, beside: pd.DataFrame) -> str:
    levels = {name: cells.level(percent, one.book) for name, percent in zip("abc", (50, 80, 95), strict=True)}
    say = one.book.say
    used = points[~points["shown"].astype(bool)]
    joined = drawn.stretches(used).duplicated().any()
    drawn_as = "bars" if one.entry.kind == "flow" else "line" if joined else "dots"
    drawn_as += "_hollow" if used["hollow"].any() else ""
    table = drawn.expected(one.assessment)
    lone = "_lone" if one.entry.integer or len(table) == 1 else ""
    keys = [say(f"page.chart_key_{drawn_as}")] if not points["shown"].all() else []
    keys += [] if table.empty else [say(f"page.chart_key_interval{lone}", **levels)]
    keys += [say("page.chart_key_goal")] if drawn.levelled(one.assessment) else []
    said = [say("page.chart_key", keys=one.book.joined(keys, "semicolon"))] if keys else []
    if before:
        day = one.fact(
            f"on.{before['as_of']}", one.book.day(before["as_of"]), before["as_of"], "date", **one.computed()
        )
        said.append(
            say(
                "page.chart_key_before",
                day=day,
                year=one.year(one.target.deadline),
                a=levels["b"],
                b=levels["c"],
            )
        )
    after = points["shown"] & points["year"].gt(one.target.deadline)
    crosses = {"shown": points["shown"] & ~after, "after": after}
    if of := [name for name, drawn_so in crosses.items() if drawn_so.any()]:
        said.append(say(f"page.chart_key_{'_'.join(of)}"))
    if len(beside):
        fellows = "" if beside["above"].all() else "_fellows"
        said.append(say(f"page.chart_key_beside{fellows}"))
    return one.book.joined(said, "glue")


def _sources(one: One) -> list[str]:
    figures = one.inputs.outlook.of(one.target.id).figures
    above = figures["region"].isin(one.book.catalogue.above(one.inputs.plan.region))
    beside = figures[figures["role"].eq("beside") & above].drop_duplicates("source")
    placing = outlook.placing(one.assessment, figures, one.book.catalogue)
    parts = (one.assessment.history, one.filed.informing, placing, one.assessment.shown, beside)
    rows = [row for part in parts for row in tables.rows(part)]
    return list(dict.fromkeys(one.book.released(row)["source"] for row in rows))


def _source(one: One, names: list[str]) -> str:
    sources, day = one.book.joined(names, "semicolon"), given.as_of(one.inputs, one.book)
    return one.book.say(
        "figure.source", sources=sources or one.book.say("figure.no_source"), more="", day=day
    )


def _points(one: One) -> pd.DataFrame:
    """Return the figures drawn: year, value, basis, hollow, shown (not used), text, and the trace."""
    columns = ["year", "value", "basis", "hollow", "shown", "text"]
    columns += ["indicator", "period", "release", "source"]
    parts = ((True, one.assessment.history), (False, one.assessment.shown))
    figures, entry = one.inputs.outlook.of(one.target.id).figures, one.entry
    last: dict[tuple, dict] = {}
    for own, part in parts:
        for row, early in zip(tables.rows(part), drawn.preliminary(part, figures, entry), strict=True):
            shown = not (own and one.assessment.counts(row.year))
            last.pop((row.year, own), None)
            last[row.year, own] = _point(one, row, bool(early), shown)
    return pd.DataFrame([*last.values()], columns=columns)


def _point(one: One, row: Any, early: bool, shown: bool) -> dict:
    return {
        "year": int(row.year),
        "value": float(f"{row.value:.8g}"),
        "basis": row.basis,
        "hollow": early,
        "shown": shown,
        "text": one.book.quantity(row.value, one.entry),
        **one.book.released(news.first(one, row)),
    }
