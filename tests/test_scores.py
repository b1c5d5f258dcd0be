import numpy as np
import pytest
import scipy.stats
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from analysis import scores

LEVELS = np.array([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99])
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize("observed", [-3.0, 0.2, 5.0])
def test_t_crps_equals_scoringrules(observed):
    made = scores.crps_t(observed, 0.5, 1.3, 6.0)
    assert made == pytest.approx(scoringrules.crps_t(observed, 6.0, 0.5, 1.3), rel=1e-10)


def test_draws_crps_equals_scoringrules():
    draws = np.random.default_rng(1).normal(size=(5, 40))
    observed = np.linspace(-2, 2, 5)
    expected = scoringrules.crps_ensemble(observed, draws)
    np.testing.assert_allclose(scores.crps_draws(draws, observed), expected, rtol=1e-10)


def test_quantile_crps_tends_to_the_closed_form():
    levels = np.linspace(0.0005, 0.9995, 4000)
    made = scores.crps(levels, scipy.stats.t.ppf(levels, 6, 0.5, 1.3), np.array(2.0))
    assert made == pytest.approx(scores.crps_t(2.0, 0.5, 1.3, 6.0), rel=2e-3)


@given(NUMBERS, NUMBERS)
def test_crps_is_zero_when_certain_and_right_and_never_negative(forecast, observed):
    certain = np.full(len(LEVELS), forecast)
    assert scores.crps(LEVELS, certain, np.array(forecast)) == pytest.approx(0, abs=1e-9)
    assert scores.crps(LEVELS, certain, np.array(observed)) >= 0


def test_a_distribution_is_scored_best_by_itself():
    observed = np.random.default_rng(2).normal(size=20_000)
    honest = scores.crps(LEVELS, scipy.stats.norm.ppf(LEVELS), observed).mean()
    for location, spread in [(0.3, 1), (0, 0.7), (0, 1.4)]:
        other = scores.crps(LEVELS, scipy.stats.norm.ppf(LEVELS, location, spread), observed).mean()
        assert honest < other


def test_brier_and_log_score_equal_scoringrules():
    probability, happened = np.array([0.2, 0.7, 0.95]), np.array([0.0, 1.0, 0.0])
    np.testing.assert_allclose(
        scores.brier(probability, happened), scoringrules.brier_score(happened, probability)
    )
    np.testing.assert_allclose(
        scores.log_score(probability, happened == 1), scoringrules.log_score(happened, probability)
    )


def test_a_certain_miss_costs_much_and_not_everything():
    assert scores.log_score(1.0, False) == pytest.approx(-np.log(0.005))


def test_probability_below_reads_the_quantiles_by_hand():
    quantiles = np.array([[0.0, 10.0, 20.0]])
    levels = np.array([0.1, 0.5, 0.9])
    for goal, expected in [(5.0, 0.3), (10.0, 0.5), (-1.0, 0.05), (25.0, 0.95)]:
        assert scores.probability_below(levels, quantiles, np.array([goal]))[0] == pytest.approx(expected)


def test_pit_of_counts_is_uniform_when_randomised():
    rng = np.random.default_rng(3)
    count = rng.poisson(2.0, 20_000)
    made = scores.pit(scipy.stats.poisson.cdf(count - 1, 2.0), scipy.stats.poisson.cdf(count, 2.0), rng)
    assert scipy.stats.kstest(made, "uniform").pvalue > 0.01


def test_inside_counts_the_edges_in():
    quantiles = np.arange(len(LEVELS), dtype=float)[None].repeat(3, axis=0)
    observed = np.array([3.0, 7.0, 7.1])
    assert scores.inside(LEVELS, quantiles, observed, 0.8).tolist() == [True, True, False]


def test_bands_are_wider_when_a_year_is_shared():
    rng = np.random.default_rng(4)
    years = np.repeat(np.arange(8), 50)
    alone = (rng.uniform(size=400) < 0.8).astype(float)
    shared = np.repeat([1.0, 1, 0, 1, 1, 1, 0, 1], 50)
    assert np.ptp(scores.by_year(shared, years)) > 3 * np.ptp(scores.by_year(alone, years))


def test_a_band_of_a_level_by_hand():
    """Two years of means 0 and 1: a quarter of the draws give 0, a quarter 1, the others a half."""
    values, years = np.array([0.0, 0, 1, 1]), np.array([2001, 2001, 2002, 2002])
    assert scores.by_year(values, years, level=0.9) == (0, 1)
    assert scores.by_year(values, years, level=0.4) == (0.5, 0.5)
    table = scores.reliability([0.5] * 4, values, years, level=0.4)
    assert table[2].tolist() == [4, 0.5, 0.5, 0.5, 0.5]


def test_one_year_gives_no_band():
    assert np.isnan(scores.by_year(np.ones(30), np.full(30, 2020))).all()


def test_reliability_finds_a_calibrated_forecaster():
    rng = np.random.default_rng(5)
    probability, years = rng.uniform(size=30_000), rng.integers(2000, 2015, 30_000)
    rows = scores.reliability(probability, rng.uniform(size=30_000) < probability, years)
    assert rows[:, 0].sum() == 30_000
    assert np.all(np.abs(rows[:, 1] - rows[:, 2]) < 0.03)
    assert np.all((rows[:, 3] <= rows[:, 2]) & (rows[:, 2] <= rows[:, 4]))


def test_an_empty_bin_is_missing_and_not_zero():
    rows = scores.reliability(np.array([0.95, 0.96]), np.array([True, True]), np.array([2019, 2020]))
    assert rows[0, 0] == 0 and np.isnan(rows[0, 1:]).all()
