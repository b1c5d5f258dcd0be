"""The lower rungs of the ladder, scored on the past: regions with figures are asked without them.

region : all figures of the region hidden, each year-end's forecast from its parent and the others
short : only its last one or two figures left; it reads what the others teach and teaches nothing
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis import backtest, forecast, mixtures, models, panel
from analysis.arrays import Array, Places
from analysis.catalogue import Catalogue
from analysis.ladder import Ladder

FOLDS = 3  # provinces are cut short in turns: two thirds teach
GOALS = 0.5  # goals stand at .5, 1, 1.25, 1.5 and 2 times the middle a region is placed at


def cases(observations: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Forecast regions as of each year's end without their figures, or with one or two, and mark them.

    Parameters
    ----------
    observations : table of `releases.load`

    Returns
    -------
    pandas.DataFrame
        Columns `backtest.CASES` with rung "region" or "short". crps is in half middles on the rung
        "region", in usual yearly changes on "short"; horizon is counted from the newest figure used.
    """
    parts: list[pd.DataFrame] = []
    first: dict[str, pd.DataFrame] = {}
    for year in backtest.years(observations):
        as_of = f"{year}-12-31"
        ladder = Ladder(panel.as_of(observations, as_of, catalogue), as_of, catalogue)
        for indicator in _indicators(ladder):
            if indicator not in first:
                first[indicator] = panel.first(observations, indicator, catalogue)
            later = first[indicator][first[indicator]["published"].gt(pd.Timestamp(as_of))]
            parts += [*_regions(ladder, indicator, later), *_short(ladder, indicator, later)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=backtest.CASES)


def _indicators(ladder: Ladder) -> list[str]:
    """Return the ratios and shares of which enough regions have figures."""
    rows = ladder.history[ladder.history["period"].str.len().eq(4)]
    counted = rows.groupby("indicator")["region"].nunique()
    entries = ladder.catalogue.indicators
    return [
        key for key in counted.index[counted >= backtest.FEWEST] if entries[key].kind in ("ratio", "share")
    ]


def _regions(ladder: Ladder, indicator: str, outcomes: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Ask every region of each year up to the next by its parent and the others alone."""
    asked = outcomes[outcomes["year"].le(int(ladder.as_of[:4]) + 1)]
    for year, rows in asked.groupby("year"):
        if len(rows) < backtest.FEWEST:
            continue
        made = [ladder.region(code, indicator, range(int(year), int(year) + 1)) for code in rows["region"]]
        there = np.array([one is not None for one in made])
        found = [one for one in made if one is not None]
        if not found:
            continue
        pool = mixtures.stacked([one.mixture for one in found])
        placed = [one.placed for one in found if one.placed is not None]
        middle = np.array([one.value * one.share for one in placed])
        rows = rows[there].assign(horizon=[max(int(year) - one.year, 0) for one in placed])
        yield _marked("region", ladder, indicator, rows, pool, middle, GOALS * middle)


def _short(ladder: Ladder, indicator: str, outcomes: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Cut provinces' histories in turns to their last figure or two."""
    regions = ladder.catalogue.regions.items()
    provinces = tuple(code for code, one in regions if one.level == "province")
    history = panel.annual(ladder.history, indicator, provinces)
    if history["region"].nunique() < backtest.FEWEST:
        return
    codes, value, usable = forecast.levels(history, indicator, provinces)
    origin, column = int(history["year"].max()), value.shape[1] - 1
    entry = ladder.catalogue.indicators[indicator]
    for fold in range(FOLDS):
        cut = np.flatnonzero((np.arange(len(codes)) % FOLDS == fold) & np.isfinite(value[:, -1]))
        group = forecast.group(*_cut(value, usable, cut), entry, teaches=~np.isin(np.arange(len(codes)), cut))
        fitted = models.fit(group, column, range(1, backtest.HORIZON + 1)).take(cut)
        for h in range(1, backtest.HORIZON + 1):
            known = outcomes[outcomes["year"].eq(origin + h)].set_index("region")
            mine = np.array([i for i, row in enumerate(cut) if codes[row] in known.index], int)
            if not len(mine):
                continue
            rows = known.loc[[codes[cut[i]] for i in mine]].reset_index().assign(horizon=h)
            one_year = fitted.take(mine).horizon(h - 1)
            move = models.sizes(group, column)[1][cut[mine]]
            last = value[cut[mine], column]
            yield _marked("short", ladder, indicator, rows, one_year, last, move, h)


def _cut(value: Array, usable: Array, rows: Places) -> tuple[Array, Array]:
    """Leave of some rows the last figure, of every other of them the last two."""
    value, usable = value.copy(), usable.copy()
    for place, row in enumerate(rows):
        kept = 1 + place % 2
        value[row, :-kept] = np.nan
        usable[row, : value.shape[1] - kept + 1] = False
    return value, usable


def _marked(
    rung: str,
    ladder: Ladder,
    indicator: str,
    rows: pd.DataFrame,
    mixture: mixtures.Mixture,
    last: Array,
    move: Array,
    h: int = 1,
) -> pd.DataFrame:
    observed = rows["value"].to_numpy(float)
    made = mixtures.quick_quantile(mixture, forecast.LEVELS)[:, 0]
    table = {
        "rung": rung,
        "indicator": indicator,
        "region": rows["region"].to_numpy(),
        "as_of": ladder.as_of,
        "horizon": rows["horizon"].to_numpy(),
        "model": "ours",
        "origin": rows["year"].to_numpy() - rows["horizon"].to_numpy(),
        "year": rows["year"].to_numpy(),
        "observed": observed,
        "published": rows["published"].to_numpy(),
        "pit": backtest.pits(mixture, 1, observed),
    }
    return pd.DataFrame(table | backtest.marks(made, observed, last, move, h))[list(backtest.CASES)]
