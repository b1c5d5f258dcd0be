"""A plan's numeric targets put to every region of a level: the same goals and deadlines, one answer each.

A part is one target for one province's regions. Each is written whole, under the digest of all it depends on,
so that a run that was killed goes on where it stopped.
"""

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import attainment, store, tables
from analysis.attainment import Vintage
from analysis.catalogue import Catalogue, SourceError
from analysis.ladder import rests_on
from analysis.plans import Plan, Target

NAMED = ("region", "parent", "target", "indicator")  # columns with their names in both languages beside them
Told = Callable[[int, int], None]  # parts there, parts in all


@dataclass(frozen=True)
class Task:
    """One target for some provinces: all a process needs, and nothing more. parts: file -> region codes."""

    plan: Plan
    target: Target
    as_of: str
    history: pd.DataFrame
    catalogue: Catalogue
    parts: dict[Path, tuple[str, ...]]


def table(
    plan: Plan,
    observations: pd.DataFrame,
    as_of: str,
    catalogue: Catalogue,
    level: str,
    kept: Path,
    jobs: int | None = None,
    tell: Told = lambda done, total: None,
) -> pd.DataFrame:
    """Return the attainment table of all regions of a level, names beside codes.

    Parameters
    ----------
    observations : table of ``releases.load``
    as_of : "YYYY-MM-DD"; only what was published by then is used
    level : "city" or "province"; regions dissolved before that day are left out
    kept : folder of the parts; those of other inputs are removed at the end
    jobs : processes, one a processor when None
    tell : called with the number of parts there and in all, at the start and whenever some are added

    Returns
    -------
    pandas.DataFrame
        One row a region and numeric target, by province, region and the plan's order: columns of
        ``tables.ATTAINMENT``, with parent, and ``_zh`` and ``_en`` beside region, parent, target, indicator.

    Raises
    ------
    SourceError
        Where the plan has no numeric target or the catalogue no region of the level.
    """
    groups, targets = regions(catalogue, level, as_of), numeric(plan)
    if not groups or not targets:
        raise SourceError(f"{plan.id}: no " + ("numeric target" if groups else f"region of level {level!r}"))
    history = Vintage.of(observations, as_of, catalogue).history
    wanted = _wanted(plan, targets, history, as_of, catalogue, groups, kept)
    _work(wanted, jobs or os.cpu_count() or 1, lambda: tell(*_progress(wanted)))
    rows = [row for task in wanted for path in task.parts for row in json.loads(path.read_bytes())]
    for path in set(kept.glob("*.json")) - {path for task in wanted for path in task.parts}:
        path.unlink()
    return _named(attainment.frame(rows), plan, catalogue)


def numeric(plan: Plan) -> list[Target]:
    """Return the targets of a plan that figures can answer, in its order."""
    return [target for target in plan.targets if target.indicator]


def regions(catalogue: Catalogue, level: str, as_of: str) -> dict[str, tuple[str, ...]]:
    """Return parent -> codes of the regions of a level that exist on a date, in the order of their codes."""
    year = int(as_of[:4])
    found: dict[str, list[str]] = {}
    for code, one in sorted(catalogue.regions.items()):
        if one.level == level and one.stands(year):
            found.setdefault(one.parent or code, []).append(code)
    return {parent: tuple(codes) for parent, codes in found.items()}


def put(plan: Plan, target: Target, region: str) -> tuple[Plan, Target]:
    """Return plan and target as asked of another region: what is pending in the plan's own is not there."""
    if region == plan.region:
        return plan, target
    return plan.model_copy(update={"region": region}), target.model_copy(update={"pending": ()})


def write(made: pd.DataFrame, path: Path) -> Path:
    """Write the table as CSV that opens in Excel: UTF-8 with its mark, whole or not at all."""
    return store.write(path, ("\N{ZERO WIDTH NO-BREAK SPACE}" + tables.csv(made)).encode())


# ------------------------------------------------------------------------------------------------- parts


def _wanted(
    plan: Plan,
    targets: list[Target],
    history: pd.DataFrame,
    as_of: str,
    catalogue: Catalogue,
    groups: dict[str, tuple[str, ...]],
    kept: Path,
) -> list[Task]:
    """Return a task a target, with a file for every province, named by all that its rows depend on."""
    tasks, places = [], {code: one.model_dump() for code, one in catalogue.regions.items()}
    for target in targets:
        related = rests_on(str(target.indicator), catalogue)
        rows = history[history["indicator"].isin(related)]
        entries = [catalogue.indicators[one].model_dump(mode="json") for one in related]
        bases = {name: one.model_dump(mode="json") for name, one in catalogue.bases.items()}
        figures = store.sha256(rows.to_csv(index=False).encode())
        asked = plan.id, plan.region, target.model_dump(mode="json")
        common = store.key(store.code(__name__), asked, as_of, figures, entries, bases, places)
        parts = {
            kept / f"{target.id}.{parent}.{store.key(common, codes)}.json": codes
            for parent, codes in groups.items()
        }
        tasks.append(Task(plan, target, as_of, rows, catalogue, parts))
    return tasks


def _progress(tasks: list[Task]) -> tuple[int, int]:
    files = [path.is_file() for task in tasks for path in task.parts]
    return sum(files), len(files)


def _work(tasks: list[Task], jobs: int, tell: Callable[[], None]) -> None:
    """Write the parts that are not there, in as many processes as there is work for."""
    tell()
    missing = [piece for task in tasks for piece in _dealt(task, jobs)]
    if jobs == 1 or len(missing) < 2:
        for task in missing:
            _write(task)
            tell()
        return
    clean = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(missing)), clean, _end_with_parent) as pool:
        waiting = {pool.submit(_write, task) for task in missing}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
                tell()
        finally:
            pool.shutdown(cancel_futures=True)


def _dealt(task: Task, jobs: int) -> Iterator[Task]:
    """Split what is missing of a task over the processes: to learn is cheap beside the answers."""
    missing = [(path, codes) for path, codes in task.parts.items() if not path.is_file()]
    for start in range(min(jobs, len(missing))):
        yield Task(
            task.plan, task.target, task.as_of, task.history, task.catalogue, dict(missing[start::jobs])
        )


def _write(task: Task) -> None:
    vintage = Vintage(task.as_of, task.history, task.history.iloc[:0], task.catalogue, brief=True)
    for path, codes in task.parts.items():
        asked = [put(task.plan, task.target, code) for code in codes]
        rows = [attainment.assess_vintage(*one, vintage).row for one in asked]
        store.write(path, json.dumps(rows, default=lambda number: number.item()).encode())


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for more work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# ----------------------------------------------------------------------------------------------- assembly


def _named(rows: pd.DataFrame, plan: Plan, catalogue: Catalogue) -> pd.DataFrame:
    """Put parents and names beside the codes; sort by province, region and the plan's order."""
    parents = rows["region"].map(lambda code: catalogue.regions[code].parent or code)
    rows = rows.assign(parent=parents)
    names = {code: (one.zh, one.en) for code, one in catalogue.regions.items()}
    titles = {one.id: (tables.inert(one.title.zh), tables.inert(one.title.en)) for one in plan.targets}
    entries = {key: (one.zh, one.en) for key, one in catalogue.indicators.items()}
    columns = {}
    for column, known in zip(NAMED, (names, names, titles, entries), strict=True):
        columns[column] = rows[column]
        columns |= {
            f"{column}_{language}": rows[column].map({key: pair[place] for key, pair in known.items()})
            for place, language in enumerate(("zh", "en"))
        }
    columns |= {name: rows[name] for name in rows.columns if name not in NAMED}
    order = {one.id: place for place, one in enumerate(plan.targets)}
    keys = pd.DataFrame({"parent": parents, "region": rows["region"], "place": rows["target"].map(order)})
    return pd.DataFrame(columns).loc[keys.sort_values(list(keys)).index].reset_index(drop=True)
