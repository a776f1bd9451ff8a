"""What jieba's dictionary knows of its words, ready without loading it: frequencies and parts of speech."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.keys import term_key
from retrieval.language.segmenter import dictionary_lines
from retrieval.sharing import share

_NAME = "words-2.npy"


class Dictionary:
    """The words with their frequencies. ``total`` is the length of the text in which they were counted, in words."""

    def __init__(self, table: NDArray[np.uint64]) -> None:
        # Plain arrays on the same memory: slicing a memmap costs more than searching it.
        keys, self._frequencies, self._parts = np.asarray(table)
        # The last element is no word: it holds the total, and the length of the longest word.
        self._keys = keys[:-1]
        self.total, self._longest = int(self._frequencies[-1]), int(self._parts[-1])
        self._place = lru_cache(maxsize=32768)(self._found)

    def frequency(self, word: str) -> int:
        """Return how often a word was counted; 0 for one that is not in the dictionary."""
        place = self._place(word)
        return 0 if place is None else int(self._frequencies[place])

    def part(self, word: str) -> str:
        """Return a word's part of speech, two letters at most: ``n`` noun, ``v`` verb …; empty if unknown."""
        place = self._place(word)
        return "" if place is None else "".join(map(chr, divmod(int(self._parts[place]), 256))).strip("\0")

    def _found(self, word: str) -> int | None:
        key = np.uint64(term_key(word))
        place = int(self._keys.searchsorted(key))
        return place if place < len(self._keys) and self._keys[place] == key else None

    def cut(self, run: str) -> list[str]:
        """Cut a run of Chinese characters into words as jieba does, by its most probable path.

        Every piece is looked up, so that nothing need be loaded: for a question it is quick, for a document it is not.
        """
        best, words = [0.0] * (len(run) + 1), [""] * len(run)
        total = math.log(self.total)
        for start in reversed(range(len(run))):
            pieces = (run[start:end] for end in range(start + 1, min(start + self._longest, len(run)) + 1))
            known = ((frequency, piece) for piece in pieces if (frequency := self.frequency(piece)))
            # Of two paths that are as probable jieba takes the one with the longer word.
            best[start], _, words[start] = max(
                (math.log(frequency) - total + best[start + len(piece)], len(piece), piece)
                for frequency, piece in (tuple(known) or ((1, run[start]),))
            )
        cut, start = list[str](), 0
        while start < len(run):
            cut.append(words[start])
            start += len(words[start])
        return cut

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
    known, total, longest = dict[int, tuple[int, int]](), 0, 0
    for word, frequency, tag in dictionary_lines():
        known[term_key.__wrapped__(word)] = frequency, int.from_bytes(tag[:2].encode().ljust(2, b"\0"))
        total, longest = total + frequency, max(longest, len(word))
    keys = sorted(known)
    frequencies, parts = zip(*(known[key] for key in keys), strict=True)
    return np.array([[*keys, 2**64 - 1], [*frequencies, total], [*parts, longest]], dtype=np.uint64)
