"""How every figure looks: two functions style it, two turn it into bytes."""

import base64
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from matplotlib import font_manager, style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import LoadFlags

from analysis import printing

FONT = "Noto Sans SC"
FILE = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
font_manager.fontManager.addfont(FILE)

INK, DARK, GREY, PALE, FAINT = "#222222", "#555555", "#777777", "#c8c8c8", "#ececec"
BLUE, RED, GREEN, AMBER = "#1f5a99", "#b8261b", "#2f7d4f", "#b97d00"
BANDS = ("#d3e2f0", "#a3c4e2", "#6c9fcf")  # of the intervals, the widest first
WIDTH = 150  # mm, as printed in a memo
POINT = 25.4 / 72  # mm
SCREEN = 110  # pixels an inch in a notebook
YEAR, LINE = 9, 3.8  # mm a year's number takes on an axis, and a line of small letters
AWAY = 3  # points between the axes and what is written beside them
CLAIM, SMALL = 10.5, 9  # points, as printed: of the claim, and of all else
STYLE = {
    "font.family": FONT,
    "font.size": SMALL,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "text.parse_math": False,  # a dollar in a plan's words is one
    "svg.fonttype": "path",
    "svg.hashsalt": "analysis",
}


def styled(draw: Callable) -> Callable:
    """Let a function that draws a figure do so in the house's style, whatever the session's settings are."""
    return style.context(["default", STYLE])(draw)


class Drawing(Figure):
    """A figure that a notebook shows as the very picture that papers print, drawn once.

    picture : its PNG, as it was when first asked for
    """

    @cached_property
    def picture(self) -> bytes:
        return png(self)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        size = dict(
            zip(("width", "height"), (self.get_size_inches() * SCREEN).astype(int).tolist(), strict=True)
        )
        shown = {"image/png": base64.b64encode(self.picture).decode(), "text/plain": repr(self)}
        return shown, {"image/png": size}


def png(figure: Figure, dpi: int = 200) -> bytes:
    """Return a figure as PNG, the same bytes from run to run."""
    return _bytes(
        figure, format="png", dpi=dpi, metadata={"Software": None}, pil_kwargs={"compress_level": 1}
    )


def svg(figure: Figure) -> bytes:
    """Return a figure as SVG, letters as outlines, the same bytes from run to run."""
    return _bytes(figure, format="svg", metadata={"Date": None, "Creator": None})


def warm() -> None:
    """Draw a figure, so that processes forked from this one have read the fonts."""
    figure = styled(opened)("一2", "a", "a")[0]
    png(figure)
    svg(figure)


def told(figure: Figure, language: str) -> str:
    """Return what a figure says, scales apart: for those who cannot see it, and to prove its numbers."""
    voice = printing.Voice(language)
    glue, stop, sep = (voice.say(f"list.{name}") for name in ("glue", "stop", "semicolon"))
    claim, head, foot = (text.get_text().replace("\n", glue) for text in figure.texts[:3])
    labels = sep.join(text.get_text() for axes in figure.axes for text in axes.texts if text.get_text())
    return stop.join(filter(None, (claim, head, labels, foot)))


@styled
def _bytes(figure: Figure, **options: Any) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, **options)
    return stream.getvalue()


def opened(
    claim: str,
    subtitle: str,
    source: str,
    height: float = 58,
    left: float = 14,
    right: float = 29,
    below: float = 0,
) -> tuple[Drawing, Axes]:
    """Open a figure: claim and subtitle above, the obligatory source below.

    Parameters
    ----------
    claim : what the figure shows, one sentence
    subtitle : region, indicator and unit; the figure is the higher the more lines it takes
    source : where the figures come from, and as of which date
    height, left, right, below : mm, of the whole (with two lines of source) and of the room for labels
        around the axes
    """
    lines, head, foot = clauses(claim, WIDTH - 6), wrapped(subtitle, WIDTH - 6), wrapped(source, WIDTH - 6)
    top = 3 + 4.8 * len(lines) + 5.5 + LINE * (len(head) - 1)
    bottom = 7.5 + LINE * len(foot) + below
    height += LINE * (len(head) - 1 + max(len(foot) - 2, 0))
    figure = Drawing(figsize=(WIDTH / 25.4, height / 25.4), dpi=SCREEN)
    figure.text(2 / WIDTH, 1 - 2 / height, "\n".join(lines), size=CLAIM, va="top", linespacing=1.25)
    figure.text(2 / WIDTH, 1 - (top - 1.8) / height, "\n".join(head), va="bottom", color=GREY)
    figure.text(2 / WIDTH, 1.5 / height, "\n".join(foot), va="bottom", color=GREY, linespacing=1.2)
    room = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
    return figure, plain(figure.add_axes(room))


def under_title(figure: Figure, text: str) -> None:
    """Put another text in the place of the subtitle."""
    figure.texts[1].set_text(text)


def years(axes: Axes, first: int, last: int) -> None:
    """Mark years on an axis, the last one among them, as many as have room for their numbers."""
    figure: Any = axes.figure
    room = axes.get_position().width * figure.get_figwidth() * 25.4
    step = math.ceil((last - first + 1) * YEAR / room)
    axes.set_xticks(range(last, first - 1, -step))


def plain(axes: Axes) -> Axes:
    """Take away what says nothing; set the font of labels that are only made when drawn."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=2, width=0.6, labelsize=SMALL, labelfontfamily=FONT)
    axes.tick_params(axis="y", length=0)
    axes.ticklabel_format(style="plain", useOffset=False)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


# ----------------------------------------------------------------------------------------------------- labels


def note(
    axes: Axes, x: float, y: float, text: str, colour: str = GREY, shift: tuple = (0, 4), **more: Any
) -> None:
    """Write a small label at a point, shifted by so many points of print."""
    options: dict[str, Any] = {"ha": "center", "color": colour, "zorder": 7} | more
    axes.annotate(text, (x, y), xytext=shift, textcoords="offset points", **options)


def beside(axes: Axes, labels: Iterable[tuple[float, str, str]], gap: float = 4) -> None:
    """Write labels (height, text, colour) at the right edge, moved apart to at least ``gap`` mm.

    The axes give way to a label that would not end on the page.
    """
    ordered = sorted(labels, key=lambda label: label[0])
    low, high = axes.get_ylim()
    figure: Any = axes.figure
    room = axes.get_position()
    widest = max((measured(text, SMALL) for _, text, _ in ordered), default=0)
    if room.x1 > (edge := 1 - (AWAY * POINT + widest + 1) / WIDTH):
        room.x1 = edge
        axes.set_position(room)
    unit = (high - low) / (room.height * figure.get_figheight() * 25.4)
    places = apart([height / unit for height, _, _ in ordered], gap, high / unit)
    for place, (_, text, colour) in zip(places, ordered, strict=True):
        axes.annotate(text, (1, place * unit), (AWAY, 0), xycoords=("axes fraction", "data"), va="center",
                      textcoords="offset points", color=colour, annotation_clip=False)  # fmt: skip


def apart(places: list[float], gap: float, high: float) -> list[float]:
    """Move ascending places to at least ``gap`` from each other, the last not above ``high``."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    limit = high
    for position in reversed(range(len(moved))):
        moved[position] = min(moved[position], limit)
        limit = moved[position] - gap
    return moved


def wrapped(text: str, room: float, size: float = SMALL) -> list[str]:
    """Break a text of ``size`` points into lines of at most ``room`` mm; Latin words stay whole."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and measured(line + piece.rstrip(), size) > room:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()]


def clauses(claim: str, room: float) -> list[str]:
    """Break a claim into lines; into two at the last comma or colon that leaves both short enough."""
    lines = wrapped(claim, room, CLAIM)
    for stop in reversed(list(re.finditer("[，：；]|[,:;] ", claim)) if len(lines) == 2 else []):
        parts = claim[: stop.end()].strip(), claim[stop.end() :].strip()
        if all(measured(part, CLAIM) <= room for part in parts):
            return list(parts)
    return lines


def short(text: str, room: float) -> str:
    """Cut a text to one line."""
    lines = wrapped(text, room)
    return lines[0] + ("…" if len(lines) > 1 else "")


def two_lines(text: str, room: float) -> str:
    """Break a text into two lines of about the same length, cut where even these are too long."""
    lines = wrapped(text, room)
    if len(lines) == 2:
        half = measured(text, SMALL) / 2
        tried = (wrapped(text, half + (room - half) * part / 8) for part in range(9))
        lines = next(even for even in tried if len(even) == 2)
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")


def _pieces(text: str) -> list[str]:
    """Split where a line may end: after a space and between full-width letters, not before closing marks."""
    pieces = [""]
    for before, letter in zip(f" {text}", text, strict=False):
        free = before == " " or _wide(letter) or _wide(before)
        if free and letter not in "，。；：、）》”％% " and before not in "（《“":
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def measured(text: str, size: float) -> float:
    """Width of a text in mm, by the font's own advances."""
    return size * POINT * sum(map(_advance, text))


@lru_cache(maxsize=4096)
def _advance(letter: str) -> float:
    """Width of a letter in ems; of one that the font lacks, of the box in its place."""
    face = font_manager.get_font(FILE)
    face.set_size(100, 72)
    try:
        return face.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100
    except RuntimeError:
        return 1.0
