"""What if: nothing supposed is the answer there was; each thing supposed moves it the way it must."""

import ipywidgets
import numpy as np
import pandas as pd
import pytest

from analysis import answers, attainment, catalogue, cells, mixtures, plans, processed, sliders
from analysis.review import whatif

KNOWN = catalogue.read()
PLANS = {"luohe-2019": "2018-12-31", "henan-2024": "2024-12-31"}


@pytest.fixture(scope="module")
def vintages():
    observations = processed.observations()
    return {name: attainment.Vintage.of(observations, day, KNOWN) for name, day in PLANS.items()}


@pytest.fixture(scope="module")
def assess(vintages):
    def made(plan, target):
        policy = plans.load(plan, KNOWN)
        return attainment.assess_vintage(policy, policy.target(target), vintages[plan])

    return made


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_supposed_is_the_answer_there_was(plan, vintages, outlook):
    for one in outlook(plan, PLANS[plan]).assessments:
        again = answers.suppose(one, vintages[plan]).row
        for name in ("p_attain", "p_low", "p_high", "median", "lo80", "hi80"):
            known = one.row[name]
            assert again[name] is None if known is None else again[name] == pytest.approx(known, rel=1e-6)


@pytest.mark.parametrize(("plan", "target", "name", "lower", "higher", "rises"), [
    ("henan-2024", "rd-intensity", "goal", 2.0, 2.2, False),
    ("henan-2024", "rd-intensity", "last", 2.0, 2.1, True),
    ("henan-2024", "rd-intensity", "growth", 3.0, 9.0, False),
    ("luohe-2019", "rd-intensity", "growth", 3.0, 9.0, False),
    ("luohe-2019", "national-hte-new", "last", 9, 16, True),
    ("luohe-2019", "national-hte-new", "count", 3, 7, True),
])  # fmt: skip
def test_each_thing_moves_the_probability_its_way(assess, vintages, plan, target, name, lower, higher, rises):
    first, second = answers.chances(assess(plan, target), vintages[plan], name, [lower, higher])["p_attain"]
    assert (first < second) is rises and first != second


def test_a_last_value_is_what_the_review_page_makes_of_it(assess, vintages):
    one = assess("henan-2024", "rd-intensity")
    kept = whatif.stored(one, KNOWN)
    for last in (1.9, 2.0, 2.1, 2.2):
        made = answers.suppose(one, vintages["henan-2024"], last=last)
        assert made.row["p_attain"] == pytest.approx(whatif.probability(kept, last=last), abs=3e-3)
        assert made.history["value"].iloc[-1] == last


def test_growth_as_expected_changes_nothing_and_the_median_falls_as_the_denominator_grows(assess, vintages):
    one, vintage = assess("henan-2024", "rd-intensity"), vintages["henan-2024"]
    growth = answers.supposable(one, vintage).growth
    same = answers.suppose(one, vintage, growth=growth)
    assert same.row["p_attain"] == pytest.approx(one.row["p_attain"])
    faster = answers.suppose(one, vintage, growth=growth + 5)
    ratio = (100 + growth) / (105 + growth)
    assert faster.row["median"] == pytest.approx(one.row["median"] * ratio, rel=2e-3)


def test_what_a_target_does_not_have_is_refused_by_name(assess, vintages):
    one = assess("luohe-2019", "rd-intensity")
    with pytest.raises(answers.SupposeError, match=r"last, count") as refused:
        answers.suppose(one, vintages["luohe-2019"], last=1.0, count=3)
    zh, en = str(refused.value).split("\n")
    assert zh.startswith("该目标不能假设：last, count。可以假设的参数：goal, growth。")
    assert en.startswith("Not to be supposed of this target: last, count. What can be: goal, growth.")
    with pytest.raises(answers.SupposeError, match="month"):
        answers.suppose(one, vintages["luohe-2019"], month=13)
    with pytest.raises(answers.SupposeError, match="不能小于0"):
        answers.suppose(assess("luohe-2019", "national-hte-new"), vintages["luohe-2019"], count=-1)


def test_a_goal_reached_by_the_count_so_far_is_certain(assess, vintages):
    made = answers.suppose(assess("luohe-2019", "national-hte-new"), vintages["luohe-2019"], count=10)
    assert made.row["p_attain"] == 1.0


def test_a_pool_carried_there_and_back_is_the_same(assess):
    pool = assess("henan-2024", "rd-intensity").answer.predictive.mixture
    years = np.ones(pool.location.shape[-1])
    there = mixtures.carried(pool, 2.0 * years, 2.4 * years)
    back = mixtures.carried(there, 2.4 * years, 2.0 * years)
    assert np.allclose(back.location, pool.location) and (there.location > pool.location).all()


def test_sliders_move_probability_and_picture_and_go_back(assess, vintages):
    one = assess("luohe-2019", "national-hte-new")
    board = sliders.board(one, vintages["luohe-2019"])
    *turned, back, told, picture = board.children
    assert [type(slider) for slider in turned] == [ipywidgets.IntSlider] * 4  # goal, last, count, month
    first, drawn = told.value, bytes(picture.value)
    assert "概率为60%" in first and drawn.startswith(b"\x89PNG")
    turned[0].value = 20
    assert told.value != first and bytes(picture.value) != drawn
    back.click()
    assert (told.value, bytes(picture.value)) == (first, drawn)


def test_the_figure_of_what_is_supposed_knows_what_a_ratio_is_worked_out_of(assess, vintages, monkeypatch):
    """Else a point worked out of a preliminary figure would be drawn as if it were final."""
    seen = []
    monkeypatch.setattr(sliders.plots, "fan", lambda *given: seen.append(given[-1]))
    monkeypatch.setattr(sliders.plots, "answer", lambda *given: seen.append(given[-1]))
    sliders.figure(assess("luohe-2019", "rd-intensity"), "zh", vintages["luohe-2019"])
    (given,) = seen
    assert {*given["role"]} == {"part"} and "gdp" in {*given["indicator"]}


@pytest.mark.parametrize("letter", ["a", "国"])
def test_no_label_of_a_slider_is_cut(letter):
    """In the widest common serif a Latin letter takes half an em on average."""
    look = sliders._look([20 * letter, 60 * letter])
    room, whole = (float(one.removesuffix("em")) for one in
                   (look["style"]["description_width"], look["layout"]["width"]))  # fmt: skip
    assert 60 * {"a": 0.5, "国": 1}[letter] < room + 1 and whole - room == sliders.SLIDER


def test_the_target_of_which_most_can_be_supposed_is_chosen(vintages):
    policy, vintage = plans.load("luohe-2019", KNOWN), vintages["luohe-2019"]
    assert sliders.chosen(policy, "", vintage).target.id == "national-hte-new"
    everyone = [sliders.chosen(policy, one.id, vintage) for one in policy.targets]
    known = {one.target.id: len(sliders.known(one, vintage)) for one in everyone}
    assert max(known, key=known.__getitem__) == "national-hte-new"
    assert all(known[one.id] <= sliders.at_most(one, KNOWN) for one in policy.targets)


def test_an_empty_table_says_so_and_codes_are_words(capsys, assess):
    assert cells.shown(None, KNOWN) is None
    assert "表中没有数据" in capsys.readouterr().out
    made = cells.listed({"verdict": "open", "p_attain": 0.5, "gap": None, "agree": True}, KNOWN)
    assert made.to_numpy().tolist() == [
        ["结论 verdict", "待定 open"],
        ["达标概率 probability that the target is met", "50\N{NO-BREAK SPACE}%"],
        ["各规则结论一致 rules agree", "是 yes"],
    ]


def test_a_table_tells_probabilities_and_grounds_as_the_page_does():
    rows = {"verdict": ["open", "met"], "evidence": ["own", "own"], "p_attain": [1.0, 1.0]}
    told = cells.shown(pd.DataFrame(rows), KNOWN).to_numpy().tolist()
    assert told[0] == [
        "待定 open",
        "本地区历史数据 the region's own history",
        "超过99% above 99\N{NO-BREAK SPACE}%",
    ]
    assert told[1] == ["已完成 met", "已取得的结果 the outcome obtained", "100\N{NO-BREAK SPACE}%"]
    task = cells.listed({"verdict": "met", "evidence": "none"}, KNOWN)
    assert task.iloc[1, 1] == "载明日期的证据 dated evidence"


def test_why_nothing_can_be_supposed_is_the_true_reason(assess, vintages, capsys):
    for target, reason in (("fiscal-st-share", "比较两个年份"), ("food-institute", "没有预测")):
        assert sliders.options(assess("luohe-2019", target), vintages["luohe-2019"]) is None
        assert reason in capsys.readouterr().out
    with pytest.raises(answers.SupposeError, match="compares two years"):
        answers.suppose(assess("luohe-2019", "fiscal-st-share"), vintages["luohe-2019"], goal=3.0)


def test_where_all_is_known_nothing_can_be_supposed_and_it_says_so(capsys):
    policy, day = plans.load("china-2020", KNOWN), "2023-12-31"
    vintage = attainment.Vintage.of(processed.observations(), day, KNOWN)
    one = sliders.chosen(policy, "", vintage)
    assert sliders.known(one, vintage) == {} and sliders.options(one, vintage) is None
    assert "没有可供假设的内容" in capsys.readouterr().out
    assert answers.suppose(one, vintage).row == one.row
    assert sliders.figure(one, "zh", vintage) is not None
