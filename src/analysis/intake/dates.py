"""The day a release was published, as far as it is known.

Nothing heavy is imported here: a wrong day is told at once.
"""

import calendar
import re
from datetime import date

from analysis.intake import messages


class DateError(ValueError):
    """A text is no date of publication; the message says what to write."""


def published_on(text: str, language: str = "zh") -> tuple[date, str]:
    """Return the last possible day of a publication date, and how precise it is.

    Raises
    ------
    DateError
        In ``language``, when it is none.
    """
    found = re.fullmatch(r"(by )?(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text.strip())
    try:
        by, year, month, day = found.groups() if found else ("", "", "", "")
        last = calendar.monthrange(int(year), int(month or 12))[1]
        precision = "by" if by else "day" if day else "month" if month else "year"
        return date(int(year), int(month or 12), int(day or last)), precision
    except ValueError:
        raise DateError(messages.text("filing.no_date", language, text=text)) from None
