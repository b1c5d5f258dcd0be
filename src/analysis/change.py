"""Why a probability moved between two dates: old figures revised, new figures, time; the parts sum exactly.

Each source is switched from the earlier date's state to the later one's. What a source contributes depends on
which others are already switched, so every order counts alike: the Shapley value, exact over the few sources.

    contribution of i = sum over sets S without i of |S|! (n - 1 - |S|)! / n! (v(S with i) - v(S))

Sources
-------
revision : figures known at the earlier date, as they were revised since (their basis with them)
time : the new years arrive with just the values that were expected of them: a year less to go
news : what the new years' figures say beyond that expectation; without ``time``, the last known figure is
    moved by the surprise instead
peers : figures of other regions, from which drift and volatility are borrowed or the region is placed
related : the region's own figures of indicators that this one is computed from
census : a rebasing of the denominator came into force, and the deadline's figure will be the first on it
rung : the answer stands on another rung of the ladder, own figures instead of the parent's, or the reverse
dropped : no figure the earlier answer stood on is used any more
in_year : counts within the deadline's year, applications pending
later : the region's own figures of years after the deadline, while the deadline's is not known
For a ratio whose numerator is known too, revision and news come apart into numerator and denominator: a
figure's factor over its old (or expected) value is that of the numerator over that of the denominator. A new
numerator is expected to have grown as it did on average over the last years known.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis import attainment, forecast, kinds, panel
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue
from analysis.kinds.known import latest
from analysis.ladder import Ladder, rests_on
from analysis.plans import Pending, Plan, Target
from analysis.printing import Voice
from analysis.situations import Forecast

PARTS = ("numerator", "denominator")
GROWTH_YEARS = 5  # over which a numerator's expected growth is taken


@dataclass(frozen=True)
class Change:
    """What moved a target's probability from one date to another.

    contributions : source, p, points: each source's part of the change in probability and, in the indicator's
        unit, of the change in the median (the outcome once known); NaN points where a date has no median
    cells : indicator, year, kind ("revision" or "news"), earlier, expected, later: the figures behind it, the
        implied denominators of a ratio among them
    reason : why there is nothing to explain, and no probability at one end or both: "no_probability_earlier",
        "no_probability_later"; else None
    """

    earlier: str
    later: str
    p_earlier: float
    p_later: float
    median_earlier: float | None
    median_later: float | None
    contributions: pd.DataFrame
    cells: pd.DataFrame
    reason: str | None = None


def shapley(players: tuple[str, ...], value: Callable[[frozenset], float]) -> dict[str, float]:
    """Return each player's Shapley value of the game ``value``, which is asked once for every set of players.

    >>> shapley(("a", "b"), lambda s: {0: 0.0, 1: 1.0, 2: 4.0}[len(s)])
    {'a': 2.0, 'b': 2.0}
    """
    sets = [frozenset(some) for n in range(len(players) + 1) for some in itertools.combinations(players, n)]
    worth = {chosen: value(chosen) for chosen in sets}
    n = len(players)
    weight = [math.factorial(k) * math.factorial(n - 1 - k) / math.factorial(n) for k in range(n)]
    return {
        player: math.fsum(weight[len(s)] * (worth[s | {player}] - worth[s]) for s in sets if player not in s)
        for player in players
    }


def explain(
    plan: Plan, target: Target, observations: pd.DataFrame, earlier: str, later: str, catalogue: Catalogue
) -> Change:
    """Say why a target's probability moved from one date to another.

    Parameters
    ----------
    earlier, later : "YYYY-MM-DD"; the later one after the earlier

    Raises
    ------
    ValueError
        When the dates do not follow one another.
    """
    if not earlier < later:
        raise ValueError(f"the earlier date {earlier} is not before the later date {later}")
    first, last = (attainment.Vintage.of(observations, day, catalogue) for day in (earlier, later))
    before, now = (attainment.assess_vintage(plan, target, one) for one in (first, last))
    return between(before, now, (first, last))


def between(before: Assessment, now: Assessment, vintages: tuple[Vintage, Vintage]) -> Change:
    """Say why the answer on a target moved from one assessment to a later one, each of its vintage."""
    ends = {"p_earlier": before.row["p_attain"], "p_later": now.row["p_attain"],
            "median_earlier": _middle(before.row), "median_later": _middle(now.row)}  # fmt: skip
    days = before.as_of, now.as_of
    if ends["p_earlier"] is None or ends["p_later"] is None:
        reason = f"no_probability_{'earlier' if ends['p_earlier'] is None else 'later'}"
        return Change(*days, **ends, contributions=_table([]), cells=_cells([]), reason=reason)
    if kinds.of(now.target).judged:
        only = [("evidence", ends["p_later"] - ends["p_earlier"], math.nan)]
        return Change(*days, **ends, contributions=_table(only), cells=_cells([]))
    whole = _whole(before, now)
    if whole is not None:
        middles = [math.nan if one is None else one for one in (ends["median_earlier"], ends["median_later"])]
        only = [(whole, ends["p_later"] - ends["p_earlier"], middles[1] - middles[0])]
        return Change(*days, **ends, contributions=_table(only), cells=_cells([]))
    switch = Switch.of(before, now, vintages)
    return Change(*days, **ends, contributions=_contributions(switch, ends), cells=switch.cells())


def _whole(before: Assessment, now: Assessment) -> str | None:
    """Return the one source of a change that cannot be taken apart: there is nothing between its ends."""
    rungs = before.row["evidence"], now.row["evidence"]
    if "region" in rungs and rungs[0] != rungs[1]:
        return "rung"
    kept = before.history["year"].isin(now.history["year"])
    return "dropped" if len(kept) and not kept.any() else None


def _middle(row: dict) -> float | None:
    """Return the outcome where it is the deadline's figure and decides the target, else the median."""
    decided = row["verdict"] in ("met", "missed") and kinds.KINDS[row["kind"]].dated
    return row["outcome"] if decided else row["median"]


def _table(rows: list) -> pd.DataFrame:
    return _columns(rows, ("source",), ("p", "points"))


def _cells(rows: list) -> pd.DataFrame:
    return _columns(rows, ("indicator", "year", "kind"), ("earlier", "expected", "later"))


def _columns(rows: list, told: tuple[str, ...], measured: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as a table; what is measured are floats, also where there are none."""
    names = (*told, *measured)
    columns = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    return pd.DataFrame({name: np.array(column, float) if name in measured else list(column)
                         for name, column in columns.items()})  # fmt: skip


def _contributions(switch: "Switch", ends: dict) -> pd.DataFrame:
    players = switch.players()
    states = {}

    def state(chosen: frozenset) -> tuple[float | None, float | None]:
        if chosen not in states:
            row = switch.row(chosen)
            states[chosen] = (row["p_attain"], _middle(row))
        return states[chosen]

    state(frozenset()), state(frozenset(players))
    chances = _shares(players, lambda chosen: state(chosen)[0], ends["p_later"] - ends["p_earlier"])
    moved = [ends["median_earlier"], ends["median_later"]]
    points = dict.fromkeys(chances, math.nan)
    if None not in moved and "together" not in chances:
        points = _shares(players, lambda chosen: state(chosen)[1], moved[1] - moved[0])
    elif None not in moved:
        points = {"together": moved[1] - moved[0]}
    rows = [(name, chances[name], points.get(name, math.nan)) for name in chances]
    return _table(rows + [(name, 0.0, 0.0) for name in switch.idle() if "together" not in chances])


def _shares(players: tuple[str, ...], value: Callable, total: float) -> dict[str, float]:
    """Return Shapley values, or the total in one where some mixed state has no answer."""
    try:
        return shapley(players, lambda chosen: float(value(chosen)))
    except TypeError:
        return {"together": total}


@dataclass(frozen=True)
class Switch:
    """The two vintages of one target, and every state between them.

    old, new : annual figures of the region and indicator at the two dates
    others : figures of other regions at the two dates, of the indicator and of those it is computed from;
        related : the region's own of the latter; months : in-year figures of the region; after : its
        figures of years after the deadline
    revised, fresh : years known at both dates with different figures; years after the earlier origin
    parts, factor : year -> numerator before (revised) or expected (fresh) and now, and their ratio; empty
        where numerators are not known
    borrowed : whether other regions lend to the forecast at all
    computed : whether the forecast rests on other indicators too
    rebased : whether a rebasing came into force between the dates
    led : whether the later figure the expectations lead to is not the same at the two dates
    memory : medians already worked out, by the figures they rest on; forecasters, by indicator and what is
        switched of its figures
    """

    plan: Plan
    target: Target
    dates: tuple[str, str]
    old: pd.DataFrame
    new: pd.DataFrame
    others: tuple[pd.DataFrame, pd.DataFrame]
    related: tuple[pd.DataFrame, pd.DataFrame]
    months: tuple[pd.DataFrame, pd.DataFrame]
    after: tuple[pd.DataFrame, pd.DataFrame]
    revised: tuple[int, ...]
    fresh: tuple[int, ...]
    factor: dict[int, float]
    parts: dict[int, tuple[float, float]]
    borrowed: bool
    computed: bool
    rebased: bool
    led: bool
    catalogue: Catalogue
    memory: dict = field(default_factory=dict)

    @classmethod
    def of(cls, before: Assessment, now: Assessment, vintages: Sequence[Vintage]) -> "Switch":
        plan, target, dates = now.plan, now.target, (before.as_of, now.as_of)
        catalogue = vintages[-1].catalogue
        mine, others, related, after = zip(
            *(_taken_apart(one.history, plan.region, target, catalogue) for one in vintages), strict=True
        )
        old, new = (panel.by_year(panel.annual(one, str(target.indicator))) for one in mine)
        known = set(old["year"])
        years = sorted(known | set(new["year"]))
        changed = tuple(year for year in years if _figures(old, year) != _figures(new, year))
        revised = tuple(year for year in changed if year in known or year <= max(known, default=0))
        fresh = tuple(year for year in changed if year not in revised)
        parts = _numerators(target, related, revised, fresh, catalogue)
        factor = {year: later / earlier for year, (earlier, later) in parts.items()}
        months = tuple(one[one["period"].str.len().eq(7)] for one in mine)
        borrowed = bool(before.peers or now.peers)
        made = [one.answer.predictive for one in (before, now) if isinstance(one.answer, Forecast)]
        bases = [one.rebasing and one.rebasing.basis for one in made]
        amount = catalogue.indicators[target.indicator].kind in ("amount", "stock", "flow")
        found = (old, new, others, related, months, after, revised, fresh, factor, parts, borrowed,
                 amount or any(bases), any(bases) and _in_force(target, catalogue, dates),
                 before.later != now.later)  # fmt: skip
        return cls(plan, target, dates, *found, catalogue)

    def players(self) -> tuple[str, ...]:
        """Return the sources that changed at all."""
        found = self._split("revision", self.revised) if self.revised else []
        found += ["time", *self._split("news", self.fresh)] if self.fresh else []
        found = [name for name in found if name not in self.idle()]
        found += ["peers"] if self.borrowed and not _same(*self.others) else []
        found += ["related"] if self.computed and not _same(*self.related) else []
        found += ["census"] if self.computed and self.rebased else []
        found += ["in_year"] if self._months_moved() else []
        return tuple([*found, "later"] if self.led else found)

    def idle(self) -> tuple[str, ...]:
        """Return the parts of a ratio that were looked at and did not change."""
        still = self.revised and self._apart(self.revised) and all(self.factor[y] == 1 for y in self.revised)
        return ("revision_numerator",) if still else ()

    def row(self, chosen: frozenset) -> dict:
        """Return the attainment row with the chosen sources switched to the later date, without ranges."""
        mine = self._own(chosen)
        within = self.months["in_year" in chosen]
        more = (within, self.others["peers" in chosen], self.after["later" in chosen],
                self.related["related" in chosen])  # fmt: skip
        found, asked = pd.concat([mine, *more], ignore_index=True), str(self.target.indicator)
        history = panel.rederived(found, self.plan.region, asked, self.catalogue)
        days = self.dates["in_year" in chosen], self.dates["census" in chosen or not self.rebased]
        vintage = attainment.Vintage(days[0], history, history.iloc[:0], self.catalogue, days[1], True, True)
        vintage.memory["ladder"] = self._ladder(history, days[1], chosen)
        return attainment.assess_vintage(self.plan, self.target, vintage).row

    def _ladder(self, history: pd.DataFrame, day: str, chosen: frozenset) -> Ladder:
        """Return a state's ladder; the forecaster of the same figures in another state serves again."""
        made, asked = Ladder(history, day, self.catalogue), str(self.target.indicator)
        for name in rests_on(asked, self.catalogue):
            basis = self.target.basis if name == asked else None
            key = name, self._touching(name, chosen)
            if key not in self.memory:
                self.memory[key] = made.forecaster(name, basis)
            made.memory[name, basis] = self.memory[key]
        annual = chosen - {"census", "in_year"}  # what past censuses did is learned from whole years
        made.memory["censuses",] = self.memory.setdefault(("censuses", annual), {})
        return made

    def _touching(self, indicator: str, chosen: frozenset) -> frozenset:
        """Return those of the chosen sources that may change the figures of an indicator."""
        asked, entry = self.target.indicator, self.catalogue.indicators[indicator]
        if indicator == asked:
            return chosen - {"related", "census"}
        derived = asked in (entry.numerator, entry.denominator)
        return chosen - {"census"} if derived else chosen & {"peers", "related"}

    def cells(self) -> pd.DataFrame:
        """Return the figures that changed, with what was expected of the new ones."""
        key, expected = self.target.indicator, self._expected(self.old) if self.fresh else {}
        rows: list[tuple] = [
            (key, year, "revision", latest(self.old, year), None, latest(self.new, year))
            for year in self.revised
        ]
        rows += [(key, year, "news", None, expected.get(year), latest(self.new, year)) for year in self.fresh]
        entry = self.catalogue.indicators[key]
        for _, year, kind, then, hoped, now in tuple(rows):
            if year in self.parts and now:
                first, last = self.parts[year]
                base = then if kind == "revision" else hoped
                below = None if not base else entry.scale * first / base
                amounts = (first, None, last) if kind == "revision" else (None, first, last)
                implied = (below, None) if kind == "revision" else (None, below)
                rows.append((entry.numerator, year, kind, *amounts))
                rows.append((entry.denominator, year, kind, *implied, entry.scale * last / now))
        return _cells(rows)

    def _apart(self, years: tuple[int, ...]) -> bool:
        return all(year in self.factor for year in years)

    def _split(self, name: str, years: tuple[int, ...]) -> list[str]:
        return [f"{name}_{part}" for part in PARTS] if self._apart(years) else [name]

    def _months_moved(self) -> bool:
        first, second = (date for date in self.dates)
        pending = [[one for one in self.target.pending if _pends(one, day)] for day in (first, second)]
        return pending[0] != pending[1] or not _same(*self.months)

    def _own(self, chosen: frozenset) -> pd.DataFrame:
        """Return the region's annual figures in a state between the dates."""
        kept = self.old[~self.old["year"].isin(self.revised)]
        base = pd.concat([kept, *[self._revised(year, chosen) for year in self.revised]], ignore_index=True)
        said = [name for name in chosen if name.startswith("news")]
        if not self.fresh or ("time" not in chosen and not said):
            return base
        expected = self._expected(base)
        if "time" not in chosen:
            last = max(self.fresh)
            origin = base["year"].eq(base["year"].max())
            base.loc[origin, "value"] = [
                self._surprised(value, last, expected[last], chosen) for value in base.loc[origin, "value"]
            ]
            return base
        return pd.concat(
            [base, *[self._fresh(year, base, expected[year], chosen) for year in self.fresh]],
            ignore_index=True,
        )

    def _revised(self, year: int, chosen: frozenset) -> pd.DataFrame:
        """Return a known year's rows: the denominator brings the basis, the numerator its factor."""
        above, below = (not {"revision", f"revision_{part}"}.isdisjoint(chosen) for part in PARTS)
        if year in self.factor and self._apart(self.revised):
            above = above or ("revision_numerator" in self.idle())
            rows = self.new if below else self.old
            scale = {(True, False): self.factor[year], (False, True): 1 / self.factor[year]}.get(
                (above, below), 1.0
            )
        else:
            rows, scale = (self.new if above else self.old), 1.0
        rows = rows[rows["year"].eq(year)]
        return rows.assign(value=rows["value"] * scale)

    def _fresh(self, year: int, base: pd.DataFrame, expected: float, chosen: frozenset) -> pd.DataFrame:
        """Return a new year's rows: as published, or as far as chosen from what was expected."""
        rows, newest = self.new[self.new["year"].eq(year)], latest(self.new, year)
        if {"news", "news_denominator"}.isdisjoint(chosen):  # still on the basis the expectation stood on
            rows = rows.tail(1).assign(basis=base.sort_values(["year", "published"])["basis"].iloc[-1])
        value = self._surprised(expected, year, expected, chosen)
        whole = "news" in chosen or all(f"news_{part}" in chosen for part in PARTS)
        scaled = rows["value"] * (value / newest) if newest else rows["value"] * 0 + value
        return rows if whole else rows.assign(value=scaled)

    def _surprised(self, value: float, year: int, expected: float, chosen: frozenset) -> float:
        """Move a value by the chosen part of what ``year`` said beyond its expectation."""
        newest = latest(self.new, year) or 0.0
        if self.catalogue.indicators[self.target.indicator].integer or expected <= 0 or newest <= 0:
            return max(value + newest - expected, 0.0) if "news" in chosen else value
        whole = newest / expected
        above = self.factor.get(year, 1.0)
        scale = {"news": whole, "news_numerator": above, "news_denominator": whole / above}
        return value * math.prod(scale[name] for name in chosen if name in scale)

    def _expected(self, base: pd.DataFrame) -> dict[int, float]:
        """Return the medians expected of the new years from the figures of ``base``."""
        key = (*base["basis"], *base["value"])
        if key not in self.memory:
            history = pd.concat([base, self.others[0], self.related[0]], ignore_index=True)
            before = Ladder(history, "", self.catalogue)  # no rebasing: expected on the basis of the past
            known = before.predict(self.plan.region, self.target.indicator, max(self.fresh))
            assert known is not None, "new years follow known ones"
            self.memory[key] = {year: forecast.median(known, year) for year in self.fresh}
        return self.memory[key]


def _taken_apart(
    history: pd.DataFrame, region: str, target: Target, catalogue: Catalogue
) -> tuple[pd.DataFrame, ...]:
    """Return a region's figures up to the deadline, those of others, the related ones and later ones."""
    ours, asked = (
        history[name].to_numpy() == one for name, one in (("region", region), ("indicator", target.indicator))
    )
    if target.basis is not None:
        asked &= history["basis"].to_numpy() == target.basis
    beside = history["indicator"].isin(rests_on(str(target.indicator), catalogue)[1:]).to_numpy()
    due = history["year"].to_numpy() <= target.deadline
    others = np.concatenate([np.flatnonzero(one & ~ours) for one in (asked & due, beside)])
    return (
        history[asked & due & ours],
        history.iloc[others].reset_index(drop=True),
        history[beside & ours],
        history[asked & ours & ~due],
    )


def _in_force(target: Target, catalogue: Catalogue, dates: tuple[str, str]) -> bool:
    """Return whether a census came into force between two dates for an indicator or what it rests on."""
    touched = rests_on(target.indicator, catalogue)
    days = [str(one.published_from) for one in catalogue.bases.values()
            if one.census and not set(touched).isdisjoint(one.indicators)]  # fmt: skip
    return any(dates[0] < day <= dates[1] for day in days)


def _pends(one: Pending, day: str) -> bool:
    return one.known_from.isoformat() <= day and (one.until is None or day < one.until.isoformat())


def _figures(rows: pd.DataFrame, year: int) -> set:
    chosen = rows[rows["year"].eq(year)]
    return set(zip(chosen["basis"], chosen["value"], strict=True))


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = ["region", "period", "basis", "value"]
    return one[columns].reset_index(drop=True).equals(other[columns].reset_index(drop=True))


def _numerators(
    target: Target, related: tuple[pd.DataFrame, ...], revised: tuple, fresh: tuple, catalogue: Catalogue
) -> dict[int, tuple[float, float]]:
    """Return year -> (numerator before or expected, numerator now) of a ratio, where they are known."""
    above = catalogue.indicators[target.indicator].numerator
    if above is None:
        return {}
    old, new = (panel.by_year(panel.annual(one, above)) for one in related)
    parts = {year: (latest(old, year), latest(new, year)) for year in revised}
    known = {year: value for year in sorted(set(old["year"])) if (value := latest(old, year)) is not None}
    parts |= {year: (known.get(year) or _grown(known, year), latest(new, year)) for year in fresh}
    found = ((year, first or 0.0, last or 0.0) for year, (first, last) in parts.items())
    return {year: (first, last) for year, first, last in found if first > 0 and last > 0}


def _grown(known: dict[int, float], year: int) -> float | None:
    """Return what a figure would be in ``year`` had it grown on as over the last years known."""
    if len(known) < 2 or min(known.values()) <= 0:
        return None
    last = max(known)
    first = min(one for one in known if one >= last - GROWTH_YEARS)
    if first == last:
        return None
    return known[last] * (known[last] / known[first]) ** ((year - last) / (last - first))


def cause(source: str, voice: Voice) -> str:
    """Return what moved a probability in words, the parts of a ratio as such."""
    part = source.rpartition("_")[2]
    return voice.say(f"cause.{source}", part=voice.say(f"part.{part}") if part in PARTS else "")
