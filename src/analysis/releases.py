"""What was filed: release folders with their cards, read together, written whole or not at all."""

import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pydantic
import yaml

from analysis import catalogue, tables
from analysis.catalogue import Catalogue, Entry, SourceError, Text, parse, read_yaml
from analysis.places import DATA, Folders

COLUMNS = ("region", "indicator", "period", "value", "unit", "status", "basis", "note")
HEADER = ",".join(COLUMNS).encode()
OBSERVED = (
    "region", "indicator", "period", "year", "basis", "source", "rank", "published", "precision", "value",
    "unit", "status", "note",
)  # fmt: skip
ORDER = ["region", "indicator", "period", "basis", "source", "published"]
FIGURES = "observations.csv"


class Card(Entry):
    """What stands beside a release: who published it, when, how good it is, and its fingerprint."""

    source: str
    title: Text
    publisher: Text
    published: date
    precision: Literal["day", "month", "year", "by"]
    terms: str
    quality: Literal["green", "amber", "red"]
    suitability: Literal["green", "amber", "red"]
    transcription: str
    files: dict[str, str] = pydantic.Field(min_length=1)
    url: str | None = None
    received: str | None = None
    remarks: tuple[str, ...] = ()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def cards(folder: Path = DATA) -> dict[Path, Card]:
    """Return the card of every release, by its folder, sorted."""
    paths = sorted(Folders(folder).raw.glob("[!.]*/[!.]*/card.yml"))
    return {path.parent: parse(Card, read_yaml(path), path) for path in paths}


def check(folder: Path = DATA) -> list[str]:
    """Return every problem of every release under ``folder``: changed, missing, unknown or uncarded files."""
    raw = Folders(folder).raw
    bare = [path for path in sorted(raw.glob("[!.]*/[!.]*")) if not (path / "card.yml").is_file()]
    wrong = [f"{path}: no card.yml; file figures with `add`, or restore the card" for path in bare]
    for release, card in cards(folder).items():
        wrong += _received(release, card)[1]
    return wrong


def _received(release: Path, card: Card) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a release, and what is wrong with them against the card: nothing, normally."""
    wrong, contents = [], {}
    if release.parent.name != card.source or release.name[:10] != card.published.isoformat():
        wrong.append(f"{release}: the card says {card.source}/{card.published}; the folder must be named so")
    for name, digest in card.files.items():
        try:
            contents[name] = (release / name).read_bytes()
        except FileNotFoundError:
            wrong.append(f"{release / name}: missing; restore it from the repository")
            continue
        if sha256(contents[name]) != digest:
            wrong.append(
                f"{release / name}: changed since it was filed; restore it, correct it by a new release"
            )
    if FIGURES not in card.files:
        wrong.append(f"{release / 'card.yml'}: does not list {FIGURES}")
    extra = {path.name for path in release.iterdir()} - {"card.yml", *card.files}
    wrong += [f"{release / name}: not on the card; file figures with `add`" for name in sorted(extra)]
    return contents, wrong


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
    observations = rows(folder, catalogue.read(folder))
    keys = [observations["published"], *(observations[name].cat.codes for name in reversed(ORDER[:-1]))]
    return plain(observations.iloc[np.lexsort(keys)].reset_index(drop=True))


def rows(folder: Path, known: Catalogue, columns: tuple[str, ...] = COLUMNS) -> pd.DataFrame:
    """Read every release in one pass, not sorted; columns of text are categorical, their categories sorted.

    With fewer columns values are only read to the last bit but one, which is faster: enough to compare.
    The contract of ``tables.OBSERVATIONS`` is checked on categories: each distinct word once, not once a row.
    """
    releases = cards(folder)
    parts, counts, wrong = [], [], []
    for release, card in releases.items():
        contents, faults = _received(release, card)
        wrong += faults
        head, _, body = contents.get(FIGURES, HEADER + b"\n").partition(b"\n")
        if head.rstrip(b"\r") != HEADER:
            wrong.append(f"{release / FIGURES}: the first line must be {HEADER.decode()}")
        body = body if not body or body.endswith(b"\n") else body + b"\n"
        parts.append(body)
        counts.append(body.count(b"\n"))
        if card.source not in known.sources:
            wrong.append(f"{release}: unknown source {card.source}; describe it in data/sources.yml")
    if wrong:
        raise SourceError("\n".join(wrong))
    observations = _parsed(parts, counts, releases, columns)
    _known(observations, counts, releases, known)
    return _dated(observations, counts, releases, known)


def _parsed(
    parts: list[bytes], counts: list[int], releases: dict[Path, Card], columns: tuple[str, ...]
) -> pd.DataFrame:
    words = dict.fromkeys((name for name in columns if name != "value"), "category")
    try:
        parsed = pd.read_csv(
            io.BytesIO(b"".join(parts)), names=COLUMNS, usecols=columns, encoding="utf-8",
            dtype=words | {"value": "float64"},
            keep_default_na=False, na_values={"value": [""]}, skip_blank_lines=False, low_memory=False,
            float_precision="round_trip" if columns == COLUMNS else "high",
        )  # fmt: skip
    except (ValueError, UnicodeDecodeError) as error:
        raise SourceError(_unreadable(parts, releases, error)) from None
    if len(parsed) != sum(counts):
        raise SourceError(_unreadable(parts, releases, "a line break inside a cell"))
    return parsed


def _unreadable(parts: list[bytes], releases: dict[Path, Card], error: object) -> str:
    """Name the release that cannot be read; they were read together."""
    for release, body in zip(releases, parts, strict=True):
        try:
            alone = pd.read_csv(io.BytesIO(body), names=COLUMNS, dtype={"value": "float64"}, na_values=[""])
        except (ValueError, UnicodeDecodeError) as fault:
            return f"{release / FIGURES}: {fault}"
        if len(alone) != body.count(b"\n"):
            return f"{release / FIGURES}: {error}"
    return f"data/raw: {error}"


def _known(
    observations: pd.DataFrame, counts: list[int], releases: dict[Path, Card], known: Catalogue
) -> None:
    """Refuse words the catalogue does not know, each with the first file and line it stands in."""
    allowed: dict[str, tuple[Iterable[str], str]] = {
        "region": (known.regions, "add it to data/regions.csv"),
        "indicator": (known.indicators, "add it to data/indicators.yml"),
        "basis": ({"", *known.bases}, "add it to data/indicators.yml"),
        "status": (tables.STATUSES, f"it is one of {', '.join(tables.STATUSES)}"),
        "unit": (
            {one.unit for one in known.indicators.values()},
            "figures are filed in the unit of their indicator",
        ),
    }
    wrong = []
    for column, (names, remedy) in allowed.items():
        if column in observations:
            unknown = sorted(set(observations[column].cat.categories) - set(names))
            wrong += [
                f"{_where(observations[column], one, counts, releases)}: unknown {column} {one!r}; {remedy}"
                for one in unknown
            ]
    for one in observations["period"].cat.categories:
        if not re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?", one):
            wrong.append(f"{_where(observations['period'], one, counts, releases)}: {one!r} is no period")
    for row in np.flatnonzero(np.isinf(observations["value"].to_numpy())):
        wrong.append(f"{_line(int(row), counts, releases)}: the value is infinite")
    if wrong:
        raise SourceError("\n".join(wrong))


def _where(column: pd.Series, word: str, counts: list[int], releases: dict[Path, Card]) -> str:
    return _line(int(np.flatnonzero(column == word)[0]), counts, releases)


def _line(row: int, counts: list[int], releases: dict[Path, Card]) -> str:
    ends = np.cumsum(counts)
    place = int(np.searchsorted(ends, row, side="right"))
    line = row - (int(ends[place - 1]) if place else 0) + 2
    return f"{list(releases)[place] / FIGURES}, line {line}"


def _dated(
    observations: pd.DataFrame, counts: list[int], releases: dict[Path, Card], known: Catalogue
) -> pd.DataFrame:
    """Add what the cards say."""
    source = pd.Categorical([card.source for card in releases.values()])
    precision = pd.Categorical([card.precision for card in releases.values()])
    rank = np.array([known.sources[card.source].rank for card in releases.values()], dtype="int64")
    published = np.array([card.published for card in releases.values()], dtype="datetime64[ns]")
    release = np.repeat(np.arange(len(counts)), counts)
    for name in ("region", "indicator", "period", "basis"):
        observations[name] = _sorted(observations[name])
    year = np.array([int(period[:4]) for period in observations["period"].cat.categories], dtype="int64")
    observations = observations.assign(
        year=year[observations["period"].cat.codes],
        source=source[release],
        rank=rank[release],
        published=published[release],
        precision=precision[release],
    )
    return observations[[name for name in OBSERVED if name in observations]]


def _sorted(column: pd.Series) -> pd.Series:
    return column.cat.reorder_categories(sorted(column.cat.categories))


def plain(observations: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its categorical columns as ordinary text."""
    words = observations.select_dtypes("category").columns
    text = {
        name: observations[name].cat.categories.to_numpy(object)[observations[name].cat.codes]
        for name in words
    }
    return observations.assign(**text)


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
        Card, card | {"files": {name: sha256(content) for name, content in contents.items()}}, place
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
    columns = [_quoted(figures[name]) for name in COLUMNS if name != "value"]
    values, printed = figures["written"].to_numpy(object).copy(), figures["printed"].to_numpy(bool)
    values[~printed] = [_shortest(value) for value in figures["value"].to_numpy()[~printed].tolist()]
    columns.insert(COLUMNS.index("value"), values.tolist())
    return "\n".join([HEADER.decode(), *map(",".join, zip(*columns, strict=True)), ""])


def _shortest(value: float) -> str:
    return "" if value != value else repr(value).removesuffix(".0")


def _quoted(column: pd.Series) -> list[str]:
    """Return texts on one line each, quoted where CSV needs it."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.array(list(map(_one_line, column.cat.categories)), dtype=object)[column.cat.codes].tolist()
    texts = column.tolist()
    quoted = {one: _one_line(one) for one in dict.fromkeys(texts)}
    return list(map(quoted.__getitem__, texts))


def _one_line(text: str) -> str:
    plain = " ".join(text.split())
    return '"' + plain.replace('"', '""') + '"' if any(sign in plain for sign in ',"') else plain


def lock(folder: Path) -> AbstractContextManager[object]:
    """Return the lock one writer of the data in ``folder`` holds at a time."""
    import filelock

    place = Folders(folder).lock
    place.parent.mkdir(exist_ok=True)
    return filelock.FileLock(place, timeout=60)
