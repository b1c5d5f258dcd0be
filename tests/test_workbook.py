"""The workbook of results: what each sheet says and how, and what comes back from it filled in."""

import dataclasses
import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from types import SimpleNamespace
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest
from lxml import etree

from analysis import form, places, releases, spreadsheets, tables
from analysis.intake import adding, figures, layout, notation, sheets
from analysis.printing import LANGUAGES, Voice
from analysis.review import records, workbook

CHINESE = re.compile("[\u4e00-\u9fff]")
AS_OF = "2018-12-31"
NAMES = ["封面", "目标", "概率变化", "数据明细", "所需资料", "数据提示单", "指标", "选项",
         "Cover", "Targets", "Probability over time", "Figures", "Still needed"]  # fmt: skip
QUOTED = {"title", "clause", "document", "source", "source_name", "note", "wanted", "reading", "code"}
CODED = {"verdict", "evidence", "likelihood", "role", "status", "precision", "quality", "suitability", "kind"}
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def luohe(outlook):
    return outlook("luohe-2019", AS_OF)


@pytest.fixture(scope="module")
def written(results):
    return results("luohe-2019", AS_OF)


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(io.BytesIO(written))


def rows_of(book, name, language):
    """Return the cells of a sheet's rows by the names of their columns."""
    sheet = book[Voice(language).say(f"workbook.{name}")]
    heads = workbook.columns()[name]
    assert [cell.value for cell in sheet[3]] == [head.heads[language] for head in heads]
    return [dict(zip([head.name for head in heads], row, strict=True)) for row in sheet.iter_rows(min_row=4)]


# ---------------------------------------------------------------------------------------- what it says


def test_a_cover_comes_first_and_leads_to_every_sheet(book, luohe):
    assert book.sheetnames == NAMES and book.active.title == "封面"
    assert book["选项"].sheet_state == "hidden"
    for name, after in (("封面", NAMES[1:7]), ("Cover", NAMES[9:])):
        cells = [cell for row in book[name].iter_rows() for cell in row if cell.hyperlink]
        assert [cell.value for cell in cells][: len(after)] == after
        assert [cell.hyperlink.location for cell in cells] == [f"'{cell.value}'!A1" for cell in cells]
    said = {cell.value for row in book["封面"].iter_rows() for cell in row}
    plan = luohe.plan
    assert {plan.title.zh, plan.document, plan.issuer.zh, "漯河市 411100"} <= said
    assert datetime.fromisoformat(AS_OF) in said


@pytest.mark.parametrize(("name", "language"), [("封面", "zh"), ("Cover", "en")])
def test_the_cover_has_three_parts_a_line_apart(book, name, language, luohe):
    sheet, voice = book[name], Voice(language)
    assert sheet.page_setup.orientation == "portrait" and book[NAMES[1]].page_setup.orientation == "landscape"
    lines = {row[0].row: row for row in sheet.iter_rows(min_row=3) if any(cell.value for cell in row)}
    heads = [voice.several(f"workbook.{part}") for part in ("contents", "use")]
    places = [next(n for n, row in lines.items() if row[0].value == head[0]) for head in heads]
    assert [
        [cell.value for cell in lines[n]][: len(head)] for n, head in zip(places, heads, strict=True)
    ] == [list(head) for head in heads]
    sheets = len(workbook.SHEETS) + len(form.titles(workbook.FILLED))
    assert list(lines) == [*range(4, 10), *range(11, 12 + sheets), *range(13 + sheets, max(lines) + 1)]
    assert places == [11, 13 + sheets]
    steps = [row[0].value for n, row in lines.items() if n > places[1]]
    assert steps == list(range(1, len(voice.several("workbook.steps")) + 1))
    request = form.titles(workbook.FILLED)[0]
    assert request in " ".join(str(row[1].value) for row in lines.values()) and request in sheet["A2"].value


def test_what_leads_elsewhere_looks_like_it(book):
    cells = [
        cell
        for sheet in (book["Cover"], book[Voice("en").say("workbook.targets")])
        for row in sheet.iter_rows(min_row=4)
        for cell in row
        if cell.value is not None
    ]
    assert {bool(cell.hyperlink) for cell in cells} == {True, False}
    assert all((cell.font.underline == "single") == bool(cell.hyperlink) for cell in cells)
    sides = {(isinstance(cell.value, str), cell.alignment.horizontal) for cell in cells
             if cell.parent.title == "Targets"}  # fmt: skip
    assert sides == {(True, "left"), (False, "right")}


@pytest.mark.parametrize(("rows", "last"), [([], 4), ([{}], 4), ([{}, {}], 5)])
def test_a_table_without_rows_has_a_line_to_filter_and_print(rows, last):
    sheet, heads = openpyxl.Workbook().active, workbook.columns()["targets"]
    workbook._table(sheet, heads, rows, Voice("en"))
    assert sheet.auto_filter.ref.startswith("A3:") and sheet.auto_filter.ref.endswith(str(last))
    assert sheet.print_area.endswith(f"${last}")


def test_what_is_not_known_is_an_empty_cell():
    sheet, heads = openpyxl.Workbook().active, workbook.columns()["targets"]
    lacking = [{head.name: absent for head in heads if head.format != "link"}
               for absent in (float("nan"), None, pd.NA)]  # fmt: skip
    workbook._table(sheet, heads, lacking, Voice("en"))
    assert [cell.value for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None] == []


def test_a_sheet_speaks_one_language(book):
    """Apart from what is quoted: the document, sources, notes as they were filed."""
    words = Voice("en").say("workbook.review")
    for sheet in book.worksheets[:7]:
        heads = [cell.value for cell in sheet[3] if cell.value]
        assert all(CHINESE.search(head) for head in heads), sheet.title
        assert words not in {cell.value for row in sheet.iter_rows() for cell in row}
    for name in workbook.SHEETS:
        for row in rows_of(book, name, "zh"):
            told = [cell.value for key, cell in row.items() if key in CODED and cell.value]
            assert all(CHINESE.search(one) for one in told)
        for row in rows_of(book, name, "en"):
            told = [cell.value for key, cell in row.items() if key not in QUOTED]
            assert not [one for one in told if isinstance(one, str) and CHINESE.search(one)]


def test_both_languages_hold_the_same_numbers(book):
    for name in workbook.SHEETS:
        zh, en = (rows_of(book, name, language) for language in ("zh", "en"))
        for one, other in zip(zh, en, strict=True):
            for key, cell in one.items():
                assert (
                    cell.data_type == other[key].data_type and cell.number_format == other[key].number_format
                )
                assert cell.data_type == "s" or cell.value == other[key].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_its_format(book, language):
    kinds = {"percent": float, "year": int, "whole": int, "growth": (int, float), "date": datetime,
             "code": str, "text": str, "link": str, "value": (int, float), "goal": (int, float)}  # fmt: skip
    seen = set()
    for name, heads in workbook.columns().items():
        for row in rows_of(book, name, language):
            for head in heads:
                cell = row[head.name]
                if cell.value is None:
                    continue
                seen.add(head.format)
                assert isinstance(cell.value, kinds[head.format]) or cell.value in (0, 1), (head, cell.value)
                if head.format in workbook.FORMATS:
                    assert cell.number_format == workbook.FORMATS[head.format]
                else:
                    assert re.fullmatch(r"#,##0(\.0+)?", cell.number_format)
                assert cell.alignment.wrap_text or cell.data_type != "s"
    assert seen == {*workbook.FORMATS, "value", "goal"}


def test_a_year_has_no_separator_and_a_share_its_decimals(book):
    row = next(one for one in rows_of(book, "figures", "zh") if one["indicator"].value == "fiscal_st_share")
    assert (row["year"].number_format, row["value"].number_format) == ("0", "#,##0.00")
    goals = {row["target"].value: row["goal"] for row in rows_of(book, "targets", "zh")}
    assert goals["rd-intensity"].number_format == "#,##0.00"
    assert goals["national-hte-new"].number_format == "#,##0"


def test_every_table_is_set_up_for_screen_and_print(book):
    for language in LANGUAGES:
        for name, heads in workbook.columns().items():
            sheet = book[Voice(language).say(f"workbook.{name}")]
            assert sheet.freeze_panes == "B4" and sheet.auto_filter.ref.startswith("A3:")
            assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
            assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$3:$3"
            assert sum(head.printed for head in heads) == [head.printed for head in heads].index(False)
            assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[3])


def test_a_row_is_as_high_as_its_texts(book):
    rows = rows_of(book, "targets", "en")
    cell = max((row["reading"] for row in rows), key=lambda cell: len(cell.value or ""))
    assert len(cell.value) > 180 and book["Targets"].row_dimensions[cell.row].height >= 3 * 16


def test_a_target_has_the_release_of_its_last_value(book, luohe, catalogue):
    found = {row["target"].value: row for row in rows_of(book, "targets", "zh")}
    row, one = found["national-hte-new"], luohe.of("national-hte-new").assessment
    figure = one.history.iloc[-1]
    assert (row["last"].value, row["last_year"].value) == (figure["value"], 2016) == (13, 2016)
    assert row["published"].value == figure["published"] == datetime(2017, 2, 16)
    source = catalogue.sources[figure["source"]]
    assert (row["source"].value, row["quality"].value) == (source.zh, "一般")
    assert row["p_attain"].value == round(one.row["p_attain"], 4)
    assert found["rd-intensity"]["last"].value is None is found["rd-intensity"]["published"].value


def test_a_known_outcome_is_the_last_value_even_where_later_ones_are_known(outlook, catalogue):
    for one in outlook("luohe-2019", "2023-05-26").assessments:
        row = records.target(one, Voice("zh", catalogue))
        if one.row["outcome"] is not None:
            assert (row["last"], row["last_year"]) == (one.row["outcome"], one.target.deadline)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_target_links_to_its_memo_else_to_the_review_page(book, luohe, language):
    told = {one.target.id for one in luohe.assessments if one.situation not in tables.UNTOLD}
    assert 0 < len(told) < len(luohe.assessments)
    for row in rows_of(book, "targets", language):
        name, link = row["target"].value, row["memo"].hyperlink
        expected = (
            (f"{name}.{language}.docx", None) if name in told else ("review.html", f"{language}-{name}")
        )
        assert (link.target, link.location) == expected


def test_the_regions_own_figures_come_first_and_codes_keep_their_zeros(outlook, book, catalogue):
    regions = [row["region"].value for row in rows_of(book, "figures", "zh")]
    own = regions.count("411100")
    assert 0 < own < len(regions) and set(regions[:own]) == {"411100"}
    listed = records.figures(outlook("china-2020", "2024-10-02"), Voice("zh", catalogue))
    assert listed[0]["region"] == "000000"


def test_months_are_numbers_too(luohe, catalogue):
    row = next(luohe.of("national-hte-new").figures.itertuples(index=False))._replace(period="2019-06")
    made = records.figure("month", row, Voice("zh", catalogue))
    assert (made["year"], made["month"]) == (2019, 6)


def test_the_workbook_carries_no_clock(written):
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2018-12-31T00:00:00" in archive.read("docProps/core.xml")


def test_a_text_in_the_workbook_is_never_a_formula():
    cell = openpyxl.Workbook().active["A1"]
    head = next(head for head in workbook.columns()["figures"] if head.name == "note")
    workbook._cell(cell, head, {"note": "=1+1"}, spreadsheets.Looks())
    assert (cell.value, cell.data_type) == ("=1+1", "s")


# ------------------------------------------------------------------------------------- what comes back


def read(content, catalogue):
    grids = sheets.read("results.xlsx", content, layout.is_heading)
    return figures.read(grids, notation.vocabulary(catalogue))


def test_what_is_asked_for_can_be_read_as_it_stands(luohe, written, catalogue):
    asked = records.asked(luohe, catalogue)
    reading = read(written, catalogue)
    assert (reading.problems, len(reading.figures), reading.missing) == ([], 0, len(asked))
    assert form.Asked("411100", "rd_expenditure", "2018") in asked
    assert form.Asked("411100", "fiscal_st_share", "2016") not in asked, "published by then"
    assert not [one for one in asked if one.indicator == "st_results_conversion"], "no unit to count it in"
    assert {one.period for one in asked} <= {"2015", "2016", "2017", "2018"} and len(set(asked)) == len(asked)


def test_of_what_is_settled_only_figures_still_to_be_confirmed_are_asked_for(outlook, catalogue):
    later = records.asked(outlook("luohe-2019", "2023-05-26"), catalogue)
    found: dict[str, list] = {}
    for one in later:
        found.setdefault(one.indicator, []).append((one.period, one.basis))
    assert found["national_hte_new"] == [("2019", "")], "met, by a press report"
    assert found["gdp"] == [("2019", "gdp-census-4")], "missed; no figure of 2019 stands on the basis before"
    assert found["fiscal_expenditure"] == [("2018", ""), ("2019", "")], "both years are compared"
    assert len(found["innovation_team_new"]) == 4, "not known"
    confirmed = records.asked(outlook("china-2020", "2023-12-31"), catalogue)
    assert "rd_intensity" not in {one.indicator for one in confirmed}


def test_a_figure_is_asked_for_on_a_basis_once_that_is_there(outlook, catalogue):
    early, late = (
        {(one.period, one.basis) for one in records.asked(outlook("luohe-2019", day), catalogue)
         if one.indicator == "gdp"}
        for day in ("2018-12-31", "2020-04-30")
    )  # fmt: skip
    assert early == {("2017", "gdp-census-3"), ("2018", "gdp-census-3")}
    assert late == {(str(year), "gdp-census-4") for year in range(2016, 2020)}


def test_a_known_figure_that_a_remark_doubts_is_asked_for_again(outlook, catalogue):
    asked = records.asked(outlook("luohe-2019", "2020-04-30"), catalogue)
    found = [one.period for one in asked if one.indicator == "fiscal_st_expenditure"]
    assert found == ["2016", "2017", "2018", "2019"], "2018 is known, and 3.5 times 2017"


def test_without_words_of_the_plan_the_last_years_are_asked_for_from_the_first_there_are(outlook, catalogue):
    found = outlook("luohe-2019", "2018-12-31")
    known = {one.assessment.target.id: one for one in found.dossiers}["tech-sme-registered"]
    target = known.assessment.target.model_copy(update={"wanted": ()})
    bare = dataclasses.replace(known, assessment=dataclasses.replace(known.assessment, target=target))
    asked = records.asked(dataclasses.replace(found, dossiers=[bare]), catalogue)
    assert [one.period for one in asked] == ["2017", "2018"], "the register began in 2017"


FILLED = {("national_hte_new", "2017"): "12", ("national_hte_new", "2018"): "15",
          ("rd_expenditure", "2017"): "11.25"}  # fmt: skip
EXPECTED = [
    ["000000", "rd_intensity", "2018", 2.14],
    ["411100", "national_hte_new", "2017", 12.0],
    ["411100", "national_hte_new", "2018", 15.0],
    ["411100", "national_hte_new", "2019-06", 8.0],
    ["411100", "rd_expenditure", "2017", 11.25],
]


def request_of(book):
    """Return the sheet to fill in, the cells of its values by indicator and period, its first free row."""
    sheet = book["数据提示单"]
    asked = [row for row in sheet.iter_rows(min_row=4) if row[0].value]
    return (
        sheet,
        {(row[1].value.split()[0], row[2].value): row[3].coordinate for row in asked},
        len(asked) + 4,
    )


def filed(content, folder):
    """File what came back; return the figures as the releases then give them."""
    path, data = folder / "results.xlsx", folder / "data"
    path.write_bytes(content)
    shutil.copytree(places.DATA, data, ignore=shutil.ignore_patterns("processed"))
    report = adding.add(path, "luohe-gov-profile", "2025-09-30", folder=data)
    assert report.remarks == () and (report.place / "received.xlsx").read_bytes() == content
    rows = releases.load(data)
    rows = rows[rows["source"].eq("luohe-gov-profile") & rows["published"].eq("2025-09-30")]
    return rows[["region", "indicator", "period", "value"]].to_numpy().tolist()


def filled(written):
    """Return the workbook filled in by a program that knows types: numbers as numbers, codes as texts."""
    book = openpyxl.load_workbook(io.BytesIO(written))
    sheet, cells, free = request_of(book)
    for key, value in FILLED.items():
        sheet[cells[key]] = float(value)
    for row, further in enumerate(
        (
            ("411100 漯河市", "national_hte_new", "2019-06", 8, "家"),
            ("000000", "rd_intensity", "2018", 2.14, "%"),
        ),
        start=free,
    ):
        for column, value in enumerate(further, start=1):
            sheet.cell(row, column).value = value
    book["目标"]["E4"] = 99  # what is written elsewhere is not read
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_filled_in_it_goes_to_add_as_it_is(written, tmp_path):
    assert filed(filled(written), tmp_path) == EXPECTED


@pytest.mark.skipif(SOFFICE is None, reason="not verified: no LibreOffice here to save the workbook")
def test_saved_by_another_program_it_is_the_same(written, tmp_path, open_fonts):
    """Filled in, then opened and saved by LibreOffice."""
    (tmp_path / "results.xlsx").write_bytes(filled(written))
    words = [
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [SOFFICE, *words, "--outdir", str(tmp_path / "saved"), str(tmp_path / "results.xlsx")],
        check=True, capture_output=True, timeout=120, env=os.environ | open_fonts,
    )  # fmt: skip
    content = (tmp_path / "saved" / "results.xlsx").read_bytes()
    assert filed(content, tmp_path) == EXPECTED
    saved = openpyxl.load_workbook(io.BytesIO(content))
    assert saved.sheetnames == NAMES and saved["数据明细"]["H4"].is_date
    link = next(one for one in rows_of(saved, "targets", "zh"))["memo"].hyperlink
    assert link.target.endswith("rd-intensity.zh.docx")


# What Excel and WPS write where our own writer does otherwise: strings apart and shared, numbers where a code
# was typed, digits kept as text, days as serials, formats only a Chinese program numbers, their own marks.

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
SERIAL = "43617"  # 2019-06-01
PROGRAMS = {
    "Excel": {
        "values": "n",
        "month": 57,
        "code": "n",
        "string": '<si><t xml:space="preserve">{}</t></si>',
        "marks": 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"',
    },
    "WPS": {
        "values": "s",
        "month": 17,
        "code": "s",
        "string": '<si><r><rPr><sz val="11"/><rFont val="宋体"/><charset val="134"/></rPr><t>{}</t></r>'
        '<phoneticPr fontId="1" type="noConversion"/></si>',
        "marks": 'xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"',
    },
}


class Saved:
    """The parts of a workbook, rewritten as a program writes them when it saves."""

    def __init__(self, content, program):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.manner, self.strings = PROGRAMS[program], {}
        self.sheets = {
            name: etree.fromstring(part) for name, part in self.parts.items() if "/worksheets/sheet" in name
        }
        for sheet in self.sheets.values():
            for cell in sheet.iter(f"{{{MAIN}}}c"):
                if cell.get("t") == "inlineStr":
                    self.put(cell, "s", "".join(cell.itertext()))

    def put(self, cell, kind, text, style=None):
        """Write a number, or a text among those shared by all sheets."""
        cell[:] = []
        cell.attrib.pop("t", None)
        if kind == "s":
            text = str(self.strings.setdefault(text, len(self.strings)))
            cell.set("t", "s")
        etree.SubElement(cell, f"{{{MAIN}}}v").text = text
        if style is not None:
            cell.set("s", style)

    def format(self, number):
        """Add a format by its number alone, and return its style."""
        root = etree.fromstring(self.parts["xl/styles.xml"])
        styles = root.find(f"{{{MAIN}}}cellXfs")
        etree.SubElement(styles, f"{{{MAIN}}}xf", numFmtId=str(number), fontId="0", fillId="0", borderId="0",
                         applyNumberFormat="1")  # fmt: skip
        styles.set("count", str(len(styles)))
        self.parts["xl/styles.xml"] = etree.tostring(root)
        return str(len(styles) - 1)

    def cells(self, sheet):
        """Return the cells of a sheet by their coordinates."""
        part = f"xl/worksheets/sheet{sheet.parent.sheetnames.index(sheet.title) + 1}.xml"
        return {cell.get("r"): cell for cell in self.sheets[part].iter(f"{{{MAIN}}}c")}

    def append(self, name, element):
        head, _, tail = self.parts[name].decode().rpartition("</")
        self.parts[name] = f"{head}{element}</{tail}".encode()

    def content(self):
        for name, sheet in self.sheets.items():
            text = etree.tostring(sheet, encoding="unicode")
            text = text.replace("<worksheet ", f"<worksheet {self.manner['marks']} ", 1)
            self.parts[name] = text.encode()
        items = "".join(self.manner["string"].format(escape(text)) for text in self.strings)
        self.parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'.encode()
        self.append(
            "[Content_Types].xml", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/>'
        )
        self.append(
            "xl/_rels/workbook.xml.rels",
            f'<Relationship Id="strings" Type="{RELATED}" Target="sharedStrings.xml"/>',
        )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        return stream.getvalue()


def saved_by(program, written):
    """Return the workbook filled in and saved in the manner of a program."""
    sheet, cells, free = request_of(openpyxl.load_workbook(io.BytesIO(written)))
    made, manner = Saved(written, program), PROGRAMS[program]
    at, kind = made.cells(sheet), manner["values"]
    for key, value in FILLED.items():
        made.put(at[cells[key]], kind, value)
    month = ("n", SERIAL, made.format(manner["month"]))
    further = (
        ((manner["code"], "411100"), ("s", "national_hte_new"), month, (kind, "8"), ("s", "家")),
        (("s", "000000"), ("s", "rd_intensity"), ("n", "2018"), ("n", "2.1400000000000001"), ("s", "%")),
    )
    for row, line in enumerate(further, start=free):
        for column, content in zip("ABCDE", line, strict=True):
            made.put(at[f"{column}{row}"], *content)
    return made.content()


@pytest.mark.parametrize("program", PROGRAMS)
def test_saved_in_the_manner_of_excel_and_wps_it_is_the_same(program, written, tmp_path):
    content = saved_by(program, written)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"inlineStr" not in b"".join(archive.read(name) for name in archive.namelist())
        assert "xl/calcChain.xml" not in archive.namelist()
    assert filed(content, tmp_path) == EXPECTED


def test_a_day_in_a_format_only_chinese_programs_number_is_a_day(small_workbook):
    """Such formats are not written out in the file, and openpyxl knows none of them."""
    month, day = ("2019-06", "month_shown"), ("2019-06-01", "date")
    told = {57: month, 27: month, 31: day, 58: day}
    made, book = Saved(small_workbook, "WPS"), openpyxl.load_workbook(io.BytesIO(small_workbook))
    cells = made.cells(book["数据提示单"])
    for row, number in enumerate(told, 1):
        made.put(cells[f"A{row}"], "n", SERIAL, made.format(number))
    grids = {one.name: one for one in sheets.read("a.xlsx", made.content(), layout.is_heading)}
    found = [row[0] for row in grids["数据提示单"].rows[: len(told)]]
    assert [(one, one.code) for one in found] == [*told.values()]


def test_a_code_that_lost_its_zeros_is_refused(small_workbook, catalogue):
    """Typed into a cell of numbers, 000000 is 0."""
    made, book = Saved(small_workbook, "Excel"), openpyxl.load_workbook(io.BytesIO(small_workbook))
    cells = made.cells(book["数据提示单"])
    made.put(cells["A4"], "n", "0")
    made.put(cells["D4"], "n", "2.14")
    assert [one.code for one in read(made.content(), catalogue).problems] == ["unknown_region"]


def test_rows_of_an_office_on_a_sheet_of_its_own_are_still_read(small_workbook, catalogue):
    """Only our own sheets are passed over, by what they say of themselves."""
    book = openpyxl.load_workbook(io.BytesIO(small_workbook))
    sheet = book.create_sheet("补充")
    for row in (["地区", "指标", "年份", "数值", "单位"], ["漯河市", "R&D经费", 2018, 12.5, "亿元"]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    reading = read(stream.getvalue(), catalogue)
    assert reading.problems == [] and reading.figures["value"].tolist() == [12.5]


@pytest.mark.parametrize(
    ("row", "judged", "said"),
    [
        ({"verdict": "met", "evidence": "own", "p_attain": 1.0}, False, "已取得的结果"),
        ({"verdict": "missed", "evidence": "own", "p_attain": 0.0}, False, "已取得的结果"),
        ({"verdict": "open", "evidence": "own", "p_attain": 0.4}, False, "本地区历史数据"),
        ({"verdict": "no_evidence", "evidence": "none", "p_attain": None}, False, "无数据"),
        ({"verdict": "met", "evidence": "own", "p_attain": 1.0}, True, "载明日期的证据"),
        ({"verdict": "missed", "evidence": "own", "p_attain": 0.0}, True, "载明日期的证据"),
        ({"verdict": "open", "evidence": "own", "p_attain": 0.0}, True, "人工判断"),
        ({"verdict": "no_evidence", "evidence": "none", "p_attain": None}, True, "公开报道"),
    ],
)
def test_an_answer_says_what_it_rests_on(row, judged, said):
    row |= {"as_of": "2018-12-31", "deadline": 2019}
    told = [SimpleNamespace(source="no one's", date=date(2018, 6, 1))] if judged else []
    target = SimpleNamespace(kind="milestone" if judged else "level", evidence=told)
    one = SimpleNamespace(target=target, as_of="2019-12-31", carried=False, set_aside=lambda day: "")
    assert records.grounds(row, one, Voice("zh")) == said


def test_a_verdict_that_hangs_on_something_says_so(outlook, catalogue):
    """As the page does, of an earlier date too as long as that outcome stands."""
    made, voice = outlook("luohe-2019", "2020-04-30"), Voice("zh", catalogue)
    said = {one["target"]: one["verdict"] for one in records.targets(made, voice)}
    assert said["national-hte-new"] == "据报道已完成（待核实）" and said["rd-intensity"] == "待定"
    assert said["fiscal-st-share"] == "待定（概率暂定）"
    assert said["hte-number-rise"] == "待定（以所据报道属实为前提）"
    history = [one for one in records.history(made, voice) if one["target"] == "national-hte-new"]
    told = {str(one["as_of"]): one["verdict"] for one in history}
    assert told["2018-12-28"] == "待定" and told["2020-01-19"] == "据报道已完成（待核实）"


def test_what_the_workbook_calls_used_the_page_does_too(outlook, catalogue):
    made = outlook("luohe-2019", "2023-05-26")
    rows = records.figures(made, Voice("en", catalogue))
    told = {(one["indicator"], one["year"]): one["role"] for one in rows[::-1] if one["region"] == "411100"}
    for late in (("rd_intensity", 2020), ("fiscal_st_share", 2021), ("resident_population", 2020)):
        assert told[late].endswith("not used"), late  # after the deadline, or of a target not judged
    assert told["rd_intensity", 2019] == "this indicator, used"
    by_id = {one["target"]: one for one in records.targets(made, Voice("en", catalogue))}
    for one in made.assessments:
        placed = one.row["evidence"] == "region"
        assert by_id[one.target.id]["peers"] == (None if placed else len(one.peers) or None)
    printed = pd.concat([one.figures[one.used] for one in made.dossiers])
    assert {*printed["source"]} <= {*made.used["source"]}
