"""What is wrong or doubtful about figures that could be read: by the catalogue, each other, and history."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis import catalogue, tables
from analysis.catalogue import Basis, Catalogue, Indicator
from analysis.intake import messages
from analysis.intake.messages import Problem
from analysis.intake.sheets import cell
from analysis.languages import LANGUAGES

Row = int | np.integer  # of the figures, from 0
CELL = ["region", "indicator", "period", "basis"]
SERIES = ["region", "indicator", "basis"]
PEERS = 20  # fewer yearly changes of peers than this say nothing about what is implausible
SPREADS = 12.0  # robust standard deviations of the peers' yearly changes that are still plausible
LEAST = {"amount": 0.25, "population": 0.1, "ratio": 0.35, "flow": 0.7, "stock": 0.5, "share": 3.0}
ALONE = {"amount": 1.4, "population": 0.3, "ratio": 1.4, "flow": 2.4, "stock": 2.0, "share": 25.0}
CLOSE = (1e-12, 0.0)  # relative: the same number read in two ways
APART = 5  # years between two figures still compared
FAR = 20.0  # times the lowest or highest level of the peers
REBASED = {"share": 5.0}  # what a change of basis may add to a plausible change, in points
REBASED_LOG = 0.3  # the same for what is compared in logarithms
NEAR_TEN = 0.1  # of a power of ten, in decimal logarithms: what a slip of unit or point leaves of a change
MARGIN = 1.5  # times the range of the others' ratios
FEW = 10  # fewer ratios of the regions of one level say nothing of their range
CROWD = 1000.0  # times smaller than an even share of the whole
GROWTH = 1.25  # a year, at most, of a whole known for another year


# Bases


def with_basis(figures: pd.DataFrame, published: date, known: Catalogue) -> pd.DataFrame:
    """Give figures that state no basis the one in force on the day of publication."""
    basis = figures["basis"].to_numpy(object).copy()
    blank = basis == ""
    for name, one in sorted(known.bases.items(), key=lambda item: item[1].published_from):
        if one.published_from <= published:
            basis[blank & figures["indicator"].isin(one.indicators) & _inside(one, figures)] = name
    return figures.assign(basis=basis)


def _inside(basis: Basis, figures: pd.DataFrame) -> np.ndarray:
    region = figures["region"]
    inside = region.isin(basis.regions).to_numpy() if basis.regions else np.ones(len(region), dtype=bool)
    for code, first in basis.periods_from.items():
        inside &= ~(region.eq(code) & figures["period"].lt(str(first))).to_numpy()
    if basis.periods_until is not None:
        inside &= figures["period"].str[:4].le(str(basis.periods_until)).to_numpy()
    return inside


# Faults


class Examination:
    """Figures of one file beside what was known on the day they were published.

    figures : table of ``figures.read`` with a basis for every figure
    history : every observation filed (``releases.load``)
    """

    def __init__(
        self,
        figures: pd.DataFrame,
        source: str,
        published: date,
        history: pd.DataFrame,
        known: Catalogue,
    ) -> None:
        self.figures, self.source, self.published, self.known = figures, source, published, known
        self.problems: list[Problem] = []
        self.kinds = {key: one.kind for key, one in known.indicators.items()}
        self.kind = figures["indicator"].map(self.kinds)
        self.year = figures["period"].str[:4].astype(int)
        self.annual = figures["period"].str.len().eq(4)
        self.withdrawn = figures["status"].eq(tables.WITHDRAWN)
        self.evidence = figures["status"].isin((*tables.EVIDENCE_ONLY, tables.DOUBTFUL))
        self.own = history[history["source"].eq(source)]
        self.past = history[history["published"] <= pd.Timestamp(published)]
        shown = self.past["status"].isin((*tables.EVIDENCE_ONLY, *tables.NOT_STANDING))
        self.usable = latest(self.past[~shown & np.isfinite(self.past["value"])])
        self.alike = self.usable[self.usable["indicator"].isin(figures["indicator"])]
        self.range = cache(self._range)

    def beside(self, filed: pd.DataFrame) -> pd.DataFrame:
        """Return value and status last filed of every figure's cell, NaN where there is none."""
        last = latest(self._of_these(filed, self.figures["indicator"]))
        return self.figures[CELL].merge(last[[*CELL, "value", "status"]], how="left", on=CELL)

    def _of_these(self, filed: pd.DataFrame, indicators: pd.Series) -> pd.DataFrame:
        """Keep what is filed for the regions of the figures and some indicators."""
        return filed[filed["region"].isin(self.figures["region"]) & filed["indicator"].isin(indicators)]

    def run(self) -> list[Problem]:
        """Return every problem, doubt and remark."""
        self._withdrawals()
        self._bases()
        self._future()
        self._duplicates()
        self._bounds()
        self._same_day()
        faulty = {(one.sheet, one.cell) for one in self.problems}
        sound = np.array([one not in faulty for one in self._places()]) if faulty else True
        self.sound = ~self.withdrawn & ~self.evidence & sound
        self._ratios()
        self._parents()
        self._falls()
        self._jumps()
        self._implied()
        self._meaning()
        self._late()
        return self.problems

    def _add(self, code: str, position: Row, **facts: object) -> None:
        row = self.figures.iloc[position]
        facts = {
            "value": self.shown(row["value"], row["unit"]),
            "indicator": self.label(row["indicator"]),
        } | facts
        self.problems.append(Problem(code, row["sheet"], facts, self.place(position)))

    def _places(self) -> list[tuple[str, str]]:
        rows = self.figures[["sheet", "row", "column"]].itertuples(index=False, name=None)
        return [(sheet, cell(int(row), int(column))) for sheet, row, column in rows]

    def place(self, position: Row) -> str:
        return cell(int(self.figures["row"].iat[position]), int(self.figures["column"].iat[position]))

    def shown(self, value: float, unit: str) -> dict:
        return {language: shown(value, unit_name(unit, self.known, language)) for language in LANGUAGES}

    def label(self, indicator: str) -> dict:
        return messages.each(
            "parts.indicator", key=indicator, name=self._names(self.known.indicators[indicator])
        )

    def named(self, position: Row) -> dict:
        """Name a figure by region, indicator and period."""
        row = self.figures.iloc[position]
        key, period = row["indicator"], row["period"]
        region, indicator = (
            self._names(self.known.regions[row["region"]]),
            self._names(self.known.indicators[key]),
        )
        part = "parts.figure" if len(period) == 4 else "parts.figure_months"
        return messages.each(part, key=key, region=region, period=period, indicator=indicator)

    def _names(self, one: Any) -> dict:
        return {language: catalogue.name(one, language) for language in LANGUAGES}

    def _withdrawals(self) -> None:
        unknown = self.beside(self.own[self.own["published"] < pd.Timestamp(self.published)])["status"].isna()
        for position in np.flatnonzero(self.withdrawn):
            if np.isfinite(self.figures["value"].iat[position]):
                self._add("withdrawal_value", position)
            if not self.figures["note"].iat[position].strip():
                self._add("withdrawal_reason", position)
            if unknown[position]:
                self._add("nothing_to_withdraw", position, value=self.named(position))

    def _bases(self) -> None:
        for name, one in self.known.bases.items():
            with_it = self.figures["basis"].eq(name)
            if not with_it.any():
                continue
            fits = self.figures["indicator"].isin(one.indicators) & (one.published_from <= self.published)
            if one.regions:
                parents = self.figures["region"].map(
                    {code: at.parent for code, at in self.known.regions.items()}
                )
                fits &= self.figures["region"].isin(one.regions) | parents.isin(one.regions)
            for position in np.flatnonzero(with_it & ~fits):
                self._add("wrong_basis", position, value=name, other=self.named(position))

    def _future(self) -> None:
        last = np.where(self.annual, f"{self.published:%Y}", f"{self.published:%Y-%m}")
        for position in np.flatnonzero(self.figures["period"] > last):
            self._add(
                "future_period",
                position,
                value=self.figures["period"].iat[position],
                other=str(self.published),
            )

    def _duplicates(self) -> None:
        seen: dict[tuple, int] = {}
        for position, one in enumerate(self.figures[CELL].itertuples(index=False, name=None)):
            if one in seen:
                other = f"{self.figures['sheet'].iat[seen[one]]}!{self.place(seen[one])}"
                self._add("duplicate", position, value=self.named(position), other=other)
            seen[one] = position

    def _bounds(self) -> None:
        pairs = zip(self.figures["indicator"], self.figures["value"], strict=True)
        for position, (key, value) in enumerate(pairs):
            one = self.known.indicators[key]
            if not _within(value, one.bounds):
                low, high = ("" if bound is None else f"{bound:g}" for bound in one.bounds)
                self._add("bounds", position, other=f"{low}…{high}")
            if one.integer and np.isfinite(value) and value != round(value):
                self._add("not_whole", position)

    def _ratios(self) -> None:
        """Compare each ratio with its parts in the same file, as exactly as all three are printed."""
        figures = self.figures.assign(position=np.arange(len(self.figures)))[self.sound]
        present = set(figures["indicator"])
        for key, indicator in self.known.indicators.items():
            if indicator.numerator in present and indicator.denominator in present:
                self._ratio(figures, key, indicator)

    def _ratio(self, figures: pd.DataFrame, key: str, indicator: Indicator) -> None:
        columns = ["region", "period", "basis", "value", "position"]
        parts = {
            name: figures.loc[figures["indicator"].eq(name), columns]
            for name in (key, indicator.numerator, indicator.denominator)
        }
        below = parts[indicator.denominator]
        below = below[below["value"] > 0]
        pairs = parts[indicator.numerator].merge(below, on=["region", "period"], suffixes=("", "_below"))
        ratios = (
            parts[key].merge(pairs, on=["region", "period"], how="right", suffixes=("_ratio", ""))
            if len(pairs)
            else pairs
        )
        for one in ratios.itertuples(index=False):
            value = indicator.scale * one.value / one.value_below
            wide = (
                self._half(one.position) / abs(one.value or 1)
                + self._half(one.position_below) / one.value_below
            )
            if not _within(value, indicator.bounds):
                self._contradicted("impossible_ratio", one.position, one, key, value)
            elif one.position_ratio == one.position_ratio and str(one.basis_below) in (
                "",
                str(one.basis_ratio),
            ):
                slack = value * wide + self._half(int(one.position_ratio)) * 1.0000001
                if abs(one.value_ratio - value) > slack + 1e-9:
                    self._contradicted("contradiction", int(one.position_ratio), one, key, value)

    def _contradicted(self, code: str, position: Row, pair: Any, key: str, value: float) -> None:
        sheets = [
            f"{self.figures['sheet'].iat[p]}!{self.place(p)}" for p in (pair.position, pair.position_below)
        ]
        unit = self.known.indicators[key].unit
        self._add(
            code,
            position,
            indicator=self.label(key),
            other=" / ".join(sheets),
            readings=self.shown(float(f"{value:.4g}"), unit),
        )

    def _half(self, position: int) -> float:
        """Return half a unit of the last printed digit, in the unit the figure is kept in."""
        digits = "".join(sign for sign in str(self.figures["written"].iat[position]) if sign in "0123456789.")
        value = abs(self.figures["value"].iat[position])
        try:
            printed = float(digits)
        except ValueError:
            return 0.0
        places = len(digits.partition(".")[2])
        return 0.5 * 10.0**-places * (value / printed if printed else 1.0)

    def _same_day(self) -> None:
        """Refuse to change what this source published on this day."""
        old = self.beside(self.own[self.own["published"] == pd.Timestamp(self.published)])
        for position in np.flatnonzero(old["status"].notna()):
            value, status = old["value"][position], old["status"][position]
            row = self.figures.iloc[position]
            if status != row["status"] or not np.isclose(value, row["value"], *CLOSE, equal_nan=True):
                texts = self.shown(value, row["unit"]).items()
                other = {language: f"{text} ({status})" for language, text in texts}
                self._add("changed_cell", position, other=other)

    # Doubts

    def _jumps(self) -> None:
        """Doubt changes beyond anything the comparable regions showed."""
        limits = self._limits()
        compared = np.zeros(len(self.figures), dtype=bool)
        before = self.beside(self.usable)["value"]
        revision = self._scaled(self.figures) - self._scaled(self.figures.assign(value=before))
        width = limits["width"].loc[self.figures["indicator"]].to_numpy()
        for position in np.flatnonzero(self.sound & (np.abs(revision) > width)):
            compared[position] = True
            self._jump(position, before[position], None, limits)
        filed = self._of_these(self.alike, self.figures["indicator"])
        filed = filed[filed["period"].str.len().eq(4)].assign(position=-1)
        new = self.figures.assign(year=self.year, position=np.arange(len(self.figures)))
        lines = pd.concat([filed, new[self.sound & self.annual]]).drop_duplicates(CELL, keep="last")
        self._changes(lines.sort_values([*SERIES, "year"], ignore_index=True), limits, compared)
        self._across(limits, compared)
        self._levels(np.flatnonzero(self.sound & ~compared))

    def _changes(self, lines: pd.DataFrame, limits: pd.DataFrame, compared: np.ndarray) -> None:
        """Judge the change from each figure of a series to the next; ``position`` is -1 for known ones."""
        gap = lines["year"].diff()
        change = pd.Series(self._scaled(lines)).diff() / gap.clip(lower=1)
        place, earlier = lines["position"], lines["position"].shift(fill_value=-1)
        judged = _continued(lines) & gap.le(APART) & ((place >= 0) | (earlier >= 0))
        fitting = limits.loc[lines["indicator"]].reset_index(drop=True)
        doubted = compared.copy()
        for one in np.flatnonzero(judged & ((change - fitting["centre"]).abs() > fitting["width"])):
            here, other = (one, one - 1) if place[one] >= 0 else (one - 1, one)
            if not doubted[place[here]]:
                doubted[place[here]] = True
                self._jump(place[here], lines["value"][other], int(lines["year"][other]), limits)
        for ends, others in ((place, earlier), (earlier, place)):
            compared[ends[judged & (ends >= 0) & (others < 0)]] = True

    def _across(self, limits: pd.DataFrame, compared: np.ndarray) -> None:
        """Judge figures beside the nearest filed one whatever its basis, and slips of ten beside any."""
        near = self.nearest(self.figures["indicator"], self.usable)
        kind, value = self.kind.to_numpy(), self.figures["value"].to_numpy(float)
        gap = (self.year.to_numpy() - near["near_year"]).to_numpy(float)
        change = self._scaled(self.figures) - self._scaled(
            self.figures.assign(value=near["value"].to_numpy())
        )
        yearly = change / np.where(gap == 0, 1, gap)
        fitting = limits.loc[self.figures["indicator"]]
        more = np.where(kind == "share", REBASED["share"], REBASED_LOG)
        beyond = (
            np.abs(yearly - np.where(gap == 0, 0, fitting["centre"])) > fitting["width"].to_numpy() + more
        )
        slip = np.isin(kind, ("amount", "ratio", "share", "population")) & (powers(near["value"], value) != 0)
        doubted = {(one.sheet, one.cell) for one in self.problems}
        known = self.sound.to_numpy() & near["value"].notna().to_numpy()
        for position in np.flatnonzero(known & (slip | (beyond & ~compared))):
            if (self.figures["sheet"].iat[position], self.place(position)) not in doubted:
                self._jump(
                    position, near["value"].iat[position], int(near["near_year"].iat[position]), limits
                )
        compared |= known & self.annual.to_numpy()

    def nearest(self, indicator: pd.Series, filed: pd.DataFrame) -> pd.DataFrame:
        """Return the annual figure nearest in time to each figure, of its region, on any basis.

        indicator: of the near one, a figure; filed: where it is looked for. The columns are value and
        near_year, NaN where there is none.
        """
        filed = self._of_these(filed, indicator)
        filed = filed[filed["period"].str.len().eq(4)].sort_values(["year", "published"])
        filed = filed.drop_duplicates(["region", "indicator", "year"], keep="last").assign(
            near_year=lambda t: t["year"]
        )
        asked = pd.DataFrame(
            {"region": self.figures["region"], "indicator": indicator, "year": self.year.astype("int64")}
        )
        asked = asked[self.annual].reset_index(names="position").sort_values("year", kind="stable")
        found = pd.merge_asof(
            asked, filed[["region", "indicator", "year", "value", "near_year"]], on="year",
            by=["region", "indicator"], direction="nearest", tolerance=APART,
        )  # fmt: skip
        return found.set_index("position")[["value", "near_year"]].reindex(self.figures.index)

    def _scaled(self, table: pd.DataFrame) -> np.ndarray:
        """Put values on the scale changes are judged on: logarithms, points for shares."""
        kind, value = table["indicator"].map(self.kinds), table["value"].to_numpy(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(value + kind.isin(("flow", "stock")).to_numpy())
        scaled = np.where(kind == "share", value, logs)
        return np.where(np.isfinite(scaled), scaled, np.nan)

    def _limits(self) -> pd.DataFrame:
        """Return centre and width of plausible yearly changes, by indicator."""
        past = self.alike[self.alike["period"].str.len().eq(4)]
        past = past.sort_values([*SERIES, "year"], ignore_index=True)
        change = pd.Series(self._scaled(past)).diff()
        yearly = _continued(past) & past["year"].diff().eq(1) & change.notna()
        changes = dict(iter(change[yearly].groupby(past["indicator"])))
        limits = {key: plausible(changes.get(key, np.empty(0)), kind) for key, kind in self.kinds.items()}
        return pd.DataFrame.from_dict(limits, orient="index", columns=["centre", "width"])

    def _jump(self, position: Row, other: float, year: int | None, limits: pd.DataFrame) -> None:
        row, kind = self.figures.iloc[position], self.kind.iat[position]
        centre, width = limits.loc[row["indicator"]]
        change = change_of(other, row["value"], kind)
        span = (
            f"{centre - width:+.1f}…{centre + width:+.1f}"
            if kind == "share"
            else f"×{np.exp(centre - width):.2g}…×{np.exp(centre + width):.2g}"
        )
        before = "parts.before_year" if year else "parts.before"
        told = messages.each(before, year=year, value=self.shown(other, row["unit"]))
        power = int(powers(np.array([other]), np.array([row["value"]]))[0])
        times = f"{10**power}" if power > 0 else f"1/{10**-power}"
        slip = messages.each("parts.slip", times=times) if power else dict.fromkeys(LANGUAGES, "")
        self._add("jump", position, other=told, change=change, readings=span, slip=slip)

    def _levels(self, positions: np.ndarray) -> None:
        """Doubt a first figure of a region that is far from all comparable regions."""
        if not len(positions):
            return
        levels = {code: one.level for code, one in self.known.regions.items()}
        first = self.figures.iloc[positions]
        asked = set(zip(first["indicator"], first["region"].map(levels), strict=True))
        peers = self.alike[self.alike["value"] > 0]
        groups = peers.groupby(["indicator", peers["region"].map(levels)])["value"]
        ranges = {key: values.agg(["size", "min", "max"]) for key, values in groups if key in asked}
        for position in positions:
            row = self.figures.iloc[position]
            count, low, high = ranges.get((row["indicator"], levels[row["region"]]), (0, 0, 0))
            plausible = low / FAR <= row["value"] <= high * FAR
            if count >= PEERS and row["value"] > 0 and not plausible:
                self._add("level", position, readings=f"{low:g}…{high:g}")

    def _parents(self) -> None:
        """Doubt a part that is more than a whole it belongs to, or next to nothing of it."""
        regions = self.known.regions
        above = {parent for code in self.figures["region"].unique() for parent in self.known.above(code)}
        wholes = pd.concat([self.alike, self.figures[self.sound]])[[*CELL[:3], "value"]]
        wholes = wholes[wholes["region"].isin(above)]
        whole = {(one.region, one.indicator, one.period): one.value for one in wholes.itertuples(index=False)}
        sizes = Counter(one.parent for one in regions.values())
        additive = (
            self.sound
            & self.kind.isin(("amount", "flow", "stock", "population"))
            & self.figures["value"].gt(0)
        )
        columns = ["region", "indicator", "period", "value"]
        rows = self.figures.loc[additive, columns].itertuples(index=False)
        for position, row in zip(np.flatnonzero(additive), rows, strict=True):
            parent = regions[row.region].parent
            while parent:
                total, year = _whole(whole, parent, row.indicator, row.period)
                far = GROWTH ** abs(int(year[:4]) - int(row.period[:4]))
                hardly = row.value * far * sizes[parent] * CROWD < total
                code = "beyond_parent" if row.value > total * far else "hardly_part" if hardly else ""
                if code == "beyond_parent" or (code and self.kinds[row.indicator] == "amount"):
                    other = self.shown(total, self.figures["unit"].iat[position])
                    self._add(code, position, region=self._names(regions[parent]), period=year, other=other)
                    break
                parent = regions[parent].parent

    def _falls(self) -> None:
        """Doubt an amount of the months so far that is less than that of fewer months of its year."""
        mine = self.sound & ~self.annual & self.kind.isin(("amount", "flow"))
        if not mine.any():
            return
        known = pd.concat([self.alike, self.figures[mine]])[[*SERIES, "period", "value"]]
        known = known[known["period"].str.len().eq(7)]
        for position in np.flatnonzero(mine):
            row = self.figures.iloc[position]
            alike = np.logical_and.reduce([known[name].eq(row[name]) for name in SERIES])
            fewer = known["period"].lt(row["period"]) & known["period"].str[:4].eq(row["period"][:4])
            before = known.loc[alike & fewer & known["value"].gt(row["value"]), "value"]
            if len(before):
                self._add("falls", position, other=self.shown(before.iloc[-1], row["unit"]))

    def _implied(self) -> None:
        """Doubt a first figure that makes a ratio no other region of its level has, say R&D per GDP."""
        doubted = {(one.sheet, one.cell) for one in self.problems}
        at_fault = {
            region
            for place, region in zip(self._places(), self.figures["region"], strict=True)
            if place in doubted
        }
        for key, one in self.known.indicators.items():
            if one.numerator and one.denominator:
                for position, other, ratio in self._ratios_with(one):
                    if self.figures["region"].iat[position] not in at_fault:
                        self._outside(position, key, other, ratio)

    def _ratios_with(self, one: Indicator) -> Iterator[tuple[int, str, float]]:
        """Yield the figures that are a part of a ratio, with what the nearest other part makes of them."""
        value = self.figures["value"].to_numpy(float)
        for part, other, power in ((one.numerator, one.denominator, 1), (one.denominator, one.numerator, -1)):
            parts = self.sound & self.figures["indicator"].eq(part) & self.figures["value"].gt(0)
            if not parts.any():
                continue
            near = self.nearest(pd.Series(other, index=self.figures.index), self._together)
            known, year = near["value"].to_numpy(float), near["near_year"].to_numpy(float)
            for position in np.flatnonzero(parts & (known > 0)):
                pair = value[position] / known[position]
                yield int(position), f"{other} {year[position]:.0f}", one.scale * pair**power

    @cached_property
    def _together(self) -> pd.DataFrame:
        """The usable figures filed and the sound ones sent."""
        sent = self.figures[self.sound].assign(year=self.year, published=np.datetime64(self.published, "ns"))
        columns = ["region", "indicator", "period", "year", "value", "published"]
        return pd.concat([self.usable[columns], sent[columns]])

    def _outside(self, position: int, key: str, other: str, ratio: float) -> None:
        """Doubt a ratio outside the range of those filed for regions of the same level."""
        low, high = self.range(key, self.known.regions[self.figures["region"].iat[position]].level)
        if low / MARGIN <= ratio <= high * MARGIN:
            return
        unit = self.known.indicators[key].unit
        part, year = other.split()
        name = self._names(self.known.indicators[part])
        told = messages.each("parts.indicator_year", key=part, name=name, year=year)
        readings = f"{low:.3g}…{high:.3g}"
        change = self.shown(float(f"{ratio:.3g}"), unit)
        self._add(
            "implied", position, indicator=self.label(key), other=told, change=change, readings=readings
        )

    def _range(self, key: str, level: str) -> tuple[float, float]:
        """Return lowest and highest ratio filed for a level, for all where it has few."""
        filed = self.usable[self.usable["indicator"].eq(key) & self.usable["value"].gt(0)]
        alike = filed[filed["region"].map(lambda code: self.known.regions[code].level).eq(level)]
        chosen = alike if len(alike) >= FEW else filed
        return (chosen["value"].min(), chosen["value"].max()) if len(chosen) >= FEW else (0.0, np.inf)

    def _meaning(self) -> None:
        """Doubt a whole year that had not ended, a zero that may be a gap, a region dissolved before."""
        year = self.published.year
        if (self.published.month, self.published.day) != (12, 31):
            through_year = ~self.kind.isin(("stock", "population"))
            months = f"{year}-{self.published.month:02d}"
            for position in np.flatnonzero(through_year & self.annual & self.year.eq(year) & self.sound):
                self._add("running_year", position, value=year, other=str(self.published), readings=months)
        measured = self.kind.isin(("amount", "ratio", "share", "population"))  # a count may well be none
        for position in np.flatnonzero(measured & self.figures["value"].eq(0)):
            self._add("zero", position)
        until = self.figures["region"].map({code: one.until for code, one in self.known.regions.items()})
        for position in np.flatnonzero(self.year.gt(until.astype(float))):
            name = self._names(self.known.regions[self.figures["region"].iat[position]])
            self._add("dissolved", position, value=name, other=int(until.iat[position]))

    def _late(self) -> None:
        newest = self.own["published"].max()
        if pd.Timestamp(self.published) < newest:
            sheet = self.figures["sheet"].iat[0] if len(self.figures) else ""
            facts = {"other": f"{newest:%Y-%m-%d}", "value": str(self.published)}
            self.problems.append(Problem("late", sheet, facts))


def latest(history: pd.DataFrame) -> pd.DataFrame:
    """Keep the last published figure of every cell."""
    return history.sort_values("published", kind="stable").drop_duplicates(CELL, keep="last")


def plausible(changes: np.ndarray | pd.Series, kind: str) -> tuple[float, float]:
    """Return centre and width of the yearly changes still plausible, given those of the peers."""
    if len(changes) < PEERS:
        return 0.0, ALONE[kind]
    centre = np.median(changes)
    away = np.abs(changes - centre)
    return centre, max(SPREADS * 1.4826 * np.median(away), 1.5 * np.quantile(away, 0.99), LEAST[kind])


def powers(before: np.ndarray | pd.Series, after: np.ndarray | pd.Series) -> np.ndarray:
    """Return the power of ten by which figures differ from those before, 0 where they differ otherwise.

    >>> powers(np.array([2.05, 2.05, 2.05]), np.array([0.0213, 20.1, 15.0])).tolist()
    [-2.0, 1.0, 0.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.log10(np.asarray(after, float) / np.asarray(before, float))
    times = np.where(np.isfinite(times), times, 0.0)
    nearest = np.round(times)
    return np.where(np.abs(times - nearest) < NEAR_TEN, nearest, 0.0)


def _whole(known: dict, region: str, indicator: str, period: str) -> tuple[float, str]:
    """Return the figure of a whole in a period, else in the nearest year; NaN where there is none."""
    years = [period] if len(period) != 4 else [
        str(int(period) + sign * gap) for gap in range(APART + 1) for sign in (-1, 1)
    ]  # fmt: skip
    found = next((year for year in years if (region, indicator, year) in known), None)
    return (known[region, indicator, found], found) if found else (float("nan"), period)


def _continued(lines: pd.DataFrame) -> pd.Series:
    """Whether each figure is of the same series as the one before."""
    return lines[SERIES].eq(lines[SERIES].shift()).all(axis=1)


def _within(value: float, bounds: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return not ((low is not None and value < low) or (high is not None and value > high))


def unit_name(unit: str, known: Catalogue, language: str) -> str:
    """Return what a unit is called in messages: in Chinese by its name, else by its key."""
    return known.units[unit].zh if catalogue.tongue(language) == "zh" else unit


def shown(value: float, unit: str) -> str:
    """Write a value with its unit, apart from one that begins with a number.

    >>> shown(13.5, "亿元"), shown(13.5, "100 million yuan")
    ('13.5 亿元', '13.5 × 100 million yuan')
    """
    times = "× " if unit[:1].isdigit() else ""
    return "—" if value != value else f"{value:.12g} {times}{unit}"


def change_of(before: float, after: float, kind: str) -> str:
    """Write a change: points for shares and ratios, else in %."""
    if kind in ("share", "ratio"):
        return f"{after - before:+.4g}"
    return f"{100 * (after / before - 1):+.2f} %" if before else f"{after:+g}"
