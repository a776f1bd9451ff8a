"""Notes as text: each key and its note, in order of the keys, with a zero behind both, which stands in neither."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from mmap import mmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Notes(Mapping[str, str]):
    """The notes in some texts, the later over the earlier, of which an empty one takes one back.

    A few of a hundred thousand are found where they lie, by ``between`` and ``holding``; as a mapping all are read.
    """

    def __init__(self, *texts: mmap | bytes) -> None:
        self._texts = tuple(map(_Text, texts))

    def between(self, first: str, last: str) -> dict[str, str]:
        r"""Return the notes whose keys are at least ``first`` and less than ``last``.

        >>> Notes(b"a\0one\0b/c\0two\0", b"b/c\0three\0").between("b/", "b0")
        {'b/c': 'three'}
        """
        return self._merged(text.between(first, last) for text in self._texts)

    def holding(self, content: str) -> dict[str, str]:
        r"""Return the notes in which this stands.

        >>> Notes(b"a\0one\0b\0two\0", b"a\0three\0").holding("o")
        {'b': 'two'}
        """
        keys = {key for text in self._texts for key in text.holding(content.encode())}
        notes = self._merged(self.between(key, f"{key}\0") for key in sorted(keys))
        return {key: note for key, note in notes.items() if content in note}

    @cached_property
    def all(self) -> dict[str, str]:
        """All of them; nobody may change it."""
        return self._merged(map(_Text.all, self._texts))

    def __getitem__(self, key: str) -> str:
        return self.all[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @staticmethod
    def _merged(parts: Iterator[dict[str, str]]) -> dict[str, str]:
        merged = next(parts, {})
        for part in parts:
            merged.update(part)
        return standing(merged)


class _Text:
    """Notes in a text, of which only what is asked for is made."""

    def __init__(self, content: mmap | bytes) -> None:
        self._content = content

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """Where keys and notes end, in turn."""
        import numpy as np  # what only answers has no need to load it here

        return np.flatnonzero(np.frombuffer(self._content, np.uint8) == 0) if self._content else np.zeros(0, np.int64)

    def between(self, first: str, last: str) -> dict[str, str]:
        numbers = range(len(self._ends) // 2)
        begin = bisect_left(numbers, first, key=self._key)
        end = bisect_left(numbers, last, begin, key=self._key)
        return {self._key(number): self._field(2 * number + 1) for number in range(begin, end)}

    def holding(self, content: bytes) -> Iterator[str]:
        place = self._content.find(content)
        while place >= 0:
            number = int(self._ends.searchsorted(place)) // 2
            yield self._key(number)
            place = self._content.find(content, int(self._ends[2 * number + 1]))

    def all(self) -> dict[str, str]:
        return parse_notes(bytes(self._content).decode())

    def _key(self, number: int) -> str:
        return self._field(2 * number)

    def _field(self, number: int) -> str:
        start = int(self._ends[number - 1]) + 1 if number else 0
        return self._content[start : int(self._ends[number])].decode()


def standing(notes: dict[str, str]) -> dict[str, str]:
    """Return notes without those that have been taken back, as an empty one is, which are deleted."""
    for key in [key for key, note in notes.items() if not note]:  # few, of what may be a hundred thousand
        del notes[key]
    return notes


def revised(notes: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return notes with changes, of which an empty one takes a note back."""
    return standing({**notes, **changes})


def format_notes(notes: Mapping[str, str]) -> str:
    """Return notes as text."""
    return "".join([f"{key}\0{notes[key]}\0" for key in sorted(notes)])


def parse_notes(text: str) -> dict[str, str]:
    """Return the notes in a text."""
    fields = text.split("\0")
    return dict(zip(fields[0:-1:2], fields[1::2], strict=True))
