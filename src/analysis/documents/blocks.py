"""What stands in a document, in one language, before it becomes a Word file, a PDF or a page.

Text is a plain string. A number taken from the facts carries its fact's name along, between marks of
Unicode's private use area, so that every writer can mark it and a checker can prove where it came from:
``f"{fact}"`` or ``{{ fact }}`` in a template writes the marked text, `runs` reads it back. A text that is
somebody else's, a `quotation`, stands between marks too: nobody corrects it, and nothing in it is markup.
"""

import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.printing import Voice

OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
QUOTE, UNQUOTE = "\ue003", "\ue004"
TRACE = ("indicator", "period", "release", "source")  # of a fact, as its reader sees it
CLOSING = 12  # characters a closing phrase (特此报告) has at most
BREAK = "\u200b"  # where a title, or a cell that has any, may be broken into lines
_MARKS = re.compile(f"{OPEN}([^{MIDDLE}]*){MIDDLE}([^{CLOSE}]*){CLOSE}")
_MARK = re.compile("[\ue000-\ue004]")
_FULL = re.compile("[\u2000-\U0010ffff]")
_QUOTED = re.compile(f"({QUOTE}[^{UNQUOTE}]*{UNQUOTE})")


@dataclass(frozen=True)
class Fact:
    """One number (or date) of a run and where it comes from.

    Parameters
    ----------
    id
        Name, the same in every language and format: at most 32 ASCII letters, digits and ``_``.
    text
        As it is printed, unit included: ``0.86%``, ``25家``.
    value
        The number itself, in `unit`; an ISO date for dates.
    unit
        ``%``, ``points`` (differences of shares), ``probability``, ``date``, ``year``, or the catalogue's.
    indicator, period, release, source
        The trace, in the document's language; empty where it does not apply.
    """

    id: str
    text: str
    value: float | str | None = None
    unit: str = ""
    indicator: str = ""
    period: str = ""
    release: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", self.id):
            raise ValueError(
                f"fact {self.id!r}: the name must be at most 32 of a-z, 0-9 and _, a letter first"
            )

    def __str__(self) -> str:
        return f"{OPEN}{self.id}{MIDDLE}{self.text}{CLOSE}"


@dataclass(frozen=True)
class Run:
    """A stretch of text: plain, or a fact's (`fact` is its id)."""

    text: str
    fact: str = ""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Table:
    """`align` is one letter a column: l, c or r. `widths` are shares of the text width; without them every
    column is as wide as its longest cell, and the one at place `wrapped` takes what is left; without that
    too, all are as wide as makes the rows lowest.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""
    widths: tuple[float, ...] = ()
    note: str = ""
    wrapped: int | None = 0


@dataclass(frozen=True)
class Figure:
    """`image` is a PNG, `vector` the same as SVG if there is one; `alt` says it in words; `width` in mm."""

    image: bytes
    caption: str
    alt: str
    width: float = 150.0
    note: str = ""
    vector: bytes = b""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as the PNG's own head says."""
        return struct.unpack(">II", self.image[16:24])


@dataclass(frozen=True)
class Annex:
    """`room` is how much of the usual room around tables and between their rows it has."""

    title: str
    blocks: tuple["Block", ...]
    room: float = 1.0


@dataclass(frozen=True)
class RedHeader:
    """The red head of an issued document (发文机关标志, 发文字号)."""

    office: str
    number: str


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True)
class Document:
    """One document in one language.

    Parameters
    ----------
    language
        ``zh`` or ``en``.
    title
        May hold `BREAK` where a line may end.
    dated
        ISO date for the file's properties, none when empty; `date` is what is printed under the signature.
    constants
        Phrases with digits that are no facts: document numbers, names of methods.
    """

    language: str
    title: str
    blocks: tuple[Block, ...]
    facts: Mapping[str, Fact]
    dated: str = ""
    addressee: str = ""
    signature: str = ""
    date: str = ""
    annexes: tuple[Annex, ...] = ()
    constants: tuple[str, ...] = ()
    red_header: RedHeader | None = None


def quotation(text: str) -> str:
    """Mark a text as somebody else's words, on one line; nothing stays nothing.

    Raises
    ------
    ValueError
        If a character of it is one of the marks.

    >>> plain(quotation("[[title]] *") + "，" + quotation(""))
    '[[title]] *，'
    """
    if found := _MARK.search(text):
        raise ValueError(f"a quotation holds the character U+{ord(found[0]):04X}, which is a mark here")
    return f"{QUOTE}{' '.join(text.splitlines())}{UNQUOTE}" if text else ""


def segments(marked: str) -> list[str]:
    """Split marked text into own words and quotations, in turn; a quotation keeps its marks."""
    return _QUOTED.split(marked)


def is_quotation(segment: str) -> bool:
    return segment.startswith(QUOTE)


def runs(marked: str) -> list[Run]:
    """Split marked text into runs; who said what no longer shows in them."""
    marked = _unquoted(marked)
    found: list[Run] = []
    start = 0
    for mark in _MARKS.finditer(marked):
        if mark.start() > start:
            found.append(Run(marked[start : mark.start()]))
        identity, text = mark.groups()
        found.append(Run(text, fact=identity))
        start = mark.end()
    if start < len(marked):
        found.append(Run(marked[start:]))
    return found


def _unquoted(marked: str) -> str:
    return marked.replace(QUOTE, "").replace(UNQUOTE, "")


def plain(marked: str) -> str:
    """Text without marks."""
    return _MARKS.sub(r"\2", _unquoted(marked))


_NUMERALS = "一二三四五六七八九十"
_LABELS = {Figure: "document.figure", Table: "document.table"}
Captions = Counter[type[Block]]


def _ordinal(counts: list[int], voice: Voice) -> str:
    """Number a heading of a level as its language does: by the level's form."""
    number, form = counts[-1], voice.several("document.ordinals")[len(counts) - 1]
    numeral = _NUMERALS[number - 1] if number <= 10 else f"十{_NUMERALS[number - 11]}"
    return form.format(numeral=numeral, number=number, path=".".join(map(str, counts)))


def numbered(
    blocks: tuple[Block, ...], language: str, captions: Captions | None = None
) -> Iterator[tuple[str, Block]]:
    """Each block with its ordinal or label: 一、 （一） 1. （1） for headings, 图1 and 表1 for captions.

    Parameters
    ----------
    captions
        Figures and tables counted so far: handed on from the text to its annexes, a document has one 表1.

    Returns
    -------
    pairs of label and block; the label of a paragraph is empty.
    """
    voice = Voice(language)
    headings: list[int] = []
    captions = Counter() if captions is None else captions
    for block in blocks:
        label = ""
        if isinstance(block, Heading):
            headings = [*headings[: block.level], *[0] * (block.level - len(headings))]
            headings[-1] += 1
            label = _ordinal(headings, voice)
        elif isinstance(block, Figure | Table) and block.caption:
            captions[type(block)] += 1
            label = voice.say(_LABELS[type(block)], n=captions[type(block)])
        yield label, block


def title_lines(title: str, width: float) -> list[str]:
    """Break a title at its `BREAK` marks, evenly, into the fewest lines of at most `width` characters."""
    marked = title.replace(BREAK, "") if title.isascii() else title
    pieces = marked.replace(" ", f" {BREAK}").split(BREAK) if BREAK not in marked else marked.split(BREAK)
    best: dict[int, tuple[tuple, list[str]]] = {0: ((0, 0.0), [])}
    for end in range(1, len(pieces) + 1):
        options = []
        for start in range(end):
            line = "".join(pieces[start:end])
            taken = measure(line)
            (count, cost), lines = best[start]
            options.append(((count + 1 + int(taken > width) * 9, cost + taken**2), [*lines, line.strip()]))
        best[end] = min(options, key=lambda option: option[0])
    return best[len(pieces)][1]


def cell_lines(text: str, width: float) -> list[str]:
    """Break a cell's text at its `BREAK` marks, where it has any, into lines of at most `width` characters.

    >>> cell_lines(f"二；{BREAK}二（一）", 4), cell_lines(f"二；{BREAK}三", 4), cell_lines("二（一）", 2)
    (['二；', '二（一）'], ['二；三'], ['二（一）'])
    """
    lines = [""]
    for piece in text.split(BREAK):
        if plain(lines[-1]) and measure(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return lines


def measure(text: str) -> float:
    """Width of a text in full-width characters; Latin letters and digits count one half."""
    letters = plain(text).replace(BREAK, "")
    return 0.5 * len(letters) + 0.5 * len(_FULL.findall(letters))


def annex_labels(document: Document) -> list[str]:
    """附件 for a single annex, 附件1, 附件2 … for several; Annex in English."""
    voice, count = Voice(document.language), len(document.annexes)
    if count == 1:
        return [voice.say("document.annex")]
    return [voice.say("document.annex_of", n=number) for number in range(1, count + 1)]


def annex_list(document: Document) -> list[str]:
    """Lines of the 附件说明 under the text: 附件：1.…, then 2.… below it."""
    voice, titles = Voice(document.language), [annex.title.replace(BREAK, "") for annex in document.annexes]
    if len(titles) > 1:
        titles = [voice.say("document.annex_item", n=n, title=title) for n, title in enumerate(titles, 1)]
    return [voice.say("document.annex_list", n=len(titles), title=titles[0]), *titles[1:]]


def closes(document: Document) -> bool:
    """Whether the text ends with a closing phrase, which never stands without a paragraph before it."""
    match document.blocks[-2:]:
        case (Paragraph(), Paragraph(text)):
            return measure(text) <= CLOSING
    return False


def texts(document: Document) -> Iterator[str]:
    """Every marked text of the document in reading order, labels apart."""
    yield from filter(None, (document.title, document.addressee))
    yield from _block_texts(document.blocks)
    for annex in document.annexes:
        yield annex.title
        yield from _block_texts(annex.blocks)
    yield from filter(None, (document.signature, document.date))


def _block_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield block.text
        else:
            yield from filter(None, (block.caption, block.note))
            if isinstance(block, Table):
                yield from block.header
                for row in block.rows:
                    yield from row
