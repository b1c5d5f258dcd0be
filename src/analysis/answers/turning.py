"""What would turn the answer: another base year, model, last figure or denominator."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
from scipy import special

from analysis import attainment, forecast, kinds, panel, references, tables
from analysis.answers.rules import SMALLEST, bases, linked
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue
from analysis.ladder import rests_on
from analysis.situations import Forecast

FOUND = 0.005  # % of the figure, to which a revision that turns the answer is found
MODEL_COLUMNS = ["model", "p"]
TEXTBOOK = ("naive", "drift", "line")


def fragility(assessment: Assessment, vintage: Vintage) -> dict:
    """Say what would turn the answer.

    Returns
    -------
    dict with
        bases : table base_year, observed, required, ratio, label: the growth rule from every other base year
        models : table model, p: the same question put to textbook models on the region's own figures
        revision : how the last figure may still be revised: n past revisions, q10 and q90 of them in %, p_low
            and p_high with the last figure moved by those, flip: the revision in % at which the answer turns
        rebased : flip: the revision of the denominator (GDP) of all years, in %, at which the answer turns
    The answer turns where the probability crosses one half, or met becomes missed. None where it cannot.
    """
    return {
        "bases": bases(assessment),
        "models": models(assessment),
        "revision": _revision(assessment, vintage),
        "rebased": _rebased(assessment, vintage.catalogue),
    }


def models(assessment: Assessment) -> pd.DataFrame:
    """Return the probability under textbook models of the region's own figures: model, p.

    The closed forms of `references` with their t-shaped prediction intervals, on the log scale where all
    figures are positive. Needs four years in a row and a goal on one year's figure.
    """
    target, row, known = assessment.target, assessment.row, linked(assessment)
    found = [("pool", row["p_attain"])] if row["verdict"] == "open" else []
    known = {year: value for year, value in known.items() if year < target.deadline}
    years = np.array(sorted(known))[-forecast.HISTORY :]
    asked = found and kinds.of(target).figure and len(years) >= 4 and np.all(np.diff(years) == 1)
    if asked and assessment.in_year is None and isinstance(assessment.answer, Forecast):
        value = np.array([known[year] for year in years])
        edge = target.goal - 0.5 * float(assessment.answer.predictive.integer) * (
            1 if target.comparison in (">=", "<") else -1
        )
        logs = value.min() > 0 and edge > 0
        value, edge = (np.log(value), math.log(edge)) if logs else (value, edge)
        ahead = int(target.deadline - years[-1])
        made = {name: references.MODELS[name](value, ahead) for name in TEXTBOOK}
        below = {name: special.stdtr(dof, (edge - middle[-1]) / max(spread[-1], SMALLEST))
                 for name, (middle, spread, dof) in made.items()}  # fmt: skip
        upward = target.comparison.startswith(">")
        found += [(name, float(1 - p if upward else p)) for name, p in below.items()]
    return pd.DataFrame(found, columns=MODEL_COLUMNS)


def revisions(filed: pd.DataFrame, indicator: str, regions: tuple[str, ...] | None = None) -> np.ndarray:
    """Return past revisions of annual figures in %, from the first printed to the last one filed.

    Only figures printed at least twice by one source count: the others say nothing about revisions.
    """
    known = panel.annual(filed, indicator, regions)
    known = known[
        ~known["status"].isin((*tables.EVIDENCE_ONLY, *tables.NOT_STANDING)) & known["value"].notna()
    ]
    cells = known.sort_values("published", kind="stable").groupby(["region", "year", "source"], sort=True)[
        "value"
    ]
    seen = cells.agg(["first", "last", "size"])
    seen = seen[seen["size"].gt(1) & seen["first"].ne(0)]
    return (100 * (seen["last"] / seen["first"] - 1)).to_numpy()


def _revision(assessment: Assessment, vintage: Vintage) -> dict | None:
    """Move the last figure as such figures were revised, and find the revision that turns the answer."""
    target, known = assessment.target, linked(assessment)
    if not kinds.of(target).dated or not known or vintage.catalogue.indicators[target.indicator].integer:
        return None
    if assessment.row["p_attain"] is None:
        return None
    past = revisions(vintage.filed, target.indicator, (assessment.plan.region,))
    past = past if len(past) >= 3 else revisions(vintage.filed, target.indicator)
    usual = [float(np.quantile(past, level)) for level in (0.1, 0.9)] if len(past) >= 3 else []
    related = rests_on(target.indicator, vintage.catalogue)
    rows = vintage.history[vintage.history["indicator"].isin(related)]
    alone = vintage.altered(rows, ())

    @cache
    def moved(percent: float) -> float:
        return _with_last(assessment, alone, max(known), percent)

    low, high = usual or (None, None)
    p_low, p_high = sorted(map(moved, usual)) or (None, None)
    flip = _flip(assessment, known[max(known)], moved)
    return {"n": len(past), "q10": low, "q90": high, "p_low": p_low, "p_high": p_high, "flip": flip}


def _with_last(assessment: Assessment, vintage: Vintage, year: int, percent: float) -> float:
    """Return the probability had the last figure been so many % higher."""
    history, catalogue = vintage.history.copy(), vintage.catalogue
    part, region = str(assessment.target.indicator), assessment.plan.region
    known = panel.annual(history, part, (region,))
    history.loc[known.index[known["year"].eq(year)], "value"] *= 1 + percent / 100
    history = panel.rederived(history, region, part, catalogue)
    ratios = [key for key, one in catalogue.indicators.items() if part in (one.numerator, one.denominator)]
    altered = vintage.altered(history, (part, *ratios))
    return attainment.assess_vintage(assessment.plan, assessment.target, altered).row["p_attain"]


def _flip(assessment: Assessment, last: float, moved: Callable[[float], float]) -> float | None:
    """Return the revision of the last figure in % that turns the answer; None if half or double does not."""
    row = assessment.row
    if row["verdict"] != "open":
        known = last != 0 and row["goal"] is not None
        return 100 * (row["goal"] / last - 1) if known else None
    here = row["p_attain"] >= 0.5
    ends = [end for end in (-50.0, 100.0) if (moved(end) >= 0.5) != here]
    if not ends:
        return None

    from scipy import optimize  # .2 s that no past forecast has to wait for

    def beyond(percent: float) -> float:
        return (moved(percent) if percent else row["p_attain"]) - 0.5

    return float(optimize.brentq(beyond, 0.0, min(ends, key=abs), xtol=FOUND))


def _rebased(assessment: Assessment, catalogue: Catalogue) -> dict | None:
    """Return the revision of every year's denominator that turns the answer.

    A denominator g % larger makes every figure of the ratio, and its forecast, 1 + g/100 times smaller; so
    the answer turns where that factor carries the median (or the outcome) to the goal, or, compared as
    printed, to where it would print otherwise.
    """
    target, row, kind = assessment.target, assessment.row, kinds.of(assessment.target)
    if not kind.figure or catalogue.indicators[target.indicator].denominator is None:
        return None
    middle = row["median"] if row["verdict"] == "open" else row["outcome"]
    if middle is None or target.goal <= 0:
        return None
    edge, places = target.goal, kind.places(target, catalogue)
    if target.rounding == "printed" and places is not None:
        half = 0.5 * 10**-places
        edge = kind.as_printed(edge, places) + (half if target.comparison in (">", "<=") else -half)
    return {
        "flip": 100 * (middle / edge - 1),
        "denominator": catalogue.indicators[target.indicator].denominator,
    }
