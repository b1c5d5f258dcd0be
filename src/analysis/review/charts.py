"""The page's charts as Vega-Lite specifications, in the page's own colour variables (light, dark, paper)."""

from typing import Literal

import altair
import numpy as np
import pandas as pd
from altair.utils.schemapi import debug_mode

from analysis import drawn, tables
from analysis.attainment import Assessment
from analysis.review.wordbook import Book

INK, SOFT, FAN, GOAL = "var(--ink)", "var(--soft)", "var(--fan)", "var(--goal)"
LAID = ((0.18, 10), (0.26, 16), (0.38, 22))  # opacity of an interval, width of a count's; the widest first
HEIGHT = 260


@debug_mode(False)  # that all specifications keep the schema is tested; here it would take half of the time
def fan(
    assessment: Assessment, book: Book, points: pd.DataFrame, before: dict | None, claim: str
) -> dict | None:
    """Return the figure of one target: history, bands to the deadline, goal; None where nothing is known.

    Parameters
    ----------
    points : year, value, status, shown, and the trace in the book's language, one row a figure
    before : last attainment row with a forecast, drawn at the deadline once the outcome is known
    """
    if points.empty:
        return None
    last = max(
        int(points["year"].max()), assessment.target.deadline if assessment.predictive or before else 0
    )
    first = int(points["year"].min())
    layers = _bands(assessment, book) + _history(points, book)
    layers += _goal(assessment, book, first - 0.35, "left") if before else []
    layers += _goal(assessment, book, last + 0.55, "right") if not before else []
    layers += _expected_before(before, book) if assessment.predictive is None and before else []
    return _specify(layers, claim, _years(first, last))


@debug_mode(False)
def conditional(assessment: Assessment, book: Book, claim: str) -> dict:
    """Return the chance of the goal against the assumed value of an earlier year."""
    found = assessment.conditional
    assert found is not None, "drawn where peers are known"
    rows = found.table.assign(share=100 * found.table["p"])
    across = altair.X("base:Q", title=None, scale=altair.Scale(zero=False, nice=False))
    up = altair.Y(
        "share:Q",
        title=None,
        scale=altair.Scale(domain=[0, 100]),
        axis=altair.Axis(labelExpr="datum.label + '%'"),
    )
    tooltip = [
        altair.Tooltip("base:Q", title=book.say("page.chart_value")),
        altair.Tooltip("share:Q", title=book.say("page.chart_p"), format=".0f"),
    ]
    layers = [
        altair.Chart(rows).mark_line(color=FAN, strokeWidth=2.5).encode(x=across, y=up, tooltip=tooltip)
    ]
    if found.break_even is not None:
        at = pd.DataFrame(
            {"base": [found.break_even], "share": [50.0], "label": [book.say("page.chart_even")]}
        )
        chart = altair.Chart(at)
        layers += [
            chart.mark_rule(color=GOAL, strokeDash=[4, 3]).encode(x=across),
            chart.mark_point(color=GOAL, filled=True, size=60, opacity=1).encode(x=across, y=up),
            chart.mark_text(color=GOAL, align="left", dx=8, dy=12).encode(x=across, y=up, text="label:N"),
        ]
    return _specify(layers, claim, None)


def _years(first: int, last: int) -> altair.X:
    span = list(range(first, last + 1))
    shown = span[:: -max(1, -(-len(span) // 9))]
    return altair.X("year:Q", title=None, scale=altair.Scale(domain=[first - 0.4, last + 0.6], nice=False),
                    axis=altair.Axis(format="d", values=shown, grid=False))  # fmt: skip


def _value() -> altair.Y:
    return altair.Y("value:Q", title=None, scale=altair.Scale(zero=False))


def _bands(assessment: Assessment, book: Book) -> list:
    """Return the intervals and the median: bands from the last published value on, of counts a bar a year."""
    table = drawn.expected(assessment)
    if table.empty:
        return []
    counted = book.catalogue.indicators[assessment.target.indicator].integer
    table, layers = table.iloc[int(counted) :], []
    for (level, low, high), (opacity, width) in zip(drawn.LEVELS, LAID, strict=True):
        rows = pd.DataFrame({"year": table.index, "value": table[low], "upper": table[high]}).round(6)
        base = altair.Chart(rows.assign(label=book.percent(level)))
        bar = base.mark_rule(color=FAN, opacity=opacity, strokeWidth=width)
        mark = bar if counted else base.mark_area(color=FAN, opacity=opacity, line=False)
        layers.append(mark.encode(x="year:Q", y=_value(), y2="upper:Q", tooltip=_interval(book)))
    middle = altair.Chart(pd.DataFrame({"year": table.index, "value": table[0.5]}).round(6))
    line = middle.mark_line(color=FAN, strokeDash=[5, 4], strokeWidth=2).encode(x="year:Q", y=_value())
    return [*layers, _median(middle) if counted else line]


def _median(middle: altair.Chart) -> altair.Chart:
    tick = middle.mark_tick(color=FAN, thickness=3, size=18, orient="horizontal")
    return tick.encode(x="year:Q", y=_value())


def _interval(book: Book) -> list:
    return [
        altair.Tooltip("year:Q", title=book.say("page.chart_year"), format="d"),
        altair.Tooltip("label:N", title=book.say("page.chart_level")),
        altair.Tooltip("value:Q", title="≥", format=".4~g"),
        altair.Tooltip("upper:Q", title="≤", format=".4~g"),
    ]


def _history(points: pd.DataFrame, book: Book) -> list:
    names = ("value", "indicator", "period", "release", "source")
    fields = {"value": "text"}
    tooltip = [
        altair.Tooltip(f"{fields.get(name, name)}:N", title=book.say(f"field.{name}")) for name in names
    ]
    used = points[~points["shown"]].copy()
    used["stretch"] = _stretches(used)
    layers = []
    if len(used):
        base = altair.Chart(used)
        hollow = altair.FieldOneOfPredicate(field="status", oneOf=list(tables.PRELIMINARY))
        fill = altair.condition(hollow, altair.value("var(--paper)"), altair.value(INK))
        layers = [
            base.mark_line(color=INK, strokeWidth=2).encode(x="year:Q", y=_value(), detail="stretch:N"),
            base.mark_point(stroke=INK, size=46, opacity=1, strokeWidth=1.5).encode(
                x="year:Q", y=_value(), fill=fill, tooltip=tooltip
            ),
        ]
    aside = points[points["shown"]]
    if len(aside):
        cross = altair.Chart(aside).mark_point(shape="cross", color=SOFT, size=70, filled=True, angle=45)
        layers.append(cross.encode(x="year:Q", y=_value(), tooltip=tooltip))
    return layers


def _stretches(used: pd.DataFrame) -> np.ndarray:
    """Number the unbroken runs of years on one basis: a line is drawn inside a run only."""
    gap = used["year"].diff().ne(1) | used["basis"].ne(used["basis"].shift())
    return gap.cumsum().to_numpy()


def _goal(assessment: Assessment, book: Book, year: float, align: Literal["left", "right"]) -> list:
    """Return the goal's line, labelled at its end, or at its start where a bar stands at the end."""
    found = drawn.goal(assessment, book)
    if found is None:
        return []
    rows = pd.DataFrame({"value": [found[0]], "year": [year], "label": [found[1]]})
    chart = altair.Chart(rows)
    return [
        chart.mark_rule(color=GOAL, strokeWidth=1.8).encode(y=_value()),
        chart.mark_text(color=GOAL, align=align, baseline="bottom", dy=-4, fontWeight="bold").encode(
            x="year:Q", y=_value(), text="label:N"
        ),
    ]


def _expected_before(before: dict, book: Book) -> list:
    year = before["deadline"] + 0.22
    layers = []
    for low, high, width in (("lo95", "hi95", 3), ("lo80", "hi80", 8)):
        rows = pd.DataFrame({"year": [year], "value": [before[low]], "upper": [before[high]]}).round(6)
        bar = altair.Chart(rows).mark_rule(color=FAN, strokeWidth=width, opacity=0.45)
        layers.append(bar.encode(x="year:Q", y=_value(), y2="upper:Q"))
    middle = pd.DataFrame({"year": [year], "value": [before["median"]]}).round(6)
    return [*layers, _median(altair.Chart(middle))]


def _specify(layers: list, claim: str, across: altair.X | None) -> dict:
    """Return the specification; one layer carries the axis, the others share it."""
    first = layers[0] if across is None else layers[0].encode(x=across)
    chart = altair.layer(first, *layers[1:]).properties(
        width=620, height=HEIGHT, description=claim, padding=6
    )
    return {key: value for key, value in chart.to_dict(validate=False).items() if key != "config"}
