"""Releases: what people send is read exactly, examined, filed whole or not at all, and never changes."""

import csv
import io
import re
import shutil
import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import catalogue, places, releases, store, tables
from analysis import form as form_module
from analysis.catalogue import SourceError
from analysis.intake import adding, dates, doubts, figures, layout, messages, notation, sheets
from analysis.printing import LANGUAGES, Voice

CATALOGUE = catalogue.read()
KNOWN = notation.vocabulary(CATALOGUE)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the data to file into."""
    shutil.copytree(places.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("processed"))
    return tmp_path / "data"


def sent(folder: Path, text: str, name: str = "sent.csv", encoding: str = "utf-8") -> Path:
    path = folder.parent / name
    path.write_bytes(text.encode(encoding))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read(content: bytes) -> figures.Reading:
    grids = sheets.read("sent", content, layout.is_heading)
    assert isinstance(grids, list), grids
    return figures.read(grids, KNOWN)


def workbook(rows: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, style in (formats or {}).items():
        book.active[place].number_format = style
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def delimited(rows: list[list[object]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)


# Round trips: any valid table, in any accepted layout, is the same panel again.

INDICATORS = [
    "rd_expenditure",
    "gdp",
    "rd_intensity",
    "national_hte_new",
    "resident_population",
    "hightech_va_share",
]
REGIONS = ["000000", "110000", "410000", "411100", "419001"]
MARKS = ["", "-", "—", "…", "...", "NA"]


@st.composite
def values(draw, indicator: str) -> str:
    kind = CATALOGUE.indicators[indicator]
    if kind.integer:
        return str(draw(st.integers(0, 10**8)))
    highest = int(kind.bounds[1] or 10**6) - 1
    places = draw(st.integers(0, 4))
    return f"{draw(st.integers(0, highest * 10**places)) * Decimal(10) ** -places:f}"


@st.composite
def panels(draw) -> dict[tuple[str, str, str], str]:
    """A panel as exact decimals in the units kept."""
    regions = draw(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3, unique=True))
    indicators = draw(st.lists(st.sampled_from(INDICATORS), min_size=1, max_size=3, unique=True))
    years = draw(
        st.lists(st.sampled_from(["2017", "2018", "2019", "2019-06"]), min_size=1, max_size=3, unique=True)
    )
    cells = {(r, i, y): draw(values(i)) for r in regions for i in indicators for y in years}
    dropped = draw(st.sets(st.sampled_from(sorted(cells)), max_size=max(len(cells) - 1, 0)))
    return {key: value for key, value in cells.items() if key not in dropped}


class Style:
    """How one sender writes: units, names, numbers, missing marks."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.grouped, self.wide, self.typed = (draw(st.booleans()) for _ in range(3))
        self.mark = draw(st.sampled_from(MARKS))
        self.units = {
            one: draw(st.sampled_from(sorted(CATALOGUE.units[CATALOGUE.indicators[one].unit].accepts)))
            for one in INDICATORS
        }

    def name(self, kind: str, key: str) -> str:
        return self.draw(
            st.sampled_from(sorted(word for word, keys in KNOWN.names[kind].items() if keys == (key,)))
        )

    def number(self, indicator: str, value: str | None) -> object:
        if value is None:
            return self.mark
        factor = CATALOGUE.units[CATALOGUE.indicators[indicator].unit].accepts[self.units[indicator]]
        text = f"{Decimal(value) / Decimal(repr(factor)):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if self.typed and len(text) < 15:
            return float(text) if "." in text else int(text)
        whole, point, rest = text.partition(".")
        if self.grouped and (point or len(whole) > 6):  # 1,234 alone may be a decimal comma
            text = f"{int(whole):,}{point}{rest}"
        return text.translate({ord(a): ord(a) + 0xFEE0 for a in "0123456789,."}) if self.wide else text


def long(panel, style) -> list[list[object]]:
    rows = [["地区 Region", "指标", "年份", "数值", "计量单位", "备注"]]
    for (region, indicator, period), value in panel.items():
        names = style.name("region", region), style.name("indicator", indicator)
        rows.append([*names, period, style.number(indicator, value), style.units[indicator], "甲，乙"])
    return rows


def years_across(panel, style) -> list[list[object]]:
    periods = sorted({key[2] for key in panel})
    rows = [["历年主要指标", *[""] * (len(periods) + 2)], ["地区", "指标", "单位", *periods]]
    for region, indicator in dict.fromkeys(key[:2] for key in panel):
        numbers = [style.number(indicator, panel.get((region, indicator, one))) for one in periods]
        rows.append(
            [
                style.name("region", region),
                style.name("indicator", indicator),
                style.units[indicator],
                *numbers,
            ]
        )
    return rows


def indicators_across(panel, style) -> list[list[object]]:
    indicators = sorted({key[1] for key in panel})
    heads = [f"{style.name('indicator', one)}（{style.units[one]}）" for one in indicators]
    rows = [["年份", "地区", *heads]]
    for region, period in dict.fromkeys((key[0], key[2]) for key in panel):
        numbers = [style.number(one, panel.get((region, one, period))) for one in indicators]
        rows.append([period, style.name("region", region), *numbers])
    return rows


def regions_across(panel, style) -> list[list[object]]:
    regions = sorted({key[0] for key in panel})
    rows = [["指标", "年份", "单位", *[style.name("region", one) for one in regions]]]
    for indicator, period in dict.fromkeys(key[1:] for key in panel):
        numbers = [style.number(indicator, panel.get((one, indicator, period))) for one in regions]
        rows.append([style.name("indicator", indicator), period, style.units[indicator], *numbers])
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_any_table_in_any_layout_is_the_same_panel_again(data):
    panel, style = data.draw(panels()), Style(data.draw)
    rows = data.draw(st.sampled_from([long, years_across, indicators_across, regions_across]))(panel, style)
    if data.draw(st.booleans()):
        content = workbook(rows)
    else:
        encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
        content = delimited(rows, encoding, data.draw(st.sampled_from([",", "\t", ";"])))
    reading = read(content)
    problems = [one for one in reading.problems if one.code != "unread_line"]
    assert not problems, messages.listing(problems, "en")
    found = reading.figures
    again = dict(
        zip(
            zip(found["region"], found["indicator"], found["period"], strict=True),
            found["value"],
            strict=True,
        )
    )
    assert again == {key: float(value) for key, value in panel.items()}


# What bureaus send


def test_a_bulletin_with_merged_headings_over_two_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [
        ["2018—2019年各地区研发情况", None, None, None, None],
        ["地  区", "R&D经费（亿元）", None, "R&D经费投入强度（%）", None],
        [None, "2018年", "2019年", "2018年", "2019年"],
        ["全  国", "19,677.9", "22,143.6", 2.14, 2.23],
        ["河　南", 671.5, 793, "1.34", "…"],
        ["注：2018年强度按普查后数据计算。"],
    ]:
        sheet.append(row)
    for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A6:E6"):
        sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    reading = read(stream.getvalue())
    assert [one.code for one in reading.problems] == ["unread_line", "note_line"]
    assert len(reading.figures) == 7 and reading.missing == 1
    chosen = reading.figures.query("region == '000000' and indicator == 'rd_expenditure'")
    assert dict(zip(chosen["period"], chosen["value"], strict=True)) == {"2018": 19677.9, "2019": 22143.6}


def test_units_are_converted_exactly():
    rows = [
        ["地区", "指标", "年份", "数值", "单位"],
        ["漯河", "R&D经费", 2019, "134,512.3", "万元"],
        ["漯河", "常住人口", 2020, 236.749, "万人"],
    ]
    assert read(workbook(rows)).figures["value"].tolist() == [13.45123, 2367490.0]


def test_a_formula_is_read_only_with_its_stored_result(tmp_path):
    rows = [["地区", "指标", "年份", "数值", "单位"], ["漯河", "gdp", 2021, "=1700+21", "亿元"]]
    problem = read(workbook(rows)).problems[0]
    assert (problem.code, problem.cell) == ("formula_without_value", "D2")


def test_dates_are_read_as_far_as_they_show():
    rows = [
        ["地区", "指标", "年份", "数值"],
        ["漯河", "national_hte_new", date(2019, 6, 1), 11],
        ["漯河", "national_hte_new", date(2018, 1, 1), 15],
    ]
    reading = read(workbook(rows, {"C2": "yyyy-mm", "C3": "yyyy"}))
    assert reading.figures["period"].tolist() == ["2019-06", "2018"]
    refused = read(workbook(rows, {"C2": "yyyy-mm-dd", "C3": "yyyy-mm"})).problems
    assert [(one.code, one.cell) for one in refused] == [("date", "C2"), ("date", "C3")]


@pytest.mark.parametrize(
    ("written", "unit", "code"),
    [
        ("1,23", "亿元", "two_numbers"),
        ("1,234", "亿元", "two_numbers"),
        ("1.2万", "亿元", "not_a_number"),
        ("13.45?", "亿元", "not_a_number"),
        ("10⁴", "亿元", "power"),
        (">25", "亿元", "bounded_number"),
        ("1.3E+05", "亿元", "shortened_number"),
        ("13.45", "", "unit_missing"),
        ("13.45", "美元", "unknown_unit"),
        ("13.45万元", "亿元", "two_statements"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(written, unit, code):
    rows = [["地区", "指标", "年份", "数值", "单位"], ["漯河", "rd_expenditure", "2019", written, unit]]
    problem = read(delimited(rows)).problems[0]
    assert (problem.code, problem.cell[0]) in {(code, "D"), (code, "E")}


def test_both_readings_are_named():
    rows = [["地区", "指标", "年份", "数值"], ["漯河", "高新技术企业", "2019年6月", "7,5"]]
    lines = "\n".join(messages.listing(read(delimited(rows)).problems, "en"))
    for reading in ("national_hte_new", "national_hte_stock", "2019-06", "that month alone", "7.5 / 75"):
        assert reading in lines


def test_a_percentage_shown_by_the_format_needs_no_other_unit():
    rows = [
        ["地区", "指标", "年份", "数值", "单位"],
        ["漯河", "rd_intensity", 2019, 0.0086, None],
        ["漯河", "rd_intensity", 2018, 0.0086, "%"],
    ]
    reading = read(workbook(rows, {"D2": "0.00%", "D3": "0.00%"}))
    assert reading.figures["value"].tolist() == [0.86]
    assert [(one.code, one.cell) for one in reading.problems] == [("shown_percent", "D3")]


# Filing


def test_a_new_release_is_filed_with_its_card_and_read_back(folder):
    path = sent(
        folder,
        "地区,指标,年份,数值,单位,备注\n河南,R&D经费,2024,13005000,万元,公报\n河南,rd_intensity,2024,2.10,%,\n",
        encoding="gb18030",
    )
    report = adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder)
    assert report.filed and report.changes["news"].tolist() == ["new", "new"]
    assert ("410000", "rd_intensity") in report.touched
    card = releases.cards(folder)[report.place]
    assert set(card.files) == {"observations.csv", "received.csv"} and card.received == "sent.csv"
    assert (report.place / "received.csv").read_bytes() == path.read_bytes()
    filed = releases.load(folder).query("published >= '2025-09-30' and source == 'nbs-rd-bulletin'")
    assert dict(zip(filed["indicator"], filed["value"], strict=True)) == {
        "rd_expenditure": 1300.5,
        "rd_intensity": 2.1,
    }
    assert dict(zip(filed["indicator"], filed["basis"], strict=True)) == {
        "rd_expenditure": "",
        "rd_intensity": "gdp-census-5",
    }
    assert releases.check(folder) == []


def test_a_dry_run_and_a_refusal_write_nothing(folder):
    before = tree(folder)
    good = sent(folder, "地区,指标,年份,数值,单位\n河南,R&D经费,2024,1300,亿元\n")
    assert not adding.add(good, "nbs-rd-bulletin", "2025-09-30", folder=folder, dry_run=True).filed
    bad = sent(folder, "地区,指标,年份,数值,单位\n河南,R&D经费,2024,x,亿元\n")
    with pytest.raises(adding.Refused):
        adding.add(bad, "nbs-rd-bulletin", "2025-09-30", folder=folder)
    assert tree(folder) == before


def test_a_crash_leaves_nothing_behind(folder, monkeypatch):
    before = tree(folder)
    path = sent(folder, "地区,指标,年份,数值,单位\n河南,R&D经费,2024,1300,亿元\n")
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder)
    assert tree(folder) == before and not list((folder / "raw").glob(".staging-*"))


def test_revisions_are_reported_in_percent_and_points(folder):
    path = sent(
        folder,
        "地区,指标,年份,数值,单位\n全国,R&D经费,2023,33400,亿元\n全国,rd_intensity,2023,2.60,%\n全国,rd_intensity,2022,2.56,%\n",
    )
    text = adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder, dry_run=True).text("en")
    assert "R&D expenditure 2023: 33357.1 → 33400 × 100 million yuan (+0.13 %)" in text
    rows = "全国,rd_intensity,2023,2.60,%,gdp-census-4\n全国,rd_intensity,2022,2.56,%,gdp-census-4\n"
    stated = f"地区,指标,年份,数值,单位,口径\n{rows}"
    report = adding.add(sent(folder, stated), "nbs-rd-bulletin", "2025-09-30", folder=folder, dry_run=True)
    assert report.changes["news"].tolist() == ["revised", "unchanged"]
    assert "2.65 → 2.6 % (-0.05 个百分点)" in report.text("zh")


def test_an_unknown_source_is_told_what_to_write(folder):
    with pytest.raises(adding.Refused, match=r"data/sources\.yml(.|\n)*luohe-new:(.|\n)*rank: 1"):
        adding.add(sent(folder, "地区,指标,年份,数值\n"), "luohe-new", "2025", folder=folder, language="en")


def test_the_same_day_may_add_cells_but_change_none(folder):
    first = "地区,指标,年份,数值,单位\n河南,R&D经费,2024,1300,亿元\n"
    adding.add(sent(folder, first), "nbs-rd-bulletin", "2025-09-30", folder=folder)
    assert adding.add(sent(folder, first), "nbs-rd-bulletin", "2025-09-30", folder=folder).place is None
    with pytest.raises(adding.Refused, match=r"D2.*1301.*1300"):
        adding.add(
            sent(folder, first.replace("1300", "1301")),
            "nbs-rd-bulletin",
            "2025-09-30",
            folder=folder,
            language="en",
        )
    more = adding.add(
        sent(folder, first + "漯河,R&D经费,2024,19,亿元\n"), "nbs-rd-bulletin", "2025-09-30", folder=folder
    )
    assert more.place.name == "2025-09-30-2" and releases.check(folder) == []
    assert len(releases.load(folder).query("published >= '2025-09-30' and source == 'nbs-rd-bulletin'")) == 2


def test_a_withdrawal_empties_a_cell_and_needs_its_reason(folder):
    head = "地区,指标,年份,数值,单位,状态,备注\n"
    with pytest.raises(adding.Refused) as refused:
        adding.add(
            sent(folder, head + "河南,rd_intensity,2022,,,撤回,\n漯河,rd_intensity,2001,,,撤回,误\n"),
            "nbs-rd-bulletin",
            "2025-09-30",
            folder=folder,
        )
    assert [one.code for one in refused.value.problems] == ["nothing_to_withdraw", "withdrawal_reason"][::-1]
    report = adding.add(
        sent(folder, head + "河南,rd_intensity,2022,,,撤回,误\n"),
        "nbs-rd-bulletin",
        "2025-09-30",
        folder=folder,
    )
    assert report.changes["basis"].tolist() == ["gdp-census-4"] and report.changes["news"].tolist() == [
        "withdrawn"
    ]


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2019-08-30", "2019-08-30", "day"),
        ("2020-02", "2020-02-29", "month"),
        ("2019", "2019-12-31", "year"),
        ("by 2019-03-31", "2019-03-31", "by"),
    ],
)
def test_a_publication_date_counts_from_its_last_possible_day(written, day, precision):
    assert dates.published_on(written) == (date.fromisoformat(day), precision)


@pytest.mark.parametrize("wrong", ["30.8.2019", "2019-13", "2019-02-30", "", "yesterday"])
def test_no_publication_date(wrong):
    with pytest.raises(dates.DateError, match="2019-08-30"):
        dates.published_on(wrong, "en")


# Examination


def refusal(
    folder: Path, body: str, head: str = "地区,指标,年份,数值,单位", **options
) -> list[tuple[str, str]]:
    path = sent(folder, f"{head}\n{body}")
    with pytest.raises(adding.Refused) as refused:
        adding.add(
            path,
            options.pop("source", "nbs-rd-bulletin"),
            options.pop("published", "2025-09-30"),
            folder=folder,
            **options,
        )
    for language in ("zh", "en"):
        assert (
            0 < len(messages.listing(list(refused.value.problems), language)) <= len(refused.value.problems)
        )
    return [(one.code, one.cell) for one in refused.value.problems if not one.remark]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("河南,R&D经费,2026,1300,亿元", [("future_period", "D2")]),
        ("河南,R&D经费,2024,1300,亿元\n河南,rd_expenditure,2024,1300,亿元", [("duplicate", "D3")]),
        ("河南,rd_intensity,2024,210,%", [("bounds", "D2")]),
        ("河南,national_hte_recognised,2024,25.5,家", [("not_whole", "D2")]),
        ("河南,R&D经费,2024,13000,亿元", [("jump", "D2")]),
        ("河南,R&D经费,2024,0,亿元", [("zero", "D2")]),
        ("河南,R&D经费,2025,1400,亿元", [("running_year", "D2")]),
        ("漯河,R&D经费,2023,1900,亿元", [("beyond_parent", "D2")]),
        (
            "河南,R&D经费,2024,1300,亿元\n河南,gdp,2024,63589,亿元\n河南,rd_intensity,2024,2.14,%",
            [("contradiction", "D4")],
        ),
        ("河南,R&D经费,2024,1300,亿元\n河南,gdp,2024,6358,亿元", [("impossible_ratio", "D2")]),
    ],
)
def test_what_is_examined(folder, body, expected):
    assert sorted(refusal(folder, body)) == sorted(expected)


def test_a_ratio_may_differ_by_what_rounding_explains(folder):
    parts = "河南,R&D经费,2024,1300,亿元\n河南,gdp,2024,63589,亿元\n河南,rd_intensity,2024,2.04,%\n"
    path = sent(folder, f"地区,指标,年份,数值,单位\n{parts}")
    report = adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder, dry_run=True)
    assert (len(report.changes), report.accepted) == (3, ())


def test_a_doubt_is_filed_only_when_its_cell_is_accepted(folder):
    body = "河南,R&D经费,2024,13000,亿元"
    assert refusal(folder, body) == [("jump", "D2")]
    path = sent(folder, f"地区,指标,年份,数值,单位\n{body}\n")
    with pytest.raises(adding.Refused, match="D3"):
        adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder, accept=("D2", "D3"))
    report = adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder, accept=("sent.csv!D2",))
    assert report.filed and [one.code for one in report.accepted] == ["jump"]


def test_all_problems_come_at_once_in_either_language(folder):
    body = (
        "火星,R&D经费,2024,1300,亿元\n河南,R&D,2024,1300,亿元\n河南,R&D经费,24,1300,亿元\n"
        "河南,R&D经费,2024,abc,亿元\n北京,R&D经费,2023,3000,美元\n天津,rd_intensity,2024,99,%"
    )
    path = sent(folder, f"地区,指标,年份,数值,单位\n{body}\n")
    for language, word in (("zh", "不认识地区“火星”"), ("en", "unknown region '火星'")):
        with pytest.raises(adding.Refused) as refused:
            adding.add(path, "nbs-rd-bulletin", "2025-09-30", folder=folder, language=language)
        message = str(refused.value)
        assert word in message
        for cell in ("A2", "B3", "C4", "D5", "E6", "D7"):
            assert f"sent.csv!{cell}" in message


def test_every_message_is_said_in_every_language():
    first, *others = (messages.words(language) for language in LANGUAGES)
    for other in others:
        assert [(group, *said) for group, said in first.items()] == [(g, *said) for g, said in other.items()]
        for group in messages.KINDS:
            for code, text in first[group].items():
                assert parts(text) == parts(other[group][code]), code


def parts(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def test_a_family_is_what_is_worked_out_of_one_another():
    family = CATALOGUE.families()
    assert family["rd_intensity"] == family["gdp"] == family["rd_expenditure"] == "gdp"
    assert family["national_hte_stock"] == family["national_hte_new"] != family["rd_intensity"]
    assert family["tech_sme_registered"] == "tech_sme_registered" and [*family] == [*CATALOGUE.indicators]
    links = {"a": {"numerator": "c"}, "b": {"inflow": "d"}, "c": {}, "d": {"numerator": "e"}, "e": {}}
    linked = {key: CATALOGUE.indicators["gdp"].model_copy(update=link) for key, link in links.items()}
    made = CATALOGUE.model_copy(update={"indicators": linked}).families()
    assert made == {"a": "a", "b": "b", "c": "a", "d": "b", "e": "b"}


def test_every_city_is_catalogued_under_a_province_and_by_names_of_its_own():
    regions = CATALOGUE.regions
    cities = {code: one for code, one in regions.items() if one.level == "city"}
    assert len(cities) == 341 - 4 + 1  # a table of 341 less the municipalities, and Jiyuan
    assert all(one.parent == f"{code[:2]}0000" and one.parent in regions for code, one in cities.items())
    for language in ("zh", "en"):
        assert len({getattr(one, language) for one in regions.values()}) == len(regions)
    assert KNOWN.names["region"]["吉林"] == ("220000",) and KNOWN.names["region"]["吉林市"] == ("220200",)


def test_a_table_of_regions_with_a_code_twice_is_refused(folder):
    with (folder / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("411100,漯河,Luohe,city,410000,\n")
    with pytest.raises(SourceError, match=r"regions\.csv(.|\n)*'411100' stands more than once"):
        catalogue.read(folder)


def test_an_older_release_filed_late_is_remarked_not_refused(folder):
    path = sent(folder, "地区,指标,年份,数值,单位\n河南,R&D经费,2010,211.4,亿元\n")
    report = adding.add(path, "nbs-rd-bulletin", "2011-10", folder=folder)
    assert [one.code for one in report.remarks] == ["late"] and report.precision == "month"


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("regions.csv", "漯河市,Luohe,city,410000", "漯河市,Luohe,city,999999", "no region above it"),
        ("regions.csv", "漯河市,Luohe,city,410000", "漯河市,Luohe,city,411100", "no region above it"),
        ("indicators.yml", "numerator: rd_expenditure", "numerator: nowhere", "no other indicator"),
        ("indicators.yml", "numerator: rd_expenditure", "numerator: rd_intensity", "no other indicator"),
        ("indicators.yml", "", "- a\n", "no mapping"),
        ("indicators.yml", "scale: 10000", "scale: 0", "greater than 0"),
        ("indicators.yml", "万元: 0.0001", "万元: -0.0001", "greater than 0"),
        ("indicators.yml", "bounds: [0, 100]", "bounds: [100, 0]", "not below the highest"),
    ],
)  # fmt: skip
def test_a_catalogue_that_names_what_is_not_or_cannot_be_is_refused(name, before, after, told, tmp_path):
    for path in places.DATA.glob("*.*"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after, 1) if before else after, encoding="utf-8")
    with pytest.raises(catalogue.SourceError, match=told):
        catalogue.read(tmp_path)


def test_filing_real_releases_again_gives_the_same_table(tmp_path, monkeypatch):
    """Of every source the last one, the third, and each twelfth after it, beside the rest."""
    monkeypatch.setattr(catalogue, "read", lambda *folder: CATALOGUE)  # a hundred times the same
    monkeypatch.setattr(notation, "vocabulary", lambda known: KNOWN)
    (tmp_path / "raw").mkdir()
    for path in places.DATA.glob("*.*"):
        shutil.copy(path, tmp_path)
    written = {"day": "{}", "month": "{:.7}", "year": "{:.4}", "by": "by {}"}
    cards = sorted(releases.cards().items(), key=lambda item: (item[1].published, item[1].source))
    of = {card.source: [one for one, other in cards if other.source == card.source] for _, card in cards}
    again = {one for some in of.values() for one in (some[-1], *some[2::12])}
    for release in {one for one, _ in cards} - again:
        shutil.copytree(release, tmp_path / release.relative_to(places.DATA))
    for release, card in cards:
        if release not in again:
            continue
        day = written[card.precision].format(card.published.isoformat())
        path = release / "observations.csv"
        try:
            adding.add(path, card.source, day, folder=tmp_path)
        except adding.Refused as refused:  # what a compiler of cities prints is doubtful here and there
            assert CATALOGUE.sources[card.source].kind == "aggregator"
            adding.add(path, card.source, day, folder=tmp_path, accept=[one.cell for one in refused.problems])
    pd.testing.assert_frame_equal(releases.load(tmp_path), releases.load())


def test_most_slips_of_a_unit_in_the_bulletins_are_doubted():
    history = releases.load()
    rng, found, tried = np.random.default_rng(0), 0, 0
    for release, card in releases.cards().items():
        if card.source != "nbs-rd-bulletin" or card.published.year < 2014:
            continue
        sheet = pd.read_csv(release / "observations.csv", dtype=str, keep_default_na=False)
        row = int(rng.integers(len(sheet)))
        sheet.loc[row, "value"] = (
            f"{Decimal(sheet.loc[row, 'value']) * Decimal(10) ** int(rng.choice([-4, -2, 2, 4]))}"
        )
        known = history[history["published"] < pd.Timestamp(card.published)]
        reading = doubts.with_basis(
            read(sheet.to_csv(index=False).encode()).figures, card.published, CATALOGUE
        )
        problems = doubts.Examination(reading, card.source, card.published, known, CATALOGUE).run()
        found += f"D{row + 2}" in {one.cell for one in problems}
        tried += 1
    assert found / tried > 0.8


# What is filed never changes


def test_an_article_stands_in_title_marks_and_no_name_tells_a_later_year():
    """What a name tells of years is known on the day of the source's first release."""
    first: dict[str, int] = {}
    for card in releases.cards().values():
        first[card.source] = min(card.published.year, first.get(card.source, 9999))
    for key, source in CATALOGUE.sources.items():
        if re.search("（(新闻报道|新闻转载|评论文章)）$", source.zh):
            assert source.zh.startswith("《"), key
        told = [int(year) for text in (source.zh, source.en) for year in re.findall(r"20\d\d", text)]
        assert max(told, default=0) <= first.get(key, 9999), key


def test_the_releases_are_as_their_cards_say():
    assert releases.check() == []


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (lambda path: path.write_bytes(path.read_bytes().replace(b"1", b"2", 1)), "changed"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: (path.parent / "notes.txt").write_text("x"), "not on the card"),
        (lambda path: (path.parent / "card.yml").unlink(), "no card.yml"),
        (lambda path: path.parent.rename(path.parent.with_name("2001-01-01")), "must be named so"),
    ],
)
def test_a_changed_release_is_named(folder, harm, word):
    path = folder / "raw" / "dahe-2020" / "2020-01-19" / "observations.csv"
    harm(path)
    problems = "\n".join(releases.check(folder))
    assert word in problems and "dahe-2020" in problems
    if word in ("changed", "missing", "not on the card"):
        with pytest.raises(SourceError, match="dahe-2020"):
            releases.load(folder)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("411100", "999999", "region"),
        ("reported", "guessed", "status"),
        ("2019", "20190", "period"),
        (",25,", ",many,", "many"),
    ],
)
def test_a_release_that_breaks_the_contract_is_named_with_its_line(folder, old, new, word):
    release = folder / "raw" / "dahe-2020" / "2020-01-19"
    path = release / "observations.csv"
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))
    card = (release / "card.yml").read_text()
    digest = releases.cards(folder)[release].files["observations.csv"]
    (release / "card.yml").write_text(card.replace(digest, store.sha256(path.read_bytes())))
    with pytest.raises(SourceError, match=f"dahe-2020.*{word}"):
        releases.load(folder)


def test_what_is_loaded_keeps_the_contract_and_its_order():
    observations = releases.load()
    tables.check(observations, tables.OBSERVATIONS)
    pd.testing.assert_frame_equal(
        observations, observations.sort_values(releases.ORDER, kind="stable", ignore_index=True)
    )


def test_the_declared_bases_are_those_of_the_real_figures():
    """All but the bulletin of 2014, of which only the year is known: it came before the census figures.

    A city yearbook says its bases itself: its figure of a census year stands before the census.
    """
    other = []
    for release, card in releases.cards().items():
        if CATALOGUE.sources[card.source].kind == "aggregator":
            continue
        sheet = pd.read_csv(release / "observations.csv", dtype=str, keep_default_na=False)
        reading = read(sheet.drop(columns="basis").to_csv(index=False).encode())
        stated = doubts.with_basis(reading.figures, card.published, CATALOGUE)["basis"]
        if stated.tolist() != sheet["basis"].tolist():
            other.append((card.source, card.published))
    assert other == [("nbs-rd-bulletin", date(2014, 12, 31))]


# The form


@pytest.fixture(scope="module")
def form(tmp_path_factory) -> Path:
    return form_module.template(tmp_path_factory.mktemp("form") / "form.xlsx")


def test_the_form_is_the_same_to_the_byte(form, tmp_path):
    assert form.read_bytes() == form_module.template(tmp_path / "again.xlsx").read_bytes()


def test_the_form_filled_in_from_its_lists_is_read(form, folder):
    book = openpyxl.load_workbook(form)
    data, lists = book.worksheets[0], book.worksheets[-1]
    region = next(one.value for one in lists["A"] if "411100" in str(one.value))
    for row, (indicator, period, value, unit, status) in enumerate(
        [
            ("rd_expenditure", "2024", 19.5, "亿元", "first_release"),
            ("national_hte_new", "2025-06", 11, "家", None),
            ("gdp", 2024, "…", "亿元", None),
        ],
        start=4,
    ):
        status = status and next(
            one.value for one in lists["D"] if str(one.value).startswith(Voice("zh").say(f"status.{status}"))
        )
        listed = next(one.value for one in lists["B"] if str(one.value).startswith(f"{indicator} "))
        for column, content in zip("ABCDEF", (region, listed, period, value, unit, status), strict=True):
            data[f"{column}{row}"] = content
    path = folder.parent / "filled.xlsx"
    book.save(path)
    report = adding.add(path, "luohe-gov-profile", "2025-09-30", folder=folder)
    assert report.changes[["indicator", "period", "value"]].to_numpy().tolist() == [
        ["rd_expenditure", "2024", 19.5],
        ["national_hte_new", "2025-06", 11.0],
    ]
    assert report.missing == 1 and (report.place / "received.xlsx").is_file()


def test_the_form_offers_every_name_and_its_examples_are_never_figures(form):
    book = openpyxl.load_workbook(form)
    lists = {one.value for row in book.worksheets[-1].iter_rows() for one in row}
    for code in CATALOGUE.regions:
        assert any(str(one).startswith(code) for one in lists)
    assert book.worksheets[0].data_validations.dataValidation
    for rule in book.worksheets[0].data_validations.dataValidation:
        assert rule.promptTitle and rule.prompt and len(rule.prompt) < 255
    reading = read(form.read_bytes())
    assert reading.problems == [] and len(reading.figures) == 0
    book["示例 Examples"].delete_rows(1, 2)
    book["示例 Examples"].title = "数据"
    stream = io.BytesIO()
    book.save(stream)
    assert {one.code for one in read(stream.getvalue()).problems} == {"unknown_region"}


def test_every_unit_in_the_lists_is_some_indicators():
    units = form_module.choices(CATALOGUE)[2]
    assert "亿元" in units and all(notation.normal(unit) in KNOWN.units for unit in units)
