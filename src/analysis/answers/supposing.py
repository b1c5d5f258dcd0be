"""What if: one target answered again with a goal, a last value, a growth or a count so far of one's own."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import attainment, kinds
from analysis.answers.requirements import expected_growth
from analysis.attainment import Assessment, Vintage
from analysis.printing import LANGUAGES, Voice
from analysis.situations import Forecast, Probability
from analysis.supposed import Supposed

UNPUBLISHED = -1
MONTH = 6  # to which a count so far is supposed where none is known: the half-year


class SupposeError(ValueError):
    """Something is supposed that this target does not have."""


@dataclass(frozen=True)
class WhatIf:
    """What may be supposed of a target, as it is known: None where there is no such thing.

    goal : of the plan; last, year : the last figure before the deadline; growth : of the denominator,
    expected, in % a year; count, month : so far in the deadline's year (-1 where none is published yet)
    """

    goal: float | None
    last: float | None
    year: int | None
    growth: float | None
    denominator: str
    count: int | None
    month: int


def supposable(assessment: Assessment, vintage: Vintage) -> WhatIf:
    """Return what may be supposed of a target, with the values that are known or expected."""
    target, answer, so_far = assessment.target, assessment.answer, assessment.in_year
    kind, open_ = kinds.of(target), isinstance(answer, Probability)
    entry = vintage.catalogue.indicators[target.indicator] if target.indicator else None
    below = (entry.denominator if entry else None) or ""
    last = year = growth = None
    if isinstance(answer, Forecast) and not (made := answer.predictive).later:
        last = None if kind.compares else dict(made.known).get(made.origin)
        year = None if last is None else made.origin
        known = vintage.history, vintage.catalogue
        growth = expected_growth(assessment, *known) if below and kind.figure else None
    counted = open_ and kind.monthly and kind.figure and entry is not None and entry.kind == "flow"
    return WhatIf(
        goal=None if target.goal is None or not open_ else float(target.goal),
        last=last,
        year=year,
        growth=growth,
        denominator=below,
        count=(int(so_far.seen) if so_far and so_far.month else UNPUBLISHED) if counted else None,
        month=int(so_far.month[5:]) if so_far and so_far.month else MONTH,
    )


def suppose(
    assessment: Assessment,
    vintage: Vintage,
    goal: float | None = None,
    last: float | None = None,
    growth: float | None = None,
    count: int | None = None,
    month: int | None = None,
) -> Assessment:
    """Answer a target again with what is supposed; with nothing supposed the answer is the one there was.

    Parameters
    ----------
    goal, last : in the unit of the goal and of the indicator
    growth : of the denominator, in % a year
    count, month : so many in the deadline's year to the end of that month

    Raises
    ------
    SupposeError
        Naming each that the target does not have, and what it has, in every language.
    """
    now = supposable(assessment, vintage)
    given = {"goal": goal, "last": last, "growth": growth, "count": count}
    absent = [name for name, value in given.items() if value is not None and getattr(now, name) is None]
    if absent:
        there = [name for name in given if getattr(now, name) is not None]
        key = "absent" if there else obstacle(assessment)
        raise SupposeError(_told(key, names=", ".join(absent), known=", ".join(there)))
    if count is not None and count < 0:
        raise SupposeError(_told("negative", value=count))
    if month is not None and not 1 <= month <= 12:
        raise SupposeError(_told("no_month", value=month))
    grown = None if growth is None or now.growth is None else (100 + growth) / (100 + now.growth)
    made = Supposed(goal, last, grown, count, month or now.month)
    return attainment.assess_vintage(assessment.plan, assessment.target, vintage, made)


def obstacle(assessment: Assessment) -> str:
    """Return the phrase that says why nothing may be supposed of a target."""
    if assessment.row["verdict"] in ("met", "missed"):
        return "nothing_known"
    compared = kinds.of(assessment.target).compares and isinstance(assessment.answer, Probability)
    return "nothing_compared" if compared else "nothing_forecast"


def _told(key: str, **parts: Any) -> str:
    """Say in every language why something is not supposed, and what can be."""
    return "\n".join(Voice(language).say(f"what_if.{key}", **parts) for language in LANGUAGES)


def chances(assessment: Assessment, vintage: Vintage, name: str, values: list[float]) -> pd.DataFrame:
    """Return the answer for each of several values of one thing: value, p_attain, verdict, median, lo80,
    hi80."""
    given: list[dict[str, Any]] = [{name: value} for value in values]
    rows = [suppose(assessment, vintage, **one).row for one in given]
    kept = ["p_attain", "verdict", "median", "lo80", "hi80"]
    return pd.DataFrame(
        [{name: value} | {key: row[key] for key in kept} for value, row in zip(values, rows, strict=True)]
    )
