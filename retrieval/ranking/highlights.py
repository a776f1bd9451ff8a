"""What in a sentence answers: the tightest span that has the form asked for, else the clause that matches best."""

from __future__ import annotations

import re

import numpy as np

from retrieval.ranking.evidence import Array, Evidence
from retrieval.ranking.passages import prepare

_CLAUSE = re.compile(r"[^,，;；:：。！!？?\n]+")
_FADE = 8.0
"""Characters over which a term of the question loses its hold on a span."""
_SURER = 0.6
"""What a span of a less sure pattern counts beside one of a surer one."""


def highlights(evidence: Evidence, row: int) -> tuple[tuple[int, int], ...]:
    """Give the span of the sentence in ``row`` that answers, as offsets in its text; none for a blank sentence."""
    begin, end = int(evidence.begins[row]), int(evidence.ends[row])
    span = _typed(evidence, begin, end) or _clause(evidence, begin, end)
    return () if span is None else (_original(evidence, row, span),)


def _typed(evidence: Evidence, begin: int, end: int) -> tuple[int, int] | None:
    """Choose the span of the asked form to which the question's terms stand closest."""
    pull = _pull(evidence, begin, end)
    best, highest = None, 0.0
    trust = 1.0
    kind = evidence.question.kind
    for found in _measured(evidence, begin, end) + kind.spans_in(evidence.passages.text, begin, end):
        for start, stop in found:
            new = ~evidence.covered[start:stop]
            if not new.any() or new.mean() < 0.34:
                continue
            value = trust * (0.05 + float(pull[start - begin : stop - begin].max(initial=0.0)))
            if value > highest:
                best, highest = (start, stop), value
        trust *= _SURER
    return best


def _measured(evidence: Evidence, begin: int, end: int) -> list[list[tuple[int, int]]]:
    """Find the numbers that stand with the unit asked for."""
    pattern = evidence.question.unit
    if pattern is None or evidence.question.kind.name not in ("number", "duration"):
        return []
    return [[match.span() for match in pattern.finditer(evidence.passages.text, begin, end)]]


def _pull(evidence: Evidence, begin: int, end: int) -> Array:
    """Give for each character of a sentence how much of the question stands near it, each term once.

    A term counts by its weight, more when it stands beside the question word, and less the farther away it is.
    """
    length = end - begin
    places = np.arange(length)
    pull = np.zeros(length)
    weights = evidence.weights * (0.3 + evidence.nearness)
    for term, column in evidence.columns.items():
        found = evidence.positions[column]
        found = found[(found >= begin) & (found < end)] - begin
        if len(found) and len(term) > 1:
            distance = np.abs(places[:, None] - (found + len(term) / 2)[None, :]).min(axis=1)
            pull += weights[column] * np.exp(-distance / _FADE)
    return pull / max(float(weights.sum()), 1e-9)


def _clause(evidence: Evidence, begin: int, end: int) -> tuple[int, int] | None:
    """Choose the clause of a sentence that holds most of the question, and says something new."""
    text = evidence.passages.text
    found = [match.span() for match in _CLAUSE.finditer(text, begin, end) if match.group().strip()]
    pull = _pull(evidence, begin, end)

    def value(span: tuple[int, int]) -> float:
        start, stop = span
        return float(pull[start - begin : stop - begin].max()) + 0.01 * bool((~evidence.covered[start:stop]).any())

    return max(found, key=value, default=None)


def _original(evidence: Evidence, row: int, span: tuple[int, int]) -> tuple[int, int]:
    """Turn a span of ``passages.text`` into one of the sentence's own text."""
    passages, number = evidence.passages, int(evidence.rows[row])
    sentence = evidence.sentence_at(row)
    prepared = prepare(passages.hits[int(passages.hit[number])].paragraph.text)
    shift = prepared.starts[int(passages.place[number])] - int(passages.starts[number])
    start, end = prepared.normal.original(span[0] + shift, span[1] + shift)
    return max(start, sentence.start) - sentence.start, min(end, sentence.end) - sentence.start
