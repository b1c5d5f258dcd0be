"""An Excel workbook as grids of text: the cells that exist, raised marks apart, what nobody sees named."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from analysis.intake.messages import Problem
from analysis.intake.sheets import FOOTNOTE, Marked, Odd, Place, Sheet, Stray, cell, digits, near

LARGEST = 200_000_000  # bytes of a workbook unpacked: more than any table offices send
AREA = 10_000_000  # cells between A1 and the last one filled
MERGED_AREA = 200_000  # cells merged into one
PLAIN_FORMAT = re.compile(
    r'(?:general|@|[#0?,._;()\s%*/+-]|e[+]|\[(?:red|black|blue|green|color(?!2\])\d+)\]|\\[- ()]|"[- ()]*")*'
)
# Dates by numbers of formats that a Chinese Excel or WPS does not write out (ECMA-376-1, 18.8.30).
CHINESE_DATES = (
    dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"')
    | dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"')
    | {30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"'}
    | dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm")
)
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
THREAD = re.compile(r"\A\[(?:Threaded comment|线程批注)\].*?(?:Comment|注释|批注)[:：]\s*", re.DOTALL)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
SMALL = 0.7  # of the largest type in a cell: a footnote mark set by hand rather than a digit
ALIKE = 24  # two colours of which no channel differs more cannot be told apart


def read(content: bytes, name: str) -> list[Sheet] | Problem:
    """Return the worksheets with anything in them, or why the workbook cannot be read.

    Where there are formulas it is read once more, for the results stored with them.
    """
    import openpyxl

    try:
        parts = _parts(content)
        if isinstance(parts, str):
            return Problem("too_large", name, {"value": parts})
        content = (
            _transitional(parts) if any(b"purl.oclc.org/ooxml" in one for one in parts.values()) else content
        )
        formulas = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
        computed = any(
            one.data_type == "f" for sheet in formulas.worksheets for one in _cells(sheet).values()
        )
        values = formulas
        if computed:
            values = openpyxl.load_workbook(io.BytesIO(content), data_only=True, rich_text=True)
    except Exception:  # openpyxl raises what its parsers raise; whatever it is, the file is no workbook
        return Problem("old_format", name)
    read = [_sheet(one, formulas[one.title]) for one in values.worksheets]
    far = [one for one in read if isinstance(one, Problem)]
    sheets = [
        one for one in read if isinstance(one, Sheet) and (any(any(row) for row in one.rows) or one.comments)
    ]
    boxes = _boxes(parts)
    if boxes and not sheets:
        sheets = [one for one in read if isinstance(one, Sheet)][:1]
    if sheets:
        sheets[0].boxes = boxes
    elif not far and b"xl/media/" in content:
        return Problem("pictured", name)
    return far[0] if far else sheets


def _parts(content: bytes) -> dict[str, bytes] | str:
    """Unpack the XML of a workbook; a text says what makes it too large."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = [one for one in packed.infolist() if one.filename.endswith((".xml", ".rels", ".vml"))]
        if (size := sum(one.file_size for one in members)) > LARGEST:
            return f"{size // 1_000_000} MB"
        parts = {one.filename: packed.read(one) for one in members}
    for text in parts.values():
        for left, top, right, bottom in MERGED.findall(text):
            area = (int(bottom) - int(top) + 1) * (_letters(right) - _letters(left) + 1)
            if area > MERGED_AREA:
                return f"{left.decode()}{top.decode()}:{right.decode()}{bottom.decode()}"
    return parts


def _letters(column: bytes) -> int:
    """Return the number of a column: A is 1."""
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number


def _transitional(parts: dict[str, bytes]) -> bytes:
    """Write Excel's Strict Open XML in the names the ordinary workbook uses."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", text))
    return stream.getvalue()


def _boxes(parts: dict[str, bytes]) -> tuple[str, ...]:
    """Return the texts of boxes drawn over the sheets."""
    drawn = [text for name, text in parts.items() if re.match(r"xl/drawings/drawing\d*\.xml", name)]
    shapes = [
        shape
        for text in drawn
        for shape in re.findall(rb"<(?:\w+:)?txBody>(.*?)</(?:\w+:)?txBody>", text, re.DOTALL)
    ]
    texts = [b"".join(re.findall(rb"<a:t>([^<]*)</a:t>", shape)).decode().strip() for shape in shapes]
    return tuple(filter(None, texts))


def _cells(sheet: Any) -> dict[Place, Any]:
    """Return the cells that exist: asked for by row, openpyxl makes up all between them."""
    return sheet._cells


def _sheet(values: Any, formulas: Any) -> Sheet | Problem:
    behind = _cells(formulas)
    shown = {
        (row - 1, column - 1): _shown(one, behind.get((row, column), one))
        for (row, column), one in _cells(values).items()
    }
    filled = {place: text for place, text in shown.items() if text}
    try:
        near(filled)
    except Stray as stray:
        return stray.problem(values.title)
    height, width = (max((place[axis] + 1 for place in filled), default=0) for axis in (0, 1))
    if height * width > AREA:
        far = max(filled, key=lambda place: (place[0] + 1) * (place[1] + 1))
        return Problem("far_cell", values.title, {"value": filled[far]}, cell(*far))
    rows = [[""] * width for _ in range(height)]
    for (row, column), text in filled.items():
        rows[row][column] = text
    spans = [
        (s.min_row - 1, s.min_col - 1, min(s.max_row, height) - 1, min(s.max_col, width) - 1)
        for s in values.merged_cells.ranges
    ]
    return Sheet(
        values.title,
        rows,
        [span for span in spans if span[0] < height and span[1] < width],
        hidden="" if values.sheet_state == "visible" else values.sheet_state,
        hidden_rows=frozenset(
            row - 1 for row, one in values.row_dimensions.items() if _flat(one.hidden, one.height, 1)
        ),
        hidden_columns=frozenset(_narrow(values.column_dimensions.values(), width)),
        comments={
            (row - 1, column - 1): THREAD.sub("", one.comment.text).strip()
            for (row, column), one in _cells(values).items()
            if getattr(one, "comment", None)
        },
        unseen=_unseen(values, filled),
    )


def _flat(hidden: bool, size: float | None, least: float) -> bool:
    return bool(hidden) or (size is not None and size < least)


def _narrow(columns: Any, width: int) -> Iterator[int]:
    """Yield the columns nobody sees: hidden, or narrower than half a digit."""
    for one in columns:
        if _flat(one.hidden, one.width, 0.5):
            yield from range((one.min or 1) - 1, min(one.max or one.min or 1, width))


def _unseen(sheet: Any, filled: dict[Place, str]) -> dict[Place, str]:
    """Return why a filled cell does not count as seen: struck out, or in the colour of its ground."""
    cells, known, unseen = _cells(sheet), {}, _conditional(sheet, filled)
    for (row, column), text in filled.items():
        one = cells[row + 1, column + 1]
        if one.style_id not in known:
            known[one.style_id] = _style(one), _raised(one)
        code, raised = known[one.style_id]
        if code := code or _run(one.value, _ground(one)):
            unseen[row, column] = code
        elif raised and FOOTNOTE.fullmatch(text):
            unseen[row, column] = "raised_alone"
    return unseen


def _conditional(sheet: Any, filled: dict[Place, str]) -> dict[Place, str]:
    """Return the filled cells that a rule may strike out, hide or show otherwise: it is not worked out."""
    areas = [
        area
        for one in sheet.conditional_formatting
        if any(map(_conceals, one.rules))
        for area in one.sqref.ranges
    ]
    return {
        (row, column): "conditional"
        for row, column in filled
        if any(
            area.min_row <= row + 1 <= area.max_row and area.min_col <= column + 1 <= area.max_col
            for area in areas
        )
    }


def _conceals(rule: Any) -> bool:
    style = rule.dxf
    graphic = rule.iconSet or rule.dataBar
    if graphic is not None and graphic.showValue is False:
        return True
    if style is None:
        return False
    font, fill = style.font, style.fill
    ground = _colour(fill.bgColor, WHITE) if fill is not None else WHITE
    pale = font is not None and font.color is not None and _near(_colour(font.color, BLACK), ground)
    return pale or (font is not None and bool(font.strike)) or style.numFmt is not None


def _style(one: Any) -> str:
    font, fill = one.font, one.fill
    if font.strike:
        return "struck"
    if (font.sz or 11) < 2:
        return "invisible"
    solid = fill.fill_type == "solid"
    ink, ground = _colour(font.color, BLACK), _ground(one)
    same = solid and font.color is not None and _stated(font.color) == _stated(fill.fgColor)
    return "invisible" if same or _near(ink, ground) else ""


def _ground(one: Any) -> tuple[int, int, int] | None:
    fill = one.fill
    return _colour(fill.fgColor, WHITE) if fill.fill_type == "solid" else None if fill.fill_type else WHITE


def _near(ink: tuple[int, int, int] | None, ground: tuple[int, int, int] | None) -> bool:
    return bool(
        ink and ground and max(abs(one - other) for one, other in zip(ink, ground, strict=True)) <= ALIKE
    )


def _stated(colour: Any) -> tuple:
    return colour.type, colour.value, colour.tint


def _colour(colour: Any, default: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """Return red, green and blue of a colour, None where only the theme's file tells."""
    from openpyxl.styles.colors import COLOR_INDEX

    if colour is None or colour.type == "auto":
        return default
    if colour.type == "theme":
        base = {0: WHITE, 1: BLACK}.get(colour.value)
        return base and _tinted(base, colour.tint or 0.0)
    written = colour.value
    if colour.type == "indexed":
        if colour.value >= len(COLOR_INDEX):
            return WHITE if colour.value == 65 else default
        written = COLOR_INDEX[colour.value]
    return int(written[-6:-4], 16), int(written[-4:-2], 16), int(written[-2:], 16)


def _tinted(base: tuple[int, int, int], tint: float) -> tuple[int, int, int]:
    red, green, blue = (round(one * (1 + tint) if tint < 0 else one + (255 - one) * tint) for one in base)
    return red, green, blue


def _run(content: Any, ground: tuple[int, int, int] | None) -> str:
    """Return why part of a cell's text does not count as seen."""
    runs = [one for one in content if str(one).strip()] if isinstance(content, list) else []
    struck = any(_font(one, "strike") for one in runs)
    return "struck" if struck else "invisible" if any(_hidden(one, runs, ground) for one in runs) else ""


def _hidden(run: Any, runs: list, ground: tuple[int, int, int] | None) -> bool:
    """Whether a run has the colour of its ground, or type so small that it may be a mark or nothing."""
    colour, size = _font(run, "color"), _font(run, "sz")
    largest = max(_font(one, "sz") or 11 for one in runs)
    return (colour is not None and _near(_colour(colour, BLACK), ground)) or (
        not _raised(run) and size is not None and size < SMALL * largest
    )


def _raised(run: Any) -> bool:
    return _font(run, "vertAlign") in ("superscript", "subscript")


def _font(run: Any, name: str) -> Any:
    return getattr(getattr(run, "font", None), name, None)


def _shown(value: Any, formula: Any) -> str:
    """Return what a cell holds as text."""
    content, style = _dated(value)
    if formula.data_type == "f" and content is None and value.data_type != "str":  # ="" has a result
        return Odd(str(getattr(formula.value, "text", formula.value)), "formula_without_value")
    if content is None:
        return ""
    if isinstance(content, bool):
        return Odd(str(content).upper(), "boolean")
    if isinstance(content, (datetime, date, time, timedelta)):
        return _day(content, style)
    if isinstance(content, (int, float)):
        return number(content, style)
    if value.data_type == "e":
        return Odd(str(content), "formula_error")
    return _rich(content) if isinstance(content, list) else str(content).strip()


def _dated(value: Any) -> tuple[Any, str]:
    """Return what a cell holds and its number format, also where only a Chinese program knows that one."""
    from openpyxl.utils.datetime import from_excel

    content, style = value.value, CHINESE_DATES.get(value._style.numFmtId)
    if style is None or isinstance(content, bool) or not isinstance(content, (int, float)):
        return content, value.number_format or "General"
    try:
        return from_excel(content, value.parent.parent.epoch), style
    except (OverflowError, ValueError):  # no day has this number
        return content, style


def _rich(runs: list) -> str:
    """Return a text without its raised part, which is a footnote mark, or a power of ten."""
    raised = "".join(str(run) for run in runs if _raised(run))
    plain = "".join(str(run) for run in runs if not _raised(run))
    return Marked.of(plain.strip(), raised.strip())


def number(content: float, style: str) -> str:
    """Return a number as text, odd where its format shows something else."""
    text = digits(content)
    plain = re.sub(r"[_*].", "", style.lower().replace("_x000a_", ""))
    if re.fullmatch('(?:0|#|general)"年度?"', plain):
        return f"{text}年"
    if (
        not PLAIN_FORMAT.fullmatch(plain)
        or re.search(r"[0#?],+(?![0#?])", plain)
        or plain.strip("; ") == ""
        or _blank(content, plain)
        or (content > 0 and re.search(r"[-(]", re.sub(r"\[.*?\]", "", plain.partition(";")[0])))
    ):
        return Odd(f"{text} [{style}]", "display_differs")
    if "%" in plain:
        return Odd(f"{Decimal(text).scaleb(2).normalize():f}%", "shown_percent")
    return text


def _blank(content: float, style: str) -> bool:
    """Whether a format shows nothing at all for this number: #;-#; hides a zero."""
    sections = re.sub(r"\[.*?\]", "", style).split(";")
    position = 0 if content > 0 else 1 if content < 0 else 2
    section = sections[position if position < len(sections) else 0]
    return not re.search(r"[0?@]|general|-" if content == 0 else r"[0#?@]|general", section)


def _day(content: datetime | date | time | timedelta, style: str) -> Odd:
    """Show a date as far as its format does: the day, the month or the year.

    January and December may as well stand for the whole year: they stay dates, which are refused, and so
    does a date shown in the years of another calendar (民国, 令和, the Buddhist era).
    """
    foreign = re.search(r"\[\$-[0-9a-f]{6,8}\]", style.lower())
    pattern = re.sub(r'\[.*?\]|".*?"|\\.|general', "", style.lower())
    if not isinstance(content, date) or "h" in pattern or "s" in pattern:
        return Odd(str(content), "date")
    if "d" in pattern or "y" not in pattern or ("m" in pattern and content.month in (1, 12)):
        return Odd(f"{content:%Y-%m-%d}", "date")
    if foreign or re.search("[beg]", pattern):
        return Odd(f"{content:%Y-%m-%d} [{style}]", "date")
    return Odd(f"{content:%Y-%m}" if "m" in pattern else f"{content:%Y}", "month_shown")
