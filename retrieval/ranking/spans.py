"""The spans of sentences that could be an answer by their form, and how close to each the question stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.question.kinds import answer_group
from retrieval.ranking import compiled
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array, Indices

_SURER = 0.6
"""What a span of a less sure pattern counts beside one of a surer one."""
_NEW = 0.34
"""The share of a span that the question must not have said itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """The span ``passages.text[start:stop]`` in the sentence of ``row``; ``trust`` falls with the patterns' order."""

    row: int
    start: int
    stop: int
    trust: float


def typed(evidence: Evidence, rows: Sequence[int], *, loosely: bool = False) -> list[Span]:
    """Find the spans in the sentences of ``rows`` that have the form asked for, and say something new.

    ``loosely``: also those that are highlighted, but do not tell that a sentence answers.
    """
    kind, unit, said = evidence.question.kind, evidence.question.unit, evidence.said
    measures = (unit,) if unit is not None and kind.name in ("number", "duration") else ()
    found = (
        Span(*match, _SURER**order)
        for order, pattern in enumerate((*measures, *kind.spans, *(kind.loose if loosely else ())))
        for match in evidence.matches(pattern, rows, answer_group(pattern))
    )
    return [
        span
        for span in found
        if span.stop - span.start - (said[span.stop] - said[span.start]) >= max(_NEW * (span.stop - span.start), 1)
    ]


def closeness(evidence: Evidence, rows: Indices, places: Indices) -> Array:
    """Return how much of the question stands near each place of ``passages.text``, each term once, from 0 to 1.

    ``rows`` are the sentences of the places: only what stands in the same sentence counts. A term counts by its weight,
    more when it stands beside the question word, and less the farther away it is.
    """
    held = [(column, len(term)) for term, column in evidence.columns.items() if len(term) > 1]
    held = [(column, length) for column, length in held if len(evidence.positions[column])]
    columns, lengths = np.array(held, np.int64).reshape(-1, 2).T.copy()
    weights = evidence.weights * (0.3 + evidence.nearness)
    positions = evidence.positions.some(columns.tolist())
    near = compiled.closeness(
        positions, places, evidence.bounds, rows_of=rows, lengths=lengths, weights=weights[columns]
    )
    return near / max(float(weights.sum()), 1e-9)


def pulls(evidence: Evidence, spans: list[Span]) -> Array:
    """Return the closeness of the question to each span, at whichever of its ends it is closer, times its trust."""
    rows = np.array([span.row for span in spans], dtype=np.int64)
    starts = np.array([span.start for span in spans], dtype=np.int64)
    stops = np.array([span.stop - 1 for span in spans], dtype=np.int64)
    trust = np.array([span.trust for span in spans])
    return np.asarray(trust * np.maximum(closeness(evidence, rows, starts), closeness(evidence, rows, stops)))
