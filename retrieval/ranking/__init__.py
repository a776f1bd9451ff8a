"""The sentences of what was found, best first: evidence, features, the weights that join them, confidence."""

from __future__ import annotations

from retrieval.ranking.ranker import (
    SEARCHED,
    Ranker,
    Ranking,
)

__all__ = [
    "SEARCHED",
    "Ranker",
    "Ranking",
]
