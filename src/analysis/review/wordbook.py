"""What page and workbook write with: a voice that remembers every number it wrote, and its trace."""

from dataclasses import dataclass, field
from typing import Any

from analysis import kinds
from analysis.documents import blocks
from analysis.plans import Target
from analysis.printing import THAN, Voice

COMPARISONS = {
    ">=": "page.goal_at_least",
    ">": "page.goal_above",
    "<=": "page.goal_at_most",
    "<": "page.goal_below",
}


class Fact(blocks.Fact):
    """A number on a page and its trace; its id names language, target and date, so it may be longer."""

    def __post_init__(self) -> None:
        pass


@dataclass(frozen=True)
class Book(Voice):
    """Writes one language and remembers every fact it wrote, by id; facts in its phrases carry marks."""

    facts: dict[str, Fact] = field(default_factory=dict)

    def fact(self, name: str, text: str, value: Any = None, unit: str = "", **trace: str) -> Fact:
        """Remember a number and where it comes from."""
        made = Fact(f"{self.language}.{name}", text, value, unit, **trace)
        self.facts[made.id] = made
        return made

    def released(self, row: Any) -> dict[str, str]:
        """Trace of an observation: its indicator, year, release and source."""
        source = self.catalogue.sources.get(row.source)
        said = self.say("page.released", day=self.day(row.published.date(), row.precision))
        return {
            "indicator": self.name(self.catalogue.indicators[row.indicator]),
            "period": self.period(row.period),
            "release": f"{said} · data/raw/{row.source}/{row.published:%Y-%m-%d}",
            "source": self.name(source.publisher) + (" · " + self.name(source)) if source else row.source,
        }


def goal_key(target: Target, counted: bool) -> str:
    """Return the phrase that says what a target asks for; things are counted, not high."""
    kind = kinds.of(target)
    key = f"page.goal_{THAN[target.comparison]}" if kind.compares else COMPARISONS[target.comparison]
    return f"{key}_count" if counted and kind.unit == "own" else key
