"""Every statement of every paper has words in both languages, on real figures; no wording is dead."""

import ast
import contextlib
import dataclasses
import datetime
import inspect
from pathlib import Path

import jinja2
import jinja2.nodes
import pandas as pd
import pytest

from analysis import backtest, memo, plans
from analysis.documents import Fact
from analysis.memo import statements
from analysis.memo.material import Material
from analysis.memo.statements import Section, say
from analysis.memo.whole import Whole
from analysis.memo.worded import Words
from analysis.outlook import work_out
from test_memo import EARLY, LATE, REPORTS

PAPERS = ("memo", "report", "target", "words")
RECORD = pd.DataFrame({"probability": [0.5], "frequency": [0.5], "n": [9], "low": [0.4], "high": [0.6]})
WORDLESS = {("red", "en"), ("closing", "en")}  # what no English paper says
BOOKS = {
    (paper, language): jinja2.Environment().parse(
        (Path(memo.__file__).parent / "templates" / f"{paper}.{language}.j2").read_text(encoding="utf-8")
    )
    for paper in PAPERS
    for language in memo.LANGUAGES
}


@contextlib.contextmanager
def listening():
    """Give the statements made by language: of which paper, named how, and their text."""
    heard = {language: [] for language in memo.LANGUAGES}
    text = Words.text

    def hear(words, one):
        paper, language, _ = words.books[0].__name__.split(".")
        heard[language].append((paper, one.name, text(words, one)))
        return heard[language][-1][-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Words, "text", hear)
        yield heard


def hear(outlook, record, catalogue) -> dict[str, list[tuple[str, str, str]]]:
    """All that is said in the report, with an annex of targets and without, and in memos, long and short."""
    with listening() as heard:
        for language in memo.LANGUAGES:
            for annexed in (True, False):
                memo.compose_report(outlook, record, catalogue, language, annexed=annexed)
            for dossier in outlook.dossiers:
                for brevity in (0, memo.ASIDES):
                    memo._said(Material(dossier, catalogue, language, None), brevity)
    return heard


# ------------------------------------------------------------------------------------- situations by hand

HENAN = [
    {"kind": "growth", "indicator": "rd_expenditure", "goal": 11.0, "since": 2020, "deadline": 2023},
    {"kind": "every_year", "indicator": "rd_intensity", "goal": 2.0, "since": 2020, "deadline": 2023},
    {"kind": "rank", "indicator": "rd_intensity", "goal": 5, "deadline": 2023, "comparison": "<="},
    {"kind": "direction", "indicator": "rd_expenditure", "than": 2022, "deadline": 2023, "comparison": "<"},
    {"kind": "direction", "indicator": "rd_intensity", "than": 2022, "deadline": 2023, "comparison": ">"},
    {"kind": "stock", "indicator": "invention_patents_in_force", "goal": 100000, "deadline": 2025},
]
GIVEN_UP = {"zh": "项目已停止", "en": "The project was given up"}
BUILT = {"zh": "主体工程已封顶", "en": "the building is up"}
TASKS = [
    {"kind": "milestone", "deadline": 2019, "evidence": [
        {"date": datetime.date(2018, 6, 1), "status": "not_achieved", "text": GIVEN_UP, "source": "甲"}]},
    {"kind": "milestone", "deadline": 2019, "judgement": {
        "probability": 0.5, "author": "甲", "date": datetime.date(2018, 12, 30), "reason": BUILT}},
]  # fmt: skip
NEW, RATES = "national_hte_new", ("rd_intensity", "rd_expenditure", "gdp")
ENTERPRISES = {"kind": "flow", "indicator": NEW, "goal": 20, "deadline": 2019}
RATE = {"kind": "level", "indicator": "rd_intensity", "goal": 1.5, "deadline": 2025}
MONEY = {"kind": "flow", "indicator": "fiscal_st_expenditure", "goal": 6.0, "deadline": 2019}


def city(rows: pd.DataFrame, *indicators: str) -> pd.Series:
    return rows["region"].eq("411100") & rows["indicator"].isin(indicators)


def june(rows: pd.DataFrame, indicator: str, value: float) -> pd.DataFrame:
    """Figures with one more: what there was of 2019 by June."""
    more = {"period": "2019-06", "year": 2019, "value": value, "status": "reported", "basis": ""}
    row = rows[city(rows, indicator)].tail(1).assign(published=pd.Timestamp("2019-07-05"), **more)
    return pd.concat([rows, row], ignore_index=True)


def situations(rows: pd.DataFrame) -> dict[str, tuple]:
    """Plan, date, figures and targets by what is special about them."""
    orphaned = rows[rows["region"].ne("410000")]
    expected = orphaned[~city(orphaned, *RATES) | orphaned["status"].eq("estimate")]
    apart = rows[~(city(rows, NEW) & rows["year"].ge(2018))]
    short = rows[~city(rows, *RATES) | rows["year"].ge(2020)]
    return {
        "every kind": ("henan-2024", "2024-12-31", rows, HENAN),
        "tasks": ("luohe-2019", EARLY, rows, TASKS),
        "no parent": ("luohe-2019", EARLY, orphaned, ("rd-intensity", "rd-expenditure-rise")),
        "a later year": ("luohe-2019", LATE, rows[rows["indicator"].ne(NEW)], ("hte-number-rise",)),
        "a count so far": ("luohe-2019", "2019-07-10", june(rows, NEW, 8.0), ("national-hte-new",)),
        "an amount so far": ("luohe-2019", "2019-07-10", june(rows, MONEY["indicator"], 1.5), [MONEY]),
        "between stocks": ("luohe-2019", LATE, apart, [ENTERPRISES]),
        "few years": ("luohe-2019", LATE, rows, [ENTERPRISES | {"deadline": 2024}]),
        "an expectation": ("luohe-2019", LATE, expected, [RATE]),
        "a short history": ("luohe-2019", "2024-05-26", short, [RATE]),
    }


def made(catalogue, name: str, day: str, rows: pd.DataFrame, asked):
    """All there is to say on targets by hand, or some of a plan's own, as if the plan had no other."""
    plan, text = plans.load(name, catalogue), {"zh": "试例", "en": "Example"}
    targets = [
        plan.target(one)
        if isinstance(one, str)
        else plans.Target(**{"id": f"example-{i}", "clause": "一", "title": text} | one)
        for i, one in enumerate(asked, 1)
    ]
    return work_out(plan.model_copy(update={"targets": tuple(targets)}), rows, day, catalogue)


@pytest.fixture(scope="module")
def heard(observations, outlook, cases, catalogue):
    """All that is said of situations by hand and of reports."""
    record = backtest.record(cases, "rd_intensity", "2024-05-26")
    known = backtest.scorecard(backtest.known(cases, LATE)).reliability
    told = [made(catalogue, *one) for one in situations(observations).values()]
    short = dataclasses.replace(
        told[-1], dossiers=(dataclasses.replace(told[-1].dossiers[0], record=record),)
    )
    real = [outlook(*one) for one in REPORTS if one[1] != "2020-01-19"]
    found = [hear(one, known, catalogue) for one in (*told[:-1], short, *real)]
    return {language: [one for part in found for one in part[language]] for language in memo.LANGUAGES}


# ----------------------------------------------------------------------------------------- words for each


def macros(paper: str, language: str) -> dict[str, list[str]]:
    """The wordings of a book, each with the names of what it is given."""
    found = BOOKS[paper, language].find_all(jinja2.nodes.Macro)
    return {one.name: [given.name for given in one.args] for one in found}


def parts_of_sentences(language: str) -> set[str]:
    """The macros that other macros make sentences from."""
    calls = [one.node for paper in PAPERS for one in BOOKS[paper, language].find_all(jinja2.nodes.Call)]
    return {one.name for one in calls if hasattr(one, "name")}


def named() -> set[str]:
    """Every name that a statement of a memo can have: said outright, or by a choice between words."""
    words = {node.value for node in ast.walk(ast.parse(inspect.getsource(statements)))
             if isinstance(node, ast.Constant)}  # fmt: skip
    return {one for one in words if isinstance(one, str)}


def test_every_statement_says_something_in_every_language(heard):
    for language in memo.LANGUAGES:
        wordless = {name for _, name, text in heard[language] if not text}
        assert wordless == {name for name, of in WORDLESS if of == language}


def test_both_languages_say_the_same_in_the_same_order(heard):
    said = [[(paper, name) for paper, name, _ in heard[language]] for language in memo.LANGUAGES]
    assert said[0] == said[1] and len(said[0]) > 1000


@pytest.mark.parametrize("paper", PAPERS)
def test_no_wording_is_dead(paper, heard):
    """In the report and of its targets all are said here; of a memo, all are named by its statements."""
    for language in memo.LANGUAGES:
        said = {name for _, name, _ in heard[language]} | parts_of_sentences(language)
        assert set(macros(paper, language)) - said <= (named() if paper == "memo" else set())


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
    whole = Whole(made, pd.DataFrame(), catalogue, "zh", None, lambda one: {})
    told = {"report": whole.context(), "memo": whole.parts[0].told}
    told |= {"target": told["memo"], "words": told["memo"] | told["report"]}
    for language in memo.LANGUAGES:
        for paper in PAPERS:
            assert set(macros(paper, language)) & set(told[paper]) == set()


SHOWN = ("estimate", "lower_bound")
CODES = {
    "report": {
        "met": [(["x"], code) for code in ("", "one", "some", "all")],
        "counted": [((code,), False) for code in ("met", "missed", "open", "unpublished", "unjudged")],
        "all_met": [(True,), (False,)],
        "even_chances": [("",), ("low",), ("high",)],
        "table_targets": [(True,), (False,)],
        "request": [(False, 2, False), (False, 3, False)],
    },
    "target": {
        "cell_goal": [(False,), (True,)],
        "cell_shown": [({"value": "1", "year": "2", "status": code},) for code in SHOWN],
        "remark_flows": [(False,), (True,)],
        "remark_stock": [(False,), (True,)],
        "record": [(False,), (True,)],
        "story_open": [(False, False), (False, True), (True, False)],
        "latest_figure": [(False, ""), (True, ""), (False, "few"), (True, "few")],
        "story_missed": [(code,) for code in ("year", "equal_year", "equal", "goal", "demand")],
        "outcome_apart": [(True,), (False,)],
    },
}


@pytest.fixture(scope="module")
def books(outlook, catalogue):
    """The words of the report on Luohe's plan, and of its target on R&D with facts for all it may say."""

    def made(paper: str, language: str) -> Words:
        whole = Whole(outlook("luohe-2019", LATE), RECORD, catalogue, language, None, lambda one: {})
        told = whole.context()
        if paper == "target":
            told = next(part.told for part in whole.parts if part.material.target.id == "rd-intensity")
            more = ("before", "than", "p", "p_low", "p_high", "pace", "needed", "record_n", "record_origins",
                    "record_share", "years_known")  # fmt: skip
            told["f"].update({name: Fact(name, name) for name in more})
            told |= {"edge_low": "", "edge_high": "", "first": told["points"][0], "pace": 0.1, "thin": 3}
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
