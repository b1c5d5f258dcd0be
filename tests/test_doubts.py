"""What is doubtful or wrong about figures: each rule by hand, on a few of them beside a made-up past."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis import catalogue as catalogues
from analysis.intake import doubts

KNOWN = catalogues.read()
CHINA, HENAN, LUOHE, HUBEI = "000000", "410000", "411100", "420000"
SPENT, RATE, GDP, SHARE, NEW = "rd_expenditure", "rd_intensity", "gdp", "fiscal_st_share", "national_hte_new"
STOCK = "national_hte_stock"
DAY = date(2020, 9, 30)


def sent(*rows, **same):
    """Figures (region, indicator, period, value) as a file sends them, one below the other in column B."""
    made = pd.DataFrame([row[:4] for row in rows], columns=["region", "indicator", "period", "value"])
    made["value"] = made["value"].astype(float)
    base = {
        "sheet": "one",
        "row": range(len(made)),
        "column": 1,
        "basis": "",
        "status": "reported",
        "note": "",
        "unit": [KNOWN.indicators[key].unit for key in made["indicator"]],
        "written": [f"{value:g}" for value in made["value"]],
    }
    return made.assign(**base | same)


def filed(*rows, **same):
    """Figures (region, indicator, period, value) of the past, each published in the year after."""
    made = pd.DataFrame([row[:4] for row in rows], columns=["region", "indicator", "period", "value"])
    years = made["period"].str[:4].astype("int64")
    base = {
        "year": years,
        "basis": "",
        "status": "reported",
        "source": "other",
        "value": made["value"].astype(float),
        "published": pd.to_datetime([f"{year + 1}-05-01" for year in years]),
    }
    return made.assign(**base | same)


NOTHING = filed((CHINA, "municipal_hte_new", "1950", 1))


SLOW = JUMPS, IMPLIED = (
    "_jumps",
    "_implied",
)  # rules that look at the whole past: asked for where they are meant


def examined(figures, past=NOTHING, day=DAY, source="sender", slow=""):
    one = doubts.Examination(figures, source, day, past, KNOWN)
    for name in set(SLOW if slow is not None else ()) - {slow}:
        setattr(one, name, lambda: None)
    return one.run()


def told(*given, **more):
    """The codes, each with its cell."""
    return [(one.code, one.cell) for one in examined(*given, **more)]


def peers(wobble):
    """R&D expenditure of the provinces, rising by 10 % a year and by so much more and less in turn."""
    codes = [code for code, one in KNOWN.regions.items() if one.level == "province"]
    return [(code, SPENT, str(year), 10 * 1.1 ** (year - 2018) * math.exp(wobble * (year % 2)))
            for code in codes for year in range(2010, 2019)]  # fmt: skip


# --------------------------------------------------------------------------------------------------- the past


def test_of_a_cell_the_last_published_figure_is_kept():
    rows = filed((HENAN, SPENT, "2018", 1.0), (HENAN, SPENT, "2018", 2.0), (HENAN, SPENT, "2017", 3.0))
    rows["published"] = pd.to_datetime(["2020-01-02", "2020-01-01", "2019-01-01"])
    assert sorted(doubts.latest(rows)["value"]) == [1.0, 3.0]
    same = rows.assign(published=pd.Timestamp("2020-01-01"))
    assert sorted(doubts.latest(same)["value"]) == [2.0, 3.0]


@pytest.mark.parametrize(
    ("day", "period", "region", "basis"),
    [
        (date(2019, 11, 21), "2018", HENAN, "gdp-census-3"),
        (date(2019, 11, 22), "2018", HENAN, "gdp-census-4"),
        (date(2017, 1, 20), "2016", "210000", "gdp-census-3-restated"),
        (date(2017, 1, 19), "2016", "210000", "gdp-census-3"),
        (date(2017, 1, 20), "2015", "210000", "gdp-census-3"),
        (date(2017, 1, 20), "2016", HENAN, "gdp-census-3"),
        (date(2017, 1, 20), "2016", CHINA, "gdp-rd-capitalised"),
    ],
)
def test_a_figure_without_a_basis_gets_the_one_in_force(day, period, region, basis):
    figures = sent((region, RATE, period, 1.0), (region, SPENT, period, 1.0), (region, RATE, period, 1.0))
    figures["basis"] = ["", "", "its-own"]
    assert doubts.with_basis(figures, day, KNOWN)["basis"].tolist() == [basis, "", "its-own"]


@pytest.mark.parametrize(("period", "before"), [("2006", True), ("2007", False), ("2006-05", True)])
def test_a_basis_may_end_with_a_year(period, before):
    made = doubts.with_basis(sent((HENAN, SHARE, period, 1.0)), date(2000, 1, 1), KNOWN)
    assert (made["basis"].item() == "st-function-before-2007") is before


# ---------------------------------------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("value", "note", "day", "found"),
    [
        (math.nan, "wrong", "2019-05-01", []),
        (5.0, "wrong", "2019-05-01", ["withdrawal_value"]),
        (math.nan, " ", "2019-05-01", ["withdrawal_reason"]),
        (math.nan, "wrong", "2020-09-30", ["nothing_to_withdraw"]),
    ],
)
def test_a_withdrawal_has_a_reason_no_value_and_something_to_withdraw(value, note, day, found):
    past = filed((HENAN, SPENT, "2018", 5.0), source="sender", published=pd.Timestamp(day))
    figures = sent((HENAN, SPENT, "2018", value), status="withdrawn", note=note)
    codes = [code for code, _ in told(figures, past) if code != "changed_cell"]
    assert codes == found
    other = past.assign(source="other")
    assert "nothing_to_withdraw" in [code for code, _ in told(figures, other)]


@pytest.mark.parametrize(
    ("basis", "region", "indicator", "day", "fits"),
    [
        ("gdp-census-4", HENAN, RATE, date(2019, 11, 22), True),
        ("gdp-census-4", HENAN, RATE, date(2019, 11, 21), False),
        ("gdp-census-4", HENAN, SPENT, date(2020, 9, 30), False),
        ("gdp-census-4-restated", HENAN, RATE, date(2024, 12, 31), True),
        ("gdp-census-4-restated", LUOHE, RATE, date(2024, 12, 31), True),
        ("gdp-census-4-restated", HUBEI, RATE, date(2024, 12, 31), False),
    ],
)
def test_a_basis_fits_its_indicators_regions_and_day(basis, region, indicator, day, fits):
    found = told(sent((region, indicator, "2018", 1.0), basis=basis), day=day)
    assert (("wrong_basis", "B1") not in found) is fits


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2020", "running_year"),
        ("2021", "future_period"),
        ("2020-09", None),
        ("2020-10", "future_period"),
        ("2019", None),
    ],
)
def test_what_lies_ahead_is_refused_and_a_running_year_doubted(period, code):
    found = [one for one, _ in told(sent((HENAN, SPENT, period, 5.0)))]
    assert found == [one for one in [code] if one]


def test_a_year_is_over_on_its_last_day_and_a_stock_is_of_a_day():
    rows = sent((HENAN, SPENT, "2020", 5.0))
    assert told(rows, day=date(2020, 12, 31)) == [] and told(rows, day=date(2021, 1, 1)) == []
    (problem,) = examined(rows, day=date(2020, 12, 30))
    assert (problem.code, problem.facts["readings"], problem.facts["other"]) == (
        "running_year",
        "2020-12",
        "2020-12-30",
    )
    assert told(rows, day=date(2020, 11, 30)) == told(rows, day=date(2020, 1, 31)) == [("running_year", "B1")]
    assert told(sent((HENAN, STOCK, "2020", 5))) == []


def test_a_cell_sent_twice_is_named_by_both_places():
    figures = sent((HENAN, SPENT, "2018", 5.0), (HENAN, SPENT, "2019", 5.0), (HENAN, SPENT, "2018", 5.0))
    (problem,) = examined(figures)
    assert (problem.code, problem.cell, problem.facts["other"]) == ("duplicate", "B3", "one!B1")
    assert problem.facts["value"] == {
        "zh": "河南省2018年研究与试验发展（R&D）经费",
        "en": "rd_expenditure of Henan, 2018",
    }


@pytest.mark.parametrize(
    ("indicator", "value", "codes"),
    [
        (RATE, 20.0, []),
        (RATE, 20.01, ["bounds"]),
        (RATE, 0.0, ["zero"]),
        (NEW, 0.0, []),
        (RATE, -0.01, ["bounds"]),
        (SPENT, -1.0, ["bounds"]),
        (SPENT, 1e9, []),
        (NEW, 2.5, ["not_whole"]),
        (NEW, 2.0, []),
        (RATE, 2.5, []),
    ],
)
def test_a_figure_lies_within_its_bounds_and_a_count_is_whole(indicator, value, codes):
    assert [code for code, _ in told(sent((HENAN, indicator, "2018", value)))] == codes


def test_a_region_dissolved_before_is_doubted():
    figures = sent(("371200", NEW, "2018", 3.0), ("371200", NEW, "2019", 3.0), ("370100", NEW, "2019", 3.0))
    problems = examined(figures, day=date(2020, 12, 31))
    assert [(one.code, one.cell, one.facts["other"]) for one in problems] == [("dissolved", "B2", 2018)]


def test_bounds_are_told_with_an_open_end():
    assert examined(sent((HENAN, SPENT, "2018", -1.0)))[0].facts["other"] == "0…"
    assert examined(sent((HENAN, RATE, "2018", 21.0)))[0].facts["other"] == "0…20"
    assert (
        doubts._within(1.0, (None, 1.0))
        and doubts._within(1.0, (1.0, None))
        and doubts._within(9.0, (None, None))
    )
    assert not doubts._within(0.9, (1.0, None)) and not doubts._within(1.1, (None, 1.0))


def test_a_zero_amount_may_be_a_gap_and_a_zero_count_not():
    assert told(sent((HENAN, SPENT, "2018", 0.0))) == [("zero", "B1")]
    assert told(sent((HENAN, NEW, "2018", 0.0))) == []


@pytest.mark.parametrize(
    ("ratio", "codes"), [(2.0, []), (2.005, []), (1.9899, ["contradiction"]), (2.0111, ["contradiction"])]
)
def test_a_ratio_agrees_with_its_parts_as_exactly_as_all_are_printed(ratio, codes):
    """20.0 of 1000: a half of .1, of 1 and of the ratio's last digit are allowed."""
    figures = sent((HENAN, SPENT, "2018", 20.0), (HENAN, GDP, "2018", 1000.0), (HENAN, RATE, "2018", ratio))
    figures["written"] = ["20.0", "1000", f"{ratio}"]
    figures["basis"] = ["", "gdp-census-3", "gdp-census-3"]
    assert [code for code, _ in told(figures, day=date(2019, 5, 1))] == codes


def test_how_far_a_ratio_may_lie_from_its_parts_is_the_sum_of_their_halves():
    """20 +- .5 of 1000 +- .5 is 2 +- (.025 + .0005) 2 = 2 +- .051; .005 more for a ratio of two decimals."""
    for ratio, found in ((2.05, []), (2.06, [("contradiction", "B3")]), (1.94, [("contradiction", "B3")])):
        figures = sent(
            (HENAN, SPENT, "2018", 20.0), (HENAN, GDP, "2018", 1000.0), (HENAN, RATE, "2018", ratio)
        )
        figures["basis"] = ["", "gdp-census-3", "gdp-census-3"]
        assert told(figures, day=date(2019, 5, 1)) == found
    figures["basis"] = ["", "gdp-census-3", "gdp-census-2"]  # of another basis: nothing to agree with
    assert told(figures, day=date(2019, 5, 1)) == []
    apart = sent((HENAN, SPENT, "2018", 20.0), (HENAN, GDP, "2017", 1000.0), (HENAN, RATE, "2018", 3.0))
    assert told(apart, day=date(2019, 5, 1)) == []


def test_parts_that_make_an_impossible_ratio_are_refused_where_the_numerator_stands():
    figures = sent((HENAN, SPENT, "2018", 201.0), (HENAN, GDP, "2018", 1000.0))
    (problem,) = examined(figures, day=date(2019, 5, 1))
    assert (problem.code, problem.cell, problem.facts["other"]) == (
        "impossible_ratio",
        "B1",
        "one!B1 / one!B2",
    )
    assert problem.facts["readings"]["en"] == "20.1 % of GDP"
    assert told(sent((HENAN, SPENT, "2018", 200.0), (HENAN, GDP, "2018", 1000.0)), day=date(2019, 5, 1)) == []
    assert told(sent((HENAN, SPENT, "2018", 200.0), (HENAN, GDP, "2018", 0.0)), day=date(2019, 5, 1)) == [
        ("zero", "B2")
    ]
    nothing = sent((HENAN, SPENT, "2018", 0.0), (HENAN, GDP, "2018", 1000.0), (HENAN, RATE, "2018", 3.0))
    nothing["basis"] = ["", "gdp-census-3", "gdp-census-3"]
    assert told(nothing, day=date(2019, 5, 1)) == [("contradiction", "B3"), ("zero", "B1")]


@pytest.mark.parametrize(
    ("written", "value", "half"),
    [
        ("20.0", 20.0, 0.05),
        ("20", 20.0, 0.5),
        ("2000", 20.0, 0.005),
        ("0", 0.0, 0.5),
        ("1,302.15", 1302.15, 0.005),
        ("about", 20.0, 0.0),
        ("-20.0", -20.0, 0.05),
        ("0.00", 3.0, 0.005),
    ],
)
def test_half_of_the_last_printed_digit_in_the_unit_kept(written, value, half):
    one = doubts.Examination(sent((HENAN, SPENT, "2018", value), written=written), "s", DAY, NOTHING, KNOWN)
    assert one._half(0) == pytest.approx(half)


@pytest.mark.parametrize(
    ("value", "status", "same"),
    [(5.0, "reported", True), (5.0 + 1e-9, "reported", False), (5.0, "estimate", False)],
)
def test_what_a_source_published_on_a_day_is_not_changed_on_it(value, status, same):
    past = filed((HENAN, SPENT, "2018", 5.0), source="sender", published=pd.Timestamp(DAY))
    figures = sent((HENAN, SPENT, "2018", value), status=status)
    assert ("changed_cell" not in [code for code, _ in told(figures, past)]) is same
    gone = told(sent((HENAN, SPENT, "2018", math.nan), status="withdrawn", note="wrong"),
                past.assign(value=math.nan, status="withdrawn"))  # fmt: skip
    assert "changed_cell" not in [code for code, _ in gone]
    for other in (past.assign(source="other"), past.assign(published=pd.Timestamp("2020-09-29"))):
        assert "changed_cell" not in [code for code, _ in told(figures, other)]


def test_a_release_before_the_newest_of_its_source_is_late():
    past = filed((HUBEI, SPENT, "2018", 5.0), source="sender", published=pd.Timestamp(DAY))
    assert told(sent((HENAN, SPENT, "2018", 5.0)), past) == []
    figures = sent((HENAN, SPENT, "2018", 5.0), (HENAN, SPENT, "2017", 5.0), sheet=["one", "two"])
    (problem,) = examined(figures, past, day=date(2020, 9, 29))
    assert (problem.code, problem.sheet, problem.facts) == (
        "late",
        "one",
        {"other": "2020-09-30", "value": "2020-09-29"},
    )


# ------------------------------------------------------------------------------------------- what is doubtful


@pytest.mark.parametrize("kind", ["amount", "ratio", "share", "flow", "stock", "population"])
def test_the_width_of_plausible_changes_by_hand(kind):
    """Nineteen changes tell nothing; of twenty the middle, twelve robust deviations or what is least."""
    few = np.zeros(19)
    assert doubts.plausible(few, kind) == (0.0, doubts.ALONE[kind])
    assert doubts.plausible(np.full(20, 0.05), kind) == (0.05, doubts.LEAST[kind])
    wide = np.concatenate([np.full(10, 1.0), np.full(11, 3.0)])  # middle 3, deviations 2 and 0
    assert doubts.plausible(wide, kind) == (3.0, max(3.0, doubts.LEAST[kind]))
    even = np.concatenate([np.full(7, 0.0), np.full(7, 1.0), np.full(7, 2.0)])  # middle deviation 1
    assert doubts.plausible(even, kind) == (1.0, pytest.approx(12 * 1.4826))


@pytest.mark.parametrize(
    ("times", "power"),
    [
        (10, 1),
        (100, 2),
        (0.1, -1),
        (0.001, -3),
        (7.95, 1),
        (7.94, 0),
        (12.58, 1),
        (12.6, 0),
        (1.2, 0),
        (-10, 0),
        (0, 0),
    ],
)
def test_a_slip_of_ten_is_told_within_a_tenth_of_a_power(times, power):
    assert doubts.powers([3.0], [3.0 * times]).tolist() == [power]
    assert doubts.powers([0.0], [3.0]).tolist() == [0.0] and doubts.powers([math.nan], [3.0]).tolist() == [
        0.0
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind", "told_"),
    [(2.0, 2.5, "amount", "+25.00 %"), (2.0, 1.0, "flow", "-50.00 %"), (0.0, 3.0, "flow", "+3"),
     (2.0, 2.5, "ratio", "+0.5"), (2.0, 1.5, "share", "-0.5"), (0.5, 1.0, "amount", "+100.00 %")],
)  # fmt: skip
def test_a_change_is_told_in_points_or_per_cent(before, after, kind, told_):
    assert doubts.change_of(before, after, kind) == told_
    assert (doubts.shown(1.5, "%"), doubts.shown(math.nan, "%")) == ("1.5 %", "—")


def test_a_revision_beyond_the_plausible_is_doubted_beside_the_figure_before():
    """Alone, an amount moves by a factor of exp(1.4) = 4.06 at most."""
    past = filed((HENAN, SPENT, "2018", 10.0))
    for value, found in ((40.0, []), (41.0, ["jump"]), (2.5, []), (2.4, ["jump"])):
        figures = sent((HENAN, SPENT, "2018", value))
        problems = examined(figures, past, slow=JUMPS)
        assert [one.code for one in problems] == found
        if found:
            assert problems[0].facts["other"]["en"] == "10 × 100 million yuan before"
            assert problems[0].facts["readings"] == "×0.25…×4.1" and problems[0].facts["slip"]["en"] == ""


@pytest.mark.parametrize(
    ("year", "value", "found"),
    [
        ("2019", 40.0, []),
        ("2019", 41.0, ["B1"]),
        ("2020", 160.0, []),
        ("2020", 170.0, ["B1"]),
        ("2016", 2.4, []),
        ("2016", 2.3, []),
        ("2017", 2.4, ["B1"]),
        ("2017", 2.5, []),
    ],
)
def test_a_change_is_judged_a_year(year, value, found):
    past = filed((HENAN, SPENT, "2018", 10.0))
    jumps = [
        cell
        for code, cell in told(sent((HENAN, SPENT, year, value)), past, day=date(2021, 5, 1), slow=JUMPS)
        if code == "jump"
    ]
    assert jumps == found


def test_a_change_over_more_than_five_years_is_not_judged():
    for year, found in (("2013", ["B1"]), ("2012", [])):
        past = filed((HENAN, SPENT, year, 0.001))
        assert [
            cell for code, cell in told(sent((HENAN, SPENT, "2018", 9e5)), past, slow=JUMPS) if code == "jump"
        ] == found


def test_a_change_between_two_filed_figures_is_no_doubt_of_the_file():
    past = filed((HENAN, SPENT, "2010", 10.0), (HENAN, SPENT, "2011", 90.0))
    assert told(sent((HENAN, SPENT, "2018", 90.0)), past, slow=JUMPS) == []


def test_what_its_own_series_bears_out_is_not_doubted_beside_another_basis():
    """From 10 to 12 in two years on one basis; the year between was 72 on another: 1.79 in logarithms."""
    past = filed((HENAN, SPENT, "2016", 10.0), (HENAN, SPENT, "2017", 72.0))
    past["basis"] = ["", "other"]
    assert told(sent((HENAN, SPENT, "2018", 12.0)), past, slow=JUMPS) == []
    assert told(sent((HENAN, SPENT, "2018", 12.0)), past.iloc[1:], slow=JUMPS) == [("jump", "B1")]


def test_revised_months_are_doubted_once():
    spent = "fiscal_st_expenditure"
    codes = [code for code, one in KNOWN.regions.items() if one.level == "province"]
    past = filed(*((code, spent, "2018-06", 20.0) for code in codes))
    assert told(sent((HENAN, spent, "2018-06", 2000.0)), past, slow=JUMPS) == [("jump", "B1")]


def test_a_change_inside_a_file_is_told_once_at_the_later_figure():
    figures = sent((HENAN, SPENT, "2017", 10.0), (HENAN, SPENT, "2018", 90.0))
    (problem,) = examined(figures, slow=JUMPS)
    assert (problem.code, problem.cell) == ("jump", "B2")
    assert problem.facts["other"] == {"zh": "2017 年为 10 亿元", "en": "10 × 100 million yuan in 2017"}
    assert problem.facts["change"] == "+800.00 %"


def test_a_figure_that_departs_from_both_sides_is_doubted_once():
    past = filed((HENAN, SPENT, "2016", 10.0), (HENAN, SPENT, "2018", 10.0))
    assert told(sent((HENAN, SPENT, "2017", 60.0)), past, slow=JUMPS) == [("jump", "B1")]


def test_an_earlier_figure_is_doubted_beside_a_filed_later_one():
    past = filed((HENAN, SPENT, "2018", 10.0))
    figures = sent((HENAN, SPENT, "2017", 2.4), (HENAN, SPENT, "2019", 10.0))
    (problem,) = examined(figures, past, slow=JUMPS)
    assert (problem.cell, problem.facts["other"]["en"]) == ("B1", "10 × 100 million yuan in 2018")


@pytest.mark.parametrize(("value", "found"), [(40.0, []), (40.1, ["jump"])])
def test_a_share_on_another_basis_may_move_by_five_points_more(value, found):
    figures = sent((HENAN, SHARE, "2006", value), basis="st-function-before-2007")
    past = filed((HENAN, SHARE, "2005", 10.0))
    assert [code for code, _ in told(figures, past, day=date(2007, 5, 1), slow=JUMPS)] == found


def test_shares_are_judged_in_points_and_counts_one_above_their_logarithm():
    """A share alone may move by 25 points; a count of none to exp(2.4) - 1 = 10."""
    share = filed((HENAN, SHARE, "2018", 10.0))
    for value, found in ((34.9, []), (35.1, ["B1"])):
        assert [
            cell
            for code, cell in told(sent((HENAN, SHARE, "2019", value)), share, slow=JUMPS)
            if code == "jump"
        ] == found
    none = filed((HENAN, NEW, "2018", 0.0))
    for value, found in ((10.0, []), (11.0, ["B1"])):
        assert [
            cell for code, cell in told(sent((HENAN, NEW, "2019", value)), none, slow=JUMPS) if code == "jump"
        ] == found


@pytest.mark.parametrize(("wobble", "width"), [(0.0, 0.25), (0.02, 12 * 1.4826 * 0.02)])
def test_the_peers_changes_say_what_is_plausible(wobble, width):
    """Their middle is 10 % a year; the width is at its least, or twelve of their robust deviations."""
    past = filed(*sorted(peers(wobble), key=lambda one: one[2]))  # in no order of series
    for beside, found in ((-0.002, []), (0.002, ["jump"])):
        for sign in (-1, 1):
            value = 10 * 1.1 * math.exp(sign * (width + beside))
            assert [code for code, _ in told(sent((HENAN, SPENT, "2019", value)), past, slow=JUMPS)] == found


def test_a_change_of_basis_may_add_to_a_change_and_a_slip_of_ten_is_seen_through_it():
    past = filed((HENAN, RATE, "2018", 1.0), basis="gdp-census-3")
    for value, found in (
        (1.0 * math.exp(1.69), []),
        (math.exp(1.71), ["jump"]),
        (0.1, ["jump"]),
        (10.0, ["jump"]),
    ):
        figures = sent((HENAN, RATE, "2018", value), basis="gdp-census-4")
        problems = [one for one in examined(figures, past, slow=JUMPS) if one.code == "jump"]
        assert [one.code for one in problems] == found
    assert problems[0].facts["slip"]["en"].startswith(", about 10 times as much")
    assert problems[0].facts["other"]["en"] == "1 % of GDP in 2018"
    tenth = examined(sent((HENAN, RATE, "2018", 0.1), basis="gdp-census-4"), past, slow=JUMPS)[0]
    assert tenth.facts["slip"]["en"].startswith(", about 1/10 times as much")


@pytest.mark.parametrize(("change", "found"), [(0.54, []), (0.56, ["jump"]), (-0.54, []), (-0.56, ["jump"])])
def test_a_year_on_another_basis_is_not_expected_to_have_grown(change, found):
    """The peers grow by 10 % a year, give or take exp(.25); another basis adds exp(.3), either way."""
    figures = sent((HENAN, SPENT, "2018", 10 * math.exp(change)), basis="other")
    assert [code for code, _ in told(figures, filed(*peers(0.0)), slow=JUMPS)] == found


@pytest.mark.parametrize(("value", "found"), [(0.099, True), (0.1, False), (1000.0, False), (1200.0, True)])
def test_a_first_figure_far_from_all_peers_is_doubted(value, found):
    """The lowest of thirty provinces has 2, the highest 50: between a twentieth and twenty times."""
    values = np.linspace(2.0, 50.0, 30)
    codes = [code for code, one in KNOWN.regions.items() if one.level == "province" and code != HENAN]
    past = filed(
        *[(code, "fiscal_st_expenditure", "2018", value) for code, value in zip(codes, values, strict=True)]
    )
    problems = examined(sent((HENAN, "fiscal_st_expenditure", "2018", value)), past, slow=JUMPS)
    assert [one.code for one in problems if one.code == "level"] == ["level"] * found
    if found:
        assert problems[0].facts["readings"] == "2…50"
        both = sent(*((HENAN, "fiscal_st_expenditure", year, value) for year in ("2018", "2019")))
        assert told(both, past, slow=JUMPS) == [("level", "B1"), ("level", "B2")]
        few = past.iloc[[0, *range(12, 30)]]
        assert told(sent((HENAN, "fiscal_st_expenditure", "2018", value)), few, slow=JUMPS) == []
        enough = past.iloc[[0, *range(11, 30)]]
        assert told(sent((HENAN, "fiscal_st_expenditure", "2018", value)), enough, slow=JUMPS) != []


@pytest.mark.parametrize(
    ("value", "year", "code"),
    [
        (100.0, "2018", None),
        (100.1, "2018", "beyond_parent"),
        (124.0, "2019", None),
        (126.0, "2019", "beyond_parent"),
        (124.0, "2017", None),
        (126.0, "2017", "beyond_parent"),
        (0.0056, "2018", None),
        (0.0055, "2018", "hardly_part"),
        (0.0045, "2019", None),
        (0.0044, "2019", "hardly_part"),
        (900.0, "2012", None),
    ],
)
def test_a_part_is_no_more_than_its_whole_and_more_than_next_to_nothing(value, year, code):
    """18 cities of a province with 100: an even share is 5.6, a thousandth of it .0056; 25 % more a year."""
    assert sum(one.parent == HENAN for one in KNOWN.regions.values()) == 18
    found = [
        one
        for one in examined(sent((LUOHE, SPENT, year, value)), filed((HENAN, SPENT, "2018", 100.0)))
        if one.code in ("beyond_parent", "hardly_part")
    ]
    assert [one.code for one in found] == [code for code in [code] if code]
    if found:
        assert (found[0].facts["region"]["en"], found[0].facts["period"]) == ("Henan", "2018")


def test_a_thousandth_of_an_even_share_is_still_a_part():
    provinces = sum(one.parent == CHINA for one in KNOWN.regions.values())
    past = filed((CHINA, SPENT, "2018", 1000.0 * provinces))
    assert told(sent((HENAN, SPENT, "2018", 1.0)), past) == []
    assert told(sent((HENAN, SPENT, "2018", 0.999)), past) == [("hardly_part", "B1")]


def test_a_count_may_be_next_to_nothing_of_its_whole_and_the_country_is_a_whole_too():
    assert told(sent((LUOHE, NEW, "2018", 1)), filed((HENAN, NEW, "2018", 1_000_000))) == []
    above = examined(sent((LUOHE, NEW, "2018", 11)), filed((CHINA, NEW, "2018", 10)))
    assert [(one.code, one.facts["region"]["en"]) for one in above] == [("beyond_parent", "China")]
    both = examined(sent((LUOHE, NEW, "2018", 11)), filed((CHINA, NEW, "2018", 10), (HENAN, NEW, "2018", 10)))
    assert [one.facts["region"]["en"] for one in both] == ["Henan"]
    assert told(sent((LUOHE, NEW, "2018-06", 11)), filed((HENAN, NEW, "2018", 10))) == []
    assert told(sent((LUOHE, NEW, "2018-06", 11)), filed((HENAN, NEW, "2018-06", 10))) == [
        ("beyond_parent", "B1")
    ]
    assert told(sent((LUOHE, RATE, "2018", 11)), filed((HENAN, RATE, "2018", 10))) == []


def test_of_wholes_of_other_years_the_nearest_is_taken_the_earlier_first():
    known = {("a", "x", year): float(year) for year in ("2010", "2012", "2016")}
    for period, expected in (
        ("2011", "2010"),
        ("2013", "2012"),
        ("2015", "2016"),
        ("2014", "2012"),
        ("2021", "2016"),
    ):
        assert doubts._whole(known, "a", "x", period) == (float(expected), expected)
    value, period = doubts._whole(known, "a", "x", "2022")
    assert math.isnan(value) and period == "2022"
    assert math.isnan(doubts._whole(known, "a", "x", "2010-06")[0])


def rates(low=1.0, high=3.0, n=10, level="city"):
    codes = [
        code for code, one in KNOWN.regions.items() if one.level == level and code not in (HENAN, LUOHE)
    ][:n]
    return [(code, RATE, "2018", value) for code, value in zip(codes, np.linspace(low, high, n), strict=True)]


@pytest.mark.parametrize(("value", "readings"), [(45.0, None), (45.5, "1…3"), (6.7, None), (6.6, "1…3")])
def test_a_first_figure_makes_a_ratio_as_others_of_its_level_have(value, readings):
    """Of 1000 between one and three per cent, half as much more or less: 6.67 to 45."""
    past = filed((LUOHE, GDP, "2018", 1000.0), *rates(), *rates(0.1, 19.0, 15, "province"))
    found = [
        one
        for one in examined(sent((LUOHE, SPENT, "2018", value)), past, slow=IMPLIED)
        if one.code == "implied"
    ]
    assert [one.facts["readings"] for one in found] == [readings for readings in [readings] if readings]
    if found:
        assert found[0].facts["other"] == {"zh": "2018 年地区生产总值", "en": "gdp 2018"}
        assert found[0].facts["change"]["en"] == f"{value / 10:.3g} % of GDP"
        assert found[0].facts["indicator"]["en"] == RATE
        few = filed((LUOHE, GDP, "2018", 1000.0), *rates(n=9), *rates(0.1, 19.0, 15, "province"))
        assert told(sent((LUOHE, SPENT, "2018", value)), few, slow=IMPLIED) == []  # all levels together, then
        hardly_any = filed((LUOHE, GDP, "2018", 1000.0), *rates(n=9))
        assert told(sent((LUOHE, SPENT, "2018", value)), hardly_any, slow=IMPLIED) == []


def test_a_denominator_is_set_beside_its_numerator_the_other_way_round():
    past = filed((LUOHE, SPENT, "2018", 20.0), *rates())
    for value, found in ((450.0, []), (440.0, ["implied"]), (2990.0, []), (3010.0, ["implied"])):
        assert [code for code, _ in told(sent((LUOHE, GDP, "2018", value)), past, slow=IMPLIED)] == found


def test_a_part_is_set_beside_the_nearest_year_of_the_other_sent_or_filed():
    past = filed((LUOHE, GDP, "2010", 1.0), (LUOHE, GDP, "2016", 1000.0), *rates())
    (problem,) = examined(sent((LUOHE, SPENT, "2018", 90.0)), past, slow=IMPLIED)
    assert problem.facts["other"]["en"] == "gdp 2016"
    both = sent((LUOHE, SPENT, "2018", 90.0), (LUOHE, GDP, "2017", 4000.0))
    assert [code for code, _ in told(both, past, slow=IMPLIED)] == []
    assert told(sent((LUOHE, SPENT, "2022", 90.0)), past, day=date(2023, 5, 1), slow=IMPLIED) == []


def test_what_is_doubted_or_faulty_already_is_not_doubted_again():
    past = filed((LUOHE, GDP, "2018", 1000.0), (LUOHE, SPENT, "2017", 10.0), *rates())
    assert told(sent((LUOHE, SPENT, "2018", 90.0)), past, slow=None) == [("jump", "B1")]
    assert told(sent((LUOHE, SPENT, "2018", -90.0)), past, slow=JUMPS) == [("bounds", "B1")]
    withdrawn = sent((LUOHE, SPENT, "2018", math.nan), status="withdrawn", note="wrong")
    assert [code for code, _ in told(withdrawn, past, slow=JUMPS)] == ["nothing_to_withdraw"]
    expected = sent((LUOHE, SPENT, "2018", 900.0), status="estimate")
    assert [code for code, _ in told(expected, past, slow=JUMPS)] == []


def test_what_was_filed_later_or_does_not_stand_is_no_past():
    for same in ({"published": pd.Timestamp("2020-10-01")}, {"status": "estimate"}, {"status": "doubtful"}):
        assert (
            told(sent((HENAN, SPENT, "2018", 90.0)), filed((HENAN, SPENT, "2018", 10.0), **same), slow=JUMPS)
            == []
        )
    on_the_day = filed((HENAN, SPENT, "2018", 10.0), published=pd.Timestamp(DAY))
    assert told(sent((HENAN, SPENT, "2018", 90.0)), on_the_day, slow=JUMPS) == [("jump", "B1")]


def test_nothing_is_divided_by_a_whole_of_nothing():
    past = filed((LUOHE, GDP, "2018", 0.0), *rates())
    assert told(sent((LUOHE, SPENT, "2018", 90.0)), past, slow=IMPLIED) == []
    assert told(
        sent((LUOHE, SPENT, "2018", 0.0)), filed((LUOHE, GDP, "2018", 9.0), *rates()), slow=IMPLIED
    ) == [("zero", "B1")]


def test_a_first_line_that_jumps_is_doubted_itself_and_beside_the_figure_before():
    past = filed((HENAN, SPENT, "2018", 10.0))
    figures = sent((HENAN, SPENT, "2019", 90.0), (HENAN, NEW, "2019", 5))
    (problem,) = examined(figures, past, slow=JUMPS)
    assert (problem.code, problem.cell) == ("jump", "B1")
    assert problem.facts["other"]["en"] == "10 × 100 million yuan in 2018"
    assert problem.facts["value"]["en"] == "90 × 100 million yuan" and problem.facts["change"] == "+800.00 %"


def test_months_so_far_that_fall_may_be_single_months():
    past = filed((HENAN, SPENT, "2020-02", 50), published=pd.Timestamp("2020-04-01"))
    rows = [(HENAN, SPENT, "2020-03", 30), (HENAN, SPENT, "2020-06", 80), (LUOHE, SPENT, "2020-06", 1)]
    assert told(sent(*rows), past=past) == [("falls", "B1")]
    assert (
        told(sent((HENAN, NEW, "2019-06", 9), (HENAN, NEW, "2019-03", 4), (HENAN, NEW, "2018-12", 12))) == []
    )
    assert told(sent((HENAN, NEW, "2019-06", 3), (HENAN, NEW, "2019-03", 4))) == [("falls", "B1")]
    assert told(sent((HENAN, SPENT, "2020-02", 40)), past=past) == [], "a revision of the same months"
