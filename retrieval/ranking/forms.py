"""What of the form that a question asks for, a number or a time, stands in the likely sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

import numpy as np

from retrieval.question import Question
from retrieval.question.kinds import Kind, answer_group
from retrieval.ranking.measures import Array, Flags, Indices, columns, uncovered
from retrieval.ranking.passages import Passages
from retrieval.ranking.units import is_comment, leads_in

_FORMED = frozenset(("number", "duration", "year", "time", "origin", "step"))
"""Kinds of question whose answers are known by their form."""
_MARK = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、)]|\.(?!\d))\s*")
"""The mark of an item: its number answers only who asks for a step."""

Match = tuple[int, int, int, int]
"""A row, where in the text of the passages what was found begins and ends, and the number of the pattern."""
Seen = dict[tuple[str, int, int], list[tuple[int, int, int]]]
"""What stands in a paragraph: by one of ``Kind.patterns``, where in its text the sentence begins, and its length."""
_Place = tuple[int, int, int, Seen, int]
"""Where a sentence begins, with its mark and behind it, and ends, what was seen in its paragraph, and where in that."""


@lru_cache(maxsize=4096)
def _seen(paragraph: str, kind: Kind) -> Seen:  # noqa: ARG001 - by these it is kept
    """Return what has been seen in a paragraph, for more to be added."""
    return {}


class Forms:
    """What of the asked form stands in each sentence of the evidence; in one that is not likely, nothing.

    ``pieces`` are the sentences among the pieces of the passages, ``likely`` those of them that are ranked; ``said`` is
    what ``measures.cover`` returns of the question's terms.
    """

    def __init__(
        self, question: Question, passages: Passages, *, pieces: Indices, likely: Indices, said: Indices
    ) -> None:
        self._question = question
        self._passages = passages
        self._pieces = pieces
        self._likely = likely
        self._said = said

    def matches(self, pattern: re.Pattern[str], rows: Iterable[int]) -> Indices:
        """Return where a pattern stands in some likely sentences: an array of ``Match`` × what was found."""
        text, places = self._passages.text, self._places
        searched = ((row, pattern.finditer(text, *places[row][1:3])) for row in rows)
        return columns([(row, *match.span(), 0) for row, found in searched for match in found], 4)

    def of_kind(self, what: str, rows: Iterable[int]) -> Indices:
        """Return where something of the question's kind stands in some likely sentences, as ``matches`` does.

        ``what`` is one of ``Kind.patterns``. Each sentence is searched for it once, whatever is asked.
        """
        text, places = self._passages.text, self._places
        result: list[Match] = []
        patterns = [(pattern, answer_group(pattern)) for pattern in self._question.kind.patterns(what)]
        for row in rows if patterns else ():
            begin, start, end, seen, offset = places[row]
            key = what, offset, end - begin
            spans = seen.get(key)
            if spans is None:
                spans = seen[key] = [
                    (match.start(group) - begin, match.end(group) - begin, number)
                    for number, (pattern, group) in enumerate(patterns)
                    if (found := pattern.search(text, start, end))  # most find nothing, and that is told sooner
                    for match in pattern.finditer(text, found.start(), end)
                ]
            for first, last, number in spans:
                result.append((row, first + begin, last + begin, number))
        return columns(result, 4)

    @cached_property
    def _places(self) -> dict[int, _Place]:
        """The likely rows."""
        passages, kind, pieces = self._passages, self._question.kind, self._pieces[self._likely]
        hits = [(_seen(one.normal.text, kind), one.starts) for one in passages.prepared]
        begins, ends = passages.quoted[pieces].tolist(), passages.starts[pieces + 1].tolist()
        starts = begins if kind.name == "step" else map(self._unmarked, begins)
        within = zip(passages.hit[pieces].tolist(), passages.place[pieces].tolist(), strict=True)
        seen = ((hits[hit][0], hits[hit][1][place]) for hit, place in within)
        rows = zip(self._likely.tolist(), begins, starts, ends, seen, strict=True)
        return {row: (begin, start, end, *own) for row, begin, start, end, own in rows}

    def _unmarked(self, begin: int) -> int:
        """Return where the sentence that begins here does behind the mark of an item."""
        mark = _MARK.match(self._passages.text, begin)
        return mark.end() if mark else begin

    @cached_property
    def count(self) -> Array:
        """The number of spans that could answer by their form; one that the question's own words cover is none."""
        rows, starts, stops, _ = self.of_kind("answers", self._likely.tolist())
        new = rows[uncovered(self._said, starts, stops) > 0]
        return np.bincount(new, minlength=len(self._pieces)).astype(np.float64)

    @cached_property
    def measured(self) -> Array:
        """Whether there is a number with the unit that the question asks for."""
        result = np.zeros(len(self._pieces))
        if self._question.unit is not None:
            rows, starts, *_ = self.matches(self._question.unit, self._likely.tolist())
            result[rows[uncovered(self._said, starts, starts + 1) > 0]] = 1
        return result

    @cached_property
    def lacking(self) -> Flags:
        """Whether there is no number or time, where that is asked for."""
        kind, unit = self._question.kind.name, self._question.unit
        if kind not in _FORMED:
            return np.zeros(len(self._pieces), dtype=np.bool_)
        has = (self.measured if unit is not None and kind == "number" else self.count) > 0
        # What leads in to a line, or explains it, is quoted with it.
        before = self._likely[np.append(has, False)[self._likely + 1]]
        for row in before[self._passages.place[self._pieces[before + 1]] > 0].tolist():
            text = self._passages.sentence(self._pieces.item(row)).text
            has[row] |= leads_in(text) or is_comment(text)
        return np.asarray(~has)
