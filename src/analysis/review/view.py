"""What the review page says of a plan in one language: facts, whole sentences, charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import tables
from analysis.attainment import Assessment
from analysis.documents import blocks
from analysis.plans import Plan
from analysis.review import charts, whatif
from analysis.review.wordbook import Book, Fact, goal_key

SIMPLE = ("level", "share", "flow", "stock")


@dataclass(frozen=True)
class Inputs:
    """What a review is made of, whatever the language; see ``review.write``."""

    plan: Plan
    assessments: Sequence[Assessment]
    over_time: pd.DataFrame
    whatif: Mapping[str, dict]
    memos: Mapping[str, Mapping[str, blocks.Document]]
    scorecard: pd.DataFrame | None

    @property
    def as_of(self) -> str:
        return self.assessments[0].as_of


def page(inputs: Inputs, book: Book) -> dict:
    """Return everything the template shows in ``book``'s language."""
    plan, say = inputs.plan, book.say
    document = book.fact("document", plan.document, unit="name", **_of_plan(plan, book))
    issued = book.fact(
        "issued", book.day(plan.issued, plan.issued_precision), unit="date", **_of_plan(plan, book)
    )
    day = _as_of(inputs, book)
    title = book.name(plan.title)
    region = book.name(book.catalogue.regions[plan.region])
    return {
        "language": book.language,
        "title": say("page_title", title=title, day=book.day(inputs.as_of)),
        "heading": say("heading", title=title),
        "document": say("document", document=document, issued=issued, region=region),
        "as_of": say("as_of", day=day),
        "tiles": _tiles(inputs, book),
        "short": _short(inputs, book),
        "targets": [_target(one, inputs, book) for one in inputs.assessments],
        "notes": _notes(plan.notes, f"plans/{plan.id}.yml", inputs, book),
        "sources": _sources(inputs, book),
        "words": _likelihood(book),
        "scorecard": scorecard(inputs.scorecard, book),
    }


def _as_of(inputs: Inputs, book: Book) -> Fact:
    trace = {"release": book.say("as_of_note"), "notebook": book.notebook("5-review")}
    return book.fact("as_of", book.day(inputs.as_of), inputs.as_of, "date", **trace)


def _of_plan(plan: Plan, book: Book, clause: str = "") -> dict[str, str]:
    issued = book.day(plan.issued, plan.issued_precision)
    release = book.say("plan_clause", issued=issued, clause=clause) if clause else issued
    source = book.say("plan_source", title=book.name(plan.title), document=plan.document)
    return {"release": release, "source": source, "notebook": f"plans/{plan.id}.yml"}


# ------------------------------------------------------------------------------------------ plan as a whole


def _tiles(inputs: Inputs, book: Book) -> list[dict]:
    verdicts = [one.row["verdict"] for one in inputs.assessments]
    counts = {"all": len(verdicts)} | {name: verdicts.count(name) for name in tables.VERDICTS}
    return [
        {"name": name, "n": _count(name, number, book), "label": book.say(f"tile_{name}")}
        for name, number in counts.items()
    ]


def _count(name: str, number: int, book: Book) -> Fact:
    trace = {"indicator": book.say("counted"), "notebook": book.notebook("5-review")}
    return book.fact(f"count.{name}", str(number), number, "targets", **trace)


def _short(inputs: Inputs, book: Book) -> list[str]:
    """Return the plan's result in a few whole sentences."""
    verdicts = [one.row["verdict"] for one in inputs.assessments]
    count = {name: verdicts.count(name) for name in tables.VERDICTS}
    facts = {name: _count(name, number, book) for name, number in count.items()}
    known = count["met"] + count["missed"]
    key = "short_all" if len(verdicts) > 1 else "short_all_one"
    said = [book.say(key, all=_count("all", len(verdicts), book))]
    if known:
        facts["known"] = _count("known", known, book)
        said.append(book.say("short_known", **{name: facts[name] for name in ("known", "met", "missed")}))
    else:
        said.append(book.say("short_known_none"))
    said.append(_short_open(inputs, facts, book))
    if count["no_evidence"]:
        rest = known + count["open"]
        key = "short_none_all" if not rest else "short_none" if count["no_evidence"] > 1 else "short_none_one"
        said.append(book.say(key, none=facts["no_evidence"]))
    return said


def _short_open(inputs: Inputs, facts: dict, book: Book) -> str:
    chances = [one.row["p_attain"] for one in inputs.assessments if one.row["verdict"] == "open"]
    if len(chances) < 2:
        return book.say("short_open_one" if chances else "short_open_none", open=facts["open"])
    trace = {"indicator": book.say("whole_plan"), "notebook": book.notebook("5-review")}
    total = float(np.sum(chances))
    expected = book.fact("count.expected", book.number(total, 1), total, "targets", **trace)
    return book.say("short_open", open=facts["open"], expected=expected)


def _likelihood(book: Book) -> list[dict]:
    trace = {"indicator": book.say("method_words"), "notebook": book.say("declared")}
    rows, above = [], None
    for low, *_ in tables.LIKELIHOOD:
        fact = book.fact(f"scale.{100 * low:.0f}", book.percent(low), low, "probability", **trace)
        key = "from" if above is None else "between" if low else "below"
        rows.append(
            {
                "word": book.likelihood(low),
                "range": book.say(
                    f"method_words_{key}", p=fact if key == "from" else above, low=fact, high=above
                ),
            }
        )
        above = fact
    return rows


def scorecard(table: pd.DataFrame | None, book: Book) -> dict | None:
    """Return a table of scores as facts; headings with "|" carry Chinese and English."""
    if table is None or table.empty:
        return None
    trace = {"indicator": book.say("scorecard"), "notebook": book.notebook("2-backtest")}
    rows = [
        [_score(f"score.{line}.{column}", value, trace, book) for column, value in enumerate(row)]
        for line, row in enumerate(table.itertuples(index=False))
    ]
    return {"header": [_side(str(name), book) for name in table.columns], "rows": rows}


def _score(name: str, value, trace: dict, book: Book) -> str:
    if isinstance(value, str):
        return _side(value, book)
    if pd.isna(value):
        return book.say("none_short")
    text = str(int(value)) if float(value).is_integer() and abs(value) >= 1 else book.number(value, 2)
    return str(book.fact(name, text, float(value), "score", **trace))


def _side(text: str, book: Book) -> str:
    return text.split("|")[0 if book.language == "zh" else -1].strip()


def _sources(inputs: Inputs, book: Book) -> list[dict]:
    """Return the sources of the figures shown, with ratings and releases."""
    parts = [part for one in inputs.assessments for part in (one.history, one.shown) if len(part)]
    rows = pd.concat(parts) if parts else pd.DataFrame(columns=["source", "published", "precision"])
    made = []
    for key, group in rows.groupby("source", sort=True):
        source = book.catalogue.sources[key]
        releases = group.drop_duplicates("published").sort_values("published").itertuples(index=False)
        days = [
            book.fact(
                f"release.{key}.{row.published:%Y-%m-%d}",
                book.day(row.published.date(), row.precision),
                unit="date",
                release=f"data/raw/{key}/{row.published:%Y-%m-%d}",
                source=book.name(source),
            )
            for row in releases
        ]
        made.append(
            {
                "key": key,
                "name": book.name(source),
                "publisher": book.name(source.publisher),
                "quality": source.quality,
                "suitability": source.suitability,
                "releases": days,
                "remark": book.name(source.remark) if source.remark else "",
            }
        )
    return made


# --------------------------------------------------------------------------------------------- one target


@dataclass(frozen=True)
class One:
    """A target in one language: its assessment, and what to write its numbers with."""

    assessment: Assessment
    inputs: Inputs
    book: Book

    @property
    def row(self) -> dict:
        return self.assessment.row

    @property
    def target(self):
        return self.assessment.target

    @property
    def entry(self):
        return self.book.catalogue.indicators[self.target.indicator] if self.target.indicator else None

    @property
    def region(self) -> str:
        return self.book.name(self.book.catalogue.regions[self.inputs.plan.region])

    def fact(self, name: str, text: str, value=None, unit: str = "", **trace: str) -> Fact:
        trace.setdefault(
            "indicator", self.book.name(self.entry) if self.entry else self.book.name(self.target.title)
        )
        return self.book.fact(f"{self.target.id}.{name}", text, value, unit, **trace)

    def computed(self) -> dict[str, str]:
        """Trace of a computed number: deadline, what was known, whose figures, which notebook."""
        day, book = self.book.day(self.inputs.as_of), self.book
        release = book.say("computed", day=day)
        if self.row["origin"] is not None:
            release = book.say("computed_origin", day=day, year=self.row["origin"])
        latest = self.assessment.history.tail(1)
        source = "".join(book.released(row)["source"] for row in latest.itertuples(index=False))
        return {
            "period": book.period(str(self.target.deadline)),
            "release": release,
            "source": source or book.say("peers_source"),
            "notebook": book.notebook(f"4-target-{self.target.id}"),
        }

    def amount(self, name: str, value: float, **trace: str) -> Fact:
        return self.fact(
            name, self.book.amount(value, self.entry), value, self.entry.unit, **(trace or self.computed())
        )

    def chance(self, name: str, p: float, **trace: str) -> Fact:
        return self.fact(name, self.book.probability(p), p, "probability", **(trace or self.computed()))

    def year(self, year: int) -> str:
        trace = _of_plan(self.inputs.plan, self.book, self.target.clause)
        return self.fact(f"year.{year}", str(year), year, "year", **trace)


def _target(assessment: Assessment, inputs: Inputs, book: Book) -> dict:
    one = One(assessment, inputs, book)
    target, row = one.target, one.row
    sentences, claim = _sentences(one)
    return {
        "id": target.id,
        "title": book.name(target.title),
        "indicator": book.name(one.entry) if one.entry else "",
        "clause": target.clause,
        "verdict": row["verdict"],
        "verdict_text": book.verdict(row["verdict"]),
        "evidence_text": _evidence(one),
        "goal": goal(one),
        "last": _last(one),
        "probability": _probability(one),
        "history": _history(one),
        "sentences": sentences,
        "facts": _facts(one),
        "figure": _figure(one, claim),
        "conditional": _conditional(one),
        "figures": _figures(one),
        "milestone": _milestone(one),
        "reading": book.name(target.reading) if target.reading else "",
        "notes": _notes(target.notes, f"plans/{inputs.plan.id}.yml", inputs, book),
        "wanted": [book.name(text) for text in target.wanted],
        "whatif": _whatif(one),
        "memo": memo(inputs.memos.get(target.id, {}).get(book.language), book),
        "sort": _sort_keys(one),
    }


def _evidence(one: One) -> str:
    return (
        ""
        if one.target.kind == "milestone" and not one.row["p_attain"]
        else one.book.evidence(one.row["evidence"])
    )


def _sort_keys(one: One) -> dict:
    order = list(tables.VERDICTS)
    place = [item.target.id for item in one.inputs.assessments].index(one.target.id)
    p = one.row["p_attain"]
    return {
        "place": place,
        "probability": -1 if p is None else round(p, 6),
        "verdict": order.index(one.row["verdict"]),
        "evidence": list(tables.EVIDENCE).index(one.row["evidence"]),
    }


def goal(one: One) -> str:
    """Return what the plan asks for, as marked text."""
    target, say = one.target, one.book.say
    if target.kind == "milestone":
        return say("milestone")
    if target.kind == "direction":
        return say(goal_key(target), year=one.year(target.deadline), than=one.year(target.than))
    trace = _of_plan(one.inputs.plan, one.book, target.clause)
    if target.kind == "growth":
        number = one.fact("goal", one.book.percent(target.goal / 100, 1), target.goal, "%", **trace)
    else:
        text, period = one.book.goal(target.goal, one.entry), one.book.period(str(target.deadline))
        number = one.fact("goal", text, target.goal, one.entry.unit, period=period, **trace)
    simple = say(goal_key(target), goal=number)
    if target.kind in SIMPLE:
        return simple
    return say(
        f"goal_{target.kind}", goal=simple, since=one.year(target.since), year=one.year(target.deadline)
    )


def _observation(one: One, row, name: str) -> Fact:
    trace = one.book.released(row) | {"notebook": one.book.notebook("1-panel")}
    return one.amount(f"figure.{name}", row.value, **trace)


def _year_of(one: One, row) -> Fact:
    trace = one.book.released(row)
    return one.fact(f"figure.year.{row.year}.{row.source}", str(row.year), row.year, "year", **trace)


def _last(one: One) -> dict | None:
    if not len(one.assessment.history):
        return None
    row = next(one.assessment.history.tail(1).itertuples(index=False))
    return {
        "text": one.book.say("year_value", value=_observation(one, row, "last"), year=_year_of(one, row)),
        "sort": row.value,
    }


def _probability(one: One) -> dict:
    """Return the probability cell: number with range, or why there is none."""
    row, say = one.row, one.book.say
    if row["verdict"] in ("met", "missed"):
        return {"p": None, "text": say("known_outcome"), "outcome": _outcome(one)}
    if row["p_attain"] is None:
        kind = "milestone" if one.target.kind == "milestone" else row["evidence"]
        return {"p": None, "text": say(f"no_probability_{kind}"), "outcome": None}
    made = {
        "p": one.chance("p", row["p_attain"]),
        "value": row["p_attain"],
        "range": None,
        "word": one.book.likelihood(row["p_attain"]),
    }
    if row["p_low"] is not None:
        low, high = one.chance("p_low", row["p_low"]), one.chance("p_high", row["p_high"])
        made |= {
            "range": say("range", low=low, high=high),
            "low": round(row["p_low"], 4),
            "high": round(row["p_high"], 4),
        }
    return made


def _outcome(one: One) -> Fact | None:
    if one.row["outcome"] is None:
        return None
    rows = one.assessment.history
    rows = rows[rows["year"].eq(one.target.deadline)]
    trace = one.book.released(next(rows.tail(1).itertuples(index=False))) if len(rows) else one.computed()
    return one.amount(
        "outcome", one.row["outcome"], **trace | {"notebook": one.book.notebook("4-target-" + one.target.id)}
    )


def _past(one: One) -> pd.DataFrame:
    table = one.inputs.over_time
    rows = table[table["target"].eq(one.target.id) & table["as_of"].le(one.inputs.as_of)]
    return rows.sort_values("as_of", kind="stable")


def _history(one: One) -> list[dict]:
    """Return the probability as of each date on which the plan's data changed."""
    made = []
    for row in _past(one).to_dict("records"):
        when, book = row["as_of"], one.book
        trace = one.computed() | {"release": book.say("computed", day=book.day(when))}
        day = one.fact(f"on.{when}", book.day(when), when, "date", **trace)
        item = {
            "when": when,
            "day": day,
            "p": None,
            "value": None,
            "range": "",
            "median": "",
            "text": book.verdict(row["verdict"]),
        }
        if pd.notna(row["p_attain"]) and row["verdict"] == "open":
            item |= {"p": one.chance(f"p.{when}", row["p_attain"], **trace), "value": row["p_attain"]}
            item["text"] = book.likelihood(row["p_attain"])
        elif pd.notna(row["p_attain"]):
            item["value"] = row["p_attain"]
        if item["p"] and pd.notna(row["p_low"]):
            ends = {
                name: one.chance(f"p_{name}.{when}", row[f"p_{name}"], **trace) for name in ("low", "high")
            }
            item["range"] = book.say("range", **ends)
        if pd.notna(row["median"]):
            item["median"] = str(one.amount(f"median.{when}", row["median"], **trace))
        made.append(item)
    return made


def _sentences(one: One) -> tuple[list[str], str]:
    """Return the answer in whole sentences, and the claim of the figure."""
    row, target, say, book = one.row, one.target, one.book.say, one.book
    title = book.name(target.title)
    day, year = _as_of(one.inputs, book), one.year(target.deadline)
    if target.kind == "milestone":
        return [_milestone_says(one, day)], title
    if row["verdict"] in ("met", "missed"):
        outcome = _outcome(one)
        claim = say(
            "chart_known", title=title, year=year, outcome=outcome, verdict=book.verdict(row["verdict"])
        )
        return [say(f"say_{row['verdict']}", year=year, outcome=outcome)], claim
    if row["p_attain"] is not None:
        return _forecast_says(one, day, year), say(
            "chart_fan", title=title, p=one.chance("p", row["p_attain"])
        )
    return _without_says(one), say("chart_plain", title=title)


def _milestone_says(one: One, day: Fact) -> str:
    row, say = one.row, one.book.say
    if row["verdict"] in ("met", "missed"):
        return say("say_done" if row["verdict"] == "met" else "say_not_done")
    if row["p_attain"] is not None:
        p = one.chance("p", row["p_attain"])
        return say("say_judged", day=day, p=p, word=one.book.likelihood(row["p_attain"]))
    seen = [item for item in one.target.evidence if item.date.isoformat() <= one.inputs.as_of]
    return say("say_milestone" if seen else "say_milestone_none")


def _forecast_says(one: One, day: Fact, year: Fact) -> list[str]:
    row, say = one.row, one.book.say
    parts = {
        "day": day,
        "year": year,
        "p": one.chance("p", row["p_attain"]),
        "word": one.book.likelihood(row["p_attain"]),
    }
    if row["p_low"] is None:
        said = [say("say_open_bare", **parts)]
    else:
        ends = {name: one.chance(f"p_{name}", row[f"p_{name}"]) for name in ("low", "high")}
        said = [say("say_open", **parts, **ends)]
    if row["median"] is not None:
        names = ("median", "lo80", "hi80", "lo95", "hi95")
        amounts = {name: one.amount(name, row[name]) for name in names}
        said.append(
            say("say_expected", year=year, level80=_level(80, one), level95=_level(95, one), **amounts)
        )
    return said


def _level(percent: int, one: One) -> Fact:
    trace = {"indicator": one.book.say("chart_level"), "notebook": one.book.say("declared")}
    return one.book.fact(
        f"level.{percent}", one.book.percent(percent / 100), percent / 100, "probability", **trace
    )


def _without_says(one: One) -> list[str]:
    """Return why there is no probability, and what can be said instead."""
    assessment, say, book = one.assessment, one.book.say, one.book
    if one.row["evidence"] == "none":
        return [say("say_none", region=one.region)]
    n = one.fact("peers.n", str(len(assessment.peers)), len(assessment.peers), "regions", **one.computed())
    if assessment.conditional is not None:
        return [say("say_peers", region=one.region, n=n), *_conditional_says(one)]
    if assessment.rises is not None and assessment.rises[1]:
        rises, changes = assessment.rises
        trace = one.computed() | {"source": say("peers_source")}
        facts = {
            "rises": one.fact("rises", str(rises), rises, "changes", **trace),
            "n": one.fact("changes", str(changes), changes, "changes", **trace),
            "share": one.fact(
                "rises.share", book.percent(rises / changes), rises / changes, "share", **trace
            ),
        }
        return [say("say_rises", region=one.region, **facts)]
    return [say("say_peers_only", region=one.region)]


def _conditional_says(one: One) -> list[str]:
    found, said = one.assessment.conditional, []
    trace = one.computed() | {"source": one.book.say("peers_source")}
    if found.break_even is not None:
        base = one.amount("break_even", found.break_even, **trace)
        before = one.year(one.target.deadline - 1)
        said.append(
            one.book.say("say_break_even", base=base, year=before, deadline=one.year(one.target.deadline))
        )
    if found.widened > 1:
        text = f"{found.widened:g}"
        factor = one.fact("widened", text, found.widened, "times", **trace)
        said.append(one.book.say("say_widened", factor=factor))
    return said


def _facts(one: One) -> list[dict]:
    """Return the short list beside the figure: label and marked text."""
    row, say, target = one.row, one.book.say, one.target
    made = [("fact_goal", goal(one))]
    if one.entry is None:
        return [{"label": say(key), "text": text} for key, text in made]
    last = _last(one)
    made.append(("fact_last", last["text"] if last else say("no_history")))
    if row["verdict"] not in ("met", "missed"):
        made += _gaps(one)
        if row["required_growth"] is not None:
            text = one.book.percent(row["required_growth"] / 100, 1)
            growth = one.fact("required_growth", text, row["required_growth"], "%", **one.computed())
            made.append(("fact_growth", str(growth)))
    if row["origin"] is not None:
        origin = one.fact("origin", str(row["origin"]), row["origin"], "year", **one.computed())
        horizon = one.fact(
            "horizon", _years(row["horizon"], one.book), row["horizon"], "years", **one.computed()
        )
        made.append(("fact_origin", say("origin", origin=origin, horizon=horizon)))
    made.append(("fact_evidence", one.book.evidence(row["evidence"])))
    peers = one.assessment.peers
    if peers:
        names = ("、" if one.book.language == "zh" else ", ").join(
            one.book.name(one.book.catalogue.regions[code]) for code in peers
        )
        n = one.fact("peers.n", str(len(peers)), len(peers), "regions", **one.computed())
        made.append(("fact_peers", say("peers_count", n=n, names=names)))
    return [{"label": say(key), "text": text, "target": target.id} for key, text in made]


def _years(number: int, book: Book) -> str:
    return f"{number}年" if book.language == "zh" else f"{number} year" + ("" if number == 1 else "s")


def _gaps(one: One) -> list[tuple[str, str]]:
    row, target = one.row, one.target
    if target.kind not in (*SIMPLE, "direction") or row["goal"] is None:
        return []
    made = []
    if row["gap"] is not None:
        made.append(("fact_gap", _gap("gap", row["gap"], one)))
    if row["median"] is not None:
        made.append(("fact_expected_gap", _gap("expected_gap", row["goal"] - row["median"], one)))
    return made


def _gap(name: str, gap: float, one: One) -> str:
    text = one.book.difference(gap, one.entry)
    if float(one.book.number(abs(gap), one.entry.decimals).replace(",", "")) == 0:
        return one.book.say("gap_zero")
    upward = one.target.comparison.startswith(">")
    short = gap > 0 if upward else gap < 0
    key = "gap_short" if short else "gap_over" if upward else "gap_under"
    unit = "points" if one.entry.unit.startswith("%") else one.entry.unit
    return one.book.say(key, gap=one.fact(name, text, abs(gap), unit, **one.computed()))


def _figure(one: One, claim: str) -> dict | None:
    """Return the chart with its claim, unit, key and source line."""
    if one.entry is None:
        return None
    points = _points(one)
    past = _past(one)
    past = past[past["verdict"].eq("open") & past["median"].notna()]
    before = past.iloc[-1].to_dict() if len(past) and one.row["verdict"] in ("met", "missed") else None
    chart = charts.fan(one.assessment, one.book, points, before, blocks.plain(claim))
    if chart is None:
        return None
    return {
        "chart": chart,
        "claim": claim,
        "unit": _unit(one),
        "key": _key(one, points, before),
        "source": _source(one),
    }


def _unit(one: One) -> str:
    unit = one.book.unit(one.entry)
    key = "chart_unit" if unit else "chart_unit_bare"
    return one.book.say(key, indicator=one.book.name(one.entry), unit=unit, region=one.region)


def _key(one: One, points: pd.DataFrame, before: dict | None) -> str:
    levels = {name: _level(percent, one) for name, percent in zip("abc", (50, 80, 95), strict=True)}
    say = one.book.say
    said = [say("chart_key_fan", **levels) if one.assessment.predictive else say("chart_key_known")]
    if before:
        day = one.fact(
            f"on.{before['as_of']}", one.book.day(before["as_of"]), before["as_of"], "date", **one.computed()
        )
        said.append(
            say("chart_key_before", day=day, year=one.year(one.target.deadline), a=levels["b"], b=levels["c"])
        )
    if points["shown"].any():
        said.append(say("chart_key_shown"))
    return ("" if one.book.language == "zh" else " ").join(said)


def _source(one: One) -> str:
    rows = [*one.assessment.history.itertuples(index=False), *one.assessment.shown.itertuples(index=False)]
    names = list(dict.fromkeys(one.book.released(row)["source"] for row in rows))
    sources = ("；" if one.book.language == "zh" else "; ").join(names)
    return one.book.say("chart_source", sources=sources, day=_as_of(one.inputs, one.book))


def _points(one: One) -> pd.DataFrame:
    columns = [
        "year",
        "value",
        "status",
        "basis",
        "shown",
        "text",
        "indicator",
        "period",
        "release",
        "source",
        "notebook",
    ]
    rows = []
    for shown, part in ((False, one.assessment.history), (True, one.assessment.shown)):
        for row in part.itertuples(index=False):
            rows.append(
                {
                    "year": int(row.year),
                    "value": float(f"{row.value:.8g}"),
                    "status": row.status,
                    "basis": row.basis,
                    "shown": shown,
                    "text": one.book.amount(row.value, one.entry),
                    **one.book.released(row),
                    "notebook": one.book.notebook("1-panel"),
                }
            )
    return pd.DataFrame(rows, columns=columns).drop_duplicates(
        ["year", "shown"], keep="last", ignore_index=True
    )


def _figures(one: One) -> list[dict]:
    made = []
    for shown, part in ((False, one.assessment.history), (True, one.assessment.shown)):
        for row in part.itertuples(index=False):
            name = f"{row.period}.{row.basis or 'plain'}.{row.source}"
            source = one.book.catalogue.sources.get(row.source)
            basis = one.book.catalogue.bases.get(row.basis)
            when = row.published.date()
            made.append(
                {
                    "year": _year_of(one, row),
                    "value": _observation(one, row, name),
                    "status": one.book.status(row.status),
                    "basis": one.book.name(basis) if basis else "",
                    "published": one.fact(
                        f"published.{name}",
                        one.book.day(when, row.precision),
                        when.isoformat(),
                        "date",
                        **one.book.released(row),
                    ),
                    "source": one.book.name(source) if source else row.source,
                    "shown": shown,
                }
            )
    return made


def _conditional(one: One) -> dict | None:
    """Return the conditional answer: about a dozen rows of its table, and its chart."""
    found = one.assessment.conditional
    if found is None:
        return None
    table = _thinned(found.table)
    trace = one.computed() | {"source": one.book.say("peers_source")}
    rows = [
        {"base": one.amount(f"base.{i}", row.base, **trace), "p": one.chance(f"base.{i}.p", row.p, **trace)}
        for i, row in enumerate(table.itertuples(index=False))
    ]
    upward = one.target.comparison.startswith(">")
    claim = one.book.say("chart_conditional" if upward else "chart_conditional_down")
    before, deadline = one.year(one.target.deadline - 1), one.year(one.target.deadline)
    return {
        "rows": rows,
        "base": one.book.say("conditional_base", year=before),
        "p": one.book.say("conditional_p", year=deadline),
        "figure": {
            "chart": charts.conditional(one.assessment, one.book, claim),
            "claim": claim,
            "unit": _unit(one),
            "key": one.book.say("chart_key_conditional", year=before, deadline=deadline),
            "source": one.book.say(
                "chart_source", sources=one.book.say("peers_source"), day=_as_of(one.inputs, one.book)
            ),
        },
    }


def _thinned(table: pd.DataFrame) -> pd.DataFrame:
    """Keep rows whose probability is between 2 % and 98 %, at most eleven of them, evenly spaced."""
    middle = table[table["p"].between(0.02, 0.98)]
    middle = table if len(middle) < 3 else middle
    places = np.unique(np.linspace(0, len(middle) - 1, min(11, len(middle))).round().astype(int))
    return middle.iloc[places]


def _milestone(one: One) -> dict | None:
    target, book = one.target, one.book
    if target.kind != "milestone":
        return None
    rows = []
    for number, item in enumerate(target.evidence):
        if item.date.isoformat() <= one.inputs.as_of:
            source = book.catalogue.sources.get(item.source)
            trace = {
                "source": book.name(source) if source else item.source,
                "notebook": f"plans/{one.inputs.plan.id}.yml",
            }
            day = one.fact(f"evidence.{number}", book.day(item.date), item.date.isoformat(), "date", **trace)
            rows.append(
                {
                    "day": day,
                    "status": book.say(f"evidence_{item.status}"),
                    "kind": item.status,
                    "text": book.name(item.text),
                    "source": trace["source"],
                }
            )
    judged = target.judgement
    said = ""
    if judged and judged.date.isoformat() <= one.inputs.as_of:
        day = one.fact("judged", book.day(judged.date), judged.date.isoformat(), "date", source=judged.author)
        said = book.say("judgement_says", author=judged.author, day=day, reason=book.name(judged.reason))
    return {"rows": rows, "judgement": said}


def _notes(notes, source: str, inputs: Inputs, book: Book) -> list[dict]:
    """Return the remarks whose facts were published by the as-of date."""
    known = [note for note in notes if note.known_from is None or note.known_from.isoformat() <= inputs.as_of]
    return [{"text": book.name(note), "source": source} for note in known]


def _whatif(one: One) -> dict | None:
    """Return the fields a reader may change, or why there are none."""
    kept, book, target = one.inputs.whatif.get(one.target.id), one.book, one.target
    if one.entry is None or (
        kept is None and one.assessment.predictive is None and one.row["p_attain"] is None
    ):
        return None
    if kept is None:
        known = one.row["verdict"] in ("met", "missed")
        return {"fields": [], "why": book.say("whatif_none_known" if known else "whatif_none_joint")}
    unit, fields = book.unit(one.entry) or "—", []
    step = 10.0**-one.entry.decimals
    if kept["form"] != "conditional" and kept["movable"]:
        fields.append(
            {"name": "goal", "label": book.say("whatif_goal", unit=unit), "value": kept["goal"], "step": step}
        )
    if kept["year"] is not None:
        label = book.say("whatif_last", year=kept["year"], unit=unit)
        fields.append({"name": "last", "label": label, "value": kept["last"], "step": step})
    if kept["extra"]:
        fields += _extra_fields(kept["extra"], one, unit)
    key = "whatif_intro_conditional" if kept["form"] == "conditional" else "whatif_intro"
    start = one.chance(
        "whatif.p",
        min(max(whatif.probability(kept), 1e-9), 1 - 1e-9),
        **one.computed() | {"notebook": book.notebook("5-review")},
    )
    return {
        "fields": fields,
        "why": "",
        "intro": book.say(key),
        "about": book.say("whatif_about") if kept["extra"] else "",
        "start": start,
        "target": target.id,
    }


def _extra_fields(extra: dict, one: One, unit: str) -> list[dict]:
    book, year = one.book, one.target.deadline
    if not extra["of"]:
        step = 1 if one.entry.integer else 10.0**-one.entry.decimals
        return [
            {
                "name": "extra",
                "label": book.say("whatif_extra_count", year=year, unit=unit),
                "value": 0,
                "step": step,
            }
        ]
    above, under = (book.catalogue.indicators[extra[name]] for name in ("of", "under"))
    key = "whatif_below" if extra["below"] is None else "whatif_below_known"
    below = book.say(key, year=extra.get("year", year), under=book.name(under), unit=book.unit(under))
    label = book.say("whatif_extra_amount", year=year, of=book.name(above), unit=book.unit(above))
    return [
        {"name": "extra", "label": label, "value": 0, "step": 10.0**-above.decimals},
        {"name": "below", "label": below, "value": extra["below"], "step": 10.0**-under.decimals},
    ]


# ---------------------------------------------------------------------------------------------------- memo


def memo(document: blocks.Document | None, book: Book) -> list[dict]:
    """Return a memo's text and tables, its facts taken over; its figures stand in the page already."""
    if document is None:
        return []
    prefix = f"memo.{len(book.facts)}."
    for name, fact in document.facts.items():
        trace = {key: getattr(fact, key) for key in ("indicator", "period", "release", "source", "notebook")}
        book.fact(prefix + name, fact.text, fact.value, fact.unit, **trace)
    made = []
    for label, block in blocks.numbered(document.blocks, document.language):
        if not isinstance(block, blocks.Figure):
            made.append(
                {
                    "kind": type(block).__name__.lower(),
                    "label": label,
                    "block": block,
                    "prefix": f"{book.language}.{prefix}",
                    "notes": document.notes,
                }
            )
    return made
