import warnings

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from analysis import mixtures, models, panel, scores


def walks(series, years, seed, drift=0.03, deviation=0.08):
    """Random walks on the log scale whose drifts and deviations differ as the method believes they do."""
    rng = np.random.default_rng(seed)
    deviations = deviation * np.sqrt(8 / rng.chisquare(8, (series, 1)))
    drifts = deviations * rng.normal(drift / deviation, 0.3, (series, 1))
    steps = drifts + deviations * rng.normal(size=(series, years))
    return np.exp(rng.normal(0, 0.5, (series, 1)) + np.cumsum(steps, axis=1))


def group_of(value, **settings):
    usable = np.zeros(value.shape, bool)
    usable[:, 1:] = np.isfinite(value[:, 1:]) & np.isfinite(value[:, :-1])
    return models.Group(value, usable, **settings)


# -------------------------------------------------------------------------------------------- second opinions


def test_trigamma_inverse_inverts():
    for value in (0.02, 0.5, 3.0, 40.0):
        assert scipy.special.polygamma(1, models.trigamma_inverse(value)) == pytest.approx(value, rel=1e-7)


def test_variances_are_shrunk_towards_the_groups_as_their_prior_demands():
    rng = np.random.default_rng(4)
    truth = 0.05 * 10 / rng.chisquare(10, 4000)
    seen = truth * rng.chisquare(7, 4000) / 7
    pooled, total = models.posterior_variance(seen, np.full(4000, 7.0))
    np.testing.assert_allclose(total, 17, rtol=0.1)
    np.testing.assert_allclose(pooled, (10 * 0.05 + 7 * seen) / 17, rtol=0.1)


def test_two_variances_are_too_few_for_a_prior_of_the_group_and_the_stated_one_is_broad():
    seen, dof = np.array([0.005, 0.4, 0.0]) ** 2, np.array([11.0, 11.0, 0.0])
    pooled, total = models.posterior_variance(seen, dof)
    np.testing.assert_allclose(np.sqrt(pooled[:2]), [0.005, 0.4], rtol=0.12)
    draws = np.log(pooled[2] * total[2] / np.random.default_rng(1).chisquare(total[2], 100_000)) / 2
    assert draws.mean() == pytest.approx(np.log(models.PRIOR_DEVIATION), abs=0.02)
    assert draws.std() == pytest.approx(models.PRIOR_BREADTH, abs=0.02)


def test_one_variance_near_nothing_does_not_loosen_the_groups():
    seen = 0.04 * np.random.default_rng(2).chisquare(7, 50) / 7
    usual = models.posterior_variance(seen, np.full(50, 7.0))
    odd = models.posterior_variance(np.append(seen, 1e-12), np.full(51, 7.0))
    np.testing.assert_allclose(odd[0][:50], usual[0], rtol=0.3)


def test_drift_is_the_normal_posterior_calculated_by_hand():
    unit, count = np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 5.0, 5.0, 5.0])
    mean, variance = models.pooled_drift(unit, count, models.group_drifts(unit, count, np.array([1.5, 1.5])))
    ratio = np.var(unit, ddof=1) - 1 / 5
    own = 5 / (1 / ratio + 5)
    np.testing.assert_allclose(mean, own * unit + (1 - own) * 1.5)
    np.testing.assert_allclose(variance, 1 / (1 / ratio + 5))


def test_without_a_history_the_drift_is_the_groups():
    unit, count = np.array([1.0, 1.1, 0.9, 0.0]), np.array([9.0, 9, 9, 0])
    mean, variance = models.pooled_drift(unit, count, models.group_drifts(unit, count, np.ones(3)))
    assert mean[3] == pytest.approx(1.0)
    assert variance[3] > variance[0]


def test_a_common_drift_is_believed_as_far_as_the_years_agree():
    unit, count = np.array([0.4, 0.5, 0.6, 0.5]), np.full(4, 4.0)
    steady = models.group_drifts(unit, count, np.array([0.45, 0.55, 0.5, 0.5]))
    shaky = models.group_drifts(unit, count, np.array([3.5, -2.5, 2.5, -1.5]))
    assert shaky.belief < 0.2 < 0.7 < steady.belief < 0.25 / (0.25 + models.TURNING)
    assert models.group_drifts(unit[:2], count[:2], np.zeros(0)).belief == 0  # nobody lends strength
    yearly = np.array([3.5, -2.5, 2.5, -1.5])  # its mean is as uncertain as that of four years, not of one
    assert shaky.doubt == pytest.approx(np.var(yearly, ddof=1) / 4)
    assert models.group_drifts(unit, count, yearly[:1]).doubt == 1  # one year tells nothing of the next


def test_ridge_without_prior_years_is_statsmodels_least_squares(monkeypatch):
    from statsmodels.regression.linear_model import OLS

    monkeypatch.setattr(models, "YEARS_OF_PRIOR", 0.0)
    group = group_of(walks(200, 12, 5), history=8, lower=0.0)
    made = models.slopes(group, 9, "identity", (1,))[0]
    told = [models.summary(group, origin, "identity") for origin in range(2, 9)]
    signals = np.concatenate([one.signals for one in told])
    outcome = np.concatenate(
        [(group.value[:, p + 1] - one.last) / one.deviation for p, one in enumerate(told, 2)]
    )
    fitted = OLS(np.clip(outcome, -4, 4), signals).fit()
    np.testing.assert_allclose(made, fitted.params, rtol=1e-5)


def test_smoothed_level_is_statsmodels():
    from statsmodels.tsa.api import SimpleExpSmoothing

    history = np.array([3.0, 4.0, 3.5, 5.0, 4.4])
    fitted = SimpleExpSmoothing(history, initialization_method="known", initial_level=3.0).fit(
        smoothing_level=0.5, optimized=False
    )
    usable = np.ones((1, 5), bool)
    assert models.smoothed(history[None], usable)[0] == pytest.approx(fitted.level[-1])


def test_pool_weights_are_those_of_a_general_optimiser():
    rng = np.random.default_rng(6)
    for _ in range(20):
        points = rng.normal(size=(5, 3)) + rng.normal(size=(5, 1))
        spread = np.linalg.norm(points[:, None] - points[None], axis=2)  # energy distances: the real case
        distance = rng.uniform(0.5, 2, 5)

        def loss(w, spread=spread, distance=distance):
            return w @ distance - w @ spread @ w / 2 + 0.1 * np.sum((w - 0.2) ** 2)

        made = models.pool_weights(distance, spread, 0.1)
        found = scipy.optimize.minimize(
            loss,
            np.full(5, 0.2),
            bounds=[(0, 1)] * 5,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        )
        assert made.min() >= 0 and made.sum() == pytest.approx(1)
        assert loss(made) <= found.fun + 1e-8


def test_energy_distances_equal_all_pairs():
    points, worth = np.random.default_rng(7).normal(size=(4, 3, 5)), np.array([1.0, 2.0, 0.5, 1.0])
    pairs = np.abs(points[:, :, None, :, None] - points[:, None, :, None, :]).mean(axis=(3, 4))
    np.testing.assert_allclose(models._between(points, worth), np.einsum("n,njk->jk", worth, pairs))


def test_outlying_changes_are_drawn_in_and_others_left():
    change = np.array([[0.1, 0.2, 0.0, 0.1, 9.0], [0.1, 0.1, 0.2, 0.0, np.nan]])
    made = models.drawn_in(change)
    assert made[0, 4] < 1 and np.array_equal(made[0, :4], change[0, :4])
    np.testing.assert_array_equal(made[1], change[1])


# ------------------------------------------------------------------------------------ properties of the whole


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_coverage_of_data_from_the_model_is_nominal(seed):
    value = walks(500, 12, seed)
    group = group_of(value, history=8, lower=0.0)
    ends = mixtures.quick_quantile(models.fit(group, 9, (1, 2)), [0.025, 0.1, 0.9, 0.975])
    for h in (0, 1):
        low95, low80, high80, high95 = ends[:, h].T
        seen = value[:, 10 + h]
        # 500 series: Monte-Carlo error 0.018 and 0.010; two years of lessons may be off by as much again
        assert np.mean((low80 <= seen) & (seen <= high80)) == pytest.approx(0.80, abs=0.055)
        assert 0.92 < np.mean((low95 <= seen) & (seen <= high95)) < 0.99  # members have heavy tails


def test_coverage_of_counts_from_the_model_is_nominal():
    rng = np.random.default_rng(8)
    value = rng.poisson(20 * walks(600, 12, 8)).astype(float)
    group = group_of(value, history=8, lower=0.0, integer=True)
    mixture = models.fit(group, 9, (1, 2))
    seen = np.stack([value[:, 10], value[:, 11]], axis=1)[:, :, None]
    upto, below = mixtures.cdf(mixture, seen), mixtures.cdf(mixture, seen - 1)
    pit = (below + rng.uniform(size=upto.shape) * (upto - below)).ravel()
    assert np.mean((pit > 0.1) & (pit < 0.9)) == pytest.approx(0.80, abs=0.05)
    assert scipy.stats.kstest(pit, "uniform").statistic < 0.1


def test_nothing_later_reaches_a_forecast():
    value = walks(40, 14, 9)
    later = value.copy()
    later[:, 10:] = later[:, 10:] ** 2 + 7
    first = models.fit(group_of(value, history=8), 9, (1, 2, 3))
    second = models.fit(group_of(later, history=8), 9, (1, 2, 3))
    for name in ("weight", "location", "spread", "dof", "offset"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_short_series_are_forecast_better_with_a_group_than_alone():
    value = walks(120, 11, 10)
    value[:60, :7] = np.nan
    levels = np.arange(0.05, 1, 0.1)

    def loss(group):
        made = mixtures.quick_quantile(models.fit(group, 9, (1,)), levels)[:60, 0]
        return np.mean(scores.crps(levels, made, value[:60, 10]))

    alone = group_of(value, teaches=np.zeros(120, bool))
    assert loss(group_of(value)) < 0.95 * loss(alone)


def test_a_series_held_to_move_more_has_a_wider_forecast_and_the_same_drift():
    value = walks(30, 10, 11)
    value[0, :9] = np.nan
    factor = np.ones(30)
    factor[0] = 2.0
    plain = models.fit(group_of(value), 9, (1,)).one(0)
    wide = models.fit(group_of(value, prior_factor=factor), 9, (1,)).one(0)
    np.testing.assert_allclose(wide.spread / plain.spread, 2.0, rtol=0.1)
    np.testing.assert_allclose(wide.location, plain.location, rtol=0.05)


def test_a_series_that_does_not_teach_changes_no_other():
    value = walks(12, 10, 14)
    wild = np.vstack([value, np.exp(np.cumsum(np.random.default_rng(3).normal(1, 2, 10)))])
    teaches = np.arange(13) < 12
    alone = models.fit(group_of(value), 9, (1, 2))
    beside = models.fit(group_of(wild, teaches=teaches), 9, (1, 2))
    disturbed = models.fit(group_of(wild), 9, (1, 2))
    for part in ("location", "spread", "weight", "dof"):
        np.testing.assert_allclose(getattr(beside, part)[:12], getattr(alone, part), rtol=1e-12)
    assert not np.allclose(disturbed.spread[:12], alone.spread, rtol=1e-3)


def test_a_break_is_neither_drift_nor_volatility():
    value = walks(20, 10, 12)
    broken = value.copy()
    broken[:, 5:] *= 1.3
    group = group_of(broken)
    group.span[:, 5] = False
    usual = models.summary(group_of(value), 9, "log")
    made = models.summary(group, 9, "log")
    np.testing.assert_allclose(made.drift, usual.drift, atol=0.5)
    np.testing.assert_allclose(np.median(made.deviation / usual.deviation), 1, atol=0.15)


def with_gaps(value, rows, columns):
    """The walks with years missing: the changes over the gaps used, and not used."""
    gappy = value.copy()
    gappy[np.ix_(rows, columns)] = np.nan
    before = np.append(np.full((len(value), 1), np.nan), gappy[:, :-1], axis=1)
    span = panel.spans(gappy, before, np.zeros(value.shape))
    return models.Group(gappy, span), models.Group(gappy, np.where(span == 1, 1, 0))


def test_a_change_over_a_gap_counts_once_and_drifts_for_all_its_years():
    value = walks(20, 10, 12)
    used, unused = with_gaps(value, range(5), [2, 3, 6])
    log = np.log(value + models.sizes(used, 9)[2][:, None])
    for told, changes in ((models.summary(used, 9, "log"), 6), (models.summary(unused, 9, "log"), 4)):
        assert told.count[:5].tolist() == [changes] * 5 and told.count[5:].tolist() == [9] * 15
    made, mean = models.yearly_changes(log[:5], used.span[:5])
    np.testing.assert_allclose(made.mean(axis=1), (log[:5, 9] - log[:5, 0]) / 9)
    assert mean.tolist() == [6] * 5 and np.all(np.ptp(made[:, 1:4], axis=1) < 1e-12)


def test_what_lies_behind_a_gap_tells_nothing_before_it():
    value = walks(20, 10, 12)
    used, unused = with_gaps(value, range(5), [2, 3, 6])
    other = with_gaps(np.where(np.arange(10) >= 7, 2 * value, value), range(5), [2, 3, 6])[0]
    for column in (5, 6):
        now, then = (models.summary(group, column, "log") for group in (used, other))
        np.testing.assert_array_equal(now.drift, then.drift)
    assert not np.allclose(models.summary(used, 9, "log").drift, models.summary(other, 9, "log").drift)
    assert models.known_tasks(used, 5, 1).tolist() == models.known_tasks(unused, 5, 1).tolist()  # no outcomes


def test_every_other_year_of_all_series_keeps_their_drift():
    """Walks of 8 % a year, seen every other year: without the gaps' changes the forecast stays."""
    value = walks(30, 13, 5, drift=0.08, deviation=0.03)
    used, unused = with_gaps(value, range(30), range(1, 13, 2))
    risen = [
        np.log(mixtures.quick_quantile(models.fit(group, 12, (1,)), [0.5])[:, 0, 0] / value[:, 12])
        for group in (used, unused)
    ]
    assert np.median(risen[0]) == pytest.approx(0.08, abs=0.02) and np.median(np.abs(risen[1])) < 0.01


@pytest.mark.parametrize(("years", "scale"), [(1, 1 / 2), (3, 1 / (1 / 3 + 1))])
def test_a_single_change_over_a_gap_is_a_mean_of_so_many_shocks(years, scale, monkeypatch):
    """Drift and shock in one change m: its square is that of a yearly shock times 1 / years + 1."""
    value = np.full((1, 4), np.nan)
    value[0, 3 - years], value[0, 3] = 100.0, 100.0 * 1.1**years
    span = np.zeros((1, 4), int)
    span[0, 3] = years
    told = []
    monkeypatch.setattr(models, "_deviation", lambda *given: told.append(given) or (np.ones(1), np.ones(1)))
    models._summary(models.Group(value, span), 3, "identity")
    ((_, square, dof, _),) = told
    assert dof == 1
    assert square * np.nanmean(value) ** 2 == pytest.approx(((value[0, 3] - 100) / years) ** 2 * scale)


def test_forecasts_scale_with_the_unit():
    value = walks(12, 10, 13)
    small = mixtures.quick_quantile(models.fit(group_of(value, lower=0.0), 9, (1, 2)), [0.1, 0.5, 0.9])
    large = mixtures.quick_quantile(models.fit(group_of(1e6 * value, lower=0.0), 9, (1, 2)), [0.1, 0.5, 0.9])
    np.testing.assert_allclose(large, 1e6 * small, rtol=1e-6)


def test_long_horizons_neither_explode_nor_collapse():
    group = group_of(walks(30, 14, 14), history=8, lower=0.0)
    made = mixtures.quick_quantile(models.fit(group, 13, range(1, 7)), [0.1, 0.5, 0.9])
    width = (made[:, :, 2] - made[:, :, 0]) / group.value[:, 13:14]
    assert np.all(np.diff(width, axis=1) > 0) and np.median(width[:, 5] / width[:, 0]) < 6


@pytest.mark.parametrize("factor", [1 / 30, 1e6])
@pytest.mark.parametrize("kind", ["amount", "ratio", "signed"])
@pytest.mark.parametrize("seed", range(4))
def test_no_forecast_depends_on_how_large_the_lenders_are(factor, kind, seed):
    rng = np.random.default_rng(seed)
    value = walks(rng.integers(1, 9), rng.integers(4, 14), seed) * (1 if kind == "ratio" else 300)
    value = value - 400 if kind == "signed" else value
    value[rng.uniform(size=value.shape) < 0.1] = np.nan
    value[:, -1] = np.where(np.isfinite(value[:, -1]), value[:, -1], 1.0)
    scale = np.ones(len(value))
    scale[rng.integers(len(value))] = factor
    lower = -np.inf if kind == "signed" else 0.0

    def forecasts(value):
        mixture = models.fit(group_of(value, history=8, lower=lower), value.shape[1] - 1, (1, 3))
        return mixtures.quick_quantile(mixture, [0.025, 0.1, 0.5, 0.9, 0.975])

    made = forecasts(value * scale[:, None]) / scale[:, None, None]
    np.testing.assert_allclose(made, forecasts(value), rtol=1e-6, atol=1e-9)


def test_large_counts_lend_to_large_counts_whatever_their_size():
    """A Poisson floor is as wide as its count is small; far above it only relative changes count."""
    value = np.round(1e6 * walks(8, 10, 3))
    larger = value.copy()
    larger[0] *= 30

    def forecasts(value):
        group = group_of(value, integer=True, lower=0.0)
        return mixtures.quick_quantile(models.fit(group, 9, (1, 3)), [0.1, 0.5, 0.9])

    plain, made = forecasts(value), forecasts(larger)
    made[0] /= 30
    np.testing.assert_allclose(made, plain, rtol=0.005)


@pytest.mark.parametrize("deviation", [0.005, 0.02, 0.1, 0.4])
@pytest.mark.parametrize("years", [8, 12])
def test_single_series_are_covered_whatever_they_move(deviation, years):
    value = 50 * np.exp(
        np.cumsum(deviation * np.random.default_rng(5).normal(size=(1500, years + 2)), axis=1)
    )
    alone = group_of(value[:, :years], lower=0.0, teaches=np.zeros(1500, bool))
    low, high = np.moveaxis(mixtures.quick_quantile(models.fit(alone, years - 1, (1, 2)), [0.1, 0.9]), 2, 0)
    seen = value[:, years:]
    held = np.mean((low <= seen) & (seen <= high), axis=0)
    assert np.all(held > 0.69) and np.all(held < 0.88)  # Monte-Carlo error 0.01


SHAPES = {
    "one series": np.array([[3.0, 4.0, 3.0, 5.0, 6.0, 5.5, 7.0, 6.0, 6.5, 7.5]]),
    "one value": np.array([[np.nan, np.nan, 13.0]]),
    "two values": np.array([[np.nan, 12.0, 13.0]]),
    "constant": np.full((3, 9), 4.0),
    "zeros": np.zeros((3, 9)),
    "gaps": np.array([[1.0, np.nan, 2.0, 3.0, np.nan, np.nan, 4.0, 4.5, 5.0]] * 2),
    "huge": 1e15 * np.array([[1.0, 1.2, 1.1, 1.3, 1.5, 1.4]] * 3),
    "tiny": 1e-12 * np.array([[1.0, 1.2, 1.1, 1.3, 1.5, 1.4]] * 3),
    "negative": np.array([[-1.0, 2.0, -3.0, 1.0, 0.5, -2.0, 1.0]] * 2),
}


@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gets_ordered_finite_quantiles(name, integer):
    value = np.abs(np.round(SHAPES[name])) if integer else SHAPES[name]
    lower = -np.inf if np.nanmin(value) < 0 else 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mixture = models.fit(group_of(value, integer=integer, lower=lower), value.shape[1] - 1, (1, 2, 5))
        made = mixtures.quick_quantile(mixture, [0.01, 0.1, 0.5, 0.9, 0.99])
    assert np.all(np.isfinite(made)) and np.all(np.diff(made, axis=2) >= 0)
    assert made.min() >= lower


def test_a_single_count_gets_a_wide_forecast_around_it():
    group = group_of(np.array([[13.0]]), integer=True, lower=0.0)
    low, middle, high = mixtures.quantile(models.fit(group, 0, (1,)), [0.1, 0.5, 0.9])[0, 0]
    assert low <= 8 and 11 <= middle <= 14 and high >= 18


def test_a_count_has_the_variance_of_its_eighty_percent_interval():
    """Middle 100 and a t of 3 degrees of freedom, .05 wide: its 80 % reach 1.638 x .05, a normal's 1.282."""
    group = group_of(np.array([[100.0, 101.0]]), integer=True, lower=0.0)
    dof = models.summary(group, 1, "log").dof[0]
    at = [np.full((1, 3, 1), one) for one in (np.log(100.0 + models.sizes(group, 1)[2][0]), 0.2, 0.1)]
    mean, variation, doubt = (one.item(0) for one in models._as_counts(group, 1, slice(None), *at))
    wide = (
        (100 + models.sizes(group, 1)[2][0]) * 0.2 * scipy.stats.t.ppf(0.9, dof) / scipy.stats.norm.ppf(0.9)
    )
    assert variation == pytest.approx(np.sqrt(wide**2 - 100) / 100) and doubt == pytest.approx(variation / 2)
    found = scipy.stats.gamma(1 / variation**2, scale=np.exp(mean) * variation**2)
    assert found.median() == pytest.approx(100, rel=2e-3)


def test_a_lesson_is_the_sum_over_forecasts_made_one_by_one():
    group = group_of(walks(25, 12, 15), history=8, lower=0.0)
    distance, spread, inside, tasks = models.lesson(group, 8, 2)
    rows = models.known_tasks(group, 8, 2)
    outcome = group.value[rows, 10]
    points = mixtures.member_quantiles(models.members(group, 8, (2,), 1.0, rows), models.NODES)[:, :, 0]
    worth = 1 / models.sizes(group, 8)[1][rows]
    far = np.abs(points - outcome[:, None, None]).mean(axis=2)
    np.testing.assert_allclose(distance, worth @ far, rtol=0.01)
    np.testing.assert_allclose(spread, models._between(points, worth), rtol=0.01)
    for factor, held in zip(models.FACTORS, inside, strict=True):
        ends = mixtures.quantile(models.members(group, 8, (2,), factor, rows), [0.1, 0.9])[:, 0]
        assert held == pytest.approx(np.sum((ends[:, 0] < outcome) & (outcome < ends[:, 1])), abs=2)
    assert tasks == len(rows) == 25


@pytest.mark.parametrize("truth", [0.8, 1.25])
def test_the_spread_learned_is_the_one_that_would_have_held_eight_in_ten(truth, monkeypatch):
    group = group_of(walks(300, 16, 16), history=8, lower=0.0)
    monkeypatch.setattr(models, "YEARS_OF_TRUST", 0.0)
    usual = models.learned(group, 15, (1, 2))[1]
    made = models.members
    monkeypatch.setattr(models, "members", lambda *given: made(*given[:3], given[3] / truth, *given[4:]))
    group.memory.clear()
    np.testing.assert_allclose(models.learned(group, 15, (1, 2))[1] / usual, truth, rtol=0.05)


def test_a_count_on_the_end_of_an_interval_is_inside_in_part():
    points = np.repeat(np.arange(4.0), 5)[None, None, None]  # each of 0, 1, 2, 3 has a quarter
    inside = models._inside(np.repeat(points, 5, axis=1), np.array([0.0, 1.0, 3.0, 7.0, -1.0]))
    np.testing.assert_allclose(inside[0], [0.6, 1.0, 0.6, 0.0, 0.0])


# -------------------------------------------------------------------------- by hand, one step after the other


NONE = np.nan


def test_the_common_drift_is_believed_by_its_square_over_all_that_is_open():
    assert (
        models.Drifts(0.3, 0.05, 1.0).belief == pytest.approx(0.09 / (0.09 + 0.05 + 0.1))
        and models.Drifts().belief == 0
    )


def test_the_groups_drifts_are_moments_of_at_least_three_series():
    """Means .1, .2, .6 of two changes each: a variance of .07, less a half for two changes: the least."""
    unit, count = np.array([0.1, 0.2, 0.6, 9.0]), np.array([2.0, 2.0, 2.0, 1.0])
    found = models.group_drifts(unit, count, np.array([0.1, 0.3]))
    assert (found.centre, found.doubt, found.ratio) == (pytest.approx(0.3), pytest.approx(0.02 / 2), 0.01)
    many = models.group_drifts(unit, np.array([200.0, 200.0, 200.0, 1.0]), np.array([0.1]))
    assert (many.doubt, many.ratio) == (1.0, pytest.approx(0.07 - 1 / 200))
    single = models.group_drifts(unit[:3], np.array([2.0, 2.0, 1.0]), np.array([0.1, 0.3]))
    assert single.centre == pytest.approx(0.3)  # of single changes too, where fewer than three have two
    assert models.group_drifts(unit[:3], np.array([2.0, 1.0, 0.0]), np.array([0.1])) == models.Drifts()
    silent = np.array([True, True, True, False])
    assert models.group_drifts(unit, np.full(4, 2.0), np.array([0.1, 0.3]), silent).centre == pytest.approx(
        0.3
    )


def test_a_drift_is_the_mean_of_ones_own_and_the_groups_by_precision():
    drifts = models.Drifts(0.5, 0.2, 0.25)
    mean, variance = models.pooled_drift(
        np.array([1.0, 1.0, 0.0]), np.array([4.0, 4.0, 0.0]), drifts, np.array([1.0, 2.0, 2.0])
    )
    assert mean.tolist() == pytest.approx([0.5 * 1 + 0.5 * 0.5, 0.5 * 1 + 0.5 * 0.25, 0.25])
    assert variance.tolist() == pytest.approx([1 / 8 + 0.25 * 0.2, 1 / 8 + 0.25 * 0.2, 1 / 4 + 0.2])


def test_a_window_is_the_history_up_to_a_column_and_its_first_change_is_never_usable():
    group = group_of(np.arange(1.0, 7.0)[None], history=3)
    value, usable = models.window(group, 4)
    assert value.tolist() == [[3, 4, 5]] and usable.tolist() == [[False, True, True]]
    value, usable = models.window(group, 1)
    assert value.tolist() == [[1, 2]] and usable.tolist() == [[False, True]] and group.usable[0, 3]


def test_sizes_and_moves_by_hand():
    """Sizes 2 and 20, changes 1 and 4 relative .5 and .2: the usual is .35, counted as one change more."""
    group = group_of(np.array([[1.0, 2.0, 3.0], [18.0, 22.0, NONE], [NONE, 5.0, NONE], [NONE, NONE, NONE]]))
    size, move, offset, moved = models.sizes(group, 2)
    assert size.tolist() == [2, 20, 5, 2]
    assert move.tolist() == pytest.approx([(2 * 1 + 0.7) / 3, (4 + 7) / 2, 0.35 * 5, 0.35 * 2])
    assert moved.tolist() == [True, True, False, False] and offset.tolist() == pytest.approx(
        (2 * move).tolist()
    )
    counts = models.Group(np.array([[0.0, 0.0]]), np.array([[False, True]]), integer=True)
    size, move, offset, moved = models.sizes(counts, 1)
    assert (size.tolist(), move.tolist(), offset.tolist(), moved.tolist()) == (
        [1.0],
        [pytest.approx(0.025)],
        [1.0],
        [False],
    )
    below = models.sizes(group_of(np.array([[-3.0, 1.0, 2.0]])), 2)
    assert below[2].tolist() == pytest.approx([3.0 + 2 * below[1][0]])
    silent = models.sizes(group_of(np.array([[1.0, 2.0], [1.0, 9.0]]), teaches=np.array([True, False])), 1)
    assert silent[1].tolist() == pytest.approx([(1 + 1 / 1.5 * 1.5) / 2, (8 + 1 / 1.5 * 5) / 2])


def test_the_middle_of_a_row_leaves_out_what_is_unknown():
    array = np.array([[5.0, 1.0, NONE], [NONE, NONE, NONE], [3.0, 1.0, 2.0]])
    assert models._row_median(array, np.isfinite(array)).tolist() == [3.0, 0.0, 2.0]
    assert models._mean(array, np.isfinite(array)).tolist() == [3.0, 0.0, 2.0]
    assert models._median(np.array([]), 7.0) == 7.0 and models._median(np.array([1.0, 2.0, 9.0]), 7.0) == 2.0


def test_an_outlying_change_is_drawn_in_to_three_robust_deviations():
    """Deviations from 0: 1, 1, 0, 1, 99, of middle 1, in both series alike."""
    row = [-1.0, 1.0, 0.0, -1.0, 99.0]
    found = models.drawn_in(np.array([row, row]))
    assert found[0].tolist() == pytest.approx([-1, 1, 0, -1, 3 * 1.4826])
    low = models.drawn_in(-np.array([row, row]))
    assert low[0].tolist() == pytest.approx([1, -1, 0, 1, -3 * 1.4826])
    short = np.array([[0.0, 99.0]])
    assert models.drawn_in(short) is short
    same = np.array([[1.0, 1.0, 1.0, 5.0]])
    assert models.drawn_in(same).tolist() == same.tolist()  # no deviation: nothing to draw in to
    calm = np.zeros((1, 5))
    alone = models.drawn_in(np.array([row, calm[0]]), np.array([False, True]))
    assert alone[0, 4] == pytest.approx(3 * np.sqrt(1.4826**2 / 2))


def test_a_years_mean_is_of_those_known_in_it():
    unit = np.array([[1.0, NONE, 3.0], [3.0, NONE, NONE]])
    assert models._yearly(unit).tolist() == [2.0, 3.0]


def test_a_level_is_smoothed_by_halves_and_anew_after_a_break():
    z = np.array([[0.0, 2.0, 4.0, 8.0], [0.0, 2.0, 4.0, 8.0]])
    usable = np.array([[False, True, True, True], [False, True, False, True]])
    assert models.smoothed(z, usable).tolist() == [5.25, 6.0]


def test_what_the_past_can_teach_ends_at_the_column():
    assert (
        list(models._origins(5, 2)) == [2, 3]
        and list(models._origins(3, 2)) == []
        and list(models._origins(30, 1)) == list(range(14, 30))
    )
    assert models.past_tasks(5, (1, 3)) == [(2, 1), (2, 3), (3, 1), (4, 1)]
    assert [origin for origin, _ in models.past_tasks(30, (1,))] == list(range(14, 30))


def test_a_task_has_two_changes_some_movement_and_an_unbroken_outcome():
    value = np.array(
        [
            [1, 2, 3, 4, 5],
            [NONE, 2, 3, 4, 5],
            [1, 1, 1, 4, 5],
            [1, 2, 3, NONE, 5],
            [1, 2, NONE, 4, 5],
            [1, 2, 3, 4, NONE],
        ],
        float,
    )
    assert models.known_tasks(group_of(value), 2, 1).tolist() == [0, 5]
    assert models.known_tasks(group_of(value), 2, 2).tolist() == [0]
    silent = group_of(value, teaches=np.array([False, True, True, True, True, True]))
    assert models.known_tasks(silent, 2, 1).tolist() == [5]


def test_an_outcome_inside_eight_tenths_of_the_points():
    """Of ten points 0 to 9 more than one and less than nine lie below what is inside; on an end, a part."""
    points = np.arange(10.0).reshape(1, 1, 1, 10)
    for outcome, inside in (
        (0.5, 0),
        (1.5, 1),
        (7.5, 1),
        (8.5, 0),
        (-1, 0),
        (10, 0),
        (0.0, 0),
        (1.0, 1),
        (8.0, 1),
        (9.0, 0),
        (0.9, 0),
    ):
        assert models._inside(points, np.array([float(outcome)])).tolist() == [[float(inside)]]
    tied = np.array([0.0] * 5 + [1.0] * 5).reshape(1, 1, 1, 10)
    assert models._inside(tied, np.array([0.0]))[0, 0] == pytest.approx(0.4 / 0.5)
    assert models._inside(tied, np.array([1.0]))[0, 0] == pytest.approx(0.4 / 0.5)


def test_how_far_members_lie_apart_by_hand():
    points = np.array([[[0.0, 2.0], [1.0, 1.0]]])
    found = models._between(points, np.array([1.0]))
    assert found.tolist() == [[1.0, 1.0], [1.0, 0.0]]
    assert models._between(points, np.array([3.0])).tolist() == [[3.0, 3.0], [3.0, 0.0]]


def test_the_factor_is_read_where_eight_tenths_were_inside_and_near_horizons_count_more():
    lessons = [(0, 0, np.array([5.0, 8.0, 10.0]), 10), (0, 0, np.array([0.0, 0.0, 10.0]), 10)]
    assert models._factor([(2, 1)], lessons[:1], 1) == pytest.approx(1.0)
    half = 0.35 * (8 - (8 * 2 / 3)) / (10 - 8 * 2 / 3)  # a year apart counts half: 5.33 of 8, then all
    assert models._factor([(2, 1), (2, 2)], lessons, 1) == pytest.approx(np.exp(half))
    assert models._factor([(2, 1)], [(0, 0, np.array([9.0, 9.0, 9.0]), 10)], 1) == pytest.approx(
        np.exp(-0.35)
    )
    assert models._factor([(2, 1)], [(0, 0, np.array([1.0, 2.0, 3.0]), 10)], 1) == pytest.approx(np.exp(0.35))


def test_without_a_past_all_members_weigh_alike():
    weight, factor = models.learned(group_of(np.array([[1.0, 2.0, 3.0]])), 2, (1, 2))
    assert weight.tolist() == [0.2] * 5 and factor.tolist() == [1.0, 1.0]


def test_weights_of_two_members_by_hand():
    """Distances 1 and 2, no spread, pulled to one half by 4: the better has a sixteenth more."""
    found = models.pool_weights(np.array([1.0, 2.0]), np.zeros((2, 2)), 4.0)
    assert found.tolist() == pytest.approx([0.5 + 1 / 16, 0.5 - 1 / 16])
    assert models.pool_weights(np.array([1.0, 2.0]), np.zeros((2, 2)), 0.25).tolist() == pytest.approx(
        [1.0, 0.0]
    )
    assert models.pool_weights(
        np.array([1.0, 1.0]), np.array([[0.0, 1.0], [1.0, 0.0]]), 1e-6
    ).tolist() == pytest.approx([0.5, 0.5])


def told(**given):
    base = {
        "last": 0.0,
        "deviation": 0.2,
        "dof": 9.0,
        "drift": 0.5,
        "drift_variance": 0.04,
        "common": 0.3,
        "common_variance": 0.01,
    }
    made = {name: np.array([value]) for name, value in (base | given).items()}
    return models.Summary(**made, signals=np.zeros((1, 4)), count=np.array([5.0]))


def test_the_walk_with_the_common_drift_counts_what_one_drifts_besides_as_volatility():
    shift, walk, doubt = models._common(told(), slice(None), np.array([1.0, 3.0]))
    assert shift.tolist() == [pytest.approx([0.3, 0.9])] and walk.tolist() == [pytest.approx([1.04, 3.12])]
    assert doubt.tolist() == [pytest.approx([0.01, 0.09])]


def test_ones_own_rise_goes_on_by_equal_amounts_and_a_fall_by_equal_shares():
    ahead = np.array([1.0, 3.0])
    shift, walk, doubt = models._own(told(), slice(None), ahead, "log")
    assert shift.tolist() == [pytest.approx([0.5, np.log1p(np.expm1(0.1) * 3) / 0.2])]
    assert walk.tolist() == [[1, 3]] and doubt.tolist() == [pytest.approx([0.04, 0.36])]
    for scale, drift in (("identity", 0.5), ("log", -0.5)):
        assert models._own(told(drift=drift), slice(None), ahead, scale)[0].tolist() == [
            pytest.approx([drift, 3 * drift])
        ]


def test_the_typical_variance_is_beyond_the_noise_of_counting():
    variance, dof, noise = (
        np.array([4.0, 9.0, 1.0, 0.0]),
        np.array([1, 1, 1, 1]),
        np.array([1.0, 1.0, 0.95, 0.0]),
    )
    assert models._beyond(variance, dof, noise, 7.0) == 3.0  # 3, 8 and a tenth of 1
    assert models._beyond(variance, np.array([1, 1, 0, 1]), noise, 7.0) == 7.0


def test_the_learned_member_starts_from_half_of_the_drift():
    assert models.slopes(group_of(np.array([[1.0, 2.0, 3.0]])), 2, "log", (1, 3)).tolist() == [
        [0.5, 0, 0, 0],
        [1.5, 0, 0, 0],
    ]


def stats_of(group, column, scale):
    """What a group's drifts are from its own summary's parts, beside that summary."""
    return models.summary(group, column, scale), models.sizes(group, column)


def test_single_changes_tell_beside_their_middle_where_nobody_has_two():
    """Relative changes of 2 / 2 and 6 / 5: each lies a tenth from their middle."""
    group = group_of(np.array([[1.0, 3.0], [2.0, 8.0]]))
    found = models.summary(group, 1, "identity")
    deviation, dof = models._deviation(group, np.array([0.01, 0.01]), np.ones(2), np.zeros(2))
    assert (
        found.deviation.tolist() == pytest.approx((np.array([2.0, 5.0]) * deviation).tolist())
        and found.dof.tolist() == dof.tolist()
    )
    assert found.last.tolist() == [3.0, 8.0] and found.count.tolist() == [1, 1]


def test_a_single_change_among_longer_series_is_drift_and_shock_in_one():
    value = np.array([[1.0, 1.1, 1.3], [1.0, 1.2, 1.1], [1.0, 0.9, 1.1], [NONE, 1.0, 1.5]])
    group = group_of(value)
    found, unit = models.summary(group, 2, "identity"), models.sizes(group, 2)[0]
    change = np.diff(value, axis=1) / unit[:, None]
    square = ((change - change.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    square[3] = change[3, 1] ** 2 / 2
    deviation, _ = models._deviation(group, square, np.ones(4), np.zeros(4))
    assert found.deviation.tolist() == pytest.approx((unit * deviation).tolist())
    mean = np.append(change[:3].mean(axis=1), change[3, 1]) / deviation
    yearly = models._yearly(np.clip(change[:3] / deviation[:3, None], -3, 3))
    drifts = models.group_drifts(mean, np.array([2.0, 2.0, 2.0, 1.0]), yearly)
    drift, variance = models.pooled_drift(mean, np.array([2.0, 2.0, 2.0, 1.0]), drifts)
    assert found.drift.tolist() == pytest.approx(drift.tolist())
    assert found.drift_variance.tolist() == pytest.approx(
        (variance + drifts.belief**2 * models.TURNING).tolist()
    )
    assert found.common.tolist() == pytest.approx([drifts.belief * drifts.centre] * 4)
    assert found.common_variance.tolist() == pytest.approx(
        [drifts.belief**2 * (drifts.doubt + models.TURNING)] * 4
    )
    gap = models.smoothed(value / unit[:, None], group.usable) - value[:, 2] / unit
    signals = [
        drift,
        np.where([True] * 3 + [False], gap, 0) / deviation,
        (change[:, 1] - [*change[:3].mean(axis=1), change[3, 1]]) / deviation,
    ]
    assert (
        found.signals[:, :3] == pytest.approx(np.stack(signals, axis=1))
        and found.signals[:, 3].tolist() == [1.0] * 4
    )


@pytest.mark.parametrize("scale", ["identity", "log"])
def test_counts_have_the_noise_of_counting(scale):
    """Of size n twice 1 / n in relative terms; beside an offset less on the log scale."""
    group = group_of(np.array([[4.0, 8.0, 6.0], [40.0, 60.0, 50.0], [9.0, 8.0, 4.0]]), integer=True)
    found, (size, _, offset, _) = stats_of(group, 2, scale)
    unit = size if scale == "identity" else np.ones(3)
    z = group.value / unit[:, None] if scale == "identity" else np.log(group.value + offset[:, None])
    change = np.diff(z, axis=1)
    noise = 2 / size if scale == "identity" else 2 * size / (size + offset) ** 2
    square = ((change - change.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    deviation, _ = models._deviation(group, square, np.ones(3), noise)
    assert found.deviation.tolist() == pytest.approx((unit * deviation).tolist())


def test_a_series_without_a_last_value_stands_at_none():
    assert models.summary(
        group_of(np.array([[1.0, 2.0, NONE], [1.0, 2.0, 3.0]])), 2, "identity"
    ).last.tolist() == [0.0, 3.0]


def test_members_weigh_alike_and_stand_in_the_order_of_their_scales():
    group = group_of(np.array([[1.0, 1.2, 1.5, 1.6], [2.0, 2.1, 2.0, 2.4], [3.0, 3.3, 3.1, 3.6]]), lower=0.0)
    made = models.members(group, 3, (1, 2), factor=2.0)
    assert (
        made.family == ("identity", "identity", "log", "log", "log")
        and made.weight.tolist() == [[0.2] * 5] * 3
    )
    plain = models.members(group, 3, (1, 2))
    assert made.spread == pytest.approx(2 * plain.spread) and made.doubt == pytest.approx(2 * plain.doubt)
    told_ = models.summary(group, 3, "identity")
    shift, walk, doubt = models._common(told_, slice(None), np.array([1.0, 2.0]))
    assert plain.location[:, 0] == pytest.approx(told_.last[:, None] + told_.deviation[:, None] * shift)
    assert plain.spread[:, 0] == pytest.approx(told_.deviation[:, None] * np.sqrt(walk + doubt))
    assert plain.doubt[:, 0] == pytest.approx(told_.deviation[:, None] * np.sqrt(doubt))
    one = models.members(group, 3, (1, 2), rows=np.array([2]))
    assert one.location[0].tolist() == plain.location[2].tolist() and one.offset.tolist() == [
        models.sizes(group, 3)[2][2]
    ]
    assert (
        made.dof.tolist()
        == np.repeat(
            np.stack([told_.dof, models.summary(group, 3, "log").dof], axis=1), (2, 3), axis=1
        ).tolist()
    )


def test_a_member_of_counts_has_the_t_members_median_and_variance():
    group = group_of(
        np.array([[8.0, 10.0, 12.0, 11.0], [80.0, 100.0, 90.0, 95.0], [5.0, 5.0, 6.0, 4.0]]), integer=True
    )
    offset, dof = models.sizes(group, 3)[2][:, None, None], models.summary(group, 3, "log").dof[:, None]
    location, spread, doubt = (
        np.log([[[12.0]], [[110.0]], [[8.0]]]),
        np.full((3, 1, 1), 0.3),
        np.full((3, 1, 1), 0.1),
    )
    mean, variation, part = models._as_counts(group, 3, slice(None), location, spread, doubt)
    median = np.exp(location) - offset
    heavy = (scipy.stats.t.ppf(0.9, dof) / scipy.stats.norm.ppf(0.9))[:, :, None]
    variance = (np.exp(location) * 0.3 * heavy) ** 2
    expected = np.clip(np.sqrt(np.maximum(variance - median, 0)) / median, 1e-3, 1.0)
    assert variation == pytest.approx(expected) and part == pytest.approx(expected / 3)
    assert np.exp(mean) == pytest.approx(median / (1 - expected**2 / 9) ** 3)
    low, _, _ = models._as_counts(group, 3, slice(None), np.full((3, 1, 1), -99.0), spread, doubt)
    assert np.exp(low) == pytest.approx(np.full((3, 1, 1), 0.5 / 5 / (1 - 1 / 9) ** 3), rel=1e-6)


def test_what_is_hardly_beyond_the_noise_counts_a_tenth():
    variance, noise = np.array([4.0, 1.0, 1.0]), np.array([1.0, 0.95, 0.95])
    assert models._beyond(variance, np.ones(3), noise, 7.0) == 0.1


def test_a_slope_is_ridge_regression_on_what_the_past_taught():
    """Of the moments of each origin, one year of prior at half the drift."""
    rng = np.random.default_rng(2)
    group = group_of(np.exp(np.cumsum(rng.normal(0.05, 0.1, (12, 7)), axis=1)), lower=0.0)
    parts = [models._sums(group, origin, "log", 1) for origin in (2, 3, 4, 5)]
    square, cross = (sum(part[i] for part in parts) for i in (0, 1))
    rows = sum(part[2] for part in parts)
    assert rows == 48 and [part[2] for part in parts] == [12] * 4
    ridge = np.diag(12 * np.diag(square) / rows + 1e-9)
    expected = np.linalg.solve(square + ridge, cross + ridge @ [0.5, 0, 0, 0])
    assert models.slopes(group, 6, "log", (1,))[0] == pytest.approx(expected)
    few = group_of(group.value[:4], lower=0.0)
    parts = [models._sums(few, origin, "log", 1) for origin in (2, 3, 4, 5)]
    square, cross = (sum(part[i] for part in parts) for i in (0, 1))
    ridge = np.diag(10 * np.diag(square) / 16 + 1e-9)  # an origin with fewer than ten teaches less
    assert models.slopes(few, 6, "log", (1,))[0] == pytest.approx(
        np.linalg.solve(square + ridge, cross + ridge @ [0.5, 0, 0, 0])
    )


def test_no_more_degrees_than_ones_own_history_has_and_no_fewer_than_three():
    rng = np.random.default_rng(3)
    group = group_of(np.exp(np.cumsum(rng.normal(0, 0.05, (40, 15)), axis=1)))
    assert set(models.summary(group, 14, "identity").dof) == {10.0}
    short = models.Group(group.value, group.usable, history=4)
    assert set(models.summary(short, 14, "identity").dof) == {3.0}


def test_an_end_of_less_than_a_tenth_is_outside():
    points = np.arange(20.0).reshape(1, 1, 1, 20)
    for outcome, inside in ((0.0, 0), (1.0, 0), (2.0, 1), (17.0, 1), (18.0, 0), (19.0, 0)):
        assert models._inside(points, np.array([outcome])).tolist() == [[inside]]


def test_earlier_states_of_a_group_are_one_whichever_way_they_are_reached():
    value = np.arange(12.0).reshape(2, 6)
    group = models.Group(value, np.ones((2, 6), bool))
    assert group.until(4).until(2) is group.until(2)
    assert group.until(2).value.tolist() == value[:, :3].tolist()
    assert group.until(5) is group


def test_variances_of_a_single_degree_make_a_prior_and_those_of_none_do_not():
    """Three alike: their logs spread no more than chance, so that the prior has the most degrees, 200; its
    middle is beyond theirs by log(1/2) - digamma(1/2) = 1.2704 and log(100) - digamma(100) = 0.005."""
    seen, dof = np.array([0.01, 0.01, 0.01, 5.0]), np.array([1.0, 1.0, 1.0, 0.0])
    scale, total = models.posterior_variance(seen, dof)
    middle = np.euler_gamma + 2 * np.log(2) - np.log(2)
    prior = 0.01 * np.exp(middle - 1 / 200 - 1 / 120_000)
    assert total.tolist() == [201.0, 201.0, 201.0, 200.0]
    assert scale.tolist() == pytest.approx([(200 * prior + 0.01) / 201] * 3 + [prior], rel=1e-6)
