"""Zip files, and the formats that are zip files inside: opened only when what they hold is bounded."""

from __future__ import annotations

import io
import zipfile

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Raw
from retrieval.reading.limits import MEBIBYTE, Unpacking

_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_zip(raw: Raw) -> zipfile.ZipFile:
    """The archive in the file, once its directory has been checked against the limits.

    Raises ``UnreadableDocument`` when it is none, is locked with a password, or unpacks to more than the limits allow.
    """
    if raw.data.startswith(_COMPOUND_FILE):
        raise UnreadableDocument(raw.path, "is locked with a password, or older than 2007; save it anew")
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw.data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableDocument(raw.path, f"is damaged or half-written: it is no zip container ({error})") from error
    members = archive.infolist()
    unpacking = raw.unpacking or Unpacking(raw.limits, len(raw.data))
    reason = unpacking.add(len(members), sum(member.file_size for member in members))
    if reason is not None:
        raise UnreadableDocument(raw.path, reason)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnreadableDocument(raw.path, "is locked with a password; pack it without")
    return archive


def open_office(raw: Raw) -> zipfile.ZipFile:
    """The same for an Office file, whose XML may declare no entities, and of which every part is there."""
    archive = open_zip(raw)
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels")):
            # Reading it all proves that the directory told its true size, which the library will rely on.
            head = read_member(archive, member)[:4096]
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise UnreadableDocument(raw.path, f"declares XML entities ({member.filename}), as no Office file does")
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes, and never more than the directory says. Raises what ``zipfile`` does when it is damaged.

    Reading it in one go would unpack all there is before looking at the directory.
    """
    with archive.open(member) as part:
        return b"".join(iter(lambda: part.read(MEBIBYTE), b""))


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's name; archives made on Chinese Windows write it in GBK and do not say so."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        written = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
