"""The review page, in a real browser where there is one: no request, no error, the same numbers as Python."""

import io
import json
import re
import shutil
import zipfile
from datetime import date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis import attainment, forecast, plans, review, sources, tables
from analysis.documents import check
from analysis.review import page, view, whatif
from analysis.review.wordbook import Book, words

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
CATALOGUE = sources.catalogue()
SCORES = pd.DataFrame({"方法|Method": ["本套方法|ours"], "n": [100], "CRPS": [0.1234]})


@pytest.fixture(scope="module")
def observations():
    return sources.load()


class Made:
    """The review of one plan as of one date, written once for all tests."""

    def __init__(self, name, as_of, observations, folder):
        self.plan, self.observations = plans.load(name), observations
        self.assessments = attainment.assess_all(self.plan, observations, as_of, CATALOGUE)
        self.past = attainment.over_time(self.plan, observations, as_of, CATALOGUE)
        self.folder = folder / name / as_of
        self.folder.mkdir(parents=True)
        parts = (self.plan, self.assessments, self.past, self.folder, CATALOGUE)
        self.page = review.write(*parts, scorecard=SCORES, observations=observations)
        self.workbook = review.results(*parts, observations=observations)
        self.kept = page.stored(self.plan, self.assessments, CATALOGUE, observations)

    def target(self, name):
        return next(one for one in self.assessments if one.target.id == name)


@pytest.fixture(scope="module")
def luohe(observations, tmp_path_factory):
    return Made("luohe-2019", "2018-12-31", observations, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def china(observations, tmp_path_factory):
    return Made("china-2020", "2018-12-31", observations, tmp_path_factory.mktemp("reports"))


# ------------------------------------------------------------------------------------------------ what if


@pytest.mark.parametrize("made", ["luohe", "china"])
def test_the_stored_distribution_answers_as_the_forecast_does(made, request):
    made = request.getfixturevalue(made)
    asked = 0
    for one in made.assessments:
        if one.predictive is None or one.target.kind not in ("level", "share", "flow", "stock"):
            continue
        kept, target = made.kept[one.target.id], one.target
        assert whatif.probability(kept) == pytest.approx(one.row["p_attain"], abs=1e-3)
        for factor in (0.5, 0.8, 0.97, 1.1, 1.6):
            goal = round(factor * target.goal, 2)
            expected = forecast.probability(one.predictive, target.deadline, target.comparison, goal)[0]
            assert whatif.probability(kept, goal=goal) == pytest.approx(expected, abs=2e-3)
            asked += 1
    assert asked


def test_another_last_value_moves_every_member_on_its_own_scale(china):
    one, kept = china.assessments[0], china.kept["rd-intensity"]
    last, goal = kept["last"], one.target.goal
    for new in (0.93 * last, 1.04 * last):
        mixture = whatif.moved(one.predictive, last, np.array([new]))
        assert mixture.location.shape[2] == 1
        below = whatif.mixtures.cdf(mixture, np.full((1, 1, 1), np.nextafter(goal, 0)))[0, 0, 0]
        assert whatif.probability(kept, last=new) == pytest.approx(1 - below, abs=3e-3)
    chances = [whatif.probability(kept, last=last * step) for step in (0.8, 0.9, 1.0, 1.1, 1.2)]
    assert chances == sorted(chances)


def test_extra_spending_lowers_the_goal_by_its_share_of_gdp(china):
    kept = china.kept["rd-intensity"]
    gdp = kept["extra"]["below"]
    assert 800_000 < gdp < 1_000_000  # 100 million yuan, implied by expenditure over intensity
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
    assert whatif.probability(kept, last=one.conditional.break_even) == pytest.approx(0.5, abs=0.01)


# --------------------------------------------------------------------------------------------------- page


def test_same_inputs_same_bytes(luohe, tmp_path):
    parts = (luohe.plan, luohe.assessments, luohe.past, tmp_path, CATALOGUE)
    again = review.write(*parts, scorecard=SCORES, observations=luohe.observations)
    assert again.read_bytes() == luohe.page.read_bytes()
    assert review.results(*parts, observations=luohe.observations).read_bytes() == luohe.workbook.read_bytes()


def test_the_page_is_one_small_file_that_names_no_address(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    assert len(text.encode()) < 3_000_000
    markup = re.sub(r"<script\b.*?</script>", "", text, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', markup)
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
    found = re.findall(r'data-fact="([^"]+)"[^>]*>([^<]*)<', body)
    assert len(found) > 400
    for name, shown in found:
        trace = data["traces"][data["facts"][name]]
        assert any(trace), f"{name} {shown} has no trace"
    rest = re.sub(r'<(\w+)[^>]*\bdata-fact="[^"]+"[^>]*>[^<]*</\1>', " ", body)
    loose = outside(rest)
    known = {number for _, shown in found for number in check.numbers(shown)}
    assert not [number for number in check.numbers(loose) if number not in known]


def outside(html):
    """Text of a page without what is declared constant: the plan's own words, names, settings of a form."""
    from html.parser import HTMLParser

    class Text(HTMLParser):
        def __init__(self):
            super().__init__()
            self.stack, self.text = [], []

        def handle_starttag(self, tag, attributes):
            if tag not in ("br", "input", "link", "meta"):
                names = dict(attributes)
                skipped = (
                    "data-constant" in names
                    or "memo" in names.get("class", "")
                    or "where" in names.get("class", "")
                )
                self.stack.append((tag, skipped))

        def handle_endtag(self, tag):
            while self.stack and self.stack.pop()[0] != tag:
                pass

        def handle_data(self, text):
            if not any(skipped for _, skipped in self.stack):
                self.text.append(text)

    parser = Text()
    parser.feed(html)
    return " ".join(parser.text)


def test_both_languages_carry_the_same_numbers(luohe):
    inputs = view.Inputs(luohe.plan, luohe.assessments, luohe.past, luohe.kept, {}, SCORES)
    facts = {}
    for language in page.LANGUAGES:
        book = Book(language, CATALOGUE)
        view.page(inputs, book)
        facts[language] = {name.partition(".")[2]: fact.value for name, fact in book.facts.items()}
    assert facts["zh"] == facts["en"]


def test_all_words_stand_in_both_languages():
    for key, texts in words().items():
        places = [set(re.findall(r"{(\w+)}", texts[language])) for language in ("zh", "en")]
        assert places[0] == places[1] or key in ("whatif_edge",), key


def test_nothing_published_later_is_on_the_page(luohe):
    text = luohe.page.read_text(encoding="utf-8")
    assert "2020年1月19日" not in text and "13.45" not in text and "2023-05-26" not in text


# ----------------------------------------------------------------------------------------------- workbook


def test_results_are_numbers_with_units_under_two_headings(luohe):
    book = openpyxl.load_workbook(luohe.workbook)
    assert [name.split()[1] for name in book.sheetnames] == ["targets", "history", "figures", "wanted"]
    for sheet in book:
        assert sheet.freeze_panes == "B3" and sheet.auto_filter.ref.startswith("A2")
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[2]}
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=3)}
    assert len(rows) == len(luohe.plan.targets)
    for one in luohe.assessments:
        cell = rows[one.target.id][columns["Probability"] - 1]
        assert cell.value == one.row["p_attain"] and (cell.value is None or cell.data_type == "n")
    figures = book.worksheets[2]
    heads = {cell.value: cell.column - 1 for cell in figures[2]}
    for row in figures.iter_rows(min_row=3):
        assert row[heads["Value"]].data_type == "n" and row[heads["Unit"]].value
        assert isinstance(row[heads["Published"]].value, datetime | date)
        assert row[heads["Source in Chinese"]].value


def test_the_workbook_carries_no_clock(luohe):
    with zipfile.ZipFile(io.BytesIO(luohe.workbook.read_bytes())) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2018-12-31T00:00:00" in archive.read("docProps/core.xml")


def test_the_index_lists_finished_reports_only(luohe):
    root = luohe.folder.parents[1]
    attainment.frame([one.row for one in luohe.assessments]).to_csv(
        luohe.folder / "attainment.csv", index=False
    )
    manifest = {"plan": luohe.plan.id, "as_of": "2018-12-31", "title": luohe.plan.title.model_dump()}
    (luohe.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (root / "luohe-2019" / ".2019-01-01.new").mkdir(exist_ok=True)
    text = review.index(root, SCORES, CATALOGUE).read_text(encoding="utf-8")
    assert text.count('href="luohe-2019/2018-12-31/review.html#zh"') == 1
    assert ".new" not in text and "0.12" in text and luohe.plan.title.zh in text
    assert text.index("0.12") < text.index(luohe.plan.title.zh)
    empty = root / "empty"
    empty.mkdir(exist_ok=True)
    assert words()["index_none"]["zh"] in review.index(empty, None, CATALOGUE).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ browser


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("not verified: no Chromium on this machine")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="not verified: playwright is not installed"
    )
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser):
    contexts = []

    def visit(path, fragment="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        tab = context.new_page()
        tab.troubles = []
        note, ours = tab.troubles.append, ("file:", "data:")
        tab.on("console", lambda said: note(said.text) if said.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: note(str(error)))
        tab.on("request", lambda asked: None if asked.url.startswith(ours) else note(asked.url))
        tab.goto(path.as_uri() + fragment)
        tab.wait_for_selector("main:not([hidden])[data-drawn]", timeout=30_000)
        return tab

    yield visit
    for context in contexts:
        context.close()


def fill(box, name, value):
    box.locator(f"[name={name}]").fill(str(value))
    return float(box.locator("output").get_attribute("data-p"))


def test_the_page_computes_what_python_computes(visit, china, luohe):
    tab = visit(china.page)
    tab.click("summary:has-text('R&D')")
    box, kept = tab.locator("#zh [data-whatif=rd-intensity]"), china.kept["rd-intensity"]
    assert float(box.locator("output").get_attribute("data-p")) == pytest.approx(whatif.probability(kept))
    assert fill(box, "goal", 2.2) == pytest.approx(whatif.probability(kept, goal=2.2), abs=1e-9)
    assert fill(box, "last", 2.3) == pytest.approx(whatif.probability(kept, goal=2.2, last=2.3), abs=1e-9)
    assert fill(box, "extra", 500) == pytest.approx(
        whatif.probability(kept, goal=2.2, last=2.3, extra=500), abs=1e-9
    )
    gdp = fill(box, "below", 700_000)
    assert gdp == pytest.approx(
        whatif.probability(kept, goal=2.2, last=2.3, extra=500, below=700_000), abs=1e-9
    )
    box.locator("[name=goal]").fill("")
    assert box.locator("output").inner_text() == "—" and box.locator(".why").inner_text()
    box.locator(".reset").click()
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
    assert tab.locator("html").get_attribute("lang") == "en" and "assessed" in tab.title()
    number = tab.locator("#en .chance .big .n").first
    number.focus()
    shown = tab.locator("#trace").inner_text()
    assert "2016" in shown and "Luohe Daily" in shown and "4-target" in shown
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
    tab = visit(luohe.page, viewport={"width": 390, "height": 800}, color_scheme="dark")
    tab.click("#zh .all")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    ink, ground = (
        tab.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor")
    )
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) > sum(map(int, re.findall(r"\d+", ground)[:3])) + 300
    assert tab.locator("#zh .chart svg").count() == tab.locator("#zh .chart").count() > 0
    tab = visit(luohe.page)
    tab.pdf(path=tmp_path / "review.pdf", prefer_css_page_size=True)
    import pypdf

    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "review.pdf").pages)
    assert "所需资料" in text.replace(" ", "")  # the details are printed open
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
    assert len(tables.VERDICTS) + 1 == tab.locator("#zh .tiles li").count()
