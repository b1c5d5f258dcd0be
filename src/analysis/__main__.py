"""The command line: thin. Everything make does, this does too."""

import os
import subprocess
import sys
from pathlib import Path

import click

from analysis import catalogue, intake, places, releases

DATE = click.DateTime(formats=["%Y-%m-%d"])


class Commands(click.Group):
    """A group whose commands answer an expected error with its message and status 1."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (ValueError, RuntimeError, OSError) as error:
            if os.environ.get("ANALYSIS_TRACEBACK"):
                raise
            if not isinstance(error, OSError) and type(error).__module__.split(".")[0] != "analysis":
                raise
            raise click.ClickException(str(error)) from None


def day(context: click.Context, parameter: click.Parameter, value: object) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%d")


plan_option = click.option(
    "--plan", default="luohe-2019", show_default=True, help="Id of a plan, or a .yml file."
)
as_of_option = click.option("--as-of", type=DATE, callback=day, help="Only what was published by this day.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Will the target be met? Forecasts, evaluation memos and their proof."""


@main.command()
@click.option("--plan", default="luohe-2019", show_default=True, help="Id of a plan, a .yml file, or 'all'.")
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the reports (default: reports/).")
@click.option(
    "--data", type=click.Path(exists=True, path_type=Path), help="Folder of the data (default: data/)."
)
@click.option("--jobs", type=click.IntRange(1), help="Notebooks run at once (default: one a processor).")
@click.option(
    "--fonts", type=click.Choice(["open", "system"]), default="open", help="Of the PDF (default: open)."
)
@click.option("--red-header", is_flag=True, help="Give memos the red head of an issued document.")
def report(
    plan: str,
    as_of: str | None,
    out: Path | None,
    data: Path | None,
    jobs: int | None,
    fonts: str,
    red_header: bool,
) -> None:
    """Run the notebooks and write the memos and the review of a plan."""
    from analysis import run

    look = {"fonts": fonts, "red_header": red_header}
    for folder in run.report(plan, as_of, out or places.REPORTS, data or places.DATA, jobs, **look):
        count = sum(1 for path in folder.glob("*.docx"))
        click.echo(f"{shown(folder / 'review.html')}  and {count} memos (Word, PDF, page) beside it")
    click.echo(f"{shown((out or places.REPORTS) / 'index.html')}  lists all reports")


def shown(path: Path) -> str:
    """Return a path as the user would type it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@main.command()
@plan_option
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="File to write to instead of printing.")
def attainment(plan: str, as_of: str | None, out: Path | None) -> None:
    """Print the attainment table of a plan as CSV, without notebooks."""
    from analysis import attainment as wiring
    from analysis import plans, tables

    known, observations = catalogue.read(), releases.load()
    loaded = plans.load(plan, known)
    date = as_of or wiring.report_dates(loaded, observations)[-1]
    emit(tables.csv(wiring.table(loaded, observations, date, known)), out)


def emit(text: str, out: Path | None) -> None:
    """Print a text, or write it whole to a file."""
    if out is None:
        sys.stdout.buffer.write(text.encode("utf-8"))
        return
    staging = out.with_name(f".{out.name}.new")
    staging.write_text(text, encoding="utf-8", newline="")
    staging.replace(out)
    click.echo(shown(out))


@main.command()
@click.argument("notebook")
@click.option("--set", "words", multiple=True, metavar="NAME=VALUE", help="A parameter; may be given again.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the executed copy (default: reports/NOTEBOOK)."
)
@click.option("--parameters", "manual", is_flag=True, help="List the notebook's parameters and stop.")
def notebook(notebook: str, words: tuple[str, ...], out: Path | None, manual: bool) -> None:
    """Run one NOTEBOOK (for instance 4-target) with parameters of your own."""
    from analysis import run

    if manual:
        for name, one in run.parameters(places.NOTEBOOKS / f"{notebook}.ipynb").items():
            click.echo(f"{name}: {one['inferred_type_name']} = {one['default']}  {one['help']}")
        return
    pairs = [word.partition("=") for word in words]
    bad = [word for word, (_, sign, _) in zip(words, pairs, strict=True) if not sign]
    if bad:
        raise click.UsageError(f"--set wants NAME=VALUE, not {bad[0]!r}")
    click.echo(
        shown(run.one(notebook, {name: value for name, _, value in pairs}, out or places.REPORTS / notebook))
    )


@main.command()
def scorecard() -> None:
    """Print how forecasts from real vintages have done, with n: the table of the README."""
    from analysis import backtest as proof

    known = catalogue.read()
    card = proof.scorecard(releases.load(), known)
    emit(proof.markdown(proof.presented(card.models, known)), None)


@main.command()
def notebooks() -> None:
    """Run the notebooks with their defaults and store what comes out: after a change of data or method."""
    from analysis import run

    for path in sorted(places.NOTEBOOKS.glob("*.ipynb")):
        run.refresh(path)
        click.echo(shown(path))


@main.command()
@plan_option
@click.option("--target", required=True, help="Id of the target.")
@click.option("--from", "earlier", type=DATE, callback=day, required=True, help="The earlier date.")
@click.option("--to", "later", type=DATE, callback=day, required=True, help="The later date.")
def change(plan: str, target: str, earlier: str, later: str) -> None:
    """Say why a target's probability moved between two dates, as CSV; the parts sum to the whole."""
    from analysis import change as explanation
    from analysis import plans, tables

    known, loaded = catalogue.read(), plans.load(plan)
    moved = explanation.explain(loaded, loaded.target(target), releases.load(), earlier, later, known)
    emit(tables.csv(moved.contributions), None)


@main.command()
@click.argument("panel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--history", default=8, show_default=True, type=click.IntRange(1), help="Years looked at, at most."
)
@click.option("--horizon", default=2, show_default=True, type=click.IntRange(1), help="Years forecast.")
@click.option(
    "--origins", default=3, show_default=True, type=click.IntRange(1), help="Last origins of a series."
)
@click.option(
    "--kind",
    type=click.Choice(["level", "count", "share"]),
    help="What the values are (default: seen from them).",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write to instead of printing.")
def backtest(
    panel: Path, history: int, horizon: int, origins: int, kind: str | None, out: Path | None
) -> None:
    """Forecast the past of a PANEL.csv (unique_id, year, value) as it was known then; quantiles as CSV."""
    from analysis import backtest as proof

    forecasts = proof.run_panel(proof.read_panel(panel), history, horizon, origins, kind)
    emit(proof.as_csv(forecasts), out)


@main.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default="figures.xlsx", show_default=True, help="The workbook."
)
def template(out: Path) -> None:
    """Write a workbook to fill in with new figures, with drop-down lists, units and help."""
    click.echo(shown(intake.template(out)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, help="Key of data/sources.yml.")
@click.option("--published", required=True, help='2019-08-30, 2019-08, 2019, or "by 2019-03-31".')
@click.option("--dry-run", is_flag=True, help="Check and compare; write nothing.")
@click.option(
    "--messages", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Their language."
)
@click.option(
    "--accept", multiple=True, metavar="CELL", help="A cell whose doubt is accepted: E7 or sheet!E7."
)
@click.option(
    "--data", type=click.Path(exists=True, path_type=Path), help="Folder of the data (default: data/)."
)
def add(
    file: Path,
    source: str,
    published: str,
    dry_run: bool,
    messages: str,
    accept: tuple[str, ...],
    data: Path | None,
) -> None:
    """File the figures of FILE (a workbook or CSV) as a new release, whole or not at all."""
    from analysis import plans

    folder = data or places.DATA
    made = intake.add(file, source, published, folder, dry_run, messages, accept)
    click.echo(made.text(messages))
    affected = plans.touched(made.touched, catalogue.read(folder))
    heading = {"zh": "涉及的目标：", "en": "Targets affected:"}[messages]
    none = {"zh": "无", "en": "none"}[messages]
    click.echo(heading + ("" if affected else f" {none}"))
    for plan, target in affected:
        title = {"zh": target.title.zh, "en": target.title.en}[messages]
        click.echo(f"  {plan.id}  {target.id}  {title}")


@main.command()
@plan_option
@click.option("--as-of", type=DATE, callback=day, required=True, help="Only what was published by this day.")
def seal(plan: str, as_of: str) -> None:
    """Register the probabilities of a plan, once; commit the file, and the history dates it."""
    from analysis import plans, register

    click.echo(shown(register.seal(plans.load(plan), releases.load(), as_of, catalogue.read())))


@main.command()
def check() -> None:
    """Verify every release against its card, and every sealed forecast."""
    from analysis import register

    problems = [*releases.check(), *register.check()]
    if problems:
        raise click.ClickException("\n".join(problems))
    click.echo(f"{len(releases.cards())} releases are as they were filed, and so are the sealed forecasts")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; ARGUMENTS go to pytest."""
    workers = [] if any(word.startswith("-n") for word in arguments) else ["-n", "auto", "--dist", "loadfile"]
    call(sys.executable, "-m", "pytest", *workers, *arguments)


@main.command()
def lint() -> None:
    """Check style and the floors of the package."""
    call(sys.executable, "-m", "ruff", "check", ".")
    call(sys.executable, "-m", "ruff", "format", "--check", ".")
    call(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")


@main.command()
def lab() -> None:
    """Open JupyterLab on the notebooks, with the project's kernel."""
    call(sys.executable, "-m", "jupyterlab", "--notebook-dir", str(places.ROOT / "notebooks"))


@main.command()
@click.argument("panels", nargs=-1, type=click.Path(exists=True, dir_okay=False))
def bench(panels: tuple[str, ...]) -> None:
    """Compare forecasts with other programs' on PANELS (unique_id, year, value)."""
    call(sys.executable, "benchmarks/forecasts.py", *(str(Path(panel).resolve()) for panel in panels))


def call(*command: str) -> None:
    """Run a program in the project's folder; end with its status when it fails."""
    from analysis import run

    done = subprocess.run(command, cwd=places.ROOT, env=os.environ | run.kernel_environment(), check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
