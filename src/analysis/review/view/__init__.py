"""What the review page says of a plan in one language: facts, whole sentences, charts.

::

    page ── whole ────────── counts, the result in short, sources, likelihood words
         ├─ scorecard ────── how far the probabilities can be trusted
         └─ target ── cells ────── its row in the list: goal, latest figure, probability and history
                   │    └─ news ── what was published between two dates, as it stood then
                   ├─ memos ────── its answer in sentences: the memo's text, and where its files lie
                   ├─ pictures ─── its charts
                   ├─ details ──── the list beside the chart, and the tables below
                   └─ fields ───── what a reader may change

All of them write with ``given``: what a review is made of, and one target with the words for its numbers.
"""

from analysis.review.view import given, memos, scorecard, target, whole
from analysis.review.view.given import Inputs
from analysis.review.wordbook import Book

__all__ = ["Inputs", "page", "scorecard"]


def page(inputs: Inputs, book: Book) -> dict:
    """Return everything the template shows in ``book``'s language."""
    plan, say = inputs.plan, book.say
    document = book.fact("document", plan.document, unit="name", **given.of_plan(plan, book))
    issued = book.fact(
        "issued", book.day(plan.issued, plan.issued_precision), unit="date", **given.of_plan(plan, book)
    )
    day = given.as_of(inputs, book)
    title = book.name(plan.title)
    region = book.name(book.catalogue.regions[plan.region])
    return {
        "language": book.language,
        "title": say("page.page_title", title=title, day=book.day(inputs.as_of)),
        "heading": say("page.heading", title=title),
        "document": say("page.document", document=document, issued=issued, region=region),
        "as_of": say("page.as_of", day=day),
        "report": memos.files(memos.REPORT, book),
        "tiles": whole.tiles(inputs, book),
        "opening": memos.opening(inputs.reports[book.language].opening, book),
        "states": whole.states(inputs, book),
        "targets": [target.shown(one, inputs, book) for one in inputs.assessments],
        "notes": given.notes(plan.notes, f"plans/{plan.id}.yml", inputs, book),
        "sources": whole.sources(inputs, book),
        "words": whole.likelihood(book),
        "scorecard": scorecard.table(inputs.scorecard, book, inputs.outlook.assessments),
        "record": scorecard.sentence(inputs, book),
    }
