"""The tables between the notebooks: each number is worked out once, written down, and read from then on.

::

    raw ── panel ──┬── cases
                   └── track ── <plan>/<as of>/{attainment, figures, members, fan, answers, moved, ...}

Whoever needs a table asks here. It is read where it stands with the key of all it depends on (figures, plan,
the code that makes it, the lock), and worked out and written anew where it does not: a stale number would be
worse than a slow one. What is said as of a date depends on what was published by then alone, so that a new
release leaves earlier dates as they are. ``kept`` is how tables stand with their keys, ``columns`` how they
look as files, ``shapes`` what an outlook is as tables.
"""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import attainment, backtest, catalogue, hidden, plans, register, releases, store
from analysis.arrays import Flags
from analysis.catalogue import Catalogue
from analysis.outlook import Dossier, Outlook, limited, work_out
from analysis.places import DATA, Folders
from analysis.plans import Plan
from analysis.processed import columns, kept, shapes
from analysis.situations import Forecast

# The code each table comes from, as it is when imported: an edit made later is not what runs here.
CODE = {
    "panel": store.code("analysis.releases", "analysis.processed.columns"),
    "cases": store.code("analysis.hidden", "analysis.processed.columns"),
    "track": store.code("analysis.register", "analysis.processed.columns"),
    "outlook": store.code(
        "analysis.outlook", "analysis.register", "analysis.processed.columns", "analysis.processed.shapes"
    ),
}
RUNGS = {"own": "province", "region": "city", "short": "province"}  # of past forecasts, and the regions asked


def observations(folder: Path = DATA) -> pd.DataFrame:
    """Return every figure filed: the table of ``releases.load``, from ``panel.csv``."""
    return kept.one("panel", _panel_key(folder), folder, lambda: releases.load(folder))


def cases(folder: Path = DATA) -> pd.DataFrame:
    """Return every past forecast with its marks, of ``backtest`` and ``hidden``, from ``cases.csv``."""
    key = store.key(_panel(folder), CODE["cases"])
    return kept.parted("cases", key, folder, lambda: _cases(folder))


def _cases(folder: Path) -> kept.Parts:
    """Past forecasts by year's end, indicator and rung: each depends on what was published by then on the
    indicator and on what it is worked out of, and on what came of it.
    """
    figures, known = observations(folder), catalogue.read(folder)
    years, asked, bearing = backtest.years(figures), backtest.widely_known(figures, known), Bearing(folder)
    keys = {
        f"{backtest.year_end(year)} {one} {rung}": store.key(
            bearing.cases(one, year, level), one in asked, CODE["cases"]
        )
        for year in years
        for one in hidden.indicators(figures, known)
        for rung, level in RUNGS.items()
    }

    def made(names: Collection[str]) -> pd.DataFrame:
        days, wanted, rungs = ({*some} for some in zip(*(name.split() for name in names), strict=True))
        mine, counted = bearing.on(wanted), tuple(one for one in asked if one in wanted)
        then = backtest.vintages(mine, known, years)
        own = backtest.cases(mine, known, counted if "own" in rungs else (), known=then, days=days)
        parts = [own, hidden.cases(mine, known, then, days, rungs)]
        some = [part for part in parts if len(part)]
        return pd.concat(some, ignore_index=True) if some else own

    return kept.Parts(("as_of", "indicator", "rung"), keys, made)


def track(folder: Path = DATA) -> pd.DataFrame:
    """Return the attainment tables of all plans over time: of ``register.track``, from ``track.csv``."""
    paths = [plans.find(name, folder) for name in plans.names(folder)]
    key = store.key(_panel(folder), store.digest(paths, Folders(folder).plans), CODE["track"])
    return attainment.frame(kept.parted("track", key, folder, lambda: _track(folder)).to_dict("records"))


def _track(folder: Path) -> kept.Parts:
    """Answers by plan and day: each depends on the plan and on what was published by then on its indicators
    and on what they are worked out of.
    """
    figures, known, bearing = observations(folder), catalogue.read(folder), Bearing(folder)
    loaded = {plans.find(name, folder): plans.load(name, known, folder) for name in plans.names(folder)}
    inputs = {one.id: store.sha256(path.read_bytes()) for path, one in loaded.items()}
    level = {one.id: known.regions[one.region].level for one in loaded.values()}
    asked = {f"{one.id} {day}": (one, day) for one, day in register.days([*loaded.values()], figures)}
    keys = {
        name: store.key(bearing.answers(one.indicators, day, level[one.id]), inputs[one.id], CODE["track"])
        for name, (one, day) in asked.items()
    }

    def made(names: Collection[str]) -> pd.DataFrame:
        rows = []
        for where in dict.fromkeys(level.values()):
            if some := [asked[name] for name in names if level[asked[name][0].id] == where]:
                given = bearing.on({key for one, _ in some for key in one.indicators}, where)
                rows.append(register.track(some, given, known))
        return pd.concat(rows, ignore_index=True)

    return kept.Parts(("plan", "as_of"), keys, made)


class Bearing:
    """The figures that bear on indicators: theirs, and those of what these are worked out of or go into.

    On a region that is not a city those of cities do not: nobody takes from them what a province does.
    """

    def __init__(self, folder: Path) -> None:
        self.figures, known = observations(folder), catalogue.read(folder)
        self._family = known.families()
        self._of = self.figures["indicator"].map(self._family).to_numpy()
        cities = [code for code, one in known.regions.items() if one.level == "city"]
        self._of_cities = self.figures["region"].isin(cities).to_numpy()
        self._rows = pd.util.hash_pandas_object(self.figures, index=False).to_numpy()
        self._known = store.digest(catalogue.files(folder), folder)

    def on(self, indicators: Collection[str], level: str = "city") -> pd.DataFrame:
        """Return the figures that bear on some indicators of regions of a level."""
        return self.figures[self._bear(indicators, level)]

    def answers(self, indicators: Collection[str], day: str, level: str = "city") -> str:
        """Return the digest of the catalogue, and of what was published by a day and bears on regions."""
        return self._digest(self._bear(indicators, level) & self._by(day))

    def cases(self, indicator: str, year: int, level: str = "city") -> str:
        """Return the digest of what forecasts at a year's end rest on and of what may mark them."""
        bear = self._bear([indicator], level)
        by = bear & self._by(backtest.year_end(year))
        of = self.figures["year"].to_numpy()
        return self._digest(by | (bear & (of <= backtest.last_asked(year, of[by]))))

    def _bear(self, indicators: Collection[str], level: str = "city") -> Flags:
        bear = np.isin(self._of, [self._family[one] for one in indicators])
        return bear if level == "city" else bear & ~self._of_cities

    def _by(self, day: str) -> Flags:
        return self.figures["published"].to_numpy() <= np.datetime64(day)

    def _digest(self, mask: Flags) -> str:
        return store.key(self._known, store.sha256(self._rows[mask].tobytes()))


def outlook(plan: str, as_of: str, folder: Path = DATA) -> Outlook:
    """Return all there is to say on a plan as of a date, from ``<plan>/<as of>/*.csv``.

    Parameters
    ----------
    plan : id of a plan, or the path of its file
    as_of : "YYYY-MM-DD"; only what was published by then is used
    folder : of the data
    """
    found, policy, known = _outlook(plan, as_of, folder)
    answered = limited(policy, set(found["attainment"]["target"]))
    made, past = shapes.outlook_of(found, answered, as_of, known), cases(folder)
    return replace(made, dossiers=tuple(recorded(one, past) for one in made.dossiers))


def tables(plan: str, as_of: str, folder: Path = DATA) -> None:
    """Let the tables of an outlook stand; they are made before the past forecasts have to be."""
    _outlook(plan, as_of, folder)


def dossier(plan: str, target: str, as_of: str, folder: Path = DATA) -> Dossier:
    """Return all there is to say on one target as of a date: `outlook` of its id alone."""
    found, policy, known = _outlook(plan, as_of, folder)
    if target not in set(found["attainment"]["target"]):  # it had no answer: asked for alone, it says why
        work_out(limited(policy, {policy.target(target).id}), observations(folder), as_of, known)
    one = shapes.dossier_of(found, policy, policy.target(target), as_of, known)
    return recorded(one, cases(folder)) if isinstance(one.assessment.answer, Forecast) else one


def _outlook(plan: str, as_of: str, folder: Path) -> tuple[columns.Tables, Plan, Catalogue]:
    known = catalogue.read(folder)
    policy = plans.load(plan, known, folder)
    inputs = store.sha256(plans.find(plan, folder).read_bytes())

    def made() -> kept.Files:
        worked_out = work_out(policy, observations(folder), as_of, known, _past(plan, folder))
        titles = {one.id: one.title.zh for one in policy.targets}
        return {
            name: columns.text(name, table, known, titles).encode()
            for name, table in shapes.tables_of(worked_out).items()
        }

    place = Folders(folder).processed / policy.id / as_of
    key = store.key(releases.vintages(folder)(as_of), inputs, as_of, CODE["panel"], CODE["outlook"])
    return kept.tables(place, shapes.OUTLOOK, key, made), policy, known


def _past(plan: str, folder: Path) -> pd.DataFrame | None:
    """Return what `track` says of a plan that lies beside the data; None where it has no answer to all."""
    if plans.find(plan, folder).parent != Folders(folder).plans:
        return None
    try:
        return track(folder)
    except Exception as error:
        if isinstance(error, OSError | MemoryError):  # the machine's, not a target's
            raise
        return None


def recorded(one: Dossier, past: pd.DataFrame) -> Dossier:
    """Add how the method did before on the indicator of a target it gives a forecast for."""
    now = one.assessment
    if not isinstance(now.answer, Forecast):
        return one
    return replace(
        one, record=backtest.record(past, now.target.indicator, now.as_of, now.answer.predictive.evidence)
    )


def _panel_key(folder: Path) -> str:
    return store.key(releases.vintages(folder)("9999-12-31"), CODE["panel"])


def _panel(folder: Path) -> list[str]:
    """Return the digests of figures and catalogue; the figures' table is written first where it is stale."""
    key, known = _panel_key(folder), store.digest(catalogue.files(folder), folder)
    if not (digests := kept.digests(Folders(folder).processed / "panel.json", key)):
        observations(folder)
        digests = kept.digests(Folders(folder).processed / "panel.json", key)
    return [digests["panel"], known]
