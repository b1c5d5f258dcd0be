"""How everything is said: numbers, dates, units, probabilities and the words for codes, one voice a language.

What a language says stands in ``languages/<language>/phrases.yml``, all files with the same keys; memo,
figure, page and workbook ask a `Voice` and hold no words of their own, so that one thing reads the same in
all of them.
"""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from analysis import catalogue as catalogues
from analysis import tables
from analysis.catalogue import Catalogue, Indicator, Text
from analysis.languages import FOLDER, LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

FINEST = 3  # decimals of a quantity in steps at most
FEW = 12  # regions that are listed; more are counted
NEAR = 10  # percentage points from a half within which a sentence calls a chance even
SMALLEST = 5  # decimals of a difference at most; what would need more is rounding
OWN = -1  # decimals: as many as the indicator has
MINUS = "\N{MINUS SIGN}"
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
THAN = {">=": "least", "<=": "most", ">": "rise", "<": "fall"}  # phrases that compare with a year
EMPTY = Catalogue(indicators={}, bases={}, units={}, regions={}, sources={})
Phrase = str | list[str] | dict[str, str]


@cache
def phrases(language: str) -> dict[str, Phrase]:
    """Return every phrase of a language by its key, ``group.name``.

    Raises
    ------
    catalogue.SourceError
        If there is no such language, or its file cannot be read.
    """
    path = FOLDER / language / "phrases.yml"
    if not path.is_file():
        raise catalogues.SourceError(f"{path}: no such file; the languages are {', '.join(LANGUAGES)}")
    groups = catalogues.read_yaml(path).items()
    return {f"{group}.{name}": phrase for group, names in groups for name, phrase in names.items()}


@dataclass(frozen=True)
class Voice:
    """Says things in one language; what names regions, sources or units needs the catalogue.

    >>> say = Voice("en")
    >>> say.percent(12.345, 1), say.number(-1241.3, 2), say.day("2018-12-31"), say.likelihood(0.0094)
    ('12.3\\xa0%', '−1,241.30', '31 December 2018', 'exceptionally unlikely')
    """

    language: str
    catalogue: Catalogue = EMPTY

    def say(self, key: str, **parts: object) -> str:
        """Return the phrase ``key`` with its parts filled in; of two forms the one for the part called n."""
        phrase = phrases(self.language)[key]
        if isinstance(phrase, dict):
            phrase = phrase["one" if str(getattr(parts["n"], "text", parts["n"])) == "1" else "other"]
        return str(phrase).format(**parts)

    def several(self, key: str) -> tuple[str, ...]:
        """Return the phrases of a list: months, the heads of a table."""
        return tuple(phrases(self.language)[key])

    def name(self, thing: object) -> str:
        """Return the name of a catalogue entry, or of any text."""
        return catalogues.name(thing, self.language)

    def subject(self, title: Text, entry: Indicator | None, own: bool) -> str:
        """Return what a target measures: its title where that names the quantity (`own`), else the indicator.

        A Chinese title of a count ends in 数: 新培育国家级高新技术企业数为25家.
        """
        if entry is not None and not own:
            return self.name(entry)
        name = self.name(title)
        counted = entry is not None and entry.integer and not name.endswith(("数", "量"))
        return self.say("claim.counted", title=name) if counted else name

    # ------------------------------------------------------------------------------------------- numbers

    def number(self, value: float, decimals: int | None) -> str:
        """Return a number with so many decimals, as it was written where None; zero has no sign."""
        digits = f"{abs(value):,.10g}" if decimals is None else f"{abs(value):,.{decimals}f}"
        sign = MINUS if value < 0 and digits.strip("0.,") else ""
        return sign + digits.replace(",", self.say("number.thousands"))

    def signed(self, value: float, decimals: int = 0) -> str:
        """Return a change with its sign: +3, −4."""
        text = self.number(value, decimals)
        return f"+{text}" if value > 0 and text.strip("0.") else text

    def amount(self, value: float, entry: Indicator, like: float | None = None) -> str:
        """Return a value with its indicator's decimals and without its unit: that of an amount `like` it."""
        size = self.size(entry, like)
        return self.number(value / size, _finer(entry.decimals, size))

    def size(self, entry: Indicator, like: float | None) -> float:
        """Return how many of the indicator's unit make one of the unit amounts `like` a value are in."""
        step = self._step(entry, like)
        return step[1] if step else 1.0

    def unit_of(self, entry: Indicator, like: float | None) -> str:
        """Return the name of the unit in which an amount `like` a value is written, as heads have it."""
        step = self._step(entry, like)
        return step[0] if step else self.unit(entry)

    def _step(self, entry: Indicator, like: float | None) -> tuple[str, float] | None:
        """Return the largest step a value fills, and how many of the indicator's unit make one.

        None without a value, or where the language has no steps for the unit.
        """
        steps = getattr(self.catalogue.units.get(entry.unit), f"{catalogues.tongue(self.language)}_said", {})
        if like is None or not steps:
            return None
        return next((step for step in steps.items() if abs(like) >= step[1]), list(steps.items())[-1])

    def quantity(
        self, value: float, entry: Indicator, decimals: int | None = OWN, like: float | None = None
    ) -> str:
        """Return a value with its unit: 0.86%, 25家; 0.86 %, 25 enterprises, 1.345 billion yuan.

        Parameters
        ----------
        decimals : the indicator's where not given; None writes the number as it was written, as of goals
        like : an amount in whose unit it is written, so that one text has one: .171 beside 1.345 billion
        """
        decimals = entry.decimals if decimals == OWN else decimals
        if step := self._step(entry, like or value):  # 4.67 of 100 million yuan is 467 million
            unit, size = step
            number = self.number(value / size, _finer(decimals, size))
            return self.say("number.unit", number=number, unit=unit)
        number = self.number(value, decimals)
        if entry.unit.startswith("%"):
            return self.say("number.percent", number=number)
        unit = self._unit_of(number, entry)
        return self.say("number.unit", number=number, unit=unit) if unit else number

    def measured(
        self, value: float, unit: str, entry: Indicator, as_written: bool = False, like: float | None = None
    ) -> str:
        """Return a goal or an outcome in the unit its target is set in.

        Parameters
        ----------
        unit : as of ``kinds.Kind``: "%" of a year, a "place" among regions, "own" the indicator's
        as_written : a goal, with the decimals the plan gives it
        """
        if unit == "%":
            return self.percent(value, None if as_written else 1)
        if unit == "place":
            among = as_written and value > 1
            return self.say("number.within" if among else "number.place", n=self.number(value, 0))
        return self.quantity(value, entry, None if as_written else OWN, like)

    def goal_unit(self, unit: str, entry: Indicator) -> str:
        """Return the name of the unit a target is set in, ``unit`` as of ``kinds.Kind``."""
        return self.unit(entry) if unit == "own" else self.say(f"unit.{unit}")

    def _unit_of(self, number: str, entry: Indicator) -> str:
        unit = self.catalogue.units[entry.unit]
        one = getattr(unit, f"{catalogues.tongue(self.language)}_one", None)
        return one if one and number == "1" else self.unit(entry)

    def unit(self, entry: Indicator) -> str:
        """Return the name of an indicator's unit, as heads have it; nothing where none is defined."""
        if entry.unit == "not defined":
            return ""
        return self.name(self.catalogue.units[entry.unit]) or entry.unit

    def difference(
        self, value: float, entry: Indicator, decimals: int = OWN, like: float | None = None
    ) -> str:
        """Return a difference: of shares in percentage points, everything else in its unit.

        Points that are not 0 have as many decimals as it takes not to look like it.
        """
        places = entry.decimals if decimals == OWN else decimals
        if not entry.unit.startswith("%"):
            return self.quantity(value, entry, places, like)
        places = next((n for n in range(places, SMALLEST + 1) if round(abs(value), n)), places)
        return self.say("number.points", n=self.number(value, places))

    def percent(self, value: float, decimals: int | None = 0) -> str:
        """Return a number of per cent: 12%, 12 %."""
        return self.say("number.percent", number=self.number(value, decimals))

    def share(self, share: float, decimals: int = 0) -> str:
        """Return a share of one in per cent."""
        return self.percent(100 * share, decimals)

    # ------------------------------------------------------------------------------------- probabilities

    def probability(self, p: float, alone: str = "plain") -> str:
        """Return a probability in whole per cent, or that it is below 1 % or above 99 %: open is not certain.

        Parameters
        ----------
        alone : "plain", or "stated" after the word probability: 31%, 为31%
        """
        return self.say(f"probability.{edge(p) or alone}", p=self.percent(whole(p)))

    def known(self, p: float) -> str:
        """Return a probability, or 0 or 100 % where the outcome is known."""
        return self.share(p) if p in (0, 1) else self.probability(p)

    def likelihood(self, p: float) -> str:
        """Return the likelihood word of a probability as printed, so that word and number never disagree."""
        return self.say(f"likelihood.{word(p)}")

    def half(self, p: float) -> str:
        """Return on which side of a half an about even chance lies, and beyond `NEAR` points of it that this
        side is the likelier; nothing for one printed as a half, or for any other probability.
        """
        shown = whole(p)
        if shown == 50 or self.likelihood(p) != self.say("likelihood.even"):
            return ""
        slightly = "slightly_" if abs(shown - 50) <= NEAR else ""
        return self.say(f"half.{slightly}{'more' if shown > 50 else 'less'}")

    def leaning(self, p: float) -> str:
        """Return the likelihood word; of an even chance that is not near a half, the likelier side in it."""
        word, half = self.likelihood(p), self.half(p)
        apart = half and abs(whole(p) - 50) > NEAR
        return self.say("half.within", half=half, likelihood=word) if apart else word

    def scale(self) -> list[tuple[float, str]]:
        """Return the likelihood words with the lowest probability of each, the likeliest first."""
        return [(lowest, self.say(f"likelihood.{word}")) for lowest, word in tables.LIKELIHOOD]

    # --------------------------------------------------------------------------------------------- dates

    def day(self, when: datetime.date | str, precision: str = "day") -> str:
        """Return a date: 2018年12月31日, 31 December 2018; to the month or year where no more is known."""
        day = datetime.date.fromisoformat(when) if isinstance(when, str) else when
        if precision == "by":
            return self.say("date.by", day=self.day(day))
        month = self.several("date.months")[day.month - 1]
        return self.say(f"date.{precision}", day=day.day, month=month, year=day.year)

    def year(self, year: int) -> str:
        return self.say("date.year", year=year)

    def years(self, years: Iterable[int]) -> str:
        """Return years, three or more on end as a span: 2015—2017、2019年; 2015–2017 and 2019."""
        runs: list[list[int]] = []
        for year in sorted(years):
            if runs and year == runs[-1][-1] + 1:
                runs[-1].append(year)
            else:
                runs.append([year])
        said = [
            text
            for run in runs
            for text in (
                map(str, run) if len(run) < 3 else [self.say("date.run", first=run[0], last=run[-1])]
            )
        ]
        listed = self.joined(said[:-1]) + self.say("list.last") + said[-1] if said[1:] else "".join(said)
        return self.say("date.years", years=listed)

    def period(self, period: str) -> str:
        """Return a year, or a month as 2018-12 writes it."""
        return self.year(int(period)) if len(period) == 4 else self.day(f"{period}-01", "month")

    # --------------------------------------------------------------------------------------------- lists

    def joined(self, texts: Iterable[str], by: str = "comma") -> str:
        """Join texts by this language's comma, semicolon, stop or slash, or as sentences (glue)."""
        return self.say(f"list.{by}").join(texts)

    def regions(self, codes: Iterable[str]) -> str:
        """Return a list of regions by their short names: 北京、天津、内蒙古."""
        return self.joined(self.catalogue.regions[code].short(self.language) for code in codes)


def _finer(decimals: int | None, size: float) -> int | None:
    """Decimals of a value in steps of a size: as fine as it was."""
    return (
        decimals if decimals is None or size == 1 else min(max(decimals + round(math.log10(size)), 0), FINEST)
    )


def markdown(scores: "pd.DataFrame", voice: Voice) -> str:
    """Return scores, as ``backtest.presented`` gives them, as a table in Markdown."""
    heads = [voice.say(f"score.{column}") for column in scores.columns]
    lines = [heads, ["---"] * 2 + ["--:"] * (len(heads) - 2)]
    for indicator, method, *marks in scores.itertuples(index=False):
        names = [voice.name(voice.catalogue.indicators[indicator]), voice.say(f"method.{method}")]
        lines.append([*names, *(voice.number(mark, 2 if isinstance(mark, float) else 0) for mark in marks)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def each(key: str) -> tuple[str, ...]:
    """Return a phrase in every language, Chinese first."""
    return tuple(Voice(language).say(key) for language in LANGUAGES)


def edge(p: float) -> str:
    """Return whether a probability is printed as below 1 % ("low") or above 99 % ("high")."""
    return "low" if p < 0.01 else "high" if p > 0.99 else ""


def whole(p: float) -> int:
    """Return a probability in whole per cent, never 0 or 100."""
    return min(max(round(100 * p), 1), 99)


def word(p: float) -> str:
    """Return the code of the likelihood word of a probability as printed."""
    shown = p if edge(p) else whole(p) / 100
    return next(word for lowest, word in tables.LIKELIHOOD if shown >= lowest)


def apart(low: float | None, high: float | None) -> bool:
    """Return whether a range of probabilities has two ends, as printed."""
    return low is not None and high is not None and (whole(low), edge(low)) != (whole(high), edge(high))


def defensible(value: float, entry: Indicator) -> int:
    """Decimals of a computed amount: five figures say enough, and never more decimals than published."""
    return min(entry.decimals, max(0, 4 - math.floor(math.log10(max(abs(value), 1.0)))))
