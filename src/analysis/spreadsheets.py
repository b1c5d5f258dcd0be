"""How the workbooks we write look and are saved: title, heads, type; the same content, the same bytes."""

import io
import math
import zipfile
from collections.abc import Hashable, Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from analysis import store

HEAD = 3  # the row of heads, below a title and a line on the sheet
FACE = "Microsoft YaHei"
LINE = 16  # points of a line of it
HIGHEST = 409  # points a row may have
# The children of a font in the order of the schema that Office itself checks by.
FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def title(sheet: Any, text: str, line: str, landscape: bool = True) -> None:
    """Write a title and a line on the sheet, and set it up for print: A4, one page wide."""
    for row, (words, look) in enumerate(
        ((text, font(bold=True, size=15)), (line, font(colour="5A6B7B"))), start=1
    ):
        cell = sheet.cell(row, 1, words)
        cell.font, cell.data_type = look, "s"
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 24, 20
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def headings(sheet: Any, heads: Iterable[tuple[str, float]], row: int = HEAD) -> None:
    """Write heads with the width of their columns; they stay in sight, on paper too."""
    heads = list(heads)
    for column, (name, width) in enumerate(heads, start=1):
        head(sheet.cell(row, column, name))
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[row].height = height(heads, 22)
    sheet.print_title_rows = f"{row}:{row}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)


def head(cell: Any, horizontal: str = "center") -> None:
    """Let a cell look like a head."""
    cell.font, cell.fill = font(bold=True, colour="FFFFFF"), PatternFill("solid", fgColor="1F3A5F")
    cell.alignment = aligned(horizontal, wrap=True)


def ruled(sheet: Any, first: int, count: int, columns: int) -> None:
    """Draw thin lines below rows."""
    looks, line = Looks(), {"border": Border(bottom=Side("hair", color="A0AAB4"))}
    for row in range(first, first + count):
        for column in range(1, columns + 1):
            looks.give(sheet.cell(row, column), "ruled", line)


class Looks(dict[tuple, StyleArray]):
    """Styles of a sheet's cells: those that look alike share one, which openpyxl would look up for each."""

    def give(self, cell: Any, name: Hashable, look: Mapping[str, Any]) -> None:
        """Give a cell the look of this name: what it had, and these attributes."""
        key = (name, *(cell._style or ()))
        if key not in self:
            for attribute, value in look.items():
                setattr(cell, attribute, value)
            self[key] = cell._style
        cell._style = copy(self[key])


def height(texts: Iterable[tuple[str, float]], least: float = 18) -> float:
    """Return the height of a row that shows each text in a column of its width.

    Not every program fits rows to their texts when it opens a file.
    """
    lines = max((_lines(text, width - 2) for text, width in texts), default=1)
    return min(max(least, 2 + LINE * lines), HIGHEST)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes: a Chinese character is as wide as two others."""
    parts = (2 * len(part) - len(part.encode("ascii", "ignore")) for part in text.split("\n"))
    return sum(max(1, math.ceil(part / width)) for part in parts)


def font(bold: bool = False, size: int = 11, colour: str = "1A1A1A", underline: str | None = None) -> Font:
    return Font(name=FACE, bold=bold, size=size, color=colour, underline=underline)


def aligned(horizontal: str, wrap: bool = False, vertical: str = "center") -> Alignment:
    return Alignment(horizontal, vertical=vertical, wrap_text=wrap, indent=0 if horizontal == "center" else 1)


def settled(book: openpyxl.Workbook, day: datetime) -> bytes:
    """Return a workbook's file with fixed dates: ``day`` in its properties, one for all in the archive."""
    stream = io.BytesIO()
    book.save(stream)
    book.properties.created = book.properties.modified = day
    with zipfile.ZipFile(stream) as written:
        members = {name: written.read(name) for name in written.namelist()}
    members["docProps/core.xml"] = openpyxl.xml.functions.tostring(book.properties.to_tree())
    members["xl/styles.xml"] = _fonts_in_order(members["xl/styles.xml"])
    return store.archive(members)


def _fonts_in_order(styles: bytes) -> bytes:
    root = etree.fromstring(styles)
    for one in root.iter(f"{MAIN}font"):
        one[:] = sorted(one, key=lambda child: FONT_ORDER.index(child.tag.removeprefix(MAIN)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
