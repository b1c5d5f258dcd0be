"""The command line as a user meets it: documented, thin, one clear error and status 1."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import __main__ as command_line
from analysis import places, releases, tables

ROOT = Path(__file__).parents[1]
COLUMNS = (
    "plan,target,region,indicator,kind,goal,deadline,as_of,origin,horizon,p_attain,p_low,p_high,median,lo80,hi80,"
    "lo95,hi95,gap,required_growth,verdict,evidence,outcome"
)


def call(*words: str):
    return CliRunner().invoke(command_line.main, words)


def rows(*words: str) -> list[dict]:
    answer = subprocess.run(
        [sys.executable, "-m", "analysis", *words], capture_output=True, cwd=ROOT, check=True
    )
    return list(csv.DictReader(io.StringIO(answer.stdout.decode("utf-8"))))


def test_the_attainment_table_has_its_columns_and_honest_blanks():
    table = rows("attainment", "--plan", "luohe-2019", "--as-of", "2018-12-31")
    assert ",".join(table[0]) == COLUMNS == ",".join(tables.ATTAINMENT.columns)
    for row in table:
        assert row["verdict"] == "open" or row["p_attain"] == ""
        assert (row["p_attain"] == "") == (row["evidence"] in ("peers", "none"))
    assert {row["p_attain"] == "" for row in table} == {True, False}


def test_the_table_goes_whole_into_a_file(tmp_path):
    out = tmp_path / "attainment.csv"
    assert (
        call("attainment", "--plan", "china-2020", "--as-of", "2018-12-31", "--out", str(out)).exit_code == 0
    )
    assert [path.name for path in tmp_path.iterdir()] == ["attainment.csv"]
    assert out.read_text(encoding="utf-8").startswith(COLUMNS + "\n")


@pytest.mark.parametrize(
    "words",
    [
        ["attainment", "--plan", "luohe-2091"],
        ["report", "--plan", "luohe-2091"],
        ["notebook", "9-none"],
        ["notebook", "4-target", "--set", "tarjet=x"],
    ],
)
def test_an_expected_error_is_one_message_and_status_1(words):
    answer = call(*words)
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ") and "Traceback" not in answer.output


def test_a_date_that_is_none_is_refused():
    answer = call("attainment", "--as-of", "2018-13-31")
    assert answer.exit_code == 2 and "2018-13-31" in answer.output


def test_every_command_says_what_it_does_and_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in command_line.main.commands.items():
        assert command.help, name
        assert re.search(rf"`(python -m analysis )?{name}\b|make {name}\b", readme), (
            f"{name} is not in README.md"
        )


def test_help_is_whole_and_needs_no_library_of_numbers():
    words = [sys.executable, "-X", "importtime", "-m", "analysis", "--help"]
    answer = subprocess.run(
        words, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"COLUMNS": "80"}
    )
    assert "..." not in answer.stdout.partition("Commands:")[2] != ""
    loaded = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "click" in loaded and loaded.isdisjoint({"pandas", "numpy", "pydantic", "yaml", "scipy"})
    assert re.search(r"version \d+\.\d+", call("--version").output)


def test_a_plan_and_a_date_are_refused_before_pandas_is_loaded(tmp_path):
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("id: wrong\nregion: '999999'\n", encoding="utf-8")
    for words in (["report"], ["attainment"], ["seal", "--as-of", "2018-12-31"]):
        line = [sys.executable, "-X", "importtime", "-m", "analysis", *words, "--plan", str(wrong)]
        answer = subprocess.run(line, capture_output=True, text=True, cwd=ROOT)
        assert answer.returncode == 1 and "'999999' is not in" in answer.stderr
        assert "pydantic" in answer.stderr and not re.search(r"\| +pandas$", answer.stderr, re.M)
    line = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "analysis",
        "add",
        "x.csv",
        "--source",
        "x",
        "--published",
    ]
    answer = subprocess.run([*line, "2019-13"], capture_output=True, text=True, cwd=ROOT)
    assert answer.returncode == 1 and "2019-13" in answer.stderr and "pydantic" not in answer.stderr


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """Data of someone else: the project's catalogue, one release, no plans."""
    release = "raw/nbs-rd-bulletin/2018-10-09"
    shutil.copytree(places.DATA / release, tmp_path / "their data" / release)
    for path in places.DATA.glob("*.*"):
        shutil.copy(path, tmp_path / "their data")
    return tmp_path / "their data"


def test_other_data_bring_their_own_releases_register_and_plans(elsewhere):
    data = ("--data", str(elsewhere))
    assert call("check", *data).output.startswith("1 releases")
    missing = call("attainment", "--plan", "luohe-2019", *data)
    assert missing.exit_code == 1 and f"in {elsewhere.parent / 'plans'}: none" in missing.output
    shutil.copytree(places.Folders().plans, elsewhere.parent / "plans")
    sealed = call("seal", "--plan", "china-2020", "--as-of", "2018-12-31", *data)
    assert sealed.output.strip() == str(elsewhere / "register" / "china-2020" / "2018-12-31.csv")
    (elsewhere / "register" / "china-2020" / "2018-12-31.csv").write_text("x\n", encoding="utf-8")
    assert "changed since it was sealed" in call("check", *data).output


def test_one_writer_at_a_time_holds_a_lock_beside_the_data(elsewhere):
    with releases.lock(elsewhere):
        assert (elsewhere.parent / ".cache" / "their data.lock").is_file()


def test_every_command_that_reads_data_takes_their_folder(tmp_path):
    reading = {
        "report",
        "attainment",
        "country",
        "notebook",
        "scorecard",
        "change",
        "template",
        "add",
        "seal",
        "check",
        "verify",
    }
    for name, command in command_line.main.commands.items():
        assert (name in reading) == any("--data" in one.opts for one in command.params), name
    nothing = call("check", "--data", str(tmp_path))
    assert nothing.exit_code == 1 and str(tmp_path) in nothing.output and "--data" in nothing.output


def test_the_package_alone_says_what_it_lacks(tmp_path):
    shutil.copytree(ROOT / "src" / "analysis", tmp_path / "lib" / "python" / "analysis")
    alone = os.environ | {"PYTHONPATH": str(tmp_path / "lib" / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    for command, remedy in (("check", "--data"), ("report", "--data"), ("lint", "in a clone")):
        answer = subprocess.run(
            [sys.executable, "-m", "analysis", command],
            capture_output=True,
            text=True,
            env=alone,
            cwd=tmp_path,
        )
        assert answer.returncode == 1 and answer.stdout == ""
        assert str(tmp_path) in answer.stderr and remedy in answer.stderr and "Traceback" not in answer.stderr


def test_everything_make_does_the_command_line_does_too():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"-m analysis ([\w-]+)", makefile)
    assert set(commands) <= set(command_line.main.commands)
    assert set(re.findall(r"^([\w-]+):", makefile, re.M)) == {"help", "setup", *commands}
