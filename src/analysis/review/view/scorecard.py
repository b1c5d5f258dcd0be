"""The scorecard: how far the probabilities can be trusted."""

from collections.abc import Iterable

import pandas as pd

from analysis import backtest
from analysis.attainment import Assessment
from analysis.memo import naming
from analysis.review.view import cells
from analysis.review.view.given import Inputs
from analysis.review.wordbook import Book, Fact

MARKS = backtest.MARKS[2:]  # n and origins are said once an indicator
OURS = backtest.METHODS[0]


def table(scores: pd.DataFrame | None, book: Book, assessments: Iterable[Assessment] = ()) -> dict | None:
    """Return the scores by indicator: its name, n and origin years once, a line for each method.

    Parameters
    ----------
    scores : as ``backtest.presented`` returns them
    assessments : of the plan whose indicators come first, in the order of its document
    """
    if scores is None or scores.empty:
        return None
    groups = in_order(scores, assessments).groupby(["indicator", "n", "origins"], sort=False)
    return {
        "header": [book.say(f"score.{column}") for column in scores.columns],
        "groups": [_group(place, key, rows, book) for place, (key, rows) in enumerate(groups)],
        "note": book.say("page.scorecard_reading", level=cells.level(80, book)),
    }


def _group(place: int, key: tuple, rows: pd.DataFrame, book: Book) -> dict:
    indicator, n, origins = key
    name = book.name(book.catalogue.indicators[indicator])
    return {
        "name": name,
        "n": _fact(f"{place}.n", str(n), n, name, book),
        "origins": _fact(f"{place}.origins", str(origins), origins, name, book),
        "rows": [
            _line(f"{place}.{line}", row, name, book) for line, row in enumerate(rows.to_dict("records"))
        ],
    }


def _line(place: str, row: dict, name: str, book: Book) -> dict:
    marks = [_mark(f"{place}.{mark}", row[mark], mark, name, book) for mark in MARKS]
    return {"method": book.say(f"method.{row['method']}"), "ours": row["method"] == OURS, "marks": marks}


def _mark(place: str, value: float, mark: str, name: str, book: Book) -> str:
    if pd.isna(value):
        return book.say("page.none_short")
    text = book.share(value) if mark.startswith("inside") else book.number(value, 2)
    return str(_fact(place, text, float(value), name, book))


def _fact(place: str, text: str, value: float, name: str, book: Book) -> Fact:
    trace = {"indicator": name}
    return book.fact(
        f"score.{place}", text, value, "score", source=book.say("page.scorecard_source"), **trace
    )


def sentence(inputs: Inputs, book: Book) -> str | None:
    """Return how far the method's probabilities were right, of the plan's own indicators where it can.

    It says of which indicators that is the record, and of how many of the page's probabilities: of those that
    stand on three or more figures of the region's own, as the forecasts of the record did.
    """
    if inputs.scorecard is None or inputs.scorecard.empty:
        return None
    chances = [one for one in inputs.assessments if one.row["verdict"] == "open"]
    scores = in_order(inputs.scorecard, inputs.outlook.assessments)
    ours = scores[scores["method"].eq(OURS)]
    own = ours[ours["indicator"].isin(_indicators(inputs.outlook.assessments))]
    if chances and not _mine(chances, {*own["indicator"]}):
        return book.say("page.short_record_apart")
    key = f"page.short_record_{'all' if own.empty else 'own' if len(own) > 1 else 'one'}"
    said = [_held(key, ours if own.empty else own, book)]
    return book.joined([*said, *_whose(chances, {*own["indicator"]}, book)], "glue")


def _whose(chances: list[Assessment], scored: set[str], book: Book) -> list[str]:
    """Say of how many of the probabilities a record of forecasts from own figures is the record."""
    mine = _mine(chances, scored)
    if len(mine) == len(chances):
        return [book.say("page.short_record_mine")] if chances else []
    trace = {"source": book.say("page.counted")}
    n, total = (
        book.fact(f"record.{name}", str(len(some)), len(some), **trace)
        for name, some in (("mine", mine), ("chances", chances))
    )
    return [book.say("page.short_record_partly", n=n, all=total)]


def _mine(chances: list[Assessment], scored: set[str]) -> list[Assessment]:
    return [one for one in chances if one.target.indicator in scored and one.row["evidence"] == "own"]


def in_order(scores: pd.DataFrame, assessments: Iterable[Assessment]) -> pd.DataFrame:
    """Return the scores with a plan's indicators first, in the order its report tells their records in."""
    place = {key: i for i, key in enumerate(_indicators(assessments))}
    return scores.sort_values(
        "indicator", key=lambda keys: keys.map(place).fillna(len(place)), kind="stable", ignore_index=True
    )


def _indicators(assessments: Iterable[Assessment]) -> list[str]:
    """Return the indicators of a plan in the order of its document, as its report has them."""
    placed = sorted(assessments, key=lambda one: naming.order(one.target.clause))
    return [*dict.fromkeys(one.target.indicator for one in placed if one.target.indicator)]


def _held(key: str, ours: pd.DataFrame, book: Book) -> str:
    """Say how many outcomes the 80 % intervals held, over all the forecasts of some indicators."""
    n = int(ours["n"].sum())
    share = float((ours["n"] * ours["inside80"]).sum() / n)
    trace = {"source": book.say("page.scorecard_source")}
    facts = {
        "indicators": book.fact("record.indicators", str(len(ours)), len(ours), **trace),
        "n": book.fact("record.n", book.number(n, 0), n, **trace),
        "share": book.fact("record.share", book.share(share), share, "share", **trace),
    }
    names = [book.name(book.catalogue.indicators[key]) for key in ours["indicator"]]
    return book.say(key, **facts, names=book.joined(names, "semicolon"), level=cells.level(80, book))
