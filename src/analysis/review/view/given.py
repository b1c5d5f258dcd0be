"""What a review is made of, and one target of it with the words for its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from analysis import kinds, memo, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.documents import blocks
from analysis.memo import naming
from analysis.outlook import Outlook
from analysis.plans import Note, Plan, Target, known_notes
from analysis.review.view.filed import Filed
from analysis.review.wordbook import Book, Fact


@dataclass(frozen=True)
class Inputs:
    """What a review is made of, whatever the language; see ``review.write``."""

    outlook: Outlook
    whatif: Mapping[str, dict]
    memos: Mapping[str, Mapping[str, blocks.Document]]
    reports: Mapping[str, memo.Report]
    scorecard: pd.DataFrame | None
    memory: dict[str, Filed] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def plan(self) -> Plan:
        return self.outlook.plan

    @property
    def as_of(self) -> str:
        return self.outlook.as_of

    @cached_property
    def past(self) -> Mapping[str, list[dict]]:
        """By target, its rows of attainment tables up to this date, by date."""
        table = self.outlook.over_time
        rows = table[table["as_of"].le(self.as_of)].sort_values("as_of", kind="stable")
        found: dict[str, list[dict]] = {}
        for row in tables.records(rows):
            found.setdefault(row["target"], []).append(row)
        return found

    @cached_property
    def assessments(self) -> list[Assessment]:
        """In the order of the page: what was missed and what is at risk first, as in the report."""
        return sorted(self.outlook.assessments, key=memo.attention)

    def filed(self, target: str, catalogue: Catalogue) -> Filed:
        """Return what was filed of a target's figures, worked out once for all languages."""
        if target not in self.memory:
            self.memory[target] = Filed(self.outlook.of(target), catalogue)
        return self.memory[target]


def as_of(inputs: Inputs, book: Book) -> Fact:
    trace = {"release": book.say("page.as_of_note")}
    return book.fact("as_of", book.day(inputs.as_of), inputs.as_of, "date", **trace)


def of_plan(plan: Plan, book: Book, clause: str = "") -> dict[str, str]:
    issued = book.day(plan.issued, plan.issued_precision)
    place = naming.places(clause, book.language)
    release = book.say("page.plan_clause", issued=issued, clause=place) if clause else issued
    source = book.say("page.plan_source", title=book.name(plan.title), document=plan.document)
    return {"release": release, "source": source}


def notes(notes: tuple[Note, ...], source: str, inputs: Inputs, book: Book) -> list[dict]:
    """Return the remarks known by the as-of date, each with where it stands."""
    return [{"text": book.name(note), "source": source} for note in known_notes(notes, inputs.as_of)]


@dataclass(frozen=True)
class One:
    """A target in one language: its assessment, and what to write its numbers with."""

    assessment: Assessment
    inputs: Inputs
    book: Book

    @property
    def row(self) -> dict:
        return self.assessment.row

    @property
    def past(self) -> list[dict]:
        """Its rows of attainment tables, by date."""
        return self.inputs.past[self.target.id]

    @property
    def known(self) -> bool:
        return self.row["verdict"] in ("met", "missed")

    @property
    def target(self) -> Target:
        return self.assessment.target

    @property
    def kind(self) -> kinds.Kind:
        return kinds.of(self.target)

    @property
    def entry(self) -> Any:  # an Indicator; None of a task, which shows no figure
        return self.book.catalogue.indicators[self.target.indicator] if self.target.indicator else None

    @property
    def filed(self) -> Filed:
        return self.inputs.filed(self.target.id, self.book.catalogue)

    @property
    def region(self) -> str:
        return self.book.name(self.book.catalogue.regions[self.inputs.plan.region])

    def fact(self, name: str, text: str, value: Any = None, unit: str = "", **trace: Any) -> Fact:
        trace.setdefault(
            "indicator", self.book.name(self.entry) if self.entry else self.book.name(self.target.title)
        )
        return self.book.fact(f"{self.target.id}.{name}", text, value, unit, **trace)

    def computed(self) -> dict[str, Any]:
        """Trace of a computed number: deadline, what was known, whose figures."""
        return dict(self._computed)

    @cached_property
    def _computed(self) -> dict[str, Any]:
        day, book = self.book.day(self.inputs.as_of), self.book
        release = book.say("page.computed", day=day)
        if self.row["origin"] is not None:
            release = book.say("page.computed_origin", day=day, year=self.row["origin"])
        latest = self.assessment.history.tail(1)
        source = "".join(book.released(row)["source"] for row in tables.rows(latest))
        if self.row["evidence"] == "region":
            source = book.say("evidence.region")
        return {
            "period": book.period(str(self.target.deadline)),
            "release": release,
            "source": source or book.say("page.peers_source"),
        }

    def amount(self, name: str, value: float, **trace: Any) -> Fact:
        return self.fact(
            name, self.book.quantity(value, self.entry), value, self.entry.unit, **(trace or self.computed())
        )

    def measured(self, name: str, value: float, as_written: bool, **trace: Any) -> Fact:
        """Return a goal or an outcome in its target's unit."""
        text = self.book.measured(value, self.kind.unit, self.entry, as_written)
        unit = self.entry.unit if self.kind.unit == "own" else self.kind.unit
        return self.fact(name, text, value, unit, **trace)

    def chance(self, name: str, p: float, **trace: Any) -> Fact:
        return self.fact(name, self.book.probability(p), p, "probability", **(trace or self.computed()))

    def year(self, year: int) -> Fact:
        trace = of_plan(self.inputs.plan, self.book, self.target.clause)
        return self.fact(f"year.{year}", str(year), year, "year", **trace)
