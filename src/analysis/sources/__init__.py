"""Read and check what is received: the catalogue of what there is, and the releases under ``data/raw``.

The one door for everybody else; the rooms behind it:
``entries`` what there is, ``releases`` what was filed, ``sheets`` files as grids of text, ``words`` how
people write names, periods and numbers, ``layout`` a grid as figures, ``doubts`` what is wrong with figures,
``messages`` how that is said, ``adding`` a file becomes a release, ``form`` the workbook to fill in.
"""

from analysis.sources.adding import Refused, Report, add
from analysis.sources.entries import (
    DATA,
    Basis,
    Catalogue,
    Entry,
    Indicator,
    Region,
    Source,
    SourceError,
    Text,
    Unit,
    catalogue,
    listed,
    parse,
    problems,
    read_yaml,
)
from analysis.sources.form import template
from analysis.sources.releases import Card, cards, check, load

__all__ = [
    "DATA",
    "Basis",
    "Card",
    "Catalogue",
    "Entry",
    "Indicator",
    "Refused",
    "Region",
    "Report",
    "Source",
    "SourceError",
    "Text",
    "Unit",
    "add",
    "cards",
    "catalogue",
    "check",
    "listed",
    "load",
    "parse",
    "problems",
    "read_yaml",
    "template",
]
