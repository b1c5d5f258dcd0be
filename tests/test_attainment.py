"""Attainment: every kind of target on made-up figures with known answers, and the real Luohe plan."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import (
    answers,
    attainment,
    census,
    counts,
    forecast,
    kinds,
    ladder,
    mixtures,
    panel,
    plans,
    situations,
    tables,
)
from analysis import report as reports
from analysis.kinds import goals, paths, within

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
NOTHING = situations.Nothing()
ON_CONDITION = situations.Conditional(2018, pd.DataFrame(), None, ("110000",), 1.0)


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
    assert (one.row["verdict"], one.row["p_attain"]) == ("no_evidence", None)
    assert one.answer == situations.Lacking((2016,))


def test_a_break_is_never_compared_across(catalogue):
    old = figures({2016: 2.0, 2017: 2.1}, basis="gdp-census-3")
    rows = pd.concat([old, figures({2018: 1.9, 2019: 1.95})])
    one = target(kind="direction", goal=None, comparison=">", than=2017)
    assert assess(one, rows, catalogue, "2020-12-31").answer.missing == (2017,)
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
    needs = answers.answers(new, vintage("2018-12-31"))["requirement"]
    assert needs["below_last"] is True
    assert (needs["per_month"]["still"], needs["per_month"]["months"]) == (10, 12)
    centres = assessment("luohe-2019", "2020-01-19", "provincial-etrc-new")
    waiting = answers.answers(centres, vintage("2020-01-19"))["requirement"]["pending"]
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
    assert set(after.quantiles["year"]) == {2017, 2018, 2019} and after.later == (2020, 101.0)
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
    assert led.row["median"] == plain.row["median"] and led.later is None


def test_the_gap_is_that_of_the_last_figure_up_to_the_deadline(catalogue):
    one = target(deadline=2018, goal=2.5)
    rows = pd.concat([figures({2015: 1.9, 2016: 2.0}), figures({2020: 2.8})])
    found = assess(one, rows, catalogue, "2022-12-31")
    assert found.row["gap"] == pytest.approx(0.5) and found.later == (2020, 2.8)


def test_rounding_holds_also_on_the_way_to_a_later_figure(catalogue):
    rows = pd.concat([RISING, figures({2021: 2.42})])
    given = {"kind": "direction", "goal": None, "than": 2018, "deadline": 2020, "comparison": ">"}
    exact = assess(target(**given), rows, catalogue, "2022-12-31")
    printed = assess(target(**given, rounding="printed"), rows, catalogue, "2022-12-31")
    assert exact.later and printed.row["p_attain"] == exact.readings["printed"]
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
    assert answers_[0].row["p_attain"] == answers_[1].row["p_attain"] and answers_[1].later is None


# ---------------------------------------------------------------------------------------- the wiring, by hand


def answer(one, catalogue, given=NOTHING, as_of="2019-12-31"):
    """An assessment of nothing known, with the answer given."""
    empty, row = RISING.iloc[:0], attainment._row(plan(one), one, as_of)
    series = panel.series(empty, RATE)
    return attainment.Assessment(plan(one), one, as_of, row, empty, empty, series, None, given)


def chance(predictive=None, lent=NOTHING, readings=None, quantiles=None):
    """A probability by hand: a forecast where one is given."""
    fan = pd.DataFrame(columns=attainment.FAN) if quantiles is None else quantiles
    given = fan, readings or {}, lent
    return situations.Probability(*given) if predictive is None else situations.Forecast(*given, predictive)


def by_verdict(one, verdict, **given):
    """The answer that a row's verdict calls for; where figures leave it open, with what is given."""
    task, met = kinds.of(one).judged, verdict == "met"
    if verdict == "open":
        return situations.Judged(one.judgement) if task else chance(**given)
    if verdict == "no_evidence":
        return situations.Undecided() if task else NOTHING
    return situations.Ended(met) if task else situations.Settled(met, {})


def task(*evidence, **given):
    found = [
        {"date": day, "status": status, "text": {"zh": "甲", "en": "a"}, "source": "x"}
        for day, status in evidence
    ]
    return target(**{"kind": "milestone", "indicator": None, "goal": None, "evidence": found} | given)


@pytest.mark.parametrize(
    ("given", "situation", "peers"),
    [
        (situations.Settled(True, {}), "met", ()),
        (situations.Settled(False, {}), "missed", ()),
        (chance(), "open", ()),
        (chance(lent=ON_CONDITION), "open", ("110000",)),
        (chance(SimpleNamespace(peers=("410000",)), lent=ON_CONDITION), "open", ("410000",)),
        (NOTHING, "none", ()),
        (situations.Nothing(("110000",)), "none", ("110000",)),
        (situations.Lacking((2016,)), "none", ()),
        (ON_CONDITION, "conditional", ("110000",)),
        (situations.Rises(("120000",), 1, 2), "rises", ("120000",)),
    ],
)
def test_what_kind_of_answer_there_is_and_who_lends_to_it(given, situation, peers, catalogue):
    found = answer(target(), catalogue, given)
    assert (found.situation, found.peers) == (situation, peers)


@pytest.mark.parametrize(
    ("given", "evidence", "situation"),
    [
        (situations.Ended(True), [], "done"),
        (situations.Ended(False), [], "failed"),
        (situations.Judged(None), [], "judged"),
        (situations.Undecided(), [("2019-12-31", "under_way")], "related"),
        (situations.Undecided(), [("2020-01-01", "under_way")], "silent"),
        (situations.Undecided(), [], "silent"),
    ],
)
def test_what_is_known_of_a_task(given, evidence, situation, catalogue):
    assert answer(task(*evidence), catalogue, given).situation == situation


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([("2019-12-31", "achieved")], "met"),
        ([("2020-01-01", "achieved")], "no_evidence"),
        ([("2019-12-31", "not_achieved")], "missed"),
        ([("2019-05-01", "not_achieved"), ("2019-12-01", "achieved")], "met"),
        ([("2019-05-01", "under_way")], "no_evidence"),
    ],
)
def test_dated_evidence_decides_a_task_from_its_day_on(evidence, verdict, catalogue):
    found = assess(task(*evidence), RISING, catalogue)
    assert found.row["verdict"] == verdict
    assert found.row["p_attain"] == {"met": 1.0, "missed": 0.0}.get(verdict)
    assert (found.row["evidence"], found.readings) == ("none" if verdict == "no_evidence" else "own", {})


@pytest.mark.parametrize(("day", "p"), [("2019-12-31", 0.7), ("2020-01-01", None)])
def test_a_signed_judgement_stands_from_its_day_on(day, p, catalogue):
    judgement = {"date": day, "probability": 0.7, "author": "a", "reason": {"zh": "甲", "en": "a"}}
    found = assess(task(judgement=judgement), RISING, catalogue)
    assert (found.row["p_attain"], found.row["verdict"]) == (p, "open" if p else "no_evidence")
    assert found.row["p_low"] is found.row["median"] is None


def test_the_median_is_that_of_the_deadline(catalogue):
    rows = [(2019, 0.5, 2.0), (2020, 0.1, 1.5), (2020, 0.5, 2.5), (2020, 0.9, 3.5)]
    found = answer(target(), catalogue, chance(quantiles=pd.DataFrame(rows, columns=attainment.FAN)))
    assert found.median == 2.5 and answer(target(), catalogue).median is None


def test_a_release_of_the_day_itself_is_known(catalogue):
    for day, n in (("2019-09-30", 8), ("2019-10-01", 9)):
        found = attainment.Vintage.of(RISING, day, catalogue)
        assert len(found.filed) == len(found.history) == n


def released(*days, region="000000", indicator=RATE, year=2018):
    rows = pd.concat([figures({year: 2.0}, indicator, region)] * len(days)) if days else RISING.iloc[:0]
    return rows.assign(published=pd.to_datetime(list(days)))


def test_the_days_of_a_plan_are_its_issue_its_changes_and_the_last(catalogue):
    """Issued on 2018-12-28: what was published before or after the last day is no day of it."""
    rows = released("2018-12-27", "2018-12-28", "2019-05-01", "2019-05-01", "2019-12-31", "2020-01-01")
    other = pd.concat(
        [rows, released("2019-06-01", region="110000"), released("2019-07-01", indicator=COUNT)]
    )
    made = plan(target())
    assert attainment.dates(made, other, "2019-12-31") == ["2018-12-28", "2019-05-01", "2019-12-31"]
    assert attainment.dates(made, other, "2019-06-30") == ["2018-12-28", "2019-05-01", "2019-06-30"]
    assert attainment.dates(made, rows.iloc[:0], "2019-06-30") == ["2018-12-28", "2019-06-30"]
    assert attainment.dates(made, other, "2016-12-31") == ["2016-12-31"], "nothing of a later day"
    assert plan(task()).indicators == set() and made.indicators == {RATE}


@pytest.mark.parametrize(
    ("as_of", "before"),
    [
        ("2018-12-28", None),
        ("2019-04-30", "2018-12-28"),
        ("2019-05-01", "2018-12-28"),
        ("2019-12-31", "2019-05-01"),
        ("2020-06-30", "2019-05-01"),
        ("2020-07-01", "2019-12-31"),
    ],
)
def test_a_movement_is_told_from_the_change_before_the_newest(as_of, before):
    rows = released("2017-05-01", "2019-05-01", "2019-12-31", "2020-07-01")
    assert attainment.before_newest(plan(target()), rows, as_of) == before


@pytest.mark.parametrize(
    ("days", "year", "dates"),
    [
        (["2019-05-01", "2021-09-30"], 2020, ["2018-12-31", "2021-09-30"]),
        (["2019-05-01"], 2021, ["2018-12-31"]),
        (["2018-05-01"], 2017, ["2018-12-31"]),
        (["2018-12-31"], 2018, ["2018-12-31"]),
        (["2019-01-01"], 2018, ["2018-12-31", "2019-01-01"]),
        ([], 2018, ["2018-12-31"]),
    ],
)
def test_a_report_is_of_the_end_of_the_year_and_of_the_newest_figure_that_bears_on_a_target(
    days, year, dates
):
    assert reports.days(plan(target()), released(*days, year=year)) == dates
    assert reports.days(plan(task()), released("2019-05-01")) == ["2018-12-31"]


def test_a_table_has_whole_numbers_where_they_are_and_else_numbers(catalogue):
    rows = [
        attainment._row(plan(target()), target(), "2019-12-31") | {"origin": 2018, "horizon": 2},
        attainment._row(plan(target()), target(), "2020-12-31"),
    ]
    made = attainment.frame(rows)
    assert made["origin"].tolist() == [2018, pd.NA] and str(made["horizon"].dtype) == "Int64"
    assert str(made["p_attain"].dtype) == "float64" and made["verdict"].tolist() == ["no_evidence"] * 2
    assert list(made.columns) == list(tables.ATTAINMENT.columns)


def test_a_goal_on_a_basis_is_asked_of_figures_on_it():
    rows = pd.concat(
        [figures({2018: 1.0}), figures({2018: 2.0}, basis="gdp-census-3"), figures({2018: 3}, COUNT)]
    )
    one = target(basis="gdp-census-3")
    assert attainment.on_basis(rows, one)["value"].tolist() == [2.0, 3.0]
    assert len(attainment.on_basis(rows, target())) == 3


def test_an_open_row_says_what_it_stands_on(catalogue):
    found = assess(target(goal=2.3), RISING, catalogue)
    row, fan = found.row, found.quantiles
    assert (row["origin"], row["horizon"], row["evidence"], row["verdict"]) == (2018, 2, "own", "open")
    last = fan[fan["year"].eq(2020)].set_index("quantile")["value"]
    levels = {"median": 0.5, "lo80": 0.1, "hi80": 0.9, "lo95": 0.025, "hi95": 0.975}
    assert {name: row[name] for name in levels} == {name: last[level] for name, level in levels.items()}
    assert set(fan["year"]) == {2019, 2020} and row["gap"] == pytest.approx(2.3 - RISING["value"].iloc[-1])
    assert row["required_growth"] == pytest.approx(100 * ((2.3 / RISING["value"].iloc[-1]) ** 0.5 - 1))
    assert found.readings.keys() == {"stated", "strict", "inclusive", "exact", "printed", "matters"}


@pytest.mark.parametrize(
    ("given", "gap", "growth"),
    [
        ({}, 0.1, 100 * ((2.3 / 2.2) ** (1 / 2) - 1)),
        ({"kind": "growth", "since": 2017}, None, None),
        ({"goal": 0.0}, -2.2, None),
        ({"deadline": 2019}, 0.1, 100 * (2.3 / 2.2 - 1)),
        ({"kind": "every_year", "since": 2020}, 0.1, 100 * ((2.3 / 2.2) ** (1 / 2) - 1)),
    ],
)
def test_gap_and_required_growth_are_of_a_level(given, gap, growth, catalogue):
    one, kind = target(**given), kinds.of(target(**given))
    told = attainment._known(
        plan(one),
        one,
        attainment.Vintage.of(figures({2017: 2.1, 2018: 2.2, 2021: 9.0}), "2023-12-31", catalogue),
    )
    assert kind.gap(told, None) == (gap and pytest.approx(gap)) and kind.required_growth(told) == (
        growth and pytest.approx(growth)
    )


@pytest.mark.parametrize(("than", "gap"), [(2018, None), (2017, -0.1)])
def test_a_year_is_not_compared_with_itself(than, gap, catalogue):
    """A direction's goal is an earlier year's figure: where that is the latest, there is no gap to it."""
    one = target(kind="direction", comparison=">", goal=None, than=than, deadline=2019)
    rows = figures({2017: 2.1, 2018: 2.2})
    told = attainment._known(plan(one), one, attainment.Vintage.of(rows, "2019-12-31", catalogue))
    assert kinds.of(one).gap(told, None) == (gap and pytest.approx(gap))


@pytest.mark.parametrize(("last", "growth"), [(0.0, None), (0.5, 100 * (4.6**0.5 - 1)), (-1.0, None)])
def test_growth_from_nothing_is_not_required(last, growth, catalogue):
    one = target(goal=2.3)
    told = attainment._known(
        plan(one), one, attainment.Vintage.of(figures({2018: last}), "2019-12-31", catalogue)
    )
    assert kinds.of(one).required_growth(told) == (growth and pytest.approx(growth))
    assert kinds.of(one).gap(told, None) == 2.3 - last


def test_the_gap_of_a_count_is_that_of_its_months(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)
    rows = pd.concat([COUNTS, figures({"2020-06": 4}, COUNT)])
    told = attainment._known(plan(one), one, attainment.Vintage.of(rows, "2020-07-31", catalogue))
    kind = kinds.of(one)
    assert kind.gap(told, kind.so_far(told)) == 7 and kind.gap(told, None) == 1


@pytest.mark.parametrize(
    ("as_of", "base"), [("2019-06-30", 2018), ("2020-12-31", 2019), ("2021-06-30", 2019)]
)
def test_without_own_figures_the_last_year_a_bureau_can_have_is_asked_for(
    as_of, base, catalogue, monkeypatch
):
    asked = []
    peers = ("110000", "120000")
    lent = {
        "lenders": lambda self, region, before: (peers, 1.0),
        "rises": lambda self, codes, before: (len(codes), before),
        "conditional": lambda self, *given: asked.append(given) or "bases",
    }
    for name, made in lent.items():
        monkeypatch.setattr(forecast.Forecaster, name, made)

    def found(one):
        vintage = attainment.Vintage.of(RISING.iloc[:0], as_of, catalogue)
        return attainment._lent(kinds.of(one), attainment._known(plan(one, "411100"), one, vintage))

    assert found(target(goal=2.3)) == "bases"
    assert asked == [("411100", base, 2020, ">=", 2.3)]
    rose = found(target(kind="direction", goal=None, than=2018, comparison=">"))
    assert rose == situations.Rises(peers, 2, 2020)
    assert found(target(kind="growth", since=2016)) == situations.Nothing(peers)
    monkeypatch.setattr(forecast.Forecaster, "lenders", lambda self, region, before: ((), 1.0))
    assert found(target(goal=2.3)) == NOTHING


def gaussian(*middles, later=None, integer=False):
    """A forecast of 2019 and on, a walk on the log scale with a deviation of .1 at its end."""
    wide = np.sqrt(np.arange(1, len(middles) + 1) / len(middles))
    pool = mixtures.Mixture(
        family=("log",),
        weight=np.ones((1, 1)),
        location=np.log([[middles]]),
        spread=0.1 * wide[None, None],
        doubt=np.zeros((1, 1, len(middles))),
        dof=np.full((1, 1), 1e9),
        offset=np.zeros(1),
        lower=0.0,
        integer=integer,
    )
    years = tuple(range(2019, 2019 + len(middles)))
    return forecast.Predictive("000000", RATE, 2018, years, "own", (), integer, ((2018, 2.0),), pool, later)


def test_the_fan_reaches_to_the_deadline_and_takes_its_months(catalogue):
    fan = attainment._fan(target(deadline=2019), gaussian(2.0, 2.2), None)
    assert set(fan["year"]) == {2019} and fan["quantile"].tolist() == list(attainment.LEVELS)
    assert fan["value"].iloc[11] == pytest.approx(2.0) and fan["value"].iloc[2] == pytest.approx(
        2 * np.exp(-0.16449 * 0.5**0.5), rel=1e-4
    )
    so_far = within.InYear("2019-06", 1, 0.5, (), 0, np.zeros(0), total=np.array([0.0, 0.3, 0.7]))
    seen = attainment._fan(target(deadline=2019), None, so_far)
    assert seen["value"].iloc[[0, 5, 6, 11]].tolist() == [1, 1, 1, 2] and set(seen["year"]) == {2019}
    assert attainment._fan(target(), None, None).empty


def test_the_way_to_a_later_figure_is_drawn_as_its_kind_of_number_is(catalogue):
    drawn = attainment._expected(gaussian(2.0, 2.2, later=(2020, 2.2)))
    assert drawn[2020] == pytest.approx(np.full(len(attainment.LEVELS), 2.2), abs=1e-6) and np.all(
        np.diff(drawn[2019]) > 0
    )
    counted = attainment._expected(gaussian(20.0, 22.0, later=(2020, 22.0), integer=True))
    assert np.all(counted[2019] == np.round(counted[2019])) and set(counted[2020]) == {22.0}


def test_the_answer_without_and_with_a_revision_of_the_denominator(catalogue, monkeypatch):
    """Revised by m in logs the median 2.42 is exp(m) smaller: the chance of 2.3 by hand."""
    one = target(goal=2.3)
    told = attainment._known(plan(one), one, attainment.Vintage.of(RISING, "2019-12-31", catalogue))
    pending = census.Rebasing("gdp-census-5", 0.02, 0.03, 2, None)
    asked = []
    monkeypatch.setattr(
        ladder.Ladder, "unrebased", lambda self, *given: asked.append(given) or (gaussian(2.3, 2.42), pending)
    )
    found = attainment._if_rebased(kinds.of(one), told, 2019, None)
    assert asked == [("000000", RATE, 2020, 2019, None)]
    for name, moved in (("none", 0.0), ("median", 0.02), ("high", 0.02 + 1.2816 * 0.03)):
        assert found[name] == pytest.approx(stats.norm.cdf((np.log(2.42 / 2.3) - moved) / 0.1), abs=1e-6)
        assert found[f"growth_{name}"] == pytest.approx(100 * (np.exp(moved) - 1))


def test_the_answer_at_each_width_a_city_may_have(catalogue, monkeypatch):
    one = target(goal=2.3)
    told = attainment._known(plan(one), one, attainment.Vintage.of(RISING, "2019-12-31", catalogue))
    monkeypatch.setattr(
        ladder.Ladder, "held", lambda self, times: SimpleNamespace(times=times, catalogue=catalogue)
    )
    monkeypatch.setattr(type(told), "predict", lambda self: gaussian(2.3, 2.3 + 0.1 * self.ladder.times))
    found = attainment._if_widened(kinds.of(one), told, None)
    hand = {f"times_{n}": stats.norm.cdf(np.log((2.3 + 0.1 * n) / 2.3) / 0.1) for n in (1, 2, 3)}
    assert found == pytest.approx(hand, abs=1e-6)


@pytest.mark.parametrize(
    ("rebasing", "widened", "brief", "told"),
    [
        (None, 1.0, False, set()),
        (None, 2.0, False, {"widened"}),
        ("one", 1.0, False, {"census"}),
        ("one", 2.0, True, set()),
    ],
)
def test_other_assumptions_are_asked_where_they_bear_and_more_is_wanted(
    rebasing, widened, brief, told, catalogue, monkeypatch
):
    one = target(goal=2.3)
    known = attainment._known(plan(one), one, attainment.Vintage.of(RISING, "2019-12-31", catalogue))
    known = dataclasses.replace(known, brief=brief)
    monkeypatch.setattr(attainment, "_if_rebased", lambda *given: {"none": 1})
    monkeypatch.setattr(attainment, "_if_widened", lambda *given: {"times_1": 1})
    made = dataclasses.replace(gaussian(2.3, 2.42), rebasing=rebasing, widened=widened)
    ask = kinds.of(one).ask(known, made, None)
    row, told_ = attainment._answer(kinds.of(one), known, ask, made, None, NOTHING)
    assert set(told_.readings) & {"census", "widened"} == told
    assert row["p_attain"] == pytest.approx(stats.norm.cdf(np.log(2.42 / 2.3) / 0.1), abs=1e-6)
    placed = dataclasses.replace(made, evidence="region", rebasing=None, widened=1.0)
    row, _ = attainment._answer(kinds.of(one), known, ask, placed, None, NOTHING)
    assert row["evidence"] == "region" and "origin" not in row


def test_a_table_asks_for_answers_only_and_an_assessment_for_more(catalogue, monkeypatch):
    asked = []
    monkeypatch.setattr(
        attainment,
        "assess_vintage",
        lambda plan, one, vintage: asked.append(vintage.brief) or answer(one, catalogue),
    )
    attainment.table(plan(target()), RISING, "2019-12-31", catalogue)
    attainment.assess_all(plan(target()), RISING, "2019-12-31", catalogue)
    attainment.assess(plan(target()), target(), RISING, "2019-12-31", catalogue)
    assert asked == [True, False, False]


def test_a_row_names_its_target(catalogue):
    row = attainment._row(plan(target(), "410000"), target(), "2019-12-31", goal=2.3, outcome=2.4)
    assert {name: value for name, value in row.items() if value is not None} == {
        "plan": "trial",
        "target": "one",
        "region": "410000",
        "indicator": RATE,
        "kind": "level",
        "goal": 2.3,
        "deadline": 2020,
        "as_of": "2019-12-31",
        "outcome": 2.4,
        "verdict": "no_evidence",
        "evidence": "none",
    }
    assert attainment._row(plan(task()), task(), "2019-12-31")["indicator"] == ""


def test_the_middle_of_a_growth_is_drawn_and_that_of_a_direction_is_the_figures(catalogue):
    made = gaussian(2.3, 2.42)
    for one, summed in (
        (target(kind="growth", since=2018, goal=5.0), True),
        (target(kind="direction", goal=None, than=2019), False),
    ):
        known = attainment._known(plan(one), one, attainment.Vintage.of(RISING, "2019-12-31", catalogue))
        draws = np.linspace(1.0, 9.0, 101)
        ask = paths.Drawn(draws, np.ones(101), [], np.zeros(0), lambda goal: goal)
        row, _ = attainment._answer(kinds.of(one), known, ask, made, None, NOTHING)
        assert row["median"] == pytest.approx(5.0 if summed else 2.42)
        assert (row["lo80"] == pytest.approx(1.8, abs=0.081)) is summed


def test_a_region_with_figures_borrows_no_conditional_answer(catalogue):
    peers = pd.concat(
        [
            figures({year: 1.0 + 0.1 * (year - 2010) for year in range(2012, 2019)}, RATE, code)
            for code in ("110000", "120000")
        ]
    )
    own = assess(
        target(),
        pd.concat([peers, figures({2016: 1.0, 2017: 1.1, 2018: 1.2}, RATE, "410000")]),
        catalogue,
        region="410000",
    )
    without = assess(target(), peers, catalogue, region="410000")
    assert own.lent == NOTHING and own.peers == ("110000", "120000")
    assert isinstance(without.answer, situations.Conditional) and without.row["evidence"] == "conditional"


# ------------------------------------------------------------------------------------------ at the edges


def test_a_task_is_early_until_the_last_day_of_its_year(catalogue):
    task = assess(target(indicator=None, kind="milestone", goal=None), RISING, catalogue)
    assert task._early("2020-12-31") and not task._early("2021-01-01")
    assert not assess(target(), RISING, catalogue)._early("2019-12-31")


def test_figures_count_up_to_the_deadline_and_the_later_one_that_is_led_to(catalogue):
    one = assess(target(), RISING, catalogue)
    assert one.counts(2019) and one.counts(2020) and not one.counts(2021)
    later = assess(target(deadline=2019), pd.concat([RISING, figures({2021: 2.6})]), catalogue, "2022-12-31")
    assert later.later == (2021, 2.6) and later.counts(2021) and not later.counts(2022)


def test_the_last_figure_listed_is_the_typical_one(catalogue):
    one = assess(target(), RISING, catalogue)
    assert one.typical == RISING["value"].iloc[-1] != RISING["value"].iloc[0]
    shown = figures({2016: 2.0, 2017: 2.2}).assign(status="estimate")
    assert dataclasses.replace(one, history=RISING.iloc[:0], shown=shown).typical == 2.2
    assert dataclasses.replace(one, shown=shown).typical == one.typical
    assert dataclasses.replace(one, history=RISING.iloc[:0], shown=shown.iloc[:0]).typical is None


@pytest.mark.parametrize(
    ("day", "told"), [("2018-12-31", ""), ("2019-01-01", "unlike"), ("2019-01-02", "unlike")]
)
def test_figures_on_another_basis_are_set_aside_from_the_day_they_are_there(day, told, catalogue):
    one = dataclasses.replace(
        assess(target(), RISING, catalogue), history=RISING.iloc[:0], unlike="2019-01-01"
    )
    assert one.set_aside(day) == told


@pytest.mark.parametrize(
    ("past", "p", "widened"),
    [(None, 0.6, True), (None, 0.0, True), ("own", 0.6, False), ("own", 1.0, False),
     ("others", 0.6, True), ("others", 0.0, False), ("others", 1.0, False)],
)  # fmt: skip
def test_the_range_reaches_to_the_answer_without_months_that_are_not_the_regions(past, p, widened):
    kind = SimpleNamespace(ask=lambda *given: "asked", read=lambda known, ask: ((0.3, None, None), {}))
    so_far = SimpleNamespace(past=past and SimpleNamespace(evidence=past))
    found, readings = attainment._beside_months(kind, None, None, so_far, (p, 0.5, 0.7), {"exact": p})
    assert found == (p, 0.3 if widened else 0.5, 0.7) and readings == {"exact": p, "without_months": 0.3}


@pytest.mark.parametrize(
    ("used", "printed", "found"),
    [(100.0, 90.0, True), (0.5, 90.0, True), (100.0, 0.0, False), (0.0, 90.0, False)],
)
def test_a_figure_printed_elsewhere_is_compared_where_both_are_above_nothing(
    used, printed, found, monkeypatch
):
    note = SimpleNamespace(printed=SimpleNamespace(indicator="gdp", year=2018, value=printed))
    monkeypatch.setattr(attainment, "known_notes", lambda notes, day: [note])
    known = SimpleNamespace(
        entry=SimpleNamespace(denominator="gdp"), region="000000", as_of="2019-12-31",
        ladder=SimpleNamespace(rows=lambda key: figures({2018: used}, key)), target=SimpleNamespace(notes=()),
    )  # fmt: skip
    assert attainment._printed(known, "new") == ((note.printed, used) if found else None)
