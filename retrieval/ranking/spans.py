"""The spans of sentences that could be an answer by their form, and how close to each the question stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.evidence import Array, Evidence

_FADE = 8.0
"""Characters over which a term of the question loses its hold on a span."""
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


def typed(evidence: Evidence, rows: Iterable[int], *, loosely: bool = False) -> list[Span]:
    """Find the spans in the sentences of ``rows`` that have the form asked for, and say something new."""
    spans = []
    kind, unit, text = evidence.question.kind, evidence.question.unit, evidence.passages.text
    measures = unit is not None and kind.name in ("number", "duration")
    said = np.concatenate(([0], np.cumsum(evidence.covered)))
    for row in rows:
        begin, end = int(evidence.quoted[row]), int(evidence.ends[row])
        found = kind.spans_in(text, begin, end, loosely=loosely)
        if unit is not None and measures:
            found.insert(0, [match.span() for match in unit.finditer(text, begin, end)])
        for order, matches in enumerate(found):
            for start, stop in matches:
                if stop - start - (said[stop] - said[start]) >= max(_NEW * (stop - start), 1):
                    spans.append(Span(row, start, stop, _SURER**order))
    return spans


def closeness(evidence: Evidence, rows: NDArray[np.int64], places: NDArray[np.int64]) -> Array:
    """Return how much of the question stands near each place of ``passages.text``, each term once, from 0 to 1.

    ``rows`` are the sentences of the places: only what stands in the same sentence counts. A term counts by its weight,
    more when it stands beside the question word, and less the farther away it is.
    """
    long = [(column, len(term)) for term, column in evidence.columns.items() if len(term) > 1]
    held = [(column, evidence.positions[column], length) for column, length in long if len(evidence.positions[column])]
    if not held or not len(places):
        return np.zeros(len(places))
    found = np.concatenate([positions for _, positions, _ in held])
    middle = np.concatenate([positions + length / 2 for _, positions, length in held])
    owner = np.searchsorted(evidence.begins, found, side="right") - 1
    owner[found >= evidence.ends[owner]] = -1
    firsts = np.cumsum([0, *(len(positions) for _, positions, _ in held)])[:-1]
    near = np.exp(-np.abs(places[:, None] - middle[None, :]) / _FADE) * (rows[:, None] == owner[None, :])
    weights = evidence.weights * (0.3 + evidence.nearness)
    nearest = np.maximum.reduceat(near, firsts, axis=1)
    return np.asarray(nearest @ weights[[column for column, _, _ in held]] / max(float(weights.sum()), 1e-9))


def pulls(evidence: Evidence, spans: list[Span]) -> Array:
    """Return the closeness of the question to each span, at whichever of its ends it is closer, times its trust."""
    rows = np.array([span.row for span in spans], dtype=np.int64)
    starts = np.array([span.start for span in spans], dtype=np.int64)
    stops = np.array([span.stop - 1 for span in spans], dtype=np.int64)
    trust = np.array([span.trust for span in spans])
    return np.asarray(trust * np.maximum(closeness(evidence, rows, starts), closeness(evidence, rows, stops)))
