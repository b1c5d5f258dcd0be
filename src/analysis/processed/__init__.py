"""The tables between the notebooks: each number is worked out once, written down, and read from then on.

::

    raw ── panel ──┬── cases
                   └── track ── <plan>/<as of>/{attainment, figures, members, fan, answers, moved, ...}

Whoever needs a table asks here. It is read where it stands with the key of all it depends on (figures, plan,
the code that makes it, the lock), and worked out and written anew where it does not: a stale number would be
worse than a slow one. What is said as of a date depends on what was published by then alone, so that a new
release leaves earlier dates as they are. Tables are written whole and renamed, their key last, so that any number of
processes may read and write at once. ``columns`` is how they look as files, ``shapes`` what an outlook is as
tables.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import attainment, backtest, catalogue, hidden, plans, register, releases, store
from analysis.catalogue import Catalogue
from analysis.outlook import Dossier, Outlook, limited, work_out
from analysis.places import DATA, Folders
from analysis.plans import Plan
from analysis.processed import columns, shapes

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
    return _one("panel", _panel_key(folder), folder, lambda: releases.load(folder))


def cases(folder: Path = DATA) -> pd.DataFrame:
    """Return every past forecast with its marks, of ``backtest`` and ``hidden``, from ``cases.csv``."""
    key = store.key(_panel(folder), CODE["cases"])

    def made() -> pd.DataFrame:
        given = observations(folder), catalogue.read(folder)
        vintages = backtest.vintages(*given)
        own, others = (one.cases(*given, known=vintages) for one in (backtest, hidden))
        return pd.concat([own, others], ignore_index=True)

    return _one("cases", key, folder, made)


def track(folder: Path = DATA) -> pd.DataFrame:
    """Return the attainment tables of all plans over time: of ``register.track``, from ``track.csv``."""
    paths = [plans.find(name, folder) for name in plans.names(folder)]
    inputs = store.digest(paths, Folders(folder).plans)
    key = store.key(_panel(folder), inputs, CODE["track"])

    def made() -> pd.DataFrame:
        known = catalogue.read(folder)
        loaded = [plans.load(name, known, folder) for name in plans.names(folder)]
        return register.track(loaded, observations(folder), known)

    return attainment.frame(_one("track", key, folder, made).to_dict("records"))


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
    return recorded(one, cases(folder)) if one.assessment.predictive else one


def _outlook(plan: str, as_of: str, folder: Path) -> tuple[shapes.Tables, Plan, Catalogue]:
    known = catalogue.read(folder)
    policy = plans.load(plan, known, folder)
    inputs = store.sha256(plans.find(plan, folder).read_bytes())

    def made() -> shapes.Tables:
        return shapes.tables_of(work_out(policy, observations(folder), as_of, known, _past(plan, folder)))

    place = Folders(folder).processed / policy.id / as_of
    key = store.key(_panel_key(folder, as_of), inputs, as_of, CODE["outlook"])
    written = partial(columns.text, catalogue=known, titles={one.id: one.title.zh for one in policy.targets})
    return _kept(place, shapes.OUTLOOK, key, made, written), policy, known


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
    if now.predictive is None:
        return one
    return replace(
        one, record=backtest.record(past, now.target.indicator, now.as_of, now.predictive.evidence)
    )


def vintage(folder: Path, as_of: str) -> str:
    """Return the digest of all that was published by a day, and of the catalogue."""
    return store.digest(releases.files(folder, as_of), folder)


def _panel_key(folder: Path, as_of: str = "9999-12-31") -> str:
    return store.key(vintage(folder, as_of), CODE["panel"])


def _panel(folder: Path) -> list[str]:
    """Return the digests of figures and catalogue; the figures' table is written first where it is stale."""
    place, key = Folders(folder).processed, _panel_key(folder)
    if (kept := _key(place / "panel.json")).get("key") != key:
        observations(folder)
        kept = _key(place / "panel.json")
    return [kept["sha256"]["panel"], store.digest(catalogue.files(folder), folder)]


# ------------------------------------------------------------------------------------------ kept with a key


def _one(name: str, key: str, folder: Path, made: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    known, place = catalogue.read(folder), Folders(folder).processed
    written = partial(columns.text, catalogue=known)
    return _kept(place, (name,), key, lambda: {name: made()}, written, f"{name}.json")[name]


def _kept(
    place: Path,
    names: tuple[str, ...],
    key: str,
    made: Callable[[], shapes.Tables],
    written: Callable[[str, pd.DataFrame], str],
    keyed: str = "key.json",
) -> shapes.Tables:
    """Return tables as they stand in a folder with this key, made and written first where they do not."""
    contents = _read(place, names, key, keyed)
    if contents is None:
        tables = made()
        contents = {name: written(name, tables[name]).encode() for name in names}
        for name, content in contents.items():
            store.write(place / f"{name}.csv", content)
        digests = {name: store.sha256(content) for name, content in contents.items()}
        store.write(place / keyed, json.dumps({"key": key, "sha256": digests}, indent=1).encode())
    return {name: columns.read(name, content) for name, content in contents.items()}


def _read(place: Path, names: tuple[str, ...], key: str, keyed: str) -> dict[str, bytes] | None:
    """Return the bytes of tables; None where one is missing, of another key, or not what was written."""
    kept = _key(place / keyed)
    if kept.get("key") != key:
        return None
    try:
        contents = {name: (place / f"{name}.csv").read_bytes() for name in names}
    except OSError:
        return None
    whole = all(store.sha256(content) == kept["sha256"][name] for name, content in contents.items())
    return contents if whole else None


def _key(path: Path) -> dict:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
