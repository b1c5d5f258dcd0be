"""What if, in a notebook: a table and a figure for what is supposed, and sliders for who is there to turn.

Widgets carry random ids and need a kernel, so a stored notebook never holds one: `shown` is what papermill
and nbval see, `board` what JupyterLab shows on demand. Both ask `answers.suppose`.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from analysis import answers, attainment, cells, kinds, outlook, plots, printing
from analysis.attainment import Assessment, Vintage
from analysis.catalogue import Catalogue
from analysis.plans import Plan, Target
from analysis.printing import Voice
from analysis.situations import Probability

THINGS = ("goal", "last", "growth", "count")
REACH = 0.3  # sliders run so far to either side of a value
POINTS = 6.0  # and of a growth, in percentage points
WIDE, FULL_WIDTH = (
    0.55,
    "\u2000",
)  # em of a Latin letter, with some to spare; from this sign on all are full squares
SLIDER = 26  # em
STEPS = (0.8, 0.9, 1.0, 1.1, 1.2)  # of the goal, in the table


def chosen(plan: Plan, target: str, vintage: Vintage) -> Assessment:
    """Return a target's assessment; without an id that of the target of which most can be supposed."""
    if target:
        return attainment.assess_vintage(plan, plan.target(target), vintage)
    found: list[tuple[int, int, Assessment]] = []
    places = {one.id: place for place, one in enumerate(plan.targets)}
    for one in sorted(plan.targets, key=lambda one: at_most(one, vintage.catalogue), reverse=True):
        if found and at_most(one, vintage.catalogue) < max(found)[0]:
            break
        made = attainment.assess_vintage(plan, one, vintage)
        found.append((len(known(made, vintage)), -places[one.id], made))
    return max(found)[2]


def at_most(target: Target, catalogue: Catalogue) -> int:
    """Return how many things may be supposed of a target at most, before it is assessed."""
    kind, entry = kinds.of(target), catalogue.indicators.get(target.indicator or "")
    ratio = entry is not None and entry.denominator is not None
    possible = (
        target.goal is not None,
        entry is not None and not kind.compares,
        ratio and kind.figure,
        kind.monthly and kind.figure,
    )
    return sum(map(bool, possible))


def known(assessment: Assessment, vintage: Vintage) -> dict[str, float]:
    """Return what may be supposed of a target and its value as known or expected; empty where nothing may."""
    now = answers.supposable(assessment, vintage)
    return {name: getattr(now, name) for name in THINGS if getattr(now, name) is not None}


def options(assessment: Assessment, vintage: Vintage) -> pd.DataFrame | None:
    """Return what may be supposed, as a table: what it is, its value now, its parameter."""
    catalogue = vintage.catalogue
    now, here = answers.supposable(assessment, vintage), known(assessment, vintage)
    if not here:
        print("\n".join(printing.each(f"what_if.{answers.obstacle(assessment)}")))
        return None
    rows = [
        {
            "item": _name(name, now, catalogue),
            "now": _written(name, at, assessment, catalogue),
            "parameter": name,
        }
        for name, at in here.items()
    ]
    return cells.shown(pd.DataFrame(rows), catalogue)


def shown(before: Assessment, after: Assessment, catalogue: Catalogue) -> pd.DataFrame | None:
    """Return the answer as known and as supposed, one row each."""
    rows = []
    for key, one in (("as_known", before), ("as_supposed", after)):
        p, entry = one.row["p_attain"], catalogue.indicators.get(one.target.indicator or "")
        row: dict[str, Any] = {"case": " ".join(printing.each(f"what_if.{key}"))}
        row |= {"verdict": one.row["verdict"], "p_attain": p}
        row["likelihood"] = (
            " ".join(Voice(code).likelihood(p) for code in printing.LANGUAGES) if p is not None else None
        )
        for name in ("median", "lo80", "hi80"):
            value = one.row[name]
            row[name] = None if value is None or entry is None else Voice("en").amount(value, entry)
        rows.append(row)
    return cells.shown(pd.DataFrame(rows), catalogue)


def around(assessment: Assessment, vintage: Vintage) -> pd.DataFrame | None:
    """Return the chances of goals from a fifth below to a fifth above the plan's."""
    catalogue, goal = vintage.catalogue, known(assessment, vintage).get("goal")
    if goal is None:
        return cells.shown(None, catalogue)
    entry = catalogue.indicators[str(assessment.target.indicator)]
    goals = np.unique([round(goal * step, 0 if entry.integer else entry.decimals + 1) for step in STEPS])
    table = answers.chances(assessment, vintage, "goal", goals.tolist())
    said = {"goal": [Voice("en").number(value, None) for value in table["goal"]],
            "p_attain": table["p_attain"], "verdict": table["verdict"]}  # fmt: skip
    return cells.shown(pd.DataFrame(said), catalogue)


def figure(assessment: Assessment, language: str, vintage: Vintage) -> plots.Drawing | None:
    """Return the fan of an answer, where there is one; hollow what is worked out of a preliminary figure."""
    catalogue = vintage.catalogue
    if assessment.target.indicator is None:
        return plots.answer(assessment, language, catalogue)
    behind = outlook.parts(assessment, vintage).assign(role="part")
    if isinstance(assessment.answer, Probability):
        return plots.fan(assessment, language, catalogue, behind)
    return plots.answer(assessment, language, catalogue, behind)


def board(assessment: Assessment, vintage: Vintage, language: str = "zh", **start: Any) -> Any:
    """Return the sliders, with the probability and the fan that follow them; a widget of ipywidgets.

    Parameters
    ----------
    start : where sliders stand at first, by name; None as known
    """
    import ipywidgets

    catalogue = vintage.catalogue
    now, here = answers.supposable(assessment, vintage), known(assessment, vintage)
    named = {name: _name(name, now, catalogue) for name in here}
    named |= {"month": " ".join(printing.each("column.month"))} if "count" in here else {}
    look = _look(named.values())
    turned = {
        name: _slider(ipywidgets, name, value, start.get(name), named[name], assessment, catalogue, look)
        for name, value in here.items()
    }
    if "count" in turned:
        month = start.get("month") or now.month
        turned["month"] = _whole(ipywidgets, named["month"], month, 1, 12, look)
    told, picture = ipywidgets.HTML(), ipywidgets.Image(format="png", layout={"max_width": "900px"})

    def answer(_: object = None) -> None:
        values = _turned({name: one.value for name, one in turned.items()}, here)
        made = answers.suppose(assessment, vintage, **values)
        told.value = "<br>".join(plots.claim(made, code, catalogue) for code in printing.LANGUAGES)
        drawn = figure(made, language, vintage)
        picture.value = drawn.picture if drawn else b""

    for one in turned.values():
        one.observe(answer, names="value")
    back = _back(ipywidgets, turned, {**here, "month": now.month})
    answer()
    return ipywidgets.VBox([*turned.values(), back, told, picture])


def _turned(values: dict[str, Any], here: dict[str, float]) -> dict[str, Any]:
    """Return what was really turned: a slider that stands where it stood supposes nothing."""
    kept = {
        name: value for name, value in values.items() if name == "month" or not np.isclose(value, here[name])
    }
    return kept if "count" in kept else {name: value for name, value in kept.items() if name != "month"}


def _back(ipywidgets: Any, turned: dict[str, Any], known: dict[str, float]) -> Any:
    button = ipywidgets.Button(description=" ".join(printing.each("what_if.back")))

    def back(_: object) -> None:
        for name, one in turned.items():
            one.value = known[name]

    button.on_click(back)
    return button


def _slider(
    ipywidgets: Any,
    name: str,
    value: float,
    start: float | None,
    told: str,
    assessment: Assessment,
    catalogue: Catalogue,
    look: dict[str, Any],
) -> Any:
    """Return the slider of one thing: in whole numbers of counts, else in the decimals of the indicator."""
    entry = catalogue.indicators[str(assessment.target.indicator)]
    at = value if start is None else start
    if name == "count" or (entry.integer and name != "growth"):
        high = max(3 * (assessment.target.goal or 0), 2 * value, at, 10)
        return _whole(ipywidgets, told, int(at), int(min(value, 0)), int(high), look)
    step = 0.1 if name == "growth" else 10.0**-entry.decimals
    low, high = (
        (value - POINTS, value + POINTS) if name == "growth" else (value * (1 - REACH), value * (1 + REACH))
    )
    digits = 1 if name == "growth" else entry.decimals
    return ipywidgets.FloatSlider(
        value=at,
        min=round(min(low, at), digits),
        max=round(max(high, at), digits),
        step=step,
        description=told,
        readout_format=f".{digits}f",
        **look,
    )


def _whole(ipywidgets: Any, told: str, value: int, low: int, high: int, look: dict[str, Any]) -> Any:
    return ipywidgets.IntSlider(value=value, min=low, max=high, description=told, **look)


def _look(labels: Iterable[str]) -> dict[str, Any]:
    """Return the look of sliders below one another: their labels have room in fonts with wide letters too."""
    room = math.ceil(max(sum(1 if sign >= FULL_WIDTH else WIDE for sign in told) for told in labels))
    style = {"description_width": f"{room}em"}
    return {"continuous_update": False, "style": style, "layout": {"width": f"{room + SLIDER}em"}}


def _name(name: str, now: answers.WhatIf, catalogue: Catalogue) -> str:
    below = catalogue.indicators.get(now.denominator)
    said: Callable[[str], str] = lambda code: Voice(code).say(  # noqa: E731
        f"what_if.{name}", year=now.year, below=Voice(code).name(below) if below else ""
    )
    return " ".join(said(code) for code in printing.LANGUAGES)


def _written(name: str, value: float, assessment: Assessment, catalogue: Catalogue) -> str:
    if name == "count" and value < 0:
        return " ".join(printing.each("what_if.unpublished"))
    if name == "growth":
        return Voice("en").percent(value, 1)
    entry = catalogue.indicators[str(assessment.target.indicator)]
    return Voice("en").number(value, None if name in ("goal", "count") else entry.decimals)
