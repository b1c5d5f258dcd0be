"""What a memo costs: composing, proving and writing it, and its figure, on the real plans.

    python benchmarks/memos.py

Prints milliseconds of processor time (the least of five, after one warm-up): every format and both languages
of one memo, reading its six files back to prove them (part of the first), and one figure. Allowed: 500 for a
memo, 100 for a figure.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analysis import catalogue, documents, memo, plots, processed

CASES = [
    ("henan-2024", "2024-12-31", "rd-intensity"),
    ("luohe-2019", "2018-12-31", "rd-intensity"),
    ("luohe-2019", "2018-12-31", "municipal-hte-new"),
]
ALLOWED = {"memo": 500, "figure": 100}


def least(work: Callable, times: int = 5) -> float:
    """Return the least processor time of some calls in milliseconds, after one that is not counted."""
    work()
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def measured(name: str, day: str, key: str) -> tuple[float, float, float]:
    """Return the milliseconds of a memo, of its proof and of its figure (0 without one)."""
    known, folder = catalogue.read(), Path(tempfile.mkdtemp())
    dossier = processed.dossier(name, key, day)
    one = dossier.assessment
    drawn = plots.pictures(plots.answers(one, known))
    figures = {code: memo.Figures(**parts) for code, parts in drawn.items()}
    made = {code: memo.compose(dossier, known, code, figures.get(code)) for code in memo.LANGUAGES}
    paths = memo.write(dossier, known, folder, figures)
    proofs = [(path, made[path.name.split(".")[1]]) for path in paths]
    return (
        least(lambda: memo.write(dossier, known, folder, figures)),
        least(lambda: [documents.prove_document(*proof) for proof in proofs]),
        least(lambda: plots.png(plots.answer(one, "zh", known))) if figures else 0.0,
    )


def main() -> None:
    print(f"{'':40}{'memo':>8}{'proof':>8}{'figure':>8}  ms")
    for case in CASES:
        name, day, key = case
        print(f"{name} {day} {key}".ljust(40) + "".join(f"{one:8.0f}" for one in measured(*case)))
    print(f"{'allowed':40}{ALLOWED['memo']:8}{'':8}{ALLOWED['figure']:8}")


if __name__ == "__main__":
    main()
