"""How numbers, dates and words are printed in a memo, in Chinese and English."""

import datetime
import math
import re

import numpy as np

from analysis import documents, tables
from analysis.catalogue import Catalogue, Indicator

LANGUAGES = ("zh", "en")
RATINGS = {
    "zh": {"green": "好", "amber": "一般", "red": "差"},
    "en": {"green": "good", "amber": "fair", "red": "poor"},
}
EDGES = {"zh": {"": "", "low": "不足", "high": "超过"}, "en": {"": "", "low": "below ", "high": "above "}}
EDGES_BELOW = EDGES | {"zh": EDGES["zh"] | {"": "为"}}
STATUSES = {
    "first_release": ("首次公布", "first release"),
    "revised": ("修订", "revised"),
    "yearbook": ("年鉴", "yearbook"),
    "count": ("名单计数", "counted"),
    "reported": ("报道", "reported"),
    "census": ("普查", "census"),
    "derived": ("推算", "derived"),
    "preliminary": ("初步", "preliminary"),
    "flash": ("快报", "flash"),
    "estimate": ("预计，仅供参考", "expectation, for reference"),
    "lower_bound": ("下限，仅供参考", "lower bound, for reference"),
}


def text_of(text, language: str) -> str:
    """The words of a bilingual entry in one language."""
    return getattr(text, language)


def inside(name: str) -> str:
    """An English name inside a sentence: small first letter unless it is an abbreviation."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def opening(name: str) -> str:
    """A name that stands alone."""
    return name[:1].upper() + name[1:]


def quoted_inside(text: str) -> str:
    """A Chinese text inside quotation marks: its own become single ones."""
    return text.replace("“", "‘").replace("”", "’")


def clause(place: str) -> str:
    """A place in a Chinese document: 二（三） is 第二部分第（三）项, a heading stands in quotation marks.

    >>> clause("二（三）"), clause("主要指标")
    ('第二部分第（三）项', '“主要指标”')
    """
    numbered = re.fullmatch("([一二三四五六七八九十]+)(（[一二三四五六七八九十]+）)?", place)
    if not numbered:
        return f"“{quoted_inside(place)}”"
    return f"第{numbered[1]}部分" + (f"第{numbered[2]}项" if numbered[2] else "")


def breakable(title: str) -> str:
    """Where a long Chinese title may go on in the next line."""
    return re.sub(
        "(?<=[的、》）])(?=.{4})|(?<=.{4})(?=[占《]|工程|企业|研究|国家级|省级|市级|评估)",
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


def signed(value: int) -> str:
    """A change in a table, with its sign: +3, −4."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value)}"


def edge(p: float) -> str:
    """Whether a probability is printed as below 1 % ("low") or above 99 % ("high")."""
    return "low" if p < 0.01 else "high" if p > 0.99 else ""


def likelihood(p: float, language: str) -> str:
    """The likelihood word of a probability as printed: in whole percent, or below 1 % and above 99 %."""
    return tables.likelihood(p if edge(p) else round(p, 2), language)


def date_text(iso: str, language: str, precision: str = "day") -> str:
    """A date as printed: 2018年12月31日, 31 December 2018; to the month or year where no more is known."""
    day = datetime.date.fromisoformat(iso)
    if precision == "by":
        return f"不晚于{date_text(iso, language)}" if language == "zh" else f"by {date_text(iso, language)}"
    if language == "zh":
        return {
            "day": f"{day.year}年{day.month}月{day.day}日",
            "month": f"{day.year}年{day.month}月",
            "year": f"{day.year}年",
        }[precision]
    month = MONTHS[day.month - 1]
    return {"day": f"{day.day} {month} {day.year}", "month": f"{month} {day.year}", "year": str(day.year)}[
        precision
    ]


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def defensible(value: float, indicator: Indicator) -> int:
    """Decimals of a computed amount: five figures say enough, and never more decimals than published."""
    return min(indicator.decimals, max(0, 4 - math.floor(math.log10(max(abs(value), 1.0)))))


def quantity(
    value: float,
    indicator: Indicator,
    catalogue: Catalogue,
    language: str,
    as_written: bool = False,
    decimals: int | None = None,
) -> tuple[str, str]:
    """A value with its unit as printed, and the unit: ``0.86%``, ``25家``; ``0.86 %``, ``25 enterprises``.

    A goal is printed `as_written`, without the indicator's decimals.
    """
    separator = "," if language == "en" else ""
    places = indicator.decimals if decimals is None else decimals
    number = f"{value:{separator}.10g}" if as_written else f"{value:{separator}.{places}f}"
    return _with_unit(number, indicator.unit, catalogue, language)


def difference(
    value: float, indicator: Indicator, catalogue: Catalogue, language: str, decimals: int | None = None
) -> tuple[str, str]:
    """A difference as printed: shares in percentage points (个百分点), everything else in its unit."""
    separator = "," if language == "en" else ""
    number = f"{value:{separator}.{indicator.decimals if decimals is None else decimals}f}"
    if indicator.unit.startswith("%"):
        return (f"{number}个百分点" if language == "zh" else f"{number} percentage points"), "points"
    return _with_unit(number, indicator.unit, catalogue, language)


def _with_unit(number: str, unit: str, catalogue: Catalogue, language: str) -> tuple[str, str]:
    if unit == "not defined":
        return number, ""
    if language == "zh":
        return number + catalogue.units[unit].zh, "%" if unit.startswith("%") else unit
    if unit.startswith("%"):
        return f"{number}\u00a0%", "%"
    words = {"100 million yuan": "hundred million yuan"}.get(unit, unit)
    return f"{number} {words.removesuffix('s') if number == '1' else words}", unit
