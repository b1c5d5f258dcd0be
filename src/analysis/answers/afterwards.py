"""After the year: every earlier forecast of a target scored against its outcome."""

import pandas as pd

from analysis import attainment, kinds, scores
from analysis.catalogue import Catalogue


def after(
    plan: attainment.Plan,
    target: attainment.Target,
    observations: pd.DataFrame,
    until: str,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Score every earlier pseudo-real-time forecast of a target whose outcome is known by ``until``.

    Returns
    -------
    pandas.DataFrame
        as_of, horizon, p_attain, median, lo80, hi80, outcome, met (1.0 or 0.0), brier, log_score, error
        (observed less median); no rows while the outcome is open.
    """
    columns = [
        "as_of",
        "horizon",
        "p_attain",
        "median",
        "lo80",
        "hi80",
        "outcome",
        "met",
        "brier",
        "log_score",
        "error",
    ]
    final = attainment.assess(plan, target, observations, until, catalogue)
    if final.row["verdict"] not in ("met", "missed"):
        return pd.DataFrame(columns=columns)
    only = plan.model_copy(update={"targets": (target,)})
    days = attainment.dates(only, observations, until)
    rows = [attainment.assess(only, target, observations, day, catalogue).row for day in days]
    rows = [row for row in rows if row["verdict"] == "open" and row["p_attain"] is not None]
    made = pd.DataFrame(rows, columns=[*columns[:6], "kind"]).assign(
        outcome=final.row["outcome"], met=float(final.row["verdict"] == "met")
    )
    return scored(made)[columns]


def scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Add brier, log_score and error to forecasts with kind, p_attain, met, median and outcome.

    There is an error where the outcome is the deadline's figure: no sum, growth or place.
    """
    p, met = forecasts["p_attain"].to_numpy(float), forecasts["met"].to_numpy(float)
    error = forecasts["outcome"].astype(float) - forecasts["median"].astype(float)
    error = error.where([kinds.KINDS[name].dated for name in forecasts["kind"]])
    return forecasts.assign(brier=scores.brier(p, met), log_score=scores.log_score(p, met), error=error)
