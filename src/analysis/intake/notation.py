"""How people write names, periods, numbers and units, and the one thing each may mean.

Every reader here answers with all readings it sees: none, one, or several, which the caller refuses.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from analysis import YEARS, printing, tables
from analysis.catalogue import Catalogue, Region
from analysis.intake import messages
from analysis.intake.sheets import CIRCLED, RAISED_DIGITS, Odd

# Full-width ASCII only. Not NFKC: it would turn a footnote mark ("13.45①") into a digit.
SPACES = {0x3000: " ", 0xA0: " "} | dict.fromkeys([*range(0x2000, 0x200B), 0x202F, 0x205F], " ")
INVISIBLE = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202E), *range(0x2060, 0x2070), 0xFEFF]
)  # not U+202E: behind it digits show in reverse
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | SPACES | INVISIBLE | {0x2212: "-"}
MISSING = frozenset({"", "-", "--", "—", "——", "–", "―", "─", "…", "……", "...", "na", "n/a", "n.a.", "/"})
PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
# Peoples in the names of autonomous prefectures.
PEOPLES = "(?:(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜)族?)+"
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
BEHIND = re.compile(
    rf"\s*([{CIRCLED}{RAISED_DIGITS}]+|[\[〔【]注?\d{{1,2}}[\]〕】]|[(（]?注[\d一二三四五①-⑩]{{0,2}}[)）]?)$"
)
BEFORE = re.compile(rf"^([{CIRCLED}]+)\s*")
WITHIN = re.compile(
    rf"^([^\d(（]*[^\d(（\s])\s*([{CIRCLED}{RAISED_DIGITS}]+)\s*([(（].+[)）])$"
)  # R&D经费①（亿元）
# What stands among figures and is none of them. A name the catalogue knows is never asked here.
SUBTOTAL = re.compile(
    r"(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d+[.、]|[#*]|其中:?)?(?:"
    r"(?:东部|中部|西部|东北|华北|华东|华中|华南|西南|西北|沿海|内陆|南方|北方|东南|豫[东西南北中]|苏[南中北])"
    r"(?:地区|区域|部|省份|各?省|各?市|\d+个?省\(?区?市?\)?|[三四五六七八九十]+省)*(?:合计|小计|平均)?"
    r"|.{0,8}(?:合计|总计|小计|汇总|平均|平均值|均值)|全省|全市|全区|总数|其他|其它|不分地区|其他地区"
    r"|.{0,6}(?:经济带|经济区|城市群|都市圈|流域|三角洲?|大湾区|京津冀.*|自主创新示范区)(?:地区)?(?:合计|小计|平均)?"
    r"|(?:新疆生产建设)?兵团|(?:香港|澳门)(?:特别行政区)?|台湾省?|省直.*|省属.*|中央.*|部属.*"
    r"|(?:the)?(?:north|south)?(?:east|west|central|middle)?(?:ern)?(?:china|region|provinces|area)s?"
    r"|(?:sub)?-?total|average|mean|others?|eastern|western|central|northeast(?:ern)?)"
)
COMPARISON = re.compile(
    r"^(?:#|其中:?)|^(?:上|去)(?:年|期)(?:同期|全年|累计|实际|完成)*数?(?:\(.*)?$|位次|名次|排名|排序|排位|位居|rank(?:ing)?|增长|增速|增幅|增减|同比|环比|比上年|较上年|比上期|提高|下降|升降|变动|变化"
    r"|个百分点|占(?:全|总|合计).*比[重例]|构成|=100|[±+]%?$|growth|change|increase|compared|shareof|index",
    re.IGNORECASE,
)

HEADINGS = {
    "region": "地区 区域 地区名称 地区代码 区划代码 行政区划 行政区划代码 省份 省市 城市 地市 "
    "省(区、市) 省区市 省别 市别 地区别 市县 县市 城市名称 省市名称 地市名称 "
    "region regions regioncode regionname area province city",
    "indicator": "指标 指标名称 指标代码 项目 indicator indicators indicatorcode indicatorname",
    "period": "年份 年度 年 时期 期间 时间 年或月 year years period",
    "month": "月份 月 累计至月份 month",
    "value": "数值 值 数据 统计值 总量 绝对量 绝对数 绝对值 总额 金额 本年 本年数 本期 本期数 "
    "value values figure",
    "unit": "单位 计量单位 unit units",
    "status": "状态 数据状态 status",
    "basis": "口径 统计口径 basis",
    "note": "备注 说明 附注 注 note notes remark remarks",
    "number": "序号 编号 no no. #",
}
FIELD = {word: name for name, words in HEADINGS.items() for word in words.split()}
# What a heading calls its figures, beside the names of the statuses.
STATED = {
    "reported": "年报 年报数",
    "flash": "快报 快报数",
    "preliminary": "初步 初步数 初步统计 初步统计数 初步核算 初步核算数 初步核实数",
    "revised": "修订 修订数 修订后 调整后 调整数 调整后数 核实数 最终数 最终核实 最终核实数",
}
ESTIMATED = {
    "estimate": ("预计", "预计数", "估计数")
}  # in a column for the status; a heading with them is doubted
CALLED = {word: status for status, words in STATED.items() for word in words.split()}
STATUS = re.compile(rf"[,(]?({'|'.join(sorted(CALLED, key=len, reverse=True))})[)]?$")
STATING = ("region", "indicator", "period", "unit", "status")  # what a heading or a title may say of figures
DECORATION = (
    r"(?:\d{4}[-–—~至]\d{4}年|历年|主要年份)?(?:全国(?=[各分]))?"
    r"(?:各地区|分地区|各省区市|各省\(区、市\)|各省|各市|全省各市|全省|全市|各省辖市|of|in|by region)?"
)
TAIL = r"情况|情况表|统计表|统计|数据|一览表|表|(?:主要|国民|经济|社会|发展|科技|统计|和)+指标"
NUMBERED = re.compile(r"^(?:续?附?表\s*\d*|\d{1,2}(?=[-–—.]))(?:[-–—.]\d{1,3})*\s+")  # 表2-1 2024年R&D经费
INSIDE = re.compile(r"(\D{2,12}?)(\d{4}年度?(?:1[-~至—–]\d{1,2}月)?)")  # 漯河市2019年R&D经费


def half(text: str) -> str:
    """Write full-width letters, digits and spaces as ordinary ones."""
    return text.translate(HALF_WIDTH).strip()


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """Write a name so that spaces, width and case make no difference."""
    return re.sub(r"\s+", "", half(text)).casefold()


def listed(text: str) -> str:
    """Write a name as ``normal`` does, without what lists it as a part or by number: 其中：郑州, 1.郑州."""
    return re.sub(r"^(?:其中:?|#|\d{1,2}[.、](?=\D))", "", normal(text))


@dataclass(frozen=True)
class Vocabulary:
    """Every name of the catalogue as people may write it, with all keys it may stand for.

    names: of "region", "indicator", "status" and "basis"; labels: a key with its Chinese name; shared: names
    of a province and of a city in it, which ``names`` gives to the province
    """

    catalogue: Catalogue
    names: dict[str, dict[str, tuple[str, ...]]]
    units: frozenset[str]
    labels: dict[str, str]
    shared: dict[str, tuple[str, ...]]

    def label(self, key: str) -> str:
        """Return a key with its Chinese name, for messages and drop-down lists."""
        return self.labels.get(key, key)


def vocabulary(known: Catalogue) -> Vocabulary:
    """Collect the written names of a catalogue."""
    names: dict[str, dict[str, tuple[str, ...]]] = {
        "region": {code: _region_names(one) for code, one in known.regions.items()},
        "indicator": {key: (one.zh, one.en, *one.also) for key, one in known.indicators.items()},
        "status": {
            key: (*printing.each(f"status.{key}"), *STATED.get(key, "").split(), *ESTIMATED.get(key, ()))
            for key in tables.STATUSES
        },
        "basis": {key: (one.zh, one.en) for key, one in known.bases.items()},
    }
    written = {kind: _written(entries) for kind, entries in names.items()}
    provinces = {code for code, one in known.regions.items() if one.level == "province"}
    regions = {word: tuple(provinces & {*codes}) or codes for word, codes in written["region"].items()}
    shared = {word: codes for word, codes in written["region"].items() if codes != regions[word]}
    units = frozenset(normal(word) for unit in known.units.values() for word in unit.accepts)
    labels = {
        key: f"{key} {words[0]}"
        for kind in ("status", "region", "indicator", "basis")
        for key, words in names[kind].items()
    }
    return Vocabulary(known, written | {"region": regions}, units, labels, shared)


def _written(entries: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, names in entries.items():
        both = [f"{name}{names[1]}" for name in names if name != names[1]]
        labels = [f"{key}{name}" for name in (*names[:2], both[0])] + both
        for word in dict.fromkeys(map(normal, (key, *names, *labels))):
            found.setdefault(word, []).append(key)
    return {word: tuple(keys) for word, keys in found.items()}


def _region_names(region: Region) -> tuple[str, ...]:
    """Return the names a region goes by; 吉林 is then the province, 吉林市 the city."""
    short = re.sub(rf"(壮族|回族|维吾尔)?自治区$|[省市]$|{PEOPLES}自治州$", "", region.zh)
    prefecture = [f"{short}州"] if region.zh.endswith("自治州") else []
    return tuple(dict.fromkeys((region.zh, region.en, short, *prefecture)))


def heading(text: str) -> set[str]:
    """Return the fields a heading names: one normally, two in a corner like "地区\\年份", none if unknown."""
    return set(_fields(text))


@lru_cache(maxsize=65536)
def _fields(text: str) -> tuple[str, ...]:
    whole = FIELD.get(re.sub(r"[_-]", "", normal(text)))
    if whole:
        return (whole,)
    parts = [normal(part) for part in re.split(r"[\s/|()\[\]·、\\_-]+", half(text)) if part]
    return tuple(FIELD[part] for part in parts) if all(part in FIELD for part in parts) else ()


def unmarked(text: str) -> tuple[str, str]:
    """Take footnote marks off a text: ("13.45", "①") of "13.45①", ("河南省", "1") of a raised 1."""
    if isinstance(text, Odd):
        return text, ""
    raised = getattr(text, "mark", "")
    if within := WITHIN.search(text):
        return within.group(1) + within.group(3), within.group(2)
    found, before = BEHIND.search(text), BEFORE.search(text)
    start, end = before.end() if before else 0, found.start() if found else len(text)
    bare = text[start:end].strip()
    if not bare:
        return text, raised
    marks = [one.group(1) for one in (before, found) if one]
    if found and bare == "10" and found.group(1).translate(RAISED).isdecimal():
        return Odd(text, "power"), ""
    return bare, " ".join([*marks, *filter(None, [raised])]).strip("[]〔〕【】()（）")


def subtotal(text: str) -> bool:
    """Whether a name of no region in the catalogue is one of a group of them, or of all."""
    return SUBTOTAL.fullmatch(normal(text)) is not None


def comparison(text: str) -> bool:
    """Whether a heading that names no indicator stands over ranks, growth or shares of others."""
    return COMPARISON.search(normal(text)) is not None


@dataclass(frozen=True)
class Facets:
    """What a heading or title says about the figures under it; empty where it says nothing."""

    region: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    value: bool = False

    def __bool__(self) -> bool:
        return bool(self.value or any(getattr(self, name) for name in STATING))


def facets(text: str, known: Vocabulary) -> Facets | None:
    """Read a heading or title such as 2019年各地区R&D经费（亿元）; None unless every part is understood."""
    if heading(text) == {"value"}:
        return Facets(value=True)
    whole, unit = unit_behind(normal(NUMBERED.sub("", half(text), count=1)), known)
    body, status = (whole, "") if whole in known.names["indicator"] else called(whole)
    if not status:
        return _facets(body, unit, known)
    body, behind = unit_behind(body, known)
    one = _facets(body, unit or behind, known) if body else Facets(unit=unit or behind)
    return None if one is None else replace(one, status=(status,))


def called(text: str) -> tuple[str, str]:
    """Take off what a text calls its figures: ("2024年", "flash") of 2024年（快报数）."""
    found = STATUS.search(normal(text))
    return (normal(text)[: found.start()], CALLED[found.group(1)]) if found else (text, "")


def _facets(body: str, unit: tuple[str, ...], known: Vocabulary) -> Facets | None:
    body = re.sub(
        r"^(?:续?附?表\d*(?:[-–—.]\d+)*|续|\d{1,2}(?:[-–—.]\d{1,3})+)[:、.]?|\(?续表?[一二三\d]*\)?$",
        "",
        body,
    )
    if heading(body) == {"value"}:
        return Facets(unit=unit, value=True)
    if (inside := INSIDE.match(body)) and inside.group(1) in known.names["region"]:
        body = inside.group(2) + inside.group(1) + body[inside.end() :]
    readings = []
    for start, end in _cuts(body):
        rest = re.sub(rf"^(?:{DECORATION})|(?:{TAIL})$|(?<=.)的$", "", body[start:end])
        rest = re.sub(rf"^(?:{DECORATION})|(?:{TAIL})$", "", rest)
        when = periods(body[:start] + body[end:]) if (start, end) != (0, len(body)) else ()
        if not rest and when:
            readings.append(Facets(period=when, unit=unit))
        elif ((start, end) == (0, len(body)) or when) and (named := _named(rest, known)):
            readings.append(Facets(*named, period=when, unit=unit))
    if not readings and periods(body):
        readings = [Facets(period=periods(body), unit=unit)]
    if not readings and not body and unit:
        readings = [Facets(unit=unit)]
    if not readings and split_units(body.strip("()[]"), known):
        readings = [Facets(unit=split_units(body.strip("()[]"), known))]
    if len(set(readings)) > 1:
        region, indicator, period = (
            tuple(sorted({key for one in readings for key in getattr(one, name)}))
            for name in ("region", "indicator", "period")
        )
        return Facets(region, indicator, period, unit)
    return readings[0] if readings else None


def _cuts(body: str) -> list[tuple[int, int]]:
    """Return the parts of a title that remain when a period before or behind is taken off."""
    cuts = [(0, len(body))]
    if before := re.match(r"\d{4}年?度?(?:1[-~至—–]\d{1,2}月)?", body):
        cuts.append((before.end(), len(body)))
    if behind := re.search(r"[,(]?\d{4}年?度?(?:1[-~至—–]\d{1,2}月)?\)?$", body):
        cuts.append((0, behind.start()))
    return cuts


def _named(rest: str, known: Vocabulary) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    if not rest:
        return None
    regions, indicators = known.names["region"], known.names["indicator"]
    if rest in regions or rest in indicators:
        return regions.get(rest, ()), indicators.get(rest, ())
    for cut in range(2, len(rest) - 1):
        if rest[:cut] in regions and rest[cut:] in indicators:
            return regions[rest[:cut]], indicators[rest[cut:]]
        inside = re.sub(rf"^(?:{DECORATION})", "", rest[cut:])
        if rest[:cut] in regions and inside != rest[cut:] and inside in indicators:
            return (), indicators[inside]
    return None


def unit_behind(text: str, known: Vocabulary) -> tuple[str, tuple[str, ...]]:
    """Split a unit off the end of a title: （亿元）, [亿元], 单位：亿元、%."""
    found = re.search(r"[(\[](?:单位|unit)?:?([^()\[\]]+)[)\]]$|(?:^|[,(])(?:单位|unit):(.+?)\)?$", text)
    if not found:
        return text, ()
    written = split_units(found.group(1) or found.group(2), known)
    return (text[: found.start()].strip(",(["), written) if written else (text, ())


def statements(text: str, known: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return what a line such as 指标：R&D经费（亿元） or 2019年R&D经费 says of a table, if understood."""
    label, colon, rest = half(text).replace("：", ":").partition(":")
    name = heading(label) & {"region", "indicator", "period", "unit"} if colon else set()
    if name == {"unit"}:
        units = split_units(rest, known)
        return {"unit": units} if units else {}
    one = facets(rest if name else text, known) or Facets()
    said = {key: getattr(one, key) for key in STATING if getattr(one, key)}
    return said if not name or name <= said.keys() else {}


def is_known(field: str, text: str, known: Vocabulary) -> bool:
    """Whether a text names a region, an indicator (with its unit or without) or a period."""
    if field == "period":
        return bool(periods(called(text)[0]))
    plain, names = listed(text), known.names[field]
    return plain in names or unit_behind(plain, known)[0] in names


def split_units(text: str, known: Vocabulary) -> tuple[str, ...]:
    """Return the units in a text such as 亿元、%; empty if one of them is unknown.

    A stroke parts units only before a percentage: 家/万人 is one unit, of a ratio.
    """
    whole = normal(text)
    if whole in known.units:
        return (whole,)
    parts = tuple(part for part in re.split(r"[、,;和()]|/(?=[%‰])", whole) if part)
    return parts if parts and all(part in known.units for part in parts) else ()


@lru_cache(maxsize=65536)
def periods(text: str) -> tuple[str, ...]:
    """Return the periods a text may mean: "2019", or "2019-06" for the months up to June; two if unsure.

    "2009-10" may be the months up to October, or the school or fiscal year 2009/2010.
    """
    text = normal(text).strip("()")
    if found := re.fullmatch(r"(\d{4})(?:\.0)?(?:年|年度|年末|年底|年全年|年1[-~至—–]12月)?", text):
        return (found.group(1),) if _year(found.group(1)) else ()
    if found := re.fullmatch(r"(\d{4})([-/–—])(\d{2})(?:年度?)?", text):
        year, _, behind = found.groups()
        month = _month(year, behind) if found.group(2) in "-/" else ()
        school = (int(year) + 1) % 100 == int(behind)
        return (*month, f"{year}/{int(year) + 1}") if month and school else month
    if found := re.fullmatch(r"(\d{4})[-/](\d)", text) or re.fullmatch(r"(\d{4})(\d{2})", text):
        return _month(*found.groups())
    if found := re.fullmatch(r"(\d{4})年1[-~至—–](\d{1,2})月", text) or re.fullmatch(
        r"截至(\d{4})年(\d{1,2})月底?末?", text
    ):
        return _month(*found.groups())
    if found := re.fullmatch(r"(\d{4})年(\d{1,2})月(末|底)?", text):
        cumulative = _month(found.group(1), found.group(2))
        return cumulative if found.group(3) or not cumulative else (*cumulative, f"{cumulative[0]}!")
    if found := re.fullmatch(r"(\d{4})年?(上半年|前三季度|第?[一1]季度)", text):
        return _month(found.group(1), {"上半年": "6", "前三季度": "9"}.get(found.group(2), "3"))
    return ()


def said(readings: tuple[str, ...]) -> dict[str, str]:
    """Name periods in a message, as every language lists them: 2019-06! is the month alone."""
    meaning = {
        4: "{}",
        9: "{} 学年或财年 (the school or fiscal year)",
        7: "{} 累计 (the months up to it)",
        8: "{:.7} 当月 (that month alone)",
    }
    return messages.joined(meaning[len(one)].format(one) for one in readings)


def _year(text: str) -> bool:
    return YEARS[0] <= int(text) <= YEARS[1]


def _month(year: str, month: str) -> tuple[str, ...]:
    return (f"{year}-{int(month):02d}",) if _year(year) and 1 <= int(month) <= 12 else ()


class Number(NamedTuple):
    """A written number: exact value, unit and footnote mark behind it; plain: digits and a point only."""

    value: Decimal
    unit: str = ""
    plain: bool = False
    mark: str = ""


def number(text: str, known: Vocabulary) -> Number | str | None:
    """Read a number; None is missing; a str is the code of the message that refuses it."""
    if PLAIN.fullmatch(text):
        return Number(Decimal(text), plain=True, mark=getattr(text, "mark", ""))
    bare, mark = unmarked(text)
    if isinstance(bare, Odd) and bare is not text:
        return bare.code
    read = _number(bare, known)
    return read._replace(mark=mark) if isinstance(read, Number) else read


def _number(text: str, known: Vocabulary) -> Number | str | None:
    if PLAIN.fullmatch(text := half(text)):
        return Number(Decimal(text))
    if text.casefold() in MISSING or normal(text) in MISSING:
        return None
    if GROUPED.fullmatch(text):
        return Number(Decimal(text.replace(",", "")))
    if found := re.fullmatch(r"(-?[\d,]*\.?\d+)\s*([^\d\s.,+\-].*)", text):
        return _with_unit(found.group(1), normal(found.group(2)), known)
    return _fault(text)


def _with_unit(digits: str, unit: str, known: Vocabulary) -> Number | str:
    bare = number(digits, known)
    if not isinstance(bare, Number):
        return bare or "not_a_number"
    return Number(bare.value, unit) if unit in known.units else _fault(digits + unit)


def _fault(text: str) -> str:
    if re.fullmatch(r"-?\d+(,\d+)+", text) or re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+", text):
        return "two_numbers"
    if re.fullmatch(r"-?\d+(\.\d+)?[eE][-+]?\d+", text):
        return "shortened_number"
    if re.match(r"[<>≥≤＞＜约近超]|.*[+以上以下左右多余]$", text):
        return "bounded_number"
    return "not_a_number"


def comma_readings(text: str) -> tuple[str, str]:
    """Return the two numbers a misplaced comma may mean: a decimal comma, or one between thousands."""
    text = half(text)
    bare = text.replace(".", "") if text.rfind(",") > text.rfind(".") else text
    head, _, tail = bare.rpartition(",")
    return f"{head.replace(',', '')}.{tail}", text.replace(",", "").replace(".", "")
