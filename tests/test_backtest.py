import warnings

import numpy as np
import pandas as pd
import pytest

from analysis import backtest
from analysis.catalogue import SourceError


def table_of(series):
    rows = [(name, 2000 + t, value) for name, values in series.items() for t, value in enumerate(values)]
    return pd.DataFrame(rows, columns=backtest.COLUMNS).dropna()


def random_panel(series=12, years=14, seed=1):
    rng = np.random.default_rng(seed)
    return table_of({f"s{i:02}": 2 * np.exp(np.cumsum(rng.normal(0.03, 0.1, years))) for i in range(series)})


# ---------------------------------------------------------------------------------------- any panel


def test_every_task_gets_its_quantiles():
    made = backtest.run_panel(random_panel(), 8, 2, 3)
    assert len(made) == 12 * 3 * 2 * 23
    assert sorted(made["origin"].unique()) == [2009, 2010, 2011]
    wide = made.pivot_table(index=["unique_id", "origin", "horizon"], columns="quantile", values="value")
    assert np.all(np.diff(wide.to_numpy(), axis=1) > 0)


@pytest.mark.parametrize("change", [lambda v: 1.37 * v, lambda v: -v, np.round])
def test_later_values_move_no_earlier_forecast(change):
    rng = np.random.default_rng(2)
    table = table_of({f"s{i}": rng.poisson(8, 14).astype(float) for i in range(20)})
    later = table.copy()
    after = later["year"] > 2009
    later.loc[after, "value"] = change(later.loc[after, "value"] + 3.3)
    first, second = (backtest.run_panel(panel, 8, 2, 4) for panel in (table, later))
    early = first["origin"] <= 2009
    assert early.sum() > 0
    pd.testing.assert_frame_equal(first[early], second[second["origin"] <= 2009])
    assert not first[~early]["value"].equals(second[second["origin"] > 2009]["value"])


def test_counts_are_seen_and_can_be_overruled():
    rng = np.random.default_rng(3)
    table = table_of({f"s{i}": rng.poisson(3, 12).astype(float) for i in range(10)})
    made = backtest.run_panel(table, 8, 1, 1)["value"]
    assert np.all(made == np.round(made)) and made.min() >= 0
    assert not np.all((level := backtest.run_panel(table, 8, 1, 1, "level")["value"]) == np.round(level))


def test_the_text_is_the_csv_pandas_would_write():
    made = backtest.run_panel(random_panel(3).replace({"s01": 's,"1'}), 8, 1, 1)
    assert backtest.as_csv(made) == made.to_csv(index=False, lineterminator="\n", float_format="%.10g")


def test_shares_stay_inside_their_bounds():
    rng = np.random.default_rng(4)
    table = table_of({f"s{i}": np.clip(97 + np.cumsum(rng.normal(0, 1, 12)), 80, 100) for i in range(10)})
    made = backtest.run_panel(table, 8, 4, 1, "share")["value"]
    assert made.between(0, 100).all() and made.max() > 97


STEADY = [1.0, 1.2, 1.1, 1.3, 1.5, 1.4, 1.6, 1.7, 1.6, 1.8]
PANELS = {
    "empty": {},
    "only gaps": {"a": [np.nan] * 5},
    "one series": {"a": STEADY},
    "short": {"a": [1.0], "b": [1.0, 2.0], "c": [1.0, 2.0, 3.5], "d": [1.0, 2.0, 3.0, 4.5]},
    "constant": {"a": [5.0] * 10, "b": [2.5] * 10},
    "zeros": {"a": [0.0] * 10, "b": [0.0] * 9 + [1.0]},
    "gaps": {"a": [1.0, np.nan, 2.0, *STEADY], "b": [*STEADY[:4], np.nan, np.nan, *STEADY]},
    "scales": {"a": [1e12 * v for v in STEADY], "b": [1e-9 * v for v in STEADY], "c": [-v for v in STEADY]},
    "doubling": {"a": [2.0**t for t in range(12)], "b": [2.0**t for t in range(12)]},
    "spike": {"a": [0.0] * 8 + [1e6, 0.0, 0.0], "b": [0.0] * 8 + [1e6, 0.0, 0.0]},
}


@pytest.mark.parametrize("name", PANELS)
@pytest.mark.parametrize(("history", "horizon"), [(8, 2), (5, 6), (12, 1), (3, 2)])
def test_no_panel_is_too_odd(name, history, horizon):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = backtest.run_panel(table_of(PANELS[name]), history, horizon, 3)
    assert len(made) or name in ("empty", "only gaps", "short")
    assert np.isfinite(made["value"]).all()
    wide = made["value"].to_numpy().reshape(-1, 23)
    assert np.all(np.diff(wide, axis=1) >= -1e-9 * np.abs(wide[:, 1:]))


def test_coverage_on_simulated_panels():
    hits = []
    for seed in range(4):
        table = random_panel(150, 14, seed)
        made = backtest.run_panel(table, 8, 2, 2)
        wide = made.pivot_table(index=["unique_id", "origin", "horizon"], columns="quantile", values="value")
        wide = wide.reset_index()
        seen = table.set_index(["unique_id", "year"])["value"]
        observed = seen.loc[
            list(zip(wide["unique_id"], wide["origin"] + wide["horizon"], strict=True))
        ].to_numpy()
        hits.append(
            [(wide[low] <= observed) & (observed <= wide[high]) for low, high in ((0.1, 0.9), (0.025, 0.975))]
        )
    inside80, inside95 = np.mean(hits, axis=(0, 2))
    assert inside80 == pytest.approx(0.80, abs=0.04)
    assert 0.925 < inside95 < 0.985  # heavy tails, learned for 80 %, on normal data


def test_a_bad_panel_is_refused_with_all_its_problems(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("unique_id,year,value\na,2000,1\na,2000,2\nb,2001,many\n")
    with pytest.raises(SourceError, match=r"panel\.csv.*line 4.*'many'.*line 3"):
        backtest.read_panel(path)
    path.write_text("id,year,value\na,2000,1\n")
    with pytest.raises(SourceError, match="unique_id"):
        backtest.read_panel(path)


@pytest.mark.parametrize("value", ["1e2147483648", "8e310485762012348e31"])
def test_a_number_too_large_for_any_program_is_refused(value, tmp_path):
    """Read the quick way such a number ends the program, without an error."""
    path = tmp_path / "panel.csv"
    path.write_text(f"unique_id,year,value\na,2001,{value}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=f"line 2: value is '{value}', not a number"):
        backtest.read_panel(path)


def test_a_good_panel_is_read_with_its_names_as_they_are(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("unique_id,year,value\n007,2000,1\n007,2001,\n")
    made = backtest.read_panel(path)
    assert made["unique_id"].tolist() == ["007", "007"] and made["value"].isna().sum() == 1


# ----------------------------------------------------------------------------------------- scorecard


def test_the_scorecard_of_the_provinces(cases):
    made = backtest.scorecard(cases[cases["indicator"].eq("rd_intensity")])
    assert set(made.models["model"]) == {"ours", "naive", "drift"}
    assert made.models["n"].nunique() == 1 and made.models["n"].iloc[0] > 500
    ours = made.models.set_index("model").loc["ours"]
    assert ours["relative"] < 0.95 and 0.68 < ours["inside80"] < 0.9
    assert made.horizons["horizon"].tolist() == [1, 2, 3]
    assert made.pit["share"].sum() == pytest.approx(1)
    assert np.all(made.reliability["low"] <= made.reliability["high"])
    assert {"year", "region"} == set(made.worst["by"])


def test_later_releases_move_no_earlier_case(observations, cases, catalogue):
    early = observations[observations["published"] <= "2018-12-31"]
    then = backtest.cases(early, catalogue, ("rd_intensity",))
    now = backtest.known(cases[cases["indicator"].eq("rd_intensity")], "2018-12-31")
    assert len(then)
    pd.testing.assert_frame_equal(now.reset_index(drop=True), then)


def test_after_a_gap_nobody_is_asked_before_two_years_are_known(observations, catalogue):
    missing = observations["source"].eq("nbs-rd-bulletin") & observations["published"].eq("2018-10-09")
    days = ("2018-12-31", "2019-12-31", "2020-12-31")
    made = backtest.cases(observations[~missing], catalogue, ("rd_intensity",), days=days)
    ours = made[made["model"].eq("ours")]
    assert dict(ours.groupby("as_of")["origin"].first()) == {"2018-12-31": 2016, "2020-12-31": 2019}
    assert made.drop(columns="pit").notna().all(axis=None)


def test_too_little_to_score_is_an_empty_card(observations, catalogue):
    made = backtest.scorecard(backtest.cases(observations, catalogue, ("national_hte_new",)))
    assert made.cases.empty and made.models.empty


def test_a_record_is_that_of_the_scorecard_as_known_then(observations, cases, catalogue):
    record = backtest.record(cases, "rd_intensity", "2018-12-31")
    published = observations[observations["published"] <= "2018-12-31"]
    then = backtest.cases(published, catalogue, ("rd_intensity",), benchmarks=())
    assert (record.n, record.origins, record.regions) == (len(then), 4, 31)
    assert record.inside80 == then["inside80"].mean()
    assert backtest.record(cases, "national_hte_new", "2018-12-31") is None
    # years, regions and horizons make the forecasts; five goals each make the chances of all words
    assert record.horizons == tuple(then["horizon"].value_counts().sort_index().items())
    assert sum(n for _, n in record.horizons) == record.n
    assert sum(one.n for one in record.chances) == record.asked == 5 * record.n


@pytest.mark.parametrize("rung", ["own", "short", "region"])
def test_chances_of_each_word_are_counted_by_indicator_and_rung(rung, cases):
    mine = backtest.known(cases, "2020-04-30")
    mine = mine[mine["model"].eq("ours") & mine["rung"].eq(rung)]
    edges = {"unlikely": (0.1, 0.33), "even": (0.33, 0.66), "likely": (0.66, 0.9)}
    for indicator, rows in mine.groupby("indicator"):
        record = backtest.record(cases, indicator, "2020-04-30", rung)
        p, happened = rows[backtest.GIVEN].to_numpy(), rows[backtest.HAPPENED].to_numpy(bool)
        for word, (low, high) in edges.items():
            within = (p >= low) & (p < high)
            found = record.given(word)
            assert (found.n, found.frequency) == (within.sum(), pytest.approx(happened[within].mean()))
            assert found.probability == pytest.approx(p[within].mean())


# ------------------------------------------------------------------------------------- goals set high


@pytest.fixture(scope="module")
def high(observations, catalogue):
    return backtest.goals(observations, catalogue)


def test_every_cell_of_goals_shows_its_size_and_all_models_answer_the_same(high):
    assert set(high["model"]) == {"ours", "drift", "naive", "climatology"}
    assert len(high) == 4 * len(backtest.RISES) * backtest.GOAL_HORIZON
    same = high.groupby(["rise", "horizon"])[["n", "origins", "reached"]].nunique()
    assert (same == 1).all(axis=None) and high["origins"].between(2, 20).all()


def test_higher_goals_are_less_likely_and_reached_less_often(high):
    for columns in (["probability"], ["reached"]):
        wide = high[high["model"].eq("ours")].pivot_table(index="horizon", columns="rise", values=columns)
        assert np.all(np.diff(wide.to_numpy(), axis=1) < 0)


def test_the_provinces_goals_are_forecast_better_than_by_anything_plain(high):
    brier = high.groupby("model")["brier"].mean()
    assert brier["ours"] < brier.drop("ours").min()


def test_climatology_knows_no_outcome_before_it_is_published(observations, catalogue, high):
    early = observations[observations["published"] <= "2015-12-31"]
    then = backtest.goals(early, catalogue, benchmarks=())
    first = then[then["model"].eq("climatology") & then["horizon"].eq(1)]
    assert (first["probability"] != first["reached"]).any()
    empty = backtest.goals(observations[:0], catalogue)
    assert empty.empty and list(empty.columns) == backtest.GOALS
