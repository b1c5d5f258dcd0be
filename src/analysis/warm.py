"""What every notebook needs, read before its kernel is forked: importing this is enough."""

from matplotlib.backends import backend_registry

from analysis import memo, plots, review, tables

assert tables.ATTAINMENT is not None  # the contracts are made when first asked for
backend_registry.list_all()  # what %matplotlib looks for in everything installed
memo.warm()
plots.warm()
review.warm()
