"""The words and tables everything else speaks: statuses, likelihood words, and a contract for every table."""

from functools import lru_cache
from typing import TYPE_CHECKING

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
EVIDENCE_ONLY = ("estimate", "lower_bound")  # shown to the reader; never history, origin or outcome
WITHDRAWN = "withdrawn"
STATUSES = (*USABLE, *EVIDENCE_ONLY, WITHDRAWN)
STATUS_WORDS = {
    "first_release": {"zh": "首次公布", "en": "first release"},
    "revised": {"zh": "修订数", "en": "revised"},
    "yearbook": {"zh": "年鉴数", "en": "yearbook"},
    "count": {"zh": "清点数", "en": "count"},
    "reported": {"zh": "公布数", "en": "as reported"},
    "census": {"zh": "普查数", "en": "census"},
    "derived": {"zh": "推算数", "en": "derived"},
    "preliminary": {"zh": "初步数", "en": "preliminary"},
    "flash": {"zh": "快报数", "en": "flash estimate"},
    "estimate": {"zh": "预计数（仅供参考）", "en": "expectation (evidence only)"},
    "lower_bound": {"zh": "下限（仅供参考）", "en": "lower bound (evidence only)"},
    "withdrawn": {"zh": "撤回", "en": "withdrawn"},
}
PLACES = 4  # decimals of what is stored: as far as every machine computes alike
PRECISIONS = ("day", "month", "year", "by")
RATINGS = ("green", "amber", "red")

VERDICTS = {
    "met": {"zh": "已完成", "en": "met"},
    "missed": {"zh": "未完成", "en": "missed"},
    "open": {"zh": "待定", "en": "open"},
    "no_evidence": {"zh": "无法判断", "en": "not to be judged"},
}
EVIDENCE = {
    "own": {"zh": "本地区历史数据", "en": "the region's own history"},
    "own+peers": {
        "zh": "本地区历史数据并借鉴可比地区",
        "en": "the region's own history and comparable regions",
    },
    "peers": {"zh": "仅有可比地区数据", "en": "comparable regions only"},
    "none": {"zh": "无可用数据", "en": "no usable figures"},
}

# Lowest probability of each step, with the words fixed for it: the IPCC's in English.
LIKELIHOOD = (
    (0.99, "基本确定", "virtually certain"),
    (0.90, "可能性很大", "very likely"),
    (0.66, "可能性较大", "likely"),
    (0.33, "达标与否机会相当", "about as likely as not"),
    (0.10, "可能性较小", "unlikely"),
    (0.01, "可能性很小", "very unlikely"),
    (0.00, "几乎不可能", "exceptionally unlikely"),
)


def likelihood(probability: float, language: str) -> str:
    """Return the likelihood word of a probability in ``language`` ("zh" or "en")."""
    chinese, english = next(words for least, *words in LIKELIHOOD if probability >= least)
    return chinese if language == "zh" else english


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


def csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, numbers to `PLACES` decimals, so that every machine writes the same bytes."""
    rounded = table.copy()
    for column in table.columns[table.dtypes == "float64"]:
        rounded[column] = table[column].round(PLACES) + 0.0  # no negative zero
    return rounded.to_csv(index=False, lineterminator="\n")
