"""A folder of documents kept in step with its index."""

from __future__ import annotations

from retrieval.library.library import NO_DOCUMENTS, Library, Progress
from retrieval.library.manifest import Summary, lexicon_of
from retrieval.library.report import FileReport, Report, Status, held

__all__ = [
    "NO_DOCUMENTS",
    "FileReport",
    "Library",
    "Progress",
    "Report",
    "Status",
    "Summary",
    "held",
    "lexicon_of",
]
