"""What came of the files of a folder, one by one: of a refresh, or as an index knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from retrieval.library.manifest import Manifest, Summary

MEAGRE_BYTES, MEAGRE_CHARACTERS = 20_000, 200
"""A file of more bytes that gives fewer characters has most likely not been read as it was meant."""

Status = Literal["added", "changed", "unchanged", "removed", "unreadable", "skipped", "growing"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What came of one file: its documents (an archive may hold several), and why others could not be had.

    ``failures`` hold ``path: reason``, for the file or for a document inside it. ``size`` is in bytes.
    """

    path: str
    status: Status
    size: int = 0
    documents: tuple[Summary, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a refresh, file by file in order of path; ``changed`` tells whether answers may differ now."""

    files: tuple[FileReport, ...]
    changed: bool

    @property
    def meagre(self) -> tuple[FileReport, ...]:
        """The files that gave suspiciously little text for their size: scans, pages filled by a script."""
        return tuple(
            file
            for file in self.files
            if file.documents
            and file.size > MEAGRE_BYTES
            and sum(document.character_count for document in file.documents) < MEAGRE_CHARACTERS
        )

    def count(self, *statuses: Status) -> int:
        """Count the files that have one of these statuses."""
        return sum(file.status in statuses for file in self.files)

    @property
    def document_count(self) -> int:
        """How many documents can be asked now."""
        return sum(len(file.documents) for file in self.files)

    @property
    def failures(self) -> tuple[str, ...]:
        """Every ``path: reason`` of what could not be read."""
        return tuple(failure for file in self.files for failure in file.failures)


def held(manifest: Mapping[str, str]) -> tuple[FileReport, ...]:
    """Return the files of an index in order of path; ``manifest`` is what ``Engine.manifest`` gave."""
    return tuple(
        FileReport(path, "unchanged" if entry.documents else "unreadable", entry.size, entry.documents, entry.failures)
        for path, entry in sorted(Manifest.parse(manifest).entries.items())
    )
