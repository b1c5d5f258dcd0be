"""Read finished files back and prove every number: a fact of the run, or a declared constant."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from analysis.documents.blocks import Document, Fact, runs, texts
from analysis.printing import LANGUAGES, Voice

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
HYPHEN = "\x02"  # so the reader of PDFs gives one at a line's end, and no end of the line
# What the layout counts by itself: headings, captions, annexes, page numbers.
COUNTED = r"\d{1,2}\.\d?\s+(?=[A-Z\u4e00-\u9fff])|\d\.(?=\D)"
LABELS = ("annex_list", "annex_of", "figure", "table")
BROKEN = re.compile(  # beside full-width digits a line may end
    rf"(?<=\d)\r?\n(?=[０-９])|(?<=[０-９])\r?\n(?=\d)(?!{COUNTED})"
)


class UnprovenNumber(ValueError):
    """A number in a finished file that no fact and no declared constant explains; the message lists all."""


@dataclass
class Reading:
    """What was read from a file: facts as marked in it, text outside of them, and texts only heard (alt)."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    heard: str = ""


def numbers(text: str) -> list[str]:
    """Every number of a text, thousands separators removed: ``1,076`` is ``1076``."""
    return [found.replace(",", "") for found in NUMBER.findall(text)]


def prove(
    path: Path, facts: Mapping[str, Fact], constants: Iterable[str] = (), said: Iterable[str] = ()
) -> Counter:
    """Prove every number of a finished docx, PDF or HTML file.

    Parameters
    ----------
    path
        The file.
    facts
        The facts of the run that made it, by id.
    constants
        Phrases that may hold digits though they are no facts: document numbers, names.
    said
        The marked texts the file was made from. A PDF keeps no marks: where one fact follows another in a
        text, or a quotation ends in digits, its page shows one number.

    Returns
    -------
    the numbers found and how often, layout's own counting apart.

    Raises
    ------
    UnprovenNumber
        If a number is in no fact, if a marked one differs from its fact, or if there is no number at all.
    """
    reading = _READERS[path.suffix](path.read_bytes())
    known = {number for fact in facts.values() for number in numbers(fact.text)}
    beside = {number for text in said for number in _side_by_side(text)} if path.suffix == ".pdf" else set()
    text = _structure().sub(" ", _without(reading.text, constants))
    problems = [
        f"{name}: printed {shown!r}, but no fact says so"
        for name, shown in reading.facts
        if name not in facts or facts[name].text != shown
    ]
    loose = numbers(_without(reading.heard, constants)) + (numbers(text) if path.suffix == ".pdf" else [])
    problems += [f"{number}: in no fact" for number in loose if number not in known | beside]
    if path.suffix != ".pdf":
        problems += [
            f"{number}: stands outside the facts, in “{_around(text, number)}”" for number in numbers(text)
        ]
    found = Counter(number for _, shown in reading.facts for number in numbers(shown))
    found += Counter(numbers(text)) if path.suffix == ".pdf" else Counter()
    if not found:
        problems.append("no number was found at all: the file could not be read, or says nothing")
    if problems:
        problems = list(dict.fromkeys(problems))
        raise UnprovenNumber(
            f"{path.name}: {len(problems)} numbers without proof\n  " + "\n  ".join(problems)
        )
    return found


def _side_by_side(marked: str) -> list[str]:
    """The numbers that a text's facts make where they follow each other."""
    shown = (run.text if run.fact else re.sub(r"\d", " ", run.text) for run in runs(marked))
    return numbers(_structure().sub(" ", "".join(shown)))


@cache
def _structure() -> re.Pattern:
    """What of a text is layout's own counting, labels as every language has them."""
    said = [
        Voice(language).say(f"document.{label}", n="", title="") for language in LANGUAGES for label in LABELS
    ]
    labels = "|".join(map(re.escape, said))
    return re.compile(rf"^\s*(?:{COUNTED})|(?:{labels})\s*\d+(?=\.?\s|\.?\D|$)|— \d+ —", re.MULTILINE)


def prove_document(path: Path, document: Document) -> Counter:
    """`prove` with the document's own facts and constants."""
    return prove(path, document.facts, document.constants, texts(document))


def _without(text: str, constants: Iterable[str]) -> str:
    """Drop declared phrases, longest first, also where a line breaks inside them."""
    for phrase in sorted(constants, key=len, reverse=True):
        spaced = r"\s*".join(map(re.escape, "".join(phrase.split())))
        text = re.sub(rf"(?<!\d){spaced}(?!\d)", " ", text)
    return text


def _around(text: str, number: str) -> str:
    place = text.find(number)
    return " ".join(text[max(0, place - 20) : place + 20].split())


def _read_pdf(content: bytes) -> Reading:
    with pypdfium2.PdfDocument(content) as pages:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    return Reading(text=BROKEN.sub("", text.replace(HYPHEN, "\n")))


def _read_docx(content: bytes) -> Reading:
    reading = Reading()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for paragraph in parse_xml(archive.read("word/document.xml")).iter(qn("w:p")):
            _read_paragraph(paragraph, reading)
    return reading


def _read_paragraph(paragraph: Any, reading: Reading) -> None:
    fact = ""
    for element in paragraph.iter():
        if element.tag == qn("w:bookmarkStart"):
            fact = re.sub(r"^f\d+_", "", element.get(qn("w:name")))
        elif element.tag == qn("w:bookmarkEnd"):
            fact = ""
        elif element.tag == qn("w:t"):
            if fact:
                reading.facts.append((fact, element.text or ""))
            else:
                reading.text += element.text or ""
        elif element.tag == qn("wp:docPr"):
            reading.heard += f"{element.get('descr') or ''}\n"
    reading.text += "\n"


class _Html(HTMLParser):
    """Text of a page: facts apart, and without what only shows on hover."""

    SKIPPED = ("style", "script", "title")
    VOID = ("meta", "img", "br", "wbr", "link", "hr")

    def __init__(self) -> None:
        super().__init__()
        self.reading = Reading()
        self.stack: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.reading.heard += f"{attributes.get('alt', '')}\n"
        if tag in self.VOID:
            return
        kind = "skip" if tag in self.SKIPPED or attributes.get("role") == "tooltip" else ""
        self.stack.append((tag, kind or attributes.get("data-fact", "")))
        if attributes.get("data-fact"):
            self.reading.facts.append((attributes["data-fact"], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        self.stack.pop()
        if tag in ("p", "h1", "h2", "h3", "h4", "figcaption", "caption", "td", "th", "li"):
            self.reading.text += "\n"

    def handle_data(self, data: str) -> None:
        kinds = [kind for _, kind in self.stack if kind]
        if "skip" in kinds:
            return
        if kinds:
            name, shown = self.reading.facts[-1]
            self.reading.facts[-1] = (name, shown + data)
        else:
            self.reading.text += data


def _read_html(content: bytes) -> Reading:
    parser = _Html()
    parser.feed(content.decode("utf-8"))
    return parser.reading


_READERS = {".pdf": _read_pdf, ".docx": _read_docx, ".html": _read_html}
