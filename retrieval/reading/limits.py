"""How much one run of reading may take: every bound in one place."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024
# What this little unpacks to is no bomb, however well it was packed: empty sheets are packed very well.
_HARMLESS_BYTES = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that keep a hostile or mistaken file from taking the machine; sizes are in bytes.

    ``file_count``: files in the documents folder. ``file_bytes``: one file on disk. ``text_bytes``: text that has no
    container (text, Markdown, HTML, CSV). ``unpacked_bytes`` and ``member_count``: what a zip, Office or EPUB file
    may hold. ``pack_ratio``: unpacked over packed size, beyond which it is taken for a bomb.
    ``archive_depth``: archives within archives. ``page_count``: pages of a PDF. ``row_count``: rows of a spreadsheet.
    ``html_depth``: elements within elements. ``element_count``: elements of a page.
    ``paragraph_count``: paragraphs of a document. ``pixel_count``: pixels of a picture. ``recognised_page_count``:
    pages of a file that text recognition is tried on. ``cpu_seconds``, ``wall_seconds`` and ``memory_bytes``: what the
    process that reads a file may take for it; of a scan, the seconds are those of each page.
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
    pixel_count: int = 100_000_000
    recognised_page_count: int = 1_000
    cpu_seconds: int = 60
    wall_seconds: int = 300
    memory_bytes: int = 1024 * MEBIBYTE


def too_large(size: int, limit_name: str, limit: int) -> str:
    """The reason of a document that is larger than a limit; sizes in bytes."""
    return f"is too large ({size / MEBIBYTE:,.0f} MiB; the limit {limit_name} is {limit / MEBIBYTE:,.0f} MiB)"


def too_slow(limits: Limits, *, cpu: bool) -> str:
    """The reason of a document that took too long to read."""
    limit, seconds = ("cpu_seconds", limits.cpu_seconds) if cpu else ("wall_seconds", limits.wall_seconds)
    return f"took too long: more than {seconds} s{' of CPU time' if cpu else ''} (the limit {limit}); divide it"


def too_much_memory(limits: Limits) -> str:
    """The reason of a document that takes too much memory to read."""
    mebibytes = limits.memory_bytes / MEBIBYTE
    return f"needs too much memory: more than {mebibytes:,.0f} MiB (the limit memory_bytes); divide it"


def ran_out(error: BaseException | None) -> bool:
    """Whether this error, or one that it came of, is that there was no memory left."""
    while error is not None:
        if isinstance(error, MemoryError) or "memory allocation failed" in str(error).lower():
            return True
        error = error.__cause__ or error.__context__
    return False


class Unpacking:
    """What a file unpacks to, all the archives in it taken together, held to the limits."""

    def __init__(self, limits: Limits, packed_bytes: int) -> None:
        self._limits, self._packed_bytes = limits, packed_bytes
        self._unpacked_bytes = self._member_count = 0

    def add(self, member_count: int, unpacked_bytes: int) -> str | None:
        """Count what one more archive holds; returns why it may not be unpacked, if it may not."""
        limits, packed = self._limits, max(1, self._packed_bytes)
        members, unpacked = self._member_count + member_count, self._unpacked_bytes + unpacked_bytes
        if members > limits.member_count:
            return f"holds {members:,} members (the limit member_count is {limits.member_count:,})"
        if unpacked > limits.unpacked_bytes:
            return "unpacked, " + too_large(unpacked, "unpacked_bytes", limits.unpacked_bytes)
        if unpacked > max(_HARMLESS_BYTES, limits.pack_ratio * packed):
            return f"unpacks to {unpacked / packed:,.0f} times its size (the limit pack_ratio is {limits.pack_ratio})"
        self._member_count, self._unpacked_bytes = members, unpacked
        return None
