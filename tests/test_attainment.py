"""Attainment: every kind of target on made-up figures with known answers, and the real Luohe plan."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import answers, attainment, counts, plans, tables
from analysis.kinds import goals

RATE, COUNT = "rd_intensity", "national_hte_new"


def figures(values, indicator=RATE, region="000000", basis="gdp-census-4"):
    """Annual ("2019") and in-year ("2019-06") figures, each published in the October after."""
    rows = [{"region": region, "indicator": indicator, "period": str(period),
             "year": int(str(period)[:4]),
             "basis": basis if indicator == RATE else "", "source": "made-up", "rank": 1,
             "published": pd.Timestamp(f"{period}-28" if len(str(period)) > 4 else f"{period + 1}-10-01"),
             "precision": "day", "value": float(value), "unit": "", "status": "reported", "note": ""}
            for period, value in values.items()]  # fmt: skip
    return pd.DataFrame(rows)


def target(**given):
    base = {"id": "one", "clause": "1", "title": {"zh": "甲", "en": "One"}, "indicator": RATE}
    base |= {"kind": "level", "goal": 2.3, "deadline": 2020}
    return plans.Target.model_validate({k: v for k, v in (base | given).items() if v is not None})


def plan(one, region="000000"):
    words = {"zh": "甲", "en": "One"}
    return plans.Plan(id="trial", region=region, title=words, document="d", issued="2018-12-28", issuer=words,
                      addressee=words, targets=(one,))  # fmt: skip


def assess(one, rows, catalogue, as_of="2019-12-31", region="000000"):
    return attainment.assess(plan(one, region), one, rows, as_of, catalogue)


RISING = figures({y: 1.5 + 0.1 * (y - 2010) + 0.01 * (-1) ** y for y in range(2010, 2019)})
COUNTS = figures({2014: 8, 2015: 11, 2016: 9, 2017: 12, 2018: 10}, COUNT)


@given(value=st.decimals(0, 9, places=3), goal=st.decimals(0, 9, places=2),
       comparison=st.sampled_from([">=", ">", "<=", "<"]))  # fmt: skip
@settings(deadline=None)
def test_the_edge_asks_of_the_exact_figure_what_is_asked_of_the_printed(value, goal, comparison):
    value, goal = float(value), float(goal)
    printed = goals.compare(goals.rounded(value, 2), comparison, goal)
    assert printed == goals.compare(value, *goals.printed_edge(comparison, goal, 2))


def test_rounding_turns_the_outcome_and_both_answers_are_given(catalogue):
    rows = figures({2019: 1.2, 2020: 1.246})
    exact = assess(target(goal=1.25), rows, catalogue, "2021-12-31")
    assert exact.row["verdict"] == "missed"
    assert (exact.readings["exact"], exact.readings["printed"], exact.readings["matters"]) == (0.0, 1.0, True)
    assert (
        assess(target(goal=1.25, rounding="printed"), rows, catalogue, "2021-12-31").row["verdict"] == "met"
    )


def test_kinds_that_ask_the_same_give_the_same_probability(catalogue):
    level = assess(target(), RISING, catalogue).row["p_attain"]
    last = float(RISING["value"].iloc[-1])
    growth = 100 * ((2.3 / last) ** 0.5 - 1)
    alike = [target(kind="every_year", since=2020), target(kind="growth", since=2018, goal=growth)]
    for one in alike:
        row = assess(one, RISING, catalogue).row
        assert row["p_attain"] == pytest.approx(level, abs=0.02)
        assert row["p_low"] <= row["p_attain"] <= row["p_high"]
        assert row["p_high"] - row["p_low"] > 0.01
    flow = assess(target(indicator=COUNT, kind="flow", goal=11), COUNTS, catalogue).row["p_attain"]
    summed = target(indicator=COUNT, kind="cumulative", since=2020, goal=11)
    assert assess(summed, COUNTS, catalogue).row["p_attain"] == pytest.approx(flow, abs=0.02)


def test_every_year_is_no_likelier_than_any_year_and_strictness_lowers(catalogue):
    both = assess(target(kind="every_year", since=2019), RISING, catalogue)
    assert both.row["p_attain"] <= assess(target(), RISING, catalogue).row["p_attain"] + 0.01
    flow = assess(target(indicator=COUNT, kind="flow", goal=11), COUNTS, catalogue).readings
    assert flow["strict"] < flow["inclusive"] == flow["stated"]


def test_direction_is_answered_also_when_last_year_is_not_published(catalogue):
    unknown = assess(target(kind="direction", goal=None, comparison=">", than=2019), RISING, catalogue)
    assert unknown.row["goal"] is None
    assert 0.7 < unknown.row["p_attain"] < 1
    known = assess(target(kind="direction", goal=None, comparison=">", than=2018), RISING, catalogue)
    assert known.row["goal"] == pytest.approx(RISING["value"].iloc[-1])


def test_a_missing_year_gives_no_number_and_is_named(catalogue):
    gap = COUNTS[COUNTS["year"].ne(2016)]
    one = assess(target(indicator=COUNT, kind="cumulative", since=2015, goal=60), gap, catalogue)
    assert (one.row["verdict"], one.row["p_attain"], one.missing) == ("no_evidence", None, (2016,))


def test_a_break_is_never_compared_across(catalogue):
    old = figures({2016: 2.0, 2017: 2.1}, basis="gdp-census-3")
    rows = pd.concat([old, figures({2018: 1.9, 2019: 1.95})])
    one = target(kind="direction", goal=None, comparison=">", than=2017)
    assert assess(one, rows, catalogue, "2020-12-31").missing == (2017,)
    linked = pd.concat([rows, figures({2017: 1.8})])
    assert assess(one, linked, catalogue, "2020-12-31").row["goal"] == pytest.approx(1.8)


def test_counts_within_the_year(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)
    p = {seen: assess(one, pd.concat([COUNTS, figures({"2020-06": seen}, COUNT)]), catalogue, "2020-07-31")
         for seen in (2, 5, 9, 11)}  # fmt: skip
    chances = [p[seen].row["p_attain"] for seen in (2, 5, 9, 11)]
    assert chances == sorted(chances)
    assert p[2].row["p_attain"] < 0.1 and p[9].row["p_attain"] > 0.9
    assert p[11].row["verdict"] == "met"  # counts do not fall
    assert (p[5].in_year.month, p[5].in_year.seen, p[5].in_year.share) == ("2020-06", 5, 0.5)
    late = one.model_copy(update={"calendar": {11: 1.0}})
    alone = assess(late, pd.concat([COUNTS, figures({"2020-06": 0}, COUNT)]), catalogue, "2020-07-31")
    assert alone.row["p_attain"] == pytest.approx(
        assess(late, COUNTS, catalogue, "2020-07-31").row["p_attain"], abs=1e-3
    )


def test_without_any_past_the_year_speaks_for_itself(catalogue):
    rows = figures({"2020-06": 7}, COUNT)
    one = assess(target(indicator=COUNT, kind="flow", goal=11), rows, catalogue, "2020-07-31")
    assert one.row["p_attain"] == pytest.approx(counts.poisson_gamma(11, 7, 0.5, 0.5, 0.0))
    assert (one.row["evidence"], one.row["origin"]) == ("own", None)


def test_paths_weighed_by_the_months_agree_with_the_closed_form(catalogue):
    rows = pd.concat([COUNTS, figures({"2020-06": 6}, COUNT)])
    flow = assess(target(indicator=COUNT, kind="flow", goal=11), rows, catalogue, "2020-07-31")
    summed = target(indicator=COUNT, kind="cumulative", since=2020, goal=11)
    drawn = assess(summed, rows, catalogue, "2020-07-31").row["p_attain"]
    assert drawn == pytest.approx(flow.row["p_attain"], abs=0.03)


def test_pending_applications_move_the_probability_only_when_judged(catalogue):
    listed = {"count": 10, "title": {"zh": "甲", "en": "One"}, "source": "made-up", "from": "2020-06-30"}
    rows = pd.concat([COUNTS, figures({"2020-06": 5}, COUNT)])
    judged = target(indicator=COUNT, kind="flow", goal=11, pending=[listed | {"probability": 0.6}])
    one = assess(judged, rows, catalogue, "2020-07-31")
    assert one.row["p_attain"] == pytest.approx(counts.poisson_binomial(np.full(10, 0.6))[6:].sum(), abs=1e-6)
    open_ = target(indicator=COUNT, kind="flow", goal=11, pending=[listed])
    plain = assess(target(indicator=COUNT, kind="flow", goal=11), rows, catalogue, "2020-07-31")
    assert assess(open_, rows, catalogue, "2020-07-31").row["p_attain"] == plain.row["p_attain"]


def test_nothing_published_later_reaches_an_assessment(catalogue, observations):
    day = "2018-12-31"
    altered = observations.copy()
    altered.loc[altered["published"] > day, "value"] *= 3
    loaded = plans.load("luohe-2019")
    assert not altered.equals(observations)
    then = [attainment.table(loaded, rows, day, catalogue) for rows in (observations, altered)]
    pd.testing.assert_frame_equal(*then)
    tables.check(then[0], tables.ATTAINMENT)


def test_the_real_luohe_plan_reads_sensibly(assessment, vintage, catalogue, observations):
    loaded = plans.load("luohe-2019")
    rows = attainment.table(loaded, observations, "2023-05-26", catalogue).set_index("target")
    verdicts = rows["verdict"].to_dict()
    assert verdicts["rd-intensity"] == "missed" and rows.loc["rd-intensity", "outcome"] == 0.86
    assert [name for name, verdict in verdicts.items() if verdict == "met"] == [
        "fiscal-st-share", "national-hte-new", "municipal-hte-new", "municipal-etrc-new",
        "tech-sme-registered", "fiscal-st-expenditure-rise", "rd-expenditure-rise"]  # fmt: skip
    assert verdicts["hightech-va-share"] == "no_evidence"  # 22 and 25 % stand on another scope
    new = assessment("luohe-2019", "2018-12-31", "national-hte-new")
    assert new.row["required_growth"] < 0 and new.row["gap"] == -3
    needs = answers.answers(new, vintage("2018-12-31"), catalogue)["requirement"]
    assert needs["below_last"] is True
    assert (needs["per_month"]["still"], needs["per_month"]["months"]) == (10, 12)
    centres = assessment("luohe-2019", "2020-01-19", "provincial-etrc-new")
    waiting = answers.answers(centres, vintage("2020-01-19"), catalogue)["requirement"]["pending"]
    assert waiting == {"count": 14, "needed": 3, "even_rate": pytest.approx(0.1865, abs=1e-4)}


def test_a_later_figure_leads_the_years_before_it(catalogue):
    """2016 and 2020 known: what lies between follows, and nothing that was published later does."""
    one = target(indicator=COUNT, kind="direction", goal=None, than=2018, deadline=2019, comparison=">")
    early = figures({2016: 34}, COUNT)
    late = figures({2016: 34, 2020: 101}, COUNT)
    before, after, not_yet = (
        assess(one, rows, catalogue, day)
        for rows, day in ((early, "2022-12-31"), (late, "2022-12-31"), (late, "2020-12-31"))
    )
    assert after.row["p_attain"] > 0.75 > before.row["p_attain"] == not_yet.row["p_attain"]
    assert after.row["p_low"] <= after.row["p_attain"] <= after.row["p_high"]
    assert 50 < after.row["median"] < 100 and after.row["hi80"] - after.row["lo80"] < before.row["hi80"]
    assert set(after.quantiles["year"]) == {2017, 2018, 2019} and after.predictive.later == (2020, 101.0)
    level = target(indicator=COUNT, kind="flow", goal=60, deadline=2019)
    chances = [assess(level, rows, catalogue, "2022-12-31").row["p_attain"] for rows in (early, late)]
    assert chances[1] > chances[0] + 0.3


def test_the_months_of_the_year_itself_say_more_than_a_later_year(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=14, deadline=2019)
    rows = figures({2014: 8, 2015: 11, 2016: 9, 2017: 12, 2018: 10, "2019-09": 3}, COUNT)
    later = pd.concat([rows, figures({2020: 30}, COUNT)])
    plain, led = (assess(one, table, catalogue, "2021-12-31") for table in (rows, later))
    assert (
        led.row["p_attain"] == pytest.approx(plain.row["p_attain"], abs=1e-3) and plain.row["p_attain"] < 0.01
    )
    assert led.row["median"] == plain.row["median"] and led.predictive.later is None


def test_the_gap_is_that_of_the_last_figure_up_to_the_deadline(catalogue):
    one = target(deadline=2018, goal=2.5)
    rows = pd.concat([figures({2015: 1.9, 2016: 2.0}), figures({2020: 2.8})])
    found = assess(one, rows, catalogue, "2022-12-31")
    assert found.row["gap"] == pytest.approx(0.5) and found.predictive.later == (2020, 2.8)


def test_rounding_holds_also_on_the_way_to_a_later_figure(catalogue):
    rows = pd.concat([RISING, figures({2021: 2.42})])
    given = {"kind": "direction", "goal": None, "than": 2018, "deadline": 2020, "comparison": ">"}
    exact = assess(target(**given), rows, catalogue, "2022-12-31")
    printed = assess(target(**given, rounding="printed"), rows, catalogue, "2022-12-31")
    assert exact.predictive.later and printed.row["p_attain"] == exact.readings["printed"]
    assert printed.row["p_attain"] < exact.row["p_attain"]


def test_a_target_of_every_year_is_missed_by_the_year_that_missed_it(catalogue):
    one = target(kind="every_year", goal=2.2, since=2017, deadline=2022)
    found = assess(one, RISING, catalogue)
    assert (
        found.row["verdict"] == "missed" and found.row["outcome"] == RISING.set_index("year")["value"][2017]
    )


def test_a_later_figure_on_another_basis_says_nothing(catalogue):
    one = target(kind="direction", goal=None, than=2018, deadline=2019, comparison=">")
    rows = figures({2015: 1.5, 2016: 1.6})
    other = pd.concat([rows, figures({2020: 2.5}, basis="gdp-census-5")])
    answers_ = [assess(one, table, catalogue, "2022-12-31") for table in (rows, other)]
    assert answers_[0].row["p_attain"] == answers_[1].row["p_attain"] and answers_[1].predictive.later is None
