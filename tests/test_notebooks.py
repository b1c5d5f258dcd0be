"""Notebooks: an argument each, in one form, whose stored outputs are what running them gives."""

import re

import nbformat
import pytest
from click.testing import CliRunner, Result
from jupyter_client import provisioning
from papermill import cli

from analysis import forks, kernels, parameters, places

NAMES = ("1-panel", "2-backtest", "3-forecast", "4-target", "5-review", "6-what-if")
ZH = ["问题", "要点", "说明", "数据", "方法", "结果", "假如", "结论"]
EN = ["Question", "In short", "Caveats", "Data", "Method", "Result", "What if", "So what"]
SECTIONS = [f"{zh} {en}" for zh, en in zip(ZH, EN, strict=True)]
PARAMETER = re.compile(
    r'^[a-z_]+: (str|int|float|bool) = ("[^"]*"|[\d.]+|True|False|None)'
    r"  # (?=.*[\u4e00-\u9fff])\S.{10,}$"
)


@pytest.fixture(params=NAMES)
def notebook(request):
    return read(request.param)


def read(name: str):
    return nbformat.read(places.NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def words(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_there_are_these_six():
    assert sorted(path.stem for path in places.NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


def test_one_question_each_in_its_title_and_the_sections_in_order(notebook):
    title = notebook.cells[0].source.splitlines()
    assert re.search("^# [\u4e00-\u9fff]", title[0]) and title[0].endswith("？")
    assert title[1].isascii() and title[1].endswith("?")
    assert re.findall(r"^## (.+)$", words(notebook), re.MULTILINE) == SECTIONS


def test_short_cells_without_definitions_paths_or_pyplot(notebook):
    assert len(notebook.cells) <= 25
    for cell in code(notebook):
        limit = 12 if "parameters" in cell.metadata.get("tags", []) else 5
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


def test_every_section_is_told_in_chinese_first_and_in_english(notebook):
    for cell in notebook.cells:
        told = [line for line in cell.source.splitlines() if line and not line.startswith(("#", "$$"))]
        if cell.cell_type == "markdown" and cell is not notebook.cells[0] and told:
            chinese = [bool(re.search("[\u4e00-\u9fff]", line)) for line in told]
            assert chinese[0] and not chinese[-1], cell.source


def test_one_thread_the_same_plan_and_date(notebook):
    source = code(notebook)[0].source
    if "plan:" in source:
        assert 'plan: str = "luohe-2019"' in source and 'as_of: str = "2018-12-31"' in source


def test_tables_have_words_for_their_columns(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            for head in re.findall("<th>(.*?)</th>", str(output.get("data", {}).get("text/html", ""))):
                assert not head or re.search("[\u4e00-\u9fff]|^CRPS$|%$", head), head


def test_no_widget_is_stored(notebook):
    for cell in code(notebook):
        assert not any("widget" in kind for output in cell.outputs for kind in output.get("data", {}))


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


# In a fork, with forked kernels: an ordinary interpreter would import for more than a second, each of them.
NBVAL = """
import contextlib, io, os
import pytest
from jupyter_client import provisioning
from analysis import forks, kernels
if forks.AVAILABLE:
    provisioning.LocalProvisioner = kernels.ForkedProvisioner
os.chdir(folder)
with contextlib.redirect_stdout(io.StringIO()) as told:
    status = pytest.main(words)
assert status == 0, told.getvalue()[-6000:]
"""


def test_running_gives_the_stored_outputs_and_writes_nothing():
    before = sorted(places.NOTEBOOKS.rglob("*"))
    words = ["--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--nbval-cell-timeout=300",
             str(places.NOTEBOOKS)]  # fmt: skip
    forks.call(exec, NBVAL, {"words": words, "folder": str(places.ROOT)})
    assert sorted(places.NOTEBOOKS.rglob("*")) == before


# ------------------------------------------------------------------------- what a notebook itself refuses


@pytest.fixture
def papermill(tmp_path, monkeypatch):
    """Run plain papermill's command line in a folder."""
    monkeypatch.chdir(tmp_path)
    if forks.AVAILABLE:
        forks.start()
        monkeypatch.setattr(provisioning, "LocalProvisioner", kernels.ForkedProvisioner)

    def run(name: str, *words: str) -> Result:
        paths = [str(places.NOTEBOOKS / f"{name}.ipynb"), str(tmp_path / "run.ipynb")]
        return CliRunner().invoke(cli.papermill, [*paths, "--no-progress-bar", "--log-level=ERROR", *words])

    return run


@pytest.mark.parametrize(("name", "words", "told"), [
    ("1-panel", ["-p", "tarjet", "x", "-r", "as_of", "2018"],
     ["tarjet（给定'x'）：不是笔记本1-panel的参数", "tarjet: not a parameter of 1-panel (given 'x')",
      "as_of: '2018' is no day; write it as 2018-12-31"]),
])  # fmt: skip
def test_plain_papermill_is_refused_what_is_not_declared(papermill, name, words, told):
    done = papermill(name, *words)
    assert done.exit_code != 0
    assert all(line in str(done.exception) for line in told), str(done.exception)[-3000:]


@pytest.mark.parametrize(("name", "injected", "told"), [
    ("6-what-if", "goal = 'many'\ncount = 2.5",
     ["goal: 'many' is str, 6-what-if wants float | None", "count: 2.5 is float", "write it like None"]),
    ("2-backtest", "horizon = '2'\n_hidden = 1", ["horizon: '2' is str", "_hidden: not a parameter"]),
    ("6-what-if", "goal = float('nan')\nlanguage = 'fr'\nas_of = '9999-12-31'",
     ["goal: nan is no number", "language: there is no 'fr'; there are zh, en",
      "as_of: '9999-12-31' is no day"]),
])  # fmt: skip
def test_what_papermill_injects_is_refused_where_it_is_not_declared(name, injected, told):
    declares, asks = (cell.source for cell in code(read(name))[:2])
    given = {"In": ["", declares, f"# Parameters\n{injected}", asks]}
    exec(f"{declares}\n{injected}", given)
    with pytest.raises(parameters.ParameterError) as refused:
        parameters.accept(name, given)
    assert all(line in str(refused.value) for line in told)


def test_plain_papermill_is_told_that_nothing_is_written_and_how_it_is(papermill, tmp_path):
    done = papermill("6-what-if", "-p", "goal", "12", "-p", "count", "3", "-p", "month", "6")
    assert done.exit_code == 0, done.exception
    book = nbformat.read(tmp_path / "run.ipynb", as_version=4)
    outputs = "".join(str(output.get("text", "")) for cell in code(book) for output in cell.outputs)
    assert "不写出文件" in outputs and "writes no file" in outputs
    assert [path.name for path in tmp_path.iterdir()] == ["run.ipynb"]


def test_the_cell_that_asks_can_be_run_again_by_hand():
    declares, asks = (
        'plan: str = "a"  # a plan\nout: str = ""  # where to',
        'parameters.accept("x", globals())',
    )
    after = "folder = 1"
    given = {"plan": "b", "out": "somewhere", "folder": 1, "In": ["", declares, asks, after, asks]}
    parameters.accept("x", given)
    with pytest.raises(parameters.ParameterError, match="planet"):
        parameters.accept("x", given | {"planet": 2, "In": ["", declares, "# Parameters\nplanet = 2", asks]})
    with pytest.raises(parameters.ParameterError, match="Run the cell with the parameters first"):
        parameters.accept("x", {"In": ["", asks]})


@pytest.mark.parametrize(("kind", "value", "fits"), [
    ("float", 1, True), ("float", True, False), ("int", 1.0, False), ("int | None", None, True),
    ("str", None, False), ("float | None", "", False), ("bool", 1, False),
])  # fmt: skip
def test_what_is_of_a_declared_type(kind, value, fits):
    assert parameters.fits(kind, value) is fits
