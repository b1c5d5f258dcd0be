"""The ladder of evidence: which rung, what it says, and that nothing later or larger reaches it."""

import dataclasses
import datetime
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import attainment, census, forecast, ladder, mixtures, models, panel, plans, spread, stocks

LUOHE, HENAN, RATE, SPENT = "411100", "410000", "rd_intensity", "rd_expenditure"


def climbed(observations, day, catalogue):
    return ladder.Ladder(panel.as_of(observations, day, catalogue), day, catalogue)


@pytest.mark.parametrize(
    ("day", "rung"), [("2018-12-31", "region"), ("2019-04-30", "short"), ("2020-04-30", "short")]
)
def test_luohe_climbs_as_figures_arrive(catalogue, observations, day, rung):
    made = climbed(observations, day, catalogue).predict(LUOHE, RATE, 2019)
    assert made.evidence == rung and made.years[-1] == 2019


def test_a_region_is_placed_by_its_parent_and_the_spread_of_regions(catalogue, observations):
    """The middle is the parent's forecast times exp(centre), by hand; the parent's figure moves it alike."""
    rungs = climbed(observations, "2018-12-31", catalogue)
    made = rungs.predict(LUOHE, RATE, 2019)
    rows = rungs.history[rungs.history["indicator"].eq(RATE) & rungs.history["year"].eq(2017)]
    value = rows.drop_duplicates("region", keep="last").set_index("region")["value"]
    scale = lambda x: np.log(x / (20 - x))  # noqa: E731
    provinces = [code for code, one in catalogue.regions.items() if one.level == "province"]
    z = np.array([scale(value[code]) - scale(value["000000"]) for code in provinces])
    assert (made.placed.parents, made.placed.siblings, made.placed.analogy) == (1, 0, True)
    assert made.placed.centre == pytest.approx(z.mean(), abs=0.06)  # the country of another basis
    assert made.placed.deviation == pytest.approx(z.std(ddof=1), abs=0.03)
    parent = forecast.median(rungs.predict(HENAN, RATE, 2019), 2019)
    by_hand = 20 / (1 + math.exp(-(scale(parent) + made.placed.centre)))
    assert forecast.median(made, 2019) == pytest.approx(by_hand, rel=0.01)


def test_what_is_published_later_reaches_no_earlier_rung(catalogue, observations):
    early = observations[observations["published"].le(pd.Timestamp("2018-12-31"))]
    for rows in (observations, early):
        made = climbed(rows, "2018-12-31", catalogue).predict(LUOHE, RATE, 2019)
        found = forecast.quantile(made, 2019, [0.1, 0.5, 0.9])
        assert found == pytest.approx([0.2445, 0.8435, 2.7085], abs=2e-3)


def test_share_and_amount_of_one_region_agree(catalogue, observations):
    """R&D expenditure is its ratio times the region's own product: their medians divide to each other."""
    rungs = climbed(observations, "2019-04-30", catalogue)
    ratio, amount = (rungs.predict(LUOHE, one, 2019) for one in (RATE, SPENT))
    product = forecast.median(rungs.predict(LUOHE, "gdp", 2019), 2019)
    assert forecast.median(amount, 2019) == pytest.approx(
        forecast.median(ratio, 2019) * product / 100, rel=0.02
    )
    low, high = forecast.quantile(amount, 2019, [0.1, 0.9])
    assert high / low < 2.5  # 3.1 to 40.2 before the two were joined


def test_a_region_needs_a_parent_with_figures(catalogue, observations):
    rows = observations[observations["region"].ne(HENAN)]
    assert climbed(rows, "2018-12-31", catalogue).predict(LUOHE, RATE, 2019) is None
    assert climbed(observations, "2018-12-31", catalogue).predict("000000", "fiscal_st_share", 2019) is None


def test_a_third_ordinary_figure_makes_no_jump(catalogue, observations):
    """The rungs own and short are labels: the forecast of a third figure as expected is nearly the same."""
    rungs = climbed(observations, "2021-04-30", catalogue)
    before = rungs.predict(LUOHE, RATE, 2021)
    cut = rungs.history[~(rungs.history["region"].eq(LUOHE) & rungs.history["year"].eq(2017))]
    after = ladder.Ladder(cut, "2021-04-30", catalogue).predict(LUOHE, RATE, 2021)
    assert (before.evidence, after.evidence) == ("own", "short")
    p = [forecast.probability(one, 2021, ">=", 0.9)[0] for one in (before, after)]
    assert abs(p[0] - p[1]) < 0.1


# ------------------------------------------------------------------------------------------------- the spread


def tables(places, level="city"):
    return spread.Tables({(level, name): z for name, z in places.items()}, {})


def test_siblings_outweigh_others_by_their_number(catalogue):
    rng = np.random.default_rng(3)
    others = {f"{n}0000": dict(enumerate(rng.normal(-0.6, 0.8, 12))) for n in (13, 33, 37, 42, 44)}
    own = {f"4101{n:02}": z for n, z in enumerate(rng.normal(0.2, 0.3, 17))}
    alone = tables(others).spread(LUOHE, spread.SMALLER, catalogue)
    with_own = tables({HENAN: own} | others).spread(LUOHE, spread.SMALLER, catalogue)
    mean = np.mean(list(own.values()))
    assert abs(with_own.centre - mean) < 0.6 * abs(alone.centre - mean)
    assert with_own.doubt < alone.doubt and with_own.dof > alone.dof
    assert with_own.deviation < alone.deviation


def test_a_placed_region_lies_inside_its_interval_as_often_as_said(catalogue):
    """Simulated: parents' centres and deviations differ, their regions lie around them."""
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(400):
        centres, deviations = rng.normal(-0.5, 0.4, 12), np.exp(rng.normal(-0.4, 0.3, 12))
        drawn = {
            f"{n + 11}0000": dict(enumerate(rng.normal(centres[n], deviations[n], 10))) for n in range(11)
        }
        found = tables(drawn).spread(LUOHE, spread.SMALLER, catalogue)
        outcome = rng.normal(centres[11], deviations[11])
        width = stats.t.ppf(0.9, found.dof) * math.hypot(found.deviation, found.doubt)
        inside.append(abs(outcome - found.centre) <= width)
    assert 0.76 <= np.mean(inside) <= 0.86


def test_scattered_figures_are_no_table(catalogue, observations):
    """Six of a province's cities, from press reports, place nobody: a table is complete or not there."""
    history = panel.as_of(observations, "2025-12-31", catalogue)
    rows = panel.annual(history, RATE)
    found = spread.beside(rows[rows["year"].ge(2022)], "log", (0.0, math.inf), catalogue)
    assert found["level"].eq("city").any()
    assert [level for level, _ in spread.Tables.of(found, catalogue).places] == ["province"]


# ------------------------------------------------------------------------------------------------- the census


def test_a_rebasing_in_force_is_pending_until_a_figure_stands_on_it(catalogue, observations):
    for day, pending in (("2024-11-30", None), ("2024-12-31", "gdp-census-5")):
        made = climbed(observations, day, catalogue).predict(HENAN, RATE, 2024)
        assert (made.rebasing and made.rebasing.basis) == pending


def test_a_rebasing_moves_the_forecast_by_its_mean_and_widens_it(catalogue, observations):
    rungs = climbed(observations, "2024-12-31", catalogue)
    before, rebasing = rungs.own(HENAN, RATE, 2024)
    held = census.shifted(before.mixture, rebasing, at=math.log(1.05))
    low, middle, high = mixtures.quantile(before.mixture, [0.1, 0.5, 0.9])[0, 0]
    assert mixtures.quantile(held, [0.5])[0, 0, 0] == pytest.approx(middle / 1.05, rel=2e-3)
    wide = mixtures.quantile(census.shifted(before.mixture, rebasing), [0.1, 0.9])[0, 0]
    assert wide[1] - wide[0] > 1.3 * (high - low)


def test_past_rebasings_are_learned_from_implied_denominators(catalogue):
    """Two censuses by hand: everyone's product grew by 8 % a year, and was revised by 3 % and by 5 %."""
    rows = []
    provinces = [code for code, one in catalogue.regions.items() if one.level == "province"][:8]
    for n, code in enumerate(provinces):
        product = 100.0 * (n + 1)
        for year in range(2011, 2022):
            basis = "gdp-census-2" if year < 2014 else "gdp-census-3" if year < 2019 else "gdp-census-4"
            product *= 1.08 * {2014: 1.03, 2019: 1.05}.get(year, 1.0)
            told = {
                "region": code,
                "period": str(year),
                "year": year,
                "published": pd.Timestamp(f"{year + 1}-09-30"),
            }
            rows.append(told | {"indicator": SPENT, "basis": "", "value": product * 0.02})
            rows.append(told | {"indicator": RATE, "basis": basis, "value": 2.0})
    history = pd.DataFrame(rows)
    origin = history[history["region"].eq(provinces[0]) & history["indicator"].eq(RATE)].iloc[-1]
    ahead = [
        census.ahead(RATE, origin["basis"], provinces[0], day, catalogue)
        for day in ("2024-12-25", "2024-12-31")
    ]
    assert ahead == [None, "gdp-census-5"]
    found = census.expected(ahead[1], census.jumps(history, RATE, catalogue))
    assert found.basis == "gdp-census-5" and found.censuses == 2
    assert found.mean == pytest.approx((math.log(1.03) + math.log(1.05)) / 2, abs=1e-9)


def test_the_answer_is_said_at_no_median_and_high_revision(catalogue, observations):
    plan = plans.load("henan-2024", catalogue)
    read = attainment.assess(plan, plan.targets[0], observations, "2024-12-31", catalogue).readings["census"]
    assert read["none"] > read["median"] > read["high"] and read["growth_high"] > read["growth_median"] > 0
    assert "printed" not in read


@pytest.mark.parametrize(
    ("day", "deadline", "due"),
    [
        ("2018-12-31", 2019, True),  # the third was of 2013, so the fourth is of 2018
        ("2018-12-31", 2018, True),
        ("2018-12-31", 2017, False),
        ("2020-04-30", 2019, False),  # the fourth is in force, the fifth is of 2023
        ("2020-04-30", 2023, True),
        ("1990-01-01", 2019, False),  # none was in force yet
    ],
)
def test_a_census_falls_due_every_five_years(day, deadline, due, catalogue):
    assert census.due(RATE, "411100", deadline, day, catalogue) is due


@pytest.mark.parametrize(("day", "told"), [("2020-03-30", False), ("2020-04-30", True)])
def test_a_denominator_that_another_source_prints_otherwise_is_a_case_of_its_own(
    day, told, catalogue, observations
):
    """1435.90 instead of 1236.6633 makes every figure of the ratio 1.1611 times smaller."""
    plan = plans.load("luohe-2019", catalogue)
    vintage = attainment.Vintage.of(observations, day, catalogue)
    one = attainment.assess_vintage(plan, plan.target("rd-intensity"), vintage)
    read = one.readings["census"]
    assert ("printed" in read) is told
    if told:
        assert read["growth_printed"] == pytest.approx(100 * (1435.90 / 1236.6633 - 1))
        assert (read["printed_year"], read["printed_value"]) == (2018, 1435.90)
        made, rebasing = vintage.ladder.unrebased("411100", RATE, 2019, 2019)
        held = dataclasses.replace(
            made, mixture=census.shifted(made.mixture, rebasing, math.log(1435.90 / 1236.6633))
        )
        assert read["printed"] == pytest.approx(forecast.probability(held, 2019, ">=", 1.25)[0], abs=1e-6)
        assert 3 * read["printed"] < read["none"]


# --------------------------------------------------------------------------------------- a stock and its flow


def inflows(years):
    return {year: stocks.Inflow(*told) for year, told in years.items()}


def test_a_stock_follows_from_what_flowed_in():
    pool = stocks.from_inflow(34.0, inflows({2017: (14.0, 0.0), 2018: (15.0, 0.0)}), (2017, 2018))
    rates = stocks.LAPSING
    by_hand = ((34 * (1 - rates) + 14) * (1 - rates) + 15).mean()
    assert (pool.location[0, :, 1] * pool.weight[0]).sum() == pytest.approx(by_hand)
    drawn = mixtures.paths(pool, 4000, np.random.default_rng(1))
    assert drawn[:, 1].mean() == pytest.approx(by_hand, abs=0.5)


def test_two_stocks_leave_the_years_between_their_share():
    pool = stocks.inflow_between((2016, 34.0), (2020, 101.0), {2018: 15.0, 2019: 25.0}, 2017)
    lapsed = stocks.LAPSING * sum(34 + 67 * (n + 0.5) / 4 for n in range(4))
    assert pool.location[0, :, 0] == pytest.approx((67 + lapsed - 40) / 2)
    assert stocks.inflow_between((2016, 34.0), (2020, 101.0), {2017: 9.0}, 2017) is None


def test_new_enterprises_move_their_number_on_the_day_they_are_published(catalogue, observations):
    plan = plans.load("luohe-2019", catalogue)
    target = plan.target("hte-number-rise")
    p = [attainment.assess(plan, target, observations, day, catalogue).row["p_attain"]
         for day in ("2020-01-18", "2020-01-19")]  # fmt: skip
    assert 0.66 < p[0] < 0.9 and p[1] > 0.95  # before, those expected of the year whose number is known


def test_a_stock_known_later_tells_of_the_flow_between(catalogue, observations):
    """Without the printed counts of 2018 and 2019, the stocks of 2016 and 2020 say how many came."""
    rows = observations[~(observations["indicator"].eq("national_hte_new") & observations["year"].gt(2016))]
    early, late = (climbed(rows, day, catalogue).predict(LUOHE, "national_hte_new", 2019)
                   for day in ("2020-12-31", "2023-05-26"))  # fmt: skip
    assert forecast.median(late, 2019) == pytest.approx(24, abs=3)
    assert forecast.median(early, 2019) < 15


def test_what_a_parents_regions_are_like_by_hand():
    """Own 0, 1, 2 (variance 1), the others 1, 3, 5 (variance 4): the prior is 2.5, of 4 degrees."""
    own, other = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0])
    square = (4 * 2.5 + 2 * 1) / 6
    centre = 3 / 7 * 1 + 4 / 7 * 3
    made = spread._pooled(own, spread.Others.of([other]), analogy=False)
    assert made == pytest.approx((centre, np.sqrt(4 / 7 * square / 4 * 2), np.sqrt(square), 6))
    few = spread._pooled(
        own[:2], spread.Others.of([other]), analogy=False
    )  # two are no table: they tell nothing
    assert few == pytest.approx((3, np.sqrt(2.0), 2.0, 4))


def test_many_parents_tell_how_far_they_differ():
    """Three tables of means 0, 1 and 2: a variance of 1, less what nine regions leave open."""
    around = np.linspace(-1, 1, 9)
    others = [around, around + 1, around + 2]
    centre, doubt, deviation, _ = spread._pooled(np.array([]), spread.Others.of(others), analogy=False)
    noise = around.var(ddof=1) / 9
    assert centre == pytest.approx(1) and deviation == pytest.approx(around.std(ddof=1), rel=0.1)
    assert doubt == pytest.approx(np.sqrt((1 - noise) * (1 + 1 / 3)))


def test_a_census_ahead_of_the_parents_figure_reaches_the_regions_placed_by_it(catalogue, observations):
    """Shanxi's figure of 2023 stands on the fourth census; the fifth is in force by the end of 2024."""
    after, before = (climbed(observations, day, catalogue) for day in ("2024-12-31", "2024-12-25"))
    made = after.predict("140600", RATE, 2024)
    assert made.evidence == "region" and made.rebasing.basis == "gdp-census-5"
    assert made.rebasing == after.own("140000", RATE, 2024)[1]
    asis, _ = after.unrebased("140600", RATE, 2024, 2024)
    moved = forecast.median(asis, 2024) * math.exp(-made.rebasing.mean)
    assert forecast.median(made, 2024) == pytest.approx(moved, rel=1e-3)
    assert before.predict("140600", RATE, 2024).rebasing is None


def test_an_amount_placed_by_the_parent_stays_on_the_basis_of_its_own_product(catalogue, observations):
    rungs = climbed(observations, "2024-12-31", catalogue)
    amount, ratio = rungs.predict("140600", SPENT, 2024), rungs.unrebased("140600", RATE, 2024, 2024)[0]
    product = rungs.predict("140600", "gdp", 2024)
    assert amount.evidence == "region" and amount.rebasing is None
    expected = forecast.median(ratio, 2024) * forecast.median(product, 2024) / 100
    assert forecast.median(amount, 2024) == pytest.approx(expected, rel=0.01)


# ---------------------------------------------------------------------------------- stocks and flows, by hand


def test_a_stock_lapses_and_its_doubt_grows_by_hand():
    """Each rate its own member: mean (1 - r) S + N, variance (1 - r)^2 V + r (1 - r) S + Var N."""
    pool = stocks.from_inflow(100.0, inflows({2018: (20.0, 4.0), 2019: (30.0, 9.0)}), (2018, 2019))
    for k, r in enumerate((1 / 30, 1 / 10, 1 / 6)):
        first, variance = (1 - r) * 100 + 20, r * (1 - r) * 100 + 4
        assert pool.location[0, k] == pytest.approx([first, (1 - r) * first + 30])
        then = (1 - r) ** 2 * variance + r * (1 - r) * first + 9
        assert pool.spread[0, k] == pytest.approx(np.sqrt([variance, then]))
    assert pool.weight.tolist() == [[pytest.approx(1 / 3)] * 3] and pool.dof.tolist() == [[30.0] * 3]
    assert (pool.family, pool.integer, pool.doubt.max()) == (("identity",) * 3, True, 0.0)
    assert pool.lower == 64  # a fifth lapses twice and nothing comes in


def test_a_stocks_doubt_never_shrinks_nor_falls_below_a_half():
    certain = stocks.from_inflow(0.0, inflows({2018: (0.0, 0.0)}), (2018,))
    assert certain.spread.tolist() == [[[0.5]] * 3]
    shrinking = stocks.from_inflow(0.0, inflows({2018: (0.0, 100.0), 2019: (0.0, 0.0)}), (2018, 2019))
    assert shrinking.spread[0, :, 1] == pytest.approx([10.0] * 3)


def test_what_flowed_in_between_has_the_doubt_of_what_is_shared():
    """70 to 100 in two years, none known: 30 more and what lapsed of 77.5 and 92.5, shared by two."""
    rates = np.array([1 / 30, 1 / 10, 1 / 6])
    for year in (2018, 2019):
        pool = stocks.inflow_between((2017, 70.0), (2019, 100.0), {}, year)
        mean = (30 + rates * 170) / 2
        assert pool.location[0, :, 0] == pytest.approx(mean)
        variance = 0.5 * (mean + (0.3 * mean) ** 2) + rates * 170 / 4
        assert pool.spread[0, :, 0] == pytest.approx(np.sqrt(variance))
    known = stocks.inflow_between((2017, 70.0), (2019, 100.0), {2018: 10.0, 2017: 99.0}, 2019)
    assert known.location[0, :, 0] == pytest.approx(20 + rates * 170)
    assert known.spread[0, :, 0] == pytest.approx(np.sqrt(rates * 170))
    least = stocks.inflow_between((2017, 100.0), (2018, 10.0), {}, 2018)
    assert least.location[0, :, 0].tolist() == [0.5] * 3
    for year in (2017, 2020):
        assert stocks.inflow_between((2017, 70.0), (2019, 100.0), {}, year) is None


def test_a_stock_keeps_the_members_of_its_inflow_apart_by_hand():
    """Three quarters of the weight on 20 + 20 without doubt, a quarter on 30 + 40 of doubts 3 and 4 in
    variances of 25: at each rate 100 lapse to (1 - r) 100 + N, and doubts add where variances would."""
    expected = {
        2018: stocks.Inflow(np.array([20.0, 30.0]), np.array([4.0, 25.0]), np.array([0.0, 3.0])),
        2019: stocks.Inflow(np.array([20.0, 40.0]), np.array([4.0, 25.0]), np.array([0.0, 4.0])),
    }
    pool = stocks.from_inflow(100.0, expected, (2018, 2019), np.array([0.75, 0.25]))
    assert pool.weight[0] == pytest.approx([0.25, 1 / 12] * 3)
    for k, r in enumerate((1 / 30, 1 / 10, 1 / 6)):
        plain, doubtful = 2 * k, 2 * k + 1
        first = (1 - r) * 100 + 30
        assert pool.location[0, doubtful] == pytest.approx([first, (1 - r) * first + 40])
        assert pool.location[0, plain, 0] == pytest.approx((1 - r) * 100 + 20)
        assert pool.doubt[0, plain].tolist() == [0, 0]
        assert pool.doubt[0, doubtful] == pytest.approx([3, (1 - r) * 3 + 4])
        rest = r * (1 - r) * 100 + 25 - 9
        then = (1 - r) ** 2 * rest + r * (1 - r) * first + 25 - 16
        assert pool.spread[0, doubtful] ** 2 == pytest.approx([rest + 9, then + ((1 - r) * 3 + 4) ** 2])


def test_the_range_of_a_stock_reaches_over_the_models_and_the_doubt_of_its_inflow():
    """A tenth of the weight left out on either side: of six members of one chance each the lowest and highest
    stay, the fewest new at the highest lapse rate and the most at the lowest."""
    few, many = 5.0, 25.0

    def asked(means, doubt):
        inflow = {2019: stocks.Inflow(np.array(means), np.full(2, 100.0), np.full(2, doubt))}
        pool = stocks.from_inflow(100.0, inflow, (2019,), np.full(2, 0.5))
        made = forecast.Predictive(LUOHE, STOCK, 2018, (2019,), "short", (), True, ((2018, 100.0),), pool)
        return forecast.probability(made, 2019, ">", 100)

    def chance(new, rate):
        spread_ = math.sqrt(rate * (1 - rate) * 100 + 100)
        return stats.norm.sf((100.5 - (1 - rate) * 100 - new) / spread_)

    p, low, high = asked([few, many], 0.0)
    assert low == pytest.approx(chance(few, 1 / 6), abs=0.03)
    assert high == pytest.approx(chance(many, 1 / 30), abs=0.03)
    by_hand = [chance(new, rate) for new in (few, many) for rate in stocks.LAPSING]
    assert p == pytest.approx(np.mean(by_hand), abs=0.01)
    middle = (few + many) / 2
    sure, doubtful = asked([middle, middle], 0.0), asked([middle, middle], 8.0)
    assert doubtful[0] == pytest.approx(sure[0], abs=1e-9)
    assert doubtful[1] < sure[1] - 0.1 and doubtful[2] > sure[2] + 0.1


def test_the_inflow_expected_of_a_year_by_hand():
    """Evenly spaced quantiles of a normal of 40 and 3, of whose spread two thirds are doubt."""
    ahead = gauss(30.0, 40.0, family="identity", spread_=3.0, doubt=2.0).mixture
    found = stocks.expected(ahead, 1)
    assert found.mean == pytest.approx([40.0])
    assert found.variance == pytest.approx([9.0], rel=0.04)
    assert found.doubt == pytest.approx(np.sqrt(found.variance) * 2 / 3)


def test_neighbours_by_hand():
    known = {2014: 99.0, 2016: 10.0, 2019: 20.0, 2020: 77.0}
    assert stocks.neighbours(known, 2017) == (15.0, pytest.approx(15 + 4.5**2), 0.0)
    assert stocks.neighbours(known, 2015) == (54.5, pytest.approx(54.5 + 16.35**2), 0.0)


# ---------------------------------------------------------------------------------------- the spread, by hand


def lying(*rows):
    """Figures (region, year, value) of the ratio; a fourth is the basis."""
    names = ["region", "year", "value", "basis"]
    made = pd.DataFrame([(*row, "b")[:4] for row in rows], columns=names)
    return made.assign(published=pd.Timestamp("2020-01-01") + pd.to_timedelta(range(len(made)), "D"))


def test_a_region_lies_beside_its_parent_of_the_same_year_and_basis(catalogue):
    rows = lying(
        ("000000", 2018, 2.0),
        (HENAN, 2018, 1.0),
        (LUOHE, 2018, 0.5),
        (HENAN, 2019, 1.0),
        (LUOHE, 2019, 0.4),
        ("420000", 2018, 1.0, "c"),
    )
    found = spread.beside(rows, "log", (0.0, math.inf), catalogue)
    assert found[["region", "parent", "level", "year"]].values.tolist() == [
        [HENAN, "000000", "province", 2018], [LUOHE, HENAN, "city", 2018], [LUOHE, HENAN, "city", 2019]
    ]  # fmt: skip
    assert found["z"].tolist() == pytest.approx([math.log(0.5), math.log(0.5), math.log(0.4)])
    share = spread.beside(rows, "logit", (0.0, 10.0), catalogue)["z"]
    odds = lambda x: math.log(x / (10 - x))  # noqa: E731
    assert share.tolist()[0] == pytest.approx(odds(1.0) - odds(2.0))


@pytest.mark.parametrize(
    ("value", "counts"), [(0.0, False), (1e-6, True), (9.99, True), (10.0, False), (-1.0, False)]
)
def test_a_figure_on_a_bound_has_no_place(value, counts, catalogue):
    rows = lying(("000000", 2018, 2.0), (HENAN, 2018, value))
    for bounds in ((0.0, 10.0), (-5.0, 10.0)):
        assert len(spread.beside(rows, "log", bounds, catalogue)) == counts


def placed(catalogue, n, year=2018, parent=HENAN, z=0.0):
    codes = [code for code, one in catalogue.regions.items() if one.parent == parent]
    return pd.DataFrame({"region": codes[:n], "parent": parent, "level": catalogue.regions[codes[0]].level,
                         "year": year, "basis": "b", "z": z + np.arange(n)})  # fmt: skip


@pytest.mark.parametrize(("n", "complete"), [(11, False), (12, True), (18, True)])
def test_two_thirds_of_a_provinces_eighteen_regions_are_a_table(n, complete, catalogue):
    found = spread.Tables.of(placed(catalogue, n), catalogue).places
    assert list(found) == [("city", HENAN)] * complete
    if complete:
        assert list(found["city", HENAN].values()) == list(range(n))


def test_the_newest_complete_table_counts_and_of_a_year_the_last_figure(catalogue):
    older, newer, scattered = (
        placed(catalogue, n, year, z=year) for n, year in ((18, 2017), (12, 2018), (11, 2019))
    )
    again = newer.iloc[[0]].assign(z=-1.0)
    made = spread.Tables.of(pd.concat([older, newer, again, scattered]), catalogue).places["city", HENAN]
    assert sorted(made.values()) == [-1.0, *[2018.0 + i for i in range(1, 12)]]
    assert spread.Tables.of(pd.concat([placed(catalogue, 11), again]), catalogue).places == {}


def test_fewer_than_three_regions_are_no_table():
    few = SimpleNamespace(
        regions={code: SimpleNamespace(level="city", parent="p", until=None) for code in "abc"}
    )
    rows = pd.DataFrame(
        {"region": list("abc"), "parent": "p", "level": "city", "year": 2018, "basis": "", "z": 1.0}
    )
    assert spread._newest(rows.iloc[:2], few) == {}
    assert spread._newest(rows, few) == {("city", "p"): (2018, dict.fromkeys("abc", 1.0))}
    gone = {
        name: SimpleNamespace(level="city", parent="p", until=until)
        for name, until in zip("abcdefg", (None, None, None, 2017, 2017, 2018, 2017), strict=True)
    }
    known = SimpleNamespace(regions=gone)  # of four living, three are enough; of seven, four would not be
    assert spread._newest(rows, known) == {("city", "p"): (2018, dict.fromkeys("abc", 1.0))}
    for one in gone.values():
        one.until = one.until and 2018
    assert spread._newest(rows, known) == {}


def moving(*steps, level="city"):
    """One region a list of yearly z, from 2015 on."""
    rows = [(f"r{n}", 2015 + i, "b", z, level) for n, given in enumerate(steps) for i, z in enumerate(given)]
    return pd.DataFrame(rows, columns=["region", "year", "basis", "z", "level"]).assign(parent="p")


def test_a_yearly_change_beside_the_parent_stays_inside_region_basis_and_year():
    rows = moving([0.0, 0.1, 0.4], [1.0, 1.5])
    assert spread._changes(rows)["z"].tolist() == pytest.approx([0.1, 0.3, 0.5])
    assert spread._changes(rows[rows["year"].ne(2016)]).empty
    other = rows.assign(basis=np.where(rows["year"].eq(2017), "c", "b"))
    assert spread._changes(other)["z"].tolist() == pytest.approx([0.1, 0.5])
    restated = pd.concat([rows, rows.iloc[[1]].assign(z=0.2)])
    assert spread._changes(restated)["z"].tolist() == pytest.approx([0.2, 0.2, 0.5])


@pytest.mark.parametrize(
    ("lengths", "enough"), [((3, 3, 2, 2, 2), True), ((3, 2, 2, 2, 2), False), ((3, 3, 3, 3), False)]
)
def test_twelve_changes_of_five_regions_are_enough(lengths, enough):
    steps = [np.arange(n + 1.0) for n in lengths]
    assert spread._enough(spread._changes(moving(*steps))) is enough


def test_the_usual_change_is_robust():
    """Deviations from the middle 0: 1, 1, 0, 2, 90. Their middle is 1."""
    assert spread._robust(pd.Series([-1.0, 1.0, 0.0, -2.0, 90.0])) == pytest.approx(1.4826)
    assert spread._robust(pd.Series([1.0, 1.0])) == 1e-4


def test_how_much_a_region_moves_is_its_levels_or_the_provinces_widened():
    known, provinces, nothing = (
        spread.Tables({}, one) for one in ({"city": 0.3, "province": 0.1}, {"province": 0.1}, {})
    )
    assert known._move("city", 2.0) == (0.3, False) and provinces._move("city", 2.0) == (0.2, True)
    assert provinces._move("province", 2.0) == (0.1, False) and nothing._move("province", 2.0)[1] is True
    assert nothing._move("city", 2.0)[0] == 2 * nothing._move("province", 2.0)[0] > 0


def test_a_region_teaches_nothing_of_itself(catalogue):
    own = {f"4101{n:02}": float(n) for n in range(3)}
    made = tables({HENAN: own | {LUOHE: 99.0}}).spread(LUOHE, 2.0, catalogue)
    assert (made.siblings, made.parents, made.centre) == (3, 0, pytest.approx(3 / 7))
    assert tables({HENAN: dict(list(own.items())[:2]) | {LUOHE: 99.0}}).spread(LUOHE, 2.0, catalogue) is None


def test_fewer_than_three_other_tables_stand_back_for_the_provinces(catalogue):
    around = {name: float(n) for n, name in enumerate("abcde")}
    for n in (2, 3):
        others = {(("city", f"{k}0000")): around for k in range(n)} | {("province", "000000"): around}
        made = spread.Tables(others, {}).spread(LUOHE, 2.0, catalogue)
        assert (made.analogy, made.parents) == ((True, 1) if n == 2 else (False, 3))
    alone = spread.Tables({("province", "000000"): around | {HENAN: 9.0}}, {})
    province = alone.spread(HENAN, 2.0, catalogue)
    assert (province.analogy, province.parents, province.siblings) == (True, 0, 5)
    assert spread.Tables({}, {}).spread(LUOHE, 2.0, catalogue) is None


def test_the_year_of_the_tables_that_taught_is_known_where_it_is_one(catalogue):
    around = {name: float(n) for n, name in enumerate("abcde")}
    years = {("province", "000000"): 2014}
    by_analogy = spread.Tables({("province", "000000"): around}, {}, years)
    assert by_analogy.spread(LUOHE, 2.0, catalogue).table == 2014
    cities = {("city", f"{k}0000"): around for k in range(3)}
    alike = spread.Tables(
        cities | {("city", HENAN): around}, {}, dict.fromkeys((*cities, ("city", HENAN)), 2019)
    )
    assert alike.spread(LUOHE, 2.0, catalogue).table == 2019
    apart = dataclasses.replace(alike, years=alike.years | {("city", HENAN): 2020}, memory={})
    assert apart.spread(LUOHE, 2.0, catalogue).table == 0


def test_a_later_table_on_other_bases_than_the_parents_is_told_apart_from_none(catalogue):
    """Of 2018 the province stands on its cities' basis, of 2019 on another, of 2020 without its cities."""
    cities = [code for code, one in catalogue.regions.items() if one.parent == HENAN]
    same = [(HENAN, 2018, 1.0), *((code, 2018, 1.0 + i / 10) for i, code in enumerate(cities))]
    other = [(HENAN, 2019, 1.0, "new"), *((code, 2019, 1.0) for code in cities)]
    for more, unlike in (([], False), (other, True), ([(HENAN, 2020, 1.0)], False), (other[:6], False)):
        rows = lying(*same, *more)
        found = spread.beside(rows, "log", (0.0, math.inf), catalogue)
        made = spread.Tables.of(found, catalogue, spread.complete(rows, catalogue))
        assert made.years == {("city", HENAN): 2018} and made.spread(LUOHE, 2.0, catalogue).unlike is unlike


def test_the_centre_by_analogy_is_the_geometric_mean_of_a_published_table(observations, catalogue):
    """By hand from the releases: R&D / GDP in 2014, the last year with all on one basis."""
    rows = observations[
        observations["published"].le("2018-12-31") & observations["indicator"].eq("rd_intensity")
    ]
    rows = rows[rows["year"].eq(2014) & rows["region"].str.endswith("0000")]
    of = rows.sort_values("published").drop_duplicates(["region", "basis"], keep="last")
    of = of[of["basis"].eq("gdp-census-3")].set_index("region")["value"]
    ratios = of.drop("000000") / of["000000"]
    history = panel.as_of(observations, "2018-12-31", catalogue)
    placed = ladder.Ladder(history, "2018-12-31", catalogue).predict(LUOHE, "rd_intensity", 2019).placed
    assert (len(ratios), placed.table, placed.unlike) == (31, 2014, True)
    assert round(100 * placed.share) == round(100 * float(np.exp(np.log(ratios).mean()))) == 61
    assert round(100 * float(ratios.median())) == 58  # which is what the memo once said it was


def test_ones_own_table_alone_is_shrunk_towards_the_parent_and_an_analogy_has_few_degrees():
    own = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    centre, doubt, deviation, dof = spread._pooled(own, spread.Others.of([]), analogy=False)
    assert (deviation, dof) == (pytest.approx(2.5**0.5), 8)
    assert (centre, doubt) == (pytest.approx(5 / 9 * 2), pytest.approx((4 / 9 * 2.5 / 4 * 2) ** 0.5))
    far = spread._pooled(np.array([]), spread.Others.of([own, own + 1]), analogy=True)
    assert far[0] == pytest.approx(2.5) and far[3] == 4.0
    near = spread._pooled(np.array([]), spread.Others.of([own, own + 1]), analogy=False)
    assert near[:3] == far[:3]


# ------------------------------------------------------------------------------------------ a census, by hand


def shift(family, location, spread=0.1, offset=0.0, upper=math.inf):
    return mixtures.Mixture(
        family=(family,), weight=np.ones((1, 1)), location=np.array([[[location]]]),
        spread=np.array([[[spread]]]), doubt=np.zeros((1, 1, 1)), dof=np.full((1, 1), 9.0),
        offset=np.array([offset]), lower=0.0, upper=upper,
    )  # fmt: skip


def rebasing(mean=0.05, deviation=0.03):
    return census.Rebasing("gdp-census-5", mean, deviation, 2, None)


@pytest.mark.parametrize("at", [None, 0.02])
def test_a_rebased_denominator_shifts_each_scale_by_its_slope(at):
    """By the mean on the log scale, by the value on the plain one, by 1 / (1 - v / u) on that of odds."""
    mean, deviation = (0.05, 0.03) if at is None else (at, 0.0)
    log = census.shifted(shift("log", math.log(2.0)), rebasing(), at)
    assert log.location.item() == pytest.approx(math.log(2.0) - mean)
    assert log.spread.item() == pytest.approx(math.hypot(0.1, deviation), abs=1e-6)
    plain = census.shifted(shift("identity", 2.0), rebasing(), at)
    moved = 2.0 * math.exp(-mean)
    assert plain.location.item() == pytest.approx(moved)
    assert plain.spread.item() == pytest.approx(math.hypot(0.1, moved * deviation), rel=3e-4)
    odds = lambda x: math.log(x / (10 - x))  # noqa: E731
    share = census.shifted(shift("logit", odds(2.0), upper=10.0), rebasing(), at)
    assert share.location.item() == pytest.approx(odds(moved))
    assert share.spread.item() == pytest.approx(math.hypot(0.1, deviation / (1 - moved / 10)), rel=1e-3)


def test_a_census_is_ahead_of_a_figure_on_an_older_basis(catalogue):
    def ahead(basis, day, indicator=RATE, region=HENAN):
        return census.ahead(indicator, basis, region, day, catalogue)

    assert (
        ahead("gdp-census-4", "2024-12-26") == "gdp-census-5" and ahead("gdp-census-4", "2024-12-25") is None
    )
    assert (
        ahead("gdp-census-5", "2024-12-31") is None and ahead("gdp-census-3", "2024-12-25") == "gdp-census-4"
    )
    assert ahead("", "2024-12-31") is None and ahead("gdp-census-4", "2024-12-31", "gdp") is None
    assert ahead("gdp-census-4-restated", "2024-12-31") == "gdp-census-5"
    assert ahead("gdp-before-census-1", "2004-12-31") is None
    assert ahead("gdp-census-3", "2018-12-31", region="000000") is None  # a reform of accounts is no census


def regional(**at):
    entry = {"census": True, "regions": (), "indicators": ("r",)}
    bases = {
        name: SimpleNamespace(**entry | {"published_from": datetime.date(2000 + int(name[1:]), 1, 1)} | given)
        for name, given in at.items()
    }
    return SimpleNamespace(bases=bases)


def test_of_several_bases_the_newest_of_the_region_is_in_force():
    known = regional(b1={}, b2={}, b5={"regions": ("x",)}, b6={"census": False}, b7={"indicators": ("q",)})
    for region, day, basis in (
        ("y", "2010-01-01", "b2"),
        ("x", "2010-01-01", "b5"),
        ("x", "2004-12-31", "b2"),
        ("x", "2002-01-01", "b2"),
        ("x", "2001-12-31", "b1"),
        ("x", "2000-12-31", None),
    ):
        assert census._in_force("r", region, day, known) == basis


KNOWN = regional(b1={}, b2={}, b3={"census": False})


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ({(2010, "b1"): 1.0, (2010, "b2"): 1.25, (2009, "b1"): 0.9}, [0.25]),  # a year on both bases
        # else the change into its first year less the mean growth of two years around
        ({(2008, "b1"): 0.7, (2009, "b1"): 0.8, (2010, "b2"): 1.2, (2011, "b2"): 1.4}, [0.4 - 0.15]),
        (
            {(2006, "b1"): 0.0, (2007, "b1"): 0.5, (2008, "b1"): 0.7, (2009, "b1"): 0.8, (2010, "b2"): 1.2},
            [0.4 - 0.15],
        ),
        (
            {(2009, "b1"): 0.8, (2010, "b2"): 1.2, (2011, "b2"): 1.3, (2012, "b2"): 1.5, (2013, "b2"): 9.0},
            [0.4 - 0.15],
        ),
        ({(2009, "b1"): 0.8, (2010, "b2"): 1.2}, []),  # no growth to take away
        ({(2008, "b1"): 0.7, (2010, "b2"): 1.2, (2011, "b2"): 1.4}, []),  # a year is missing between
        (
            {(2009, "b3"): 0.8, (2010, "b2"): 1.2, (2010, "b3"): 1.1, (2011, "b2"): 1.3},
            [],
        ),  # b3 is the later one
        ({(2009, "b1"): 0.8, (2010, "b3"): 1.2, (2011, "b3"): 1.3}, []),  # no census
        ({(2009, "b1"): 0.8, (2010, "b9"): 1.2, (2011, "b9"): 1.3}, []),  # unknown
    ],
)
def test_the_jump_of_a_census_by_hand(at, found):
    assert [(name, pytest.approx(jump)) for name, jump in census._jumps(at, KNOWN)] == [
        ("b2", one) for one in found
    ]


def test_a_jump_is_that_of_the_implied_denominator_and_cities_tell_nothing(catalogue):
    """20 spent at 2 % and at 1.6 % on the new basis: 1000 and 1250."""
    parts = []
    for region, factor in ((HENAN, 1.0), ("000000", 2.0), (LUOHE, 3.0)):
        for indicator, value, basis in ((SPENT, 20.0 * factor, ""), (RATE, 2.0, "gdp-census-3"),
                                        (RATE, 1.6, "gdp-census-4")):  # fmt: skip
            parts.append(
                {
                    "region": region,
                    "indicator": indicator,
                    "period": "2018",
                    "year": 2018,
                    "basis": basis,
                    "value": value,
                }
            )
    found = census.jumps(pd.DataFrame(parts), RATE, catalogue)
    assert found["region"].tolist() == ["000000", HENAN] and set(found["basis"]) == {"gdp-census-4"}
    assert found["jump"].tolist() == pytest.approx([math.log(1.25)] * 2)
    assert census.jumps(pd.DataFrame(parts[:1]), RATE, catalogue).empty
    unknown = pd.DataFrame(parts).assign(value=lambda one: one["value"].where(one["indicator"].eq(RATE), 0.0))
    assert census.jumps(unknown, RATE, catalogue).empty


def jumped(basis, *values, country=None):
    rows = [(basis, f"r{i}", value) for i, value in enumerate(values)]
    rows += [] if country is None else [(basis, "000000", country)]
    return pd.DataFrame(rows, columns=["basis", "region", "jump"])


def test_what_a_rebasing_may_do_by_one_past_one():
    """Middle .04 of five, the others .02, .01, .02 and .03 away; one common part, stated at half of .03."""
    past = jumped("old", 0.02, 0.03, 0.04, 0.06, 0.07)
    found = census.expected("new", past)
    own = (0.0004 + 0.0001 + 0.0004 + 0.0009) / 5
    assert (found.mean, found.censuses, found.national) == (pytest.approx(0.04), 1, None)
    assert found.deviation == pytest.approx(math.sqrt(0.015**2 * 2 + own))
    few = census.expected("new", past.iloc[:4])
    assert (few.mean, few.deviation, few.censuses) == (0.02, 0.03, 0)
    same = census.expected("old", past)
    assert (same.mean, same.censuses) == (0.02, 0)


def test_two_past_rebasings_tell_how_far_their_common_parts_differ():
    past = pd.concat([jumped("one", *[0.02] * 5), jumped("two", *[0.10] * 5)])
    found = census.expected("new", past)
    assert (found.mean, found.censuses) == (pytest.approx(0.06), 2)
    assert found.deviation == pytest.approx(math.sqrt(0.0032 * 1.5))


def test_the_countrys_own_revision_stands_in_where_it_is_known():
    """The provinces lay .01 above the country at the first census; at the second the country told nothing."""
    past = pd.concat(
        [jumped("one", *[0.03] * 5, country=0.02), jumped("two", *[0.10] * 5), jumped("new", country=0.05)]
    )
    found = census.expected("new", past)
    assert (found.mean, found.national) == (pytest.approx(0.055), 0.05)
    assert found.deviation == pytest.approx(math.sqrt(0.015**2 * 1.5))
    alone = census.expected("new", jumped("new", country=0.05))
    assert (alone.mean, alone.deviation, alone.censuses, alone.national) == (0.05, 0.03, 0, 0.05)


def test_from_three_tables_on_their_deviations_are_pooled_as_any_groups():
    tables_ = [np.array([-1.0, 0.0, 1.0]), np.array([-3.0, 0.0, 3.0]), np.array([-9.0, 0.0, 9.0])]
    squares, dofs = models.posterior_variance(np.array([1.0, 9.0, 81.0, 0.0]), np.array([2.0, 2.0, 2.0, 0.0]))
    _, _, deviation, dof = spread._pooled(np.array([]), spread.Others.of(tables_), analogy=False)
    assert (deviation, dof) == (pytest.approx(np.sqrt(squares[-1])), pytest.approx(dofs[-1]))
    squares, dofs = models.posterior_variance(np.array([1.0, 9.0, 81.0]), np.array([2.0, 2.0, 2.0]))
    _, _, deviation, dof = spread._pooled(tables_[2], spread.Others.of(tables_[:2]), analogy=False)
    assert (deviation, dof) == (pytest.approx(np.sqrt(squares[-1])), pytest.approx(dofs[-1]))


# ----------------------------------------------------------------------------------------- the rungs, by hand


def gauss(*middles, family="log", spread_=0.1, doubt=0.0, dof=1e6, first=2019, weight=None, **given):
    """What is expected of years: members of one scale, each a list of its middles."""
    location = np.array([[middles]] if np.ndim(middles) == 1 else [middles], float)
    members, years = location.shape[1:]
    pool = mixtures.Mixture(
        family=(family,) * members,
        weight=np.full((1, members), 1 / members) if weight is None else np.array([weight]),
        location=location,
        spread=np.full(location.shape, spread_),
        doubt=np.full(location.shape, doubt),
        dof=np.full((1, members), dof),
        offset=np.zeros(1),
    )
    base = {
        "region": HENAN,
        "indicator": RATE,
        "origin": first - 1,
        "years": tuple(range(first, first + years)),
        "evidence": "own",
        "peers": (),
        "integer": False,
        "known": ((first - 1, 2.0),),
        "mixture": pool,
    }
    return forecast.Predictive(**base | given)


def climber(catalogue, monkeypatch, known=None, predicted=None, as_of="2019-12-31"):
    """A ladder that stands on made-up figures {(region, indicator): {year: value}} and forecasts."""
    known, predicted = known or {}, predicted or {}

    def forecaster(self, indicator, basis=None):
        def told(region, before):
            return tuple(
                (year, value) for year, value in known.get((region, indicator), {}).items() if year < before
            )

        return SimpleNamespace(
            known=told, predict=lambda region, deadline: predicted.get((region, indicator))
        )

    monkeypatch.setattr(ladder.Ladder, "forecaster", forecaster)
    return ladder.Ladder(pd.DataFrame(), as_of, catalogue)


@pytest.mark.parametrize(
    ("indicator", "related"),
    [
        (RATE, (RATE, SPENT, "gdp")),
        (SPENT, (SPENT, RATE, "gdp")),
        ("national_hte_new", ("national_hte_new", "national_hte_stock")),
        ("national_hte_stock", ("national_hte_stock", "national_hte_new")),
        ("gdp", ("gdp",)),
    ],
)
def test_what_a_forecast_may_rest_on(indicator, related, catalogue):
    assert ladder.rests_on(indicator, catalogue) == related


def test_a_scale_with_both_ends_is_one_of_odds(catalogue):
    assert [ladder._family(catalogue.indicators[key]) for key in (RATE, SPENT, "fiscal_st_share")] == [
        "logit",
        "log",
        "logit",
    ]


def test_a_pool_is_reduced_to_its_median_and_interval():
    """Two alike members, one with half of its spread from the drift: an eighth of the variance in all."""
    made = gauss([0.0, math.log(2.0)], [0.0, math.log(2.0)])
    doubt = made.mixture.doubt.copy()
    doubt[0, 1] = 0.05
    made = dataclasses.replace(made, mixture=dataclasses.replace(made.mixture, doubt=doubt))
    found = ladder._reduced(made, (2020,), "log")
    assert found.location.tolist() == [[pytest.approx(math.log(2.0), abs=1e-6)]]
    assert found.spread.tolist() == [[pytest.approx(0.1, rel=1e-4)]]
    assert found.doubt.tolist() == [[pytest.approx(0.1 * math.sqrt(0.125), rel=1e-4)]]
    assert (found.dof.tolist(), found.weight.tolist()) == ([1e6], [1.0])
    both = ladder._reduced(made, made.years, "log")
    assert both.location.shape == (1, 2) and both.location[0, 0] == pytest.approx(0.0, abs=1e-6)
    heavy = ladder._reduced(gauss(0.0, dof=4.0), (2019,), "log")
    assert heavy.dof.tolist() == [4.0] and heavy.spread.item() == pytest.approx(0.1, rel=1e-4)


def test_members_move_to_another_scale_by_their_median_and_interval():
    made = gauss(
        [9.0, 2.0], [9.0, 4.0], family="identity", spread_=0.2, doubt=0.1, dof=5.0, weight=[0.3, 0.7]
    )
    found = ladder._members(made, range(2020, 2021), "log")
    assert found.location.tolist() == [[pytest.approx(math.log(2.0))], [pytest.approx(math.log(4.0))]]
    reach = 0.2 * stats.t.ppf(0.9, 5)
    width = [(math.log(m + reach) - math.log(m - reach)) / (2 * stats.t.ppf(0.9, 5)) for m in (2.0, 4.0)]
    assert found.spread[:, 0].tolist() == pytest.approx(width) and found.doubt[
        :, 0
    ].tolist() == pytest.approx([w / 2 for w in width])
    assert found.dof.tolist() == [5.0, 5.0] and found.weight.tolist() == [0.3, 0.7]


def test_a_course_becomes_a_forecast_from_the_year_before(catalogue):
    course = ladder.Course(
        np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)), np.array([np.inf, 5.0]), np.array([0.25, 0.75])
    )
    made = ladder._predictive(LUOHE, RATE, range(2019, 2021), course, catalogue.indicators[RATE], "region")
    assert (made.origin, made.years, made.evidence, made.integer, made.known) == (
        2018,
        (2019, 2020),
        "region",
        False,
        (),
    )
    pool = made.mixture
    assert (
        pool.spread.max() == 1e-9
        and pool.dof.tolist() == [[1e6, 5.0]]
        and pool.weight.tolist() == [[0.25, 0.75]]
    )
    assert (pool.family, pool.lower, pool.upper, pool.offset.tolist()) == (
        ("logit", "logit"),
        0.0,
        20.0,
        [0.0],
    )


def test_known_years_have_no_spread_and_what_follows_is_expected(catalogue, monkeypatch):
    known = {(HENAN, SPENT): {2017: 10.0, 2018: 20.0}}
    rungs = climber(catalogue, monkeypatch, known, {(HENAN, SPENT): gauss(math.log(22.0), math.log(24.0))})
    found = rungs._expected(HENAN, SPENT, range(2017, 2021), "log", None)
    assert np.exp(found.location[0]).tolist() == pytest.approx([10, 20, 22, 24])
    assert found.spread[0].tolist() == pytest.approx([0, 0, 0.1, 0.1], rel=1e-4)
    whole = rungs._expected(HENAN, SPENT, range(2017, 2019), "log", None)
    assert whole.dof.tolist() == [math.inf] and whole.spread.max() == 0
    assert rungs._expected(HENAN, SPENT, range(2016, 2019), "log", None) is None  # nothing so early
    assert rungs._expected(HENAN, "gdp", range(2017, 2019), "log", None) is None
    assert rungs._expected(HENAN, SPENT, range(2018, 2022), "log", None) is None  # the forecast ends in 2020
    gap = climber(catalogue, monkeypatch, {(HENAN, SPENT): {2016: 9.0, 2018: 20.0}})
    assert gap._expected(HENAN, SPENT, range(2017, 2019), "log", None) is None


def lying_at(**given):
    base = {
        "centre": -0.5,
        "doubt": 0.2,
        "deviation": 0.3,
        "dof": 7.0,
        "move": 0.1,
        "siblings": 5,
        "parents": 3,
        "analogy": False,
        "assumed": True,
    }
    return spread.Spread(**base | given)


def test_a_region_is_placed_around_its_parent_with_what_is_unknown_of_both(catalogue, monkeypatch):
    rungs = climber(catalogue, monkeypatch, {(HENAN, RATE): {2017: 1.5, 2018: 2.0}})
    above = ladder.Course(
        np.array([[0.1, 0.2]]), np.array([[0.0, 0.4]]), np.array([[0.0, 0.15]]), np.array([9.0]), np.ones(1)
    )
    asked = []
    monkeypatch.setattr(ladder.Ladder, "_course", lambda self, *given: asked.append(given) or above)
    monkeypatch.setattr(ladder.Ladder, "_spread", lambda self, *given: lying_at())
    made = rungs._placed(LUOHE, RATE, range(2018, 2020))
    assert asked == [(HENAN, RATE, range(2018, 2020), "logit", None)]
    pool, centres = made.mixture, -0.5 + 0.2 * stats.norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9])
    assert pool.location[0, :, 1].tolist() == pytest.approx((0.2 + centres).tolist())
    assert pool.spread[0].tolist() == pytest.approx(np.sqrt([[0.09, 0.16 + 0.09 + 0.01]] * 5))
    assert pool.doubt[0].tolist() == [[pytest.approx(1e-12, abs=1e-9), 0.15]] * 5 and pool.dof.tolist() == [
        [7.0] * 5
    ]
    assert pool.weight.tolist() == [[0.2] * 5]
    odds = math.log(2.0 / 18.0) - 0.5
    share = 20 / (1 + math.exp(-odds)) / 2.0
    assert (made.placed.year, made.placed.value, made.placed.share) == (2018, 2.0, pytest.approx(share))
    assert (made.peers, made.widened, made.evidence, made.origin) == (
        (HENAN,),
        spread.SMALLER,
        "region",
        2017,
    )
    assert rungs._placed(LUOHE, RATE, range(2018, 2019)).widened == 1.0
    monkeypatch.setattr(ladder.Ladder, "_spread", lambda self, *given: lying_at(assumed=False))
    assert rungs._placed(LUOHE, RATE, range(2018, 2020)).widened == 1.0
    for region, indicator in ((LUOHE, SPENT), (LUOHE, "national_hte_new"), ("000000", RATE)):
        assert rungs._placed(region, indicator, range(2018, 2020)) is None
    monkeypatch.setattr(ladder.Ladder, "_spread", lambda self, *given: None)
    assert rungs._placed(LUOHE, RATE, range(2018, 2020)) is None


def test_an_amount_is_its_ratio_times_the_whole(catalogue, monkeypatch):
    """Two per cent of a thousand is twenty; deviations of .3 and .4 in logs are .5 together."""
    rungs = climber(catalogue, monkeypatch)

    def course(middle, spread_, doubt, **given):
        return ladder.Course(np.array([[math.log(middle)]]), np.array([[spread_]]), np.array([[doubt]]),
                             np.array([6.0]), np.ones(1), **given)  # fmt: skip

    monkeypatch.setattr(ladder.Ladder, "_ratio", lambda self, *given: course(2.0, 0.3, 0.06))
    monkeypatch.setattr(ladder.Ladder, "_whole", lambda self, *given: course(1000.0, 0.4, 0.08))
    own = gauss(0.0, evidence="short", known=((2018, 9.0),), peers=("110000",), widened=2.0)
    made = rungs._amount(HENAN, SPENT, range(2019, 2020), own)
    assert math.exp(made.mixture.location.item()) == pytest.approx(20.0)
    assert (made.mixture.spread.item(), made.mixture.doubt.item()) == (pytest.approx(0.5), pytest.approx(0.1))
    assert (made.evidence, made.known, made.peers, made.widened) == (
        "short",
        ((2018, 9.0),),
        ("110000",),
        2.0,
    )
    assert rungs._amount(HENAN, SPENT, range(2019, 2019), own) is None
    assert rungs._amount(HENAN, SPENT, range(2019, 2020), dataclasses.replace(own, later=(2020, 1.0))) is None
    assert rungs._amount(HENAN, "gdp", range(2019, 2020), own) is None
    monkeypatch.setattr(ladder.Ladder, "_placed", lambda self, *given: None)
    assert rungs._amount(HENAN, SPENT, range(2019, 2020), None) is None
    monkeypatch.setattr(
        ladder.Ladder, "_placed", lambda self, *given: gauss(0.0, peers=(HENAN,), placed="there", widened=3.0)
    )
    placed = rungs._amount(LUOHE, SPENT, range(2019, 2020), None)
    assert (placed.evidence, placed.peers, placed.placed, placed.widened) == (
        "region",
        (HENAN,),
        "there",
        3.0,
    )
    monkeypatch.setattr(ladder.Ladder, "_whole", lambda self, *given: None)
    assert rungs._amount(HENAN, SPENT, range(2019, 2020), own) is None


FLOW, STOCK = "national_hte_new", "national_hte_stock"


def test_a_short_stock_takes_in_what_is_known_and_expected_of_its_inflow(catalogue, monkeypatch):
    short = gauss(0.0, evidence="short", region=LUOHE, indicator=STOCK, known=((2018, 100.0),), first=2019)
    ahead = gauss(30.0, 40.0, family="identity", spread_=3.0, first=2020)
    rungs = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2017: 5.0, 2019: 20.0}}, {(LUOHE, FLOW): ahead})
    made = rungs._from_inflow(short, FLOW, 2020)
    hand = stocks.from_inflow(100.0, inflows({2019: (20.0, 0.0), 2020: (30.0, 9.0)}), (2019, 2020))
    assert made.mixture.location == pytest.approx(hand.location, rel=1e-6)
    assert made.mixture.spread == pytest.approx(hand.spread, rel=0.02)
    assert (made.years, made.informed, made.later, made.peers) == ((2019, 2020), FLOW, None, ())
    before = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2017: 5.0, 2018: 20.0}}, {(LUOHE, FLOW): ahead})
    assert before._from_inflow(short, FLOW, 2020) is None
    ahead = gauss(20.0, 30.0, family="identity", spread_=3.0, first=2019)
    none_since = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2018: 20.0}}, {(LUOHE, FLOW): ahead})
    hand = stocks.from_inflow(100.0, inflows({2019: (20.0, 9.0), 2020: (30.0, 9.0)}), (2019, 2020))
    assert none_since._from_inflow(short, FLOW, 2020).mixture.location == pytest.approx(
        hand.location, rel=1e-6
    )
    older = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2017: 20.0}}, {(LUOHE, FLOW): ahead})
    assert older._from_inflow(short, FLOW, 2020) is None
    between = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2017: 5.0, 2020: 15.0}})
    made = between._from_inflow(short, FLOW, 2020)
    hand = stocks.from_inflow(100.0, inflows({2019: (10.0, 10.0 + 9.0), 2020: (15.0, 0.0)}), (2019, 2020))
    assert made.mixture.spread == pytest.approx(hand.spread)
    unknown = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2019: 20.0}})
    assert unknown._from_inflow(short, FLOW, 2020) is None
    first = climber(catalogue, monkeypatch, {(LUOHE, FLOW): {2020: 20.0}})
    assert first._from_inflow(short, FLOW, 2020) is None


def test_a_short_inflow_is_what_two_stocks_leave(catalogue, monkeypatch):
    short = gauss(0.0, evidence="short", region=LUOHE, indicator=FLOW, known=((2017, 8.0),), first=2018)
    rungs = climber(
        catalogue, monkeypatch, {(LUOHE, STOCK): {2014: 1.0, 2016: 34.0, 2020: 101.0, 2022: 200.0}}
    )
    made = rungs._between_stocks(short, STOCK, 2019)
    hand = stocks.inflow_between((2016, 34.0), (2020, 101.0), {2017: 8.0}, 2019)
    assert made.mixture.location.tolist() == hand.location.tolist()
    assert (made.years, made.informed, made.peers) == ((2019,), STOCK, ())
    assert rungs._between_stocks(short, STOCK, 2020).years == (2020,)
    assert (
        rungs._between_stocks(short, STOCK, 2014) is None
        and rungs._between_stocks(short, STOCK, 2023) is None
    )
    known = dataclasses.replace(short, known=((2019, 8.0),))
    assert rungs._between_stocks(known, STOCK, 2019) is None


def test_only_short_forecasts_are_made_of_stock_and_flow(catalogue, monkeypatch):
    rungs = climber(catalogue, monkeypatch)
    monkeypatch.setattr(ladder.Ladder, "_from_inflow", lambda self, made, inflow, deadline: ("stock", inflow))
    monkeypatch.setattr(ladder.Ladder, "_between_stocks", lambda self, made, stock, deadline: ("flow", stock))
    own, short, led = (
        gauss(0.0),
        gauss(0.0, evidence="short"),
        gauss(0.0, evidence="short", later=(2020, 1.0)),
    )

    def made(indicator, given):
        return rungs._with_its_stock(LUOHE, indicator, 2019, given)

    assert made(STOCK, own) is own and made(STOCK, None) is None and made(STOCK, short) == ("stock", FLOW)
    assert made(FLOW, short) == ("flow", STOCK) and made(FLOW, led) is led and made(RATE, short) is short
    monkeypatch.setattr(ladder.Ladder, "_from_inflow", lambda self, *given: None)
    assert made(STOCK, short) is short


def test_a_rebasing_is_pending_for_figures_of_no_named_basis_and_without_a_later_one(catalogue, monkeypatch):
    rungs = climber(
        catalogue,
        monkeypatch,
        predicted={(HENAN, RATE): gauss(0.0), (LUOHE, RATE): gauss(0.0, later=(2021, 2.0))},
    )
    monkeypatch.setattr(ladder.Ladder, "_pending", lambda self, *given: given)
    assert rungs.own(HENAN, RATE, 2020)[1] == (HENAN, RATE, 2018)
    assert rungs.own(HENAN, RATE, 2020, "b")[1] is None and rungs.own(LUOHE, RATE, 2020)[1] is None
    assert rungs.own("420000", RATE, 2020) == (None, None)
    placed = gauss(0.0, peers=(HENAN,), placed=lying_at(year=2017))
    monkeypatch.setattr(
        ladder.Ladder, "_placed", lambda self, region, indicator, years, basis=None: (years, placed)[1]
    )
    assert rungs.unrebased("420000", RATE, 2020, 2019) == (placed, (HENAN, RATE, 2017))
    assert rungs.unrebased("420000", RATE, 2020, 2019, "b") == (placed, None)
    assert rungs.unrebased(HENAN, RATE, 2020, 2019)[1] == (HENAN, RATE, 2018)
    monkeypatch.setattr(ladder.Ladder, "_placed", lambda self, *given: None)
    assert (
        rungs.unrebased("420000", RATE, 2020, 2019) == (None, None)
        and rungs.region("420000", RATE, range(2019, 2021)) is None
    )


def test_years_are_asked_from_the_first_to_the_deadline(catalogue, monkeypatch):
    rungs, asked = climber(catalogue, monkeypatch), []
    monkeypatch.setattr(
        ladder.Ladder, "_placed", lambda self, region, indicator, years, basis=None: asked.append(years)
    )
    rungs.predict("420000", RATE, 2020)
    rungs.predict("420000", RATE, 2020, 2018)
    assert asked == [range(2020, 2021), range(2018, 2021)]
    amounts = []
    monkeypatch.setattr(
        ladder.Ladder, "_amount", lambda self, region, indicator, years, own: amounts.append(years)
    )
    rungs.predict("420000", SPENT, 2020, 2018)
    assert amounts == [range(2018, 2021)]
    own = climber(catalogue, monkeypatch, predicted={(HENAN, SPENT): gauss(0.0)})
    monkeypatch.setattr(ladder.Ladder, "_pending", lambda self, *given: None)
    assert own.predict(HENAN, SPENT, 2020) is not None and amounts[-1] == range(2019, 2021)


def test_another_width_is_another_ladder_and_the_same_is_the_same(catalogue):
    rungs = ladder.Ladder(pd.DataFrame(columns=["indicator", "basis"]), "2019-12-31", catalogue)
    rungs.forecaster(RATE)
    held = rungs.held(3.0)
    assert rungs.held(spread.SMALLER) is rungs and held.widening == 3.0 and rungs.held(3.0) is held
    assert [one.widening for one in held.memory.values()] == [3.0]


def test_an_amounts_ratio_stands_on_the_same_year_and_its_whole_on_its_own_figures(catalogue, monkeypatch):
    rungs, ratio = climber(catalogue, monkeypatch), gauss(0.0)
    monkeypatch.setattr(ladder, "_members", lambda made, years, family: (made, years, family))
    monkeypatch.setattr(ladder.Ladder, "_course", lambda self, *given: given)
    years, asked = range(2019, 2020), {}
    monkeypatch.setattr(ladder.Ladder, "own", lambda self, *given: (asked[given], None))
    for made, found in (
        (ratio, True),
        (None, False),
        (gauss(0.0, origin=2017), False),
        (gauss(0.0, later=(2020, 1.0)), False),
    ):
        asked[(HENAN, RATE, 2019)] = made
        assert (rungs._ratio(HENAN, RATE, years, gauss(0.0)) == (made, years, "log")) is found
        assert found or rungs._ratio(HENAN, RATE, years, gauss(0.0)) is None
    for made, found in ((ratio, True), (None, False), (gauss(0.0, evidence="short"), False)):
        asked[(HENAN, "gdp", 2019)] = made
        assert rungs._whole(HENAN, "gdp", years) == ((HENAN, "gdp", years, "log") if found else None)
    monkeypatch.setattr(ladder.Ladder, "_placed", lambda self, *given: ratio)
    assert rungs._ratio(LUOHE, RATE, years, None) == (ratio, years, "log")
    monkeypatch.setattr(ladder.Ladder, "_placed", lambda self, *given: None)
    assert rungs._ratio(LUOHE, RATE, years, None) is None


def test_an_inflow_after_the_deadline_is_not_looked_at(catalogue, monkeypatch):
    short = gauss(0.0, evidence="short", region=LUOHE, indicator=STOCK, known=((2018, 100.0),), first=2019)
    rungs = climber(
        catalogue, monkeypatch, {(LUOHE, FLOW): {2017: 5.0, 2021: 20.0}}, {(LUOHE, FLOW): gauss(1.0, 2.0)}
    )
    assert rungs._from_inflow(short, FLOW, 2020) is None


def test_what_falls_below_nothing_goes_to_the_edge_of_the_log_scale():
    made = gauss(0.5, family="identity", spread_=1.0)
    middle, high = math.log(0.5), math.log(0.5 + stats.norm.ppf(0.9))
    width = (high - math.log(1e-12)) / (2 * stats.norm.ppf(0.9))
    for found in (ladder._members(made, range(2019, 2020), "log"), ladder._reduced(made, (2019,), "log")):
        assert (found.location.item(), found.spread.item()) == (
            pytest.approx(middle, abs=1e-6),
            pytest.approx(width, rel=1e-5),
        )


def test_how_far_parents_differ_is_their_means_variance_less_what_their_regions_leave_open():
    """Means 0, 4 and 8: a variance of 16, less the mean of 1 / 3, 9 / 3 and 81 / 3."""
    around = np.array([-1.0, 0.0, 1.0])
    centre, doubt, _, _ = spread._pooled(
        np.array([]), spread.Others.of([around, 4 + 3 * around, 8 + 9 * around]), analogy=False
    )
    assert (centre, doubt) == (pytest.approx(4.0), pytest.approx(np.sqrt((16 - 91 / 9) * 4 / 3)))
    alike = spread._pooled(np.array([]), spread.Others.of([around, around, around]), analogy=False)
    assert alike[1] == pytest.approx(np.sqrt(0.01 * 4 / 3))
