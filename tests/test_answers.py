"""What a bureau asks beyond the probability, against hand calculations and by doing what the answer says."""

import dataclasses
import datetime
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import answers, attainment, counts, forecast, panel, plans
from analysis.answers import requirements, rules, turning, whole
from analysis.kinds import within
from test_attainment import COUNT, RATE, assess, by_verdict, chance, figures, plan, target


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
    given = answers.answers(one, vintage("2023-05-26"))
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
    found = one.lent
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
    given = answers.answers(one, attainment.Vintage.of(rows, "2020-07-31", catalogue))
    assert given["requirement"]["per_month"] == {"value": 1.0, "still": 6, "months": 6}
    pace = given["side_by_side"]["pace"]
    assert (pace["done"], pace["elapsed"], pace["basis"]) == (pytest.approx(5 / 11), 0.5, "in_year")


@pytest.mark.parametrize(("day", "months", "unseen"), [("2020-07-31", 5, True), ("2019-12-31", 12, None)])
def test_of_months_without_a_count_nothing_is_taken_for_known(day, months, unseen, catalogue):
    rows = figures({2017: 9, 2018: 10}, COUNT)
    one = assess(target(indicator=COUNT, kind="flow", goal=10), rows, catalogue, day)
    needs = answers.requirement(one, panel.as_of(rows, day, catalogue), catalogue)["per_month"]
    assert (needs["months"], needs.get("unseen")) == (months, unseen)


def test_the_flip_points_do_turn_the_answer(assessment, vintage, catalogue):
    one = assessment("henan-2024", "2024-12-31", "rd-intensity")
    vintage = vintage("2024-12-31")
    frail = answers.fragility(one, vintage)
    here = one.row["p_attain"] >= 0.5
    mine = vintage.history["region"].eq("410000") & vintage.history["indicator"].eq(RATE)

    def answer(factor, rows):
        history = vintage.history.copy()
        history.loc[rows, "value"] *= factor
        altered = dataclasses.replace(vintage, history=history)
        return attainment.assess_vintage(one.plan, one.target, altered).row["p_attain"] >= 0.5

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
    made = answers.table(one, attainment.Vintage.of(rows, "2019-12-31", catalogue))
    assert made["target"].tolist() == ["one"]
    assert {"ratio_label", "amount_more", "flip_last", "flip_denominator", "p_printed"} <= set(made.columns)


# --------------------------------------------------------------------------- by hand, where small faults hide


def judged(one, **row):
    """An assessment with other answers in its row."""
    return dataclasses.replace(one, row=one.row | row)


def answered(one, **given):
    """An assessment with another answer: a probability, with what is given."""
    return dataclasses.replace(one, answer=chance(**given))


def with_median(one, value):
    made = pd.DataFrame({"year": [one.target.deadline], "quantile": [0.5], "value": [value]})
    return answered(one, quantiles=made)


@pytest.mark.parametrize(
    ("issued", "base", "years", "told"),
    [
        ("2018-12-28", None, (2017, 2018), False),  # the plan came at the end of the year that is measured
        ("2018-12-28", None, (2017, 2018, 2019), True),
        ("2018-06-30", None, (2017, 2018), True),
        ("2018-07-01", None, (2017, 2018), False),
        ("2018-06-30", None, (2016, 2018), False),  # 2017 is measured too, and lies before the plan
        ("2018-12-28", 2016, (2016, 2018), True),  # unless the plan starts from there itself
    ],
)
def test_pace_is_told_of_time_within_the_plans_term(issued, base, years, told, catalogue):
    one, rows = target(goal=2.3, base=base), figures({year: 2.0 + 0.05 * (year - 2016) for year in years})
    found = assess(one, rows, catalogue, "2020-12-31")
    dated = plan(one).model_copy(update={"issued": datetime.date.fromisoformat(issued)})
    beside = answers.side_by_side(dataclasses.replace(found, plan=dated), catalogue)
    assert (beside["pace"] is not None) is told and beside["ratio"] is not None


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
        moved = turning._with_last(one, vintage, 2018, percent)
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
    for comparison, edge in ((">=", 1.15), ("<", 1.15), (">", 1.25), ("<=", 1.25)):  # of 1.2, as printed
        asked = {"goal": 1.2, "comparison": comparison, "rounding": "printed", "decimals": 1}
        printed = assess(target(**asked), figures({2016: 1.0, 2017: 1.1}), catalogue)
        flip = turning._rebased(judged(printed, verdict="missed", outcome=1.0), catalogue)["flip"]
        assert flip == pytest.approx(100 * (1.0 / edge - 1))
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
        found = turning._revision(one, attainment.Vintage.of(rows, "2019-12-31", catalogue))
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
    history = panel.as_of(pd.concat(rows), "2019-12-31", catalogue)
    found = requirements._achieved(one, history, 6.0, 2, 1.12)
    assert (found["own"]["n"], found["own"]["share"]) == (5, 0.0)
    assert (found["peers"]["n"], found["peers"]["share"]) == (15, pytest.approx(2 / 3))
    assert found["peers"]["highest_region"] == "440000" and found["peers"]["highest"] == pytest.approx(10)
    # from 1.12 on began: at 5 % a year the spells of 2015 and 2016, at 8 and 10 % those of 2014 to 2016
    assert (found["alike"]["n"], found["alike"]["share"]) == (8, pytest.approx(6 / 8))
    less = assess(target(goal=0.9, comparison="<="), pd.concat(rows), catalogue, region="410000")
    found = requirements._achieved(less, history, 6.0, 2, 1.0)
    assert (found["alike"]["n"], found["alike"]["share"]) == (3, pytest.approx(1 / 3))


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


# ------------------------------------------------------------------ without a forecast: rules on made-up rows


def bare(one, rows, catalogue, as_of="2019-12-31", region="000000", so_far=None, **row):
    """An assessment of made-up figures, its row as given: nothing is forecast."""
    vintage = attainment.Vintage.of(rows, as_of, catalogue)
    told = attainment._known(plan(one, region), one, vintage)
    line = attainment._row(plan(one, region), one, as_of, goal=one.goal) | {"verdict": "open"} | row
    return attainment.Assessment(
        plan(one, region),
        one,
        as_of,
        line,
        told.own,
        told.own.iloc[:0],
        told.series,
        so_far,
        by_verdict(one, line["verdict"]),
    )


def seen_so_far(month, seen, pending=0):
    return within.InYear(month, seen, 0.0, (), pending, np.array([]))


def test_rules_and_probability_agree_from_one_half_on(catalogue):
    one = target(goal=2.3, base=2015)
    rows = figures({2015: 2.0, 2018: 2.3})  # reached
    beside = answers.side_by_side(bare(one, rows, catalogue, p_attain=0.5), catalogue)
    assert (beside["probability"], beside["status"], beside["agree"], beside["reason"]) == (
        0.5,
        "open",
        True,
        None,
    )
    unlike = answers.side_by_side(bare(one, rows, catalogue, p_attain=0.499), catalogue)
    assert unlike["agree"] is False and unlike["reason"]["code"] == "below_last"
    for row in ({"p_attain": None}, {"p_attain": 0.4, "verdict": "met"}):
        found = answers.side_by_side(bare(one, rows, catalogue, **row), catalogue)
        assert (found["agree"], found["reason"]) == (None, None) and found["ratio"]["label"] == "reached"
    alone = answers.side_by_side(bare(one, figures({2018: 2.0}), catalogue, p_attain=0.4), catalogue)
    assert (alone["agree"], alone["pace"], alone["ratio"]) == (None, None, None)


def test_both_rules_have_to_agree_with_the_probability(catalogue):
    """A count on pace within its year, whose growth goes the other way: one rule each way."""
    one = target(indicator=COUNT, kind="flow", goal=12, base=2016)
    so_far = seen_so_far("2020-06", 6)
    rows = figures({2016: 10, 2018: 9}, COUNT)
    for p in (0.2, 0.8):
        found = answers.side_by_side(
            bare(one, rows, catalogue, so_far=so_far, p_attain=p, p_low=0.1), catalogue
        )
        assert (found["pace"]["ahead"], found["ratio"]["label"], found["agree"]) == (
            True,
            "deterioration",
            False,
        )


def test_figures_after_the_deadline_are_no_part_of_the_rules(catalogue):
    rows = figures({2018: 2.0, 2019: 2.1, 2020: 2.2, 2021: 9.0})
    assert rules.linked(bare(target(), rows, catalogue, "2022-12-31")) == {2018: 2.0, 2019: 2.1, 2020: 2.2}
    assert rules.linked(bare(target(), rows.iloc[:0], catalogue)) == {}
    old = figures({2017: 1.5}, basis="gdp-census-3")
    assert rules.linked(bare(target(), pd.concat([old, figures({2018: 2.0})]), catalogue)) == {2018: 2.0}


def test_the_year_of_issue_is_no_base_while_an_earlier_one_is_known(catalogue):
    assert (
        rules.base_year(bare(target(), figures({2015: 1.0, 2018: 1.2, 2019: 2.0}), catalogue, "2020-12-31"))
        == 2015
    )
    assert rules.base_year(bare(target(), figures({2018: 1.2, 2019: 1.3}), catalogue, "2020-12-31")) == 2018
    assert rules.base_year(bare(target(), figures({2019: 1.3}).iloc[:0], catalogue)) is None


@pytest.mark.parametrize(
    ("comparison", "goal", "now", "value", "label"),
    [
        (">=", 2.42, 2.2, 1.0, "on_track"), (">=", 2.42, 1.8, -1.0, "deterioration"),
        ("<=", 1.62, 1.8, 1.0, "on_track"), ("<=", 1.62, 2.2, -1.0, "deterioration"),
        (">=", 2.42, 2.42, None, "reached"), (">", 2.42, 2.42, 2.1, "on_track"),
    ],
)  # fmt: skip
def test_the_growth_ratio_has_the_sign_of_the_wanted_direction(
    comparison, goal, now, value, label, catalogue
):
    """Ten per cent in the year, as in each of two to the goal; so much the other way is minus one."""
    one = target(goal=goal, base=2018, comparison=comparison)
    found = answers.ratio(bare(one, figures({2018: 2.0, 2019: now}), catalogue, "2020-12-31"))
    assert (found["value"], found["label"]) == (value and pytest.approx(value), label)
    assert found["observed"] == pytest.approx(100 * (now / 2 - 1))
    assert found["required"] == pytest.approx(100 * (math.sqrt(goal / 2) - 1))
    assert (found["base_year"], found["latest_year"]) == (2018, 2019)


def test_a_goal_that_asks_for_no_growth_has_a_huge_ratio_and_no_division_by_nothing(catalogue):
    one = target(goal=2.0, base=2018, comparison=">")
    found = answers.ratio(bare(one, figures({2018: 2.0, 2019: 2.0}), catalogue, "2020-12-31"))
    assert (found["value"], found["label"], found["required"]) == (0.0, "limited", 0.0)
    found = answers.ratio(bare(one, figures({2018: 2.0, 2019: 1.8}), catalogue, "2020-12-31"))
    assert found["value"] == pytest.approx(-10 / rules.SMALLEST)


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ({2018: 0.0, 2019: 2.0}, {}), ({2018: 2.0, 2019: 0.0}, {}), ({2018: 2.0, 2019: 2.1}, {"goal": 0.0}),
        ({2018: 2.0, 2019: 2.1}, {"base": 2019}), ({2018: 2.0, 2019: 2.1}, {"base": 2017}),
        ({2018: 2.0, 2019: 2.1}, {"kind": "every_year", "since": 2018}),
    ],
)  # fmt: skip
def test_without_two_positive_figures_and_a_way_to_go_there_is_no_ratio(values, changed, catalogue):
    one = target(**{"goal": 2.3, "base": 2018} | changed)
    assert answers.ratio(bare(one, figures(values), catalogue, "2020-12-31")) is None


def test_a_ratio_needs_years_to_the_deadline(catalogue):
    one = target(goal=2.3, base=None, deadline=2019, comparison=">")
    rows = bare(one, figures({2017: 2.0, 2019: 2.3}), catalogue, "2020-12-31")
    assert answers.ratio(rows, 2017)["value"] == pytest.approx(1.0)
    assert answers.ratio(rows, 2019) is None
    positive = bare(target(goal=0.5, base=2017), figures({2017: 0.3, 2018: 0.4}), catalogue)
    assert answers.ratio(positive)["label"] == "on_track"  # figures below one are positive too


def test_the_rule_from_every_base_year_but_the_last(catalogue):
    made = answers.bases(bare(target(goal=2.42), figures({2016: 1.0, 2017: 2.0, 2018: 2.2}), catalogue))
    assert list(made.columns) == rules.BASES and made["base_year"].tolist() == [2016, 2017]
    assert made["observed"].tolist() == pytest.approx([100 * (math.sqrt(2.2) - 1), 10.0])
    assert made["required"].tolist() == pytest.approx([100 * (2.42**0.25 - 1), 100 * (1.21 ** (1 / 3) - 1)])
    assert made["ratio"].tolist() == pytest.approx((made["observed"] / made["required"]).tolist())
    assert made["label"].tolist() == ["on_track", "on_track"]
    assert answers.bases(bare(target(), figures({2018: 2.2}), catalogue)).empty


def test_a_label_that_depends_on_the_base_is_the_reason(catalogue):
    """From 2015 the ratio is high, from 2016 low: both are named with their years."""
    one = target(goal=2.6, base=2015)
    rows = figures({2015: 1.0, 2016: 1.9, 2018: 2.0})
    given = bare(one, rows, catalogue, p_attain=0.3, p_low=0.2)
    reason, table = (
        rules._reason(given, answers.ratio(given)),
        answers.bases(given).set_index("base_year")["ratio"],
    )
    assert reason == {"code": "base_year", "lowest": table[2016], "lowest_year": 2016, "highest": table[2015],
                      "highest_year": 2015}  # fmt: skip
    assert table[2015] == pytest.approx((2 ** (1 / 3) - 1) / (2.6 ** (1 / 5) - 1))


@pytest.mark.parametrize(
    ("last", "median", "deadline", "growth"),
    [(2.0, 2.42, 2020, 10.0), (2.0, None, 2020, None), (2.0, 0.0, 2020, None), (0.0, 2.42, 2020, None),
     (0.5, 0.605, 2020, 10.0), (2.0, 2.42, 2018, None), (2.0, 2.2, 2019, 10.0)],
)  # fmt: skip
def test_the_growth_a_forecast_expects_is_that_to_its_median(last, median, deadline, growth, catalogue):
    one = bare(target(deadline=deadline), figures({2018: last}), catalogue)
    one = one if median is None else with_median(one, median)
    found = rules._expected_growth(one, {2018: last})
    assert found == (growth and pytest.approx(growth))


def test_growth_that_goes_on_as_it_was_recovers(catalogue):
    """Exactly as observed is not less."""
    one = bare(
        target(goal=9.0),
        figures({2017: 2.0, 2018: 2.0}),
        catalogue,
        p_attain=0.9,
        p_low=0.8,
        required_growth=1.0,
    )
    assert rules._reason(with_median(one, 2.0), answers.ratio(one))["code"] == "growth_recovers"


# -------------------------------------------------------------------------------- what it would take, by hand


def required(one, rows, catalogue, as_of="2019-12-31", so_far=None, **row):
    given = bare(one, rows, catalogue, as_of, so_far=so_far, **row)
    return answers.requirement(given, panel.as_of(rows, as_of, catalogue), catalogue)


def test_gap_and_growth_stand_as_in_the_row_and_the_goal_may_be_kept_already(catalogue):
    rows = figures({2016: 1.0, 2017: 1.21, 2018: 1.331, 2020: 9.0})
    found = required(
        target(goal=1.5), rows, catalogue, "2022-12-31", gap=0.2, median=1.4, required_growth=10.0
    )
    assert (found["gap"], found["required_growth"], found["below_last"]) == (0.2, 10.0, False)
    assert found["expected_gap"] == pytest.approx(0.1)
    achieved = found["achieved"]  # from 2018 two years are left; 2020 is no past
    assert (achieved["years"], achieved["own"]["n"], achieved["peers"]) == (2, 1, None)
    assert achieved["own"]["highest"] == pytest.approx(100 * (math.sqrt(1.331) - 1))
    assert achieved["own"]["share"] == 1.0
    kept = required(target(goal=1.331), rows, catalogue, "2022-12-31")
    assert kept["below_last"] is True and kept["expected_gap"] is kept["achieved"] is None
    after = required(target(goal=1.5), figures({2020: 9.0}), catalogue, "2022-12-31", required_growth=10.0)
    assert after["below_last"] is None and after["achieved"] is None
    growth = required(target(kind="growth", goal=1.5, since=2016), rows, catalogue, "2022-12-31", median=1.4)
    assert growth["below_last"] is None and growth["expected_gap"] is None
    assert found["break_even"] is found["climb"] is found["pending"] is None


def test_spells_that_fell_as_fast_count_where_less_is_wanted(catalogue):
    rows = figures({2016: 2.0, 2017: 1.8, 2018: 1.8})
    found = required(target(goal=1.62, comparison="<="), rows, catalogue, deadline=2019, required_growth=-5.0)
    assert found["achieved"]["own"]["highest"] == pytest.approx(100 * (math.sqrt(0.9) - 1))
    assert found["achieved"]["own"]["share"] == 1.0
    found = required(target(goal=1.62), rows, catalogue, required_growth=-5.0)
    assert found["achieved"]["own"]["share"] == 0.0
    assert (
        required(target(goal=1.62), figures({2018: 1.8}), catalogue, required_growth=1.0)["achieved"] is None
    )


def test_the_climb_from_the_break_even_base_is_a_year_and_beside_the_median_of_peers(catalogue):
    """From 1.0 in 2018 to 1.5 in 2020 is .25 a year; peers moved by .1, .2 and .4 up to 2018, .9 after it."""
    rows = pd.concat([
        figures({2016: 1.0, 2017: 1.1, 2018: 1.3, 2019: 2.2}, RATE, "120000"),
        figures({2017: 2.0, 2018: 2.4}, RATE, "130000"), figures({2017: 2.0, 2018: 9.0}, RATE, "140000"),
    ])  # fmt: skip
    one = bare(target(goal=1.5), rows, catalogue, "2020-12-31", "110000")
    ask = forecast.Conditional(2018, pd.DataFrame(), 1.0, ("120000", "130000"), 1.0)
    found = requirements._climb(answered(one, lent=ask), rows, catalogue)
    assert found == {"needed": pytest.approx(0.25), "usual": pytest.approx(0.2)}
    alone = dataclasses.replace(ask, peers=("150000",))
    assert requirements._climb(answered(one, lent=alone), rows, catalogue)["usual"] is None
    never = dataclasses.replace(ask, break_even=None)
    assert requirements._climb(answered(one, lent=never), rows, catalogue) is None
    assert requirements._climb(one, rows, catalogue) is None
    spent = rows.assign(indicator="fiscal_st_expenditure")
    money = bare(
        target(goal=1.5, indicator="fiscal_st_expenditure"), spent, catalogue, "2020-12-31", "110000"
    )
    found = requirements._climb(answered(money, lent=ask), spent, catalogue)
    assert found == {"needed": pytest.approx(0.25), "usual": None}, "amounts of others say nothing of its own"


def money(ratio, spent, catalogue, as_of="2021-12-31", product=None, **given):
    rows = [figures(ratio, "rd_intensity"), figures(spent, "rd_expenditure")]
    rows += [figures(product, "gdp").assign(basis="gdp-census-4")] if product else []
    one = bare(target(**{"goal": 2.5} | given), pd.concat(rows), catalogue, as_of)
    return requirements._amount(one, panel.as_of(pd.concat(rows), as_of, catalogue), catalogue)


def test_without_a_figure_of_ratio_or_amount_the_goal_is_put_on_the_denominator_alone(catalogue):
    rows = figures({2016: 1000.0, 2017: 1100.0}, "gdp", "411100")
    one = bare(target(goal=1.25, deadline=2019), rows, catalogue, region="411100")
    history = panel.as_of(rows, one.as_of, catalogue)
    found = answers.requirement(one, history, catalogue)
    assert found["amount"] is None and found["alone"] == {
        "indicator": "rd_expenditure",
        "needed": pytest.approx(0.0125 * 1100 * 1.1**2),
        "denominator": pytest.approx(1100 * 1.1**2),
        "denominator_year": 2017,
        "denominator_growth": pytest.approx(10.0),
        "since": 2016,
        "forecast": False,
        "recent_growth": None,
        "recent_needed": None,
    }
    assert answers.requirement(one, history.iloc[:0], catalogue)["alone"] is None
    own = bare(target(goal=1.25), figures({2018: 2.0}), catalogue)
    assert answers.requirement(own, history, catalogue)["alone"] is None


def test_an_amount_and_a_goal_on_its_ratio_stand_on_one_expected_denominator(assessment, vintage):
    """Luohe's GDP of 2019 as of the end of 2018, by which R&D expenditure is forecast too."""
    as_amount, as_ratio = (
        answers.answers(assessment("luohe-2019", "2018-12-31", one), vintage("2018-12-31"))
        for one in ("rd-expenditure-rise", "rd-intensity")
    )
    whole, alone = as_amount["conversion"], as_ratio["requirement"]["alone"]
    assert alone["forecast"] and alone["needed"] == pytest.approx(0.0125 * whole["median"])
    told = alone["denominator"], alone["denominator_year"], alone["denominator_growth"]
    assert told == (whole["median"], whole["year"], whole["growth"]) and whole["year"] == 2016
    product = {
        2010: 680.4948,
        2011: 751.7001,
        2012: 797.1238,
        2013: 861.5355,
        2015: 992.8496,
        2016: 1081.9257,
    }
    changes = [math.log(product[year] / product[year - 1]) for year in (2011, 2012, 2013)]
    changes += [math.log(product[2015] / 941.1601), math.log(product[2016] / product[2015])]
    grown = math.exp(np.mean(changes))  # the last five inside one basis, 2014 being the first on a new one
    assert alone["recent_growth"] == pytest.approx(100 * (grown - 1)) and alone["since"] is None
    assert alone["recent_needed"] == pytest.approx(0.0125 * product[2016] * grown**3)


def test_the_amount_stands_on_the_last_year_that_has_both(catalogue):
    found = money({2017: 2.0, 2018: 2.0, 2019: 0.0}, {2017: 20, 2018: 24, 2020: 99}, catalogue)
    assert (found["latest_year"], found["latest"], found["denominator"]) == (2018, 24, 1200)
    assert found["denominator_growth"] == pytest.approx(20.0)
    assert found["needed"] == pytest.approx(0.025 * 1200 * 1.44) and found["more"] == pytest.approx(43.2 - 24)
    assert found["growth"] == pytest.approx(100 * (math.sqrt(43.2 / 24) - 1))
    assert (found["indicator"], found["denominator_year"]) == ("rd_expenditure", 2018)
    assert found["unit"] == catalogue.indicators["rd_expenditure"].unit
    assert money({2018: 2.0}, {2017: 20}, catalogue) is None and money({}, {2017: 20}, catalogue) is None
    assert money({2018: 0.5}, {2018: 20}, catalogue)["denominator"] == 4000  # below one is above nothing
    assert money({2018: 2.0}, {2018: 20}, catalogue, kind="every_year", since=2018) is None


def test_at_the_deadline_itself_nothing_grows(catalogue):
    found = money({2018: 2.0, 2020: 2.0}, {2018: 20, 2020: 24}, catalogue)
    assert (found["needed"], found["more"]) == (pytest.approx(30), pytest.approx(6))
    assert found["growth"] is None and found["denominator_growth"] is None
    nothing = money({2018: 2.0}, {2018: 0}, catalogue)
    assert nothing["growth"] is None


def test_the_product_grows_on_as_over_its_last_five_years_before_the_deadline(catalogue):
    """10 % in each of the last five changes; what came before and in the deadline's year is left out."""
    product = {2013: 10, 2014: 100} | {2014 + i: 100 * 1.1**i for i in range(1, 6)} | {2020: 999.0}
    found = money({2018: 2.0}, {2018: 20}, catalogue, product=product)
    assert found["denominator_growth"] == pytest.approx(10.0)
    assert found["since"] == 2014 and found["needed"] == pytest.approx(0.025 * 1000 * 1.21)


def test_the_growth_a_ratio_implies_is_taken_year_by_year_over_five_years():
    """Rates stay at 2 %: the denominator grows as the amounts, 10 % a year, and fifty before."""
    years = tuple(range(2011, 2019))
    rate = np.full((1, 8), 2.0)
    before = np.append([[math.nan]], rate[:, 1:], axis=1)
    words = np.full((1, 8), "")
    series = panel.Series(RATE, ("000000",), years, rate, before, words, words)

    def grown(series, amounts, last):
        return requirements._yearly(requirements._implied_changes(series, amounts, last))

    amounts = {2011: 1.0, 2012: 1.5, 2013: 2.25} | {2013 + i: 2.25 * 1.1**i for i in range(1, 6)}
    assert grown(series, amounts, 2018) == pytest.approx(10.0)
    assert grown(series, amounts, 2012) == pytest.approx(50.0)
    assert grown(series, amounts, 2011) is None
    doubled = dataclasses.replace(series, value=rate * 2)  # twice the rate a year: half the denominator
    assert grown(doubled, amounts, 2012) == pytest.approx(-25.0)
    assert grown(series, amounts | {2011: 0.0}, 2012) is None
    assert grown(series, {2011: 0.4, 2012: 0.5}, 2012) == pytest.approx(25.0)
    changes = requirements._implied_changes(series, amounts, 2018)
    assert [*changes] == [*range(2014, 2019)] and requirements._began(changes, 2018) == 2013


def test_the_growth_expected_below_a_target_is_that_of_its_amount(catalogue):
    rows = pd.concat(
        [figures({2017: 2.0, 2018: 2.0}, "rd_intensity"), figures({2017: 20, 2018: 22}, "rd_expenditure")]
    )
    history = panel.as_of(rows, "2019-12-31", catalogue)
    one = bare(target(), rows, catalogue)
    assert requirements.expected_growth(one, history, catalogue) == pytest.approx(10.0)
    product = figures({2017: 100, 2018: 130}, "gdp").assign(basis="gdp-census-4")
    both = panel.as_of(pd.concat([rows, product]), "2019-12-31", catalogue)
    assert requirements.expected_growth(one, both, catalogue) == pytest.approx(30.0)
    assert (
        requirements.expected_growth(bare(target(), rows.iloc[:0], catalogue), rows.iloc[:0], catalogue)
        is None
    )


@pytest.mark.parametrize(
    ("given", "as_of", "so_far", "row", "expected"),
    [
        ({}, "2020-07-31", ("2020-06", 5), {}, (6, 6)),
        ({"comparison": ">"}, "2020-07-31", ("2020-06", 5), {}, (7, 6)),
        ({}, "2020-07-31", ("2020-06", 12), {}, (0, 6)),
        ({"goal": 10.5}, "2020-07-31", ("2020-06", 5), {}, (6, 6)),
        ({}, "2020-12-31", ("2020-11", 5), {}, (6, 1)),
        ({}, "2020-12-31", ("2020-12", 5), {}, None),
        ({}, "2021-01-31", ("2020-11", 5), {}, None),
        ({"comparison": "<="}, "2020-07-31", ("2020-06", 5), {}, None),
        ({}, "2020-07-31", ("2020-06", 5), {"verdict": "met"}, None),
        ({}, "2020-07-31", ("2020-06", 5), {"verdict": "missed"}, None),
        ({}, "2020-07-31", ("2020-06", 5), {"verdict": "no_evidence"}, (6, 6)),
        ({}, "2019-09-30", None, {}, (11, 12)),
    ],
)
def test_so_many_a_month_are_still_to_come(given, as_of, so_far, row, expected, catalogue):
    one = target(**{"indicator": COUNT, "kind": "flow", "goal": 11} | given)
    so_far = so_far and seen_so_far(*so_far)
    found = required(one, figures({2018: 10}, COUNT), catalogue, as_of, so_far, **row)["per_month"]
    if expected is None:
        assert found is None
    else:
        assert found == {
            "value": pytest.approx(expected[0] / expected[1]),
            "still": expected[0],
            "months": expected[1],
        }


def test_of_those_pending_as_many_are_needed_as_the_count_lacks(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)

    def pending(seen, waiting):
        return required(
            one, figures({2018: 10}, COUNT), catalogue, so_far=seen_so_far("2020-06", seen, waiting)
        )["pending"]

    assert pending(10, 1) == {"count": 1, "needed": 1, "even_rate": pytest.approx(0.5)}
    assert pending(12, 3) == {"count": 3, "needed": 0, "even_rate": None}
    assert pending(5, 0) is None


# ------------------------------------------------------------------------------------- what turns it, by hand


def textbook(values, catalogue, **given):
    one = target(**given)
    rows = figures(values, one.indicator)
    made = forecast.Predictive(
        "000000", one.indicator, max(values), (2019, 2020), "own", (), one.kind == "flow", (), None
    )
    return answered(bare(one, rows, catalogue, p_attain=0.3), predictive=made)


@pytest.mark.parametrize(("comparison", "sign"), [(">=", 1), (">", 1), ("<=", -1), ("<", -1)])
def test_the_naive_model_is_a_walk_on_the_logs(comparison, sign, catalogue):
    """Changes .1, -.2, .2 of the logs: their root mean square is .1732, in two years the root of two more."""
    logs = dict(zip(range(2015, 2019), np.cumsum([0.0, 0.1, -0.2, 0.2]), strict=True))
    one = textbook(
        {year: math.exp(value) for year, value in logs.items()}, catalogue, goal=1.3, comparison=comparison
    )
    made = turning.models(one).set_index("model")["p"]
    distance = (math.log(1.3) - 0.1) / math.sqrt(0.09 / 3 * 2)
    assert made["naive"] == pytest.approx(stats.t.sf(sign * distance, 3))
    assert made["pool"] == 0.3
    mean, deviation = 0.1 / 3, np.std([0.1, -0.2, 0.2], ddof=1)
    distance = (math.log(1.3) - (0.1 + 2 * mean)) / (deviation * math.sqrt(2 * (1 + 2 / 3)))
    assert made["drift"] == pytest.approx(stats.t.sf(sign * distance, 2))


@pytest.mark.parametrize(("comparison", "edge"), [(">=", 10.5), (">", 11.5), ("<=", 11.5), ("<", 10.5)])
def test_counts_are_asked_at_the_edge_of_their_unit(comparison, edge, catalogue):
    """With a zero among them counts stay as they are: changes 2, -2, 6 around the last."""
    values = {2015: 2, 2016: 4, 2017: 2, 2018: 8}
    one = textbook(
        values | {2015: 0}, catalogue, indicator=COUNT, kind="flow", goal=11, comparison=comparison
    )
    naive = turning.models(one).set_index("model")["p"]["naive"]
    distance = (edge - 8) / math.sqrt((16 + 4 + 36) / 3 * 2)
    assert naive == pytest.approx(stats.t.sf(distance if comparison.startswith(">") else -distance, 3))


def test_figures_of_the_deadline_and_months_of_it_leave_no_textbook_answer(catalogue):
    values = {2015: 1.0, 2016: 1.1, 2017: 1.3, 2018: 1.2}
    one = textbook(values, catalogue)
    assert len(turning.models(one)) == 4
    with_months = dataclasses.replace(one, in_year=seen_so_far("2020-06", 1))
    for other in (
        with_months,
        answered(one),
        textbook(values, catalogue, kind="every_year", since=2020),
    ):
        assert turning.models(other)["model"].tolist() == ["pool"]
    assert turning.models(judged(one, verdict="met")).empty
    late = figures(values | {2020: 9.0})
    same = bare(target(), late, catalogue, "2022-12-31", p_attain=0.3)
    same = dataclasses.replace(same, answer=one.answer)
    assert turning.models(same)["p"].tolist() == turning.models(one)["p"].tolist()


def test_a_constant_goes_on_and_a_goal_of_nothing_is_asked_without_logs(catalogue):
    flat = textbook(dict.fromkeys(range(2015, 2019), 2.0), catalogue, goal=2.1)
    assert turning.models(flat)["p"].tolist()[1:] == pytest.approx([0, 0, 0], abs=1e-12)
    level = textbook({2015: 0.1, 2016: 0.3, 2017: 0.2, 2018: 0.4}, catalogue, goal=0.0)
    distance = (0 - 0.4) / math.sqrt((0.04 + 0.01 + 0.04) / 3 * 2)
    assert turning.models(level).set_index("model")["p"]["naive"] == pytest.approx(stats.t.sf(distance, 3))


def test_only_twelve_years_are_looked_at(catalogue):
    values = {year: 1.0 + 0.1 * (year % 3) for year in range(2007, 2019)}
    longer, same = (textbook(given, catalogue) for given in (values | {2006: 90.0}, values))
    assert turning.models(longer)["p"].tolist() == turning.models(same)["p"].tolist()
    shorter = textbook({year: value for year, value in values.items() if year > 2007}, catalogue)
    assert turning.models(shorter)["p"].tolist() != turning.models(same)["p"].tolist()


def test_a_last_figure_is_moved_alone(catalogue, monkeypatch):
    """Of the region's indicator in that year: no month, no other year, region or indicator."""
    seen = []

    def looked(plan_, target_, vintage):
        seen.append(vintage.history)
        return bare(target_, figures({2018: 1.0}), catalogue, p_attain=0.25)

    monkeypatch.setattr(attainment, "assess_vintage", looked)
    rows = pd.concat([figures({2017: 2.0, 2018: 4.0, "2018-06": 8.0}), figures({2018: 16.0}, RATE, "110000"),
                      figures({2018: 32.0}, COUNT)])  # fmt: skip
    vintage = attainment.Vintage.of(rows, "2019-12-31", catalogue)
    assert turning._with_last(bare(target(), rows, catalogue), vintage, 2018, 25.0) == 0.25
    assert sorted(seen[0]["value"]) == [2.0, 5.0, 8.0, 16.0, 32.0]


def test_the_usual_revisions_are_the_tenth_and_ninetieth_of_a_hundred(catalogue, monkeypatch):
    past = np.arange(-5.0, 6.0)
    monkeypatch.setattr(turning, "revisions", lambda *given: past)
    monkeypatch.setattr(turning, "_with_last", lambda one, rows, year, percent: 0.4 - percent / 100)
    one = bare(target(), figures({2017: 1.0, 2018: 2.0}), catalogue, p_attain=0.4)
    vintage = attainment.Vintage.of(figures({2018: 2.0}), "2019-12-31", catalogue)
    assert turning._revision(one, vintage) == {
        "n": 11, "q10": -4.0, "q90": 4.0, "p_low": pytest.approx(0.36), "p_high": pytest.approx(0.44),
        "flip": pytest.approx(-10.0, abs=0.01),
    }  # fmt: skip
    monkeypatch.setattr(turning, "revisions", lambda *given: past[:2])
    few = turning._revision(one, vintage)
    assert (few["n"], few["q10"], few["q90"], few["p_low"], few["p_high"]) == (2, None, None, None, None)
    for own, n in ((past[:3], 3), (past[:2], 11)):
        given = {True: own, False: past}
        monkeypatch.setattr(turning, "revisions", lambda *asked, given=given: given[len(asked) == 3])
        found = turning._revision(one, vintage)
        assert (found["n"], found["q10"]) == (n, pytest.approx(-4.8 if n == 3 else -4.0))
    assert turning._revision(judged(one, p_attain=None), vintage) is None
    for other in (
        bare(target(kind="growth", since=2016), figures({2018: 2.0}), catalogue, p_attain=0.4),
        bare(target(), figures({2018: 2.0}).iloc[:0], catalogue, p_attain=0.4),
        bare(
            target(indicator=COUNT, kind="flow", goal=3), figures({2018: 2}, COUNT), catalogue, p_attain=0.4
        ),
    ):
        assert turning._revision(other, vintage) is None


def test_an_answer_at_one_half_turns_downwards(catalogue):
    one = bare(target(goal=1.25), figures({2017: 1.1}), catalogue, p_attain=0.6)
    assert turning._flip(one, 1.0, lambda percent: 0.6 + percent / 400) == pytest.approx(-40, abs=0.01)
    even = judged(one, p_attain=0.5)
    assert turning._flip(even, 1.0, lambda percent: 0.5 + percent / 400) == pytest.approx(0, abs=0.01)
    assert turning._flip(even, 1.0, lambda percent: 0.5) is None
    both = judged(one, p_attain=0.4)  # turns either way: the nearer is named
    nearer = turning._flip(both, 1.0, lambda percent: 0.4 + abs(percent) / 250)
    assert nearer == pytest.approx(-25, abs=0.01)


def test_a_denominator_turns_a_small_goal_too(catalogue):
    one = bare(target(goal=0.5), figures({2017: 0.4}), catalogue, median=0.4)
    assert turning._rebased(one, catalogue) == {"flip": pytest.approx(-20.0), "denominator": "gdp"}
    known = judged(one, verdict="met", outcome=0.6)
    assert turning._rebased(known, catalogue)["flip"] == pytest.approx(20.0)
    assert turning._rebased(judged(known, outcome=None), catalogue) is None
    other = bare(target(kind="growth", goal=0.5, since=2016), figures({2017: 0.4}), catalogue, median=0.4)
    assert turning._rebased(other, catalogue) is None


# ------------------------------------------------------------------------------------ the whole plan, by hand


def together(catalogue, *given, **more):
    """A plan of targets a, b, ... with a chance, or None, and a verdict each."""
    rated = []
    for name, (p, verdict) in zip("abcdef", given, strict=False):
        rated.append(bare(target(id=name), figures({2018: 2.0}), catalogue, p_attain=p, verdict=verdict))
    return answers.whole_plan(rated, **more)


def test_only_open_targets_can_cost_and_known_ones_still_count(catalogue):
    found = together(
        catalogue, (1.0, "met"), (0.5, "open"), (0.25, "open"), (0.0, "missed"), (None, "no_evidence")
    )
    assert found.expected == pytest.approx(1.75) and found.excluded == (("e", "no_evidence"),)
    assert found.targets["target"].tolist() == ["a", "b", "c", "d"]
    assert found.independent["all"] == 0 and found.independent["at_least"] == pytest.approx(
        [1, 1, 5 / 8, 1 / 8, 0]
    )
    assert found.open_independent["all"] == pytest.approx(0.125)
    assert found.open_independent["at_least"] == pytest.approx([1, 5 / 8, 1 / 8])
    assert found.costliest == ("c", pytest.approx(0.125), pytest.approx(0.5))
    assert found.correlation == whole.CORRELATION == 0.3
    assert found.open_common["all"] == pytest.approx(counts.common_shock([0.5, 0.25], 0.3)[-1])
    assert found.common["at_least"][3] > found.independent["at_least"][3]


def test_without_open_targets_nothing_costs(catalogue):
    found = together(catalogue, (1.0, "met"), (1.0, "met"))
    assert found.costliest is None and found.independent["all"] == 1.0
    assert found.open_independent["at_least"].tolist() == [1.0] and found.shared == (("a", "b"),)
    other = together(catalogue, (0.5, "open"), (0.5, "open"), correlation=0.9)
    assert other.correlation == 0.9 and other.common["all"] == pytest.approx(
        counts.common_shock([0.5, 0.5], 0.9)[-1]
    )


def test_a_milestone_is_excluded_as_one_and_shares_no_indicator(catalogue):
    task = target(id="b", kind="milestone", indicator=None, goal=None)
    told = bare(target(id="a"), figures({2018: 2.0}), catalogue, p_attain=0.5)
    given = [told, bare(task, figures({2018: 2.0}), catalogue), told]
    found = answers.whole_plan(given)
    assert found.excluded == (("b", "milestone"),) and found.shared == (("a", "a"),)
    judged_ = answers.whole_plan([judged(given[1], p_attain=0.5), judged(given[1], p_attain=0.5)])
    assert judged_.shared == () and judged_.expected == 1.0


def test_the_table_takes_its_columns_from_the_answers(catalogue):
    one = bare(target(), figures({2018: 2.0}), catalogue)
    one = answered(one, readings={"exact": 0.1, "printed": 0.2})
    beside = {
        "pace": {"done": 0.3, "elapsed": 0.4},
        "ratio": {"value": 0.5, "label": "limited"},
        "agree": True,
        "reason": None,
    }
    needs = {
        "expected_gap": 0.6,
        "achieved": {"own": {"share": 0.7}, "peers": None},
        "amount": {"needed": 8, "more": 9},
        "per_month": {"value": 10},
        "break_even": 11,
        "pending": {"even_rate": 0.12},
    }
    frail = {"revision": {"flip": 13}, "rebased": None}
    row = answers.columns(one, {"side_by_side": beside, "requirement": needs, "fragility": frail})
    assert row == {
        "plan": "trial",
        "target": "one",
        "as_of": "2019-12-31",
        "p_exact": 0.1,
        "p_printed": 0.2,
        "p_strict": None,
        "pace_done": 0.3,
        "pace_elapsed": 0.4,
        "ratio": 0.5,
        "ratio_label": "limited",
        "agree": True,
        "reason": None,
        "expected_gap": 0.6,
        "achieved_own": 0.7,
        "achieved_peers": None,
        "amount_needed": 8,
        "amount_more": 9,
        "per_month": 10,
        "break_even": 11,
        "even_rate": 0.12,
        "flip_last": 13,
        "flip_denominator": None,
    }


def test_a_turn_is_looked_for_from_half_the_figure_to_its_double(catalogue):
    one = bare(target(goal=1.25), figures({2017: 1.1}), catalogue, p_attain=0.4)

    def crossing(at):
        slope = 0.1 / at
        return turning._flip(one, 1.0, lambda percent: 0.4 + slope * percent)

    for at in (-49.5, 99.5):
        assert crossing(at) == pytest.approx(at, abs=0.01)
    assert crossing(-50.5) is None and crossing(100.5) is None


def test_an_amount_below_one_still_grows(catalogue):
    found = money({2018: 2.0}, {2018: 0.5}, catalogue)
    assert found["growth"] == pytest.approx(100 * (math.sqrt(1.25) - 1))


def test_amounts_from_which_growth_is_implied_are_used(outlook):
    """No GDP of Henan is filed: five changes of it follow from ratio and expenditure of six years."""
    one = outlook("henan-2024", "2024-12-31").of("rd-intensity")
    parts = one.figures[one.figures["role"].eq("part")]
    assert {*parts["indicator"]} == {"rd_expenditure"} and parts["year"].min() < 2016
    assert parts.loc[one.used[parts.index], "year"].min() == 2016
