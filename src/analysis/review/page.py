"""Write the review page: one file with its data, charts and script inside, asking nothing of any network."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import altair
import jinja2
import pandas as pd
import vl_convert
from markupsafe import Markup, escape

from analysis import answers, memo, panel, tables
from analysis.attainment import Assessment
from analysis.documents import blocks
from analysis.plans import Plan
from analysis.review import view, whatif
from analysis.review.wordbook import Book, Fact, words
from analysis.sources import Catalogue

LANGUAGES = ("zh", "en")
TRACE = ("indicator", "period", "release", "source", "notebook")
Memos = Mapping[str, Mapping[str, blocks.Document]]


def write(
    plan: Plan,
    assessments: Sequence[Assessment],
    over_time: pd.DataFrame,
    folder: Path,
    catalogue: Catalogue,
    scorecard: pd.DataFrame | None = None,
    observations: pd.DataFrame | None = None,
    memos: Memos | None = None,
) -> Path:
    """Write ``review.html`` into ``folder`` and return its path. Same inputs, same bytes.

    Parameters
    ----------
    assessments : one a target, in the plan's order, all as of one date (``attainment.assess_all``)
    over_time : attainment tables as of each date on which the data changed (``attainment.over_time``)
    folder : must exist
    scorecard : one row a line; headings and texts may hold "中文|English". None: the page has none
    observations : table of ``sources.load``; gives the what-if a denominator (GDP); else the reader enters it
    memos : by target and language, shown under each target; composed here when None
    """
    if memos is None:
        memos = compose(assessments, catalogue, observations)
    kept = stored(plan, assessments, catalogue, observations)
    inputs = view.Inputs(plan, assessments, over_time, kept, memos, scorecard)
    pages, facts, drawings = [], {}, {}
    for language in LANGUAGES:
        book = Book(language, catalogue)
        page = view.page(inputs, book)
        drawings |= drawings_of(page)
        facts |= book.facts
        pages.append(page | {"say": say(book), "m": Marker(book.facts)})
    text = template("review.html.j2").render(
        pages=pages,
        data=data(kept, facts, drawings, pages),
        bundle=_bundle(),
        as_of=inputs.as_of,
        plan=plan.id,
    )
    path = folder / "review.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def compose(
    assessments: Sequence[Assessment], catalogue: Catalogue, observations: pd.DataFrame | None = None
) -> Memos:
    """Return every target's memo in both languages, without its figure; all answers need observations."""
    memos = {}
    for one in assessments:
        given = {} if observations is None else answers.answers(one, observations, catalogue)
        memos[one.target.id] = {
            language: memo.compose(one, catalogue, language, answers=given) for language in LANGUAGES
        }
    return memos


def stored(
    plan: Plan, assessments: Sequence[Assessment], catalogue: Catalogue, observations: pd.DataFrame | None
) -> dict[str, dict]:
    """Return what the what-if of each target computes from."""
    as_of = assessments[0].as_of
    history = None if observations is None else panel.as_of(observations, as_of)
    kept = {}
    for one in assessments:
        below = _denominator(plan, one, history, catalogue)
        found = whatif.stored(one, catalogue, below[1] if below else None)
        if found is not None:
            if found["extra"] and below:
                found["extra"]["year"] = below[0]
            kept[one.target.id] = found
    return kept


def _denominator(
    plan: Plan, one: Assessment, history: pd.DataFrame | None, catalogue: Catalogue
) -> tuple[int, float] | None:
    """Return year and latest value below a ratio: published, or implied by a year's numerator and ratio."""
    entry = catalogue.indicators[one.target.indicator] if one.target.indicator else None
    if history is None or entry is None or entry.denominator is None:
        return None
    published = panel.annual(history, entry.denominator, (plan.region,))
    ratios = panel.annual(history, one.target.indicator, (plan.region,))
    above = panel.annual(history, entry.numerator, (plan.region,))
    pairs = above.merge(ratios[ratios["value"].gt(0)], on="year", suffixes=("", "_ratio"))
    known = dict(zip(pairs["year"], entry.scale * pairs["value"] / pairs["value_ratio"], strict=True))
    known |= dict(zip(published["year"], published["value"], strict=True))
    decimals = catalogue.indicators[entry.denominator].decimals
    return (int(max(known)), round(float(known[max(known)]), decimals)) if known else None


# --------------------------------------------------------------------------------------------- templates


class Marker:
    """Turns marked text into markup: every fact becomes a button that shows its trace."""

    def __init__(self, facts: Mapping[str, Fact]):
        self.facts = facts

    def __call__(self, marked: object, prefix: str = "", notes: Mapping[str, str] | None = None) -> Markup:
        text = str(marked).replace(blocks.BREAK, "")
        return Markup("").join(self._run(run, prefix, notes or {}) for run in blocks.runs(text))

    def _run(self, run: blocks.Run, prefix: str, notes: Mapping[str, str]) -> Markup:
        if run.note:
            return Markup('<sup class="note">{}</sup>').format(
                list(notes).index(run.note) + 1 if run.note in notes else "*"
            )
        if not run.fact:
            return escape(run.text)
        return Markup('<span role="button" tabindex="0" class="n" data-fact="{}">{}</span>').format(
            prefix + run.fact, run.text
        )


def say(book: Book) -> Callable[..., str]:
    return lambda key, **parts: book.say(key, **parts)


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    made = jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {"plain": blocks.plain, "plainnumber": lambda value: f"{value:.10g}"}
    made.globals |= {"spark": spark, "script": script}
    return made


def template(name: str) -> jinja2.Template:
    return _templates().get_template(name)


@cache
def _bundle() -> Markup:
    """Return Vega, Vega-Lite and Vega-Embed as one script, safe inside an HTML element."""
    version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return Markup(vl_convert.javascript_bundle(vl_version=version).replace("</script", "<\\/script"))


def drawings_of(page: dict) -> dict[str, dict]:
    """Give each chart of a page its name; the drawings themselves go into the page's data once."""
    drawings = {}
    for target in page["targets"]:
        figures = {"fan": target["figure"], "if": (target["conditional"] or {}).get("figure")}
        for kind, figure in figures.items():
            if figure:
                figure["id"] = f"{page['language']}-{target['id']}-{kind}"
                drawings[figure["id"]] = figure.pop("chart")
    return drawings


def data(kept: dict, facts: Mapping[str, Fact], drawings: dict, pages: list[dict]) -> dict:
    """Return the page's data: traces are stored once and numbered."""
    traces: dict[tuple, int] = {}
    numbered = {}
    for name, fact in sorted(facts.items()):
        trace = tuple(getattr(fact, key) for key in TRACE)
        numbered[name] = traces.setdefault(trace, len(traces))
    names = (
        "trace_value",
        *(f"trace_{key}" for key in TRACE),
        "whatif_missing",
        "whatif_bad",
        "whatif_edge",
        "whatif_before",
        "sorted",
        "sort_order",
    )
    return {
        "facts": numbered,
        "traces": [list(trace) for trace in traces],
        "charts": drawings,
        "whatif": kept,
        "likelihood": [list(step) for step in tables.LIKELIHOOD],
        "words": {language: {name: words()[name][language] for name in names} for language in LANGUAGES},
        "titles": {page["language"]: page["title"] for page in pages},
    }


def spark(history: list[dict], width: int = 84, height: int = 26) -> dict | None:
    """Return the small drawing of a probability's history: a step line and its last point."""
    known = [
        (pd.Timestamp(item["when"]).toordinal(), item["value"])
        for item in history
        if item["value"] is not None
    ]
    if not known:
        return None
    first, last = (pd.Timestamp(history[place]["when"]).toordinal() for place in (0, -1))
    across = [4 + (width - 8) * ((when - first) / (last - first) if last > first else 1) for when, _ in known]
    up = [height - 4 - (height - 8) * p for _, p in known]
    steps = [f"{across[0]:.1f},{up[0]:.1f}"]
    for place in range(1, len(known)):
        steps += [f"{across[place]:.1f},{up[place - 1]:.1f}", f"{across[place]:.1f},{up[place]:.1f}"]
    return {
        "width": width,
        "height": height,
        "steps": " ".join(steps),
        "x": f"{across[-1]:.1f}",
        "y": f"{up[-1]:.1f}",
        "middle": f"{height / 2:.1f}",
    }


def script(data: object) -> Markup:
    """Return data as JSON that may stand in a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))
