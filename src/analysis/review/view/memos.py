"""A memo's text as the answer of its target's detail; the files themselves lie beside the page."""

from collections.abc import Iterable

from analysis import tables
from analysis.documents import blocks
from analysis.review.view.given import One
from analysis.review.wordbook import Book

FORMATS = (("docx", "Word"), ("pdf", "PDF"), ("html", "HTML"))
REPORT = "report"  # how the report on the whole plan is called


def shown(document: blocks.Document | None, book: Book) -> dict | None:
    """Return a memo's text: its conclusion, what follows, and the annexes.

    Its figure stands in the page, and a page needs no closing phrase.
    """
    if document is None:
        return None
    prefix = _carried(document.facts.values(), book)
    closing = blocks.closes(document)
    parts = _parts(document.blocks[: len(document.blocks) - closing], document.language)
    second = [place for place, part in enumerate(parts) if part["kind"] == "heading"][1:2] or [len(parts)]
    labels = zip(blocks.annex_labels(document), document.annexes, strict=True)
    return {
        "lead": parts[: second[0]],
        "rest": parts[second[0] :],
        "annexes": [
            {"label": label, "title": annex.title, "parts": _parts(annex.blocks, document.language)}
            for label, annex in labels
        ],
        "prefix": prefix,
        "constants": document.constants,
    }


def opening(document: blocks.Document, book: Book) -> dict:
    """Return the opening of the report: what was missed, what is at risk, the plan as a whole."""
    said = [block for block in document.blocks if isinstance(block, blocks.Paragraph)]
    named = {run.fact for block in said for run in blocks.runs(block.text)}
    prefix = _carried((fact for fact in document.facts.values() if fact.id in named), book)
    return {"parts": _parts(said, document.language), "prefix": prefix, "constants": document.constants}


def _carried(facts: Iterable[blocks.Fact], book: Book) -> str:
    """Remember a document's facts among the page's; return what their names begin with."""
    prefix = f"memo.{len(book.facts)}."
    for fact in facts:
        trace = {key: getattr(fact, key) for key in blocks.TRACE}
        book.fact(prefix + fact.id, fact.text, fact.value, fact.unit, **trace)
    return f"{book.language}.{prefix}"


def _parts(contents: Iterable[blocks.Block], language: str) -> list[dict]:
    return [
        {"kind": type(block).__name__.lower(), "label": label, "block": block}
        for label, block in blocks.numbered(tuple(contents), language)
        if not isinstance(block, blocks.Figure)
    ]


def beside(one: One) -> dict:
    """Return the memo's files and what they are; the report's where the target has no memo of its own."""
    own = one.assessment.situation not in tables.UNTOLD
    said = one.book.say("page.files" if own else "page.files_none")
    return {"files": files(one.target.id if own else REPORT, one.book), "files_said": said}


def files(name: str, book: Book) -> list[dict]:
    """Return a memo's or the report's files in the page's own language, as links to the same folder."""
    return [{"href": f"{name}.{book.language}.{ending}", "name": word} for ending, word in FORMATS]
