"""What there is to say of a target: one type a situation, each with just what is known then."""

from dataclasses import dataclass

import pandas as pd

from analysis.forecast import Conditional, Predictive
from analysis.plans import Judgement


@dataclass(frozen=True)
class Settled:
    """The outcome is known, and so whether it is ``met``.

    readings : the same goal read otherwise: "stated", "strict" (>), "inclusive" (>=), "exact" (the figure as
        it stands) and "printed" (rounded first: 1.246 meets 1.25), each 1.0 or 0.0; "matters": whether
        rounding turns the outcome
    """

    met: bool
    readings: dict


@dataclass(frozen=True)
class Rises:
    """No figures of its own to go by: those of comparable regions rose in ``rises`` of ``changes`` years."""

    peers: tuple[str, ...]
    rises: int
    changes: int


@dataclass(frozen=True)
class Nothing:
    """Figures are wanted; there may be peers, whose changes do not answer what is asked."""

    peers: tuple[str, ...] = ()


Lent = Conditional | Rises | Nothing  # what comparable regions say of one without figures of its own


@dataclass(frozen=True)
class Probability:
    """A probability, from the months of the deadline's year alone.

    quantiles : year, quantile, value for each year after the origin up to the deadline, in the indicator's
        unit; here of the deadline's year only
    readings : as of `Settled`, each a probability; "matters": whether rounding moves it by a point or more.
        Beside them, where they were asked for, the answer without or under other assumptions:
        "without_months"; "census", "widened": mappings
    lent : what comparable regions say beside it; nothing where the region has figures of its own
    """

    quantiles: pd.DataFrame
    readings: dict
    lent: Lent


@dataclass(frozen=True)
class Forecast(Probability):
    """A probability from what is expected of each year up to the deadline."""

    predictive: Predictive


@dataclass(frozen=True)
class Lacking:
    """Past years, or regions, whose figure the question needs and nobody has published: no answer."""

    missing: tuple[int | str, ...]


@dataclass(frozen=True)
class Ended:
    """A task that dated evidence finds ``done``, or not done."""

    done: bool


@dataclass(frozen=True)
class Judged:
    """A task with a probability that somebody has signed."""

    judgement: Judgement


@dataclass(frozen=True)
class Undecided:
    """A task of which no dated fact decides."""


Answer = Settled | Probability | Lent | Lacking | Ended | Judged | Undecided
