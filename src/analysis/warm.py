"""What every notebook needs, read before its kernel is forked: importing this is enough."""

import contextlib

from matplotlib.backends import backend_registry

from analysis import catalogue, memo, plots, review, tables

backend_registry.list_all()  # what %matplotlib looks for in everything installed
memo.warm()
plots.warm()
review.warm()
tables.warm()
with contextlib.suppress(OSError, catalogue.SourceError):  # who needs it is told
    catalogue.read()  # of the project's own data; once they change it is read anew
