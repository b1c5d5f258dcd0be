"""What a reader may change on the page, and the stored distribution that answers.

The page holds, for a target with a predictive distribution, that distribution at the deadline for a handful
of possible last values. Pace and uncertainty stay as forecast; only the base moves, for each member of the
pool on the scale that member lives on: added on the plain scale, multiplied on the log scale, odds multiplied
on the logit scale, the mean multiplied for counts. Between stored last values the quantiles (of a count: the
cumulative probabilities) are interpolated. An extra amount or number counts in full on top of the deadline's
value, so it lowers the goal by as much.
"""

from dataclasses import replace
from math import ceil, floor
from typing import Literal

import numpy as np

from analysis import forecast, kinds, mixtures
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.kinds import goals
from analysis.kinds.within import InYear
from analysis.plans import Target
from analysis.situations import Conditional, Forecast, Lent, Probability

LEVELS = np.concatenate([[0.0005, 0.001, 0.0025], np.arange(1, 200) / 200, [0.9975, 0.999, 0.9995]])
SHIFTS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5])  # of the last value
COUNTS = 400  # most points of a stored count distribution
KNOTS = 21  # most last values stored for a count


def stored(assessment: Assessment, catalogue: Catalogue, denominator: float | None = None) -> dict | None:
    """Return what the page needs to answer for one target, as plain numbers; None where nothing can be asked.

    Parameters
    ----------
    denominator : latest known value below the ratio (GDP, in its unit), to turn an extra amount into points

    Returns
    -------
    dict
        form "quantiles": ``grid`` levels, ``table`` (lasts, levels) values. "counts": ``grid`` counts,
        ``table`` (lasts, counts) cumulative probabilities. "conditional": ``table`` (lasts) probabilities.
    """
    target, answer = assessment.target, assessment.answer
    so_far = assessment.in_year if assessment.in_year and assessment.in_year.total is not None else None
    if so_far is None and not (isinstance(answer, Forecast) and answer.predictive.placed is None):
        return _conditional(target, assessment.lent, catalogue)
    goal = assessment.row["goal"]
    if goal is None or not isinstance(answer, Probability) or not _answerable(target, answer):
        return None
    entry = catalogue.indicators[target.indicator]
    if so_far is not None:
        made = _in_year(so_far)
    elif isinstance(answer, Forecast):
        predictive = answer.predictive
        last = dict(predictive.known)[predictive.origin]
        made = _counts(predictive, last, goal) if predictive.integer else _quantiles(predictive, last)
        tied = target.than == predictive.origin
        made |= {"last": last, "year": predictive.origin, "tied": tied}
    rows = {
        "comparison": target.comparison,
        "goal": goal,
        "slack": 0.0,
        "movable": kinds.of(target).figure,
    }
    if target.rounding == "printed" and not entry.integer:
        comparison, edge = goals.printed_edge(target.comparison, goal, entry.decimals)
        rows |= {"comparison": comparison, "slack": _short(goal - edge)}
    return made | rows | _limits(made, entry) | {"extra": _extra(entry, denominator)}


def _answerable(target: Target, answer: Probability) -> bool:
    """Say whether one year's distribution holds the answer; sums, and two years ahead, need several."""
    predictive = answer.predictive if isinstance(answer, Forecast) else None
    if predictive is not None and predictive.later:
        return False
    return kinds.of(target).one_year(target, predictive)


def _in_year(so_far: InYear) -> dict:
    """Keep the distribution of a year's total whose first months are known: nothing but the goal can move."""
    assert so_far.total is not None, "asked where there is a total"
    if so_far.grid is not None:
        form, grid, row = "quantiles", LEVELS, np.asarray(so_far.quantiles(LEVELS))
    else:
        form, row = "counts", np.minimum(np.cumsum(so_far.total), 1.0)[: COUNTS + 1]
        grid = np.arange(len(row), dtype=float)
    seen = float(so_far.seen)
    return {
        "form": form,
        "lasts": [seen, seen + 1],
        "grid": _numbers(grid),
        "table": [_numbers(row), _numbers(row)],
        "last": seen,
        "year": None,
        "tied": False,
    }


def _extra(entry: Indicator, denominator: float | None) -> dict | None:
    if entry.kind == "ratio" and entry.numerator:
        return {"of": entry.numerator, "scale": entry.scale, "below": denominator, "under": entry.denominator}
    return None if entry.kind in ("ratio", "share") else {"of": "", "scale": 1.0, "below": 1.0, "under": ""}


def _limits(made: dict, entry: Indicator) -> dict:
    table = np.array(made["table"])
    if made["form"] == "counts":
        low, high = 0.0, float(made["grid"][-1])
    else:
        middle = len(made["lasts"]) // 2
        low, high = table[middle, 3], table[middle, -4]
    return {"lowest": _short(low), "highest": _short(high), "decimals": entry.decimals}


def _quantiles(predictive: forecast.Predictive, last: float) -> dict:
    lasts = np.unique(np.clip(SHIFTS * last, *_inside(predictive.mixture)))
    values = mixtures.quantile(moved(predictive, last, lasts), LEVELS)[:, 0]
    return {
        "form": "quantiles",
        "lasts": _numbers(lasts),
        "grid": _numbers(LEVELS),
        "table": [_numbers(row) for row in values],
    }


def _inside(mixture: mixtures.Mixture) -> tuple[float, float]:
    return mixture.lower, mixture.upper


def _counts(predictive: forecast.Predictive, last: float, goal: float) -> dict:
    reach = max(3.0, ceil(last / 2))
    lasts = _whole(max(0.0, last - reach), last + reach, KNOTS, last)
    grid = _whole(0, max(4 * goal, 3 * lasts[-1], 40), COUNTS, goal)
    mixture = moved(predictive, last, lasts)
    below = mixtures.cdf(mixture, np.broadcast_to(grid, (len(lasts), 1, len(grid))))[:, 0]
    return {
        "form": "counts",
        "lasts": _numbers(lasts),
        "grid": _numbers(grid),
        "table": [_numbers(row) for row in below],
    }


def _whole(low: float, high: float, most: int, kept: float) -> np.ndarray:
    """Whole numbers from low to high, all of them or evenly thinned, with ``kept`` and the one below it."""
    spread = np.linspace(low, high, most) if high - low + 1 > most else np.arange(low, high + 1)
    return np.unique(np.append(np.round(spread), [ceil(kept), max(ceil(kept) - 1, low)]))


def moved(predictive: forecast.Predictive, last: float, lasts: np.ndarray) -> mixtures.Mixture:
    """Return the pool at the deadline, one row for each possible last value: (n, K, 1) arrays."""
    mixture = predictive.mixture
    rows = np.zeros(len(lasts), int)
    wide = mixture.one(rows[0])
    cut = {name: getattr(wide, name)[rows] for name in ("weight", "dof", "offset")}
    cut |= {name: getattr(wide, name)[rows][:, :, -1:] for name in ("location", "spread", "doubt")}
    step = np.stack([mixtures.step(wide, family, last, lasts) for family in mixture.family], axis=1)
    cut["location"] = cut["location"] + step[:, :, None]
    return replace(mixture, **cut)


def _conditional(target: Target, found: Lent, catalogue: Catalogue) -> dict | None:
    if not isinstance(found, Conditional):
        return None
    bases = found.table["base"].to_numpy()
    start = found.break_even if found.break_even is not None else float(bases[len(bases) // 2])
    entry = catalogue.indicators[target.indicator]
    return {
        "form": "conditional",
        "lasts": _numbers(bases),
        "grid": [],
        "table": _numbers(found.table["p"]),
        "comparison": target.comparison,
        "goal": target.goal,
        "tied": False,
        "slack": 0.0,
        "year": found.year,
        "last": round(start, entry.decimals),
        "movable": False,
        "lowest": target.goal,
        "highest": target.goal,
        "decimals": entry.decimals,
        "extra": None,
    }


def _numbers(values: np.ndarray) -> list[float]:
    return [_short(value) for value in values]


def _short(value: float) -> float:
    return float(f"{value:.7g}")


# ------------------------------------------------------------------------- the same arithmetic as the page's


def probability(
    kept: dict,
    goal: float | None = None,
    last: float | None = None,
    extra: float = 0.0,
    below: float | None = None,
) -> float:
    """Return what the page shows for a goal, a last value and an extra amount; its script does the same.

    Parameters
    ----------
    kept : dict of ``stored``
    goal, last : as published when None
    extra : amount of the numerator (ratios) or number, on top of the deadline's value
    below : the denominator an extra amount is divided by, the stored one when None
    """
    last = kept["last"] if last is None else last
    if kept["form"] == "conditional":
        return float(np.interp(last, kept["lasts"], kept["table"]))
    goal = kept["goal"] if goal is None else goal
    goal = (last if kept["tied"] else goal) - kept["slack"]
    if extra:
        goal -= extra * kept["extra"]["scale"] / (kept["extra"]["below"] if below is None else below)
    reached = _below_count(kept, goal, last) if kept["form"] == "counts" else _below_value(kept, goal, last)
    return 1 - reached if kept["comparison"].startswith(">") else reached


def _between(kept: dict, last: float) -> np.ndarray:
    """Row of the table at a last value, between the stored ones."""
    lasts, table = np.array(kept["lasts"]), np.array(kept["table"])
    last = min(max(last, lasts[0]), lasts[-1])
    upper = max(1, int(np.searchsorted(lasts, last)))
    share = (last - lasts[upper - 1]) / (lasts[upper] - lasts[upper - 1])
    return (1 - share) * table[upper - 1] + share * table[upper]


def _below_count(kept: dict, goal: float, last: float) -> float:
    edge = ceil(goal) - 1 if kept["comparison"] in (">=", "<") else floor(goal)
    return float(np.interp(edge, kept["grid"], _between(kept, last), left=0.0, right=1.0))


def _below_value(kept: dict, goal: float, last: float) -> float:
    """P(below the goal) for >= and <, P(not above it) for > and <=."""
    values, levels = _between(kept, last), np.array(kept["grid"])
    side: Literal["left", "right"] = "left" if kept["comparison"] in (">=", "<") else "right"
    place = int(np.searchsorted(values, goal, side))
    if place in (0, len(values)):
        return float(place > 0)
    share = (goal - values[place - 1]) / (values[place] - values[place - 1])
    return float(levels[place - 1] + share * (levels[place] - levels[place - 1]))
