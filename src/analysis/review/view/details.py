"""A target's detail: the short list beside the figure, and its tables."""

import base64
from typing import Any

import pandas as pd

from analysis import printing, tables
from analysis.documents import blocks
from analysis.memo import sheets
from analysis.review.view import cells, news, pictures
from analysis.review.view.given import One
from analysis.situations import Conditional


def facts(one: One) -> list[dict]:
    """Return the short list beside the figure: label and marked text."""
    say = one.book.say
    made = [(say("page.fact_goal"), cells.goal(one))]
    if one.entry is not None:
        made.append((say("page.fact_last"), cells.last(one) or say("page.none_short")))
        place = cells.place(one)
        made += [(say("page.fact_place"), place)] if place else []
        made += [] if one.known else [*_so_far(one), *_gap_now(one), *_expected(one)]
        made += [
            *_origin(one),
            (say("page.fact_evidence"), cells.evidence(one)),
            *_peers(one),
        ]
    return [{"label": label, "text": text} for label, text in made]


def _gap_now(one: One) -> list[tuple[str, str]]:
    if one.row["gap"] is None or not _has_gap(one):
        return []
    label = "page.fact_left" if _so_far(one) else "page.fact_gap"
    return [(one.book.say(label), _gap("gap", one.row["gap"], one))]


def _so_far(one: One) -> list[tuple[str, str]]:
    """Return what is there of the deadline's year, and to which month."""
    so_far, say = one.assessment.in_year, one.book.say
    if so_far is None or not so_far.month or one.row["verdict"] != "open":
        return []
    month = one.book.period(so_far.month)
    value = str(one.measured("so_far", so_far.seen, False, period=month))
    shown = one.fact("month", say("document.to_month", month=month), so_far.month, "date", **one.computed())
    return [(say("page.fact_so_far"), say("page.month_value", value=value, month=shown))]


def _has_gap(one: One) -> bool:
    return one.kind.dated and one.row["goal"] is not None


def _expected(one: One) -> list[tuple[str, str]]:
    """Return median and intervals of the forecast, its gap, and the yearly growth it would take."""
    row, say, made = one.row, one.book.say, []
    if row["median"] is not None:
        made.append(
            (say("page.fact_median"), str(one.measured("median", row["median"], False, **one.computed())))
        )
        for level in (80, 95):
            low, high = (
                one.measured(f"{side}{level}", row[f"{side}{level}"], False, **one.computed())
                for side in ("lo", "hi")
            )
            label = say("page.fact_interval", level=cells.level(level, one.book))
            made.append((label, say("page.range", low=low, high=high)))
        if _has_gap(one):
            gap = _gap("expected_gap", row["goal"] - row["median"], one)
            made.append((say("page.fact_expected_gap"), gap))
    upward = one.target.comparison.startswith(">")
    if row["required_growth"] is not None and (row["required_growth"] > 0) == upward:
        text = one.book.percent(row["required_growth"], 1)
        growth = one.fact("required_growth", text, row["required_growth"], "%", **one.computed())
        relative = "_relative" if one.entry.kind in ("ratio", "share") else ""
        made.append((say(f"page.fact_growth{relative}"), str(growth)))
    return made


def _origin(one: One) -> list[tuple[str, str]]:
    if one.row["origin"] is None:
        return []
    origin, horizon = one.row["origin"], one.row["horizon"]
    year = one.fact("origin", str(origin), origin, "year", **one.computed())
    ahead = one.fact("horizon", one.book.say("number.years", n=horizon), horizon, "years", **one.computed())
    return [(one.book.say("page.fact_origin"), one.book.say("page.origin", origin=year, horizon=ahead))]


def _peers(one: One) -> list[tuple[str, str]]:
    peers = one.assessment.peers
    if not peers:
        return []
    n = one.fact("peers.n", str(len(peers)), len(peers), "regions", **one.computed())
    return [
        (
            one.book.say("page.fact_parent" if one.row["evidence"] == "region" else "page.fact_peers"),
            one.book.say("page.peers_count", n=n, names=one.book.regions(peers))
            if len(peers) <= printing.FEW
            else str(n),
        )
    ]


def _gap(name: str, gap: float, one: One) -> str:
    text = one.book.difference(abs(gap), one.entry)
    if round(gap, one.entry.decimals) == 0:
        return one.book.say("page.gap_zero")
    upward = one.target.comparison.startswith(">")
    short = gap > 0 if upward else gap < 0
    key = "page.gap_short" if short else "page.gap_over" if upward else "page.gap_under"
    unit = "points" if one.entry.unit.startswith("%") else one.entry.unit
    return one.book.say(key, gap=one.fact(name, text, abs(gap), unit, **one.computed()))


def figures(one: One) -> list[dict]:
    """Return the table of figures: those used, of another indicator among them, and those only shown."""
    return [_figure(one, row, idle) for idle, part in one.filed.listed for row in tables.rows(part)]


def _figure(one: One, row: Any, idle: bool) -> dict:
    book, entry = one.book, one.book.catalogue.indicators[row.indicator]
    other = "" if row.indicator == one.target.indicator else row.indicator
    name = f"{other}{row.period}.{row.basis or 'plain'}.{row.source}.{row.status}"
    source, basis = book.catalogue.sources.get(row.source), book.catalogue.bases.get(row.basis)
    value = one.fact(
        f"figure.{name}", book.quantity(row.value, entry), row.value, entry.unit, **book.released(row)
    )
    return {
        "year": cells.year_of(one, row),
        "value": value,
        "of": book.name(entry) if other else "",
        "status": book.say(f"status.{row.status}"),
        "basis": book.name(basis) if basis else "",
        "published": _when(one, row, name),
        "source": book.name(source) if source else row.source,
        "shown": idle,
    }


def _when(one: One, row: Any, name: str) -> str:
    """Return when a figure was published, and the day on which it was rated as doubtful since."""
    start, book = news.first(one, row), one.book
    first, then = (
        one.fact(
            f"{key}.{name}",
            book.day(release.published.date(), release.precision),
            release.published.date().isoformat(),
            "date",
            **book.released(release),
        )
        for key, release in (("published", start), ("rerated", row))
    )
    return book.say("page.figures_rerated", day=first, then=then) if start is not row else str(first)


def download(one: One) -> str:
    """Return the figures listed as a CSV file in an address; empty where there are none."""
    parts = one.filed.listed
    if not parts:
        return ""
    book, say = one.book, one.book.say
    heads = [
        say(f"page.figures_{name}") for name in ("year", "value", "status", "published", "source", "basis")
    ]
    rows = pd.concat([part for _, part in parts])
    used = [not idle for idle, part in parts for _ in range(len(part))]
    unused = say("page.figures_shown")
    alone = {*rows["indicator"]} == {one.target.indicator}
    entries = [book.catalogue.indicators[key] for key in rows["indicator"]]
    value = f"{book.name(one.entry)} {book.unit(one.entry)}".strip() if alone else heads[1]
    table = pd.DataFrame({
        heads[0]: rows["period"],
        value: rows["value"],
        heads[2]: [
            book.joined([say(f"status.{status}")] + ([] if fine else [unused]), "semicolon")
            for status, fine in zip(rows["status"], used, strict=True)
        ],
        heads[3]: [blocks.plain(_when(one, row, "csv")) for row in tables.rows(rows)],
        heads[4]: [book.name(book.catalogue.sources[key]) for key in rows["source"]],
        heads[5]: [book.name(book.catalogue.bases[key]) if key else "" for key in rows["basis"]],
    })  # fmt: skip
    if not alone:
        names = [f"{book.name(entry)} {book.unit(entry)}".strip() for entry in entries]
        table.insert(1, say("page.figures_indicator"), names)
    content = base64.b64encode(tables.csv(table).encode("utf-8-sig")).decode()
    return f"data:text/csv;charset=utf-8;base64,{content}"


def conditional(one: One) -> dict | None:
    """Return the conditional answer: the rows of its table that the memo lists, and its chart."""
    found = one.assessment.lent
    if not isinstance(found, Conditional):
        return None
    table = sheets.bases(found)
    trace = one.computed() | {"source": one.book.say("page.peers_source")}
    rows = [
        {"base": one.amount(f"base.{i}", row.base, **trace), "p": one.chance(f"base.{i}.p", row.p, **trace)}
        for i, row in enumerate(tables.rows(table))
    ]
    before, deadline = one.year(found.year), one.year(one.target.deadline)
    return {
        "rows": rows,
        "title": one.book.say("page.conditional", year=before, deadline=deadline),
        "base": one.book.say("page.conditional_base", year=before),
        "p": one.book.say("page.conditional_p", year=deadline),
        "figure": pictures.conditional(one, found),
    }
