"""The command line as a user meets it: documented, thin, one clear error and status 1."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import __main__ as command_line
from analysis import tables

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


def test_everything_make_does_the_command_line_does_too():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"-m analysis ([\w-]+)", makefile)
    assert set(commands) <= set(command_line.main.commands)
    assert set(re.findall(r"^([\w-]+):", makefile, re.M)) == {"help", "setup", *commands}
