"""Where the figures of a sheet stand: long tables, years, indicators or regions across, and mixtures.

Headings, the lines above them, the rows below. A heading nobody understands, two that say the same, a
hidden row or a merged value is a problem with its cell.
"""

import re

from analysis.intake import notation
from analysis.intake.messages import Problem
from analysis.intake.notation import Facets, Vocabulary
from analysis.intake.sheets import NOT_READ, Odd, Sheet, cell

KEYS = ("region", "indicator", "period")
FOOT = re.compile(
    r"(注|说明|资料来源|数据来源|来源|备注|附注|notes?|sources?|remarks?)\s*\d*\s*[:：.、]|\*", re.IGNORECASE
)
LABELLED = re.compile(r"[(（]?\s*([^:：(（]{1,12}?)\s*[:：]\s*(.+?)\s*[)）]?")


def is_heading(row: list[str]) -> bool:
    """Whether a row is one of headings: two cells or more, one of them region, indicator or period."""
    filled = [text for text in row if text.strip()]
    return len(filled) > 1 and any(notation.heading(text) & set(KEYS) for text in filled)


def explains(sheet: Sheet) -> bool:
    """Whether a sheet is one of the explaining sheets of our own form."""
    return any(NOT_READ in text for row in sheet.rows[:3] for text in row)


class Layout:
    """A sheet understood, or its ``problems``.

    fields: what a column of the rows holds ("region", "unit", ...). above: what the headings say about the
    figures in a column. around: what the lines above the table say of all. lines: the rows of figures.
    """

    def __init__(self, sheet: Sheet, known: Vocabulary) -> None:
        self.sheet, self.known = sheet, known
        self.problems: list[Problem] = []
        self.fields: dict[int, str] = {}
        self.above: dict[int, Facets] = {}
        self.around: dict[str, tuple[str, ...]] = {}
        self.lines: list[int] = []
        self.head = next((row for row, line in enumerate(sheet.rows[:60]) if is_heading(line)), 0)
        if sheet.hidden:
            self.problems.append(Problem("hidden_sheet", sheet.name))
        elif not is_heading(sheet.rows[self.head]):
            self._no_heading()
        else:
            self._headings()
            self._preamble()
            self.lines = self._body()

    def place(self, name: str) -> int | None:
        """Return the column of a field."""
        return next((column for column, field in self.fields.items() if field == name), None)

    def _no_heading(self) -> None:
        row = next(position for position, line in enumerate(self.sheet.rows) if any(line))
        column = next(position for position, text in enumerate(self.sheet.rows[row]) if text)
        self.add("no_heading", row, column)

    def add(self, code: str, row: int, column: int, **facts: object) -> None:
        """Note a problem with a cell."""
        content = self.sheet.text(row, column)
        facts = {"value": content if len(content) < 60 else content[:57] + "…"} | facts
        self.problems.append(Problem(code, self.sheet.name, facts, cell(row, column)))

    # Headings

    def _headings(self) -> None:
        sheet, head = self.sheet, self.head
        keys = {column for column, text in enumerate(sheet.rows[head]) if notation.heading(text)}
        self.top = head
        while self.top > 0 and self._is_upper(self.top - 1, keys):
            self.top -= 1
        self.bottom = head
        while self.bottom + 1 < len(sheet.rows) and self._is_lower(self.bottom + 1, keys):
            self.bottom += 1
        sheet.unmerge(self.top, self.bottom, range(sheet.width))
        corners = {}
        for column in range(sheet.width):
            rows = [row for row in range(self.top, self.bottom + 1) if sheet.text(row, column)]
            if not rows:
                self._unheaded(column)
                continue
            fields = self._classify(rows, column)
            if len(fields) == 1:
                self._field(fields.pop(), rows[-1], column)
            elif fields:
                corners[column] = fields
        self._corners(corners)
        self._double()
        for row in range(self.top, self.bottom + 1):
            if len(sheet.rows[row]) != len(sheet.rows[head]):
                self.add("row_length", row, 0, value=len(sheet.rows[row]), other=len(sheet.rows[head]))
        if not self.above and not self.problems:
            self.add("no_value_column", head, next(iter(sorted(keys))))

    def _is_upper(self, row: int, keys: set[int]) -> bool:
        """A row of merged headings above the row that names the keys."""
        spans = [
            s
            for s in self.sheet.spans
            if s[0] == row and s[2] == row and not keys & set(range(s[1], s[3] + 1))
        ]
        texts = [self.sheet.rows[row][span[1]] for span in spans]
        covered = {column for span in spans for column in range(span[1], span[3] + 1)}
        rest = [text for column, text in enumerate(self.sheet.rows[row]) if text and column not in covered]
        return (
            bool(texts) and not any(rest) and all(notation.facets(text, self.known) for text in texts if text)
        )

    def _is_lower(self, row: int, keys: set[int]) -> bool:
        """A second row of headings: nothing of its own under the keys, only years or indicators elsewhere."""
        line = self.sheet.rows[row]
        texts = [text for column, text in enumerate(line) if text and column not in keys]
        return not any(line[column] for column in keys if column < len(line)) and bool(texts) and all(
            notation.facets(text, self.known) for text in texts
        )  # fmt: skip

    def _unheaded(self, column: int) -> None:
        for row in range(self.bottom + 1, len(self.sheet.rows)):
            text = self.sheet.text(row, column)
            if text and not FOOT.match(text):
                return self.add("blank_heading", self.head, column, value=text)

    def _classify(self, rows: list[int], column: int) -> set[str]:
        """Return the fields of a heading; what it says about values goes to ``above``."""
        texts = {self.sheet.text(row, column): row for row in rows}
        named = [notation.heading(text) for text in texts]
        fields = set().union(*named)
        if fields and all(named) and fields != {"value"}:
            return fields
        stated = Facets()
        for text, row in texts.items():
            one = notation.facets(text, self.known)
            if isinstance(text, Odd) and text.code not in ("month_shown", "shown_percent"):
                self.add(text.code, row, column)
                return set()
            if one is None:
                self.add("unknown_heading", row, column)
                return set()
            stated = self._joined(stated, one, row, column)
        self.above[column] = stated
        return set()

    def _joined(self, first: Facets, second: Facets, row: int, column: int) -> Facets:
        """Put two headings of a column together."""
        both = {}
        for name in (*KEYS, "unit"):
            one, other = getattr(first, name), getattr(second, name)
            if len(other) > 1 and name != "unit":
                readings = "、".join(map(self.known.label, other))
                self.add("two_readings", row, column, readings=readings)
            if one and other and one != other:
                self.add("two_statements", row, column, other="、".join(one), where=cell(self.head, column))
            both[name] = other or one
        return Facets(**both, value=first.value or second.value)

    def _field(self, name: str, row: int, column: int) -> None:
        others = [
            place
            for place, other in self.fields.items()
            if other == name and name not in ("region", "indicator", "number")
        ]
        if others:
            return self.add("double_heading", row, column, other=cell(row, others[0]))
        self.fields[column] = name

    def _corners(self, corners: dict[int, set[str]]) -> None:
        """Decide a corner such as 地区\\年份 by what the other headings already say."""
        across = {name for one in self.above.values() for name in KEYS if getattr(one, name)}
        for column, fields in corners.items():
            left = fields - across
            if len(left) == 1:
                self._field(left.pop(), self.head, column)
            else:
                self.add("two_headings", self.head, column, readings="、".join(sorted(fields)))

    def _double(self) -> None:
        seen: dict[tuple, int] = {}
        for column, one in self.above.items():
            key = (one.region, one.indicator, one.period)
            if key in seen:
                self.add("double_heading", self.bottom, column, other=cell(self.bottom, seen[key]))
            seen.setdefault(key, column)

    # The lines above

    def _preamble(self) -> None:
        """Read the lines above the table: labelled ones (单位：万元), and titles wholly understood."""
        titles: dict[str, tuple[str, ...]] = {}
        for row in range(self.top):
            for column, text in enumerate(self.sheet.rows[row]):
                if isinstance(text, Odd) and text.code not in ("month_shown",):
                    self.add(text.code, row, column)
                elif text:
                    self._line(row, column, text, titles)
        self.around = titles | self.around

    def _line(self, row: int, column: int, text: str, titles: dict[str, tuple[str, ...]]) -> None:
        labelled = LABELLED.fullmatch(notation.half(text))
        names = notation.heading(labelled.group(1)) & {*KEYS, "unit"} if labelled else set()
        if labelled and len(names) == 1:
            self._label(names.pop(), labelled.group(2), row, column)
        elif found := re.search(r"(?:单位|unit)\s*[:：]\s*([^\s()（）]+)", text, re.IGNORECASE):
            self._label("unit", found.group(1), row, column)
        elif one := notation.facets(text, self.known):
            for name in (*KEYS, "unit"):
                stated = getattr(one, name)
                if stated:
                    titles[name] = stated if titles.get(name, stated) == stated else (*titles[name], *stated)

    def _label(self, name: str, text: str, row: int, column: int) -> None:
        """Take a labelled line at its word, or refuse it."""
        stated = {
            "region": lambda: self.known.names["region"].get(notation.normal(text), ()),
            "indicator": lambda: self.known.names["indicator"].get(notation.normal(text), ()),
            "period": lambda: notation.periods(text),
            "unit": lambda: notation.split_units(text, self.known),
        }[name]()
        if not stated:
            code = "unknown_heading" if name == "unit" else f"unknown_{name}"
            return self.add(code, row, column, value=text)
        if self.around.get(name, stated) != stated:
            return self.add(
                "two_statements", row, column, value=text, other="、".join(self.around[name]), where=""
            )
        self.around[name] = stated

    # The body

    def _body(self) -> list[int]:
        """Return the rows that may hold figures; footnotes are remarked, merged keys written out."""
        sheet, first = self.sheet, self.bottom + 1
        keys = [column for column, name in self.fields.items() if name != "number"]
        feet = self._feet(first)
        for span in sheet.spans:
            if (
                span[2] >= first
                and span[0] not in feet
                and any(c in self.above for c in range(span[1], span[3] + 1))
            ):
                self.add("merged_value", span[0], span[1])
        for column in keys:
            sheet.unmerge(first, len(sheet.rows) - 1, range(column, column + 1))
        lines = [row for row in range(first, len(sheet.rows)) if row not in feet]
        self._hidden(lines)
        return self._even(lines) if sheet.ragged else lines

    def _feet(self, first: int) -> set[int]:
        feet = set()
        for row in range(first, len(self.sheet.rows)):
            text, *others = self.sheet.rows[row] or [""]
            if FOOT.match(text.strip()) and not any(other.strip() for other in others):
                feet.add(row)
                if re.search(r"(?:单位|unit)\s*[:：]", text):
                    self.add("two_statements", row, 0, other="", where=cell(self.head, 0))
                self.add("note_line", row, 0)
        return feet

    def _hidden(self, lines: list[int]) -> None:
        sheet = self.sheet
        for row in lines if sheet.hidden_rows else ():
            if row in sheet.hidden_rows and any(sheet.rows[row]):
                self.add("hidden_cells", row, next(c for c, text in enumerate(sheet.rows[row]) if text))
        for column in sorted(sheet.hidden_columns & {*self.fields, *self.above}):
            self.add("hidden_cells", self.head, column)

    def _even(self, lines: list[int]) -> list[int]:
        """Refuse rows of a delimited file with more or fewer cells than its headings."""
        length = len(self.sheet.rows[self.head])
        kept = []
        for row in lines:
            cells = self.sheet.rows[row]
            if len(cells) == length:
                kept.append(row)
            elif any(text.strip() for text in cells):
                self.add("row_length", row, 0, value=len(cells), other=length)
        return kept
