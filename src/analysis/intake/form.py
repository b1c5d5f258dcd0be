"""The workbook to fill in: observations with drop-down lists, indicators explained, worked examples, help."""

# ruff: noqa: E501

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis import catalogue, printing, tables
from analysis.catalogue import Catalogue
from analysis.intake.sheets import NOT_READ
from analysis.places import DATA

OBSERVATIONS, EXAMPLES, INDICATORS, HELP, LISTS = (
    "数据 Data",
    "示例 Examples",
    "指标 Indicators",
    "说明 Help",
    "选项 Lists",
)
ROWS = 500  # rows of the form with drop-down lists
HEADINGS = (
    ("地区 Region", 24, "从下拉列表中选择，或写代码或名称。\nChoose, or write a code or a name."),
    ("指标 Indicator", 46, "从下拉列表中选择；含义见《指标》表。\nChoose; see the sheet of indicators."),
    ("时期 Period", 12, "全年写 2019；年内累计写 2019-06（1—6月）。\nA year: 2019; the months up to June: 2019-06."),
    ("数值 Value", 14, "只写数字；缺失请留空或写“…”，不要写 0。\nDigits only; leave a missing figure blank, never 0."),
    ("单位 Unit", 18, "从下拉列表中选择；各指标可用的单位见《指标》表。\nChoose; see the sheet of indicators for the units of each."),
    ("状态 Status", 26, "不填即“公布数”；撤回请选“撤回”、数值留空、备注写原因。\nBlank: as reported. To withdraw a figure, clear its value and give the reason in the note."),
    ("口径 Basis", 26, "一般不填：按公布日期采用现行口径。\nNormally blank: the basis in force on the day of publication."),
    ("备注 Note", 36, "来源页码、疑问、撤回原因等。\nPage, doubts, the reason of a withdrawal."),
)  # fmt: skip
EXAMPLE_ROWS = (
    ("示例市 Exampleville", "rd_expenditure 研究与试验发展（R&D）经费", 2019, 13.45, "亿元", "首次公布 first release", "全年数 a whole year"),
    ("示例市 Exampleville", "rd_expenditure 研究与试验发展（R&D）经费", 2018, 121900, "万元", "修订数 revised", "以万元填报，按 1 万元 = 0.0001 亿元换算 converted exactly"),
    ("示例市 Exampleville", "rd_intensity 研究与试验发展（R&D）经费投入强度", 2019, 0.86, "%", "首次公布 first release", "写 0.86，不写 0.0086 write 0.86, not 0.0086"),
    ("示例市 Exampleville", "national_hte_new 新增国家级高新技术企业", "2019-06", 11, "家", "公布数 as reported", "1—6月累计 January to June together"),
    ("示例市 Exampleville", "national_hte_new 新增国家级高新技术企业", 2019, "…", "家", "", "尚未公布：留空或写“…” not yet known"),
    ("示例市 Exampleville", "hightech_va_share 高新技术产业增加值占规模以上工业增加值的比重", 2016, 25, "%", "下限（仅供参考） lower bound (evidence only)", "原文“超过25%” printed as above 25 %"),
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


def template(path: Path | str, folder: Path = DATA) -> Path:
    """Write the workbook to fill in, for Excel, WPS and LibreOffice; the same catalogue gives the same bytes."""
    from openpyxl import Workbook

    known = catalogue.read(folder)
    book = Workbook()
    stamp = datetime(2020, 1, 1)
    book.properties.creator, book.properties.created, book.properties.modified = "analysis", stamp, stamp
    _data(book.active, known)
    _examples(book.create_sheet(EXAMPLES))
    _indicators(book.create_sheet(INDICATORS), known)
    _help(book.create_sheet(HELP))
    _lists(book.create_sheet(LISTS), known)
    return _saved(book, Path(path))


def choices(known: Catalogue) -> tuple[list[str], ...]:
    """Return the drop-down lists: regions, indicators, units, statuses, bases."""
    units = dict.fromkeys(name for unit in known.units.values() for name in unit.accepts)
    return (
        [f"{code} {one.zh} {one.en}" for code, one in known.regions.items()],
        [f"{key} {one.zh}" for key, one in known.indicators.items()],
        [name for name in units if not name.isascii() or "%" in name]
        + [name for name in units if name.isascii() and "%" not in name],
        [" ".join(printing.each(f"status.{status}")) for status in tables.STATUSES],
        list(known.bases),
    )


def _data(sheet: Any, known: Catalogue) -> None:
    """Write the empty table with its lists."""
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.title = OBSERVATIONS
    _title(
        sheet,
        "统计数据填报表 Form for observations",
        "一行一个数；每列的说明见选中单元格时的提示。 One figure a row; select a cell to see its help.",
    )
    _table(sheet, 3)
    columns = {"A": 0, "B": 1, "E": 2, "F": 3, "G": 4}
    lists = choices(known)
    for letter, (name, _, prompt) in zip("ABCDEFGH", HEADINGS, strict=True):
        if letter in columns:
            position = columns[letter]
            column = chr(65 + position)
            source = f"'{LISTS}'!${column}$3:${column}${len(lists[position]) + 2}"
            rule = DataValidation("list", formula1=source, allow_blank=True, errorStyle="warning")
        else:
            rule = DataValidation(allow_blank=True)
        rule.showInputMessage, rule.promptTitle, rule.prompt = True, name, prompt
        rule.showErrorMessage = letter in columns
        rule.errorTitle, rule.error = name, "不在列表中。 Not in the list."
        rule.add(f"{letter}4:{letter}{ROWS + 3}")
        sheet.add_data_validation(rule)
    _ruled(sheet, 4, 40)
    for row in range(4, ROWS + 4):
        for place in range(1, 9):
            sheet.cell(row, place).alignment = _aligned({3: "center", 4: "right"}.get(place, "left"))
        sheet.cell(row, 3).number_format = "@"
        sheet.row_dimensions[row].height = 18
    sheet.freeze_panes = "A4"


def _examples(sheet: Any) -> None:
    _title(
        sheet,
        "填报示例 Worked examples",
        f"本表只作说明，{NOT_READ}；“示例市”并不存在。 This sheet is never read; Exampleville does not exist.",
    )
    _table(sheet, 3)
    for row, (region, indicator, period, value, unit, status, note) in enumerate(EXAMPLE_ROWS, start=4):
        for column, content in enumerate((region, indicator, period, value, unit, status, "", note), start=1):
            one = sheet.cell(row, column, content)
            one.alignment = _aligned({3: "center", 4: "right"}.get(column, "left"), wrap=True)
        sheet.row_dimensions[row].height = 34
    _ruled(sheet, 4, len(EXAMPLE_ROWS))


def _indicators(sheet: Any, known: Catalogue) -> None:
    _title(sheet, "指标说明 Indicators", f"本表只作说明，{NOT_READ}。 This sheet is never read.")
    heads = (
        ("代码 Code", 26),
        ("名称 Name", 40),
        ("保存单位 Kept in", 24),
        ("可用单位 Units read", 30),
        ("定义 Definition", 80),
    )
    _headings(sheet, 3, heads)
    for row, (key, one) in enumerate(known.indicators.items(), start=4):
        accepted = "、".join(known.units[one.unit].accepts)
        cells = (
            key,
            f"{one.zh}\n{one.en}",
            f"{known.units[one.unit].zh}\n{one.unit}",
            accepted,
            f"{one.definition.zh}\n{one.definition.en}",
        )
        for column, content in enumerate(cells, start=1):
            sheet.cell(row, column, content).alignment = _aligned("left", wrap=True)
        sheet.row_dimensions[row].height = 15.5 * max(
            2,
            -(-_width(one.definition.en) // 78) + -(-_width(one.definition.zh) // 78),
            -(-_width(one.en) // 38) + -(-_width(one.zh) // 38),
            -(-_width(accepted) // 28),
        )
    _ruled(sheet, 4, len(known.indicators), 5)
    sheet.freeze_panes = "A4"


def _help(sheet: Any) -> None:
    _title(sheet, "填报说明 Help", f"本表只作说明，{NOT_READ}。 This sheet is never read.")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 110
    for row, (name, line) in enumerate(HELP_LINES, start=3):
        sheet.cell(row, 1, name).font = _font(bold=not line)
        sheet.cell(row, 1).alignment = _aligned("left")
        sheet.cell(row, 2, line).alignment = _aligned("left", wrap=True)
        sheet.row_dimensions[row].height = 32 if _width(line) > 108 else 18


def _lists(sheet: Any, known: Catalogue) -> None:
    sheet["A1"] = f"下拉列表，{NOT_READ}。 Drop-down lists, never read."
    for column, (name, words) in enumerate(
        zip(("地区", "指标", "单位", "状态", "口径"), choices(known), strict=True), start=1
    ):
        sheet.cell(2, column, name)
        for row, word in enumerate(words, start=3):
            sheet.cell(row, column, word)
        sheet.column_dimensions[chr(64 + column)].width = 40
    sheet.sheet_state = "hidden"


def _title(sheet: Any, title: str, line: str) -> None:
    sheet["A1"], sheet["A2"] = title, line
    sheet["A1"].font, sheet["A2"].font = _font(bold=True, size=15), _font(colour="5A6B7B")
    sheet.row_dimensions[1].height = 24
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr = _fit_to_width()
    sheet.page_setup.fitToHeight = 0


def _fit_to_width() -> Any:
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)


def _table(sheet: Any, row: int) -> None:
    _headings(sheet, row, [(name, width) for name, width, _ in HEADINGS])


def _headings(sheet: Any, row: int, heads: Iterable[tuple[str, int]]) -> None:
    from openpyxl.styles import PatternFill

    for column, (name, width) in enumerate(heads, start=1):
        one = sheet.cell(row, column, name)
        one.font, one.fill = _font(bold=True, colour="FFFFFF"), PatternFill("solid", fgColor="1F3A5F")
        one.alignment = _aligned("center", wrap=True)
        sheet.column_dimensions[chr(64 + column)].width = width
    sheet.row_dimensions[row].height = 22
    sheet.print_title_rows = f"{row}:{row}"


def _ruled(sheet: Any, first: int, count: int, columns: int = 8) -> None:
    """Draw thin lines below the rows a reader sees first."""
    from openpyxl.styles import Border, Side

    line = Border(bottom=Side("hair", color="A0AAB4"))
    for row in range(first, first + count):
        for column in range(1, columns + 1):
            sheet.cell(row, column).border = line


def _font(bold: bool = False, size: int = 11, colour: str = "1A1A1A") -> Any:
    from openpyxl.styles import Font

    return Font(name="Microsoft YaHei", bold=bold, size=size, color=colour)


def _aligned(horizontal: str, wrap: bool = False) -> Any:
    from openpyxl.styles import Alignment

    return Alignment(horizontal, vertical="center", wrap_text=wrap, indent=0 if horizontal == "center" else 1)


def _width(text: str) -> int:
    """Return the width of a text in columns: a Chinese character takes two."""
    return sum(1 if sign.isascii() else 2 for sign in text)


def _saved(book: Any, path: Path) -> Path:
    """Save with sorted members and one fixed date, so that the bytes depend on the content alone."""
    import io
    import zipfile

    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _undated(content)
            new.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def _undated(core: bytes) -> bytes:
    import re

    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", core)
