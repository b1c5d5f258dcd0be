"""What is wrong or doubtful about figures that could be read: by the catalogue, each other, and history."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis import tables
from analysis.catalogue import Basis, Catalogue, Indicator
from analysis.intake.messages import Problem
from analysis.intake.sheets import cell

Row = int | np.integer  # of the figures, from 0
PERIODS = 30_000  # more than the highest number of a period
PEERS = 20  # fewer yearly changes of peers than this say nothing about what is implausible
SPREADS = 12.0  # robust standard deviations of the peers' yearly changes that are still plausible
LEAST = {"amount": 0.25, "population": 0.1, "ratio": 0.35, "flow": 0.7, "stock": 0.5, "share": 3.0}
ALONE = {"amount": 1.4, "population": 0.3, "ratio": 1.4, "flow": 2.4, "stock": 2.0, "share": 25.0}
CLOSE = (1e-12, 0.0)  # relative: the same number read in two ways
APART = 5  # years between two figures still compared
FAR = 20.0  # times the lowest or highest level of the peers


@dataclass(frozen=True)
class Keys:
    """Figures by number: what each is about, and one key for the cell."""

    region: np.ndarray
    indicator: np.ndarray
    period: np.ndarray
    cell: np.ndarray
    value: np.ndarray

    @property
    def annual(self) -> np.ndarray:
        return self.period % 13 == 0

    @property
    def year(self) -> np.ndarray:
        return self.period // 13

    @property
    def line(self) -> np.ndarray:
        """One number for the series (region, indicator, basis) a figure belongs to."""
        return self.cell // PERIODS

    def at(self, chosen: np.ndarray) -> "Keys":
        """Return some of the figures."""
        return Keys(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def joined(self, other: "Keys") -> "Keys":
        """Return these figures and then the others."""
        return Keys(
            *(np.concatenate([getattr(self, one.name), getattr(other, one.name)]) for one in fields(self))
        )


def keys(table: pd.DataFrame, known: Catalogue) -> Keys:
    """Number the cells of a table of figures by the catalogue."""
    region = _numbered(table["region"], known.regions)
    indicator = _numbered(table["indicator"], known.indicators)
    bases = ["", *known.bases]
    codes, periods = pd.factorize(table["period"])
    period = np.array([int(one[:4]) * 13 + int(one[5:] or 0) for one in periods], dtype=np.int64)[codes]
    line = (region * len(known.indicators) + indicator) * len(bases) + _numbered(table["basis"], bases)
    return Keys(region, indicator, period, line * PERIODS + period, table["value"].to_numpy("float64"))


def _numbered(column: pd.Series, names: Iterable[str]) -> np.ndarray:
    return pd.Index(list(names)).get_indexer(column)


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
        self.indicators: list[Indicator] = list(known.indicators.values())
        self.names = list(known.indicators)
        self.keys = keys(figures, known)
        self.withdrawn = figures["status"].eq(tables.WITHDRAWN).to_numpy()
        self.evidence = figures["status"].isin(tables.EVIDENCE_ONLY).to_numpy()
        self.everything = keys(history, known)
        self.own = history["source"].eq(source).to_numpy()
        day = history["published"].to_numpy()
        self.when, self.status = day, history["status"]
        self.before = self.own & (day < np.datetime64(published, "ns"))
        usable = ~history["status"].isin((*tables.EVIDENCE_ONLY, tables.WITHDRAWN)).to_numpy()
        usable &= (day <= np.datetime64(published, "ns")) & np.isfinite(self.everything.value)
        self.usable = latest(self.everything.at(usable), day[usable])

    def run(self) -> list[Problem]:
        """Return every problem, doubt and remark."""
        self._withdrawals()
        self._bases()
        self._future()
        self._duplicates()
        self._bounds()
        self._same_day()
        faulty = {(one.sheet, one.cell) for one in self.problems}
        sound = [(sheet, place) not in faulty for sheet, place in self._places()] if faulty else True
        self.sound = ~self.withdrawn & ~self.evidence & sound
        self._ratios()
        self._jumps()
        self._parents()
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
        return [
            (self.figures["sheet"].iat[position], self.place(position))
            for position in range(len(self.figures))
        ]

    def place(self, position: Row) -> str:
        return cell(int(self.figures["row"].iat[position]), int(self.figures["column"].iat[position]))

    def shown(self, value: float, unit: str) -> dict:
        return {"zh": shown(value, self.known.units[unit].zh), "en": shown(value, unit)}

    def label(self, indicator: str) -> dict:
        one = self.known.indicators[indicator]
        return {"zh": f"“{one.zh}”", "en": indicator}

    def named(self, position: Row) -> dict:
        """Name a figure by region, indicator and period."""
        row = self.figures.iloc[position]
        region, indicator = self.known.regions[row["region"]], self.known.indicators[row["indicator"]]
        return {
            "zh": f"{region.zh}{row['period']}年{indicator.zh}"
            if len(row["period"]) == 4
            else f"{region.zh}{row['period']}{indicator.zh}",
            "en": f"{row['indicator']} of {region.en}, {row['period']}",
        }

    def _withdrawals(self) -> None:
        for position in np.flatnonzero(self.withdrawn):
            if np.isfinite(self.keys.value[position]):
                self._add("withdrawal_value", position)
            if not self.figures["note"].iat[position].strip():
                self._add("withdrawal_reason", position)
            if not (self.everything.cell[self.before] == self.keys.cell[position]).any():
                self._add("nothing_to_withdraw", position, value=self.named(position))

    def _bases(self) -> None:
        for name, one in self.known.bases.items():
            with_it = self.figures["basis"].eq(name)
            if not with_it.any():
                continue
            fits = self.figures["indicator"].isin(one.indicators) & (one.published_from <= self.published)
            if one.regions:
                fits &= self.figures["region"].isin(one.regions)
            for position in np.flatnonzero(with_it & ~fits):
                self._add("wrong_basis", position, value=name, other=self.named(position))

    def _future(self) -> None:
        last = self.published.year * 13 + np.where(self.keys.annual, 0, self.published.month)
        for position in np.flatnonzero(self.keys.period > last):
            self._add(
                "future_period",
                position,
                value=self.figures["period"].iat[position],
                other=str(self.published),
            )

    def _duplicates(self) -> None:
        order = np.argsort(self.keys.cell, kind="stable")
        same = np.flatnonzero(self.keys.cell[order][1:] == self.keys.cell[order][:-1])
        for position in same:
            first = order[position]
            other = f"{self.figures['sheet'].iat[first]}!{self.place(first)}"
            self._add("duplicate", order[position + 1], value=self.named(order[position + 1]), other=other)

    def _bounds(self) -> None:
        lowest = np.array([-np.inf if one.bounds[0] is None else one.bounds[0] for one in self.indicators])
        highest = np.array([np.inf if one.bounds[1] is None else one.bounds[1] for one in self.indicators])
        counts = np.array([one.integer for one in self.indicators])
        value, indicator = self.keys.value, self.keys.indicator
        for position in np.flatnonzero((value < lowest[indicator]) | (value > highest[indicator])):
            low, high = self.indicators[indicator[position]].bounds
            self._add(
                "bounds",
                position,
                other=f"{'' if low is None else f'{low:g}'}…{'' if high is None else f'{high:g}'}",
            )
        for position in np.flatnonzero(counts[indicator] & np.isfinite(value) & (value != np.round(value))):
            self._add("not_whole", position)

    def _ratios(self) -> None:
        """Compare each ratio with its parts in the same file, as exactly as all three are printed."""
        if not any(one.numerator for one in self.indicators):
            return
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
        value = abs(self.keys.value[position])
        try:
            printed = float(digits)
        except ValueError:
            return 0.0
        places = len(digits.partition(".")[2])
        return 0.5 * 10.0**-places * (value / printed if printed else 1.0)

    def _same_day(self) -> None:
        """Refuse to change what this source published on this day."""
        filed = self.own & (self.when == np.datetime64(self.published, "ns"))
        old = self.everything.at(filed)
        place = {int(one): position for position, one in enumerate(old.cell)}
        status = self.status[filed].to_numpy()
        for position, one in enumerate(self.keys.cell if place else ()):
            match = place.get(int(one))
            if match is None:
                continue
            same = np.isclose(old.value[match], self.keys.value[position], *CLOSE, equal_nan=True)
            if not same or status[match] != self.figures["status"].iat[position]:
                other = self.shown(old.value[match], self.figures["unit"].iat[position])
                self._add(
                    "changed_cell",
                    position,
                    other={name: f"{text} ({status[match]})" for name, text in other.items()},
                )

    # Doubts

    def _jumps(self) -> None:
        """Doubt changes beyond anything the comparable regions showed."""
        new, positions = self.keys.at(self.sound), np.flatnonzero(self.sound)
        limits = self._limits()
        compared = np.zeros(len(self.figures), dtype=bool)
        known, place = find(new.cell, self.usable.cell)
        revision = self._scaled(new.at(known)) - self._scaled(self.usable.at(place))
        wild = np.abs(revision) > limits[new.indicator[known], 1]
        for one in np.flatnonzero(wild):
            compared[positions[known][one]] = True
            self._jump(positions[known][one], self.usable.value[place[one]], None, limits)
        kept = self.usable.annual.copy()
        kept[place] = False
        lines = self.usable.at(kept).joined(new.at(new.annual))
        origin = np.concatenate([np.full(int(kept.sum()), -1), positions[new.annual]])
        order = np.argsort(lines.cell, kind="stable")
        self._changes(lines.at(order), origin[order], limits, compared)
        self._levels(np.flatnonzero(self.sound & ~compared))

    def _changes(self, lines: Keys, origin: np.ndarray, limits: np.ndarray, compared: np.ndarray) -> None:
        """Judge the change from each figure of a series to the next; ``origin`` is -1 for known ones."""
        gap = lines.year[1:] - lines.year[:-1]
        scaled = self._scaled(lines)
        change = (scaled[1:] - scaled[:-1]) / np.maximum(gap, 1)
        judged = (lines.line[1:] == lines.line[:-1]) & (gap >= 1) & (gap <= APART)
        judged &= (origin[1:] >= 0) | (origin[:-1] >= 0)
        centre, width = limits[lines.indicator[1:]].T
        doubted = compared.copy()
        for one in np.flatnonzero(judged & (np.abs(change - centre) > width)):
            here, other = (one + 1, one) if origin[one + 1] >= 0 else (one, one + 1)
            if not doubted[origin[here]]:
                doubted[origin[here]] = True
                self._jump(origin[here], lines.value[other], int(lines.year[other]), limits)
        for ends in (origin[1:][judged], origin[:-1][judged]):
            compared[ends[ends >= 0]] = True

    def _scaled(self, figures: Keys) -> np.ndarray:
        """Put values on the scale changes are judged on: logarithms, points for shares."""
        kinds = np.array([one.kind for one in self.indicators])
        count, share = (
            np.isin(kinds, ("flow", "stock"))[figures.indicator],
            (kinds == "share")[figures.indicator],
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.log(figures.value + count)
        scaled = np.where(share, figures.value, scaled)
        return np.where(np.isfinite(scaled), scaled, np.nan)

    def _limits(self) -> np.ndarray:
        """Return centre and width of plausible yearly changes, for every indicator."""
        past = self.usable.at(self.usable.annual)
        scaled = self._scaled(past)
        neighbours = (past.line[1:] == past.line[:-1]) & (past.year[1:] == past.year[:-1] + 1)
        change, indicator = (scaled[1:] - scaled[:-1])[neighbours], past.indicator[1:][neighbours]
        limits = np.zeros((len(self.indicators), 2))
        for position, one in enumerate(self.indicators):
            peers = change[(indicator == position) & np.isfinite(change)]
            limits[position, 1] = ALONE[one.kind]
            if len(peers) >= PEERS:
                centre = np.median(peers)
                away = np.abs(peers - centre)
                limits[position] = (
                    centre,
                    max(SPREADS * 1.4826 * np.median(away), 1.5 * np.quantile(away, 0.99), LEAST[one.kind]),
                )
        return limits

    def _jump(self, position: int, other: float, year: int | None, limits: np.ndarray) -> None:
        row = self.figures.iloc[position]
        kind = self.indicators[self.keys.indicator[position]].kind
        centre, width = limits[self.keys.indicator[position]]
        change = change_of(other, row["value"], kind)
        span = (
            f"{centre - width:+.1f}…{centre + width:+.1f}"
            if kind == "share"
            else f"×{np.exp(centre - width):.2g}…×{np.exp(centre + width):.2g}"
        )
        before = self.shown(other, row["unit"])
        told = {
            "zh": f"{f'{year} 年' if year else '此前'}为 {before['zh']}",
            "en": f"{before['en']} {f'in {year}' if year else 'before'}",
        }
        self._add("jump", position, other=told, change=change, readings=span)

    def _levels(self, positions: np.ndarray) -> None:
        """Doubt a first figure of a region that is far from all comparable regions."""
        levels = np.array([one.level for one in self.known.regions.values()])
        for position in positions:
            indicator = self.keys.indicator[position]
            if self.indicators[indicator].kind == "share":
                continue
            peers = (self.usable.indicator == indicator) & (
                levels[self.usable.region] == levels[self.keys.region[position]]
            )
            values = self.usable.value[peers & (self.usable.value > 0)]
            value = self.keys.value[position]
            if len(values) >= PEERS and value > 0 and not values.min() / FAR <= value <= values.max() * FAR:
                self._add("level", position, readings=f"{values.min():g}…{values.max():g}")

    def _parents(self) -> None:
        """Doubt a part that is more than its whole."""
        codes = list(self.known.regions)
        place = {code: position for position, code in enumerate(codes)}
        parent = np.array([place.get(one.parent or "", -1) for one in self.known.regions.values()])
        additive = np.array(
            [one.kind in ("amount", "flow", "stock", "population") for one in self.indicators]
        )
        stride = len(self.indicators) * PERIODS
        whole: dict[int, float] = {}
        for figures in (self.usable, self.keys):
            whole_region = np.isin(figures.region, parent)
            name = figures.region * stride + figures.indicator * PERIODS + figures.period
            whole |= dict(zip(name[whole_region].tolist(), figures.value[whole_region].tolist(), strict=True))
        above = parent[self.keys.region]
        wanted = (above >= 0) & additive[self.keys.indicator] & self.sound
        name = above * stride + self.keys.indicator * PERIODS + self.keys.period
        for position in np.flatnonzero(wanted) if whole else ():
            total = whole.get(int(name[position]))
            if total is not None and self.keys.value[position] > total:
                self._add(
                    "beyond_parent", position, other=self.shown(total, self.figures["unit"].iat[position])
                )

    def _meaning(self) -> None:
        """Doubt a whole year that had not ended, and a zero that may be a gap."""
        kinds = np.array([one.kind for one in self.indicators])
        through_year = ~np.isin(kinds, ("stock", "population"))[self.keys.indicator]
        year = self.published.year
        if (self.published.month, self.published.day) != (12, 31):
            running = through_year & self.keys.annual & (self.keys.year == year) & self.sound
            months = f"{year}-{self.published.month:02d}"
            for position in np.flatnonzero(running):
                self._add("running_year", position, value=year, other=str(self.published), readings=months)
        for position in np.flatnonzero((kinds == "amount")[self.keys.indicator] & (self.keys.value == 0)):
            self._add("zero", position)

    def _late(self) -> None:
        newest = self.when[self.own].max() if self.own.any() else None
        if newest is not None and np.datetime64(self.published, "ns") < newest:
            sheet = self.figures["sheet"].iat[0] if len(self.figures) else ""
            facts = {"other": str(np.datetime_as_string(newest, "D")), "value": str(self.published)}
            self.problems.append(Problem("late", sheet, facts))


def find(wanted: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which of ``wanted`` are in the sorted ``among``, and where those are."""
    if not len(among):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    found = np.flatnonzero(among[place] == wanted)
    return found, place[found]


def latest(figures: Keys, day: np.ndarray) -> Keys:
    """Keep the last published figure of every cell, in the order of the cells."""
    in_order = (day[1:] >= day[:-1]).all()
    order = np.argsort(figures.cell, kind="stable") if in_order else np.lexsort((day, figures.cell))
    ordered = figures.cell[order]
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.array([], dtype=bool)
    return figures.at(order[last])


def _within(value: float, bounds: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)


def shown(value: float, unit: str) -> str:
    """Write a value with its unit."""
    return "—" if value != value else f"{value:.12g} {unit}"


def change_of(before: float, after: float, kind: str) -> str:
    """Write a change: points for shares and ratios, else in %."""
    if kind in ("share", "ratio"):
        return f"{after - before:+.4g}"
    return f"{100 * (after / before - 1):+.2f} %" if before else f"{after - before:+g}"
