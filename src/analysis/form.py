"""The sheets to fill in: observations with drop-down lists, indicators explained, worked examples, help."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from analysis import catalogue, spreadsheets, store, tables
from analysis.catalogue import Catalogue
from analysis.languages import FIRST, LANGUAGES, table
from analysis.places import DATA
from analysis.printing import Voice, each
from analysis.spreadsheets import HEAD, aligned, font

STAMP = datetime(2020, 1, 1)  # in the properties of the form
ROWS = 500  # rows of the form with drop-down lists
SEEN = 40  # of them ruled
WIDTHS = (24, 58, 12, 14, 18, 26, 26, 36)  # of the columns
LISTED = {1: 0, 2: 1, 5: 2, 6: 3, 7: 4}  # the columns with a list, and which of `choices`
PERIOD = 3  # the column of years, kept as text: 2019-06 is no day
PLACED = {PERIOD: "center", 4: "right"}  # columns that are not set to the left
EXAMPLES = (  # indicator, period, value, unit, status; what each shows is said beside it
    ("rd_expenditure 研究与试验发展（R&D）经费", 2019, 13.45, "亿元", "first_release"),
    ("rd_expenditure 研究与试验发展（R&D）经费", 2018, 121900, "万元", "revised"),
    ("rd_intensity 研究与试验发展（R&D）经费投入强度", 2019, 0.86, "%", "first_release"),
    ("national_hte_new 新增国家级高新技术企业", "2019-06", 11, "家", "reported"),
    ("national_hte_new 新增国家级高新技术企业", 2019, "…", "家", ""),
    ("hightech_va_share 高新技术产业增加值占规模以上工业增加值的比重", 2016, 25, "%", "lower_bound"),
    ("resident_population 常住人口", 2018, None, "人", "withdrawn"),
)
COMMANDS = {
    "try": "python bootstrap.py add FILE --source SOURCE --published 2019-08-30 --dry-run",
    "file": "python bootstrap.py add FILE --source SOURCE --published 2019-08-30",
}


class Asked(NamedTuple):
    """A figure asked for."""

    region: str
    indicator: str
    period: str
    basis: str = ""


def template(path: Path | str, folder: Path = DATA) -> Path:
    """Write the workbook to fill in, for Excel, WPS and LibreOffice; one catalogue gives the same bytes."""
    known, path = catalogue.read(folder), Path(path)
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "analysis"
    _data(book, _said("data"), known)
    _examples(book.create_sheet(_said("examples")))
    _indicators(book, known.indicators, known)
    _help(book.create_sheet(_said("help")))
    _lists(book, known)
    return store.write(path, spreadsheets.settled(book, STAMP))


def request(book: openpyxl.Workbook, asked: Sequence[Asked], known: Catalogue, language: str) -> None:
    """Add the form in one language to a workbook, a row filled in as far as may be for each figure asked for.

    What comes back goes to ``make add`` as it is: the other sheets say that they are not read.
    """
    indicators, languages = dict.fromkeys(one.indicator for one in asked), (language,)
    _data(book, _said("request", languages), known, languages, asked)
    _indicators(book, indicators or known.indicators, known, languages)
    _lists(book, known, languages)


def titles(language: str) -> tuple[str, str]:
    """Return what the sheets are called that `request` adds: the one to fill in, that of the indicators."""
    return _said("request", (language,)), _said("indicators", (language,))


def choices(known: Catalogue, languages: Sequence[str] = LANGUAGES) -> tuple[list[str], ...]:
    """Return the drop-down lists: regions, indicators, units, statuses, bases."""
    units = list(dict.fromkeys(name for unit in known.units.values() for name in unit.accepts))
    foreign = [name for name in units if _foreign(name)]
    return (
        [_region(code, known, languages) for code in known.regions],
        [_indicator(key, known) for key in known.indicators],
        [name for name in units if name not in foreign] + (foreign if _read_in_english(languages) else []),
        [
            " ".join(Voice(language).say(f"status.{status}") for language in languages)
            for status in tables.STATUSES
        ],
        list(known.bases),
    )


def unit_of(indicator: str, known: Catalogue) -> str:
    """Return the Chinese name of the unit an indicator is asked for in; none where it has no unit to read."""
    one = known.units[known.indicators[indicator].unit]
    return one.zh if one.zh in one.accepts else ""


def unread() -> tuple[str, ...]:
    """Return what stands in the first rows of our sheets without figures to file, in each language."""
    return tuple(_words(language)["unread"] for language in LANGUAGES)


def lines() -> tuple[str, ...]:
    """Return what stands above the table of our sheets to fill in, in each language."""
    names = ("request", "title", "prompted", "asking")
    return tuple(_words(language)[name] for language in LANGUAGES for name in names)


def _words(language: str) -> dict[str, Any]:
    return table(language, "workbook.yml")["form"]


def _foreign(unit: str) -> bool:
    return unit.isascii() and unit != "%"


def _read_in_english(languages: Sequence[str]) -> bool:
    return "en" in map(catalogue.tongue, languages)


def _said(name: str, languages: Sequence[str] = LANGUAGES, between: str = " ") -> str:
    return between.join(_words(language)[name] for language in languages)


def _listed(name: str, languages: Sequence[str] = LANGUAGES, between: str = " ") -> list[str]:
    """Return the words of a list, each in all languages."""
    return [between.join(words) for words in zip(*(_words(one)[name] for one in languages), strict=True)]


def _named(one: Any, languages: Sequence[str], between: str = "\n") -> str:
    """Return a name in the languages there are names in, each once."""
    return between.join(getattr(one, name) for name in dict.fromkeys(map(catalogue.tongue, languages)))


def _region(code: str, known: Catalogue, languages: Sequence[str]) -> str:
    return f"{code} {_named(known.regions[code], languages, ' ')}"


def _indicator(key: str, known: Catalogue) -> str:
    return f"{key} {known.indicators[key].zh}"


def _data(
    book: openpyxl.Workbook,
    name: str,
    known: Catalogue,
    languages: Sequence[str] = LANGUAGES,
    asked: Sequence[Asked] = (),
) -> None:
    """Write the table with its lists, and what is asked for."""
    sheet, last = book.create_sheet(name), HEAD + max(ROWS, len(asked))
    title, line = ("request", "asking") if asked else ("title", "prompted")
    heads, prompts = _listed("headings", languages), _listed("prompts", languages, "\n")
    spreadsheets.title(sheet, _said(title, languages), _said(line, languages))
    spreadsheets.headings(sheet, list(zip(heads, WIDTHS, strict=True)))
    for place, (head, prompt) in enumerate(zip(heads, prompts, strict=True), start=1):
        rule, letter = _rule(place, known, languages), get_column_letter(place)
        rule.showInputMessage, rule.prompt = True, prompt
        rule.promptTitle = rule.errorTitle = head
        rule.add(f"{letter}{HEAD + 1}:{letter}{last}")
        sheet.add_data_validation(rule)
    spreadsheets.ruled(sheet, HEAD + 1, max(SEEN, len(asked)), len(WIDTHS))
    _laid_out(sheet, last)
    _ask(sheet, asked, known, languages)


def _laid_out(sheet: Any, last: int) -> None:
    """Lay the rows to fill in out: a period is no number, nor a date."""
    places = range(1, len(WIDTHS) + 1)
    dress: dict[int, dict[str, Any]] = {
        one: {"alignment": aligned(PLACED.get(one, "left"))} for one in places
    }
    dress[PERIOD]["number_format"] = "@"
    looks = spreadsheets.Looks()
    for row in range(HEAD + 1, last + 1):
        for place in places:
            looks.give(sheet.cell(row, place), place, dress[place])
        sheet.row_dimensions[row].height = 18


def _ask(sheet: Any, asked: Sequence[Asked], known: Catalogue, languages: Sequence[str]) -> None:
    """Fill in what a row asks for: all but the value."""
    for row, one in enumerate(asked, start=HEAD + 1):
        given = {
            1: _region(one.region, known, languages),
            2: _indicator(one.indicator, known),
            PERIOD: one.period,
            5: unit_of(one.indicator, known),
            7: one.basis or None,
        }
        for place, content in given.items():
            sheet.cell(row, place).value = content


def _rule(place: int, known: Catalogue, languages: Sequence[str]) -> DataValidation:
    """Return what a column of the table asks for: one of a list, with a warning, or anything."""
    if place not in LISTED:
        return DataValidation(allow_blank=True)
    column, count = get_column_letter(LISTED[place] + 1), len(choices(known, languages)[LISTED[place]])
    source = f"'{_said('lists', languages)}'!${column}$3:${column}${count + 2}"
    rule = DataValidation(
        "list", formula1=source, allow_blank=True, errorStyle="warning", showErrorMessage=True
    )
    rule.error = _said("not_listed", languages)
    return rule


def _explained(languages: Sequence[str] = LANGUAGES, more: str = "") -> str:
    """Return the line by which a sheet says that it holds no figures; `more` names what it says too."""
    said = map(_words, languages)
    return " ".join(one["explained"].format(unread=one["unread"], more=one.get(more, "")) for one in said)


def _examples(sheet: Any) -> None:
    spreadsheets.title(sheet, _said("examples_title"), _explained(more="fictional"))
    spreadsheets.headings(sheet, list(zip(_listed("headings"), WIDTHS, strict=True)))
    region, notes = _said("town"), _listed("example_notes")
    for row, ((*cells, status), note) in enumerate(zip(EXAMPLES, notes, strict=True), start=HEAD + 1):
        told = " ".join(each(f"status.{status}")) if status else ""
        for column, content in enumerate((region, *cells, told, "", note), start=1):
            sheet.cell(row, column, content).alignment = aligned(PLACED.get(column, "left"), wrap=True)
        sheet.row_dimensions[row].height = 34
    spreadsheets.ruled(sheet, HEAD + 1, len(EXAMPLES), len(WIDTHS))


def _indicators(
    book: openpyxl.Workbook, keys: Collection[str], known: Catalogue, languages: Sequence[str] = LANGUAGES
) -> None:
    """Explain indicators: what each is, in which units it may be given."""
    sheet = book.create_sheet(_said("indicators", languages))
    spreadsheets.title(sheet, _said("indicators_title", languages), _explained(languages))
    heads = list(zip(_listed("indicator_heads", languages), (26, 40, 24, 30, 80), strict=True))
    spreadsheets.headings(sheet, heads)
    for row, key in enumerate(keys, start=HEAD + 1):
        one, unit = known.indicators[key], known.units[known.indicators[key].unit]
        kept = SimpleNamespace(zh=unit.zh, en=one.unit)
        accepted = "、".join(
            name for name in unit.accepts if _read_in_english(languages) or not _foreign(name)
        )
        cells = [
            key,
            _named(one, languages),
            _named(kept, languages),
            accepted,
            _named(one.definition, languages),
        ]
        for column, content in enumerate(cells, start=1):
            sheet.cell(row, column, content).alignment = aligned("left", wrap=True)
        texts = ((text, width) for text, (_, width) in zip(cells, heads, strict=True))
        sheet.row_dimensions[row].height = spreadsheets.height(texts)
    spreadsheets.ruled(sheet, HEAD + 1, len(keys), len(heads))


def _help(sheet: Any) -> None:
    spreadsheets.title(sheet, _said("help_title"), _explained())
    lines = [(_said("steps"), ""), ("1", _said("fill"))]
    lines += [(str(n), f"{_said(name)}: {line}") for n, (name, line) in enumerate(COMMANDS.items(), start=2)]
    lines += [(_said("rules"), ""), *zip(_listed("rule_names"), _listed("rule_lines"), strict=True)]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 110
    for row, (name, line) in enumerate(lines, start=HEAD):
        sheet.cell(row, 1, name).font = font(bold=not line)
        sheet.cell(row, 1).alignment = aligned("left")
        sheet.cell(row, 2, line).alignment = aligned("left", wrap=True)
        sheet.row_dimensions[row].height = spreadsheets.height([(line, 110)])


def _lists(book: openpyxl.Workbook, known: Catalogue, languages: Sequence[str] = LANGUAGES) -> None:
    sheet = book.create_sheet(_said("lists", languages))
    sheet["A1"] = _explained(languages)
    heads = [_words(FIRST)["headings"][place - 1] for place in LISTED]
    for column, (name, words) in enumerate(zip(heads, choices(known, languages), strict=True), start=1):
        sheet.cell(2, column, name)
        for row, word in enumerate(words, start=3):
            sheet.cell(row, column, word)
        sheet.column_dimensions[chr(64 + column)].width = 40
    sheet.sheet_state = "hidden"
