"""The facts of one target, by hand: what is said of numbers, names and years, and where each comes from."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.catalogue import Text
from analysis.documents import plain, quotation
from analysis.memo.ledger import Facts
from test_attainment import COUNT, figures, plan, target
from test_material import made, values

RANK = {"kind": "rank", "goal": 5, "comparison": "<="}


def test_a_number_keeps_the_source_it_is_given_and_is_computed_else(catalogue):
    facts = Facts(plan(target()), "2019-12-31", catalogue, "en", None)
    given, own = facts.percent("a", 41.4, source="the yearbook"), facts.percent("b", 41.4)
    assert (given.source, own.source) == ("the yearbook", "computed from published figures")
    assert (given.text, given.value, given.unit) == ("41\N{NO-BREAK SPACE}%", 41.4, "%")
    assert facts.percent("c", 41.44, 1).text == "41.4\N{NO-BREAK SPACE}%"
    given, own = facts.count("d", 3, source="the yearbook"), facts.count("e", 3)
    assert (given.source, own.source, own.value, own.unit) == (
        "the yearbook",
        "computed from published figures",
        3,
        "count",
    )


def test_a_prefix_stands_before_the_ids_and_not_before_the_names(catalogue):
    facts = Facts(plan(target()), "2019-12-31", catalogue, "en", "2020-01-02", "t1_")
    assert list(facts.facts) == ["as_of", "dated"] and list(facts.by_id()) == ["t1_as_of", "t1_dated"]
    assert facts.facts["dated"].value == "2020-01-02"
    assert list(Facts(plan(target()), "2019-12-31", catalogue, "en", None).facts) == ["as_of"]


def test_a_percentage_of_a_target_is_of_its_indicator(catalogue):
    fact = made(catalogue).percent("a", 41.4, source="the yearbook")
    assert (fact.indicator, fact.source) == ("R&D expenditure / GDP", "the yearbook")


def test_a_number_without_a_source_of_its_own_is_computed_or_set_by_the_method(catalogue):
    one = made(catalogue)
    facts = (one.percent("a", 1.0), one.quantity("b", 1.0), one.difference("c", 1.0), one.measured("d", 1.0))
    assert {fact.source for fact in facts} == {"computed from published figures"}
    assert {fact.source for fact, *_ in one.scale()} == {"set by the method"}
    assert one.quantity("e", 1.0, source="the yearbook").source == "the yearbook"


def test_the_numbers_of_a_text_are_counted_from_one_and_the_documents_own_are_none(catalogue):
    facts = Facts(
        plan(target()).model_copy(update={"document": "No. 12"}), "2019-12-31", catalogue, "en", None
    )
    facts.quoted("a", "1,200 of 35, by No. 12")
    assert {name: fact.value for name, fact in facts.facts.items() if name != "as_of"} == {
        "a_1": 1200.0,
        "a_2": 35.0,
    }
    assert (
        facts.facts["a_1"].text == "1,200" and facts.facts["a_1"].source == "a remark entered with the plan"
    )


def test_the_likelihood_words_have_their_lowest_chance_in_per_cent(catalogue):
    facts = Facts(plan(target()), "2019-12-31", catalogue, "en", None)
    steps = {word: (fact.id, fact.value, lowest) for fact, word, lowest in facts.scale()}
    assert steps["likely"][1:] == (66.0, 0.66)
    assert [one[0] for one in steps.values()] == [f"likelihood_{i}" for i in range(1, len(steps) + 1)]


def test_the_years_known_are_up_to_the_deadline_or_later(catalogue):
    one = made(catalogue, values=dict.fromkeys((2018, 2020, 2021, 2022), 2.0), as_of="2023-12-31")
    assert [point["number"] for point in one.until_deadline()] == [2018, 2020]
    assert [(point["number"], point["used"]) for point in one.later()] == [(2021, False), (2022, False)]


@pytest.mark.parametrize(("indicator", "decimals"), [(COUNT, 1), ("rd_intensity", 2)])
def test_a_yearly_change_of_whole_things_has_one_decimal_and_of_others_their_own(
    indicator, decimals, catalogue
):
    assert made(catalogue, target(indicator=indicator), {2018: 9}).fine() == decimals


def test_an_outcome_is_in_the_unit_its_target_is_set_in(catalogue):
    assert made(catalogue).measured("a", 2.5).unit == "%"
    count = made(catalogue, target(indicator=COUNT, kind="flow", goal=11), {2018: 9})
    assert count.measured("a", 11).unit == catalogue.indicators[COUNT].unit
    place = made(catalogue, target(**RANK), region="410000").measured("a", 4)
    assert (place.unit, place.value) == ("place", 4.0)


def test_what_is_wanted_is_numbered_from_one_and_opens_with_a_capital_where_it_stands_alone(catalogue):
    one = made(
        catalogue, target(wanted=[{"zh": "甲。", "en": "the 3 lists."}, {"zh": "乙；", "en": "the map;"}])
    )
    assert [plain(text) for text in one.wanted()] == ["the 3 lists", "the map"]
    assert values(one)["wanted1_1"] == 3.0
    assert [plain(text) for text in one.wanted(alone=True)] == ["The 3 lists", "the map"]


def test_figures_that_are_shown_are_numbered_from_one(catalogue):
    rows = figures({2016: 2.5, 2017: 2.6, 2018: 2.7}).assign(
        source="nbs-rd-bulletin", status=["doubtful", "estimate", "lower_bound"]
    )
    one = made(catalogue, more={"shown": rows})
    one.shown()
    assert {name: value for name, value in values(one).items() if name.startswith("shown")} == {
        "shown_year1": 2017,
        "shown1": 2.6,
        "shown_year2": 2018,
        "shown2": 2.7,
    }


def test_a_part_of_a_ratio_is_named_as_it_stands_in_a_sentence(catalogue):
    """In English the denominator is GDP, whatever the region: a paper has one name for it."""
    city = made(catalogue, region="411100")
    assert [plain(city.part_name(part)) for part in ("numerator", "denominator")] == [
        "R&D expenditure",
        "GDP",
    ]
    assert plain(made(catalogue).part_name("denominator")) == "GDP"
    share = made(catalogue, target(indicator="fiscal_st_share"), {2018: 9}, region="411100")
    assert plain(share.part_name("numerator")) == "local fiscal expenditure on science and technology"


def test_a_remark_stands_in_the_parentheses_a_source_ends_with():
    assert plain(Facts.cited(quotation("年鉴（2020）"), "甲")) == "年鉴（2020，甲）"
    assert plain(Facts.cited(quotation("年鉴"), "甲")) == "年鉴（甲）"


def test_who_signs_is_named_else_who_issued_and_the_region_where_neither_tells_it(catalogue):
    issued = plan(target(), "411100")
    signed = issued.model_copy(update={"signatory": Text(zh="漯河市科学技术局", en="Luohe Bureau")})
    names = [Facts(one, "2019-12-31", catalogue, "en", None).signatory() for one in (issued, signed)]
    assert names == ["One", "Luohe Bureau"]
    one = made(catalogue, region="411100")
    assert plain(one.elsewhere()) == "Luohe"
    one.plan = signed
    assert one.elsewhere() == ""


def test_what_is_missing_is_a_year_or_a_region(catalogue):
    one = made(catalogue)
    one.absent(2019)
    assert values(one)["missing_2019"] == 2019 and plain(one.absent("411100")) == "Luohe"


def test_a_text_is_told_where_there_is_one(catalogue):
    one = made(catalogue)
    assert (one.told("a", None), plain(one.told("a", Text(zh="甲", en="so")))) == ("", "so")


def test_shares_differ_by_points_and_amounts_by_their_unit(catalogue):
    share = made(catalogue).difference("a", -0.3)
    assert (share.text, share.value, share.unit) == ("0.30 percentage points", 0.3, "points")
    count = made(catalogue, target(indicator=COUNT, kind="flow", goal=11), {2018: 9}).difference("a", -3)
    assert (count.value, count.unit) == (3.0, "enterprises")


def test_a_title_stands_in_quotation_marks_where_it_is_a_task(catalogue):
    title = {"zh": "甲“乙”", "en": "Build “One”"}
    task = target(kind="milestone", indicator=None, goal=None, title=title)
    heads = [made(catalogue, one).headline() for one in (task, target(title=title))]
    assert heads == ["Build ‘One’", "Build “One”"]


def test_a_chance_has_the_word_of_its_edge_and_none_between(catalogue):
    one = made(catalogue)
    one.percent("p", 40)
    words = [plain(one.stated("p", edge)).replace("\N{NO-BREAK SPACE}", " ") for edge in ("low", "high", "")]
    assert words == ["below 40 %", "above 40 %", "40 %"]


def test_a_table_names_the_unit_of_its_indicator_and_none_without(catalogue):
    assert plain(made(catalogue).unit()) == "% of GDP"
    assert made(catalogue, target(kind="milestone", indicator=None, goal=None)).unit() == ""


def test_of_two_figures_of_a_year_the_last_is_known(catalogue):
    rows = pd.concat([figures({2017: 2.1, 2018: 2.2}), figures({2018: 2.3})])
    one = made(catalogue)
    one.assessment = SimpleNamespace(history=rows.assign(source="nbs-rd-bulletin"))
    assert [(point["number"], point["value"].value) for point in one._known()] == [(2017, 2.1), (2018, 2.3)]


def test_months_are_those_of_the_deadlines_year_and_the_like_of_the_past_years_used(catalogue):
    rows = figures(
        dict.fromkeys(("2018-06", "2019-05", "2019-06", "2019-11", "2020-05", "2020-06"), 3), COUNT
    )
    past = SimpleNamespace(years=[2019])
    one = made(
        catalogue, target(indicator=COUNT, kind="flow", goal=11), {2018: 10},
        dossier={"figures": rows.assign(role="month", source="nbs-rd-bulletin")},
        more={"in_year": SimpleNamespace(month="2020-06", past=past)},
    )  # fmt: skip
    assert [row.period for row in one.months()] == ["2019-06", "2020-05", "2020-06"]
