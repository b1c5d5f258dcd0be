"""Document to a Word file: real styles, captions, page numbers; equal blocks, equal bytes."""

import datetime
import io
from functools import cache
from itertools import count
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.packuri import PackURI
from docx.opc.pkgwriter import PackageWriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree

from analysis import MADE_BY, store
from analysis.documents import blocks as b
from analysis.documents import layout, styles
from analysis.printing import Voice

LONGEST = 255  # letters of a property, for Word
_ALIGN = {"l": ALIGN.LEFT, "c": ALIGN.CENTER, "r": ALIGN.RIGHT}


def render(document: b.Document) -> bytes:
    """Write a document as a Word file that Word and WPS open, edit and comment.

    The fonts are named as on the bureau's machines (仿宋_GB2312, 方正小标宋简体 …), none is embedded. Every
    fact is a run of the character style `Fact` inside a bookmark that carries its name.
    """
    writer = _Writer(document)
    writer.write()
    return _packed(writer.word)


def _packed(word: WordDocument) -> bytes:
    """Pack the file ourselves: python-docx stamps the clock into the archive."""
    package = word.part.package
    members: Any = _Members()  # in the place of their archive
    PackageWriter._write_content_types_stream(members, package.parts)
    PackageWriter._write_pkg_rels(members, package.rels)
    PackageWriter._write_parts(members, package.parts)
    return store.archive(members)


class _Members(dict[str, bytes]):
    """The members of a Word file by name; python-docx writes to it as to an archive."""

    def write(self, place: PackURI, content: bytes) -> None:
        self[place.membername] = content


class _Writer:
    """One Word file in the making; it counts bookmarks and captions across blocks."""

    def __init__(self, document: b.Document):
        self.document, self.layout = document, layout.LAYOUTS[document.language]
        self.word = docx.Document(io.BytesIO(styles.template(document.language)))
        self.bookmarks, self.captions = count(1), b.Captions()
        self.body = self.word.element.body
        self.styles = styles.identities(document.language)
        self.room = 1.0

    def write(self) -> None:
        document = self.document
        _properties(self.word, document)
        if document.red_header:
            self.red_header(document.red_header)
        self.title(document.title)
        if document.addressee:
            self.paragraph(document.addressee, "Addressee")
        kept = layout.kept_with_signature(document) if document.signature else 0
        self.blocks(document.blocks, len(document.blocks) - kept)
        self.ending()
        for label, annex in zip(b.annex_labels(document), document.annexes, strict=True):
            self.paragraph(label, "Annex Label").paragraph_format.page_break_before = True
            if self.layout.full_width:
                self.paragraph("", "Annex Label")
            self.title(annex.title, "Annex Title")
            self.room = annex.room
            kept = layout.kept_at_the_end(annex.blocks, document.language)
            self.blocks(annex.blocks, len(annex.blocks) - kept, last=True)

    def paragraph(self, text: str, style: str) -> WordParagraph:
        paragraph = self.styled(self.body.add_p(), style)
        self.runs(paragraph, text)
        return paragraph

    def styled(self, element: styles.Element, style: str) -> WordParagraph:
        _add(_add(element, "w:pPr"), "w:pStyle", val=self.styles[style])
        return WordParagraph(element, self.word._body)

    def runs(self, paragraph: WordParagraph, text: str) -> None:
        for run in b.runs(text):
            if run.fact:
                self.fact(paragraph, run)
            else:
                _run(paragraph, run.text)

    def fact(self, paragraph: WordParagraph, run: b.Run) -> None:
        number = next(self.bookmarks)
        _add(paragraph._p, "w:bookmarkStart", id=str(number), name=f"f{number}_{run.fact}")
        _run(paragraph, run.text, styles.FACT_STYLE)
        _add(paragraph._p, "w:bookmarkEnd", id=str(number))

    def title(self, title: str, style: str = "Title") -> None:
        paragraph = self.paragraph("", style)
        for number, line in enumerate(b.title_lines(title, layout.TEXT[0] * layout.MM / self.layout.title)):
            if number:
                paragraph.add_run().add_break()
            self.runs(paragraph, line)
        if self.layout.full_width:
            self.paragraph("", "Addressee").paragraph_format.keep_with_next = True

    def blocks(self, blocks: tuple[b.Block, ...], first: int, last: bool = False) -> None:
        """Blocks in their order; from the place `first` on, each is tied to the next, but the `last`."""
        for place, (label, block) in enumerate(b.numbered(blocks, self.document.language, self.captions)):
            tied = first <= place < len(blocks) - last
            if isinstance(block, b.Heading):
                self.paragraph(label + block.text, f"Heading {block.level}")
            elif isinstance(block, b.Paragraph):
                paragraph = self.paragraph(block.text, "Normal")
                if tied:
                    paragraph.paragraph_format.keep_with_next = True
            elif isinstance(block, b.Figure):
                self.figure(label, block)
            else:
                self.table(label, block, tied)

    def caption(self, label: str, text: str) -> WordParagraph:
        """A caption Word can list: its number is a field."""
        paragraph = self.paragraph("", "Caption")
        word = label.rstrip("0123456789")
        paragraph.add_run(word)
        field = parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ {word.strip()} \\* ARABIC ">'
            f"<w:r><w:t>{label[len(word) :]}</w:t></w:r>"
            "</w:fldSimple>"
        )
        paragraph._p.append(field)
        self.runs(paragraph, f"  {text}")
        return paragraph

    def figure(self, label: str, figure: b.Figure) -> None:
        paragraph = self.paragraph("", "Picture")
        shape = paragraph.add_run().add_picture(io.BytesIO(figure.image), width=Mm(figure.width))
        shape._inline.docPr.set("descr", b.plain(figure.alt))
        shape._inline.docPr.set("title", b.plain(figure.caption))
        self.caption(label, figure.caption).paragraph_format.keep_with_next = bool(figure.note)
        if figure.note:
            self.paragraph(figure.note, "Table Note").alignment = ALIGN.CENTER

    def table(self, label: str, table: b.Table, tied: bool) -> None:
        if table.caption:
            self.caption(label, table.caption).paragraph_format.keep_with_next = True
        widths = layout.column_widths(table, self.document.language)
        grid = self.word.add_table(rows=0, cols=len(widths))
        grid._tbl.tblStyle_val = self.styles["Sheet"]
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(grid._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = Mm(width)
        self.row(grid, table.header, widths, "c" * len(widths), "Table Header")
        short = len(table.rows) <= layout.SHORT_TABLE
        for number, row in enumerate(table.rows, 1):
            kept = tied or bool(table.note) if number == len(table.rows) else short
            style = "Table Text Kept" if kept else "Table Text"
            self.row(grid, row, widths, table.align or "l" * len(widths), style)
        self.paragraph(table.note, "Table Note").paragraph_format.keep_with_next = tied or None

    def row(
        self, grid: styles.Element, cells: tuple[str, ...], widths: list[float], align: str, style: str
    ) -> None:
        """One row that never splits; the first one is repeated on every page."""
        row = _add(grid._tbl, "w:tr")
        properties = _add(row, "w:trPr")
        _add(properties, "w:cantSplit")
        if style == "Table Header":
            _add(properties, "w:tblHeader")
        for text, width, letter in zip(cells, widths, align, strict=True):
            cell = _add(row, "w:tc")
            look = _add(cell, "w:tcPr")
            _add(look, "w:tcW", w=str(Mm(width).twips), type="dxa")
            _add(look, "w:vAlign", val="center")
            paragraph = self.styled(_add(cell, "w:p"), style)
            paragraph.alignment = _ALIGN[letter]
            if self.room < 1:
                shape = paragraph.paragraph_format
                shape.space_before = shape.space_after = Pt(self.room * styles.CELL)
            for number, line in enumerate(layout.cell_lines(text, width, self.document.language)):
                if number:
                    _add(_add(paragraph._p, "w:r"), "w:br")
                self.runs(paragraph, line)

    def ending(self) -> None:
        """附件说明, 署名, 成文日期, to which the last blocks are tied: a signature never stands alone."""
        document, body, chinese = self.document, self.layout.body, self.layout.full_width
        for number, line in enumerate(b.annex_list(document) if document.annexes else []):
            paragraph = self.paragraph(line, "Annex List")
            if number == 0:
                paragraph.paragraph_format.space_before = Pt(self.layout.pitch)
            else:
                paragraph.paragraph_format.left_indent = Pt((5 if chinese else 3) * body)
        if not document.signature:
            return
        office, date = b.measure(document.signature), b.measure(document.date)
        axis = layout.seal_axis(office, date)
        for number, (text, width) in enumerate(((document.signature, office), (document.date, date))):
            paragraph = self.paragraph(text, "Signature")
            paragraph.paragraph_format.right_indent = Pt((axis - width / 2) * body)
            paragraph.paragraph_format.keep_with_next = number == 0
            if number == 0:
                paragraph.paragraph_format.space_before = Pt(self.layout.pitch)

    def red_header(self, header: b.RedHeader) -> None:
        self.paragraph(header.office, "Red Header")
        number = self.paragraph(header.number, "Addressee")
        number.alignment = ALIGN.CENTER
        number._p.get_or_add_pPr().append(
            parse_xml(
                f"<w:pBdr {nsdecls('w')}>"
                '<w:bottom w:val="single" w:sz="8" w:space="11" w:color="D7000F"/></w:pBdr>'
            )
        )
        number.paragraph_format.space_after = Pt(self.layout.pitch)
        styles.in_schema_order(number._p.pPr)


def _run(paragraph: WordParagraph, text: str, style: str = "") -> None:
    run = _add(paragraph._p, "w:r")
    if style:
        _add(_add(run, "w:rPr"), "w:rStyle", val=style)
    words = _add(run, "w:t")
    words.set(qn("xml:space"), "preserve")
    words.text = text


def _add(parent: styles.Element, tag: str, **attributes: str) -> styles.Element:
    """Add an element behind all others; python-docx's own ways look through them for the place."""
    return etree.SubElement(parent, _name(tag), {_name(f"w:{key}"): text for key, text in attributes.items()})


_name = cache(qn)


def _properties(word: WordDocument, document: b.Document) -> None:
    properties = word.core_properties
    for stamp in properties._element.xpath("dcterms:created | dcterms:modified"):
        properties._element.remove(stamp)  # the library's own
    properties.title = b.plain(document.title).replace(b.BREAK, "")[:LONGEST]
    properties.author = properties.last_modified_by = b.plain(document.signature)[:LONGEST]
    if document.dated:
        properties.created = properties.modified = datetime.datetime.fromisoformat(document.dated)
    properties.language = Voice(document.language).say("language.tag")
    properties.revision, properties.comments, properties.keywords = 1, MADE_BY, ""
