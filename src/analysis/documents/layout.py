"""The page of GB/T 9704-2012 in numbers, and the type of each language. Lengths in mm or points as named."""

import math
import re
from functools import lru_cache

import numpy as np

from analysis import catalogue
from analysis.catalogue import Entry
from analysis.documents import blocks as b
from analysis.languages import FOLDER, LANGUAGES

PAGE = (210.0, 297.0)
TOP, BINDING, RIGHT, BOTTOM = 37.0, 28.0, 26.0, 35.0  # leaves the standard's text area of 156 x 225 mm
TEXT = (156.0, 225.0)
LINES, CHARACTERS = 22, 28
PAGE_NUMBER_DROP = 7.0  # from the text area to the page number
FEW_LINES = 1 / 2  # of a page: an annex that ends in less is set closer where that saves the page,
CLOSER = (0.6, 0.4)  # with so much of the room in and around its tables, the least change that does it
EDGE = 14.0  # points from the text's edge to the page number: a character of it
MM = 72 / 25.4
SHORT_TABLE = 12  # rows: such a table stays in one piece; a longer one breaks and repeats its header
ENOUGH = 6  # lines that share the page of an annex's last table, which would stand there alone
SIGNED = 3  # and that of a signature: no more, so that the page before is filled
MOST = 14  # of them, so that the page before does not become short instead
Size = int | float


class Layout(Entry):
    """The type of one language, as ``layout.yml`` of its folder has it: sizes and pitches in points.

    `tracking` makes 28 characters of 16 pt fit into 156 mm; `indent` is the first line's, in characters;
    `across` is how many characters of full width a line holds, about; `full_width` says that characters fill
    squares, as the standard has them; `fonts` are the open ones of a package, for a PDF that is the same
    everywhere.
    """

    body: Size
    pitch: Size
    tracking: Size
    title: Size
    table: Size
    caption: Size
    page_number: Size
    indent: int
    across: int
    paragraph_gap: Size
    full_width: bool
    fonts: dict[str, list[str]]


def _read(language: str) -> Layout:
    file = FOLDER / language / "layout.yml"
    return catalogue.parse(Layout, catalogue.read_yaml(file), file)


LAYOUTS = {language: _read(language) for language in LANGUAGES}


def kept_with_signature(document: b.Document) -> int:
    """How many of the last blocks share the signature's page: a closing phrase brings a paragraph along."""
    least = min(len(document.blocks), 2 if b.closes(document) else 1)
    return max(least, kept_at_the_end(document.blocks, document.language, SIGNED))


def kept_at_the_end(blocks: tuple[b.Block, ...], language: str, enough: int = ENOUGH) -> int:
    """How many of the last blocks share a page, so that it holds enough lines; a figure, a long table none.

    >>> short, long = b.Paragraph("国" * 28), b.Paragraph("国" * 28 * 13)
    >>> [kept_at_the_end((b.Heading("一"), one, b.Heading("二"), short), "zh") for one in (short, long)]
    [4, 2]
    """
    taken, kept = 0.0, 0
    for block in reversed(blocks):
        lines = _lines(block, language)
        if (taken >= enough and not isinstance(block, b.Heading)) or taken + lines > MOST:
            break
        taken, kept = taken + lines, kept + 1
        if taken >= enough and isinstance(block, b.Heading):
            break
    return kept


def _lines(block: b.Block, language: str) -> float:
    """How many lines a block takes, about."""
    if isinstance(block, b.Heading):
        return 1
    if isinstance(block, b.Paragraph):
        return math.ceil(b.measure(block.text) / LAYOUTS[language].across)
    if isinstance(block, b.Table) and len(block.rows) <= SHORT_TABLE:
        return len(block.rows) + bool(block.caption) + bool(block.note) + 1
    return math.inf


def seal_axis(office: float, date: float) -> float:
    """Where the seal stands: the axis of signature and date, in characters from the right edge.

    The date ends four characters in, unless the office is so long that it would leave less than two.

    >>> seal_axis(8, 7), seal_axis(20, 7)
    (7.5, 12.0)
    """
    return max(4 + date / 2, 2 + office / 2)


PADDING = 1.4  # left and right of a cell's text together, in characters: room to spare
INSET = 1.2  # the same where lines are counted: a figure and its year go into one where they fit
LONG, FIRST_OF_TWO = 8, 0.65  # words of more characters may take two lines, so much of them in the first


def column_widths(table: b.Table, language: str) -> list[float]:
    """Widths of a table's columns in mm, which sum to the text's width."""
    across = TEXT[0] * MM / LAYOUTS[language].table
    widths = list(table.widths)
    if not widths:
        wrapped = table.wrapped
        widths = _balanced(table, across) if wrapped is None else _fitted(table, wrapped, across)
    return [width / sum(widths) * TEXT[0] for width in widths]


def cell_lines(text: str, width: float, language: str) -> list[str]:
    """Lines of a cell that is `width` mm wide."""
    return b.cell_lines(text, width * MM / LAYOUTS[language].table - INSET)


# What a line of a cell may not be broken in: a word or a number, a character of full width, with its marks.
_UNBROKEN = re.compile("[（《“]*(?:[^ \u200b\u2e80-\uffef（《“-]+-?|[\u2e80-\uffef])[，。；、）》”]* ?")
_ONE = re.compile(r"\D{0,3}\d+年\d+月\d+日|\w+／\w+")  # a date, with 不晚于 before it; two ratings
STEP = 0.5  # characters by which columns are tried wider
SIDES = 1.0  # left and right of a cell's text together, in characters
WHOLE = 4  # characters of a cell that is not broken
LETTER = 0.9  # of the half a character that letters and digits are counted as, what they take


@lru_cache(maxsize=8)
def _balanced(table: b.Table, across: float) -> list[float]:
    """Every column as wide as makes the rows together lowest, and at least as its longest word.

    Columns begin alike; width goes from one to another as long as that lowers rows, the most of it first.
    """
    columns = [
        [[_taken(word) for word in _words(b.plain(cell))] for cell in column]
        for column in zip(table.header, *table.rows, strict=True)
    ]
    least = np.array([max(last for cell in column for _, last in cell) for column in columns])
    spare = int((across - least.sum() - SIDES * len(columns)) / STEP)
    lines = np.array(
        [
            [[_broken(cell, width + STEP * step) for cell in column] for step in range(max(spare, 0) + 1)]
            for column, width in zip(columns, least, strict=True)
        ]
    )
    steps = _lowest(lines, spare)
    return [float(width) for width in least + STEP * np.array(steps) + SIDES]


def _lowest(lines: np.ndarray, spare: int) -> list[int]:
    """Share steps of width among columns so that rows are lowest.

    Parameters
    ----------
    lines : columns x steps x rows, of each cell in a column so many steps wider than its longest word
    """
    count = len(lines)
    steps = [max(spare, 0) // count] * count

    def height(steps: list[int]) -> float:
        """Lines of all rows; those of a cell count a little where another one makes its row higher."""
        found = lines[range(count), steps]
        return found.max(axis=0).sum() + found.sum() / (10 * count)

    moves = [(give, take) for give in range(count) for take in range(count) if give != take]
    while True:
        tried = [
            [step + more * (place == take) - more * (place == give) for place, step in enumerate(steps)]
            for give, take in moves
            for more in range(1, steps[give] + 1)
        ]
        best = min(tried, key=height, default=steps)
        if height(best) >= height(steps):
            return steps
        steps = best


def _words(cell: str) -> list[str]:
    """What of a cell is not broken: the whole of a short one, of a date, of ratings.

    >>> _words("暂不判断"), _words("不低于1.25%"), _words("不晚于2020年3月31日"), _words("一般／一般")
    (['暂不判断'], ['不', '低', '于', '1.25%'], ['不晚于2020年3月31日'], ['一般／一般'])
    """
    return [cell] if b.measure(cell) <= WHOLE or _ONE.fullmatch(cell) else _UNBROKEN.findall(cell)


def _taken(word: str) -> tuple[float, float]:
    """What a word takes of a line, and what as its last: there marks take half their width, and no space."""
    bare = word.rstrip("，。；、）》” ")
    marks = len(word.rstrip()) - len(bare)
    narrow = (1 - LETTER) * len(re.findall("[ -~\N{NO-BREAK SPACE}]", word)) / 2
    return b.measure(word) - narrow, b.measure(bare) - narrow + marks / 2


def _broken(words: list[tuple[float, float]], width: float) -> int:
    """How many lines the words of a cell take in a column of a width."""
    lines, taken = 1, 0.0
    for whole, last in words:
        if taken and taken + last > width + 1e-9:
            lines, taken = lines + 1, 0.0
        taken += whole
    return lines


def _fitted(table: b.Table, wrapped: int, across: float) -> list[float]:
    """Every column as wide as its longest cell, and the wrapped one what is left of the width.

    Where that one would take more than two lines, long words of the others take two as well; a number and a
    date stay in one. What it does not need either is shared by all but numbers, which stay below their head.
    """
    columns = list(zip(table.header, *table.rows, strict=True))
    texts = [max(map(b.measure, column)) for column in columns]
    worded = [not re.search(r"\d", "".join(map(b.plain, column))) for column in columns]

    def left(taken: list[float]) -> float:
        return across - sum(taken) - PADDING * len(taken) + taken[wrapped]

    if texts[wrapped] > 2 * left(texts):
        texts = [
            text * FIRST_OF_TWO if text > LONG and worded[place] and place != wrapped else text
            for place, text in enumerate(texts)
        ]
    spare = max(left(texts) - texts[wrapped], 0)
    texts[wrapped] = max(left(texts) - spare, across / 5 - PADDING if not spare else 0)
    free = [table.align[place : place + 1] != "r" for place in range(len(texts))]
    return [
        text + PADDING + spare * shares / (sum(free) or 1) for text, shares in zip(texts, free, strict=True)
    ]


# The bureau's names, as Word finds them on its machines.
WORD_FONTS = {
    "title": "方正小标宋简体",
    "body": "仿宋_GB2312",
    "heading1": "黑体",
    "heading2": "楷体_GB2312",
    "number": "宋体",
    "latin": "Times New Roman",
}
# For the PDF, where asked for, the machine's own, under whichever name it has them.
SYSTEM_FONTS = {
    "title": ["FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "小标宋"],
    "body": ["FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FandolFang R", "FandolFang"],
    "heading1": ["SimHei", "黑体", "FandolHei"],
    "heading2": ["KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FandolKai"],
    "number": ["SimSun", "宋体", "FandolSong"],
}
