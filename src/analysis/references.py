"""What a statistician would otherwise take: ready-made models of statsmodels on one series, beside ours.

Each takes the years known (T,) and a horizon and returns mean and standard deviation (H,) of a normal
predictive distribution. Fitted by maximum likelihood, they do not know what comparable regions do, nor that
their parameters are estimated from a few points: their intervals are plug-in intervals.
"""

import warnings

import numpy as np
import pandas as pd
from scipy import special

from analysis import forecast, mixtures, models, panel, scores
from analysis.arrays import Array
from analysis.catalogue import Catalogue

LEVELS = forecast.LEVELS
FEWEST = 6  # years a model with three parameters and more is fitted to


def smoothing(past: Array, horizon: int) -> tuple[Array, Array]:
    """Exponential smoothing with additive errors and a damped trend."""
    from statsmodels.tsa.api import ETSModel

    start = {"initialization_method": "known", "initial_level": past[0], "initial_trend": past[1] - past[0]}
    fitted = ETSModel(pd.Series(past), trend="add", damped_trend=True, **start).fit(disp=False)
    ahead = fitted.get_prediction(start=len(past), end=len(past) + horizon - 1)
    return np.asarray(ahead.predicted_mean), np.sqrt(np.asarray(ahead.forecast_variance))


def components(past: Array, horizon: int) -> tuple[Array, Array]:
    """Unobserved components: a level that walks at random around a constant drift."""
    from statsmodels.tsa.api import UnobservedComponents

    fitted = UnobservedComponents(past, "random walk with drift").fit(disp=False)
    ahead = fitted.get_forecast(horizon)
    return np.asarray(ahead.predicted_mean), np.asarray(ahead.se_mean)


def regression(past: Array, horizon: int) -> tuple[Array, Array]:
    """Generalised linear model (normal, identity link) on the year."""
    from statsmodels.api import GLM

    years = np.arange(len(past) + horizon)
    design = np.column_stack([np.ones(len(years)), years])
    fitted = GLM(past, design[: len(past)]).fit()
    ahead = fitted.get_prediction(design[len(past) :])
    return ahead.predicted_mean, np.sqrt(np.asarray(ahead.se_mean) ** 2 + fitted.scale)


def unchanged(past: Array, horizon: int) -> tuple[Array, Array]:
    """The benchmark: the last value stays; the spread is that of the past changes."""
    spread = np.sqrt(np.mean(np.diff(past) ** 2))
    return np.full(horizon, past[-1]), spread * np.sqrt(np.arange(1, horizon + 1))


MODELS = {
    "last value stays": unchanged,
    "ETS, damped trend": smoothing,
    "unobserved components": components,
    "GLM on the year": regression,
}


def quantiles(model: str, past: Array, horizon: int) -> Array:
    """Return a model's predictive quantiles (H, Q) at ``LEVELS``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: with few points a flat likelihood is normal
        unit = np.mean(np.abs(np.diff(past))) or 1.0  # the optimisers converge on changes of about one
        mean, spread = MODELS[model](np.asarray(past, float) / unit, horizon)
    return unit * (mean[:, None] + np.maximum(spread, 1e-9)[:, None] * special.ndtri(LEVELS))


def known(history: pd.DataFrame, indicator: str, region: str, deadline: int) -> tuple[Array, int]:
    """Return a region's last unbroken run of years before a deadline, on one basis, and its last year."""
    rows = panel.annual(history, indicator, (region,))
    rows = rows[rows["year"] < deadline]
    if rows.empty:
        return np.array([]), 0
    _, value, _ = forecast.levels(rows, indicator, (region,))
    return _run(value[0]), int(rows["year"].max())


def expected(predictive: forecast.Predictive | None, past: Array, deadline: int) -> pd.DataFrame:
    """Return median and 80 % interval at the deadline, ours first.

    Empty with fewer than six years, and where a later figure is known: these models cannot lead to it.

    Parameters
    ----------
    past : (T,) years up to the predictive's origin, of `known`
    """
    columns = ["model", "median", "low80", "high80"]
    if predictive is None or predictive.later or len(past) < FEWEST:
        return pd.DataFrame(columns=columns)
    picked = np.searchsorted(LEVELS, [0.5, 0.1, 0.9])
    rows = [("ours", *forecast.quantile(predictive, deadline, [0.5, 0.1, 0.9]))]
    horizon = deadline - predictive.origin
    rows += [(model, *quantiles(model, past, horizon)[-1, picked]) for model in MODELS]
    return pd.DataFrame(rows, columns=columns)


def scored(history: pd.DataFrame, indicator: str, catalogue: Catalogue) -> pd.DataFrame:
    """Score all models on the last year known of every province, forecast from the years before it.

    Returns
    -------
    pandas.DataFrame
        model, n, crps (relative to "last value stays"), inside80 (share of outcomes inside the 80 %
        interval). Today's figures cut off, not what was published then; one year, so one shared shock.
    """
    regions = tuple(code for code, region in catalogue.regions.items() if region.level == "province")
    rows = panel.annual(history, indicator, regions)
    if rows.empty:
        return pd.DataFrame(columns=["model", "n", "crps", "inside80"])
    _, value, usable = forecast.levels(rows, indicator, regions)
    ready = np.flatnonzero(np.isfinite(value[:, -FEWEST - 1 :]).all(axis=1) & (value.shape[1] > FEWEST))
    if not len(ready):
        return pd.DataFrame(columns=["model", "n", "crps", "inside80"])
    group = forecast.group(value, usable, catalogue.indicators[indicator])
    ours = models.fit(group, value.shape[1] - 2, [1]).take(ready)
    made = {"ours": mixtures.quick_quantile(ours, LEVELS)[:, 0]}
    made |= {name: np.array([quantiles(name, _run(value[i, :-1]), 1)[0] for i in ready]) for name in MODELS}
    return _table(made, value[ready, -1], np.nanmean(np.abs(np.diff(value[ready, :-1])), axis=1))


def _run(value: Array) -> Array:
    """Return the last unbroken run of years."""
    gaps = np.flatnonzero(~np.isfinite(value))
    return value[gaps[-1] + 1 if len(gaps) else 0 :]


def _table(made: dict[str, Array], observed: Array, usual: Array) -> pd.DataFrame:
    """Return the mean scores of quantiles (n, Q) by model, CRPS in usual yearly changes."""
    rows = [
        (name, len(observed), np.mean(scores.crps(LEVELS, one, observed) / usual),
         np.mean(scores.inside(LEVELS, one, observed, 0.8)))
        for name, one in made.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["model", "n", "crps", "inside80"])
    return table.assign(crps=table["crps"] / table["crps"][1])
