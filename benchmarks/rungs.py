"""The rungs of the ladder on regions elsewhere: how well they are placed without figures of their own.

    python benchmarks/rungs.py [PANEL.csv ...] [--prefix 2]

A panel has the columns unique_id, year, value (a ratio, in %), and its regions belong to the one their names
begin with: FR10 to FR, whose figure is the mean of its regions' wherever three are known. The project's own
cases come first. Every region is asked as of every year's end with its own figures hidden, by the
code that answers for a city (`hidden`). Prints a row for each rung with n, coverage and the mean place of the
outcome in its forecast, and how often goals were reached by the probability given, with the 95 % band of a
bootstrap over parents, all years of one together, since a region that lies high this year lies high the next;
over years where there is one parent. At the end all tables of the rung "region" together.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import backtest, catalogue, hidden, processed, scores

EDGES = (0, 0.1, 0.33, 0.66, 0.9, 1.0000001)  # those of the likelihood words
FEWEST = 3  # regions that make a parent's figure


def placed(table: pd.DataFrame, prefix: int) -> pd.DataFrame:
    """Cases of a panel's regions, each year's figures published by the end of the next."""
    table = table.dropna(subset=["value"])
    table = table[table["unique_id"].str.len().gt(prefix)].rename(columns={"unique_id": "region"})
    table = table.assign(parent=table["region"].str[:prefix])
    known = table.groupby(["parent", "year"])["value"].agg(["mean", "size"]).reset_index()
    above = known[known["size"].ge(FEWEST)].rename(columns={"parent": "region", "mean": "value"})
    rows = pd.concat([table, above])[["region", "year", "value"]].assign(
        indicator="rd_intensity", basis="", source="panel", rank=1, precision="year", unit="% of GDP",
        status="first_release", note="",
    )  # fmt: skip
    rows = rows.assign(
        period=rows["year"].astype(str), published=pd.to_datetime((rows["year"] + 1).astype(str) + "-12-31")
    )
    return hidden.cases(rows.sort_values(["region", "year"], ignore_index=True), _world(table))


def _world(table: pd.DataFrame) -> catalogue.Catalogue:
    """The project's indicators, and the panel's regions as cities of their parents."""
    regions = {
        name: catalogue.Region(zh=name, en=name, level="province") for name in sorted(set(table["parent"]))
    }
    pairs = table[["region", "parent"]].drop_duplicates().sort_values("region")
    regions |= {
        row.region: catalogue.Region(zh=row.region, en=row.region, level="city", parent=row.parent)
        for row in pairs.itertuples()
    }
    return catalogue.read().model_copy(update={"regions": regions})


def show(name: str, cases: pd.DataFrame) -> None:
    """Print the rungs of a table of cases; `parent` says who shares shocks."""
    for key, rows in cases.groupby(["rung", "level", "indicator"]):
        clusters = rows["parent"] if rows["parent"].nunique() > 1 else rows["year"].astype(str)
        held = " ".join(f"{rows[column].mean():.3f}" for column in ("inside80", "inside95", "pit"))
        print(f"\n{name}: {', '.join(key)}: n {len(rows)}, drawn {clusters.nunique()}")
        print(f"inside 80 %, inside 95 %, mean place: {held}")
        print(reliability(rows, clusters).to_string(index=False, float_format="%.3f"))


def reliability(rows: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """n, mean probability, how often reached, and the band of that, by the probability given."""
    given = rows[list(backtest.GIVEN)].to_numpy().ravel()
    reached = rows[list(backtest.HAPPENED)].to_numpy(float).ravel()
    told = scores.reliability(
        given, reached, np.repeat(clusters.to_numpy(str), len(backtest.GIVEN)), EDGES, level=0.95
    )
    return pd.DataFrame(told, columns=["n", "given", "reached", "low", "high"]).query("n > 0")


def own() -> pd.DataFrame:
    """The project's own cases on the lower rungs."""
    entries = catalogue.read()
    cases = processed.cases()
    cases = cases[cases["model"].eq("ours") & cases["rung"].ne("own")]
    regions = cases["region"].map(entries.regions)
    return cases.assign(level=[one.level for one in regions], parent=[one.parent or "" for one in regions])


def main() -> None:
    """Print the rungs of every panel asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("panels", nargs="*", type=Path)
    parser.add_argument("--prefix", type=int, default=2, help="letters of a name that name its parent")
    asked = parser.parse_args()
    tables = {"own figures": own()}
    for path in asked.panels:
        cases = placed(backtest.read_panel(path), asked.prefix)
        tables[path.stem] = cases.assign(level="region", parent=cases["region"].str[: asked.prefix])
    for name, cases in tables.items():
        show(name, cases)
    together = pd.concat(tables.values())
    show("together", together[together["rung"].eq("region")].assign(level="all"))


if __name__ == "__main__":
    main()
