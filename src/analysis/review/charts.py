"""The page's charts as Vega-Lite specifications, in the page's own colour variables (light, dark, paper)."""

import unicodedata

import altair
import pandas as pd
from altair.utils.schemapi import debug_mode

from analysis import drawn
from analysis.attainment import Assessment
from analysis.plots.page import apart
from analysis.review.wordbook import Book
from analysis.situations import Conditional, Forecast

INK, SOFT, FAN, GOAL = "var(--ink)", "var(--soft)", "var(--fan)", "var(--goal)"
LAID = ((0.18, 10), (0.26, 16), (0.38, 22))  # opacity of an interval, width of a count's; the widest first
RECORDS = "records"  # our way to hand tables over, among altair's
HEIGHT, LOW = 260, 220  # of a chart, and of one on a phone
BAR = 26  # width of a year's bar
LINE = 16  # from one label beside the chart to the next
FULL, HALF, SPACE = 13.5, 8.0, 8  # widths of a Chinese and of a Latin letter, and before a label


@debug_mode(False)  # that all specifications keep the schema is tested; here it would take half of the time
def fan(
    assessment: Assessment,
    book: Book,
    points: pd.DataFrame,
    before: dict | None,
    claim: str,
    beside: pd.DataFrame,
) -> dict | None:
    """Return the figure of one target: history, bands to the deadline, goal; None where nothing is known.

    Parameters
    ----------
    points : year, value, basis, hollow, shown, and the trace in the book's language, one row a figure
    before : last attainment row with a forecast, drawn at the deadline once the outcome is known
    beside : region, name, above, year, value, basis, text of other regions; empty without
    """
    answer = assessment.answer
    ahead = answer.predictive.years[:1] if isinstance(answer, Forecast) else ()
    if points.empty and not ahead:
        return None
    span = [*points["year"], *beside["year"]] or [*ahead]
    last = max(*span, assessment.target.deadline if ahead or before else 0)
    first = int(min(span))
    entry = book.catalogue.indicators[assessment.target.indicator]
    counted = entry.integer
    table = drawn.expected(assessment)
    layers = _bands(table, counted, book) + _beside(beside)
    layers += _history(points, book, bars=entry.kind == "flow")
    layers += _so_far(assessment, book)
    goal = drawn.goal(assessment, book)
    layers += [] if goal is None else [_goal(goal[0])]
    layers += _expected_before(before, book) if before and not ahead else []
    layers += _rebased(points, beside, book)
    low, high = _room(assessment, table, points, beside, before, counted)
    names = _names(beside, goal, low, high)
    layers += _labels(names, low, high)
    up = altair.Y("value:Q", title=None, scale=altair.Scale(domain=[low, high]))
    made = _specify(layers, claim, {"x": _years(first, last), "y": up})
    return made | {"usermeta": {"room": max(map(_wide, names["label"]), default=0)}}


@debug_mode(False)
def conditional(assessment: Assessment, found: Conditional, book: Book, claim: str) -> dict:
    """Return the chance of the goal against the assumed value of an earlier year."""
    rows = found.table.assign(share=100 * found.table["p"])
    across = altair.X("base:Q", title=None, scale=altair.Scale(zero=False, nice=False))
    up = _percents("share:Q")
    tooltip = [
        altair.Tooltip("base:Q", title=book.say("page.chart_value")),
        altair.Tooltip("share:Q", title=book.say("page.chart_p"), format=".0f"),
    ]
    layers = [
        altair.Chart(rows).mark_line(color=FAN, strokeWidth=2.5).encode(x=across, y=up, tooltip=tooltip)
    ]
    if (p := drawn.given(assessment)) is not None:
        said = book.say("figure.chance_given", p=book.probability(p))
        edge = float(rows["base"].max())
        chart = altair.Chart(pd.DataFrame({"base": [edge], "share": [100 * p], "label": [said]}))
        text = chart.mark_text(color=INK, align="right", baseline="bottom", dx=-5, dy=-3)
        layers += [chart.mark_rule(color=INK, strokeDash=[6, 3]).encode(y=up)]
        layers += [text.encode(x=across, y=up, text=altair.Text("label:N"))]
    if found.break_even is not None:
        at = pd.DataFrame(
            {"base": [found.break_even], "share": [50.0], "label": [book.say("page.chart_even")]}
        )
        chart = altair.Chart(at)
        layers += [
            chart.mark_rule(color=SOFT, strokeDash=[4, 3]).encode(x=across),
            chart.mark_point(color=INK, filled=True, size=60, opacity=1).encode(x=across, y=up),
            chart.mark_text(color=INK, align="right", dx=-8, dy=-10).encode(
                x=across, y=up, text=altair.Text("label:N")
            ),
        ]
    return _specify(layers, claim)


def _room(
    assessment: Assessment,
    table: pd.DataFrame,
    points: pd.DataFrame,
    beside: pd.DataFrame,
    before: dict | None,
    counted: bool,
) -> tuple[float, float]:
    """Return the limits of values: room for what the target is about; regions beside it may leave it."""
    goal = assessment.row["goal"]
    seen = [*points["value"], *beside.loc[beside["above"].astype(bool), "value"]]
    seen += [] if table.empty else [*table[[0.025, 0.975]].to_numpy().ravel()]
    seen += [before["lo95"], before["hi95"]] if before else []
    seen += [goal] if drawn.levelled(assessment) else []
    low, high = min(seen), max(seen)
    pad = 0.07 * (high - low or abs(high) or 1.0)
    low = 0.0 if counted or 0 <= low < pad else low - pad
    return round(low, 6), round(high + pad, 6)


@debug_mode(False)
def over_time(rows: list[dict], book: Book, claim: str) -> dict:
    """Return the chart of a probability's history: steps between the dates, its range, the outcome.

    Parameters
    ----------
    rows : of attainment tables, by date; the last one may be the outcome's
    """
    table = pd.DataFrame(rows)
    shares = 100 * table[["p_attain", "p_low", "p_high"]].astype(float)
    made = pd.DataFrame({
        "day": table["as_of"], "share": shares["p_attain"], "low": shares["p_low"],
        "high": shares["p_high"], "verdict": table["verdict"],
        "date": [book.day(row["as_of"]) for row in rows],
        "said": [book.probability(row["p_attain"]) if row["verdict"] == "open"
                 else book.known(row["p_attain"]) for row in rows],
    }).round(6)  # fmt: skip
    open_ = made["verdict"].eq("open")
    months = altair.Axis(format="%Y-%m", labelOverlap="greedy", labelSeparation=8, grid=False, tickCount=7)
    across = altair.X("day:T", title=None, scale=altair.Scale(type="utc", nice=False), axis=months)
    up = _percents("share:Q")
    tooltip = [altair.Tooltip("date:N", title=book.say("page.probabilities_day")),
               altair.Tooltip("said:N", title=book.say("page.chart_p"))]  # fmt: skip
    reach = {"y": altair.Y("low:Q"), "y2": altair.Y2("high:Q")}
    chart, asked = altair.Chart(made), altair.Chart(made[open_])
    colours = altair.Scale(domain=["met", "missed"], range=["var(--met)", "var(--missed)"])
    layers = [
        altair.Chart(pd.DataFrame({"share": [50.0]})).mark_rule(color=SOFT, strokeDash=[2, 3]).encode(y=up),
        asked.mark_rule(color=FAN, opacity=0.35, strokeWidth=7).encode(x=across, **reach),
        chart.mark_line(color=FAN, strokeWidth=2.5, interpolate="step-after").encode(x=across, y=up),
        asked.mark_point(color=INK, filled=True, size=46, opacity=1).encode(x=across, y=up, tooltip=tooltip),
    ]  # fmt: skip
    if not open_.all():
        known = altair.Chart(made[~open_]).mark_point(shape="diamond", filled=True, size=110, opacity=1)
        colour = altair.Color("verdict:N", scale=colours, legend=None)
        layers.append(known.encode(x=across, y=up, color=colour, tooltip=tooltip))
    return _specify(layers, claim, height=170)


def _percents(field: str) -> altair.Y:
    axis = altair.Axis(labelExpr="datum.label + '%'")
    return altair.Y(field, title=None, scale=altair.Scale(domain=[0, 100]), axis=axis)


def _beside(rows: pd.DataFrame) -> list:
    """Draw the regions above as lines, those beside as faint ones, broken where the basis changes."""
    runs = {code: drawn.stretches(own) for code, own in rows.groupby("region", sort=False)}
    stretch = pd.concat(runs.values()) if runs else pd.Series(dtype=int)
    rows = rows.assign(stretch=rows["region"] + "." + stretch.reindex(rows.index).astype(str))
    tooltip = [altair.Tooltip(f"{name}:N", title=" ") for name in ("name", "year", "text")]
    layers = []
    for above, opacity, width in ((False, 0.22, 1.0), (True, 0.9, 1.4)):
        part = rows[rows["above"].eq(above)]
        if len(part):
            base = altair.Chart(part)
            line = base.mark_line(color=SOFT, opacity=opacity, strokeWidth=width, clip=True)
            dots = base.mark_point(color=SOFT, filled=True, size=16, opacity=opacity, clip=True)
            layers += [line.encode(x=_year(), y=_value(), detail=altair.Detail("stretch:N")),
                       dots.encode(x=_year(), y=_value(), tooltip=tooltip)]  # fmt: skip
    return layers


def _names(beside: pd.DataFrame, goal: tuple[float, str] | None, low: float, high: float) -> pd.DataFrame:
    """Return what stands beside the chart: the goal, and the regions above at their last figure in view.

    Nothing drawn can lie under or across these labels: year, value, label, of the goal without a year.
    """
    ends = beside[beside["above"].astype(bool)].drop_duplicates("region", keep="last")
    rows: list[tuple] = [(int(one.year), one.value, one.name) for one in ends.itertuples(index=False)]
    rows = [row for row in rows if low <= row[1] <= high]
    rows += [(None, *goal)] if goal else []
    return pd.DataFrame(rows, columns=["year", "value", "label"], dtype=object)


def _labels(names: pd.DataFrame, low: float, high: float) -> list:
    """Write the labels at the right edge, moved apart; a dotted line leads from a region's last figure."""
    names, unit = names.sort_values("value", kind="stable"), (high - low) / LOW
    places = apart([(value - low) / unit for value in names["value"]], LINE, LOW)
    names = names.assign(place=[round(low + place * unit, 6) for place in places])
    goal = names["year"].isna()
    layers = []
    for part, colour in ((names[~goal], SOFT), (names[goal], GOAL)):
        if part.empty:
            continue
        if colour == SOFT:
            lead = altair.Chart(part[["year", "value"]].astype(float)).mark_rule(
                color=SOFT, strokeDash=[1, 4]
            )
            layers += [lead.encode(x=_year(), x2=altair.X2Value("width"), y=_value())]
        written = part[["place", "label"]].rename(columns={"place": "value"})
        text = altair.Chart(written).mark_text(
            color=colour,
            align="left",
            baseline="middle",
            dx=SPACE - 2,
            fontWeight="bold" if colour == GOAL else "normal",
        )
        layers += [text.encode(x=altair.XValue("width"), y=_value(), text=altair.Text("label:N"))]
    return layers


def _wide(label: str) -> int:
    """Return the room a label beside a chart takes."""
    letters = [FULL if unicodedata.east_asian_width(letter) in "WF" else HALF for letter in label]
    return round(SPACE + sum(letters))


def _rebased(points: pd.DataFrame, beside: pd.DataFrame, book: Book) -> list:
    """Mark between which years a line is broken because its basis changes."""
    above = beside[beside["above"].astype(bool)]
    lines = [points[~points["shown"].astype(bool)], *(own for _, own in above.groupby("region"))]
    years = sorted(set().union(*map(drawn.rebased, lines)))
    if not years:
        return []
    rows = pd.DataFrame({"year": [year - 0.5 for year in years]})
    rule = altair.Chart(rows).mark_rule(color=SOFT, strokeDash=[2, 3])
    said = altair.Chart(rows.tail(1).assign(label=book.say("figure.break")))
    text = said.mark_text(color=SOFT, baseline="bottom", dy=-4, fontSize=11.5)
    return [rule.encode(x=_year()), text.encode(x=_year(), y=altair.YValue(0), text=altair.Text("label:N"))]


def _years(first: int, last: int) -> altair.X:
    span = list(range(first, last + 1))
    shown = span[:: -max(1, -(-len(span) // 9))]
    return altair.X("year:Q", title=None, scale=altair.Scale(domain=[first - 0.4, last + 0.6], nice=False),
                    axis=altair.Axis(format="d", values=shown, grid=False))  # fmt: skip


def _year() -> altair.X:
    """Return the channel as an object: which one a string means, altair takes long to find out."""
    return altair.X("year:Q")


def _value() -> altair.Y:
    return altair.Y("value:Q", title=None, scale=altair.Scale(zero=False))


def _bands(table: pd.DataFrame, counted: bool, book: Book) -> list:
    """Return the intervals and the median: bands from the last published value on, of counts a bar a year.

    Parameters
    ----------
    table : of ``drawn.expected``
    """
    if table.empty:
        return []
    lone = counted or len(table) == 1  # nothing to start from: placed by its parent
    table, layers = table.iloc[int(counted and len(table) > 1) :], []
    for (level, low, high), (opacity, width) in zip(drawn.LEVELS, LAID, strict=True):
        rows = pd.DataFrame({"year": table.index, "value": table[low], "upper": table[high]}).round(6)
        base = altair.Chart(rows.assign(label=book.percent(level)))
        bar = base.mark_rule(color=FAN, opacity=opacity, strokeWidth=width)
        mark = bar if lone else base.mark_area(color=FAN, opacity=opacity, line=False)
        layers.append(mark.encode(x=_year(), y=_value(), y2=altair.Y2("upper:Q"), tooltip=_interval(book)))
    middle = altair.Chart(pd.DataFrame({"year": table.index, "value": table[0.5]}).round(6))
    line = middle.mark_line(color=FAN, strokeDash=[5, 4], strokeWidth=2).encode(x=_year(), y=_value())
    return [*layers, _median(middle) if lone else line]


def _median(middle: altair.Chart) -> altair.Chart:
    tick = middle.mark_tick(color=FAN, thickness=3, size=18, orient="horizontal")
    return tick.encode(x=_year(), y=_value())


def _interval(book: Book) -> list:
    return [
        altair.Tooltip("year:Q", title=book.say("page.chart_year"), format="d"),
        altair.Tooltip("label:N", title=book.say("page.chart_level")),
        altair.Tooltip("value:Q", title="≥", format=".4~g"),
        altair.Tooltip("upper:Q", title="≤", format=".4~g"),
    ]


def _so_far(assessment: Assessment, book: Book) -> list:
    """Draw the count of the running year, open at the top."""
    so_far = assessment.in_year
    if so_far is None or not so_far.month or assessment.row["outcome"] is not None:
        return []
    row = {"year": assessment.target.deadline, "value": so_far.seen, "text": book.period(so_far.month)}
    bar = altair.Chart(pd.DataFrame([row])).mark_bar(fillOpacity=0, stroke=INK, strokeDash=[3, 2], width=BAR)
    names = (("text", "period"), ("value", "value"))
    tooltip = [altair.Tooltip(f"{key}:N", title=book.say(f"field.{name}")) for key, name in names]
    return [bar.encode(x=_year(), y=_value(), tooltip=tooltip)]


def _history(points: pd.DataFrame, book: Book, bars: bool) -> list:
    """Draw what is known: of what flows within a year a bar, of all else a line with points."""
    names = ("value", "indicator", "period", "release", "source")
    fields = {"value": "text"}
    tooltip = [
        altair.Tooltip(f"{fields.get(name, name)}:N", title=book.say(f"field.{name}")) for name in names
    ]
    if points.empty:
        return []
    used = points[~points["shown"]].copy()
    used["stretch"] = drawn.stretches(used)
    layers = []
    if len(used):
        base = altair.Chart(used)
        hollow = altair.FieldEqualPredicate(field="hollow", equal=True)
        fill = altair.FillValue(**altair.condition(hollow, altair.value("var(--paper)"), altair.value(INK)))
        line = base.mark_line(color=INK, strokeWidth=2)
        layers = [] if bars else [line.encode(x=_year(), y=_value(), detail=altair.Detail("stretch:N"))]
        mark = (
            base.mark_bar(stroke=INK, width=BAR)
            if bars
            else base.mark_point(stroke=INK, size=46, opacity=1, strokeWidth=1.5)
        )
        layers += [mark.encode(x=_year(), y=_value(), fill=fill, tooltip=tooltip)]
    aside = points[points["shown"]]
    if len(aside):
        cross = altair.Chart(aside).mark_point(shape="cross", color=SOFT, size=70, filled=True, angle=45)
        layers.append(cross.encode(x=_year(), y=_value(), tooltip=tooltip))
    return layers


def _goal(level: float) -> altair.Chart:
    rows = pd.DataFrame({"value": [level]})
    return altair.Chart(rows).mark_rule(color=GOAL, strokeWidth=1.8).encode(y=_value())


def _expected_before(before: dict, book: Book) -> list:
    year = before["deadline"] + 0.22
    layers = []
    for low, high, width in (("lo95", "hi95", 3), ("lo80", "hi80", 8)):
        rows = pd.DataFrame({"year": [year], "value": [before[low]], "upper": [before[high]]}).round(6)
        bar = altair.Chart(rows).mark_rule(color=FAN, strokeWidth=width, opacity=0.45)
        layers.append(bar.encode(x=_year(), y=_value(), y2=altair.Y2("upper:Q")))
    middle = pd.DataFrame({"year": [year], "value": [before["median"]]}).round(6)
    return [*layers, _median(altair.Chart(middle))]


def _specify(layers: list, claim: str, axes: dict | None = None, height: int = HEIGHT) -> dict:
    """Return the specification; one layer carries the axes, the others share them.

    Each layer is specified by itself: put together first, altair copies them all, again and again.
    """
    layers = [layers[0].encode(**axes or {}), *layers[1:]]
    chart = altair.LayerChart(width=620, height=height, description=claim, padding=6)
    shared: dict = {"datasets": {}, "top_level": False}
    with altair.data_transformers.enable(RECORDS):
        specified = [layer.to_dict(validate=False, context=shared) for layer in layers]
        made = chart.to_dict(validate=False) | {"layer": specified, "datasets": shared["datasets"]}
    return {key: value for key, value in made.items() if key != "config"}


def _records(table: pd.DataFrame) -> dict[str, list[dict]]:
    """Return a table of numbers and words as a chart holds it; altair's own way is ready for any column."""
    cells = [[None if pd.isna(one) else one for one in column.tolist()] for _, column in table.items()]
    return {"values": [dict(zip(table.columns, row, strict=True)) for row in zip(*cells, strict=True)]}


altair.data_transformers.register(RECORDS, _records)
