"""Figures on one target: what is known and expected, or what would have to be known."""

import itertools

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.plots import page, words
from analysis.plots.page import BANDS, BLUE, DARK, GREY, INK, PALE, RED

HOLLOW = ("preliminary", "flash")


def answer(assessment: Assessment, language: str, catalogue: Catalogue,
           observations: pd.DataFrame | None = None) -> Figure | None:  # fmt: skip
    """Return the figure that fits the evidence on a target, `fan` or `conditional`; None without any."""
    if len(assessment.history) or len(assessment.quantiles):
        return fan(assessment, language, catalogue, observations)
    return conditional(assessment, language, catalogue) if assessment.conditional is not None else None


def pictures(assessment: Assessment, catalogue: Catalogue,
             observations: pd.DataFrame | None = None) -> dict[str, dict[str, bytes | str]]:  # fmt: skip
    """Return a memo's figure in each language as PNG, SVG and words; empty where there is nothing to draw."""
    figures = {code: answer(assessment, code, catalogue, observations) for code in ("zh", "en")}
    return {
        code: {"png": page.png(figure), "svg": page.svg(figure), "alt": page.told(figure, code)}
        for code, figure in figures.items()
        if figure
    }


@page.styled
def fan(assessment: Assessment, language: str, catalogue: Catalogue,
        observations: pd.DataFrame | None = None) -> Figure:  # fmt: skip
    """Draw what is known and expected of a target: history, 50/80/95 % intervals, goal, outcome.

    Amounts and ratios get bands; counts, which have no values in between, one bar of intervals a year.

    Parameters
    ----------
    assessment : of ``attainment.assess``
    language : "zh" or "en"
    catalogue : names and units; the project's own when None
    observations : table of ``releases.load``; with it, values that were revised later are drawn too, pale
    """
    indicator = catalogue.indicators[assessment.target.indicator]
    foot = words.source(
        assessment.history, assessment.as_of, catalogue, language, _borrowed(assessment, language)
    )
    head = words.subtitle(assessment.plan.region, indicator, catalogue, language)
    figure, axes = page.opened(words.claim(assessment, language, catalogue), head, foot)
    labels = _history(axes, assessment, indicator, language)
    _earlier(axes, assessment, observations, language)
    labels += _expected(axes, assessment, indicator, language)
    labels += _goal(axes, assessment, indicator, language)
    _years(axes, assessment, indicator)
    _breaks(axes, assessment, language)
    page.beside(axes, labels)
    return figure


def _borrowed(assessment: Assessment, language: str) -> str:
    if not assessment.peers or assessment.quantiles.empty:
        return ""
    count = len(assessment.peers)
    return {
        "zh": f"预测借鉴了{count}个可比地区的历年变动。",
        "en": f"Expectations borrow from the yearly changes of {count} comparable regions. ",
    }[language]


# ---------------------------------------------------------------------------------------------- what is known


def _history(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the known years up to the deadline, superseded bases pale; return the label of an outcome."""
    rows = _until(assessment.history, assessment)
    current = rows.groupby("year").tail(1)
    if indicator.kind == "flow":
        hollow = current["status"].isin(HOLLOW)
        axes.bar(
            current["year"], current["value"], 0.5, color=np.where(hollow, "white", DARK), ec=DARK, lw=0.8
        )
    else:
        _lines(axes, rows, set(current.index))
        _points(axes, rows, current)
    _evidence(axes, _until(assessment.shown, assessment), language)
    _so_far(axes, assessment, language)
    return _last(axes, current, assessment, indicator, language) if len(current) else []


def _until(rows: pd.DataFrame, assessment: Assessment) -> pd.DataFrame:
    return rows[rows["year"] <= _last_year(assessment)]


def _last_year(assessment: Assessment) -> int:
    """The deadline, or the later year whose figure the expectations lead to."""
    predictive = assessment.predictive
    return predictive.later[0] if predictive and predictive.later else assessment.target.deadline


def _lines(axes: Axes, rows: pd.DataFrame, current: set) -> None:
    """Join consecutive years of one basis; dark where both ends still stand."""
    strokes = {True: [], False: []}
    for _, group in rows.groupby("basis", sort=False):
        points = group[["year", "value"]].itertuples()
        for (first, year, value), (second, later, after) in itertools.pairwise(points):
            if later == year + 1:
                strokes[first in current and second in current].append([(year, value), (later, after)])
    for standing, parts in strokes.items():
        colour = INK if standing else PALE
        axes.add_collection(LineCollection(parts, colors=colour, linewidths=1.3, zorder=2 + standing))


def _points(axes: Axes, rows: pd.DataFrame, current: pd.DataFrame) -> None:
    old = rows.drop(current.index)
    hollow = current["status"].isin(HOLLOW)
    axes.plot(old["year"], old["value"], "o", ms=3, color=PALE, zorder=3)
    axes.plot(current["year"][~hollow], current["value"][~hollow], "o", ms=3.6, color=INK, zorder=5)
    axes.plot(
        current["year"][hollow], current["value"][hollow], "o", ms=4.2, mfc="white", mec=INK, mew=1, zorder=5
    )


_EVIDENCE = {
    "estimate": {"zh": "预计数，未采用", "en": "an expectation, not used"},
    "lower_bound": {"zh": "下限，未采用", "en": "a lower bound, not used"},
}


def _evidence(axes: Axes, shown: pd.DataFrame, language: str) -> None:
    axes.plot(shown["year"], shown["value"], "x", ms=5, mew=1, color=GREY, zorder=4)
    for row in shown.itertuples():
        page.note(axes, row.year, row.value, _EVIDENCE[row.status][language])


def _so_far(axes: Axes, assessment: Assessment, language: str) -> None:
    """Draw the count of the running year, open at the top."""
    so_far = assessment.in_year
    if so_far is None or not so_far.month or assessment.row["outcome"] is not None:
        return
    year, month = assessment.target.deadline, int(so_far.month[5:])
    axes.bar(year, so_far.seen, 0.5, color="white", ec=DARK, lw=0.8, hatch="////", zorder=4)
    told = {"zh": f"1—{month}月 {so_far.seen}", "en": f"{so_far.seen} to {words.MONTHS[month - 1][:3]}"}[
        language
    ]
    page.note(axes, year - 0.29, so_far.seen, told, INK, (0, -3), ha="right")


def _last(
    axes: Axes, current: pd.DataFrame, assessment: Assessment, indicator: Indicator, language: str
) -> list:
    year, value = int(current["year"].iloc[-1]), float(current["value"].iloc[-1])
    told = words.amount(value, indicator, language)
    if year == assessment.target.deadline:
        return [(value, {"zh": f"结果 {told}", "en": f"outcome {told}"}[language], INK)]
    goal = assessment.row["goal"]
    low, high = axes.get_ylim()
    under = goal is not None and 0 < goal - value < 0.12 * (
        high - low
    )  # the goal's line would cross the number
    page.note(
        axes, year, value, told, INK, (0, 2) if indicator.kind == "flow" else (2, -10) if under else (-4, 3)
    )
    return []


def _earlier(axes: Axes, assessment: Assessment, observations: pd.DataFrame | None, language: str) -> None:
    """Draw values that stood before a revision on the same basis."""
    if observations is None:
        return
    rows = observations[observations["published"].le(pd.Timestamp(assessment.as_of))]
    keys = ["region", "indicator", "period", "basis"]
    rows = rows[rows["status"].isin(tables.USABLE)].merge(
        assessment.history[[*keys, "value"]], on=keys, suffixes=("", "_now")
    )
    old = rows[rows["value"].ne(rows["value_now"])]
    axes.plot(old["year"], old["value"], "o", ms=3, mfc="white", mec=GREY, mew=0.7, zorder=4)


# ------------------------------------------------------------------------------------------- what is expected


def _expected(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the intervals; return the labels of the deadline's."""
    if assessment.quantiles.empty:
        return []
    table = assessment.quantiles.pivot(index="year", columns="quantile", values="value").sort_index()
    table.columns = table.columns.to_numpy().round(4)
    (_sticks if indicator.integer else _bands)(axes, table, assessment)
    end, space = table.iloc[-1], {"zh": "", "en": " "}[language]
    labels, year = {}, _year_told(assessment, language)
    for width, *levels, _ in BANDS[1::-1]:
        for level in levels:
            labels.setdefault(words.amount(end[level], indicator, language), []).append(
                (f"{width}{space}%", end[level])
            )
    middle = year + {"zh": "中位数", "en": "median"}[language]
    told = [
        (marks[0][1], f"{', '.join(mark for mark, _ in marks)} {number}", BLUE)
        for number, marks in labels.items()
    ]
    return [*told, (end[0.5], f"{middle} {words.amount(end[0.5], indicator, language)}", BLUE)]


def _year_told(assessment: Assessment, language: str) -> str:
    """Whose intervals the labels give, where the axis goes on beyond the deadline."""
    deadline = assessment.target.deadline
    return (
        "" if _last_year(assessment) == deadline else {"zh": f"{deadline}年", "en": f"{deadline} "}[language]
    )


def _bands(axes: Axes, table: pd.DataFrame, assessment: Assessment) -> None:
    """Widening bands that start at the last known value."""
    known = assessment.history[assessment.history["year"] < table.index[0]]
    start = pd.DataFrame(known["value"].iloc[-1], index=[known["year"].iloc[-1]], columns=table.columns)
    table = pd.concat([start, table])
    for _, low, high, colour in BANDS:
        axes.fill_between(table.index, table[low], table[high], color=colour, lw=0, zorder=1)
    axes.plot(table.index, table[0.5], color=BLUE, lw=1.3, zorder=2)


def _sticks(axes: Axes, table: pd.DataFrame, assessment: Assessment) -> None:
    """One bar a year, wider where half of the probability lies."""
    for (_, low, high, colour), width in zip(BANDS, (0.24, 0.38, 0.52), strict=True):
        axes.bar(
            table.index, table[high] - table[low], width, bottom=table[low], color=colour, lw=0, zorder=2
        )
    axes.hlines(table[0.5], table.index - 0.3, table.index + 0.3, color=BLUE, lw=1.6, zorder=3)


def _goal(axes: Axes, assessment: Assessment, indicator: Indicator, language: str) -> list:
    """Draw the goal where it is a value of the indicator; return its label."""
    level, than = assessment.row["goal"], assessment.target.than
    if level is None or not kinds.of(assessment.target).level:
        return []
    axes.axhline(level, color=RED, lw=1.2, zorder=4)
    if than:
        told = words.amount(level, indicator, language)
        return [(level, {"zh": f"{than}年 {told}", "en": f"{than}: {told}"}[language], RED)]
    return [(level, {"zh": f"目标 {level:g}", "en": f"goal {level:g}"}[language], RED)]


def _years(axes: Axes, assessment: Assessment, indicator: Indicator) -> None:
    """Set whole years on the axis, up to the deadline, and round steps on the other."""
    last = _last_year(assessment)
    first = min([last - 3, *assessment.history["year"], *assessment.shown["year"]])
    axes.set_xlim(first - 0.45, last + 0.45)
    axes.set_xticks(range(last, first - 1, -1 if last - first < 16 else -2))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=indicator.integer))
    axes.margins(y=0.08)
    if indicator.bounds[0] == 0 and (indicator.integer or axes.get_ylim()[0] < 0):
        axes.set_ylim(bottom=0)


def _breaks(axes: Axes, assessment: Assessment, language: str) -> None:
    """Mark between which years the basis changes without an overlap: that step is no growth."""
    series, last = assessment.series, assessment.target.deadline
    broken = series.broken[0] if series.years else []
    where = [year - 0.5 for year, one in zip(series.years, broken, strict=True) if one and year <= last]
    for x in where:
        axes.axvline(x, color=PALE, lw=0.8, ls=(0, (2, 2)), zorder=1)
    if where:
        told = {"zh": "口径调整", "en": "new basis"}[language]
        axes.annotate(told, (where[-1], 0), xycoords=("data", "axes fraction"), xytext=(-1.5, 3), rotation=90,
                      textcoords="offset points", ha="right", va="bottom", size=6.3, color=GREY)  # fmt: skip


# -------------------------------------------------------------------------------------- without local figures


@page.styled
def conditional(assessment: Assessment, language: str, catalogue: Catalogue) -> Figure:
    """Draw, for a region without figures of its own, the goal's chance for each last value it may have."""
    indicator, found = catalogue.indicators[assessment.target.indicator], assessment.conditional
    foot = words.source(
        assessment.history, assessment.as_of, catalogue, language, _lent(assessment, language)
    )
    head = words.subtitle(assessment.plan.region, indicator, catalogue, language)
    figure, axes = page.opened(words.claim(assessment, language, catalogue), head, foot, right=32, below=5)
    style = {"marker": "o", "ms": 3, "lw": 0} if indicator.integer else {"lw": 1.6}
    axes.plot(found.table["base"], found.table["p"], color=BLUE, **style)
    _goal_across(axes, assessment.target.goal, language)
    _chances(axes, language)
    _break_even(axes, found.break_even, indicator, language)
    year = assessment.target.deadline - 1
    axes.set_xlabel(
        {"zh": f"{year}年的数值（尚不掌握）", "en": f"value of {year} (not known)"}[language], size=7.5
    )
    return figure


def _lent(assessment: Assessment, language: str) -> str:
    count, widened = len(assessment.peers), assessment.conditional.widened
    zh = f"，波动放宽为{widened:g}倍" if widened != 1 else ""
    en = f", widened {widened:g} times" if widened != 1 else ""
    return {
        "zh": f"概率依据{count}个可比地区的历年变动{zh}。",
        "en": f"Chances rest on the yearly changes of {count} comparable regions{en}. ",
    }[language]


def _goal_across(axes: Axes, level: float, language: str) -> None:
    axes.axvline(level, color=RED, lw=1.2)
    told = {"zh": f"目标 {level:g}", "en": f"goal {level:g}"}[language]
    axes.annotate(told, (level, 1), xycoords=("data", "axes fraction"), xytext=(3, -2), va="top", size=7,
                  textcoords="offset points", color=RED)  # fmt: skip


def _break_even(axes: Axes, base: float | None, indicator: Indicator, language: str) -> None:
    if base is None:
        return
    axes.plot([base, base, axes.get_xlim()[0]], [0, 0.5, 0.5], color=GREY, lw=0.8, ls=(0, (3, 2)), zorder=1)
    axes.plot(base, 0.5, "o", ms=5, color=BLUE, zorder=4)
    told = words.amount(base, indicator, language)
    told = {"zh": f"{told}：机会相当", "en": f"{told}: even chance"}[language]
    page.note(axes, base, 0.5, told, BLUE, (-6, 5), ha="right", size=7.5)


def _chances(axes: Axes, language: str) -> None:
    """Scale an axis of probabilities by the limits of the likelihood words, which stand beside it."""
    edges = [1.0, *[low for low, _, _ in tables.LIKELIHOOD if low < 0.99 and low != 0.01]]
    axes.margins(x=0)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([*edges, 0.5], [words.percent(p, language) for p in (*edges, 0.5)])
    middles = [(high + low) / 2 for high, low in itertools.pairwise(edges)]
    page.beside(axes, [(middle, tables.likelihood(middle, language), GREY) for middle in middles])
