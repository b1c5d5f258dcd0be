"""Build the reports of a plan: run its notebooks, side by side, and lay the results down whole."""

import itertools
import json
import logging
import math
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
from typing import Any, NamedTuple

import filelock
import pandas as pd
import pydantic
import tqdm

from analysis import (
    __version__,
    catalogue,
    forks,
    notebooks,
    panel,
    places,
    plans,
    releases,
    store,
)
from analysis.notebooks import RUNS, Run, RunError, Table
from analysis.places import LOCK, REPORTS

LIBRARIES = ["matplotlib", "numpy", "pandas", "papermill", "python-docx", "scipy", "statsmodels", "typst"]
GLANCE = 0.5  # seconds between two looks at what is running
PATIENCE = 10  # seconds a scheduler may take to answer
MANIFEST = "manifest.json"
LOOK = {"fonts": "open", "red_header": False}  # of memos, unless asked for otherwise

Task = Table | Run


class Incomplete(RunError):
    """A report was written without what failed; the message names that and the reason."""


class Done(NamedTuple):
    """What each run is called that is stored, and why the others failed."""

    named: dict[Run, str]
    failed: dict[Run, str]


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
    jobs : how many notebooks run at once; one a processor and one more when None
    stored : where finished runs are kept
    fonts, red_header : of the memos: "open" or "system" fonts in the PDF; the red head of an issued document
    scheduler : address of a Dask scheduler whose workers run the notebooks; this machine when None

    Raises
    ------
    RunError, SourceError, PlanError
        Before anything is replaced: an earlier report stays as it was.
    Incomplete
        After all else is written: what failed is not in the reports.
    """
    forks.start()
    if fonts == "system":
        check_fonts()
    known = catalogue.read(data)
    wanted = list_wanted(plan, as_of, data, known, {"fonts": fonts, "red_header": red_header})
    reports.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(reports / ".lock"):
        with crew(jobs, scheduler) as hands:
            done = execute_all([run for one in wanted for run in one.runs], stored, hands)
        some = [one for one in wanted if done.named.keys() & {*one.runs}]
        made = [lay_down(one, done, reports, stored, data) for one in some]
        forks.call(index, reports, data)
    if done.failed:
        raise Incomplete(without(wanted, done.failed, made))
    return made


def check_fonts() -> None:
    """Fail where this machine lacks fonts, before anything is made without them."""
    from analysis import documents

    try:
        documents.check_fonts()
    except LookupError as error:
        raise RunError(str(error)) from None


def without(wanted: list[Wanted], failed: Mapping[Run, str], made: list[Path]) -> str:
    """Name what failed by plan, date and target, the same reason once; and what is written all the same."""
    names: dict[tuple[str, str], list[str]] = {}
    for one in wanted:
        for run in one.runs:
            if run in failed:
                target = dict(run.parameters).get("target")
                shown = run.name if target is None else f"target {target}"
                names.setdefault((f"{one.plan.id} {one.day}", failed[run]), []).append(shown)
    lines = [f"  {place}, {', '.join(some)}: {why}" for (place, why), some in names.items()]
    kept = ", ".join(map(str, made))
    rest = (
        f"all else is written to {kept}" if made else "nothing was written, an earlier report stays as it was"
    )
    return "\n".join([f"{len(failed)} failed; {rest}:", *lines])


def list_wanted(
    plan: str, as_of: str | None, data: Path, known: catalogue.Catalogue, look: dict[str, object]
) -> list[Wanted]:
    """Return the reports asked for, with their runs."""
    observations, wanted = releases.load(data), []
    for name in plans.names(data) if plan == "all" else [plan]:
        loaded = plans.load(name, known, data)
        for day in [as_of] if as_of else days(loaded, observations):
            wanted.append(
                Wanted(loaded, plans.find(name, data), day, runs_of(name, loaded, day, data, **look))
            )
    return wanted


def days(plan: plans.Plan, observations: pd.DataFrame) -> list[str]:
    """Return the two dates of a report: the end of the year of issue, the newest release on its targets.

    That is, one with a figure of a deadline's year or an earlier one: what came after does not bear on them.
    """
    first = f"{plan.issued.year}-12-31"
    deadlines = [target.deadline for target in plan.targets if target.indicator]
    bearing = observations[observations["year"].le(max(deadlines, default=0))]
    changed = panel.dates(bearing, {plan.region}, plan.indicators)
    return sorted({first, *[day for day in changed[-1:] if day > first]})


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
    """Who runs notebooks: an executor, how it runs one, whether it can be reached, and how many at once."""

    executor: Executor
    execute: Callable[[Run, str, Path], Path] = notebooks.execute
    reached: Callable[[], bool] = lambda: True
    hands: float = math.inf


@contextmanager
def crew(jobs: int | None, scheduler: str | None = None) -> Iterator[Crew]:
    """Open what runs notebooks: this machine's processors, or the workers of a Dask cluster.

    On this machine these are threads that wait for forks, or processes where there are no forks; one more
    than processors, since a notebook and its kernel wait for each other now and then.

    Raises
    ------
    RunError
        When no scheduler answers at the address.
    """
    if scheduler is None:
        kind = ThreadPoolExecutor if forks.AVAILABLE else ProcessPoolExecutor
        many = jobs or (os.cpu_count() or 1) + 1
        with kind(many) as own:
            yield Crew(own, hands=many)
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


def execute_all(runs: list[Run], folder: Path, hands: Crew) -> Done:
    """Work out the tables that runs read, and execute each run that is not stored once its tables stand.

    One that fails stops no other but those that read it. One that would tell nothing is left out.
    """
    tables, done, reading = notebooks.tables(runs), Done({}, {}), notebooks.Reading(runs)
    submit, lost = hands.executor.submit, dict[Table, str]()
    first = sorted(runs, key=lambda run: run.notebook != notebooks.LONGEST)

    def begin(task: Table | Run) -> Future | None:
        if not isinstance(task, Run):
            return submit(notebooks.table, *task)
        if missed := [lost[one] for one in notebooks.tables_of(task) if one in lost]:
            done.failed[task] = missed[0]
            return None
        if not reading.tells(task):
            return None
        done.named[task] = key = reading.key(task)
        return None if (folder / key).is_dir() else submit(hands.execute, task, key, folder)

    with tqdm.tqdm(total=len(tables) + len(runs), unit="step") as bar:
        needs = tables | {run: notebooks.tables_of(run) for run in first}
        for task, error in in_order(needs, begin, hands, bar):
            if isinstance(task, Run):
                done.failed[task] = reason(error)
                del done.named[task]
            else:
                lost[task] = reason(error)
    return done


def in_order(
    needs: Mapping[Task, Iterable[Task]],
    begin: Callable[[Task], Future | None],
    hands: Crew,
    bar: tqdm.tqdm,
) -> Iterator[tuple[Task, BaseException]]:
    """Begin each task once those it needs have ended and a hand is free, and show which are running.

    Parameters
    ----------
    needs : task -> those that end before it begins; of what can begin the first goes first
    begin : returns the future of a task; None where there is nothing to do

    Yields
    ------
    each task that failed, and why, before those that need it begin
    """
    waiting, pending, ended = dict(needs), dict[Future, Task](), set[Task]()
    try:
        while waiting or pending:
            while len(pending) < hands.hands and (task := able(waiting, ended)) is not None:
                del waiting[task]
                if future := begin(task):
                    pending[future] = task
                else:
                    ended.add(task)
                    bar.update()
            bar.set_postfix_str(running(pending))
            done, _ = wait(pending, timeout=GLANCE, return_when=FIRST_COMPLETED)
            if not hands.reached():
                raise RunError(
                    "the Dask scheduler is gone; start it and run this again: what is done is kept"
                )
            for one in done:
                ended.add(task := pending.pop(one))
                bar.update()
                if error := one.exception():
                    yield task, error
    except BaseException:
        for one in pending:
            one.cancel()
        forks.stop()
        raise


def able(waiting: Mapping[Task, Iterable[Task]], ended: set[Task]) -> Task | None:
    """Return the first task that needs nothing any more; None where all have to wait."""
    return next((task for task, needed in waiting.items() if ended.issuperset(needed)), None)


def reason(error: BaseException) -> str:
    """Return what an error says; of one nobody expected also what it is."""
    if not isinstance(error, Exception):
        raise error
    ours = type(error).__module__.split(".")[0] == places.__name__.split(".")[0]
    return str(error) if ours else f"{type(error).__name__}: {error}"


def running(pending: Mapping[Future, Task]) -> str:
    """Name what is running, an outlook's tables with their plan and date."""
    tasks = (task for one, task in pending.items() if one.running())
    names = (
        task.name if isinstance(task, Run) else " ".join(Path(one).stem for one in task[:-1])
        for task in tasks
    )
    return ", ".join(itertools.islice(names, 4))


# --------------------------------------------------------------------------------------- laid down whole


def lay_down(wanted: Wanted, done: Done, reports: Path, stored: Path, data: Path) -> Path:
    """Lay a report down from its stored runs: built beside, then renamed into place."""
    folder = reports / wanted.plan.id / wanted.day
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "notebooks").mkdir(parents=True)
    runs = {run: done.named[run] for run in wanted.runs if run in done.named}
    for run, key in runs.items():
        shutil.copy2(stored / key / f"{run.name}.ipynb", staging / "notebooks")
        shutil.copytree(stored / key / "out", staging, dirs_exist_ok=True)
    failed = {run.name: done.failed[run] for run in wanted.runs if run in done.failed}
    made = manifest(wanted, runs, staging, data) | ({"failed": failed} if failed else {})
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
        "versions": {"analysis": __version__} | {name: metadata.version(name) for name in LIBRARIES},
        "notebooks": {
            run.name: {"notebook": run.notebook, "parameters": dict(run.parameters), "key": keys[run]}
            for run in keys
        },
        "outputs": digests(outputs, folder),
    }


# -------------------------------------------------------------------------------------------- verified


@dataclass(frozen=True)
class Verified:
    """What became of a report that was built again.

    files : how many were compared; differing : name -> "otherwise" (it comes out so) or "touched" (since it
        was made), and "new", "gone" or "changed"; inputs : what it was made from that is not what it was,
        name -> "new", "gone" or "changed"
    """

    files: int
    differing: Mapping[str, tuple[str, str]]
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
    differing = {name: ("otherwise", how) for name, how in changes(then.outputs, now.outputs).items()}
    for name, how in changes(then.outputs, digests(files, folder)).items():
        differing[name] = "touched", how
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


def index(reports: Path, data: Path) -> None:
    """List all reports on one page, with scorecard and pictures of the one with the newest figures."""
    from analysis import backtest, review

    scorecard, drawn, day = None, {}, ""
    if found := sorted(reports.glob("[!.]*/[!.]*/scorecard.csv"), key=lambda path: path.parent.name):
        scorecard, day = backtest.presented(pd.read_csv(found[-1])), found[-1].parent.name
        pictures = sorted(found[-1].parent.glob("calibration.*.svg"))
        drawn = {path.name.split(".")[1]: path.read_bytes() for path in pictures}
    review.index(reports, scorecard, drawn, catalogue.read(data), day)
