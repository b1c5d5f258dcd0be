"""Run notebooks with papermill, each run once: it is stored under the name of all it depends on.

That is the notebook's cells without what they showed, the parameters, the bytes of what it reads, all code
its imports reach, the lock and the version of Python.
"""

import csv
import hashlib
import json
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from analysis import forks, panel, places, plans, releases, store
from analysis import parameters as declaring
from analysis.languages import LANGUAGES, refusal
from analysis.parameters import Parameter
from analysis.places import Folders
from analysis.tables import UNTOLD

RUNS = places.CACHE / "runs"
TIMEOUT = 600  # seconds a cell may take: a hung kernel must end in an error, not in silence
# What is read beside the catalogue, of the date: "vintage": what was published by then, "later": by its
# `panel.later`; "cases", "track": past forecasts marked and answers given by then; "dossier": one target's
# outlook, "record": the cases of its indicator.
READS = {
    "1-panel": ("later", "plan"),
    "2-backtest": ("cases", "track", "register"),
    "3-forecast": ("outlook", "cases", "plan"),
    "4-target": ("dossier", "record", "plan"),
    "5-review": ("outlook", "cases", "plan"),
    "6-what-if": ("vintage", "plan"),
}
LONGEST = "5-review"  # begun first; the others make way for it
TABLES = {  # what is read -> the function of `processed` that works it out, and its parameters
    "later": ("observations",),
    "vintage": ("observations",),
    "cases": ("cases",),
    "record": ("cases",),
    "track": ("track",),
    "outlook": ("tables", "plan", "as_of"),
    "dossier": ("tables", "plan", "as_of"),
}
SITUATION = "assessment.situation"  # where an outlook's answers say it
DATED = {"cases": "published", "record": "published", "track": "as_of"}  # the column that says since when
MADE_FROM = {"cases": "observations", "track": "observations", "tables": "track"}


Table = tuple[Any, ...]  # the name of a function of `processed`, and its arguments, the data's folder last


class RunError(RuntimeError):
    """A notebook cannot be run as asked, or failed; nothing was written."""


class Cell(NamedTuple):
    kind: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One notebook with its parameters. name: what its executed copy is called."""

    notebook: str
    name: str
    parameters: tuple[tuple[str, object], ...]


# ------------------------------------------------------------------------------- what a notebook declares


def cells(notebook: str) -> list[Cell]:
    """Return what a notebook is, without what it showed.

    Raises
    ------
    RunError
        When there is no such notebook.
    """
    path = places.NOTEBOOKS / f"{notebook}.ipynb"
    if path.parent != places.NOTEBOOKS or not path.is_file():
        there = ", ".join(sorted(path.stem for path in places.NOTEBOOKS.glob("*.ipynb")))
        raise RunError(refusal("no notebook {notebook!r}: there are {there}", notebook=notebook, there=there))
    return list(_cells(path.read_bytes()))


@lru_cache
def _cells(content: bytes) -> tuple[Cell, ...]:
    return tuple(
        Cell(cell["cell_type"], "".join(cell["source"]), tuple(cell["metadata"].get("tags", ())))
        for cell in json.loads(content)["cells"]
    )


def parameters(notebook: str) -> Mapping[str, Parameter]:
    """Return the declared parameters of a notebook by name."""
    source = next((cell.source for cell in cells(notebook) if "parameters" in cell.tags), "")
    return declaring.declared(source)


def imports(notebook: str) -> tuple[str, ...]:
    """Return the modules of this package that a notebook's cells import."""
    code = [cell.source.splitlines() for cell in cells(notebook) if cell.kind == "code"]
    plain = "\n".join(line for lines in code for line in lines if not line.startswith(("%", "!")))
    return store.imports(plain)


def check_parameters(notebook: str, given: dict[str, object]) -> None:
    """Refuse parameters the notebook does not declare, or of another type than declared, all at once."""
    if found := declaring.wrong(notebook, parameters(notebook), given):
        raise RunError(declaring.refused(notebook, {code: declaring.told(found, code) for code in LANGUAGES}))


def typed(notebook: str, words: dict[str, str]) -> dict[str, object]:
    """Turn words from the command line into the types the notebook declares.

    Raises
    ------
    RunError
        Naming every parameter that is unknown or cannot be read as its type.
    """
    declared, values, wrong = parameters(notebook), {}, []
    for name, word in words.items():
        kind = declared[name].type if name in declared else "str"
        try:
            values[name] = _value(kind, word)
        except (ValueError, KeyError):
            wrong.append(
                refusal("  {name}: {word!r} cannot be read as {kind}", name=name, word=word, kind=kind)
            )
    if wrong:
        raise RunError(declaring.refused(notebook, dict.fromkeys(LANGUAGES, wrong)))
    check_parameters(notebook, values)
    return values


def _value(kind: str, word: str) -> object:
    truth = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if kind.endswith("| None") and not word:
        return None
    return truth[word.lower()] if kind == "bool" else declaring.TYPES[kind][0](word)


# -------------------------------------------------------------------------------------------------- a run


def of(notebook: str, values: dict[str, object], name: str = "", data: Path = places.DATA) -> Run:
    """Return a run of a notebook with those of the values it declares, checked.

    Raises
    ------
    RunError
        When a value is of another type than declared.
    """
    place = {} if data == places.DATA else {"data": str(data.resolve())}
    chosen = {key: value for key, value in (place | values).items() if key in parameters(notebook)}
    check_parameters(notebook, chosen)
    return Run(notebook, name or notebook, tuple(sorted(chosen.items())))


def keys(runs: Iterable[Run]) -> dict[Run, str]:
    """Name each run by all it depends on; the tables it reads must be there."""
    runs = list(runs)
    reading = Reading(runs)
    return {run: reading.key(run) for run in runs}


def _values(run: Run) -> dict[str, Any]:
    return {name: one.default for name, one in parameters(run.notebook).items()} | dict(run.parameters)


def _data(values: dict[str, Any]) -> Path:
    return Path(values["data"]) if values.get("data") else places.DATA


class Reading:
    """The digests of what runs depend on: what several read is looked at once, their code at the outset."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._code = {name: store.code(*imports(name)) for name in {run.notebook for run in runs}}
        self._files, self._rows, self._plan = cache(_files), cache(_rows), cache(_plan)
        self._vintage, self._situations = cache(_vintage), cache(_situations)
        table = cache(_read)
        self._dated = cache(lambda path, since, day: _dated(*table(path), since, day))

    def key(self, run: Run) -> str:
        """Name a run by all it depends on; the tables it reads must be there."""
        values = _values(run)
        read = {name: self.digest(name, values) for name in ("catalogue", *READS[run.notebook])}
        code = self._code[run.notebook]
        return store.key(run.name, cells(run.notebook), run.parameters, code, read)

    def tells(self, run: Run) -> bool:
        """Say whether a run has anything to tell: it has not, of a target of which nothing is known."""
        if "dossier" not in READS[run.notebook]:
            return True
        values = _values(run)
        return self._situations(self._outlook(values)).get(values["target"]) not in UNTOLD

    def _outlook(self, values: dict[str, Any]) -> Path:
        folders = Folders(_data(values))
        _, plan = self._plan(str(values["plan"]), folders.data)
        return folders.processed / plan.id / str(values["as_of"])

    def _indicator(self, values: dict[str, Any]) -> str:
        _, plan = self._plan(str(values["plan"]), _data(values))
        return plan.target(values["target"]).indicator or ""

    def digest(self, name: str, values: dict[str, Any]) -> str:
        """Return the digest of something a notebook with these parameters reads."""
        folders = Folders(_data(values))
        if name in DATED:
            table = folders.processed / f"{TABLES[name][0]}.csv"
            parts = self._dated(table, DATED[name], str(values["as_of"]))
            return parts.get(self._indicator(values), "") if name == "record" else store.key(parts)
        if name in ("vintage", "later"):
            day = str(values["as_of"])
            return self._vintage(folders.data, panel.later(day) if name == "later" else day)
        if name == "catalogue":
            return self._files(folders.data, "*.yml", "*.csv")
        if name == "register":
            return self._files(folders.register, "**/*.csv")
        if name == "plan":
            path, _ = self._plan(str(values["plan"]), folders.data)
            return self._files(path.parent, path.name)
        outlook = self._outlook(values)
        return (
            self._rows(outlook).get(values["target"], "")
            if name == "dossier"
            else self._files(outlook, "*.csv")
        )


def _read(path: Path) -> tuple[dict[str, int], list[list[str]]]:
    """Return the places of a table's columns, and its rows; none of a table that is not there."""
    if not path.is_file():
        return {}, []
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    return {name: place for place, name in enumerate(head)}, rows


def _files(root: Path, *patterns: str) -> str:
    found = {path for pattern in patterns for path in root.glob(pattern)}
    return store.digest((path for path in found if path.is_file()), root)


def _vintage(folder: Path, as_of: str) -> str:
    return releases.vintages(folder)(as_of)


def _dated(columns: dict[str, int], rows: list[list[str]], since: str, day: str) -> dict[str, str]:
    """Return indicator -> digest of a table's rows of up to a day."""
    found: dict[str, Any] = defaultdict(hashlib.sha256)
    for row in rows:
        if row[columns[since]] <= day:
            found[row[columns["indicator"]]].update("\0".join(row).encode())
    return {indicator: digest.hexdigest() for indicator, digest in found.items()}


def _rows(root: Path) -> dict[str, str]:
    """Return target -> digest of its rows in all tables of a folder."""
    rows: dict[str, list] = defaultdict(list)
    for path in sorted(root.glob("*.csv")):
        columns, lines = _read(path)
        for line in lines:
            rows[line[columns["target"]]].append((path.name, line))
    return {target: store.key(some) for target, some in rows.items()}


def _situations(root: Path) -> dict[str, str]:
    """Return target -> its situation, from the answers of an outlook."""
    columns, rows = _read(root / "answers.csv")
    found = (row for row in rows if row[columns["item"]] == SITUATION)
    return {row[columns["target"]]: row[columns["value"]] for row in found}


def _plan(plan: str, data: Path) -> tuple[Path, plans.Plan]:
    return plans.find(plan, data), plans.load(plan, folder=data)


def tables(runs: Iterable[Run]) -> dict[Table, list[Table]]:
    """Return the tables that runs read, as arguments of `table`, and what each is made from, before it."""
    found = dict[Table, list[Table]]()
    for read in dict.fromkeys(one for run in runs for one in tables_of(run)):
        chain = [read]
        while chain[-1][0] in MADE_FROM:
            chain.append((MADE_FROM[chain[-1][0]], read[-1]))
        found |= {one: chain[place : place + 1] for place, one in reversed([*enumerate(chain, 1)])}
    return found


def tables_of(run: Run) -> list[Table]:
    """Return the tables a run reads, as arguments of `table`."""
    values = _values(run)
    asked = [TABLES[name] for name in READS[run.notebook] if name in TABLES]
    return [(function, *(values[name] for name in names), _data(values)) for function, *names in asked]


def table(name: str, *arguments: object) -> None:
    """Let a table that notebooks read be worked out, where it does not stand already, and loaded for all."""
    if name in MADE_FROM or not forks.AVAILABLE:
        forks.call(_table, name, *arguments)
    forks.prepare(_table, name, *arguments)  # what all else is made from at once: nothing could run meanwhile


def _table(name: str, *arguments: object) -> None:
    from analysis import processed

    getattr(processed, name)(*arguments)


def execute(run: Run, key: str, folder: Path = RUNS) -> Path:
    """Run a notebook unless this very run is stored; return the folder with its executed copy and ``out``.

    Raises
    ------
    RunError
        With the failing cell's error. Nothing of a failed run is kept.
    """
    stored = folder / key
    if not stored.is_dir():
        try:
            forks.call(_execute, run, stored, way=forks.LATER)
        except forks.Ended as ended:
            raise RunError(f"{run.name}: {ended}") from None
    return stored


def execute_as_named(run: Run, key: str, folder: Path) -> Path:
    """Run a notebook for another machine, if it is here what it is there.

    Raises
    ------
    RunError
        When code, data, lock or Python of this machine are not those the run is named by.
    """
    if keys([run])[run] != key:
        raise RunError(
            f"{run.name}: a worker has other code, data, lock or Python than this machine; make them alike"
        )
    return execute(run, key, folder)


def _execute(run: Run, stored: Path) -> None:
    import papermill
    from nbclient import exceptions

    if forks.AVAILABLE and run.notebook != LONGEST:
        os.nice(10)
    staging = stored.with_name(f"{stored.name}.{uuid.uuid4().hex[:8]}")
    forks.UNFINISHED.add(staging)
    (staging / "out").mkdir(parents=True)
    try:
        book = papermill.execute_notebook(
            str(places.NOTEBOOKS / f"{run.notebook}.ipynb"), None, dict(run.parameters) | {"out": "out"},
            cwd=str(staging), progress_bar=False, execution_timeout=TIMEOUT, **_settings(),
        )  # fmt: skip
        _write(timeless(book), staging / f"{run.name}.ipynb")
        staging.rename(stored)
    except papermill.PapermillExecutionError as error:
        refused = error.ename == "SupposeError"  # says itself, in words, what cannot be asked
        where = "" if refused else f" cell {error.exec_count} failed: {error.ename}:"
        raise RunError(f"{run.name}:{where} {error.evalue}") from None
    except (exceptions.DeadKernelError, exceptions.CellTimeoutError) as error:
        raise RunError(f"{run.name}: {error}") from None
    except OSError:
        if not stored.is_dir():  # or another machine was first with the same run
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        forks.UNFINISHED.discard(staging)


def _settings() -> dict[str, Any]:
    """Return how papermill and nbclient run kernels: forked, and killed once they are done."""
    from analysis import kernels

    os.environ |= forks.environment()
    return {"kernel_name": "python3", "kernel_manager_class": kernels.manager(), "coalesce_streams": True,
            "extra_arguments": ["--log-level=50"], "shutdown_kernel": "immediate"}  # fmt: skip


def timeless(book: Any) -> Any:
    """Drop from an executed notebook what differs from run to run and between machines: times, durations,
    random cell ids, which release of Python it was.
    """
    book.metadata.pop("papermill", None)
    book.metadata.get("language_info", {}).pop("version", None)
    for position, cell in enumerate(book.cells):
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        cell["id"] = f"cell-{position}"
    return book


def _write(book: Any, path: Path) -> None:
    import nbformat

    nbformat.write(book, path)


def one(notebook: str, words: dict[str, str], folder: Path, data: Path = places.DATA) -> Path:
    """Run one notebook with parameters given as words; lay its copy and outputs down in ``folder``.

    Raises
    ------
    RunError
        When there is no such notebook, or ``folder`` holds anything but an earlier run of it.
    """
    values = typed(notebook, words)
    folder = folder.resolve()
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if folder.is_file() or not folder.name or held - {f"{notebook}.ipynb", "out"}:
        lost = refusal("holds other files, which would be lost; name a new folder")
        raise RunError(f"{folder}: {lost}")
    run = of(notebook, values, data=data)
    for call in tables([run]):
        table(*call)
    stored = execute(run, keys([run])[run])
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        shutil.copytree(stored, staging)
        return store.replace(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refresh(notebook: Path) -> None:
    """Run a notebook with its defaults and store what comes out in it: after a change of data or method."""
    import nbclient
    import nbformat

    book = nbformat.read(notebook, as_version=4)
    before = dict(book.metadata)
    resources = {"metadata": {"path": str(notebook.parent)}}
    nbclient.NotebookClient(
        book, timeout=TIMEOUT, resources=resources, record_timing=False, **_settings()
    ).execute()
    book.metadata = nbformat.from_dict(before)
    nbformat.write(book, notebook)
