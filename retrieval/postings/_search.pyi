from typing_extensions import Buffer

from retrieval.postings.layout import Arrays

def count_of(keys: Buffer, counts: Buffer, key: int, /) -> int:
    """Return the count, of 32 bits, that belongs to a key among rising ones of 64; 0 where it is not there.

    Raises ``ValueError`` if the arrays do not fit together.
    """

class CompiledSearch:
    """The arrays of postings, ready to be searched by compiled code; from several threads at once.

    Raises ``ValueError`` if the arrays do not fit together. ``saturation`` is k1 + 1; a paragraph's norm is ``slope``
    times its length, and ``offset``; ``unit`` is that of the postings' dense bounds. Of the collection that they are a
    part of, ``collected`` is the number of paragraphs, and bounds are to be raised by ``drift`` for its norms.
    """

    def __new__(
        cls,
        arrays: Arrays,
        saturation: float,
        slope: float,
        offset: float,
        unit: float,
        collected: int = -1,
        drift: float = 1.0,
        /,
    ) -> CompiledSearch: ...
    def search(
        self,
        keys: list[int],
        limit: int,
        paragraphs: bytes | None = None,
        terms: bytes | None = None,
        counts: list[int] | None = None,
        floor: float = 0.0,
        /,
    ) -> list[tuple[int, float]] | None:
        """Return the best paragraphs for terms with these keys; ``None`` if the terms are too many.

        With bits of ``paragraphs``, by position, and of the ``terms`` in them, only these count. ``counts`` are the
        paragraphs of the collection that hold each term; none is returned that scores less than ``floor``. Raises
        ``ValueError`` if the arrays are damaged, or the bits are not as many.
        """

    def frequency(self, key: int, terms: bytes | None = None, /) -> int:
        """Return the number of paragraphs that hold the term with this key; 0 for one that is not among ``terms``."""

    def terms(self, paragraphs: bytes, /) -> bytes:
        """Return the bits, by place, of the terms that stand in one of these paragraphs.

        Raises ``ValueError`` if the arrays are damaged, or the bits are not as many.
        """
