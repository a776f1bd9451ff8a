"""The search, compiled where there was a compiler at installation: the same results to the last bit, sooner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from retrieval.errors import DamagedIndexError
from retrieval.keys import term_key
from retrieval.postings.formula import Formula
from retrieval.postings.layout import dense_unit

if TYPE_CHECKING:
    from retrieval.postings.layout import Arrays

try:
    from retrieval.postings._search import Search
except ImportError:
    COMPILED = False
else:
    COMPILED = True


class CompiledSearcher:
    """Searches postings through ``search.c``, as ``Searcher`` does. It may be used by several threads at once.

    ``arrays`` are those of ``layout.CODES``, each flat, of NumPy or as they lie on disk.
    """

    def __init__(self, arrays: Arrays, formula: Formula) -> None:
        """Take hold of the arrays; raises ``DamagedIndexError`` if they do not fit together."""
        numbers = formula.saturation, formula.slope, formula.offset, dense_unit(formula)
        try:
            self._compiled = Search(arrays, *numbers)
        except ValueError as error:
            raise DamagedIndexError from error

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        return self._compiled.frequency(term_key(term))

    def search(self, query: Iterable[str], *, limit: int) -> list[tuple[int, float]] | None:
        """Give the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none scored 0.

        ``None`` where there are so many terms that their bounds do not fit into 16 bits together. Raises
        ``DamagedIndexError`` if the postings are not as they were written.
        """
        try:
            return self._compiled.search(list(map(term_key, query)), limit)
        except ValueError as error:
            raise DamagedIndexError from error
