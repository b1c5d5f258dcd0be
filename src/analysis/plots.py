"""Figures: one claim each, in Chinese or English, as ``matplotlib.figure.Figure``; nothing is written.

History is dark, what is expected one blue, the goal one red line; preliminary figures are hollow, gaps stay
open, breaks of the basis are marked, and the foot names source and date. ``png`` and ``svg`` turn a figure
into bytes that are equal from run to run.
"""

import io
import itertools
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import sources, tables
from analysis.attainment import Assessment
from analysis.sources import Catalogue, Indicator

FONT = "Noto Sans SC"
font_manager.fontManager.addfont(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf")

INK, GREY, PALE = "#222222", "#777777", "#c8c8c8"
BLUE, RED, GREEN, AMBER = "#1f5a99", "#b8261b", "#2f7d4f", "#c98a00"
BANDS = ((95, 0.025, 0.975, "#d3e2f0"), (80, 0.1, 0.9, "#a3c4e2"), (50, 0.25, 0.75, "#6c9fcf"))
WIDTH = 150  # mm, as printed in a memo
HOLLOW = ("preliminary", "flash")
STYLE = {
    "font.family": FONT,
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "analysis",
}


# --------------------------------------------------------------------------------------- the page of a figure


def png(figure: Figure, dpi: int = 220) -> bytes:
    """Return a figure as PNG, the same bytes from run to run."""
    return _bytes(figure, format="png", dpi=dpi, metadata={"Software": None})


def svg(figure: Figure) -> bytes:
    """Return a figure as SVG, letters as outlines, the same bytes from run to run."""
    return _bytes(figure, format="svg", metadata={"Date": None, "Creator": None})


def _bytes(figure: Figure, **options: object) -> bytes:
    stream = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(stream, **options)
    return stream.getvalue()


def _page(
    claim: str,
    subtitle: str,
    source: str,
    height: float = 78,
    left: float = 12,
    right: float = 22,
    below: float = 0,
) -> tuple[Figure, Axes]:
    """Open a figure: claim and subtitle above, the obligatory source below; lengths in mm."""
    lines = _wrap(claim, (WIDTH - 4) / 3.53)
    foot = _wrap(source, (WIDTH - 4) / 2.3)
    top = 3.5 + 4.7 * len(lines) + 5.5
    bottom = 7.5 + 2.9 * len(foot) + below
    figure = Figure(figsize=(WIDTH / 25.4, height / 25.4), dpi=110)
    figure.text(2 / WIDTH, 1 - 2 / height, "\n".join(lines), size=10, va="top", linespacing=1.25)
    figure.text(2 / WIDTH, 1 - (top - 1.8) / height, subtitle, size=8, va="bottom", color=GREY)
    figure.text(2 / WIDTH, 1.5 / height, "\n".join(foot), size=6.5, va="bottom", color=GREY, linespacing=1.2)
    axes = figure.add_axes(
        (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    )
    return figure, _styled(axes)


def _styled(axes: Axes) -> Axes:
    """Take away what says nothing; set the font of labels that are only made when drawn."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=2, width=0.6, labelsize=7.5, labelfontfamily=FONT)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#ececec", linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def _wrap(text: str, width: float) -> list[str]:
    """Break a text into lines of at most ``width`` full-width letters; Latin words stay whole."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and _measure(line + piece.rstrip()) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()]


def _pieces(text: str) -> list[str]:
    """Split where a line may end: after a space and between full-width letters, not before closing marks."""
    pieces = [""]
    for before, letter in zip(" " + text, text, strict=False):
        wide = _wide(letter) or _wide(before)
        if (before == " " or wide) and letter not in "，。；：、）”％% " and before not in "（“":
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _measure(text: str) -> float:
    return sum(1.0 if _wide(letter) else 0.52 for letter in text)


def _beside(axes: Axes, labels: list[tuple[float, str, str]], gap: float = 3.1) -> None:
    """Write labels (height, text, colour) at the right edge, moved apart to at least ``gap`` mm."""
    if not labels:
        return
    low, high = axes.get_ylim()
    millimetres = axes.get_position().height * axes.figure.get_figheight() * 25.4
    unit = (high - low) / millimetres
    ordered = sorted(labels, key=lambda label: label[0])
    places = _apart([height / unit for height, _, _ in ordered], gap, low / unit, high / unit)
    for place, (_, text, colour) in zip(places, ordered, strict=True):
        axes.annotate(text, (1, place * unit), xycoords=("axes fraction", "data"), xytext=(3, 0),
                      textcoords="offset points", va="center", size=7, color=colour, annotation_clip=False)  # fmt: skip


def _apart(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move ascending places apart, as little as a pass up and a pass down allow."""
    moved = list(places)
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    moved[-1] = min(moved[-1], max(high, low + gap * (len(moved) - 1)))
    for i in range(len(moved) - 2, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - gap)
    return moved


# ------------------------------------------------------------------------------------------------------ words


def claim(assessment: Assessment, language: str, catalogue: Catalogue | None = None) -> str:
    """Return what a target's figure says, in one sentence."""
    target, row = assessment.target, assessment.row
    if target.indicator is None:
        return _milestone_claim(assessment, language)
    indicator = (catalogue or sources.catalogue()).indicators[target.indicator]
    if row["verdict"] in ("met", "missed"):
        return _outcome_claim(assessment, indicator, language)
    if row["p_attain"] is not None:
        return _chance_claim(assessment, indicator, language)
    if assessment.conditional is not None:
        return _conditional_claim(assessment, indicator, language)
    name, year = _name(indicator, language), target.deadline
    return {
        "zh": f"现有数据不足以判断{year}年{name}目标能否实现",
        "en": f"No figures known by then tell whether {name} will meet its goal for {year}",
    }[language]


def _milestone_claim(assessment: Assessment, language: str) -> str:
    title, verdict = getattr(assessment.target.title, language), assessment.row["verdict"]
    stop = {"zh": "：", "en": ": "}[language]
    return f"{title}{stop}{tables.VERDICTS[verdict][language]}"


def _outcome_claim(assessment: Assessment, indicator: Indicator, language: str) -> str:
    name, year, told = (
        _subject(assessment, indicator, language),
        assessment.target.deadline,
        goal(assessment, indicator, language),
    )
    value = amount(assessment.row["outcome"], indicator, language)
    met = assessment.row["verdict"] == "met"
    return {
        "zh": f"{year}年{name}为{value}，{'已' if met else '未'}完成目标（{told}）",
        "en": f"{name} in {year}: {value}, goal ({told}) {'met' if met else 'missed'}",
    }[language]


def _chance_claim(assessment: Assessment, indicator: Indicator, language: str) -> str:
    name, year, told = (
        _subject(assessment, indicator, language),
        assessment.target.deadline,
        goal(assessment, indicator, language),
    )
    p = assessment.row["p_attain"]
    word = tables.likelihood(round(p, 2), language)  # of the number as printed
    return {
        "zh": f"{year}年{name}实现目标（{told}）的概率为{percent(p, 'zh')}，{word}",
        "en": f"{name} meets its goal for {year} ({told}) with a probability of {percent(p, 'en')}: {word}",
    }[language]


def _subject(assessment: Assessment, indicator: Indicator, language: str) -> str:
    """Return the target's own title where it names a quantity, else the indicator's name."""
    target = assessment.target
    return getattr(
        target.title if target.kind in ("level", "share", "flow", "stock") else indicator, language
    )


def _conditional_claim(assessment: Assessment, indicator: Indicator, language: str) -> str:
    target, base = assessment.target, assessment.conditional.break_even
    name, year = _subject(assessment, indicator, language), target.deadline - 1
    if base is None:
        return {
            "zh": f"缺少本地数据：在所列各基数下，{target.deadline}年{name}达标概率均不足或均超过一半",
            "en": f"No local figures, and no base shown gives the {target.deadline} goal an even chance",
        }[language]
    value = amount(base, indicator, language)
    return {
        "zh": f"缺少本地数据：{year}年{name}若为{value}，{target.deadline}年达标与否机会相当",
        "en": f"No local figures: the goal for {target.deadline} is an even chance if {year} stood at {value}",
    }[language]


def goal(assessment: Assessment, indicator: Indicator, language: str) -> str:
    """Return the goal in words: "≥ 1.25 %", "> 2018"."""
    target = assessment.target
    sign = {">=": "≥", "<=": "≤"}.get(target.comparison, target.comparison)
    if target.kind == "direction":
        return {"zh": f"{'高' if sign == '>' else '低'}于{target.than}年", "en": f"{sign} {target.than}"}[
            language
        ]
    if target.kind == "growth":
        return {"zh": f"年均增长{sign}{target.goal:g}%", "en": f"{sign} {target.goal:g} % a year"}[language]
    if language == "zh":
        return f"{sign}{target.goal:g}{'%' if indicator.unit.startswith('%') else _unit(indicator, 'zh')}"
    return f"{sign} {target.goal:g}{' %' if indicator.unit.startswith('%') else ''}"


def amount(value: float, indicator: Indicator, language: str, unit: bool = True) -> str:
    """Return a value with the indicator's decimals and, in Chinese or English, its unit."""
    number = f"{value:,.{indicator.decimals}f}".replace("-", "−")
    if language == "zh":
        number = number.replace(",", "")
    if not unit:
        return number
    if indicator.unit.startswith("%"):
        return number + {"zh": "%", "en": " %"}[language]
    return f"{number}{_unit(indicator, 'zh')}" if language == "zh" else f"{number} {indicator.unit}"


def percent(probability: float, language: str) -> str:
    """Return a probability in whole per cent; never 0 or 100 for what is still open."""
    space = {"zh": "", "en": " "}[language]
    if 0 < probability < 0.01:
        return f"<{space}1{space}%"
    if 0.99 < probability < 1:
        return f">{space}99{space}%"
    return f"{100 * probability:.0f}{space}%"


def day(when: str | date | pd.Timestamp, language: str) -> str:
    """Return a date as it is printed: 2018年12月31日, 31 December 2018."""
    when = pd.Timestamp(when)
    return {
        "zh": f"{when.year}年{when.month}月{when.day}日",
        "en": f"{when.day} {_MONTHS[when.month - 1]} {when.year}",
    }[language]


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def _name(indicator: Indicator, language: str) -> str:
    return indicator.zh if language == "zh" else indicator.en


def _unit(indicator: Indicator, language: str) -> str:
    return sources.catalogue().units[indicator.unit].zh if language == "zh" else indicator.unit


def _subtitle(assessment: Assessment, catalogue: Catalogue, language: str) -> str:
    region = getattr(catalogue.regions[assessment.plan.region], language)
    indicator = catalogue.indicators[assessment.target.indicator]
    return _titled(region, indicator, catalogue, language)


def _titled(region: str, indicator: Indicator, catalogue: Catalogue, language: str) -> str:
    if language == "zh":
        return f"{region}：{indicator.zh}（{catalogue.units[indicator.unit].zh}）"
    return f"{region}: {indicator.en} ({indicator.unit})"


def _source(rows: pd.DataFrame, as_of: str, catalogue: Catalogue, language: str, more: str = "") -> str:
    """Return the foot: who published the figures, the last of them when, and as of which date."""
    names = [getattr(catalogue.sources[key], language) for key in dict.fromkeys(rows["source"])]
    told = {"zh": "、", "en": "; "}[language].join(names) or {"zh": "无数据", "en": "no figures"}[language]
    if language == "zh":
        last = f"，最近一期发布于{day(rows['published'].max(), 'zh')}" if len(rows) else ""
        return f"来源：{told}{last}。{more}截至{day(as_of, 'zh')}已知。"
    last = f", last published {day(rows['published'].max(), 'en')}" if len(rows) else ""
    return f"Source: {told}{last}. {more}As known on {day(as_of, 'en')}."


# -------------------------------------------------------------------------------------------------- the target


def answer(assessment: Assessment, language: str, catalogue: Catalogue | None = None) -> Figure | None:
    """Return the figure that fits the evidence on a target: `fan`, `conditional`, or None where there is none."""
    if len(assessment.history) or assessment.predictive is not None:
        return fan(assessment, language, catalogue)
    return conditional(assessment, language, catalogue) if assessment.conditional is not None else None


@matplotlib.rc_context(STYLE)
def fan(assessment: Assessment, language: str, catalogue: Catalogue | None = None) -> Figure:
    """Draw what is known and expected of a target: history, 50/80/95 % intervals, goal, outcome.

    Amounts and ratios get bands; counts, which have no values in between, one bar of intervals a year.

    Parameters
    ----------
    assessment : of ``attainment.assess``
    language : "zh" or "en"
    catalogue : names and units; the project's own when None
    """
    catalogue = catalogue or sources.catalogue()
    target = assessment.target
    indicator = catalogue.indicators[target.indicator]
    foot = _source(assessment.history, assessment.as_of, catalogue, language, _borrowed(assessment, language))
    figure, axes = _page(
        claim(assessment, language, catalogue), _subtitle(assessment, catalogue, language), foot
    )
    labels = _history(axes, assessment, indicator, language)
    if assessment.predictive is not None:
        labels += _expected(axes, assessment, indicator, language)
    labels += _goal(axes, assessment, indicator, language)
    _years(axes, assessment, indicator.integer)
    if indicator.bounds[0] == 0 and (indicator.integer or axes.get_ylim()[0] < 0):
        axes.set_ylim(bottom=0)
    _breaks(axes, assessment, language)
    _beside(axes, labels)
    return figure


def _borrowed(assessment: Assessment, language: str) -> str:
    if not assessment.peers:
        return ""
    count = len(assessment.peers)
    return {
        "zh": f"预测借鉴了{count}个可比地区的历年变动。",
        "en": f"Expectations borrow from the yearly changes of {count} comparable regions. ",
    }[language]


def _history(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the known years, superseded bases pale; return the label of the last one."""
    rows = _until(assessment.history, assessment)
    current = rows.groupby("year").tail(1).index
    for _, group in rows.groupby("basis", sort=False):
        _lines(axes, group, current, indicator)
    if indicator.kind == "flow":
        _bars(axes, rows.loc[current])
    old = rows.drop(current)
    axes.plot(old["year"], old["value"], "o", ms=3, color=PALE, zorder=3)
    if indicator.kind != "flow":
        _points(axes, rows.loc[current])
    shown = _until(assessment.shown, assessment)
    axes.plot(shown["year"], shown["value"], "x", ms=5, mew=1, color=GREY, zorder=4)
    for row in shown.itertuples():
        _note(axes, row.year, row.value, _STATUS[row.status][language])
    return _last_label(axes, rows, assessment, indicator, language)


def _until(rows: pd.DataFrame, assessment: Assessment) -> pd.DataFrame:
    return rows[rows["year"] <= assessment.target.deadline]


_STATUS = {
    "estimate": {"zh": "预计数，未采用", "en": "an expectation, not used"},
    "lower_bound": {"zh": "下限，未采用", "en": "a lower bound, not used"},
}


def _lines(axes: Axes, group: pd.DataFrame, current: pd.Index, indicator: Indicator) -> None:
    """Join consecutive years of one basis; dark where both ends still stand."""
    if indicator.kind == "flow":
        return
    points = list(group[["year", "value"]].itertuples())
    for (first, year, value), (second, later, after) in itertools.pairwise(points):
        if later == year + 1:
            standing = first in current and second in current
            axes.plot(
                [year, later], [value, after], color=INK if standing else PALE, lw=1.3, zorder=2 + standing
            )


def _bars(axes: Axes, rows: pd.DataFrame) -> None:
    hollow = rows["status"].isin(HOLLOW)
    axes.bar(
        rows["year"],
        rows["value"],
        0.5,
        color=np.where(hollow, "white", "#555555"),
        edgecolor="#555555",
        lw=0.8,
        zorder=2,
    )


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    hollow = rows["status"].isin(HOLLOW)
    axes.plot(rows.loc[~hollow, "year"], rows.loc[~hollow, "value"], "o", ms=3.6, color=INK, zorder=5)
    axes.plot(
        rows.loc[hollow, "year"],
        rows.loc[hollow, "value"],
        "o",
        ms=4.2,
        mfc="white",
        mec=INK,
        mew=1,
        zorder=5,
    )


def _note(
    axes: Axes, x: float, y: float, text: str, colour: str = GREY, shift: tuple[float, float] = (0, 5)
) -> None:
    axes.annotate(
        text, (x, y), xytext=shift, textcoords="offset points", ha="center", size=6.8, color=colour, zorder=7
    )


def _last_label(
    axes: Axes, rows: pd.DataFrame, assessment: Assessment, indicator: Indicator, language: str
) -> list:
    if rows.empty:
        return []
    last = rows.iloc[-1]
    text = amount(last["value"], indicator, language, unit=False)
    if last["year"] == assessment.target.deadline:
        return [(last["value"], {"zh": f"结果 {text}", "en": f"outcome {text}"}[language], INK)]
    _note(axes, last["year"], last["value"], text, INK, (-4, 3) if indicator.kind != "flow" else (0, 3))
    return []


def _expected(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the intervals; return the labels of the deadline's."""
    table = assessment.quantiles.pivot(index="year", columns="quantile", values="value").sort_index()
    table.columns = table.columns.to_numpy().round(4)
    (_sticks if indicator.integer else _bands)(axes, table, assessment)
    end = table.loc[assessment.target.deadline]
    number = lambda value: amount(value, indicator, language, unit=False)  # noqa: E731
    middle = {"zh": "中位数", "en": "median"}[language]
    space = {"zh": "", "en": " "}[language]
    return [
        (end[0.5], f"{middle} {number(end[0.5])}", BLUE),
        *[
            (end[level], f"{width}{space}% {number(end[level])}", BLUE)
            for width, *levels, _ in BANDS[:2]
            for level in levels
        ],
    ]


def _bands(axes: Axes, table: pd.DataFrame, assessment: Assessment) -> None:
    """Widening bands that start at the last known value."""
    origin, value = assessment.predictive.known[-1]
    table = pd.concat([pd.DataFrame(value, index=[origin], columns=table.columns), table])
    for _, low, high, colour in BANDS:
        axes.fill_between(table.index, table[low], table[high], color=colour, lw=0, zorder=1)
    axes.plot(table.index, table[0.5], color=BLUE, lw=1.3, zorder=2)


def _sticks(axes: Axes, table: pd.DataFrame, assessment: Assessment) -> None:
    """One bar a year, thicker where half of the probability lies."""
    for (_, low, high, colour), width in zip(BANDS, (0.24, 0.38, 0.52), strict=True):
        axes.bar(
            table.index, table[high] - table[low], width, bottom=table[low], color=colour, lw=0, zorder=2
        )
    axes.hlines(table[0.5], table.index - 0.3, table.index + 0.3, color=BLUE, lw=1.6, zorder=3)


def _goal(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the goal where it is a value of the indicator; return its label."""
    level = assessment.row["goal"]
    if level is None or assessment.target.kind in ("growth", "cumulative"):
        return []
    axes.axhline(level, color=RED, lw=1.2, zorder=4)
    text = amount(level, indicator, language, unit=False)
    than = assessment.target.than
    word = {
        "zh": f"{than}年 {text}" if than else f"目标 {text}",
        "en": f"{than}: {text}" if than else f"goal {text}",
    }
    return [(level, word[language], RED)]


def _years(axes: Axes, assessment: Assessment, integer: bool) -> None:
    """Set whole years on the axis, up to the deadline."""
    last = assessment.target.deadline
    first = min([last - 3, *assessment.history["year"], *assessment.shown["year"]])
    axes.set_xlim(first - 0.4, last + 0.4)
    axes.set_xticks(range(last, first - 1, -1 if last - first < 16 else -2))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=integer))


def _breaks(axes: Axes, assessment: Assessment, language: str) -> None:
    """Mark between which years the basis changes without an overlap: that step is no growth."""
    series = assessment.series
    where = (
        [
            year - 0.5
            for year, broken in zip(series.years, series.broken[0], strict=True)
            if broken and year <= assessment.target.deadline
        ]
        if series.years
        else []
    )
    for x in where:
        axes.axvline(x, color=PALE, lw=0.8, ls=(0, (2, 2)), zorder=1)
    if where:
        words = {"zh": "口径调整", "en": "basis changed"}[language]
        axes.annotate(words, (where[-1], 1), xycoords=("data", "axes fraction"), xytext=(-2, -2), textcoords="offset points",
                      rotation=90, ha="right", va="top", size=6.3, color=GREY)  # fmt: skip


@matplotlib.rc_context(STYLE)
def conditional(assessment: Assessment, language: str, catalogue: Catalogue | None = None) -> Figure:
    """Draw, for a region without figures of its own, the chance of the goal for each value of the year before."""
    catalogue = catalogue or sources.catalogue()
    indicator, found = catalogue.indicators[assessment.target.indicator], assessment.conditional
    foot = _source(assessment.history, assessment.as_of, catalogue, language, _peers(assessment, language))
    figure, axes = _page(
        claim(assessment, language, catalogue),
        _subtitle(assessment, catalogue, language),
        foot,
        right=32,
        below=5,
    )
    style = {"marker": "o", "ms": 3, "lw": 0} if indicator.integer else {"lw": 1.6}
    axes.plot(found.table["base"], found.table["p"], color=BLUE, **style)
    axes.axvline(assessment.target.goal, color=RED, lw=1.2)
    text = {"zh": "目标 ", "en": "goal "}[language] + amount(
        assessment.target.goal, indicator, language, unit=False
    )
    axes.annotate(text, (assessment.target.goal, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
                  textcoords="offset points", va="top", size=7, color=RED)  # fmt: skip
    _break_even(axes, found.break_even, indicator, language)
    _chances(axes, language)
    year = assessment.target.deadline - 1
    axes.set_xlabel(
        {"zh": f"{year}年的数值（尚不掌握）", "en": f"value of {year} (not known)"}[language], size=7.5
    )
    return figure


def _peers(assessment: Assessment, language: str) -> str:
    count, widened = len(assessment.peers), assessment.conditional.widened
    zh = f"概率依据{count}个可比地区的历年变动" + (f"，波动放宽为{widened:g}倍。" if widened != 1 else "。")
    en = f"Chances rest on the yearly changes of {count} comparable regions" + (
        f", widened {widened:g} times. " if widened != 1 else ". "
    )
    return {"zh": zh, "en": en}[language]


def _break_even(axes: Axes, base: float | None, indicator: Indicator, language: str) -> None:
    if base is None:
        return
    axes.plot([base, base, axes.get_xlim()[0]], [0, 0.5, 0.5], color=GREY, lw=0.8, ls=(0, (3, 2)), zorder=1)
    axes.plot(base, 0.5, "o", ms=5, color=BLUE, zorder=4)
    text = amount(base, indicator, language, unit=False)
    words = {"zh": f"{text}：机会相当", "en": f"{text}: even chance"}[language]
    axes.annotate(
        words, (base, 0.5), xytext=(-6, 5), textcoords="offset points", ha="right", size=7.5, color=BLUE
    )


def _chances(axes: Axes, language: str) -> None:
    """Scale an axis of probabilities, with the limits of the likelihood words beside it."""
    axes.set_ylim(0, 1.02)
    axes.set_xmargin(0)
    axes.autoscale(axis="x")
    axes.set_yticks(
        [0, 0.1, 0.33, 0.5, 0.66, 0.9, 1], [percent(p, language) for p in (0, 0.1, 0.33, 0.5, 0.66, 0.9, 1)]
    )
    edges = [1.0, *[low for low, _, _ in tables.LIKELIHOOD if low >= 0.1], 0.0]
    middles = [(high + low) / 2 for high, low in itertools.pairwise(edges)]
    _beside(axes, [(middle, tables.likelihood(middle, language), GREY) for middle in middles])


# ------------------------------------------------------------------------------------------------------ a plan


@matplotlib.rc_context(STYLE)
def probabilities(rows: pd.DataFrame, plan, language: str) -> Figure:
    """Draw the probability of each target of a plan that has one, with its range, in the plan's order.

    Parameters
    ----------
    rows : an attainment table of one date
    plan : the plan it belongs to
    """
    known = rows[rows["p_attain"].notna()].iloc[::-1]
    counted = {
        "zh": f"{len(rows)}项目标中{len(known)}项有概率或结果",
        "en": f"{len(known)} of {len(rows)} targets have a probability or an outcome",
    }
    foot = {"zh": f"细线为随模型和估计变动的范围。截至{day(rows['as_of'].iloc[0], 'zh')}已知。",
            "en": f"Thin lines: range over models and estimation. As known on {day(rows['as_of'].iloc[0], 'en')}."}  # fmt: skip
    figure, axes = _page(
        counted[language],
        getattr(plan.title, language),
        foot[language],
        height=34 + 6 * max(len(known), 1),
        left=66,
        right=16,
    )
    places = np.arange(len(known))
    axes.hlines(places, known["p_low"], known["p_high"], color=BANDS[1][-1], lw=2.5)
    colours = [{"met": GREEN, "missed": RED}.get(verdict, BLUE) for verdict in known["verdict"]]
    axes.scatter(known["p_attain"], places, s=22, color=colours, zorder=3)
    titles = [_wrap(getattr(plan.target(one).title, language), 27) for one in known["target"]]
    axes.set_yticks(places, [lines[0] + ("…" if len(lines) > 1 else "") for lines in titles])
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, len(known) - 0.4))
    axes.set_xticks(
        [0, 0.1, 0.33, 0.66, 0.9, 1], [percent(p, language) for p in (0, 0.1, 0.33, 0.66, 0.9, 1)]
    )
    words = [percent(p, language) if verdict == "open" else tables.VERDICTS[verdict][language]
             for p, verdict in zip(known["p_attain"], known["verdict"], strict=True)]  # fmt: skip
    _beside(axes, list(zip(places, words, colours, strict=True)))
    return figure


@matplotlib.rc_context(STYLE)
def probabilities_over_time(rows: pd.DataFrame, plan, language: str) -> Figure:
    """Draw how the probability of each target moved as figures came out.

    Parameters
    ----------
    rows : attainment tables of several dates, as of ``attainment.over_time``
    """
    known = rows[rows["p_attain"].notna()]
    days = pd.to_datetime(rows["as_of"])
    foot = {"zh": f"每点为数据有变动的一天。截至{day(days.max(), 'zh')}已知。",
            "en": f"Each point is a day on which figures changed. As known on {day(days.max(), 'en')}."}[language]  # fmt: skip
    figure, axes = _page(_moved(known, plan, language), getattr(plan.title, language), foot, right=42)
    labels = []
    for name, group in known.groupby("target", sort=False):
        when = pd.to_datetime(group["as_of"])
        axes.fill_between(when, group["p_low"], group["p_high"], step="post", color=BLUE, alpha=0.12, lw=0)
        axes.step(when, group["p_attain"], where="post", color=BLUE, lw=1.2, marker="o", ms=3)
        title = _wrap(getattr(plan.target(name).title, language), 14)
        labels.append((group["p_attain"].iloc[-1], title[0] + ("…" if len(title) > 1 else ""), INK))
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks(
        [0, 0.1, 0.33, 0.66, 0.9, 1], [percent(p, language) for p in (0, 0.1, 0.33, 0.66, 0.9, 1)]
    )
    _dates(axes, days)
    _beside(axes, labels)
    return figure


def _moved(known: pd.DataFrame, plan, language: str) -> str:
    days = known["as_of"].nunique()
    if known["target"].nunique() != 1:
        return {
            "zh": f"各目标概率在{days}个数据日期的变化",
            "en": f"Probabilities of the targets on {days} dates with new figures",
        }[language]
    first, last = (percent(known["p_attain"].iloc[i], language) for i in (0, -1))
    title = getattr(plan.target(known["target"].iloc[0]).title, language)
    return {
        "zh": f"“{title}”的达标概率由{first}变为{last}",
        "en": f"The probability of “{title}” went from {first} to {last}",
    }[language]


def _dates(axes: Axes, days: pd.Series) -> None:
    years = range(days.min().year, days.max().year + 2)
    axes.set_xticks(pd.to_datetime([f"{year}-01-01" for year in years]), [str(year) for year in years])
    span = days.max() - days.min()
    axes.set_xlim(
        days.min() - 0.03 * span - pd.Timedelta(days=3), days.max() + 0.03 * span + pd.Timedelta(days=3)
    )


# ------------------------------------------------------------------------------------------------------ the panel


@matplotlib.rc_context(STYLE)
def known(observations: pd.DataFrame, region: str, as_of: str, catalogue: Catalogue, language: str,
          indicators: Iterable[str] | None = None) -> Figure:  # fmt: skip
    """Draw which years of which indicators are known of a region, how well rated, and since when.

    Parameters
    ----------
    observations : table of ``sources.load``
    indicators : which; all with a figure when None. Those without any stay as empty rows
    """
    rows = observations[observations["region"].eq(region) & observations["published"].le(pd.Timestamp(as_of))]
    keys = (
        list(indicators)
        if indicators is not None
        else [key for key in catalogue.indicators if key in set(rows["indicator"])]
    )
    rows = rows[rows["indicator"].isin(keys)]
    figure, axes = _page(_known_claim(rows, keys, catalogue.regions[region], language), _ratings(language),
                         _source(rows, as_of, catalogue, language), height=40 + 5 * len(keys), left=62, right=30)  # fmt: skip
    places = {key: len(keys) - 1 - position for position, key in enumerate(keys)}
    for row in rows.sort_values("published").drop_duplicates(["indicator", "year"], keep="last").itertuples():
        _cell(axes, row, places[row.indicator], catalogue)
    names = [getattr(catalogue.indicators[key], language) for key in reversed(keys)]
    axes.set_yticks(range(len(keys)), [_wrap(name, 25)[0] for name in names])
    first, last = (
        (int(rows["year"].min()), int(rows["year"].max()))
        if len(rows)
        else (int(as_of[:4]) - 3, int(as_of[:4]))
    )
    axes.set(xlim=(first - 0.6, last + 0.6), ylim=(-0.7, len(keys) - 0.3))
    axes.set_xticks(range(first, last + 1, 1 if last - first < 16 else 2))
    _beside(axes, [(places[key], _since(rows[rows["indicator"].eq(key)], language), GREY) for key in keys])
    return figure


def _known_claim(rows: pd.DataFrame, keys: list[str], region, language: str) -> str:
    usable = rows[rows["status"].isin(tables.USABLE)]
    cells = len(usable.drop_duplicates(["indicator", "year"]))
    empty = len(set(keys) - set(usable["indicator"]))
    zh = f"{region.zh}：{len(keys)}项指标中{empty}项无可用数据，其余共{cells}个年度数据"
    en = f"{region.en}: {empty} of {len(keys)} indicators have no usable figure, the others {cells} yearly figures in all"
    return {"zh": zh, "en": en}[language]


RATING = {"green": GREEN, "amber": AMBER, "red": RED}
_SHAPE = {"green": "o", "amber": "D", "red": "s"}


def _ratings(language: str) -> str:
    return {
        "zh": "来源质量：圆＝绿，菱形＝黄，方＝红；空心＝初步数，×＝仅供参考",
        "en": "Quality of source: circle green, diamond amber, square red; hollow preliminary, × evidence only",
    }[language]


def _cell(axes: Axes, row, place: int, catalogue: Catalogue) -> None:
    rating = catalogue.sources[row.source].quality
    colour, shape = RATING[rating], "x" if row.status in tables.EVIDENCE_ONLY else _SHAPE[rating]
    hollow = row.status in HOLLOW
    axes.plot(row.year, place, shape, ms=4.5, mfc="white" if hollow else colour, mec=colour, mew=1)


def _since(rows: pd.DataFrame, language: str) -> str:
    if rows.empty:
        return {"zh": "无数据", "en": "nothing"}[language]
    first, last = rows["published"].min(), rows["published"].max()
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"


@matplotlib.rc_context(STYLE)
def revisions(observations: pd.DataFrame, region: str, indicator: str, as_of: str, catalogue: Catalogue,
              language: str) -> Figure:  # fmt: skip
    """Draw every published value of each year of a series, first to latest: what was revised, and by how much."""
    rows = observations[observations["region"].eq(region) & observations["indicator"].eq(indicator)]
    rows = rows[rows["published"].le(pd.Timestamp(as_of)) & rows["status"].isin(tables.USABLE)]
    rows = rows[rows["period"].str.len().eq(4)].sort_values(["year", "published"])
    entry = catalogue.indicators[indicator]
    changed = [group["value"].to_numpy() for _, group in rows.groupby("year") if group["value"].nunique() > 1]
    figure, axes = _page(
        _revised(changed, rows["year"].nunique(), entry, language),
        _titled(getattr(catalogue.regions[region], language), entry, catalogue, language),
        _source(rows, as_of, catalogue, language),
    )
    for year, group in rows.groupby("year"):
        values = group["value"].to_numpy()
        axes.plot(np.full(len(values), year), values, "-", color=PALE, lw=1.5, zorder=1)
        axes.plot(
            np.full(len(values) - 1, year), values[:-1], "o", ms=3.5, mfc="white", mec=GREY, mew=1, zorder=2
        )
        axes.plot(year, values[-1], "o", ms=4, color=INK, zorder=3)
        if len(set(values)) > 1:
            told = "→".join(amount(value, entry, language, unit=False) for value in dict.fromkeys(values))
            _note(axes, year, values.max(), told, INK)
    axes.set_xticks(sorted(rows["year"].unique()))
    axes.set_ymargin(0.12)
    axes.autoscale(axis="y")
    return figure


def _revised(changed: list[np.ndarray], years: int, indicator: Indicator, language: str) -> str:
    if not changed:
        return {"zh": f"{years}个年度数据均未修订", "en": f"None of {years} yearly figures was revised"}[
            language
        ]
    steps = [values[-1] - values[0] for values in changed]
    low, high = (amount(step, indicator, language, unit=False) for step in (min(steps), max(steps)))
    return {
        "zh": f"{years}个年度数据中{len(changed)}个经过修订，累计变动{low}至{high}",
        "en": f"{len(changed)} of {years} yearly figures were revised, by {low} to {high} in all",
    }[language]


# ------------------------------------------------------------------------------------------------------ for a memo


def pictures(assessment: Assessment, catalogue: Catalogue) -> dict[str, dict[str, bytes]]:
    """Return the figure of a memo in each language as PNG and SVG; nothing where there is nothing to draw."""
    figures = {language: answer(assessment, language, catalogue) for language in ("zh", "en")}
    return {
        language: {"png": png(figure), "svg": svg(figure)} for language, figure in figures.items() if figure
    }
