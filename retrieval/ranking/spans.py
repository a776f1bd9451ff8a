"""The spans of sentences that could be an answer by their form, and how close to each the question stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.ranking import compiled
from retrieval.ranking.measures import Array, Indices

if TYPE_CHECKING:
    from retrieval.ranking.evidence import Evidence

_SURER = 0.6
"""What a span of a less sure pattern counts beside one of a surer one."""
_TRUST = np.array([_SURER**order for order in range(16)])
"""… by the number of the pattern, of which no kind has as many."""
_NEW = 0.34
"""The share of a span that the question must not have said itself."""


class Spans(NamedTuple):
    """Spans of the passages' text: ``text[starts[i]:stops[i]]`` in the sentence of ``rows[i]``.

    ``trust`` falls with the order of the patterns that found them; ``near`` is the closeness of the question to each,
    at whichever of its ends it is closer.
    """

    rows: Indices
    starts: Indices
    stops: Indices
    trust: Array
    near: Array


_NOTHING = Spans(*np.zeros((3, 0), np.int64), *np.zeros((2, 0)))


def typed(evidence: Evidence, rows: Sequence[int], *, loosely: bool = False) -> Spans:
    """Find the spans in the sentences of ``rows`` that have the form asked for, and say something new.

    ``loosely``: also those that are highlighted, but do not tell that a sentence answers.
    """
    kind, unit = evidence.question.kind, evidence.question.unit
    spans = evidence.forms.of_kind("highlights" if loosely else "spans", rows)
    if unit is not None and kind.name in ("number", "duration"):
        spans[3] += 1
        spans = np.concatenate((evidence.forms.matches(unit, rows), spans), axis=1)
    if not spans.size:
        return _NOTHING
    _, starts, stops, _ = spans
    rows_of, starts, stops, order = spans[:, evidence.new(starts, stops) >= np.maximum(_NEW * (stops - starts), 1)]
    near = closeness(evidence, np.concatenate((rows_of, rows_of)), np.concatenate((starts, stops - 1)))
    return Spans(rows_of, starts, stops, _TRUST[order], near.reshape(2, -1).max(axis=0))


def closeness(evidence: Evidence, rows: Indices, places: Indices) -> Array:
    """Return how much of the question stands near each place of ``passages.text``, each term once, from 0 to 1.

    ``rows`` are the sentences of the places: only what stands in the same sentence counts. A term counts by its weight,
    more when it stands beside the question word, and less the farther away it is.
    """
    weights, total = evidence.terms.pulls
    near = compiled.closeness(
        evidence.positions, places, evidence.bounds, rows_of=rows, lengths=evidence.terms.pulling, weights=weights
    )
    return near / total
