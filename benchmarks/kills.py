"""Kill -9 at random moments: is anything lost, half-written or left running?

    python benchmarks/kills.py [--tries 40] [--seed 1]

In a clone made for it: `report`, `add` and `seal` in turn, each killed at a moment drawn evenly over the time
the command takes. Soon after a kill nothing it started may still run, the releases and seals on disk must be
whole (`check`), and every report in its folder must be as its manifest says; then the command is run to its
end, and what it wrote compared with what it writes undisturbed. Prints tries and losses.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from analysis import places

FIGURES = "指标,地区,时间,数值,单位,状态\n新增国家级高新技术企业,漯河市,2019-06,8,家,公布数\n"
MARK = "ANALYSIS_KILLED"  # in the environment of everything a try starts
COMMANDS = {
    "report": ("report", "--plan", "henan-2020", "--as-of", "2018-12-31", "--out", "out"),
    "add": ("add", "figures.csv", "--source", "luohe-daily-2017", "--published", "2019-07-05",
            "--today", "2026-01-01"),
    "seal": ("seal", "--plan", "henan-2020", "--as-of", "2018-12-31"),
}  # fmt: skip
WRITES = {"report": "out", "add": "data/raw/luohe-daily-2017/2019-07-05", "seal": "data/register"}


def start(clone: Path, words: tuple[str, ...], mark: str) -> subprocess.Popen:
    """Start a command of the clone, as a group of its own."""
    env = os.environ | {"PYTHONPATH": str(clone / "src"), MARK: mark, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "analysis", *words], cwd=clone, env=env, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def running(mark: str) -> list[int]:
    """Processes of a try that still run."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            state = (one / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and f"{MARK}={mark}".encode() in (one / "environ").read_bytes():
                found.append(int(one.name))
        except OSError:
            continue
    return found


def written(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its hash; hidden ones, which are no report, apart."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def clean(clone: Path, name: str) -> None:
    """Take away what a command writes."""
    shutil.rmtree(clone / WRITES[name], ignore_errors=True)
    subprocess.run(["git", "checkout", "-q", "--", "data"], cwd=clone, check=True)
    subprocess.run(["git", "clean", "-fdq", "data/raw", "data/register"], cwd=clone, check=True)


def whole(clone: Path) -> list[str]:
    """What is wrong on disk: releases and seals against their cards, reports against their manifests."""
    wrong = []
    checked = start(clone, ("check",), "")
    if checked.wait():
        wrong.append("check finds a release or seal that is not whole")
    for manifest in (clone / "out").glob("[!.]*/[!.]*/manifest.json"):
        told = json.loads(manifest.read_text(encoding="utf-8"))["outputs"]
        there = written(manifest.parent)
        wrong += [f"{manifest.parent.name}/{name}" for name, sha in told.items() if there.get(name) != sha]
    return wrong


def tried(clone: Path, name: str, after: float, undisturbed: dict[str, str]) -> tuple[bool, float, list[str]]:
    """Kill a command after so many seconds: whether it still ran, how long others did, what was lost."""
    mark = uuid.uuid4().hex
    program = start(clone, COMMANDS[name], mark)
    try:
        program.wait(after)
        hit = False
    except subprocess.TimeoutExpired:
        os.kill(program.pid, signal.SIGKILL)  # it alone: what it started has to notice
        program.wait()
        hit = True
    begun = time.monotonic()
    while running(mark) and time.monotonic() < begun + 20:
        time.sleep(0.1)
    outlived = time.monotonic() - begun
    lost = [f"process {pid} still runs" for pid in running(mark)] + whole(clone)
    ended = start(clone, COMMANDS[name], "").wait()
    if ended and not (name != "report" and (clone / WRITES[name]).exists()):
        lost.append(f"run again it ends with status {ended}")
    there = written(clone / WRITES[name])
    left = [one for one in there if one != ".lock" and any(part[0] == "." for part in Path(one).parts)]
    lost += [f"left over: {one}" for one in left]
    lost += [f"differs: {one}" for one in sorted(set(undisturbed.items()) ^ set(there.items()))[:3]]
    return hit, outlived, lost


def undisturbed(clone: Path, name: str) -> tuple[float, dict[str, str]]:
    """How long a command takes, and what it writes."""
    begun = time.monotonic()
    if start(clone, COMMANDS[name], "").wait():
        raise SystemExit(f"{name} does not run undisturbed")
    return time.monotonic() - begun, written(clone / WRITES[name])


def main(show: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tries", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng, hits = random.Random(asked.seed), dict.fromkeys(COMMANDS, 0)
    losses, longest = 0, 0.0
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place) / "clone"
        subprocess.run(["git", "clone", "-q", str(places.ROOT), str(clone)], check=True)
        (clone / "figures.csv").write_text(FIGURES, encoding="utf-8")
        takes, made = {}, {}
        for name in COMMANDS:
            clean(clone, name)
            takes[name], made[name] = undisturbed(clone, name)
        for turn in range(asked.tries):
            name = list(COMMANDS)[turn % len(COMMANDS)]
            clean(clone, name)
            if name == "report":  # from nothing, every other time the tables too
                for place in (".cache", "data/processed")[: 1 + turn % 2]:
                    shutil.rmtree(clone / place, ignore_errors=True)
                subprocess.run(["git", "checkout", "-q", "--", "data"], cwd=clone, check=True)
            after = rng.uniform(0.05, takes[name])
            hit, outlived, lost = tried(clone, name, after, made[name])
            longest = max(longest, outlived)
            hits[name] += hit
            losses += bool(lost)
            how = f"{'killed' if hit else 'ended'} after {after:.1f} s"
            show(f"{turn + 1:3} {name:6} {how}: {lost or 'nothing lost'}")
    show(f"{asked.tries} tries, {sum(hits.values())} killed while running ({hits}); {losses} lost something")
    show(f"the longest anything outlived a killed command: {longest:.1f} s")


if __name__ == "__main__":
    main()
