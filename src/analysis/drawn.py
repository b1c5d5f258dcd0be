"""What the chart of a target shows, whoever draws it: intervals and goal are the same on paper and page."""

import pandas as pd

from analysis import kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Indicator
from analysis.printing import Voice
from analysis.situations import Probability

LEVELS = ((95, 0.025, 0.975), (80, 0.1, 0.9), (50, 0.25, 0.75))  # the widest first, as they are laid


def expected(assessment: Assessment) -> pd.DataFrame:
    """Return the quantiles of the forecast, levels across; the first row is the last known figure, if any.

    Empty without a forecast. Counts have no values between two years: what is drawn of them leaves out the
    first row.
    """
    if not isinstance(assessment.answer, Probability) or assessment.answer.quantiles.empty:
        return pd.DataFrame()
    table = assessment.answer.quantiles.pivot(index="year", columns="quantile", values="value").sort_index()
    table.columns = table.columns.to_numpy().round(4)
    known = assessment.history[assessment.history["year"] < table.index[0]]
    if known.empty:  # placed by its parent: nothing to start from
        return table
    start = pd.DataFrame(known["value"].iloc[-1], index=[known["year"].iloc[-1]], columns=table.columns)
    return pd.concat([start, table])


def preliminary(rows: pd.DataFrame, figures: pd.DataFrame | None, entry: Indicator) -> pd.Series:
    """Say which figures of an indicator are preliminary: as published, or worked out of a part that is.

    Parameters
    ----------
    rows : the region's figures, columns of ``tables.OBSERVATIONS``
    figures : of a dossier, those of numerator and denominator among them; None where they are not at hand
    """
    early = rows["status"].isin(tables.PRELIMINARY)
    if figures is None or not entry.numerator:
        return early
    parts = figures[
        figures["role"].eq("part") & figures["indicator"].isin((entry.numerator, entry.denominator))
    ]
    parts = parts[parts["status"].isin(tables.PRELIMINARY)]
    there = {*zip(parts["period"], parts["basis"], strict=True)}  # a part without a basis goes with any
    made = [
        status == "derived" and not there.isdisjoint({(period, basis), (period, "")})
        for period, basis, status in zip(rows["period"], rows["basis"], rows["status"], strict=True)
    ]
    return early | pd.Series(made, index=rows.index, dtype=bool)


def stretches(rows: pd.DataFrame) -> pd.Series:
    """Number the unbroken runs of years on one basis of a region's figures in order of years."""
    gap = rows["year"].diff().ne(1) | rows["basis"].ne(rows["basis"].shift())
    return gap.cumsum()


def rebased(rows: pd.DataFrame) -> set[int]:
    """Return the years that stand on another basis than the year before, of a region's figures in order."""
    changed = rows["year"].diff().eq(1) & rows["basis"].ne(rows["basis"].shift())
    return {*rows.loc[changed, "year"].astype(int)}


def levelled(assessment: Assessment) -> bool:
    """Say whether the goal is a level of the indicator."""
    return assessment.row["goal"] is not None and kinds.of(assessment.target).level


def given(assessment: Assessment) -> float | None:
    """Return the chance that stands beside those of each value an earlier year may have; None without one."""
    return assessment.row["p_attain"] if isinstance(assessment.answer, Probability) else None


def goal(assessment: Assessment, voice: Voice, like: float | None = None) -> tuple[float, str] | None:
    """Return the goal and its label, where it is a level of the indicator; the head has the unit.

    like : an amount in whose unit it is drawn
    """
    level, target = assessment.row["goal"], assessment.target
    if not levelled(assessment):
        return None
    indicator = voice.catalogue.indicators[str(target.indicator)]
    if target.than:
        value = voice.amount(level, indicator, like)
        return level, voice.say("figure.than", year=target.than, value=value)
    return level, voice.say("figure.goal", value=voice.number(level / voice.size(indicator, like), None))
