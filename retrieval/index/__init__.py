"""The index on disk: generations, the texts in them, how one is built and opened."""

from __future__ import annotations

from retrieval.index.index import (
    Index,
    Recipe,
    newest,
)

__all__ = [
    "Index",
    "Recipe",
    "newest",
]
