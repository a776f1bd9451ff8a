"""What in a sentence answers: the tightest span that has the form asked for, else the clause that matches best."""

from __future__ import annotations

import re

import numpy as np

from retrieval.evidence import Evidence
from retrieval.passages import prepare

_CLAUSE = re.compile(r"[^,，;；:：。！!？?、]+")
TYPED = ("time", "duration", "number", "person", "place", "name")
"""The kinds whose answers have a form to be found by."""


def highlights(evidence: Evidence, row: int) -> tuple[tuple[int, int], ...]:
    """Give the spans of the sentence in ``row`` that answer, as offsets in its text, in order and apart."""
    spans = [best_span(evidence, row)]
    return tuple(_original(evidence, row, span) for span in spans if span)


def best_span(evidence: Evidence, row: int) -> tuple[int, int] | None:
    """Choose one span of ``passages.text``: of the asked form and near the question's terms, else the best clause."""
    starts, text = evidence.passages.starts, evidence.passages.text
    begin, end = int(starts[evidence.rows[row]]), int(starts[evidence.rows[row] + 1])
    weight = np.convolve(evidence.covered[begin:end].astype(float), np.ones(9), "same")
    if evidence.question.kind.name in TYPED and evidence.answering[row]:
        return max(evidence.answering[row], key=lambda span: float(weight[span[0] - begin : span[1] - begin].max()))
    clauses = [match.span() for match in _CLAUSE.finditer(text, begin, end) if match.group().strip()]
    if not clauses:
        return None
    return max(clauses, key=lambda span: int(evidence.covered[span[0] : span[1]].sum()))


def _original(evidence: Evidence, row: int, span: tuple[int, int]) -> tuple[int, int]:
    """Turn a span of ``passages.text`` into one of the sentence's own text."""
    passages = evidence.passages
    number = int(evidence.rows[row])
    sentence = passages.sentences[number]
    assert sentence is not None  # noqa: S101 - the rows of the evidence are those that hold sentences
    prepared = prepare(passages.hits[int(passages.hit[number])].paragraph.text)
    shift = prepared.starts[int(passages.place[number])] - int(passages.starts[number])
    start, end = prepared.normal.original(span[0] + shift, span[1] + shift)
    return max(start - sentence.start, 0), min(end, sentence.end) - sentence.start
