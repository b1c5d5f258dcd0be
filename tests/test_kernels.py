"""Forked kernels: outputs as of ordinary ones, nothing shared, a clear end when one hangs or dies."""

import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbclient
import nbformat
import pytest
from jupyter_client import AsyncKernelManager

from analysis import forks, kernels

QUIET = ["--log-level=50"]


def run(*cells: str, manager=None, timeout: int = 60) -> list:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        kernel_manager_class=manager or kernels.manager(),
        extra_arguments=QUIET,
        shutdown_kernel="immediate",
    )
    client.execute()
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells]


WIDE = "import pandas; pandas.DataFrame({'a wide column %d' % i: [1] for i in range(15)})"
FIGURE = """from analysis.plots import page
figure = page.styled(page.opened)("claim", "head", "foot")[0]"""
PYPLOT = """from matplotlib import pyplot
pyplot.figure(figsize=(1, 1)); pyplot.plot([1, 2]);"""


CELLS = (FIGURE, "figure", PYPLOT, WIDE, "__name__")
ASKED = "from ipykernel.kernelapp import IPKernelApp; app = IPKernelApp.instance(); app.transport, app.ip"


@pytest.fixture(scope="module")
def ordinary() -> list:
    return run(*CELLS, ASKED, manager=AsyncKernelManager)


def test_outputs_are_those_of_an_ordinary_kernel(ordinary):
    forked, picture = run(*CELLS), {"image/png", "text/plain"}
    assert [set(outputs[-1].get("data", {})) for outputs in forked[1:]] == [
        picture, picture, {"text/html", "text/plain"}, {"text/plain"}]  # fmt: skip
    assert forked == ordinary[:-1]


def test_no_kernel_sees_what_another_did():
    run("import analysis; analysis.left_behind = 1")
    assert run("import analysis; hasattr(analysis, 'left_behind')")[0][0]["data"]["text/plain"] == "False"


@pytest.mark.skipif(sys.platform != "linux", reason="sockets without a file are Linux's")
def test_no_port_is_taken_that_another_kernel_may_have_been_given(ordinary):
    (told,), (other,) = (run(ASKED)[0] for _ in range(2))
    assert told["data"]["text/plain"].startswith("('ipc', '@") and told != other
    assert "tcp" in ordinary[-1][0]["data"]["text/plain"]


def test_a_kernel_that_dies_is_an_error():
    with pytest.raises(nbclient.exceptions.DeadKernelError):
        run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_a_cell_that_hangs_is_an_error():
    with pytest.raises(nbclient.exceptions.CellTimeoutError):
        run("import time; time.sleep(60)", timeout=1)


# ------------------------------------------------------------------------------------------------- forks


def test_a_fork_returns_what_its_function_returns_and_raises_what_it_raises():
    assert forks.call(math.sqrt, 4) == 2
    with pytest.raises(ValueError, match="'four'"):
        forks.call(int, "four")
    with pytest.raises(RuntimeError, match="nobody else knows"):
        forks.call(exec, "raise type('Local', (Exception,), {})('nobody else knows this class')")


def test_a_fork_is_as_nice_as_who_asked_for_it():
    nicer = "[__import__('os').nice(3), __import__('analysis.forks').forks.call(__import__('os').nice, 0)]"
    assert forks.call(os.nice, 0) == (mine := os.nice(0))
    assert forks.call(eval, nicer) == [mine + 3, mine + 3]


def test_what_is_prepared_every_later_fork_has_and_an_error_ends_nothing():
    forks.start()
    with pytest.raises(ValueError, match="'four'"):
        forks.prepare(int, "four")
    forks.prepare(exec, "import analysis; analysis.prepared = 3")
    assert forks.call(eval, "__import__('analysis').prepared") == 3
    forks.prepare(exec, "import analysis; del analysis.prepared")
    assert forks.call(eval, "hasattr(__import__('analysis'), 'prepared')") is False


def test_beside_a_block_a_fork_works_whose_error_is_the_blocks(monkeypatch):
    forks.start()
    begun = time.monotonic()
    with forks.beside(time.sleep, 1):
        time.sleep(1)
    assert 1 <= time.monotonic() - begun < 1.9
    with pytest.raises(ValueError, match="four"), forks.beside(int, "four"):
        reached = True
    assert reached
    with pytest.raises(KeyError), forks.beside(time.sleep, 600):  # nobody waits for what nobody wants
        raise KeyError
    monkeypatch.setattr(forks.Server, "door", None)
    done: list[int] = []
    with forks.beside(done.append, 3):
        assert done == [3]


WAITS = """
import sys, time
from analysis import forks
forks.PRELOAD[:] = ["time", "builtins:later", "builtins:later"]
import builtins
builtins.later = lambda: time.sleep(0.5)
forks.serve(*map(int, sys.argv[1:]))
"""


def test_what_may_wait_is_forked_when_all_is_loaded_and_hinders_nothing(monkeypatch):
    monkeypatch.setattr(forks, "PROGRAM", WAITS)
    monkeypatch.setattr(forks.Server, "door", None)
    monkeypatch.setattr(forks.Server, "program", None)
    forks.start()
    asked = time.monotonic()
    with forks.Server.door, forks.Server.program as server, ThreadPoolExecutor() as threads:
        later = threads.submit(lambda: [forks.call(math.sqrt, 4, way=forks.LATER), time.monotonic() - asked])
        soon = threads.submit(lambda: [forks.call(math.sqrt, 9), time.monotonic() - asked])
        assert soon.result()[0] == 3 and later.result()[0] == 2
        assert soon.result()[1] < later.result()[1] >= 0.9
        server.kill()


def test_a_fork_that_is_killed_is_an_error_and_others_go_on():
    forks.start()
    sleeping, working = forks.Fork(time.sleep, 60), forks.Fork(math.sqrt, 4)
    os.kill(sleeping.pid, signal.SIGKILL)
    with pytest.raises(forks.Ended, match="killed"):
        sleeping.result()
    assert working.result() == 2


DRIVER = """
import os, signal, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from analysis import forks
WORK = "import time; from analysis import forks; forks.UNFINISHED.add(it); it.mkdir(); time.sleep(600)"
forks.start()
working = forks.Fork(exec, WORK, {"it": Path(sys.argv[1])})
while not Path(sys.argv[1]).is_dir():
    time.sleep(0.01)
print(forks.Server.program.pid, working.pid, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")
def test_nothing_outlives_a_driver_that_is_killed(tmp_path):
    folder = tmp_path / "staging"
    command = [sys.executable, "-c", DRIVER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
        left = [int(word) for word in driver.stdout.readline().split()]
        assert len(left) == 2 and all(alive(pid) for pid in left) and folder.is_dir()
        driver.kill()
    for _ in range(50):
        if not any(alive(pid) for pid in left):
            break
        time.sleep(0.1)
    assert [pid for pid in left if alive(pid)] == [] and not folder.exists()
