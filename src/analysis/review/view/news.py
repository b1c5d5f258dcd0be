"""What was published between two dates of a target's history, in words."""

from typing import Any

from analysis import tables
from analysis.review.view.given import One

FEW = 2  # figures named beside a probability of the past


def told(one: One, row: dict, before: dict | None) -> str:
    """Return what was published between two dates that the answer stands on: what moved it."""
    if before is None:
        return one.book.say("page.moved_first")
    dates = before["as_of"], row["as_of"]
    new, revised = one.filed.between(dates)
    if not new and not revised:
        moved = row["p_attain"] != before["p_attain"] and one.filed.elsewhere(dates)
        return one.book.say(f"page.moved_{'peers' if moved else 'nothing'}")
    said = [_named(one, new, row["as_of"])] if new else []
    return one.book.joined([*said, *_reratings(one, revised, row["as_of"])], "semicolon")


def first(one: One, row: Any) -> Any:
    """Return the release of a figure rated as doubtful in which it stood first; the row itself without."""
    if row.status != tables.DOUBTFUL:
        return row
    rows = one.filed.rows
    same = rows["indicator"].eq(row.indicator) & rows["period"].eq(row.period) & rows["basis"].eq(row.basis)
    same &= rows["source"].eq(row.source) & rows["value"].eq(row.value)
    return next(tables.rows(rows[same].sort_values("published", kind="stable")), row)


def _named(one: One, rows: list[Any], when: str) -> str:
    said = [_figure(one, figure, when) for figure in rows[:FEW]]
    text, more = one.book.joined(said, "comma"), len(rows) - FEW
    if more <= 0:
        return text
    rest = one.fact(f"moved.more.{when}", str(more), more, "figures", **one.computed())
    return one.book.say("page.moved_more", figures=text, more=rest)


def _figure(one: One, row: Any, when: str) -> str:
    entry, book = one.book.catalogue.indicators[row.indicator], one.book
    name, trace = f"moved.{when}.{row.indicator}.{row.period}", one.book.released(row)
    value = one.fact(name, book.quantity(row.value, entry), row.value, entry.unit, **trace)
    period = one.fact(f"{name}.period", book.period(row.period), row.period, "year", **trace)
    return book.say("page.moved_figure", period=period, indicator=book.name(entry), value=value)


def _reratings(one: One, rerated: dict[tuple[str, str], set[int]], when: str) -> list[str]:
    said, book = [], one.book
    for (status, key), years in rerated.items():
        entry, text = book.catalogue.indicators[key], book.years(years)
        name = f"moved.{when}.{status}.{key}"
        told = one.fact(name, text, None, "year", indicator=book.name(entry))
        said.append(book.say(f"page.moved_{status}", years=told, indicator=book.name(entry)))
    return said
