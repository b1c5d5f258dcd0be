"""The languages: what one says, its type and its usage stand in a folder of its name; another is a folder."""

from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
FIRST = "zh"  # papers, pages and tables begin with it, and what asks for no language gets it
_FOUND = [one.name for one in FOLDER.glob("[a-z]*") if one.is_dir()]
LANGUAGES = tuple(sorted(_FOUND, key=lambda code: (code != FIRST, code)))


@cache
def table(language: str, name: str) -> dict[str, Any]:
    """Return what a file of a language says, at once; empty where the language has none."""
    file = FOLDER / language / name
    if not file.is_file():
        return {}
    import yaml

    return yaml.load(file.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def worded(english: str, /, **parts: object) -> str:
    """Return a refusal in every language that words it, found by the English that stands in the code."""
    said = (table(language, "refusals.yml").get(english, "") for language in LANGUAGES)
    return " ".join(one.format(**parts) for one in said if one)


def refusal(english: str, /, **parts: object) -> str:
    """Return a refusal in English, and beside it in every language that words it."""
    return " ".join(filter(None, (english.format(**parts), worded(english, **parts))))
