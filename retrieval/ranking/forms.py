"""What of the form that a question asks for, a number or a time, stands in the likely sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.question.kinds import Kind, answer_group
from retrieval.ranking.measures import Array, Flags, Indices, columns
from retrieval.ranking.units import is_comment, leads_in

if TYPE_CHECKING:
    from retrieval.ranking.evidence import Evidence

_FORMED = frozenset(("number", "duration", "year", "time", "origin", "step"))
"""Kinds of question whose answers are known by their form."""
_MARK = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、)]|\.(?!\d))\s*")
"""The mark of an item: its number answers only who asks for a step."""

Match = tuple[int, int, int, int]
"""A row, where in the text of the passages what was found begins and ends, and the number of the pattern."""
Seen = dict[tuple[str, int, int], list[tuple[int, int, int]]]
"""What stands in a paragraph: by one of ``Kind.patterns``, where in its text the sentence begins, and its length."""


class _Place(NamedTuple):
    """A row: where in the text its sentence begins and ends, what was seen in its paragraph, and where in that."""

    row: int
    begin: int
    end: int
    seen: Seen
    offset: int


@lru_cache(maxsize=4096)
def _seen(paragraph: str, kind: Kind) -> Seen:  # noqa: ARG001 - by these it is kept
    """Return what has been seen in a paragraph, for more to be added."""
    return {}


class Forms:
    """What of the asked form stands in each sentence of the evidence; in one that is not likely, nothing."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def matches(self, pattern: re.Pattern[str], rows: Iterable[int]) -> Indices:
        """Return where a pattern stands in some likely sentences: an array of ``Match`` × what was found."""
        text, places = self._evidence.passages.text, (self._places[row] for row in rows)
        searched = ((one.row, pattern.finditer(text, self._unmarked(one.begin), one.end)) for one in places)
        return columns([(row, *match.span(), 0) for row, found in searched for match in found], 4)

    def of_kind(self, what: str, rows: Iterable[int]) -> Indices:
        """Return where something of the question's kind stands in some likely sentences, as ``matches`` does.

        ``what`` is one of ``Kind.patterns``. Each sentence is searched for it once, whatever is asked.
        """
        text = self._evidence.passages.text
        result: list[Match] = []
        patterns = [(pattern, answer_group(pattern)) for pattern in self._evidence.question.kind.patterns(what)]
        for row in rows if patterns else ():
            _, begin, end, seen, offset = self._places[row]
            key = what, offset, end - begin
            spans = seen.get(key)
            if spans is None:
                start = self._unmarked(begin)
                spans = seen[key] = [
                    (match.start(group) - begin, match.end(group) - begin, number)
                    for number, (pattern, group) in enumerate(patterns)
                    for match in pattern.finditer(text, start, end)
                ]
            for first, last, number in spans:
                result.append((row, first + begin, last + begin, number))
        return columns(result, 4)

    @cached_property
    def _places(self) -> dict[int, _Place]:
        """The likely rows."""
        e = self._evidence
        hits = [(_seen(one.normal.text, e.question.kind), one.starts) for one in e.passages.prepared]
        arrays = (values[e.likely_rows].tolist() for values in (e.quoted, e.ends, e.hit, e.place))
        places = {}
        for row, begin, end, hit, place in zip(e.likely, *arrays, strict=True):
            seen, starts = hits[hit]
            places[row] = _Place(row, begin, end, seen, starts[place])
        return places

    def _unmarked(self, begin: int) -> int:
        """Return where the sentence that begins here does behind the mark of an item."""
        if self._evidence.question.kind.name == "step":
            return begin
        mark = _MARK.match(self._evidence.passages.text, begin)
        return mark.end() if mark else begin

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
                has[row] |= leads_in(text) or is_comment(text)
        return np.asarray(~has)
