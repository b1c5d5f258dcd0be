"""What the figures of a sheet are: region, indicator, period, basis, status and unit resolved, values exact.

What a figure is about comes from its row, from the headings above it, or from the lines above the table.
Nothing is guessed: what none of them says, or two of them say differently, is a problem with its cell.
"""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

import pandas as pd

from analysis import tables
from analysis.intake import messages, notation
from analysis.intake.layout import (
    KEYS,
    MONTHS,
    NOTED_WRONG,
    PART,
    SAID,
    UNIT,
    Layout,
    doubtful,
    explains,
    narrows,
    noted,
)
from analysis.intake.layout import tables as tables_of
from analysis.intake.messages import Problem
from analysis.intake.notation import Number, Vocabulary
from analysis.intake.sheets import Odd, Sheet, Written, cell

BLANK, WRONG = "", None  # what a row states of a field: nothing, or something refused already
COLUMNS = (
    "sheet", "row", "column", "region", "indicator", "period", "basis", "status", "note", "unit", "written",
    "value", "printed",
)  # fmt: skip
DEFAULT_STATUS = "reported"
LONE = re.compile(r"-?\d{1,3},\d{3}(?![\d,.])")
SHOWN = "% shown by the cell's format"


@dataclass
class Reading:
    """The figures of a file, the problems met on the way, and how many cells were missing."""

    figures: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    missing: int = 0


def read(sheets: list[Sheet], known: Vocabulary, about: tuple[str, ...] = ()) -> Reading:
    """Read all figures of a file: a table of ``COLUMNS``, values in the units of their indicators.

    about: lines given with the file, read as if they stood above its tables. written: the cell's text;
    printed: whether the value is exactly that; row, column: from 0.
    """
    figures: list[tuple] = []
    problems: list[Problem] = []
    missing = 0
    before: list[Layout] = []  # the tables beside each other that came last
    years = {notation.periods(one.name) for one in sheets} - {()}
    for sheet in (one for one in sheets if not explains(one)):
        problems += _remarked(sheet)
        if not any(map(any, sheet.rows)) or (len(sheets) > 1 and _is_cover(sheet)):
            problems.append(Problem("passed_sheet", sheet.name))
            continue
        problems += _named(sheet, known)
        for together in tables_of(sheet, known):
            above = [*before] if len(before) == len(together) else [None] * len(together)
            pairs = zip(together, above, strict=True)
            before = [Layout(table, known, about, prior) for table, prior in pairs]
            for layout in before:
                body = _Body(layout)
                read = [one for column in layout.above for one in body.figures(column)]
                figures += read
                _titled(layout, read, len(years) > 1)
                problems += [*layout.problems, *body.written()]
                missing += body.missing
    return Reading(pd.DataFrame(figures, columns=COLUMNS), problems, missing)


def _named(sheet: Sheet, known: Vocabulary) -> list[Problem]:
    """Doubt the figures of a sheet whose name says that they are of a part, of other prices or of months."""
    understood = notation.facets(re.sub(r"\.\w+$", "", sheet.name), known)
    code = doubtful(sheet.name, bool(understood)) or ("" if understood else _heads(sheet.name))
    return [] if sheet.hidden or not code else [Problem(code, sheet.name, {"value": sheet.name}, "name")]


def _heads(text: str) -> str:
    """Return the doubt that a word alone casts on the figures below it, "" where it casts none."""
    word = notation.half(text).strip("()")
    return "part_year" if MONTHS.fullmatch(word) else "narrower" if PART.fullmatch(word) else ""


def _titled(layout: Layout, figures: list[tuple], by_year: bool) -> None:
    """Refuse a title that names a region, an indicator or a period none of the figures below is of.

    by_year : whether the file's sheets go by several years; the year of one alone may be a yearbook's
    """
    of = {name: {one[COLUMNS.index(name)] for one in figures} for name in KEYS}
    for foot, place in layout.feet.items():
        if code := noted(foot, of["period"]):
            layout.add(code, *place)
        said = {notation.CALLED[one] for one in SAID.findall(notation.half(foot))} - {DEFAULT_STATUS}
        if said - {one[COLUMNS.index("status")] for one in figures}:
            layout.add("status_said", *place)
    for (name, stated), (row, column) in layout.titled.items():
        if not _about_these(name, stated, of[name], layout.known):
            alone = notation.periods(layout.sheet.text(row, column))  # when the table was made, perhaps
            if name == "period" and alone and min(map(len, stated)) > 4:
                layout.add("part_year", row, column)
                continue
            other = messages.joined(sorted(map(layout.known.label, of[name])))
            layout.add("two_statements", row, column, other=other, where="")
    named = notation.facets(re.sub(r"\.\w+$", "", layout.sheet.name), layout.known)
    family = layout.known.catalogue.families()
    for name in KEYS if named else ():
        stated = getattr(named, name)
        if name == "indicator":  # a sheet on R&D expenditure may hold what it is of GDP
            stated = tuple(one for one in family if family[one] in {family[key] for key in stated})
        yearly = name == "period" and len(stated) == 1 and len(stated[0]) == 4  # a yearbook of 2024: of 2023
        if stated and not (yearly and not by_year) and not _about_these(name, stated, of[name], layout.known):
            other = messages.joined(sorted(map(layout.known.label, of[name])))
            facts = {"value": layout.sheet.name, "other": other, "where": layout.sheet.name}
            layout.problems.append(Problem("two_statements", layout.sheet.name, facts, "name"))


def _about_these(name: str, stated: Collection[str], keys: Collection[str], known: Vocabulary) -> bool:
    """Whether figures of some keys may stand under a title that states one; any may where there are none."""
    regions = known.catalogue.regions
    inside = name == "region" and any({regions[one].parent, "000000"} & {*stated} for one in keys)
    return not keys or bool({*stated} & {*keys}) or inside


def _is_cover(sheet: Sheet) -> bool:
    """Whether a sheet among others holds no table: text alone, without a row of headings."""
    cells = [text for row in sheet.rows for text in row if text]
    single = not any(len([text for text in row if text]) > 1 for row in sheet.rows)
    return not sheet.hidden and single and not any(notation.PLAIN.fullmatch(text) for text in cells)


def _remarked(sheet: Sheet) -> list[Problem]:
    """Return what people wrote on cells and over the sheet, and what the format of a file keeps from us."""
    found = [
        Problem(
            "comment",
            sheet.name,
            {"value": " ".join(text.split()), "content": sheet.text_at(*place)},
            cell(*place),
        )
        for place, text in sorted(sheet.comments.items())
    ]
    found += [
        Problem("text_box", sheet.name, {"value": " ".join(text.split())}, "box") for text in sheet.boxes
    ]
    return [*found, Problem("blind", sheet.name)] if "comments" in sheet.blind else found


class _Body:
    """The rows of a layout with their keys resolved once, read one column of values after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.known = layout, layout.known
        self.missing = 0
        self.lines = [line for line in layout.lines if not self._passes(line)]
        self.rows = [layout.sheet.rows[line] for line in self.lines]
        self.marks: dict[int, list[str]] = {}
        self.called: dict[int, str] = {}  # statuses that stand behind the periods of rows
        self.doubted: set[int] = set()  # rows whose notes say another status
        self.factors: dict[tuple, Decimal | tuple[str, dict]] = {}
        self.units = self._texts("unit")
        self.keys = {name: self._keys(name) for name in ("region", "indicator", "status", "basis")}
        self.keys["period"] = self._periods()
        self.notes = self._texts("note")
        self._remarks()
        self.bases = [one or BLANK for one in self.keys["basis"] or self._texts("basis")]
        self.statuses = [one or BLANK for one in self.keys["status"] or self._texts("status")]

    def _texts(self, name: str) -> list[str]:
        """Return the texts of a field, ``BLANK`` where the sheet does not have it."""
        column = self.layout.place(name)
        return [BLANK if column is None else row[column] for row in self.rows]

    def _remarks(self) -> None:
        """Doubt rows whose note says they are of a part; refuse a note with a unit that is not the row's."""
        column = self.layout.place("note") or 0
        for position, note in enumerate(self.notes):
            found, stated = UNIT.search(note), self.units[position]
            unit = found.group(1) if found else note if notation.split_units(note, self.known) else ""
            agreed = {notation.normal(stated)}
            if not stated:
                agreed = {one for above in self.layout.above.values() for one in above.unit}
                agreed |= {*self.layout.around.get("unit", ())}
            if unit and notation.normal(unit) not in agreed:
                self._add("two_statements", position, column, other=stated, where="")
            wrong = "wrong_noted" if NOTED_WRONG.search(note) else ""
            if code := doubtful(note, understood=not narrows(note)) or wrong or _heads(note):
                self._add(code, position, column)

    def _passes(self, line: int) -> bool:
        """Whether a row is no region's or period's, and says so: a subtotal, a rank, a growth rate."""
        row = self.layout.sheet.rows[line]
        for column, name in self.layout.fields.items():
            if name not in KEYS or notation.is_known(name, row[column], self.known):
                continue
            bare = notation.unmarked(row[column])[0]
            if not bare or isinstance(bare, Odd) or notation.is_known(name, bare, self.known):
                continue
            if name == "region" and self._grouped_under(row, column, bare):
                continue
            other = name == "indicator" and self.layout.portal
            if other or notation.comparison(bare) or (name == "region" and notation.subtotal(bare)):
                heads = not any(row[place] for place in self.layout.above)
                part = re.sub(r"^(?:其中:?|#)", "", notation.half(bare))
                code = doubtful(part) or _heads(part) if heads else ""
                self.layout.add(code or "passed_row", line, column)
                return True
        return False

    def _grouped_under(self, row: list[str], column: int, bare: str) -> bool:
        """Whether a group stands before a region, or a Total of another language behind one."""
        return any(
            notation.is_known("region", notation.unmarked(row[one])[0], self.known)
            for one, name in self.layout.fields.items()
            if name == "region" and one != column and (one > column or bare.isascii())
        ) and notation.subtotal(bare)

    # The keys of the rows

    def _keys(self, name: str) -> list[str | None] | None:
        """Resolve one field of every row to a key, ``BLANK`` or ``WRONG``; None without such a column."""
        joined: list[str | None] | None = None
        before = 0
        for column in (column for column, one in self.layout.fields.items() if one == name):
            keys = [self._key(name, position, column) for position in range(len(self.rows))]
            if name == "region":
                self._shared(keys, column)
            values = self.layout.above
            apart = any(before < place < column for place in values) and max(values, default=0) > column
            joined = [
                self._either(one, other, position, column, apart)
                for position, (one, other) in enumerate(zip(keys, joined or keys, strict=True))
            ]
            before = column
        return joined

    def _either(
        self, one: str | None, other: str | None, position: int, column: int, apart: bool
    ) -> str | None:
        """Return what two columns of one field say of a row; of a province, its city beside it."""
        if one and other and one != other:
            regions = self.known.catalogue.regions
            for inner, outer in () if apart else ((one, other), (other, one)):
                if inner in regions and regions[inner].parent == outer:
                    return inner
            where = cell(self.layout.head, column)
            self._add("two_statements", position, column, other=self.known.label(other), where=where)
        return one if other == BLANK else other

    def _shared(self, keys: list[str | None], column: int) -> None:
        """Refuse the name a province shares with a city of its own where the column lists cities."""
        names = [notation.listed(row[column]) for row in self.rows]
        alone = {key for key, name in zip(keys, names, strict=True) if key and name not in self.known.shared}
        if any(self.known.catalogue.regions[key].level == "city" for key in alone):
            for position, name in enumerate(names):
                if keys[position] and name in self.known.shared:
                    readings = messages.joined(map(self.known.label, self.known.shared[name]))
                    self._add("two_readings", position, column, readings=readings)
                    keys[position] = WRONG

    def _key(self, name: str, position: int, column: int) -> str | None:
        text = self.rows[position][column]
        plain = notation.normal(text)
        if not plain:
            return BLANK
        if name == "region" and self._grouped_under(self.rows[position], column, notation.unmarked(text)[0]):
            return BLANK
        keys = self.known.names[name].get(plain, ()) or self._dressed(name, text, position, column)
        if len(keys) == 1 and not isinstance(text, Odd):
            if mark := getattr(text, "mark", ""):
                self.marks.setdefault(position, []).append(mark)
            return keys[0]
        if isinstance(text, Odd):
            self._odd(text, position, column)
        elif keys:
            self._add("two_readings", position, column, readings=messages.joined(map(self.known.label, keys)))
        else:
            self._add(f"unknown_{name}", position, column, near=self._near(name, text))
        return WRONG

    def _dressed(self, name: str, text: str, position: int, column: int) -> tuple[str, ...]:
        """Look a name up without its footnote mark, an indicator without the unit behind it."""
        bare, mark = notation.unmarked(text)
        unit: tuple[str, ...] = ()
        plain = notation.listed(bare)
        if name == "indicator" and plain not in self.known.names[name]:
            plain, unit = notation.unit_behind(plain, self.known)
        keys = self.known.names[name].get(plain, ())
        if keys and mark:
            self.marks.setdefault(position, []).append(mark)
        if keys and len(unit) == 1:
            stated = notation.normal(self.units[position])
            if stated and stated != unit[0]:
                self._add("two_statements", position, column, other=stated, where="")
            self.units[position] = unit[0]
        return keys

    def _near(self, name: str, text: str) -> dict | str:
        close = _closest(notation.normal(text), tuple(self.known.names[name]))
        if not close:
            return ""
        key = self.known.label(self.known.names[name][close[0]][0])
        return messages.each("parts.near", key=key)

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
        written, mark = notation.unmarked(row[year])
        written, self.called[position] = (
            (written, BLANK) if isinstance(written, Odd) else notation.called(written)
        )
        behind = row[month] if month is not None else ""
        if mark:
            self.marks.setdefault(position, []).append(mark)
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
            self._add("two_readings", position, column, readings=notation.said(readings))
        else:
            self._add("unknown_period", position, column)
        return WRONG

    def _add(self, code: str, position: int, column: int, **facts: object) -> None:
        self.layout.add(code, self.lines[position], column, **facts)

    def _odd(self, text: Odd, position: int, column: int) -> None:
        code = text.code if text.code not in ("month_shown", "shown_percent") else "date"
        self._add(code, position, column)

    # The values under a heading

    def figures(self, column: int) -> Iterator[tuple]:
        """Read one column of values: rows of ``COLUMNS``."""
        numbers = self._numbers(column)
        regions, indicators, periods = (self._about(name, column, numbers) for name in KEYS)
        stated = self._statuses(column, numbers)
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
                if code := noted(self.notes[position], (period,)):
                    self._add(code, position, self.layout.place("note") or column)
                yield (
                    self.layout.sheet.name, self.lines[position], column, region, indicator, period,
                    self.bases[position], stated[position], self._note(number, position, column),
                    self.known.catalogue.indicators[indicator].unit, text, value,
                    number is not None and number.plain and value == float(number.value),
                )  # fmt: skip

    def _note(self, number: Number | None, position: int, column: int) -> str:
        """Join the note of a row with what footnote marks on figure, row and heading stand for."""
        marks = [
            number.mark if number else "",
            *self.marks.get(position, ()),
            *self.layout.marks.get(column, ()),
        ]
        explained = [self.layout.explained(one) for one in dict.fromkeys(filter(None, marks))]
        return "；".join(filter(None, [self.notes[position], *explained]))

    def written(self) -> list[Problem]:
        """Doubt numbers kept as text by a format that does not tell a raised mark from a digit."""
        sheet = self.layout.sheet
        cells = [(line, column) for line in self.lines for column in self.layout.above]
        cells = [one for one in cells if "raised" in sheet.blind and isinstance(sheet.text(*one), Written)]
        facts = {"value": messages.joined(sheet.text(*one) for one in cells[:3]), "other": len(cells)}
        return [Problem("written_number", sheet.name, facts, cell(*cells[0]))] if cells else []

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
        if not LONE.match(_bare(text)) or self._grouped:
            return False
        return not indicator or not self.known.catalogue.indicators[indicator].integer

    @cached_property
    def _grouped(self) -> bool:
        """Whether the numbers of this sheet show that their commas part thousands."""
        texts = [
            re.split(r"[^-\d,.]", _bare(row[column]), maxsplit=1)[0]
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
        place = self.layout.place(name)
        blank = rows is None or place is None or all(one == BLANK for one in rows)
        elsewhere = any(getattr(one, name) for one in self.layout.above.values())  # and not here: forgotten?
        around = self.layout.around.get(name, ()) if blank and not elsewhere else ()
        other = heading or self._stated(name, around, column)
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

    def _statuses(self, column: int, filled: Collection[int]) -> dict[int, str]:
        """Return the status of the figures of a column: the row's, else the heading's, else the title's."""
        above = self.layout.above[column].status or self.layout.around.get("status", ())
        stated, place = self._stated("status", above, column), self.layout.place("status")
        found = {}
        for position in filled:
            called = self.called.get(position) or stated
            own = self.statuses[position] or called
            if called and own != called and place is not None:
                self._add("two_statements", position, place, other=self.known.label(called), where="")
            found[position] = own or DEFAULT_STATUS
            self._noted(position, found[position])
        return found

    def _noted(self, position: int, status: str) -> None:
        """Doubt, once a row, a note that calls the figure another status than it has."""
        note = self.notes[position]
        said = {
            notation.called(note)[1],
            *(notation.CALLED[one] for one in SAID.findall(notation.half(note))),
        }
        if said - {"", DEFAULT_STATUS, status} and position not in self.doubted:
            self.doubted.add(position)
            self._add("status_said", position, self.layout.place("note") or 0)

    def _stated(self, name: str, keys: tuple[str, ...], column: int) -> str:
        """Return the one key stated; several are a problem of the heading."""
        if len(keys) > 1:
            readings = (
                notation.said(keys) if name == "period" else messages.joined(map(self.known.label, keys))
            )
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
            self._unseen_share(number, indicator, position, column)
            return float(number.value * factor)
        self._misunit(factor, position, column)
        return None

    def _unseen_share(self, number: Number, indicator: str, position: int, column: int) -> None:
        """Doubt a percentage where the file does not tell whether its cell shows a hundred times as much."""
        one = self.known.catalogue.indicators[indicator]
        highest = one.bounds[1]
        if (
            "percent" in self.layout.sheet.blind
            and one.unit.startswith("%")
            and highest
            and 0 < number.value * 100 <= highest
        ):
            readings = f"{number.value}% / {number.value * 100:f}%"
            if number.value < 1:
                self._add("display_unseen", position, column, readings=readings)

    def _factor(self, indicator: str, written: str, suffix: str, column: int) -> Decimal | tuple[str, dict]:
        """Return the one factor all statements of a unit agree on, or the code and facts of the message."""
        unit = self.known.catalogue.units[self.known.catalogue.indicators[indicator].unit]
        accepted = {notation.normal(name): Decimal(repr(factor)) for name, factor in unit.accepts.items()}
        label = self.known.label(indicator)
        readings = messages.joined(unit.accepts)
        stated = {}
        others = [
            notation.normal(written),
            *self.layout.above[column].unit,
            *self.layout.around.get("unit", ()),
        ]
        if suffix == SHOWN and any(others):
            return "shown_percent", {"other": messages.joined(filter(None, others))}
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
                    "value": messages.joined(several),
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


def _bare(text: str) -> str:
    """Return a number in ordinary digits without footnote marks, with its unit."""
    return notation.half(notation.unmarked(text)[0])


@lru_cache
def _closest(word: str, names: tuple[str, ...]) -> list[str]:
    """Return the name most like a word, if any is: asked again on every row of a misspelt column."""
    return difflib.get_close_matches(word, names, n=1, cutoff=0.6)


def _readings(year: str, month: str) -> tuple[str, ...]:
    """Return the periods a year and a month may mean together."""
    if (isinstance(year, Odd) and year.code != "month_shown") or isinstance(month, Odd):
        return ()
    readings = notation.periods(year)
    if not notation.normal(month):
        return readings
    if len(readings) == 1 and re.fullmatch(r"1月?[-~至—–]12月?|全年", notation.normal(month)):
        return readings
    number = re.fullmatch(r"(?:1月?[-~至—–])?(\d{1,2})月?", notation.normal(month))
    if len(readings) != 1 or len(readings[0]) != 4 or not number:
        return ()
    return notation.periods(f"{readings[0]}-{number.group(1)}")
