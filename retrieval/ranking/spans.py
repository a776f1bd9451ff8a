"""The spans of sentences that could be an answer by their form, and how close to each the question stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.question.kinds import answer_group
from retrieval.ranking import compiled
from retrieval.ranking.evidence import Evidence, Spans
from retrieval.ranking.measures import Array, Indices

_SURER = 0.6
"""What a span of a less sure pattern counts beside one of a surer one."""
_NEW = 0.34
"""The share of a span that the question must not have said itself."""


def typed(evidence: Evidence, rows: Sequence[int], *, loosely: bool = False) -> tuple[Spans, Array]:
    """Find the spans in the sentences of ``rows`` that have the form asked for, and say something new.

    With them comes how far each is trusted, which falls with the patterns' order. ``loosely``: also those that are
    highlighted, but do not tell that a sentence answers.
    """
    kind, unit = evidence.question.kind, evidence.question.unit
    measures = (unit,) if unit is not None and kind.name in ("number", "duration") else ()
    patterns = (*measures, *kind.spans, *(kind.loose if loosely else ()))
    found = [evidence.matches(pattern, rows, answer_group(pattern)) for pattern in patterns]
    if not found:
        return Spans.of([]), np.zeros(0)
    spans = Spans(*map(np.concatenate, zip(*found, strict=True)))
    trust = np.repeat([_SURER**order for order in range(len(found))], [len(some.rows) for some in found])
    lengths = spans.stops - spans.starts
    kept = evidence.new(spans.starts, spans.stops) >= np.maximum(_NEW * lengths, 1)
    return Spans(*(numbers[kept] for numbers in spans)), trust[kept]


def closeness(evidence: Evidence, rows: Indices, places: Indices) -> Array:
    """Return how much of the question stands near each place of ``passages.text``, each term once, from 0 to 1.

    ``rows`` are the sentences of the places: only what stands in the same sentence counts. A term counts by its weight,
    more when it stands beside the question word, and less the farther away it is.
    """
    positions, lengths, weights, total = evidence.pulling
    near = compiled.closeness(positions, places, evidence.bounds, rows_of=rows, lengths=lengths, weights=weights)
    return near / total


def pulls(evidence: Evidence, spans: Spans) -> Array:
    """Return the closeness of the question to each span, at whichever of its ends it is closer."""
    places = np.concatenate((spans.starts, spans.stops - 1))
    near = closeness(evidence, np.concatenate((spans.rows, spans.rows)), places)
    return np.asarray(near.reshape(2, -1).max(axis=0))
