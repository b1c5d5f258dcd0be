"""What it costs to put ten targets to 1, 10, 100, 341 cities: python benchmarks/country.py [PICTURE.png]."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import generated
import matplotlib.pyplot as plt
import numpy as np
import psutil

SIZES = (1, 10, 100, 341)
LINE = "| {:>6} | {:>7} | {:>7} | {:>11} | {:>8} | {:>14} |"
COMMAND = (sys.executable, "-m", "analysis", "country", "--plan", "generated", "--as-of", "2024-12-31")


def run(cities: int) -> tuple[int, float, float, float]:
    """Return answers, seconds, processor seconds, and the most MiB that all processes held at once."""
    with tempfile.TemporaryDirectory() as name:
        data, out = generated.write(Path(name), cities), Path(name) / "out"
        before, start, peak = spent(), time.perf_counter(), 0
        running = subprocess.Popen([*COMMAND, "--data", str(data), "--out", str(out)], stderr=subprocess.PIPE)
        while running.poll() is None:
            peak = max(peak, held(running.pid))
            time.sleep(0.1)
        seconds, told = time.perf_counter() - start, running.stderr.read().decode()
        if running.returncode:
            sys.exit(told)
        answers = len((out / "city.csv").read_text(encoding="utf-8").splitlines()) - 1
        return answers, seconds, spent() - before, peak / 2**20


def spent() -> float:
    """Return the processor seconds of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held(process: int) -> int:
    """Return the bytes a process and its children hold now."""
    total = 0
    try:
        parent = psutil.Process(process)
        for one in (parent, *parent.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def slope(sizes: np.ndarray, costs: np.ndarray) -> float:
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def draw(sizes: np.ndarray, costs: np.ndarray, memory: np.ndarray, path: Path) -> None:
    """Draw processor seconds and memory over the number of cities, both on log scales."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", sharex=True)
    late = slope(sizes[-2:], costs[-2:])
    for place, values, title in (
        (axes[0], costs, f"Processor seconds, ten targets: slope {late:.2f} from {sizes[-2]} cities on"),
        (axes[1], memory, f"MiB of all processes: slope {slope(sizes, memory):.2f}"),
    ):
        place.loglog(sizes, values, "o-", color="0.2")
        place.set_title(title, fontsize=9, loc="left")
        place.set_xlabel("cities")
        place.set_xticks(sizes, [str(size) for size in sizes], minor=False)
        place.minorticks_off()
        place.set_ylim(values.min() / 3, values.max() * 3)
        for size, value in zip(sizes, values, strict=True):
            place.annotate(f"{value:.0f}", (size, value), (0, 6), textcoords="offset points", ha="center")
        place.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    print(LINE.format("cities", "answers", "seconds", "CPU seconds", "peak MiB", "CPU ms/answer"))
    print(LINE.format(*["---:"] * 6))
    rows = []
    for size in SIZES:
        answers, seconds, cpu, peak = run(size)
        rows.append((size, cpu, peak))
        print(
            LINE.format(
                size, answers, f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:.0f}", f"{1000 * cpu / answers:.0f}"
            )
        )
    sizes, costs, memory = (np.array(column, float) for column in zip(*rows, strict=True))
    print(
        f"slope of CPU seconds, log-log: {slope(sizes, costs):.2f} over all, "
        f"{slope(sizes[-2:], costs[-2:]):.2f} over the last step; of memory {slope(sizes, memory):.2f}"
    )
    if len(sys.argv) > 1:
        draw(sizes.astype(int), costs, memory, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
