"""Every statement of every paper has words in both languages, on real figures; no wording is dead."""

import contextlib
import dataclasses
import datetime
import functools
import itertools

import jinja2
import jinja2.nodes
import pandas as pd
import pytest

from analysis import attainment, backtest, documents, languages, memo, plans
from analysis.memo import material
from analysis.memo.ledger import Ledger
from analysis.memo.statements import Section, say
from analysis.memo.whole import Whole
from analysis.memo.worded import Words
from analysis.outlook import work_out
from analysis.situations import Forecast
from test_memo import EARLY, LATE, REPORTS

PAPERS = ("memo", "report", "target", "words")
WORDLESS = {("red", "en"), ("closing", "en")}  # what no English paper says


@functools.cache
def book(paper, language):
    file = languages.FOLDER / language / f"{paper}.j2"
    return jinja2.Environment().parse(file.read_text(encoding="utf-8"))


@contextlib.contextmanager
def listening():
    """Give the statements made by language: of which paper, named how, and their text."""
    heard = {language: [] for language in memo.LANGUAGES}
    text = Words.text

    def hear(words, one):
        language, paper = words.books[0].__name__.removesuffix(".j2").split("/")
        heard[language].append((paper, one.name, text(words, one)))
        return heard[language][-1][-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "text", hear)
        yield heard


def hear(outlook, catalogue) -> dict[str, list[tuple[str, str, str]]]:
    """All that is said in the report and in memos, long and short, from what is told of a target to both."""
    context = material.context
    with listening() as heard, pytest.MonkeyPatch.context() as patch:
        for language in memo.LANGUAGES:
            told: list[dict] = []

            def kept(ledger: Ledger, told: list[dict] = told) -> dict:
                told.append(context(ledger))
                return told[-1]

            patch.setattr(material, "context", kept)
            for document in memo.compose_report(outlook, catalogue, language):
                documents.check_wording(document)
            assert len(told) == len(outlook.dossiers)
            for one, brevity in itertools.product(told, (0, memo.ASIDES)):
                memo._said(one, Words("memo", language, one), brevity)
    return heard


# ------------------------------------------------------------------------------------- situations by hand

CITY, PROVINCE = "411100", "410000"
HENAN = [
    {"kind": "growth", "indicator": "rd_expenditure", "goal": 11.0, "since": 2020, "deadline": 2023},
    {"kind": "every_year", "indicator": "rd_intensity", "goal": 2.0, "since": 2020, "deadline": 2023},
    {"kind": "rank", "indicator": "rd_intensity", "goal": 5, "deadline": 2023, "comparison": "<="},
    {"kind": "rank", "indicator": "rd_intensity", "goal": 5, "deadline": 2026, "comparison": "<="},
    {"kind": "level", "indicator": "rd_intensity", "goal": 2.05, "deadline": 2023, "comparison": ">"},
    {"kind": "direction", "indicator": "rd_expenditure", "than": 2022, "deadline": 2023, "comparison": "<"},
    {"kind": "direction", "indicator": "rd_intensity", "than": 2022, "deadline": 2023, "comparison": ">"},
    {"kind": "stock", "indicator": "invention_patents_in_force", "goal": 100000, "deadline": 2025},
]
BUILT = {"zh": "主体工程已封顶", "en": "The building is up"}
SEEN = {"date": datetime.date(2018, 6, 1), "text": BUILT, "source": "甲"}
SIGNED = {"probability": 0.5, "author": "甲", "date": datetime.date(2018, 12, 30), "reason": BUILT}
TASK = {"kind": "milestone", "deadline": 2019}
TASKS = [
    TASK | {"evidence": [SEEN | {"status": "achieved"}]},
    TASK | {"evidence": [SEEN | {"status": "not_achieved"}]},
    TASK | {"judgement": SIGNED},
]
NEW, MONEY = "national_hte_new", "fiscal_st_expenditure"
RATES = ("rd_intensity", "rd_expenditure", "gdp")
FLOW = {"kind": "flow", "indicator": NEW, "goal": 20, "deadline": 2019}
SPENT = FLOW | {"indicator": MONEY, "goal": 2.0}
RESEARCH = FLOW | {"indicator": "rd_expenditure", "goal": 14.0}
RATE = {"kind": "level", "indicator": "rd_intensity", "goal": 1.5, "deadline": 2019}
RISE = {"kind": "direction", "indicator": "rd_intensity", "than": 2018, "deadline": 2019, "comparison": ">"}
BOUND = {"kind": "share", "indicator": "hightech_va_share", "goal": 30, "deadline": 2019}
# Alone with a record on a date; the second is named with it, being about even on its own figures.
PROVEN = {
    ("luohe-2019", "2020-04-30"): "fiscal-st-share",
    ("luohe-2019", EARLY): "fiscal-st-expenditure-rise",
}
MOVED = ("tasks", "a parent at last", "all at once")  # whose movement is told: it takes long to explain
RANK = {"kind": "rank", "indicator": NEW, "goal": 5, "deadline": 2019, "comparison": "<="}


def of(rows: pd.DataFrame, region: str, *indicators: str) -> pd.Series:
    return rows["region"].eq(region) & rows["indicator"].isin(indicators)


def june(rows: pd.DataFrame, indicator: str, value: float, past: tuple[int, ...] = ()) -> pd.DataFrame:
    """Figures with those of 2019 by June, and of past years two fifths of the whole ones."""
    own = rows[of(rows, CITY, indicator)].drop_duplicates("year")
    whole = own[own["year"].isin(past)]
    this = own.tail(1).assign(year=2019, value=value, published=pd.Timestamp("2019-07-05"))
    more = pd.concat([whole.assign(value=0.4 * whole["value"]), this]) if past else this
    more = more.assign(period=more["year"].astype(str) + "-06", status="reported", basis="")
    return pd.concat([rows, more], ignore_index=True)


def published(rows: pd.DataFrame, which: pd.Series, day: str) -> pd.DataFrame:
    """Figures some of which came out on another day."""
    return rows.assign(published=rows["published"].mask(which, pd.Timestamp(day)))


def situations(rows: pd.DataFrame) -> dict[str, tuple]:
    """Plan, date, figures and targets by what is special about them."""
    year, own = rows["year"], of(rows, CITY, *RATES)
    parents = of(rows, PROVINCE, *RATES) & year.le(2017)
    orphaned, spent = rows["region"].ne(PROVINCE), june(rows, "rd_expenditure", 6.0)
    others = rows["indicator"].eq("rd_intensity") & ~rows["region"].isin(("320000", "330000"))
    monthly = spent["period"].str.len().gt(4)
    money = of(rows, CITY, MONEY) & year.ge(2014)
    july, late = ("luohe-2019", "2019-07-10"), ("luohe-2019", LATE)
    return {
        "every kind": ("henan-2024", "2024-12-31", rows, HENAN),
        "tasks": ("luohe-2019", EARLY, rows, TASKS),
        "no parent": ("luohe-2019", EARLY, rows[orphaned], ["rd-intensity", "rd-expenditure-rise"]),
        "a goal out of reach": ("luohe-2019", EARLY, rows[orphaned], [RATE | {"goal": 60.0}]),
        "two peers": ("luohe-2019", EARLY, rows[orphaned & ~own & ~others], [RATE]),
        "a parent at last": ("luohe-2019", EARLY, published(rows, parents, "2018-12-30"), [RATE]),
        "no year to compare": (*late, rows[orphaned & (~own | year.eq(2019))], [RISE]),
        "places unknown": (*late, rows, [RANK]),
        "a later year": (*late, rows[rows["indicator"].ne(NEW)], ["hte-number-rise"]),
        "between stocks": (*late, rows[~(of(rows, CITY, NEW) & year.ge(2018))], [FLOW]),
        "few years": (*late, rows, [FLOW | {"deadline": 2024}]),
        "an expectation": (*late, rows[orphaned & (~own | rows["status"].eq("estimate"))],
                           [RATE | {"deadline": 2025}]),
        "a bound alone": (*late, rows[rows["status"].eq("lower_bound")], [BOUND]),
        "rounding": (*late, rows[~(of(rows, CITY, "rd_intensity") & year.eq(2019))],
                     [RATE | {"goal": 0.85, "comparison": ">"}]),
        "all at once": (*late, published(rows, money, LATE), [SPENT | {"goal": 12.0, "deadline": 2024}]),
        "a count so far": (*july, june(rows, NEW, 8.0), ["national-hte-new"]),
        "a count that is enough": (*july, june(rows, NEW, 12.0), ["national-hte-new"]),
        "an amount so far": (*july, june(rows, MONEY, 0.9, (2014, 2015, 2016, 2017)), [SPENT]),
        "an amount and a parent": (*july, spent[~of(spent, CITY, *RATES[:2]) | monthly], [RESEARCH]),
        "an amount alone": (*july, spent[~of(spent, CITY, *RATES) | monthly], [RESEARCH]),
        "one year": ("luohe-2019", "2024-05-26", rows[~own | year.eq(2020)], [RATE | {"deadline": 2025}]),
    }  # fmt: skip


def made(catalogue, record, name: str, day: str, rows: pd.DataFrame, asked):
    """All there is to say on targets by hand, or some of a plan's own, as if the plan had no other.

    A forecast has the record given, whatever it stands on.
    """
    plan, text = plans.load(name, catalogue), {"zh": "试例", "en": "Example"}
    targets = [
        plan.target(one)
        if isinstance(one, str)
        else plans.Target(**{"id": f"example-{i}", "clause": "一", "title": text} | one)
        for i, one in enumerate(asked, 1)
    ]
    outlook = work_out(plan.model_copy(update={"targets": tuple(targets)}), rows, day, catalogue)
    dossiers = [
        dataclasses.replace(one, record=record) if isinstance(one.assessment.answer, Forecast) else one
        for one in outlook.dossiers
    ]
    return dataclasses.replace(outlook, dossiers=tuple(dossiers))


def recorded(outlook, record, alone: bool):
    """All there is to say on a plan, with a record of its first forecast alone, or of all but that one."""
    first = next(one for one in outlook.dossiers if isinstance(one.assessment.answer, Forecast))
    kept = (
        dataclasses.replace(one, record=record if (one is first) == alone else None)
        if isinstance(one.assessment.answer, Forecast)
        else one
        for one in outlook.dossiers
    )
    return dataclasses.replace(outlook, dossiers=tuple(kept))


@pytest.fixture(scope="module")
def heard(observations, outlook, cases, catalogue):
    """All that is said of situations by hand and of reports."""
    record = backtest.record(cases, "rd_intensity", "2024-05-26")
    high = (one._replace(frequency=one.probability - 0.2, low=-1.0, high=-0.5) for one in record.chances)
    record = dataclasses.replace(record, narrow=True, chances=tuple(high))
    told, before = [], attainment.before_newest
    with pytest.MonkeyPatch.context() as patch:  # no paper holds the course of a probability
        patch.setattr(attainment, "dates", lambda plan, observations, until: [until])
        for name, one in situations(observations).items():
            moved = before if name in MOVED else lambda plan, observations, day: None
            patch.setattr(attainment, "before_newest", moved)
            told.append(made(catalogue, record, *one))
        patch.setattr(attainment, "before_newest", before)
    real = [outlook(*one) for one in REPORTS]
    real[-1:] = [recorded(real[-1], record, alone) for alone in (True, False)]
    found = [hear(one, catalogue) for one in (*told, *real)]
    return {language: [one for part in found for one in part[language]] for language in memo.LANGUAGES}


# ----------------------------------------------------------------------------------------- words for each


def macros(paper: str, language: str) -> dict[str, list[str]]:
    """The wordings of a book, each with the names of what it is given."""
    found = book(paper, language).find_all(jinja2.nodes.Macro)
    return {one.name: [given.name for given in one.args] for one in found}


def parts_of_sentences(language: str) -> set[str]:
    """The macros that other macros make sentences from."""
    calls = [one.node for paper in PAPERS for one in book(paper, language).find_all(jinja2.nodes.Call)]
    return {one.name for one in calls if hasattr(one, "name")}


def test_every_statement_says_something_in_every_language(heard):
    for language in memo.LANGUAGES:
        wordless = {name for _, name, text in heard[language] if not text}
        assert wordless == {name for name, of in WORDLESS if of == language}


def test_both_languages_say_the_same_in_the_same_order(heard):
    said = [[(paper, name) for paper, name, _ in heard[language]] for language in memo.LANGUAGES]
    assert said[0] == said[1] and len(said[0]) > 1000


@pytest.mark.parametrize("paper", PAPERS)
def test_no_wording_is_dead(paper, heard):
    for language in memo.LANGUAGES:
        said = {name for _, name, _ in heard[language]} | parts_of_sentences(language)
        assert set(macros(paper, language)) - said == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_both_languages_word_the_same_statements_from_the_same(paper):
    zh, en = (
        {name: given for name, given in macros(paper, language).items() if name not in parts}
        for language, parts in zip(memo.LANGUAGES, map(parts_of_sentences, memo.LANGUAGES), strict=True)
    )
    within = parts_of_sentences("zh") ^ parts_of_sentences("en")  # in one language only
    assert {one: zh[one] for one in zh if one not in within} == {
        one: en[one] for one in en if one not in within
    }


def test_no_wording_hides_what_is_told(outlook, catalogue):
    """A macro called like a thing told would be named in its place."""
    made = outlook("luohe-2019", EARLY)
    whole = Whole(made, catalogue, "zh", None, lambda one: {})
    told = {"report": whole.context(), "memo": whole.parts[0].told}
    told |= {"target": told["memo"], "words": told["memo"] | told["report"]}
    for language in memo.LANGUAGES:
        for paper in PAPERS:
            assert set(macros(paper, language)) & set(told[paper]) == set()


SHOWN = ("estimate", "lower_bound")
BAND = {name: documents.Fact(name, name) for name in ("n", "from", "upto", "given", "came", "least", "most")}
CODES = {
    "report": {
        "doubted": [("one",), ("some",), ("all",)],
        "counted": [((code,), False) for code in ("met", "missed", "open", "unpublished", "unjudged")],
        "all_met": [(True,), (False,)],
        "expected": [(False, False), (True, False), (False, True), (True, True)],
        "proofs": [
            ([{"names": names, "leant": "so"}], annex)
            for names in (["it"], ["it", "that"])
            for annex in (0, 2)
        ],
        "record": [(True,), (False,)],
        "uncorrected": [([(way, ["it"])],) for way in ("high", "low")] + [([("high", ["it", "that"])],)],
        "table_targets": [(True,), (False,)],
        "request": [(False, 2, False), (False, 3, False)],
    },
    "target": {
        "cell_goal": [(False,), (True,)],
        "cell_shown": [({"value": "1", "year": "2", "status": code},) for code in SHOWN],
        "remark_flows": [(False,), (True,)],
        "remark_stock": [(False,), (True,)],
        "note_ahead": [("",), ("none",), ("few",)],
        "story_open": [(False,), (True,)],
        "latest_figure": [(False, ""), (True, ""), (False, "few"), (True, "few")],
        "story_missed": [(code,) for code in ("year", "equal_year", "equal", "goal", "demand")],
        "outcome_apart": [(True, False), (False, False), (False, True)],
    },
}


@pytest.fixture(scope="module")
def books(outlook, catalogue):
    """The words of the report on Luohe's plan, and of its target on R&D with facts for all it may say."""

    whole_in = functools.cache(
        lambda language: Whole(outlook("luohe-2019", LATE), catalogue, language, None, lambda one: {})
    )

    def made(paper: str, language: str) -> Words:
        whole = whole_in(language)
        told = whole.context()
        if paper == "target":
            told = next(part.told for part in whole.parts if part.ledger.target.id == "rd-intensity")
            more = ("before", "than", "p", "p_low", "p_high", "pace", "needed", "record_n", "record_origins",
                    "record_share", "years_known")  # fmt: skip
            told["f"].update({name: documents.Fact(name, name) for name in more})
            told |= {"edge_low": "", "edge_high": "", "first": told["points"][0], "pace": 0.1, "thin": 3}
            told["beside"] = {"name": "it"}
            told |= {"horizons": [(documents.Fact("h", "1", 1),) * 2], "band": BAND | {"leaning": ""}}
        return Words(paper, language, told)

    return made


@pytest.mark.parametrize("language", memo.LANGUAGES)
@pytest.mark.parametrize(("paper", "name"), [(paper, name) for paper in CODES for name in CODES[paper]])
def test_each_code_has_words_of_its_own(paper, name, language, books):
    words = books(paper, language)
    said = [words.text(say(name, *given)) for given in CODES[paper][name]]
    assert all(said) and len(set(said)) == len(said)


def test_what_is_only_in_the_shared_book_is_found_there_and_what_is_nowhere_is_refused(books):
    words = books("report", "zh")
    assert words.text(say("closing")) == "特此报告。" and words.text(say("note", "甲")) == "甲"
    with pytest.raises(AttributeError, match="no_such_statement"):
        words.text(say("no_such_statement"))


def test_an_aside_is_kept_back_where_the_text_is_too_long(books):
    words = books("report", "zh")
    words.brevity = 2
    told = [say("note", "甲", aside=2), say("note", "乙", aside=3), say("note", "丙")]
    section = Section(say("head_result", mark="# "), (told, [say("note", "丁", aside=1)]), say("closing"))
    assert words.paper([section]) == "# 总体情况\n\n乙\n丙\n特此报告。" and words.moved == [["甲", "丁"]]
    empty = Section(say("head_result", mark="# "), ([say("note", "甲", aside=1)],))
    assert words.paper([empty]) == "# 总体情况\n\n"
    assert words.paper([dataclasses.replace(empty, bare=False)]) == ""


def test_what_is_a_matter_of_its_own_begins_a_paragraph_where_it_is_moved(books):
    words = books("report", "zh")
    words.brevity = 2
    told = [say("closing", aside=1), say("note", "甲", aside=2), say("note", "乙", aside=2), say("closing")]
    words.paper([Section(None, (told,)), Section(None, ([say("note", "丙", aside=1)],))])
    assert words.moved == [["特此报告。"], ["甲", "乙"], ["丙"]]
