"""The facts of one document: every number made once, named, and traced to its release."""

import copy
import re
from collections import defaultdict
from functools import cached_property
from itertools import count
from typing import Any, Self

import numpy as np
import pandas as pd

from analysis import change, documents, kinds, outlook, printing, tables
from analysis.catalogue import Catalogue, Indicator
from analysis.documents import Fact
from analysis.documents.blocks import UNQUOTE
from analysis.memo import naming
from analysis.outlook import Dossier
from analysis.plans import Plan, known_notes
from analysis.situations import Forecast

MANY = 100  # whole things, a change by which is told without a tenth


def typeset(text: str) -> str:
    """A text with the apostrophe and the space before % that are printed."""
    return text.replace("'", "’").replace(" %", "\u00a0%")


class Facts:
    """Makes the facts of a document on a plan; `facts` holds them by the names templates use.

    prefix : of the ids under which they stand in a document on several targets
    """

    def __init__(
        self, plan: Plan, as_of: str, catalogue: Catalogue, language: str, dated: str | None, prefix: str = ""
    ) -> None:
        self.plan, self.catalogue, self.prefix = plan, catalogue, prefix
        self.voice = printing.Voice(language, catalogue)
        self.facts: dict[str, Fact] = {}
        self.day("as_of", as_of)
        if dated:
            self.day("dated", dated)

    def fact(self, name: str, text: str, value: Any, unit: str, **trace: Any) -> Fact:
        self.facts[name] = Fact(self.prefix + name, text, value, unit, **trace)
        return self.facts[name]

    def branched(self) -> Self:
        """Return the same ledger, whose facts from here on are its own."""
        made = copy.copy(self)
        made.facts = {**self.facts}
        return made

    def by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts.values()}

    def signatory(self) -> str:
        return self.voice.name(self.plan.signatory or self.plan.issuer)

    def told(self, name: str, text: Any) -> str:
        """A bilingual text in the document's language, its numbers facts; nothing for None."""
        return "" if text is None else self.quoted(name, self.voice.name(text))

    def day(self, name: str, iso: str, precision: str = "day") -> Fact:
        return self.fact(name, self.voice.day(iso, precision), iso, "date")

    def year(self, name: str, year: int) -> Fact:
        return self.fact(name, self.voice.year(year), year, "year")

    def count(self, name: str, value: float, of: str = "things", **trace: Any) -> Fact:
        text = self.voice.say(f"number.count_{of}", n=self.voice.number(value, None))
        return self.fact(name, text, value, "count", **(trace or self.computed()))

    def percent(self, name: str, value: float, decimals: int | None = 0, **trace: Any) -> Fact:
        return self.fact(name, self.voice.percent(value, decimals), value, "%", **(trace or self.computed()))

    def stated(self, name: str, edge: str, alone: str = "stated") -> str:
        """A stored probability with the word for its edge, in a sentence or `alone` ("plain") in a cell."""
        return self.voice.say(f"probability.{edge or alone}", p=self.facts[name])

    def quoted(self, name: str, text: str, source: str = "") -> str:
        """A text of the plan or the catalogue, each of its numbers a fact named after it."""
        return self.numbered(name, documents.quotation(typeset(text)), source)

    def source(self, name: str, key: str) -> str:
        """The name of a source, as the catalogue has it."""
        source = self.catalogue.sources[key]
        return self.quoted(name, self.voice.name(source), self.voice.say("trace.sources"))

    def why_poor(self, key: str) -> str:
        """What is remarked of a source, as it stands inside a sentence."""
        remark = self.catalogue.sources[key].remark
        said = naming.inside(self.voice.name(remark)).rstrip("。.") if remark else ""
        return self.quoted("why_poor", said, self.voice.say("trace.sources")) if said else ""

    @staticmethod
    def cited(source: str, remark: object) -> str:
        """A source with a remark in parentheses: in those its name ends with, if any."""
        if source.endswith(f"）{UNQUOTE}"):
            return f"{source.removesuffix(f'）{UNQUOTE}')}{UNQUOTE}，{remark}）"
        return f"{source}（{remark}）"

    def numbered(self, name: str, text: str, source: str = "") -> str:
        """A text whose numbers become facts named after it; the plan's document number stays as it is."""
        places = count(1)
        origin = source or self.voice.say("trace.plan")
        document = self.document

        def mark(found: re.Match) -> str:
            if found[0] == document:
                return document
            number = float(found[0].replace(",", ""))
            return str(self.fact(f"{name}_{next(places)}", found[0], number, "", source=origin))

        return re.sub(rf"(?<!\d){re.escape(document)}(?!\d)|{documents.NUMBER.pattern}", mark, text)

    @property
    def document(self) -> str:
        """The document's number, as printed: its digits are no facts."""
        return typeset(" ".join(self.plan.document.splitlines()))

    def scale(self) -> list[tuple[Fact, str, float]]:
        """The steps of the likelihood words: lowest probability as a fact, word, and as a number."""
        return [
            (self.percent(f"likelihood_{i}", 100 * lowest, **self.agreed()), word, lowest)
            for i, (lowest, word) in enumerate(self.voice.scale(), 1)
        ]

    def until(self, as_of: str) -> str:
        return self.voice.say("trace.until", day=self.voice.day(as_of))

    def computed(self) -> dict[str, Any]:
        return {"source": self.voice.say("trace.computed")}

    def agreed(self) -> dict[str, Any]:
        """Trace of a number that is part of the method and rests on no figures."""
        return {"source": self.voice.say("trace.method")}


class Ledger(Facts):
    """The facts of one target, and what it, its region, its parts and its figures are called."""

    def __init__(
        self, dossier: Dossier, catalogue: Catalogue, language: str, dated: str | None, prefix: str = ""
    ) -> None:
        assessment, earlier = dossier.assessment, dossier.before
        super().__init__(assessment.plan, assessment.as_of, catalogue, language, dated, prefix)
        self.assessment = assessment
        self.target, self.row, self.kind = assessment.target, assessment.row, kinds.of(assessment.target)
        self.answers, self.moved, self.record = dossier.answers, dossier.moved, dossier.record
        self.figures, self.requests = dossier.figures, dossier.requests(catalogue)
        self.used, self.poor = dossier.used, dossier.reported(catalogue)
        self.earlier: Any = earlier if earlier is not None and earlier.as_of < assessment.as_of else None
        key = assessment.target.indicator
        self.indicator: Any = catalogue.indicators[key] if key else None
        self.year("deadline", self.target.deadline)
        self.amounts: dict[str, float] = {}  # by unit, the one in whose step all others are written
        if self.indicator is not None and assessment.typical is not None:
            self.amounts[self.indicator.unit] = assessment.typical
        self.known = self._known()

    def quantity(
        self,
        name: str,
        value: float,
        entry: Indicator | None = None,
        decimals: int | None = printing.OWN,
        **trace: Any,
    ) -> Fact:
        entry = entry or self.indicator
        like = self.amounts.setdefault(entry.unit, float(value))
        text, unit = self.voice.quantity(value, entry, decimals, like), self.measure(entry)
        known = {"indicator": self.voice.name(entry)} | self.computed() | trace
        return self.fact(name, text, float(value), unit, **known)

    def difference(self, name: str, value: float, decimals: int = printing.OWN, **trace: Any) -> Fact:
        """An amount without its sign: the verb of the sentence carries it. Of many whole things no tenths."""
        decimals = 0 if self.indicator.integer and abs(value) >= MANY else decimals
        like = self.amounts.get(self.indicator.unit)
        text = self.voice.difference(abs(value), self.indicator, decimals, like)
        unit = "points" if self.measure(self.indicator) == "%" else self.measure(self.indicator)
        return self.fact(name, text, abs(float(value)), unit, **self.traced(trace))

    @staticmethod
    def measure(entry: Indicator) -> str:
        """The unit of a fact: all shares are of one."""
        return {"not defined": ""}.get(entry.unit, "%" if entry.unit.startswith("%") else entry.unit)

    def percent(self, name: str, value: float, decimals: int | None = 0, **trace: Any) -> Fact:
        return super().percent(name, value, decimals, **self.traced(trace))

    def measured(self, name: str, value: float, as_written: bool = False, **trace: Any) -> Fact:
        """A goal or an outcome in the unit its target is set in."""
        own = self.kind.unit == "own"
        like = self.amounts.setdefault(self.indicator.unit, float(value)) if own else None
        text = self.voice.measured(value, self.kind.unit, self.indicator, as_written, like)
        unit = self.measure(self.indicator) if self.kind.unit == "own" else self.kind.unit
        return self.fact(name, text, float(value), unit, **self.traced(trace))

    def traced(self, trace: dict[str, Any]) -> dict[str, Any]:
        """The trace of a number of this target: what is given no source is computed."""
        return {"indicator": self.name} | self.computed() | trace

    def probability(self, name: str, p: float, as_of: str) -> str:
        """Store a probability; the template asks `edge` whether it is below 1 % or above 99 %."""
        trace = {
            "period": self.voice.year(self.target.deadline),
            "release": self.until(as_of),
            "source": self.model(),
        }
        text = self.voice.percent(printing.whole(p))
        self.fact(name, text, p, "probability", indicator=self.name, **trace)
        return printing.edge(p)

    @property
    def name(self) -> str:
        return self.voice.name(self.indicator or self.target.title)

    def model(self) -> str:
        evidence = self.voice.say(f"evidence.{self.row['evidence']}")
        return self.voice.say("trace.forecast", evidence=evidence)

    def trace(self, row: Any) -> dict[str, Any]:
        """Trace of a published figure."""
        source = self.catalogue.sources[row.source]
        return {
            "period": self.voice.year(row.year),
            "release": self.voice.day(row.published.date(), row.precision),
            "source": self.voice.name(source),
        }

    def _known(self) -> list[dict]:
        """Figures of the target's own region, one a year, oldest first, as facts."""
        rows = self.assessment.history
        rows = rows.drop_duplicates("year", keep="last") if len(rows) else rows
        points = []
        for row in tables.rows(rows):
            self.year(f"year_{row.year}", row.year)
            value = self.quantity(f"value_{row.year}", row.value, **self.trace(row))
            point = {"year": self.facts[f"year_{row.year}"], "value": value, "number": row.year, "row": row}
            known = {"preliminary": self.is_preliminary(row), "derived": row.status == "derived"}
            points.append(point | known)
        return points

    def is_preliminary(self, row: Any) -> bool:
        """Whether a figure is preliminary, or worked out of one that is."""
        return row.status == "preliminary" or bool(self._preliminary(row))

    def _preliminary(self, row: Any) -> list[str]:
        """The parts of a derived figure that are preliminary."""
        if row.status != "derived" or self.indicator is None:
            return []
        of = {self.indicator.numerator, self.indicator.denominator}
        found = self._preliminary_parts.get((row.region, row.period), [])
        return [key for key in dict.fromkeys(found) if key in of]

    @cached_property
    def _preliminary_parts(self) -> dict[tuple[str, str], list[str]]:
        """Preliminary figures of parts: their indicators by region and period."""
        figures, found = self.figures, defaultdict(list)
        rows = figures[figures["role"].eq("part") & figures["status"].eq("preliminary")]
        for region, period, key in zip(rows["region"], rows["period"], rows["indicator"], strict=True):
            found[region, period].append(key)
        return found

    def preliminary_name(self, row: Any) -> str:
        """The preliminary part of a derived figure, inside a sentence; nothing where it is so itself."""
        parts = self._preliminary(row)
        names = [naming.inside(self.voice.name(self.catalogue.indicators[key])) for key in parts]
        return self.quoted("preliminary", self.voice.joined(names)) if names else ""

    def status(self, row: Any) -> str:
        """The status of a figure in a table."""
        said = self.voice.say(f"status.{row.status}")
        part = row.status == "derived" and self.is_preliminary(row)
        return self.voice.joined((said, self.voice.say("status.preliminary"))) if part else said

    def fine(self) -> int:
        """Yearly changes of whole things have one decimal."""
        return max(self.indicator.decimals, 1)

    def release_of(self, row: Any) -> dict:
        trace = self.trace(row)
        return {
            "text": trace["release"],
            "value": str(row.published.date()),
            "unit": "date",
            **trace,
        }

    def wanted(self, alone: bool = False) -> list[str]:
        """What is still asked for, in the plan's words; the first stands `alone` in a cell."""
        texts = [naming.request(one, self.voice).rstrip("。；.;") for one in self.requests]
        if alone:
            texts[:1] = map(naming.opening, texts[:1])
        return [self.quoted(f"wanted{i}", text) for i, text in enumerate(texts, 1)]

    def absent(self, one: int | str) -> str:
        """A year, or the region, whose figure is missing."""
        if isinstance(one, str):
            return self.quoted(f"absent_{one}", self.catalogue.regions[one].short(self.voice.language))
        return str(self.year(f"missing_{one}", one))

    def region(self) -> str:
        """The plan's region, as it is called in sentences."""
        return self.quoted("region", self.voice.name(self.catalogue.regions[self.assessment.plan.region]))

    def headline(self) -> str:
        """The target's title in the memo's: a task stands in quotation marks there."""
        title = self.voice.name(self.target.title)
        return naming.breakable(naming.quoted_inside(title) if self.kind.judged else title)

    def subject(self) -> str:
        """What the target measures, or its task, unmarked."""
        return self.voice.subject(self.target.title, self.indicator, self.kind.figure)

    def captioned(self, claim: str) -> str:
        """The claim of the target's figure: a sentence of ours around the plan's words."""
        subject = typeset(self.subject())
        said = typeset(claim).replace(subject, documents.quotation(subject))
        return self.numbered("caption", said, self.voice.say("trace.computed"))

    def elsewhere(self) -> str:
        """The region in a memo's title, where the signatory's name does not tell it."""
        region = self.voice.name(self.catalogue.regions[self.assessment.plan.region])
        return "" if region in self.signatory() else self.region()

    def unit(self) -> str:
        """The unit a table names once, above its numbers."""
        if self.indicator is None:
            return ""
        return self.quoted("unit", self.voice.unit_of(self.indicator, self.amounts.get(self.indicator.unit)))

    def notes(self) -> list:
        return known_notes(self.target.notes, self.assessment.as_of)

    def shown(self) -> list[dict]:
        """Figures that are evidence only: an expectation, a lower bound."""
        rows, found = self.assessment.shown, []
        if rows.empty:
            return []
        for i, row in enumerate(tables.rows(rows[rows["status"].ne(tables.DOUBTFUL)]), 1):
            self.year(f"shown_year{i}", row.year)
            value = self.quantity(f"shown{i}", row.value, **self.trace(row))
            found.append(
                {"year": self.facts[f"shown_year{i}"], "value": value, "status": row.status, "row": row}
            )
        return found

    def others(self) -> list[Any]:
        """Figures of the same cells that are not used: replaced since, or of another source."""
        return list(tables.rows(self.figures[self.figures["role"].eq("superseded")]))

    def agreeing(self) -> list[Any]:
        """Figures of the same cells that other sources give, whatever they say."""
        return list(tables.rows(self.figures[self.figures["role"].isin(("superseded", "agreeing"))]))

    def informing(self) -> Any:
        """Figures of the flow or stock that the answer rests on as well."""
        return outlook.informing(self.assessment, self.figures, self.catalogue)

    @cached_property
    def _told_behind(self) -> pd.Series:
        """Of each figure whether it is told but not listed: what `background` is made of."""
        rows, role, answer = self.figures, self.figures["role"], self.assessment.answer
        asked = self.answers.get("requirement") or {}
        amounts = asked.get("amount") or asked.get("alone") or self.answers.get("conversion")
        placed = isinstance(answer, Forecast) and answer.predictive.placed is not None
        checked = {self.target.indicator} if self.record is not None else set()
        checked |= {self.catalogue.placed_by(str(self.target.indicator))} if placed else set()
        told = self.used & role.isin(("peer", "behind"))
        if checked:
            told |= role.eq("record") & rows["indicator"].isin(checked)
        part = role.eq("part")
        if not amounts or not part.any():
            return told
        listed = rows["indicator"].isin(self.informing()["indicator"])
        if self.row["verdict"] != "open":  # the table of the outcome names who gave its parts
            derived = rows.loc[role.isin(("own", "superseded")) & rows["status"].eq("derived"), "period"]
            given = rows[part & rows["period"].isin(derived)]
            pairs = {*zip(given["indicator"], given["source"], strict=True)}
            named = zip(rows["indicator"], rows["source"], strict=True)
            listed |= np.fromiter((pair in pairs for pair in named), bool, len(rows))
        return told | self.used & part & ~listed

    def has_background(self) -> bool:
        return bool(self._told_behind.any())

    def background(self) -> list[Any]:
        """The newest figure of each source of what is told but not listed figure by figure; its `first` year.

        Of the parts that amounts are computed from, of the regions drawn on, and of those on which past
        forecasts are checked or among which a region is placed.
        """
        if not self.has_background():  # as of most targets
            return []
        one, told = ["whose", "indicator", "source"], self.figures[self._told_behind]
        last = told.sort_values("published", kind="stable").assign(whose=lambda table: self._whose(table))
        last = last.assign(first=last.groupby(one)["year"].transform("min"))
        last = last.drop_duplicates(one, keep="last")
        return list(tables.rows(last.sort_values(["whose", "indicator"], kind="stable")))

    def _whose(self, rows: Any) -> list[str]:
        """Of a region alone, or of regions of a level, a figure each."""
        named, own = self.catalogue.regions, self.assessment.plan.region
        alone = {own, *self.catalogue.above(own)}
        return [code if code in alone else named[code].level for code in rows["region"]]

    def months(self) -> list[Any]:
        """Figures to a month: of the deadline's year, and of the past years that tell what part it holds."""
        rows, so_far = self.figures[self.figures["role"].eq("month")], self.assessment.in_year
        used = rows["year"].eq(self.target.deadline)
        if so_far is not None and so_far.past is not None:
            alike = rows["period"].str.endswith(so_far.month[4:])
            used |= rows["year"].isin(so_far.past.years) & alike
        return list(tables.rows(rows[used]))

    def doubtful(self) -> bool:
        """Whether figures were rated as doubtful and left out; how many, and from which years."""
        rows = self.assessment.shown
        if rows.empty:
            return False
        years = rows.loc[rows["status"].eq(tables.DOUBTFUL), "year"]
        if len(years):
            self.count("doubtful_count", years.nunique())
            self.year("doubtful_first", int(years.min()))
            self.year("doubtful_last", int(years.max()))
        return bool(len(years))

    def later(self) -> list[dict]:
        """Figures of years after the deadline, each with whether the expectations lead to it."""
        points = [point for point in self.known if point["number"] > self.target.deadline]
        return [point | {"used": self.assessment.counts(point["number"])} for point in points]

    def until_deadline(self) -> list[dict]:
        return [point for point in self.known if point["number"] <= self.target.deadline]

    def called(self, entry: Indicator) -> str:
        """An indicator's name: the plan's, where a target of it measures just that."""
        for target in self.assessment.plan.targets:
            own = target.indicator and self.catalogue.indicators[target.indicator] is entry
            if own and kinds.of(target).figure:
                return self.voice.name(target.title)
        return self.voice.name(entry)

    def inner_name(self, key: str) -> str:
        entry = self.catalogue.indicators[key]
        return self.quoted("amount_name", naming.inside(self.voice.name(entry)))

    def part_name(self, part: str) -> str:
        """The name of an indicator's numerator or denominator inside a sentence."""
        ratio = self.catalogue.indicators[self.target.indicator]
        one = self.catalogue.indicators[getattr(ratio, part)]
        if part == "denominator":
            return self.quoted("mover", self.denominator_name(one))
        return self.quoted("mover", naming.inside(self.voice.name(one)))

    def source_name(self, source: str) -> str:
        """A source in the table of contributions, the parts of a ratio by their names."""
        part = source.rpartition("_")[2]
        return self.voice.say(f"cause.{source}", part=self.part_name(part) if part in change.PARTS else "")

    def denominator_name(self, denominator: Indicator) -> str:
        region = self.catalogue.regions[self.assessment.plan.region]
        return naming.inside(denominator.of(region, self.voice.language))
