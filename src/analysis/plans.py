"""Policy documents and the targets in them: one file a plan."""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import pydantic

from analysis import YEARS
from analysis.catalogue import (
    Catalogue,
    Day,
    Entry,
    Indicator,
    Label,
    Place,
    Remark,
    SourceError,
    Text,
    problems,
    read,
    read_written,
)
from analysis.languages import refusal
from analysis.places import DATA, Folders

if TYPE_CHECKING:
    from analysis.printing import Voice

KEY = re.compile("[a-z0-9]+(-[a-z0-9]+)+")  # of a source, as data/sources.yml has them
YEARS_AHEAD = 20  # a plan may look: what comes after, no history of a few years says anything of


class Form(NamedTuple):
    """What a plan's file says of a target of one kind.

    needs, may : of the fields that not every kind has, those it must and those it can have
    indicators : the kinds of indicator it fits, any when empty
    earlier : the fields whose year lies before the deadline
    place : whether the goal is a place among regions, 1 the best
    own : whether the goal is in the indicator's own unit; adds_up : whether it is a sum of several years
    """

    needs: tuple[str, ...] = ("indicator", "goal")
    may: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ("than", "base")
    place: bool = False
    own: bool = True
    adds_up: bool = False


FORMS = {
    "level": Form(indicators=("amount", "ratio", "share", "population")),
    "share": Form(indicators=("share", "ratio")),
    "flow": Form(indicators=("flow",), may=("pending",)),
    "stock": Form(indicators=("stock",)),
    "direction": Form(needs=("indicator", "than")),
    "growth": Form(needs=("indicator", "goal", "since"), earlier=("since", "base"), own=False),
    "cumulative": Form(needs=("indicator", "goal", "since"), earlier=("since",), adds_up=True),
    "every_year": Form(needs=("indicator", "goal", "since"), earlier=("since",)),
    "rank": Form(place=True, own=False),
    "milestone": Form(needs=(), may=("evidence", "judgement")),
}
PARTICULAR = ("indicator", "goal", "than", "since", "pending", "evidence", "judgement")  # not of every kind


class PlanError(SourceError):
    """A plan cannot be used; the message lists all its problems."""


Number = Annotated[float, pydantic.Field(strict=True, ge=-1e12, le=1e12)]
Share = Annotated[float, pydantic.Field(strict=True, ge=0, le=1)]
Whole = Annotated[int, pydantic.Field(strict=True)]
Year = Annotated[int, pydantic.Field(strict=True, ge=YEARS[0], le=YEARS[1])]
Name = Annotated[str, pydantic.Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]  # of files too


class Title(Text):
    """A text that stands in a title or in a sentence, so not a long one."""

    zh: Label
    en: Label


class Printed(Entry):
    """What is printed elsewhere for an annual figure of the plan's region that is used otherwise."""

    indicator: str
    year: Year
    value: Number


class Note(Remark):
    """A remark for the reader.

    unconfirmed: it names a figure still to be confirmed, without which the conclusion would not hold.
    qualifies: it says of a probability what is to be borne in mind, so that no paper gives this without it.
    detail: it tells how something was worked out, which the report leaves to its annex.
    printed: the figure it names beside the one used; a forecast is answered with it too.
    """

    unconfirmed: bool = False
    qualifies: bool = False
    detail: bool = False
    printed: Printed | None = None


class Wanted(Text):
    """Figures or a document that a target still needs.

    indicator, years : which figures, of the first to the last year; ``{years}`` in the text stands for those
        of them that are still needed
    basis : the basis they are needed on, any when None; before it is there only years that nothing else of
        the target asks for are asked for on it
    own: whoever signs holds it, so that nobody else is asked for it
    """

    indicator: str | None = None
    years: tuple[Year, Year] | None = None
    basis: str | None = None
    own: bool = False

    @pydantic.model_validator(mode="after")
    def _complete(self) -> "Wanted":
        figures = self.indicator is not None
        given = {self.years is not None, "{years}" in self.zh, "{years}" in self.en}
        if given != {figures} or (self.basis and not figures):
            raise ValueError(
                refusal(
                    "figures have an indicator, their years, and {{years}} in both texts, "
                    "a document none of these"
                )
            )
        if self.years is not None and self.years[0] > self.years[1]:
            raise ValueError(refusal("the first year is after the last"))
        return self


def known_notes(notes: Iterable[Note], as_of: str) -> list[Note]:
    """Return the remarks whose facts were published by the as-of date."""
    return [note for note in notes if note.known(as_of)]


class Evidence(Entry):
    """A dated fact about a milestone. status: what it shows."""

    date: Day
    status: Literal["achieved", "under_way", "related", "not_achieved"]
    text: Text
    source: Label


class Judgement(Entry):
    """A person's probability for a milestone, signed and dated."""

    probability: float = pydantic.Field(strict=True, gt=0, lt=1)
    author: Label
    date: Day
    reason: Text


class Pending(Entry):
    """Applications still to be decided, known ``from`` a day ``until`` their decisions are out.

    probability: each one's chance of approval within the deadline's year; None when nobody judged it (then
    it is only said which approval rate would make an even chance).
    """

    count: Whole = pydantic.Field(ge=1, le=100_000)
    title: Title
    source: Label
    known_from: Day = pydantic.Field(alias="from")
    until: Day | None = None
    probability: Share | None = None

    @pydantic.model_validator(mode="after")
    def _ordered(self) -> "Pending":
        if self.until is not None and self.until <= self.known_from:
            raise ValueError(refusal("until is not after from"))
        return self


NOTHING_LEFT = -100  # % a year
PORTS = [f"{one}{n}" for one in ("com", "lpt") for n in range(1, 10)]
DEVICES = ["con", "nul", "aux", "prn", *PORTS]  # names no file of Windows can have
AGAINST = {"deadline": ("issued",), "goal": ("comparison", "indicator")} | dict.fromkeys(
    ("than", "since", "base"), ("deadline",)
)
ABSENT: Any = None  # what a kind needs is there, the contract sees to it; the others have no use for it


class Target(Entry):
    """One target of a plan. ``goal`` is its number, ``deadline`` its year.

    kind: level, share, flow and stock compare the deadline's value with the goal; direction compares it with
    the year ``than``; growth is the mean yearly growth in % from ``since``; cumulative sums ``since`` to the
    deadline; every_year asks each of those years; rank is the region's place among the provinces, or among
    the cities of its province, 1 the best; a milestone has no number.

    rounding: "printed" compares after rounding to ``decimals`` (the indicator's when None), so that 1.246
    meets 1.25; "exact" compares the figure as it stands. base: the year pace is measured from; the last one
    known at issue when None. calendar: months in which counts or amounts come, each with its part of a
    year's; evenly when empty. pending: applications still to be decided; others: the part of the approvals
    still to be expected from the calendar that comes from outside that list, 0 when it is complete.
    """

    id: Name
    clause: Label
    title: Title
    kind: str
    deadline: Year
    indicator: str = ABSENT
    comparison: Literal[">=", ">", "<=", "<"] = ">="
    goal: Number = ABSENT
    than: Year = ABSENT
    since: Year = ABSENT
    basis: str | None = None
    base: Year | None = None
    rounding: Literal["exact", "printed"] = "exact"
    decimals: Whole | None = pydantic.Field(default=None, ge=0, le=6)
    calendar: dict[Whole, Number] = pydantic.Field(default_factory=dict)
    pending: tuple[Pending, ...] = ()
    others: Share = 0.0
    reading: Text | None = None
    notes: tuple[Note, ...] = ()
    wanted: tuple[Wanted, ...] = pydantic.Field(default=(), max_length=10)
    evidence: tuple[Evidence, ...] = ()
    judgement: Judgement | None = None

    @pydantic.field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in FORMS:
            raise ValueError(refusal("there is no such kind; there are {kinds}", kinds=", ".join(FORMS)))
        return kind


class Plan(Entry):
    """One policy document: region, title, number, day of issue, and its targets.

    signatory: who signs the memos on it, the issuer when None; addressee: to whom they go, nobody when None.
    """

    id: Name
    region: str
    title: Title
    document: Label
    issued: Day
    issued_precision: Literal["day", "month"] = "day"
    issuer: Title
    signatory: Title | None = None
    addressee: Title | None = None
    targets: tuple[Target, ...] = pydantic.Field(min_length=1)
    notes: tuple[Note, ...] = ()

    def target(self, name: str) -> Target:
        """Return the target with this id."""
        found = [one for one in self.targets if one.id == name]
        if not found:
            there = ", ".join(one.id for one in self.targets)
            said = {"plan": self.id, "name": name, "there": there}
            raise PlanError(refusal("plan {plan} has no target {name!r:.80}; it has {there}", **said))
        return found[0]

    @property
    def indicators(self) -> set[str]:
        return {target.indicator for target in self.targets if target.indicator}


def find(plan: str, folder: Path = DATA) -> Path:
    """Return the file of a plan, given its id (among the plans beside the data) or a path."""
    home = Folders(folder).plans
    path = Path(plan) if plan.endswith((".yml", ".yaml")) else home / f"{plan}.yml"
    if not os.path.isfile(path):  # noqa: PTH113  # a name too long for the system is no file either
        there = ", ".join(names(folder)) or "none"
        said = {"plan": plan, "home": home, "there": there}
        raise PlanError(
            refusal("no plan {plan!r:.80}; in {home}: {there}; or give the path of a .yml file", **said)
        )
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
    written = read_written(path)
    unfit = list(_unfit(written.content, catalogue or read(folder)))
    try:
        parsed = Plan.model_validate(written.content)
    except pydantic.ValidationError as error:
        wrong = _first(problems(error))
        raise PlanError(written.refused([*wrong, *_apart(unfit, {place for place, _ in wrong})])) from None
    if refused := written.refused(unfit):
        raise PlanError(refused)
    return parsed


def _first(found: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Leave out what only follows from another problem: a list is too short where its entries are wrong."""
    places = [place for place, _ in found]
    return [
        (place, said)
        for place, said in found
        if not any(one != place and one[: len(place)] == place for one in places)
    ]


def _apart(unfit: list[tuple[Place, str]], wrong: Collection[Place]) -> list[tuple[Place, str]]:
    """Leave out what is said of a field that is wrong by itself, or held against one that is."""
    return [
        (place, said)
        for place, said in unfit
        if not any(
            (*above, name) in wrong
            for name in (place[-1], *AGAINST.get(str(place[-1]), ()))
            for above in (place[:-1], ())
        )
    ]


def _unfit(content: Any, catalogue: Catalogue) -> Iterator[tuple[Place, str]]:
    """Name what the catalogue does not know or does not fit, and ids that stand twice.

    What is of another type than it should be is passed over: that is told already.
    """
    plan = content if isinstance(content, dict) else {}
    region, issued = plan.get("region"), str(plan.get("issued"))[:4]
    if isinstance(region, str) and region not in catalogue.regions:
        yield ("region",), refusal("{value!r:.80} is not in data/regions.csv", value=region)
    if (name := plan.get("id")) in ("all", "country") or name in DEVICES:
        yield ("id",), _taken(name)
    targets = plan.get("targets")
    ids: list[object] = []
    for position, target in enumerate(targets if isinstance(targets, list) else []):
        words = target if isinstance(target, dict) else {}
        if (name := words.get("id")) in ids and isinstance(name, str):
            yield (
                ("targets", position, "id"),
                refusal("{value!r:.80} stands twice: give each its own", value=name),
            )
        if name == "report" or name in DEVICES:
            yield ("targets", position, "id"), _taken(name)
        ids.append(name)
        for field, said in _unfit_target(words, issued, str(region), catalogue):
            yield ("targets", position, field), said


def _taken(name: object) -> str:
    return refusal("{value!r} names something else, here or in Windows: choose another", value=name)


def _unfit_target(target: dict, issued: str, region: str, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Name the fields of a target that do not fit the plan, the catalogue or each other."""
    if issued.isdigit() and _number(target, "deadline") > int(issued) + YEARS_AHEAD:
        yield "deadline", refusal("lies more than {years} years after the plan's issue", years=YEARS_AHEAD)
    yield from _misfits(target, region, catalogue)
    yield from _unknown(target, catalogue)
    kind = target.get("kind")
    if isinstance(kind, str) and kind in FORMS:
        yield from _incomplete(target, FORMS[kind])


def _incomplete(target: dict, form: Form) -> Iterator[tuple[str, str]]:
    """Name the fields that a target of its kind lacks or cannot have, and those that do not go together."""
    kind, deadline = target["kind"], _number(target, "deadline")
    for name in PARTICULAR:
        given = target.get(name) not in (None, [])
        if given and name not in form.needs + form.may:
            having = [kind for kind, one in FORMS.items() if name in one.needs + one.may]
            others = " and ".join(having)
            yield (
                name,
                refusal(
                    "a {kind} target has no {name!r}, only {others}", kind=kind, name=name, others=others
                ),
            )
        if not given and name in form.needs:
            yield name, refusal("a {kind} target needs {name!r}", kind=kind, name=name)
    for name in ("than", "since", "base"):
        year = _number(target, name)
        if year > deadline - (name in form.earlier):
            yield (
                name,
                refusal(
                    "{name} {year:g} is not before the deadline {deadline:g}",
                    name=name,
                    year=year,
                    deadline=deadline,
                ),
            )
    goal = _number(target, "goal")
    placed = refusal("a {kind} target's comparison is '<=' and its goal a place: 1, 2, 3, …", kind=kind)
    if form.place and target.get("comparison") != "<=":
        yield "comparison", placed
    elif form.place and (goal % 1 > 0 or goal < 1):
        yield "goal", placed
    if kind == "growth" and goal < NOTHING_LEFT:
        yield "goal", refusal("{goal:g} % a year would leave less than nothing", goal=goal)
    calendar = target.get("calendar")
    months = calendar.items() if isinstance(calendar, dict) else []
    if any(month not in range(1, 13) or _number({"part": part}, "part") <= 0 for month, part in months):
        yield "calendar", refusal("gives months 1 to 12 a part above 0 of the year's")


def _number(target: dict, field: str) -> float:
    """Return a number of a target; not a number where there is none."""
    value = target.get(field)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _misfits(target: dict, region: str, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Name the fields of a target that the catalogue does not know or that do not fit its indicator."""
    words = {
        name: target[name] for name in ("indicator", "kind", "basis") if isinstance(target.get(name), str)
    }
    key, kind, basis = (words.get(name, "") for name in ("indicator", "kind", "basis"))
    form = FORMS.get(kind, Form())
    if form.place and region in catalogue.regions and catalogue.regions[region].parent is None:
        yield (
            "kind",
            refusal(
                "{kind!r} is of a region among others of its kind; {region} is alone",
                kind=kind,
                region=region,
            ),
        )
    if basis and basis not in catalogue.bases:
        yield "basis", refusal("{basis!r:.80} is not in data/indicators.yml", basis=basis)
    elif basis and key in catalogue.indicators and key not in catalogue.bases[basis].indicators:
        yield "basis", refusal("{basis!r:.80} is no basis of {key}", basis=basis, key=key)
    if form.place and region in catalogue.regions and catalogue.regions[region].parent is not None:
        ranked = catalogue.alike(region, _number(target, "deadline"))
        if _number(target, "goal") > len(ranked):
            yield "goal", refusal("only {count} regions are ranked", count=len(ranked))
    if key and key not in catalogue.indicators:
        yield "indicator", refusal("{indicator!r:.80} is not in data/indicators.yml", indicator=key)
    elif key:
        indicator = catalogue.indicators[key]
        if form.indicators and indicator.kind not in form.indicators:
            yield (
                "kind",
                refusal(
                    "{kind!r} does not fit {key}, which is of kind {other!r}",
                    kind=kind,
                    key=key,
                    other=indicator.kind,
                ),
            )
        elif kind in FORMS and form.own:
            yield from _goal_misfits(_number(target, "goal"), form, indicator)


def _unknown(target: dict, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Name the indicators and bases of what a target needs, and the sources, that the catalogue lacks.

    A source may also be said in words.
    """
    for place, one in _listed(target, "evidence", "pending"):
        key = one.get("source")
        if isinstance(key, str) and KEY.fullmatch(key) and key not in catalogue.sources:
            yield (
                place,
                refusal(
                    "{source!r:.80} is not in data/sources.yml: describe it there, or say it in words",
                    source=key,
                ),
            )
    for place, one in _listed(target, "wanted", "notes"):
        words = one.get("printed") if place == "notes" else one
        for field, known in (("indicator", catalogue.indicators), ("basis", catalogue.bases)):
            if isinstance(words, dict) and isinstance(key := words.get(field), str) and key not in known:
                yield place, refusal("{wanted!r:.80} is not in data/indicators.yml", wanted=key)


def _listed(target: dict, *fields: str) -> Iterator[tuple[str, dict]]:
    """Yield the entries of lists in a target, each with its field."""
    for field in fields:
        given = target.get(field)
        yield from (
            (field, one)
            for one in (given if isinstance(given, list | tuple) else ())
            if isinstance(one, dict)
        )


def _goal_misfits(goal: float, form: Form, indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Name what is wrong with a goal in the indicator's own unit."""
    lowest, highest = indicator.bounds
    parts = {"goal": goal, "lowest": lowest, "highest": highest, "name": indicator.en}
    if indicator.integer and indicator.decimals == 0 and goal % 1 > 0:
        yield "goal", refusal("{goal:g} is no whole number, and {name} is counted", **parts)
    if lowest is not None and goal < lowest:
        yield "goal", refusal("{goal:g} is below {lowest:g}, the lowest {name} can be", **parts)
    if highest is not None and goal > highest and not form.adds_up:
        yield "goal", refusal("{goal:g} is above {highest:g}, the highest {name} can be", **parts)


def touched(
    pairs: frozenset[tuple[str, str]], catalogue: Catalogue, folder: Path = DATA
) -> list[tuple[Plan, Target]]:
    """Return the targets of all plans beside the data whose region and indicator are among ``pairs``."""
    loaded = [load(name, catalogue, folder) for name in names(folder)]
    return [(plan, one) for plan in loaded for one in plan.targets if (plan.region, one.indicator) in pairs]


# --------------------------------------------------------------------------- what a plan's file may hold


PARTS_OF_A_FILE = (Plan, Target, Pending, Evidence, Judgement, Note, Printed, Wanted)


def reference(voice: "Voice") -> str:
    """Return every field and kind as Markdown, from the model that reads the file."""
    parts = [_fields(model, voice) for model in PARTS_OF_A_FILE]
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
    if get_origin(annotation) is Annotated:
        return _form(get_args(annotation)[0], voice)
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
