"""What a page is computed from: every target's memo, and the distributions its what-if answers with."""

from collections.abc import Mapping

import pandas as pd

from analysis import memo, panel
from analysis.catalogue import Catalogue
from analysis.documents import blocks
from analysis.outlook import Dossier, Outlook
from analysis.review import whatif

Memos = Mapping[str, Mapping[str, blocks.Document]]


def memos(outlook: Outlook, catalogue: Catalogue) -> Memos:
    """Return every target's memo in both languages, without its figure.

    A page has no end: nothing moves to the annex.
    """
    return {
        one.assessment.target.id: {
            language: memo.compose(one, catalogue, language, pages=None) for language in memo.LANGUAGES
        }
        for one in outlook.dossiers
    }


def reports(outlook: Outlook, catalogue: Catalogue) -> Mapping[str, memo.Report]:
    """Return the report on the plan in both languages, without a record of past forecasts."""
    return memo.compose_reports(outlook, pd.DataFrame(), catalogue)


def stored(outlook: Outlook, catalogue: Catalogue) -> dict[str, dict]:
    """Return what the what-if of each target computes from."""
    kept = {}
    for one in outlook.dossiers:
        below = _denominator(one, catalogue)
        found = whatif.stored(one.assessment, catalogue, below[1] if below else None)
        if found is not None:
            if found["extra"] and below:
                found["extra"]["year"] = below[0]
            kept[one.assessment.target.id] = found
    return kept


def _denominator(one: Dossier, catalogue: Catalogue) -> tuple[int, float] | None:
    """Return year and latest value below a ratio: published, or implied by a year's numerator and ratio."""
    target = one.assessment.target
    entry = catalogue.indicators[target.indicator] if target.indicator else None
    if entry is None or entry.denominator is None or entry.numerator is None:
        return None
    figures = one.figures[one.figures["role"].isin(("own", "part"))]
    ratios, above, published = (
        panel.annual(figures, key) for key in (target.indicator, entry.numerator, entry.denominator)
    )
    pairs = above.merge(ratios[ratios["value"].gt(0)], on="year", suffixes=("", "_ratio"))
    known = dict(zip(pairs["year"], entry.scale * pairs["value"] / pairs["value_ratio"], strict=True))
    known |= dict(zip(published["year"], published["value"], strict=True))
    decimals = catalogue.indicators[entry.denominator].decimals
    return (int(max(known)), round(float(known[max(known)]), decimals)) if known else None
