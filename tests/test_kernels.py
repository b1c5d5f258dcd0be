"""Forked kernels: outputs as of ordinary ones, nothing shared, a clear end when one hangs or dies."""

import nbclient
import nbformat
import pytest
from jupyter_client import AsyncKernelManager

from analysis import kernels

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
FIGURE = """%matplotlib inline
from matplotlib.figure import Figure
figure = Figure(figsize=(1, 1)); figure.add_subplot().plot([1, 2]); print("made")"""


def test_outputs_are_those_of_an_ordinary_kernel():
    cells = (FIGURE, "figure", WIDE, "__name__")
    forked = run(*cells)
    assert [set(outputs[-1].get("data", {})) for outputs in forked[1:]] == [
        {"image/png", "text/plain"}, {"text/html", "text/plain"}, {"text/plain"}]  # fmt: skip
    assert forked == run(*cells, manager=AsyncKernelManager)


def test_no_kernel_sees_what_another_did():
    run("import analysis; analysis.left_behind = 1")
    assert run("import analysis; hasattr(analysis, 'left_behind')")[0][0]["data"]["text/plain"] == "False"


def test_a_kernel_that_dies_is_an_error():
    with pytest.raises(nbclient.exceptions.DeadKernelError):
        run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_a_cell_that_hangs_is_an_error():
    with pytest.raises(nbclient.exceptions.CellTimeoutError):
        run("import time; time.sleep(60)", timeout=2)
