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
    tables,
)
from analysis.kinds import paths, within
from analysis.plots import claims
from analysis.processed import columns, shapes
from analysis.review import workbook
from analysis.review.view import cells, details, given
from analysis.review.wordbook import Book
from test_attainment import COUNT, RATE, assess, figures, plan, target

HENAN = "410000"


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
        chances[goal] = attainment.assess_vintage(plan(one, HENAN), one, vintage, catalogue).row["p_attain"]
    forecaster = vintage.ladder(catalogue).forecaster(one.indicator)
    everyone = [HENAN, *kinds.of(one).siblings(HENAN, catalogue)]
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
    assert (found.row["verdict"], found.row["p_attain"], found.missing) == ("no_evidence", None, (codes[4],))
    whole = assess(ranked(3), rows, catalogue, "2019-12-31", codes[2])
    assert 0.2 < whole.row["p_attain"] < 0.9 and whole.missing == ()
    late = pd.concat([gap, figures({2020: 9.0}, RATE, codes[4])])
    first = assess(ranked(1), late, catalogue, "2021-12-31", codes[0])
    assert first.row["verdict"] == "open" and first.row["p_attain"] < 0.01  # one is known to be better


def test_a_city_stands_among_the_cities_of_its_province(catalogue):
    cities = kinds.KINDS["rank"].siblings("411100", catalogue)
    assert len(cities) == 17 and all(catalogue.regions[code].parent == HENAN for code in cities)


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


def said_of_a_place(observations, catalogue, day, language):
    """Return what memo, figure and page say, without the marks of facts."""
    words = {"title": {"zh": "R&D经费投入强度位次", "en": "Rank by R&D intensity"}}
    one = ranked(**words)
    made = plan(one, HENAN)
    dossier = outlook.work_out(made, observations, day, catalogue).of("one")
    found = dossier.assessment
    document = memo.compose(dossier, catalogue, language)
    documents.check_wording(document)
    text = list(lines(document))
    seen = outlook.Outlook(made, day, (dossier,), attainment.frame([found.row]))
    inputs = given.Inputs(seen, {}, {}, {}, None)
    page = given.One(found, inputs, Book(language, catalogue))
    shown = [cells.goal(page), str(cells.outcome(page)), *[str(fact) for fact in details.facts(page)]]
    return text, [claims.claim(found, language, catalogue), *map(documents.plain, shown)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_place_is_never_said_in_the_indicators_unit(catalogue, observations, language):
    words = SAID[language]
    for day, place in (("2018-12-31", words["place"]), ("2021-12-31", words["outcome"])):
        text, shown = said_of_a_place(observations, catalogue, day, language)
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
    assert "410500" in found.missing and "安阳市" in text
    assert "排列位次需要18个市的完整数据" in text


UNITS = ("目标值单位", "单位", "Unit of the goal", "Unit")


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
        assert back.row == made.of("one").assessment.row and back.missing == made.of("one").assessment.missing
        book = openpyxl.load_workbook(workbook.results(made, tmp_path, catalogue))
        for name, goal, words in (
            ("目标", "目标值", ("位", "%")),
            ("Targets", "Goal", ("place", "% of GDP")),
        ):
            heads = [cell.value for cell in book[name][3]]
            row = dict(zip(heads, book[name][4], strict=True))
            units = [row[head].value for head in heads if head in UNITS]
            assert (row[goal].value, row[goal].number_format, tuple(units)) == (17, "#,##0", words)
    assert back.missing and row["Outcome"].value is None


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


def test_the_pace_of_a_sum_is_what_has_come_together():
    one = target(indicator="national_hte_new", kind="cumulative", goal=40, deadline=2020, since=2017)
    assert pace(one, {2016: 99, 2017: 8, 2018: 12}) == (0.5, 0.5, True)
    assert pace(one, {2016: 99}) is None


# ------------------------------------------------------------------------------------- joint paths, by hand


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
    made = (
        attainment.Vintage.of(rows, "2019-12-31", catalogue).ladder(catalogue).predict("000000", COUNT, 2020)
    )

    def asked(seen, share):
        so_far = within.InYear("2020-06", seen, share, (), 0, np.zeros(0))
        return paths.ask(made, lambda ahead: ahead[2020], so_far, 2020, lambda goal: goal)

    assert asked(10_000, 0.5).likely.tolist() == [1.0] * paths.DRAWS
    few, many = asked(1, 0.5), asked(9, 0.5)
    assert few(">=", 11.0)[0] < many(">=", 11.0)[0]
    total = np.average(many.values, weights=many.likely)
    assert total > np.average(few.values, weights=few.likely) and many(">=", 9.0)[0] > 0.99
