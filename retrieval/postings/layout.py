"""How postings lie on disk: the arrays by name, and the steps in which their bounds are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retrieval.postings.formula import Formula

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = Mapping[str, memoryview | NDArray[Any]]

DENSE = 8
"""A term in more than one of so many paragraphs has a row over all of them."""
MANY = 15
"""The frequency from which on it does not fit into half a byte and is looked up in ``many_keys``."""
LEVELS = 15
"""Steps of a sparse posting's bound, from 0 to its term's ``bounds``."""
DENSE_LEVELS = 48
"""Steps of a dense posting's bound; the sums of 5 terms fit into a byte."""

CODES = {
    "keys": "Q",
    "counts": "I",
    "bounds": "f",
    "starts": "q",
    "paragraphs": "i",
    "codes": "B",
    "dense_terms": "q",
    "dense_bounds": "B",
    "dense_frequencies": "B",
    "dense_shifts": "B",
    "many_keys": "Q",
    "many_frequencies": "H",
    "lengths": "i",
}
"""The arrays of ``Postings``, as flat files of these types (codes of ``struct``) in the machine's order."""


def dense_unit(formula: Formula) -> float:
    """Return the step of dense bounds: no dense term can score ``DENSE_LEVELS`` of them."""
    rarest = formula.paragraph_count // DENSE + 1
    return formula.idf(rarest) * (formula.k1 + 1) / (DENSE_LEVELS - 1)
