"""What it costs to put a plan to 1, 10, 100, 341 cities: python benchmarks/country.py [picture.png]."""

import os
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
LINE = "{:>7} {:>8} {:>10} {:>12} {:>14}"


def run(cities: int) -> tuple[float, float, int]:
    """Return seconds, peak memory in MiB (own and all processes' at once), and the number of answers."""
    with tempfile.TemporaryDirectory() as name:
        data, out = generated.write(Path(name), cities), Path(name) / "out"
        command = [sys.executable, "-m", "analysis", "country", "--plan", "generated", "--as-of", "2024-12-31",
                   "--data", str(data), "--out", str(out)]  # fmt: skip
        start, peak = time.perf_counter(), 0
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while running.poll() is None:
            peak = max(peak, held(running.pid))
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        answers = len((out / "city.csv").read_text(encoding="utf-8").splitlines()) - 1
    return seconds, peak / 2**20, answers
