"""The command line: thin. Everything make does, this does too.

What needs pandas is imported by the command that needs it, once its arguments are known to be good.
"""

import datetime
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from analysis import YEARS, __version__, helped, places
from analysis.languages import LANGUAGES, refusal

DATE = click.DateTime(formats=["%Y-%m-%d"])
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
# JupyterLab asks the network for news and newer versions, unless told not to.
LAB = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
TOLD = {  # what a command says when it is done; help.yml has it in other languages
    "papers": "{path}  and {n} papers (Word, PDF, page) beside it",
    "reports": "{path}  lists all reports",
    "lists": "{path}  lists {table}",
    "unchanged": "{n} releases are as they were filed, and so are the sealed forecasts",
    "equal": "{path}: all {n} files are equal, byte for byte",
    "differ": "{path}: {n} files differ",
    "otherwise": "{file}: comes out otherwise ({how})",
    "touched": "{file}: touched since it was made ({how})",
    "new": "new",
    "gone": "gone",
    "changed": "changed",
    "made from": "what it was made from:",
    "as it was": "all as it was: the report or the machine is not",
    "though": "though not all it was made from is as it was:",
    "bundled": "{platform}, Python {python}: {size} MB",
    "no wheel": "{platform}, Python {python}: {size} MB; no wheel for {names}, so it cannot be set up there",
    "whole": "{path}  copy it whole; INSTALL.html says the rest",
}


class Commands(click.Group):
    """A group whose commands answer an expected error with its message and status 1."""

    context_class, command_class = helped.Context, helped.Command

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except click.UsageError as error:  # whose English is click's
            said = " ".join(filter(None, (error.format_message(), _beside(error))))
            raise click.UsageError(said, error.ctx) from None
        except (ValueError, RuntimeError, OSError) as error:
            if os.environ.get("ANALYSIS_TRACEBACK") or isinstance(error, BrokenPipeError):  # nobody reads on
                raise
            if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
                where, why = error.args[0][0][1:]  # of all that could not be copied
                raise click.ClickException(f"{where}: {why}") from None
            if isinstance(error, OSError) and error.strerror:
                told = f"{error.filename or 'a file'}: {error.strerror}"
                raise click.ClickException(f"{told}; is the path right, and may you write there?") from None
            if not isinstance(error, OSError) and type(error).__module__.split(".")[0] != "analysis":
                raise
            raise click.ClickException(str(error)) from None


def _beside(error: click.UsageError) -> str:
    """Return what to do, in the languages that word refusals."""
    if isinstance(error, click.MissingParameter):
        return refusal("See --help for how to give it")
    if isinstance(error, click.BadParameter):
        return refusal("See --help for what fits")
    return refusal("See --help for what there is") if "No such" in error.message else ""


def day(context: click.Context, parameter: click.Parameter, value: Any) -> str | None:
    """Return a day in ISO form; figures and plans are of YEARS."""
    if value is None:
        return None
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise click.BadParameter(f"{value.date()} lies outside {YEARS[0]} to {YEARS[1]}")
    return value.date().isoformat()


def file_to_write(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    """Return a file whose folder is there, or end before anything is worked out for it."""
    if path is None:
        return None
    try:
        path = path.resolve() if path.is_symlink() else path
    except (OSError, RuntimeError):  # a link to itself
        raise click.BadParameter(f"{path}: no ordinary file; name one to write") from None
    if not path.parent.is_dir():
        raise click.BadParameter(f"{path.parent}: no such folder; make it first")
    if not path.name or (path.exists() and not path.is_file()):
        raise click.BadParameter(f"{path}: no ordinary file; name one to write")
    return path


def described(context: click.Context, parameter: click.Parameter, folder: Path) -> Path:
    """Return a folder of data that holds a catalogue, or end with where it was looked for."""
    if not (folder / "indicators.yml").is_file():
        raise click.ClickException(
            f"{folder}: no data here (no indicators.yml); name a folder with --data, or run in a clone"
        )
    return folder.resolve()


def project(folder: Path = places.NOTEBOOKS) -> None:
    """End with where the project was looked for, if this is the package alone."""
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; run this command in a clone of the project")


def workbook(context: click.Context, parameter: click.Parameter, path: Path) -> Path | None:
    """Return a file to write that will open as what it is."""
    if path.suffix != ".xlsx":
        raise click.BadParameter(f"{path}: a workbook's name ends in .xlsx")
    return file_to_write(context, parameter, path)


def address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return the address of a scheduler, or end before its client waits for nobody."""
    if value is not None and not re.fullmatch(r"[a-z]+://[^\s/]+:\d{1,5}", value):
        raise click.BadParameter(f"{value!r} is no address like tcp://192.168.1.5:8786")
    return value


data_option = click.option(
    "--data", type=click.Path(path_type=Path), default=places.DATA, callback=described,
    help="Folder of the data, with its own register, and plans/ beside it (default: data/).",
)  # fmt: skip
plan_option = click.option(
    "--plan", default="luohe-2019", show_default=True, help="Id of a plan, or a .yml file."
)
out_option = click.option(
    "--out", type=FILE, callback=file_to_write, help="File to write to instead of printing."
)
as_of_option = click.option("--as-of", type=DATE, callback=day, help="Only what was published by this day.")
# Of what is said on the terminal alone: no file that is written depends on who writes it.
SAID_IN: dict[str, Any] = {"type": click.Choice(LANGUAGES), "default": helped.language}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="analysis")
def main() -> None:
    """Will the target be met? Forecasts, evaluation memos and their proof."""


@main.command()
@click.option("--plan", default="luohe-2019", show_default=True, help="Id of a plan, a .yml file, or 'all'.")
@as_of_option
@data_option
@click.option("--out", type=FOLDER, help="Folder of the reports (default: reports/).")
@click.option("--jobs", type=click.IntRange(1), help="Notebooks run at once (default: processors and one).")
@click.option(
    "--fonts", type=click.Choice(["open", "system"]), default="open", help="Of the PDF (default: open)."
)
@click.option("--red-header", is_flag=True, help="Give memos the red head of an issued document.")
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    callback=address,
    help="Let the workers of a Dask cluster run the notebooks.",
)
def report(
    plan: str,
    as_of: str | None,
    data: Path,
    out: Path | None,
    jobs: int | None,
    fonts: str,
    red_header: bool,
    scheduler: str | None,
) -> None:
    """Write the memos and the review of a plan."""
    from analysis import standing

    project()
    where, look = out or places.REPORTS, {"fonts": fonts, "red_header": red_header}
    here = {"here": str(Path.cwd()), "language": helped.language()}  # as its lines are told
    asked = standing.asked(plan, data, where, as_of=as_of, **here, **look)
    lines = standing.lines(asked)
    if lines is None:
        made = built(plan, as_of, where, data, jobs, scheduler=scheduler, **look)
        counts = [(folder, len(list(folder.glob("*.docx")))) for folder in made]
        lines = [told("papers", path=shown(one / "review.html"), n=n) for one, n in counts]
        lines.append(told("reports", path=shown(where / "index.html")))
        tables = places.Folders(data).processed
        kept = [*tables.glob("*.csv"), *(tables / one.parent.name / one.name for one in made)]
        standing.remember(asked, lines, [*made, where / "index.html", *kept])
    click.echo("\n".join(lines))


def built(plan: str, as_of: str | None, where: Path, data: Path, jobs: int | None, **look: Any) -> list[Path]:
    """Build the reports of a plan; what they need is loaded while the plan is still looked at."""
    from analysis import forks, plans

    if plan != "all":
        plans.load(plan, folder=data)
    forks.start()
    from analysis import report as reports

    return reports.report(plan, as_of, where, data, jobs, **look)


def told(name: str, **parts: object) -> str:
    """Return what a command says when it is done, in the user's language."""
    return helped.said(TOLD[name]).format(**parts)


def shown(path: Path) -> str:
    """Return a path as the user would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@main.command()
@plan_option
@as_of_option
@data_option
@out_option
def attainment(plan: str, as_of: str | None, data: Path, out: Path | None) -> None:
    """Print the attainment table of a plan as CSV."""
    from analysis import catalogue, plans

    known = catalogue.read(data)
    loaded = plans.load(plan, known, data)
    from analysis import attainment as wiring
    from analysis import releases, tables
    from analysis import report as reports

    observations = releases.load(data)
    date = as_of or reports.days(loaded, observations)[-1]
    emit(tables.csv(wiring.table(loaded, observations, date, known)), out)


@main.command()
@plan_option
@as_of_option
@data_option
@click.option(
    "--level",
    type=click.Choice(["city", "province"]),
    default="city",
    show_default=True,
    help="Which regions.",
)
@click.option("--out", type=FOLDER, help="Folder to write to (default: reports/country/…).")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one a processor).")
def country(plan: str, as_of: str | None, data: Path, level: str, out: Path | None, jobs: int | None) -> None:
    """Put a plan's numeric targets to every city or province.

    One table of all, a page a province. A run that was killed goes on where it stopped.
    """
    from analysis import catalogue, plans

    known = catalogue.read(data)
    loaded = plans.load(plan, known, data)
    import tqdm

    from analysis import country as whole
    from analysis import releases
    from analysis import report as reports
    from analysis.review import country as pages

    observations = releases.load(data)
    date = as_of or reports.days(loaded, observations)[-1]
    folder = out or places.REPORTS / "country" / loaded.id / date / level
    with tqdm.tqdm(unit="part", desc=level) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        made = whole.table(loaded, observations, date, known, level, folder / "parts", jobs, tell)
    whole.write(made, folder / f"{level}.csv")
    listed = pages.write(loaded, made, folder, f"{level}.csv", known)
    click.echo(told("lists", path=shown(listed), table=f"{level}.csv"))


def emit(text: str, out: Path | None) -> None:
    """Print a text, or write it whole to a file."""
    if out is None:
        sys.stdout.buffer.write(text.encode("utf-8"))
        return
    from analysis import store

    click.echo(shown(store.write(out, text.encode("utf-8"))))


@main.command()
@click.argument("notebook")
@click.option("--set", "words", multiple=True, metavar="NAME=VALUE", help="A parameter; may be given again.")
@click.option("--out", type=FOLDER, help="Folder for the executed copy (default: reports/NOTEBOOK).")
@click.option("--parameters", "manual", is_flag=True, help="List the notebook's parameters and stop.")
@data_option
def notebook(notebook: str, words: tuple[str, ...], out: Path | None, manual: bool, data: Path) -> None:
    """Run one NOTEBOOK (say 4-target) with parameters of your own."""
    project()
    from analysis import notebooks as runs

    if manual:
        for name, one in runs.parameters(notebook).items():
            click.echo(f"{name}: {one.type} = {one.default!r}  {one.help}")
        return
    pairs = [word.partition("=") for word in words]
    bad = [word for word, (_, sign, _) in zip(words, pairs, strict=True) if not sign]
    if bad:
        raise click.UsageError(f"--set wants NAME=VALUE, not {bad[0]!r}")
    values = {name: value for name, _, value in pairs}
    click.echo(shown(runs.one(notebook, values, out or places.REPORTS / notebook, data)))


@main.command()
@data_option
def scorecard(data: Path) -> None:
    """Print how forecasts from real vintages have done, with n."""
    from analysis import backtest as proof
    from analysis import catalogue, printing, processed

    card = proof.scorecard(processed.cases(data))
    emit(printing.markdown(proof.presented(card.models), printing.Voice("en", catalogue.read(data))), None)


@main.command()
@click.option("--language", help="In which language (default: that of this help).", **SAID_IN)
def reference(language: str) -> None:
    """Print the fields and kinds a plan's file may hold."""
    from analysis import plans, printing

    emit(plans.reference(printing.Voice(language)), None)


@main.command()
def notebooks() -> None:
    """Store what the notebooks show anew.

    To be done after a change of data or method.
    """
    project()
    from analysis import notebooks as runs

    for path in sorted(places.NOTEBOOKS.glob("*.ipynb")):
        runs.refresh(path)
        click.echo(shown(path))


@main.command()
@plan_option
@click.option("--target", required=True, help="Id of the target.")
@click.option("--from", "earlier", type=DATE, callback=day, required=True, help="The earlier date.")
@click.option("--to", "later", type=DATE, callback=day, required=True, help="The later date.")
@data_option
def change(plan: str, target: str, earlier: str, later: str, data: Path) -> None:
    """Say why a target's probability moved, as parts that sum (CSV).

    By source: p of the probability (1 is 100 %), points of the median, in its unit.
    """
    if not earlier < later:
        raise click.UsageError(
            refusal("--from {earlier} is not before --to {later}", earlier=earlier, later=later)
        )
    from analysis import catalogue, plans

    known = catalogue.read(data)
    loaded = plans.load(plan, known, data)
    one = loaded.target(target)
    from analysis import change as explanation
    from analysis import printing, releases, tables

    moved = explanation.explain(loaded, one, releases.load(data), earlier, later, known)
    if moved.reason:
        when = earlier if moved.reason.endswith("earlier") else later
        raise click.ClickException(
            refusal(
                "{target}: no probability was given as of {when}, so none moved; "
                "`python bootstrap.py attainment --as-of DATE` shows on which dates there is one",
                target=target,
                when=when,
            )
        )
    voice, parts = printing.Voice(helped.language(), known), moved.contributions
    names = [explanation.cause(source, voice) for source in parts["source"]]
    unit = voice.unit(known.indicators[one.indicator]) if one.indicator else ""
    emit(tables.csv(parts.assign(name=names, unit=unit)[["source", "name", "p", "points", "unit"]]), None)


@main.command()
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--history", default=8, show_default=True, type=click.IntRange(1), help="Years looked at, at most."
)
@click.option("--horizon", default=2, show_default=True, type=click.IntRange(1, 50), help="Years forecast.")
@click.option(
    "--origins", default=3, show_default=True, type=click.IntRange(1), help="Last origins of a series."
)
@click.option(
    "--kind",
    type=click.Choice(["level", "count", "share"]),
    help="What the values are (default: seen from them).",
)
@out_option
def backtest(
    panel: Path, history: int, horizon: int, origins: int, kind: str | None, out: Path | None
) -> None:
    """Forecast the past of a PANEL.csv as it was known then.

    PANEL.csv has the columns unique_id, year, value; the forecasts' quantiles come as CSV.
    """
    from analysis import backtest as proof

    forecasts = proof.run_panel(proof.read_panel(panel), history, horizon, origins, kind)
    if forecasts.empty:
        raise click.ClickException(f"{panel}: no series has more than {horizon} years; lower --horizon")
    emit(proof.as_csv(forecasts), out)


@main.command()
@click.option(
    "--out", type=FILE, callback=workbook, default="figures.xlsx", show_default=True, help="The workbook."
)
@data_option
def template(out: Path, data: Path) -> None:
    """Write a workbook to fill in, with lists, units and help."""
    from analysis import form

    click.echo(shown(form.template(out, data)))


@main.command()
@click.argument("file", type=FILE)
@click.option("--source", required=True, help="Key of data/sources.yml.")
@click.option("--published", required=True, help='2019-08-30, 2019-08, 2019, or "by 2019-03-31".')
@click.option("--dry-run", is_flag=True, help="Check and compare; write nothing.")
@click.option("--messages", help="In which language (default: that of this help).", **SAID_IN)
@click.option(
    "--accept", multiple=True, metavar="CELL", help="A cell whose doubt is accepted: D7 or sheet!D7."
)
@click.option(
    "--about", multiple=True, metavar="LINE", help='What the tables leave out: "指标：R&D经费", "unit: 亿元".'
)
@click.option("--today", type=DATE, help="The day of filing (default: the clock's), to doubt later ones.")
@data_option
def add(
    file: Path,
    source: str,
    published: str,
    dry_run: bool,
    messages: str,
    accept: tuple[str, ...],
    about: tuple[str, ...],
    today: datetime.datetime | None,
    data: Path,
) -> None:
    """File the figures of FILE (a workbook, CSV or web page).

    It is filed whole or not at all.
    """
    from analysis.intake import dates

    dates.published_on(published, messages)
    from analysis import catalogue, plans
    from analysis.intake import adding
    from analysis.printing import Voice

    filing = (today or datetime.datetime.now()).date()
    made = adding.add(file, source, published, data, dry_run, messages, accept, about, filing)
    click.echo(made.text(messages))
    affected = plans.touched(made.touched, catalogue.read(data), data)
    voice = Voice(messages)
    click.echo(voice.say("add.affected" if affected else "add.none"))
    for plan, target in affected:
        click.echo(f"  {plan.id}  {target.id}  {voice.name(target.title)}")


@main.command()
@plan_option
@click.option("--as-of", type=DATE, callback=day, required=True, help="Only what was published by this day.")
@data_option
def seal(plan: str, as_of: str, data: Path) -> None:
    """Register the probabilities of a plan, once.

    Commit the file, and the history dates it.
    """
    from analysis import catalogue, plans

    known = catalogue.read(data)
    loaded = plans.load(plan, known, data)
    from analysis import register, releases

    if as_of > (today := datetime.date.today().isoformat()):  # what is sealed must have been known
        raise click.UsageError(f"--as-of {as_of} is still to come: today is {today}")
    click.echo(shown(register.seal(loaded, releases.load(data), as_of, known, data)))


@main.command()
@data_option
def check(data: Path) -> None:
    """Verify releases against their cards, and sealed forecasts."""
    from analysis import catalogue, register, releases

    catalogue.read(data)
    problems = [*releases.check(data), *register.check(data)]
    if problems:
        raise click.ClickException("\n".join(problems))
    click.echo(told("unchanged", n=len(releases.cards(data))))


@main.command()
@click.argument("report", type=click.Path(path_type=Path))
@data_option
@click.option("--jobs", type=click.IntRange(1), help="Notebooks run at once (default: processors and one).")
def verify(report: Path, data: Path, jobs: int | None) -> None:
    """Build a REPORT again elsewhere and compare every file.

    REPORT is its folder, say reports/luohe-2019/2018-12-31. What differs is named, and which inputs changed.
    """
    project()
    from analysis import report as reports

    found = reports.verify(report, data, jobs)
    changed = [f"  {name}: {told(how)}" for name, how in found.inputs.items()]
    if found.differing:
        lines = [told("differ", path=shown(report), n=len(found.differing))]
        lines += [f"  {told(what, file=one, how=told(how))}" for one, (what, how) in found.differing.items()]
        lines += [told("made from"), *(changed or [f"  {told('as it was')}"])]
        raise click.ClickException("\n".join(lines))
    click.echo(told("equal", path=shown(report), n=found.files))
    if changed:
        click.echo("\n".join([told("though"), *changed]))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; ARGUMENTS go to pytest."""
    # the longest first (conftest.py); after a crash no new process: xdist would wait for ever for that file
    many = str((os.cpu_count() or 1) + 1)  # some of them wait, for a browser or a kernel
    workers = ["-n", many, "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0"]
    given = any(word.startswith("-n") for word in arguments)
    call(sys.executable, "-m", "pytest", *([] if given else workers), *arguments)


@main.command()
def lint() -> None:
    """Check style, the floors of the package, and its types."""
    call(sys.executable, "-m", "ruff", "check", ".")
    call(sys.executable, "-m", "ruff", "format", "--check", ".")
    call(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    call(sys.executable, "-m", "mypy")


@main.command()
def lab() -> None:
    """Open JupyterLab on the notebooks, with the project's kernel."""
    shown_first = f"--FileContentsManager.preferred_dir={places.NOTEBOOKS.name}"  # executed ones: in reports/
    call(sys.executable, "-m", "jupyterlab", *LAB, "--notebook-dir", str(places.ROOT), shown_first)


@main.command()
@click.argument("panels", nargs=-1, type=click.Path(exists=True, dir_okay=False))
def bench(panels: tuple[str, ...]) -> None:
    """Compare forecasts with other programs' on PANELS.

    A panel has the columns unique_id, year, value.
    """
    call(sys.executable, "benchmarks/forecasts.py", *(str(Path(panel).resolve()) for panel in panels))


@main.command()
def licences() -> None:
    """List the licence of everything installed."""
    from importlib import metadata

    from analysis import bundle as closed

    emit(closed.licences(metadata.distributions()), None)


@main.command()
@click.option("--platform", "platforms", multiple=True, help="linux-x86_64, linux-aarch64, windows-amd64.")
@click.option("--python", "pythons", multiple=True, help="3.11, 3.12, 3.13.")
@click.option("--out", type=FOLDER, default=places.ROOT / "bundle", help="Folder to write to (bundle/).")
def bundle(platforms: tuple[str, ...], pythons: tuple[str, ...], out: Path) -> None:
    """Write all a machine without network needs, in one folder.

    For every platform and Python, or for those named (again for more).
    """
    project()
    from analysis import bundle as closed

    for kind, named, known in (
        ("platform", platforms, closed.PLATFORMS),
        ("python", pythons, closed.PYTHONS),
    ):
        if bad := set(named) - set(known):
            raise click.UsageError(f"--{kind} {', '.join(sorted(bad))}: there is {', '.join(known)}")
    made = closed.make(out, platforms or closed.PLATFORMS, pythons or closed.PYTHONS)
    for (platform, python), size in made.sizes.items():
        names = ", ".join(made.missing[platform, python])
        one = {"platform": platform, "python": python, "size": f"{size / 1e6:.0f}", "names": names}
        click.echo(told("no wheel" if names else "bundled", **one))
    click.echo(told("whole", path=shown(made.folder)))


@main.command()
@click.argument("modules", nargs=-1)
def mutants(modules: tuple[str, ...]) -> None:
    """Put small faults into MODULES and say which no test catches."""
    for name in modules:
        if not (Path(__file__).parent / f"{name.replace('.', '/')}.py").is_file():
            raise click.BadParameter(f"{name!r} is no module of this package; write it as kinds.goals")
    call(sys.executable, "benchmarks/mutants.py", *modules)


def call(*command: str) -> None:
    """Run a program in the project's folder; end with its status when it fails."""
    project()
    from analysis import forks

    done = subprocess.run(command, cwd=places.ROOT, env=os.environ | forks.environment(), check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main(prog_name="python bootstrap.py")  # which any Python can run
