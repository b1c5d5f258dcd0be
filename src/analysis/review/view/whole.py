"""The plan as a whole: counts, states, the sources, the likelihood words."""

import re

from analysis import tables
from analysis.catalogue import Source
from analysis.review import records
from analysis.review.view import cells
from analysis.review.view.given import Inputs
from analysis.review.wordbook import Book, Fact

FEW = 3  # of the newest releases of a source that are named
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
TILES = {"all": "page.tile_all", "open": "page.tile_open"}  # the others bear their verdict


def tiles(inputs: Inputs, book: Book) -> list[dict]:
    verdicts = ["not_due" if one.not_due else one.row["verdict"] for one in inputs.assessments]
    names = (*tables.VERDICTS, *(["not_due"] if "not_due" in verdicts else []))
    counts = {"all": len(verdicts)} | {name: verdicts.count(name) for name in names}
    return [
        {"name": name, "n": _count(name, number, book), "label": _label(name, verdicts, inputs, book)}
        for name, number in counts.items()
    ]


def _label(name: str, verdicts: list[str], inputs: Inputs, book: Book) -> str:
    """Return what is counted; outcomes that are all only reported, or all to be confirmed, are called so."""
    counted = zip(inputs.assessments, verdicts, strict=True)
    said = {records.verdict(one, book) for one, verdict in counted if verdict == name}
    if name not in TILES and len(said) == 1:
        return said.pop()
    return book.say(TILES.get(name, f"verdict.{name}"))


def _count(name: str, number: int, book: Book) -> Fact:
    trace = {"indicator": book.say("page.counted")}
    return book.fact(f"count.{name}", str(number), number, "targets", **trace)


def states(inputs: Inputs, book: Book) -> list[dict]:
    """Return what the list can be limited to: the groups of the report that have a target."""
    there = {cells.state(one) for one in inputs.assessments}
    return [{"name": name, "said": book.say(f"page.state_{name}")} for name in cells.STATES if name in there]


def likelihood(book: Book) -> list[dict]:
    trace = {"indicator": book.say("page.method_words"), "source": book.say("page.declared")}
    rows, above = [], None
    for low, word in book.scale():
        fact = book.fact(f"scale.{100 * low:.0f}", book.share(low), low, "probability", **trace)
        key = "from" if above is None else "between" if low else "below"
        rows.append(
            {
                "word": word,
                "range": book.say(
                    f"page.method_words_{key}", p=fact if key == "from" else above, low=fact, high=above
                ),
            }
        )
        above = fact
    return rows


def _remark(source: Source, inputs: Inputs, book: Book) -> str:
    """Return what is remarked of a source, unless it tells of what came after the as-of date."""
    said = book.name(source.remark) if source.remark and source.remark.known(inputs.as_of) else ""
    return "" if any(int(year) > int(inputs.as_of[:4]) for year in YEAR.findall(said)) else said


def _earlier(key: str, number: int, book: Book) -> str:
    if number <= 0:
        return ""
    trace = {"indicator": book.say("page.releases")}
    told = book.fact(f"earlier.{key}", str(number), number, "times", **trace)
    return book.say("page.releases_more", n=told)


def sources(inputs: Inputs, book: Book) -> list[dict]:
    """Return the sources of the figures used, as the report's annex has them, with ratings and releases."""
    made = []
    for key, group in inputs.outlook.used.groupby("source", sort=True):
        source = book.catalogue.sources[key]
        releases = [*tables.rows(group.drop_duplicates("published").sort_values("published", kind="stable"))]
        days = [
            book.fact(
                f"release.{key}.{row.published:%Y-%m-%d}",
                book.day(row.published.date(), row.precision),
                unit="date",
                release=f"data/raw/{key}/{row.published:%Y-%m-%d}",
                source=book.name(source),
            )
            for row in releases[-FEW:]
        ]
        made.append(
            {
                "key": key,
                "name": book.name(source),
                "publisher": book.name(source.publisher),
                "quality": source.quality,
                "suitability": source.suitability,
                "releases": days,
                "earlier": _earlier(key, len(releases) - FEW, book),
                "remark": _remark(source, inputs, book),
            }
        )
    return made
