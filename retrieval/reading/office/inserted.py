"""Files that a Word document holds as a whole (altChunk): the program reads them in when it opens the document."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import PurePosixPath

from retrieval.errors import UnreadableDocument
from retrieval.reading import wrapping
from retrieval.reading.content import Block, Raw
from retrieval.reading.text.decoding import decode
from retrieval.reading.web import page


def inserted_blocks(name: str, data: bytes, raw: Raw) -> list[Block] | None:
    """The blocks of a file in the document; ``None`` where it cannot be read."""
    inner = replace(raw, data=data)
    try:
        match PurePosixPath(name).suffix.lower():
            case ".mht" | ".mhtml" | ".eml":
                return _archived_page(inner)
            case ".htm" | ".html" | ".xhtml" | ".xml":
                return page.read_fragment(decode(inner).text, inner).blocks
            case ".txt":
                return list(wrapping.blocks(decode(inner).text))
            case ".docx" | ".docm" | ".dotx":
                return _document(inner, raw)
    except UnreadableDocument:
        return None
    return None


def _archived_page(raw: Raw) -> list[Block] | None:
    message = email.message_from_bytes(raw.data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                charset = part.get_content_charset() or raw.encoding
                inner = replace(raw, data=content, encoding=charset)
                return page.read_fragment(decode(inner).text, inner).blocks
    return None


def _document(inner: Raw, outer: Raw) -> list[Block] | None:
    """The blocks of a document in a document; one that holds further ones is opened only once more."""
    from retrieval.reading.office import word

    if outer.limits.archive_depth < 1:
        return None
    limits = replace(outer.limits, archive_depth=outer.limits.archive_depth - 1)
    return word.read(replace(inner, limits=limits)).blocks
