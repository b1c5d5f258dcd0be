"""What a reader supposes to be otherwise: goal, last value, growth of the whole, count so far.

Pace and uncertainty stay as forecast. A last value moves every year's forecast, for each member of the pool
on the scale that member lives on: added on the plain scale, multiplied on the log scale, odds multiplied on
the logit scale, the mean multiplied for counts. A denominator that is f times as large after a year makes the
ratio's median f times smaller, and moves each member on its scale by as much. A count so far replaces that
of the deadline's year.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis import counts, forecast, kinds, mixtures
from analysis.kinds.known import Known
from analysis.kinds.within import InYear


@dataclass(frozen=True)
class Supposed:
    """What is supposed; None leaves all as it is known.

    goal, last : in the unit of the goal and of the indicator
    growth : how many times as large the denominator is after a year as the one expected
    count, month : so many in the deadline's year to the end of that month (1-12)
    """

    goal: float | None = None
    last: float | None = None
    growth: float | None = None
    count: int | None = None
    month: int = 6

    def known(self, known: Known) -> Known:
        """Return what is known with the goal and the last figure supposed."""
        if self.goal is not None:
            known = replace(known, target=known.target.model_copy(update={"goal": self.goal}))
        found = known.last(known.target.deadline)
        if self.last is None or found is None:
            return known
        own, series = known.own.copy(), known.series
        own.loc[own.index[own["year"].eq(found[0])][-1:], "value"] = self.last
        value = np.where(np.array(series.years) == found[0], self.last, series.value)
        return replace(known, own=own, series=replace(series, value=value))

    def so_far(self, known: Known, so_far: InYear | None) -> InYear | None:
        """Return the count so far of the deadline's year, as supposed."""
        target = known.target
        if self.count is None or not kinds.of(target).monthly or known.entry.kind != "flow":
            return so_far
        share = counts.share_by(self.month, target.calendar)
        month = f"{target.deadline}-{self.month:02d}"
        if so_far is not None:
            return replace(so_far, month=month, seen=self.count, share=share)
        batches = tuple(sorted(target.calendar.items()))
        return InYear(month, self.count, share, batches, 0, np.zeros(0))

    def predictive(self, made: forecast.Predictive | None) -> forecast.Predictive | None:
        """Return a forecast as it is from the supposed last value, and with the supposed growth below it."""
        if made is None or made.later:
            return made
        pool, known = made.mixture, dict(made.known)
        if self.last is not None and made.origin in known:
            years = np.ones(len(made.years))
            pool = mixtures.carried(pool, known[made.origin] * years, self.last * years)
            known[made.origin] = self.last
        if self.growth is not None:
            middle = mixtures.quantile(pool, np.array([0.5]))[0, :, 0]
            pool = mixtures.carried(pool, middle, middle / self.growth ** np.arange(1, len(middle) + 1))
        return replace(made, mixture=pool, known=tuple(known.items()))


AS_KNOWN = Supposed()
