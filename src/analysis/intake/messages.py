"""What is wrong with received figures, said in Chinese and English: where, what stands there, what to do."""
# ruff: noqa: E501

from dataclasses import dataclass, field

WORDS = {
    # the file
    "old_format": {
        "zh": "不是可读取的表格（PDF、Word、图片、已损坏的文件等）；可读取 .xlsx、.xls、.et、.ods、.csv 和网页表格，请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx",
        "en": "is no table that can be read (a PDF, a Word file, a picture, a damaged file?); .xlsx, .xls, .et, .ods, .csv and tables of web pages are read: save it as .xlsx in Excel, WPS or LibreOffice",
    },
    "locked": {
        "zh": "文件有密码保护；请在 Excel 或 WPS 中取消密码后另存为 .xlsx",
        "en": "is protected by a password; open it in Excel or WPS, remove the password and save it as .xlsx",
    },
    "marked_binary": {
        "zh": "文件含有{value}，而该格式看不出在哪些单元格；请在 Excel 或 WPS 中另存为 .xlsx 再提交",
        "en": "holds {value}, and a file of this format does not tell on which cells; save it as .xlsx in Excel or WPS",
    },
    "cut_short": {
        "zh": "网页中的表格没有结束（文件没有下载完整？）；请重新下载，或打开网页把表格另存为 .xlsx",
        "en": "is a web page whose table does not end (not downloaded to its end?); fetch it again, or open it and save the table as .xlsx",
    },
    "pictured": {
        "zh": "工作簿里只有图片，图片中的数无法读取；请把数据录入单元格",
        "en": "the workbook holds only pictures, and figures in them cannot be read; write them into cells",
    },
    "no_table": {
        "zh": "是不含表格的网页；请打开网页，把表格另存为 .xlsx",
        "en": "is a web page without a table; open it and save the table as .xlsx",
    },
    "too_large": {
        "zh": "过大，无法读取（{value}）；请只保留数据所在的行、列和工作表，另存为 .xlsx",
        "en": "is too large to read ({value}); keep only the rows, columns and sheets with figures, and save it as .xlsx",
    },
    "far_cell": {
        "zh": "“{value}”离表格太远（可能是误填）；请删除该单元格后再提交",
        "en": "{value!r} stands far outside any table (a slip?); delete this cell",
    },
    "encoding": {
        "zh": "文字编码无法识别（不是 UTF-8、GB18030 或带 BOM 的 UTF-16）；请另存为 UTF-8 的 .csv 或 .xlsx",
        "en": "its text is neither UTF-8 nor GB18030 nor UTF-16 with a BOM; save it as .csv in UTF-8, or as .xlsx",
    },
    "foreign_encoding": {
        "zh": "文字编码似为 {value}，只读取 UTF-8、GB18030 和带 BOM 的 UTF-16；请另存为 UTF-8 的 .csv 或 .xlsx",
        "en": "its text looks like {value}; only UTF-8, GB18030 and UTF-16 with a BOM are read: save it as .csv in UTF-8, or as .xlsx",
    },
    "long_cell": {
        "zh": "第 {value} 行有一个单元格超过 {other} 个字符（引号没有成对？）；请改正",
        "en": "line {value} holds a cell of more than {other} characters (a quotation mark never closed?); correct it",
    },
    "swallowed_lines": {
        "zh": "单元格“{value}…”中含有整行数据（引号没有成对）；请改正引号，否则其中的数不会被读取",
        "en": "the cell {value!r}… holds whole lines of the table (a quotation mark never closed); correct it, or their figures are lost",
    },
    "two_delimiters": {
        "zh": "有两种分列方式都说得通：{readings}；请只保留一种分隔符，或另存为 .xlsx",
        "en": "can be split into columns in two ways: {readings}; keep one separator, or save it as .xlsx",
    },
    "empty": {"zh": "文件中没有数据；请填写后再提交", "en": "holds nothing; fill it in first"},
    "no_figures": {
        "zh": "没有读到任何数据；请在数值列填写数据",
        "en": "holds no figure; fill in the column of values",
    },
    # the layout
    "hidden_sheet": {
        "zh": "工作表被隐藏，无法判断其数据是否有效；请取消隐藏或删除该表",
        "en": "the sheet is hidden: are its figures meant? Unhide or delete it",
    },
    "hidden_cells": {
        "zh": "“{value}”所在的行或列被隐藏，无法判断是否有效；请取消隐藏或删除",
        "en": "{value!r} stands in a hidden row or column: is it meant? Unhide or delete it",
    },
    "struck": {
        "zh": "“{value}”（全部或部分）被划去，无法判断是否有效；请删除划去的内容，或取消删除线",
        "en": "{value!r} is struck out, in part or whole: does it still hold? Delete what is struck out, or undo the line",
    },
    "invisible": {
        "zh": "“{value}”的字色与底色相同或字号极小，看不见，无法判断是否有效；请改为可见或删除",
        "en": "{value!r} cannot be seen (the colour of its ground, or tiny): is it meant? Make it visible or delete it",
    },
    "no_heading": {
        "zh": "找不到表头（{value}）；请有一行写明“地区”“指标”“年份”“数值”等，或以年份为各列表头",
        "en": "no row of headings found ({value!r}); one row must say region, indicator, year and value, or have the years across",
    },
    "unknown_heading": {
        "zh": "不认识表头“{value}”；请改为地区、指标、年份、月份、数值、单位、状态、口径、备注、某一年份或指标名称，或删除该列",
        "en": "unknown heading {value!r}; write region, indicator, year, month, value, unit, status, basis, note, a year or an indicator, or delete the column",
    },
    "blank_heading": {
        "zh": "该列有内容（“{value}”）而无表头；请写明表头，合并的表头请取消合并并逐列填写",
        "en": "the column holds {value!r} but has no heading; write one (undo merged headings and fill in every column)",
    },
    "two_headings": {
        "zh": "“{value}”有两种理解：{readings}；请只写一种",
        "en": "{value!r} can be read in two ways: {readings}; write only one",
    },
    "double_heading": {
        "zh": "表头“{value}”与{other}重复；请只保留一列",
        "en": "the heading {value!r} repeats {other}; keep one of the columns",
    },
    "no_value_column": {
        "zh": "没有数值列；请加“数值”列，或以年份、指标为各列表头",
        "en": "there is no column of values; add a column 'value', or put years or indicators across",
    },
    "row_length": {
        "zh": "本行有 {value} 个单元格，而表头有 {other} 个（未加引号的千位逗号？）；请改正，使其一致",
        "en": "the row has {value} cells and the headings have {other} (a thousands comma without quotes?); make them agree",
    },
    "merged_value": {
        "zh": "合并单元格“{value}”覆盖了数值：是各格相同，还是其余缺失？请取消合并并逐格填写",
        "en": "the merged cell {value!r} covers values: the same in each, or missing in the others? Undo the merge and fill in each",
    },
    # what a figure is about
    "missing_field": {
        "zh": "不知道这些数是哪一{field}；请加“{field}”列，或在表上方写“{field}：…”，或加 --about “{field}：…”",
        "en": "nothing says which {field_en} these figures are of; add a column '{field_en}', or a line '{field_en}: …' above the table, or --about '{field_en}: …'",
    },
    "blank_field": {
        "zh": "缺少{field}：与上一行相同，还是漏填？请填写",
        "en": "the {field_en} is blank: the same as above, or forgotten? Fill it in",
    },
    "unknown_region": {
        "zh": "不认识地区“{value}”{near}；请写代码或全称，新地区先加入 data/regions.csv",
        "en": "unknown region {value!r}{near}; write its code or full name, or add a new one to data/regions.csv",
    },
    "unknown_indicator": {
        "zh": "不认识指标“{value}”{near}；请按《指标》表填写，新指标先加入 data/indicators.yml",
        "en": "unknown indicator {value!r}{near}; write it as on the sheet of indicators, or add a new one to data/indicators.yml",
    },
    "unknown_status": {
        "zh": "不认识状态“{value}”{near}；请从下拉列表中选择",
        "en": "unknown status {value!r}{near}; choose one from the drop-down list",
    },
    "unknown_basis": {
        "zh": "不认识口径“{value}”{near}；请留空（按公布日期采用现行口径）或写 data/indicators.yml 中的口径",
        "en": "unknown basis {value!r}{near}; leave it blank (the basis in force on the day of publication) or write one of data/indicators.yml",
    },
    "wrong_basis": {
        "zh": "口径“{value}”不适用于{other}；请改正或留空",
        "en": "the basis {value!r} is none of {other}; correct it or leave it blank",
    },
    "unknown_period": {
        "zh": "看不懂时期“{value}”；请写四位年份（2019），年内累计写 2019-06",
        "en": "{value!r} is no period; write a year of four digits (2019), or 2019-06 for the months up to June",
    },
    "two_readings": {
        "zh": "“{value}”有两种以上理解：{readings}；请写明其中一种",
        "en": "{value!r} can mean {readings}; write which",
    },
    "two_statements": {
        "zh": "“{value}”与“{other}”（{where}）不一致；请改正其中一处",
        "en": "{value!r} contradicts {other!r} ({where}); correct one of them",
    },
    # the value
    "not_a_number": {
        "zh": "“{value}”不是数；请只写数字，缺失请留空或写“…”",
        "en": "{value!r} is no number; write digits only, and leave a missing figure blank or write '…'",
    },
    "two_numbers": {
        "zh": "“{value}”有两种理解：{readings}；小数点请写“.”，千位逗号每三位一个",
        "en": "{value!r} can mean {readings}; write the decimal point as '.', thousands commas every three digits",
    },
    "power": {
        "zh": "“{value}”有两种理解：10 的乘方，还是带注码的 10；请写出完整数字",
        "en": "{value!r} can mean a power of ten, or 10 with a footnote mark; write the number in full",
    },
    "shortened_number": {
        "zh": "“{value}”是缩略的科学记数法，可能已丢失数字；请写出完整数字",
        "en": "{value!r} is in scientific notation and may have lost digits; write the number in full",
    },
    "bounded_number": {
        "zh": "“{value}”不是确切的数；请只写数字，并将状态设为“下限”或“预计数”",
        "en": "{value!r} is no exact figure; write the number alone and set the status to lower_bound or estimate",
    },
    "date": {
        "zh": "“{value}”是日期；数值请写数字，时期请写 2019 或 2019-06（单元格格式设为文本）",
        "en": "{value!r} is a date; write a number, or a period as 2019 or 2019-06 (format the cell as text)",
    },
    "formula_without_value": {
        "zh": "公式“{value}”没有保存计算结果；请在 Excel 或 WPS 中打开并保存，或粘贴为数值",
        "en": "the formula {value!r} has no stored result; open and save the file in Excel or WPS, or paste it as values",
    },
    "formula_error": {
        "zh": "单元格是错误值“{value}”；请改正公式，缺失请留空",
        "en": "the cell holds the error {value!r}; correct its formula, or leave a missing figure blank",
    },
    "boolean": {"zh": "“{value}”是逻辑值；请写数字", "en": "{value!r} is true or false; write a number"},
    "display_differs": {
        "zh": "显示格式改变了数的含义（{value}）：是存储的数，还是显示的数？请把单元格格式改为“常规”并写出完整数字",
        "en": "the cell's format changes what its number shows ({value}): which is meant? Format it as General and write the number in full",
    },
    "shown_percent": {
        "zh": "单元格显示为“{value}”，又另写了单位“{other}”：是 {value}，还是 {stored}{other}？请把格式改为“常规”，或删去另写的单位",
        "en": "the cell shows {value!r} and a unit {other!r} is given too: {value}, or {stored} {other}? Format it as General, or drop the unit",
    },
    "unit_missing": {
        "zh": "{indicator} 没有写单位：可能是{readings}；请在表上方写“单位：…”，或加 --about “单位：…”",
        "en": "no unit is given for {indicator}: it may be {readings}; write it above the table, or add --about 'unit: …'",
    },
    "unknown_unit": {
        "zh": "{indicator} 不能用单位“{value}”；可用：{readings}",
        "en": "{value!r} is no unit of {indicator}; it takes {readings}",
    },
    # checks
    "future_period": {
        "zh": "时期 {value} 晚于公布日期 {other}；请改正时期或公布日期",
        "en": "the period {value} is later than the publication on {other}; correct one of them",
    },
    "unknown_about": {
        "zh": "看不懂 --about “{value}”；请写 指标：…、单位：…、地区：… 或 年份：…",
        "en": "--about {value!r} is not understood; write indicator: …, unit: …, region: … or year: …",
    },
    "duplicate": {
        "zh": "{value} 与 {other} 是同一个数（同地区、指标、时期、口径）；请只保留一个",
        "en": "{value} is the same cell as {other} (region, indicator, period, basis); keep one",
    },
    "bounds": {
        "zh": "数值 {value} 超出 {indicator} 的可能范围 {other}；请改正数值或单位",
        "en": "{value} is outside the possible range of {indicator}, {other}; correct the value or its unit",
    },
    "not_whole": {
        "zh": "{indicator} 是计数，{value} 不是整数；请改正数值或单位",
        "en": "{indicator} is a count and {value} is not whole; correct the value or its unit",
    },
    "contradiction": {
        "zh": "{indicator} 为 {value}，而由 {other} 计算应为 {readings}；请核对这几个数及其口径",
        "en": "{indicator} is {value}, but {other} give {readings}; look at these figures and their basis",
    },
    "impossible_ratio": {
        "zh": "由 {other} 计算的 {indicator} 为 {readings}，超出可能范围；请核对数值和单位",
        "en": "{other} give {readings} for {indicator}, which is impossible; look at the values and units",
    },
    "changed_cell": {
        "zh": "{value} 与已归档的同日发布 {other} 不一致；已归档的不能改，更正请按新的公布日期归档",
        "en": "{value} differs from {other}, filed under the same day; what is filed stays: file a correction under its own day",
    },
    "withdrawal_value": {
        "zh": "撤回的数不应有数值（{value}）；请清空数值",
        "en": "a withdrawn figure has no value ({value}); clear it",
    },
    "withdrawal_reason": {
        "zh": "撤回须在备注中写明原因",
        "en": "a withdrawal must give its reason in the note",
    },
    "nothing_to_withdraw": {
        "zh": "该来源没有公布过 {value}，无可撤回；请核对地区、指标、时期和口径",
        "en": "this source never published {value}: nothing to withdraw; look at region, indicator, period and basis",
    },
    "two_to_withdraw": {
        "zh": "{value} 有几种口径的数：{readings}；请写明撤回哪一种",
        "en": "{value} stands on several bases: {readings}; write which is withdrawn",
    },
    # doubts: filed only when accepted by name
    "jump": {
        "doubt": "yes",
        "zh": "{value}，而 {other}：变动 {change}{slip}，超出可比地区历年变动（{readings}）；确认无误请加 --accept {cell}",
        "en": "{value} after {other}: {change}{slip}, beyond what comparable regions ever did ({readings}); if right, add --accept {cell}",
    },
    "implied": {
        "doubt": "yes",
        "zh": "{value}，按 {other} 计算，{indicator} 为 {change}，超出其他地区的范围（{readings}）；确认无误请加 --accept {cell}",
        "en": "{value} makes {indicator} {change} with {other}, outside the range of the other regions ({readings}); if right, add --accept {cell}",
    },
    "comment": {
        "doubt": "yes",
        "zh": "单元格“{content}”有批注：“{value}”；请据此改正，确认无误请加 --accept {cell}",
        "en": "the cell {content!r} has a comment: {value!r}; correct it accordingly, or if right, add --accept {cell}",
    },
    "conditional": {
        "doubt": "yes",
        "zh": "“{value}”设有条件格式，满足条件时会被划去、隐去或改变显示；请清除条件格式，确认数值有效请加 --accept {cell}",
        "en": "a conditional format may strike out or hide {value!r}, or show another number; clear it, or if the number holds, add --accept {cell}",
    },
    "text_box": {
        "doubt": "yes",
        "zh": "工作表上有文本框：“{value}”；请据此改正，与数据无关请加 --accept {cell}",
        "en": "a box of text lies over the sheet: {value!r}; correct the figures accordingly, or if it changes nothing, add --accept {cell}",
    },
    "display_unseen": {
        "doubt": "yes",
        "zh": "“{value}”：该格式的文件不说明单元格是否显示为百分数（{readings}）；请另存为 .xlsx，确认为前者请加 --accept {cell}",
        "en": "{value!r}: a file of this format does not tell whether the cell shows per cent ({readings}); save it as .xlsx, or if the first, add --accept {cell}",
    },
    "written_number": {
        "doubt": "yes",
        "zh": "有 {other} 个数以文本存储（{value}……），该格式的文件看不出其中有无上标注码；请另存为 .xlsx，确认无注码请加 --accept {cell}",
        "en": "{other} numbers are stored as text ({value} …), and a file of this format does not tell raised footnote marks apart; save it as .xlsx, or if there are none, add --accept {cell}",
    },
    "narrower": {
        "doubt": "yes",
        "zh": "“{value}”似只涉及一部分（规模以上企业、高校等）或不是实际数（计划、预测），而数据按全部实际数归档；确认无误请加 --accept {cell}",
        "en": "{value!r} speaks of a part (large enterprises, universities) or of a plan or forecast, and figures are filed as actual and of all; if they are, add --accept {cell}",
    },
    "part_year": {
        "doubt": "yes",
        "zh": "“{value}”说的是一年中的几个月，而年份写作全年的数按全年归档；累计数请写明时期（2019-06），确认各数时期无误请加 --accept {cell}",
        "en": "{value!r} speaks of some months of a year, and figures under a year are filed as of all of it; write the months (2019-06), or if the periods are right, add --accept {cell}",
    },
    "compared": {
        "doubt": "yes",
        "zh": "“{value}”似为位次、增速、指数、人均、年均或累计数，而数据按当年总量归档；确认无误请加 --accept {cell}",
        "en": "{value!r} speaks of ranks, growth, an index, averages or sums of years, and figures are filed as those of each year; if they are, add --accept {cell}",
    },
    "unread_heading": {
        "doubt": "yes",
        "zh": "“{value}”写在表头上方，与其他文字并列，看不懂：若是其下各列的表头，请写入表头行；与数据无关请加 --accept {cell}",
        "en": "{value!r} stands above the headings beside others and is not understood: if it heads the columns below, write it into their headings; if it changes nothing, add --accept {cell}",
    },
    "other_prices": {
        "doubt": "yes",
        "zh": "“{value}”似为不变价、可比价或指数，而数据按当年价归档；确认为当年价请加 --accept {cell}",
        "en": "{value!r} speaks of constant prices or an index, and figures are filed at current prices; if they are, add --accept {cell}",
    },
    "late_publication": {
        "doubt": "yes",
        "zh": "公布日期 {value} 晚于{other}，在此之前不会用于任何判断；请改正日期，确认无误请加 --accept published",
        "en": "the publication on {value} is later than {other}: before that day it reaches no answer; correct the date, or if right, add --accept published",
    },
    "level": {
        "doubt": "yes",
        "zh": "{value}，远在其他地区的范围（{readings}）之外；确认无误请加 --accept {cell}",
        "en": "{value} is far outside the range of the other regions ({readings}); if right, add --accept {cell}",
    },
    "beyond_parent": {
        "doubt": "yes",
        "zh": "{value}，超过其所属{region} {period} 年的 {other}；确认无误请加 --accept {cell}",
        "en": "{value} is more than the {other} of {region} in {period}, to which it belongs; if right, add --accept {cell}",
    },
    "hardly_part": {
        "doubt": "yes",
        "zh": "{value}，在其所属{region} {period} 年的 {other} 中微乎其微，单位是否写错？确认无误请加 --accept {cell}",
        "en": "{value} is next to nothing of the {other} of {region} in {period}, to which it belongs: a wrong unit? If right, add --accept {cell}",
    },
    "running_year": {
        "doubt": "yes",
        "zh": "{value} 年在公布日期 {other} 尚未结束：是全年数，还是累计数（应写 {readings}）？确认为全年数请加 --accept {cell}",
        "en": "the year {value} had not ended on {other}: a whole year, or the months so far (write {readings})? If the year, add --accept {cell}",
    },
    "zero": {
        "doubt": "yes",
        "zh": "{indicator} 为 0：确为零，还是缺失？缺失请留空；确认为零请加 --accept {cell}",
        "en": "{indicator} is 0: none, or not known? Leave it blank if not known; if none, add --accept {cell}",
    },
    # remarks: said, not asked
    "late": {
        "remark": "yes",
        "zh": "早于该来源已归档的最近一次发布（{other}）：将按 {value} 已知计入，以后各日的判断可能改变",
        "en": "older than the source's latest release filed ({other}): it counts as known from {value}, and assessments since may change",
    },
    "passed_row": {
        "remark": "yes",
        "zh": "“{value}”一行不是所列地区、指标或年份的数，未读取",
        "en": "row {value!r} passed over: a subtotal, rank, growth rate or another series",
    },
    "passed_column": {
        "remark": "yes",
        "zh": "“{value}”一列是位次、增速或比重，未读取",
        "en": "column {value!r} passed over: ranks, growth rates or shares",
    },
    "passed_sheet": {
        "remark": "yes",
        "zh": "工作表没有表格，未读取",
        "en": "sheet passed over: it holds no table",
    },
    "blind": {
        "remark": "yes",
        "zh": "该格式只能读取数值，看不到批注、删除线、隐藏的行列和显示格式；如有，请另存为 .xlsx",
        "en": "only the values of this format are read, not comments, struck-out or hidden cells and how numbers are shown; save it as .xlsx if there are any",
    },
    "note_line": {
        "remark": "yes",
        "zh": "表下文字未作为数据：{value}",
        "en": "text below the table, not read as figures: {value}",
    },
}
FIELDS = {
    "region": "地区",
    "indicator": "指标",
    "period": "年份",
    "value": "数值",
    "unit": "单位",
    "status": "状态",
    "basis": "口径",
}


@dataclass(frozen=True)
class Problem:
    """Something about a received cell. ``code`` is a key of ``WORDS``; ``facts`` fill its sentence."""

    code: str
    sheet: str
    facts: dict = field(default_factory=dict)
    cell: str = ""

    @property
    def doubt(self) -> bool:
        return "doubt" in WORDS[self.code]

    @property
    def remark(self) -> bool:
        return "remark" in WORDS[self.code]

    @property
    def place(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


def say(problem: Problem, language: str, cells: list[str] | None = None) -> str:
    """Return one line: the sheet, the cell or cells, the value and the remedy."""
    facts = {"cell": problem.cell, "near": "", **problem.facts}
    facts |= {f"{name}": value[language] for name, value in facts.items() if isinstance(value, dict)}
    if "field" in facts:
        facts |= {"field_en": facts["field"], "field": FIELDS[facts["field"]]}
    sentence = WORDS[problem.code][language].format_map(facts)
    colon = "：" if language == "zh" else ": "
    where = "、" if language == "zh" else ", "
    place = problem.place if not cells else f"{problem.sheet}!{where.join(cells)}"
    return f"{place}{colon}{sentence}"


def listing(problems: list[Problem], language: str) -> list[str]:
    """Say all problems, one line each; the same complaint about the same content is said once, with all its cells."""
    groups: dict[tuple, list[Problem]] = {}
    for one in problems:
        key = (
            (one.code, one.sheet, repr(one.facts))
            if not one.doubt
            else (one.place, one.code, repr(one.facts))
        )
        groups.setdefault(key, []).append(one)
    return [say(alike[0], language, ranges([one.cell for one in alike])) for alike in groups.values()]


def ranges(cells: list[str]) -> list[str]:
    """Join neighbours in a column: B5, B6, B7 is B5:B7."""
    found: list[list[tuple[str, int]]] = []
    for cell in dict.fromkeys(filter(None, cells)):
        letters = cell.rstrip("0123456789")
        row = int(cell[len(letters) :] or -1)  # -1: no cell of a sheet but a word, such as "published"
        if row > 0 and found and found[-1][-1] == (letters, row - 1):
            found[-1].append((letters, row))
        else:
            found.append([(letters, row)])
    return [
        run[0][0]
        + (str(run[0][1]) if run[0][1] > 0 else "")
        + (f":{run[-1][0]}{run[-1][1]}" if len(run) > 1 else "")
        for run in found
    ]
