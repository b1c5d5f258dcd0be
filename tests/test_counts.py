"""Exact counts: closed forms against simulation and against each other."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import counts

DRAWS = 200_000
CLOSE = 0.005  # four standard errors of a simulated probability


@pytest.mark.parametrize("chance", [0.0, 1e-6, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("size", [0, 1, 7, 400, 20_000])
def test_binomial_is_scipys(size, chance):
    count = np.unique(np.linspace(0, size + 3, 50).round())
    expected = stats.binom.pmf(count, size, chance)
    np.testing.assert_allclose(counts.binomial(count, size, chance), expected, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("chance", [1e-4, 0.2, 0.9, 1 - 1e-9])
@pytest.mark.parametrize("size", [0.5, 3.0, 1e4])
def test_negative_binomial_is_scipys(size, chance):
    count = np.array([0.0, 1, 5, 80, 5000])
    expected = stats.nbinom.logpmf(count, size, chance)
    np.testing.assert_allclose(counts.log_negative_binomial(count, size, chance), expected, rtol=1e-9)


@pytest.mark.parametrize(("shape", "rate"), [(0.5, 0.1), (12.0, 1.5), (300.0, 0.04), (5.0, 1e9)])
def test_a_yearly_count_is_scipys_up_to_its_negligible_tail(shape, rate):
    made, chance = counts.negative_binomial(shape, rate), rate / (rate + 1)
    np.testing.assert_allclose(made, stats.nbinom.pmf(np.arange(len(made)), shape, chance), rtol=1e-8)
    beyond = stats.nbinom.sf([len(made) - 2, len(made) - 1], shape, chance)
    assert beyond[1] < 2 * counts.ENOUGH and (len(made) == 1 or beyond[0] > counts.ENOUGH / 2)


@pytest.mark.parametrize(("goal", "seen", "share"), [(10, 5, 0.5), (10.5, 0, 0.0), (300, 20, 0.9)])
def test_poisson_gamma_is_scipys_negative_binomial(goal, seen, share):
    expected = stats.nbinom.sf(np.ceil(goal) - seen - 1, 4.5 + seen, (0.3 + share) / 1.3)
    assert counts.poisson_gamma(goal, seen, share, 4.5, 0.3) == pytest.approx(expected, rel=1e-10)


def test_poisson_gamma_against_simulation():
    rng = np.random.default_rng(1)
    rate = rng.gamma(6, 1 / 0.5, DRAWS)
    seen, later = rng.poisson(rate * 0.4), rng.poisson(rate * 0.6)
    alike = seen == 5
    simulated = np.mean(5 + later[alike] >= 12)
    assert counts.poisson_gamma(12, 5, 0.4, 6, 0.5) == pytest.approx(simulated, abs=0.015)


def test_exactly_on_pace_is_about_even():
    assert 0.50 <= counts.poisson_gamma(10, 5, 0.5, 10, 1) <= 0.57
    assert 0.50 <= counts.poisson_gamma(10, 5, 0.5, 0.5, 0) <= 0.57


@given(
    shape=st.floats(0.6, 40),
    rate=st.floats(0.1, 3),
    seen=st.integers(0, 30),
    share=st.floats(0.05, 0.95),
    goal=st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_thinning_a_negative_binomial_is_the_poisson_gamma_answer(shape, rate, seen, share, goal):
    assume(stats.nbinom.sf(seen - 1, shape, rate / (rate + share)) > 1e-6)  # not beyond all belief
    total = counts.after_seeing(counts.negative_binomial(shape, rate), seen, share)
    expected = counts.poisson_gamma(goal, seen, share, shape, rate)
    assert total[goal:].sum() == pytest.approx(expected, abs=1e-6)


def test_a_year_that_is_over_or_a_goal_that_is_reached_is_certain():
    assert counts.poisson_gamma(10, 9, 1.0, 5, 1) == 0.0
    assert counts.poisson_gamma(10, 10, 0.2, 5, 1) == 1.0


def test_nothing_known_is_refused():
    with pytest.raises(ValueError, match="nothing is known"):
        counts.poisson_gamma(10, 0, 0.0, 0.5, 0.0)


def test_a_batch_calendar_against_simulation():
    """Approvals come in April and November only, one to three: by June a quarter of the year is done."""
    share = counts.share_by(6, {4: 1, 11: 3})
    assert (share, counts.share_by(6, {}), counts.share_by(3, {4: 1, 11: 3})) == (0.25, 0.5, 0)
    rng = np.random.default_rng(2)
    rate = rng.gamma(4, 1 / 0.2, DRAWS)
    april, november = rng.poisson(rate * 0.25), rng.poisson(rate * 0.75)
    simulated = np.mean(april[april == 4] + november[april == 4] >= 15)
    total = counts.after_seeing(counts.negative_binomial(4, 0.2), 4, share)
    assert total[15:].sum() == pytest.approx(simulated, abs=0.015)
    by_month = counts.after_seeing(counts.negative_binomial(4, 0.2), 4, 0.5)
    assert (
        by_month[15:].sum() < total[15:].sum() - 0.2
    )  # an even calendar would mistake the batch for being late


def test_poisson_binomial_is_binomial_for_equal_chances_and_convolution_else():
    assert counts.poisson_binomial(np.full(7, 0.3)) == pytest.approx(stats.binom.pmf(np.arange(8), 7, 0.3))
    many = np.repeat([0.25, 1.0], [9_000, 20])
    assert counts.poisson_binomial(many)[20:] == pytest.approx(stats.binom.pmf(np.arange(9_001), 9_000, 0.25))
    mixed = np.convolve(stats.binom.pmf(np.arange(4), 3, 0.2), stats.binom.pmf(np.arange(6), 5, 0.9))
    assert counts.poisson_binomial(np.array([0.2] * 3 + [0.9] * 5)) == pytest.approx(mixed)


@pytest.mark.parametrize("others", [0.0, 0.4, 1.0])
def test_pending_applications_against_simulation(others):
    rng = np.random.default_rng(3)
    chances = np.array([0.2, 0.5, 0.5, 0.9])
    prior, seen, share = counts.negative_binomial(5, 0.5), 4, 0.5
    rate = rng.gamma(5 + seen, 1 / (0.5 + share), DRAWS)
    rest = rng.binomial(rng.poisson(rate * (1 - share)), others)
    simulated = seen + rest + (rng.random((DRAWS, 4)) < chances).sum(axis=1)
    total = counts.with_pending(counts.after_seeing(prior, seen, share), seen, chances, others)
    assert total.sum() == pytest.approx(1, abs=1e-6)
    for goal in (5, 7, 9):
        assert total[goal:].sum() == pytest.approx(np.mean(simulated >= goal), abs=CLOSE)


@given(pending=st.integers(1, 60), needed=st.integers(1, 60))
@settings(deadline=None)
def test_the_even_rate_makes_an_even_chance(pending, needed):
    rate = counts.even_rate(pending, needed)
    if needed > pending:
        assert rate is None
    else:
        assert stats.binom.sf(needed - 1, pending, rate) == pytest.approx(0.5)


def test_gamma_prior_takes_mean_and_overdispersion_from_the_past():
    rng = np.random.default_rng(4)
    shape, rate = counts.gamma_prior(rng.poisson(rng.gamma(3, 1 / 0.2, 5000)))
    assert shape / rate == pytest.approx(15, rel=0.05)
    assert rate == pytest.approx(0.2, rel=0.15)
    assert counts.gamma_prior(np.array([])) == (0.5, 0.0)
    assert counts.gamma_prior(np.array([5, 5, 5])) == (15.5, 3.0)  # steadier than Poisson: the years add up


@pytest.mark.parametrize(
    ("seen", "prior"),
    [  # mean m, variance v (n - 1), rate m / (v - m) but no more than n
        ([3, 9], (3.0, 0.5)), ([0, 2], (1.0, 1.0)), ([4], (1.0, 0.25)), ([3, 6], (9.5, 2.0)),
        ([1, 2, 6], (2.25, 0.75)), ([0, 0, 4], (4 / 9, 1 / 3)),
    ],
)  # fmt: skip
def test_gamma_prior_by_hand(seen, prior):
    assert counts.gamma_prior(seen) == pytest.approx(prior)


@given(chances=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8), correlation=st.floats(0.0, 0.9))
@settings(max_examples=50, deadline=None)
def test_a_common_shock_keeps_the_expected_number_and_raises_the_extremes(chances, correlation):
    chances = np.array(chances)
    alone, together = counts.poisson_binomial(chances), counts.common_shock(chances, correlation)
    number = np.arange(len(chances) + 1)
    assert together.sum() == pytest.approx(1, abs=1e-6)
    assert together @ number == pytest.approx(chances.sum(), abs=1e-4)
    assert alone[-1] - 1e-6 <= together[-1] <= chances.min() + 1e-6


def test_a_common_shock_against_simulation():
    rng = np.random.default_rng(5)
    chances = np.array([0.3, 0.6, 0.9])
    shock, own = rng.standard_normal((DRAWS, 1)), rng.standard_normal((DRAWS, 3))
    met = np.sqrt(0.3) * shock + np.sqrt(0.7) * own <= stats.norm.ppf(chances)
    simulated = np.bincount(met.sum(axis=1), minlength=4) / DRAWS
    assert counts.common_shock(chances, 0.3) == pytest.approx(simulated, abs=CLOSE)
    certain = counts.common_shock(np.array([0.0, 1.0, 0.5]), 0.3)
    assert certain == pytest.approx([0, 0.5, 0.5, 0], abs=1e-9)


def test_quantile_is_the_smallest_count_that_reaches_the_level():
    pmf = stats.binom.pmf(np.arange(21), 20, 0.4)
    levels = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
    assert counts.quantile(pmf, levels).tolist() == stats.binom.ppf(levels, 20, 0.4).tolist()
    assert counts.quantile([0.5, 0.3, 0.1], [0.05, 0.5, 0.81, 1.0]).tolist() == [0, 0, 2, 2]


# ---------------------------------------------------------------------------------------- boundaries, by hand


@pytest.mark.parametrize(
    ("goal", "seen", "share", "p"),
    [
        (5, 5, 0.5, 1.0),
        (5, 6, 1.0, 1.0),
        (5, 4, 1.0, 0.0),
        (5, 4, 1.5, 0.0),
        (1, 0, 0.5, 0.25),
        (2, 0, 0.5, 0.0625),
        (1.5, 0, 0.5, 0.0625),
        (3, 2, 0.5, 1 - 0.75**3),
    ],
)
def test_what_is_still_to_come_by_hand(goal, seen, share, p):
    """A rate Gamma(1, 1), half a year to go: none more comes with .75 to the power of one and those seen."""
    assert counts.poisson_gamma(goal, seen, share, 1.0, 1.0) == pytest.approx(p, abs=1e-15)


def test_a_year_or_a_prior_alone_is_enough_to_know_a_rate():
    assert counts.poisson_gamma(1, 0, 0.5, 1.0, 0.0) == pytest.approx(0.5)
    assert counts.poisson_gamma(1, 0, 0.0, 1.0, 1.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("pmf", "seen", "share", "expected"),
    [([0.2, 0.3, 0.5], 1, 0.5, [0, 0.375, 0.625]), ([0.2, 0.3, 0.5], 0, 0.0, [0.2, 0.3, 0.5]),
     ([0.2, 0.3, 0.5], 0, -0.1, [0.2, 0.3, 0.5]), ([0.2, 0.3, 0.5], 1, 0.0, [0, 0.375, 0.625]),
     ([0.2, 0.3, 0.5], 2, 1.0, [0, 0, 1]), ([0.2, 0.3, 0.5], 1, 1.5, [0, 1, 0]),
     ([0.2, 0.8], 3, 0.5, [0, 0, 0, 1]), ([0.0, 0.5, 0.5], 0, 1.0, [1, 0, 0])],
)  # fmt: skip
def test_what_is_seen_thins_what_was_believed(pmf, seen, share, expected):
    assert counts.after_seeing(np.array(pmf), seen, share) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, [1]), (-0.5, [1]), (0.5, [0.525, 0.35, 0.125]), (1.0, [0.3, 0.2, 0.5])]
)
def test_each_of_a_count_stays_with_its_share(share, expected):
    assert counts.thinned(np.array([0.3, 0.2, 0.5]), share) == pytest.approx(expected)


def test_applications_come_on_top_of_what_is_seen_and_of_others():
    total = np.array([0, 0, 0.4, 0.6])  # two seen, with an even chance or more of a third
    alone = counts.with_pending(total, 2, np.array([0.5]), 0.0)
    assert alone == pytest.approx([0, 0, 0.5, 0.5])
    both = counts.with_pending(total, 2, np.array([0.5]), 1.0)
    assert both == pytest.approx([0, 0, 0.2, 0.5, 0.3])
    assert counts.with_pending(total, 2, np.array([]), 0.5) == pytest.approx([0, 0, 0.7, 0.3])


@pytest.mark.parametrize(
    ("pending", "needed", "rate"),
    [(1, 1, 0.5), (2, 2, 0.5**0.5), (2, 1, 1 - 0.5**0.5), (3, 0, None), (2, 3, None)],
)
def test_the_even_rate_by_hand(pending, needed, rate):
    assert counts.even_rate(pending, needed) == (rate and pytest.approx(rate))


def test_a_level_reached_but_for_rounding_is_reached():
    assert 0.7 + 0.1 < 0.8
    assert counts.quantile([0.7, 0.1, 0.2], [0.8, 0.8 + 1e-9]).tolist() == [1, 2]


@pytest.mark.parametrize("correlation", [0.2, 0.5, 0.9])
def test_two_even_chances_under_a_common_shock_have_sheppards_formula(correlation):
    both = 0.25 + np.arcsin(correlation) / (2 * np.pi)
    found = counts.common_shock([0.5, 0.5], correlation)
    assert found == pytest.approx([both, 1 - 2 * both, both], abs=2e-3)
    assert counts.common_shock([0.3], correlation) == pytest.approx([0.7, 0.3])
    assert counts.common_shock([0.5, 0.5], 0.0).tolist() == [0.25, 0.5, 0.25]


def test_the_months_share_counts_its_own_batch():
    assert counts.share_by(4, {4: 1, 11: 3}) == 0.25 and counts.share_by(3, {4: 1, 11: 3}) == 0
    assert counts.share_by(12, {4: 1, 11: 3}) == 1 and counts.share_by(3, {}) == 0.25


def test_the_rates_of_one_years_prior_deviate_as_much_as_their_mean():
    assert counts.gamma_prior([10]) == pytest.approx((1.0, 0.1))
    assert counts.gamma_prior([0]) == pytest.approx((0.5, 1.0))  # mean one half, less spread than a Poisson's
    assert counts.gamma_prior([0, 0]) == pytest.approx((0.5, 2.0))


def test_a_count_that_has_no_end_is_cut_at_the_largest_total():
    assert len(counts.negative_binomial(1.0, 1e-6)) == counts.LARGEST + 1


def test_counts_of_a_large_province_are_not_cut_off():
    pmf = counts.negative_binomial(400.0, 400 / 27_000)
    assert (np.arange(len(pmf)) @ pmf, pmf.sum()) == (pytest.approx(27_000, rel=1e-6), pytest.approx(1))
    small = counts.negative_binomial(0.5, 0.01)
    assert small == pytest.approx(stats.nbinom.pmf(np.arange(len(small)), 0.5, 0.01 / 1.01), abs=1e-15)
    assert stats.nbinom.sf(len(small), 0.5, 0.01 / 1.01) < 1e-15


def test_thinning_of_many_is_near_that_of_few():
    pmf = stats.poisson.pmf(np.arange(6_000), 5_000)
    kept = counts.thinned(pmf, 0.5)
    assert np.arange(len(kept)) @ kept == pytest.approx(2_500, rel=1e-3) and kept.sum() == pytest.approx(1)
