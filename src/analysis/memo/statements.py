"""What a memo says, in which order, and what goes to the annex first: decided here, once for all languages.

A statement is named; each language words it in a macro of that name (memo.j2 of its folder; what
other papers say too, in words.j2). Numbers and names come from the material (`material.context`),
and what a wording is given beside them is a code or an item: it chooses between words, not between things to
say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from analysis import documents, tables

REQUESTS = 4  # rank of the aside that lists what is wanted
LEANING = 8  # of the one that tells what came of past chances like this one
BRIEF = 5  # from this rank on the news no longer stand beside the earlier answer
SHORT = 4  # figures of a series that are said one by one
FEW_YEARS = 4  # with fewer years than these a probability is an indication only
NEAR, WITHIN_REACH = 15, 50  # revisions (%) that would turn a forecast, an outcome: told when smaller
SHOWN = 0.05  # and not below: printed, it would be none
YEAR = 12  # months
MANY_NEWS = 3  # years with news beyond which they are counted
# What the one page of a met target can do without, the least needed first. What may overturn the verdict is
# not among it: an outcome or figure still to be confirmed, a revision that would turn it, another reading.
SPARED = (
    ("no_news", "news_told", "news_counted"),
    ("evidence_only", "doubted"),
    ("series", "only_outcome"),
    ("place_ranked", "caution", "another_agrees"),
    ("note",),
    ("understood",),
    ("before_open", "before_probability", "before_settled"),
)
SETTLED = ("met", "missed")
EVIDENCE = ("done", "failed", "related")


@dataclass(frozen=True)
class Statement:
    """One thing a paper says.

    name : of its wording
    given : what the wording is given beside the material
    aside : rank at which it goes to the annex where the text is too long; 0 never
    mark : what its line begins with: a heading, table, note, figure or annex
    """

    name: str
    given: tuple[Any, ...] = ()
    aside: int = 0
    mark: str = ""


Paragraph = list[Statement]


@dataclass(frozen=True)
class Section:
    """Paragraphs under a heading; without one when `head` is None.

    then : closes the last paragraph, or is all there is to say
    bare : whether the heading stands even with nothing below it
    """

    head: Statement | None
    paragraphs: tuple[Paragraph, ...]
    then: Statement | None = None
    bare: bool = True


def say(name: str, *given: Any, aside: int = 0, mark: str = "") -> Statement:
    return Statement(name, given, aside, mark)


def heads(told: dict[str, Any]) -> Section:
    """Return what stands above a paper's text."""
    addressed = [say("addressed", mark="[[addressee]] ")] if told["addressee"] else []
    heading, red = say("heading", mark="[[title]] "), say("red", mark="[[red]] ")
    return Section(None, ([heading, *addressed, red],))


def body(told: dict[str, Any], brevity: int) -> list[Section]:
    """Return the sections of a memo's text.

    Parameters
    ----------
    told : of `material.context`
    brevity : asides of up to this rank go to the annex
    """
    c = SimpleNamespace(**told)
    verdict, source = list(_verdict(c)), list(_source(c))
    first = ([*verdict, *source],) if c.situation == "open" and c.census else (verdict, source)
    parts = [
        Section(_head(c, "head_verdict"), (*first, list(_figure(c)))),
        Section(_head(c, "head_reasons"), (list(_reasons(c)),)),
    ]
    if c.situation in tables.UNTOLD:
        parts.append(Section(say("head_needed", mark="# "), ([say("still_wanted")],)))
    else:
        leant = c.situation == "open" and c.band is not None and c.band["leaning"]
        brief = say("leaning_in_annex") if leant and brevity >= LEANING else None
        parts.append(Section(_head(c, "head_trust"), (list(_trust(c)),), brief))
    if _looks_back(c):
        parts.append(Section(_head(c, "head_before"), (list(_before(c, brevity)),)))
    if c.situation not in tables.UNTOLD:
        asked = bool(c.wanted) and c.situation not in ("met", "done")
        steps = list(_steps(c, asked))
        alone = all(0 < one.aside <= brevity for one in steps)
        then = say("wanted_in_annex", alone) if asked and brevity >= REQUESTS else None
        late = c.past or c.asks.judged or c.situation in SETTLED
        lists = bool(steps) and all(one.name == "requests" for one in steps)
        head = _head(c, "head_next" if late or (then and alone) else "head_needed" if lists else "head_takes")
        parts.append(Section(head, (steps,), then, bare=False))
    sections = [*parts, Section(None, ([say("closing")],))]
    return list(map(_on_one_page, sections)) if c.situation == "met" else sections


def _on_one_page(section: Section) -> Section:
    ranks = {name: rank for rank, names in enumerate(SPARED, 1) for name in names}
    kept = [[replace(one, aside=ranks.get(one.name, 0)) for one in part] for part in section.paragraphs]
    return replace(section, paragraphs=tuple(kept))


def annex(told: dict[str, Any], remarks: Sequence[str]) -> list[Section]:
    """Return the sections of a memo's annex; none where it needs none.

    Parameters
    ----------
    remarks : asides that went there, in words
    """
    c = SimpleNamespace(**told)
    always = c.situation in ("open", "missed", "failed")
    if c.situation == "met":  # what has no room on its one page is not needed
        return []
    if not (c.points or c.shown or c.placed or c.peer_names or remarks or always):
        return []
    moved = tuple([say("note", text)] for text in remarks)
    return [
        Section(say("annex_title", bool(remarks), mark="[[annex]] "), ()),
        Section(say("head_data", mark="# "), tuple(_data(c)), bare=False),
        Section(say("head_workings", mark="# "), tuple(_workings(c)), bare=False),
        Section(say("head_remarks", mark="# "), moved, bare=False),
        Section(say("head_method", mark="# "), (list(_method(c)), *_called(c), *_left_out(c), *_scale(c))),
    ]


def _head(c: Any, name: str) -> Statement | None:
    return None if c.situation == "met" else say(name, mark="# ")


# ------------------------------------------------------------------------------------------- the verdict


def _verdict(c: Any) -> Iterator[Statement]:
    if c.situation in SETTLED:
        yield say(c.situation, against(c), c.situation == "missed" and c.breaks and c.is_percent)
    elif c.situation == "open":
        if "outcome" in c.f:
            yield say("outcome_apart", "than" in c.f, c.asks.spans)
        elif c.past:
            yield say("outcome_absent")
        yield say("open", _indication(c))
        if c.census:
            if c.reworded:
                yield say("reworded", c.reworded)
            yield say("rebasing", _revised_before(c.census), aside=0 if _telling(c) and not c.reworded else 6)
    elif c.situation == "conditional":
        yield say("conditional")
        yield say("even_base" if c.break_even is not None else "no_even_base")
    elif c.situation == "rises":
        yield say("rises", bool(c.points) or "outcome" in c.f)
    elif c.situation == "none":
        yield say("no_figures")
        if c.missing:
            yield say("not_published")
        yield say("asked_below")
    elif c.situation == "silent":
        yield say("silent" if c.past else "silent_yet")
    else:
        if c.situation == "judged" and c.past:
            yield say("outcome_absent")
        yield say(c.situation)


def _telling(c: Any) -> bool:
    """Whether a revision still to come may lead out of the range of the probability."""
    low, high = (c.f[name if name in c.f else "p"].value for name in ("p_low", "p_high"))
    return any(not low <= c.f[name].value <= high for name, _ in c.revisions)


def _revised_before(rebasing: Any) -> str:
    """Whose past revisions tell how far a denominator may be revised."""
    if rebasing.national is None:
        return "provinces" if rebasing.censuses else "assumed"
    return "both" if rebasing.censuses else "country"


def against(c: Any) -> str:
    """Return what an outcome is held against: an earlier year, the goal as a number, or what was demanded."""
    if c.asks.compares:
        return "equal_year" if c.margin == 0 else "year" if c.margin else "uncompared"
    if c.asks.claim == "every_year":
        return "every_year"
    return "equal" if c.margin == 0 else "goal" if c.asks.figure else "demand"


def _indication(c: Any) -> str:
    """Why a probability is an indication only."""
    if c.placed:
        return "placed"
    if c.latest is None:
        return "months"
    return "few" if few(c) else "wide" if c.wide else ""


def few(c: Any) -> bool:
    """Whether a probability rests on so few years that it is an indication only."""
    return c.thin < FEW_YEARS and not c.beside


def _source(c: Any) -> Iterator[Statement]:
    yield say("source")
    if c.reading:
        yield say("understood", aside=9)


def _figure(c: Any) -> Iterator[Statement]:
    if c.situation in ("open", "conditional") or (c.situation == "missed" and len(c.points) > 1):
        yield say("figure", _pictured(c), len(c.points) == 1, mark="[[figure]] ")


def _pictured(c: Any) -> str:
    bases = c.situation == "conditional" or (c.placed and "base_year" in c.f)
    drawn = c.asks.level and bool({"goal", "before"} & c.f.keys())
    if c.situation == "open" and not bases:
        known = "forecast" if c.points or any(point["used"] for point in c.later) else "expected"
        return f"{known}_goal" if drawn else known
    return "bases" if bases else "goal" if drawn else "history"


# -------------------------------------------------------------------------------------------- the reasons


def _reasons(c: Any) -> Iterator[Statement]:
    if c.asks.judged:
        yield from _evidence(c)
    elif c.situation in SETTLED:
        yield from _outcome(c)
    elif c.situation == "open":
        yield from _placed(c) if c.placed else _own(c)
    elif c.situation in ("conditional", "rises"):
        yield from _borrowed(c)
    else:
        lacking = c.asks.unit == "place" and bool(c.missing)
        yield say("unusable", lacking, len(c.points) <= SHORT) if c.points else say("nothing_known")
        yield say("not_computed")
    if c.situation in tables.UNTOLD:
        yield from (say("note", text) for text in (*c.caveats, *c.notes))
    yield from (say("evidence_only", item) for item in c.shown)
    if c.doubtful:
        yield say("doubted")


def _evidence(c: Any) -> Iterator[Statement]:
    yield from (say("evidence_item", item) for item in c.items)
    if not c.items:
        yield say("no_record")
        if c.past:
            yield say("no_record_late")


def _series(c: Any, name: str) -> Statement:
    return say(name, len(c.points) <= SHORT or c.asks.each)


def _outcome(c: Any) -> Iterator[Statement]:
    share = c.situation == "missed" and "reached" in c.f and c.upward and c.asks.figure
    printed = "outcome_release" in c.f
    yield say("outcome_from" if printed else "outcome_computed", share)
    if len(c.points) > 1:
        yield _series(c, "series")
    elif printed:
        yield say("only_outcome")
    if c.situation == "missed" and c.after is not None:
        yield say("afterwards", False)
    elif c.situation == "missed" and more_wanted(c):
        yield say("amount_lacking", aside=9)


def _placed(c: Any) -> Iterator[Statement]:
    yield say("no_own_figure")
    yield say("parent_figure")
    yield say("spread", "provinces" if c.level == "province" else "analogy" if c.placed.analogy else "cities")
    yield from _within(c)
    if "median" in c.f:
        if "whole_year" in c.f:
            yield say("whole_expected")
        yield say("median_placed")
    if c.past:
        yield from _amount(c)
        yield from _reached(c)


def _own(c: Any) -> Iterator[Statement]:
    if c.latest is None:
        yield say("no_whole_year")
    else:
        yield from _level(c)
    if c.beside:
        yield say("flows")
    yield from (say("later_figure", point) for point in c.later)
    yield from _within(c)
    if "median" in c.f:
        yield say("median")
    if c.past:
        yield from _amount(c)
        yield from _reached(c)


def _level(c: Any) -> Iterator[Statement]:
    yield say("latest_level", bool(c.later) or "outcome" in c.f)
    if c.pace is not None:
        yield say("speed", behind(c))
    elif c.latest["alone"] and not c.beside:
        yield say("no_speed")


def _within(c: Any) -> Iterator[Statement]:
    """What is there of the deadline's year."""
    if c.so_far is not None and c.so_far.month:
        yield say("counted_so_far") if c.so_far.past is None else say("spent_so_far", c.so_far.past.evidence)
        if c.rule_pace is not None and c.rule_pace["basis"] == "in_year":
            yield say("calendar", c.rule_pace["ahead"], _as_before(c))
    elif c.so_far is not None and c.so_far.pending:
        yield say("pending", aside=5)


def _as_before(c: Any) -> bool:
    """Whether past years too were on average on this side of an even pace by the month."""
    if c.so_far.past is None or c.so_far.past.evidence != "own":
        return False
    usual, elapsed = c.f["usual"], c.f["pace_elapsed"]
    return usual.text != elapsed.text and (usual.value > elapsed.value) == c.rule_pace["ahead"]


def _borrowed(c: Any) -> Iterator[Statement]:
    if c.points:
        yield _series(c, "uncompared")
    elif not c.shown:
        yield say("nothing_before")
    yield say("lent" if c.situation == "conditional" else "peers_rose")


# --------------------------------------------------------------------------------------- how far to trust it


def _trust(c: Any) -> Iterator[Statement]:
    if c.situation == "open" and not c.asks.judged:
        yield from _trust_forecast(c)
    elif c.situation in SETTLED:
        yield from _trust_outcome(c)
    elif c.situation in ("conditional", "rises"):
        yield say("trust_peers", c.is_widened and c.situation == "conditional")
    elif c.situation == "judged":
        yield say("trust_judgement")
    elif c.situation in EVIDENCE:
        yield say("trust_reports")
    yield from (say("caveat", text) for text in c.caveats)
    if since_told(c):
        yield say("since_then")
    yield from (say("note", text, aside=8) for text in c.notes)


def since_told(c: Any) -> bool:
    """Whether a figure to be confirmed has later ones beside it, which tell whether its level held."""
    return bool(c.caveats and c.later and c.situation in SETTLED)


def _trust_forecast(c: Any) -> Iterator[Statement]:
    if c.placed:
        yield say(
            "rests_on_parent_and_months" if c.so_far is not None and c.so_far.month else "rests_on_parent"
        )
    elif c.latest is None:
        yield say("rests_on_months")
    elif not c.peer_names:
        yield say("rests_on_own", c.latest["alone"] and of_one_year(c), few(c))
    else:
        yield say("rests_on_peers", few(c))
    if "p_without" in c.f:
        yield say("without_months", c.so_far.past.evidence if c.so_far.past else "told")
    if c.has_range:
        yield say("range_of_models")
    elif c.steady:
        yield say("robust")
    if c.asks.unit == "place":
        yield say("joint_places")
    yield say("record" if _recorded(c) else "unproven", aside=7)
    if c.band is not None:
        yield say("leaning", aside=LEANING)
    if c.unchecked:
        yield say("beyond_record")
    if c.flips["rebased"] is not None and abs(c.flips["rebased"]) < NEAR and not _remarked(c, "flip_rebased"):
        yield say("flip", aside=2)
    if c.agree is False:
        named = ("below_last", "even", "base_year", "growth_fades", "growth_recovers")
        yield say("rules_disagree", c.disagreement if c.disagreement in named else "", aside=2)
    if c.rounding is not None:
        yield say("two_readings", aside=2)
    if c.widths:
        yield say("widened_by", len({c.f[name].text for name, _ in c.widths}) == 1, aside=6)


def _recorded(c: Any) -> bool:
    """Whether past forecasts of the indicator are known."""
    return "record_share" in c.f


def _trust_outcome(c: Any) -> Iterator[Statement]:
    if c.asks.unit == "place":
        yield say("place_ranked")
    if c.situation == "missed" or not c.unconfirmed:
        yield say("caution")
    if c.agreeing:
        yield say("another_agrees")
    if c.differing:
        yield say("another_differs")
    turns = c.flips["rebased"] is not None and SHOWN <= abs(c.flips["rebased"]) < WITHIN_REACH
    if turns and not _remarked(c, "flip_rebased"):
        yield say("turning")
    if c.rounding is not None:
        yield say("verdict_readings")


def _remarked(c: Any, name: str) -> bool:
    """Whether a remark of the plan says a percentage already, which would be told twice."""
    if name not in c.f:
        return False
    number = re.escape(c.f[name].text)
    return any(re.search(rf"(?<![\d.,]){number}", documents.plain(text)) for text in (*c.caveats, *c.notes))


# ----------------------------------------------------------------------------------- compared with before


def _same(c: Any) -> bool:
    """Whether the probability is printed as it was."""
    return "p_earlier" in c.f and "p" in c.f and c.f["p"].text == c.f["p_earlier"].text


def _looks_back(c: Any) -> bool:
    if c.earlier is None:
        return False
    settled = c.earlier["situation"] in SETTLED
    moved = c.earlier["situation"] != c.situation
    idle = not moved and not c.news and (c.situation in tables.UNTOLD or settled or _same(c))
    there = moved or c.news or "p_earlier" in c.f
    return bool(there and not idle and not (c.situation == "met" and settled))


def _before(c: Any, brevity: int) -> Iterator[Statement]:
    if c.asks.judged:
        yield say("before_task")
        return
    settled = c.earlier["situation"] in SETTLED
    if settled:
        yield say("before_settled")
    elif "p_earlier" in c.f:
        yield say("before_probability", tuple(c.movers), tuple(c.against))
    else:
        yield say("before_open")
    if c.news:
        rank = BRIEF if c.mover else 9
        end = "checked" if settled else "settles" if c.situation in SETTLED else ""
        many = c.f["news_count"].value > MANY_NEWS
        apart = bool(c.mover) and brevity >= BRIEF
        yield say("news_counted" if many else "news_told", apart, end, aside=rank)
    elif not _same(c) and not c.mover:
        yield say("no_news", c.earlier["situation"] == c.situation and "p" not in c.f)


# ----------------------------------------------------------------------------- what it would take, what next


def _steps(c: Any, asked: bool) -> Iterator[Statement]:
    open_ = c.situation == "open" and not c.asks.judged
    if open_:
        yield from _towards(c)
    elif c.situation == "conditional" and c.break_even is not None and "climb" in c.f:
        yield say("climb_needed")
    elif c.situation == "rises":
        yield say("two_years")
    elif c.situation == "missed":
        yield from _once_missed(c)
    elif c.situation == "met":
        yield say("file_it")
    elif c.situation in EVIDENCE:
        yield say("confirm")
    if open_ and not c.past:
        yield from _amount(c)
    elif c.situation == "conditional":
        yield from _alone(c)
    if not c.past:
        yield from _reached(c)
    if c.situation == "open":
        yield from months_ahead(c)
    if "months_share" in c.f and c.situation == "open" and not c.past:
        yield say("months_enough")
    if asked:
        yield say("requests", aside=REQUESTS)


def _reached(c: Any) -> Iterator[Statement]:
    """How often others did what the goal takes."""
    if behind(c) and c.situation == "open" and c.achieved and "spells_peers_share" in c.f:
        yield say("reached_before", aside=1)
        if "spells_alike_share" in c.f:
            yield say("reached_alike", aside=1)


def _amount(c: Any) -> Iterator[Statement]:
    """What the goal takes of an amount: reasons where its year is over, else what is still to be done."""
    if more_wanted(c) and c.after is None:
        yield say("amount_needed", c.rebases, aside=9)
        if c.amount["denominator_growth"] is None:
            yield say("amount_undergrown", aside=6)
    else:
        yield from _alone(c)


def _alone(c: Any) -> Iterator[Statement]:
    """What the goal takes of an amount that has no figure either."""
    if c.alone is not None and c.upward:
        yield say("amount_alone", c.rebases, aside=6)


def of_one_year(c: Any) -> bool:
    """Whether all the figures an answer rests on are of one year, a stock's and its inflow's alike."""
    return c.thin == 1 and not (c.beside and c.beside["another"])


def behind(c: Any) -> bool:
    """Whether the goal lies above the latest figure, and the years left tell at which pace."""
    return bool(c.upward and c.needed is not None and c.gap is not None and c.gap > 0)


def more_wanted(c: Any) -> bool:
    """Whether the goal takes more of an amount than there is."""
    return bool(c.upward and c.amount is not None and c.amount["more"] > 0)


def months_ahead(c: Any) -> Iterator[Statement]:
    """Say what the months left of the deadline's year take."""
    if c.per_month is None or c.past or c.per_month["still"] <= 0:
        return
    all_year = c.per_month.get("months") == YEAR and "goal" in c.f
    if not (all_year and c.per_month["still"] == c.f["goal"].value):  # else the goal would be said again
        spent = "so_far" in c.per_month
        yield say("months_left") if spent else say("each_month", c.per_month["value"] >= 1)


def _towards(c: Any) -> Iterator[Statement]:
    if c.expected_gap is not None and not c.past:
        yield say("median_gap", aside=3)
    if c.asks.adds_up and not c.asks.spans and c.upward and not c.past:
        yield say("restarts")
    elif behind(c) and not c.past and c.pace is not None and c.pace > 0:
        yield say("pace_needed", c.needed > c.pace, aside=3)
    elif c.asks.compares and not c.past:
        yield say("two_years_wanted")


def _once_missed(c: Any) -> Iterator[Statement]:
    if c.unconfirmed:
        yield say("file_it")
    if c.after is None and c.margin == 0:
        yield say("beyond")
    elif c.after is None and c.asks.figure and c.margin is not None:
        yield say("still_needed")


# ---------------------------------------------------------------------------------------------- the annex


def _data(c: Any) -> Iterator[Paragraph]:
    peers = [say("peers_named" if c.few else "peers_counted")] if c.peer_names else []
    if c.points or c.shown:
        yield [say("table_figures", mark="[[table figures]] "), say("note_ratings", mark="[[note]] ")]
        if c.bases:
            yield [say("bases_named")]
        if c.beside:
            yield [say("table_beside", mark="[[table beside]] ")]
        yield peers
    elif not c.asks.judged:
        yield [say("no_usable_figure"), *peers]
    if c.others:
        ratings = [] if c.points or c.shown else [say("note_ratings", mark="[[note]] ")]
        yield [say("table_others", mark="[[table others]] "), *ratings]


def _workings(c: Any) -> Iterator[Paragraph]:
    """What stands behind the answer beside figures: other values of its base, other rules, what moved it."""
    if c.placed and c.break_even is not None:
        yield [say("even_base_placed")]
    if c.situation == "conditional" or (c.placed and c.break_even is not None):
        yield [say("table_bases", mark="[[table bases]] ")]
    if c.situation == "open" and (c.rule_pace is not None or c.rule_ratio is not None):
        yield [say("table_rules", mark="[[table rules]] "), say("note_rules", mark="[[note]] ")]
    if c.mover and c.mover["points"]:  # one cause alone is told in a sentence
        yield [say("table_change", mark="[[table change]] "), say("note_change", mark="[[note]] ")]


def _called(c: Any) -> Iterator[Paragraph]:
    if c.situation == "open" and not c.asks.judged and _recorded(c):
        yield [say("record_called", terms([c]))]


def terms(found: Sequence[Any]) -> list[str]:
    """By which words some records of past forecasts are judged."""
    held = {"narrow": any(c.narrow for c in found), "leaning": any(c.band for c in found)}
    return [name for name, used in (held | {"weak": any(c.weak for c in found)}).items() if used]


def _method(c: Any) -> Iterator[Statement]:
    yield say("only_known")
    if c.situation == "open" and not c.asks.judged:
        yield say("method_carried", bool(c.beside["flows"])) if c.beside else say("method_forecast", _made(c))
        if c.gaps and not c.beside:
            yield say("method_gaps")
        if c.so_far is not None and c.so_far.past is not None:
            yield say("method_months")
        yield from (say("method_later", point) for point in c.later if point["used"])
    elif c.situation == "conditional":
        yield say("method_conditional")
    elif c.situation in SETTLED:
        yield say("method_outcome")
    else:
        yield say("method_evidence" if c.asks.judged else "method_none")


def _made(c: Any) -> str:
    """From what a forecast is made."""
    return "count" if c.is_count else "parent" if c.placed else "trend"


def _left_out(c: Any) -> Iterator[Paragraph]:
    """What a range leaves out where a region is placed and its years compared: its place cancels out."""
    if by_parent_alone(c):
        yield [say("range_of_parent")]


def by_parent_alone(c: Any) -> bool:
    """Whether a range tells of the parent alone: how the region may move otherwise is not in it."""
    return bool(c.situation == "open" and c.has_range and c.placed and c.asks.compares)


def _scale(c: Any) -> Iterator[Paragraph]:
    if c.situation == "open" and not c.asks.judged:
        yield [say("table_scale", mark="[[table scale]] ")]
