"""Runs on a Dask cluster: equal bytes, a killed worker's are done again, a lost scheduler is one error."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis import forks, notebooks, report

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="distributed is not installed: pip install 'analysis[cluster]'"
)

VALUES = {"plan": "henan-2020", "as_of": "2018-12-31"}
FORKED = "import runpy, sys; sys.argv = words; runpy.run_module(words[0], run_name='__main__')"


class Cluster:
    """A scheduler, and workers as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.workers: list[subprocess.Popen | forks.Fork] = []
        self.scheduler = self.start("dask_scheduler", "--port", "0", "--no-show", "--no-dashboard")
        while not self.file.is_file():
            time.sleep(0.1)

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    def come(self) -> None:
        asked = "dask_worker", "--nthreads", "1", "--no-dashboard", "--death-timeout", "20", "--no-nanny"
        self.workers.append(self.fork(*asked) if forks.AVAILABLE else self.start(*asked))

    def start(self, program: str, *words: str) -> subprocess.Popen:
        line = [sys.executable, "-m", *self.words(program, *words)]
        return subprocess.Popen(line, cwd=self.file.parent, stderr=subprocess.DEVNULL, env=os.environ)

    def fork(self, program: str, *words: str) -> forks.Fork:
        """Start a program that has all imported but its own."""
        forks.start()
        return forks.Fork(exec, FORKED, {"words": self.words(program, *words)})

    def words(self, program: str, *words: str) -> list[str]:
        return [f"distributed.cli.{program}", "--scheduler-file", str(self.file), *words]

    def leave(self) -> None:
        for one in self.workers:
            os.kill(one.pid, signal.SIGKILL)
            one.close() if isinstance(one, forks.Fork) else one.wait()
        self.workers.clear()

    def end(self) -> None:
        self.leave()
        self.scheduler.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """A cluster to which no worker has come yet."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def tasks() -> list[notebooks.Run]:
    return [notebooks.of(name, VALUES) for name in ("1-panel", "3-forecast")]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_cluster_makes_the_same_bytes_although_a_worker_is_killed(tasks, reported, cluster, tmp_path):
    there, killed = tmp_path / "there", []

    def kill() -> None:
        while not list(there.glob("*.*")):  # until a run has begun
            time.sleep(0.05)
        cluster.leave()
        killed.append(True)
        cluster.come()

    cluster.come()
    threading.Thread(target=kill, daemon=True).start()
    with report.crew(None, cluster.address) as hands:
        done = report.execute_all(tasks, there, hands)
    cluster.leave()
    assert killed and not done.failed and len(done.named) == len(tasks)
    for key in done.named.values():
        assert content(there / key) == content(reported[1] / key) != {}


def test_a_lost_scheduler_is_one_clear_error(tasks, cluster, tmp_path, capfd):
    with (
        pytest.raises(notebooks.RunError, match="scheduler is gone"),
        report.crew(None, cluster.address) as hands,
    ):
        threading.Timer(1, cluster.scheduler.kill).start()
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
