"""The review of a plan for the bureau's head: one page that works anywhere, all results as a workbook, an index.

``write`` makes ``review.html`` (see ``view`` for what it says, ``whatif`` for what a reader may change on it),
``results`` makes ``results.xlsx``, ``index`` lists all reports on one page.
"""

from analysis.review.index import index
from analysis.review.page import write
from analysis.review.workbook import results

__all__ = ["index", "results", "write"]
