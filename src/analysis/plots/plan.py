"""Figures on a whole plan: all targets side by side, and over time."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import tables
from analysis.plans import Plan
from analysis.plots import page, words
from analysis.plots.page import BANDS, BLUE, GREEN, GREY, INK, RED

COLOURS = {"met": GREEN, "missed": RED}
STEPS = (0, 0.33, 0.66, 1)


@page.styled
def probabilities(rows: pd.DataFrame, plan: Plan, language: str) -> Figure:
    """Draw the probability of each target that has one, with its range, in the plan's order.

    Parameters
    ----------
    rows : an attainment table of one date
    """
    known = rows[rows["p_attain"].notna()].iloc[::-1]
    foot = words.assessed("各目标评估结果；横线为概率随模型和参数估计变动的范围",
                          "assessments of the targets; bars: range over models and estimates",
                          rows["as_of"].iloc[0], language)  # fmt: skip
    figure, axes = page.opened(_counted(rows, language), getattr(plan.title, language), foot,
                               height=30 + 6 * max(len(known), 1), left=66, right=16)  # fmt: skip
    places = np.arange(len(known))
    colours = [COLOURS.get(verdict, BLUE) for verdict in known["verdict"]]
    axes.hlines(places, known["p_low"], known["p_high"], color=BANDS[1][-1], lw=2.5)
    axes.scatter(known["p_attain"], places, s=22, color=colours, zorder=3)
    titles = [page.two_lines(getattr(plan.target(one).title, language), 61, 7) for one in known["target"]]
    axes.set_yticks(places, titles, size=7)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.6, max(len(known), 1) - 0.4))
    axes.set_xticks(STEPS, [words.percent(p, language) for p in STEPS])
    told = [_told(row, language) for row in known.itertuples()]
    page.beside(axes, zip(places, told, colours, strict=True))
    return figure


def _told(row: object, language: str) -> str:
    open_ = row.verdict == "open"
    return words.percent(row.p_attain, language) if open_ else tables.VERDICTS[row.verdict][language]


def _counted(rows: pd.DataFrame, language: str) -> str:
    """Return how many targets stand where."""
    counts = rows["verdict"].value_counts()
    parts = [(key, counts[key]) for key in ("met", "missed", "open", "no_evidence") if key in counts]
    if language == "zh":
        return f"{len(rows)}项目标：" + "，".join(
            f"{tables.VERDICTS[key]['zh']}{count}项" for key, count in parts
        )
    return f"{len(rows)} targets: " + ", ".join(
        f"{count} {tables.VERDICTS[key]['en']}" for key, count in parts
    )


@page.styled
def probabilities_over_time(rows: pd.DataFrame, plan: Plan, language: str) -> Figure:
    """Draw how the probability of each target moved as figures came out.

    Parameters
    ----------
    rows : attainment tables of several dates, as of ``attainment.over_time``
    """
    known = rows[rows["p_attain"].notna()]
    days = pd.to_datetime(rows["as_of"])
    foot = words.assessed("各日期的评估结果，每点为数据有变动的一天；浅色为随模型和估计变动的范围",
                          "assessments as of each day with new figures; shaded: range over models",
                          days.max(), language)  # fmt: skip
    figure, axes = page.opened(_moved(known, plan, language), getattr(plan.title, language), foot, right=42)
    labels = [_path(axes, name, group, plan, language) for name, group in known.groupby("target", sort=False)]
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks(STEPS, [words.percent(p, language) for p in STEPS])
    _dates(axes, days)
    page.beside(axes, labels)
    return figure


def _path(axes: Axes, name: str, group: pd.DataFrame, plan: Plan, language: str) -> tuple[float, str, str]:
    colour = COLOURS.get(group["verdict"].iloc[-1], BLUE)
    when = pd.to_datetime(group["as_of"])
    axes.fill_between(when, group["p_low"], group["p_high"], step="post", color=colour, alpha=0.1, lw=0)
    axes.step(when, group["p_attain"], where="post", color=colour, lw=1.2, marker="o", ms=3)
    return group["p_attain"].iloc[-1], page.short(getattr(plan.target(name).title, language), 37, 7), colour


def _moved(known: pd.DataFrame, plan: Plan, language: str) -> str:
    days, count = known["as_of"].nunique(), known["target"].nunique()
    if count != 1:
        zh = f"{count}项目标的概率在{days}个数据日期的变化"
        return {"zh": zh, "en": f"Probabilities of {count} targets on {days} dates with new figures"}[
            language
        ]
    first, last = (words.percent(known["p_attain"].iloc[end], language) for end in (0, -1))
    title = getattr(plan.target(known["target"].iloc[0]).title, language)
    return {
        "zh": f"“{title}”的达标概率由{first}变为{last}",
        "en": f"{title}: the probability of meeting the goal went from {first} to {last}",
    }[language]


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
def at_least(whole: object, plan: Plan, as_of: str, language: str) -> Figure:
    """Draw the chance that at least k of the plan's targets are met, independent and with a common shock.

    Parameters
    ----------
    whole : of ``answers.whole_plan``
    """
    alone, common = (np.asarray(one["at_least"]) for one in (whole.independent, whole.common))
    counts = np.arange(len(alone))
    linked = f"{whole.correlation:g}"
    foot = words.assessed(f"有概率的目标的评估结果；共同冲击按相关系数{linked}",
                          f"assessments of targets with a probability; common shock: correlation {linked}",
                          as_of, language)  # fmt: skip
    claim = {"zh": f"在{counts[-1]}项有概率的目标中，预计完成{whole.expected:.1f}项",
             "en": f"Of {counts[-1]} targets with a probability, {whole.expected:.1f} are expected to be met",
             }[language]  # fmt: skip
    figure, axes = page.opened(claim, getattr(plan.title, language), foot, height=66, below=5)
    axes.bar(counts - 0.16, alone, 0.3, color=BANDS[1][-1], label=None)
    axes.bar(counts + 0.16, common, 0.3, color=BLUE)
    _name_bars(axes, counts, alone, common, language)
    axes.set_xticks(counts)
    axes.set_xlabel({"zh": "至少完成的项数", "en": "at least so many met"}[language], size=7.5)
    axes.set(ylim=(0, 1.12), xlim=(-0.6, counts[-1] + 0.6))
    axes.set_yticks(STEPS, [words.percent(p, language) for p in STEPS])
    return figure


def _name_bars(axes: Axes, counts: np.ndarray, alone: np.ndarray, common: np.ndarray, language: str) -> None:
    """Write the chances above the last pair of bars, and what the two kinds of bar are."""
    names = {"zh": ("各目标独立", "共同冲击"), "en": ("independent", "common shock")}[language]
    shades = (GREY, BLUE)
    page.beside(
        axes, [(height, name, shade) for height, name, shade in zip((0.9, 0.8), names, shades, strict=True)]
    )
    for place, height in [(counts[-1] - 0.16, alone[-1]), (counts[-1] + 0.16, common[-1])]:
        page.note(axes, place, height, words.percent(float(height), language), INK, (0, 2))
