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
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import attainment, backtest, catalogue, hidden, plans, register, releases, store
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


def observations(folder: Path = DATA) -> pd.DataFrame:
    """Return every figure filed: the table of ``releases.load``, from ``panel.csv``."""
    return kept.one("panel", _panel_key(folder), folder, lambda: releases.load(folder))


def cases(folder: Path = DATA) -> pd.DataFrame:
    """Return every past forecast with its marks, of ``backtest`` and ``hidden``, from ``cases.csv``."""
    key = store.key(_panel(folder), CODE["cases"])
    return kept.parted("cases", key, folder, lambda: _cases(folder))


def _cases(folder: Path) -> kept.Parts:
    """Past forecasts by year's end: each depends on what was published by then and on what came of it."""
    given, published = (observations(folder), catalogue.read(folder)), releases.vintages(folder)
    known, asked = backtest.vintages(*given), backtest.widely_known(*given)
    outcomes, keys = hidden.outcomes(*given), {}
    for year in known:
        later = outcomes[outcomes["year"] <= backtest.last_asked(year, known)]
        day = backtest.year_end(year)
        keys[day] = store.key(published(day), asked, _digest(later), CODE["cases"])

    def made(days: Collection[str]) -> pd.DataFrame:
        parts = [one.cases(*given, known=known, days=days) for one in (backtest, hidden)]
        return pd.concat(parts, ignore_index=True)

    return kept.Parts(("as_of",), keys, made)


def track(folder: Path = DATA) -> pd.DataFrame:
    """Return the attainment tables of all plans over time: of ``register.track``, from ``track.csv``."""
    paths = [plans.find(name, folder) for name in plans.names(folder)]
    key = store.key(_panel(folder), store.digest(paths, Folders(folder).plans), CODE["track"])
    return attainment.frame(kept.parted("track", key, folder, lambda: _track(folder)).to_dict("records"))


def _track(folder: Path) -> kept.Parts:
    """Answers by plan and day: each depends on the plan and on what was published by then."""
    given, published = (observations(folder), catalogue.read(folder)), releases.vintages(folder)
    loaded = {plans.find(name, folder): plans.load(name, given[1], folder) for name in plans.names(folder)}
    inputs = {one.id: store.sha256(path.read_bytes()) for path, one in loaded.items()}
    asked = {f"{one.id} {day}": (one, day) for one, day in register.days([*loaded.values()], given[0])}
    keys = {
        name: store.key(published(day), inputs[one.id], CODE["track"]) for name, (one, day) in asked.items()
    }
    return kept.Parts(
        ("plan", "as_of"), keys, lambda names: register.track([asked[name] for name in names], *given)
    )


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

    def made() -> columns.Tables:
        return shapes.tables_of(work_out(policy, observations(folder), as_of, known, _past(plan, folder)))

    place = Folders(folder).processed / policy.id / as_of
    key = store.key(releases.vintages(folder)(as_of), inputs, as_of, CODE["panel"], CODE["outlook"])
    written = partial(columns.text, catalogue=known, titles={one.id: one.title.zh for one in policy.targets})
    return kept.tables(place, shapes.OUTLOOK, key, made, written), policy, known


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


def _digest(rows: pd.DataFrame) -> str:
    return store.sha256(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
