"""Kinds of target: each has its room, and the place among siblings agrees with counting by hand."""

import dataclasses
import datetime
import importlib
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats

import analysis
from analysis import (
    attainment,
    counts,
    documents,
    forecast,
    kinds,
    memo,
    mixtures,
    outlook,
    plans,
    situations,
    tables,
)
from analysis.kinds import goals, paths, within
from analysis.plots import claims
from analysis.processed import columns, shapes
from analysis.review import workbook
from analysis.review.view import cells, details, given
from analysis.review.wordbook import Book
from test_attainment import COUNT, RATE, assess, figures, plan, target

HENAN, RECOGNISED = "410000", "national_hte_recognised"


def ranked(goal=17, **given):
    return target(**{"kind": "rank", "comparison": "<=", "goal": goal, "deadline": 2020} | given)


def test_a_kind_without_a_record_or_a_form_fails_at_import(monkeypatch):
    assert set(kinds.KINDS) == set(plans.FORMS)
    monkeypatch.setitem(plans.FORMS, "sideways", plans.Form())
    with pytest.raises(ImportError, match="sideways"):
        importlib.reload(kinds)


def test_nothing_outside_asks_for_a_kind_by_its_name():
    names = "|".join(name for name, form in plans.FORMS.items() if not form.indicators)  # no indicator's kind
    asks = re.compile(rf"""target\.kind\s*(==|!=|in\b|not in)|\bkind\s*(==|!=)\s*["']({names})["']""")
    root = Path(analysis.__file__).parent
    files = [*root.rglob("*.py"), *root.rglob("*.j2")]
    outside = [path for path in files if path.parent.name != "kinds" and path.name != "plans.py"]
    assert len(outside) > 50
    found = {path.name: asks.findall(path.read_text(encoding="utf-8")) for path in outside}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_kind_says_when_it_is_met_and_what_is_drawn():
    for one in kinds.KINDS.values():
        assert type(one).outcome is not kinds.Kind.outcome
        assert one.judged or type(one).quantity is not kinds.Kind.quantity


def test_a_place_is_counted_in_joint_forecasts(assessment, catalogue, observations):
    """By hand: given Henan's figure, the others' being better is a sum of independent coins."""
    vintage = attainment.Vintage.of(observations, "2018-12-31", catalogue)
    chances = {}
    for goal in (14, 17, 20):
        one = ranked(goal)
        chances[goal] = attainment.assess_vintage(plan(one, HENAN), one, vintage).row["p_attain"]
    forecaster = vintage.ladder.forecaster(one.indicator)
    everyone = [HENAN, *kinds.of(one).siblings(HENAN, catalogue, one.deadline)]
    assert len(everyone) == 31
    pools = [forecaster.predict(region, 2020).mixture for region in everyone]
    levels = (np.arange(200) + 0.5) / 200
    own = np.round(mixtures.quantile(pools[0], levels)[0, -1], 2)
    points = [np.broadcast_to(own + 0.005, (1, len(pool.location[0, 0]), len(own))) for pool in pools[1:]]
    better = 1 - np.stack(
        [mixtures.cdf(pool, one)[0, -1] for pool, one in zip(pools[1:], points, strict=True)]
    )
    for goal, p in chances.items():
        hand = np.mean([counts.poisson_binomial(column)[:goal].sum() for column in better.T])
        assert p == pytest.approx(hand, abs=0.02)


@pytest.mark.parametrize(("goal", "verdict"), [(17, "missed"), (18, "met")])
def test_a_place_is_known_from_the_whole_table(catalogue, observations, goal, verdict):
    one = ranked(goal)
    found = attainment.assess(plan(one, HENAN), one, observations, "2021-12-31", catalogue)
    rows = observations[observations["indicator"].eq(RATE) & observations["period"].eq("2020")]
    table = rows[rows["published"].le("2021-12-31") & rows["region"].str.match("[1-9].0000")]
    table = table.set_index("region")["value"]
    assert len(table) == 31
    assert found.row["outcome"] == 1 + (table > table[HENAN]).sum() == 18
    assert (found.row["verdict"], found.row["gap"]) == (verdict, goal - 18)
    earlier = attainment.assess(plan(one, HENAN), one, observations, "2018-12-31", catalogue)
    assert earlier.row["gap"] == goal - 17  # the place of 2017, two provinces on bases of their own
    assert earlier.row["p_low"] <= earlier.row["p_attain"] <= earlier.row["p_high"]


def provinces(catalogue, values, indicator=RATE):
    codes = [code for code, one in catalogue.regions.items() if one.level == "province"]
    return pd.concat([figures(values(i), indicator, code) for i, code in enumerate(codes)]), codes


def test_equal_figures_share_the_better_place(catalogue):
    rows, codes = provinces(catalogue, lambda i: {2019: 1.0, 2020: 3.0 - 0.1 * (i // 2)})
    found = [assess(ranked(3), rows, catalogue, "2021-12-31", code).row for code in codes[:6]]
    assert [row["outcome"] for row in found] == [1, 1, 3, 3, 5, 5]
    assert [row["verdict"] for row in found] == ["met"] * 4 + ["missed"] * 2


def test_a_region_without_figures_leaves_the_place_open_and_is_named(catalogue):
    rows, codes = provinces(catalogue, lambda i: {2017: 1.9 - 0.05 * i, 2018: 2.0 - 0.05 * i})
    gap = rows[rows["region"].ne(codes[4])]
    found = assess(ranked(3), gap, catalogue, "2019-12-31", codes[2])
    assert (found.row["verdict"], found.row["p_attain"]) == ("no_evidence", None)
    assert found.answer == situations.Lacking((codes[4],))
    whole = assess(ranked(3), rows, catalogue, "2019-12-31", codes[2])
    assert 0.2 < whole.row["p_attain"] < 0.9 and whole.situation == "open"
    late = pd.concat([gap, figures({2020: 9.0}, RATE, codes[4])])
    first = assess(ranked(1), late, catalogue, "2021-12-31", codes[0])
    assert first.row["verdict"] == "open" and first.row["p_attain"] < 0.01  # one is known to be better


def test_a_city_stands_among_the_cities_of_its_province(catalogue):
    cities = kinds.KINDS["rank"].siblings("411100", catalogue, 2023)
    assert len(cities) == 17 and all(catalogue.regions[code].parent == HENAN for code in cities)
    of = {year: kinds.KINDS["rank"].siblings("370100", catalogue, year) for year in (2018, 2019)}
    assert {*of[2018]} - {*of[2019]} == {"371200"}  # dissolved at the end of 2018


SAID = {
    "zh": {"goal": "前17位", "place": "第17位", "outcome": "第18位", "among": "31个省（区、市）"},
    "en": {"goal": "place 17 or better", "place": "place 17", "outcome": "place 18", "among": "31 provinces"},
}
WRONG = re.compile(r"≤|17(\.0+)?\s?%|18(\.0+)?\s?%|不高于17|at most 17|17\.0")


def lines(document):
    """Return every sentence and cell of a memo, without the marks of facts."""
    for block in [*document.blocks, *[block for annex in document.annexes for block in annex.blocks]]:
        cells_of = [cell for row in getattr(block, "rows", ()) for cell in row]
        yield from map(documents.plain, [getattr(block, "text", ""), *cells_of])


@pytest.fixture(scope="module")
def placed(observations, catalogue):
    """All there is to say on a place, as of a day before it is known and one after."""
    one = plan(ranked(title={"zh": "R&D经费投入强度位次", "en": "Rank by R&D intensity"}), HENAN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attainment, "dates", lambda plan, observations, until: [until])
        return [outlook.work_out(one, observations, day, catalogue) for day in ("2018-12-31", "2021-12-31")]


def said_of_a_place(made, catalogue, language):
    """Return what memo, figure and page say, without the marks of facts."""
    (dossier,), day = made.dossiers, made.as_of
    found = dossier.assessment
    document = memo.compose(dossier, catalogue, language)
    documents.check_wording(document)
    text = list(lines(document))
    seen = outlook.Outlook(made.plan, day, (dossier,), attainment.frame([found.row]))
    inputs = given.Inputs(seen, {}, {}, {}, None)
    page = given.One(found, inputs, Book(language, catalogue))
    shown = [cells.goal(page), str(cells.outcome(page)), *[str(fact) for fact in details.facts(page)]]
    return text, [claims.claim(found, language, catalogue), *map(documents.plain, shown)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_place_is_never_said_in_the_indicators_unit(catalogue, placed, language):
    words = SAID[language]
    for made, place in zip(placed, (words["place"], words["outcome"]), strict=True):
        text, shown = said_of_a_place(made, catalogue, language)
        assert any(words["goal"] in line and words["among"] in line for line in text)
        assert any(place in line for line in text) and any(place in line for line in shown)
        assert words["goal"] in shown[0] and words["goal"] in shown[1]
        assert [line for line in [*text, *shown] if WRONG.search(line)] == []


def test_a_place_stands_in_the_table_as_its_number(catalogue, observations):
    one = ranked()
    rows = attainment.table(plan(one, HENAN), observations, "2021-12-31", catalogue)
    row = rows.iloc[0]
    assert (row["kind"], row["goal"], row["outcome"], row["gap"]) == ("rank", 17, 18, -1)
    assert ",rank,17.0,2020," in tables.csv(rows)


def test_a_city_is_told_whose_figures_a_place_takes(catalogue, observations):
    one = ranked(5, deadline=2025)
    rows = observations[observations["region"].ne("410500")]
    found = attainment.assess(plan(one, "411100"), one, rows, "2024-12-31", catalogue)
    text = "".join(
        lines(memo.compose(outlook.Dossier(found, found.history.assign(role="own"), {}), catalogue, "zh"))
    )
    assert "410500" in found.answer.missing and "安阳市" in text
    assert "排列位次需要18个市的完整数据" in text


UNITS = ("目标值单位", "单位", "Unit of the goal", "Unit")


@pytest.mark.usefixtures("nothing_before")
def test_a_place_keeps_its_unit_in_the_tables_and_the_workbook(catalogue, observations, tmp_path):
    """Known, and wanting others' figures: both come back from their tables, and the workbook says 位."""
    for region, day in ((HENAN, "2021-12-31"), ("411100", "2024-12-31")):
        one = ranked(deadline=int(day[:4]) - (region == HENAN))
        rows = observations[observations["region"].ne("410500")]
        made = outlook.work_out(plan(one, region), rows, day, catalogue)
        written = {
            name: columns.text(name, table, catalogue) for name, table in shapes.tables_of(made).items()
        }
        found = {name: columns.read(name, text.encode()) for name, text in written.items()}
        back = shapes.outlook_of(found, made.plan, day, catalogue).of("one").assessment
        assert back.row == made.of("one").assessment.row and back.answer == made.of("one").assessment.answer
        book = openpyxl.load_workbook(workbook.results(made, tmp_path, catalogue))
        for name, goal, words in (
            ("目标", "目标值", ("位", "%")),
            ("Targets", "Goal", ("place", "% of GDP")),
        ):
            heads = [cell.value for cell in book[name][3]]
            row = dict(zip(heads, book[name][4], strict=True))
            units = [row[head].value for head in heads if head in UNITS]
            assert (row[goal].value, row[goal].number_format, tuple(units)) == (17, "#,##0", words)
    assert back.answer.missing and row["Outcome"].value is None


@pytest.mark.parametrize(
    ("seen", "calendar", "p"), [(6000, {}, 0.0), (20000, {}, 1.0), (6000, {11: 0.5, 12: 0.5}, None)]
)
def test_what_part_of_a_year_a_counts_months_are_is_assumed_and_the_range_says_so(
    seen, calendar, p, catalogue, observations
):
    mine = observations[observations["indicator"].eq(RECOGNISED) & observations["region"].eq("440000")]
    june = mine.tail(1).assign(period="2025-06", year=2025, value=float(seen), status="reported",
                               published=pd.Timestamp("2025-07-15"), precision="day")  # fmt: skip
    told = pd.concat([observations, june], ignore_index=True)
    given = {"indicator": RECOGNISED, "goal": 26000, "deadline": 2025, "calendar": calendar}
    one = plans.Target(id="one", clause="一", title={"zh": "甲", "en": "a"}, kind="flow", **given)
    made, before = (
        attainment.assess(plan(one, "440000"), one, rows, "2025-07-31", catalogue)
        for rows in (told, observations)
    )
    without = before.row["p_attain"]
    assert 0.5 < without < 0.8 and made.in_year.share == (0.0 if calendar else 0.5)
    assert made.readings["without_months"] == pytest.approx(without)
    assert made.row["p_low"] <= without <= made.row["p_high"]
    assert made.row["p_attain"] == pytest.approx(without if p is None else p, abs=1e-3)


def pace(one, values, first=None, so_far=None):
    made = kinds.of(one).pace(one, values, first, so_far)
    return made and (pytest.approx(made["done"]), pytest.approx(made["elapsed"]), made["ahead"])


def year_so_far(month, seen, batches=(), share=0.0):
    return within.InYear(month, seen, share, batches, 0, np.array([]))


def test_the_pace_of_a_level_is_how_much_of_the_way_is_done():
    """From 1.0 in 2016 to 1.5 in 2020: half a way is .25, half of the time two years."""
    up = target(indicator=RATE, kind="level", goal=1.5, deadline=2020)
    assert pace(up, {2016: 1.0, 2017: 1.1, 2018: 1.3}, 2016) == (0.6, 0.5, True)
    assert pace(up, {2016: 1.0, 2018: 1.25}, 2016) == (0.5, 0.5, True)
    assert pace(up, {2016: 1.0, 2018: 1.2}, 2016) == (0.4, 0.5, False)
    assert pace(up, {2016: 1.5, 2018: 1.2}, 2016) is None  # there is no way to go
    assert pace(up, {2016: 1.6, 2018: 1.7}, 2016) is None  # it goes the other way
    assert pace(up, {2016: 1.0}, 2016) is None and pace(up, {2017: 1.0, 2018: 1.2}, 2016) is None
    down = target(indicator=RATE, kind="level", goal=0.5, deadline=2020, comparison="<=")
    assert pace(down, {2016: 1.0, 2018: 0.9}, 2016) == (0.2, 0.5, False)
    assert (
        pace(down, {2016: 0.5, 2018: 0.9}, 2016) is None and pace(down, {2016: 0.4, 2018: 0.9}, 2016) is None
    )


def test_the_pace_and_the_months_left_of_a_yearly_count():
    one = target(indicator="national_hte_new", kind="flow", goal=10, deadline=2019)
    assert pace(one, {}, None, year_so_far("2019-11", 8)) == (0.8, 11 / 12, False)
    assert pace(one, {}, None, year_so_far("2019-06", 5)) == (0.5, 0.5, True)
    assert pace(one, {}, None, year_so_far("", 0)) is None and pace(one, {}) is None
    assert pace(one.model_copy(update={"goal": 1.0}), {}, None, year_so_far("2019-06", 1)) == (1, 0.5, True)
    assert pace(one.model_copy(update={"goal": 0.0}), {}, None, year_so_far("2019-06", 1)) is None
    kind = kinds.of(one)
    assert kind.pace(one, {}, None, year_so_far("2019-06", 5))["calendar"] is None
    batched = year_so_far("2019-06", 5, ((4, 0.3), (11, 0.7)), 0.3)
    assert kind.pace(one, {}, None, batched)["calendar"] == 0.3

    def left(day, so_far=None):
        return kind.to_come(one, {}, so_far, datetime.date.fromisoformat(day))

    assert left("2019-03-31") == (0, 9) and left("2019-12-31") == (0, 0) and left("2018-12-31") == (0, 12)
    assert left("2018-06-30") == (0, 12)  # the year has no more than twelve
    assert left("2019-08-31", year_so_far("2019-06", 5)) == (5, 6)
    assert left("2019-12-31", year_so_far("2019-11", 8)) == (8, 1)


def test_the_months_left_of_a_stock_are_all_until_the_deadline():
    one = target(indicator="national_hte_stock", kind="stock", goal=100, deadline=2020)
    left = kinds.of(one).to_come(one, {2017: 40, 2018: 60}, None, datetime.date(2019, 3, 31))
    assert left == (60, 21) and kinds.of(one).to_come(one, {}, None, datetime.date(2019, 3, 31)) is None
    later = [
        kinds.of(one).to_come(one, {2018: 60}, None, datetime.date(*day))
        for day in ((2019, 12, 31), (2020, 1, 1))
    ]
    assert later == [None, None]  # what 2019 added already is not known
    assert kinds.of(one).to_come(one, {2019: 60}, None, datetime.date(2019, 12, 31)) == (60, 12)


def test_the_pace_of_a_sum_is_what_has_come_together():
    one = target(indicator="national_hte_new", kind="cumulative", goal=40, deadline=2020, since=2017)
    assert pace(one, {2016: 99, 2017: 8, 2018: 12}) == (0.5, 0.5, True)
    assert pace(one, {2016: 99}) is None


# --------------------------------------------------------------------------------------- joint paths, by hand


def test_an_answer_counted_among_weighed_draws_by_hand():
    """Of draws 1, 2, 3 weighing 1, 1, 2 three quarters of the weight are at least 2, half above it."""
    drawn = paths.Drawn(np.array([1.0, 2, 3]), np.array([1.0, 1, 2]), [], np.array([]), lambda goal: goal)
    assert drawn(">=", 2.0) == (0.75, 0.75, 0.75) and drawn(">", 2.0) == (0.5, 0.5, 0.5)
    assert drawn("<=", 1.0)[0] == 0.25
    assert drawn.quantiles(np.array([0.25, 0.5, 0.51])).tolist() == [1.0, 2.0, 3.0]
    moved = dataclasses.replace(drawn, edge=lambda goal: goal + 1)
    assert moved(">=", 1.0)[0] == drawn(">=", 2.0)[0]


def test_the_range_is_what_the_scenarios_give_without_their_tails():
    """Ten scenarios of equal weight give 0, .1, ... .9: the lowest and the highest are left out."""
    draws = np.arange(10.0)
    kept = [(np.where(draws < k, 1.0, 0.0), np.ones(10)) for k in range(10)]
    drawn = paths.Drawn(draws, np.ones(10), kept, np.ones(10), lambda goal: goal)
    p, low, high = drawn(">=", 1.0)
    assert p == 0.9 and (low, high) == (pytest.approx(0.0), pytest.approx(0.9))
    values, weight = np.array([0.3, 0.1, 0.2]), np.array([1.0, 1.0, 8.0])
    assert paths._inner(values, weight) == (0.1, 0.2)  # .1 reaches a tenth, .2 nine tenths
    assert paths._inner(np.array([0.5]), np.array([2.0])) == (0.5, 0.5)


def test_scenarios_stand_at_mid_quantiles_and_weigh_as_their_models():
    """One model at 2 with a doubt of .3 and a walk of .4: shifts at the sixths, deviations by chi-squared."""
    pool = mixtures.Mixture(
        family=("identity", "identity"), weight=np.array([[0.75, 0.25]]), location=np.array([[[2.0], [5.0]]]),
        spread=np.array([[[0.5], [1.0]]]), doubt=np.array([[[0.3], [0.0]]]), dof=np.array([[6.0, 9.0]]),
        offset=np.zeros(1),
    )  # fmt: skip
    given = forecast.Predictive("r", RATE, 2018, (2019,), "own", (), False, (), pool)
    made = paths.scenarios(given)
    assert [weight for weight, _ in made] == pytest.approx([0.75 / 9] * 9 + [0.25 / 9] * 9)
    stretch = np.sqrt(6 / stats.chi2.isf([1 / 6, 3 / 6, 5 / 6], 6))
    shift = stats.norm.ppf([1 / 6, 3 / 6, 5 / 6])
    first = [one.mixture for _, one in made[:9]]
    assert [float(one.spread[0, 0, 0]) for one in first] == pytest.approx(np.repeat(0.4 * stretch, 3))
    expected = [2 + 0.3 * moved * wide for wide in stretch for moved in shift]
    assert [float(one.location[0, 0, 0]) for one in first] == pytest.approx(expected)
    assert all(one.doubt.max() == 0 and one.dof.min() >= 1e6 for one in first)
    assert [float(one.mixture.location[0, 0, 0]) for _, one in made[9:]] == [5.0] * 9


def test_months_that_no_path_explains_are_left_out_and_others_weigh(catalogue):
    rows = figures(dict.fromkeys(range(2012, 2019), 10), COUNT)
    made = attainment.Vintage.of(rows, "2019-12-31", catalogue).ladder.predict("000000", COUNT, 2020)

    def asked(seen, share):
        so_far = within.InYear("2020-06", seen, share, (), 0, np.zeros(0))
        return paths.ask(made, lambda ahead: ahead[2020], so_far, 2020, lambda goal: goal)

    assert asked(10_000, 0.5).likely.tolist() == [1.0] * paths.DRAWS
    few, many = asked(1, 0.5), asked(9, 0.5)
    assert few(">=", 11.0)[0] < many(">=", 11.0)[0]
    unlikely = asked(9, 1e-3).likely  # all but impossible on every path is still told apart
    assert 0 < unlikely.sum() < 1 and unlikely.max() > 2 * unlikely[unlikely > 0].min()
    total = np.average(many.values, weights=many.likely)
    assert total > np.average(few.values, weights=few.likely) and many(">=", 9.0)[0] > 0.99


# ----------------------------------------------------------------------------- every kind, by made-up figures


def known(one, rows, catalogue, as_of="2019-12-31", region="000000"):
    """What the figures of a date say of a target, without any forecast."""
    vintage = attainment.Vintage.of(rows, as_of, catalogue)
    return attainment._known(plan(one, region), one, vintage)


def expected(*middles, first=2019, spread=0.1, doubt=0.0, integer=False, later=None):
    """A forecast of one Gaussian member whose yearly shocks add up."""
    years = tuple(range(first, first + len(middles)))
    wide = spread * np.sqrt(np.arange(1.0, len(years) + 1))
    pool = mixtures.Mixture(
        family=("identity",), weight=np.ones((1, 1)), location=np.array([[middles]], float),
        spread=wide[None, None], doubt=doubt * wide[None, None], dof=np.array([[1e9]]), offset=np.zeros(1),
        integer=integer,
    )  # fmt: skip
    return forecast.Predictive("000000", RATE, first - 1, years, "own", (), integer, (), pool, later)


def outcome(one, rows, catalogue, as_of="2022-12-31", so_far=None):
    return kinds.of(one).outcome(known(one, rows, catalogue, as_of), so_far)


def direction(**given):
    return target(**{"kind": "direction", "goal": None, "comparison": ">", "than": 2018} | given)


def test_a_direction_is_met_by_more_than_the_year_named(catalogue):
    rows = figures({2017: 9.0, 2018: 2.0, 2019: 1.0, 2020: 2.1})
    assert outcome(direction(), rows, catalogue) == (2.1, True)
    assert outcome(direction(comparison="<"), rows, catalogue) == (2.1, False)
    assert outcome(direction(than=2017), rows, catalogue) == (2.1, False)
    even = figures({2018: 2.0, 2020: 2.0})
    assert outcome(direction(), even, catalogue) == (2.0, False)
    assert outcome(direction(comparison=">="), even, catalogue) == (2.0, True)
    assert outcome(direction(), figures({2018: 2.0}), catalogue) == (None, None)
    assert outcome(direction(), figures({2020: 2.0}), catalogue) == (2.0, None)


def test_a_direction_printed_compares_both_figures_as_printed(catalogue):
    rows = figures({2018: 2.001, 2020: 2.004})
    assert outcome(direction(), rows, catalogue)[1] is True
    assert outcome(direction(rounding="printed"), rows, catalogue)[1] is False
    kind = kinds.of(direction())
    assert (kind.as_printed(2.345, 2), kind.as_printed(2.345, 1), kind.as_printed(2.345, None)) == (
        2.35,
        2.3,
        2.345,
    )


def test_the_goal_of_a_direction_is_the_year_named_on_the_basis_of_the_last_year_before(catalogue):
    def goal(*rows, **given):
        one = direction(**given)
        return kinds.of(one).goal(known(one, pd.concat(rows), catalogue, "2022-12-31"))

    old, new = figures({2018: 2.0, 2019: 2.2}), figures({2018: 2.3, 2020: 3.0}, basis="gdp-census-5")
    assert goal(old) == 2.0 and goal(old, than=2019) == 2.2
    assert goal(old, new.assign(published=pd.Timestamp("2021-10-01"))) == 2.0  # on the basis of 2019
    assert goal(figures({2019: 2.2})) is None and goal(figures({2020: 3.0})) is None
    assert (
        goal(figures({2018: 2.0}), figures({2019: 2.2}, basis="gdp-census-5")) == 2.0
    )  # unlinked: as it was


def test_a_past_year_that_no_basis_links_to_the_origin_is_missing(catalogue):
    def missing(than, made, *rows):
        one = direction(than=than, deadline=2021)
        return kinds.of(one).missing(known(one, pd.concat(rows), catalogue, "2022-12-31"), made)

    rows, made = figures({2016: 2.0, 2018: 2.1}), expected(2.2, 2.3, 2.4)
    assert missing(2016, made, rows) == () and missing(2018, made, rows) == ()
    assert missing(2017, made, rows) == (2017,) and missing(2015, made, rows) == (2015,)
    assert missing(2019, made, rows) == () and missing(2017, None, rows) == ()
    broken = figures({2017: 2.0}, basis="gdp-census-3"), figures({2018: 2.1})
    assert missing(2017, made, *broken) == (2017,)
    growth = target(kind="growth", goal=2.0, since=2017)
    assert kinds.of(growth).missing(known(growth, rows, catalogue), made) == (2017,)


def test_what_is_drawn_of_a_direction_is_the_rise(catalogue):
    rows, draws = figures({2017: 2.0, 2018: 2.2}), {2019: np.array([2.0, 2.5]), 2020: np.array([2.3, 2.4])}
    past = direction(than=2017)
    quantity = kinds.of(past).quantity(known(past, rows, catalogue), 2018)
    assert quantity(draws) == pytest.approx([0.3, 0.4])
    ahead = direction(than=2019)
    quantity = kinds.of(ahead).quantity(known(ahead, rows, catalogue), 2018)
    assert quantity(draws) == pytest.approx([0.3, -0.1])
    edge = kinds.of(past).edge(known(past, rows, catalogue), 2018)
    assert edge(2.5) == 0.5 and edge(np.nan) == 0.0
    assert kinds.of(ahead).edge(known(ahead, rows, catalogue), 2018)(2.5) == 0.0


@pytest.mark.parametrize(("than", "alone"), [(2017, True), (2018, True), (2019, False)])
def test_a_direction_rests_on_one_year_where_the_other_is_known(than, alone):
    kind = kinds.of(direction())
    assert kind.one_year(direction(than=than), expected(2.2, 2.3)) is alone
    assert kind.one_year(direction(than=than), None) is False


def test_a_direction_is_answered_in_closed_form_or_drawn(catalogue, monkeypatch):
    """A year known: against its figure. A year ahead: rise and fall share one answer. Else draws."""
    rows = figures({2016: 2.0, 2017: 2.1, 2018: 2.2})
    monkeypatch.setattr(forecast, "probability", lambda made, *asked: ("against", *asked))
    monkeypatch.setattr(
        forecast,
        "probability_higher",
        lambda made, *years: (0.7, 0.6, 0.9) if years == (2020, 2019) else None,
    )

    def ask(than, made, so_far=None):
        one = direction(than=than)
        return kinds.of(one).ask(known(one, rows, catalogue), made, so_far)

    made = expected(2.3, 2.4)
    assert ask(2017, made)("<=", 2.5) == ask(2018, made)("<=", 2.5) == ("against", 2020, "<=", 2.5)
    ahead = ask(2019, made)
    assert ahead(">", np.nan) == ahead(">=", np.nan) == (0.7, 0.6, 0.9)
    assert ahead("<", np.nan) == ahead("<=", np.nan) == pytest.approx((0.3, 0.1, 0.4))
    assert ask(2017, made, year_so_far("", 0))(">", 2.5) == ("against", 2020, ">", 2.5)
    for drawn in (ask(2019, dataclasses.replace(made, integer=True)),
                  ask(2017, expected(2.3, 2.4, 2.5, later=(2021, 2.5))),
                  ask(2017, made, year_so_far("2020-06", 2, share=0.5))):  # fmt: skip
        assert isinstance(drawn, paths.Drawn)
    assert ask(2017, None) is None


# --------------------------------------------------------------------------------------------- spans of years


def test_growth_is_the_mean_yearly_one(catalogue):
    """From 2.0 to 2.42 in two years: 10 % a year, in four less than 5 %."""
    one = target(kind="growth", goal=9.9, since=2018)
    value, met = outcome(one, figures({2018: 2.0, 2019: 5.0, 2020: 2.42}), catalogue)
    assert (value, met) == (pytest.approx(10.0), True)
    assert outcome(one, figures({2018: 2.0, 2020: 2.4}), catalogue)[1] is False
    longer = target(kind="growth", goal=4.8, since=2016)
    value, met = outcome(longer, figures({2016: 2.0, 2020: 2.42}), catalogue)
    assert (value, met) == (pytest.approx(100 * (1.21**0.25 - 1)), True)
    assert outcome(one, figures({2018: 2.0}), catalogue) == (None, None)


@pytest.mark.parametrize(("first", "known_"), [(0, False), (1, True), (2, True)])
def test_growth_from_nothing_has_no_number(first, known_, catalogue):
    one = target(indicator=COUNT, kind="growth", goal=0.0, since=2018)
    found = outcome(one, figures({2018: first, 2020: 4}, COUNT), catalogue)
    assert (found != (None, None)) is known_


def test_what_is_drawn_of_a_growth_is_in_percent_a_year(catalogue):
    one = target(kind="growth", goal=5.0, since=2018)
    quantity = kinds.of(one).quantity(known(one, figures({2018: 2.0}), catalogue), 2018)
    assert quantity({2019: np.zeros(3), 2020: np.array([2.42, 2.0, -1.0])}) == pytest.approx([10, 0, -100])
    ahead = target(kind="growth", goal=5.0, since=2019)
    quantity = kinds.of(ahead).quantity(known(ahead, figures({2018: 2.0}), catalogue), 2018)
    drawn = quantity({2019: np.array([2.0, 1.0, 0.0]), 2020: np.array([3.0, 1.0, 1.0])})
    assert drawn.tolist() == [50.0, 0.0, np.inf]


def test_a_span_reaches_from_its_first_year_to_the_deadline():
    one = target(indicator=COUNT, kind="cumulative", goal=40, since=2018)
    assert list(kinds.of(one).years(one)) == [2018, 2019, 2020]
    alone = target(indicator=COUNT, kind="cumulative", goal=40, since=2020)
    assert list(kinds.of(alone).years(alone)) == [2020]


def test_past_years_of_a_span_that_nobody_published_are_missing(catalogue):
    one = target(indicator=COUNT, kind="cumulative", goal=40, since=2015)
    told = known(one, figures({2016: 5, 2018: 7}, COUNT), catalogue)
    made = expected(8, 9, integer=True)
    assert kinds.of(one).missing(told, made) == (2015, 2017) and kinds.of(one).missing(told, None) == ()
    assert kinds.of(one).missing(known(one, figures({2016: 5, 2017: 7}, COUNT), catalogue), made) == (
        2015,
        2018,
    )


def test_a_sum_adds_known_years_to_drawn_ones(catalogue):
    one = target(indicator=COUNT, kind="cumulative", goal=40, since=2017)
    told = known(one, figures({2016: 99, 2017: 5, 2018: 7}, COUNT), catalogue)
    quantity = kinds.of(one).quantity(told, 2018)
    assert quantity({2019: np.array([1.0, 2.0]), 2020: np.array([10.0, 20.0])}).tolist() == [23.0, 34.0]


@pytest.mark.parametrize(
    ("comparison", "drawn"), [(">=", [1.0, 2.0]), (">", [1.0, 2.0]), ("<=", [7.0, 20.0])]
)
def test_of_every_year_the_worst_is_drawn(comparison, drawn, catalogue):
    one = target(kind="every_year", goal=3.0, since=2018, comparison=comparison)
    quantity = kinds.of(one).quantity(known(one, figures({2018: 7}), catalogue), 2018)
    assert quantity({2019: np.array([1.0, 2.0]), 2020: np.array([6.0, 20.0])}).tolist() == drawn


def test_a_sum_is_known_with_its_last_year_or_as_soon_as_it_is_reached(catalogue):
    def found(goal, values, so_far=None, comparison=">="):
        one = target(indicator=COUNT, kind="cumulative", goal=goal, since=2018, comparison=comparison)
        return outcome(one, figures(values, COUNT), catalogue, so_far=so_far)

    whole = {2017: 50, 2018: 5, 2019: 7, 2020: 8}
    assert found(20, whole) == (20, True) and found(21, whole) == (20, False)
    assert found(20, whole, comparison=">") == (20, False)
    part = {2017: 50, 2018: 5, 2019: 7}
    assert found(12, part) == (12, True) and found(13, part) == (None, None)
    assert found(15, part, year_so_far("2020-06", 3)) == (15, True)
    assert found(16, part, year_so_far("2020-06", 3)) == (None, None)
    assert found(14, part, year_so_far("2020-06", 3), "<=") == (15, False)
    assert found(15, part, year_so_far("2020-06", 3), "<=") == (None, None)


def test_every_year_is_missed_by_its_first_bad_year_and_met_with_its_last(catalogue):
    def found(values, comparison=">="):
        one = target(kind="every_year", goal=2.0, since=2018, comparison=comparison)
        return outcome(one, figures(values), catalogue)

    assert found({2017: 1.0, 2018: 2.0, 2019: 2.1, 2020: 2.2}) == (2.2, True)
    assert found({2018: 2.0, 2019: 1.9, 2020: 1.8}) == (1.9, False)
    assert found({2018: 1.7}) == (1.7, False) and found({2018: 2.0, 2019: 2.1}) == (None, None)
    assert found({2018: 2.0, 2019: 2.1}, "<=") == (2.1, False)
    one = target(kind="every_year", goal=2.0, since=2018)
    assert kinds.of(one).reread(known(one, figures({2018: 2.0}), catalogue), 2.0) == {}


def test_the_pace_of_a_sum_counts_the_years_known_of_all(catalogue):
    one = target(indicator=COUNT, kind="cumulative", goal=40, deadline=2020, since=2017)
    made = kinds.of(one).pace(one, {2015: 1, 2017: 8, 2019: 22}, None, None)
    assert made == {"done": 0.75, "elapsed": 0.5, "ahead": True, "basis": "cumulative", "base_year": 2017,
                    "latest_year": 2019, "calendar": None}  # fmt: skip
    behind = kinds.of(one).pace(one, {2017: 8, 2018: 11}, None, None)
    assert (behind["done"], behind["ahead"]) == (0.475, False)
    assert pace(one.model_copy(update={"goal": 0.0}), {2017: 8}) is None
    assert pace(one.model_copy(update={"goal": 1.0}), {2017: 8}) == (8, 0.25, True)


# ----------------------------------------------------------------------------------- goals and their readings


@pytest.mark.parametrize(
    ("comparison", "below", "equal", "above"),
    [
        (">=", False, True, True),
        (">", False, False, True),
        ("<=", True, True, False),
        ("<", True, False, False),
    ],
)
def test_a_figure_keeps_a_goal(comparison, below, equal, above):
    assert [goals.compare(value, comparison, 2.0) for value in (1.9, 2.0, 2.1)] == [below, equal, above]
    assert goals.kept(np.array([1.9, 2.0, 2.1]), comparison, 2.0).tolist() == [below, equal, above]
    assert goals.both(comparison) == (comparison[0] + "=", comparison[0])


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (1.245, 2, 1.25),
        (-1.245, 2, -1.25),
        (2.5, 0, 3.0),
        (1249.0, -1, 1250.0),
        (0.05, 1, 0.1),
        (1.2449, 2, 1.24),
    ],
)
def test_halves_are_printed_away_from_zero(value, places, printed):
    assert goals.rounded(value, places) == printed


@pytest.mark.parametrize(
    ("comparison", "goal", "edge"),
    [(">=", 1.25, (">=", 1.245)), (">", 1.25, (">=", 1.255)), ("<=", 1.25, ("<", 1.255)),
     ("<", 1.25, ("<", 1.245)), (">=", 1.251, (">=", 1.255)), (">", 1.251, (">=", 1.255)),
     ("<=", 1.251, ("<", 1.255)), ("<", 1.251, ("<", 1.255))],
)  # fmt: skip
def test_the_edge_of_a_printed_goal(comparison, goal, edge):
    assert goals.printed_edge(comparison, goal, 2) == edge


def test_a_printed_rule_needs_places_to_round_to():
    printed = target(goal=1.25, rounding="printed")
    assert goals.keeps(printed, 1.246, 1.25, 2) is True and goals.keeps(printed, 1.246, 1.25) is False
    assert goals.keeps(target(goal=1.25), 1.246, 1.25, 2) is False


@pytest.mark.parametrize(
    ("comparison", "outcome_", "places", "strict", "inclusive", "exact", "printed"),
    [(">=", 1.25, 2, 0, 1, 1, 1), (">", 1.25, 2, 0, 1, 0, 0), (">=", 1.246, 2, 0, 0, 0, 1),
     (">=", 1.246, None, 0, 0, 0, 0), ("<=", 1.254, 2, 0, 0, 0, 1), ("<", 1.24, 2, 1, 1, 1, 1)],
)  # fmt: skip
def test_a_known_outcome_read_otherwise(comparison, outcome_, places, strict, inclusive, exact, printed):
    one = target(goal=1.25, comparison=comparison)
    assert goals.reread(one, outcome_, 1.25, places, stated=True) == {
        "stated": 1.0, "strict": strict, "inclusive": inclusive, "exact": exact, "printed": printed,
        "matters": exact != printed,
    }  # fmt: skip
    assert goals.reread(one, outcome_, 1.25, places, stated=False)["stated"] == 0.0


def asked(answers):
    """A forecast that answers from a table; what it was not made for is an error."""
    return lambda comparison, goal: (answers[comparison, goal], -1.0, 2.0)


@pytest.mark.parametrize(("exact", "printed", "matters"), [
    (0.0, 0.01, True), (0.0, 0.0099, False), (0.0, 0.0, False),
    (0.5, 0.5078125, False), (0.5, 0.484375, True),
])  # fmt: skip
def test_rounding_matters_from_a_point_on(exact, printed, matters):
    ask = asked({(">=", 1.25): exact, (">", 1.25): 0.3, (">=", 1.245): printed})
    stated, readings = goals.read(target(goal=1.25), ask, 1.25, 1.25, 2)
    assert stated == (exact, -1.0, 2.0)
    assert readings == {"stated": exact, "strict": 0.3, "inclusive": exact, "exact": exact,
                        "printed": printed, "matters": matters}  # fmt: skip
    stated, readings = goals.read(target(goal=1.25, rounding="printed"), ask, 1.25, 1.25, 2)
    assert stated[0] == readings["stated"] == printed and readings["exact"] == exact


def test_without_places_or_an_edge_a_goal_has_no_printed_reading():
    ask = asked({(">=", 1.25): 0.4, (">", 1.25): 0.3})
    for edge, places in ((1.25, None), (None, 2)):
        assert goals.read(target(goal=1.25, comparison=">"), ask, 1.25, edge, places)[1]["printed"] == 0.3
    seen = []
    goals.read(target(goal=1.25), lambda comparison, goal: seen.append(goal) or (0.5,) * 3, None, None, 2)
    assert np.isnan(seen).all() and len(seen) == 2


# ---------------------------------------------------------------------------------------- figures of one year


def test_a_level_is_its_figure_of_the_deadline(catalogue):
    rows = figures({2019: 9.0, 2020: 2.3, 2021: 9.0})
    assert outcome(target(), rows, catalogue) == (2.3, True)
    assert outcome(target(goal=2.31), rows, catalogue) == (2.3, False)
    assert outcome(target(comparison=">"), rows, catalogue) == (2.3, False)
    assert outcome(target(), figures({2019: 9.0}), catalogue) == (None, None)


def test_a_yearly_count_is_met_within_the_year_but_not_missed_before_its_end(catalogue):
    def found(goal, seen=None, values=None, comparison=">="):
        one = target(indicator=COUNT, kind="flow", goal=goal, comparison=comparison)
        so_far = None if seen is None else year_so_far("2020-06", seen)
        return outcome(one, figures({2019: 50} | (values or {}), COUNT), catalogue, so_far=so_far)

    assert found(5, 5) == (5, True) and found(6, 5) == (None, None) and found(6) == (None, None)
    assert found(4, 5, comparison="<=") == (5, False) and found(5, 5, comparison="<=") == (None, None)
    assert found(6, 9, {2020: 5}) == (5, False)  # the year's own figure says more than its months


def test_one_years_figure_is_answered_in_closed_form_or_drawn(catalogue, monkeypatch):
    monkeypatch.setattr(forecast, "probability", lambda made, *asked: asked)
    one, rows = target(), figures({2017: 2.1, 2018: 2.2})
    told, kind = known(one, rows, catalogue), kinds.of(one)
    assert kind.ask(told, expected(2.3, 2.4), None)("<", 2.5) == (2020, "<", 2.5)
    drawn = kind.ask(told, expected(2.3, 2.4, 2.5, later=(2021, 2.5)), None)
    assert isinstance(drawn, paths.Drawn) and drawn.values.mean() == pytest.approx(2.4, abs=0.01)
    assert kind.ask(told, None, None) is None


def test_a_counts_year_so_far_answers_before_the_forecast(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=2)
    told, kind = known(one, figures({2018: 2}, COUNT), catalogue), kinds.of(one)
    total, flat = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.5, 0.0, 0.5, 0.0])
    both = dataclasses.replace(year_so_far("2020-06", 0), total=total, flat=flat)
    answer = kind.ask(told, None, both)
    assert answer(">=", 2) == pytest.approx((0.7, 0.5, 0.7)) and answer(">", 2) == pytest.approx(
        (0.4, 0, 0.4)
    )
    assert answer("<=", 0) == pytest.approx((0.1, 0.1, 0.5))
    assert within.ask(total, None)(">=", 2) == pytest.approx((0.7, 0.7, 0.7))
    assert kind.ask(told, None, year_so_far("2020-06", 0)) is None
    assert within.ask(np.array([0.7, 0.7]), None)(">=", 0) == (1.0, 1.0, 1.0)


# ----------------------------------------------------------------------------------- a year as far as it went


def applications(count, known_from, until=None, probability=None):
    listed = {"count": count, "title": {"zh": "甲", "en": "a"}, "source": "x", "from": known_from}
    return listed | {"until": until, "probability": probability}


def test_the_year_so_far_is_its_latest_month(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11, calendar={4: 1.0, 11: 3.0})
    rows = pd.concat([figures({"2020-06": 5, "2020-04": 2, "2019-11": 9}, COUNT), figures({2019: 10}, COUNT)])
    found = within.so_far(known(one, rows, catalogue, "2020-07-31"))
    assert (found.month, found.seen, found.share, found.batches) == (
        "2020-06",
        5,
        0.25,
        ((4, 1.0), (11, 3.0)),
    )
    assert found.pending == 0 and len(found.chances) == 0
    even = target(indicator=COUNT, kind="flow", goal=11)
    assert within.so_far(known(even, rows, catalogue, "2020-05-31")).share == 4 / 12
    assert within.so_far(known(even, rows, catalogue, "2020-03-31")) is None


@pytest.mark.parametrize(
    ("day", "count"),
    [
        ("2020-02-29", None),
        ("2020-03-01", 10),
        ("2020-05-01", 4),
        ("2020-06-30", 4),
        ("2020-07-01", None),
    ],
)
def test_applications_wait_from_their_day_until_they_are_decided(day, count, catalogue):
    waiting = [applications(6, "2020-03-01", "2020-05-01", 0.5), applications(4, "2020-03-01", "2020-07-01")]
    one = target(indicator=COUNT, kind="flow", goal=11, pending=waiting)
    found = within.so_far(known(one, figures({2019: 10}, COUNT), catalogue, day))
    assert (found and found.pending) == count
    if found:
        assert (found.month, found.seen, found.share) == ("", 0, 0.0)
        assert found.chances.tolist() == ([0.5] * 6 if count == 10 else [])


def whole_year(one, rows, catalogue, so_far, made=None):
    return within.whole(known(one, rows, catalogue, "2020-07-31"), so_far, made)


def test_a_year_alone_tells_its_rate(catalogue):
    """Jeffreys' prior: 7 by the half-year, so that what is to come is negative binomial."""
    one = target(indicator=COUNT, kind="flow", goal=11)
    found = whole_year(
        one, figures({2012: 10}, COUNT, "110000"), catalogue, year_so_far("2020-06", 7, share=0.5)
    )
    hand = np.concatenate([np.zeros(7), stats.nbinom.pmf(np.arange(20), 7.5, 0.5)])
    np.testing.assert_allclose(found.total[:27], hand, rtol=1e-9)
    assert found.p_flat == pytest.approx(counts.poisson_gamma(11, 7, 0.5, 0.5, 0.0))
    np.testing.assert_array_equal(found.total, found.flat)
    over = whole_year(
        one, figures({2012: 10}, COUNT, "110000"), catalogue, year_so_far("2020-12", 7, share=1.0)
    )
    assert over.total[:7].sum() == 0 and over.total[7] == pytest.approx(1, abs=1e-6)


def test_the_forecast_of_the_year_is_thinned_by_its_months(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)
    rows, made = figures({2018: 10}, COUNT), expected(9, 10, spread=2.0, integer=True)
    found = whole_year(one, rows, catalogue, year_so_far("2020-06", 4, share=0.25), made)
    edges = np.append(-np.inf, np.arange(60) + 0.5)
    prior = np.diff(stats.norm.cdf(edges, 10, 2 * np.sqrt(2)))
    hand = prior * stats.binom.pmf(4, np.arange(60), 0.25)
    np.testing.assert_allclose(found.total, (hand / hand.sum())[: len(found.total)], atol=2e-4)
    flat = np.concatenate([np.zeros(4), stats.nbinom.pmf(np.arange(200), 4.5, 0.25)])
    assert found.p_flat == pytest.approx(flat[11:].sum(), abs=1e-6)
    assert found.total.sum() == pytest.approx(1)
    nothing_due = whole_year(one, rows, catalogue, year_so_far("2020-01", 0), made)
    assert nothing_due.flat is nothing_due.p_flat is None
    assert len(nothing_due.total) == 22  # 0.9999 of a year lie up to 21: 10 and 3.72 deviations of 2.83
    np.testing.assert_allclose(nothing_due.total, prior[:22], atol=2e-5)


def test_without_a_forecast_three_figures_of_like_regions_tell_of_the_year(catalogue):
    one = target(indicator=COUNT, kind="flow", goal=11)

    def total(*given, region="110000"):
        rows = [figures(values, COUNT, code) for code, values in given]
        told = known(one, pd.concat(rows), catalogue, "2021-12-31", region)
        return within.whole(told, year_so_far("2020-01", 0, share=1e-9), None).total

    three = total(("120000", {2018: 9, 2019: 3}), ("130000", {2019: 6}))
    shape, rate = counts.gamma_prior([9, 3, 6])
    np.testing.assert_allclose(
        three[:30], stats.nbinom.pmf(np.arange(30), shape, rate / (rate + 1)), rtol=1e-6
    )
    others = ("130000", {2020: 60}), ("000000", {2018: 900}), ("411100", {2018: 1}), ("110000", {2021: 90})
    np.testing.assert_allclose(total(("120000", {2018: 9, 2019: 3}), ("140000", {2019: 6}), *others), three)
    few = total(("120000", {2018: 9, 2019: 3}))
    assert not np.isclose(few[0], total(("120000", {2018: 9, 2019: 3, 2017: 6}))[0])
    flat = stats.nbinom.pmf(0, 0.5, 1e-9 / (1 + 1e-9))
    assert few[0] == pytest.approx(flat, rel=1e-3)


def test_what_pends_is_added_to_what_is_seen(catalogue):
    """One of two even applications: with the list complete nothing else is to come."""
    one = target(indicator=COUNT, kind="flow", goal=5)
    waiting = dataclasses.replace(
        year_so_far("2020-06", 4, share=0.5), pending=2, chances=np.array([0.5, 0.5])
    )
    found = whole_year(one, figures({2012: 9}, COUNT, "110000"), catalogue, waiting)
    np.testing.assert_allclose(found.total[:7], [0, 0, 0, 0, 0.25, 0.5, 0.25], atol=1e-9)
    assert found.p_flat == pytest.approx(0.75)
    unjudged = dataclasses.replace(year_so_far("", 0), pending=2)
    assert whole_year(one, figures({2012: 9}, COUNT, "110000"), catalogue, unjudged) is unjudged
    assert whole_year(one, figures({2012: 9}, COUNT, "110000"), catalogue, None) is None


def test_a_sum_is_decided_early_only_by_what_cannot_fall_again(catalogue):
    def early(goal, comparison, seen=3):
        one = target(indicator=COUNT, kind="cumulative", goal=goal, since=2018, comparison=comparison)
        told = known(one, figures({2017: 50, 2018: 5, 2019: 7, 2020: 90}, COUNT), catalogue, "2022-12-31")
        return within.early(told, 2018, seen)

    assert early(15, ">=") == (15, True) and early(15, ">") is None and early(14, ">") == (15, True)
    assert early(15, "<=") is None and early(15, "<") == (15, False) and early(14, "<=") == (15, False)


# ----------------------------------------------------------------------------------- weighed and ranked paths


def test_paths_lead_to_a_later_figure_and_scenarios_weigh_by_how_likely_they_found_it():
    """Two Gaussian models of 2020, at 0 and at 1, and the figure found is 1: by their densities."""
    pool = mixtures.Mixture(
        family=("identity", "identity"), weight=np.array([[0.5, 0.5]]), location=np.array([[[0.0], [1.0]]]),
        spread=np.ones((1, 2, 1)), doubt=np.zeros((1, 2, 1)), dof=np.full((1, 2), 1e9), offset=np.zeros(1),
    )  # fmt: skip
    plain = forecast.Predictive("r", RATE, 2019, (2020,), "own", (), False, (), pool)
    assert paths._found(plain, paths.scenarios(plain)).tolist() == [1.0] * 18
    found = paths._found(dataclasses.replace(plain, later=(2020, 1.0)), paths.scenarios(plain))
    stretch = np.sqrt(1e9 / stats.chi2.isf([1 / 6, 3 / 6, 5 / 6], 1e9))
    hand = np.array(
        [stats.norm.pdf(1.0, middle, wide) for middle in (0, 1) for wide in stretch for _ in range(3)]
    )
    assert found == pytest.approx(hand / hand.max(), rel=1e-3) and found.max() == 1.0
    led = dataclasses.replace(plain, later=(2020, 1.0))
    drawn = paths.ask(led, lambda ahead: ahead[2020], None, 2020, lambda goal: goal)
    assert drawn.mass == pytest.approx(found / 18) and drawn.values == pytest.approx(np.ones(paths.DRAWS))


def test_the_range_widens_to_hold_the_answer_itself():
    sure = (np.ones(4), np.ones(4))
    for values, p in (([0.0] * 4, 0.0), ([0.0, 0.0, 0.0, 1.0], 0.25)):
        drawn = paths.Drawn(np.array(values), np.ones(4), [sure], np.ones(1), lambda goal: goal)
        assert drawn(">=", 1.0) == (p, p, 1.0)
    never = paths.Drawn(np.ones(4), np.ones(4), [(np.zeros(4), np.ones(4))], np.ones(1), lambda goal: goal)
    assert never(">=", 1.0) == (1.0, 0.0, 1.0)


def test_draws_of_a_scenario_count_by_their_weight():
    fixed = [(np.array([0.0, 1.0]), np.array([3.0, 1.0]))]
    drawn = paths.Drawn(np.array([0.0, 1.0]), np.ones(2), fixed, np.ones(1), lambda goal: goal)
    assert drawn(">=", 1.0) == (0.5, 0.25, 0.5)


def ranks(one, rows, catalogue, region, as_of="2021-12-31"):
    return kinds.of(one), known(one, rows, catalogue, as_of, region)


def test_a_place_counts_those_who_are_better_as_printed(catalogue):
    """Of one decimal place more than is printed, .004 apart is a tie; for less is better the lowest leads."""
    rows, codes = provinces(catalogue, lambda i: {2020: 2.0 - 0.1 * i + (0.004 if i == 1 else 0)})
    kind, told = ranks(ranked(3), rows, catalogue, codes[2])
    assert kind.place(told, 2020) == 3.0 and kind.place(told, 2019) is None
    assert kind.outcome(told, None) == (3.0, True) and kind.gap(told, None) == 0.0
    kind, told = ranks(ranked(1), rows, catalogue, codes[2])
    assert kind.outcome(told, None) == (3.0, False) and kind.gap(told, None) == -2.0
    own, others = np.array([2.0, 1.0, 3.0]), np.array([[2.004, 1.0, 4.0], [1.0, 1.006, 5.0]])
    assert kind._place(told, own, others).tolist() == [1, 2, 3]
    assert kind.places(ranked(), catalogue) is None


def test_the_gap_to_a_place_is_that_of_the_last_year_up_to_the_deadline(catalogue):
    rows, codes = provinces(
        catalogue, lambda i: {2018: 1.0 + 0.01 * i, 2019: 2.0 - 0.01 * i, 2021: 1.0 + 0.1 * i}
    )
    kind, told = ranks(ranked(10), rows, catalogue, codes[4], "2022-12-31")
    assert kind.gap(told, None) == 10 - 5
    kind, told = ranks(ranked(10), rows[rows["year"].gt(2020)], catalogue, codes[4], "2022-12-31")
    assert kind.gap(told, None) is None


def test_a_place_wants_the_figures_of_all_siblings(catalogue):
    rows, codes = provinces(catalogue, lambda i: {2018: 1.0, 2021: 1.0} if i != 6 else {2021: 1.0})
    kind, told = ranks(ranked(), rows, catalogue, codes[0], "2022-12-31")
    assert kind.missing(told, None) == (codes[6],)
    own, told = ranks(ranked(deadline=2021), rows, catalogue, codes[0], "2022-12-31")
    assert own.missing(told, None) == () and set(kind.siblings(codes[0], catalogue, 2023)) == set(codes[1:])


def test_the_newest_whole_table_places_a_region(catalogue):
    """A later release of some only places nobody; a later one of everybody does."""
    first, codes = provinces(catalogue, lambda i: {2020: 2.0 - 0.01 * i})
    again, _ = provinces(catalogue, lambda i: {2020: 2.0 + 0.01 * i})
    again = again.assign(published=pd.Timestamp("2022-10-01"), source="again")
    kind, told = ranks(ranked(), pd.concat([first, again]), catalogue, codes[0], "2022-12-31")
    assert kind.place(told, 2020) == 31
    kind, told = ranks(ranked(), pd.concat([first, again.iloc[1:]]), catalogue, codes[0], "2022-12-31")
    assert kind.place(told, 2020) == 1 + 30  # on their basis the newest figures of all
    other = again.iloc[1:].assign(basis="gdp-census-5")
    kind, told = ranks(ranked(), pd.concat([first, other]), catalogue, codes[0], "2022-12-31")
    assert kind.place(told, 2020) == 1


def test_a_model_without_weight_or_without_a_path_to_the_months_gives_no_scenario():
    pool = mixtures.Mixture(
        family=("identity", "identity"), weight=np.array([[1.0, 0.0]]), location=np.array([[[5.0], [9.0]]]),
        spread=np.ones((1, 2, 1)), doubt=np.zeros((1, 2, 1)), dof=np.full((1, 2), 1e9), offset=np.zeros(1),
        integer=True,
    )  # fmt: skip
    made = forecast.Predictive("r", COUNT, 2019, (2020,), "own", (), True, (), pool)
    drawn = paths.ask(made, lambda ahead: ahead[2020], None, 2020, lambda goal: goal)
    assert len(drawn.fixed) == 9 and drawn.mass == pytest.approx([1 / 9] * 9)
    both = dataclasses.replace(made, mixture=dataclasses.replace(pool, weight=np.array([[0.5, 0.5]])))
    many = paths.ask(
        both, lambda ahead: ahead[2020], year_so_far("2020-12", 30, share=1.0), 2020, lambda goal: goal
    )
    assert (many.fixed, len(many.mass)) == ([], 0) and set(many.likely) == {1.0}


def test_where_less_is_better_the_lowest_figure_leads(catalogue):
    rows, codes = provinces(catalogue, lambda i: {2020: 2.0 + 0.1 * i})
    entry = catalogue.indicators[RATE].model_copy(update={"good": "down"})
    other = catalogue.model_copy(update={"indicators": dict(catalogue.indicators) | {RATE: entry}})
    places = [
        kind.place(told, 2020)
        for kind, told in (ranks(ranked(), rows, one, codes[1]) for one in (catalogue, other))
    ]
    assert places == [30, 2]


def test_a_spread_that_is_all_doubt_leaves_a_hair_of_a_walk():
    pool = mixtures.Mixture(
        family=("identity",),
        weight=np.ones((1, 1)),
        location=np.array([[[2.0]]]),
        spread=np.full((1, 1, 1), 0.3),
        doubt=np.full((1, 1, 1), 0.3),
        dof=np.array([[6.0]]),
        offset=np.zeros(1),
    )
    made = paths.scenarios(forecast.Predictive("r", RATE, 2018, (2019,), "own", (), False, (), pool))
    stretch = np.sqrt(6 / stats.chi2.isf([1 / 6, 3 / 6, 5 / 6], 6))
    assert [float(one.mixture.spread.item()) for _, one in made] == pytest.approx(
        1e-6 * np.repeat(stretch, 3)
    )
