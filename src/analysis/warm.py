"""What every notebook needs, read before its kernel is forked: importing this is enough."""

from analysis import memo, review

memo.warm()
review.warm()
