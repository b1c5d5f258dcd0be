"""Blocks, three writers, proof of numbers, wording, and GB/T 9704-2012 measured on the page."""

import dataclasses
import functools
import hashlib
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pypdf
import pypdfium2
import pytest
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from matplotlib.figure import Figure as Plot

from analysis import __version__, documents
from analysis.documents import blocks as b
from analysis.documents import check, html, layout, pdf, styles, word, wording

MM = layout.MM


@functools.cache
def picture() -> bytes:
    plot = Plot(figsize=(3, 1.2), dpi=80)
    plot.subplots().plot([1, 2, 3])
    stream = io.BytesIO()
    plot.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def fact(name: str = "p", text: str = "7.5%", value: float = 7.5, unit: str = "%", **trace: str) -> b.Fact:
    return b.Fact(name, text, value, unit, **trace)


def document(language: str = "zh", body: tuple = (), rows: int = 30, **changes) -> b.Document:
    p = fact(
        indicator="R&D",
        period="2019",
        release="2023-05-26",
        source="规划",
    )
    facts = {"p": p, "day": fact("day", "2018年12月31日", "2018-12-31", "date")}
    words = {"zh": "基本确定", "en": "virtually certain"}[language]
    body = body or (
        b.Heading("结论"),
        b.Paragraph(f"概率为{p}，{words}。"),
        b.Figure(picture(), "图题", "折线上升"),
        b.Heading("依据"),
        b.Heading("水平", 2),
        b.Paragraph(f"水平为{p}。"),
    )
    table = b.Table("所用数据", ("指标", "数值"), (("强度", str(p)),) * rows, "lr", (3, 1), "注")
    made = {
        "language": language,
        "title": f"某局{b.BREAK}关于目标的评估报告",
        "blocks": body,
        "facts": facts,
        "dated": "2018-12-31",
        "addressee": "局领导：",
        "signature": "漯河市科学技术局",
        "date": str(facts["day"]),
        "annexes": (b.Annex("所用数据", (table,)),),
        "constants": ("漯科〔2018〕95号",),
    }
    return b.Document(**made | changes)


def written(made: b.Document, folder: Path) -> dict[str, Path]:
    files = {"docx": word.render(made), "pdf": pdf.render(made), "html": html.render(made).encode()}
    for suffix, content in files.items():
        (folder / f"memo.{suffix}").write_bytes(content)
    return {suffix: folder / f"memo.{suffix}" for suffix in files}


# ------------------------------------------------------------------------------------------------- blocks


def test_marked_text_keeps_the_name_of_its_fact():
    runs = b.runs(f"共{fact()}。")
    assert [(run.text, run.fact) for run in runs] == [("共", ""), ("7.5%", "p"), ("。", "")]
    assert b.plain(f"共{fact()}。") == "共7.5%。"


def test_a_fact_has_a_name_every_format_can_carry():
    with pytest.raises(ValueError, match="at most 32"):
        fact("P attain")


def test_headings_are_numbered_as_the_standard_says():
    made = (
        b.Heading("甲"),
        b.Heading("乙", 2),
        b.Heading("丙", 3),
        b.Heading("丁", 4),
        b.Heading("戊", 2),
        b.Heading("己"),
    )
    assert [label for label, _ in b.numbered(made, "zh")] == [
        "一、",
        "（一）",
        "1.",
        "（1）",
        "（二）",
        "二、",
    ]
    assert [label for label, _ in b.numbered(made, "en")][:2] == ["1. ", "1.1 "]


def test_a_document_has_one_table_of_each_number():
    """As Word counts them when its fields are brought up to date: on through the annexes."""
    table = b.Table("甲", ("乙",), (("丙",),))
    annexes = tuple(b.Annex(title, (table,)) for title in "一二")
    made = b.Document("zh", "题", (table, b.Paragraph("文。")), {}, annexes=annexes)
    page = html.render(made)
    assert [page.count(f"表{number}") > 0 for number in (1, 2, 3, 4)] == [True, True, True, False]
    with zipfile.ZipFile(io.BytesIO(word.render(made))) as parts:
        text = parts.read("word/document.xml").decode()
    assert [text.count(f"<w:t>{number}</w:t>") for number in (1, 2, 3, 4)] == [1, 1, 1, 0]


def test_a_title_breaks_evenly_where_it_may():
    title = b.BREAK.join(["漯河市科学技术局", "关于2019年", "新培育国家级高新技术企业", "目标的评估报告"])
    lines = b.title_lines(title, 20)
    assert all(b.measure(line) <= 20 for line in lines) and len(lines) == 2


# ------------------------------------------------------------------------------------- writers: same bytes


@pytest.mark.parametrize("language", ["zh", "en"])
def test_equal_blocks_give_equal_bytes(language):
    for render in (word.render, pdf.render, html.render):
        assert render(document(language)) == render(document(language))


def test_bytes_do_not_depend_on_the_process():
    program = (
        "import hashlib, sys; sys.path.insert(0, 'tests'); import test_documents as made; "
        "print(hashlib.sha256(made.word.render(made.document())).hexdigest())"
    )
    root = Path(__file__).parents[1]
    environment = {"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(word.render(document())).hexdigest()


# ----------------------------------------------------------------------------------------------- Word file


@pytest.fixture(scope="module")
def chinese() -> docx.document.Document:
    return docx.Document(io.BytesIO(word.render(document())))


def test_word_uses_the_bureaus_fonts(chinese):
    fonts = {
        name: chinese.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1", "Heading 2")
    }
    assert fonts == {
        "Normal": "仿宋_GB2312",
        "Title": "方正小标宋简体",
        "Heading 1": "黑体",
        "Heading 2": "楷体_GB2312",
    }


def test_word_has_the_standards_page(chinese):
    section = chinese.sections[0]
    margins = [
        round(getattr(section, side).mm)
        for side in ("top_margin", "bottom_margin", "left_margin", "right_margin")
    ]
    assert margins == [37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    text = Emu(section.page_height - section.top_margin - section.bottom_margin).pt
    assert int(text / (int(grid.get(qn("w:linePitch"))) / 20)) == 22
    pitch = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert int(Emu(section.page_width - section.left_margin - section.right_margin).pt / pitch) == 28


def test_word_tables_break_well(chinese):
    rows = chinese.tables[0]._tbl.tr_lst
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert rows[0].trPr.find(qn("w:tblHeader")) is not None and rows[1].trPr.find(qn("w:tblHeader")) is None


def test_word_pictures_have_words(chinese):
    assert [shape._inline.docPr.get("descr") for shape in chinese.inline_shapes] == ["折线上升"]


def test_word_captions_are_fields_and_facts_are_named(chinese):
    body = chinese.element.body.xml
    assert "SEQ 图" in body and "SEQ 表" in body
    names = [mark.get(qn("w:name")) for mark in chinese.element.body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) > 30 and all(name.endswith(("_p", "_day")) for name in names)


def test_word_signature_is_tied_to_the_text(chinese):
    styles = [
        (paragraph.style.name, paragraph.paragraph_format.keep_with_next) for paragraph in chinese.paragraphs
    ]
    place = next(i for i, (name, _) in enumerate(styles) if name == "Signature")
    assert styles[place][1] and styles[place - 2][1], "the last paragraph keeps with the signature"


def test_word_pages_are_numbered_odd_right_even_left(chinese):
    section = chinese.sections[0]
    assert chinese.settings.odd_and_even_pages_header_footer
    assert section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment
    assert all(
        "PAGE" in footer._element.xml and "— " in footer._element.xml
        for footer in (section.footer, section.even_page_footer)
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_says_no_property_twice(language):
    """Word calls a file damaged where a list of properties holds one of them twice."""
    made = docx.Document(io.BytesIO(word.render(document(language))))
    lists = [
        *made.styles.element.iter(qn("w:pPr"), qn("w:rPr")),
        *made.element.iter(qn("w:pPr"), qn("w:rPr")),
    ]
    tags = [[child.tag for child in properties] for properties in lists]
    assert len(tags) > 100 and [some for some in tags if len(some) != len(set(some))] == []


def test_a_column_is_as_wide_as_its_longest_cell_and_one_takes_the_rest():
    table = b.Table("表", ("年份", "来源"), (("2019", "甲" * 60), ("2020年12月", "乙")), "cl", wrapped=1)
    first, rest = layout.column_widths(table, "zh")
    size = layout.LAYOUTS["zh"].table / layout.MM
    assert first == pytest.approx((b.measure("2020年12月") + layout.PADDING) * size)
    assert first + rest == pytest.approx(layout.TEXT[0])
    short = dataclasses.replace(table, rows=(("2019", "①"), ("2020年12月", "②")))
    first, rest = layout.column_widths(short, "zh")  # each its own, and half of what is left
    own = [(b.measure(text) + layout.PADDING) * size for text in ("2020年12月", "来源")]
    assert first - own[0] == pytest.approx(rest - own[1]) and first + rest == pytest.approx(layout.TEXT[0])
    number, _ = layout.column_widths(dataclasses.replace(short, align="rl"), "zh")
    assert number == pytest.approx(own[0])


def test_word_members_are_sorted_and_dated_alike():
    with zipfile.ZipFile(io.BytesIO(word.render(document()))) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_file_names_the_version_that_made_it():
    made, told = document(), f"analysis {__version__}"
    assert docx.Document(io.BytesIO(word.render(made))).core_properties.comments == told
    long = dataclasses.replace(made, title="目标" * 200)
    assert len(docx.Document(io.BytesIO(word.render(long))).core_properties.title) == 255
    assert pypdf.PdfReader(io.BytesIO(pdf.render(made))).metadata["/Subject"] == told
    assert f'<meta name="generator" content="{told}">' in html.render(made)


def test_the_red_header_is_off_unless_asked_for():
    made = document(red_header=b.RedHeader("漯河市科学技术局文件", ""))
    assert "漯河市科学技术局文件" not in word_text(word.render(document()))
    assert "漯河市科学技术局文件" in word_text(word.render(made))
    assert "漯河市科学技术局文件" in html.render(made) and "漯河市科学技术局文件" in pdf_text(
        pdf.render(made)
    )


def word_text(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


# ----------------------------------------------------------------------------------------------- HTML page


def test_html_is_alone_and_traces_every_number():
    page = html.render(document())
    assert "http://" not in page and "https://" not in page and 'src="data:image/png;base64,' in page
    assert page.count('class="fact"') == page.count('role="tooltip"') > 30
    assert "notebooks/" not in page and 'lang="zh-CN"' in page and "prefers-color-scheme: dark" in page


def test_html_escapes_what_it_is_given():
    made = document(body=(b.Paragraph(f"<b>{fact()}</b> & “x”"),))
    assert "&lt;b&gt;" in html.render(made)


# --------------------------------------------------------------------------------------- proof of numbers


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_is_proved_in_every_format(language, tmp_path):
    made = document(language, title="Report")
    found = {suffix: check.prove_document(path, made) for suffix, path in written(made, tmp_path).items()}
    assert found["docx"] == found["html"] == found["pdf"] and found["docx"]["7.5"] > 30


@pytest.mark.parametrize("suffix", ["docx", "pdf", "html"])
@pytest.mark.parametrize("slip", ["达到42家。", "表中有 42 家。", "目标为\uff14\uff12。"])
def test_a_number_of_nobody_is_refused(suffix, slip, tmp_path):
    made = document(body=(b.Paragraph(f"概率为{fact()}。{slip}"),))
    with pytest.raises(check.UnprovenNumber, match=r"42|\uff14\uff12"):
        check.prove_document(written(made, tmp_path)[suffix], made)


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_a_known_number_outside_its_fact_is_refused_too(suffix, tmp_path):
    made = document(body=(b.Paragraph(f"概率为{fact()}，即7.5%。"),))
    with pytest.raises(check.UnprovenNumber, match="outside the facts"):
        check.prove_document(written(made, tmp_path)[suffix], made)


@pytest.mark.parametrize("suffix", ["docx", "html"])
def test_a_fact_changed_after_writing_is_refused(suffix, tmp_path):
    path = written(document(), tmp_path)[suffix]
    other = document(facts={"p": fact(text="7.6%"), "day": document().facts["day"]})
    with pytest.raises(check.UnprovenNumber, match="no fact says so"):
        check.prove_document(path, other)


@pytest.mark.parametrize("suffix", ["docx", "pdf", "html"])
def test_a_file_without_any_number_is_refused(suffix, tmp_path):
    made = document(body=(b.Paragraph("没有数字。"),), facts={}, annexes=(), date="")
    with pytest.raises(check.UnprovenNumber, match="no number was found"):
        check.prove_document(written(made, tmp_path)[suffix], made)


def test_declared_phrases_may_hold_digits(tmp_path):
    made = document(body=(b.Paragraph(f"依据漯科〔2018〕95号，概率为{fact()}。"),))
    for path in written(made, tmp_path).values():
        assert "95" not in check.prove_document(path, made)


# ------------------------------------------------------------------------------------------------- wording

POINTS = fact("d", "0.39个百分点", 0.39, "points")
COUNT = fact("n", "3家", 3, "enterprises")
MONEY = fact("m", "13.451亿元", 13.451, "100 million yuan")


@pytest.mark.parametrize(
    ("text", "facts", "rule"),
    [
        (
            f"比上年提高{fact('d', '0.39%', 0.39, 'points')}。",
            (fact("d", "0.39%", 0.39, "points"),),
            "个百分点",
        ),
        (f"比上年下降{fact('d', '-0.39个百分点', -0.39, 'points')}。", (), "carry the sign"),
        (f"比上年提高{COUNT}。", (COUNT,), "Counts"),
        (f"比上年增加{POINTS}。", (POINTS,), "Counts"),
        (f"同比增长{fact()}。", (fact(period="2019年"),), "同比"),
        (f"经费{MONEY}。", (MONEY,), "亿元"),
        ("数据来自公报,质量好。", (), "punctuation"),
        ("目标。。", (), "punctuation"),
        ("值为None。", (), "placeholder"),
        ("我们认为可以达标。", (), "translation"),
        ("“出台“四个一批”行动计划”任务。", (), "single ones"),
    ],
)
def test_slips_of_chinese_usage_are_refused(text, facts, rule):
    made = document(body=(b.Paragraph(text),), facts={one.id: one for one in facts}, annexes=(), date="")
    with pytest.raises(wording.Wording, match=rule):
        wording.check(made)


@pytest.mark.parametrize(
    "last", [(b.Heading("后续工作"),), (b.Heading("甲"), b.Heading("乙"), b.Paragraph("有。"))]
)
def test_a_heading_with_nothing_under_it_is_refused(last):
    made = document(body=(b.Heading("结论"), b.Paragraph("有。"), *last), facts={}, annexes=(), date="")
    with pytest.raises(wording.Wording, match="heading"):
        wording.check(made)


@pytest.mark.parametrize(
    "text",
    [
        f"比上年下降{POINTS}。",
        f"比上年增加{COUNT}。",
        "2015—2018年R&D经费（市统计局）。",
        "“十三五”规划（条款：二（一））。",
        "“出台‘四个一批’行动计划”任务，“另一个”任务。",
    ],
)
def test_good_chinese_passes(text):
    given = {"facts": {one.id: one for one in (POINTS, COUNT)}, "annexes": (), "date": ""}
    wording.check(document(body=(b.Paragraph(text),), **given))
    with pytest.raises(wording.Wording, match=r"^1 slips"):
        wording.check(document(body=(b.Paragraph(text), b.Paragraph("目标。。")), **given))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It rose by -3 %.", "carry the sign"),
        ("A figure , printed.", "Single spaces"),
        ("It takes 1 enterprises more.", "a single thing"),
    ],
)
def test_slips_of_english_are_refused_and_nothing_else(text, rule):
    made = document(
        "en", body=(b.Paragraph(text),), facts={}, annexes=(), date="", signature="", addressee=""
    )
    with pytest.raises(wording.Wording, match=rule):
        wording.check(made)
    wording.check(
        dataclasses.replace(made, blocks=(b.Paragraph("It takes 1,028.1 enterprises more a year."),))
    )


# ------------------------------------------------------------------------- measured on the page: GB/T 9704


def pieces(content: bytes) -> list[list[tuple[float, float, float, str]]]:
    """Per page: (x, y in mm from the upper left corner, size in points, text) of every piece of text."""
    found = []
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        rows = []

        def visit(text, cm, tm, font, size, rows=rows):
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                rows.append((x / MM, layout.PAGE[1] - y / MM, size * abs(tm[3] * cm[3]), text.strip()))

        page.extract_text(visitor_text=visit)
        found.append(rows)
    return found


def fonts(content: bytes) -> set[str]:
    return {
        name.get_object()["/BaseFont"].split("+")[-1]
        for page in pypdf.PdfReader(io.BytesIO(content)).pages
        for name in page["/Resources"]["/Font"].values()
    }


FULL = document(
    body=(b.Heading("结论"), b.Paragraph("国" * 28 * 60), b.Heading("水平", 2), b.Paragraph("末" * 30)),
    annexes=(),
)
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def office(tmp_path_factory, open_fonts) -> bytes:
    if SOFFICE is None:
        pytest.skip("not verified: no LibreOffice here to lay the docx out")
    folder = tmp_path_factory.mktemp("office")
    (folder / "full.docx").write_bytes(word.render(FULL))
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        [
            SOFFICE,
            profile,
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / "full.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
        env=os.environ | open_fonts,
    )
    return (folder / "full.pdf").read_bytes()


@pytest.fixture(scope="module", params=["pdf", "docx"])
def page(request) -> bytes:
    return pdf.render(FULL) if request.param == "pdf" else request.getfixturevalue("office")


def body(rows: list) -> list:
    return [row for row in rows if 15.5 < row[2] < 16.5]


def test_page_has_22_lines_of_28_characters(page):
    rows = [row for row in body(pieces(page)[1]) if "国" in row[3]]
    lines = sorted({round(row[1], 1) for row in rows})
    assert len(lines) == 22
    assert {len("".join(row[3] for row in rows if round(row[1], 1) == line)) for line in lines} == {28}
    pitches = {round((after - before) * MM, 1) for before, after in itertools.pairwise(lines)}
    assert all(28 <= pitch <= 29 for pitch in pitches)


def test_text_area_stands_where_the_standard_says(page):
    rows = [row for row in body(pieces(page)[1]) if "国" in row[3]]
    assert min(row[0] for row in rows) == pytest.approx(layout.BINDING, abs=1)
    top, bottom = min(row[1] for row in rows), max(row[1] for row in rows)
    assert layout.TOP < top < layout.TOP + 10, "first baseline"
    assert bottom < layout.TOP + layout.TEXT[1] + 1, "last baseline"


def test_title_is_22_points_and_the_first_page_carries_text(page):
    rows = pieces(page)[0]
    assert any(size == pytest.approx(22, abs=0.3) and "评估报告" in text for _, _, size, text in rows)
    assert sum(len(text) for _, _, _, text in body(rows)) > 28 * 10


def test_page_numbers_change_sides(page):
    foot = [
        [row for row in rows if row[1] > layout.TOP + layout.TEXT[1] + 3 and row[2] < 15]
        for rows in pieces(page)
    ]
    starts = [min(row[0] for row in rows) for rows in foot]
    assert all(
        "".join(row[3] for row in rows).replace(" ", "") == f"—{number}—"
        for number, rows in enumerate(foot, 1)
    )
    assert starts[0] > 150 and starts[1] == pytest.approx(layout.BINDING + 14 / MM, abs=1.5)


def test_signature_is_never_alone(page):
    rows = body(pieces(page)[-1])
    assert any("漯河市科学技术局" in text for *_, text in rows) and any("末" in text for *_, text in rows)


@pytest.mark.parametrize("length", range(300, 1500, 117))
def test_signature_is_never_alone_whatever_the_length(length):
    made = document(body=(b.Paragraph("国" * length), b.Paragraph("末" * 40)), annexes=())
    last = body(pieces(pdf.render(made))[-1])
    assert any("末" in text for *_, text in last)


def test_pdf_holds_only_the_fonts_asked_for():
    assert {name.split("-Identity")[0] for name in fonts(pdf.render(document()))} == {
        "NotoSerifSC-Regular",
        "NotoSansSC-Regular",
    }
    english = {
        name.split("-")[0]
        for name in fonts(pdf.render(document("en", body=(b.Paragraph("Text."),), title="T")))
    }
    assert "LibertinusSerif" in english


def test_system_fonts_are_used_or_asked_for_by_name():
    missing = [role for role, names in layout.SYSTEM_FONTS.items() if not set(names) & pdf._installed()]
    if missing:
        with pytest.raises(LookupError, match="body"):
            pdf.render(document(), "system")
        pytest.skip(f"not verified: this machine has no font for {', '.join(missing)}")
    assert not fonts(pdf.render(document(), "system")) <= {"NotoSerifSC-Regular", "NotoSansSC-Regular"}


def test_the_first_system_font_there_is_replaces_the_open_one(monkeypatch):
    names = {role: ["Not There", "Noto Sans SC"] for role in layout.SYSTEM_FONTS}
    monkeypatch.setattr(layout, "SYSTEM_FONTS", names)
    monkeypatch.setattr(pdf, "_installed", lambda: frozenset({"Noto Sans SC"}))
    assert {name.split("-Identity")[0] for name in fonts(pdf.render(FULL, "system"))} == {
        "NotoSansSC-Regular"
    }


def test_pages_counts_the_text_without_its_annex():
    assert pdf.pages(document(rows=200)) == 1
    assert pdf.pages(FULL) == len(pypdf.PdfReader(io.BytesIO(pdf.render(FULL))).pages) == 4


def test_spare_lines_leave_room_on_every_page():
    full = document(body=(b.Paragraph("国" * 28 * 14),), annexes=())
    assert [pdf.pages(full, spare) for spare in (0, 8)] == [1, 2]


@pytest.mark.parametrize(
    ("language", "rows", "room", "pages"),
    [("zh", 20, 1.0, 2), ("zh", 30, 0.6, 2), ("zh", 35, 0.4, 2), ("zh", 40, 1.0, 3), ("en", 35, 0.6, 2)],
)
def test_an_annex_is_set_closer_where_that_saves_a_page_of_a_few_lines(language, rows, room, pages, tmp_path):
    made = document(language, rows=rows)
    short = b.Annex("短", (b.Paragraph("短"),))
    closer = pdf.closed_up(dataclasses.replace(made, annexes=(*made.annexes, short)))
    assert [one.room for one in closer.annexes] == [room, 1.0]
    paths = documents.write(made, tmp_path / "memo")
    assert len(pypdf.PdfReader(paths[1]).pages) == pages
    cells = [cell.paragraphs[0] for cell in docx.Document(str(paths[0])).tables[0].rows[0].cells]
    spaces = {cell.paragraph_format.space_before for cell in cells}
    assert spaces == {None if room == 1 else Pt(room * styles.CELL)}


def test_an_annex_keeps_its_room_where_no_page_is_saved():
    words = document(annexes=(b.Annex("短", (b.Paragraph("国" * 28 * 20),)),))
    ((pages, filled),) = pdf._spread(words, "open")
    assert pages == 2 and filled < layout.FEW_LINES
    assert pdf.closed_up(words) == words and pdf.closed_up(document(annexes=())).annexes == ()


def texts(content: bytes) -> list[str]:
    """Per page its text alone, which is read much faster than where it stands."""
    with pypdfium2.PdfDocument(content) as pages:
        return [page.get_textpage().get_text_bounded() for page in pages]


def said(page: list) -> str:
    return "".join(row[3] for row in page)


def test_the_signature_takes_no_more_along_than_it_needs_so_that_the_page_before_is_filled():
    parts = (b.Heading("一"), b.Paragraph("甲" * 28 * 3), b.Heading("二"), b.Paragraph("末" * 28))
    text = (b.Paragraph("国" * 28 * 11), *parts, b.Paragraph("特此报告。"))
    made = document(body=text, annexes=())
    assert layout.kept_with_signature(made) == 3
    first, last = pieces(pdf.render(made))
    assert "甲" in said(first) and "末" in said(last) and "二、" in said(last) and "甲" not in said(last)
    paragraphs = docx.Document(io.BytesIO(word.render(made))).paragraphs
    tied = {one.text[0]: one.paragraph_format.keep_with_next for one in paragraphs if one.text}
    assert tied["国"] is None and tied["甲"] is None and tied["末"] and tied["特"]


def test_columns_are_as_wide_as_makes_the_rows_lowest():
    """The remark's column grows at the cost of those that need none; no word is divided."""
    words = ("据新增数推算，待核实", "高于2018年（4.67亿元）", "已完成")
    table = b.Table("表", ("甲", "乙", "丙"), ((words[2], words[1], words[0] * 2),) * 3, wrapped=None)
    short, middle, long = layout.column_widths(table, "zh")
    assert short < middle < long and sum((short, middle, long)) == pytest.approx(layout.TEXT[0])
    alike = layout.column_widths(dataclasses.replace(table, widths=(1, 1, 1)), "zh")

    def height(widths: list[float]) -> int:
        across = [width * layout.MM / layout.LAYOUTS["zh"].table - layout.SIDES for width in widths]
        cells = zip(table.rows[0], across, strict=True)
        split = [
            ([layout._taken(one) for one in layout._UNBROKEN.findall(cell)], wide) for cell, wide in cells
        ]
        return max(layout._broken(*one) for one in split)

    assert height([short, middle, long]) == 1 < height(alike) and long > 2 * short
    assert layout._UNBROKEN.findall("高于2018年（4.67亿元）") == [
        "高",
        "于",
        "2018",
        "年",
        "（4.67",
        "亿",
        "元）",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_small_table_that_ends_an_annex_does_not_stand_alone_on_its_page(language):
    table = b.Table("表", ("甲", "乙"), (("子", "丑"),))
    lines = {"zh": 28, "en": 36}[language]
    for full in range(9, 45, 2):
        blocks = (b.Paragraph("国" * lines * full), b.Heading("法"), b.Paragraph("末" * lines * 4), table)
        pages = texts(pdf.render(document(language, annexes=(b.Annex("附", blocks),))))
        assert "末" in next(page for page in pages if "丑" in page)


def test_what_ends_an_annex_is_tied_in_word_too():
    table = b.Table("表", ("甲", "乙"), (("子", "丑"),))
    blocks = (b.Paragraph("国" * 300), b.Paragraph("末" * 99), table)
    made = docx.Document(io.BytesIO(word.render(document(annexes=(b.Annex("附", blocks),)))))
    tied = {one.text[0]: one.paragraph_format.keep_with_next for one in made.paragraphs if one.text}
    assert tied["国"] is None and tied["末"]


def test_a_figure_and_a_long_table_are_not_held_back_for_the_end():
    last = b.Paragraph("末")
    assert layout.kept_at_the_end((b.Figure(picture(), "图", "线"), last), "zh") == 1
    rows = (("子", "丑"),) * (layout.SHORT_TABLE + 1)
    assert layout.kept_at_the_end((b.Table("表", ("甲", "乙"), rows),), "zh") == 0
    assert layout.kept_at_the_end((b.Paragraph("国" * 28 * 12), b.Paragraph("末" * 28 * 4)), "zh") == 1


def test_a_note_takes_the_last_row_of_its_table_to_the_next_page():
    for rows in range(18, 40):
        body = tuple((f"甲{number}乙", "丑") for number in range(rows))
        annex = b.Annex("附", (b.Table("表", ("甲", "乙"), body, note="评级"),))
        pages = texts(pdf.render(document(annexes=(annex,))))
        assert f"甲{rows - 1}乙" in next(page for page in pages if "评级" in page)


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ("至１２\n34元", ["１２34"]),
        ("至12\n３４元", ["12３４"]),
        ("To: １２\r\n1. Verdict", ["１２"]),
        ("主送１２\n2.附件", ["１２"]),
        ("至１２\n3.5亿元", ["１２3.5"]),
    ],
)
def test_a_line_that_ends_in_full_width_digits_goes_on_unless_a_heading_begins(lines, read):
    joined = check.BROKEN.sub("", lines)
    assert check.numbers(check._structure().sub(" ", joined)) == read


PLACES = (f"二；{b.BREAK}二（一）", f"二（二）；{b.BREAK}三（二）", "三（十）")


def places(language: str = "zh") -> b.Document:
    """A paper with a narrow column of places beside the rest."""
    table = b.Table("表", ("条款", "目标"), tuple((one, "目标") for one in PLACES), "cl", (17.8, 138.2))
    return document(language, body=(table,), annexes=())


def test_a_cell_with_breaks_is_broken_nowhere_else(tmp_path):
    made = places()
    lines = [line for _, _, _, line in itertools.chain(*pieces(pdf.render(made)))]
    assert {"二；", "二（一）", "二（二）；", "三（二）", "三（十）"} <= {*lines}
    page = html.render(made)
    assert '<span class="kept">二；</span><wbr><span class="kept">二（一）</span>' in page
    assert ".kept { white-space: nowrap; }" in page and "<span>三（十）</span></td>" in page
    text = docx.Document(io.BytesIO(word.render(made))).tables[0].column_cells(0)
    assert [cell.text for cell in text[1:]] == ["二；\n二（一）", "二（二）；\n三（二）", "三（十）"]
    for path in written(made, tmp_path).values():
        assert check.prove(path, made.facts, made.constants, b.texts(made))  # the date’s


def test_no_word_of_an_english_table_is_divided():
    words = "preliminary (provisional) additions confirmed"
    for width in (14, 20, 26):
        table = b.Table(
            f"{words} " * 4, ("Remark", "Rest"), ((words, "x"),) * 3, "ll", (width, 156 - width), words
        )
        told = pdf_text(pdf.render(document("en", body=(table,), annexes=())))
        assert "-\n" not in told and "\u2010" not in told and "\xad" not in told
    prose = b.Paragraph("Extraordinarily uncharacteristic considerations notwithstanding " * 8)
    assert re.search("[-\u2010\xad]\n", pdf_text(pdf.render(document("en", body=(prose,), annexes=()))))
