from retrieval.postings.layout import Arrays

class CompiledSearch:
    """The arrays of postings, ready to be searched by compiled code; from several threads at once.

    Raises ``ValueError`` if the arrays do not fit together. ``saturation`` is k1 + 1; a paragraph's norm is ``slope``
    times its length, and ``offset``; ``unit`` is that of the postings' dense bounds.
    """

    def __new__(
        cls, arrays: Arrays, saturation: float, slope: float, offset: float, unit: float, /
    ) -> CompiledSearch: ...
    def search(
        self, keys: list[int], limit: int, paragraphs: bytes | None = None, terms: bytes | None = None, /
    ) -> list[tuple[int, float]] | None:
        """Return the best paragraphs for terms with these keys; ``None`` if the terms are too many.

        With bits of ``paragraphs``, by position, and of the ``terms`` in them, only these count. Raises ``ValueError``
        if the arrays are damaged, or the bits are not as many.
        """

    def frequency(self, key: int, terms: bytes | None = None, /) -> int:
        """Return the number of paragraphs that hold the term with this key; 0 for one that is not among ``terms``."""

    def terms(self, paragraphs: bytes, /) -> bytes:
        """Return the bits, by place, of the terms that stand in one of these paragraphs.

        Raises ``ValueError`` if the arrays are damaged, or the bits are not as many.
        """
