"""Figures: one claim each, in Chinese or English, as ``matplotlib.figure.Figure``; nothing is written.

History is dark, what is expected one blue, the goal one red line; preliminary figures are hollow, gaps stay
open, breaks of the basis are marked, and the foot names source and date. ``png`` and ``svg`` turn a figure
into bytes that are equal from run to run.

The one door for everybody else; the rooms behind it: ``page`` how every figure looks, ``claims`` what it
says, ``target`` one target, ``plan`` a whole plan, ``known`` the figures received, ``calibration`` the
backtest, ``moved`` why an answer changed.
"""

from analysis.plots.calibration import against, coverage, pit, reliability
from analysis.plots.claims import claim
from analysis.plots.known import known, revisions
from analysis.plots.moved import waterfall
from analysis.plots.page import Drawing, png, svg, warm
from analysis.plots.plan import at_least, probabilities, probabilities_over_time
from analysis.plots.target import answer, answers, conditional, fan, pictures

__all__ = [
    "Drawing",
    "against",
    "answer",
    "answers",
    "at_least",
    "claim",
    "conditional",
    "coverage",
    "fan",
    "known",
    "pictures",
    "pit",
    "png",
    "probabilities",
    "probabilities_over_time",
    "reliability",
    "revisions",
    "svg",
    "warm",
    "waterfall",
]
