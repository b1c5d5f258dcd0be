"""What stands in the workbook of results, in one language: a record a row, named as in ``columns.csv``."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from analysis import form, kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.memo import naming
from analysis.outlook import Dossier, Outlook
from analysis.printing import SIGNS, Voice
from analysis.situations import Conditional

ROLES = ("own", "month", "part", "shown", "superseded", "peer")  # of the figures listed
YEARS = 4  # so many of the last ones are asked for


def targets(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return what is to be said of each target, in the plan's order."""
    return [target(one.assessment, voice) for one in outlook.dossiers]


def target(one: Assessment, voice: Voice) -> dict:
    """Return what is to be said of a target."""
    goal, entry = one.target, _entry(one, voice)
    texts = {"title": goal.title, "reading": goal.reading, "indicator": entry}
    return (
        one.row
        | {name: voice.name(text) for name, text in texts.items() if text}
        | _units(one, entry, voice)
        | _words(one.row, voice)
        | _last(one, voice)
        | _paper(one, voice)
        | {
            "clause": naming.places(goal.clause, voice.language),
            "kind": voice.say(f"kind.{goal.kind}"),
            "comparison": SIGNS[goal.comparison] if entry else None,
            "than": goal.than,
            "document": one.plan.document,
            "region_name": voice.name(voice.catalogue.regions[one.row["region"]]),
            "as_of": date.fromisoformat(one.as_of),
            "peers": len({*one.peers} - {*voice.catalogue.above(one.plan.region)}) or None,
            "break_even": lent.break_even if isinstance(lent := one.lent, Conditional) else None,
        }
    )


def history(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return the answers on each target as of each day on which the plan's figures changed."""
    by_target = {one.target.id: one for one in outlook.assessments}
    rows = outlook.over_time
    known = rows[rows["as_of"].le(outlook.assessments[0].as_of) & rows["target"].isin(by_target)]
    return [
        row
        | _units(one := by_target[row["target"]], _entry(one, voice), voice)
        | _words(row, voice)
        | {"title": voice.name(one.target.title), "as_of": date.fromisoformat(row["as_of"])}
        for row in known.astype(object).where(known.notna(), None).to_dict("records")
    ]


def figures(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return every figure once, the region's own first, then by what they are for."""
    made: dict[tuple, dict] = {}
    for role in ROLES:
        for one in outlook.dossiers:
            for row in tables.rows(one.figures[one.figures["role"].eq(role)]):
                key = (row.region, row.indicator, row.period, row.basis, row.source, row.published)
                if key not in made:
                    made[key] = figure(role, row, voice)
    return sorted(made.values(), key=lambda record: record["region"] != outlook.plan.region)


def figure(role: str, row: Any, voice: Voice) -> dict:
    """Return what is to be said of a figure: row of ``tables.OBSERVATIONS``."""
    known = voice.catalogue
    entry, basis = known.indicators[row.indicator], known.bases.get(row.basis)
    year, _, month = row.period.partition("-")
    return _published(row, voice) | {
        "role": voice.say(f"role.{role}"),
        "region": row.region,
        "region_name": voice.name(known.regions[row.region]),
        "indicator": row.indicator,
        "indicator_name": voice.name(entry),
        "year": int(year),
        "month": int(month) if month else None,
        "value": float(row.value),
        "unit": voice.unit(entry),
        "basis": voice.name(basis) if basis else None,
        "source": row.source,
        "source_name": voice.name(known.sources[row.source]),
        "release": f"data/raw/{row.source}/{row.published:%Y-%m-%d}",
        "note": row.note or None,
        "decimals": entry.decimals,
    }


def wanted(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return the figures and documents that each target still needs, as the plan has them."""
    return [
        {
            "title": voice.name(one.target.title),
            "wanted": naming.opening(voice.name(text)),
            "clause": naming.places(one.target.clause, voice.language),
            "target": one.target.id,
        }
        for one in outlook.assessments
        for text in one.target.wanted
    ]


def asked(outlook: Outlook, catalogue: Catalogue) -> list[form.Asked]:
    """Return the region's figures to ask for: those that targets not met rest on and nobody has published.

    Asked for are the target's indicator and, of a ratio not known, its parts, in the plan's last years that
    are over; not what the plan names without saying in which unit it is counted.
    """
    found: dict[form.Asked, None] = {}
    for one in outlook.dossiers:
        entry = catalogue.indicators.get(one.assessment.target.indicator or "")
        if entry is not None and one.assessment.row["verdict"] != "met":
            found |= dict.fromkeys(_unknown(one, entry, catalogue))
    return list(found)


def _unknown(one: Dossier, entry: Indicator, catalogue: Catalogue) -> list[form.Asked]:
    target, rows = one.assessment.target, one.figures
    region = one.assessment.plan.region
    over = (date.fromisoformat(one.assessment.as_of) + timedelta(days=1)).year - 1
    last = min(target.deadline, over)
    rows = rows[rows["region"].eq(region) & rows["role"].isin(("own", "part"))]
    known = set(zip(rows["indicator"], rows["period"], strict=True))
    years = [
        str(year) for year in range(last - YEARS + 1, last + 1) if (target.indicator, str(year)) not in known
    ]
    keys = [key for key in (target.indicator, entry.numerator, entry.denominator) if key]
    keys = [key for key in keys if form.unit_of(key, catalogue)]
    return [form.Asked(region, key, year) for key in keys for year in years if (key, year) not in known]


def _entry(one: Assessment, voice: Voice) -> Indicator | None:
    return voice.catalogue.indicators[one.target.indicator] if one.target.indicator else None


def _units(one: Assessment, entry: Indicator | None, voice: Voice) -> dict:
    """Return in what unit and with how many decimals figures are given, and goal and outcome."""
    if entry is None:
        return {"decimals": 0, "goal_decimals": 0}
    unit = kinds.of(one.target).unit
    return {
        "unit": voice.unit(entry),
        "decimals": entry.decimals,
        "goal_unit": voice.goal_unit(unit, entry),
        "goal_decimals": {"%": 1, "place": 0}.get(unit, entry.decimals),
    }


def _words(row: Mapping, voice: Voice) -> dict:
    made = {name: voice.say(f"{name}.{row[name]}") for name in ("verdict", "evidence")}
    if row["verdict"] == "open" and row["p_attain"] is not None:
        made["likelihood"] = voice.likelihood(row["p_attain"])
    return made


def _last(one: Assessment, voice: Voice) -> dict:
    """Return the last figure known up to the deadline: its year, release, source and ratings."""
    rows = one.history[one.history["year"].le(one.target.deadline)]
    if rows.empty:
        return {}
    row = next(tables.rows(rows.tail(1)))
    source = voice.name(voice.catalogue.sources[row.source])
    return _published(row, voice) | {"last": float(row.value), "last_year": row.year, "source": source}


def _published(row: Any, voice: Voice) -> dict:
    """Return what stands beside a figure: when it was published, and how good figure and source are."""
    source = voice.catalogue.sources[row.source]
    return {
        "status": voice.say(f"status.{row.status}"),
        "published": row.published.date(),
        "precision": voice.say(f"precision.{row.precision}"),
        "quality": voice.say(f"rating.{source.quality}"),
        "suitability": voice.say(f"rating.{source.suitability}"),
    }


def _paper(one: Assessment, voice: Voice) -> dict:
    """Return what tells more of a target, in the same folder: its memo, else its part of the review page."""
    if one.situation in tables.UNTOLD:
        link, text = f"review.html#{voice.language}-{one.target.id}", voice.say("workbook.review")
    else:
        link, text = f"{one.target.id}.{voice.language}.docx", voice.say("workbook.memo")
    return {"memo": text, "link": link}
