"""Read and check what is received: the catalogue of what there is, and the releases under ``data/raw``."""

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import pandas as pd
import pydantic
import yaml

from analysis import tables

Model = TypeVar("Model", bound=pydantic.BaseModel)
DATA = Path(__file__).resolve().parents[2] / "data"


class SourceError(ValueError):
    """Something received cannot be used; the message names file, row, value and remedy."""


class Entry(pydantic.BaseModel):
    """An entry of a file people write: unknown keys are refused, nothing changes afterwards."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Text(Entry):
    """The same words in Chinese and English."""

    zh: str
    en: str


class Basis(Entry):
    zh: str
    en: str
    indicators: tuple[str, ...]
    published_from: date
    regions: tuple[str, ...] = ()
    periods_from: dict[str, int] = {}


class Indicator(Entry):
    zh: str
    en: str
    unit: str
    kind: Literal["amount", "ratio", "share", "flow", "stock", "population"]
    bounds: tuple[float | None, float | None]
    good: Literal["up", "down"]
    decimals: int = pydantic.Field(ge=0, le=6)
    definition: Text
    numerator: str | None = None
    denominator: str | None = None
    scale: float = 1.0

    @property
    def integer(self) -> bool:
        return self.kind in ("flow", "stock", "population")


class Unit(Entry):
    zh: str
    accepts: dict[str, float]


class Region(Entry):
    zh: str
    en: str
    level: Literal["country", "province", "city"]
    parent: str | None = None


class Source(Entry):
    zh: str
    en: str
    publisher: Text
    kind: Literal["statistics_office", "government", "newspaper", "aggregator"]
    rank: int = pydantic.Field(ge=1, le=9)
    quality: Literal["green", "amber", "red"]
    suitability: Literal["green", "amber", "red"]
    terms: str
    url: str | None = None
    remark: Text | None = None


class Catalogue(Entry):
    """What there is: indicators with their units and bases, regions, sources."""

    indicators: dict[str, Indicator]
    bases: dict[str, Basis]
    units: dict[str, Unit]
    regions: dict[str, Region]
    sources: dict[str, Source]


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
    files: dict[str, str]
    url: str | None = None


def read_yaml(path: Path) -> dict:
    """Read a YAML file; an unreadable one is refused with its line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not readable as YAML (UTF-8): {error}") from None


def parse(model: type[Model], content: object, path: Path) -> Model:
    """Turn the content of ``path`` into ``model``; raise one SourceError with all problems."""
    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        raise SourceError(problems(path, error)) from None


def problems(path: Path, error: pydantic.ValidationError) -> str:
    """List every problem of a file, one a line: where, what is wrong, what stands there."""
    lines = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"]) or "file"
        given = "" if one["type"] == "missing" else f" (found {one['input']!r:.80})"
        lines.append(f"  {place}: {one['msg']}{given}")
    return "\n".join([f"{path}: {len(lines)} problem{'s' if len(lines) > 1 else ''}", *lines])


@lru_cache(maxsize=4)
def catalogue(folder: Path = DATA) -> Catalogue:
    """Read ``indicators.yml``, ``regions.yml`` and ``sources.yml``."""
    content = read_yaml(folder / "indicators.yml")
    content["regions"] = read_yaml(folder / "regions.yml")
    content["sources"] = read_yaml(folder / "sources.yml")
    return parse(Catalogue, content, folder / "{indicators,regions,sources}.yml")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cards(folder: Path = DATA) -> dict[Path, Card]:
    """Return the card of every release, by its folder, sorted."""
    paths = sorted((folder / "raw").glob("*/*/card.yml"))
    return {path.parent: parse(Card, read_yaml(path), path) for path in paths}


def check_release(release: Path, card: Card) -> list[str]:
    """Return what is wrong with a release's files against its card: nothing, normally."""
    wrong = []
    if (release.parent.name, release.name) != (card.source, card.published.isoformat()):
        wrong.append(f"{release}: the card says {card.source}/{card.published}; the folder must be named so")
    for name, digest in card.files.items():
        path = release / name
        if not path.is_file():
            wrong.append(f"{path}: missing; restore it from the repository")
        elif sha256(path) != digest:
            wrong.append(f"{path}: changed since it was filed; restore it, and file a correction as a new release")
    extra = {path.name for path in release.iterdir()} - {"card.yml", *card.files}
    wrong += [f"{release / name}: not on the card; file figures with `add`" for name in sorted(extra)]
    return wrong


def check(folder: Path = DATA) -> list[str]:
    """Return every problem of every release under ``folder``."""
    return [problem for release, card in cards(folder).items() for problem in check_release(release, card)]


def load(folder: Path = DATA) -> pd.DataFrame:
    """Read every release into one table of observations.

    Returns
    -------
    pandas.DataFrame
        Columns of ``tables.OBSERVATIONS``: one row a figure of a release, sorted.

    Raises
    ------
    SourceError
        When a release was changed, or names what the catalogue does not know.
    """
    known = catalogue(folder)
    releases = cards(folder)
    wrong = [problem for release, card in releases.items() for problem in check_release(release, card)]
    if wrong:
        raise SourceError("\n".join(wrong))
    parts = [_read_release(release, card, known) for release, card in releases.items()]
    columns = list(tables.OBSERVATIONS.columns)
    observations = pd.concat(parts, ignore_index=True)[columns]
    observations = observations.sort_values(
        ["indicator", "region", "period", "published", "source"], ignore_index=True, kind="stable"
    )
    return tables.check(observations, tables.OBSERVATIONS)


def _read_release(release: Path, card: Card, known: Catalogue) -> pd.DataFrame:
    path = release / "observations.csv"
    text = dict.fromkeys(["region", "indicator", "period", "unit", "status", "basis", "note"], str)
    rows = pd.read_csv(path, dtype=text, keep_default_na=False, na_values={"value": [""]}, encoding="utf-8")
    for column, names in (("region", known.regions), ("indicator", known.indicators)):
        unknown = sorted(set(rows[column]) - set(names))
        if unknown:
            raise SourceError(f"{path}: unknown {column} {', '.join(unknown)}; add it to data/{column}s.yml")
    if card.source not in known.sources:
        raise SourceError(f"{path}: unknown source {card.source}; add it to data/sources.yml")
    return rows.assign(
        year=rows["period"].str[:4].astype("int64"),
        value=rows["value"].astype("float64"),
        source=card.source,
        rank=known.sources[card.source].rank,
        published=pd.Timestamp(card.published),
        precision=card.precision,
    )
