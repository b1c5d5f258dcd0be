"""Prove the numbers of a finished page before it is written: each is a fact's, or declared constant."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.documents import NUMBER, UnprovenNumber, numbers
from analysis.review.wordbook import Fact

SILENT = re.compile(r"<(script|style|svg|noscript)\b.*?</\1>|<head>.*?</head>|<!DOCTYPE[^>]*>", re.DOTALL)
PIECE = re.compile(r"<(/?)(\w+)([^>]*)>|([^<]+)")
VOID = {"br", "input", "link", "meta", "hr", "wbr"}
FACT = re.compile(r'\bdata-fact="([^"]*)"')
HEARD = re.compile(r'\b(?:aria-label|alt|title)="([^"]*)"')


@dataclass
class Piece:
    """A text of the page and what it stands in: ``fact`` is the id of the number, "" outside of them."""

    text: str
    fact: str = ""
    constant: bool = False
    heard: bool = False


def prove(text: str, facts: Mapping[str, Fact], name: str) -> None:
    """Prove every number of a page: seen ones are facts or constant, heard ones (labels) are some fact's.

    Parameters
    ----------
    text : the page, as it is to be written
    facts : by id, of all its languages
    name : the page's, for the message

    Raises
    ------
    UnprovenNumber
        With all numbers that no fact explains, and where each stands.
    """
    known = {number for fact in facts.values() for number in numbers(fact.text)}
    problems = [problem for piece in _pieces(text) for problem in _problems(piece, facts, known)]
    if problems:
        told = "\n  ".join(dict.fromkeys(problems))
        raise UnprovenNumber(f"{name}: {len(problems)} numbers without proof\n  {told}")


def _problems(piece: Piece, facts: Mapping[str, Fact], known: set[str]) -> Iterator[str]:
    if piece.fact:
        said = facts[piece.fact].text if piece.fact in facts else None
        if said != piece.text:
            yield f"{piece.fact}: shows {piece.text!r}, but the fact says {said!r}"
    elif not piece.constant:
        for number in numbers(piece.text):
            if not (piece.heard and number in known):
                yield f"{number}: no fact, in “{' '.join(piece.text.split())[:60]}”"


def _pieces(text: str) -> Iterator[Piece]:
    """Return the texts of a page in reading order, those with digits and those of facts."""
    inside: list[tuple[str, bool]] = []  # fact and whether constant, of every open element
    for closing, tag, attributes, words in PIECE.findall(SILENT.sub("", text)):
        if words:
            fact, constant = inside[-1] if inside else ("", False)
            if fact or NUMBER.search(words):
                yield Piece(html.unescape(words), fact, constant)
        elif closing:
            inside.pop()
        else:
            fact, constant = inside[-1] if inside else ("", False)
            found = FACT.search(attributes)
            constant = constant or "data-constant" in attributes
            for said in HEARD.findall(attributes):
                yield Piece(html.unescape(said), constant=constant, heard=True)
            if tag not in VOID:
                inside.append((html.unescape(found[1]) if found else fact, constant))
