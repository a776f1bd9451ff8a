"""The index on disk: generations, the texts in them, how one is built and opened."""

from __future__ import annotations

from retrieval.index.generations import GenerationInfo, generation_info, latest
from retrieval.index.index import (
    Index,
    Recipe,
    newest,
)

__all__ = [
    "GenerationInfo",
    "Index",
    "Recipe",
    "generation_info",
    "latest",
    "newest",
]
