"""How names, titles and clauses of a plan stand in the sentences of a memo, and parts that sum."""

import itertools
import re

import numpy as np

from analysis import documents
from analysis.outlook import Request
from analysis.printing import Voice

_ROMAN = [tens + ones for tens in ("", "x", "xx") for ones in
          ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")]  # fmt: skip


def inside(name: str) -> str:
    """A name inside a sentence: small first letter unless it is an abbreviation or Chinese."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def own(title: str, signatory: str) -> str:
    """A plan's title without the name of the signatory in front; unchanged where it has none.

    >>> own("漯河市科学技术局优化营商环境工作实施方案", "漯河市科学技术局")
    '优化营商环境工作实施方案'
    >>> own("The Luohe Bureau's plan for trade", "the Luohe Bureau")
    'its plan for trade'
    """
    name = opening(signatory)
    if title.startswith(f"{name}'s "):
        return f"its {title.removeprefix(name)[3:]}"
    return title.removeprefix(name)


def opening(name: str) -> str:
    """A name that stands alone."""
    return name[:1].upper() + name[1:]


def quoted_inside(text: str) -> str:
    """A Chinese text inside quotation marks: its own become single ones."""
    return text.replace("“", "‘").replace("”", "’")


def request(one: Request, voice: Voice) -> str:
    """What is asked for, with the years still needed."""
    return voice.name(one.wanted).replace("{years}", voice.years(one.years))


def clause(place: str) -> str:
    """A place in a Chinese document: 二（三） is 第二部分第（三）项, a heading stands in quotation marks.

    >>> clause("二（三）"), clause("主要指标")
    ('第二部分第（三）项', '“主要指标”')
    """
    numbered = re.fullmatch("([一二三四五六七八九十]+)(（[一二三四五六七八九十]+）)?", place)
    if not numbered:
        return f"“{quoted_inside(place)}”"
    return f"第{numbered[1]}部分" + (f"第{numbered[2]}项" if numbered[2] else "")


def clauses(places: str, language: str) -> list[str]:
    """The places of a target in a sentence, in Chinese the part that two share said once.

    >>> clauses("二；二（一）", "zh"), clauses("三（一）；三（四）", "zh"), clauses("二；二（一）", "en")
    (['第二部分及其第（一）项'], ['第三部分第（一）项', '第（四）项'], ['II', 'II(i)'])
    """
    named = places.split("；")
    if language != "zh":
        return [_roman(place) for place in named]
    said: list[str] = []
    for before, place in itertools.pairwise(["", *named]):
        whole, own = clause(before), clause(place)
        part = whole.partition("部分")[0] + "部分"
        if said and own.startswith(f"{part}第"):
            item = own.removeprefix(part)
            said[-1:] = [f"{said[-1]}及其{item}"] if whole == part else [said[-1], item]
        else:
            said.append(own)
    return said


def places(clause: str, language: str) -> str:
    """Where a target stands, in a table: as the document numbers it, in English by Roman numerals.

    >>> places("二（三）；三（二）", "zh"), places("二（三）；三（二）", "en"), places("主要指标", "en")
    ('二（三）；三（二）', 'II(iii); III(ii)', '“主要指标”')
    """
    return clause if language == "zh" else "; ".join(map(_roman, clause.split("；")))


def _roman(place: str) -> str:
    numbered = re.fullmatch("([一二三四五六七八九十]+)(?:（([一二三四五六七八九十]+)）)?", place)
    if not numbered:
        return f"“{quoted_inside(place)}”"
    part, item = (_ROMAN[_counted(numeral)] if numeral else "" for numeral in numbered.groups())
    return part.upper() + (f"({item})" if item else "")


def order(clause: str) -> tuple[int, int]:
    """Where a clause stands in its document: part and item; a heading before all numbers.

    >>> order("二（三）；三（二）"), order("二"), order("主要指标")
    ((2, 3), (2, 0), (0, 0))
    """
    numbered = re.match("([一二三四五六七八九十]+)(?:（([一二三四五六七八九十]+)）)?", clause)
    return (_counted(numbered[1]), _counted(numbered[2] or "")) if numbered else (0, 0)


def _counted(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (
        10 * ("一二三四五六七八九".find(tens or "一") + 1) * len(ten)
        + "一二三四五六七八九".find(ones or "零")
        + 1
    )


def breakable(title: str) -> str:
    """Where a long Chinese title may go on in the next line."""
    return re.sub(
        "(?<=[的、》）])(?=.{4})|(?<=.{4})(?=[占《]|(?<!技术)(?:企业|研究)|工程|国家级|省级|市级|评估)",
        documents.BREAK,
        title,
    )


def rounded_parts(parts: np.ndarray, total: int) -> list[int]:
    """Round parts to whole numbers that sum to `total`: the largest remainders are rounded up.

    `total` is less than one away from the parts' own sum.

    >>> rounded_parts(np.array([1.4, 1.4, 1.4]), 4)
    [2, 1, 1]
    """
    floors = np.floor(parts)
    order = np.argsort(-(parts - floors), kind="stable")
    floors[order[: total - int(floors.sum())]] += 1
    return [int(part) for part in floors]
