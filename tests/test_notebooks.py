"""Notebooks: an argument each, in one form, whose stored outputs are what running them gives."""

import os
import re
import subprocess
import sys

import nbformat
import pytest

from analysis import forks, places

NAMES = ("1-panel", "2-backtest", "3-forecast", "4-target", "5-review")
SECTIONS = ["Question", "In short", "Caveats", "Data", "Method", "Result", "What if", "So what"]
PARAMETER = re.compile(r'^[a-z_]+: (str|int|float|bool) = ("[^"]*"|[\d.]+|True|False)  # \S.{10,}$')


@pytest.fixture(params=NAMES)
def notebook(request):
    return nbformat.read(places.NOTEBOOKS / f"{request.param}.ipynb", as_version=4)


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def words(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_there_are_these_five():
    assert sorted(path.stem for path in places.NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


def test_one_question_each_in_its_title_and_the_sections_in_order(notebook):
    title = notebook.cells[0].source.splitlines()
    assert title[0].startswith("# ") and title[0].endswith("?")
    assert re.search("[\u4e00-\u9fff]", title[1]) and title[1].endswith("？")
    assert re.findall(r"^## (.+)$", words(notebook), re.MULTILINE) == SECTIONS


def test_short_cells_without_definitions_paths_or_pyplot(notebook):
    assert len(notebook.cells) <= 24
    for cell in code(notebook):
        limit = 8 if "parameters" in cell.metadata.get("tags", []) else 5
        assert len(cell.source.splitlines()) <= limit, cell.source
        for forbidden in (
            r"\bdef \w",
            r"\bclass \w",
            r"\blambda\b",
            r"\bplt\.",
            r"pyplot",
            r"[\"'](\.{0,2}/|[A-Za-z]:\\|~)",
        ):
            assert not re.search(forbidden, cell.source), cell.source


def test_the_first_code_cell_declares_the_parameters(notebook):
    first = code(notebook)[0]
    assert first.metadata.tags == ["parameters"]
    assert all(PARAMETER.match(line) for line in first.source.splitlines()), first.source
    names = [line.partition(":")[0] for line in first.source.splitlines()]
    assert {"as_of", "data", "out"} <= set(names)
    assert 'out: str = ""' in first.source
    assert "%matplotlib inline" in code(notebook)[1].source


def test_the_default_is_a_past_date(notebook):
    day = re.search(r'as_of: str = "(\d{4})-\d\d-\d\d"', code(notebook)[0].source)
    assert 2016 <= int(day[1]) <= 2025


def test_every_figure_and_table_is_followed_or_led_by_a_sentence(notebook):
    kinds = "".join("m" if cell.cell_type == "markdown" else "c" for cell in notebook.cells)
    assert "cccc" not in kinds[3:]


def test_outputs_are_stored_and_nothing_in_them_varies(notebook):
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert any(cell.outputs for cell in code(notebook))
    assert [cell["id"] for cell in notebook.cells] == [f"cell-{i}" for i in range(len(notebook.cells))]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}
        for output in cell.get("outputs", []):
            assert output.output_type != "error" and output.get("name") != "stderr"
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"0x[0-9a-f]{6,}", text), text


def test_numbers_are_rounded_to_what_one_would_defend(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"\d\.\d{4,}", text), text


@pytest.mark.parametrize("name", NAMES)
def test_running_gives_the_stored_outputs_and_writes_nothing(name):
    before = sorted(places.NOTEBOOKS.rglob("*"))
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "-q",
               "--nbval-cell-timeout=300", str(places.NOTEBOOKS / f"{name}.ipynb")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | forks.environment(),
                          cwd=places.ROOT, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert sorted(places.NOTEBOOKS.rglob("*")) == before
