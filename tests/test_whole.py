"""What the report on a plan speaks of: groups, counts and the plan as a whole, on made-up targets."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import answers, backtest, documents, memo, plans
from analysis.memo import further, whole
from analysis.outlook import Dossier, Outlook
from test_attainment import COUNT, RATE, figures, target
from test_material import SOURCE, made

WORDS = {"zh": "甲", "en": "One"}
BAND = 0.03  # half the width of the band of what came true


def report(catalogue, *asked, doubts=(), as_of="2019-12-31", document="d"):
    """The report on targets a, b, ... each with the values of its row and what else its dossier holds."""
    dossiers, targets = [], []
    for name, (given, row, more) in zip("abcdefghij", asked, strict=False):
        one = target(**{"id": name} | given)
        material = made(catalogue, one, as_of=as_of, **row)
        dossiers.append(
            Dossier(material.assessment, more.get("figures", material.figures), {}, record=more.get("record"))
        )
        targets.append(one)
    plan = plans.Plan(
        id="trial",
        region="000000",
        title=WORDS,
        document=document,
        issued="2018-12-28",
        issuer=WORDS,
        addressee=WORDS,
        targets=tuple(targets),
    )
    outlook = Outlook(plan, as_of, tuple(dossiers), pd.DataFrame())
    made_ = whole.Whole(outlook, catalogue, "en", None, lambda one: {})
    for part in made_.parts:
        part.told["unconfirmed"] = part.ledger.target.id in doubts
    return made_


def values(made_):
    return {name: fact.value for name, fact in made_.facts.items()}


MET, MISSED = (
    {"verdict": "met", "p_attain": 1.0, "outcome": 2.4},
    {"verdict": "missed", "p_attain": 0.0, "outcome": 2.0},
)
NONE = {"verdict": "no_evidence", "p_attain": None, "p_low": None, "p_high": None}
TASK = {"kind": "milestone", "indicator": None, "goal": None}


def likely(p):
    return {"p_attain": p, "p_low": p, "p_high": p}


@pytest.mark.parametrize(
    ("verdict", "p", "judged", "group"),
    [
        ("met", 1.0, False, "met"),
        ("missed", 0.0, False, "missed"),
        ("met", None, True, "met"),
        ("no_evidence", None, False, "unknown"),
        ("no_evidence", None, True, "tasks"),
        ("open", whole.RISK, False, "likely"),
        ("open", whole.RISK - 0.006, False, "risky"),
        ("open", whole.RISK - 0.004, False, "likely"),
        ("open", 0.999, True, "likely"),
        ("open", 0.0, False, "risky"),
    ],
)
def test_a_target_is_told_among_its_likes(verdict, p, judged, group):
    asked = SimpleNamespace(kind="milestone" if judged else "level")
    one = SimpleNamespace(row={"verdict": verdict, "p_attain": p}, target=asked)
    assert whole.group(one) == group


def test_the_groups_are_counted_and_stand_from_the_least_likely(catalogue):
    found = report(
        catalogue,
        ({}, MET, {}),
        ({}, likely(0.3), {}),
        ({}, likely(0.9), {}),
        ({}, NONE, {}),
        ({}, likely(0.2), {}),
        (TASK, NONE, {}),
        ({}, MISSED, {}),
        doubts=("a", "b", "g"),
    )
    told = found.counts()
    names = {name: [part.ledger.target.id for part in parts] for name, parts in told["groups"].items()}
    assert names == {
        "missed": ["g"],
        "risky": ["e", "b"],
        "likely": ["c"],
        "met": ["a"],
        "tasks": ["f"],
        "unknown": ["d"],
    }
    counts = {
        "all": 7,
        "met": 1,
        "missed": 1,
        "risky": 2,
        "likely": 1,
        "known": 2,
        "open": 3,
        "unjudged": 1,
        "not_due": 1,
        "hearsay": 0,
        "ours": 0,
        "doubted": 2,
        "unproven": 3,
    }
    assert {name: values(found)[name] for name in counts} == counts and told["short"] is True
    eight, nine = (report(catalogue, *[({}, MET, {})] * n) for n in (8, 9))
    assert eight.counts()["short"] is True and nine.counts()["short"] is False


def test_targets_stand_in_the_order_of_their_clauses(catalogue):
    clauses = ("三（二）", "二（三）", "主要指标", "二")
    found = report(catalogue, *[({"clause": clause}, MET, {}) for clause in clauses])
    assert [part.ledger.target.clause for part in found.parts] == ["主要指标", "二", "二（三）", "三（二）"]
    assert {"t1_deadline", "t4_deadline"} <= set(found.by_id()) and "t0_deadline" not in found.by_id()


@pytest.mark.parametrize(
    ("deadlines", "as_of", "several", "past"),
    [
        ((2020,), "2020-12-31", False, False),
        ((2020,), "2021-01-01", False, True),
        ((2020, 2019), "2020-06-30", True, False),
    ],
)
def test_a_plan_is_over_after_its_last_deadline(deadlines, as_of, several, past, catalogue):
    found = report(catalogue, *[({"deadline": year}, MET, {}) for year in deadlines], as_of=as_of)
    told = found.of_the_plan()
    assert (told["several"], told["past"], told["numbered"], told["level"]) == (
        several,
        past,
        False,
        "country",
    )
    assert (values(found)["first_deadline"], values(found)["deadline"], values(found)["issued"]) == (
        min(deadlines), max(deadlines), "2018-12-28")  # fmt: skip
    assert report(catalogue, ({}, MET, {}), document="漯科〔2018〕95号").of_the_plan()["numbered"] is True


def test_the_plan_as_a_whole_is_what_its_targets_come_to(catalogue):
    found = report(catalogue, ({}, MET, {}), ({}, likely(0.5), {}), ({}, likely(0.25), {}), ({}, NONE, {}))
    edges = found.together()
    told = values(found)
    assert (told["rated"], told["expected"], told["p_apart"], told["correlation"]) == (
        3,
        pytest.approx(1.75),
        pytest.approx(0.125),
        0.3,
    )
    assert told["p_common"] > 0.125 and edges == {"edge_apart": "", "edge_common": ""}
    assert "1.8" in found.facts["expected"].text and found.facts["correlation"].text == "0.3"
    small = report(catalogue, ({}, likely(0.05), {}), ({}, likely(0.05), {}))
    assert small.together()["edge_apart"] == "low"


@pytest.mark.parametrize(
    ("given", "came", "leaning"),
    [
        (0.5, 0.5, ""),
        (0.5, 0.54, ""),
        (0.5, 0.55, "low"),
        (0.5, 0.45, "high"),
        (0.5, 0.46, ""),
        (0.5, 0.7, "low"),
        (0.5, 0.3, "high"),
    ],
)
def test_past_chances_lean_from_five_points_on(given, came, leaning):
    assert chances("even", given, came).leaning == leaning
    assert chances("even", given, came)._replace(low=0.2, high=0.8).leaning == ""  # inside its band


def chances(word, given=0.5, came=0.3):
    return backtest.Chances(word, 7, given, came, came - BAND, came + BAND)


def proved(catalogue, *rows, words=("unlikely", "even", "likely")):
    kept = {"record": backtest.Record(9, 3, 3, 0.8, chances=tuple(map(chances, words)))}
    found = report(catalogue, *(({}, {"evidence": "own"} | row, kept) for row in rows))
    for part in found.parts:
        part.told["situation"] = "open" if part.ledger.row["verdict"] == "open" else "none"
        part.told.update(further.past_record(part.ledger))
    return [[part.ledger.target.id for part in parts] for parts in found.proved()["proven"]]


def test_a_record_of_four_starting_years_proves_little():
    assert [backtest.Record(9, origins, 3, 0.8).weak for origins in (4, 5)] == [True, False]


def test_every_chance_has_the_record_of_chances_like_it(catalogue):
    assert proved(catalogue, MET, NONE) == []
    assert proved(catalogue, likely(0.12), likely(0.5), likely(0.8)) == [["a"], ["b"], ["c"]]
    assert proved(catalogue, likely(0.12), words=("even",)) == []  # no such chance was ever given
    assert proved(catalogue, likely(0.4), likely(0.5)) == [["a", "b"]]  # of one indicator
    for p, word in ((0.33, "even"), (0.66, "likely"), (0.324, "unlikely"), (0.656, "likely")):
        assert len(proved(catalogue, likely(p), words=(word,))) == 1


def test_the_record_is_that_of_the_indicator_and_of_its_rung(catalogue):
    assert proved(catalogue, likely(0.5), likely(0.5) | {"evidence": "short"}) == [["a"], ["b"]]


def test_each_record_is_a_row_of_the_table_in_the_order_of_the_document(catalogue):
    kept = {"record": backtest.Record(9, 3, 3, 0.8, chances=(chances("even"),))}
    count = {"indicator": COUNT, "kind": "flow", "goal": 5}
    found = report(
        catalogue, (count, MET, kept), ({}, likely(0.5), kept), ({}, MET, kept), ({}, likely(0.4), kept)
    )
    for part, situation in zip(found.parts, ("met", "open", "met", "open"), strict=True):
        part.told.update({"situation": situation} | further.past_record(part.ledger))
    rows = [[part.ledger.target.id for part in parts] for parts in found.tested()]
    assert rows == [["a"], ["b", "d"]], "one that has an outcome, and those told together"


@pytest.mark.parametrize(("regions", "told"), [((3, 3), 3), ((3, 4), None)])
def test_the_provinces_of_past_forecasts_are_counted_where_all_have_as_many(regions, told, catalogue):
    count = {"indicator": COUNT, "kind": "flow", "goal": 5}
    kept = [{"record": backtest.Record(9, 3, one, 0.8)} for one in regions]
    found = report(catalogue, ({}, MET, kept[0]), (count, MET, kept[1]))
    for part in found.parts:
        further.past_record(part.ledger)
        part.told["f"] = part.ledger.facts
    assert getattr(found.asked()["provinces"], "value", None) == told
    assert report(catalogue, ({}, MET, {})).asked()["provinces"] is None


def test_what_is_asked_for_is_that_of_targets_not_met(catalogue):
    wanted = {"wanted": [{"zh": "甲", "en": "a"}]}
    found = report(catalogue, (wanted, MET, {}), (wanted, MISSED, {}), ({}, MISSED, {}), (wanted, NONE, {}))
    told = found.asked()
    assert [part.ledger.target.id for part in told["wanting"]] == ["b", "d"] and values(found)["asked"] == 2


def test_each_indicator_has_its_record_once(catalogue):
    kept = {"record": backtest.Record(9, 3, 3, 0.8)}
    count = {"indicator": COUNT, "kind": "flow", "goal": 5}
    found = report(catalogue, ({}, MET, {}), ({}, MET, kept), (count, MET, kept), ({}, MET, kept))
    assert [part.ledger.target.id for part in found.records()] == ["b", "c"]


def test_each_source_in_use_is_named_with_its_last_release(catalogue):
    own = figures({2017: 2.1, 2018: 2.2}).assign(source=SOURCE, role="own", status=["reported", "derived"])
    part = figures({2017: 20, 2018: 24}, "rd_expenditure").assign(
        source=["city-yearbook", "science-yearbook"], role="part"
    )
    superseded = figures({2018: 9.0}, RATE).assign(source="nbs-flash-2018", role="superseded")
    found = report(catalogue, ({}, MET, {"figures": pd.concat([own, part, superseded])})).sources
    assert found["source"].tolist() == sorted([SOURCE, "science-yearbook"])
    assert found.set_index("source").loc[SOURCE, "published"] == pd.Timestamp("2019-10-01")


@pytest.mark.parametrize(
    ("one", "other", "connected"),
    [
        ("rd_intensity", "rd_intensity", True),
        ("rd_intensity", "rd_expenditure", True),
        ("national_hte_new", "national_hte_stock", True),
        ("fiscal_st_share", "rd_intensity", False),
        ("rd_intensity", "gdp", False),
        ("rd_intensity", None, False),
    ],
)
def test_targets_on_the_same_or_connected_figures_are_told(one, other, connected, catalogue):
    assert answers.connected(one, other, catalogue) is answers.connected(other, one, catalogue) is connected


def test_the_report_names_open_targets_that_hang_together(outlook, catalogue):
    made = outlook("luohe-2019", "2018-12-31")
    told = memo.compose_report(made, catalogue, "zh").paper
    text = "".join(documents.plain(block.text) for block in told.blocks if hasattr(block, "text"))
    assert "财政科技支出占公共财政支出的比重与财政科技投入总量增加；" in text
    assert "依据相同或相连的数据，联系更为紧密" in text
    late = memo.compose_report(outlook("luohe-2019", "2023-05-26"), catalogue, "zh").paper
    assert "相连" not in "".join(
        documents.plain(block.text) for block in late.blocks if hasattr(block, "text")
    )
