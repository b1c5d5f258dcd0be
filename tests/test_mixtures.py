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
    free = mixtures.paths(mixture, 1_500_000, np.random.default_rng(7))
    for end in (3.0, 7.0):
        reached = free[np.abs(free[:, 2] - end) < 0.05, 1]
        drawn = mixtures.paths(mixture, 100_000, np.random.default_rng(8), end=end)[:, 1]
        levels = [0.1, 0.5, 0.9]
        assert len(reached) > 2_000
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


# ---------------------------------------------------------------------------------------- by hand, boundaries


def test_parts_are_taken_by_row_and_by_horizon_and_stacked():
    one, other = pool(), dataclasses.replace(pool(), location=pool().location + 1, offset=np.array([2.0]))
    both = mixtures.stacked([one, other])
    assert (
        both.location.shape == (2, 2, 3)
        and both.offset.tolist() == [1.0, 2.0]
        and both.weight.shape == (2, 2)
    )
    np.testing.assert_array_equal(both.one(1).location, other.location)
    np.testing.assert_array_equal(both.take([1, 0]).offset, [2.0, 1.0])
    middle = both.horizon(1)
    for name in ("location", "spread", "doubt"):
        np.testing.assert_array_equal(getattr(middle, name), getattr(both, name)[:, :, 1:2])
    np.testing.assert_array_equal(middle.dof, both.dof)


def test_scales_by_hand():
    assert mixtures.forward("log", 3.0, 1.0) == pytest.approx(np.log(4.0))
    assert mixtures.forward("logit", 3.0, 1.0, 2.0, 10.0) == pytest.approx(np.log(2.0 / 8.0))
    assert mixtures.inverse("logit", np.log(2.0 / 8.0), 1.0, 2.0, 10.0) == pytest.approx(3.0)
    assert mixtures.inverse("log", np.array([np.log(4.0), 1e4, -1e4]), 1.0, 0.0).tolist() == [
        pytest.approx(3.0),
        np.exp(690.0) - 1,
        0.0,
    ]
    assert mixtures.inverse("identity", np.array([-1.0, 5.0]), 0.0, 0.0, 4.0).tolist() == [0.0, 4.0]
    assert mixtures.forward("log", -5.0, 1.0) == pytest.approx(np.log(1e-300))
    outside = mixtures.forward("logit", np.array([-9.0, 99.0]), 0.0, 0.0, 10.0)
    assert outside[0] < -600 and outside[1] > 600


def test_a_carried_pool_moves_every_member_as_the_value_moves():
    mixture = dataclasses.replace(pool(("identity", "log")), offset=np.array([1.0]))
    before, after = np.array([4.0, 4.0, 4.0]), np.array([5.0, 4.0, 9.0])
    moved = mixtures.carried(mixture, before, after).location - mixture.location
    assert moved[0, 0].tolist() == pytest.approx([1.0, 0.0, 5.0])
    assert moved[0, 1].tolist() == pytest.approx(np.log([6 / 5, 1, 10 / 5]))
    assert mixtures.step(mixture, "count", 2.0, 6.0) == pytest.approx(np.log(3.0))
    assert mixtures.step(mixture, "count", 0.0, 0.2) == 0.0  # below a half all is a half


@pytest.mark.parametrize(
    ("value", "below"), [(-0.1, 0.0), (0.0, None), (9.9, None), (10.0, 1.0), (11.0, 1.0)]
)
def test_nothing_is_below_the_lowest_and_all_is_at_most_the_highest(value, below):
    mixture = dataclasses.replace(
        pool(("identity",), lower=0.0),
        upper=10.0,
        weight=np.ones((1, 1)),
        location=np.full((1, 1, 3), 5.0),
        spread=np.full((1, 1, 3), 4.0),
        dof=np.array([[1e9]]),
    )
    expected = scipy.stats.norm.cdf(value, 5, 4) if below is None else below
    assert mixtures.cdf(mixture, np.full((1, 3, 1), value)).ravel().tolist() == pytest.approx([expected] * 3)


def test_a_count_stands_for_the_unit_around_it():
    mixture = dataclasses.replace(
        pool(("identity",), integer=True),
        weight=np.ones((1, 1)),
        location=np.full((1, 1, 3), 5.0),
        spread=np.full((1, 1, 3), 2.0),
        dof=np.array([[1e9]]),
        doubt=np.zeros((1, 1, 3)),
    )
    assert mixtures.cdf(mixture, np.full((1, 3, 1), 6.9))[0, 0, 0] == pytest.approx(
        scipy.stats.norm.cdf(6.5, 5, 2)
    )
    levels = scipy.stats.norm.cdf([5.49, 5.51, 6.49], 5, 2)
    assert mixtures.quantile(mixture, levels)[0, 0].tolist() == [5.0, 6.0, 6.0]
    inner = scipy.stats.norm.cdf([5.0, 7.0], 5, 2)
    assert mixtures.quick_quantile(mixture, inner)[0, 0].tolist() == [5.0, 7.0]
    assert mixtures.member_quantiles(mixture, levels)[0, 0, 0].tolist() == [5.0, 6.0, 6.0]


def test_quantiles_of_t_are_scipys_for_every_dof():
    dof = np.array([[3.0, 8.0], [8.0, 1e6]])
    found = mixtures.t_quantile(dof, [0.1, 0.9])
    np.testing.assert_allclose(found, scipy.stats.t.ppf([0.1, 0.9], dof[..., None]), rtol=1e-9)


def test_weighted_quantiles_lie_between_the_midpoints_of_their_mass():
    """Points 1, 2, 4 of mass .25, .5, .25: the midpoints stand at .125, .5 and .875."""
    points, mass = (
        np.array([[4.0, 1.0, 2.0], [40.0, 10.0, 20.0]]),
        np.array([[1.0, 1.0, 2.0], [1.0, 1.0, 2.0]]),
    )
    found = mixtures._weighted_quantile(points, mass, np.array([0.01, 0.125, 0.3125, 0.5, 0.6875, 0.99]))
    assert found[0].tolist() == pytest.approx([1, 1, 1.5, 2, 3, 4]) and found[1].tolist() == pytest.approx(
        [10, 10, 15, 20, 30, 40]
    )


def test_a_member_that_hardly_weighs_is_left_out():
    three = dataclasses.replace(pool(("identity", "log")), weight=np.array([[0.999, 0.001]]))
    assert mixtures._weighty(three).family == ("identity",)
    kept = dataclasses.replace(three, weight=np.array([[0.9989, 0.0011]]))
    assert mixtures._weighty(kept).family == ("identity", "log")
    found = mixtures._weighty(three)
    assert (
        found.location.shape == (1, 1, 3)
        and found.dof.shape == found.weight.shape == (1, 1)
        and found.offset.shape == (1,)
    )


def test_no_count_is_below_none_and_a_tiny_variation_is_poissons():
    assert mixtures.count_cdf(np.array([-1.0, 0.0]), 2.0, 0.5).tolist() == [0.0, pytest.approx((4 / 6) ** 4)]
    assert mixtures.count_cdf(3.0, 2.0, 0.0) == pytest.approx(scipy.stats.poisson.cdf(3, 2), abs=1e-6)


@pytest.mark.parametrize(("mean", "variation"), [(31.9, 0.3), (32.1, 0.3), (5.0, 3.0)])
def test_count_quantiles_pass_from_the_table_to_the_approximation(mean, variation):
    size = variation**-2
    found = mixtures.count_quantile(np.array([0.1, 0.5, 0.9]), np.array([mean]), np.array([variation]))
    exact = scipy.stats.nbinom.ppf([0.1, 0.5, 0.9], size, size / (size + mean))
    assert np.abs(found - exact).max() <= 1


def drifting(doubt=0.3, dof=6.0, family="identity", integer=False, location=(1.0, 2.0, 3.0)):
    """One member: a walk with a deviation of .4 a year, and an unknown drift."""
    walk, drift_ = 0.4 * np.sqrt(np.arange(1.0, 4)), doubt * np.arange(1.0, 4)
    return mixtures.Mixture(
        family=(family,),
        weight=np.ones((1, 1)),
        location=np.array([[location]]),
        spread=np.hypot(walk, drift_)[None, None],
        doubt=drift_[None, None],
        dof=np.array([[dof]]),
        offset=np.zeros(1),
        integer=integer,
    )


def test_a_rise_is_that_of_the_shocks_and_of_the_drift_between():
    """From the first to the third year: 2 up, two shocks of .4 and twice a drift of .3."""
    found = mixtures.rise(drifting(), 0, 2)
    assert found.tolist() == pytest.approx([scipy.stats.t.cdf(2 / np.hypot(0.4 * np.sqrt(2), 0.6), 6)])
    assert mixtures.rise(drifting(location=(3.0, 2.0, 1.0)), 0, 1)[0] == pytest.approx(
        scipy.stats.t.cdf(-1 / np.hypot(0.4, 0.3), 6)
    )
    two = mixtures.stacked([drifting(), drifting(location=(3.0, 2.0, 1.0))])
    assert mixtures.rise(two, 0, 1, row=1)[0] == pytest.approx(scipy.stats.t.cdf(-1 / 0.5, 6))


def test_a_rise_given_the_drift_at_its_mid_quantiles():
    given, weight = mixtures.rise_given_drift(drifting(), 0, 2)
    shifts = scipy.stats.norm.ppf([0.1, 0.3, 0.5, 0.7, 0.9])
    assert given.tolist() == pytest.approx(
        scipy.stats.t.cdf((2 + 0.6 * shifts) / (0.4 * np.sqrt(2)), 6).tolist()
    )
    assert weight.tolist() == pytest.approx([0.2] * 5)


def test_chances_given_drift_and_volatility_at_their_mid_quantiles():
    given, weight = mixtures.given_parameters(drifting(), 2.5, 1, drifts=3, deviations=2)
    stretch = np.sqrt(6 / scipy.stats.chi2.isf([0.25, 0.75], 6))
    shifts = scipy.stats.norm.ppf([1 / 6, 3 / 6, 5 / 6])
    hand = [
        scipy.stats.norm.cdf((2.5 - 2 - 0.6 * s * w) / (0.4 * np.sqrt(2) * w))
        for s in shifts
        for w in stretch
    ]
    assert sorted(given) == pytest.approx(sorted(hand)) and weight.tolist() == pytest.approx([1 / 6] * 6)
    whole, _ = mixtures.given_parameters(drifting(integer=True), 2.9, 1, drifts=1, deviations=1)
    wide = np.sqrt(6 / scipy.stats.chi2.isf(0.5, 6))
    assert whole.tolist() == pytest.approx([scipy.stats.norm.cdf(0.5 / (0.4 * np.sqrt(2) * wide))])
    count = drifting(family="count", integer=True, location=(1.0, 1.5, 2.0))
    counted, _ = mixtures.given_parameters(count, 4.5, 1, drifts=1, deviations=1)
    assert counted.tolist() == pytest.approx(
        [float(mixtures.count_cdf(4.0, np.exp(1.5), 0.4 * np.sqrt(2) * wide))]
    )


def test_what_is_left_of_the_spread_never_shrinks():
    mixture = dataclasses.replace(
        drifting(), spread=np.array([[[0.5, 1.3, 0.2]]]), doubt=np.array([[[0.3, 0.5, 0.3]]])
    )
    assert mixtures._walk(mixture, 0).tolist() == pytest.approx([0.4, 1.2, 1.2])


def test_integer_paths_stay_whole_and_inside_the_bounds():
    mixture = dataclasses.replace(drifting(integer=True, location=(0.0, 1.0, 2.0)), lower=0.0, upper=3.0)
    drawn = mixtures.paths(mixture, 2000, np.random.default_rng(1))
    assert set(np.unique(drawn)) == {0.0, 1.0, 2.0, 3.0}
    assert drawn[:, 1].mean() == pytest.approx(1.0, abs=0.05)


def test_a_pools_count_may_be_that_of_its_lowest_member():
    """Nine tenths around 5, one around 9: the median of the pool is still 5."""
    mixture = dataclasses.replace(
        pool(("identity", "identity"), integer=True),
        weight=np.array([[0.95, 0.05]]),
        doubt=np.zeros((1, 2, 3)),
        location=np.array([[[5.0] * 3, [9.0] * 3]]),
        spread=np.full((1, 2, 3), 1.0),
    )
    assert mixtures.quantile(mixture, [0.5])[0, :, 0].tolist() == [5.0, 5.0, 5.0]
    assert mixtures.quantile(mixture, [0.2, 0.99])[0, 0].tolist() == [4.0, 10.0]


def test_a_surprise_is_counted_in_spreads_of_the_last_year_and_none_for_counts():
    mixture = pool(("identity", "log"))
    found = mixtures._surprise(mixture, 6.0)
    assert found.tolist() == pytest.approx(
        [(6 - 5.4) / (0.8 * 3**0.5), (np.log(7.0) - np.log(6.6)) / (0.2 * 3**0.5)], abs=1e-6
    )
    assert mixtures._surprise(pool(("identity", "count"), True), 6.0)[1] == 0.0


def test_a_bridge_shares_the_surprise_of_the_end_among_the_years():
    """A walk of variance .16 a year, a drift of .09: what each year has in common with the third."""
    shocks, last = np.array([[0.0, 0.0, 0.0], [0.1, 0.2, 0.3]]), np.array([1.0, 1.3])
    common = 0.09 * np.array([1, 2, 3]) * 3 + 0.16 * np.array([1, 2, 3])
    found = mixtures._bridged(drifting(), 0, shocks, last)
    assert found.tolist() == [
        pytest.approx((common / common[2]).tolist()),
        pytest.approx((shocks[1] + common / common[2]).tolist()),
    ]


@pytest.mark.parametrize(("mean", "variation"), [(40.0, 0.1), (50.0, 0.6), (2000.0, 0.7)])
def test_large_counts_follow_wilson_and_hilferty(mean, variation):
    """With a negative binomial's skewness by its textbook form, (2 - p) over the root of size (1 - p)."""
    size = variation**-2
    p, deviation = size / (size + mean), np.sqrt(mean + (mean * variation) ** 2)
    skew = (2 - p) / np.sqrt(size * (1 - p))
    levels = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    cube = 1 + skew * scipy.stats.norm.ppf(levels) / 6 - skew**2 / 36
    expected = np.maximum(np.ceil(mean + deviation * 2 / skew * (np.maximum(cube, 0) ** 3 - 1) - 0.5), 0)
    assert (
        mixtures.count_quantile(levels, np.array([mean]), np.array([variation])).tolist() == expected.tolist()
    )


def test_a_count_that_reaches_a_level_exactly_is_its_quantile():
    """A geometric count of mean one: a half, a quarter, an eighth."""
    found = mixtures.count_quantile(
        np.array([0.5, 0.51, 0.75, 0.76, 0.875]), np.array([1.0]), np.array([1.0])
    )
    assert found.tolist() == [0, 1, 1, 2, 2]


def test_beyond_the_table_the_approximation_answers():
    far = mixtures.count_quantile(np.array([0.99]), np.array([20.0]), np.array([1.0]))
    assert far[0] >= 64 and far[0] == pytest.approx(scipy.stats.nbinom.isf(0.01, 1, 1 / 21), rel=0.05)


def test_counts_on_a_path_are_read_off_each_years_own_distribution():
    levels = np.array([[0.5, 0.5], [0.1, 0.9]])
    mean, variation = np.array([3.0, 300.0]), np.array([0.5, 0.1])
    found = mixtures._count_paths(levels, mean, variation)
    size = variation**-2.0
    expected = scipy.stats.nbinom.ppf(levels, size, size / (size + mean))
    assert np.abs(found - expected).max() <= 1 and found[:, 0].tolist() == expected[:, 0].tolist()


def test_a_member_that_walks_alone_is_drawn_with_its_own_steps():
    """Shocks of one deviation, each year's in turn, beside a drift of one."""
    latent, stretch = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 1.0, 1.0]]), np.array([1.0, 2.0])
    found = mixtures._paths(drifting(), 0, latent, stretch)
    assert found.tolist() == [
        pytest.approx([1 + 0.7, 2 + 1.0, 3 + 1.3]),
        pytest.approx([1 + 0.2, 2 + 0.4, 3 + 0.6]),
    ]


def test_the_last_shock_leads_to_the_end():
    assert mixtures._shock(drifting(), 0, 4.0, np.array([1.0, 2.0]), None).tolist() == pytest.approx(
        [1.0, 2.0]
    )
    count = drifting(family="count", integer=True, location=(1.0, 1.5, 2.0))
    spread = count.spread[0, 0, 2]
    low, high = mixtures.count_cdf(np.array([6.0, 7.0]), np.exp(2.0), spread)
    found = mixtures._shock(count, 0, 7.0, np.ones(2), np.array([0.25, 1.0]))
    assert found.tolist() == pytest.approx(
        (spread * scipy.stats.norm.ppf([low + 0.25 * (high - low), high])).tolist()
    )


def test_paths_to_an_end_stretch_by_their_surprise():
    """Six degrees and a surprise of two spreads stretch by the root of (6 + 4) / 7."""
    mixture = dataclasses.replace(drifting(doubt=0.0), spread=0.4 * np.sqrt(np.arange(1.0, 4))[None, None])
    end = 3.0 + 2 * 0.4 * np.sqrt(3)
    drawn = mixtures.paths(mixture, 40_000, np.random.default_rng(1), end=end)[:, 0]
    assert drawn.mean() == pytest.approx(1 + (end - 3) / 3, abs=0.01)
    variance = 0.16 * (1 - 1 / 3) * (6 + 4) / (7 - 2)  # of a t with one degree more
    assert drawn.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize(("level", "count"), [(0.9, 185), (0.5, 55)])
def test_a_pools_count_is_exact_beyond_where_its_members_are_approximate(level, count):
    """One chance in 81 to end: n is reached with 1 - (80/81)^(n+1), a half at 55.8 trials, .9 at 185.4."""
    one, member = np.ones((1, 1)), (np.full((1, 1, 1), np.log(80.0)), np.ones((1, 1, 1)), np.zeros((1, 1, 1)))
    made = mixtures.Mixture(("count",), one, *member, one, np.zeros(1), integer=True)
    assert mixtures.quantile(made, [level]).item() == count


def test_paths_are_of_the_first_series():
    first = pool()
    both = mixtures.stacked(
        [first, dataclasses.replace(first, location=first.location + 9, spread=first.spread * 3)]
    )
    drawn = [mixtures.paths(one, 50, np.random.default_rng(3)).tolist() for one in (first, both)]
    assert drawn[0] == drawn[1]


def test_equal_points_stand_in_their_order_on_every_processor():
    """Of counts most points are equal; which of them comes first decides what lies between two of them."""
    rng = np.random.default_rng(8)
    points = rng.integers(0, 12, (3, 300)).astype(float)
    mass, levels = rng.random((3, 300)), np.linspace(0.01, 0.99, 40)
    expected = []
    for row, weight in zip(points.tolist(), mass.tolist(), strict=True):
        order = sorted(range(300), key=row.__getitem__)
        parts = [weight[place] for place in order]
        middle = [(sum(parts[:k]) + parts[k] / 2) / sum(parts) for k in range(300)]
        expected.append(np.interp(levels, middle, [row[place] for place in order]))
    assert mixtures._weighted_quantile(points, mass, levels) == pytest.approx(np.array(expected), abs=1e-9)
