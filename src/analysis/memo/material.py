"""What the templates of a memo speak of: facts by name, and the few words and codes that are no sentences."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis import census as censuses
from analysis import drawn, forecast, printing, tables
from analysis.documents import Fact
from analysis.kinds import goals
from analysis.memo import further, naming
from analysis.memo.ledger import Ledger
from analysis.situations import Conditional, Forecast, Judged, Lacking, Rises

WIDE = 0.4  # a range of probabilities called wide
REVISIONS = ("none", "median", "high", "printed")  # of a denominator, the one it stays as it is first


def context(ledger: Ledger) -> dict[str, Any]:
    """Return all that a wording may name and statements are chosen by, by name; it fills the ledger."""
    told: dict[str, Any] = {"f": ledger.facts, "stated": ledger.stated, "cited": ledger.cited}
    for part in PARTS:
        told |= part(ledger)
    return told


def of_the_plan(ledger: Ledger) -> dict:
    """Who says what to whom, and where in which document the target stands."""
    plan = ledger.assessment.plan
    return {
        "region": ledger.region(),
        "plan": ledger.quoted("plan", ledger.voice.name(plan.title)),
        "document": ledger.quoted("document", ledger.document),
        "numbered": "〔" in plan.document,
        "clauses": [
            ledger.quoted(f"clause{i}", clause)
            for i, clause in enumerate(naming.clauses(ledger.target.clause, ledger.voice.language), 1)
        ],
        "signatory": ledger.quoted("signatory", ledger.signatory()),
        "elsewhere": ledger.elsewhere(),
        "addressee": ledger.told("addressee", plan.addressee),
    }


def of_the_target(ledger: Ledger) -> dict:
    """What the target, its quantity and its indicator are called."""
    title = ledger.voice.name(ledger.target.title)
    return {
        "title": ledger.quoted("title", title),
        "inner": ledger.quoted("title", naming.quoted_inside(title)),
        "lower": ledger.quoted("title", naming.inside(title)),
        "says_task": title.endswith("任务"),
        "headline": ledger.quoted("title", ledger.headline()),
        "name": ledger.quoted("name", ledger.subject()),
        "indicator": ledger.quoted("indicator", naming.inside(ledger.name)),
        "indicator_title": ledger.quoted("indicator", ledger.name),
        "unit": ledger.unit(),
        "level": ledger.catalogue.regions[ledger.assessment.plan.region].level,
        "reading": ledger.told("reading", ledger.target.reading),
    }


def kinds(ledger: Ledger) -> dict:
    """The codes by which the templates choose their sentences."""
    return {
        "situation": ledger.assessment.situation,
        "asks": ledger.kind,
        "comparison": ledger.target.comparison,
        "upward": ledger.target.comparison.startswith(">"),
        "is_count": bool(ledger.indicator and ledger.indicator.integer),
        "counts": ledger.indicator.kind if ledger.indicator and ledger.kind.unit == "own" else "",
        "proved": _proved(ledger),
        "is_percent": bool(ledger.indicator and ledger.indicator.unit.startswith("%")),
        "not_due": ledger.assessment.not_due,
        "past": ledger.assessment.as_of > f"{ledger.target.deadline}-12-31",
        "evidence": ledger.row["evidence"],
    }


def _proved(ledger: Ledger) -> str:
    """In what an outcome is confirmed: lists of what is counted, final accounts, a yearbook."""
    entry = ledger.indicator
    if entry is None or entry.integer:
        return "lists"
    part = ledger.catalogue.indicators.get(entry.numerator or "", entry)
    return part.proof


def lists(ledger: Ledger) -> dict:
    """What is known, what is only shown, what is missing and asked for, what is to be remarked."""
    answer = ledger.assessment.answer
    return {
        "points": ledger.until_deadline(),
        "failing": failing(ledger),
        "shown": ledger.shown(),
        "set_aside": ledger.assessment.set_aside(),
        "doubtful": ledger.doubtful(),
        "beside": beside(ledger),
        "others": ledger.has_background(),
        "reported": reported(ledger),
        "missing": [ledger.absent(one) for one in answer.missing] if isinstance(answer, Lacking) else [],
        "wanted": ledger.wanted(),
        "ours": any(one.wanted.own for one in ledger.requests),
    } | remarks(ledger)


def failing(ledger: Ledger) -> list[dict]:
    """The figures of years that miss a goal set for every year."""
    target, goal = ledger.target, ledger.target.goal
    if ledger.assessment.situation != "missed" or ledger.kind.claim != "every_year" or goal is None:
        return []
    return [
        point
        for point in ledger.until_deadline()
        if point["number"] >= (target.since or 0)
        and not ledger.kind.kept(target, point["row"].value, goal, ledger.catalogue)
    ]


def remarks(ledger: Ledger) -> dict:
    """The plan's remarks, those apart that a doubted figure is behind, and what qualifies a chance."""
    told = [(note, ledger.told(f"remark{i}", note)) for i, note in enumerate(ledger.notes(), 1)]
    return {
        "notes": [text for note, text in told if not note.unconfirmed],
        "details": [text for note, text in told if note.detail and not note.unconfirmed],
        "caveats": [text for note, text in told if note.unconfirmed],
        "qualifying": [text for note, text in told if note.qualifies and not note.unconfirmed],
    }


def reported(ledger: Ledger) -> list[str]:
    """The sources rated poor that a probability rests on, as they are called."""
    return [ledger.source(f"reported{i}", key) for i, key in enumerate(ledger.poor, 1)]


def beside(ledger: Ledger) -> dict | None:
    """Figures of the flow or stock that the answer rests on as well: what a stock took in since.

    another : whether any is of a year of which the target's own indicator has none
    single : whether the flow or stock is known of one year only
    """
    rows = ledger.informing()
    if rows.empty:
        return None
    entry = ledger.catalogue.indicators[rows["indicator"].iloc[0]]
    flows = ledger.indicator.inflow == rows["indicator"].iloc[0]
    figures = [
        {
            "year": ledger.year(f"beside_year_{row.year}", row.year),
            "derived": row.status == "derived",
            "value": ledger.quantity(f"beside_{row.year}", row.value, entry, **ledger.trace(row)),
            "bare": ledger.fact(
                f"bare_beside_{row.year}",
                ledger.voice.amount(row.value, entry),
                row.value,
                "",
                **ledger.trace(row),
            ),
        }
        for row in tables.rows(rows)
    ]
    called = ledger.called(entry)
    name = ledger.quoted("beside", naming.inside(called))
    doubted = any(ledger.catalogue.sources[key].quality == "red" for key in rows["source"])
    title, unit = ledger.quoted("beside_title", called), ledger.voice.unit(entry)
    another = not {*rows["year"]} <= {one["number"] for one in ledger.until_deadline()}
    told = {"title": title, "unit": ledger.quoted("beside_unit", unit), "name": name, "figures": figures}
    parts = ledger.figures[ledger.figures["role"].eq("part")]
    told["single"] = parts.loc[parts["indicator"].eq(rows["indicator"].iloc[0]), "year"].nunique() == 1
    return (
        told
        | {"flows": flows, "doubted": doubted, "another": another}
        | _not_published(ledger, {*rows["year"]})
    )


def _not_published(ledger: Ledger, known: set[int]) -> dict:
    """The years since a stock's last figure whose inflow is not known: between known ones, and after them."""
    answer = ledger.assessment.answer
    since = answer.predictive.origin if isinstance(answer, Forecast) else ledger.target.deadline
    years = [year for year in range(since + 1, ledger.target.deadline + 1) if year not in known]
    told = {year: ledger.year(f"beside_year_{year}", year) for year in years}
    between = [fact for year, fact in told.items() if year < max(known)]
    return {"between": between, "ahead": [*told.values()][len(between) :]}


def goal(ledger: Ledger) -> dict:
    target = ledger.target
    if target.goal is not None:
        trace = {
            "period": ledger.voice.year(target.deadline),
            "source": ledger.assessment.plan.document,
        }
        ledger.measured("goal", target.goal, as_written=True, **trace)
        _bare(ledger, "goal", target.goal, **trace)
    for name in ("than", "since"):
        if getattr(target, name) is not None:
            ledger.year(name, getattr(target, name))
    return _place(ledger)


def _place(ledger: Ledger) -> dict:
    """Among how many regions a place is taken, and the place by the latest figures."""
    region = ledger.assessment.plan.region
    others = ledger.kind.siblings(region, ledger.catalogue, ledger.target.deadline)
    if others:
        ledger.count("siblings", len(others) + 1)
    if others and ledger.row["gap"] is not None:
        ledger.measured("place", ledger.row["goal"] - ledger.row["gap"], **ledger.computed())
    return {"among_provinces": ledger.catalogue.regions[region].level == "province"}


def outcome(ledger: Ledger) -> dict:
    row = ledger.row
    reached = row["outcome"] is not None
    point = next((point for point in ledger.known if point["number"] == ledger.target.deadline), None)
    if point and not reached and ledger.kind.spans:  # on another basis than the years before
        ledger.quantity("outcome", point["row"].value, **ledger.trace(point["row"]))
    if reached:
        trace = ledger.trace(point["row"]) if point else {}
        ledger.measured("outcome", row["outcome"], **trace)
        if ledger.kind.figure:
            _bare(ledger, "outcome", row["outcome"], **trace)
        if point:
            ledger.fact(
                "outcome_release", trace["release"], str(point["row"].published.date()), "date", **trace
            )
    margin = row["outcome"] - row["goal"] if reached and row["goal"] is not None else None
    if margin is not None and ledger.kind.dated:
        ledger.difference("margin", margin, **ledger.computed())
        _bare(ledger, "margin", abs(margin), **ledger.computed())
        if row["goal"] > 0:
            ledger.percent("reached", 100 * row["outcome"] / row["goal"], **ledger.computed())
    if ledger.kind.compares and row["goal"] is not None:
        period = {"period": ledger.voice.year(ledger.target.than)}
        known = [point["row"] for point in ledger.known if point["number"] == ledger.target.than]
        ledger.quantity("before", row["goal"], **(ledger.trace(known[0]) if known else period))
    turned = reached and ledger.target.rounding == "printed" and ledger.assessment.readings.get("matters")
    alike = _alike(ledger.facts) if margin else False
    told = {"margin": margin, "alike": alike, "by_rounding": turned, "lacking": _lacking(ledger)}
    return told | _origin_of_outcome(ledger, reached)


def _alike(facts: Mapping[str, Fact]) -> bool:
    """Whether an outcome is printed as its goal is."""
    return {"margin", "goal"} <= facts.keys() and facts["outcome"].text == facts["goal"].text


def _lacking(ledger: Ledger) -> bool:
    """Whether a year before the deadline that the answer needs has no figure at all."""
    target, known = ledger.target, {point["number"] for point in ledger.known}
    first = target.than if ledger.kind.compares else target.since
    last = target.deadline if ledger.kind.each else (first or target.deadline) + 1
    return first is not None and not {*range(first, last)} <= known


def _origin_of_outcome(ledger: Ledger, reached: bool) -> dict:
    """Who published the outcome, how good that source is, and how the goal fared in later years."""
    points = [point for point in ledger.known if reached and point["number"] >= ledger.target.deadline]
    context: dict[str, Any] = {
        "outcome_source": "",
        "outcome_quality": "",
        "outcome_derived": False,
        "unconfirmed": ledger.assessment.unconfirmed(ledger.catalogue),
        "hearsay": ledger.assessment.hearsay(ledger.catalogue),
        "why_poor": "",
        "after": None,
        "earlier_source": "",
        "earlier_derived": False,
        "agreeing": "",
        "agreeing_derived": False,
        "differing": None,
    }
    if points and points[0]["number"] == ledger.target.deadline:
        key, derived = points[0]["row"].source, points[0]["derived"]
        source = ledger.catalogue.sources[key]
        context["outcome_source"] = ledger.source("outcome_source", key)
        context |= {"outcome_quality": source.quality, "outcome_derived": derived}
        context["why_poor"] = ledger.why_poor(key) if context["hearsay"] else ""
        context |= _agreeing(ledger, points[0]) | _differing(ledger, points[0]) | _earlier(ledger, points[0])
    if points and points[-1]["number"] > ledger.target.deadline and ledger.kind.figure:
        places = ledger.kind.places(ledger.target, ledger.catalogue)
        reached_later = goals.keeps(ledger.target, points[-1]["row"].value, ledger.target.goal, places)
        last, bases = points[-1], {point["row"].basis for point in (points[0], points[-1])}
        context["after"] = last | {"met": reached_later, "rebased": len(bases) > 1}
        expected = [item["value"] for item in ledger.shown() if item["row"].year == last["number"]]
        context["after"]["expected"] = expected[-1] if last["preliminary"] and expected else None
        if last["preliminary"]:
            context["after"]["preliminary"] = ledger.preliminary_name(last["row"]) or True
    return context


def _earlier(ledger: Ledger, outcome: dict) -> dict:
    """The source of the figures before the outcome, where it is one and another than the outcome's."""
    before = [point for point in ledger.known if point["number"] < outcome["number"]]
    sources = {point["row"].source for point in before}
    if len(sources) != 1 or sources == {outcome["row"].source}:
        return {}
    derived = any(point["derived"] for point in before)
    return {"earlier_source": ledger.source("earlier_source", *sources), "earlier_derived": derived}


def _agreeing(ledger: Ledger, outcome: dict) -> dict:
    """Another source that gives the outcome as printed, and whether it is worked out of that one's parts."""
    for other in _others(ledger, outcome["row"]):
        if _printed(ledger, other.value) == _printed(ledger, outcome["row"].value):
            name = ledger.source("agreeing", other.source)
            return {"agreeing": name, "agreeing_derived": other.status == "derived"}
    return {}


def _differing(ledger: Ledger, outcome: dict) -> dict:
    """The newest figure of another source that is printed otherwise, and whether the verdict holds by it."""
    others = [
        other
        for other in _others(ledger, outcome["row"])
        if _printed(ledger, other.value) != _printed(ledger, outcome["row"].value)
    ]
    goal = ledger.row["goal"]
    if not others or goal is None or not ledger.kind.dated or ledger.kind.unit != "own":
        return {}
    other = max(others, key=lambda one: one.published)
    met = goals.keeps(ledger.target, other.value, goal, ledger.kind.places(ledger.target, ledger.catalogue))
    ledger.measured("differing", other.value, **ledger.trace(other))
    told = {"source": ledger.source("differing_source", other.source), "derived": other.status == "derived"}
    return {"differing": told | {"holds": met == (ledger.row["verdict"] == "met")}}


def _others(ledger: Ledger, row: Any) -> list[Any]:
    """The outcome's figure as other sources give it, on its basis."""
    return [
        other
        for other in ledger.agreeing()
        if other.year == row.year and other.basis == row.basis and other.source != row.source
    ]


def later_years(ledger: Ledger) -> dict:
    """How the figures after the deadline stand to what was demanded, all alike: "kept", "missed" or ""."""
    goal, later = ledger.row["goal"], [point["row"] for point in ledger.later()]
    one_basis = {row.basis for row in (*later, *(point["row"] for point in ledger.until_deadline()[-1:]))}
    if not later or goal is None or len(one_basis) > 1 or not (ledger.kind.figure or ledger.kind.compares):
        return {"kept_later": ""}
    places = ledger.kind.places(ledger.target, ledger.catalogue)
    kept = {goals.keeps(ledger.target, row.value, goal, places) for row in later}
    return {"kept_later": ("kept" if True in kept else "missed") if len(kept) == 1 else ""}


def expectation(ledger: Ledger) -> dict:
    """Probability, range and interval where there is a predictive distribution."""
    row, as_of = ledger.row, ledger.assessment.as_of
    if row["verdict"] != "open" or row["p_attain"] is None:
        return {
            "edge": "",
            "likelihood": "",
            "half": "",
            "near_even": False,
            "has_range": False,
            "steady": False,
            "thin": 9,
            "expected_gap": None,
        } | {"median_meets": False}
    edge = ledger.probability("p", row["p_attain"], as_of)
    ledger.percent("outer", 100 * forecast.RANGE[0], **ledger.agreed())
    has_range = printing.apart(row["p_low"], row["p_high"])
    edges = {"edge_low": "", "edge_high": ""}
    thin = len(ledger.until_deadline()) + sum(point["used"] for point in ledger.later())
    ledger.count("years_known", thin)
    if has_range:
        edges["edge_low"] = ledger.probability("p_low", row["p_low"], as_of)
        edges["edge_high"] = ledger.probability("p_high", row["p_high"], as_of)
    if row["median"] is not None:
        trace: dict[str, Any] = {
            "period": ledger.voice.year(ledger.target.deadline),
            "release": ledger.until(as_of),
            "source": ledger.model(),
        }
        for name in ("median", "lo80", "hi80", "lo95", "hi95"):
            ledger.measured(name, row[name], **trace)
            _drawn(ledger, name, row[name])
        _labels(ledger)
        ledger.percent("interval", 80, **ledger.agreed())
        ledger.percent("wider_interval", 95, **ledger.agreed())
    expected_gap = _minus(row["goal"], row["median"]) if ledger.kind.figure else None
    if expected_gap is not None:
        ledger.difference("expected_gap", expected_gap, **ledger.computed())
    return {
        "edge": edge,
        "likelihood": ledger.voice.likelihood(row["p_attain"]),
        "half": ledger.voice.half(row["p_attain"]),
        "near_even": abs(printing.whole(row["p_attain"]) - 50) <= printing.NEAR,
        "has_range": has_range,
        "steady": row["p_low"] is not None and not has_range,
        "wide": has_range and row["p_high"] - row["p_low"] > WIDE,
        "thin": thin,
        "expected_gap": expected_gap,
        "median_meets": expected_gap is not None
        and goals.compare(row["median"], ledger.target.comparison, row["goal"]),
    } | edges


def _drawn(ledger: Ledger, name: str, value: float) -> None:
    """A number as the figure's axis has it, without its unit."""
    if ledger.kind.unit == "own":
        number = ledger.voice.amount(value, ledger.indicator, ledger.assessment.typical)
        ledger.fact(f"drawn_{name}", number, value, "", **ledger.computed())


def _labels(ledger: Ledger) -> None:
    """What stands beside the figure, of the deadline's year whatever the goal is set on, and its days."""
    table, voice = drawn.expected(ledger.assessment), ledger.voice
    for level in {level for _, *ends in drawn.LEVELS[:2] for level in ends} | {0.5} if len(table) else ():
        value = float(table[level].iloc[-1])
        number = voice.amount(value, ledger.indicator, ledger.assessment.typical)
        ledger.fact(f"label_{1000 * level:.0f}", number, value, "", **ledger.computed())
    beside = ledger.figures[ledger.figures["role"].eq("beside")]
    for n, row in enumerate(tables.rows(beside.drop_duplicates(["published", "precision"]))):
        ledger.day(f"label_day{n}", str(row.published.date()), row.precision)


def _bare(ledger: Ledger, name: str, value: float, **trace: Any) -> None:
    """A number of things without its unit, for where the sentence has named them."""
    if ledger.indicator.integer and ledger.kind.unit == "own":
        ledger.fact(f"bare_{name}", ledger.voice.amount(value, ledger.indicator), value, "", **trace)


def condition(ledger: Ledger) -> dict:
    """The conditional answer: from comparable regions only."""
    lent, region = ledger.assessment.lent, ledger.row["evidence"] == "region"
    peers = lent.peers if isinstance(lent, Conditional) else () if region else ledger.assessment.peers
    regions = [ledger.catalogue.regions[code].short(ledger.voice.language) for code in peers]
    names = [ledger.quoted(f"peer{i}", name) for i, name in enumerate(regions, 1)]
    ledger.count("peer_count", len(peers))
    context = {
        "peer_names": names,
        "few": len(names) <= printing.FEW,
        "peers_level": _level(ledger, peers),
    }
    context |= {"break_even": None, "is_widened": False}
    if isinstance(lent, Conditional):
        context["break_even"] = lent.break_even
        ledger.year("base_year", lent.year)
        if lent.break_even is not None:
            ledger.quantity("break_even", lent.break_even, **ledger.computed())
        ledger.count("widened", lent.widened, "fold")
        context["is_widened"] = lent.widened > 1
    if isinstance(lent, Rises):
        ledger.count("rises", lent.rises, "times", **ledger.computed())
        ledger.count("changes", lent.changes, "times", **ledger.computed())
        share = 100 * lent.rises / lent.changes if lent.changes else 0
        ledger.percent("rise_share", share, **ledger.computed())
    return context


def placed(ledger: Ledger) -> dict:
    """Where a region without figures is placed: its parent's figure, and how regions spread."""
    answer = ledger.assessment.answer
    if not isinstance(answer, Forecast) or answer.predictive.placed is None:
        return {"placed": None, "parent": ""}
    placed, code = answer.predictive.placed, answer.predictive.peers[0]
    parent, key = ledger.catalogue.regions[code], ledger.catalogue.placed_by(str(ledger.target.indicator))
    entry, rows = ledger.catalogue.indicators[key], ledger.figures
    rows = rows[rows["region"].eq(code) & rows["indicator"].eq(key) & rows["year"].eq(placed.year)]
    row = next(tables.rows(rows), None)
    trace = {"period": ledger.voice.year(placed.year)} if row is None else ledger.trace(row)
    ledger.year("parent_year", placed.year)
    ledger.quantity("parent_value", placed.value, entry, **trace)
    ledger.percent("placed_share", 100 * placed.share, **ledger.computed())
    ledger.count("placed_siblings", placed.siblings)
    ledger.count("placed_parents", placed.parents)
    if placed.table:
        ledger.year("placed_table", placed.table)
    names = {"parent": ledger.voice.name(parent), "ratio": naming.inside(ledger.voice.name(entry))}
    if converted := key != ledger.target.indicator:
        names["whole"] = ledger.denominator_name(ledger.catalogue.indicators[str(entry.denominator)])
        _converted(ledger)
    told = {key: ledger.quoted(key, text) for key, text in names.items()}
    if row is not None:
        ledger.fact("parent_release", **ledger.release_of(row))
        told["parent_source"] = ledger.source("parent_source", row.source)
    derived = row is not None and row.status == "derived"
    context = {"placed": placed, "converted": converted, "parent_derived": derived}
    return context | {"whole": "", "parent_source": ""} | told


def _converted(ledger: Ledger) -> None:
    """The whole that turns a ratio into an amount: its last figure, and what is expected of it."""
    if not (found := ledger.answers.get("conversion")):
        return
    entry = ledger.catalogue.indicators[found["whole"]]
    period: dict[str, Any] = {"period": ledger.voice.year(found["year"])}
    ledger.year("whole_year", found["year"])
    ledger.quantity("whole_value", found["value"], entry, **period)
    if found["growth"] is not None:
        further.foreseen(ledger, "whole_median", found["median"], entry)
        ledger.percent("whole_growth", found["growth"], 1, **ledger.computed())


def census(ledger: Ledger) -> dict:
    """The answer without, with a median and with a high revision of the denominator still to come.

    Beside them, where a remark of the plan names another figure, the answer with that; and in which of these
    cases the probability is called otherwise.
    """
    answer, found = ledger.assessment.answer, ledger.assessment.readings.get("census")
    if not found or not isinstance(answer, Forecast) or answer.predictive.rebasing is None:
        return {"census": None, "rebases": _rebases(ledger)}
    rebasing = answer.predictive.rebasing
    cases = [name for name in REVISIONS if name in found]
    edges: dict[str, Any] = {
        f"census_{name}": ledger.probability(f"p_census_{name}", found[name], ledger.assessment.as_of)
        for name in cases
    }
    for name in ("median", "high"):
        ledger.percent(f"growth_{name}", found[f"growth_{name}"], 1, **ledger.computed())
    if "printed" in found:
        ledger.percent("growth_printed", abs(found["growth_printed"]), 1, **ledger.computed())
        ledger.year("printed_year", found["printed_year"])
        entry = ledger.catalogue.indicators[str(ledger.indicator.denominator)]
        year, plan = ledger.voice.year(found["printed_year"]), ledger.voice.say("trace.plan")
        trace: dict[str, Any] = {"period": year, "source": plan}
        ledger.quantity("printed_value", found["printed_value"], entry, **trace)
    ledger.count("censuses", rebasing.censuses, "times")
    basis = ledger.voice.name(ledger.catalogue.bases[rebasing.basis])
    whole = ledger.denominator_name(ledger.catalogue.indicators[str(ledger.indicator.denominator)])
    edges |= {"rebased_whole": ledger.quoted("rebased_whole", whole)}
    words = {name: ledger.voice.likelihood(found[name]) for name in cases}
    usual = ledger.voice.likelihood(ledger.row["p_attain"])
    edges |= {
        "revisions": [(f"p_census_{name}", edges[f"census_{name}"]) for name in cases],
        "reworded": [
            {
                "case": name,
                "above": found[f"growth_{name}"] > 0,
                "edge": edges[f"census_{name}"],
                "word": word,
            }
            for name, word in words.items()
            if word != usual
        ],
    }
    return edges | {
        "census": rebasing,
        "rebases": True,
        "new_basis": ledger.quoted("new_basis", basis),
    }


def _rebases(ledger: Ledger) -> bool:
    """Whether the denominator may be on another basis when the deadline's figure is published."""
    key, plan, target = ledger.target.indicator, ledger.assessment.plan, ledger.target
    if ledger.indicator is None or ledger.indicator.denominator is None or target.basis is not None:
        return False
    return censuses.due(key, plan.region, target.deadline, ledger.assessment.as_of, ledger.catalogue)


def widths(ledger: Ledger) -> dict:
    """The answer were a city held to move as much as a province, twice and three times as much."""
    found = ledger.assessment.readings.get("widened")
    if not found:
        return {"widths": []}
    return {
        "widths": [
            (f"p_{name}", ledger.probability(f"p_{name}", found[name], ledger.assessment.as_of))
            for name in sorted(found)
        ]
    }


def _level(ledger: Ledger, peers: tuple[str, ...]) -> str:
    """The level all of them are of: what they are called; empty where they differ."""
    levels = {ledger.catalogue.regions[code].level for code in peers}
    return levels.pop() if len(levels) == 1 else ""


def speed(ledger: Ledger) -> dict:
    """Mean yearly change so far, and the one that leads from the latest figure to the goal."""
    known = ledger.until_deadline()
    before = [point for point in known if point["number"] < ledger.target.deadline]
    context: dict[str, Any] = {"latest": None, "pace": None, "needed": None, "gap": None}
    context |= {"later": ledger.later(), "left_out": [], "bases": _bases(ledger)}
    context["breaks"] = len({point["row"].basis for point in known}) > 1
    context["broken"] = [
        (one["year"], other["year"])
        for one, other in itertools.pairwise(known)
        if one["row"].basis != other["row"].basis
    ]
    if not before:
        return context
    last, values = before[-1], [point["row"].value for point in before]
    context["left_out"] = [pair for pair in context["broken"] if pair[1].value <= last["number"]]
    context["latest"] = last | {"alone": len(before) == 1}
    goal = ledger.row["goal"]
    ledger.fact("latest_release", **ledger.release_of(last["row"]))
    pace = _pace(ledger, before)
    if pace is not None:
        context |= {"first": before[0], "pace": round(pace, ledger.fine())}
        ledger.difference("pace", pace, ledger.fine(), **ledger.computed())
    left = ledger.target.deadline - last["number"]
    if goal is not None and ledger.row["outcome"] is None and left > 0 and ledger.kind.figure:
        context["gap"] = goal - values[-1]
        ledger.difference("gap", context["gap"], **ledger.computed())
        _bare(ledger, "gap", abs(context["gap"]), **ledger.computed())
        context["needed"] = context["gap"] / left
        ledger.difference("needed", context["needed"], ledger.fine(), **ledger.computed())
    return context


def _bases(ledger: Ledger) -> list[tuple[Any, Any, str]]:
    """First and last year of each run of figures on a named basis, where there are several bases."""
    runs = [[*run] for _, run in itertools.groupby(ledger.known, lambda point: point["row"].basis)]
    named = ledger.catalogue.bases
    return [
        (run[0]["year"], run[-1]["year"], ledger.quoted(f"basis{i}", ledger.voice.name(named[key])))
        for i, run in enumerate(runs, 1)
        if len(runs) > 1 and (key := run[0]["row"].basis) in named
    ]


def _pace(ledger: Ledger, known: list[dict]) -> float | None:
    """Mean yearly change without breaks of the basis; over a gap only between figures on one basis."""
    series, first, last = ledger.assessment.series, known[0], known[-1]
    changes = (series.value - series.before)[0] if series.years else np.array([])
    changes = changes[np.isfinite(changes) & (np.array(series.years) <= last["number"])]
    if len(changes):
        return float(changes.mean())
    if first["number"] == last["number"] or first["row"].basis != last["row"].basis:
        return None
    return (last["row"].value - first["row"].value) / (last["number"] - first["number"])


def since(ledger: Ledger) -> dict:
    """The earlier answer, and what was published since."""
    if ledger.earlier is None:
        return {"earlier": None}
    ledger.day("earlier_as_of", ledger.earlier.as_of)
    earlier = {"situation": ledger.earlier.situation, "edge": "", "likelihood": ""}
    if ledger.earlier.row["p_attain"] is not None:
        earlier["edge"] = ledger.probability(
            "p_earlier", ledger.earlier.row["p_attain"], ledger.earlier.as_of
        )
        earlier["likelihood"] = ledger.voice.likelihood(ledger.earlier.row["p_attain"])
    figures = _news(ledger)
    ledger.count("news_count", len(figures))
    return {"earlier": earlier, "news": _grouped(ledger, figures)}


def _news(ledger: Ledger) -> list[dict]:
    """Figures of the target's own indicator published since: new years, and old years revised."""
    before = {row.year: row for row in tables.rows(ledger.earlier.history)}
    old = {year: row.value for year, row in before.items()}
    news, used = [], {point["number"] for point in ledger.later() if point["used"]}
    for point in ledger.known:
        number, row = point["number"], point["row"]
        unused = number > ledger.target.deadline and number not in used
        if unused or (number in old and _printed(ledger, old[number]) == _printed(ledger, row.value)):
            continue
        item = point | {"revised": number in old}
        if number in old:
            item["was"] = ledger.quantity(f"was_{number}", old[number], **ledger.trace(before[number]))
        news.append(item)
    return news


def _printed(ledger: Ledger, value: float) -> str:
    return ledger.voice.amount(value, ledger.indicator)


def _grouped(ledger: Ledger, figures: list[dict]) -> list[dict]:
    """One entry a source and day, oldest first."""
    groups: dict[tuple, list[dict]] = {}
    for item in sorted(figures, key=lambda item: item["row"].published):
        groups.setdefault((item["row"].source, item["row"].published), []).append(item)
    return [
        {
            "figures": items,
            "bounded": items[0]["row"].precision == "by",
            "release": ledger.fact(f"release_{i}", **ledger.release_of(items[0]["row"])),
            "source": ledger.source(f"news{i}", source),
        }
        for i, ((source, _), items) in enumerate(groups.items(), 1)
    ]


def milestone(ledger: Ledger) -> dict:
    """Dated evidence, and a judgement with its author and date."""
    items = []
    for i, item in enumerate(ledger.assessment.evidence, 1):
        ledger.day(f"evidence_day{i}", item.date.isoformat())
        known, name = item.source in ledger.catalogue.sources, f"evidence_source{i}"
        items.append(
            {
                "day": ledger.facts[f"evidence_day{i}"],
                "text": ledger.quoted(f"evidence{i}", ledger.voice.name(item.text).rstrip("。.")),
                "press": known and ledger.catalogue.sources[item.source].kind == "newspaper",
                "source": ledger.source(name, item.source) if known else ledger.quoted(name, item.source),
            }
        )
    if not isinstance(answer := ledger.assessment.answer, Judged):
        return {"items": items, "judgement": None}
    judgement = answer.judgement
    ledger.day("judged_on", judgement.date.isoformat())
    return {
        "items": items,
        "judgement": {
            "author": ledger.quoted("author", judgement.author),
            "reason": ledger.quoted("reason", ledger.voice.name(judgement.reason).rstrip("。.")),
        },
    }


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


PARTS = (
    of_the_plan, of_the_target, kinds, lists, goal, outcome, later_years, expectation, condition, placed,
    census, widths, speed, further.past_record, further.gaps, since, milestone, further.in_year,
    further.readings, further.rules, further.requirement, further.fragility, further.movement,
)  # fmt: skip
