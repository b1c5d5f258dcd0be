import dataclasses

import numpy as np
import pytest
import scipy.stats

from analysis import mixtures

LEVELS = np.array([0.01, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.99])


def pool(family=("identity", "log"), integer=False, doubt=0.3, dof=(6.0, 6.0), lower=0.0):
    """One series, two members, three horizons."""
    years = np.sqrt(np.arange(1, 4))
    location = np.array([[5.0, 5.2, 5.4], np.log([6.0, 6.3, 6.6])])
    spread = np.array([0.8 * years, 0.2 * years])
    return mixtures.Mixture(
        family=family,
        weight=np.array([[0.4, 0.6]]),
        location=location[None],
        spread=spread[None],
        doubt=doubt * spread[None],
        dof=np.array([dof]),
        offset=np.array([1.0]),
        lower=lower,
        integer=integer,
    )


@pytest.mark.parametrize(("mean", "variation"), [(0.4, 0.5), (7.0, 0.2), (300.0, 1.5)])
def test_counts_equal_scipys_negative_binomial(mean, variation):
    count, size = np.arange(0, 40.0), 1 / variation**2
    expected = scipy.stats.nbinom.cdf(count, size, size / (size + mean))
    np.testing.assert_allclose(mixtures.count_cdf(count, mean, variation), expected, rtol=1e-10)


@pytest.mark.parametrize(("mean", "variation"), [(0.05, 2.0), (0.4, 0.5), (3.0, 1.0), (25.0, 0.1)])
def test_small_count_quantiles_are_exact(mean, variation):
    size = 1 / variation**2
    expected = scipy.stats.nbinom.ppf(LEVELS, size, size / (size + mean))
    made = mixtures.count_quantile(LEVELS, np.array([mean]), np.array([variation]))
    np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize(("mean", "variation"), [(50.0, 0.05), (80.0, 0.4), (2000.0, 0.7)])
def test_large_count_quantiles_are_close(mean, variation):
    made = mixtures.count_quantile(LEVELS, np.array([mean]), np.array([variation]))
    size = 1 / variation**2
    reached = scipy.stats.nbinom.cdf(made, size, size / (size + mean))
    below = scipy.stats.nbinom.cdf(made - 1, size, size / (size + mean))
    assert np.all((reached > LEVELS - 0.01) & (below < LEVELS + 0.01))


def test_the_pool_is_scipys_t_on_two_scales():
    mixture, value = pool(), np.array([4.0, 5.5, 9.0])
    made = mixtures.cdf(mixture, np.tile(value, (1, 3, 1)))[0, 1]
    first = scipy.stats.t.cdf(value, 6, 5.2, 0.8 * np.sqrt(2))
    second = scipy.stats.t.cdf(np.log(value + 1), 6, np.log(6.3), 0.2 * np.sqrt(2))
    np.testing.assert_allclose(made, 0.4 * first + 0.6 * second, rtol=1e-12)


@pytest.mark.parametrize("integer", [False, True])
def test_quantiles_invert_the_cdf(integer):
    mixture = pool(("identity", "count" if integer else "log"), integer)
    made = mixtures.quantile(mixture, LEVELS)
    reached = mixtures.cdf(mixture, made)
    if integer:
        assert np.all(reached >= LEVELS) and np.all(mixtures.cdf(mixture, made - 1) < LEVELS)
    else:
        np.testing.assert_allclose(reached, np.tile(LEVELS, (1, 3, 1)), atol=1e-9)


def test_quick_quantiles_are_close_to_the_exact_ones():
    made = mixtures.quick_quantile(pool(), LEVELS)
    np.testing.assert_allclose(mixtures.cdf(pool(), made), np.tile(LEVELS, (1, 3, 1)), atol=0.01)


def test_nothing_lies_outside_the_bounds():
    share = pool(("identity", "logit"), lower=0.0)
    share = mixtures.replace(share, upper=100.0, location=share.location * 0 - 2, offset=np.array([0.1]))
    made = mixtures.quantile(share, LEVELS)
    assert made.min() == pytest.approx(0) and made.max() <= 100
    assert mixtures.cdf(share, np.full((1, 3, 1), 100.0)).min() == 1
    assert mixtures.cdf(share, np.full((1, 3, 1), -0.1)).max() == 0


@pytest.mark.parametrize("family", ["identity", "log", "logit"])
def test_scales_are_undone(family):
    value = np.array([0.0, 0.3, 2.0, 9.5])
    z = mixtures.forward(family, value, 0.5, 0.0, 10.0)
    np.testing.assert_allclose(mixtures.inverse(family, z, 0.5, 0.0, 10.0), value, atol=1e-12)


@pytest.mark.parametrize("integer", [False, True])
def test_paths_have_the_marginals(integer):
    mixture = pool(("identity", "count" if integer else "log"), integer)
    drawn = mixtures.paths(mixture, 40_000, np.random.default_rng(1))
    for h in range(3):
        for value in (3.0, 5.0, 7.0):
            expected = mixtures.cdf(mixture, np.full((1, 3, 1), value))[0, h, 0]
            assert np.mean(drawn[:, h] <= value) == pytest.approx(expected, abs=0.01)


def test_the_chance_of_a_rise_is_that_of_the_paths():
    mixture = pool()
    drawn = mixtures.paths(mixture, 100_000, np.random.default_rng(2))
    made = mixtures.rise(mixture, 1, 2) @ mixture.weight[0]
    assert made == pytest.approx(np.mean(drawn[:, 2] > drawn[:, 1]), abs=0.006)


def test_a_count_can_tie_so_that_rise_and_fall_leave_something():
    mixture = pool(("identity", "count"), True)
    rise = mixtures.rise(mixture, 0, 1) @ mixture.weight[0]
    drawn = mixtures.paths(mixture, 40_000, np.random.default_rng(3))
    assert rise + np.mean(drawn[:, 1] < drawn[:, 0]) < 0.95
    assert rise == pytest.approx(np.mean(drawn[:, 1] > drawn[:, 0]), abs=0.02)


def test_given_parameters_average_to_the_pool():
    mixture = pool()
    given, weight = mixtures.given_parameters(mixture, 6.0, 2, drifts=15, deviations=15)
    expected = mixtures.cdf(mixture, np.full((1, 3, 1), 6.0))[0, 2, 0]
    assert np.average(given, weights=weight) == pytest.approx(expected, abs=0.01)


def test_the_range_of_a_rise_surrounds_it():
    mixture = pool()
    given, weight = mixtures.rise_given_drift(mixture, 0, 2)
    made = mixtures.rise(mixture, 0, 2) @ mixture.weight[0]
    assert given.min() < made < given.max()
    assert np.average(given, weights=weight) == pytest.approx(made, abs=0.02)


def test_paths_to_a_known_end_are_a_gaussian_bridge():
    """One Gaussian member: mean and variance given the end, by the formula for a multivariate normal."""
    mixture = dataclasses.replace(
        pool(("identity",), doubt=0.0, lower=-np.inf),
        weight=np.ones((1, 1)),
        location=np.array([[[1.0, 2.5, 3.0]]]),
        spread=np.sqrt([[[1.0 + 0.3, 2.0 + 1.2, 3.0 + 2.7]]]),  # a walk, and a drift with variance 0.3
        doubt=np.sqrt(0.3) * np.array([[[1.0, 2.0, 3.0]]]),
        dof=np.array([[1e9]]),
    )
    years = np.arange(1.0, 4.0)
    together = np.minimum.outer(years, years) + 0.3 * np.outer(years, years)
    weight = together[:2, 2] / together[2, 2]
    mean = np.array([1.0, 2.5]) + weight * (5.0 - 3.0)
    variance = np.diag(together)[:2] - weight * together[:2, 2]
    drawn = mixtures.paths(mixture, 200_000, np.random.default_rng(4), end=5.0)
    np.testing.assert_allclose(drawn[:, 2], 5.0, atol=1e-6)
    np.testing.assert_allclose(drawn[:, :2].mean(axis=0), mean, atol=0.01)
    np.testing.assert_allclose(drawn[:, :2].var(axis=0), variance, atol=0.01)


def test_paths_to_an_end_are_those_of_all_paths_that_reach_it():
    """The heavy tails learn from the end: against unconditional paths that happen to end there."""
    mixture = dataclasses.replace(pool(("identity",), doubt=0.0, lower=-np.inf), weight=np.ones((1, 1)),
                                  location=np.array([[[1.0, 2.0, 3.0]]]), dof=np.array([[5.0]]),
                                  spread=np.sqrt([[[1.0, 2.0, 3.0]]]))  # fmt: skip
    free = mixtures.paths(mixture, 3_000_000, np.random.default_rng(7))
    for end in (3.0, 7.0):
        reached = free[np.abs(free[:, 2] - end) < 0.05, 1]
        drawn = mixtures.paths(mixture, 100_000, np.random.default_rng(8), end=end)[:, 1]
        levels = [0.1, 0.5, 0.9]
        assert len(reached) > 4_000
        np.testing.assert_allclose(np.quantile(drawn, levels), np.quantile(reached, levels), atol=0.06)


def test_members_count_by_how_likely_they_found_the_end():
    """A member on the log scale beside one on the plain one: densities of the value itself."""
    mixture = dataclasses.replace(pool(), doubt=np.zeros((1, 2, 3)))
    first, second = mixtures.log_densities(mixture, 6.0)
    spread = 0.8 * np.sqrt(3), 0.2 * np.sqrt(3)
    assert first == pytest.approx(scipy.stats.t.logpdf(6.0, 6, 5.4, spread[0]))
    expected = scipy.stats.t.logpdf(np.log(7.0), 6, np.log(6.6), spread[1]) - np.log(7.0)
    assert second == pytest.approx(expected, abs=1e-6)
    far = mixtures.log_densities(mixture, 500.0)
    assert np.isfinite(far).all(), "no end is too far to tell members apart"
    mixture = dataclasses.replace(mixture, family=("identity", "identity"),
                                  location=np.array([[[5.0, 5.0, 5.0], [20.0, 9.0, 9.0]]]))  # fmt: skip
    weight = np.array([0.4, 0.6]) * np.exp(mixtures.log_densities(mixture, 6.0))
    drawn = mixtures.paths(mixture, 20_000, np.random.default_rng(5), end=6.0)
    assert np.mean(drawn[:, 0] < 12.0) == pytest.approx(weight[0] / weight.sum(), abs=0.02)


def test_densities_are_scipys():
    value, dof = np.array([-40.0, -1.0, 0.0, 0.3, 1e6]), np.array([[1.0], [6.5], [1e6]])
    np.testing.assert_allclose(mixtures.log_t(value, dof), scipy.stats.t.logpdf(value, dof), rtol=1e-8)
    mixture = pool(("identity", "count"), True)
    size, mean = mixture.spread[0, 1, -1] ** -2, np.exp(mixture.location[0, 1, -1])
    expected = scipy.stats.nbinom.logpmf(9, size, size / (size + mean))
    assert mixtures.log_densities(mixture, 9.0)[1] == pytest.approx(expected, rel=1e-12)


def test_members_may_stand_in_any_order():
    apart, together = pool(("identity", "log")), pool(("log", "identity"))
    turned = {name: getattr(apart, name)[:, ::-1] for name in mixtures.ARRAYS[:-1]}
    together = dataclasses.replace(together, **turned)
    np.testing.assert_array_equal(mixtures.member_quantiles(together, LEVELS),
                                  mixtures.member_quantiles(apart, LEVELS)[:, ::-1])  # fmt: skip


def test_counts_lead_to_the_count_that_is_known():
    mixture = pool(("identity", "count"), True)
    drawn = mixtures.paths(mixture, 2_000, np.random.default_rng(6), end=9.0)
    assert set(drawn[:, 2]) == {9.0} and len(set(drawn[:, 1])) > 3
    free = mixtures.paths(mixture, 2_000, np.random.default_rng(6))
    assert drawn[:, 1].mean() > free[:, 1].mean()
