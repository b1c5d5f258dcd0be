"""The codes and tables everything else speaks: statuses, likelihood steps, and a contract for every table."""

import contextlib
from collections import namedtuple
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

USABLE = (
    "first_release",
    "revised",
    "yearbook",
    "count",
    "reported",
    "census",
    "derived",
    "preliminary",
    "flash",
)
PRELIMINARY = ("preliminary", "flash")  # drawn hollow, on paper and page
EVIDENCE_ONLY = ("estimate", "lower_bound")  # shown to the reader; never history, origin or outcome
WITHDRAWN = "withdrawn"
DOUBTFUL = "doubtful"  # shown to the reader; from its day on nothing of its source stands in the cell
NOT_STANDING = (WITHDRAWN, DOUBTFUL)
STATUSES = (*USABLE, *EVIDENCE_ONLY, DOUBTFUL, WITHDRAWN)
PLACES = 4  # decimals of what is stored: as far as every machine computes alike
PRECISIONS = ("day", "month", "year", "by")
RATINGS = ("green", "amber", "red")

VERDICTS = ("met", "missed", "open", "no_evidence")
UNTOLD = ("none", "silent")  # situations of targets of which nothing is known: no memo, no notebook
EVIDENCE = ("own", "short", "region", "conditional", "none")  # the rungs, see `ladder`
LIKELIHOOD = (  # lowest probability of each step, with its word: the IPCC's
    (0.99, "virtually_certain"),
    (0.90, "very_likely"),
    (0.66, "likely"),
    (0.33, "even"),
    (0.10, "unlikely"),
    (0.01, "very_unlikely"),
    (0.00, "exceptionally_unlikely"),
)


def __getattr__(name: str) -> "pa.DataFrameSchema":
    """Give the contract ``OBSERVATIONS`` or ``ATTAINMENT``, made when first used: pandera imports slowly."""
    contracts = _contracts() if name.isupper() else {}
    if name not in contracts:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return contracts[name]


@lru_cache(maxsize=1)
def _contracts() -> "dict[str, pa.DataFrameSchema]":
    import pandera.pandas as pa

    _year = pa.Column("int64", pa.Check.in_range(1900, 2100))
    _probability = pa.Column("float64", pa.Check.in_range(0, 1), nullable=True)
    _number = pa.Column("float64", nullable=True)
    _count = pa.Column("Int64", nullable=True)
    observations = pa.DataFrameSchema(
        {
            "region": pa.Column(str, pa.Check.str_matches(r"^\d{6}$")),
            "indicator": pa.Column(str),
            "period": pa.Column(str, pa.Check.str_matches(r"^\d{4}(-(0[1-9]|1[0-2]))?$")),
            "year": _year,
            "basis": pa.Column(str),
            "source": pa.Column(str),
            "rank": pa.Column("int64", pa.Check.in_range(1, 9)),
            "published": pa.Column("datetime64[ns]"),
            "precision": pa.Column(str, pa.Check.isin(PRECISIONS)),
            "value": _number,
            "unit": pa.Column(str),
            "status": pa.Column(str, pa.Check.isin(STATUSES)),
            "note": pa.Column(str),
        },
        strict=True,
        name="observations",
    )
    attainment = pa.DataFrameSchema(
        {
            "plan": pa.Column(str),
            "target": pa.Column(str),
            "region": pa.Column(str),
            "indicator": pa.Column(str),
            "kind": pa.Column(str),
            "goal": _number,
            "deadline": _year,
            "as_of": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d\d-\d\d$")),
            "origin": _count,
            "horizon": _count,
            "p_attain": _probability,
            "p_low": _probability,
            "p_high": _probability,
            "median": _number,
            "lo80": _number,
            "hi80": _number,
            "lo95": _number,
            "hi95": _number,
            "gap": _number,
            "required_growth": _number,
            "verdict": pa.Column(str, pa.Check.isin(VERDICTS)),
            "evidence": pa.Column(str, pa.Check.isin(EVIDENCE)),
            "outcome": _number,
        },
        unique=["plan", "target", "region", "as_of"],
        strict=True,
        ordered=True,
        name="attainment",
    )
    return {"OBSERVATIONS": observations, "ATTAINMENT": attainment}


class TableError(ValueError):
    """A table breaks its contract; the message lists every problem."""


def check(table: pd.DataFrame, contract: "pa.DataFrameSchema") -> pd.DataFrame:
    """Return ``table`` when it keeps ``contract``.

    Raises
    ------
    TableError
        With every breach at once: column, row, value and what was expected.
    """
    from pandera.errors import SchemaErrors

    try:
        return contract.validate(table, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.head(20)
        lines = [
            f"  {case.column or 'table'}, row {case.index}: {case.failure_case!r} fails {case.check}"
            for case in cases.itertuples(index=False)
        ]
        hidden = len(error.failure_cases) - len(cases)
        lines += [f"  and {hidden} more"] if hidden else []
        raise TableError("\n".join([f"table {contract.name} breaks its contract:", *lines])) from None


def warm() -> None:
    """Check a table, so that processes forked from this one have all it takes; nothing is in it."""
    with contextlib.suppress(TableError):
        check(pd.DataFrame(), _contracts()["ATTAINMENT"])


def rows(table: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows as named tuples: `DataFrame.itertuples` without its 5 ms a call.

    >>> [row.year for row in rows(pd.DataFrame({"year": [2018, 2019]}))]
    [2018, 2019]
    """
    if not table.empty:
        yield from map(
            _row(tuple(table.columns))._make, zip(*(cells for _, cells in table.items()), strict=True)
        )


def records(table: pd.DataFrame) -> list[dict]:
    """Return a table's rows as mappings, None where a field is empty."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


@lru_cache
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


def inert(text: str) -> str:
    """Return somebody's words for a cell of a CSV: what a program would compute has an apostrophe before it.

    >>> inert("=1+1"), inert("R&D经费")
    ("'=1+1", 'R&D经费')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, numbers to `PLACES` decimals, so that every machine writes the same bytes."""
    rounded = table.copy()
    for column in table.columns[table.dtypes == "float64"]:
        rounded[column] = table[column].round(PLACES) + 0.0  # no negative zero
    return rounded.to_csv(index=False, lineterminator="\n")
