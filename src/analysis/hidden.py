"""The lower rungs of the ladder, scored on the past: regions with figures are asked without them.

region : all figures of the region hidden, each year-end's forecast from its parent and the others
short : only its last one or two figures left; it reads what the others teach and teaches nothing
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import backtest, forecast, mixtures, models, panel
from analysis.arrays import Array, Places
from analysis.backtest import Outcomes
from analysis.catalogue import Catalogue
from analysis.ladder import Ladder

FOLDS = 3  # provinces are cut short in turns: two thirds teach
RATIOS = ("ratio", "share")
GOALS = 0.5  # goals stand at .5, 1, 1.25, 1.5 and 2 times the middle a region is placed at


def cases(
    observations: pd.DataFrame,
    catalogue: Catalogue,
    known: backtest.Vintages | None = None,
    days: Container[str] | None = None,
    rungs: Container[str] = ("region", "short"),
) -> pd.DataFrame:
    """Forecast regions as of each year's end without their figures, or with one or two, and mark them.

    Parameters
    ----------
    observations : table of `releases.load`
    known : of `backtest.vintages`, where they are there already
    days : the years' ends as of which forecasts are made; None takes all
    rungs : on which forecasts are made

    Returns
    -------
    pandas.DataFrame
        Columns `backtest.CASES` with rung "region" or "short". crps is in half middles on the rung
        "region", in usual yearly changes on "short"; horizon is counted from the newest figure used.
    """
    known = backtest.vintages(observations, catalogue) if known is None else known
    parts: list[dict[str, Any]] = []
    usable, first = panel.originals(observations, catalogue), {}
    for year, history in known.items():
        day = backtest.year_end(year)
        if not (days is None or day in days):
            continue
        ladder = Ladder(history, day, catalogue)
        for indicator in _indicators(ladder):
            if indicator not in first:
                first[indicator] = backtest.by_year(panel.annual(usable, indicator))
            later = _after(first[indicator], ladder.as_of)
            parts += [*_regions(ladder, indicator, later)] if "region" in rungs else []
            parts += [*_short(ladder, indicator, later)] if "short" in rungs else []
    return backtest.tabled(parts)


def indicators(observations: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """Return the indicators that cases may be of, here or of `backtest`."""
    ratios = {key for key, one in catalogue.indicators.items() if one.kind in RATIOS}
    return sorted(ratios.union(backtest.widely_known(observations, catalogue)))


def _after(first: dict[int, Outcomes], as_of: str) -> dict[int, Outcomes]:
    """Return year -> outcomes published after a date, where there are any."""
    day = np.datetime64(as_of)
    later = {year: {code: one for code, one in first[year].items() if one[1] > day} for year in sorted(first)}
    return {year: outcomes for year, outcomes in later.items() if outcomes}


def _indicators(ladder: Ladder) -> list[str]:
    """Return the ratios and shares of which enough regions have figures."""
    rows = ladder.history[ladder.history["period"].str.len().eq(4)]
    counted = rows.groupby("indicator")["region"].nunique()
    entries = ladder.catalogue.indicators
    return [key for key in counted.index[counted >= backtest.FEWEST] if entries[key].kind in RATIOS]


def _regions(ladder: Ladder, indicator: str, outcomes: dict[int, Outcomes]) -> Iterator[dict[str, Any]]:
    """Ask every region of each year up to the next by its parent and the others alone."""
    for year, asked in outcomes.items():
        if year > int(ladder.as_of[:4]) + 1 or len(asked) < backtest.FEWEST:
            continue
        made = {code: ladder.region(code, indicator, range(year, year + 1)) for code in asked}
        found = {code: one for code, one in made.items() if one is not None}
        if not found:
            continue
        pool = mixtures.stacked([one.mixture for one in found.values()])
        placed = [one.placed for one in found.values() if one.placed is not None]
        middle = np.array([one.value * one.share for one in placed])
        ahead = np.array([max(year - one.year, 0) for one in placed])
        asking = Asking("region", ladder, indicator, list(found), year, ahead)
        yield _marked(asking, asked, pool, middle, GOALS * middle)


def _short(ladder: Ladder, indicator: str, outcomes: dict[int, Outcomes]) -> Iterator[dict[str, Any]]:
    """Cut provinces' histories in turns to their last figure or two."""
    regions = ladder.catalogue.regions.items()
    provinces = tuple(code for code, one in regions if one.level == "province")
    history = panel.annual(ladder.history, indicator, provinces)
    if history["region"].nunique() < backtest.FEWEST:
        return
    codes, value, span = forecast.levels(history, indicator, provinces)
    origin, column = int(history["year"].max()), value.shape[1] - 1
    entry = ladder.catalogue.indicators[indicator]
    for fold in range(FOLDS):
        cut = np.flatnonzero((np.arange(len(codes)) % FOLDS == fold) & np.isfinite(value[:, -1]))
        group = forecast.group(*_cut(value, span, cut), entry, teaches=~np.isin(np.arange(len(codes)), cut))
        fitted = models.fit(group, column, range(1, backtest.HORIZON + 1)).take(cut)
        for h in range(1, backtest.HORIZON + 1):
            known = outcomes.get(origin + h, {})
            mine = np.array([i for i, row in enumerate(cut) if codes[row] in known], int)
            if not len(mine):
                continue
            one_year = fitted.take(mine).horizon(h - 1)
            move = models.sizes(group, column)[1][cut[mine]]
            last = value[cut[mine], column]
            asking = Asking("short", ladder, indicator, [codes[cut[i]] for i in mine], origin + h, h)
            yield _marked(asking, known, one_year, last, move, h)


def _cut(value: Array, span: Places, rows: Places) -> tuple[Array, Places]:
    """Leave of some rows the last figure, of every other of them the last two."""
    value, span = value.copy(), span.copy()
    for place, row in enumerate(rows):
        kept = 1 + place % 2
        value[row, :-kept] = np.nan
        span[row, : value.shape[1] - kept + 1] = 0
    return value, span


@dataclass(frozen=True)
class Asking:
    """Regions, all with an outcome, asked for one year on a rung; horizon : from their newest figure."""

    rung: str
    ladder: Ladder
    indicator: str
    codes: list[str]
    year: int
    horizon: Places | int


def _marked(
    asked: Asking, outcomes: Outcomes, mixture: mixtures.Mixture, last: Array, move: Array, h: int = 1
) -> dict[str, Any]:
    """Return a part of `backtest.tabled`; goals lie at ``last`` plus steps of ``move`` x h, (n,) each."""
    _, observed, published = backtest.found(asked.codes, outcomes)
    made = mixtures.quick_quantile(mixture, forecast.LEVELS)[:, 0]
    table = {
        "rung": asked.rung,
        "indicator": asked.indicator,
        "region": np.array(asked.codes, object),
        "as_of": asked.ladder.as_of,
        "horizon": asked.horizon,
        "model": "ours",
        "origin": asked.year - asked.horizon,
        "year": asked.year,
        "observed": observed,
        "published": published,
        "pit": backtest.pits(mixture, 1, observed),
    }
    return table | backtest.marks(made, observed, last, move, h)
