"""What stands in the workbook of results, in one language: a record a row, named as in ``columns.csv``."""

from collections.abc import Iterator, Mapping, Sequence
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
RESTING = ("own", "month", "part", "peer")  # of them, those an answer may rest on
YEARS = 4  # so many of the last ones are asked for


def targets(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return what is to be said of each target, in the plan's order."""
    return [target(one.assessment, voice, one.reported(voice.catalogue)) for one in outlook.dossiers]


def target(one: Assessment, voice: Voice, reported: Sequence[str] = ()) -> dict:
    """Return what is to be said of a target.

    reported : of `Dossier.reported`
    """
    goal, entry = one.target, _entry(one, voice)
    texts = {"title": goal.title, "reading": goal.reading, "indicator": entry}
    return (
        one.row
        | {name: voice.name(text) for name, text in texts.items() if text}
        | _units(one, entry, voice)
        | _words(one.row, one, voice, reported)
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
            "peers": (one.row["evidence"] != "region" and len(one.peers)) or None,
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
        | _words(row, one, voice)
        | {"title": voice.name(one.target.title), "as_of": date.fromisoformat(row["as_of"])}
        for row in tables.records(known)
    ]


def figures(outlook: Outlook, voice: Voice) -> list[dict]:
    """Return every figure once, the region's own first, then by what they are for."""
    made: dict[tuple, dict] = {}
    rows = [(_key(row), row) for one in outlook.dossiers for row in tables.rows(one.figures)]
    used = {_key(row) for one in outlook.dossiers for row in tables.rows(one.figures[one.used])}
    for role in ROLES:
        for key, row in rows:
            if row.role == role and key not in made:
                idle = role in RESTING and key not in used
                made[key] = figure(f"{role}_idle" if idle else role, row, voice)
    return sorted(made.values(), key=lambda record: record["region"] != outlook.plan.region)


def _key(row: Any) -> tuple:
    return (row.region, row.indicator, row.period, row.basis, row.source, row.published)


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
            "title": voice.name(target.title),
            "wanted": naming.opening(naming.request(one, voice)),
            "clause": naming.places(target.clause, voice.language),
            "target": target.id,
        }
        for dossier in outlook.dossiers
        for target in [dossier.assessment.target]
        for one in dossier.requests(voice.catalogue)
    ]


def asked(outlook: Outlook, catalogue: Catalogue) -> list[form.Asked]:
    """Return the region's figures to ask for: those of years that are over, as the plan names them.

    Where the plan names none for a target, those of its indicator and, of a ratio not known, of its parts, in
    the last years; not what it names without saying in which unit it is counted.
    """
    found: dict[form.Asked, None] = {}
    over = (date.fromisoformat(outlook.as_of) + timedelta(days=1)).year - 1
    for one in outlook.dossiers:
        named = any(wanted.indicator for wanted in one.assessment.target.wanted)
        found |= dict.fromkeys(_named(one, catalogue) if named else _unnamed(one, over, catalogue))
    order = list(dict.fromkeys((one.indicator, one.basis) for one in found))
    asked = [one for one in found if int(one.period) <= over and form.unit_of(one.indicator, catalogue)]
    return sorted(asked, key=lambda one: (order.index((one.indicator, one.basis)), one.period))


def _named(one: Dossier, catalogue: Catalogue) -> Iterator[form.Asked]:
    region = one.assessment.plan.region
    for wanted, years in one.requests(catalogue):
        for year in years:
            yield form.Asked(region, wanted.indicator or "", str(year), wanted.basis or "")


def _unnamed(one: Dossier, over: int, catalogue: Catalogue) -> Iterator[form.Asked]:
    target, entry = one.assessment.target, catalogue.indicators.get(one.assessment.target.indicator or "")
    if entry is None:
        return
    last = min(target.deadline, over)
    lacking = one.lacking(target.indicator, range(last - YEARS + 1, last + 1), None, catalogue)
    for key in filter(None, (target.indicator, entry.numerator, entry.denominator)):
        first = catalogue.indicators[key].since or 0
        for year in one.lacking(key, lacking, None, catalogue):
            if year >= first:
                yield form.Asked(one.assessment.plan.region, key, str(year))


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


def verdict(one: Assessment, voice: Voice, reported: Sequence[str] = ()) -> str:
    """Return the verdict, whether it is still to be confirmed, and on what a probability depends.

    reported : of `Dossier.reported`
    """
    chance = one.row["verdict"] == "open"
    reserved = {
        "doubted": one.unconfirmed(voice.catalogue),
        "provisional": chance and one.doubted,
        "reported": chance and reported,
    }
    said = voice.say(one.answered(voice.catalogue))
    for name, holds in reserved.items():
        said = voice.say(f"page.verdict_{name}", verdict=said) if holds else said
    return said


def verdict_on(row: Mapping, one: Assessment, voice: Voice, reported: Sequence[str] = ()) -> str:
    """Return the verdict as of an earlier date; of the outcome that still stands, as it is told today."""
    stands = row["verdict"] in ("met", "missed") and all(
        row[name] == one.row[name] for name in ("verdict", "outcome")
    )
    if stands or row["as_of"] == one.as_of:
        return verdict(one, voice, reported)
    return voice.say(one.answered_on(row))


def grounds(row: Mapping, one: Assessment, voice: Voice) -> str:
    """Return what an answer, as of any date, rests on in words.

    A rung of evidence, the outcome, dated evidence, a person, or why no figure there is is used.
    """
    settled, aside = row["verdict"] in ("met", "missed"), one.set_aside(row["as_of"])
    if kinds.of(one.target).judged:
        judged = "judged" if row["p_attain"] is not None else _unjudged(row, one, voice)
        return voice.say(f"page.evidence_{'dated' if settled else judged}")
    if row["as_of"] == one.as_of and one.carried:
        return voice.say("page.evidence_carried")
    if row["evidence"] == "none" and aside:
        return voice.say(f"page.evidence_{aside}")
    return voice.say("page.evidence_outcome" if settled else f"evidence.{row['evidence']}")


def _unjudged(row: Mapping, one: Assessment, voice: Voice) -> str:
    """Return what there is on a task that nobody judged: reports, or nothing."""
    told = [item.source for item in one.target.evidence if item.date.isoformat() <= row["as_of"]]
    if not told:
        return "nothing_yet" if row["as_of"] <= f"{row['deadline']}-12-31" else "nothing"
    source = voice.catalogue.sources.get(told[0])
    return "press" if len(told) == 1 and source and source.kind == "newspaper" else "reports"


def _words(row: Mapping, one: Assessment, voice: Voice, reported: Sequence[str] = ()) -> dict:
    """Return verdict, evidence and likelihood of an answer on a target, as of any date, in words."""
    made = {"verdict": verdict_on(row, one, voice, reported), "evidence": grounds(row, one, voice)}
    if row["verdict"] == "open" and row["p_attain"] is not None:
        made["likelihood"] = voice.leaning(row["p_attain"])
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
