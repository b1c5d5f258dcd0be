"""What a page is computed from: every target's memo, and the distributions its what-if answers with."""

from collections.abc import Mapping

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
    return memo.compose_reports(outlook, catalogue)


def stored(outlook: Outlook, catalogue: Catalogue) -> dict[str, dict]:
    """Return what the what-if of each target computes from."""
    kept = {}
    for one in outlook.dossiers:
        below = _expected(one, catalogue) or _denominator(one, catalogue)
        found = whatif.stored(one.assessment, catalogue, below[1] if below else None)
        if found is not None:
            if found["extra"] and below:
                found["extra"] |= {"year": below[0], "expected": below[0] == one.assessment.target.deadline}
            kept[one.assessment.target.id] = found
    return kept


def _expected(one: Dossier, catalogue: Catalogue) -> tuple[int, float] | None:
    """Return the deadline and what is expected then below a ratio, as the memo has it; None without."""
    amount = (one.answers.get("requirement") or {}).get("amount")
    target = one.assessment.target
    if not amount or amount["denominator_growth"] is None:
        return None
    years = target.deadline - amount["denominator_year"]
    value = amount["denominator"] * (1 + amount["denominator_growth"] / 100) ** years
    entry = catalogue.indicators[catalogue.indicators[str(target.indicator)].denominator or ""]
    return target.deadline, round(float(value), entry.decimals)


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
