"""Whether a report still stands: answered from digests and dates of files, before anything is loaded."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis import places, store
from analysis.places import Folders


@dataclass(frozen=True)
class Asked:
    """What was asked for, and the digest of everything that could change the answer."""

    name: str
    state: str

    @property
    def file(self) -> Path:
        return places.CACHE / "reports" / f"{self.name}.json"


def asked(plan: str, data: Path, reports: Path, **more: object) -> Asked:
    """Return a report as asked for. plan: an id, a file or "all"; more: what else shapes the report."""
    folders, own = Folders(data), Path(plan)
    trees = [store.PACKAGE, places.NOTEBOOKS, folders.raw, folders.register, folders.plans]
    found = [*(path for tree in trees for path in tree.rglob("*")), *data.glob("*"), places.LOCK, own]
    files = {path for path in found if os.path.isfile(path) and path.suffix != ".pyc"}  # noqa: PTH113
    digests = sorted((str(path.resolve()), store.sha256(path.read_bytes())) for path in files)
    name = store.key(plan, str(data.resolve()), str(reports.resolve()), more)
    return Asked(name, store.key(digests, sys.version_info[:2]))


def lines(asked: Asked) -> list[str] | None:
    """Return what was said when the report was made, if it and all it came from are as they were then."""
    try:
        kept = json.loads(asked.file.read_bytes())
    except (OSError, ValueError):
        return None
    stands = kept["state"] == asked.state and kept["files"] == _seen(map(Path, kept["files"]))
    return kept["lines"] if stands else None


def remember(asked: Asked, lines: list[str], made: Iterable[Path]) -> None:
    """Keep what was said about a report whose files and folders are ``made``."""
    files = [path for one in made for path in (one.rglob("*") if one.is_dir() else [one]) if path.is_file()]
    kept = {"state": asked.state, "lines": lines, "files": _seen(files)}
    store.write(asked.file, json.dumps(kept).encode())


def _seen(paths: Iterable[Path]) -> dict[str, list[int]]:
    """Return size and date of the files that are there."""
    stats = {str(path.resolve()): path.stat() for path in paths if path.is_file()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in stats.items()}
