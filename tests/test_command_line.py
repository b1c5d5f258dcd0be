"""The command line as a user meets it: documented, thin, one clear error and status 1."""

import csv
import datetime
import inspect
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
from analysis import helped, places, releases, report, tables

ROOT = Path(__file__).parents[1]
COLUMNS = (
    "plan,target,region,indicator,kind,goal,deadline,as_of,origin,horizon,p_attain,p_low,p_high,median,lo80,hi80,"
    "lo95,hi95,gap,required_growth,verdict,evidence,outcome"
)


def call(*words: str):
    return CliRunner().invoke(command_line.main, words)


def rows(*words: str) -> list[dict]:
    answer = call(*words)
    assert answer.exit_code == 0
    return list(csv.DictReader(io.StringIO(answer.stdout_bytes.decode("utf-8"))))


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


FILES = {
    "text.csv": b"hello\nworld\n", "empty.csv": b"", "bytes.csv": b"\x00\x01\xff",
    "quote.csv": b'a;b\n1;2\n"', "book.csv": b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x8a",
    "wrong.yml": b"id: wrong\n",
    "heads.csv": b"unique_id,year,value\n", "one.csv": b"unique_id,year,value\na,2000,1\n",
    "half.csv": b"unique_id,year,value\na,2000.5,1\n", "far.csv": b"unique_id,year,value\na,1e300,1\n",
    "words.csv": b"unique_id,year,value\na,2000,x\n", "twice.csv": b"unique_id,year,value\na,1,1\na,1,2\n",
}  # fmt: skip
SPAN = ("--from", "2018-12-31", "--to", "2019-12-31")
WRONG = [  # words of a command line, in a folder with FILES and the folder "there"; what the message says
    *((f"{name} --as-of {day}", told) for name in ("report", "attainment", "country", "seal")
      for day, told in [
        ("2018-02-30", "does not match the format"), ("0001-01-01", "0001-01-01 lies outside 1949 to 2100"),
        ("9999-12-31", "9999-12-31 lies outside"), ("tomorrow", "does not match the format")]),
    *((f"{name} --plan {plan} {more}", told) for name, more in [
        ("report", ""), ("attainment", ""), ("country", ""), ("seal", "--as-of 2018-12-31"),
        ("change", f"--target x {' '.join(SPAN)}")] for plan, told in [
        ("nothing", "luohe-2019"), ("wrong.yml", "line 1, region: Field required"),
        ("text.csv", "no plan 'text.csv'"),
        ("a" * 300, "no plan"), ("there", "no plan 'there'"), ("../x/y", "no plan")]),
    ("reference --language fr", "is not one of 'zh', 'en'"),
    *((f"{name} --data {folder}", "no data here") for folder in ("nowhere", "there", "text.csv") for name in (
        "report", "attainment", "country", "notebook 4-target", "scorecard", "template", "check",
        "seal --as-of 2018-12-31", f"change --target x {' '.join(SPAN)}",
        "add text.csv --source x --published 2019")),
    *((f"{name} extra", "unexpected extra argument") for name in (
        "report", "attainment", "country", "scorecard", "notebooks", "template", "check", "lint", "lab")),
    *((f"{name} --out {out}", told) for name in ("attainment", "backtest one.csv") for out, told in [
        ("there", "is a directory"), ("nowhere/x.csv", "no such folder; make it first")]),
    *((f"{name} --out text.csv", "is a file") for name in ("report", "country", "notebook 4-target")),
    *((f"{name} --jobs {jobs}", "--jobs") for name in ("report", "country") for jobs in ("0", "-1", "many")),
    ("report --fonts none", "'open', 'system'"),
    ("report --scheduler nowhere", "is no address like tcp://"),
    ("country --level town", "'city', 'province'"),
    ("notebook", "Missing argument"),
    ("notebook 9-none", "there are 1-panel"),
    ("notebook ../4-target", "there are 1-panel"),
    ("notebook ../notebooks/4-target", "there are 1-panel"),
    ("notebook 4-target --out full", "would be lost"),
    ("attainment --out pipe", "no ordinary file"),
    ("template --out pipe.xlsx", "no ordinary file"),
    ("backtest pipe", "save it as one"),
    ("backtest one.csv --horizon 99999999999999999999", "--horizon"),
    ("notebook 4-target --set target", "NAME=VALUE"),
    ("notebook 4-target --set tarjet=x", "tarjet: not a parameter"),
    ("notebook 4-target --set as_of=2018-13-31", "as_of: '2018-13-31' is no day; write it as 2018-12-31"),
    ("notebook 4-target --set red_header=perhaps", "cannot be read as bool"),
    ("change", "Missing option"),
    ("change --target nothing " + " ".join(SPAN), "has no target 'nothing'"),
    ("change --target rd-intensity --from 2019-12-31 --to 2018-12-31", "is not before --to 2018-12-31"),
    ("change --target rd-intensity --from 2018-12-31 --to 2018-12-31", "is not before"),
    ("change --target four-batches-plan " + " ".join(SPAN), "no probability was given as of 2018-12-31"),
    ("backtest", "Missing argument"),
    ("backtest nowhere.csv", "does not exist"),
    ("backtest there", "is a directory"),
    ("backtest text.csv", "no column unique_id, year, value"),
    *((f"backtest {name}.csv", "save it as one") for name in ("empty", "bytes", "quote", "book")),
    ("backtest heads.csv", "no value in it"),
    ("backtest one.csv", "lower --horizon"),
    ("backtest half.csv", "line 2: year is 2000.5, no year"),
    ("backtest far.csv", "line 2: year is 1e+300, no year"),
    ("backtest words.csv", "line 2: value is 'x', not a number"),
    ("backtest twice.csv", "line 3: this series has the year already"),
    ("backtest one.csv --kind sum", "'level', 'count', 'share'"),
    *((f"backtest one.csv --{name} 0", f"--{name}") for name in ("history", "horizon", "origins")),
    ("template --out there", "is a directory"),
    ("template --out x.txt", "ends in .xlsx"),
    ("add", "Missing argument"),
    ("add text.csv --published 2019", "Missing option '--source'"),
    ("add text.csv --source nbs-rd-bulletin", "Missing option '--published'"),
    ("add there --source nbs-rd-bulletin --published 2019", "is a directory"),
    ("add text.csv --source nobody --published 2019", "nobody"),
    ("add text.csv --source nbs-rd-bulletin --published 2019-13", "2019-13"),
    ("add text.csv --source nbs-rd-bulletin --published 2019 --messages fr", "'zh', 'en'"),
    *((f"add {name}.csv --source nbs-rd-bulletin --published 2019 --dry-run", f"{name}.csv")
      for name in ("text", "empty", "bytes", "quote", "book")),
    ("seal", "Missing option '--as-of'"),
    ("verify", "Missing argument"),
    ("verify nowhere", "nowhere"),
    ("verify there", "manifest.json"),
    ("licences all", "unexpected extra argument"),
    ("bundle --platform linux-loongarch64", "there is linux-x86_64, linux-aarch64, windows-amd64"),
    ("bundle --python 3.8", "there is 3.11, 3.12, 3.13"),
    ("bundle --out text.csv", "is a file"),
    ("add pipe.xlsx --source nbs-rd-bulletin --published 2019", "no such file; name the file"),
    ("attainment --plan henan-2020 --as-of 2018-12-31 --out loop.csv", "no ordinary file"),
    ("bench nowhere.csv", "does not exist"),
    ("bench there", "is a directory"),
    ("mutants nowhere", "'nowhere' is no module of this package"),
    ("nothing", "No such command"),
]  # fmt: skip


@pytest.fixture(scope="module")
def at_hand(tmp_path_factory) -> Path:
    """A folder with files of many kinds."""
    folder = tmp_path_factory.mktemp("at hand")
    (folder / "there").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "full").mkdir()
    (folder / "full" / "thesis.txt").write_text("years of work")
    for name in ("pipe", "pipe.xlsx"):
        os.mkfifo(folder / name)
    (folder / "loop.csv").symlink_to("loop.csv")
    return folder


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[words[:60] for words, _ in WRONG])
def test_every_wrong_argument_is_one_message_a_status_and_no_traceback(words, told, at_hand, monkeypatch):
    monkeypatch.chdir(at_hand)
    before = sorted(at_hand.rglob("*"))
    answer = call(*words.split())
    assert answer.exit_code in (1, 2) and isinstance(answer.exception, SystemExit), answer.exception
    assert answer.output.count("Error: ") == 1 and told in answer.output, answer.output
    assert sorted(at_hand.rglob("*")) == before


def test_wrong_arguments_of_every_command_are_tried():
    tried = {words.split()[0] for words, _ in WRONG}
    assert tried == {*command_line.main.commands, "nothing"} - {"test"}  # whose words go to pytest


def test_the_future_is_not_sealed(monkeypatch):
    class Day(datetime.date):
        @classmethod
        def today(cls):
            return cls(2019, 1, 5)

    monkeypatch.setattr(command_line.datetime, "date", Day)
    answer = call("seal", "--as-of", "2019-01-06")
    assert answer.exit_code == 2 and "is still to come: today is 2019-01-05" in answer.output
    assert not (places.Folders().register / "luohe-2019" / "2019-01-06.csv").exists()


def test_sealing_twice_is_told(elsewhere):
    shutil.copytree(places.Folders().plans, elsewhere.parent / "plans")
    words = ("seal", "--plan", "china-2020", "--as-of", "2018-12-31", "--data", str(elsewhere))
    assert call(*words).exit_code == 0
    again = call(*words)
    assert again.exit_code == 1 and "already sealed; a seal is never overwritten" in again.output


def test_every_command_says_what_it_does_and_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in command_line.main.commands.items():
        assert command.help, name
        assert re.search(rf"`(python bootstrap\.py )?{name}\b|make {name}\b", readme), (
            f"{name} is not in README.md"
        )


PAGES = [path for path in [*ROOT.glob("*.md"), *ROOT.glob("[!.]*/*.md"), *ROOT.glob("data/processed/*.md"),
                           ROOT / "docs" / "closed.html", *ROOT.glob("notebooks/*.ipynb")]
         if path.name != "CHANGELOG.md"]  # fmt: skip
SAID = [path for name in ("phrases.yml", "messages.yml", "refusals.yml", "help.yml", "workbook.yml")
        for path in sorted((ROOT / "src/analysis/languages").glob(f"*/{name}"))] + [
    ROOT / "src/analysis/form.py", ROOT / "src/analysis/__main__.py"]  # fmt: skip


def quoted(path: Path) -> list[str]:
    """Every command a page quotes: in back ticks, blocks of code and texts of the program."""
    text = path.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`|<(?:code|pre)>([^<]+)<|^ {0,4}(make [a-z].*)$", text, re.M)
    found = [line for span in spans for part in span for line in part.splitlines()]
    if path in SAID:
        found += re.findall(r"python (?:-m analysis|bootstrap\.py)[^\"，`\n]*", text)
    return [one.strip() for one in found]


def unknown(line: str) -> list[str]:
    """What of a quoted command nothing takes: its first word, an option, a variable of make."""
    said = re.split(r"\s+#|\s{2,}|，|, ", line)[0]
    program, *words = said.replace("python bootstrap.py", "bootstrap").split()
    if program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        recipes = dict(re.findall(r"^([\w-]+):.*?\n((?:\t.*\n)*)", makefile, re.M))
        taken = recipes.get(words[0], "").replace("$(dated)", "$(AS_OF)") if words else ""
        given = set(re.findall(r"([A-Z_]+)=", line)) - {"SYSTEM_PYTHON"}
        return [one for one in words[:1] if one not in recipes] + [
            one for one in sorted(given) if f"$({one}" not in taken
        ]
    if not words or words[0] in ("…", "help", "setup", "develop", "lock"):
        return []
    command = command_line.main.commands.get(words[0])
    if command is None:
        return words[:1]
    taken = {one for option in command.params for one in option.opts} | {"--help"}
    return [one for one in re.findall(r"(?<=\s)--[a-z-]+", line) if one not in taken and words[0] != "test"]


@pytest.mark.parametrize("path", [*PAGES, *SAID], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_quoted_command_runs_with_the_machines_own_python(path):
    lines = quoted(path)
    ours = [one for one in lines if re.match(r"make [a-z]|(\S*/)?python3? bootstrap\.py", one)]
    ours = [re.sub(r"^\S*python3? ", "python ", one) for one in ours]
    assert {line: bad for line in ours if (bad := unknown(line))} == {}
    assert [one for one in lines if re.match("python -m analysis .", one)] == []  # which asks for .venv's own
    bare = {one.split()[0] for one in lines if one.startswith("--")}
    assert {one for one in bare if not any(re.search(rf" {one}\b", line) for line in ours)} == set()


def test_help_is_whole_and_needs_no_library_of_numbers():
    words = [sys.executable, "-X", "importtime", "-m", "analysis", "--help"]
    answer = subprocess.run(
        words,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80", "ANALYSIS_LANG": "en"},
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
    targets = set(re.findall(r"^([\w-]+):", makefile, re.M))
    assert targets - {"help", "setup", "develop"} <= set(command_line.main.commands)  # those are bootstrap's


def told_in_help() -> set[str]:
    """Every text of help: of the group, the commands by paragraph, their options."""
    texts = ["Show this message and exit.", "Show the version and exit.", command_line.main.help]
    for command in command_line.main.commands.values():
        texts += inspect.cleandoc(command.help).split("\n\n")
        texts += [one.help for one in command.params if getattr(one, "help", None)]
    return {" ".join(text.split()) for text in texts}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("seal", "请补上"),
        ("report --fonts none", "写法不对"),
        ("report --nope", "没有这一项"),
        ("report --plan nope", "没有这一方案"),
        ("notebook 9-x", "没有这一笔记本"),
        ("notebook 4-target --set nope=1", "不能这样运行"),
    ],
)
def test_a_refusal_a_bureau_meets_is_in_chinese_too(words, told):
    assert told in call(*words.split()).output


def test_executed_notebooks_can_be_opened_where_the_notebooks_are(monkeypatch):
    from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

    asked = []
    monkeypatch.setattr(command_line, "call", lambda *words: asked.extend(words))
    assert call("lab").exit_code == 0
    root = Path(asked[asked.index("--notebook-dir") + 1])
    assert places.NOTEBOOKS.is_relative_to(root) and places.REPORTS.is_relative_to(root)
    first = next(word for word in asked if "preferred_dir" in word).partition("=")[2]
    files = AsyncLargeFileManager(root_dir=str(root), preferred_dir=first)  # which refuses what is not there
    assert root / files.preferred_dir == places.NOTEBOOKS


def test_why_a_probability_moved_is_told_in_words_with_the_unit(monkeypatch):
    span = ("--from", "2018-12-31", "--to", "2019-03-31")
    for language, name in (("zh", "依据改变"), ("en", "another footing")):
        monkeypatch.setenv("ANALYSIS_LANG", language)
        head, line = call("change", "--target", "rd-intensity", *span).output.strip().splitlines()
        assert head == "source,name,p,points,unit" and line.startswith("rung,") and ",%" in line
        assert name in line


def test_what_a_command_says_at_its_end_is_in_the_language_of_the_user(monkeypatch):
    for language, said in (("zh", "reports/a/review.html  同一文件夹另有16份报告"),
                           ("en", "reports/a/review.html  and 16 papers")):  # fmt: skip
        monkeypatch.setenv("ANALYSIS_LANG", language)
        assert command_line.told("papers", path="reports/a/review.html", n=16).startswith(said)


def test_what_verify_found_is_told_in_the_language_of_the_user(monkeypatch):
    differing = {"a.docx": ("touched", "changed"), "b.csv": ("otherwise", "gone")}
    found = [report.Verified(9, differing, {}), report.Verified(9, {}, {"numpy": "changed"})]
    monkeypatch.setattr(report, "verify", lambda *asked: found.pop(0))
    monkeypatch.setenv("ANALYSIS_LANG", "zh")
    done = call("verify", "reports/a")
    assert done.exit_code == 1 and done.output.splitlines()[-5:] == [
        "Error: reports/a：2个文件不一致", "  a.docx：生成后被改动过（有改动）",
        "  b.csv：重新生成的结果不同（缺失）", "生成时的依据：",
        "  均与当时相同：不同的是报告本身或机器"]  # fmt: skip
    monkeypatch.setenv("ANALYSIS_LANG", "en")
    done = call("verify", "reports/a")
    assert done.exit_code == 0 and done.output.splitlines() == [
        "reports/a: all 9 files are equal, byte for byte", "though not all it was made from is as it was:",
        "  numpy: changed"]  # fmt: skip


def test_every_text_of_help_has_its_chinese_and_no_chinese_is_dead():
    table = helped.table("zh")
    told = told_in_help() | set(command_line.TOLD.values())
    assert told - set(table) == set()
    headings = {"Usage", "Options", "Commands", "default", "required"}
    assert set(table) - told == headings
    plain = {key for key, text in table.items() if not re.search("[\u4e00-\u9fff]", text)}
    assert plain == {one for one in table if one.startswith(("linux-x86_64", "3.11"))}


@pytest.mark.parametrize(
    ("named", "language"),
    [
        ({"ANALYSIS_LANG": "zh"}, "zh"),
        ({"ANALYSIS_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_help_is_in_the_language_of_the_user(named, language, monkeypatch):
    for name in ("ANALYSIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(command_line.main, ["change", "--help"], prog_name="analysis").output
    assert ("用法: analysis change" in said) == (language == "zh")
    assert ("[必填]" in said and "[默认: luohe-2019]" in said) == (language == "zh")
    assert ("Usage: analysis change" in said and "[required]" in said) == (language == "en")
    listed = CliRunner().invoke(command_line.main, ["--help"], prog_name="analysis").output
    assert ("核对各次发布与资料卡" in listed) == (language == "zh")


# a user's settings, options that name a language, the language of the answer
ANSWERED = [("zh", (), "zh"), ("en", (), "en"), ("zh", ("en",), "en"), ("en", ("zh",), "zh")]


@pytest.mark.parametrize(("user", "named", "language"), ANSWERED)
def test_what_is_said_is_in_the_language_of_the_user_unless_another_is_named(
    user, named, language, elsewhere, monkeypatch
):
    monkeypatch.setenv("ANALYSIS_LANG", user)
    fields = call("reference", *(word for one in named for word in ("--language", one))).output
    assert ("方案（文件顶层）" in fields, "The plan (top of the file)" in fields) == (
        language == "zh",
        language == "en",
    )
    sent = elsewhere / "sent.csv"
    sent.write_text("地区,指标,年份,数值,单位\n漯河市,R&D经费,2018,12.5,亿元\n", encoding="utf-8")
    words = ["add", str(sent), "--published", "2020-05-20", "--data", str(elsewhere), "--dry-run"]
    words += [word for one in named for word in ("--messages", one)]
    for source, chinese, english in (
        ("nobody", "尚未登记", "is not described"),
        ("dahe-2020", "新增", "new 1"),
    ):
        said = call(*words, "--source", source).output
        assert (chinese in said, english in said) == (language == "zh", language == "en"), said


def test_what_is_filed_does_not_depend_on_who_files_it(elsewhere, monkeypatch, tmp_path):
    sent, filed = tmp_path / "sent.csv", []
    sent.write_text("地区,指标,年份,数值,单位\n漯河市,R&D经费,2018,12.5,亿元\n", encoding="utf-8")
    for language in ("zh", "en"):
        monkeypatch.setenv("ANALYSIS_LANG", language)
        data = shutil.copytree(elsewhere, tmp_path / language / "data")
        words = ("--source", "dahe-2020", "--published", "2020-05-20", "--data", str(data))
        assert call("add", str(sent), *words).exit_code == 0
        files = sorted((data / "raw" / "dahe-2020").rglob("*.*"))
        filed.append({one.name: one.read_bytes() for one in files if one.is_file()})
    assert filed[0] == filed[1] and {"card.yml", "observations.csv"} <= set(filed[0])


def test_limits_of_an_option_without_words_are_closed(monkeypatch):
    for language, told in (("en", "[default: zh]"), ("zh", "[默认: zh]")):
        monkeypatch.setenv("ANALYSIS_LANG", language)
        assert helped.said("[default: zh]") == told
        assert helped.said("Which regions.  [default: zh]").endswith(f"  {told}")


@pytest.mark.skipif(os.name != "posix", reason="a pipe that is closed is told otherwise there")
def test_nobody_is_blamed_where_what_is_said_is_no_longer_read():
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "analysis", "reference"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert "Broken pipe" not in done.stderr and "path" not in done.stderr
