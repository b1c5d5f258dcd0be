"""Build the reports of a plan: run its notebooks, side by side, and lay the results down whole."""

import itertools
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import filelock
import pandas as pd
import pydantic
import tqdm

from analysis import attainment, backtest, catalogue, forks, notebooks, places, plans, releases, review, store
from analysis.notebooks import RUNS, Run, RunError
from analysis.places import LOCK, REPORTS

LIBRARIES = ["matplotlib", "numpy", "pandas", "papermill", "python-docx", "scipy", "statsmodels", "typst"]
GLANCE = 0.5  # seconds between two looks at what is running
PATIENCE = 10  # seconds a scheduler may take to answer
MANIFEST = "manifest.json"
LOOK = {"fonts": "open", "red_header": False}  # of memos, unless asked for otherwise


@dataclass(frozen=True)
class Wanted:
    """One report: a plan as of a day, the plan's file, and its runs in reading order."""

    plan: plans.Plan
    file: Path
    day: str
    runs: list[Run]


def report(
    plan: str = "luohe-2019",
    as_of: str | None = None,
    reports: Path = REPORTS,
    data: Path = places.DATA,
    jobs: int | None = None,
    stored: Path = RUNS,
    fonts: str = "open",
    red_header: bool = False,
    scheduler: str | None = None,
) -> list[Path]:
    """Build the reports of a plan and return their folders.

    Parameters
    ----------
    plan : id of a plan, the path of a plan's file, or "all"
    as_of : "YYYY-MM-DD"; when None, the end of the year of issue and the newest release on the plan's targets
    reports : where ``<plan>/<as of>/`` is laid down
    data : folder with the catalogue and ``raw``
    jobs : how many notebooks run at once; the number of processors when None
    stored : where finished runs are kept
    fonts, red_header : of the memos: "open" or "system" fonts in the PDF; the red head of an issued document
    scheduler : address of a Dask scheduler whose workers run the notebooks; this machine when None

    Raises
    ------
    RunError, SourceError, PlanError
        Before anything is replaced: an earlier report stays as it was.
    """
    forks.start()
    known = catalogue.read(data)
    wanted = list_wanted(plan, as_of, data, known, {"fonts": fonts, "red_header": red_header})
    reports.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(reports / ".lock"):
        with crew(jobs, scheduler) as hands:
            keys = execute_all([run for one in wanted for run in one.runs], stored, hands)
        made = [lay_down(one, keys, reports, stored, data) for one in wanted]
        review.index(reports, newest_scorecard(reports), known)
    return made


def list_wanted(
    plan: str, as_of: str | None, data: Path, known: catalogue.Catalogue, look: dict[str, object]
) -> list[Wanted]:
    """Return the reports asked for, with their runs."""
    observations, wanted = releases.load(data), []
    for name in plans.names(data) if plan == "all" else [plan]:
        loaded = plans.load(name, known, data)
        for day in [as_of] if as_of else attainment.report_dates(loaded, observations):
            wanted.append(
                Wanted(loaded, plans.find(name, data), day, runs_of(name, loaded, day, data, **look))
            )
    return wanted


def runs_of(name: str, plan: plans.Plan, as_of: str, data: Path, **look: object) -> list[Run]:
    """Return the notebook runs of one report, in reading order."""
    address = str(Path(name).resolve()) if name.endswith((".yml", ".yaml")) else name
    values = {"plan": address, "as_of": as_of} | look
    steps: list[tuple[str, str, dict]] = [(name, name, {}) for name in notebooks.READS if name != "4-target"]
    steps[3:3] = [("4-target", f"4-target-{target.id}", {"target": target.id}) for target in plan.targets]
    return [notebooks.of(notebook, values | more, title, data) for notebook, title, more in steps]


def data_files(data: Path) -> list[Path]:
    """Return the catalogue's files and those of all releases, sorted."""
    patterns = ("*.yml", "*.csv", "raw/**/*")
    return sorted(path for pattern in patterns for path in data.glob(pattern) if path.is_file())


# ------------------------------------------------------------------------------------------- side by side


@dataclass(frozen=True)
class Crew:
    """Who runs notebooks: an executor, how it runs one, and whether it can still be reached."""

    executor: Executor
    execute: Callable[[Run, str, Path], Path] = notebooks.execute
    reached: Callable[[], bool] = lambda: True


@contextmanager
def crew(jobs: int | None, scheduler: str | None = None) -> Iterator[Crew]:
    """Open what runs notebooks: this machine's processors, or the workers of a Dask cluster.

    On this machine these are threads that wait for forks, or processes where there are no forks.

    Raises
    ------
    RunError
        When no scheduler answers at the address.
    """
    if scheduler is None:
        with (ThreadPoolExecutor if forks.AVAILABLE else ProcessPoolExecutor)(jobs or os.cpu_count()) as own:
            yield Crew(own)
        return
    try:
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is told below, once
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except ImportError:
        raise RunError("--scheduler needs the package distributed: pip install 'analysis[cluster]'") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{scheduler}: no Dask scheduler answers ({error}); is it running?") from None
    try:
        yield Crew(client.get_executor(), notebooks.execute_as_named, lambda: client.status == "running")
    finally:
        client.close(timeout=PATIENCE)


def execute_all(runs: list[Run], folder: Path, hands: Crew) -> dict[Run, str]:
    """Work out the tables that runs read, then execute those not stored; return what each run is called."""
    waves = notebooks.tables(runs)
    with tqdm.tqdm(total=sum(map(len, waves)) + len(runs), unit="step") as bar:
        for wave in waves:
            side_by_side([(str(call[0]), notebooks.table, *call) for call in wave], hands, bar)
        keys = notebooks.keys(runs)
        missing = {key: run for run, key in keys.items() if not (folder / key).is_dir()}
        bar.update(len(runs) - len(missing))
        tasks = [(run.name, hands.execute, run, key, folder) for key, run in missing.items()]
        side_by_side(
            sorted(tasks, key=lambda task: task[0], reverse=True), hands, bar
        )  # 5-review takes longest
    return keys


def side_by_side(tasks: list[tuple[Any, ...]], hands: Crew, bar: tqdm.tqdm) -> None:
    """Do tasks (name, function, arguments), showing which are running; the first failure ends them all."""
    pending = {hands.executor.submit(function, *arguments): name for name, function, *arguments in tasks}
    try:
        while pending:
            bar.set_postfix_str(running(pending))
            done, _ = wait(pending, timeout=GLANCE, return_when=FIRST_COMPLETED)
            if not hands.reached():
                raise RunError(
                    "the Dask scheduler is gone; start it and run this again: what is done is kept"
                )
            for one in done:
                one.result()
                del pending[one]
            bar.update(len(done))
    except BaseException:
        for one in pending:
            one.cancel()
        forks.stop()
        raise


def running(pending: dict[Future, str]) -> str:
    """Name what is running."""
    return ", ".join(itertools.islice((name for one, name in pending.items() if one.running()), 4))


# --------------------------------------------------------------------------------------- laid down whole


def lay_down(wanted: Wanted, keys: dict[Run, str], reports: Path, stored: Path, data: Path) -> Path:
    """Lay a report down from its stored runs: built beside, then renamed into place."""
    folder = reports / wanted.plan.id / wanted.day
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "notebooks").mkdir(parents=True)
    for run in wanted.runs:
        shutil.copy2(stored / keys[run] / f"{run.name}.ipynb", staging / "notebooks")
        shutil.copytree(stored / keys[run] / "out", staging, dirs_exist_ok=True)
    made = manifest(wanted, keys, staging, data)
    text = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (staging / MANIFEST).write_text(text, encoding="utf-8", newline="")
    return store.replace(staging, folder)


def manifest(wanted: Wanted, keys: dict[Run, str], folder: Path, data: Path) -> dict:
    """Name every input's sha256, the versions, the parameters, and what came out."""
    outputs = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "plan": wanted.plan.id,
        "as_of": wanted.day,
        "title": wanted.plan.title.model_dump(),
        "inputs": {
            "code": store.code(*(name for run in wanted.runs for name in notebooks.imports(run.notebook))),
            "plan": store.sha256(wanted.file.read_bytes()),
            "lock": store.sha256(LOCK.read_bytes()),
            "python": ".".join(map(str, sys.version_info[:2])),
        },
        "releases": digests(data_files(data), data),
        "versions": {name: metadata.version(name) for name in ["analysis", *LIBRARIES]},
        "notebooks": {
            run.name: {"notebook": run.notebook, "parameters": dict(run.parameters), "key": keys[run]}
            for run in wanted.runs
        },
        "outputs": digests(outputs, folder),
    }


# -------------------------------------------------------------------------------------------- verified


@dataclass(frozen=True)
class Verified:
    """What became of a report that was built again.

    files : how many were compared; differing : name -> how it differs; inputs : what it was made from that is
        not what it was, name -> "new", "gone" or "changed"
    """

    files: int
    differing: Mapping[str, str]
    inputs: Mapping[str, str]


class Made(pydantic.BaseModel):
    """A notebook's run in a manifest."""

    parameters: dict[str, str | bool]


class Manifest(pydantic.BaseModel):
    """What `verify` reads of a manifest: digests and versions by name."""

    as_of: str
    inputs: dict[str, str]
    releases: dict[str, str]
    versions: dict[str, str]
    notebooks: dict[str, Made]
    outputs: dict[str, str]

    def asked(self, name: str, default: object) -> Any:
        """Return a parameter its runs had."""
        return next(
            (run.parameters[name] for run in self.notebooks.values() if name in run.parameters), default
        )

    def made_from(self) -> dict[str, str]:
        return self.inputs | self.releases | self.versions


def read_manifest(folder: Path) -> Manifest:
    """Return a report's manifest; a RunError says that there is none."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise RunError(
            f"{folder}: no report with its {MANIFEST} here; name a folder like reports/luohe-2019/2018-12-31"
        ) from None


def verify(folder: Path, data: Path = places.DATA, jobs: int | None = None) -> Verified:
    """Build a report again elsewhere, as its manifest says, and compare every file.

    No stored run is used, and nothing is left behind.

    Raises
    ------
    RunError
        When the folder holds no report.
    """
    then = read_manifest(folder)
    plan, look = then.asked("plan", ""), {name: then.asked(name, one) for name, one in LOOK.items()}
    with tempfile.TemporaryDirectory() as elsewhere:
        reports, runs = Path(elsewhere, "reports"), Path(elsewhere, "runs")
        now = read_manifest(report(plan, then.as_of, reports, data, jobs, runs, **look)[0])
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    differing = {
        name: f"comes out otherwise ({how})" for name, how in changes(then.outputs, now.outputs).items()
    }
    for name, how in changes(then.outputs, digests(files, folder)).items():
        differing[name] = f"touched since it was made ({how})"
    return Verified(len(then.outputs), differing, changes(then.made_from(), now.made_from()))


def changes(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return what differs between two mappings: name -> "new", "gone" or "changed"."""
    names = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    return {
        name: "changed" if name in then and name in now else "new" if name in now else "gone"
        for name in names
    }


def digests(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the sha256 of files by their names relative to ``root``."""
    return {path.relative_to(root).as_posix(): store.sha256(path.read_bytes()) for path in paths}


def newest_scorecard(reports: Path) -> pd.DataFrame | None:
    """Return the scorecard of the report with the newest figures, as people read it."""
    found = sorted(reports.glob("[!.]*/[!.]*/scorecard.csv"), key=lambda path: path.parent.name)
    return backtest.presented(pd.read_csv(found[-1])) if found else None
