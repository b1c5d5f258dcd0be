"""Small faults put into the code, one at a time: which do the tests catch?

    python benchmarks/mutants.py [MODULE ...] [--count 60] [--seed 1] [--seconds 30]

A fault is one of cosmic-ray's: an operator, a comparison, a number, a condition, a loop. Of every module a
seeded sample is taken, from inside functions; a zip made not strict is none, since that is a guard against
other faults. Each fault is put into a fork of a process that has imported everything, by changing the code
of the functions it touches; no file changes. Run are the tests that reach its line, as coverage.py saw
them, and those named after the module; the quickest first, up to so many seconds. What coverage.py saw is
kept until code or tests change. A fault is caught when a test fails or the run does not end. What lives is
printed with its line, to be read: a fault that changes nothing, or a test that is missing. Tests that
compare stored outputs or bytes do not count and are not run.
"""

import argparse
import ast
import importlib
import inspect
import os
import random
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import coverage
import pytest
from cosmic_ray import mutating, plugins
from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.operators.operator import Operator
from parso.tree import NodeOrLeaf as Node

from analysis import store

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "analysis"
LOOKED = [*(ROOT / "tests").glob("*.py"), *(one for one in SOURCE.rglob("*.*") if one.suffix != ".pyc")]
KEPT = ROOT / ".cache" / "mutants" / store.digest(LOOKED, ROOT)[:16]
MODULES = ("panel", "ladder", "spread", "census", "stocks", "answers.rules", "answers.requirements",
           "answers.turning", "answers.whole", "change", "counts", "amounts", "models", "mixtures",
           "forecast", "attainment", "register", "kinds.figure", "kinds.goals", "kinds.paths", "kinds.within",
           "kinds.span", "kinds.rank", "kinds.direction", "memo.ledger", "memo.material", "memo.further",
           "memo.whole", "memo.statements", "memo.reporting", "processed.kept", "intake.doubts",
           "review.workbook", "review.whatif")  # fmt: skip
STORED = ("test_notebooks.py", "test_setup.py", "test_readme.py", "test_end_to_end.py", "test_cluster.py",
          "test_closed.py")  # fmt: skip
ARITHMETIC = {"Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "Pow": "Mul", "FloorDiv": "Mul"}
COMPARISONS = {"Lt": "LtE", "LtE": "Lt", "Gt": "GtE", "GtE": "Gt", "Eq": "NotEq", "NotEq": "Eq"}
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{old}_{new}" for old, new in ARITHMETIC.items()),
    *(f"core/ReplaceComparisonOperator_{old}_{new}" for old, new in COMPARISONS.items()),
    "core/NumberReplacer", "core/AddNot", "core/ReplaceAndWithOr", "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue", "core/ZeroIterationForLoop",
    "core/ReplaceUnaryOperator_Delete_Not", "core/ReplaceUnaryOperator_Delete_USub",
)  # fmt: skip


class Fault(NamedTuple):
    """One small fault: the module, the line it stands in, what stood there and what stands there now."""

    module: str
    line: int
    before: str
    after: str
    source: str


class Places(Visitor):
    """The lines at which an operator can put a fault, in the order of its occurrences."""

    def __init__(self, operator: Operator) -> None:
        self.operator, self.lines = operator, list[int]()

    def visit(self, node: Node) -> Node:
        self.lines += [start[0] for start, _ in self.operator.mutation_positions(node)]
        return node


def faults(module: str, count: int, seed: int) -> tuple[list[Fault], int]:
    """Return a sample of the faults the functions of a module can have, and how many there are."""
    original = file_of(module).read_text(encoding="utf-8")
    lines, tree = original.splitlines(), get_ast(original)
    guards = {line for line, text in enumerate(lines, 1) if "strict=True" in text}
    there = []
    for name in OPERATORS:
        places = Places(plugins.get_operator(name)())
        places.walk(tree)
        wanted = inside(original) - (guards if name.endswith("ReplaceTrueWithFalse") else set())
        there += [(name, i) for i, line in enumerate(places.lines) if line in wanted]
    random.Random(seed).shuffle(there)
    found = []
    for name, occurrence in there[:count]:
        made = mutating.mutate_code(original, plugins.get_operator(name)(), occurrence)
        pairs = enumerate(zip(lines, made.splitlines(), strict=False))
        i, (before, after) = next((place, pair) for place, pair in pairs if pair[0] != pair[1])
        found.append(Fault(module, i + 1, before.strip(), after.strip(), made))
    return found, len(there)


def inside(source: str) -> set[int]:
    """Return the lines of a source that stand in the body of a function."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {line for one in functions for line in range(one.body[0].lineno, (one.end_lineno or 0) + 1)}


def file_of(module: str) -> Path:
    path = SOURCE / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


# ------------------------------------------------------------------------------------------- which tests


class Reached:
    """Which tests reach which line, and how long they take, from one run of the whole suite."""

    def __init__(self) -> None:
        if not (KEPT / "coverage").is_file() or not (KEPT / "times.xml").is_file():
            look()
        self.data = coverage.CoverageData(basename=str(KEPT / "coverage"))
        self.data.read()
        self.seconds: dict[str, float] = {}
        for case in ElementTree.parse(KEPT / "times.xml").iter("testcase"):
            file = case.attrib["classname"].replace(".", "/") + ".py"
            self.seconds[f"{file}::{case.attrib['name']}"] = float(case.attrib["time"])

    def tests(self, fault: Fault, budget: float) -> list[str]:
        """Return the quickest tests of a fault's line and of its module, up to so many seconds."""
        contexts = self.data.contexts_by_lineno(str(file_of(fault.module))).get(fault.line, [])
        direct = {one.partition("|")[0] for one in contexts} - {""}
        files = {one.partition("::")[0] for one in direct} | {
            f"tests/test_{part}.py" for part in fault.module.split(".")
        }
        if not direct:
            return []
        beside = {one for one in self.seconds if one.partition("::")[0] in files}
        chosen, spent = [], 0.0
        for group in (direct, beside - direct):
            for one in sorted(group, key=lambda test: (self.seconds.get(test, 1.0), test)):
                if one.startswith("tests/") and one.partition("::")[0].rpartition("/")[2] not in STORED:
                    spent += self.seconds.get(one, 1.0) + 0.05
                    if spent > budget:
                        break
                    chosen.append(one)
        return chosen


def look() -> None:
    """Run the whole suite once and keep which test reaches which line."""
    KEPT.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder",
         "--max-worker-restart", "0",
         "--cov=analysis", "--cov-report=", "--cov-context=test", f"--junitxml={KEPT / 'times.xml'}", "-p",
         "no:cacheprovider",
         *(f"--ignore=tests/{name}" for name in STORED), "tests"],
        cwd=ROOT, env=os.environ | {"COVERAGE_FILE": str(KEPT / "coverage")}, check=True,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------ put in, and run


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code objects of functions within another's, outermost first."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from codes(constant)


def functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions and methods defined in a module, out of whatever wraps them."""
    for thing in vars(module).values():
        parts = (
            vars(thing).values()
            if isinstance(thing, type) and thing.__module__ == module.__name__
            else [thing]
        )
        for part in parts:
            for name in ("__func__", "fget", "func"):
                part = getattr(part, name, None) or part
            part = inspect.unwrap(part) if callable(part) else part
            if isinstance(part, FunctionType) and part.__module__ == module.__name__:
                yield part


def put_in(fault: Fault) -> bool:
    """Change the code of the functions a fault touches; say whether there was one."""
    module = importlib.import_module(f"analysis.{fault.module}")
    made = {one.co_qualname: one for one in codes(compile(fault.source, str(module.__file__), "exec"))}
    touched = False
    for function in functions(module):
        new = made.get(function.__code__.co_qualname)
        if (
            new is not None
            and different(new, function.__code__)
            and new.co_freevars == function.__code__.co_freevars
        ):
            function.__code__ = new
            touched = True
    return touched


def different(new: CodeType, old: CodeType) -> bool:
    """Say whether two functions do something else, wherever their lines stand."""
    plain = [[one for one in code.co_consts if not isinstance(one, CodeType)] for code in (new, old)]
    inner = [[one for one in code.co_consts if isinstance(one, CodeType)] for code in (new, old)]
    return (
        new.co_code != old.co_code or repr(plain[0]) != repr(plain[1])
        or any(different(*pair) for pair in zip(*inner, strict=False))
    )  # fmt: skip


def caught(fault: Fault, tests: list[str], seconds: float) -> str:
    """Return what became of a fault: caught, lived, or nothing when no function has it."""
    child = os.fork()
    if child == 0:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        os.setsid()
        try:
            status = (
                pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])
                if put_in(fault)
                else 99
            )
        except BaseException:
            status = 1
        os._exit(int(status))
    until = time.monotonic() + 3 * seconds + 60
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return {0: "lived", 99: "nothing"}.get(os.waitstatus_to_exitcode(status), "caught")
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "caught"


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("modules", nargs="*", default=MODULES)
    asked.add_argument("--count", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=30.0)
    given = asked.parse_args()
    os.chdir(ROOT)
    reached = Reached()
    for module in MODULES:
        importlib.import_module(f"analysis.{module}")
    for module in given.modules:
        found, there = faults(module, given.count, given.seed)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda one: judged(one, reached, given.seconds), found))
        told = [(one, what) for one, what in zip(found, results, strict=False) if what != "nothing"]
        n = sum(what == "caught" for _, what in told)
        print(
            f"{module}: {n} of {len(told)} caught ({n / max(len(told), 1):.0%}), of {there} there are",
            flush=True,
        )
        for one, what in told:
            if what != "caught":
                print(f"  {what:9} line {one.line}: {one.before}\n{'':24}-> {one.after}", flush=True)


def judged(fault: Fault, reached: Reached, seconds: float) -> str:
    tests = reached.tests(fault, seconds)
    return caught(fault, tests, seconds) if tests else "unreached"


if __name__ == "__main__":
    main()
