"""All results as one Excel file: a cover, the sheets of each language, and the form to fill in."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from analysis import MADE_BY, form, languages, spreadsheets, tables
from analysis.catalogue import Catalogue
from analysis.languages import FIRST, LANGUAGES
from analysis.outlook import Outlook
from analysis.printing import Voice
from analysis.review import records
from analysis.spreadsheets import HEAD

SHEETS = {
    "targets": records.targets,
    "history": records.history,
    "figures": records.figures,
    "wanted": records.wanted,
}
FILLED = FIRST  # the language of the form, which the region's offices fill in
LINK: dict[str, Any] = {"colour": "0563C1", "underline": "single"}
COVER = (22, 84)  # widths of its columns
FORMATS = {
    "text": "General",
    "link": "General",
    "code": "@",
    "percent": "0.0%",
    "growth": "#,##0.0",
    "whole": "#,##0",
    "year": "0",
    "date": "yyyy-mm-dd",
}


class Column(NamedTuple):
    """A column of a sheet: its heading by language, its format, and whether it is printed.

    format : a key of `FORMATS`, or "value" and "goal", which have as many decimals as the figure's indicator
        and the target's goal
    """

    name: str
    heads: dict[str, str]
    width: float
    format: str
    printed: bool


def results(outlook: Outlook, folder: Path, catalogue: Catalogue) -> Path:
    """Write ``results.xlsx`` into ``folder`` and return its path. Same inputs, same bytes.

    Parameters
    ----------
    outlook : of ``processed.outlook``
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for language in LANGUAGES:
        voice = Voice(language, catalogue)
        _cover(book.create_sheet(voice.say("workbook.cover")), outlook, voice)
        for name, rows in SHEETS.items():
            sheet = book.create_sheet(voice.say(f"workbook.{name}"))
            _title(sheet, sheet.title, outlook, voice)
            _table(sheet, columns()[name], rows(outlook, voice), voice)
        if language == FILLED:
            form.request(book, records.asked(outlook, catalogue), catalogue, language)
    plan, as_of = outlook.plan, outlook.assessments[0].as_of
    book.properties.creator, book.properties.description = plan.issuer.zh, MADE_BY
    book.properties.title = f"{plan.title.zh} {as_of}"
    path = folder / "results.xlsx"
    path.write_bytes(spreadsheets.settled(book, datetime.fromisoformat(as_of)))
    return path


@cache
def columns() -> dict[str, list[Column]]:
    """Return for each sheet its columns."""
    with Path(__file__).with_name("columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    said = {language: languages.table(language, "workbook.yml") for language in LANGUAGES}
    made: dict[str, list[Column]] = {row["sheet"]: [] for row in rows}
    for row in rows:
        width, printed = float(row["width"]), bool(row["printed"])
        heads = {one: words["columns"][row["sheet"]][row["column"]] for one, words in said.items()}
        made[row["sheet"]].append(Column(row["column"], heads, width, row["format"], printed))
    return made


# ---------------------------------------------------------------------------------------------- the cover


def _cover(sheet: Any, outlook: Outlook, voice: Voice) -> None:
    """Write of which plan and day the results are, what each sheet is, and how to use them."""
    spreadsheets.title(sheet, voice.say("workbook.heading"), _note(outlook, voice), landscape=False)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = COVER
    line = HEAD + 1
    for name, content in _of_the_plan(outlook, voice).items():
        line = _line(sheet, line, voice.say(f"workbook.{name}"), content, bold=True)
    line = _head(sheet, line + 1, voice.several("workbook.contents"))
    for title, text in _contents(voice):
        _link(sheet.cell(line, 1), location=f"'{title}'!A1")
        line = _line(sheet, line, title, text, **LINK)
    line = _head(sheet, line + 1, voice.several("workbook.use"))
    for number, text in enumerate(voice.several("workbook.steps"), start=1):
        line = _line(sheet, line, number, text.format(request=form.titles(FILLED)[0]))


def _of_the_plan(outlook: Outlook, voice: Voice) -> dict[str, str | date]:
    plan = outlook.plan
    return {
        "plan": voice.name(plan.title),
        "document": plan.document,
        "issuer": voice.name(plan.issuer),
        "region": f"{voice.name(voice.catalogue.regions[plan.region])} {plan.region}",
        "as_of": date.fromisoformat(outlook.assessments[0].as_of),
        "version": MADE_BY,
    }


def _contents(voice: Voice) -> list[tuple[str, str]]:
    """Return the sheets of a language, and those to fill in, with what each is."""
    own = [(voice.say(f"workbook.{name}"), voice.say(f"workbook.about_{name}")) for name in SHEETS]
    about = (voice.say("workbook.about_request"), voice.say("workbook.about_indicators"))
    return [*own, *zip(form.titles(FILLED), about, strict=True)]


def _line(sheet: Any, line: int, name: str | int, content: str | date, **look: Any) -> int:
    """Write a line of the cover, and return the next."""
    for place, (value, dress) in enumerate(((name, look), (content, {})), start=1):
        cell = sheet.cell(line, place)
        _write(cell, value)
        cell.font, cell.alignment = spreadsheets.font(**dress), spreadsheets.aligned("left", wrap=True)
        if isinstance(value, date):
            cell.number_format = FORMATS["date"]
    sheet.row_dimensions[line].height = spreadsheets.height([(str(content), COVER[1])])
    return line + 1


def _head(sheet: Any, line: int, words: Sequence[str]) -> int:
    """Write the heads of a part of the cover, and return the line below."""
    for place, text in enumerate(words, start=1):
        spreadsheets.head(sheet.cell(line, place, text), "left")
    return line + 1


# ---------------------------------------------------------------------------------------------- the tables


def _note(outlook: Outlook, voice: Voice) -> str:
    unread = form.unread()[LANGUAGES.index(voice.language)]
    day = voice.day(outlook.assessments[0].as_of)
    return voice.say("workbook.note", day=day, unread=unread, request=form.titles(FILLED)[0])


def _title(sheet: Any, name: str, outlook: Outlook, voice: Voice) -> None:
    text = voice.say("workbook.sheet", sheet=name, plan=voice.name(outlook.plan.title))
    spreadsheets.title(sheet, text, _note(outlook, voice))
    sheet.oddFooter.center.text = voice.say("workbook.page")


def _table(sheet: Any, heads: Sequence[Column], rows: Sequence[dict], voice: Voice) -> None:
    """Write the heads, then the records; heads and first column stay in sight, the most needed is printed."""
    spreadsheets.headings(sheet, [(head.heads[voice.language], head.width) for head in heads])
    for place, head in enumerate(heads, start=1):
        if head.format in FORMATS:
            sheet.column_dimensions[get_column_letter(place)].number_format = FORMATS[head.format]
    looks = spreadsheets.Looks()
    for line, record in enumerate(rows, start=HEAD + 1):
        for place, head in enumerate(heads, start=1):
            _cell(sheet.cell(line, place), head, record, looks)
        texts = [(one, head.width) for head in heads if isinstance(one := record.get(head.name), str)]
        sheet.row_dimensions[line].height = spreadsheets.height(texts)
    last = HEAD + max(len(rows), 1)
    sheet.freeze_panes = sheet.cell(HEAD + 1, 2)
    sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(heads))}{last}"
    sheet.print_area = f"A1:{get_column_letter(sum(head.printed for head in heads))}{last}"


def _cell(cell: Any, head: Column, record: Mapping, looks: spreadsheets.Looks) -> None:
    """Fill a cell."""
    value = record.get(head.name)
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return
    value = value.item() if hasattr(value, "item") else value
    _write(cell, round(value, tables.PLACES) + 0.0 if isinstance(value, float) else value)
    look = (head.format == "link", _format(head, record), isinstance(value, str))
    looks.give(cell, look, _look(*look))
    if head.format == "link":
        file, _, place = record["link"].partition("#")
        _link(cell, target=file, location=place or None)


@cache
def _look(linked: bool, number_format: str, is_text: bool) -> dict[str, Any]:
    return {
        "number_format": number_format,
        "font": spreadsheets.font(**LINK if linked else {}),
        "alignment": spreadsheets.aligned("left" if is_text else "right", wrap=is_text),
    }


def _write(cell: Any, value: Any) -> None:
    """Write a value; a text is never a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _link(cell: Any, target: str | None = None, location: str | None = None) -> None:
    """Link to another file, to a place in it, or to a place in the workbook."""
    cell.hyperlink = Hyperlink(cell.coordinate, target=target, location=location)


def _format(head: Column, record: Mapping) -> str:
    """Return the number format of a column in a row."""
    if head.format in FORMATS:
        return FORMATS[head.format]
    places = record["goal_decimals" if head.format == "goal" else "decimals"]
    return "#,##0." + "0" * places if places else "#,##0"
