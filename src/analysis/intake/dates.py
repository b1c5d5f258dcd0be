"""The day a release was published, as far as it is known.

Nothing heavy is imported here: a wrong day is told at once.
"""

import calendar
import re
from datetime import date


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
        raise DateError({
            "zh": f"公布日期“{text}”无法识别；请写 2019-08-30，只知月份写 2019-08，只知年份写 2019",
            "en": f"{text!r} is no publication date; write 2019-08-30, 2019-08 or 2019, as far as known",
        }[language]) from None  # fmt: skip
