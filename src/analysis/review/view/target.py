"""One target: everything the template shows of it."""

from analysis.attainment import Assessment
from analysis.memo import naming
from analysis.review.view import cells, details, fields, memos, pictures
from analysis.review.view.given import Inputs, One
from analysis.review.wordbook import Book


def shown(assessment: Assessment, inputs: Inputs, book: Book) -> dict:
    """Return a target's row in the list and its detail."""
    one = One(assessment, inputs, book)
    return {
        "id": one.target.id,
        "title": book.name(one.target.title),
        "verdict": one.row["verdict"],
        "state": cells.state(one.assessment),
        "verdict_text": cells.verdict(one),
        **_row(one),
        **_detail(one),
    }


def _row(one: One) -> dict:
    return {
        "clause": naming.places(one.target.clause, one.book.language),
        "goal": cells.goal(one),
        "goal_class": cells.demand(one),
        "last": cells.last(one),
        "probability": cells.probability(one),
        "history": cells.history(one),
        "evidence_text": cells.evidence(one),
        "sort": cells.sort_keys(one),
    }


def _detail(one: One) -> dict:
    return {
        "memo": memos.shown(one.inputs.memos.get(one.target.id, {}).get(one.book.language), one.book),
        **memos.beside(one),
        "facts": details.facts(one),
        "figure": pictures.fan(one),
        "over_time": pictures.over_time(one),
        "conditional": details.conditional(one),
        "figures": details.figures(one),
        "csv": details.download(one),
        "whatif": fields.fields(one),
    }
