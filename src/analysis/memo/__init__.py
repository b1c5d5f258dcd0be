"""The papers a bureau signs: the evaluation memo of a target, and the report on the whole plan.

Facts, statements, their words, and the document in each language.
"""

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from analysis import documents, tables
from analysis.catalogue import Catalogue
from analysis.documents import Annex, Document, Heading, Paragraph, RedHeader, Table
from analysis.memo import material, naming, reporting, sheets, statements
from analysis.memo.ledger import Facts, Ledger
from analysis.memo.whole import GROUPS, Whole, attention, group
from analysis.memo.worded import Words, warm
from analysis.outlook import Dossier, Outlook
from analysis.printing import LANGUAGES, Voice

__all__ = [
    "GROUPS",
    "LANGUAGES",
    "Figures",
    "Look",
    "Report",
    "attention",
    "compose",
    "compose_report",
    "compose_reports",
    "group",
    "warm",
    "write",
    "write_report",
]

Figures = sheets.Picture
PAGES = 2  # of the text, annexes apart
ASIDES = 9  # the highest rank of an aside; then there is nothing left to move


@dataclass(frozen=True)
class Look:
    """How a paper is laid out and dated.

    dated : ISO date under the signature; left to be filled in by whoever signs when None
    fonts : "open" or "system", of the PDF
    red_header : with the red head of an issued document
    """

    dated: str | None = None
    fonts: str = "open"
    red_header: bool = False


class Report(NamedTuple):
    """The report on a plan in one language.

    opening : its first section, as a page says it that has all targets below
    """

    paper: Document
    opening: Document


def write(
    dossier: Dossier,
    catalogue: Catalogue,
    folder: Path,
    figures: Mapping[str, Figures] | None = None,
    look: Look = Look(),
) -> list[Path]:
    """Write the memo of a target: ``<target>.zh.docx``, ``.zh.pdf``, ``.zh.html`` and the same in English.

    A target of which nothing is known gets none: the report on the plan asks for what it needs.

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
    if dossier.assessment.situation in tables.UNTOLD:
        return []
    paths: list[Path] = []
    for language, document in _composed(dossier, catalogue, LANGUAGES, figures or {}, look, PAGES).items():
        paths += _written(document, folder / f"{dossier.assessment.target.id}.{language}", look)
    return paths


def write_report(reports: Mapping[str, Report], folder: Path, look: Look = Look()) -> list[Path]:
    """Write the report on a plan: ``report.zh.docx``, ``.zh.pdf``, ``.zh.html`` and the same in English.

    Parameters
    ----------
    reports
        Of `compose_reports`, with the same look.

    The other parameters, and what is returned and raised, are those of `write`.
    """
    written = [_written(one.paper, folder / f"report.{language}", look) for language, one in reports.items()]
    return [path for paths in written for path in paths]


def _written(document: Document, stem: Path, look: Look) -> list[Path]:
    documents.check_wording(document)
    paths = documents.write(document, stem, look.fonts)
    for path in paths:
        documents.prove_document(path, document)
    return paths


def compose_report(outlook: Outlook, catalogue: Catalogue, language: str, look: Look = Look()) -> Report:
    """Compose the report on a plan in one language.

    Parameters
    ----------
    outlook
        All there is to say on the plan.
    """

    def tell(told: dict[str, Any]) -> dict[str, str]:
        words = Words("target", language, told)
        said = {name: words.paragraph(part) for name, part in reporting.target(told).items()}
        return {name: text.replace("\n", glue) for name, text in said.items()}

    glue = Voice(language, catalogue).say("list.glue")
    whole = Whole(outlook, catalogue, language, look.dated, tell)
    told = whole.context()
    words, heads = Words("report", language, told), statements.heads(told)
    paper, opening = (
        words.paper([heads, *part]) for part in (reporting.report(told), reporting.opening(told))
    )
    return Report(_document(whole, paper, look), _document(whole, opening, look))


def compose_reports(outlook: Outlook, catalogue: Catalogue, look: Look = Look()) -> dict[str, Report]:
    """Compose the report on a plan in every language; parameters as in `compose_report`."""
    return {language: compose_report(outlook, catalogue, language, look) for language in LANGUAGES}


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
    return _composed(dossier, catalogue, (language,), {language: figure}, look, pages)[language]


def _composed(
    dossier: Dossier,
    catalogue: Catalogue,
    languages: Sequence[str],
    figures: Mapping[str, Figures | None],
    look: Look,
    pages: int | None,
) -> dict[str, Document]:
    """Compose the memo so that its languages say the same in the same place: the longest decides."""

    @cache
    def told(language: str) -> tuple[Ledger, dict[str, Any], Words]:
        ledger = Ledger(dossier, catalogue, language, look.dated)
        context = material.context(ledger)
        return ledger, context, Words("memo", language, context)

    @cache
    def made(language: str, brevity: int) -> Document:
        ledger, context, words = told(language)
        said = _said(context, words, brevity)
        return _document(ledger.branched(), said, look, figures.get(language))

    limit, brevity = 1 if pages and dossier.assessment.situation == "met" else pages, 0
    for language in languages:

        def fits(brevity: int, language: str = language) -> bool:
            return limit is None or documents.pages(made(language, brevity)) <= limit

        if not fits(brevity):
            brevity = bisect.bisect_left(range(ASIDES), True, brevity + 1, key=fits)
    return {language: made(language, brevity) for language in languages}


def _said(told: dict[str, Any], words: Words, brevity: int) -> str:
    """Say a memo; asides of up to `brevity` go to the annex, in the order of the text."""
    words.shorten(brevity)
    body = words.paper([statements.heads(told), *statements.body(told, brevity)])
    remarks = ["\n".join(part) for part in words.moved if part]
    return f"{body}\n\n{words.paper(statements.annex(told, remarks))}"


def _document(ledger: Facts, text: str, look: Look, figure: Figures | None = None) -> Document:
    """Turn what was said into a document: heads, blocks and annexes; a table is cited by its number."""
    tables = re.findall(r"^\[\[table (\w+)\]", text, flags=re.MULTILINE)
    labels = {name: ledger.voice.say("document.table", n=n) for n, name in enumerate(tables, 1)}
    cited = {*re.findall(r"\[\[see (\w+)\]\]", text)}
    text = re.sub(r"\[\[see (\w+)\]\]", lambda found: labels[found[1]], text)
    body, *annexes = re.split(r"^\[\[annex\]\] *", text, flags=re.MULTILINE)
    heads = dict(re.findall(r"^\[\[(title|addressee|red)\]\] *(.*)$", body, flags=re.MULTILINE))
    body = re.sub(r"^\[\[(title|addressee|red).*$", "", body, flags=re.MULTILINE)
    blank, dated = ledger.voice.say("document.blank_date"), ledger.facts.get("dated")
    return Document(
        language=ledger.voice.language,
        title=heads["title"],
        addressee=heads.get("addressee", ""),
        blocks=_blocks(body, ledger, figure),
        dated=str(dated.value) if dated else "",
        signature=ledger.quoted("signature", naming.opening(ledger.signatory())),
        date=str(dated or blank),
        annexes=tuple(
            Annex(title.strip(), _blocks(blocks, ledger, figure))
            for title, _, blocks in (annex.partition("\n") for annex in annexes)
        ),
        constants=(ledger.document, "GB/T 9704-2012", blank, *(labels[name] for name in sorted(cited))),
        red_header=RedHeader(heads["red"], "") if look.red_header and "red" in heads else None,
        facts=ledger.by_id(),  # when all has been said
    )


def _blocks(text: str, ledger: Facts, figure: Figures | None) -> tuple[documents.Block, ...]:
    """Text to blocks: ``#`` heads, ``[[table name]]`` and ``[[note]]`` below it, ``[[figure]]``."""
    blocks: list[documents.Block] = []
    glue = ledger.voice.say("list.glue")
    for piece in _pieces(_spaced(text, glue), glue):
        if piece.startswith("#"):
            marks, _, heading = piece.partition(" ")
            blocks.append(Heading(heading, len(marks)))
        elif piece.startswith("[[figure]]"):
            caption = piece.removeprefix("[[figure]]").strip()
            blocks += [] if figure is None else [sheets.figure(ledger, figure, caption)]
        elif piece.startswith("[[table"):
            name, _, caption = piece.removeprefix("[[table ").partition("]]")
            blocks.append(sheets.table(ledger, name, caption.strip()))
        elif piece.startswith("[[note]]"):
            last, note = cast(Table, blocks[-1]), piece.removeprefix("[[note]]").strip()
            blocks[-1] = replace(last, note=glue.join(filter(None, (last.note, note))))
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
    """Paragraphs of a text: a blank line ends one, headings and figures are lines of their own."""
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
