"""Statements put in words: each by the macro of its name, in the paper's phrase book or the one all share."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jinja2

from analysis import templates
from analysis.languages import FOLDER, LANGUAGES
from analysis.memo.statements import Paragraph, Section, Statement

BOOKS = ("memo.j2", "report.j2", "target.j2", "words.j2")  # of every language
SHARED = "words"  # the phrase book of what several papers say
APART = ("note", "requests", "understood")  # matters of their own: where moved, they begin a paragraph


class Words:
    """What a paper says, in one language.

    Parameters
    ----------
    paper
        Name of its phrase book: ``<paper>.j2`` of the language.
    told
        What wordings may name.

    Asides of up to the rank `brevity` are not said; they are in `moved`, a list for each paragraph they make:
    one a section, and one for what stands `APART`.
    """

    def __init__(self, paper: str, language: str, told: Mapping[str, Any]) -> None:
        self.books = [_book(language, f"{name}.j2").make_module(dict(told)) for name in (paper, SHARED)]
        self.shorten(0)

    def shorten(self, brevity: int) -> None:
        """Begin anew, without asides of up to this rank."""
        self.brevity = brevity
        self.moved: list[list[str]] = []
        self._last = ""

    def text(self, one: Statement) -> str:
        """Word a statement; empty where a language has no words for it."""
        book = next((book for book in self.books if hasattr(book, one.name)), self.books[0])
        return getattr(book, one.name)(*one.given).strip()

    def paragraph(self, part: Paragraph) -> str:
        """Word a paragraph, a statement a line."""
        return "\n".join(filter(None, map(self._line, part)))

    def paper(self, sections: Iterable[Section]) -> str:
        """Word sections one after the other."""
        return "\n\n".join(filter(None, map(self._section, sections)))

    def _line(self, one: Statement) -> str:
        text = self.text(one)
        if text and 0 < one.aside <= self.brevity:
            if one.name in APART and self._last not in ("", one.name):
                self.moved.append([])
            self.moved[-1].append(text)
            self._last = one.name
            return ""
        return text and one.mark + text

    def _section(self, section: Section) -> str:
        self.moved.append([])
        self._last = ""
        text = "\n\n".join(filter(None, map(self.paragraph, section.paragraphs)))
        if section.then is not None:
            text = "\n".join(filter(None, (text, self._line(section.then))))
        if section.head is None or not (text or section.bare):
            return text
        return f"{self._line(section.head)}\n\n{text}"


def warm() -> None:
    """Read what every paper is written with, so that processes forked from this one have it."""
    for language in LANGUAGES:
        for name in BOOKS:
            _book(language, name)


def _book(language: str, name: str) -> jinja2.Template:
    return _books().get_template(f"{language}/{name}")


class _Books(jinja2.Environment):
    """Phrase books of all languages; what one takes from another is of its own language."""

    def join_path(self, template: str, parent: str) -> str:
        return f"{parent.partition('/')[0]}/{template}"


@cache
def _books() -> jinja2.Environment:
    return templates.environment(FOLDER, autoescape=False, kind=_Books)
