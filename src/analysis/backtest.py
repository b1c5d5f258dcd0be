"""Would we have been right before? Forecasts of the past, made from what was known then, and their scores."""

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis import forecast, mixtures, models, panel, references, scores, tables
from analysis.arrays import Array, Places
from analysis.catalogue import Catalogue, SourceError

LEVELS = forecast.LEVELS
COLUMNS = ["unique_id", "year", "value"]
STEPS = (-1.0, 0.0, 0.5, 1.0, 2.0)  # goals of the events scored: last value plus so many usual changes a year
FIRST = 2013  # the first year at whose end the releases allow a forecast
HORIZON = 3  # years ahead that are checked
FEWEST = 10  # provinces an indicator must be known for
RISES = (0.05, 0.1, 0.2, 0.3, 0.5)  # goals set high on purpose: last value plus so many points
GOAL_HORIZON = 5  # years ahead such goals are checked
TIE = 1e-9  # a figure equal to the goal reaches it, whatever the rounding of a sum
CLEARLY = 0.05  # by which intervals that hold too few outcomes, or chances that miss, are called so
FEW_ORIGINS = 5  # origin years below which a record proves little
GOALS = ["rise", "horizon", "model", "n", "origins", "probability", "reached", "brier"]
GIVEN, HAPPENED = ([f"{name}_{i}" for i in range(1, len(STEPS) + 1)] for name in ("p", "happened"))
CASES = ("rung", "indicator", "region", "as_of", "horizon", "model", "origin", "year", "observed",
         "published", "pit", "crps", "brier", "log_score", "inside80", "inside95",
         *GIVEN, *HAPPENED)  # fmt: skip

Vintages = dict[int, pd.DataFrame]  # year -> what was known at its end, of `panel.as_of`
Outcomes = dict[str, tuple[float, np.datetime64]]  # region -> a year's figure as first known, and its day


# ---------------------------------------------------------------------------------------- any panel


def read_panel(path: Path) -> pd.DataFrame:
    """Read a panel CSV with the columns unique_id, year, value; blank values are gaps.

    Raises
    ------
    SourceError
        With the file, the lines and what to do, all problems at once.
    """
    try:
        if path.exists() and not path.is_file():
            raise ValueError
        table = pd.read_csv(  # exactly: pandas' quick way with numbers crashes on a huge exponent
            path, dtype={"unique_id": str}, encoding="utf-8-sig", float_precision="round_trip"
        )
    except (ValueError, pd.errors.ParserError):
        raise SourceError(
            f"{path}: no CSV in UTF-8 with the columns unique_id, year, value; save it as one"
        ) from None
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise SourceError(f"{path}: no column {', '.join(missing)}; a panel has unique_id, year, value")
    problems = []
    for column in ("year", "value"):
        number = table[column].map(_number).astype(float)
        wrong = table.index[(number.isna() & table[column].notna()) | np.isinf(number)]
        problems += [f"line {i + 2}: {column} is {table[column][i]!r}, not a number" for i in wrong[:10]]
        table[column] = number
    if (unnamed := table.index[table["unique_id"].isna() | table["year"].isna()]).size:
        problems.append(f"line {unnamed[0] + 2}: unique_id or year is empty")
    if (twice := table.index[table.duplicated(["unique_id", "year"])]).size:
        problems.append(f"line {twice[0] + 2}: this series has the year already; keep one value a year")
    years = table["year"].dropna()
    if not problems and (far := years[(years % 1 > 0) | ~years.between(1000, 3000)]).size:
        problems.append(f"line {far.index[0] + 2}: year is {far.iloc[0]:g}, no year; write it as 2019")
    if not problems and table["value"].notna().sum() == 0:
        problems.append("no value in it; fill in the column value")
    if problems:
        raise SourceError(f"{path}: " + "; ".join(problems))
    return table[COLUMNS].astype({"year": int, "value": float})


def _number(value: object) -> float:
    """Return what a cell holds; NaN of what is no number. `pandas.to_numeric` crashes on a huge exponent."""
    text = str(value)
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def run_panel(
    table: pd.DataFrame, history: int = 8, horizon: int = 2, origins: int = 3, kind: str | None = None
) -> pd.DataFrame:
    """Forecast every series of a panel from its last origins that leave `horizon` years to score.

    Parameters
    ----------
    table : unique_id, year, value (see `read_panel`)
    history : years of history a forecast looks at
    kind : "level", "count", "share" (0 to 100), or None: seen from the values known at each origin

    Returns
    -------
    pandas.DataFrame
        unique_id, origin, horizon, quantile, value: 23 quantiles a task. A forecast uses the whole panel
        up to and including its origin year and nothing later, weights and spread included.
    """
    names, years, value = _wide(table)
    rows, columns = _tasks(value, horizon, origins)
    groups: dict[tuple[str, bool], models.Group] = {}
    parts = []
    for column in np.unique(columns):
        mine = rows[columns == column]
        group = _group(groups, value, int(column), history, kind)
        mixture = models.fit(group, int(column), range(1, horizon + 1)).take(mine)
        made = mixtures.quick_quantile(mixture, LEVELS)
        parts.append(_long(names[mine], years[column], made))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else _long(names[:0], 0, np.zeros((0, horizon, len(LEVELS))))
    )


def _wide(table: pd.DataFrame) -> tuple[np.ndarray, Places, Array]:
    """Names (n,), years (T,) and values (n, T), NaN where there is none."""
    known = table.dropna(subset=["value"])
    if known.empty:
        return np.array([]), np.array([], int), np.zeros((0, 0))
    names, place = np.unique(known["unique_id"].to_numpy(str), return_inverse=True)
    years = np.arange(known["year"].min(), known["year"].max() + 1)
    value = np.full((len(names), len(years)), np.nan)
    value[place, known["year"] - years[0]] = known["value"]
    return names, years, value


def _tasks(value: Array, horizon: int, origins: int) -> tuple[Places, Places]:
    """Rows and columns of each series' last `origins` observed years that `horizon` others follow."""
    after = np.cumsum(np.isfinite(value)[:, ::-1], axis=1)[:, ::-1]
    wanted = np.isfinite(value) & (after > horizon) & (after <= horizon + origins)
    rows, columns = np.nonzero(wanted)
    return rows, columns


def _group(
    groups: dict[tuple[str, bool], models.Group], value: Array, column: int, history: int, kind: str | None
) -> models.Group:
    """The panel as a group, by what its values up to the column look like; made once for each look."""
    known = value[:, : column + 1]
    known = known[np.isfinite(known)]
    whole = bool(np.all(known >= 0) and np.all(known == np.round(known)))
    key = kind or ("count" if whole else "level"), bool(np.all(known >= 0))
    if key not in groups:
        before = np.append(np.full((len(value), 1), np.nan), value[:, :-1], axis=1)
        span = panel.spans(value, before, np.zeros(value.shape))
        lower = 0.0 if key[1] or key[0] in ("count", "share") else -np.inf
        upper = 100.0 if key[0] == "share" else np.inf
        groups[key] = models.Group(value, span, history, lower, upper, key[0] == "count")
    return groups[key]


def _long(names: np.ndarray, origin: int, quantiles: Array) -> pd.DataFrame:
    count, horizon, levels = quantiles.shape
    return pd.DataFrame({
        "unique_id": np.repeat(names, horizon * levels),
        "origin": np.full(count * horizon * levels, origin),
        "horizon": np.tile(np.repeat(np.arange(1, horizon + 1), levels), count),
        "quantile": np.tile(LEVELS, count * horizon),
        "value": quantiles.ravel(),
    })  # fmt: skip


def as_csv(forecasts: pd.DataFrame) -> str:
    """Return the text of a CSV of `run_panel`'s forecasts: three times as fast as pandas writes it."""
    names = {name: _quoted(name) for name in forecasts["unique_id"].unique()}
    columns = (forecasts[column].tolist() for column in ("origin", "horizon", "quantile", "value"))
    rows = zip(map(names.get, forecasts["unique_id"].tolist()), *columns, strict=True)
    lines = [f"{name},{origin},{h},{level:.10g},{value:.10g}\n" for name, origin, h, level, value in rows]
    return "unique_id,origin,horizon,quantile,value\n" + "".join(lines)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\n') else name


# ------------------------------------------------------------------------------- the embedded panel


@dataclass(frozen=True)
class Scorecard:
    """The record of forecasts made from real vintages; bands are 90 %, from a bootstrap over origin years.

    cases : the rows of `cases` it was made from
    models : mean marks by indicator and model, with n, the origin years, and crps relative to the naive
        forecast
    horizons : ours by horizon
    pit : its histogram with bands
    reliability : bins of P(goal reached) with bands
    worst : where ours fails, by region and by year
    rungs : ours by rung of the ladder, level of the regions and indicator, with n and origin years
    """

    cases: pd.DataFrame
    models: pd.DataFrame
    horizons: pd.DataFrame
    pit: pd.DataFrame
    reliability: pd.DataFrame
    worst: pd.DataFrame
    rungs: pd.DataFrame


class Chances(NamedTuple):
    """How often goals given chances of one likelihood word were reached, with a 90 % band by origin years."""

    word: str
    n: int
    probability: float
    frequency: float
    low: float
    high: float

    @property
    def leaning(self) -> str:
        """Which way such chances lean, "low" or "high": clearly, as printed, and outside the band."""
        missed = round(100 * self.frequency) - round(100 * self.probability)
        outside = self.probability < self.low or self.probability > self.high
        return ("low" if missed > 0 else "high") if abs(missed) >= 100 * CLEARLY and outside else ""


@dataclass(frozen=True)
class Record:
    """How past forecasts of an indicator did: the verdict that every paper tells.

    n : forecasts of regions, from so many origin years; horizons : how many of them so many years ahead
    inside80 : how many 80 % intervals held
    narrow : whether they held clearly fewer than eight in ten: by five points or more, and eight in ten lies
        above the 90 % band of a bootstrap over origin years
    chances : of the goals asked, `len(STEPS)` a forecast, by the likelihood words they were given
    """

    n: int
    origins: int
    regions: int
    inside80: float
    narrow: bool = False
    horizons: tuple[tuple[int, int], ...] = ()
    chances: tuple[Chances, ...] = ()

    @property
    def weak(self) -> bool:
        """Whether it starts from so few years that it proves little."""
        return self.origins < FEW_ORIGINS

    @property
    def asked(self) -> int:
        """How many chances were given: those of all words together."""
        return self.n * len(STEPS)

    def given(self, word: str) -> Chances | None:
        """Return what came of chances of a likelihood word; None where none was given."""
        return next((one for one in self.chances if one.word == word), None)


def cases(
    observations: pd.DataFrame,
    catalogue: Catalogue,
    indicators: tuple[str, ...] | None = None,
    benchmarks: tuple[str, ...] = ("naive", "drift"),
    known: Vintages | None = None,
    days: Container[str] | None = None,
) -> pd.DataFrame:
    """Forecast the provinces as of each year's end in real vintages, and mark every forecast.

    Parameters
    ----------
    observations : table of `releases.load`
    indicators : keys; None takes all with at least ten provinces
    benchmarks : of `references.MODELS`; statsmodels' take about a minute
    known : of `vintages`, where they are there already
    days : the years' ends as of which forecasts are made; None takes all

    Returns
    -------
    pandas.DataFrame
        One row a forecast, columns `CASES`: rung (of the ladder: "own", or "short" and "region" with history
        hidden, see `hidden`), indicator, region, as_of, horizon, model, origin, year, observed
        (the outcome as first known), published (its day), pit, crps in usual yearly changes, inside80,
        inside95, and for each of five goals p_1 ... p_5 (chance given) and happened_1 ... happened_5, with
        brier and log_score their means. A forecast uses what was published by its as_of and nothing later.
    """
    known = vintages(observations, catalogue) if known is None else known
    indicators = widely_known(observations, catalogue) if indicators is None else indicators
    return tabled(
        part
        for key in indicators
        for at in _origins(known, key, catalogue, HORIZON, days)
        for part in _scored(at, key, benchmarks)
    )


def widely_known(observations: pd.DataFrame, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the indicators of which enough provinces have figures."""
    mine = observations[observations["region"].isin(_provinces(catalogue))]
    counted = mine.groupby("indicator")["region"].nunique()
    return tuple(counted.index[counted >= FEWEST])


def tabled(parts: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return parts, columns `CASES` as arrays (n,) or one value for all n, as one table."""
    filled = list(parts)
    if not filled:
        return pd.DataFrame(columns=CASES)
    return pd.DataFrame({name: np.concatenate([_column(part, name) for part in filled]) for name in CASES})


def _column(part: Mapping[str, Any], name: str) -> np.ndarray:
    dtype = object if isinstance(part[name], str) else None
    return np.broadcast_to(np.asarray(part[name], dtype), len(part["observed"]))


def years(observations: pd.DataFrame) -> range:
    """Return the years at whose ends forecasts are made."""
    last = int(observations["published"].max().year) if len(observations) else FIRST
    return range(FIRST, last + 1)


def year_end(year: int) -> str:
    return f"{year}-12-31"


def last_asked(year: int, known: Places) -> int:
    """Return the last year whose outcome marks a forecast, here or of `hidden`, made at a year's end.

    Parameters
    ----------
    known : the years of the figures known then
    """
    return int(max(year + 1, known.max(initial=0) + HORIZON))


def known(cases: pd.DataFrame, as_of: str, horizon: int = HORIZON) -> pd.DataFrame:
    """Return the cases that could be marked on a date, up to so many years ahead."""
    return cases[cases["published"].le(pd.Timestamp(as_of)) & cases["horizon"].le(horizon)]


def record(cases: pd.DataFrame, indicator: str | None, as_of: str, rung: str = "own") -> Record | None:
    """Return the `Record` on a date of forecasts of an indicator that stood on a rung; None without any."""
    mine = known(cases, as_of)
    mine = mine[mine["indicator"].eq(indicator) & mine["model"].eq("ours") & mine["rung"].eq(rung)]
    if mine.empty:
        return None
    inside, origins = mine["inside80"].to_numpy(float), mine["origin"].to_numpy()
    narrow = inside.mean() <= 0.8 - CLEARLY and scores.by_year(inside, origins)[1] < 0.8
    counted = len(mine), len(set(origins)), mine["region"].nunique(), float(inside.mean())
    ahead, times = np.unique(mine["horizon"].to_numpy(), return_counts=True)
    horizons = tuple(zip(ahead.tolist(), times.tolist(), strict=True))
    return Record(*counted, bool(narrow), horizons, _by_word(mine))


@dataclass(frozen=True)
class Origin:
    """What was forecast of the provinces as of one year's end, and what came of it.

    origin : last year known; codes : of the provinces forecast; histories : the last unbroken run of each
    last, move : (n,) their last values and usual yearly changes
    mixture : `mixtures.Mixture` of n series
    found : horizon -> (places among the n, outcomes as first known, days they were published)
    """

    as_of: str
    origin: int
    codes: list[str]
    histories: list[Array]
    last: Array
    move: Array
    mixture: mixtures.Mixture
    found: dict[int, tuple[Places, Array, np.ndarray]]


def vintages(observations: pd.DataFrame, catalogue: Catalogue, asked: range | None = None) -> Vintages:
    """Return what was known at the end of each year; of `years`, unless others are asked."""
    asked = years(observations) if asked is None else asked
    return {year: panel.as_of(observations, year_end(year), catalogue) for year in asked}


def _provinces(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(code for code, region in catalogue.regions.items() if region.level == "province")


def _origins(
    vintages: Vintages, indicator: str, catalogue: Catalogue, horizon: int, days: Container[str] | None = None
) -> Iterator[Origin]:
    """Yield what the vintages of days let forecast so many years ahead, where an outcome is known."""
    regions = _provinces(catalogue)
    known = {year: panel.annual(history, indicator, regions) for year, history in vintages.items()}
    first = by_year(*known.values())
    for year, history in known.items():
        if history.empty or not (days is None or year_end(year) in days):
            continue
        codes, value, span = forecast.levels(history, indicator, regions)
        origin, column = int(history["year"].max()), value.shape[1] - 1
        outcomes = {h: first[origin + h] for h in range(1, horizon + 1) if origin + h in first}
        ready = np.flatnonzero(((span == 1).sum(axis=1) >= 2) & np.isfinite(value[:, -2:]).all(axis=1))
        if not len(ready) or not outcomes:
            continue
        group = forecast.group(value, span, catalogue.indicators[indicator])
        names = [codes[row] for row in ready]
        yield Origin(
            as_of=year_end(year),
            origin=origin,
            codes=names,
            histories=[references.run(value[row, -group.history :]) for row in ready],
            last=value[ready, column],
            move=models.sizes(group, column)[1][ready],
            mixture=models.fit(group, column, range(1, horizon + 1)).take(ready),
            found={h: found(names, outcome) for h, outcome in outcomes.items()},
        )


def found(codes: Sequence[str], outcomes: Outcomes) -> tuple[Places, Array, np.ndarray]:
    """Return which of the regions have an outcome: their places, the outcomes, the days of publication."""
    mine = np.array([place for place, code in enumerate(codes) if code in outcomes], np.intp)
    pairs = [outcomes[codes[place]] for place in mine]
    return (
        mine,
        np.array([value for value, _ in pairs]),
        np.array([day for _, day in pairs], "datetime64[ns]"),
    )


def _quantiles(at: Origin, benchmarks: tuple[str, ...]) -> dict[str, Array]:
    """Quantiles (n, H, Q) of ours and of the benchmarks."""
    horizon = at.mixture.location.shape[2]
    made = {"ours": mixtures.quick_quantile(at.mixture, LEVELS)}
    for name in benchmarks:
        made[name] = np.stack([references.quantiles(name, past, horizon) for past in at.histories])
    return made


def by_year(*histories: pd.DataFrame) -> dict[int, Outcomes]:
    """Return year -> outcomes as first published, each year's from the first table that has any of it."""
    first: dict[int, Outcomes] = {}
    for history in histories:
        there: dict[int, Outcomes] = {}
        rows = history.iloc[np.argsort(history["published"].to_numpy(), kind="stable")]
        names = ("year", "region", "value", "published")
        for year, region, value, day in zip(*(rows[name].to_numpy() for name in names), strict=True):
            there.setdefault(int(year), {}).setdefault(region, (value, day))
        first = there | first
    return first


def _scored(at: Origin, indicator: str, benchmarks: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield parts of `tabled`: ours and the benchmarks', for every horizon and region with an outcome."""
    quantiles = _quantiles(at, benchmarks)
    for h, (mine, observed, published) in at.found.items():
        table = {"rung": "own", "indicator": indicator, "region": [at.codes[i] for i in mine],
                 "as_of": at.as_of, "horizon": h, "origin": at.origin, "year": at.origin + h,
                 "observed": observed, "published": published}  # fmt: skip
        for name, made in quantiles.items():
            pit = pits(at.mixture.take(mine), h, observed) if name == "ours" else np.nan
            marked = marks(made[mine, h - 1], observed, at.last[mine], at.move[mine], h)
            yield table | {"model": name, "pit": pit} | marked


def marks(quantiles: Array, observed: Array, last: Array, move: Array, h: int) -> dict[str, np.ndarray]:
    """Return the marks of n forecasts (n, Q); goals lie at ``last`` plus steps of ``move`` x h."""
    goals = last[:, None] + np.array(STEPS) * move[:, None] * h
    p = 1 - scores.probability_below(LEVELS, quantiles[:, None, :], goals)
    happened = observed[:, None] >= goals
    made = {
        "crps": scores.crps(LEVELS, quantiles, observed) / move,
        "brier": scores.brier(p, happened).mean(axis=1),
        "log_score": scores.log_score(p, happened).mean(axis=1),
        "inside80": scores.inside(LEVELS, quantiles, observed, 0.8),
        "inside95": scores.inside(LEVELS, quantiles, observed, 0.95),
    }
    return made | dict(zip(GIVEN, p.T, strict=True)) | dict(zip(HAPPENED, happened.T, strict=True))


def pits(mixture: mixtures.Mixture, h: int, observed: Array) -> Array:
    """Return the probability integral transforms (n,) of outcomes h years ahead."""
    at = np.repeat(observed[:, None, None], mixture.location.shape[2], axis=1)
    upto = mixtures.cdf(mixture, at)[:, h - 1, 0]
    below = mixtures.cdf(mixture, at - 1)[:, h - 1, 0] if mixture.integer else upto
    return scores.pit(below, upto)


# ------------------------------------------------------------------------------------- goals set high


def goals(
    observations: pd.DataFrame,
    catalogue: Catalogue,
    indicator: str = "rd_intensity",
    benchmarks: tuple[str, ...] = ("drift", "naive"),
) -> pd.DataFrame:
    """Return how well goals set above the last value were forecast, as of each year's end in real vintages.

    Goals are the last value of a province plus `RISES`, 1 to `GOAL_HORIZON` years ahead. ``climatology``
    gives each the share of its cell that was reached among outcomes known by then, one half before any.

    Parameters
    ----------
    benchmarks : of `references.MODELS`

    Returns
    -------
    pandas.DataFrame
        rise, horizon, model, n, origins (years they were made in), and the cell's mean probability, reached
        and brier; the mean of ``brier`` over the cells is the score of a model, each cell counting alike.
    """
    parts = []
    for at in _origins(vintages(observations, catalogue), indicator, catalogue, GOAL_HORIZON):
        made = _quantiles(at, benchmarks)
        for h, (mine, observed, published) in at.found.items():
            goal = at.last[mine, None] + np.array(RISES)
            chance = {name: 1 - scores.probability_below(LEVELS, one[mine, None, h - 1], goal - TIE)
                      for name, one in made.items()}  # fmt: skip
            table = {"rise": np.tile(RISES, len(mine)), "horizon": h, "origin": at.origin, "as_of": at.as_of,
                     "published": np.repeat(published, len(RISES)),
                     "reached": (observed[:, None] >= goal - TIE).ravel()}  # fmt: skip
            parts += [pd.DataFrame(table | {"model": name, "p": p.ravel()}) for name, p in chance.items()]
    if not parts:
        return pd.DataFrame(columns=GOALS)
    asked = pd.concat(parts, ignore_index=True)
    asked = pd.concat([asked, _climatology(asked[asked["model"].eq("ours")])], ignore_index=True)
    asked["brier"] = scores.brier(asked["p"], asked["reached"])
    cells = asked.groupby(["rise", "horizon", "model"])
    means = cells[["p", "reached", "brier"]].mean().rename(columns={"p": "probability"})
    return means.assign(n=cells.size(), origins=cells["origin"].nunique()).reset_index()[GOALS]


def _climatology(asked: pd.DataFrame) -> pd.DataFrame:
    """The goals asked of ours, each with the share of its cell reached by outcomes known as of its day."""
    chance = pd.Series(0.5, asked.index)
    for (_, _, as_of), rows in asked.groupby(["rise", "horizon", "as_of"]):
        cell = asked["rise"].eq(rows["rise"].iloc[0]) & asked["horizon"].eq(rows["horizon"].iloc[0])
        known = asked[cell & asked["published"].le(pd.Timestamp(as_of))]
        chance[rows.index] = known["reached"].mean() if len(known) else 0.5
    return asked.assign(model="climatology", p=chance)


# ------------------------------------------------------------------------------------------- summaries


def scorecard(cases: pd.DataFrame) -> Scorecard:
    """Return the `Scorecard` of a table of cases; its tables are empty when there is none."""
    if cases.empty:
        return Scorecard(*[pd.DataFrame()] * 7)
    ours = cases[cases["model"] == "ours"]
    own = ours[ours["rung"] == "own"]
    means = by_model(cases), by_horizon(own), pit_histogram(own), reliability(own), worst(own)
    return Scorecard(cases, *means, by_rung(ours))


def by_rung(cases: pd.DataFrame) -> pd.DataFrame:
    """Return mean scores of ours by rung, level and indicator, with 90 % bands of the coverage."""
    level = np.where(cases["region"].str.endswith("0000"), "province", "city")
    cases = cases.assign(level=level)
    by = ["rung", "level", "indicator"]
    bands = [scores.by_year(rows["inside80"].to_numpy(float), rows["origin"].to_numpy())
             for _, rows in cases.groupby(by)]  # fmt: skip
    table = _means(cases, by).assign(
        regions=cases.groupby(by)["region"].nunique().to_numpy(),
        inside80_low=[band[0] for band in bands],
        inside80_high=[band[1] for band in bands],
    )
    order = table["rung"].map({name: place for place, name in enumerate(("own", "short", "region"))})
    return (
        table.assign(place=order)
        .sort_values(["place", "level", "indicator"])
        .drop(columns="place")
        .reset_index(drop=True)
    )


def by_model(cases: pd.DataFrame) -> pd.DataFrame:
    """Return mean scores by indicator and model, same tasks; `relative` is CRPS over the naive forecast's."""
    table = _means(cases[cases["rung"].eq("own")], ["indicator", "model"])
    first = table[table["model"] == "naive"].set_index("indicator")["crps"]
    return table.assign(relative=table["crps"] / table["indicator"].map(first))


def by_horizon(cases: pd.DataFrame) -> pd.DataFrame:
    """Return mean scores and coverage by indicator and horizon, with 90 % bands of the coverage."""
    table = _means(cases, ["indicator", "horizon"])
    bands = [scores.by_year(rows["inside80"].to_numpy(float), rows["origin"].to_numpy())
             for _, rows in cases.groupby(["indicator", "horizon"])]  # fmt: skip
    return table.assign(inside80_low=[band[0] for band in bands], inside80_high=[band[1] for band in bands])


def _means(cases: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = cases.groupby(by)
    means = grouped[["crps", "brier", "log_score", "inside80", "inside95"]].mean()
    return pd.concat(
        [grouped.size().rename("n"), grouped["origin"].nunique().rename("origins"), means], axis=1
    ).reset_index()


def pit_histogram(cases: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Return the share of PIT values in equal bins, with 90 % bands: flat at 1 / bins when calibrated."""
    place = np.minimum((cases["pit"].to_numpy() * bins).astype(int), bins - 1)
    origins = cases["origin"].to_numpy()
    rows = [(i / bins, (i + 1) / bins, np.mean(place == i), *scores.by_year((place == i) * 1.0, origins))
            for i in range(bins)]  # fmt: skip
    return pd.DataFrame(rows, columns=["from", "to", "share", "low", "high"]).assign(n=len(cases))


def reliability(cases: pd.DataFrame) -> pd.DataFrame:
    """Return how often goals were reached by the probability given, in the bins of the likelihood words."""
    p, happened = cases[GIVEN].to_numpy(float), cases[HAPPENED].to_numpy(bool)
    origins = np.repeat(cases["origin"].to_numpy(), p.shape[1])
    rows = scores.reliability(p.ravel(), happened.ravel(), origins)
    return pd.DataFrame(rows, columns=["n", "probability", "frequency", "low", "high"]).astype({"n": int})


def _by_word(cases: pd.DataFrame) -> tuple[Chances, ...]:
    """Return what came of the goals of cases by the words of their chances, the least likely first."""
    lowest, words = zip(*reversed(tables.LIKELIHOOD), strict=True)
    p, happened = cases[GIVEN].to_numpy(float), cases[HAPPENED].to_numpy(bool)
    origins = np.repeat(cases["origin"].to_numpy(), p.shape[1])
    rows = scores.reliability(p.ravel(), happened.ravel(), origins, edges=(*lowest, 1.0000001))
    return tuple(
        Chances(word, int(row[0]), *map(float, row[1:]))
        for word, row in zip(words, rows, strict=True)
        if row[0]
    )


def worst(cases: pd.DataFrame, count: int = 5) -> pd.DataFrame:
    """Return the years and the regions with the largest mean CRPS of each indicator."""
    parts = []
    for by in ("year", "region"):
        table = _means(cases, ["indicator", by]).rename(columns={by: "where"})
        table = table.sort_values("crps", ascending=False, kind="stable").groupby("indicator").head(count)
        parts.append(table.assign(by=by, where=table["where"].astype(str)))
    return pd.concat(parts).sort_values(
        ["indicator", "by", "crps"], ascending=[True, False, False], ignore_index=True
    )


METHODS = ("ours", "drift", "naive")
MARKS = ("n", "origins", "crps", "brier", "log_score", "inside80", "inside95")


def presented(models: pd.DataFrame) -> pd.DataFrame:
    """Return `Scorecard.models` in the order people read it: ours first; indicator and method as codes.

    The numbers are those stored: whoever prints them rounds them, once.
    """
    columns = ["indicator", "method", *MARKS]
    if not len(models):
        return pd.DataFrame(columns=columns)
    rows = models.rename(columns={"model": "method"})
    rows = rows.assign(place=rows["method"].map(METHODS.index)).sort_values(["indicator", "place"])
    return rows[columns].round(tables.PLACES).reset_index(drop=True)
