"""Why a probability moved: parts that sum exactly, by hand and on the real revision of 2020."""

import dataclasses
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import attainment, change, plans, situations
from analysis.plans import Pending
from test_attainment import COUNT, RATE, chance, figures, plan, target


def test_shapley_by_hand():
    """v(a)=1, v(b)=2, v(ab)=5: a gets (1 + 3) / 2, b gets (2 + 4) / 2."""
    worth = {frozenset(): 0.0, frozenset("a"): 1.0, frozenset("b"): 2.0, frozenset("ab"): 5.0}
    assert change.shapley(("a", "b"), worth.__getitem__) == {"a": 2.0, "b": 3.0}


@given(worth=st.lists(st.floats(-1, 1), min_size=16, max_size=16))
@settings(max_examples=50, deadline=None)
def test_parts_sum_to_the_whole_and_the_order_of_sources_does_not_matter(worth):
    names = ("a", "b", "c", "d")

    def value(chosen):
        return worth[sum(2 ** names.index(name) for name in chosen)]

    parts = change.shapley(names, value)
    assert sum(parts.values()) == pytest.approx(worth[15] - worth[0], abs=1e-12)
    assert change.shapley(names[::-1], value) == pytest.approx(parts, abs=1e-12)


def test_a_change_calculated_by_hand(catalogue):
    """One revised figure and one new one of a count, four assessments on hand-made figures, two averages."""
    old = {2014: 8, 2015: 11, 2016: 9, 2017: 12}
    one = target(indicator=COUNT, kind="flow", goal=11)
    revised = figures({2017: 10}, COUNT).assign(published=pd.Timestamp("2019-03-01"))
    rows = pd.concat([figures(old, COUNT), revised, figures({2018: 19}, COUNT)])
    moved = change.explain(plan(one), one, rows, "2018-12-31", "2019-12-31", catalogue)

    def p(values):
        return attainment.assess(plan(one), one, figures(values, COUNT), "2019-12-31", catalogue)

    hoped = {cell.year: cell.expected for cell in moved.cells.itertuples() if cell.kind == "news"}[2018]
    assert hoped != 19, "where nothing is new, news can be told from nothing"
    assert hoped == p(old).quantiles.query("year == 2018 and quantile == 0.5")["value"].item()
    parts = moved.contributions.set_index("source")["p"]
    assert set(parts.index) == {"revision", "time", "news"}
    assert parts.sum() == pytest.approx(moved.p_later - moved.p_earlier, abs=1e-12)
    assert moved.p_earlier == pytest.approx(p(old).row["p_attain"])
    assert moved.p_later == pytest.approx(p(old | {2017: 10, 2018: 19}).row["p_attain"])
    # without the new figure there are only revision and its absence: the contribution is the plain difference
    only = change.explain(plan(one), one, rows[rows["year"].lt(2018)], "2018-12-31", "2019-12-31", catalogue)
    plain = p(old | {2017: 10}).row["p_attain"] - p(old).row["p_attain"]
    assert only.contributions["p"].tolist() == pytest.approx([plain])
    # without the revision: time and news, each the mean over both orders
    fresh = pd.concat([figures(old, COUNT), figures({2018: 19}, COUNT)])
    two = change.explain(plan(one), one, fresh, "2018-12-31", "2019-12-31", catalogue)
    v0, v1 = p(old).row["p_attain"], p(old | {2018: 19}).row["p_attain"]
    time = p(old | {2018: hoped}).row["p_attain"]
    news = p(old | {2017: 12 + 19 - hoped}).row["p_attain"]
    by_hand = {"time": ((time - v0) + (v1 - news)) / 2, "news": ((news - v0) + (v1 - time)) / 2}
    assert two.contributions.set_index("source")["p"].to_dict() == pytest.approx(by_hand)


def test_china_2020_between_the_ends_of_2019_and_2020(catalogue, observations):
    loaded = plans.load("china-2020")
    moved = change.explain(loaded, loaded.targets[0], observations, "2019-12-31", "2020-12-31", catalogue)
    ratio = moved.cells[moved.cells["indicator"].eq("rd_intensity")].set_index("year")
    assert ratio.loc[2018, ["kind", "earlier", "later"]].tolist() == ["revision", 2.19, 2.14]
    assert ratio.loc[2019, ["kind", "later"]].tolist() == ["news", 2.23]
    parts = moved.contributions.set_index("source")
    assert parts["p"].sum() == pytest.approx(moved.p_later - moved.p_earlier, abs=1e-12)
    assert parts["points"].sum() == pytest.approx(moved.median_later - moved.median_earlier, abs=1e-12)
    assert parts.loc["revision_numerator", "p"] == 0  # R&D of 2018 stayed 19,677.9: only GDP was revised
    assert parts.loc["revision_denominator", "p"] < 0 and parts.loc["revision_denominator", "points"] < 0
    assert {"news_numerator", "news_denominator", "time"} <= set(parts.index)


@pytest.fixture(scope="module")
def switch(catalogue, observations):
    """China's R&D / GDP between the ends of 2019 and 2020: GDP of 2018 revised, 2019 new."""
    loaded = plans.load("china-2020", catalogue)
    vintages = [attainment.Vintage.of(observations, day, catalogue) for day in ("2019-12-31", "2020-12-31")]
    ends = [attainment.assess_vintage(loaded, loaded.targets[0], one) for one in vintages]
    return change.Switch.of(*ends, vintages)


@pytest.mark.parametrize(
    ("plan", "first", "last"),
    [
        ("luohe-2019", "2018-12-31", "2020-04-30"),
        ("henan-2024", "2023-12-31", "2024-12-31"),
    ],
)
def test_what_another_state_worked_out_changes_no_state(
    plan, first, last, catalogue, observations, monkeypatch
):
    row, states = change.Switch.row, []

    def compared(self, chosen):
        states.append(chosen)
        found, alone = row(self, chosen), row(dataclasses.replace(self, memory={}), chosen)
        assert repr(found) == repr(alone)
        return found

    monkeypatch.setattr(change.Switch, "row", compared)
    loaded = plans.load(plan, catalogue)
    vintages = [attainment.Vintage.of(observations, day, catalogue) for day in (first, last)]
    for goal in loaded.targets:
        before, now = (attainment.assess_vintage(loaded, goal, one) for one in vintages)
        change.between(before, now, vintages)
    assert len(set(states)) > 4


def test_the_amounts_behind_a_ratio_are_those_it_implies(switch):
    cells = switch.cells().set_index(["indicator", "year"])
    spent, above = cells.loc[("rd_expenditure", 2018)], cells.loc[("gdp", 2018)]
    assert spent["earlier"] == spent["later"] == pytest.approx(19677.9)
    assert [above["earlier"], above["later"]] == pytest.approx([19677.9 / 0.0219, 19677.9 / 0.0214])
    ratio, spent, above = (cells.loc[(key, 2019)] for key in ("rd_intensity", "rd_expenditure", "gdp"))
    grown = 19677.9 * (19677.9 / 11846.6) ** (1 / 5)  # as over the five years before
    assert spent["expected"] == pytest.approx(grown, rel=1e-5) and spent["later"] == pytest.approx(22143.6)
    assert above["expected"] == pytest.approx(100 * spent["expected"] / ratio["expected"])
    assert above["later"] == pytest.approx(22143.6 / 0.0223)


def test_every_state_between_two_dates_has_the_figures_it_should(switch):
    """The value of 2018 and of the last year in each state, by hand from the two vintages."""
    ratio = switch.cells().query("indicator == 'rd_intensity'").set_index("year")
    hoped, came = ratio.loc[2019, ["expected", "later"]]
    above, whole = switch.factor[2019], came / hoped

    def states(*chosen):
        rows = switch._own(frozenset(chosen)).sort_values(["year", "published"])
        return rows.groupby("year")["value"].last().loc[lambda one: one.index >= 2018].to_dict()

    assert switch.factor[2018] == 1 and switch.factor[2019] != pytest.approx(whole)
    assert states() == pytest.approx({2018: 2.19})
    assert states("revision_denominator") == pytest.approx({2018: 2.14})
    assert states("time") == pytest.approx({2018: 2.19, 2019: hoped})
    assert states("time", "news_numerator") == pytest.approx({2018: 2.19, 2019: hoped * above})
    assert states("time", "news_denominator") == pytest.approx({2018: 2.19, 2019: hoped * whole / above})
    assert states("time", "news_numerator", "news_denominator") == pytest.approx({2018: 2.19, 2019: came})
    assert states("news_numerator") == pytest.approx({2018: 2.19 * above})
    assert states("news_denominator") == pytest.approx({2018: 2.19 * whole / above})
    both = states("revision_denominator", "time", "news_numerator", "news_denominator")
    assert both == pytest.approx({2018: 2.14, 2019: came})


def test_a_new_figure_stands_on_the_old_basis_until_its_denominator_is_chosen(switch):
    def bases(*chosen):
        rows = switch._own(frozenset(chosen))
        return rows[rows["year"].eq(2019)]["basis"].tolist()

    old = switch._own(frozenset()).sort_values(["year", "published"])["basis"].iloc[-1]
    assert bases("time") == bases("time", "news_numerator") == [old]
    assert bases("time", "news_denominator") == switch.new[switch.new["year"].eq(2019)]["basis"].tolist()


def test_what_is_decided_in_the_year_is_a_source(catalogue):
    """Applications that become known, and then are decided, between two dates."""
    known = Pending.model_validate({"count": 4, "title": {"zh": "甲", "en": "a"}, "source": "x",
                                    "from": "2019-03-01", "until": "2019-10-01"})  # fmt: skip
    one = target(indicator=COUNT, kind="flow", goal=11).model_copy(update={"pending": (known,)})
    rows = figures({2014: 8, 2015: 11, 2016: 9, 2017: 12}, COUNT)
    days = ("2019-02-28", "2019-03-01", "2019-09-30", "2019-10-01")
    ends = {day: attainment.assess(plan(one), one, rows, day, catalogue) for day in days}

    def moved(first, last):
        full = [attainment.Vintage.of(rows, day, catalogue) for day in (first, last)]
        return change.Switch.of(ends[first], ends[last], full).players()

    assert moved(days[0], days[1]) == moved(days[2], days[3]) == ("in_year",)
    assert moved(days[1], days[2]) == ()


def test_without_a_probability_there_is_nothing_to_explain(catalogue, observations):
    loaded = plans.load("luohe-2019")
    moved = change.explain(
        loaded, loaded.target("municipal-hte-new"), observations, "2018-12-31", "2023-05-26", catalogue
    )
    assert (moved.reason, len(moved.contributions)) == ("no_probability_earlier", 0)
    for day in ("2019-01-01", "2020-01-01"):
        with pytest.raises(ValueError, match="not before"):
            change.explain(loaded, loaded.targets[0], observations, "2020-01-01", day, catalogue)


def test_a_figure_after_the_deadline_is_a_source_of_its_own(catalogue, observations):
    loaded = plans.load("luohe-2019")
    rows = observations[observations["indicator"].ne("national_hte_new")]  # of which the stock would follow
    given = (loaded, loaded.target("hte-number-rise"), rows, "2020-01-19", "2023-05-26", catalogue)
    moved = change.explain(*given)
    assert moved.contributions["source"].tolist() == ["later"]
    assert (
        moved.contributions["p"].sum() == pytest.approx(moved.p_later - moved.p_earlier)
        and moved.p_later > 0.8
    )


def test_own_figures_in_the_place_of_the_parents_are_another_rung(catalogue, observations):
    loaded = plans.load("luohe-2019", catalogue)
    given = (loaded, loaded.target("rd-intensity"), observations)
    moved = change.explain(*given, "2018-12-31", "2019-04-30", catalogue)
    assert moved.contributions["source"].tolist() == ["rung"]
    assert moved.contributions["p"].sum() == pytest.approx(moved.p_later - moved.p_earlier)


def test_a_census_that_comes_into_force_is_a_source(catalogue, observations):
    loaded = plans.load("henan-2024", catalogue)
    moved = change.explain(loaded, loaded.targets[0], observations, "2024-11-30", "2024-12-31", catalogue)
    assert moved.contributions["source"].tolist() == ["census"]
    assert -0.2 < moved.contributions["p"].iloc[0] < -0.05


def test_figures_that_are_no_longer_used_are_named(catalogue, observations):
    loaded = plans.load("luohe-2019", catalogue)
    given = (loaded, loaded.target("fiscal-st-share"), observations, "2019-04-30", "2020-04-30", catalogue)
    assert change.explain(*given).contributions["source"].tolist() == ["dropped"]


# -------------------------------------------------------------------------- states between two dates, by hand


def ends(
    catalogue,
    one,
    rows,
    days=("2018-12-31", "2019-12-31"),
    region="000000",
    first=None,
    last=None,
    extra=(None, None),
):
    """The two assessments of made-up figures without any forecast, and the switch between them."""
    made, full = [], []
    for day, row, more in zip(days, (first, last), extra, strict=True):
        vintage = attainment.Vintage.of(rows, day, catalogue)
        told = attainment._known(plan(one, region), one, vintage)
        line = (
            attainment._row(plan(one, region), one, day)
            | {"verdict": "open", "evidence": "own"}
            | (row or {})
        )
        made.append(
            attainment.Assessment(
                plan(one, region),
                one,
                day,
                line,
                told.own,
                told.own.iloc[:0],
                told.series,
                None,
                more or chance(),
            )
        )
        full.append(vintage)
    return made, change.Switch.of(*made, full)


def printed(values, day, indicator=RATE, region="000000", basis="gdp-census-4"):
    return figures(values, indicator, region, basis).assign(published=pd.Timestamp(day))


OLD = printed({2016: 1.8, 2017: 2.0}, "2018-10-01")
COUNTED = pd.concat(
    [
        figures({2016: 8, 2017: 10}, COUNT),
        printed({2017: 12}, "2019-03-01", COUNT),
        figures({2018: 15}, COUNT),
    ]
)


def state(switch, *chosen):
    """The last figure of each year in a state between the dates."""
    rows = switch._own(frozenset(chosen)).sort_values(["year", "published"], kind="stable")
    return rows.groupby("year")["value"].last().to_dict()


def test_a_count_is_moved_by_the_difference_to_what_was_expected(catalogue, monkeypatch):
    """10 revised to 12; 13 expected where 15 came."""
    one = target(indicator=COUNT, kind="flow", goal=11)
    _, switch = ends(catalogue, one, COUNTED)
    monkeypatch.setattr(change.Switch, "_expected", lambda self, base: {2018: 13.0})
    assert (switch.revised, switch.fresh, switch.players()) == (
        (2017,),
        (2018,),
        ("revision", "time", "news"),
    )
    assert state(switch) == {2016: 8, 2017: 10} and state(switch, "revision") == {2016: 8, 2017: 12}
    assert state(switch, "time") == {2016: 8, 2017: 10, 2018: 13}
    assert state(switch, "news") == {2016: 8, 2017: 12} and state(switch, "revision", "news") == {
        2016: 8,
        2017: 14,
    }
    assert state(switch, "time", "news") == {2016: 8, 2017: 10, 2018: 15}
    assert state(switch, "revision", "time", "news") == {2016: 8, 2017: 12, 2018: 15}
    assert switch._surprised(1.0, 2018, 40.0, frozenset(["news"])) == 0.0  # a count is never below none
    cells = switch.cells().astype(object).where(switch.cells().notna(), None)
    assert cells.values.tolist() == [
        [COUNT, 2017, "revision", 10, None, 12],
        [COUNT, 2018, "news", None, 13, 15],
    ]


def ratio(catalogue, monkeypatch, spent_then=20.0, spent_later=20.0, spent_new=24.0):
    """2.0 % revised to 1.6 % on the next basis; 2.5 % expected where 2.0 % came."""
    one = target(goal=2.5)
    rows = pd.concat(
        [
            OLD,
            printed({2017: 1.6}, "2019-03-01", basis="gdp-census-5"),
            printed({2018: 2.0}, "2019-10-01", basis="gdp-census-5"),
            *(
                []
                if spent_then is None
                else [
                    printed({2016: 16.0, 2017: spent_then}, "2018-10-01", "rd_expenditure"),
                    printed({2017: spent_later}, "2019-03-01", "rd_expenditure"),
                    printed({2018: spent_new}, "2019-10-01", "rd_expenditure"),
                ]
            ),
        ]
    )
    monkeypatch.setattr(change.Switch, "_expected", lambda self, base: {2018: 2.5})
    return ends(catalogue, one, rows)[1]


def test_a_ratio_comes_apart_into_what_was_spent_and_what_it_is_part_of(catalogue, monkeypatch):
    """Spending of 2017 stayed at 20, and was expected to go on growing by a quarter to 25: 24 came."""
    switch = ratio(catalogue, monkeypatch)
    assert switch.parts == {2017: (20.0, 20.0), 2018: (25.0, 24.0)} and switch.factor == {
        2017: 1.0,
        2018: 0.96,
    }
    assert switch.idle() == ("revision_numerator",)
    assert switch.players() == ("revision_denominator", "time", "news_numerator", "news_denominator")
    assert state(switch, "revision_denominator") == {2016: 1.8, 2017: 1.6}
    assert state(switch, "time") == {2016: 1.8, 2017: 2.0, 2018: 2.5}
    assert state(switch, "time", "news_numerator") == pytest.approx({2016: 1.8, 2017: 2.0, 2018: 2.4})
    assert state(switch, "time", "news_denominator") == pytest.approx(
        {2016: 1.8, 2017: 2.0, 2018: 2.5 * 0.8 / 0.96}
    )
    assert state(switch, "time", "news_numerator", "news_denominator")[2018] == 2.0
    assert state(switch, "news_numerator") == pytest.approx({2016: 1.8, 2017: 1.92})
    assert state(switch, "news_denominator") == pytest.approx({2016: 1.8, 2017: 2.0 * 0.8 / 0.96})
    assert switch._surprised(2.0, 2018, 0.0, frozenset(["news"])) == 4.0  # nothing to divide by: added
    assert switch._surprised(2.0, 2018, 0.0, frozenset(["news_numerator"])) == 2.0


def test_what_was_spent_may_be_revised_too(catalogue, monkeypatch):
    """20 became 18: a tenth less at the old product, and the product by the rest."""
    switch = ratio(catalogue, monkeypatch, spent_later=18.0)
    assert switch.factor[2017] == 0.9 and switch.idle() == ()
    assert switch.players()[:2] == ("revision_numerator", "revision_denominator")
    assert state(switch, "revision_numerator")[2017] == pytest.approx(1.8)
    assert state(switch, "revision_denominator")[2017] == pytest.approx(1.6 / 0.9)
    assert state(switch, "revision_numerator", "revision_denominator")[2017] == 1.6
    cells = switch.cells().set_index(["indicator", "kind"])
    assert cells.loc[("gdp", "revision"), ["earlier", "later"]].tolist() == pytest.approx([1000, 18 / 0.016])
    assert cells.loc[("rd_expenditure", "revision"), ["earlier", "later"]].tolist() == [20, 18]
    assert cells.loc[("gdp", "news"), ["expected", "later"]].tolist() == pytest.approx([25 / 0.025, 1200])
    assert cells.loc[("rd_expenditure", "news"), ["expected", "later"]].tolist() == [25, 24]


def test_without_what_was_spent_a_ratio_is_one_thing(catalogue, monkeypatch):
    switch = ratio(catalogue, monkeypatch, spent_then=None)
    assert switch.players() == ("revision", "time", "news") and switch.parts == {}
    assert state(switch, "revision") == {2016: 1.8, 2017: 1.6} and state(switch, "news")[
        2017
    ] == pytest.approx(1.6)
    assert state(switch, "time", "news")[2018] == 2.0
    assert set(switch.cells()["indicator"]) == {RATE}


def test_a_year_between_known_ones_that_appears_is_a_revision_of_what_was_known(catalogue):
    rows = pd.concat([printed({2014: 1.6, 2017: 2.0}, "2018-10-01"), printed({2015: 1.7}, "2019-03-01")])
    _, switch = ends(catalogue, target(), rows)
    assert (switch.revised, switch.fresh) == ((2015,), ())
    assert state(switch) == {2014: 1.6, 2017: 2.0} and state(switch, "revision") == {
        2014: 1.6,
        2015: 1.7,
        2017: 2.0,
    }
    first = printed({2015: 1.7}, "2019-03-01")
    _, switch = ends(catalogue, target(), first)
    assert (switch.revised, switch.fresh) == ((), (2015,))
    late = printed({2020: 2.4, 2021: 2.5}, "2019-03-01")
    _, switch = ends(catalogue, target(), pd.concat([OLD, late]))
    assert switch.fresh == (2020,) and switch.after[1]["year"].tolist() == [2021] and switch.after[0].empty


PEERS = pd.concat(
    [
        OLD,
        printed({2017: 3.0}, "2018-10-01", region="110000"),
        printed({2017: 4.0}, "2019-03-01", region="110000"),
    ]
)


def test_other_regions_are_a_source_where_they_lend(catalogue):
    lent = chance(lent=situations.Nothing(("110000",)))
    for extra, players in (((None, None), ()), ((lent, None), ("peers",)), ((None, lent), ("peers",))):
        assert ends(catalogue, target(), PEERS, extra=extra)[1].players() == players
    assert ends(catalogue, target(), OLD, extra=(lent, lent))[1].players() == ()


def forecast_(later=None, rebasing=None):
    return chance(SimpleNamespace(peers=(), later=later, rebasing=rebasing))


def test_a_figure_the_expectations_lead_to_and_a_census_are_sources(catalogue):
    plain, led = forecast_(), forecast_(later=(2021, 2.5))
    assert ends(catalogue, target(), OLD, extra=(plain, led))[1].players() == ("later",)
    assert ends(catalogue, target(), OLD, extra=(led, led))[1].players() == ()
    assert ends(catalogue, target(), OLD, extra=(None, led))[1].led is True
    pending = forecast_(rebasing=SimpleNamespace(basis="gdp-census-5"))
    for days, census in (
        (("2024-12-25", "2024-12-26"), ("census",)),
        (("2024-12-26", "2025-12-31"), ()),
        (("2023-12-31", "2024-12-25"), ()),
    ):
        assert ends(catalogue, target(), OLD, days, extra=(None, pending))[1].players() == census
    assert (
        ends(catalogue, target(), OLD, ("2024-12-25", "2024-12-26"), extra=(None, plain))[1].players() == ()
    )


def test_own_figures_of_what_an_amount_is_made_of_are_a_source(catalogue):
    one = target(indicator="rd_expenditure", goal=30)
    spent, product = (
        printed({2017: 20.0}, "2018-10-01", "rd_expenditure"),
        printed({2017: 1000.0}, "2019-03-01", "gdp"),
    )
    _, switch = ends(catalogue, one, pd.concat([spent, product]))
    assert switch.players() == ("related",) and switch.computed is True
    elsewhere = printed({2017: 1000.0}, "2019-03-01", "gdp", "110000")
    assert ends(catalogue, one, pd.concat([spent, elsewhere]))[1].players() == ()
    lends = (None, chance(lent=situations.Nothing(("110000",))))
    assert ends(catalogue, one, pd.concat([spent, elsewhere]), extra=lends)[1].players() == ("peers",)


def test_months_of_the_deadlines_year_are_a_source(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)
    rows = pd.concat([figures({2017: 10}, COUNT), figures({"2019-06": 5}, COUNT)])
    _, switch = ends(catalogue, one, rows)
    assert switch.players() == ("in_year",) and len(switch.months[0]) == 0 and len(switch.months[1]) == 1
    assert ends(catalogue, one, rows, ("2019-07-31", "2019-12-31"))[1].players() == ()


@pytest.mark.parametrize(
    ("rungs", "first", "last", "whole"),
    [
        (("own", "region"), OLD, OLD, "rung"),
        (("region", "own"), OLD, OLD, "rung"),
        (("region", "region"), OLD, OLD, None),
        (("own", "short"), OLD, OLD, None),
        (("own", "own"), OLD, OLD[OLD["year"].eq(2017)], None),
        (("own", "own"), OLD[OLD["year"].eq(2016)], OLD[OLD["year"].eq(2017)], "dropped"),
        (("own", "own"), OLD.iloc[:0], OLD, None),
    ],
)
def test_some_changes_have_nothing_between_their_ends(rungs, first, last, whole):
    before, now = (
        SimpleNamespace(row={"evidence": rung}, history=rows)
        for rung, rows in zip(rungs, (first, last), strict=True)
    )
    assert change._whole(before, now) == whole


@pytest.mark.parametrize(
    ("known", "year", "grown"),
    [
        ({2017: 10.0, 2018: 11.0}, 2019, 12.1),
        ({2017: 10.0, 2018: 11.0}, 2020, 13.31),
        ({2018: 10.0}, 2019, None),
        ({2017: 0.0, 2018: 11.0}, 2019, None),
        ({2017: 0.5, 2018: 1.0}, 2019, 2.0),
        ({2010: 1.0, 2018: 11.0}, 2019, None),
        ({2012: 1.0, 2013: 10.0, 2018: 320.0}, 2019, 640.0),
        ({2012: 1.0, 2018: 11.0}, 2019, None),
    ],
)
def test_spending_is_expected_to_grow_as_over_five_years(known, year, grown):
    assert change._grown(known, year) == (grown and pytest.approx(grown))


@pytest.mark.parametrize(
    ("kind", "verdict", "middle"),
    [("level", "met", 2.0), ("direction", "missed", 2.0), ("level", "open", 3.0), ("growth", "met", 3.0)],
)
def test_the_middle_is_the_outcome_where_one_years_figure_decides(kind, verdict, middle):
    assert change._middle({"outcome": 2.0, "median": 3.0, "kind": kind, "verdict": verdict}) == middle


def test_a_change_is_told_by_its_ends_where_nothing_lies_between(catalogue):
    low = {"p_attain": 0.25, "median": 2.0, "evidence": "region"}
    made, _ = ends(catalogue, target(), OLD, first=low, last={"p_attain": 0.75, "median": 2.5})
    found = change.between(*made, (None, None))
    assert found.contributions.values.tolist() == [["rung", 0.5, 0.5]] and found.reason is None
    made, _ = ends(
        catalogue, target(), OLD, first=low | {"median": None}, last={"p_attain": 0.75, "median": 2.5}
    )
    assert pd.isna(change.between(*made, (None, None)).contributions["points"].item())
    for first, last, reason in ((None, 0.5, "earlier"), (0.5, None, "later"), (None, None, "earlier")):
        made, _ = ends(catalogue, target(), OLD, first={"p_attain": first}, last={"p_attain": last})
        assert change.between(*made, (None, None)).reason == f"no_probability_{reason}"


def test_parts_are_shared_by_what_each_state_answers(catalogue, monkeypatch):
    """Revision alone adds .1, time .2, both .4 to .3; points likewise, ten times as large."""
    worth = {
        frozenset(): 0.3,
        frozenset({"revision"}): 0.4,
        frozenset({"time"}): 0.5,
        frozenset({"revision", "time"}): 0.7,
    }
    switch = SimpleNamespace(
        players=lambda: ("revision", "time"),
        idle=lambda: ("revision_numerator",),
        row=lambda chosen: {
            "p_attain": worth[chosen],
            "median": 10 * worth[chosen],
            "verdict": "open",
            "outcome": None,
        },
    )
    given = {"p_earlier": 0.3, "p_later": 0.7, "median_earlier": 3.0, "median_later": 7.0}
    found = change._contributions(switch, given).set_index("source")
    assert found["p"].to_dict() == pytest.approx({"revision": 0.15, "time": 0.25, "revision_numerator": 0.0})
    assert found["points"].to_dict() == pytest.approx(
        {"revision": 1.5, "time": 2.5, "revision_numerator": 0.0}
    )
    without = change._contributions(switch, given | {"median_later": None}).set_index("source")
    assert without["points"].isna().tolist() == [True, True, False] and without["p"]["time"] == pytest.approx(
        0.25
    )
    worth[frozenset({"time"})] = None
    switch.row = lambda chosen: {
        "p_attain": worth[chosen],
        "median": None,
        "verdict": "open",
        "outcome": None,
    }
    whole = change._contributions(switch, given).set_index("source")
    assert whole.index.tolist() == ["together"] and whole.loc["together"].tolist() == pytest.approx(
        [0.4, 4.0]
    )


def test_a_surprise_is_added_where_nothing_came_and_multiplies_small_figures(catalogue, monkeypatch):
    """2.0 came in 2018; of 2030 nothing is known, so that the expectation is taken away."""
    switch, news = ratio(catalogue, monkeypatch), frozenset(["news"])
    assert switch._surprised(2.0, 2030, 1.5, news) == 0.5 and switch._surprised(
        2.0, 2018, 0.8, news
    ) == pytest.approx(5.0)
    assert switch._surprised(2.0, 2018, 0.8, frozenset()) == 2.0
