"""The ready-made models: each equals a hand calculation where it must."""

import dataclasses

import numpy as np
import pytest

from analysis import forecast, panel, references

PAST = np.array([1.75, 1.89, 1.98, 2.02, 2.06, 2.11, 2.13])


def test_the_components_continue_the_mean_change():
    made = references.quantiles("unobserved components", PAST, 3)
    changes = np.diff(PAST)
    assert made[:, 11] == pytest.approx(PAST[-1] + changes.mean() * np.arange(1, 4), abs=1e-3)


def test_the_regression_is_the_line_of_least_squares():
    slope, level = np.polyfit(np.arange(7), PAST, 1)
    made = references.quantiles("GLM on the year", PAST, 2)
    assert made[:, 11] == pytest.approx(level + slope * np.array([7, 8]), abs=1e-9)
    assert made[1, -1] - made[1, 0] > made[0, -1] - made[0, 0]


def test_the_last_value_stays_with_a_spread_that_grows_as_the_root():
    made = references.quantiles("last value stays", PAST, 4)
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
    assert references.quantiles("last value stays", np.ones(7), 1)[0] == pytest.approx(np.ones(23), abs=1e-6)


def test_ours_stands_first_and_few_years_give_no_table(assessment, catalogue, observations):
    one = assessment("china-2020", "2018-12-31", "rd-intensity")
    past, last = references.known(
        panel.as_of(observations, "2018-12-31", catalogue), "rd_intensity", "000000", 2020
    )
    table = references.expected(one.predictive, past, 2020)
    assert last == 2017 and len(past) == 7
    assert list(table["model"]) == ["ours", *references.MODELS]
    assert table["median"][0] == pytest.approx(forecast.median(one.predictive, 2020))
    assert references.expected(one.predictive, past[-5:], 2020).empty
    assert references.expected(None, past, 2020).empty
    led = dataclasses.replace(one.predictive, later=(2021, 2.4))
    assert references.expected(led, past, 2020).empty
    with pytest.raises(ValueError, match="2021 is known"):
        forecast.median(led, 2020)


def test_scores_are_relative_to_the_last_value_and_count_the_provinces(catalogue, observations):
    table = references.scored(panel.as_of(observations, "2018-12-31", catalogue), "rd_intensity", catalogue)
    row = table.set_index("model").loc["last value stays"]
    assert row["crps"] == 1 and row["n"] == 31
    assert references.scored(
        panel.as_of(observations, "2009-12-31", catalogue), "rd_intensity", catalogue
    ).empty


def test_too_few_years_give_no_scores(catalogue, observations):
    early = panel.as_of(observations, "2013-12-31", catalogue)
    assert references.scored(early, "rd_intensity", catalogue).empty
