"""How much one run of reading may take: every bound in one place."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that keep a hostile or mistaken file from taking the machine; sizes are in bytes.

    ``file_count``: files in the documents folder. ``file_bytes``: one file on disk. ``text_bytes``: text that has no
    container (text, Markdown, HTML, CSV). ``unpacked_bytes`` and ``member_count``: what a zip, Office or EPUB file
    may hold. ``pack_ratio``: unpacked over packed size, beyond which it is taken for a bomb.
    ``archive_depth``: archives within archives. ``page_count``: pages of a PDF. ``row_count``: rows of a spreadsheet.
    ``html_depth``: elements within elements. ``element_count``: elements of a page.
    ``paragraph_count``: paragraphs of a document.
    """

    file_count: int = 100_000
    file_bytes: int = 256 * MEBIBYTE
    text_bytes: int = 32 * MEBIBYTE
    unpacked_bytes: int = 256 * MEBIBYTE
    member_count: int = 10_000
    pack_ratio: int = 200
    archive_depth: int = 2
    page_count: int = 10_000
    row_count: int = 100_000
    html_depth: int = 1_000
    element_count: int = 300_000
    paragraph_count: int = 500_000


def too_large(size: int, limit_name: str, limit: int) -> str:
    """The reason of a document that is larger than a limit; sizes in bytes."""
    return f"is too large ({size / MEBIBYTE:,.0f} MiB; the limit {limit_name} is {limit / MEBIBYTE:,.0f} MiB)"
