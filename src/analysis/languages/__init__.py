"""The languages: what one says, its type and its usage stand in a folder of its name; another is a folder."""

from pathlib import Path

FOLDER = Path(__file__).parent
FIRST = "zh"  # papers, pages and tables begin with it, and what asks for no language gets it
_FOUND = [one.name for one in FOLDER.glob("[a-z]*") if one.is_dir()]
LANGUAGES = tuple(sorted(_FOUND, key=lambda code: (code != FIRST, code)))
