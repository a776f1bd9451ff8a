"""The search of postings: compiled where there was a compiler at installation, by the model itself elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import DamagedIndexError
from retrieval.keys import term_key
from retrieval.postings.layout import dense_unit

if TYPE_CHECKING:
    from retrieval.postings.bm25 import PostingsBM25
    from retrieval.postings.formula import Formula
    from retrieval.postings.layout import Arrays
    from retrieval.postings.postings import Postings

try:
    from retrieval.postings._search import CompiledSearch
except ImportError:
    COMPILED = False
else:
    COMPILED = True


class PostingsSearch:
    """Finds the best paragraphs by BM25; the scores are those of ``PostingsBM25`` to the last bit.

    ``arrays`` are those of ``layout.CODES``, each flat, of NumPy or as they lie on disk. It can be used by several
    threads at once. Raises ``DamagedIndexError`` if the arrays do not fit together, here or at a question.
    """

    def __init__(self, arrays: Arrays, formula: Formula) -> None:
        self._arrays = arrays
        self._formula = formula
        self._compiled = _compiled(arrays, formula) if COMPILED else None
        self.paragraph_count = formula.paragraph_count

    @cached_property
    def postings(self) -> Postings:
        """The arrays as NumPy has them, which takes longer to load than a question to be answered."""
        from retrieval.postings.postings import Postings

        return Postings.of_flat(self._arrays, self._formula)

    @cached_property
    def model(self) -> PostingsBM25:
        """The model itself, which does whatever is not compiled."""
        from retrieval.postings.bm25 import PostingsBM25

        return PostingsBM25(postings=self.postings)

    def best(self, terms: Sequence[str], *, limit: int) -> list[tuple[int, float]]:
        """Return the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none with 0."""
        if self._compiled:
            try:
                found = self._compiled.search(list(map(term_key, terms)), limit)
            except ValueError as error:
                raise DamagedIndexError from error
            if found is not None:  # else the terms are so many that their bounds do not fit into 16 bits together
                return found
        return self.model.search(terms, limit=limit)

    def frequency(self, term: str) -> int:
        """Return the number of paragraphs that hold a term."""
        return self._compiled.frequency(term_key(term)) if self._compiled else self.model.frequency(term)


def _compiled(arrays: Arrays, formula: Formula) -> CompiledSearch:
    try:
        return CompiledSearch(arrays, formula.saturation, formula.slope, formula.offset, dense_unit(formula))
    except ValueError as error:
        raise DamagedIndexError from error
