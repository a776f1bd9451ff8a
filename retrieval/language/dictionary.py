"""What jieba's dictionary knows of its words, ready without loading it: frequencies and parts of speech."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.keys import term_key
from retrieval.language.segmenter import dictionary_lines
from retrieval.sharing import share

_NAME = "words-1.npy"


class Dictionary:
    """The words with their frequencies. ``total`` is the length of the text in which they were counted, in words."""

    def __init__(self, table: NDArray[np.uint64]) -> None:
        # Plain arrays on the same memory: slicing a memmap costs more than searching it.
        keys, self._frequencies, self._parts = np.asarray(table)
        # The last element is no word: it holds the total.
        self._keys = keys[:-1]
        self.total = int(self._frequencies[-1])

    def frequency(self, word: str) -> int:
        """Return how often a word was counted; 0 for one that is not in the dictionary."""
        place = self._place(word)
        return 0 if place is None else int(self._frequencies[place])

    def part(self, word: str) -> str:
        """Return a word's part of speech, two letters at most: ``n`` noun, ``v`` verb …; empty if unknown."""
        place = self._place(word)
        return "" if place is None else "".join(map(chr, divmod(int(self._parts[place]), 256))).strip("\0")

    def _place(self, word: str) -> int | None:
        key = np.uint64(term_key(word))
        place = int(self._keys.searchsorted(key))
        return place if place < len(self._keys) and self._keys[place] == key else None

    def words(self) -> Iterator[tuple[str, int, str]]:
        """Return all words with their frequencies and parts of speech."""
        return dictionary_lines()


@cache
def dictionary(cache_folder: Path) -> Dictionary:
    """Open the dictionary; the first time, its words are counted, and kept in the folder."""
    path = cache_folder / _NAME
    try:
        return Dictionary(np.load(path, mmap_mode="r"))
    except (OSError, ValueError):
        table = _counted()
        with contextlib.suppress(OSError):  # where nothing can be kept, it is counted again next time
            cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            share(cache_folder)
            # Under another name first, since others may be opening it.
            with tempfile.NamedTemporaryFile(dir=cache_folder, delete=False) as file:
                np.save(file, table)
            share(Path(file.name))
            Path(file.name).replace(path)
        return Dictionary(table)


def _counted() -> NDArray[np.uint64]:
    known, total = dict[int, tuple[int, int]](), 0
    for word, frequency, tag in dictionary_lines():
        known[term_key.__wrapped__(word)] = frequency, int.from_bytes(tag[:2].encode().ljust(2, b"\0"))
        total += frequency
    keys = sorted(known)
    frequencies, parts = zip(*(known[key] for key in keys), strict=True)
    return np.array([[*keys, 2**64 - 1], [*frequencies, total], [*parts, 0]], dtype=np.uint64)
