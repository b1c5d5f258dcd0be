"""The ready-made models: each equals a hand calculation where it must."""

import dataclasses

import numpy as np
import pytest

from analysis import forecast, panel, references

PAST = np.array([1.75, 1.89, 1.98, 2.02, 2.06, 2.11, 2.13])


def test_the_components_continue_the_mean_change():
    made = references.quantiles("components", PAST, 3)
    changes = np.diff(PAST)
    assert made[:, 11] == pytest.approx(PAST[-1] + changes.mean() * np.arange(1, 4), abs=1e-3)


def test_the_line_is_statsmodels_with_its_prediction_interval():
    from statsmodels.regression.linear_model import OLS

    design = np.column_stack([np.ones(9), np.arange(9)])
    ahead = OLS(PAST, design[:7]).fit().get_prediction(design[7:])
    made = references.quantiles("line", PAST, 2)
    assert made[:, 11] == pytest.approx(ahead.predicted_mean)
    assert made[:, [3, 19]] == pytest.approx(ahead.conf_int(obs=True, alpha=0.2))


def test_the_drift_is_a_regression_of_the_changes_on_a_constant():
    from statsmodels.regression.linear_model import OLS

    ahead = OLS(np.diff(PAST), np.ones(6)).fit().get_prediction([[1.0]])
    made = references.quantiles("drift", PAST, 2)
    assert made[0, 11] == pytest.approx(PAST[-1] + ahead.predicted_mean[0])
    assert made[0, [3, 19]] - PAST[-1] == pytest.approx(ahead.conf_int(obs=True, alpha=0.2)[0])


def test_smoothing_of_too_few_years_or_a_constant_is_the_last_value():
    for past in (PAST[:5], np.full(8, 2.0)):
        assert references.quantiles("ets", past, 2) == pytest.approx(references.quantiles("naive", past, 2))


def test_the_last_value_stays_with_a_spread_that_grows_as_the_root():
    made = references.quantiles("naive", PAST, 4)
    width = made[:, -1] - made[:, 0]
    assert made[:, 11] == pytest.approx(np.full(4, 2.13))
    assert width / width[0] == pytest.approx(np.sqrt([1, 2, 3, 4]))


def test_units_do_not_matter():
    for model in references.MODELS:
        assert references.quantiles(model, 1000 * PAST, 2) == pytest.approx(
            1000 * references.quantiles(model, PAST, 2), rel=1e-3
        )


def test_quantiles_rise_and_a_constant_series_is_no_error():
    for model in references.MODELS:
        assert (np.diff(references.quantiles(model, PAST, 2), axis=1) > 0).all()
    assert references.quantiles("naive", np.ones(7), 1)[0] == pytest.approx(np.ones(23), abs=1e-6)


def test_ours_stands_first_and_few_years_give_no_table(assessment, catalogue, observations):
    one = assessment("china-2020", "2018-12-31", "rd-intensity")
    past, last = references.known(
        panel.as_of(observations, "2018-12-31", catalogue), "rd_intensity", "000000", 2020
    )
    table = references.expected(one.answer.predictive, past, 2020)
    assert last == 2017 and len(past) == 7
    assert list(table["model"]) == ["ours", *references.MODELS]
    assert table["median"][0] == pytest.approx(forecast.median(one.answer.predictive, 2020))
    assert references.expected(one.answer.predictive, past[-5:], 2020).empty
    assert references.expected(None, past, 2020).empty
    led = dataclasses.replace(one.answer.predictive, later=(2021, 2.4))
    assert references.expected(led, past, 2020).empty
    with pytest.raises(ValueError, match="2021 is known"):
        forecast.median(led, 2020)


def test_scores_are_relative_to_the_last_value_and_count_the_provinces(catalogue, observations):
    table = references.scored(panel.as_of(observations, "2018-12-31", catalogue), "rd_intensity", catalogue)
    row = table.set_index("model").loc["naive"]
    assert row["crps"] == 1 and row["n"] == 31
    assert references.scored(
        panel.as_of(observations, "2009-12-31", catalogue), "rd_intensity", catalogue
    ).empty


def test_too_few_years_give_no_scores(catalogue, observations):
    early = panel.as_of(observations, "2013-12-31", catalogue)
    assert references.scored(early, "rd_intensity", catalogue).empty
