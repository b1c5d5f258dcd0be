"""Plan, panel and date in; the attainment table out: the one wiring all others call."""

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis import census, forecast, kinds, ladder, panel, situations, tables
from analysis.arrays import Array
from analysis.catalogue import Catalogue, Source
from analysis.kinds import paths
from analysis.kinds.goals import Ask
from analysis.kinds.known import Known
from analysis.kinds.within import InYear
from analysis.plans import Evidence, Plan, Printed, Target, known_notes
from analysis.supposed import AS_KNOWN, Supposed

LEVELS = forecast.LEVELS
INTERVALS = {"median": 0.5, "lo80": 0.1, "hi80": 0.9, "lo95": 0.025, "hi95": 0.975}
MIDDLE = np.array([0.5])
TOLD = np.sort([*INTERVALS.values()])  # the levels of a brief answer: those of the table alone
FAN = ["year", "quantile", "value"]
WIDENINGS = (1.0, 2.0, 3.0)  # what the assumption on cities is shown at
HIGH = 1.2816  # standard deviations above the mean: nine of ten lie below


@dataclass(frozen=True)
class Assessment:
    """Everything the suite has to say on one target as of one date.

    row : the target's line of the attainment table, None where a field is empty
    history : annual figures of the target's region and indicator known then, by year
    shown : figures known then that are evidence only (an expectation, a lower bound)
    in_year : the count or amount so far of the deadline's year, where there is one; ``row`` already uses it
    answer : of the type that fits what is known
    unlike : the day from which there were figures on another basis than the goal's, left out; empty without
    """

    plan: Plan
    target: Target
    as_of: str
    row: dict
    history: pd.DataFrame
    shown: pd.DataFrame
    series: panel.Series
    in_year: InYear | None
    answer: situations.Answer
    unlike: str = ""

    @property
    def situation(self) -> str:
        """The answer's type in a word: by it phrases and statements are chosen."""
        match self.answer:
            case situations.Settled(met):
                return "met" if met else "missed"
            case situations.Probability():
                return "open"
            case situations.Conditional():
                return "conditional"
            case situations.Rises():
                return "rises"
            case situations.Nothing() | situations.Lacking():
                return "none"
            case situations.Ended(done):
                return "done" if done else "failed"
            case situations.Judged():
                return "judged"
            case situations.Undecided():
                return "related" if self.evidence else "silent"

    @property
    def quantiles(self) -> pd.DataFrame:
        """Quantiles of each year ahead: year, quantile, value; empty without a probability."""
        if isinstance(self.answer, situations.Probability):
            return self.answer.quantiles
        return pd.DataFrame(columns=FAN)

    @property
    def readings(self) -> dict:
        """The same goal read otherwise, where it was answered."""
        if isinstance(self.answer, situations.Settled | situations.Probability):
            return self.answer.readings
        return {}

    @property
    def lent(self) -> situations.Lent:
        """What comparable regions say, alone or beside a probability."""
        if isinstance(self.answer, situations.Probability):
            return self.answer.lent
        return self.answer if isinstance(self.answer, situations.Lent) else situations.Nothing()

    @property
    def peers(self) -> tuple[str, ...]:
        """Codes of the regions that lend to the answer."""
        if isinstance(self.answer, situations.Forecast):
            return self.answer.predictive.peers
        return self.lent.peers

    @property
    def later(self) -> tuple[int, float] | None:
        """Year and value of the later figure that the expectations lead to; None without."""
        return self.answer.predictive.later if isinstance(self.answer, situations.Forecast) else None

    @property
    def carried(self) -> bool:
        """Whether a forecast rests on a stock and what flowed into it, both."""
        return isinstance(self.answer, situations.Forecast) and bool(self.answer.predictive.informed)

    @property
    def doubted(self) -> bool:
        """Whether a remark of the plan says that a figure it rests on is still to be confirmed."""
        return any(note.unconfirmed for note in known_notes(self.target.notes, self.as_of))

    def unconfirmed(self, catalogue: Catalogue) -> bool:
        """Say whether a known outcome is still to be confirmed: by its source, or by a remark of the plan."""
        if not isinstance(self.answer, situations.Settled | situations.Ended):
            return False
        source = self._outcome_source(catalogue)
        return self.doubted or (source is not None and source.unconfirmed)

    @property
    def not_due(self) -> bool:
        """Whether a task's year is not over and nothing proves it done: that says nothing against it."""
        return self.situation in ("silent", "related") and self._early(self.as_of)

    def _early(self, day: str) -> bool:
        return kinds.of(self.target).judged and day <= f"{self.target.deadline}-12-31"

    def answered(self, catalogue: Catalogue) -> str:
        """Return the key of the phrase that tells the verdict, the same wherever it stands in brief."""
        if self.not_due:
            return "answered.not_due"
        verdict = self.row["verdict"]
        return f"answered.hearsay_{verdict}" if self.hearsay(catalogue) else f"verdict.{verdict}"

    def answered_on(self, row: Mapping[str, Any]) -> str:
        """Return the key of the phrase that tells the verdict of a row of an earlier date."""
        early = row["verdict"] == "no_evidence" and self._early(row["as_of"])
        return "answered.not_due" if early else f"verdict.{row['verdict']}"

    def hearsay(self, catalogue: Catalogue) -> bool:
        """Say whether a known outcome rests on a source rated poor: it is then reported, not established."""
        if not isinstance(self.answer, situations.Settled):
            return False
        source = self._outcome_source(catalogue)
        return source is not None and source.quality == "red"

    def _outcome_source(self, catalogue: Catalogue) -> Source | None:
        """Who gave the deadline's figure, where one is known."""
        rows = self.history[self.history["year"].eq(self.target.deadline)]
        return catalogue.sources[rows["source"].iloc[-1]] if len(rows) else None

    def set_aside(self, day: str | None = None) -> str:
        """Return why no figure there was by a day is used; empty where one is, or there was none.

        "unlike" : they are on another basis than the goal's; "shown" : they are evidence only
        """
        day = day or self.as_of
        if len(self.history):
            return ""
        if self.unlike and self.unlike <= day:
            return "unlike"
        if self.shown.empty:
            return ""
        told = self.shown["status"].isin(tables.EVIDENCE_ONLY) & self.shown["published"].le(pd.Timestamp(day))
        return "shown" if told.any() else ""

    def counts(self, year: int) -> bool:
        """Say whether a year's figure bears on the answer: after the deadline one expectations lead to."""
        return year <= self.target.deadline or (self.later is not None and year == self.later[0])

    @property
    def median(self) -> float | None:
        """The median of the deadline's figure, whatever the goal is set on."""
        rows = self.quantiles
        found = rows.loc[rows["year"].eq(self.target.deadline) & rows["quantile"].eq(0.5), "value"]
        return float(found.iloc[0]) if len(found) else None

    @property
    def typical(self) -> float | None:
        """The last figure listed: papers and pictures write amounts in the unit that suits it."""
        listed = self.history if len(self.history) else self.shown
        return float(listed["value"].iloc[-1]) if len(listed) else None

    @property
    def evidence(self) -> list[Evidence]:
        """The dated facts about a milestone known then."""
        return [one for one in self.target.evidence if one.date.isoformat() <= self.as_of]


@dataclass(frozen=True)
class Vintage:
    """What was known on a date: usable history, every figure filed by then, and what they are figures of.

    in_force : the date whose bases are in force, where it is not ``as_of``
    brief : whether only the row is wanted, not what it would be under other assumptions nor the whole fan
    bare : whether only the row's probability and median are wanted, without their ranges
    What was learned from it is remembered here: a vintage altered to ask what if learns anew what it must.
    """

    as_of: str
    history: pd.DataFrame
    filed: pd.DataFrame
    catalogue: Catalogue
    in_force: str | None = None
    brief: bool = False
    bare: bool = False
    memory: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> "Vintage":
        known = observations[observations["published"] <= pd.Timestamp(as_of)]
        return cls(as_of, panel.as_of(observations, as_of, catalogue), known, catalogue)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The figures that are evidence only."""
        return self.filed[self.filed["status"].isin((*tables.EVIDENCE_ONLY, tables.DOUBTFUL))]

    @property
    def ladder(self) -> ladder.Ladder:
        """What every forecast of this vintage stands on."""
        if "ladder" not in self.memory:
            asked = self.history, self.in_force or self.as_of, self.catalogue
            self.memory["ladder"] = ladder.Ladder(*asked)
        return self.memory["ladder"]

    def altered(self, history: pd.DataFrame, indicators: Container[str]) -> "Vintage":
        """Return the vintage, asked for the bare answer, with a history that differs in some indicators."""
        made = replace(self, history=history, brief=True, bare=True)
        made.memory["ladder"] = self.ladder.altered(history, indicators)
        return made

    def figures(self, region: str, target: Target) -> tuple[pd.DataFrame, pd.DataFrame, panel.Series]:
        """Return a region's figures of a target's indicator: all, the annual ones by year, those chained."""
        asked, indicator = (region, target.indicator, target.basis), target.indicator or ""
        if asked not in self.memory:
            rows = self.ladder.forecaster(target.indicator, target.basis).rows(region)
            own = panel.by_year(panel.annual(rows, indicator))
            self.memory[asked] = rows, own, panel.series(rows, indicator, (region,))
        return self.memory[asked]


def table(plan: Plan, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return the attainment table: one row a target, columns of ``tables.ATTAINMENT``.

    Parameters
    ----------
    observations : table of ``releases.load``
    as_of : "YYYY-MM-DD"; only what was published by then is used
    """
    vintage = replace(Vintage.of(observations, as_of, catalogue), brief=True)
    return frame(lines(plan, vintage))


def lines(plan: Plan, vintage: Vintage) -> list[dict]:
    """Return the rows of a plan's attainment table as of a vintage's date."""
    return [assess_vintage(plan, target, vintage).row for target in plan.targets]


def assess_all(plan: Plan, observations: pd.DataFrame, as_of: str, catalogue: Catalogue) -> list[Assessment]:
    """Assess every target of a plan, in the plan's order."""
    vintage = Vintage.of(observations, as_of, catalogue)
    return [assess_vintage(plan, target, vintage) for target in plan.targets]


def assess(
    plan: Plan, target: Target, observations: pd.DataFrame, as_of: str, catalogue: Catalogue
) -> Assessment:
    """Assess one target as of one date."""
    return assess_vintage(plan, target, Vintage.of(observations, as_of, catalogue))


def dates(plan: Plan, observations: pd.DataFrame, until: str) -> list[str]:
    """Return the plan's day of issue, each later day on which its data changed, and ``until``, in order.

    None lies after ``until``, also where the plan was not yet issued then.
    """
    issued = plan.issued.isoformat()
    changed = panel.dates(observations, {plan.region}, plan.indicators)
    return sorted({until, *(day for day in (issued, *changed) if issued <= day <= until)})


def before_newest(plan: Plan, observations: pd.DataFrame, as_of: str) -> str | None:
    """Return the date a movement is told from: when the plan's data changed last but once, or its issue."""
    changed = [day for day in panel.dates(observations, {plan.region}, plan.indicators) if day <= as_of]
    day = max([plan.issued.isoformat(), *changed[-2:-1]])
    return day if day < as_of else None


def frame(rows: list[dict]) -> pd.DataFrame:
    """Turn rows into the checked attainment table."""
    columns = list(tables.ATTAINMENT.columns)
    whole, words = (
        {"origin", "horizon"},
        {"plan", "target", "region", "indicator", "kind", "as_of", "verdict"},
    )
    made = pd.DataFrame(rows, columns=columns)
    for column in columns:
        if column in whole:
            made[column] = made[column].astype("Int64")
        elif column not in words | {"evidence", "deadline"}:
            made[column] = made[column].astype("float64")
    return tables.check(made, tables.ATTAINMENT)


def assess_vintage(plan: Plan, target: Target, vintage: Vintage, what: Supposed = AS_KNOWN) -> Assessment:
    """Assess one target on a vintage: a real one or one altered, and with what is supposed."""
    kind, known = kinds.of(target), what.known(_known(plan, target, vintage))
    target, so_far = known.target, what.so_far(known, kind.so_far(known))
    outcome, met = kind.outcome(known, so_far)
    row = _row(plan, target, vintage.as_of, goal=kind.goal(known), outcome=outcome)
    row["gap"] = kind.gap(known, so_far)
    answer: situations.Answer
    if met is not None:
        row |= dict.fromkeys(("p_attain", "p_low", "p_high"), float(met))
        row |= {"evidence": "own", "verdict": "met" if met else "missed"}
        if kind.judged:
            answer = situations.Ended(met)
        else:
            answer = situations.Settled(met, kind.reread(known, outcome))
    elif kind.judged:
        signed = kind.judgement(known)
        answer = situations.Judged(signed) if signed else situations.Undecided()
        row |= {"verdict": "open", "evidence": "own", "p_attain": signed.probability} if signed else {}
    else:
        predictive = what.predictive(known.predict()) if target.indicator else None
        so_far = kind.whole_year(known, so_far, predictive)
        found, answer = _expect(kind, known, predictive, so_far)
        row |= found
    shown = panel.annual(on_basis(vintage.shown, target), target.indicator, (plan.region,))
    told = known.own, shown, known.series, so_far, answer
    return Assessment(plan, target, vintage.as_of, row, *told, _unlike(plan, target, vintage))


def _known(plan: Plan, target: Target, vintage: Vintage) -> Known:
    figures = vintage.figures(plan.region, target)
    return Known(target, plan.region, vintage.as_of, *figures, vintage.ladder, vintage.brief, vintage.bare)


def on_basis(rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Keep, of the target's indicator, only figures on the basis the goal was set on, where it names one."""
    if target.basis is None:
        return rows
    return rows[rows["indicator"].ne(target.indicator) | rows["basis"].eq(target.basis)]


def _unlike(plan: Plan, target: Target, vintage: Vintage) -> str:
    """Return the day on which the first figure on another basis than the goal's was published."""
    if target.basis is None:
        return ""
    rows = panel.annual(vintage.filed, target.indicator or "", (plan.region,))
    rows = rows[rows["basis"].ne(target.basis)]
    rows = rows[rows["status"].isin((*tables.USABLE, *tables.EVIDENCE_ONLY))]
    return str(rows["published"].min().date()) if len(rows) else ""


def _row(
    plan: Plan, target: Target, as_of: str, goal: float | None = None, outcome: float | None = None
) -> dict:
    row = dict.fromkeys(tables.ATTAINMENT.columns)
    row |= {"plan": plan.id, "target": target.id, "region": plan.region, "indicator": target.indicator or ""}
    row |= {
        "kind": target.kind,
        "goal": goal,
        "deadline": target.deadline,
        "as_of": as_of,
        "outcome": outcome,
    }
    return row | {"verdict": "no_evidence", "evidence": "none"}


# ----------------------------------------------------------------------------------------------- forecasts


def _expect(
    kind: kinds.Kind, known: Known, predictive: forecast.Predictive | None, so_far: InYear | None
) -> tuple[dict, situations.Answer]:
    """Return what the row gains from a forecast, and the answer."""
    missing = kind.missing(known, predictive)
    if missing:
        return {}, situations.Lacking(missing)
    alone = predictive is None or predictive.evidence == "region"
    lent = _lent(kind, known) if alone else situations.Nothing()
    if predictive and so_far and so_far.total is not None:
        predictive = replace(predictive, later=None)  # the year's own months say more
    ask = kind.ask(known, predictive, so_far)
    if ask is None:
        return {"evidence": "conditional" if lent.peers else "none"}, lent
    return _answer(kind, known, ask, predictive, so_far, lent)


def _lent(kind: kinds.Kind, known: Known) -> situations.Lent:
    """Without figures of its own: what comparable regions say would be needed, or how often theirs rose."""
    target, region, forecaster = known.target, known.region, known.forecaster
    peers, _ = forecaster.lenders(region, target.deadline)
    if peers and kind.compares:
        return situations.Rises(peers, *forecaster.rises(peers, target.deadline))
    base = min(int(known.as_of[:4]), target.deadline) - 1  # the last year a bureau can have by then
    asked = region, base, target.deadline, target.comparison, target.goal
    found = forecaster.conditional(*asked) if peers and kind.figure else None
    return found or situations.Nothing(peers)


def _answer(
    kind: kinds.Kind,
    known: Known,
    ask: Ask,
    predictive: forecast.Predictive | None,
    so_far: InYear | None,
    lent: situations.Lent,
) -> tuple[dict, situations.Probability]:
    """Return what the row gains from an answer, and the answer."""
    deadline = known.target.deadline
    probabilities, readings = kind.read(known, ask)
    if predictive is not None and not known.brief:
        if predictive.rebasing is not None:
            readings |= {"census": _if_rebased(kind, known, predictive.years[0], so_far)}
        if predictive.widened != 1:
            readings |= {"widened": _if_widened(kind, known, so_far)}
    if so_far is not None and so_far.month and predictive is not None:
        probabilities, readings = _beside_months(kind, known, predictive, so_far, probabilities, readings)
    row = dict(zip(["p_attain", "p_low", "p_high"], probabilities, strict=True))
    levels = MIDDLE if known.bare else TOLD if known.brief else LEVELS
    quantiles = _fan(known.target, predictive, so_far, levels)
    last = quantiles[quantiles["year"].eq(deadline)].set_index("quantile")["value"]
    if kind.summed_up and isinstance(ask, paths.Drawn):
        last = dict(zip(levels, ask.quantiles(levels), strict=True))
    row |= {name: float(last[level]) for name, level in INTERVALS.items() if level in last}
    row["required_growth"] = kind.required_growth(known)
    row |= {"verdict": "open", "evidence": predictive.evidence if predictive else "own"}
    if predictive and predictive.evidence != "region":
        row |= {"origin": predictive.origin, "horizon": deadline - predictive.origin}
    if predictive is None:
        return row, situations.Probability(quantiles, readings, lent)
    return row, situations.Forecast(quantiles, readings, lent, predictive)


def _beside_months(
    kind: kinds.Kind,
    known: Known,
    predictive: forecast.Predictive,
    so_far: InYear,
    probabilities: tuple,
    readings: dict,
) -> tuple[tuple, dict]:
    """Add the answer without the months; the range reaches to it where their share is not the region's.

    That is, by another region's months, or assumed, as of every count.
    """
    ask = kind.ask(known, predictive, None)
    assert ask is not None, "a forecast answers"
    without = kind.read(known, ask)[0][0]
    p, low, high = probabilities
    if so_far.past is None or (so_far.past.evidence != "own" and 0 < p < 1):
        low, high = min(low, without), max(high, without)
    return (p, low, high), readings | {"without_months": without}


def _if_rebased(kind: kinds.Kind, known: Known, first: int, so_far: InYear | None) -> dict:
    """Return the answer were the denominator not rebased, or by the median, or by a high revision (90 %).

    growth_median and growth_high are the revisions in % of the denominator; "printed" and growth_printed the
    same were it as another source prints it: printed_value of printed_year.
    """
    target = known.target
    asked = known.region, target.indicator or "", target.deadline, first, target.basis
    made, rebasing = known.ladder.unrebased(*asked)
    assert made is not None and rebasing is not None, "asked where one is pending"
    high = rebasing.mean + HIGH * rebasing.deviation
    read: dict[str, float] = {}
    shifts = {"none": 0.0, "median": rebasing.mean, "high": high}
    if other := _printed(known, rebasing.basis):
        shifts["printed"] = math.log(other[0].value / other[1])
        read |= {"printed_year": other[0].year, "printed_value": other[0].value}
    for name, at in shifts.items():
        fixed = replace(made, mixture=census.shifted(made.mixture, rebasing, at))
        ask = kind.ask(known, fixed, so_far)
        assert ask is not None, "a forecast answers"
        read |= {name: kind.read(known, ask)[0][0], f"growth_{name}": 100 * math.expm1(at)}
    return read


def _printed(known: Known, basis: str) -> tuple[Printed, float] | None:
    """Return what a remark says is printed elsewhere for the denominator, and the figure used before."""
    below = known.entry.denominator or ""
    own = panel.annual(known.ladder.rows(below), below, (known.region,))
    used = {row.year: row.value for row in tables.rows(own[own["basis"].ne(basis)])}
    notes = known_notes(known.target.notes, known.as_of)
    found = [note.printed for note in notes if note.printed and note.printed.indicator == below]
    return next(((one, used[one.year]) for one in found if used.get(one.year, 0) > 0 < one.value), None)


def _if_widened(kind: kinds.Kind, known: Known, so_far: InYear | None) -> dict:
    """Return the answer were a city held to move as much as a province, or twice or three times as much."""
    read: dict[str, float] = {}
    for times in WIDENINGS:
        held = replace(known, ladder=known.ladder.held(times))
        made = held.predict()
        ask = kind.ask(held, made, kind.whole_year(held, so_far, made))
        assert ask is not None, "a forecast answers"
        read[f"times_{times:.0f}"] = kind.read(held, ask)[0][0]
    return read


def _fan(
    target: Target, predictive: forecast.Predictive | None, so_far: InYear | None, levels: Array = LEVELS
) -> pd.DataFrame:
    """Return the quantiles of every year after the origin; the deadline's with what its months have shown."""
    expected = _expected(predictive, levels) if predictive else {}
    if so_far and (year := so_far.quantiles(levels)) is not None:
        expected[target.deadline] = year
    rows = [(year, level, value) for year, values in expected.items() if year <= target.deadline
            for level, value in zip(levels, values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=FAN)


def _expected(predictive: forecast.Predictive, levels: Array = LEVELS) -> dict[int, Array]:
    """Return year -> quantiles (Q,); of years before a later figure from paths that lead to it."""
    if not predictive.later:
        return dict(zip(predictive.years, forecast.quantiles(predictive, levels), strict=True))
    drawn = forecast.paths(predictive, paths.DRAWS, np.random.default_rng(paths.SEED))
    method: Literal["inverted_cdf", "linear"] = "inverted_cdf" if predictive.integer else "linear"
    return dict(zip(predictive.years, np.quantile(drawn, levels, axis=0, method=method).T, strict=True))
