"""PDF: lines to paragraphs across lines and pages, by where the lines stand and how large they are set."""

from __future__ import annotations

from threading import Lock

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Content, Metadata, Raw
from retrieval.reading.limits import too_large
from retrieval.reading.office.properties import sound_metadata
from retrieval.reading.pdf.fields import with_fields
from retrieval.reading.pdf.lines import Line, lines_of
from retrieval.reading.pdf.paragraphs import blocks_of

# PDFium keeps its state for the whole process, and is not made for threads.
_PDFIUM = Lock()


def read(raw: Raw) -> Content:
    """The paragraphs of a PDF, each with the page that it starts on; running heads and page numbers are left out.

    Raises ``UnreadableDocument`` when it is locked, has too many pages, or holds pictures of text and no text.
    """
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(raw.data)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            reason = (
                "is locked with a password; save it without" if locked else f"is no PDF file or is damaged ({error})"
            )
            raise UnreadableDocument(raw.path, reason) from error
        try:
            if document.get_formtype() != pdfium.FORMTYPE_NONE:
                document.init_forms()
            metadata, pages = _metadata(document), _pages(document, raw)
        finally:
            document.close()
    empty = sum(not lines for lines in pages)
    if empty == len(pages):
        reason = (
            f"its {len(pages):,} pages hold no text, only pictures of it; run it through text recognition (OCR) first"
        )
        raise UnreadableDocument(raw.path, reason)
    blocks, furniture = blocks_of(pages)
    remarks = []
    if empty:
        remarks.append(f"{empty:,} of {len(pages):,} pages hold no text, perhaps pictures of it")
    if furniture:
        remarks.append(f"left out {furniture:,} running heads and page numbers")
    return Content(format="pdf", blocks=blocks, metadata=metadata, remarks=tuple(remarks))


def _pages(document: pypdfium2.PdfDocument, raw: Raw) -> list[list[Line]]:
    """The lines of each page."""
    if len(document) > raw.limits.page_count:
        reason = f"has {len(document):,} pages (the limit page_count is {raw.limits.page_count:,}); divide it"
        raise UnreadableDocument(raw.path, reason)
    pages: list[list[Line]] = []
    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            pages.append([])
            continue
        text_page = page.get_textpage()
        pages.append(with_fields(lines_of(text_page), page))
        text_page.close()
        page.close()
        characters += sum(len(line.text) for line in pages[-1])
        if characters > raw.limits.text_bytes:
            raise UnreadableDocument(raw.path, "its text " + too_large(characters, "text_bytes", raw.limits.text_bytes))
    return pages


def _metadata(document: pypdfium2.PdfDocument) -> Metadata:
    said = document.get_metadata_dict(skip_empty=True)
    return sound_metadata(
        title=said.get("Title"),
        author=said.get("Author"),
        date=said.get("CreationDate") or said.get("ModDate"),
        keywords=said.get("Keywords"),
    )
