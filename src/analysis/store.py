"""Names by content: digests of files, the import closure of code, and what is written whole or not at all."""

import hashlib
import io
import json
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from analysis import __version__, languages
from analysis.places import LOCK

PACKAGE = Path(__file__).parent
NAME = PACKAGE.name
IMPORT = re.compile(  # an import statement, alone or behind another: the module imported from, and the names
    r"(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+)?import\b((?:\((?:[^)#]|#.*)*\)|\\\n|[^\n;#(\\])*)", re.M
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest(paths: Iterable[Path], root: Path) -> str:
    """Return one sha256 over the names, relative to ``root``, and bytes of files, in sorted order."""
    lines = [f"{path.relative_to(root).as_posix()}\0{sha256(path.read_bytes())}" for path in sorted(paths)]
    return sha256("\n".join(lines).encode())


def key(*parts: object) -> str:
    """Return a short name for all that something depends on: texts, numbers, mappings of them."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode())[:32]


def archive(members: Mapping[str, bytes]) -> bytes:
    """Pack an Office file's members: sorted and of one date, the bytes depend on nothing else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(members):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 0
            packed.writestr(member, members[name])
    return stream.getvalue()


# ------------------------------------------------------------------------------------------- what code is


@cache
def code(*modules: str) -> str:
    """Return the digest of all code that ``modules`` (as "analysis.forecast") can reach, and of what runs it:
    the lock, the versions of the project (files tell it) and of Python.
    """
    lock = sha256(LOCK.read_bytes()) if LOCK.is_file() else ""
    return key(digest(closure(*modules), PACKAGE), lock, __version__, sys.version_info[:2])


@cache
def closure(*modules: str) -> tuple[Path, ...]:
    """Return the package's files that modules reach by imports, lazy ones too, sorted.

    Data files come with the code that reads them, see `_data`.
    """
    reached, waiting = set(), [_module(name) for name in modules]
    while waiting:
        path = waiting.pop()
        if path is not None and path not in reached:
            reached.add(path)
            waiting += [_module(name) for name in _imported(path)]
    data = {other for path in reached for other in _data(path)}
    return tuple(sorted(reached | data))


@cache
def _module(name: str) -> Path | None:
    """Return the file of a module of the package; None for anything else."""
    if name.split(".")[0] != NAME:
        return None
    path = PACKAGE.joinpath(*name.split(".")[1:])
    found = [one for one in (path / "__init__.py", path.with_suffix(".py")) if one.is_file()]
    return found[0] if found else None


@cache
def _imported(path: Path) -> tuple[str, ...]:
    """Return the names a module may import from the package, its own packages above it among them."""
    above = path.parent.relative_to(PACKAGE).parts
    packages = [".".join([NAME, *above[:depth]]) for depth in range(1, len(above) + 1)]
    return *packages, *imports(path.read_bytes())


def imports(source: bytes | str) -> tuple[str, ...]:
    """Return the modules of the package that Python source may import, sorted.

    Found in its lines, not parsed, which would take every process half a second: an import that stands in a
    text counts too.
    """
    text, names = source if isinstance(source, str) else source.decode(), set[str]()
    for module, imported in IMPORT.findall(text):
        words = re.findall(r"[\w.]+", re.sub(r"#.*", "", imported))
        names |= {module, *(f"{module}.{word}" for word in words)} if module else {*words}
    return tuple(sorted(name for name in names - {NAME} if _module(name)))


@cache
def _data(path: Path) -> tuple[Path, ...]:
    """Return the data files code reads: of a package all in it, of a module those beside it it names.

    What a language says belongs to those who name the file: one for memos is nothing to a table.
    """
    text = path.read_text(encoding="utf-8")
    said = tuple(one for one in _said() if f'"{one.name}"' in text)
    if path.parent == languages.FOLDER:
        return said
    if path.name == "__init__.py":
        return said + _no_code(path.parent, "**/*")
    return said + tuple(one for one in _no_code(path.parent, "*") if one.name.split(".")[0] in text)


@cache
def _no_code(folder: Path, pattern: str) -> tuple[Path, ...]:
    found = (path for path in folder.glob(pattern) if path.suffix not in (".py", ".pyc"))
    return tuple(path for path in found if path.is_file())


@cache
def _said() -> tuple[Path, ...]:
    return tuple(languages.FOLDER.glob("*/*.*"))


# ------------------------------------------------------------------------------------ written whole or not


def write(path: Path, content: bytes) -> Path:
    """Write a file beside its place and rename it there: nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        staging.write_bytes(content)
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
    return path


def replace(staging: Path, folder: Path) -> Path:
    """Put a finished folder in the place of an older one; at no moment is there half of either."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staging.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder
