"""Pages of a plan put to every region: one a province with its regions, and the list of provinces."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import kinds, printing
from analysis.catalogue import Catalogue, tongue
from analysis.plans import Plan, Target
from analysis.printing import SIGNS
from analysis.review import page
from analysis.review.wordbook import Book, Fact


def write(plan: Plan, table: pd.DataFrame, folder: Path, source: str, catalogue: Catalogue) -> Path:
    """Write ``<province>.html`` for every province and ``index.html``; return the index.

    Parameters
    ----------
    table : of ``country.table``
    folder : must exist
    source : the file of the table, as traces name it

    Raises
    ------
    documents.UnprovenNumber
        When a number of a page is neither a fact's nor declared constant; that page is not written then.
    """
    as_of = str(table["as_of"].iloc[0])
    groups = {str(code): rows for code, rows in table.groupby("parent")}
    for code, rows in groups.items():
        said = partial(_province, plan, as_of, source, code, rows)
        page.bilingual(folder / f"{code}.html", "region.html.j2", catalogue, said)
    said = partial(_country, plan, as_of, source, groups)
    return page.bilingual(folder / "index.html", "country.html.j2", catalogue, said)


def _province(plan: Plan, as_of: str, source: str, code: str, table: pd.DataFrame, book: Book) -> dict:
    return _Page(plan, as_of, source, book).province(code, table)


def _country(plan: Plan, as_of: str, source: str, groups: dict[str, pd.DataFrame], book: Book) -> dict:
    return _Page(plan, as_of, source, book).country(groups)


class _Page:
    """What the pages of one table hold, in one language."""

    def __init__(self, plan: Plan, as_of: str, source: str, book: Book) -> None:
        self.plan, self.as_of, self.source, self.book = plan, as_of, source, book
        self.targets = {target.id: target for target in plan.targets}

    def country(self, groups: dict[str, pd.DataFrame]) -> dict:
        """Return the list of provinces, the likeliest first."""
        rows = sorted((self._province(code, rows) for code, rows in groups.items()), key=_first)
        return {"title": self._say("heading"), "note": self._note(), "rows": rows}

    def province(self, code: str, table: pd.DataFrame) -> dict:
        """Return a province's regions and their answers, the likeliest first."""
        asked = [self.targets[name] for name in table["target"].unique()]
        groups = enumerate(table.groupby("region", sort=True))
        rows = sorted((self._region(place, str(name), rows) for place, (name, rows) in groups), key=_first)
        return {
            "title": self._say("title", region=self._named(code)),
            "note": self._note(),
            "columns": [self._column(place, target) for place, target in enumerate(asked)],
            "rows": rows,
        }

    def _say(self, key: str, **parts: object) -> str:
        return self.book.say(f"country.{key}", plan=self.book.name(self.plan.title), **parts)

    def _named(self, code: str) -> str:
        return self.book.name(self.book.catalogue.regions[code])

    def _note(self) -> str:
        return self._say(
            "note", day=self.book.fact("day", self.book.day(self.as_of), self.as_of, "date", **self._trace())
        )

    def _trace(self) -> dict[str, str]:
        return {
            "release": self.book.say("page.computed", day=self.book.day(self.as_of)),
            "source": self.source,
        }

    def _column(self, place: int, target: Target) -> dict:
        return {"key": f"t{place}", "title": self.book.name(target.title), "goal": self._goal(target)}

    def _goal(self, target: Target) -> str:
        """Return the sign, number and year of a goal, or the two years compared."""
        trace = {"source": self.plan.document, "indicator": self.book.name(target.title)}

        def year(number: int) -> Fact:
            return self.book.fact(f"{target.id}.{number}", str(number), number, "year", **trace)

        kind, entry = kinds.of(target), self.book.catalogue.indicators[str(target.indicator)]
        if target.goal is None:
            return self._say("than", year=year(target.deadline), than=year(target.than or target.deadline))
        text = self.book.measured(target.goal, kind.unit, entry, as_written=True)
        goal = self.book.fact(f"{target.id}.goal", text, target.goal, kind.unit, **trace)
        return f"{SIGNS[target.comparison]} " + self._say("by_then", goal=goal, year=year(target.deadline))

    def _province(self, code: str, table: pd.DataFrame) -> dict:
        trace, chances = self._trace(), _chances(table)
        numbers = {"regions": table["region"].nunique(), "answers": len(table), "open": len(chances)}
        counted = {
            name: self.book.fact(f"{code}.{name}", self.book.number(n, 0), n, "", **trace)
            for name, n in numbers.items()
        }
        return {"code": code, "place": code, "name": self._named(code)} | counted | self._mean(code, chances)

    def _region(self, place: int, code: str, table: pd.DataFrame) -> dict:
        cells = [self._cell(f"t{n}", row) for n, row in enumerate(table.itertuples(index=False))]
        named = {"place": place, "name": self._named(code), "cells": cells}
        return named | self._mean(code, _chances(table))

    def _mean(self, code: str, chances: pd.Series) -> dict:
        """Return the mean probability of the open answers, and what it is sorted by."""
        if chances.empty:
            return {"mean": None, "sort": -1}
        mean = float(chances.mean())
        return {"mean": self._chance(f"{code}.mean", mean), "sort": round(mean, 4)}

    def _chance(self, name: str, p: float, **trace: str) -> Fact:
        return self.book.fact(name, self.book.probability(p), p, "probability", **self._trace() | trace)

    def _cell(self, key: str, row: Any) -> dict:
        """Return one answer: probability, range and word; a known outcome's verdict; or why there is none."""
        cell = {"key": key, "verdict": row.verdict, "verdict_text": self.book.say(f"verdict.{row.verdict}")}
        if row.verdict != "open":
            lacking = f"page.no_probability_{row.evidence}"
            text = "" if row.verdict in ("met", "missed") else self.book.say(lacking)
            return cell | {"sort": -1, "probability": {"p": None, "text": text, "brief": ""}}
        name, trace = (
            f"{row.region}.{row.target}",
            {"indicator": getattr(row, f"indicator_{tongue(self.book.language)}")},
        )
        p, low, high = (
            self._chance(f"{name}.{part}", getattr(row, f"p_{part}"), **trace)
            for part in ("attain", "low", "high")
        )
        apart = printing.apart(row.p_low, row.p_high)
        said = {"p": p, "value": row.p_attain, "word": self.book.likelihood(row.p_attain)}
        said |= {
            "range": self.book.say("page.range", low=low, high=high) if apart else None,
            "low": row.p_low,
            "high": row.p_high,
        }
        return cell | {"sort": round(row.p_attain, 4), "probability": said}


def _chances(table: pd.DataFrame) -> pd.Series:
    return table.loc[table["verdict"].eq("open"), "p_attain"].dropna()


def _first(row: dict) -> tuple:
    return -row["sort"], row["place"]
