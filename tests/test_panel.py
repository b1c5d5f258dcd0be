"""What was known when: vintages against a plain loop, no look-ahead, bases kept apart, revisions counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import catalogue, panel, releases, tables

CATALOGUE = catalogue.read()
OBSERVATIONS = releases.load()
DATES = [
    "2013-06-30",
    "2016-11-11",
    "2018-12-31",
    "2019-08-29",
    "2019-08-30",
    "2020-01-19",
    "2023-05-26",
    "2026-01-01",
]
RANKS = {"office": 1, "government": 2, "paper": 3, "town": 4, "zeal": 4}


def observed(*rows: dict) -> pd.DataFrame:
    """Build a table of observations that keeps the contract."""
    return tables.check(table(*rows), tables.OBSERVATIONS)


def table(*rows: dict) -> pd.DataFrame:
    """Build a table of observations; what is not given is ordinary."""
    usual = {
        "region": "411100",
        "indicator": "rd_expenditure",
        "period": "2019",
        "basis": "",
        "source": "office",
        "precision": "day",
        "published": "2020-01-01",
        "value": 1.0,
        "unit": "100 million yuan",
        "status": "reported",
        "note": "",
    }
    given_rows = pd.DataFrame([usual | row for row in rows])
    filled = given_rows.assign(
        year=given_rows["period"].str[:4].astype("int64"),
        rank=given_rows["source"].map(RANKS).astype("int64"),
        published=pd.to_datetime(given_rows["published"]).astype("datetime64[ns]"),
        value=given_rows["value"].astype("float64"),
    )
    return filled[list(tables.OBSERVATIONS.columns)]


@st.composite
def releases(draw, after: str = "2020-01-01") -> pd.DataFrame:
    """Random observations of a few cells by three sources."""
    rows = draw(st.lists(st.fixed_dictionaries({
        "period": st.sampled_from(["2018", "2019", "2019-06"]),
        "basis": st.sampled_from(["", "gdp-census-3"]),
        "source": st.sampled_from(sorted(RANKS)),
        "published": st.integers(0, 6).map(lambda days: pd.Timestamp(after) + pd.Timedelta(days=days)),
        "value": st.one_of(st.integers(1, 9).map(float), st.just(np.nan)),
        "status": st.sampled_from(["reported", "flash", "estimate", "lower_bound", "withdrawn", "revised"]),
    }), min_size=1, max_size=14))  # fmt: skip
    keys = {(row["period"], row["basis"], row["source"], row["published"]): row for row in rows}
    for row in keys.values():
        row["value"] = np.nan if row["status"] == "withdrawn" else row["value"]
    return table(*keys.values())


def plainly(observations: pd.DataFrame, date: str) -> dict[tuple, float]:
    """The rules of `as_of`, cell by cell."""
    known = {}
    for row in observations.sort_values("published", kind="stable").itertuples():
        if row.published <= pd.Timestamp(date) and row.status not in tables.EVIDENCE_ONLY:
            known.setdefault((row.region, row.indicator, row.period, row.basis), {})[row.source] = row
    chosen = {}
    for cell, by_source in known.items():
        rows = [row for row in by_source.values() if row.status != "withdrawn" and row.value == row.value]
        if rows:
            best = min(
                rows, key=lambda row: (row.status == "flash", row.rank, -row.published.value, row.source)
            )
            chosen[cell] = best.value
    return chosen


@settings(max_examples=80, deadline=None, derandomize=True)
@given(releases(), st.integers(0, 6), st.randoms(use_true_random=False))
def test_as_of_equals_the_plain_rules_in_any_order(observations, days, random):
    date = str((pd.Timestamp("2020-01-01") + pd.Timedelta(days=days)).date())
    history = panel.as_of(observations.sample(frac=1, random_state=random.randrange(99)), date)
    cells = zip(*(history[name] for name in panel.CELL), strict=True)
    assert dict(zip(cells, history["value"], strict=True)) == plainly(observations, date)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(releases(), releases(after="2020-01-08"))
def test_nothing_published_later_changes_what_was_known(before, later):
    """Look-ahead: whatever is published from the 8th on, the 7th of January stays as it was."""
    together = pd.concat([before, later], ignore_index=True)
    alone = panel.as_of(before, "2020-01-07", CATALOGUE)
    pd.testing.assert_frame_equal(panel.as_of(together, "2020-01-07", CATALOGUE), alone)


@pytest.mark.parametrize("date", DATES)
def test_no_later_release_reaches_the_real_history(date):
    late = OBSERVATIONS["published"] > pd.Timestamp(date)
    spoilt = OBSERVATIONS.assign(
        value=OBSERVATIONS["value"].where(~late, -1e9), status=OBSERVATIONS["status"].where(~late, "revised")
    )
    history = panel.as_of(OBSERVATIONS, date, CATALOGUE)
    assert late.any() and len(history)
    pd.testing.assert_frame_equal(panel.as_of(spoilt, date, CATALOGUE), history)
    pd.testing.assert_frame_equal(panel.as_of(OBSERVATIONS[~late], date, CATALOGUE), history)
    assert (history["published"] <= pd.Timestamp(date)).all()
    assert not panel.revisions(spoilt, CATALOGUE, date)["value"].eq(-1e9).any()


def test_a_date_known_to_the_year_counts_from_its_end():
    rows = OBSERVATIONS.query("precision == 'year' and source == 'nbs-rd-bulletin' and period == '2011'")
    assert (
        len(rows)
        and len(panel.as_of(rows, "2012-12-30")) == 0
        and len(panel.as_of(rows, "2012-12-31")) == len(rows)
    )


def test_evidence_only_is_never_history():
    history = panel.as_of(OBSERVATIONS, "2026-01-01", CATALOGUE)
    assert set(history["status"]) <= set(tables.USABLE)
    expected = "region == '411100' and indicator == 'rd_intensity' and period == '2020'"
    assert OBSERVATIONS.query(expected)["status"].tolist() == ["estimate"]
    assert history.query(expected)["status"].tolist() == [
        "derived"
    ]  # expenditure over product, not the estimate


def test_an_office_is_heard_before_a_newspaper_and_a_flash_yields_to_both():
    rows = observed(
        {"source": "paper", "published": "2020-05-01", "value": 3},
        {"source": "office", "published": "2020-02-01", "value": 1, "status": "flash"},
        {"source": "government", "published": "2020-03-01", "value": 2},
    )
    assert [
        panel.as_of(rows, day)["value"].tolist() for day in ("2020-02-15", "2020-03-15", "2020-06-01")
    ] == [[1], [2], [2]]


def test_of_two_sources_of_one_standing_the_later_release_is_heard():
    for names in (("town", "zeal"), ("zeal", "town")):
        rows = observed(
            {"source": names[0], "published": "2020-02-01", "value": 1},
            {"source": names[1], "published": "2020-03-01", "value": 2},
        )
        told = [panel.as_of(rows, day)["value"].tolist() for day in ("2020-02-15", "2020-03-15")]
        assert told == [[1], [2]]


def test_a_withdrawn_cell_is_empty_or_falls_to_the_next_source():
    rows = observed(
        {"value": 5, "published": "2020-02-01"},
        {"value": 6, "published": "2020-01-15", "source": "paper"},
        {"value": np.nan, "published": "2020-03-01", "status": "withdrawn", "note": "misprint"},
        {"value": 7, "published": "2020-04-01"},
    )
    assert [
        panel.as_of(rows, day)["value"].tolist() for day in ("2020-02-28", "2020-03-01", "2020-04-01")
    ] == [[5], [6], [7]]
    assert panel.withdrawn(rows, "2020-03-31")["note"].tolist() == ["misprint"]
    assert panel.withdrawn(rows, "2020-04-01").empty
    assert panel.revisions(rows, CATALOGUE)["kind"].tolist() == ["revised", "withdrawn"]


# Ratios and bases


def parts(**bases: str) -> pd.DataFrame:
    return observed(
        {"indicator": "rd_expenditure", "value": 20, "basis": bases.get("above", "")},
        {"indicator": "gdp", "value": 1000, "basis": "gdp-census-3"},
        {"indicator": "gdp", "value": 1250, "basis": "gdp-census-4", "published": "2020-02-01"},
    )


def ratios(observations: pd.DataFrame) -> dict[str, float]:
    history = panel.as_of(observations, "2021-01-01", CATALOGUE)
    rows = history[history["indicator"].eq("rd_intensity")]
    return dict(zip(rows["basis"], rows["value"], strict=True))


def test_a_ratio_stands_on_one_basis_each():
    assert ratios(parts()) == {"gdp-census-3": 2.0, "gdp-census-4": 1.6}


def test_two_bases_are_never_mixed_inside_a_ratio():
    assert ratios(parts(above="gdp-census-4")) == {"gdp-census-4": 1.6}


def test_a_published_ratio_stays_and_its_other_basis_is_added():
    printed = observed(
        {"indicator": "rd_intensity", "unit": "% of GDP", "basis": "gdp-census-3", "value": 2.01}
    )
    assert ratios(pd.concat([parts(), printed])) == {"gdp-census-3": 2.01, "gdp-census-4": 1.6}
    history = panel.as_of(pd.concat([parts(), printed]), "2021-01-01", CATALOGUE)
    assert history["indicator"].eq("rd_intensity").sum() == 2  # none of them twice


def test_nothing_is_divided_by_nothing():
    rows = parts()
    rows.loc[rows["indicator"].eq("gdp"), "value"] = 0.0
    assert ratios(rows) == {}


def test_a_change_is_taken_inside_one_basis_only():
    rows = observed(
        {"indicator": "gdp", "period": "2017", "value": 100, "basis": "gdp-census-3"},
        {"indicator": "gdp", "period": "2018", "value": 110, "basis": "gdp-census-3"},
        {
            "indicator": "gdp",
            "period": "2018",
            "value": 132,
            "basis": "gdp-census-4",
            "published": "2020-02-01",
        },
        {
            "indicator": "gdp",
            "period": "2019",
            "value": 150,
            "basis": "gdp-census-4",
            "published": "2020-03-01",
        },
        {
            "indicator": "gdp",
            "period": "2020",
            "value": 90,
            "basis": "gdp-census-5",
            "published": "2021-03-01",
        },
    )
    found = panel.series(panel.as_of(rows, "2022-01-01"), "gdp")
    assert found.value.tolist() == [[100, 132, 150, 90]]
    np.testing.assert_allclose(found.before, [[np.nan, 120, 132, np.nan]])  # 120: 100 chained by 132 / 110
    assert found.broken.tolist() == [[False, False, False, True]]


def test_gaps_stay_gaps():
    rows = observed(
        {"period": "2015", "value": 1}, {"period": "2018", "value": 4}, {"period": "2018-06", "value": 2}
    )
    found = panel.series(panel.as_of(rows, "2022-01-01"), "rd_expenditure")
    np.testing.assert_array_equal(found.value, [[1, np.nan, np.nan, 4]])
    assert np.isnan(found.before).all() and not found.broken.any()
    assert panel.gaps(rows, "2022-01-01")["year"].tolist() == [2016, 2017]


# In-year figures


def test_in_year_counts_stand_beside_the_annual_ones():
    rows = observed(
        {"indicator": "national_hte_new", "period": "2019-03", "value": 4, "published": "2019-04-10"},
        {"indicator": "national_hte_new", "period": "2019-06", "value": 11, "published": "2019-07-10"},
        {"indicator": "national_hte_new", "period": "2019-11", "value": 22, "published": "2019-12-10"},
        {"indicator": "national_hte_new", "period": "2019", "value": 25, "published": "2020-01-19"},
    )
    history = panel.as_of(rows, "2019-12-31")
    found = panel.in_year(history, "national_hte_new", "411100", 2019)
    assert found[["month", "value"]].to_numpy().tolist() == [[3, 4], [6, 11], [11, 22]]
    assert panel.annual(history, "national_hte_new").empty
    assert panel.in_year(history, "national_hte_new", "411100", 2018).empty
    assert panel.annual(panel.as_of(rows, "2020-12-31"), "national_hte_new")["value"].tolist() == [25]


# Revisions


def test_the_known_revisions_of_the_country_are_found():
    changes = panel.revisions(OBSERVATIONS, CATALOGUE).query(
        "region == '000000' and indicator == 'rd_intensity'"
    )
    chain = changes[["period", "kind", "value_before", "value"]].to_numpy().tolist()
    assert ["2017", "revised", 2.12, 2.13] in chain and ["2017", "revised", 2.13, 2.15] in chain
    assert ["2018", "rebased", 2.19, 2.14] in chain and ["2013", "rebased", 2.08, 2.01] in chain
    flash = panel.revisions(OBSERVATIONS, CATALOGUE, "2019-01-01").query("source == 'nbs-flash-2018'")
    np.testing.assert_allclose(flash["size"], [100 * (17606.1 / 17500 - 1), 0.01], rtol=1e-6)


def test_statistics_of_revisions_by_hand():
    rows = observed(
        *({"period": str(2010 + n), "value": 100, "published": "2020-01-01"} for n in range(4)),
        {"period": "2010", "value": 103, "published": "2020-02-01"},
        {"period": "2011", "value": 99, "published": "2020-02-01"},
        {"period": "2012", "value": 100, "published": "2020-02-01"},
        {"period": "2013", "value": 150, "published": "2020-02-01", "source": "paper"},
    )
    table = panel.revision_statistics(pd.concat([rows.iloc[::-1], rows.iloc[:0]]), CATALOGUE)
    assert table["source"].tolist() == ["office", "paper"]
    found = table.set_index("source")
    office = found.loc["office"]
    assert (office["figures"], office["changed"], office["up"], office["down"]) == (7, 2, 1, 1)
    np.testing.assert_allclose(
        [office["mean_size"], office["mean_absolute"], office["largest"]], [1.0, 2.0, 3.0]
    )
    assert found.loc["paper", "changed"] == 0  # a newspaper revises no statistics office


def test_a_new_basis_that_changes_no_value_goes_neither_up_nor_down():
    rows = observed(
        {"period": "2010", "value": 100, "published": "2020-01-01"},
        {"period": "2010", "value": 100, "published": "2020-02-01", "basis": "other"},
    )
    (one,) = panel.revision_statistics(rows, CATALOGUE).itertuples()
    assert (one.kind, one.changed, one.up, one.down, one.largest) == ("rebased", 1, 0, 0, 0)


def test_what_is_retracted_keeps_its_columns_and_knowledge_is_compared_two_years_on():
    rows = observed(
        {"period": "2010", "value": 100, "published": "2020-01-01"},
        {"period": "2010", "value": np.nan, "published": "2020-02-01", "status": "withdrawn"},
    )
    gone = panel.withdrawn(rows, "2020-03-01")
    assert len(gone) == 1 and list(gone) == list(rows)
    assert panel.later("2018-03-31") == "2020-12-31"
    found = panel.originals(OBSERVATIONS, CATALOGUE)
    assert found.index.equals(pd.RangeIndex(len(found))) and found["published"].is_monotonic_increasing


def test_coverage_says_since_when():
    found = (
        panel.coverage(OBSERVATIONS, "2019-12-31")
        .set_index(["region", "indicator"])
        .loc[("000000", "rd_intensity")]
    )
    assert (found["first"], found["last"], found["years"], found["gaps"]) == (2011, 2018, 8, 0)
    assert found["since"] == pd.Timestamp("2012-12-31") and found["lag"] == 242
    assert "rd_expenditure" not in set(
        panel.coverage(OBSERVATIONS, "2018-12-31").query("region == '411100'")["indicator"]
    )


def test_a_figure_rated_as_doubtful_stands_until_its_day_and_not_after():
    """Luohe's S&T function of 2016: usable until the jump of 2018 was seen, then shown only."""
    cell = "region == '411100' and indicator == 'fiscal_st_expenditure' and year == 2016"
    for day, values in (("2020-03-30", [1.1716]), ("2020-03-31", [])):
        assert panel.as_of(OBSERVATIONS, day).query(cell)["value"].tolist() == values
    assert OBSERVATIONS.query(cell)["status"].tolist() == ["yearbook", "doubtful"]


def test_a_city_figure_of_a_census_year_stands_before_the_census():
    """2017 to 2018 is a change inside one basis, 2018 to 2019 a break."""
    history = panel.as_of(OBSERVATIONS, "2022-12-31", CATALOGUE)
    series = panel.series(history, "rd_intensity", ("411100",))
    by_year = dict(zip(series.years, np.isfinite(series.before[0]), strict=True))
    assert by_year[2018] and not by_year[2019]
    assert series.broken[0][series.years.index(2019)]


def test_dates_are_the_days_something_was_published():
    assert panel.dates(OBSERVATIONS, {"411100"}, {"national_hte_new"}) == ["2017-02-16", "2020-01-19"]


# By hand, boundaries


def test_a_release_of_the_day_counts_and_evidence_never():
    rows = observed(
        {"published": "2020-01-01"},
        {"period": "2018", "published": "2020-01-02"},
        {"period": "2017", "status": "estimate"},
        {"period": "2016", "status": "lower_bound"},
    )
    assert panel.released(rows, "2020-01-01")["period"].tolist() == ["2019"]
    assert sorted(panel.released(rows, "2020-01-02")["period"]) == ["2018", "2019"]
    assert (
        panel.released(rows.iloc[:2], "2020-01-02") is not None
        and len(panel.released(rows.iloc[:0], "2020-01-02")) == 0
    )
    assert panel.as_of(rows.iloc[:0], "2020-01-01").empty


def test_a_series_has_its_regions_in_the_order_asked_and_ends_where_told():
    rows = observed(
        {"period": "2017", "value": 1},
        {"period": "2019", "value": 3},
        {"region": "410000", "period": "2018", "value": 20},
        {"region": "410000", "period": "2019", "value": 30},
    )
    found = panel.series(rows, "rd_expenditure", ("411100", "410000", "420000"))
    assert found.years == (2017, 2018, 2019) and found.regions == ("411100", "410000", "420000")
    np.testing.assert_array_equal(found.value, [[1, np.nan, 3], [np.nan, 20, 30], [np.nan] * 3])
    np.testing.assert_array_equal(found.before, [[np.nan] * 3, [np.nan, np.nan, 20], [np.nan] * 3])
    cut = panel.series(rows, "rd_expenditure", last=2018)
    assert cut.years == (2017, 2018) and cut.regions == ("410000", "411100")
    none = panel.series(rows, "gdp", ("411100",))
    assert none.years == () and none.value.shape == (1, 0)
    zero = observed({"period": "2018", "value": 5}, {"period": "2019", "value": 0})
    np.testing.assert_array_equal(panel.series(zero, "rd_expenditure").before, [[np.nan, 5]])


def test_of_two_common_bases_the_change_is_taken_on_the_newest():
    rows = observed(
        *(
            {"indicator": "gdp", "period": year, "value": value, "basis": basis, "published": day}
            for year, value, basis, day in (
                ("2018", 100, "gdp-census-3", "2019-02-01"),
                ("2019", 110, "gdp-census-3", "2020-02-01"),
                ("2018", 200, "gdp-census-4", "2020-03-01"),
                ("2019", 230, "gdp-census-4", "2020-03-02"),
            )
        )
    )
    found = panel.series(rows, "gdp")
    assert (
        found.value.tolist() == [[200, 230]]
        and found.before[0, 1] == 200
        and found.basis[0, 1] == "gdp-census-4"
    )


def test_a_ratio_is_divided_in_its_unit_on_the_day_both_parts_are_known():
    above = observed(
        {"value": 20, "published": "2020-02-01"}, {"period": "2018", "value": 9, "published": "2019-02-01"}
    )
    below = observed({"indicator": "gdp", "value": 1000, "basis": "gdp-census-4", "published": "2020-01-01"},
                     {"indicator": "gdp", "period": "2018", "value": 0, "basis": "gdp-census-4"})  # fmt: skip
    ratio = CATALOGUE.indicators["rd_intensity"]
    (found,) = panel.quotients(above, below, "rd_intensity", ratio).itertuples()
    assert (found.value, found.basis, found.status, found.indicator) == (
        2.0,
        "gdp-census-4",
        "derived",
        "rd_intensity",
    )
    assert (found.published, found.note, found.unit) == (
        pd.Timestamp("2020-02-01"),
        "rd_expenditure / gdp",
        ratio.unit,
    )
    late = panel.quotients(above.assign(published=pd.Timestamp("2019-12-01")), below, "rd_intensity", ratio)
    assert late["published"].tolist() == [pd.Timestamp("2020-01-01")]


def test_a_derived_ratio_follows_its_altered_part_and_a_printed_one_does_not():
    rows = observed(
        {"value": 20},
        {"indicator": "gdp", "value": 1000, "basis": "gdp-census-4"},
        {"region": "410000", "value": 30},
        {"region": "410000", "indicator": "gdp", "value": 1000, "basis": "gdp-census-4"},
    )
    history = panel.as_of(rows, "2021-01-01", CATALOGUE)
    doubled = history.assign(
        value=history["value"].where(history["indicator"].ne("rd_expenditure"), 2 * history["value"])
    )
    found = (
        panel.rederived(doubled, "411100", "rd_expenditure", CATALOGUE)
        .query("indicator == 'rd_intensity'")
        .set_index("region")
    )
    assert found["value"].to_dict() == {"411100": 4.0, "410000": 3.0}
    printed = history.assign(status="reported")
    assert panel.rederived(printed, "411100", "rd_expenditure", CATALOGUE) is printed
    assert panel.rederived(doubled, "411100", "national_hte_new", CATALOGUE) is doubled


def test_of_a_month_the_last_published_count_stands():
    rows = table(
        {"indicator": "national_hte_new", "period": "2019-06", "value": 4, "published": "2019-07-10"},
        {
            "indicator": "national_hte_new",
            "period": "2019-06",
            "value": 5,
            "published": "2019-08-10",
            "source": "paper",
        },
        {"indicator": "national_hte_new", "period": "2019-11", "value": 9, "region": "410000"},
    )
    found = panel.in_year(rows, "national_hte_new", "411100", 2019)
    assert found.values.tolist() == [[6, 5.0, pd.Timestamp("2019-08-10")]] and found.index.tolist() == [0]


def test_the_first_usable_figure_is_that_of_its_day():
    rows = observed(
        {"value": 3, "published": "2020-03-01"},
        {"value": 2, "published": "2020-02-01", "status": "flash"},
        {"value": 4, "published": "2020-04-01"},
        {"period": "2018", "value": 9, "status": "estimate"},
    )
    found = panel.first(rows, "rd_expenditure", CATALOGUE)
    assert found["value"].tolist() == [3.0] and found["year"].tolist() == [2019]
    assert panel.first(rows.iloc[:0], "rd_expenditure", CATALOGUE).empty


def test_what_took_the_place_of_a_figure_by_hand():
    """A flash of 2, 3, 4, 5 on another basis, withdrawn; a newspaper's 9 changes nothing."""
    rows = observed(
        {
            "indicator": "gdp",
            "value": 2,
            "published": "2020-01-01",
            "status": "flash",
            "basis": "gdp-census-3",
        },
        {"indicator": "gdp", "value": 3, "published": "2020-02-01", "basis": "gdp-census-3"},
        {
            "indicator": "gdp",
            "value": 9,
            "published": "2020-02-02",
            "source": "paper",
            "basis": "gdp-census-3",
        },
        {"indicator": "gdp", "value": 4, "published": "2020-03-01", "basis": "gdp-census-3"},
        {"indicator": "gdp", "value": 5, "published": "2020-04-01", "basis": "gdp-census-4"},
        {
            "indicator": "gdp",
            "value": np.nan,
            "published": "2020-05-01",
            "status": "withdrawn",
            "note": "x",
            "basis": "gdp-census-4",
        },
    )
    found = panel.revisions(rows, CATALOGUE)
    told = (
        found[["kind", "value_before", "points", "percent", "size"]]
        .astype(object)
        .where(lambda one: one.notna(), None)
    )
    assert told.values.tolist() == [
        ["revised", 2, 1, 50, 50],
        ["revised", 3, 1, pytest.approx(100 / 3), pytest.approx(100 / 3)],
        ["rebased", 4, 1, 25, 25],
        ["withdrawn", 5, None, None, None],
    ]
    assert (
        len(panel.revisions(rows, CATALOGUE, "2020-03-01")) == 2
        and len(panel.revisions(rows, CATALOGUE, "2020-02-29")) == 1
    )
    share = rows.iloc[1:4].assign(indicator="rd_intensity")
    assert panel.revisions(share, CATALOGUE)["size"].tolist() == [1.0]
    nothing = panel.revisions(rows.iloc[1:4].assign(value=[0.0, 9.0, 4.0]), CATALOGUE)
    assert nothing["points"].tolist() == [4.0] and nothing["percent"].isna().all()


def test_statistics_end_with_the_day_and_count_figures_of_each_source():
    rows = observed(
        {"value": 100},
        {"value": 90, "published": "2020-02-01"},
        {"value": 99, "published": "2020-03-01"},
        {"period": "2018", "value": 5, "source": "paper"},
        {"period": "2017", "value": 5, "status": "estimate"},
    )
    found = panel.revision_statistics(rows, CATALOGUE).set_index("source")
    assert found["figures"].to_dict() == {"office": 3, "paper": 1} and found["changed"].to_dict() == {
        "office": 2,
        "paper": 0,
    }
    office = found.loc["office"]
    assert (office["up"], office["down"], office["kind"]) == (1, 1, "revised")
    assert (office["mean_absolute"], office["mean_size"], office["largest"]) == (
        pytest.approx(10),
        pytest.approx(0),
        pytest.approx(-10),
    )
    assert panel.revision_statistics(rows, CATALOGUE, "2020-02-01").set_index("source").loc[
        "office", ["figures", "changed"]
    ].tolist() == [2, 1]


def test_what_was_withdrawn_and_not_published_again():
    rows = table(
        {"value": 1},
        {"value": np.nan, "status": "withdrawn", "published": "2020-02-01"},
        {"period": "2018", "value": 1},
        {"period": "2018", "value": np.nan, "status": "withdrawn", "published": "2020-02-01"},
        {"period": "2018", "value": 2, "published": "2020-03-01"},
    )
    assert panel.withdrawn(rows, "2020-03-01")["period"].tolist() == ["2019"]
    assert (
        sorted(panel.withdrawn(rows, "2020-02-01")["period"]) == ["2018", "2019"]
        and panel.withdrawn(rows, "2020-01-31").empty
    )


def test_coverage_and_gaps_by_hand():
    rows = observed(
        {"period": "2014", "published": "2015-01-10"},
        {"period": "2017", "published": "2018-01-31"},
        {"period": "2018-06", "published": "2018-07-01"},
    )
    (found,) = panel.coverage(rows, "2020-01-01").itertuples()
    assert (found.first, found.last, found.years, found.gaps, found.lag) == (2014, 2017, 2, 2, 31)
    assert found.since == pd.Timestamp("2015-01-10")
    assert panel.gaps(rows, "2020-01-01").values.tolist() == [
        ["411100", "rd_expenditure", year] for year in (2015, 2016)
    ]
    assert panel.gaps(rows, "2016-01-01").empty


def test_a_change_of_half_a_per_cent_is_up_or_down_too():
    rows = observed(
        {"value": 100},
        {"value": 100.5, "published": "2020-02-01"},
        {"period": "2018", "value": 100},
        {"period": "2018", "value": 99.5, "published": "2020-02-01"},
    )
    (found,) = panel.revision_statistics(rows, CATALOGUE).itertuples()
    assert (found.changed, found.up, found.down, found.mean_absolute) == (2, 1, 1, pytest.approx(0.5))


def test_what_was_first_known_by_a_day_no_later_release_changes(observations, catalogue):
    """A ratio printed years after it could be worked out takes no earlier case away."""
    whole = panel.originals(observations, catalogue)
    for day in ("2018-12-31", "2021-12-31", "2024-06-30"):
        then = panel.originals(observations[observations["published"].le(day)], catalogue)
        now = whole[whole["published"].le(day)]
        columns = [*panel.CELL, "published", "value"]
        found, expected = (one[columns].sort_values(panel.CELL, ignore_index=True) for one in (now, then))
        pd.testing.assert_frame_equal(found, expected)
