#!/usr/bin/env python3
"""Make the project's own environment, with nothing but Python 3.11 or newer, and do in it what make does.

    python bootstrap.py              list what can be done
    python bootstrap.py setup        bring .venv to what reports need; nothing to do when it is
    python bootstrap.py develop      and to what tests and lint need beside it
    python bootstrap.py report …     set up, then `python -m analysis report …` in .venv; so for every command
    python bootstrap.py lock         write the locks anew from pyproject.toml

Everything stays inside this folder: the environment in .venv, downloads in .cache. Where a bundle's wheels
lie in wheels/, nothing is asked of any network. Whatever comes, the hashes of the lock decide.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "stamp"
WHEELS = ROOT / "wheels"
PLACES = ["requirements.lock", "tests/requirements.lock", "benchmarks/requirements.lock"]
RUN, DEVELOP, BENCH = LOCKS = [ROOT / name for name in PLACES]  # each holds all of the one before
NEEDS = {"test": DEVELOP, "lint": DEVELOP, "bench": BENCH, "mutants": BENCH}  # every other command: RUN
KERNEL = """
import sys
from ipykernel.kernelspec import install
install(prefix=sys.prefix, kernel_name="analysis", display_name="Analysis (this project)")
"""
COMPILE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
           "--no-emit-find-links", "--no-header", "--no-annotate", "--quiet"]  # fmt: skip
OLD = """Python 3.11 or newer is needed; this is {}. How to have one without an
administrator stands in docs/closed.html.
需要 Python 3.11 以上版本，当前是 {}。不需要管理员权限的安装办法见 docs/closed.html。"""
NO_VENV = """This Python cannot make environments with pip. On Debian or Ubuntu install python3-venv;
elsewhere bring a Python as docs/closed.html says.
这个 Python 不能建立带 pip 的环境，请按 docs/closed.html 换一个。"""
NO_WHEELS = """The wheels in wheels/ do not bring {} to Python {} on {}; why stands above.
docs/closed.html says which Python and machines a bundle serves, and how one is made.
wheels/ 中的安装包不能用于本机（原因见上）。适用范围和制作办法见 docs/closed.html。"""
NO_NETWORK = """Setting up .venv did not succeed; why stands above. It needs PyPI, or else a bundle, as in
docs/closed.html.
安装未完成，原因见上。没有网络时请用离线安装包，见 docs/closed.html。"""


def commands() -> str:
    """List the targets of the Makefile, from the `##` behind each."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([\w-]+):.*?## (.+)$", text, re.M)
    return "\n".join(f"  make {name:<10} {what}" for name, what in found)


def interpreter() -> str:
    """Name this Python and this folder: an environment serves only the ones it was made by."""
    return f"{sys.version} {ROOT}".replace("\n", " ")


def fingerprint(lock: Path) -> str:
    """Name what the environment is made of: interpreter, lock, the project's own metadata."""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    return f"{interpreter()}\n{hashlib.sha256(b''.join(parts)).hexdigest()}"


def call(*command: str) -> None:
    settings = {"UV_CACHE_DIR": str(ROOT / ".cache" / "uv"), "PIP_CACHE_DIR": str(ROOT / ".cache" / "pip")}
    if WHEELS.is_dir():  # its name alone: both programs take a blank in a path for the end of it
        settings |= {"UV_OFFLINE": "1", "UV_NO_INDEX": "1", "UV_FIND_LINKS": WHEELS.name}
        settings |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": WHEELS.name}
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **settings})


def uv(*arguments: str) -> None:
    call(str(PYTHON), "-m", "uv", *arguments)


def install_uv() -> None:
    """Install the one uv the lock names, by pip, against the lock's hashes."""
    entry = re.search(r"^uv==.*?(?=^\S|\Z)", RUN.read_text(encoding="utf-8"), re.M | re.S)
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(entry.group(), encoding="utf-8")
        call(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--require-hashes", "-r", str(only_uv))  # fmt: skip


def setup(lock: Path = RUN) -> None:
    """Bring .venv to exactly what a lock says; return at once when it is there, or further."""
    made = STAMP.read_text(encoding="utf-8") if STAMP.is_file() and PYTHON.exists() else ""
    if made in map(fingerprint, LOCKS[LOCKS.index(lock) :]):
        return
    name = lock.relative_to(ROOT).as_posix()
    print(f"Setting up .venv from {name}", flush=True)
    try:
        if not made.startswith(interpreter()):
            venv.create(VENV, clear=True, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit(NO_VENV)
    try:
        install_uv()
        uv("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON), name)
        uv("pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "--no-build-isolation",
           "--offline", "--editable", ".")  # fmt: skip
    except subprocess.CalledProcessError:
        here = (name, sys.version.split()[0], sys.platform)
        sys.exit(NO_WHEELS.format(*here) if WHEELS.is_dir() else NO_NETWORK)
    point()
    call(str(PYTHON), "-m", "compileall", "-qq", "src")  # containers never do it, and would at every start
    call(str(PYTHON), "-c", KERNEL)
    STAMP.write_text(fingerprint(lock), encoding="utf-8")


def point() -> None:
    """Say in ASCII where the package lies, from where that is read.

    Before 3.13 Python reads .pth files in the system's encoding, and this folder may have a Chinese name.
    """
    for path in PYTHON.parent.parent.glob("[Ll]ib/**/_editable_impl_analysis.pth"):
        path.write_text(os.path.relpath(ROOT / "src", path.parent) + "\n", encoding="ascii")


def lock() -> None:
    """Write the locks anew; each only adds to the one before."""
    setup()
    groups, bound = {RUN: ["setup"], DEVELOP: ["dev"], BENCH: ["dev", "bench"]}, []
    for path, names in groups.items():
        name = path.relative_to(ROOT).as_posix()
        chosen = [word for group in names for word in ("--group", group)]
        uv("pip", "compile", *COMPILE, "pyproject.toml", *chosen, *bound, "-o", name)
        bound = ["-c", name]


def run(*words: str) -> None:
    """Become `python -m analysis …` in .venv, with what the command needs set up."""
    setup(NEEDS.get(words[0], RUN))
    command = [str(PYTHON), "-m", "analysis", *words]
    if os.name == "nt":  # there a process cannot become another
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this file is what an older Python meets first
        sys.exit(OLD.format(*[sys.version.split()[0]] * 2))
    actions = {"help": lambda: print(commands()), "setup": setup, "develop": lambda: setup(DEVELOP)}
    actions["lock"] = lock
    words = sys.argv[1:] or ["help"]
    actions.get(words[0], lambda: run(*words))()


if __name__ == "__main__":
    main()
