from retrieval.postings.layout import Arrays

class CompiledSearch:
    """The arrays of postings, ready to be searched by compiled code; from several threads at once.

    Raises ``ValueError`` if the arrays do not fit together. ``saturation`` is k1 + 1; a paragraph's norm is ``slope``
    times its length, and ``offset``; ``unit`` is that of the postings' dense bounds.
    """

    def __new__(
        cls, arrays: Arrays, saturation: float, slope: float, offset: float, unit: float, /
    ) -> CompiledSearch: ...
    def search(self, keys: list[int], limit: int, /) -> list[tuple[int, float]] | None:
        """Give the best paragraphs for terms with these keys; ``None`` if the terms are too many.

        Raises ``ValueError`` if the arrays are damaged.
        """

    def frequency(self, key: int, /) -> int:
        """Give the number of paragraphs that hold the term with this key."""
