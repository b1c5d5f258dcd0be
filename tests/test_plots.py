"""Figures: they say what the facts say, name their source, fit their page, are the same bytes every time."""

import base64
import dataclasses
import hashlib
import itertools
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from analysis import answers, attainment, backtest, change, plans, plots
from analysis.outlook import limited, work_out
from analysis.plots import page
from analysis.printing import Voice

LANGUAGES = ("zh", "en")
CASES = {
    "open": ("henan-2024", "2024-12-31", "rd-intensity"),
    "revised": ("china-2020", "2020-12-31", "rd-intensity"),
    "missed": ("luohe-2019", "2023-05-26", "rd-intensity"),
    "met": ("luohe-2019", "2023-05-26", "national-hte-new"),
    "count": ("luohe-2019", "2018-12-31", "national-hte-new"),
    "stock": ("luohe-2019", "2023-05-26", "hte-number-rise"),
    "conditional": ("luohe-2019", "2018-12-31", "rd-intensity"),
}
KINDS = {
    "growth": {"indicator": "rd_expenditure", "goal": 10.0, "since": 2020},
    "cumulative": {"indicator": "national_hte_recognised", "goal": 20000.0, "since": 2022},
    "every_year": {"indicator": "rd_intensity", "goal": 1.7, "since": 2021},
    "direction": {"indicator": "rd_intensity", "comparison": ">", "than": 2023},
}


@pytest.fixture(scope="module")
def assessed(assessment, observations, catalogue):
    """Return the assessment of each case."""
    made = {name: assessment(*case) for name, case in CASES.items()}
    henan, title = plans.load("henan-2024", catalogue), {"zh": "测试", "en": "Test"}
    for kind, keys in KINDS.items():
        target = plans.Target.model_validate(
            {"id": kind.replace("_", "-"), "clause": "1", "title": title, "deadline": 2024, "kind": kind}
            | keys
        )
        made[kind] = attainment.assess(henan, target, observations, "2024-08-31", catalogue)
    made["in_year"] = in_year(observations, catalogue)
    made["conditional"] = parentless(observations, catalogue)
    return made


def parentless(observations, catalogue):
    """Return the assessment of a region that only other regions' changes say something about."""
    plan, rows = plans.load("luohe-2019", catalogue), observations[observations["region"].ne("410000")]
    return attainment.assess(plan, plan.target("rd-intensity"), rows, "2018-12-31", catalogue)


def in_year(observations, catalogue):
    """Return an assessment half-way through the year, with six enterprises by June."""
    plan = plans.load("luohe-2019", catalogue)
    mine = observations["region"].eq("411100") & observations["indicator"].eq("national_hte_new")
    june = {
        "period": "2019-06",
        "year": 2019,
        "value": 6.0,
        "published": pd.Timestamp("2019-07-10"),
        "status": "reported",
    }
    rows = pd.concat([observations, observations[mine].iloc[[0]].assign(**june)], ignore_index=True)
    return attainment.assess(plan, plan.target("national-hte-new"), rows, "2019-07-31", catalogue)


@pytest.fixture(scope="module")
def moved(assessed, observations, catalogue):
    """Return why the probability of Henan's target moved in 2024."""
    henan = assessed["open"]
    return change.explain(henan.plan, henan.target, observations, "2024-01-31", "2024-12-31", catalogue)


@pytest.fixture(scope="module")
def revised(outlook):
    """Return all figures behind the answer of the case with revisions."""
    plan, day, target = CASES["revised"]
    return outlook(plan, day).of(target).figures


REVISIONS = {  # many revised, many years, a long name
    "revisions": ("000000", "rd_intensity", "2024-12-31"),
    "many years": ("411100", "fiscal_st_expenditure", "2026-01-31"),
    "long name": ("411100", "hightech_va_share", "2026-01-31"),
}


@pytest.fixture(scope="module")
def figures(assessed, revised, moved, observations, outlook, cases, catalogue):
    """Return every kind of figure the package draws, in both languages, by name."""
    luohe = plans.load("luohe-2019", catalogue)
    late = outlook("luohe-2019", "2023-05-26")
    whole = answers.whole_plan(late.assessments)
    card = backtest.scorecard(
        backtest.known(cases.query("indicator == 'rd_intensity'"), "2021-12-31", horizon=2)
    )
    made = {}
    for code in LANGUAGES:
        made |= {
            (name, code): plots.answer(one, code, catalogue, revised if name == "revised" else None)
            for name, one in assessed.items()
        }
        made["known", code] = plots.known(observations, "411100", "2023-05-26", catalogue, code)
        for name, of in REVISIONS.items():
            made[name, code] = plots.revisions(observations, *of, catalogue, code)
        made["probabilities", code] = plots.probabilities(late.attainment, luohe, code)
        made["over_time", code] = plots.probabilities_over_time(late.over_time, luohe, code)
        made["at_least", code] = plots.at_least(whole, luohe, "2023-05-26", code)
        made["waterfall", code] = plots.waterfall(moved, assessed["open"], catalogue, code)
        made["pit", code] = plots.pit(card, "2021-12-31", code)
        made["reliability", code] = plots.reliability(card, "2021-12-31", code)
        made["coverage", code] = plots.coverage(card, "2021-12-31", catalogue, code)
        made["against", code] = plots.against(card, "2021-12-31", catalogue, code)
    return made


@pytest.fixture(scope="module")
def drawn(figures):
    """Return the figures as printed, so that every text has its place; a missing letter is an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        for figure in figures.values():
            figure.set_dpi(200)
            page.styled(figure.draw_without_rendering)()
    return figures


def said(figure) -> list[str]:
    """Return every text of a figure."""
    drawn = [*figure.texts, *[text for axes in figure.axes for text in axes.texts]]
    return [text.get_text() for text in drawn]


def shown_ticks(axes) -> list:
    """Return the tick labels within the view."""
    kept = []
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        pairs = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
        kept += [label for place, label in pairs if low <= place <= high]
    return kept


# ------------------------------------------------------------------------------------------------- the page


def test_every_figure_has_a_claim_and_names_source_and_date(figures):
    starts = {"zh": ("来源：", "截至"), "en": ("Source: ", "As known on ")}
    for (name, code), figure in figures.items():
        claim, _, foot = (text.get_text() for text in figure.texts[:3])
        start, date = starts[code]
        assert claim, name
        assert foot.startswith(start) and date.replace(" ", "") in foot.replace("\n", "").replace(" ", ""), (
            name
        )


def test_nothing_leaves_the_page_and_no_letter_is_missing(drawn):
    for (name, code), figure in drawn.items():
        paper = figure.bbox.padded(0.5)
        ticks = [label for axes in figure.axes for label in shown_ticks(axes)]
        inside = [text for axes in figure.axes for text in (*axes.texts, axes.xaxis.label)]
        for text in (*figure.texts, *inside, *ticks):
            box = text.get_window_extent()
            if text.get_text() and text.get_visible() and box.width:
                assert paper.x0 <= box.x0 and box.x1 <= paper.x1, (name, code, text.get_text())
                assert paper.y0 <= box.y0 and box.y1 <= paper.y1, (name, code, text.get_text())


def test_no_text_lies_on_another(drawn):
    for (name, code), figure in drawn.items():
        ticks = [label for axes in figure.axes for label in shown_ticks(axes)]
        inside = [text for axes in figure.axes for text in (*axes.texts, axes.xaxis.label)]
        texts = [text for text in (*figure.texts, *inside, *ticks) if text.get_text() and text.get_visible()]
        placed = [(text.get_text(), text.get_window_extent()) for text in texts]
        for (text, box), (other, beside) in itertools.combinations(placed, 2):
            wide = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            high = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert wide < 3 or high < 6, (name, code, text, other)  # boxes are a little larger than letters


def test_every_word_can_be_read_at_printed_size(drawn):
    for (name, code), figure in drawn.items():
        assert figure.get_figwidth() * 25.4 == pytest.approx(page.WIDTH)
        sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text()}
        assert min(sizes) >= 9, (name, code)


def test_a_claim_breaks_between_clauses_where_both_fit():
    claim = "2019年有效期内国家高新技术企业数实现目标（高于2018年）的概率为48%，达标与否机会相当"
    assert page.clauses(claim, 144) == [claim[:-8], claim[-8:]]
    assert claim[:-8].endswith("，")
    assert page.clauses("概率，为一", 144) == ["概率，为一"]
    long = "一，" + "目标" * 30
    assert page.clauses(long, 144) == page.wrapped(long, 144, page.CLAIM)


def test_labels_beside_the_axes_do_not_touch(drawn):
    neighbours = 0
    for (name, code), figure in drawn.items():
        for axes in figure.axes:
            boxes = [text.get_window_extent() for text in axes.texts if not text.get_annotation_clip()]
            boxes = sorted((box for box in boxes if box.x0 >= axes.bbox.x1), key=lambda box: box.y0)
            for below, above in itertools.pairwise(boxes):
                assert above.y0 - below.y0 >= 0.8 * below.height, (name, code)
                neighbours += 1
    assert neighbours > 20


def test_chinese_figures_hold_no_english_sentence_and_the_other_way_round(figures):
    for (name, code), figure in figures.items():
        claim = figure.texts[0].get_text()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in claim) == (code == "zh"), (name, claim)


def test_the_same_figure_is_the_same_bytes(assessed, revised, catalogue):
    for make in (plots.png, plots.svg):
        first, second = (make(plots.answer(assessed["revised"], "zh", catalogue, revised)) for _ in range(2))
        assert first == second


def test_a_notebook_shows_the_picture_that_papers_print(assessed, revised, catalogue):
    drawn = plots.answers(assessed["revised"], catalogue, revised)
    printed = plots.pictures(drawn)
    assert list(drawn) == list(printed) == ["zh", "en"]
    for code, figure in drawn.items():
        assert printed[code]["png"] == figure.picture == plots.png(figure)
        data, told = figure._repr_mimebundle_()
        assert base64.b64decode(data["image/png"]) == figure.picture and data["text/plain"] == repr(figure)
        assert told["image/png"]["width"] == int(page.WIDTH / 25.4 * page.SCREEN)


def test_another_process_with_other_settings_draws_the_same_bytes(assessed, catalogue):
    program = """
import hashlib, matplotlib
matplotlib.rcParams.update({"font.size": 20, "axes.facecolor": "pink", "savefig.dpi": 30})
from analysis import attainment, catalogue, plans, plots, releases
catalogue = catalogue.read()
policy = plans.load("henan-2024", catalogue)
one = attainment.assess(policy, policy.target("rd-intensity"), releases.load(), "2024-12-31", catalogue)
print(hashlib.sha256(plots.png(plots.answer(one, "zh", catalogue))).hexdigest())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    here = hashlib.sha256(plots.png(plots.answer(assessed["open"], "zh", catalogue))).hexdigest()
    assert done.stdout.strip() == here


def test_pyplot_is_nowhere():
    modules = list(Path(plots.__file__).parent.glob("*.py"))
    assert modules
    assert not [path.name for path in modules if "pyplot" in path.read_text(encoding="utf-8")]


@given(st.lists(st.floats(0, 60), min_size=1, max_size=8).map(sorted))
def test_labels_moved_apart_keep_order_and_distance(places):
    moved = page.apart(places, 3.0, 60.0)
    assert moved[-1] <= 60 + 1e-9
    assert all(after - before >= 3 - 1e-9 for before, after in itertools.pairwise(moved))


@given(st.text(alphabet="研发经费，（）%1.25 abc-", min_size=1, max_size=60))
def test_wrapping_loses_no_letter_and_keeps_to_the_room(text):
    lines = page.wrapped(text, 40, 8)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert page.measured(line, 8) <= 40 or len([piece for piece in page._pieces(line) if piece]) == 1


# ------------------------------------------------------------------------------------------------- one target


def test_intervals_and_goal_are_labelled_with_the_numbers_of_the_row(figures, assessed):
    row, labels = assessed["open"].row, said(figures["open", "en"])
    for name, shown in (("median", "median "), ("lo80", "80\u00a0% "), ("hi80", "80\u00a0% ")):
        assert f"{shown}{row[name]:.2f}" in labels
    assert f"goal {row['goal']:g}" in labels


def test_the_claim_carries_probability_and_word(assessed, catalogue):
    for code, number in (("zh", "{}%"), ("en", "{}\u00a0%")):
        text = plots.claim(assessed["open"], code, catalogue)
        p = assessed["open"].row["p_attain"]
        assert number.format(round(100 * p)) in text
        assert Voice(code).likelihood(p) in text


def test_outcomes_say_met_or_missed(assessed, catalogue):
    assert (
        plots.claim(assessed["missed"], "zh", catalogue)
        == "2019年R&D经费投入强度为0.86%，未完成目标（≥1.25%）"
    )
    assert plots.claim(assessed["met"], "en", catalogue).endswith(
        "25 enterprises, goal (≥ 10) met, by a report still to be confirmed"
    )


@pytest.mark.parametrize(
    ("case", "called"),
    [
        ("met", "新培育国家级高新技术企业数"),
        ("count", "新培育国家级高新技术企业数"),
        ("stock", "有效期内国家高新技术企业"),  # a direction's title names no quantity
    ],
)
def test_the_head_calls_what_is_measured_as_the_claim_does(case, called, assessed, catalogue):
    """The plan says 新培育, the catalogue 新增."""
    claim, head = said(plots.answer(assessed[case], "zh", catalogue))[:2]
    assert called in claim and f"：{called}" in head


def test_counts_have_bars_and_amounts_have_bands(figures):
    assert figures["count", "en"].axes[0].patches
    assert not figures["open", "en"].axes[0].patches


def test_a_gap_stays_open(figures, assessed):
    assert set(assessed["stock"].history["year"]) >= {2016} and 2017 not in set(
        assessed["stock"].history["year"]
    )
    for name in ("stock", "open", "revised"):
        drawn = [one for one in figures[name, "zh"].axes[0].collections if isinstance(one, LineCollection)]
        steps = [part[1][0] - part[0][0] for one in drawn for part in one.get_segments() if len(part) == 2]
        assert all(step <= 1 for step in steps if step >= 1)
        assert (1 in steps) == (name != "stock")


def test_preliminary_points_are_hollow(assessed, catalogue):
    one = assessed["open"]
    status = one.history["status"].where(one.history["year"].ne(2023), "preliminary")
    figure = plots.fan(dataclasses.replace(one, history=one.history.assign(status=status)), "en", catalogue)
    hollow = [
        line
        for line in figure.axes[0].lines
        if line.get_markerfacecolor() == "white" and line.get_marker() == "o"
    ]
    assert [list(line.get_xdata()) for line in hollow if len(line.get_xdata())] == [[2023]]


def test_a_figure_worked_out_of_a_preliminary_one_is_hollow(outlook, catalogue):
    one = outlook("luohe-2019", "2023-05-26").of("rd-intensity")
    target = one.assessment.target.model_copy(update={"deadline": 2020})
    later = dataclasses.replace(one.assessment, target=target)
    figure = plots.fan(later, "en", catalogue, one.figures)
    hollow = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert [2020] in [list(line.get_xdata()) for line in hollow]
    parts = one.figures["role"].eq("part")
    final = one.figures.assign(status=one.figures["status"].mask(parts, "yearbook"))
    lines = plots.fan(later, "en", catalogue, final).axes[0].lines
    assert [2020] not in [list(line.get_xdata()) for line in lines if line.get_markerfacecolor() == "white"]


@pytest.mark.parametrize("goal", [0.88, 0.95, 1.0, 1.06, 1.12, 1.2, 1.25, 1.4])
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_line_crosses_the_mark_of_a_new_basis(assessed, catalogue, code, goal):
    one = assessed["missed"]
    one = dataclasses.replace(one, row=one.row | {"goal": goal})
    figure = plots.fan(one, code, catalogue)
    plots.png(figure, 80)
    axes, told = figure.axes[0], Voice(code).say("figure.break")
    box = next(text for text in axes.texts if text.get_text() == told).get_window_extent()
    figures = one.history.loc[one.history["year"].eq(2018), "value"]
    for level in (goal, *figures):
        height = axes.transData.transform((2018, level))[1]
        assert not box.y0 < height < box.y1, level
    assert axes.bbox.y0 <= box.y0 and box.y1 <= axes.bbox.y1 + 1


def test_values_before_a_revision_are_drawn(assessed, revised, catalogue):
    with_, without = (plots.fan(assessed["revised"], "en", catalogue, given) for given in (revised, None))
    points = [sum(len(line.get_xdata()) for line in one.axes[0].lines) for one in (with_, without)]
    assert points[0] > points[1]


def test_the_count_so_far_is_drawn_and_named(figures):
    assert "6 to Jun" in said(figures["in_year", "en"]) and "1—6月 6" in said(figures["in_year", "zh"])


def test_nothing_to_draw_is_none(assessment, catalogue):
    one = assessment("luohe-2019", "2018-12-31", "food-institute")
    assert plots.answer(one, "zh", catalogue) is None
    assert plots.answers(one, catalogue) == {}


def test_the_break_even_base_stands_in_figure_and_claim(figures, assessed):
    shown = f"{assessed['conditional'].answer.break_even:.2f}"
    texts = said(figures["conditional", "en"])
    assert shown in texts[0] and f"{shown}: even chance" in texts


# ------------------------------------------------------------------------------ plan, change, backtest, panel


def test_the_waterfall_ends_where_the_probability_is(figures, moved):
    widths = [bar.get_width() for bar in figures["waterfall", "zh"].axes[0].patches]
    assert widths[0] == pytest.approx(moved.p_earlier) and widths[1] == pytest.approx(moved.p_later)
    assert moved.p_earlier + sum(widths[2:]) == pytest.approx(moved.p_later, abs=0.005)


def test_a_waterfall_of_one_step_names_no_main_cause(moved, assessed, catalogue):
    rise = pd.DataFrame({"source": ["news"], "p": [0.2], "points": [20]})
    for later, parts, zh, en in ((0.5, rise, "升至", "rose"), (0.1, rise.assign(p=-0.2), "降至", "fell")):
        one = dataclasses.replace(moved, p_earlier=0.3, p_later=later, contributions=parts)
        for code, verb, main in (("zh", zh, "主要"), ("en", en, "mainly")):
            text = " ".join(said(plots.waterfall(one, assessed["open"], catalogue, code)))
            assert verb in text and main not in text


def test_without_an_outcome_the_backtest_figures_say_so(catalogue):
    nothing = backtest.scorecard(pd.DataFrame())
    for figure in (
        plots.pit(nothing, "2010-12-31", "en"),
        plots.reliability(nothing, "2010-12-31", "en"),
        plots.coverage(nothing, "2010-12-31", catalogue, "en"),
        plots.against(nothing, "2010-12-31", catalogue, "en"),
    ):
        assert "not enough evidence" in figure.texts[0].get_text()


def test_an_indicator_nobody_knows_stays_as_an_empty_row(observations, catalogue):
    figure = plots.known(
        observations, "411100", "2018-12-31", catalogue, "en", ["rd_intensity", "national_hte_new"]
    )
    assert "none published" in said(figure) and "1 of 2" in figure.texts[0].get_text()


def test_revisions_are_counted(figures):
    assert figures["revisions", "en"].texts[0].get_text().startswith("9 of 13 yearly figures were revised")


def test_a_text_is_measured_by_its_font():
    assert np.isclose(page.measured("研", 10), 10 * page.POINT)


def test_a_figure_in_words_has_its_labels_and_no_scale(figures):
    told = page.told(figures["open", "zh"], "zh")
    assert "\n" not in told and told.startswith("2024年R&D经费投入强度实现目标")
    assert re.search(r"中位数 2\.1\d", told)
    assert all(label in told for label in ("目标 2.1", "来源：")) and "2011" not in told


def test_words_of_a_plan_are_no_formula_and_may_hold_letters_the_font_lacks():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        drawn = page.styled(page.opened)("$\\frac{$ 与 $x_1$，吉与𠮷" * 4, "$a$", "来源")[0]
        assert page.png(drawn) and page.svg(drawn)
    assert not any(text.get_parse_math() for text in drawn.texts)


@pytest.mark.usefixtures("one_day")
def test_beside_one_figure_of_its_own_stand_those_of_the_regions_above(observations, catalogue):
    plan = limited(plans.load("luohe-2019", catalogue), {"rd-intensity"})
    one = work_out(plan, observations, "2019-04-30", catalogue).dossiers[0]
    figure = plots.fan(one.assessment, "zh", catalogue, one.figures)
    told = [text.get_text() for text in figure.axes[0].texts]
    assert "河南" in told and "全国" in told
    alone = plots.fan(one.assessment, "zh", catalogue)
    assert "河南" not in [text.get_text() for text in alone.axes[0].texts]
    rows = pd.concat([one.assessment.history] * 3, ignore_index=True).assign(year=[2015, 2016, 2017])
    several = dataclasses.replace(one.assessment, history=rows)
    figure = plots.fan(several, "zh", catalogue, one.figures)
    assert "河南" not in [text.get_text() for text in figure.axes[0].texts]


def test_years_not_used_in_a_row_carry_one_label(assessment, catalogue):
    one = assessment("luohe-2019", "2020-04-30", "fiscal-st-expenditure-rise")
    texts = said(plots.answer(one, "zh", catalogue, None))
    assert len(one.shown) > 9 and texts.count("存疑，未采用") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chance_given_is_marked_and_no_goal_of_another_year_stands_on_the_axis(
    language, assessment, catalogue
):
    one = assessment(*CASES["conditional"])
    drawing = plots.answer(one, language, catalogue)
    p = one.row["p_attain"]
    level = [line for line in drawing.axes[0].lines if {*np.round(line.get_ydata(), 6)} == {round(p, 6)}]
    assert len(level) == 1 and any(f"{round(100 * p)}" in text for text in said(drawing)[2:])
    assert not [text for text in said(drawing) if text in ("目标 1.25", "goal 1.25")]
    crossing = [line for line in drawing.axes[0].lines if {*map(float, line.get_xdata())} == {1.25}]
    assert crossing == []


def test_figures_not_used_take_a_third_of_the_axis_at_most(assessment, catalogue):
    """2018, known, and 2019, expected, are two years: one of those not used stands before them."""
    one = assessment("luohe-2019", "2020-04-30", "fiscal-st-expenditure-rise")
    axes = plots.answer(one, "zh", catalogue, None).axes[0]
    assert min(one.shown["year"]) < 2017 and axes.get_xlim() == pytest.approx((2017 - 0.45, 2019 + 0.45))
    crosses = next(line for line in axes.lines if line.get_marker() == "x")
    assert [*crosses.get_xdata()] == [2017]
