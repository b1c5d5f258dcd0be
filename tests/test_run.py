"""The runner: refuses what a notebook does not declare, keeps nothing half-written, drops what varies."""

import json
import shutil

import nbformat
import pytest

from analysis import places, plans, run

TARGET = run.NOTEBOOKS / "4-target.ipynb"


@pytest.mark.parametrize("given", [{"tarjet": "rd-intensity"}, {"target": 3}, {"as_of": None}])
def test_unknown_or_wrongly_typed_parameters_are_refused(given):
    with pytest.raises(run.RunError, match=next(iter(given))):
        run.check_parameters(TARGET, given)


def test_all_wrong_parameters_are_named_at_once():
    with pytest.raises(run.RunError) as error:
        run.check_parameters(TARGET, {"tarjet": "x", "target": 3, "plan": "luohe-2019"})
    assert "tarjet" in str(error.value) and "3 is int, 4-target wants str" in str(error.value)
    assert "luohe-2019" not in str(error.value)


def test_every_notebook_declares_typed_parameters_with_help():
    notebooks = sorted(run.NOTEBOOKS.glob("*.ipynb"))
    assert [path.stem for path in notebooks] == [
        "1-panel",
        "2-backtest",
        "3-forecast",
        "4-target",
        "5-review",
    ]
    for path in notebooks:
        declared = run.parameters(path)
        assert {"as_of", "out"} <= set(declared)
        assert all(one["inferred_type_name"] in run.TYPES and one["help"] for one in declared.values())


def test_a_missing_notebook_is_named_with_those_there_are():
    with pytest.raises(run.RunError, match="4-target"):
        run.parameters(run.NOTEBOOKS / "6-none.ipynb")


def test_a_plan_is_run_once_for_each_target():
    plan = plans.load("luohe-2019")
    runs = run.runs_of("luohe-2019", plan, "2018-12-31", places.DATA)
    assert [one.name for one in runs if one.notebook == "4-target"] == [
        f"4-target-{t.id}" for t in plan.targets
    ]
    assert len({run.fingerprint(one, {}) for one in runs}) == len(runs)


def test_a_run_is_another_when_anything_it_rests_on_changes():
    one = run.Run("4-target", "4-target", (("target", "rd-intensity"),))
    inputs = run.fingerprints("luohe-2019", places.DATA)
    assert set(inputs) == {"code", "data", "plan", "lock", "python"}
    changed = {run.fingerprint(one, inputs | {name: "other"}) for name in inputs}
    assert len(changed | {run.fingerprint(one, inputs)}) == len(inputs) + 1


def test_data_that_changed_changes_the_fingerprint(tmp_path):
    shutil.copytree(places.DATA, tmp_path / "data")
    shutil.copytree(places.Folders().plans, tmp_path / "plans")
    before = run.fingerprints("luohe-2019", tmp_path / "data")
    assert before == run.fingerprints("luohe-2019", places.DATA)
    with (tmp_path / "data" / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    after = run.fingerprints("luohe-2019", tmp_path / "data")
    assert {name for name in before if before[name] != after[name]} == {"data"}


def test_times_and_random_ids_are_dropped(tmp_path):
    cell = nbformat.v4.new_code_cell(
        "1", metadata={"execution": {"iopub.status.busy": "12:00"}, "tags": ["x"]}
    )
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"start_time": "12:00"}})
    nbformat.write(notebook, tmp_path / "a.ipynb")
    run.timeless(tmp_path / "a.ipynb")
    text = (tmp_path / "a.ipynb").read_text(encoding="utf-8")
    assert "12:00" not in text and json.loads(text)["cells"][0]["id"] == "cell-0"
    assert json.loads(text)["cells"][0]["metadata"] == {"tags": ["x"]}


def test_a_finished_folder_replaces_the_older_one_whole(tmp_path):
    for name, content in (("old", "a"), ("new", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / content).write_text(content)
    run.replace(tmp_path / "new", tmp_path / "old")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["old", "old/b"]


def test_a_failed_notebook_leaves_nothing_and_an_older_report_stays(tmp_path):
    older = tmp_path / "reports" / "henan-2020" / "2018-12-31" / "manifest.json"
    older.parent.mkdir(parents=True)
    older.write_text("{}")
    broken = run.Run("4-target", "4-target-none", (("target", "no-such-target"),))
    with pytest.raises(run.RunError, match="no-such-target"):
        run.execute(broken, "key", tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [older]
