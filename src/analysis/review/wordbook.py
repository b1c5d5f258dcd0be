"""How page and workbook say a number, a date, a goal: words of ``words.yml``, units of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from analysis import catalogue, kinds, tables
from analysis.catalogue import Catalogue, Indicator
from analysis.documents import blocks
from analysis.plans import Target

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NO-BREAK SPACE}"
COMPARISONS = {">=": "goal_at_least", ">": "goal_above", "<=": "goal_at_most", "<": "goal_below"}


class Fact(blocks.Fact):
    """A number on a page and its trace; its id names language, target and date, so it may be longer."""

    def __post_init__(self) -> None:
        pass


@cache
def words() -> dict[str, dict[str, str]]:
    return catalogue.read_yaml(Path(__file__).with_name("words.yml"))


@dataclass
class Book:
    """Writes one language and remembers every fact it wrote, by id."""

    language: str
    catalogue: Catalogue
    facts: dict[str, Fact] = field(default_factory=dict)

    def say(self, key: str, **parts) -> str:
        """Return the sentence ``key`` with its parts filled in; facts carry their marks."""
        return words()[key][self.language].format(**parts)

    def fact(self, name: str, text: str, value=None, unit: str = "", **trace: str) -> Fact:
        """Remember a number and where it comes from."""
        made = Fact(f"{self.language}.{name}", text, value, unit, **trace)
        self.facts[made.id] = made
        return made

    # ------------------------------------------------------------------------------------------ numbers

    def number(self, value: float, decimals: int) -> str:
        text = f"{abs(value):,.{decimals}f}" if self.language == "en" else f"{abs(value):.{decimals}f}"
        return MINUS + text if value < 0 and float(text.replace(",", "")) else text

    def unit(self, entry: Indicator, value: float | None = None) -> str:
        """Unit as written after a number; nothing where the document defines none."""
        unit = entry.unit
        if unit == "not defined":
            return ""
        if self.language == "zh":
            return self.catalogue.units[unit].zh
        words = {"100 million yuan": "hundred million yuan"}.get(unit, unit)
        return "%" if unit.startswith("%") else words.removesuffix("s") if value == 1 else words

    def amount(self, value: float, entry: Indicator, decimals: int | None = None) -> str:
        """Return a figure with its unit: 0.86%, 25家; 0.86 %, 25 enterprises, 13.45 hundred million yuan."""
        text = self.number(value, entry.decimals if decimals is None else decimals)
        unit = self.unit(entry, value)
        return text + unit if self.language == "zh" or not unit else f"{text}{THIN}{unit}"

    def goal(self, value: float, entry: Indicator) -> str:
        """Return a plan's number with as many decimals as the plan gives it: 20%, 1.25%."""
        given = f"{value:.{entry.decimals}f}".rstrip("0").rpartition(".")
        return self.amount(value, entry, len(given[2]) if given[1] else 0)

    def difference(self, value: float, entry: Indicator) -> str:
        """Return the size of a difference: shares in percentage points."""
        if not entry.unit.startswith("%"):
            return self.amount(abs(value), entry)
        text = self.number(abs(value), entry.decimals)
        one = float(text) == 1 and self.language == "en"
        return (
            text + {"zh": "个百分点", "en": f"{THIN}percentage point" + ("" if one else "s")}[self.language]
        )

    def percent(self, share: float, decimals: int = 0) -> str:
        return self.number(100 * share, decimals) + {"zh": "%", "en": f"{THIN}%"}[self.language]

    def probability(self, p: float) -> str:
        """Return a probability in whole percent; certainty is left to known outcomes."""
        if 0 < p < 0.01:
            return "<" + self.percent(0.01)
        return ">" + self.percent(0.99) if 0.99 < p < 1 else self.percent(p)

    # -------------------------------------------------------------------------------------------- dates

    def day(self, when: date | str, precision: str = "day") -> str:
        when = date.fromisoformat(when) if isinstance(when, str) else when
        if self.language == "zh":
            form = {"year": f"{when.year}年", "month": f"{when.year}年{when.month}月"}
            text = form.get(precision, f"{when.year}年{when.month}月{when.day}日")
        else:
            form = {"year": f"{when.year}", "month": f"{when:%B %Y}"}
            text = form.get(precision, f"{when.day} {when:%B %Y}")
        return self.say("by_day", day=text) if precision == "by" else text

    # ------------------------------------------------------------------------------------------- traces

    def name(self, thing) -> str:
        """Return the name of a catalogue entry, or any text with zh and en."""
        return getattr(thing, self.language)

    def regions(self, codes: Iterable[str]) -> str:
        """Return a list of regions by their short names: 北京、天津、内蒙古."""
        names = (self.catalogue.regions[code].short(self.language) for code in codes)
        return ("、" if self.language == "zh" else ", ").join(names)

    def released(self, row) -> dict[str, str]:
        """Trace of an observation: its indicator, year, release and source."""
        source = self.catalogue.sources.get(row.source)
        when = self.day(pd.Timestamp(row.published).date(), row.precision)
        return {
            "indicator": self.name(self.catalogue.indicators[row.indicator]),
            "period": self.period(row.period),
            "release": f"{self.say('released', day=when)} · data/raw/{row.source}/{row.published:%Y-%m-%d}",
            "source": self.name(source.publisher) + (" · " + self.name(source)) if source else row.source,
        }

    def period(self, period: str) -> str:
        if len(period) == 4:
            return period + ("年" if self.language == "zh" else "")
        return self.day(period + "-01", "month")

    def notebook(self, name: str) -> str:
        return self.say("notebook", name=name)

    def status(self, status: str) -> str:
        return tables.STATUS_WORDS[status][self.language]

    def verdict(self, verdict: str) -> str:
        return tables.VERDICTS[verdict][self.language]

    def evidence(self, evidence: str) -> str:
        return tables.EVIDENCE[evidence][self.language]

    def likelihood(self, p: float) -> str:
        """Word of a probability as printed, so that the two never disagree."""
        return tables.likelihood(min(max(round(p, 2), 0.0), 1.0), self.language)


def goal_key(target: Target, counted: bool) -> str:
    """Return the sentence of ``words.yml`` that says what a target asks for; things are counted, not high."""
    kind = kinds.of(target)
    if kind.compares:
        key = "goal_rise" if target.comparison.startswith(">") else "goal_fall"
    else:
        key = COMPARISONS[target.comparison]
    return f"{key}_count" if counted and kind.unit == "own" else key
