"""What a reader may change on the page: the fields of the what-if."""

from functools import partial
from math import ceil, floor

from analysis import printing
from analysis.review import whatif
from analysis.review.view.given import One


def fields(one: One) -> dict | None:
    """Return the fields a reader may change, or why there are none.

    A field is empty until it is used: value is what holds then, low and high are what it takes, None without.
    """
    kept, book = one.inputs.whatif.get(one.target.id), one.book
    if one.entry is None or (kept is None and one.row["p_attain"] is None):
        return None
    if kept is None:
        return {"fields": [], "why": book.say(f"page.whatif_none_{_obstacle(one)}")}
    conditional = kept["form"] == "conditional"
    trace = one.computed()
    made = _plain_fields(kept, one) + (_extra_fields(kept["extra"], one) if kept["extra"] else [])
    if not made:
        return {"fields": [], "why": book.say("page.whatif_none_idle")}
    return {
        "fields": made,
        "why": "",
        "intro": book.say("page.whatif_intro_conditional" if conditional else "page.whatif_intro"),
        "about": book.say("page.whatif_about") if kept["extra"] else "",
        "start": None if conditional else one.chance("whatif.p", whatif.probability(kept), **trace),
    }


def _obstacle(one: One) -> str:
    """Return why the page cannot compute the answer anew."""
    return "known" if one.known else "later" if one.assessment.later else "joint"


def _plain_fields(kept: dict, one: One) -> list[dict]:
    """Return the fields of goal and last value, where they may move."""
    unit, made = one.book.unit(one.entry) or "—", []
    step = 10.0**-one.entry.decimals
    if kept["form"] != "conditional" and kept["movable"]:
        label = one.book.say("page.whatif_goal", unit=unit)
        made.append(_field("goal", label, step, kept["goal"], kept["lowest"], kept["highest"]))
    if kept["year"] is not None and not _idle(kept):
        label = one.book.say("page.whatif_last", year=kept["year"], unit=unit)
        value = None if kept["form"] == "conditional" else round(kept["last"], one.entry.decimals)
        made.append(_field("last", label, step, value, kept["lasts"][0], kept["lasts"][-1]))
    return made


def _idle(kept: dict) -> bool:
    """Whether the answer stays the same, as it is said, wherever the last value lies."""
    said = {(printing.whole(p), printing.edge(p)) for p in map(partial(_at, kept), kept["lasts"])}
    return kept["tied"] and len(said) == 1


def _at(kept: dict, last: float) -> float:
    return whatif.probability(kept, last=last)


def _field(
    name: str, label: str, step: float, value: float | None, low: float, high: float | None = None
) -> dict:
    """Return a field; its bounds are whole steps inside what is stored."""
    bounds = {"low": ceil(low / step) * step, "high": None if high is None else floor(high / step) * step}
    return {"name": name, "label": label, "value": value, "step": step} | bounds


def _extra_fields(extra: dict, one: One) -> list[dict]:
    """Return the fields of an extra amount and, for a ratio, of what it is divided by."""
    book, year = one.book, one.target.deadline
    if not extra["of"]:
        step = 1 if one.entry.integer else 10.0**-one.entry.decimals
        label = book.say("page.whatif_extra_count", year=year, unit=book.unit(one.entry) or "—")
        return [_field("extra", label, step, 0, 0)]
    above, under = (book.catalogue.indicators[extra[name]] for name in ("of", "under"))
    region = book.catalogue.regions[one.inputs.plan.region]
    known = "expected" if extra.get("expected") else "known"
    key = "page.whatif_below" if extra["below"] is None else f"page.whatif_below_{known}"
    below = book.say(
        key, year=extra.get("year", year), under=under.of(region, book.language), unit=book.unit(under)
    )
    label = book.say("page.whatif_extra_amount", year=year, of=book.name(above), unit=book.unit(above))
    step = 10.0**-under.decimals
    return [
        _field("extra", label, 10.0**-above.decimals, 0, 0),
        _field("below", below, step, extra["below"], step),
    ]
