"""How often the words of jieba's dictionary occur in Chinese at large, ready without loading the dictionary."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.tokens.segmenter import dictionary_lines
from retrieval.tokens.terms import term_key

_NAME = "frequencies-1.npy"


class Dictionary:
    """The frequencies of words. ``total`` is the length of the text in which they were counted, in words."""

    def __init__(self, table: NDArray[np.uint64]) -> None:
        self._keys, self._frequencies = table
        self.total = int(self._frequencies[-1])

    def frequency(self, word: str) -> int:
        """Give how often a word was counted; 0 for one that is not in the dictionary."""
        key = np.uint64(term_key(word))
        # The last element is no word: it holds the total.
        place = int(self._keys[:-1].searchsorted(key))
        return int(self._frequencies[place]) if self._keys[place] == key else 0

    def words(self) -> Iterator[tuple[str, int, str]]:
        """Give all words with their frequencies and parts of speech."""
        return dictionary_lines()


@cache
def dictionary(cache_folder: Path) -> Dictionary:
    """Open the dictionary's frequencies; the first time, they are counted, and kept in the folder."""
    path = cache_folder / _NAME
    try:
        return Dictionary(np.load(path, mmap_mode="r"))
    except (OSError, ValueError):
        table = _counted()
        with contextlib.suppress(OSError):  # where nothing can be kept, it is counted again next time
            cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Under another name first, since others may be opening it.
            with tempfile.NamedTemporaryFile(dir=cache_folder, delete=False) as file:
                np.save(file, table)
            Path(file.name).replace(path)
        return Dictionary(table)


def _counted() -> NDArray[np.uint64]:
    frequencies, total = dict[int, int](), 0
    for word, frequency, _ in dictionary_lines():
        frequencies[term_key.__wrapped__(word)] = frequency
        total += frequency
    keys = sorted(frequencies)
    return np.array([[*keys, 2**64 - 1], [*(frequencies[key] for key in keys), total]], dtype=np.uint64)
