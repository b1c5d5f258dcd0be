"""Files that lead astray: what stands beside figures, how cells show them, what is cut off or stands far away."""

# ruff: noqa: E501

import io
import struct
import zipfile

import openpyxl
import pytest
from openpyxl.formatting.rule import DataBarRule, FormulaRule, IconSetRule
from openpyxl.styles import Font

from analysis.intake import figures, messages, older
from test_received import (
    FORM,
    HEADS,
    MONEY,
    ROW,
    SHARE,
    book,
    codes,
    found,
    open_document,
    read,
    refusal,
    rewritten,
    saved,
    text,
    xls,
)

ONE = {("410000", MONEY, "2024"): 1302.1}
TWO = {("410000", MONEY, "2023"): 1211.7, **ONE}
TABLE = [["地区", "年份", "R&D经费（亿元）"], ["河南", 2024, 1302.1]]
ACROSS = [["地区", "2023年", "2024年"], ["河南", 1211.7, 1302.1]]


def sheet(rows: list[list[object]], name: str = "表1", merged: tuple[str, ...] = ()) -> figures.Reading:
    made = book(rows, names=(name,))
    for area in merged:
        made.active.merge_cells(area)
    return read(saved(made))


# What is said beside the figures


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2024年规模以上工业企业R&D经费情况（单位：亿元）", "narrower"),
        ("规模以上工业企业R&D活动情况 单位：亿元", "narrower"),
        ("2024年各地区企业R＆D经费", "narrower"),
        ("国家高新区主要指标", "narrower"),
        ("2-10 主要经济指标（市辖区）", "narrower"),
        ("2024年市本级支出", "narrower"),
        ("注：规上工业", "narrower"),
        ("2024年1—9月主要指标", "two_statements"),
        ("2024年前三季度主要指标", "part_year"),
        ("河南统计月报（2024年9月）", "part_year"),
        ("地区生产总值指数（上年为100）", "other_prices"),
        ("2024年R&D经费位次", "compared"),
        ("R&D经费增长速度（%）", "compared"),
        ("“十四五”以来年均R&D经费", "compared"),
        ("R&D经费及增长速度", ""),
        ("2024年1-12月主要指标", ""),
        ("注：包括规模以上工业企业、高等学校和研究机构", ""),
        ("填报单位：漯河市科技局", ""),
    ],
)
def test_a_title_that_speaks_of_a_part_is_doubted_wherever_the_unit_stands(line, code):
    reading = sheet([[line], *TABLE])
    assert found(reading) == ONE and "".join(codes(reading)) == code


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("注：本表统计范围为规模以上工业企业。", "narrower"),
        ("以上数据为规上工业口径", "narrower"),
        ("注：R&D经费统计范围包括规模以上工业企业、高校和研究机构。", ""),
        ("制表单位：规划科", ""),
    ],
)
def test_a_note_is_doubted_where_it_narrows_and_not_where_it_explains(note, code):
    assert "".join(codes(sheet([*TABLE, [note]]))) == code


@pytest.mark.parametrize(
    ("name", "code"), [
        *[("规上工业企业", "narrower"), ("2020年不变价", "other_prices"), ("位次", "compared"), ("全社会", ""), ("一般公共预算支出", "two_statements")],
        *[(name, "narrower") for name in ("企业", "制造业", "市区", "作废", "比重")],
        *[(name, "part_year") for name in ("9月", "24年9月", "九月份", "2024Q3", "2024H1", "季报", "半年报")],
        *[(name, "") for name in ("2024年", "河南", "Sheet1", "快报")],
    ],
)  # fmt: skip
def test_the_name_of_a_sheet_is_heard(name, code):
    problems = [one for one in sheet(TABLE, name).problems if not one.remark]
    assert [(one.code, one.cell) for one in problems] == ([(code, "name")] if code else [])


@pytest.mark.parametrize(
    ("note", "code"),
    [("仅规模以上工业企业", "narrower"), ("预计数", "narrower"), ("单位：万元", "two_statements"), ("单位：亿元", ""), ("公报", ""),
     ("万元", "two_statements"), ("亿元", ""), ("应为1320.1", "wrong_noted"), ("作废", "wrong_noted"), ("待核实", "wrong_noted"), ("上年数", "wrong_noted"),
     ("推算", "narrower"), ("制造业", "narrower"), ("第12页", ""), ("含高校", "")],
)  # fmt: skip
def test_the_note_of_a_row_is_heard(note, code):
    assert "".join(codes(read(text([[*HEADS, "备注"], [*ROW, note]])))) == code


@pytest.mark.parametrize(
    ("title", "refused"),
    [("2023年R&D经费（亿元）", False), ("2022年R&D经费（亿元）", True),
     ("河南省R&D经费（亿元）", False), ("湖北省R&D经费（亿元）", True), ("漯河市R&D经费（亿元）", True), ("全国R&D经费（亿元）", False), ("2024年1-9月R&D经费（亿元）", True), ("R&D经费（亿元）", False)],
)  # fmt: skip
def test_a_title_names_the_period_region_and_indicator_of_its_figures(title, refused):
    reading = sheet([[title], *ACROSS])
    assert codes(reading) == ["two_statements"] * refused and found(reading) == TWO
    assert codes(sheet([["R&D经费（亿元）"], ["地区", "年份", "地区生产总值"], ["河南", 2023, 59132.4]])) == [
        "two_statements"
    ]


@pytest.mark.parametrize(
    ("above", "merged", "doubted"),
    [
        ([None, "企业", None, None], (), True),
        ([None, "科技统计", None, None], (), False),  # a title
        ([None, "企业", None, "高等院校"], (), True),
        ([None, "R&D经费（亿元）", None, "其中：企业"], ("B1:C1",), True),
        ([None, "内部资料", None, "单位：亿元"], (), False),
    ],
)
def test_words_above_the_headings_that_nobody_understands_are_doubted(above, merged, doubted):
    rows = [above, ["地区", "2022", "2023", "2024"], ["河南", 1143.3, 1211.7, 1100]]
    assert ("unread_heading" in codes(sheet(rows, merged=merged))) == doubted


def test_a_heading_merged_over_some_columns_that_nobody_understands_is_doubted_once():
    rows = [
        ["R&D经费（亿元）"],
        [None, None, "内资", None],
        ["地区", "2022", "2023", "2024"],
        ["河南", 1143.3, 1211.7, 1302.1],
    ]
    assert codes(sheet(rows, merged=("C2:D2",))) == ["unread_heading"]
    rows[1] = [None, None, "制造业", None]
    assert codes(sheet(rows, merged=("C2:D2",))) == codes(sheet(rows)) == ["unread_heading"]


def test_a_row_of_a_region_stays_one_with_its_group_or_total_beside_it():
    rows = [["R&D经费（亿元）"], ["区域", "省份", "2023年", "2024年"], ["中部", "河南", 1211.7, 1302.1]]
    assert found(sheet(rows)) == TWO
    rows = [
        ["R&D经费（亿元）"],
        ["地区", "2024年", "Region"],
        ["全国", 36130, "Total"],
        ["河南", 1302.1, "Henan"],
    ]
    assert found(sheet(rows)) == {("000000", MONEY, "2024"): 36130.0, **ONE}
    rows = [
        ["R&D经费（亿元）"],
        ["省份", "城市", "2024年"],
        ["河南", "合计", 1302.1],
        ["河南", "洛阳", 180.1],
    ]
    assert found(sheet(rows)) == {
        ("410300", MONEY, "2024"): 180.1
    }  # of the province, or of the cities listed?


def test_a_further_table_continues_the_one_above_it_and_not_the_one_beside_that():
    heads = ["地区", "数值", None, "地区", "数值"]
    rows = [
        ["2024年R&D经费投入强度（%）", None, None, "2024年财政科技支出占比（%）"],
        heads,
        ["郑州", 2.5, None, "开封", 2.6],
    ]
    reading = sheet([*rows, [], heads, ["洛阳", 2.1, None, "漯河", 2.9]])
    told = {(one.region, one.indicator): one.value for one in reading.figures.itertuples()}
    assert told == {
        ("410100", SHARE): 2.5, ("410200", "fiscal_st_share"): 2.6, ("410300", SHARE): 2.1, ("411100", "fiscal_st_share"): 2.9,
    }  # fmt: skip


def test_sheets_by_year_are_of_their_years():
    made = book([["2023年R&D经费（亿元）"], ["地区", "数值"], ["河南", 1211.7]], names=("2023年",))
    other = made.create_sheet("2024年")
    for row in (["2023年R&D经费（亿元）"], ["地区", "数值"], ["河南", 1302.1]):
        other.append(row)
    assert "two_statements" in codes(read(saved(made)))


def test_a_number_like_a_year_in_the_last_row_is_a_figure():
    count = [["地区", "2023年有效期内国家高新技术企业数"], ["郑州", 5200], ["洛阳", 2023]]
    reading = sheet([*count, ["地区", "2023年R&D经费（亿元）"], ["洛阳", 180.2]])
    assert found(reading)["410300", "national_hte_stock", "2023"] == 2023 and len(reading.figures) == 3
    titled = [
        ["河南"],
        ["指标", "2023年"],
        ["R&D经费（亿元）", 1211.7],
        ["湖北"],
        ["指标", "2023年"],
        ["R&D经费（亿元）", 1408.2],
    ]
    assert found(sheet(titled)) == {("410000", MONEY, "2023"): 1211.7, ("420000", MONEY, "2023"): 1408.2}
    assert codes(sheet([*count[:2], ["漯河"], ["年份", "R&D经费（亿元）"], [2023, 38.1]])) == [
        "missing_field"
    ]


def test_a_title_beside_its_unit_is_no_row_of_headings():
    assert found(sheet([[None, "各地区R&D经费", "单位：亿元"], *ACROSS])) == TWO
    assert found(sheet([["2024年各地区R&D经费   单位：亿元"], ["地区", "数值"], ["河南", 1302.1]])) == ONE
    line = ["填报单位：漯河市科技局", None, "2025年3月", "单位：亿元"]
    assert found(sheet([line, ["地区", "指标", "年份", "数值"], ["河南", "R&D经费", 2024, 1302.1]])) == ONE


TITLED = [["R&D经费（亿元）"], *ACROSS]
NOTED = [[*HEADS, "备注"], ROW]
PERIODS = [["地区", "2021-2024年R&D经费（亿元）"], ["河南", 4700]]


@pytest.mark.parametrize(
    ("rows", "name", "code"),
    [
        # a blank takes nothing from the title where others are not blank
        (
            [
                ["河南省R&D经费（亿元）"],
                ["城市", "年份", "R&D经费"],
                ["郑州市", 2023, 400.1],
                ["", 2024, 420.5],
            ],
            "表1",
            "blank_field",
        ),
        (
            [["年份", "地区", "R&D经费（亿元）"], [2023, "河南", 1211.7], ["", "湖北", 1408.2]],
            "2024年",
            "blank_field",
        ),
        (
            [
                ["年份", "郑州市", "", "洛阳市"],
                ["", "R&D经费（亿元）", "财政科技支出（亿元）", "R&D经费（亿元）"],
                [2024, 420.5, 60.1, 180.5],
            ],
            "河南省",
            "missing_field",
        ),
        (
            [
                ["地区", "2023年", "", "2024年"],
                ["", "R&D经费（亿元）", "地区生产总值（亿元）", "R&D经费（亿元）"],
                ["河南", 1211.7, 59107.4, 1302.1],
            ],
            "2024年",
            "missing_field",
        ),
        # what stands around contradicts the headings
        ([TITLED[0], ["时间：2024年1-9月"], *ACROSS], "表1", "two_statements"),
        ([TITLED[0], ["地区：湖北省"], *ACROSS], "表1", "two_statements"),
        (
            [["指标：R&D经费投入强度"], ["地区", "2024年R&D经费（亿元）"], ["河南", 1302.1]],
            "表1",
            "two_statements",
        ),
        (TITLED, "2024年1-9月", "two_statements"),
        (TITLED, "郑州市", "two_statements"),
        (TITLED, "2025年鉴", ""),
        (TITLED, "全国", ""),
        ([TITLED[0], ["2024年9月"], *ACROSS], "表1", "part_year"),
        ([["2024年11月各地区主要指标"], *TABLE], "表1", "part_year"),
        ([["制表日期：2024年11月8日"], *TABLE], "表1", ""),
        # lines that head a part, other months, other prices
        *[
            ([TITLED[0], [line], *ACROSS], "表1", "unread_heading")
            for line in ("企业", "政府资金", "（基础研究）", "美元", "作废")
        ],
        *[
            ([TITLED[0], [line], *ACROSS], "表1", "part_year")
            for line in ("当月值", "前11个月", "截至11月末", "1月-11月", "H1", "单季")
        ],
        *[
            ([TITLED[0], [line], *ACROSS], "表1", "other_prices")
            for line in ("按2020年价格计算", "（2020年价）", "1978年=100")
        ],
        ([TITLED[0], ["任务数"], *ACROSS], "表1", "narrower"),
        (
            [
                ["2024年各地区高新技术企业发展情况（千家）"],
                ["地区", "有效期内国家高新技术企业数"],
                ["河南", 13],
            ],
            "2024",
            "unread_heading",
        ),
        (
            [
                ["2024年全省一般公共预算支出情况"],
                ["单位：亿元"],
                ["地区", "指标", "2024年"],
                ["河南", "一般公共预算支出", 11500.1],
            ],
            "表1",
            "",
        ),
        # the unit without a colon
        *[
            ([["R&D经费"], [line], *ACROSS], "表1", "")
            for line in ("单位（亿元）", "单位为亿元", "计量单位 亿元")
        ],
        # notes
        *[([*TITLED, [note]], "表1", "part_year") for note in ("注：2024年为1-9月数据",)],
        *[
            ([*TITLED, [note]], "表1", "narrower")
            for note in ("注：2024年数据为预计数", "说明：以下为规模以上工业企业数")
        ],
        ([*TITLED, ["注：计量单位为万元"]], "表1", "two_statements"),
        ([TITLED[0], ACROSS[0], ["河南", 1211.7, "1302.1*"], ["* 为2023年数据。"]], "表1", "other_year"),
        *[
            ([NOTED[0], [*ROW, note]], "表1", code)
            for note, code in (
                ("1-9月", "part_year"),
                ("全年预计数", "narrower"),
                ("预计数，待核实", "narrower"),
                ("为规模以上工业企业数", "narrower"),
                ("2023年数据", "other_year"),
                ("2024年数据", ""),
            )
        ],
        # two units, a unit of a ratio, a unit in a sentence
        ([["2024年各地区R&D经费（万元）"], ["单位：亿元"], *ACROSS], "表1", "two_statementstwo_statements"),
        (
            [["R&D经费（亿元）"], ["2024年科技投入概况（万元）"], *ACROSS],
            "表1",
            "two_statementstwo_statements",
        ),
        (
            [["有效期内国家高新技术企业数（家/万人）"], *ACROSS],
            "表1",
            "unread_headingmissing_fieldmissing_field",
        ),
        ([*TITLED, ["注：2024年数据以万元为单位。"]], "表1", "two_statements"),
        ([*TITLED, ["注：2024年金额按万元列示。"]], "表1", "two_statements"),
        ([*TITLED, ["注：单位：吨"]], "表1", "two_statements"),
        ([NOTED[0], [*ROW, "元"]], "表1", "two_statements"),
        *[
            ([*TITLED, [note]], "表1", "")
            for note in (
                "注：数据以亿元为单位，以现价计算，以2020年为基期。",
                "注：2018年以后统计口径有调整，以统计年鉴为准。",
                "注：以上合计不等系四舍五入，以企业为单位统计。",
                "注：本表计量单位为亿元，以法人单位为统计单位。",
                "注：统计口径沿用上年。",
            )
        ],
        ([["地区", "年份", "R&D经费（亿元）", "备注"], ["河南", 2024, 1302.1, "亿元"]], "表1", ""),
        # a word alone over a later column
        ([TITLED[0], [None, None, "全国"], *ACROSS], "表1", "unread_heading"),
        ([TITLED[0], [None, None, "快报数"], *ACROSS], "表1", "unread_heading"),
        ([TITLED[0], [None, "河南省"], *ACROSS], "表1", ""),
        # sheets that go by another indicator, or by years
        (
            [["R&D经费投入强度（%）"], ["地区", "2024年"], ["漯河", 1.85]],
            "财政科技支出占比",
            "two_statements",
        ),
        ([["R&D经费投入强度（%）"], ["地区", "2024年"], ["漯河", 1.85]], "R&D经费", ""),
        ([*TITLED, ["注：2024年数据暂用上年数代替。"]], "表1", "other_year"),
        ([["有效期内国家高新技术企业数"], ["以百家计"], *ACROSS], "表1", "unread_heading"),
        *[
            ([*TITLED, [f"注：{said}"], ["洛阳", 160, 170.2]], "表1", code)
            for said, code in (
                ("以下各市为万元", "two_statements"),
                ("表中数据均系万元。", "two_statements"),
                ("以下各市为亿元", ""),
                ("1亿元为10000万元。", ""),
                ("其中增加额为90万元。", ""),
            )
        ],
        # what a line calls the figures of one year, or does not call them
        ([TITLED[0], ["2023年为最终核实数，2024年为初步核算数"], *ACROSS], "表1", "status_said"),
        ([TITLED[0], ["本表为非快报数"], *ACROSS], "表1", "status_said"),
        *[
            (
                [
                    ["地区", "年份", "R&D经费（亿元）", "GDP（亿元）", "状态", "备注"],
                    ["河南", 2024, 1302.1, 63589, *said],
                ],
                "表1",
                code,
            )
            for code, *said in (
                ("status_said", "", "初步核算数"),
                ("status_said", "", "2024年为快报数。"),
                ("status_said", "修订数", "快报数"),
                ("", "", "年报数"),
                ("", "初步核算数", "初步数"),
                ("", "最终核实数", ""),
                ("", "快报", ""),
                ("", "预计数", ""),
                ("unknown_status", "实有数", ""),
                ("", "", "2018年经济普查后修订了历史数据"),
            )
        ],
        ([*TITLED, ["注：2024年数据为初步核算数。"]], "表1", "status_said"),
        ([TITLED[0], ACROSS[0], ["河南", 1211.7, "1302.1①"], ["①为快报数"]], "表1", "status_said"),
        ([TITLED[0], ["2024年全省科技经费投入情况（快报数）"], *ACROSS], "表1", ""),
        ([TITLED[0], ["2024年河南省科技统计年报"], *ACROSS], "表1", ""),
        ([*TITLED, ["注：2023年、2024年均为年报数。"]], "表1", ""),
        ([TITLED[0], ["本表数据为初步核算数"], *ACROSS], "表1", ""),
        # a row without figures that heads a part or growth
        (
            [["河南省2024年"], ["指标", "数值"], ["其中：规上工业企业"], ["R&D经费（亿元）", 1000]],
            "表1",
            "narrower",
        ),
        ([["河南省"], ["指标", "2024年"], ["比上年增长（%）"], ["R&D经费（亿元）", 8.5]], "表1", "compared"),
        (
            [TITLED[0], ACROSS[0], ["东部地区"], ["江苏", 4200, 4500], ["其中："], ["南京", 600, 650]],
            "表1",
            "",
        ),
        # a column without a heading
        ([[*ACROSS[0], None], [*ACROSS[1], "*1400.2"]], "表1", "blank_headingmissing_fieldmissing_field"),
        ([TITLED[0], [*ACROSS[0], None], [*ACROSS[1], "(12)"]], "表1", "blank_heading"),
        # regions in two columns with figures between them
        (
            [
                ["年份", "省份", "R&D经费（亿元）", "城市", "地区生产总值（亿元）"],
                [2024, "河南", 1302.1, "漯河", 1900.1],
            ],
            "表1",
            "two_statements",
        ),
        ([["年份", "省份", "城市", "地区生产总值（亿元）"], [2024, "河南", "漯河", 1900.1]], "表1", ""),
        ([["城市", "2023年地区生产总值（亿元）", "省份"], ["漯河", 1900.1, "河南"]], "表1", ""),
        # a heading of several years
        (PERIODS, "2024年", "compared"),
        ([["年份", *PERIODS[0][1:]], [2024, 1302.1]], "河南", ""),
    ],
)
def test_what_stands_beside_figures_is_never_passed_over_in_silence(rows, name, code):
    assert "".join(codes(sheet([[*row] for row in rows], name))) == code


def test_a_line_nobody_understands_is_said_and_one_of_our_own_form_is_not():
    reading = sheet([["2024年科技统计资料"], *TABLE])
    assert codes(reading, remarks=True) == ["unread_line"] and found(reading) == ONE


def test_a_further_table_continues_the_one_before_where_it_says_so():
    more = [["地区", "2022年", "2021年"], ["河南", 1143.3, 1018.8]]
    for line, code in (
        ("续表", ""),
        ("（续）", ""),
        ("续表 R&D人员（万人年）", "unread_heading"),
        ("连续五年情况", "missing_field"),
    ):
        told = codes(sheet([*TITLED, [], [line], *more]))
        assert {*told} == ({code} if code else set()), line


@pytest.mark.parametrize(
    "content",
    [
        "地区,2023年,,2024年\n,R&D经费（亿元）,R&D经费投入强度（%）,R&D经费（亿元）,R&D经费投入强度（%）\n河南,1211.7,2.05,1302.1,2.13",
        "地区,指标,年份,数值,\n,,,,亿元\n河南,R&D经费,2024,1302.1,", ",,,\n,,,\n",
    ],
)  # fmt: skip
def test_headings_of_other_lengths_and_empty_sheets_are_refused(content, tmp_path):
    assert refusal(content.encode(), tmp_path)


def test_the_month_that_closes_the_year_is_the_year():
    heads = ["地区", "指标", "年份", "月份", "数值", "单位"]
    for month in ("1-12月", "全年"):
        assert found(sheet([heads, ["河南", "R&D经费", 2024, month, 1302.1, "亿元"]])) == ONE
    rows = [["地区", "年份", "R&D经费（亿元）"], ["1.河南", "2024年1季度", 300.5]]
    assert found(sheet(rows)) == {("410000", MONEY, "2024-03"): 300.5}


def test_a_formula_of_an_open_document_without_its_result_is_refused():
    cell = b'<table:table-cell office:value-type="float" office:value="1302.1"><text:p>1302.1</text:p>'
    made = open_document([[HEADS, ROW, [*ROW[:2], 2023, 5, "亿元"]]], ["a"])
    assert codes(read(rewritten(made, cell, b'<table:table-cell table:formula="of:=1+1">'))) == [
        "formula_without_value"
    ]


def test_a_number_below_the_figures_is_no_note():
    assert codes(sheet([*TABLE, [None, None, 2802.3]])) == ["blank_field"] * 2
    assert found(sheet([*TABLE, ["· 123 ·"]])) == ONE and not codes(sheet([*TABLE, ["汇总", None, 2802.3]]))


def test_a_prefecture_goes_by_its_short_name_and_is_not_taken_for_a_province():
    def regions(*names: str) -> figures.Reading:
        return read(text([HEADS, *([name, "地区生产总值", 2023, 221.2, "亿元"] for name in names)]))

    assert [key[0] for key in found(regions("延边", "恩施州", "大理白族自治州"))] == [
        "222400",
        "422800",
        "532900",
    ]
    assert codes(regions("西宁", "海北", "海南")) == ["two_readings"]
    assert found(regions("广东", "海南")).keys() == {("440000", "gdp", "2023"), ("460000", "gdp", "2023")}


# How numbers and cells are shown


@pytest.mark.parametrize(
    ("written", "unit", "code"),
    [("1,302亿元", "亿元", "two_numbers"), ("1,302①", "亿元", "two_numbers"), ("1,302.1亿元①", "", ""), ("13,021,000万元", "", ""), ("―", "亿元", "")],
)  # fmt: skip
def test_a_lone_comma_has_two_readings_with_a_unit_or_mark_too(written, unit, code):
    reading = read(saved(book([HEADS, [*ROW[:3], written, unit]])))
    assert "".join(codes(reading)) == code and found(reading) == ({} if code or written == "―" else ONE)


@pytest.mark.parametrize(
    ("style", "value", "code"),
    [
        ("0.00_%", 2.13, ""),
        ("0.0_%", 0.0213, ""),
        ("[White]0.00", 2.13, "display_differs"),
        ("[Color2]0.00", 2.13, "display_differs"),
        ("-0.00", 2.13, "display_differs"),
        ("(0.00)", 2.13, "display_differs"),
        ("_(* #,##0.00_);_(* (#,##0.00);_(* -??_)", 2.13, ""),
        ("[Red]0.00", 2.13, ""),
    ],
)
def test_a_format_that_hides_a_number_or_changes_its_sign_is_refused(style, value, code):
    made = book([HEADS, ["河南省", "R&D经费投入强度", 2024, value, "%"]])
    made.active["D2"].number_format = style
    reading = read(saved(made))
    assert "".join(codes(reading)) == code and list(found(reading).values()) == ([] if code else [value])


@pytest.mark.parametrize("style", ['0"年"', 'General"年"', '0"年度"'])
def test_a_year_may_be_shown_as_one(style):
    made = book([["R&D经费（亿元）"], ["地区", 2023, 2024], ["河南", 1211.7, 1302.1]])
    made.active["B2"].number_format = made.active["C2"].number_format = style
    assert found(read(saved(made))) == TWO


@pytest.mark.parametrize(
    "rule",
    [
        IconSetRule("3Arrows", "num", [0, 1, 2], showValue=False),
        DataBarRule("min", 0, "max", 0, "FF00FF00", showValue=False),
    ],
)
def test_a_bar_or_icon_in_place_of_a_number_is_doubted(rule):
    made = book([HEADS, ROW])
    made.active.conditional_formatting.add("D2", rule)
    assert codes(read(saved(made))) == ["conditional"]
    rule.dataBar, rule.iconSet = None, None
    plain = book([HEADS, ROW])
    plain.active.conditional_formatting.add("D2", FormulaRule(formula=["D2>1"], font=Font(bold=True)))
    assert not codes(read(saved(plain)))


WHITE = '<style:style style:name="Pale_20_one" style:display-name="Pale one" style:family="table-cell"><style:text-properties fo:color="#FFFFFF"/></style:style>'
RULE = '<style:map style:condition="cell-content()&gt;1300" style:apply-style-name="{}"/>'


def open_styled(
    *, named: str = "", own: str = "", columns: str = "", cell: str = "", row: str = "", rules: str = ""
) -> figures.Reading:
    """A table as LibreOffice saves it: styles, those of its cells, columns and its row, rules below it."""
    heads = ["地区", "2023年R&D经费（亿元）", "2024年R&D经费（亿元）"]
    packed = zipfile.ZipFile(io.BytesIO(open_document([[heads, *ACROSS[1:]]], ["表1"])))
    spaces = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = packed.read("content.xml").decode()
    body = body.replace("<office:document-content", f"<office:document-content {spaces}")
    body = body.replace("</office:automatic-styles>", f"{own}</office:automatic-styles>")
    body = body.replace('<table:table table:name="表1">', f'<table:table table:name="表1">{columns}')
    body = body.replace('office:value="1302.1"', f'office:value="1302.1" {cell}')
    head, last = body.rsplit("<table:table-row>", 1)
    body = f"{head}<table:table-row {row}>{last}".replace("</table:table>", f"{rules}</table:table>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("content.xml", body)
        made.writestr("META-INF/manifest.xml", "<manifest/>")
        if named:
            uses = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
            made.writestr(
                "styles.xml", f"<office:document-styles {uses} {spaces}>{named}</office:document-styles>"
            )
    return read(stream.getvalue())


def open_rule(area: str, said: str) -> str:
    return f'<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="{area}">{said}</calcext:conditional-format></calcext:conditional-formats>'


CONDITION = '<calcext:condition calcext:apply-style-name="{}" calcext:value="&gt;1300"/>'
STRUCK = '<style:style style:name="Out" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>'
AGAIN = (
    '<style:style style:name="ce1" style:family="table-cell" style:parent-style-name="{}">{}</style:style>'
)
MEASURED = '<style:style style:name="N" style:family="table-cell" style:data-style-name="N2"/>'
PLAIN = '<style:style style:name="Red" style:family="table-cell"><style:text-properties fo:color="#ff0000"/></style:style>'
USED = 'table:style-name="ce1"'


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ({"named": WHITE, "cell": 'table:style-name="Pale_20_one"'}, "invisible"),
        ({"named": WHITE, "own": AGAIN.format("Pale_20_one", ""), "cell": USED}, "invisible"),
        ({"named": STRUCK, "own": AGAIN.format("Out", ""), "cell": USED}, "struck"),
        ({"named": WHITE, "row": 'table:default-cell-style-name="Pale_20_one"'}, " ".join(["invisible"] * 3)),
        ({"named": WHITE, "columns": '<table:table-column table:number-columns-repeated="2"/><table:table-column table:default-cell-style-name="Pale_20_one"/>'}, "invisible invisible"),
        ({"named": WHITE + PLAIN, "row": 'table:default-cell-style-name="Red"', "columns": '<table:table-column table:number-columns-repeated="3" table:default-cell-style-name="Pale_20_one"/>'}, "invisible invisible invisible"),
        ({"own": AGAIN.format("ce1", ""), "cell": USED}, ""),
        ({"named": STRUCK, "own": AGAIN.format("Out", '<style:text-properties style:text-line-through-style="none"/>'), "cell": USED}, ""),
        ({"named": WHITE, "own": AGAIN.format("Default", RULE.format("Pale_20_one")), "cell": USED}, "conditional"),
        ({"named": PLAIN, "own": AGAIN.format("Default", RULE.format("Red")), "cell": USED}, ""),
        ({"named": WHITE, "rules": open_rule("表1.B2:表1.C2", CONDITION.format("Pale one"))}, "conditional conditional"),
        ({"named": STRUCK, "rules": open_rule("'表 1'.A1 '表 1'.C1:'表 1'.C9", CONDITION.format("Out"))}, " ".join(["conditional"] * 3)),
        ({"named": MEASURED, "rules": open_rule("表1.C2", CONDITION.format("N"))}, "conditional"),
        ({"named": PLAIN, "rules": open_rule("表1.B2:表1.C2", CONDITION.format("Red"))}, ""),
        ({"rules": open_rule("$表1.$C$2", '<calcext:data-bar calcext:show-value="false"/>')}, "conditional"),
        ({"rules": open_rule("表1.C2", '<calcext:data-bar calcext:min-length="10"/>')}, ""),
        ({"rules": open_rule("表1.D2:表1.E9", '<calcext:icon-set calcext:show-value="false"/>')}, ""),
    ],
)  # fmt: skip
def test_what_the_styles_and_rules_of_an_open_document_hide_is_doubted(made, code):
    reading = open_styled(**made)
    assert " ".join(one for one in codes(reading) if one in ("invisible", "struck", "conditional")) == code
    assert code or found(reading) == TWO


@pytest.mark.parametrize(
    ("given", "line", "ink", "ground", "refused"),
    [
        (26, 0, 9, False, True),
        (26, 0, 1, False, True),
        (26, 0, 9, True, False),
        (26, 0, 10, False, False),
        (26, 0x80, 0xFFFFFFFF, True, True),
        (25, 0, 0, False, True),
        (29, 0, 9, True, False),
    ],
)
def test_a_rule_of_an_old_workbook_that_hides_or_changes_numbers_is_refused(
    given, line, ink, ground, refused
):
    flags = 1 << given | ground << 29
    record = struct.pack("<BBHHI", 1, 5, 3, 0, flags) + bytes(70) + bytes([line])
    record += bytes(11) + struct.pack("<I", ink) + bytes(40)
    assert record[80] == line and record[92:96] == struct.pack("<I", ink)
    problems = read(xls(FORM, (0x01B1, record))).problems
    assert [one.code for one in problems if not one.remark] == ["marked_binary"] * refused
    assert not refused or "条件格式" in messages.say(problems[0], "zh")


def test_a_colour_left_to_the_program_and_a_number_that_is_no_day_are_met():
    made = book([HEADS, ROW])
    made.active["D2"].font = Font(color="FF123456")
    assert found(read(rewritten(saved(made), b'rgb="FF123456"', b'auto="1"'))) == ONE
    made.active["D2"].number_format = "0.00"
    made.active["D2"] = 13021000
    assert codes(read(rewritten(saved(made), b'numFmtId="2"', b'numFmtId="57"'))) == ["display_differs"]


def test_a_formula_that_gives_an_empty_text_is_blank():
    content = saved(book([HEADS, ROW, ["湖北省", "R&D经费", 2024, 77777, "亿元"]]))
    blank = b'<c r="D3" t="str"><f>IF(A1="","",A1)</f><v></v></c>'
    reading = read(rewritten(content, b'<c r="D3" t="n"><v>77777</v></c>', blank))
    assert found(reading) == ONE and not codes(reading) and reading.missing == 1


def test_figures_in_pictures_and_boxes_alone_are_told(tmp_path):
    def drawn(part: str, content: str) -> bytes:
        stream = io.BytesIO(saved(openpyxl.Workbook()))
        with zipfile.ZipFile(stream, "a") as packed:
            packed.writestr(part, content)
        return stream.getvalue()

    assert codes(read(drawn("xl/media/image1.png", "PNG"))) == ["pictured"]
    box = drawn(
        "xl/drawings/drawing1.xml", "<d><xdr:txBody><a:p><a:t>河南 1302.1</a:t></a:p></xdr:txBody></d>"
    )
    assert [one.code for one in refusal(box, tmp_path, "sent.xlsx")] == ["text_box", "no_figures"]


# Web pages


CELLS = "<tr><td>地区<td>年份<td>R&amp;D经费（亿元）<tr><td>河南<td>2024<td>1302.1"


def styled(style: str) -> str:
    return CELLS.replace("<td>1302", f"<td style='{style}'>1302")


PART = "规模以上工业企业R&amp;D活动情况"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (f"<center><b>{PART}</b></center><table>{CELLS}</table>", "narrower"),
        (f"{PART}<table>{CELLS}</table>", "narrower"),
        (f"<h5>{PART}</h5><table>{CELLS}</table>", "narrower"),
        (f"<table><tr><td>{PART}<table>{CELLS}</table></table>", "narrower"),
        (f"<table>{CELLS}", "cut_short"),
        (f"<table>{styled('color:rgb(255,255,255)')}</table>", "invisible"),
        (f"<table>{styled('color:transparent')}</table>", "invisible"),
        (f"<table>{CELLS}<noscript>5</noscript></table>", ""),
        (f"<table>{CELLS.replace('1302.1', '<input value=1302.1>')}</table>", ""),
        (f"<script>'<table>'</script><!-- <table> --><table>{CELLS}</table>", ""),
        (f"<font>数据</font><select><option>预计</select><table>{CELLS}</table>", ""),
    ],
)  # fmt: skip
def test_a_page_is_read_to_its_end_with_all_that_stands_around_its_table(page, code):
    reading = read(f"<html><body>{page}</body></html>".encode())
    assert "".join(codes(reading)) == code
    assert found(reading) == ({} if code == "cut_short" else ONE)


def test_a_unit_in_a_line_of_any_kind_is_read():
    table = "<table><tr><td>地区<td>2024<tr><td>河南<td>1302.1</table>"
    assert found(read(f"<html><center>R&amp;D经费</center><span>单位：亿元</span>{table}".encode())) == ONE


def test_a_page_that_tells_no_raised_digits_apart_is_doubted():
    page = f"<html><head><meta name=generator content='LibreOffice 7.4'></head><table>{CELLS}</table>"
    assert codes(read(page.encode())) == ["written_number"]
    assert found(read(page.replace("<td>1302.1", "<td sdval='1302.1'>1302.1").encode())) == ONE


# Far away, huge, or broken


SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def of_2003(*more: str) -> bytes:
    cells = "".join(
        f"<Cell><Data ss:Type='String'>{str(one).replace('&', '&amp;')}</Data></Cell>" for one in HEADS
    )
    return f"<?xml version='1.0'?><Workbook xmlns='{SPREADSHEET}' xmlns:ss='{SPREADSHEET}'><Worksheet ss:Name='a'><Table><Row>{cells}</Row>{''.join(more)}</Table></Worksheet></Workbook>".encode()


DATA = "<Data ss:Type='String'>x</Data></Cell></Row>"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (of_2003(f"<Row><Cell ss:Index='20000'>{DATA}"), "ACOF2"),
        (of_2003(f"<Row ss:Index='1048576'><Cell>{DATA}"), "A1048576"),
        (of_2003(f"<Row><Cell ss:MergeDown='1000000' ss:MergeAcross='16000'>{DATA}"), None),
        (f"<table>{CELLS.replace('<td>1302', '<td rowspan=65534 colspan=1000>1302')}</table>".encode(), None),
        (rewritten(open_document([[HEADS, ROW, ["x"]]], ["a"]), b'<table:table-row><table:table-cell office:value-type="string"><text:p>x', b'<table:table-row table:number-rows-repeated="1048570"><table:table-cell office:value-type="string"><text:p>x'), None),
    ],
)  # fmt: skip
def test_a_cell_far_away_or_over_the_whole_sheet_is_named_at_once(content, place):
    (problem,) = read(content).problems
    assert problem.code == "far_cell" and problem.cell and (place is None or problem.cell == place)


def test_a_stray_row_of_a_workbook_is_named():
    made = book([HEADS, ROW])
    made.active["A200000"] = "x"
    assert [(one.code, one.cell) for one in read(saved(made)).problems] == [("far_cell", "A200000")]
    merged = b'</sheetData><mergeCells><mergeCell ref="A5:XFD400"/></mergeCells>'
    assert codes(read(rewritten(saved(book([HEADS, ROW])), b"</sheetData>", merged))) == ["too_large"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'office:value="1302.1"', b'office:value="abc"'),
        (b'office:value="1302.1"', b""),
        (b"<table:table-row>", b'<table:table-row table:number-rows-repeated="x">'),
    ],
)
def test_a_broken_open_document_is_refused(old, new):
    content = open_document([[["R&D经费（亿元）"], ["地区", 2024], ["河南", 1302.1]]], ["a"])
    assert found(read(content)) == ONE and codes(read(rewritten(content, old, new))) == ["old_format"]


def test_digits_on_two_lines_of_a_cell_are_no_number():
    content = open_document([[["R&D经费投入强度（%）"], ["地区", "2024"], ["河南", "2.13"]]], ["a"])
    assert found(read(content)) == {("410000", SHARE, "2024"): 2.13}
    assert codes(read(rewritten(content, b"2.13", b"2.1<text:line-break/>3"))) == ["not_a_number"]


def test_what_is_new_is_said_in_both_languages_with_its_remedy():
    for code in ("part_year", "unread_heading"):
        lines = [
            messages.say(messages.Problem(code, "表1", {"value": "企业"}, "B1"), one) for one in ("zh", "en")
        ]
        assert all("--accept B1" in line and "企业" in line for line in lines)


@pytest.mark.parametrize(
    ("rows", "code", "english", "chinese"),
    [
        ([["地区", "年份", "R&D经费（%、人）"], ["河南", 2024, 1302.1]], "unknown_unit", "%, 人", "%、人"),
        ([["地区", "年份", "R&D经费"], ["河南", 2024, 1302.1]], "unit_missing", "yuan, ", "元、"),
    ],
)
def test_each_language_lists_in_its_own_way(rows, code, english, chinese):
    one = next(one for one in sheet(rows).problems if one.code == code)
    told = [messages.say(one, language) for language in ("en", "zh")]
    assert english in told[0] and "、" not in told[0] and chinese in told[1]


@pytest.mark.parametrize("names", [("META-INF/manifest.xml",), ("styles.xml", "META-INF/manifest.xml")])
def test_an_open_document_without_its_content_is_refused(names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in ("mimetype", *names):
            made.writestr(
                name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "<a/>"
            )
    assert older.open_document(stream.getvalue(), "sent").code == "old_format"
