"""The whole plan: how many of its targets will be met, and which costs most."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import counts, kinds
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue

CORRELATION = 0.3  # of the latent causes of two targets of a region: an assumption, shown beside independence


@dataclass(frozen=True)
class WholePlan:
    """A plan's targets together.

    targets : target, p, verdict of those with a probability; excluded : (target, "milestone" | "no_evidence")
    expected : expected number met; independent, common : {"all": P(all), "at_least": (n + 1,) P(at least k)}
        without and with a shock common to the region's targets, of the stated ``correlation``
    open_independent, open_common : the same over the targets still open
    costliest : (target, P(all), P(all if it were certain)), the open one that costs most; None without
    shared : pairs of targets that rest on one indicator: more alike than the correlation says
    """

    targets: pd.DataFrame
    excluded: tuple[tuple[str, str], ...]
    expected: float
    independent: dict
    common: dict
    open_independent: dict
    open_common: dict
    correlation: float
    costliest: tuple[str, float, float] | None
    shared: tuple[tuple[str, str], ...]


def whole_plan(assessments: list[Assessment], correlation: float = CORRELATION) -> WholePlan:
    """Return how many of a plan's targets will be met, and which costs most.

    Targets without a probability are named, not counted. The expected number does not depend on how targets
    hang together; P(all) and P(at least k) do: given for independent targets and for a common shock.
    """
    rated = [one for one in assessments if one.row["p_attain"] is not None]
    rows = [(one.target.id, one.row["p_attain"], one.row["verdict"]) for one in rated]
    targets = pd.DataFrame(rows, columns=["target", "p", "verdict"])
    chances = targets["p"].to_numpy(float)
    still = targets.loc[targets["verdict"].eq("open"), "p"].to_numpy(float)
    left = [(one.target.id, "milestone" if kinds.of(one.target).judged else "no_evidence")
            for one in assessments if one.row["p_attain"] is None]  # fmt: skip
    return WholePlan(
        targets,
        tuple(left),
        expected=float(chances.sum()),
        independent=_together(chances, 0.0),
        common=_together(chances, correlation),
        open_independent=_together(still, 0.0),
        open_common=_together(still, correlation),
        correlation=correlation,
        costliest=_costliest(targets, still),
        shared=_shared(rated),
    )


def _together(chances: np.ndarray, correlation: float) -> dict:
    pmf = counts.common_shock(chances, correlation)
    at_least = np.clip(np.cumsum(pmf[::-1])[::-1], 0.0, 1.0)
    return {"all": float(pmf[-1]), "at_least": at_least}


def _costliest(targets: pd.DataFrame, still: np.ndarray) -> tuple[str, float, float] | None:
    """Return the open target whose certainty would raise P(all open ones) most: the least likely one."""
    if not len(still):
        return None
    place = int(still.argmin())
    name = targets.loc[targets["verdict"].eq("open"), "target"].iloc[place]
    return str(name), float(np.prod(still)), float(np.prod(np.delete(still, place)))


def connected(one: str | None, other: str | None, catalogue: Catalogue) -> bool:
    """Return whether two indicators are one, or one is worked out from the other or from the same amounts."""
    found = [_parts(key, catalogue) for key in (one, other) if key]
    return len(found) == 2 and not found[0].isdisjoint(found[1])


def _parts(key: str, catalogue: Catalogue) -> set[str]:
    """Return an indicator and what moves with it: the amount above a ratio, the inflow of a stock."""
    entry = catalogue.indicators[key]
    return {part for part in (key, entry.numerator, entry.inflow) if part}


def _shared(rated: list[Assessment]) -> tuple[tuple[str, str], ...]:
    named = [(one.target.indicator, one.target.id) for one in rated if one.target.indicator]
    return tuple((a, b) for i, (key, a) in enumerate(named) for other, b in named[i + 1 :] if key == other)
