"""What a notebook takes: declared in its first code cell, refused by the notebook where it does not fit.

papermill runs on with the default when a parameter is misspelt, and takes any type; so the cell after the
parameters asks `accept`, whoever runs the notebook.
"""

import ast
import math
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from analysis import YEARS
from analysis.printing import LANGUAGES, Voice

TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}
TYPES |= {f"{name} | None": (*kinds, type(None)) for name, kinds in TYPES.items()}
ASKED = "parameters.accept("  # the call by which a notebook looks at what it was given


class ParameterError(RuntimeError):
    """A notebook was given what it does not declare."""


class Parameter(NamedTuple):
    """A declared parameter: the name of its type, its default, what it is."""

    type: str
    default: object
    help: str


@lru_cache
def declared(source: str) -> Mapping[str, Parameter]:
    """Return the parameters a cell declares by name: lines `name: type = default  # help`.

    What is None by default may stay so; papermill does not know `float | None` for a type.
    """
    found = {}
    for line in source.splitlines():
        for node in ast.parse(line).body:
            if isinstance(node, ast.AnnAssign) and node.value:
                note = line.encode()[node.value.end_col_offset or 0 :].decode().lstrip(" #")
                name, kind = ast.unparse(node.target), ast.unparse(node.annotation)
                default = ast.literal_eval(node.value)
                found[name] = Parameter(f"{kind} | None" if default is None else kind, default, note)
    return MappingProxyType(found)


def fits(kind: str, value: object) -> bool:
    """Say whether a value is of a declared type; True is no number."""
    return type(value) in TYPES[kind]


def wrong(notebook: str, known: Mapping[str, Parameter], given: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return what does not fit: the key of a phrase and its parts, one mapping each."""
    found: list[dict[str, Any]] = []
    for name, value in given.items():
        parts = {"name": name, "value": repr(value), "notebook": notebook}
        if name not in known:
            found.append(parts | {"key": "undeclared", "declared": ", ".join(known)})
        elif not fits(known[name].type, value):
            kind = {"is_": type(value).__name__, "wanted": known[name].type}
            found.append(parts | {"key": "type", "default": repr(known[name].default)} | kind)
        elif name == "as_of" and not is_day(str(value)):
            found.append(parts | {"key": "day"})
        elif name == "language" and value not in LANGUAGES:
            found.append(parts | {"key": "choice", "choices": ", ".join(LANGUAGES)})
        elif isinstance(value, float) and not math.isfinite(value):
            found.append(parts | {"key": "number"})
    return found


def is_day(word: str) -> bool:
    """Say whether a word is a day as 2018-12-31 writes it, of a year that figures and plans are of."""
    try:
        return date.fromisoformat(word).isoformat() == word and YEARS[0] <= int(word[:4]) <= YEARS[1]
    except ValueError:
        return False


def told(found: Iterable[dict[str, Any]], language: str) -> list[str]:
    """Return what does not fit, a line each."""
    voice = Voice(language)
    return [
        voice.say(f"parameter.{one['key']}", **{name: part for name, part in one.items() if name != "key"})
        for one in found
    ]


# -------------------------------------------------------------------------------- asked by a notebook itself


def accept(notebook: str, given: Mapping[str, Any], writes: bool = False) -> None:
    """Refuse what a notebook was given and does not declare; say when nothing is written, and how it is.

    Parameters
    ----------
    given : ``globals()`` of the notebook, in the cell after its parameters (and those papermill put in)
    writes : whether the notebook writes files where ``out`` names a folder

    Raises
    ------
    ParameterError
        Naming every parameter with its value and the remedy, in Chinese and English.
    """
    known, injected = _run(list(given.get("In", ())))
    known = known or _annotated(given)
    if not known:
        raise ParameterError("\n".join(Voice(code).say("parameter.not_run") for code in LANGUAGES))
    values = {name: given[name] for name in (*known, *injected) if name in given}
    found = wrong(notebook, known, values)
    if found:
        raise ParameterError(refused(notebook, {code: told(found, code) for code in LANGUAGES}))
    if not given.get("out"):
        for code in LANGUAGES:
            print(
                Voice(code).say(
                    "parameter.unwritten" if writes else "parameter.only_shows", notebook=notebook
                )
            )


def refused(notebook: str, lines: Mapping[str, list[str]]) -> str:
    """Return by language what does not fit, each below what is refused."""
    heads = {code: Voice(code).say("parameter.refused", notebook=notebook) for code in lines}
    return "\n".join(line for code in lines for line in (heads[code], *lines[code]))


def _run(cells: list[str]) -> tuple[Mapping[str, Parameter], list[str]]:
    """Return what the cells run so far declare, and the names set between that cell and the one that asks.

    Nothing else stands between the two when a notebook is run from above; run again by hand, the cell that
    asks looks at what came before its first run. Nothing where no history is kept, as by nbval.
    """
    asking = [place for place, source in enumerate(cells) if ASKED in source]
    declaring = [place for place in range(asking[-1] if asking else len(cells)) if _declares(cells[place])]
    if not declaring:
        return {}, []
    first = declaring[-1]
    last = next(place for place in asking if place > first)
    names = [name for source in cells[first + 1 : last] for name in _assigned(source)]
    return declared(cells[first]), list(dict.fromkeys(names))


def _annotated(given: Mapping[str, Any]) -> dict[str, Parameter]:
    """Return what a kernel that keeps no history knows of declarations: names and types."""
    kinds = {name: getattr(kind, "__name__", "") for name, kind in given.get("__annotations__", {}).items()}
    kinds = {name: f"{kind} | None" if given.get(name) is None else kind for name, kind in kinds.items()}
    return {name: Parameter(kind, given.get(name), "") for name, kind in kinds.items() if kind in TYPES}


def _declares(source: str) -> bool:
    lines = _parsed(source)
    return bool(lines) and all(isinstance(node, ast.AnnAssign) for node in lines)


def _assigned(source: str) -> list[str]:
    found = []
    for node in _parsed(source):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found += [target.id for target in targets if isinstance(target, ast.Name)]
    return found


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # of IPython's own: %time
        return []
