"""What else there is to say: counts so far, other rules, what it takes, what would turn it or moved it."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from analysis import backtest, change, forecast, printing, tables
from analysis.catalogue import Indicator
from analysis.kinds import goals
from analysis.kinds.within import InYear
from analysis.memo import naming
from analysis.memo.ledger import Facts, Ledger
from analysis.situations import Forecast

MAIN = 0.6  # of what moved a probability its way: the source of more than so much is the main one
SEVERAL = 3  # sources named at most where none is
UNMOVED: dict[str, Any] = {"mover": None, "movers": [], "against": [], "rest": False, "moved": 0}
STEPS = {word: lowest for lowest, word in tables.LIKELIHOOD}
RISK = STEPS["likely"]  # a target less than likely to be met is at risk
ENOUGH, TOLD = 10, 10  # spells that tell of others like them, and percentage points by which they must differ


def in_year(ledger: Ledger) -> dict:
    """The count or amount so far in the deadline's year."""
    so_far = ledger.assessment.in_year
    if so_far is None or ledger.row["verdict"] != "open":
        return {"so_far": None, "half_year": False}
    if so_far.month:
        text = ledger.voice.period(so_far.month)
        ledger.fact("month", text, so_far.month, "date")
        ledger.quantity("so_far", so_far.seen, period=text)
        ledger.percent("usual", 100 * so_far.share, **_assumed(ledger, so_far))
        _past_months(ledger, so_far)
    if so_far.pending:
        ledger.quantity("pending", so_far.pending, source=_applied_for(ledger))
        known = [item.known_from for item in ledger.target.pending if item.known_from is not None]
        ledger.day("pending_day", max(known).isoformat() if known else ledger.assessment.as_of)
    half = so_far.month.endswith("-06") and ledger.assessment.as_of[:4] == so_far.month[:4]
    told = {"so_far": so_far, "half_year": half, "past_filed": _past_filed(ledger, so_far)}
    told["pending_used"] = bool(len(so_far.chances))  # only what somebody has judged goes into a forecast
    return told | _months_answer(ledger)


def _assumed(ledger: Ledger, so_far: InYear) -> dict[str, Any]:
    """The trace of a part of the year that no past year told: the plan's calendar, or an even pace."""
    if so_far.past is not None and so_far.past.evidence != "assumed":
        return ledger.computed()
    return {"source": ledger.voice.say("trace.plan")} if so_far.batches else ledger.agreed()


def _past_filed(ledger: Ledger, so_far: InYear) -> bool:
    """Whether a figure to the same month of a past year is filed, used or not."""
    rows = ledger.figures[ledger.figures["role"].eq("month")]
    periods = rows.loc[rows["year"].lt(ledger.target.deadline), "period"].astype(str)
    return bool(so_far.month and periods.str.endswith(so_far.month[4:]).any())


def _applied_for(ledger: Ledger) -> str:
    """Where the applications under review stand."""
    named = ledger.catalogue.sources
    keys = dict.fromkeys(item.source for item in ledger.target.pending)
    return ledger.voice.joined(
        (ledger.voice.name(named[key]) if key in named else key for key in keys), "semicolon"
    )


def _past_months(ledger: Ledger, so_far: InYear) -> None:
    """What part of past years an amount had by the same month, and from whom that is known."""
    if (past := so_far.past) is None:
        return
    for name, level in zip(("usual_low", "usual_high"), forecast.RANGE, strict=True):
        ledger.percent(name, 100 * float(past.quantiles([level])[0]), **_assumed(ledger, so_far))
    if past.years:
        ledger.count("past_count", len(past.years), **ledger.computed())
        ledger.year("past_first", past.years[0])
        ledger.year("past_last", past.years[-1])
    ledger.count("past_regions", past.regions)


def _months_answer(ledger: Ledger) -> dict:
    """The answer without the months, and the part of the year they may be for the goal to be met."""
    found, without = ledger.answers.get("requirement") or {}, ledger.assessment.readings.get("without_months")
    edge = {}
    if without is not None:
        edge["edge_without"] = ledger.probability("p_without", without, ledger.assessment.as_of)
    months = found.get("months")
    if months and months["share"] < 1:
        ledger.percent("months_share", 100 * months["share"], **ledger.computed())
        ledger.count("months_enough", months["enough"], **ledger.computed())
    return edge


def readings(ledger: Ledger) -> dict:
    """The other reading of the goal, where rounding matters."""
    found = ledger.assessment.readings
    if not found.get("matters") or found.get("exact") is None or found.get("printed") is None:
        return {"rounding": None}
    edges = {
        f"edge_{name}": ledger.probability(f"reading_{name}", found[name], ledger.assessment.as_of)
        for name in ("exact", "printed")
    }
    return edges | {"rounding": {name: found[name] for name in ("exact", "printed")}}


def rules(ledger: Ledger) -> dict:
    """The official rules beside the probability."""
    found, (pace, growth) = ledger.answers.get("side_by_side") or {}, rules_told(ledger)
    if pace:
        ledger.percent("pace_done", 100 * pace["done"], **ledger.computed())
        ledger.percent("pace_elapsed", 100 * pace["elapsed"], **ledger.computed())
    if growth and growth["value"] is not None:
        ledger.fact(
            "ratio", ledger.voice.number(growth["value"], 2), growth["value"], "ratio", **ledger.computed()
        )
    for name, rule in (("pace", pace), ("ratio", growth)):
        if rule and rule["base_year"] is not None:
            ledger.year(f"{name}_base", rule["base_year"])
            ledger.year(f"{name}_latest", rule["latest_year"])
    reason = found.get("reason") or {}
    for name in ("lowest", "highest"):
        if name in reason:
            ledger.fact(
                f"ratio_{name}",
                ledger.voice.number(reason[name], 2),
                reason[name],
                "ratio",
                **ledger.computed(),
            )
            ledger.year(f"ratio_{name}_year", reason[f"{name}_year"])
    for name in ("observed", "expected", "required"):
        if reason.get(name) is not None:
            ledger.percent(f"growth_{name}", reason[name], 1, **ledger.computed())
    return {
        "rule_pace": pace,
        "rule_ratio": growth,
        "agree": found.get("agree") if pace or growth else None,
        "disagreement": reason.get("code"),
    }


def rules_told(ledger: Ledger) -> tuple[dict | None, dict | None]:
    """Pace and growth ratio where they tell anything: no word for a fall that rounds to no change."""
    found, change = ledger.answers.get("side_by_side") or {}, ledger.facts.get("pace")
    pace, growth = found.get("pace"), found.get("ratio")
    hardly = change is not None and not round(float(change.value or 0), ledger.fine())
    return pace, None if hardly and growth and growth["label"] == "deterioration" else growth


def gaps(ledger: Ledger) -> dict:
    """The years between which nothing is known, where a forecast looks at them: (last before, next) years."""
    answer, pairs = ledger.assessment.answer, []
    if isinstance(answer, Forecast) and answer.predictive.placed is None:
        known = [year for year, _ in answer.predictive.known]
        looked = [year for year in known if year > answer.predictive.origin - forecast.HISTORY]
        pairs = [(last, year) for last, year in pairwise(looked) if year > last + 1]
    return {"gaps": [[ledger.year(f"gap_{year}", year) for year in pair] for pair in pairs]}


def past_record(ledger: Ledger) -> dict:
    """How the same method did on this indicator before, as known then: counts, and the verdict on them."""
    record = ledger.record
    trace: dict[str, Any] = {"source": ledger.voice.say("trace.backtest")}
    if record is None:
        return {"narrow": False, "weak": False, "horizons": [], "unchecked": False, "band": None}
    ledger.count("record_regions", record.regions, **trace)
    ledger.count("record_n", record.n, "times", **trace)
    ledger.count("record_origins", record.origins, **trace)
    ledger.percent("record_share", 100 * record.inside80, **trace)
    ledger.count("record_asked", record.asked, **trace)
    ledger.percent("interval", 80, **ledger.agreed())
    horizons = [
        (
            ledger.fact(f"record_ahead{h}", str(h), h, "years", **ledger.agreed()),
            ledger.count(f"record_n{h}", n, "times", **trace),
        )
        for h, n in record.horizons
    ]
    called(ledger)
    answer = ledger.assessment.answer
    asked = ledger.target.deadline - answer.predictive.origin if isinstance(answer, Forecast) else 0
    ledger.fact("years_ahead", str(asked), asked, "years", **ledger.computed())
    return {
        "narrow": record.narrow,
        "weak": record.weak,
        "horizons": horizons,
        "unchecked": asked > max((h for h, _ in record.horizons), default=asked),
        "band": _band(ledger, trace),
    }


def called(book: Facts) -> None:
    """From when on a record is called narrow, leaning or weak."""
    points = round(100 * backtest.CLEARLY)
    text = book.voice.say("number.points", n=points)
    book.fact("clearly", text, points, "points", **book.agreed())
    book.percent("record_level", 90, **book.agreed())
    book.count("few_origins", backtest.FEW_ORIGINS, **book.agreed())


def _band(ledger: Ledger, trace: Mapping[str, Any]) -> dict | None:
    """How often goals given chances of the same likelihood word were reached, and which way these lean."""
    p = ledger.row["p_attain"]
    word = printing.word(p) if ledger.row["verdict"] == "open" and p is not None else ""
    found = ledger.record.given(word) if ledger.record else None
    if found is None:
        return None
    steps = [lowest for lowest, _ in tables.LIKELIHOOD]
    place = [one for _, one in tables.LIKELIHOOD].index(word)
    edges = {"from": steps[place], "upto": steps[place - 1] if place else 1.0}
    told: dict[str, Any] = {
        name: ledger.percent(f"band_{name}", 100 * edge, **ledger.agreed()) for name, edge in edges.items()
    }
    for name, value in (("given", found.probability), ("came", found.frequency)):
        told[name] = ledger.percent(f"band_{name}", round(100 * value), **trace)
    for name, value in (("least", found.low), ("most", found.high)):
        told[name] = ledger.percent(f"band_{name}", 100 * value, **trace) if np.isfinite(value) else None
    return told | {"word": word, "leaning": found.leaning, "n": ledger.count("band_n", found.n, **trace)}


def requirement(ledger: Ledger) -> dict:
    """What it takes: the spells that did it, the amount, so many a month."""
    found = ledger.answers.get("requirement") or {}
    amount, per_month = found.get("amount"), found.get("per_month")
    _achieved(ledger, found.get("achieved") or {}, found.get("required_growth"))
    if amount:
        entry = ledger.catalogue.indicators[amount["indicator"]]
        places = printing.defensible(amount["needed"], entry)
        needed, latest = (round(amount[name], places) for name in ("needed", "latest"))
        for name, value in (("needed", needed), ("latest", latest), ("more", abs(needed - latest))):
            ledger.quantity(f"amount_{name}", value, entry, decimals=places, **ledger.computed())
        ledger.year("amount_year", amount["latest_year"])
        if amount.get("denominator_growth") is not None:
            ledger.percent("nominal", amount["denominator_growth"], 1, **ledger.computed())
        if amount["growth"] is not None:
            ledger.percent("amount_growth", abs(amount["growth"]), 1, **ledger.computed())
    if per_month and "so_far" in per_month:
        _each_month(ledger, per_month)
    elif per_month:
        upwards = math.ceil(round(10 * per_month["value"], 6)) / 10  # less would not be enough
        ledger.difference("per_month", upwards, 1, **ledger.computed())
        ledger.quantity("still", math.ceil(per_month["still"]), **ledger.computed())
        ledger.count("months", per_month["months"])
    name = ledger.inner_name(amount["indicator"]) if amount else ""
    alone = _alone(ledger, found.get("alone"))
    climb = found.get("climb") or {}
    for key, fact in (("needed", "climb"), ("usual", "usual")):
        if climb.get(key) is not None:
            more = ledger.indicator.unit.startswith("%")  # a yearly change is smaller than what changes
            ledger.difference(fact, climb[key], ledger.fine() + more, **ledger.computed())
    return {
        "climb": climb.get("needed"),
        "usual": climb.get("usual"),
        "amount": amount,
        "amount_name": name,
        "alone": alone,
        "per_month": per_month,
        "achieved": found.get("achieved") or {},
    }


def _alone(ledger: Ledger, found: Mapping | None) -> dict | None:
    """What the goal takes of an amount where neither it nor the ratio has a figure."""
    if not found:
        return None
    entry, ratio = ledger.catalogue.indicators[found["indicator"]], ledger.indicator
    places = printing.defensible(found["needed"], entry)
    needed = round(found["needed"], places)
    ledger.quantity("alone_needed", needed, entry, decimals=places, **ledger.computed())
    ledger.year("alone_year", found["denominator_year"])
    if found["denominator_growth"] is not None:
        ledger.percent("alone_nominal", found["denominator_growth"], 1, **ledger.computed())
    if found["recent_growth"] is not None:
        ledger.percent("alone_recent", found["recent_growth"], 1, **ledger.computed())
        recent = round(found["recent_needed"], places)
        ledger.quantity("alone_recent_needed", recent, entry, decimals=places, **ledger.computed())
    below = ledger.catalogue.indicators[ratio.denominator]
    if ahead := found["forecast"] and found["denominator_growth"] is not None:
        foreseen(ledger, "alone_median", found["denominator"], below)
    whole = ledger.denominator_name(below)
    told = {"name": ledger.inner_name(found["indicator"]), "whole": ledger.quoted("alone_whole", whole)}
    return told | {"growth": found["denominator_growth"], "forecast": ahead}


def foreseen(ledger: Ledger, name: str, value: float, entry: Indicator) -> None:
    """What is expected of a whole at the deadline, with as many decimals as say enough."""
    places = printing.defensible(value, entry)
    trace: dict[str, Any] = {"period": ledger.voice.year(ledger.target.deadline), "source": ledger.model()}
    ledger.quantity(name, round(value, places), entry, decimals=places, **trace)


def _each_month(ledger: Ledger, per_month: Mapping) -> None:
    """What each month left of an amount's year takes, and what each so far brought."""
    places = ledger.indicator.decimals
    upwards = math.ceil(round(per_month["value"] * 10**places, 6)) / 10**places  # less would not be enough
    ledger.quantity("per_month", upwards, decimals=places, **ledger.computed())
    ledger.quantity("per_month_so_far", per_month["so_far"], decimals=places, **ledger.computed())
    ledger.quantity("still", per_month["still"], **ledger.computed())
    ledger.count("months", per_month["months"])


def _achieved(ledger: Ledger, found: Mapping, needed: float | None) -> None:
    if not found or needed is None:
        return
    ledger.percent("required_growth", needed, 1, **ledger.computed())
    for who in ("own", "peers"):
        if found.get(who):
            ledger.count(f"spells_{who}", found[who]["n"], **ledger.computed())
            ledger.percent(f"spells_{who}_share", 100 * found[who]["share"], **ledger.computed())
    if _level_tells(ledger, found.get("alike"), found.get("peers")):
        ledger.count("spells_alike", found["alike"]["n"], **ledger.computed())
        ledger.percent("spells_alike_share", 100 * found["alike"]["share"], **ledger.computed())


def _level_tells(ledger: Ledger, alike: Mapping | None, peers: Mapping | None) -> bool:
    """Whether the level from which others' spells began tells why a probability is not their share.

    Levels compare of ratios and shares alone.
    """
    p = ledger.row["p_attain"]
    if p is None or not alike or not peers or ledger.indicator.kind not in ("ratio", "share"):
        return False
    apart = 100 * (alike["share"] - peers["share"])
    return alike["n"] >= ENOUGH and abs(apart) >= TOLD and apart * (p - peers["share"]) > 0


def fragility(ledger: Ledger) -> dict:
    """What would turn the answer."""
    found = ledger.answers.get("fragility") or {}
    rebased, revision = found.get("rebased") or {}, found.get("revision") or {}
    flips = {"rebased": rebased.get("flip"), "revision": revision.get("flip")}
    for name, flip in flips.items():
        if flip is not None:
            ledger.percent(f"flip_{name}", abs(flip), 1 if abs(flip) < 10 else 0, **ledger.computed())
    denominator = ledger.catalogue.indicators.get(rebased.get("denominator", ""))
    name = "" if denominator is None else ledger.denominator_name(denominator)
    return {"flips": flips, "denominator": ledger.quoted("denominator", name)}


def movement(ledger: Ledger) -> dict:
    """What moved the probability since the earlier date: parts that sum to the change as printed."""
    if (
        ledger.earlier is None
        or ledger.moved is None
        or ledger.moved.reason
        or not len(ledger.moved.contributions)
    ):
        return UNMOVED
    parts = ledger.moved.contributions
    total = round(100 * ledger.moved.p_later) - round(100 * ledger.moved.p_earlier)
    if not total:
        return UNMOVED
    shown = naming.rounded_parts(100 * parts["p"].to_numpy(float), total)
    for i, part in enumerate(shown, 1):
        ledger.fact(f"moved_{i}", ledger.voice.signed(part), part, "", **ledger.computed())
    ledger.fact("moved_total", ledger.voice.signed(total), total, "", **ledger.computed())
    text = ledger.voice.say("number.points", n=abs(total))
    ledger.fact("moved", text, abs(total), "points", **ledger.computed())
    told: dict[str, float] = {}
    points: dict[str, int] = {}
    for source, share, part in zip(parts["source"], parts["p"] * np.sign(total), shown, strict=True):
        code = _cause(ledger, source)
        told[code], points[code] = told.get(code, 0.0) + share, points.get(code, 0) + part
    forward = {code: share for code, share in told.items() if share > 0}
    leading = _leading(forward)
    against = sorted((code for code in told if points[code] * total < 0), key=lambda code: -abs(points[code]))
    named = [code for code in (*leading, *against) if sum(map(bool, shown)) > 1]
    for i, code in enumerate(named, 1):
        ledger.fact(f"cause_{i}", ledger.voice.signed(points[code]), points[code], "", **ledger.computed())
    if rest := total - sum(points[code] for code in named) if named else 0:
        ledger.fact("moved_rest", ledger.voice.signed(rest), rest, "", **ledger.computed())
    movers, others = (
        [
            _mover(ledger, code, way) | {"points": ledger.facts.get(f"cause_{i}") if named else None}
            for i, code in enumerate(codes, first)
        ]
        for codes, way, first in ((leading, total, 1), (against, -total, 1 + len(leading)))
    )
    return {"mover": movers[0], "movers": movers, "against": others, "rest": bool(rest), "moved": total}


def _leading(forward: dict[str, float]) -> list[str]:
    """The sources to be named, the largest first: one alone only where it is clearly more than half.

    Parameters
    ----------
    forward : what each source that moved a probability the way it went contributed, above 0

    Examples
    --------
    >>> _leading({"news": 0.09, "time": 0.01, "peers": 0.02}), _leading({"time": 0.185, "in_year": 0.193})
    (['news'], ['in_year', 'time'])
    """
    ranked = sorted(forward, key=lambda source: -forward[source])
    if forward[ranked[0]] > MAIN * sum(forward.values()):
        return ranked[:1]
    near = [source for source in ranked if forward[source] >= forward[ranked[0]] / 2]
    return ranked[: min(max(len(near), 2), SEVERAL)]


def _cause(ledger: Ledger, source: str) -> str:
    """A source of a change as far as words tell sources apart."""
    within = ledger.assessment.in_year
    then, target = ledger.earlier.row.get("origin"), ledger.target
    unknown = then is None or then < (target.since or then)
    based = ledger.kind.claim == "growth" and unknown  # on a year among the news
    if source.startswith("news") and (ledger.kind.compares or ledger.kind.unit == "place" or based):
        return "news_apart"
    if source == "in_year" and not target.pending and within is not None and within.month:
        return "months"  # nothing else within the year can have moved
    if source == "time" and ledger.kind.compares and ledger.row["verdict"] == "open":
        now, than = ledger.row["origin"], target.than
        return "time_known" if then is not None and now is not None and then < than <= now else source
    return source


def _mover(ledger: Ledger, source: str, total: int) -> dict:
    """A source of a change: its code, the part of the ratio it is, which way it surprised.

    A year less to forecast narrows the forecast around its median: it is told so where the change went the
    way the median lies.
    """
    row = ledger.row
    if source == "time" and ledger.kind.figure and row["verdict"] == "open" and row["median"] is not None:
        meets = goals.compare(row["median"], ledger.target.comparison, row["goal"])
        if meets == (total > 0):
            return {"code": "time_narrowed", "above": meets, "part": ""}
    above = (total > 0) == ledger.target.comparison.startswith(">")
    part = source.rpartition("_")[2]
    if part == "denominator":  # a smaller one lifts a ratio
        above = not above
    named = ledger.part_name(part) if part in change.PARTS else ""
    return {"code": source, "above": above, "part": named}
