"""What the cells of notebooks show: tables whose heads and codes are words, Chinese first, English beside."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from analysis.catalogue import Catalogue, tongue
from analysis.languages import FIRST, LANGUAGES, table
from analysis.plans import Plan
from analysis.printing import Voice, each, edge, phrases

NAMED = {"indicator": "indicators", "source": "sources", "region": "regions", "basis": "bases"}
WHOLE = ("year", "origin", "deadline", "first", "last", "last_year", "lag", "met")  # of counts with gaps
CHANCES = ("p", "p_attain", "p_low", "p_high", "p_exact", "p_printed", "p_strict")  # told as on the page
SETTLED = ("met", "missed")
WORDS = {  # columns that hold codes -> groups of phrases that word them
    "status": ("status",),
    "verdict": ("verdict",),
    "evidence": ("evidence",),
    "rung": ("evidence",),
    "label": ("pace",),
    "ratio_label": ("pace",),
    "model": ("method",),
    "quality": ("rating",),
    "suitability": ("rating",),
}


def shown(
    table: pd.DataFrame | None,
    catalogue: Catalogue,
    decimals: int = 2,
    plan: Plan | None = None,
    verdict: str = "open",
) -> pd.DataFrame | None:
    """Return a table as a notebook shows it: heads, names and codes in words; of an empty one, say so.

    Parameters
    ----------
    decimals : of numbers that are not whole
    plan : whose targets are told by their titles
    verdict : on the target, where the table has none: what is open is not told as certain
    """
    if table is None or table.empty:
        print("\n".join(each("notebook.empty")))
        return None
    table = grounded(table)
    verdicts = table["verdict"] if "verdict" in table.columns else [verdict] * len(table)
    for name in set(CHANCES) & {*table.columns}:
        told = [chance(*pair) for pair in zip(table[name], verdicts, strict=True)]
        table = table.assign(**{name: pd.Series(told, index=table.index, dtype=object)})
    pd.set_option("display.max_colwidth", None, "display.width", 300)  # both languages are read to their end
    made = {
        head(str(name)): [
            _said(str(name), value, catalogue, _decimals(table[name], decimals), plan)
            for value in table[name]
        ]
        for name in table.columns
    }
    return pd.DataFrame(made, index=[""] * len(table))


def chance(p: float | None, verdict: str) -> str:
    """Return a probability as the page has it: of what is open below 1 % or above 99 % in words."""
    if _missing(p) or p is None:
        return ""
    if verdict in SETTLED:
        return Voice("en").share(p)
    told = LANGUAGES if edge(p) else ("en",)  # in words; a number is the same in both
    return " ".join(Voice(language).probability(p) for language in told)


def grounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return answers with what they rest on as the page tells it: an outcome on itself, on no rung."""
    if not {"verdict", "evidence"} <= {*table.columns}:
        return table
    settled = table["verdict"].isin(SETTLED)
    rung = table["evidence"].mask(settled, "outcome")
    return table.assign(evidence=rung.mask(settled & table["evidence"].eq("none"), "dated"))  # of a task


def listed(
    items: Mapping[str, Any], catalogue: Catalogue, decimals: int = 2, verdict: str = "open"
) -> pd.DataFrame | None:
    """Return named values as a table of two columns; those without a value are left out."""
    kept = {name: value for name, value in items.items() if not _missing(value)}
    if {"verdict", "evidence"} <= {*kept}:
        kept |= grounded(pd.DataFrame([kept]))[["evidence"]].iloc[0]
    verdict = kept.get("verdict", verdict)
    kept |= {name: chance(kept[name], verdict) for name in CHANCES if name in kept}
    said = [_said(name, value, catalogue, _decimals([value], decimals)) for name, value in kept.items()]
    return shown(pd.DataFrame({"item": [head(name) for name in kept], "value": said}), catalogue)


def names(keys: Iterable[str], entries: Mapping[str, Any]) -> str:
    """Return the names of catalogue entries or targets, in each language; a dash without any."""
    return "；".join(_named(entries[key]) for key in keys) or "—"


def head(name: str) -> str:
    """Return what a column is called: as the tables' own manual has it, or a phrase."""
    for key in (f"column.{name}", f"score.{'method' if name == 'model' else name}"):
        if key in phrases(FIRST) and name != "indicator":  # there it is the scorecard's: of provinces
            return " ".join(dict.fromkeys(each(key)))
    return " ".join(filter(None, (_manual(language).get(name) for language in LANGUAGES))) or name


@cache
def _manual(language: str) -> dict[str, str]:
    """Return column -> its name, as the first table that has it says, without the remarks the manual adds."""
    said = table(language, "columns.yml")
    told = [pair for columns in said["tables"].values() for pair in columns.items()]
    return {column: re.sub(said["aside"], "", meaning) for column, meaning in reversed(told)}


def _decimals(values: Iterable[Any], decimals: int) -> int:
    """Return with how many decimals numbers are told: none where all are whole."""
    numbers = [value for value in values if isinstance(value, float) and not _missing(value)]
    return 0 if all(value.is_integer() for value in numbers) else decimals


def _missing(value: Any) -> bool:
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    )


def _said(name: str, value: Any, catalogue: Catalogue, decimals: int, plan: Plan | None = None) -> str:
    if _missing(value) or value == "":
        return "—"
    if isinstance(value, bool | np.bool_):
        return " ".join(each("notebook.yes" if value else "notebook.no"))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, Integral) or name in WHOLE:
        return str(int(value))
    if isinstance(value, float):
        return Voice("en").number(value, decimals)
    return _word(name, str(value), catalogue, plan)


def _word(name: str, code: str, catalogue: Catalogue, plan: Plan | None) -> str:
    entries: Mapping[str, Any] = getattr(catalogue, NAMED[name]) if name in NAMED else {}
    if name == "target" and plan is not None:
        entries = {one.id: one.title for one in plan.targets}
    if code in entries:
        return _named(entries[code])
    groups = (f"{group}.{code}" for group in WORDS.get(name, ()))
    for key in (f"code.{name}_{code}", *groups, f"page.{name}_{code}"):
        if key in phrases(FIRST):
            return " ".join(Voice(language).say(key) for language in LANGUAGES)
    return code


def _named(entry: Any) -> str:
    """Return a name in the languages there are names in, each once; a text is one itself."""
    tongues = dict.fromkeys(map(tongue, LANGUAGES))
    return entry if isinstance(entry, str) else " ".join(getattr(entry, one) for one in tongues)
