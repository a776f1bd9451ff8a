"""Sorting packed postings: by their digits, compiled where there was a compiler at installation, or by NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def plain_sort(numbers: NDArray[np.uint64], lowest: int, /) -> None:
    """Sort numbers in place by their bits from ``lowest`` on; of those that are the same there, none overtakes another.

    ``sort`` does the same, five times as fast where it is compiled.
    """
    numbers[:] = numbers[np.argsort(numbers >> np.uint64(lowest), kind="stable")]


try:
    from retrieval.postings._sorting import sort
except ImportError:
    sort = plain_sort

__all__ = ["plain_sort", "sort"]
