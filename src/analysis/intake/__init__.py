"""Take in what offices send: a workbook or table is read, checked, and filed as a release.

The door is ``adding``: a file becomes a release. Behind it: ``dates`` of publication, ``sheets`` files as
grids of text (``workbook`` those of Excel, ``older`` the other formats), ``notation`` how people write names,
periods and numbers, ``layout`` where the figures of a grid stand, ``figures`` what they are, ``doubts`` what
is wrong with them, ``messages`` how that is said. What is sent out to be filled in is ``analysis.form``.
"""
