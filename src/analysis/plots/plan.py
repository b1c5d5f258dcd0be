"""Figures on a whole plan: all targets side by side, and over time."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis import printing, tables
from analysis.plans import Plan
from analysis.plots import claims, page
from analysis.plots.page import BANDS, BLUE, GREEN, GREY, RED, Drawing
from analysis.printing import Voice

COLOURS = {"met": GREEN, "missed": RED}
STEPS = (0, 0.33, 0.66, 1)


@page.styled
def probabilities(rows: pd.DataFrame, plan: Plan, language: str) -> Drawing:
    """Draw the probability of each target that has one, with its range, in the plan's order.

    Parameters
    ----------
    rows : an attainment table of one date
    """
    known, voice = rows[rows["p_attain"].notna()].iloc[::-1], printing.Voice(language)
    foot = claims.assessed(voice.say("figure.probabilities"), rows["as_of"].iloc[0], voice)
    figure, axes = page.opened(_counted(rows, voice), voice.name(plan.title), foot,
                               height=34 + 8.5 * max(len(known), 1), left=66, right=16)  # fmt: skip
    places = np.arange(len(known))
    colours = [COLOURS.get(verdict, BLUE) for verdict in known["verdict"]]
    axes.hlines(places, known["p_low"], known["p_high"], color=BANDS[1], lw=2.5)
    axes.scatter(known["p_attain"], places, s=22, color=colours, zorder=3)
    titles = [page.two_lines(voice.name(plan.target(one).title), 62) for one in known["target"]]
    axes.set_yticks(places, titles)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, max(len(known), 1) - 0.4))
    axes.set_xticks(STEPS, [voice.share(p) for p in STEPS])
    told = [_told(row, voice) for row in known.itertuples()]
    page.beside(axes, zip(places, told, colours, strict=True))
    return figure


def _told(row: Any, voice: Voice) -> str:
    open_ = row.verdict == "open"
    return voice.probability(row.p_attain) if open_ else voice.say(f"verdict.{row.verdict}")


def _counted(rows: pd.DataFrame, voice: Voice) -> str:
    """Return how many targets stand where."""
    counts = rows["verdict"].value_counts()
    parts = [
        voice.say("claim.count", n=counts[key], verdict=voice.say(f"verdict.{key}"))
        for key in tables.VERDICTS
        if key in counts
    ]
    return voice.say("claim.counts", n=len(rows), counts=voice.joined(parts, "clause"))


@page.styled
def probabilities_over_time(rows: pd.DataFrame, plan: Plan, language: str) -> Drawing:
    """Draw how the probability of each target moved as figures came out.

    Parameters
    ----------
    rows : attainment tables of several dates, as of ``attainment.over_time``
    """
    known, voice = rows[rows["p_attain"].notna()], printing.Voice(language)
    days = pd.to_datetime(rows["as_of"])
    foot = claims.assessed(voice.say("figure.over_time"), days.max(), voice)
    figure, axes = page.opened(_moved(known, plan, voice), voice.name(plan.title), foot,
                               height=max(58, 32 + 4 * known["target"].nunique()), right=62)  # fmt: skip
    labels = [_path(axes, name, group, plan, voice) for name, group in known.groupby("target", sort=False)]
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks(STEPS, [voice.share(p) for p in STEPS])
    _dates(axes, days)
    page.beside(axes, labels)
    return figure


def _path(axes: Axes, name: str, group: pd.DataFrame, plan: Plan, voice: Voice) -> tuple[float, str, str]:
    colour = COLOURS.get(group["verdict"].iloc[-1], BLUE)
    when = pd.to_datetime(group["as_of"])
    axes.fill_between(when, group["p_low"], group["p_high"], step="post", color=colour, alpha=0.1, lw=0)
    axes.step(when, group["p_attain"], where="post", color=colour, lw=1.2, marker="o", ms=3)
    return group["p_attain"].iloc[-1], page.short(voice.name(plan.target(name).title), 58), colour


def _moved(known: pd.DataFrame, plan: Plan, voice: Voice) -> str:
    days, count = known["as_of"].nunique(), known["target"].nunique()
    if count != 1:
        return voice.say("claim.over_time", n=count, days=days)
    first, last = (voice.known(known["p_attain"].iloc[end]) for end in (0, -1))
    title = voice.name(plan.target(known["target"].iloc[0]).title)
    return voice.say("claim.over_time_one", title=title, first=first, last=last)


def _dates(axes: Axes, days: pd.Series) -> None:
    """Write the year below each new year's day, or the days themselves where they lie close."""
    span = days.max() - days.min()
    axes.set_xlim(
        days.min() - 0.03 * span - pd.Timedelta(days=2), days.max() + 0.03 * span + pd.Timedelta(days=2)
    )
    if span < pd.Timedelta(days=500):
        ends = sorted({days.min(), days.max()})
        axes.set_xticks(ends, [f"{one:%Y-%m-%d}" for one in ends])
        return
    years = range(days.min().year + 1, days.max().year + 1)
    axes.set_xticks(pd.to_datetime([f"{year}-01-01" for year in years]), [str(year) for year in years])


@page.styled
def at_least(whole: Any, plan: Plan, as_of: str, language: str) -> Drawing:
    """Draw the chance that at least k of the plan's targets are met, independent and with a common shock.

    Parameters
    ----------
    whole : of ``answers.whole_plan``
    """
    alone, common = (np.asarray(one["at_least"]) for one in (whole.independent, whole.common))
    counts = np.arange(len(alone))
    voice = printing.Voice(language)
    what = voice.say("figure.whole", correlation=voice.number(whole.correlation, None))
    claim = voice.say("claim.at_least", n=counts[-1], expected=voice.number(whole.expected, 1))
    foot = claims.assessed(what, as_of, voice)
    figure, axes = page.opened(claim, voice.name(plan.title), foot, height=76, below=5)
    axes.bar(counts - 0.16, alone, 0.3, color=BANDS[1], label=None)
    axes.bar(counts + 0.16, common, 0.3, color=BLUE)
    _name_bars(axes, counts, alone, common, voice)
    axes.set_xticks(counts)
    axes.set_xlabel(voice.say("figure.at_least"))
    axes.set(ylim=(0, 1.24), xlim=(-0.6, counts[-1] + 0.6))
    axes.set_yticks(STEPS, [voice.share(p) for p in STEPS])
    return figure


def _name_bars(axes: Axes, counts: np.ndarray, alone: np.ndarray, common: np.ndarray, voice: Voice) -> None:
    """Write the chances above the last pair of bars, and what the two kinds of bar are."""
    names = voice.say("figure.independent"), voice.say("figure.common")
    shades = (GREY, BLUE)
    page.beside(
        axes, [(height, name, shade) for height, name, shade in zip((0.9, 0.8), names, shades, strict=True)]
    )
    ends = (common[-1], BLUE), (alone[-1], GREY)
    for line, (chance, shade) in enumerate(ends):  # side by side they would meet
        above = (0, 2 + line * 1.2 * page.SMALL)
        page.note(axes, counts[-1], max(alone[-1], common[-1]), voice.known(float(chance)), shade, above)
