"""An amount so far and its year: the share of its months, the product with the forecast, what is said."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats

from analysis import amounts, answers, attainment, documents, memo, mixtures, panel, plans, situations
from analysis.outlook import limited, work_out
from analysis.plots import claims
from analysis.processed import columns, shapes
from analysis.review import whatif
from test_attainment import assess, figures, target

MONEY = "fiscal_st_expenditure"
YEARS = {2012: 9.0, 2013: 10.0, 2014: 10.5, 2015: 11.8, 2016: 12.6, 2017: 13.1, 2018: 14.0, 2019: 15.2}
PAST = {2016: 0.40, 2017: 0.44, 2018: 0.42, 2019: 0.43}
WHOLE = figures(YEARS, MONEY)
HALVES = figures({f"{year}-06": share * YEARS[year] for year, share in PAST.items()}, MONEY)


def lognormal(centre, spread, dof=8.0, family="log"):
    """A forecast of one year: its logarithm a t around that of the centre."""
    one, wide = np.ones((1, 1)), np.ones((1, 1, 1))
    location = float(mixtures.forward(family, centre))
    return mixtures.Mixture(
        (family,), one, location * wide, spread * wide, 0 * wide, dof * one, np.zeros(1), 0.0
    )


def level(goal=16.0, **given):
    return target(indicator=MONEY, kind="level", goal=goal, **given)


def with_june(value, *more, day="2020-07-28"):
    return pd.concat([WHOLE, *more, figures({"2020-06": value}, MONEY)], ignore_index=True)


# ------------------------------------------------------------------------------------------- the mathematics


def test_the_share_of_past_years_by_hand():
    """Logits of .40, .44, .42: mean -.3231, deviation .0823; the next a t of 2 degrees, times sqrt(4/3)."""
    found = amounts.learned({2016: 0.40, 2017: 0.44, 2018: 0.42}, {}, 0.5)
    logits = np.log([0.40 / 0.60, 0.44 / 0.56, 0.42 / 0.58])
    assert found.mean == pytest.approx(-0.3231, abs=1e-4) and found.mean == pytest.approx(logits.mean())
    assert found.spread == pytest.approx(logits.std(ddof=1) * np.sqrt(4 / 3))
    assert (found.dof, found.evidence, found.years, found.regions) == (2.0, "own", (2016, 2017, 2018), 0)
    high = found.mean + found.spread * stats.t.ppf(0.9, 2)
    assert found.quantiles([0.9])[0] == pytest.approx(1 / (1 + np.exp(-high)))


def test_without_past_shares_the_even_pace_is_assumed_broadly():
    even = amounts.learned({}, {}, 0.5)
    assert (even.evidence, even.mean, even.years, even.regions) == ("assumed", 0.0, (), 0)
    assert even.quantiles([0.1, 0.9]) == pytest.approx([0.3235, 0.6765], abs=1e-3)
    assert amounts.learned({}, {}, 0.25).quantiles([0.5])[0] == pytest.approx(0.25)
    few = amounts.learned({}, {"a": [0.4], "b": [0.5]}, 0.5)
    assert few == even  # two regions are too few to tell


def test_other_regions_tell_where_three_have_a_share_and_count_once_each():
    found = amounts.learned({}, {"a": [0.4, 0.4], "b": [0.45], "c": [0.5]}, 0.25)
    assert (found.evidence, found.dof, found.regions) == ("others", 2.0, 3)
    logits = special.logit([0.4, 0.45, 0.5])
    assert found.mean == pytest.approx(logits.mean())
    assert found.spread == pytest.approx(special.logit([0.4, 0.4, 0.45, 0.5]).std(ddof=1) * np.sqrt(4 / 3))


def test_one_own_year_moves_what_is_assumed_by_the_conjugate_rule():
    """Prior of mean 0 weighing .1, 5 degrees, variance .25 / 11; one logit of -.3228 (a share of .42)."""
    found, logit = amounts.learned({2018: 0.42}, {}, 0.5), special.logit(0.42)
    assert (found.evidence, found.dof, found.years) == ("mixed", 6.0, (2018,))
    assert found.mean == pytest.approx(logit / 1.1)
    variance = (5 * 0.25 / 11 + 0.1 / 1.1 * logit**2) / 6
    assert found.spread == pytest.approx(np.sqrt(variance * (1 + 1 / 1.1)))


def test_two_own_years_move_it_by_how_far_they_lie_apart():
    found, logits = amounts.learned({2017: 0.30, 2018: 0.55}, {}, 0.5), special.logit([0.30, 0.55])
    assert found.dof == 7.0 and found.mean == pytest.approx(logits.sum() / 2.1)
    squares = ((logits - logits.mean()) ** 2).sum()
    variance = (5 * 0.25 / 11 + squares + 0.2 / 2.1 * logits.mean() ** 2) / 7
    assert found.spread == pytest.approx(np.sqrt(variance * (1 + 1 / 2.1)))


@pytest.mark.parametrize("total", [8.0, 20.0])
def test_what_is_seen_of_a_total_has_a_density(total):
    share = amounts.Share(-0.3, 0.4, 5.0)

    def density(seen):
        return float(share.likelihood(seen, np.array([total]))[0])

    assert integrate.quad(density, 1e-9, total * (1 - 1e-9), limit=200)[0] == pytest.approx(1, abs=1e-6)
    middle = total * share.quantiles([0.5])[0]
    assert integrate.quad(density, 1e-9, middle)[0] == pytest.approx(0.5, abs=1e-6)
    assert density(total) == density(2 * total) == 0.0


@pytest.mark.parametrize(("spread", "scale"), [(3.0, 1e-3), (3.0, 1e-2), (0.011, 3.0)])
def test_the_sharper_of_months_and_forecast_is_met_closely(spread, scale):
    """Where the other says next to nothing, the quantiles are those of the one alone."""
    share, prior = amounts.Share(0.0, spread, 8.0), lognormal(14.0, scale)
    grid, total, _ = amounts.whole_year(7.0, share, prior)
    levels = np.array([0.1, 0.5, 0.9])
    alone = mixtures.quantile(prior, levels)[0, 0] if scale < spread else 7 / share.quantiles(1 - levels)
    wide = 2.6 * min(scale * 14, spread * 7)
    assert amounts.quantile(grid, total, levels) == pytest.approx(alone, abs=0.02 * wide)


def test_a_share_is_never_known_too_closely_nor_above_one():
    same = amounts.learned({2016: 0.42, 2017: 0.42, 2018: 0.42}, {}, 0.5)
    assert same.spread == amounts.FINEST
    over = amounts.learned({2016: 1.02, 2017: 1.0, 2018: 0.999}, {}, 1.0)
    assert over.quantiles([0.5])[0] == pytest.approx(amounts.MOST)


def test_the_months_alone_say_the_amount_over_the_share():
    share = amounts.learned({2016: 0.40, 2017: 0.44, 2018: 0.42}, {}, 0.5)
    grid, total, alone = amounts.whole_year(6.0, share, None)
    assert total == pytest.approx(alone) and total.sum() == pytest.approx(1) and grid[0] >= 6.0
    levels = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    assert amounts.quantile(grid, alone, levels) == pytest.approx(6 / share.quantiles(1 - levels), rel=2e-3)
    assert amounts.chance_below(grid, total, 6.0) == 0.0 and amounts.chance_below(grid, total, 1e9) == 1.0


@pytest.mark.parametrize("family", ["log", "identity"])
@pytest.mark.parametrize(("seen", "spread"), [(6.0, 0.1), (6.0, 0.5), (11.0, 0.5), (2.0, 0.3)])
def test_the_product_with_the_forecast_is_bayes_rule_in_the_total(family, seen, spread):
    """Against direct integration of prior density times the density of the sum given each total."""
    share, scale = amounts.Share(-0.3, spread, 4.0), 0.1 if family == "log" else 1.4
    prior = lognormal(14.0, scale, family=family)
    centre = np.log(14.0) if family == "log" else 14.0

    def density(total):
        z = np.log(total) if family == "log" else total
        before = stats.t.pdf((z - centre) / scale, 8) / scale / (total if family == "log" else 1)
        part = seen / total
        given = stats.t.pdf((special.logit(part) - share.mean) / spread, 4) / spread
        return before * given / (part * (1 - part)) / total

    low = seen * (1 + 1e-9)
    points = [13.0, 14.0, 15.0]
    whole = integrate.quad(density, low, 80.0, points=points, limit=400)[0]
    grid, total, _ = amounts.whole_year(seen, share, prior)
    for value in (12.5, 13.5, 14.5, 16.0):
        below = integrate.quad(density, low, value, points=[one for one in points if one < value], limit=400)[
            0
        ]
        assert amounts.chance_below(grid, total, value) == pytest.approx(below / whole, abs=2e-3)


def test_a_sharper_month_weighs_more_and_more_money_is_more():
    prior = lognormal(14.0, 0.1)
    middles = [
        amounts.quantile(*amounts.whole_year(7.0, amounts.Share(-0.3, spread, 5.0), prior)[:2], [0.5])[0]
        for spread in (0.3, 0.1, 0.02)
    ]
    assert middles == sorted(middles) and middles[0] > 14.0
    assert middles[-1] == pytest.approx(7 * (1 + np.exp(0.3)), abs=0.1)
    share = amounts.Share(-0.3, 0.2, 5.0)
    by_amount = [amounts.quantile(*amounts.whole_year(x, share, prior)[:2], [0.5])[0] for x in (4, 6, 8, 20)]
    assert by_amount == sorted(by_amount) and by_amount[-1] > 20


def test_the_density_of_a_mixture_is_the_slope_of_its_distribution():
    one, two = lognormal(14.0, 0.1), lognormal(12.0, 0.3)
    pool = mixtures.Mixture(
        ("log", "log"), np.array([[0.7, 0.3]]), np.concatenate([one.location, two.location], axis=1),
        np.concatenate([one.spread, two.spread], axis=1), np.zeros((1, 2, 1)), np.full((1, 2), 8.0),
        np.array([0.5]), 0.0,
    )  # fmt: skip
    values = np.array([9.0, 12.0, 14.0, 18.0])
    above, below = (mixtures.cdf(pool, (values + side)[None, None])[0, 0] for side in (1e-4, -1e-4))
    assert np.exp(amounts.log_density(pool, values)) == pytest.approx((above - below) / 2e-4, rel=1e-4)


@pytest.mark.parametrize("years", [4, 5, 6, 8])
def test_four_of_five_outcomes_lie_inside_the_interval_of_four_fifths(years, monkeypatch):
    """Regions whose shares and whose growth are drawn, with deviations from small to large."""
    forecast, quantile = lognormal(10.0, 0.12), mixtures.quantile
    once = functools.cache(lambda levels: quantile(forecast, np.frombuffer(levels)))
    monkeypatch.setattr(mixtures, "quantile", lambda pool, levels: once(levels.tobytes()))
    rng, inside, alone = np.random.default_rng(years), [], []
    for spread in (0.05, 0.15, 0.3):
        for _ in range(200):
            centre = rng.normal(-0.2, 0.3)
            past = special.expit(rng.normal(centre, spread, years))
            total = 10 * np.exp(0.12 * rng.standard_t(8))
            seen = total * special.expit(rng.normal(centre, spread))
            share = amounts.learned(dict(enumerate(past)), {}, 0.5)
            grid, together, months = amounts.whole_year(seen, share, forecast)
            for held, mass in ((inside, together), (alone, months)):
                low, high = amounts.quantile(grid, mass, [0.1, 0.9])
                held.append(low <= total <= high)
    assert 0.74 <= np.mean(inside) <= 0.86 and 0.76 <= np.mean(alone) <= 0.85


# ----------------------------------------------------------------------------------------- what is known when


def test_the_parts_of_years_are_of_one_basis_and_of_years_known_as_a_whole():
    rows = pd.concat([WHOLE, HALVES, figures({"2020-06": 7.0}, MONEY), figures({"2019-09": 9.0}, MONEY)])
    found = panel.parts(rows, MONEY, 6)
    assert found["year"].tolist() == [2016, 2017, 2018, 2019]
    assert found["share"].tolist() == pytest.approx(list(PAST.values()))
    assert panel.parts(rows, MONEY, 9)["share"].tolist() == pytest.approx([9.0 / 15.2])
    assert panel.parts(rows.assign(basis=rows["period"].str.len().astype(str)), MONEY, 6).empty


def test_an_amount_so_far_bears_on_the_year(catalogue):
    """43 % by June, as in other years, of 15.2 a year ago: on the way to 16 with 6.9, less with 6.0."""
    without = assess(level(), WHOLE, catalogue, "2020-10-31")
    p = {
        june: assess(level(), with_june(june, HALVES), catalogue, "2020-10-31")
        for june in (6.0, 6.5, 6.9, 7.5)
    }
    chances = [one.row["p_attain"] for one in p.values()]
    assert chances == sorted(chances) and chances[0] < 0.2 < 0.5 < chances[2] and chances[3] > 0.75
    seen = p[6.9].in_year
    assert (seen.month, seen.seen, seen.past.evidence, seen.past.years) == (
        "2020-06", 6.9, "own", (2016, 2017, 2018, 2019),
    )  # fmt: skip
    assert seen.share == pytest.approx(np.median(list(PAST.values())), abs=0.005)
    assert p[6.9].readings["without_months"] == pytest.approx(without.row["p_attain"])
    assert p[6.9].median == pytest.approx(p[6.9].row["median"]) and p[6.9].row["gap"] == pytest.approx(9.1)
    last = p[6.9].quantiles[p[6.9].quantiles["year"].eq(2020)]["value"].tolist()
    assert last == sorted(last) and last[0] > 6.9


def test_what_is_spent_is_spent(catalogue):
    """More than the goal by June: met; with a goal not to exceed: missed. A year is at least its months."""
    assert assess(level(), with_june(16.5), catalogue, "2020-10-31").row["verdict"] == "met"
    assert assess(level(comparison="<="), with_june(16.5), catalogue, "2020-10-31").row["verdict"] == "missed"
    nearly = assess(level(), with_june(15.9), catalogue, "2020-10-31")
    assert nearly.row["verdict"] == "open" and nearly.row["p_attain"] > 0.9
    grown = target(indicator=MONEY, kind="growth", goal=10.0, since=2019)
    assert assess(grown, with_june(40.0), catalogue, "2020-10-31").row["p_attain"] == 1.0
    more = target(indicator=MONEY, kind="direction", goal=None, comparison=">", than=2019)
    assert assess(more, with_june(15.3), catalogue, "2020-10-31").row["verdict"] == "met"
    less = target(indicator=MONEY, kind="direction", goal=None, comparison="<", than=2019)
    assert assess(less, with_june(15.3), catalogue, "2020-10-31").row["verdict"] == "missed"


def test_nothing_published_later_reaches_the_share(catalogue):
    rows, day = with_june(6.9, HALVES), "2020-07-31"  # the year 2019 is published in October 2020 only
    told = assess(level(), rows, catalogue, day)
    assert told.in_year.past.years == (2016, 2017, 2018)
    before = rows[rows["published"].le(pd.Timestamp(day))]
    assert assess(level(), before, catalogue, day).row == told.row
    assert assess(level(), rows, catalogue, "2020-06-27").in_year is None


@pytest.mark.parametrize("kind", ["direction", "growth", "cumulative", "every_year"])
def test_every_kind_that_asks_about_the_year_hears_its_months(kind, catalogue):
    given = {
        "direction": {"goal": None, "comparison": ">", "than": 2019},
        "growth": {"goal": 6.0, "since": 2018},
        "cumulative": {"goal": 31.0, "since": 2019},
        "every_year": {"goal": 15.0, "since": 2019},
    }[kind]
    one = target(indicator=MONEY, kind=kind, **given)
    low, high = (assess(one, with_june(june, HALVES), catalogue, "2020-10-31").row for june in (6.0, 7.4))
    plain = assess(one, WHOLE, catalogue, "2020-10-31").row["p_attain"]
    assert low["p_attain"] < plain - 0.1 < plain < high["p_attain"]


def test_paths_weighed_by_the_months_agree_with_the_closed_form(catalogue):
    """A sum of the one year is the year; a year before that is still ahead is drawn beside it."""
    rows = with_june(6.8, HALVES)
    closed = assess(level(), rows, catalogue, "2020-10-31").row
    drawn = assess(
        target(indicator=MONEY, kind="cumulative", since=2020, goal=16.0), rows, catalogue, "2020-10-31"
    )
    assert drawn.row["p_attain"] == pytest.approx(closed["p_attain"], abs=0.03)
    assert drawn.row["median"] == pytest.approx(closed["median"], rel=0.01)


def test_months_of_a_ratio_or_a_stock_do_not_add_up_to_a_year(catalogue):
    """Half a year's share of the budget is no half of the year's, and a stock in June is no part of one."""
    for key, kind in (("fiscal_st_share", "direction"), ("national_hte_stock", "direction")):
        rows = figures({year: 20 + year % 3 for year in range(2012, 2020)}, key)
        one = target(indicator=key, kind=kind, goal=None, comparison=">", than=2019)
        told = assess(one, pd.concat([rows, figures({"2020-06": 90}, key)]), catalogue, "2020-10-31")
        assert told.in_year is None and told.row == assess(one, rows, catalogue, "2020-10-31").row


def test_months_on_another_basis_are_left_out(catalogue):
    rows = with_june(6.9, HALVES)
    other = rows.assign(basis=rows["basis"].where(rows["period"].ne("2020-06"), "st-function-before-2007"))
    assert assess(level(), other, catalogue, "2020-10-31").in_year is None


def test_other_provinces_lend_their_shares(catalogue):
    codes = ("410000", "420000", "430000", "440000")
    rows = [figures(YEARS, MONEY, code) for code in codes]
    rows += [
        figures({"2019-06": share * 15.2}, MONEY, code)
        for code, share in zip(codes[1:], (0.4, 0.42, 0.44), strict=True)
    ]
    now = figures({"2020-06": 6.6}, MONEY, "410000")
    told = assess(level(), pd.concat([*rows, now]), catalogue, "2020-10-31", "410000")
    assert (told.in_year.past.evidence, told.in_year.past.regions) == ("others", 3)
    assert told.in_year.share == pytest.approx(0.42, abs=0.001)
    country = assess(level(), pd.concat([*rows, with_june(6.6)]), catalogue, "2020-10-31")
    assert country.in_year.past.evidence == "assumed"  # provinces are no countries


def test_an_assumed_share_widens_the_range_to_the_answer_without_it(catalogue):
    told = assess(level(), with_june(8.0), catalogue, "2020-10-31")
    without = told.readings["without_months"]
    assert told.in_year.past.evidence == "assumed" and told.row["p_low"] <= without <= told.row["p_high"]
    assert told.row["p_low"] <= told.in_year.p_flat <= told.row["p_high"]


def test_without_any_year_before_the_months_answer_alone(catalogue):
    told = assess(level(), figures({"2020-06": 8.0}, MONEY), catalogue, "2020-10-31")
    assert not isinstance(told.answer, situations.Forecast) and told.row["p_attain"] == pytest.approx(
        0.5, abs=0.01
    )
    assert (told.row["evidence"], told.row["verdict"]) == ("own", "open")


# ------------------------------------------------------------------------------------- what is said of it


@pytest.fixture(scope="module")
def exercise(catalogue, observations):
    """Luohe's fiscal S&T expenditure with made-up months: the exercise of the handbooks."""
    given = {"2016-06": 0.50, "2017-06": 0.59, "2018-06": 0.62, "2018": 1.45, "2019-06": 0.68}
    rows = observations[observations["region"].eq("411100") & observations["indicator"].eq(MONEY)].tail(1)
    made = [
        rows.assign(period=period, year=int(period[:4]), value=value, status="reported", basis="",
                    published=pd.Timestamp("2019-07-15"), precision="day", note="")
        for period, value in given.items()
    ]  # fmt: skip
    told = pd.concat([observations, *made], ignore_index=True)
    plan = limited(plans.load("luohe-2019", catalogue), {"fiscal-st-expenditure-rise"})
    return work_out(plan, told, "2019-07-20", catalogue)


def test_what_it_takes_is_said_by_month_and_beside_past_years(catalogue):
    told = assess(level(), with_june(6.5, HALVES), catalogue, "2020-10-31")
    vintage = attainment.Vintage.of(with_june(6.5, HALVES), "2020-10-31", catalogue)
    found = answers.answers(told, vintage)
    asked = found["requirement"]["per_month"]
    assert (asked["still"], asked["months"]) == (pytest.approx(9.5), 6)
    assert (asked["value"], asked["so_far"]) == (pytest.approx(9.5 / 6), pytest.approx(6.5 / 6))
    # 6.5 is 40.6 % of 16: one year of four had no more than that by June
    assert found["requirement"]["months"] == {"share": pytest.approx(6.5 / 16), "years": 4, "enough": 1}
    pace = found["side_by_side"]["pace"]
    assert (pace["done"], pace["elapsed"], pace["ahead"]) == (pytest.approx(6.5 / 16), 0.5, False)


def test_the_half_year_memo_of_an_amount(exercise, catalogue):
    one = exercise.of("fiscal-st-expenditure-rise")
    zh, en = (memo.compose(one, catalogue, language) for language in ("zh", "en"))
    chinese, english = (said(document) for document in (zh, en))
    assert documents.plain(zh.title).replace("\u200b", "").endswith("目标上半年执行情况和全年预测的报告")
    assert "截至2019年6月，当年累计0.68亿元；本市2016年至2018年，同期累计数平均占全年的43%，" in chinese
    assert (
        "序时进度：已达2018年全年数的47%，时间已过50%，慢于序时进度；本市往年同期平均也慢于序时进度，前低后高。"
        in chinese
    )
    assert "behind an even pace; so it was in the city’s past years on average" in english
    # in_year .193, time .185: neither is the main reason
    assert "依次为：一是公布了当年累计数（+19），二是2018年有了数据，" in chinese
    assert "不再是两个预测数相比（+19）。" in chinese
    assert "主要原因" not in chinese
    assert (
        "(i) figures of the year so far were published (+19) and (ii) 2018 has a figure, so that no longer"
        " two forecasts are compared (+19)." in english
    )
    assert "今后6个月还需完成0.77亿元，平均每月0.13亿元；此前各月平均为0.11亿元。" in chinese
    assert "要达标，这一累计数占全年的比重须不超过47%；2016年至2018年各年均未超过。" in chinese
    assert "不计当年累计数，仅按全年数据测算，达标概率为" in chinese
    assert "Up to June 2019 the year’s amount stands at 68 million yuan" in english
    assert "The 6 months left still need 77 million yuan, or 13 million yuan a month" in english
    for document in (zh, en):
        documents.check_wording(document)


def said(document):
    return "".join(
        documents.plain(block.text) for block in document.blocks if hasattr(block, "text")
    ).replace("\xa0", " ")


def test_an_amount_comes_back_from_the_tables(exercise, catalogue):
    day = exercise.as_of
    written = {name: columns.text(name, one, catalogue) for name, one in shapes.tables_of(exercise).items()}
    found = {name: columns.read(name, text.encode()) for name, text in written.items()}
    back = shapes.outlook_of(found, exercise.plan, day, catalogue).of("fiscal-st-expenditure-rise").assessment
    made = exercise.of("fiscal-st-expenditure-rise").assessment
    assert back.row["p_attain"] == pytest.approx(made.row["p_attain"], rel=1e-6)
    assert back.in_year.past.years == made.in_year.past.years == (2016, 2017, 2018)
    assert back.in_year.quantiles([0.1, 0.5, 0.9]) == pytest.approx(
        made.in_year.quantiles([0.1, 0.5, 0.9]), rel=1e-5
    )
    assert back.readings["without_months"] == pytest.approx(made.readings["without_months"], rel=1e-6)


def test_the_page_answers_for_other_goals_from_the_year(exercise, catalogue):
    made = assess(level(), with_june(6.8, HALVES), catalogue, "2020-10-31")
    kept = whatif.stored(made, catalogue)
    assert kept["form"] == "quantiles" and kept["year"] is None
    assert whatif.probability(kept) == pytest.approx(made.row["p_attain"], abs=2e-3)


def test_a_target_met_by_its_months_says_to_when(catalogue):
    met = assess(level(), with_june(16.5), catalogue, "2020-10-31")
    assert "16.50亿元（截至2020年6月）" in claims.claim(met, "zh", catalogue)
    assert "by the end of June 2020" in claims.claim(met, "en", catalogue)


def test_past_months_stand_in_the_table(exercise, catalogue):
    zh = memo.compose(exercise.of("fiscal-st-expenditure-rise"), catalogue, "zh")
    table = next(block for block in zh.annexes[0].blocks if isinstance(block, documents.Table))
    listed = [tuple(documents.plain(cell) for cell in row[:2]) for row in table.rows]
    for period, value in (("2016", "0.50"), ("2017", "0.59"), ("2018", "0.62"), ("2019", "0.68")):
        assert (f"截至{period}年6月", value) in listed
