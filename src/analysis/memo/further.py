"""What else there is to say: counts so far, other rules, what it takes, what would turn it or moved it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis import change, forecast, printing
from analysis.catalogue import Indicator
from analysis.kinds.within import InYear
from analysis.memo import naming
from analysis.memo.ledger import Ledger


class Further(Ledger):
    """The further answers, as facts and as the few codes the templates choose sentences by."""

    def in_year(self) -> dict:
        """The count or amount so far in the deadline's year."""
        so_far = self.assessment.in_year
        if so_far is None or self.row["verdict"] != "open":
            return {"so_far": None, "half_year": False}
        if so_far.month:
            text = self.voice.period(so_far.month)
            self.fact("month", text, so_far.month, "date")
            self.quantity("so_far", so_far.seen, period=text)
            self.percent("usual", 100 * so_far.share)
            self._past_months(so_far)
        if so_far.pending:
            self.quantity("pending", so_far.pending)
            known = [item.known_from for item in self.target.pending if item.known_from is not None]
            self.day("pending_day", max(known).isoformat() if known else self.assessment.as_of)
        half = so_far.month.endswith("-06") and self.assessment.as_of[:4] == so_far.month[:4]
        return {"so_far": so_far, "half_year": half} | self._months_answer()

    def _past_months(self, so_far: InYear) -> None:
        """What part of past years an amount had by the same month, and from whom that is known."""
        if (past := so_far.past) is None:
            return
        for name, level in zip(("usual_low", "usual_high"), forecast.RANGE, strict=True):
            self.percent(name, 100 * float(past.quantiles([level])[0]), **self.computed())
        if past.years:
            self.count("past_count", len(past.years), **self.computed())
            self.year("past_first", past.years[0])
            self.year("past_last", past.years[-1])
        self.count("past_regions", past.regions)

    def _months_answer(self) -> dict:
        """The answer without the months, and the part of the year they may be for the goal to be met."""
        found, without = self.answers.get("requirement") or {}, self.assessment.readings.get("without_months")
        edge = {}
        if without is not None:
            edge["edge_without"] = self.probability("p_without", without, self.assessment.as_of)
        months = found.get("months")
        if months and months["share"] < 1:
            self.percent("months_share", 100 * months["share"], **self.computed())
            self.count("months_enough", months["enough"], **self.computed())
        return edge

    def readings(self) -> dict:
        """The other reading of the goal, where rounding matters."""
        found = self.assessment.readings or {}
        if not found.get("matters") or found.get("exact") is None or found.get("printed") is None:
            return {"rounding": None}
        edges = {
            f"edge_{name}": self.probability(f"reading_{name}", found[name], self.assessment.as_of)
            for name in ("exact", "printed")
        }
        return edges | {"rounding": {name: found[name] for name in ("exact", "printed")}}

    def rules(self) -> dict:
        """The official rules beside the probability."""
        found = self.answers.get("side_by_side") or {}
        pace, growth = found.get("pace"), found.get("ratio")
        if pace:
            self.percent("pace_done", 100 * pace["done"], **self.computed())
            self.percent("pace_elapsed", 100 * pace["elapsed"], **self.computed())
        if growth and growth["value"] is not None:
            self.fact(
                "ratio", self.voice.number(growth["value"], 2), growth["value"], "ratio", **self.computed()
            )
        for name in ("pace", "ratio"):
            if found.get(name) and found[name]["base_year"] is not None:
                self.year(f"{name}_base", found[name]["base_year"])
                self.year(f"{name}_latest", found[name]["latest_year"])
        reason = found.get("reason") or {}
        for name in ("lowest", "highest"):
            if name in reason:
                self.fact(
                    f"ratio_{name}",
                    self.voice.number(reason[name], 2),
                    reason[name],
                    "ratio",
                    **self.computed(),
                )
                self.year(f"ratio_{name}_year", reason[f"{name}_year"])
        for name in ("observed", "expected", "required"):
            if reason.get(name) is not None:
                self.percent(f"growth_{name}", reason[name], 1, **self.computed())
        return {
            "rule_pace": pace,
            "rule_ratio": growth,
            "agree": found.get("agree"),
            "disagreement": reason.get("code"),
        }

    def past_record(self) -> dict:
        """How often the same method's intervals held, for this indicator, as known then."""
        if self.record is not None:
            trace: dict[str, Any] = {"source": self.voice.say("trace.backtest")}
            self.count("record_regions", self.record.regions, **trace)
            self.count("record_n", self.record.n, "times", **trace)
            self.count("record_origins", self.record.origins, **trace)
            self.percent("record_share", 100 * self.record.inside80, **trace)
        return {}

    def requirement(self) -> dict:
        """What it takes: the spells that did it, the amount, so many a month."""
        found = self.answers.get("requirement") or {}
        amount, per_month = found.get("amount"), found.get("per_month")
        self._achieved(found.get("achieved") or {}, found.get("required_growth"))
        if amount:
            entry = self.catalogue.indicators[amount["indicator"]]
            places = printing.defensible(amount["needed"], entry)
            needed, latest = (round(amount[name], places) for name in ("needed", "latest"))
            for name, value in (("needed", needed), ("latest", latest), ("more", abs(needed - latest))):
                self.quantity(f"amount_{name}", value, entry, decimals=places, **self.computed())
            self.year("amount_year", amount["latest_year"])
            if amount["growth"] is not None:
                self.percent("amount_growth", abs(amount["growth"]), 1, **self.computed())
        if per_month and "so_far" in per_month:
            self._each_month(per_month)
        elif per_month:
            upwards = math.ceil(round(10 * per_month["value"], 6)) / 10  # less would not be enough
            self.difference("per_month", upwards, 1, **self.computed())
            self.quantity("still", math.ceil(per_month["still"]), **self.computed())
            self.count("months", per_month["months"])
        name = self._inner_name(amount["indicator"]) if amount else ""
        climb = found.get("climb") or {}
        for key, fact in (("needed", "climb"), ("usual", "usual")):
            if climb.get(key) is not None:
                self.difference(fact, climb[key], self.fine() + 1, **self.computed())
        return {
            "climb": climb.get("needed"),
            "usual": climb.get("usual"),
            "amount": amount,
            "amount_name": name,
            "per_month": per_month,
            "achieved": found.get("achieved") or {},
        }

    def _each_month(self, per_month: Mapping) -> None:
        """What each month left of an amount's year takes, and what each so far brought."""
        places = self.indicator.decimals
        upwards = (
            math.ceil(round(per_month["value"] * 10**places, 6)) / 10**places
        )  # less would not be enough
        self.quantity("per_month", upwards, decimals=places, **self.computed())
        self.quantity("per_month_so_far", per_month["so_far"], decimals=places, **self.computed())
        self.quantity("still", per_month["still"], **self.computed())
        self.count("months", per_month["months"])

    def _achieved(self, found: Mapping, needed: float | None) -> None:
        if not found or needed is None:
            return
        self.percent("required_growth", needed, 1, **self.computed())
        for who in ("own", "peers"):
            if found.get(who):
                self.count(f"spells_{who}", found[who]["n"], **self.computed())
                self.percent(f"spells_{who}_share", 100 * found[who]["share"], **self.computed())

    def _inner_name(self, key: str) -> str:
        entry = self.catalogue.indicators[key]
        return self.quoted("amount_name", naming.inside(self.voice.name(entry)))

    def fragility(self) -> dict:
        """What would turn the answer."""
        found = self.answers.get("fragility") or {}
        rebased, revision = found.get("rebased") or {}, found.get("revision") or {}
        flips = {"rebased": rebased.get("flip"), "revision": revision.get("flip")}
        for name, flip in flips.items():
            if flip is not None:
                self.percent(f"flip_{name}", abs(flip), 1 if abs(flip) < 10 else 0, **self.computed())
        denominator = self.catalogue.indicators.get(rebased.get("denominator", ""))
        name = "" if denominator is None else self._denominator_name(denominator)
        return {"flips": flips, "denominator": self.quoted("denominator", name)}

    def movement(self) -> dict:
        """What moved the probability since the earlier date: parts that sum to the change as printed."""
        if (
            self.earlier is None
            or self.moved is None
            or self.moved.reason
            or not len(self.moved.contributions)
        ):
            return {"mover": None, "moved": 0}
        parts = self.moved.contributions
        total = round(100 * self.moved.p_later) - round(100 * self.moved.p_earlier)
        if not total:
            return {"mover": None, "moved": 0}
        shown = naming.rounded_parts(100 * parts["p"].to_numpy(float), total)
        for i, part in enumerate(shown, 1):
            self.fact(f"moved_{i}", self.voice.signed(part), part, "", **self.computed())
        self.fact("moved_total", self.voice.signed(total), total, "", **self.computed())
        text = self.voice.say("number.points", n=abs(total))
        self.fact("moved", text, abs(total), "points", **self.computed())
        largest = max(zip(shown, parts["source"], strict=True), key=lambda pair: pair[0] * np.sign(total))
        return {"mover": self._mover(largest[1], total), "moved": total}

    def _mover(self, source: str, total: int) -> dict:
        """The largest source of a change: its code, the part of the ratio it is, which way it surprised."""
        above = (total > 0) == self.target.comparison.startswith(">")
        part = source.rpartition("_")[2]
        if part == "denominator":  # a smaller one lifts a ratio
            above = not above
        named = self._part_name(part) if part in change.PARTS else ""
        return {"code": source, "above": above, "part": named}

    def _part_name(self, part: str) -> str:
        """The name of an indicator's numerator or denominator inside a sentence."""
        ratio = self.catalogue.indicators[self.target.indicator]
        one = self.catalogue.indicators[getattr(ratio, part)]
        if part == "denominator":
            return self.quoted("mover", self._denominator_name(one))
        return self.quoted("mover", naming.inside(self.voice.name(one)))

    def source_name(self, source: str) -> str:
        """A source in the table of contributions, the parts of a ratio by their names."""
        part = source.rpartition("_")[2]
        return self.voice.say(f"cause.{source}", part=self._part_name(part) if part in change.PARTS else "")

    def _denominator_name(self, denominator: Indicator) -> str:
        region = self.catalogue.regions[self.assessment.plan.region]
        return naming.inside(denominator.of(region, self.voice.language))
