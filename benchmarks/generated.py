"""A country that never was, in the project's own form: regions, indicators, one release, one plan; seeded."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis.intake import adding

YEARS = range(2012, 2024)
PUBLISHED = "2024-06-01"
PROVINCES = 31
KINDS = ("amount", "ratio", "stock", "flow", "amount", "ratio", "stock", "amount", "ratio", "amount")
UNITS = {"amount": "100 million yuan", "ratio": "%", "stock": "enterprises", "flow": "enterprises"}


def codes(cities: int) -> list[str]:
    """Return the codes of so many cities, dealt out to 31 provinces."""
    return sorted(f"{11 + n % PROVINCES:02d}{1 + n // PROVINCES:02d}00" for n in range(cities))


def write(folder: Path, cities: int, indicators: int = 10, seed: int = 0) -> Path:
    """Write ``folder/data`` and ``folder/plans/generated.yml``; return the folder of the data."""
    data, names = folder / "data", [f"indicator_{n}" for n in range(indicators)]
    (data / "raw").mkdir(parents=True)
    (folder / "plans").mkdir()
    _regions(data / "regions.csv", codes(cities))
    _yaml(data / "indicators.yml", _indicators(names))
    _yaml(data / "sources.yml", {"yearbook": _source()})
    _yaml(folder / "plans" / "generated.yml", _plan(names, codes(cities)[0]))
    figures(codes(cities), names, np.random.default_rng(seed)).to_csv(folder / "sent.csv", index=False)
    adding.add(folder / "sent.csv", "yearbook", PUBLISHED, folder=data)
    return data


def figures(regions: list[str], names: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Return walks of every region and indicator, with the columns of the form."""
    keys = pd.MultiIndex.from_product([regions, names, YEARS], names=["region", "indicator", "year"])
    shape = len(regions), len(names), len(YEARS)
    steps = rng.normal(rng.normal(0.06, 0.03, (*shape[:2], 1)), 0.08, shape)
    whole = np.array([UNITS[kind] == "enterprises" for kind in KINDS[: len(names)]])[:, None]
    level = np.where(whole, 4.0, 0.3) + rng.normal(0, 0.7, (*shape[:2], 1)) + np.cumsum(steps, axis=2)
    value = np.exp(level)
    value = np.where(whole, np.ceil(value), np.round(value, 2))
    unit = np.broadcast_to(np.array([UNITS[kind] for kind in KINDS[: len(names)]])[:, None], shape)
    told = {"value": value.ravel(), "unit": unit.ravel(), "status": "yearbook"}
    return pd.DataFrame(told, index=keys).reset_index()


def named(digits: str) -> str:
    """Return letters for digits: no name of a region holds a number."""
    return digits.translate(str.maketrans("0123456789", "ABCDEFGHIJ"))


def _regions(path: Path, cities: list[str]) -> None:
    provinces = sorted({f"{code[:2]}0000" for code in cities})
    rows = [("000000", "全国", "China", "country", "")]
    rows += [
        (code, f"{named(code[:2])}省", f"Province {named(code[:2])}", "province", "000000")
        for code in provinces
    ]
    rows += [
        (code, f"{named(code[:4])}市", f"City {named(code[:4])}", "city", f"{code[:2]}0000")
        for code in cities
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("code", "zh", "en", "level", "parent"), *rows])


def _indicators(names: list[str]) -> dict:
    entries = {
        name: {
            "zh": f"第{n}项指标",
            "en": f"indicator {n}",
            "unit": UNITS[kind],
            "kind": kind,
            "bounds": [0, 100 if kind == "ratio" else None],
            "good": "up",
            "decimals": 0 if UNITS[kind] == "enterprises" else 2,
            "definition": {"zh": "生成的数据", "en": "generated"},
        }
        for n, (name, kind) in enumerate(zip(names, KINDS, strict=False))
    }
    words = {"100 million yuan": "亿元", "%": "%", "enterprises": "家"}
    units = {unit: {"zh": zh, "accepts": {zh: 1, unit: 1}} for unit, zh in words.items()}
    return {"bases": {}, "indicators": entries, "units": units}


def _source() -> dict:
    text = {"zh": "生成", "en": "generated"}
    rated = {"rank": 1, "quality": "green", "suitability": "green", "terms": "none"}
    return text | {"publisher": text, "kind": "statistics_office"} | rated


def _plan(names: list[str], region: str) -> dict:
    """Return a plan with a target an indicator: numbers, and every fifth a rise on the year before."""
    targets = []
    for n, (name, kind) in enumerate(zip(names, KINDS, strict=False)):
        one = {"id": f"target-{n}", "clause": str(n), "title": {"zh": f"目标{n}", "en": f"target {n}"}}
        one |= {
            "indicator": name,
            "deadline": 2025,
            "kind": {"amount": "level", "ratio": "share"}.get(kind, kind),
        }
        rises = {"kind": "direction", "comparison": ">", "than": 2024}
        targets.append(
            one | (rises if n % 5 == 4 else {"goal": 120.0 if UNITS[kind] == "enterprises" else 3.0})
        )
    text = {"zh": "生成的规划", "en": "a generated plan"}
    head = {"id": "generated", "region": region, "title": text, "document": "none", "issuer": text}
    return head | {"issued": "2023-01-01", "targets": targets}


def _yaml(path: Path, content: dict) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
