"""A search of postings, by the quickest way that there is here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.postings.compiled import COMPILED, CompiledSearcher

if TYPE_CHECKING:
    from retrieval.postings.bm25 import PostingsBM25
    from retrieval.postings.formula import Formula
    from retrieval.postings.layout import Arrays
    from retrieval.postings.postings import Postings


class Search:
    """Finds the best paragraphs by BM25: compiled, where there was a compiler and the question is not outsized.

    ``arrays`` are those of ``postings.layout.CODES``. It may be asked from several threads at once. Raises
    ``DamagedIndexError`` if the arrays do not fit together, here or at a question.
    """

    def __init__(self, arrays: Arrays, formula: Formula) -> None:
        self._arrays = arrays
        self._formula = formula
        self._compiled = CompiledSearcher(arrays, formula) if COMPILED else None
        self.paragraph_count = formula.paragraph_count

    @cached_property
    def postings(self) -> Postings:
        """The arrays as NumPy has them, which takes longer to load than a question to be answered."""
        from retrieval.postings.postings import Postings

        return Postings.of_flat(self._arrays, self._formula)

    @cached_property
    def bm25(self) -> PostingsBM25:
        """The model itself, which does whatever is not compiled."""
        from retrieval.postings.bm25 import PostingsBM25

        return PostingsBM25(postings=self.postings)

    def run(self, terms: Sequence[str], *, limit: int) -> list[tuple[int, float]]:
        """Give the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none scored 0."""
        best = self._compiled.search(terms, limit=limit) if self._compiled else None
        return self.bm25.search(terms, limit=limit) if best is None else best

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        return (self._compiled or self.bm25).frequency(term)
