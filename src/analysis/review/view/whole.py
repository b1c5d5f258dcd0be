"""The plan as a whole: counts, the result in short, the sources, the likelihood words."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.review.view.given import Inputs
from analysis.review.wordbook import Book, Fact

TILES = {"all": "page.tile_all", "open": "page.tile_open"}  # the others bear their verdict


def tiles(inputs: Inputs, book: Book) -> list[dict]:
    verdicts = [one.row["verdict"] for one in inputs.assessments]
    counts = {"all": len(verdicts)} | {name: verdicts.count(name) for name in tables.VERDICTS}
    return [
        {"name": name, "n": _count(name, number, book), "label": book.say(TILES.get(name, f"verdict.{name}"))}
        for name, number in counts.items()
    ]


def _count(name: str, number: int, book: Book) -> Fact:
    trace = {"indicator": book.say("page.counted")}
    return book.fact(f"count.{name}", str(number), number, "targets", **trace)


def short(inputs: Inputs, book: Book) -> list[str]:
    """Return the plan's result in a few whole sentences."""
    verdicts = [one.row["verdict"] for one in inputs.assessments]
    count = {name: verdicts.count(name) for name in tables.VERDICTS}
    facts = {name: _count(name, number, book) for name, number in count.items()}
    known = count["met"] + count["missed"]
    key = "page.short_all" if len(verdicts) > 1 else "page.short_all_one"
    said = [book.say(key, all=_count("all", len(verdicts), book))]
    if known:
        facts["known"] = _count("known", known, book)
        said.append(
            book.say("page.short_known", **{name: facts[name] for name in ("known", "met", "missed")})
        )
    else:
        said.append(book.say("page.short_known_none"))
    if count["open"] or count["no_evidence"]:
        said.append(_short_open(inputs, facts, book))
    if count["no_evidence"]:
        rest = known + count["open"]
        key = f"page.short_none{'_all' if not rest else '' if count['no_evidence'] > 1 else '_one'}"
        said.append(book.say(key, none=facts["no_evidence"]))
    return said


def _short_open(inputs: Inputs, facts: dict, book: Book) -> str:
    chances = [one.row["p_attain"] for one in inputs.assessments if one.row["verdict"] == "open"]
    if len(chances) < 2:
        return book.say("page.short_open_one" if chances else "page.short_open_none", open=facts["open"])
    trace = {"indicator": book.say("page.whole_plan")}
    total = float(np.sum(chances))
    expected = book.fact("count.expected", book.number(total, 1), total, "targets", **trace)
    return book.say("page.short_open", open=facts["open"], expected=expected)


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


def sources(inputs: Inputs, book: Book) -> list[dict]:
    """Return the sources of the figures shown, with ratings and releases."""
    parts = [part for one in inputs.assessments for part in (one.history, one.shown) if len(part)]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=["source", "published", "precision"])
    made = []
    for key, group in rows.groupby("source", sort=True):
        source = book.catalogue.sources[key]
        releases = group.drop_duplicates("published").sort_values("published").itertuples(index=False)
        days = [
            book.fact(
                f"release.{key}.{row.published:%Y-%m-%d}",
                book.day(row.published.date(), row.precision),
                unit="date",
                release=f"data/raw/{key}/{row.published:%Y-%m-%d}",
                source=book.name(source),
            )
            for row in releases
        ]
        made.append(
            {
                "key": key,
                "name": book.name(source),
                "publisher": book.name(source.publisher),
                "quality": source.quality,
                "suitability": source.suitability,
                "releases": days,
                "remark": book.name(source.remark) if source.remark else "",
            }
        )
    return made
