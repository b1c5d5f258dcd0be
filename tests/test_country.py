"""A plan put to every region: the same answers as one by one, kept part by part, named and whole."""

import re
import subprocess
import sys
import time

import generated
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import __main__ as command_line
from analysis import attainment, catalogue, country, plans, releases
from analysis.catalogue import SourceError
from analysis.review import country as pages

DAY = "2024-12-31"
CITIES, INDICATORS = 24, 5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A generated country: folder, catalogue, observations, plan."""
    folder = tmp_path_factory.mktemp("made")
    data = generated.write(folder, CITIES, INDICATORS)
    known = catalogue.read(data)
    return folder, known, releases.load(data), plans.load("generated", known, data)


@pytest.fixture(scope="module")
def table(made, tmp_path_factory):
    _, known, observations, plan = made
    return country.table(plan, observations, DAY, known, "city", tmp_path_factory.mktemp("parts"), jobs=1)


def test_every_city_and_target_has_its_answer_and_its_names(table):
    assert len(table) == CITIES * INDICATORS and not table.duplicated(["region", "target"]).any()
    assert table["p_attain"].between(0, 1).all()
    assert (table["p_low"] <= table["p_attain"]).all() and (table["p_attain"] <= table["p_high"]).all()
    first = table.iloc[0]
    assert (first["region"], first["region_zh"], first["parent_en"]) == ("110100", "BBAB市", "Province BB")
    assert list(table["region"].drop_duplicates()) == generated.codes(CITIES)


def test_a_region_s_answer_is_the_one_of_its_own_report(made, table):
    _, known, observations, plan = made
    for code in (plan.region, generated.codes(CITIES)[17]):
        alone = attainment.table(plan.model_copy(update={"region": code}), observations, DAY, known)
        mine = table[table["region"].eq(code)].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine[alone.columns], alone, rtol=1e-9)


def test_what_is_pending_in_the_plan_s_region_is_pending_nowhere_else(made):
    plan = made[3]
    waiting = {"count": 3, "title": {"zh": "三", "en": "three"}, "source": "s", "from": "2024-01-01"}
    pending = (plans.Pending.model_validate(waiting),)
    target = plan.targets[3].model_copy(update={"pending": pending})
    assert country.put(plan, target, plan.region)[1].pending == pending
    assert country.put(plan, target, "120100")[1].pending == ()


def test_a_run_goes_on_from_the_parts_it_finds_and_writes_the_same_bytes(made, table, tmp_path, monkeypatch):
    _, known, observations, plan = made
    ask, asked = attainment.assess_vintage, []

    def killed(*given):
        asked.append(given)
        if len(asked) == 60:
            raise KeyboardInterrupt
        return ask(*given)

    monkeypatch.setattr(attainment, "assess_vintage", killed)
    with pytest.raises(KeyboardInterrupt):
        country.table(plan, observations, DAY, known, "city", tmp_path / "parts", jobs=1)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "parts").glob("*.json")}
    assert 0 < len(kept) < 31 * INDICATORS
    resumed = country.table(plan, observations, DAY, known, "city", tmp_path / "parts", jobs=1)
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(asked) < CITIES * INDICATORS + 60 - len(kept) + 1
    files = [country.write(one, tmp_path / f"{name}.csv") for name, one in (("a", resumed), ("b", table))]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbfregion,")


def test_a_changed_figure_makes_its_indicator_s_parts_anew_and_removes_the_old(made, tmp_path):
    _, known, observations, plan = made
    country.table(plan, observations, DAY, known, "province", tmp_path, jobs=1)
    before = {path.name for path in tmp_path.glob("*.json")}
    changed = observations.copy()
    changed.loc[changed["indicator"].eq("indicator_0").idxmax(), "value"] += 0.01
    country.table(plan, changed, DAY, known, "province", tmp_path, jobs=1)
    after = {path.name for path in tmp_path.glob("*.json")}
    assert len(before) == len(after) == INDICATORS
    assert {name.split(".")[0] for name in before - after} == {"target-0"}


def test_without_a_region_or_numeric_target_there_is_an_error(made, tmp_path):
    _, known, observations, plan = made
    nowhere = known.model_copy(update={"regions": {}})
    with pytest.raises(SourceError, match="no region of level 'city'"):
        country.table(plan, observations, DAY, nowhere, "city", tmp_path, jobs=1)
    with pytest.raises(SourceError, match="no numeric target"):
        country.table(plan.model_copy(update={"targets": ()}), observations, DAY, known, "city", tmp_path)


def test_a_dissolved_region_is_asked_only_while_it_stood():
    known = catalogue.read()
    assert "371200" in country.regions(known, "city", "2018-12-31")["370000"]
    assert "371200" not in country.regions(known, "city", "2019-12-31")["370000"]


def test_the_command_killed_in_two_processes_goes_on(made, table, tmp_path):
    folder = made[0]
    command = [sys.executable, "-m", "analysis", "country", "--plan", "generated", "--as-of", DAY,
               "--data", str(folder / "data"), "--jobs", "2", "--out", str(tmp_path)]  # fmt: skip
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while running.poll() is None and len(list(tmp_path.glob("parts/*.json"))) < 3:
        time.sleep(0.05)
    running.kill()
    running.wait()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("parts/*.json")}
    command[command.index("--jobs") + 1] = "1"
    assert CliRunner().invoke(command_line.main, command[3:]).exit_code == 0
    assert kept and all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert (tmp_path / "city.csv").read_bytes() == country.write(table, tmp_path / "one.csv").read_bytes()


def test_a_page_lists_a_province_s_cities_the_likeliest_first_and_the_index_the_provinces(
    made, table, tmp_path
):
    _, known, _, plan = made
    index = pages.write(plan, table, tmp_path, "city.csv", known).read_text(encoding="utf-8")
    names = re.findall(r'href="(\d{6})\.html#zh"', index)
    assert sorted(names) == sorted(table["parent"].unique())
    text = (tmp_path / "110000.html").read_text(encoding="utf-8")
    shown = [
        float(mean) for mean in re.findall(r'<tr data-place="\d+"[^>]* data-probability="([\d.]+)"', text)
    ]
    mine = table[table["parent"].eq("110000")].groupby("region")["p_attain"].mean()
    expected = sorted(mine.round(4), reverse=True)
    assert shown == pytest.approx([*expected, *expected], abs=1e-9)  # in both languages
    assert "City BBAB" in text and "BBAB市" in text


def test_a_region_without_figures_says_so_on_its_page(made, table, tmp_path):
    _, known, _, plan = made
    lacking = table.copy()
    first = lacking["region"].eq("110100")
    lacking.loc[first, ["p_attain", "p_low", "p_high"]] = float("nan")
    lacking.loc[first, "verdict"], lacking.loc[first, "evidence"] = "no_evidence", "none"
    pages.write(plan, lacking, tmp_path, "city.csv", known)
    text = (tmp_path / "110000.html").read_text(encoding="utf-8")
    row = text[text.index("City BBAB") :].partition("</tr>")[0]
    assert "no figures" in row and "%" not in row
