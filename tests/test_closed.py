"""Closed networks: what a bundle holds for whom, and a report set up from one without any network."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from analysis import __version__, bundle, places

ROOT = places.ROOT
ENTRIES = bundle.locked(places.LOCK.read_text(encoding="utf-8"))
HASH = " \\\n    --hash=sha256:0\n"


def names(platform: str, python: str) -> set[str]:
    return {entry.split()[0] for entry in bundle.wanted(ENTRIES, platform, python)}


# ------------------------------------------------------------------------------------------ what it holds


def test_the_lock_is_read_whole():
    text = places.LOCK.read_text(encoding="utf-8")
    assert len(ENTRIES) == len(re.findall("^[a-z0-9][^=]*==", text, re.M)) > 100
    assert "".join(ENTRIES) == text[text.index(ENTRIES[0]) :]


@pytest.mark.parametrize("platform", bundle.PLATFORMS)
@pytest.mark.parametrize("python", bundle.PYTHONS)
def test_every_platform_is_given_each_package_once_with_hashes(platform, python):
    chosen = bundle.wanted(ENTRIES, platform, f"{python}.0")
    packages = [entry.partition("==")[0] for entry in chosen]
    assert len(packages) == len(set(packages)) > 100
    assert all("--hash=sha256:" in entry and ";" not in entry for entry in chosen)
    assert {"pandas", "papermill", "jupyterlab", "uv", "hatchling"} <= set(packages)
    assert ("pywinpty" in packages) == ("colorama" in packages) == (platform == "windows-amd64")
    assert ("ptyprocess" in packages) == (platform != "windows-amd64")


def test_markers_are_those_of_the_python_fetched_for():
    lock = [f"a==1 ; python_full_version < '3.12'{HASH}", f"a==2 ; python_full_version >= '3.12'{HASH}"]
    assert bundle.wanted(lock, "linux-x86_64", "3.11.99") == [f"a==1{HASH}"]
    assert bundle.wanted(lock, "linux-x86_64", "3.12.0") == [f"a==2{HASH}"]


def test_a_wheel_serves_only_whom_it_was_built_for():
    def serves(tags: str, *target: str) -> bool:
        return bundle._serves(Path(f"vl_convert_python-1-{tags}.whl"), {"vl_convert_python-1"}, *target)

    assert serves("cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64", "linux-x86_64", "3.12")
    assert not serves("cp312-cp312-manylinux_2_28_x86_64", "linux-x86_64", "3.13")
    assert not serves("cp312-cp312-manylinux_2_28_aarch64", "linux-x86_64", "3.12")
    assert not serves("cp312-cp312-manylinux_2_34_x86_64", "linux-x86_64", "3.12")  # Kylin has 2.28
    assert serves("cp37-abi3-win_amd64", "windows-amd64", "3.13")
    assert serves("py3-none-any", "linux-aarch64", "3.11")


def test_a_package_without_a_wheel_is_named(monkeypatch, tmp_path):
    asked: list[str] = []

    def pip(command, **_):
        text = Path(command[-1]).read_text(encoding="utf-8")
        asked.append(text)
        (tmp_path / "good-1-py3-none-any.whl").write_bytes(b"12345")
        lacking = "ERROR: No matching distribution found for rare==2" if "rare==2" in text else ""
        return subprocess.CompletedProcess(command, bool(lacking), stderr=lacking)

    monkeypatch.setattr(subprocess, "run", pip)
    missing, served = bundle._fetch([f"good==1{HASH}", f"rare==2{HASH}"], "linux-aarch64", "3.12", tmp_path)
    assert (missing, {path.name for path in served}) == (["rare==2"], {"good-1-py3-none-any.whl"})
    assert len(asked) == 2 and "rare" not in asked[1]
    page = bundle.filled("<!-- bundle -->x<!-- /bundle -->", "abc", {("p", "3"): 5}, {("p", "3"): missing})
    assert "rare==2" in page and "abc" in page and "x<" not in page


def test_what_pip_refuses_for_another_reason_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, stderr="no route")
    )
    with pytest.raises(RuntimeError, match=r"no route\n.*PyPI"):
        bundle._fetch([f"good==1{HASH}"], "linux-x86_64", "3.12", tmp_path)


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License\nLicense: the whole text", "BSD License"),
        ("License: Apache 2.0\n        and so on", "Apache 2.0"),
        ("", bundle.UNKNOWN),
    ],
)
def test_licences_are_read_from_wheels(lines, licence, tmp_path):
    with zipfile.ZipFile(tmp_path / "a-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("a-1.dist-info/METADATA", f"Metadata-Version: 2.4\nName: a\nVersion: 1\n{lines}\n")
    packed = metadata.PathDistribution(bundle._metadata(tmp_path / "a-1-py3-none-any.whl"))
    assert bundle.licences([packed]).splitlines()[2:] == [f"| a | 1 | {licence} |"]


def test_everything_installed_states_its_licence():
    lines = bundle.licences(metadata.distributions()).splitlines()[2:]
    assert len(lines) > 100
    assert [line for line in lines if bundle.UNKNOWN in line and not line.startswith("| analysis ")] == []


# --------------------------------------------------------------------------------------- who opens it first


def test_an_old_python_can_read_bootstrap_and_is_told():
    text = (ROOT / "bootstrap.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 7))
    program = (
        "import sys; sys.version_info = (3, 7, 9); sys.version = '3.7.9 (x)'\n"
        "import bootstrap; bootstrap.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1 and "3.7.9" in done.stderr and "docs/closed.html" in done.stderr
    assert "Traceback" not in done.stderr and "不需要管理员" in done.stderr


def test_the_file_to_double_click_is_read_alike_in_every_code_page():
    content = (ROOT / "report.cmd").read_bytes()
    assert content.isascii() and content.count(b"\n") == content.count(b"\r\n") > 5
    assert re.search(rb"^%PY% bootstrap\.py report", content, re.M)
    assert b'pushd "%~dp0"' in content  # double-clicked from anywhere, a network share too
    for name in re.findall(rb"docs\\[\w.]+", content):
        assert (ROOT / name.decode().replace("\\", "/")).is_file()
    tried = re.search(rb"for %%v in \(([\d. ]+)\)", content).group(1).decode().split()
    assert sorted(tried) == sorted(bundle.PYTHONS)


def test_the_page_has_a_place_for_what_a_bundle_holds_and_says_it_twice():
    page = (ROOT / "docs" / "closed.html").read_text(encoding="utf-8")
    assert "linux-aarch64" in bundle.filled(
        page, "abc", {("linux-aarch64", "3.12"): 5}, {("linux-aarch64", "3.12"): []}
    )
    assert f"2.{bundle.GLIBC}" in page
    chinese, english = page.split('id="en"')
    for word in ("report.cmd", "bootstrap.py", "python-build-standalone", "make bundle", "licences.md"):
        assert word in chinese and word in english, word


# --------------------------------------------------------------------------------------- without a network

INSIDE = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:  # kernels talk to this machine alone
    fcntl.ioctl(own, 0x8914, struct.pack("16sh14x", b"lo", 1 | 64))
os.execv(sys.argv[1], sys.argv[1:])
"""
COMPILING = '"--compile-bytecode", '  # of all that is installed takes longer than the rest of the setup
UNSET = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")


@pytest.fixture
def office(tmp_path):
    """A bundle copied to a machine without network: its folder, and how a command is run in it."""
    packed = ROOT / "bundle" / f"analysis-{__version__}"
    if not (packed / "wheels").is_dir():
        pytest.skip("not verified: no bundle here; make bundle")
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("not verified: this machine allows no network namespaces")
    folder = tmp_path / "科技局 office"
    shutil.copytree(packed, folder, copy_function=os.link)
    program = (folder / "bootstrap.py").read_text(encoding="utf-8")
    assert COMPILING in program
    (folder / "bootstrap.py").unlink()  # the bundle's own is the same file
    (folder / "bootstrap.py").write_text(program.replace(COMPILING, ""), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess:
        python = sys._base_executable
        command = ["unshare", "-rn", python, "-c", INSIDE, python, "bootstrap.py", *words]
        environment = {name: text for name, text in os.environ.items() if name not in UNSET}
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)

    return folder, run


def test_a_report_is_made_from_a_bundle_without_any_network(office):
    folder, run = office
    made = run("report", "--plan", "henan-2020", "--as-of", "2018-12-31")
    assert made.returncode == 0, made.stderr[-2000:]
    assert list(folder.glob("reports/henan-2020/2018-12-31/*.zh.docx"))
    again = run("setup")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    lacking = run("lint")  # its tools are not in a bundle
    assert lacking.returncode == 1 and "docs/closed.html" in lacking.stderr
    assert "Traceback" not in lacking.stderr


def test_a_wheel_that_was_touched_is_refused(office):
    folder, run = office
    wheel = next(folder.glob("wheels/six-*.whl"))
    content = wheel.read_bytes()
    wheel.unlink()  # the bundle's own is the same file
    wheel.write_bytes(content + b"\0")
    refused = run("setup")
    assert refused.returncode == 1 and "six" in refused.stderr and "docs/closed.html" in refused.stderr
    assert not (folder / ".venv" / "stamp").exists()
