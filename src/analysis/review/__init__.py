"""The review of a plan: one page that works anywhere, all results as a workbook, and an index of reports.

``write`` makes ``review.html``: ``gather`` brings memos and stored distributions together, ``view`` is what
the page says, ``whatif`` what a reader may change on it, ``page`` puts it into one file, ``proof`` lets no
number pass that has no fact. ``results`` makes ``results.xlsx``, ``index`` lists all reports on one page.
"""

from analysis.review.index import index
from analysis.review.page import warm, write
from analysis.review.workbook import results

__all__ = ["index", "results", "warm", "write"]
