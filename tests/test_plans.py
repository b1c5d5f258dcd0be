"""Plans: what a file may say, and that a wrong one is refused with all its errors at once."""

import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import catalogue, plans

FLOW = {"id": "new", "clause": "1", "title": {"zh": "新增", "en": "New"}, "kind": "flow", "goal": 10,
        "indicator": "national_hte_new", "deadline": 2019}  # fmt: skip


def write(folder, *targets, **more):
    content = {
        "id": "trial",
        "region": "411100",
        "title": {"zh": "试", "en": "Trial"},
        "document": "试〔2018〕1号",
        "issued": "2018-12-28",
        "issuer": {"zh": "局", "en": "Bureau"},
        "addressee": {"zh": "局领导", "en": "Heads"},
        "targets": list(targets),
    } | more
    path = folder / "trial.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", plans.names())
def test_every_plan_of_the_project_is_readable(name):
    plan = plans.load(name)
    assert plan.id == name
    assert len({target.id for target in plan.targets}) == len(plan.targets)


@pytest.mark.parametrize("name", plans.names())
def test_a_remark_calls_another_source_as_papers_do_and_promises_nothing(name):
    """What is done about a figure to be confirmed is a paper's next step, which would say it twice."""
    notes = [note for target in plans.load(name).targets for note in target.notes]
    for note in notes:
        if note.printed is not None:
            assert "另一资料" in note.zh and "another source" in note.en
        if note.unconfirmed:
            assert "我局" not in note.zh and "We shall" not in note.en


def test_the_luohe_plan_has_every_number_of_the_document():
    goals = {
        one.indicator: (one.comparison, one.goal) for one in plans.load("luohe-2019").targets if one.goal
    }
    assert goals == {
        "rd_intensity": (">=", 1.25),
        "national_hte_new": (">=", 10),
        "municipal_hte_new": (">=", 15),
        "hightech_va_share": (">=", 20),
        "provincial_etrc_new": (">=", 3),
        "municipal_etrc_new": (">=", 10),
        "tech_sme_registered": (">=", 30),
        "innovation_team_new": (">=", 5),
    }


def test_a_target_says_how_its_count_comes_about(tmp_path):
    pending = {"count": 14, "title": {"zh": "在审", "en": "Under review"}, "source": "dahe-2020",
               "from": "2019-06-30", "until": "2019-12-01", "probability": 0.4}  # fmt: skip
    path = write(
        tmp_path, FLOW | {"calendar": {6: 0.4, 11: 0.6}, "pending": [pending], "others": 0.2, "base": 2017}
    )
    target = plans.load(path).target("new")
    assert target.calendar == {6: 0.4, 11: 0.6}
    assert (target.pending[0].count, target.pending[0].probability, target.others) == (14, 0.4, 0.2)
    assert target.pending[0].known_from.isoformat() == "2019-06-30"
    assert (target.base, target.rounding) == (2017, "exact")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "direction", "goal": None}, "needs 'than'"),
        ({"kind": "growth"}, "needs 'since'"),
        ({"kind": "level"}, "does not fit national_hte_new"),
        ({"base": 2019}, "base 2019 is not before the deadline 2019"),
        ({"calendar": {13: 1.0}}, "months 1 to 12"),
        ({"calendar": {6: 0.0}}, "a part above 0"),
        ({"rounding": "up"}, "'exact' or 'printed'"),
        ({"others": 1.5}, "less than or equal to 1"),
        ({"deadine": 2019}, "Extra inputs"),
        ({"evidence": [{"date": "2019-01-01", "status": "achieved", "source": "x",
                        "text": {"zh": "a", "en": "b"}}]}, "a flow target has no 'evidence', only milestone"),
        ({"wanted": [{"zh": "甲{years}", "en": "a", "indicator": "gdp", "years": [2017, 2018]}]},
         "in both texts"),
        ({"wanted": [{"zh": "甲{years}", "en": "a {years}", "years": [2017, 2018]}]}, "have an indicator"),
        ({"wanted": [{"zh": "甲", "en": "a", "basis": "gdp-census-4"}]}, "a document none of these"),
        ({"wanted": [{"zh": "甲{years}", "en": "a {years}", "indicator": "gdp", "years": [2018, 2017]}]},
         "first year is after the last"),
        ({"wanted": [{"zh": "甲{years}", "en": "a {years}", "indicator": "gpd", "years": [2017, 2018]}]},
         "'gpd' is not in data/indicators.yml"),
        ({"notes": [{"zh": "甲", "en": "a", "printed": {"indicator": "gpd", "year": 2018, "value": 1.0}}]},
         "'gpd' is not in data/indicators.yml"),
    ],
)  # fmt: skip
def test_a_wrong_target_is_refused_with_the_reason(tmp_path, wrong, words):
    target = {key: value for key, value in (FLOW | wrong).items() if value is not None}
    with pytest.raises(plans.PlanError, match=words):
        plans.load(write(tmp_path, target))


def test_pending_applications_belong_to_a_flow(tmp_path):
    pending = {"count": 3, "title": {"zh": "在审", "en": "Under review"}, "source": "x", "from": "2019-06-30"}
    target = FLOW | {"kind": "cumulative", "since": 2017, "pending": [pending]}
    with pytest.raises(plans.PlanError, match="no 'pending', only flow"):
        plans.load(write(tmp_path, target))


def test_all_problems_stand_in_one_message(tmp_path):
    path = write(tmp_path, FLOW | {"goal": "ten"}, FLOW | {"indicator": "nothing"}, region="999999")
    with pytest.raises(plans.PlanError) as refused:
        plans.load(path)
    for words in ("targets.0.goal", "'nothing' is not in", "999999", "stands twice"):
        assert words in str(refused.value)


def test_a_key_of_no_source_is_refused_and_words_are_not(tmp_path):
    task = FLOW | {"kind": "milestone", "indicator": None, "goal": None, "comparison": ">="}
    task = {name: value for name, value in task.items() if value is not None}
    found = {"date": "2019-09-30", "status": "achieved", "text": {"zh": "文号", "en": "Number"}}
    with pytest.raises(plans.PlanError, match=r"'luohe-bureau' is not in data/sources.yml.*直接写出处"):
        plans.load(write(tmp_path, task | {"evidence": [found | {"source": "luohe-bureau"}]}))
    for source in ("dahe-2020", "漯河市科学技术局文件"):
        plan = plans.load(write(tmp_path, task | {"evidence": [found | {"source": source}]}))
        assert plan.targets[0].evidence[0].source == source


def test_figures_asked_for_on_a_basis_name_it_for_the_form():
    plan = plans.load("luohe-2019")
    asked = [one for target in plan.targets for one in target.wanted if "口径" in one.zh]
    assert len(asked) > 1 and [one.zh for one in asked if not one.basis] == []


def test_an_unknown_plan_names_those_there_are():
    with pytest.raises(plans.PlanError, match="luohe-2019"):
        plans.load("nowhere")
    with pytest.raises(plans.PlanError, match="has no target 'x'"):
        plans.load("luohe-2019").target("x")


def test_the_catalogue_knows_every_indicator_a_plan_asks_for():
    known = catalogue.read().indicators
    asked = {target.indicator for name in plans.names() for target in plans.load(name).targets}
    assert set() < asked - {None} <= set(known)


# ------------------------------------------------------------------------------------------ hostile plans

PLAN = """\
id: trial
region: "411100"
title: {zh: 试, en: Trial}
document: 试〔2018〕1号
issued: 2018-12-28
issuer: {zh: 局, en: Bureau}
targets:
  - id: new
    clause: 一
    title: {zh: 新增, en: New}
    kind: flow
    indicator: national_hte_new
    goal: 10
    deadline: 2019
"""


def refused(folder, text: str) -> str:
    """The message a plan's text is refused with."""
    path = folder / "trial.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(catalogue.SourceError) as error:
        plans.load(str(path))
    assert str(path) in str(error.value) and len(str(error.value)) < 3000
    return str(error.value)


def test_the_plan_that_is_spoilt_below_is_a_good_one(tmp_path):
    (tmp_path / "trial.yml").write_text(PLAN, encoding="utf-8")
    assert plans.load(str(tmp_path / "trial.yml")).targets[0].goal == 10


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("goal: 10", "goal: .inf", r"line 13, targets\.0\.goal: .*finite number"),
        ("goal: 10", "goal: -.INF", r"line 13, targets\.0\.goal: .*finite number"),
        ("goal: 10", "goal: .nan", r"line 13, targets\.0\.goal: .*finite number"),
        ("goal: 10", "goal: true", r"line 13, targets\.0\.goal: .*valid number 应为数字 \(found True\)"),
        ("goal: 10", "goal: '10'", r"line 13, targets\.0\.goal: .*valid number"),
        ("goal: 10", "goal: 1:30", r"line 13, targets\.0\.goal: .*valid number .*'1:30'"),
        ("goal: 10", "goal: 1_0", r"line 13, targets\.0\.goal: .*valid number"),
        ("goal: 10", "goal: 2.5", r"line 13, targets\.0\.goal: 2\.5 is no whole number"),
        ("goal: 10", "goal: -3", r"line 13, targets\.0\.goal: -3 is below 0"),
        ("goal: 10", "goal: 1e400", r"line 13, targets\.0\.goal: .*valid number"),
        ("goal: 10", "goal: " + "9" * 5000, r"line 13, targets\.0\.goal: .*finite number"),
        ("goal: 10", "goal: null", r"line 13, targets\.0\.goal: a flow target needs 'goal'"),
        ("goal: 10", "goal:", r"line 13, targets\.0\.goal: a flow target needs 'goal'"),
        ("goal: 10", "goal: [1, 2]", r"line 13, targets\.0\.goal: .*valid number .*found a list"),
        ("goal: 10", "goal: 10\n    goal: 12", r"line 13, targets\.0\.goal: stands again in line 14"),
        ("goal: 10", "goal: 10\n    calendar: {1: .inf}", r"line 14, targets\.0\.calendar\.1: .*finite"),
        ("goal: 10", "goal: 10\n    than: 2018", r"line 14, targets\.0\.than: a flow target has no 'than'"),
        ("issued: 2018-12-28", "issued: 2018-02-30", r"line 5, issued: there is no such day"),
        ("issued: 2018-12-28", "issued: 2018", r"line 5, issued: is no day of our time: write"),
        ("issued: 2018-12-28", "issued: 0", r"line 5, issued: is no day"),
        ("issued: 2018-12-28", "issued: 0018-12-28", r"line 5, issued: is no day of our time"),
        ("issued: 2018-12-28", "issued: 2018-12-28T10:00", r"line 5, issued: is no day"),
        ("deadline: 2019", "deadline: 2100", r"line 14, targets\.0\.deadline: lies more than 20 years after"),
        ("deadline: 2019", "deadline: 2019.5", r"line 14, targets\.0\.deadline: .*valid integer"),
        ("id: new", "id: " + "a" * 300, r"line 8, targets\.0\.id: .*at most 60 characters"),
        ("id: trial", "id: ../../etc", r"line 1, id: .*match pattern"),
        ("id: new", "id: [a]", r"line 8, targets\.0\.id: .*valid string .*found a list"),
        ("kind: flow", "kind: [flow]", r"line 11, targets\.0\.kind: .*valid string"),
        ("kind: flow", "kind: floww", r"line 11, targets\.0\.kind: there is no such kind"),
        ("kind: flow", "kind: level", r"line 11, targets\.0\.kind: 'level' does not fit national_hte_new"),
        ("kind: flow", "kind: rank", r"line 8, targets\.0\.comparison: a rank target's comparison is '<='"),
        ("kind: flow", "comparison: '>='\n    kind: rank", r"line 11, targets\.0\.comparison: a rank"),
        ("kind: flow", 'kind: cumulative\n    since: 2019', r"since 2019 is not before the deadline 2019"),
        ("goal: 10", "goal: 10\n    basis: gdp-census-4", r"targets\.0\.basis: 'gdp-census-4' is no basis"),
        ("id: trial", "id: country", r"line 1, id: 'country' names something else"),
        ("id: new", "id: report", r"line 8, targets\.0\.id: 'report' names something else"),
        ("id: new", "id: aux", r"line 8, targets\.0\.id: 'aux' names something else"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "\u3164", en: New}', r"title\.zh: holds U\+3164"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\u2028增", en: New}', r"title\.zh: holds U\+2028"),
        ("kind: flow", 'kind: rank\n    comparison: "<="\n    since: 2019', r"a rank target has no 'since'"),
        ("indicator: national_hte_new", "indicator: {a: 1}", r"line 12, targets\.0\.indicator: .*found a m"),
        ("indicator: national_hte_new", "indicator: no", r"line 12, targets\.0\.indicator: 'no' is not in"),
        ('region: "411100"', "region: 411100", r"line 2, region: .*valid string .*加引号.*411100"),
        ('region: "411100"', "region: [a]", r"line 2, region: .*valid string"),
        ("document: 试〔2018〕1号", "document: '  '", r"line 4, document: .*at least 1 character 不能空白"),
        ("title: {zh: 新增, en: New}", "title: {zh: 新增, en: }", r"line 10, targets\.0\.title\.en: Field"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\\u200b增", en: New}', r"title\.zh: holds U\+200B"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\\ue000", en: New}', r"title\.zh: holds U\+E000"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\\u202e", en: New}', r"title\.zh: holds U\+202E"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\\uffff", en: New}', r"title\.zh: holds U\+FFFF"),
        ("title: {zh: 新增, en: New}", "title: {zh: 新😀, en: New}", r"title\.zh: holds U\+1F600"),
        ("title: {zh: 新增, en: New}", 'title: {zh: "新\\x07", en: New}', r"title\.zh: holds U\+0007"),
        ("title: {zh: 新增, en: New}", "title: {zh: 新\x07, en: New}", r"line 10: holds the control"),
        ("title: {zh: 新增, en: New}", "title: {zh: " + "新" * 300 + ", en: New}", r"title\.zh: .*最多200字"),
        ("title: {zh: 新增, en: New}", "title: 新增", r"line 10, targets\.0\.title: .*found '新增'"),
        ("clause: 一", "clause: !!python/object:os.system x", r"targets\.0\.clause: the tag '!!python"),
        ("clause: 一", "clause: !!binary eA==", r"line 9, targets\.0\.clause: the tag '!!binary'"),
        ("clause: 一", "clause: 一\n    <<: {a: 1}", r"line 10, targets\.0\.<<: Extra inputs .*请核对拼写"),
        ("clause: 一", "clause: 一\n    ? [a]\n    : b", r"line 8, targets\.0: a key is a list"),
        ("clause: 一", "clause: *none", r"undefined alias.*|none"),
        ("targets:", "notes: &a [*a]\ntargets:", r"aliases \(\*\) make more than"),
        ("targets:\n", "targets: []\nx:\n", r"line 7, targets: .*at least 1 item"),
        ("id: trial", "- id: trial", r"not readable as YAML"),
    ],
)  # fmt: skip
def test_a_hostile_plan_is_refused_by_line_and_field(tmp_path, line, instead, told):
    assert PLAN.count(line) == 1
    message = refused(tmp_path, PLAN.replace(line, instead))
    assert re.search(told, message), message
    assert "at least 1 item" not in message or "targets: []" in instead, "one bad field, one problem"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ({"issued: 2018-12-28": "issued: 0018-12-28"}, "issued"),
        ({"goal: 10": "goal: .inf"}, "goal"),
        ({"deadline: 2019": "deadline: 0\n    base: 2018"}, "deadline"),
        ({"kind: flow": "kind: rank\n    comparison: '=<'"}, "comparison"),
        ({"kind: flow": "kind: rank\n    comparison: '<='", "goal: 10": "goal: three"}, "goal"),
        ({"kind: flow": "kind: rank\n    comparison: '<='", "goal: 10": "goal: 19"}, "goal"),
        ({"kind: flow": "kind: growth\n    since: 2017", "goal: 10": "goal: -101"}, "goal"),
    ],
)
def test_one_wrong_field_is_told_once_and_no_other_with_it(lines, told, tmp_path):
    text = PLAN
    for line, instead in lines.items():
        text = text.replace(line, instead)
    message = refused(tmp_path, text)
    assert message.count("\n") == 1 and re.search(rf"line \d+, (?:targets\.0\.)?{told}: ", message), message


def test_applications_are_decided_after_they_are_known(tmp_path):
    pending = (
        "    pending: [{count: 3, title: {zh: 申, en: A}, source: 局, from: 2019-06-01, until: 2019-05-01}]\n"
    )
    assert "targets.0.pending.0: until is not after from" in refused(tmp_path, PLAN + pending)


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 25))
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "write them out"),
        (CHAIN, "write them out"),
        ("[" * 100_000 + "]" * 100_000, "nested"),
        ("- " * 5000, "nested"),
        ("", "says nothing"),
        ("# only a remark\n", "says nothing"),
        ("- a\n- b\n", "line 1, file: .*应为“名称: 内容”"),
        ("just words", "line 1, file: "),
        ("id: a\n---\nid: b\n", "single document"),
        ("id: 'open", "not readable as YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04", "control character"),
        ("id: " + "a" * 5_000_001, "larger than 5 MB"),
    ],
    ids=range(13),
)
def test_a_file_that_is_no_plan_is_refused(tmp_path, text, told):
    assert re.search(told, refused(tmp_path, text))


@pytest.mark.parametrize("wrong", [{"comparison": ">="}, {"goal": 0}, {"goal": 2.5}, {"since": 2019}])
def test_a_place_is_a_whole_number_and_one_is_the_best(tmp_path, wrong):
    ranked = FLOW | {"kind": "rank", "comparison": "<=", "goal": 3}
    assert plans.load(write(tmp_path, ranked)).targets[0].goal == 3
    with pytest.raises(plans.PlanError, match=r"a place: 1, 2, 3|has no 'since'"):
        plans.load(write(tmp_path, ranked | wrong))


def test_a_byte_order_mark_and_a_leading_zero_are_read_as_meant(tmp_path):
    text = "\ufeff" + PLAN.replace("goal: 10", "goal: 010")
    (tmp_path / "trial.yml").write_text(text, encoding="utf-8")
    assert plans.load(str(tmp_path / "trial.yml")).targets[0].goal == 10


def test_every_problem_stands_in_its_line_and_once(tmp_path):
    text = PLAN.replace("issued: 2018-12-28", "issued: 2018-02-30").replace("kind: flow", "kind: level")
    message = refused(tmp_path, text.replace("clause: 一", "clause: ' '").replace("id: new", "id: N"))
    assert re.findall(r"line (\d+), ([\w.]+)", message) == [
        ("5", "issued"), ("8", "targets.0.id"), ("9", "targets.0.clause"), ("11", "targets.0.kind"),
    ]  # fmt: skip


# What YAML, our marks and terminals give a meaning, beside letters of several kinds.
LETTERS = (
    "aZ0 -_.:,;?[]{}#&*!|>'\"%@`~=<研发〔年—　é\n\t\r\x00\x1b\x7f\x85\u200b\u2028\ue000\ue003\ufeff\U0001f600"
)
WORDS = st.text(LETTERS, max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
FIELDS = sorted(set(plans.Target.model_fields) | set(plans.Plan.model_fields))


@settings(max_examples=75, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3), st.booleans())
def test_no_value_in_any_field_ends_in_a_traceback(tmp_path, wrong, of_the_target):
    content = yaml.safe_load(PLAN)
    (content["targets"][0] if of_the_target else content).update(wrong)
    path = tmp_path / "trial.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8", errors="replace")
    try:
        plans.load(str(path))
    except catalogue.SourceError as error:
        assert str(path) in str(error) and len(str(error)) < 10_000
