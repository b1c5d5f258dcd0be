"""From marked text to markup: what a number of the page looks like, and what is declared no number."""

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from analysis.documents import blocks

OPENING, CLOSING = "《“", "》”"


class Marker:
    """Turns marked text into markup: a fact becomes a button that shows its trace; a year needs none."""

    def __init__(self, language: str, facts: Mapping[str, blocks.Fact]):
        self.language, self.facts = language, facts

    def __call__(self, marked: object, memo: Mapping | None = None) -> Markup:
        """Mark a text of the page, or one of a memo with that memo's names, notes and constants."""
        text, memo = str(marked).replace(blocks.BREAK, ""), memo or {}
        made, inside = [], 0
        for run in blocks.runs(text):
            made.append(self._run(run, memo, inside > 0))
            inside += sum(run.text.count(one) for one in OPENING) - sum(
                run.text.count(one) for one in CLOSING
            )
        return Markup("").join(made)

    def still(self, marked: object) -> Markup:
        """Mark a text where nothing can be pressed: facts keep their names and are no buttons."""
        return Markup("").join(
            Markup('<span data-fact="{}">{}</span>').format(run.fact, run.text)
            if run.fact
            else escape(run.text)
            for run in blocks.runs(str(marked))
        )

    def _run(self, run: blocks.Run, memo: Mapping, inside: bool) -> Markup:
        """Mark a run; inside a title or a quotation a number is somebody's word and no button."""
        if not run.fact:
            return self._plain(run.text, memo.get("constants", ()))
        name = memo.get("prefix", "") + run.fact
        fact = self.facts.get(name)
        traced = fact is None or any(getattr(fact, one) for one in blocks.TRACE)
        if inside or not traced or (fact is not None and fact.unit == "year"):
            return Markup('<span data-fact="{}">{}</span>').format(name, run.text)
        return Markup('<span role="button" tabindex="0" class="n" data-fact="{}">{}</span>').format(
            name, run.text
        )

    def _plain(self, text: str, constants: Sequence[str]) -> Markup:
        """Escape a text between facts; phrases declared constant are marked as such."""
        if not any(phrase in text for phrase in constants):
            return escape(text)
        pieces = re.split("(" + "|".join(map(re.escape, constants)) + ")", text)
        return Markup("").join(
            Markup("<span data-constant>{}</span>").format(piece) if piece in constants else escape(piece)
            for piece in pieces
        )
