"""What an index holds, told by its manifest alone, whether or not the documents are there."""

from __future__ import annotations

from retrieval.language.lexicon import Lexicon
from retrieval.library.library import FileReport
from retrieval.library.manifest import Manifest


def held(manifest: str) -> tuple[Lexicon, tuple[FileReport, ...]]:
    """Give the words that the texts of an index were cut with, and its files in order of path.

    ``manifest`` is what ``Engine.manifest`` gave.
    """
    known = Manifest.parse(manifest)
    files = (
        FileReport(path, "unchanged" if entry.documents else "unreadable", entry.size, entry.documents, entry.failures)
        for path, entry in sorted(known.entries.items())
    )
    return known.lexicon, tuple(files)
