"""How regions spread around the one they belong to: log (logit of shares) of child over parent, as of a date.

A region without figures of its own is placed by its parent's figure and by how the parent's other regions, or
regions elsewhere, lie around theirs. Spreads of several parents are pooled by empirical Bayes (Smyth 2004,
doi:10.2202/1544-6115.1027; centres as in Fay and Herriot 1979, doi:10.1080/01621459.1979.10482505).
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis import mixtures, models
from analysis.arrays import Array
from analysis.catalogue import Catalogue

COMPLETE = 2 / 3  # a table of a parent's regions counts with so many of them; scattered reports boast
ANALOGY_DOF = 4.0  # stated: how well provinces around the country tell of cities around their province
SMALLER = 2.0  # stated: a city moves about twice as much as a province, until cities' own changes tell
FEWEST_CHANGES, FEWEST_REGIONS = 12, 5  # changes of so many regions are enough to learn from
ROBUST = 1.4826  # median absolute deviation to standard deviation, of a normal
Place = tuple[str, str]  # a level, and the parent whose regions are of it


@dataclass(frozen=True)
class Spread:
    """Where a region lies around its parent, on the scale of `mixtures.forward`.

    centre, doubt : of the regions of this parent, and its standard error
    deviation, dof : of a region around the centre (Student's t)
    move : standard deviation of a region's yearly change beside its parent's
    siblings : how many regions of the same parent taught
    parents : how many other parents' tables taught
    analogy : whether those are provinces around the country, standing for cities around their province
    assumed : whether `move` is the provinces', widened
    year, value : the parent's last figure; share : a region at the centre over it
    table : the year of the tables that taught, 0 where they are of several
    unlike : whether there are tables of a later year, of regions on another basis than their parent
    """

    centre: float
    doubt: float
    deviation: float
    dof: float
    move: float
    siblings: int
    parents: int
    analogy: bool
    assumed: bool
    year: int = 0
    value: float = np.nan
    share: float = np.nan
    table: int = 0
    unlike: bool = False


def beside(figures: pd.DataFrame, family: str, bounds: tuple[float, float], known: Catalogue) -> pd.DataFrame:
    """Return how every region lay beside its parent in every year, on the same basis.

    Parameters
    ----------
    figures : annual figures of one indicator (rows of `panel.as_of`)
    family, bounds : scale and bounds of the indicator

    Returns
    -------
    pandas.DataFrame
        region, parent, level, year, basis, z (child less parent on the scale)
    """
    names, low = ("region", "year", "published", "basis", "value"), max(bounds[0], 0.0)
    cells = [row for row in zip(*(figures[name].to_numpy() for name in names), strict=True)
             if low < row[-1] < bounds[1]]  # fmt: skip
    values = {(region, year, basis): value for region, year, _, basis, value in cells}
    pairs = [
        (region, one.parent, one.level, year, basis, value, values[one.parent, year, basis])
        for region, year, _, basis, value in sorted(cells, key=lambda row: row[:3])
        if ((one := known.regions[region]).parent, year, basis) in values
    ]
    columns = ["region", "parent", "level", "year", "basis", "value", "above"]
    rows = pd.DataFrame(pairs, columns=columns)
    z, above = (mixtures.forward(family, rows[name], 0.0, *bounds) for name in ("value", "above"))
    return rows[columns[:5]].assign(z=z - above)


def complete(figures: pd.DataFrame, known: Catalogue) -> dict[Place, int]:
    """Return the newest year of a complete table of every parent with a figure too, on whatever bases."""
    there = {*zip(figures["region"], figures["year"], strict=True)}
    rows = [
        (one.level, one.parent, year, region, 0.0)
        for region, year in there
        if ((one := known.regions[region]).parent, year) in there
    ]
    found = pd.DataFrame(rows, columns=["level", "parent", "year", "region", "z"])
    return {at: year for at, (year, _) in _newest(found, known).items()}


@dataclass(frozen=True)
class Tables:
    """What a date knows of regions beside their parents, so that each region's `Spread` costs little.

    places : (level, parent) -> region -> z of the newest complete table
    moves : level -> robust deviation of a yearly change of z, where enough regions have changes
    years : (level, parent) -> year of that table
    unlike : whose newest complete table is later, but on other bases than the parent
    """

    places: dict[Place, dict[str, float]]
    moves: dict[str, float]
    years: dict[Place, int] = field(default_factory=dict)
    unlike: frozenset[Place] = frozenset()
    memory: dict[tuple[str, str | None], tuple["Others", list[Place], bool]] = field(
        default_factory=dict, compare=False
    )

    @classmethod
    def of(cls, found: pd.DataFrame, known: Catalogue, latest: dict[Place, int] | None = None) -> "Tables":
        """Read a table of `beside`; latest : of `complete`."""
        changes = {level: _changes(rows) for level, rows in found.groupby("level", sort=True)}
        newest, latest = _newest(found, known), latest or {}
        return cls(
            {at: z for at, (_, z) in newest.items()},
            {one: _robust(z["z"]) for one, z in changes.items() if _enough(z)},
            {at: year for at, (year, _) in newest.items()},
            frozenset(at for at, (year, _) in newest.items() if latest.get(at, year) > year),
        )

    def spread(self, region: str, widening: float, known: Catalogue) -> Spread | None:
        """Return the `Spread` a region is placed by, without its own figures; None without a table.

        Parameters
        ----------
        widening : how much more a city is held to move than a province, before cities' changes tell
        """
        here = known.regions[region]
        mine = self.places.get((here.level, here.parent or ""), {})
        own = np.array([z for code, z in mine.items() if code != region])
        others, alike, analogy = self._others(here.level, here.parent)
        if not len(others) and len(own) < 3:
            return None
        centre, doubt, deviation, dof = _pooled(own, others, analogy)
        move, assumed = self._move(here.level, widening)
        taught = [*alike, *([(here.level, here.parent or "")] if len(own) >= 3 else [])]
        years = {self.years.get(at, 0) for at in taught}
        return Spread(
            centre, doubt, deviation, dof, move, len(own), len(others), analogy, assumed,
            table=years.pop() if len(years) == 1 else 0, unlike=not self.unlike.isdisjoint(taught),
        )  # fmt: skip

    def _others(self, level: str, parent: str | None) -> tuple["Others", list[Place], bool]:
        """Return the tables of other parents of a level, whose they are, and whether they are those of the
        provinces, which stand for them by analogy.
        """
        key = level, parent
        if key not in self.memory:
            alike = [at for at in self.places if at[0] == level and at[1] != (parent or "")]
            analogy = len(alike) < 3
            if analogy:
                alike = [at for at in self.places if at[0] == "province" != level]
            tables = [np.array(list(self.places[at].values())) for at in alike]
            self.memory[key] = Others.of(tables), alike, analogy
        return self.memory[key]

    def _move(self, level: str, widening: float) -> tuple[float, bool]:
        """Return the deviation of a yearly change beside the parent's, and whether it is an assumption."""
        if level in self.moves:
            return self.moves[level], False
        wider = widening if level == "city" else 1.0
        return wider * self.moves.get("province", models.PRIOR_DEVIATION), True


def _newest(found: pd.DataFrame, known: Catalogue) -> dict[Place, tuple[int, dict[str, float]]]:
    """Return the newest complete table of every parent: its year, and the places of its regions."""
    until: dict[tuple[str, str | None], list[int | None]] = defaultdict(list)
    for one in known.regions.values():
        until[one.level, one.parent].append(one.until)
    places: dict[tuple[str, str, int], dict[str, float]] = defaultdict(dict)
    names = ("level", "parent", "year", "region", "z")
    for level, parent, year, region, z in zip(*(found[name].tolist() for name in names), strict=True):
        places[level, parent, year][region] = float(z)  # of several bases the last one stays
    tables = {}
    for (level, parent, year), z in sorted(places.items()):
        living = sum(last is None or last >= year for last in until[level, parent])
        if len(z) >= max(3, COMPLETE * living):
            tables[level, parent] = year, z
    return tables


@dataclass(frozen=True)
class Others:
    """How many regions the tables of other parents hold, their mean and variance, (parents,) each."""

    count: Array
    mean: Array
    variance: Array

    @classmethod
    def of(cls, tables: list[Array]) -> "Others":
        count = np.array([len(z) for z in tables], float)
        return cls(count, np.array([z.mean() for z in tables]), np.array([z.var(ddof=1) for z in tables]))

    def __len__(self) -> int:
        return len(self.count)


def _pooled(own: Array, others: Others, analogy: bool) -> tuple[float, float, float, float]:
    """Return (centre, its standard error, deviation, dof) of a parent's regions.

    One's own table is shrunk by the number of its regions towards the others'. With a single other table how
    far parents differ cannot be learned: it is stated, half the deviation for the centre.
    """
    mine = len(own) - 1 if len(own) >= 3 else 0
    variance = np.append(others.variance, own.var(ddof=1) if mine else 0.0)
    freedom = np.append(others.count - 1, mine)
    if (freedom > 0).sum() >= 3:
        squares, dofs = models.posterior_variance(variance, freedom)
        square, dof = squares[-1], dofs[-1]
    else:
        square, dof = np.average(variance, weights=freedom), ANALOGY_DOF
        square, dof = (dof * square + mine * variance[-1]) / (dof + mine), dof + mine
    means = others.mean if len(others) else np.zeros(1)
    between = square / ANALOGY_DOF
    if len(others) >= 3:
        noise = np.mean(others.variance / others.count)
        between = max(means.var(ddof=1) - noise, 0.01)
    weight = len(own) / (len(own) + square / between) if mine or not len(others) else 0.0
    centre = weight * (own.mean() if len(own) else 0.0) + (1 - weight) * means.mean()
    doubt = (1 - weight) * between * (1 + 1 / len(means))
    limit = dof if not analogy else min(dof, ANALOGY_DOF + mine)
    return float(centre), float(np.sqrt(doubt)), float(np.sqrt(square)), float(limit)


def _changes(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.drop_duplicates(["region", "year", "basis"], keep="last").sort_values(
        ["region", "basis", "year"]
    )
    grouped = rows.groupby(["region", "basis"], sort=False)
    change = rows.assign(z=grouped["z"].diff(), step=grouped["year"].diff())
    return change.loc[change["step"].eq(1), ["region", "z"]]


def _enough(change: pd.DataFrame) -> bool:
    return len(change) >= FEWEST_CHANGES and change["region"].nunique() >= FEWEST_REGIONS


def _robust(change: pd.Series) -> float:
    return float(max(ROBUST * (change - change.median()).abs().median(), 1e-4))
