"""The review page, in a real browser where there is one: no request, no error, the same numbers as Python."""

import base64
import functools
import html
import io
import json
import os
import re
import shutil
import unicodedata
from dataclasses import replace

import altair
import jsonschema
import numpy as np
import pandas as pd
import pytest

from analysis import (
    attainment,
    backtest,
    catalogue,
    documents,
    forecast,
    memo,
    printing,
    review,
    situations,
    tables,
)
from analysis.documents import blocks
from analysis.documents import html as paper
from analysis.memo import whole as memo_whole
from analysis.printing import LANGUAGES, Voice
from analysis.review import gather, page, proof, view, whatif
from analysis.review.view import cells, given, pictures
from analysis.review.wordbook import Book, Fact
from analysis.review.workbook import columns

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
CATALOGUE = catalogue.read()
SCORED = ("rd_intensity", "rd_expenditure")
SCORES = pd.DataFrame(
    [[name, method, n, 4, crps, 0.16, 0.48, inside, 0.92]
     for name, n, inside in zip(SCORED, (100, 300), (0.9, 0.7), strict=True)
     for method, crps in zip(backtest.METHODS, (0.1234, 0.2, 0.3), strict=True)],
    columns=["indicator", "method", *backtest.MARKS],
)  # fmt: skip


class Made:
    """The review of one plan as of one date, written once for all tests."""

    def __init__(self, name, as_of, outlook, folder):
        self.outlook = outlook(name, as_of)
        self.plan = self.outlook.plan
        self.assessments, self.past = self.outlook.assessments, self.outlook.over_time
        self.folder = folder / name / as_of
        self.folder.mkdir(parents=True)
        self.memos = gather.memos(self.outlook, CATALOGUE)
        self.page = review.write(self.outlook, self.folder, CATALOGUE, SCORES, self.memos)

    @functools.cached_property
    def kept(self):
        return gather.stored(self.outlook, CATALOGUE)

    def target(self, name):
        return next(one for one in self.assessments if one.target.id == name)


@pytest.fixture(scope="module")
def luohe(outlook, tmp_path_factory):
    return Made("luohe-2019", "2018-12-31", outlook, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def known(outlook, tmp_path_factory):
    return Made("china-2020", "2024-10-02", outlook, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def china(outlook, tmp_path_factory):
    return Made("china-2020", "2018-12-31", outlook, tmp_path_factory.mktemp("reports"))


@pytest.mark.parametrize("made", ["luohe", "known"])
def test_every_chart_keeps_the_schema(made, request):
    text = request.getfixturevalue(made).page.read_text(encoding="utf-8")
    charts = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])["charts"]
    assert charts
    for specification in charts.values():
        altair.LayerChart.validate(specification)
    with pytest.raises(jsonschema.ValidationError):
        altair.LayerChart.validate({"layer": [{"mark": "no such mark"}]})


# ------------------------------------------------------------------------------------------------ what if


@pytest.mark.parametrize("made", ["luohe", "china"])
def test_the_stored_distribution_answers_as_the_forecast_does(made, request):
    made = request.getfixturevalue(made)
    asked = 0
    for one in made.assessments:
        if not isinstance(one.answer, situations.Forecast) or one.target.kind not in (
            "level",
            "share",
            "flow",
            "stock",
        ):
            continue
        if made.kept[one.target.id]["form"] == "conditional":
            continue
        kept, target = made.kept[one.target.id], one.target
        assert whatif.probability(kept) == pytest.approx(one.row["p_attain"], abs=1e-3)
        for factor in (0.5, 0.8, 0.97, 1.1, 1.6):
            goal = round(factor * target.goal, 2)
            expected = forecast.probability(one.answer.predictive, target.deadline, target.comparison, goal)[
                0
            ]
            assert whatif.probability(kept, goal=goal) == pytest.approx(expected, abs=2e-3)
            asked += 1
    assert asked


def test_another_last_value_moves_every_member_on_its_own_scale(china):
    one, kept = china.assessments[0], china.kept["rd-intensity"]
    last, goal = kept["last"], one.target.goal
    for new in (0.93 * last, 1.04 * last):
        mixture = whatif.moved(one.answer.predictive, last, np.array([new]))
        assert mixture.location.shape[2] == 1
        below = whatif.mixtures.cdf(mixture, np.full((1, 1, 1), np.nextafter(goal, 0)))[0, 0, 0]
        assert whatif.probability(kept, last=new) == pytest.approx(1 - below, abs=3e-3)
    chances = [whatif.probability(kept, last=last * step) for step in (0.8, 0.9, 1.0, 1.1, 1.2)]
    assert chances == sorted(chances)


def test_extra_spending_lowers_the_goal_by_its_share_of_gdp(china):
    kept = china.kept["rd-intensity"]
    gdp = kept["extra"]["below"]
    assert 1_000_000 < gdp < 1_200_000  # 100 million yuan, of 2020 as the memo expects it
    assert whatif.probability(kept, extra=gdp / 1000) == pytest.approx(whatif.probability(kept, goal=2.4))
    flow = {"form": "counts", "grid": [0, 1, 2, 3], "lasts": [1, 2], "last": 1, "goal": 3, "slack": 0.0}
    flow |= {"table": [[0.1, 0.4, 0.8, 1.0]] * 2, "tied": False, "comparison": ">="}
    flow |= {"extra": {"scale": 1.0, "below": 1.0}}
    assert whatif.probability(flow) == pytest.approx(0.2)
    assert whatif.probability(flow, extra=2) == pytest.approx(0.9)
    assert whatif.probability(flow | {"comparison": ">"}) == pytest.approx(0.0)


def test_without_own_figures_the_conditional_table_answers(luohe):
    one, kept = luohe.target("rd-intensity"), luohe.kept["rd-intensity"]
    assert kept["form"] == "conditional"
    assert whatif.probability(kept, last=one.lent.break_even) == pytest.approx(0.5, abs=0.01)


# --------------------------------------------------------------------------------------------------- page


def test_same_inputs_same_bytes(known, outlook, small_workbook, tmp_path):
    again = review.write(known.outlook, tmp_path, CATALOGUE, SCORES, known.memos)
    assert again.read_bytes() == known.page.read_bytes()
    book = review.results(outlook("henan-2020", "2016-12-31"), tmp_path, CATALOGUE).read_bytes()
    assert book == small_workbook


def test_the_page_is_one_small_file_that_names_no_address(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    assert len(text.encode()) < 3_000_000
    markup = re.sub(r"<script\b.*?</script>", "", text, flags=re.S)
    told = [one.target.id for one in luohe.assessments if one.situation not in tables.UNTOLD]
    assert 0 < len(told) < len(luohe.plan.targets)
    files = {f"{name}.{language}.{ending}" for name in [*told, "report"] for language in LANGUAGES
             for ending in ("docx", "pdf", "html")}  # fmt: skip
    assert set(re.findall(r'(?:src|href)="(?!#|data:)([^"]*)"', markup)) == files
    for language in LANGUAGES:  # only the language's own files, with the hint where they lie
        part = re.search(rf'<main id="{language}".*?</main>', markup, re.S)[0]
        own = {name for name in files if f".{language}." in name}
        assert set(re.findall(r'href="(?!data:)([^#"]+)"', part)) == own
        assert part.count(Voice(language).say("page.files")) == len(told)
        assert re.search('href="([^#"]+)"', part)[1] == f"report.{language}.docx", "the first link"
    assert "default-src 'none'" in text
    for target in luohe.plan.targets:
        assert f'id="zh-{target.id}"' in text and f'id="en-{target.id}"' in text


def read(path):
    """Facts by id and the text outside of them, scripts and declared constants apart."""
    text = path.read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])
    body = re.sub(r"<(script|style|noscript|svg)\b.*?</\1>", " ", text[text.index("<body>") :], flags=re.S)
    return data, body


def test_every_number_on_the_page_is_a_fact_with_a_trace(luohe):
    data, body = read(luohe.page)
    found = re.findall(r'<\w+([^>]*)data-fact="([^"]+)"[^>]*>([^<]*)<', body)
    assert len(found) > 400
    date = re.compile(r"(截至)?\d{4}年(\d+月(\d+日)?)?|(to )?(\d+ )?([A-Z][a-z]+ )?\d{4}")
    for marked, name, shown in found:
        trace = data["traces"][data["facts"][name]]
        assert any(trace) or date.fullmatch(shown), f"{name} {shown} has no trace"
        assert any(trace) or "tabindex" not in marked, f"{name} {shown} can be pressed for nothing"


GOOD = '<p>共<span data-fact="zh.a">25家</span></p><p data-constant>第95号<br>2</p><p aria-label="25家"></p>'


@pytest.mark.parametrize("bad", [
    "<p>25家</p>",
    '<span data-fact="zh.a">26家</span>',
    '<span data-fact="zh.b">25家</span>',
    '<p aria-label="26家"></p>',
])  # fmt: skip
def test_a_page_with_an_unproven_number_is_never_written(bad, tmp_path):
    facts, path = {"zh.a": Fact("zh.a", "25家")}, tmp_path / "page.html"
    assert page.finish(path, f"<body>{GOOD}</body>", facts).is_file()
    path.unlink()
    with pytest.raises(documents.UnprovenNumber, match=r"25|26"):
        page.finish(path, f"<body>{GOOD}{bad}</body>", facts)
    assert not path.exists()


def test_every_page_is_proved_when_it_is_written(known, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(proof, "prove", lambda text, facts, name: asked.append((name, len(facts) > 20)))
    review.write(known.outlook, tmp_path, CATALOGUE, SCORES, memos={})
    review.index(tmp_path, SCORES, {}, CATALOGUE)
    assert asked == [("review.html", True), ("index.html", True)]


def details(made, language="zh"):
    """The markup of each target's detail, by id."""
    text = made.page.read_text(encoding="utf-8")
    start = rf'<details class="target" [^>]*id="{language}-([^"]+)"'
    return {found[1]: found[0] for found in re.finditer(start + r".*?<p class=\"small nav\">", text, re.S)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_detail_says_nothing_twice(luohe, known, language):
    for made in (luohe, known):
        for name, markup in details(made, language).items():
            shown = re.sub(r'<details class="more">.*?</details>', "", markup, flags=re.S)
            told = [re.sub(r"<[^>]+>", "", part) for part in re.findall(r"<p\b.*?</p>", shown, re.S)]
            said = [one.strip() for part in told for one in re.split(r"(?<=[。；])|(?<=\. )", part)]
            said = [one for one in said if len(one) > 12]
            assert len(said) == len(set(said)), name


def test_a_detail_answers_with_the_memo_and_keeps_its_annex_at_hand(luohe, known):
    for made in (luohe, known):
        for name, markup in details(made).items():
            document = made.memos[name]["zh"]
            heads = [block.text for block in document.blocks if isinstance(block, documents.Heading)]
            shown = re.sub(r'<details class="more">.*?</details>', "", markup, flags=re.S)
            assert len(heads) > 2 and all(head in shown for head in heads)
            assert markup.count('<details class="more">') == len(document.annexes)
    assert "p_earlier" in known.memos["rd-intensity"]["en"].facts  # why it changed is told, too


def test_a_known_outcome_does_not_look_like_a_probability(known):
    one, text = known.assessments[0], known.page.read_text(encoding="utf-8")
    amount = Book("zh", CATALOGUE).quantity(one.row["outcome"], CATALOGUE.indicators["rd_intensity"])
    row = re.search(r'<tr id="zh-row-rd-intensity".*?</tr>', text, re.S)[0]
    assert 'class="big"' not in row and f"结果为{amount}" in re.sub(r"<[^>]+>", "", row)
    summary = re.search(r"<summary.*?</summary>", details(known)["rd-intensity"])[0]
    assert f"结果为{amount}" in re.sub(r"<[^>]+>", "", summary)
    said = re.search(r"<summary.*?</summary>", details(known, "en")["rd-intensity"])[0]
    assert re.search(r"outcome \d\.\d\d\N{NO-BREAK SPACE}%", re.sub(r"<[^>]+>", "", said))


def test_attention_comes_first_and_trust_in_one_sentence(luohe):
    text = re.sub(r"<script\b.*?</script>", "", luohe.page.read_text(encoding="utf-8"), flags=re.S)
    marks = ('id="zh-list"', '<details class="target"', 'id="zh-scorecard"', 'class="rating-')
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    short_box = re.search(r'<div class="short">.*?</div>', text, re.S)[0]
    said = re.sub(r"<[^>]+>", "", short_box)
    # R&D / GDP has a probability and a record of forecasts from own figures, but here no figure of its own
    assert Voice("zh").say("page.short_record_apart") in said
    assert 'href="#zh-scorecard"' in short_box


@pytest.mark.parametrize(
    ("scored", "said"),
    [
        (
            ("fiscal_st_expenditure", "rd_intensity"),
            "It is the record of 1 of the 7 probabilities on this page;",
        ),
        (
            ("rd_intensity",),
            "The record of past forecasts does not apply directly to the probabilities on",
        ),
        (
            ("fiscal_expenditure",),
            "The record of past forecasts does not apply directly to the probabilities on",
        ),
    ],
)
def test_a_record_says_of_which_indicators_and_probabilities_it_is_one(luohe, scored, said):
    rows = SCORES[SCORES["indicator"].eq(SCORED[0])]
    table = pd.concat([rows.assign(indicator=key) for key in scored], ignore_index=True)
    book = Book("en", CATALOGUE)
    inputs = view.Inputs(luohe.outlook, luohe.kept, {}, {}, table)
    told = documents.plain(view.scorecard.sentence(inputs, book))
    assert said in told
    named = [book.name(CATALOGUE.indicators[key]) in told for key in scored]
    assert all(named) is (len(scored) > 1), "a record that no probability has is not told first"


def test_records_stand_in_the_order_of_the_plan_as_in_its_report(luohe):
    """R&D intensity is set in part II, fiscal expenditure in part III."""
    keys = ("fiscal_expenditure", "fiscal_st_expenditure", "rd_intensity")
    rows = SCORES[SCORES["indicator"].eq(SCORED[0])]
    table = pd.concat([rows.assign(indicator=key) for key in keys], ignore_index=True)
    book = Book("en", CATALOGUE)
    inputs = view.Inputs(luohe.outlook, luohe.kept, {}, {}, table)
    one, other, last = (book.name(CATALOGUE.indicators[keys[i]]) for i in (2, 1, 0))
    told = documents.plain(view.scorecard.sentence(inputs, book))
    assert 0 < told.index(one) < told.index(other)
    listed = view.scorecard.table(table, book, luohe.outlook.assessments)["groups"]
    assert [group["name"] for group in listed] == [one, other, last]


def test_what_was_missed_and_what_is_at_risk_comes_first_in_list_and_details(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    rows = re.findall(r'<tr id="zh-row-([^"]+)"[^>]*data-state="(\w+)"[^>]*data-probability="([^"]+)"', text)
    assert [state for _, state, _ in rows] == sorted((state for _, state, _ in rows), key=cells.STATES.index)
    for state in ("risky", "likely"):
        chances = [float(p) for _, one, p in rows if one == state]
        assert len(chances) > 1 and chances == sorted(chances)
    assert list(details(luohe)) == [name for name, *_ in rows]
    assert rows[0][0] == "rd-intensity"


def test_the_page_opens_with_the_first_section_of_the_report(luohe):
    for language, annex in (("zh", "附件"), ("en", "annex")):
        text = re.search(rf'<main id="{language}".*?</main>', luohe.page.read_text(encoding="utf-8"), re.S)[0]
        box = re.search(r'<div class="short">.*?</div>', text, re.S)[0]
        said = html.unescape(re.sub(r"<[^>]+>", "", box))
        report = memo.compose_report(luohe.outlook, CATALOGUE, language).paper
        first = documents.plain(report.blocks[1].text)
        assert first in said.replace("\u200b", "") and annex not in said
        assert text.index('class="short"') < text.index('class="list"')


def test_a_history_has_an_axis_and_says_what_was_published_between(known):
    chart = read(known.page)[0]["charts"]["zh-rd-intensity-time"]
    assert chart["layer"][2]["mark"]["interpolate"] == "step-after"
    assert chart["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, 100]
    rows = (
        next(iter(chart["datasets"].values())) if "datasets" in chart else chart["layer"][2]["data"]["values"]
    )
    assert rows
    table = re.search(r"各时点的概率.*?</table>", details(known)["rd-intensity"], re.S)[0]
    said = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<tr>.*?</tr>", table, re.S)][1:]
    past = known.past[known.past["target"].eq("rd-intensity")]
    assert len(said) == len(past) and said[0].endswith(Voice("zh").say("page.moved_first"))
    figures = known.outlook.of("rd-intensity").figures
    own = figures[figures["role"].eq("own")]
    for row, (_, day), before in zip(said[1:], past["as_of"].iloc[1:].items(), past["as_of"], strict=False):
        new = own[own["published"].gt(before) & own["published"].le(day)]
        for one in new.sort_values("period").tail(1).itertuples():
            assert f"{one.year}年" in row and f"{one.value:.2f}%" in row


def test_other_regions_stand_beside_a_ratio_and_never_under_the_answer(luohe, china):
    figures = luohe.outlook.of("fiscal-st-share").figures
    beside = set(figures.loc[figures["role"].eq("beside"), "region"])
    assert luohe.plan.region not in beside
    amounts = luohe.outlook.of("rd-expenditure-rise").figures
    assert "beside" not in set(amounts["role"])
    chart = json.dumps(read(luohe.page)[0]["charts"]["zh-rd-intensity-fan"], ensure_ascii=False)
    assert '"河南"' in chart and '"全国"' in chart
    assert "beside" not in set(china.outlook.dossiers[0].figures["role"]), (
        "nothing is above or beside a country"
    )


def test_a_chart_shows_its_goal_in_red_or_the_chance_given_and_even_chance_in_another_colour(luohe):
    charts = read(luohe.page)[0]["charts"]
    for kind, level in (("fan", ("rule", "var(--goal)", None)), ("if", ("rule", "var(--ink)", [6, 3]))):
        marks = [(one["mark"].get("type"), one["mark"].get("color"), one["mark"].get("strokeDash"))
                 for one in charts[f"zh-rd-intensity-{kind}"]["layer"]]  # fmt: skip
        assert level in marks
        assert ("rule", "var(--goal)", [4, 3]) not in marks
        assert ("rule", "var(--goal)", None) not in marks or kind == "fan"  # the goal is of another year


@pytest.fixture(scope="module")
def late(outlook, tmp_path_factory):
    return Made("luohe-2019", "2023-05-26", outlook, tmp_path_factory.mktemp("reports"))


def layers(made, chart):
    """The layers of a chart, each with its rows."""
    made = read(made.page)[0]["charts"][chart]
    return [(one, made["datasets"][one["data"]["name"]]) for one in made["layer"]]


def test_a_figure_worked_out_of_a_preliminary_one_is_hollow(late):
    points = [row for _, rows in layers(late, "zh-rd-intensity-fan") for row in rows if "hollow" in row]
    told = {(row["year"], row["hollow"], row["shown"]) for row in points}
    own, estimate = (2020, True, True), (2020, False, True)  # after the deadline: crossed, as its row says
    assert told == {*((year, False, False) for year in (2017, 2018, 2019)), own, estimate}
    one = late.outlook.of("rd-intensity")
    assert set(one.assessment.history["status"]) == {"derived", "reported"}


def test_every_line_is_broken_where_its_basis_changes_and_the_change_is_marked(late):
    found = layers(late, "en-rd-intensity-fan")
    lines = [rows for one, rows in found if one["mark"]["type"] == "line" and "stretch" in rows[0]]
    assert len(lines) == 3  # of the cities beside, of the regions above, its own
    for rows in lines:
        there = {}
        for row in rows:
            there.setdefault(row["stretch"], set()).add(row["basis"])
        assert len(there) > 1 and {len(bases) for bases in there.values()} == {1}
    marks = [(one["mark"]["type"], rows) for one, rows in found if "new basis" in str(rows)]
    assert [(kind, rows[0]["year"]) for kind, rows in marks] == [("text", 2018.5)]
    assert "new basis" not in str(layers(late, "en-fiscal-st-share-fan"))


def test_what_flows_within_a_year_is_a_bar_and_a_ratio_a_line(luohe, known):
    def marks(made, name):
        return {one["mark"]["type"] for one in read(made.page)[0]["charts"][f"zh-{name}-fan"]["layer"]}

    assert "bar" in marks(luohe, "national-hte-new") and "line" not in marks(luohe, "national-hte-new")
    assert "line" in marks(known, "rd-intensity") and "bar" not in marks(known, "rd-intensity")


def test_the_figures_of_a_target_can_be_taken_along_as_csv(luohe):
    text = details(luohe)["fiscal-st-share"]
    name, content = re.search(
        r'href="data:text/csv;charset=utf-8;base64,([^"]+)" download="([^"]+)"', text
    ).groups()[::-1]
    assert name == "fiscal-st-share.zh.csv"
    table = pd.read_csv(io.BytesIO(base64.b64decode(content)), encoding="utf-8-sig")
    history = luohe.target("fiscal-st-share").history
    assert table.iloc[: len(history), 1].tolist() == pytest.approx(history["value"].tolist(), abs=5e-5)
    assert next(iter(table.columns)) == "年份" and base64.b64decode(content).startswith(b"\xef\xbb\xbf")
    assert "csv" not in details(luohe)["party-building"], "no figure, no file"


def test_the_scorecard_says_a_name_and_its_n_once(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    table = re.search(r'<table class="scores">.*?</table>', text, re.S)[0]
    for key in SCORED:
        assert table.count(f">{CATALOGUE.indicators[key].zh.replace('&', '&amp;')}</th>") == 1
    assert table.count('rowspan="3"') == 6 and table.count(">100</span>") == 1
    assert re.findall(r'<tr class="ours">\s*<th', table) and table.count('class="ours"') == 2


@pytest.mark.parametrize(("code", "zh", "en"), [
    ("110000", "北京", "Beijing"), ("150000", "内蒙古", "Inner Mongolia"), ("450000", "广西", "Guangxi"),
    ("640000", "宁夏", "Ningxia"), ("650000", "新疆", "Xinjiang"), ("230000", "黑龙江", "Heilongjiang"),
    ("411100", "漯河市", "Luohe"), ("000000", "全国", "China"),
])  # fmt: skip
def test_only_provinces_lose_their_kind(code, zh, en):
    assert (CATALOGUE.regions[code].short("zh"), CATALOGUE.regions[code].short("en")) == (zh, en)


def test_regions_are_listed_by_their_short_names_and_counted_where_they_are_many(luohe):
    assert Voice("zh", CATALOGUE).regions(["110000", "150000"]) == "北京、内蒙古"
    assert not any("北京、天津、河北、山西、内蒙古、" in markup for markup in details(luohe).values())


def test_the_conditional_chart_claims_its_break_even(luohe):
    one = luohe.target("rd-intensity")
    inputs = view.Inputs(luohe.outlook, luohe.kept, {}, {}, None)

    def claim(conditional, language="zh"):
        changed = replace(one, answer=replace(one.answer, lent=conditional))
        one_target = given.One(changed, inputs, Book(language, CATALOGUE))
        return documents.plain(pictures.conditional(one_target, conditional)["claim"])

    found = one.lent
    base = f"{found.break_even:.2f}"
    assert claim(found) == f"2017年为{base}%时，2019年达标与否机会相当"
    assert claim(found, "en") == f"{base}\N{NO-BREAK SPACE}% in 2017 would make 2019 an even chance"
    row = given.One(one, inputs, Book("zh", CATALOGUE))
    assert documents.plain(cells._without(row)) == f"不给概率；2017年为{base}%时机会相当"
    low = replace(found, break_even=None, table=found.table.assign(p=0.4 * found.table["p"]))
    high = replace(found, break_even=None, table=found.table.assign(p=0.6 + 0.4 * found.table["p"]))
    assert "不到一半" in claim(low) and "超过一半" in claim(high)


def test_a_settled_target_shows_the_figures_of_its_deadline_and_says_what_it_rests_on(outlook):
    late = outlook("luohe-2019", "2023-05-26")
    inputs = view.Inputs(late, {}, {}, {}, None)
    rows = {one.target.id: given.One(one, inputs, Book("zh", CATALOGUE)) for one in late.assessments}
    settled, placed = rows["rd-intensity"], rows["hte-number-rise"]
    last = [documents.plain(cells.last(one)) for one in (settled, placed)]
    assert last == ["0.86%（2019年）", "101家（2020年）；34家（2016年）"]
    assert [cells.evidence(one) for one in (settled, placed)] == ["已取得的结果", "由存量和新增数推算"]
    flows = [any("科技创新十大亮点" in name for name in pictures._sources(one)) for one in (settled, placed)]
    assert flows == [False, True], "what flowed into the stock is named"


def test_page_and_tiles_say_what_is_only_reported_and_what_is_provisional(outlook):
    made = outlook("luohe-2019", "2020-04-30")
    inputs, book = view.Inputs(made, {}, {}, {}, None), Book("zh", CATALOGUE)
    said = {one.target.id: cells.verdict(given.One(one, inputs, book)) for one in made.assessments}
    assert said["rd-intensity"] == "待定" and said["national-hte-new"] == "据报道已完成（待核实）"
    assert said["fiscal-st-share"] == said["fiscal-st-expenditure-rise"] == "待定（概率暂定）"
    assert said["hte-number-rise"] == "待定（以所据报道属实为前提）"
    tiles = {one["name"]: one["label"] for one in view.whole.tiles(inputs, book)}
    assert (tiles["met"], tiles["missed"]) == ("据报道已完成（待核实）", "未完成")
    late = view.Inputs(outlook("luohe-2019", "2023-05-26"), {}, {}, {}, None)
    assert {one["name"]: one["label"] for one in view.whole.tiles(late, book)}[
        "met"
    ] == "已完成"  # not all alike


def test_a_country_has_a_gross_domestic_product(china):
    text = china.page.read_text(encoding="utf-8")
    fields = re.findall(r"<label data-constant>([^<]*)<input[^>]*name=\"below\"", text)
    assert fields[0].startswith("2020年国内生产总值") and fields[1].startswith("GDP of 2020")


def test_a_plan_of_one_target_shows_it_open(china, luohe):
    for made, alone in ((china, True), (luohe, False)):
        text = made.page.read_text(encoding="utf-8")
        assert ('<details class="target" open' in text) is alone
        assert ('class="tool all"' in text) is not alone


def test_a_head_says_what_its_column_holds(late):
    """Likelihood words, and the verdict once it is known; verdicts alone are headed so."""
    markup = details(late, "en")["rd-intensity"]
    table = markup[markup.index('<th scope="col">As of') :].partition("</table>")[0]
    words = re.findall(r'data-label="Likelihood or verdict"><span>(.*?)<', table)
    likely = {Voice("en").leaning(p) for p in np.linspace(0, 1, 201)}
    known = "missed, to be confirmed"  # an earlier outcome was another one, revised since
    assert {*words} <= likely | {"missed", known} and known in (words[0], words[-1])
    assert len({*words}) > 1 and "Verdict" not in table


def test_evidence_has_the_word_of_the_report(late):
    told = {
        "zh": ("一则新闻报道", "无证据", "无数据", "无同口径数据"),
        "en": ("a press report", "no evidence", "no data", "no figure of the same scope"),
    }
    for language, words in told.items():
        text = late.page.read_text(encoding="utf-8")
        cells = re.findall(
            rf'<tr id="{language}-row-([^"]+)".*?<td class="evidence"[^>]*><span>(.*?)</span>', text, re.S
        )
        said = dict(cells)
        assert len(said) == len(late.assessments) and "—" not in said.values() and "" not in said.values()
        unjudged = [one for one in late.assessments if one.row["verdict"] == "no_evidence"]
        assert {said[one.target.id] for one in unjudged} <= {*words}
        assert said["food-institute"] == words[0] and said["hightech-va-share"] == words[-1]


def test_one_thing_has_one_word():
    assert not [key for key, text in printing.phrases("en").items() if re.search(r"\bprobable\b", str(text))]
    texts = {key: str(text) for key, text in printing.phrases("zh").items()}
    assert [key for key, text in texts.items() if "完成概率" in text] == ["page.probability_is_judged"]
    assert not [key for key, text in texts.items() if "各半" in text or "完成的概率" in text]
    heads = [column.heads["zh"] for sheet in columns().values() for column in sheet]
    assert heads.count("达标概率") == 2 and "达标与否机会相当的最近一年数值" in heads
    assert not [head for head in heads if "各半" in head or "完成概率" in head]


def test_the_page_names_the_sources_that_the_report_does(luohe):
    """The same ones, and of each the last release that the report's annex gives."""
    inputs = view.Inputs(luohe.outlook, luohe.kept, {}, {}, None)
    listed = view.whole.sources(inputs, Book("zh", CATALOGUE))
    annex = memo_whole.Whole(luohe.outlook, CATALOGUE, "zh", None, lambda one: {}).sources
    assert [one["key"] for one in listed] == annex["source"].tolist() and len(listed) > 2
    for one, row in zip(listed, annex.itertuples(), strict=True):
        last = Voice("zh", CATALOGUE).day(row.published.date(), row.precision)
        assert str(one["releases"][-1].text) == last
    assert max(len(one["releases"]) for one in listed) == 3  # of many the newest, and how many came before
    yearbook = next(one for one in listed if one["key"] == "city-yearbook")
    used = luohe.outlook.used
    days = used.loc[used["source"].eq("city-yearbook"), "published"].nunique()
    assert f"此前另有{days - 3}次" in documents.plain(yearbook["earlier"])


def test_both_languages_carry_the_same_numbers(luohe):
    reports = gather.reports(luohe.outlook, CATALOGUE)
    inputs = view.Inputs(luohe.outlook, luohe.kept, {}, reports, SCORES)
    facts = {}
    for language in LANGUAGES:
        book = Book(language, CATALOGUE)
        view.page(inputs, book)
        facts[language] = {name.partition(".")[2]: fact.value for name, fact in book.facts.items()}
    assert facts["zh"] == facts["en"]


def test_nothing_published_later_is_on_the_page(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    assert "2020年1月19日" not in text and "13.45" not in text and "2023-05-26" not in text


# -------------------------------------------------------------------------------------------------- index


def test_the_index_lists_finished_reports_only(luohe):
    root = luohe.folder.parents[1]
    attainment.frame([one.row for one in luohe.assessments]).to_csv(
        luohe.folder / "attainment.csv", index=False
    )
    manifest = {"plan": luohe.plan.id, "as_of": "2018-12-31", "title": luohe.plan.title.model_dump()}
    (luohe.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (root / "luohe-2019" / ".2019-01-01.new").mkdir(exist_ok=True)
    text = review.index(root, SCORES, {"zh": b"<svg/>"}, CATALOGUE).read_text(encoding="utf-8")
    assert text.count('<img src="data:image/svg+xml;base64,PHN2Zy8+"') == 1
    assert text.count('href="luohe-2019/2018-12-31/review.html#zh"') == 1
    assert ".new" not in text and luohe.plan.title.zh in text
    assert text.index("0.12") > text.index(luohe.plan.title.zh), "reports first, the scorecard below"
    assert "report.zh.docx" not in text
    (luohe.folder / "report.zh.docx").touch()
    text = review.index(root, SCORES, {}, CATALOGUE).read_text(encoding="utf-8")
    assert "<img" not in text and text.index("report.zh.docx") < text.index("review.html#zh")
    empty = root / "empty"
    empty.mkdir(exist_ok=True)
    text = review.index(empty, None, {}, CATALOGUE).read_text(encoding="utf-8")
    assert Voice("zh").say("page.index_none") in text


# ------------------------------------------------------------------------------------------------ browser


@pytest.fixture(scope="module")
def browser(open_fonts):
    if CHROMIUM is None:
        pytest.skip("not verified: no Chromium on this machine")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="not verified: playwright is not installed"
    )
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=os.environ | open_fonts)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def new_tab(browser):
    """Open a tab so wide; a window for each would take longer than the pages do."""
    window = browser.new_context()

    def made(wide=1280):
        tab = window.new_page()
        tab.set_viewport_size({"width": wide, "height": 800})
        return tab

    yield made
    window.close()


@pytest.fixture(scope="module")
def only_tab(new_tab):
    """The one tab of all visits: a new one, too, would take longer than a page."""
    tab = new_tab()
    tab.troubles = []
    note, ours = tab.troubles.append, ("file:", "data:", "about:")
    tab.on("console", lambda said: note(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: note(str(error)))
    tab.on("request", lambda asked: None if asked.url.startswith(ours) else note(asked.url))
    return tab


@pytest.fixture
def visit(only_tab):
    """Load a page, with nothing left of the one before but its troubles in the same test."""
    only_tab.troubles.clear()

    def visit(path, fragment="", wide=1280, scheme="light", drawn=True):
        only_tab.bring_to_front()  # one behind is painted late
        only_tab.goto("about:blank")
        only_tab.mouse.move(0, 0)
        only_tab.set_viewport_size({"width": wide, "height": 800})
        only_tab.emulate_media(color_scheme=scheme)
        only_tab.goto(path.as_uri() + fragment)
        if drawn:
            only_tab.wait_for_selector("main:not([hidden])[data-drawn]", timeout=30_000)
        return only_tab

    return visit


DRAWN = "[...document.querySelectorAll('#zh .chart')].every(one => one.querySelector('svg'))"


@pytest.fixture(scope="module")
def opened(new_tab):
    """A review in a window so wide, all that it says in a language open and drawn; loaded once for both."""

    @functools.cache
    def loaded(made, wide):
        tab = new_tab(wide)
        tab.goto(made.page.as_uri())
        return tab

    def shown(made, wide, language="zh"):
        tab = loaded(made, wide)
        tab.bring_to_front()
        tab.click(f"[data-set={language}]")
        tab.eval_on_selector_all(f"#{language} details", "all => all.forEach(one => { one.open = true; })")
        tab.wait_for_function(DRAWN.replace("zh", language))
        return tab

    return shown


def test_a_chart_is_drawn_when_it_comes_to_be_seen(visit, luohe):
    tab = visit(luohe.page)
    charts = tab.locator("#zh .chart")
    shut = tab.locator("#zh details:not([open]) .chart")
    assert shut.count() > 3 and shut.locator("svg").count() == 0
    tab.locator("#zh-rd-intensity > summary").click()
    tab.wait_for_selector("#zh-rd-intensity[data-drawn]")
    mine = tab.locator("#zh-rd-intensity .chart")
    assert mine.locator("svg").count() == mine.count() > 0
    tab.click("[data-set=en]")  # what was open stays so, and is drawn
    tab.wait_for_selector("#en-rd-intensity[data-drawn]")
    assert tab.locator("#en-rd-intensity .chart svg").count() == mine.count()
    assert charts.count() > charts.locator("svg").count() and not tab.troubles


def fill(box, name, value):
    box.locator(f"[name={name}]").fill(str(value))
    return float(box.locator("output").get_attribute("data-p"))


def test_the_page_computes_what_python_computes(visit, china, luohe):
    tab = visit(china.page)
    box, kept = tab.locator("#zh [data-whatif=rd-intensity]"), china.kept["rd-intensity"]
    assert box.locator("output").inner_text() == "—", "nothing until it is used"
    assert fill(box, "goal", 2.2) == pytest.approx(whatif.probability(kept, goal=2.2), abs=1e-9)
    assert fill(box, "last", 2.3) == pytest.approx(whatif.probability(kept, goal=2.2, last=2.3), abs=1e-9)
    assert fill(box, "extra", 500) == pytest.approx(
        whatif.probability(kept, goal=2.2, last=2.3, extra=500), abs=1e-9
    )
    gdp = fill(box, "below", 700_000)
    assert gdp == pytest.approx(
        whatif.probability(kept, goal=2.2, last=2.3, extra=500, below=700_000), abs=1e-9
    )
    high = float(box.locator("[name=goal]").get_attribute("max"))
    assert high <= kept["highest"] < high + 0.01
    for wrong in (high + 0.01, -1):
        box.locator("[name=goal]").fill(str(wrong))
        assert box.locator("output").inner_text() == "—" and f"{high:g}" in box.locator(".why").inner_text()
    box.locator(".reset").click()
    assert box.locator("output").inner_text() == "—" and not box.locator(".why").inner_text()
    fill(box, "extra", 0)
    one = china.assessments[0]
    assert box.locator("output").inner_text() == Book("zh", CATALOGUE).probability(one.row["p_attain"])
    assert box.locator(".word").inner_text() == Book("zh", CATALOGUE).likelihood(one.row["p_attain"])
    tab = visit(luohe.page, "#zh-national-hte-new")
    box, kept = tab.locator("#zh [data-whatif=national-hte-new]"), luohe.kept["national-hte-new"]
    for goal, last, extra in ((10, 13, 0), (12, 13, 0), (12, 8, 0), (12, 8, 5), (25, 19, 3)):
        for name, value in (("goal", goal), ("last", last), ("extra", extra)):
            shown = fill(box, name, value)
        assert shown == pytest.approx(whatif.probability(kept, goal, last, extra), abs=1e-9)
    assert not tab.troubles


def test_language_trace_and_sorting_by_mouse_and_keyboard(visit, luohe):
    tab = visit(luohe.page)
    assert tab.locator("#zh").is_visible() and tab.locator("html").get_attribute("lang") == "zh-CN"
    tab.locator("#zh .list .n").first.hover()
    assert "漯科〔2018〕95号" in tab.locator("#trace").inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator("#trace").is_hidden()
    tab.click("[data-set=en]")
    tab.wait_for_selector("#en[data-drawn]")
    assert tab.locator("#en").is_visible() and tab.locator("#zh").is_hidden()
    assert tab.locator("html").get_attribute("lang") == "en-GB" and "assessed" in tab.title()
    number = tab.locator("#en .chance .big .n").first
    number.focus()
    shown = tab.locator("#trace").inner_text()
    assert "31 December 2018" in shown and "the province’s or the nation’s figures" in shown
    assert "R&D expenditure / GDP" in shown and "notebook" not in shown
    assert number.get_attribute("aria-describedby") == "trace"
    head = tab.locator("#en th[data-key=probability]")
    head.locator("button").focus()
    tab.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    order = tab.eval_on_selector_all(
        "#en .list tbody tr", "rows => rows.map(row => Number(row.dataset.probability))"
    )
    assert order == sorted(order, reverse=True) and order[0] > 0
    tab.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    tab.click("#en .list a:has-text('R&D expenditure / GDP')")
    assert tab.locator("#en-rd-intensity .body").is_visible()
    assert not tab.troubles


def test_phone_dark_and_paper(visit, luohe, tmp_path):
    tab = visit(luohe.page, wide=390, scheme="dark")
    tab.click("#zh button.all")
    tab.wait_for_function(DRAWN)
    assert tab.locator("#zh .chart").count() > 3
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    ink, ground = (
        tab.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor")
    )
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) > sum(map(int, re.findall(r"\d+", ground)[:3])) + 300
    tab = visit(luohe.page, "#en")
    import pypdf

    def printed():
        tab.pdf(path=tmp_path / "review.pdf", prefer_css_page_size=True)
        pages = pypdf.PdfReader(tmp_path / "review.pdf").pages
        text = unicodedata.normalize("NFKC", "".join(sheet.extract_text() for sheet in pages))
        return len(pages), "".join(text.split())

    pages, text = printed()
    assert pages == 2 and "isstillneeded" not in text and "notjudged" in text
    assert all("".join(one.target.title.en.split()) in text for one in luohe.assessments)
    tab.evaluate("document.querySelector('#en-rd-intensity').open = true")
    pages, text = printed()
    assert pages > 2 and "isstillneeded" in text  # what is open is printed, its answer with it
    assert "".join(Voice("en").say("page.scorecard").split()) not in text
    assert not tab.troubles


def test_every_control_has_a_name_and_every_picture_words(visit, luohe):
    tab = visit(luohe.page)
    controls = "button, input, select, a, [role=img], [role=region]"
    nameless = """parts => parts.filter(one => !(one.getAttribute("aria-label") || one.textContent.trim() ||
        one.labels?.length)).map(one => one.outerHTML)"""
    assert tab.eval_on_selector_all(controls, nameless) == []
    ids = tab.evaluate("() => [...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert tab.locator("#zh h1").count() == 1
    assert len({"all", "not_due", *tables.VERDICTS}) == tab.locator("#zh .tiles li").count()


CONTRAST = """() => {
  const numbers = colour => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = rgb => [.2126, .7152, .0722].reduce((sum, part, i) => sum + part * linear(rgb[i] / 255), 0);
  const over = (top, below) => below.map((v, i) => v + (top[3] ?? 1) * (top[i] - v));
  const ground = one => {
    const layers = [];
    for (; one; one = one.parentElement) layers.push(numbers(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement, style = getComputedStyle(one), text = node.textContent.trim();
    if (!text || !one.checkVisibility() || one.closest(".unheard, script, style, .skip")) continue;
    const below = ground(one), ink = numbers(one instanceof SVGElement ? style.fill : style.color);
    const [dark, bright] = [light(over(ink, below)), light(below)].sort((a, b) => a - b);
    const ratio = (bright + .05) / (dark + .05);
    seen += 1;
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return [seen, found];
}"""


def test_all_text_stands_out_from_its_ground(visit, luohe, known):
    seen = dict.fromkeys(("light", "dark"), 0)
    for made in (luohe, known):
        tab = visit(made.page)
        tab.evaluate("for (const one of document.querySelectorAll('#zh details')) one.open = true")
        tab.wait_for_function(DRAWN)
        tab.locator("#zh .n").first.hover()
        for scheme in seen:
            tab.emulate_media(color_scheme=scheme)
            count, weak = tab.evaluate(CONTRAST)
            seen[scheme] += count
            assert (scheme, weak) == (scheme, [])
    assert min(seen.values()) > 2000


def test_one_line_goals_and_equal_headings_on_a_desktop(visit, luohe):
    tab = visit(luohe.page)
    for language in ("zh", "en"):
        tab.click(f"[data-set={language}]")
        lines = f"#{language} .list td.goal.line > span"
        heights = tab.eval_on_selector_all(lines, "all => all.map(one => one.getBoundingClientRect().height)")
        assert len(heights) > 3 and max(heights) < 30
        arrows = "all => all.map(one => getComputedStyle(one, '::after').fontSize)"
        sizes = tab.eval_on_selector_all(f"#{language} .list th > button", arrows)
        assert len(sizes) == 5 and len(set(sizes)) == 1
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1280


WHOLE = """root => [...root.querySelectorAll("th, td")].filter(one => one.checkVisibility()).flatMap(cell => {
  const found = [], range = document.createRange();
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const word = node.textContent.trim();
    if (!/^[\\u4e00-\\u9fff]{2,4}$/.test(word)) continue;
    range.selectNodeContents(node);
    found.push([word, new Set([...range.getClientRects()].map(one => Math.round(one.top))).size]);
  }
  return found;
})"""


def test_no_short_word_of_a_table_breaks(opened, luohe, late):
    for made, wide in ((luohe, 1280), (late, 1280), (late, 390)):
        words = opened(made, wide).eval_on_selector("#zh", WHOLE)
        assert len(words) > 50 and [word for word, lines in words if lines > 1] == []


def test_a_phone_shows_every_likelihood_word(opened, luohe):
    for language in LANGUAGES:
        tab = opened(luohe, 390, language)
        heads = """all => all.filter(one => !one.querySelector("thead").checkVisibility()).map(one => [
            [...one.querySelectorAll("thead th")].map(head => head.textContent),
            [...one.querySelectorAll("tbody tr:first-child td")].map(cell => cell.dataset.label ?? null),
            one.querySelectorAll("tbody tr").length])"""
        found = tab.eval_on_selector_all(f"#{language} .memo table.stack", heads)
        words = {Voice(language).likelihood(p) for p in np.linspace(0, 1, 1001)}
        assert sum(words == {*shown} for _, shown, _ in found) > 3
        for head, shown, rows in found:  # where rows differ, their first cell is what they are called
            assert shown[1:] == head[1:] and shown[0] == (head[0] if rows == 1 else None)


CROSSED = """all => all.map(svg => {
  const box = one => one.getBoundingClientRect(), found = [];
  const texts = [...svg.querySelectorAll(".role-mark text")].filter(one => one.textContent.trim());
  const marks = [...svg.querySelectorAll(".role-mark path, .role-mark line, .role-mark rect")];
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  texts.forEach((text, i) => {
    for (const other of [...texts.slice(i + 1), ...marks])
      if (!apart(box(text), box(other)))
        found.push(text.textContent + " × " + (other.textContent || other.outerHTML));
  });
  return [texts.length, found, svg.getBoundingClientRect().width / svg.viewBox.baseVal.width];
})"""


@pytest.mark.parametrize(("language", "wide"), [("zh", 1280), ("zh", 390), ("en", 1280), ("en", 390)])
def test_no_label_of_a_chart_is_crossed(opened, luohe, late, known, china, language, wide):
    seen = 0
    for made in (luohe, late, known, china):
        tab = opened(made, wide, language)
        charts = tab.eval_on_selector_all(f"#{language} .chart[id$=-fan] svg", CROSSED)
        for texts, crossed, shown in charts:
            seen += texts
            assert crossed == [] and shown > 0.97
    assert seen > 12


def test_the_button_for_all_says_what_it_will_do(visit, luohe):
    tab = visit(luohe.page, "#zh-rd-intensity")
    button, shut = tab.locator("#zh button.all"), "#zh details.target:not([open])"

    def reads(text):
        said = "text => document.querySelector('#zh button.all').textContent === text"
        tab.wait_for_function(said, arg=text, timeout=5_000)
        return True

    assert reads("全部展开")
    tab.eval_on_selector_all(shut, "all => all.forEach(one => { one.open = true; })")  # each by itself
    assert reads("全部收起")
    tab.locator("#zh details.target summary").first.click()
    assert reads("全部展开")
    button.click()
    assert reads("全部收起") and tab.locator(shut).count() == 0
    button.click()
    assert reads("全部展开") and tab.locator(shut).count() == len(luohe.plan.targets)
    tab.locator("#zh .tiles li").first.click()  # a tile is no button
    assert tab.locator(shut).count() == len(luohe.plan.targets)


def test_a_short_link_opens_its_target(visit, luohe):
    tab = visit(luohe.page, "#rd-intensity")
    assert tab.locator("#zh-rd-intensity").get_attribute("open") is not None
    assert tab.evaluate("document.activeElement.matches('#zh-rd-intensity > summary')")
    tab.locator("[data-set=en]").click()
    tab.evaluate("location.hash = 'national-hte-new'")
    tab.wait_for_selector("#en-national-hte-new[open]")
    assert not tab.troubles


def test_the_list_is_limited_by_state_and_by_words_in_both_languages(visit, luohe):
    tab = visit(luohe.page)

    def rows(language):
        return tab.eval_on_selector_all(
            f"#{language} .list tbody tr",
            "all => all.filter(one => !one.hidden).map(one => one.dataset.target)",
        )

    risky = [one.target.id for one in luohe.assessments if memo.group(one) == "risky"]
    tab.locator("#zh select.state").select_option("risky")
    assert sorted(rows("zh")) == sorted(rows("en")) == sorted(risky)
    assert tab.locator("#zh [data-told]").inner_text() == Voice("zh").say("page.found", n=len(risky))
    assert tab.locator("#zh-party-building").is_hidden() and tab.locator(f"#zh-{risky[0]}").is_visible()
    tab.locator("#zh input.seek").fill("财政科技")
    assert set(rows("zh")) == {"fiscal-st-share", "fiscal-st-expenditure-rise"}
    tab.evaluate("location.hash = 'party-building'")  # a link to what is hidden shows all again
    tab.wait_for_selector("#zh-party-building[open]")
    assert len(rows("zh")) == len(luohe.plan.targets) and tab.locator("#zh input.seek").input_value() == ""
    assert not tab.troubles


def test_the_keyboard_reaches_details_and_traces(visit, luohe):
    tab = visit(luohe.page)
    summary = tab.locator("#zh-national-hte-new > summary")
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#zh-national-hte-new .lead").is_visible()
    tab.keyboard.press("Tab")
    focused = "document.activeElement"
    assert tab.evaluate(f"{focused}.matches('#zh-national-hte-new .lead .n')")
    trace = tab.locator("#trace")
    assert trace.is_visible()
    tab.keyboard.press("Enter")
    assert trace.is_visible() and tab.evaluate(f"{focused}.getAttribute('aria-expanded')") == "true"
    tab.keyboard.press("Enter")
    assert trace.is_hidden() and tab.evaluate(f"{focused}.getAttribute('aria-expanded')") is None
    tab.keyboard.press(" ")
    tab.keyboard.press("Escape")
    assert trace.is_hidden()
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")
    assert tab.locator("#zh-national-hte-new .lead").is_hidden()
    tab.locator("#zh .short a").focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#zh-scorecard").is_visible() and tab.evaluate("location.hash") == "#zh-scorecard"
    assert not tab.troubles


def test_the_index_fits_a_phone(visit, tmp_path):
    tab = visit(review.index(tmp_path, SCORES, {}, CATALOGUE), wide=390, drawn=False)
    for language in ("zh", "en"):
        tab.click(f"[data-set={language}]")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        heads = f"#{language} .scores th, #{language} .scores td"
        assert tab.eval_on_selector_all(heads, "all => all.length") > 20
        assert tab.eval_on_selector_all(heads, cut) == []


def test_a_table_of_a_paper_stands_row_by_row_on_a_phone(visit, tmp_path):
    wide = blocks.Table(
        "表", ("条款", "指标", "目标值", "最近数据", "结论"), (("一", "投入强度", "高", "低", "未完成"),)
    )
    made = blocks.Document("zh", "报告", (wide,), {})
    (tmp_path / "report.html").write_text(paper.render(made), encoding="utf-8")
    tab = visit(tmp_path / "report.html", wide=390, drawn=False)
    right = "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    assert tab.eval_on_selector_all("table.stack td", right) <= 390 and not tab.is_visible("thead")
    assert tab.eval_on_selector_all("td", "all => all.map(one => one.dataset.label)") == [*wide.header]


def test_the_index_of_reports_fits_a_phone_and_shows_every_count(visit, luohe, tmp_path):
    folder = tmp_path / luohe.plan.id / "2018-12-31"
    folder.mkdir(parents=True)
    attainment.frame([one.row for one in luohe.assessments]).to_csv(folder / "attainment.csv", index=False)
    manifest = {"plan": luohe.plan.id, "as_of": "2018-12-31", "title": luohe.plan.title.model_dump()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name in ("review.html", "results.xlsx", "report.zh.docx", "report.zh.pdf", "report.zh.html"):
        (folder / name).touch()
    tab = visit(review.index(tmp_path, None, {}, CATALOGUE), wide=390, drawn=False)
    for language in LANGUAGES:
        tab.click(f"[data-set={language}]")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        right = "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
        assert (
            tab.eval_on_selector_all(f"#{language} table.stack td, #{language} table.stack a", right) <= 390
        )
        labels = "all => all.map(one => one.dataset.label)"
        shown = tab.eval_on_selector_all(f"#{language} table.stack td[data-label]", labels)
        assert len(shown) == 6 and Voice(language).say("page.index_missed") in shown


def test_a_goal_on_a_step_is_reached_by_not_less_and_not_by_more():
    """A quarter of the chance lies on 2 itself: not below it for >=, not above it for >."""
    kept = {"grid": [0.2, 0.4, 0.6, 0.8], "lasts": [0.0, 1.0], "table": [[1.0, 2.0, 2.0, 3.0]] * 2}
    below = {one: whatif._below_value(kept | {"comparison": one}, 2.0, 0.5) for one in (">=", "<", ">", "<=")}
    assert below == pytest.approx({">=": 0.4, "<": 0.4, ">": 0.6, "<=": 0.6})
