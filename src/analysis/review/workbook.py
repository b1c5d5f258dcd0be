"""All results as one Excel file: numbers as numbers, with units and sources, under Chinese and English heads."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from analysis import panel, tables
from analysis.attainment import Assessment
from analysis.plans import Plan
from analysis.review.wordbook import Book
from analysis.sources import Catalogue, Indicator

FIXED = (1980, 1, 1, 0, 0, 0)  # date of every member of the file: the clock is not read
HEAD = PatternFill("solid", fgColor="DDE6EE")

COLUMNS = {
    "targets": (
        ("target", "目标代码", "Target", 22), ("clause", "条款", "Clause", 12), ("title_zh", "目标", "Target in Chinese", 36),
        ("title_en", "目标（英文）", "Target in English", 36), ("region", "地区代码", "Region code", 10),
        ("indicator_zh", "指标", "Indicator in Chinese", 30), ("indicator_en", "指标（英文）", "Indicator in English", 30),
        ("kind", "类型", "Kind", 10), ("comparison", "比较", "Comparison", 9), ("goal", "目标值", "Goal", 10),
        ("unit_zh", "单位", "Unit in Chinese", 10), ("unit", "单位（英文）", "Unit", 18), ("deadline", "目标年份", "Deadline", 9),
        ("origin", "数据年份", "Last year used", 9), ("horizon", "预测年数", "Years ahead", 9),
        ("p_attain", "完成概率", "Probability", 10), ("p_low", "概率下限", "Probability, low", 10),
        ("p_high", "概率上限", "Probability, high", 10), ("likelihood_zh", "概率用语", "Likelihood in Chinese", 14),
        ("likelihood_en", "概率用语（英文）", "Likelihood", 22), ("median", "预计中位数", "Median expected", 10),
        ("lo80", "80%区间下限", "80 % interval, low", 10), ("hi80", "80%区间上限", "80 % interval, high", 10),
        ("lo95", "95%区间下限", "95 % interval, low", 10), ("hi95", "95%区间上限", "95 % interval, high", 10),
        ("gap", "现有差距", "Current gap", 10), ("required_growth", "所需年均增速（%）", "Required yearly growth, %", 12),
        ("outcome", "结果", "Outcome", 10), ("verdict_zh", "结论", "Verdict in Chinese", 10), ("verdict", "结论（英文）", "Verdict", 14),
        ("evidence_zh", "依据", "Evidence in Chinese", 26), ("evidence", "依据（英文）", "Evidence", 26),
        ("break_even", "机会各半的上年数值", "Break-even of the year before", 14), ("peers", "可比地区数", "Comparable regions", 10),
        ("reading_zh", "对文件的理解", "Reading in Chinese", 44), ("reading_en", "对文件的理解（英文）", "Reading in English", 44),
        ("document", "文件", "Document", 26),
    ),
    "history": (
        ("target", "目标代码", "Target", 22), ("title_zh", "目标", "Target in Chinese", 36), ("as_of", "数据截至", "As of", 12),
        ("origin", "数据年份", "Last year used", 9), ("horizon", "预测年数", "Years ahead", 9),
        ("p_attain", "完成概率", "Probability", 10), ("p_low", "概率下限", "Probability, low", 10),
        ("p_high", "概率上限", "Probability, high", 10), ("median", "预计中位数", "Median expected", 10),
        ("lo80", "80%区间下限", "80 % interval, low", 10), ("hi80", "80%区间上限", "80 % interval, high", 10),
        ("unit_zh", "单位", "Unit in Chinese", 10), ("unit", "单位（英文）", "Unit", 18),
        ("verdict_zh", "结论", "Verdict in Chinese", 10), ("verdict", "结论（英文）", "Verdict", 14),
        ("evidence_zh", "依据", "Evidence in Chinese", 26), ("outcome", "结果", "Outcome", 10),
    ),
    "figures": (
        ("role", "用途（英文）", "Role", 12), ("role_zh", "用途", "Role in Chinese", 14), ("region", "地区代码", "Region code", 10),
        ("region_zh", "地区", "Region in Chinese", 12), ("region_en", "地区（英文）", "Region in English", 16),
        ("indicator", "指标代码", "Indicator", 22), ("indicator_zh", "指标", "Indicator in Chinese", 30),
        ("period", "时间", "Period", 9), ("value", "数值", "Value", 12), ("unit_zh", "单位", "Unit in Chinese", 10),
        ("unit", "单位（英文）", "Unit", 18), ("status_zh", "性质", "Status in Chinese", 12), ("status", "性质（英文）", "Status", 14),
        ("basis_zh", "口径", "Basis in Chinese", 30), ("published", "发布日期", "Published", 12),
        ("precision", "日期精度", "Precision of the date", 10), ("source_zh", "来源", "Source in Chinese", 34),
        ("source_en", "来源（英文）", "Source in English", 34), ("quality", "质量评级", "Quality", 9),
        ("suitability", "适用性评级", "Suitability", 9), ("release", "数据文件夹", "Release folder", 36), ("note", "备注", "Note", 40),
    ),
    "wanted": (
        ("target", "目标代码", "Target", 22), ("title_zh", "目标", "Target in Chinese", 36), ("title_en", "目标（英文）", "Target in English", 36),
        ("wanted_zh", "所需资料", "Wanted, in Chinese", 56), ("wanted_en", "所需资料（英文）", "Wanted, in English", 70),
    ),
}  # fmt: skip
TITLES = {
    "targets": "目标 targets",
    "history": "概率变化 history",
    "figures": "所用数据 figures",
    "wanted": "所需资料 wanted",
}
ROLES = {"own": "本地区，用于计算", "peer": "可比地区，用于借鉴", "shown": "仅供参考，未用于计算"}
RATINGS = {"green": "好 good", "amber": "一般 fair", "red": "差 weak"}
CHANCES = ("p_attain", "p_low", "p_high")
VALUES = ("goal", "median", "lo80", "hi80", "lo95", "hi95", "gap", "outcome", "value", "break_even")


def results(
    plan: Plan,
    assessments: Sequence[Assessment],
    over_time: pd.DataFrame,
    folder: Path,
    catalogue: Catalogue,
    observations: pd.DataFrame | None = None,
) -> Path:
    """Write ``results.xlsx`` into ``folder`` and return its path. Same inputs, same bytes.

    Parameters
    ----------
    assessments, over_time : as of ``review.write``
    observations : table of ``sources.load``; with it the comparable regions' figures are listed too
    """
    rows = {
        "targets": [_target(one, catalogue) for one in assessments],
        "history": _history(assessments, over_time, catalogue),
        "figures": _figures(plan, assessments, catalogue, observations),
        "wanted": [_wanted(one, text) for one in assessments for text in one.target.wanted],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, records in rows.items():
        _sheet(book.create_sheet(TITLES[name]), COLUMNS[name], records, catalogue)
    book.properties.creator = plan.issuer.zh
    book.properties.title = f"{plan.title.zh} {assessments[0].as_of}"
    path = folder / "results.xlsx"
    path.write_bytes(_settled(book, assessments[0].as_of))
    return path


def _entry(one: Assessment, catalogue: Catalogue) -> Indicator | None:
    return catalogue.indicators[one.target.indicator] if one.target.indicator else None


def _units(entry: Indicator | None, catalogue: Catalogue) -> dict:
    return {"unit": entry.unit, "unit_zh": catalogue.units[entry.unit].zh} if entry else {}


def _target(one: Assessment, catalogue: Catalogue) -> dict:
    target, entry, row = one.target, _entry(one, catalogue), one.row
    texts = {"title": target.title, "indicator": entry, "reading": target.reading}
    made = dict(row) | {
        f"{name}_{lang}": getattr(text, lang) for name, text in texts.items() if text for lang in ("zh", "en")
    }
    made |= _units(entry, catalogue) | _words(row) | {"clause": target.clause, "document": one.plan.document}
    made |= {"comparison": target.comparison if entry else None, "peers": len(one.peers) or None}
    made["break_even"] = one.conditional.break_even if one.conditional else None
    return made | {"decimals": entry.decimals if entry else 0}


def _words(row: Mapping) -> dict:
    made = {
        f"{name}_zh": words[row[name]]["zh"]
        for name, words in (("verdict", tables.VERDICTS), ("evidence", tables.EVIDENCE))
    }
    if row["verdict"] == "open" and row["p_attain"] is not None:
        made |= {f"likelihood_{lang}": Book(lang, None).likelihood(row["p_attain"]) for lang in ("zh", "en")}
    return made


def _history(assessments: Sequence[Assessment], over_time: pd.DataFrame, catalogue: Catalogue) -> list[dict]:
    by_target = {one.target.id: one for one in assessments}
    known = over_time[over_time["as_of"].le(assessments[0].as_of) & over_time["target"].isin(by_target)]
    made = []
    for row in known.astype(object).where(known.notna(), None).to_dict("records"):
        one = by_target[row["target"]]
        entry = _entry(one, catalogue)
        made.append(row | _units(entry, catalogue) | _words(row) | {
            "title_zh": one.target.title.zh, "as_of": date.fromisoformat(row["as_of"]), "decimals": entry.decimals if entry else 0,
        })  # fmt: skip
    return made


def _figures(
    plan: Plan, assessments: Sequence[Assessment], catalogue: Catalogue, observations: pd.DataFrame | None
) -> list[dict]:
    """List every figure once: the region's own, those only shown, and the comparable regions'."""
    parts = [("own", one.history) for one in assessments] + [("shown", one.shown) for one in assessments]
    if observations is not None:
        history = panel.as_of(observations, assessments[0].as_of, catalogue)
        for one in assessments:
            if one.peers:
                parts.append(("peer", panel.annual(history, one.target.indicator, one.peers)))
    made, seen = [], set()
    for role, rows in parts:
        for row in rows.itertuples(index=False):
            key = (row.region, row.indicator, row.period, row.basis, row.source, row.published)
            if key not in seen:
                seen.add(key)
                made.append(_figure(role, row, catalogue))
    return made


def _figure(role: str, row, catalogue: Catalogue) -> dict:
    region, entry, source = (
        catalogue.regions[row.region],
        catalogue.indicators[row.indicator],
        catalogue.sources[row.source],
    )
    basis = catalogue.bases.get(row.basis)
    return _units(entry, catalogue) | {
        "role": role, "role_zh": ROLES[role], "region": row.region, "region_zh": region.zh, "region_en": region.en,
        "indicator": row.indicator, "indicator_zh": entry.zh, "period": row.period, "value": float(row.value),
        "status": Book("en", catalogue).status(row.status), "status_zh": Book("zh", catalogue).status(row.status),
        "basis_zh": basis.zh if basis else None, "published": row.published.date(), "precision": row.precision,
        "source_zh": source.zh, "source_en": source.en, "quality": RATINGS[source.quality],
        "suitability": RATINGS[source.suitability], "release": f"data/raw/{row.source}/{row.published:%Y-%m-%d}",
        "note": row.note or None, "decimals": entry.decimals,
    }  # fmt: skip


def _wanted(one: Assessment, text) -> dict:
    title = one.target.title
    return {
        "target": one.target.id,
        "title_zh": title.zh,
        "title_en": title.en,
        "wanted_zh": text.zh,
        "wanted_en": text.en,
    }


# ----------------------------------------------------------------------------------------------- the file


def _sheet(sheet, columns: Sequence[tuple], records: Sequence[dict], catalogue: Catalogue) -> None:
    """Write two rows of heads, Chinese and English, then the records; the heads stay in sight."""
    for place, (_, zh, en, width) in enumerate(columns, 1):
        for line, text in enumerate((zh, en), 1):
            cell = sheet.cell(line, place, text)
            cell.font, cell.fill = Font(bold=True), HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    for line, record in enumerate(records, 3):
        for place, (name, *_) in enumerate(columns, 1):
            _cell(sheet.cell(line, place), name, record)
    sheet.freeze_panes = sheet.cell(3, 2)
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(columns))}{max(len(records) + 2, 3)}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:2"


def _cell(cell, name: str, record: Mapping) -> None:
    value = record.get(name)
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return
    cell.value = value.item() if hasattr(value, "item") else value
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    elif name in CHANCES:
        cell.number_format = "0.0%"
    elif name in VALUES:
        cell.number_format = "0." + "0" * record["decimals"] if record["decimals"] else "0"
    elif name == "required_growth":
        cell.number_format = "0.0"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))


def _settled(book: openpyxl.Workbook, as_of: str) -> bytes:
    """Return the file with fixed dates inside: in its properties the as-of day, in the archive one for all."""
    first, second = io.BytesIO(), io.BytesIO()
    book.save(first)
    book.properties.created = book.properties.modified = datetime.fromisoformat(as_of)
    properties = openpyxl.xml.functions.tostring(book.properties.to_tree())
    with zipfile.ZipFile(first) as written, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in sorted(written.namelist()):
            content = properties if name == "docProps/core.xml" else written.read(name)
            settled.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return second.getvalue()
