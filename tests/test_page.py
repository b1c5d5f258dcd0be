"""What the review page says of a target, in words and tables: the same of a past day whichever day it is."""

import dataclasses
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import backtest, documents, memo, review, tables
from analysis.plots import calibration
from analysis.printing import LANGUAGES, Voice
from analysis.review import gather, marks, page
from analysis.review.view import cells, details, fields, filed, given, pictures, scorecard, whole
from analysis.review.wordbook import Book, Fact

OPENED, LATE = "2020-04-30", "2023-05-26"


@pytest.fixture(scope="module")
def one(outlook, catalogue):
    """A target on the page of a day, in a language."""

    def made(day, target, language="zh", **more):
        whole = outlook("luohe-2019", day)
        inputs = given.Inputs(whole, more.get("whatif", {}), {}, {}, None)
        return given.One(whole.of(target).assessment, inputs, Book(language, catalogue))

    return made


def moved(one):
    return {row["when"]: documents.plain(row["moved"]) for row in cells.history(one)}


# ------------------------------------------------------------------------------------------ of past days


@pytest.mark.parametrize("target", ["fiscal-st-expenditure-rise", "fiscal-st-share", "rd-intensity"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_past_day_every_later_page_says_the_same(target, language, one):
    early, late = (moved(one(day, target, language)) for day in (OPENED, LATE))
    days = [day for day in early if day != OPENED]
    assert len(days) > 3 and [early[day] for day in days] == [late[day] for day in days]


def test_what_was_filed_by_a_day_is_asked_once_for_all_languages(one, catalogue, monkeypatch):
    chinese, days, as_of = one(LATE, "fiscal-st-share"), [], filed.panel.as_of

    def asking(rows, day, known):
        days.append(day)
        return as_of(rows, day, known)

    monkeypatch.setattr(filed.panel, "as_of", asking)
    said = moved(chinese)
    asked = len(days)
    assert 2 < asked == len({*days}) <= len(said)
    assert moved(given.One(chinese.assessment, chinese.inputs, Book("en", catalogue))) != said
    assert len(days) == asked
    assert moved(one(LATE, "fiscal-st-share")) == said and len(days) == 2 * asked


@pytest.mark.parametrize(
    ("language", "first", "new", "rerated"),
    [
        ("zh", "2017年地方财政科学技术支出1.32亿元", "2018年地方财政科学技术支出4.67亿元",
         "；2003—2017年地方财政科学技术支出改评为存疑，不再采用"),
        ("en", "Local fiscal expenditure on science and technology 2017: 132 million yuan",
         "Local fiscal expenditure on science and technology 2018: 467 million yuan",
         "; Local fiscal expenditure on science and technology 2003–2017: rated doubtful, no longer used"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", [OPENED, LATE])
def test_a_row_names_what_was_published_that_day_and_tells_a_new_rating_as_such(
    day, language, first, new, rerated, one
):
    said = moved(one(day, "fiscal-st-expenditure-rise", language))
    assert said["2019-03-31"] == first
    assert said["2020-03-31"] == new + rerated
    share = moved(one(day, "fiscal-st-share", language))["2020-03-31"]
    assert "2018" in share and share.endswith(rerated)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "不晚于2005年3月31日；不晚于2020年3月31日改评为存疑"),
        ("en", "by 31 March 2005; rated doubtful by 31 March 2020"),
    ],
)
def test_a_figure_rated_anew_keeps_the_day_it_was_published(language, said, one):
    rows = details.figures(one(OPENED, "fiscal-st-expenditure-rise", language))
    (row,) = [row for row in rows if str(documents.plain(str(row["year"]))) == "2003"]
    assert documents.plain(row["published"]) == said


# ------------------------------------------------------------------------------------------------ charts


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("《全国科技经费投入统计公报》", "《中国城市统计年鉴》")),
        ("en", ("bulletin", "China City Statistical Yearbook")),
    ],
)
def test_a_chart_without_own_figures_names_what_it_rests_on(language, said, one):
    foot = documents.plain(pictures.fan(one("2018-12-31", "rd-expenditure-rise", language))["source"])
    assert all(name.lower() in foot.lower() for name in said), foot


@pytest.mark.parametrize(("language", "said"), [("zh", "来源：未取得本地区数据。"), ("en", "Source: no ")])
def test_a_chart_of_nothing_says_there_is_no_source(language, said, one):
    foot = documents.plain(pictures._source(one("2018-12-31", "rd-expenditure-rise", language), []))
    assert foot.startswith(said), foot


# ---------------------------------------------------------------------------------------- figures listed


def test_the_figures_listed_are_those_the_answer_rests_on_and_the_others_are_marked(one):
    rows = {
        (row["year"].text, row["value"].text): row for row in details.figures(one(LATE, "hte-number-rise"))
    }
    used = {key for key, row in rows.items() if not row["shown"]}
    assert used == {("2016", "34家"), ("2016", "13家"), ("2018", "15家"), ("2019", "25家")}
    assert rows["2020", "101家"]["shown"]
    assert {row["of"] for key, row in rows.items() if key[1] in ("13家", "15家")} == {
        "新增国家级高新技术企业"
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_after_the_deadline_is_listed_as_not_used_once_the_outcome_is_known(language, one):
    rows = details.figures(one(LATE, "fiscal-st-expenditure-rise", language))
    marked = {row["year"].text: row["shown"] for row in rows if row["year"].text >= "2018"}
    assert marked == {"2018": False, "2019": False, "2020": True, "2021": True}


# --------------------------------------------------------------------------------------------- the record


def test_the_index_prints_the_record_as_the_page_does(catalogue, tmp_path):
    """0.725049 rounds to 0.73, but what is stored of it, 0.7250, to 0.72: one of them is printed."""
    marks = {"crps": 1.225049, "brier": 0.16, "log_score": 0.48, "inside80": 0.725049, "inside95": 0.9}
    models = pd.DataFrame([{"indicator": "rd_intensity", "model": "ours", "n": 9, "origins": 4} | marks])
    marked = {}
    file = tmp_path / "scorecard.csv"
    file.write_text(tables.csv(models), encoding="utf-8")
    for name, rows in (("page", models), ("index", pd.read_csv(file))):
        made = scorecard.table(backtest.presented(rows), Book("en", catalogue))
        marked[name] = [documents.plain(mark) for mark in made["groups"][0]["rows"][0]["marks"]]
    assert marked["page"] == marked["index"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "（截至2023年5月26日）</h2>"), ("en", ", as of 26 May 2023</h2>")],
)
def test_the_index_says_of_which_day_the_record_is(language, said, catalogue, tmp_path):
    text = review.index(tmp_path, None, {}, catalogue, LATE).read_text(encoding="utf-8")
    assert said in re.sub(r"</?span[^>]*>", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calibration_figure_tells_the_years_of_the_cases_it_draws(language, cases):
    own = backtest.known(cases.query("indicator == 'rd_intensity' and rung == 'own'"), "2021-12-31")
    early = own.assign(rung="short", origin=own["origin"] - 9)
    alone, both = (backtest.scorecard(rows) for rows in (own, pd.concat([own, early])))
    feet = [calibration._foot(card, "2021-12-31", Voice(language), True) for card in (alone, both)]
    assert feet[0] == feet[1] and str(own["origin"].min()) in feet[0]


# -------------------------------------------------------------------------------------------- the what-if


@pytest.mark.parametrize(
    ("language", "label", "said"),
    [
        ("zh", "2019年地区生产总值（", "仅用于把额外增加的数额折算为百分点"),
        ("en", " of 2019 (", "only to turn"),
    ],
)
def test_an_extra_amount_is_divided_by_what_the_memo_expects_of_the_deadline(
    language, label, said, one, outlook, catalogue
):
    kept = gather.stored(outlook("luohe-2019", OPENED), catalogue)
    found = outlook("luohe-2019", OPENED).of("rd-intensity").answers["requirement"]["amount"]
    extra = kept["rd-intensity"]["extra"]
    assert extra["below"] == pytest.approx(100 * found["needed"] / 1.25, abs=0.1)
    (below,) = [
        field
        for field in fields.fields(one(OPENED, "rd-intensity", language, whatif=kept))["fields"]
        if field["name"] == "below"
    ]
    assert label in below["label"] and said in below["label"] and below["value"] == extra["below"]


def test_a_last_value_that_the_goal_moves_along_with_is_not_offered(one, outlook, catalogue):
    kept = gather.stored(outlook("luohe-2019", OPENED), catalogue)
    rise = fields.fields(one(OPENED, "fiscal-st-expenditure-rise", whatif=kept))
    assert [field["name"] for field in rise["fields"]] == ["extra"]
    share = fields.fields(one(OPENED, "fiscal-st-share", whatif=kept))
    assert share == {"fields": [], "why": Voice("zh").say("page.whatif_none_idle")}
    level = fields.fields(one(OPENED, "rd-intensity", whatif=kept))
    assert [field["name"] for field in level["fields"]] == ["goal", "last", "extra", "below"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_the_words_for_every_refusal(language):
    script = page.template("review.js").render()
    keys = {f"page.{name}" for name in re.findall(r'"page\.([a-z_]+)"', script)}
    assert keys and keys <= set(page._spoken(Voice(language)))


# ------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize("text", ["《漯河市{}科技创新十大亮点》所载{}家", "“in {} the best” says {}"])
def test_a_number_in_a_title_or_a_quotation_is_no_button(text):
    facts = {f"zh.{name}": Fact(f"zh.{name}", name, source="a source") for name in ("2019", "25")}
    made = marks.Marker("zh", facts)(text.format(facts["zh.2019"], facts["zh.25"]))
    assert made.count('role="button"') == 1 and made.count("data-fact") == 2
    assert re.search(r'role="button"[^>]*>25<', made)


def test_a_remark_on_a_source_is_not_of_later_years_than_the_page(outlook, catalogue):
    for day in ("2018-12-31", LATE):
        inputs = given.Inputs(outlook("luohe-2019", day), {}, {}, {}, None)
        told = " ".join(row["remark"] for row in whole.sources(inputs, Book("zh", catalogue)))
        years = {int(year) for year in re.findall(r"(?<!\d)20\d\d(?!\d)", told)}
        assert told and all(year <= int(day[:4]) for year in years)


@pytest.mark.parametrize(("day", "told"), [("2019-08-29", False), ("2019-08-30", True)])
def test_a_remark_that_names_no_year_is_kept_back_until_its_day(day, told, catalogue):
    """The flash estimate of 2017 tells what the bulletin and its revision gave: the latter of 2019-08-30."""
    inputs, flash = SimpleNamespace(as_of=day), catalogue.sources["nbs-flash-2018"]
    assert bool(whole._remark(flash, inputs, Book("zh", catalogue))) is told


def test_what_came_after_a_source_is_remarked_with_its_day(catalogue):
    remarks = [one.remark for one in catalogue.sources.values() if one.remark]
    later = [one for one in remarks if re.search("其后|后来|再后", one.zh)]
    assert later and all(one.known_from for one in later)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_tells_only_what_is_drawn(language, one):
    hollow, diamond = {"zh": ("空心", "菱形"), "en": ("hollow", "diamond")}[language]
    open_, known = (one(day, "rd-intensity", language) for day in (OPENED, LATE))
    assert hollow not in documents.plain(pictures.fan(open_)["key"])
    assert diamond not in documents.plain(pictures.over_time(open_)["key"])
    assert diamond in documents.plain(pictures.over_time(known)["key"])
    early = dataclasses.replace(open_.assessment, history=open_.assessment.history.assign(status="flash"))
    drawn = dataclasses.replace(open_, assessment=early)
    assert hollow in documents.plain(pictures.fan(drawn)["key"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_conditional_answer_is_the_one_the_memo_names(language, one, outlook, catalogue):
    at = one("2018-12-31", "rd-intensity", language)
    memo_ = memo.compose(outlook("luohe-2019", "2018-12-31").of("rd-intensity"), catalogue, language)
    shown = details.conditional(at)
    (table,) = [
        block
        for annex in memo_.annexes
        for block in annex.blocks
        if isinstance(block, documents.Table)
        and documents.plain(block.caption) == documents.plain(shown["title"])
    ]
    assert [documents.plain(row[0]) for row in table.rows] == [row["base"].text for row in shown["rows"]]
    assert [documents.plain(row[1]) for row in table.rows] == [row["p"].text for row in shown["rows"]]
