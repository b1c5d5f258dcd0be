"""What was published between two dates of a target's history, as it stood then and not as it stands today."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analysis import panel, tables
from analysis.attainment import on_basis
from analysis.review.view.given import One

FEW = 2  # figures named beside a probability of the past
Key = tuple[str, str]  # indicator and period


def told(one: One, row: dict, before: dict | None) -> str:
    """Return what was published between two dates that the answer stands on: what moved it."""
    if before is None:
        return one.book.say("page.moved_first")
    dates = before["as_of"], row["as_of"]
    filed = len(_between(_filed(one), dates)) > 0
    new, revised = (_published(one, dates), _rerated(one, dates)) if filed else ([], {})
    if not new and not revised:
        moved = row["p_attain"] != before["p_attain"] and _elsewhere(one, dates)
        return one.book.say(f"page.moved_{'peers' if moved else 'nothing'}")
    said = [_named(one, new, row["as_of"])] if new else []
    return one.book.joined([*said, *_reratings(one, revised, row["as_of"])], "semicolon")


def first(one: One, row: Any) -> Any:
    """Return the release of a figure rated as doubtful in which it stood first; the row itself without."""
    if row.status != tables.DOUBTFUL:
        return row
    rows = _filed(one)
    same = rows["indicator"].eq(row.indicator) & rows["period"].eq(row.period) & rows["basis"].eq(row.basis)
    same &= rows["source"].eq(row.source) & rows["value"].eq(row.value)
    return next(tables.rows(rows[same].sort_values("published", kind="stable")), row)


def _filed(one: One, role: str = "filed") -> pd.DataFrame:
    figures = one.inputs.outlook.of(one.target.id).figures
    return figures[figures["role"].eq(role)].drop(columns="role").reset_index(drop=True)


def _between(rows: pd.DataFrame, dates: tuple[str, str]) -> pd.DataFrame:
    return rows[rows["published"].gt(pd.Timestamp(dates[0])) & rows["published"].le(pd.Timestamp(dates[1]))]


def _elsewhere(one: One, dates: tuple[str, str]) -> bool:
    return len(_between(_filed(one, "elsewhere"), dates)) > 0


def _published(one: One, dates: tuple[str, str]) -> list[Any]:
    """Return the figures first published between two dates: the newest period first, parts last.

    A number that was there already, of whatever source, is not new; nor is one that was only rated anew.
    """
    filed = _filed(one)
    if filed.empty:
        return []
    earlier, later = (_known(one, filed, day) for day in dates)
    there = {*_numbers(earlier), *_numbers(filed[filed["published"].le(pd.Timestamp(dates[0]))])}
    found: dict[Key, Any] = {}
    for rows in (later, filed[filed["status"].ne(tables.WITHDRAWN)]):
        for figure in tables.rows(_between(rows, dates)):
            if (figure.indicator, figure.period, figure.value) not in there:
                found.setdefault((figure.indicator, figure.period), figure)
    new = sorted(found.values(), key=lambda figure: figure.period, reverse=True)
    order = [one.target.indicator, one.entry.numerator, one.entry.denominator]
    return sorted(new, key=lambda figure: order.index(figure.indicator) if figure.indicator in order else 3)


def _known(one: One, filed: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return what was known of the region on a day: figures published, and ratios worked out of them."""
    rows = panel.as_of(filed, day, one.book.catalogue)
    return on_basis(rows[rows["indicator"].isin({one.target.indicator, *filed["indicator"]})], one.target)


def _numbers(rows: pd.DataFrame) -> Iterable[tuple]:
    return zip(rows["indicator"], rows["period"], rows["value"], strict=True)


def _rerated(one: One, dates: tuple[str, str]) -> dict[tuple[str, str], set[int]]:
    """Return the years of which figures were taken back between two dates, by status and indicator."""
    filed, found = _filed(one), dict[tuple[str, str], set[int]]()
    stood = filed[filed["status"].isin(tables.USABLE) & filed["published"].le(pd.Timestamp(dates[1]))]
    held = {(*cell, source) for cell, source in zip(_cells(stood), stood["source"], strict=True)}
    for row in tables.rows(_between(filed, dates)):
        if row.status in tables.NOT_STANDING and (row.indicator, row.period, row.basis, row.source) in held:
            found.setdefault((row.status, row.indicator), set()).add(row.year)
    return found


def _cells(rows: pd.DataFrame) -> Iterable[tuple]:
    return zip(rows["indicator"], rows["period"], rows["basis"], strict=True)


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
