"""What a file is by its content, where its suffix says something else: HTML named .xls, PDF named .txt."""

from __future__ import annotations

import io
import re

from retrieval.reading.formats import ARCHIVE_SUFFIX, format_of, may_mislead

HEAD_BYTES = 64 * 1024
"""How much of a file shows what it is, but for what is packed."""

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = {".doc": "WordDocument", ".xls": "Workbook", ".ppt": "PowerPoint Document"}
_PICTURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"II*\0": ".tif", b"MM\0*": ".tif"}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body|table|meta|style|div|p)\b", re.IGNORECASE
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PLAIN = bytes({*range(0x20, 0x100), *b"\t\n\r\f"} - {0x7F})
# What marks the packed formats among the names of their members.
_MEMBERS = (
    ("word/document.xml", ".docx"),
    ("xl/workbook.xml", ".xlsx"),
    ("xl/workbook.bin", ".xlsb"),
    ("ppt/presentation.xml", ".pptx"),
    ("META-INF/container.xml", ".epub"),
    ("OFD.xml", ".ofd"),
)
_OPEN_DOCUMENTS = {b"text": ".odt", b"spreadsheet": ".ods", b"presentation": ".odp"}
_PACKED = frozenset({"docx", "xlsx", "pptx", "epub"})
_TEXTS = frozenset({"text", "markdown", "html"})  # whose readers tell HTML themselves
# What a text is read as that has the name of a format, or the suffix of one that is not read.
_AS_TEXT = {**dict.fromkeys(("pdf", "docx", "pptx", "epub", ARCHIVE_SUFFIX), ".txt"), "xlsx": ".csv", ".xls": ".csv"}


def suffix_of(data: bytes, named: str) -> str:
    """The suffix of the format that the content has: mostly ``named``, the one in the file's name.

    ``data`` may be no more than the first ``HEAD_BYTES`` of the file.
    """
    format_ = format_of(named)
    name = format_.name if format_ else None
    found = _signed(data, named, name) or _written(data[:HEAD_BYTES], named, name)
    if found is None or (format_ and format_of(found) is format_):
        return named
    return found


def _signed(data: bytes, named: str, name: str | None) -> str | None:
    """The suffix that the first bytes of a binary format stand for."""
    if data.startswith(b"PK\x03\x04"):
        return _packed(data) or (None if name in _PACKED else ARCHIVE_SUFFIX)
    if data.startswith(b"%PDF-"):
        return ".pdf"
    if data.startswith(_COMPOUND_FILE):
        # Also an Office file of today that is locked with a password; whoever opens it says so.
        kinds = (suffix for suffix, stream in _STREAMS.items() if stream.encode("utf-16-le") in data)
        return None if name in _PACKED or may_mislead(named) else next(kinds, ".doc")
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ".webp"
    return next((suffix for signature, suffix in _PICTURES.items() if data.startswith(signature)), None)


def _packed(data: bytes) -> str | None:
    from zipfile import ZipFile

    try:
        with ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names and "mimetype" in names:
                with archive.open("mimetype") as part:
                    kind = part.read(100)
                return next((suffix for word, suffix in _OPEN_DOCUMENTS.items() if kind.endswith(word)), ".odt")
    except Exception:  # whoever opens it says what is wrong with it
        return None
    return next((suffix for member, suffix in _MEMBERS if member in names), None)


def _written(head: bytes, named: str, name: str | None) -> str | None:
    """The suffix for a text under the name of something else."""
    if name in _TEXTS:
        return None
    if _HTML.match(head.removeprefix(_BYTE_ORDER_MARK)):
        return ".html"
    if name == "csv" or head.translate(None, _PLAIN) or b" obj" in head or not _decodes(head):
        return None
    if head.startswith(b"MIME-Version:"):
        return ".mht"
    if named == ".xls" and b"\t" not in head:
        return None
    return _AS_TEXT.get(name or named)


def _decodes(head: bytes) -> bool:
    """Whether this is Chinese or English text, the last character perhaps cut."""
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return bool(text.strip())
    return False
