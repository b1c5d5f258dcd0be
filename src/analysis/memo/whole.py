"""What the report on a plan speaks of: its targets in groups, the plan as a whole, what is asked for."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis import answers, forecast, kinds, printing
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue
from analysis.documents import Fact
from analysis.memo import further, material, naming
from analysis.memo.further import RISK
from analysis.memo.ledger import Facts, Ledger
from analysis.outlook import Outlook

GROUPS = ("missed", "risky", "likely", "met", "tasks", "unknown")
SHORT = 8  # targets whose table stands in the text; a longer one is an annex


@dataclass(frozen=True)
class Part:
    """One target of the report: its group, what may be named of it, and what is said of it, by name."""

    ledger: Ledger
    group: str
    told: dict[str, Any]
    said: dict[str, str]


class Whole(Facts):
    """Everything the report's wordings may name, and what its statements are chosen by.

    Parameters
    ----------
    tell
        What is said of a target, by name, from what may be named of it.
    """

    def __init__(
        self,
        outlook: Outlook,
        catalogue: Catalogue,
        language: str,
        dated: str | None,
        tell: Callable[[dict[str, Any]], dict[str, str]],
    ) -> None:
        super().__init__(outlook.plan, outlook.as_of, catalogue, language, dated)
        self.outlook = outlook
        parts = [
            _part(Ledger(one, catalogue, language, dated, f"t{place}_"), tell)
            for place, one in enumerate(outlook.dossiers, 1)
        ]
        self.parts = sorted(parts, key=lambda part: naming.order(part.ledger.target.clause))
        self.ranked = sorted(self.parts, key=lambda part: attention(part.ledger.assessment))

    def by_id(self) -> dict:
        """Every fact of the report by its id."""
        return super().by_id() | {
            key: fact for part in self.parts for key, fact in part.ledger.by_id().items()
        }

    def context(self) -> dict:
        """Return all of it, by name."""
        context = {"f": self.facts, "stated": self.stated, "parts": self.parts}
        for part in (
            self.of_the_plan,
            self.counts,
            self.together,
            self.connected,
            self.proved,
            self.asked,
        ):
            context |= part()
        return context

    def of_the_plan(self) -> dict:
        """Who reports to whom on which document, and whether its time is over."""
        plan = self.plan
        deadlines = sorted({target.deadline for target in plan.targets})
        self.year("first_deadline", deadlines[0])
        self.year("deadline", deadlines[-1])
        self.day("issued", plan.issued.isoformat(), plan.issued_precision)
        title = self.voice.name(plan.title)
        return {
            "signatory": self.quoted("signatory", self.signatory()),
            "addressee": self.told("addressee", plan.addressee),
            "plan": self.quoted("plan", title),
            "matter": self.quoted("plan", naming.breakable(naming.own(title, self.signatory()))),
            "document": self.quoted("document", self.document),
            "numbered": "〔" in plan.document,
            "several": len(deadlines) > 1,
            "past": self.outlook.as_of > f"{deadlines[-1]}-12-31",
            "notes": [self.told(f"note{i}", note) for i, note in enumerate(plan.notes, 1)],
            "level": self.catalogue.regions[plan.region].level,
        }

    def counts(self) -> dict:
        """The targets by group, and how many there are of each."""
        groups = {name: [part for part in self.ranked if part.group == name] for name in GROUPS}
        self.count("all", len(self.parts), "targets")
        for name, parts in groups.items():
            self.count(name, len(parts), "targets")
        self.percent("risk", 100 * RISK, **self.agreed())
        self.percent("interval", 80, **self.agreed())
        self.percent("outer", 100 * forecast.RANGE[0], **self.agreed())
        self.count("known", len(groups["met"] + groups["missed"]), "targets")
        self.count("open", len(groups["risky"] + groups["likely"]), "targets")
        early = sum(part.told["not_due"] for part in groups["tasks"])
        self.count("not_due", early, "targets")
        self.count("unjudged", len(groups["tasks"] + groups["unknown"]) - early, "targets")
        self.count(
            "doubted", sum(part.told["unconfirmed"] for part in groups["met"] + groups["missed"]), "targets"
        )
        met = [part.told for part in groups["met"]]
        self.count("met_hearsay", sum(told["hearsay"] for told in met), "targets")
        self.count("met_provisional", sum(bool(told["caveats"]) for told in met), "targets")
        self.count("hearsay", sum(part.told["hearsay"] for part in self.parts), "targets")
        ours = sum(part.told["unconfirmed"] and part.told["ours"] for part in self.parts)
        self.count("ours", ours, "targets")
        self.count("unproven", sum(part.told["unconfirmed"] for part in self.parts), "targets")
        return {"groups": groups, "short": len(self.parts) <= SHORT}

    def together(self) -> dict:
        """The plan as a whole: how many are expected to be met, and the chance that all open ones are."""
        whole = answers.whole_plan(self.outlook.assessments)
        self.count("rated", len(whole.targets), "targets")
        expected = self.voice.say("number.count_targets", n=self.voice.number(whole.expected, 1))
        self.fact("expected", expected, whole.expected, "targets", **self.computed())
        chances = (one.row["p_attain"] for one in self.outlook.assessments if one.row["verdict"] == "open")
        rest = sum(p for p in chances if p is not None)
        expected = self.voice.say("number.count_targets", n=self.voice.number(rest, 1))
        self.fact("expected_open", expected, rest, "targets", **self.computed())
        edges = {}
        for name, found in (("apart", whole.open_independent), ("common", whole.open_common)):
            p = found["all"]
            self.fact(f"p_{name}", self.voice.percent(printing.whole(p)), p, "probability", **self.computed())
            edges[f"edge_{name}"] = printing.edge(p)
        text = self.voice.number(whole.correlation, 1)
        self.fact("correlation", text, whole.correlation, "", **self.agreed())
        return edges

    def connected(self) -> dict:
        """Open targets two by two that rest on the same or connected figures, and yet count apart."""
        still = [part for part in self.parts if part.ledger.assessment.row["verdict"] == "open"]
        return {"connected": [pair for pair in itertools.combinations(still, 2) if self._alike(*pair)]}

    def _alike(self, one: Part, other: Part) -> bool:
        keys = one.ledger.target.indicator, other.ledger.target.indicator
        return answers.connected(*keys, self.catalogue)

    def proved(self) -> dict:
        """What came of chances like those given here, told of each indicator, rung and likelihood word apart.

        Where several are added up, one that leans low makes up for another that leans high.
        """
        further.called(self)
        told: dict[tuple[str, str, str], list[Part]] = {}
        for part in self.parts:
            row, band = part.ledger.assessment.row, part.told["band"]
            if part.told["situation"] == "open" and band is not None:
                key = row["evidence"], part.ledger.target.indicator, band["word"]
                told.setdefault(key, []).append(part)
        return {"proven": [*told.values()]}

    def tested(self) -> list[list[Part]]:
        """Return the rows of the table of past forecasts: targets told together, in the document's order.

        Those with chances like them, and the first of each other indicator that there is a record on.
        """
        proven = {id(parts[0]): parts for parts in self.proved()["proven"]}
        told = {parts[0].ledger.target.indicator for parts in proven.values()}
        for part in self.records():
            if part.ledger.target.indicator not in told:
                proven[id(part)] = [part]
        return [proven[id(part)] for part in self.parts if id(part) in proven]

    def asked(self) -> dict:
        """Which targets figures or documents are asked for."""
        wanting = self.wanting()
        self.count("asked", len(wanting), "targets")
        records = self.records()
        return {
            "wanting": wanting,
            "records": records,
            "provinces": _same(part.told["f"].get("record_regions") for part in records),
            "sources": self.sources,
        }

    def wanting(self) -> list[Part]:
        """The targets that something is asked for."""
        return [part for part in self.parts if part.ledger.requests]

    def records(self) -> list[Part]:
        """The first target of each indicator the method has a record on, in the order of the document."""
        kept: dict[str, Part] = {}
        for part in self.parts:
            if part.ledger.record:
                kept.setdefault(part.ledger.target.indicator, part)
        return list(kept.values())

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Each source of a figure used, its last release."""
        used = self.outlook.used
        last = used.sort_values("published", kind="stable").drop_duplicates("source", keep="last")
        return last.sort_values("source")


def _same(facts: Iterable[Fact]) -> Fact | None:
    """The first of facts that all have one value."""
    found = [*facts]
    return found[0] if len({fact.value for fact in found}) == 1 else None


def _part(ledger: Ledger, tell: Callable[[dict[str, Any]], dict[str, str]]) -> Part:
    told = material.context(ledger)
    return Part(ledger, group(ledger.assessment), told, tell(told))


def attention(assessment: Assessment) -> tuple[int, float]:
    """Return how soon a target is told: what was missed and what is at risk first."""
    return GROUPS.index(group(assessment)), assessment.row["p_attain"] or 0.0


def group(assessment: Assessment) -> str:
    """Return in which group a target is told: by its verdict, and whether it is likely."""
    row = assessment.row
    if row["verdict"] in ("met", "missed"):
        return row["verdict"]
    if row["p_attain"] is None:
        return "tasks" if kinds.of(assessment.target).judged else "unknown"
    return "likely" if printing.whole(row["p_attain"]) >= 100 * RISK else "risky"
