"""What there is: indicators with units and bases, regions, sources; and how a file people write is read."""

import csv
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import pydantic
import yaml

from analysis.places import DATA

Model = TypeVar("Model", bound=pydantic.BaseModel)


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
    periods_until: int | None = None
    census: bool = False


class Indicator(Entry):
    zh: str
    en: str
    unit: str
    kind: Literal["amount", "ratio", "share", "flow", "stock", "population"]
    bounds: tuple[float | None, float | None]
    good: Literal["up", "down"]
    decimals: int = pydantic.Field(ge=0, le=6)
    definition: Text
    also: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: str | None = None
    inflow: str | None = None
    scale: float = 1.0

    @property
    def integer(self) -> bool:
        return self.kind in ("flow", "stock", "population")

    def of(self, region: "Region", language: str) -> str:
        """Return the name as a region's figures bear it: only a country's product is 国内生产总值."""
        country = region.level == "country"
        if language == "zh":
            return self.zh.replace("地区生产总值", "国内生产总值") if country else self.zh
        return self.en.replace("domestic (regional)", "domestic" if country else "regional")


class Unit(Entry):
    """A unit; in English its key is its name where ``en`` is empty, and ``en_one`` that of a single one.

    en_said : names its quantities have in sentences, and how many of the unit make one; the largest first
    """

    zh: str
    en: str = ""
    en_one: str = ""
    en_said: dict[str, float] = pydantic.Field(default_factory=dict)
    accepts: dict[str, float]


class Region(Entry):
    """A place by its GB/T 2260 code. until: the last year of one dissolved or renamed since."""

    zh: str
    en: str
    level: Literal["country", "province", "city"]
    parent: str | None = None
    until: int | None = None

    def short(self, language: str) -> str:
        """Return the name as a list gives it: 内蒙古 for 内蒙古自治区; only provinces lose their kind."""
        if language != "zh" or self.level != "province":
            return getattr(self, language)
        return re.sub("(?:[壮回]族|维吾尔)?自治区$|[省市]$", "", self.zh)


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


def read_yaml(path: Path) -> dict:
    """Read a YAML file; an unreadable one is refused with its line."""
    try:
        return yaml.load(
            path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not readable as YAML (UTF-8): {error}") from None


def parse(model: type[Model], content: object, path: Path) -> Model:
    """Turn the content of ``path`` into ``model``; raise one SourceError with all problems."""
    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        raise SourceError(problems(path, error)) from None


def problems(path: Path, error: pydantic.ValidationError, more: Iterable[str] = ()) -> str:
    """List every problem of a file, one a line: where, what is wrong, what stands there; then ``more``."""
    lines = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"]) or "file"
        given = "" if one["type"] == "missing" else f" (found {one['input']!r:.80})"
        lines.append(f"  {place}: {one['msg']}{given}")
    return listed(path, [*lines, *more])


def listed(path: Path, lines: list[str]) -> str:
    """Head the problems of a file with its name and their number."""
    return "\n".join([f"{path}: {len(lines)} problem{'s' if len(lines) > 1 else ''}", *lines])


def files(folder: Path = DATA) -> list[Path]:
    """Return the files that `read` reads."""
    return [folder / name for name in ("indicators.yml", "regions.csv", "sources.yml")]


def read(folder: Path = DATA) -> Catalogue:
    """Read ``indicators.yml``, ``regions.csv`` and ``sources.yml``; once, as long as they do not change."""
    return _read(folder, tuple(path.read_bytes() for path in files(folder)))


@lru_cache(maxsize=4)
def _read(folder: Path, contents: tuple[bytes, ...]) -> Catalogue:
    content = read_yaml(folder / "indicators.yml")
    content["regions"] = read_regions(folder / "regions.csv")
    content["sources"] = read_yaml(folder / "sources.yml")
    return parse(Catalogue, content, folder / "{indicators.yml,regions.csv,sources.yml}")


def read_regions(path: Path) -> dict[str, dict[str, str]]:
    """Read the table of regions: code -> its other columns. YAML takes 20 ms for as many, on every run."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not readable as UTF-8: {error}") from None
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    codes = [row.pop("code", "") or "" for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SourceError(
            listed(path, [f"  code {code!r} stands more than once: keep one row" for code in twice])
        )
    return {
        code: {key: text for key, text in row.items() if text} for code, row in zip(codes, rows, strict=True)
    }
