"""What is wrong with received figures, said in every language: where, what stands there, what to do.

The words stand in ``messages.yml`` of each language's folder. Nothing heavy is imported here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.languages import FIRST, LANGUAGES, table

KINDS = ("problems", "doubts", "remarks")  # the groups whose names are codes of problems


def words(language: str) -> dict:
    return table(language, "messages.yml")


def text(message: str, language: str, /, **facts: object) -> str:
    """Return a message, ``group.name``, with its parts filled in; a fact may be a text for each language."""
    group, _, name = message.partition(".")
    said = {part: value[language] if isinstance(value, dict) else value for part, value in facts.items()}
    return words(language)[group][name].format_map(said)


def joined(parts: Iterable[str]) -> dict[str, str]:
    """Return a list in a sentence, as every language writes it."""
    listed = [*parts]
    return {language: text("parts.cell", language).join(listed) for language in LANGUAGES}


def each(message: str, /, **facts: object) -> dict[str, str]:
    """Return a message in every language."""
    return {language: text(message, language, **facts) for language in LANGUAGES}


@dataclass(frozen=True)
class Problem:
    """Something about a received cell. ``code`` names its sentence, ``facts`` fill it."""

    code: str
    sheet: str
    facts: dict = field(default_factory=dict)
    cell: str = ""

    @property
    def kind(self) -> str:
        return next(kind for kind in KINDS if self.code in words(FIRST)[kind])

    @property
    def doubt(self) -> bool:
        return self.kind == "doubts"

    @property
    def remark(self) -> bool:
        return self.kind == "remarks"

    @property
    def place(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


def say(problem: Problem, language: str, cells: list[str] | None = None) -> str:
    """Return one line: the sheet, the cell or cells, the value and the remedy."""
    facts = {"cell": problem.cell, "near": "", **problem.facts}
    if facts.get("where"):
        facts["where"] = text("parts.where", language, where=facts["where"])
    if "field" in facts:
        facts["field"] = text(f"fields.{facts['field']}", language)
    sentence = text(f"{problem.kind}.{problem.code}", language, **facts)
    place = f"{problem.sheet}!{text('parts.cell', language).join(cells)}" if cells else problem.place
    return text("parts.place", language, place=place, sentence=sentence)


def listing(problems: list[Problem], language: str) -> list[str]:
    """Say all problems, one line each; one complaint about one content is said once, with all its cells."""
    groups: dict[tuple, list[Problem]] = {}
    for one in problems:
        key = (
            (one.code, one.sheet, repr(one.facts))
            if not one.doubt
            else (one.place, one.code, repr(one.facts))
        )
        groups.setdefault(key, []).append(one)
    return [say(alike[0], language, ranges([one.cell for one in alike])) for alike in groups.values()]


def ranges(cells: list[str]) -> list[str]:
    """Join neighbours in a column: B5, B6, B7 is B5:B7."""
    found: list[list[tuple[str, int]]] = []
    for cell in dict.fromkeys(filter(None, cells)):
        letters = cell.rstrip("0123456789")
        row = int(cell[len(letters) :] or -1)  # -1: no cell of a sheet but a word, such as "published"
        if row > 0 and found and found[-1][-1] == (letters, row - 1):
            found[-1].append((letters, row))
        else:
            found.append([(letters, row)])
    return [
        run[0][0]
        + (str(run[0][1]) if run[0][1] > 0 else "")
        + (f":{run[-1][0]}{run[-1][1]}" if len(run) > 1 else "")
        for run in found
    ]
