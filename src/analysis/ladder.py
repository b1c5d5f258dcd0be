"""The ladder of evidence: on which rung the forecast of a region's indicator stands, and the forecast itself.

own : three or more figures of its own; short : one or two; region : none, but the parent's is known, and how
regions spread around their parent. Below them there is no forecast: conditional, where comparable regions'
changes are known, and none (see `attainment`). The first two are one method: a third figure makes no jump.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis import census, forecast, mixtures, spread, stocks
from analysis.arrays import Array
from analysis.catalogue import Catalogue, Indicator
from analysis.forecast import Forecaster, Predictive

TAILS = (0.1, 0.5, 0.9)  # quantiles a pool is reduced by to a single t
CENTRES = special.ndtri((np.arange(5) + 0.5) / 5)  # where an uncertain centre may lie, equally likely


@dataclass(frozen=True)
class Course:
    """What is expected of a quantity in some years, as K t members on one scale: known years have no spread.

    location, spread, doubt : (K, H) on the scale; doubt is common to all years
    dof, weight : (K,)
    """

    location: Array
    spread: Array
    doubt: Array
    dof: Array
    weight: Array


@dataclass(frozen=True)
class Ladder:
    """All that was known on a date, and the forecasters of its indicators, each learned once.

    Parameters
    ----------
    history : table of `panel.as_of`, with ratios
    as_of : "YYYY-MM-DD", by which it is known what bases are in force
    widening : how much more a city is held to move than a province, before cities' changes tell
    """

    history: pd.DataFrame
    as_of: str
    catalogue: Catalogue
    widening: float = spread.SMALLER
    memory: dict[tuple, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def forecaster(self, indicator: str | None, basis: str | None = None) -> Forecaster:
        """Return the forecaster of an indicator, of figures on one basis only where one is named."""
        return self._once((indicator, basis), lambda: self._forecaster(indicator or "", basis))

    def predict(
        self, region: str, indicator: str, deadline: int, first: int | None = None, basis: str | None = None
    ) -> Predictive | None:
        """Return what is expected on the highest rung there is; None where there is none.

        Parameters
        ----------
        first : the earliest year the question needs, where the region has no figures; the deadline when None
        basis : the one a goal names, else None
        """
        key = ("predict", region, indicator, deadline, first, basis)
        return self._once(key, lambda: self._predict(region, indicator, deadline, first or deadline, basis))

    def own(
        self, region: str, indicator: str, deadline: int, basis: str | None = None
    ) -> tuple[Predictive | None, census.Rebasing | None]:
        """Return the forecast from one's own figures before a rebasing, and the rebasing that is pending."""
        forecaster = self.forecaster(indicator, basis)
        made = forecaster.predict(region, deadline)
        if made is None:
            return None, None
        if made.later or basis is not None:
            return made, None
        return made, self._pending(region, indicator, made.origin)

    def unrebased(
        self, region: str, indicator: str, deadline: int, first: int, basis: str | None = None
    ) -> tuple[Predictive | None, census.Rebasing | None]:
        """Return the forecast from one's own or the parent's figures before a rebasing, and the rebasing."""
        made, rebasing = self.own(region, indicator, deadline, basis)
        if made is not None:
            return made, rebasing
        made = self._placed(region, indicator, range(first, deadline + 1), basis)
        if made is None or made.placed is None or basis is not None:
            return made, None
        return made, self._pending(made.peers[0], indicator, made.placed.year)

    def _pending(self, region: str, indicator: str, year: int) -> census.Rebasing | None:
        """Return the rebasing that a region's figure of a year does not stand on yet."""
        return self._once(("pending", region, indicator, year), lambda: self._ahead(region, indicator, year))

    def _ahead(self, region: str, indicator: str, year: int) -> census.Rebasing | None:
        own = sorted(self.forecaster(indicator).own(region), key=lambda one: one.published)
        stands = [one.basis for one in own if one.year == year][-1]
        basis = census.ahead(indicator, stands, region, self.as_of, self.catalogue)
        if basis is None:
            return None
        return self._rebasing(indicator, basis)

    def _rebasing(self, indicator: str, basis: str) -> census.Rebasing:
        """Return what a rebasing may do by past ones, each learned once."""
        learned = self._once(("censuses",), dict)
        if indicator not in learned:
            learned[indicator] = census.jumps(self.history, indicator, self.catalogue)
        if (indicator, basis) not in learned:
            learned[indicator, basis] = census.expected(basis, learned[indicator])
        return learned[indicator, basis]

    def _forecaster(self, indicator: str, basis: str | None) -> Forecaster:
        rows = self.rows(indicator)
        if basis is not None:
            rows = rows[rows["basis"].eq(basis)]
        return Forecaster(rows, indicator, self.catalogue, self.widening)

    def rows(self, indicator: str) -> pd.DataFrame:
        """Return the figures of an indicator, annual and within years."""
        return self.history.iloc[self._places.get(indicator, [])]

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        return self.history.groupby("indicator", sort=False).indices

    def altered(self, history: pd.DataFrame, indicators: Container[str]) -> "Ladder":
        """Return the ladder of a history that differs in some indicators: of the others nothing is lost."""
        made = replace(self, history=history)
        learned = [(key, one) for key, one in self.memory.items() if isinstance(one, Forecaster)]
        made.memory.update({key: one for key, one in learned if one.indicator not in indicators})
        return made

    def held(self, widening: float) -> "Ladder":
        """Return the same with another assumption of how much more a city moves than a province."""
        if widening == self.widening:
            return self
        return self._once(("held", widening), lambda: self._held(widening))

    def _held(self, widening: float) -> "Ladder":
        made = replace(self, widening=widening)
        learned = [(key, one) for key, one in self.memory.items() if isinstance(one, Forecaster)]
        made.memory.update({key: one.held(widening) for key, one in learned})
        return made

    def _predict(
        self, region: str, indicator: str, deadline: int, first: int, basis: str | None
    ) -> Predictive | None:
        made, rebasing = self.unrebased(region, indicator, deadline, first, basis)
        if self.catalogue.indicators[indicator].kind == "amount":
            start = made.origin + 1 if made is not None else first
            return self._amount(region, indicator, range(start, deadline + 1), made) or made
        return self._with_its_stock(region, indicator, deadline, _rebased(made, rebasing))

    def _with_its_stock(
        self, region: str, indicator: str, deadline: int, made: Predictive | None
    ) -> Predictive | None:
        """Return a short stock as its inflow makes it, an inflow as the stocks around its year leave it."""
        if made is None or made.evidence != "short":
            return made
        inflow = self.catalogue.indicators[indicator].inflow
        if inflow is not None:
            return self._from_inflow(made, inflow, deadline) or made
        for stock, entry in self.catalogue.indicators.items():
            if entry.inflow == indicator and not made.later:
                return self._between_stocks(made, stock, deadline) or made
        return made

    def _from_inflow(self, made: Predictive, inflow: str, deadline: int) -> Predictive | None:
        """Return a stock from its last figure and the inflow known or expected since.

        None where no inflow is known of the stock's last year or a later one: with one, both answers agree.
        """
        years = tuple(range(made.origin + 1, deadline + 1))
        known = dict(self.forecaster(inflow).known(made.region, deadline + 1))
        if not any(year >= made.origin for year in known):
            return None
        ahead = self.forecaster(inflow).predict(made.region, deadline + 1)
        flows: dict[int, stocks.Inflow] = {}
        weight = stocks.ONE
        for year in years:
            if year in known:
                flows[year] = stocks.Inflow(known[year])
            elif ahead is not None and year in ahead.years:
                flows[year] = stocks.expected(ahead.mixture, ahead.years.index(year))
                weight = ahead.mixture.weight[0]
            elif min(known) < year < max(known):
                flows[year] = stocks.neighbours(known, year)
            else:
                return None
        pool = stocks.from_inflow(dict(made.known)[made.origin], flows, years, weight)
        return replace(made, years=years, mixture=pool, peers=(), later=None, informed=inflow)

    def _between_stocks(self, made: Predictive, stock: str, deadline: int) -> Predictive | None:
        """Return an inflow of a year that lies between two known stocks, and only of that year."""
        there = sorted(self.forecaster(stock).known(made.region, 9999))
        before = [pair for pair in there if pair[0] < deadline]
        after = [pair for pair in there if pair[0] >= deadline]
        if not before or not after:
            return None
        pool = stocks.inflow_between(before[-1], after[0], dict(made.known), deadline)
        if pool is None:
            return None
        return replace(made, years=(deadline,), mixture=pool, peers=(), informed=stock)

    def region(self, region: str, indicator: str, years: range) -> Predictive | None:
        """Place a region by its parent's figure and by how regions spread around theirs, on no own figure."""
        made = self._placed(region, indicator, years)
        if made is None or made.placed is None:
            return None
        return _rebased(made, self._pending(made.peers[0], indicator, made.placed.year))

    def _placed(
        self, region: str, indicator: str, years: range, basis: str | None = None
    ) -> Predictive | None:
        """The same on the basis the parent's last figure stands on."""
        entry, parent = self.catalogue.indicators[indicator], self.catalogue.regions[region].parent
        if entry.kind not in ("ratio", "share") or parent is None:
            return None
        placed = self._spread(region, indicator, basis)
        if placed is None:
            return None
        above = self._course(parent, indicator, years, _family(entry), basis)
        if above is None:
            return None
        apart = placed.deviation**2 + placed.move**2 * np.arange(len(years))
        centres = placed.centre + placed.doubt * CENTRES[:, None]
        course = Course(
            location=above.location + centres,
            spread=np.sqrt(above.spread**2 + apart + 0 * centres),
            doubt=above.doubt + 0 * centres,
            dof=np.full(len(CENTRES), placed.dof),
            weight=np.full(len(CENTRES), 1 / len(CENTRES)),
        )
        made = _predictive(region, indicator, years, course, entry, "region")
        year, value = self.forecaster(indicator, basis).known(parent, years[-1] + 1)[-1]
        frame = 0.0, *forecast.bounds(entry)
        at = mixtures.inverse(
            _family(entry), mixtures.forward(_family(entry), value, *frame) + placed.centre, *frame
        )
        placed = replace(placed, year=year, value=value, share=float(at) / value)
        moves = placed.assumed and len(years) > 1
        return replace(made, peers=(parent,), placed=placed, widened=self.widening if moves else 1.0)

    def _amount(self, region: str, indicator: str, years: range, own: Predictive | None) -> Predictive | None:
        """Return an amount as its ratio times the region's own whole, so that both answers agree.

        None where the catalogue knows no such ratio, or the whole has no history of its own.
        """
        if not len(years) or (own is not None and own.later):
            return None
        entry = self.catalogue.indicators[indicator]
        for name, ratio in self.catalogue.indicators.items():
            if ratio.numerator != indicator or ratio.denominator is None:
                continue
            part = self._ratio(region, name, years, own)
            whole = self._whole(region, ratio.denominator, years)
            if part is None or whole is None:
                continue
            course = Course(
                part.location + whole.location - np.log(ratio.scale),
                np.hypot(part.spread, whole.spread),
                np.hypot(part.doubt, whole.doubt),
                part.dof,
                part.weight,
            )
            evidence = own.evidence if own is not None else "region"
            made = _predictive(region, indicator, years, course, entry, evidence)
            if own is not None:
                return replace(made, peers=own.peers, known=own.known, widened=own.widened)
            found = self._placed(region, name, years)
            return (
                replace(made, peers=found.peers, placed=found.placed, widened=found.widened)
                if found
                else None
            )
        return None

    def _ratio(self, region: str, ratio: str, years: range, own: Predictive | None) -> Course | None:
        """Return a ratio's course on the basis its own figures stand on: the whole's is the same."""
        if own is None:
            found = self._placed(region, ratio, years)
            return None if found is None else _members(found, years, "log")
        made, _ = self.own(region, ratio, years[-1])
        if made is None or made.origin != own.origin or made.later:
            return None
        return _members(made, years, "log")

    def whole(self, region: str, indicator: str, deadline: int) -> tuple[int, float, float] | None:
        """Return a whole's last year and value up to the deadline, and its median at the deadline."""
        course = self._whole(region, indicator, range(deadline, deadline + 1))
        known = self.forecaster(indicator).known(region, deadline + 1)
        if course is None or not known:
            return None
        frame = 0.0, *forecast.bounds(self.catalogue.indicators[indicator])
        return *known[-1], float(mixtures.inverse("log", course.location[0, 0], *frame))

    def _whole(self, region: str, indicator: str, years: range) -> Course | None:
        made, _ = self.own(region, indicator, years[-1])
        return (
            None if made is None or made.evidence != "own" else self._course(region, indicator, years, "log")
        )

    def _course(
        self, region: str, indicator: str, years: range, family: str, basis: str | None = None
    ) -> Course | None:
        """Return known figures and, after the last of them, what is expected; None without any before."""
        key = ("course", region, indicator, years, family, basis)
        return self._once(key, lambda: self._expected(region, indicator, years, family, basis))

    def _expected(
        self, region: str, indicator: str, years: range, family: str, basis: str | None
    ) -> Course | None:
        forecaster, entry = self.forecaster(indicator, basis), self.catalogue.indicators[indicator]
        known = dict(forecaster.known(region, years[-1] + 1))
        if not known or (min(known) > years[0] and years[0] not in known):
            return None
        made = forecaster.predict(region, years[-1]) if max(known) < years[-1] else None
        ahead = _reduced(made, made.years, family) if made is not None else None
        bounds = forecast.bounds(entry)
        empty = [np.zeros((1, len(years))) for _ in range(3)]
        dof = np.array([np.inf]) if ahead is None else ahead.dof
        course = Course(empty[0], empty[1], empty[2], dof, np.ones(1))
        for h, year in enumerate(years):
            if year in known:
                course.location[0, h] = mixtures.forward(family, known[year], 0.0, *bounds)
            elif ahead is None or made is None or year not in made.years:
                return None
            else:
                k = made.years.index(year)
                course.location[0, h], course.spread[0, h] = ahead.location[0, k], ahead.spread[0, k]
                course.doubt[0, h] = ahead.doubt[0, k]
        return course

    def _spread(self, region: str, indicator: str, basis: str | None) -> spread.Spread | None:
        entry = self.catalogue.indicators[indicator]

        def beside() -> spread.Tables:
            figures = self.forecaster(indicator, basis).figures
            found = spread.beside(figures, _family(entry), forecast.bounds(entry), self.catalogue)
            return spread.Tables.of(found, self.catalogue, spread.complete(figures, self.catalogue))

        found: spread.Tables = self._once(("beside", indicator, basis), beside)
        return found.spread(region, self.widening, self.catalogue)

    def _once(self, key: tuple, compute: Callable[[], Any]) -> Any:
        if key not in self.memory:
            self.memory[key] = compute()
        return self.memory[key]


def rests_on(indicator: str, known: Catalogue) -> tuple[str, ...]:
    """Return the indicator and those its forecast may rest on: parts, ratios, wholes, flow, stock."""
    entries = known.indicators
    ratios = [name for name, one in entries.items() if one.numerator == indicator and one.denominator]
    own = entries[indicator]
    parts = (own.numerator, own.denominator, own.inflow)
    stock = [name for name, one in entries.items() if one.inflow == indicator]
    wholes = [entries[name].denominator for name in ratios]
    return tuple(dict.fromkeys(one for one in (indicator, *parts, *ratios, *wholes, *stock) if one))


def _rebased(made: Predictive | None, rebasing: census.Rebasing | None) -> Predictive | None:
    """Return a forecast with what a pending rebasing may do to it."""
    if made is None or rebasing is None:
        return made
    return replace(made, mixture=census.shifted(made.mixture, rebasing), rebasing=rebasing)


def _family(entry: Indicator) -> str:
    """The scale regions spread on: log, logit where both bounds are there."""
    low, high = forecast.bounds(entry)
    return "logit" if np.isfinite(low) and np.isfinite(high) else "log"


def _reduced(made: Predictive, years: range | tuple[int, ...], family: str) -> Course:
    """Return a pool as one t on a scale, by its median and its 80 % interval."""
    pool = made.mixture
    levels = np.maximum(mixtures.quantile(pool, np.array(TAILS))[0], 1e-12)
    chosen = [made.years.index(year) for year in years]
    z = mixtures.forward(family, levels[chosen], 0.0, pool.lower, pool.upper)
    dof = float(pool.weight[0] @ np.minimum(pool.dof[0], 1e6))
    width = (z[:, 2] - z[:, 0]) / (2 * float(mixtures.t_quantile(np.array([dof]), [0.9])[0, 0]))
    share = (pool.weight[0][:, None] * (pool.doubt[0] / pool.spread[0]) ** 2).sum(axis=0)[chosen]
    return Course(z[None, :, 1], width[None], (width * np.sqrt(share))[None], np.array([dof]), np.ones(1))


def _members(made: Predictive, years: range, family: str) -> Course:
    """Return every member of a pool as a t on another scale, by its median and its 80 % interval."""
    pool, chosen = made.mixture, [made.years.index(year) for year in years]
    levels = np.maximum(mixtures.member_quantiles(pool, np.array(TAILS))[0][:, chosen], 1e-12)
    z = mixtures.forward(family, levels, 0.0, pool.lower, pool.upper)
    width = (z[..., 2] - z[..., 0]) / (2 * mixtures.t_quantile(pool.dof[0], [0.9]))
    share = pool.doubt[0][:, chosen] / pool.spread[0][:, chosen]
    return Course(z[..., 1], width, width * share, pool.dof[0], pool.weight[0])


def _predictive(
    region: str, indicator: str, years: range, course: Course, entry: Indicator, evidence: str
) -> Predictive:
    lower, upper = forecast.bounds(entry)
    pool = mixtures.Mixture(
        family=(_family(entry),) * len(course.weight),
        weight=course.weight[None],
        location=course.location[None],
        spread=np.maximum(course.spread, 1e-9)[None],
        doubt=course.doubt[None],
        dof=np.minimum(course.dof, 1e6)[None],
        offset=np.zeros(1),
        lower=lower,
        upper=upper,
    )
    return Predictive(region, indicator, years[0] - 1, tuple(years), evidence, (), False, (), pool)
