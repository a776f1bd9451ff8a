"""What of the form that a question asks for, a number or a time, stands in the likely sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from retrieval.question.kinds import Kind, answer_group
from retrieval.ranking.measures import Array, Flags, Indices, columns

if TYPE_CHECKING:
    from retrieval.ranking.evidence import Evidence

_EXPLAINS = re.compile(r"\s*(?:#(?!#)|//|--|;)")
_FORMED = frozenset(("number", "duration", "year", "time", "origin", "step"))
"""Kinds of question whose answers are known by their form."""
_MARK = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、)]|\.(?!\d))\s*")
"""The mark of an item: its number answers only who asks for a step."""

Match = tuple[int, int, int, int]
"""A row, where in the text of the passages what was found begins and ends, and the number of the pattern."""
Seen = dict[tuple[str, int], list[tuple[int, int, int]]]
"""What stands in the sentences of a paragraph: by one of ``Kind.patterns`` and place, from the sentence's beginning."""


@lru_cache(maxsize=4096)
def _seen(paragraph: str, kind: Kind) -> Seen:  # noqa: ARG001 - by these it is kept
    """Return what has been seen in a paragraph, for more to be added."""
    return {}


class Forms:
    """What of the asked form stands in each sentence of the evidence; in one that is not likely, nothing."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def matches(self, pattern: re.Pattern[str], rows: Iterable[int]) -> Indices:
        """Return where a pattern stands in the sentences of some rows: an array of ``Match`` × what was found."""
        text = self._evidence.passages.text
        searched = ((row, pattern.finditer(text, *self._bounds(row))) for row in rows)
        return columns([(row, *match.span(), 0) for row, found in searched for match in found], 4)

    def of_kind(self, what: str, rows: Iterable[int]) -> Indices:
        """Return where something of the question's kind stands in some likely sentences, as ``matches`` does.

        ``what`` is one of ``Kind.patterns``. Each sentence is searched for it once, whatever is asked.
        """
        result: list[Match] = []
        for row in rows:
            seen, place, begin = self._places[row]
            spans = seen.get((what, place))
            if spans is None:
                spans = seen[what, place] = self._spans(what, row, begin)
            for start, stop, number in spans:
                result.append((row, start + begin, stop + begin, number))
        return columns(result, 4)

    def _spans(self, what: str, row: int, begin: int) -> list[tuple[int, int, int]]:
        text, bounds = self._evidence.passages.text, self._bounds(row)
        return [
            (match.start(group) - begin, match.end(group) - begin, number)
            for number, pattern in enumerate(self._evidence.question.kind.patterns(what))
            for group in (answer_group(pattern),)
            for match in pattern.finditer(text, *bounds)
        ]

    @cached_property
    def _places(self) -> dict[int, tuple[Seen, int, int]]:
        """What has been seen in the paragraph of each likely row, which of its sentences it is, and where it begins."""
        e = self._evidence
        seen = [_seen(prepared.normal.text, e.question.kind) for prepared in e.passages.prepared]
        rows = zip(e.likely, *(values[e.likely_rows].tolist() for values in (e.hit, e.place, e.quoted)), strict=True)
        return {row: (seen[hit], place, begin) for row, hit, place, begin in rows}

    def _bounds(self, row: int) -> tuple[int, int]:
        """Where in the text the sentence of a row begins, behind the mark of an item, and ends."""
        e = self._evidence
        begin = e.quoted.item(row)
        mark = None if e.question.kind.name == "step" else _MARK.match(e.passages.text, begin)
        return mark.end() if mark else begin, e.ends.item(row)

    @cached_property
    def count(self) -> Array:
        """The number of spans that could answer by their form; one that the question's own words cover is none."""
        e = self._evidence
        rows, starts, stops, _ = self.of_kind("answers", e.likely)
        new = rows[e.new(starts, stops) > 0]
        return np.bincount(new, minlength=len(e.rows)).astype(np.float64)

    @cached_property
    def measured(self) -> Array:
        """Whether there is a number with the unit that the question asks for."""
        e = self._evidence
        result = np.zeros(len(e.rows))
        if e.question.unit is not None:
            rows, starts, *_ = self.matches(e.question.unit, e.likely)
            result[rows[e.new(starts, starts + 1) > 0]] = 1
        return result

    @cached_property
    def lacking(self) -> Flags:
        """Whether there is no number or time, where that is asked for."""
        e = self._evidence
        kind, unit = e.question.kind.name, e.question.unit
        if kind not in _FORMED:
            return np.zeros(len(e.rows), dtype=np.bool_)
        has = (self.measured if unit is not None and kind == "number" else self.count) > 0
        for row in e.likely:  # what leads in to a line, or explains it, is quoted with it
            if row + 1 < len(has) and has[row + 1] and e.place.item(row + 1):
                text = e.sentence_at(row).text
                has[row] |= text.rstrip().endswith((":", "：")) or _EXPLAINS.match(text) is not None
        return np.asarray(~has)
