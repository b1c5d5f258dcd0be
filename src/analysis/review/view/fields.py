"""What a reader may change on the page: the fields of the what-if."""

from analysis.review import whatif
from analysis.review.view.given import One


def fields(one: One) -> dict | None:
    """Return the fields a reader may change, or why there are none."""
    kept, book = one.inputs.whatif.get(one.target.id), one.book
    answered = one.assessment.predictive is not None or one.row["p_attain"] is not None
    if one.entry is None or (kept is None and not answered):
        return None
    if kept is None:
        return {"fields": [], "why": book.say(f"page.whatif_none_{_obstacle(one)}")}
    conditional = kept["form"] == "conditional"
    trace = one.computed()
    return {
        "fields": _plain_fields(kept, one) + (_extra_fields(kept["extra"], one) if kept["extra"] else []),
        "why": "",
        "intro": book.say("page.whatif_intro_conditional" if conditional else "page.whatif_intro"),
        "about": book.say("page.whatif_about") if kept["extra"] else "",
        "start": one.chance("whatif.p", min(max(whatif.probability(kept), 1e-9), 1 - 1e-9), **trace),
    }


def _obstacle(one: One) -> str:
    """Return why the page cannot compute the answer anew."""
    predictive = one.assessment.predictive
    return "known" if one.known else "later" if predictive and predictive.later else "joint"


def _plain_fields(kept: dict, one: One) -> list[dict]:
    """Return the fields of goal and last value, where they may move."""
    unit, made = one.book.unit(one.entry) or "—", []
    step = 10.0**-one.entry.decimals
    if kept["form"] != "conditional" and kept["movable"]:
        label = one.book.say("page.whatif_goal", unit=unit)
        made.append({"name": "goal", "label": label, "value": kept["goal"], "step": step})
    if kept["year"] is not None:
        label = one.book.say("page.whatif_last", year=kept["year"], unit=unit)
        made.append({"name": "last", "label": label, "value": kept["last"], "step": step})
    return made


def _extra_fields(extra: dict, one: One) -> list[dict]:
    """Return the fields of an extra amount and, for a ratio, of what it is divided by."""
    book, year = one.book, one.target.deadline
    if not extra["of"]:
        step = 1 if one.entry.integer else 10.0**-one.entry.decimals
        label = book.say("page.whatif_extra_count", year=year, unit=book.unit(one.entry) or "—")
        return [{"name": "extra", "label": label, "value": 0, "step": step}]
    above, under = (book.catalogue.indicators[extra[name]] for name in ("of", "under"))
    region = book.catalogue.regions[one.inputs.plan.region]
    key = "page.whatif_below" if extra["below"] is None else "page.whatif_below_known"
    below = book.say(
        key, year=extra.get("year", year), under=under.of(region, book.language), unit=book.unit(under)
    )
    label = book.say("page.whatif_extra_amount", year=year, of=book.name(above), unit=book.unit(above))
    return [
        {"name": "extra", "label": label, "value": 0, "step": 10.0**-above.decimals},
        {"name": "below", "label": below, "value": extra["below"], "step": 10.0**-under.decimals},
    ]
