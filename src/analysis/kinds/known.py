"""What the figures of a date say of a target's indicator: the one argument of every question."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import forecast, panel
from analysis.catalogue import Catalogue, Indicator
from analysis.ladder import Ladder
from analysis.plans import Target


@dataclass(frozen=True)
class Known:
    """A target, and what was known of its indicator on a date, on the basis its goal names.

    history : figures of the target's region, annual and within years
    own : annual figures of the target's region, by year
    series : the same, chained over bases
    ladder : what every forecast stands on
    brief : whether only the answer is wanted, not what it would be under other assumptions
    bare : whether only its probability and median are wanted, without their ranges
    """

    target: Target
    region: str
    as_of: str
    history: pd.DataFrame
    own: pd.DataFrame
    series: panel.Series
    ladder: Ladder
    brief: bool = False
    bare: bool = False

    @property
    def forecaster(self) -> forecast.Forecaster:
        """Of the indicator, for this region and others, on the basis the goal names."""
        return self.ladder.forecaster(self.target.indicator, self.target.basis)

    def predict(self) -> forecast.Predictive | None:
        """Return what is expected up to the deadline on the highest rung; None where there is none."""
        target = self.target
        asked = [year for year in (target.than, target.since, target.deadline) if year is not None]
        return self.ladder.predict(
            self.region, target.indicator or "", target.deadline, min(asked), target.basis
        )

    @property
    def catalogue(self) -> Catalogue:
        return self.ladder.catalogue

    def latest(self, year: int) -> float | None:
        return latest(self.own, year)

    @property
    def entry(self) -> Indicator:
        return self.catalogue.indicators[self.forecaster.indicator]

    def annual(self, regions: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the annual figures of all or some regions."""
        return panel.annual(self.forecaster.figures, self.forecaster.indicator, regions)

    def pair(self, first: int) -> tuple[float, float] | None:
        """Return the values of a year and of the deadline on the newest basis that knows both."""
        return _pair(self.own, first, self.target.deadline)

    def reference(self, year: int, origin: int) -> float | None:
        return reference(self.own, self.series, year, origin)

    def last(self, before: int) -> tuple[int, float] | None:
        """Return the last known year before another, and its value."""
        pairs = zip(self.series.years, self.series.value[0], strict=True) if self.series.years else ()
        found = [(year, float(value)) for year, value in pairs if np.isfinite(value) and year < before]
        return found[-1] if found else None


def latest(own: pd.DataFrame, year: int) -> float | None:
    values = own["value"].to_numpy()[own["year"].to_numpy() == year]
    return float(values[-1]) if len(values) else None


def _pair(own: pd.DataFrame, first: int, second: int) -> tuple[float, float] | None:
    before, after = _by_basis(own, first), _by_basis(own, second)
    common = [basis for basis in after if basis in before]
    return (before[common[-1]], after[common[-1]]) if common else None


def _by_basis(own: pd.DataFrame, year: int) -> dict[str, float]:
    here = own["year"].to_numpy() == year
    return dict(zip(own["basis"].to_numpy()[here], own["value"].to_numpy()[here].tolist(), strict=True))


def reference(own: pd.DataFrame, series: panel.Series, year: int, origin: int) -> float | None:
    """Return a year's value on the basis of the origin's figure; None where no overlap links the two."""
    last = latest(own, origin)
    pair = _pair(own, year, origin)
    if pair is not None and last is not None:
        before, after = pair
        return before * last / after if after else before
    if year > origin or year not in series.years or origin not in series.years:
        return None
    span = slice(series.years.index(year), series.years.index(origin) + 1)
    value, linked = series.value[0, span], series.before[0, span]
    ratio = float(np.prod(linked[1:] / value[:-1]))
    return float(value[0] * ratio) if np.isfinite(ratio) else None
