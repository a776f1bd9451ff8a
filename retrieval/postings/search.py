"""The search of postings: compiled where there was a compiler at installation, by the model itself elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
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


@dataclass(frozen=True, slots=True)
class View:
    """What somebody may see of a collection: bits, the lowest of a byte first.

    ``paragraphs`` are by position, ``terms`` by place among the keys: those that stand in one of these paragraphs, or
    ``None`` where nobody need be kept from knowing the others.
    """

    paragraphs: bytes
    terms: bytes | None


class PostingsSearch:
    """Finds the best paragraphs by BM25; the scores are those of ``PostingsBM25`` to the last bit.

    ``arrays`` are those of ``layout.CODES``, each flat, of NumPy or as they lie on disk, made with ``formula``. Where
    the postings are a part of a ``collection``, its formula counts. It can be used by several threads at once. Raises
    ``DamagedIndexError`` if the arrays do not fit together, here or at a question. ``compiled`` may be given to do
    without what is.
    """

    def __init__(
        self, arrays: Arrays, formula: Formula, collection: Formula | None = None, *, compiled: bool = COMPILED
    ) -> None:
        self._arrays = arrays
        self._formula = collection or formula
        self._compiled = _compiled(arrays, formula, self._formula) if compiled else None

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

    def view(self, paragraphs: bytes) -> View:
        """Return the view of whoever may see these paragraphs, given as bits by position.

        All postings are read for it once, so that no question takes longer by what it must not find.
        """
        if not self._compiled:
            return View(paragraphs, self.postings.terms_in(paragraphs))
        try:
            return View(paragraphs, self._compiled.terms(paragraphs))
        except ValueError as error:
            raise DamagedIndexError from error

    def best(
        self,
        terms: Sequence[str],
        *,
        limit: int,
        view: View | None = None,
        frequencies: Mapping[str, int] | None = None,
        floor: float = 0.0,
    ) -> list[tuple[int, float]]:
        """Return the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none with 0.

        With a ``view`` they are the best of those in it; their scores are the same. ``frequencies`` tell in how many
        paragraphs of the collection each term stands. Those that score less than ``floor`` may be left out.
        """
        if self._compiled:
            paragraphs, standing_in = (view.paragraphs, view.terms) if view else (None, None)
            keys = [term_key(term) for term in terms]
            counts = None if frequencies is None else [frequencies[term] for term in terms]
            try:
                found = self._compiled.search(keys, limit, paragraphs, standing_in, counts, floor)
            except ValueError as error:
                raise DamagedIndexError from error
            if found is not None:  # else the terms are so many that their bounds do not fit into 16 bits together
                return found
        if view is None:
            return self.model.search(terms, limit=limit, frequencies=frequencies)
        standing = list(compress(terms, self.frequencies(terms, view=view)))
        return self.model.search(standing, limit=limit, among=view.paragraphs, frequencies=frequencies)

    def frequencies(self, terms: Iterable[str], *, view: View | None = None) -> list[int]:
        """Return the number of paragraphs that hold each term; 0 where none of these is in the ``view``."""
        bits = view.terms if view else None
        if self._compiled:
            frequency = self._compiled.frequency
            return [frequency(key, bits) for key in map(term_key, terms)]
        return [self.postings.frequency(term, among=bits) for term in terms]


def _compiled(arrays: Arrays, own: Formula, formula: Formula) -> CompiledSearch:
    # Where paragraphs of this length are shorter for the collection than for these postings alone, bounds are too low.
    drift = max(own.slope / formula.slope, 1.0) if formula.slope else 1.0
    numbers = formula.saturation, formula.slope, formula.offset, dense_unit(own), formula.paragraph_count, drift
    try:
        return CompiledSearch(arrays, *numbers)
    except ValueError as error:
        raise DamagedIndexError from error
