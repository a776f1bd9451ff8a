"""A folder of documents kept in step with its index."""

from __future__ import annotations

from retrieval.library.library import (
    FileReport,
    Library,
    Progress,
    Report,
    Status,
)

__all__ = [
    "FileReport",
    "Library",
    "Progress",
    "Report",
    "Status",
]
