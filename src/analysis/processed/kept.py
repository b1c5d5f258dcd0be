"""Tables as they stand in a folder, each with the key of all it depends on; written whole, the key last.

Any number of processes may read and write at once: whoever finds a table without its key, or not as it was
written, works it out.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import catalogue, store
from analysis.places import Folders
from analysis.processed import columns
from analysis.processed.columns import Tables

Written = Callable[[str, pd.DataFrame], bytes]  # a table's name and the table -> its file
Files = dict[str, bytes]  # by name, of a table or of a part of one


@dataclass(frozen=True)
class Parts:
    """What a table consists of: parts that each depend on less than the whole.

    by : columns whose values, joined by a space, name the part a row belongs to
    keys : name -> key of all the part depends on, in the order they are written
    made : works out the rows of the parts it is given the names of
    """

    by: tuple[str, ...]
    keys: Mapping[str, str]
    made: Callable[[Collection[str]], pd.DataFrame]


def one(name: str, key: str, folder: Path, made: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return a table of a data folder, made and written first where it does not stand with this key."""
    place, written = Folders(folder).processed, _written(folder)
    return tables(place, (name,), key, lambda: {name: written(name, made())}, f"{name}.json")[name]


def parted(name: str, key: str, folder: Path, parts: Callable[[], Parts]) -> pd.DataFrame:
    """Return a table as `one` does; where it is stale, parts that stand with their keys are not made again.

    Parameters
    ----------
    parts : called where the table is stale
    """
    place, written, told = Folders(folder).processed, _written(folder), dict[str, object]()

    def made() -> Files:
        wanted, head = parts(), written(name, columns.joined(name, []))
        lines = _stood(name, place, wanted, len(head))
        if missing := [part for part in wanted.keys if part not in lines]:
            rows = _by_part(wanted.made(missing), wanted.by)
            files = {part: written(name, rows[part]) if part in rows else head for part in missing}
            lines |= {part: file.removeprefix(head) for part, file in files.items()}
        told.update(parts=wanted.keys, bytes={part: len(lines[part]) for part in wanted.keys})
        return {name: head + b"".join(lines[part] for part in wanted.keys)}

    return tables(place, (name,), key, made, f"{name}.json", told)[name]


def _stood(name: str, place: Path, wanted: Parts, start: int) -> Files:
    """Return the lines, from a byte on, of each part of a table that stands with its key."""
    known, path, lines = _json(place / f"{name}.json"), place / f"{name}.csv", {}
    content = path.read_bytes() if path.is_file() else b""
    if store.sha256(content) == known.get("sha256", {}).get(name):
        for part, length in known.get("bytes", {}).items():
            if wanted.keys.get(part) == known["parts"][part]:
                lines[part] = content[start : start + length]
            start += length
    return lines


def _by_part(rows: pd.DataFrame, by: tuple[str, ...]) -> Tables:
    first, *more = (rows[column].astype(str) for column in by)
    return dict(iter(rows.groupby(first.str.cat(more, sep=" ") if more else first, sort=False)))


def tables(
    place: Path,
    names: tuple[str, ...],
    key: str,
    made: Callable[[], Files],
    keyed: str = "key.json",
    more: Mapping[str, object] | None = None,
) -> Tables:
    """Return tables as they stand in a folder with this key, made and written first where they do not.

    Parameters
    ----------
    keyed : the file with the key
    more : what else to write there, once the tables are made
    """
    contents = _read(place, names, key, keyed)
    if contents is None:
        contents = made()
        for name, content in contents.items():
            store.write(place / f"{name}.csv", content)
        written_as = {name: store.sha256(content) for name, content in contents.items()}
        told = {"key": key, "sha256": written_as} | dict(more or {})
        store.write(place / keyed, json.dumps(told, indent=1).encode())
    return {name: columns.read(name, content) for name, content in contents.items()}


def digests(place: Path, key: str) -> dict[str, str]:
    """Return the sha256 of each table that a file tells to stand with this key; empty with another."""
    known = _json(place)
    return known["sha256"] if known.get("key") == key else {}


def _read(place: Path, names: tuple[str, ...], key: str, keyed: str) -> Files | None:
    """Return the bytes of tables; None where one is missing, of another key, or not what was written."""
    known = digests(place / keyed, key)
    try:
        contents = {name: (place / f"{name}.csv").read_bytes() for name in names if known}
    except OSError:
        return None
    whole = known and all(store.sha256(content) == known[name] for name, content in contents.items())
    return contents if whole else None


def _json(path: Path) -> dict:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}


def _written(folder: Path) -> Written:
    known = catalogue.read(folder)
    return lambda name, table: columns.text(name, table, known).encode()
