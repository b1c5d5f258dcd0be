"""Figures on what was received: which years are known, since when, how good, and what was revised."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis import tables
from analysis.catalogue import Catalogue, Indicator
from analysis.plots import claims, page
from analysis.plots.page import AMBER, GREEN, GREY, INK, PALE, RED, Drawing
from analysis.printing import Voice

RATINGS = {"green": (GREEN, "o"), "amber": (AMBER, "D"), "red": (RED, "s")}


@page.styled
def known(observations: pd.DataFrame, region: str, as_of: str, catalogue: Catalogue, language: str,
          indicators: Iterable[str] | None = None) -> Drawing:  # fmt: skip
    """Draw which years of which indicators are known of a region, how well, since when, and what was revised.

    Parameters
    ----------
    observations : table of ``releases.load``
    indicators : which; all with a figure when None. Those without any stay as empty rows
    """
    rows = observations[observations["region"].eq(region) & observations["published"].le(pd.Timestamp(as_of))]
    held = set(rows["indicator"])
    keys = [key for key in catalogue.indicators if key in held] if indicators is None else list(indicators)
    rows = rows[rows["indicator"].isin(keys)].sort_values("published", kind="stable")
    voice = Voice(language, catalogue)
    foot = claims.source(rows, as_of, voice, voice.say("figure.legend"))
    head = voice.name(catalogue.regions[region])
    tall = 36 + 8.5 * len(keys)
    figure, axes = page.opened(_claim(rows, keys, voice), head, foot, height=tall, left=64, right=36)
    places = {key: len(keys) - 1 - position for position, key in enumerate(keys)}
    for (key, year), group in rows.groupby(["indicator", "year"]):
        _cell(axes, year, places[key], group, catalogue)
    names = [voice.name(catalogue.indicators[key]) for key in reversed(keys)]
    axes.set_yticks(range(len(keys)), [page.two_lines(name, 60) for name in names])
    last = int(rows["year"].max()) if len(rows) else int(as_of[:4])
    first = min(int(rows["year"].min()) if len(rows) else last, last - 3)
    axes.set(xlim=(first - 0.6, last + 0.6), ylim=(-0.7, len(keys) - 0.3))
    page.years(axes, first, last)
    page.beside(axes, [(places[key], _since(rows[rows["indicator"].eq(key)], voice), GREY) for key in keys])
    return figure


def _claim(rows: pd.DataFrame, keys: list[str], voice: Voice) -> str:
    usable = rows[rows["status"].isin(tables.USABLE)]
    cells = len(usable.drop_duplicates(["indicator", "year"]))
    held = usable["indicator"].nunique()
    return voice.say("claim.known", all=len(keys), n=held, cells=cells)


def _cell(axes: Axes, year: int, place: int, group: pd.DataFrame, catalogue: Catalogue) -> None:
    last = group.iloc[-1]
    colour, shape = RATINGS[catalogue.sources[last["source"]].quality]
    shape = "x" if last["status"] in (*tables.EVIDENCE_ONLY, tables.DOUBTFUL) else shape
    face = "white" if last["status"] in tables.PRELIMINARY else colour
    axes.plot(year, place, shape, ms=4.5, mfc=face, mec=colour, mew=1)
    revised = group.loc[group["status"].isin(tables.USABLE), "value"].nunique() - 1
    if revised > 0:
        page.note(axes, year, place, str(revised), GREY, (0, 3))


def _since(rows: pd.DataFrame, voice: Voice) -> str:
    if rows.empty:
        return voice.say("figure.nothing")
    first, last = rows["published"].min(), rows["published"].max()
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} – {last:%Y-%m}"


@page.styled
def revisions(observations: pd.DataFrame, region: str, indicator: str, as_of: str, catalogue: Catalogue,
              language: str) -> Drawing:  # fmt: skip
    """Draw every published value of each year of a series: hollow while it stood, filled as it stands."""
    rows = observations[observations["region"].eq(region) & observations["indicator"].eq(indicator)]
    rows = rows[rows["published"].le(pd.Timestamp(as_of)) & rows["status"].isin(tables.USABLE)]
    rows = rows[rows["period"].str.len().eq(4)].sort_values(["year", "published"], kind="stable")
    entry, voice = catalogue.indicators[indicator], Voice(language, catalogue)
    head, foot = claims.head(region, entry, voice), claims.source(rows, as_of, voice)
    figure, axes = page.opened(_revised(rows, entry, voice), head, foot, right=6)
    for year, group in rows.groupby("year"):
        _values(axes, year, group["value"].to_numpy(), entry, voice)
    if len(rows):
        page.years(axes, rows["year"].min(), rows["year"].max())
    axes.margins(y=0.12)
    return figure


def _values(axes: Axes, year: int, values: np.ndarray, indicator: Indicator, voice: Voice) -> None:
    across = np.full(len(values), year)
    axes.plot(across, values, color=PALE, lw=1.5, zorder=1)
    axes.plot(across[1:], values[:-1], "o", ms=3.5, mfc="white", mec=GREY, mew=1, zorder=2)
    axes.plot(year, values[-1], "o", ms=4, color=INK, zorder=3)
    distinct = list(dict.fromkeys(voice.amount(value, indicator) for value in values))
    if len(distinct) > 1:
        page.note(axes, year, values.max(), "\n".join(distinct), INK, (0, 4), linespacing=1.05)


def _revised(rows: pd.DataFrame, indicator: Indicator, voice: Voice) -> str:
    spans = rows.groupby("year")["value"].agg(["first", "last", "nunique"])
    steps = (spans["last"] - spans["first"])[spans["nunique"] > 1]
    if steps.empty:
        return voice.say("claim.not_revised", all=len(spans))
    low, high = voice.amount(steps.min(), indicator), voice.difference(steps.max(), indicator)
    return voice.say("claim.revised", all=len(spans), n=len(steps), low=low, high=high)
