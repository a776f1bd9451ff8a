"""A folder of documents kept in step with its index."""

from __future__ import annotations

from retrieval.library.difference import NO_DOCUMENTS
from retrieval.library.library import EVERYWHERE, Library, Progress
from retrieval.library.manifest import Entry, State, Summary, lexicon_of
from retrieval.library.report import FileReport, Report, Status, held

__all__ = [
    "EVERYWHERE",
    "NO_DOCUMENTS",
    "Entry",
    "FileReport",
    "Library",
    "Progress",
    "Report",
    "State",
    "Status",
    "Summary",
    "held",
    "lexicon_of",
]
