"""What in a sentence answers: the tightest span that has the form asked for, else the clause that matches best."""

from __future__ import annotations

import re

import numpy as np

from retrieval.ranking.evidence import Evidence
from retrieval.ranking.spans import closeness, typed

_CLAUSE = re.compile(r"[^,，;；:：。！!？?\n]+")
_OLD = 0.5
"""What a clause counts that says nothing but what the question says, beside one of which half is new."""
_ANYHOW = 0.05
"""What the form of a span counts beside its closeness, so that the surer pattern wins where nothing is close."""


def highlights(evidence: Evidence, row: int) -> tuple[tuple[int, int], ...]:
    """Return the span of the sentence in ``row`` that answers, as offsets in its text; none for a blank sentence."""
    span = _typed(evidence, row) or _clause(evidence, row)
    return () if span is None else (_original(evidence, row, span),)


def _typed(evidence: Evidence, row: int) -> tuple[int, int] | None:
    """Choose the span of the asked form to which the question's terms stand closest."""
    found_all = row in evidence.pulled and not evidence.question.kind.loose
    spans = evidence.spans if found_all else typed(evidence, (row,), loosely=True)
    (own,) = (spans.rows == row).nonzero()
    if not len(own):
        return None
    best = own.item((spans.trust * spans.near + _ANYHOW * spans.trust)[own].argmax())
    return spans.starts.item(best), spans.stops.item(best)


def _clause(evidence: Evidence, row: int) -> tuple[int, int] | None:
    """Choose the clause of a sentence that holds most of the question, and says something new."""
    text, begin, end = evidence.passages.text, int(evidence.quoted[row]), int(evidence.ends[row])
    found = [match.span() for match in _CLAUSE.finditer(text, begin, end) if match.group().strip()]
    near = closeness(evidence, np.full(end - begin, row), np.arange(begin, end))

    def value(span: tuple[int, int]) -> float:
        start, stop = span
        new = 1 - (evidence.said.item(stop) - evidence.said.item(start)) / (stop - start)
        return float(near[start - begin : stop - begin].max()) * min(1.0, _OLD + new)

    return max(found, key=value, default=None)


def _original(evidence: Evidence, row: int, span: tuple[int, int]) -> tuple[int, int]:
    """Turn a span of ``passages.text`` into one of the sentence's own text."""
    passages, number = evidence.passages, int(evidence.rows[row])
    sentence = evidence.sentence_at(row)
    prepared = passages.prepared[int(passages.hit[number])]
    shift = prepared.starts[int(passages.place[number])] - int(passages.quoted[number])
    start, end = prepared.normal.original(span[0] + shift, span[1] + shift)
    return max(start, sentence.start) - sentence.start, min(end, sentence.end) - sentence.start
