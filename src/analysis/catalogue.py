"""What there is: indicators with units and bases, regions, sources; and how a file people write is read."""

import csv
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pydantic
import yaml

from analysis.languages import refusal, worded
from analysis.places import DATA

Model = TypeVar("Model", bound=pydantic.BaseModel)
Place = tuple[str | int, ...]  # keys and positions from the top of a file

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BYTES, DEPTH, VALUES = 5_000_000, 30, 200_000  # that a file people write may have
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?|[-+]?\.inf|\.nan", re.IGNORECASE)
UNREADABLE = yaml.reader.Reader.NON_PRINTABLE
PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
TAG = "tag:yaml.org,2002:"
TAGS = {TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq")} | {
    TAG + name
    for name in ("timestamp", "merge", "value")  # YAML's own ideas of a word
}


class SourceError(ValueError):
    """Something received cannot be used; the message names file, row, value and remedy."""


class Entry(pydantic.BaseModel):
    """An entry of a file people write: unknown keys are refused, nothing changes afterwards."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters by their category, that print as nothing


def settable(text: str) -> str:
    """Return a text, where it can be printed as it stands.

    Raises
    ------
    ValueError
        Where it holds what nobody sees (control characters, marks of direction, private characters) or what
        the fonts of the memos lack (beyond Unicode's basic plane: emoji, the rarest characters).

    >>> settable("R&D经费\\n占比")
    'R&D经费\\n占比'
    """
    for place, letter in enumerate(text, 1):
        unseen = unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or letter in BLANK
        hidden = unseen and letter not in "\n\t"
        if hidden or letter >= "\ufffe":
            raise ValueError(
                refusal(
                    "holds U+{code:04X} at place {place}, which cannot be printed: delete or replace it",
                    code=ord(letter),
                    place=place,
                )
            )
    return text


# Words that can be printed and are not blank; a label stands in titles and in sentences, so it is not long.
WORDS: Any = {"strip_whitespace": True, "min_length": 1}
Words = Annotated[
    str, pydantic.StringConstraints(**WORDS, max_length=4000), pydantic.AfterValidator(settable)
]
Label = Annotated[str, pydantic.StringConstraints(**WORDS, max_length=200), pydantic.AfterValidator(settable)]


class Text(Entry):
    """The same words in Chinese and English."""

    zh: Words
    en: Words


def _day(value: object) -> object:
    if not re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", str(value)):
        raise ValueError(refusal("is no day of our time: write it as 2018-12-28"))
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(refusal("there is no such day in the calendar")) from None


Day = Annotated[date, pydantic.BeforeValidator(_day)]
Factor = Annotated[float, pydantic.Field(gt=0)]


def _in_order(bounds: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    lowest, highest = bounds
    if lowest is not None and highest is not None and lowest >= highest:
        raise ValueError(refusal("the lowest value is not below the highest"))
    return bounds


class Remark(Text):
    """Words on facts. ``from``: the day these were published; nothing of an earlier date carries them."""

    known_from: Day | None = pydantic.Field(default=None, alias="from")

    def known(self, as_of: str) -> bool:
        return self.known_from is None or self.known_from.isoformat() <= as_of


def tongue(language: str) -> str:
    """Return the language in which things are named for one: the catalogue's and plans' names are Chinese and
    English, every other language takes the English ones.
    """
    return language if language in Text.model_fields else "en"


def name(thing: Any, language: str) -> str:
    """Return the name of an entry, or a text, for a language."""
    return getattr(thing, tongue(language))


class Basis(Entry):
    zh: Words
    en: Words
    indicators: tuple[str, ...]
    published_from: date
    regions: tuple[str, ...] = ()
    periods_from: dict[str, int] = {}
    periods_until: int | None = None
    census: bool = False


class Indicator(Entry):
    zh: Words
    en: Words
    unit: str
    kind: Literal["amount", "ratio", "share", "flow", "stock", "population"]
    bounds: Annotated[tuple[float | None, float | None], pydantic.AfterValidator(_in_order)]
    good: Literal["up", "down"]
    decimals: int = pydantic.Field(ge=0, le=6)
    definition: Text
    also: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: str | None = None
    inflow: str | None = None
    since: int | None = None
    proof: Literal["yearbook", "accounts"] = "yearbook"
    scale: Factor = 1.0

    @property
    def integer(self) -> bool:
        return self.kind in ("flow", "stock", "population")

    def of(self, region: "Region", language: str) -> str:
        """Return the name as a region's figures bear it: only a country's product is 国内生产总值."""
        if tongue(language) != "zh" or region.level != "country":
            return getattr(self, tongue(language))
        return self.zh.replace("地区生产总值", "国内生产总值")


class Unit(Entry):
    """A unit; in English its key is its name where ``en`` is empty, and ``en_one`` that of a single one.

    en_said : names its quantities have in sentences, and how many of the unit make one; the largest first
    """

    zh: Words
    en: str = ""
    en_one: str = ""
    en_said: dict[str, Factor] = pydantic.Field(default_factory=dict)
    accepts: dict[str, Factor]


class Region(Entry):
    """A place by its GB/T 2260 code. until: the last year of one dissolved or renamed since."""

    zh: Words
    en: Words
    level: Literal["country", "province", "city"]
    parent: str | None = None
    until: int | None = None

    def stands(self, year: float) -> bool:
        """Whether it was not dissolved or renamed before a year."""
        return self.until is None or not self.until < year

    def short(self, language: str) -> str:
        """Return the name as a list gives it: 内蒙古 for 内蒙古自治区; only provinces lose their kind."""
        if tongue(language) != "zh" or self.level != "province":
            return name(self, language)
        return re.sub("(?:[壮回]族|维吾尔)?自治区$|[省市]$", "", self.zh)


class Source(Entry):
    zh: Words
    en: Words
    publisher: Text
    kind: Literal["statistics_office", "government", "newspaper", "aggregator"]
    rank: int = pydantic.Field(ge=1, le=9)
    quality: Literal["green", "amber", "red"]
    suitability: Literal["green", "amber", "red"]
    terms: str
    url: str | None = None
    remark: Remark | None = None

    @property
    def unconfirmed(self) -> bool:
        """Whether an outcome that rests on it is still to be confirmed: it is not rated good."""
        return self.quality != "green"


class Catalogue(Entry):
    """What there is: indicators with their units and bases, regions, sources."""

    indicators: dict[str, Indicator]
    bases: dict[str, Basis]
    units: dict[str, Unit]
    regions: dict[str, Region]
    sources: dict[str, Source]

    @pydantic.model_validator(mode="after")
    def _refers(self) -> "Catalogue":
        """Refuse what names something that is not there, or itself."""
        wrong = [
            refusal(
                "indicator {key}: its {name} {other!r:.80} is no other indicator",
                key=key,
                name=name,
                other=other,
            )
            for key, one in self.indicators.items()
            for name in ("numerator", "denominator", "inflow")
            if (other := getattr(one, name)) and (other not in self.indicators or other == key)
        ]
        for code, region in self.regions.items():
            seen, parent = {code}, region.parent
            while parent and parent in self.regions and parent not in seen:
                seen, parent = seen | {parent}, self.regions[parent].parent
            if parent:
                wrong.append(
                    refusal(
                        "region {code}: its parent {parent!r:.80} is no region above it",
                        code=code,
                        parent=parent,
                    )
                )
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def families(self) -> dict[str, str]:
        """Return indicator -> the first of those that are worked out of one another, itself among them."""
        family = {key: key for key in self.indicators}
        for key, one in self.indicators.items():
            for part in filter(None, (one.numerator, one.denominator, one.inflow)):
                joined = {family[key], family[part]}
                family |= {name: min(joined) for name, of in family.items() if of in joined}
        return family

    def above(self, code: str) -> list[str]:
        """Return the codes of the regions above one, the nearest first."""
        parent = self.regions[code].parent
        return [parent, *self.above(parent)] if parent else []

    def alike(self, region: str, year: float) -> list[str]:
        """Return the regions of the level and parent of one that are there in a year, itself among them."""
        here = self.regions[region]
        return sorted(
            code
            for code, one in self.regions.items()
            if (one.level, one.parent) == (here.level, here.parent) and one.stands(year)
        )

    def placed_by(self, key: str) -> str:
        """Return what a region is placed by: a ratio itself, for an amount the ratio it is part of."""
        ratios = [name for name, one in self.indicators.items() if one.numerator == key and one.denominator]
        return next(iter(ratios), key)


@dataclass(frozen=True)
class Written:
    """What a YAML file says and where; what is blank in it is not there.

    lines : place -> the line it stands in, counted from 1; problems : what no reader could use, by place
    """

    path: Path
    content: Any
    lines: Mapping[Place, int]
    problems: tuple[tuple[Place, str], ...]

    def told(self, place: Place, problem: str) -> str:
        """Return a problem with its line and field."""
        return f"  line {self.line(place)}, {'.'.join(map(str, place)) or 'file'}: {problem}"

    def line(self, place: Place) -> int:
        """Return the line of a place, or of what it would stand in."""
        return next(self.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self.lines)

    def refused(self, more: Iterable[tuple[Place, str]] = ()) -> str:
        """Return one message of all problems, the file's and ``more``, in the order of lines; none is "".

        What a field cannot be used for is not said where it could not be read.
        """
        unread = {place for place, _ in self.problems}
        found = [*self.problems, *(one for one in more if one[0] not in unread)]
        told = dict.fromkeys(self.told(*one) for one in sorted(found, key=lambda one: self.line(one[0])))
        return listed(self.path, list(told)) if told else ""


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says.

    Raises
    ------
    SourceError
        With all its problems and their lines, where it cannot be read.
    """
    written = read_written(path)
    if written.problems:
        raise SourceError(written.refused())
    return written.content


def read_written(path: Path) -> Written:
    """Read a YAML file as people mean it: 010 is ten, 1:30 and 2018-02-30 are words, no key stands twice.

    Raises
    ------
    SourceError
        Where there is no telling what it says: no YAML, no UTF-8, too large, or aliases without end.
    """
    root = _root(path)
    values, depth = _size(root, {})
    if values > VALUES or depth > DEPTH:
        raise SourceError(
            f"{path}: "
            + refusal("aliases (*) make more than {values:,} values of it; write them out", values=VALUES)
        )
    reading = _Reading()
    content = reading.value(root, ())
    return Written(path, content, reading.lines, tuple(reading.problems))


def _root(path: Path) -> yaml.Node:
    """Return what a YAML file says as nodes, which know their lines."""
    try:
        if path.exists() and not path.is_file():
            raise SourceError(f"{path}: {refusal('no ordinary file')}")
        if path.stat().st_size > BYTES:
            raise SourceError(
                f"{path}: " + refusal("larger than {size} MB; is it the right file?", size=BYTES // 1_000_000)
            )
        text = path.read_text(encoding="utf-8-sig")
        if unreadable := _controls(text):
            raise SourceError(listed(path, unreadable))
        root = _shallow(text) and yaml.compose(text, Loader=Loader)
    except OSError as error:
        raise SourceError(f"{path}: {refusal('cannot be read ({why})', why=error.strerror)}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {refusal('not readable as YAML (UTF-8)')}: {error}") from None
    if not root:
        raise SourceError(
            f"{path}: {refusal('says nothing, or is nested more than {depth} deep', depth=DEPTH)}"
        )
    return root


def _controls(text: str) -> list[str]:
    """Name the lines with characters that no YAML may hold."""
    found = ((number, UNREADABLE.search(line)) for number, line in enumerate(text.split("\n"), 1))
    return [
        f"  line {number}: {refusal('holds the control character U+{code:04X}: delete it', code=ord(one[0]))}"
        for number, one in found
        if one
    ]


def _shallow(text: str) -> bool:
    """Say whether nothing is nested deeper than a person would: the parser would run out of stack."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            return False
    return True


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    for part in [] if isinstance(node, yaml.ScalarNode) else node.value:
        yield from part if isinstance(part, tuple) else (part,)


def _size(node: yaml.Node, known: dict[int, tuple[float, float]]) -> tuple[float, float]:
    """Return how many values a node stands for, aliases written out, and how deep; without end in itself."""
    if id(node) not in known:
        known[id(node)] = math.inf, math.inf
        sizes = [_size(part, known) for part in _parts(node)]
        known[id(node)] = (
            1 + sum(values for values, _ in sizes),
            1 + max((deep for _, deep in sizes), default=0),
        )
    return known[id(node)]


class _Reading:
    """Turns nodes into values and remembers lines and problems."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.problems: list[tuple[Place, str]] = []

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines[place] = node.start_mark.line + 1
        if node.tag not in TAGS:
            said = node.tag.replace(TAG, "!!")
            self.problems.append((place, refusal("the tag {tag!r} has no meaning here: delete it", tag=said)))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(part, (*place, number)) for number, part in enumerate(node.value)]
        return _scalar(node)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict:
        made: dict = {}
        for key_node, part in node.value:
            key = _scalar(key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.problems.append((place, refusal("a key is a list, a mapping or blank: write a name")))
                continue
            inside = (*place, key)
            if inside in self.lines:
                line = key_node.start_mark.line + 1
                self.problems.append((inside, refusal("stands again in line {line}: keep one", line=line)))
                continue
            if (value := self.value(part, inside)) is not None:
                made[key] = value
            self.lines[inside] = key_node.start_mark.line + 1
        return made


def _scalar(node: yaml.ScalarNode) -> Any:
    """Return a word, number, truth or nothing; what stands in quotation marks is a word."""
    text = node.value
    if node.style or node.tag == f"{TAG}str":
        return text
    if text.lower() in PLAIN:
        return PLAIN[text.lower()]
    if not NUMBER.fullmatch(text):
        return text
    whole = text.lstrip("+-").isdigit() and len(text) < 30
    return int(text) if whole else float(re.sub(r"\.(?=inf|nan)", "", text.lower()))


def parse(model: type[Model], content: object, path: Path) -> Model:
    """Turn the content of ``path`` into ``model``; raise one SourceError with all problems."""
    try:
        return model.model_validate(content)
    except pydantic.ValidationError as error:
        lines = [f"  {'.'.join(map(str, place)) or 'file'}: {problem}" for place, problem in problems(error)]
        raise SourceError(listed(path, lines)) from None


def problems(error: pydantic.ValidationError) -> list[tuple[Place, str]]:
    """Return every problem of a file: where, what is wrong, what stands there."""
    found = []
    for one in error.errors(include_url=False):
        said = str(one["ctx"]["error"]) if one["type"] == "value_error" else one["msg"]
        others = worded(one["type"], **one.get("ctx", {}))
        shown = one["type"] != "missing" and not (said != one["msg"] and isinstance(one["input"], dict))
        given = f" (found {_short(one['input'])})" if shown else ""
        found.append((tuple(one["loc"]), " ".join(filter(None, (said, others))) + given))
    return found


def _short(value: object) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"{value!r:.80}"


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
    if not isinstance(content, dict):
        said = refusal("no mapping; it holds indicators:, bases: and units:")
        raise SourceError(f"{folder / 'indicators.yml'}: {said}")
    content["regions"] = read_regions(folder / "regions.csv")
    content["sources"] = read_yaml(folder / "sources.yml")
    return parse(Catalogue, content, folder / "{indicators.yml,regions.csv,sources.yml}")


def read_regions(path: Path) -> dict[str, dict[str, str]]:
    """Read the table of regions: code -> its other columns. YAML takes 20 ms for as many, on every run."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {refusal('not readable as UTF-8')}: {error}") from None
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    codes = [row.pop("code", "") or "" for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SourceError(
            listed(
                path,
                [
                    refusal("  code {code!r:.80} stands more than once: keep one row", code=code)
                    for code in twice
                ],
            )
        )
    return {
        code: {key: text for key, text in row.items() if text} for code, row in zip(codes, rows, strict=True)
    }
