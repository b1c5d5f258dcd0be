"""What the review page says of a target, in words and tables: the same of a past day whichever day it is."""

import pytest

from analysis import documents
from analysis.printing import LANGUAGES
from analysis.review.view import cells, details, given
from analysis.review.wordbook import Book

OPENED, LATE = "2020-04-30", "2023-05-26"


@pytest.fixture(scope="module")
def one(outlook, catalogue):
    """A target on the page of a day, in a language."""

    def made(day, target, language="zh", **more):
        whole = outlook("luohe-2019", day)
        inputs = given.Inputs(whole, more.get("whatif", {}), {}, {}, None)
        return given.One(whole.of(target).assessment, inputs, Book(language, catalogue))

    return made


def moved(one):
    return {row["when"]: documents.plain(row["moved"]) for row in cells.history(one)}


# ------------------------------------------------------------------------------------------ of past days


@pytest.mark.parametrize("target", ["fiscal-st-expenditure-rise", "fiscal-st-share", "rd-intensity"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_past_day_every_later_page_says_the_same(target, language, one):
    early, late = (moved(one(day, target, language)) for day in (OPENED, LATE))
    days = [day for day in early if day != OPENED]
    assert len(days) > 3 and [early[day] for day in days] == [late[day] for day in days]


@pytest.mark.parametrize(
    ("language", "first", "new", "rerated"),
    [
        ("zh", "2017年地方财政科学技术支出1.32亿元", "2018年地方财政科学技术支出4.67亿元",
         "；2003—2017年地方财政科学技术支出改评为存疑，不再采用"),
        ("en", "Local fiscal expenditure on science and technology 2017: 132 million yuan",
         "Local fiscal expenditure on science and technology 2018: 467 million yuan",
         "; Local fiscal expenditure on science and technology 2003–2017: rated doubtful, no longer used"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", [OPENED, LATE])
def test_a_row_names_what_was_published_that_day_and_tells_a_new_rating_as_such(
    day, language, first, new, rerated, one
):
    said = moved(one(day, "fiscal-st-expenditure-rise", language))
    assert said["2019-03-31"] == first
    assert said["2020-03-31"] == new + rerated
    share = moved(one(day, "fiscal-st-share", language))["2020-03-31"]
    assert "2018" in share and share.endswith(rerated)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "不晚于2005年3月31日；不晚于2020年3月31日改评为存疑"),
        ("en", "by 31 March 2005; rated doubtful by 31 March 2020"),
    ],
)
def test_a_figure_rated_anew_keeps_the_day_it_was_published(language, said, one):
    rows = details.figures(one(OPENED, "fiscal-st-expenditure-rise", language))
    (row,) = [row for row in rows if str(documents.plain(str(row["year"]))) == "2003"]
    assert documents.plain(row["published"]) == said
