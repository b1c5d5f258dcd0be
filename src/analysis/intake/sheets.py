"""A received file as grids of text: what each cell shows, with what is odd about it.

Figures are not read here. A cell whose content and display differ, or that holds no text or number at all,
becomes an ``Odd`` text, which no reader takes for a number.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from analysis.intake.messages import Problem

DELIMITERS = (",", "\t", ";", "|")
FOREIGN = {
    "big5hkscs": "Big5", "shift_jis": "Shift-JIS", "utf_16_le": "UTF-16 LE, no BOM",
    "utf_16_be": "UTF-16 BE, no BOM", "utf_32_le": "UTF-32 LE", "utf_32_be": "UTF-32 BE", "utf_7": "UTF-7",
    "euc_jp": "EUC-JP", "euc_kr": "EUC-KR",
}  # fmt: skip
WORDS = re.compile(
    "地[区區域]|指[标標]|[数數]值|[单單]位|年[份度]|县市|縣市|备注|備註|地域|単位|지역|연도|단위|[rR]egion|[iI]ndicator"
)
MARKUP = re.compile(rb"\s*<(?:!doctype|!--|\?xml|[a-z]+\d?[\s>])", re.IGNORECASE)
Place = tuple[int, int]  # row and column, from 0
GAP = 10_000  # empty rows or columns that stand in no table of an office


class Odd(str):
    """Text of a cell that needs a second look: a date, a percentage shown, an error. ``code`` names why."""

    code: str

    def __new__(cls, text: str, code: str) -> "Odd":
        odd = super().__new__(cls, text)
        odd.code = code
        return odd


FOOTNOTE = re.compile(r"\d{1,2}")  # alone and raised, a mark or a number
CIRCLED = "①-⒛㉑-㉟㊱-㊿⓵-⓾❶-❿*＊※†‡§"
RAISED_DIGITS = "⁰¹²³⁴-⁹"
_NOTE = r"(?:见?附?注|notes?)?\.?\s?"
_SIGN = r"(?:\d{1,2}|[一二三四五六七八九十a-z])"
_MARK = (  # ①, [1][2], 1), (注1), 1-2
    rf"(?:[{CIRCLED}{RAISED_DIGITS}#△▲★☆]+|[(（\[〔【]?{_NOTE}{_SIGN}(?:[-–—~]{_SIGN})?[)）\]〕】])+"
    rf"|#?{_NOTE}{_SIGN}?\.?"
)
MARK = re.compile(rf"(?:{_MARK})(?:[\s,，、;；\-–—~]+(?:{_MARK}))*", re.IGNORECASE)


class Marked(str):
    """Text of a cell whose footnote mark was set apart: raised in a workbook, ``<sup>`` in a web page."""

    mark: str

    @staticmethod
    def of(text: str, mark: str) -> str:
        """Return a text with its mark; behind a 10 it may as well be a power: two readings, as alone.

        What is raised or small and looks like no mark is text as any other: 1302.1 and a small 万元.
        """
        if not text and FOOTNOTE.fullmatch(mark):
            return Odd(mark, "raised_alone")
        if not text or not mark or isinstance(text, Odd):
            return text or mark
        power = re.search(r"(?:^|[^\d.,])10$", text) and re.fullmatch(r"[-−]?\d+", mark)
        if power or (text[-1].isdigit() and re.match(r"[\d.,]", mark) and not MARK.fullmatch(mark)):
            return Odd(f"{text}^{mark}", "power")
        if not MARK.fullmatch(mark):
            return text + mark
        marked = Marked(text)
        marked.mark = mark
        return marked


class Written(str):
    """Digits stored as text, in a format that does not tell raised ones apart."""


@dataclass
class Sheet:
    """A grid of text.

    spans : merged ranges (first row, first column, last row, last column), from 0
    hidden_rows, hidden_columns : also those of no height or width
    ragged : of a delimited file, whose rows may differ in length
    blind : what its format does not tell cell by cell: "raised" type, numbers shown as "percent", …
    comments : what people noted on a cell; boxes: texts drawn over the sheets
    unseen : cells that are "struck" out or "invisible"
    """

    name: str
    rows: list[list[str]]
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: str = ""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    ragged: bool = False
    blind: frozenset[str] = frozenset()
    comments: dict[Place, str] = field(default_factory=dict)
    boxes: tuple[str, ...] = ()
    unseen: dict[Place, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows[:200]), default=0)

    def text(self, row: int, column: int) -> str:
        line = self.rows[row]
        return line[column] if column < len(line) else ""

    def text_at(self, row: int, column: int) -> str:
        """Return the text of any place, also outside the rows."""
        return self.text(row, column) if row < len(self.rows) else ""

    def unmerge(self, first: int, last: int, columns: range) -> None:
        """Write the text of merged cells into every cell of the rows ``first`` to ``last`` they cover."""
        for top, left, bottom, right in self.spans:
            for row in range(max(top, first), min(bottom, last) + 1):
                for column in range(max(left, columns.start), min(right + 1, columns.stop)):
                    self.rows[row][column] = self.rows[top][left]


class Stray(ValueError):
    """A cell stands, or reaches, far outside any table; ``place`` is where, ``text`` what it holds."""

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.text, self.place = text, place

    def problem(self, sheet: str) -> Problem:
        return Problem("far_cell", sheet, {"value": self.text[:40]}, cell(*self.place))


def near(filled: dict[Place, str]) -> None:
    """Raise Stray where a filled cell stands behind a gap of rows that would all be gone through."""
    for before, after in pairwise([-1, *sorted({row for row, _ in filled})]):
        if after - before > GAP:
            place = min(one for one in filled if one[0] == after)
            raise Stray(filled[place], place)


def cell(row: int, column: int) -> str:
    """Name a cell as a spreadsheet does: (6, 4) is E7."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def read(name: str, content: bytes, is_heading: Callable[[list[str]], bool]) -> list[Sheet] | Problem:
    """Return the sheets of a file called ``name`` with anything in them, or why it cannot be opened.

    What a file is, its content says: portals send web pages under ``.xls``.
    """
    from analysis.intake import older, workbook

    if content[:4] == b"PK\x03\x04":
        members = _members(content)
        kinds = {
            "xl/workbook.bin": older.binary, "content.xml": older.open_document,
            "[Content_Types].xml": workbook.read,
        }  # fmt: skip
        reader = next((kinds[one] for one in kinds if one in members), None)
        return reader(content, name) if reader else Problem("old_format", name)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        return older.binary(content, name)
    if content[:5] == b"%PDF-":
        return Problem("old_format", name)
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        content = (_decoded(content, "utf-16") or "").encode() or content
    if MARKUP.match(content.removeprefix(codecs.BOM_UTF8)) or content[:13].lower() == b"mime-version:":
        return older.page(content, name)
    return _text(content, name, is_heading)


def _members(content: bytes) -> list[str]:
    try:
        return zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return []


def _text(content: bytes, name: str, is_heading: Callable[[list[str]], bool]) -> list[Sheet] | Problem:
    """Read delimited text: UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; a NUL is no text."""
    text = _decoded(content, "utf-8")
    if text is None or "\0" in text:
        text = _decoded(content, "gb18030")
        doubtful = text is None or "\0" in text or not WORDS.search(text[:4000])
        if doubtful and (encoding := _foreign(content)):
            return Problem("foreign_encoding", name, {"value": encoding})
    if text is None or "\0" in text:
        return Problem("encoding", name)
    return _delimited(text.lstrip("\ufeff"), name, is_heading)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _foreign(content: bytes) -> str | None:
    """Name the encoding, none of those read, in which the beginning of a file holds words of headings."""
    for encoding, name in FOREIGN.items():
        try:
            beginning = codecs.getincrementaldecoder(encoding)().decode(content[:4000])
        except UnicodeDecodeError:
            continue
        if WORDS.search(beginning):
            return name
    damaged = content[:4000].decode("utf-8", errors="replace")
    return "UTF-8, damaged" if WORDS.search(damaged) else None


def _delimited(text: str, name: str, is_heading: Callable[[list[str]], bool]) -> list[Sheet] | Problem:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return []
    head = "\n".join(text[:20000].split("\n")[:40])
    fitting = [mark for mark in DELIMITERS if any(is_heading(row) for row in _rows(head, mark))]
    if len(fitting) > 1:
        return Problem("two_delimiters", name, {"readings": " ".join(map(repr, fitting))})
    mark = fitting[0] if fitting else _dividing(head)
    reader = csv.reader(io.StringIO(text.rstrip("\n")), delimiter=mark)
    try:
        rows = list(reader)
    except csv.Error:  # a cell longer than any text
        return Problem("long_cell", name, {"value": reader.line_num, "other": csv.field_size_limit()})
    for row, cells in enumerate(rows if '"' in text else ()):
        if one := next((one for one, text in enumerate(cells) if _swallows(text, len(cells), mark)), None):
            return Problem("swallowed_lines", name, {"value": cells[one][:40]}, cell(row, one))
    return [Sheet(name, rows, ragged=True)]


def _dividing(text: str) -> str:
    """Return the delimiter that cuts two lines or more alike, where no heading tells; a comma if in doubt."""
    lengths = {mark: [len(row) for row in _rows(text, mark) if len(row) > 1] for mark in DELIMITERS}
    alike = [mark for mark, found in lengths.items() if len(found) > 1 and len({*found}) == 1]
    return alike[0] if len(alike) == 1 else ","


def _swallows(text: str, width: int, delimiter: str) -> bool:
    """Whether a cell holds whole lines of the table: a quotation mark was opened and never closed."""
    _, *lines = text.split("\n") if "\n" in text else [text]
    return any(line.count(delimiter) >= max(width - 1, 1) for line in lines)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


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
