"""What came of the files of a folder, one by one: of a refresh, or as an index knows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, overload

from retrieval.index.notes import Notes
from retrieval.library.manifest import NO_DOCUMENT, NOTHING, Entry, Manifest

MEAGRE_BYTES, MEAGRE_CHARACTERS = 20_000, 200
"""A file of more bytes that gives fewer characters has most likely not been read as it was meant."""

Status = Literal["added", "changed", "unchanged", "removed", "unreadable", "skipped", "growing"]


class FileReport(Entry):
    """What came of one file: its documents (an archive may hold several), and why others could not be had.

    ``failures`` hold ``path: reason``, for the file or for a document inside it. ``size`` is in bytes.
    """

    __slots__ = ("path", "status")

    def __init__(self, path: str, status: Status, text: str = NOTHING.text) -> None:
        super().__init__(text)
        self.path = path
        self.status = status


class Files(Sequence[FileReport]):
    """Reports on files, in order of path: on those with an entry, which are as they were, and ``others``.

    One is made when it is asked for, since there may be a hundred thousand.
    """

    def __init__(self, entries: Mapping[str, str], others: Iterable[FileReport] = ()) -> None:
        self._entries = entries
        self._others = tuple(others)

    @cached_property
    def _files(self) -> list[str | FileReport]:
        return sorted([*self._entries, *self._others], key=lambda one: one if isinstance(one, str) else one.path)

    def __len__(self) -> int:
        return len(self._entries) + len(self._others)

    def __iter__(self) -> Iterator[FileReport]:
        return map(self._report, self._files)

    @overload
    def __getitem__(self, place: int) -> FileReport: ...

    @overload
    def __getitem__(self, place: slice) -> list[FileReport]: ...

    def __getitem__(self, place: int | slice) -> FileReport | list[FileReport]:
        if isinstance(place, slice):
            return list(map(self._report, self._files[place]))
        return self._report(self._files[place])

    def counts(self) -> Counter[Status]:
        """Return how many there are of each status."""
        unread = sum(NO_DOCUMENT in text for text in self._entries.values())
        found = Counter(one.status for one in self._others)
        found.update({"unreadable": unread, "unchanged": len(self._entries) - unread})
        return found

    def news(self) -> Files:
        """Return those of which there is something to say: not what is unchanged, nor what is always passed over."""
        unread = {path: text for path, text in self._entries.items() if NO_DOCUMENT in text}
        return Files(unread, [one for one in self._others if one.status not in {"unchanged", "skipped"}])

    def _report(self, file: str | FileReport) -> FileReport:
        if isinstance(file, FileReport):
            return file
        text = self._entries[file]
        return FileReport(file, "unreadable" if NO_DOCUMENT in text else "unchanged", text)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a refresh, file by file in order of path; ``changed`` tells whether answers may differ now.

    ``counts`` are the files by status, and ``document_count`` is how many documents can be asked now: of all, though
    only some ``files`` may be told of.
    """

    files: Sequence[FileReport]
    changed: bool
    counts: Mapping[Status, int]
    document_count: int

    @property
    def meagre(self) -> tuple[FileReport, ...]:
        """The files that gave suspiciously little text for their size: scans, pages filled by a script."""
        return tuple(
            file
            for file in self.files
            if file.size > MEAGRE_BYTES
            and file.document_count
            and sum(document.character_count for document in file.documents) < MEAGRE_CHARACTERS
        )

    def count(self, *statuses: Status) -> int:
        """Count the files that have one of these statuses."""
        return sum(self.counts.get(status, 0) for status in statuses)

    @property
    def failures(self) -> tuple[str, ...]:
        """Every ``path: reason`` of what could not be read."""
        return tuple(failure for file in self.files if file.failure_count for failure in file.failures)


def held(manifest: Notes) -> Files:
    """Return the files of an index in order of path; ``manifest`` is what ``Engine.manifest`` gave."""
    return Files(Manifest.whole(manifest).entries)
