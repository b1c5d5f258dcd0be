"""Figures on the backtest: would the intervals and the probabilities have been right?"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis import printing
from analysis.catalogue import Catalogue
from analysis.plots import claims, page
from analysis.plots.page import BANDS, BLUE, DARK, GREY, INK, PALE, Drawing
from analysis.printing import Voice

MODELS = {"ours": (BLUE, "o"), "drift": (DARK, "s"), "ets": (DARK, "^"), "naive": (GREY, "D")}


def _foot(scorecard: Any, as_of: str, voice: Voice, banded: bool) -> str:
    cases = scorecard.cases
    origins = cases.loc[cases["rung"].eq("own"), "origin"]  # those drawn; hidden histories begin earlier
    told = [voice.say("figure.backtests", first=origins.min(), last=origins.max())]
    told += [voice.say("figure.bands")] if banded else []
    return claims.assessed(voice.joined(told, "semicolon"), as_of, voice)


def _opened(scorecard: Any, table: pd.DataFrame, claim: str, as_of: str, voice: Voice,
            banded: bool = True, **room: float) -> tuple:  # fmt: skip
    """Open a figure; without any outcome it only says that there is not enough evidence."""
    head = voice.say("figure.provinces")
    if len(table):
        return page.opened(claim, head, _foot(scorecard, as_of, voice, banded), **room)
    foot = claims.assessed(voice.say("figure.backtest"), as_of, voice)
    figure, axes = page.opened(voice.say("claim.no_outcome"), head, foot, height=30)
    axes.set_axis_off()
    return figure, axes


@page.styled
def pit(scorecard: Any, as_of: str, language: str) -> Drawing:
    """Draw where in their forecasts the outcomes lay: flat when the forecasts are right.

    Parameters
    ----------
    scorecard : of ``backtest.scorecard``
    """
    table, voice = scorecard.pit, printing.Voice(language)
    level = 1 / max(len(table), 1)
    upper = table["share"][len(table) // 2 :].sum() if len(table) else 0.0
    count = int(table["n"].max()) if len(table) else 0
    claim = voice.say("claim.pit", n=count, share=voice.share(upper), half=voice.share(0.5))
    figure, axes = _opened(scorecard, table, claim, as_of, voice, below=5)
    if table.empty:
        return figure
    middle = (table["from"] + table["to"]) / 2
    axes.bar(middle, table["share"], 0.9 * level, color=BANDS[1])
    axes.vlines(middle, table["low"], table["high"], color=BLUE, lw=1.2)
    axes.axhline(level, color=INK, lw=0.8, ls=(0, (3, 2)))
    _percents(axes, "x", np.linspace(0, 1, 6), voice)
    _percents(axes, "y", np.arange(0, table["high"].max() + level / 2, level / 2), voice)
    axes.set_xlabel(voice.say("figure.place"))
    page.beside(axes, [(level, voice.say("figure.right"), INK)])
    return figure


@page.styled
def reliability(scorecard: Any, as_of: str, language: str) -> Drawing:
    """Draw how often goals were reached, by the probability given to them: on the diagonal when right."""
    table, voice = scorecard.reliability, printing.Voice(language)
    table = table[table["n"] > 0] if len(table) else table
    claim = _farthest(table, voice) if len(table) else ""
    figure, axes = _opened(scorecard, table, claim, as_of, voice, height=92, left=14, right=66, below=5)
    if table.empty:
        return figure
    axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=(0, (3, 2)))
    axes.vlines(table["probability"], table["low"], table["high"], color=BANDS[1], lw=4)
    axes.plot(table["probability"], table["frequency"], "o", ms=4.5, color=BLUE)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    for side in "xy":
        _percents(axes, side, (0, 0.33, 0.66, 1), voice)
    axes.set_xlabel(voice.say("figure.given"))
    page.beside(axes, [(row.frequency, _said(row, voice), BLUE) for row in table.itertuples()], gap=5)
    return figure


def _farthest(table: pd.DataFrame, voice: Voice) -> str:
    row = table.loc[(table["frequency"] - table["probability"]).abs().idxmax()]
    given, reached = voice.share(row["probability"]), voice.share(row["frequency"])
    return voice.say("claim.reliability", given=given, reached=reached)


def _said(row: Any, voice: Voice) -> str:
    given, reached = voice.share(row.probability), voice.share(row.frequency)
    return voice.say("figure.said", given=given, reached=reached, n=voice.number(row.n, 0))


@page.styled
def coverage(scorecard: Any, as_of: str, catalogue: Catalogue, language: str) -> Drawing:
    """Draw which share of outcomes the 80 % intervals held, by indicator and years ahead."""
    table, voice = scorecard.horizons, Voice(language, catalogue)
    table = table[table["indicator"].isin(catalogue.indicators)] if len(table) else table
    inside = np.average(table["inside80"], weights=table["n"]) if len(table) else 0.0
    claim = voice.say("claim.coverage", level=voice.percent(80), share=voice.share(inside))
    names = list(dict.fromkeys(table["indicator"])) if len(table) else []
    figure, axes = _opened(
        scorecard, table, claim, as_of, voice, height=40 + 11 * len(names), left=64, right=46
    )
    for place, name in enumerate(reversed(names)):
        _held(axes, place, table[table["indicator"].eq(name)])
    if names:
        axes.axvline(0.8, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=1)
        _name_rows(axes, names, voice)
        _percents(axes, "x", (0.4, 0.6, 0.8, 1), voice)
        axes.set(xlim=(0.4, 1.02), ylim=(-0.6, len(names) - 0.4))
        counts = [table.loc[table["indicator"].eq(name), "n"].sum() for name in reversed(names)]
        told = [f"n = {voice.number(count, 0)}" for count in counts]
        page.beside(
            axes,
            [
                *zip(range(len(names)), told, [GREY] * len(names), strict=True),
                (len(names) - 0.45, voice.say("figure.ahead"), GREY),
            ],
        )
    return figure


def _held(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    """One row of points downwards by horizon, each with its band."""
    at = place + 0.25 - 0.25 * (rows["horizon"].to_numpy() - 1)
    axes.hlines(at, rows["inside80_low"], rows["inside80_high"], color=BANDS[1], lw=2.5)
    axes.plot(rows["inside80"], at, "o", ms=3.8, color=BLUE)


@page.styled
def against(scorecard: Any, as_of: str, catalogue: Catalogue, language: str) -> Drawing:
    """Draw the score of each model relative to "the last value stays": lower is better."""
    voice = Voice(language, catalogue)
    table = scorecard.models
    table = table.sort_values("indicator", kind="stable") if len(table) else table
    names = (
        [key for key in dict.fromkeys(table["indicator"]) if key in catalogue.indicators]
        if len(table)
        else []
    )
    ours = (
        table[table["model"].eq("ours")].set_index("indicator")["relative"]
        if names
        else pd.Series(dtype=float)
    )
    best = sum(ours[name] <= table.loc[table["indicator"].eq(name), "relative"].min() for name in names)
    claim = voice.say("claim.against", all=len(names), n=best)
    figure, axes = _opened(
        scorecard, table, claim, as_of, voice, False, height=42 + 8.5 * len(names), left=64, right=16, below=5
    )
    drawn = []
    for key, (colour, shape) in MODELS.items():
        rows = table[table["model"].eq(key)].set_index("indicator").reindex(names[::-1]) if names else table
        if names and rows["relative"].notna().any():
            axes.plot(rows["relative"], range(len(names)), shape, ms=4.2, color=colour, alpha=0.9)
            drawn.append(voice.say(f"mark.{key}"))
    if names:
        page.under_title(figure, voice.joined(drawn, "semicolon"))
        _name_rows(axes, names, voice)
        axes.set(xlim=(0, max(1.05, table["relative"].max() * 1.05)), ylim=(-0.6, len(names) - 0.2))
        axes.axvline(1, color=PALE, lw=0.8, zorder=1)
        axes.set_xlabel(voice.say("figure.relative"))
    return figure


def _name_rows(axes: Axes, names: list[str], voice: Voice) -> None:
    entries = voice.catalogue.indicators
    titles = [page.two_lines(voice.name(entries[name]), 60) for name in reversed(names)]
    axes.set_yticks(range(len(names)), titles)


def _percents(axes: Axes, side: str, places: Iterable[float], voice: Voice) -> None:
    set_ticks = axes.set_xticks if side == "x" else axes.set_yticks
    set_ticks([*places], [voice.share(float(place)) for place in places])
