"""What a question is about, looked for in the paragraphs: the name of their document, and the names it says."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from retrieval.language import folded
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array
from retrieval.ranking.shares import Places

_REMARK = re.compile(r"[ _(,]")
"""What begins the part of a title that tells it apart from others of its name: 东关街 (扬州)."""


def titled(evidence: Evidence) -> Array:
    """Return of which documents the question says the title."""
    asked = evidence.question.normal.text
    names = [_name(hit.source.title) for hit in evidence.passages.hits]
    return np.array([float(len(name) > 1 and name in asked) for name in names])[evidence.hit]


@lru_cache(maxsize=4096)
def _name(title: str) -> str:
    return _REMARK.split(folded(title))[0]


def named(evidence: Evidence) -> Array:
    """Return the share of the question's entities that the paragraph has, by the weight of the terms in them."""
    if not evidence.entities:
        return np.zeros(len(evidence.rows))
    begins, ends = evidence.terms.asked, evidence.terms.asked + evidence.terms.sizes
    part = np.zeros(len(evidence.terms.columns), np.bool_)
    for entity in evidence.entities:
        part |= (begins >= entity.start) & (ends <= entity.end)
    part &= evidence.terms.sizes > 1
    weights = evidence.terms.weights * part
    return np.asarray((Places(evidence.held).paragraph @ weights) / max(float(weights.sum()), 1e-9))
