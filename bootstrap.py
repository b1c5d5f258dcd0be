#!/usr/bin/env python3
"""Make the project's own environment, with nothing but Python 3.11 or newer.

    python bootstrap.py          list what make can do
    python bootstrap.py setup    bring .venv to exactly requirements.lock; nothing to do when it is
    python bootstrap.py lock     write the locks anew from pyproject.toml

Everything stays inside this folder: the environment in .venv, downloads in .cache.
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
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "stamp"
KERNEL = """
import sys
from ipykernel.kernelspec import install
install(prefix=sys.prefix, kernel_name="analysis", display_name="Analysis (this project)")
"""
COMPILE = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
           "--no-emit-find-links", "--no-header", "--no-annotate", "--quiet"]  # fmt: skip


def commands() -> str:
    """List the targets of the Makefile, from the `##` behind each."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([\w-]+):.*?## (.+)$", text, re.M)
    return "\n".join(f"  make {name:<10} {what}" for name, what in found)


def interpreter() -> str:
    """Name this Python and this folder: an environment serves only the ones it was made by."""
    return f"{sys.version} {ROOT}".replace("\n", " ")


def fingerprint() -> str:
    """Name what the environment is made of: interpreter, lock, the project's own metadata."""
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    return f"{interpreter()}\n{hashlib.sha256(b''.join(parts)).hexdigest()}"


def call(*command: str) -> None:
    caches = {"UV_CACHE_DIR": str(ROOT / ".cache" / "uv"), "PIP_CACHE_DIR": str(ROOT / ".cache" / "pip")}
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | caches)


def uv(*arguments: str) -> None:
    call(str(PYTHON), "-m", "uv", *arguments)


def install_uv() -> None:
    """Install the one uv the lock names, by pip, against the lock's hashes."""
    entry = re.search(r"^uv==.*?(?=^\S|\Z)", LOCK.read_text(encoding="utf-8"), re.M | re.S)
    with tempfile.TemporaryDirectory(dir=VENV) as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(entry.group(), encoding="utf-8")
        call(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--require-hashes", "-r", str(only_uv))  # fmt: skip


def setup() -> None:
    """Bring .venv to exactly what the lock says; return at once when it is."""
    made = STAMP.read_text(encoding="utf-8") if STAMP.is_file() and PYTHON.exists() else ""
    if made == fingerprint():
        return
    print("Setting up .venv from requirements.lock", flush=True)
    try:
        if not made.startswith(interpreter()):
            venv.create(VENV, clear=True, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("This Python cannot make environments with pip. On Debian or Ubuntu install python3-venv; "
                 "elsewhere install Python 3.11 or newer from python.org.")  # fmt: skip
    install_uv()
    uv("pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON), str(LOCK))
    uv("pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "--no-build-isolation", "--offline",
       "--editable", str(ROOT))  # fmt: skip
    call(str(PYTHON), "-m", "compileall", "-qq", "src")  # containers never do it, and would at every start
    call(str(PYTHON), "-c", KERNEL)
    STAMP.write_text(fingerprint(), encoding="utf-8")


def lock() -> None:
    """Write both locks anew; the benchmarks' one only adds to the main one."""
    groups = ("pyproject.toml", "--group", "dev")
    more = ("--group", "bench", "-c", "requirements.lock")
    uv("pip", "compile", *COMPILE, *groups, "-o", "requirements.lock")
    uv("pip", "compile", *COMPILE, *groups, *more, "-o", "benchmarks/requirements.lock")


def bench() -> None:
    """Add the benchmarks' peers to .venv."""
    lock_file = str(ROOT / "benchmarks" / "requirements.lock")
    uv("pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r", lock_file)


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this file is what an older Python meets first
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    wanted = sys.argv[1] if len(sys.argv) > 1 else "help"
    actions = {"setup": setup, "lock": lock, "bench": bench, "help": lambda: print(commands())}
    if wanted not in actions:
        sys.exit(f"bootstrap.py: there is no {wanted!r}; there is {', '.join(actions)}.")
    actions[wanted]()


if __name__ == "__main__":
    main()
