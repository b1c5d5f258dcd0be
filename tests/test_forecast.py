from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import forecast, mixtures, models, panel

PROVINCES = [f"{code}0000" for code in (11, 12, 13, 14, 15, 21, 22, 23)]


def entry(integer=False, bounds=(0.0, None)):
    return SimpleNamespace(integer=integer, decimals=0 if integer else 2, bounds=bounds)


CATALOGUE = SimpleNamespace(
    indicators={"intensity": entry(bounds=(0.0, 100.0)), "firms": entry(integer=True), "money": entry()},
    regions={code: SimpleNamespace(level="province") for code in PROVINCES}
    | {"000000": SimpleNamespace(level="country"), "411100": SimpleNamespace(level="city")}
    | {code: SimpleNamespace(level="city") for code in ("410100", "410200", "410300")},
)


def rows(indicator, region, years, values):
    table = pd.DataFrame({"year": list(years), "value": np.asarray(values, float)})
    return table.assign(
        indicator=indicator,
        region=region,
        period=table["year"].astype(str),
        basis="",
        source="s",
        published=pd.Timestamp("2020-01-01"),
        status="reported",
    )


def provinces(indicator="intensity", years=range(2010, 2020), seed=1, scale=1.5):
    rng = np.random.default_rng(seed)
    made = [
        rows(indicator, code, years, scale * np.exp(np.cumsum(rng.normal(0.04, 0.05, len(years)))))
        for code in PROVINCES
    ]
    return pd.concat(made, ignore_index=True)


@pytest.fixture(scope="module")
def history():
    counts = pd.concat(
        [rows("firms", "411100", [2018], [15]), rows("money", "411100", range(2014, 2020), range(6))]
    )
    return pd.concat([provinces(), rows("intensity", "411100", [2019], [0.86]), counts], ignore_index=True)


# --------------------------------------------------------------------------------------------------- evidence


def test_nothing_of_its_own_means_no_forecast(history):
    assert forecast.predict(history, "intensity", "410100", 2021, CATALOGUE) is None
    assert forecast.predict(history, "unheard_of", "411100", 2021, CATALOGUE) is None


def test_one_value_and_the_provinces_make_a_forecast(history):
    made = forecast.predict(history, "intensity", "411100", 2021, CATALOGUE)
    assert (made.evidence, made.origin, made.years) == ("short", 2019, (2020, 2021))
    assert made.peers == tuple(PROVINCES)
    low, high = forecast.quantile(made, 2021, [0.1, 0.9])
    assert low < 0.86 < high


def test_a_count_alone_is_its_own_evidence_and_wide(history):
    made = forecast.predict(history, "firms", "411100", 2019, CATALOGUE)
    assert (made.evidence, made.peers, made.integer) == ("short", (), True)
    low, high = forecast.quantile(made, 2019, [0.1, 0.9])
    assert low <= 10 and high >= 20 and low == int(low)


def test_the_deadline_and_what_follows_are_never_used(history):
    cut = history[history["year"] < 2017]
    after = forecast.predict(history, "intensity", PROVINCES[0], 2017, CATALOGUE)
    before = forecast.predict(cut, "intensity", PROVINCES[0], 2017, CATALOGUE)
    assert after.origin == 2016
    np.testing.assert_array_equal(after.mixture.location, before.mixture.location)
    np.testing.assert_array_equal(after.mixture.weight, before.mixture.weight)


def test_months_are_not_years(history):
    month = rows("intensity", "411100", [2020], [99.0]).assign(period="2020-06")
    made = forecast.predict(pd.concat([history, month]), "intensity", "411100", 2021, CATALOGUE)
    assert made.origin == 2019


# ------------------------------------------------------------------------------------------------------ peers


def lenders(history, indicator, region):
    return forecast.Forecaster.of(history, indicator, CATALOGUE).lenders(region, 2030)


def test_provinces_lend_to_provinces_and_the_country(history):
    for region in (PROVINCES[0], "000000"):
        peers, factor = lenders(history, "intensity", region)
        assert set(peers) == set(PROVINCES) - {region} and factor == 1


def test_provinces_lend_to_a_city_widened(history):
    peers, factor = lenders(history, "intensity", "411100")
    assert set(peers) == set(PROVINCES) and factor == forecast.SMALLER


def test_cities_lend_once_their_changes_together_are_many_enough(history):
    """Twelve changes of five cities: three each of four, or two each of five, are not enough."""
    codes = ("410100", "410200", "410300", "410400", "410500")
    for cities, years, lend in ((4, 5, False), (5, 3, False), (5, 4, True)):
        figures = [rows("intensity", code, range(2020 - years, 2020), np.linspace(1, 1.3, years))
                   for code in codes[:cities]]  # fmt: skip
        peers, factor = lenders(pd.concat([history, *figures]), "intensity", "411100")
        assert (peers == codes and factor == 1) == lend
        assert lend or (set(peers) == set(PROVINCES) and factor == forecast.SMALLER)


def test_another_indicator_never_lends(history):
    other = provinces("recognised", seed=3)
    peers, factor = lenders(pd.concat([history, other]), "firms", "411100")
    assert peers == () and factor == 1


def walks(rows=6, years=12):
    value = np.exp(np.random.default_rng(7).normal(0.05, 0.1, (rows, years)).cumsum(axis=1))
    return value, np.arange(years) > np.zeros((rows, 1))


def test_groups_that_differ_in_later_years_learn_once_from_the_years_before():
    value, usable = walks()
    later = value.copy()
    later[:, -1] *= 2
    one, other = (forecast.group(rows, usable, CATALOGUE.indicators["intensity"]) for rows in (value, later))
    assert one is not other and one.until(11) is one and one.until(10) is other.until(10)
    assert models.lesson(one, 7, 2) is models.lesson(other, 7, 2)
    assert models.lesson(one, 9, 2) is not models.lesson(other, 9, 2)


def test_lessons_are_those_of_the_series_that_teach_whoever_reads_them():
    value, usable = walks()
    teaches = np.arange(len(value)) < 4
    entry = CATALOGUE.indicators["intensity"]
    read = [
        forecast.group(value, usable, entry, np.where(teaches, 1.0, factor), teaches) for factor in (1.0, 3.0)
    ]
    alone = forecast.group(value[:4], usable[:4], entry)
    assert models.lesson(read[0], 7, 2) is models.lesson(read[1], 7, 2)
    for found, expected in zip(models.lesson(read[0], 7, 2), models.lesson(alone, 7, 2), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_regions_of_a_level_are_read_from_one_fit(history, monkeypatch):
    fits, fit = [], forecast.models.fit
    monkeypatch.setattr(forecast.models, "fit", lambda *given: fits.append(given) or fit(*given))
    shared = forecast.Forecaster.of(history, "intensity", CATALOGUE)
    together = [shared.predict(code, 2021) for code in PROVINCES]
    assert len(fits) == 1
    for code, read in zip(PROVINCES, together, strict=True):
        alone = forecast.predict(history, "intensity", code, 2021, CATALOGUE)
        np.testing.assert_array_equal(read.mixture.location, alone.mixture.location)
        assert code not in read.peers and set(read.peers) == set(PROVINCES) - {code}


def test_a_region_with_an_earlier_origin_sees_nothing_later(history):
    late = (
        history["region"].eq(PROVINCES[0]) & history["indicator"].eq("intensity") & history["year"].gt(2017)
    )
    shared = forecast.Forecaster.of(history[~late], "intensity", CATALOGUE)
    shared.predict(PROVINCES[1], 2021)
    made = shared.predict(PROVINCES[0], 2021)
    cut = forecast.predict(history[history["year"] <= 2017], "intensity", PROVINCES[0], 2021, CATALOGUE)
    assert made.origin == 2017
    np.testing.assert_allclose(made.mixture.location, cut.mixture.location, rtol=1e-12)


def test_cities_that_borrow_from_provinces_do_not_change_each_other(history):
    city = rows("intensity", "410100", range(2017, 2020), [1.0, 3.0, 0.5])
    with_other = forecast.predict(pd.concat([history, city]), "intensity", "411100", 2021, CATALOGUE)
    without = forecast.predict(history, "intensity", "411100", 2021, CATALOGUE)
    for part in ("location", "spread", "weight"):
        made, alone = (getattr(one.mixture, part) for one in (with_other, without))
        np.testing.assert_allclose(made, alone, rtol=1e-12)


# -------------------------------------------------------------------------------------------------- questions


def test_probability_agrees_with_the_quantiles_and_its_complement(history):
    made = forecast.predict(history, "intensity", PROVINCES[1], 2022, CATALOGUE)
    goal = forecast.quantile(made, 2022, [0.3])[0]
    p, low, high = forecast.probability(made, 2022, ">=", goal)
    assert p == pytest.approx(0.7, abs=1e-6) and low <= p <= high
    q, low_below, _ = forecast.probability(made, 2022, "<", goal)
    assert p + q == pytest.approx(1) and low_below == pytest.approx(1 - high, abs=0.05)
    assert forecast.median(made, 2022) > goal


def test_reaching_and_exceeding_differ_for_counts(history):
    made = forecast.predict(history, "firms", "411100", 2019, CATALOGUE)
    reach, exceed = (forecast.probability(made, 2019, sign, 20)[0] for sign in (">=", ">"))
    assert reach - exceed > 0.005
    assert forecast.probability(made, 2019, ">=", 19.2)[0] == reach
    assert forecast.probability(made, 2019, "<=", 20)[0] == pytest.approx(1 - exceed)
    assert forecast.probability(made, 2019, ">=", 0) == (1.0, 1.0, 1.0)


def test_the_range_is_wider_the_less_is_known():
    full = provinces()
    alone = full[full["region"] == PROVINCES[0]]
    width = []
    for table in (full, alone, alone[alone["year"] >= 2017]):
        made = forecast.predict(table, "intensity", PROVINCES[0], 2022, CATALOGUE)
        _, low, high = forecast.probability(made, 2022, ">=", forecast.median(made, 2022))
        width.append(high - low)
    assert 0.05 < width[0] < width[1] and width[0] < width[2] < 1


def test_higher_than_an_observed_year_is_a_goal(history):
    made = forecast.predict(history, "intensity", PROVINCES[2], 2021, CATALOGUE)
    known = dict(made.known)
    assert forecast.probability_higher(made, 2021, 2019) == forecast.probability(made, 2021, ">", known[2019])
    with pytest.raises(ValueError, match="2005"):
        forecast.probability_higher(made, 2021, 2005)


def test_higher_than_an_unobserved_year_is_joint(history):
    made = forecast.predict(history, "intensity", PROVINCES[2], 2022, CATALOGUE)
    p, low, high = forecast.probability_higher(made, 2022, 2021)
    drawn = forecast.paths(made, 40_000, np.random.default_rng(1))
    assert p == pytest.approx(np.mean(drawn[:, 2] > drawn[:, 1]), abs=0.01)
    assert low <= p <= high


def test_without_history_the_answer_is_conditional(history):
    made = forecast.Forecaster.of(history, "intensity", CATALOGUE).conditional(
        "410100", 2019, 2020, ">=", 1.2
    )
    assert np.all(np.diff(made.table["p"]) >= -1e-9)
    assert made.table["p"].iloc[0] < 0.1 and made.table["p"].iloc[-1] > 0.9
    assert 1.0 < made.break_even < 1.25 and made.widened == forecast.SMALLER
    firms = forecast.Forecaster.of(history, "firms", CATALOGUE)
    assert firms.conditional("410100", 2019, 2020, ">=", 20) is None


def test_a_value_asked_for_borrows_only_what_was_known_of_its_year(history):
    """Lenders' changes of the value's own year count, those of the years after it do not."""
    given = ("410100", 2018, 2020, ">=", 1.2)
    full = forecast.Forecaster.of(history, "intensity", CATALOGUE).conditional(*given).table
    upto = forecast.Forecaster.of(history[history["year"].le(2018)], "intensity", CATALOGUE)
    assert upto.conditional(*given).table.equals(full)
    before = forecast.Forecaster.of(history[history["year"].le(2017)], "intensity", CATALOGUE)
    assert not before.conditional(*given).table["p"].equals(full["p"])


@pytest.mark.parametrize(
    ("bounds", "whole", "first", "step", "last"),
    [
        ((0.5, 2.0), False, 0.5, 0.05, 2.0), ((0.1, 0.39), False, 0.1, 0.01, 0.39),
        ((40, 100), False, 40, 2, 100), ((3, 40), False, 4, 2, 40), ((0, 9), True, 0, 1, 9),
        ((2000, 32000), False, 2000, 1000, 32000),
    ],
)  # fmt: skip
def test_values_asked_for_are_round(bounds, whole, first, step, last):
    assert forecast.round_values(3.0, 3.0).tolist() == [3.0]
    made = forecast.round_values(*bounds, whole)
    assert (made[0], made[-1]) == pytest.approx((first, last)) and np.allclose(np.diff(made), step)


def test_values_before_a_change_of_basis_are_chained():
    value = np.array([[1.0, 1.1, 2.4, 2.6]])
    before = np.array([[np.nan, 1.0, 2.2, 2.4]])  # on the new basis the second year was 2.2, not 1.1
    np.testing.assert_allclose(forecast.chained(value, before), [[2.0, 2.2, 2.4, 2.6]])
    gone = np.array([[np.nan, np.nan, 2.2, 2.4]])  # where nothing tells the ratio, none is made up
    np.testing.assert_allclose(forecast.chained(value, gone), [[2.0, 2.2, 2.4, 2.6]])


# ----------------------------------------------------------------------------------------------- real figures


def test_china_in_2020_as_of_2016_and_2019(catalogue, observations):
    p = {}
    for date in ("2016-12-31", "2019-12-31"):
        history = panel.as_of(observations, date, catalogue)
        made = forecast.predict(history, "rd_intensity", "000000", 2020, catalogue)
        p[date] = forecast.probability(made, 2020, ">=", 2.5)[0]
    assert 0.05 < p["2016-12-31"] < 0.6
    assert p["2019-12-31"] < 0.2


def test_a_group_asked_again_for_the_same_numbers_is_the_same_group(catalogue):
    ratio, amount = catalogue.indicators["rd_intensity"], catalogue.indicators["rd_expenditure"]
    value, usable = np.array([[1.0, 1.1, 1.3], [2.0, np.nan, 2.2]]), np.ones((2, 3), bool)
    one = forecast.group(value, usable, ratio)
    assert forecast.group(value.copy(), usable.copy(), ratio) is one
    other = [
        forecast.group(value + 1, usable, ratio), forecast.group(value, ~usable, ratio),
        forecast.group(value, usable, amount), forecast.group(value, usable, ratio, np.array([1.0, 2.0])),
        forecast.group(value, usable, ratio, 1.0, np.array([True, False])),
        forecast.group(value.reshape(3, 2), usable.reshape(3, 2), ratio),
    ]  # fmt: skip
    assert len({id(made) for made in [one, *other]}) == 7
    assert one.lower == 0 and other[2].lower == forecast.bounds(amount)[0]


# ---------------------------------------------------------------------------------------- by hand, boundaries


def gaussian(
    *middles, deviation=0.1, integer=False, lower=-np.inf, upper=np.inf, doubt=0.0, later=None, known=()
):
    """A forecast of 2019 and on of one Gaussian member, a walk whose deviation grows as the root."""
    wide = deviation * np.sqrt(np.arange(1.0, len(middles) + 1))
    pool = mixtures.Mixture(
        family=("identity",),
        weight=np.ones((1, 1)),
        location=np.array([[middles]], float),
        spread=wide[None, None],
        doubt=doubt * wide[None, None],
        dof=np.full((1, 1), 1e9),
        offset=np.zeros(1),
        lower=lower,
        upper=upper,
        integer=integer,
    )
    years = tuple(range(2019, 2019 + len(middles)))
    return forecast.Predictive("r", "i", 2018, years, "own", (), integer, known, pool, later)


@pytest.mark.parametrize(
    ("comparison", "goal", "p"),
    [
        (">=", 10, stats.norm.sf(9.5, 9, 2)),
        (">", 10, stats.norm.sf(10.5, 9, 2)),
        ("<=", 10, stats.norm.cdf(10.5, 9, 2)),
        ("<", 10, stats.norm.cdf(9.5, 9, 2)),
        (">=", 9.2, stats.norm.sf(9.5, 9, 2)),
        (">", 9.2, stats.norm.sf(9.5, 9, 2)),
        ("<=", 9.2, stats.norm.cdf(9.5, 9, 2)),
        ("<", 9.2, stats.norm.cdf(9.5, 9, 2)),
    ],
)
def test_a_count_is_asked_at_the_whole_number_a_comparison_means(comparison, goal, p):
    made = gaussian(9.0, deviation=2.0, integer=True)
    assert forecast.probability(made, 2019, comparison, goal)[0] == pytest.approx(p)


@pytest.mark.parametrize(("comparison", "p"), [(">=", 0.3), (">", 0.3), ("<=", 0.7), ("<", 0.7)])
def test_a_figure_has_no_chance_of_a_single_value(comparison, p):
    goal = stats.norm.ppf(0.7, 2.5, 0.1 * np.sqrt(2))
    found = forecast.probability(gaussian(2.0, 2.5), 2020, comparison, goal)
    assert found[0] == pytest.approx(p, abs=1e-9)
    at_bound = gaussian(2.0, 2.5, lower=2.5)
    assert (
        forecast.probability(at_bound, 2020, ">=", 2.5)[0] == 1.0
        and forecast.probability(at_bound, 2020, "<", 2.5)[0] == 0.0
    )
    assert forecast.probability(at_bound, 2020, ">", 2.5)[0] == pytest.approx(0.5)


@pytest.mark.parametrize(("goal", "reached"), [(0.9, 1.0), (3.1, 0.0)])
def test_beyond_the_bounds_an_answer_is_certain(goal, reached):
    made = gaussian(2.0, lower=1.0, upper=3.0)
    assert forecast.probability(made, 2019, ">=", goal) == (reached,) * 3
    assert forecast.probability(made, 2019, "<=", goal) == (1 - reached,) * 3
    assert forecast.probability(made, 2019, ">", 3.0) == (0.0,) * 3  # at the bound itself, too
    assert forecast.probability(made, 2019, "<=", 3.0) == (1.0,) * 3


def test_the_range_holds_eight_tenths_of_what_the_drift_may_be():
    """All doubt is of the drift: given it the answer is nearly certain either way, in between it is p."""
    p, low, high = forecast.probability(gaussian(2.0, doubt=0.999), 2019, ">=", 2.0)
    assert p == pytest.approx(0.5, abs=1e-9) and low < 1e-3 and high > 1 - 1e-3
    sure = forecast.probability(gaussian(2.0), 2019, ">=", 2.0)
    assert sure == pytest.approx((0.5, 0.5, 0.5), abs=1e-6)
    given, weight = np.array([0.2, 0.1, 0.9, 0.4]), np.array([1.0, 1.0, 1.0, 7.0])
    assert forecast._ranged(0.3, given, weight) == (0.3, 0.1, 0.4)
    assert forecast._ranged(0.05, given, weight) == (0.05, 0.05, 0.4) and forecast._ranged(
        0.95, given, weight
    ) == (0.95, 0.1, 0.95)


def test_closed_forms_do_not_answer_where_a_later_figure_is_known():
    led = gaussian(2.0, 2.1, later=(2020, 2.5))
    for ask in (lambda: forecast.probability(led, 2019, ">=", 2.0), lambda: forecast.median(led, 2019)):
        with pytest.raises(ValueError, match="2020 is known"):
            ask()
    drawn = forecast.paths(led, 50, np.random.default_rng(1))
    assert drawn.shape == (50, 2) and drawn[:, 1] == pytest.approx(np.full(50, 2.5), abs=1e-6)
    assert forecast.median(gaussian(2.0, 2.1), 2020) == pytest.approx(2.1)
    assert forecast.quantiles(gaussian(2.0, 2.1), [0.5]).tolist() == [
        [pytest.approx(2.0)],
        [pytest.approx(2.1)],
    ]


def test_a_rise_between_two_years_ahead_is_that_of_the_shock_between():
    """From 2019 to 2021 the middle rises by .2, the walk by .1 times the root of two."""
    p, low, high = forecast.probability_higher(gaussian(2.0, 9.0, 2.2), 2021, 2019)
    assert p == pytest.approx(stats.norm.cdf(0.2 / (0.1 * np.sqrt(2)))) and low <= p <= high
    known = gaussian(2.0, known=((2016, 1.9), (2017, 2.05)))
    assert forecast.probability_higher(known, 2019, 2017)[0] == pytest.approx(stats.norm.sf(0.5))


@pytest.mark.parametrize(
    ("chances", "even"),
    [
        ([0.1, 0.3, 0.7, 0.9], 2.5),
        ([0.9, 0.7, 0.3, 0.1], 2.5),
        ([0.1, 0.4, 0.9, 1.0], 2.2),
        ([0.1, 0.2, 0.3, 0.4], None),
        ([0.5, 0.6, 0.7, 0.8], 1.0),
        ([0.1, 0.3, 0.4, 0.6], 3.5),
    ],
)
def test_the_break_even_base_lies_between_two_that_straddle_one_half(chances, even):
    table = pd.DataFrame({"base": [1.0, 2.0, 3.0, 4.0], "p": chances})
    assert forecast._break_even(table) == (even and pytest.approx(even))


def test_a_change_may_be_used_where_both_its_ends_are_known_on_one_basis():
    value = np.array([[1.0, 2.0, np.nan, 4.0, 5.0]])
    before = np.array([[np.nan, 1.0, np.nan, np.nan, 4.0]])
    basis = np.array([["a", "a", "", "a", "a"]], object)
    assert panel.spans(value, before, basis).tolist() == [[0, 1, 0, 2, 1]]
    basis[0, 3:] = "b"  # over a gap to another basis nothing is known to be comparable
    assert panel.spans(value, before, basis).tolist() == [[0, 1, 0, 0, 1]]
    np.testing.assert_allclose(forecast.linked(value, before, basis)[0], value)
    for held, chained in ((2.0, [[2.0, 3.0]]), (-2.0, [[4.0, 3.0]])):
        made, _ = forecast.linked(np.array([[4.0, 3.0]]), np.array([[np.nan, held]]), np.array([[0, 1]]))
        assert made.tolist() == chained


def test_bounds_and_counts_of_an_indicator():
    assert forecast.bounds(entry(bounds=(0.0, None))) == (0.0, np.inf) and forecast.bounds(
        entry(bounds=None)
    ) == (-np.inf, np.inf)
    assert forecast.bounds(entry(bounds=(None, 5))) == (-np.inf, 5.0)
    assert forecast.is_count(entry(integer=True)) and not forecast.is_count(entry())
    assert not forecast.is_count(SimpleNamespace(integer=True, decimals=1)) and not forecast.is_count(
        SimpleNamespace(integer=False, decimals=0)
    )


def few(code, years, values, indicator="intensity"):
    return rows(indicator, code, years, values)


def test_rises_are_counted_among_the_changes_before_a_year():
    table = pd.concat(
        [
            few(PROVINCES[0], range(2014, 2019), [1, 2, 2, 1, 3]),
            few(PROVINCES[1], (2015, 2017, 2018), [1, 5, 6]),
        ]
    )
    made = forecast.Forecaster.of(table, "intensity", CATALOGUE)
    both = tuple(PROVINCES[:2])
    assert (
        made.rises(both, 2019) == (3, 5)
        and made.rises(both, 2018) == (1, 3)
        and made.rises(PROVINCES[:1], 2016) == (1, 1)
    )


def test_known_figures_are_those_before_a_year():
    made = forecast.Forecaster.of(few("411100", (2015, 2017, 2018), [1, 5, 6]), "intensity", CATALOGUE)
    assert made.known("411100", 2018) == ((2015, 1.0), (2017, 5.0)) and made.known("410100", 2018) == ()
    assert made.rows("410100").empty and len(made.rows("411100")) == 3


@pytest.mark.parametrize(("n", "evidence"), [(1, "short"), (2, "short"), (3, "own")])
def test_three_figures_are_a_rung_of_their_own(n, evidence):
    table = few("411100", range(2019 - n, 2019), np.linspace(1.0, 1.2, n))
    made = forecast.predict(table, "intensity", "411100", 2020, CATALOGUE)
    assert (made.evidence, made.origin, made.years, made.peers) == (evidence, 2018, (2019, 2020), ())


@pytest.mark.parametrize(
    ("years", "later"),
    [
        ((2017, 2018), None),
        ((2017, 2018, 2020), (2020, 3.0)),
        ((2017, 2018, 2021, 2022), (2021, 3.0)),
        ((2017, 2018, 2019), None),
    ],
)
def test_the_first_figure_from_the_deadline_on_leads_the_forecast(years, later):
    values = [1.0, 1.1, 3.0, 4.0][: len(years)]
    made = forecast.predict(few("411100", years, values), "intensity", "411100", 2020, CATALOGUE)
    assert made.later == later and made.years[-1] == (later[0] if later else 2020)
    assert made.origin == (2019 if 2019 in years else 2018)
    if later:
        other = few("411100", years[2:], values[2:]).assign(basis="new")
        broken = pd.concat([few("411100", years[:2], values[:2]), other])
        assert forecast.predict(broken, "intensity", "411100", 2020, CATALOGUE).later is None


def test_two_figures_before_the_deadline_make_a_lender():
    one, two, late = (
        few(PROVINCES[0], (2018,), [1.0]),
        few(PROVINCES[1], (2017, 2018), [1.0, 1.1]),
        few(PROVINCES[2], (2018, 2020), [1.0, 1.1]),
    )
    made = forecast.Forecaster.of(pd.concat([one, two, late]), "intensity", CATALOGUE)
    assert made.lenders("000000", 2020) == ((PROVINCES[1],), 1.0)
    assert made.lenders("000000", 2021) == ((PROVINCES[1], PROVINCES[2]), 1.0)
    assert made.lenders(PROVINCES[1], 2020) == ((), 1.0) and made.lenders("411100", 2020) == (
        (PROVINCES[1],),
        forecast.SMALLER,
    )
    assert made.lenders("411100", 2018) == ((), 1.0)
    held = made.held(3.0)
    assert held.lenders("411100", 2020)[1] == 3.0 and made.lenders("411100", 2020)[1] == forecast.SMALLER


def test_a_conditional_answer_is_asked_at_some_twenty_round_bases(history):
    made = forecast.Forecaster.of(history, "intensity", CATALOGUE).conditional(
        "410100", 2018, 2019, ">=", 2.0
    )
    base, p = made.table["base"].to_numpy(), made.table["p"].to_numpy()
    assert (base[0], base[-1]) == (pytest.approx(1.0), pytest.approx(3.0)) and np.allclose(np.diff(base), 0.1)
    assert made.year == 2018 and made.peers == tuple(PROVINCES)
    low = (
        forecast.Forecaster.of(history, "intensity", CATALOGUE)
        .conditional("410100", 2018, 2019, "<=", 2.0)
        .table["p"]
    )
    assert low.to_numpy() == pytest.approx(1 - p, abs=1e-6) and (np.diff(p) > 0).all()
    later = forecast.Forecaster.of(history, "intensity", CATALOGUE).conditional(
        "410100", 2018, 2021, ">=", 2.0
    )
    assert later.table["p"].iloc[0] > p[0]


def test_a_chance_may_be_asked_of_any_horizon():
    made = gaussian(1.0, 2.0, 3.0).mixture
    assert forecast._chance(made, 2, ">=", 3.0) == pytest.approx(0.5) and forecast._chance(
        made, 0, ">=", 1.1
    ) == pytest.approx(stats.norm.sf(1))


def test_those_asked_for_together_are_fitted_together(history):
    made = forecast.Forecaster.of(history, "intensity", CATALOGUE)
    everyone = tuple(PROVINCES)
    assert made._circle(PROVINCES[0], 2030) == (everyone, everyone, 1.0)
    assert made._circle("000000", 2030) == (("000000", *PROVINCES),) * 2 + (1.0,)
    assert made._circle("411100", 2030) == ((*PROVINCES, "411100"), everyone, forecast.SMALLER)
    alone = forecast.Forecaster.of(history, "firms", CATALOGUE)
    assert alone._circle("411100", 2030) == (("411100",), ("411100",), 1.0)


def test_only_the_value_asked_for_is_held_to_move_more(history, monkeypatch):
    asked, plain = [], forecast.group
    monkeypatch.setattr(forecast, "group", lambda *given: asked.append(given) or plain(*given))
    made = forecast.Forecaster.of(history, "intensity", CATALOGUE).conditional(
        "410100", 2018, 2019, ">=", 2.0
    )
    value, usable, _, widened = asked[0]
    n = len(made.table)
    assert widened.tolist() == [forecast.SMALLER] * n + [1.0] * len(PROVINCES) and len(value) == n + len(
        PROVINCES
    )
    assert (
        value[:n, -1].tolist() == made.table["base"].tolist()
        and np.isnan(value[:n, :-1]).all()
        and not usable[:n].any()
    )
    assert usable[n:, 1:].all() and not usable[n:, 0].any()


def test_the_range_may_reach_to_the_last_of_what_is_given():
    assert forecast._ranged(0.5, np.array([0.9, 0.2]), np.ones(2)) == (0.5, 0.2, 0.9)


def test_regions_without_a_change_teach_nothing(history):
    """Four cities with four changes each, and a fifth with a single figure: too few have any."""
    cities = [few(f"4{n}0100", range(2015, 2020), np.linspace(1, 1.3, 5)) for n in range(1, 5)]
    made = forecast.Forecaster.of(
        pd.concat([history, *cities, few("450100", (2019,), [1.0])]), "intensity", CATALOGUE
    )
    codes = ("410100", "420100", "430100", "440100", "450100")
    assert made._enough(codes, 2020) is False and made._enough(codes[:4], 2020) is False


def test_a_value_asked_for_has_lenders_of_two_figures_up_to_its_own_year():
    one, two = few(PROVINCES[0], (2018, 2019), [1.0, 1.1]), few(PROVINCES[1], (2017, 2018), [1.0, 1.1])
    made = forecast.Forecaster.of(pd.concat([one, two]), "intensity", CATALOGUE)
    assert made.conditional("411100", 2018, 2020, ">=", 1.2).peers == (PROVINCES[1],)
    assert made.conditional("411100", 2017, 2020, ">=", 1.2) is None
