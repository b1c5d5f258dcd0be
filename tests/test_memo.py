"""Memos: one per kind of answer, both languages, every number proved, what each must and must not say."""

import dataclasses
import datetime
import functools
import io
import itertools
import math
import random
import re

import numpy as np
import openpyxl
import pandas as pd
import pypdf
import pytest
from matplotlib.figure import Figure as Plot

from analysis import (
    answers,
    attainment,
    backtest,
    change,
    documents,
    memo,
    plans,
    plots,
    printing,
    releases,
    review,
    situations,
)
from analysis import report as reports
from analysis.catalogue import Text
from analysis.documents import word
from analysis.memo import material, naming, statements
from analysis.memo.ledger import Ledger
from analysis.outlook import Dossier, limited, work_out
from analysis.plots import page
from analysis.processed import recorded

EARLY, LATE = "2018-12-31", "2023-05-26"


@pytest.fixture(scope="module")
def further(assessment, vintage, catalogue):
    """The further answers on (plan, date, target), asked once."""
    return functools.cache(lambda *key: answers.answers(assessment(*key), vintage(key[1])))


@pytest.fixture(scope="module")
def moved(assessment, observations, catalogue):
    """Why the probability of (plan, date, target) moved since an earlier date, asked once."""

    @functools.cache
    def explained(plan: str, day: str, target: str, earlier: str):
        one = assessment(plan, day, target)
        return change.explain(one.plan, one.target, observations, earlier, day, catalogue)

    return explained


@pytest.fixture(scope="module")
def compose(assessment, catalogue, further, moved):
    """Compose the memo of (plan, date, target) in a language, with all further answers."""

    @functools.cache
    def composed(
        language: str, *key: str, earlier: str = "", figure: memo.Figures | None = None, pages=memo.PAGES
    ):
        plan, _, target = key
        told = (assessment(plan, earlier, target), moved(*key, earlier)) if earlier else ()
        one = assessment(*key)
        return memo.compose(
            Dossier(one, one.history.assign(role="own"), further(*key), *told), catalogue, language, figure,
            pages=pages,
        )  # fmt: skip

    return composed


def alone(one) -> Dossier:
    """A dossier with nothing beside the assessment."""
    return Dossier(one, one.history.assign(role="own"), {})


def said(document) -> str:
    return "\n".join(documents.plain(text) for text in documents.texts(document))


@functools.cache
def picture() -> memo.Figures:
    plot = Plot(figsize=(150 / 25.4, 57 / 25.4), dpi=150)
    plot.subplots().plot([1, 2, 3])
    stream = io.BytesIO()
    plot.savefig(stream, format="png", metadata={"Software": None})
    return memo.Figures(stream.getvalue(), alt="三年数据")


# Facts that are numbers inside names and remarks: worded for each language, so not alike.
QUOTED = (
    "basis",
    *(
        "title",
        "name",
        "indicator",
        "plan",
        "clause",
        "issuer",
        "addressee",
        "reading",
        "remark",
        "wanted",
        "source",
    ),
    *(
        "table_source",
        "outcome_source",
        "signature",
        "evidence",
        "reason",
        "news",
        "unit",
        "denominator",
        "amount_name",
    ),
)

# ------------------------------------------------------------------------------------- every kind of answer

KINDS = [
    ("luohe-2019", EARLY, "rd-intensity", "open", "与全国水平之比的分布推得", "how provinces compare"),
    ("luohe-2019", EARLY, "national-hte-new", "open", "的概率", "the probability that"),
    ("luohe-2019", EARLY, "fiscal-st-share", "open", "的概率", "the probability that"),
    ("luohe-2019", EARLY, "municipal-hte-new", "none", "尚需取得", "is still needed"),
    ("luohe-2019", EARLY, "litong-institute", "silent", "未见", "no public evidence"),
    ("luohe-2019", LATE, "rd-intensity", "missed", "目标未完成", "was missed"),
    ("luohe-2019", LATE, "national-hte-new", "met", "据报道已完成", "is reported as met"),
    ("luohe-2019", LATE, "food-institute", "related", "暂不作判断", "No judgement is made"),
    ("henan-2024", "2024-12-31", "rd-intensity", "open", "比目标低", "below the goal"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "day", "target", "situation", "zh", "en"), KINDS)
def test_each_kind_of_answer_has_its_verdict(plan, day, target, situation, zh, en, assessment, compose):
    assert assessment(plan, day, target).situation == situation
    assert zh in said(compose("zh", plan, day, target))
    assert en in said(compose("en", plan, day, target))


@pytest.mark.parametrize(("plan", "day", "target"), [kind[:3] for kind in KINDS])
def test_both_languages_carry_the_same_numbers(plan, day, target, compose):
    both = [compose(language, plan, day, target).facts for language in memo.LANGUAGES]
    kept = [
        {
            name: fact.value
            for name, fact in facts.items()
            if not name.rstrip("0123456789_ab").startswith(QUOTED)
        }
        for facts in both
    ]
    assert kept[0] == kept[1] and len(kept[0]) > 2


@pytest.mark.parametrize("without", ["none", "silent", "related"])
def test_no_probability_is_invented(without, compose):
    plan, day, target = next(kind[:3] for kind in KINDS if kind[3] == without)
    for language in memo.LANGUAGES:
        facts = compose(language, plan, day, target).facts
        assert "p" not in facts and "median" not in facts


# ------------------------------------------------------------------------------------ every memo of a report

FILED = releases.load()
REPORTS = [
    *((name, day) for name in plans.names() for day in reports.days(plans.load(name), FILED)),
    ("luohe-2019", "2020-04-30"),
]


@pytest.fixture(scope="module")
def reported(dossier, catalogue):
    """The memos of (plan, date, target) by language, with all there is to say, as a report has them."""

    @functools.cache
    def composed(*key: str) -> dict:
        one = dossier(*key)
        return {code: memo.compose(one, catalogue, code, picture()) for code in memo.LANGUAGES}

    return composed


@pytest.fixture(scope="module")
def memos(reported):
    """All memos of (plan, date) by (target, language)."""

    @functools.cache
    def every(name: str, day: str) -> dict:
        made = {one.id: reported(name, day, one.id) for one in plans.load(name).targets}
        return {(one, code): paper for one, papers in made.items() for code, paper in papers.items()}

    return every


@pytest.mark.parametrize(("plan", "day"), REPORTS)
def test_no_memo_is_longer_than_two_pages(plan, day, memos):
    pages = {key: documents.pages(document) for key, document in memos(plan, day).items()}
    assert pages
    assert {key: number for key, number in pages.items() if number > 2} == {}


@pytest.mark.parametrize(("plan", "day"), REPORTS)
def test_no_memo_prints_a_placeholder_or_breaks_usage(plan, day, memos):
    assert memos(plan, day)
    for document in memos(plan, day).values():
        documents.check_wording(document)


def test_what_does_not_fit_goes_to_the_annex_and_nowhere_else(dossier, catalogue):
    given = dossier("china-2020", "2016-12-31", "rd-intensity")
    for language in memo.LANGUAGES:
        whole, short = (
            memo.compose(given, catalogue, language, picture(), pages=pages) for pages in (None, 1)
        )
        text, body = (" ".join(map(_plain, document.blocks)) for document in (whole, short))
        annex = " ".join(_plain(block) for part in short.annexes for block in part.blocks)
        said_whole, said_short = documents.numbers(text), documents.numbers(body + annex)
        assert not set(said_whole) - set(said_short)
        assert len(body) < len(text) and whole.annexes[0].title != short.annexes[0].title
        moved = whole.facts["record_share"]
        assert moved.text in text and moved.text not in body and moved.text in annex


def _plain(block) -> str:
    return documents.plain(block.text) if isinstance(block, documents.Heading | documents.Paragraph) else ""


# ------------------------------------------------------------------------------------------ what it must say


def test_where_nobody_signs_for_the_issuer_the_region_stands_in_the_title(compose):
    document = compose("zh", "china-2020", "2016-12-31", "rd-intensity")
    title = documents.plain(document.title).replace(documents.BREAK, "")
    assert title == "评估工作组关于全国2020年R&D经费投入强度目标评估情况的报告"
    assert documents.plain(document.signature) == "评估工作组" and document.addressee == ""


def test_quotation_marks_inside_a_task_are_single(compose):
    document = compose("zh", "luohe-2019", EARLY, "four-batches-plan")
    title = documents.plain(document.title).replace(documents.BREAK, "")
    assert "“出台‘四个一批’行动计划”任务" in title and "按2019年末评估，尚未到期" in said(document)


def test_a_computed_amount_says_no_more_than_it_knows(compose):
    facts = compose("zh", "china-2020", "2016-12-31", "rd-intensity").facts
    needed, latest, more = (facts[f"amount_{name}"] for name in ("needed", "latest", "more"))
    assert needed.text == "25611亿元" and needed.value - latest.value == more.value
    facts = compose("zh", "luohe-2019", LATE, "rd-intensity").facts
    assert (facts["amount_needed"].text, facts["amount_more"].text) == ("19.55亿元", "6.10亿元")


def test_the_past_record_is_told_with_its_n(assessment, dossier, catalogue):
    given = dossier("henan-2020", "2016-12-31", "rd-intensity")
    text = said(memo.compose(given, catalogue, "zh"))
    record = given.record
    assert f"以{record.origins}个年份的数据为起点，对{record.regions}个省（区、市）提前" in text
    assert f"，共{record.n}次，截至2016年12月31日均已有结果，其中{record.inside80:.0%}落在80%区间内" in text
    assert [ahead for ahead, _ in record.horizons] == [1, 2]
    assert "本次预测提前5年，回溯检验只做到提前2年，更远的未经检验。" in text
    checked = dossier("henan-2024", "2024-12-31", "rd-intensity")
    assert "本次预测提前" not in said(memo.compose(checked, catalogue, "zh"))
    one = assessment("luohe-2019", EARLY, "national-hte-new")
    assert dossier("luohe-2019", EARLY, "national-hte-new").record is None
    assert "尚无同样数据条件下的预测检验记录" in said(memo.compose(alone(one), catalogue, "zh"))


def test_a_press_report_is_no_proof(compose):
    assert "据报道已完成，待核实（来源评级为“差”：单一来源，仅见转载，未找到原页）" in said(
        compose("zh", "luohe-2019", LATE, "national-hte-new")
    )
    assert "尚待正式文件核实" not in said(compose("zh", "china-2020", "2024-10-02", "rd-intensity"))


@pytest.mark.usefixtures("one_day")
def test_a_later_figure_is_told_and_explains_the_change(dossier, observations, catalogue):
    unused = (
        "2020年数据（101家）晚于目标年份，单凭此数不能判断2019年是否多于2018年，测算已按新增数进行，未予采用"
    )
    assert unused in said(memo.compose(dossier("luohe-2019", LATE, "hte-number-rise"), catalogue, "zh"))
    rows = observations[observations["indicator"].ne("national_hte_new")]  # of which the stock would follow
    plan = plans.load("luohe-2019", catalogue)
    document = memo.compose(
        by_hand(plan, plan.target("hte-number-rise"), rows, LATE, catalogue), catalogue, "zh"
    )
    text = said(document)
    assert "2020年数据（101家）晚于目标年份，已作为推断的终点" in text
    assert "，原因是公布了目标年份之后的数据" in text
    assert document.facts["moved"].value == document.facts["moved_1"].value


def test_a_published_year_that_does_not_compare_is_not_called_missing(observations, catalogue):
    plan, title = plans.load("henan-2024"), {"zh": "试例", "en": "example"}
    target = plans.Target(id="example", clause="一", title=title, kind="direction", indicator="rd_intensity",
                          than=2022, deadline=2023, comparison=">")  # fmt: skip
    one = attainment.assess(plan, target, observations, "2024-12-31", catalogue)
    text = said(memo.compose(alone(one), catalogue, "zh"))
    assert one.row["outcome"] == 2.05 and "2023年结果（2.05%）已公布，但与2022年的口径不同" in text


@pytest.mark.parametrize(("place", "told"), [
    ("二", "第二部分"), ("二（三）", "第二部分第（三）项"), ("主要指标", "“主要指标”"),
    ("“十三五”主要指标", "“‘十三五’主要指标”"),
])  # fmt: skip
def test_a_clause_is_cited_as_offices_do(place, told):
    assert naming.clause(place) == told


def test_a_number_only_a_figure_says_is_found(assessment, catalogue, tmp_path):
    one = assessment("luohe-2019", LATE, "rd-intensity")
    figures = {
        language: dataclasses.replace(picture(), alt="目标 1.25；结果 0.83") for language in memo.LANGUAGES
    }
    with pytest.raises(documents.UnprovenNumber, match=r"0\.83"):
        memo.write(alone(one), catalogue, tmp_path, figures)


def test_the_miss_of_2019_is_told_with_its_basis(compose):
    text = said(compose("zh", "luohe-2019", LATE, "rd-intensity", earlier=EARLY))
    for words in (
        "0.86%",
        "0.39个百分点",
        "第四次经济普查",
        "约为1325亿元",
        "1564亿元",
        "口径调整不改变未完成的结论",
        "不是统计结果",
    ):
        assert words in text


def test_the_break_even_base_is_told_and_the_peers_named(observations, catalogue):
    plan, rows = plans.load("luohe-2019", catalogue), observations[observations["region"].ne("410000")]
    one = attainment.assess(plan, plan.target("rd-intensity"), rows, EARLY, catalogue)
    assert one.situation == "conditional" and one.row["evidence"] == "conditional"
    given = answers.answers(one, attainment.Vintage.of(rows, EARLY, catalogue))
    text = said(memo.compose(Dossier(one, one.history.assign(role="own"), given), catalogue, "zh"))
    assert (
        f"{one.answer.break_even:.2f}%" in text and "假定城市的波动大于省份" in text and "全国30个省" in text
    )
    assert "、新疆" not in text and "一般水平" not in text
    assert re.search("此后须平均每年提高.*才能达标；可比地区的年度变动，中位数为提高", text)
    assert "不能给出达标概率" in text and "2017年各种数值对应的达标概率见附件表1" in text


def test_a_region_without_figures_is_told_what_it_is_placed_by(assessment, compose):
    one = assessment("luohe-2019", EARLY, "rd-intensity")
    assert one.row["evidence"] == "region" and one.row["origin"] is None
    zh, en = (said(compose(language, "luohe-2019", EARLY, "rd-intensity")) for language in ("zh", "en"))
    for words in (
        "河南省2017年",
        "为1.31%",
        "假定其分布与各省（区、市）与全国水平之比的分布相近",
        "各省（区、市）与全国水平之比的分布（取最近同口径的2014年，此后全国与各省（区、市）数据口径不同）",
        "各省（区、市）R&D经费投入强度与全国之比的几何平均约为61%",
        "范围较宽，仅供参考",
    ):
        assert words in zh
    assert "1.31\N{NO-BREAK SPACE}% in 2017" in en and "uses no information on the city’s own R&D" in en


@pytest.mark.usefixtures("nothing_before")
@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (
            {
                "kind": "cumulative",
                "indicator": "rd_expenditure",
                "goal": 2000,
                "since": 2024,
                "deadline": 2026,
            },
            "据此折算为金额，预测2024年至2026年研究与试验发展（R&D）经费累计的中位数为",
            "Turned into an amount, the median forecast for the sum of 2024 to 2026 is",
        ),
        (
            {"kind": "growth", "indicator": "rd_expenditure", "goal": 8, "since": 2024, "deadline": 2027},
            "预测2024年至2027年研究与试验发展（R&D）经费年均增速的中位数为",
            "The median forecast for mean yearly growth in 2024 to 2027 is",
        ),
        (
            {"kind": "every_year", "indicator": "rd_intensity", "goal": 2, "since": 2024, "deadline": 2026},
            "各年最低值的中位数为",
            "The median forecast for the lowest figure of 2024 to 2026 is",
        ),
    ],
)
def test_the_median_of_a_region_without_figures_says_what_it_is_of(given, zh, en, observations, catalogue):
    one, (chinese, english) = made_of(observations, catalogue, "2025-06-30", region="370200", **given)
    assert one.row["evidence"] == "region" and zh in chinese and en in english
    assert ("折算为金额" in chinese) is (given["kind"] == "cumulative")


@pytest.mark.parametrize("target", ["rd-intensity", "rd-expenditure-rise"])
def test_the_parents_figure_names_its_source(target, outlook, catalogue):
    told = memo.compose(outlook("luohe-2019", EARLY).of(target), catalogue, "zh")
    assert "为1.31%，来自《全国科技经费投入统计公报》（2018年10月9日公布）" in said(told)
    assert told.facts["parent_value"].source == "《全国科技经费投入统计公报》"


def tables_of(document) -> dict[str, documents.Table]:
    """The tables of a paper by their number."""
    captions, found = documents.blocks.Captions(), {}
    for blocks in (document.blocks, *(annex.blocks for annex in document.annexes)):
        numbered = documents.blocks.numbered(blocks, document.language, captions)
        found |= {label: block for label, block in numbered if isinstance(block, documents.Table)}
    return found


@pytest.mark.parametrize(
    ("day", "target", "named"),
    [
        (
            EARLY,
            "rd-intensity",
            [
                "漯河市地区生产总值（2000年至2002年）",
                "漯河市地区生产总值（2003年至2016年）",
                "各省（区、市）",
            ],
        ),
        (EARLY, "rd-expenditure-rise", ["漯河市地区生产总值", "河南省"]),
        ("2020-04-30", "rd-intensity", ["漯河市地区生产总值", "可比城市"]),
        ("2020-04-30", "fiscal-st-share", ["可比城市"]),
    ],
)
def test_what_is_told_names_its_sources_among_the_data(day, target, named, dossier, catalogue):
    """Parts that amounts are computed from, the regions drawn on, those that place this one."""
    one = dossier("luohe-2019", day, target)
    listed = tables_of(memo.compose(one, catalogue, "zh")).values()
    (others,) = [table.rows for table in listed if "采用的" in table.caption]
    told = "\n".join(documents.plain(" ".join(row[:2])) for row in others)
    assert all(name in told for name in named)
    peers = one.figures[one.used & one.figures["role"].eq("peer")]
    assert len(peers) and all(catalogue.sources[key].zh in told for key in peers["source"])


def test_the_parts_of_an_outcome_are_named_by_its_own_table_alone(dossier, catalogue):
    """Those of later years, which are told too, would otherwise stand with the release of earlier ones."""
    one = dossier("luohe-2019", LATE, "rd-intensity")
    assert one.figures["role"].eq("part").any() and one.answers["requirement"]["amount"]
    listed = tables_of(memo.compose(one, catalogue, "zh")).values()
    assert not [table for table in listed if "采用的" in table.caption]


def test_growth_that_goes_on_names_no_source_of_years_before_it(dossier, catalogue):
    one = dossier("luohe-2019", "2020-04-30", "rd-intensity")
    rows = [
        documents.plain(" ".join(row))
        for table in tables_of(memo.compose(one, catalogue, "zh")).values()
        for row in table.rows
    ]
    told = "\n".join(row for row in rows if "可比城市" not in row)
    product = one.figures[one.figures["role"].eq("part") & one.figures["indicator"].eq("gdp")]
    assert product.loc[one.used[product.index], "year"].tolist() == [*range(2012, 2019)]  # of five changes
    assert {*product["source"]} == {"city-yearbook", "city-gdp-compilation"}
    assert catalogue.sources["city-yearbook"].zh in told
    assert catalogue.sources["city-gdp-compilation"].zh not in told
    behind = one.figures[one.figures["role"].eq("behind")]  # which the other cities' ratios are taken of, too
    assert {*behind["source"]} == {*product["source"]} and one.used[behind.index].all()
    assert any(row.startswith("可比城市地区生产总值（2017年） 地级市地区生产总值汇编") for row in rows)


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "回溯检验中此类概率偏高（平均50%，实际达标35%，见附件）。"),
    ("en", "such probabilities were too high (50 % on average, 35 % reached; see the annex)."),
])  # fmt: skip
def test_that_past_chances_leant_is_told_in_the_text_where_the_annex_has_the_details(
    language, told, dossier, catalogue
):
    one = dossier("luohe-2019", EARLY, "fiscal-st-expenditure-rise")
    told = told.replace(" %", "\N{NO-BREAK SPACE}%")
    short = memo.compose(one, catalogue, language, picture(), pages=1)
    assert told in "".join(map(_plain, short.blocks))
    assert told not in said(memo.compose(one, catalogue, language, pages=None))


@pytest.mark.parametrize(
    ("language", "cited"), [("zh", "其他数值对应的概率见"), ("en", "gives it for other values")]
)
def test_a_table_is_cited_by_its_number_where_it_stands(language, cited, dossier, catalogue):
    document = memo.compose(dossier("luohe-2019", EARLY, "rd-intensity"), catalogue, language)
    (annex,) = document.annexes
    (place,) = [i for i, block in enumerate(annex.blocks) if cited in getattr(block, "text", "")]
    label = re.search(r"表\d|Table \d", documents.plain(annex.blocks[place].text))[0]
    assert tables_of(document)[label] is annex.blocks[place + 1]
    assert "2017" in documents.plain(annex.blocks[place + 1].caption)


def test_a_movement_of_one_cause_is_a_sentence_and_no_table(dossier, catalogue):
    one = dossier("luohe-2019", "2020-04-30", "fiscal-st-share")
    assert one.moved.contributions["p"].round(2).ne(0).sum() == 1
    told = said(memo.compose(one, catalogue, "zh"))
    assert "，原因是" in told and "夏普利" not in told and "因素" not in told
    two = said(memo.compose(dossier("luohe-2019", "2020-04-30", "rd-expenditure-rise"), catalogue, "zh"))
    assert "夏普利" in two


def test_english_has_one_unit_for_a_table_and_its_text(dossier, catalogue):
    one = dossier("luohe-2019", "2020-04-30", "rd-expenditure-rise")
    for language, unit, value in (("zh", "亿元", "11.74"), ("en", "billion yuan", "1.174")):
        document = memo.compose(one, catalogue, language)
        table = next(iter(tables_of(document).values()))
        assert unit in documents.plain(table.caption) and documents.plain(table.rows[-1][1]) == value
        assert f"{value} {unit}" in said(document) or f"{value}{unit}" in said(document)


def test_several_annexes_are_called_so(report, dossier, catalogue):
    one = memo.compose(dossier("luohe-2019", EARLY, "rd-intensity"), catalogue, "en")
    assert documents.blocks.annex_list(one)[0].startswith("Annex: ")
    assert documents.blocks.annex_list(report("en", "luohe-2019", LATE))[0].startswith("Annexes: 1. ")


def test_the_report_says_why_a_later_figure_settles_nothing(report):
    for language, words in (
        ("zh", "2020年数据（101家）晚于目标年份，单凭此数"),
        ("en", "alone it does not tell"),
    ):
        assert words in said(report(language, "luohe-2019", LATE))


def test_a_wide_range_is_only_called_so_where_it_is(compose):
    told = said(compose("zh", "luohe-2019", EARLY, "rd-expenditure-rise"))
    assert "仅供参考" in told and "范围较宽" not in told and "据此折算为金额" in told


def test_a_remark_on_a_source_stands_in_the_parentheses_of_its_name(compose):
    told = said(compose("zh", "luohe-2019", LATE, "national-hte-new"))
    assert "《漯河市2019科技创新十大亮点》（新闻报道，2020年1月19日公布）" in told


def test_applications_are_no_approvals(compose):
    assert "不是批准数" in said(compose("zh", "luohe-2019", LATE, "provincial-etrc-new"))
    assert "不是批准数" not in said(compose("zh", "luohe-2019", EARLY, "provincial-etrc-new")), (
        "not known yet"
    )


def test_contributions_are_printed_so_that_they_sum(compose):
    document = compose("zh", "henan-2024", "2026-01-23", "rd-intensity", earlier="2024-12-31")
    facts = document.facts
    parts = [
        fact.value for name, fact in facts.items() if name.startswith("moved_") and name != "moved_total"
    ]
    assert sum(parts) == pytest.approx(facts["moved_total"].value) and len(parts) > 1
    assert "主要原因是新数据低于预期" in said(document)


def test_a_smaller_denominator_is_told_as_such(compose):
    """Henan's GDP of 2023 came out below expectation, and that raised the probability."""
    for language, words in (
        ("zh", "新数据对应的地区生产总值低于预期"),
        ("en", "GDP behind the new figure came out below expectation"),
    ):
        document = compose(language, "henan-2024", "2024-12-31", "rd-intensity", earlier="2024-01-31")
        assert document.facts["moved"].value > 0 and words in said(document)


def test_what_was_settled_before_did_not_move(compose):
    key = ("zh", "luohe-2019", LATE, "national-hte-new")
    told = [
        "的数据测算，达标概率" in said(compose(*key, earlier=earlier, pages=None))
        for earlier in (EARLY, "2020-01-19")
    ]
    assert told == [True, False]


def test_rounded_parts_sum_to_the_rounded_total():
    rng = np.random.default_rng(7)
    for _ in range(200):
        parts = rng.normal(0, 20, rng.integers(1, 7))
        for total in (math.floor(parts.sum()), math.ceil(parts.sum())):
            rounded = naming.rounded_parts(parts, total)
            assert sum(rounded) == total and np.all(np.abs(parts - rounded) <= 1)


def test_a_paper_is_dated_by_whoever_signs_and_nothing_is_backdated(assessment, catalogue):
    one = assessment("luohe-2019", EARLY, "rd-intensity")
    open_dated = memo.compose(alone(one), catalogue, "zh")
    assert open_dated.date == "20\u3000年\u3000月\u3000日" and open_dated.dated == ""
    later = memo.compose(alone(one), catalogue, "zh", look=memo.Look(dated="2019-01-04"))
    assert documents.plain(later.date) == "2019年1月4日" and later.dated == "2019-01-04"


def test_the_red_head_is_a_choice(assessment, catalogue):
    one = assessment("luohe-2019", EARLY, "rd-intensity")
    assert memo.compose(alone(one), catalogue, "zh").red_header is None
    office = memo.compose(alone(one), catalogue, "zh", look=memo.Look(red_header=True)).red_header.office
    assert documents.plain(office) == "漯河市科学技术局文件"


# -------------------------------------------------------------------------------- kinds made by hand


MADE = {  # kind, indicator, goal, first year, deadline, and what the verdict says
    "mean growth open": ("growth", "rd_expenditure", 9.0, 2020, 2025, "年均增长达到目标（不低于9%）"),
    "mean growth met": ("growth", "rd_expenditure", 9.0, 2020, 2023, "年均增速为10.4%，符合不低于9%的要求"),
    "cumulative": (
        "cumulative",
        "national_hte_recognised",
        12000,
        2022,
        2025,
        "累计达到目标（不少于12000家）",
    ),
    "every year": ("every_year", "rd_intensity", 1.8, 2022, 2026, "每年均达到目标（不低于1.8%）"),
    "at most": ("level", "rd_intensity", 2.0, None, 2026, "不高于2%"),
    "direction open": ("direction", "rd_intensity", None, 2025, 2026, "高于2025年的概率"),
    "direction met": ("direction", "rd_expenditure", None, 2022, 2023, "比2022年增加68.40亿元"),
    "direction over a break": ("direction", "rd_intensity", None, 2022, 2023, r"高于2022年的概率为\d+%"),
    "stock": ("stock", "invention_patents_in_force", 100000, None, 2025, "不少于100000件"),
}
MOVED = ("mean growth open", "mean growth met", "every year")  # whose movement is told, which takes long


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_target_has_its_sentences(kind, observations, catalogue, tmp_path, request):
    request.getfixturevalue("one_day" if kind in MOVED else "nothing_before")
    shape, indicator, goal, first, deadline, words = MADE[kind]
    given = {"goal": goal, "than" if shape == "direction" else "since": first}
    given |= {"comparison": {"at most": "<="}.get(kind, ">" if shape == "direction" else ">=")}
    given = {key: value for key, value in given.items() if value is not None}
    plan, title = plans.load("henan-2024"), {"zh": "试例", "en": "example"}
    target = plans.Target(
        id="example", clause="一", title=title, kind=shape, indicator=indicator, deadline=deadline, **given
    )
    made = by_hand(plan, target, observations, "2024-12-31", catalogue)
    one = made.assessment
    memo.write(made, catalogue, tmp_path)
    assert re.search(words, said(memo.compose(alone(one), catalogue, "zh")))


DRAWN = {  # region, day, and what is asked
    "negative growth": ("630000", "2024-03-31", "growth", "fiscal_st_expenditure", -5, {"since": 2022}),
    "sum": ("330000", "2024-12-31", "cumulative", "rd_expenditure", 12000, {"since": 2021}),
    "every year": ("330000", "2024-12-31", "every_year", "rd_intensity", 2.9, {"since": 2021}),
    "rank": ("330000", "2024-12-31", "rank", "rd_intensity", 5, {"comparison": "<="}),
    "amount": ("330000", "2024-12-31", "level", "rd_expenditure", 3200, {}),
    "on condition": ("370200", "2025-06-30", "level", "fiscal_st_expenditure", 80, {}),
    "one own figure": ("320500", "2023-12-31", "level", "rd_intensity", 4, {"deadline": 2023}),
}


@pytest.mark.usefixtures("nothing_before")
@pytest.mark.parametrize("case", DRAWN)
def test_every_number_of_a_figure_is_a_fact_of_its_memo(case, observations, catalogue, tmp_path):
    region, day, kind, indicator, goal, more = DRAWN[case]
    title = {"zh": "试例", "en": "example"}
    given = {"deadline": 2025, "kind": kind, "indicator": indicator, "goal": goal} | more
    target = plans.Target(id="example", clause="一", title=title, **given)
    plan = plans.load("henan-2024").model_copy(update={"region": region})
    made = by_hand(plan, target, observations, day, catalogue)
    for language, figure in plots.answers(made.assessment, catalogue, made.figures).items():
        shown = dataclasses.replace(picture(), alt=page.told(figure, language))
        document, path = memo.compose(made, catalogue, language, shown), tmp_path / "memo.docx"
        documents.check_wording(document)
        path.write_bytes(word.render(document))
        documents.prove_document(path, document)
        if language == "en" and case in ("amount", "sum"):
            assert re.search(r"≥ [\d,]+ billion yuan", shown.alt)


def by_hand(plan, target, observations, day, catalogue):
    """All there is to say on a target that stands in no plan."""
    return work_out(plan.model_copy(update={"targets": (target,)}), observations, day, catalogue).dossiers[0]


def made_of(observations, catalogue, day, region="410000", **given):
    """A target of a region made by hand, assessed, with its memo in Chinese and English."""
    title = {"zh": "试例", "en": "example"}
    target = plans.Target(id="example", clause="一", title=title, **given)
    plan = plans.load("henan-2024").model_copy(update={"region": region})
    made = by_hand(plan, target, observations, day, catalogue)
    one = made.assessment
    return one, [said(memo.compose(made, catalogue, language)) for language in ("zh", "en")]


@pytest.mark.usefixtures("nothing_before")
def test_a_goal_not_to_be_exceeded_is_not_told_as_one_to_be_reached(observations, catalogue):
    given = {"kind": "level", "indicator": "rd_intensity", "goal": 2.3, "deadline": 2024, "comparison": "<="}
    one, (zh, en) = made_of(observations, catalogue, "2024-11-30", **given)
    assert one.row["p_attain"] > 0.9 and "预测中位数即不再符合目标" in zh and "no longer meet the goal" in en
    assert not re.search("达标需要|达标所需|要达到目标", zh) and "reaching the goal takes" not in en


@pytest.mark.usefixtures("nothing_before")
def test_a_year_that_is_over_asks_for_nothing_more_a_month(observations, catalogue):
    given = {"kind": "flow", "indicator": "national_hte_recognised", "goal": 9000, "deadline": 2025}
    for day, asked in (("2025-06-30", True), ("2027-06-30", False)):
        one, (zh, _) = made_of(observations, catalogue, day, **given)
        assert one.row["verdict"] == "open" and bool(re.search(r"今后\d+个月", zh)) is asked


def both_papers(observations, catalogue, day, region="410000", **given):
    """What memo and report say of a target of a region made by hand, in Chinese and English."""
    target = plans.Target(id="example", clause="一", title={"zh": "试例", "en": "example"}, **given)
    plan = plans.load("henan-2024").model_copy(update={"region": region, "targets": (target,)})
    told = work_out(plan, observations, day, catalogue)
    return [
        (
            said(memo.compose(told.dossiers[0], catalogue, language))
            + said(memo.compose_report(told, catalogue, language).paper)
        ).replace("\N{NO-BREAK SPACE}", " ")
        for language in ("zh", "en")
    ]


@pytest.mark.usefixtures("nothing_before")
def test_a_goal_of_every_year_that_is_missed_names_the_years(observations, catalogue):
    given = {"kind": "every_year", "indicator": "rd_intensity", "since": 2021, "deadline": 2025}
    zh, en = both_papers(observations, catalogue, "2024-12-31", goal=1.9, **given)
    assert "并非每年均不低于1.9%（2021年1.73%，2022年1.86%），按现行口径，目标未完成" in zh
    assert "未完成的是试例（2021年1.73%，2022年1.86%，目标不低于1.9%，按现行口径）" in zh
    assert "in every year from 2021 to 2025: it was 1.73 % in 2021 and 1.86 % in 2022." in en
    assert "Missed: example (1.73 % in 2021 and 1.86 % in 2022, goal at least 1.9 %;" in en
    zh, en = both_papers(observations, catalogue, "2024-12-31", goal=1.8, **given)
    assert "（2021年1.73%）" in zh and "2022年1.86%，目标" not in zh and "it was 1.73 % in 2021." in en


@pytest.mark.usefixtures("nothing_before")
def test_a_sum_decided_early_is_confirmed_by_the_lists_of_the_years_counted(observations, catalogue):
    given = {"kind": "cumulative", "indicator": "national_hte_recognised", "goal": 5000, "deadline": 2025}
    zh, en = both_papers(observations, catalogue, "2024-12-31", since=2022, **given)
    assert "建议主管部门取得2022年至2023年的认定文件" in zh and "published lists of 2022 to 2023, check" in en
    given |= {"goal": 4000}
    zh, en = both_papers(observations, catalogue, "2024-12-31", since=2023, **given)
    assert "建议主管部门取得2023年的认定文件" in zh and "published lists of 2023, check" in en


@pytest.mark.usefixtures("nothing_before")
@pytest.mark.parametrize(("rounding", "zh_said", "en_said"), [
    ("exact",
     ["比目标（不低于0.05%）低0.004个百分点，目标未完成", "（0.05%，目标不低于0.05%，低0.004个百分点）"],
     ["0.004 percentage points below the goal (at least 0.05 %). The target was missed",
      "(0.05 %, goal at least 0.05 %, 0.004 percentage points below it)"]),
    ("printed", ["低0.004个百分点，按四舍五入后的数，目标已完成", "低0.004个百分点，按四舍五入后的数）"],
     ["As rounded, the target was met", "0.004 percentage points below it; as rounded)"]),
])  # fmt: skip
def test_a_figure_that_looks_like_its_goal_says_how_far_it_is_and_what_rounding_did(
    rounding, zh_said, en_said, observations, catalogue
):
    """Hami's 2017 figure, 0.0462 %, is printed as 0.05 %."""
    given = {"kind": "level", "indicator": "rd_intensity", "goal": 0.05, "deadline": 2017}
    papers = both_papers(observations, catalogue, "2024-12-31", "650500", rounding=rounding, **given)
    for paper, wanted in zip(papers, (zh_said, en_said), strict=True):
        assert [part for part in wanted if part not in paper] == []
        assert "0.00个百分点" not in paper and "0.00 percentage" not in paper


@pytest.mark.usefixtures("nothing_before")
def test_rounding_to_fewer_decimals_is_named_where_it_decides(observations, catalogue):
    """Henan's 1.86 % of 2022 is 1.9 % to one decimal."""
    given = {
        "kind": "level",
        "indicator": "rd_intensity",
        "goal": 1.9,
        "deadline": 2022,
        "rounding": "printed",
    }
    zh, en = both_papers(observations, catalogue, "2024-12-31", decimals=1, **given)
    assert "低0.04个百分点，按四舍五入后的数，目标已完成" in zh and "As rounded, the target was met" in en
    assert "（1.86%，目标不低于1.9%，按四舍五入后的数）" in zh and "goal at least 1.9 %; as rounded)" in en
    zh, _ = both_papers(observations, catalogue, "2024-12-31", **given | {"goal": 1.85})
    assert "按四舍五入" not in zh


@pytest.mark.usefixtures("nothing_before")
def test_changes_of_many_whole_things_have_no_tenths(observations, catalogue):
    given = {"kind": "flow", "indicator": "national_hte_recognised", "deadline": 2025}
    zh, en = both_papers(observations, catalogue, "2024-12-31", goal=9000, **given)
    assert (
        "平均每年增加639家；要达到目标，到2025年平均每年需增加2097家" in zh
        and "2,097 enterprises more a year" in en
    )
    zh, _ = both_papers(observations, catalogue, "2024-12-31", goal=4999, **given)
    assert "平均每年需增加96.5家" in zh


@pytest.mark.usefixtures("nothing_before")
def test_the_median_of_a_sum_is_not_mistaken_for_the_sum(observations, catalogue):
    given = {"kind": "cumulative", "indicator": "national_hte_recognised", "goal": 12000, "since": 2022}
    _, (zh, en) = made_of(observations, catalogue, "2024-12-31", **given, deadline=2025)
    assert "预测2022年至2025年" in zh and "累计的中位数为" in zh and "for the sum of 2022 to 2025" in en


@pytest.mark.usefixtures("nothing_before")
def test_the_first_place_is_no_first_of_several(observations, catalogue):
    given = {"kind": "rank", "indicator": "rd_intensity", "goal": 1, "deadline": 2024, "comparison": "<="}
    _, (zh, en) = made_of(observations, catalogue, "2024-12-31", **given)
    assert "位居第1位" in zh and "前1位" not in zh and "place 1" in en and "or better" not in en


def test_growth_from_a_year_among_the_news_is_not_said_to_be_above_expectation(observations, catalogue):
    """A low figure of the first year makes the growth from it higher: its effect is not its surprise."""
    title = {"zh": "试例", "en": "example"}
    given = {
        "kind": "growth",
        "indicator": "rd_expenditure",
        "goal": 8,
        "comparison": "<=",
        "deadline": 2025,
    }
    plan = plans.load("henan-2024").model_copy(
        update={"region": "510000", "issued": datetime.date(2021, 12, 28)}
    )
    for since, surprised in ((2022, False), (2019, True)):
        target = plans.Target(id="example", clause="一", title=title, since=since, **given)
        made = by_hand(plan, target, observations, "2024-06-30", catalogue)
        text = said(memo.compose(made, catalogue, "zh")).replace("高于或低于预期", "")
        assert made.before is not None and "新数据" in text
        assert bool(re.search("新数据[^。\n]*[高低]于预期", text)) is surprised
        assert ("新数据与预期有出入" in text) is not surprised


def test_own_figures_take_the_place_of_those_of_other_regions(observations, catalogue):
    plan = plans.load("luohe-2019")
    made = by_hand(plan, plan.target("rd-intensity"), observations, "2020-04-30", catalogue)
    zh, en = (said(memo.compose(made, catalogue, language)) for language in memo.LANGUAGES)
    assert "取得了本市数据，不再由其他地区数据推断" in zh and "不再由数据" not in zh
    assert "own figures arrived, in place of other regions’" in en


@pytest.mark.usefixtures("nothing_before")
def test_what_is_lacking_is_not_called_of_another_basis_and_is_what_is_asked_for(observations, catalogue):
    given = {
        "kind": "cumulative",
        "indicator": "rd_expenditure",
        "goal": 600,
        "since": 2019,
        "deadline": 2022,
    }
    _, (zh, en) = made_of(observations, catalogue, "2024-12-31", region="410300", **given)
    assert "已公布，但以前年份的数据不全，尚不能判断" in zh and "口径不同，不能" not in zh
    assert "some of the years before have none, so that alone it does not decide" in en
    given = {"kind": "growth", "indicator": "gdp", "goal": 7, "since": 2018, "deadline": 2022}
    _, (zh, en) = made_of(observations, catalogue, "2024-12-31", region="410300", **given)
    assert "未取得评估洛阳市2022年" in zh and "其中2018年的可比数据未见公布" in zh
    assert "尚需取得：2018年的可比数据及其口径" in zh and "Comparable figures are lacking for 2018" in en


@pytest.mark.usefixtures("nothing_before")
def test_a_lowest_year_that_is_over_is_given_without_an_empty_interval(observations, catalogue):
    given = {"kind": "every_year", "indicator": "rd_intensity", "goal": 2.1, "since": 2022, "deadline": 2025}
    _, (zh, en) = made_of(observations, catalogue, "2024-10-31", region="510000", **given)
    assert (
        "80%区间的上下限均与此相同" in zh and "both ends of the 80\N{NO-BREAK SPACE}% interval equal it" in en
    )


def test_ten_requests_are_numbered_and_no_more_are_taken(assessment, catalogue):
    one = assessment("luohe-2019", EARLY, "municipal-hte-new")
    asked = tuple(plans.Wanted(zh=f"第{n}项", en=f"item {n}") for n in range(10))
    one = dataclasses.replace(one, target=one.target.model_copy(update={"wanted": asked}))
    assert "十是第9项。" in said(memo.compose(alone(one), catalogue, "zh"))
    assert "(x) item 9." in said(memo.compose(alone(one), catalogue, "en"))
    with pytest.raises(ValueError, match="at most 10"):
        plans.Target.model_validate(one.target.model_dump() | {"wanted": [{"zh": "甲", "en": "a"}] * 11})


def test_a_judgement_is_told_with_its_author(assessment, catalogue):
    one = assessment("luohe-2019", EARLY, "litong-institute")
    row = one.row | {"verdict": "open", "p_attain": 0.8, "evidence": "own"}
    reason = Text(zh="主体工程已封顶。", en="the building is up.")
    judgement = plans.Judgement(
        probability=0.8, author="高新科", date=datetime.date(2018, 12, 30), reason=reason
    )
    one = dataclasses.replace(one, row=row, answer=situations.Judged(judgement))
    document = memo.compose(alone(one), catalogue, "zh")
    assert (
        "据高新科2018年12月30日的判断" in said(document)
        and "80%" in said(document)
        and "人工判断" in said(document)
    )
    documents.check_wording(document)


@pytest.mark.parametrize(("p", "zh", "en"), [
    (0.0004, "概率不足1%，几乎不可能达标", "below 1\u00a0%: the target is exceptionally unlikely"),
    (0.004, "概率不足1%，几乎不可能达标", "below 1\u00a0%: the target is exceptionally unlikely"),
    (0.05, "概率为5%，达标可能性很小", "the target is very unlikely"),
    (0.2, "达标可能性较小", "the target is unlikely"),
    (0.5, "达标与否机会相当", "the target is about as likely as not"),
    (0.7, "达标可能性较大", "the target is likely"), (0.95, "达标可能性很大", "the target is very likely"),
    (0.9996, "概率超过99%，基本确定达标", "the target is virtually certain"),
])  # fmt: skip
def test_likelihood_words_agree_with_the_probability(p, zh, en, assessment, catalogue):
    one = assessment("henan-2024", "2024-12-31", "rd-intensity")
    one = dataclasses.replace(one, row=one.row | {"p_attain": p, "p_low": p, "p_high": p})
    assert zh in said(memo.compose(alone(one), catalogue, "zh")) and en in said(
        memo.compose(alone(one), catalogue, "en")
    )


def test_every_likelihood_word_stands_in_the_annex(compose):
    for language in memo.LANGUAGES:
        document = compose(language, "henan-2024", "2024-12-31", "rd-intensity")
        tables = [block for block in document.annexes[0].blocks if isinstance(block, documents.Table)]
        words = tuple(word for _, word in printing.Voice(language).scale())
        assert words in [table.header for table in tables]


@pytest.mark.parametrize(
    ("p", "half"),
    [(0.65, "达标的可能更大"), (0.56, "略大于一半"), (0.5, ""), (0.34, "未达标的可能更大"), (0.7, "")],
)
def test_an_even_chance_says_on_which_side_it_lies(p, half):
    assert printing.Voice("zh").half(p) == half


def test_what_a_bureau_signs_closes_as_a_report_does(compose):
    for kind in KINDS:
        document = compose("zh", *kind[:3])
        assert documents.plain(document.blocks[-1].text) == "特此报告。"
        assert "建议由我局" not in said(document)


def test_a_met_target_is_told_on_one_page(compose):
    document = compose("zh", "luohe-2019", LATE, "municipal-hte-new", figure=picture())
    assert documents.pages(document) == 1 and not document.annexes
    assert all(isinstance(block, documents.Paragraph) for block in document.blocks)


@pytest.mark.parametrize("target", ["fiscal-st-share", "fiscal-st-expenditure-rise"])
@pytest.mark.parametrize(("language", "doubt"), [("zh", "该数如有更正"), ("en", "is corrected")])
def test_the_page_of_a_met_target_keeps_what_may_overturn_it(target, language, doubt, dossier, catalogue):
    document = memo.compose(dossier("luohe-2019", LATE, target), catalogue, language, picture())
    assert documents.pages(document) == 1 and doubt in said(document)


@pytest.mark.usefixtures("nothing_before")
def test_a_verdict_that_a_remark_doubts_is_to_be_confirmed(observations, catalogue):
    note = plans.Note(zh="该数有误的，本结论不成立。", en="If it is wrong, this falls.", unconfirmed=True)
    for notes, zh, en in (((), "目标已完成。", "was met."), ((note,), "尚待核实", "still to be confirmed")):
        goal = {"kind": "level", "indicator": "rd_intensity", "goal": 1.5, "deadline": 2020}
        one, (chinese, english) = made_of(observations, catalogue, "2023-05-26", **goal, notes=notes)
        assert one.situation == "met" and zh in chinese and en in english


def test_a_target_of_which_nothing_is_known_gets_no_memo(assessment, catalogue, tmp_path):
    for target in ("municipal-hte-new", "litong-institute"):
        assert memo.write(alone(assessment("luohe-2019", EARLY, target)), catalogue, tmp_path) == []
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------ the report on the plan


@pytest.fixture(scope="module")
def report(outlook, cases, catalogue):
    """Compose the report on (plan, date) in a language, each once."""

    @functools.cache
    def composed(language: str, plan: str, day: str) -> documents.Document:
        made = outlook(plan, day)
        kept = (recorded(one, cases) for one in made.dossiers)
        return memo.compose_report(dataclasses.replace(made, dossiers=tuple(kept)), catalogue, language).paper

    return composed


def rows(document: documents.Document, columns: int) -> list[tuple[str, ...]]:
    blocks = [*document.blocks, *(block for annex in document.annexes for block in annex.blocks)]
    tables = [one for one in blocks if isinstance(one, documents.Table) and len(one.header) == columns]
    return [tuple(map(documents.plain, row)) for table in tables for row in table.rows if "%及" not in row[0]]


def test_the_report_is_titled_by_whether_the_deadline_is_over(report):
    titles = [
        documents.plain(report("zh", "luohe-2019", day).title).replace(documents.BREAK, "")
        for day in (EARLY, LATE)
    ]
    assert titles == [
        "漯河市科学技术局关于优化营商环境工作实施方案2019年目标预测评估情况的报告",
        "漯河市科学技术局关于优化营商环境工作实施方案2019年目标完成情况的报告",
    ]


def test_the_report_says_first_what_was_missed_and_met_with_numbers(report):
    first = documents.plain(report("zh", "luohe-2019", LATE).blocks[1].text)
    assert "25项目标任务中，已完成7项（其中据报道4项、暂定2项），未完成1项，2项未取得结果" in first
    assert (
        "未完成的是R&D经费投入强度（0.86%，目标不低于1.25%，按现行口径）" in first
        and "上述8项结果均尚待核实，其中4项仅据报道（来源质量评级为“差”）。" in first
    )
    early = documents.plain(report("zh", "luohe-2019", EARLY).blocks[1].text)
    assert "的大致范围）：R&D经费投入强度（" in early and "未完成" not in early


def test_the_report_lists_every_target_once_by_clause(report):
    for language in memo.LANGUAGES:
        table = rows(report(language, "luohe-2019", EARLY), 7)[:25]
        assert len({row[1] for row in table}) == 25
    cells = [row[0] for row in rows(report("zh", "luohe-2019", EARLY), 7)[:25]]
    clauses = [cell.replace(f"；{documents.BREAK}", "；") for cell in cells]
    places = [naming.order(clause) for clause in clauses]
    assert places == sorted(places) and places[0] == (2, 0)
    assert [row[0] for row in table] == [naming.places(clause, "en") for clause in clauses]


def test_what_nothing_is_known_of_is_asked_for_in_the_report(report, assessment):
    early, late = (dict(rows(report("zh", "luohe-2019", day), 2)) for day in (EARLY, LATE))
    assert "建成利通橡塑设计研究院" in early
    asked = "漯河市{}市级高新技术企业认定数（本局文件）"
    assert early["新认定市级高新技术企业"] == asked.format("2015—2019年")
    assert late["新认定市级高新技术企业"] == asked.format("2019年"), "to be confirmed"


def test_one_year_to_go_is_no_average(reported, memos):
    made = reported("luohe-2019", "2020-04-30", "rd-intensity")
    zh, en = (said(made[language]) for language in ("zh", "en"))
    assert "要达到目标，须在2019年一年内补上这一差距" in zh and "平均每年" not in zh
    assert "2019年R&D经费投入强度须比2018年相对提高31.7%才能达标" in zh and "124个年度变动中有" in zh
    assert "reaching the goal would have meant closing that gap within 2019" in en
    assert "a year" not in en.partition("Method")[0]
    early = memos("henan-2020", "2018-12-31")
    assert any("到2020年平均每年需提高" in said(one) for one in early.values())


def test_both_languages_move_the_same_to_the_annex(outlook, catalogue, tmp_path):
    one = outlook("luohe-2019", "2020-04-30").of("rd-intensity")
    alone = said(memo.compose(one, catalogue, "en"))
    assert "will be the first on a new basis" in alone.partition("Annex")[0], "there is room, in English"
    figures = dict.fromkeys(memo.LANGUAGES, picture())
    paths = memo.write(one, catalogue, tmp_path, figures)
    texts = {path.name: path.read_text() for path in paths if path.suffix == ".html"}
    assert "Further remarks" in texts["rd-intensity.en.html"] and "补充说明" in texts["rd-intensity.zh.html"]


@pytest.mark.parametrize(
    ("key", "years"), [("hte-number-rise", {"2016", "2018", "2019"}), ("rd-intensity", None)]
)
def test_what_flowed_into_a_stock_stands_beside_it_with_its_sources(key, years, outlook, catalogue):
    one = outlook("luohe-2019", "2020-04-30").of(key)
    blocks = [block for annex in memo.compose(one, catalogue, "zh").annexes for block in annex.blocks]
    tables = [block for block in blocks if isinstance(block, documents.Table)]
    found = [table for table in tables if "据以推算存量" in documents.plain(table.caption)]
    assert bool(found) is bool(years)
    told = plots.page.told(plots.answer(one.assessment, "zh", catalogue, one.figures), "zh")
    if found:
        assert {documents.plain(row[0]) for row in found[0].rows} == years
        assert all(documents.plain(row[4]) in told for row in found[0].rows), "at the figure's foot too"


@pytest.mark.parametrize(("plan", "day"), REPORTS)
def test_a_report_has_at_most_four_pages_and_keeps_usage(plan, day, report):
    for language in memo.LANGUAGES:
        document = report(language, plan, day)
        documents.check_wording(document)
        assert documents.pages(document) <= 4


def test_a_report_is_six_files_whose_numbers_are_facts(outlook, catalogue, tmp_path):
    made = memo.compose_reports(outlook("luohe-2019", LATE), catalogue)
    paths = memo.write_report(made, tmp_path)
    assert [path.name for path in paths][:3] == ["report.zh.docx", "report.zh.pdf", "report.zh.html"]
    document = made["zh"].paper
    wrong = dataclasses.replace(document, facts={**document.facts} | {"as_of": document.facts["expected"]})
    with pytest.raises(documents.UnprovenNumber):
        documents.prove_document(paths[0], wrong)


@pytest.mark.parametrize(("came", "low", "high", "told"), [
    (0.62, 0.55, 0.7, "，概率偏低"), (0.38, 0.3, 0.45, "，概率偏高"), (0.52, 0.51, 0.53, "，未见明显偏差"),
    (0.62, 0.49, 0.75, "，未见明显偏差"), (0.38, 0.25, 0.51, "，未见明显偏差"),
])  # fmt: skip
def test_the_record_is_told_with_its_lean(came, low, high, told, outlook, catalogue):
    """80 + 40 forecasts, five goals each: 600 chances."""
    even = backtest.Chances("even", 400, 0.5, came, low, high)
    record = backtest.Record(120, 6, 31, 0.8, horizons=((1, 80), (2, 40)), chances=(even,))
    one = outlook("henan-2024", "2024-12-31")
    kept = (dataclasses.replace(each, record=record) for each in one.dossiers)
    paper = memo.compose_report(dataclasses.replace(one, dossiers=tuple(kept)), catalogue, "zh").paper
    number, table = next(pair for pair in tables_of(paper).items() if pair[1].caption == "预测检验记录")
    text = said(paper)
    rows = [[documents.plain(cell).replace("\u200b", "") for cell in row] for row in table.rows]
    band, beside = f"{came:.0%}（{low:.0%}至{high:.0%}）", told.replace("，未", "，概率未")
    assert rows == [
        [
            "R&D经费投入强度",
            "6个",
            "120次",
            "80%",
            "400个（33%至66%）",
            "50%",
            band,
            beside.removeprefix("，"),
        ]
    ]
    assert documents.plain(table.note) == "预测次数中，R&D经费投入强度提前1年80次、提前2年40次。"
    assert "对31个省（区、市）作回溯预测" in text and "每次设五个假定目标" in text
    assert f"（明细和标准见附件{number}）" in text and f"（见{number}）" in text
    assert f"平均概率50%、实际达标{came:.0%}{beside}。" in text, "beside the targets"


def test_a_record_of_no_chance_like_those_given_tells_of_intervals_alone(outlook, catalogue):
    record, one = backtest.Record(80, 4, 31, 0.7, True, ((1, 80),)), outlook("henan-2024", "2024-12-31")
    kept = (dataclasses.replace(each, record=record) for each in one.dossiers)
    paper = memo.compose_report(dataclasses.replace(one, dossiers=tuple(kept)), catalogue, "en").paper
    table = next(table for table in tables_of(paper).values() if table.caption == "Record of past forecasts")
    (row,) = ([documents.plain(cell).replace("\xa0", " ") for cell in cells] for cells in table.rows)
    assert row[1:] == ["4", "80", "70 %", "intervals too narrow; little power"]
    assert len(table.header) == len(row) == len(table.align) and "assumed goals" not in said(paper)


# ----------------------------------------------------------------------------------------- the finished files


@pytest.fixture(scope="module")
def files(assessment, catalogue, compose, further, tmp_path_factory):
    """All six files of the memos of every kind, with a figure, and the documents they were made from."""
    folder, made = tmp_path_factory.mktemp("memos"), {}
    pictures = {language: picture() for language in memo.LANGUAGES}
    for plan, day, target, *_ in KINDS:
        key, place = (plan, day, target), folder / plan / day
        place.mkdir(parents=True, exist_ok=True)
        paths = memo.write(
            Dossier(assessment(*key), assessment(*key).history.assign(role="own"), further(*key)),
            catalogue,
            place,
            pictures,
        )
        made[key] = (paths, {code: compose(code, *key, figure=pictures[code]) for code in memo.LANGUAGES})
    return made


def test_a_memo_is_six_files(files):
    paths, _ = files["luohe-2019", LATE, "rd-intensity"]
    endings = ["zh.docx", "zh.pdf", "zh.html", "en.docx", "en.pdf", "en.html"]
    assert [path.name for path in paths] == [f"rd-intensity.{ending}" for ending in endings]


def test_every_number_of_every_file_is_a_fact(files):
    for paths, composed in files.values():
        for path in paths:
            language = path.name.split(".")[1]
            assert documents.prove_document(path, composed[language])


def test_every_format_prints_the_same_numbers(files):
    for paths, composed in files.values():
        for language in memo.LANGUAGES:
            found = [
                documents.prove_document(path, composed[language])
                for path in paths
                if f".{language}." in path.name
            ]
            if not found:
                continue  # nothing is known of it
            assert found[0] == found[2], "Word and HTML"
            assert not found[0] - found[1], "the PDF has them all"


def test_the_first_page_says_the_verdict(files):
    paths, _ = files["luohe-2019", LATE, "rd-intensity"]
    first = pypdf.PdfReader(paths[1]).pages[0].extract_text().replace("\n", "")
    assert "目标未完成" in first and "漯河市人民政府：" in first


def test_same_inputs_same_bytes(assessment, catalogue, tmp_path):
    one = assessment("luohe-2019", EARLY, "national-hte-new")
    (tmp_path / "again").mkdir()
    once, again = (memo.write(alone(one), catalogue, folder) for folder in (tmp_path, tmp_path / "again"))
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(once, again, strict=True))


# ------------------------------------------------------------------------------------ quotations are data

MARKUP = (
    "[[title]] 冒名", "[[annex]] 附件", "[[note x]] 注", "[[table figures]]", "[[table x]]",
    "[[figure]]", "# 一级", "\n# 换行\n[[annex]] 附件", "{{ f.goal }}", "{% raw %}",
    "</script><b>&amp;", "#set text(red)", "$x^2$", "\\", '"', "=1+1", "@x", "研发投入强度(含企业)",
    "10~15家", "我们将,大力", "“双引号“套”", "的的", "。。", " , ", "..", "None", "nan", "提高-3",
    "增加2个百分点", "1 years", "1,234.5", "0.1.2", "１２", "12 %", "2018", "x" * 40,
    "漯科〔2018〕95号", "U.S.A", "3)", "<!--", "http://a.b/c?d=1&e=2",
)  # fmt: skip


def spoilt(plan: plans.Plan, target: str, said) -> plans.Plan:
    """A plan of one target, every text of it replaced by what ``said`` gives."""
    one = plan.target(target)

    def both() -> plans.Title:
        return plans.Title(zh=said(), en=said())

    notes = tuple(plans.Note(zh=said(), en=said(), detail=note.detail) for note in one.notes)
    wanted = tuple(plans.Wanted(zh=said(), en=said()) for _ in one.wanted)
    evidence = tuple(fact.model_copy(update={"text": both(), "source": said()}) for fact in one.evidence)
    texts = {"title": both(), "clause": said(), "reading": both(), "notes": notes, "wanted": wanted}
    changed = {name: both() for name in ("title", "issuer", "signatory", "addressee")} | {"document": said()}
    targets = (one.model_copy(update=texts | {"evidence": evidence}),)
    return plan.model_copy(update=changed | {"targets": targets})


def headings(blocks) -> list[str]:
    return [block.text for block in blocks if isinstance(block, documents.Heading)]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("plan", "day", "target"),
    [("luohe-2019", LATE, "food-institute"), ("luohe-2019", EARLY, "rd-intensity"),
     ("henan-2024", "2024-12-31", "rd-intensity")],
)  # fmt: skip
def test_no_quotation_stops_a_memo_or_becomes_markup(plan, day, target, seed, catalogue, outlook, tmp_path):
    """Written in both languages and all formats: own sentences are checked, quotations are data."""
    draw, real = random.Random(seed), outlook(plan, day).of(target)
    texts = ("".join(draw.choices(MARKUP, k=draw.randint(1, 4))).strip() for _ in itertools.count())
    policy = spoilt(real.assessment.plan, target, lambda: next(texts))
    now = dataclasses.replace(real.assessment, plan=policy, target=policy.targets[0])
    one = dataclasses.replace(real, assessment=now)
    assert len(memo.write(one, catalogue, tmp_path, None, memo.Look(red_header=True))) == 6
    for language in memo.LANGUAGES:
        before, after = (memo.compose(it, catalogue, language, pages=None) for it in (real, one))
        assert [type(block) for block in before.blocks] == [type(block) for block in after.blocks]
        assert headings(before.blocks) == headings(after.blocks)
        assert len(before.annexes) == len(after.annexes)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("plan", "day", "target"),
    [("luohe-2019", LATE, "rd-intensity"), ("luohe-2019", EARLY, "rd-intensity"),
     ("luohe-2019", LATE, "food-institute"), ("henan-2024", "2024-12-31", "rd-intensity")],
)  # fmt: skip
def test_no_quotation_stops_a_report_or_becomes_markup(plan, day, target, seed, catalogue, outlook):
    draw, real = random.Random(seed), outlook(plan, day)
    texts = ("".join(draw.choices(MARKUP, k=draw.randint(1, 4))).strip() for _ in itertools.count())
    policy, one = spoilt(real.plan, target, lambda: next(texts)), real.of(target)
    now = dataclasses.replace(one.assessment, plan=policy, target=policy.targets[0])
    alone_ = dataclasses.replace(real, dossiers=(one,))
    spoiled = dataclasses.replace(real, plan=policy, dossiers=(dataclasses.replace(one, assessment=now),))
    for language in memo.LANGUAGES:
        before, after = (memo.compose_report(it, catalogue, language).paper for it in (alone_, spoiled))
        documents.check_wording(after)
        assert [type(block) for block in before.blocks] == [type(block) for block in after.blocks]
        assert headings(before.blocks) == headings(after.blocks)
        for ours, theirs in zip(before.annexes, after.annexes, strict=True):
            assert ours.title == theirs.title and headings(ours.blocks) == headings(theirs.blocks)


def test_page_and_workbook_take_quotations_as_data(catalogue, outlook, tmp_path):
    real = outlook("luohe-2019", EARLY)
    texts = itertools.cycle(
        ("</script><script>alert(1)</script>", "=1+1", "@x 10~15家", "[[title]] 2018 &amp;")
    )
    policy = spoilt(real.plan, "rd-intensity", lambda: next(texts))
    (target,) = policy.targets
    one = real.of("rd-intensity")
    one = dataclasses.replace(one, assessment=dataclasses.replace(one.assessment, plan=policy, target=target))
    over_time = real.over_time[real.over_time["target"].eq(target.id)]
    spoiled = dataclasses.replace(real, plan=policy, dossiers=(one,), over_time=over_time)
    page = review.write(spoiled, tmp_path, catalogue).read_text(encoding="utf-8")
    assert "<script>alert" not in page and "alert(1)" in page
    book = openpyxl.load_workbook(review.results(spoiled, tmp_path, catalogue))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"} and "=1+1" in {cell.value for cell in cells}


def test_own_sentences_are_checked_and_quotations_are_not(compose):
    document = compose("zh", "luohe-2019", EARLY, "rd-intensity")
    slip = "我们将,大力"
    theirs = documents.Paragraph(f"目标出自{documents.quotation(slip)}。")
    documents.check_wording(dataclasses.replace(document, blocks=(*document.blocks, theirs)))
    for ours in (
        f"目标出自{slip}。",
        f"目标出自{documents.quotation(slip)},另有",
        f"“{documents.quotation('a')}“",
    ):
        with pytest.raises(documents.Wording):
            blocks = (*document.blocks, documents.Paragraph(ours))
            documents.check_wording(dataclasses.replace(document, blocks=blocks))


def test_a_mark_is_no_quotation():
    for letter in "\ue000\ue002\ue003\ue004":
        with pytest.raises(ValueError, match=f"U\\+{ord(letter):04X}"):
            documents.quotation(f"a{letter}b")


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", "2018年15家（推算数）、2019年25家"), ("en", "15 in 2018 (derived) and 25 in 2019")],
)
def test_a_stock_inferred_from_what_flowed_in_says_so(language, told, outlook, catalogue):
    dossier = outlook("luohe-2019", "2023-05-26").of("hte-number-rise")
    text = said(memo.compose(dossier, catalogue, language))
    assert told in text and "不能计算变化速度" not in text and "none can be computed" not in text


def test_two_sources_of_one_figure_are_both_shown(outlook, catalogue):
    """Luohe 2019: the plan prints .86 %; the yearbook's 13.5144 over its 1,578 makes .8564."""
    document = memo.compose(outlook("luohe-2019", "2023-05-26").of("rd-intensity"), catalogue, "zh")
    tables = [block for block in document.annexes[0].blocks if isinstance(block, documents.Table)]
    rows = [tuple(documents.plain(cell) for cell in row) for table in tables for row in table.rows]
    used, unused = (row for row in rows if row[0] == "2019")
    assert used[1] == unused[1] == "0.86" and used[2] == "公布数" and unused[2] == "推算数，未采用"
    assert (used[4], unused[4]) == ("②", "①")
    assert re.search("①《中国城市统计年鉴》.*②《漯河市“十四五”", documents.plain(tables[0].note))
    values = [fact.value for name, fact in document.facts.items() if name.startswith("table_value")]
    assert 0.86 in values and pytest.approx(100 * 13.5144 / 1578) in values


def test_what_needs_a_decision_is_decided_by_its_threshold(dossier, catalogue):
    """Four figures are said one by one, five are not."""
    told = material.context(Ledger(dossier("luohe-2019", EARLY, "rd-intensity"), catalogue, "zh", None))

    def said(**changed) -> dict[str, tuple]:
        parts = [*statements.body(told | changed, 0), *statements.annex(told | changed, [])]
        return {one.name: one.given for part in parts for paragraph in part.paragraphs for one in paragraph}

    points = [{"year": "2015", "value": "1", "row": None, "number": 2015}] * 5
    for many in (2, 4, 5):
        assert said(situation="missed", margin=-1, points=points[:many])["series"] == (many < 5,)
    for percent, flipped in ((14.9, True), (-14.9, True), (15.0, False)):
        made = said(flips={"rebased": percent}, placed=None, later=[], latest={"alone": False}, pace=None)
        assert ("flip" in made) == flipped
    for percent, turning in ((49.9, True), (50.0, False)):
        made = said(situation="missed", margin=-1, flips={"rebased": percent})
        assert ("turning" in made) == turning
    rests = "rests_on_peers" if told["peer_names"] else "rests_on_own"
    for thin, few in ((3, True), (4, False)):
        made = said(thin=thin, placed=None, later=[], latest={"alone": False}, pace=None)
        assert made[rests][-1] == few and made["open"] == ("few" if few else "wide" if told["wide"] else "",)


@pytest.mark.usefixtures("one_day")
def test_the_half_year_memo_sets_the_calendar_beside_the_forecast(catalogue, observations):
    """8 of 10 enterprises by June (an exercise): 80 % done at half time, 2 to come in six months."""
    row = observations[observations["region"].eq("411100") & observations["indicator"].eq("national_hte_new")]
    june = row.tail(1).assign(period="2019-06", year=2019, value=8.0, published=pd.Timestamp("2019-07-05"),
                              status="reported", basis="")  # fmt: skip
    told = pd.concat([observations, june], ignore_index=True)
    plan = limited(plans.load("luohe-2019", catalogue), {"national-hte-new"})
    made = work_out(plan, told, "2019-07-10", catalogue).dossiers[0]
    zh, en = (memo.compose(made, catalogue, language) for language in ("zh", "en"))
    assert documents.plain(zh.title).replace("\u200b", "").endswith("目标上半年执行情况和全年预测的报告")
    assert documents.plain(en.title).startswith("Half-year report of")
    assert "序时进度：已完成全年目标的80%，时间已过50%，快于序时进度。" in said(zh)
    assert "今后6个月还需新增2家" in said(zh)
    assumed = "；未取得往年同期数，暂按各月大致均衡，假定同期约占全年的50%。"
    assert assumed in said(zh) and "通常" not in said(zh)
    assert "these months are assumed to hold about 50 % of a year, an even pace." in said(en).replace(
        "\xa0", " "
    )
    before = row.tail(1).assign(period="2018-06", year=2018, value=5.0, published=pd.Timestamp("2018-07-05"),
                                status="reported", basis="")  # fmt: skip
    filed = work_out(plan, pd.concat([told, before], ignore_index=True), "2019-07-10", catalogue).dossiers[0]
    assert "未取得往年同期数" not in said(memo.compose(filed, catalogue, "zh"))
    calendar = "80 % of the year’s goal is done with 50 % of the year gone, ahead of an even pace."
    assert calendar in said(en).replace("\xa0", " ")
    tables = [block for block in zh.annexes[0].blocks if isinstance(block, documents.Table)]
    rows = [tuple(documents.plain(cell) for cell in row) for table in tables for row in table.rows]
    assert ("截至2019年6月", "8") in [row[:2] for row in rows]
    for document in (zh, en):
        documents.check_wording(document)
    late = work_out(plan, told, "2020-01-05", catalogue).dossiers[0]
    assert "评估情况" in memo.compose(late, catalogue, "zh").title


def test_a_title_that_says_task_is_not_called_a_task_again(dossier, catalogue):
    told = {}
    for target, day in (("service-reform", EARLY), ("food-institute", EARLY), ("food-institute", LATE)):
        paper = memo.compose(dossier("luohe-2019", day, target), catalogue, "zh", pages=None)
        told[target] = documents.plain(paper.title).replace("​", "") + said(paper)
        assert "任务”任务" not in told[target]
    assert "“完成‘互联网+政务服务’各项目标任务”按2019年末评估" in told["service-reform"]
