"""Plans: what a file may say, and that a wrong one is refused with all its errors at once."""

import pytest
import yaml

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


def test_an_unknown_plan_names_those_there_are():
    with pytest.raises(plans.PlanError, match="luohe-2019"):
        plans.load("nowhere")
    with pytest.raises(plans.PlanError, match="has no target 'x'"):
        plans.load("luohe-2019").target("x")


def test_the_catalogue_knows_every_indicator_a_plan_asks_for():
    known = catalogue.read().indicators
    asked = {target.indicator for name in plans.names() for target in plans.load(name).targets}
    assert set() < asked - {None} <= set(known)
