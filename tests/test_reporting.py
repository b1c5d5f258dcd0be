"""What the report says of a plan and of each target: every statement's condition, on made-up material."""

from types import SimpleNamespace

import pytest

from analysis.memo import reporting
from test_statements import (
    AMOUNT,
    DEPENDS,
    MET,
    MISSED,
    MONTH,
    NONE,
    PACE,
    PENDING,
    PLACED,
    RISES,
    TASK,
    WAITING,
    told,
)

# ----------------------------------------------------------------------------------------------- one target

TOLD = {
    "evidence": "own",
    "unconfirmed": False,
    "outcome_quality": "green",
    "outcome_derived": False,
    "set_aside": "",
    "not_due": False,
    "hearsay": False,
    "details": (),
}
DONE, FAILED = (TASK | {"situation": situation} for situation in ("done", "failed"))
FLOWS, STOCK = ({"beside": {"flows": flows, "doubted": False, "another": True}} for flows in (True, False))
ALIKE = {"beside": {"flows": True, "doubted": False, "another": False}, "thin": 1}
AFTER, UNUSED = {"used": True}, {"used": False}
COMPARED = {"f": ("before",), "values": {"than": 2018}}
BY_PARENT = {"placed": PLACED, "has_range": True, "asks": {"compares": True}}
RECORDED = {"f": ("record_share",)}
EACH = {"per_month": {"still": 1, "value": 1.0}}


def said(**changes):
    return reporting.target(told(TOLD | changes))


def column(name, **changes):
    """What one column says: names of statements with what they are given."""
    return [(one.name, *one.given) for one in said(**changes)[name]]


@pytest.mark.parametrize(
    ("column_", "changes", "name", "given"),
    [
        ("name", {}, "cell_name", ()),
        ("within", {}, "name_within", ()),
        ("goal", {}, "cell_goal", (False,)),
        ("goal", COMPARED | {"points": []}, "cell_goal", (True,)),
        ("goal", COMPARED | {"points": [{"number": 2019}]}, "cell_goal", (True,)),
        ("goal", COMPARED | {"points": [{"number": 2018}]}, "cell_goal", (False,)),  # beside it already
        ("goal", TASK, "cell_on_time", ()),
        ("last", {}, "cell_last", (["b"],)),
        ("last", {"later": [UNUSED, AFTER]}, "cell_last", ([AFTER, "b"],)),
        ("last", {"later": [AFTER], "points": []}, "cell_last", ([AFTER],)),
        ("last", MET | {"later": [AFTER]}, "cell_last", (["b"],)),
        ("last", {"shown": ["s"]}, "cell_last", (["b"],)),
        ("last", {"points": [], "shown": ["s", "t"], "set_aside": "shown"}, "cell_shown", ("t",)),
        ("last", {"points": [], "shown": ["s"], "set_aside": "unlike"}, "cell_unlike", ()),
        ("last", {"points": []}, "cell_nothing", ()),
        ("last", TASK, "cell_nothing", ()),
        ("answer", {}, "answer_chance", ()),
        ("answer", TASK, "answer_chance", ()),
        ("answer", MET, "answer_met", ()),
        ("answer", DONE, "answer_met", ()),
        ("answer", MISSED, "answer_missed", ()),
        ("answer", FAILED, "answer_missed", ()),
        ("answer", TASK | {"situation": "related"}, "answer_none", ()),
        ("answer", TASK | {"situation": "silent"}, "answer_none", ()),
        ("answer", DEPENDS, "answer_none", ()),
        ("answer", RISES, "answer_none", ()),
        ("answer", NONE, "answer_none", ()),
        ("basis", MET, "basis_published", (False,)),
        ("basis", MISSED | {"outcome_quality": "amber"}, "basis_published", (False,)),
        ("basis", MET | {"outcome_derived": True}, "basis_published", (True,)),
        ("basis", MISSED | {"outcome_quality": "red"}, "basis_press", ()),
        ("basis", {"outcome_quality": "red"}, "basis_own", ()),
        ("basis", TASK | {"items": ["x"]}, "basis_judgement", ()),
        ("basis", DONE | {"items": ["x"]}, "basis_reports", ()),
        ("basis", TASK | {"situation": "silent"}, "basis_nothing", (False,)),
        ("basis", {}, "basis_own", ()),
        ("basis", {"evidence": "short"}, "basis_own", ()),
        ("basis", {"evidence": "region"}, "basis_parent", ()),
        ("basis", DEPENDS | {"evidence": "conditional"}, "basis_peers", ()),
        ("basis", NONE | {"evidence": "none"}, "basis_nothing", ()),
        ("basis", TASK | {"situation": "silent", "not_due": True}, "basis_nothing", (True,)),
        ("answer", TASK | {"situation": "silent", "not_due": True}, "answer_not_due", ()),
        ("answer", TASK | {"situation": "related", "not_due": True}, "answer_not_due", ()),
        ("basis", NONE | {"evidence": "none", "set_aside": "unlike"}, "basis_unlike", ()),
        ("basis", NONE | {"evidence": "none", "set_aside": "shown"}, "basis_shown", ()),
        ("basis", DEPENDS | {"evidence": "conditional", "set_aside": "unlike"}, "basis_peers", ()),
        ("remark", {}, None, ()),
        ("remark", MET | {"unconfirmed": True}, "remark_unconfirmed", ()),
        ("remark", TASK | {"situation": "related"}, "remark_related", ()),
        ("remark", TASK | {"situation": "silent"}, None, ()),
        ("flows", FLOWS | {"thin": 1}, "flows", ()),
        ("flows", STOCK, "flows", ()),
        ("flows", FLOWS | MISSED, None, ()),
        ("flows", ALIKE, "flows", ()),
        ("flows", {}, None, ()),
        ("remark", MISSED | {"unconfirmed": True}, "remark_unconfirmed", ()),
        ("remark", MISSED, "remark_rebased", ()),
        ("remark", MISSED | {"breaks": False}, None, ()),
        ("remark", MISSED | {"is_percent": False}, None, ()),
        ("remark", MET, None, ()),
        ("remark", {"later": [{"used": True}], "placed": PLACED}, "remark_inferred", ()),
        ("remark", {"later": [{"used": False}]}, None, ()),
        ("remark", {"placed": PLACED, "thin": 0, "wide": True}, "remark_placed", ()),
        ("remark", BY_PARENT | {"wide": True}, "remark_by_parent", ()),
        ("bounds", BY_PARENT, "range_of_parent_told", ()),
        ("remark", {"placed": PLACED, "thin": 0, "wide": False}, None, ()),
        ("remark", FLOWS | {"thin": 1}, "remark_flows", (False,)),
        ("remark", STOCK | {"thin": 1}, "remark_stock", (False,)),
        ("remark", {"beside": {"flows": True, "doubted": True, "another": True}}, "remark_flows", (True,)),
        ("remark", ALIKE, "remark_one_year", ()),
        ("remark", {"latest": None, "thin": 0, "wide": True}, "remark_months", ()),
        ("remark", {"thin": 1, "wide": True}, "remark_one_year", ()),
        ("remark", {"thin": 3, "wide": True}, "remark_few_years", ()),
        ("remark", {"thin": 4, "wide": True}, "remark_wide", ()),
        ("remark", DEPENDS | {"thin": 1}, None, ()),
        ("remark", {"caveats": ["c"]}, "remark_provisional", (False,)),
        ("brief", MET | {"f": ("outcome",)}, "brief_outcome", (False, False)),
        ("brief", MET | {"f": ("outcome",), "differing": "a"}, "brief_outcome", (True, False)),
        ("brief", MISSED | {"f": ("outcome", "before"), "points": []}, "brief_compared", (False, True)),
        ("brief", MISSED | {"f": ("outcome",), "differing": "a"}, "brief_outcome", (False, True)),
        ("brief", MISSED | {"f": ("outcome",), "breaks": False}, "brief_outcome", (False, False)),
        ("brief", {}, "brief_chance", (False,)),
        ("brief", {"has_range": True}, "brief_chance", (True,)),
        (
            "brief",
            {"f": ("outcome", "before"), "points": []},
            "brief_chance",
            (False,),
        ),  # published, not comparable
        ("brief", TASK, "brief_chance", (False,)),
        ("brief", DONE, "name_within", ()),
        ("ahead", {}, None, ()),
        ("ahead", RECORDED, "note_ahead", ("",)),
        ("ahead", RECORDED | {"evidence": "short"}, "note_ahead", ("few",)),
        ("ahead", RECORDED | {"evidence": "region"}, "note_ahead", ("none",)),
        ("held", {}, None, ()),
        ("held", RECORDED, "cell_held", ()),
        ("judged", RECORDED, "cell_judged", ()),
        ("came", RECORDED, "cell_nothing", ()),
        ("came", RECORDED | {"band": {"leaning": ""}}, "cell_came", ()),
        ("leant", RECORDED, None, ()),
        ("leant", RECORDED | {"band": {"leaning": ""}}, "leant", ()),
    ],
)
def test_a_column_says_what_holds(column_, changes, name, given):
    assert column(column_, **changes) == ([(name, *given)] if name else [])


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        (MET, []),
        (DONE, []),
        (NONE, []),
        (TASK, ["story_judged"]),
        (FAILED | {"items": ["x"], "notes": ["n"]}, ["story_failed", "evidence_item", "note"]),
        (MISSED | {"notes": ["n"]}, ["story_missed", "note"]),
        (MISSED | AMOUNT, ["story_missed", "amount_lacking"]),
        (MISSED | AMOUNT | {"after": 1}, ["story_missed", "afterwards"]),
        (MISSED | {"agreeing": "a"}, ["story_missed", "another_agrees"]),
        (MISSED | {"differing": "a"}, ["story_missed", "another_differs"]),
        (MISSED | AMOUNT | {"upward": False}, ["story_missed"]),
        ({"notes": ["n"]}, ["story_open", "latest_figure"]),
        ({"latest": None}, ["story_open"]),
        ({"f": ("outcome",)}, ["story_open", "outcome_apart", "latest_figure"]),
        (PENDING, ["story_open", "latest_figure"]),
        (PENDING | {"reworded": ["x"]}, ["story_open", "reworded", "latest_figure"]),
        ({"so_far": MONTH}, ["story_open", "stands_so_far", "latest_figure", "pending_told"]),
        ({"so_far": MONTH, "placed": PLACED}, ["story_open", "stands_so_far", "placed_by", "pending_told"]),
        ({"so_far": WAITING}, ["story_open", "latest_figure", "pending_told"]),
        (BY_PARENT, ["story_open", "placed_by", "range_of_parent_told"]),
        ({"later": [UNUSED]}, ["story_open", "latest_figure", "later_figure"]),
        ({"later": [AFTER]}, ["story_open", "latest_figure"]),
        (AMOUNT, ["story_open", "latest_figure", "amount_taken"]),
        (AMOUNT | {"past": True}, ["story_open", "latest_figure"]),
        (AMOUNT | {"upward": False}, ["story_open", "latest_figure"]),
        (EACH, ["story_open", "latest_figure", "each_month"]),
        (EACH | {"past": True}, ["story_open", "latest_figure"]),
        ({"per_month": {"still": 0, "value": 0.0}}, ["story_open", "latest_figure"]),
        ({"per_month": {"still": 1, "so_far": 1}}, ["story_open", "latest_figure", "months_left"]),
    ],
)
def test_a_story_holds_what_there_is_to_say(changes, names):
    assert [one.name for one in said(**changes)["story"]] == names


@pytest.mark.parametrize(
    ("changes", "name", "given"),
    [
        (MISSED | {"margin": -0.1}, "story_missed", ("goal",)),
        (MISSED | {"asks": {"claim": "every_year"}}, "story_missed", ("every_year",)),
        ({}, "story_open", (False,)),
        ({"past": True, "has_range": True}, "story_open", (True,)),
        ({"past": True, "f": ("outcome",)}, "story_open", (False,)),
        ({"f": ("outcome",)}, "outcome_apart", (False, False)),
        ({"f": ("outcome", "than")}, "outcome_apart", (True, False)),
        ({}, "latest_figure", (False, "")),
        (PACE, "latest_figure", (True, "")),
        (PACE | {"gap": 0.0}, "latest_figure", (False, "")),
        (PACE | {"needed": None}, "latest_figure", (False, "")),
        (PACE | {"upward": False}, "latest_figure", (False, "")),
        ({"thin": 3}, "latest_figure", (False, "few")),
        (FLOWS | {"thin": 3}, "latest_figure", (False, "beside")),
    ],
)
def test_a_story_is_given_what_its_words_need(changes, name, given):
    assert {one.name: one.given for one in said(**changes)["story"]}[name] == given


# ------------------------------------------------------------------------------------------- the whole plan


def part(
    situation="open",
    judged=False,
    outcome=False,
    caveats=(),
    qualifying=(),
    ranged=False,
    bounds="",
    band=None,
    not_due=False,
    details=(),
    unlike=False,
    flows="",
    peers=(),
    thin=0,
    weak=False,
    proved="",
):
    texts = {name: f"{name} of it" for name in ("brief", "story", "within", "quantity", "leant")}
    texts |= {"bounds": bounds, "since": "", "flows": flows}
    asks = SimpleNamespace(judged=judged)
    return SimpleNamespace(
        told={"situation": situation, "asks": asks, "f": {"outcome": 1} if outcome else {}}
        | {"not_due": not_due, "set_aside": "unlike" if unlike else "", "notes": ["n"], "details": details}
        | {"caveats": caveats, "qualifying": qualifying, "has_range": ranged, "band": band}
        | {"placed": None, "peer_names": peers, "thin": thin, "beside": None, "narrow": False, "weak": weak}
        | {"unconfirmed": bool(proved), "proved": proved},
        said=texts,
    )


def number(value, text=""):
    return SimpleNamespace(value=value, text=text)


def plan(groups=None, doubted=0, unproven=0, same=False, **changes):
    """What is told of a plan with so many targets in each group."""
    parts = {name: [part()] * (groups or {"risky": 1}).get(name, 0)
             for name in ("missed", "risky", "likely", "met", "tasks", "unknown")}  # fmt: skip
    parts |= changes.pop("filled", {})
    rated = sum(len(parts[name]) for name in ("missed", "risky", "likely", "met"))
    found = {"rated": number(rated), "doubted": number(doubted), "unproven": number(unproven)}
    found |= {"p_apart": number(0.1, "10%"), "p_common": number(0.2, "10%" if same else "20%")}
    more = {"f": found, "groups": parts, "parts": [one for some in parts.values() for one in some]}
    plain = {"past": False, "short": True, "connected": [], "proven": [], "records": []}
    return plain | {"wanting": [], "notes": []} | more | changes


def sections(**changes):
    return reporting.report(plan(**changes))


def made(**changes):
    """Every statement by its name; what is said twice is told once."""
    found = {}
    for section in sections(**changes):
        for one in [section.head, *[one for some in section.paragraphs for one in some]]:
            if one is not None and (section.bare or any(section.paragraphs)):
                found[one.name] = one
    return found


def test_a_plain_report_says_no_more_than_it_has_to():
    assert list(made()) == [
        "head_result", "counted", "risky", "head_targets", "table_targets", "head_attention", "story",
        "unrecorded", "closing", "annex_method", "head_method", "method", "table_scale", "head_data",
        "table_sources", "note_sources",
    ]  # fmt: skip
    settled = {"head_result", "counted", "met", "head_targets", "table_targets", "closing", "annex_method",
               "head_method", "method", "head_data", "table_sources", "note_sources"}  # fmt: skip
    assert set(made(groups={"met": 2})) == settled


RISKY, LIKELY = {"groups": {"risky": 2}}, {"groups": {"likely": 1}}
ALL = {"missed": 1, "risky": 1, "likely": 1, "met": 1, "tasks": 1, "unknown": 1}
BRIEF, WITHIN = ["brief of it"], ["within of it"]
LEVEL, HIGH, LOW = ({"leaning": way} for way in ("", "high", "low"))


@pytest.mark.parametrize(
    ("changes", "name", "given"),
    [
        ({"groups": ALL}, "counted", (("met", "missed", "open", "unjudged"), False)),
        ({"groups": ALL, "past": True}, "counted", (("met", "missed", "unpublished", "unjudged"), False)),
        ({"filled": {"likely": [part(outcome=True)]}, "past": True}, "counted", (("open",), False)),
        ({"groups": {"tasks": 1}}, "counted", (("unjudged",), False)),
        ({"groups": {"unknown": 1}}, "counted", (("lacking",), False)),
        ({"filled": {"tasks": [part("silent", True, not_due=True)]}}, "counted", (("open", "not_due"), True)),
        ({"filled": {"met": [part("done", True)]}}, "counted", (("met", "open"), True)),
        ({}, "missed", None),
        ({"groups": ALL}, "missed", (BRIEF,)),
        (RISKY, "risky", (BRIEF * 2,)),
        (LIKELY, "likely", (BRIEF,)),
        ({"groups": {"met": 2}}, "met", (BRIEF * 2,)),
        ({"groups": {"met": 2}}, "doubted", None),
        ({"groups": {"met": 2}, "doubted": 1}, "doubted", ("some",)),
        ({"groups": {"met": 2}, "doubted": 2}, "doubted", ("all",)),
        ({"groups": {"met": 1}, "doubted": 1}, "doubted", ("one",)),
        ({"groups": {"met": 2, "missed": 1}, "doubted": 2}, "doubted", ("some",)),
        ({"groups": {"met": 2, "missed": 1}, "doubted": 3}, "doubted", ("all",)),
        ({"groups": {"missed": 1}, "doubted": 1}, "doubted", ("one",)),
        (LIKELY, "expected", None),
        ({"groups": {"met": 2}}, "expected", None),
        ({"groups": {"met": 1, "likely": 1}}, "expected", (True, False)),
        ({"groups": {"missed": 1, "risky": 1}}, "expected", (False, True)),
        ({"groups": {"missed": 1, "met": 1, "risky": 1}}, "expected", (True, True)),
        ({"groups": {"risky": 1, "likely": 1}}, "expected", (False, False)),
        ({}, "ranges", None),
        ({"filled": {"risky": [part(ranged=True)]}}, "ranges", ()),
        ({"wanting": [part()]}, "note_wanted", ()),
        ({"wanting": [part()], "past": True}, "note_wanted", None),
        ({"groups": {"met": 1, "likely": 1}}, "all_met", None),
        (RISKY, "all_met", (False,)),
        (RISKY | {"same": True}, "all_met", (True,)),
        (RISKY, "hang_together", None),
        (RISKY | {"connected": [(part(), part())]}, "hang_together", ([["within of it"] * 2],)),
        ({}, "targets_in_annex", None),
        ({"short": False}, "targets_in_annex", ()),
        ({"short": False}, "annex_targets", ()),
        ({}, "annex_targets", None),
        ({}, "table_targets", (True,)),
        ({"groups": {"met": 1}}, "table_targets", (False,)),
        (LIKELY, "head_attention", None),
        (LIKELY, "story", None),
        (LIKELY, "unrecorded", ()),
        ({"groups": {"missed": 1}}, "head_attention", ()),
        ({"groups": {"missed": 1}}, "unrecorded", None),
        ({"filled": {"risky": [part("judged", True)]}}, "unrecorded", None),
        ({"filled": {"risky": [part("judged", True)]}, "proven": [[part()]]}, "proofs", None),
        ({"filled": {"risky": [part("judged", True)]}}, "table_scale", None),
        ({"filled": {"met": [part("met", caveats=["c"])]}}, "provisional", (WITHIN, "c")),
        ({"filled": {"met": [part("met", caveats=["c"])]}}, "head_attention", ()),
        ({"filled": {"risky": [part(caveats=["c"])] * 2}}, "provisional", (WITHIN * 2, "c")),
        ({"filled": {"missed": [part("missed", caveats=["c"])]}}, "provisional", (WITHIN, "c")),
        ({"filled": {"unknown": [part("none", caveats=["c"])]}}, "provisional", None),
        ({"filled": {"likely": [part(qualifying=["q"])]}, "groups": {}}, "qualified", (WITHIN, "q")),
        ({"filled": {"risky": [part(qualifying=["q"])]}}, "qualified", (WITHIN, "q")),
        ({"filled": {"met": [part("met", qualifying=["q"])]}}, "qualified", None),
        ({"filled": {"likely": [part(bounds="b")]}, "groups": {}}, "qualified", (WITHIN, "b")),
        (
            {"filled": {"likely": [part(qualifying=["q"], bounds="b")]}, "groups": {}},
            "qualified",
            (WITHIN, "q", "b"),
        ),
        ({"filled": {"risky": [part(bounds="b")]}}, "qualified", None),  # the story has it
        (
            {"proven": [[part()] * 2]},
            "proofs",
            ([{"names": WITHIN * 2, "leant": "leant of it"}], 0),
        ),
        (
            {"proven": [[part()]], "wanting": [part()]},
            "proofs",
            ([{"names": WITHIN, "leant": "leant of it"}], 1),
        ),
        ({"proven": [[part()]], "short": False}, "proofs", ([{"names": WITHIN, "leant": "leant of it"}], 2)),
        ({}, "proofs", None),
        ({"filled": {"risky": [part(band=LEVEL)]}}, "unrecorded", None),
        ({"filled": {"risky": [part(band=LEVEL), part()]}}, "unrecorded", None),
        ({"records": [part()]}, "unrecorded", ()),  # of no chance like this one
        ({"filled": {"risky": [part(band=LEVEL)]}}, "some_unrecorded", None),
        ({"filled": {"risky": [part(band=LEVEL), part()]}}, "some_unrecorded", (WITHIN,)),
        ({"filled": {"risky": [part(band=LEVEL)] * 2}}, "uncorrected", None),
        ({"filled": {"risky": [part(band=HIGH), part()]}}, "uncorrected", ([("high", WITHIN)],)),
        (
            {"filled": {"risky": [part(band=LOW)], "likely": [part(band=HIGH)] * 2}},
            "uncorrected",
            ([("high", WITHIN * 2), ("low", WITHIN)],),
        ),
        ({"records": [part()]}, "record_called", ([],)),
        ({"records": [part(), part(weak=True, band=LEVEL)]}, "record_called", (["leaning", "weak"],)),
        ({"records": [part()]}, "table_record", ()),
        ({}, "table_record", None),
        ({}, "record_called", None),
        ({}, "some_unrecorded", None),
        ({"filled": {"risky": [part(band=LEVEL), part(), part()]}}, "rest_unrecorded", ()),
        ({"filled": {"risky": [part(band=LEVEL), part(), part()]}}, "some_unrecorded", None),
        ({"filled": {"risky": [part(), part()]}}, "rest_unrecorded", None),
        ({"filled": {"risky": [part(band=LEVEL), part()]}}, "rest_unrecorded", None),
        ({"records": [part()]}, "record", (False,)),
        ({"proven": [[part()]], "records": [part()]}, "record", (True,)),
        ({}, "head_record", None),
        ({"notes": ["n"]}, "note", ("n",)),
        ({"notes": ["n"]}, "head_notes", ()),
        ({"notes": ["n"]}, "annex_method", (False, True)),
        ({"records": [part()]}, "annex_method", (True, False)),
        ({"filled": {"missed": [part("missed", details=["d"])]}}, "qualified", (WITHIN, "d")),
        ({}, "method", (False,)),
        ({"filled": {"likely": [part("open", thin=1)]}}, "method", (True,)),
        ({"filled": {"likely": [part("open", thin=1, peers=["x"])]}}, "method", (False,)),
        ({"filled": {"likely": [part("open", flows="by a tenth")]}}, "qualified", (WITHIN, "by a tenth")),
        ({"filled": {"unknown": [part("none", unlike=True)]}}, "qualified", (WITHIN, "n")),
        ({"filled": {"unknown": [part("none")]}}, "qualified", None),
        ({}, "head_notes", None),
        ({}, "head_next", None),
        ({"unproven": 1}, "confirm", (False, [])),
        ({"unproven": 1}, "head_next", ()),
        ({"unproven": 1, "wanting": [part()]}, "confirm", (True, [])),
        (
            {"unproven": 2, "filled": {"met": [part("met", proved=one) for one in ("lists", "accounts")]}},
            "confirm",
            (False, ["lists", "accounts"]),
        ),
        ({"unproven": 1, "wanting": [part()]}, "request", (True, 2, False)),
        ({"wanting": [part()], "short": False}, "request", (False, 3, False)),
        ({"wanting": [part("silent", True)]}, "request", (False, 2, True)),
        ({"wanting": [part()]}, "confirm", None),
        ({"wanting": [part()]}, "table_wanted", ()),
        ({}, "annex_wanted", None),
    ],
)
def test_a_statement_of_the_report_is_made_when_it_holds(changes, name, given):
    found = made(**changes)
    assert (found[name].given if name in found else None) == given


@pytest.mark.parametrize("short", [True, False])
def test_the_annex_asked_from_has_its_number(short):
    told_ = sections(short=short, wanting=[part()])
    annexes = [one.head.name for one in told_ if one.head and one.head.mark == "[[annex]] "]
    request = next(one for some in told_ for line in some.paragraphs for one in line if one.name == "request")
    assert annexes[request.given[1] - 1] == "annex_wanted"


def test_every_story_is_a_paragraph_with_the_proof_behind_them():
    watched = next(
        one for one in sections(groups={"missed": 1, "risky": 1}) if one.head.name == "head_attention"
    )
    assert [[one.name for one in some] for some in watched.paragraphs] == [
        ["story"],
        ["story"],
        ["unrecorded"],
    ]
