"""A received file as grids of text: what each cell shows, with what is odd about it.

Figures are not read here. A cell whose content and display differ, or that holds no text or number at all,
becomes an ``Odd`` text, which no reader takes for a number.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from analysis.intake.messages import Problem

NOT_READ = "不会被读取"  # stands in the first row of the sheets of our own form that hold no figures
DELIMITERS = (",", "\t", ";", "|")
PLAIN_FORMAT = re.compile(
    r'(?:general|@|[#0?,._;()\s%*/+-]|e[+]|\[(?:red|black|blue|green|white|color\d+)\]|\\[- ()]|"[- ()]*")*'
)


class Odd(str):
    """Text of a cell that needs a second look: a date, a percentage shown, an error. ``code`` names why."""

    code: str

    def __new__(cls, text: str, code: str) -> "Odd":
        odd = super().__new__(cls, text)
        odd.code = code
        return odd


@dataclass
class Sheet:
    """A grid of text. ``spans``: merged ranges (first row, first column, last row, last column), from 0."""

    name: str
    rows: list[list[str]]
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: str = ""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    ragged: bool = False

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows[:200]), default=0)

    def text(self, row: int, column: int) -> str:
        line = self.rows[row]
        return line[column] if column < len(line) else ""

    def unmerge(self, first: int, last: int, columns: range) -> None:
        """Write the text of merged cells into every cell of the rows ``first`` to ``last`` they cover."""
        for top, left, bottom, right in self.spans:
            for row in range(max(top, first), min(bottom, last) + 1):
                for column in range(max(left, columns.start), min(right + 1, columns.stop)):
                    self.rows[row][column] = self.rows[top][left]


def cell(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does: (6, 4) is E7."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def read(name: str, content: bytes, is_heading: Callable[[list[str]], bool]) -> list[Sheet] | Problem:
    """Return the sheets of a file called ``name`` with anything in them, or why it cannot be opened."""
    if content[:4] == b"PK\x03\x04":
        return _workbook(content, name)
    if content[:4] == b"\xd0\xcf\x11\xe0" or content[:5].lower() in (b"<html", b"<?xml", b"%pdf-"):
        return Problem("old_format", name)
    text = _decoded(content)
    if text is None:
        return Problem("encoding", name)
    return _delimited(text, name, is_heading)


def _decoded(content: bytes) -> str | None:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; a NUL is no text."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _delimited(text: str, name: str, is_heading: Callable[[list[str]], bool]) -> list[Sheet] | Problem:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return []
    head = "\n".join(text[:20000].split("\n")[:40])
    fitting = [mark for mark in DELIMITERS if any(is_heading(row) for row in _rows(head, mark))]
    if len(fitting) > 1:
        return Problem("two_delimiters", name, {"readings": " ".join(map(repr, fitting))})
    try:
        return [Sheet(name, _rows(text.rstrip("\n"), fitting[0] if fitting else ","), ragged=True)]
    except csv.Error:  # a cell longer than any text
        return Problem("old_format", name)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _workbook(content: bytes, name: str) -> list[Sheet] | Problem:
    """Read every worksheet; where there are formulas, once more for the results stored with them."""
    import openpyxl

    try:
        formulas = openpyxl.load_workbook(io.BytesIO(content))
        computed = any(
            one.data_type == "f" for sheet in formulas.worksheets for row in sheet.iter_rows() for one in row
        )
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True) if computed else formulas
    except Exception:  # openpyxl raises what its parsers raise; whatever it is, the file is no workbook
        return Problem("old_format", name)
    sheets = [_sheet(one, formulas[one.title]) for one in values.worksheets]
    return [sheet for sheet in sheets if any(any(row) for row in sheet.rows)]


def _sheet(values: Any, formulas: Any) -> Sheet:
    rows = [
        [_shown(value, formula) for value, formula in zip(line, behind, strict=True)]
        for line, behind in zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    spans = [
        (s.min_row - 1, s.min_col - 1, min(s.max_row, len(rows)) - 1, s.max_col - 1)
        for s in values.merged_cells.ranges
    ]
    columns = [one for one in values.column_dimensions.values() if one.hidden]
    return Sheet(
        values.title,
        rows,
        [span for span in spans if span[0] < len(rows)],
        hidden="" if values.sheet_state == "visible" else values.sheet_state,
        hidden_rows=frozenset(row - 1 for row, one in values.row_dimensions.items() if one.hidden),
        hidden_columns=frozenset(
            c - 1 for one in columns for c in range(one.min or 1, (one.max or one.min or 1) + 1)
        ),
    )


def _shown(value: Any, formula: Any) -> str:
    """Return what a cell holds as text."""
    content, style = value.value, value.number_format or "General"
    if formula.data_type == "f" and content is None:
        return Odd(str(getattr(formula.value, "text", formula.value)), "formula_without_value")
    if content is None:
        return ""
    if isinstance(content, bool):
        return Odd(str(content).upper(), "boolean")
    if isinstance(content, (datetime, date, time, timedelta)):
        return _day(content, style)
    if isinstance(content, (int, float)):
        return _number(content, style)
    if value.data_type == "e":
        return Odd(str(content), "formula_error")
    return str(content).strip()


def _number(content: float, style: str) -> str:
    text = digits(content)
    plain = style.lower().replace("_x000a_", "")
    if (
        not PLAIN_FORMAT.fullmatch(re.sub(r"[_*].", "", plain))
        or re.search(r"[0#?],+(?![0#?])", plain)
        or plain.strip("; ") == ""
    ):
        return Odd(f"{text} [{style}]", "display_differs")
    if "%" in plain:
        return Odd(f"{Decimal(text).scaleb(2).normalize():f}%", "shown_percent")
    return text


def digits(number: float) -> str:
    """Write a workbook's number in full; noise beyond the 15 digits Excel keeps is dropped."""
    if isinstance(number, int):
        return str(number)
    if number != number or number in (float("inf"), float("-inf")):
        return Odd(repr(number), "formula_error")
    exact, kept = Decimal(repr(number)), Decimal(f"{number:.15g}").normalize()
    chosen = kept if len(kept.as_tuple().digits) <= 12 else exact
    text = f"{chosen:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(content: datetime | date | time | timedelta, style: str) -> Odd:
    """Show a date as far as its format does: the day, the month or the year.

    January and December may as well stand for the whole year: they stay dates, which are refused.
    """
    pattern = re.sub(r'\[.*?\]|".*?"|\\.|general', "", style.lower())
    if not isinstance(content, date) or "h" in pattern or "s" in pattern:
        return Odd(str(content), "date")
    if "d" in pattern or "y" not in pattern or ("m" in pattern and content.month in (1, 12)):
        return Odd(f"{content:%Y-%m-%d}", "date")
    return Odd(f"{content:%Y-%m}" if "m" in pattern else f"{content:%Y}", "month_shown")
