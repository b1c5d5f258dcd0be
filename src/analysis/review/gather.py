"""What a page is computed from: every target's memo, and the distributions its what-if answers with."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import memo, panel
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.documents import blocks
from analysis.plans import Plan
from analysis.review import whatif

Memos = Mapping[str, Mapping[str, blocks.Document]]


def memos(
    assessments: Sequence[Assessment], catalogue: Catalogue, observations: pd.DataFrame | None = None
) -> Memos:
    """Return every target's memo in both languages, without its figure; all answers need observations.

    A page has no end: nothing moves to the annex.
    """
    composed = {}
    for one in assessments:
        given = {} if observations is None else memo.beside(one, observations, catalogue)
        composed[one.target.id] = {
            language: memo.compose(one, catalogue, language, **given, pages=None)
            for language in memo.LANGUAGES
        }
    return composed


def stored(
    plan: Plan, assessments: Sequence[Assessment], catalogue: Catalogue, observations: pd.DataFrame | None
) -> dict[str, dict]:
    """Return what the what-if of each target computes from."""
    as_of = assessments[0].as_of
    history = None if observations is None else panel.as_of(observations, as_of)
    kept = {}
    for one in assessments:
        below = _denominator(plan, one, history, catalogue)
        found = whatif.stored(one, catalogue, below[1] if below else None)
        if found is not None:
            if found["extra"] and below:
                found["extra"]["year"] = below[0]
            kept[one.target.id] = found
    return kept


def _denominator(
    plan: Plan, one: Assessment, history: pd.DataFrame | None, catalogue: Catalogue
) -> tuple[int, float] | None:
    """Return year and latest value below a ratio: published, or implied by a year's numerator and ratio."""
    entry = catalogue.indicators[one.target.indicator] if one.target.indicator else None
    if history is None or entry is None or entry.denominator is None or entry.numerator is None:
        return None
    published = panel.annual(history, entry.denominator, (plan.region,))
    ratios = panel.annual(history, one.target.indicator, (plan.region,))
    above = panel.annual(history, entry.numerator, (plan.region,))
    pairs = above.merge(ratios[ratios["value"].gt(0)], on="year", suffixes=("", "_ratio"))
    known = dict(zip(pairs["year"], entry.scale * pairs["value"] / pairs["value_ratio"], strict=True))
    known |= dict(zip(published["year"], published["value"], strict=True))
    decimals = catalogue.indicators[entry.denominator].decimals
    return (int(max(known)), round(float(known[max(known)]), decimals)) if known else None
