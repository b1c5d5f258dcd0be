"""The front page of all reports: every plan and date, read from their folders, then the scorecard."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import tables
from analysis.catalogue import Catalogue, tongue
from analysis.review import page, view
from analysis.review.wordbook import Book


@dataclass(frozen=True)
class Report:
    """One folder of ``reports``: its manifest and its attainment table."""

    folder: Path
    manifest: dict
    attainment: pd.DataFrame


def index(
    reports: Path,
    scorecard: pd.DataFrame | None,
    pictures: Mapping[str, bytes],
    catalogue: Catalogue,
    day: str = "",
) -> Path:
    """Write ``index.html`` into ``reports`` and return its path.

    Parameters
    ----------
    reports : folder with ``<plan>/<as of>/{manifest.json,attainment.csv,review.html}``
    scorecard : as ``backtest.presented`` returns it; stands below
    pictures : of its calibration, SVG by language
    catalogue : for the regions' names
    day : as of which the scorecard is
    """
    found = [_read(path) for path in sorted(reports.glob("*/*/manifest.json")) if _finished(path.parent)]

    def made(book: Book) -> dict:
        plans = [_plan(group, reports, book) for group in _by_plan(found)]
        scores = view.scorecard.table(scorecard, book)
        picture = base64.b64encode(pictures.get(book.language, b"")).decode()
        title = book.say("page.index_title")
        said = {"title": title, "plans": plans, "scorecard": scores, "picture": picture}
        return said | {"record": _record(day, book)}

    return page.bilingual(reports / "index.html", "index.html.j2", catalogue, made)


def _record(day: str, book: Book) -> str:
    """Return the heading of the scorecard, with its date where it has one."""
    title = book.say("page.scorecard")
    if not day:
        return title
    told = book.fact("scorecard.day", book.day(day), day, "date", source=book.say("page.scorecard_source"))
    return book.say("page.index_scorecard", title=title, day=told)


def _finished(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.parent.name.startswith(".")
    return not hidden and (folder / "attainment.csv").is_file() and (folder / "review.html").is_file()


def _read(path: Path) -> Report:
    manifest = json.loads(path.read_text(encoding="utf-8"))
    table = pd.read_csv(path.parent / "attainment.csv", dtype={"region": str, "as_of": str})
    return Report(path.parent, manifest, table)


def _by_plan(found: list[Report]) -> list[list[Report]]:
    names = sorted({report.manifest["plan"] for report in found})
    return [[report for report in found if report.manifest["plan"] == name] for name in names]


def _plan(reports: list[Report], root: Path, book: Book) -> dict:
    first = reports[0]
    title = first.manifest.get("title", {}).get(tongue(book.language), first.manifest["plan"])
    region = book.catalogue.regions.get(str(first.attainment["region"].iloc[0]))
    rows = [
        _row(report, root, book) for report in sorted(reports, key=lambda report: report.manifest["as_of"])
    ]
    return {
        "name": first.manifest["plan"],
        "title": title,
        "region": book.name(region) if region else "",
        "rows": rows,
    }


def _row(report: Report, root: Path, book: Book) -> dict:
    """Return one report's date, links, counts by verdict and mean probability."""
    place, day = report.folder.relative_to(root).as_posix(), report.manifest["as_of"]
    trace = {
        "release": book.say("page.computed", day=book.day(day)),
        "source": f"{place}/attainment.csv",
    }
    name = f"{report.manifest['plan']}.{day}"
    files = view.memos.files(view.memos.REPORT, book)
    table = report.attainment
    counts = {verdict: int(table["verdict"].eq(verdict).sum()) for verdict in tables.VERDICTS}
    facts = {
        verdict: book.fact(f"{name}.{verdict}", str(n), n, "targets", **trace)
        for verdict, n in counts.items()
    }
    chances = table.loc[table["verdict"].eq("open"), "p_attain"].dropna()
    mean = (
        book.fact(
            f"{name}.mean", book.probability(chances.mean()), float(chances.mean()), "probability", **trace
        )
        if len(chances)
        else None
    )
    return {
        "day": book.fact(f"{name}.day", book.day(day), day, "date", **trace),
        "folder": place,
        "counts": facts,
        "all": book.fact(f"{name}.all", str(len(table)), len(table), "targets", **trace),
        "mean": mean,
        "report": [file for file in files if (report.folder / file["href"]).is_file()],
        "results": (report.folder / "results.xlsx").is_file(),
    }
