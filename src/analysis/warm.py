"""What every notebook needs, read before its kernel is forked: importing this is enough."""

from analysis import memo, plots, review, tables

assert tables.ATTAINMENT is not None  # the contracts are made when first asked for
memo.warm()
plots.warm()
review.warm()
