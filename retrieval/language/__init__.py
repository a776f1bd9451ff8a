"""Text → terms with offsets: normalisation, the words of jieba, its dictionary, numerals."""

from __future__ import annotations

from retrieval.language.bags import Bags, bags
from retrieval.language.tokenizer import (
    TERMS_VERSION,
    Normalised,
    Token,
    Tokenizer,
    characters,
    folded,
    normalise,
    pairs,
)

__all__ = [
    "TERMS_VERSION",
    "Bags",
    "Normalised",
    "Token",
    "Tokenizer",
    "bags",
    "characters",
    "folded",
    "normalise",
    "pairs",
]
