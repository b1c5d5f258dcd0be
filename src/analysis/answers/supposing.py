"""What if: one target answered again with a goal, a last value, a growth or a count so far of one's own."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import attainment, kinds
from analysis.answers.requirements import expected_growth
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue
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


def supposable(assessment: Assessment, vintage: Vintage, catalogue: Catalogue) -> WhatIf:
    """Return what may be supposed of a target, with the values that are known or expected."""
    target, made, so_far = assessment.target, assessment.predictive, assessment.in_year
    kind, open_ = kinds.of(target), assessment.row["verdict"] == "open"
    known = dict(made.known) if made is not None and not made.later else {}
    last = known.get(made.origin) if made is not None and open_ and not kind.compares else None
    entry = catalogue.indicators[target.indicator] if target.indicator else None
    below = (entry.denominator if entry else None) or ""
    ratio = bool(below) and kind.figure and open_ and made is not None and not made.later
    counted = open_ and kind.monthly and kind.figure and entry is not None and entry.kind == "flow"
    return WhatIf(
        goal=None if target.goal is None or not open_ else float(target.goal),
        last=None if last is None else float(last),
        year=made.origin if made is not None and last is not None else None,
        growth=expected_growth(assessment, vintage.history, catalogue) if ratio else None,
        denominator=below,
        count=(int(so_far.seen) if so_far and so_far.month else UNPUBLISHED) if counted else None,
        month=int(so_far.month[5:]) if so_far and so_far.month else MONTH,
    )


def suppose(
    assessment: Assessment,
    vintage: Vintage,
    catalogue: Catalogue,
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
        Naming each that the target does not have.
    """
    now = supposable(assessment, vintage, catalogue)
    given = {"goal": goal, "last": last, "growth": growth, "count": count}
    wrong = [name for name, value in given.items() if value is not None and getattr(now, name) is None]
    wrong += ["count"] if count is not None and count < 0 else []
    wrong += ["month"] if month is not None and not 1 <= month <= 12 else []
    if wrong:
        raise SupposeError(", ".join(wrong))
    grown = None if growth is None or now.growth is None else (100 + growth) / (100 + now.growth)
    made = Supposed(goal, last, grown, count, month or now.month)
    return attainment.assess_vintage(assessment.plan, assessment.target, vintage, catalogue, made)


def chances(
    assessment: Assessment, vintage: Vintage, catalogue: Catalogue, name: str, values: list[float]
) -> pd.DataFrame:
    """Return the answer for each of several values of one thing: value, p_attain, median, lo80, hi80."""
    given: list[dict[str, Any]] = [{name: value} for value in values]
    rows = [suppose(assessment, vintage, catalogue, **one).row for one in given]
    kept = ["p_attain", "median", "lo80", "hi80"]
    return pd.DataFrame(
        [{name: value} | {key: row[key] for key in kept} for value, row in zip(values, rows, strict=True)]
    )
