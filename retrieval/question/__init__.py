"""A question as the ranker sees it: its terms, the kind of answer it asks for, its synonyms."""

from __future__ import annotations

from retrieval.question.question import (
    Question,
)

__all__ = [
    "Question",
]
