"""Tables as files: CSV that opens in Chinese Excel, with the columns that `columns.csv` declares."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from analysis import languages, tables
from analysis.catalogue import Catalogue

Tables = dict[str, pd.DataFrame]  # by name

MARK = "\ufeff"  # by it Excel knows the file as UTF-8
PARSED = 64  # tables a process keeps in memory: those of a report of some dates
DIGITS = 8  # significant digits of what is computed: as far as every machine computes alike
EXACT = ("panel", "figures")  # tables of figures, written as they were published
DTYPES = {"text": "str", "whole": "int64", "count": "Int64", "number": "float64", "yes": "bool", "day": "str"}
NAMED = {"region": "regions", "indicator": "indicators", "source": "sources"}


@cache
def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("columns.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manual() -> str:
    """Return what every column of every table is, as Markdown: the tables of ``data/processed/README.md``."""
    said = [languages.table(language, "columns.yml") for language in languages.LANGUAGES]
    parts: dict[str, list[str]] = defaultdict(list)
    for row in _rows():
        meant = [one["tables"][row["table"]][row["column"]] for one in said]
        parts[row["table"]].append(f"| {' | '.join([row['column'], row['unit'], *meant])} |")
    head = f"| {' | '.join(['column 列', 'unit 单位', *(one['meaning'] for one in said)])} |\n"
    head += "|---" * (2 + len(said)) + "|"
    return "\n\n".join(f"## {name}\n{head}\n" + "\n".join(lines) for name, lines in parts.items()) + "\n"


@cache
def declared() -> dict[str, dict[str, str]]:
    """Return table -> column -> type ("text", "whole", "count", "number", "yes", "day"), in order."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _rows():
        found[row["table"]][row["column"]] = row["type"]
    return dict(found)


def joined(name: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return parts of a table as one, with the declared columns and types; empty without parts."""
    types, filled = declared()[name], [part for part in parts if len(part)]
    wide = {column: [value for part in filled for value in part[column].tolist()] for column in types}
    return pd.DataFrame(wide).astype(
        {column: DTYPES[kind] for column, kind in types.items() if kind != "day"}
    )


def text(
    name: str, table: pd.DataFrame, catalogue: Catalogue, titles: Mapping[str, str] | None = None
) -> str:
    """Return a table as CSV, Chinese names beside codes.

    Parameters
    ----------
    titles : of targets, by id

    Raises
    ------
    tables.TableError
        When its columns are not the declared ones.
    """
    wanted = list(declared()[name])
    if list(table.columns) != wanted:
        raise tables.TableError(f"table {name} has columns {list(table.columns)}, not {wanted}")
    made = table.copy()
    names = {"target": {key: tables.inert(title) for key, title in (titles or {}).items()}}
    names |= {
        code: {key: entry.zh for key, entry in getattr(catalogue, NAMED[code]).items()} for code in NAMED
    }
    for code in [column for column in names if column in wanted and names[column]]:
        made.insert(made.columns.get_loc(code) + 1, f"{code}_zh", made[code].map(names[code]))
    if name not in EXACT:  # pandas' own float_format takes three times as long
        for column in made.columns[made.dtypes == "float64"]:
            made[column] = [f"{one:.{DIGITS}g}" if one == one else "" for one in made[column].tolist()]
    return MARK + made.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")


def read(name: str, content: bytes) -> pd.DataFrame:
    """Return the table that `text` wrote; the same bytes are parsed once a process.

    Raises
    ------
    tables.TableError
        When a declared column is missing or holds something else.
    """
    return _parsed(name, content).copy()


@lru_cache(maxsize=PARSED)
def _parsed(name: str, content: bytes) -> pd.DataFrame:
    types = declared()[name]
    numbers = [column for column, kind in types.items() if kind in ("number", "count")]
    try:
        table = pd.read_csv(
            io.BytesIO(content), encoding="utf-8-sig", usecols=list(types), keep_default_na=False,
            dtype={column: DTYPES[kind] for column, kind in types.items()},
            na_values={column: [""] for column in numbers}, float_precision="round_trip",
        )  # fmt: skip
    except (ValueError, UnicodeDecodeError) as error:
        raise tables.TableError(f"table {name} cannot be read: {error}") from None
    days = {column: pd.to_datetime(table[column]) for column, kind in types.items() if kind == "day"}
    return table[list(types)].assign(**days)
