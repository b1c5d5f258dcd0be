"""One voice: numbers, dates and words read the same in memo, figure, page and workbook, in every language."""

import dataclasses
import json
import re
import shutil
import string
import subprocess
from pathlib import Path

import pytest

from analysis import documents, memo, plans, plots, printing, tables
from analysis.outlook import Dossier, Outlook, limited
from analysis.printing import LANGUAGES, Voice
from analysis.review import page, records, view
from analysis.review.view import cells, details, given
from analysis.review.wordbook import Book

CODE = Path(printing.__file__).parent
CODED = {
    "status": tables.STATUSES,
    "verdict": tables.VERDICTS,
    "evidence": tables.EVIDENCE,
    "rating": tables.RATINGS,
    "likelihood": [word for _, word in tables.LIKELIHOOD],
    "kind": list(plans.FORMS),
    "precision": tables.PRECISIONS,
    "role": [
        name for one in records.ROLES for name in (one, *([f"{one}_idle"] if one in records.RESTING else []))
    ],
}


@pytest.mark.parametrize(
    ("years", "zh", "en"),
    [
        ([2019], "2019年", "2019"),
        ([2019, 2018], "2018、2019年", "2018 and 2019"),
        ([2015, 2016, 2017, 2019], "2015—2017、2019年", "2015–2017 and 2019"),
        ([2015, 2016, 2019], "2015、2016、2019年", "2015, 2016 and 2019"),
        ([2015, 2016, 2017], "2015—2017年", "2015–2017"),
    ],
)
def test_years_on_end_are_said_as_a_span(years, zh, en):
    assert [Voice(language).years(years) for language in ("zh", "en")] == [zh, en]


# where one language needs a part the other does not
LEFT_OUT = {"goal.compared", "claim.break_even", "claim.no_break_even", "document.ordinals"}


def both(made) -> list[str]:
    return [made(Voice(language)) for language in ("zh", "en")]


def parts(phrase) -> set[str]:
    texts = phrase if isinstance(phrase, list) else phrase.values() if isinstance(phrase, dict) else [phrase]
    return {name for text in texts for _, name, *_ in string.Formatter().parse(text) if name}


def test_every_language_says_the_same_things():
    first, *others = (printing.phrases(language) for language in LANGUAGES)
    for other in others:
        assert list(other) == list(first)
        assert {key for key in first if parts(first[key]) != parts(other[key])} == LEFT_OUT


@pytest.mark.parametrize("group", CODED)
def test_every_code_has_its_own_word(group):
    for language in LANGUAGES:
        words = {key: text for key, text in printing.phrases(language).items() if key.startswith(f"{group}.")}
        assert list(words) == [f"{group}.{code}" for code in CODED[group]]
        assert len(set(words.values())) == len(words)


def test_no_phrase_is_dead():
    code = "".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.*") if path.suffix in
                   (".py", ".j2", ".js"))  # fmt: skip
    built = tuple(re.findall(r'f"([a-z_]+\.[a-z_]*)\{', code))
    used = {first or second for first, second in re.findall(r"\"([a-z_.0-9]+)\"|'([a-z_.0-9]+)'", code)}
    dead = [key for key in printing.phrases("zh") if key not in used and not key.startswith(built)]
    assert dead == []


def test_a_language_without_a_file_is_refused_with_those_there_are():
    with pytest.raises(printing.catalogues.SourceError, match="no such file; the languages are zh, en"):
        Voice("xx").say("list.comma")


@pytest.mark.parametrize(("key", "value", "zh", "en"), [
    ("rd_intensity", 0.86, "0.86%", "0.86\u00a0%"), ("national_hte_new", 1.0, "1家", "1 enterprise"),
    ("national_hte_new", 2.0, "2家", "2 enterprises"),
    ("national_hte_new", 1234.0, "1234家", "1,234 enterprises"),
    ("rd_expenditure", 1241.3, "1241.30亿元", "124.130 billion yuan"),
    ("rd_expenditure", -0.001, "0.00亿元", "0 million yuan"),
    ("rd_expenditure", -1.5, "−1.50亿元", "−150 million yuan"),
])  # fmt: skip
def test_values_are_printed_with_their_unit(key, value, zh, en, catalogue):
    assert [Voice(one, catalogue).quantity(value, catalogue.indicators[key]) for one in ("zh", "en")] == [
        zh,
        en,
    ]


def test_an_amount_in_a_larger_unit_has_three_decimals_at_most(catalogue):
    gdp = catalogue.indicators["gdp"]
    assert Voice("en", catalogue).quantity(63589.99, gdp) == "6.359 trillion yuan"


def test_differences_of_shares_are_points(catalogue):
    share = catalogue.indicators["rd_intensity"]
    assert both(lambda voice: voice.difference(0.39, share)) == ["0.39个百分点", "0.39 percentage points"]
    assert (
        both(lambda voice: voice.difference(-0.0038, share))[0] == "\N{MINUS SIGN}0.004个百分点"
    )  # not 0.00
    assert both(lambda voice: voice.difference(0.00001, share))[0] == "0.00001个百分点"
    assert both(lambda voice: voice.difference(0.000001, share))[0] == "0.00个百分点"
    assert both(lambda voice: voice.difference(0.0, share))[0] == "0.00个百分点"
    assert both(lambda voice: voice.difference(1, share, 0)) == ["1个百分点", "1 percentage point"]


@pytest.mark.parametrize(("precision", "zh", "en"), [
    ("day", "2018年1月5日", "5 January 2018"), ("month", "2018年1月", "January 2018"),
    ("year", "2018年", "2018"), ("by", "不晚于2018年1月5日", "by 5 January 2018"),
])  # fmt: skip
def test_dates_are_as_precise_as_they_are_known(precision, zh, en):
    assert both(lambda voice: voice.day("2018-01-05", precision)) == [zh, en]


@pytest.mark.parametrize(("p", "zh", "en", "word"), [
    (0.0094, "不足1%", "below 1\u00a0%", "几乎不可能"), (0.0104, "1%", "1\u00a0%", "可能性很小"),
    (0.894, "89%", "89\u00a0%", "可能性较大"), (0.896, "90%", "90\u00a0%", "可能性很大"),
    (0.5, "50%", "50\u00a0%", "达标与否机会相当"), (0.9904, "超过99%", "above 99\u00a0%", "基本确定"),
    (0.0, "不足1%", "below 1\u00a0%", "几乎不可能"), (1.0, "超过99%", "above 99\u00a0%", "基本确定"),
])  # fmt: skip
def test_a_probability_and_its_word_agree_and_open_is_never_certain(p, zh, en, word):
    assert both(lambda voice: voice.probability(p)) == [zh, en]
    assert Voice("zh").likelihood(p) == word


def test_a_known_outcome_is_certain():
    assert both(lambda voice: voice.known(1.0)) == ["100%", "100\u00a0%"]
    assert both(lambda voice: voice.known(0.004)) == ["不足1%", "below 1\u00a0%"]


# --------------------------------------------------------------------- memo, figure, page and workbook agree


def on_page(one, language, catalogue):
    dossier = Dossier(one, one.history.assign(role="own"), {})
    plan = limited(one.plan, {one.target.id})
    inputs = view.Inputs(Outlook(plan, one.as_of, (dossier,), None), {}, {}, {}, None)
    return given.One(one, inputs, Book(language, catalogue))


def in_memo(one, language, catalogue):
    return memo.compose(Dossier(one, one.history.assign(role="own"), {}), catalogue, language, pages=None)


def said(document) -> str:
    return documents.plain("".join(block.text for block in document.blocks if hasattr(block, "text")))


@pytest.fixture
def with_row(assessment):
    """Return an assessment whose row says something else."""
    return lambda case, **row: dataclasses.replace(one := assessment(*case), row=one.row | row)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("p", [0.0004, 0.0094, 0.011, 0.0999, 0.3251, 0.45, 0.6649, 0.896, 0.985, 0.9904])
def test_a_probability_reads_the_same_everywhere(p, language, with_row, catalogue):
    one = with_row(("henan-2024", "2024-12-31", "rd-intensity"), p_attain=p, p_low=p, p_high=p)
    voice = Voice(language)
    text = said(in_memo(one, language, catalogue))
    shown = cells.probability(on_page(one, language, catalogue))
    claim = plots.claim(one, language, catalogue)
    assert voice.probability(p, "stated") in text and voice.probability(p, "stated") in claim
    assert (voice.half(p) or voice.likelihood(p)) in text and voice.leaning(p) in claim
    assert (shown["p"].text, shown["word"]) == (voice.probability(p), voice.leaning(p))
    assert records.target(one, Voice(language, catalogue))["likelihood"] == voice.leaning(p)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [1.0, 2.0, 1234.0])
def test_a_count_reads_the_same_everywhere(value, language, with_row, catalogue):
    one = with_row(("luohe-2019", "2023-05-26", "national-hte-new"), outcome=value)
    text = Voice(language, catalogue).quantity(value, catalogue.indicators["national_hte_new"])
    assert in_memo(one, language, catalogue).facts["outcome"].text == text
    assert text in plots.claim(one, language, catalogue)
    assert cells.outcome(on_page(one, language, catalogue)).text == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_goal_and_date_read_the_same_everywhere(language, assessment, catalogue):
    one = assessment("luohe-2019", "2023-05-26", "rd-intensity")
    shown, facts = on_page(one, language, catalogue), in_memo(one, language, catalogue).facts
    figure = plots.fan(one, language, catalogue)
    day, goal = given.as_of(shown.inputs, shown.book).text, facts["goal"].text
    assert day == facts["as_of"].text and day in figure.texts[2].get_text()
    assert goal in documents.plain(cells.goal(shown)) and goal in figure.texts[0].get_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_and_ratings_read_the_same_everywhere(language, assessment, catalogue):
    one = assessment("luohe-2019", "2023-05-26", "hte-number-rise")
    rows = in_memo(one, language, catalogue).annexes[0].blocks
    table = next(block for block in rows if isinstance(block, documents.Table)).rows
    voice = Voice(language, catalogue)
    listed = [records.figure("own", row, voice) for row in one.history.itertuples(index=False)]
    shown = [row["status"] for row in details.figures(on_page(one, language, catalogue))]
    assert [row[2] for row in table] == shown == [row["status"] for row in listed]
    assert "公布数" in shown or language == "en"
    for row, figure in zip(table, listed, strict=True):
        assert re.split(" ?[／/] ?", row[5])[0] == figure["quality"]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_script_of_the_page_prints_as_python_does(language):
    script = (CODE / "review" / "templates" / "review.js").read_text(encoding="utf-8")
    start = script.index("// ---- as analysis.printing")
    chances = [0, 0.0004, 0.0094, 0.01, 0.011, 0.3251, 0.656, 0.896, 0.985, 0.99, 0.9904, 1]
    asked = f"const said = {json.dumps(page._spoken(Voice(language)))}, asked = {json.dumps(chances)};"
    answer = "console.log(JSON.stringify(asked.map(p => [percent(p, said), likelihood(p, said)])));"
    code = "\n".join([asked, script[start : script.index("function answer", start)], answer])
    made = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True).stdout
    voice = Voice(language)
    assert json.loads(made) == [[voice.probability(p), voice.likelihood(p)] for p in chances]
