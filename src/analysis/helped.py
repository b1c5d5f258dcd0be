"""The help of the command line in the user's language: English as it is written, any other by a table."""

import locale
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import click

from analysis import languages


def language() -> str:
    """Return what ANALYSIS_LANG says, else the system's language; English where there is no folder for it."""
    named = (os.environ.get(name) for name in ("ANALYSIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    told = next(filter(None, named), None) or locale.getlocale()[0] or ""
    told = told.lower().replace("chinese", "zh")  # as Windows has it
    return next((code for code in languages.LANGUAGES if told.startswith(code)), "en")


def table(language: str) -> Mapping[str, str]:
    """Return what every English text is in a language; empty for one without a table, as English."""
    return languages.table(language, "help.yml")


def said(text: str) -> str:
    """Return a text of help, paragraph by paragraph, in the user's language."""
    return "\n\n".join(map(_said, text.split("\n\n")))


def _said(text: str) -> str:
    words = table(language())
    text = text.replace("\n", " ")
    limited = text.endswith("]")  # an option without words of its own has only its limits
    told, _, limits = f"  {text}".removesuffix("]").partition("  [") if limited else (text, "", "")
    told = told.strip()
    found = words.get(told) or words.get(f"{told}.", told)
    if not limits:
        return found
    parts = [part.partition(": ") for part in limits.split("; ")]
    again = "; ".join(words.get(name, name) + sign + value for name, sign, value in parts)
    return f"{found}  [{again}]".lstrip()


class Formatter(click.HelpFormatter):
    """Writes what click has to say in the user's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, f"{said('Usage')}: " if prefix is None else prefix)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(said(name)):
            yield

    def write_text(self, text: str) -> None:
        super().write_text(said(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, said(text)) for name, text in rows], col_max, col_spacing)


class Context(click.Context):
    """A context whose help is told by `Formatter`."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose help is told by `Formatter`."""

    context_class = Context
