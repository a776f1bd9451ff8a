"""The words of jieba's dictionary and its most probable path through them, ready without loading them.

jieba's dictionary and algorithm, without the model for unknown words, define the words. They lie in a file as they
are looked up, which every process maps; where there is no compiler, Python does the same as C.
"""

from __future__ import annotations

import contextlib
import math
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.sharing import share

try:
    from retrieval.language import _words
except ImportError:
    COMPILED = False
else:
    COMPILED = True

Words = tuple[tuple[str, int], ...]
"""Words of a user dictionary with their frequencies, in a fixed order."""
Table = NDArray[np.uint64]
"""Rows of a key and a value: a frequency, and a part of speech in the last 16 bits.

Beginnings of words are in it too, with the value 0. The key of a text is found character by character; its row is
the first that is free from that of its last bits on, and a row with the key 0 is free.
"""

Numbers = NDArray[np.uint32]

_NAME = "words-3.npy"
_FACTOR = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1
_KNOWN = ("\u4e00", "\u9fd5")
"""The first and the last character of which jieba makes words; each of the others is one by itself."""
_PIECE = re.compile(f"[{_KNOWN[0]}-{_KNOWN[1]}]+|.", re.DOTALL)


class Dictionary:
    """Words with their frequencies. ``total`` is the length of the text in which they were counted, in words."""

    def __init__(self, table: Table, total: int, *, compiled: bool = COMPILED) -> None:
        self.compiled = compiled
        self.table = np.asarray(table)  # a plain array on the same memory: slicing a memmap costs more than reading it
        self.total = total
        self._log_total = math.log(total)

    def frequency(self, word: str) -> int:
        """Return how often a word was counted; 0 for one that is not in the dictionary."""
        return self._value(word) >> 16

    def part(self, word: str) -> str:
        """Return a word's part of speech, two letters at most: ``n`` noun, ``v`` verb …; empty if unknown."""
        return _tag(self._value(word) & 0xFFFF)

    def cut(self, text: str) -> list[str]:
        """Cut a text of Chinese characters into words as jieba does, by its most probable path."""
        if self.compiled:
            return _words.cut(self.table, text, self._log_total)
        best, ends = [0.0] * (len(text) + 1), [0] * len(text)
        for start in reversed(range(len(text))):
            if not _KNOWN[0] <= text[start] <= _KNOWN[1]:
                ends[start] = start + 1  # and what comes before it is cut by itself
                continue
            # Of two paths that are as probable jieba takes the one with the longer word.
            best[start], ends[start] = max(
                (math.log(frequency) - self._log_total + best[end], end)
                for frequency, end in tuple(self._beginning(text, start)) or ((1, start + 1),)
            )
        words, start = list[str](), 0
        while start < len(text):
            words.append(text[start : ends[start]])
            start = ends[start]
        return words

    def numbered(self, text: str) -> tuple[list[str], Numbers, Numbers]:
        """Cut a text into words; what is no Chinese character, and the rare ones of them, are one each.

        Return the words without repetitions, the number of each among them in the order of the text, and where it
        begins.
        """
        if self.compiled:
            words, *counted = _words.numbered(self.table, text, self._log_total)
            numbers, starts = (np.frombuffer(some, dtype=np.uint32) for some in counted)
            return words, numbers, starts
        pieces = [word for run in _PIECE.findall(text) for word in self.cut(run)]
        place = {word: number for number, word in enumerate(dict.fromkeys(pieces))}
        lengths = np.array([len(word) for word in pieces], dtype=np.uint32)
        numbers = np.array([place[word] for word in pieces], dtype=np.uint32)
        ends: Numbers = np.cumsum(lengths, dtype=np.uint32)
        return list(place), numbers, ends - lengths

    def extended(self, words: Words) -> Dictionary:
        """Return the dictionary with further words, or other frequencies of its own, as jieba adds them."""
        rows, beginnings = _rows([(word, frequency, "") for word, frequency in words])
        held = self.table[self.table[:, 0] != 0]
        total = self.total + sum(frequency for _, frequency in words)
        return Dictionary(_placed(np.concatenate((rows, held, beginnings))), total, compiled=self.compiled)

    def words(self) -> Iterator[tuple[str, int, str]]:
        """Return jieba's words with their frequencies and parts of speech."""
        return dictionary_lines()

    def _value(self, word: str) -> int:
        if self.compiled:
            return _words.value(self.table, word)
        *_, key = _keys(word) or (0,)
        return self._found(key) or 0

    def _found(self, key: int) -> int | None:
        """Return the value of a key; ``None`` where no word has it or begins with it."""
        last = len(self.table) - 1
        row = key & last
        while found := int(self.table[row, 0]):
            if found == key:
                return int(self.table[row, 1])
            row = (row + 1) & last
        return None

    def _beginning(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """Return the words that begin at a place of a text: the frequency of each, and where it ends."""
        for end, key in enumerate(_keys(text[start:]), start + 1):
            value = self._found(key)
            if value is None:
                return
            if value >> 16:
                yield value >> 16, end


def _keys(text: str) -> list[int]:
    """Return the key of each beginning of a text, the whole last."""
    keys, key = list[int](), 0
    for character in text:
        key = (key ^ ord(character)) * _FACTOR & _ALL
        key ^= key >> 32
        keys.append(key)
    return keys


def dictionary_lines() -> Iterator[tuple[str, int, str]]:
    """Return the words of jieba's dictionary with their frequencies and parts of speech, without loading jieba."""
    from importlib.util import find_spec

    found = find_spec("jieba")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("jieba is not installed: pip install jieba", name="jieba")
    with (Path(found.origin).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, part_of_speech = line.split()
            yield word, int(frequency), part_of_speech


@cache
def _tag(bits: int) -> str:
    """Return the part of speech that two bytes stand for."""
    return "".join(map(chr, divmod(bits, 256))).strip("\0")


@cache
def dictionary(cache_folder: Path) -> Dictionary:
    """Open the dictionary; the first time, its words are counted, and kept in the folder."""
    path = cache_folder / _NAME
    try:
        rows = np.load(path, mmap_mode="r")
    except (OSError, ValueError):
        rows = _counted()
        with contextlib.suppress(OSError):  # where nothing can be kept, it is counted again next time
            cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            share(cache_folder)
            # Under another name first, since others may be opening it.
            with tempfile.NamedTemporaryFile(dir=cache_folder, delete=False) as file:
                np.save(file, rows)
            share(Path(file.name))
            Path(file.name).replace(path)
    return Dictionary(rows[:-1], int(rows[-1, 1]))


@lru_cache(maxsize=2)  # the state of the operator's dictionary that is in use, and the next
def extended(cache_folder: Path, words: Words) -> Dictionary:
    """Return the dictionary with the operator's words."""
    return dictionary(cache_folder).extended(words) if words else dictionary(cache_folder)


def _counted() -> Table:
    """Return the table of jieba's dictionary, and one more row for the total."""
    lines = tuple(dictionary_lines())
    total = np.array([[0, sum(frequency for _, frequency, _ in lines)]], dtype=np.uint64)
    return np.concatenate((_placed(np.concatenate(_rows(lines))), total))


def _rows(words: Iterable[tuple[str, int, str]]) -> tuple[Table, Table]:
    """Return the rows of words, of which the last counts where one stands twice, and of all their beginnings."""
    known = {
        word: (frequency << 16) + int.from_bytes(tag[:2].encode().ljust(2, b"\0")) for word, frequency, tag in words
    }
    lengths = np.array([len(word) for word in known], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    codes = np.frombuffer("".join(known).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    keys = np.zeros(len(known), dtype=np.uint64)
    beginnings = [keys[:0]]
    for place in range(int(lengths.max(initial=0))):  # ``_keys``, of all words at once
        longer = np.flatnonzero(lengths > place)
        further = (keys[longer] ^ codes[starts[longer] + place]) * np.uint64(_FACTOR)
        keys[longer] = further ^ further >> np.uint64(32)
        beginnings.append(keys[lengths > place + 1])
    values = np.array(list(known.values()), dtype=np.uint64)
    begun = np.concatenate(beginnings)
    return np.stack((keys, values), axis=1), np.stack((begun, np.zeros_like(begun)), axis=1)


def _placed(rows: Table) -> Table:
    """Return a table that is at most half full, with the first row of each key.

    Each round places all those that find their row free; the others go on to the next.
    """
    left = rows[np.unique(rows[:, 0], return_index=True)[1]]
    count = 1 << (2 * len(left)).bit_length()
    table = np.zeros((count, 2), dtype=np.uint64)
    place = (left[:, 0] & np.uint64(count - 1)).astype(np.int64)
    while len(left):
        free = np.flatnonzero(table[place, 0] == 0)
        found = free[np.unique(place[free], return_index=True)[1]]
        table[place[found]] = left[found]
        left, place = np.delete(left, found, axis=0), (np.delete(place, found) + 1) & (count - 1)
    return table
