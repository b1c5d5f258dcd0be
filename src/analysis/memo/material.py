"""What the templates of a memo speak of: facts by name, and the few words and codes that are no sentences."""

from typing import Any

import numpy as np

from analysis import documents, forecast, printing, tables
from analysis.kinds import goals
from analysis.memo import naming
from analysis.memo.further import Further
from analysis.memo.ledger import typeset

WIDE = 0.4  # a range of probabilities called wide


class Material(Further):
    """Everything a wording may name, and what statements are chosen by."""

    def context(self) -> dict:
        """Return all of it, by name."""
        context = {"f": self.facts, "stated": self.stated, "cited": self.cited}
        for part in (
            self.of_the_plan,
            self.of_the_target,
            self.kinds,
            self.lists,
            self.goal,
            self.outcome,
            self.expectation,
            self.condition,
            self.placed,
            self.census,
            self.widths,
            self.speed,
            self.past_record,
            self.since,
            self.milestone,
            self.in_year,
            self.readings,
            self.rules,
            self.requirement,
            self.fragility,
            self.movement,
        ):
            context |= part()
        return context

    def of_the_plan(self) -> dict:
        """Who says what to whom, and where in which document the target stands."""
        plan = self.assessment.plan
        return {
            "region": self.region(),
            "plan": self.quoted("plan", self.voice.name(plan.title)),
            "document": self.quoted("document", self.document),
            "numbered": "〔" in plan.document,
            "clauses": [
                self.quoted(f"clause{i}", self.clause(clause))
                for i, clause in enumerate(self.target.clause.split("；"), 1)
            ],
            "signatory": self.quoted("signatory", self.signatory()),
            "elsewhere": self.elsewhere(),
            "addressee": self.told("addressee", plan.addressee),
        }

    def of_the_target(self) -> dict:
        """What the target, its quantity and its indicator are called."""
        title = self.voice.name(self.target.title)
        return {
            "title": self.quoted("title", title),
            "inner": self.quoted("title", naming.quoted_inside(title)),
            "lower": self.quoted("title", naming.inside(title)),
            "headline": self.quoted("title", self.headline()),
            "name": self.quoted("name", self.subject()),
            "indicator": self.quoted("indicator", naming.inside(self.name)),
            "indicator_title": self.quoted("indicator", self.name),
            "unit": self.unit(),
            "level": self.catalogue.regions[self.assessment.plan.region].level,
            "reading": self.told("reading", self.target.reading),
        }

    def kinds(self) -> dict:
        """The codes by which the templates choose their sentences."""
        return {
            "situation": self.assessment.situation,
            "asks": self.kind,
            "comparison": self.target.comparison,
            "upward": self.target.comparison.startswith(">"),
            "is_count": bool(self.indicator and self.indicator.integer),
            "is_percent": bool(self.indicator and self.indicator.unit.startswith("%")),
            "past": self.assessment.as_of > f"{self.target.deadline}-12-31",
            "evidence": self.row["evidence"],
        }

    def lists(self) -> dict:
        """What is known, what is only shown, what is missing and asked for, what is to be remarked."""
        return {
            "points": self.until_deadline(),
            "shown": self.shown(),
            "doubtful": self.doubtful(),
            "beside": self.beside(),
            "missing": [self.absent(one) for one in self.assessment.missing],
            "wanted": self.wanted(),
            "notes": [self.told(f"remark{i}", note) for i, note in enumerate(self.notes(), 1)],
        }

    def wanted(self, alone: bool = False) -> list[str]:
        """What is asked for, as the plan has it; the first stands `alone` in a cell."""
        texts = [self.voice.name(text).rstrip("。；.;") for text in self.target.wanted]
        if alone:
            texts[:1] = map(naming.opening, texts[:1])
        return [self.quoted(f"wanted{i}", text) for i, text in enumerate(texts, 1)]

    def beside(self) -> dict | None:
        """Figures of the flow or stock that the answer rests on as well: what a stock took in since."""
        predictive = self.assessment.predictive
        if predictive is None or not predictive.informed:
            return None
        entry, rows = self.catalogue.indicators[predictive.informed], self.figures
        rows = rows[rows["role"].eq("part") & rows["indicator"].eq(predictive.informed)]
        flows = self.indicator.inflow == predictive.informed
        rows = rows[rows["year"].gt(predictive.origin)] if flows else rows
        if rows.empty:
            return None
        figures = [
            {
                "year": self.year(f"beside_year_{row.year}", row.year),
                "value": self.quantity(f"beside_{row.year}", row.value, entry, **self.trace(row)),
            }
            for row in tables.rows(rows)
        ]
        name = self.quoted("beside", naming.inside(self.voice.name(entry)))
        doubted = any(self.catalogue.sources[key].quality == "red" for key in rows["source"])
        return {"flows": flows, "name": name, "figures": figures, "doubted": doubted}

    def absent(self, one: int | str) -> str:
        """A year, or the region, whose figure is missing."""
        if isinstance(one, str):
            return self.quoted(f"absent_{one}", self.catalogue.regions[one].short(self.voice.language))
        return str(self.year(f"missing_{one}", one))

    def region(self) -> str:
        """The plan's region, as it is called in sentences."""
        return self.quoted("region", self.voice.name(self.catalogue.regions[self.assessment.plan.region]))

    def clause(self, place: str) -> str:
        """A place in the document, as the memo's language gives it."""
        language = self.voice.language
        return naming.clause(place) if language == "zh" else naming.places(place, language)

    def headline(self) -> str:
        """The target's title in the memo's: a task stands in quotation marks there."""
        title = self.voice.name(self.target.title)
        return naming.breakable(naming.quoted_inside(title) if self.kind.judged else title)

    def subject(self) -> str:
        """What the target measures, or its task, unmarked."""
        return self.voice.subject(self.target.title, self.indicator, self.kind.figure)

    def captioned(self, claim: str) -> str:
        """The claim of the target's figure: a sentence of ours around the plan's words."""
        subject = typeset(self.subject())
        said = typeset(claim).replace(subject, documents.quotation(subject))
        return self.numbered("caption", said, self.voice.say("trace.computed"))

    def elsewhere(self) -> str:
        """The region in a memo's title, where the signatory's name does not tell it."""
        region = self.voice.name(self.catalogue.regions[self.assessment.plan.region])
        return "" if region in self.signatory() else self.region()

    def unit(self) -> str:
        """The unit a table names once, above its numbers."""
        return self.quoted("unit", self.voice.unit(self.indicator)) if self.indicator else ""

    def notes(self) -> list:
        return [
            note
            for note in self.target.notes
            if note.known_from is None or note.known_from.isoformat() <= self.assessment.as_of
        ]

    def shown(self) -> list[dict]:
        """Figures that are evidence only: an expectation, a lower bound."""
        rows, found = self.assessment.shown, []
        if rows.empty:
            return []
        for i, row in enumerate(tables.rows(rows[rows["status"].ne(tables.DOUBTFUL)]), 1):
            self.year(f"shown_year{i}", row.year)
            value = self.quantity(f"shown{i}", row.value, **self.trace(row))
            found.append(
                {"year": self.facts[f"shown_year{i}"], "value": value, "status": row.status, "row": row}
            )
        return found

    def others(self) -> list[Any]:
        """Figures of the same cells that are not used: replaced since, or of another source."""
        return list(tables.rows(self.figures[self.figures["role"].eq("superseded")]))

    def months(self) -> list[Any]:
        """Figures to a month: of the deadline's year, and of the past years that tell what part it holds."""
        rows, so_far = self.figures[self.figures["role"].eq("month")], self.assessment.in_year
        used = rows["year"].eq(self.target.deadline)
        if so_far is not None and so_far.past is not None:
            alike = rows["period"].str.endswith(so_far.month[4:])
            used |= rows["year"].isin(so_far.past.years) & alike
        return list(tables.rows(rows[used]))

    def doubtful(self) -> bool:
        """Whether figures were rated as doubtful and left out; how many, and from which years."""
        rows = self.assessment.shown
        if rows.empty:
            return False
        years = rows.loc[rows["status"].eq(tables.DOUBTFUL), "year"]
        if len(years):
            self.count("doubtful_count", years.nunique())
            self.year("doubtful_first", int(years.min()))
            self.year("doubtful_last", int(years.max()))
        return bool(len(years))

    def goal(self) -> dict:
        target = self.target
        if target.goal is not None:
            trace = {
                "period": self.voice.year(target.deadline),
                "source": self.assessment.plan.document,
            }
            self.measured("goal", target.goal, as_written=True, **trace)
        for name in ("than", "since"):
            if getattr(target, name) is not None:
                self.year(name, getattr(target, name))
        return self._place()

    def _place(self) -> dict:
        """Among how many regions a place is taken, and the place by the latest figures."""
        region = self.assessment.plan.region
        others = self.kind.siblings(region, self.catalogue)
        if others:
            self.count("siblings", len(others) + 1)
        if others and self.row["gap"] is not None:
            self.measured("place", self.row["goal"] - self.row["gap"], **self.computed())
        return {"among_provinces": self.catalogue.regions[region].level == "province"}

    def outcome(self) -> dict:
        row = self.row
        reached = row["outcome"] is not None
        if reached:
            point = next((point for point in self.known if point["number"] == self.target.deadline), None)
            trace = self.trace(point["row"]) if point else {}
            self.measured("outcome", row["outcome"], **trace)
            if point:
                self.fact(
                    "outcome_release", trace["release"], str(point["row"].published.date()), "date", **trace
                )
        margin = row["outcome"] - row["goal"] if reached and row["goal"] is not None else None
        if margin is not None and self.kind.dated:
            self.difference("margin", margin, **self.computed())
            if row["goal"] > 0:
                self.percent("reached", 100 * row["outcome"] / row["goal"], **self.computed())
        if self.kind.compares and row["goal"] is not None:
            self.quantity("before", row["goal"], period=self.voice.year(self.target.than))
        return {"margin": margin} | self._origin_of_outcome(reached)

    def _origin_of_outcome(self, reached: bool) -> dict:
        """Who published the outcome, how good that source is, and how the goal fared in later years."""
        points = [point for point in self.known if reached and point["number"] >= self.target.deadline]
        context: dict[str, Any] = {"outcome_source": "", "outcome_quality": "", "after": None}
        if points and points[0]["number"] == self.target.deadline:
            source = points[0]["row"].source
            context["outcome_source"] = self.source("outcome_source", source)
            context["outcome_quality"] = self.catalogue.sources[source].quality
        if points and points[-1]["number"] > self.target.deadline and self.kind.figure:
            places = self.kind.places(self.target, self.catalogue)
            reached_later = goals.keeps(self.target, points[-1]["row"].value, self.target.goal, places)
            context["after"] = points[-1] | {"met": reached_later}
        return context

    def expectation(self) -> dict:
        """Probability, range and interval where there is a predictive distribution."""
        row, as_of = self.row, self.assessment.as_of
        if row["verdict"] != "open" or row["p_attain"] is None:
            return {
                "edge": "",
                "likelihood": "",
                "half": "",
                "near_even": False,
                "has_range": False,
                "thin": 9,
                "expected_gap": None,
            } | {"median_meets": False}
        edge = self.probability("p", row["p_attain"], as_of)
        self.percent("outer", 100 * forecast.RANGE[0])
        has_range = printing.apart(row["p_low"], row["p_high"])
        edges = {"edge_low": "", "edge_high": ""}
        thin = len(self.until_deadline()) + sum(point["used"] for point in self.later())
        self.count("years_known", thin)
        if has_range:
            edges["edge_low"] = self.probability("p_low", row["p_low"], as_of)
            edges["edge_high"] = self.probability("p_high", row["p_high"], as_of)
        if row["median"] is not None:
            trace: dict[str, Any] = {
                "period": self.voice.year(self.target.deadline),
                "release": self.until(as_of),
                "source": self.model(),
            }
            for name in ("median", "lo80", "hi80", "lo95", "hi95"):
                self.measured(name, row[name], **trace)
                self._drawn(name, row[name])
            self.percent("interval", 80)
            self.percent("wider_interval", 95)
        expected_gap = _minus(row["goal"], row["median"]) if self.kind.figure else None
        if expected_gap is not None:
            self.difference("expected_gap", expected_gap, **self.computed())
        return {
            "edge": edge,
            "likelihood": self.voice.likelihood(row["p_attain"]),
            "half": self.voice.half(row["p_attain"]),
            "near_even": abs(printing.whole(row["p_attain"]) - 50) <= printing.NEAR,
            "has_range": has_range,
            "steady": row["p_low"] is not None and not has_range,
            "wide": has_range and row["p_high"] - row["p_low"] > WIDE,
            "thin": thin,
            "expected_gap": expected_gap,
            "median_meets": expected_gap is not None
            and goals.compare(row["median"], self.target.comparison, row["goal"]),
        } | edges

    def _drawn(self, name: str, value: float) -> None:
        """A number as the figure's axis has it, without its unit."""
        if self.kind.unit == "own":
            self.fact(f"drawn_{name}", self.voice.amount(value, self.indicator), value, "", **self.computed())

    def condition(self) -> dict:
        """The conditional answer: from comparable regions only."""
        assessment, conditional = self.assessment, self.assessment.conditional
        peers = assessment.peers if conditional is None else conditional.peers
        peers = () if conditional is None and self.row["evidence"] == "region" else peers
        regions = [self.catalogue.regions[code].short(self.voice.language) for code in peers]
        names = [self.quoted(f"peer{i}", name) for i, name in enumerate(regions, 1)]
        self.count("peer_count", len(peers))
        context = {
            "peer_names": names,
            "few": len(names) <= printing.FEW,
            "peers_are_provinces": self._provinces(peers),
        }
        context |= {"break_even": None, "is_widened": False}
        if conditional is not None:
            context["break_even"] = conditional.break_even
            self.year("base_year", conditional.year)
            if conditional.break_even is not None:
                self.quantity("break_even", conditional.break_even, **self.computed())
            self.count("widened", conditional.widened, "fold")
            context["is_widened"] = conditional.widened > 1
        if assessment.rises:
            rises, changes = assessment.rises
            self.count("rises", rises, "times", **self.computed())
            self.count("changes", changes, "times", **self.computed())
            self.percent("rise_share", 100 * rises / changes if changes else 0, **self.computed())
        return context

    def placed(self) -> dict:
        """Where a region without figures is placed: its parent's figure, and how regions spread."""
        predictive = self.assessment.predictive
        if predictive is None or predictive.placed is None or self.row["verdict"] != "open":
            return {"placed": None, "parent": ""}
        placed, code = predictive.placed, predictive.peers[0]
        parent, key = self.catalogue.regions[code], self.catalogue.placed_by(str(self.target.indicator))
        entry, rows = self.catalogue.indicators[key], self.figures
        rows = rows[rows["region"].eq(code) & rows["indicator"].eq(key) & rows["year"].eq(placed.year)]
        row = next(tables.rows(rows), None)
        trace = {"period": self.voice.year(placed.year)} if row is None else self.trace(row)
        self.year("parent_year", placed.year)
        self.quantity("parent_value", placed.value, entry, **trace)
        self.percent("placed_share", 100 * placed.share, **self.computed())
        self.count("placed_siblings", placed.siblings)
        self.count("placed_parents", placed.parents)
        names = {"parent": parent.short(self.voice.language), "ratio": naming.inside(self.voice.name(entry))}
        told = {key: self.quoted(key, text) for key, text in names.items()}
        if row is not None:
            self.fact("parent_release", **self.release_of(row))
            told["parent_source"] = self.source("parent_source", row.source)
        return {"placed": placed, "converted": key != self.target.indicator, "parent_source": ""} | told

    def census(self) -> dict:
        """The answer without, with a median and with a high revision of the denominator still to come."""
        found, predictive = (self.assessment.readings or {}).get("census"), self.assessment.predictive
        if not found or predictive is None or predictive.rebasing is None:
            return {"census": None}
        edges = {
            f"census_{name}": self.probability(f"p_census_{name}", found[name], self.assessment.as_of)
            for name in ("none", "median", "high")
        }
        for name in ("median", "high"):
            self.percent(f"growth_{name}", found[f"growth_{name}"], 1, **self.computed())
        self.count("censuses", predictive.rebasing.censuses, "times")
        basis = self.voice.name(self.catalogue.bases[predictive.rebasing.basis])
        whole = self._denominator_name(self.catalogue.indicators[str(self.indicator.denominator)])
        edges |= {"rebased_whole": self.quoted("rebased_whole", whole)}
        return edges | {"census": predictive.rebasing, "new_basis": self.quoted("new_basis", basis)}

    def widths(self) -> dict:
        """The answer were a city held to move as much as a province, twice and three times as much."""
        found = (self.assessment.readings or {}).get("widened")
        if not found or self.row["verdict"] != "open":
            return {"widths": []}
        return {
            "widths": [
                (f"p_{name}", self.probability(f"p_{name}", found[name], self.assessment.as_of))
                for name in sorted(found)
            ]
        }

    def _provinces(self, peers: tuple[str, ...]) -> bool:
        return bool(peers) and all(self.catalogue.regions[code].level == "province" for code in peers)

    def speed(self) -> dict:
        """Mean yearly change so far, and the one that leads from the latest figure to the goal."""
        known = self.until_deadline()
        before = [point for point in known if point["number"] < self.target.deadline]
        context: dict[str, Any] = {"latest": None, "pace": None, "needed": None, "gap": None}
        context["later"] = self.later()
        context["breaks"] = len({point["row"].basis for point in known}) > 1
        if not before:
            return context
        last, values = before[-1], [point["row"].value for point in before]
        context["latest"] = last | {"alone": len(before) == 1}
        goal = self.row["goal"]
        self.fact("latest_release", **self.release_of(last["row"]))
        pace = self._pace(before)
        if pace is not None:
            context |= {"first": before[0], "pace": round(pace, self.fine())}
            self.difference("pace", pace, self.fine(), **self.computed())
        left = self.target.deadline - last["number"]
        if goal is not None and self.row["outcome"] is None and left > 0 and self.kind.figure:
            context["gap"] = goal - values[-1]
            self.difference("gap", context["gap"], **self.computed())
            context["needed"] = context["gap"] / left
            self.difference("needed", context["needed"], self.fine(), **self.computed())
        return context

    def later(self) -> list[dict]:
        """Figures of years after the deadline, each with whether the expectations lead to it."""
        predictive = self.assessment.predictive
        end = predictive.later[0] if predictive and predictive.later else None
        points = [point for point in self.known if point["number"] > self.target.deadline]
        return [point | {"used": point["number"] == end} for point in points]

    def until_deadline(self) -> list[dict]:
        return [point for point in self.known if point["number"] <= self.target.deadline]

    def _pace(self, known: list[dict]) -> float | None:
        """Mean yearly change without breaks of the basis; over a gap only between figures on one basis."""
        series, first, last = self.assessment.series, known[0], known[-1]
        changes = (series.value - series.before)[0] if series.years else np.array([])
        changes = changes[np.isfinite(changes) & (np.array(series.years) <= last["number"])]
        if len(changes):
            return float(changes.mean())
        if first["number"] == last["number"] or first["row"].basis != last["row"].basis:
            return None
        return (last["row"].value - first["row"].value) / (last["number"] - first["number"])

    def since(self) -> dict:
        """The earlier answer, and what was published since."""
        if self.earlier is None:
            return {"earlier": None}
        self.day("earlier_as_of", self.earlier.as_of)
        earlier = {"situation": self.earlier.situation, "edge": "", "likelihood": ""}
        if self.earlier.row["p_attain"] is not None:
            earlier["edge"] = self.probability("p_earlier", self.earlier.row["p_attain"], self.earlier.as_of)
            earlier["likelihood"] = self.voice.likelihood(self.earlier.row["p_attain"])
        figures = self._news()
        self.count("news_count", len(figures))
        return {"earlier": earlier, "news": self._grouped(figures)}

    def _news(self) -> list[dict]:
        """Figures of the target's own indicator published since: new years, and old years revised."""
        old = {row.year: row.value for row in tables.rows(self.earlier.history)}
        news, used = [], {point["number"] for point in self.later() if point["used"]}
        for point in self.known:
            number, row = point["number"], point["row"]
            unused = number > self.target.deadline and number not in used
            if unused or (number in old and self._printed(old[number]) == self._printed(row.value)):
                continue
            item = point | {"revised": number in old}
            if number in old:
                item["was"] = self.quantity(f"was_{number}", old[number], period=self.voice.year(number))
            news.append(item)
        return news

    def _printed(self, value: float) -> str:
        return self.voice.amount(value, self.indicator)

    def _grouped(self, figures: list[dict]) -> list[dict]:
        """One entry a source and day, oldest first."""
        groups: dict[tuple, list[dict]] = {}
        for item in sorted(figures, key=lambda item: item["row"].published):
            groups.setdefault((item["row"].source, item["row"].published), []).append(item)
        return [
            {
                "figures": items,
                "release": self.fact(f"release_{i}", **self.release_of(items[0]["row"])),
                "source": self.source(f"news{i}", source),
            }
            for i, ((source, _), items) in enumerate(groups.items(), 1)
        ]

    def milestone(self) -> dict:
        """Dated evidence, and a judgement with its author and date."""
        items = []
        for i, item in enumerate(self.assessment.evidence, 1):
            self.day(f"evidence_day{i}", item.date.isoformat())
            known, name = item.source in self.catalogue.sources, f"evidence_source{i}"
            items.append(
                {
                    "day": self.facts[f"evidence_day{i}"],
                    "text": self.quoted(f"evidence{i}", self.voice.name(item.text).rstrip("。.")),
                    "source": self.source(name, item.source) if known else self.quoted(name, item.source),
                }
            )
        judgement = self.target.judgement
        if self.assessment.situation != "judged" or judgement is None:
            return {"items": items, "judgement": None}
        self.day("judged_on", judgement.date.isoformat())
        return {
            "items": items,
            "judgement": {
                "author": self.quoted("author", judgement.author),
                "reason": self.quoted("reason", self.voice.name(judgement.reason).rstrip("。.")),
            },
        }


def _minus(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second
