"""Run the notebooks with papermill, once for each distinct input, and lay the results down whole.

Every run is stored under the fingerprint of all it depends on: the notebook, its parameters, the code, the
data, the plan and the lock. A report is assembled from such runs in a staging folder and then renamed.
"""

import hashlib
import json
import multiprocessing
import os
import shutil
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import filelock
import nbformat
import pandas as pd
import pydantic
import tqdm

from analysis import attainment, backtest, catalogue, kernels, places, plans, releases, review
from analysis.places import LOCK, NOTEBOOKS, REPORTS, ROOT

CACHE = places.CACHE / "runs"
TYPES = {"str": str, "int": int, "float": float, "bool": bool}
TIMEOUT = 600  # seconds a cell may take: a hung kernel must end in an error, not in silence


class RunError(RuntimeError):
    """A notebook cannot be run as asked, or failed; nothing was written."""


@dataclass(frozen=True)
class Run:
    """One notebook with its parameters. name: what its executed copy is called."""

    notebook: str
    name: str
    parameters: tuple[tuple[str, object], ...]


def kernel_environment(root: Path = ROOT) -> dict[str, str]:
    """Return the settings that keep Jupyter, IPython and matplotlib inside the project's folder."""
    home = root / ".cache" / "jupyter"
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    places |= {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    places |= {"IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")  # the runner uses the cores
    return {name: str(home / folder) for name, folder in places.items()} | threads


# -------------------------------------------------------------------------------------------- parameters


@lru_cache
def parameters(notebook: Path) -> dict[str, dict]:
    """Return the declared parameters of a notebook: name -> type, default and help."""
    import papermill

    if not notebook.is_file():
        there = ", ".join(sorted(path.stem for path in notebook.parent.glob("*.ipynb")))
        raise RunError(f"no notebook {notebook.stem!r}: there are {there}")
    return papermill.inspect_notebook(str(notebook))


def check_parameters(notebook: Path, given: dict[str, object]) -> None:
    """Refuse parameters the notebook does not declare, or of another type than declared, all at once."""
    declared = parameters(notebook)
    wrong = []
    for name, value in given.items():
        if name not in declared:
            wrong.append(f"  {name}: not a parameter of {notebook.stem}; it has {', '.join(declared)}")
            continue
        kind = TYPES.get(declared[name]["inferred_type_name"], str)
        try:
            pydantic.TypeAdapter(kind).validate_python(value, strict=True)
        except pydantic.ValidationError:
            wrong.append(
                f"  {name}: {value!r} is {type(value).__name__}, {notebook.stem} wants {kind.__name__}"
            )
    if wrong:
        raise RunError("\n".join([f"{notebook.name} cannot be run so:", *wrong]))


def typed(notebook: Path, words: dict[str, str]) -> dict[str, object]:
    """Turn words from the command line into the types the notebook declares.

    Raises
    ------
    RunError
        Naming every parameter that is unknown or cannot be read as its type.
    """
    declared, values, wrong = parameters(notebook), {}, []
    for name, word in words.items():
        kind = TYPES.get(declared.get(name, {}).get("inferred_type_name"), str)
        try:
            values[name] = pydantic.TypeAdapter(kind).validate_python(word)
        except pydantic.ValidationError:
            wrong.append(f"  {name}: {word!r} cannot be read as {kind.__name__}")
    if wrong:
        raise RunError("\n".join([f"{notebook.name} cannot be run so:", *wrong]))
    check_parameters(notebook, values)
    return values


# --------------------------------------------------------------------------------------------------- runs


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest(paths: Iterable[Path], root: Path) -> str:
    """Return one sha256 over the names and bytes of files, in sorted order."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(root).as_posix()}\0{sha256(path)}\n".encode())
    return total.hexdigest()


def code() -> str:
    """Return the fingerprint of the package's own code and templates."""
    package = Path(__file__).parent
    return digest(
        (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts), package
    )


def data_files(data: Path) -> list[Path]:
    return sorted([*data.glob("*.yml"), *(path for path in (data / "raw").rglob("*") if path.is_file())])


def fingerprint(run: Run, inputs: dict[str, str]) -> str:
    """Name a run by all it depends on."""
    notebook = sha256(NOTEBOOKS / f"{run.notebook}.ipynb")
    text = json.dumps([run.name, notebook, run.parameters, inputs], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def execute(run: Run, key: str, cache: Path = CACHE) -> Path:
    """Run a notebook unless this very run is stored; return the folder with its executed copy and ``out``.

    Raises
    ------
    RunError
        With the failing cell's error. Nothing of a failed run is kept.
    """
    import papermill

    stored = cache / key
    if stored.is_dir():
        return stored
    staging = cache / f"{key}.{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "out").mkdir(parents=True)
    copy = staging / f"{run.name}.ipynb"
    os.environ |= kernel_environment()
    try:
        papermill.execute_notebook(
            str(NOTEBOOKS / f"{run.notebook}.ipynb"), str(copy), dict(run.parameters) | {"out": "out"},
            cwd=str(staging), kernel_name="python3", progress_bar=False, log_output=False,
            execution_timeout=TIMEOUT,
            kernel_manager_class=kernels.manager(), extra_arguments=["--log-level=50"], coalesce_streams=True,
        )  # fmt: skip
        timeless(copy)
        staging.rename(stored)
    except papermill.PapermillExecutionError as error:
        raise RunError(f"{run.name}: cell {error.exec_count} failed: {error.ename}: {error.evalue}") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return stored


def timeless(path: Path) -> None:
    """Drop from an executed notebook what differs from run to run: times, durations, random cell ids."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    for position, cell in enumerate(notebook.cells):
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        cell["id"] = f"cell-{position}"
    nbformat.write(notebook, path)


# ------------------------------------------------------------------------------------------------ reports


def report(
    plan: str = "luohe-2019",
    as_of: str | None = None,
    reports: Path = REPORTS,
    data: Path = places.DATA,
    jobs: int | None = None,
    cache: Path = CACHE,
    fonts: str = "open",
    red_header: bool = False,
) -> list[Path]:
    """Build the reports of a plan and return their folders.

    Parameters
    ----------
    plan : id of a plan, the path of a plan's file, or "all"
    as_of : "YYYY-MM-DD"; when None, the end of the year of issue and the newest release on the plan's targets
    reports : where ``<plan>/<as of>/`` is laid down
    data : folder with the catalogue and ``raw``
    jobs : how many notebooks run at once; the number of processors when None
    cache : where finished runs are kept
    fonts, red_header : of the memos: "open" or "system" fonts in the PDF; the red head of an issued document

    Raises
    ------
    RunError, SourceError, PlanError
        Before anything is replaced: an earlier report stays as it was.
    """
    known = catalogue.read(data)
    observations = releases.load(data)
    reports.mkdir(parents=True, exist_ok=True)
    wanted = []
    for name in plans.names(data) if plan == "all" else [plan]:
        loaded = plans.load(name, known, data)
        for day in [as_of] if as_of else attainment.report_dates(loaded, observations):
            wanted.append((name, loaded, day))
    with filelock.FileLock(reports / ".lock"):
        inputs = {name: fingerprints(name, data) for name, _, _ in wanted}
        runs = {
            (name, day): runs_of(name, loaded, day, data, fonts=fonts, red_header=red_header)
            for name, loaded, day in wanted
        }
        tasks = {fingerprint(run, inputs[name]): run for (name, _), some in runs.items() for run in some}
        execute_all(tasks, jobs, cache)
        folders = []
        for name, loaded, day in wanted:
            stored = {run.name: cache / fingerprint(run, inputs[name]) for run in runs[name, day]}
            made = manifest(runs[name, day], stored, inputs[name], loaded, day, data)
            folders.append(assemble(reports / loaded.id / day, stored, made))
        review.index(reports, newest_scorecard(reports, known), known)
    return folders


def runs_of(name: str, plan: plans.Plan, as_of: str, data: Path, **look: object) -> list[Run]:
    """Return the notebook runs of one report, in reading order."""
    place = {} if data == places.DATA else {"data": str(data.resolve())}
    address = str(Path(name).resolve()) if name.endswith((".yml", ".yaml")) else name
    values = {"plan": address, "as_of": as_of} | place | look
    steps = [(notebook, notebook, {}) for notebook in ("1-panel", "2-backtest", "3-forecast")]
    steps += [("4-target", f"4-target-{target.id}", {"target": target.id}) for target in plan.targets]
    steps.append(("5-review", "5-review", {}))
    made = []
    for notebook, title, more in steps:
        declared = parameters(NOTEBOOKS / f"{notebook}.ipynb")
        chosen = {key: value for key, value in (values | more).items() if key in declared}
        check_parameters(NOTEBOOKS / f"{notebook}.ipynb", chosen)
        made.append(Run(notebook, title, tuple(sorted(chosen.items()))))
    return made


def fingerprints(plan: str, data: Path) -> dict[str, str]:
    """Return the sha256 of everything a run depends on beside its notebook and parameters."""
    return {
        "code": code(),
        "data": digest(data_files(data), data),
        "plan": sha256(plans.find(plan, data)),
        "lock": sha256(LOCK),
        "python": ".".join(map(str, sys.version_info[:2])),
    }


def execute_all(tasks: dict[str, Run], jobs: int | None, cache: Path) -> None:
    """Execute runs in processes, showing which one finished; the first failure ends them all."""
    missing = {key: run for key, run in tasks.items() if not (cache / key).is_dir()}
    clean = multiprocessing.get_context("spawn")  # a forked worker would inherit a fork server not its own
    with ProcessPoolExecutor(max_workers=jobs or os.cpu_count(), mp_context=clean) as pool:
        pending = {pool.submit(execute, run, key, cache): run.name for key, run in missing.items()}
        with tqdm.tqdm(total=len(tasks), initial=len(tasks) - len(missing), unit="notebook") as bar:
            try:
                for done in as_completed(pending):
                    done.result()
                    bar.set_postfix_str(pending[done])
                    bar.update()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def manifest(
    runs: list[Run], stored: dict[str, Path], inputs: dict[str, str], plan: plans.Plan, day: str, data: Path
) -> dict:
    """Name every input's sha256, the versions, the parameters, and what came out."""
    libraries = ["matplotlib", "numpy", "pandas", "papermill", "python-docx", "scipy", "statsmodels", "typst"]
    outputs = {f"notebooks/{name}.ipynb": folder / f"{name}.ipynb" for name, folder in stored.items()}
    for folder in stored.values():
        made = (path for path in (folder / "out").rglob("*") if path.is_file())
        outputs |= {path.relative_to(folder / "out").as_posix(): path for path in made}
    return {
        "plan": plan.id,
        "as_of": day,
        "title": {"zh": plan.title.zh, "en": plan.title.en},
        "inputs": inputs,
        "releases": {path.relative_to(data).as_posix(): sha256(path) for path in data_files(data)},
        "versions": {name: metadata.version(name) for name in ["analysis", *libraries]},
        "notebooks": {
            run.name: {"notebook": run.notebook, "parameters": dict(run.parameters)} for run in runs
        },
        "outputs": {name: sha256(path) for name, path in outputs.items()},
    }


def assemble(folder: Path, stored: dict[str, Path], made: dict) -> Path:
    """Lay a report down from its stored runs: built beside, then renamed into place."""
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    (staging / "notebooks").mkdir(parents=True)
    for name, source in stored.items():
        shutil.copy2(source / f"{name}.ipynb", staging / "notebooks")
        shutil.copytree(source / "out", staging, dirs_exist_ok=True)
    text = json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (staging / "manifest.json").write_text(text, encoding="utf-8", newline="")
    replace(staging, folder)
    return folder


def newest_scorecard(reports: Path, known: catalogue.Catalogue) -> pd.DataFrame | None:
    """Return the scorecard of the report with the newest figures, as people read it."""
    found = sorted(reports.glob("[!.]*/[!.]*/scorecard.csv"), key=lambda path: path.parent.name)
    return backtest.presented(pd.read_csv(found[-1]), known) if found else None


def replace(staging: Path, folder: Path) -> None:
    """Put a finished folder in the place of an older one; at no moment is there half of either."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def one(notebook: str, words: dict[str, str], folder: Path, data: Path = places.DATA) -> Path:
    """Run one notebook with parameters given as words; lay its copy and outputs down in ``folder``."""
    path = NOTEBOOKS / f"{notebook}.ipynb"
    values = typed(path, words)
    run = Run(notebook, notebook, tuple(sorted(values.items())))
    inputs = fingerprints(
        str(values.get("plan", parameters(path).get("plan", {}).get("default", "luohe-2019"))), data
    )
    stored = execute(run, fingerprint(run, inputs))
    staging = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(stored, staging)
    replace(staging, folder)
    return folder


def refresh(notebook: Path) -> None:
    """Run a notebook with its defaults and store what comes out in it: after a change of data or method."""
    import nbclient

    book = nbformat.read(notebook, as_version=4)
    before = dict(book.metadata)
    os.environ |= kernel_environment()
    nbclient.NotebookClient(
        book, timeout=TIMEOUT, resources={"metadata": {"path": str(notebook.parent)}}, record_timing=False,
        kernel_name="python3", kernel_manager_class=kernels.manager(),
        extra_arguments=["--log-level=50"], coalesce_streams=True,
    ).execute()  # fmt: skip
    book.metadata = nbformat.from_dict(before)
    nbformat.write(book, notebook)
