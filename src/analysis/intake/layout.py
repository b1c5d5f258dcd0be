"""Where the figures of a sheet stand: long tables, years, indicators or regions across, and mixtures.

Headings, the lines above them, the rows below. A heading nobody understands, two that say the same, a
hidden row or a merged value is a problem with its cell.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import replace

from analysis import form
from analysis.intake import messages, notation
from analysis.intake.messages import Problem
from analysis.intake.notation import STATING, Facets, Vocabulary
from analysis.intake.sheets import CIRCLED, Odd, Place, Sheet, cell

KEYS = ("region", "indicator", "period")
FOOT = re.compile(
    r"(注|说明|资料来源|数据来源|来源|备注|附注|notes?|sources?|remarks?)\s*\d*\s*[:：.、]"
    rf"|[{CIRCLED}]|[(\[（]注?\d{{1,2}}[)\]）]", re.IGNORECASE,
)  # fmt: skip
PORTAL = re.compile(
    r"(?:数据库|时间|database|time|period)[:：]", re.IGNORECASE
)  # what the national bureau's portal writes above its tables
PRICES = re.compile(
    r"不变价|可比价|平减|constant prices|(?:上年|\d{4}年)[=＝为]100|\d{4}年的?价(?!值)", re.IGNORECASE
)
CURRENT = re.compile("当年价|现价|增长|增速|速度|指数按|current prices|growth", re.IGNORECASE)
NARROWER = re.compile(
    "规模以上|规上|大中型|工业企业|企业法人|企业(?:R&D|研发|研究)|高等学校|高校|研究机构|科研院所|高技术|限额以上|高新区|开发区|园区|市辖区|本级"
    "|计划|规划|目标|任务|预测|预计|估计|估算|测算|推算|(?<!公共)预算|forecast|planned|targets?|budget"
    "|above designated|universit",
    re.IGNORECASE,
)
# A note explains more often than it narrows (包括规模以上工业企业、高校): these do.
SCOPE = re.compile(
    rf"(?:本表|以上数据|上述|口径|范围|仅|只)[^。；;，,、包含和等]*?(?:{NARROWER.pattern})"
    rf"|(?:^|[为系是按])(?:{NARROWER.pattern})[^。；;，,、]{{0,12}}(?:数据?|值)(?:$|[。；;，,、])"
    rf"|(?:{NARROWER.pattern})[^。；;，,、]*口径|^(?:{NARROWER.pattern}|工业|企业|全年|年度|[数值据])+(?:$|[。；;，,、])",
    re.IGNORECASE,
)
PART_YEAR = re.compile(
    r"(?<!\d)1\s*月?\s*[-—–~～－至到]\s*(?:[2-9]|1[01])\s*月|[一二三四1-4前]季度|[上下]半年|月报|一[至到][二三四五六七八九十]+月"
    r"|[前头](?:[2-9]|1[01])个?月|(?<!\d)(?:[2-9]|1[01])个月|截[至止](?:\d{4}年)?(?:[1-9]|1[01])月|[当本单]月|单季"
    r"|(?<![a-z])(?:H[12]|Q[1-4])(?![a-z\d])|half[- ]year|quarter",
    re.IGNORECASE,
)
# In a title also a month alone, which is no day on which something was written: 2024年9月主要经济指标.
MONTH = re.compile(r"\d{4}年(?:[1-9]|1[01])月(?!\d|份?[发公印修制填])")
# Words that alone above a table head a part of what its columns say: a merged heading, exported.
PART = re.compile(
    r"(?:其中[:：])?(?:(?:规上)?企业|(?:政府|企业|国外|其他)资金|基础研究|应用研究|试验发展|(?:外部|日常性?|资产性)支出|[美欧日]元"
    r"|调整前|修订前|作废|草稿|征求意见稿?|示例(?:数据)?|样例|样表|模拟数据|(?:规上)?工业|制造业|服务业"
    r"|(?:科学)?研究(?:开发)?机构|科研(?:机构|院所)|高等学校|高校|(?:民营|国有|外资)企业|市区|市辖区|本级|比重)"
)
# A sheet's name that is nothing but months: 9月, 24年9月, 季报.
MONTHS = re.compile(
    r"(?:\d{2}|\d{4})?年?(?:[1-9]|1[012]|[一二三四五六七八九]|十[一二]?)月份?|半年报?|季[报度]|月[报度]"
)
COUNTED = re.compile(r"[(（][^()（）]{0,6}[元人家件个项%‰年吨][)）]$")
LAST_YEAR = re.compile(r"(?:暂用|沿用|暂以|参照)上年|上年数?据?(?:代替|替代)")
METHOD = re.compile("口径|分类|办法|标准|方法")  # of last year: what the figures stand for is this year's
# What a note says is wrong with the figure beside it.
NOTED_WRONG = re.compile(
    r"应[为改]|作废|有误|错误|待[核查定]|存疑|^上年数?据?$|[两三二]年(?:合计|累计)|示例|样例|模拟"
)
COUNTS = r"[十百千万亿]*(?:[美欧日]?元|人|家|件|个|项|名|户|[%％‰])"
# What a sentence says the unit of figures is; 以企业为单位 says none.
UNITED = re.compile(
    rf"(?:(?<![予可难足所得加])以|按|单位[是为]|[为是系](?=[十百千万亿]+元))\s*({COUNTS})\s*(?:[为作列填计]|$|[。；;，,])"
)
NOTED_YEAR = re.compile(r"(?:[为系是用]|^)(\d{4})年(?:度|末|底)?的?(?:数据?|值|数字)(?=$|[。；;，,、])")
# What a line calls figures of one year (2024年为快报数), or does not call them.
PARTLY = re.compile(r"\d{4}年度?的?(?:数据?|值)?[为是系]|\d{4}年.*\d{4}年|[非未不除]$")
SAID = re.compile(rf"[为是系]({'|'.join(notation.CALLED)})(?:$|[。；;，,])")
RANGE = re.compile(r"\d{4}年?[-–—~至]\d{4}年|历年|主要年份")
CONTINUED = re.compile(r"^[(（]?续|[(（]续表?[一二三\d]*[)）]$")
# "R&D经费及增速" has the amounts, too.
COMPARED = re.compile(
    r"(?<![及和与、])(?:位次|名次|排名|排序|排位|增长率?|增长速度|增速|增幅|增减|同比|环比|升降|指数|ranks?|ranking"
    r"|growth(?: rates?)?)\s*(?:\([^()]*\))?$|年均|月均|人均|累计|per capita|averages?\b",
    re.IGNORECASE,
)
# Behind other words than these 单位 is an institution: 填报单位：统计局.
UNIT = re.compile(
    r"[(（]?(?<![报制表布送管计任供属总])(?:单位|\bunit)(?:\s{0,9}[:：]|(?<=单位)(?:\s{0,9}为|\s{0,9}(?=[(（])|\s{1,9}))"
    r"\s{0,9}[(（]?([^\s()（）:：]+)\s{0,9}[)）]?", re.IGNORECASE,
)  # fmt: skip
LABELLED = re.compile(r"(\()?\s*([^:(]{1,12}?)\s*:\s*(.+?)\s*(?(1)\))")


def is_heading(row: list[str]) -> bool:
    """Whether a row is one of headings: two cells or more, one of them region, indicator or period."""
    filled = [text for text in row if text.strip()]
    return len(filled) > 1 and any(
        notation.heading(text) & set(KEYS) for text in filled if not text[0].isdigit() and len(text) < 60
    )


def explains(sheet: Sheet) -> bool:
    """Whether a sheet is one of ours that hold no figures to file, and says so."""
    return any(mark in text for row in sheet.rows[:3] for text in row for mark in form.unread())


def narrows(note: str) -> bool:
    """Whether a note says that figures are of a part, or no actual ones."""
    return SCOPE.search(FOOT.sub("", notation.half(note), count=1).strip()) is not None


def doubtful(text: str, understood: bool = False) -> str:
    """Return the doubt a title or a sheet's name casts on figures, "" where it casts none."""
    if PRICES.search(text) and not CURRENT.search(text):
        return "other_prices"
    others = {} if understood else {"narrower": NARROWER, "part_year": PART_YEAR, "compared": COMPARED}
    return next((code for code, one in others.items() if one.search(notation.half(text))), "")


def noted(note: str, periods: Collection[str]) -> str:
    """Return the doubt a note casts on figures of some periods: it speaks of months, or of other years."""
    half = notation.half(note)
    if any(len(period) == 4 for period in periods) and PART_YEAR.search(half):
        return "part_year"
    years = {*NOTED_YEAR.findall(half)}
    other = years and {period[:4] for period in periods} - years
    return "other_year" if other or (LAST_YEAR.search(half) and not METHOD.search(half)) else ""


def tables(sheet: Sheet, known: Vocabulary) -> list[list[Sheet]]:
    """Return the tables of a sheet, those beside each other together, each without the others' cells."""
    _name_corner(sheet, known)
    heads = [row for row, line in enumerate(sheet.rows) if is_heading(line)]
    first = [row for row in heads if row - 1 not in heads]
    starts = [0, *(_title(sheet, row, known) for row in first[1:])]
    ends = [*starts[1:], len(sheet.rows)]
    found = []
    for head, start, end in zip(first or [0], starts, ends, strict=True):
        part = sheet if len(starts) == 1 else _rows_of(sheet, start, end)
        found.append(_beside(part, head, known))
    return found


def _name_corner(sheet: Sheet, known: Vocabulary) -> None:
    """Write into an empty corner, where no row names a key, the one field that all names below it are of."""
    if any(map(is_heading, sheet.rows)):
        return
    column = min(
        (next(c for c, text in enumerate(line) if text) for line in sheet.rows if any(line)), default=0
    )
    filled = [
        row for row, line in enumerate(sheet.rows) if sheet.text(row, column) and sum(map(bool, line)) > 1
    ]
    keyed, valued = (
        [row for row, line in enumerate(sheet.rows) if _is_corner(line, column, known, stated)]
        for stated in (KEYS, ("value",))
    )
    for row in (*reversed(keyed), *reversed(valued)):
        names = [sheet.text(below, column) for below in filled if below > row]
        fields = [field for field in KEYS if _all_named(field, names, known)]
        if len(fields) == 1:
            sheet.rows[row][column] = fields[0]
            return


def _is_corner(line: list[str], column: int, known: Vocabulary, stated: Collection[str]) -> bool:
    """Whether a row has headings and nothing else behind an empty first cell, one of what is stated."""
    texts = [notation.unmarked(text)[0] for text in filter(None, line)]
    read = [notation.facets(text, known) for text in texts]
    whole = all(
        one or notation.heading(text) or notation.comparison(text)
        for one, text in zip(read, texts, strict=True)
    )
    return (
        column < len(line)
        and not line[column]
        and whole
        and any(one and any(getattr(one, name) for name in stated) for one in read)
    )


def _all_named(field: str, names: list[str], known: Vocabulary) -> bool:
    """Whether names are all of one field, apart from notes and from what says that it is none of them."""
    bare = [notation.unmarked(text)[0] for text in names if not FOOT.match(text)]
    others = [text for text in bare if not notation.is_known(field, text, known)]
    return len(others) < len(bare) and all(
        notation.comparison(text) or (field == "region" and notation.subtotal(text)) for text in others
    )


def _title(sheet: Sheet, head: int, known: Vocabulary) -> int:
    """Return the first row of what stands above a further table: its title, and further rows of headings."""
    start = head
    while _is_title(sheet.rows[start - 1], known) and not _goes_on(sheet, start - 1, known):
        start -= 1
    return start


def _goes_on(sheet: Sheet, row: int, known: Vocabulary) -> bool:
    """Whether a row begins with a region as the row before it does: one of the table above."""
    both = sheet.rows[row - 1 : row + 1] if row else []
    places = [next((c for c, text in enumerate(line) if text), -1) for line in both]
    return (
        len(both) == 2
        and places[0] == places[1] >= 0
        and all(notation.is_known("region", line[places[0]], known) for line in both)
    )


def _is_title(line: list[str], known: Vocabulary) -> bool:
    filled = [text for text in line if text.strip()]
    if any(FOOT.match(text) or notation.normal(text) in notation.MISSING for text in filled):
        return False
    if any(
        isinstance(notation.number(text, known), notation.Number) and not notation.periods(text)
        for text in filled
    ):
        return False
    return len(filled) < 2 or all(
        notation.facets(text, known) or notation.comparison(text) for text in filled
    )


def _rows_of(sheet: Sheet, start: int, end: int) -> Sheet:
    rows = [line if start <= row < end else [""] * len(line) for row, line in enumerate(sheet.rows[:end])]
    return replace(sheet, rows=rows, spans=[one for one in sheet.spans if start <= one[0] and one[2] < end])


def _beside(sheet: Sheet, head: int, known: Vocabulary) -> list[Sheet]:
    """Part tables that stand beside each other: the same key is headed again behind columns of values."""
    line = [notation.normal(text) for text in sheet.rows[head]] if sheet.rows else []
    keys = [column for column, text in enumerate(line) if notation.heading(text) & {"region", "period"}]
    starts = [one for one in keys if line[one] == line[keys[0]] and one not in (keys[0], keys[0] + 1)]
    valued = [
        any(notation.facets(text, known) for text in filter(None, part)) for part in _split(line, starts)
    ]
    if not starts or not all(valued):
        return [sheet]
    columns = list(zip([0, *starts], [*starts, len(line)], strict=True))
    bands = [_columns_of(sheet, first, last, 0) for first, last in columns]
    if all(_says_indicator(one, head, known) for one in bands):
        return bands
    return [_columns_of(sheet, first, last, head) for first, last in columns]


def _split(line: list[str], starts: list[int]) -> list[list[str]]:
    return [line[first:last] for first, last in zip([0, *starts], [*starts, len(line)], strict=True)]


def _columns_of(sheet: Sheet, first: int, last: int, top: int) -> Sheet:
    """Leave out the columns outside a range, from a row on."""
    rows = [
        [text if row < top or first <= column < last else "" for column, text in enumerate(line)]
        for row, line in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=rows)


def _says_indicator(sheet: Sheet, head: int, known: Vocabulary) -> bool:
    read = [notation.facets(text, known) for line in sheet.rows[:head] for text in line if text]
    return any(one and one.indicator for one in read)


class Layout:
    """A table understood, or its ``problems``.

    about: lines given with the file, as if they stood above. before: the table it continues, if it does.
    marks: footnote marks of a heading, by column. feet: the notes below, and where.
    fields: what a column of the rows holds ("region", "unit", ...). above: what the headings say about the
    figures in a column. around: what the lines above the table say of all. titled: what its titles name (the
    field, its readings), and where. lines: the rows of figures.
    """

    def __init__(
        self, sheet: Sheet, known: Vocabulary, about: tuple[str, ...] = (), before: "Layout | None" = None
    ) -> None:
        self.sheet, self.known, self.about, self.before = sheet, known, about, before
        self.marks: dict[int, list[str]] = {}
        self.feet: dict[str, Place] = {}
        self.portal = False
        self.problems: list[Problem] = []
        self.fields: dict[int, str] = {}
        self.above: dict[int, Facets] = {}
        self.around: dict[str, tuple[str, ...]] = {}
        self.titled: dict[tuple[str, tuple[str, ...]], Place] = {}
        self.lines: list[int] = []
        self.head = next((row for row, line in enumerate(sheet.rows) if is_heading(line)), 0)
        if sheet.hidden:
            self.problems.append(Problem("hidden_sheet", sheet.name))
        elif not is_heading(sheet.rows[self.head]):
            self._no_heading()
        else:
            self._headings()
            self._preamble()
            self.lines = self._body()

    def place(self, name: str) -> int | None:
        """Return the column of a field."""
        return next((column for column, field in self.fields.items() if field == name), None)

    def _no_heading(self) -> None:
        row = next(position for position, line in enumerate(self.sheet.rows) if any(line))
        column = next(position for position, text in enumerate(self.sheet.rows[row]) if text)
        self.add("no_heading", row, column)

    def add(self, code: str, row: int, column: int, **facts: object) -> None:
        """Note a problem with a cell."""
        content = self.sheet.text(row, column)
        facts = {"value": content if len(content) < 60 else content[:57] + "…"} | facts
        self.problems.append(Problem(code, self.sheet.name, facts, cell(row, column)))

    # Headings

    def _headings(self) -> None:
        sheet, head = self.sheet, self.head
        keys = {column for column, text in enumerate(sheet.rows[head]) if notation.heading(text)}
        self.top = head
        while self.top > 0 and self._is_upper(self.top - 1, keys):
            self.top -= 1
        self.bottom = head
        while self.bottom + 1 < len(sheet.rows) and self._is_lower(self.bottom + 1, keys):
            self.bottom += 1
        sheet.unmerge(self.top, self.bottom, range(sheet.width))
        self._carry(keys)
        corners = {}
        for column in range(sheet.width):
            rows = [row for row in range(self.top, self.bottom + 1) if sheet.text(row, column)]
            if not rows:
                self._unheaded(column)
                continue
            for row in rows:
                self._unmark(row, column)
            fields = self._classify(rows, column)
            if len(fields) == 1:
                self._field(fields.pop(), rows[-1], column)
            elif fields:
                corners[column] = fields
        self._corners(corners)
        self._ranges()
        self._double()
        for row in range(self.top, self.bottom + 1):
            if len(sheet.rows[row]) != len(sheet.rows[head]):
                self.add("row_length", row, 0, value=len(sheet.rows[row]), other=len(sheet.rows[head]))
        if not self.above and all(one.remark for one in self.problems):
            self.add("no_value_column", head, next(iter(sorted(keys))))

    def _is_upper(self, row: int, keys: set[int]) -> bool:
        """A row of merged headings above the row that names the keys."""
        spans = [
            s
            for s in self.sheet.spans
            if s[0] == row and s[2] == row and not keys & set(range(s[1], s[3] + 1))
        ]
        texts = [self.sheet.rows[row][span[1]] for span in spans]
        covered = {column for span in spans for column in range(span[1], span[3] + 1)}
        rest = [text for column, text in enumerate(self.sheet.rows[row]) if text and column not in covered]
        if (
            not texts
        ):  # a delimited file has no merged cells: the heading stands over the first of its columns
            texts, rest = [text for text in rest if text], []
            if len(texts) < 2 or any(self.sheet.text(row, column) for column in keys):
                return False
            if any(map(UNIT.search, texts)):
                return False
        return not any(rest) and all(map(self._heads, filter(None, texts)))

    def _heads(self, text: str) -> bool:
        bare = notation.unmarked(text)[0]
        return bool(notation.facets(bare, self.known)) or notation.comparison(bare)

    def _is_lower(self, row: int, keys: set[int]) -> bool:
        """A second row of headings: nothing of its own under the keys, only years or indicators elsewhere."""
        line = self.sheet.rows[row]
        texts = [text for column, text in enumerate(line) if text and column not in keys]
        under = [(column, line[column]) for column in keys if column < len(line) and line[column]]
        again = all(notation.heading(text) & self._named(column) for column, text in under)
        return again and bool(texts) and all(map(self._heads, texts))

    def _named(self, column: int) -> set[str]:
        return notation.heading(self.sheet.text(self.head, column))

    def _carry(self, keys: set[int]) -> None:
        """Write an upper heading over all its columns where the lower ones repeat alike under each."""
        if self.top == self.bottom or any(self.top <= one[0] < self.bottom for one in self.sheet.spans):
            return
        upper, lower = (self.sheet.rows[row] for row in (self.top, self.bottom))
        places = [column for column, text in enumerate(upper) if text and column not in keys]
        width = min(len(upper), len(lower))  # rows of other lengths are refused below
        bands = [*itertools.pairwise([*places, width])]
        groups = [[self._said(text) for text in lower[first:last] if text] for first, last in bands]
        if len(groups) < 2 or any(group != groups[0] for group in groups):
            return
        for first, last in bands:
            for column in range(first, last):
                upper[column] = upper[first] if lower[column] else upper[column]

    def _said(self, text: str) -> Facets | None:
        """What a lower heading says, whatever it calls its figures."""
        one = notation.facets(notation.unmarked(text)[0], self.known)
        return one and replace(one, status=())

    def _unmark(self, row: int, column: int) -> None:
        """Set the footnote mark of a heading apart."""
        text = self.sheet.text(row, column)
        if notation.heading(text) or notation.facets(text, self.known):
            text, mark = str(text) if hasattr(text, "mark") else text, getattr(text, "mark", "")
        else:
            text, mark = notation.unmarked(text)
        if mark:
            self.sheet.rows[row][column] = text
            self.marks.setdefault(column, []).append(mark)

    def _unheaded(self, column: int) -> None:
        for row in range(self.bottom + 1, len(self.sheet.rows)):
            text = self.sheet.text(row, column)
            if text and not (FOOT.match(text) and re.search(r"[^\W\d_]{2}", text)):
                return self.add("blank_heading", self.head, column, value=text)

    def _classify(self, rows: list[int], column: int) -> set[str]:
        """Return the fields of a heading; what it says about values goes to ``above``."""
        texts = {self.sheet.text(row, column): row for row in rows}
        named = [notation.heading(text) for text in texts]
        fields = set().union(*named)
        if fields and all(named) and fields != {"value"}:
            return fields
        stated = Facets()
        for text, row in texts.items():
            one = notation.facets(text, self.known)
            if isinstance(text, Odd) and text.code not in ("month_shown", "shown_percent"):
                self.add(text.code, row, column)
                return set()
            if one is None:
                self.add("passed_column" if notation.comparison(text) else "unknown_heading", row, column)
                return set()
            stated = self._joined(stated, one, row, column)
        self.above[column] = stated
        return set()

    def _joined(self, first: Facets, second: Facets, row: int, column: int) -> Facets:
        """Put two headings of a column together."""
        both = {}
        for name in STATING:
            one, other = getattr(first, name), getattr(second, name)
            if len(other) > 1 and name != "unit":
                readings = (
                    notation.said(other)
                    if name == "period"
                    else messages.joined(map(self.known.label, other))
                )
                self.add("two_readings", row, column, readings=readings)
            if one and other and one != other:
                self.add(
                    "two_statements", row, column, other=messages.joined(one), where=cell(self.head, column)
                )
            both[name] = other or one
        return Facets(**both, value=first.value or second.value)

    def _field(self, name: str, row: int, column: int) -> None:
        others = [
            place
            for place, other in self.fields.items()
            if other == name and name not in ("region", "indicator", "number")
        ]
        if others:
            return self.add("double_heading", row, column, other=cell(row, others[0]))
        self.fields[column] = name

    def _corners(self, corners: dict[int, set[str]]) -> None:
        """Decide a corner such as 地区\\年份 by what the other headings already say."""
        across = {name for one in self.above.values() for name in KEYS if getattr(one, name)}
        for column, fields in corners.items():
            left = fields - across
            if len(left) == 1:
                self._field(left.pop(), self.head, column)
            else:
                self.add("two_headings", self.head, column, readings=messages.joined(sorted(fields)))

    def _ranges(self) -> None:
        """Doubt a heading of several years where no row and no other heading says of which a figure is."""
        if "period" in self.fields.values():
            return
        for column, one in self.above.items():
            for row in range(self.top, self.bottom + 1):
                if not one.period and RANGE.search(notation.half(self.sheet.text(row, column))):
                    self.add("compared", row, column)

    def _double(self) -> None:
        seen: dict[tuple, int] = {}
        for column, one in self.above.items():
            key = (one.region, one.indicator, one.period)
            if key in seen:
                self.add("double_heading", self.bottom, column, other=cell(self.bottom, seen[key]))
            seen.setdefault(key, column)

    # The lines above

    def _preamble(self) -> None:
        """Read the lines above the table, else those of the table it continues, else the sheet's name."""
        titles: dict[str, tuple[str, ...]] = {}
        above = [
            (row, column)
            for row in range(self.top)
            for column, text in enumerate(self.sheet.rows[row])
            if text
        ]
        for row, column in above:
            text = self.sheet.text(row, column)
            if isinstance(text, Odd) and text.code not in ("month_shown",):
                self.add(text.code, row, column)
            else:
                self._line(row, column, str(text), titles)
        self._unread()
        units = dict.fromkeys((*self.around.get("unit", ()), *titles.get("unit", ())))
        self.around = titles | self.around | ({"unit": tuple(units)} if units else {})
        continued = any(CONTINUED.search(self.sheet.text(*place).strip()) for place in above)
        if self.before and (continued or (not above and self.before.sheet.name == self.sheet.name)):
            self.around = self.before.around | self.around
        self._given()
        named = notation.facets(self.sheet.name, self.known) or Facets()
        for name in STATING:
            stated, own = getattr(named, name), self.around.get(name, ())
            if stated and (not own or name == "period"):
                self.around[name] = tuple(dict.fromkeys((*own, *stated)))

    def _line(self, row: int, column: int, text: str, titles: dict[str, tuple[str, ...]]) -> None:
        self.portal |= bool(re.match("数据库|database", text, re.IGNORECASE))
        whole = text
        labelled = LABELLED.fullmatch(notation.half(text))
        names = notation.heading(labelled.group(2)) & {*KEYS, "unit"} if labelled else set()
        if labelled and len(names) == 1:
            self._label(names.pop(), labelled.group(3), row, column)
            text = ""
        elif found := UNIT.search(text):
            self._label("unit", found.group(1), row, column)
            text = f"{text[: found.start()]} {text[found.end() :]}".strip()
        one = notation.facets(notation.unmarked(text)[0], self.known) if text else None
        for name in STATING:
            if stated := getattr(one, name, ()):
                titles[name] = stated if titles.get(name, stated) == stated else (*titles[name], *stated)
                if name in KEYS:
                    self.titled[name, stated] = row, column
        if text and not one:
            self._unread_line(row, column, text, whole, titles)
        elif code := doubtful(whole, understood=True):
            self.add(code, row, column)

    def _unread_line(
        self, row: int, column: int, text: str, whole: str, titles: dict[str, tuple[str, ...]]
    ) -> None:
        """Doubt a line nobody understands that may say what figures are; else say that it was not read."""
        half = notation.half(text)
        foot = FOOT.match(text) is not None
        body, unit = notation.unit_behind(notation.normal(text), self.known)
        if unit:
            titles["unit"] = (*titles.get("unit", ()), *unit)
        status = "" if foot else notation.called(body)[1]
        partly = status and (PARTLY.search(half) or PARTLY.search(notation.called(body)[0]))
        if status and not partly:
            titles.setdefault("status", (status,))
        month = "part_year" if MONTH.search(half) else ""
        code = doubtful(whole, understood=foot and not narrows(text)) or ("" if foot else month)
        part = PART.fullmatch(half.strip("()"))
        counted = not unit and (COUNTED.search(half) or self._otherwise(text))
        continued = CONTINUED.search(text) and re.sub(r"[(（]?续表?[一二三\d]*[)）]?", "", body)
        unread = not foot and (part or counted or continued)
        if code or unread or partly or not any(line in text for line in form.lines()):
            doubt = "status_said" if partly else "unread_heading" if unread else "unread_line"
            self.add(code or doubt, row, column)

    def _unread(self) -> None:
        """Doubt words above the headings that nobody understands, beside others or over some columns."""
        row = self.top - 1
        texts = {c: text for c, text in enumerate(self.sheet.rows[row]) if text} if row >= 0 else {}
        heads = {c for c, text in texts.items() if self._heads(text) and not UNIT.search(text)}
        plain = {c for c, text in texts.items() if not re.search(r"[:：]|\d{4}", text)}
        values = {*self.above}
        some = {
            one[1] for one in self.sheet.spans if one[0] == row and {*range(one[1], one[3] + 1)} <= values
        }
        told = {one.cell for one in self.problems if one.doubt}
        lone = {c for c, text in texts.items() if len(texts) == 1 and self._lone(c, text)}
        for column in sorted(heads | plain if len(heads | plain) > 1 else (plain & some) | lone):
            text = texts[column]
            if column in self.fields or isinstance(text, Odd) or cell(row, column) in told:
                continue
            if column in lone or not notation.facets(notation.unmarked(text)[0], self.known):
                self.add("unread_heading", row, column)

    def _lone(self, column: int, text: str) -> bool:
        """Whether a word over one of the later columns is a region, a status or a group."""
        one = notation.facets(text, self.known) or Facets()
        heads = (one.region or one.status) and not (one.indicator or one.period or one.unit)
        later = column in self.above and column > min(self.above)
        return later and bool(heads or notation.subtotal(text))

    def _label(self, name: str, text: str, row: int, column: int) -> None:
        """Take a labelled line at its word, or refuse it."""
        text = notation.unmarked(text)[0]
        stated, unit = self._word(name, text)
        if not stated and name == "period" and PORTAL.match(self.sheet.text(row, column)):
            return None  # 时间：最近10年
        if not stated:
            code = "unknown_heading" if name == "unit" else f"unknown_{name}"
            return self.add(code, row, column, value=text)
        if self.around.get(name, stated) != stated:
            return self.add(
                "two_statements", row, column, value=text, other=messages.joined(self.around[name]), where=""
            )
        if name in KEYS:
            self.titled[name, stated] = row, column
        self.around |= {name: stated} | ({"unit": unit} if unit else {})

    def _word(self, name: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what the word of a labelled line stands for, and the unit behind an indicator."""
        if name == "unit":
            return notation.split_units(text, self.known), ()
        if name == "period":
            return notation.periods(text), ()
        bare, unit = notation.unit_behind(notation.normal(text), self.known)
        names = self.known.names[name]
        return names.get(notation.normal(text), ()) or names.get(bare, ()), unit

    def _given(self) -> None:
        """Add what was given with the file; it may say more than the sheet, not otherwise."""
        for text in self.about:
            given = notation.statements(text, self.known)
            for name, stated in given.items():
                if self.around.get(name, stated) != stated:
                    other = messages.joined(self.around[name])
                    self.add("two_statements", self.head, 0, value=text, other=other, where=self.sheet.name)
                self.around.setdefault(name, stated)

    # The body

    def _body(self) -> list[int]:
        """Return the rows that may hold figures; footnotes are remarked, merged keys written out."""
        sheet, first = self.sheet, self.bottom + 1
        keys = [column for column, name in self.fields.items() if name != "number"]
        feet = self._feet(first)
        for span in sheet.spans:
            if (
                span[2] >= first
                and span[0] not in feet
                and any(c in self.above for c in range(span[1], span[3] + 1))
            ):
                self.add("merged_value", span[0], span[1])
        for column in keys:
            sheet.unmerge(first, len(sheet.rows) - 1, range(column, column + 1))
        lines = [row for row in range(first, len(sheet.rows)) if row not in feet]
        self._hidden()
        return self._even(lines) if sheet.ragged else lines

    def _feet(self, first: int) -> set[int]:
        """Return the rows of notes: those that begin like one, and lines of text behind the last figure."""
        feet = set()
        rows = self.sheet.rows
        filled = {
            row: [c for c, text in enumerate(rows[row]) if text.strip()] for row in range(first, len(rows))
        }
        last = max((row for row, columns in filled.items() if len(columns) > 1), default=first)
        for row, columns in filled.items():
            text = rows[row][columns[0]].strip() if columns else ""
            if len(columns) == 1 and (FOOT.match(text) or (row > last and self._is_note(text, columns[0]))):
                feet.add(row)
                self.feet[text] = row, columns[0]
                if self._otherwise(text):
                    self.add("two_statements", row, columns[0], other="", where=cell(self.head, 0))
                if code := doubtful(text, understood=not narrows(text)):
                    self.add(code, row, columns[0])
                self.add("note_line", row, columns[0])
        return feet

    def _otherwise(self, text: str) -> bool:
        """Whether a line says in a sentence that figures have another unit than headings and titles do."""
        found = UNIT.search(text) or UNITED.search(notation.half(text))
        word = notation.normal(found.group(1)).rstrip("。；;，,") if found else ""
        if not word or word.endswith("单位"):  # 以法人单位为统计单位
            return False
        stated = {unit for one in self.above.values() for unit in one.unit} | {*self.around.get("unit", ())}
        for unit in self.known.catalogue.units.values():
            accepted = {notation.normal(name): factor for name, factor in unit.accepts.items()}
            if word in accepted:
                alike = stated & {*accepted}
                return word not in stated if alike else accepted[word] != 1
        return True

    def _is_note(self, text: str, column: int) -> bool:
        """Whether a line below the figures is no key whose figures are missing, and no figure without one."""
        if column in self.above and isinstance(notation.number(text, self.known), notation.Number):
            return False
        plain = notation.normal(text)
        names = self.known.names
        key = plain in names["region"] or plain in names["indicator"] or notation.periods(text)
        return not key and not isinstance(text, Odd) and not notation.facets(text, self.known)

    def explained(self, mark: str) -> str:
        """Return the note a mark stands for, else the mark."""
        behind = r"[)\]）.、:：\s]+" if mark.isdecimal() else r"\s*"
        found = next(
            (
                one
                for foot in self.feet
                if (one := re.search(rf"(?:^|[:：\s；;。]|注){re.escape(mark)}{behind}([^{CIRCLED}]+)", foot))
            ),
            None,
        )
        return f"{mark} {found.group(1).strip()}" if found else mark

    def _hidden(self) -> None:
        sheet = self.sheet
        for row in sorted(sheet.hidden_rows):
            if row < len(sheet.rows) and any(sheet.rows[row]):
                self.add("hidden_cells", row, next(c for c, text in enumerate(sheet.rows[row]) if text))
        for column in sorted(sheet.hidden_columns & {*self.fields, *self.above}):
            self.add("hidden_cells", self.head, column)
        for (row, column), code in sorted(sheet.unseen.items()):
            if row < len(sheet.rows) and sheet.text(row, column):
                self.add(code, row, column)

    def _even(self, lines: list[int]) -> list[int]:
        """Refuse rows of a delimited file with more or fewer cells than its headings."""
        length = len(self.sheet.rows[self.head])
        kept = []
        for row in lines:
            cells = self.sheet.rows[row]
            if len(cells) == length:
                kept.append(row)
            elif any(text.strip() for text in cells):
                self.add("row_length", row, 0, value=len(cells), other=length)
        return kept
