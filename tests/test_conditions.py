"""What an answer hangs on is said beside it, in memo and report, in both languages."""

import dataclasses
import functools
import io
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from analysis import attainment, backtest, documents, forecast, kinds, languages, memo, plans, plots
from analysis.documents import layout, pdf
from analysis.memo.statements import say
from analysis.memo.whole import Whole
from analysis.memo.worded import Words
from analysis.outlook import work_out
from analysis.printing import LANGUAGES, Voice
from analysis.processed import recorded, shapes
from analysis.review import records
from analysis.review.view import cells as page_cells

OPENED, LATE = "2020-04-30", "2023-05-26"


def text(document):
    return " ".join(documents.plain(block.text) for block in document.blocks if hasattr(block, "text"))


def annexed(document):
    blocks = [block for one in document.annexes for block in one.blocks]
    return " ".join(documents.plain(block.text) for block in blocks if hasattr(block, "text"))


def past_forecasts(document):
    """The cells of the one row of the table of past forecasts, and its note."""
    (table,) = (block for one in document.annexes for block in one.blocks
                if getattr(block, "caption", "") in ("预测检验记录", "Record of past forecasts"))  # fmt: skip
    (row,) = table.rows
    return [documents.plain(cell).replace("\xa0", " ").replace("\u200b", "") for cell in (*row, table.note)]


@pytest.fixture(scope="module")
def report(outlook, catalogue):
    @functools.cache
    def made(day, language, plan="luohe-2019"):
        return memo.compose_report(outlook(plan, day), catalogue, language).paper

    return made


@pytest.fixture(scope="module")
def paper(dossier, catalogue):
    @functools.cache
    def made(day, target, language):
        return memo.compose(dossier("luohe-2019", day, target), catalogue, language, pages=None)

    return made


def tables(document):
    blocks = [*document.blocks, *(block for one in document.annexes for block in one.blocks)]
    return (one for one in blocks if isinstance(one, documents.Table))


def cells(document, name):
    """The rows of the document's tables that hold a name."""
    rows = [row for one in tables(document) for row in one.rows]
    told = [" | ".join(map(documents.plain, row)) for row in rows]
    return [one for one in (some.replace(documents.BREAK, "") for some in told) if name in one]


@pytest.mark.parametrize(
    ("language", "said", "brief", "names"),
    [
        (
            "en",
            "3.5 times that of 2017",
            "; provisional)",
            "“S&T share of public budget expenditure” and “higher fiscal S&T",
        ),
        ("zh", "的3.5倍", "，暂定）", "财政科技支出占公共财政支出的比重、财政科技投入总量增加的结论为暂定："),
    ],
)
@pytest.mark.parametrize("day", [OPENED, LATE])
def test_the_report_says_once_at_the_targets_it_decides_that_a_figure_is_to_be_confirmed(
    day, language, said, brief, names, report
):
    told = text(report(day, language))
    assert told.count(said) == 1 and names in told
    assert told.count(brief) == 2  # once a target


@pytest.mark.parametrize(("language", "mark"), [("en", "(provisional)"), ("zh", "，暂定")])
def test_the_table_marks_a_probability_that_rests_on_such_a_figure(language, mark, report):
    (one,) = cells(
        report(OPENED, language),
        {"en": "Higher fiscal S&T expenditure | above", "zh": "财政科技投入总量增加 | 高"}[language],
    )
    assert mark in one


@pytest.mark.parametrize(
    ("language", "source", "same"),
    [
        (
            "en",
            "according to “Luohe’s 14th five-year plan for science and innovation”; the statistics "
            "office’s own publication was not seen",
            "Worked out from its parts in “China City Statistical Yearbook (from China City Database 6.0)”, "
            "the value is the same",
        ),
        (
            "zh",
            "数据来自《漯河市“十四五”科技创新规划》（未见统计部门公布的原件，尚待核实）",
            "《中国城市统计年鉴》（据《中国城市数据库6.0版》汇编）所载分子、分母计算的结果与此一致",
        ),
    ],
)
def test_an_outcome_names_its_source_and_the_one_that_agrees(language, source, same, report, paper):
    told = text(report(LATE, language))
    assert source in told and same in told
    assert same in text(paper(LATE, "rd-intensity", language))
    other = text(paper(LATE, "rd-expenditure-rise", language))
    assert "the same value" not in other and "与此一致" not in other  # 13.51 is not 13.45


@pytest.mark.parametrize(
    ("language", "said", "brief"),
    [
        (
            "en",
            "“China City Statistical Yearbook (from China City Database 6.0)” gives 1.351 billion yuan "
            "instead; by that figure the verdict would be the same.",
            "(1.345 billion yuan, 1.351 billion yuan by another source, after 1.174 billion yuan in 2018)",
        ),
        (
            "zh",
            "《中国城市统计年鉴》（据《中国城市数据库6.0版》汇编）所载为13.51亿元，与上述结果不同，按该数结论相同。",
            "（13.45亿元，另一来源为13.51亿元，2018年为11.74亿元）",
        ),
    ],
)
def test_another_source_that_differs_is_told(language, said, brief, report, paper):
    assert said in text(paper(LATE, "rd-expenditure-rise", language))
    told = text(report(LATE, language))
    assert brief in told and said not in told
    for target in ("fiscal-st-expenditure-rise", "rd-intensity"):  # of one source, of two that agree
        assert said[-16:] not in text(paper(LATE, target, language))


@pytest.mark.parametrize(("language", "said"), [("en", "the opposite"), ("zh", "结论相反")])
def test_a_verdict_that_another_source_would_turn_says_so(language, said, dossier, catalogue):
    one = dossier("luohe-2019", LATE, "rd-expenditure-rise")
    other = one.figures["source"].eq("city-yearbook") & one.figures["year"].eq(2019)
    turned = one.figures.assign(value=one.figures["value"].mask(other, 11.0))
    document = memo.compose(dataclasses.replace(one, figures=turned), catalogue, language, pages=None)
    assert said in text(document)


@pytest.mark.parametrize(
    ("language", "said", "status"),
    [
        (
            "en",
            "1.03 % (by preliminary R&D expenditure; a projection of the same year was 1.00 %)",
            "derived, preliminary",
        ),
        ("zh", "1.03%（研究与试验发展（R&D）经费为初步数，同年另有预计数1.00%）", "推算数、初步数"),
    ],
)
def test_what_is_worked_out_of_a_preliminary_figure_is_preliminary(language, said, status, report, paper):
    assert said in text(report(LATE, language)).replace("\xa0", " ")
    document = paper(LATE, "rd-intensity", language)
    assert [status in one for one in cells(document, "1.03")] == [True]
    assert not any(status in one for one in cells(document, "0.95"))  # of final parts


@pytest.mark.parametrize(
    ("language", "verdict", "brief"),
    [
        (
            "en",
            "if “Ten highlights of science and innovation in Luohe 2019 (news report)” is right, the",
            "(above 99 %, whether a thirtieth, a tenth or a sixth lapses a year, if “Ten highlights",
        ),
        (
            "zh",
            "如《漯河市2019科技创新十大亮点》（新闻报道）所载属实，漯河市2019年",
            "（超过99%，每年退出三十分之一、十分之一或六分之一均如此，以《漯河",
        ),
    ],
)
@pytest.mark.parametrize("day", [OPENED, LATE])
def test_a_probability_on_a_poor_source_carries_the_condition(day, language, verdict, brief, report, paper):
    assert verdict in text(paper(day, "hte-number-rise", language))
    assert brief in text(report(day, language)).replace("\xa0", " ")
    assert verdict[:12] not in text(paper(day, "provincial-etrc-new", language))  # a fair source


@pytest.mark.parametrize(
    ("language", "binomial", "carried"), [("en", "binomial", "carried forward"), ("zh", "负二项", "逐年推算")]
)
def test_the_method_of_a_stock_is_told_as_it_is_made(language, binomial, carried, paper):
    stock, count = (
        annexed(paper(LATE, target, language)) for target in ("hte-number-rise", "provincial-etrc-new")
    )
    assert carried in stock and binomial not in stock
    assert binomial in count and carried not in count


@pytest.mark.parametrize(("language", "said"), [("en", "may be too high"), ("zh", "概率可能偏高")])
def test_the_report_qualifies_a_probability_as_the_memo_does(language, said, report, paper):
    for day in (OPENED, LATE):
        assert said in text(report(day, language)) and said in text(
            paper(day, "provincial-etrc-new", language)
        )


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("en", "7 are met and 1 missed; of the remaining 2, 1.7 are expected", "8.7"),
        ("zh", "已完成7项，未完成1项，其余2项预计完成1.7项", "8.7"),
    ],
)
def test_what_is_known_and_what_is_expected_are_counted_apart(language, said, never, report):
    told = text(report(LATE, language))
    assert said in told and never not in told


@pytest.mark.parametrize(
    ("day", "years"),
    [
        ("2018-12-31", {("gdp", "gdp-census-3"): (2017, 2018), ("gdp", "gdp-census-4"): (2019,)}),
        (OPENED, {("gdp", "gdp-census-4"): (2016, 2017, 2018, 2019)}),
    ],
)
def test_both_parts_of_a_ratio_are_asked_for_up_to_the_deadline(day, years, dossier, catalogue):
    asked = dossier("luohe-2019", day, "rd-intensity").requests(catalogue)
    assert {
        (one.wanted.indicator, one.wanted.basis): one.years for one in asked if one.wanted.indicator == "gdp"
    } == years
    above = next(one.years for one in asked if one.wanted.indicator == "rd_expenditure")
    assert max(above) == max(year for each in years.values() for year in each) == 2019


def test_only_sources_that_bear_on_an_answer_are_listed(outlook):
    for day in (OPENED, LATE):
        made = outlook("luohe-2019", day)
        assert not {"kaifeng-2016", "census-2020"} & {*made.used["source"]}
        assert {"city-yearbook", "dahe-2020", "luohe-daily-2017"} <= {*made.used["source"]}
        for one in made.dossiers:  # all that is told of a target stays
            own = one.figures[one.figures["role"].isin(("own", "month", "shown"))]
            assert {*own["source"]} <= {*made.used["source"]}


@pytest.mark.parametrize(
    ("language", "lent", "reached", "listed"),
    [
        (
            "en",
            "the yearly changes of 124 comparable cities",
            "23 % of the 124 yearly changes of comparable cities",
            "Comparable regions: 124 cities.",
        ),
        (
            "zh",
            "概率主要取决于模型的一般假定和124个可比城市的年度变动",
            "可比城市的124个年度变动中有23%达到过",
            "可比地区为124个城市。",
        ),
    ],
)
def test_whose_changes_are_counted_is_said(language, lent, reached, listed, paper):
    document = paper(OPENED, "rd-intensity", language)
    assert lent in text(document) and reached in text(document).replace("\xa0", " ")
    assert listed in annexed(document)


@pytest.mark.parametrize(
    ("language", "memo_says", "report_says"),
    [
        (
            "en",
            "from 4 starting years",
            "124 made 1 year ahead, 93 made 2 years ahead and 62 made 3 years ahead",
        ),
        ("zh", "以4个年份的数据为起点", "提前1年124次、提前2年93次、提前3年62次"),
    ],
)
def test_from_which_years_past_forecasts_start_is_said_plainly(
    language, memo_says, report_says, dossier, outlook, catalogue
):
    one = dossier("luohe-2019", "2018-12-31", "fiscal-st-expenditure-rise")
    assert memo_says in text(memo.compose(one, catalogue, language, pages=None))
    plan = dataclasses.replace(outlook("luohe-2019", "2018-12-31"), dossiers=(one,))
    _, origins, forecasts, *_, note = past_forecasts(memo.compose_report(plan, catalogue, language).paper)
    assert report_says in note and (origins[:1], forecasts[:3]) == ("4", "279")


def test_no_word_of_ours_alone_stands_in_what_readers_see():
    """起报年份 is nobody else's word."""
    read = [*languages.FOLDER.rglob("*.j2"), *languages.FOLDER.rglob("*.yml")]
    assert read and not [one.name for one in read if "起报" in one.read_text(encoding="utf-8")]


def test_no_cell_of_the_table_of_targets_is_broken_by_a_line(report):
    made = report(OPENED, "zh")
    table = next(block for block in made.annexes[0].blocks if isinstance(block, documents.Table))
    told = [documents.plain(cell) for row in table.rows for cell in row]
    assert "仅一年数据，暂定" in told and not [cell for cell in told if "\n" in cell]


@pytest.mark.parametrize(
    ("language", "between", "raised"),
    [
        (
            "en",
            "2017, not obtained, is put at the mean of the known years around it",
            "raises this in proportion",
        ),
        ("zh", "2017年取前后年份的平均数", "地区生产总值如随口径调整上修，所需数额同比例增加"),
    ],
)
def test_what_an_estimate_and_an_amount_stand_on_is_said(language, between, raised, paper):
    assert between in text(paper(LATE, "hte-number-rise", language))
    assert raised in text(paper(OPENED, "rd-intensity", language))
    assert raised not in text(paper(LATE, "rd-intensity", language))


def test_a_met_target_that_hangs_on_a_figure_is_provisional_in_the_table_too(report):
    made = report(LATE, "zh")
    table = next(block for block in made.annexes[0].blocks if isinstance(block, documents.Table))
    assert "待核实，暂定" in [documents.plain(row[-1]) for row in table.rows]


def test_a_part_of_the_document_is_named_once(paper):
    told = text(paper("2018-12-31", "fiscal-st-share", "zh"))
    assert "（漯科〔2018〕95号）第二部分及其第（一）项。" in told and "第二部分、第二部分" not in told
    assert "clauses II and II(i)" in text(paper("2018-12-31", "fiscal-st-share", "en"))


@pytest.mark.parametrize(
    ("language", "speed", "named"),
    [
        (
            "en",
            "the change of basis between 2006 and 2007 left out, it rose",
            "Basis: 2003 to 2006, the function as it was before the reform of budget classification in 2007.",
        ),
        (
            "zh",
            "（剔除2006年与2007年之间的口径调整）平均每年",
            "口径：2003年至2006年为2007年政府收支分类改革前的科目。",
        ),
    ],
)
def test_a_break_of_the_series_is_named(language, speed, named, paper):
    document = paper("2018-12-31", "fiscal-st-expenditure-rise", language)
    assert speed in text(document) and named in annexed(document)
    later = paper(OPENED, "fiscal-st-expenditure-rise", language)  # one year, one basis
    assert named[:6] not in annexed(later)


@pytest.mark.parametrize(
    ("language", "name", "note"),
    [
        (
            "en",
            "China City Statistical Yearbook",
            "Sources: ① China City Statistical Yearbook (from China City",
        ),
        (
            "zh",
            "《中国城市统计年鉴》",
            "来源：①《中国城市统计年鉴》（据《中国城市数据库6.0版》汇编）。评级依次",
        ),
    ],
)
def test_a_source_of_many_rows_is_named_once(language, name, note, paper):
    table = next(tables(paper("2018-12-31", "fiscal-st-expenditure-rise", language)))
    assert [row[4] for row in table.rows] == ["①"] * 14 and documents.plain(table.note).startswith(note)
    few = next(tables(paper(OPENED, "rd-expenditure-rise", language)))
    assert len(few.rows) == 2 and all(name in row[4] for row in few.rows) and name not in few.note


def test_each_of_several_sources_has_its_mark(paper):
    table = next(tables(paper(LATE, "rd-intensity", "zh")))
    assert [row[4] for row in table.rows] == ["①", "①", "②", "①", "①②", "②"]
    assert "汇编）；②《漯河市“十四五”科技创新规划》。" in documents.plain(table.note)


@pytest.mark.parametrize(
    ("language", "name", "last"),
    [
        (
            "en",
            "Larger number of high-tech enterprises",
            "| 101 enterprises (2020); 34 enterprises (2016) |",
        ),
        ("zh", "高新技术企业数量保持增长", "| 101家（2020年）；34家（2016年） |"),
    ],
)
def test_the_latest_figure_is_the_newest_with_its_year(language, name, last, report):
    (late,) = (one for one in cells(report(LATE, language), name) if one.startswith(("II |", "二 |")))
    assert last in late
    (before,) = (one for one in cells(report(OPENED, language), name) if one.startswith(("II |", "二 |")))
    assert "101" not in before and "2016" in before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "how exactly Henan’s trend and the city’s own GDP can be estimated"),
        ("zh", "所列范围主要反映河南省走势和本市地区生产总值的测算误差"),
    ],
)
def test_a_comparison_placed_by_the_parent_says_what_its_range_leaves_out(language, said, paper):
    assert said in annexed(paper("2018-12-31", "rd-expenditure-rise", language))
    for day, target in (("2018-12-31", "rd-intensity"), (OPENED, "rd-expenditure-rise")):
        assert said[:9] not in annexed(paper(day, target, language))  # its place counts, its own figures do


def test_such_a_range_is_of_what_is_estimated_of_parent_and_product(outlook):
    made = outlook("luohe-2019", "2018-12-31").of("rd-expenditure-rise").assessment.answer.predictive
    sure = dataclasses.replace(made.mixture, doubt=0 * made.mixture.doubt)
    (_, low, high), (_, least, most) = (
        forecast.probability_higher(dataclasses.replace(made, mixture=one), 2019, 2018)
        for one in (made.mixture, sure)
    )
    assert most - least < 0.15 * (high - low)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ("China Statistical Yearbook on Science and Technology",)),
        ("zh", ("《中国科技统计年鉴》",)),
    ],
)
def test_the_sources_of_the_provinces_whose_past_forecasts_are_told_are_listed(
    language, names, outlook, cases, catalogue, report
):
    """Luohe’s own figures of 2020 borrow from cities; only the record stands on provinces."""
    made = outlook("luohe-2019", OPENED)
    record = backtest.record(cases, "fiscal_st_expenditure", OPENED)
    told = [
        dataclasses.replace(one, record=record) if one.assessment.target.id.startswith("fiscal-st") else one
        for one in made.dossiers
    ]
    with_record = dataclasses.replace(made, dossiers=tuple(told))
    assert "science-yearbook" in {*with_record.used["source"]} - {*made.used["source"]}
    told = memo.compose_report(with_record, catalogue, language).paper
    assert all(cells(told, name) for name in names)
    assert not any(cells(report(OPENED, language), one) for one in names)


SET_ASIDE = {
    "en": ("figures may be on another scope, not used", "no figure of the same scope"),
    "zh": ("有数据，口径可能不同，未采用", "无同口径数据"),
}


@pytest.mark.parametrize(("language", "name"), [("en", "igh-tech value"), ("zh", "高新技术产业增加值")])
def test_the_report_says_that_there_are_figures_on_another_scope(language, name, report):
    rows = [one for one in cells(report(OPENED, language), name) if one.count(" | ") == 6]
    assert len(rows) == 2  # the level and the rise
    for row in rows:
        assert all(f" | {said} | " in row for said in SET_ASIDE[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_workbook_say_so_too(language, outlook, catalogue):
    voice, made = Voice(language, catalogue), outlook("luohe-2019", OPENED)
    last, basis = (said.replace("’", "'") for said in SET_ASIDE[language])
    one = made.of("hightech-va-share").assessment
    at = SimpleNamespace(assessment=one, row=one.row, kind=kinds.of(one.target), book=voice)
    assert page_cells.last(at) == last and page_cells.evidence(at) == basis
    assert records.target(one, voice)["evidence"] == basis
    none = dataclasses.replace(one, unlike="")
    assert records.target(none, voice)["evidence"] == voice.say("evidence.none")


def test_figures_on_another_scope_count_from_the_day_they_came(observations, catalogue):
    plan = plans.load("luohe-2019", catalogue)
    target = plan.target("hightech-va-share")

    def asked(rows, day=OPENED, of=target):
        return attainment.assess(plan, of, rows, day, catalogue)

    one = asked(observations)
    assert one.unlike == "2017-02-16" and not len(one.shown)
    assert (one.set_aside(), one.set_aside("2017-02-15")) == ("unlike", "")
    ours = observations["indicator"].eq("hightech_va_share") & observations["region"].eq(plan.region)
    assert asked(observations[~ours]).set_aside() == ""
    doubtful = observations.assign(status=observations["status"].mask(ours, "doubtful"))
    assert asked(doubtful).set_aside() == ""
    bound = asked(observations[~ours | observations["status"].eq("lower_bound")], of=target.model_copy(
        update={"basis": "hightech-scope-2016"}))  # fmt: skip
    assert bound.set_aside() == "shown" and bound.row["evidence"] == "none"
    assert asked(observations, of=target.model_copy(update={"basis": None})).set_aside() == ""  # used


def test_what_is_set_aside_survives_being_written_as_tables(outlook, catalogue):
    made = outlook("luohe-2019", OPENED)
    back = shapes.outlook_of(shapes.tables_of(made), made.plan, OPENED, catalogue)
    assert [one.unlike for one in back.assessments] == [one.unlike for one in made.assessments]
    assert sum(bool(one.unlike) for one in back.assessments) == 2


@pytest.mark.parametrize(
    ("language", "said", "level", "printed"),
    [
        (
            "en",
            "those of 2018, from which {value} follows",
            "{value} (from figures published by 31 March 2020)",
            "came into use: 1.174 billion yuan for 2018",
        ),
        (
            "zh",
            "的2018年数据（据此推算为{value}）",
            "{value}（据不晚于2020年3月31日公布的数据推算）",
            "的2018年数据（11.74亿元）",
        ),
    ],
)
def test_a_release_is_not_said_to_publish_what_is_worked_out_of_it(language, said, level, printed, paper):
    for target, number in (("rd-intensity", "0.95"), ("fiscal-st-share", "2.54")):
        value = {"en": f"{number} %", "zh": f"{number}%"}[language]
        document = paper(OPENED, target, language)
        told = f"{text(document)} {annexed(document)}".replace("\xa0", " ")
        assert said.format(value=value) in told and level.format(value=value) in told
    document = paper(OPENED, "rd-expenditure-rise", language)  # an amount stands there as it is
    told = f"{text(document)} {annexed(document)}".replace("\xa0", " ")
    assert printed in told and said[:14].format() not in told


@pytest.mark.parametrize(
    ("language", "revised", "taken", "latest", "outcome", "parent"),
    [
        (
            "en",
            "revised the figures of 2018, from which 2 follows instead of 1, and published 3 for 2019",
            "figures of “甲” (published May) came into use: "
            "revised ones of 2018, from which 2 follows instead of 1, and 3 for 2019",
            "figures of 2018, from which 2 follows (May)",
            "The outcome follows from figures in “甲” (published May)",
            "(from figures in “甲”, published May)",
        ),
        (
            "zh",
            "修订2018数据（据此推算由1变为2），并公布2019数据（3）",
            "新采用甲（May公布）的2018修订数据（据此推算由1变为2）、2019数据（3）",
            "公布2018数据（据此推算为2）",
            "结果据甲（May公布）的数据推算",
            "，据甲（May公布）的数据推算",
        ),
    ],
)
def test_so_of_every_release_that_is_named(
    language, revised, taken, latest, outcome, parent, outlook, catalogue
):
    """And one known only to have come out by a day is told to be in use, not to have been published since."""
    whole = Whole(outlook("luohe-2019", LATE), catalogue, language, None, lambda one: {})
    real = next(part.told for part in whole.parts if part.ledger.target.id == "rd-intensity")
    first = {"year": "2018", "value": "2", "was": "1", "revised": True, "derived": True}
    second = {"year": "2019", "value": "3", "revised": False, "derived": False}
    release = {"source": "甲", "release": "May", "bounded": False}
    facts = (
        "outcome_release",
        "parent_release",
        "parent_value",
        "parent_year",
        "news_count",
        "earlier_as_of",
    )
    told = real | {
        "f": real["f"] | dict.fromkeys(facts, "May"),
        "outcome_source": "甲",
        "parent_source": "甲",
        "ratio": "R",
        "outcome_derived": True,
        "parent_derived": True,
        "news": [release | {"figures": [first]}],
    }

    def words(**more):
        return Words("memo", language, told | more)

    both = [release | {"figures": [first, second]}]
    assert revised in words(news=both).text(say("news_told", False, ""))
    assert latest in words().text(say("news_counted", False, ""))
    assert taken in words(news=[one | {"bounded": True} for one in both]).text(say("news_told", False, ""))
    assert outcome in words().text(say("outcome_from", False))
    assert parent in words().text(say("parent_figure"))
    plain = words(
        outcome_derived=False,
        parent_derived=False,
        earlier_derived=False,
        news=[release | {"figures": [second]}],
    )
    said = "".join(
        plain.text(say(*one))
        for one in (
            ("outcome_from", False),
            ("parent_figure",),
            ("news_told", False, ""),
            ("news_counted", False, ""),
        )
    )
    assert "推算" not in said and "follows" not in said and "from figures" not in said


@pytest.mark.parametrize(
    ("language", "alone", "both"),
    [
        ("en", ": forecast", ": history, estimate and goal"),
        ("zh", "：预测区间", "：历年数据、推断区间与目标"),
    ],
)
def test_a_figure_without_history_is_not_captioned_with_it(language, alone, both, dossier, catalogue):
    for day, said in (("2018-12-31", alone), (OPENED, both)):
        one = dossier("luohe-2019", day, "rd-expenditure-rise")
        assert bool(len(one.assessment.history)) == (said == both)
        document = memo.compose(one, catalogue, language, figure=memo.Figures(b""), pages=None)
        (caption,) = (block.caption for block in document.blocks if isinstance(block, documents.Figure))
        assert documents.plain(caption).endswith(said)


def test_the_places_of_a_target_part_only_between_them(report, outlook):
    for language, said in (("zh", f"二；{documents.BREAK}二（一）"), ("en", "II; II(i)")):
        rows = [row for one in tables(report(OPENED, language)) for row in one.rows]
        assert said in [documents.plain(row[0]) for row in rows]


def test_the_remarks_of_the_table_of_targets_fit_their_column(report):
    document = report(OPENED, "en")
    (table,) = (one for one in tables(document) if len(one.rows) > 9 and len(one.header) == 7)
    alone = dataclasses.replace(document, blocks=(table,), annexes=())
    told = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(alone))).pages)
    for word in ("(provisional)", "additions", "confirmed"):
        assert word in told
    assert documents.plain(table.caption) == (
        "Targets for 2019 as of 30 April 2020 (percentages: probability of being met)"
    )
    remark = layout.column_widths(table, "en")[-1]
    assert remark - 2 * 4 / layout.MM > 13 * 0.45 * layout.LAYOUTS["en"].table / layout.MM  # “(provisional)”


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", ["luohe-2019", "henan-2020"])
def test_the_title_of_an_annex_of_the_report_names_all_that_stands_in_it(
    plan, language, outlook, cases, catalogue
):
    day = "2018-12-31"
    made = outlook(plan, day)
    kept = dataclasses.replace(made, dossiers=tuple(recorded(one, cases) for one in made.dossiers))
    paper = memo.compose_report(kept, catalogue, language).paper
    heads = {
        one.title.replace(documents.BREAK, "").lower(): [
            documents.plain(block.text).lower()
            for block in one.blocks
            if isinstance(block, documents.Heading)
        ]
        for one in paper.annexes
    }
    assert any(heads.values())
    assert [head for title, some in heads.items() for head in some if head not in title] == []


@pytest.mark.parametrize(
    ("language", "lacking"),
    [
        ("zh", {"暂不判断": {"无数据", "无同口径数据"}, "尚未到期": {"尚无证据"}}),
        (
            "en",
            {"not judged": {"no data", "no figure of the same scope"}, "not yet due": {"no evidence yet"}},
        ),
    ],
)
def test_what_is_not_judged_is_said_so_in_one_manner_and_on_what_it_does_not_rest(language, lacking, report):
    table = max(tables(report("2018-12-31", language)), key=lambda one: (len(one.header), len(one.rows)))
    rows = [[documents.plain(cell) for cell in row] for row in table.rows]
    answers = {row[4] for row in rows}
    assert {one for one in answers if not any(map(str.isdigit, one))} == {*lacking}
    for answer, grounds in lacking.items():
        assert {row[5] for row in rows if row[4] == answer} == grounds
    assert "—" not in {row[5] for row in rows}


@pytest.mark.parametrize(("language", "early", "later"), [
    ("zh", "尚未到期", "暂不判断"), ("en", "not yet due", "not judged"),
])  # fmt: skip
def test_a_task_of_which_nothing_was_known_was_not_due_before_its_year_was_over(
    language, early, later, outlook, catalogue
):
    made = outlook("luohe-2019", LATE)
    days = made.over_time[made.over_time["target"].eq("litong-institute")]["as_of"]
    history = records.history(made, Voice(language, catalogue))
    told = [one["verdict"] for one in history if one["target"] == "litong-institute"]
    assert told == [early if day <= "2019-12-31" else later for day in days] and {*told} == {early, later}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_flow_beside_a_stock_is_called_as_the_plan_calls_it_and_its_condition_said_once(
    language, paper, catalogue
):
    """The plan says 新培育, the catalogue 新增; that a press report has to be right, the verdict says."""
    made = paper(LATE, "hte-number-rise", language)
    told = text(made) + annexed(made) + " ".join(documents.plain(one.caption) for one in tables(made))
    entry = catalogue.indicators["national_hte_new"]
    called = {
        "zh": "新培育国家级高新技术企业2016年13家",
        "en": "New national high-tech enterprises came to 13 in 2016",
    }
    assert called[language] in told and (entry.zh not in told or language == "en")
    report_ = {"zh": "《漯河市2019科技创新十大亮点》", "en": "Ten highlights"}[language]
    assert "待核实" not in told and "to be confirmed" not in told
    if language == "zh":
        assert text(made).count(report_) == 1


def test_no_number_of_the_table_of_targets_is_parted_from_its_unit(report):
    """As printed: a figure stands in a line and its year in that or the next, and a known comparison once."""
    for day, kept, once in (
        (OPENED, ("4.67亿元", "（2018年）", "0.95%（2018年）"), "（4.67亿元）"),
        (LATE, ("13.45亿元", "（2019年）", "（11.74亿元）", "25家（2019年）"), ""),
    ):
        document = report(day, "zh")
        table = max(tables(document), key=lambda one: (len(one.header), len(one.rows)))
        alone = dataclasses.replace(document, blocks=(table,), annexes=())
        told = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(alone))).pages)
        assert all(one in told.replace(" ", "") for one in kept), told
        assert not once or once not in told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            "按历年趋势预测，2019年本市地区生产总值（现价）的中位数为1481.6亿元（自2016年起年均增长11.0%），"
            "据此推算，2019年研究与试验发展（R&D）经费须达到18.52亿元才能达标",
        ),
        (
            "en",
            "With the city’s GDP (current prices) put at 148.16 billion yuan for 2019 by its past trend "
            "(median; 11.0\N{NO-BREAK SPACE}% a year from 2016), "
            "the goal for 2019 takes R&D expenditure of 1.852 billion yuan",
        ),
    ],
)
def test_a_memo_without_own_figures_says_the_amount_that_would_reach_the_goal(language, said, paper):
    told = text(paper("2018-12-31", "rd-intensity", language))
    assert said in told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            "本市地区生产总值（现价）2016年为1081.9亿元，按历年趋势预测2019年中位数为1481.6亿元，"
            "年均增长11.0%。据此折算为金额，",
        ),
        (
            "en",
            "The city’s own GDP (current prices) was 108.19 billion yuan in 2016 and, going by its past "
            "trend, is put at 148.16 billion yuan for 2019 (median; 11.0 % a year). Turned into an amount,",
        ),
    ],
)
def test_an_amount_made_of_a_ratio_says_on_which_whole(language, said, paper, dossier):
    """A city placed by a ratio: (1481.6 / 1081.9) ** (1 / 3) is 1.110."""
    day = "2018-12-31"
    assert said in text(paper(day, "rd-expenditure-rise", language)).replace("\xa0", " ")
    found = dossier("luohe-2019", day, "rd-expenditure-rise").answers["conversion"]
    assert (found["whole"], found["year"]) == ("gdp", 2016)
    assert found["growth"] == pytest.approx(100 * ((found["median"] / found["value"]) ** (1 / 3) - 1))
    assert dossier("luohe-2019", day, "rd-intensity").answers["conversion"] is None


@pytest.mark.parametrize(
    ("language", "memo_says", "report_says"),
    [
        ("en", ": such probabilities were too high.", "too high"),
        ("zh", "），概率偏高。", "概率偏高"),
    ],
)
def test_a_memo_says_where_past_chances_leaned_as_the_report_does(
    language, memo_says, report_says, dossier, outlook, catalogue
):
    one = dossier("luohe-2019", "2018-12-31", "fiscal-st-expenditure-rise")
    even = one.record.given("even")
    assert even.leaning == "high" and one.record.asked == 5 * one.record.n == 1395
    told = text(memo.compose(one, catalogue, language, pages=None))
    assert memo_says in told and f"{round(100 * even.frequency)}" in told
    plan = dataclasses.replace(outlook("luohe-2019", "2018-12-31"), dossiers=(one,))
    said = text(memo.compose_report(plan, catalogue, language).paper).replace("\xa0", " ")
    band = [round(100 * edge) for edge in (even.low, even.high)]
    named = {"en": "{} % to {} %", "zh": "{}%至{}%"}[language].format(*band)
    assert report_says in said and named not in said
    assert named in past_forecasts(memo.compose_report(plan, catalogue, language).paper)[-3]
    level = even._replace(frequency=even.probability, low=0.0, high=1.0)
    plain = dataclasses.replace(one, record=dataclasses.replace(one.record, chances=(level,)))
    assert memo_says not in text(memo.compose(plain, catalogue, language, pages=None))


@pytest.mark.parametrize(
    ("language", "interval", "record"),
    [
        (
            "en",
            "(too narrow by past forecasts, where such intervals held 68 %)",
            "intervals too narrow; probabilities too high; little power",
        ),
        ("zh", "（回溯检验中此类区间只包含68%的结果，偏窄）", "区间偏窄，概率偏高，检验力有限"),
    ],
)
def test_an_interval_that_was_too_narrow_is_told_so_where_it_stands(
    language, interval, record, dossier, outlook, catalogue
):
    one = dossier("luohe-2019", "2018-12-31", "fiscal-st-expenditure-rise")
    told = text(memo.compose(one, catalogue, language, pages=None)).replace("\xa0", " ")
    assert interval in told
    held_then = {"en": "68 %", "zh": "68%"}
    plan = dataclasses.replace(outlook("luohe-2019", "2018-12-31"), dossiers=(one,))
    row = past_forecasts(memo.compose_report(plan, catalogue, language).paper)
    assert (row[3], row[-2]) == (held_then[language], record)
    held = dataclasses.replace(one, record=dataclasses.replace(one.record, narrow=False))
    assert interval[:12] not in text(memo.compose(held, catalogue, language, pages=None))


@pytest.mark.parametrize(
    ("language", "memo_says", "report_says"),
    [
        (
            "en",
            "they are no outcome, and the forecast does not use them.",
            "may be too high. As published on 19 January 2020, applications for another 14 centres were "
            "under review; the forecast does not use them.",
        ),
        (
            "zh",
            "不作为结果，测算未予采用。",
            "概率可能偏高。另有14家申报当时正在评审（据2020年1月19日公布的资料），测算未予采用。",
        ),
    ],
)
def test_the_report_tells_of_applications_under_review_as_the_memo_does(
    language, memo_says, report_says, report, paper
):
    assert memo_says in text(paper(OPENED, "provincial-etrc-new", language))
    assert report_says in text(report(OPENED, language))


@pytest.mark.parametrize(
    ("language", "remark", "said"),
    [
        (
            "en",
            "no own figures; range may be too narrow",
            "not in its range, which may therefore be too narrow",
        ),
        ("zh", "无本市数据，范围可能偏窄", "全市研发投入提升：本市变动与河南省可能不同"),
    ],
)
def test_the_report_says_where_a_range_tells_of_the_parent_alone(language, remark, said, report):
    document = report("2018-12-31", language)
    name = {"en": "R&D expenditure to rise", "zh": "全市研发投入提升"}[language]
    rows = [one for one in cells(document, remark) if one.count(" | ") == 6]
    assert len(rows) == 1 and said in text(document)
    assert name in rows[0] or language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_worked_out_of_parts_of_several_releases_names_all(language, paper):
    document = paper(LATE, "rd-intensity", language)
    (made,), (printed,) = (cells(document, value) for value in ("1.03", "1.00"))
    assert "| ①② |" in made and "| ② |" in printed
    assert all("| ① |" in one for one in cells(document, "0.95"))  # both parts of one


@pytest.mark.parametrize(
    ("language", "steady", "flow"),
    [
        (
            "en",
            "The lapse rates assumed make little difference.",
            "a thirtieth, a tenth or a sixth of the stock is assumed to lapse in a year",
        ),
        (
            "zh",
            "按假定的三种退出率测算，结论基本不变。",
            "退出率（每年到期未续或取消的占存量的比重）假定为三十分之一、十分之一或六分之一",
        ),
    ],
)
def test_a_stock_that_is_carried_forward_names_the_lapse_rates_and_no_models(language, steady, flow, paper):
    told = text(paper(LATE, "hte-number-rise", language))
    assert steady in told and flow in told and "两成" not in told and "fifth" not in told


@pytest.mark.parametrize(
    ("language", "ranged", "robust", "brief"),
    [
        (
            "en",
            "Other models and parameters mostly give probabilities of at least 36 %, a wide range.",
            "Other models and parameters make little difference.",
            "whatever the model",
        ),
        (
            "zh",
            "换用不同模型和参数，达标概率大多不低于36%，范围较宽。",
            "换用不同模型和参数，结论基本不变。",
            "换用不同模型亦然",
        ),
    ],
)
def test_a_stock_whose_inflow_is_expected_names_models(
    language, ranged, robust, brief, paper, outlook, catalogue
):
    assert ranged in text(paper("2018-12-31", "hte-number-rise", language)).replace("\xa0", " ")
    whole = Whole(outlook("luohe-2019", LATE), catalogue, language, None, lambda one: {})
    real = next(part.told for part in whole.parts if part.ledger.target.id == "hte-number-rise")
    assert real["steady"] and not real["beside"]["ahead"]
    words = Words("memo", language, real | {"beside": real["beside"] | {"ahead": ["2019"]}})
    assert words.text(say("robust")) == robust
    books = Words("target", language, real | {"beside": real["beside"] | {"ahead": ["2019"]}})
    assert brief in books.text(say("brief_chance", False))


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        (
            "en",
            "The target is taken as met for the time being; the finance bureau’s final accounts were not "
            "seen and are still to confirm it.",
            "statistics office",
        ),
        ("zh", "目标暂按已完成认定（未见财政部门决算，尚待核实）", "统计部门"),
    ],
)
def test_a_provisional_verdict_is_so_in_the_memo_and_names_what_proves_it(language, said, never, paper):
    told = text(paper(LATE, "fiscal-st-share", language))
    assert said in told and never not in told
    other = text(paper(LATE, "rd-expenditure-rise", language))  # no remark makes it provisional
    assert {"en": "The target was met; the statistics office’s", "zh": "目标已完成（未见统计部门公布的原件"}[
        language
    ] in other


@pytest.mark.parametrize(
    ("day", "target", "said"),
    [
        (
            OPENED,
            "rd-intensity",
            "《中国城市统计年鉴》（据《中国城市数据库6.0版》汇编）；《全国科技经费投入统计公报》",
        ),
        ("2018-12-31", "rd-expenditure-rise", "来源：《全国科技经费投入统计公报》"),
    ],
)
def test_a_figure_names_the_sources_of_the_regions_above_too(day, target, said, dossier, catalogue):
    one = dossier("luohe-2019", day, target)
    drawn = plots.answer(one.assessment, "zh", catalogue, one.figures)
    assert said in drawn.texts[2].get_text().replace("\n", "")


@pytest.mark.parametrize(
    ("language", "said", "cell"),
    [("en", "reported as met and still to be confirmed: the source is rated poor (single", "reported as met"),
     ("zh", "据报道已完成，待核实（来源评级为“差”：单一来源，仅见转载，未找到原页）", "据报道已完成")],
)  # fmt: skip
def test_what_a_source_rated_poor_says_is_reported_alike_in_memo_table_and_page(
    language, said, cell, report, paper, outlook, catalogue
):
    assert said in text(paper(LATE, "national-hte-new", language))
    wanted = {"en": "New national high-tech", "zh": "新培育国家级高新"}[language]
    (row,) = (one for one in cells(report(LATE, language), wanted) if "25 " in one or "25家" in one)
    assert cell in row
    whole, voice = outlook("luohe-2019", LATE), Voice(language, catalogue)
    of = {one.target.id: one for one in whole.assessments}
    full = {"en": f"{cell}, to be confirmed", "zh": f"{cell}（待核实）"}[language]
    assert records.target(of["national-hte-new"], voice)["verdict"] == full
    assert cell not in records.target(of["rd-intensity"], voice)["verdict"]
    one = of["national-hte-new"]
    shown = SimpleNamespace(
        assessment=one, target=one.target, book=voice, inputs=SimpleNamespace(outlook=whole)
    )
    assert page_cells.verdict(shown) == full


@pytest.mark.parametrize(
    ("language", "later", "source"),
    [("en", "came to 2.80 % in 2020 and 4.15 % in 2021, both above the 2018 figure", "figures before 2019"),
     ("zh", "2020年为2.80%、2021年为4.15%，均高于2018年", "2019年以前的数据来自")],
)  # fmt: skip
def test_later_figures_stand_beside_one_to_be_confirmed_and_both_terms_name_their_source(
    language, later, source, paper
):
    assert later in text(paper(LATE, "fiscal-st-share", language)).replace("\xa0", " ")
    assert later not in text(paper(OPENED, "fiscal-st-share", language)).replace("\xa0", " ")
    assert source in text(paper(LATE, "rd-expenditure-rise", language))
    assert source not in text(paper(LATE, "fiscal-st-expenditure-rise", language))  # of one source


@pytest.mark.parametrize(
    ("language", "said"), [("en", "look up our own"), ("zh", "我局将查核2019年的认定文件")]
)
def test_what_the_signatory_holds_it_looks_up_itself(language, said, paper):
    assert said in text(paper(LATE, "municipal-hte-new", language))
    assert said not in text(paper(LATE, "national-hte-new", language))


def test_an_english_memo_has_one_unit_of_money(paper):
    told = text(paper(LATE, "rd-expenditure-rise", "en"))
    assert "0.171" in told and "million" not in told


@pytest.mark.usefixtures("nothing_before")
def test_a_report_that_takes_another_figure_says_in_its_annex_whose_it_is(observations, catalogue):
    """With a goal of 1.1 % the other figure of GDP makes the probability another likelihood word's."""
    plan = plans.load("luohe-2019", catalogue)
    nearer = plan.target("rd-intensity").model_copy(update={"goal": 1.1})
    made = work_out(plan.model_copy(update={"targets": (nearer,)}), observations, OPENED, catalogue)
    for language, said in (("zh", "地级市地区生产总值汇编的另一份表"), ("en", "another sheet of")):
        paper = memo.compose_report(made, catalogue, language).paper
        annex = [
            documents.plain(one.text) for part in paper.annexes for one in part.blocks if hasattr(one, "text")
        ]
        assert sum(said in text for text in annex) == 1
