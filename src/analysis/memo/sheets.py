"""Figure and tables of a memo, and of the report on a plan."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis import documents, printing, tables
from analysis.documents import Figure, Table
from analysis.memo import further, naming, reporting
from analysis.memo.ledger import Facts, Ledger
from analysis.memo.whole import Whole
from analysis.situations import Conditional

COLUMNS = ("name", "goal", "last", "answer", "basis", "remark")  # of the table of all targets
FIGURE_WIDTH = 150.0  # mm
ROWS = 14  # of the table of last values at most
MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"  # of sources
RATINGS = ("green", "amber", "red")  # of a source, the best first
REPEATED = 3  # rows in which a source's name is not written out again and again


@dataclass(frozen=True)
class Picture:
    """The figure of one language: PNG, SVG if there is one, its claim, and what it shows in words."""

    png: bytes
    caption: str = ""
    alt: str = ""
    svg: bytes = b""


def table(ledger: Any, name: str, caption: str) -> Table:
    """The table a template asks for by name, of a `Ledger` or a `Whole`."""
    return _TABLES[name](ledger, caption)


def figure(ledger: Any, picture: Picture, caption: str) -> Figure:
    """The figure, its caption numbered with the others."""
    alt = picture.alt or documents.plain(caption)
    if picture.caption:
        caption = ledger.captioned(picture.caption)
    return Figure(picture.png, caption, alt, FIGURE_WIDTH, vector=picture.svg)


def _figures(ledger: Ledger, caption: str) -> Table:
    """Every figure known, the used first in a year, with its release, source and that one's two ratings."""
    voice = ledger.voice
    told = [item["row"] for item in (*ledger.known, *ledger.shown())] + ledger.months()
    said = [(row, ledger.status(row)) for row in told]
    unused = [(row, voice.say("figure.unused", status=ledger.status(row)))
              for row in ledger.others()]  # fmt: skip
    rows = sorted([*said, *unused], key=lambda pair: (pair[0].year, pair[0].period[4:]))
    return _listed(ledger, caption, rows, "table")


def _beside(ledger: Ledger, caption: str) -> Table:
    """The figures of the flow or stock that the answer rests on as well, told like the target's own."""
    rows = [(row, ledger.status(row)) for row in tables.rows(ledger.informing())]
    return _listed(ledger, caption, rows, "table_beside")


def _others(ledger: Ledger, caption: str) -> Table:
    """What else is told rests on, a source a row: of whom and what, its newest release and two ratings."""
    voice, regions, found = ledger.voice, ledger.catalogue.regions, dict[str, tuple[list[str], Any]]()
    listed = ledger.background()
    sources = Counter((row.whose, row.indicator) for row in listed)
    for i, row in enumerate(listed, 1):
        name, whose = voice.name(ledger.catalogue.indicators[row.indicator]), row.whose
        of = (
            voice.say("whose.region", region=voice.name(regions[whose]), name=name)
            if whose in regions
            else voice.say(f"whose.{whose}", name=name)
        )
        what = ledger.quoted("others", of)
        if sources[row.whose, row.indicator] > 1:  # which years are of which source
            first, last = ledger.year(f"others_first{i}", row.first), ledger.year(f"others_last{i}", row.year)
            span = {"first": first, "last": last} if row.first < row.year else {"year": last}
            what = voice.say("whose.years" if row.first < row.year else "whose.year", what=what, **span)
        named, newest = found.get(row.source, ([], row))
        found[row.source] = [*named, what], max(newest, row, key=lambda one: one.published)
    body = [
        (
            voice.joined(named, "semicolon"),
            ledger.source(f"others_source{i}", source),
            str(ledger.fact(f"others_release{i}", **ledger.release_of(row))),
            _ratings(ledger, [source]),
        )
        for i, (source, (named, row)) in enumerate(found.items(), 1)
    ]
    return Table(caption, voice.several("head.others"), tuple(body), "llcc", wrapped=None)


def _ratings(ledger: Facts, keys: Sequence[str]) -> str:
    """The poorest quality and the poorest suitability of sources."""
    sources = [ledger.catalogue.sources[key] for key in keys]
    poorest = (
        max((getattr(one, of) for one in sources), key=RATINGS.index) for of in ("quality", "suitability")
    )
    return ledger.voice.joined((ledger.voice.say(f"rating.{rating}") for rating in poorest), "slash")


def _listed(ledger: Ledger, caption: str, rows: Sequence[tuple[Any, str]], name: str) -> Table:
    """Figures, each with its status, release, source and that one's two ratings."""
    voice, body = ledger.voice, []
    keys = [_origins(ledger, row) for row, _ in rows]
    named, note = _sources_once(ledger, [key for some in keys for key in some], f"{name}_source")
    for i, ((row, status), some) in enumerate(zip(rows, keys, strict=True), 1):
        entry = ledger.catalogue.indicators[row.indicator]
        release = ledger.fact(f"{name}_release{i}", **ledger.release_of(row))
        year = _when(ledger, f"{name}_year{i}", row.period)
        trace = {"indicator": voice.name(entry)} | ledger.trace(row)
        number = voice.amount(row.value, entry, ledger.amounts.get(entry.unit))
        value = ledger.fact(f"{name}_value{i}", number, row.value, "", **trace)
        told = [named[key] for key in named if key in some]
        body.append(
            (
                str(year),
                str(value),
                status,
                str(release),
                "".join(told) if note else voice.joined(told, "semicolon"),
                _ratings(ledger, some),
            )
        )
    align = "crclcc" if note else "crcllc"
    return Table(caption, voice.several("head.figures"), tuple(body), align, note=note, wrapped=4)


def _origins(ledger: Ledger, row: Any) -> tuple[str, ...]:
    """The sources of a figure: of one worked out, those of both its parts."""
    divided = ledger.catalogue.indicators[row.indicator].denominator
    if row.status != "derived" or divided is None:
        return (row.source,)
    parts = ledger.figures
    below = parts["role"].eq("part") & parts["indicator"].eq(divided) & parts["region"].eq(row.region)
    below &= parts["period"].eq(row.period) & parts["basis"].isin(("", row.basis))
    return (*dict.fromkeys((row.source, *parts.loc[below, "source"])),)


def _sources_once(ledger: Ledger, keys: Sequence[str], name: str) -> tuple[dict[str, str], str]:
    """What stands for each source in a table, and the note that resolves it.

    Names, unless one would stand in many rows: then each has a mark, which a page break does not part from
    its meaning as it would “as above”.
    """
    counted = Counter(keys)
    names = {key: ledger.source(f"{name}{i}", key) for i, key in enumerate(counted, 1)}
    if len(names) > len(MARKS) or max(counted.values(), default=0) < REPEATED:
        return names, ""
    marked = dict(zip(names, MARKS, strict=False))
    listed = ledger.voice.joined(
        (ledger.voice.say("head.marked", mark=marked[key], source=names[key]) for key in names), "semicolon"
    )
    return marked, ledger.voice.say("head.sources_below", sources=listed)


def _when(ledger: Ledger, name: str, period: str) -> documents.Fact:
    """A year as a bare number; to which month a count goes."""
    if len(period) == 4:
        return ledger.fact(name, period, int(period), "year")
    month = ledger.voice.say("document.to_month", month=ledger.voice.period(period))
    return ledger.fact(name, month, period, "date")


def bases(found: Conditional) -> pd.DataFrame:
    """Return the rows of the conditional answer that are listed, on paper and page."""
    given = found.table
    places = range(len(given)) if len(given) <= ROWS else range(len(given) % 2, len(given), 2)
    return given.iloc[list(places)]


def _bases(ledger: Ledger, caption: str) -> Table:
    """The conditional answer: probability for each possible last value."""
    found = ledger.assessment.lent
    assert isinstance(found, Conditional), "listed where peers are known"
    body = []
    for i, row in enumerate(tables.rows(bases(found)), 1):
        base = ledger.quantity(f"base_{i}", row.base)
        edge = ledger.probability(f"base_p_{i}", row.p, ledger.assessment.as_of)
        shown = ledger.stated(f"base_p_{i}", edge, "plain")
        body.append((str(base), shown, ledger.voice.likelihood(row.p)))
    return Table(caption, ledger.voice.several("head.bases"), tuple(body), "ccc", (1, 1, 1.4))


def _chance(ledger: Ledger) -> str:
    return ledger.stated("p", printing.edge(ledger.row["p_attain"]), "plain")


def _rules(ledger: Ledger, caption: str) -> Table:
    """Probability, pace, growth ratio and outcome side by side: they answer other questions."""
    voice, facts = ledger.voice, ledger.facts
    pace, growth = further.rules_told(ledger)
    rows = []
    if "p" in facts:
        word = voice.likelihood(ledger.row["p_attain"])
        rows.append((voice.say("rule.probability"), _chance(ledger), word))
    if pace:
        shown = voice.joined((str(facts["pace_done"]), str(facts["pace_elapsed"])), "slash")
        said = voice.say("rule.ahead" if pace["ahead"] else "rule.behind")
        rows.append((voice.say("rule.pace"), shown, said))
    if growth:
        value = str(facts["ratio"]) if "ratio" in facts else "—"
        rows.append((voice.say("rule.ratio"), value, voice.say(f"pace.{growth['label']}")))
    return Table(caption, voice.several("head.rules"), tuple(rows), "lcl", (1.5, 1, 1.5))


def _change(ledger: Ledger, caption: str) -> Table:
    assert ledger.moved is not None, "listed where an earlier answer moved"
    sources = [ledger.source_name(source) for source in ledger.moved.contributions["source"]]
    rows = [(source, str(ledger.facts[f"moved_{i}"])) for i, source in enumerate(sources, 1)]
    total = (ledger.voice.say("rule.total"), str(ledger.facts["moved_total"]))
    return Table(caption, ledger.voice.several("head.change"), (*rows, total), "lr", (2, 1))


def _scale(ledger: Facts, caption: str) -> Table:
    """The likelihood words, and from which probability each is used."""
    voice, scale = ledger.voice, ledger.scale()
    shown = [voice.say("scale.lowest", p=lowest) for lowest, _, value in scale if value]
    shown.append(voice.say("scale.below", p=scale[-2][0]))
    header = tuple(word for _, word, _ in scale)
    return Table(caption, header, (tuple(shown),), "c" * len(scale), (1,) * len(scale))


def _targets(whole: Whole, caption: str) -> Table:
    """Every target of the plan by clause: goal, latest figure, answer, what it rests on, remark."""
    body = []
    for part in whole.parts:
        places = naming.places(part.ledger.target.clause, whole.voice.language)
        clause = part.ledger.quoted("clause", places.replace("；", f"；{documents.BREAK}"))
        body.append((clause, *(part.said[name] for name in COLUMNS)))
    return Table(caption, whole.voice.several("head.targets"), tuple(body), "cllllll", wrapped=None)


def _record(whole: Whole, caption: str) -> Table:
    """How past forecasts did, an indicator a row; of chances only where some are like one given here."""
    rows = whole.tested()
    banded = any(parts[0].told["band"] for parts in rows)
    names = [name for name in reporting.RECORD if banded or name not in reporting.OF_CHANCES]
    heads = dict(zip(("name", *reporting.RECORD), whole.voice.several("head.record"), strict=True))
    body, ahead = [], []
    for parts in rows:
        called, within = (
            whole.voice.joined(part.said[name] for part in parts) for name in ("name", "within")
        )
        body.append((called, *(parts[0].said[name] for name in names)))
        ahead.append(within + parts[0].said["ahead"])
    note = whole.voice.say("head.record_ahead", told=whole.voice.joined(ahead, "semicolon"))
    header = tuple(heads[name].format(interval=whole.facts["interval"]) for name in ("name", *names))
    return Table(caption, header, tuple(body), f"l{'c' * (len(names) - 1)}l", note=note, wrapped=None)


def _wanted(whole: Whole, caption: str) -> Table:
    """What is asked for, a target a row."""
    body = []
    for part in whole.wanting():
        asked = whole.voice.joined(part.ledger.wanted(alone=True), "semicolon")
        body.append((part.said["name"], asked))
    return Table(caption, whole.voice.several("head.wanted"), tuple(body), "ll", (1, 1.8))


def _sources(whole: Whole, caption: str) -> Table:
    """Every source of a figure used: its last release by then, and its two ratings."""
    voice, body = whole.voice, []
    for i, row in enumerate(tables.rows(whole.sources), 1):
        day = str(row.published.date())
        release = whole.fact(f"source_day{i}", voice.day(day, row.precision), day, "date")
        name = whole.source(f"source{i}", row.source)
        body.append((name, str(release), _ratings(whole, [row.source])))
    return Table(caption, voice.several("head.sources"), tuple(body), "llc")


_TABLES: dict[str, Callable[[Any, str], Table]] = {
    "figures": _figures,
    "beside": _beside,
    "others": _others,
    "bases": _bases,
    "rules": _rules,
    "change": _change,
    "scale": _scale,
    "targets": _targets,
    "record": _record,
    "wanted": _wanted,
    "sources": _sources,
}
