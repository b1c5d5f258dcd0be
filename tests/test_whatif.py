"""What the page stores to answer what if, and how it is read, by hand on small distributions."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import attainment, forecast, mixtures
from analysis.review import whatif
from test_attainment import COUNT, NOTHING, RATE, by_verdict, figures, plan, target


def asked(**given):
    """A stored answer: quantiles 1, 2, 4 at .25, .5, .75 after a last value of 1, twice that after 2."""
    base = {
        "form": "quantiles",
        "lasts": [1.0, 2.0],
        "grid": [0.25, 0.5, 0.75],
        "table": [[1, 2, 4], [2, 4, 8]],
        "last": 1.0,
        "goal": 2.0,
        "tied": False,
        "slack": 0.0,
        "comparison": ">=",
        "extra": {"scale": 100, "below": 1000},
    }
    return base | given


@pytest.mark.parametrize(
    ("goal", "last", "p"),
    [
        (2.0, 1.0, 0.5),
        (3.0, 1.0, 0.625),
        (1.5, 1.0, 0.375),
        (3.0, 1.5, 0.5),
        (4.0, 2.0, 0.5),
        (4.0, 9.0, 0.5),
        (2.0, 0.1, 0.5),
        (0.9, 1.0, 0.0),
        (4.1, 1.0, 1.0),
        (6.0, 2.0, 0.625),
        (6.0, 1.75, 0.6785714285714286),
    ],
)
def test_quantiles_are_read_between_the_stored_ones(goal, last, p):
    assert whatif.probability(asked(), goal, last) == pytest.approx(1 - p)
    for comparison, reached in ((">", 1 - p), ("<=", p), ("<", p)):
        assert whatif.probability(asked(comparison=comparison), goal, last) == pytest.approx(reached)


def test_a_goal_on_a_step_is_below_or_not_above_it():
    """Half of the distribution lies on 2: from there up is .75, above it .25."""
    step = asked(table=[[1, 2, 2], [2, 4, 8]], grid=[0.25, 0.5, 0.75])
    assert (
        whatif.probability(step, 2.0) == pytest.approx(0.5)
        and whatif.probability(step | {"comparison": ">"}, 2.0) == 0
    )
    assert whatif.probability(step | {"comparison": "<"}, 2.0) == pytest.approx(0.5)
    assert whatif.probability(step | {"comparison": "<="}, 2.0) == 1


def test_published_values_stand_in_where_nothing_is_asked():
    assert whatif.probability(asked(goal=3.0)) == pytest.approx(0.375)
    assert whatif.probability(asked(goal=4.0, last=2.0)) == pytest.approx(0.5)
    tied = asked(tied=True, table=[[0.5, 1, 4], [1, 2, 8]])
    assert whatif.probability(tied, goal=99.0, last=1.0) == pytest.approx(0.5)  # the goal is the last value
    assert whatif.probability(asked(slack=0.5), goal=2.0) == pytest.approx(0.625)


def test_an_extra_amount_lowers_the_goal_by_its_share_of_the_whole():
    assert whatif.probability(asked(), 3.0, extra=10) == pytest.approx(0.5)
    assert whatif.probability(asked(), 3.0, extra=5, below=500) == pytest.approx(0.5)
    assert whatif.probability(asked(comparison="<"), 3.0, extra=-10) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("comparison", "goal", "p"),
    [
        (">=", 1, 0.8),
        (">", 1, 0.5),
        ("<=", 1, 0.5),
        ("<", 1, 0.2),
        (">=", 0.5, 0.8),
        (">", 0.5, 0.8),
        ("<=", 1.5, 0.5),
        ("<", 1.5, 0.5),
        (">=", 0, 1),
        ("<", 0, 0),
        (">", 9, 0),
        ("<=", 9, 1),
    ],
)
def test_counts_are_read_at_the_whole_number_a_comparison_means(comparison, goal, p):
    """None, one and two with .2, .3 and .5."""
    kept = asked(
        form="counts", grid=[0, 1, 2], table=[[0.2, 0.5, 1.0], [0.0, 0.1, 1.0]], comparison=comparison
    )
    assert whatif.probability(kept, goal) == pytest.approx(p)
    if comparison == ">=" and goal == 1:
        assert whatif.probability(kept, goal, 1.5) == pytest.approx(0.9)


def test_without_a_forecast_the_chances_are_read_off_the_bases():
    kept = asked(form="conditional", lasts=[1.0, 2.0, 3.0], table=[0.1, 0.5, 0.7], last=2.5)
    assert [whatif.probability(kept, last=last) for last in (None, 1.5, 0.0, 9.0)] == pytest.approx(
        [0.6, 0.3, 0.1, 0.7]
    )


def test_numbers_keep_seven_digits():
    assert whatif._numbers(np.array([1 / 3, 1234567.89])) == [0.3333333, 1234568.0]


@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ((0, 5, 10, 3), [0, 1, 2, 3, 4, 5]),
        ((0, 5, 6, 3), [0, 1, 2, 3, 4, 5]),
        ((0, 10, 6, 4), [0, 2, 3, 4, 6, 8, 10]),
        ((0, 10, 6, 4.5), [0, 2, 4, 5, 6, 8, 10]),
        ((0, 4, 5, 0), [0, 1, 2, 3, 4]),
        ((2, 4, 5, 9), [2, 3, 4, 8, 9]),
        ((0, 5, 5, 0), [0, 1, 2, 4, 5]),
    ],
)
def test_whole_numbers_are_thinned_evenly_and_keep_the_goal_and_the_one_below(given, numbers):
    assert whatif._whole(*given).tolist() == numbers


def gaussian(*members, integer=False, lower=-math.inf, upper=math.inf):
    """Members (family, location, spread) of two years; the second is the deadline's."""
    pool = mixtures.Mixture(
        family=tuple(family for family, *_ in members), weight=np.full((1, len(members)), 1 / len(members)),
        location=np.array([[(0.0, location) for _, location, _ in members]]),
        spread=np.array([[(9.0, spread) for *_, spread in members]]),
        doubt=np.zeros((1, len(members), 2)), dof=np.full((1, len(members)), 1e9), offset=np.zeros(1),
        lower=lower, upper=upper, integer=integer,
    )  # fmt: skip
    return forecast.Predictive("000000", RATE, 2018, (2019, 2020), "own", (), integer, ((2018, 2.0),), pool)


def bare(one, catalogue, made=None, lent=NOTHING, so_far=None, **row):
    told = attainment._known(
        plan(one), one, attainment.Vintage.of(figures({2018: 2.0}), "2019-12-31", catalogue), catalogue
    )
    line = attainment._row(plan(one), one, "2019-12-31", goal=one.goal) | {"verdict": "open"} | row
    return attainment.Assessment(
        plan(one),
        one,
        "2019-12-31",
        line,
        told.own,
        told.own,
        told.series,
        so_far,
        by_verdict(one, line["verdict"], predictive=made, lent=lent),
    )


def test_members_move_with_the_last_value_on_their_own_scale():
    """From 2 to 3: by 1 on the plain scale, by log 1.5 on the log scale."""
    made = gaussian(("identity", 2.5, 0.1), ("log", 1.0, 0.2))
    found = whatif.moved(made, 2.0, np.array([2.0, 3.0]))
    assert found.location[:, :, 0].tolist() == pytest.approx(
        np.array([[2.5, 1.0], [3.5, 1.0 + math.log(1.5)]])
    )
    assert found.location.shape == (2, 2, 1) and found.spread[:, :, 0].tolist() == [[0.1, 0.2]] * 2


def test_what_is_stored_of_a_level_is_its_quantiles_from_half_to_half_as_much_again(catalogue):
    kept = whatif.stored(
        bare(target(goal=2.3), catalogue, gaussian(("identity", 2.5, 0.1))), catalogue, 1000.0
    )
    assert kept["lasts"] == pytest.approx([1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0])
    assert kept["grid"] == pytest.approx(
        [0.0005, 0.001, 0.0025, *np.arange(1, 200) / 200, 0.9975, 0.999, 0.9995]
    )
    quantiles = stats.norm.ppf(whatif.LEVELS)
    assert kept["table"][5] == pytest.approx((2.5 + 0.1 * quantiles).tolist(), abs=1e-5)
    assert kept["table"][0] == pytest.approx((1.5 + 0.1 * quantiles).tolist(), abs=1e-5)
    assert (kept["last"], kept["year"], kept["tied"], kept["movable"], kept["slack"]) == (
        2.0,
        2018,
        False,
        True,
        0.0,
    )
    assert kept["extra"] == {"of": "rd_expenditure", "scale": 100, "below": 1000.0, "under": "gdp"}
    assert (kept["comparison"], kept["goal"], kept["decimals"]) == (">=", 2.3, 2)
    low, high = 2.5 + 0.1 * stats.norm.ppf([0.005, 0.995])
    assert (kept["lowest"], kept["highest"]) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


def test_last_values_stay_inside_the_bounds(catalogue):
    made = gaussian(("identity", 2.5, 0.1), lower=1.3, upper=2.5)
    kept = whatif.stored(bare(target(goal=2.3), catalogue, made), catalogue)
    assert kept["lasts"] == pytest.approx([1.3, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.5])


def test_a_printed_goal_is_stored_with_what_rounding_gives(catalogue):
    made = gaussian(("identity", 2.5, 0.1))
    for comparison, expected in ((">=", (">=", 0.005)), (">", (">=", -0.005)), ("<=", ("<", -0.005))):
        kept = whatif.stored(
            bare(target(goal=2.3, rounding="printed", comparison=comparison), catalogue, made), catalogue
        )
        assert (kept["comparison"], kept["slack"]) == (expected[0], pytest.approx(expected[1]))
    one = target(indicator=COUNT, kind="flow", goal=9, rounding="printed")
    count = dataclasses.replace(
        gaussian(("identity", 8.0, 2.0), integer=True), known=((2018, 8.0),), integer=True
    )
    assert whatif.stored(bare(one, catalogue, count), catalogue)["slack"] == 0.0


def test_what_is_stored_of_a_count_are_the_chances_of_every_number(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=9)
    made = dataclasses.replace(gaussian(("identity", 8.0, 2.0), integer=True), known=((2018, 8.0),))
    kept = whatif.stored(bare(one, catalogue, made), catalogue)
    assert kept["lasts"] == list(range(4, 13)) and kept["grid"] == list(range(41))
    assert kept["table"][4] == pytest.approx(stats.norm.cdf(np.arange(41) + 0.5, 8, 2).tolist(), abs=1e-6)
    assert kept["table"][5] == pytest.approx(stats.norm.cdf(np.arange(41) + 0.5, 9, 2).tolist(), abs=1e-6)
    assert (kept["lowest"], kept["highest"], kept["form"]) == (0.0, 40.0, "counts")
    assert kept["extra"] == {"of": "", "scale": 1.0, "below": 1.0, "under": ""}
    few = dataclasses.replace(made, known=((2018, 1.0),))
    assert whatif.stored(bare(one, catalogue, few), catalogue)["lasts"] == [0, 1, 2, 3, 4]
    large = dataclasses.replace(made, known=((2018, 61.0),))
    grid = whatif.stored(bare(one, catalogue, large), catalogue)
    assert (grid["lasts"][0], grid["lasts"][-1], grid["grid"][-1]) == (30, 92, 276) and len(
        grid["lasts"]
    ) <= 23
    high = whatif.stored(bare(target(indicator=COUNT, kind="flow", goal=30), catalogue, made), catalogue)
    assert high["grid"][-1] == 120


def test_a_year_so_far_leaves_only_the_goal_to_move(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=2)
    so_far = SimpleNamespace(total=np.array([0.0, 0.25, 0.75]), seen=1, month="2020-06", grid=None)
    kept = whatif.stored(bare(one, catalogue, so_far=so_far), catalogue)
    assert kept["table"] == [[0.0, 0.25, 1.0]] * 2 and kept["grid"] == [0, 1, 2]
    assert (kept["lasts"], kept["last"], kept["year"], kept["tied"]) == ([1.0, 2.0], 1.0, None, False)
    assert (kept["lowest"], kept["highest"], kept["movable"]) == (0.0, 2.0, True)
    assert whatif.probability(kept) == 0.75 and whatif.probability(kept, 1) == 1.0
    long = whatif._in_year(SimpleNamespace(total=np.full(600, 1 / 500), seen=1, grid=None))
    assert len(long["grid"]) == whatif.COUNTS + 1 and max(long["table"][0]) <= 1.0


@pytest.mark.parametrize(
    ("given", "made", "row", "there"),
    [
        ({}, {}, {}, True),
        ({}, {"later": (2021, 2.0)}, {}, False),
        ({}, {}, {"verdict": "met"}, False),
        ({}, {}, {"goal": None}, False),
        ({"kind": "every_year", "since": 2019}, {}, {}, False),
        ({"kind": "growth", "since": 2018}, {}, {}, False),
        ({"kind": "direction", "goal": None, "than": 2018, "comparison": ">"}, {}, {"goal": 2.0}, True),
        ({"kind": "direction", "goal": None, "than": 2019, "comparison": ">"}, {}, {"goal": 2.0}, False),
    ],
)
def test_only_what_one_years_distribution_answers_is_stored(given, made, row, there, catalogue):
    made = dataclasses.replace(gaussian(("identity", 2.5, 0.1)), **made)
    kept = whatif.stored(bare(target(**given), catalogue, made, **row), catalogue)
    assert (kept is not None) is there
    if there:
        assert (kept["tied"], kept["movable"]) == (("than" in given), ("than" not in given))


@pytest.mark.parametrize(("even", "last"), [(1.857, 1.86), (None, 2.0)])
def test_without_own_figures_the_bases_are_stored(even, last, catalogue):
    table = pd.DataFrame({"base": [1.0, 1.5, 2.0, 2.5, 3.0], "p": [0.1, 0.3, 0.5, 0.6, 0.7]})
    asked_ = forecast.Conditional(2019, table, even, ("110000",), 2.0)
    placed = dataclasses.replace(gaussian(("identity", 2.5, 0.1)), placed=SimpleNamespace())
    for made in (None, placed):
        kept = whatif.stored(bare(target(goal=2.3), catalogue, made, asked_), catalogue)
        assert kept == {
            "form": "conditional",
            "lasts": [1.0, 1.5, 2.0, 2.5, 3.0],
            "grid": [],
            "table": [0.1, 0.3, 0.5, 0.6, 0.7],
            "comparison": ">=",
            "goal": 2.3,
            "tied": False,
            "slack": 0.0,
            "year": 2019,
            "last": last,
            "movable": False,
            "lowest": 2.3,
            "highest": 2.3,
            "decimals": 2,
            "extra": None,
        }
        assert whatif.stored(bare(target(goal=2.3), catalogue, made), catalogue) is None


def test_an_extra_stands_on_what_the_indicator_is_made_of(catalogue):
    share = catalogue.indicators["hightech_va_share"]
    assert whatif._extra(share, 5.0) is None
    assert whatif._extra(catalogue.indicators["gdp"], None) == {
        "of": "",
        "scale": 1.0,
        "below": 1.0,
        "under": "",
    }
    alone = catalogue.indicators[RATE].model_copy(update={"numerator": None})
    assert whatif._extra(alone, 5.0) is None
