"""What a report costs, in one run on the machine at hand: seconds and ratios, each beside what is allowed.

    python benchmarks/report.py

The report of Luohe, two dates, is made in a copy of the project, with nothing stored: whole, again with
nothing changed, and with one new figure of Luohe, and another. Beside it stand the same functions as they
were at commit 39ee90a, called by one plain process without notebooks' kernels and divided by the number of
processors: it needs a clone with that commit. Takes about four minutes.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import memos

ROOT = Path(__file__).resolve().parents[1]
BEFORE = "39ee90a"
FIGURES = {  # the one that few notebooks read, and the one that bears on most of them
    "one new figure / full report": "national_hte_stock,2021,130,enterprises",
    "one new figure of R&D / full report": "rd_expenditure,2021,20.1,100 million yuan",
}
NEWEST = Path("data/raw/luohe-145-plan/2023-05-26/observations.csv")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
ALLOWED = {
    "full report": 40.0,
    "full report / (functions before / processors)": 1.0,
    "kernel beside its cells, first": 2.0,
    "kernel beside its cells": 0.3,
    "report, nothing changed": 0.5,
    "one new figure / full report": 1 / 3,
    "one new figure of R&D / full report": 1 / 3,
    "--help": 0.4,
    "refused argument": 0.4,
    "refused plan file": 1.0,
    "memo of a province, answers warm": 0.5,
}

PLAIN = """
import json, os, pathlib, sys, tempfile
from analysis import attainment, plans, run, sources

known, observations = sources.catalogue(), sources.load()
plan = plans.load("luohe-2019", known)
for day in attainment.report_dates(plan, observations):
    for one in run.runs_of("luohe-2019", plan, day, sources.DATA, fonts="open", red_header=False):
        cells = json.loads((run.NOTEBOOKS / f"{one.notebook}.ipynb").read_bytes())["cells"]
        os.chdir(tempfile.mkdtemp())
        names = {"__name__": "__main__"}
        for cell in cells:
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                exec("\\n".join(line for line in lines if not line.startswith("%")), names)
                if "parameters" in cell["metadata"].get("tags", []):
                    names |= dict(one.parameters) | {"out": "."}
"""

CELLS = """
import json, sys, tempfile, time
begun = time.perf_counter()
from analysis import forks, notebooks
forks.start()
import nbformat, papermill

code = ["plan = 'x'", *["sum(range(1000))"] * 12]
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in code])
taken = []
for _ in range(6):
    executed = papermill.execute_notebook(book, None, progress_bar=False, **notebooks._settings())
    ended = time.perf_counter()
    taken.append(ended - begun - sum(cell.metadata.papermill.duration for cell in executed.cells))
    time.sleep(0 if taken[1:] else 6)  # by then all is loaded that forks start with
    begun = time.perf_counter()
print(json.dumps(taken))
"""


def seconds(*command: str, folder: Path, status: int = 0) -> float:
    """Return how long a command takes in a project's folder; it must end with this status."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(folder / "src")}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )
    taken = time.perf_counter() - begun
    if done.returncode != status:
        sys.exit(f"{' '.join(command)[:80]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return taken


def least(measure: Callable[[], float], times: int = 5) -> float:
    return min(measure() for _ in range(times))


def copied(folder: Path) -> Path:
    """Copy what a report is made of, and none of what was made before."""
    for name in ("src", "data", "plans", "notebooks"):
        made = "processed" if name == "data" else "__pycache__"
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", made))
    shutil.copy(ROOT / "requirements.lock", folder)
    subprocess.run([sys.executable, "-m", "compileall", "-qq", str(folder / "src")], check=True)
    return folder


def add_figure(path: Path, figure: str) -> None:
    """Add a figure to a release of the copy, as if it had been filed with it."""
    card, content = path.with_name("card.yml"), path.read_bytes()
    more = content + f"411100,{figure},reported,,of a benchmark\n".encode()
    was, now = (hashlib.sha256(one).hexdigest() for one in (content, more))
    path.write_bytes(more)
    card.write_text(card.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")


def before(folder: Path) -> Path:
    """Lay the project down as it was at the commit compared with."""
    packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    subprocess.run([sys.executable, "-m", "compileall", "-qq", str(folder / "src")], check=True)
    return folder


def kernels(folder: Path) -> tuple[float, float]:
    """Return what a notebook takes beside its cells: the first in a process, and the least of the others."""
    environment = os.environ | {"PYTHONPATH": str(folder / "src")}
    done = subprocess.run([sys.executable, "-c", CELLS], env=environment, check=True, capture_output=True)
    first, *others = json.loads(done.stdout)
    return first, min(others)


def measured(folder: Path) -> dict[str, float]:
    now, then = copied(folder / "now"), before(folder / "then")
    report = ("-m", "analysis", "report")
    plain = seconds("-c", PLAIN, folder=then)  # first, as the disk is slow at first
    print(f"functions before, one plain process {plain:.1f} s; {os.cpu_count()} processors")
    found = {"full report": seconds(*report, folder=now)}
    found["report, nothing changed"] = least(lambda: seconds(*report, folder=now))
    for name, figure in FIGURES.items():
        add_figure(now / NEWEST, figure)
        found[name] = seconds(*report, folder=now) / found["full report"]
    found["full report / (functions before / processors)"] = found["full report"] * os.cpu_count() / plain
    first, other = kernels(now)
    found |= {"kernel beside its cells, first": first, "kernel beside its cells": other}
    found["--help"] = least(lambda: seconds("-m", "analysis", "--help", folder=now))
    found["refused argument"] = least(lambda: seconds(*report, "--as-of", "2018", folder=now, status=2))
    wrong = now / "wrong.yml"
    wrong.write_text("id: wrong\nregion: '999999'\n", encoding="utf-8")
    found["refused plan file"] = least(lambda: seconds(*report, "--plan", str(wrong), folder=now, status=1))
    memo, *_ = memos.measured(*memos.CASES[0])
    return found | {"memo of a province, answers warm": memo / 1000}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder))
    for name, allowed in ALLOWED.items():
        verdict = "" if found[name] <= allowed else "  too much"
        print(f"{name:46} {found[name]:7.2f}   allowed {allowed:.2f}{verdict}")
    sys.exit(any(found[name] > allowed for name, allowed in ALLOWED.items()))


if __name__ == "__main__":
    main()
