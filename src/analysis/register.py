"""Probabilities written down before the outcome: sealed once, checked for edits, scored when the year is out.

One file a plan and date, ``data/register/<plan>/<as of>.csv``: the attainment table, what each forecast's
standing is, fingerprints of the figures and the code behind it, and a seal over all of that. The seal shows
an edit; when the file was made, the history of the repository shows once it is committed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import attainment, counts, kinds, releases, scores, store, tables
from analysis.catalogue import Catalogue
from analysis.languages import refusal
from analysis.places import DATA, Folders
from analysis.plans import Plan

SCORED = ("plan", "target", "as_of", "p_attain", "outcome", "met", "brier", "log_score", "error")
BAND = (0.05, 0.95)  # of the number met, were the probabilities right


class RegisterError(ValueError):
    """A seal cannot be set or does not hold; the message names file and remedy."""


@dataclass(frozen=True)
class TrackRecord:
    """Forecasts with their outcomes: plan, target, as_of, p_attain, outcome, met, brier, log_score, error.

    registered : sealed before the outcome was published; empty until the first of them comes in
    retrospective : what the suite says today it would have said then, made knowing the outcome
    """

    registered: pd.DataFrame
    retrospective: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Return one row a standing: standing, forecasts, targets, met, expected, low, high, brier.

        Forecasts of one target are alike, so each target counts once, with its last forecast before the
        outcome. low, high: 90 % of the numbers met would lie between, were the probabilities right. brier:
        mean over those targets; one half every time scores 0.25. Empty where there is nothing to score.
        """
        parts = {"registered": self.registered, "retrospective": self.retrospective}
        return pd.DataFrame([{"standing": name} | summarise(part) for name, part in parts.items()])


def seal(
    plan: Plan, observations: pd.DataFrame, as_of: str, catalogue: Catalogue, folder: Path = DATA
) -> Path:
    """Write the probabilities of a plan as of a date, once, and return the file.

    Parameters
    ----------
    observations : everything known today, later releases included: they decide what is hindsight
    as_of : "YYYY-MM-DD"; the forecasts use only what was published by then
    folder : of the data; the register lies in it

    Raises
    ------
    RegisterError
        When the file is there already: a seal is never overwritten.
    """
    path = Folders(folder).register / plan.id / f"{as_of}.csv"
    sealed = f"{path}: {refusal('already sealed; a seal is never overwritten, choose another date')}"
    if path.exists():
        raise RegisterError(sealed)
    rows = attainment.table(plan, observations, as_of, catalogue)
    final = attainment.table(plan, observations, _newest(observations, as_of), catalogue)
    later = bool((observations["published"] > pd.Timestamp(as_of)).any())
    standing = [
        _standing(then, now, later) for then, now in zip(rows.itertuples(), final.itertuples(), strict=True)
    ]
    body = rows.assign(standing=standing, data=fingerprint(observations, as_of), code=code())
    with releases.lock(folder):
        if path.exists():  # by another seal at the same time
            raise RegisterError(sealed)
        return store.write(path, _sealed(tables.csv(body)).encode())


def check(folder: Path = DATA) -> list[str]:
    """Return every problem of every sealed file: edited, misplaced or broken. Nothing, normally."""
    return [problem for path in files(folder) for problem in _problems(path)]


def files(folder: Path = DATA) -> list[Path]:
    """Return the sealed files, sorted."""
    return sorted(Folders(folder).register.glob("*/*.csv"))


def read(folder: Path = DATA) -> pd.DataFrame:
    """Return every sealed forecast: the columns of the attainment table, standing, data, code and seal.

    Raises
    ------
    RegisterError
        With all problems at once when a seal does not hold.
    """
    wrong = check(folder)
    if wrong:
        raise RegisterError("\n".join(wrong))
    columns = [*tables.ATTAINMENT.columns, "standing", "data", "code", "seal"]
    text = dict.fromkeys(("region", "indicator", "data", "code", "seal"), str)  # 8e31… is no number
    parts = [pd.read_csv(path, dtype=text) for path in files(folder)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def fingerprint(observations: pd.DataFrame, as_of: str) -> str:
    """Return the sha256 of the figures known on a date; later releases do not change it."""
    known = observations[observations["published"] <= pd.Timestamp(as_of)]
    return hashlib.sha256(known.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def code() -> str:
    """Return the sha256 of all code that the probabilities come from: its version, to the byte."""
    return store.digest(store.closure("analysis.attainment"), store.PACKAGE)


def days(known: list[Plan], observations: pd.DataFrame) -> list[tuple[Plan, str]]:
    """Return each plan with each day on which its figures changed, from its issue to the newest release."""
    newest = _newest(observations, "1900-01-01")
    return [(plan, day) for plan in known for day in attainment.dates(plan, observations, newest)]


def track(
    asked: Iterable[tuple[Plan, str]], observations: pd.DataFrame, catalogue: Catalogue
) -> pd.DataFrame:
    """Return the attainment tables of plans as of days, one below the other.

    Parameters
    ----------
    asked : of `days`
    """
    vintages: dict[str, attainment.Vintage] = {}
    rows: list[dict] = []
    for plan, day in asked:
        if day not in vintages:
            vintages[day] = replace(attainment.Vintage.of(observations, day, catalogue), brief=True)
        rows += attainment.lines(plan, vintages[day])
    return attainment.frame(rows)


def track_record(track: pd.DataFrame, as_of: str, folder: Path = DATA) -> TrackRecord:
    """Score every registered forecast whose outcome is known on a date, and apart from them pseudo-real-time
    ones.

    Parameters
    ----------
    track : of `track`
    """
    known = track[track["as_of"].le(as_of)].sort_values(["plan", "target", "as_of"], kind="stable")
    last = known.drop_duplicates(["plan", "target"], keep="last")
    tasks = [name for name, one in kinds.KINDS.items() if one.judged]
    decided = last[last["verdict"].isin(("met", "missed")) & ~last["kind"].isin(tasks)]
    outcomes = decided[["plan", "target", "outcome"]].assign(met=decided["verdict"].eq("met").astype(float))
    sealed = read(folder)
    return TrackRecord(
        _scored(sealed[sealed["standing"].eq("registered")], outcomes),
        _scored(known[known["verdict"].eq("open")], outcomes),
    )


def _scored(forecasts: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Add outcome, met, brier, log_score and error to the forecasts that have a p.

    The error is the outcome less the median; there is none where the outcome is a sum, a growth or a place.
    """
    rows = forecasts[forecasts["p_attain"].notna()].drop(columns="outcome")
    rows = rows.merge(outcomes, on=["plan", "target"]).sort_values(["plan", "target", "as_of"])
    p, met = rows["p_attain"].to_numpy(float), rows["met"].to_numpy(float)
    error = rows["outcome"].astype(float) - rows["median"].astype(float)
    error = error.where(rows["kind"].isin([name for name, one in kinds.KINDS.items() if one.dated]))
    return rows.assign(
        brier=scores.brier(p, met), log_score=scores.log_score(p, met), error=error
    ).reset_index(drop=True)


def summarise(scored: pd.DataFrame) -> dict:
    """Return forecasts, targets, met, expected, low, high, brier; each target once, by its last forecast."""
    last = scored.sort_values("as_of", kind="stable").drop_duplicates(["plan", "target"], keep="last")
    found = {"forecasts": len(scored), "targets": len(last)}
    if last.empty:
        return found | dict.fromkeys(["met", "expected", "low", "high", "brier"])
    chances = last["p_attain"].to_numpy(float)
    low, high = counts.quantile(counts.poisson_binomial(chances), np.array(BAND))
    return found | {"met": int(last["met"].sum()), "expected": float(chances.sum()), "low": int(low),
                    "high": int(high), "brier": float(last["brier"].mean())}  # fmt: skip


def _standing(then: Any, now: Any, later: bool) -> str:
    """Say what a forecast of a date is worth, given what is known at sealing."""
    if then.verdict in ("met", "missed") or now.verdict in ("met", "missed"):
        return "hindsight"
    if np.isnan(then.p_attain):
        return "no_probability"
    return "retrospective" if later else "registered"


def _newest(observations: pd.DataFrame, at_least: str) -> str:
    """Return the day of the newest release, or the given day when that is later."""
    newest = observations["published"].max().strftime("%Y-%m-%d") if len(observations) else at_least
    return max(newest, at_least)


def _sealed(text: str) -> str:
    """Return a table's text with one more column: the sha256 of the text without it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    head, *lines = text.splitlines()
    return "\n".join([f"{head},seal", *[f"{line},{digest}" for line in lines], ""])


def _problems(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    head, *lines = text.splitlines() or [""]
    body = "\n".join([head.removesuffix(",seal"), *[line.rpartition(",")[0] for line in lines], ""])
    if _sealed(body) != text:
        said = refusal("changed since it was sealed; restore it from the repository's history")
        return [f"{path}: {said}"]
    rows = pd.read_csv(path, dtype=str)
    if rows.empty or set(rows["plan"]) != {path.parent.name} or set(rows["as_of"]) != {path.stem}:
        return [f"{path}: {refusal('not the file of that plan and date; restore its name')}"]
    return []
