"""The lock, pyproject.toml and environment.yml agree, and the set-up stays inside the folder."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", text, re.M))


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9.-]+", requirement).group().lower()


@pytest.mark.parametrize(
    "requirement", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
)
def test_every_direct_dependency_is_locked(requirement):
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    assert wanted.specifier.contains(locked(LOCK)[name_of(requirement)], prereleases=True)


def test_every_locked_package_has_a_hash_and_no_address():
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.M)[1:]
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert not re.search(r"index-url|find-links|^/|file:", LOCK, re.M)


def test_what_was_given_is_in_the_lock():
    assert {"jupyterlab", "pandas", "statsmodels", "matplotlib", "papermill", "nbval"} <= set(locked(LOCK))


def test_the_benchmarks_lock_only_adds():
    more = locked((ROOT / "benchmarks/requirements.lock").read_text(encoding="utf-8"))
    main = locked(LOCK)
    assert main.items() <= more.items()
    assert "statsforecast" in more.keys() - main.keys()


def test_conda_installs_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *plain, pip = environment["dependencies"]
    assert plain == ["python" + PROJECT["project"]["requires-python"], "make", "pip"]
    assert pip == {"pip": ["--requirement requirements.lock"]}


def test_installed_is_what_the_lock_says():
    from importlib import metadata

    for name in ("pandas", "papermill", "statsmodels", "matplotlib", "nbval", "jupyterlab"):
        assert metadata.version(name) == locked(LOCK)[name]


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
    assert all(
        re.match(r"@\$\((SYSTEM_)?PYTHON\) (bootstrap\.py|-m analysis) [^|;&>`]*$", line) for line in recipes
    )


def test_a_set_up_project_needs_nothing_more():
    if not (ROOT / ".venv" / "stamp").is_file():
        pytest.skip("not verified: this environment was not made by bootstrap.py")
    before = (ROOT / ".venv" / "stamp").stat().st_mtime_ns
    python = sys._base_executable
    done = subprocess.run(
        [python, "bootstrap.py", "setup"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, (ROOT / ".venv" / "stamp").stat().st_mtime_ns) == ("", before)
