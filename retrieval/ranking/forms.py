"""What of the form that a question asks for, a number or a time, stands in the likely sentences."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from retrieval.ranking.measures import Array, Flags, columns

if TYPE_CHECKING:
    from retrieval.ranking.evidence import Evidence

_EXPLAINS = re.compile(r"\s*(?:#(?!#)|//|--|;)")
_FORMED = frozenset(("number", "duration", "year", "time", "origin", "step"))
"""Kinds of question whose answers are known by their form."""


class Forms:
    """What of the asked form stands in each sentence of the evidence; in one that is not likely, nothing."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    @cached_property
    def count(self) -> Array:
        """The number of spans that could answer by their form; one that the question's own words cover is none."""
        e = self._evidence
        rows, starts, stops, _ = columns(e.of_kind("answers", e.likely), 4)
        new = rows[e.new(starts, stops) > 0]
        return np.bincount(new, minlength=len(e.rows)).astype(np.float64)

    @cached_property
    def measured(self) -> Array:
        """Whether there is a number with the unit that the question asks for."""
        e = self._evidence
        rows, starts, *_ = columns(e.matches(e.question.unit, e.likely), 4)
        result = np.zeros(len(e.rows))
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
