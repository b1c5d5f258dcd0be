"""Why a probability moved: parts that sum exactly, by hand and on the real revision of 2020."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import attainment, change, plans
from analysis.plans import Pending
from test_attainment import COUNT, figures, plan, target


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
    ends = [attainment.assess_vintage(loaded, loaded.targets[0], one, catalogue) for one in vintages]
    return change.Switch.of(*ends, [one.history for one in vintages], catalogue)


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
        full = [attainment.Vintage.of(rows, day, catalogue).history for day in (first, last)]
        return change.Switch.of(ends[first], ends[last], full, catalogue).players()

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
