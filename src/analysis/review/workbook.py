"""All results as one Excel file: numbers as numbers, units and sources, heads in Chinese and English."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter

from analysis import MADE_BY, kinds, tables
from analysis.attainment import Assessment
from analysis.catalogue import Catalogue, Indicator
from analysis.outlook import Outlook
from analysis.printing import LANGUAGES, Voice, each

FIXED = (1980, 1, 1, 0, 0, 0)  # date of every member of the file: the clock is not read
HEAD = PatternFill("solid", fgColor="DDE6EE")

TITLES = {
    "targets": "目标 targets",
    "history": "概率变化 history",
    "figures": "所用数据 figures",
    "wanted": "所需资料 wanted",
}
ROLES = ("own", "shown", "peer")  # of the figures listed
ZH, EN = map(Voice, LANGUAGES)
CHANCES = ("p_attain", "p_low", "p_high")
VALUES = ("value", "break_even")
GOALS = {
    "goal",
    "gap",
    "outcome",
    "median",
    "lo80",
    "hi80",
    "lo95",
    "hi95",
}  # in the unit the target is set in


def results(outlook: Outlook, folder: Path, catalogue: Catalogue) -> Path:
    """Write ``results.xlsx`` into ``folder`` and return its path. Same inputs, same bytes.

    Parameters
    ----------
    outlook : of ``processed.outlook``
    """
    plan, assessments = outlook.plan, outlook.assessments
    rows = {
        "targets": [_target(one, catalogue) for one in assessments],
        "history": _history(assessments, outlook.over_time, catalogue),
        "figures": _figures(outlook, catalogue),
        "wanted": [_wanted(one, text) for one in assessments for text in one.target.wanted],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, records in rows.items():
        _sheet(book.create_sheet(TITLES[name]), columns()[name], records)
    book.properties.creator, book.properties.description = plan.issuer.zh, MADE_BY
    book.properties.title = f"{plan.title.zh} {assessments[0].as_of}"
    path = folder / "results.xlsx"
    path.write_bytes(_settled(book, assessments[0].as_of))
    return path


@cache
def columns() -> dict[str, list[tuple[str, str, str, int]]]:
    """Return for each sheet its columns: name, heading in Chinese and English, width."""
    with Path(__file__).with_name("columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sheets = dict.fromkeys(row["sheet"] for row in rows)
    return {
        sheet: [
            (row["column"], row["zh"], row["en"], int(row["width"])) for row in rows if row["sheet"] == sheet
        ]
        for sheet in sheets
    }


def _entry(one: Assessment, catalogue: Catalogue) -> Indicator | None:
    return catalogue.indicators[one.target.indicator] if one.target.indicator else None


def _units(entry: Indicator | None, catalogue: Catalogue) -> dict:
    return (
        {"unit": Voice("en", catalogue).unit(entry), "unit_zh": Voice("zh", catalogue).unit(entry)}
        if entry
        else {}
    )


def _target(one: Assessment, catalogue: Catalogue) -> dict:
    target, entry, row = one.target, _entry(one, catalogue), one.row
    texts = {"title": target.title, "indicator": entry, "reading": target.reading}
    made = dict(row) | {
        f"{name}_{lang}": getattr(text, lang) for name, text in texts.items() if text for lang in LANGUAGES
    }
    made |= _units(entry, catalogue) | _words(row) | {"clause": target.clause, "document": one.plan.document}
    made |= {"comparison": target.comparison if entry else None, "peers": len(one.peers) or None}
    made["break_even"] = one.conditional.break_even if one.conditional else None
    return made | _of_the_goal(one, entry, catalogue)


def _of_the_goal(one: Assessment, entry: Indicator | None, catalogue: Catalogue) -> dict:
    """Return in what unit and with how many decimals goal and outcome are given, and the figures."""
    if entry is None:
        return {"decimals": 0, "goal_decimals": 0}
    unit = kinds.of(one.target).unit
    made = {"decimals": entry.decimals, "goal_decimals": {"%": 1, "place": 0}.get(unit, entry.decimals)}
    said = {lang: Voice(lang, catalogue).goal_unit(unit, entry) for lang in LANGUAGES}
    return made | {"goal_unit": said["en"], "goal_unit_zh": said["zh"]}


def _words(row: Mapping) -> dict:
    made = {f"{name}_zh": ZH.say(f"{name}.{row[name]}") for name in ("verdict", "evidence")}
    if row["verdict"] == "open" and row["p_attain"] is not None:
        made |= {f"likelihood_{lang}": Voice(lang).likelihood(row["p_attain"]) for lang in LANGUAGES}
    return made


def _history(assessments: Sequence[Assessment], over_time: pd.DataFrame, catalogue: Catalogue) -> list[dict]:
    by_target = {one.target.id: one for one in assessments}
    known = over_time[over_time["as_of"].le(assessments[0].as_of) & over_time["target"].isin(by_target)]
    made = []
    for row in known.astype(object).where(known.notna(), None).to_dict("records"):
        one = by_target[row["target"]]
        entry = _entry(one, catalogue)
        made.append(
            row
            | _units(entry, catalogue)
            | _words(row)
            | {
                "title_zh": one.target.title.zh,
                "as_of": date.fromisoformat(row["as_of"]),
            }
            | _of_the_goal(one, entry, catalogue)
        )
    return made


def _figures(outlook: Outlook, catalogue: Catalogue) -> list[dict]:
    """List every figure once: the region's own, those only shown, and the comparable regions'."""
    made, seen = [], set()
    for role in ROLES:
        for one in outlook.dossiers:
            for row in one.figures[one.figures["role"].eq(role)].itertuples(index=False):
                key = (row.region, row.indicator, row.period, row.basis, row.source, row.published)
                if key not in seen:
                    seen.add(key)
                    made.append(_figure(role, row, catalogue))
    return made


def _figure(role: str, row: Any, catalogue: Catalogue) -> dict:
    region, entry, source = (
        catalogue.regions[row.region],
        catalogue.indicators[row.indicator],
        catalogue.sources[row.source],
    )
    basis = catalogue.bases.get(row.basis)
    return _units(entry, catalogue) | {
        "role": role,
        "role_zh": ZH.say(f"role.{role}"),
        "region": row.region,
        "region_zh": region.zh,
        "region_en": region.en,
        "indicator": row.indicator,
        "indicator_zh": entry.zh,
        "period": int(row.period) if str(row.period).isdecimal() else row.period,  # months stay text
        "value": float(row.value),
        "status": EN.say(f"status.{row.status}"),
        "status_zh": ZH.say(f"status.{row.status}"),
        "basis_zh": basis.zh if basis else None,
        "published": row.published.date(),
        "precision": row.precision,
        "source_zh": source.zh,
        "source_en": source.en,
        "quality": " ".join(each(f"rating.{source.quality}")),
        "suitability": " ".join(each(f"rating.{source.suitability}")),
        "release": f"data/raw/{row.source}/{row.published:%Y-%m-%d}",
        "note": row.note or None,
        "decimals": entry.decimals,
    }


def _wanted(one: Assessment, text: Any) -> dict:
    title = one.target.title
    return {
        "target": one.target.id,
        "title_zh": title.zh,
        "title_en": title.en,
        "wanted_zh": text.zh,
        "wanted_en": text.en,
    }


# ----------------------------------------------------------------------------------------------- the file


def _sheet(sheet: Any, heads: Sequence[tuple], records: Sequence[dict]) -> None:
    """Write two rows of heads, Chinese and English, then the records; the heads stay in sight."""
    for place, (_, zh, en, width) in enumerate(heads, 1):
        for line, text in enumerate((zh, en), 1):
            cell = sheet.cell(line, place, text)
            cell.font, cell.fill = Font(bold=True), HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    looks: dict[tuple, StyleArray] = {}
    for line, record in enumerate(records, 3):
        for place, (name, *_) in enumerate(heads, 1):
            _cell(sheet.cell(line, place), name, record, looks)
    sheet.freeze_panes = sheet.cell(3, 2)
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(heads))}{max(len(records) + 2, 3)}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:2"


def _cell(cell: Any, name: str, record: Mapping, looks: dict[tuple, StyleArray]) -> None:
    """Fill a cell; cells that look alike share one style, which openpyxl would else look up for each."""
    value = record.get(name)
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return
    value = value.item() if hasattr(value, "item") else value
    cell.value = round(value, tables.PLACES) + 0.0 if isinstance(value, float) else value
    is_text, shown = isinstance(value, str), _format(name, value, record)
    if (look := looks.get((is_text, shown))) is None:
        cell.number_format, cell.alignment = shown, Alignment(vertical="top", wrap_text=is_text)
        look = looks[is_text, shown] = cell._style
    cell._style = copy(look)
    if is_text:
        cell.data_type = "s"  # never a formula


def _format(name: str, value: object, record: Mapping) -> str:
    """Return the number format of a value in a column."""
    if isinstance(value, str):
        return "General"
    if name in CHANCES:
        return "0.0%"
    if name in VALUES or name in GOALS:
        places = record["goal_decimals" if name in GOALS else "decimals"]
        return "0." + "0" * places if places else "0"
    if name == "required_growth":
        return "0.0"
    return "yyyy-mm-dd" if isinstance(value, date) else "General"


def _settled(book: openpyxl.Workbook, as_of: str) -> bytes:
    """Return the file with fixed dates: the as-of day in its properties, one for all in the archive."""
    first, second = io.BytesIO(), io.BytesIO()
    book.save(first)
    book.properties.created = book.properties.modified = datetime.fromisoformat(as_of)
    properties = openpyxl.xml.functions.tostring(book.properties.to_tree())
    with zipfile.ZipFile(first) as written, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in sorted(written.namelist()):
            content = properties if name == "docProps/core.xml" else written.read(name)
            settled.writestr(zipfile.ZipInfo(name, FIXED), content, zipfile.ZIP_DEFLATED)
    return second.getvalue()
