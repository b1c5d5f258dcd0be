"""What was known when: vintages of the observations, and the yearly series in them.

``as_of`` is the only door to history. Nothing published after the date passes it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import tables
from analysis.sources import Catalogue

CELL = ["region", "indicator", "period", "basis"]


def as_of(observations: pd.DataFrame, date: str, catalogue: Catalogue | None = None) -> pd.DataFrame:
    """Return what was known on ``date``: one usable figure for each region, indicator, period and basis.

    Of each source the latest release counts, and a withdrawal empties its cell; between sources the declared
    rank decides, then the later release. A flash estimate holds until anything else is known.

    Parameters
    ----------
    observations : table of ``sources.load``
    date : "YYYY-MM-DD"; releases of that day are included
    catalogue : when given, ratios nobody published are added from numerator and denominator, as derived

    Returns
    -------
    pandas.DataFrame with the columns of ``observations``
    """
    known = observations[(observations["published"] <= pd.Timestamp(date)) & ~observations["status"].isin(
        tables.EVIDENCE_ONLY)]
    known = known.sort_values("published", kind="stable").drop_duplicates([*CELL, "source"], keep="last")
    known = known[(known["status"] != tables.WITHDRAWN) & known["value"].notna()]
    order = known.assign(flash=known["status"].eq("flash"), age=-known["published"].astype("int64"))
    order = order.sort_values(["flash", "rank", "age", "source"], kind="stable").drop_duplicates(CELL)
    history = known.loc[order.index].sort_values(CELL, kind="stable", ignore_index=True)
    return history if catalogue is None else with_ratios(history, catalogue)


def with_ratios(history: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add each ratio of the catalogue where nobody published it but its two parts are known."""
    parts = [history]
    for key, indicator in catalogue.indicators.items():
        if indicator.numerator and indicator.denominator:
            parts.append(_ratio(history, key, indicator))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _ratio(history: pd.DataFrame, key: str, indicator) -> pd.DataFrame:
    above = history[history["indicator"].eq(indicator.numerator)]
    below = history[history["indicator"].eq(indicator.denominator)]
    pairs = above.merge(below, on=["region", "period"], suffixes=("", "_below"))
    known = history.loc[history["indicator"].eq(key), ["region", "period"]].drop_duplicates()
    pairs = pairs.merge(known.assign(published_itself=True), on=["region", "period"], how="left")
    pairs = pairs[pairs["published_itself"].isna() & pairs["value_below"].gt(0)]
    return pairs.assign(
        indicator=key,
        value=indicator.scale * pairs["value"] / pairs["value_below"],
        basis=pairs["basis_below"],
        published=pairs[["published", "published_below"]].max(axis=1),
        unit=indicator.unit,
        status="derived",
        note=f"{indicator.numerator} / {indicator.denominator}",
    )[history.columns]


@dataclass(frozen=True)
class Series:
    """One indicator of n regions over T years, as of a date.

    value, before : (n, T) arrays, NaN where nothing is known. ``before`` is the previous year's value on the
    basis of ``value``, so that ``g(value) - g(before)`` is a yearly change on any scale g and never mixes two
    bases; it is NaN at a gap and at a break. basis, status : (n, T) arrays of str.
    """

    indicator: str
    regions: tuple[str, ...]
    years: tuple[int, ...]
    value: np.ndarray
    before: np.ndarray
    basis: np.ndarray
    status: np.ndarray

    @property
    def broken(self) -> np.ndarray:
        """(n, T) bool: this year and the last are known, but on no common basis."""
        known = np.isfinite(self.value)
        last = np.zeros_like(known)
        last[:, 1:] = known[:, :-1]
        return known & last & ~np.isfinite(self.before)


def annual(history: pd.DataFrame, indicator: str, regions: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Return the annual rows of one indicator, for all or some regions."""
    rows = history[history["indicator"].eq(indicator) & history["period"].str.len().eq(4)]
    return rows if regions is None else rows[rows["region"].isin(regions)]


def series(
    history: pd.DataFrame, indicator: str, regions: tuple[str, ...] | None = None, last: int | None = None
) -> Series:
    """Return the yearly series of ``indicator``.

    Where a year is known on several bases, the one published last is its value, and the change is taken on a
    basis that knows both years, scaled to that value (chain-linking).

    Parameters
    ----------
    regions : which, in this order; all that have a figure when None
    last : drop years after it
    """
    rows = annual(history, indicator, regions)
    if last is not None:
        rows = rows[rows["year"] <= last]
    regions = tuple(sorted(rows["region"].unique())) if regions is None else tuple(regions)
    years = tuple(range(rows["year"].min(), rows["year"].max() + 1)) if len(rows) else ()
    shape = (len(regions), len(years))
    value, before = np.full(shape, np.nan), np.full(shape, np.nan)
    basis, status = np.full(shape, "", dtype=object), np.full(shape, "", dtype=object)
    place = {region: position for position, region in enumerate(regions)}
    known = {}
    for row in rows.sort_values(["published", "basis"], kind="stable").itertuples(index=False):
        cell = (place[row.region], row.year - years[0])
        known.setdefault(cell, {})[row.basis] = row.value
        value[cell], basis[cell], status[cell] = row.value, row.basis, row.status
    for (region, year), figures in known.items():
        last_year = known.get((region, year - 1), {})
        common = [name for name in reversed(figures) if name in last_year]
        if common:
            link = value[region, year] / figures[common[0]] if figures[common[0]] else 1.0
            before[region, year] = last_year[common[0]] * link
    return Series(indicator, regions, years, value, before, basis, status)


def dates(observations: pd.DataFrame, regions: set[str], indicators: set[str]) -> list[str]:
    """Return the days on which a figure of these regions and indicators was published, in order."""
    touched = observations["region"].isin(regions) & observations["indicator"].isin(indicators)
    return [day.strftime("%Y-%m-%d") for day in sorted(observations.loc[touched, "published"].unique())]
