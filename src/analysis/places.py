"""Where things lie. Nothing else knows a path; this room imports nothing of the package."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
CACHE = ROOT / ".cache"
LOCK = ROOT / "requirements.lock"


@dataclass(frozen=True)
class Folders:
    """What belongs to a folder of data: its releases and register in it, plans beside it."""

    data: Path = DATA

    @property
    def raw(self) -> Path:
        return self.data / "raw"

    @property
    def register(self) -> Path:
        return self.data / "register"

    @property
    def processed(self) -> Path:
        return self.data / "processed"

    @property
    def plans(self) -> Path:
        return self.data.resolve().parent / "plans"

    @property
    def lock(self) -> Path:
        """The file one writer of the data holds at a time: outside the data, in ``.cache`` beside them."""
        own = self.data.resolve()
        return own.parent / ".cache" / f"{own.name}.lock"
