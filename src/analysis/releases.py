"""What was filed: release folders with their cards, read together, written whole or not at all."""

import io
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pydantic
import yaml

from analysis import catalogue, store, tables
from analysis.catalogue import Catalogue, Day, Entry, SourceError, Text, parse, read_yaml
from analysis.languages import refusal
from analysis.places import DATA, Folders

COLUMNS = ("region", "indicator", "period", "value", "unit", "status", "basis", "note")
HEADER = ",".join(COLUMNS).encode()
OBSERVED = (
    "region", "indicator", "period", "year", "basis", "source", "rank", "published", "precision", "value",
    "unit", "status", "note",
)  # fmt: skip
ORDER = ["region", "indicator", "period", "basis", "source", "published"]
FIGURES = "observations.csv"
READ: dict[bytes, "Card"] = {}  # cards read by this process, by what is written in them
PERIOD = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")


class Card(Entry):
    """What stands beside a release: who published it, when, how good it is, and its fingerprint."""

    source: str
    title: Text
    publisher: Text
    published: Day
    precision: Literal["day", "month", "year", "by"]
    terms: str
    quality: Literal["green", "amber", "red"]
    suitability: Literal["green", "amber", "red"]
    transcription: str
    files: dict[str, str] = pydantic.Field(min_length=1)
    url: str | None = None
    received: str | None = None
    remarks: tuple[str, ...] = ()


def cards(folder: Path = DATA) -> dict[Path, Card]:
    """Return the card of every release, by its folder, sorted."""
    paths = sorted(Folders(folder).raw.glob("[!.]*/[!.]*/card.yml"))
    return {path.parent: _card(path) for path in paths}


def _card(path: Path) -> Card:
    """Return what a card says; alike ones are read once."""
    content = path.read_bytes() if path.is_file() else b""
    if content not in READ:
        READ[content] = parse(Card, read_yaml(path), path)
    return READ[content]


def check(folder: Path = DATA) -> list[str]:
    """Return every problem of every release under ``folder``: changed, missing, unknown or uncarded files."""
    raw = Folders(folder).raw
    if not raw.is_dir():
        return [f"{raw}: {refusal('no such folder; restore it from the repository')}"]
    bare = [path for path in sorted(raw.glob("[!.]*/[!.]*")) if not (path / "card.yml").is_file()]
    uncarded = refusal("no card.yml; file figures with `add`, or restore the card")
    wrong = [f"{path}: {uncarded}" for path in bare]
    for release, card in cards(folder).items():
        wrong += _received(release, card)[1]
    return wrong


def _received(release: Path, card: Card) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a release, and what is wrong with them against the card: nothing, normally."""
    wrong, contents = [], {}
    if release.parent.name != card.source or not re.fullmatch(
        rf"{card.published.isoformat()}(-\d+)?", release.name
    ):
        named = f"{card.source}/{card.published}"
        said = refusal("the card says {named}; the folder must be named so", named=named)
        wrong.append(f"{release}: {said}")
    for name, digest in card.files.items():
        try:
            contents[name] = (release / name).read_bytes()
        except FileNotFoundError:
            wrong.append(f"{release / name}: {refusal('missing; restore it from the repository')}")
            continue
        if store.sha256(contents[name]) != digest:
            said = refusal("changed since it was filed; restore it, correct it by a new release")
            wrong.append(f"{release / name}: {said}")
    if FIGURES not in card.files:
        wrong.append(f"{release / 'card.yml'}: {refusal('does not list {name}', name=FIGURES)}")
    extra = {path.name for path in release.iterdir()} - {"card.yml", *card.files}
    uncarded = refusal("not on the card; file figures with `add`")
    wrong += [f"{release / name}: {uncarded}" for name in sorted(extra)]
    return contents, wrong


def files(folder: Path = DATA) -> list[Path]:
    """Return all files of the releases and their cards; beside the catalogue's, all that `load` reads."""
    return sorted(path for path in Folders(folder).raw.glob("[!.]*/[!.]*/*") if path.is_file())


def published(file: Path) -> str:
    """Return the day of publication that the folder of a release's file is named by."""
    return file.parent.name[:10]


def vintages(folder: Path = DATA) -> Callable[[str], str]:
    """Return what gives a day the digest of all that was published by then, and of the catalogue."""
    known = store.digest(catalogue.files(folder), folder)
    filed = [(published(path), str(path.relative_to(folder)), store.sha256(path.read_bytes()))
             for path in files(folder)]  # fmt: skip
    return lambda as_of: store.key(known, [one for one in filed if one[0] <= as_of])


def load(folder: Path = DATA) -> pd.DataFrame:
    """Read every release into one table of observations.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.OBSERVATIONS``: one row a figure of a release, sorted by region, indicator,
        period, basis, source and day of publication.

    Raises
    ------
    SourceError
        When a release was changed, or names what the catalogue does not know; all problems at once.
    """
    known, filed = catalogue.read(folder), cards(folder)
    bodies = _bodies(filed, known)
    release = np.repeat(np.arange(len(bodies)), [body.count(b"\n") for body in bodies.values()])
    figures = _parsed(bodies)
    wrong = []
    for row, fault in _faults(figures, known):
        line = row - np.searchsorted(release, release[row]) + 2
        wrong.append(f"{list(bodies)[release[row]] / FIGURES}, line {line}: {fault}")
    if wrong:
        raise SourceError("\n".join(wrong))
    said = _said(list(filed.values()), known).take(release).reset_index(drop=True)
    figures = pd.concat([figures, said], axis=1)
    figures["year"] = figures["period"].str[:4].astype("int64")
    figures = figures[list(OBSERVED)].sort_values(ORDER, ignore_index=True)
    return figures.astype(dict.fromkeys(figures.select_dtypes("category"), object))


def _bodies(filed: dict[Path, Card], known: Catalogue) -> dict[Path, bytes]:
    """Return the lines of figures of every release, without the heading, each ended."""
    bodies, wrong = {}, []
    for release, card in filed.items():
        contents, faults = _received(release, card)
        wrong += faults
        head, _, body = contents.get(FIGURES, HEADER + b"\n").partition(b"\n")
        if head.rstrip(b"\r") != HEADER:
            wrong.append(f"{release / FIGURES}: the first line must be {HEADER.decode()}")
        if card.source not in known.sources:
            said = refusal("unknown source {source}; describe it in data/sources.yml", source=card.source)
            wrong.append(f"{release}: {said}")
        bodies[release] = body if not body or body.endswith(b"\n") else body + b"\n"
    if wrong:
        raise SourceError("\n".join(wrong))
    return bodies


def _parsed(bodies: dict[Path, bytes]) -> pd.DataFrame:
    """Read all releases at once, which is faster; one by one only to say which cannot be read."""
    try:
        return _table(b"".join(bodies.values()))
    except ValueError as error:
        faults = {release / FIGURES: _fault(body) for release, body in bodies.items()}
        wrong = [f"{path}: {fault}" for path, fault in faults.items() if fault]
        raise SourceError("\n".join(wrong or [f"data/raw: {error}"])) from None


def _fault(body: bytes) -> str:
    try:
        _table(body)
    except ValueError as error:
        return str(error)
    return ""


def _table(body: bytes) -> pd.DataFrame:
    """Read figures exactly; texts are categories, in order, each checked and compared once and not by row."""
    table = pd.read_csv(
        io.BytesIO(body), names=COLUMNS, encoding="utf-8", float_precision="round_trip",
        dtype=dict.fromkeys(COLUMNS, "category") | {"value": "float64"},
        keep_default_na=False, na_values={"value": [""]}, skip_blank_lines=False, low_memory=False,
    )  # fmt: skip
    if len(table) != body.count(b"\n"):
        raise ValueError("a line break inside a cell")
    return table


def _faults(figures: pd.DataFrame, known: Catalogue) -> Iterator[tuple[int, str]]:
    """Yield every word the catalogue does not know and every infinite value, with its first row from 0."""
    units = {one.unit for one in known.indicators.values()}
    allowed: dict[str, tuple[Iterable[str], str]] = {
        "region": (known.regions, "add it to data/regions.csv"),
        "indicator": (known.indicators, "add it to data/indicators.yml"),
        "basis": ({"", *known.bases}, "add it to data/indicators.yml"),
        "status": (tables.STATUSES, f"it is one of {', '.join(tables.STATUSES)}"),
        "unit": (units, "figures are filed in the unit of their indicator"),
        "period": (filter(PERIOD.fullmatch, figures["period"].cat.categories), "write 2019 or 2019-06"),
    }
    for column, (names, remedy) in allowed.items():
        for word in sorted({*figures[column].cat.categories} - {*names}):
            yield int(figures[column].eq(word).argmax()), f"unknown {column} {word!r}; {remedy}"
    for row in np.flatnonzero(np.isinf(figures["value"])):
        yield int(row), "the value is infinite"


def _said(filed: list[Card], known: Catalogue) -> pd.DataFrame:
    """Return what the cards say of their figures, one row a release."""
    return pd.DataFrame({
        "source": pd.Categorical([card.source for card in filed]),
        "rank": np.array([known.sources[card.source].rank for card in filed], dtype="int64"),
        "published": np.array([card.published for card in filed], dtype="datetime64[ns]"),
        "precision": pd.Categorical([card.precision for card in filed]),
    })  # fmt: skip


@contextmanager
def staged(folder: Path, place: Path) -> Iterator[Path]:
    """Give a folder to write a release into; it becomes ``place`` if all goes well, else nothing stays."""
    raw = Folders(folder).raw
    for left in raw.glob(".staging-*"):
        shutil.rmtree(left, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=raw))
    try:
        yield staging
        staging.chmod(0o755)
        place.parent.mkdir(exist_ok=True)
        staging.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def vacant(folder: Path, source: str, published: str) -> Path:
    """Return the folder of this source's next release of a day: further tables of it are ``-2``, ``-3``."""
    place = Folders(folder).raw / source / published
    parts = 1
    while place.exists():
        parts += 1
        place = place.with_name(f"{published}-{parts}")
    return place


def file(folder: Path, card: dict, figures: pd.DataFrame, suffix: str, received: bytes) -> Path:
    """Write a release, whole or not at all: the figures, the file they were read from, and the card."""
    place = vacant(folder, card["source"], card["published"])
    contents = {FIGURES: text(figures).encode(), f"received{suffix}": received}
    filled = parse(
        Card, card | {"files": {name: store.sha256(content) for name, content in contents.items()}}, place
    )
    written = filled.model_dump(mode="json", exclude_none=True)
    if not filled.remarks:
        del written["remarks"]
    contents["card.yml"] = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=120).encode()
    with staged(folder, place) as staging:
        for name, content in contents.items():
            (staging / name).write_bytes(content)
    return place


def text(figures: pd.DataFrame) -> str:
    """Write figures as the CSV of a release: as printed where nothing was converted, nothing for none."""
    values = np.where(figures["printed"], figures["written"], figures["value"].map(_shortest))
    notes = figures["note"].str.split().str.join(" ")
    return figures.assign(value=values, note=notes)[list(COLUMNS)].to_csv(index=False, lineterminator="\n")


def _shortest(value: float) -> str:
    return "" if value != value else repr(value).removesuffix(".0")


def lock(folder: Path) -> AbstractContextManager[object]:
    """Return the lock one writer of the data in ``folder`` holds at a time."""
    import filelock

    place = Folders(folder).lock
    place.parent.mkdir(exist_ok=True)
    return filelock.FileLock(place, timeout=60)
