"""The Word template of one language: page, grid, styles and page numbers of GB/T 9704-2012."""

import io
import math
from functools import cache
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from analysis.documents import layout
from analysis.printing import Voice

Element = Any  # python-docx makes the methods of its elements and styles when it runs

FACT_STYLE = "Fact"
RED = RGBColor(0xD7, 0x00, 0x0F)
TONGUES = {"val": "en-GB", "eastAsia": "zh-CN"}  # of words that are not in a paper's own script
CELL = 2.0  # points above and below the words of a cell


@cache
def template(language: str) -> bytes:
    word, page = docx.Document(), layout.LAYOUTS[language]
    _without_second_styles(word)
    _page(word, page)
    _styles(word, page, Voice(language).say("language.tag"))
    _page_numbers(word)
    for properties in word.styles.element.iter(qn("w:pPr"), qn("w:rPr")):
        in_schema_order(properties)
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


@cache
def identities(language: str) -> dict[str, str]:
    """Return the ids of the template's styles by their names; python-docx searches all for every one."""
    return {style.name: style.style_id for style in docx.Document(io.BytesIO(template(language))).styles}


def _without_second_styles(word: WordDocument) -> None:
    """Drop the copy of its styles that python-docx's template has for Word 2007: ours would contradict it."""
    for key, relation in list(word.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del word.part.rels[key]


# Word wants the children of a property list in the schema's order.
_ORDER = {
    tag: place
    for place, tag in enumerate(
        [
            "pStyle",
            "keepNext",
            "keepLines",
            "pageBreakBefore",
            "widowControl",
            "numPr",
            "pBdr",
            "shd",
            "tabs",
            "autoSpaceDE",
            "autoSpaceDN",
            "rStyle",
            "rFonts",
            "b",
            "bCs",
            "i",
            "iCs",
            "caps",
            "smallCaps",
            "strike",
            "outline",
            "snapToGrid",
            "vanish",
            "color",
            "spacing",
            "w",
            "kern",
            "position",
            "sz",
            "szCs",
            "u",
            "vertAlign",
            "ind",
            "contextualSpacing",
            "jc",
            "textAlignment",
            "outlineLvl",
            "lang",
        ]
    )
}


def in_schema_order(properties: Element) -> None:
    children = sorted(properties, key=lambda child: _ORDER.get(child.tag.rpartition("}")[2], len(_ORDER)))
    properties.extend(children)


def _page(word: WordDocument, page: layout.Layout) -> None:
    section = word.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = map(Mm, layout.PAGE)
    section.top_margin, section.bottom_margin = Mm(layout.TOP), Mm(layout.BOTTOM)
    section.left_margin, section.right_margin = Mm(layout.BINDING), Mm(layout.RIGHT)
    section.footer_distance = Mm(layout.BOTTOM - layout.PAGE_NUMBER_DROP - page.page_number / layout.MM)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:linePitch"), str(round(page.pitch * 20)))
    if page.full_width:
        grid.set(qn("w:type"), "linesAndChars")
        grid.set(qn("w:charSpace"), str(round(page.tracking * 4096)))


def _fonts(style: Element, east_asian: str, latin: str, size: float, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = latin, Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if "theme" in attribute.lower():
            del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), latin)
    fonts.set(qn("w:eastAsia"), east_asian)


def _styles(word: WordDocument, page: layout.Layout, own: str) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for tag in ("sz", "szCs"):
        defaults.find(qn(f"w:{tag}")).set(qn("w:val"), str(round(page.body * 2)))
    tongue = defaults.find(qn("w:lang"))
    for script, spoken in (TONGUES | {"eastAsia" if page.full_width else "val": own}).items():
        tongue.set(qn(f"w:{script}"), spoken)
    for name, (font, size, bold, formats) in _paragraph_styles(page).items():
        latin = layout.WORD_FONTS[font if page.full_width else "latin"]
        _style(word, name, (layout.WORD_FONTS[font], latin), size, bold, formats)
    if page.full_width:
        _first_line(word.styles["Normal"], page)
        _track(word.styles["Normal"], page)
    for name in UNTRACKED:
        _no_tracking(word.styles[name])
    _no_border(word.styles["Title"])
    word.styles["Red Header"].font.color.rgb = RED
    word.styles.add_style(FACT_STYLE, WD_STYLE_TYPE.CHARACTER).base_style = None
    _sheet(word)


UNTRACKED = (
    *("Title", "Annex Title", "Caption", "Table Text", "Table Text Kept", "Table Header", "Table Note"),
    "footer",
)


def _paragraph_styles(page: layout.Layout) -> dict[str, tuple[str, float, bool, dict]]:
    """Font role, size, boldness and formats of every paragraph style; all rest on `Normal`, the first."""
    body, heavy, gap = page.body, not page.full_width, Pt(page.paragraph_gap)
    flush, centred = _around(), _around() | {"alignment": ALIGN.CENTER}
    left, right = _around() | {"alignment": ALIGN.LEFT}, _around() | {"alignment": ALIGN.RIGHT}
    above = {} if page.full_width else {"space_before": Pt(6), "space_after": Pt(10)}
    title = centred | {"line_spacing": Pt(36 if page.full_width else 24), "keep_with_next": True} | above
    table = left | _exactly(page.table * 1.3) | {"space_before": Pt(CELL), "space_after": Pt(CELL)}
    heading = {"alignment": ALIGN.LEFT, "space_before": Pt(0), "space_after": gap, "keep_with_next": True}
    normal = {"alignment": ALIGN.JUSTIFY, "widow_control": True, "space_before": Pt(0), "space_after": gap}
    caption = _exactly(page.caption * 1.35) | {"space_before": Pt(2), "space_after": Pt(4)}
    red = SINGLE | {"space_before": Pt(28), "space_after": Pt(2 * page.pitch)}
    size = body if page.full_width else body + 1
    return {
        "Normal": ("body", body, False, normal | _exactly(page.pitch)),
        "Title": ("title", page.title, heavy, title),
        "Annex Title": ("title", page.title, heavy, title),
        "Heading 1": ("heading1", size, heavy, heading),
        "Heading 2": ("heading2", size, heavy, heading),
        "Heading 3": ("body", size, heavy, heading),
        "Heading 4": ("body", size, heavy, heading),
        "Addressee": ("body", body, False, left | {"space_after": gap}),
        "Annex Label": ("heading1", body, False, flush | {"keep_with_next": True}),
        "Annex List": (
            "body",
            body,
            False,
            left | {"left_indent": Pt(page.indent * body), "keep_with_next": True},
        ),
        "Signature": ("body", body, False, right | {"left_indent": Pt(0)}),
        "Picture": (
            "body",
            page.table / 2,
            False,
            centred | SINGLE | {"space_before": Pt(3), "keep_with_next": True},
        ),
        "Caption": ("heading1", page.caption, False, centred | caption),
        "Table Text": ("body", page.table, False, table),
        "Table Text Kept": ("body", page.table, False, table | {"keep_with_next": True}),
        "Table Header": (
            "heading1",
            page.table,
            heavy,
            table | {"alignment": ALIGN.CENTER, "keep_with_next": True},
        ),
        "Table Note": ("body", page.table - 1, False, table),
        "footer": ("number", page.page_number, False, flush | SINGLE),
        "Red Header": ("title", 36, False, centred | red),
    }


SINGLE = {"line_spacing_rule": WD_LINE_SPACING.SINGLE, "line_spacing": 1.0}


def _around() -> dict:
    return {"space_before": Pt(0), "space_after": Pt(0), "first_line_indent": Pt(0)}


def _exactly(points: float) -> dict:
    return {"line_spacing_rule": WD_LINE_SPACING.EXACTLY, "line_spacing": Pt(points)}


def _style(
    word: WordDocument, name: str, fonts: tuple[str, str], size: float, bold: bool, formats: dict
) -> None:
    made = word.styles[name] if name in word.styles else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = None if name == "Normal" else word.styles["Normal"]
    made.quick_style = True
    _fonts(made, *fonts, size, bold)
    for key, value in formats.items():
        setattr(made.paragraph_format, key, value)


def _first_line(style: Element, page: layout.Layout) -> None:
    """Two characters, in characters: Word then follows the type size."""
    style.paragraph_format.first_line_indent = Pt(page.indent * page.body)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), str(100 * page.indent))


def _track(style: Element, page: layout.Layout) -> None:
    """The grid's pitch as exact spacing too: LibreOffice gives a character wider than its cell two cells.

    A twentieth of a point more than the grid, for rounding on the way.
    """
    for tag in ("snapToGrid", "autoSpaceDE", "autoSpaceDN"):
        style.element.get_or_add_pPr().append(parse_xml(f'<w:{tag} {nsdecls("w")} w:val="0"/>'))
    tracking = math.floor(page.tracking * 20) - 1
    style.element.get_or_add_rPr().extend(
        [
            parse_xml(f'<w:spacing {nsdecls("w")} w:val="{tracking}"/>'),
            parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'),
        ]
    )


def _no_border(style: Element) -> None:
    border = style.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        style.element.pPr.remove(border)


def _no_tracking(style: Element) -> None:
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:spacing")):
        properties.remove(old)
    properties.append(parse_xml(f'<w:spacing {nsdecls("w")} w:val="0"/>'))


def _sheet(word: WordDocument) -> None:
    """Table style with a heavy line above and below and hair lines between rows."""
    heavy, hair = (
        'w:val="single" w:sz="8" w:space="0" w:color="000000"',
        'w:val="single" w:sz="4" w:space="0" w:color="999999"',
    )
    word.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Sheet">'
            '<w:name w:val="Sheet"/>'
            '<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
            f"<w:top {heavy}/><w:bottom {heavy}/><w:insideH {hair}/></w:tblBorders>"
            '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr></w:style>"
        )
    )


def _page_numbers(word: WordDocument) -> None:
    """— 1 —: odd pages right, even pages left, one character in from the edge."""
    section = word.sections[0]
    word.settings.odd_and_even_pages_header_footer = True
    for footer, align, side in (
        (section.footer, ALIGN.RIGHT, "right_indent"),
        (section.even_page_footer, ALIGN.LEFT, "left_indent"),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style, paragraph.alignment = word.styles["footer"], align
        setattr(paragraph.paragraph_format, side, Pt(layout.EDGE))
        paragraph.add_run("— ")
        paragraph._p.append(
            parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        )
        paragraph.add_run(" —")
