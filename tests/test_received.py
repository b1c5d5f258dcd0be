"""The forms offices and portals send: dressed at random they are the same figures; what misleads is refused or doubted."""

# ruff: noqa: E501

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill

from analysis import catalogue, releases
from analysis.intake import adding, figures, layout, messages, notation, sheets
from analysis.intake import doubts as doubts_module

KNOWN = notation.vocabulary(catalogue.read())
HEADS = ["地区", "指标", "年份", "数值", "单位"]
ROW = ["河南省", "R&D经费", 2024, 1302.1, "亿元"]
MONEY, SHARE = "rd_expenditure", "rd_intensity"
RAISED = InlineFont(vertAlign="superscript")


def book(*tables: list[list[object]], names: tuple[str, ...] = ()) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    for position, rows in enumerate(tables):
        sheet = made.active if not position else made.create_sheet()
        sheet.title = names[position] if names else f"Sheet{position + 1}"
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def rewritten(content: bytes, *pairs: bytes) -> bytes:
    """Replace bytes in every part of a zipped file: old, new, old, new."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(stream, "w") as made:
        for one in packed.namelist():
            part = packed.read(one)
            for old, new in zip(pairs[::2], pairs[1::2], strict=True):
                part = part.replace(old, new)
            made.writestr(one, part)
    return stream.getvalue()


def text(rows: list[list[object]], encoding: str = "utf-8") -> bytes:
    lines = [",".join("" if one is None else str(one) for one in row) for row in rows]
    return "\n".join(lines).encode(encoding)


def read(content: bytes, about: tuple[str, ...] = ()) -> figures.Reading:
    grids = sheets.read("sent", content, layout.is_heading)
    if isinstance(grids, messages.Problem):
        return figures.Reading(figures.read([], KNOWN).figures, [grids])
    return figures.read(grids, KNOWN, about)


def found(reading: figures.Reading) -> dict[tuple[str, str, str], float]:
    table = reading.figures
    keys = zip(table["region"], table["indicator"], table["period"], strict=True)
    return dict(zip(keys, table["value"], strict=True))


def codes(reading: figures.Reading, remarks: bool = False) -> list[str]:
    return [one.code for one in reading.problems if one.remark == remarks]


def refusal(content: bytes, tmp_path: Path, name: str = "sent.csv", **options) -> list[messages.Problem]:
    path = tmp_path / name
    path.write_bytes(content)
    published = options.pop("published", "2025-09-30")
    with pytest.raises(adding.Refused) as refused:
        adding.add(path, "nbs-rd-bulletin", published, dry_run=True, **options)
    return [one for one in refused.value.problems if not one.remark]


# Figures dressed at random


PANEL = {
    ("410000", MONEY, "2023"): "1211.7",
    ("410000", MONEY, "2024"): "1302.1",
    ("420000", MONEY, "2023"): "1408.2",
    ("420000", MONEY, "2024"): "1500.2",
    ("410000", SHARE, "2023"): "2.05",
    ("410000", SHARE, "2024"): "2.13",
    ("420000", SHARE, "2023"): "2.52",
    ("420000", SHARE, "2024"): "2.61",
}
NAMES = {"410000": "河南", "420000": "湖北省", MONEY: "R&D经费", SHARE: "R&D经费投入强度"}
UNITS = {MONEY: "亿元", SHARE: "%"}
REGIONS, INDICATORS, YEARS = ("410000", "420000"), (MONEY, SHARE), ("2023", "2024")
MARKS = ["①", "⑵", "*", "＊", "¹", "†", "[1]", "注2", "(注)"]
INVISIBLE = ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u2060", "\u00a0", "\u3000", "\u2009", " "]
SUBTOTALS = [
    "东部地区",
    "中部地区合计",
    "西北",
    "一、东北三省",
    "#长江经济带",
    "合计",
    "其中：沿海地区",
    "平均",
    "兵团",
    "中部6省",
    "Eastern region",
]
BESIDE = [
    "位次",
    "排名",
    "比上年增长（%）",
    "增速(%)",
    "同比增减",
    "占全国比重（%）",
    "Rank",
    "2024年比2023年增长",
]
NOTES = [
    "注：按当年价格计算。",
    "①初步核算数。",
    "资料来源：统计局",
    "* 含军工",
    "本表由科技处提供。",
    "(1) 快报数",
]


class Dress:
    """Draws decorations that change no figure."""

    def __init__(self, draw, raised: bool) -> None:
        self.draw, self.raised = draw, raised

    def one_of(self, choices):
        return self.draw(st.sampled_from(list(choices)))

    def rarely(self) -> bool:
        return self.draw(st.integers(0, 3)) == 0

    def number(self, value: str) -> object:
        shapes = [
            value,
            float(value),
            f"{float(value):,}",
            value.translate({48 + n: 0xFF10 + n for n in range(10)}),
        ]
        shown = self.one_of(shapes)
        if self.rarely():
            if self.raised and self.rarely():
                return CellRichText([value, TextBlock(RAISED, self.one_of("123a①"))])
            return f"{shown}{self.one_of(MARKS)}"
        return f"{self.one_of(INVISIBLE)}{shown}{self.one_of(INVISIBLE)}" if self.rarely() else shown

    def name(self, word: str) -> object:
        if not self.rarely():
            return word
        if self.raised and self.rarely():
            return CellRichText([word, TextBlock(RAISED, "1")])
        return self.one_of(
            [f"{word}①", f"{word}*", f" {word}", f"{word[0]}　{word[1:]}", f"\u200b{word}\ufeff"]
        )

    def year(self, year: str) -> object:
        return self.one_of([year, int(year), f"{year}年", f"{year}*", f"{year}年度", f"{year}年（年报数）"])

    def corner(self, word: str) -> str | None:
        return None if self.rarely() else word


def across(dress: Dress, indicator: str, years=YEARS, title: bool = True) -> list[list[object]]:
    """Years across, with ranks, growth, subtotals and notes between."""
    place = dress.draw(st.integers(1, len(years) + 1))
    beside = dress.one_of(BESIDE) if dress.rarely() else None
    heads = ["地  区", *map(dress.year, years)]
    rows = [
        [dress.name(NAMES[one]), *(dress.number(PANEL[one, indicator, year]) for year in years)]
        for one in REGIONS
    ]
    if dress.rarely():
        rows.insert(dress.draw(st.integers(0, 2)), [dress.one_of(SUBTOTALS), *(["23000"] * len(years))])
    if beside:
        heads.insert(place, beside)
        rows = [[*row[:place], "7", *row[place:]] for row in rows]
    heading = f"{dress.one_of(['', '1-12 ', '表3 ', '2023—2024年各地区'])}{NAMES[indicator]}"
    above = (
        [[f"{heading}（{UNITS[indicator]}）"]]
        if dress.rarely()
        else [[heading], [None, f"单位：{UNITS[indicator]}"]]
    )
    blank = [[None]] if dress.rarely() else []
    return [*(above if title else []), *blank, heads, *rows]


def notes(dress: Dress) -> list[list[object]]:
    return [[dress.one_of(NOTES)] for _ in range(dress.draw(st.integers(0, 2)))]


def one_below_the_other(dress: Dress) -> list[list[list[object]]]:
    both = [across(dress, one) for one in INDICATORS]
    return [[*both[0], *notes(dress), [None], *both[1], *notes(dress)]]


def side_by_side(dress: Dress) -> list[list[list[object]]]:
    left, right = ([[f"{NAMES[one]}（{UNITS[one]}）", None, None], ["地区", *YEARS]] for one in INDICATORS)
    for rows, indicator in ((left, MONEY), (right, SHARE)):
        rows += [
            [dress.name(NAMES[one]), *(dress.number(PANEL[one, indicator, year]) for year in YEARS)]
            for one in REGIONS
        ]
    gap = [None] if dress.rarely() else []
    return [[[*one, *gap, *other] for one, other in zip(left, right, strict=True)]]


def continued(dress: Dress) -> list[list[list[object]]]:
    tables = []
    for indicator in INDICATORS:
        rows = across(dress, indicator)
        middle = (
            [[dress.one_of(["续表", "续表1", "（续）", "续表 单位：" + UNITS[indicator]])]]
            if dress.rarely()
            else []
        )
        heads = next(row for row in rows if row[0] == "地  区")
        tables.append([*rows[:-1], *middle, heads, rows[-1]])
    return tables


def year_sheets(dress: Dress) -> list[list[list[object]]]:
    """A sheet a year, which only its name tells."""
    tables = []
    for indicator in INDICATORS:
        for year in YEARS:
            rows = [[dress.name(NAMES[one]), dress.number(PANEL[one, indicator, year])] for one in REGIONS]
            tables.append(
                [
                    [f"{NAMES[indicator]}（{UNITS[indicator]}）"],
                    [dress.corner("地区"), "数值"],
                    *rows,
                    *notes(dress),
                ]
            )
    return tables


def two_levels(dress: Dress) -> list[list[list[object]]]:
    upper = ["地区", "R&D经费（亿元）", None, "R&D经费投入强度（%）", None]
    lower = [None, *map(dress.year, YEARS), *map(dress.year, YEARS)]
    rows = [
        [
            dress.name(NAMES[one]),
            *(dress.number(PANEL[one, what, year]) for what in INDICATORS for year in YEARS),
        ]
        for one in REGIONS
    ]
    return [[upper, lower, *rows, *notes(dress)]]


def transposed(dress: Dress) -> list[list[list[object]]]:
    tables = []
    for what in INDICATORS:
        rows = [
            [dress.year(year), *(dress.number(PANEL[one, what, year]) for one in REGIONS)] for year in YEARS
        ]
        growth = [["比上年增长（%）", 7.4, 6.5]] if dress.rarely() else []
        heads = [dress.corner("年份"), *(dress.name(NAMES[one]) for one in REGIONS)]
        tables.append([[f"{NAMES[what]}（{UNITS[what]}）"], heads, *rows, *growth, *notes(dress)])
    return tables


def portal(dress: Dress) -> list[list[list[object]]]:
    tables = []
    for one in REGIONS:
        above = [["数据库：分省年度数据"], [f"地区：{NAMES[one]}"], ["时间：最近10年"]]
        rows = [
            [
                f"{NAMES[what]}({UNITS[what]})",
                *(dress.number(PANEL[one, what, year]) for year in reversed(YEARS)),
            ]
            for what in INDICATORS
        ]
        rows.insert(1, ["国内专利申请受理数(项)", 12, 13])
        tables.append(
            [
                *above,
                ["指标", *(f"{year}年" for year in reversed(YEARS))],
                *rows,
                ["数据来源：国家统计局"],
            ]
        )
    return tables


FORMS = [one_below_the_other, side_by_side, continued, year_sheets, two_levels, transposed, portal]


def page(tables: list[list[list[object]]]) -> bytes:
    """Write tables as a web page."""
    parts = []
    for rows in tables:
        cells = "".join(f"<tr>{''.join(f'<td>{html_cell(one)}</td>' for one in row)}</tr>" for row in rows)
        parts.append(f"<table border=1>{cells}</table>")
    return f"<html><head><meta charset=gb2312></head><body>{''.join(parts)}</body></html>".encode("gb18030")


def html_cell(content: object) -> str:
    if isinstance(content, list):
        return f"{content[0].replace('&', '&amp;')}<sup>{content[1].text}</sup>"
    return "" if content is None else str(content).replace("&", "&amp;")


def open_document(tables: list[list[list[object]]], names: list[str]) -> bytes:
    """Write tables as an OpenDocument spreadsheet."""
    spaces = {
        one: f"urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"
        for one in ("office", "table", "text", "style")
    }
    declared = " ".join(f'xmlns:{name}="{uri}"' for name, uri in spaces.items())
    style = (
        '<style:style style:name="T1"><style:text-properties style:text-position="33% 58%"/></style:style>'
    )
    body = ""
    for name, rows in zip(names, tables, strict=True):
        lines = "".join(f"<table:table-row>{''.join(map(open_cell, row))}</table:table-row>" for row in rows)
        body += f'<table:table table:name="{name}">{lines}</table:table>'
    content = f"<office:document-content {declared}><office:automatic-styles>{style}</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def open_cell(content: object) -> str:
    if content is None:
        return "<table:table-cell/>"
    if isinstance(content, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{content}"><text:p>{content}</text:p></table:table-cell>'
    shown = (
        html_cell(content)
        .replace("<sup>", '<text:span text:style-name="T1">')
        .replace("</sup>", "</text:span>")
    )
    return f'<table:table-cell office:value-type="string"><text:p>{shown}</text:p></table:table-cell>'


def strict(content: bytes) -> bytes:
    """Write a workbook as Excel's Strict Open XML."""
    kinds = [b"spreadsheetml", b"officeDocument", b"drawingml"]
    names = [
        (b"schemas.openxmlformats.org/" + one + b"/2006/", b"purl.oclc.org/ooxml/" + one + b"/")
        for one in kinds
    ]
    return rewritten(content, *(name for pair in names for name in pair))


@settings(max_examples=70, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_forms_dressed_at_random_are_the_same_figures(data):
    form = data.draw(st.sampled_from(FORMS))
    kind = data.draw(st.sampled_from(["xlsx", "strict", "ods", "page", "text"]))
    several = form in (continued, year_sheets, transposed, portal)
    kind = "xlsx" if kind in ("text", "page") and several else kind
    tables = form(Dress(data.draw, raised=kind != "text"))
    names = [
        f"{year}年{'' if form is year_sheets else '附表'}{' ' * n}"
        for n, year in enumerate(("2023", "2024", "2023", "2024"))
    ]
    names = [name if form is year_sheets else f"表{n}" for n, name in enumerate(names)][: len(tables)]
    if kind == "text":
        wide = max(len(row) for row in tables[0])
        rows = [[str(one).replace(",", "") if one is not None else None for one in row] for row in tables[0]]
        content = text(
            [[*row, *[None] * (wide - len(row))] for row in rows],
            data.draw(st.sampled_from(["utf-8-sig", "gb18030", "utf-16"])),
        )
    elif kind in ("xlsx", "strict"):
        made = book(*tables, names=tuple(names))
        if form is two_levels:
            for area in ("A1:A2", "B1:C1", "D1:E1"):
                made.active.merge_cells(area)
        content = strict(saved(made)) if kind == "strict" else saved(made)
    else:
        content = page(tables) if kind == "page" else open_document(tables, names)
    reading = read(content)
    assert not codes(reading), [*messages.listing(reading.problems, "en"), tables]
    assert found(reading) == {key: float(value) for key, value in PANEL.items()}, tables


# Silent misreadings


HENAN = {("410000", MONEY, "2024"): 1302.1}


def test_a_raised_number_alone_in_its_cell_may_be_a_mark():
    page = "<table><tr><td>地区<td>年份<td>R&amp;D经费（亿元）<tr><td>河南<td>2024<td>{}</table>"
    for content, told in (
        ("<sup>1</sup>", ["raised_alone"]),
        ("<sup>1302.1</sup>", []),
        ("1302.1<sup>1</sup>", []),
    ):
        reading = read(page.format(content).encode())
        assert codes(reading) == told and found(reading) == ({} if told else HENAN), content
    for content, font in ((CellRichText(TextBlock(RAISED, "1")), Font()), (1, Font(vertAlign="superscript"))):
        made = book([["地区", "年份", "R&D经费（亿元）"], ["河南", 2024, content]])
        made.active["C2"].font = font
        assert codes(read(saved(made))) == ["raised_alone"]
    made.active["C2"] = 1302.1
    assert found(read(saved(made))) == HENAN


@pytest.mark.parametrize(
    ("region", "year", "number", "code"),
    [
        ("河南", "2024", "1302.1<small>万元</small>", "two_statements"),
        ("河南<small>（不含济源）</small>", "2024", "1302.1", "unknown_region"),
        ("河南<sup>本级</sup>", "2024", "1302.1", "unknown_region"),
        ("河南", "2024<sup>1-9月</sup>", "1302.1", "power"),
        ("河南", "2024", "2.05<sup>‰</sup>", "unknown_unit"),
        ("河南", "2024", "1302.1<sup>123</sup>", "power"),
        ("河南", "2024", "1302.1<sup>注1</sup>", ""),
        ("河南", "2024<sup>a</sup>", "1302.1<sup>1), 2)</sup>", ""),
        ("河南<sup>△</sup>", "2024<sup>见注1</sup>", "1302.1<sup>[1][2]</sup>", ""),
    ],
)
def test_what_is_raised_or_small_and_no_mark_is_text_as_any_other(region, year, number, code):
    cells = "".join(f"<td>{one}</td>" for one in (region, year, number))
    page = f"<table><tr><td>地区</td><td>年份</td><td>R&amp;D经费（亿元）</td></tr><tr>{cells}</tr></table>"
    assert "".join(codes(read(page.encode()))) == code


def test_a_raised_mark_is_a_note_and_no_digit():
    number = CellRichText(["1302.1", TextBlock(RAISED, "1")])
    name = CellRichText(["河南省", TextBlock(RAISED, "2")])
    rows = [HEADS, [name, "R&D经费", 2024, number, "亿元"], ["1.初步数"], ["2) 不含部队"]]
    reading = read(saved(book(rows)))
    assert found(reading) == {("410000", MONEY, "2024"): 1302.1} and not codes(reading)
    assert reading.figures["note"].tolist() == ["1 初步数；2 不含部队"]


@pytest.mark.parametrize(
    ("written", "value"),
    [("1302.1①", 1302.1), ("10①", 10.0), ("1,302.1*", 1302.1), ("1302.1¹", 1302.1), ("①1302.1", 1302.1), ("1302.1[2]", 1302.1),
     ("1302.1注", 1302.1), ("1302.1亿元①", 1302.1), ("\u200b1302.1\u200e", 1302.1), ("1\u00ad302.1", 1302.1)],
)  # fmt: skip
def test_marks_and_invisible_signs_are_no_part_of_a_number(written, value):
    assert found(read(saved(book([HEADS, [*ROW[:3], written, "亿元"]])))) == {
        ("410000", MONEY, "2024"): value
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (CellRichText(["10", TextBlock(RAISED, "4")]), "power"),
        (CellRichText(["1.3×10", TextBlock(RAISED, "3")]), "power"),
        ("10³", "power"),
        ("1302.1 (1)", "not_a_number"),
        ("1302.1a", "not_a_number"),
        ("1.3×10⁴", "not_a_number"),
        ("△1302.1", "not_a_number"),
        ("1302.1/1300", "not_a_number"),
    ],
)
def test_what_may_be_mark_or_power_is_refused(content, code):
    assert codes(read(saved(book([HEADS, [*ROW[:3], content, "亿元"]])))) == [code]


def test_struck_out_and_unseen_cells_are_refused_as_hidden_ones_are():
    def harm(change) -> list[str]:
        made = book([HEADS, ROW])
        change(made.active)
        return codes(read(saved(made)))

    def style(place: str, **kinds):
        def change(sheet) -> None:
            for name, kind in kinds.items():
                setattr(sheet[place], name, kind)

        return change

    white, blue = PatternFill("solid", fgColor="FFFFFFFF"), PatternFill("solid", fgColor="FF4472C4")
    part = CellRichText([TextBlock(InlineFont(strike=True), "1299"), "1302.1"])
    assert harm(style("D2", font=Font(strike=True))) == ["struck"]
    assert harm(lambda sheet: sheet.__setitem__("D2", part))[0] == "struck"
    assert harm(style("D2", font=Font(color="FFFFFFFF"))) == ["invisible"]
    assert harm(style("D2", font=Font(color="FFFEFEFE"), fill=white)) == ["invisible"]
    assert harm(style("A2", font=Font(color="FF4472C4"), fill=blue)) == ["invisible"]
    assert harm(style("D2", font=Font(sz=1))) == ["invisible"]
    assert harm(style("D1", font=Font(color="FFFFFFFF"), fill=blue)) == []
    assert codes(read(rewritten(saved(book([HEADS, ROW])), b'<row r="2"', b'<row r="2" ht="0"'))) == [
        "hidden_cells"
    ]
    narrow = b'<cols><col min="4" max="4" width="0" customWidth="1"/></cols><sheetData>'
    assert codes(read(rewritten(saved(book([HEADS, ROW])), b"<sheetData>", narrow))) == ["hidden_cells"]
    assert harm(style("D2", number_format=";;;")) == ["display_differs"]


def test_a_zero_its_format_does_not_show_is_no_zero():
    made = book([HEADS, ["河南省", "national_hte_new", 2024, 0, "家"]])
    made.active["D2"].number_format = "#,##0;-#,##0;"
    assert codes(read(saved(made))) == ["display_differs"]


def test_comments_and_boxes_of_text_are_doubts_that_quote_them(tmp_path):
    made = book([HEADS, ROW])
    made.active["D2"].comment = Comment("此数有误，待核实", "张三")
    content = saved(made)
    problem = refusal(content, tmp_path, "sent.xlsx")[0]
    assert (problem.code, problem.cell) == ("comment", "D2") and "此数有误，待核实" in messages.say(
        problem, "zh"
    )
    path = tmp_path / "sent.xlsx"
    report = adding.add(path, "nbs-rd-bulletin", "2025-09-30", dry_run=True, accept=("D2",))
    assert [one.code for one in report.accepted] == ["comment"]
    boxed = io.BytesIO(saved(book([HEADS, ROW])))
    with zipfile.ZipFile(boxed, "a") as packed:
        packed.writestr(
            "xl/drawings/drawing1.xml", "<d><xdr:txBody><a:p><a:t>数据待核实</a:t></a:p></xdr:txBody></d>"
        )
    assert [one.code for one in refusal(boxed.getvalue(), tmp_path, "boxed.xlsx")] == ["text_box"]


@pytest.mark.parametrize("written", ["2009-10", "2010-11", "2011/12", "2000-01", "2009-10年度"])
def test_a_school_year_and_the_months_of_a_year_are_two_readings(written):
    rows = [["地区", "指标", written, "单位"], ["河南省", "R&D经费", 100.1, "亿元"]]
    problem = next(one for one in read(text(rows)).problems if not one.remark)
    assert (problem.code == "two_readings" and "2009/2010"[:4] in messages.say(problem, "en")) or written[
        :4
    ] != "2009"
    assert "fiscal" in messages.say(problem, "en")


def test_months_that_are_no_school_year_are_read():
    rows = [["地区", "指标", "2009-11", "2019-06", "单位"], ["河南省", "R&D经费", 100.1, 200.2, "亿元"]]
    assert [key[2] for key in found(read(text(rows)))] == ["2009-11", "2019-06"]


@pytest.mark.parametrize("style", ["[$-D07041E]yyyy", "[$-1070000]yyyy", "ggge", "bbbb", "b2yyyy"])
def test_years_of_another_calendar_are_refused(style):
    made = book([HEADS, ["河南省", "R&D经费", date(2024, 5, 1), 1302.1, "亿元"]])
    made.active["C2"].number_format = style
    assert codes(read(saved(made))) in (["date"], ["display_differs"])


@pytest.mark.parametrize("written", ["113年", "令和6年", "FY2024", "2024学年", "2567", "24年"])
def test_other_ways_to_count_years_are_refused(written):
    assert codes(read(text([HEADS, ["河南省", "R&D经费", written, 1302.1, "亿元"]]))) == ["unknown_period"]


def test_encodings_are_read_or_named():
    rows = [HEADS, ["河南省", "R&D经费", "2024", "1302.1", "亿元"]]
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert len(found(read(text(rows, encoding)))) == 1
    assert len(found(read("\ufeff".encode("gb18030") + text(rows, "gb18030")))) == 1
    foreign = [["地區", "指標", "年份", "數值", "單位"], ["河南省", "R&D經費", "2024", "1302.1", "億元"]]
    for encoding, name in (("big5", "Big5"), ("utf-16-le", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE")):
        problem = read(text(foreign, encoding)).problems[0]
        assert problem.code == "foreign_encoding" and name in messages.say(problem, "en")
    broken = text(rows).replace("河".encode(), b"\xe6\xb2")
    assert "UTF-8" in messages.say(read(broken).problems[0], "zh")


def test_a_quotation_mark_never_closed_is_refused_with_its_place():
    rows = text([HEADS, *[ROW] * 9])
    long = rows + b'\n"' + b"x" * 140_000 + b'",a,2024,1,b'
    problem = read(long).problems[0]
    assert problem.code == "long_cell" and "line 11" in messages.say(problem, "en")
    swallowed = text([[*HEADS, "备注"], [*ROW, '"初步数'], ["湖北省", *ROW[1:], ""]])
    assert [(one.code, one.cell) for one in read(swallowed).problems] == [("swallowed_lines", "F2")]
    kept = text([[*HEADS, "备注"], [*ROW, '"初步数\n见公报"']])
    assert len(found(read(kept))) == 1


def test_a_stray_cell_far_away_is_named_and_blank_ones_do_not_count():
    made = book([HEADS, ROW])
    made.active["XFD1048576"].font = Font(bold=True)
    assert len(found(read(saved(made)))) == 1
    made.active["XFD1048576"] = "x"
    assert [(one.code, one.cell) for one in read(saved(made)).problems] == [("far_cell", "XFD1048576")]


def test_a_merged_range_of_the_whole_sheet_does_not_hang():
    merged = b'</sheetData><mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    assert codes(read(rewritten(saved(book([HEADS, ROW])), b"</sheetData>", merged))) == ["too_large"]


# Doubts


HISTORY = releases.load()


def doubts(*rows: tuple, unknown: str = "") -> list[tuple[str, str]]:
    """Return the doubts about figures, as if nothing were filed of the region ``unknown``."""
    day, history = date(2025, 9, 30), HISTORY[HISTORY["region"].ne(unknown)]
    received = doubts_module.with_basis(read(text([HEADS, *map(list, rows)])).figures, day, KNOWN.catalogue)
    problems = doubts_module.Examination(received, "nbs-rd-bulletin", day, history, KNOWN.catalogue).run()
    return [(one.code, messages.say(one, "en")) for one in problems if one.doubt]


@pytest.mark.parametrize(
    ("value", "told"),
    [("0.0213", "1/100 times"), ("0.213", "1/10 times"), ("15", "2.05"), ("20.0", "10 times")],
)
def test_a_figure_is_set_beside_last_years_whatever_the_basis(value, told):
    (code, line), *more = doubts(("河南省", "R&D经费投入强度", 2024, value, "%"))
    assert code == "jump" and told in line and "in 2023" in line and not more


def test_years_consistent_among_themselves_are_set_beside_what_was_filed():
    rows = [
        ("河南省", "R&D经费投入强度", year, value, "%") for year, value in ((2023, 0.0205), (2024, 0.0213))
    ]
    assert [code for code, _ in doubts(*rows)] == ["jump", "jump"]


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        ("250000", "亿元", ["beyond_parent", "level"]),
        ("25", "万元", ["hardly_part"]),
        ("1600", "亿元", ["beyond_parent"]),
    ],
)
def test_a_first_figure_is_a_likely_part_of_its_province(value, unit, found):
    assert [one for one, _ in doubts(("信阳市", "R&D经费", 2024, value, unit), unknown="411500")] == found


def test_a_first_figure_ten_times_too_large_is_doubted_per_gdp():
    rows = [("信阳市", "地区生产总值", 2023, "3000", "亿元"), ("信阳市", "R&D经费", 2023, "250", "亿元")]
    (code, line), *_ = doubts(*rows, unknown="411500")
    assert code == "implied" and "8.33 % of GDP" in line


def test_powers_of_ten_are_told_from_other_changes():
    assert doubts_module.powers([100, 100, 100], [1.1, 800, 430]).tolist() == [-2.0, 1.0, 0.0]


def test_constant_prices_are_doubted(tmp_path):
    rows = [["按2020年不变价计算", None, None, None, None], HEADS, ROW]
    assert [one.code for one in refusal(text(rows), tmp_path)] == ["other_prices"]
    rows[0][0] = "绝对数按当年价计算；增长速度按不变价计算"
    assert not codes(read(text(rows)))


@pytest.mark.parametrize(
    ("published", "doubted"),
    [
        ("2099-01-01", True),
        ("2099", True),
        ("2027", True),
        ("2026-12", True),
        ("2026-11", False),
        ("2026", False),
    ],
)
def test_a_date_ahead_is_doubted_as_far_as_it_is_known(tmp_path, published, doubted):
    path = tmp_path / "sent.csv"
    path.write_bytes(text([HEADS, ROW]))

    def add(**options):
        return adding.add(
            path, "nbs-rd-bulletin", published, dry_run=True, today=date(2026, 11, 26), **options
        )

    if not doubted:
        assert not add().accepted
        return
    with pytest.raises(adding.Refused, match="published"):
        add()
    assert [one.code for one in add(accept=("published",)).accepted] == ["late_publication"]


# What offices send


def test_what_is_passed_over_is_said_row_by_row():
    rows = [
        ["R&D经费（亿元）"],
        ["位次", "地区", "2024", "比上年增长（%）"],
        [None, "东部地区", 23000, 8],
        [10, "河南", 1302.1, 7.5],
        [None, "注：当年价。"],
    ]
    reading = read(saved(book(rows, [["目录"], ["表1"]], names=("表1", "目录"))))
    said = [(one.code, one.cell) for one in reading.problems]
    assert sorted(said) == [
        ("note_line", "B5"), ("passed_column", "A2"), ("passed_column", "D2"), ("passed_row", "B3"), ("passed_sheet", "")
    ]  # fmt: skip
    assert found(reading) == {("410000", MONEY, "2024"): 1302.1}


def test_a_file_of_one_sheet_is_no_cover():
    assert codes(read("地区，年份，数值\n河南，二〇二四，x".encode())) == ["no_heading"]


@pytest.mark.parametrize("name", ["临颍县", "东部新城区", "河南省1", "豫中", "R&D"])
def test_a_region_nobody_knows_is_no_subtotal(name):
    reading = read(text([HEADS, [name, *ROW[1:]], ROW]))
    assert codes(reading) == (["unknown_region"] if name != "豫中" else [])


def test_a_sheet_whose_name_and_title_differ_is_refused_with_both():
    rows = [["2024年R&D经费（亿元）"], ["地区", "数值"], ["河南", 1302.1]]
    lines = messages.listing(read(saved(book(rows, names=("2023年",)))).problems, "en")
    assert len(lines) == 1 and "2024" in lines[0] and "2023" in lines[0]


def test_a_further_table_takes_nothing_from_the_one_above_unless_it_continues_it():
    first = [["R&D经费（亿元）"], ["地区", "2023"], ["河南", 1211.7]]
    other = [*first, [None], ["主要指标"], ["地区", "2024"], ["河南", 1302.1]]
    assert codes(read(saved(book(other)))) == ["missing_field"]
    other[4] = ["续表"]
    assert len(found(read(saved(book(other))))) == 2
    sheets_of = [first, [["续表"], *other[5:]]], ("表1", "表1续")
    assert len(found(read(saved(book(*sheets_of[0], names=sheets_of[1]))))) == 2
    own = [*first, [None], ["R&D经费投入强度"], ["地区", "2024"], ["河南", 2.13]]
    assert codes(read(saved(book(own)))) == ["unit_missing"]


def test_what_a_table_leaves_out_is_given_with_it_and_may_not_contradict():
    rows = [["年份", "郑州市", "洛阳市"], [2023, 400.1, 150.2]]
    assert codes(read(text(rows))) == ["missing_field"] * 2
    reading = read(text(rows), ("指标：R&D经费", "unit: 亿元"))
    assert found(reading) == {("410100", MONEY, "2023"): 400.1, ("410300", MONEY, "2023"): 150.2}
    titled = [["R&D经费（亿元）"], *rows]
    assert codes(read(saved(book(titled)), ("单位：万元",))) == ["two_statements"]


def test_a_word_given_that_nobody_understands_is_refused(tmp_path):
    problems = refusal(text([HEADS, ROW]), tmp_path, about=("指标：火星",))
    assert [one.code for one in problems] == ["unknown_about"]


def test_a_dry_run_shows_a_table_beside_the_figures_before(tmp_path):
    path = tmp_path / "sent.csv"
    path.write_bytes(text([HEADS, ROW]))
    said = adding.add(path, "nbs-rd-bulletin", "2025-09-30", dry_run=True).text("zh").splitlines()
    assert said[2].split() == [
        "河南省",
        "研究与试验发展（R&D）经费",
        "2024",
        "1302.1",
        "亿元",
        "1211.7",
        "(2023)",
        "+7.46",
        "%",
        "新增",
    ]
    path.write_bytes(text([HEADS, [*ROW[:3], 13021, "亿元"]]))
    with pytest.raises(adding.Refused, match=r"13021 亿元 +1211.7 \(2023\)"):
        adding.add(path, "nbs-rd-bulletin", "2025-09-30", dry_run=True)


# Found by trying further files


@pytest.mark.parametrize("font", [{"sz": 5}, {"color": "FFFFFFFF"}])
def test_a_run_too_small_or_pale_to_be_a_digit_is_refused(font):
    made = book([HEADS, ROW])
    made.active["D2"] = CellRichText("1302.1", TextBlock(InlineFont(**font), "5"))
    assert codes(read(saved(made))) == ["invisible"]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ({"font": Font(color="FFFFFFFF")}, ["conditional"]),
        ({"font": Font(strike=True)}, ["conditional"]),
        ({"font": Font(color="FFFF0000")}, []),
        ({"fill": PatternFill("solid", bgColor="FFFFFF00")}, []),
    ],
)
def test_a_conditional_format_that_hides_is_doubted(style, expected):
    made = book([HEADS, ROW])
    made.active.conditional_formatting.add("D1:D1048576", FormulaRule(formula=["D1>1000"], **style))
    assert [one for one in codes(read(saved(made))) if one] == expected * 2  # heading and value


def web(value: str, above: str = "", row: str = "<tr>", cell: str = "<td>") -> figures.Reading:
    cells = "".join(f"<td>{one}" for one in HEADS)
    body = f"{row}<td>河南<td>R&amp;D经费<td>2024{cell}{value}<td>亿元"
    return read(f"<html>{above}<table><tr>{cells}{body}</table></html>".encode())


STYLES = "<style><!-- .a, td.b {vertical-align:super} .c{display:none}\n.d {text-decoration:line-through} td .q {display:none} td>#r {display:none} --></style>"


@pytest.mark.parametrize(
    "value",
    [
        "1302.1<span class=a>1</span>",
        "1302.1<span class='x c'>9</span>",
        "1302.1<span style='display:none'>9</span>",
        "1302.1<small>1</small>",
        "1302.1<a href='#n1'>1</a>",
        "1302.1<span style='font-size: 6pt'>1</span>",
        "1302.1<span style='font:6pt 宋体'>1</span>",
        "1302.1<font size=1>1</font>",
        "1302.1<font size=-2>1</font>",
        "<font size=1>1302.1</font>",
        "1302.1<span style='position:relative; top:-5px'>1</span>",
        "1302.1<span class=q>9</span>",
        "1302.1<i id=r>9</i>",
    ],
)
def test_a_page_is_read_as_its_style_sheet_shows_it(value):
    reading = web(value, STYLES)
    assert list(found(reading).values()) == [1302.1] and not codes(reading)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"value": "<b class=d>1302.1</b>", "above": STYLES}, "struck"),
        ({"value": "1302.1", "row": "<tr height=0>"}, "hidden_cells"),
        ({"value": "1302.1", "row": "<col span=3><col width=0><tr>"}, "hidden_cells"),
        *[
            ({"value": f"1302.1<{ink}>9</font>", "above": ground, "cell": f"<td {cell}>"}, "invisible")
            for ink, ground, cell in (
                ("font color=white", "", ""),
                ("font color='#FFF'", "", ""),
                ("font style='color:#fefefe'", "", ""),
                ("font color=white", "<body bgcolor='#FFFFFF'>", ""),
                ("font color=white", "", "bgcolor=white"),
                ("font color='#ff0000'", "", "style='background:red'"),
                ("font style='color:rgb(254, 254, 254)'", "", ""),
                ("font style='color:rgba(0,0,0,0)'", "", ""),
            )
        ],
        ({"value": "1302.1<select><option>4<option selected>5</select>"}, "not_a_number"),
        ({"value": "13.0", "cell": "<td sdval='1302.1' sdnum='1033;0;0.0,'>"}, "display_differs"),
    ],
)
def test_a_page_that_shows_less_than_it_holds_is_refused(options, code):
    assert codes(web(**options)) == [code]


@pytest.mark.parametrize("ink", ["rgb(0%,0%,0%)", "rgb(1 2 3)", "rgb(1", "hsl(0,0%,0%)", "#12345", "nothing"])
def test_a_colour_nobody_knows_ends_nothing(ink):
    assert list(found(web(f"<font style='color:{ink}'>1302.1</font>")).values()) == [1302.1]


def test_white_on_a_colour_is_seen():
    for cell in ("bgcolor=red", "style='background-color:#1f4e79'"):
        reading = web("<font color=white>1302.1</font>", cell=f"<td {cell}>")
        assert list(found(reading).values()) == [1302.1] and not codes(reading)


def test_a_cell_of_a_page_that_claims_to_span_the_world_does_not_hang():
    assert len(found(web("1302.1", cell="<td rowspan=99999999 colspan='x'>"))) == 1


def test_the_portals_form_by_indicator_is_read():
    rows = [
        ["数据库：分省年度数据"],
        ["指标：地区生产总值(亿元)"],
        ["时间：最近2年"],
        ["地区", "2024年"],
        ["河南省", 63589.99],
    ]
    assert found(read(text([[*row, *[None] * (2 - len(row))] for row in rows]))) == {
        ("410000", "gdp", "2024"): 63589.99
    }


def test_an_empty_corner_is_named_by_what_stands_below_it():
    wanted = {("410000", MONEY, "2023"): 1211.7, ("410000", MONEY, "2024"): 1302.1}
    for rows in (
        [["R&D经费（亿元）"], [None, "2023年", "2024年"], ["河南", 1211.7, 1302.1]],
        [["R&D经费（亿元）"], [None, "2023年", "2024年"], ["全省合计", 1, 2], ["河南", 1211.7, 1302.1], ["注：当年价"]],
        [["河南省"], [None, "单位", "2023年", "2024年"], ["R&D经费", "亿元", 1211.7, 1302.1]],
        [["河南省"], [None, "R&D经费（亿元）"], ["2023年", 1211.7], ["2024年", 1302.1]],
        [["R&D经费（亿元）"], [None, "2023", None, "2024"], [None, "数值", "位次", "数值", "位次"], ["河南", 1211.7, 9, 1302.1, 9]],
    ):  # fmt: skip
        made = book(rows)
        if len(rows[1]) > 4 or rows[1].count(None) > 1:
            made.active.merge_cells("B2:C2")
            made.active.merge_cells("D2:E2")
        reading = read(saved(made))
        assert found(reading) == wanted and not codes(reading), rows
    lines = ["R&D经费（亿元）{0}{0}", "{0}2023年{0}2024年", "河南{0}1211.7{0}1302.1"]
    for mark in ",;\t":
        assert found(read("\n".join(lines).format(mark).encode())) == wanted, mark


@pytest.mark.parametrize("names", [["河楠", "湖北"], ["河南", "R&D经费"], ["合计", "平均"], ["河南", "某某"]])
def test_an_empty_corner_over_names_of_two_fields_or_of_none_is_refused(names):
    rows = [["R&D经费（亿元）"], [None, "2023年", "2024年"], *([name, 1211.7, 1302.1] for name in names)]
    assert codes(read(saved(book(rows)))) == ["no_heading"]


@pytest.mark.parametrize(
    ("above", "heads", "stated"),
    [
        ("R&D经费（亿元）", ["2023年", "2024年（快报）"], ["reported", "flash"]),
        ("R&D经费（亿元）", ["2023年年报数", "2024快报数"], ["reported", "flash"]),
        ("R&D经费（亿元）", ["2023年（调整后）", "2024年初步核算数"], ["revised", "preliminary"]),
        ("2-1 河南省R&D经费（亿元）（快报数）", ["2023年", "2024年"], ["flash", "flash"]),
        ("R&D经费快报（亿元）", ["2023年最终核实数", "2024年"], ["revised", "flash"]),
    ],
)
def test_what_a_heading_or_title_calls_its_figures_is_their_status(above, heads, stated):
    reading = read(saved(book([[above], ["地区", *heads], ["河南", 1211.7, 1302.1]])))
    assert list(reading.figures["status"]) == stated and not codes(reading)


def test_a_status_stands_under_a_year_behind_it_or_in_its_column_and_never_two():
    rows = [["R&D经费（亿元）"], ["地区", "2023年", "2024年"], [None, "最终核实数", "快报数"], ["河南", 1211.7, 1302.1]]  # fmt: skip
    assert list(read(saved(book(rows))).figures["status"]) == ["revised", "flash"]
    rows = [["地区", "年份", "R&D经费（亿元）", "状态"], ["河南", "2023年", 1211.7], ["河南", "2024年（快报）", 1302.1]]  # fmt: skip
    assert list(read(saved(book(rows))).figures["status"]) == ["reported", "flash"]
    title = ["河南省科技投入快报（亿元）"]
    reading = read(saved(book([title, *[row[:3] for row in rows[:2]]])))
    assert list(reading.figures["status"]) == ["flash"] and codes(reading, remarks=True) == ["unread_line"]
    assert list(read(saved(book([*rows, ["注：快报数"]]))).figures["status"]) == ["reported", "flash"]
    rows[2].append("快报数")
    assert not codes(read(saved(book(rows))))
    rows[2][3] = "年鉴数"
    reading = read(saved(book(rows)))
    assert codes(reading) == ["two_statements"]
    assert messages.say(reading.problems[-1], "zh") == (
        "Sheet1!D3：“年鉴数”与“flash 快报数”不一致；请改正其中一处"
    )


@pytest.mark.parametrize("heads", [["2024年", "2024年快报数"], ["2024年（调整前）", "2024年（调整后）"], ["2023年", "2024年预计数"]])  # fmt: skip
def test_two_figures_of_a_year_or_none_that_is_known_are_refused(heads):
    assert codes(read(saved(book([["R&D经费（亿元）"], ["地区", *heads], ["河南", 1211.7, 1302.1]]))))


@pytest.mark.parametrize("title", ["河南省2024年主要指标", "2024年河南省国民经济和社会发展指标", "1-1 河南2024年主要科技指标"])  # fmt: skip
def test_this_year_is_the_titles_and_last_years_column_is_passed_over(title):
    rows = [[title], ["指标", "单位", "本年", "上年", "增长（%）"], ["R&D经费", "亿元", 1302.1, 1211.7, 7.5]]
    reading = read(saved(book(rows)))
    assert found(reading) == {("410000", MONEY, "2024"): 1302.1}
    assert codes(reading, remarks=True) == ["passed_column"] * 2 and not codes(reading)
    rows[0] = ["河南省主要指标"]
    assert codes(read(saved(book(rows)))) == ["missing_field"]


def test_a_level_of_headings_may_part_totals_from_places():
    made = book(
        [
            ["R&D经费（亿元）"],
            ["地区", "2023年", None, "2024年"],
            [None, "总量", "位次", "总量", "位次"],
            ["河南", 1211.7, 10, 1302.1, 9],
        ]
    )
    for area in ("A2:A3", "B2:C2", "D2:E2"):
        made.active.merge_cells(area)
    reading = read(saved(made))
    assert (
        list(found(reading).values()) == [1211.7, 1302.1]
        and codes(reading, remarks=True) == ["passed_column"] * 2
    )


def test_parts_are_passed_over_and_regions_listed_as_parts_are_read():
    rows = [
        ["2024年R&D经费（亿元）"],
        ["地区 Region", "R&D经费 R&D expenditure", "#企业"],
        ["河南 Henan", 1302.1, 1100],
        ["其中：郑州", 400.2, 300],
    ]
    reading = read(saved(book(rows)))
    assert [key[0] for key in found(reading)] == ["410000", "410100"]
    assert codes(reading, remarks=True) == ["passed_column"] and not codes(reading)


def test_the_name_a_province_shares_with_its_city_is_refused_among_cities():
    def regions(*names: str) -> figures.Reading:
        return read(text([HEADS, *([name, "地区生产总值", 2024, 1500, "亿元"] for name in names)]))

    assert codes(regions("长春", "吉林", "四平")) == ["two_readings"]
    assert codes(regions("长春", "吉林市")) == codes(regions("辽宁", "吉林")) == []


def test_a_city_beside_its_province_is_the_city():
    rows = [["省份", "城市", "2024年R&D经费（亿元）"], ["河南", "郑州", 400.2], ["河南", "武汉", 700]]
    reading = read(saved(book(rows)))
    assert codes(reading) == ["two_statements"] and ("410100", MONEY, "2024") in found(reading)


@pytest.mark.parametrize(
    "title", ["规模以上工业企业R&D活动情况", "高等学校R&D经费支出", "“十四五”规划目标", "R&D budget"]
)
def test_a_title_of_a_part_or_a_plan_is_doubted(title):
    assert codes(read(saved(book([[title], HEADS, ROW])))) == ["narrower"]
    assert not codes(read(saved(book([["国家高新技术企业认定情况"], HEADS, ROW]))))


def test_a_mark_before_the_unit_of_a_heading_is_a_note():
    rows = [["地区", "年份", "R&D经费①（亿元）"], ["河南", 2024, 1302.1], ["①含军工。"]]
    assert read(saved(book(rows))).figures["note"].tolist() == ["① 含军工。"]


def test_digits_that_show_in_reverse_are_refused():
    assert codes(read(text([HEADS, [*ROW[:3], "\u202e1.2031", "亿元"]]))) == ["not_a_number"]


@pytest.mark.parametrize(
    ("heads", "encoding"), [("지역,지표,연도", "euc_kr"), ("地域,指標,年,単位", "euc_jp")]
)
def test_further_encodings_are_named(heads, encoding):
    assert codes(read(f"{heads}\n1,2,3\n".encode(encoding))) == ["foreign_encoding"]


def test_text_without_columns_is_refused_for_want_of_headings():
    assert codes(read("地区，年份，R&D经费\n河南，2024，1302.1\n".encode())) == ["no_heading"]


# Other files


def xls(rows: list[list[object]], *marks: tuple[int, bytes]) -> bytes:
    """Write a workbook of Excel 97, as [MS-XLS] and [MS-CFB] describe it, with further records ``marks``."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def cell(row: int, column: int, content: object) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(content, str):
            return record(0x0204, place + struct.pack("<HB", len(content), 1) + content.encode("utf-16-le"))
        return record(0x0203, place + struct.pack("<d", content))

    globe, start = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)),
        record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0)),
    )
    fonts = b"".join(record(*one) for one in marks if one[0] in (0x0031, 0x041E, 0x00E0))
    cells = b"".join(
        cell(r, c, one) for r, row in enumerate(rows) for c, one in enumerate(row) if one is not None
    )
    others = b"".join(record(*one) for one in marks if one[0] not in (0x0031, 0x041E, 0x00E0))
    name = struct.pack("<BB", 3, 0) + b"tab"
    place = len(globe) + len(fonts) + len(record(0x0085, bytes(6) + name)) + 4
    book = globe + fonts + record(0x0085, struct.pack("<IH", place, 0) + name) + record(0x000A, b"")
    stream = (book + start + others + cells + record(0x000A, b"")).ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    count, end, free = len(stream) // 512, 0xFFFFFFFE, 0xFFFFFFFF
    table = [0xFFFFFFFD, end, *range(3, 2 + count), end]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        end,
        0,
        end,
        0,
    )
    head += struct.pack("<109I", 0, *[free] * 108)

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        written = title.encode("utf-16-le") + b"\0\0"
        body = written.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIII", len(written) if title else 0, kind, 1, free, free, child, first, size, 0
        )
        return body.ljust(128, b"\0")

    entries = (
        entry("Root Entry", 5, 1, end, 0)
        + entry("Workbook", 2, free, 2, len(stream))
        + entry("", 0, free, 0, 0) * 2
    )
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + fat + entries + stream


FORM = [["R&D经费投入强度（%）"], ["地区", "2024"], ["河南", 2.13], ["东部地区", 3.1]]


def test_an_old_workbook_is_read():
    reading = read(xls(FORM))
    assert found(reading) == {("410000", SHARE, "2024"): 2.13} and codes(reading, remarks=True) == [
        "passed_row"
    ]


@pytest.mark.parametrize(
    ("mark", "word"),
    [
        ((0x001C, struct.pack("<HHHH", 2, 1, 0, 1)), "批注"),
        ((0x0208, struct.pack("<HHHHHHHH", 2, 0, 2, 0, 0, 0, 0x20, 0)), "隐藏"),
        ((0x007D, struct.pack("<HHHHHH", 1, 1, 2048, 0, 1, 0)), "隐藏"),
        ((0x0031, struct.pack("<HHHHHBBBB", 200, 8, 0, 400, 0, 0, 0, 0, 0) + b"\x01\0A"), "删除线"),
    ],
)
def test_an_old_workbook_with_marks_nobody_can_place_is_refused(mark, word):
    problem = read(xls(FORM, mark)).problems[0]
    assert problem.code == "marked_binary" and word in messages.say(problem, "zh")


def test_an_old_workbook_of_white_type_or_telling_formats_is_refused():
    used = struct.pack("<HHHHHHHHHH", 0, 200, 0, 0, 0, 0, 0, 0, 0, 0)
    white = (0x0031, struct.pack("<HHHHHBBBB", 200, 0, 9, 400, 0, 0, 0, 0, 0) + b"\x01\0A")
    for style, code in (
        ('0.0"万元"', "marked_binary"),
        ("0.0,", "marked_binary"),
        ("#,##0.00_ ", ""),
        ("yyyy/m/d", "date"),
    ):
        shape = (0x041E, struct.pack("<HHB", 200, len(style), 1) + style.encode("utf-16-le"))
        assert "".join(codes(read(xls(FORM, shape, (0x00E0, used))))) == code
    assert codes(read(xls(FORM, white, (0x00E0, bytes(20))))) == ["marked_binary"]
    dark = struct.pack("<HHHHHHHIH", 0, 0, 0, 0, 0, 0, 0, 1 << 26, 8)
    assert not codes(read(xls(FORM, white, (0x00E0, dark))))


def test_an_old_workbook_that_may_show_per_cent_or_raised_digits_is_doubted():
    per_cent = (0x00E0, struct.pack("<HHHHHHHHHH", 0, 10, 0, 0, 0, 0, 0, 0, 0, 0))
    raised = (0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 1, 0, 0, 0, 0) + b"\x01\0A")
    fraction = [*FORM[:2], ["河南", 0.0213]]
    assert codes(read(xls(fraction, per_cent))) == ["display_unseen"] and not codes(read(xls(fraction)))
    written = [*FORM[:2], ["河南", "2.131"]]
    assert codes(read(xls(written, raised))) == ["written_number"] and not codes(read(xls(written)))


def test_a_page_hides_strikes_and_spans_as_it_shows():
    head = "<p>R&amp;D经费</p><p>单位：亿元</p><table><tr><td rowspan=2>地区<td colspan=2>R&amp;D经费<tr><td>2023<td>2024"
    plain = f"{head}<tr><td>河南<td>1211.7<td>1302.1<sup>①</sup></table><p>①初步数。</p>"
    reading = read(plain.encode())
    assert list(found(reading).values()) == [1211.7, 1302.1] and not codes(reading)
    assert reading.figures["note"].tolist() == ["", "① 初步数。"]
    for tag, code in (
        ("<tr style='display: none'>", "hidden_cells"),
        ("<tr><td><s>河南</s>", "struck"),
        ("<tr><td style='color:white'>河南", "invisible"),
    ):
        row = tag if "<td" in tag else f"{tag}<td>河南"
        assert code in codes(read(f"{head}{row}<td>1211.7<td>1302.1</table>".encode()))
    assert codes(read(b"<html><p>no table</p></html>")) == ["no_table"]


def test_excels_xml_of_2003_and_a_page_in_one_file_are_read():
    uri = "urn:schemas-microsoft-com:office:spreadsheet"
    lines = [
        "<Data ss:Type='String'>R&amp;D经费投入强度</Data>",
        "<Data ss:Type='String'>地区</Data>|<Data ss:Type='Number'>2024</Data>",
        "<Data ss:Type='String'>河南</Data>|<Data ss:Type='Number'>0.0213</Data>",
    ]
    cells = "".join(f"<Row><Cell>{line.replace('|', '</Cell><Cell>')}</Cell></Row>" for line in lines)
    cells = cells.replace("<Cell><Data ss:Type='Number'>0", "<Cell ss:StyleID='s1'><Data ss:Type='Number'>0")
    style = '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="Percent"/></Style></Styles>'
    content = f'<?xml version="1.0"?><Workbook xmlns="{uri}" xmlns:ss="{uri}">{style}<Worksheet ss:Name="a"><Table>{cells}</Table></Worksheet></Workbook>'
    assert found(read(content.encode())) == {("410000", SHARE, "2024"): 2.13}
    mail = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html; charset=utf-8\n\n"
    table = "<table><tr><td>R&amp;D经费（亿元）<tr><td>地区<td>2024<tr><td>河南<td>1302.1</table>"
    assert found(read(f"{mail}{table}\n--x--\n".encode())) == {("410000", MONEY, "2024"): 1302.1}


def test_an_open_document_tells_comments_strikes_and_hidden_rows():
    content = open_document([[["R&D经费（亿元）"], ["地区", 2024], ["河南", 1302.1]]], ["a"])

    def harmed(old: str, new: str) -> list[str]:
        return codes(read(rewritten(content, old.encode(), new.encode())))

    value = '<table:table-cell office:value-type="float" office:value="1302.1">'
    assert harmed("", "") == [] and harmed("T1", "T1") == []
    assert harmed(value, f"{value}<office:annotation><text:p>待核实</text:p></office:annotation>") == [
        "comment"
    ]
    assert harmed(
        '<table:table-row><table:table-cell office:value-type="string"><text:p>河南',
        '<table:table-row table:visibility="collapse"><table:table-cell office:value-type="string"><text:p>河南',
    ) == ["hidden_cells"]
    assert harmed("<text:p>1302.1</text:p>", "<text:p>1302</text:p>") == []
    assert harmed("<text:p>1302.1</text:p>", "<text:p>13.0千</text:p>") == ["display_differs"]
    assert harmed(
        'office:value-type="float" office:value="1302.1"',
        'office:value-type="percentage" office:value="13.021"',
    ) == ["shown_percent"]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\xd0\xcf\x11\xe0" + bytes(600), b"PK\x03\x04rest"])
def test_what_is_no_table_is_refused_with_what_is_read(content):
    line = messages.say(read(content).problems[0], "zh")
    assert all(one in line for one in (".xls", ".et", ".ods", ".csv", "WPS"))
