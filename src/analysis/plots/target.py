"""Figures on one target: what is known and expected, or what would have to be known."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from analysis import drawn, kinds, outlook, printing, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.kinds.within import InYear
from analysis.plots import claims, page
from analysis.plots.page import BANDS, BLUE, DARK, GREY, INK, PALE, RED, Drawing
from analysis.printing import Voice
from analysis.situations import Conditional, Forecast, Probability

OWN = 3  # figures that stand by themselves
CLEAR = 1.2  # mm between a label and a line
HIGH = 0.85  # a probability above which no words fit under the head
RECENT = 3  # years before the last one drawn of the regions above, as the axis has at least


def answer(assessment: Assessment, language: str, catalogue: Catalogue,
           figures: pd.DataFrame | None = None) -> Drawing | None:  # fmt: skip
    """Return the figure that fits the evidence on a target, `fan` or `conditional`; None without any."""
    given, lent = assessment.answer, assessment.lent
    drawn = len(assessment.history) > 0 or isinstance(given, Probability)
    placed = isinstance(given, Forecast) and given.predictive.placed is not None
    if isinstance(lent, Conditional) and (placed or not drawn):  # an interval of one year says less
        return conditional(assessment, lent, language, catalogue, figures)
    return fan(assessment, language, catalogue, figures) if drawn else None


def answers(assessment: Assessment, catalogue: Catalogue,
            figures: pd.DataFrame | None = None) -> dict[str, Drawing]:  # fmt: skip
    """Return `answer` in each language; empty where there is nothing to draw."""
    drawn = {code: answer(assessment, code, catalogue, figures) for code in printing.LANGUAGES}
    return {code: figure for code, figure in drawn.items() if figure}


def pictures(drawn: Mapping[str, Drawing]) -> dict[str, dict[str, bytes | str]]:
    """Return a memo's figure in each language as PNG, SVG and words."""
    return {
        code: {"png": figure.picture, "svg": page.svg(figure), "alt": page.told(figure, code)}
        for code, figure in drawn.items()
    }


@page.styled
def fan(assessment: Assessment, language: str, catalogue: Catalogue,
        figures: pd.DataFrame | None = None) -> Drawing:  # fmt: skip
    """Draw what is known and expected of a target: history, 50/80/95 % intervals, goal, outcome.

    Amounts and ratios get bands; counts, which have no values in between, one bar of intervals a year.

    Parameters
    ----------
    assessment : of ``attainment.assess``
    language : "zh" or "en"
    figures : of a dossier; with them, values that were revised later are drawn too, pale, and beside one or
        two own figures those of the regions above
    """
    indicator, voice = catalogue.indicators[assessment.target.indicator], Voice(language, catalogue)
    more = _borrowed(assessment, voice) + _ends(assessment, voice)
    foot = claims.source(_behind(assessment, figures, catalogue), assessment.as_of, voice, more)
    head = claims.head(assessment.plan.region, indicator, voice, assessment.target, assessment.typical)
    figure, axes = page.opened(claims.told(assessment, voice), head, foot)
    labels = _history(axes, assessment, indicator, voice, figures)
    if figures is not None:
        _superseded(axes, figures)
        _above(axes, assessment, figures, voice)
    labels += _expected(axes, assessment, indicator, voice)
    labels += _goal(axes, assessment, voice)
    _years(axes, assessment, indicator, voice)
    _breaks(axes, assessment, voice)
    page.beside(axes, labels)
    return figure


def _behind(assessment: Assessment, figures: pd.DataFrame | None, catalogue: Catalogue) -> pd.DataFrame:
    """Return the figures drawn, and those that the answer rests on as well.

    That is, of a flow or stock, and of the region above by whose figure this one is placed.
    """
    drawn = _until(assessment.history, assessment)
    if figures is None:
        return drawn
    above = [rows for _, rows in _recent(assessment, figures, catalogue)]
    parts = [
        drawn,
        outlook.informing(assessment, figures, catalogue),
        _placing(assessment, figures, catalogue),
    ]
    return pd.concat([part for part in (*parts, *above) if len(part)] or [drawn], ignore_index=True)


def _placing(assessment: Assessment, figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the parent's figure by which a region without its own is placed."""
    answer = assessment.answer
    placed = answer.predictive.placed if isinstance(answer, Forecast) else None
    if not isinstance(answer, Forecast) or placed is None:
        return figures.iloc[:0]
    key, parent = catalogue.placed_by(str(assessment.target.indicator)), answer.predictive.peers[0]
    rows = figures[figures["region"].eq(parent) & figures["indicator"].eq(key)]
    return rows[rows["year"].eq(placed.year)].drop_duplicates("year")


def _borrowed(assessment: Assessment, voice: Voice) -> str:
    answer, peers = assessment.answer, assessment.peers
    if not peers or not isinstance(answer, Probability) or assessment.row["evidence"] == "region":
        return ""
    levels = {voice.catalogue.regions[code].level for code in peers}
    named = next((f"_{level}" for level in ("city", "province") if levels == {level}), "")
    return voice.say(f"figure.borrowed{named}", n=len(peers))


def _ends(assessment: Assessment, voice: Voice) -> str:
    return "" if drawn.expected(assessment).empty else voice.say("figure.ends")


# ---------------------------------------------------------------------------------------------- what is known


def _history(axes: Axes, assessment: Assessment, indicator: Indicator, voice: Voice,
             figures: pd.DataFrame | None) -> list:  # fmt: skip
    """Draw the known years up to the deadline, superseded bases pale; return the label of an outcome."""
    rows = _until(assessment.history, assessment)
    current = rows.groupby("year").tail(1)
    hollow = drawn.preliminary(current, figures, indicator)
    if indicator.kind == "flow":
        axes.bar(
            current["year"], current["value"], 0.5, color=np.where(hollow, "white", DARK), ec=DARK, lw=0.8
        )
    else:
        _lines(axes, rows, set(current.index))
        _points(axes, rows.drop(current.index), current, hollow)
    shown = _until(assessment.shown, assessment)
    _evidence(axes, shown[shown["year"].ge(_first_year(assessment))], voice)
    _so_far(axes, assessment, voice)
    return _last(axes, current, assessment, indicator, voice) if len(current) else []


def _until(rows: pd.DataFrame, assessment: Assessment) -> pd.DataFrame:
    return rows[rows["year"] <= _last_year(assessment)]


def _last_year(assessment: Assessment) -> int:
    """The deadline, or the later year whose figure the expectations lead to."""
    return assessment.later[0] if assessment.later else assessment.target.deadline


def _first_year(assessment: Assessment) -> int:
    """Return where the years begin: figures that are not used take a third of the axis at most."""
    last, known, unused = _last_year(assessment), assessment.history["year"], assessment.shown["year"]
    first, used = min([last - RECENT, *known]), min(known, default=last - RECENT)
    if not (unused < used).any():
        return first
    return max(min(first, min(unused)), used - (last - used + 1) // 2)


def _lines(axes: Axes, rows: pd.DataFrame, current: set) -> None:
    """Join consecutive years of one basis; dark where both ends still stand."""
    strokes: dict[bool, list] = {True: [], False: []}
    for _, group in rows.groupby("basis", sort=False):
        points = group[["year", "value"]].itertuples()
        for (first, year, value), (second, later, after) in itertools.pairwise(points):
            if later == year + 1:
                strokes[first in current and second in current].append([(year, value), (later, after)])
    for standing, parts in strokes.items():
        colour = INK if standing else PALE
        axes.add_collection(LineCollection(parts, colors=colour, linewidths=1.3, zorder=2 + standing))


def _points(axes: Axes, old: pd.DataFrame, current: pd.DataFrame, hollow: pd.Series) -> None:
    axes.plot(old["year"], old["value"], "o", ms=3, color=PALE, zorder=3)
    axes.plot(current["year"][~hollow], current["value"][~hollow], "o", ms=3.6, color=INK, zorder=5)
    axes.plot(
        current["year"][hollow], current["value"][hollow], "o", ms=4.2, mfc="white", mec=INK, mew=1, zorder=5
    )


def _evidence(axes: Axes, shown: pd.DataFrame, voice: Voice) -> None:
    axes.plot(shown["year"], shown["value"], "x", ms=5, mew=1, color=GREY, zorder=4)
    ordered = shown.sort_values("year", kind="stable")
    apart = ordered["year"].diff().gt(1) | ordered["status"].ne(ordered["status"].shift())
    for _, run in ordered.groupby(apart.cumsum()):  # one label for years in a row, over the highest in reach
        row = run.iloc[len(run) // 2]
        page.note(axes, row["year"], run["value"].max(), voice.say(f"figure.shown_{row['status']}"))


def _so_far(axes: Axes, assessment: Assessment, voice: Voice) -> None:
    """Draw what is there of the running year, open at the top."""
    so_far = assessment.in_year
    if so_far is None or not so_far.month or assessment.row["outcome"] is not None:
        return
    year, month = assessment.target.deadline, int(so_far.month[5:])
    axes.bar(year, so_far.seen, 0.5, color="white", ec=DARK, lw=0.8, hatch="////", zorder=4)
    name = voice.several("date.months")[month - 1]
    told = voice.say("figure.so_far", month=name, value=_seen(so_far, assessment, voice))
    ground = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8}  # over the bar before it
    page.note(axes, year - 0.29, so_far.seen, told, INK, (-2, -3), ha="right", bbox=ground)


def _seen(so_far: InYear, assessment: Assessment, voice: Voice) -> str:
    """Return a count or an amount so far as the axis has it."""
    if so_far.past is None:
        return voice.number(so_far.seen, 0)
    indicator = voice.catalogue.indicators[str(assessment.target.indicator)]
    return voice.amount(so_far.seen, indicator, assessment.typical)


def _last(
    axes: Axes, current: pd.DataFrame, assessment: Assessment, indicator: Indicator, voice: Voice
) -> list:
    year, value = int(current["year"].iloc[-1]), float(current["value"].iloc[-1])
    told = voice.amount(value, indicator, assessment.typical)
    if year == assessment.target.deadline:
        return [(value, voice.say("figure.outcome", value=told), INK)]
    goal = assessment.row["goal"]
    low, high = axes.get_ylim()
    under = goal is not None and 0 < goal - value < 0.12 * (
        high - low
    )  # the goal's line would cross the number
    bar = indicator.kind == "flow"
    at = goal if bar and under else value  # above the goal's line
    page.note(axes, year, at, told, INK, (0, 2) if bar else (2, -10) if under else (-4, 3))
    return []


def _superseded(axes: Axes, figures: pd.DataFrame) -> None:
    """Draw values that stood before a revision on the same basis."""
    old = figures[figures["role"].eq("superseded")]
    axes.plot(old["year"], old["value"], "o", ms=3, mfc="white", mec=GREY, mew=0.7, zorder=4)


def _above(axes: Axes, assessment: Assessment, figures: pd.DataFrame, voice: Voice) -> None:
    """Draw the recent figures of the regions above where a region has one or two of its own."""
    for code, rows in _recent(assessment, figures, voice.catalogue):
        for _, run in rows.groupby(drawn.stretches(rows)):
            axes.plot(run["year"], run["value"], "-o", ms=2.6, lw=0.8, color=GREY, zorder=2)
        year, value = rows["year"].iloc[-1], rows["value"].iloc[-1]
        page.note(axes, year, value, voice.regions([code]), GREY, (5, -3), ha="left")


def _recent(
    assessment: Assessment, figures: pd.DataFrame, catalogue: Catalogue
) -> list[tuple[str, pd.DataFrame]]:
    """Return the regions above whose recent figures are drawn, with them."""
    if len(assessment.history) >= OWN:
        return []
    last, beside = _last_year(assessment), figures[figures["role"].eq("beside")]
    beside = beside[beside["year"].between(last - RECENT, last)]
    given = ((code, beside[beside["region"].eq(code)]) for code in catalogue.above(assessment.plan.region))
    return [(code, rows.drop_duplicates("year", keep="last")) for code, rows in given if len(rows)]


# ------------------------------------------------------------------------------------------- what is expected


def _expected(axes: Axes, assessment: Assessment, indicator: Indicator, voice: Voice) -> list:
    """Draw the intervals; return the labels of the deadline's."""
    table = drawn.expected(assessment)
    if table.empty:
        return []
    (_sticks if indicator.integer else _bands)(axes, table)
    end = table.iloc[-1]
    labels: dict[str, list[tuple[str, float]]] = {}
    for width, *levels in drawn.LEVELS[1::-1]:
        for level in levels:
            mark = (voice.percent(width), end[level])
            number = voice.amount(end[level], indicator, assessment.typical)
            labels.setdefault(number, []).append(mark)
    told = [
        (marks[0][1], f"{', '.join(mark for mark, _ in marks)} {number}", BLUE)
        for number, marks in labels.items()
    ]
    return [*told, (end[0.5], _median(end[0.5], assessment, indicator, voice), BLUE)]


def _median(value: float, assessment: Assessment, indicator: Indicator, voice: Voice) -> str:
    """Name the deadline beside its median where the axis goes on beyond it."""
    deadline = assessment.target.deadline
    key = "figure.median" if _last_year(assessment) == deadline else "figure.median_of"
    return voice.say(key, year=deadline, value=voice.amount(value, indicator, assessment.typical))


def _bands(axes: Axes, table: pd.DataFrame) -> None:
    """Widening bands that start at the last known value."""
    for (_, low, high), colour in zip(drawn.LEVELS, BANDS, strict=True):
        axes.fill_between(table.index, table[low], table[high], color=colour, lw=0, zorder=1)
    axes.plot(table.index, table[0.5], color=BLUE, lw=1.3, zorder=2)


def _sticks(axes: Axes, table: pd.DataFrame) -> None:
    """One bar a year, wider where half of the probability lies."""
    table = table.iloc[1:]
    for (_, low, high), colour, width in zip(drawn.LEVELS, BANDS, (0.24, 0.38, 0.52), strict=True):
        axes.bar(
            table.index, table[high] - table[low], width, bottom=table[low], color=colour, lw=0, zorder=2
        )
    axes.hlines(table[0.5], table.index - 0.3, table.index + 0.3, color=BLUE, lw=1.6, zorder=3)


def _goal(axes: Axes, assessment: Assessment, voice: Voice) -> list:
    """Draw the goal where it is a value of the indicator; return its label."""
    found = drawn.goal(assessment, voice, assessment.typical)
    if found is None:
        return []
    axes.axhline(found[0], color=RED, lw=1.2, zorder=4)
    return [(*found, RED)]


def _years(axes: Axes, assessment: Assessment, indicator: Indicator, voice: Voice) -> None:
    """Set whole years on the axis, up to the deadline, and round steps on the other, in the head's unit."""
    last = _last_year(assessment)
    first = _first_year(assessment)
    axes.set_xlim(first - 0.45, last + 0.45)
    page.years(axes, first, last)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], integer=indicator.integer))
    _scaled(axes.yaxis, indicator, voice, assessment.typical)
    axes.margins(y=0.08)
    if indicator.bounds[0] == 0 and (indicator.integer or axes.get_ylim()[0] < 0):
        axes.set_ylim(bottom=0)


def _scaled(axis: Any, indicator: Indicator, voice: Voice, like: float | None) -> None:
    """Let an axis of amounts be in the unit of its head."""
    if (size := voice.size(indicator, like)) != 1:
        axis.set_major_formatter(lambda value, _: voice.number(value / size, None))


def _breaks(axes: Axes, assessment: Assessment, voice: Voice) -> None:
    """Mark between which years the basis changes without an overlap: that step is no growth."""
    series, last = assessment.series, assessment.target.deadline
    broken = series.broken[0] if series.years else []
    where = [year - 0.5 for year, one in zip(series.years, broken, strict=True) if one and year <= last]
    for x in where:
        axes.axvline(x, color=PALE, lw=0.8, ls=(0, (2, 2)), zorder=1)
    if where:
        told = voice.say("figure.break")
        top = _clear(axes, where[-1], page.measured(told, page.SMALL), assessment)
        axes.annotate(told, (where[-1], top), xycoords=("data", "axes fraction"), xytext=(-1.5, 0),
                      textcoords="offset points", rotation=90, ha="right", va="top", color=GREY)  # fmt: skip


def _clear(axes: Axes, x: float, tall: float, assessment: Assessment) -> float:
    """Return the highest place, a share of the axes, under which an upright label ``tall`` mm is not crossed.

    It stands left of ``x``: goal and the figures of the year before may be in its way.
    """
    figure: Any = axes.figure
    low, high = axes.get_ylim()
    unit = 1 / (axes.get_position().height * figure.get_figheight() * 25.4)
    before = assessment.history[assessment.history["year"].eq(math.floor(x))]
    levels = [*before["value"], *([assessment.row["goal"]] if drawn.levelled(assessment) else [])]
    taken = sorted(((level - low) / (high - low) for level in levels if low <= level <= high), reverse=True)
    tops = [1.0, *(place - CLEAR * unit for place in taken)]
    ends = [*(place + CLEAR * unit for place in taken), 0.0]
    rooms = [top - end for top, end in zip(tops, ends, strict=True)]
    fits = [top for top, room in zip(tops, rooms, strict=True) if room >= tall * unit]
    return fits[0] if fits else tops[rooms.index(max(rooms))]


# -------------------------------------------------------------------------------------- without local figures


@page.styled
def conditional(assessment: Assessment, found: Conditional, language: str, catalogue: Catalogue,
                figures: pd.DataFrame | None = None) -> Drawing:  # fmt: skip
    """Draw, for a region without figures of its own, the goal's chance for each last value it may have.

    figures : of a dossier; with them, the sources of those lent are named
    """
    indicator, voice = catalogue.indicators[assessment.target.indicator], Voice(language, catalogue)
    lent, target = _lent(len(found.peers), found.widened, voice), assessment.target
    like = target.goal if kinds.of(target).unit == "own" else found.break_even  # as the memo writes amounts
    head = claims.head(
        assessment.plan.region, indicator, voice, target, like, deadline=target.deadline, year=found.year
    )
    behind = assessment.history
    if figures is not None:
        peers = figures[figures["role"].eq("peer") & figures["region"].isin(found.peers)]
        behind = pd.concat([behind, peers])
    foot = claims.source(behind, assessment.as_of, voice, lent)
    claim = claims.on_condition(assessment, found, voice)
    figure, axes = page.opened(claim, head, foot, height=66, right=36, below=5)
    style = {"marker": "o", "ms": 3, "lw": 0} if indicator.integer else {"lw": 1.6}
    axes.plot(found.table["base"], found.table["p"], color=BLUE, **style)
    _given(axes, assessment, voice)
    _chances(axes, voice)
    _break_even(axes, found.break_even, indicator, voice, like)
    _scaled(axes.xaxis, indicator, voice, like)
    axes.set_xlabel(voice.say("figure.base", year=found.year))
    return figure


def _lent(count: int, widened: float, voice: Voice) -> str:
    key = {1.0: "figure.lent", 2.0: "figure.lent_doubled"}.get(widened, "figure.lent_widened")
    return voice.say(key, n=count, times=voice.number(widened, None))


def _given(axes: Axes, assessment: Assessment, voice: Voice) -> None:
    """Mark the chance that is given, whatever the last value may be."""
    if (p := drawn.given(assessment)) is None:
        return
    axes.axhline(p, color=INK, lw=1, ls=(0, (5, 2)), zorder=3)
    told = voice.say("figure.chance_given", p=voice.probability(p))
    shift, side = ((-3, 2), "bottom") if p < HIGH else ((-3, -2), "top")  # else it would reach the head
    axes.annotate(told, (1, p), xycoords=("axes fraction", "data"), xytext=shift, ha="right", va=side,
                  textcoords="offset points", color=INK)  # fmt: skip


def _break_even(
    axes: Axes, base: float | None, indicator: Indicator, voice: Voice, like: float | None
) -> None:
    if base is None:
        return
    axes.plot([base, base, axes.get_xlim()[0]], [0, 0.5, 0.5], color=GREY, lw=0.8, ls=(0, (3, 2)), zorder=1)
    axes.plot(base, 0.5, "o", ms=5, color=BLUE, zorder=4)
    told = voice.say("figure.even", value=voice.amount(base, indicator, like))
    low, high = axes.get_xlim()
    left = (base - low) / (high - low) * axes.get_position().width * page.WIDTH
    side, shift = ("right", (-6, 5)) if left > page.measured(told, page.SMALL) + 4 else ("left", (6, -3))
    page.note(axes, base, 0.5, told, BLUE, shift, ha=side)


def _chances(axes: Axes, voice: Voice) -> None:
    """Scale an axis of probabilities by the limits of the likelihood words, which stand beside it."""
    edges = [1.0, *[low for low, _ in tables.LIKELIHOOD if low < 0.99 and low != 0.01]]
    axes.margins(x=0)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([*edges, 0.5], [voice.share(p) for p in (*edges, 0.5)])
    middles = [(high + low) / 2 for high, low in itertools.pairwise(edges)]
    page.beside(axes, [(middle, voice.likelihood(middle), GREY) for middle in middles])
