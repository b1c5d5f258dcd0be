"""rank: the place of a region among its siblings, a province among provinces, a city among its province's."""

import numpy as np

from analysis import forecast
from analysis.arrays import Array
from analysis.catalogue import Catalogue
from analysis.kinds import goals, paths
from analysis.kinds.kind import Decided, Kind
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Target


class Rank(Kind):
    """At least the n-th: place 1 is the highest figure where more is good, else the lowest.

    Figures are compared as they are printed, and equal ones share the better place. A place is known when
    the whole table of the year is; it is expected from draws of all of them, each from
    its own forecast and independent of the others: what moves all alike moves no place.
    """

    claim, unit = "rank", "place"
    summed_up = True

    def siblings(self, region: str, catalogue: Catalogue, year: int) -> tuple[str, ...]:
        return tuple(one for one in catalogue.alike(region, year) if one != region)

    def places(self, target: Target, catalogue: Catalogue) -> int | None:
        return None

    def outcome(self, known: Known, so_far: InYear | None) -> Decided:
        place, target = self.place(known, known.target.deadline), known.target
        return place, None if place is None else goals.compare(place, target.comparison, target.goal)

    def gap(self, known: Known, so_far: InYear | None) -> float | None:
        """Return the goal less the place by the latest figures."""
        last = known.last(known.target.deadline + 1)
        place = None if last is None else self.place(known, last[0])
        return None if place is None else known.target.goal - place

    def place(self, known: Known, year: int) -> float | None:
        """Return the region's place in a year, in the newest table of everyone's figures.

        A table is one release (a province may have restated its own GDP since: its basis is another, and the
        bulletin ranks it all the same) or figures on one basis.
        """
        everyone = {known.region, *self.siblings(known.region, known.catalogue, year)}
        rows = known.annual(tuple(everyone))
        rows = rows[rows["year"].eq(year)].sort_values("published", kind="stable")
        parts = [part for names in (["source", "published"], ["basis"]) for _, part in rows.groupby(names)]
        whole = [part for part in parts if set(part["region"]) == everyone]
        if not whole:
            return None
        newest = max(whole, key=lambda part: part["published"].max())
        figures = newest.drop_duplicates("region", keep="last").set_index("region")["value"]
        return float(self._place(known, figures[known.region], figures.to_numpy()))

    def missing(self, known: Known, predictive: forecast.Predictive | None) -> tuple[int | str, ...]:
        """Return the siblings of whom no figure is known up to the deadline."""
        rows = known.annual()
        seen = set(rows.loc[rows["year"] <= known.target.deadline, "region"])
        year = known.target.deadline
        return tuple(one for one in self.siblings(known.region, known.catalogue, year) if one not in seen)

    def quantity(self, known: Known, origin: int) -> paths.Quantity:
        others, deadline = self._others(known), known.target.deadline
        return lambda ahead: self._place(known, ahead[deadline], others[:, : len(ahead[deadline])])

    def _others(self, known: Known) -> Array:
        """Return (siblings, draws): their figures of the deadline's year, known or drawn once."""
        key = ("others", known.region, known.target.deadline, known.forecaster.widening)
        return known.forecaster.remember(key, lambda: self._drawn(known))

    def _drawn(self, known: Known) -> Array:
        deadline, rng = known.target.deadline, np.random.default_rng([paths.SEED, 1])
        rows = known.annual()
        published = rows[rows["year"].eq(deadline)].groupby("region")["value"].last()

        def drawn(region: str) -> Array:
            predictive = known.forecaster.predict(region, deadline)
            if predictive is None:
                return np.full(paths.DRAWS, published[region])
            return forecast.paths(predictive, paths.DRAWS, rng)[:, predictive.years.index(deadline)]

        return np.stack([drawn(one) for one in self.siblings(known.region, known.catalogue, deadline)])

    def _place(self, known: Known, own: Array, others: Array) -> Array:
        """Return one more than how many of the others (rows) are better."""
        sign = 1 if known.entry.good == "up" else -1
        own, others = (sign * np.round(values, known.entry.decimals) for values in (own, others))
        return 1 + (others > own).sum(axis=0)
