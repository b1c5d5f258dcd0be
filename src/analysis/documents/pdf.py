"""Document to PDF through typst: equal blocks and fonts give equal bytes."""

import base64
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from analysis import MADE_BY
from analysis.documents import blocks as b
from analysis.documents import layout
from analysis.printing import Voice

_LONG = re.compile("[!-~]{30,}")
_FONT_FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
_PREAMBLE = (Path(__file__).parent / "templates" / "preamble.typ").read_text(encoding="utf-8")


def render(document: b.Document, fonts: str = "open") -> bytes:
    """Write a document as PDF.

    Parameters
    ----------
    document
        The blocks.
    fonts
        ``open``: the open fonts of a package, the same everywhere; ``system``: the machine's own 仿宋,
        小标宋, 黑体 and 楷体.

    Returns
    -------
    bytes of the PDF, tagged for screen readers, without a date.

    Raises
    ------
    LookupError
        If ``system`` is asked for and the machine lacks a font: typst would fall back in silence.
    """
    return _compiler(fonts).compile(input=_files(document, fonts), format="pdf")


def pages(document: b.Document, spare: int = 1) -> int:
    """Number of pages up to the signature, annexes apart.

    Parameters
    ----------
    spare
        Lines a page to keep free: another program breaks lines and pages a little differently.
    """
    annexes = tuple(replace(one, blocks=()) for one in document.annexes)  # the text names them, no more
    return _ends(replace(document, annexes=annexes), "open", spare)[0][0]


def closed_up(document: b.Document, fonts: str = "open") -> b.Document:
    """Return the document with an annex set closer where it ends in a few lines and that saves their page."""
    room = [one.room for one in document.annexes]
    spilt = [
        (place, pages)
        for place, (pages, filled) in enumerate(_spread(document, fonts))
        if pages > 1 and filled < layout.FEW_LINES
    ]
    for share in layout.CLOSER if spilt else ():
        found = _spread(_with_room(document, [share] * len(room)), fonts)
        for place, pages in spilt:
            if room[place] == 1 and found[place][0] < pages:
                room[place] = share
    return _with_room(document, room)


def _with_room(document: b.Document, room: list[float]) -> b.Document:
    annexes = [replace(one, room=share) for one, share in zip(document.annexes, room, strict=True)]
    return replace(document, annexes=tuple(annexes))


def _spread(document: b.Document, fonts: str) -> list[tuple[int, float]]:
    """Return how many pages each annex takes, and how much of its last one it fills."""
    if not document.annexes:
        return []
    return [
        (page - before, filled) for (before, _), (page, filled) in itertools.pairwise(_ends(document, fonts))
    ]


def _ends(document: b.Document, fonts: str, spare: int = 0) -> list[tuple[int, float]]:
    """Return on which page the text and each annex end, and how much of that page is filled."""
    found = typst.query(
        _files(document, fonts, spare),
        "<end>",
        field="value",
        font_paths=typst_fonts(fonts),
        ignore_system_fonts=fonts != "system",
    )
    return [(int(end["page"]), float(end["filled"])) for end in json.loads(found)]


def _files(document: b.Document, fonts: str, spare: int = 0) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    settings = _settings(document, families(document.language, fonts), spare)
    body = "\n".join([settings, *_body(document, files)])
    return files | {"preamble.typ": _PREAMBLE.encode(), "main.typ": body.encode()}


@cache
def typst_fonts(fonts: str) -> typst.Fonts:
    """Look for the fonts once: it takes longer than setting a page."""
    return typst.Fonts(include_system_fonts=fonts == "system", font_paths=[_FONT_FOLDER])


@cache
def _compiler(fonts: str) -> typst.Compiler:
    return typst.Compiler(font_paths=typst_fonts(fonts), ignore_system_fonts=fonts != "system")


def warm() -> None:
    """Read the fonts, so that processes forked from this one have them.

    A page without a layout: pages are laid out by threads, which no fork survives.
    """
    names = {name for page in layout.LAYOUTS.values() for role in page.fonts.values() for name in role}
    words = "".join(f"let _ = measure(text(font: {_string(name)})[一 a]);" for name in sorted(names))
    _compiler("open").compile(input={"main.typ": f"#context {{{words} []}}".encode()}, format="html")


@cache
def _installed() -> frozenset[str]:
    return frozenset(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False).families())


def families(language: str, fonts: str) -> dict[str, list[str]]:
    page = layout.LAYOUTS[language]
    if fonts == "open" or not page.full_width:
        return page.fonts
    if fonts != "system":
        raise ValueError(f"fonts: {fonts!r} is neither 'open' nor 'system'")
    here = {
        role: [name for name in names if name in _installed()] for role, names in layout.SYSTEM_FONTS.items()
    }
    missing = [
        f"{role}: {' or '.join(layout.SYSTEM_FONTS[role])}" for role, names in here.items() if not names
    ]
    if missing:
        raise LookupError(
            "FONTS=system, but this machine has no font for\n  "
            + "\n  ".join(missing)
            + "\nInstall them, or leave FONTS out to use the open fonts."
        )
    return {role: [names[0], page.fonts[role][0]] for role, names in here.items()}


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _breakable(word: re.Match) -> str:
    """A word too long for a line, which may go on in the next after anything but a digit."""
    return re.sub("(?<=[^0-9,.])(?=.)", b.BREAK, word[0])


def _inline(marked: str) -> str:
    """Marked text as typst markup: strings only, so that nothing in it can be read as markup."""
    return "".join(f"#{_string(_LONG.sub(_breakable, run.text))};" for run in b.runs(marked))


def _settings(document: b.Document, families: dict[str, list[str]], spare: int) -> str:
    page = layout.LAYOUTS[document.language]
    values = {
        name: f"{getattr(page, name)}pt"
        for name in ("body", "pitch", "tracking", "title", "table", "caption")
    }
    values |= {
        "page-number": f"{page.page_number}pt",
        "indent": f"{page.indent * (page.body + page.tracking)}pt",
    }
    values |= {"paragraph-gap": f"{page.paragraph_gap}pt"}
    values |= {
        f"{role}-font": "(" + ", ".join(map(_string, names)) + ",)" for role, names in families.items()
    }
    tongue, _, region = Voice(document.language).say("language.tag").partition("-")
    values |= {"language": _string(tongue), "region": _string(region.lower()) if region else "none"}
    values |= {"full-width": str(page.full_width).lower(), "office": _string(b.plain(document.signature))}
    values |= {"spare": f"{spare * page.pitch}pt"}
    values |= {"name": _string(b.plain(document.title).replace(b.BREAK, "")), "maker": _string(MADE_BY)}
    arguments = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f'#import "preamble.typ": *\n#show: official.with({arguments})'


def _body(document: b.Document, files: dict[str, bytes]) -> Iterator[str]:
    page = layout.LAYOUTS[document.language]
    if document.red_header:
        office, number = document.red_header.office, document.red_header.number
        yield f"#red-header([{_inline(office)}], [{_inline(number)}])"
    lines = b.title_lines(document.title, layout.TEXT[0] * layout.MM / page.title)
    yield "#headline(" + ", ".join(f"[{_inline(line)}]" for line in lines) + ")"
    if document.addressee:
        yield f"#addressee[{_inline(document.addressee)}]"
    captions = b.Captions()
    written = _blocks(document.blocks, document, files, captions)
    yield from _ending([*written, _signature(document)], layout.kept_with_signature(document) + 1)
    for label, annex in zip(b.annex_labels(document), document.annexes, strict=True):
        heading = b.title_lines(annex.title, layout.TEXT[0] * layout.MM / page.title)
        shown = ", ".join(f"[{_inline(line)}]" for line in heading)
        yield f"#annex({_string(label)}, {annex.room}, {shown})"
        written = _blocks(annex.blocks, document, files, captions)
        yield from _ending(list(written), layout.kept_at_the_end(annex.blocks, document.language))


def _ending(written: list[str], kept: int) -> Iterator[str]:
    """The blocks of a part, the last of them on one page, and the mark of its end."""
    last = len(written) - kept
    yield from written[:last]
    if kept:
        yield "#ending[\n" + "\n".join(written[last:]) + "\n]"
    yield "#end()"


def _signature(document: b.Document) -> str:
    annexes = "".join(
        f"#annex-line({number})[{_inline(line)}]"
        for number, line in enumerate(b.annex_list(document) if document.annexes else [])
    )
    if not document.signature:
        return annexes
    office, date = (_inline(text) for text in (document.signature, document.date))
    return f"{annexes}\n#signature([{office}], [{date}])"


def _blocks(
    blocks: tuple[b.Block, ...], document: b.Document, files: dict[str, bytes], captions: b.Captions
) -> Iterator[str]:
    for label, block in b.numbered(blocks, document.language, captions):
        if isinstance(block, b.Heading):
            yield f"#heading(level: {block.level})[{_inline(label + block.text)}]"
        elif isinstance(block, b.Paragraph):
            yield f"#par[{_inline(block.text)}]"
        elif isinstance(block, b.Figure):
            yield _figure(label, block, document, files)
        else:
            yield _table(label, block, document)


def _caption(label: str, text: str, document: b.Document) -> str:
    return f"[#{_string(label)};#h(0.5em){_inline(text)}]"


def _figure(label: str, figure: b.Figure, document: b.Document, files: dict[str, bytes]) -> str:
    name = f"figure-{len(files)}.svg"
    files[name] = figure.vector or _wrapped(figure)
    note = f"[{_inline(figure.note)}]" if figure.note else "none"
    return (
        f"#picture({figure.width}mm, {_string(b.plain(figure.alt))}, "
        f"{_caption(label, figure.caption, document)}, {note}, bytes(read({_string(name)})))"
    )


def _wrapped(figure: b.Figure) -> bytes:
    """The PNG inside an SVG: typst takes text files only when they are handed over in memory."""
    width, height = figure.size
    picture = base64.b64encode(figure.image).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{picture}"/></svg>'
    ).encode()


def _table(label: str, table: b.Table, document: b.Document) -> str:
    align = {"l": "left", "c": "center", "r": "right"}
    widths = layout.column_widths(table, document.language)
    aligns = table.align or "l" * len(table.header)

    def cells(row: tuple[str, ...]) -> str:
        lines = (layout.cell_lines(*cell, document.language) for cell in zip(row, widths, strict=True))
        return ", ".join(f"[{'#linebreak();'.join(map(_inline, cell))}]" for cell in lines)

    rows = ", ".join(cells(row) for row in table.rows)
    note = f"[{_inline(table.note)}]" if table.note else "none"
    caption = _caption(label, table.caption, document) if table.caption else "none"
    return (
        f"#sheet({caption}, {note}, ({', '.join(f'{width:.2f}mm' for width in widths)},), "
        f"({', '.join(align[letter] for letter in aligns)},), ({cells(table.header)},), {rows})"
    )
