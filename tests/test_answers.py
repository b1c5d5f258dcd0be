"""What a bureau asks beyond the probability, against hand calculations and by doing what the answer says."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from analysis import answers, attainment, panel, plans
from analysis.answers import requirements, rules, turning, whole
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


# ------------------------------------------------------------------------- by hand, where small faults hide


def judged(one, **row):
    """An assessment with other answers in its row."""
    return dataclasses.replace(one, row=one.row | row)


def with_median(one, value):
    made = pd.DataFrame({"year": [one.target.deadline], "quantile": [0.5], "value": [value]})
    return dataclasses.replace(one, quantiles=made)


def test_pace_starts_from_the_year_before_the_plan(catalogue):
    """The plan is of 2018: its own year's figure is no start, unless there is none before."""
    several = assess(target(), figures({2016: 1.0, 2017: 1.1, 2018: 1.2}), catalogue)
    assert rules.base_year(several) == 2017
    assert rules.base_year(assess(target(), figures({2018: 1.2}), catalogue)) == 2018
    assert rules.base_year(assess(target(base=2016), figures({2016: 1.0, 2018: 1.2}), catalogue)) == 2016


@pytest.mark.parametrize(
    ("now", "p", "agree"), [(1.9, 0.2, True), (1.9, 0.8, False), (2.25, 0.5, True), (2.25, 0.2, False)]
)
def test_rules_and_probability_agree_on_one_side_of_a_half(now, p, agree, catalogue):
    one = assess(target(goal=2.3, base=2015), figures({2015: 2.0, 2018: now}), catalogue)
    assert answers.side_by_side(judged(one, p_attain=p), catalogue)["agree"] is agree


def test_a_ratio_on_the_step_has_the_better_label(catalogue):
    """No change at all is 0: limited, not deterioration."""
    found = answers.ratio(assess(target(goal=2.3, base=2015), figures({2015: 2.0, 2018: 2.0}), catalogue))
    assert (found["value"], found["label"]) == (0, "limited")


def test_the_first_reason_that_holds_is_given(catalogue):
    """Above the goal already; an even chance; growth that fades or recovers; else the spread."""
    above = assess(target(goal=1.1), figures({2016: 1.0, 2017: 1.1, 2018: 1.2}), catalogue)
    assert rules._reason(above, answers.ratio(above)) == {"code": "below_last", "latest": 1.2, "goal": 1.1}
    slow = assess(target(goal=2.3), figures({2016: 2.0, 2017: 2.02, 2018: 2.04}), catalogue)
    growth = answers.ratio(slow)
    for p, low, even in (
        (0.4, 0.3, True),
        (0.6, 0.3, True),
        (0.39, 0.3, False),
        (0.61, 0.3, False),
        (0.5, None, False),
    ):
        made = rules._reason(judged(slow, p_attain=p, p_low=low), growth)
        assert (made == {"code": "even", "p": p}) == even
    sure = judged(slow, p_attain=0.9, p_low=0.8)
    for median, code in ((2.05, "growth_fades"), (2.2, "growth_recovers")):
        made = rules._reason(with_median(sure, median), growth)
        assert (made["code"], made["observed"]) == (code, pytest.approx(100 * (2.04 / 2.02 - 1)))
        assert made["expected"] == pytest.approx(100 * ((median / 2.04) ** (1 / 2) - 1))
        assert made["required"] == slow.row["required_growth"]
    for median in (0.0, -1.0):
        assert rules._reason(with_median(sure, median), growth)["code"] == "spread"
    spread = rules._reason(sure, None)
    assert spread == {"code": "spread"} | {name: slow.row[name] for name in ("median", "lo80", "hi80")}


def test_past_revisions_by_hand():
    """2018 was printed at 2.0, then at 2.1; 2017 from 4 to 2. One print, another source, a zero, an
    expectation tell nothing."""

    def printed(region, year, day, value, source="a", status="reported"):
        rows = figures({year: value}, RATE, region)
        return rows.assign(published=pd.Timestamp(day), source=source, status=status)

    filed = pd.concat([
        printed("420000", 2017, "2019-05-01", 2.0), printed("420000", 2017, "2018-05-01", 4.0),
        printed("410000", 2018, "2019-05-01", 2.0), printed("410000", 2018, "2020-05-01", 2.1),
        printed("410000", 2018, "2021-05-01", 9.0, "b"), printed("410000", 2016, "2017-05-01", 0.0),
        printed("410000", 2016, "2018-05-01", 1.0),
        printed("410000", 2015, "2016-05-01", 1.0, status="estimate"),
        printed("410000", 2015, "2017-05-01", 2.0),
    ])  # fmt: skip
    assert turning.revisions(filed, RATE) == pytest.approx([5.0, -50.0])
    assert turning.revisions(filed, RATE, ("410000",)) == pytest.approx([5.0])


def test_a_last_figure_some_percent_higher_answers_as_if_printed_so(catalogue):
    values = {2013 + i: value for i, value in enumerate((1.0, 1.1, 1.15, 1.3, 1.32, 1.5))}
    one = assess(target(goal=1.8), figures(values), catalogue)
    vintage = attainment.Vintage.of(figures(values), "2019-12-31", catalogue)
    for percent in (-10.0, 8.0):
        higher = assess(target(goal=1.8), figures(values | {2018: 1.5 * (1 + percent / 100)}), catalogue)
        moved = turning._with_last(one, vintage, 2018, percent, catalogue)
        assert moved == pytest.approx(higher.row["p_attain"], abs=1e-12)
        assert moved != pytest.approx(one.row["p_attain"], abs=1e-3)


def test_what_turns_a_verdict_and_a_forecast_by_hand(catalogue):
    one = assess(target(goal=1.25), figures({2016: 1.0, 2017: 1.1}), catalogue)
    missed = judged(one, verdict="missed", goal=1.25)
    assert turning._flip(missed, 1.0, lambda percent: math.nan) == pytest.approx(25.0)
    assert turning._flip(missed, 0.0, lambda percent: math.nan) is None
    assert turning._flip(judged(one, verdict="met", goal=None), 1.0, lambda percent: math.nan) is None
    still = judged(one, verdict="open", p_attain=0.4)
    assert turning._flip(still, 1.0, lambda percent: 0.4 + percent / 100) == pytest.approx(10.0, abs=0.01)
    assert turning._flip(still, 1.0, lambda percent: 0.4 + percent / 1000) == pytest.approx(100.0, abs=0.01)
    assert turning._flip(still, 1.0, lambda percent: 0.4 - percent / 400) == pytest.approx(-40.0, abs=0.01)
    assert turning._flip(still, 1.0, lambda percent: 0.4) is None


def test_a_denominator_turns_what_stands_apart_from_its_goal(catalogue):
    one = assess(target(goal=1.25), figures({2016: 1.0, 2017: 1.1}), catalogue)
    assert turning._rebased(judged(one, verdict="open", median=1.5), catalogue)["flip"] == pytest.approx(20.0)
    assert turning._rebased(judged(one, verdict="missed", outcome=1.0), catalogue)["flip"] == pytest.approx(
        -20
    )
    assert turning._rebased(judged(one, verdict="open", median=None), catalogue) is None
    nothing = assess(target(goal=0), figures({2016: 1.0, 2017: 1.1}), catalogue)
    assert turning._rebased(judged(nothing, verdict="open", median=1.5), catalogue) is None
    count = assess(
        target(indicator=COUNT, kind="flow", goal=9), figures({2017: 9, 2018: 10}, COUNT), catalogue
    )
    assert turning._rebased(count, catalogue) is None


def test_textbook_models_need_four_years_in_a_row(catalogue):
    for years, asked in (
        ((2016, 2017, 2018), False),
        ((2015, 2016, 2017, 2018), True),
        ((2013, 2015, 2016, 2017, 2018), False),
    ):
        one = assess(target(), figures({year: 2.0 + 0.01 * year % 1 for year in years}), catalogue)
        assert list(turning.models(one)["model"]) == ["pool", *turning.TEXTBOOK] * asked or (
            not asked and list(turning.models(one)["model"]) == ["pool"]
        )


def test_past_revisions_of_the_region_come_first_where_there_are_three(catalogue):
    """Its own figures rose by 10 % when printed again; everybody else's stayed."""

    def twice(region, years, factor):
        first = figures({year: 1.0 + 0.1 * (year - 2010) for year in years}, RATE, region)
        again = first.assign(
            value=first["value"] * factor, published=first["published"] + pd.Timedelta(days=90)
        )
        return pd.concat([first, again])

    others = pd.concat([twice(code, range(2012, 2019), 1.0) for code in ("420000", "430000", "440000")])
    for years, expected in ((range(2016, 2019), 10.0), (range(2017, 2019), 0.0)):
        rows = pd.concat([twice("410000", years, 1.1), others])
        one = assess(target(goal=2.2), rows, catalogue, region="410000")
        found = turning._revision(one, attainment.Vintage.of(rows, "2019-12-31", catalogue), catalogue)
        assert found["q10"] == pytest.approx(expected, abs=0.1)
        assert found["n"] == (3 if expected else 23)


def test_targets_together_by_hand():
    """Two even chances: both in a quarter of cases, at least one in three quarters."""
    found = whole._together(np.array([0.5, 0.5]), 0.0)
    assert found["all"] == pytest.approx(0.25) and found["at_least"] == pytest.approx([1.0, 0.75, 0.25])
    uneven = whole._together(np.array([0.9, 0.2, 0.4]), 0.0)
    exactly = [0.1 * 0.8 * 0.6, 0.9 * 0.8 * 0.6 + 0.1 * 0.2 * 0.6 + 0.1 * 0.8 * 0.4]
    assert uneven["at_least"] == pytest.approx([1.0, 1 - exactly[0], 1 - sum(exactly), 0.9 * 0.2 * 0.4])
    assert uneven["at_least"].max() <= 1 and uneven["at_least"].min() >= 0


def test_targets_that_rest_on_one_indicator_are_paired_once(catalogue):
    rows = pd.concat([figures({2016: 1.0, 2017: 1.1}), figures({2017: 9, 2018: 10}, COUNT)])
    asked = [target(id="a"), target(id="b", indicator=COUNT, kind="flow", goal=9), target(id="c", goal=2.0),
             target(id="d", goal=1.5)]  # fmt: skip
    rated = [assess(one, rows, catalogue) for one in asked]
    assert whole._shared(rated) == (("a", "c"), ("a", "d"), ("c", "d"))
    plan_of = whole.whole_plan(rated)
    chances = [one.row["p_attain"] for one in rated]
    assert plan_of.independent["all"] == plan_of.open_independent["all"] == pytest.approx(np.prod(chances))
    assert plan_of.common["all"] > plan_of.independent["all"]
    least = min(range(4), key=lambda i: chances[i])
    assert plan_of.costliest[0] == asked[least].id
    assert plan_of.costliest[2] == pytest.approx(np.prod(chances) / chances[least])


def test_a_spell_as_fast_as_needed_counts_by_hand():
    spells = [(5.0, "a", 2010), (3.0, "b", 2011), (-2.0, "c", 2012)]
    up = requirements._reached(spells, 5.0, upward=True)
    assert up == {
        "n": 3,
        "share": pytest.approx(1 / 3),
        "highest": 5.0,
        "highest_region": "a",
        "highest_year": 2010,
    }
    down = requirements._reached(spells, -2.0, upward=False)
    assert (down["share"], down["highest"], down["highest_region"]) == (pytest.approx(1 / 3), -2.0, "c")
    assert requirements._reached([], 1.0, upward=True) is None


def test_spells_end_in_the_year_they_are_named_after():
    value = np.array([[1.0, 1.1, 1.21, 1.0]])
    before = np.array([[math.nan, 1.0, 1.1, 1.21]])
    words = np.full((1, 4), "")
    series = panel.Series(RATE, ("410000",), (2015, 2016, 2017, 2018), value, before, words, words)
    found = requirements._spells(series, 2)
    assert [(round(growth, 6), region, year) for growth, region, year in found] == [
        (10.0, "410000", 2017), (round(100 * (math.sqrt(1.0 / 1.1) - 1), 6), "410000", 2018)]  # fmt: skip
    assert [year for _, _, year in requirements._spells(series, 3)] == [2018]


def test_peers_spells_stand_beside_ones_own(catalogue):
    rates = {"410000": 1.02, "420000": 1.05, "430000": 1.08, "440000": 1.1}
    rows = [
        figures({year: rate ** (year - 2012) for year in range(2012, 2019)}, RATE, code)
        for code, rate in rates.items()
    ]
    one = assess(target(goal=1.3), pd.concat(rows), catalogue, region="410000")
    found = requirements._achieved(one, panel.as_of(pd.concat(rows), "2019-12-31", catalogue), 6.0, 2)
    assert (found["own"]["n"], found["own"]["share"]) == (5, 0.0)
    assert (found["peers"]["n"], found["peers"]["share"]) == (15, pytest.approx(2 / 3))
    assert found["peers"]["highest_region"] == "440000" and found["peers"]["highest"] == pytest.approx(10)


def test_money_by_the_regions_own_product_or_without_any_growth(catalogue):
    """GDP 1000, 1100, 1210 printed: 10 % a year. Without it and with one year, no growth is assumed."""
    ratio, spent = figures({2018: 2.0}, "rd_intensity"), figures({2018: 24.2}, "rd_expenditure")
    product = figures({2016: 1000, 2017: 1100, 2018: 1210}, "gdp").assign(basis="gdp-census-4")
    for rows, growth in (([ratio, spent, product], 1.1), ([ratio, spent], 1.0)):
        history = panel.as_of(pd.concat(rows), "2019-12-31", catalogue)
        one = assess(target(goal=2.5), pd.concat(rows), catalogue)
        amount = answers.requirement(one, history, catalogue)["amount"]
        assert amount["needed"] == pytest.approx(0.025 * 1210 * growth**2)
        assert amount["growth"] == pytest.approx(100 * (math.sqrt(0.025 * 1210 * growth**2 / 24.2) - 1))


def test_applications_pending_by_hand(catalogue):
    waiting = [{"count": 6, "from": "2020-03-01", "source": "made-up", "title": {"zh": "甲", "en": "a"}}]
    rows = pd.concat([figures({2017: 9, 2018: 10}, COUNT), figures({"2020-06": 5}, COUNT)])
    for comparison, expected in ((">=", (6, 4)), (">", (6, 5)), ("<=", None)):
        asked = target(indicator=COUNT, kind="flow", goal=9, comparison=comparison, pending=waiting)
        one = assess(asked, rows, catalogue, "2020-07-31")
        found = requirements._pending(one)
        assert (found and (found["count"], found["needed"])) == expected
