"""The figure on why an answer changed: one step a source, from the earlier probability to the later."""

import numpy as np
from matplotlib.axes import Axes

from analysis import change
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.plots import claims, page
from analysis.plots.page import AMBER, BLUE, GREY, INK, Drawing
from analysis.printing import Voice


@page.styled
def waterfall(
    moved: change.Change, assessment: Assessment, catalogue: Catalogue, language: str
) -> Drawing | None:
    """Draw what each source contributed to a change in probability; None where there is nothing to explain.

    Parameters
    ----------
    moved : of ``change.explain``
    assessment : the target at the later date
    """
    steps = moved.contributions[moved.contributions["p"].abs() >= 0.0005]
    if moved.reason or steps.empty:
        return None
    indicator, voice = catalogue.indicators[assessment.target.indicator], Voice(language, catalogue)
    dates = [voice.day(day) for day in (moved.earlier, moved.later)]
    shared = voice.say("figure.shapley") if len(steps) > 1 else ""
    foot = claims.source(assessment.history, assessment.as_of, voice, shared)
    head = claims.head(assessment.plan.region, indicator, voice, assessment.target)
    figure, axes = page.opened(
        _claim(moved, len(steps) == 1, voice),
        head,
        foot,
        height=38 + 8.5 * (len(steps) + 2),
        left=64,
        right=16,
    )
    ends = moved.p_earlier + np.cumsum(steps["p"].to_numpy())
    starts = np.concatenate([[moved.p_earlier], ends[:-1]])
    places = np.arange(len(steps) + 1, -1, -1)
    _bars(axes, places, moved, starts, ends)
    names = [change.cause(key, voice) for key in steps["source"]]
    axes.set_yticks(places, [page.two_lines(name, 60) for name in (dates[0], *names, dates[1])])
    top = min(1.0, 1.15 * max(moved.p_earlier, moved.p_later, *ends))
    axes.set(xlim=(0, max(top, 0.05)), ylim=(-0.6, len(steps) + 1.6))
    axes.xaxis.set_major_formatter(lambda value, _: voice.percent(round(100 * value, 6), None))
    page.beside(axes, _labels(places, moved, steps["p"].to_numpy(), voice))
    return figure


def _bars(axes: Axes, places: np.ndarray, moved: change.Change, starts: np.ndarray, ends: np.ndarray) -> None:
    axes.barh(places[[0, -1]], [moved.p_earlier, moved.p_later], 0.62, color=GREY)
    colours = [BLUE if end >= start else AMBER for start, end in zip(starts, ends, strict=True)]
    axes.barh(places[1:-1], ends - starts, 0.62, left=starts, color=colours)
    for place, end in zip(places[:-1], [moved.p_earlier, *ends], strict=True):
        axes.vlines(end, place - 1.31, place - 0.31 + 0.62, color=GREY, lw=0.5)


def _labels(places: np.ndarray, moved: change.Change, steps: np.ndarray, voice: Voice) -> list:
    told = [voice.known(moved.p_earlier), *[voice.signed(100 * step, 1) for step in steps]]
    colours = [INK, *[BLUE if step >= 0 else AMBER for step in steps], INK]
    return list(zip(places, [*told, voice.known(moved.p_later)], colours, strict=True))


def _claim(moved: change.Change, single: bool, voice: Voice) -> str:
    first, last = (voice.known(p) for p in (moved.p_earlier, moved.p_later))
    steps = moved.contributions.set_index("source")["p"]
    rose, fell = ("claim.rose_by_one", "claim.fell_by_one") if single else ("claim.rose", "claim.fell")
    key = rose if moved.p_later > moved.p_earlier else fell
    return voice.say(key, first=first, last=last, cause=change.cause(steps.abs().idxmax(), voice))
