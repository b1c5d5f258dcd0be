"""The tables between the notebooks: read back as they were made, never stale, whole or not at all."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import (
    attainment,
    backtest,
    hidden,
    languages,
    outlook,
    plans,
    processed,
    register,
    situations,
    tables,
)
from analysis.places import DATA, ROOT
from analysis.processed import columns, kept, shapes

CASES = [("luohe-2019", "2018-12-31"), ("luohe-2019", "2023-05-26"), ("china-2020", "2018-12-31"),
         ("henan-2024", "2024-12-31")]  # fmt: skip
OLDEST = "2018"
SOURCES = ("nbs-rd-bulletin", "hte-recognition-lists", "luohe-daily-2017")


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def both(request, catalogue):
    """An outlook as worked out, and as it comes back from its tables' bytes."""
    name, day = request.param
    plan = plans.load(name, catalogue)
    made = request.getfixturevalue("outlook")(name, day)  # by its name that of the module
    shaped = shapes.tables_of(made)
    written = {name: columns.text(name, table, catalogue).encode() for name, table in shaped.items()}
    found = {name: columns.read(name, content) for name, content in written.items()}
    return made, shapes.outlook_of(found, plan, day, catalogue)


def differences(one: object, other: object, where: str = "") -> list[str]:
    """Return where two records differ, field by field; numbers, beyond the digits that are written."""
    if isinstance(one, pd.DataFrame):
        return differences(one.to_dict("list"), other.to_dict("list"), where)
    if isinstance(one, np.ndarray):
        return differences(one.tolist(), other.tolist(), where)
    if hasattr(one, "__dataclass_fields__"):
        names = [name for name in one.__dataclass_fields__ if name != "memory"]
        one, other = ({name: getattr(each, name) for name in names} for each in (one, other))
    if isinstance(one, dict):
        if not isinstance(other, dict) or set(one) != set(other):
            return [where]
        return [line for name in one for line in differences(one[name], other[name], f"{where}.{name}")]
    if isinstance(one, list | tuple):
        if len(one) != len(other):
            return [where]
        pairs = enumerate(zip(one, other, strict=True))
        return [line for i, pair in pairs for line in differences(*pair, f"{where}.{i}")]
    if isinstance(one, float):
        return [] if other == pytest.approx(one, rel=1e-7, abs=1e-12, nan_ok=True) else [where]
    if one is pd.NA or one is pd.NaT:
        return [] if other is one else [where]
    return [] if one is other or one == other else [where]


def test_an_outlook_comes_back_from_its_tables(both):
    made, back = both
    assert differences(made.dossiers, back.dossiers) == []
    assert differences(made.over_time, back.over_time) == []
    changed = replace(made.dossiers[0], answers=made.dossiers[0].answers | {"side_by_side": None})
    assert differences(made.dossiers[0], changed) == [".answers.side_by_side"]


@pytest.fixture
def one_fails(monkeypatch):
    """Nothing can be said of the first of two targets."""
    policy, real = plans.load("luohe-2019"), attainment.assess_vintage
    policy = outlook.limited(policy, {"rd-intensity", "national-hte-new"})

    def assess(plan, target, *more):
        if target.id == "rd-intensity":
            raise ZeroDivisionError("of this target alone")
        return real(plan, target, *more)

    monkeypatch.setattr(attainment, "assess_vintage", assess)
    return policy


def test_a_target_that_fails_stops_no_other(one_fails, observations, catalogue):
    made = outlook.work_out(one_fails, observations, "2018-12-31", catalogue)
    assert [one.id for one in made.plan.targets] == ["national-hte-new"]
    assert made.of("national-hte-new").assessment.target.id == "national-hte-new"
    assert set(made.attainment["target"]) == set(made.over_time["target"]) == {"national-hte-new"}
    with pytest.raises(ZeroDivisionError):
        outlook.work_out(outlook.limited(one_fails, {"rd-intensity"}), observations, "2018-12-31", catalogue)


def test_a_target_that_failed_says_why_when_asked_for(one_fails, folder, monkeypatch):
    shutil.copy(ROOT / "plans" / "luohe-2019.yml", folder.parent / "plans")
    monkeypatch.setattr(plans, "load", lambda *asked: one_fails)
    assert len(processed.outlook("luohe-2019", "2018-12-31", folder).dossiers) == 1
    assert processed.dossier("luohe-2019", "national-hte-new", "2018-12-31", folder).answers
    with pytest.raises(ZeroDivisionError, match="of this target alone"):
        processed.dossier("luohe-2019", "rd-intensity", "2018-12-31", folder)


def test_the_mixture_is_lossless(both):
    made, back = both
    for one, other in zip(made.assessments, back.assessments, strict=True):
        if isinstance(one.answer, situations.Forecast) and not one.later:
            deadline = one.target.deadline
            levels = np.array([0.025, 0.5, 0.9])
            mine, theirs = (
                attainment.forecast.quantile(each.answer.predictive, deadline, levels)
                for each in (one, other)
            )
            assert theirs == pytest.approx(mine, rel=1e-6)


@pytest.fixture
def folder(tmp_path):
    """A data folder of its own with few releases and one small plan beside it."""
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("processed", "raw"))
    for source in SOURCES:
        shutil.copytree(DATA / "raw" / source, tmp_path / "data" / "raw" / source)
    for release in (tmp_path / "data" / "raw" / "nbs-rd-bulletin").iterdir():
        if release.name < OLDEST:  # of fewer years fewer past forecasts are made
            shutil.rmtree(release)
    (tmp_path / "plans").mkdir()
    shutil.copy(ROOT / "plans" / "china-2020.yml", tmp_path / "plans")
    return tmp_path / "data"


@pytest.fixture
def counted(monkeypatch):
    """How often each table was worked out."""
    made: dict[str, int] = {}

    def count(module, function, name):
        whole = getattr(module, function)

        def counting(*arguments, **named):
            made[name] = made.get(name, 0) + 1
            return whole(*arguments, **named)

        monkeypatch.setattr(module, function, counting)

    count(processed.releases, "load", "panel")
    count(processed.backtest, "cases", "cases")
    count(processed, "work_out", "outlook")
    return made


def test_the_tables_of_an_outlook_ask_for_no_past_forecasts_and_the_key_names_them(
    folder, counted, monkeypatch
):
    monkeypatch.setattr(processed, "track", lambda folder: pd.DataFrame(columns=["plan", "as_of"]))
    assert processed.tables("china-2020", "2018-12-31", folder) is None
    assert counted == {"panel": 1, "outlook": 1}
    kept = json.loads((folder / "processed" / "china-2020" / "2018-12-31" / "key.json").read_bytes())
    assert set(kept["sha256"]) == set(shapes.OUTLOOK)


def test_a_table_is_worked_out_once_and_again_when_it_would_be_stale(folder, counted):
    assert processed.outlook("china-2020", "2018-12-31", folder).dossiers
    assert counted == {"panel": 1, "cases": 1, "outlook": 1}
    processed.outlook("china-2020", "2018-12-31", folder)
    processed.dossier("china-2020", "rd-intensity", "2018-12-31", folder)
    assert counted == {"panel": 1, "cases": 1, "outlook": 1}
    plan = folder.parent / "plans" / "china-2020.yml"
    plan.write_text(plan.read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8")
    processed.outlook("china-2020", "2018-12-31", folder)
    assert counted == {"panel": 1, "cases": 1, "outlook": 2}
    shutil.rmtree(folder / "raw" / "nbs-rd-bulletin" / "2018-10-09")
    processed.outlook("china-2020", "2018-12-31", folder)
    assert counted == {"panel": 2, "cases": 2, "outlook": 3}


def test_what_is_published_later_leaves_an_outlook_as_it_is(folder, counted):
    first, later = "2018-12-31", max((folder / "raw" / "nbs-rd-bulletin").iterdir())
    processed.tables("china-2020", first, folder)
    processed.tables("china-2020", later.name, folder)
    made = {path: path.read_bytes() for path in (folder / "processed/china-2020" / first).glob("*.csv")}
    shutil.rmtree(later)
    processed.tables("china-2020", first, folder)
    assert counted["outlook"] == 2
    processed.tables("china-2020", later.name, folder)
    assert counted["outlook"] == 3
    shutil.rmtree(folder / "processed")
    processed.tables("china-2020", first, folder)
    assert counted["outlook"] == 4
    assert made == {path: path.read_bytes() for path in made}


def test_a_new_release_makes_anew_only_what_it_can_change(folder):
    later = max((folder / "raw" / "nbs-rd-bulletin").iterdir())
    away = shutil.move(later, folder.parent / "away")
    processed.cases(folder), processed.track(folder)
    shutil.move(away, later)
    asked: dict[str, set[str]] = {}

    def watched(whole, name):
        def watching(*given, **named):
            asked[name] = set(named["days"]) if named else {day for _, day in given[0]}
            return whole(*given, **named)

        return watching

    with pytest.MonkeyPatch.context() as patched:
        for module, name in ((backtest, "cases"), (register, "track")):
            patched.setattr(module, name, watched(getattr(module, name), name))
        made = processed.cases(folder), processed.track(folder)
    assert asked["track"] and min(asked["track"]) >= later.name
    figures = pd.read_csv(later / "observations.csv")["period"].astype(int)
    earliest = figures.min() + 1 - backtest.HORIZON  # at its end the year before was known
    years = backtest.years(processed.observations(folder))
    assert asked["cases"] == {f"{year}-12-31" for year in years if year >= earliest}
    shutil.rmtree(folder / "processed")
    for one, other in zip(made, (processed.cases(folder), processed.track(folder)), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_release_leaves_alone_what_is_not_worked_out_of_its_indicators(folder, monkeypatch):
    release = sorted((folder / "raw" / "hte-recognition-lists").iterdir())[-2]
    away = shutil.move(release, folder.parent / "away")
    processed.cases(folder), processed.track(folder)
    shutil.move(away, release)
    asked: dict[str, object] = {}

    def watched(whole):
        def watching(observations, catalogue, indicators, **given):
            asked.update(given, indicators=indicators, given=set(observations["indicator"]))
            return whole(observations, catalogue, indicators, **given)

        return watching

    monkeypatch.setattr(backtest, "cases", watched(backtest.cases))
    monkeypatch.delattr(register, "track")  # the plans ask for no enterprises
    made = processed.cases(folder), processed.track(folder)
    assert asked["indicators"] == ("national_hte_recognised",) and asked["given"] == {*asked["indicators"]}
    monkeypatch.undo()
    shutil.rmtree(folder / "processed")
    for one, other in zip(made, (processed.cases(folder), processed.track(folder)), strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.fixture
def filed(folder, monkeypatch):
    """Two figures of one family and one of another, published on the day and after; their values as given."""

    def file(*values):
        rows = processed.releases.load(folder).iloc[[0, 0, 0]].reset_index(drop=True)
        made = rows.assign(
            indicator=["rd_intensity", "gdp", "national_hte_recognised"],
            year=[2017, 2018, 2018], value=values,
            published=pd.to_datetime(["2018-12-31", "2019-01-01", "2018-12-31"]),
        )  # fmt: skip
        monkeypatch.setattr(processed, "observations", lambda _: made)
        return processed.Bearing(folder)

    return file


def test_what_bears_on_an_answer_is_of_its_family_and_published_by_its_day(filed):
    first = filed(1.0, 2.0, 3.0)
    assert first.on(["rd_expenditure"])["indicator"].tolist() == ["rd_intensity", "gdp"]
    for changed, days in (((9.0, 2.0, 3.0), {"2018-12-31", "2019-01-01"}), ((1.0, 9.0, 3.0), {"2019-01-01"}),
                          ((1.0, 2.0, 9.0), set())):  # fmt: skip
        again = filed(*changed)
        asked = ("2018-12-30", "2018-12-31", "2019-01-01")
        assert {day for day in asked if again.answers(["gdp"], day) != first.answers(["gdp"], day)} == days
    assert filed(9.0, 2.0, 3.0).cases("gdp", 2018) != first.cases("gdp", 2018)
    assert filed(1.0, 2.0, 9.0).cases("gdp", 2018) == first.cases("gdp", 2018)


def test_a_part_depends_on_its_plan_and_on_whether_its_indicator_is_asked_at_all(folder, monkeypatch):
    plan = folder.parent / "plans" / "china-2020.yml"
    before = processed._track(folder).keys
    plan.write_text(plan.read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8")
    again = processed._track(folder).keys
    assert before.keys() == again.keys() and not {*before.values()} & {*again.values()}
    asked = processed._cases(folder).keys
    monkeypatch.setattr(backtest, "widely_known", lambda *_: ("rd_expenditure",))
    fewer = processed._cases(folder).keys
    assert fewer["2018-12-31 rd_expenditure own"] == asked["2018-12-31 rd_expenditure own"]
    assert fewer["2018-12-31 rd_intensity own"] != asked["2018-12-31 rd_intensity own"]


def test_a_figure_of_a_city_reaches_only_what_is_asked_of_cities(folder, monkeypatch):
    shutil.copy(ROOT / "plans" / "luohe-2019.yml", folder.parent / "plans")
    figures = processed.observations(folder)
    own = (
        figures["indicator"].eq("rd_expenditure") & figures["year"].eq(2017) & figures["region"].eq("410000")
    )
    before = processed._cases(folder).keys, processed._track(folder).keys
    touched = {}
    for code in ("411100", "410000"):
        more = pd.concat([figures, figures[own].assign(region=code, value=7.0)], ignore_index=True)
        monkeypatch.setattr(processed, "observations", lambda _, more=more: more)
        now = processed._cases(folder).keys, processed._track(folder).keys
        touched[code] = [
            {name for name, key in was.items() if is_.get(name) != key}
            for was, is_ in zip(before, now, strict=True)
        ]
    assert {name.split()[-1] for name in touched["411100"][0]} == {"region"}
    assert {name.split()[0] for name in touched["411100"][1]} == {"luohe-2019"}
    assert {name.split()[-1] for name in touched["410000"][0]} == {"own", "region", "short"}
    assert {name.split()[0] for name in touched["410000"][1]} == {"china-2020", "luohe-2019"}


def test_no_answer_of_a_province_rests_on_a_city(observations, catalogue):
    cities = [code for code, one in catalogue.regions.items() if one.level == "city"]
    family = catalogue.families()
    mine = observations[observations["indicator"].map(family).eq(family["rd_expenditure"])]
    without = mine[~mine["region"].isin(cities)]

    def past(given):
        then, days = backtest.vintages(given, catalogue, backtest.years(given)), {"2020-12-31"}
        own = backtest.cases(given, catalogue, ("rd_expenditure", "rd_intensity"), known=then, days=days)
        return pd.concat([own, hidden.cases(given, catalogue, then, days, {"short"})])

    assert {*past(without)["rung"]} == {"own", "short"}
    pd.testing.assert_frame_equal(past(mine), past(without), check_exact=True)
    days = register.days([plans.load("henan-2024", catalogue)], mine)
    one, other = (register.track(days, given, catalogue) for given in (mine, without))
    pd.testing.assert_frame_equal(one, other, rtol=1e-12)  # sums of other lengths


@pytest.mark.parametrize("harm", ["edited", "missing", "half a key"])
def test_what_was_not_written_so_is_not_read(folder, counted, harm):
    place = folder / "processed"
    first = processed.observations(folder)
    if harm == "edited":
        text = (place / "panel.csv").read_text(encoding="utf-8")
        (place / "panel.csv").write_text(text.replace("2.", "3."), encoding="utf-8")
    elif harm == "missing":
        (place / "panel.csv").unlink()
    else:
        (place / "panel.json").write_text('{"key": "', encoding="utf-8")
    pd.testing.assert_frame_equal(processed.observations(folder), first)
    assert counted == {"panel": 2}


def test_the_panel_is_what_was_filed(folder, observations):
    shutil.copytree(DATA / "raw", folder / "raw", dirs_exist_ok=True)
    pd.testing.assert_frame_equal(processed.observations(folder), observations)
    content = (folder / "processed" / "panel.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b"\r\n" not in content
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert {row["region"]: row["region_zh"] for row in rows}["000000"] == "全国"


@pytest.mark.parametrize("nth", [1, 2])
def test_nothing_half_written_is_left(folder, monkeypatch, nth):
    whole, calls = Path.write_bytes, []

    def full_disk(path, content):
        calls.append(path)
        if len(calls) == nth:
            whole(path, content[: len(content) // 2])
            raise OSError("disk full")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="disk full"):
        processed.observations(folder)
    left = {path.name for path in (folder / "processed").iterdir()}
    assert left == ({"panel.csv"} if nth == 2 else set())  # the table whole, or nothing; and without a key
    monkeypatch.undo()
    assert len(processed.observations(folder)) and (folder / "processed" / "panel.json").is_file()


class Parted:
    """A table of two plans' days, each part's rows as told, and which parts were made."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.made, self.keys = folder, [], {"a 2018": "1", "a 2019": "1", "b 2019": "1"}
        self.rows = {"a 2018": [0.1], "a 2019": [0.25, 1 / 3], "b 2019": []}
        types = {"plan": "text", "as_of": "text", "p": "number"}
        monkeypatch.setattr(columns, "declared", lambda: {"told": types})

    def read(self, key: str) -> list[tuple]:
        self.made = []

        def made(names):
            self.made = list(names)
            lines = [(*part.split(), p) for part in reversed(names) for p in self.rows[part]]
            return pd.DataFrame(lines, columns=["plan", "as_of", "p"]).astype({"p": float})

        parts = kept.Parts(("plan", "as_of"), self.keys, made)
        return list(kept.parted("told", key, self.folder, lambda: parts).itertuples(index=False, name=None))


@pytest.fixture
def parted(folder, monkeypatch):
    return Parted(folder, monkeypatch)


ALL = [("a", "2018", 0.1), ("a", "2019", 0.25), ("a", "2019", 0.33333333)]


def test_parts_that_stand_are_not_made_again(parted):
    assert parted.read("k") == ALL and parted.made == ["a 2018", "a 2019", "b 2019"]
    assert parted.read("k") == ALL and parted.made == []
    parted.keys, parted.rows = parted.keys | {"a 2018": "2"}, parted.rows | {"a 2018": [0.7], "a 2019": [9]}
    assert parted.read("l") == [("a", "2018", 0.7), *ALL[1:]] and parted.made == ["a 2018"]
    assert parted.read("m")[0] == ("a", "2018", 0.7) and parted.made == []  # none of its parts has changed


def test_parts_come_in_their_order_and_those_no_longer_wanted_go(parted):
    parted.read("k")
    parted.keys = {"c 2017": "1", "b 2019": "2", "a 2019": "1"}
    parted.rows |= {"c 2017": [0.9], "b 2019": [0.8]}
    assert parted.read("l") == [("c", "2017", 0.9), ("b", "2019", 0.8), *ALL[1:]]
    assert parted.made == ["c 2017", "b 2019"]
    parted.keys = {}
    assert parted.read("m") == [] and parted.read("m") == []


@pytest.mark.parametrize("harm", ["told.csv", "told.json", "other bytes"])
def test_parts_of_a_table_that_is_not_as_written_are_made_again(parted, harm):
    parted.read("k")
    place = parted.folder / "processed"
    if harm == "other bytes":
        (place / "told.csv").write_bytes((place / "told.csv").read_bytes().replace(b"0.1", b"0.2"))
    else:
        (place / harm).unlink()
    assert parted.read("l") == ALL and parted.made == ["a 2018", "a 2019", "b 2019"]


def test_every_column_is_declared_with_its_meaning():
    rows = columns._rows()
    assert {row["table"] for row in rows} == {"panel", "cases", "track", *shapes.OUTLOOK}
    assert all(row["type"] in columns.DTYPES for row in rows)
    for language in languages.LANGUAGES:
        said = languages.table(language, "columns.yml")["tables"]
        assert list(said) == list(columns.declared())
        for name, meanings in said.items():
            assert list(meanings) == list(columns.declared()[name]) and all(meanings.values())
    assert [row["column"] for row in rows if row["table"] == "attainment"] == list(tables.ATTAINMENT.columns)
    assert [row["column"] for row in rows if row["table"] == "cases"] == list(backtest.CASES)


def test_the_readme_beside_the_tables_tells_every_column():
    told = (DATA / "processed" / "README.md").read_text(encoding="utf-8")
    assert columns.manual() in told


def test_a_table_of_other_columns_is_refused(catalogue):
    with pytest.raises(tables.TableError, match="fan has columns"):
        columns.text("fan", pd.DataFrame({"year": [2019]}), catalogue)
    with pytest.raises(tables.TableError, match="fan cannot be read"):
        columns.read("fan", b"target,year,quantile,value\na,b,c,d\n")
