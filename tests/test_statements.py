"""What a memo says and what it leaves out: each statement's condition, on made-up material."""

from types import SimpleNamespace

import pytest

from analysis.memo import statements

SILENT = {
    "figure": True, "level": True, "compares": False, "each": False, "judged": False, "adds_up": False,
    "spans": False, "claim": "figure", "unit": "own",
}  # fmt: skip
MONTH, WAITING = (SimpleNamespace(month=month, pending=3, past=None) for month in ("2020-06", ""))
NEITHER = SimpleNamespace(month="", pending=0, past=None)
SPENT = SimpleNamespace(month="2020-06", pending=0, past=SimpleNamespace(evidence="own"))
LENT = SimpleNamespace(month="2020-06", pending=0, past=SimpleNamespace(evidence="others"))
PLACED = SimpleNamespace(analogy=False)
WIDTHS = [("a", ""), ("b", "")]
FORECAST = {
    "situation": "open",
    "asks": SILENT,
    "f": ("p", "median", "goal"),
    "census": None,
    "rebases": False,
    "reworded": [],
    "past": False,
    "break_even": None,
    "points": ["a", "b"],
    "missing": (),
    "margin": None,
    "breaks": True,
    "is_percent": True,
    "placed": None,
    "wide": False,
    "thin": 4,
    "beside": False,
    "reading": None,
    "shown": [],
    "notes": [],
    "caveats": [],
    "qualifying": [],
    "agreeing": "",
    "differing": None,
    "reported": [],
    "doubtful": False,
    "items": [],
    "upward": True,
    "later": [],
    "pace": None,
    "needed": 2.0,
    "gap": 0.1,
    "latest": {"alone": False},
    "bases": [],
    "others": False,
    "so_far": None,
    "rule_pace": None,
    "rule_ratio": None,
    "level": "city",
    "has_range": False,
    "steady": False,
    "peer_names": [],
    "flips": {"rebased": None},
    "agree": None,
    "disagreement": None,
    "rounding": None,
    "widths": None,
    "band": None,
    "narrow": False,
    "weak": False,
    "unchecked": False,
    "gaps": [],
    "unconfirmed": False,
    "earlier": None,
    "news": [],
    "mover": None,
    "movers": (),
    "against": (),
    "wanted": [],
    "amount": None,
    "alone": None,
    "after": None,
    "achieved": {},
    "per_month": None,
    "expected_gap": None,
    "few": True,
    "is_count": False,
    "is_widened": False,
}


def told(changes):
    """Material of a plain forecast with some of it otherwise; `asks` and `f` are added to."""
    made = FORECAST | changes
    made["asks"] = SimpleNamespace(**SILENT | changes.get("asks", {}))
    made["f"] = {
        name: SimpleNamespace(text=name, value=0) for name in (*FORECAST["f"], *changes.get("f", ()))
    }
    made["f"] |= {name: SimpleNamespace(text=text) for name, text in changes.get("texts", {}).items()}
    made["f"] |= {
        name: SimpleNamespace(text=str(value), value=value)
        for name, value in changes.get("values", {}).items()
    }
    for name in changes.get("without", ()):
        made["f"].pop(name)
    return made


def body(brevity=0, **changes):
    """Every statement of the text by its name; what is said twice is a list."""
    found = {}
    for section in statements.body(told(changes), brevity):
        for one in [section.head, *[one for part in section.paragraphs for one in part], section.then]:
            if one is not None:
                assert one.name not in found, one.name
                found[one.name] = one
    return found


def annex(**changes):
    return {one.name: one for section in statements.annex(told(changes), [])
            for part in section.paragraphs for one in part}  # fmt: skip


def test_a_plain_forecast_says_no_more_than_it_has_to():
    assert list(body()) == [
        "head_verdict", "open", "source", "figure", "head_reasons", "latest_level", "median", "head_trust",
        "rests_on_own", "unproven", "head_takes", "closing",
    ]  # fmt: skip
    assert list(annex()) == ["table_figures", "note_ratings", "only_known", "method_forecast", "table_scale"]


MISSED, MET, TASK = (
    {"situation": "missed"},
    {"situation": "met"},
    {"situation": "judged", "asks": {"judged": True}},
)
NONE, RISES, DEPENDS = {"situation": "none"}, {"situation": "rises"}, {"situation": "conditional"}
RANGED, RANK = {"f": ("record_share",)}, {"asks": {"unit": "place", "level": False}}
STEPS = {"achieved": {"own": 1}, "f": ("spells_peers_share",)}
AMOUNT = {"amount": {"more": 1.0, "denominator_growth": 2.0}}
ALONE = {"alone": {"growth": 2.0}}
COUNTS = {"asks": {"adds_up": True}}
PACE = {"pace": 1.0}
HALF, FULL = ({"so_far": SPENT, "values": {"usual": usual, "pace_elapsed": 50.0}} for usual in (43.0, 55.0))
MOVER, LESSER = {"code": "news_numerator", "points": 5}, {"code": "time", "points": 2}
LONE = {"code": "dropped", "points": None}
PENDING = {
    "census": SimpleNamespace(national=None, censuses=2),
    "revisions": [(f"p_census_{name}", "") for name in ("none", "median", "high")],
}
REVISED = {"p": 0.5, "p_low": 0.3, "p_high": 0.6, "p_census_none": 0.6, "p_census_median": 0.5,
           "p_census_high": 0.3}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "name", "given"),
    [
        # the verdict
        (MISSED | {"margin": 0.1}, "missed", ("goal", True)),
        (MET | {"margin": 0.1}, "met", ("goal", False)),
        (MISSED | {"margin": 0.1, "breaks": False}, "missed", ("goal", False)),
        (MISSED | {"margin": 0.1, "is_percent": False}, "missed", ("goal", False)),
        (MISSED | {"margin": 0.0}, "missed", ("equal", True)),
        (MET | {"margin": 0}, "met", ("equal", False)),
        (MET | {"margin": 0.1, "asks": {"figure": False}}, "met", ("demand", False)),
        (MET | {"margin": 0.1, "asks": {"claim": "every_year"}}, "met", ("every_year", False)),
        (MET | {"margin": 0.1, "asks": {"compares": True}}, "met", ("year", False)),
        (MET | {"margin": 0, "asks": {"compares": True}}, "met", ("equal_year", False)),
        (MET | {"margin": None, "asks": {"compares": True}}, "met", ("uncompared", False)),
        ({}, "open", ("",)),
        ({"thin": 3}, "open", ("few",)),
        ({"thin": 3, "beside": True}, "open", ("",)),
        ({"wide": True}, "open", ("wide",)),
        ({"latest": None, "thin": 0, "wide": True}, "open", ("months",)),
        ({"latest": None, "placed": PLACED}, "open", ("placed",)),
        ({"latest": None}, "no_whole_year", ()),
        ({"latest": None}, "latest_level", None),
        ({"latest": None, "so_far": SPENT}, "spent_so_far", ("own",)),
        ({"latest": None, "peer_names": ["x"]}, "rests_on_months", ()),
        ({"latest": None}, "rests_on_own", None),
        ({}, "no_whole_year", None),
        ({"thin": 3, "wide": True}, "open", ("few",)),
        ({"placed": PLACED, "thin": 3}, "open", ("placed",)),
        ({}, "outcome_apart", None),
        ({"f": ("outcome",)}, "outcome_apart", (False, False)),
        ({"f": ("outcome", "than")}, "outcome_apart", (True, False)),
        ({"past": True}, "outcome_absent", ()),
        ({}, "outcome_absent", None),
        ({"past": True, "f": ("outcome",)}, "outcome_absent", None),
        ({}, "rebasing", None),
        (PENDING | {"values": REVISED}, "rebasing", ("provinces",)),
        *(
            (
                PENDING | {"values": REVISED, "census": SimpleNamespace(national=known, censuses=n)},
                "rebasing",
                (code,),
            )
            for known, n, code in ((0.02, 2, "both"), (0.02, 0, "country"), (None, 0, "assumed"))
        ),
        (PENDING | {"values": REVISED}, "reworded", None),
        (PENDING | {"values": REVISED, "reworded": ["x"]}, "reworded", (["x"],)),
        (DEPENDS, "no_even_base", ()),
        (DEPENDS | {"break_even": 0}, "even_base", ()),
        (RISES, "rises", (True,)),
        (RISES | {"points": []}, "rises", (False,)),
        (RISES | {"points": [], "f": ("outcome",)}, "rises", (True,)),
        (NONE, "no_figures", ()),
        (NONE, "not_published", None),
        (NONE | {"missing": (2017,)}, "not_published", ()),
        (NONE, "asked_below", ()),
        ({"situation": "silent", "past": True}, "silent", ()),
        ({"situation": "silent"}, "silent_yet", ()),
        (TASK, "judged", ()),
        (TASK, "outcome_absent", None),
        (TASK | {"past": True}, "outcome_absent", ()),
        ({"situation": "done"}, "done", ()),
        ({}, "understood", None),
        ({"reading": "so"}, "understood", ()),
        ({}, "figure", ("forecast_goal", False)),
        ({"asks": {"level": False}}, "figure", ("forecast", False)),
        ({"points": []}, "figure", ("expected_goal", False)),
        ({"points": ["a"]}, "figure", ("forecast_goal", True)),
        ({"points": [], "asks": {"level": False}}, "figure", ("expected", False)),
        ({"points": [], "later": [{"used": False}]}, "figure", ("expected_goal", False)),
        ({"points": [], "later": [{"used": True}]}, "figure", ("forecast_goal", False)),
        ({"without": ("goal",)}, "figure", ("forecast", False)),
        ({"without": ("goal",), "f": ("before",)}, "figure", ("forecast_goal", False)),
        (MISSED | {"without": ("goal",)}, "figure", ("history", False)),
        (DEPENDS, "figure", ("bases", False)),
        ({"placed": PLACED, "f": ("base_year",)}, "figure", ("bases", False)),
        ({"placed": PLACED}, "figure", ("forecast_goal", False)),
        ({"f": ("base_year",)}, "figure", ("forecast_goal", False)),
        (MISSED, "figure", ("goal", False)),
        (MISSED | {"asks": {"level": False}}, "figure", ("history", False)),
        (MISSED | {"points": ["a"]}, "figure", None),
        (MET, "figure", None),
        (RISES, "figure", None),
        # the reasons
        (TASK, "no_record", ()),
        (TASK, "no_record_late", None),
        (TASK | {"past": True}, "no_record_late", ()),
        (TASK | {"items": ["x"]}, "no_record", None),
        (TASK | {"items": ["x"]}, "evidence_item", ("x",)),
        (TASK | {"items": ["x"], "past": True}, "no_record_late", None),
        (NONE, "unusable", (False, True)),
        (NONE | RANK | {"missing": ("x",)}, "unusable", (True, True)),
        (NONE | {"missing": ("x",)}, "unusable", (False, True)),
        (NONE | RANK, "unusable", (False, True)),
        (NONE | {"points": list("abcd")}, "unusable", (False, True)),
        (NONE | {"points": list("abcde")}, "unusable", (False, False)),
        (NONE | {"points": []}, "nothing_known", ()),
        (NONE, "not_computed", ()),
        (NONE | {"notes": ["n"]}, "note", ("n",)),
        ({"notes": ["n"]}, "note", ("n",)),
        (MET | {"notes": ["n"]}, "note", ("n",)),
        (NONE | {"caveats": ["c"]}, "note", ("c",)),
        ({"caveats": ["c"]}, "caveat", ("c",)),
        (MET | {"caveats": ["c"]}, "caveat", ("c",)),
        ({"shown": ["s"]}, "evidence_only", ("s",)),
        ({}, "doubted", None),
        ({"doubtful": True}, "doubted", ()),
        (MISSED, "outcome_computed", (False,)),
        (MISSED | {"f": ("outcome_release",)}, "outcome_from", (False,)),
        (MISSED | {"f": ("reached",)}, "outcome_computed", (True,)),
        (MET | {"f": ("reached",)}, "outcome_computed", (False,)),
        (MISSED | {"f": ("reached",), "upward": False}, "outcome_computed", (False,)),
        (MISSED | {"f": ("reached",), "asks": {"figure": False}}, "outcome_computed", (False,)),
        (MISSED, "series", (True,)),
        (MISSED | {"points": list("abcd")}, "series", (True,)),
        (MISSED | {"points": list("abcde")}, "series", (False,)),
        (MISSED | {"points": list("abcde"), "asks": {"each": True}}, "series", (True,)),
        (MISSED | {"points": ["a"]}, "series", None),
        (MISSED | {"points": ["a"]}, "only_outcome", None),
        (MISSED | {"points": ["a"], "f": ("outcome_release",)}, "only_outcome", ()),
        ({"placed": PLACED}, "spread", ("cities",)),
        ({"placed": PLACED, "level": "province"}, "spread", ("provinces",)),
        ({"placed": SimpleNamespace(analogy=True), "level": "city"}, "spread", ("analogy",)),
        ({"placed": SimpleNamespace(analogy=True), "level": "province"}, "spread", ("provinces",)),
        ({"placed": PLACED}, "no_own_figure", ()),
        ({"placed": PLACED}, "parent_figure", ()),
        ({"placed": PLACED}, "median_placed", ()),
        ({"placed": PLACED, "without": ("median",)}, "median_placed", None),
        ({}, "latest_level", (False,)),
        ({"later": ["x"]}, "latest_level", (True,)),
        ({"f": ("outcome",)}, "latest_level", (True,)),
        ({}, "speed", None),
        (PACE, "speed", (True,)),
        ({"pace": 0.0}, "speed", (True,)),
        (PACE | {"upward": False}, "speed", (False,)),
        (PACE | {"needed": None}, "speed", (False,)),
        (PACE | {"gap": 0.0}, "speed", (False,)),
        ({"latest": {"alone": True}}, "no_speed", ()),
        ({}, "no_speed", None),
        ({"latest": {"alone": True}, "beside": True}, "no_speed", None),
        ({"beside": True}, "flows", ()),
        ({}, "flows", None),
        (PACE | {"latest": {"alone": True}}, "no_speed", None),
        ({"later": ["x"]}, "later_figure", ("x",)),
        ({"so_far": MONTH}, "counted_so_far", ()),
        ({"so_far": MONTH}, "calendar", None),
        ({"so_far": MONTH, "rule_pace": {"ahead": True, "basis": "in_year"}}, "calendar", (True, False)),
        (HALF | {"rule_pace": {"ahead": False, "basis": "in_year"}}, "calendar", (False, True)),
        (HALF | {"rule_pace": {"ahead": True, "basis": "in_year"}}, "calendar", (True, False)),
        (FULL | {"rule_pace": {"ahead": True, "basis": "in_year"}}, "calendar", (True, True)),
        (
            HALF | {"so_far": LENT, "rule_pace": {"ahead": False, "basis": "in_year"}},
            "calendar",
            (False, False),
        ),
        ({"so_far": MONTH, "rule_pace": {"ahead": True, "basis": "cumulative"}}, "calendar", None),
        ({"so_far": SPENT}, "counted_so_far", None),
        ({"so_far": SPENT}, "spent_so_far", ("own",)),
        ({"so_far": SPENT, "placed": PLACED}, "spent_so_far", ("own",)),
        ({"so_far": SPENT, "placed": PLACED}, "rests_on_parent_and_months", ()),
        ({"so_far": SPENT, "placed": PLACED}, "rests_on_parent", None),
        ({"so_far": WAITING, "placed": PLACED}, "rests_on_parent", ()),
        ({"so_far": SPENT, "f": ("p_without",)}, "without_months", ("own",)),
        ({"so_far": SPENT}, "without_months", None),
        ({"per_month": {"still": 1, "value": 0.2, "so_far": 0.1}}, "months_left", ()),
        ({"per_month": {"still": 1, "value": 0.2, "so_far": 0.1}}, "each_month", None),
        ({"per_month": {"still": 9, "value": 0.75, "months": 12}}, "each_month", (False,)),
        ({"per_month": {"still": 9, "value": 0.75, "months": 12}, "values": {"goal": 9}}, "each_month", None),
        ({"per_month": {"still": 9, "value": 1, "months": 9}, "values": {"goal": 9}}, "each_month", (True,)),
        ({"per_month": {"still": 9, "value": 1, "months": 12}, "without": ("goal",)}, "each_month", (True,)),
        ({"f": ("months_share",)}, "months_enough", ()),
        ({"f": ("months_share",), "past": True}, "months_enough", None),
        ({}, "months_enough", None),
        ({"so_far": MONTH}, "pending", None),
        ({"rule_pace": {"ahead": True}}, "calendar", None),
        ({"so_far": WAITING}, "pending", ()),
        ({"so_far": WAITING}, "counted_so_far", None),
        ({"so_far": NEITHER}, "pending", None),
        ({}, "median", ()),
        ({"without": ("median",)}, "median", None),
        (DEPENDS, "uncompared", (True,)),
        (DEPENDS | {"points": []}, "nothing_before", ()),
        (DEPENDS | {"points": [], "shown": ["s"]}, "nothing_before", None),
        (DEPENDS, "lent", ()),
        (RISES, "peers_rose", ()),
        # how far to trust it
        ({"placed": PLACED}, "rests_on_parent", ()),
        ({}, "rests_on_own", (False, False)),
        ({"peer_names": ["x"]}, "rests_on_peers", (False,)),
        ({"peer_names": ["x"], "thin": 3}, "rests_on_peers", (True,)),
        ({"thin": 1, "latest": {"alone": True}}, "rests_on_own", (True, True)),
        ({"thin": 2, "latest": {"alone": True}}, "rests_on_own", (False, True)),
        ({"thin": 1}, "rests_on_own", (False, True)),
        ({"thin": 1, "latest": {"alone": True}, "beside": {"another": True}}, "rests_on_own", (False, False)),
        ({"thin": 1, "latest": {"alone": True}, "beside": {"another": False}}, "rests_on_own", (True, False)),
        ({"has_range": True, "steady": True}, "range_of_models", ()),
        ({"band": {"leaning": "high"}}, "leaning", ()),
        ({"band": {"leaning": ""}}, "leaning", ()),
        ({}, "leaning", None),
        ({"unchecked": True}, "beyond_record", ()),
        ({}, "beyond_record", None),
        ({"has_range": True, "steady": True}, "robust", None),
        ({"steady": True}, "robust", ()),
        ({}, "robust", None),
        (RANK, "joint_places", ()),
        ({}, "joint_places", None),
        (RANGED, "record", ()),
        (RANGED, "unproven", None),
        ({}, "unproven", ()),
        ({"flips": {"rebased": 14.9}}, "flip", ()),
        ({"flips": {"rebased": -14.9}}, "flip", ()),
        ({"flips": {"rebased": 15}}, "flip", None),
        ({"flips": {"rebased": -15}}, "flip", None),
        ({}, "flip", None),
        ({"agree": True}, "rules_disagree", None),
        ({"agree": False, "disagreement": "even"}, "rules_disagree", ("even",)),
        ({"agree": False, "disagreement": "spread"}, "rules_disagree", ("",)),
        ({}, "two_readings", None),
        ({"rounding": {}}, "two_readings", ()),
        ({"widths": WIDTHS, "texts": {"a": "1%", "b": "2%"}}, "widened_by", (False,)),
        ({"widths": WIDTHS, "texts": {"a": "1%", "b": "1%"}}, "widened_by", (True,)),
        (MISSED | RANK, "place_ranked", ()),
        (MISSED, "place_ranked", None),
        (MISSED, "caution", ()),
        (MET, "caution", ()),
        (MET | {"unconfirmed": True}, "caution", None),
        (MISSED | {"unconfirmed": True}, "caution", ()),
        (MISSED | {"flips": {"rebased": 49}}, "turning", ()),
        (MISSED | {"flips": {"rebased": -0.04}}, "turning", None),
        (MISSED | {"flips": {"rebased": -50}}, "turning", None),
        (MISSED | {"flips": {"rebased": 50}}, "turning", None),
        (MISSED, "turning", None),
        (MISSED | {"rounding": {}}, "verdict_readings", ()),
        (MISSED, "verdict_readings", None),
        (MISSED, "another_agrees", None),
        (MISSED | {"agreeing": "a"}, "another_agrees", ()),
        (MET | {"agreeing": "a"}, "another_agrees", ()),
        (MET, "another_differs", None),
        (MET | {"differing": "a"}, "another_differs", ()),
        (MISSED | {"differing": "a"}, "another_differs", ()),
        (DEPENDS, "trust_peers", (False,)),
        (DEPENDS | {"is_widened": True}, "trust_peers", (True,)),
        (RISES | {"is_widened": True}, "trust_peers", (False,)),
        (TASK, "trust_judgement", ()),
        (TASK | {"situation": "done"}, "trust_reports", ()),
        (NONE, "still_wanted", ()),
        ({}, "still_wanted", None),
        # what it would take
        (MET, "file_it", ()),
        (RISES, "two_years", ()),
        (TASK | {"situation": "failed"}, "confirm", ()),
        (DEPENDS | {"break_even": 1, "f": ("climb",)}, "climb_needed", ()),
        (DEPENDS | {"f": ("climb",)}, "climb_needed", None),
        (DEPENDS | {"break_even": 1}, "climb_needed", None),
        ({"break_even": 1, "f": ("climb",)}, "climb_needed", None),
        (AMOUNT, "amount_needed", (False,)),
        (AMOUNT | {"rebases": True}, "amount_needed", (True,)),
        (AMOUNT | {"upward": False}, "amount_needed", None),
        ({"amount": {"more": 0.0, "denominator_growth": 2.0}}, "amount_needed", None),
        (AMOUNT | {"after": 1}, "amount_needed", None),
        (AMOUNT | MISSED, "amount_needed", None),
        (AMOUNT | MISSED, "amount_lacking", ()),
        (AMOUNT | MISSED | {"after": 1}, "amount_lacking", None),
        (AMOUNT, "amount_lacking", None),
        (AMOUNT | DEPENDS, "amount_needed", None),
        (ALONE, "amount_alone", (False,)),
        (ALONE | {"rebases": True}, "amount_alone", (True,)),
        (ALONE | {"upward": False}, "amount_alone", None),
        (ALONE | DEPENDS, "amount_alone", (False,)),
        (ALONE | MISSED, "amount_alone", None),
        (ALONE | {"placed": PLACED, "past": True}, "amount_alone", (False,)),
        (AMOUNT, "amount_undergrown", None),
        ({"amount": {"more": 1.0, "denominator_growth": None}}, "amount_undergrown", ()),
        (MISSED | {"amount": {"more": 1.0, "denominator_growth": None}}, "amount_undergrown", None),
        (STEPS, "reached_before", ()),
        (STEPS | {"achieved": {}}, "reached_before", None),
        (STEPS, "reached_alike", None),
        (STEPS | {"f": ("spells_peers_share", "spells_alike_share")}, "reached_alike", ()),
        (STEPS | {"f": ("spells_alike_share",)}, "reached_alike", None),
        (STEPS | {"gap": 0.0}, "reached_before", None),
        (STEPS | {"gap": None}, "reached_before", None),
        (STEPS | {"needed": None}, "reached_before", None),
        (STEPS | {"upward": False}, "reached_before", None),
        (STEPS | {"f": ()}, "reached_before", None),
        (STEPS | DEPENDS, "reached_before", None),
        ({"per_month": {"still": 1, "value": 1.0}}, "each_month", (True,)),
        ({"per_month": {"still": 1, "value": 0.9}}, "each_month", (False,)),
        ({"per_month": {"still": 0, "value": 0.0}}, "each_month", None),
        ({}, "each_month", None),
        ({"per_month": {"still": 1, "value": 1.0}, "past": True}, "each_month", None),
        (DEPENDS | {"per_month": {"still": 1, "value": 1.0}}, "each_month", None),
        ({"wanted": ["w"]}, "requests", ()),
        ({}, "requests", None),
        (MET | {"wanted": ["w"]}, "requests", None),
        ({"situation": "done", "wanted": ["w"]}, "requests", None),
        (MISSED | {"wanted": ["w"]}, "requests", ()),
        ({"expected_gap": 0.0}, "median_gap", ()),
        ({}, "median_gap", None),
        ({"expected_gap": 0.0, "past": True}, "median_gap", None),
        (COUNTS, "restarts", ()),
        (COUNTS | {"past": True}, "restarts", None),
        (COUNTS | {"upward": False}, "restarts", None),
        ({"asks": {"adds_up": True, "spans": True}}, "restarts", None),
        (COUNTS | PACE, "pace_needed", None),
        (PACE, "pace_needed", (True,)),
        ({"pace": 2.0}, "pace_needed", (False,)),
        ({"pace": 0.0}, "pace_needed", None),
        (PACE | {"gap": 0}, "pace_needed", None),
        ({}, "pace_needed", None),
        ({"asks": {"compares": True}}, "two_years_wanted", ()),
        ({"asks": {"compares": True}, "past": True}, "two_years_wanted", None),
        ({}, "two_years_wanted", None),
        (MISSED | {"after": 1}, "afterwards", (False,)),
        (MISSED | {"after": 1, "margin": 0}, "beyond", None),
        (MISSED | {"after": 1, "margin": 0.1}, "still_needed", None),
        (MET | {"after": 1}, "afterwards", None),
        (MISSED, "afterwards", None),
        (MISSED | {"unconfirmed": True}, "file_it", ()),
        (MISSED | {"unconfirmed": False}, "file_it", None),
        (MISSED | {"margin": 0}, "beyond", ()),
        (MISSED | {"margin": 0.1}, "still_needed", ()),
        (MISSED, "still_needed", None),
        (MISSED | {"margin": 0.1, "asks": {"figure": False}}, "still_needed", None),
        (MISSED, "beyond", None),
    ],
)
def test_a_statement_is_made_when_it_holds(changes, name, given):
    found = body(**changes)
    assert (found[name].given if name in found else None) == given


BEFORE = {"earlier": {"situation": "open"}, "f": ("p_earlier",)}
NEWS = {"news": ["x"], "values": {"news_count": 1}}
SAME = {"texts": {"p": "40 %", "p_earlier": "40 %"}}


@pytest.mark.parametrize(
    ("changes", "name", "given"),
    [
        ({}, "head_before", None),
        (BEFORE, "head_before", ()),
        (BEFORE | SAME, "head_before", None),
        (BEFORE | SAME | NEWS, "head_before", ()),
        (BEFORE | {"earlier": {"situation": "none"}} | SAME, "head_before", ()),
        (MET | BEFORE, "head_before", None),
        (MET | BEFORE | {"earlier": {"situation": "met"}} | NEWS, "head_before", None),
        (MISSED | {"earlier": {"situation": "missed"}}, "head_before", None),
        (MISSED | {"earlier": {"situation": "missed"}} | NEWS, "before_settled", ()),
        (NONE | {"earlier": {"situation": "none"}, "f": ("p_earlier",)}, "head_before", None),
        ({"earlier": {"situation": "open"}}, "head_before", None),
        (NONE | {"earlier": {"situation": "open"}}, "before_open", ()),
        (BEFORE, "before_probability", ((), ())),
        (BEFORE | {"mover": MOVER, "movers": [MOVER, LESSER]}, "before_probability", ((MOVER, LESSER), ())),
        (TASK | {"earlier": {"situation": "silent"}}, "before_task", ()),
        (BEFORE | NEWS, "news_told", (False, "")),
        (BEFORE | NEWS | {"values": {"news_count": 3}}, "news_told", (False, "")),
        (BEFORE | NEWS | {"values": {"news_count": 4}}, "news_counted", (False, "")),
        (MISSED | BEFORE | NEWS, "news_told", (False, "settles")),
        (MISSED | NEWS | {"earlier": {"situation": "missed"}}, "news_told", (False, "checked")),
        (BEFORE, "no_news", (False,)),
        (BEFORE | {"mover": MOVER}, "no_news", None),
        (BEFORE | NEWS, "no_news", None),
        (BEFORE | {"earlier": {"situation": "none"}, **SAME}, "no_news", None),
        (BEFORE | {"without": ("p",)}, "no_news", (True,)),
        (BEFORE | {"without": ("p",), "earlier": {"situation": "conditional"}}, "no_news", (False,)),
    ],
)
def test_what_was_said_before_is_told_where_it_differs(changes, name, given):
    if changes.get("situation") == "met" and changes["earlier"]["situation"] == "open":
        name, given = "head_before", None  # a met target has no headings
        assert "before_probability" in body(**changes)
    found = body(**changes)
    assert (found[name].given if name in found else None) == given


@pytest.mark.parametrize(
    ("brevity", "apart", "then"), [(0, False, False), (3, False, False), (4, False, True), (5, True, True)]
)
def test_the_shorter_the_text_the_more_goes_to_the_annex(brevity, apart, then):
    found = body(brevity, wanted=["w"], mover=MOVER, **BEFORE, **NEWS)
    assert found["news_told"].given == (apart, "") and ("wanted_in_annex" in found) is then
    assert body(brevity, **BEFORE, **NEWS)["news_told"].given == (False, "")


@pytest.mark.parametrize("situation", ["missed", "open"])
@pytest.mark.parametrize(
    ("remark", "said"),
    [("比推算低31%；", False), ("31.5%", True), ("131%", True), ("1.31%", True), ("31家", True)],
)
def test_a_percentage_that_a_remark_of_the_plan_says_is_not_said_again(situation, remark, said):
    name = {"missed": "turning", "open": "flip"}[situation]
    changes = {"situation": situation, "flips": {"rebased": 14.0}, "texts": {"flip_rebased": "31%"}}
    for kind in ("notes", "caveats"):
        assert (name in body(**changes, **{kind: [remark]})) is said


@pytest.mark.parametrize(
    ("changes", "section"),
    [(AMOUNT, "head_takes"), (AMOUNT | {"past": True}, "head_reasons"), (AMOUNT | MISSED, "head_reasons")],
)
def test_the_amount_a_goal_took_is_no_next_step_once_its_year_is_over(changes, section):
    made = statements.body(told(changes), 0)
    places = [
        one.head.name
        for one in made
        if one.head and any(said.name.startswith("amount_") for part in one.paragraphs for said in part)
    ]
    assert places == [section]


@pytest.mark.parametrize(
    ("changes", "head", "alone"),
    [({}, "head_next", True), ({"expected_gap": 0.1}, "head_next", True), (COUNTS, "head_takes", False)],
)
def test_where_the_annex_says_what_is_needed_the_text_points_to_it(changes, head, alone):
    section = statements.body(told(changes | {"wanted": ["w"]}), 4)[-2]
    assert (section.head.name, section.then) == (head, statements.say("wanted_in_annex", alone))


@pytest.mark.parametrize(
    ("changes", "name", "rank"),
    [
        (PENDING | {"values": REVISED}, "rebasing", 6),
        (PENDING | {"values": REVISED | {"p_census_high": 0.29}}, "rebasing", 0),
        (PENDING | {"values": REVISED | {"p_census_none": 0.61}}, "rebasing", 0),
        (PENDING | {"values": REVISED, "reworded": ["x"]}, "reworded", 0),
        (PENDING | {"values": REVISED | {"p_census_high": 0.29}, "reworded": ["x"]}, "rebasing", 6),
        ({"reading": "so"}, "understood", 9),
        ({"so_far": WAITING}, "pending", 5),
        ({}, "unproven", 7),
        ({"notes": ["n"]}, "note", 8),
        ({"caveats": ["c"]}, "caveat", 0),
        (NONE | {"notes": ["n"]}, "note", 0),
        (RANGED, "record", 7),
        ({"flips": {"rebased": 1}}, "flip", 2),
        ({"agree": False}, "rules_disagree", 2),
        ({"rounding": {}}, "two_readings", 2),
        ({"widths": WIDTHS, "texts": {"a": "1%", "b": "2%"}}, "widened_by", 6),
        (AMOUNT, "amount_needed", 9),
        (ALONE, "amount_alone", 6),
        ({"amount": {"more": 1.0, "denominator_growth": None}}, "amount_undergrown", 6),
        (STEPS, "reached_before", 1),
        ({"wanted": ["w"]}, "requests", 4),
        ({"expected_gap": 0.0}, "median_gap", 3),
        (PACE, "pace_needed", 3),
        (BEFORE | NEWS, "news_told", 9),
        (BEFORE | NEWS | {"mover": MOVER}, "news_told", 5),
        ({}, "open", 0),
        ({}, "source", 0),
    ],
)
def test_an_aside_has_its_rank(changes, name, rank):
    assert body(**changes)[name].aside == rank


FULL = MET | BEFORE | NEWS | {
    "reading": "r", "notes": ["n"], "caveats": ["c"], "shown": ["s"], "doubtful": True, "rounding": {},
    "flips": {"rebased": 30.0}, "asks": {"unit": "place"}, "margin": 0.1,
}  # fmt: skip


def test_a_met_target_spares_the_least_needed_first_and_never_what_may_overturn_it():
    found = body(**FULL)
    ranks = {name: one.aside for name, one in found.items()}
    assert sorted(filter(ranks.get, ranks), key=ranks.get) == [
        "news_told", "evidence_only", "doubted", "series", "place_ranked", "caution", "note", "understood",
        "before_probability",
    ]  # fmt: skip
    assert {name for name, rank in ranks.items() if not rank} == {
        "met", "source", "outcome_computed", "turning", "verdict_readings", "caveat", "file_it", "closing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "heads"),
    [
        ({}, ["head_verdict", "head_reasons", "head_trust", "head_takes"]),
        ({"past": True}, ["head_verdict", "head_reasons", "head_trust", "head_next"]),
        (MISSED, ["head_verdict", "head_reasons", "head_trust", "head_next"]),
        (TASK, ["head_verdict", "head_reasons", "head_trust", "head_next"]), (MET, []),
        (NONE, ["head_verdict", "head_reasons", "head_needed"]),
        ({"situation": "silent", "asks": {"judged": True}}, ["head_verdict", "head_reasons", "head_needed"]),
        (DEPENDS, ["head_verdict", "head_reasons", "head_trust", "head_takes"]),
    ],
)  # fmt: skip
def test_the_headings_of_a_text(changes, heads):
    sections = statements.body(told(changes), 0)
    assert [one.head.name for one in sections if one.head] == heads
    assert all(one.head.mark == "# " for one in sections if one.head)
    assert [one.name for one in sections[-1].paragraphs[0]] == ["closing"]
    assert [one.bare for one in sections].count(False) == (changes.get("situation") not in ("none", "silent"))


def test_a_rebasing_stands_in_the_paragraph_of_its_forecast():
    plain, rebased = (
        statements.body(told(changes), 0)[0].paragraphs for changes in ({}, PENDING | {"values": REVISED})
    )
    assert [[one.name for one in part] for part in plain] == [["open"], ["source"], ["figure"]]
    assert [[one.name for one in part] for part in rebased] == [["open", "rebasing", "source"], ["figure"]]
    outcome = statements.body(told(MISSED | PENDING | {"values": REVISED}), 0)[0].paragraphs
    assert [[one.name for one in part] for part in outcome] == [["missed"], ["source"], ["figure"]]


@pytest.mark.parametrize(
    ("changes", "remarks", "there"),
    [
        (MET, ["so"], False),
        (MISSED | {"points": []}, [], True),
        ({"points": []}, [], True),
        ({"situation": "failed", "points": []}, [], True),
        (DEPENDS | {"points": []}, [], False),
        (DEPENDS, [], True),
        (DEPENDS | {"points": []}, ["so"], True),
        (DEPENDS | {"points": [], "shown": ["s"]}, [], True),
        (DEPENDS | {"points": [], "placed": PLACED}, [], True),
        (DEPENDS | {"points": [], "peer_names": ["x"]}, [], True),
    ],
)
def test_an_annex_is_there_where_it_has_something_to_hold(changes, remarks, there):
    assert (statements.annex(told(changes), remarks) != []) is there


def test_what_was_moved_stands_between_the_data_and_the_method():
    named, *parts = statements.annex(told({}), ["so", "and so"])
    assert named.head == statements.say("annex_title", True, mark="[[annex]] ")
    assert [one.head.name for one in parts] == ["head_data", "head_workings", "head_remarks", "head_method"]
    assert [[one.given for one in part] for part in parts[2].paragraphs] == [[("so",)], [("and so",)]]
    assert not parts[2].bare and statements.annex(told({}), [])[0].head.given == (False,)


@pytest.mark.parametrize(
    ("addressee", "names"), [("x", ["heading", "addressed", "red"]), ("", ["heading", "red"])]
)
def test_a_paper_is_addressed_where_somebody_gets_it(addressee, names):
    (heads,) = statements.heads({"addressee": addressee}).paragraphs
    assert [one.name for one in heads] == names and heads[0].mark == "[[title]] "


@pytest.mark.parametrize(
    ("changes", "name", "given"),
    [
        ({}, "peers_named", None),
        ({"peer_names": ["x"]}, "peers_named", ()),
        ({"peer_names": ["x"], "few": False}, "peers_counted", ()),
        ({"points": []}, "no_usable_figure", ()),
        ({}, "no_usable_figure", None),
        ({"points": [], "shown": ["s"]}, "table_figures", ()),
        ({"points": [], "peer_names": ["x"]}, "peers_named", ()),
        ({}, "bases_named", None),
        ({"bases": ["x"]}, "bases_named", ()),
        (DEPENDS, "table_bases", ()),
        ({}, "table_bases", None),
        ({"placed": PLACED}, "table_bases", None),
        ({"placed": PLACED, "break_even": 0}, "table_bases", ()),
        ({"placed": PLACED, "break_even": 0}, "even_base_placed", ()),
        ({"placed": PLACED}, "even_base_placed", None),
        (DEPENDS, "even_base_placed", None),
        ({"break_even": 0}, "table_bases", None),
        ({}, "table_rules", None),
        ({"rule_pace": {}}, "table_rules", ()),
        ({"rule_ratio": {}}, "note_rules", ()),
        (MISSED | {"rule_pace": {}}, "table_rules", None),
        ({"mover": MOVER}, "table_change", ()),
        ({"mover": MOVER}, "note_change", ()),
        ({"mover": LONE}, "table_change", None),
        ({"mover": LONE}, "note_change", None),
        ({"others": True}, "table_others", ()),
        ({}, "table_others", None),
        ({}, "table_change", None),
        ({}, "method_forecast", ("trend",)),
        ({"is_count": True, "placed": PLACED}, "method_forecast", ("count",)),
        ({"placed": PLACED}, "method_forecast", ("parent",)),
        ({"has_range": True, "placed": PLACED, "asks": {"compares": True}}, "range_of_parent", ()),
        ({"has_range": True, "placed": PLACED}, "range_of_parent", None),
        ({"has_range": True, "asks": {"compares": True}}, "range_of_parent", None),
        ({"placed": PLACED, "asks": {"compares": True}}, "range_of_parent", None),
        ({"later": [{"used": True}]}, "method_later", ({"used": True},)),
        ({"later": [{"used": False}]}, "method_later", None),
        (RANGED, "record_called", ([],)),
        (RANGED | {"narrow": True, "weak": True}, "record_called", (["narrow", "weak"],)),
        ({"gaps": [["2018", "2021"]]}, "method_gaps", ()),
        ({}, "method_gaps", None),
        ({"gaps": [["2018", "2021"]], "beside": {"flows": True}}, "method_gaps", None),
        (RANGED | {"band": {"leaning": ""}}, "record_called", (["leaning"],)),
        ({}, "record_called", None),
        (DEPENDS, "method_conditional", ()),
        (MISSED, "method_outcome", ()),
        (TASK, "method_evidence", ()),
        (TASK, "table_scale", None),
        (RISES, "method_none", ()),
        (MISSED, "table_scale", None),
    ],
)
def test_what_the_annex_holds(changes, name, given):
    found = annex(**changes)
    assert (found[name].given if name in found else None) == given
    assert next(iter(found.values())).mark == ("[[table figures]] " if "table_figures" in found else "")
