"""What a memo speaks of, by hand: the facts and codes made of one made-up assessment and its answers."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import attainment, backtest, census, change, documents, forecast, situations, spread
from analysis.kinds import within
from analysis.memo import further, material, naming
from analysis.memo.ledger import Ledger
from analysis.outlook import Before, Dossier
from test_attainment import COUNT, RATE, by_verdict, chance, figures, plan, target

SOURCE = "nbs-rd-bulletin"
OPEN = {"verdict": "open", "evidence": "own", "p_attain": 0.4, "p_low": 0.3, "p_high": 0.5}


def made(
    catalogue,
    one=None,
    values=None,
    as_of="2019-12-31",
    region="000000",
    answers=None,
    dossier=None,
    more=None,
    **row,
):
    """The material of a target on made-up figures, its row and answers as given: nothing is forecast."""
    one = target() if one is None else one
    rows = (
        values
        if isinstance(values, pd.DataFrame)
        else figures(values or {2017: 2.1, 2018: 2.2}, one.indicator or RATE, region)
    )
    rows = rows.assign(source=SOURCE)
    vintage = attainment.Vintage.of(rows, as_of, catalogue)
    told = attainment._known(plan(one, region), one, vintage)
    line = attainment._row(plan(one, region), one, as_of, goal=one.goal) | OPEN | row
    parts = {"in_year": None, "shown": told.own.iloc[:0], "answer": by_verdict(one, line["verdict"])}
    parts |= more or {}
    answer = attainment.Assessment(plan(one, region), one, as_of, line, told.own, series=told.series, **parts)
    given = {"figures": told.own.assign(role="own")} | (dossier or {})
    return Ledger(Dossier(answer, answers=answers or {}, **given), catalogue, "en", None)


def values(ledger):
    return {name: fact.value for name, fact in ledger.facts.items()}


def expected(later=None, **given):
    return dataclasses.replace(
        forecast.Predictive("000000", RATE, 2018, (2019, 2020), "own", (), False, (), None, later), **given
    )


# ----------------------------------------------------------------------------------------------- the forecast


@pytest.mark.parametrize(
    ("low", "high", "has_range", "wide"),
    [
        (0.3, 0.5, True, False),
        (0.3, 0.7, True, False),
        (0.3, 0.71, True, True),
        (0.404, 0.396, False, False),
        (0.4, 0.41, True, False),
        (None, None, False, False),
    ],
)
def test_a_range_is_told_where_it_is_seen_and_wide_beyond_forty_points(low, high, has_range, wide, catalogue):
    one = made(catalogue, p_low=low, p_high=high)
    told = material.expectation(one)
    assert (told["has_range"], told["wide"], told["steady"]) == (
        has_range,
        wide,
        low is not None and not has_range,
    )
    assert ("p_low" in one.facts) is ("p_high" in one.facts) is has_range
    assert values(one)["p"] == 0.4 and values(one)["outer"] == 10.0 and values(one)["years_known"] == 2
    if has_range:
        assert (values(one)["p_low"], values(one)["p_high"]) == (low, high)


@pytest.mark.parametrize(("p", "edge"), [(0.4, ""), (0.009, "low"), (0.01, ""), (0.99, ""), (0.991, "high")])
def test_a_chance_next_to_none_or_certain_has_its_edge(p, edge, catalogue):
    told = material.expectation(made(catalogue, p_attain=p))
    assert told["edge"] == edge and told["likelihood"]


@pytest.mark.parametrize("row", [{"verdict": "met"}, {"p_attain": None}])
def test_without_a_forecast_nothing_is_expected(row, catalogue):
    one = made(catalogue, **row)
    told = material.expectation(one)
    assert (told["thin"], told["has_range"], told["median_meets"], told["expected_gap"]) == (
        9,
        False,
        False,
        None,
    )
    assert "p" not in one.facts and told["edge"] == told["likelihood"] == told["half"] == ""


def test_the_interval_and_the_gap_to_the_goal_are_facts(catalogue):
    row = {"median": 2.25, "lo80": 2.1, "hi80": 2.4, "lo95": 2.0, "hi95": 2.5}
    one = made(catalogue, **row)
    told = material.expectation(one)
    assert {name: values(one)[name] for name in row} == row and values(one)["drawn_median"] == 2.25
    assert (values(one)["interval"], values(one)["wider_interval"]) == (80, 95)
    assert told["expected_gap"] == pytest.approx(0.05) and values(one)["expected_gap"] == pytest.approx(0.05)
    assert told["median_meets"] is False
    assert material.expectation(made(catalogue, **row | {"median": 2.3}))["median_meets"] is True
    growth = made(catalogue, target(kind="growth", since=2017, goal=2.3), **row)
    told = material.expectation(growth)
    assert (
        told["expected_gap"] is None and told["median_meets"] is False and "drawn_median" not in growth.facts
    )
    assert material.expectation(made(catalogue))["expected_gap"] is None


def test_a_later_year_counts_where_the_expectations_lead_to_it(catalogue):
    values_ = {2017: 2.1, 2018: 2.2, 2021: 2.4, 2022: 2.5}
    one = made(catalogue, values=values_, as_of="2023-12-31", more={"answer": chance(expected((2021, 2.4)))})
    assert [(point["number"], point["used"]) for point in one.later()] == [(2021, True), (2022, False)]
    assert material.expectation(one)["thin"] == 3 and [point["number"] for point in one.until_deadline()] == [
        2017,
        2018,
    ]
    plain = made(catalogue, values=values_, as_of="2023-12-31", more={"answer": chance(expected())})
    assert [point["used"] for point in plain.later()] == [False, False] and material.expectation(plain)[
        "thin"
    ] == 2


# ----------------------------------------------------------------------------------- the outcome and the goal


def test_an_outcome_has_its_margin_its_release_and_its_source(catalogue):
    one = made(catalogue, values={2018: 2.2, 2020: 2.07}, as_of="2022-12-31", outcome=2.07, verdict="missed")
    told = material.outcome(one)
    assert told["margin"] == pytest.approx(-0.23) and values(one)["margin"] == pytest.approx(0.23)
    assert values(one)["reached"] == pytest.approx(90.0) and values(one)["outcome"] == 2.07
    assert values(one)["outcome_release"] == "2021-10-01" and told["after"] is None
    assert told["outcome_quality"] == catalogue.sources[SOURCE].quality and told["outcome_source"]
    later = material.outcome(
        made(
            catalogue,
            values={2020: 2.07, 2021: 2.3, 2022: 2.4},
            as_of="2023-12-31",
            outcome=2.07,
            verdict="missed",
        )
    )
    assert (later["after"]["number"], later["after"]["met"]) == (2022, True)
    below = material.outcome(
        made(catalogue, values={2020: 2.07, 2021: 2.2}, as_of="2023-12-31", outcome=2.07, verdict="missed")
    )
    assert below["after"]["met"] is False


def test_a_sum_has_no_release_of_its_own_and_no_margin_of_the_figure(catalogue):
    summed = target(indicator=COUNT, kind="cumulative", since=2017, goal=30)
    one = made(catalogue, summed, {2017: 9, 2018: 10}, outcome=35.0, verdict="met")
    told = material.outcome(one)
    assert told["margin"] == 5.0 and "margin" not in one.facts and "outcome_release" not in one.facts
    assert (told["outcome_source"], told["outcome_quality"], told["after"]) == ("", "", None)
    gap = made(catalogue, summed, {2017: 9, 2019: 10}, as_of="2022-12-31")
    whole = made(catalogue, summed, {2017: 9, 2018: 9, 2019: 10}, as_of="2022-12-31")
    assert [material.outcome(each)["lacking"] for each in (gap, whole)] == [True, False]
    for kind, first in (("direction", "than"), ("growth", "since")):
        asked = target(
            indicator=COUNT, kind=kind, **{first: 2017}, **({"goal": 3} if kind == "growth" else {})
        )
        has, lacks = (
            made(catalogue, asked, some, as_of="2022-12-31") for some in ({2017: 9, 2019: 9}, {2019: 9})
        )
        assert [material.outcome(each)["lacking"] for each in (has, lacks)] == [False, True]
    later = material.outcome(
        made(catalogue, summed, {2020: 9, 2021: 10}, as_of="2022-12-31", outcome=35.0, verdict="met")
    )
    assert later["outcome_source"] and later["after"] is None
    assert material.outcome(made(catalogue)) == {
        "margin": None,
        "alike": False,
        "by_rounding": False,
        "lacking": False,
        "outcome_source": "",
        "outcome_quality": "",
        "outcome_derived": False,
        "unconfirmed": False,
        "hearsay": False,
        "why_poor": "",
        "after": None,
        "earlier_source": "",
        "earlier_derived": False,
        "agreeing": "",
        "agreeing_derived": False,
        "differing": None,
    }


@pytest.mark.parametrize(("quality", "unconfirmed"), [("green", False), ("amber", True), ("red", True)])
def test_an_outcome_is_to_be_confirmed_where_its_source_is_not_the_best(quality, unconfirmed, catalogue):
    source = catalogue.sources[SOURCE].model_copy(update={"quality": quality})
    rated = catalogue.model_copy(update={"sources": catalogue.sources | {SOURCE: source}})
    told = material.outcome(
        made(rated, values={2019: 2.1, 2020: 2.4}, as_of="2021-12-31", outcome=2.4, verdict="met")
    )
    assert (told["outcome_quality"], told["unconfirmed"]) == (quality, unconfirmed)


@pytest.mark.parametrize(("goal", "reached"), [(2.0, 110.0), (0.5, 440.0), (0.0, None)])
def test_how_much_of_a_goal_was_reached(goal, reached, catalogue):
    one = made(catalogue, target(goal=goal), {2020: 2.2}, as_of="2022-12-31", outcome=2.2, verdict="met")
    material.outcome(one)
    assert values(one).get("reached") == (reached and pytest.approx(reached))


def test_a_direction_tells_the_year_before(catalogue):
    one = made(catalogue, target(kind="direction", goal=None, than=2018, comparison=">"), goal=2.2)
    material.outcome(one)
    assert values(one)["before"] == 2.2 and one.facts["before"].text.startswith("2.2")
    plain = made(catalogue)
    material.outcome(plain)
    assert "before" not in plain.facts
    material.goal(one)
    assert values(one)["than"] == 2018 and "goal" not in one.facts and "since" not in one.facts
    material.goal(plain)
    assert values(plain)["goal"] == 2.3


def test_a_place_is_told_among_so_many(catalogue):
    one = made(catalogue, target(kind="rank", comparison="<=", goal=17), region="410000", gap=-1.0)
    assert material.goal(one) == {"among_provinces": True}
    assert (values(one)["siblings"], values(one)["place"]) == (31, 18.0)
    unknown = made(catalogue, target(kind="rank", comparison="<=", goal=17), region="411100")
    assert material.goal(unknown) == {"among_provinces": False}
    assert values(unknown)["siblings"] == 18 and "place" not in unknown.facts
    assert "siblings" not in made(catalogue).facts


# ------------------------------------------------------------------------------------------- the speed so far


def test_the_pace_so_far_and_the_one_needed_are_a_year(catalogue):
    one = made(catalogue, values={2016: 1.9, 2017: 2.1, 2018: 2.2})
    told = material.speed(one)
    assert (
        told["pace"] == 0.15
        and values(one)["pace"] == pytest.approx(0.15)
        and told["first"]["number"] == 2016
    )
    assert told["gap"] == pytest.approx(0.1) and told["needed"] == pytest.approx(0.05)
    assert (values(one)["gap"], values(one)["needed"]) == (pytest.approx(0.1), pytest.approx(0.05))
    assert told["latest"]["number"] == 2018 and told["latest"]["alone"] is False and told["breaks"] is False
    assert values(one)["latest_release"] == "2019-10-01"
    alone = material.speed(made(catalogue, values={2018: 2.2}))
    assert alone["latest"]["alone"] is True and alone["pace"] is None and "first" not in alone
    none = material.speed(made(catalogue, values={2021: 2.2}, as_of="2022-12-31"))
    assert (none["latest"], none["pace"], none["gap"], len(none["later"])) == (None, None, None, 1)


def test_a_pace_over_a_gap_needs_one_basis(catalogue):
    one = material.speed(made(catalogue, values={2015: 1.6, 2018: 2.2}))
    assert one["pace"] == pytest.approx(0.2)
    other = pd.concat([figures({2015: 1.6}, basis="gdp-census-3"), figures({2018: 2.2})])
    told = material.speed(made(catalogue, values=other))
    assert told["pace"] is None and told["breaks"] is True
    assert [tuple(year.value for year in pair) for pair in told["left_out"]] == [(2015, 2018)]


def test_a_basis_is_named_with_its_years_where_there_are_two(catalogue):
    old, kept = figures({2015: 1.6, 2016: 1.7}, basis="gdp-census-3"), figures({2017: 2.2, 2018: 2.3})
    told = material.speed(made(catalogue, values=pd.concat([old, kept])))["bases"]
    assert [(first.value, last.value) for first, last, _ in told] == [(2015, 2016), (2017, 2018)]
    assert "third economic census" in told[0][2] and "fourth" in told[1][2]
    assert material.speed(made(catalogue, values=old))["bases"] == []
    due = material.speed(made(catalogue, values=pd.concat([old, figures({2020: 2.2})]), as_of="2021-12-31"))
    assert due["breaks"] and due["left_out"] == []  # the speed up to 2016 holds no change of basis


@pytest.mark.parametrize("given", [{"kind": "growth", "since": 2016}, {"kind": "every_year", "since": 2016}])
def test_only_a_goal_on_the_figure_has_a_gap(given, catalogue):
    assert material.speed(made(catalogue, target(**given)))["gap"] is None
    assert material.speed(made(catalogue, goal=None))["gap"] is None


# ------------------------------------------------------------------------------------------- what is borrowed


def test_what_peers_tell_is_named_and_counted(catalogue):
    table = pd.DataFrame({"base": [1.0], "p": [0.5]})
    codes = ("110000", "120000")
    asked = forecast.Conditional(2018, table, 1.9, codes, 2.0)
    one = made(catalogue, more={"answer": asked}, verdict="no_evidence")
    told = material.condition(one)
    assert (len(told["peer_names"]), told["peers_level"], told["break_even"]) == (2, "province", 1.9)
    assert (told["is_widened"], told["few"]) == (True, True)
    found = values(one)
    assert {name: found[name] for name in ("peer_count", "base_year", "break_even", "widened")} == {
        "peer_count": 2,
        "base_year": 2018,
        "break_even": 1.9,
        "widened": 2.0,
    }
    often = made(catalogue, more={"answer": situations.Rises(codes, 30, 40)}, verdict="no_evidence")
    assert len(material.condition(often)["peer_names"]) == 2
    assert [values(often)[name] for name in ("rises", "changes", "rise_share")] == [30, 40, 75.0]
    never = made(catalogue, more={"answer": situations.Rises(codes, 0, 0)}, verdict="no_evidence")
    assert material.condition(never)["break_even"] is None and values(never)["rise_share"] == 0
    plain = dataclasses.replace(asked, break_even=None, widened=1.0, peers=("110000", "411100"))
    other = made(catalogue, more={"answer": plain}, verdict="no_evidence")
    told = material.condition(other)
    assert (told["break_even"], told["is_widened"], told["peers_level"]) == (None, False, "")
    assert "break_even" not in other.facts
    lender = expected(peers=codes)
    own = made(catalogue, more={"answer": chance(lender)})
    assert (
        len(material.condition(own)["peer_names"]) == 2
        and "base_year" not in own.facts
        and "rises" not in own.facts
    )
    placed = made(catalogue, more={"answer": chance(lender)}, evidence="region")
    assert material.condition(placed)["peer_names"] == [] and material.condition(placed)["peers_level"] == ""


def test_where_a_region_is_placed_is_told_by_its_parents_figure(catalogue):
    lies = spread.Spread(0.1, 0.1, 0.2, 9.0, 0.1, 5, 3, False, False, year=2017, value=1.5, share=0.6)
    one = made(
        catalogue,
        region="411100",
        more={"answer": chance(expected(placed=lies, peers=("410000",)))},
        evidence="region",
    )
    assert material.placed(one)["placed"] is lies
    found = values(one)
    names = ("parent_year", "parent_value", "placed_share", "placed_siblings", "placed_parents")
    assert [found[name] for name in names] == [2017, 1.5, 60.0, 5, 3]
    assert one.facts["parent_value"].text.startswith("1.5")
    assert material.placed(made(catalogue, verdict="met")) == {"placed": None, "parent": ""}
    assert material.placed(made(catalogue, more={"answer": chance(expected())}))["placed"] is None
    assert [catalogue.placed_by(key) for key in ("rd_expenditure", RATE, COUNT)] == [RATE, RATE, COUNT]


def test_a_pending_rebasing_is_told_with_its_revisions(catalogue):
    read = {
        "none": 0.5,
        "median": 0.4,
        "high": 0.2,
        "growth_none": 0.0,
        "growth_median": 2.0,
        "growth_high": 5.0,
    }
    pending = census.Rebasing("gdp-census-5", 0.02, 0.03, 2, None)
    one = made(catalogue, more={"answer": chance(expected(rebasing=pending), readings={"census": read})})
    assert material.census(one)["census"] is pending
    found = values(one)
    assert [found[f"p_census_{name}"] for name in ("none", "median", "high")] == [0.5, 0.4, 0.2]
    read |= {"printed": 0.05, "growth_printed": 16.1, "printed_year": 2018, "printed_value": 1435.9}
    given = {"answer": chance(expected(rebasing=pending), readings={"census": read})}
    other = made(catalogue, more=given, p_attain=0.35)
    told = material.census(other)
    assert [name for name, _ in told["revisions"]] == [f"p_census_{name}" for name in material.REVISIONS]
    # .35 and .4 are called even chances, .2 unlikely, .05 very unlikely
    assert [(one["case"], one["word"]) for one in told["reworded"]] == [
        ("high", "unlikely"),
        ("printed", "very unlikely"),
    ]
    assert values(other)["growth_printed"] == 16.1 and told["reworded"][1]["above"]
    assert other.facts["printed_value"].text == "143.59 billion yuan"
    assert (found["growth_median"], found["growth_high"], found["censuses"]) == (
        2.0,
        5.0,
        2,
    ) and "growth_none" not in found
    assert material.census(made(catalogue, more={"answer": chance(readings={"census": read})})) == {
        "census": None,
        "rebases": False,
    }
    assert material.census(made(catalogue, more={"answer": chance(expected(rebasing=pending))})) == {
        "census": None,
        "rebases": False,
    }


def test_a_rebasing_that_is_due_is_told_without_a_forecast_too(catalogue, monkeypatch):
    due = []
    monkeypatch.setattr(material.censuses, "due", lambda *asked: due.append(asked) or True)
    assert material.census(made(catalogue)) == {"census": None, "rebases": True}
    assert due[0][:4] == (RATE, "000000", 2020, "2019-12-31")
    assert not material.census(made(catalogue, target(basis="gdp-census-4")))["rebases"]
    count = made(catalogue, target(indicator=COUNT, kind="flow", goal=9), {2017: 9, 2018: 10})
    assert not material.census(count)["rebases"] and len(due) == 1
    pending = census.Rebasing("gdp-census-5", 0.02, 0.03, 2, None)
    read = {"none": 0.4, "growth_median": 0.0, "growth_high": -1.0, "median": 0.2, "high": 0.05}
    given = {"answer": chance(expected(rebasing=pending), readings={"census": read})}
    told = material.census(made(catalogue, more=given))
    assert told["rebases"] and [one["above"] for one in told["reworded"]] == [False, False]


def test_the_whole_that_turns_a_ratio_into_an_amount_is_told_where_one_does(catalogue):
    found = {"whole": "gdp", "year": 2018, "value": 900.0, "growth": 6.04, "median": 1000.0}
    one = made(catalogue, answers={"conversion": found})
    material._converted(one)
    assert [values(one)[name] for name in ("whole_year", "whole_value", "whole_growth")] == [
        2018,
        900.0,
        6.04,
    ]
    assert one.facts["whole_growth"].text.startswith("6.0") and "whole_median" in one.facts
    flat, none = (made(catalogue, answers=given) for given in ({"conversion": found | {"growth": None}}, {}))
    material._converted(flat), material._converted(none)
    assert "whole_year" in flat.facts and "whole_median" not in flat.facts and "whole_year" not in none.facts


def test_a_region_is_placed_by_the_first_of_its_peers(catalogue):
    lies = spread.Spread(0.1, 0.1, 0.2, 9.0, 0.1, 5, 3, False, False, year=2017, value=1.5, share=0.6)
    given = {"answer": chance(expected(placed=lies, peers=("410000", "420000")))}
    told = material.placed(made(catalogue, region="411100", more=given, evidence="region"))
    assert documents.plain(told["parent"]) == "Henan"


@pytest.mark.parametrize(
    ("later", "kept"),
    [({2020: 2.6}, "kept"), ({2020: 2.4}, "missed"), ({2020: 2.6, 2021: 2.4}, ""), ({}, "")],
)
def test_the_years_after_the_deadline_stand_to_the_goal_all_alike_or_nothing_is_said(later, kept, catalogue):
    goal = {"goal": 2.5, "verdict": "met", "outcome": 2.5}
    one = made(
        catalogue, target(goal=2.5, deadline=2019), {2018: 2.2, 2019: 2.5} | later, as_of="2022-12-31", **goal
    )
    assert material.later_years(one) == {"kept_later": kept}


def test_an_outcome_that_another_source_prints_otherwise_is_told_with_what_holds_by_it(
    catalogue, monkeypatch
):
    given = {"as_of": "2020-12-31", "goal": 2.5, "verdict": "met", "outcome": 2.6}
    one = made(catalogue, target(goal=2.5, deadline=2019), {2018: 2.2, 2019: 2.6}, **given)
    row = next(point["row"] for point in one.known if point["number"] == 2019)
    for value, status, holds in ((2.55, "derived", True), (2.4, "reported", False)):
        other = row._replace(value=value, status=status, source="science-yearbook")
        monkeypatch.setattr(Ledger, "agreeing", lambda ledger, other=other: [other])
        told = material.outcome(one)["differing"]
        assert (told["derived"], told["holds"]) == (status == "derived", holds)
    monkeypatch.setattr(Ledger, "agreeing", lambda ledger: [row])
    assert material.outcome(one)["differing"] is None


def test_the_widths_a_city_is_held_to_are_told_while_it_is_open(catalogue):
    read = {"widened": {"times_3": 0.3, "times_1": 0.5}}
    one = made(catalogue, more={"answer": chance(readings=read)})
    assert [name for name, _ in material.widths(one)["widths"]] == ["p_times_1", "p_times_3"]
    assert (values(one)["p_times_1"], values(one)["p_times_3"]) == (0.5, 0.3)
    assert material.widths(made(catalogue, verdict="met")) == {"widths": []}
    assert material.widths(made(catalogue)) == {"widths": []}


# --------------------------------------------------------------------------------------------- what is listed


def test_figures_that_are_evidence_only_are_shown_and_doubtful_ones_counted(catalogue):
    rows = figures({2017: 2.5, 2018: 2.6, 2019: 2.7}).assign(
        source=SOURCE, status=["estimate", "doubtful", "doubtful"]
    )
    one = made(catalogue, more={"shown": rows})
    shown = one.shown()
    assert [(item["status"], item["year"].value, item["value"].value) for item in shown] == [
        ("estimate", 2017, 2.5)
    ]
    assert one.doubtful() is True
    assert [values(one)[f"doubtful_{name}"] for name in ("count", "first", "last")] == [2, 2018, 2019]
    plain = made(catalogue)
    assert plain.doubtful() is False and "doubtful_count" not in plain.facts and plain.shown() == []


@pytest.mark.parametrize(
    ("as_of", "past"), [("2020-12-31", False), ("2021-01-01", True), ("2019-12-31", False)]
)
def test_the_deadline_is_past_after_its_last_day(as_of, past, catalogue):
    told = material.kinds(made(catalogue, as_of=as_of))
    assert told["past"] is past
    assert (told["upward"], told["is_count"], told["is_percent"], told["comparison"]) == (
        True,
        False,
        True,
        ">=",
    )


def test_codes_of_a_count_and_of_a_downward_goal(catalogue):
    told = material.kinds(
        made(catalogue, target(indicator=COUNT, kind="flow", goal=5, comparison="<="), {2018: 5})
    )
    assert (told["upward"], told["is_count"], told["is_percent"], told["evidence"]) == (
        False,
        True,
        False,
        "own",
    )


def test_remarks_are_told_from_their_day_on(catalogue):
    notes = [{"zh": text, "en": text} for text in "abc"]
    for note, day in zip(notes[1:], ("2019-12-31", "2020-01-01"), strict=True):
        note["from"] = day
    assert [note.en for note in made(catalogue, target(notes=notes)).notes()] == ["a", "b"]


def test_remarks_are_parted_by_what_they_are_for(catalogue):
    notes = [
        {"zh": "a", "en": "a", "detail": True},
        {"zh": "b", "en": "b", "unconfirmed": True, "detail": True, "qualifies": True},
        {"zh": "c", "en": "c", "qualifies": True},
    ]
    told = material.remarks(made(catalogue, target(notes=notes)))
    shown = {name: [documents.plain(text) for text in texts] for name, texts in told.items()}
    assert shown == {"notes": ["a", "c"], "details": ["a"], "caveats": ["b"], "qualifying": ["c"]}


def test_counts_to_a_month_are_those_of_the_deadlines_year(catalogue):
    rows = figures({"2019-06": 3, "2020-06": 5}, COUNT).assign(role="month", source=SOURCE)
    own = figures({2018: 9}, COUNT).assign(role="superseded", source=SOURCE)
    one = made(
        catalogue,
        target(indicator=COUNT, kind="flow", goal=11),
        {2018: 10},
        dossier={"figures": pd.concat([rows, own])},
    )
    assert [row.period for row in one.months()] == ["2020-06"] and [row.value for row in one.others()] == [
        9.0
    ]


def test_flows_beside_a_stock_are_those_after_its_last_figure(catalogue):
    stock = target(indicator="national_hte_stock", kind="stock", goal=100)
    rows = figures({2017: 8, 2018: 9, 2019: 12}, COUNT).assign(role="part", source=SOURCE)
    given = {"dossier": {"figures": rows}, "more": {"answer": chance(expected(informed=COUNT))}}
    told = material.beside(made(catalogue, stock, {2018: 60}, **given))
    assert told["flows"] is True and [
        (item["year"].value, item["value"].value) for item in told["figures"]
    ] == [(2019, 12.0)]
    assert told["between"] == [] and [fact.value for fact in told["ahead"]] == [2020]
    assert told["single"] is False
    alone = given | {"dossier": {"figures": rows.iloc[2:]}}
    assert material.beside(made(catalogue, stock, {2018: 60}, **alone))["single"] is True
    apart = given | {"dossier": {"figures": rows.assign(year=[2016, 2018, 2021])}}
    told = material.beside(made(catalogue, stock, {2018: 60}, **apart))
    assert [item["year"].value for item in told["figures"]] == [2018, 2021]
    assert [fact.value for fact in told["between"]] == [2019, 2020] and told["ahead"] == []
    other = rows.assign(indicator="national_hte_stock")
    flow = material.beside(
        made(
            catalogue,
            target(indicator=COUNT, kind="flow", goal=9),
            {2018: 9},
            dossier={"figures": other},
            more={"answer": chance(expected(informed="national_hte_stock"))},
        )
    )
    assert flow["flows"] is False and len(flow["figures"]) == 3
    assert (
        material.beside(
            made(catalogue, stock, {2018: 60}, **given | {"more": {"answer": chance(expected())}})
        )
        is None
    )
    early = given | {"dossier": {"figures": rows[rows["year"].le(2018)]}}
    none_since = material.beside(made(catalogue, stock, {2018: 60}, **early))
    assert [item["year"].value for item in none_since["figures"]] == [2018]
    assert told["another"] and not none_since["another"]


# -------------------------------------------------------------------------------------------- what was before


def earlier(catalogue, known, p=0.3, situation="open", day="2018-12-31"):
    rows = figures(known).assign(source=SOURCE) if known else figures({2000: 1.0}).iloc[:0]
    return Before(day, {"p_attain": p, "evidence": "own"}, situation, rows)


def test_news_are_new_years_and_figures_printed_otherwise(catalogue):
    before = earlier(catalogue, {2016: 1.9, 2017: 2.1})
    one = made(catalogue, values={2016: 1.9, 2017: 2.2, 2018: 2.3}, dossier={"before": before})
    told = material.since(one)
    items = [item for group in told["news"] for item in group["figures"]]
    assert [
        (item["number"], item["revised"], item["was"].value if "was" in item else None) for item in items
    ] == [(2017, True, 2.1), (2018, False, None)]
    assert [group["release"].value for group in told["news"]] == ["2018-10-01", "2019-10-01"]
    assert values(one)["news_count"] == 2 and values(one)["p_earlier"] == 0.3
    assert told["earlier"]["situation"] == "open" and told["earlier"]["likelihood"]
    same = material.since(made(catalogue, values={2016: 1.901}, dossier={"before": before}))
    assert same["news"] == []
    unknown = made(catalogue, dossier={"before": earlier(catalogue, {}, None, "none")})
    assert material.since(unknown)["earlier"] == {"situation": "none", "edge": "", "likelihood": ""}
    assert "p_earlier" not in unknown.facts and values(unknown)["news_count"] == 2
    assert material.since(made(catalogue)) == {"earlier": None}
    assert material.since(made(catalogue, dossier={"before": earlier(catalogue, {}, day="2019-12-31")})) == {
        "earlier": None
    }


def test_a_year_after_the_deadline_is_news_where_the_expectations_lead_to_it(catalogue):
    given = {
        "values": {2018: 2.2, 2021: 2.4, 2022: 2.5},
        "as_of": "2023-12-31",
        "dossier": {"before": earlier(catalogue, {2018: 2.2})},
    }
    led = material.since(made(catalogue, **given, more={"answer": chance(expected((2021, 2.4)))}))
    assert [item["number"] for group in led["news"] for item in group["figures"]] == [2021]
    assert material.since(made(catalogue, **given))["news"] == []


# ---------------------------------------------------------------------------------------- the further answers


def so_far(month="2020-06", seen=5, share=0.25, pending=0):
    return within.InYear(month, seen, share, (), pending, np.zeros(0))


@pytest.mark.parametrize(
    ("month", "as_of", "half"),
    [("2020-06", "2020-07-31", True), ("2020-05", "2020-07-31", False), ("2020-06", "2021-07-31", False)],
)
def test_the_count_so_far_and_what_pends_are_facts(month, as_of, half, catalogue):
    waiting = [
        {"count": 6, "from": day, "source": "x", "title": {"zh": "甲", "en": "a"}}
        for day in ("2020-03-01", "2020-05-01")
    ]
    one = target(indicator=COUNT, kind="flow", goal=11, pending=waiting)
    told = made(catalogue, one, {2018: 9}, as_of=as_of, more={"in_year": so_far(month, pending=12)})
    assert further.in_year(told)["half_year"] is half
    found = values(told)
    assert (found["so_far"], found["usual"], found["month"], found["pending"], found["pending_day"]) == (
        5.0, 25.0, month, 12.0, "2020-05-01")  # fmt: skip
    assert told.facts["usual"].source == "set by the method"  # an even pace: no past year told it
    only = made(catalogue, one, {2018: 9}, as_of=as_of, more={"in_year": so_far("", 0, 0.0, 12)})
    assert (
        further.in_year(only)["half_year"] is False
        and "so_far" not in only.facts
        and values(only)["pending"] == 12
    )
    for other in ({"verdict": "met", "more": {"in_year": so_far()}}, {"more": {"in_year": None}}):
        assert further.in_year(made(catalogue, one, {2018: 9}, **other)) == {
            "so_far": None,
            "half_year": False,
        }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"matters": True, "exact": 0.0, "printed": 1.0}, True),
        ({"matters": False, "exact": 0.0, "printed": 1.0}, False),
        ({"matters": True, "exact": None, "printed": 1.0}, False),
        ({"matters": True, "exact": 0.0, "printed": None}, False),
        ({}, False),
    ],
)
def test_the_other_reading_is_told_where_rounding_matters(given, told, catalogue):
    one = made(catalogue, more={"answer": chance(readings=given)})
    found = further.readings(one)
    assert found["rounding"] == ({"exact": 0.0, "printed": 1.0} if told else None)
    assert ("reading_exact" in one.facts) is ("reading_printed" in one.facts) is told
    if told:
        assert (values(one)["reading_exact"], values(one)["reading_printed"]) == (0.0, 1.0)


def test_the_rules_are_facts_in_per_cent(catalogue):
    beside = {
        "pace": {"done": 0.3, "elapsed": 0.6, "ahead": False, "base_year": 2015, "latest_year": 2018},
        "ratio": {"value": 0.47, "label": "limited", "base_year": 2016, "latest_year": 2017},
        "agree": False,
        "reason": {
            "code": "base_year",
            "lowest": 0.2,
            "lowest_year": 2014,
            "highest": 1.2,
            "highest_year": 2013,
            "observed": 1.3,
            "expected": None,
            "required": 2.4,
        },
    }
    one = made(catalogue, answers={"side_by_side": beside})
    told = further.rules(one)
    assert told == {
        "rule_pace": beside["pace"],
        "rule_ratio": beside["ratio"],
        "agree": False,
        "disagreement": "base_year",
    }
    found = values(one)
    wanted = {
        "pace_done": 30.0,
        "pace_elapsed": 60.0,
        "ratio": 0.47,
        "pace_base": 2015,
        "pace_latest": 2018,
        "ratio_base": 2016,
        "ratio_latest": 2017,
        "ratio_lowest": 0.2,
        "ratio_lowest_year": 2014,
        "ratio_highest": 1.2,
        "ratio_highest_year": 2013,
        "growth_observed": 1.3,
        "growth_required": 2.4,
    }
    assert {name: found.get(name) for name in wanted} == pytest.approx(
        wanted
    ) and "growth_expected" not in found
    assert (one.facts["ratio"].text, one.facts["ratio_highest"].text) == ("0.47", "1.20")
    none = made(catalogue)
    assert further.rules(none) == {"rule_pace": None, "rule_ratio": None, "agree": None, "disagreement": None}
    reached = {
        "pace": {"done": 1, "elapsed": 1, "base_year": None},
        "ratio": {"value": None, "base_year": 2016, "latest_year": 2017},
    }
    other = made(catalogue, answers={"side_by_side": reached})
    further.rules(other)
    assert (
        "ratio" not in other.facts and "pace_base" not in other.facts and values(other)["ratio_base"] == 2016
    )


def test_the_past_record_is_told_in_its_numbers(catalogue):
    """120 forecasts one or two years ahead, five goals each: 600 chances, 90 of them unlikely ones."""
    came = backtest.Chances("unlikely", 90, 0.22, 0.3, 0.25, 0.34)
    record = backtest.Record(120, 4, 31, 0.78, True, ((1, 62), (2, 58)), (came,))
    one = made(catalogue, dossier={"record": record}, p_attain=0.12)
    told = further.past_record(one)
    assert (told["narrow"], told["weak"], told["band"]["leaning"]) == (True, True, "low")
    names = ("record_regions", "record_n", "record_origins", "record_share", "record_asked")
    assert [values(one)[name] for name in names] == [31, 120, 4, 78.0, 600]
    judged = ("interval", "clearly", "record_level", "few_origins")
    assert [values(one)[name] for name in judged] == [80, 5, 90, backtest.FEW_ORIGINS]
    assert [(ahead.value, n.value) for ahead, n in told["horizons"]] == [(1, 62), (2, 58)]
    found = {name: fact.value for name, fact in told["band"].items() if name not in ("word", "leaning")}
    assert found == {"from": 10, "upto": 33, "given": 22, "came": 30, "least": 25, "most": 34, "n": 90}
    for row in ({"p_attain": 0.5}, {"p_attain": 0.12, "verdict": "met"}):
        assert further.past_record(made(catalogue, dossier={"record": record}, **row))["band"] is None
    plain = made(catalogue)
    assert further.past_record(plain) == {
        "narrow": False, "weak": False, "horizons": [], "unchecked": False, "band": None,
    }  # fmt: skip
    assert "record_n" not in plain.facts


@pytest.mark.parametrize(("ahead", "unchecked"), [(2, False), (3, True)])
def test_a_forecast_further_ahead_than_the_record_is_unchecked(ahead, unchecked, catalogue):
    record = backtest.Record(120, 4, 31, 0.78, True, ((1, 62), (2, 58)))
    answer = situations.Forecast(pd.DataFrame(), {}, situations.Nothing(), expected(origin=2020 - ahead))
    one = made(catalogue, dossier={"record": record}, more={"answer": answer})
    assert further.past_record(one)["unchecked"] is unchecked and values(one)["years_ahead"] == ahead


def test_years_between_which_nothing_is_known_are_named_where_a_forecast_looks_at_them(catalogue):
    def gaps(*years, **given):
        predictive = expected(origin=years[-1], known=tuple((year, 1.0) for year in years), **given)
        answer = situations.Forecast(pd.DataFrame(), {}, situations.Nothing(), predictive)
        return [
            [one.value for one in pair]
            for pair in further.gaps(made(catalogue, more={"answer": answer}))["gaps"]
        ]

    assert gaps(2015, 2016, 2018, 2021) == [[2016, 2018], [2018, 2021]]
    assert gaps(2019, 2020) == gaps(2005, 2020) == further.gaps(made(catalogue))["gaps"] == []
    assert gaps(2008, 2009, 2011, 2020) == [[2009, 2011], [2011, 2020]]  # 2009 to 2020: twelve years
    assert gaps(2018, 2021, placed=object()) == []


@pytest.mark.parametrize(("value", "told"), [(1.01, 1.1), (1.0, 1.0), (0.3, 0.3), (1.1, 1.1), (0.05, 0.1)])
def test_so_many_a_month_is_rounded_up(value, told, catalogue):
    needs = {"per_month": {"value": value, "still": 5.2, "months": 6}}
    one = made(
        catalogue, target(indicator=COUNT, kind="flow", goal=11), {2018: 9}, answers={"requirement": needs}
    )
    assert further.requirement(one)["per_month"] == needs["per_month"]
    assert (values(one)["per_month"], values(one)["still"], values(one)["months"]) == (told, 6.0, 6)


def test_what_it_takes_is_told_in_money_that_adds_up(catalogue):
    amount = {
        "indicator": "rd_expenditure",
        "needed": 43.204,
        "latest": 24.0,
        "latest_year": 2018,
        "growth": -12.34,
    }
    needs = {"amount": amount, "climb": {"needed": 0.25, "usual": None}, "required_growth": 3.4,
             "achieved": {"years": 2, "own": {"n": 3, "share": 0.25}, "peers": None}}  # fmt: skip
    one = made(catalogue, answers={"requirement": needs})
    told = further.requirement(one)
    found = values(one)
    assert found["amount_needed"] - found["amount_latest"] == pytest.approx(found["amount_more"])
    assert found["amount_needed"] == pytest.approx(43.2, abs=0.051) and found["amount_latest"] == 24.0
    assert (found["amount_year"], found["amount_growth"], found["climb"], found["required_growth"]) == (
        2018,
        12.34,
        0.25,
        3.4,
    )
    assert (found["spells_own"], found["spells_own_share"]) == (3, 25.0) and "spells_peers" not in found
    assert (told["climb"], told["usual"], told["per_month"], told["amount"]) == (
        0.25,
        None,
        None,
        amount,
    ) and told["amount_name"]
    assert "usual" not in found and "per_month" not in found
    less = {
        "amount": amount | {"needed": 20.0, "growth": None},
        "required_growth": None,
        "achieved": {"own": {"n": 3, "share": 0.2}},
    }
    other = made(catalogue, answers={"requirement": less})
    assert further.requirement(other)["climb"] is None
    assert (
        values(other)["amount_more"] == 4.0
        and "amount_growth" not in other.facts
        and "spells_own" not in other.facts
    )
    assert further.requirement(made(catalogue)) == {
        "climb": None,
        "usual": None,
        "amount": None,
        "amount_name": "",
        "alone": None,
        "per_month": None,
        "achieved": {},
    }


@pytest.mark.parametrize(
    ("p", "n", "share", "told"),
    [
        (0.12, 40, 0.1, True),
        (0.12, 9, 0.1, False),  # too few
        (0.12, 40, 0.14, False),  # about the share of all
        (0.3, 40, 0.1, False),  # not on the probability's side
        (0.3, 40, 0.4, True),
        (None, 40, 0.1, False),
    ],
)
def test_the_level_others_began_at_is_told_where_it_tells_why_shares_are_no_probabilities(
    p, n, share, told, catalogue
):
    spells = {"years": 1, "peers": {"n": 124, "share": 0.23}, "alike": {"n": n, "share": share}}
    needs = {"required_growth": 31.7, "achieved": spells}
    one = made(catalogue, answers={"requirement": needs}, p_attain=p)
    further.requirement(one)
    assert ("spells_alike_share" in one.facts) is told and "spells_peers" in one.facts


def test_an_amount_without_figures_is_told_with_what_it_is_worked_out_of(catalogue):
    alone = {
        "indicator": "rd_expenditure",
        "needed": 16.943,
        "denominator": 1355.44,
        "denominator_year": 2016,
    }
    alone |= {"forecast": False, "since": 2012, "recent_growth": None, "recent_needed": None}
    one = made(catalogue, answers={"requirement": {"alone": alone | {"denominator_growth": 7.84}}})
    told, found = further.requirement(one)["alone"], values(one)
    assert documents.plain(told["name"]) == "R&D expenditure" and documents.plain(told["whole"]) == "GDP"
    assert (found["alone_needed"], found["alone_year"], found["alone_nominal"]) == (16.94, 2016, 7.84)
    flat = made(catalogue, answers={"requirement": {"alone": alone | {"denominator_growth": None}}})
    assert further.requirement(flat)["alone"]["growth"] is None and "alone_nominal" not in flat.facts
    given = alone | {"denominator_growth": 11.01, "forecast": True, "denominator": 1480.1630, "since": None}
    given |= {"recent_growth": 7.84, "recent_needed": 16.943}
    ahead = made(catalogue, answers={"requirement": {"alone": given}})
    assert further.requirement(ahead)["alone"]["forecast"] and values(ahead)["alone_median"] == 1480.2
    assert (values(ahead)["alone_recent"], values(ahead)["alone_recent_needed"]) == (7.84, 16.94)
    assert not {"alone_median", "alone_recent"} & one.facts.keys()


@pytest.mark.parametrize(("flip", "text"), [(9.94, "9.9"), (-9.94, "9.9"), (10.0, "10"), (-31.2, "31")])
def test_a_turn_below_ten_per_cent_has_a_decimal(flip, text, catalogue):
    frail = {"rebased": {"flip": flip, "denominator": "gdp"}, "revision": {"flip": None}}
    one = made(catalogue, answers={"fragility": frail})
    told = further.fragility(one)
    assert told["flips"] == {"rebased": flip, "revision": None} and told["denominator"]
    assert values(one)["flip_rebased"] == abs(flip) and "flip_revision" not in one.facts
    assert one.facts["flip_rebased"].text.rstrip("% \u00a0") == text
    none = further.fragility(made(catalogue))
    assert (
        none["flips"] == {"rebased": None, "revision": None} and "flip_rebased" not in made(catalogue).facts
    )


def moved(p, parts, reason=None):
    table = pd.DataFrame([(source, part, part) for source, part in parts], columns=["source", "p", "points"])
    return change.Change("2018-12-31", "2019-12-31", *p, None, None, table, pd.DataFrame(), reason)


def movement(catalogue, change_, comparison=">=", before=True):
    dossier = {"moved": change_} | ({"before": earlier(catalogue, {2017: 2.1})} if before else {})
    one = made(catalogue, target(comparison=comparison), dossier=dossier)
    return one, further.movement(one)


@pytest.mark.parametrize(
    ("parts", "single"),
    [
        ([("news", 0.2)], True),
        ([("time", 0.001), ("news", 0.199)], True),
        ([("time", 0.1), ("news", 0.1)], False),
    ],
)
def test_a_change_with_one_cause_has_no_main_one(parts, single, catalogue):
    _, told = movement(catalogue, moved((0.3, 0.5), parts))
    assert (told["mover"]["points"] is None) is single


def test_what_is_named_of_a_movement_sums_to_it(catalogue):
    """79 to 69 %: -7 and -6 are named, +4 went against them, and -1 is left of -10."""
    parts = [("time", -0.07), ("news", -0.01), ("peers", -0.06), ("related", 0.04)]
    one, told = movement(catalogue, moved((0.79, 0.69), parts))
    named = [cause["points"].value for cause in (*told["movers"], *told["against"])]
    assert named == [-7, -6, 4] and told["rest"] and values(one)["moved_rest"] == -1
    assert sum(named) + values(one)["moved_rest"] == told["moved"] == -10


@pytest.mark.parametrize(
    ("p", "median", "code"),
    [
        ((0.3, 0.2), 2.2, "time_narrowed"),  # below the goal of 2.3: narrower, it falls
        ((0.2, 0.3), 2.2, "time"),
        ((0.6, 0.7), 2.4, "time_narrowed"),
        ((0.7, 0.6), 2.4, "time"),
    ],
)
def test_time_is_said_to_narrow_where_the_change_went_the_medians_way(p, median, code, catalogue):
    kept = {"moved": moved(p, [("time", p[1] - p[0])]), "before": earlier(catalogue, {2017: 2.1})}
    told = further.movement(made(catalogue, target(), dossier=kept, median=median))
    assert told["mover"]["code"] == code


@pytest.mark.parametrize(
    ("then", "now", "code"), [(2017, 2018, "time_known"), (2018, 2019, "time"), (2016, 2017, "time")]
)
def test_a_comparison_year_that_has_a_figure_now_is_named(then, now, code, catalogue):
    before = earlier(catalogue, {2017: 2.1})
    before = dataclasses.replace(before, row=before.row | {"origin": then})
    kept = {"moved": moved((0.79, 0.69), [("time", -0.1)]), "before": before}
    rise = target(kind="direction", goal=None, than=2018)
    assert further.movement(made(catalogue, rise, dossier=kept, origin=now))["mover"]["code"] == code


@pytest.mark.parametrize(
    ("label", "pace", "told"),
    [("deterioration", -0.001, False), ("deterioration", -0.02, True), ("limited", 0.001, True)],
)
def test_the_growth_ratio_is_not_told_where_its_fall_is_a_change_that_rounds_to_none(
    label, pace, told, catalogue
):
    growth = {"value": -0.1, "label": label, "base_year": 2017, "latest_year": 2018}
    one = made(catalogue, answers={"side_by_side": {"ratio": growth, "agree": False}})
    assert further.rules_told(one) == (None, growth)
    one.difference("pace", pace, one.fine())
    found = further.rules(one)
    assert (found["rule_ratio"], found["agree"]) == ((growth, False) if told else (None, None))
    assert ("ratio" in one.facts) is ("ratio_base" in one.facts) is told


def test_a_number_of_things_stands_without_its_unit_where_these_are_named(catalogue):
    one = made(catalogue, target(indicator=COUNT, kind="flow", goal=11), {2018: 9})
    material.goal(one)
    assert (one.facts["goal"].text, one.facts["bare_goal"].text) == ("11 enterprises", "11")
    rate = made(catalogue)
    material.goal(rate)
    assert "bare_goal" not in rate.facts


def test_the_parts_of_a_movement_sum_as_printed_and_the_largest_its_way_is_named(catalogue):
    one, told = movement(
        catalogue, moved((0.3, 0.514), [("time", -0.02), ("news", 0.149), ("revision_denominator", 0.085)])
    )
    assert told["moved"] == 21 and {name: told["mover"][name] for name in ("code", "above", "part")} == {
        "code": "news",
        "above": True,
        "part": "",
    }
    # 15 and -2 are named, the 8 of revised figures make the rest of 21
    assert [one["points"].value for one in (*told["movers"], *told["against"])] == [15, -2]
    assert told["rest"] and values(one)["moved_rest"] == 8
    shown = [values(one)[f"moved_{i}"] for i in (1, 2, 3)]
    assert shown == [-2, 15, 8] and (values(one)["moved_total"], values(one)["moved"]) == (21, 21)
    down, told = movement(
        catalogue, moved((0.5, 0.3), [("time", 0.1), ("revision_denominator", -0.25), ("news", -0.05)])
    )
    assert told["moved"] == -20 and values(down)["moved"] == 20 and values(down)["moved_total"] == -20
    assert (told["mover"]["code"], told["mover"]["above"], bool(told["mover"]["part"])) == (
        "revision_denominator",
        True,
        True,
    )
    _, told = movement(catalogue, moved((0.5, 0.3), [("news_numerator", -0.2)]))
    assert (told["mover"]["above"], bool(told["mover"]["part"])) == (False, True)
    _, told = movement(catalogue, moved((0.5, 0.3), [("news", -0.2)]), comparison="<=")
    assert told["mover"]["above"] is True
    _, told = movement(catalogue, moved((0.3, 0.5), [("news_denominator", 0.2)]))
    assert told["mover"]["above"] is False


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([("time", 0.185), ("in_year", 0.193)], ["in_year", "time"]),  # nearly as large: both
        ([("time", 0.08), ("news", 0.3)], ["news"]),  # clearly more than half: the main one
        ([("time", 0.1), ("news", 0.3), ("peers", -0.2)], ["news"]),  # of what went its way
        ([("time", 0.1), ("news", 0.14), ("peers", 0.02), ("related", 0.02)], ["news", "time"]),
        ([("time", 0.11), ("news", 0.14), ("peers", 0.1), ("related", 0.09)], ["news", "time", "peers"]),
        ([("time", 0.02), ("news", 0.15), ("peers", 0.05), ("related", 0.06)], ["news", "related"]),
    ],
)
def test_a_movement_names_its_causes_by_size(parts, named, catalogue):
    total = sum(part for _, part in parts)
    _, told = movement(catalogue, moved((0.1, 0.1 + total), parts))
    assert [one["code"] for one in told["movers"]] == named and told["mover"] == told["movers"][0]


def test_what_words_cannot_tell_apart_counts_together(catalogue):
    parts = [("time", 0.15), ("news_numerator", 0.12), ("news_denominator", 0.1)]
    kept = {"moved": moved((0.1, 0.47), parts), "before": earlier(catalogue, {2017: 2.1})}
    rise = target(kind="direction", goal=None, than=2018)
    told = further.movement(made(catalogue, rise, dossier=kept))
    assert [one["code"] for one in told["movers"]] == ["news_apart", "time"]


def test_the_year_so_far_is_named_where_nothing_else_within_it_can_have_moved(catalogue):
    kept = {"moved": moved((0.1, 0.3), [("in_year", 0.2)]), "before": earlier(catalogue, {2017: 9})}
    waiting = [{"count": 6, "from": "2020-03-01", "source": "x", "title": {"zh": "甲", "en": "a"}}]
    for pending, code in (((), "months"), (waiting, "in_year")):
        one = target(indicator=COUNT, kind="flow", goal=11, pending=pending)
        told = made(catalogue, one, {2018: 9}, dossier=kept, more={"in_year": so_far()})
        assert further.movement(told)["mover"]["code"] == code


def test_a_point_up_is_up_and_a_point_against_it_is_told(catalogue):
    one, told = movement(catalogue, moved((0.30, 0.31), [("news", 0.02), ("peers", -0.01)]))
    assert told["mover"]["code"] == "news" and told["mover"]["above"] and told["moved"] == 1
    assert [cause["code"] for cause in told["against"]] == ["peers"]
    assert (values(one)["moved_total"], values(one)["cause_1"], values(one)["cause_2"]) == (1, 2, -1)


@pytest.mark.parametrize(("share", "told"), [(0.3, 30.0), (1.0, None)])
def test_what_part_of_the_year_the_months_may_be_is_told_below_all_of_it(share, told, catalogue):
    one = made(catalogue, answers={"requirement": {"months": {"share": share, "enough": 12}}})
    further._months_answer(one)
    assert values(one).get("months_share") == told and ("months_enough" in one.facts) is (told is not None)


def test_the_growth_an_amount_rests_on_has_one_decimal(catalogue):
    amount = {"indicator": "rd_expenditure", "needed": 20.0, "latest": 10.0, "latest_year": 2018,
              "denominator_growth": 6.84, "growth": -3.21}  # fmt: skip
    one = made(catalogue, answers={"requirement": {"amount": amount}})
    further.requirement(one)
    assert (one.facts["nominal"].text, one.facts["amount_growth"].text) == ("6.8\u00a0%", "3.2\u00a0%")


@pytest.mark.parametrize(
    ("past", "batches", "traced"),
    [("own", (), "computed"), ("assumed", (), "agreed"), (None, (), "agreed"), (None, ((6, 1.0),), "plan")],
)
def test_a_part_of_the_year_is_traced_to_who_says_it(past, batches, traced, catalogue):
    one = made(catalogue)
    known = dataclasses.replace(so_far(), past=past and SimpleNamespace(evidence=past), batches=batches)
    traces = {
        "computed": one.computed(),
        "agreed": one.agreed(),
        "plan": {"source": one.voice.say("trace.plan")},
    }
    assert further._assumed(one, known) == traces[traced]


def test_without_a_movement_nothing_moved(catalogue):
    none = {"mover": None, "movers": [], "against": [], "rest": False, "moved": 0}
    parts = [("news", 0.2)]
    assert movement(catalogue, moved((0.3, 0.5), parts), before=False)[1] == none
    for change_ in (
        None,
        moved((0.3, 0.5), parts, "no_probability_earlier"),
        moved((0.3, 0.5), []),
        moved((0.301, 0.304), parts),
    ):
        assert movement(catalogue, change_)[1] == none


def test_a_part_of_a_ratio_has_its_name_in_the_table_of_contributions(catalogue):
    one = made(catalogue)
    named = {source: one.source_name(source) for source in ("news_numerator", "news_denominator", "time")}
    assert len(set(named.values())) == 3 and "R&D" in named["news_numerator"].replace("&amp;", "&")


def test_computed_numbers_have_the_decimals_they_deserve(catalogue):
    needs = {
        "climb": {"needed": 0.25, "usual": 0.1},
        "required_growth": 3.4567,
        "achieved": {"own": {"n": 3, "share": 0.25}},
        "amount": {
            "indicator": "rd_expenditure",
            "needed": 43.204,
            "latest": 24.0,
            "latest_year": 2018,
            "growth": -12.3456,
        },
    }
    beside = {
        "pace": {"done": 0.333, "elapsed": 0.6, "base_year": 2015, "latest_year": 2018},
        "ratio": {"value": 0.4711, "base_year": 2016, "latest_year": 2017},
        "reason": {
            "code": "base_year",
            "lowest": 0.2,
            "lowest_year": 2014,
            "highest": 1.2345,
            "highest_year": 2013,
            "observed": 1.345,
            "required": 2.4,
        },
    }
    read = {
        "none": 0.5,
        "median": 0.4,
        "high": 0.2,
        "growth_none": 0.0,
        "growth_median": 2.04,
        "growth_high": 5.06,
    }
    pending = census.Rebasing("gdp-census-5", 0.02, 0.03, 2, None)
    one = made(
        catalogue,
        answers={"requirement": needs, "side_by_side": beside},
        more={"answer": chance(expected(rebasing=pending), readings={"census": read})},
    )
    for part in (further.requirement, further.rules, material.census, material.speed):
        part(one)
    texts = {name: fact.text.replace("\u00a0", "") for name, fact in one.facts.items()}
    wanted = {
        "climb": "0.250 percentage points",
        "usual": "0.100 percentage points",
        "required_growth": "3.5%",
        "spells_own_share": "25%",
        "amount_needed": "4.320 billion yuan",
        "amount_more": "1.920 billion yuan",
        "amount_growth": "12.3%",
        "pace_done": "33%",
        "pace_elapsed": "60%",
        "ratio": "0.47",
        "ratio_lowest": "0.20",
        "ratio_highest": "1.23",
        "growth_observed": "1.3%",
        "growth_required": "2.4%",
        "growth_median": "2.0%",
        "growth_high": "5.1%",
        "pace": "0.10 percentage points",
        "gap": "0.10 percentage points",
        "needed": "0.05 percentage points",
    }
    assert {name: texts[name] for name in wanted} == wanted
    count = made(
        catalogue,
        target(indicator=COUNT, kind="flow", goal=11),
        {2018: 9},
        answers={"requirement": {"per_month": {"value": 1.25, "still": 5.2, "months": 6}}},
    )
    further.requirement(count)
    assert [count.facts[name].text for name in ("per_month", "still", "months")] == [
        "1.3 enterprises",
        "6 enterprises",
        "6",
    ]


def test_a_movement_is_the_difference_of_the_chances_as_printed(catalogue):
    _, told = movement(catalogue, moved((0.904, 0.506), [("news", -0.398)]))
    assert told["moved"] == 51 - 90
    one, _ = movement(catalogue, moved((0.1, 0.9), [("news", 0.4), ("time", 0.4)]))
    assert [values(one)[name] for name in ("moved_1", "moved_2")] == [40, 40]


def test_a_place_in_the_document_is_given_as_each_language_gives_it():
    assert naming.clauses("二（三）；主要指标", "en") == ["II(iii)", "“主要指标”"]
    assert naming.clauses("二（三）；主要指标", "zh") == ["第二部分第（三）项", "“主要指标”"]
    assert naming.clauses("二（一）；二；十二", "zh") == ["第二部分第（一）项", "第二部分", "第十二部分"]
    assert naming.clauses("二；二（一）；二（三）", "zh") == ["第二部分及其第（一）项", "第（三）项"]
