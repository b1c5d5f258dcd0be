"""The evaluation memo of one target: facts, sentences from templates, and the document in each language."""

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

from analysis import documents
from analysis.catalogue import Catalogue
from analysis.documents import Annex, Document, Heading, Paragraph, RedHeader
from analysis.memo import naming, sheets
from analysis.memo.material import Material
from analysis.outlook import Dossier
from analysis.printing import LANGUAGES

__all__ = ["LANGUAGES", "Figures", "Look", "compose", "warm", "write"]

Figures = sheets.Picture
PAGES = 2  # of the text, annexes apart
ASIDES = 9  # the highest rank of an aside in the templates; then there is nothing left to move


@dataclass(frozen=True)
class Look:
    """How a memo is laid out and dated.

    dated : ISO date under the signature; the as-of date when None (nothing reads the clock)
    fonts : "open" or "system", of the PDF
    red_header : with the red head of an issued document
    """

    dated: str | None = None
    fonts: str = "open"
    red_header: bool = False


def write(
    dossier: Dossier,
    catalogue: Catalogue,
    folder: Path,
    figures: Mapping[str, Figures] | None = None,
    look: Look = Look(),
) -> list[Path]:
    """Write the memo of a target: ``<target>.zh.docx``, ``.zh.pdf``, ``.zh.html`` and the same in English.

    Parameters
    ----------
    dossier
        All there is to say on the target.
    catalogue
        Names and units.
    folder
        Where to; it must exist.
    figures
        One figure a language, or none.
    look
        Date, fonts and head.

    Returns
    -------
    paths written, Chinese first.

    Raises
    ------
    documents.Wording, documents.UnprovenNumber
        If a sentence breaks usage, or a number in a file is not in the facts.
    """
    paths = []
    for language in LANGUAGES:
        document = compose(dossier, catalogue, language, (figures or {}).get(language), look)
        documents.check_wording(document)
        name = f"{dossier.assessment.target.id}.{language}"
        written = documents.write(document, folder / name, look.fonts)
        for path in written:
            documents.prove_document(path, document)
        paths += written
    return paths


def compose(
    dossier: Dossier,
    catalogue: Catalogue,
    language: str,
    figure: Figures | None = None,
    look: Look = Look(),
    pages: int | None = PAGES,
) -> Document:
    """Compose the memo in one language; parameters as in `write`.

    Where the text does not fit `pages`, its asides go to the annex one after the other, the least needed
    first, until it does; None leaves all of them where they belong.
    """

    @cache
    def made(brevity: int) -> Document:
        return _document(Material(dossier, catalogue, language, look.dated), brevity, figure, look.red_header)

    def fits(brevity: int) -> bool:
        return pages is None or documents.pages(made(brevity)) <= pages

    return made(0) if fits(0) else made(bisect.bisect_left(range(ASIDES), True, 1, key=fits))


def _document(material: Material, brevity: int, figure: Figures | None, red_header: bool) -> Document:
    language = material.voice.language
    text = _template(language).render(material.context(brevity))
    body, *annexes = re.split(r"^\[\[annex\]\] *", text, flags=re.MULTILINE)
    notes = dict(re.findall(r"^\[\[note (\w+)\]\] *(.*)$", body, flags=re.MULTILINE))
    heads = dict(re.findall(r"^\[\[(title|addressee|remark|red)\]\] *(.*)$", body, flags=re.MULTILINE))
    body = re.sub(r"^\[\[(note|title|addressee|remark|red).*$", "", body, flags=re.MULTILINE)
    return Document(
        language=language,
        title=heads["title"],
        addressee=heads.get("addressee", ""),
        blocks=_blocks(body, material, figure),
        facts=material.facts,
        dated=str(material.facts["dated"].value),
        signature=material.quoted("signature", naming.opening(material.signatory())),
        date=str(material.facts["dated"]),
        remark=heads["remark"],
        notes={key: note for key, note in notes.items() if documents.footnote(key) in text},
        annexes=tuple(
            Annex(title.strip(), _blocks(blocks, material, figure))
            for title, _, blocks in (annex.partition("\n") for annex in annexes)
        ),
        constants=(material.document, "GB/T 9704-2012"),
        red_header=RedHeader(heads["red"], "") if red_header and "red" in heads else None,
    )


def warm() -> None:
    """Read what every memo is written with, so that processes forked from this one have it."""
    documents.warm()
    for language in LANGUAGES:
        _template(language)


@cache
def _template(language: str) -> jinja2.Template:
    folder = Path(__file__).parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["note"] = documents.footnote
    return environment.get_template(f"memo.{language}.j2")


def _blocks(text: str, material: "Material", figure: Figures | None) -> tuple[documents.Block, ...]:
    """Template text to blocks: ``#`` is a heading, ``[[figure]]`` and ``[[table name]]`` stand for those."""
    blocks: list[documents.Block] = []
    glue = material.voice.say("list.glue")
    for piece in _pieces(_spaced(text, glue), glue):
        if piece.startswith("#"):
            marks, _, heading = piece.partition(" ")
            blocks.append(Heading(heading, len(marks)))
        elif piece.startswith("[[figure]]"):
            caption = piece.removeprefix("[[figure]]").strip()
            blocks += [] if figure is None else [sheets.figure(material, figure, caption)]
        elif piece.startswith("[[table"):
            name, _, caption = piece.removeprefix("[[table ").partition("]]")
            blocks.append(sheets.table(material, name, caption.strip()))
        else:
            blocks.append(Paragraph(piece))
    return tuple(blocks)


def _spaced(text: str, glue: str) -> str:
    """Put glue between sentences that follow each other: a conditional one leaves no space behind it."""
    said, before = "", ""
    for one in filter(None, documents.segments(text)):
        meet = re.search(r"[.;]$", documents.plain(before)) and re.match("[A-Z]", documents.plain(one))
        own = one if documents.is_quotation(one) else re.sub(r"(?<=[.;])(?=[A-Z])", glue, one)
        said, before = said + (glue if meet else "") + own, one
    return said


def _pieces(text: str, glue: str) -> list[str]:
    """Paragraphs of a template's text: a blank line ends one, headings and figures are lines of their own."""
    pieces: list[str] = []
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        alone = line.startswith(("#", "[["))
        if lines and (alone or not line.strip()):
            pieces.append(glue.join(lines))
            lines = []
        if alone:
            pieces.append(line.strip())
        elif line.strip():
            lines.append(line.strip())
    return pieces
