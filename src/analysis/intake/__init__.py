"""Take in what offices send: a workbook or table is read, checked, and filed as a release.

The one door for everybody else; the rooms behind it:
``sheets`` files as grids of text, ``notation`` how people write names, periods and numbers, ``layout`` where
the figures of a grid stand, ``figures`` what they are, ``doubts`` what is wrong with them, ``messages`` how
that is said, ``adding`` a file becomes a release, ``form`` the workbook to fill in.
"""

from analysis.intake.adding import Refused, Report, add
from analysis.intake.form import template

__all__ = ["Refused", "Report", "add", "template"]
