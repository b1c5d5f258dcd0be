"""Statistical usage in every language, checked on own sentences: the build fails on a slip.

A quotation is nobody's to correct: a word stands in for it, so that what is around it is checked. The
rules of a language stand in ``usage.yml`` of its folder.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cache

from analysis import catalogue
from analysis.catalogue import Entry
from analysis.documents import blocks as b
from analysis.documents.blocks import CLOSE, MIDDLE, OPEN, Block, Document, Fact, Heading, plain
from analysis.languages import FOLDER

Facts = Mapping[str, Fact]
_FACT = f"{OPEN}([^{MIDDLE}]*){MIDDLE}[^{CLOSE}]*{CLOSE}"
_UNFINISHED = r"\{\{|\}\}|(?<![A-Za-z])(?:None|[Nn]a[Nn]|inf)(?![A-Za-z])|<NA>|Undefined"


class Slip(Entry):
    """What no text holds. patterns : of what is printed, but for what matches ``without``."""

    rule: str
    patterns: tuple[str, ...]
    without: str = "(?!)"


class Number(Entry):
    """Which facts may follow a word: of which units or of none of the others, of which periods."""

    rule: str
    after: str
    units: tuple[str, ...] = ()
    other_units: tuple[str, ...] = ()
    period: str = ""


class Usage(Entry):
    """What a language asks. stand_in : for a quotation; points : what differences of shares are told in."""

    stand_in: str
    points: str
    slips: tuple[Slip, ...] = ()
    numbers: tuple[Number, ...] = ()


@cache
def usage(language: str) -> Usage:
    file = FOLDER / language / "usage.yml"
    return catalogue.parse(Usage, catalogue.read_yaml(file), file)


class Wording(ValueError):
    """A document breaks a rule of statistical usage; the message lists every place."""


def check(document: Document) -> None:
    """Fail if a text of the document, quotations apart, breaks a rule.

    Raises
    ------
    Wording
        With the rule and the place of every slip.
    """
    slips = [
        f"{rule} — “{_short(slip)}”"
        for text in (own(text, document.language) for text in b.texts(document))
        for rule, slip in _slips(text, document.facts, usage(document.language))
    ]
    slips += [f"A fact has a text — “{fact.id}”" for fact in document.facts.values() if not fact.text]
    parts = (document.blocks, *(annex.blocks for annex in document.annexes))
    slips += [f"A heading has a text under it — “{_short(slip)}”" for part in parts for slip in _bare(part)]
    if slips:
        raise Wording(f"{len(slips)} slips of wording\n  " + "\n  ".join(dict.fromkeys(slips)))


def own(text: str, language: str) -> str:
    """Marked text with a word in the place of every quotation."""
    said = (usage(language).stand_in if b.is_quotation(one) else one for one in b.segments(text))
    return "".join(said)


def _bare(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Headings with nothing under them."""
    for block, after in itertools.zip_longest(blocks, blocks[1:]):
        if isinstance(block, Heading) and (after is None or isinstance(after, Heading)):
            yield block.text


def _short(slip: str) -> str:
    return " ".join(plain(slip).split())[:80]


def _places(pattern: str, text: str) -> Iterator[str]:
    for place in re.finditer(pattern, text):
        yield text[max(0, place.start() - 12) : place.end() + 12]


def _slips(text: str, facts: Facts, rules: Usage) -> Iterator[tuple[str, str]]:
    """Each rule a text breaks, with the place."""
    for place in _places(_UNFINISHED, text):
        yield "A placeholder or an empty value was left (留有未填内容).", place
    for name in dict.fromkeys(re.findall(_FACT, text)):
        fact = facts.get(name)
        if fact and str(fact) in text and (fact.unit == "points") != (rules.points in fact.text):
            yield f"Differences of shares are {rules.points}, nothing else is.", fact.text
    shown = plain(text)
    for one in rules.slips:
        for pattern in one.patterns:
            yield from ((one.rule, place) for place in _places(pattern, re.sub(one.without, "", shown)))
    for rule in rules.numbers:
        for found in re.finditer(f"(?:{rule.after}){_FACT}", text):
            if found[1] in facts and _wrong(facts[found[1]], rule):
                yield rule.rule, found[0]


def _wrong(fact: Fact, rule: Number) -> bool:
    """Whether a fact may not follow the words of a rule."""
    unit = fact.unit in rule.other_units or (rule.units and fact.unit not in rule.units)
    return bool(unit) or not re.search(rule.period, fact.period)
