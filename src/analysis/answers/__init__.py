"""What a bureau asks beyond the probability: other rules beside it, what it would take, how fragile it is.

Every answer is a mapping of codes and numbers, None where there is no answer; sentences stand in templates.
Growth is in % a year, shares of spells and probabilities lie between 0 and 1.
"""

from typing import Any

import pandas as pd

from analysis.answers.requirements import conversion, requirement
from analysis.answers.rules import BASES, bases, ratio, side_by_side
from analysis.answers.supposing import SupposeError, WhatIf, chances, obstacle, supposable, suppose
from analysis.answers.turning import MODEL_COLUMNS, fragility, models
from analysis.answers.whole import WholePlan, connected, whole_plan
from analysis.attainment import Assessment, Vintage

__all__ = [
    "BASES",
    "MODEL_COLUMNS",
    "SupposeError",
    "WhatIf",
    "WholePlan",
    "answers",
    "bases",
    "chances",
    "columns",
    "connected",
    "conversion",
    "fragility",
    "models",
    "obstacle",
    "ratio",
    "requirement",
    "side_by_side",
    "supposable",
    "suppose",
    "table",
    "whole_plan",
]


def answers(assessment: Assessment, vintage: Vintage) -> dict:
    """Return all answers on one target: "side_by_side", "requirement", "fragility", "conversion".

    Each is a mapping, the last None where nothing is converted.

    Parameters
    ----------
    vintage : that the target was assessed on
    """
    return {
        "side_by_side": side_by_side(assessment, vintage.catalogue),
        "requirement": requirement(assessment, vintage.history, vintage.catalogue, vintage.ladder),
        "fragility": fragility(assessment, vintage),
        "conversion": conversion(assessment, vintage),
    }


def table(assessments: list[Assessment], vintage: Vintage) -> pd.DataFrame:
    """Return the answers as columns, one row a target; empty where there is none.

    Columns: plan, target, as_of, p_exact, p_printed, p_strict, pace_done, pace_elapsed, ratio, ratio_label,
    agree, reason, expected_gap, achieved_own, achieved_peers, amount_needed, amount_more, per_month,
    break_even, even_rate, flip_last, flip_denominator (both in %).
    """
    rows = [columns(one, answers(one, vintage)) for one in assessments]
    return pd.DataFrame(rows)


def columns(one: Assessment, given: dict) -> dict:
    """Return the row of `table` for one target, given its `answers`."""
    beside, needs, frail = given["side_by_side"], given["requirement"], given["fragility"]
    row: dict[str, Any] = {"plan": one.plan.id, "target": one.target.id, "as_of": one.as_of}
    row |= {f"p_{name}": one.readings.get(name) for name in ("exact", "printed", "strict")}
    row |= {"pace_done": _at(beside, "pace", "done"), "pace_elapsed": _at(beside, "pace", "elapsed")}
    row |= {"ratio": _at(beside, "ratio", "value"), "ratio_label": _at(beside, "ratio", "label")}
    row |= {"agree": beside["agree"], "reason": _at(beside, "reason", "code")}
    row |= {"expected_gap": needs["expected_gap"]}
    row |= {f"achieved_{who}": _at(needs, "achieved", who, "share") for who in ("own", "peers")}
    row |= {f"amount_{what}": _at(needs, "amount", what) for what in ("needed", "more")}
    row |= {"per_month": _at(needs, "per_month", "value"), "break_even": needs["break_even"]}
    row |= {"even_rate": _at(needs, "pending", "even_rate"), "flip_last": _at(frail, "revision", "flip")}
    return row | {"flip_denominator": _at(frail, "rebased", "flip")}


def _at(mapping: Any, *names: str) -> Any:
    for name in names:
        mapping = None if mapping is None else mapping.get(name)
    return mapping
