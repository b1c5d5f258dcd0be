"""The main job on the real releases: a report is made, reads back right, and is verified file by file.

That two clones make the same bytes, `.ci/same-bytes` shows.
"""

import json
import re
import shutil

import docx
import nbformat
import pandas as pd
import pypdf
import pytest

from analysis import places, report, store

PLAN, DAY = "henan-2020", "2018-12-31"


@pytest.fixture(scope="module")
def made(reported):
    return reported[0]


@pytest.fixture(scope="module")
def row(made):
    table = pd.read_csv(made / "attainment.csv")
    return table.iloc[0]


def test_every_format_and_language_is_there(made):
    names = {path.name for path in made.iterdir()}
    memos = {
        f"{name}.{language}.{kind}"
        for name in ("rd-intensity", "report")
        for language in ("zh", "en")
        for kind in ("docx", "pdf", "html")
    }
    assert memos | {"review.html", "attainment.csv", "manifest.json", "notebooks", "results.xlsx"} <= names
    assert (made.parents[1] / "index.html").is_file()


def percent(p: float) -> str:
    return f"{100 * p:.0f}"


def test_the_answer_is_a_probability_with_its_evidence(row):
    assert (row.verdict, row.evidence, row.goal, row.deadline) == ("open", "own", 2.5, 2020)
    assert row.p_low <= row.p_attain <= row.p_high
    assert row["lo95"] <= row["lo80"] <= row["median"] <= row["hi80"] <= row["hi95"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_and_pdf_read_back_with_the_goal_and_the_date(made, row, language):
    word = "\n".join(p.text for p in docx.Document(made / f"rd-intensity.{language}.docx").paragraphs)
    pages = pypdf.PdfReader(made / f"rd-intensity.{language}.pdf").pages
    printed = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    for text in (re.sub(r"\s+", "", word), printed):
        assert f"{row.goal:g}" in text
        assert ("2018年12月31日" if language == "zh" else "31December2018") in text


def test_the_executed_notebooks_are_kept_with_their_parameters(made):
    names = sorted(path.name for path in (made / "notebooks").iterdir())
    assert names == ["1-panel.ipynb", "2-backtest.ipynb", "3-forecast.ipynb", "4-target-rd-intensity.ipynb",
                     "5-review.ipynb", "6-what-if.ipynb"]  # fmt: skip
    executed = nbformat.read(made / "notebooks" / "4-target-rd-intensity.ipynb", as_version=4)
    injected = [cell for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert 'target = "rd-intensity"' in injected[0].source and f'as_of = "{DAY}"' in injected[0].source


def test_the_manifest_names_what_went_in_and_came_out(made):
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["plan"], manifest["as_of"]) == (PLAN, DAY)
    assert {"rd-intensity.zh.docx", "notebooks/4-target-rd-intensity.ipynb"} <= set(manifest["outputs"])
    for name, digest in manifest["outputs"].items():
        assert store.sha256((made / name).read_bytes()) == digest
    card = "raw/nbs-rd-bulletin/2018-10-09/observations.csv"
    assert manifest["releases"][card] == store.sha256((places.DATA / card).read_bytes())


@pytest.fixture
def kept(made, tmp_path, monkeypatch):
    """A copy of a report, which `verify` compares with the one built."""
    monkeypatch.setattr(report, "report", lambda *asked, **look: [made])
    return shutil.copytree(made, tmp_path / "kept")


def test_a_report_is_verified_file_by_file(made, kept):
    found = report.verify(kept)
    assert (found.files, found.differing, found.inputs) == (len(list(made.rglob("*.*"))) - 1, {}, {})
    (kept / "rd-intensity.zh.docx").write_bytes(b"edited")
    (kept / "review.html").unlink()
    (kept / "mine.txt").write_bytes(b"mine")
    assert report.verify(kept).differing == {
        "mine.txt": ("touched", "new"),
        "rd-intensity.zh.docx": ("touched", "changed"),
        "review.html": ("touched", "gone"),
    }


def test_what_comes_out_otherwise_is_told_with_the_inputs_that_changed(kept):
    then = json.loads((kept / "manifest.json").read_bytes())
    card = "raw/nbs-rd-bulletin/2018-10-09/observations.csv"
    then["releases"][card], then["versions"]["numpy"] = "0", "1.0"
    then["outputs"]["attainment.csv"] = store.sha256(b"as it was then")
    (kept / "attainment.csv").write_bytes(b"as it was then")
    (kept / "manifest.json").write_text(json.dumps(then))
    found = report.verify(kept)
    assert found.differing == {"attainment.csv": ("otherwise", "changed")}
    assert found.inputs == {card: "changed", "numpy": "changed"}


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"notebooks": 1}', b"\xff"])
def test_a_folder_without_a_report_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(report.RunError, match=r"no report with its manifest\.json here"):
        report.verify(tmp_path)


def test_no_path_of_this_machine_is_in_what_is_mailed(made):
    here = str(places.ROOT)
    texts = [path for path in made.rglob("*") if path.suffix in (".html", ".json", ".csv", ".ipynb")]
    assert texts
    assert [path.name for path in texts if here in path.read_text(encoding="utf-8")] == []
