"""Templates as papers and pages want them: an unknown name is an error; compiled once for all processes."""

import contextlib
import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from analysis import places, store

COMPILED = places.CACHE / "templates"


def environment(
    folder: Path, *, autoescape: bool = True, kind: type[jinja2.Environment] = jinja2.Environment
) -> jinja2.Environment:
    """Return the environment of a folder's templates; pages are escaped, papers are not."""
    return kind(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        bytecode_cache=Compiled(),
    )


class Compiled(BytecodeCache):
    """Templates as they were compiled, under all that goes into it: their text, their place, jinja, our code.

    Our code sets the options, and is called by a template where that is compiled.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError), _place(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):  # then every process compiles them
            store.write(_place(bucket), bucket.bytecode_to_string())


def _place(bucket: Bucket) -> Path:
    return COMPILED / f"{bucket.key}-{_code()}"


@cache
def _code() -> str:
    """Return a digest of the package's code and of jinja's version."""
    digest = hashlib.sha256(metadata.version("jinja2").encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
