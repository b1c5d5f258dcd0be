"""Kinds of target: each has its room, and the place among siblings agrees with counting by hand."""

import importlib
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import analysis
from analysis import attainment, counts, documents, kinds, memo, mixtures, outlook, plans, tables
from analysis.plots import claims
from analysis.processed import columns, shapes
from analysis.review import workbook
from analysis.review.view import cells, details, given
from analysis.review.wordbook import Book
from test_attainment import RATE, assess, figures, plan, target

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
    inputs = given.Inputs(made, [found], attainment.frame([found.row]), {}, {}, None)
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
        sheet = openpyxl.load_workbook(workbook.results(made, tmp_path, catalogue)).worksheets[0]
        heads = [cell.value for cell in sheet[2]]
        row = dict(zip(heads, sheet[3], strict=True))
        assert (row["Goal"].value, row["Goal"].number_format, row["Unit of the goal"].value) == (
            17,
            "0",
            "place",
        )
        assert row["Unit of the goal in Chinese"].value == "位" and row["Unit in Chinese"].value == "%"
    assert back.missing and row["Outcome"].value is None
