"""The sheets to fill in: observations with drop-down lists, indicators explained, worked examples, help."""

# ruff: noqa: E501

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from analysis import catalogue, spreadsheets, tables
from analysis.catalogue import Catalogue, Text
from analysis.places import DATA
from analysis.printing import LANGUAGES, Voice
from analysis.spreadsheets import HEAD, aligned, font

Words = tuple[str, str]  # in Chinese and in English
OBSERVATIONS, EXAMPLES, INDICATORS, HELP, LISTS = (
    ("数据", "Data"),
    ("示例", "Examples"),
    ("指标", "Indicators"),
    ("说明", "Help"),
    ("选项", "Lists"),
)
REQUEST = ("数据提示单", "Data request")
TITLE = ("统计数据填报表", "Form for observations")
PROMPTED = (
    "一行一个数；每列的说明见选中单元格时的提示。",
    "One figure a row; select a cell to see its help.",
)
ASKING = (
    "请在“数值”一列填写，一行一个数；尚无数据的留空，可在末行之后续填。每列的说明见选中单元格时的提示。",
    "Fill in the values, one a row; leave blank what is not known, go on below the last row. Select a cell to see its help.",
)
STAMP = datetime(2020, 1, 1)  # in the properties of the form
ROWS = 500  # rows of the form with drop-down lists
SEEN = 40  # of them ruled
HEADINGS = (
    (("地区", "Region"), 24, ("从下拉列表中选择，或写代码或名称。", "Choose, or write a code or a name.")),
    (("指标", "Indicator"), 58, ("从下拉列表中选择；含义见《指标》表。", "Choose; see the sheet of indicators.")),
    (("时期", "Period"), 12, ("全年写 2019；年内累计写 2019-06（1—6月）。", "A year: 2019; the months up to June: 2019-06.")),
    (("数值", "Value"), 14, ("只写数字；缺失请留空或写“…”，不要写 0。", "Digits only; leave a missing figure blank, never 0.")),
    (("单位", "Unit"), 18, ("从下拉列表中选择；各指标可用的单位见《指标》表。", "Choose; see the sheet of indicators for the units of each.")),
    (("状态", "Status"), 26, ("不填即“公布数”；撤回请选“撤回”、数值留空、备注写原因。", "Blank: as reported. To withdraw a figure, clear its value and give the reason in the note.")),
    (("口径", "Basis"), 26, ("一般不填：按公布日期采用现行口径。", "Normally blank: the basis in force on the day of publication.")),
    (("备注", "Note"), 36, ("来源页码、疑问、撤回原因等。", "Page, doubts, the reason of a withdrawal.")),
)  # fmt: skip
LISTED = {1: 0, 2: 1, 5: 2, 6: 3, 7: 4}  # the columns with a list, and which of `choices`
PERIOD = 3  # the column of years, kept as text: 2019-06 is no day
PLACED = {PERIOD: "center", 4: "right"}  # columns that are not set to the left
EXAMPLE_ROWS = (
    ("示例市 Exampleville", "rd_expenditure 研究与试验发展（R&D）经费", 2019, 13.45, "亿元", "首次公布 first release", "全年数 a whole year"),
    ("示例市 Exampleville", "rd_expenditure 研究与试验发展（R&D）经费", 2018, 121900, "万元", "修订数 revised", "以万元填报，按 1 万元 = 0.0001 亿元换算 converted exactly"),
    ("示例市 Exampleville", "rd_intensity 研究与试验发展（R&D）经费投入强度", 2019, 0.86, "%", "首次公布 first release", "写 0.86，不写 0.0086 write 0.86, not 0.0086"),
    ("示例市 Exampleville", "national_hte_new 新增国家级高新技术企业", "2019-06", 11, "家", "公布数 as reported", "1—6月累计 January to June together"),
    ("示例市 Exampleville", "national_hte_new 新增国家级高新技术企业", 2019, "…", "家", "", "尚未公布：留空或写“…” not yet known"),
    ("示例市 Exampleville", "hightech_va_share 高新技术产业增加值占规模以上工业增加值的比重", 2016, 25, "%", "下限（仅供参考） lower bound (for reference only)", "原文“超过25%” printed as above 25 %"),
    ("示例市 Exampleville", "resident_population 常住人口", 2018, None, "人", "撤回 withdrawn", "原数误含户籍人口，市统计局来函撤回 the reason is obligatory"),
)  # fmt: skip
HELP_LINES = (
    ("填报步骤 Steps", ""),
    ("1", "在《数据》表逐行填写，一行一个数；不用的行留空。 Fill in the sheet of data, one figure a row; leave other rows blank."),
    ("2", "试运行 Try: python -m analysis add FILE --source SOURCE --published 2019-08-30 --dry-run"),
    ("3", "归档 File: make add FILE=… SOURCE=… PUBLISHED=2019-08-30"),
    ("规则 Rules", ""),
    ("单位 Units", "按单位准确换算；没有写单位而又有几种可能的，不予猜测。 Converted exactly; a missing unit is never guessed."),
    ("缺失 Missing", "空白、“…”、“-”均为缺失；0 就是零。 Blank, … and - are missing; 0 is zero."),
    ("千位逗号 Thousands", "1,234.5 可以；1,23 不可以（是 1.23 还是 123？）。 1,234.5 is read; 1,23 is refused."),
    ("百分数 Percent", "写 0.86 并选单位“%”。 Write 0.86 with the unit %."),
    ("更正 Corrections", "已归档的数不能改；更正按新的公布日期归档。 What is filed stays; a correction is a release of its own day."),
    ("年鉴表 Yearbook tables", "也可直接提交以年份或指标为列的表：左列写地区，表上写“指标：…”“单位：…”。 Tables with years, indicators or regions across are read too; subtotals, ranks and growth rates are passed over and named."),
    ("疑点 Doubts", "变动过大等疑点须核对后用 --accept 单元格 确认。 Doubtful cells must be accepted by name."),
)  # fmt: skip


class Asked(NamedTuple):
    """A figure asked for."""

    region: str
    indicator: str
    period: str
    basis: str = ""


def template(path: Path | str, folder: Path = DATA) -> Path:
    """Write the workbook to fill in, for Excel, WPS and LibreOffice; the same catalogue gives the same bytes."""
    known, path = catalogue.read(folder), Path(path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "analysis"
    _data(book, _said(OBSERVATIONS), known)
    _examples(book.create_sheet(_said(EXAMPLES)))
    _indicators(book, known.indicators, known)
    _help(book.create_sheet(_said(HELP)))
    _lists(book, known)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(spreadsheets.settled(book, STAMP))
    return path


def request(book: openpyxl.Workbook, asked: Sequence[Asked], known: Catalogue, language: str) -> None:
    """Add the form in one language to a workbook, a row filled in as far as may be for each figure asked for.

    What comes back goes to ``make add`` as it is: the other sheets say that they are not read.
    """
    indicators, languages = dict.fromkeys(one.indicator for one in asked), (language,)
    _data(book, _said(REQUEST, languages), known, languages, asked)
    _indicators(book, indicators or known.indicators, known, languages)
    _lists(book, known, languages)


def titles(language: str) -> tuple[str, str]:
    """Return what the sheets are called that `request` adds: the one to fill in, that of the indicators."""
    return _said(REQUEST, (language,)), _said(INDICATORS, (language,))


def choices(known: Catalogue, languages: Sequence[str] = LANGUAGES) -> tuple[list[str], ...]:
    """Return the drop-down lists: regions, indicators, units, statuses, bases."""
    units = list(dict.fromkeys(name for unit in known.units.values() for name in unit.accepts))
    foreign = [name for name in units if _foreign(name)]
    return (
        [_region(code, known, languages) for code in known.regions],
        [_indicator(key, known) for key in known.indicators],
        [name for name in units if name not in foreign] + (foreign if "en" in languages else []),
        [
            " ".join(Voice(language).say(f"status.{status}") for language in languages)
            for status in tables.STATUSES
        ],
        list(known.bases),
    )


def unit_of(indicator: str, known: Catalogue) -> str:
    """Return the Chinese name of the unit an indicator is asked for in; none where it has no unit to read."""
    one = known.units[known.indicators[indicator].unit]
    return one.zh if one.zh in one.accepts else ""


def _foreign(unit: str) -> bool:
    return unit.isascii() and unit != "%"


def _said(words: Words, languages: Sequence[str] = LANGUAGES, between: str = " ") -> str:
    return between.join(words[LANGUAGES.index(one)] for one in languages)


def _named(one: Any, languages: Sequence[str], between: str = "\n") -> str:
    return between.join(getattr(one, language) for language in languages)


def _region(code: str, known: Catalogue, languages: Sequence[str]) -> str:
    return f"{code} {_named(known.regions[code], languages, ' ')}"


def _indicator(key: str, known: Catalogue) -> str:
    return f"{key} {known.indicators[key].zh}"


def _data(
    book: openpyxl.Workbook,
    name: str,
    known: Catalogue,
    languages: Sequence[str] = LANGUAGES,
    asked: Sequence[Asked] = (),
) -> None:
    """Write the table with its lists, and what is asked for."""
    sheet, last = book.create_sheet(name), HEAD + max(ROWS, len(asked))
    title, line = (REQUEST, ASKING) if asked else (TITLE, PROMPTED)
    spreadsheets.title(sheet, _said(title, languages), _said(line, languages))
    spreadsheets.headings(sheet, [(_said(words, languages), width) for words, width, _ in HEADINGS])
    for place, (words, _, prompt) in enumerate(HEADINGS, start=1):
        rule, letter = _rule(place, known, languages), get_column_letter(place)
        rule.showInputMessage, rule.prompt = True, _said(prompt, languages, "\n")
        rule.promptTitle = rule.errorTitle = _said(words, languages)
        rule.add(f"{letter}{HEAD + 1}:{letter}{last}")
        sheet.add_data_validation(rule)
    spreadsheets.ruled(sheet, HEAD + 1, max(SEEN, len(asked)), len(HEADINGS))
    _laid_out(sheet, last)
    _ask(sheet, asked, known, languages)


def _laid_out(sheet: Any, last: int) -> None:
    """Lay the rows to fill in out: a period is no number, nor a date."""
    places = range(1, len(HEADINGS) + 1)
    dress: dict[int, dict[str, Any]] = {
        one: {"alignment": aligned(PLACED.get(one, "left"))} for one in places
    }
    dress[PERIOD]["number_format"] = "@"
    looks = spreadsheets.Looks()
    for row in range(HEAD + 1, last + 1):
        for place in places:
            looks.give(sheet.cell(row, place), place, dress[place])
        sheet.row_dimensions[row].height = 18


def _ask(sheet: Any, asked: Sequence[Asked], known: Catalogue, languages: Sequence[str]) -> None:
    """Fill in what a row asks for: all but the value."""
    for row, one in enumerate(asked, start=HEAD + 1):
        given = {
            1: _region(one.region, known, languages),
            2: _indicator(one.indicator, known),
            PERIOD: one.period,
            5: unit_of(one.indicator, known),
            7: one.basis or None,
        }
        for place, content in given.items():
            sheet.cell(row, place).value = content


def _rule(place: int, known: Catalogue, languages: Sequence[str]) -> DataValidation:
    """Return what a column of the table asks for: one of a list, with a warning, or anything."""
    if place not in LISTED:
        return DataValidation(allow_blank=True)
    column, count = get_column_letter(LISTED[place] + 1), len(choices(known, languages)[LISTED[place]])
    source = f"'{_said(LISTS, languages)}'!${column}$3:${column}${count + 2}"
    rule = DataValidation(
        "list", formula1=source, allow_blank=True, errorStyle="warning", showErrorMessage=True
    )
    rule.error = _said(("不在列表中。", "Not in the list."), languages)
    return rule


def _explained(languages: Sequence[str] = LANGUAGES, more: Words = ("", "")) -> str:
    """Return the line by which a sheet says that it holds no figures."""
    zh, en = tables.NOT_READ
    return _said((f"本表只作说明，{zh}{more[0]}。", f"This sheet {en}{more[1]}."), languages)


def _examples(sheet: Any) -> None:
    spreadsheets.title(
        sheet,
        "填报示例 Worked examples",
        _explained(more=("；“示例市”并不存在", "; Exampleville does not exist")),
    )
    spreadsheets.headings(sheet, [(_said(words), width) for words, width, _ in HEADINGS])
    for row, (region, indicator, period, value, unit, status, note) in enumerate(
        EXAMPLE_ROWS, start=HEAD + 1
    ):
        for column, content in enumerate((region, indicator, period, value, unit, status, "", note), start=1):
            sheet.cell(row, column, content).alignment = aligned(PLACED.get(column, "left"), wrap=True)
        sheet.row_dimensions[row].height = 34
    spreadsheets.ruled(sheet, HEAD + 1, len(EXAMPLE_ROWS), len(HEADINGS))


def _indicators(
    book: openpyxl.Workbook, keys: Collection[str], known: Catalogue, languages: Sequence[str] = LANGUAGES
) -> None:
    """Explain indicators: what each is, in which units it may be given."""
    sheet = book.create_sheet(_said(INDICATORS, languages))
    spreadsheets.title(sheet, _said(("指标说明", "Indicators"), languages), _explained(languages))
    heads = (
        (("代码", "Code"), 26),
        (("名称", "Name"), 40),
        (("保存单位", "Kept in"), 24),
        (("可用单位", "Units read"), 30),
        (("定义", "Definition"), 80),
    )
    spreadsheets.headings(sheet, [(_said(words, languages), width) for words, width in heads])
    for row, key in enumerate(keys, start=HEAD + 1):
        one, unit = known.indicators[key], known.units[known.indicators[key].unit]
        kept = Text(zh=unit.zh, en=one.unit)
        accepted = "、".join(name for name in unit.accepts if "en" in languages or not _foreign(name))
        cells = [
            key,
            _named(one, languages),
            _named(kept, languages),
            accepted,
            _named(one.definition, languages),
        ]
        for column, content in enumerate(cells, start=1):
            sheet.cell(row, column, content).alignment = aligned("left", wrap=True)
        texts = ((text, width) for text, (_, width) in zip(cells, heads, strict=True))
        sheet.row_dimensions[row].height = spreadsheets.height(texts)
    spreadsheets.ruled(sheet, HEAD + 1, len(keys), len(heads))


def _help(sheet: Any) -> None:
    spreadsheets.title(sheet, "填报说明 Help", _explained())
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 110
    for row, (name, line) in enumerate(HELP_LINES, start=HEAD):
        sheet.cell(row, 1, name).font = font(bold=not line)
        sheet.cell(row, 1).alignment = aligned("left")
        sheet.cell(row, 2, line).alignment = aligned("left", wrap=True)
        sheet.row_dimensions[row].height = spreadsheets.height([(line, 110)])


def _lists(book: openpyxl.Workbook, known: Catalogue, languages: Sequence[str] = LANGUAGES) -> None:
    sheet = book.create_sheet(_said(LISTS, languages))
    sheet["A1"] = _explained(languages)
    heads = ("地区", "指标", "单位", "状态", "口径")
    for column, (name, words) in enumerate(zip(heads, choices(known, languages), strict=True), start=1):
        sheet.cell(2, column, name)
        for row, word in enumerate(words, start=3):
            sheet.cell(row, column, word)
        sheet.column_dimensions[chr(64 + column)].width = 40
    sheet.sheet_state = "hidden"
