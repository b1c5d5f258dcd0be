"""What the README says is so: the tree, the floors, the scorecard, the links, the pictures."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    return re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", README, re.S).group(1).strip("`\n")


def tracked() -> list[str]:
    try:
        words = ["git", "-c", "core.quotepath=off", "ls-files"]
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not verified: no git here")
    return listed.stdout.splitlines()


def test_the_tree_is_the_disk():
    named = {word.rstrip("/") for line in block("tree").splitlines() for word in line[:28].split()}
    there = {path.split("/")[0] for path in tracked()} - {".gitignore", ".gitattributes"}
    assert named == {name for name in there if name not in ("src",)} | {"src/analysis"}


def test_the_floors_are_those_that_lint_checks():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [set(re.split(r"\s*\|\s*", layer)) for layer in contract["contracts"][0]["layers"]]
    said = [set(re.split(r"\s{2,}", line)[0].split()) - {"|"} for line in block("floors").splitlines()]
    assert said == layers


def test_the_scorecard_is_what_the_backtest_gives(cases):
    from analysis import backtest, catalogue, printing

    made = backtest.presented(backtest.scorecard(cases).models)
    assert block("scorecard") == printing.markdown(made, printing.Voice("en", catalogue.read())).strip()


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_even_chances_are_told_by_indicator_as_the_backtest_gives_them(name, language, cases):
    from analysis import backtest, catalogue, tables

    edges = [lowest for lowest, word in tables.LIKELIHOOD if word in ("even", "likely")]

    def came(rows):
        table = backtest.reliability(rows)
        return round(
            100 * float(table.loc[table["probability"].between(*sorted(edges)), "frequency"].iloc[0])
        )

    ours = cases[cases["model"].eq("ours") & cases["rung"].eq("own")]
    by = {key: came(rows) for key, rows in ours.groupby("indicator")}
    low, high = min(by, key=by.get), max(by, key=by.get)
    names = [getattr(catalogue.read().indicators[key], language) for key in (low, high)]
    text = (ROOT / name).read_text(encoding="utf-8").replace(" %", "%").replace("\n", " ")
    told = re.search(r"(\d+)%(?: of cases|实现)\D*(\d+)%\s*[（(](.*?)[）)]\D*(\d+)%\s*[（(](.*?)[）)]", text)
    assert [int(told[place]) for place in (1, 2, 4)] == [came(ours), by[low], by[high]]
    assert [told[3].lower(), told[5].lower()] == [one.lower() for one in names]


@pytest.mark.parametrize(("name", "language"), [("手册", "zh"), ("handbook", "en")])
def test_the_handbook_has_every_field_of_a_plan_as_the_model_reads_it(name, language):
    from analysis import plans, printing

    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    kept = text.partition("<!-- reference -->\n")[2].partition("<!-- /reference -->")[0]
    assert kept == plans.reference(printing.Voice(language))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_link_and_picture_is_there(name):
    targets = re.findall(r"\]\(([^)#\s]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert any(target.endswith(".png") for target in targets)
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_the_glossary_has_every_word_in_both_languages():
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    cells = [
        re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ") and "---" not in line
    ]
    assert len(cells) > 30 and {len(row) for row in cells} == {4}
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [row for row in cells[1:] if not (chinese.search(row[1]) and chinese.search(row[3]))] == []


def test_the_assurance_says_the_same_rows_in_both_languages():
    tables = []
    for name in ("ASSURANCE.md", "ASSURANCE.zh.md"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        tables.append([(line[:2], line.count("|")) for line in lines if line[:2] in ("| ", "- ", "##")])
    assert tables[0] == tables[1]
