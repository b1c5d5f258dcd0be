"""How the workbooks we write look and are saved: title, heads, type; the same content, the same bytes."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

FIXED = (1980, 1, 1, 0, 0, 0)  # date of every member of a file: the clock is not read
HEAD = 3  # the row of heads, below a title and a line on the sheet
FACE = "Microsoft YaHei"
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
    sheet.row_dimensions[1].height = 24
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def headings(sheet: Any, heads: Iterable[tuple[str, float]], row: int = HEAD) -> None:
    """Write heads with the width of their columns; they stay in sight, on paper too."""
    for column, (name, width) in enumerate(heads, start=1):
        one = sheet.cell(row, column, name)
        one.font, one.fill = font(bold=True, colour="FFFFFF"), PatternFill("solid", fgColor="1F3A5F")
        one.alignment = aligned("center", wrap=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.print_title_rows = f"{row}:{row}"
    sheet.freeze_panes = sheet.cell(row + 1, 1)


def ruled(sheet: Any, first: int, count: int, columns: int) -> None:
    """Draw thin lines below rows."""
    line = Border(bottom=Side("hair", color="A0AAB4"))
    for row in range(first, first + count):
        for column in range(1, columns + 1):
            sheet.cell(row, column).border = line


def font(bold: bool = False, size: int = 11, colour: str = "1A1A1A", underline: str | None = None) -> Font:
    return Font(name=FACE, bold=bold, size=size, color=colour, underline=underline)


def aligned(horizontal: str, wrap: bool = False, vertical: str = "center") -> Alignment:
    return Alignment(horizontal, vertical=vertical, wrap_text=wrap, indent=0 if horizontal == "center" else 1)


def settled(book: openpyxl.Workbook, day: datetime) -> bytes:
    """Return a workbook's file with fixed dates: ``day`` in its properties, one for all in the archive."""
    first, second = io.BytesIO(), io.BytesIO()
    book.save(first)
    book.properties.created = book.properties.modified = day
    with zipfile.ZipFile(first) as written, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(written.namelist()):
            content = written.read(name)
            if name == "docProps/core.xml":
                content = openpyxl.xml.functions.tostring(book.properties.to_tree())
            elif name == "xl/styles.xml":
                content = _fonts_in_order(content)
            kept.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return second.getvalue()


def _fonts_in_order(styles: bytes) -> bytes:
    root = etree.fromstring(styles)
    for one in root.iter(f"{MAIN}font"):
        one[:] = sorted(one, key=lambda child: FONT_ORDER.index(child.tag.removeprefix(MAIN)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
