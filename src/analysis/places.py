"""Where things lie. Nothing else knows a path; this room imports nothing of the package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
PLANS = ROOT / "plans"
REPORTS = ROOT / "reports"
CACHE = ROOT / ".cache"
LOCK = ROOT / "requirements.lock"
