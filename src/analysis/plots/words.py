"""What figures say, in Chinese and English: claims, numbers with units, dates, sources."""

import pandas as pd

from analysis import attainment, kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.plans import Target

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}


def amount(value: float, indicator: Indicator, language: str) -> str:
    """Return a value with the indicator's decimals, without its unit."""
    number = f"{value + 0.0:.{indicator.decimals}f}"
    return number.replace("-", "−") if float(number) else number.replace("-", "")


def quantity(value: float, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    """Return a value with its unit: 0.86%, 25家; 0.86 %, 25 enterprises."""
    return amount(value, indicator, language) + _unit(indicator, language, catalogue)


def _unit(indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    if indicator.unit.startswith("%"):
        return {"zh": "%", "en": "\u00a0%"}[language]
    return catalogue.units[indicator.unit].zh if language == "zh" else f" {indicator.unit}"


def percent(probability: float, language: str) -> str:
    """Return a probability in whole per cent; never 0 or 100 for what is still open."""
    shown = min(max(round(100 * probability), 1), 99) if 0 < probability < 1 else round(100 * probability)
    return {"zh": f"{shown}%", "en": f"{shown}\u00a0%"}[language]


def chance(probability: float, language: str) -> str:
    """Return "probability 31 %", or below 1 % or above 99 % where it is closer to the end."""
    side = 0 if probability < 0.01 else 1 if probability > 0.99 else 2
    before = {"zh": ("低于", "高于", "为"), "en": ("below ", "above ", "")}[language][side]
    shown = percent(min(max(probability, 0.01), 0.99), language)
    return {"zh": "概率", "en": "probability "}[language] + before + shown


def day(when: str | pd.Timestamp, language: str) -> str:
    """Return a date as it is printed: 2018年12月31日, 31 December 2018."""
    when = pd.Timestamp(when)
    return {
        "zh": f"{when.year}年{when.month}月{when.day}日",
        "en": f"{when.day} {MONTHS[when.month - 1]} {when.year}",
    }[language]


def subtitle(region: str, indicator: Indicator, catalogue: Catalogue, language: str) -> str:
    """Return region, indicator and unit."""
    place = getattr(catalogue.regions[region], language)
    if language == "zh":
        return f"{place}：{indicator.zh}（{catalogue.units[indicator.unit].zh}）"
    return f"{place}: {indicator.en} ({indicator.unit})"


def source(rows: pd.DataFrame, as_of: str, catalogue: Catalogue, language: str, more: str = "") -> str:
    """Return the foot: who published the figures, the last of them when, and as of which date."""
    names = [getattr(catalogue.sources[key], language) for key in dict.fromkeys(rows["source"])]
    told = {"zh": "、", "en": "; "}[language].join(names) or {"zh": "无数据", "en": "no figures"}[language]
    last = _last_published(rows, language) if len(rows) else ""
    if language == "zh":
        return f"来源：{told}{f'，最近一次发布{last}' if last else ''}。{more}截至{day(as_of, 'zh')}已知。"
    ending = f", last published {last}. " if last else ". "
    return f"Source: {told}{ending}{more}As known on {day(as_of, 'en')}."


def _last_published(rows: pd.DataFrame, language: str) -> str:
    row = rows.loc[rows["published"].idxmax()]
    before = {"zh": ("于", "不晚于"), "en": ("", "by ")}[language][row["precision"] == "by"]
    return before + day(row["published"], language)


def assessed(zh: str, en: str, as_of: str | pd.Timestamp, language: str) -> str:
    """Return the foot of a figure that rests on the suite's own assessments."""
    when = day(as_of, language)
    return {"zh": f"来源：{zh}。截至{when}已知。", "en": f"Source: {en}. As known on {when}."}[language]


# ----------------------------------------------------------------------------------------------------- claims


def claim(assessment: Assessment, language: str, catalogue: Catalogue) -> str:
    """Return what is to be said of a target, in one sentence."""
    target, row = assessment.target, assessment.row
    if target.indicator is None:
        return _milestone(assessment, language)
    about = (assessment, catalogue.indicators[target.indicator], language, catalogue)
    if row["verdict"] in ("met", "missed"):
        return _outcome(*about)
    if row["p_attain"] is not None:
        return _chance(*about)
    return _conditional(*about) if assessment.conditional is not None else _nothing(*about)


def _milestone(assessment: Assessment, language: str) -> str:
    title, word = (
        getattr(assessment.target.title, language),
        tables.VERDICTS[assessment.row["verdict"]][language],
    )
    return {"zh": f"{title}：{word}", "en": f"{title}: {word}"}[language]


def _outcome(assessment: Assessment, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    name = attainment.subject(assessment.target, indicator, language)
    told = goal(assessment, indicator, language, catalogue)
    met, years = assessment.row["verdict"] == "met", _span(assessment, language)
    value = assessment.row["outcome"]
    shown = _measured(value, assessment.target, indicator, language, catalogue)
    return {
        "zh": f"{years}{name}为{shown}，{'已' if met else '未'}完成目标（{told}）",
        "en": f"{name} in {years}: {shown}, goal ({told}) {'met' if met else 'missed'}",
    }[language]


def _measured(value: float, target: Target, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    """Return an outcome in the unit its target is set in."""
    if kinds.of(target).unit == "%":
        return f"{value:.1f}" + {"zh": "%", "en": "\u00a0% a year"}[language]
    return quantity(value, indicator, language, catalogue)


def _chance(assessment: Assessment, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    name = attainment.subject(assessment.target, indicator, language)
    told = goal(assessment, indicator, language, catalogue)
    p, years = assessment.row["p_attain"], _span(assessment, language)
    shown = p if p < 0.01 or p > 0.99 else round(p, 2)  # as printed: below 1 % is not 1 %
    word = tables.likelihood(shown, language)
    return {
        "zh": f"{years}{name}实现目标（{told}）的{chance(p, 'zh')}，{word}",
        "en": f"{name} {told} in {years}: {chance(p, 'en')}, {word}",
    }[language]


def _conditional(assessment: Assessment, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    target, base = assessment.target, assessment.conditional.break_even
    name, year = attainment.subject(assessment.target, indicator, language), target.deadline - 1
    if base is None:
        return {
            "zh": f"缺少本地数据：所列各基数下，{target.deadline}年{name}达标的机会均不相当",
            "en": f"No local figures, and no base shown gives the goal for {target.deadline} an even chance",
        }[language]
    value = quantity(base, indicator, language, catalogue)
    return {
        "zh": f"缺少本地数据：{year}年{name}若为{value}，{target.deadline}年达标与否机会相当",
        "en": f"No local figures: the goal for {target.deadline} is an even chance if {year} was {value}",
    }[language]


def _nothing(assessment: Assessment, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    name, years = attainment.subject(assessment.target, indicator, language), _span(assessment, language)
    return {
        "zh": f"现有数据不足以判断{years}{name}的目标能否实现",
        "en": f"The figures known do not tell whether {name} meets its goal for {years}",
    }[language]


def _span(assessment: Assessment, language: str) -> str:
    target = assessment.target
    years = f"{target.since}–{target.deadline}" if kinds.of(target).spans else f"{target.deadline}"
    return years + {"zh": "年", "en": ""}[language]


def goal(assessment: Assessment, indicator: Indicator, language: str, catalogue: Catalogue) -> str:
    """Return the goal in short: ≥1.25%, 高于2018年; ≥ 1.25 %, > 2018."""
    target, sign = assessment.target, SIGNS[assessment.target.comparison]
    kind = kinds.of(target)
    if kind.compares:
        rising = target.comparison.startswith(">")
        return {
            "zh": f"{'高' if rising else '低'}于{target.than}年",
            "en": f"{'above' if rising else 'below'} {target.than}",
        }[language]
    if kind.unit == "%":
        return {"zh": f"年均增长{sign}{target.goal:g}%", "en": f"{sign} {target.goal:g}\u00a0% a year"}[
            language
        ]
    before = {"cumulative": {"zh": "合计", "en": "sum "}, "every_year": {"zh": "每年", "en": "every year "}}
    unit = _unit(indicator, language, catalogue)
    short = unit if language == "zh" or "%" in unit else ""
    space = {"zh": "", "en": " "}[language]
    return f"{before.get(kind.claim, {}).get(language, '')}{sign}{space}{target.goal:g}{short}"
