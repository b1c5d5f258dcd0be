"""The figure on why an answer changed: one step a source, from the earlier probability to the later."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import change
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.plots import page, words
from analysis.plots.page import AMBER, BLUE, GREY, INK


@page.styled
def waterfall(
    moved: change.Change, assessment: Assessment, catalogue: Catalogue, language: str
) -> Figure | None:
    """Draw what each source contributed to a change in probability; None where there is nothing to explain.

    Parameters
    ----------
    moved : of ``change.explain``
    assessment : the target at the later date
    """
    steps = moved.contributions[moved.contributions["p"].abs() >= 0.0005]
    if moved.reason or steps.empty:
        return None
    dates = [words.day(day, language) for day in (moved.earlier, moved.later)]
    indicator = catalogue.indicators[assessment.target.indicator]
    foot = words.source(assessment.history, assessment.as_of, catalogue, language, _rule(language))
    head = words.subtitle(assessment.plan.region, indicator, catalogue, language)
    figure, axes = page.opened(
        _claim(moved, language), head, foot, height=34 + 6 * (len(steps) + 2), left=62, right=16
    )
    ends = moved.p_earlier + np.cumsum(steps["p"].to_numpy())
    starts = np.concatenate([[moved.p_earlier], ends[:-1]])
    places = np.arange(len(steps) + 1, -1, -1)
    _bars(axes, places, moved, starts, ends)
    names = [change.SOURCES[key][language] for key in steps["source"]]
    axes.set_yticks(places, [page.two_lines(name, 58, 7) for name in (dates[0], *names, dates[1])], size=7)
    top = min(1.0, 1.15 * max(moved.p_earlier, moved.p_later, *ends))
    axes.set(xlim=(0, max(top, 0.05)), ylim=(-0.6, len(steps) + 1.6))
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{100 * value:g}" + {"zh": "%", "en": "\u00a0%"}[language]
    )
    page.beside(axes, _labels(places, moved, steps["p"].to_numpy(), language))
    return figure


def _rule(language: str) -> str:
    return {
        "zh": "各项按不依赖先后次序的规则（Shapley值）分摊，合计等于总变化。",
        "en": "Parts by an order-free rule (Shapley values); they sum to the whole change. ",
    }[language]


def _bars(axes: Axes, places: np.ndarray, moved: change.Change, starts: np.ndarray, ends: np.ndarray) -> None:
    axes.barh(places[[0, -1]], [moved.p_earlier, moved.p_later], 0.62, color=GREY)
    colours = [BLUE if end >= start else AMBER for start, end in zip(starts, ends, strict=True)]
    axes.barh(places[1:-1], ends - starts, 0.62, left=starts, color=colours)
    for place, end in zip(places[:-1], [moved.p_earlier, *ends], strict=True):
        axes.vlines(end, place - 1.31, place - 0.31 + 0.62, color=GREY, lw=0.5)


def _labels(places: np.ndarray, moved: change.Change, steps: np.ndarray, language: str) -> list:
    told = [
        words.percent(moved.p_earlier, language),
        *[f"{100 * step:+.1f}".replace("-", "−") for step in steps],
    ]
    colours = [INK, *[BLUE if step >= 0 else AMBER for step in steps], INK]
    return list(zip(places, [*told, words.percent(moved.p_later, language)], colours, strict=True))


def _claim(moved: change.Change, language: str) -> str:
    first, last = (words.percent(p, language) for p in (moved.p_earlier, moved.p_later))
    steps = moved.contributions.set_index("source")["p"]
    main = change.SOURCES[steps.abs().idxmax()][language]
    rose = moved.p_later > moved.p_earlier
    return {
        "zh": f"达标概率由{first}{'升' if rose else '降'}至{last}，主要因为：{main}",
        "en": f"The probability {'rose' if rose else 'fell'} from {first} to {last}, mainly by {main}",
    }[language]
