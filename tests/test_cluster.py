"""Runs on a Dask cluster: equal bytes, a killed worker's are done again, a lost scheduler is one error."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis import notebooks, report

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="distributed is not installed: pip install 'analysis[cluster]'"
)

VALUES = {"plan": "henan-2020", "as_of": "2018-12-31", "target": "rd-intensity"}


class Cluster:
    """A scheduler and workers of its own, one with a nanny and one without."""

    def __init__(self, folder: Path, workers: tuple[str, ...] = ("--no-nanny", "--nanny")) -> None:
        self.file = folder / "scheduler.json"
        self.scheduler = self.start("dask_scheduler", "--port", "0", "--no-show", "--no-dashboard")
        while not self.file.is_file():
            time.sleep(0.1)
        self.workers = [self.worker(word) for word in workers]

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    def worker(self, *words: str) -> subprocess.Popen:
        return self.start("dask_worker", "--nthreads", "1", "--no-dashboard", "--death-timeout", "20", *words)

    def start(self, program: str, *words: str) -> subprocess.Popen:
        line = [
            sys.executable,
            "-m",
            f"distributed.cli.{program}",
            "--scheduler-file",
            str(self.file),
            *words,
        ]
        return subprocess.Popen(line, cwd=self.file.parent, stderr=subprocess.DEVNULL, env=os.environ)

    def end(self) -> None:
        for program in [*self.workers, self.scheduler]:
            program.terminate()
        for program in [*self.workers, self.scheduler]:
            try:
                program.wait(2)
            except subprocess.TimeoutExpired:
                program.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture
def scheduler(tmp_path) -> Iterator[Cluster]:
    """A cluster whose workers have not come yet."""
    made = Cluster(tmp_path, workers=())
    yield made
    made.end()


@pytest.fixture(scope="module")
def tasks() -> list[notebooks.Run]:
    return [notebooks.of(name, VALUES) for name in ("1-panel", "3-forecast")]


@pytest.fixture(scope="module")
def here(tasks, tmp_path_factory) -> Path:
    """The runs as this machine makes them."""
    folder = tmp_path_factory.mktemp("here")
    with report.crew(2) as hands:
        report.execute_all(tasks, folder, hands)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_cluster_makes_the_same_bytes(tasks, here, cluster, tmp_path):
    with report.crew(None, cluster.address) as hands:
        report.execute_all(tasks, tmp_path / "there", hands)
    assert content(tmp_path / "there") == content(here) != {}


def test_the_runs_of_a_killed_worker_are_done_again(tasks, here, cluster, tmp_path):
    there, killed = tmp_path / "there", []

    def kill() -> None:
        while not list(there.glob("*.*")):  # until a run has begun
            time.sleep(0.05)
        cluster.workers[0].kill()
        killed.append(True)

    threading.Thread(target=kill, daemon=True).start()
    with report.crew(None, cluster.address) as hands:
        report.execute_all(tasks, there, hands)
    assert killed
    assert {name: made for name, made in content(there).items() if "." not in name.split("/")[0]} == content(
        here
    )


def test_a_lost_scheduler_is_one_clear_error(tasks, scheduler, tmp_path, capfd):
    with (
        pytest.raises(notebooks.RunError, match="scheduler is gone"),
        report.crew(None, scheduler.address) as hands,
    ):
        threading.Timer(1, scheduler.scheduler.kill).start()
        report.execute_all(tasks, tmp_path / "there", hands)
    assert "Traceback" not in capfd.readouterr().err


def test_a_scheduler_that_is_not_there_is_one_clear_error(monkeypatch):
    monkeypatch.setattr(report, "PATIENCE", 1)
    wanted = r"tcp://127\.0\.0\.1:9: no Dask scheduler answers"
    with pytest.raises(notebooks.RunError, match=wanted), report.crew(None, "tcp://127.0.0.1:9"):
        raise AssertionError("never reached")


def test_a_worker_with_other_code_refuses(tmp_path):
    run = notebooks.of("1-panel", VALUES)
    with pytest.raises(notebooks.RunError, match="other code"):
        notebooks.execute_as_named(run, "named otherwise", tmp_path)
