"""The contracts of tables: a breach is refused, all of them in one message."""

import pandas as pd
import pytest

from analysis import releases, tables

OBSERVATIONS = releases.load()


def test_the_real_observations_keep_their_contract():
    pd.testing.assert_frame_equal(tables.check(OBSERVATIONS, tables.OBSERVATIONS), OBSERVATIONS)
    assert len(OBSERVATIONS) > 2000 and list(OBSERVATIONS) == list(tables.OBSERVATIONS.columns)
    assert set(OBSERVATIONS["status"]) <= set(tables.STATUSES)
    assert not OBSERVATIONS.duplicated(
        ["region", "indicator", "period", "basis", "source", "published"]
    ).any()
    assert OBSERVATIONS["value"].isna().equals(OBSERVATIONS["status"].eq(tables.WITHDRAWN))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("region", "4111"),
        ("period", "2019-13"),
        ("period", "19"),
        ("status", "guessed"),
        ("precision", "hour"),
        ("rank", 0),
        ("year", 1800),
    ],
)
def test_a_breach_is_named_with_its_row_and_value(column, value):
    spoilt = OBSERVATIONS.copy()
    spoilt.loc[7, column] = value
    with pytest.raises(tables.TableError, match=rf"{column}, row 7: {value!r}"):
        tables.check(spoilt, tables.OBSERVATIONS)


@pytest.mark.parametrize("column", ["region", "value", "published"])
def test_a_missing_or_added_column_is_refused(column):
    with pytest.raises(tables.TableError, match=column):
        tables.check(OBSERVATIONS.drop(columns=column), tables.OBSERVATIONS)
    with pytest.raises(tables.TableError, match="surplus"):
        tables.check(OBSERVATIONS.assign(surplus=1), tables.OBSERVATIONS)


def test_dates_must_be_dates():
    with pytest.raises(tables.TableError, match="published"):
        tables.check(OBSERVATIONS.head(50).assign(published="2019"), tables.OBSERVATIONS)


def test_all_breaches_come_at_once():
    spoilt = OBSERVATIONS.copy()
    spoilt.loc[3, "region"] = "x"
    spoilt.loc[5, "status"] = "y"
    with pytest.raises(tables.TableError) as refused:
        tables.check(spoilt, tables.OBSERVATIONS)
    assert "row 3" in str(refused.value) and "row 5" in str(refused.value)


def test_every_status_has_one_role():
    assert len(set(tables.STATUSES)) == len(tables.STATUSES)


def test_likelihood_steps_do_not_overlap_and_cover_everything():
    steps = [step[0] for step in tables.LIKELIHOOD]
    assert steps == sorted(steps, reverse=True) and steps[-1] == 0


def test_missing_values_are_allowed_in_value_only():
    spoilt = OBSERVATIONS.copy()
    spoilt.loc[0, "value"] = float("nan")
    assert pd.isna(tables.check(spoilt, tables.OBSERVATIONS).loc[0, "value"])
    spoilt.loc[0, "region"] = None
    with pytest.raises(tables.TableError, match="region"):
        tables.check(spoilt, tables.OBSERVATIONS)
