"""Take in what offices send: a workbook or table is read, checked, and filed as a release.

The one door for everybody else; the rooms behind it:
``sheets`` files as grids of text, ``words`` how people write names, periods and numbers, ``layout`` a grid as
figures, ``doubts`` what is wrong with figures, ``messages`` how that is said, ``adding`` a file becomes a
release, ``form`` the workbook to fill in.
"""

from analysis.intake.adding import Refused, Report, add
from analysis.intake.form import template

__all__ = ["Refused", "Report", "add", "template"]
