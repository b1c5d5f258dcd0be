"""What was known when: vintages of the observations, and the yearly series in them.

``as_of`` is the only door to history. Nothing published after the date passes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from analysis import tables
from analysis.arrays import Array, Flags, Places
from analysis.catalogue import Catalogue, Indicator

CELL = ["region", "indicator", "period", "basis"]
ORDER = [*CELL, "source", "published"]


def as_of(observations: pd.DataFrame, date: str, catalogue: Catalogue | None = None) -> pd.DataFrame:
    """Return what was known on ``date``: one usable figure for each region, indicator, period and basis.

    Of each source the latest release counts, and a withdrawal or a rating as doubtful empties its cell;
    between sources the declared rank decides, then the later release. A flash
    estimate holds until anything else is known.

    Parameters
    ----------
    observations : table of ``releases.load``
    date : "YYYY-MM-DD"; releases of that day are included
    catalogue : when given, ratios nobody published are added from numerator and denominator, as derived

    Returns
    -------
    pandas.DataFrame with the columns of ``observations``, sorted by region, indicator, period, basis
    """
    known, cells, sources = _ordered(released(observations, date))
    last = np.flatnonzero(np.append(sources[1:], True)) if len(known) else np.empty(0, dtype=int)
    value, status = known["value"].to_numpy()[last], known["status"].to_numpy(object)[last]
    stands = np.isfinite(value) & ~np.isin(status.astype(str), tables.NOT_STANDING)
    last, status, cell = last[stands], status[stands], np.cumsum(cells)[last][stands]
    several = np.flatnonzero(np.bincount(cell)[cell] > 1)
    if len(several):
        rank, day = (known[name].to_numpy()[last[several]] for name in ("rank", "published"))
        order = several[np.lexsort((-day.astype("int64"), rank, status[several] == "flash", cell[several]))]
        beaten = order[np.append(False, cell[order][1:] == cell[order][:-1])]
        last = np.delete(last, beaten)
    history = pd.DataFrame({name: known[name].to_numpy()[last] for name in known.columns}, copy=False)
    return history if catalogue is None else with_ratios(history, catalogue)


def released(observations: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return the figures published by ``date`` that may become history: no expectations, no lower bounds."""
    mask = observations["published"].to_numpy() <= np.datetime64(pd.Timestamp(date))
    status = observations["status"].to_numpy(object)
    runs = np.flatnonzero(np.append(np.ones(min(len(status), 1), dtype=bool), status[1:] != status[:-1]))
    evidence = np.logical_or.reduce([status[runs] == word for word in tables.EVIDENCE_ONLY])
    if evidence.any():
        mask &= ~np.repeat(evidence, np.diff(np.append(runs, len(status))))
    return observations if mask.all() else observations[mask]


def _ordered(known: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return rows in the order of ``releases.load``, the first of every cell and of every source in it.

    What comes from ``releases.load`` is in order already: nothing is sorted then, neighbours are compared.
    """
    tied, in_order = np.ones(max(len(known) - 1, 0), dtype=bool), True
    starts = {}
    for name in ORDER:
        column = known[name].to_numpy()
        differ = np.flatnonzero(tied & (column[1:] != column[:-1]))
        in_order = in_order and (column[1:][differ] > column[:-1][differ]).all()
        tied[differ] = False
        starts[name] = np.append(np.ones(min(len(known), 1), dtype=bool), ~tied)
    if in_order:
        return known, starts[CELL[-1]], starts["source"]
    return _ordered(known.sort_values(ORDER, kind="stable"))


def with_ratios(history: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Add each ratio of the catalogue where nobody published it but its two parts are known on one basis."""
    parts, places = [history], history.groupby("indicator", sort=False).indices
    beside = history[["region", "period", "basis", "published", "value"]]  # all that others are asked for
    for key, indicator in catalogue.indicators.items():
        above, below = indicator.numerator, indicator.denominator
        if above in places and below in places:
            made = quotients(history.iloc[places[above]], beside.iloc[places[below]], key, indicator)
            parts.append(_unprinted(made, beside.iloc[places.get(key, [])]))
    if not len(history):
        return history
    parts = [part for part in parts if len(part)]
    return pd.DataFrame(
        {name: np.concatenate([part[name].to_numpy() for part in parts]) for name in history.columns}
    )


def rederived(history: pd.DataFrame, region: str, part: str, catalogue: Catalogue) -> pd.DataFrame:
    """Work out a region's derived ratios anew, after figures of a part were altered to ask what if."""
    entries = catalogue.indicators.items()
    notes = {name: f"{one.numerator} / {one.denominator}" for name, one in entries
             if part in (one.numerator, one.denominator)}  # fmt: skip
    own = history["region"].eq(region)
    ours = history[own]
    made = ours["status"].eq("derived") & ours["note"].eq(ours["indicator"].map(notes))
    if not made.any():
        return history
    return pd.concat([history[~own], with_ratios(ours[~made], catalogue)], ignore_index=True)


def _unprinted(made: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Return ratios worked out of cells in which nobody printed one.

    What the publisher printed for a cell stays, also when a part is revised later.
    """
    cells = set(_cells(printed))
    return made[[cell not in cells for cell in _cells(made)]] if cells else made


def _cells(rows: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Region, period and basis of every row."""
    return zip(*(rows[name].tolist() for name in ("region", "period", "basis")), strict=True)


def quotients(above: pd.DataFrame, below: pd.DataFrame, key: str, indicator: Indicator) -> pd.DataFrame:
    """Divide figures of a ratio's numerator by those of its denominator, never across two bases.

    A figure without a basis (expenditure) goes with any; the ratio stands on the basis of its parts and has
    the source of its numerator.

    Parameters
    ----------
    above, below : rows of numerator and denominator, columns of ``observations``
    key, indicator : the ratio and its line in the catalogue
    """
    upper, lower = _alike(above, below)
    value, published, under, since = (
        rows[name].to_numpy()[place]
        for rows, place in ((above, upper), (below, lower))
        for name in ("value", "published")
    )
    basis = above["basis"].to_numpy()[upper]
    made = {name: column.to_numpy()[upper] for name, column in above.items()} | {
        "indicator": key,
        "basis": np.where(basis != "", basis, below["basis"].to_numpy()[lower]),
        "value": indicator.scale * value / under,
        "published": np.maximum(published, since),
        "unit": indicator.unit,
        "status": "derived",
        "note": f"{indicator.numerator} / {indicator.denominator}",
    }
    return pd.DataFrame(made, above.index[upper], copy=False)


def _alike(above: pd.DataFrame, below: pd.DataFrame) -> tuple[Places, Places]:
    """Where the rows stand that make pairs: of one region and period, not of two bases, below more than 0."""
    wanted, there = np.split(_numbered(above, below), [len(above)])
    order = np.argsort(there, kind="stable")
    first, stop = (np.searchsorted(there[order], wanted, side) for side in ("left", "right"))
    upper = np.repeat(np.arange(len(above)), stop - first)
    turn = np.arange(len(upper)) - np.searchsorted(upper, upper)  # of the first, the second figure below it
    lower = order[first[upper] + turn]
    basis, under = above["basis"].to_numpy()[upper], below["basis"].to_numpy()[lower]
    alike = (under == "") | (basis == "") | (under == basis)
    alike &= below["value"].to_numpy()[lower] > 0
    return upper[alike], lower[alike]


def _numbered(*tables: pd.DataFrame) -> Places:
    """One number for every row of the tables, one below the other; the same where region and period are."""
    region, period = (
        pd.factorize(np.concatenate([one[name].to_numpy() for one in tables]))[0]
        for name in ("region", "period")
    )
    return region * (period.max(initial=0) + 1) + period


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
    value: Array
    before: Array
    basis: np.ndarray
    status: np.ndarray

    @property
    def span(self) -> Places:
        """(n, T), of `spans`."""
        return spans(self.value, self.before, self.basis)

    @property
    def broken(self) -> Flags:
        """(n, T) bool: this year and the last are known, but on no common basis."""
        known = np.isfinite(self.value)
        last = np.zeros_like(known)
        last[:, 1:] = known[:, :-1]
        return known & last & ~np.isfinite(self.before)


def spans(value: Array, before: Array, basis: np.ndarray) -> Places:
    """Return over how many years the change to each figure (n, T) may be used; 0 where it may not.

    1 where the year before is known on the figure's basis, more where the last figure known lies before a gap
    and is on the same basis. The parameters are those of `Series`.
    """
    known, year = np.isfinite(value), np.arange(value.shape[1])
    last = np.full(value.shape, -1)
    last[:, 1:] = np.maximum.accumulate(np.where(known, year, -1), axis=1)[:, :-1]
    alike = basis == np.take_along_axis(basis, np.maximum(last, 0), axis=1)
    over_a_gap = np.where(known & (last >= 0) & (year - last > 1) & alike, year - last, 0)
    return np.where(known & np.isfinite(before), 1, over_a_gap)


def annual(history: pd.DataFrame, indicator: str, regions: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Return the annual rows of one indicator, for all or some regions."""
    return history.iloc[_annual(history, indicator, regions)]


def _annual(history: pd.DataFrame, indicator: str, regions: tuple[str, ...] | None) -> Places:
    """Where the rows of `annual` stand."""
    place = np.flatnonzero(history["indicator"].to_numpy() == indicator)
    place = place[[len(period) == 4 for period in history["period"].to_numpy()[place]]]
    if regions is None:
        return place
    chosen = set(regions)
    return place[[region in chosen for region in history["region"].to_numpy()[place]]]


def by_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by year, those of one year in the order they were published."""
    return rows.iloc[np.lexsort((rows["published"].to_numpy(), rows["year"].to_numpy()))]


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
    rows = _annual(history, indicator, regions)
    if last is not None:
        rows = rows[history["year"].to_numpy()[rows] <= last]
    names, turns = np.unique(history["basis"].to_numpy()[rows].astype(str), return_inverse=True)
    order = np.lexsort((turns, history["published"].to_numpy()[rows]))
    year, region, *figures = (
        history[name].to_numpy()[rows[order]] for name in ("year", "region", "value", "basis", "status")
    )
    regions = tuple(sorted(set(region))) if regions is None else tuple(regions)
    years = tuple(range(year.min(), year.max() + 1)) if len(year) else ()
    place = {code: row for row, code in enumerate(regions)}
    cells = np.array([place[code] for code in region], np.intp), year - (years[0] if years else 0)
    shape = (len(regions), len(years))
    value, basis, status = np.full(shape, np.nan), np.full(shape, "", object), np.full(shape, "", object)
    for array, figure in zip((value, basis, status), figures, strict=True):
        array[cells] = figure  # of several bases the last one stays
    before = _before(value, figures[0], cells, turns[order], len(names))
    return Series(indicator, regions, years, value, before, basis, status)


def _before(value: Array, figures: Array, cells: tuple[Places, Places], basis: Places, bases: int) -> Array:
    """(n, T): last year's values on the basis of ``value``.

    Parameters
    ----------
    figures, cells, basis : in the order of publication, where they stand in ``value``, on which of the bases
    """
    before = np.full(value.shape, np.nan)
    if not len(figures):
        return before
    figure, turn = np.full((*value.shape, bases), np.nan), np.full((*value.shape, bases), -1)
    figure[(*cells, basis)], turn[(*cells, basis)] = figures, np.arange(len(figures))
    common = np.where(turn[:, :-1] >= 0, turn[:, 1:], -1)
    region, year = np.nonzero(common.max(axis=2) >= 0)
    newest = common[region, year].argmax(axis=1)
    same, last = figure[region, year + 1, newest], figure[region, year, newest]
    link = np.divide(value[region, year + 1], same, out=np.ones(len(same)), where=same != 0)
    before[region, year + 1] = last * link
    return before


def later(date: str) -> str:
    """Return the day whose knowledge is compared with that of ``date``: the end of the second year after.

    >>> later("2018-12-31")
    '2020-12-31'
    """
    return f"{int(date[:4]) + 2}-12-31"


def dates(observations: pd.DataFrame, regions: set[str], indicators: set[str]) -> list[str]:
    """Return the days on which a figure of these regions and indicators was published, in order."""
    touched = observations["region"].isin(regions) & observations["indicator"].isin(indicators)
    return [day.strftime("%Y-%m-%d") for day in sorted(observations.loc[touched, "published"].unique())]


def first(observations: pd.DataFrame, indicator: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return the first usable annual figure of every region and year, as it was known on its day."""
    found = annual(originals(observations, catalogue), indicator)
    return (
        found.sort_values("published", kind="stable")
        .drop_duplicates(["region", "year"])
        .reset_index(drop=True)
    )


def originals(observations: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the first usable figure of every cell, as it was known on its day.

    A ratio nobody had printed by then is derived from the first figures of its parts, on the day both were
    known: one printed later takes its place no more than another later figure does.
    """
    rows = (
        released(observations, str(observations["published"].max().date()))
        if len(observations)
        else observations
    )
    rows = rows[~rows["status"].isin((*tables.NOT_STANDING, "flash")) & rows["value"].notna()]
    cells = rows.sort_values("published", kind="stable").drop_duplicates(CELL)
    ratios = [key for key, one in catalogue.indicators.items() if one.numerator and one.denominator]
    printed = cells["indicator"].isin(ratios)
    both = pd.concat([cells[printed], with_ratios(cells[~printed], catalogue)], ignore_index=True)
    return both.sort_values("published", kind="stable").drop_duplicates(CELL, ignore_index=True)


def in_year(history: pd.DataFrame, indicator: str, region: str, year: int) -> pd.DataFrame:
    """Return the counts of a year so far, cumulative: columns month (1-12), value, published."""
    chosen = history["indicator"].eq(indicator) & history["region"].eq(region) & history["year"].eq(year)
    rows = history[chosen & history["period"].str.len().eq(7)]
    rows = rows.assign(month=rows["period"].str[5:].astype("int64")).sort_values(
        ["month", "published"], kind="stable"
    )
    return rows.drop_duplicates("month", keep="last")[["month", "value", "published"]].reset_index(drop=True)


def parts(history: pd.DataFrame, indicator: str, month: int) -> pd.DataFrame:
    """Return what part of each year known as a whole was there by the end of a month (1-12).

    Returns
    -------
    pandas.DataFrame
        region, year, share: of the region's figure to that month in its year's, both on one basis, the newest
        where there are several. Years without either figure are left out.
    """
    rows = history[history["indicator"].eq(indicator) & history["value"].gt(0)]
    within = rows[rows["period"].str.len().eq(7) & rows["period"].str.endswith(f"-{month:02d}")]
    pairs = within.merge(annual(rows, indicator), on=["region", "year", "basis"], suffixes=("", "_year"))
    pairs = pairs.sort_values(["region", "year", "published_year"], kind="stable")
    pairs = pairs.drop_duplicates(["region", "year"], keep="last").reset_index(drop=True)
    return pairs.assign(share=pairs["value"] / pairs["value_year"])[["region", "year", "share"]]


def revisions(observations: pd.DataFrame, catalogue: Catalogue, until: str | None = None) -> pd.DataFrame:
    """Return every change of an already published figure: what was held, and what took its place.

    A figure is followed through its sources and bases as `as_of` would have shown it: a source of lower
    standing changes nothing, a flash estimate yields to anything.

    Parameters
    ----------
    observations : table of ``releases.load``
    until : "YYYY-MM-DD", the last day looked at

    Returns
    -------
    pandas.DataFrame
        One row a change: region, indicator, period, kind ("revised" on the same basis, "rebased" on another,
        "withdrawn"), source and published of what was held, value_before, source_after, published_after,
        basis_before, basis, value, points (value - value_before) and percent, size: percent, or points for
        shares and ratios. Empty where nothing changed.
    """
    usable = observations[~observations["status"].isin(tables.EVIDENCE_ONLY)]
    if until is not None:
        usable = usable[usable["published"] <= pd.Timestamp(until)]
    usable = usable.sort_values(["region", "indicator", "period", "published", "basis"], kind="stable")
    names = ["region", "indicator", "period"]
    shared = usable[usable.duplicated(names, keep=False)]
    cells = groupby(tables.rows(shared), key=attrgetter(*names))
    changes = [(*key, *change) for key, rows in cells for change in _followed(rows)]
    table = pd.DataFrame(changes, columns=[*names, *_CHANGE])
    kinds = table["indicator"].map({key: one.kind for key, one in catalogue.indicators.items()})
    points = table["value"] - table["value_before"]
    percent = 100 * points / table["value_before"].where(table["value_before"].ne(0))
    return table.assign(
        points=points, percent=percent, size=percent.where(~kinds.isin(("share", "ratio")), points)
    )


_CHANGE = [
    "kind",
    "source",
    "published",
    "value_before",
    "source_after",
    "published_after",
    "basis_before",
    "basis",
    "value",
]


def _followed(rows: Iterator[Any]) -> list[tuple]:
    """Follow one cell through its releases; return its changes."""
    held, changes = None, []
    for row in rows:
        if row.status in tables.NOT_STANDING:
            if held is not None and (held.source, held.basis) == (row.source, row.basis):
                changes.append(("withdrawn", *_pair(held, row)))
                held = None
            continue
        if held is not None and _standing(row) > _standing(held):
            continue
        if held is not None and (held.value != row.value or held.basis != row.basis):
            changes.append(("revised" if held.basis == row.basis else "rebased", *_pair(held, row)))
        held = row
    return changes


def _standing(row: Any) -> tuple[bool, int]:
    return row.status == "flash", row.rank


def _pair(held: Any, row: Any) -> tuple:
    return (
        held.source,
        held.published,
        held.value,
        row.source,
        row.published,
        held.basis,
        row.basis,
        row.value,
    )


def revision_statistics(
    observations: pd.DataFrame, catalogue: Catalogue, until: str | None = None
) -> pd.DataFrame:
    """Return, for every source and indicator, how often and how far its figures were changed afterwards.

    Returns
    -------
    pandas.DataFrame
        source, indicator, figures (published), kind, changed, up, down, mean_size and mean_absolute (in % for
        amounts and counts, in points for shares and ratios), largest (signed). Never changed: changed 0.
    """
    changes = revisions(observations, catalogue, until)
    usable = observations[~observations["status"].isin((*tables.EVIDENCE_ONLY, *tables.NOT_STANDING))]
    if until is not None:
        usable = usable[usable["published"] <= pd.Timestamp(until)]
    figures = usable.groupby(["source", "indicator"], sort=True).size().rename("figures").reset_index()
    sizes = changes[changes["kind"].ne("withdrawn")].groupby(["source", "indicator", "kind"], sort=True)[
        "size"
    ]
    counted = sizes.agg(
        changed="size",
        up=lambda size: int((size > 0).sum()),
        down=lambda size: int((size < 0).sum()),
        mean_size="mean",
        mean_absolute=lambda size: size.abs().mean(),
        largest=lambda size: size.loc[size.abs().idxmax()] if size.notna().any() else np.nan,
    )
    table = figures.merge(counted.reset_index(), on=["source", "indicator"], how="left")
    whole = {name: table[name].fillna(0).astype("int64") for name in ("changed", "up", "down")}
    return table.assign(kind=table["kind"].fillna(""), **whole)


def withdrawn(observations: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return the figures retracted and not published again by ``date``, each with the reason in ``note``."""
    known = observations[observations["published"] <= pd.Timestamp(date)]
    last = known.sort_values("published", kind="stable").drop_duplicates([*CELL, "source"], keep="last")
    return last[last["status"].eq(tables.WITHDRAWN)].reset_index(drop=True)


def coverage(observations: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return what is known on ``date`` of every region and indicator.

    Returns
    -------
    pandas.DataFrame
        region, indicator, first and last year known, years (how many), gaps (years missing between them),
        since (day its first figure was published), lag (days from the last year's end to its publication).
    """
    history = as_of(observations, date)
    rows = history[history["period"].str.len().eq(4)]
    first = (
        released(observations, date)
        .groupby(["region", "indicator"], sort=True)["published"]
        .min()
        .rename("since")
    )
    groups = rows.groupby(["region", "indicator"], sort=True)["year"]
    table = groups.agg(first="min", last="max", years="nunique").join(first)
    ends = pd.to_datetime(table["last"].astype(str) + "-12-31")
    newest = (
        released(observations, date).groupby(["region", "indicator", "year"], sort=True)["published"].min()
    )
    keys = pd.MultiIndex.from_arrays([*(table.index.get_level_values(n) for n in (0, 1)), table["last"]])
    lag = (newest.reindex(keys).to_numpy() - ends.to_numpy()) / np.timedelta64(1, "D")
    return table.assign(gaps=table["last"] - table["first"] + 1 - table["years"], lag=lag).reset_index()


def gaps(observations: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return the years missing between the first and the last known: region, indicator, year."""
    history = as_of(observations, date)
    rows = history[history["period"].str.len().eq(4)]
    missing = [
        (region, indicator, year)
        for (region, indicator), years in rows.groupby(["region", "indicator"], sort=True)["year"]
        for year in sorted(set(range(years.min(), years.max() + 1)) - set(years))
    ]
    return pd.DataFrame(missing, columns=["region", "indicator", "year"])
