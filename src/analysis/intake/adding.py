"""A received file becomes a release: read, examined, compared with what was known, filed whole."""

import unicodedata
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import catalogue, releases, tables
from analysis.catalogue import Catalogue, SourceError
from analysis.intake import dates, doubts, figures, layout, messages, notation, sheets
from analysis.intake.messages import Problem
from analysis.places import DATA

NEWS = ("new", "revised", "unchanged", "withdrawn")
LISTED = 40  # lines of each kind in a report
TRANSCRIPTION = "read from the file as received, which is kept beside it"


class Refused(SourceError):
    """A file cannot be filed. ``problems`` lists why; the message says it in one language, all at once."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Report:
    """What a file brings.

    changes : one row a figure: region, indicator, period, basis, value, unit, status, note, sheet, row,
        column, ``before`` (this source's last figure, NaN if none), ``elsewhere`` (known from others),
        ``earlier`` (of the year before, or the last one known) with its ``earlier_period``, and ``news``:
        "new", "revised", "unchanged" or "withdrawn"
    place : the folder it was filed in, or would be; None when nothing is new to the releases
    """

    source: str
    published: date
    precision: str
    changes: pd.DataFrame
    missing: int
    accepted: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    place: Path | None
    filed: bool
    known: Catalogue

    @property
    def touched(self) -> frozenset[tuple[str, str]]:
        """The (region, indicator) pairs that change, with the ratios their parts enter."""
        changed = self.changes[self.changes["news"] != "unchanged"]
        pairs = set(zip(changed["region"], changed["indicator"], strict=True))
        for key, one in self.known.indicators.items():
            parts = {one.numerator, one.denominator} - {None}
            pairs |= {(region, key) for region, indicator in list(pairs) if indicator in parts}
        return frozenset(pairs)

    def text(self, language: str = "zh") -> str:
        """Say what is new, revised (old → new) and unchanged."""
        return "\n".join(_said(self, language))


def add(
    path: Path | str,
    source: str,
    published: str,
    folder: Path = DATA,
    dry_run: bool = False,
    language: str = "zh",
    accept: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    today: date | None = None,
) -> Report:
    """Check a workbook or CSV and file it as a release of ``source``.

    Parameters
    ----------
    path : the file received; it is kept unchanged beside the figures read from it
    source : key of ``data/sources.yml``
    published : "2019-08-30"; "2019-08" or "2019" when only month or year is known (its last day counts), or
        "by 2019-03-31" for certainly known by then
    dry_run : check and compare, write nothing
    language : of the messages
    accept : cells whose doubt is accepted, "E7" or "sheet!E7"; "published" for that of the date
    about : lines read as if they stood above the tables: "指标：R&D经费", "unit: 亿元"
    today : the day of filing; a publication after it and after every release is doubted

    Raises
    ------
    Refused
        With all problems at once; nothing is written.
    """
    path, known = Path(path), catalogue.read(folder)
    day, precision = dates.published_on(published, language)
    if source not in known.sources:
        raise Refused(_unknown_source(source, known, language))
    try:
        content = path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    if content is None:
        raise Refused(messages.text("parts.no_file", language, path=path))
    with nullcontext() if dry_run else releases.lock(folder):
        history = releases.load(folder)
        reading = _read(path.name, content, known, about)
        reading.problems += _late(path.name, day, precision, today, history)
        examined = _examined(reading, source, day, history, known)
        accepted, open_ = _accepted(reading.problems, accept, language)
        if open_:
            read = _table(_changes(examined), known, language) if dry_run else []
            raise Refused("\n".join([_refusal(path.name, open_, language), *read]), tuple(open_))
        changes, fresh = _changes(examined), ~_filed(examined)
        remarks = tuple(one for one in reading.problems if one.remark)
        place = releases.vacant(folder, source, day.isoformat()) if fresh.any() else None
        filed = place is not None and not dry_run
        if filed:
            card = _card(path.name, source, day, precision, known, remarks)
            place = releases.file(folder, card, examined.figures[fresh], path.suffix.lower(), content)
    return Report(
        source, day, precision, changes, reading.missing, accepted, remarks, place, filed, known
    )  # fmt: skip


def _read(name: str, content: bytes, known: Catalogue, about: tuple[str, ...] = ()) -> figures.Reading:
    """Read the figures of a file; without any there is at least one problem."""
    grids = sheets.read(name, content, layout.is_heading)
    if isinstance(grids, Problem):
        return figures.Reading(pd.DataFrame(columns=figures.COLUMNS), [grids])
    vocabulary = notation.vocabulary(known)
    reading = figures.read(grids, vocabulary, about)
    unread = [line for line in about if not notation.statements(line, vocabulary)]
    reading.problems += [Problem("unknown_about", name, {"value": line}) for line in unread]
    if not grids:
        reading.problems.append(Problem("empty", name))
    elif reading.figures.empty and all(one.remark or one.doubt for one in reading.problems):
        reading.problems.append(Problem("no_figures", name))
    return reading


def _examined(
    reading: figures.Reading, source: str, day: date, history: pd.DataFrame, known: Catalogue
) -> doubts.Examination:
    """Set figures beside what was filed; what is wrong or doubtful joins the problems of the reading."""
    received = _with_bases(reading.figures, source, day, history, known, reading.problems)
    examined = doubts.Examination(received, source, day, history, known)
    reading.problems += examined.run() if len(received) else ()
    return examined


def _late(name: str, day: date, precision: str, today: date | None, history: pd.DataFrame) -> list[Problem]:
    """Doubt a publication that lies ahead, whichever day of its month or year it was."""
    first = day.replace(day=1 if precision in ("month", "year") else day.day)
    first = first.replace(month=1) if precision == "year" else first
    newest = history["published"].max()
    if today is None or first <= today or pd.Timestamp(first) <= newest:
        return []
    other = messages.each("parts.today", today=today)
    return [Problem("late_publication", name, {"value": str(day), "other": other}, "published")]


def _unknown_source(source: str, known: Catalogue, language: str) -> str:
    remark = messages.words(language)["source"]
    lines = f"""{source}:
  zh: …
  en: …
  publisher: {{zh: …, en: …}}
  kind: statistics_office    # {remark["kind"]}
  rank: 1                    # {remark["rank"]}
  quality: green             # {remark["quality"]}
  suitability: green         # {remark["suitability"]}
  terms: not stated"""
    known_ones = ", ".join(known.sources)
    return messages.text("filing.no_source", language, source=source, lines=lines, known=known_ones)


def _with_bases(
    received: pd.DataFrame,
    source: str,
    day: date,
    history: pd.DataFrame,
    known: Catalogue,
    problems: list[Problem],
) -> pd.DataFrame:
    """Give every figure its basis; a withdrawal takes the basis of what it withdraws."""
    blank = received["basis"].eq("").to_numpy()
    received = doubts.with_basis(received, day, known)
    withdrawn = np.flatnonzero(blank & received["status"].eq(tables.WITHDRAWN).to_numpy())
    basis = received["basis"].to_numpy(object).copy()
    for position in withdrawn:
        row = received.iloc[position]
        old = history[history["source"].eq(source) & history["published"].lt(pd.Timestamp(day))]
        for name in ("region", "indicator", "period"):
            old = old[old[name].eq(row[name])]
        bases = sorted(set(old["basis"]))
        if len(bases) == 1:
            basis[position] = bases[0]
        elif bases:
            cell = sheets.cell(int(row["row"]), int(row["column"]))
            facts = {
                "value": f"{row['region']} {row['indicator']} {row['period']}",
                "readings": messages.joined(bases),
            }
            problems.append(Problem("two_to_withdraw", row["sheet"], facts, cell))
    return received.assign(basis=basis)


def _accepted(
    problems: list[Problem], accept: tuple[str, ...], language: str
) -> tuple[tuple[Problem, ...], list[Problem]]:
    """Split the problems into doubts accepted by their cell and what still stands in the way."""
    wanted = {name.strip() for name in accept}
    accepted = tuple(one for one in problems if one.doubt and {one.cell, one.place} & wanted)
    open_ = [one for one in problems if not one.remark and one not in accepted]
    named = {name for one in problems if one.doubt for name in (one.cell, one.place)}
    if not any(not one.doubt for one in open_) and (unused := sorted(wanted - named)):
        cells = messages.text("parts.cell", language).join(unused)
        raise Refused(messages.text("filing.not_doubted", language, cells=cells))
    return accepted, open_


def _refusal(name: str, problems: list[Problem], language: str) -> str:
    lines = messages.listing(problems, language)
    form = "filing.refused" if len(lines) > 1 else "filing.refused_one"
    head = messages.text(form, language, name=name, n=len(lines))
    return "\n".join([head, *(f"  {line}" for line in lines)])


def _changes(examined: doubts.Examination) -> pd.DataFrame:
    """Set every figure beside the last one of the same source, and beside what others say."""
    figures, past = examined.figures, examined.past
    own = past["source"].eq(examined.source)
    before = examined.beside(past[own])["value"].to_numpy()
    elsewhere = examined.beside(past[~own & ~past["status"].isin(tables.EVIDENCE_ONLY)])["value"].to_numpy()
    same = np.isclose(before, figures["value"].to_numpy(float), *doubts.CLOSE)
    news = np.select(
        [examined.withdrawn, np.isnan(before), same], ["withdrawn", "new", "unchanged"], "revised"
    ).astype(object)
    earlier = _earlier(examined)
    return figures.assign(before=before, elsewhere=elsewhere, **earlier, news=news)


def _earlier(examined: doubts.Examination) -> dict[str, list]:
    """Return the figure of the year before, of the same months, else the last one known; filed or sent."""
    columns = ["region", "indicator", "period", "value"]
    sent = examined.figures[~examined.withdrawn]
    known = {
        (one.region, one.indicator, one.period): one.value
        for table in (sent, examined.alike)
        for one in table[columns].itertuples(index=False)
    }
    found = [_before(known, *key) for key in examined.figures[columns[:3]].itertuples(index=False, name=None)]
    return {"earlier": [value for _, value in found], "earlier_period": [period for period, _ in found]}


def _before(known: dict, region: str, indicator: str, period: str) -> tuple[str, float]:
    years = range(int(period[:4]) - 1, int(period[:4]) - 1 - doubts.APART, -1)
    keys = [(region, indicator, f"{year}{period[4:]}") for year in years]
    return next(((key[2], known[key]) for key in keys if key in known), ("", float("nan")))


def _filed(examined: doubts.Examination) -> np.ndarray:
    """Which figures are filed under this source and day already (a table may be sent twice)."""
    today = examined.own["published"] == pd.Timestamp(examined.published)
    return examined.beside(examined.own[today])["status"].notna().to_numpy()


def _card(
    name: str, source: str, day: date, precision: str, known: Catalogue, remarks: tuple[Problem, ...]
) -> dict:
    one = known.sources[source]
    notes = tuple(problem.facts["value"] for problem in remarks if problem.code == "note_line")
    return {
        "source": source,
        "title": {"zh": one.zh, "en": one.en},
        "publisher": one.publisher.model_dump(),
        "published": day.isoformat(),
        "precision": precision,
        "terms": one.terms,
        "quality": one.quality,
        "suitability": one.suitability,
        "transcription": TRANSCRIPTION,
        "received": name,
        "url": one.url,
        "remarks": list(notes),
    }


def _said(report: Report, language: str) -> list[str]:
    """Write the report; long lists are cut, and say so."""
    changes = report.changes
    word = messages.words(language)["filing"]
    counts = [f"{word[news]} {int((changes['news'] == news).sum())}" for news in NEWS]
    counts.append(f"{word['missing']} {report.missing}")
    lines = [f"{report.source} {report.published} ({report.precision}): {', '.join(counts)}"]
    looked = report.place is not None and not report.filed
    lines += _table(changes, report.known, language) if looked else []
    for news in ("revised", "withdrawn") if looked else ("new", "revised", "withdrawn"):
        rows = changes[changes["news"] == news]
        shown = rows.head(LISTED).itertuples(index=False)
        lines += [f"  {word[news]}  {_line(row, report.known, language)}" for row in shown]
        if len(rows) > LISTED:
            lines.append(f"  {word[news]}  {word['more'].format(n=len(rows) - LISTED)}")
    for title, problems in (("accepted", report.accepted), ("note", report.remarks)):
        lines += [f"  {word[title]}  {line}" for line in messages.listing(list(problems), language)]
    place = "/".join(report.place.parts[-4:]) if report.place else ""
    form = "same" if not place else "filed" if report.filed else "would_be"
    return [*lines, messages.text(f"filing.{form}", language, place=place)]


def _table(changes: pd.DataFrame, known: Catalogue, language: str) -> list[str]:
    """Write what was read as a small table, beside the figures before."""
    if changes.empty:
        return []
    word = messages.words(language)["filing"]
    rows = [word["heads"], *(_row(one, known, language) for one in changes.head(LISTED).itertuples())]
    wide = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "  ".join(map(_padded, row, wide)).rstrip() for row in rows]
    more = len(changes) - LISTED
    return [*lines, f"  {word['more'].format(n=more)}"] if more > 0 else lines


def _row(one: Any, known: Catalogue, language: str) -> tuple[str, ...]:
    region, indicator = known.regions[one.region], known.indicators[one.indicator]
    unit = doubts.unit_name(one.unit, known, language)
    told = one.earlier == one.earlier
    comparable = told and one.value == one.value
    return (
        catalogue.name(region, language), catalogue.name(indicator, language), one.period,
        doubts.shown(one.value, unit),
        f"{one.earlier:.12g} ({one.earlier_period})" if told else "—",
        doubts.change_of(one.earlier, one.value, indicator.kind) if comparable else "—",
        messages.text(f"filing.{one.news}", language) + _elsewhere(one, language),
    )  # fmt: skip


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _line(row: Any, known: Catalogue, language: str) -> str:
    region, indicator = known.regions[row.region], known.indicators[row.indicator]
    name = f"{catalogue.name(region, language)} {catalogue.name(indicator, language)} {row.period}"
    basis = f" [{row.basis}]" if row.basis else ""
    value = doubts.shown(row.value, doubts.unit_name(row.unit, known, language))
    if row.news == "revised":
        points = messages.text("filing.points", language) if indicator.kind in ("share", "ratio") else ""
        change = doubts.change_of(row.before, row.value, indicator.kind)
        return f"{name}{basis}: {row.before:.12g} → {value} ({f'{change} {points}'.strip()})"
    if row.news == "withdrawn":
        return f"{name}{basis}: {row.before:.12g} → — ({row.note})"
    return f"{name}{basis}: {value}{_elsewhere(row, language)}"


def _elsewhere(row: Any, language: str) -> str:
    """Say what others published of the same cell, if it differs."""
    if row.elsewhere != row.elsewhere or row.elsewhere == row.value:
        return ""
    return f" ({messages.text('filing.elsewhere', language)} {row.elsewhere:.12g})"
