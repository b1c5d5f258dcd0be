"""Statistical usage in Chinese and English, checked on own sentences: the build fails on a slip.

A quotation is nobody's to correct: a word stands in for it, so that what is around it is checked.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping

from analysis.documents import blocks as b
from analysis.documents.blocks import CLOSE, MIDDLE, OPEN, Block, Document, Fact, Heading, plain

Facts = Mapping[str, Fact]
_FACT = f"{OPEN}([^{MIDDLE}]*){MIDDLE}[^{CLOSE}]*{CLOSE}"
_RISE = "提高|上升|增加|增长|高出|多出|扩大"
_FALL = "下降|降低|减少|回落|低于|缩小"
_STAND_IN = {"zh": "某", "en": "x"}
_COUNT_WORDS, _SHARE_WORDS = "增加|减少|新增", "提高|下降|上升|降低|回落"
_ADVERBS = "了?(?:约|近|大约)?"


class Wording(ValueError):
    """A document breaks a rule of statistical usage; the message lists every place."""


def check(document: Document) -> None:
    """Fail if a text of the document, quotations apart, breaks a rule.

    Raises
    ------
    Wording
        With the rule and the place of every slip.
    """
    rules = _RULES[document.language]
    slips = [
        f"{str(rule.__doc__).splitlines()[0]} — “{_short(slip)}”"
        for text in (own(text, document.language) for text in b.texts(document))
        for rule in rules
        for slip in rule(text, document.facts)
    ]
    slips += [f"A fact has a text — “{fact.id}”" for fact in document.facts.values() if not fact.text]
    parts = (document.blocks, *(annex.blocks for annex in document.annexes))
    slips += [f"A heading has a text under it — “{_short(slip)}”" for part in parts for slip in _bare(part)]
    if slips:
        raise Wording(f"{len(slips)} slips of wording\n  " + "\n  ".join(dict.fromkeys(slips)))


def own(text: str, language: str) -> str:
    """Marked text with a word in the place of every quotation."""
    said = (_STAND_IN[language] if b.is_quotation(one) else one for one in b.segments(text))
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


def _units(text: str, facts: Facts, before: str = "", after: str = "") -> Iterator[tuple[Fact, str]]:
    """Facts that stand between two patterns, with the place."""
    for place in re.finditer(f"(?:{before}){_FACT}(?:{after})", text):
        if place[1] in facts:
            yield facts[place[1]], place[0]


def _named(text: str, facts: Facts) -> Iterator[Fact]:
    """Facts that a text says, each once."""
    for name in dict.fromkeys(re.findall(_FACT, text)):
        if name in facts and str(facts[name]) in text:
            yield facts[name]


def _unfinished(text: str, facts: Facts) -> Iterator[str]:
    """A placeholder or an empty value was left (留有未填内容)."""
    yield from _places(r"\{\{|\}\}|(?<![A-Za-z])(?:None|[Nn]a[Nn]|inf)(?![A-Za-z])|<NA>|Undefined", text)


def _points(text: str, facts: Facts) -> Iterator[str]:
    """Differences of shares are 个百分点, shares themselves %."""
    for fact in _named(text, facts):
        if (fact.unit == "points") != ("个百分点" in fact.text):
            yield fact.text


def _sign(text: str, facts: Facts) -> Iterator[str]:
    """提高/增加 and 下降/减少 carry the sign; the number has none (方向词与符号重复)."""
    yield from _places(f"(?:{_RISE}|{_FALL}){_ADVERBS}(?:{OPEN}[^{MIDDLE}]*{MIDDLE})?[-−－]\\d", text)


def _counts(text: str, facts: Facts) -> Iterator[str]:
    """Counts 增加/减少, shares 提高/下降."""
    for fact, place in _units(text, facts, before=f"(?:{_SHARE_WORDS}){_ADVERBS}"):
        if fact.unit not in ("points", "%", "probability", "date", "year"):
            yield place
    for fact, place in _units(text, facts, before=f"(?:{_COUNT_WORDS}){_ADVERBS}"):
        if fact.unit == "points":
            yield place


def _years(text: str, facts: Facts) -> Iterator[str]:
    """Annual figures are 比上年, part-year ones 同比."""
    for fact, place in _units(text, facts, before="同比[^，。；]{0,8}"):
        if "月" not in fact.period and "季" not in fact.period:
            yield place


def _money(text: str, facts: Facts) -> Iterator[str]:
    """亿元 with at most two decimals."""
    yield from _places(r"\d+\.\d{3,}亿元", plain(text))


def _punctuation(text: str, facts: Facts) -> Iterator[str]:
    """Chinese sentences have full-width punctuation, and one mark at a time."""
    shown = plain(text)
    han = "[\u4e00-\u9fff]"
    yield from _places(f"{han}[,;:!?()](?!\\d)|[,;:!?(]{han}|{han}\\.(?:{han}|$)", shown)
    yield from _places("[，。；：、]{2,}|的的|\\s{2,}|“”|（）", shown)
    yield from _places("\\d\\s?[~-]\\s?\\d", re.sub(r"\d{4}-\d{2}(-\d{2})?|20\d\d-20\d\d", "", shown))


def _quotes(text: str, facts: Facts) -> Iterator[str]:
    """Quotation marks inside quotation marks are single ones (引号内再用引号时，用单引号)."""
    yield from _places("“[^”]*“", plain(text))


def _tone(text: str, facts: Facts) -> Iterator[str]:
    """Phrases of translation, not of a bureau (翻译腔)."""
    yield from _places(
        "它们|我们|这是因为|在.{1,12}的情况下，我|被认为|有着|进行了?一个|之一的|您|取决于是否", plain(text)
    )


def _percentage_points(text: str, facts: Facts) -> Iterator[str]:
    """Differences of shares are percentage points."""
    for fact in _named(text, facts):
        if (fact.unit == "points") != ("percentage point" in fact.text):
            yield fact.text


def _direction(text: str, facts: Facts) -> Iterator[str]:
    """Rose by and fell by carry the sign; the number has none."""
    yield from _places(
        r"(?:rose|increase[sd]?|grew|above|higher|fell|decrease[sd]?|below|lower) (?:by )?[-−]\d", plain(text)
    )


def _english(text: str, facts: Facts) -> Iterator[str]:
    """Single spaces, no space before punctuation, one mark at a time."""
    yield from _places(r"[a-z]  +[a-z]|\w [,.;:](?:\s|$)|[,;]{2,}|\.\.", plain(text))
    yield from _places(
        r"\b1 (?:years|enterprises|centres|teams|months)\b|\b(?:a) (?:8|11|18|8\d)\b", plain(text)
    )


_Rule = Callable[[str, Mapping[str, Fact]], Iterator[str]]
_CHINESE: tuple[_Rule, ...] = (
    *(_unfinished, _points, _sign, _counts, _years, _money),
    *(_punctuation, _quotes, _tone),
)
_ENGLISH: tuple[_Rule, ...] = (_unfinished, _percentage_points, _direction, _english)
_RULES = {"zh": _CHINESE, "en": _ENGLISH}
