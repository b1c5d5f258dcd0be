"""Documents as blocks, in one language, and three writers: Word, PDF, HTML; no plans, no forecasts."""

from pathlib import Path

from analysis.documents import html, pdf, word
from analysis.documents.blocks import (
    BREAK,
    Annex,
    Block,
    Document,
    Fact,
    Figure,
    Heading,
    Paragraph,
    RedHeader,
    Table,
    is_quotation,
    plain,
    quotation,
    segments,
    texts,
)
from analysis.documents.check import NUMBER, UnprovenNumber, numbers, prove, prove_document
from analysis.documents.pdf import pages
from analysis.documents.wording import Wording
from analysis.documents.wording import check as check_wording
from analysis.printing import LANGUAGES

__all__ = [
    "BREAK",
    "NUMBER",
    "Annex",
    "Block",
    "Document",
    "Fact",
    "Figure",
    "Heading",
    "Paragraph",
    "RedHeader",
    "Table",
    "UnprovenNumber",
    "Wording",
    "check_fonts",
    "check_wording",
    "is_quotation",
    "numbers",
    "pages",
    "plain",
    "prove",
    "prove_document",
    "quotation",
    "segments",
    "texts",
    "warm",
    "write",
]


def check_fonts() -> None:
    """Raise LookupError where this machine lacks a font that ``fonts="system"`` asks for."""
    for language in LANGUAGES:
        pdf.families(language, "system")


def warm() -> None:
    """Write a short document, so that processes forked from this one have all it takes; no PDF, see there."""
    fact = Fact("warm", "1", 1.0)
    for language in LANGUAGES:
        table = Table(str(fact), ("a", "b"), ((str(fact), "b"),), "lr")
        short = Document(language, "a", (Heading("a"), Paragraph(f"a {fact}"), table), {fact.id: fact})
        word.render(short)
        html.render(short)
    pdf.warm()


def write(document: Document, stem: Path, fonts: str = "open") -> list[Path]:
    """Write ``<stem>.docx``, ``.pdf`` and ``.html``.

    Parameters
    ----------
    fonts
        ``open`` (a package's, the same everywhere) or ``system`` (the machine's own), for the PDF.
    """
    document = pdf.closed_up(document, fonts)
    rendered = {
        ".docx": word.render(document),
        ".pdf": pdf.render(document, fonts),
        ".html": html.render(document).encode(),
    }
    paths = [stem.with_name(stem.name + suffix) for suffix in rendered]
    for path, content in zip(paths, rendered.values(), strict=True):
        path.write_bytes(content)
    return paths
