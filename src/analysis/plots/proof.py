"""Figures on the backtest: would the intervals and the probabilities have been right?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.catalogue import Catalogue
from analysis.plots import page, words
from analysis.plots.page import BANDS, BLUE, DARK, GREY, INK, PALE

MODELS = {"ours": (BLUE, "o"), "drift": (DARK, "s"), "ets": (DARK, "^"), "naive": (GREY, "D")}
MARKS = {
    "zh": "圆点：本方法；方块：自身平均增幅外推；三角：指数平滑；菱形：末值不变",
    "en": "circle: ours; square: own mean change continues; triangle: ETS; diamond: the last value stays",
}
SUBTITLE = {
    "zh": "31个省（区、市），按当时已公布的数据拟实时回溯",
    "en": "31 provinces, pseudo-real-time from what was published then",
}


def _foot(scorecard: object, as_of: str, language: str) -> str:
    cases = scorecard.cases
    first, last = (int(cases["origin"].min()), int(cases["origin"].max())) if len(cases) else (0, 0)
    return words.assessed(
        f"回溯检验，末期数据年份{first}—{last}，结果取首次公布数；区间为按年份重抽样的90%区间",
        f"backtest from origins {first}–{last}, outcomes as first published; 90 % bands, by resampling years",
        as_of, language,
    )  # fmt: skip


def _opened(
    scorecard: object, table: pd.DataFrame, claim: dict, as_of: str, language: str, **room: float
) -> tuple:
    """Open a figure; without any outcome it only says that there is not enough evidence."""
    if len(table):
        return page.opened(claim[language], SUBTITLE[language], _foot(scorecard, as_of, language), **room)
    nothing = {
        "zh": "尚无已公布的结果可供检验：证据不足",
        "en": "No outcome to check yet: not enough evidence",
    }
    foot = words.assessed("回溯检验", "backtest", as_of, language)
    figure, axes = page.opened(nothing[language], SUBTITLE[language], foot, height=30)
    axes.set_axis_off()
    return figure, axes


@page.styled
def pit(scorecard: object, as_of: str, language: str) -> Figure:
    """Draw where in their forecasts the outcomes lay: flat when the forecasts are right.

    Parameters
    ----------
    scorecard : of ``backtest.scorecard``
    """
    table = scorecard.pit
    level = 1 / max(len(table), 1)
    upper = table["share"][len(table) // 2 :].sum() if len(table) else 0.0
    count = int(table["n"].max()) if len(table) else 0
    claim = {
        "zh": f"{count}个结果中{words.percent(upper, 'zh')}高于预测中位数（应为50%）",
        "en": f"{words.percent(upper, 'en')} of {count} outcomes lay above the median, 50\u00a0% if right",
    }
    figure, axes = _opened(scorecard, table, claim, as_of, language, below=5)
    if table.empty:
        return figure
    middle = (table["from"] + table["to"]) / 2
    axes.bar(middle, table["share"], 0.9 * level, color=BANDS[1][-1])
    axes.vlines(middle, table["low"], table["high"], color=BLUE, lw=1.2)
    axes.axhline(level, color=INK, lw=0.8, ls=(0, (3, 2)))
    _percents(axes, "x", np.linspace(0, 1, 6), language)
    _percents(axes, "y", np.arange(0, table["high"].max() + level / 2, level / 2), language)
    axes.set_xlabel(
        {"zh": "结果在预测分布中的位置", "en": "place of the outcome in its forecast"}[language], size=7.5
    )
    page.beside(axes, [(level, {"zh": "预测准确时", "en": "if right"}[language], INK)])
    return figure


@page.styled
def reliability(scorecard: object, as_of: str, language: str) -> Figure:
    """Draw how often goals were reached, by the probability given to them: on the diagonal when right."""
    table = scorecard.reliability
    table = table[table["n"] > 0] if len(table) else table
    claim = _farthest(table) if len(table) else {}
    figure, axes = _opened(scorecard, table, claim, as_of, language, height=78, left=14, right=66, below=5)
    if table.empty:
        return figure
    axes.plot([0, 1], [0, 1], color=INK, lw=0.8, ls=(0, (3, 2)))
    axes.vlines(table["probability"], table["low"], table["high"], color=BANDS[1][-1], lw=4)
    axes.plot(table["probability"], table["frequency"], "o", ms=4.5, color=BLUE)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    for side in "xy":
        _percents(axes, side, (0, 0.33, 0.66, 1), language)
    axes.set_xlabel({"zh": "给出的概率", "en": "probability given"}[language], size=7.5)
    page.beside(axes, [(row.frequency, _said(row, language), BLUE) for row in table.itertuples()], gap=4)
    return figure


def _farthest(table: pd.DataFrame) -> dict[str, str]:
    row = table.loc[(table["frequency"] - table["probability"]).abs().idxmax()]
    given, reached = (words.percent(value, "zh") for value in (row["probability"], row["frequency"]))
    return {
        "zh": f"给出概率{given}时，目标实际达到{reached}，为各档中相差最大",
        "en": f"Where {given} was said, {reached} of goals were reached: the largest difference".replace(
            "%", "\u00a0%"
        ),
    }


def _said(row: object, language: str) -> str:
    given, reached = (words.percent(value, language) for value in (row.probability, row.frequency))
    told = {
        "zh": f"给出{given}，实际{reached}（n={row.n}）",
        "en": f"said {given}, came {reached} (n = {row.n})",
    }
    return told[language]


@page.styled
def coverage(scorecard: object, as_of: str, catalogue: Catalogue, language: str) -> Figure:
    """Draw which share of outcomes the 80 % intervals held, by indicator and years ahead."""
    table = scorecard.horizons
    table = table[table["indicator"].isin(catalogue.indicators)] if len(table) else table
    inside = np.average(table["inside80"], weights=table["n"]) if len(table) else 0.0
    claim = {"zh": f"80%区间实际包含了{words.percent(inside, 'zh')}的结果",
             "en": f"The 80 % intervals held {words.percent(inside, 'en')} of the outcomes"}  # fmt: skip
    names = list(dict.fromkeys(table["indicator"])) if len(table) else []
    figure, axes = _opened(
        scorecard, table, claim, as_of, language, height=34 + 9 * len(names), left=60, right=36
    )
    for place, name in enumerate(reversed(names)):
        _held(axes, place, table[table["indicator"].eq(name)])
    if names:
        axes.axvline(0.8, color=INK, lw=0.8, ls=(0, (3, 2)), zorder=1)
        _name_rows(axes, names, catalogue, language)
        _percents(axes, "x", (0.4, 0.6, 0.8, 1), language)
        axes.set(xlim=(0.4, 1.02), ylim=(-0.6, len(names) - 0.4))
        counts = [table.loc[table["indicator"].eq(name), "n"].sum() for name in reversed(names)]
        ahead = {"zh": "自上而下为提前1、2、3年", "en": "down: 1, 2, 3 years"}[language]
        told = [f"n = {count}" for count in counts]
        page.beside(
            axes,
            [
                *zip(range(len(names)), told, [GREY] * len(names), strict=True),
                (len(names) - 0.45, ahead, GREY),
            ],
        )
    return figure


def _held(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    """One row of points downwards by horizon, each with its band."""
    at = place + 0.25 - 0.25 * (rows["horizon"].to_numpy() - 1)
    axes.hlines(at, rows["inside80_low"], rows["inside80_high"], color=BANDS[1][-1], lw=2.5)
    axes.plot(rows["inside80"], at, "o", ms=3.8, color=BLUE)


@page.styled
def against(scorecard: object, as_of: str, catalogue: Catalogue, language: str) -> Figure:
    """Draw the score of each model relative to "the last value stays": lower is better."""
    table = scorecard.models.sort_values("indicator") if len(scorecard.models) else scorecard.models
    names = (
        [key for key in dict.fromkeys(table["indicator"]) if key in catalogue.indicators]
        if len(table)
        else []
    )
    ours = (
        table[table["model"].eq("ours")].set_index("indicator")["relative"]
        if names
        else pd.Series(dtype=float)
    )
    best = sum(ours[name] <= table.loc[table["indicator"].eq(name), "relative"].min() for name in names)
    claim = {"zh": f"{len(names)}项指标中，本方法在{best}项上误差最小",
             "en": f"Ours has the smallest error on {best} of {len(names)} indicators"}  # fmt: skip
    figure, axes = _opened(
        scorecard, table, claim, as_of, language, height=38 + 6 * len(names), left=60, right=16, below=5
    )
    for key, (colour, shape) in MODELS.items():
        rows = table[table["model"].eq(key)].set_index("indicator").reindex(names[::-1]) if names else table
        if names and rows["relative"].notna().any():
            axes.plot(rows["relative"], range(len(names)), shape, ms=4.2, color=colour, alpha=0.9)
    if names:
        page.under_title(figure, MARKS[language])
        _name_rows(axes, names, catalogue, language)
        axes.set(xlim=(0, max(1.05, table["relative"].max() * 1.05)), ylim=(-0.6, len(names) - 0.2))
        axes.axvline(1, color=PALE, lw=0.8, zorder=1)
        axes.set_xlabel(
            {"zh": "误差（CRPS）与“末值不变”之比", "en": "error (CRPS) relative to the naive forecast"}[
                language
            ],
            size=7.5,
        )
    return figure


def _name_rows(axes: Axes, names: list[str], catalogue: Catalogue, language: str) -> None:
    titles = [
        page.two_lines(getattr(catalogue.indicators[name], language), 56, 7) for name in reversed(names)
    ]
    axes.set_yticks(range(len(names)), titles, size=7)


def _percents(axes: Axes, side: str, places: np.ndarray, language: str) -> None:
    set_ticks = axes.set_xticks if side == "x" else axes.set_yticks
    set_ticks(places, [words.percent(float(place), language) for place in places])
