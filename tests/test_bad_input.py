"""Two thousand ways to spoil the form of a valid file: read as the same figures, or refused by cell."""

# ruff: noqa: E501

import contextlib
import csv
import io
import random
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from analysis import catalogue, form
from analysis.intake import figures, layout, messages, notation, sheets

KNOWN = notation.vocabulary(catalogue.read())
WHOLE_FILE = {
    "old_format", "encoding", "foreign_encoding", "two_delimiters", "hidden_sheet", "empty", "long_cell", "no_table",
}  # fmt: skip
LONG = [
    ("411100", "rd_expenditure", "2019", "13.45", "亿元", "first_release", "第12页"),
    ("411100", "rd_expenditure", "2020", "16.15", "亿元", "preliminary", ""),
    ("411100", "rd_intensity", "2019", "0.86", "%", "reported", ""),
    ("411100", "national_hte_new", "2019", "25", "家", "reported", ""),
    ("411100", "national_hte_new", "2019-06", "11", "家", "reported", ""),
    ("410000", "rd_expenditure", "2019", "793.04", "亿元", "first_release", ""),
    ("410000", "rd_expenditure", "2020", "…", "亿元", "", "尚未公布"),
    ("410000", "gdp", "2019", "53717.8", "亿元", "reported", "据公报"),
    ("410000", "resident_population", "2020", "99365519", "人", "census", ""),
    ("411100", "invention_patents_per_10k", "2019", "7.125", "件/万人", "reported", ""),
    ("110000", "gdp", "2019", "35445.1", "亿元", "reported", ""),
]
LONG_HEADS = ["地区", "指标", "年份", "数值", "单位", "状态", "备注"]
YEARS = [
    ["各地区研究与试验发展（R&D）经费", "", "", ""],
    ["单位：亿元", "", "", ""],
    ["地区", "2018", "2019", "2020"],
    ["全国", "19677.9", "22143.6", "24393.1"],
    ["北京市", "1870.8", "2233.6", "2326.6"],
    ["河南省", "671.5", "793", "901.3"],
    ["漯河市", "…", "13.45", "16.15"],
]
INDICATORS = [
    ["2019年各地区R&D经费情况", "", "", ""],
    ["地区", "年份", "R&D经费（亿元）", "R&D经费投入强度（%）"],
    ["全国", "2019", "22143.6", "2.23"],
    ["北京市", "2019", "2233.6", "6.31"],
    ["河南省", "2019", "793", "1.46"],
    ["漯河市", "2019", "13.45", "0.86"],
]


@dataclass
class Draft:
    """A file about to be written: a grid of cells, what is merged and hidden, and how it is saved."""

    grid: list[list[object]]
    head: int
    workbook: bool
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    hidden: bool = False
    title: str = "Sheet1"
    extra: dict[str, list[list[object]]] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","
    ending: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    damage: list = field(default_factory=list)

    @property
    def body(self) -> range:
        return range(self.head + 1, len(self.grid))

    def value_cells(self) -> list[tuple[int, int]]:
        """Cells that hold a figure's number."""
        heads = self.grid[self.head]
        fields = [notation.heading(str(one)) for one in heads]
        columns = [
            c for c, names in enumerate(fields) if names == {"value"} or (not names and str(heads[c]).strip())
        ]
        return [(r, c) for r in self.body for c in columns if _is_number(self.grid[r][c])]

    def column(self, name: str) -> int | None:
        return next(
            (c for c, one in enumerate(self.grid[self.head]) if notation.heading(str(one)) == {name}), None
        )

    def content(self) -> bytes:
        return self._xlsx() if self.workbook else self._csv()

    def _csv(self) -> bytes:
        stream = io.StringIO(newline="")
        writer = csv.writer(
            stream, delimiter=self.delimiter, lineterminator=self.ending, quoting=self.quoting
        )
        writer.writerows([["" if one is None else one for one in row] for row in self.grid])
        text = stream.getvalue()
        for change in self.damage:
            text = change(text)
        return text.encode(self.encoding)

    def _xlsx(self) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = self.title
        for r, row in enumerate(self.grid, start=1):
            for c, content in enumerate(row, start=1):
                if content not in ("", None):
                    sheet.cell(r, c, content)
        for (r, c), style in self.formats.items():
            sheet.cell(r + 1, c + 1).number_format = style
        for top, left, bottom, right in self.merges:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        for row in self.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for column in self.hidden_columns:
            sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
        for name, rows in self.extra.items():
            other = book.create_sheet(name)
            for row in rows:
                other.append(row)
        if self.hidden and self.extra:
            sheet.sheet_state = "hidden"
            book.active = 1
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


def _is_number(content: object) -> bool:
    return notation.PLAIN.fullmatch(str(content)) is not None


def drafts() -> list[Draft]:
    long = [LONG_HEADS, *map(list, LONG)]
    grids = [(long, 0), (YEARS, 2), (INDICATORS, 1)]
    return [
        Draft(_typed(grid) if book else deepcopy(grid), head, book)
        for grid, head in grids
        for book in (True, False)
    ]


def _typed(grid: list[list[str]]) -> list[list[object]]:
    """Give numbers their type, as a workbook has it; region codes stay text."""
    return [[float(one) if _is_number(one) and len(one) != 6 else one for one in row] for row in grid]


def read(content: bytes) -> tuple[frozenset | None, list]:
    """Return the figures of a file, or None and the problems."""
    grids = sheets.read("file", content, layout.is_heading)
    if not isinstance(grids, list):
        return None, [grids]
    reading = figures.read(grids, KNOWN)
    problems = [one for one in reading.problems if not one.remark]
    rows = reading.figures
    columns = [rows[name].astype(str) for name in ("region", "indicator", "period", "status")]
    found = frozenset(zip(*columns, rows["value"], strict=True))
    if len(found) != len(rows):
        problems.append(messages.Problem("duplicate", "file", {"value": "", "other": ""}, "A1"))
    passed = [one for one in reading.problems if one.code.startswith("passed")]
    return (None if problems else found), problems or passed


# Mutations of form: each changes a draft in place, and may do nothing when it does not apply.


def _cell(draft: Draft, rng: random.Random) -> tuple[int, int]:
    return rng.choice(draft.value_cells() or [(draft.head, 0)])


def _set(draft: Draft, place: tuple[int, int], content: object) -> None:
    draft.grid[place[0]][place[1]] = content


def _number(draft: Draft, place: tuple[int, int]) -> str:
    return (
        sheets.digits(draft.grid[place[0]][place[1]])
        if not isinstance(draft.grid[place[0]][place[1]], str)
        else draft.grid[place[0]][place[1]]
    )


def _shift(draft: Draft, row: int) -> None:
    """Move what is remembered by row after a row was put in."""
    draft.head += row <= draft.head
    draft.merges = [(t + (t >= row), a, b + (b >= row), z) for t, a, b, z in draft.merges]
    draft.hidden_rows = [one + (one >= row) for one in draft.hidden_rows]
    draft.formats = {(r + (r >= row), c): style for (r, c), style in draft.formats.items()}


def _width(draft: Draft) -> int:
    return len(draft.grid[draft.head])


def blank_row(draft, rng):
    row = rng.randrange(len(draft.grid) + 1)
    draft.grid.insert(row, [""] * _width(draft))
    _shift(draft, row)


def blank_column(draft, rng):
    column = rng.randrange(_width(draft) + 1)
    if draft.merges or draft.formats or draft.hidden_columns:
        return
    for row in draft.grid:
        row.insert(column, "")


def title(draft, rng):
    text = rng.choice(
        [
            "统计资料",
            "漯河市科技统计",
            "2019年",
            "表3-2 主要指标",
            "单位：亿元、%、家、人",
            "Table 3",
            "制表：张三",
            "2021年6月30日",
            "机密",
        ]
    )
    draft.grid.insert(0, [text] + [""] * (_width(draft) - 1))
    _shift(draft, 0)
    if draft.workbook and rng.random() < 0.6:
        draft.merges.append((0, 0, 0, _width(draft) - 1))


def footnote(draft, rng):
    text = rng.choice(
        [
            "注：2020年为初步数。",
            "资料来源：市统计局",
            "Note: preliminary",
            "*含港澳台",
            "市统计局提供",
            "合计",
            "单位：万元",
            "注：单位：万元",
        ]
    )
    draft.grid.append([text] + [""] * (_width(draft) - 1))


def swap_columns(draft, rng):
    if draft.merges or draft.formats or draft.hidden_columns:
        return
    first, second = rng.sample(range(_width(draft)), 2)
    for row in draft.grid[draft.head :]:
        row[first], row[second] = row[second], row[first]


def shuffle_rows(draft, rng):
    if not draft.merges and not draft.formats and not draft.hidden_rows:
        body = draft.grid[draft.head + 1 :]
        rng.shuffle(body)
        draft.grid[draft.head + 1 :] = body


def rename_heading(draft, rng):
    column = rng.randrange(_width(draft))
    names = notation.heading(str(draft.grid[draft.head][column]))
    if len(names) == 1:
        draft.grid[draft.head][column] = rng.choice(notation.HEADINGS[names.pop()].split())


def dress_heading(draft, rng):
    column = rng.randrange(_width(draft))
    text = str(draft.grid[draft.head][column]).removesuffix(".0")
    dressed = rng.choice(
        [
            " ".join(text),
            f" {text} ",
            f"{text}\n",
            text.upper(),
            f"　{text}",
            f"{text}年",
            f"{text}：",
            f"{text}*",
            f"({text})",
            f"{text} Region",
        ]
    )
    draft.grid[draft.head][column] = dressed


def spoil_heading(draft, rng):
    column = rng.randrange(_width(draft))
    draft.grid[draft.head][column] = rng.choice(["", "其中：企业", "x", "#REF!", "0", None, "数据1", "全省"])


def double_heading(draft, rng):
    first, second = rng.sample(range(_width(draft)), 2)
    draft.grid[draft.head][second] = draft.grid[draft.head][first]


def swap_headings(draft, rng):
    keys = [c for c in range(_width(draft)) if notation.heading(str(draft.grid[draft.head][c]))]
    if len(keys) > 1:
        first, second = rng.sample(keys, 2)
        heads = draft.grid[draft.head]
        heads[first], heads[second] = heads[second], heads[first]


def repeat_heading(draft, rng):
    draft.grid.insert(rng.choice(draft.body), list(draft.grid[draft.head]))


def as_text(draft, rng):
    for place in draft.value_cells():
        if rng.random() < 0.5:
            _set(draft, place, _number(draft, place))


def thousands(draft, rng):
    for place in draft.value_cells():
        text = _number(draft, place)
        whole, point, rest = text.partition(".")
        _set(draft, place, f"{int(whole):,}{point}{rest}")


def full_width(draft, rng):
    place = _cell(draft, rng)
    _set(
        draft,
        place,
        str(_number(draft, place)).translate({ord(a): ord(a) + 0xFEE0 for a in "0123456789.,%-"}),
    )


def decimal_comma(draft, rng):
    for place in draft.value_cells():
        _set(draft, place, _number(draft, place).replace(".", ","))


def one_decimal_comma(draft, rng):
    place = _cell(draft, rng)
    _set(draft, place, _number(draft, place).replace(".", ","))


def dress_number(draft, rng):
    place = _cell(draft, rng)
    text = _number(draft, place)
    shapes = ["{} ", " {}", "\u00a0{}", "{}①", "{}*", "{}¹", "{} (1)", "({})", "+{}", "约{}", ">{}", "{}以上", "{}?", "'{}", "0{}", "{}0万",
              "{}e0", "{}元", "{}家", "{}亿元", "{}万元", "{}%", "{}‰", "¥{}", "{}.", "—{}", "{}-", "{}/2", "{}，"]  # fmt: skip
    _set(draft, place, rng.choice(shapes).format(text))


def spaced_number(draft, rng):
    place = _cell(draft, rng)
    text = _number(draft, place)
    cut = rng.randrange(len(text) + 1)
    _set(draft, place, text[:cut] + rng.choice([" ", "\u2009", "'", "’", "\u00a0", "\n", "_"]) + text[cut:])


def other_unit(draft, rng):
    column = draft.column("unit")
    if column is None:
        return
    scales = {"亿元": [("万元", "1E4"), ("元", "1E8"), ("100 million yuan", "1"), ("yuan", "1E8")], "%": [("‰", "10"), ("％", "1"), ("% of GDP", "1")],
              "家": [("个", "1"), ("enterprises", "1")], "人": [("万人", "1E-4"), ("persons", "1")]}  # fmt: skip
    for row in draft.body:
        place = (row, draft.column("value"))
        if place[1] is not None and place in draft.value_cells() and rng.random() < 0.5:
            unit, scale = rng.choice(scales.get(str(draft.grid[row][column]), [("", "1")]))
            if unit:
                draft.grid[row][column] = unit
                value = f"{Decimal(_number(draft, place)) * Decimal(scale):f}"
                value = value.rstrip("0").rstrip(".") if "." in value else value
                _set(draft, place, float(value) if draft.workbook else value)


def spoil_unit(draft, rng):
    column = draft.column("unit")
    if column is not None:
        draft.grid[rng.choice(draft.body)][column] = rng.choice(
            ["", "亿", "美元", "%%", "个百分点", "-", "亿元/万元", None]
        )


def drop_units(draft, rng):
    column = draft.column("unit")
    if column is not None and not draft.merges:
        for row in draft.grid[draft.head :]:
            row[column] = ""


def percent_format(draft, rng):
    place = _cell(draft, rng)
    if draft.workbook and not isinstance(draft.grid[place[0]][place[1]], str):
        value = Decimal(_number(draft, place))
        scaled = rng.random() < 0.5
        _set(draft, place, float(value / 100) if scaled else float(value))
        draft.formats[place] = rng.choice(["0%", "0.00%"])


def odd_format(draft, rng):
    place = _cell(draft, rng)
    if draft.workbook:
        draft.formats[place] = rng.choice(["General", "0", "0.00", "#,##0.00", "#,##0,", '0.0"万"', "0!.0000", "yyyy-mm-dd", "@", "0.00E+00", ";;;",
                                           "yyyy", "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "[$¥-804]#,##0.00", "0.00_);[Red]\\(0.00\\)", "h:mm"])  # fmt: skip


def odd_year(draft, rng):
    column = draft.column("period")
    if column is None:
        return
    row = rng.choice(draft.body)
    if not str(draft.grid[row][column]).startswith("20") or "-" in str(draft.grid[row][column]):
        return
    year = int(float(draft.grid[row][column]))
    shapes = [f"{year}年", f"{year}.0", f" {year}", f"{year}年度", f"{year % 100}年", f"{year}-13", f"{year}/20", f"{year - 1}-{year}", "", "去年", f"{year}.06", float(year),
              f"{year}".translate({48 + d: 0xFF10 + d for d in range(10)}), f"{year}E", f"'{year}", f"FY{year}", f"{year}年6月", f"{year}H1"]  # fmt: skip
    draft.grid[row][column] = rng.choice(shapes)


def year_date(draft, rng):
    column = draft.column("period")
    if column is not None and draft.workbook:
        row = rng.choice(draft.body)
        if str(draft.grid[row][column]).startswith("20") and "-" not in str(draft.grid[row][column]):
            year = int(float(draft.grid[row][column]))
            draft.grid[row][column] = rng.choice([datetime(year, 1, 1), datetime(year, 12, 31), year])
            draft.formats[(row, column)] = rng.choice(
                ["yyyy", "yyyy-mm-dd", "yyyy/m/d", "mmm-yy", 'yyyy"年"', "d"]
            )


def other_name(draft, rng):
    for name in ("region", "indicator"):
        column = draft.column(name)
        if column is None:
            continue
        for row in draft.body:
            keys = KNOWN.names[name].get(notation.normal(str(draft.grid[row][column])), ())
            if len(keys) == 1 and rng.random() < 0.4:
                same = [word for word, found in KNOWN.names[name].items() if found == keys]
                draft.grid[row][column] = rng.choice(same)


def spoil_name(draft, rng):
    column = draft.column(rng.choice(["region", "indicator", "status"]))
    if column is not None:
        draft.grid[rng.choice(draft.body)][column] = rng.choice(
            ["", "火星", "合计", "高新技术企业", 4111, 0, "漯河市区", "R&D", "其中", "NA", True]
        )


def numeric_code(draft, rng):
    column = draft.column("region")
    if column is not None:
        for row in draft.body:
            text = str(draft.grid[row][column])
            if text.isdigit():
                draft.grid[row][column] = (
                    int(text) if draft.workbook else f"{text}.0" if rng.random() < 0.2 else text
                )


def merge_regions(draft, rng):
    column = draft.column("region")
    if column is None or not draft.workbook or draft.merges:
        return
    row = draft.head + 1
    while row < len(draft.grid):
        last = row
        while last + 1 < len(draft.grid) and draft.grid[last + 1][column] == draft.grid[row][column]:
            last += 1
        if last > row:
            draft.merges.append((row, column, last, column))
            for one in range(row + 1, last + 1):
                draft.grid[one][column] = ""
        row = last + 1


def blank_regions(draft, rng):
    column = draft.column("region")
    if column is not None:
        draft.grid[rng.choice(draft.body)][column] = ""


def merge_anywhere(draft, rng):
    if draft.workbook and not draft.merges:
        row, column = rng.randrange(len(draft.grid) - 1), rng.randrange(_width(draft) - 1)
        wide = rng.random() < 0.5
        area = (row, column, row + (not wide), column + wide)
        corner = draft.grid[area[2]][area[3]]
        if corner in ("", None):  # a merge that deletes a figure is a change of values
            draft.merges.append(area)


def hide(draft, rng):
    if draft.workbook:
        choice = rng.randrange(3)
        if choice == 0:
            draft.hidden_rows.append(rng.randrange(len(draft.grid)))
        elif choice == 1:
            draft.hidden_columns.append(rng.randrange(_width(draft)))
        else:
            draft.extra["封面"], draft.hidden = [["封面"]], True


def more_sheets(draft, rng):
    if draft.workbook:
        rows = rng.choice(
            [
                [],
                [["说明"]],
                [[f"本表{rng.choice(form.unread())}"]],
                [["地区", "备注"], ["漯河市", "略"]],
                [["a", "b"], [1, 2]],
            ]
        )
        draft.extra[rng.choice(["Sheet2", "说明", "附表"])] = rows


def rename_sheet(draft, rng):
    draft.title = rng.choice(["数据", "Sheet", "2019", "观测值 Data", "a'b", "表!1"]).replace("'", "")


def formula(draft, rng):
    place = _cell(draft, rng)
    if draft.workbook:
        _set(draft, place, rng.choice(["=1+1", f"=A{place[0] + 1}", "=SUM(A1:A2)", "#N/A", "#DIV/0!"]))


def boolean(draft, rng):
    _set(
        draft,
        _cell(draft, rng),
        rng.choice([True, False, "TRUE", "nan", "inf", "None", "null", "#####", "0x1F", "1e5", "١٢", "十二"]),
    )


def missing_mark(draft, rng):
    for row in draft.body:
        for column, content in enumerate(draft.grid[row]):
            if content == "…":
                draft.grid[row][column] = rng.choice(
                    ["", "-", "—", "——", "...", "……", "NA", "N/A", "n.a.", "－", "/", None, " "]
                )


def double_row(draft, rng):
    draft.grid.append(list(draft.grid[rng.choice(draft.body)]))


def encoding(draft, rng):
    draft.encoding = rng.choice(["utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "shift_jis", "gbk"])


def delimiter(draft, rng):
    draft.delimiter = rng.choice(["\t", ";", "|", "，", " ", ":"])


def ending(draft, rng):
    draft.ending = rng.choice(["\r\n", "\r"])


def quoting(draft, rng):
    draft.quoting = rng.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


def unquoted(draft, rng):
    """Thousands commas without quotes: more cells than headings."""
    place = _cell(draft, rng)
    number = _number(draft, place)
    if not draft.workbook and float(number) >= 1000:
        whole, point, rest = number.partition(".")
        draft.damage.append(lambda text: text.replace(number, f"{int(whole):,}{point}{rest}", 1))


def ragged(draft, rng):
    column = rng.randrange(_width(draft))
    row = rng.choice(draft.body)
    if not draft.workbook:
        draft.grid[row] = (
            draft.grid[row][: column + 1]
            if rng.random() < 0.5
            else [*draft.grid[row], rng.choice(["", "x", "5"])]
        )


def trailing(draft, rng):
    for row in draft.grid:
        row += [""] * 2


def newline_in_note(draft, rng):
    column = draft.column("note")
    if column is not None:
        draft.grid[rng.choice(draft.body)][column] = rng.choice(
            ["两行\n备注", 'a "b", c', "a,b;c", "\t", "＝1", "单位：万元"]
        )


MUTATIONS = [
    blank_row, blank_column, title, footnote, swap_columns, shuffle_rows, rename_heading, dress_heading, spoil_heading,
    double_heading, swap_headings, repeat_heading, as_text, thousands, full_width, decimal_comma, one_decimal_comma,
    dress_number, spaced_number, other_unit, spoil_unit, drop_units, percent_format, odd_format, odd_year, year_date,
    other_name, spoil_name, numeric_code, merge_regions, blank_regions, merge_anywhere, hide, more_sheets, rename_sheet,
    formula, boolean, missing_mark, double_row, encoding, delimiter, ending, quoting, unquoted, ragged, trailing,
    newline_in_note,
]  # fmt: skip


DRAFTS = drafts()
EXPECTED = [read(draft.content()) for draft in DRAFTS]


def mutated(seed: int) -> tuple[int, Draft, list[str]]:
    """Return which draft was chosen, what became of it, and by which mutations."""
    rng = random.Random(seed)
    position = rng.choice(range(len(DRAFTS)))
    draft = deepcopy(DRAFTS[position])
    chosen = rng.sample(MUTATIONS, rng.choice([1, 1, 1, 2, 2, 3]))
    for mutation in chosen:
        with contextlib.suppress(IndexError, ValueError):  # does not apply to what an earlier one left
            mutation(draft, rng)
    return position, draft, [one.__name__ for one in chosen]


def test_every_way_to_spoil_a_file_changes_some_file():
    changed = set()
    for mutation in MUTATIONS:
        for seed in range(40):
            rng = random.Random(seed)
            before = rng.choice(DRAFTS)
            draft = deepcopy(before)
            mutation(draft, rng)
            changed |= {mutation} if draft != before else set()
    assert changed == set(MUTATIONS)


def test_the_unspoilt_files_are_read():
    assert [len(found) for found, _ in EXPECTED] == [10, 10, 11, 11, 8, 8]
    assert EXPECTED[0] == EXPECTED[1] and EXPECTED[2] == EXPECTED[3] and EXPECTED[4] == EXPECTED[5]


@pytest.mark.parametrize("block", range(6))
def test_a_spoilt_form_is_read_alike_or_refused_by_cell(block):
    outcomes = Counter()
    for seed in range(100 * block, 100 * block + 100):
        position, draft, names = mutated(seed)
        try:
            content = draft.content()
        except UnicodeEncodeError:
            outcomes["not writable"] += 1
            continue
        found, problems = read(content)
        context = f"seed {seed}: {names}"
        if found is not None:
            expected = EXPECTED[position][0]
            assert found <= expected if problems else found == expected, context
        for one in problems:
            assert one.cell or one.code == "passed_sheet" or one.code in WHOLE_FILE, context
            for language in ("zh", "en"):
                line = messages.say(one, language)
                assert (one.cell or one.sheet) in line and "{" not in line, context
        outcomes["read" if found is not None else "refused"] += 1
    assert outcomes["read"] > 15 and outcomes["refused"] > 15
