"""Write the review page: one file with its data, charts and script inside, asking nothing of any network."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import altair
import jinja2
import pandas as pd
import vl_convert
from markupsafe import Markup

from analysis import MADE_BY, memo, store, templates
from analysis.catalogue import Catalogue
from analysis.documents import blocks
from analysis.outlook import Outlook
from analysis.places import CACHE
from analysis.printing import LANGUAGES, Voice, phrases
from analysis.review import gather, marks, proof, view
from analysis.review.wordbook import Book, Fact


def write(
    outlook: Outlook,
    folder: Path,
    catalogue: Catalogue,
    scorecard: pd.DataFrame | None = None,
    memos: gather.Memos | None = None,
    reports: Mapping[str, memo.Report] | None = None,
) -> Path:
    """Write ``review.html`` into ``folder`` and return its path. Same inputs, same bytes.

    Parameters
    ----------
    outlook : of ``processed.outlook``
    folder : must exist
    scorecard : as ``backtest.presented`` returns it; None: the page has none
    memos : by target and language, the answers of the details; composed here when None
    reports : of ``memo.compose_reports``, whose opening is the page's; composed here when None

    Raises
    ------
    documents.UnprovenNumber
        When a number of the page is neither a fact's nor declared constant; nothing is written then.
    """
    if memos is None:
        memos = gather.memos(outlook, catalogue)
    if reports is None:
        reports = gather.reports(outlook, catalogue)
    kept = gather.stored(outlook, catalogue)
    inputs = view.Inputs(outlook, kept, memos, reports, scorecard)
    pages: list[dict] = []
    facts: dict[str, Fact] = {}
    drawings: dict[str, dict] = {}
    for language in LANGUAGES:
        book = Book(language, catalogue)
        page = view.page(inputs, book)
        drawings |= drawings_of(page)
        facts |= book.facts
        pages.append(page | {"say": book.say, "m": marks.Marker(language, book.facts)})
    text = template("review.html.j2").render(
        pages=pages,
        data=data(kept, facts, drawings, pages),
        bundle=_bundle(),
        as_of=inputs.as_of,
        plan=outlook.plan.id,
    )
    return finish(folder / "review.html", text, facts)


def bilingual(path: Path, name: str, catalogue: Catalogue, make: Callable[[Book], dict]) -> Path:
    """Write a page of the template ``name``; ``make`` gives its title and all else it holds, by language."""
    pages: list[dict] = []
    facts: dict[str, Fact] = {}
    for language in LANGUAGES:
        book = Book(language, catalogue)
        made = make(book)
        pages.append(made | {"language": language, "say": book.say, "m": marks.Marker(language, book.facts)})
        facts |= book.facts
    text = template(name).render(pages=pages, data=data({}, facts, {}, pages))
    return finish(path, text, facts)


def finish(path: Path, text: str, facts: Mapping[str, Fact]) -> Path:
    """Write a page once every number on it is proved; nothing is written otherwise."""
    proof.prove(text, facts, path.name)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


# --------------------------------------------------------------------------------------------- templates


@cache
def _templates() -> jinja2.Environment:
    made = templates.environment(Path(__file__).parent / "templates")
    made.filters |= {"plain": blocks.plain, "plainnumber": lambda value: f"{value:.10g}"}
    made.globals |= {"spark": spark, "script": script, "made_by": MADE_BY}
    return made


def warm() -> None:
    """Read what every page is written with, so that processes forked from this one have it."""
    for name in _templates().list_templates(["j2"]):
        template(name)
    _bundle()


def template(name: str) -> jinja2.Template:
    return _templates().get_template(name)


@cache
def _bundle() -> Markup:
    """Return Vega, Vega-Lite and Vega-Embed as one script, safe inside an HTML element."""
    version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    path = CACHE / f"vega-{metadata.version('vl-convert-python')}-{version}.js"  # takes a second to make
    if not path.is_file():
        store.write(path, vl_convert.javascript_bundle(vl_version=version).encode())
    return Markup(path.read_text(encoding="utf-8").replace("</script", "<\\/script"))


def drawings_of(page: dict) -> dict[str, dict]:
    """Give each chart of a page its name; the drawings themselves go into the page's data once."""
    drawings = {}
    for target in page["targets"]:
        figures = {"fan": target["figure"], "if": (target["conditional"] or {}).get("figure")}
        figures["time"] = target["over_time"]
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
        trace = tuple(getattr(fact, key) for key in blocks.TRACE)
        numbered[name] = traces.setdefault(trace, len(traces))
    return {
        "facts": numbered,
        "traces": [list(trace) for trace in traces],
        "charts": drawings,
        "whatif": kept,
        "words": {language: _spoken(Voice(language)) for language in LANGUAGES},
        "titles": {page["language"]: page["title"] for page in pages},
    }


def _spoken(voice: Voice) -> dict:
    """Return what the page's script says in a language; it has no words and no scale of its own."""
    keys = ["number.percent", "page.whatif_missing", "page.whatif_bad", "page.whatif_low"]
    keys += ["page.sorted", "page.found", "language.tag", "page.print"]
    keys += [f"probability.{name}" for name in ("plain", "low", "high")]
    keys += [f"field.{name}" for name in ("value", *blocks.TRACE)]
    said = phrases(voice.language)
    return {key: said[key] for key in keys} | {"likelihood": voice.scale()}


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
