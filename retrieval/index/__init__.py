"""The index on disk: generations, the texts in them, how one is built and opened."""

from __future__ import annotations

from retrieval.index.generations import Standing, latest, standing
from retrieval.index.index import (
    Index,
    Recipe,
    newest,
)

__all__ = [
    "Index",
    "Recipe",
    "Standing",
    "latest",
    "newest",
    "standing",
]
