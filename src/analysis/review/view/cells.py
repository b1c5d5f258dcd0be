"""What a target's row in the list says: goal, latest figure, probability and its history."""

from typing import Any

from analysis import memo, printing, tables
from analysis.attainment import Assessment
from analysis.review import records
from analysis.review.view import given, news
from analysis.review.view.given import One
from analysis.review.wordbook import Book, Fact, goal_key
from analysis.situations import Conditional

STATES = ("missed", "risky", "likely", "met", "not_due", "unknown")


def state(assessment: Assessment) -> str:
    """Return the group the report tells a target in; tasks and what is unknown are not judged alike."""
    group = "not_due" if assessment.not_due else memo.group(assessment)
    return "unknown" if group == "tasks" else group


def goal(one: One) -> str:
    """Return what the plan asks for, as marked text."""
    target, kind, say = one.target, one.kind, one.book.say
    if kind.judged:
        return say("page.milestone", year=one.year(target.deadline))
    key, year = goal_key(target, one.entry.integer), one.year(target.deadline)
    if kind.compares:
        return say(key, year=year, than=one.year(target.than))
    trace = given.of_plan(one.inputs.plan, one.book, target.clause)
    trace["period"] = one.book.period(str(target.deadline))
    number = one.measured("goal", target.goal, True, **trace)
    simple = str(number) if kind.unit == "place" else say(key, goal=number)
    if kind.figure:
        return simple
    since = one.year(target.since) if kind.spans else ""
    return say(f"page.goal_{kind.claim}", goal=simple, since=since, year=year)


def place(one: One) -> str | None:
    """Return the place by the latest figures, of a target that asks for one."""
    if one.kind.unit != "place" or one.row["gap"] is None:
        return None
    place = one.row["goal"] - one.row["gap"]
    return str(one.measured("place", place, as_written=False, **one.computed()))


def demand(one: One) -> str:
    """Return the class of the goal's cell: a comparison of two years stays in one line."""
    return "goal line" if one.kind.compares else "goal"


def observation(one: One, row: Any, name: str) -> Fact:
    trace = one.book.released(row)
    return one.amount(f"figure.{name}", row.value, **trace)


def year_of(one: One, row: Any) -> Fact:
    trace = one.book.released(row)
    return one.fact(f"figure.year.{row.year}.{row.source}", str(row.year), row.year, "year", **trace)


def last(one: One) -> str | None:
    """Return the latest figure up to the deadline and its year as marked text; without, one only shown.

    While the outcome is not known, a later one stands before it. Of figures on another basis than the goal's
    only that there are some is said: beside the goal they would mislead.
    """
    if one.assessment.set_aside() == "unlike":
        return one.book.say("page.figures_unlike")
    until, shown = (
        rows[rows["year"].le(one.target.deadline)].tail(1) if len(rows) else rows
        for rows in (one.assessment.history, one.assessment.shown)
    )
    after = one.assessment.history.drop(until.index).tail(1) if one.row["verdict"] == "open" else until[:0]
    after = after[after["year"].gt(one.target.deadline)]
    known = {"later": after, "last": until}
    key = "page.year_value" if len(until) or len(after) else "page.year_shown"
    figures = known if key == "page.year_value" else {"last": shown}
    said = [
        one.book.say(key, value=observation(one, row, name), year=year_of(one, row))
        for name, rows in figures.items()
        for row in tables.rows(rows)
    ]
    return one.book.joined(said, "semicolon") if said else None


def verdict(one: One) -> str:
    """Return the verdict as the workbook has it."""
    reported = one.inputs.outlook.of(one.target.id).reported(one.book.catalogue)
    return records.verdict(one.assessment, one.book, reported)


def probability(one: One) -> dict:
    """Return the probability cell: number with range, or why there is none."""
    row, say = one.row, one.book.say
    if one.known:
        found = outcome(one)
        said = say("page.outcome_is", outcome=found) if found else ""
        return {"p": None, "text": said or say("page.known_outcome"), "brief": said}
    if row["p_attain"] is None:
        return {"p": None, "text": _without(one), "brief": ""}
    p = one.chance("p", row["p_attain"])
    made = {
        "p": p,
        "brief": say(f"page.probability_is{'_judged' if one.kind.judged else ''}", p=p),
        "value": row["p_attain"],
        "range": None,
        "word": one.book.leaning(row["p_attain"]),
    }
    if printing.apart(row["p_low"], row["p_high"]):
        low, high = one.chance("p_low", row["p_low"]), one.chance("p_high", row["p_high"])
        made |= {
            "range": say("page.range", low=low, high=high),
            "low": round(row["p_low"], 4),
            "high": round(row["p_high"], 4),
        }
    return made


def _without(one: One) -> str:
    """Return why there is no probability, or which last value would make it an even chance."""
    base, found = break_even(one), one.assessment.lent
    if base is not None and isinstance(found, Conditional):
        return one.book.say("page.no_probability_but", base=base, year=one.year(found.year))
    unlike = one.assessment.set_aside() == "unlike"
    why = "milestone" if one.kind.judged else "unlike" if unlike else one.row["evidence"]
    return one.book.say(f"page.no_probability_{why}")


def break_even(one: One) -> Fact | None:
    """Return the last value that makes the goal an even chance, where there is a conditional answer."""
    found = one.assessment.lent
    if not isinstance(found, Conditional) or found.break_even is None:
        return None
    trace = one.computed() | {"source": one.book.say("page.peers_source")}
    return one.amount("break_even", found.break_even, **trace)


def outcome(one: One) -> Fact | None:
    """Return what a target came out at: a figure of its deadline, a sum, or a yearly growth in percent."""
    value = one.row["outcome"]
    if value is None:
        return None
    rows = one.assessment.history
    rows = rows[rows["year"].eq(one.target.deadline)]
    trace: dict[str, Any] = (
        one.book.released(next(tables.rows(rows.tail(1)))) if len(rows) else one.computed()
    )
    return one.measured("outcome", value, False, **trace)


def evidence(one: One) -> str:
    """Return what an answer stands on, in the words of the report."""
    return records.grounds(one.row, one.assessment, one.book)


def sort_keys(one: One) -> dict:
    shown = [item.target.id for item in one.inputs.assessments]
    p = one.row["p_attain"]
    return {
        "attention": shown.index(one.target.id),
        "place": one.inputs.plan.targets.index(one.target),
        "probability": -1 if p is None else round(p, 6),
        "verdict": tables.VERDICTS.index(one.row["verdict"]),
        "evidence": tables.EVIDENCE.index(one.row["evidence"]),
    }


def history(one: One) -> list[dict]:
    """Return the probability as of each date on which the plan's data changed."""
    return [
        on_a_date(one, row) | {"moved": news.told(one, row, before)}
        for row, before in zip(one.past, [None, *one.past], strict=False)
    ]


def on_a_date(one: One, row: dict) -> dict:
    when, book = row["as_of"], one.book
    trace = one.computed() | {"release": book.say("page.computed", day=book.day(when))}
    made = {"when": when, "p": None, "value": None, "range": "", "median": ""}
    made |= {
        "day": one.fact(f"on.{when}", book.day(when), when, "date", **trace),
        "text": records.verdict_on(row, one.assessment, book),
    }
    if row["p_attain"] is not None:
        made["value"] = row["p_attain"]
    if row["p_attain"] is not None and row["verdict"] == "open":
        made["p"] = one.chance(f"p.{when}", row["p_attain"], **trace)
        made["text"] = book.leaning(row["p_attain"])
        if row["p_low"] is not None and printing.apart(row["p_low"], row["p_high"]):
            low, high = (one.chance(f"p_{end}.{when}", row[f"p_{end}"], **trace) for end in ("low", "high"))
            made["range"] = book.say("page.range", low=low, high=high)
    if row["median"] is not None:
        made["median"] = str(one.measured(f"median.{when}", row["median"], False, **trace))
    return made


def level(percent: int, book: Book) -> Fact:
    """Return the nominal level of an interval."""
    trace = {"indicator": book.say("page.chart_level"), "source": book.say("page.declared")}
    return book.fact(f"level.{percent}", book.percent(percent), percent / 100, "probability", **trace)
