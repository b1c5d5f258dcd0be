"""A census between the last figure and the deadline's: how far it may move a ratio's denominator.

A ratio over a rebased denominator is compared with a goal on the new basis, and the forecast stands on the
old one. What past rebasings moved, as far as they were known on the date, says how far this one may.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis import mixtures, panel
from analysis.arrays import Array
from analysis.catalogue import Catalogue

STATED = 0.02, 0.03  # stated where no rebasing is known yet: mean and deviation of the log of the denominator
COUNTRY = "000000"
EVERY = 5  # years from one census to the next, by regulation; its GDP comes out in the year after


@dataclass(frozen=True)
class Rebasing:
    """What a rebasing may do to a denominator, on the log scale.

    mean, deviation : of its log change; censuses : how many are learned from
    national : the country's own revision, where it is published already
    basis : the basis the deadline's figure will stand on
    """

    basis: str
    mean: float
    deviation: float
    censuses: int
    national: float | None


def ahead(indicator: str, last: str, region: str, as_of: str, known: Catalogue) -> str | None:
    """Return the basis of a census that is in force and that the region's last figure does not stand on.

    Parameters
    ----------
    last : the basis of the region's last figure
    """
    basis = _in_force(indicator, region, as_of, known)
    stands = known.bases.get(last)
    if known.indicators[indicator].denominator is None or basis is None or stands is None:
        return None
    return basis if known.bases[basis].published_from > stands.published_from else None


def due(indicator: str, region: str, deadline: int, as_of: str, known: Catalogue) -> bool:
    """Return whether another census than the newest in force falls on or before the deadline's year."""
    basis = _in_force(indicator, region, as_of, known)
    return basis is not None and known.bases[basis].published_from.year - 1 + EVERY <= deadline


def shifted(mixture: mixtures.Mixture, rebasing: Rebasing, at: float | None = None) -> mixtures.Mixture:
    """Return the forecast of a ratio with its denominator rebased: by the expected distribution, or by `at`.

    Parameters
    ----------
    at : a log change of the denominator held fixed
    """
    mean, deviation = (rebasing.mean, rebasing.deviation) if at is None else (at, 0.0)
    location, spread = np.array(mixture.location), np.array(mixture.spread)
    for k, family in enumerate(mixture.family):
        moved, slope = _moved(mixture, family, location[:, k], mean)
        location[:, k], spread[:, k] = moved, np.hypot(spread[:, k], slope * deviation)
    return replace(mixture, location=location, spread=spread)


def _moved(mixture: mixtures.Mixture, family: str, location: Array, mean: float) -> tuple[Array, Array]:
    """A member's locations (n, H) after the denominator has grown, and the scale's slope in that growth."""
    frame = mixture.offset[:, None], mixture.lower, mixture.upper
    value = mixtures.inverse(family, location, *frame)
    places = [mixtures.forward(family, value * np.exp(-mean - step), *frame) for step in (0.0, 0.001)]
    return places[0], np.abs(places[1] - places[0]) / 0.001


def _in_force(indicator: str, region: str, as_of: str, known: Catalogue) -> str | None:
    """Return the newest basis of all regions, or of this one, in force on a date."""
    found = [
        (one.published_from, name)
        for name, one in known.bases.items()
        if indicator in one.indicators
        and one.census
        and str(one.published_from) <= as_of
        and (not one.regions or region in one.regions)
    ]
    return max(found)[1] if found else None


def jumps(history: pd.DataFrame, indicator: str, known: Catalogue) -> pd.DataFrame:
    """Return what past censuses did to the implied denominators: basis, region, jump (log).

    Where a year is known on both bases, the ratio of the two; else the change of the implied denominator less
    its ordinary growth in the years beside it.

    Parameters
    ----------
    history : table of `panel.as_of`
    """
    entry = known.indicators[indicator]
    numerators = panel.annual(history, entry.numerator or "")
    cells = zip(numerators["region"], numerators["year"], strict=True)
    above = dict(zip(cells, numerators["value"], strict=True))
    rows = panel.annual(history, indicator)
    rows = rows[np.array([known.regions[code].level != "city" for code in rows["region"]], bool)]
    cells = zip(rows["region"], rows["year"], strict=True)
    numerator = np.array([above.get(cell, np.nan) for cell in cells])
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.log(entry.scale * numerator / rows["value"].to_numpy())
    implied: dict[str, dict[tuple[int, str], float]] = {}
    for region, year, basis, log in zip(rows["region"], rows["year"], rows["basis"], below, strict=True):
        if np.isfinite(log):
            implied.setdefault(region, {})[year, basis] = float(log)
    found = [
        (basis, region, jump) for region, at in sorted(implied.items()) for basis, jump in _jumps(at, known)
    ]
    return pd.DataFrame(found, columns=["basis", "region", "jump"])


def _jumps(at: dict[tuple[int, str], float], known: Catalogue) -> list[tuple[str, float]]:
    """Return (basis, jump) of every census in one region's implied denominators (log) by year and basis."""
    by_basis = {basis: sorted(year for year, one in at if one == basis) for basis in {one for _, one in at}}
    found = []
    for basis, years in sorted(by_basis.items()):
        if basis not in known.bases or not known.bases[basis].census:
            continue
        first = years[0]
        older = [one for year, one in at if year == first and one != basis and _before(one, basis, known)]
        if older:
            found.append((basis, at[first, basis] - at[first, older[-1]]))
            continue
        before = [one for year, one in at if year == first - 1 and _before(one, basis, known)]
        grown = [at[y, b] - at[y - 1, b] for y, b in at if (y - 1, b) in at and abs(y - first) <= 2]
        if before and grown:
            found.append((basis, at[first, basis] - at[first - 1, before[-1]] - float(np.mean(grown))))
    return found


def _before(one: str, other: str, known: Catalogue) -> bool:
    return one in known.bases and known.bases[one].published_from < known.bases[other].published_from


def expected(basis: str, past: pd.DataFrame) -> Rebasing:
    """Return what a rebasing may do by past ones (`jumps`): a part common to all regions, and one's own."""
    parts = past[past["region"].ne(COUNTRY) & past["basis"].ne(basis)]
    country = past[past["region"].eq(COUNTRY)].set_index("basis")["jump"]
    national = float(country[basis]) if basis in country.index else None
    groups = [(name, rows["jump"].to_numpy()) for name, rows in parts.groupby("basis") if len(rows) >= 5]
    if not groups:
        return Rebasing(basis, STATED[0] if national is None else national, STATED[1], 0, national)
    common = np.array([np.median(jump) for _, jump in groups])
    if national is not None:  # how far the provinces' common part lay from the country's
        common = national + np.array(
            [np.median(j) - country[n] if n in country.index else 0.0 for n, j in groups]
        )
    n = len(groups)
    apart = max(common.var(ddof=1) if n > 1 else 0.0, (STATED[1] / 2) ** 2) * (1 + 1 / n)
    own = float(np.mean([np.mean((jump - np.median(jump)) ** 2) for _, jump in groups]))
    return Rebasing(basis, float(common.mean()), float(np.sqrt(apart + own)), n, national)
