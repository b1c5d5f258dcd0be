"""What a bureau asks beyond the probability, against hand calculations and by doing what the answer says."""

import math

import pandas as pd
import pytest

from analysis import answers, attainment, panel, plans
from test_attainment import COUNT, RATE, assess, figures, plan, target


def test_the_growth_ratio_by_hand(catalogue):
    rows = figures({2015: 2.0, 2016: 2.02, 2017: 2.06, 2018: 2.08})
    one = assess(target(goal=2.3, base=2015), rows, catalogue)
    beside = answers.side_by_side(one, catalogue)
    observed, required = (2.08 / 2.0) ** (1 / 3) - 1, (2.3 / 2.0) ** (1 / 5) - 1
    assert beside["ratio"]["value"] == pytest.approx(observed / required)
    assert beside["ratio"]["label"] == "limited"  # 0.47
    assert (beside["pace"]["done"], beside["pace"]["elapsed"]) == pytest.approx((0.08 / 0.3, 3 / 5))
    assert beside["pace"]["ahead"] is False
    assert len(answers.bases(one)) == 3


@pytest.mark.parametrize(
    ("last", "label"), [(2.5, "reached"), (2.19, "on_track"), (2.14, "acceleration"), (1.9, "deterioration")]
)
def test_every_label_is_reached(catalogue, last, label):
    one = assess(target(goal=2.3, base=2015), figures({2015: 2.0, 2018: last}), catalogue)
    assert answers.ratio(one)["label"] == label


def test_a_disagreement_has_its_reason_in_numbers(catalogue):
    rows = figures({2012: 1.0, 2013: 1.35, 2014: 1.9, 2015: 1.94, 2016: 1.96, 2017: 1.98, 2018: 2.0})
    beside = answers.side_by_side(assess(target(goal=2.4, base=2012), rows, catalogue), catalogue)
    assert beside["agree"] is False and beside["probability"] < 0.5
    assert beside["reason"]["code"] == "base_year"
    assert beside["reason"]["lowest"] < 0.95 < beside["reason"]["highest"]


def test_what_it_takes_in_money_by_hand(assessment, vintage, catalogue):
    one = assessment("luohe-2019", "2023-05-26", "rd-intensity")
    given = answers.answers(one, vintage("2023-05-26"), catalogue)
    amount = given["requirement"]["amount"]
    assert amount["denominator"] == pytest.approx(13.45 / 0.0086)
    assert amount["needed"] == pytest.approx(1.25 * 13.45 / 0.86)
    assert amount["more"] == pytest.approx(6.10, abs=0.005)
    assert given["fragility"]["rebased"]["flip"] == pytest.approx(100 * (0.86 / 1.25 - 1))  # -31.2 %


def test_money_two_years_ahead_by_hand(catalogue):
    """Ratio 1.0, 1.1, 1.2 on 10, 12.1, 15: GDP 1000, 1100, 1250, so 11.8 % more a year to 2020."""
    ratio = figures({2016: 1.0, 2017: 1.1, 2018: 1.2}, "rd_intensity")
    spent = figures({2016: 10.0, 2017: 12.1, 2018: 15.0}, "rd_expenditure")
    one = assess(target(indicator="rd_intensity", goal=1.5), pd.concat([ratio, spent]), catalogue)
    history = panel.as_of(pd.concat([ratio, spent]), "2019-12-31", catalogue)
    found = answers.requirement(one, history, catalogue)
    amount, ahead = found["amount"], 1250 * 1.25
    assert amount["denominator"] == pytest.approx(1250) and amount["latest_year"] == 2018
    assert amount["denominator_growth"] == pytest.approx(100 * (1.25**0.5 - 1))
    assert (amount["needed"], amount["more"]) == pytest.approx((1.5 * ahead / 100, 1.5 * ahead / 100 - 15))
    assert amount["growth"] == pytest.approx(100 * ((1.5 * ahead / 100 / 15) ** 0.5 - 1))
    assert found["below_last"] is False
    assert found["expected_gap"] == pytest.approx(1.5 - one.row["median"])
    reached = assess(target(indicator="rd_intensity", goal=1.2), pd.concat([ratio, spent]), catalogue)
    assert answers.requirement(reached, history, catalogue)["below_last"] is True


def test_what_peers_usually_change_stands_beside_what_a_goal_needs(assessment, vintage, catalogue):
    one = assessment("luohe-2019", "2018-12-31", "rd-intensity")
    found = one.conditional
    climb = answers.requirement(one, vintage("2018-12-31").history, catalogue)["climb"]
    assert climb["needed"] == pytest.approx((1.25 - found.break_even) / (2019 - found.year))
    past = vintage("2018-12-31").history
    past = past[past["indicator"].eq("rd_intensity") & past["region"].isin(found.peers)]
    past = past[past["year"].le(found.year) & past["period"].str.len().eq(4)]
    rows = past.drop_duplicates(["region", "year", "basis"], keep="last").sort_values(
        ["region", "basis", "year"]
    )
    step = rows.groupby(["region", "basis"])[["year", "value"]].diff()
    assert climb["usual"] == pytest.approx(step["value"][step["year"].eq(1)].median(), abs=0.005)
    assert 0 < climb["usual"] < 0.1


def test_a_month_that_is_the_last_leaves_nothing_to_divide_by(catalogue):
    rows = pd.concat([figures({2017: 9, 2018: 10}, COUNT), figures({"2020-12": 9}, COUNT)])
    one = assess(target(indicator=COUNT, kind="flow", goal=11), rows, catalogue, "2021-01-20")
    assert (
        answers.requirement(one, panel.as_of(rows, "2021-01-20", catalogue), catalogue)["per_month"] is None
    )


def test_required_growth_against_what_was_ever_achieved(catalogue):
    rows = figures({2014: 1.0, 2015: 1.1, 2016: 1.12, 2017: 1.2, 2018: 1.3})
    one = assess(target(goal=1.5), rows, catalogue)
    history = panel.as_of(rows, "2019-12-31", catalogue)
    own = answers.requirement(one, history, catalogue)["achieved"]["own"]
    spells = [(1.12 / 1.0) ** 0.5, (1.2 / 1.1) ** 0.5, (1.3 / 1.12) ** 0.5]
    assert one.row["required_growth"] == pytest.approx(100 * ((1.5 / 1.3) ** 0.5 - 1))
    assert (own["n"], own["highest"]) == (3, pytest.approx(100 * (max(spells) - 1)))
    assert own["share"] == pytest.approx(sum(s >= (1.5 / 1.3) ** 0.5 for s in spells) / 3)


def test_enterprises_a_month(catalogue):
    rows = pd.concat([figures({2017: 9, 2018: 10}, COUNT), figures({"2020-06": 5}, COUNT)])
    one = assess(target(indicator=COUNT, kind="flow", goal=11), rows, catalogue, "2020-07-31")
    given = answers.answers(one, attainment.Vintage.of(rows, "2020-07-31", catalogue), catalogue)
    assert given["requirement"]["per_month"] == {"value": 1.0, "still": 6, "months": 6}
    pace = given["side_by_side"]["pace"]
    assert (pace["done"], pace["elapsed"], pace["basis"]) == (pytest.approx(5 / 11), 0.5, "in_year")


def test_the_flip_points_do_turn_the_answer(assessment, vintage, catalogue):
    one = assessment("henan-2024", "2024-12-31", "rd-intensity")
    vintage = vintage("2024-12-31")
    frail = answers.fragility(one, vintage, catalogue)
    here = one.row["p_attain"] >= 0.5
    mine = vintage.history["region"].eq("410000") & vintage.history["indicator"].eq(RATE)

    def answer(factor, rows):
        history = vintage.history.copy()
        history.loc[rows, "value"] *= factor
        altered = attainment.Vintage("2024-12-31", history, vintage.filed)
        return attainment.assess_vintage(one.plan, one.target, altered, catalogue).row["p_attain"] >= 0.5

    last = mine & vintage.history["year"].eq(2023)
    flip = frail["revision"]["flip"]
    step = math.copysign(0.1, flip)  # the flip is found to a tenth of a point
    assert answer(1 + (flip - step) / 100, last) == here
    assert answer(1 + (flip + step) / 100, last) != here
    assert answer(1 / (1 + 1.3 * frail["rebased"]["flip"] / 100), mine) != here
    assert answer(1 / (1 + 0.7 * frail["rebased"]["flip"] / 100), mine) == here
    assert frail["revision"]["n"] >= 3 and frail["revision"]["q10"] < frail["revision"]["q90"]


def test_textbook_models_answer_the_same_question(assessment):
    one = assessment("china-2020", "2018-12-31", "rd-intensity")
    chances = answers.models(one).set_index("model")["p"]
    assert set(chances.index) == {"pool", "naive", "drift", "line"}
    assert chances["pool"] == one.row["p_attain"]
    assert ((chances > 0) & (chances < 0.5)).all()


def test_the_whole_plan(catalogue, observations):
    loaded = plans.load("luohe-2019")
    rated = attainment.assess_all(loaded, observations, "2018-12-31", catalogue)
    whole = answers.whole_plan(rated)
    chances = whole.targets["p"]
    assert len(chances) + len(whole.excluded) == len(loaded.targets)
    assert ("party-building", "milestone") in whole.excluded and (
        "hightech-va-share",
        "no_evidence",
    ) in whole.excluded
    assert whole.expected == pytest.approx(chances.sum())
    assert whole.independent["all"] == pytest.approx(chances.prod())
    assert (
        whole.independent["at_least"][0] == pytest.approx(1)
        and whole.common["all"] > whole.independent["all"]
    )
    name, together, without = whole.costliest
    assert name == whole.targets.loc[chances.idxmin(), "target"]
    assert without * chances.min() == pytest.approx(together)


def test_the_table_of_answers_has_a_row_a_target(catalogue):
    rows = figures({2015: 2.0, 2016: 2.02, 2017: 2.06, 2018: 2.08})
    one = attainment.assess_all(plan(target()), rows, "2019-12-31", catalogue)
    made = answers.table(one, attainment.Vintage.of(rows, "2019-12-31", catalogue), catalogue)
    assert made["target"].tolist() == ["one"]
    assert {"ratio_label", "amount_more", "flip_last", "flip_denominator", "p_printed"} <= set(made.columns)
