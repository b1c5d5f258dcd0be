"""Other files offices send, as grids of text: .xls, .xlsb, .et, .ods, web pages, Excel's XML of 2003."""

import email
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from PIL import ImageColor

from analysis.intake import messages, workbook
from analysis.intake.messages import Problem
from analysis.intake.sheets import GAP, Marked, Odd, Place, Sheet, Stray, Written, cell, digits, near
from analysis.languages import LANGUAGES

RAISED, STRUCK, BLOCKS = (
    {"sup", "sub", "small"},
    {"s", "strike", "del"},
    {"p", "div", "h1", "h2", "h3", "h4", "li", "caption", "br", "line-break", "tab", "s"},
)
UNSHOWN = {"head", "script", "style", "title", "noscript", "template", "select"}
INLINE = frozenset(
    ("a", "abbr", "b", "big", "code", "em", "font", "i", "ins", "label", "mark", "nobr", "small", "span",
     "strong", "sub", "sup", "tt", "u", "wbr")
)  # fmt: skip
LONGEST, WIDEST = 65534, 1000  # rows and columns a cell of a page can span
NUMERIC = re.compile(r"[\d,]*\.?\d+")
WHITE, NEAR = (255, 255, 255), 15  # shades of 255 that no eye tells apart
SHIFTED = re.compile(r"super|sub|-?[1-9]\d*%")  # 33% 58%: how high, and of what size
BLIND = ("comments", "hidden", "struck", "raised", "percent")
AREA = re.compile(r"\.([A-Z]{1,3}\d+)(?::(?:'[^']*'|[^\s.']*)\.([A-Z]{1,3}\d+))?")
SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
FORMATS = {
    "Percent": "0.00%",
    "Standard": "#,##0.00",
    "Fixed": "0.00",
    "General Number": "General",
    "Scientific": "0.00e+00",
}


# .xls, .xlsb, .et


def binary(content: bytes, name: str) -> list[Sheet] | Problem:
    """Read the values of a binary workbook; an .xls with marks on them that nobody can place is refused."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        read = [_binary_sheet(book, one) for one in book.sheets_metadata if "WorkSheet" in str(one.typ)]
    except python_calamine.PasswordError:
        return Problem("locked", name)
    except Exception:  # whatever its parsers raise, the file is no workbook
        return Problem("locked" if "EncryptedPackage".encode("utf-16-le") in content else "old_format", name)
    far = [one for one in read if isinstance(one, Problem)]
    if far:
        return far[0]
    sheets = [one for one in read if isinstance(one, Sheet) and any(any(row) for row in one.rows)]
    marks = _marks(content, max((one.width for one in sheets), default=0))
    if marks is None:
        return sheets
    if seen := marks - {"percent", "raised"}:
        told = {
            language: messages.text("parts.cell", language).join(
                messages.text(f"marks.{one}", language) for one in sorted(seen)
            )
            for language in LANGUAGES
        }
        return Problem("marked_binary", name, {"value": told})
    return [replace(one, blind=one.blind & marks) for one in sheets]


def _marks(content: bytes, width: int) -> frozenset[str] | None:
    """Return what an .xls holds beside values: comments, hidden cells, struck-out or raised type, per cent.

    None where its records cannot be found. The records are those of [MS-XLS], section 2.4.
    """
    stream = _stream(content)
    if stream is None:
        return None
    found: set[str] = set()
    fonts: list[int] = []  # their colours
    per_cent, place = {9, 10}, 0
    other: set[int] = set()
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        record = stream[place + 4 : place + 4 + length].ljust(20, b"\0")
        words = struct.unpack_from("<8H", record)
        if kind == 0x041E:
            (per_cent if b"%" in record else other if _shows_another(record) else set()).add(words[0])
        elif kind == 0x0031:
            fonts.append(words[2])
        styles_a_cell = kind == 0x00E0 and not words[2] & 4
        holds = {
            "comments": kind == 0x001C,
            "hidden": kind == 0x0208 and words[6] & 0x20,
            "narrow": kind == 0x007D and words[0] < width and (words[4] & 1 or not words[2]),
            "struck": kind == 0x0031 and words[1] & 8,
            "raised": kind == 0x0031 and words[4],
            "percent": styles_a_cell and words[1] in per_cent,
            "format": styles_a_cell and words[1] in other,
            "invisible": styles_a_cell and _white_on_white(record, fonts),
            "conditional": kind == 0x01B1 and _rule_conceals(record),
        }
        found |= {"hidden" if name == "narrow" else name for name, one in holds.items() if one}
        place += 4 + length
    return frozenset(found)


def _shows_another(record: bytes) -> bool:
    """Whether a number format writes a unit behind a number or shows thousands of it."""
    length, wide = struct.unpack_from("<HB", record, 2)
    style = record[5 : 5 + length * (2 if wide & 1 else 1)].decode("utf-16-le" if wide & 1 else "latin-1")
    plain = re.sub(r"\[.*?\]", "", style)
    dated = re.search("[ydhs]", re.sub(r'".*?"|\\.', "", plain.lower()))
    return not dated and getattr(workbook.number(1234.5, plain), "code", "") == "display_differs"


def _white_on_white(record: bytes, fonts: list[int]) -> bool:
    """Whether a cell's record joins white type to no ground, or a white one."""
    font, fill = struct.unpack_from("<H", record)[0], struct.unpack_from("<I", record, 14)[0] >> 26
    place = font - (font > 4)  # no font has the number 4
    white = place < len(fonts) and fonts[place] in (1, 9)
    return white and (
        not fill or (fill == 1 and struct.unpack_from("<H", record, 18)[0] & 0x7F in (1, 9, 64))
    )


def _rule_conceals(record: bytes) -> bool:
    """Whether a conditional format strikes out, writes white without a ground, or shows another number."""
    (given,) = struct.unpack_from("<I", record, 6)
    numbers, font, ground = (bool(given & 1 << bit) for bit in (25, 26, 29))
    record = record.ljust(96, b"\0")
    struck, white = record[80] & 0x80, struct.unpack_from("<I", record, 92)[0] in (1, 9)
    return numbers or (font and bool(struck or (white and not ground)))


def _stream(content: bytes) -> bytes | None:
    """Return the stream of records of an .xls from its compound file, [MS-CFB]."""
    try:
        size = 1 << struct.unpack_from("<H", content, 30)[0]
        directory, mini, short = (struct.unpack_from("<I", content, at)[0] for at in (48, 60, 56))

        def sector(number: int) -> bytes:
            return content[(number + 1) * size : (number + 2) * size]

        def chain(first: int, table: tuple[int, ...]) -> Iterator[int]:
            for _ in table:
                if first >= len(table):
                    return
                yield first
                first = table[first]

        listed = [one for one in struct.unpack_from("<109I", content, 76) if one < 0xFFFFFFF0]
        table = struct.unpack(f"<{len(listed) * size // 4}I", b"".join(map(sector, listed)))
        entries = b"".join(map(sector, chain(directory, table)))
        named = {
            entries[at : at + struct.unpack_from("<H", entries, at + 64)[0]].decode("utf-16-le").rstrip("\0"):
            struct.unpack_from("<II", entries, at + 116)
            for at in range(0, len(entries), 128)
        }  # fmt: skip
        first, length = named.get("Workbook") or named["Book"]
        if length >= short:
            return b"".join(map(sector, chain(first, table)))[:length]
        packed = b"".join(map(sector, chain(named["Root Entry"][0], table)))
        parts = b"".join(map(sector, chain(mini, table)))
        small = struct.unpack(f"<{len(parts) // 4}I", parts)
        return b"".join(packed[one * 64 : one * 64 + 64] for one in chain(first, small))[:length]
    except (struct.error, KeyError, UnicodeDecodeError):
        return None


def _binary_sheet(book: Any, known: Any) -> Sheet | Problem:
    sheet = book.get_sheet_by_name(known.name)
    if sheet.total_height * sheet.total_width > workbook.AREA:
        return Problem(
            "far_cell", known.name, {"value": "…"}, cell(sheet.total_height - 1, sheet.total_width - 1)
        )
    rows = [[_typed(one) for one in row] for row in sheet.to_python(skip_empty_area=False)]
    while rows and not any(rows[-1]):
        rows.pop()
    try:
        near({(r, 0): next(filter(None, row)) for r, row in enumerate(rows) if any(row)})
    except Stray as far:
        return far.problem(known.name)
    width = max(map(len, rows), default=0)
    spans = [
        (*first, *last)
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] < len(rows) and last[1] < width
    ]
    hidden = "" if str(known.visible).endswith("Visible") else str(known.visible)
    return Sheet(known.name, rows, spans, hidden=hidden, blind=frozenset(BLIND))


def _typed(content: object) -> str:
    if isinstance(content, bool):
        return Odd(str(content).upper(), "boolean")
    if isinstance(content, (datetime, date, time, timedelta)):
        return Odd(str(content), "date")
    if isinstance(content, (int, float)):
        return digits(content)
    text = str(content).strip()
    if text.startswith("#") and text.rstrip("!?").isascii() and text.isupper():
        return Odd(text, "formula_error")
    written = Written(text)
    return written if NUMERIC.fullmatch(text) else text


# What the other formats share: a grid that grows, with merged and repeated cells


class Grid:
    """A grid filled from left to right and top to bottom, as a page or an XML table describes it."""

    def __init__(self, name: str) -> None:
        self.sheet = Sheet(name, [])
        self.taken: set[Place] = set()
        self.row, self.column = -1, 0

    def next_row(self, hidden: bool = False) -> None:
        self.row, self.column = self.row + 1, 0
        if hidden:
            self.sheet.hidden_rows |= {self.row}

    def put(self, text: str, down: int = 1, across: int = 1, unseen: str = "") -> Place:
        """Fill the next cell that no merged one covers, and return where it is."""
        while (self.row, self.column) in self.taken:
            self.column += 1
        place = self.row, self.column
        if text and (self.row - len(self.sheet.rows) > GAP or self.column > GAP):
            raise Stray(text, place)
        if down * across > workbook.MERGED_AREA:
            raise Stray(text, (self.row + down - 1, self.column + across - 1))
        if down > 1 or across > 1:
            self.sheet.spans.append((*place, self.row + down - 1, self.column + across - 1))
            self.taken |= {(self.row + r, self.column + c) for r in range(down) for c in range(across)}
        if text:
            while len(self.sheet.rows) <= self.row:
                self.sheet.rows.append([])
            line = self.sheet.rows[self.row]
            line += [""] * (self.column + 1 - len(line))
            line[self.column] = text
            if unseen:
                self.sheet.unseen[place] = unseen
        self.column += across
        return place

    def done(self) -> Sheet:
        """Return the sheet with all rows of one length and merged ranges inside it."""
        sheet = self.sheet
        width = max(map(len, sheet.rows), default=0)
        for row in sheet.rows:
            row += [""] * (width - len(row))
        height = len(sheet.rows)
        inside = [one for one in sheet.spans if one[0] < height and one[1] < width]
        sheet.spans = [
            (top, left, min(down, height - 1), min(right, width - 1)) for top, left, down, right in inside
        ]
        return sheet


def _filled(grids: Iterable[Grid]) -> list[Sheet]:
    return [one.done() for one in grids if one.sheet.rows]


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _texts(
    element: Any, raised: Callable[[Any], bool], struck: Callable[[Any], bool]
) -> tuple[str, str, bool]:
    """Return the text of an element, the raised part of it, and whether any of it is struck out."""
    plain, up, out = element.text or "", "", False
    for one in element:
        if not isinstance(one.tag, str):
            plain += one.tail or ""
            continue
        text, mark, gone = _texts(one, raised, struck)
        if _local(one) in BLOCKS and plain.strip():
            plain += " "
        if raised(one):
            up += text + mark
        else:
            plain, up = plain + text, up + mark
        out |= gone or (struck(one) and bool((text + mark).strip()))
        plain += one.tail or ""
    return plain, up, out


# Web pages


def page(content: bytes, name: str) -> list[Sheet] | Problem:
    """Read the tables of a web page, or Excel's XML of 2003; the lines between tables stay above them."""
    from lxml import etree, html

    try:
        if content[:13].lower() == b"mime-version:":
            parts = [
                one
                for one in email.message_from_bytes(content).walk()
                if one.get_content_type() == "text/html"
            ]
            pages = [one.get_payload(decode=True) for one in parts]
        elif SPREADSHEET in content:
            return _spreadsheet(etree.fromstring(content, etree.XMLParser(resolve_entities=False)))
        else:
            pages = [content]
        texts = [_markup(bytes(one)) for one in pages]
        if any(map(_cut_short, texts)):
            return Problem("cut_short", name)
        grids = [_page(_styled(html.fromstring(one)), name) for one in texts]
    except Stray as far:
        return far.problem(name)
    except (etree.LxmlError, ValueError, LookupError):
        return Problem("old_format", name)
    sheets = _filled(grids)
    return sheets if any(one.spans or one.width > 1 for one in sheets) else Problem("no_table", name)


def _markup(content: bytes) -> str:
    """Decode a page as it says, else as UTF-8, else as GB18030."""
    found = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4000])
    said = [found.group(1).decode()] if found else []
    for encoding in [
        "utf-8-sig",
        *({"gb2312": "gb18030", "gbk": "gb18030"}.get(one.lower(), one) for one in said),
        "gb18030",
    ]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return re.sub(r"\A\s*<\?xml[^>]*>", "", text)
    raise LookupError("no encoding fits")


def _cut_short(text: str) -> bool:
    """Whether a table of a page does not end: its last number may be half of one."""
    bare = re.sub(r"(?is)<!--.*?-->|<script.*?</script>", "", text).lower()
    return len(re.findall(r"<table[\s>]", bare)) > bare.count("</table")


def _styled(root: Any) -> Any:
    """Write what style sheets say of classes and tags into the elements; drop what is not shown in a cell.

    Excel and WPS save raised, struck-out and hidden cells as classes.
    """
    written = " ".join(one.text_content() for one in root.iter("style"))
    rules: dict[str, list[tuple[list[str], str]]] = {}  # by the last part of a selector
    for names, body in re.findall(r"([^{}]*)\{([^{}]*)\}", re.sub(r"(?s)/\*.*?\*/|<!--|-->", "", written)):
        for name in names.split(","):
            if parts := re.split(r"[\s>]+", name.strip().lower()):
                rules.setdefault(parts[-1], []).append((parts[:-1], body))
    for one in [one for one in root.iter() if isinstance(one.tag, str)] if rules else []:
        found = [rule for key in _selected(one) for rule in rules.get(key, ())]
        bodies = [body for within, body in found if _lies(one, within)]
        if said := ";".join(filter(None, (*bodies, one.get("style")))):
            one.set("style", said)
    for one in root.iter("input"):
        one.text = one.get("value") if one.get("type", "text") in ("text", "number") else None
    for one in root.iter("select"):
        options = sorted(one.iter("option"), key=lambda option: "selected" not in option.attrib)
        text = " ".join(option.text_content() for option in options[:1])
        for option in [*one]:
            one.remove(option)
        one.text = f" {text} "
    hiding = [one for one in root.iter("span", "font", "div", "p", "a", "i", "b", "sup") if _hides(one)]
    for one in [*hiding, *root.iter("noscript")]:
        one.drop_tree()
    return root


def _selected(element: Any) -> list[str]:
    """Return the simple selectors of style sheets that an element answers to."""
    names = [f".{name}" for name in element.get("class", "").lower().split()]
    names += [f"#{element.get('id').lower()}"] if element.get("id") else []
    return [element.tag, *(f"{tag}{name}" for name in names for tag in ("", element.tag))]


def _lies(element: Any, within: list[str]) -> bool:
    """Whether an element lies inside others that answer to selectors, the outermost first."""
    left = [*within]
    for one in element.iterancestors():
        if left and left[-1] in _selected(one):
            left.pop()
    return not left


def _page(root: Any, name: str) -> Grid:
    """Lay down what a page shows from top to bottom: rows of tables, and lines of text between them."""
    grid = Grid(name)
    words: list[str] = []
    _hidden_columns(root, grid)
    if any("LibreOffice" in one.get("content", "") for one in root.iter("meta")):
        grid.sheet.blind = frozenset({"raised"})  # it writes raised digits as others

    def end_line() -> None:
        if text := " ".join("".join(words).split()):
            grid.next_row()
            grid.put(text)
        words.clear()

    def lay(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in UNSHOWN:
            return
        if element.tag not in INLINE:
            end_line()
        if element.tag == "tr" and element.find(".//table") is None:
            _page_row(element, grid)
            return
        words.append(element.text or "")
        for one in element:
            lay(one)
            words.append(one.tail or "")
        if element.tag not in INLINE:
            end_line()

    lay(root)
    end_line()
    return grid


def _hidden_columns(root: Any, grid: Grid) -> None:
    for table in root.iter("table"):
        column = 0
        for one in table.iter("col"):
            span = min(_whole(one, "span"), WIDEST)
            if _hides(one):
                grid.sheet.hidden_columns |= set(range(column, column + span))
            column += span


def _whole(element: Any, name: str) -> int:
    """Return an attribute that is a number of rows or columns, 1 where it is none."""
    text = element.get(name, "").strip()
    return max(int(text), 1) if text.isdecimal() else 1


def _style(element: Any) -> str:
    return re.sub(r"\s", "", element.get("style", "")).lower()


def _hides(element: Any) -> bool:
    pattern = (
        r"display:none|visibility:(?:hidden|collapse)|(?:^|;)(?:height|width|font-size):0(?:p[xt])?(?:;|$)"
    )
    flat = element.tag in ("col", "tr") and "0" in (element.get("width"), element.get("height"))
    return flat or "hidden" in element.attrib or bool(re.search(pattern, _style(element)))


def _raises(element: Any) -> bool:
    """Whether a page sets an element as a footnote mark: raised, small, or a link within the page."""
    style = _style(element)
    size = r"(?:[1-7](?:\.\d+)?pt|[1-9](?:\.\d+)?px|0?\.\d+em|[1-6]\d%|x*-?small)"
    small = re.search(rf"font(?:-size)?:[^;]*?(?<![\d.]){size}", style)
    least = element.tag == "font" and re.fullmatch("1|-[1-7]", element.get("size", "").strip())
    link = element.tag == "a" and element.get("href", "").startswith("#")
    moved = re.search(r"vertical-align:(?:su(?:per|b)|[1-9])|position:relative.*top:-[1-9]", style)
    return element.tag in RAISED or link or bool(small or least or moved)


def _page_row(element: Any, grid: Grid) -> None:
    grid.next_row(
        hidden=_hides(element) or any(_hides(one) for one in element.iterancestors("table", "tbody"))
    )
    for one in element:
        if one.tag not in ("td", "th"):
            continue
        quoted = [" ".join(note.text_content().split()) for note in one.findall(".//comment")]
        for note in one.findall(".//comment"):
            note.drop_tree()
        text, mark, struck = _texts(
            one, _raises, lambda part: part.tag in STRUCK or "line-through" in _style(part),
        )  # fmt: skip
        struck |= "line-through" in _style(one) + _style(element)
        hidden = _hides(one) or _pale(one)
        unseen = "struck" if struck else "invisible" if hidden else ""
        down, across = (_whole(one, name) for name in ("rowspan", "colspan"))
        text = _as_kept(" ".join(text.split()), one)
        if "raised" in grid.sheet.blind and not one.get("sdval") and NUMERIC.fullmatch(text):
            text = Written(text)
        place = grid.put(Marked.of(text, mark.strip()), min(down, LONGEST), min(across, WIDEST), unseen)
        grid.sheet.comments |= {place: "；".join(quoted)} if quoted else {}


def _as_kept(shown: str, element: Any) -> str:
    """Return what a cell shows, odd where the number a spreadsheet program noted beside it is another."""
    kept = element.get("x:num") or element.get("sdval") or ""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?", kept.lower()) or shown.endswith("%"):
        return shown
    plain = re.fullmatch(r"-?[\d,]*\.?\d+", shown)
    differs = plain and "y" not in element.get("sdnum", "").lower() and not _same(shown, digits(float(kept)))
    return Odd(f"{digits(float(kept))} [{shown}]", "display_differs") if differs else shown


def _pale(element: Any) -> bool:
    """Whether some text of a cell has the colour of its ground, or almost: white where no ground is named."""
    inside = [element, *(one for one in element.iterdescendants() if isinstance(one.tag, str))]
    return any(_unseen(one) for one in inside if one.text_content().strip())


def _unseen(element: Any) -> bool:
    if re.search(r"(?:^|;)color:(?:transparent|rgba\([\d,]+,0\))", _style(element)):
        return True
    ink, ground = _colour(element, "color", "color"), _colour(element, "background(?:-color)?", "bgcolor")
    return ink is not None and all(abs(a - b) <= NEAR for a, b in zip(ink, ground or WHITE, strict=True))


def _colour(element: Any, style: str, attribute: str) -> tuple[int, ...] | None:
    """Return red, green and blue as the nearest element around names them; None where none does."""
    for one in (element, *element.iterancestors()):
        found = re.findall(rf"(?:^|;){style}:(#[\da-f]+|rgba?\([\d,]+|[a-z]+)", _style(one))
        for name in (*found[-1:], one.get(attribute, "").strip().lower()):
            if name and name not in ("transparent", "inherit", "none", "auto"):
                return _mixed(name)
    return None


def _mixed(name: str) -> tuple[int, ...]:
    """Return red, green and blue of a colour's name; far from every other where it is not known."""
    if found := re.match(r"rgba?\((\d+),(\d+),(\d+)", name):
        return tuple(map(int, found.groups()))
    try:
        return ImageColor.getrgb({"window": "white", "windowtext": "black"}.get(name, name))[:3]
    except ValueError:
        return (-NEAR * 9,) * 3


# Excel's XML of 2003


def _spreadsheet(root: Any) -> list[Sheet]:
    styles = {_get(one, "ID"): one for one in root.iter() if _local(one) == "style"}
    return _filled([_xml_sheet(one, styles) for one in root.iter() if _local(one) == "worksheet"])


def _get(element: Any, name: str, default: str = "") -> str:
    """Return an attribute whatever its namespace."""
    return next(
        (text for key, text in element.attrib.items() if str(key).rpartition("}")[2] == name), default
    )


def _xml_sheet(element: Any, styles: dict[str, Any]) -> Grid:
    grid = Grid(_get(element, "Name"))
    grid.sheet.hidden = next(
        (one.text for one in element.iter() if _local(one) == "visible" and one.text), ""
    )
    column = -1
    for one in element.iter():
        if _local(one) == "column":
            column = int(_get(one, "Index") or column + 2) - 1
            span = int(_get(one, "Span") or 0)
            if _get(one, "Hidden") == "1" or _get(one, "Width") == "0":
                grid.sheet.hidden_columns |= set(range(column, column + span + 1))
            column += span
        elif _local(one) == "row":
            grid.row = int(_get(one, "Index") or grid.row + 2) - 2
            grid.next_row(_get(one, "Hidden") == "1" or _get(one, "Height") == "0")
            _xml_row(one, grid, styles)
    return grid


def _xml_row(element: Any, grid: Grid, styles: dict[str, Any]) -> None:
    for one in element:
        if _local(one) != "cell":
            continue
        grid.column = int(_get(one, "Index")) - 1 if _get(one, "Index") else grid.column
        style = styles.get(_get(one, "StyleID"))
        content = next((part for part in one if _local(part) == "data"), None)
        text, struck = ("", False) if content is None else _xml_content(content, style)
        down, across = (int(_get(one, name) or 0) + 1 for name in ("MergeDown", "MergeAcross"))
        grid.put(text, down, across, "struck" if struck else "")
        for note in one:
            if _local(note) == "comment":
                grid.sheet.comments[grid.row, grid.column - across] = " ".join(
                    "".join(note.itertext()).split()
                )


def _xml_content(element: Any, style: Any) -> tuple[str, bool]:
    written = (
        next((_get(one, "Format") for one in style if _local(one) == "numberformat"), "")
        if style is not None
        else ""
    )
    struck = style is not None and any(_get(one, "StrikeThrough") == "1" for one in style)
    text, mark, out = _texts(
        element, lambda part: _local(part) in RAISED, lambda part: _local(part) in STRUCK
    )
    kind = _get(element, "Type")
    if kind == "Number":
        shown = workbook.number(float(text), FORMATS.get(written, written or "General"))
        return shown, struck
    codes = {"DateTime": "date", "Boolean": "boolean", "Error": "formula_error"}
    return (Odd(text, codes[kind]) if kind in codes else Marked.of(text.strip(), mark.strip())), struck or out


# .ods


def open_document(content: bytes, name: str) -> list[Sheet] | Problem:
    """Read an OpenDocument spreadsheet."""
    from lxml import etree

    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        parts = ["styles.xml"] * ("styles.xml" in packed.namelist()) + ["content.xml"]
        size = sum(packed.getinfo(one).file_size for one in parts)
        if size > workbook.LARGEST:
            return Problem("too_large", name, {"value": f"{size // 1_000_000} MB"})
        if b"encryption-data" in packed.read("META-INF/manifest.xml"):
            return Problem("locked", name)
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
        read = [etree.fromstring(packed.read(one), parser) for one in parts]
        styles, root = _styles(read), read[-1]
        return _filled([_open_sheet(one, styles) for one in root.iter() if _local(one) == "table"])
    except Stray as far:
        return far.problem(name)
    except (etree.LxmlError, zipfile.BadZipFile, KeyError, ValueError):
        return Problem("old_format", name)


def _styles(parts: Iterable[Any]) -> dict[str, Any]:
    """Return the styles of a document by both their names: the last of one name, that of cells first."""
    found = dict[str, Any]()
    for part in parts:
        of_part = [one for one in part.iter() if _local(one) == "style"]
        for one in sorted(of_part, key=lambda one: _get(one, "family") == "table-cell"):
            found |= {_get(one, name): one for name in ("display-name", "name") if _get(one, name)}
    return found


def _open_sheet(element: Any, styles: dict[str, Any]) -> Grid:
    grid = Grid(_get(element, "name"))
    grid.sheet.hidden = "hidden" if _said(styles, element, "display") == "false" else ""
    look = cache(lambda style: _look(style, styles))
    column, usual = 0, list[tuple[range, str]]()
    for one in element.iter():
        again = int(_get(one, "number-columns-repeated") or _get(one, "number-rows-repeated") or 1)
        if _local(one) == "table-column":
            if _collapsed(one, styles, "column-width"):
                grid.sheet.hidden_columns |= set(range(column, column + min(again, 16384)))
            usual.append((range(column, column + again), _get(one, "default-cell-style-name")))
            column += again
        elif _local(one) == "table-row":
            if again > GAP and (text := _first(one)):
                raise Stray(text, (grid.row + again, 0))
            for _ in range(again if any(_value(part) for part in one) else 1):
                grid.next_row(_collapsed(one, styles, "row-height"))
                _open_row(one, grid, styles, look, usual)
            grid.row += 0 if any(_value(part) for part in one) else again - 1
        elif _local(one) == "conditional-format" and _rules_conceal(one, styles):
            _doubt(grid.sheet, _get(one, "target-range-address"))
    return grid


def _rules_conceal(element: Any, styles: dict[str, Any]) -> bool:
    """Whether rules of LibreOffice may strike out, hide or show otherwise what a cell holds."""
    applied = [_get(one, "apply-style-name") for one in element.iter()]
    bare = any(_get(one, "show-value") == "false" for one in element.iter())
    return bare or any(_conceals(name, styles) for name in applied)


def _conceals(name: str, styles: dict[str, Any]) -> bool:
    shown = name in styles and bool(_get(styles[name], "data-style-name"))
    return shown or _white(name, styles) or _lined(name, styles)


def _doubt(sheet: Sheet, areas: str) -> None:
    """Note the filled cells of areas written like Tab.B2:Tab.C3."""
    from openpyxl.utils.cell import coordinate_to_tuple

    for corners in AREA.findall(areas.replace("$", "")):
        (top, left), (bottom, right) = (
            coordinate_to_tuple(one) for one in (corners[0], corners[1] or corners[0])
        )
        for row, line in enumerate(sheet.rows[top - 1 : bottom], top - 1):
            for column, text in enumerate(line[left - 1 : right], left - 1):
                if text:
                    sheet.unseen.setdefault((row, column), "conditional")


def _value(element: Any) -> bool:
    noted = any(_local(one) == "annotation" for one in element)
    return bool(_get(element, "value-type") or _get(element, "formula")) or noted


def _first(element: Any) -> str:
    """Return what the first filled cell of a row holds."""
    return next(("".join(one.itertext()) for one in element if _value(one)), "")


def _open_row(
    element: Any,
    grid: Grid,
    styles: dict[str, Any],
    look: Callable[[str], str],
    usual: Iterable[tuple[range, str]],
) -> None:
    """Fill a row; usual : the styles of cells that name none, by columns."""
    row = _get(element, "default-cell-style-name")
    for one in element:
        again = int(_get(one, "number-columns-repeated") or 1)
        if not _value(one):
            if (
                int(_get(one, "number-rows-spanned") or 1) > 1
                or int(_get(one, "number-columns-spanned") or 1) > 1
            ):
                grid.put(
                    "",
                    int(_get(one, "number-rows-spanned") or 1),
                    int(_get(one, "number-columns-spanned") or 1),
                )
                grid.column -= int(_get(one, "number-columns-spanned") or 1) - again
            else:
                grid.column += again
            continue
        column = next((name for columns, name in usual if grid.column in columns), "")
        text, struck = _open_content(one, styles)
        for note in one:
            if _local(note) == "annotation":
                quoted = " ".join(" ".join(part.itertext()) for part in note if _local(part) == "p")
                grid.sheet.comments[grid.row, grid.column] = " ".join(quoted.split())
        unseen = "struck" if struck else look(_get(one, "style-name") or row or column)
        for _ in range(again):
            _open_put(grid, one, text, unseen)


def _open_put(grid: Grid, element: Any, text: str, unseen: str) -> None:
    """Fill one cell; those a merged one covers are written out in the file."""
    down, across = (int(_get(element, f"number-{name}-spanned") or 1) for name in ("rows", "columns"))
    place = grid.row, grid.column
    grid.taken.clear()
    grid.put(text, down, across, unseen)
    grid.row, grid.column = place[0], place[1] + 1


def _open_content(element: Any, styles: dict[str, Any]) -> tuple[str, bool]:
    """Return what a cell holds, odd where it shows something else."""
    texts = [
        _texts(one, lambda part: bool(SHIFTED.match(_said(styles, part, "text-position"))),
               lambda part: _lined(_get(part, "style-name"), styles))
        for one in element if _local(one) == "p"
    ]  # fmt: skip
    shown, mark = "\n".join(text for text, _, _ in texts).strip(), "".join(up for _, up, _ in texts).strip()
    struck = any(out for _, _, out in texts)
    kind, value = _get(element, "value-type"), _get(element, "value")
    if kind in ("date", "time", "boolean"):
        return Odd(shown, "boolean" if kind == "boolean" else "date"), struck
    if kind == "percentage":
        return Odd(f"{Decimal(digits(float(value))).scaleb(2).normalize():f}%", "shown_percent"), struck
    if kind in ("float", "currency"):
        number = digits(float(value))
        return (number if _same(shown, number) else Odd(f"{number} [{shown}]", "display_differs")), struck
    if shown.startswith(("#", "Err:")) and _get(element, "formula"):
        return Odd(shown, "formula_error"), struck
    if not shown and kind != "string" and (formula := _get(element, "formula")):
        return Odd(formula, "formula_without_value"), struck
    return Marked.of(shown, mark), struck


def _same(shown: str, number: str) -> bool:
    """Whether a cell shows its number, rounded perhaps, or as a year."""
    plain = re.sub(r"(?<=\d)[,\s\u00a0\u202f](?=\d{3})", "", shown.removesuffix("年"))
    if not re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", plain):
        return False
    places = Decimal(plain).as_tuple().exponent
    return abs(Decimal(plain) - Decimal(number)) <= Decimal(1).scaleb(int(places)) / 2


def _look(style: str, styles: dict[str, Any]) -> str:
    """Return how a cell of a style is not seen, or may not be; empty where it is."""
    if _lined(style, styles):
        return "struck"
    if _white(style, styles):
        return "invisible"
    return "conditional" if any(_rules_conceal(one, styles) for one in _lineage(style, styles)) else ""


def _lineage(name: str, styles: dict[str, Any]) -> Iterator[Any]:
    """Yield a style and those it inherits from, once each."""
    seen = set[str]()
    while name in styles and name not in seen:
        seen.add(name)
        yield styles[name]
        name = _get(styles[name], "parent-style-name")


def _inherited(name: str, styles: dict[str, Any], of: str) -> str:
    """Return what a style, or the nearest it inherits from, says on a property."""
    parts = (part for style in _lineage(name, styles) for part in style)
    return next((_get(one, of) for one in parts if _get(one, of)), "")


def _said(styles: dict[str, Any], element: Any, name: str) -> str:
    """Return what the style of an element says on a property."""
    return _inherited(_get(element, "style-name"), styles, name)


def _white(style: str, styles: dict[str, Any]) -> bool:
    """Whether the text of a cell is white on no colour of its own."""
    ink, ground = (_inherited(style, styles, of).lower() for of in ("color", "background-color"))
    return ink == "#ffffff" and ground in ("", "transparent", "#ffffff")


def _lined(style: str, styles: dict[str, Any]) -> bool:
    return _inherited(style, styles, "text-line-through-style") not in ("", "none")


def _collapsed(element: Any, styles: dict[str, Any], size: str) -> bool:
    wide = re.match(r"[\d.]+", _said(styles, element, size))
    return _get(element, "visibility") in ("collapse", "filter") or (
        wide is not None and float(wide.group()) < 0.01
    )
