"""The registry of formats: which suffix is which format, and which module reads it.

Reading modules are named here and imported when the first file of their format is read, so that listing a folder
costs no import.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read: its name, the module of this package that reads it, and its suffixes."""

    name: str
    module: str
    suffixes: tuple[str, ...]


FORMATS: tuple[Format, ...] = (
    Format("text", "text.plain", (".txt", ".text")),
    Format("markdown", "text.markdown", (".md", ".markdown", ".mkd", ".mdown", ".mdx")),
    Format("html", "web.page", (".html", ".htm", ".xhtml", ".shtml")),
    Format("pdf", "pdf.pages", (".pdf",)),
    Format("docx", "office.word", (".docx", ".docm", ".dotx")),
    Format("pptx", "office.slides", (".pptx", ".pptm", ".ppsx")),
    Format("xlsx", "office.sheets", (".xlsx", ".xlsm")),
    Format("csv", "text.delimited", (".csv", ".tsv")),
    Format("epub", "archives.epub", (".epub",)),
)

ARCHIVE_SUFFIX = ".zip"

_BY_SUFFIX = {suffix: format_ for format_ in FORMATS for suffix in format_.suffixes}


def format_of(suffix: str) -> Format | None:
    """The format of files with this suffix (``.TXT`` as well as ``.txt``), if it can be read."""
    return _BY_SUFFIX.get(suffix.lower())


def is_readable(suffix: str) -> bool:
    """Whether files with this suffix can be read, as a document or as an archive of documents."""
    return suffix.lower() == ARCHIVE_SUFFIX or suffix.lower() in _BY_SUFFIX
