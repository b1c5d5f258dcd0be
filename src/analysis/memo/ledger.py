"""The facts of one memo: every number made once, named, and traced to its release."""

import re

from analysis import documents, kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.documents import Fact
from analysis.memo import printed

NOTEBOOK = "notebooks/4-target.ipynb"


class Ledger:
    """Makes facts; `facts` holds them by name."""

    def __init__(
        self,
        assessment: Assessment,
        catalogue: Catalogue,
        language: str,
        earlier,
        answers,
        moved,
        dated: str,
        record,
    ):
        self.assessment, self.catalogue, self.language = assessment, catalogue, language
        self.target, self.row, self.kind = assessment.target, assessment.row, kinds.of(assessment.target)
        self.answers, self.moved, self.record = answers, moved, record
        self.earlier = earlier if earlier is not None and earlier.as_of < assessment.as_of else None
        key = assessment.target.indicator
        self.indicator: Indicator | None = catalogue.indicators[key] if key else None
        self.facts: dict[str, Fact] = {}
        self.day("as_of", assessment.as_of)
        self.day("dated", dated)
        self.year("deadline", self.target.deadline)
        self.known = self._known()

    def fact(self, name: str, text: str, value, unit: str, **trace) -> Fact:
        self.facts[name] = Fact(name, text, value, unit, notebook=NOTEBOOK, **trace)
        return self.facts[name]

    def day(self, name: str, iso: str, precision: str = "day") -> Fact:
        return self.fact(name, printed.date_text(iso, self.language, precision), iso, "date")

    def year(self, name: str, year: int) -> Fact:
        return self.fact(name, f"{year}年" if self.language == "zh" else str(year), year, "year")

    def count(self, name: str, value: int, unit_zh: str = "个", **trace) -> Fact:
        return self.fact(
            name, f"{value}{unit_zh}" if self.language == "zh" else str(value), value, "count", **trace
        )

    def quantity(
        self,
        name: str,
        value: float,
        entry: Indicator | None = None,
        as_written: bool = False,
        decimals: int | None = None,
        **trace,
    ) -> Fact:
        entry = entry or self.indicator
        text, unit = printed.quantity(value, entry, self.catalogue, self.language, as_written, decimals)
        known = {"indicator": printed.text_of(entry, self.language)} | trace
        return self.fact(name, text, float(value), unit, **known)

    def difference(self, name: str, value: float, decimals: int | None = None, **trace) -> Fact:
        """An amount without its sign: the verb of the sentence carries it."""
        text, unit = printed.difference(abs(value), self.indicator, self.catalogue, self.language, decimals)
        return self.fact(name, text, abs(float(value)), unit, **({"indicator": self.name} | trace))

    def percent(self, name: str, value: float, decimals: int = 0, as_written: bool = False, **trace) -> Fact:
        space = "" if self.language == "zh" else "\u00a0"
        number = f"{value:g}" if as_written else f"{value:.{decimals}f}"
        return self.fact(name, f"{number}{space}%", value, "%", **({"indicator": self.name} | trace))

    def measured(self, name: str, value: float, decimals: int, as_written: bool = False, **trace) -> Fact:
        """A goal or an outcome in the unit its target is set in."""
        if self.kind.unit == "%":
            return self.percent(name, value, decimals, as_written, **trace)
        return self.quantity(name, value, as_written=as_written, **trace)

    def probability(self, name: str, p: float, as_of: str) -> str:
        """Store a probability; the template asks `edge` whether it is below 1 % or above 99 %."""
        shown = min(max(round(100 * p), 1), 99)
        trace = {
            "period": self.year_text(self.target.deadline),
            "release": self.until(as_of),
            "source": self.model(),
        }
        self.percent(name, shown, **trace)
        self.facts[name] = Fact(**(vars(self.facts[name]) | {"unit": "probability", "value": p}))
        return printed.edge(p)

    def quoted(self, name: str, text: str, source: str = "") -> str:
        """A text of the plan or the catalogue, each of its numbers a fact named after it."""
        if self.target and self.assessment.plan.document in text:
            before, _, after = text.partition(self.assessment.plan.document)
            return (
                self.quoted(f"{name}a", before, source)
                + self.assessment.plan.document
                + self.quoted(f"{name}b", after, source)
            )
        if self.language == "en":
            text = text.replace("'", "’").replace(" %", "\u00a0%")
        numbers = iter(range(1, 100))
        origin = source or {"zh": "规划文件登记表", "en": "the plan's file"}[self.language]

        def mark(found: re.Match) -> str:
            number = found[0].replace(",", "")
            return str(self.fact(f"{name}_{next(numbers)}", found[0], float(number), "", source=origin))

        return documents.NUMBER.sub(mark, text)

    @property
    def name(self) -> str:
        return (
            printed.text_of(self.indicator, self.language)
            if self.indicator
            else printed.text_of(self.target.title, self.language)
        )

    def year_text(self, year: int) -> str:
        return f"{year}年" if self.language == "zh" else str(year)

    def until(self, as_of: str) -> str:
        day = printed.date_text(as_of, self.language)
        return f"截至{day}已公布的数据" if self.language == "zh" else f"what was published by {day}"

    def model(self) -> str:
        evidence = tables.EVIDENCE[self.row["evidence"]][self.language]
        return f"预测：{evidence}" if self.language == "zh" else f"forecast from {evidence}"

    def trace(self, row) -> dict[str, str]:
        """Trace of a published figure."""
        source = self.catalogue.sources[row.source]
        return {
            "period": self.year_text(row.year),
            "release": printed.date_text(row.published.strftime("%Y-%m-%d"), self.language, row.precision),
            "source": printed.text_of(source, self.language),
        }

    def _known(self) -> list[dict]:
        """Figures of the target's own region, one a year, oldest first, as facts."""
        rows = self.assessment.history
        rows = rows.drop_duplicates("year", keep="last") if len(rows) else rows
        points = []
        for row in rows.itertuples(index=False):
            self.year(f"year_{row.year}", row.year)
            value = self.quantity(f"value_{row.year}", row.value, **self.trace(row))
            points.append(
                {"year": self.facts[f"year_{row.year}"], "value": value, "number": row.year, "row": row}
            )
        return points

    def computed(self) -> dict[str, str]:
        return {"source": {"zh": "按已公布数据计算", "en": "computed from published figures"}[self.language]}

    def fine(self) -> int:
        """Yearly changes of whole things have one decimal."""
        return max(self.indicator.decimals, 1)

    def release_of(self, point: dict) -> dict:
        trace = self.trace(point["row"])
        return {
            "text": trace["release"],
            "value": str(point["row"].published.date()),
            "unit": "date",
            **trace,
        }
