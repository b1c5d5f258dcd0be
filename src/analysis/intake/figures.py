"""What the figures of a sheet are: region, indicator, period, basis, status and unit resolved, values exact.

What a figure is about comes from its row, from the headings above it, or from the lines above the table.
Nothing is guessed: what none of them says, or two of them say differently, is a problem with its cell.
"""

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from analysis import tables
from analysis.intake import words
from analysis.intake.layout import Layout, explains
from analysis.intake.messages import Problem
from analysis.intake.sheets import Odd, Sheet, cell
from analysis.intake.words import Number, Vocabulary

BLANK, UNKNOWN, SEVERAL = -1, -2, -3
COLUMNS = [
    "sheet",
    "row",
    "column",
    "region",
    "indicator",
    "period",
    "basis",
    "status",
    "note",
    "unit",
    "written",
    "value",
    "printed",
]
DEFAULT_STATUS = "reported"
LONE = re.compile(r"-?\d{1,3},\d{3}")
SHOWN = "% shown by the cell's format"


@dataclass
class Reading:
    """The figures of a file, the problems met on the way, and how many cells were missing."""

    figures: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    missing: int = 0


def read(sheets: list[Sheet], known: Vocabulary) -> Reading:
    """Read all figures of a file."""
    readings = [read_sheet(sheet, known) for sheet in sheets if not explains(sheet)]
    figures = _joined([one.figures for one in readings])
    problems = [problem for one in readings for problem in one.problems]
    return Reading(figures, problems, sum(one.missing for one in readings))


def read_sheet(sheet: Sheet, known: Vocabulary) -> Reading:
    """Read the figures of one sheet."""
    layout = Layout(sheet, known)
    if any(not problem.remark for problem in layout.problems) and not layout.lines:
        return Reading(pd.DataFrame(columns=COLUMNS), layout.problems)
    body = _Body(layout)
    figures = _joined([body.figures(place) for place in layout.above])
    return Reading(figures, layout.problems, body.missing)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0].reset_index(drop=True)


class _Body:
    """The rows of a layout with their keys resolved once, read one column of values after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.known = layout, layout.known
        self.lines, self.columns = np.array(layout.lines, dtype=int), layout.columns
        self.count, self.missing = len(layout.lines), 0
        self.names = {
            "region": list(self.known.catalogue.regions),
            "indicator": list(self.known.catalogue.indicators),
            "status": list(tables.STATUSES),
            "basis": ["", *self.known.catalogue.bases],
        }
        self.place_of = {
            name: {key: position for position, key in enumerate(keys)} for name, keys in self.names.items()
        }
        self.keys = {name: self._key(name) for name in self.names}
        self.period, self.periods = self._periods()

    # The keys of the rows

    def _key(self, name: str) -> np.ndarray | None:
        """Resolve one field of every row to positions in ``names``; None without such a column."""
        joined = None
        for column in (column for column, one in self.layout.fields.items() if one == name):
            codes = self._codes(self.columns[column], lambda text: self._named(name, text))
            for position in np.flatnonzero(codes <= UNKNOWN):
                self._misnamed(name, position, column, codes[position])
            if joined is not None:
                for position in np.flatnonzero((codes >= 0) & (joined >= 0) & (codes != joined)):
                    other = self.known.label(self.names[name][joined[position]])
                    self._add(
                        "two_statements", position, column, other=other, where=cell(self.layout.head, column)
                    )
                codes = np.where(joined == BLANK, codes, joined)
            joined = codes
        return joined

    def _codes(self, texts: Sequence[str], resolve: Callable[[str], int]) -> np.ndarray:
        if not self.layout.sheet.ragged and any(type(text) is Odd for text in texts):
            return np.array([resolve(text) for text in texts], dtype=np.int64)  # an Odd equals ordinary text
        codes, found = _distinct(texts)
        return np.array([resolve(text) for text in found] or [BLANK], dtype=np.int64)[codes]

    def _named(self, name: str, text: str) -> int:
        plain = words.normal(text)
        if not plain:
            return BLANK
        keys = self.known.names(name).get(plain, ())
        if not keys or isinstance(text, Odd):
            return UNKNOWN
        return self.place_of[name][keys[0]] if len(keys) == 1 else SEVERAL

    def _misnamed(self, name: str, position: int, column: int, code: int) -> None:
        text = self.columns[column][position]
        if isinstance(text, Odd):
            self._odd(text, position, column)
        elif code == SEVERAL:
            keys = self.known.names(name)[words.normal(text)]
            self._add("two_readings", position, column, readings="、".join(map(self.known.label, keys)))
        else:
            self._add(f"unknown_{name}", position, column, near=self._near(name, text))

    def _near(self, name: str, text: str) -> dict | str:
        close = difflib.get_close_matches(words.normal(text), list(self.known.names(name)), n=1, cutoff=0.6)
        if not close:
            return ""
        key = self.known.label(self.known.names(name)[close[0]][0])
        return {"zh": f"（是否为“{key}”？）", "en": f" (did you mean {key!r}?)"}

    def _periods(self) -> tuple[np.ndarray | None, list[str]]:
        """Resolve year and month of every row to positions in a list of periods."""
        place, month = self.layout.place("period"), self.layout.place("month")
        found: list[str] = []
        if place is None:
            if month is not None:
                self.layout.add("missing_field", self.layout.head, month, field="period")
            return None, found
        years = self.columns[place]
        months = self.columns[month] if month is not None else ("",) * self.count

        def resolve(written: str | tuple[str, str]) -> int:
            readings = _period(*written) if month is not None else _period(written, "")
            if len(readings) == 1 and readings[0] not in found:
                found.append(readings[0])
            given = any(written) if month is not None else written
            return (
                found.index(readings[0])
                if len(readings) == 1
                else SEVERAL
                if readings
                else UNKNOWN
                if given
                else BLANK
            )

        codes, pairs = _distinct(years if month is None else list(zip(years, months, strict=True)))
        codes = np.array([resolve(pair) for pair in pairs] or [BLANK], dtype=np.int64)[codes]
        for position in np.flatnonzero(codes <= UNKNOWN):
            column = (
                place
                if not months[position] or codes[position] == SEVERAL or not _period(years[position], "")
                else month
            )
            self._misdated(_period(years[position], months[position]), position, column)
        return codes, found

    def _misdated(self, readings: tuple[str, ...], position: int, column: int) -> None:
        text = self.columns[column][position]
        if isinstance(text, Odd) and text.code != "month_shown":
            self._odd(text, position, column)
        elif readings:
            self._add("two_readings", position, column, readings=_said(readings))
        else:
            self._add("unknown_period", position, column)

    def _add(self, code: str, position: int, column: int, **facts: object) -> None:
        self.layout.add(code, int(self.lines[position]), column, **facts)

    def _odd(self, text: Odd, position: int, column: int) -> None:
        code = text.code if text.code not in ("month_shown", "shown_percent") else "date"
        self._add(code, position, column)

    # The values under a heading

    def figures(self, column: int) -> pd.DataFrame:
        """Read one column of values."""
        texts = self.columns[column]
        values, written, suffixes, faults = self._numbers(texts)
        status = self._or_blank("status")
        reported = self.place_of["status"][DEFAULT_STATUS]
        withdrawn = status == self.place_of["status"][tables.WITHDRAWN]
        faulty = np.zeros(self.count, dtype=bool)
        faulty[list(faults)] = True
        filled = np.isfinite(values) | withdrawn | faulty
        about = {name: self._about(name, column, filled) for name in ("region", "indicator", "period")}
        for position in self._lone(texts, written, about["indicator"]):
            faults[position] = "two_numbers"
            faulty[position] = True
        for position, code in faults.items():
            self._misnumbered(code, position, column)
        rows = np.flatnonzero(
            filled & ~faulty & np.logical_and.reduce([codes >= 0 for codes in about.values()])
        )
        known = self.keys["region"] if self.keys["region"] is not None else self.period
        self.missing += int((~filled & ((known >= 0) if known is not None else True)).sum())
        indicator = about["indicator"][rows]
        exact, sound = self._converted(rows, column, indicator, values, written, suffixes, withdrawn)
        basis = np.maximum(self._or_blank("basis")[rows], 0)
        status = np.where(status < 0, reported, status)
        notes = self.layout.place("note")
        units = [one.unit for one in self.known.catalogue.indicators.values()]
        part = pd.DataFrame(copy=False, data={
            "sheet": self.layout.sheet.name,
            "row": self.lines[rows],
            "column": column,
            "region": pd.Categorical.from_codes(about["region"][rows], self.names["region"]),
            "indicator": pd.Categorical.from_codes(indicator, self.names["indicator"]),
            "period": _chosen(self.periods, about["period"][rows]),
            "basis": pd.Categorical.from_codes(basis, self.names["basis"]),
            "status": pd.Categorical.from_codes(status[rows], self.names["status"]),
            "note": _chosen(self.columns[notes], rows) if notes is not None else "",
            "unit": _chosen(units, indicator),
            "written": _chosen(texts, rows),
            "value": exact,
            "printed": (exact == values[rows]) & ~np.isin(rows, list(written)),
        })  # fmt: skip
        return part if sound.all() else part[sound]

    def _or_blank(self, name: str) -> np.ndarray:
        codes = self.keys[name]
        return np.full(self.count, BLANK) if codes is None else codes

    def _numbers(
        self, texts: Sequence[str]
    ) -> tuple[np.ndarray, dict[int, Decimal], dict[int, str], dict[int, str]]:
        """Return the numbers, NaN if missing; those not plain, units behind them, what cannot be read."""
        exact, suffixes, faults = {}, {}, {}
        joined = "\n".join([*texts, ""])
        odd = not self.layout.sheet.ragged and any(type(text) is Odd for text in texts)
        if not odd and words.ALL_PLAIN.fullmatch(joined) and joined.count("\n") == len(texts):
            return np.fromiter(map(float, texts), dtype=float, count=len(texts)), exact, suffixes, faults
        values = np.full(len(texts), np.nan)
        for position, text in enumerate(texts):
            if not text:
                continue
            if type(text) is not Odd and words.PLAIN.fullmatch(text):
                values[position] = float(text)
                continue
            code = text.code if isinstance(text, Odd) and text.code != "shown_percent" else None
            one = ("date" if code == "month_shown" else code) if code else words.number(text, self.known)
            if isinstance(one, Number):
                exact[position], values[position] = one.value, float(one.value)
                if one.unit:
                    suffixes[position] = SHOWN if isinstance(text, Odd) else one.unit
            elif one is not None:
                faults[position] = one
        return values, exact, suffixes, faults

    def _lone(self, texts: Sequence[str], written: dict[int, Decimal], indicator: np.ndarray) -> list[int]:
        """Return numbers like 1,246 that may hold a decimal comma: no count, and no other shows its use."""
        lone = [position for position in written if LONE.fullmatch(words.half(texts[position]))]
        if not lone or self._grouped:
            return []
        kinds = list(self.known.catalogue.indicators.values())
        return [
            position for position in lone if indicator[position] < 0 or not kinds[indicator[position]].integer
        ]

    @cached_property
    def _grouped(self) -> bool:
        """Whether the numbers of this sheet show that their commas part thousands."""
        texts = [
            words.half(text)
            for column in self.layout.above
            for text in self.columns[column]
            if not isinstance(text, Odd)
        ]
        numbers = [text for text in texts if words.PLAIN.fullmatch(text) or words.GROUPED.fullmatch(text)]
        if any("," in text and (text.count(",") > 1 or "." in text) for text in numbers):
            return True
        large = any("," not in text and abs(float(text)) >= 1000 for text in numbers)
        return not large and any("." in text for text in numbers)

    def _misnumbered(self, code: str, position: int, column: int) -> None:
        text = self.columns[column][position]
        readings = " / ".join(words.comma_readings(text)) if code == "two_numbers" else ""
        self._add(code, position, column, readings=readings)

    def _about(self, name: str, column: int, filled: np.ndarray) -> np.ndarray:
        """Return what the figures of a column are about: the row, else the heading, else the lines above."""
        rows = self.period if name == "period" else self.keys[name]
        heading = self._stated(name, getattr(self.layout.above[column], name), column)
        around = self._stated(name, self.layout.around.get(name, ()), column)
        other = heading if heading is not None else around
        if rows is None:
            if other is None and filled.any():
                self.layout.add("missing_field", self.layout.head, column, field=name)
            return np.full(self.count, BLANK if other is None else other)
        if heading is not None:
            for position in np.flatnonzero(filled & (rows >= 0) & (rows != heading)):
                self._contradicted(name, position, column)
        if other is None:
            place = self.layout.place(name)
            for position in np.flatnonzero(filled & (rows == BLANK)):
                self._add("blank_field", position, place, field=name)
            return rows
        return np.where(rows == BLANK, other, rows)

    def _contradicted(self, name: str, position: int, column: int) -> None:
        place = self.layout.place(name)
        above = self.layout.above[column]
        self._add("two_statements", position, place, other=self.known.label(getattr(above, name)[0]),
                  where=cell(self.layout.head, column))  # fmt: skip

    def _stated(self, name: str, keys: tuple[str, ...], column: int) -> int | None:
        """Return the position of the one key stated; several are a problem of the heading."""
        if len(keys) > 1:
            readings = _said(keys) if name == "period" else "、".join(map(self.known.label, keys))
            self.layout.add("two_readings", self.layout.head, column, readings=readings)
        if not keys:
            return None
        if name != "period":
            return self.place_of[name][keys[0]]
        if keys[0] not in self.periods:
            self.periods.append(keys[0])
        return self.periods.index(keys[0])

    # Units

    def _converted(
        self,
        rows: np.ndarray,
        column: int,
        indicator: np.ndarray,
        values: np.ndarray,
        written: dict[int, Decimal],
        suffixes: dict[int, str],
        withdrawn: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return values exactly converted to the indicator's unit, and which units are sound."""
        place, texts = self.layout.place("unit"), self.columns[column]
        units = self.columns[place] if place is not None else ("",) * self.count
        codes, names = _distinct(units)
        behind = {unit: position for position, unit in enumerate(("", *dict.fromkeys(suffixes.values())))}
        suffix = np.zeros(self.count, dtype=np.int64)
        suffix[list(suffixes)] = [behind[unit] for unit in suffixes.values()]
        kinds = (indicator * len(names) + codes[rows]) * len(behind) + suffix[rows]
        exact, sound = values[rows].copy(), np.ones(len(rows), dtype=bool)
        for kind in np.unique(kinds[~withdrawn[rows]]):
            stated, last = divmod(int(kind), len(behind))
            number, unit = divmod(stated, len(names))
            factor = self._factor(number, names[unit], list(behind)[last], column)
            if factor == 1:
                continue
            for one in np.flatnonzero((kinds == kind) & ~withdrawn[rows]):
                position = rows[one]
                if isinstance(factor, Decimal):
                    exact[one] = (
                        written[position] if position in written else Decimal(texts[position])
                    ) * factor
                else:
                    sound[one] = False
                    self._misunit(factor, position, column)
        return exact, sound

    def _unit(self, indicator: int) -> str:
        return self.known.catalogue.indicators[self.names["indicator"][indicator]].unit

    def _factor(self, indicator: int, written: str, suffix: str, column: int) -> Decimal | tuple[str, dict]:
        """Return the one factor all statements of a unit agree on, or the code and facts of the message."""
        unit = self.known.catalogue.units[self._unit(indicator)]
        accepted = {words.normal(name): Decimal(repr(factor)) for name, factor in unit.accepts.items()}
        label = self.known.label(self.names["indicator"][indicator])
        readings = "、".join(unit.accepts)
        stated = {}
        others = [words.normal(written), *self.layout.above[column].unit, *self.layout.around.get("unit", ())]
        if suffix == SHOWN and any(others):
            return "shown_percent", {"other": "、".join(filter(None, others))}
        suffix = "%" if suffix == SHOWN else suffix
        for name, text in (("suffix", suffix), ("unit", words.normal(written))):
            if text and text not in accepted:
                return "unknown_unit", {"indicator": label, "value": text, "readings": readings, "at": name}
            if text:
                stated[text] = accepted[text]
        for several in (self.layout.above[column].unit, self.layout.around.get("unit", ())):
            fitting = {text: accepted[text] for text in several if text in accepted}
            if several and not fitting and not stated:
                return "unknown_unit", {
                    "indicator": label,
                    "value": "、".join(several),
                    "readings": readings,
                    "at": "above",
                }
            stated |= fitting
        factors = set(stated.values()) or set(accepted.values())
        if len(factors) == 1:
            return factors.pop()
        if not stated:
            return "unit_missing", {"indicator": label, "readings": readings}
        first, *_, other = stated
        return "two_statements", {"value": first, "other": other, "where": cell(self.layout.head, column)}

    def _misunit(self, fault: tuple[str, dict], position: int, column: int) -> None:
        code, facts = fault
        if code == "shown_percent":
            shown = Decimal(self.columns[column][position].rstrip("%"))
            facts = facts | {"stored": f"{shown.scaleb(-2).normalize():f}"}
        place = self.layout.place("unit")
        self._add(code, position, place if facts.get("at") == "unit" else column, **facts)


def _distinct(texts: Sequence) -> tuple[np.ndarray, list]:
    """Return the position of every text among the distinct ones, and those."""
    if isinstance(texts, pd.Categorical):
        return texts.codes.astype(np.int64), list(texts.categories)
    place = {text: position for position, text in enumerate(dict.fromkeys(texts))}
    return np.fromiter(map(place.__getitem__, texts), dtype=np.int64, count=len(texts)), list(place)


def _period(year: str, month: str) -> tuple[str, ...]:
    """Return the periods a year and a month may mean together."""
    if (isinstance(year, Odd) and year.code != "month_shown") or isinstance(month, Odd):
        return ()
    readings = words.periods(year)
    if not words.normal(month):
        return readings
    number = re.fullmatch(r"(?:1[-~至—])?(\d{1,2})月?", words.normal(month))
    if len(readings) != 1 or len(readings[0]) != 4 or not number:
        return ()
    return words.periods(f"{readings[0]}-{number.group(1)}")


def _said(readings: Sequence[str]) -> str:
    """Name periods in a message: 2019-06! is the month alone."""
    meaning = {4: "{}", 7: "{} 累计 (the months up to it)", 8: "{:.7} 当月 (that month alone)"}
    return "、".join(meaning[len(one)].format(one) for one in readings)


def _chosen(names: Sequence[str], codes: np.ndarray) -> np.ndarray:
    return np.array(names, dtype=object)[codes] if len(codes) else np.empty(0, dtype=object)
