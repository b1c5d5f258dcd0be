"""The evaluation memo of one target: facts, sentences from templates, and the document in each language."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import numpy as np

from analysis import change, documents, tables
from analysis.attainment import Assessment
from analysis.documents import Annex, Document, Fact, Figure, Heading, Paragraph, RedHeader, Table
from analysis.sources import Catalogue, Indicator

LANGUAGES = ("zh", "en")
NOTEBOOK = "notebooks/4-target.ipynb"
PAGES = 2  # of the text, annexes apart
FIGURE_WIDTH = 150.0  # mm
WIDE = 0.4  # a range of probabilities called wide
RATINGS = {
    "zh": {"green": "好", "amber": "一般", "red": "差"},
    "en": {"green": "good", "amber": "fair", "red": "poor"},
}
EDGES = {"zh": {"": "", "low": "不足", "high": "超过"}, "en": {"": "", "low": "below ", "high": "above "}}
# Statistics Canada's labels of the growth ratio.
RATIO_LABELS = {
    "reached": ("目前已达到", "reached so far"),
    "on_track": ("进展符合要求", "on track"),
    "acceleration": ("需要加快", "acceleration needed"),
    "limited": ("进展有限", "limited progress"),
    "deterioration": ("倒退", "deterioration"),
}
STATUSES = {
    "first_release": ("首次公布", "first release"),
    "revised": ("修订", "revised"),
    "yearbook": ("年鉴", "yearbook"),
    "count": ("名单计数", "counted"),
    "reported": ("报道", "reported"),
    "census": ("普查", "census"),
    "derived": ("推算", "derived"),
    "preliminary": ("初步", "preliminary"),
    "flash": ("快报", "flash"),
    "estimate": ("预计，仅供参考", "expectation, for reference"),
    "lower_bound": ("下限，仅供参考", "lower bound, for reference"),
}


@dataclass(frozen=True)
class Figures:
    """The figure of one language: PNG, the same as SVG if there is one, its claim, and what it shows in words."""

    png: bytes
    caption: str = ""
    alt: str = ""
    svg: bytes = b""


def write(
    assessment: Assessment,
    catalogue: Catalogue,
    folder: Path,
    figures: Mapping[str, Figures] | None = None,
    earlier: Assessment | None = None,
    answers: Mapping | None = None,
    moved: change.Change | None = None,
    dated: str | None = None,
    fonts: str = "open",
    red_header: bool = False,
) -> list[Path]:
    """Write the memo of a target: ``<target>.zh.docx``, ``.zh.pdf``, ``.zh.html`` and the same in English.

    Parameters
    ----------
    assessment
        What the suite has to say on the target.
    catalogue
        Names and units.
    folder
        Where to; it must exist.
    figures
        One figure a language, or none.
    earlier
        The same target as of an earlier date: why the answer moved.
    answers
        What else there is to say, as ``answers.answers`` returns it: rules side by side, what it takes, how fragile.
    moved
        Why the probability moved since `earlier`, as ``change.explain`` returns it.
    dated
        ISO date under the signature; the as-of date when None. Nothing reads the clock.
    fonts
        ``open`` or ``system``, of the PDF.
    red_header
        Add the red head of an issued document.

    Returns
    -------
    paths written, Chinese first.

    Raises
    ------
    documents.Wording, documents.UnprovenNumber
        If a sentence breaks usage, or a number in a file is not in the facts.
    """
    paths = []
    for language in LANGUAGES:
        figure = (figures or {}).get(language)
        document = compose(assessment, catalogue, language, figure, earlier, answers, moved, dated, red_header)
        documents.check_wording(document)
        written = documents.write(document, folder / f"{assessment.target.id}.{language}", fonts)
        for path in written:
            if path.suffix != ".pdf":  # made from the same runs, and slow to read: `prove` does it in the tests
                documents.prove_document(path, document)
        paths += written
    return paths


def compose(
    assessment: Assessment,
    catalogue: Catalogue,
    language: str,
    figure: Figures | None = None,
    earlier: Assessment | None = None,
    answers: Mapping | None = None,
    moved: change.Change | None = None,
    dated: str | None = None,
    red_header: bool = False,
) -> Document:
    """Compose the memo in one language; parameters as in `write`.

    Where the whole text does not fit `PAGES`, its further remarks and requests go to the annex.
    """
    arguments = (assessment, catalogue, language, figure, earlier, answers or {}, moved,
                 dated or assessment.as_of, red_header)
    document = _compose(*arguments, brief=False)
    return document if documents.pages(document) <= PAGES else _compose(*arguments, brief=True)


def _compose(
    assessment: Assessment, catalogue: Catalogue, language: str, figure: Figures | None, earlier: Assessment | None,
    answers: Mapping, moved: change.Change | None, dated: str, red_header: bool, brief: bool,
) -> Document:  # fmt: skip
    material = _Material(assessment, catalogue, language, earlier, answers, moved, dated)
    text = _template(language).render(material.context() | {"brief": brief})
    body, *annexes = re.split(r"^\[\[annex\]\] *", text, flags=re.MULTILINE)
    notes = dict(re.findall(r"^\[\[note (\w+)\]\] *(.*)$", body, flags=re.MULTILINE))
    heads = dict(re.findall(r"^\[\[(title|addressee)\]\] *(.*)$", body, flags=re.MULTILINE))
    plan, facts = assessment.plan, material.facts
    return Document(
        language=language,
        title=heads["title"],
        addressee=heads["addressee"],
        blocks=_blocks(re.sub(r"^\[\[(note|title|addressee).*$", "", body, flags=re.MULTILINE), material, figure),
        facts=facts,
        dated=dated,
        signature=material.quoted("signature", _text(plan.issuer, language)),
        date=str(facts["dated"]),
        notes={key: note for key, note in notes.items() if documents.footnote(key) in text},
        annexes=tuple(
            Annex(title.strip(), _blocks(blocks, material, figure))
            for title, _, blocks in (annex.partition("\n") for annex in annexes)
        ),
        constants=(plan.document, "GB/T 9704-2012"),
        red_header=RedHeader(f"{_text(plan.issuer, language)}文件", "") if red_header and language == "zh" else None,
    )


def facts(
    assessment: Assessment,
    catalogue: Catalogue,
    language: str,
    earlier: Assessment | None = None,
    answers: Mapping | None = None,
    moved: change.Change | None = None,
    dated: str | None = None,
) -> dict[str, Fact]:
    """Every number a memo may print, by name; the names are the same in both languages."""
    return dict(compose(assessment, catalogue, language, None, earlier, answers, moved, dated).facts)


def situation(assessment: Assessment) -> str:
    """What kind of answer there is, and so which sentences tell it.

    met, missed: the outcome is known; open: a probability; conditional: only what it would be for each last value;
    rises: only how often comparable regions rose; none: figures are wanted; and for milestones done, failed, judged,
    related (dated evidence that decides nothing), silent.
    """
    row, target = assessment.row, assessment.target
    if target.kind == "milestone":
        if row["verdict"] in ("met", "missed"):
            return {"met": "done", "missed": "failed"}[row["verdict"]]
        if row["p_attain"] is not None:
            return "judged"
        return "related" if _evidence(assessment) else "silent"
    if row["verdict"] != "no_evidence":
        return row["verdict"]
    if assessment.conditional is not None:
        return "conditional"
    return "rises" if assessment.rises else "none"


def _evidence(assessment: Assessment) -> list:
    return [item for item in assessment.target.evidence if item.date.isoformat() <= assessment.as_of]


def _text(text, language: str) -> str:
    return getattr(text, language)


@cache
def _template(language: str) -> jinja2.Template:
    folder = Path(__file__).parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["note"] = documents.footnote
    return environment.get_template(f"memo.{language}.j2")


def _blocks(text: str, material: "_Material", figure: Figures | None) -> tuple[documents.Block, ...]:
    """Template text to blocks: ``#`` is a heading, ``[[figure]]`` and ``[[table name]]`` stand for themselves."""
    blocks: list[documents.Block] = []
    if material.language == "en":  # a conditional sentence leaves no space behind it
        text = re.sub(r"(?<=[.;])(?=[A-Z])", " ", text)
    for piece in _pieces(text, "" if material.language == "zh" else " "):
        if piece.startswith("#"):
            marks, _, heading = piece.partition(" ")
            blocks.append(Heading(heading, len(marks)))
        elif piece.startswith("[[figure]]"):
            caption = piece.removeprefix("[[figure]]").strip()
            blocks += [] if figure is None else [material.figure(figure, caption)]
        elif piece.startswith("[[table"):
            name, _, caption = piece.removeprefix("[[table ").partition("]]")
            blocks.append(material.table(name, caption.strip()))
        else:
            blocks.append(Paragraph(piece))
    return tuple(blocks)


def _pieces(text: str, glue: str) -> list[str]:
    """Paragraphs of a template's text: a blank line ends one, headings and figures are lines of their own."""
    pieces, lines = [], []
    for line in [*text.splitlines(), ""]:
        alone = line.startswith(("#", "[["))
        if lines and (alone or not line.strip()):
            pieces.append(glue.join(lines))
            lines = []
        if alone:
            pieces.append(line.strip())
        elif line.strip():
            lines.append(line.strip())
    return pieces


class _Material:
    """What the templates speak of: facts, made once and named, and the few words that are no sentences."""

    def __init__(self, assessment: Assessment, catalogue: Catalogue, language: str, earlier, answers, moved, dated: str):
        self.assessment, self.catalogue, self.language = assessment, catalogue, language
        self.target, self.row = assessment.target, assessment.row
        self.answers, self.moved = answers, moved
        self.earlier = earlier if earlier is not None and earlier.as_of < assessment.as_of else None
        key = assessment.target.indicator
        self.indicator: Indicator | None = catalogue.indicators[key] if key else None
        self.facts: dict[str, Fact] = {}
        self.day("as_of", assessment.as_of)
        self.day("dated", dated)
        self.year("deadline", self.target.deadline)
        self.known = self._known()

    # ------------------------------------------------------------------------------------------- facts

    def fact(self, name: str, text: str, value, unit: str, **trace) -> Fact:
        self.facts[name] = Fact(name, text, value, unit, notebook=NOTEBOOK, **trace)
        return self.facts[name]

    def day(self, name: str, iso: str, precision: str = "day") -> Fact:
        return self.fact(name, date_text(iso, self.language, precision), iso, "date")

    def year(self, name: str, year: int) -> Fact:
        return self.fact(name, f"{year}年" if self.language == "zh" else str(year), year, "year")

    def count(self, name: str, value: int, unit_zh: str = "个", **trace) -> Fact:
        return self.fact(name, f"{value}{unit_zh}" if self.language == "zh" else str(value), value, "count", **trace)

    def quantity(self, name: str, value: float, entry: Indicator | None = None, **trace) -> Fact:
        entry = entry or self.indicator
        text, unit = quantity(value, entry, self.catalogue, self.language)
        return self.fact(name, text, float(value), unit, **({"indicator": _text(entry, self.language)} | trace))

    def difference(self, name: str, value: float, decimals: int | None = None, **trace) -> Fact:
        """An amount without its sign: the verb of the sentence carries it."""
        text, unit = difference(abs(value), self.indicator, self.catalogue, self.language, decimals)
        return self.fact(name, text, abs(float(value)), unit, **({"indicator": self.name} | trace))

    def percent(self, name: str, value: float, decimals: int = 0, **trace) -> Fact:
        space = "" if self.language == "zh" else "\u00a0"
        return self.fact(name, f"{value:.{decimals}f}{space}%", value, "%", **({"indicator": self.name} | trace))

    def probability(self, name: str, p: float, as_of: str) -> str:
        """Store a probability; the template asks `edge` whether it is below 1 % or above 99 %."""
        shown = min(max(round(100 * p), 1), 99)
        trace = {"period": self._year_text(self.target.deadline), "release": self._until(as_of), "source": self._model()}
        self.percent(name, shown, **trace)
        self.facts[name] = Fact(**(vars(self.facts[name]) | {"unit": "probability", "value": p}))
        return "low" if 100 * p < 1 else "high" if 100 * p > 99 else ""

    def quoted(self, name: str, text: str, source: str = "") -> str:
        """A text of the plan or the catalogue, each of its numbers a fact named after it."""
        if self.target and self.assessment.plan.document in text:
            before, _, after = text.partition(self.assessment.plan.document)
            return (
                self.quoted(f"{name}a", before, source) + self.assessment.plan.document
                + self.quoted(f"{name}b", after, source)
            )
        text = text.replace("'", "’") if self.language == "en" else text
        numbers = iter(range(1, 100))
        origin = source or {"zh": "规划文件登记表", "en": "the plan's file"}[self.language]

        def mark(found: re.Match) -> str:
            number = found[0].replace(",", "")
            return str(self.fact(f"{name}_{next(numbers)}", found[0], float(number), "", source=origin))

        return documents.NUMBER.sub(mark, text)

    # ------------------------------------------------------------------------------------------- words

    @property
    def name(self) -> str:
        return _text(self.indicator, self.language) if self.indicator else _text(self.target.title, self.language)

    def _year_text(self, year: int) -> str:
        return f"{year}年" if self.language == "zh" else str(year)

    def _until(self, as_of: str) -> str:
        day = date_text(as_of, self.language)
        return f"截至{day}已公布的数据" if self.language == "zh" else f"what was published by {day}"

    def _model(self) -> str:
        evidence = tables.EVIDENCE[self.row["evidence"]][self.language]
        return f"预测：{evidence}" if self.language == "zh" else f"forecast from {evidence}"

    def trace(self, row) -> dict[str, str]:
        """Trace of a published figure."""
        source = self.catalogue.sources[row.source]
        return {
            "period": self._year_text(row.year),
            "release": date_text(row.published.strftime("%Y-%m-%d"), self.language, row.precision),
            "source": _text(source, self.language),
        }

    def _known(self) -> list[dict]:
        """Figures of the target's own region, one a year, oldest first, as facts."""
        rows = self.assessment.history
        rows = rows.drop_duplicates("year", keep="last") if len(rows) else rows
        points = []
        for row in rows.itertuples(index=False):
            self.year(f"year_{row.year}", row.year)
            value = self.quantity(f"value_{row.year}", row.value, **self.trace(row))
            points.append({"year": self.facts[f"year_{row.year}"], "value": value, "number": row.year, "row": row})
        return points

    # ----------------------------------------------------------------------------------------- context

    def context(self) -> dict:
        """Everything a template may name."""
        assessment, language, target = self.assessment, self.language, self.target
        kind = situation(assessment)
        context = {
            "f": self.facts,
            "situation": kind,
            "region": _text(self.catalogue.regions[assessment.plan.region], language),
            "title": self.quoted("title", _text(target.title, language)),
            "headline": self.quoted("title", _breakable(_text(target.title, language))),
            "name": self.quoted("name", self.subject()),
            "indicator": self.quoted("indicator", _inside(self.name) if language == "en" else self.name),
            "indicator_title": self.quoted("indicator", self.name),
            "unit": self.unit(),
            "plan": self.quoted("plan", _text(assessment.plan.title, language)),
            "document": assessment.plan.document,
            "clause": self.quoted("clause", target.clause),
            "issuer": self.quoted("issuer", _text(assessment.plan.issuer, language)),
            "addressee": self.quoted("addressee", _text(assessment.plan.addressee, language)),
            "reading": self.quoted("reading", _text(target.reading, language)) if target.reading else "",
            "kind": target.kind,
            "comparison": target.comparison,
            "points": [point for point in self.known if point["number"] <= self.target.deadline],
            "is_count": bool(self.indicator and self.indicator.integer),
            "is_percent": bool(self.indicator and self.indicator.unit.startswith("%")),
            "past": assessment.as_of > f"{target.deadline}-12-31",
            "evidence": self.row["evidence"],
            "wanted": [self.quoted(f"wanted{i}", _text(text, language)) for i, text in enumerate(target.wanted, 1)],
            "notes": [self.quoted(f"remark{i}", _text(note, language)) for i, note in enumerate(self.notes(), 1)],
            "shown": self.shown(),
            "sources": self.sources(),
        }
        for part in (self.goal, self.outcome, self.expectation, self.condition, self.speed, self.since, self.milestone,
                     self.in_year, self.readings, self.rules, self.requirement, self.fragility, self.movement):
            context |= part()
        self.likelihood_scale()
        return context | {"scale": list(zip(*[iter(self.scale)] * 3, strict=True))}

    def subject(self) -> str:
        """What is measured: the plan's own words for levels and counts, the indicator's name for directions."""
        if self.target.kind in ("direction", "growth", "cumulative", "every_year"):
            return self.name
        return _text(self.target.title, self.language)

    def unit(self) -> str:
        """The unit a table names once, above its numbers."""
        if self.indicator is None or self.indicator.unit == "not defined":
            return ""
        unit = self.catalogue.units[self.indicator.unit].zh if self.language == "zh" else self.indicator.unit
        return self.quoted("unit", unit)

    def notes(self) -> list:
        return [
            note for note in self.target.notes
            if note.known_from is None or note.known_from.isoformat() <= self.assessment.as_of
        ]  # fmt: skip

    def shown(self) -> list[dict]:
        """Figures that are evidence only: an expectation, a lower bound."""
        found = []
        for i, row in enumerate(self.assessment.shown.itertuples(index=False), 1):
            self.year(f"shown_year{i}", row.year)
            value = self.quantity(f"shown{i}", row.value, **self.trace(row))
            found.append({"year": self.facts[f"shown_year{i}"], "value": value, "status": row.status, "row": row})
        return found

    def sources(self) -> list[str]:
        rows = [point["row"] for point in self.known] + [item["row"] for item in self.shown()]
        names = dict.fromkeys(row.source for row in rows)
        return [self.quoted(f"source{i}", _text(self.catalogue.sources[name], self.language))
                for i, name in enumerate(names, 1)]  # fmt: skip

    def goal(self) -> dict:
        target = self.target
        if target.goal is not None:
            if target.kind == "growth":
                self.percent("goal", target.goal, 1)
            else:
                self.quantity("goal", target.goal, period=self._year_text(target.deadline),
                              source=self.assessment.plan.document)  # fmt: skip
        for name in ("than", "since"):
            if getattr(target, name) is not None:
                self.year(name, getattr(target, name))
        return {"has_goal": target.goal is not None}

    def outcome(self) -> dict:
        row = self.row
        reached = row["outcome"] is not None
        if reached:
            point = next((point for point in self.known if point["number"] == self.target.deadline), None)
            trace = self.trace(point["row"]) if point else {}
            if self.target.kind == "growth":
                self.percent("outcome", row["outcome"], 1, **trace)
            else:
                self.quantity("outcome", row["outcome"], **trace)
            if point:
                self.fact("outcome_release", trace["release"], str(point["row"].published.date()), "date", **trace)
        margin = row["outcome"] - row["goal"] if reached and row["goal"] is not None else None
        if margin is not None:
            self.difference("margin", margin, **self._computed())
            if row["goal"] > 0:
                self.percent("reached", 100 * row["outcome"] / row["goal"], **self._computed())
        if self.target.kind == "direction" and row["goal"] is not None:
            self.quantity("before", row["goal"], period=self._year_text(self.target.than))
        return {"has_outcome": reached, "margin": margin}

    def _computed(self) -> dict[str, str]:
        return {"source": {"zh": "按已公布数据计算", "en": "computed from published figures"}[self.language]}

    def expectation(self) -> dict:
        """Probability, range and interval where there is a predictive distribution."""
        row, as_of = self.row, self.assessment.as_of
        if row["verdict"] != "open" or row["p_attain"] is None:
            return {"edge": "", "likelihood": "", "has_range": False, "thin": 0, "wide": False, "expected_gap": None}
        edge = self.probability("p", row["p_attain"], as_of)
        has_range = row["p_low"] is not None and round(100 * row["p_low"]) != round(100 * row["p_high"])
        if has_range:
            self.probability("p_low", row["p_low"], as_of)
            self.probability("p_high", row["p_high"], as_of)
        if row["median"] is not None:
            trace = {"period": self._year_text(self.target.deadline), "release": self._until(as_of), "source": self._model()}
            for name in ("median", "lo80", "hi80"):
                self.quantity(name, row[name], **trace)
            self.percent("interval", 80)
        if row["median"] is not None and row["goal"] is not None and self.target.kind in ("level", "share", "flow", "stock"):
            self.difference("expected_gap", row["goal"] - row["median"], **self._computed())
        return {"edge": edge, "likelihood": likelihood(row["p_attain"], self.language), "has_range": has_range,
                "wide": has_range and row["p_high"] - row["p_low"] > WIDE, "thin": len(self.known),
                "expected_gap": _minus(row["goal"], row["median"])}  # fmt: skip

    def condition(self) -> dict:
        """The conditional answer: from comparable regions only."""
        assessment, peers = self.assessment, self.assessment.peers
        names = [_text(self.catalogue.regions[code], self.language) for code in peers]
        self.count("peer_count", len(peers))
        context = {"peer_names": names, "peers_are_provinces": self._provinces(peers), "break_even": None}
        conditional = assessment.conditional
        if conditional is not None:
            context["break_even"] = conditional.break_even
            self.year("base_year", self.target.deadline - 1)
            if conditional.break_even is not None:
                self.quantity("break_even", conditional.break_even, **self._computed())
            self.fact("widened", f"{conditional.widened:g}倍" if self.language == "zh" else f"{conditional.widened:g}",
                      conditional.widened, "count")  # fmt: skip
            context["is_widened"] = conditional.widened > 1
        if assessment.rises:
            rises, changes = assessment.rises
            self.count("rises", rises, "次", **self._computed())
            self.count("changes", changes, "次", **self._computed())
            self.percent("rise_share", 100 * rises / changes if changes else 0, **self._computed())
        return context

    def _provinces(self, peers: tuple[str, ...]) -> bool:
        return bool(peers) and all(self.catalogue.regions[code].level == "province" for code in peers)

    def speed(self) -> dict:
        """Mean yearly change so far, and the one that leads from the latest figure to the goal."""
        before = [point for point in self.known if point["number"] < self.target.deadline or self.row["outcome"] is None]
        context = {"latest": before[-1] if before else None, "pace": None, "needed": None, "gap": None}
        if not before:
            return context
        last, values = before[-1], [point["row"].value for point in before]
        goal = self.row["goal"]
        self.fact("latest_release", **self._release(last))
        context["pace"] = self._pace(before)
        if context["pace"] is not None:
            context["first"] = before[0]
            self.difference("pace", context["pace"], self._fine(), **self._computed())
        left = self.target.deadline - last["number"]
        if goal is not None and self.row["outcome"] is None and left > 0 and self.target.kind != "direction":
            context["gap"] = goal - values[-1]
            self.difference("gap", context["gap"], **self._computed())
            context["needed"] = context["gap"] / left
            self.difference("needed", context["needed"], self._fine(), **self._computed())
        return context

    def _pace(self, known: list[dict]) -> float | None:
        """Mean yearly change, breaks of the basis left out; over a gap only if both ends stand on one basis."""
        series, first, last = self.assessment.series, known[0], known[-1]
        changes = (series.value - series.before)[0] if series.years else np.array([])
        changes = changes[np.isfinite(changes) & (np.array(series.years) <= last["number"])]
        if len(changes):
            return float(changes.mean())
        if first["number"] == last["number"] or first["row"].basis != last["row"].basis:
            return None
        return (last["row"].value - first["row"].value) / (last["number"] - first["number"])

    def _fine(self) -> int:
        """Yearly changes of whole things have one decimal."""
        return max(self.indicator.decimals, 1)

    def _release(self, point: dict) -> dict:
        trace = self.trace(point["row"])
        return {"text": trace["release"], "value": str(point["row"].published.date()), "unit": "date", **trace}

    def since(self) -> dict:
        """The earlier answer, and what was published since."""
        if self.earlier is None:
            return {"earlier": None}
        self.day("earlier_as_of", self.earlier.as_of)
        earlier = {"situation": situation(self.earlier), "edge": "", "likelihood": ""}
        if self.earlier.row["p_attain"] is not None:
            earlier["edge"] = self.probability("p_earlier", self.earlier.row["p_attain"], self.earlier.as_of)
            earlier["likelihood"] = likelihood(self.earlier.row["p_attain"], self.language)
        news = self._news()
        self.count("news_count", len(news))
        return {"earlier": earlier, "news": news}

    def _news(self) -> list[dict]:
        """Figures of the target's own indicator published since: new years, and old years revised."""
        old = {row.year: row.value for row in self.earlier.history.itertuples(index=False)}
        news = []
        for point in self.known:
            number, row = point["number"], point["row"]
            if number > self.target.deadline or (number in old and old[number] == row.value):
                continue
            self.fact(f"release_{number}", **self._release(point))
            item = point | {"release": self.facts[f"release_{number}"], "revised": number in old,
                            "source": self.quoted(f"news{number}", _text(self.catalogue.sources[row.source], self.language))}  # fmt: skip
            if number in old:
                item["was"] = self.quantity(f"was_{number}", old[number], period=self._year_text(number))
            news.append(item)
        return news

    def milestone(self) -> dict:
        """Dated evidence, and a judgement with its author and date."""
        items = []
        for i, item in enumerate(_evidence(self.assessment), 1):
            self.day(f"evidence_day{i}", item.date.isoformat())
            source = self.catalogue.sources.get(item.source)
            name = _text(source, self.language) if source else item.source
            items.append({"day": self.facts[f"evidence_day{i}"], "text": self.quoted(f"evidence{i}", _text(item.text, self.language)).rstrip("。."),
                          "source": self.quoted(f"evidence_source{i}", name)})  # fmt: skip
        judgement = self.target.judgement
        if situation(self.assessment) != "judged" or judgement is None:
            return {"items": items, "judgement": None}
        self.day("judged_on", judgement.date.isoformat())
        return {"items": items, "judgement": {"author": judgement.author,
                "reason": self.quoted("reason", _text(judgement.reason, self.language)).rstrip("。.")}}  # fmt: skip

    # ----------------------------------------------------------------------------------- the further answers

    def in_year(self) -> dict:
        """The count so far in the deadline's year."""
        so_far = self.assessment.in_year
        if so_far is None or self.row["verdict"] != "open":
            return {"so_far": None}
        if so_far.month:
            year, month = so_far.month.split("-")
            text = f"{year}年{int(month)}月" if self.language == "zh" else f"{_MONTHS[int(month) - 1]} {year}"
            self.fact("month", text, so_far.month, "date")
            self.quantity("so_far", so_far.seen, period=text)
            self.percent("usual", 100 * so_far.share)
        if so_far.pending:
            self.quantity("pending", so_far.pending)
        return {"so_far": so_far}

    def readings(self) -> dict:
        """The other reading of the goal, where rounding matters."""
        found = self.assessment.readings or {}
        if not found.get("matters") or found.get("exact") is None or found.get("printed") is None:
            return {"rounding": None}
        for name in ("exact", "printed"):
            self.probability(f"reading_{name}", found[name], self.assessment.as_of)
        return {"rounding": {name: found[name] for name in ("exact", "printed")}}

    def rules(self) -> dict:
        """The official rules beside the probability."""
        found = self.answers.get("side_by_side") or {}
        pace, growth = found.get("pace"), found.get("ratio")
        if pace:
            self.percent("pace_done", 100 * pace["done"], **self._computed())
            self.percent("pace_elapsed", 100 * pace["elapsed"], **self._computed())
        if growth and growth["value"] is not None:
            self.fact("ratio", f"{growth['value']:.2f}", growth["value"], "ratio", **self._computed())
        for name in ("pace", "ratio"):
            if found.get(name) and found[name]["base_year"] is not None:
                self.year(f"{name}_base", found[name]["base_year"])
                self.year(f"{name}_latest", found[name]["latest_year"])
        reason = found.get("reason") or {}
        for name in ("lowest", "highest"):
            if name in reason:
                self.fact(f"ratio_{name}", f"{reason[name]:.2f}", reason[name], "ratio", **self._computed())
                self.year(f"ratio_{name}_year", reason[f"{name}_year"])
        for name in ("observed", "expected", "required"):
            if reason.get(name) is not None:
                self.percent(f"growth_{name}", reason[name], 1, **self._computed())
        return {"rule_pace": pace, "rule_ratio": growth, "agree": found.get("agree"), "disagreement": reason.get("code")}

    def requirement(self) -> dict:
        """What it takes: the spells that did it, the amount, so many a month."""
        found = self.answers.get("requirement") or {}
        amount, per_month = found.get("amount"), found.get("per_month")
        self._achieved(found.get("achieved") or {}, found.get("required_growth"))
        if amount:
            entry = self.catalogue.indicators[amount["indicator"]]
            for name in ("needed", "latest"):
                self.quantity(f"amount_{name}", amount[name], entry=entry)
            self.quantity("amount_more", abs(amount["more"]), entry=entry)
            self.year("amount_year", amount["latest_year"])
            if amount["growth"] is not None:
                self.percent("amount_growth", abs(amount["growth"]), 1, **self._computed())
        if per_month:
            self.difference("per_month", per_month["value"], 1, **self._computed())
            self.quantity("still", per_month["still"], **self._computed())
            self.count("months", per_month["months"])
        name = self._inner_name(amount["indicator"]) if amount else ""
        return {"amount": amount, "amount_name": name, "per_month": per_month, "achieved": found.get("achieved") or {}}

    def _achieved(self, found: Mapping, needed: float | None) -> None:
        if not found or needed is None:
            return
        self.percent("required_growth", needed, 1, **self._computed())
        for who in ("own", "peers"):
            if found.get(who):
                self.count(f"spells_{who}", found[who]["n"], **self._computed())
                self.percent(f"spells_{who}_share", 100 * found[who]["share"], **self._computed())

    def _inner_name(self, key: str) -> str:
        entry = self.catalogue.indicators[key]
        return self.quoted("amount_name", entry.zh if self.language == "zh" else _inside(entry.en))

    def fragility(self) -> dict:
        """What would turn the answer."""
        found = self.answers.get("fragility") or {}
        rebased, revision = found.get("rebased") or {}, found.get("revision") or {}
        flips = {"rebased": rebased.get("flip"), "revision": revision.get("flip")}
        for name, flip in flips.items():
            if flip is not None:
                self.percent(f"flip_{name}", abs(flip), 1 if abs(flip) < 10 else 0, **self._computed())
        denominator = self.catalogue.indicators.get(rebased.get("denominator", ""))
        name = "" if denominator is None else self._denominator_name(denominator)
        return {"flips": flips, "denominator": self.quoted("denominator", name), "revision": revision}

    def movement(self) -> dict:
        """What moved the probability since the earlier date: parts in points that sum to the change as printed."""
        if self.earlier is None or self.moved is None or self.moved.reason or not len(self.moved.contributions):
            return {"mover": "", "moved": 0}
        parts = self.moved.contributions
        printed = rounded_parts(100 * parts["p"].to_numpy(float))
        total = round(sum(printed), 1)
        if not total:
            return {"mover": "", "moved": 0}
        for i, part in enumerate(printed, 1):
            self.fact(f"moved_{i}", signed(part), part, "", **self._computed())
        self.fact("moved_total", signed(total), total, "", **self._computed())
        words = "个百分点" if self.language == "zh" else " percentage points"
        self.fact("moved", f"{abs(total):.1f}{words}", abs(total), "points", **self._computed())
        largest = max(zip(printed, parts["source"], strict=True), key=lambda pair: pair[0] * np.sign(total))
        return {"mover": self._surprise(largest[1], total), "moved": total}

    def _surprise(self, source: str, total: float) -> str:
        """A source inside a sentence: the direction of a surprise is known there."""
        above = (total > 0) == self.target.comparison.startswith(">")
        words = {"zh": ("超出或低于", "高于" if above else "低于"), "en": ("beyond", "above" if above else "below")}
        return self._mover(source).replace(*words[self.language])

    def _mover(self, source: str) -> str:
        return change.SOURCES[source][self.language]

    def change_table(self, caption: str) -> Table:
        header = {"zh": ("来源", "对概率的贡献（个百分点）"), "en": ("Source", "Contribution (percentage points)")}
        sources = [self._mover(source) for source in self.moved.contributions["source"]]
        rows = [(source, str(self.facts[f"moved_{i}"])) for i, source in enumerate(sources, 1)]
        total = {"zh": "合计", "en": "Total"}[self.language]
        return Table(caption, header[self.language], (*rows, (total, str(self.facts["moved_total"]))), "lr", (2, 1))

    def _denominator_name(self, denominator: Indicator) -> str:
        name = denominator.zh if self.language == "zh" else _inside(denominator.en)
        if self.catalogue.regions[self.assessment.plan.region].level != "country":
            return name
        return name.replace("地区生产总值", "国内生产总值").replace(" (regional)", "")

    def likelihood_scale(self) -> None:
        self.scale: list = []
        for i, (lowest, zh, en) in enumerate(tables.LIKELIHOOD, 1):
            self.percent(f"likelihood_{i}", 100 * lowest)
            self.scale += [self.facts[f"likelihood_{i}"], zh if self.language == "zh" else en, lowest]

    # ------------------------------------------------------------------------------------ figures, tables

    def figure(self, figure: Figures, caption: str) -> Figure:
        alt = figure.alt or documents.plain(caption)
        if figure.caption:
            caption = self.quoted("caption", figure.caption, NOTEBOOK)
        return Figure(figure.png, caption, alt, FIGURE_WIDTH, vector=figure.svg)

    def table(self, name: str, caption: str) -> Table:
        tables_by_name = {"figures": self.figures_table, "bases": self.bases_table, "rules": self.rules_table}
        return (tables_by_name | {"change": self.change_table})[name](caption)

    def figures_table(self, caption: str) -> Table:
        """Every figure used, with its release, source and the source's two ratings."""
        rows = [(point, False) for point in self.known] + [(item, True) for item in self.shown()]
        ratings, position = RATINGS[self.language], LANGUAGES.index(self.language)
        body = []
        for i, (item, _) in enumerate(sorted(rows, key=lambda pair: (pair[0]["row"].year, pair[1])), 1):
            row, source = item["row"], self.catalogue.sources[item["row"].source]
            release = self.fact(f"table_release{i}", **self._release(item))
            year = self.fact(f"table_year{i}", str(row.year), row.year, "year")
            number = f"{row.value:.{self.indicator.decimals}f}"
            value = self.fact(f"table_value{i}", number, row.value, "", indicator=self.name, **self.trace(row))
            body.append((
                str(year), str(value), STATUSES[row.status][position], str(release),
                self.quoted(f"table_source{i}", _text(source, self.language)),
                f"{ratings[source.quality]}／{ratings[source.suitability]}" if self.language == "zh"
                else f"{ratings[source.quality]} / {ratings[source.suitability]}",
            ))  # fmt: skip
        header = {
            "zh": ("年份", "数值", "状态", "公布时间", "来源", "质量／适用性"),
            "en": ("Year", "Value", "Status", "Published", "Source", "Quality / fit"),
        }[self.language]
        return Table(caption, header, tuple(body), "crcllc", (1, 1.3, 1.9, 2.6, 4, 2.3))

    def bases_table(self, caption: str) -> Table:
        """The conditional answer: probability for each possible last value."""
        given = self.assessment.conditional.table
        picked = given.iloc[sorted({round(i * (len(given) - 1) / 10) for i in range(11)})]
        body = []
        for i, row in enumerate(picked.itertuples(index=False), 1):
            base = self.quantity(f"base_{i}", row.base)
            edge = self.probability(f"base_p_{i}", row.p, self.assessment.as_of)
            shown = EDGES[self.language][edge] + str(self.facts[f"base_p_{i}"])
            body.append((str(base), shown, likelihood(row.p, self.language)))
        header = {"zh": ("上年数值", "达标概率", "达标可能性"), "en": ("Value of the year before", "Probability", "Likelihood")}
        return Table(caption, header[self.language], tuple(body), "ccc", (1, 1, 1.4))

    def rules_table(self, caption: str) -> Table:
        """Probability, pace, growth ratio and outcome side by side: they answer other questions."""
        found, zh = self.answers["side_by_side"], self.language == "zh"
        pace, growth = found["pace"], found["ratio"]
        rows = []
        if "p" in self.facts:
            rows.append(("达标概率" if zh else "Probability", str(self.facts["p"]), likelihood(self.row["p_attain"], self.language)))
        if pace:
            shown = f"{self.facts['pace_done']}／{self.facts['pace_elapsed']}" if zh else f"{self.facts['pace_done']} / {self.facts['pace_elapsed']}"
            ahead = ("快于序时进度", "慢于序时进度") if zh else ("ahead of the calendar", "behind the calendar")
            rows.append(("序时进度（完成／时间）" if zh else "Pace (done / time elapsed)", shown, ahead[not pace["ahead"]]))
        if growth:
            label = RATIO_LABELS[growth["label"]][LANGUAGES.index(self.language)]
            value = str(self.facts["ratio"]) if "ratio" in self.facts else "—"
            rows.append(("实际与所需增速之比" if zh else "Observed over required growth", value, label))
        header = ("规则", "数值", "结论") if zh else ("Rule", "Value", "Says")
        return Table(caption, header, tuple(rows), "lcl", (1.5, 1, 1.5))


def _inside(name: str) -> str:
    """An English name inside a sentence: small first letter unless it is an abbreviation."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _breakable(title: str) -> str:
    """Where a long Chinese title may go on in the next line."""
    return re.sub("(?<=[的、》）])(?=.{4})|(?<=.{4})(?=[占《]|工程|企业|研究|国家级|省级|市级|评估)", documents.BREAK, title)


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def rounded_parts(parts: np.ndarray, decimals: int = 1) -> list[float]:
    """Round parts so that they still sum to their rounded total: the largest remainders are rounded up.

    >>> rounded_parts(np.array([1.04, 1.04, 1.04]))
    [1.1, 1.0, 1.0]
    """
    scale = 10**decimals
    floors = np.floor(parts * scale)
    left = int(round(float(np.sum(parts)) * scale) - floors.sum())
    order = np.argsort(-(parts * scale - floors), kind="stable")
    floors[order[:left]] += 1
    return [float(part) / scale for part in floors]


def signed(value: float) -> str:
    """A change in a table, with its sign: +3.1, −4.2."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):.1f}"


def likelihood(p: float, language: str) -> str:
    """The likelihood word of a probability as it is printed, in whole percent: word and number never disagree."""
    return tables.likelihood(min(max(round(p, 2), 0.0), 1.0), language)


def date_text(iso: str, language: str, precision: str = "day") -> str:
    """A date as printed: 2018年12月31日, 31 December 2018; to the month or year where no more is known."""
    day = datetime.date.fromisoformat(iso)
    if precision == "by":
        return f"不晚于{date_text(iso, language)}" if language == "zh" else f"by {date_text(iso, language)}"
    if language == "zh":
        return {"day": f"{day.year}年{day.month}月{day.day}日", "month": f"{day.year}年{day.month}月", "year": f"{day.year}年"}[precision]
    month = _MONTHS[day.month - 1]
    return {"day": f"{day.day} {month} {day.year}", "month": f"{month} {day.year}", "year": str(day.year)}[precision]


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def quantity(value: float, indicator: Indicator, catalogue: Catalogue, language: str) -> tuple[str, str]:
    """A value with its unit as printed, and the unit: ``0.86%``, ``25家``; ``0.86 %``, ``25 enterprises``."""
    number = f"{value:.{indicator.decimals}f}"
    return _with_unit(number, indicator.unit, catalogue, language)


def difference(
    value: float, indicator: Indicator, catalogue: Catalogue, language: str, decimals: int | None = None
) -> tuple[str, str]:
    """A difference as printed: shares in percentage points (个百分点), everything else in its unit."""
    number = f"{value:.{indicator.decimals if decimals is None else decimals}f}"
    if indicator.unit.startswith("%"):
        return (f"{number}个百分点" if language == "zh" else f"{number} percentage points"), "points"
    return _with_unit(number, indicator.unit, catalogue, language)


def _with_unit(number: str, unit: str, catalogue: Catalogue, language: str) -> tuple[str, str]:
    if unit == "not defined":
        return number, ""
    if language == "zh":
        return number + catalogue.units[unit].zh, "%" if unit.startswith("%") else unit
    if unit.startswith("%"):
        return f"{number}\u00a0%", "%"
    words = {"100 million yuan": "hundred million yuan"}.get(unit, unit)
    return f"{number} {words.removesuffix('s') if number == '1' else words}", unit
