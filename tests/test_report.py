"""The runner: refuses what a notebook does not declare, keeps nothing half-written, runs again what must."""

import ast
import contextlib
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import tqdm
from click.testing import CliRunner

from analysis import __main__ as command_line
from analysis import documents, helped, notebooks, parameters, places, plans, report, standing, store

TARGET = "4-target"


@pytest.mark.parametrize("given", [{"tarjet": "rd-intensity"}, {"target": 3}, {"as_of": None}])
def test_unknown_or_wrongly_typed_parameters_are_refused(given):
    with pytest.raises(notebooks.RunError, match=next(iter(given))):
        notebooks.check_parameters(TARGET, given)


def test_all_wrong_parameters_are_named_at_once():
    with pytest.raises(notebooks.RunError) as error:
        notebooks.check_parameters(TARGET, {"tarjet": "x", "target": 3, "plan": "luohe-2019"})
    assert "tarjet" in str(error.value) and "3 is int, 4-target wants str" in str(error.value)
    assert "luohe-2019" not in str(error.value)


def test_words_are_read_as_the_types_declared():
    assert notebooks.typed(TARGET, {"red_header": "true"}) == {"red_header": True}
    assert notebooks.typed("2-backtest", {"horizon": "2"}) == {"horizon": 2}
    with pytest.raises(notebooks.RunError, match="'two' cannot be read as int"):
        notebooks.typed("2-backtest", {"horizon": "two"})


def test_every_notebook_declares_typed_parameters_with_help():
    names = sorted(path.stem for path in places.NOTEBOOKS.glob("*.ipynb"))
    assert names == sorted(notebooks.READS)
    for name in names:
        declared = notebooks.parameters(name)
        assert {"as_of", "out"} <= set(declared)
        assert all(parameters.fits(one.type, one.default) and one.help for one in declared.values())


def test_a_missing_notebook_is_named_with_those_there_are():
    with pytest.raises(notebooks.RunError, match="4-target"):
        notebooks.parameters("6-none")


def test_a_plan_is_run_once_for_each_target():
    plan = plans.load("luohe-2019")
    runs = report.runs_of("luohe-2019", plan, "2018-12-31", places.DATA)
    assert [one.name for one in runs if one.notebook == TARGET] == [f"4-target-{t.id}" for t in plan.targets]
    assert len(set(notebooks.keys(runs).values())) == len(runs)


def parsed(source: str) -> set[str]:
    """The modules of the package that source may import, by its syntax."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.startswith(f"{store.NAME}.") and store._module(name)}


def test_no_import_of_the_package_is_missed():
    sources = {path: path.read_text(encoding="utf-8") for path in store.PACKAGE.rglob("*.py")}
    assert len(sources) > 100
    for path, source in sources.items():
        assert parsed(source) <= {*store.imports(source)}, path


@pytest.mark.parametrize("source", [
    "import os, analysis.forks as f, analysis.panel", "x = 1; from analysis import forks",
    "if True: import analysis.panel", "from analysis import (\n    forks,  # a (b)\n    panel as p,\n)",
    "from analysis.memo import \\\n    ledger, whole  # panel",
    "try:\n\timport analysis.forks\nexcept OSError: pass",
    "from analysis.memo import *", "import analysis.memo.ledger",
])  # fmt: skip
def test_an_import_is_found_however_it_is_written(source):
    assert {*store.imports(source)} == parsed(source) != set()


# ------------------------------------------------------------------------------------- what runs again

KEYS = """
import json, sys
from pathlib import Path
from analysis import notebooks, store

def keys():
    for cached in (store.code, store.closure, store._data, store._no_code):  # no change adds an import
        cached.cache_clear()
    values = {"plan": "henan-2020", "as_of": "2018-12-31", "target": "rd-intensity"}
    named = notebooks.keys(notebooks.of(name, values) for name in notebooks.READS)
    return {run.name: key for run, key in named.items()}

def changed(name):
    name, _, line = name.partition(" + ")
    path = Path(name)
    kept = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((kept or b"") + line.encode() + b"\\n")
    after = keys()
    path.write_bytes(kept) if kept is not None else path.unlink()
    return sorted(name for name in after if after[name] != before[name])

before = keys()
print(json.dumps([before, {name: changed(name) for name in sys.argv[1:]}]))
"""


def keys(project: Path, *changes: str) -> list:
    """Return what each notebook's run is called, and by change which runs are called otherwise after it."""
    answer = subprocess.run(
        [sys.executable, "-c", KEYS, *changes],
        capture_output=True, check=True, cwd=project, env=os.environ | {"PYTHONPATH": str(project / "src")},
    )  # fmt: skip
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of all that a run may depend on."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("src", "data", "plans", "notebooks"):
        shutil.copytree(places.ROOT / name, folder / name, ignore=shutil.ignore_patterns("processed"))
    shutil.copy(places.LOCK, folder)
    (folder / OUTLOOK).mkdir(parents=True)
    for name in ("attainment", "answers"):
        (folder / OUTLOOK / f"{name}.csv").write_text("target,item,value\nrd-intensity,p,0.1\n")
    for name, column in (("cases", "published"), ("track", "as_of")):
        (folder / "data" / "processed" / f"{name}.csv").write_text(f"indicator,{column},p\n")
    return folder


ALL = {"1-panel", "2-backtest", "3-forecast", "4-target", "5-review", "6-what-if"}
PLANNED = ALL - {"2-backtest"}
READING = ALL - {"1-panel", "6-what-if"}
OUTLOOK = "data/processed/henan-2020/2018-12-31"
CASES = "data/processed/cases.csv"
CHANGES = {
    "data/raw/nbs-rd-bulletin/2018-10-09/observations.csv": {"1-panel", "6-what-if"},  # others by the tables
    "data/raw/nbs-rd-bulletin/2019-08-30/observations.csv": {"1-panel"},  # it looks two years on
    "data/raw/nbs-rd-bulletin/2021-09-22/observations.csv": set(),  # published later still
    f"{CASES} + rd_intensity,2018-12-31,.5": READING,
    f"{CASES} + rd_expenditure,2018-12-31,.5": READING - {"4-target"},  # no target's record
    f"{CASES} + rd_intensity,2019-01-01,.5": set(),  # marked later
    "data/processed/track.csv + rd_intensity,2018-12-31,.5": {"2-backtest"},
    "data/processed/track.csv + rd_intensity,2019-01-01,.5": set(),
    f"{OUTLOOK}/attainment.csv + another,p,.5": {"3-forecast", "5-review"},
    f"{OUTLOOK}/answers.csv + rd-intensity,q,.5": {"3-forecast", "4-target", "5-review"},
    "data/indicators.yml": ALL,
    "data/regions.csv": ALL,
    "plans/henan-2020.yml": PLANNED,
    "data/register/henan-2020/2018-12-31.csv": {"2-backtest"},
    "src/analysis/languages/zh/memo.j2": {"4-target", "5-review"},
    "src/analysis/review/templates/review.css": {"5-review"},
    "src/analysis/models.py": ALL,
    "src/analysis/mixtures.py": ALL,
    "src/analysis/references.py": ALL,
    "src/analysis/languages/zh/phrases.yml": ALL,
    "src/analysis/languages/zh/usage.yml": {"4-target", "5-review"},
    "src/analysis/languages/zh/layout.yml": {"4-target", "5-review"},
    "src/analysis/languages/zh/workbook.yml": {"5-review"},
    "src/analysis/languages/zh/messages.yml": set(),
    "src/analysis/languages/zh/help.yml": set(),
    "src/analysis/intake/messages.py": set(),
    "src/analysis/__main__.py": set(),
    "src/analysis/report.py": set(),
    "requirements.lock": ALL,
    "README.md": set(),
}


def test_what_changed_decides_what_runs_again(project):
    _, again = keys(project, *CHANGES)
    assert {name: set(runs) for name, runs in again.items()} == CHANGES


def test_a_new_version_makes_all_anew(monkeypatch):
    before = store.code.__wrapped__("analysis.forecast")
    monkeypatch.setattr(store, "__version__", "99")  # files name it, so stored ones would tell the old one
    assert store.code.__wrapped__("analysis.forecast") != before


def test_a_notebook_saved_in_jupyter_runs_nothing_again_and_one_edited_does(project):
    before, _ = keys(project)
    path = project / "notebooks" / "1-panel.ipynb"
    kept = path.read_text(encoding="utf-8")
    book = nbformat.reads(kept, as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    for cell in code:
        cell.outputs, cell.execution_count, cell.id = [], 77, f"{cell.id}x"
        cell.metadata["collapsed"] = True
    try:
        nbformat.write(book, path)
        assert keys(project)[0] == before
        code[-1].source += "\n1"
        nbformat.write(book, path)
        assert {run for run, key in keys(project)[0].items() if before[run] != key} == {"1-panel"}
    finally:
        path.write_text(kept, encoding="utf-8")


# ------------------------------------------------------------------------------- answered without work


@pytest.fixture
def made(tmp_path) -> Path:
    """A report that seems made: the command remembers it."""
    folder = tmp_path / "henan-2020" / "2018-12-31"
    folder.mkdir(parents=True)
    (folder / "review.html").write_text("a page")
    look = {"as_of": None, "here": str(places.ROOT), "fonts": "open", "red_header": False}
    asked = standing.asked("henan-2020", places.DATA, tmp_path, language=helped.language(), **look)
    standing.remember(asked, ["this was said"], [folder])
    yield tmp_path
    asked.file.unlink()


def test_a_report_that_stands_is_answered_before_anything_is_loaded(made):
    words = ["report", "--plan", "henan-2020", "--out", str(made)]
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "analysis", *words],
        capture_output=True, text=True, cwd=places.ROOT, check=True,
    )  # fmt: skip
    assert answer.stdout == "this was said\n"
    loaded = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "click" in loaded and loaded.isdisjoint({"pandas", "numpy", "pydantic", "yaml"})


def test_a_report_stands_no_more_when_a_file_of_it_or_what_it_came_from_changed(tmp_path, monkeypatch):
    data, page = tmp_path / "data", tmp_path / "reports" / "review.html"
    for path in (page, data / "indicators.yml", data / "raw" / "a" / "observations.csv"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    monkeypatch.setattr(places, "CACHE", tmp_path / ".cache")

    def said():
        return standing.lines(standing.asked("luohe-2019", data, page.parent))

    assert said() is None
    standing.remember(standing.asked("luohe-2019", data, page.parent), ["said"], [page.parent])
    assert said() == ["said"]
    assert standing.lines(standing.asked("luohe-2019", data, page.parent, fonts="system")) is None
    for path in (data / "raw" / "a" / "observations.csv", data / "indicators.yml"):
        path.write_text("otherwise")
        assert said() is None
        path.write_text("as it was")
        assert said() == ["said"]
    page.write_text("edited by hand")
    assert said() is None
    page.unlink()
    assert said() is None


# ------------------------------------------------------------------------------- what failed, and the rest


def executed(run: notebooks.Run, key: str, folder: Path) -> Path:
    """Seem to run a notebook; the target "rd-intensity" fails."""
    if run.name == "4-target-rd-intensity":
        raise notebooks.RunError("4-target-rd-intensity: cell 12 failed: 目标。。")
    (folder / key / "out").mkdir(parents=True)
    (folder / key / f"{run.name}.ipynb").write_text("{}")
    (folder / key / "out" / f"{run.name}.zh.docx").write_text(key)
    return folder / key


@pytest.fixture
def half(monkeypatch, tmp_path):
    """A report of the Luohe plan, one of whose targets fails, over an older one with that target's memo."""
    older = tmp_path / "reports" / "luohe-2019" / "2018-12-31"
    older.mkdir(parents=True)
    (older / "rd-intensity.zh.docx").write_text("of an earlier run")

    @contextlib.contextmanager
    def crew(jobs, scheduler=None):
        with ThreadPoolExecutor(2) as threads:
            yield report.Crew(threads, executed)

    monkeypatch.setattr(report, "crew", crew)
    monkeypatch.setattr(notebooks, "table", lambda *call: None)
    monkeypatch.setattr(notebooks, "_situations", lambda outlook: {})

    def made(**more):
        reports = tmp_path / "reports"
        return report.report("luohe-2019", "2018-12-31", reports, stored=tmp_path / "runs", **more)

    return made, older


def test_one_failing_target_stops_no_other_and_is_named_at_the_end(half):
    made, folder = half
    with pytest.raises(report.Incomplete) as told:
        made()
    assert str(told.value).splitlines() == [
        f"1 failed; all else is written to {folder}:",
        "  luohe-2019 2018-12-31, target rd-intensity: 4-target-rd-intensity: cell 12 failed: 目标。。",
    ]
    memos = {path.name for path in folder.glob("*.docx")}
    targets = {f"4-target-{one.id}.zh.docx" for one in plans.load("luohe-2019").targets}
    others = {f"{name}.zh.docx" for name in notebooks.READS if name != "4-target"}
    assert memos == (targets | others) - {"4-target-rd-intensity.zh.docx"}
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert list(manifest["failed"]) == ["4-target-rd-intensity"]
    assert set(manifest["notebooks"]).isdisjoint(manifest["failed"])


def test_where_nothing_could_be_made_the_older_report_stays(half, monkeypatch):
    made, folder = half

    def broken(name, *arguments):
        raise ZeroDivisionError(f"no {name}")

    monkeypatch.setattr(notebooks, "table", broken)
    with pytest.raises(report.Incomplete, match="an earlier report stays as it was") as told:
        made()
    assert "2-backtest: ZeroDivisionError: no cases" in str(told.value).replace("track", "cases")
    assert [path.name for path in folder.iterdir()] == ["rd-intensity.zh.docx"]


A, B, C, D = (("a",), ("b",), ("c",), ("d",))


@pytest.fixture
def ordered():
    """Return a function that does steps in order and tells what had ended when each began."""

    def done(needs, work=lambda task: None, skipped=()) -> tuple[dict, list]:
        ended, seen = set(), {}

        def begin(task):
            seen[task] = set(ended)
            return None if task in skipped else threads.submit(worked, task)

        def worked(task):
            try:
                work(task)
            finally:
                ended.add(task)

        with ThreadPoolExecutor(4) as threads, tqdm.tqdm(total=len(needs), disable=True) as bar:
            failed = [
                (task, str(why)) for task, why in report.in_order(needs, begin, report.Crew(threads), bar)
            ]
        return seen, failed

    return done


def test_a_step_begins_once_those_it_needs_have_ended(ordered):
    seen, failed = ordered({A: [], B: [A], C: [A], D: [B, C]})
    assert failed == [] and list(seen) == [A, B, C, D]
    assert seen[A] == set() and A in seen[B] and A in seen[C] and seen[D] == {A, B, C}


def test_what_needs_a_step_that_failed_begins_after_that_was_told(ordered):
    def work(task):
        if task == A:
            raise ValueError("no a")

    seen, failed = ordered({A: [], B: [A]}, work)
    assert failed == [(A, "no a")] and seen[B] == {A}


def test_a_step_with_nothing_to_do_lets_the_next_begin(ordered):
    seen, failed = ordered({A: [], B: [A], C: [B]}, skipped={A, B})
    assert list(seen) == [A, B, C] and failed == []


def test_tables_come_after_those_they_are_made_from():
    data = places.DATA
    values = {"plan": "henan-2020", "as_of": "2018-12-31"}
    asked = notebooks.tables([notebooks.of(name, values) for name in ("2-backtest", "5-review", "4-target")])
    one = ("tables", "henan-2020", "2018-12-31", data)
    assert list(asked) == [("observations", data), ("cases", data), ("track", data), one]
    assert asked[one] == [("track", data)]
    assert asked["track", data] == asked["cases", data] == [("observations", data)]
    assert asked["observations", data] == []


def test_the_bar_names_what_is_running_each_by_what_tells_it_apart():
    run = notebooks.of("1-panel", {"as_of": "2018-12-31"})
    made = ("tables", "elsewhere/luohe-2019.yml", "2018-12-31", Path("data"))
    pending = {Future(): task for task in (("cases", Path("data")), made, run)}
    for future in [*pending][1:]:
        future.set_running_or_notify_cancel()
    assert report.running(pending) == "tables luohe-2019 2018-12-31, 1-panel"


def test_fonts_that_are_missing_are_told_before_anything_is_made(half, monkeypatch):
    made, folder = half
    monkeypatch.setattr(documents.pdf, "_installed", frozenset)
    with pytest.raises(notebooks.RunError, match="no font for"):
        made(fonts="system")
    assert [path.name for path in folder.iterdir()] == ["rd-intensity.zh.docx"]


def test_a_failed_report_ends_with_a_status(half, monkeypatch):
    made, _ = half
    monkeypatch.setattr(command_line, "built", lambda *asked, **look: made())
    answer = CliRunner().invoke(command_line.main, ["report", "--out", str(half[1].parents[1])])
    assert answer.exit_code == 1
    assert "\nError: 1 failed; " in answer.output and "target rd-intensity" in answer.output


# ----------------------------------------------------------------------------------------- whole or not


def test_times_and_random_ids_are_dropped():
    cell = nbformat.v4.new_code_cell(
        "1", metadata={"execution": {"iopub.status.busy": "12:00"}, "tags": ["x"]}
    )
    shown = {"papermill": {"start_time": "12:00"}, "language_info": {"name": "python", "version": "3.11.7"}}
    text = nbformat.writes(notebooks.timeless(nbformat.v4.new_notebook(cells=[cell], metadata=shown)))
    assert "12:00" not in text and "3.11.7" not in text and json.loads(text)["cells"][0]["id"] == "cell-0"
    assert json.loads(text)["cells"][0]["metadata"] == {"tags": ["x"]}


def test_a_finished_folder_replaces_the_older_one_whole(tmp_path):
    for name, content in (("old", "a"), ("new", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / content).write_text(content)
    store.replace(tmp_path / "new", tmp_path / "old")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["old", "old/b"]


def test_a_failed_notebook_leaves_nothing_and_an_older_report_stays(tmp_path):
    older = tmp_path / "reports" / "henan-2020" / "2018-12-31" / "manifest.json"
    older.parent.mkdir(parents=True)
    older.write_text("{}")
    broken = notebooks.Run("4-target", "4-target-none", (("target", "no-such-target"),))
    with pytest.raises(notebooks.RunError, match="no-such-target"):
        notebooks.execute(broken, "key", tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [older]


def test_a_target_of_which_nothing_is_known_gets_no_notebook(half, tmp_path, monkeypatch):
    made, folder = half
    known = {"national-hte-new": "open", "municipal-hte-new": "none", "party-building": "silent"}
    monkeypatch.setattr(notebooks, "_situations", lambda outlook: known)
    with pytest.raises(report.Incomplete, match="1 failed"):  # what is not known of is run, and may say why
        made()
    left_out = {"4-target-municipal-hte-new", "4-target-party-building"}
    runs = {
        run.name for run in report.runs_of("luohe-2019", plans.load("luohe-2019"), "2018-12-31", places.DATA)
    }
    assert {path.name.removesuffix(".zh.docx") for path in folder.glob("*.docx")} == runs - left_out - {
        "4-target-rd-intensity"
    }
    assert left_out.isdisjoint(json.loads((folder / "manifest.json").read_bytes())["notebooks"])


def test_the_situation_of_a_target_is_read_from_the_answers_of_its_outlook(tmp_path):
    assert notebooks._situations(tmp_path) == {}
    lines = [
        "target,item,value",
        "a,assessment.situation,none",
        "b,assessment.missing,none",
        "b,before.situation,x",
    ]
    (tmp_path / "answers.csv").write_text("\n".join([*lines, "b,assessment.situation,met"]), "utf-8-sig")
    assert notebooks._situations(tmp_path) == {"a": "none", "b": "met"}
