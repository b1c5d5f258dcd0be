"""What the tests share: the real tables, read once, and fonts for the programs that lay pages out.

What takes long to import each fixture imports itself: who only hands the tests out need not wait for it.
"""

import contextlib
import functools
import gc
import importlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import filelock
import pytest

if TYPE_CHECKING:
    from analysis.attainment import Assessment
    from analysis.outlook import Dossier, Outlook

# Where it is forbidden, as in containers, every worker of every run would rewrite all assertions anew.
sys.dont_write_bytecode = False

LONGEST = [
    "test_memo", "test_closed", "test_review", "test_sources", "test_notebooks", "test_cluster",
    "test_worded", "test_end_to_end", "test_processed", "test_workbook", "test_country", "test_bad_input",
    "test_plots", "test_report", "test_schema", "test_received", "test_kinds", "test_documents",
    "test_amounts", "test_panel", "test_change", "test_command_line", "test_languages",
]  # fmt: skip


def pytest_sessionstart(session):
    """Let each worker begin to import the tests at another file: in a first run, each compiles a part."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and not session.config.getoption("file_or_dir"):
        files = sorted(Path(__file__).parent.glob("test_*.py"))
        first = len(files) * int(worker.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        for file in [*files[first:], *files[:first]]:
            with contextlib.suppress(Exception, pytest.skip.Exception):  # it is told when they are collected
                importlib.import_module(file.stem)


def pytest_collection_modifyitems(items):
    """Put the files that take longest first: begun last, they would keep one worker busy alone."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


def pytest_collection_finish():
    """Look no more for cycles in what was imported and collected, and less often in what tests make."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def catalogue():
    """The real catalogue; that no test changed it is checked at the end."""
    from analysis import catalogue

    read = catalogue.read()
    kept = read.model_copy(deep=True)
    yield read
    assert read == kept


@pytest.fixture(scope="session")
def observations():
    """The real observations; that no test changed them is checked at the end."""
    from pandas import testing

    from analysis import releases

    read = releases.load()
    kept = read.copy()
    yield read
    testing.assert_frame_equal(read, kept)


@pytest.fixture(scope="session")
def vintage(observations, catalogue):
    """What was known on a day, each made once."""
    from analysis import attainment

    return functools.cache(lambda day: attainment.Vintage.of(observations, day, catalogue))


@pytest.fixture(scope="session")
def assessment(vintage, catalogue):
    """Assess (plan, date, target) on the real observations, each once."""
    from analysis import attainment, plans

    plan = functools.cache(lambda name: plans.load(name, catalogue))

    @functools.cache
    def assess(name: str, day: str, target: str) -> "Assessment":
        return attainment.assess_vintage(plan(name), plan(name).target(target), vintage(day))

    return assess


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Callable:
    """Return what a function makes, from a file where another worker has made it."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def once(name: str, make: Callable) -> object:
        file = folder / f"{name}.pickle"
        with filelock.FileLock(f"{file}.lock"):
            if not file.is_file():
                file.write_bytes(pickle.dumps(make()))
        return pickle.loads(file.read_bytes())

    return once


@pytest.fixture(scope="session")
def outlook(observations, catalogue, shared):
    """All there is to say on (plan, date), each worked out once."""
    from analysis import attainment, plans
    from analysis.outlook import work_out

    days = {name: getattr(attainment, name) for name in ("dates", "before_newest")}

    @functools.cache
    def made(name: str, day: str) -> "Outlook":
        plan = plans.load(name, catalogue)
        with pytest.MonkeyPatch.context() as whole:  # who asks first may look at one day alone
            for asked, function in days.items():
                whole.setattr(attainment, asked, function)
            return shared(f"{name}.{day}", lambda: work_out(plan, observations, day, catalogue))

    return made


@pytest.fixture(scope="session")
def results(outlook, catalogue, shared, tmp_path_factory) -> Callable[[str, str], bytes]:
    """The workbook of results of (plan, date), each written once."""

    @functools.cache
    def written(name: str, day: str) -> bytes:
        from analysis import review

        def write() -> bytes:
            folder = tmp_path_factory.mktemp("results")
            return review.results(outlook(name, day), folder, catalogue).read_bytes()

        return shared(f"results.{name}.{day}", write)

    return written


@pytest.fixture(scope="session")
def small_workbook(results) -> bytes:
    """The workbook of results of a plan of one target."""
    return results("henan-2020", "2016-12-31")


@pytest.fixture
def one_day(monkeypatch):
    """Work out no answers of earlier days for the course of probability: no dossier holds it."""
    from analysis import attainment

    monkeypatch.setattr(attainment, "dates", lambda plan, observations, until: [until])


@pytest.fixture
def nothing_before(monkeypatch, one_day):
    """Nor explain a movement since an earlier day, which takes most of an outlook's time."""
    from analysis import attainment

    monkeypatch.setattr(attainment, "before_newest", lambda plan, observations, day: None)


@pytest.fixture(scope="session")
def cases(observations, catalogue, shared):
    """Every past forecast of the provinces with its marks."""
    from analysis import backtest

    return shared("cases", lambda: backtest.cases(observations, catalogue))


@pytest.fixture(scope="session")
def reported(shared, tmp_path_factory) -> tuple[Path, Path]:
    """A report on a plan of one target, and the folder of the runs it was put together from."""
    from analysis import report

    place = tmp_path_factory.mktemp("reported")
    made = shared(
        "reported",
        lambda: report.report("henan-2020", "2018-12-31", place / "reports", jobs=2, stored=place / "runs"),
    )
    return made[0], made[0].parents[2] / "runs"


@pytest.fixture(scope="session")
def dossier(outlook, cases):
    """All there is to say on (plan, date, target), with the record of the past."""
    from analysis.processed import recorded

    @functools.cache
    def found(name: str, day: str, target: str) -> "Dossier":
        return recorded(outlook(name, day).of(target), cases)

    return found


@pytest.fixture(scope="session")
def open_fonts(tmp_path_factory) -> dict[str, str]:
    """Environment, beside os.environ, of a program that shall find the bureau's fonts on any machine.

    The names in a docx stand for the open fonts of a package, those of the PDF.
    """
    import pylopdf_fonts_zh_cn

    from analysis.documents import layout

    folder = tmp_path_factory.mktemp("fonts")
    folders = (Path(pylopdf_fonts_zh_cn.__file__).parent, "/usr/share/fonts")
    names = {layout.WORD_FONTS[role]: fonts[0] for role, fonts in layout.LAYOUTS["zh"].fonts.items()}
    lines = [f"<dir>{escape(str(place))}</dir>" for place in folders]
    lines.append(f"<cachedir>{escape(str(folder / 'cache'))}</cachedir>")
    lines += [
        f'<alias binding="same"><family>{name}</family><prefer><family>{font}</family></prefer></alias>'
        for name, font in names.items()
    ]
    head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    path = folder / "fonts.conf"
    path.write_text("\n".join([head, "<fontconfig>", *lines, "</fontconfig>"]), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(path)}
