"""What a question is about, looked for in the paragraphs: the name of their document."""

from __future__ import annotations

import re

import numpy as np

from retrieval.language import folded
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array

_REMARK = re.compile(r"[ _(,]")
"""What begins the part of a title that tells it apart from others of its name: 东关街 (扬州)."""


def titled(evidence: Evidence) -> Array:
    """Return of which documents the question says the title."""
    asked = evidence.question.normal.text
    names = [_REMARK.split(folded(hit.source.title))[0] for hit in evidence.passages.hits]
    return np.array([float(len(name) > 1 and name in asked) for name in names])[evidence.hit]
