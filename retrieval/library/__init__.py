"""A folder of documents kept in step with its index."""

from __future__ import annotations

from retrieval.library.holdings import held
from retrieval.library.library import (
    NO_DOCUMENTS,
    FileReport,
    Library,
    Progress,
    Report,
    Status,
)
from retrieval.library.manifest import Summary

__all__ = [
    "NO_DOCUMENTS",
    "FileReport",
    "Library",
    "Progress",
    "Report",
    "Status",
    "Summary",
    "held",
]
