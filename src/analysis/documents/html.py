"""Document to one self-contained page: offline, when mailed, light and dark, on paper, by keyboard."""

import base64
from functools import cache
from itertools import count
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from analysis import MADE_BY, templates
from analysis.documents import blocks as b
from analysis.documents import layout
from analysis.printing import Voice


def render(document: b.Document) -> str:
    """Write a document as one HTML page; every fact is a ``span`` with ``data-fact`` and its trace.

    The trace (indicator, period, release, source) opens on hover, click and keyboard focus,
    without any request and without scripts; a script only adds closing by Escape.
    """
    page = _Page(document)
    return template().render(
        document=document,
        made_by=MADE_BY,
        page=page,
        say=page.voice.say,
        title=b.plain(document.title).replace(b.BREAK, ""),
        full_width=layout.LAYOUTS[document.language].full_width,
        annexes=list(zip(b.annex_labels(document), document.annexes, strict=True)),
    )


@cache
def template() -> jinja2.Template:
    return templates.environment(Path(__file__).parent / "templates").get_template("page.html.j2")


class _Page:
    """What the template calls; it counts the facts and the captions on the page."""

    def __init__(self, document: b.Document):
        self.document, self.number, self.voice = document, count(1), Voice(document.language)
        self.captions = b.Captions()
        self.pieces = document.title.split(b.BREAK)

    def inline(self, marked: str) -> Markup:
        return Markup("").join(self.run(run) for run in b.runs(marked.replace(b.BREAK, "")))

    def cell(self, marked: str) -> Markup:
        """A cell's text, which breaks into lines only at its marks where it has any."""
        if b.BREAK not in marked:
            return self.inline(marked)
        pieces = map(self.inline, marked.split(b.BREAK))
        return Markup("<wbr>").join(Markup('<span class="kept">{}</span>').format(one) for one in pieces)

    def run(self, run: b.Run) -> Markup:
        if not run.fact:
            return escape(run.text)
        trace = self.trace(self.document.facts[run.fact])
        if not trace:  # a year says itself where it comes from
            return Markup('<span data-fact="{}">{}</span>').format(run.fact, run.text)
        number = next(self.number)
        return Markup(
            '<span class="fact" tabindex="0" data-fact="{0}" aria-describedby="t{1}">{2}'
            '<span class="trace" role="tooltip" id="t{1}">{3}</span></span>'
        ).format(run.fact, number, run.text, trace)

    def trace(self, fact: b.Fact) -> Markup:
        lines = ((self.voice.say(f"field.{name}"), getattr(fact, name)) for name in b.TRACE)
        return Markup("").join(Markup("<span><b>{}</b> {}</span>").format(*line) for line in lines if line[1])

    def numbered(self, blocks: tuple[b.Block, ...]) -> list[tuple[str, str, b.Block]]:
        return [
            (type(block).__name__.lower(), label, block)
            for label, block in b.numbered(blocks, self.document.language, self.captions)
        ]

    def picture(self, figure: b.Figure) -> Markup:
        kind, image = ("svg+xml", figure.vector) if figure.vector else ("png", figure.image)
        source = f"data:image/{kind};base64,{base64.b64encode(image).decode()}"
        width, height = figure.size
        return Markup('<img src="{}" alt="{}" width="{}" height="{}">').format(
            source, b.plain(figure.alt), width, height
        )

    def cells(self, table: b.Table, row: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """A row's cells, each with how it is set and its head, which stands beside it on a phone."""
        heads = [b.plain(head).replace(b.BREAK, "") for head in table.header]
        return list(zip(table.align or "l" * len(row), heads, row, strict=True))
