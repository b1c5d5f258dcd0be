"""What a statistician would otherwise take: plain and ready-made models on one series, beside ours.

Each takes the years known (T,), two at least, and a horizon, and returns location and spread (H,) and the
degrees of freedom of a t distribution (infinite: normal). The first three are closed forms with their exact
intervals; the others are statsmodels', fitted by maximum likelihood: they do not know that their parameters
are estimated from a few points. None knows what comparable regions do.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis import forecast, mixtures, models, panel, scores
from analysis.arrays import Array
from analysis.catalogue import Catalogue

LEVELS = forecast.LEVELS
FEWEST = 6  # years a model with three parameters and more is fitted to
Ahead = tuple[Array, Array, float]


def naive(past: Array, horizon: int) -> Ahead:
    """The last value stays; the spread is the root mean square of the past changes and grows as the root."""
    change, ahead = np.diff(past), np.arange(1, horizon + 1)
    return np.full(horizon, past[-1]), np.sqrt(np.mean(change**2) * ahead), float(len(change))


def drift(past: Array, horizon: int) -> Ahead:
    """The mean change goes on: variance s^2 h (1 + h / n) after n changes."""
    change, ahead = np.diff(past), np.arange(1, horizon + 1)
    spread = change.std(ddof=1) * np.sqrt(ahead * (1 + ahead / len(change)))
    return past[-1] + change.mean() * ahead, spread, len(change) - 1.0


def line(past: Array, horizon: int) -> Ahead:
    """The least-squares line on the year, with its prediction interval."""
    last = (len(past) - 1) / 2
    time, when = np.arange(len(past)) - last, last + np.arange(1, horizon + 1)
    slope = (time * past).sum() / (time**2).sum()
    rest, dof = past - past.mean() - slope * time, len(past) - 2.0
    variance = (rest**2).sum() / dof * (1 + 1 / len(past) + when**2 / (time**2).sum())
    return past.mean() + slope * when, np.sqrt(variance), dof


def ets(past: Array, horizon: int) -> Ahead:
    """Exponential smoothing with additive errors and a damped trend."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted = _quietly(lambda: ETSModel(pd.Series(past), trend="add", damped_trend=True).fit(disp=False))
    ahead = fitted.get_prediction(start=len(past), end=len(past) + horizon - 1)
    return np.asarray(ahead.predicted_mean), np.sqrt(np.asarray(ahead.forecast_variance)), np.inf


def components(past: Array, horizon: int) -> Ahead:
    """Unobserved components: a level that walks at random around a constant drift."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    fitted = _quietly(lambda: UnobservedComponents(past, "random walk with drift").fit(disp=False))
    ahead = fitted.get_forecast(horizon)
    return np.asarray(ahead.predicted_mean), np.asarray(ahead.se_mean), np.inf


def _quietly(fit: Callable) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: with few points a flat likelihood is normal
        return fit()


MODELS: dict[str, Callable[[Array, int], Ahead]] = {
    "naive": naive,
    "drift": drift,
    "line": line,
    "ets": ets,
    "components": components,
}


NEEDED = {"naive": 2, "drift": 3, "line": 3, "ets": FEWEST, "components": FEWEST}  # years


def quantiles(model: str, past: Array, horizon: int) -> Array:
    """Return a model's predictive quantiles (H, Q) at ``LEVELS``.

    Of too few years, and of a constant, the naive ones.

    Parameters
    ----------
    past : (T,) years known, two at least
    """
    past = np.asarray(past, float)
    model = model if len(past) >= NEEDED[model] and np.ptp(past) > 0 else "naive"
    unit = np.mean(np.abs(np.diff(past))) or 1.0  # the optimisers converge on changes of about one
    location, spread, dof = MODELS[model](past / unit, horizon)
    return unit * (location[:, None] + np.maximum(spread, 1e-9)[:, None] * special.stdtrit(dof, LEVELS))


def known(history: pd.DataFrame, indicator: str, region: str, deadline: int) -> tuple[Array, int]:
    """Return a region's last unbroken run of years before a deadline, on one basis, and its last year."""
    rows = panel.annual(history, indicator, (region,))
    rows = rows[rows["year"] < deadline]
    if rows.empty:
        return np.array([]), 0
    _, value, _ = forecast.levels(rows, indicator, (region,))
    return run(value[0]), int(rows["year"].max())


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
        model, n, crps (relative to `naive`), inside80 (share of outcomes inside the 80 %
        interval). Today's figures cut off, not what was published then; one year, so one shared shock.
    """
    regions = tuple(code for code, region in catalogue.regions.items() if region.level == "province")
    rows = panel.annual(history, indicator, regions)
    if rows.empty:
        return pd.DataFrame(columns=["model", "n", "crps", "inside80"])
    _, value, span = forecast.levels(rows, indicator, regions)
    ready = np.flatnonzero(np.isfinite(value[:, -FEWEST - 1 :]).all(axis=1) & (value.shape[1] > FEWEST))
    if not len(ready):
        return pd.DataFrame(columns=["model", "n", "crps", "inside80"])
    group = forecast.group(value, span, catalogue.indicators[indicator])
    ours = models.fit(group, value.shape[1] - 2, [1]).take(ready)
    made = {"ours": mixtures.quick_quantile(ours, LEVELS)[:, 0]}
    made |= {name: np.array([quantiles(name, run(value[i, :-1]), 1)[0] for i in ready]) for name in MODELS}
    return _table(made, value[ready, -1], np.nanmean(np.abs(np.diff(value[ready, :-1])), axis=1))


def run(value: Array) -> Array:
    """Return the last unbroken run of years of a series (T,), up to its last value."""
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
