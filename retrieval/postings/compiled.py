"""The search, compiled where there was a compiler at installation: the same results to the last bit, sooner."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from retrieval.errors import DamagedIndexError
from retrieval.keys import term_key
from retrieval.postings.postings import Postings

if TYPE_CHECKING:
    from retrieval.postings.formula import Floats
    from retrieval.postings.pruning import Best
    from retrieval.postings.topk import Searcher

try:
    from retrieval.postings._search import Search
except ImportError:
    COMPILED = False
else:
    COMPILED = True


class CompiledSearcher:
    """Searches postings through ``search.c``, as ``Searcher`` does. It may be used by several threads at once."""

    def __init__(self, postings: Postings) -> None:
        """Take hold of the arrays of ``postings``; raises ``DamagedIndexError`` if they do not fit together."""
        self._postings = postings
        formula = postings.formula
        norm = float(formula.slope), float(formula.offset)
        try:
            self._compiled = Search(postings, float(formula.saturation), *norm, postings.unit)
        except ValueError as error:
            raise DamagedIndexError from error

    @cached_property
    def _plain(self) -> Searcher:
        """What does the rest; nearly nobody needs it, and to import it takes as long as to open an index."""
        from retrieval.postings.topk import Searcher

        return Searcher(self._postings)

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        return self._compiled.frequency(term_key(term))

    def scores(self, query: Iterable[str]) -> Floats:
        """Give the score of every paragraph."""
        return self._plain.scores(query)

    def search(self, query: Iterable[str], *, limit: int) -> Best:
        """Give the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none scored 0.

        Raises ``DamagedIndexError`` if the postings are not as they were written.
        """
        terms = list(query)
        try:
            best = self._compiled.search(list(map(term_key, terms)), limit)
        except ValueError as error:
            raise DamagedIndexError from error
        # So many terms that their bounds do not fit into 16 bits together.
        return self._plain.search(terms, limit=limit) if best is None else best


def searcher(postings: Postings) -> CompiledSearcher | Searcher:
    """Give the fastest searcher that there is here."""
    if COMPILED:
        return CompiledSearcher(postings)
    from retrieval.postings.topk import Searcher

    return Searcher(postings)
