"""Sorting packed postings: by their digits, compiled where there was a compiler at installation, or by NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

try:
    from retrieval.postings._sorting import sort
except ImportError:

    def sort(numbers: NDArray[np.uint64], lowest: int, /) -> None:
        """Sort numbers in place by their bits from ``lowest`` on.

        Of those that are the same there, none overtakes another.
        """
        numbers[:] = numbers[np.argsort(numbers >> np.uint64(lowest), kind="stable")]


__all__ = ["sort"]
