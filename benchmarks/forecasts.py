"""Our forecasts beside other programs' on any panels, in one run on one core.

    python benchmarks/forecasts.py [PANEL.csv ...] [--history 8] [--horizon 2] [--origins 3] [--quick]

A panel has the columns unique_id, year, value. Without one, two are generated. Prints
- CRPS and Brier score of every model, the coverage of its intervals, and ours over each of them; for the best
  of the others (chosen with hindsight) with the standard error of that ratio, drawing whole origin years;
- the same by length of history: the same outcomes, forecast from the last 2, 3, 5, 8, 12 years only;
- the ablation: what each idea of the method is worth, on the half of the series kept for confirming;
- goals set high on purpose on provinces' R&D/GDP, from real vintages;
- the throughput on a generated panel of 5,000 series.
Writes reports/benchmarks/forecasts.csv and .png, lengths.csv and .png. Where statsforecast is not installed,
the plain models of `references` stand alone, and the output says so.
"""

# ruff: noqa: E402  the number of threads is set before numpy is loaded
import argparse
import hashlib
import os
import sys
import time
import warnings
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest import mock

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy starts its threads

import matplotlib.figure
import numpy as np
import pandas as pd

from analysis import backtest, catalogue, models, references, releases, scores

try:
    from statsforecast import models as theirs
except ImportError:
    theirs = None

LEVELS = backtest.LEVELS
OUT = Path(__file__).resolve().parent.parent / "reports" / "benchmarks"
CALLED = {"ours": "this suite", "naive": "last value", "drift": "drift", "ets": "ETS"}  # as in the README
PLAIN = {name: partial(references.quantiles, name) for name in ("naive", "drift", "ets")}
THEIRS = ("AutoETS", "AutoTheta", "DynamicOptimizedTheta", "AutoARIMA")
AVERAGED = ("AutoETS", "AutoARIMA", "AutoTheta")
LENGTHS = (2, 3, 5, 8, 12)
AHEAD = 5  # years: what the ideas are for shows far ahead
SERIES, SAMPLED = 5000, 250
RULER = "AutoETS" if theirs else "ets"
OWN = models._own
ABLATED = {  # idea -> what stands in its place
    "as it is": [],
    "without the common drift": [(models.Drifts, "belief", 0.0)],
    "common drift that never turns": [(models, "TURNING", 1e-9)],
    "own drift by equal ratios": [(models, "_own", lambda *given: OWN(*given[:-1], "identity"))],
    "nothing learned in the learned member": [(models, "YEARS_OF_PRIOR", 1e9)],
    "equal weights": [(models, "EVENNESS", 1e9)],
    "spread not learned": [(models, "YEARS_OF_TRUST", 1e9)],
    "outlying changes as they are": [(models, "OUTLYING", 1e9)],
}


def tasks(table, history, horizon, origins, at_least=6):
    """Yield (unique_id, origin, history, outcomes): the last gap-free origins with something to forecast."""
    for name, rows in table.dropna(subset=["value"]).sort_values("year").groupby("unique_id"):
        year, value = rows["year"].to_numpy(), rows["value"].to_numpy(float)
        for end in range(len(value) - horizon, len(value) - horizon - origins, -1):
            first = max(0, end - history)
            if end < at_least:
                break
            unbroken = year[end + horizon - 1] - year[first] == end + horizon - 1 - first
            if unbroken and np.ptp(value[first:end]) > 0:
                yield name, int(year[end - 1]), value[first:end], value[end : end + horizon]


def peers(asked):
    """Functions (history, horizon) -> quantiles (H, Q), by name; AutoARIMA takes most of the time."""
    names = [name for name in THEIRS if theirs and not (asked.quick and name == "AutoARIMA")]
    return PLAIN | {name: partial(their_quantiles, getattr(theirs, name)(season_length=1)) for name in names}


def their_quantiles(model, value, horizon):
    """Quantiles (H, Q) of a statsforecast model, read from its central intervals.

    Some refuse very short or odd histories; the naive forecast stands in, as a user would have it.
    """
    nominal = sorted({round(200 * abs(level - 0.5), 6) for level in LEVELS if level != 0.5})
    try:
        made = model.forecast(y=value, h=horizon, level=nominal)
    except (NotImplementedError, ValueError, ZeroDivisionError, IndexError, np.linalg.LinAlgError):
        return references.quantiles("naive", value, horizon)
    ends = {round(float(key[3:]), 6): key[3:] for key in made if key.startswith("lo-")}
    return np.stack([made[_key(level, ends)] for level in LEVELS], axis=1)


def _key(level, ends):
    if level == 0.5:
        return "mean"
    return ("lo-" if level < 0.5 else "hi-") + ends[round(200 * abs(level - 0.5), 6)]


def marks(quantiles, found):
    """Mean over the horizons of every task: CRPS and Brier score in mean absolute changes, coverage."""
    history, observed = [task[2] for task in found], np.stack([task[3] for task in found])
    scale = np.array([np.abs(np.diff(value)).mean() for value in history])[:, None]
    ahead = np.arange(1, observed.shape[1] + 1)
    last = np.array([value[-1] for value in history])[:, None, None]
    goals = last + np.array(backtest.STEPS) * scale[:, :, None] * ahead[None, :, None]
    p = 1 - scores.probability_below(LEVELS, quantiles[:, :, None, :], goals - 1e-9 * scale[:, :, None])
    return {
        "crps": (scores.crps(LEVELS, quantiles, observed) / scale).mean(axis=1),
        "brier": scores.brier(p, observed[:, :, None] >= goals).mean(axis=(1, 2)),
        "inside80": scores.inside(LEVELS, quantiles, observed, 0.8).mean(axis=1),
        "inside95": scores.inside(LEVELS, quantiles, observed, 0.95).mean(axis=1),
    }


def compare(name, table, asked):
    """Rows (panel, model, scores, ...) of one panel, ours first."""
    found = list(tasks(table, asked.history, asked.horizon, asked.origins))
    if not found:
        print(f"{name}: no task with six gap-free years and {asked.horizon} to score", file=sys.stderr)
        return []
    start = time.perf_counter()
    quantiles = {"ours": our_quantiles(table, found, asked.history, asked)}
    seconds = {"ours": time.perf_counter() - start}
    for label, forecast in peers(asked).items():
        start = time.perf_counter()
        quantiles[label] = np.stack([forecast(task[2], asked.horizon) for task in found])
        seconds[label] = time.perf_counter() - start
    quantiles |= averaged(quantiles)
    return summary(name, found, {label: marks(one, found) for label, one in quantiles.items()}, seconds)


def our_quantiles(table, found, history, asked):
    """Ours (N, H, Q) for the tasks found, from so many years."""
    made = backtest.run_panel(table, history, asked.horizon, asked.origins)
    wide = made.pivot_table(index=["unique_id", "origin", "horizon"], columns="quantile", values="value")
    keys = [(task[0], task[1], h) for task in found for h in range(1, asked.horizon + 1)]
    return wide.loc[keys].to_numpy().reshape(len(found), asked.horizon, -1)


def averaged(quantiles):
    """The mean of the quantiles of the three that are usually averaged, where all are there."""
    there = set(AVERAGED) <= set(quantiles)
    return {"Average": np.mean([quantiles[label] for label in AVERAGED], axis=0)} if there else {}


def lengths(name, table, asked):
    """Rows (panel, years, model, crps): the same outcomes and scale, forecast from the last years only."""
    found = list(tasks(table, max(LENGTHS), asked.horizon, asked.origins, at_least=8))
    found = found[:: -(-len(found) // SAMPLED)] if found else found
    rows = []
    for years in LENGTHS if found else ():
        made = {"ours": our_quantiles(table, found, years, asked)}
        for label, forecast in peers(asked).items():
            made[label] = np.stack([forecast(task[2][-years:], asked.horizon) for task in found])
        rows += [{"panel": name, "years": years, "model": label, "crps": marks(one, found)["crps"].mean()}
                 for label, one in (made | averaged(made)).items()]  # fmt: skip
    return rows


def by_length(rows):
    """CRPS by years and model, over the naive forecast's from 8 years: geometric means over the panels."""
    wide = np.log(rows.pivot_table(index=["panel", "years"], columns="model", values="crps"))
    ruler = wide["naive"].xs(8, level="years")
    return np.exp(wide.sub(ruler.reindex(wide.index.get_level_values("panel")).to_numpy(), axis=0)
                  .groupby("years").mean())  # fmt: skip


def draw_lengths(table):
    """CRPS over the years known: ours stay ahead where histories are short."""
    figure = matplotlib.figure.Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    for model in table.columns:
        color, width = ("#2166ac", 2) if model == "ours" else ("#777", 1)
        axes.plot(table.index, table[model], "o-", color=color, linewidth=width)
        axes.annotate(CALLED.get(model, model), (table.index[-1], table[model].iloc[-1]), (6, -3),
                      textcoords="offset points", fontsize=8, color=color)  # fmt: skip
    axes.set_xticks(table.index)
    axes.margins(x=0.12)
    axes.set_title("Ahead of the plain models at every length, most with two years", loc="left", fontsize=10)
    axes.set_xlabel("years of history known")
    axes.set_ylabel("CRPS, last value from 8 years = 1")
    figure.savefig(OUT / "lengths.png", dpi=150)


def for_confirming(name):
    """Whether a series belongs to the half kept for confirming."""
    return hashlib.md5(name.encode()).digest()[-1] % 2 == 1


def ablation(panels, asked):
    """Scores of the method without each idea over those with it: CRPS up to `AHEAD` years ahead on the series
    kept for confirming, and the Brier score of `backtest.goals` on the project's own figures."""
    far, kept = argparse.Namespace(**vars(asked) | {"horizon": AHEAD}), {}
    for name, table in panels.items():
        found = tasks(table, far.history, far.horizon, far.origins)
        kept[name] = [task for task in found if for_confirming(task[0])]
    known, entries, rows = releases.load(), catalogue.read(), {}
    for idea, changes in ABLATED.items():
        with ExitStack() as stack:
            for holder, attribute, value in changes:
                stack.enter_context(mock.patch.object(holder, attribute, value))
            rows[idea] = {
                name: marks(our_quantiles(panels[name], found, far.history, far), found)["crps"].mean()
                for name, found in kept.items()
                if found
            }
            high = backtest.goals(known, entries, benchmarks=())
            rows[idea]["goals (Brier)"] = high.loc[high["model"].eq("ours"), "brier"].mean()
    table = pd.DataFrame(rows).T
    table = table / table.iloc[0]
    return table.assign(mean=np.exp(np.log(table).mean(axis=1)))


def summary(name, found, marked, seconds):
    origins = np.array([task[1] for task in found])
    best = min((label for label in marked if label != "ours"), key=lambda label: marked[label]["crps"].mean())
    rows = []
    for label, one in marked.items():
        ratio = marked["ours"]["crps"].mean() / one["crps"].mean()
        error = bootstrap(marked["ours"]["crps"], one["crps"], origins) if label == best else np.nan
        row = {key: values.mean() for key, values in one.items()}
        rows.append({"panel": name, "model": label, "n": len(found), "origins": len(set(origins)), **row,
                     "ours_over_it": ratio, "standard_error": error, "best": label == best,
                     "seconds": seconds.get(label, np.nan)})  # fmt: skip
    return rows


def bootstrap(ours, other, origins, draws=500):
    """Standard error of the ratio of mean scores, drawing whole origin years; not defined for one year."""
    years = [np.flatnonzero(origins == year) for year in np.unique(origins)]
    if len(years) < 2:
        return np.nan
    rng = np.random.default_rng(2018)
    rows = [
        np.concatenate([years[i] for i in rng.integers(len(years), size=len(years))]) for _ in range(draws)
    ]
    return float(np.std([ours[drawn].mean() / other[drawn].mean() for drawn in rows]))


def generated(series, years=12, seed=2018, counts=False):
    """A panel of random walks with drift on the log scale; counts are Poisson around them."""
    rng = np.random.default_rng(seed)
    deviation = 0.08 * np.sqrt(8 / rng.chisquare(8, (series, 1)))
    steps = deviation * (rng.normal(0.4, 0.4, (series, 1)) + rng.normal(size=(series, years)))
    value = np.exp(rng.normal(0, 1, (series, 1)) + np.cumsum(steps, axis=1))
    value = rng.poisson(10 * value).astype(float) if counts else value
    return pd.DataFrame({
        "unique_id": np.repeat([f"s{i:05}" for i in range(series)], years),
        "year": np.tile(np.arange(2010, 2010 + years), series),
        "value": value.ravel(),
    })  # fmt: skip


def throughput(asked):
    """Seconds a series of ours, learning included, and of AutoETS, alternating in one run on one core."""
    table = generated(SERIES)
    ets, found = peers(asked)[RULER], []
    for task in tasks(table, asked.history, asked.horizon, 1):
        found.append(task)
        if len(found) == 2 * SAMPLED:
            break
    ets(found[0][2], asked.horizon)
    backtest.run_panel(generated(50), asked.history, asked.horizon, 1)  # start-up of both is left out
    spent = {"ours": [], "AutoETS": []}
    for half in (found[:SAMPLED], found[SAMPLED:]):
        start = time.perf_counter()
        for task in half:
            ets(task[2], asked.horizon)
        spent["AutoETS"].append((time.perf_counter() - start) / len(half))
        start = time.perf_counter()
        backtest.run_panel(table, asked.history, asked.horizon, 1)
        spent["ours"].append((time.perf_counter() - start) / SERIES)
    return np.mean(spent["ours"]), np.mean(spent["AutoETS"])


def draw(rows):
    """Ours over every other model on each panel, as a picture."""
    table = rows[rows["model"] != "ours"].pivot(index="panel", columns="model", values="ours_over_it")
    figure = matplotlib.figure.Figure(figsize=(8, 1.2 + 0.45 * len(table)), layout="constrained")
    axes = figure.subplots()
    for place, panel in enumerate(table.index):
        axes.plot(table.loc[panel], np.full(table.shape[1], place), "o", color="#888", markersize=5)
        worst = table.loc[panel].idxmax()
        axes.annotate(worst, (table.loc[panel, worst], place), (4, 4), textcoords="offset points", fontsize=8)
    axes.axvline(1, color="#b2182b", linewidth=1)
    axes.set_yticks(range(len(table)), table.index)
    axes.set_ylim(-0.5, len(table) - 0.5)
    axes.margins(x=0.12)
    axes.set_title("Ours against other programs, panel by panel", loc="left", fontsize=10)
    axes.set_xlabel("CRPS of ours over that of each other model (left of the line: ours is better)")
    figure.savefig(OUT / "forecasts.png", dpi=150)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("panels", nargs="*", type=Path)
    parser.add_argument("--history", type=int, default=8)
    parser.add_argument("--horizon", type=int, default=2)
    parser.add_argument("--origins", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="leave out AutoARIMA, which takes most of the time"
    )
    return parser.parse_args()


def show_panels(panels, asked):
    rows = pd.DataFrame([row for name, table in panels.items() for row in compare(name, table, asked)])
    if not len(rows):
        return
    rows.to_csv(OUT / "forecasts.csv", index=False, float_format="%.4f")
    draw(rows)
    print(rows.drop(columns="best").to_string(index=False, float_format="%.3f", na_rep=""))
    means = rows.groupby("model")[["crps", "brier"]].agg(lambda values: np.exp(np.log(values).mean()))
    print("\nGeometric means over the panels\n" + means.to_string(float_format="%.3f"))
    best = rows[rows["best"]]
    print(f"Best other of each panel, with hindsight: CRPS {np.exp(np.log(best['crps']).mean()):.3f}; "
          f"ours over it {np.exp(np.log(best['ours_over_it']).mean()):.3f}, "
          f"at most {best['ours_over_it'].max():.3f}")  # fmt: skip
    without = ablation(panels, asked).to_string(float_format="%.3f")
    print(
        f"\nWithout each idea, over with all, {AHEAD} years ahead, on the half kept for confirming\n{without}"
    )


def show_lengths(panels, asked):
    rows = pd.DataFrame([row for name, table in panels.items() for row in lengths(name, table, asked)])
    if len(rows):
        rows.to_csv(OUT / "lengths.csv", index=False, float_format="%.4f")
        draw_lengths(by_length(rows))
        print("\nCRPS by years of history\n" + by_length(rows).to_string(float_format="%.3f"))


def show_goals():
    made = backtest.goals(releases.load(), catalogue.read(), benchmarks=tuple(PLAIN))
    wide = made.pivot_table(index=["rise", "horizon", "n", "origins"], columns="model", values="brier")
    print("\nBrier score of goals set high, provinces' R&D/GDP\n" + wide.to_string(float_format="%.3f"))
    print("Mean of the cells\n" + wide.mean().to_frame().T.to_string(index=False, float_format="%.4f"))


def main():
    asked = arguments()
    warnings.simplefilter("ignore")  # the peers' own
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    OUT.mkdir(parents=True, exist_ok=True)
    try:
        panels = {path.stem: backtest.read_panel(path) for path in asked.panels}
    except catalogue.SourceError as error:
        sys.exit(str(error))
    panels = panels or {"generated": generated(60), "generated_counts": generated(60, counts=True, seed=1)}
    show_panels(panels, asked)
    show_lengths(panels, asked)
    show_goals()
    ours, ets = throughput(asked)
    print(f"Throughput on {SERIES} generated series, one core: ours {1e6 * ours:.0f} µs a series, "
          f"{RULER} {1e6 * ets:.0f} µs: {ets / ours:.0f} times")  # fmt: skip
    print(f"Written: {OUT}")


if __name__ == "__main__":
    main()
