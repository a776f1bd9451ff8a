"""Archives: the documents in a .zip, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from retrieval.reading.archives.container import member_name, open_zip, read_member
from retrieval.reading.content import Raw
from retrieval.reading.finding import is_litter
from retrieval.reading.formats import may_mislead, refusal
from retrieval.reading.limits import too_large


def members(raw: Raw) -> Iterator[tuple[str, bytes | str]]:
    """Each file in the archive: its path, beginning with the archive's own, and its bytes, or why it is not read.

    Hidden and temporary files pass without a word, as they do in a folder. Raises ``UnreadableDocument`` when the
    archive as a whole cannot be read.
    """
    with open_zip(raw) as archive:
        for member in sorted(archive.infolist(), key=member_name):
            inner = _inner_path(member)
            if member.is_dir() or not inner.parts or any(map(is_litter, inner.parts)):
                continue
            place = f"{raw.path}/{inner}"
            if (refused := refusal(inner.suffix.lower())) is not None and not may_mislead(inner.suffix.lower()):
                yield place, refused
            elif member.file_size > raw.limits.file_bytes:
                yield place, too_large(member.file_size, "file_bytes", raw.limits.file_bytes)
            else:
                yield place, _unpacked(archive, member)


def _unpacked(archive: ZipFile, member: ZipInfo) -> bytes | str:
    try:
        return read_member(archive, member)
    except Exception as error:
        return f"cannot be unpacked: {error}"


def _inner_path(member: ZipInfo) -> PurePosixPath:
    """The member's path within the archive; it only names the member, and leads nowhere."""
    name = member_name(member).replace("\\", "/")
    parts = (part.encode("utf-8", "replace").decode() for part in name.split("/"))
    return PurePosixPath(*(part for part in parts if part not in {"", ".", ".."}))
