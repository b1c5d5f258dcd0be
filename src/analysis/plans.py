"""Policy documents and the targets in them: one file a plan."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin

import pydantic

from analysis.catalogue import Catalogue, Entry, SourceError, Text, listed, problems, read, read_yaml
from analysis.places import DATA, Folders

if TYPE_CHECKING:
    from analysis.printing import Voice


class Form(NamedTuple):
    """What a plan's file says of a target of one kind.

    needs, may : of the fields that not every kind has, those it must and those it can have
    indicators : the kinds of indicator it fits, any when empty
    earlier : the fields whose year lies before the deadline
    place : whether the goal is a place among regions, 1 the best
    """

    needs: tuple[str, ...] = ("indicator", "goal")
    may: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ("than", "base")
    place: bool = False


FORMS = {
    "level": Form(indicators=("amount", "ratio", "share", "population")),
    "share": Form(indicators=("share", "ratio")),
    "flow": Form(indicators=("flow",), may=("pending",)),
    "stock": Form(indicators=("stock",)),
    "direction": Form(needs=("indicator", "than")),
    "growth": Form(needs=("indicator", "goal", "since"), earlier=("since", "base")),
    "cumulative": Form(needs=("indicator", "goal", "since")),
    "every_year": Form(needs=("indicator", "goal", "since")),
    "rank": Form(place=True),
    "milestone": Form(needs=(), may=("evidence", "judgement")),
}
PARTICULAR = ("indicator", "goal", "than", "since", "pending", "evidence", "judgement")  # not of every kind


class PlanError(SourceError):
    """A plan cannot be used; the message lists all its problems."""


class Note(Text):
    """A remark for the reader. ``from``: the day its facts were published; earlier memos do not carry it."""

    known_from: date | None = pydantic.Field(default=None, alias="from")


class Evidence(Entry):
    """A dated fact about a milestone. status: what it shows."""

    date: date
    status: Literal["achieved", "under_way", "related", "not_achieved"]
    text: Text
    source: str


class Judgement(Entry):
    """A person's probability for a milestone, signed and dated."""

    probability: float = pydantic.Field(gt=0, lt=1)
    author: str
    date: date
    reason: Text


class Pending(Entry):
    """Applications still to be decided, known ``from`` a day ``until`` their decisions are out.

    probability: each one's chance of approval within the deadline's year; None when nobody judged it (then
    it is only said which approval rate would make an even chance).
    """

    count: int = pydantic.Field(ge=1, le=100_000)
    title: Text
    source: str
    known_from: date = pydantic.Field(alias="from")
    until: date | None = None
    probability: float | None = pydantic.Field(default=None, ge=0, le=1)


ABSENT: Any = None  # what a kind needs is there, the contract sees to it; the others have no use for it


class Target(Entry):
    """One target of a plan. ``goal`` is its number, ``deadline`` its year.

    kind: level, share, flow and stock compare the deadline's value with the goal; direction compares it with
    the year ``than``; growth is the mean yearly growth in % from ``since``; cumulative sums ``since`` to the
    deadline; every_year asks each of those years; rank is the region's place among the provinces, or among
    the cities of its province, 1 the best; a milestone has no number.

    rounding: "printed" compares after rounding to ``decimals`` (the indicator's when None), so that 1.246
    meets 1.25; "exact" compares the figure as it stands. base: the year pace is measured from; the last one
    known at issue when None. calendar: months in which approvals come, each with its part of a year's; evenly
    when empty. pending: applications still to be decided; others: the part of the approvals still to be
    expected from the calendar that comes from outside that list, 0 when it is complete.
    """

    id: str = pydantic.Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    clause: str
    title: Text
    kind: str
    deadline: int = pydantic.Field(ge=1950, le=2100)
    indicator: str = ABSENT
    comparison: Literal[">=", ">", "<=", "<"] = ">="
    goal: float = ABSENT
    than: int = ABSENT
    since: int = ABSENT
    basis: str | None = None
    base: int | None = None
    rounding: Literal["exact", "printed"] = "exact"
    decimals: int | None = pydantic.Field(default=None, ge=0, le=6)
    calendar: dict[int, float] = pydantic.Field(default_factory=dict)
    pending: tuple[Pending, ...] = ()
    others: float = pydantic.Field(default=0.0, ge=0, le=1)
    reading: Text | None = None
    notes: tuple[Note, ...] = ()
    wanted: tuple[Text, ...] = pydantic.Field(default=(), max_length=10)
    evidence: tuple[Evidence, ...] = ()
    judgement: Judgement | None = None

    @pydantic.field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in FORMS:
            raise ValueError(f"there is no such kind; there are {', '.join(FORMS)}")
        return kind

    @pydantic.model_validator(mode="after")
    def _complete(self) -> "Target":
        form = FORMS[self.kind]
        for name in PARTICULAR:
            given = getattr(self, name) not in (None, ())
            if given != (name in form.needs) and name not in form.may:
                having = [kind for kind, one in FORMS.items() if name in one.needs + one.may]
                only = f"has no {name!r}, only {' and '.join(having)}" if given else f"needs {name!r}"
                raise ValueError(f"a {self.kind} target {only}")
        for name in ("than", "since", "base"):
            year = getattr(self, name)
            if year is not None and year > self.deadline - (name in form.earlier):
                raise ValueError(f"{name} {year} is not before the deadline {self.deadline}")
        if form.place and (self.comparison != "<=" or self.goal % 1 or self.goal < 1):
            raise ValueError(f"a {self.kind} target's comparison is '<=' and its goal a place: 1, 2, 3, …")
        if any(month not in range(1, 13) or part <= 0 for month, part in self.calendar.items()):
            raise ValueError("a calendar gives months 1 to 12 a part above 0 of the year's approvals")
        return self


class Plan(Entry):
    """One policy document: region, title, number, day of issue, and its targets.

    signatory: who signs the memos on it, the issuer when None; addressee: to whom they go, nobody when None.
    """

    id: str = pydantic.Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    region: str
    title: Text
    document: str
    issued: date
    issued_precision: Literal["day", "month"] = "day"
    issuer: Text
    signatory: Text | None = None
    addressee: Text | None = None
    targets: tuple[Target, ...] = pydantic.Field(min_length=1)
    notes: tuple[Note, ...] = ()

    def target(self, name: str) -> Target:
        """Return the target with this id."""
        found = [one for one in self.targets if one.id == name]
        if not found:
            raise PlanError(
                f"plan {self.id} has no target {name!r}; it has {', '.join(t.id for t in self.targets)}"
            )
        return found[0]


def find(plan: str, folder: Path = DATA) -> Path:
    """Return the file of a plan, given its id (among the plans beside the data) or a path."""
    home = Folders(folder).plans
    path = Path(plan) if plan.endswith((".yml", ".yaml")) else home / f"{plan}.yml"
    if not path.is_file():
        there = ", ".join(names(folder)) or "none"
        raise PlanError(f"no plan {plan!r}; in {home}: {there}; or give the path of a .yml file")
    return path


def names(folder: Path = DATA) -> list[str]:
    """Return the ids of all plans beside the data, sorted."""
    return sorted(path.stem for path in Folders(folder).plans.glob("*.yml"))


def load(plan: str, catalogue: Catalogue | None = None, folder: Path = DATA) -> Plan:
    """Read a plan by its id or path; ``catalogue`` is that of the data in ``folder`` when None.

    Raises
    ------
    PlanError
        With all problems of the file at once: keys, values, and names the catalogue does not know.
    """
    path = find(plan, folder)
    content = read_yaml(path)
    catalogue = catalogue or read(folder)
    unknown = _unknown(content, catalogue)
    try:
        parsed = Plan.model_validate(content)
    except pydantic.ValidationError as error:
        raise PlanError(problems(path, error, unknown)) from None
    if unknown:
        raise PlanError(listed(path, unknown))
    return parsed


def _unknown(content: object, catalogue: Catalogue) -> list[str]:
    """List the names in a plan that the catalogue does not know, and ids that stand twice."""
    if not isinstance(content, dict):
        return []
    lines = []
    region = content.get("region")
    if region is not None and str(region) not in catalogue.regions:
        lines.append(f"  region: {region!r} is not in data/regions.csv (codes are text: quote them)")
    targets = [one for one in content.get("targets") or [] if isinstance(one, dict)]
    seen = set()
    for position, target in enumerate(targets):
        where = f"  targets.{position}"
        if target.get("id") in seen:
            lines.append(f"{where}.id: {target['id']!r} stands twice")
        seen.add(target.get("id"))
        lines += [f"{where}.{line}" for line in _misfits(target, str(region), catalogue)]
    return lines


def _misfits(target: dict, region: str, catalogue: Catalogue) -> list[str]:
    key = target.get("indicator")
    if key is None:
        return []
    if key not in catalogue.indicators:
        return [f"indicator: {key!r} is not in data/indicators.yml"]
    lines = []
    indicator = catalogue.indicators[key]
    form = FORMS.get(str(target.get("kind")), Form())
    if form.indicators and indicator.kind not in form.indicators:
        lines.append(f"kind: {target['kind']!r} does not fit {key}, which is of kind {indicator.kind!r}")
    if form.place and region in catalogue.regions and catalogue.regions[region].parent is None:
        lines.append(f"kind: {target['kind']!r} is of a region among others of its kind; {region} is alone")
    basis = target.get("basis")
    if basis is not None and basis not in catalogue.bases:
        lines.append(f"basis: {basis!r} is not in data/indicators.yml")
    return lines


def touched(
    pairs: frozenset[tuple[str, str]], catalogue: Catalogue, folder: Path = DATA
) -> list[tuple[Plan, Target]]:
    """Return the targets of all plans beside the data whose region and indicator are among ``pairs``."""
    loaded = [load(name, catalogue, folder) for name in names(folder)]
    return [(plan, one) for plan in loaded for one in plan.targets if (plan.region, one.indicator) in pairs]


# --------------------------------------------------------------------------- what a plan's file may hold


def reference(voice: "Voice") -> str:
    """Return every field and kind as Markdown, from the model that reads the file."""
    parts = [_fields(model, voice) for model in (Plan, Target, Pending, Evidence, Judgement, Note)]
    return "\n\n".join([*parts, _kinds(voice)]) + "\n"


def _fields(model: type[Entry], voice: "Voice") -> str:
    """Return the fields of one part of a plan's file: name, whether it must be there, form, meaning."""
    group = model.__name__.lower()
    lines = []
    for name, field in model.model_fields.items():
        by_kind = model is Target and name in PARTICULAR
        need = voice.say(f"reference.{'must' if field.is_required() else 'by_kind' if by_kind else 'may'}")
        known = _form(field.annotation, voice)
        lines.append((f"`{field.alias or name}`", need, known, voice.say(f"field_of.{group}_{name}")))
    return f"**{voice.say(f'reference.{group}')}**\n\n" + _table(voice.several("reference.head"), lines)


def _form(annotation: Any, voice: "Voice") -> str:
    """Return how a value of a field is written."""
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return _form(get_args(annotation)[0], voice)
    if get_origin(annotation) in (tuple, dict):
        return voice.say(
            f"reference.{get_origin(annotation).__name__}", of=_form(get_args(annotation)[-2], voice)
        )
    return voice.say(f"reference.{annotation.__name__.lower()}")


def _kinds(voice: "Voice") -> str:
    """Return the kinds of target: what each asks, its fields, and the indicators it fits."""
    lines = []
    for name, form in FORMS.items():
        lists = (form.needs, form.may, form.indicators)
        written = (", ".join(f"`{one}`" for one in items) or "—" for items in lists)
        lines.append((f"`{name}`", voice.say(f"kind_of_target.{name}"), *written))
    return f"**{voice.say('reference.kinds')}**\n\n" + _table(voice.several("reference.kinds_head"), lines)


def _table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = [head, ("---",) * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
