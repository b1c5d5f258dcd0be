"""Memos: one per kind of answer, both languages, every number proved, what each must and must not say."""

import dataclasses
import datetime
import functools
import io
import re
import time

import numpy as np
import pypdf
import pytest
from matplotlib.figure import Figure as Plot

from analysis import answers, attainment, change, documents, memo, plans, sources, tables
from analysis.memo import printed

EARLY, LATE = "2018-12-31", "2023-05-26"


@pytest.fixture(scope="module")
def catalogue():
    return sources.catalogue()


@pytest.fixture(scope="module")
def observations():
    return sources.load()


@pytest.fixture(scope="module")
def assessed(observations, catalogue):
    """Assessments of the Luohe plan by (date, target), and of Henan's of 2024 as of its year's end."""
    made = {}
    years = ("2024-01-31", "2024-12-31", "2026-01-23")
    for name, days in (("luohe-2019", (EARLY, "2020-01-19", LATE)), ("henan-2024", years)):
        plan = plans.load(name)
        for day in days:
            for one in attainment.assess_all(plan, observations, day, catalogue):
                made[name, day, one.target.id] = one
    return made


@pytest.fixture(scope="module")
def further(assessed, observations, catalogue):
    """The further answers on (plan, date, target), asked once."""
    return functools.cache(lambda *key: answers.answers(assessed[key], observations, catalogue))


@pytest.fixture(scope="module")
def compose(assessed, catalogue, observations, further):
    """Compose the memo of (plan, date, target) in a language, with all further answers."""

    @functools.cache
    def composed(language: str, plan: str, day: str, target: str, earlier: str | None = None):
        one = assessed[plan, day, target]
        before = assessed[plan, earlier, target] if earlier else None
        moved = (
            change.explain(one.plan, one.target, observations, earlier, day, catalogue) if earlier else None
        )
        given = further(plan, day, target)
        return memo.compose(one, catalogue, language, earlier=before, answers=given, moved=moved)

    return composed


def said(document) -> str:
    return "\n".join(documents.plain(text) for text in documents.texts(document))


def picture() -> memo.Figures:
    plot = Plot(figsize=(5.9, 2.4), dpi=150)
    plot.subplots().plot([1, 2, 3])
    stream = io.BytesIO()
    plot.savefig(stream, format="png", metadata={"Software": None})
    return memo.Figures(stream.getvalue(), alt="三年数据")


# Facts that are numbers inside names and remarks: worded for each language, so not alike.
QUOTED = (
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
    *("table_source", "signature", "evidence", "reason", "news", "unit", "denominator", "amount_name"),
)

# ------------------------------------------------------------------------------------- every kind of answer

KINDS = [
    ("luohe-2019", EARLY, "rd-intensity", "conditional", "不能给出达标概率", "no probability"),
    ("luohe-2019", EARLY, "national-hte-new", "open", "的概率", "with a probability"),
    ("luohe-2019", EARLY, "fiscal-st-share", "rises", "不给出达标概率", "no probability is given"),
    ("luohe-2019", EARLY, "municipal-hte-new", "none", "请提供", "please provide"),
    ("luohe-2019", EARLY, "litong-institute", "silent", "未见", "no public evidence"),
    ("luohe-2019", LATE, "rd-intensity", "missed", "目标未完成", "was missed"),
    ("luohe-2019", LATE, "national-hte-new", "met", "目标已完成", "was met"),
    ("luohe-2019", LATE, "food-institute", "related", "暂不作判断", "No judgement is made"),
    ("henan-2024", "2024-12-31", "rd-intensity", "open", "比目标低", "below the goal"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "day", "target", "situation", "zh", "en"), KINDS)
def test_each_kind_of_answer_has_its_verdict(plan, day, target, situation, zh, en, assessed, compose):
    assert memo.situation(assessed[plan, day, target]) == situation
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


@pytest.mark.parametrize("without", ["conditional", "rises", "none", "silent", "related"])
def test_no_probability_is_invented(without, compose):
    plan, day, target = next(kind[:3] for kind in KINDS if kind[3] == without)
    for language in memo.LANGUAGES:
        facts = compose(language, plan, day, target).facts
        assert "p" not in facts and "median" not in facts


def test_no_memo_prints_a_placeholder_or_breaks_usage(assessed, catalogue):
    for one in assessed.values():
        for language in memo.LANGUAGES:
            documents.check_wording(memo.compose(one, catalogue, language))


# ------------------------------------------------------------------------------------------ what it must say


def test_the_miss_of_2019_is_told_with_its_basis(compose):
    text = said(compose("zh", "luohe-2019", LATE, "rd-intensity", EARLY))
    for words in (
        "0.86%",
        "0.39个百分点",
        "第四次经济普查",
        "1076亿元",
        "1564亿元",
        "不取决于口径",
        "19.55亿元",
        "不是统计结果",
    ):
        assert words in text


def test_the_break_even_base_is_told_and_the_peers_named(assessed, compose):
    one = assessed["luohe-2019", EARLY, "rd-intensity"]
    text = said(compose("zh", "luohe-2019", EARLY, "rd-intensity"))
    assert (
        f"{one.conditional.break_even:.2f}%" in text
        and "城市的波动通常大于省份" in text
        and "新疆维吾尔自治区" in text
    )


def test_applications_are_no_approvals(compose):
    assert "不是批准数" in said(compose("zh", "luohe-2019", LATE, "provincial-etrc-new"))
    assert "不是批准数" not in said(compose("zh", "luohe-2019", EARLY, "provincial-etrc-new")), (
        "not known yet"
    )


def test_contributions_are_printed_so_that_they_sum(compose):
    document = compose("zh", "henan-2024", "2026-01-23", "rd-intensity", "2024-12-31")
    facts = document.facts
    parts = [
        fact.value for name, fact in facts.items() if name.startswith("moved_") and name != "moved_total"
    ]
    assert sum(parts) == pytest.approx(facts["moved_total"].value) and len(parts) > 1
    assert "主要来自新数低于预期" in said(document)


def test_a_smaller_denominator_is_told_as_such(compose):
    """Henan's GDP of 2023 came out below expectation, and that raised the probability."""
    for language, words in (
        ("zh", "新数低于预期：地区生产总值"),
        ("en", "below expectation: gross regional product"),
    ):
        document = compose(language, "henan-2024", "2024-12-31", "rd-intensity", "2024-01-31")
        assert document.facts["moved"].value > 0 and words in said(document)


def test_what_was_settled_before_did_not_move(compose):
    text = said(compose("zh", "luohe-2019", "2023-05-26", "national-hte-new", "2020-01-19"))
    assert "变动原因" not in text


def test_rounded_parts_sum_to_the_rounded_total():
    rng = np.random.default_rng(7)
    for _ in range(200):
        parts = rng.normal(0, 20, rng.integers(1, 7))
        rounded = printed.rounded_parts(parts)
        assert round(sum(rounded), 1) == round(float(parts.sum()), 1)
        assert np.all(np.abs(parts - rounded) < 0.1 + 1e-9)


def test_what_is_signed_is_dated_by_the_data(assessed, catalogue):
    one = assessed["luohe-2019", EARLY, "rd-intensity"]
    assert documents.plain(memo.compose(one, catalogue, "zh").date) == "2018年12月31日"
    later = memo.compose(one, catalogue, "zh", dated="2019-01-04")
    assert documents.plain(later.date) == "2019年1月4日" and "晚于数据截止日期" in said(later)


def test_the_red_head_is_a_choice(assessed, catalogue):
    one = assessed["luohe-2019", EARLY, "rd-intensity"]
    assert memo.compose(one, catalogue, "zh").red_header is None
    assert memo.compose(one, catalogue, "zh", red_header=True).red_header.office == "漯河市科学技术局文件"


# -------------------------------------------------------------------------------- kinds made by hand


MADE = {  # kind, indicator, goal, first year, deadline, and what the verdict says
    "mean growth open": ("growth", "rd_expenditure", 9.0, 2020, 2025, "年均增长达到目标（不低于9%）"),
    "mean growth met": ("growth", "rd_expenditure", 9.0, 2020, 2023, "年均增长10.4%，符合不低于9%的要求"),
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
    "direction over a break": ("direction", "rd_intensity", None, 2022, 2023, "暂不|不能判断|概率"),
    "stock": ("stock", "invention_patents_in_force", 100000, None, 2025, "不少于100000件"),
}


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_target_has_its_sentences(kind, observations, catalogue, tmp_path):
    shape, indicator, goal, first, deadline, words = MADE[kind]
    given = {"goal": goal, "than" if shape == "direction" else "since": first}
    given |= {"comparison": {"at most": "<="}.get(kind, ">" if shape == "direction" else ">=")}
    given = {key: value for key, value in given.items() if value is not None}
    plan, title = plans.load("henan-2024"), {"zh": "试例", "en": "example"}
    target = plans.Target(
        id="example", clause="一", title=title, kind=shape, indicator=indicator, deadline=deadline, **given
    )
    one = attainment.assess(plan, target, observations, "2024-12-31", catalogue)
    memo.write(one, catalogue, tmp_path, answers=answers.answers(one, observations, catalogue))
    assert re.search(words, said(memo.compose(one, catalogue, "zh")))


def milestone(assessed, **row):
    one = assessed["luohe-2019", EARLY, "litong-institute"]
    return dataclasses.replace(one, row=one.row | row)


def test_a_judgement_is_told_with_its_author(assessed, catalogue):
    one = milestone(assessed, verdict="open", p_attain=0.8, evidence="own")
    reason = sources.Text(zh="主体工程已封顶。", en="the building is up.")
    judgement = plans.Judgement(
        probability=0.8, author="高新科", date=datetime.date(2018, 12, 30), reason=reason
    )
    one = dataclasses.replace(one, target=one.target.model_copy(update={"judgement": judgement}))
    document = memo.compose(one, catalogue, "zh")
    assert (
        "据高新科2018年12月30日的判断" in said(document)
        and "80%" in said(document)
        and "人工判断" in said(document)
    )
    documents.check_wording(document)


@pytest.mark.parametrize(("p", "zh", "en"), [
    (0.0004, "概率不足1%，几乎不可能达标", "a probability below 1"),
    (0.004, "概率不足1%，几乎不可能达标", "a probability below 1"),
    (0.05, "概率为5%，达标可能性很小", "very unlikely"), (0.2, "达标可能性较小", "unlikely"),
    (0.5, "达标与否机会相当", "about as likely as not"), (0.7, "达标可能性较大", "is likely"),
    (0.95, "达标可能性很大", "very likely"), (0.9996, "概率超过99%，基本确定达标", "virtually certain"),
])  # fmt: skip
def test_likelihood_words_agree_with_the_probability(p, zh, en, assessed, catalogue):
    one = assessed["henan-2024", "2024-12-31", "rd-intensity"]
    one = dataclasses.replace(one, row=one.row | {"p_attain": p, "p_low": p, "p_high": p})
    assert zh in said(memo.compose(one, catalogue, "zh")) and en in said(memo.compose(one, catalogue, "en"))


def test_every_likelihood_word_stands_in_the_footnote(compose):
    for column, language in ((1, "zh"), (2, "en")):
        note = documents.plain(
            compose(language, "henan-2024", "2024-12-31", "rd-intensity").notes["likelihood"]
        )
        assert all(step[column] in note for step in tables.LIKELIHOOD)


@pytest.mark.parametrize(("value", "zh", "en"), [
    ("rd_intensity", "0.86%", "0.86\u00a0%"), ("national_hte_new", "1家", "1 enterprise"),
    ("rd_expenditure", "0.86亿元", "0.86 hundred million yuan"),
])  # fmt: skip
def test_values_are_printed_with_their_unit(value, zh, en, catalogue):
    number = 0.86 if value != "national_hte_new" else 1.0
    shown = [
        printed.quantity(number, catalogue.indicators[value], catalogue, language)[0]
        for language in memo.LANGUAGES
    ]
    assert shown == [zh, en]


def test_differences_of_shares_are_points(catalogue):
    share = catalogue.indicators["rd_intensity"]
    assert printed.difference(0.39, share, catalogue, "zh") == ("0.39个百分点", "points")
    assert printed.difference(0.39, share, catalogue, "en") == ("0.39 percentage points", "points")


@pytest.mark.parametrize(("precision", "zh", "en"), [
    ("day", "2018年1月5日", "5 January 2018"), ("month", "2018年1月", "January 2018"),
    ("year", "2018年", "2018"),
    ("by", "不晚于2018年1月5日", "by 5 January 2018"),
])  # fmt: skip
def test_dates_are_as_precise_as_they_are_known(precision, zh, en):
    assert [printed.date_text("2018-01-05", language, precision) for language in memo.LANGUAGES] == [zh, en]


# ----------------------------------------------------------------------------------------- the finished files


@pytest.fixture(scope="module")
def files(assessed, catalogue, further, tmp_path_factory):
    """All six files of the memos of every kind, with a figure, and the documents they were made from."""
    folder, made = tmp_path_factory.mktemp("memos"), {}
    pictures = {language: picture() for language in memo.LANGUAGES}
    for plan, day, target, *_ in KINDS:
        one = assessed[plan, day, target]
        place = folder / plan / day
        place.mkdir(parents=True, exist_ok=True)
        given = {"figures": pictures, "answers": further(plan, day, target)}
        paths = memo.write(one, catalogue, place, **given)
        made[plan, day, target] = (
            paths,
            {
                language: memo.compose(one, catalogue, language, pictures[language], answers=given["answers"])
                for language in memo.LANGUAGES
            },
        )
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
            assert found[0] == found[2], "Word and HTML"
            assert not found[0] - found[1], "the PDF has them all"


def test_the_text_has_two_pages_at_most(files):
    for _, composed in files.values():
        assert all(documents.pages(document, spare=0) <= 2 for document in composed.values())


def test_the_first_page_says_the_verdict(files):
    paths, _ = files["luohe-2019", LATE, "rd-intensity"]
    first = pypdf.PdfReader(paths[1]).pages[0].extract_text().replace("\n", "")
    assert "目标未完成" in first and "局领导" in first


def test_same_inputs_same_bytes(assessed, catalogue, tmp_path):
    one = assessed["luohe-2019", EARLY, "national-hte-new"]
    (tmp_path / "again").mkdir()
    once, again = (memo.write(one, catalogue, folder) for folder in (tmp_path, tmp_path / "again"))
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(once, again, strict=True))


def test_a_memo_takes_half_a_second(assessed, catalogue, tmp_path):
    one = assessed["henan-2024", "2024-12-31", "rd-intensity"]
    pictures = {language: picture() for language in memo.LANGUAGES}
    memo.write(one, catalogue, tmp_path, pictures)
    taken = []
    for _ in range(3):
        start = time.process_time()
        memo.write(one, catalogue, tmp_path, pictures)
        taken.append(time.process_time() - start)
    assert min(taken) < 1.0, "half a second is the aim; twice that on a slow or busy machine fails"
