"""Figure and tables of a memo."""

from dataclasses import dataclass

from analysis import answers, documents
from analysis.documents import Figure, Table
from analysis.memo import printed
from analysis.memo.ledger import NOTEBOOK
from analysis.memo.material import Material
from analysis.memo.printed import LANGUAGES

FIGURE_WIDTH = 150.0  # mm


@dataclass(frozen=True)
class Picture:
    """The figure of one language: PNG, SVG if there is one, its claim, and what it shows in words."""

    png: bytes
    caption: str = ""
    alt: str = ""
    svg: bytes = b""


def table(material: Material, name: str, caption: str) -> Table:
    """The table a template asks for by name."""
    return {"figures": _figures, "bases": _bases, "rules": _rules, "change": _change}[name](material, caption)


def figure(material: Material, picture: Picture, caption: str) -> Figure:
    """The figure, its caption numbered with the others."""
    alt = picture.alt or documents.plain(caption)
    if picture.caption:
        caption = material.quoted("caption", picture.caption, NOTEBOOK)
    return Figure(picture.png, caption, alt, FIGURE_WIDTH, vector=picture.svg)


def _figures(material: Material, caption: str) -> Table:
    """Every figure used, with its release, source and the source's two ratings."""
    rows = [(point, False) for point in material.known] + [(item, True) for item in material.shown()]
    ratings, position = printed.RATINGS[material.language], LANGUAGES.index(material.language)
    body = []
    for i, (item, _) in enumerate(sorted(rows, key=lambda pair: (pair[0]["row"].year, pair[1])), 1):
        row, source = item["row"], material.catalogue.sources[item["row"].source]
        release = material.fact(f"table_release{i}", **material.release_of(item))
        year = material.fact(f"table_year{i}", str(row.year), row.year, "year")
        number = f"{row.value:.{material.indicator.decimals}f}"
        value = material.fact(
            f"table_value{i}", number, row.value, "", indicator=material.name, **material.trace(row)
        )
        body.append(
            (
                str(year),
                str(value),
                printed.STATUSES[row.status][position],
                str(release),
                material.quoted(f"table_source{i}", printed.text_of(source, material.language)),
                f"{ratings[source.quality]}／{ratings[source.suitability]}"
                if material.language == "zh"
                else f"{ratings[source.quality]} / {ratings[source.suitability]}",
            )
        )
    header = {
        "zh": ("年份", "数值", "状态", "公布时间", "来源", "评级"),
        "en": ("Year", "Value", "Status", "Published", "Source", "Rating"),
    }[material.language]
    return Table(caption, header, tuple(body), "crcllc", wrapped=4)


def _bases(material: Material, caption: str) -> Table:
    """The conditional answer: probability for each possible last value."""
    given = material.assessment.conditional.table
    picked = given.iloc[sorted({round(i * (len(given) - 1) / 10) for i in range(11)})]
    body = []
    for i, row in enumerate(picked.itertuples(index=False), 1):
        base = material.quantity(f"base_{i}", row.base)
        edge = material.probability(f"base_p_{i}", row.p, material.assessment.as_of)
        shown = printed.EDGES[material.language][edge] + str(material.facts[f"base_p_{i}"])
        body.append((str(base), shown, printed.likelihood(row.p, material.language)))
    header = {
        "zh": ("上年数值", "达标概率", "达标可能性"),
        "en": ("Value of the year before", "Probability", "Likelihood"),
    }
    return Table(caption, header[material.language], tuple(body), "ccc", (1, 1, 1.4))


def _chance(material: Material) -> str:
    edge = printed.edge(material.row["p_attain"])
    return printed.EDGES[material.language][edge] + str(material.facts["p"])


def _rules(material: Material, caption: str) -> Table:
    """Probability, pace, growth ratio and outcome side by side: they answer other questions."""
    found, zh = material.answers["side_by_side"], material.language == "zh"
    pace, growth = found["pace"], found["ratio"]
    rows = []
    if "p" in material.facts:
        rows.append(
            (
                "达标概率" if zh else "Probability",
                _chance(material),
                printed.likelihood(material.row["p_attain"], material.language),
            )
        )
    if pace:
        shown = (
            f"{material.facts['pace_done']}／{material.facts['pace_elapsed']}"
            if zh
            else f"{material.facts['pace_done']} / {material.facts['pace_elapsed']}"
        )
        ahead = ("快于序时进度", "慢于序时进度") if zh else ("ahead of the calendar", "behind the calendar")
        rows.append(
            (
                "序时进度（完成／时间）" if zh else "Pace (done / time elapsed)",
                shown,
                ahead[not pace["ahead"]],
            )
        )
    if growth:
        label = answers.LABELS[growth["label"]][material.language]
        value = str(material.facts["ratio"]) if "ratio" in material.facts else "—"
        rows.append(("实际与所需增速之比" if zh else "Observed over required growth", value, label))
    header = ("规则", "数值", "结论") if zh else ("Rule", "Value", "Says")
    return Table(caption, header, tuple(rows), "lcl", (1.5, 1, 1.5))


def _change(material: Material, caption: str) -> Table:
    header = {
        "zh": ("因素", "对概率的影响（个百分点）"),
        "en": ("Cause", "Effect (percentage points)"),
    }
    sources = [material.source_name(source) for source in material.moved.contributions["source"]]
    rows = [(source, str(material.facts[f"moved_{i}"])) for i, source in enumerate(sources, 1)]
    total = {"zh": "合计", "en": "Total"}[material.language]
    return Table(
        caption, header[material.language], (*rows, (total, str(material.facts["moved_total"]))), "lr", (2, 1)
    )
