"""What figures say: the claim above, the goal in short, the head and the foot."""

import pandas as pd

from analysis import kinds
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.plans import Target
from analysis.printing import SIGNS, THAN, Voice
from analysis.situations import Conditional


def head(
    region: str,
    indicator: Indicator,
    voice: Voice,
    target: Target | None = None,
    like: float | None = None,
    **years: int,
) -> str:
    """Return region, indicator and unit; of a figure of probabilities by values of a year, whose by what.

    Parameters
    ----------
    like : an amount in whose unit the figure is drawn
    target : of a figure on one: what it measures is called as in the claim above
    years : of the goal (`deadline`) and of the values (`year`)
    """
    unit, called = (
        voice.unit_of(indicator, like),
        _called(target, indicator, voice) if target else voice.name(indicator),
    )
    names = {"region": voice.name(voice.catalogue.regions[region]), "indicator": called}
    key = "figure.head" + ("_conditional" if years else "") + ("" if unit else "_bare")
    return voice.say(key, unit=unit, **names, **years)


def source(rows: pd.DataFrame, as_of: str, voice: Voice, more: str = "") -> str:
    """Return the foot: who published the figures, the last of them when, and as of which date."""
    names = [voice.name(voice.catalogue.sources[key]) for key in dict.fromkeys(rows["source"])]
    told = voice.joined(names, "semicolon")
    if len(rows):
        last = rows.loc[rows["published"].idxmax()]
        several, by = "_of_several" * (len(names) > 1), "_by" * (last["precision"] == "by")
        day = voice.day(last["published"].date(), last["precision"])
        told = voice.say(f"figure.last{several}{by}", sources=told, day=day)
    told = told or voice.say("figure.no_source")
    return voice.say("figure.source", sources=told, more=more, day=voice.day(as_of))


def assessed(what: str, as_of: str | pd.Timestamp, voice: Voice) -> str:
    """Return the foot of a figure that rests on the suite's own assessments."""
    return voice.say("figure.assessed", what=what, day=voice.day(pd.Timestamp(as_of).date()))


# ----------------------------------------------------------------------------------------------------- claims


def claim(assessment: Assessment, language: str, catalogue: Catalogue) -> str:
    """Return what is to be said of a target, in one sentence."""
    return told(assessment, Voice(language, catalogue))


def told(assessment: Assessment, voice: Voice) -> str:
    """Return the claim in a voice."""
    target, row = assessment.target, assessment.row
    if target.indicator is None:
        verdict = voice.say(assessment.answered(voice.catalogue))
        return voice.say("claim.milestone", title=voice.name(target.title), verdict=verdict)
    indicator = voice.catalogue.indicators[target.indicator]
    about = {
        "name": _called(target, indicator, voice),
        "years": span(target, voice),
    }
    if row["verdict"] in ("met", "missed"):
        value, short = _outcome(assessment, indicator, voice), goal(assessment, indicator, voice)
        said = voice.say(f"claim.outcome_{row['verdict']}", value=value, goal=short, **about)
        return voice.say("claim.hearsay", claim=said) if assessment.hearsay(voice.catalogue) else said
    if row["p_attain"] is not None:
        p = {
            "p": voice.probability(row["p_attain"], "stated"),
            "likelihood": voice.leaning(row["p_attain"]),
        }
        return voice.say("claim.open", goal=goal(assessment, indicator, voice), **p, **about)
    if isinstance(assessment.lent, Conditional):
        return on_condition(assessment, assessment.lent, voice)
    return voice.say("claim.nothing", **about)


def _called(target: Target, indicator: Indicator, voice: Voice) -> str:
    return voice.subject(target.title, indicator, kinds.of(target).figure)


def _outcome(assessment: Assessment, indicator: Indicator, voice: Voice) -> str:
    value = assessment.row["outcome"]
    unit = kinds.of(assessment.target).unit
    shown = voice.measured(value, unit, indicator)
    if kinds.of(assessment.target).dated and (month := _early(assessment)):
        return voice.say("claim.early", value=shown, month=voice.period(month))
    return voice.say("claim.yearly", value=shown) if unit == "%" else shown


def _early(assessment: Assessment) -> str:
    """Return the month that decided a target before its year's figure; empty where that one is known."""
    so_far, known = assessment.in_year, assessment.history["year"].eq(assessment.target.deadline)
    return "" if so_far is None or known.any() else so_far.month


def on_condition(assessment: Assessment, found: Conditional, voice: Voice) -> str:
    """Return which earlier value would make the goal an even chance."""
    target, indicator = assessment.target, voice.catalogue.indicators[str(assessment.target.indicator)]
    name, base = _called(target, indicator, voice), found.break_even
    parts = {"name": name, "before": found.year, "deadline": target.deadline}
    if base is None:
        return voice.say("claim.no_break_even", **parts)
    return voice.say("claim.break_even", value=voice.quantity(base, indicator), **parts)


def span(target: Target, voice: Voice) -> str:
    """Return the years a target speaks of."""
    if kinds.of(target).spans:
        return voice.say("date.span", first=target.since, last=target.deadline)
    return voice.year(target.deadline)


def goal(assessment: Assessment, indicator: Indicator, voice: Voice) -> str:
    """Return the goal in short: ≥1.25%, 高于2018年; ≥ 1.25 %, above 2018."""
    target, kind = assessment.target, kinds.of(assessment.target)
    if kind.compares:
        key = f"goal.{THAN[target.comparison]}"
        return voice.say(f"{key}_count" if indicator.integer else key, than=target.than)
    quantity = voice.measured(target.goal, kind.unit, indicator, as_written=True, like=assessment.typical)
    if kind.unit == "place":
        return voice.say(f"goal.{kind.claim}", goal=quantity)
    bare = kind.unit == "own" and voice.unit_of(indicator, assessment.typical) == voice.unit(indicator)
    number = voice.number(target.goal, None) if bare and not indicator.unit.startswith("%") else quantity
    short = voice.say("goal.compared", sign=SIGNS[target.comparison], quantity=quantity, number=number)
    return voice.say(f"goal.{kind.claim}", goal=short) if kind.spans else short
