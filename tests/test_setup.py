"""The locks, pyproject.toml and environment.yml agree, and the set-up stays inside the folder."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCK, TESTS, BENCH = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("requirements.lock", "tests/requirements.lock", "benchmarks/requirements.lock")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", text, re.M))


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9.-]+", requirement).group().lower()


def grouped(*names: str) -> list[str]:
    groups = PROJECT["dependency-groups"]
    return [line for name in names for line in groups[name] if isinstance(line, str)]


@pytest.mark.parametrize(
    ("requirement", "lock"),
    [(line, LOCK) for line in PROJECT["project"]["dependencies"] + grouped("setup")]
    + [(line, TESTS) for line in grouped("dev")]
    + [(line, BENCH) for line in grouped("bench")],
    ids=lambda given: given if len(given) < 60 else "",
)
def test_every_direct_dependency_is_locked(requirement, lock):
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    assert wanted.specifier.contains(locked(lock)[name_of(requirement)], prereleases=True)


@pytest.mark.parametrize("lock", [LOCK, TESTS, BENCH], ids=["run", "tests", "bench"])
def test_every_locked_package_has_a_hash_and_no_address(lock):
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.M)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock
    assert not re.search(r"index-url|find-links|^/|file:", lock, re.M)


def test_what_was_given_is_in_the_locks():
    assert {"jupyterlab", "pandas", "statsmodels", "matplotlib", "papermill"} <= set(locked(LOCK))
    assert "nbval" in locked(TESTS)


def test_each_lock_only_adds_and_reports_need_no_tools():
    run, tests, bench = map(locked, (LOCK, TESTS, BENCH))
    assert run.items() < tests.items() < bench.items()
    assert {"pytest", "ruff", "mypy", "playwright", "hypothesis", "distributed"} <= tests.keys() - run.keys()
    assert "statsforecast" in bench.keys() - tests.keys()


def test_every_direct_dependency_has_its_reason():
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    said = [re.findall(r"^\| ([a-z0-9-]+) \| \S", part, re.M) for part in text.split("\n## ")[1:]]
    lists = [PROJECT["project"]["dependencies"], grouped("setup")]
    lists += [PROJECT["project"]["optional-dependencies"]["cluster"], grouped("dev"), grouped("bench")]
    assert [names[1:] for names in said] == [[name_of(line) for line in one] for one in lists]


def statements(block: list) -> Iterator[ast.AST]:
    """Statements and those inside them: an import is one, and most of a file are expressions."""
    for one in block:
        yield one
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(one, name, []))


def test_what_the_package_imports_is_declared():
    from importlib import metadata

    source = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "src").rglob("*.py")]
    nodes = [node for tree in source for node in statements(tree.body)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    roots = {name.split(".")[0] for name in names} - {*sys.stdlib_module_names, "analysis"}
    assert {"pandas", "typst", "distributed"} <= roots
    brought = metadata.packages_distributions()
    declared = {name_of(line) for line in PROJECT["project"]["dependencies"]} | {"distributed"}
    assert [
        root
        for root in roots
        if declared.isdisjoint(name.lower().replace("_", "-") for name in brought[root])
    ] == []


def test_the_version_stands_once_and_heads_the_changelog():
    from analysis import __version__

    assert PROJECT["project"]["dynamic"] == ["version"]
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == __version__ and all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in headings)


def test_pre_commit_runs_what_ci_looks_at_first():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [one["repo"] for one in hooks] == ["local"]  # nothing pinned that the locks do not pin
    steps = re.findall(r"^step (make \w+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.M)
    assert {hook["entry"] for hook in hooks[0]["hooks"]} == {"make lint", "make check"} < set(steps)


def test_conda_installs_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, pip = environment["dependencies"]
    assert plain == ["python" + PROJECT["project"]["requires-python"], "make", "pip"]
    assert pip == {"pip": ["--requirement tests/requirements.lock"]}  # nbval, too


def test_installed_is_what_the_lock_says():
    from importlib import metadata

    for name in ("pandas", "papermill", "statsmodels", "matplotlib", "nbval", "jupyterlab"):
        assert metadata.version(name) == locked(TESTS)[name]


def test_make_names_every_target_and_bootstrap_lists_it():
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    listed = subprocess.run(
        [sys.executable, "bootstrap.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "report" in targets
    assert targets == re.findall(r"^  make ([\w-]+)", listed, re.M)


def test_recipes_call_python_and_nothing_else():
    recipes = re.findall(r"^\t(.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert recipes
    assert all(re.match(r"@\$\(SYSTEM_PYTHON\) bootstrap\.py [^|;&>`]*$", line) for line in recipes)


def test_every_target_is_the_command_of_its_name():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pairs = re.findall(r"^([\w-]+):.*\n\t@\$\(SYSTEM_PYTHON\) bootstrap\.py ([\w-]+)", makefile, re.M)
    assert len(pairs) > 10 and all(target == command for target, command in pairs)


def alone():
    """bootstrap.py as it stands."""
    spec = importlib.util.spec_from_file_location("bootstrap_alone", ROOT / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bootstrap(monkeypatch, tmp_path):
    """bootstrap.py with an environment of its own and no program run; what would run is kept in `calls`."""
    module = alone()
    module.calls = []
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(module.venv, "create", lambda *_, **__: module.calls.append(("venv",)))
    monkeypatch.setattr(module.subprocess, "run", lambda words, **_: module.calls.append(tuple(words)))
    return module


def synced(bootstrap) -> list[str]:
    made = [words[-1] for words in bootstrap.calls if "sync" in words]
    bootstrap.calls.clear()
    return made


def test_an_environment_that_goes_further_serves_what_needs_less(bootstrap):
    bootstrap.setup()
    assert synced(bootstrap) == ["requirements.lock"]
    bootstrap.setup()
    assert bootstrap.calls == []
    bootstrap.setup(bootstrap.NEEDS["test"])
    assert "venv" not in {words[0] for words in bootstrap.calls}
    assert synced(bootstrap) == ["tests/requirements.lock"]
    bootstrap.setup()
    bootstrap.setup(bootstrap.NEEDS["lint"])
    assert bootstrap.calls == []
    bootstrap.setup(bootstrap.NEEDS["bench"])
    assert synced(bootstrap) == ["benchmarks/requirements.lock"]


def test_the_package_is_found_in_any_encoding(bootstrap, monkeypatch, tmp_path):
    site = tmp_path / "一 份" / ".venv" / "lib" / "python3" / "site-packages"
    site.mkdir(parents=True)
    (site / "_editable_impl_analysis.pth").write_text(f"{tmp_path}/一 份/src", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path / "一 份")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "一 份" / ".venv" / "bin" / "python")
    bootstrap.point()
    told = (site / "_editable_impl_analysis.pth").read_bytes().decode("ascii").strip()
    assert (site / told).resolve() == (tmp_path / "一 份" / "src").resolve()


def test_wheels_beside_it_are_all_that_is_asked(bootstrap, monkeypatch, tmp_path):
    seen: list[dict] = []
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda words, env, **_: seen.append(env))
    monkeypatch.setattr(bootstrap, "WHEELS", tmp_path / "wheels")
    bootstrap.call("x")
    (tmp_path / "wheels").mkdir()
    bootstrap.call("x")
    online, offline = ({name: env.get(name) for name in ("UV_NO_INDEX", "PIP_NO_INDEX")} for env in seen)
    assert offline == {"UV_NO_INDEX": "1", "PIP_NO_INDEX": "1"} and "1" not in online.values()


def test_a_set_up_project_needs_nothing_more():
    if not (ROOT / ".venv" / "stamp").is_file():
        pytest.skip("not verified: this environment was not made by bootstrap.py")
    made = (ROOT / ".venv" / "stamp").read_text(encoding="utf-8")
    # else setting up would take away the tools of the very tests that run
    assert made in map(alone().fingerprint, alone().LOCKS), "run `make develop` first"
    before = (ROOT / ".venv" / "stamp").stat().st_mtime_ns
    python = sys._base_executable
    done = subprocess.run(
        [python, "bootstrap.py", "setup"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, (ROOT / ".venv" / "stamp").stat().st_mtime_ns) == ("", before)
