"""A target's figures: those to list, every release of them, what was new between two days.

The same in every language, so each is worked out once.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from analysis import outlook, panel, tables
from analysis.attainment import on_basis
from analysis.catalogue import Catalogue
from analysis.outlook import Dossier

Key = tuple[str, str]  # indicator and period
Dates = tuple[str, str]


@dataclass(frozen=True)
class Filed:
    """What is filed of a target's figures, own and parts."""

    dossier: Dossier
    catalogue: Catalogue
    memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Return every release, as it stood then and not as it stands today."""
        return self._of("filed")

    @cached_property
    def informing(self) -> pd.DataFrame:
        """Return the figures of another indicator that the answer rests on."""
        figures = self.dossier.figures[self.dossier.used]
        return outlook.informing(self.dossier.assessment, figures, self.catalogue)

    @cached_property
    def listed(self) -> list[tuple[bool, pd.DataFrame]]:
        """Return the figures to list, each part with whether it is not used."""
        figures, used = self.dossier.figures, self.dossier.used
        own = figures["role"].eq("own")
        parts = (
            (False, figures[own & used]),
            (False, self.informing),
            (True, figures[own & ~used]),
            (True, self.dossier.assessment.shown),
        )
        return [(idle, part) for idle, part in parts if len(part)]

    def between(self, dates: Dates) -> tuple[list[Any], dict[Key, set[int]]]:
        """Return the figures first published between two dates, and the years of those taken back.

        The newest period first, parts last; the years by status and indicator.
        """
        return self._once(dates, lambda: self._news(dates))

    def elsewhere(self, dates: Dates) -> bool:
        """Return whether figures of other regions were published between two dates."""
        return not _between(self._once("elsewhere", lambda: self._of("elsewhere")), dates).empty

    def _of(self, role: str) -> pd.DataFrame:
        figures = self.dossier.figures
        return figures[figures["role"].eq(role)].drop(columns="role").reset_index(drop=True)

    def _news(self, dates: Dates) -> tuple[list[Any], dict[Key, set[int]]]:
        if _between(self.rows, dates).empty:
            return [], {}
        return self._published(dates), self._rerated(dates)

    def _published(self, dates: Dates) -> list[Any]:
        """Return what is new: no number that was there, of whatever source, nor one only rated anew."""
        filed, target = self.rows, self.dossier.assessment.target
        earlier, later = map(self._known, dates)
        there = {*_numbers(earlier), *_numbers(filed[filed["published"].le(pd.Timestamp(dates[0]))])}
        found: dict[Key, Any] = {}
        for rows in (later, filed[filed["status"].ne(tables.WITHDRAWN)]):
            for figure in tables.rows(_between(rows, dates)):
                if (figure.indicator, figure.period, figure.value) not in there:
                    found.setdefault((figure.indicator, figure.period), figure)
        new = sorted(found.values(), key=lambda figure: figure.period, reverse=True)
        entry = self.catalogue.indicators[str(target.indicator)]
        order = [target.indicator, entry.numerator, entry.denominator]
        return sorted(
            new, key=lambda figure: order.index(figure.indicator) if figure.indicator in order else 3
        )

    def _known(self, day: str) -> pd.DataFrame:
        """Return what was known of the region on a day: figures published, and ratios worked out of them."""
        return self._once(day, lambda: self._as_of(day))

    def _as_of(self, day: str) -> pd.DataFrame:
        target, rows = self.dossier.assessment.target, panel.as_of(self.rows, day, self.catalogue)
        return on_basis(rows[rows["indicator"].isin({target.indicator, *self.rows["indicator"]})], target)

    def _rerated(self, dates: Dates) -> dict[Key, set[int]]:
        filed, found = self.rows, dict[Key, set[int]]()
        stood = filed[filed["status"].isin(tables.USABLE) & filed["published"].le(pd.Timestamp(dates[1]))]
        held = {(*cell, source) for cell, source in zip(_cells(stood), stood["source"], strict=True)}
        for row in tables.rows(_between(filed, dates)):
            cell = row.indicator, row.period, row.basis, row.source
            if row.status in tables.NOT_STANDING and cell in held:
                found.setdefault((row.status, row.indicator), set()).add(row.year)
        return found

    def _once(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        if key not in self.memory:
            self.memory[key] = compute()
        return self.memory[key]


def _between(rows: pd.DataFrame, dates: Dates) -> pd.DataFrame:
    return rows[rows["published"].gt(pd.Timestamp(dates[0])) & rows["published"].le(pd.Timestamp(dates[1]))]


def _numbers(rows: pd.DataFrame) -> Iterable[tuple]:
    return zip(rows["indicator"], rows["period"], rows["value"], strict=True)


def _cells(rows: pd.DataFrame) -> Iterable[tuple]:
    return zip(rows["indicator"], rows["period"], rows["basis"], strict=True)
