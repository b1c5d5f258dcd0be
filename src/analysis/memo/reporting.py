"""What the report on a plan says, and what it says of one target: decided here, once for all languages.

Each language words the statements in report.j2 and target.j2 of its folder, what memos say
too in words.j2. Numbers and names come from `Whole.context` and `material.context`.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from analysis import documents
from analysis.memo import statements
from analysis.memo.statements import Paragraph, Section, Statement, say

ANSWERS = {
    "met": "answer_met",
    "done": "answer_met",
    "missed": "answer_missed",
    "failed": "answer_missed",
    "open": "answer_chance",
    "judged": "answer_chance",
}  # by situation; else there is none
GROUNDS = {
    "own": "basis_own",
    "short": "basis_own",
    "region": "basis_parent",
    "conditional": "basis_peers",
    "none": "basis_nothing",
}  # by rung of evidence
OF_CHANCES = ("banded", "given", "came")  # columns of the table of past forecasts
RECORD = ("origins", "forecasts", "held", *OF_CHANCES, "judged")
LEFT = {"region": "none", "short": "few"}  # how many of its own figures a past forecast was given


# ------------------------------------------------------------------------------------------- the whole plan


def report(told: dict[str, Any]) -> list[Section]:
    """Return the sections of the report on a plan, annexes last.

    Parameters
    ----------
    told : of `Whole.context`
    """
    c = _named(told)
    listed = [] if c.short else [say("targets_in_annex")]
    return [_opening(c, listed), *_body(c), Section(None, ([say("closing")],)), *_annexes(c)]


def opening(told: dict[str, Any]) -> list[Section]:
    """Return the first section of the report alone, for a page: nothing of it stands in an annex."""
    return [_opening(_named(told), [])]


def _named(told: dict[str, Any]) -> SimpleNamespace:
    c = SimpleNamespace(**told)
    c.open = [*c.groups["risky"], *c.groups["likely"]]
    c.forecast = [part for part in c.open if part.told["situation"] == "open"]
    return c


def _opening(c: Any, listed: list[Statement]) -> Section:
    return Section(say("head_result", mark="# "), (list(_result(c)), [*_together(c), *listed]))


def _body(c: Any) -> Iterator[Section]:
    if c.short:
        yield Section(say("head_targets", mark="# "), ([_targets(c)],))
    watched = [*c.groups["missed"], *c.groups["risky"]]
    stories = [[say("story", part.said["story"])] for part in watched]
    reserved = [[one] for one in (*_reserved(c), *_unlike(c))]
    head = say("head_attention", mark="# ") if watched or reserved else None
    yield Section(head, (*stories, *reserved, list(_proof(c))))
    steps = tuple([one] for one in _next(c))  # apart, so that a page may end between them
    yield Section(say("head_next", mark="# "), steps, bare=False)


def _result(c: Any) -> Iterator[Statement]:
    yield say("counted", _states(c), _with_tasks(c.parts))
    for name in ("missed", "risky", "met", "likely"):
        if c.groups[name]:
            briefs = [part.said["brief"] for part in c.groups[name]]
            yield say(name, briefs)
        if name == "met" and (doubt := _doubted(c)):
            yield say("doubted", doubt)


def _states(c: Any) -> tuple[str, ...]:
    """In which states there are targets."""
    published = any("outcome" in part.told["f"] for part in c.open)
    tasks = [part for part in c.groups["tasks"] if not part.told["not_due"]]
    states = {
        "met": c.groups["met"],
        "missed": c.groups["missed"],
        "unpublished" if c.past and not published else "open": c.open,
        "not_due": [part for part in c.groups["tasks"] if part.told["not_due"]],
        "unjudged" if tasks else "lacking": [*tasks, *c.groups["unknown"]],
    }
    return tuple(name for name, parts in states.items() if parts)


def _with_tasks(parts: list) -> bool:
    """Whether there are tasks among targets."""
    return any(part.told["asks"].judged for part in parts)


def _doubted(c: Any) -> str:
    """Of how many of the targets met and missed the outcome is still to be confirmed."""
    known, doubted = len(c.groups["met"]) + len(c.groups["missed"]), c.f["doubted"].value
    if doubted < known or not known:
        return "some" if doubted else ""
    return "all" if known > 1 else "one"


def _together(c: Any) -> Iterator[Statement]:
    if c.f["rated"].value > 1 and c.open:
        yield say("expected", *(bool(c.groups[name]) for name in ("met", "missed")))
        leaning = {
            way: [
                part.said["within"] for part in c.forecast if (part.told["band"] or {}).get("leaning") == way
            ]
            for way in ("high", "low")
        }
        if any(leaning.values()):
            yield say("uncorrected", [(way, names) for way, names in leaning.items() if names])
        if len(c.open) > 1:
            yield say("all_met", c.f["p_apart"].text == c.f["p_common"].text)
        if c.connected:
            yield say("hang_together", [[part.said["within"] for part in pair] for pair in c.connected])


def _targets(c: Any) -> Statement:
    return say("table_targets", bool(c.open), mark="[[table targets]] ")


def _reserved(c: Any) -> Iterator[Statement]:
    """The plan's remarks on which an answer hangs, each once with all targets it is made on.

    That a figure behind an answer is still to be confirmed, and what is to be borne in mind of a probability.
    """
    answered = [*c.groups["missed"], *c.open, *c.groups["met"]]
    for name, kind in (("provisional", "caveats"), ("qualified", "qualifying")):
        found: dict[str, tuple[str, list]] = {}
        for part in answered if kind == "caveats" else c.forecast:
            for text in part.told[kind]:
                found.setdefault(documents.plain(text), (text, []))[1].append(part)
        if kind == "qualifying":
            told = [(text, [part.said["within"] for part in parts]) for text, parts in found.values()]
            yield from _qualified(c, told)
        else:
            for text, parts in found.values():
                since = [part.said["since"] for part in parts if part.said["since"]]
                yield say(name, [part.said["within"] for part in parts], text, *([since] if since else []))


def _unlike(c: Any) -> Iterator[Statement]:
    """What the plan remarks of figures on another basis than the goal's: the table only says that."""
    for part in c.groups["unknown"]:
        if part.told["set_aside"] == "unlike":
            yield from (say("qualified", [part.said["within"]], text) for text in part.told["notes"])


def _qualified(c: Any, found: list[tuple[str, list[str]]]) -> Iterator[Statement]:
    """What is to be borne in mind of probabilities; of one told apart, what no story of it says too."""
    bounds = {part.said["within"]: part.said["bounds"] for part in c.groups["likely"]}
    for text, names in found:
        more = bounds.pop(names[0], "") if len(names) == 1 else ""
        yield say("qualified", names, text, *filter(None, [more]))
    yield from (say("qualified", [name], text) for name, text in bounds.items() if text)


def _proof(c: Any) -> Iterator[Statement]:
    """How far past probabilities held, where one is given."""
    if c.forecast:
        if c.proven:
            annex = 2 if not c.short else 1 if c.wanting else 0  # 0: there is one alone
            yield say("proofs", [_proved(parts) for parts in c.proven], annex)
        lacking = [part.said["within"] for part in c.forecast if part.told["band"] is None]
        if len(lacking) == len(c.forecast):
            yield say("unrecorded")
        elif len(lacking) > 1:
            yield say("rest_unrecorded")
        elif lacking:
            yield say("some_unrecorded", lacking)


def _proved(parts: list[Any]) -> dict[str, Any]:
    """What is told of past chances like those of targets: their names, what came of them."""
    return {"names": [part.said["within"] for part in parts], "leant": parts[0].said["leant"]}


def _next(c: Any) -> Iterator[Statement]:
    doubts = bool(c.f["unproven"].value)
    if doubts:
        kinds = [part.told["proved"] for part in c.parts if part.told["unconfirmed"]]
        yield say("confirm", bool(c.wanting), list(dict.fromkeys(kinds)))
    if c.wanting:
        yield say("request", doubts, 2 if c.short else 3, _with_tasks(c.wanting))


def _annexes(c: Any) -> Iterator[Section]:
    if not c.short:
        yield Section(say("annex_targets", mark="[[annex]] "), ([_targets(c)],))
    title = say("annex_method", bool(c.records), bool(c.notes), mark="[[annex]] ")
    yield Section(title, ())
    ranged = any(part.told["has_range"] for part in c.forecast)
    scale = [say("table_scale", mark="[[table scale]] ")] if c.forecast else []
    method = [say("method", any(_assumed(part.told) for part in c.forecast))]
    worked = [[say("qualified", [part.said["within"]], text)] for part in c.parts for text in _worked(part)]
    mostly = [say("ranges")] if ranged else []
    yield Section(say("head_method", mark="# "), (method, *worked, [*mostly, *scale]))
    if c.records:
        terms = statements.terms([SimpleNamespace(**part.told) for part in c.records])
        table = [say("record_called", terms), say("table_record", mark="[[table record]] ")]
        yield Section(say("head_record", mark="# "), ([say("record", bool(c.proven))], table))
    if c.notes:
        yield Section(say("head_notes", mark="# "), ([say("note", text) for text in c.notes],))
    sources = [say("table_sources", mark="[[table sources]] "), say("note_sources", mark="[[note]] ")]
    yield Section(say("head_data", mark="# "), (sources,))
    if c.wanting:
        later = [] if c.past else [say("note_wanted", mark="[[note]] ")]
        wanted = [say("table_wanted", mark="[[table wanted]] "), *later]
        yield Section(say("annex_wanted", mark="[[annex]] "), (wanted,))


def _worked(part: Any) -> list[str]:
    """How an answer was worked out, where what the report says of it asks for that."""
    printed = any(one["case"] == "printed" for one in part.told.get("reworded", ()))
    details = part.told["details"] if printed or part.told["situation"] == "missed" else []
    return [*details, *filter(None, [part.said["flows"]])]


# ----------------------------------------------------------------------------------------------- one target


def target(told: dict[str, Any]) -> dict[str, Paragraph]:
    """Return what the report says of one target: the columns of its table, in brief, as a story.

    Parameters
    ----------
    told : of `material.context`

    Returns
    -------
    by name: ``name``, ``goal``, ``last``, ``answer``, ``basis`` and ``remark`` of the table, ``within`` (the
    name inside a sentence), ``quantity`` (what is measured), ``brief``, ``story``, ``since``
    (later figures beside one to be confirmed), ``bounds`` (of the story what is told also without it),
    ``flows`` (what a stock is carried forward by),
    ``leant`` (what came of past chances like it), and of the table of past forecasts those of `RECORD` and
    ``ahead`` (how many years ahead they were); empty where there is nothing to say
    """
    c = SimpleNamespace(**told)
    judged = c.asks.judged
    return {
        "name": [say("cell_name")],
        "within": [say("name_within")],
        "quantity": [] if judged else [say("quantity_within")],
        "goal": [say("cell_on_time") if judged else say("cell_goal", _told_apart(c))],
        "last": [_last(c)],
        "answer": [say("answer_not_due" if c.not_due else ANSWERS.get(c.situation, "answer_none"))],
        "basis": [_basis(c)],
        "remark": list(_remark(c)),
        "brief": [_brief(c)],
        **dict(_tested(c)),
        "leant": [say("leant")] if c.band else [],
        "story": list(_story(c)),
        "since": [say("came_since", True)] if statements.since_told(c) else [],
        "bounds": list(_bounds(c)) if c.situation == "open" else [],
        "flows": [say("flows")] if c.situation == "open" and c.beside and not c.placed else [],
    }


def _tested(c: Any) -> Iterator[tuple[str, Paragraph]]:
    """How past forecasts did, by columns of their table; of chances only where some were like this one."""
    recorded = "record_share" in c.f
    yield "ahead", [say("note_ahead", LEFT.get(c.evidence, ""))] if recorded else []
    for name in RECORD:
        cell = "cell_nothing" if name in OF_CHANCES and not c.band else f"cell_{name}"
        yield name, [say(cell)] if recorded else []


def _last(c: Any) -> Statement:
    """The newest figure; while the outcome is not known also the last one up to the deadline."""
    newest = [*c.points[-1:], *(c.later[-1:] if c.situation == "open" else ())]
    if c.asks.judged or not (newest or c.set_aside):
        return say("cell_nothing")
    if newest:
        return say("cell_last", newest[::-1])
    return say("cell_unlike") if c.set_aside == "unlike" else say("cell_shown", c.shown[-1])


def _told_apart(c: Any) -> bool:
    """Whether the figure a goal compares with is known, and is not the newest, which stands beside it."""
    return "before" in c.f and not (c.points and c.points[-1]["number"] == c.f["than"].value)


def _basis(c: Any) -> Statement:
    if c.situation in statements.SETTLED:
        red = c.outcome_quality == "red"
        return say("basis_press") if red else say("basis_published", c.outcome_derived)
    if c.situation == "judged":
        return say("basis_judgement")
    if c.asks.judged:
        return say("basis_reports" if c.items else "basis_nothing", *([] if c.items else [c.not_due]))
    if c.evidence == "none" and c.set_aside:
        return say(f"basis_{c.set_aside}")
    return say(GROUNDS[c.evidence])


def _remark(c: Any) -> Iterator[Statement]:
    """What is remarked of a target: how sure its answer is, and whether it is provisional."""
    reserved = list(_reservation(c))
    yield from reserved
    if c.caveats and c.situation in (*statements.SETTLED, "open"):
        yield say("remark_provisional", bool(reserved))


def _reservation(c: Any) -> Iterator[Statement]:
    """Why an outcome or a probability is less sure than others."""
    if c.unconfirmed:
        yield say("remark_unconfirmed")
    elif c.situation == "missed" and c.breaks and c.is_percent:
        yield say("remark_rebased")
    elif c.situation == "related":
        yield say("remark_related")
    elif c.situation != "open":
        return
    elif any(point["used"] for point in c.later):
        yield say("remark_inferred")
    elif c.placed:
        if statements.by_parent_alone(c):
            yield say("remark_by_parent")
        elif c.wide:
            yield say("remark_placed")
    elif c.beside and not statements.of_one_year(c):
        yield say("remark_flows" if c.beside["flows"] else "remark_stock", c.beside["doubted"])
    elif c.latest is None:
        yield say("remark_months")
    elif c.thin == 1:
        yield say("remark_one_year")
    elif statements.few(c):
        yield say("remark_few_years")
    elif c.wide:
        yield say("remark_wide")


def _assumed(told: dict[str, Any]) -> bool:
    """Whether a probability of own figures alone rests on one year."""
    c = SimpleNamespace(**told)
    return not c.placed and not c.peer_names and statements.of_one_year(c)


def _brief(c: Any) -> Statement:
    if c.situation in statements.SETTLED:
        apart = c.differing is not None and c.situation == "met"  # of a miss the story tells it
        rebased = c.situation == "missed" and c.breaks and c.is_percent
        return say("brief_compared" if "before" in c.f else "brief_outcome", apart, rebased)
    chance = c.situation in ("open", "judged")
    return say("brief_chance", c.has_range) if chance else say("name_within")


def _story(c: Any) -> Iterator[Statement]:
    """What is said of a target that needs attention."""
    if c.situation == "missed":
        yield say("story_missed", statements.against(c))
        if c.agreeing:
            yield say("another_agrees")
        if c.differing:
            yield say("another_differs")
        if c.after is not None:
            yield say("afterwards", True)
        elif statements.more_wanted(c):
            yield say("amount_lacking")
    elif c.situation == "failed":
        yield say("story_failed")
        yield from (say("evidence_item", item) for item in c.items)
    elif c.situation == "judged":
        yield say("story_judged")
    elif c.situation == "open":
        yield from _forecast(c)
    if c.situation in ("missed", "failed"):
        yield from (say("note", text) for text in c.notes if text not in c.details)


def _forecast(c: Any) -> Iterator[Statement]:
    apart = "outcome" in c.f
    yield say("story_open", c.past and not apart)  # its range stands in the overview
    if apart:
        yield say("outcome_apart", "than" in c.f, c.asks.spans)
    if c.census and c.reworded:
        yield say("reworded", c.reworded)
    if c.so_far is not None and c.so_far.month:
        yield say("stands_so_far")
    if c.placed:
        yield say("placed_by")
    elif c.latest:
        yield say("latest_figure", c.pace is not None and statements.behind(c), _footing(c))
    yield from _bounds(c)
    if statements.more_wanted(c) and not c.past:
        yield say("amount_taken")
    yield from statements.months_ahead(c)


def _bounds(c: Any) -> Iterator[Statement]:
    """What a probability or its range leaves out, which is told of targets that need no attention too."""
    if statements.by_parent_alone(c):
        yield say("range_of_parent_told")
    if c.so_far is not None and c.so_far.pending:
        yield say("pending_told")
    yield from (say("later_figure", point) for point in c.later if not point["used"])


def _footing(c: Any) -> str:
    """What the latest figure does not tell of what a probability rests on."""
    return "beside" if c.beside else "few" if statements.few(c) else ""
