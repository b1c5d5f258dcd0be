"""A language is one folder: every one says the same things, and another is made by copying one."""

import ast
import json
import os
import pickle
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import docx
import openpyxl
import pytest
from pydantic_core import core_schema

from analysis import languages, places
from analysis.languages import FIRST, FOLDER, LANGUAGES
from analysis.outlook import Outlook
from analysis.printing import Voice

OPTIONAL = {"help.yml", "refusals.yml"}  # English stands in the code
COUNTED = ("messages.yml", "workbook.yml", "columns.yml")  # as many words in every language


def shape(said: object) -> object:
    """What a file says without its words: names in their order, and how many a list holds."""
    if isinstance(said, dict):
        return [(name, shape(part)) for name, part in said.items()]
    return [shape(part) for part in said] if isinstance(said, list) else type(said)


def test_chinese_comes_first_and_every_folder_is_a_language():
    assert (LANGUAGES[0], set(LANGUAGES)) == (
        FIRST,
        {one.parent.name for one in FOLDER.glob("*/phrases.yml")},
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_files_with_the_same_names(language):
    files = [{one.name for one in (FOLDER / code).iterdir()} - OPTIONAL for code in (FIRST, language)]
    assert files[0] == files[1]
    for name in COUNTED:
        assert shape(languages.table(language, name)) == shape(languages.table(FIRST, name)), name


def test_no_two_sheets_of_a_workbook_have_one_name():
    sheets = ("cover", "targets", "history", "figures", "wanted")
    said = [Voice(language).say(f"workbook.{name}") for language in LANGUAGES for name in sheets]
    assert len(set(said)) == len(said)


def test_every_refusal_with_words_beside_it_is_in_the_table_and_no_other():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.parent.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = {one.args[0].value for one in calls if getattr(one.func, "id", "") == "refusal"}
    kept = set(typing.get_args(core_schema.ErrorType))
    for language in LANGUAGES:
        words = languages.table(language, "refusals.yml")
        assert set(words) - kept == (said if words or language == FIRST else set())


def test_a_refusal_is_english_first_then_as_others_word_it():
    assert languages.refusal("stands again in line {line}: keep one", line=7) == (
        "stands again in line 7: keep one 与第7行重复，请只留一个"
    )
    assert languages.refusal("nobody words {this}", this="it") == "nobody words it"


# ------------------------------------------------------------------------------------- another one

TRANSLATED = {  # file -> what stands in the English one, and what another language says
    "phrases.yml": {
        "  name: English\n  tag: en-GB": "  name: Other\n  tag: eo",
        "  likely: likely\n": "  likely: kredeble\n",
        "  very_likely: very likely\n": "  very_likely: tre kredeble\n",
        "  targets: Targets\n": "  targets: Celoj\n",
        "  cover: Cover\n": "  cover: Enhavo\n",
        "  history: Probability over time\n": "  history: Historio\n",
        "  figures: Figures\n": "  figures: Nombroj\n",
        "  wanted: Still needed\n": "  wanted: Mankas\n",
        '  figure: "Figure {n}"': '  figure: "Bildo {n}"',
        '  table: "Table {n}"': '  table: "Tabelo {n}"',
    },
    "words.j2": {"head_method() %}Method{": "head_method() %}Metodo{"},
    "messages.yml": {
        "  filed: 'filed: {place}'": "  filed: 'arkivita: {place}'",
        "  new: new": "  new: nova",
    },
    "layout.yml": {"body: 12": "body: 13"},
    "usage.yml": {"slips:\n": "slips:\n- rule: The tongue is Esperanto.\n  patterns: [Kredeble]\n"},
    "workbook.yml": {"    deadline: Deadline": "    deadline: Limdato", "  data: Data": "  data: Datumoj"},
    "columns.yml": {"meaning: meaning": "meaning: signifo"},
}
MAKE = """
import json, pickle, sys
from pathlib import Path
import pandas as pd
from analysis import catalogue, form, helped, languages, memo, places, review
from analysis.documents import layout, wording
from analysis.processed import columns
out, known = Path(sys.argv[1]), catalogue.read()
outlook = pickle.loads((out / "outlook.pickle").read_bytes())
for dossier in outlook.dossiers:
    memo.write(dossier, known, out)
memo.write_report(memo.compose_reports(outlook, known), out)
review.write(outlook, out, known)
review.results(outlook, out, known)
form.template(out / "form.xlsx")
print(json.dumps({
    "from": str(Path(languages.__file__).parent), "languages": languages.LANGUAGES, "help": helped.language(),
    "body": layout.LAYOUTS["xx"].body, "rules": [one.rule for one in wording.usage("xx").slips],
    "manual": columns.manual().splitlines()[1], "data": str(places.DATA),
}))
"""
FIGURES = "region,indicator,year,value,unit\n河南,R&D经费,2025,1400,亿元\n"


@pytest.fixture(scope="module")
def other(shared, tmp_path_factory, outlook) -> tuple[Path, dict]:
    """Where the papers of a package with a third language lie, and what it says of itself."""
    plan = outlook("henan-2020", "2016-12-31")
    return shared("another language", lambda: made(tmp_path_factory.mktemp("other"), plan))


def made(root: Path, plan: Outlook) -> tuple[Path, dict]:
    """Copy the package, and in it the folder of English under another name, with a few words changed."""
    package = root / "src" / "analysis"
    shutil.copytree(places.ROOT / "src" / "analysis", package)  # what is compiled too: it keeps the times
    for name in ("data", "plans"):
        (root / name).symlink_to(places.ROOT / name)
    (root / ".cache").mkdir()
    for bundle in places.CACHE.glob("vega-*.js"):  # takes a second to make
        shutil.copy(bundle, root / ".cache")
    folder = shutil.copytree(package / "languages" / "en", package / "languages" / "xx")
    for name, words in TRANSLATED.items():
        text = (folder / name).read_text(encoding="utf-8")
        for english, another in words.items():
            assert text.count(english) == 1, (name, english, text.count(english))
            text = text.replace(english, another)
        (folder / name).write_text(text, encoding="utf-8")
    (root / "outlook.pickle").write_bytes(pickle.dumps(plan))
    return root, json.loads(said(root, "-c", MAKE, str(root)))


def said(root: Path, *words: str) -> str:
    """Run Python with the package of a folder; what it prints."""
    known = os.environ | {
        "PYTHONPATH": str(root / "src"),
        "ANALYSIS_LANG": "xx",
        "PYTHONDONTWRITEBYTECODE": "",  # compiled once for all
    }
    made = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, encoding="utf-8", cwd=root, env=known
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_a_copied_folder_is_a_language(other):
    root, told = other
    assert told["from"] == str(root / "src" / "analysis" / "languages") and told["data"] == str(root / "data")
    assert told["languages"] == ["zh", "en", "xx"] and told["help"] == "xx" and told["body"] == 13
    assert told["rules"][0] == "The tongue is Esperanto."
    assert told["manual"] == "| column 列 | unit 单位 | 含义 | meaning | signifo |"


def test_it_has_its_papers_in_its_words(other):
    root, _ = other
    for name in ("rd-intensity", "report"):
        for language in ("zh", "en", "xx"):
            assert all((root / f"{name}.{language}.{end}").stat().st_size for end in ("docx", "pdf", "html"))
    memo, report = (
        (root / f"{name}.xx.html").read_text(encoding="utf-8") for name in ("rd-intensity", "report")
    )
    assert '<html lang="eo">' in memo and "Metodo" in memo and "Method" not in memo and "Tabelo" in report
    english = (root / "report.en.html").read_text(encoding="utf-8")
    assert "Metodo" in report and "Metodo" not in english and "Method" in english
    names = [one.text for one in docx.Document(root / "report.xx.docx").paragraphs]
    assert any("Henan" in line for line in names), "names are English where a language has none of its own"


def test_page_and_workbook_offer_it(other):
    root, _ = other
    page = (root / "review.html").read_text(encoding="utf-8")
    assert (
        '<main id="xx" lang="eo"' in page and 'data-set="xx" lang="eo"' in page and ">Other</button>" in page
    )
    assert 'href="rd-intensity.xx.docx"' in page
    book = openpyxl.load_workbook(root / "results.xlsx")
    assert {"Enhavo", "Celoj", "Historio", "Nombroj", "Mankas", "Targets"} <= set(book.sheetnames)
    assert "Limdato" in {cell.value for cell in book["Celoj"][3]}
    form = openpyxl.load_workbook(root / "form.xlsx")
    assert (
        form.sheetnames[0] == "数据 Data Datumoj" and form.worksheets[0]["A3"].value == "地区 Region Region"
    )


def test_what_is_received_is_answered_in_it(other):
    root, _ = other
    (root / "sent.csv").write_text(FIGURES, encoding="utf-8")
    data = shutil.copytree(root / "data", root / "own" / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copytree(root / "plans", root / "own" / "plans")
    words = ["-m", "analysis", "add", "sent.csv", "--source", "nbs-rd-bulletin", "--published", "2026-09-30"]
    words += ["--data", str(data), "--messages", "xx", "--today", "2026-10-01"]
    answer = said(root, *words)
    assert "nova 1" in answer and "arkivita: data/raw/nbs-rd-bulletin/2026-09-30" in answer
    assert "[zh|en|xx]" in said(root, "-m", "analysis", "add", "--help")
