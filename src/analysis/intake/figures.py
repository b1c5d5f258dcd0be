"""What the figures of a sheet are: region, indicator, period, basis, status and unit resolved, values exact.

What a figure is about comes from its row, from the headings above it, or from the lines above the table.
Nothing is guessed: what none of them says, or two of them say differently, is a problem with its cell.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import pandas as pd

from analysis import tables
from analysis.intake import notation
from analysis.intake.layout import KEYS, Layout, explains
from analysis.intake.messages import Problem
from analysis.intake.notation import Number, Vocabulary
from analysis.intake.sheets import Odd, Sheet, cell

BLANK, WRONG = "", None  # what a row states of a field: nothing, or something refused already
COLUMNS = (
    "sheet", "row", "column", "region", "indicator", "period", "basis", "status", "note", "unit", "written",
    "value", "printed",
)  # fmt: skip
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
    """Read all figures of a file: a table of ``COLUMNS``, values in the units of their indicators.

    written: the cell's text; printed: whether the value is exactly that; row, column: from 0.
    """
    bodies = [_Body(Layout(sheet, known)) for sheet in sheets if not explains(sheet)]
    figures = [one for body in bodies for column in body.layout.above for one in body.figures(column)]
    problems = [problem for body in bodies for problem in body.layout.problems]
    table = pd.DataFrame(figures, columns=COLUMNS)
    return Reading(table, problems, sum(body.missing for body in bodies))


class _Body:
    """The rows of a layout with their keys resolved once, read one column of values after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.known = layout, layout.known
        self.rows = [layout.sheet.rows[line] for line in layout.lines]
        self.missing = 0
        self.factors: dict[tuple, Decimal | tuple[str, dict]] = {}
        self.keys = {name: self._keys(name) for name in ("region", "indicator", "status", "basis")}
        self.keys["period"] = self._periods()
        self.units, self.notes = self._texts("unit"), self._texts("note")
        self.bases = [one or BLANK for one in self.keys["basis"] or self._texts("basis")]
        self.statuses = [one or DEFAULT_STATUS for one in self.keys["status"] or self._texts("status")]

    def _texts(self, name: str) -> list[str]:
        """Return the texts of a field, ``BLANK`` where the sheet does not have it."""
        column = self.layout.place(name)
        return [BLANK if column is None else row[column] for row in self.rows]

    # The keys of the rows

    def _keys(self, name: str) -> list[str | None] | None:
        """Resolve one field of every row to a key, ``BLANK`` or ``WRONG``; None without such a column."""
        joined: list[str | None] | None = None
        for column in (column for column, one in self.layout.fields.items() if one == name):
            keys = [self._key(name, position, column) for position in range(len(self.rows))]
            for position, (one, other) in enumerate(zip(keys, joined or (), strict=False)):
                if one and other and one != other:
                    where = cell(self.layout.head, column)
                    self._add("two_statements", position, column, other=self.known.label(other), where=where)
            joined = [
                one if other == BLANK else other for one, other in zip(keys, joined or keys, strict=True)
            ]
        return joined

    def _key(self, name: str, position: int, column: int) -> str | None:
        text = self.rows[position][column]
        plain = notation.normal(text)
        if not plain:
            return BLANK
        keys = self.known.names[name].get(plain, ())
        if len(keys) == 1 and not isinstance(text, Odd):
            return keys[0]
        if isinstance(text, Odd):
            self._odd(text, position, column)
        elif keys:
            self._add("two_readings", position, column, readings="、".join(map(self.known.label, keys)))
        else:
            self._add(f"unknown_{name}", position, column, near=self._near(name, text))
        return WRONG

    def _near(self, name: str, text: str) -> dict | str:
        close = difflib.get_close_matches(
            notation.normal(text), list(self.known.names[name]), n=1, cutoff=0.6
        )
        if not close:
            return ""
        key = self.known.label(self.known.names[name][close[0]][0])
        return {"zh": f"（是否为“{key}”？）", "en": f" (did you mean {key!r}?)"}

    def _periods(self) -> list[str | None] | None:
        """Resolve year and month of every row, as ``_keys`` does one field."""
        year, month = self.layout.place("period"), self.layout.place("month")
        if year is None:
            if month is not None:
                self.layout.add("missing_field", self.layout.head, month, field="period")
            return None
        return [self._period(position, year, month) for position in range(len(self.rows))]

    def _period(self, position: int, year: int, month: int | None) -> str | None:
        row = self.rows[position]
        written, behind = row[year], row[month] if month is not None else ""
        readings = _readings(written, behind)
        if len(readings) == 1:
            return readings[0]
        if not written and not behind:
            return BLANK
        column = year if month is None or not behind or readings or not _readings(written, "") else month
        text = row[column]
        if isinstance(text, Odd) and text.code != "month_shown":
            self._odd(text, position, column)
        elif readings:
            self._add("two_readings", position, column, readings=_said(readings))
        else:
            self._add("unknown_period", position, column)
        return WRONG

    def _add(self, code: str, position: int, column: int, **facts: object) -> None:
        self.layout.add(code, self.layout.lines[position], column, **facts)

    def _odd(self, text: Odd, position: int, column: int) -> None:
        code = text.code if text.code not in ("month_shown", "shown_percent") else "date"
        self._add(code, position, column)

    # The values under a heading

    def figures(self, column: int) -> Iterator[tuple]:
        """Read one column of values: rows of ``COLUMNS``."""
        numbers = self._numbers(column)
        regions, indicators, periods = (self._about(name, column, numbers) for name in KEYS)
        for position, number in numbers.items():
            region, indicator, period = regions[position], indicators[position], periods[position]
            text = self.rows[position][column]
            if isinstance(number, Number) and not number.plain and self._two_numbers(text, indicator):
                number = "two_numbers"
            if isinstance(number, str):
                self._misnumbered(number, position, column)
            elif region and indicator and period:
                value = self._value(number, indicator, position, column)
                if value is None:
                    continue
                yield (
                    self.layout.sheet.name, self.layout.lines[position], column, region, indicator, period,
                    self.bases[position], self.statuses[position], self.notes[position],
                    self.known.catalogue.indicators[indicator].unit, text, value,
                    number is not None and number.plain and value == float(number.value),
                )  # fmt: skip

    def _numbers(self, column: int) -> dict[int, Number | str | None]:
        """Return what stands in the rows: a number, the code of a fault, or None for one withdrawn."""
        known = self.keys["region"] or self.keys["period"]
        filled = {}
        for position, row in enumerate(self.rows):
            number = self._number(row[column])
            if number is not None or self.statuses[position] == tables.WITHDRAWN:
                filled[position] = number
            else:
                self.missing += known is None or bool(known[position])
        return filled

    def _number(self, text: str) -> Number | str | None:
        if not isinstance(text, Odd):
            return notation.number(text, self.known)
        if text.code != "shown_percent":
            return "date" if text.code == "month_shown" else text.code
        shown = notation.number(text, self.known)
        return Number(shown.value, SHOWN) if isinstance(shown, Number) else shown

    def _two_numbers(self, text: str, indicator: str | None) -> bool:
        """Whether 1,246 may hold a decimal comma: it is no count, and no other number shows its use."""
        if not LONE.fullmatch(notation.half(text)) or self._grouped:
            return False
        return not indicator or not self.known.catalogue.indicators[indicator].integer

    @cached_property
    def _grouped(self) -> bool:
        """Whether the numbers of this sheet show that their commas part thousands."""
        texts = [
            notation.half(row[column])
            for column in self.layout.above
            for row in self.rows
            if not isinstance(row[column], Odd)
        ]
        numbers = [
            text for text in texts if notation.PLAIN.fullmatch(text) or notation.GROUPED.fullmatch(text)
        ]
        if any("," in text and (text.count(",") > 1 or "." in text) for text in numbers):
            return True
        large = any("," not in text and abs(float(text)) >= 1000 for text in numbers)
        return not large and any("." in text for text in numbers)

    def _misnumbered(self, code: str, position: int, column: int) -> None:
        text = self.rows[position][column]
        readings = " / ".join(notation.comma_readings(text)) if code == "two_numbers" else ""
        self._add(code, position, column, readings=readings)

    def _about(self, name: str, column: int, filled: Collection[int]) -> dict[int, str | None]:
        """Return what the figures of a column are about: the row, else the heading, else the lines above."""
        rows = self.keys[name]
        heading = self._stated(name, getattr(self.layout.above[column], name), column)
        around = self._stated(name, self.layout.around.get(name, ()), column)
        other = heading or around
        place = self.layout.place(name)
        if rows is None or place is None:
            if not other and filled:
                self.layout.add("missing_field", self.layout.head, column, field=name)
            return dict.fromkeys(filled, other)
        for position in filled:
            if heading and rows[position] and rows[position] != heading:
                where = cell(self.layout.head, column)
                self._add("two_statements", position, place, other=self.known.label(heading), where=where)
            if rows[position] == BLANK and not other:
                self._add("blank_field", position, place, field=name)
        return {position: other if rows[position] == BLANK else rows[position] for position in filled}

    def _stated(self, name: str, keys: tuple[str, ...], column: int) -> str:
        """Return the one key stated; several are a problem of the heading."""
        if len(keys) > 1:
            readings = _said(keys) if name == "period" else "、".join(map(self.known.label, keys))
            self.layout.add("two_readings", self.layout.head, column, readings=readings)
        return keys[0] if keys else BLANK

    # Units

    def _value(self, number: Number | None, indicator: str, position: int, column: int) -> float | None:
        """Return a value exactly converted to the indicator's unit, NaN if withdrawn, None if refused."""
        if number is None or self.statuses[position] == tables.WITHDRAWN:
            return float(number.value) if number else float("nan")
        stated = (indicator, self.units[position], number.unit, column)
        if stated not in self.factors:
            self.factors[stated] = self._factor(*stated)
        factor = self.factors[stated]
        if isinstance(factor, Decimal):
            return float(number.value * factor)
        self._misunit(factor, position, column)
        return None

    def _factor(self, indicator: str, written: str, suffix: str, column: int) -> Decimal | tuple[str, dict]:
        """Return the one factor all statements of a unit agree on, or the code and facts of the message."""
        unit = self.known.catalogue.units[self.known.catalogue.indicators[indicator].unit]
        accepted = {notation.normal(name): Decimal(repr(factor)) for name, factor in unit.accepts.items()}
        label = self.known.label(indicator)
        readings = "、".join(unit.accepts)
        stated = {}
        others = [
            notation.normal(written),
            *self.layout.above[column].unit,
            *self.layout.around.get("unit", ()),
        ]
        if suffix == SHOWN and any(others):
            return "shown_percent", {"other": "、".join(filter(None, others))}
        suffix = "%" if suffix == SHOWN else suffix
        for name, text in (("suffix", suffix), ("unit", notation.normal(written))):
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
            shown = Decimal(self.rows[position][column].rstrip("%"))
            facts = facts | {"stored": f"{shown.scaleb(-2).normalize():f}"}
        place = self.layout.place("unit") if facts.get("at") == "unit" else column
        self._add(code, position, column if place is None else place, **facts)


def _readings(year: str, month: str) -> tuple[str, ...]:
    """Return the periods a year and a month may mean together."""
    if (isinstance(year, Odd) and year.code != "month_shown") or isinstance(month, Odd):
        return ()
    readings = notation.periods(year)
    if not notation.normal(month):
        return readings
    number = re.fullmatch(r"(?:1[-~至—])?(\d{1,2})月?", notation.normal(month))
    if len(readings) != 1 or len(readings[0]) != 4 or not number:
        return ()
    return notation.periods(f"{readings[0]}-{number.group(1)}")


def _said(readings: Sequence[str]) -> str:
    """Name periods in a message: 2019-06! is the month alone."""
    meaning = {4: "{}", 7: "{} 累计 (the months up to it)", 8: "{:.7} 当月 (that month alone)"}
    return "、".join(meaning[len(one)].format(one) for one in readings)
