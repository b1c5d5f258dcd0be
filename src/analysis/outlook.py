"""All there is to say on a plan's targets as of a date: worked out once, for notebooks, memos and review."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from analysis import answers, attainment, backtest, change, panel, tables
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue, Indicator
from analysis.plans import Plan, Target, Wanted
from analysis.situations import Forecast

ROLES = ("own", "month", "shown", "superseded", "agreeing", "part", "peer", "behind", "beside", "before",
         "record", "filed", "elsewhere")  # fmt: skip
TOLD = ("own", "month", "shown")  # the roles of figures that are told whether an answer rests on them or not


@dataclass(frozen=True)
class Before:
    """The answer on a target as of an earlier date, as far as a later one tells of it.

    row : its line of the attainment table; history : the region's figures known then
    """

    as_of: str
    row: dict
    situation: str
    history: pd.DataFrame


class Request(NamedTuple):
    """What a plan says a target needs, with the years of its figures to ask for; none of a document."""

    wanted: Wanted
    years: tuple[int, ...]


@dataclass(frozen=True)
class Dossier:
    """All there is to say on one target as of one date.

    figures : every figure behind the answer, role and columns of ``tables.OBSERVATIONS``: "own" (the target's
        region and indicator, used), "month" (own, within a year), "shown" (evidence only), "superseded" (own,
        replaced since or of another source, not used), "agreeing" (the outcome as another source gives it,
        not used), "part" (numerator and denominator of a ratio; what
        flowed into a stock, or the stock an inflow went to, where the answer rests on it), "peer"
        (comparable regions; the parent by whose figure a region is placed), "behind" (each source's first and
        newest figure of what ratios of those are worked out of), "beside" (to compare with: a
        ratio's figures of the regions above and of those beside it), "before" (own, as known at the earlier
        date), "record" (of every source of the provinces' figures, on which past forecasts are checked or
        among which a region is placed, its newest), "filed" (own and parts, every release of them, for what
        was new on an earlier date), "elsewhere" (the first figure of other regions of each day on which there
        were any)
    answers : of `answers.answers`
    before, moved : the earlier answer, and why it moved since; None on the plan's first date
    record : how the method did on this indicator before; None without a forecast or a record
    """

    assessment: Assessment
    figures: pd.DataFrame
    answers: dict
    before: Before | None = None
    moved: change.Change | None = None
    record: backtest.Record | None = None

    @cached_property
    def used(self) -> pd.Series:
        """Return of each figure whether the answer rests on it.

        A forecast rests on all there is of the others up to the deadline, an outcome on what its figures are
        worked out of, and so does a ratio's forecast from own figures, with what tells its denominator's
        growth. Of another region only what makes a yearly change counts, or places this one, and what that is
        worked out of.
        """
        one, rows = self.assessment, self.figures
        role, reached = rows["role"], rows["year"].map(one.counts).astype(bool)
        own = reached & role.eq("own")
        part, peer = reached & role.eq("part"), role.eq("peer")
        if one.row["evidence"] == "none":
            part, peer = part & False, peer & False
        else:
            asked = self.answers.get("requirement") or {}
            since = (asked.get("amount") or asked.get("alone") or {}).get("since")
            worked = rows["period"].isin(rows.loc[own & rows["status"].eq("derived"), "period"])
            if one.row["verdict"] != "open":
                part &= worked
            elif since is not None:
                part &= worked | rows["year"].ge(since)
        placed = isinstance(one.answer, Forecast) and one.answer.predictive.placed is not None
        if peer.any() and not placed:
            place = pd.MultiIndex.from_frame(rows[["region", "indicator", "year"]])
            known = place[own | part | peer]
            beside = [place.isin([(*key[:2], key[2] + step) for key in known]) for step in (-1, 1)]
            peer &= beside[0] | beside[1]
        behind = role.eq("behind") & (peer & rows["status"].eq("derived")).any()
        return own | part | peer | behind | role.eq("month") & (one.in_year is not None)

    def reported(self, catalogue: Catalogue) -> list[str]:
        """Return the sources rated poor that a probability rests on: if they are wrong, so is it."""
        own = self.figures.loc[self.used & self.figures["role"].eq("own"), "source"]
        found = dict.fromkeys((*own, *informing(self.assessment, self.figures, catalogue)["source"]))
        return [key for key in found if catalogue.sources[key].quality == "red"]

    def requests(self, catalogue: Catalogue) -> list[Request]:
        """Return what is still to be asked for, of what the plan says the target needs."""
        met = self.assessment.row["verdict"] == "met"
        made = [Request(one, self._years(one, catalogue)) for one in self.assessment.target.wanted]
        return [one for one in made if one.years or not (one.wanted.indicator or met)]

    def _years(self, wanted: Wanted, catalogue: Catalogue) -> tuple[int, ...]:
        if wanted.indicator is None or wanted.years is None:
            return ()
        years = [*range(wanted.years[0], wanted.years[1] + 1)]
        if not self._begun(wanted, catalogue):  # of years asked for on no basis there is, once there is one
            others = [one for one in self.assessment.target.wanted if one.indicator == wanted.indicator]
            asked = [one.years for one in others if one.years and self._begun(one, catalogue)]
            years = [year for year in years if not any(first <= year <= last for first, last in asked)]
        return self.lacking(wanted.indicator, years, wanted.basis, catalogue)

    def _begun(self, wanted: Wanted, catalogue: Catalogue) -> bool:
        """Whether there were figures on the basis wanted."""
        basis = catalogue.bases.get(wanted.basis or "")
        return basis is None or basis.published_from <= date.fromisoformat(self.assessment.as_of)

    def lacking(
        self, indicator: str, years: Iterable[int], basis: str | None, catalogue: Catalogue
    ) -> tuple[int, ...]:
        """Return the years of which a figure of the region would still tell something.

        Those without one, while the outcome is not known; and those it stands on, as long as it, or a figure
        that a remark of the plan names, is unconfirmed.
        """
        one, target = self.assessment, self.assessment.target
        first = target.than or target.since or target.deadline
        stands = {first, target.deadline} if target.than else {*range(first, target.deadline + 1)}
        doubted = one.doubted or one.unconfirmed(catalogue)
        asked = {year for year in years if doubted and year in stands}
        if one.row["verdict"] in ("met", "missed"):
            return tuple(sorted(asked))
        known = {period for key, on, period in self._held if key == indicator and basis in (None, "", on)}
        return tuple(year for year in years if year in asked or str(year) not in known)

    @cached_property
    def _held(self) -> set[tuple[str, str, str]]:
        """Indicator, basis and period of the region's own figures and of their parts."""
        ours = self.figures["region"].eq(self.assessment.plan.region)
        rows = self.figures[ours & self.figures["role"].isin(("own", "part"))]
        return {*zip(rows["indicator"], rows["basis"], rows["period"], strict=True)}


@dataclass(frozen=True)
class Outlook:
    """All there is to say on a plan as of one date.

    dossiers : one a target, in the plan's order
    over_time : attainment tables as of each day on which the plan's figures changed, the last one's this date
    """

    plan: Plan
    as_of: str
    dossiers: tuple[Dossier, ...]
    over_time: pd.DataFrame = field(repr=False)

    @property
    def assessments(self) -> list[Assessment]:
        return [one.assessment for one in self.dossiers]

    @property
    def attainment(self) -> pd.DataFrame:
        return attainment.frame([one.row for one in self.assessments])

    @cached_property
    def used(self) -> pd.DataFrame:
        """Return the figures that answers rest on or that are told of them, of all targets.

        Past forecasts are told, so where they come from is too.
        """
        told = (
            one.figures[one.used | one.figures["role"].isin((*TOLD, "record") if one.record else TOLD)]
            for one in self.dossiers
        )
        return pd.concat(list(told))

    def of(self, target: str) -> Dossier:
        """Return one target's dossier; a PlanError names the ids there are."""
        return self.dossiers[self.plan.targets.index(self.plan.target(target))]


def informing(one: Assessment, figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the figures of another indicator that made an answer, of a dossier's.

    What flowed into a stock since its last figure, and before it where the next year's is not known and is
    taken from those around it or expected; or the stock an inflow went to.
    """
    if not isinstance(one.answer, Forecast) or not (key := one.answer.predictive.informed):
        return figures.iloc[:0]
    rows = figures[figures["role"].eq("part") & figures["indicator"].eq(key)]
    if catalogue.indicators[one.target.indicator].inflow != key:
        return rows
    since = rows["year"].gt(origin := one.answer.predictive.origin)
    if origin + 1 in {*rows["year"]}:
        return rows[since]
    return rows[since | rows["year"].eq(rows.loc[~since, "year"].max())]


def work_out(
    plan: Plan,
    observations: pd.DataFrame,
    as_of: str,
    catalogue: Catalogue,
    past: pd.DataFrame | None = None,
) -> Outlook:
    """Answer every target of a plan, each date once.

    A target that cannot be answered stops no other: the outlook's plan is without it. Where none can, what
    went wrong with the first is raised.

    Parameters
    ----------
    observations : table of ``releases.load``
    as_of : "YYYY-MM-DD"; only what was published by then is used
    past : attainment tables as of earlier days, where they are worked out already (`register.track`)
    """
    days = attainment.dates(plan, observations, as_of)
    since = attainment.before_newest(plan, observations, as_of)
    given = {} if past is None else _given(past[past["plan"].eq(plan.id) & past["as_of"].lt(as_of)])
    vintages: dict[str, Vintage] = {}

    def assessed(target: Target, day: str) -> Assessment:
        if day not in vintages:
            vintages[day] = replace(Vintage.of(observations, day, catalogue), brief=day != as_of)
        return attainment.assess_vintage(plan, target, vintages[day])

    answered: dict[str, tuple[Dossier, list[dict]]] = {}
    failed: list[Exception] = []
    for target in plan.targets:
        try:
            now, before = assessed(target, as_of), assessed(target, since) if since else None
            rows = given | {(target.id, one.as_of): one.row for one in (now, before) if one}
            history = [rows.get((target.id, day)) or assessed(target, day).row for day in days]
            answered[target.id] = _dossier(now, before, vintages), history
        except Exception as error:
            if isinstance(error, OSError | MemoryError):  # the machine's, not the target's
                raise
            failed.append(error)
    if not answered:
        raise failed[0]
    return _joined(plan, as_of, answered)


def _given(past: pd.DataFrame) -> dict[tuple[str, str], dict]:
    """Return rows of attainment tables by target and day."""
    return {(row["target"], row["as_of"]): row for row in past.to_dict("records")}


def _joined(plan: Plan, as_of: str, answered: dict[str, tuple[Dossier, list[dict]]]) -> Outlook:
    """Return the outlook on a plan's targets that have an answer, and a row of each day's table."""
    dossiers, rows = zip(*answered.values(), strict=True)
    over_time = attainment.frame([row for day in zip(*rows, strict=True) for row in day])
    return Outlook(limited(plan, answered), as_of, dossiers, over_time)


def limited(plan: Plan, names: Container[str]) -> Plan:
    """Return a plan with those of its targets alone."""
    return plan.model_copy(update={"targets": tuple(one for one in plan.targets if one.id in names)})


def _dossier(
    now: Assessment,
    before: Assessment | None,
    vintages: dict[str, Vintage],
) -> Dossier:
    vintage = vintages[now.as_of]
    figures, given = _figures(now, before, vintage), answers.answers(now, vintage)
    if before is None:
        return Dossier(now, figures, given)
    moved = change.between(before, now, (vintages[before.as_of], vintage))
    then = Before(before.as_of, before.row, before.situation, before.history)
    return Dossier(now, figures, given, then, moved)


def _figures(
    one: Assessment,
    before: Assessment | None,
    vintage: Vintage,
) -> pd.DataFrame:
    """Return every figure behind an answer, by the role it has in it."""
    if one.target.indicator is None:
        return vintage.history.iloc[:0].assign(role="")[["role", *vintage.history.columns]]
    catalogue = vintage.catalogue
    entry, history, climbed = catalogue.indicators[one.target.indicator], vintage.history, vintage.ladder
    asked = climbed.rows(one.target.indicator)
    ours = climbed.forecaster(one.target.indicator).rows(one.plan.region)
    ahead = one.answer.predictive if isinstance(one.answer, Forecast) else None
    ratio, placed = catalogue.placed_by(one.target.indicator), history.iloc[:0]
    compared = [one.target.indicator]
    if ahead and ahead.placed is not None and ratio != one.target.indicator:
        compared.append(ratio)
        placed = panel.annual(climbed.rows(ratio), ratio, one.peers)
    peers = pd.concat([panel.annual(asked, one.target.indicator, one.peers), placed])
    rows = {
        "own": one.history,
        "month": ours[ours["period"].str.len().eq(7)],
        "shown": one.shown,
        "superseded": _superseded(one, vintage),
        "agreeing": _agreeing(one, vintage),
        "part": parts(one, vintage),
        "peer": peers,
        "behind": _behind(peers, vintage),
        "beside": panel.annual(asked, one.target.indicator, _beside(one.plan.region, entry, catalogue)),
        "before": history.iloc[:0] if before is None else before.history,
        "record": pd.concat([_recorded(climbed.rows(key), key, catalogue) for key in compared]),
        "filed": _filed(one, vintage),
        "elsewhere": _elsewhere(one, ratio, vintage),
    }
    made = [part.assign(role=role) for role, part in rows.items() if len(part)]
    made = pd.concat(made, ignore_index=True) if made else history.iloc[:0].assign(role="")
    return made[["role", *history.columns]]


def _behind(peers: pd.DataFrame, vintage: Vintage) -> pd.DataFrame:
    """Return each source's first and newest figure of the wholes that other regions' ratios are taken of."""
    made, found = peers[peers["status"].eq("derived")], [vintage.history.iloc[:0]]
    for key, ratios in made.groupby("indicator"):
        below = str(vintage.catalogue.indicators[str(key)].denominator)
        rows = panel.annual(vintage.ladder.rows(below), below, tuple(ratios["region"].unique()))
        cell = ["region", "period", "basis"]
        found.append(rows[pd.MultiIndex.from_frame(rows[cell]).isin(pd.MultiIndex.from_frame(ratios[cell]))])
    rows = pd.concat(found).sort_values(["published", "year"], kind="stable")
    ends = [rows.drop_duplicates(["indicator", "source"], keep=keep) for keep in ("first", "last")]
    return pd.concat(ends).drop_duplicates()


def _recorded(asked: pd.DataFrame, indicator: str, catalogue: Catalogue) -> pd.DataFrame:
    """Return the newest figure of each source of the provinces' figures."""
    provinces = tuple(code for code, one in catalogue.regions.items() if one.level == "province")
    rows = panel.annual(asked, indicator, provinces).sort_values(["published", "year"], kind="stable")
    return rows.drop_duplicates("source", keep="last")


def parts(one: Assessment, vintage: Vintage) -> pd.DataFrame:
    """Return the figures of what an answer's own are worked out of, or of the flow or stock it rests on."""
    keys = _parted(one, vintage.catalogue)
    rows = [panel.annual(vintage.ladder.rows(key), key, (one.plan.region,)) for key in keys]
    return pd.concat(rows) if rows else vintage.history.iloc[:0]


def _parted(one: Assessment, catalogue: Catalogue) -> list[str]:
    """Return the other indicators that an answer's own figures are worked out of, or that it rests on."""
    entry = catalogue.indicators[str(one.target.indicator)]
    ahead = one.answer.predictive if isinstance(one.answer, Forecast) else None
    keys = [entry.numerator, entry.denominator, ahead and ahead.informed]
    if ahead and ahead.placed is not None:
        keys.append(_whole(one, catalogue))
    return [key for key in keys if key]


def _whole(one: Assessment, catalogue: Catalogue) -> str | None:
    """Return what the ratio that places an amount's region is taken of."""
    ratio = catalogue.placed_by(str(one.target.indicator))
    return None if ratio == one.target.indicator else catalogue.indicators[ratio].denominator


def placing(one: Assessment, figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return the figures that made the answer of a region without any: its parent's, an amount's whole."""
    if not isinstance(one.answer, Forecast) or one.answer.predictive.placed is None:
        return figures.iloc[:0]
    whole = figures["role"].eq("part") & figures["indicator"].eq(_whole(one, catalogue))
    return figures[figures["role"].eq("peer") | whole]


def _filed(one: Assessment, vintage: Vintage) -> pd.DataFrame:
    """Return every release of the region's figures of an indicator and of its parts, as they stood."""
    key, rows = str(one.target.indicator), vintage.filed
    rows = rows[rows["region"].eq(one.plan.region)]
    parts = {*_parted(one, vintage.catalogue), vintage.catalogue.indicators[key].inflow}
    annual = rows["indicator"].isin(parts) & rows["period"].str.len().eq(4)
    return attainment.on_basis(rows[annual | rows["indicator"].eq(key)], one.target)


def _elsewhere(one: Assessment, ratio: str | None, vintage: Vintage) -> pd.DataFrame:
    """Return, of each day on which other regions' figures were published, the first of them."""
    keys = {str(one.target.indicator), ratio, *_parted(one, vintage.catalogue)}
    rows = vintage.filed[vintage.filed["indicator"].isin(keys)]
    return rows[rows["region"].ne(one.plan.region)].drop_duplicates("published")


def _beside(code: str, entry: Indicator, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the regions above a region and those with the same parent, where their figures compare."""
    if entry.kind not in ("ratio", "share"):
        return ()
    regions, parent = catalogue.regions, catalogue.regions[code].parent
    fellows = [key for key, one in regions.items() if one.parent == parent and key != code] if parent else []
    return (*catalogue.above(code), *fellows)


def _superseded(one: Assessment, vintage: Vintage) -> pd.DataFrame:
    """Return figures of the region's known cells that are not used: replaced since, or of another source."""
    known = panel.annual(vintage.filed, one.target.indicator or "", (one.plan.region,))
    known = known[known["status"].isin(tables.USABLE)]
    now = dict(zip(_cells(one.history), one.history["value"], strict=True))
    pairs = zip(_cells(known), known["value"], strict=True)
    replaced = known[[cell in now and now[cell] != value for cell, value in pairs]]
    made = _worked_out(one, vintage)
    return pd.concat([replaced, made], ignore_index=True) if len(made) else replaced


def _agreeing(one: Assessment, vintage: Vintage) -> pd.DataFrame:
    """Return the outcome's figure as other sources give it too."""
    known = panel.annual(vintage.filed, one.target.indicator or "", (one.plan.region,))
    known = known[known["status"].isin(tables.USABLE) & known["year"].eq(one.target.deadline)]
    used = one.history[one.history["year"].eq(one.target.deadline)]
    now = dict(zip(_cells(used), zip(used["source"], used["value"], strict=True), strict=True))
    given = zip(_cells(known), known["source"], known["value"], strict=True)
    return known[
        [cell in now and now[cell][0] != source and now[cell][1] == value for cell, source, value in given]
    ]


def _worked_out(one: Assessment, vintage: Vintage) -> pd.DataFrame:
    """Return what the parts that other sources give make of ratios that were printed."""
    key, region = one.target.indicator or "", (one.plan.region,)
    entry = vintage.catalogue.indicators[key]
    if entry.numerator is None or entry.denominator is None:
        return one.history.iloc[:0]
    above = panel.annual(vintage.filed, entry.numerator, region)
    above = above[above["status"].isin(tables.USABLE)].sort_values("published", kind="stable")
    above = above.drop_duplicates(["period", "basis", "source"], keep="last")
    below = panel.annual(vintage.ladder.rows(entry.denominator), entry.denominator, region)
    made = panel.quotients(above, below, key, entry)
    printed = one.history[one.history["status"].ne("derived")]
    used = dict(zip(_cells(printed), printed["source"], strict=True))
    pairs = zip(_cells(made), made["source"], strict=True)
    return made[[used.get(cell, source) != source for cell, source in pairs]]


def _cells(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Period and basis of every row."""
    return zip(rows["period"], rows["basis"], strict=True)
