"""All a machine without any network needs, in one folder: the project, wheels, licences, how to install.

Wheels are fetched for the machines that shall use them, not for this one; each must have a hash of the lock.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from io import BytesIO
from pathlib import Path

from analysis import __version__, places, store

PYTHONS = ("3.11", "3.12", "3.13")
GLIBC = 28  # 2.28: what Kylin V10 and UOS 20 have; newer systems run what was built for older ones
UNKNOWN = "not stated"


@dataclass(frozen=True)
class Platform:
    """A kind of machine: what the lock's markers ask of it, and whose wheels it takes."""

    machine: str
    system: str
    os_name: str
    sys_platform: str

    @property
    def tags(self) -> list[str]:
        if self.sys_platform == "win32":
            return [f"win_{self.machine.lower()}"]
        new = [f"manylinux_2_{minor}" for minor in range(GLIBC, 4, -1)]
        return [f"{tag}_{self.machine}" for tag in (*new, "manylinux2014", "manylinux2010", "manylinux1")]

    def environment(self, python: str) -> dict[str, str]:
        """Return what markers are about, for a full version of Python."""
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_machine": self.machine,
            "platform_system": self.system,
            "os_name": self.os_name,
            "sys_platform": self.sys_platform,
            "python_full_version": python,
            "python_version": python.rpartition(".")[0],
        }


PLATFORMS = {
    "linux-x86_64": Platform("x86_64", "Linux", "posix", "linux"),
    "linux-aarch64": Platform("aarch64", "Linux", "posix", "linux"),
    "windows-amd64": Platform("AMD64", "Windows", "nt", "win32"),
}


@dataclass(frozen=True)
class Made:
    """A bundle: where it lies, bytes of wheels by (platform, Python), and who lacks a wheel of what."""

    folder: Path
    sizes: dict[tuple[str, str], int]
    missing: dict[tuple[str, str], list[str]]


def make(out: Path, platforms: Iterable[str] = PLATFORMS, pythons: Iterable[str] = PYTHONS) -> Made:
    """Write a bundle of what is committed, for some platforms and versions of Python.

    Raises
    ------
    RuntimeError
        If this is no clone (what is packed is the commit), or the wheels cannot be fetched.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as place:
        staging = Path(place) / "bundle"
        commit = _project(staging)
        wheels = staging / "wheels"
        wheels.mkdir()
        entries = locked((staging / places.LOCK.name).read_text(encoding="utf-8"))
        sizes, missing = {}, {}
        for target in [(platform, python) for platform in platforms for python in pythons]:
            missing[target], served = _fetch(entries, *target, wheels)
            sizes[target] = sum(path.stat().st_size for path in served)
        page = (staging / "docs" / "closed.html").read_text(encoding="utf-8")
        (staging / "INSTALL.html").write_text(filled(page, commit, sizes, missing), encoding="utf-8")
        table = licences(metadata.PathDistribution(_metadata(path)) for path in wheels.glob("*.whl"))
        (staging / "licences.md").write_text(table, encoding="utf-8", newline="\n")
        files = sorted(path for path in staging.rglob("*") if path.is_file())
        digests = {path.relative_to(staging).as_posix(): store.sha256(path.read_bytes()) for path in files}
        sums = [f"{digest}  {name}\n" for name, digest in digests.items()]
        (staging / "SHA256SUMS").write_text("".join(sums), encoding="utf-8", newline="\n")
        return Made(store.replace(staging, out / f"analysis-{__version__}"), sizes, missing)


def _project(folder: Path) -> str:
    """Lay down what is committed; return the commit's short name."""
    try:
        packed, commit = (
            subprocess.run(["git", *words], cwd=places.ROOT, check=True, capture_output=True).stdout
            for words in (["archive", "--format=tar", "HEAD"], ["rev-parse", "--short=12", "HEAD"])
        )
    except (OSError, subprocess.CalledProcessError):
        raise RuntimeError(f"{places.ROOT}: git finds no commit here; make the bundle in a clone") from None
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return commit.decode().strip()


# ------------------------------------------------------------------------------------------------ wheels


def locked(text: str) -> list[str]:
    """Return the entries of a lock: a requirement, its marker and its hashes each.

    >>> locked("a==1 ; os_name == 'nt' --hash=x\\nb==2 --hash=y")
    ["a==1 ; os_name == 'nt' --hash=x\\n", 'b==2 --hash=y']
    """
    return [entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.M) if re.match("[a-z0-9]", entry)]


def wanted(entries: Iterable[str], platform: str, python: str) -> list[str]:
    """Return the entries a platform needs at a full version of Python, without their markers.

    pip asks markers of the Python it runs in, not of the one it fetches for.
    """
    from packaging.markers import Marker

    environment, chosen = PLATFORMS[platform].environment(python), []
    for entry in entries:
        pinned, marker, hashes = re.fullmatch(r"(\S+)(?: ; (.*?))?( \\?\s*--hash.*)", entry, re.S).groups()  # type: ignore[union-attr]
        if marker is None or Marker(marker).evaluate(environment):
            chosen.append(pinned + hashes)
    return chosen


def _fetch(entries: list[str], platform: str, python: str, wheels: Path) -> tuple[list[str], set[Path]]:
    """Fetch a target's wheels; return what has none, and the wheels that serve the target.

    A lock may tell the first releases of a Python from later ones, so both ends are asked for.
    """
    missing: list[str] = []
    asked: dict[str, str] = {}
    for full in (f"{python}.0", f"{python}.99"):
        for entry in wanted(entries, platform, full):
            asked.setdefault(entry, full)
    for full in dict.fromkeys(asked.values()):
        left = [entry for entry, first in asked.items() if first == full and not _pure(entry, wheels)]
        while left and (failed := _download(left, platform, full, wheels)):
            missing += failed
            left = [entry for entry in left if _name(entry) not in failed]
    names = {_stem(entry) for entry in asked}
    return missing, {path for path in wheels.iterdir() if _serves(path, names, platform, python)}


def _name(entry: str) -> str:
    return entry.split()[0]


def _stem(entry: str) -> str:
    """Return how the names of an entry's wheels begin.

    >>> _stem("vl-convert-python==1.9.0.post1 --hash=x")
    'vl_convert_python-1.9.0.post1'
    """
    name, _, version = _name(entry).partition("==")
    return f"{re.sub('[-_.]+', '_', name)}-{version}"


def _stem_of(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return f"{re.sub('[-_.]+', '_', name).lower()}-{version}"


def _pure(entry: str, wheels: Path) -> bool:
    """Whether a wheel that serves every machine is there already."""
    return any(_stem_of(path) == _stem(entry) for path in wheels.glob("*-none-any.whl"))


def _serves(wheel: Path, stems: set[str], platform: str, python: str) -> bool:
    from packaging import tags, utils

    version = tuple(map(int, python.split(".")))
    fit = {*tags.cpython_tags(version, platforms=PLATFORMS[platform].tags)}
    fit |= {*tags.compatible_tags(version, f"cp{python.replace('.', '')}", PLATFORMS[platform].tags)}
    return _stem_of(wheel) in stems and not fit.isdisjoint(utils.parse_wheel_filename(wheel.name)[3])


def _download(entries: list[str], platform: str, python: str, wheels: Path) -> list[str]:
    """Fetch wheels by pip; return the first that has none for this platform and Python."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "wanted.txt"
        asked.write_text("".join(entries), encoding="utf-8")
        tags = [word for tag in PLATFORMS[platform].tags for word in ("--platform", tag)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                   "--no-deps", "--only-binary=:all:", "--require-hashes", "--implementation", "cp",
                   "--python-version", python, "--cache-dir", str(places.CACHE / "pip"), *tags,
                   "--dest", str(wheels), "-r", str(asked)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.returncode:
        return []
    lacking = re.findall(r"No matching distribution found for (\S+)", done.stderr)
    if not set(lacking) & {_name(entry) for entry in entries}:
        raise RuntimeError(f"wheels for {platform}, Python {python}: {done.stderr.strip()[-600:]}\n"
                           "A bundle is made where PyPI can be reached.")  # fmt: skip
    return lacking


# ---------------------------------------------------------------------------------------------- licences


def licences(distributions: Iterable[metadata.Distribution]) -> str:
    """Return a table in Markdown of what is installed, or packed, and the licence each states."""
    rows = {(one.metadata["Name"].lower(), one.version, stated(one)) for one in distributions}
    lines = [f"| {name} | {version} | {licence} |\n" for name, version, licence in sorted(rows)]
    return "".join(["| package | version | licence |\n", "|---|---|---|\n", *lines])


def stated(distribution: metadata.Distribution) -> str:
    """Return the licence a package states: an expression, else classifiers, else its text's first line."""
    about = distribution.metadata
    classes = [one.split(" :: ") for one in about.get_all("Classifier", [])]
    kinds = sorted({one[-1] for one in classes if one[0] == "License"} - {"OSI Approved"})
    text = "".join(about.get_all("License", [])).strip().splitlines()
    found = [*about.get_all("License-Expression", []), *filter(None, ["; ".join(kinds)]), *text[:1], UNKNOWN]
    return found[0].replace("|", "/")


def _metadata(wheel: Path) -> zipfile.Path:
    """Return the folder of a wheel, inside the archive, that tells about it."""
    archive = zipfile.ZipFile(wheel)
    inside = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return zipfile.Path(archive, inside.removesuffix("METADATA"))


# -------------------------------------------------------------------------------------------------- page


def filled(
    page: str,
    commit: str,
    sizes: dict[tuple[str, str], int],
    missing: dict[tuple[str, str], list[str]],
) -> str:
    """Return the page with what this bundle holds, in the place kept for it."""
    rows = "\n".join(_rows(sizes, missing))
    table = (
        f"<p>analysis {__version__} ({commit})</p>\n"
        "<table><tr><th>机器 machine</th><th>Python</th>"
        "<th>安装包 wheels</th><th>缺少 no wheel for</th></tr>\n"
        f"{rows}\n</table>"
    )
    return re.sub(
        "(?<=<!-- bundle -->).*?(?=<!-- /bundle -->)", lambda _: f"\n{table}\n", page, count=1, flags=re.S
    )


def _rows(sizes: dict, missing: dict) -> Iterator[str]:
    for (platform, python), size in sizes.items():
        lacking = ", ".join(missing[platform, python]) or "–"
        yield (f"<tr><td>{platform}</td><td>{python}</td><td>{size / 1e6:.0f} MB</td><td>{lacking}</td></tr>")
