"""PDF: lines to paragraphs across lines and pages, by where the lines stand and how large they are set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Content, Metadata, Raw
from retrieval.reading.images import recognition
from retrieval.reading.images.models import LONGEST_SIDE
from retrieval.reading.images.pages import Drawn, RecognisedPages, ranges
from retrieval.reading.limits import too_large
from retrieval.reading.notices import as_notice
from retrieval.reading.office.properties import sound_metadata
from retrieval.reading.pdf.fields import with_fields
from retrieval.reading.pdf.lines import Line, lines_of
from retrieval.reading.pdf.paragraphs import blocks_of
from retrieval.reading.pdf.pictures import State, drawn, state_of

# PDFium keeps its state for the whole process, and is not made for threads.
_PDFIUM = Lock()


def read(raw: Raw) -> Content:
    """The paragraphs of a PDF, each with the page that it starts on; running heads and page numbers are left out.

    Pages that are pictures of text are recognised, where what does so is installed. Raises ``UnreadableDocument`` when
    the file is locked, has too many pages, or holds no text.
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
            recognised = _recognise(document, pages, raw)
        finally:
            document.close()
    lines = [page.lines for page in pages]
    remarks = [*_gaps(pages), *filter(None, [recognised.remark()])]
    if not any(lines):
        raise UnreadableDocument(raw.path, "; ".join(remarks))
    blocks, furniture = blocks_of(lines)
    blocks, metadata = as_notice(blocks, metadata)
    if furniture:
        remarks.append(f"left out {furniture:,} running heads and page numbers")
    return Content(format="pdf", blocks=blocks, metadata=metadata, remarks=tuple(remarks), recognised=recognised.pages)


@dataclass(slots=True)
class _Page:
    """The lines of a page; ``state`` says whether they can be read as they are."""

    lines: list[Line]
    state: State


def _pages(document: pypdfium2.PdfDocument, raw: Raw) -> list[_Page]:
    """The pages with what text they hold."""
    if len(document) > raw.limits.page_count:
        reason = f"has {len(document):,} pages (the limit page_count is {raw.limits.page_count:,}); divide it"
        raise UnreadableDocument(raw.path, reason)
    pages: list[_Page] = []
    characters = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            pages.append(_Page([], "damaged"))
            continue
        text_page = page.get_textpage()
        lines = with_fields(lines_of(text_page), page)
        pages.append(_Page(lines, state_of(lines, page)))
        text_page.close()
        page.close()
        characters += sum(len(line.text) for line in lines)
        if characters > raw.limits.text_bytes:
            raise UnreadableDocument(raw.path, "its text " + too_large(characters, "text_bytes", raw.limits.text_bytes))
    return pages


def _recognise(document: pypdfium2.PdfDocument, pages: list[_Page], raw: Raw) -> RecognisedPages:
    """Put in what is recognised on the pages that have no text of their own; what is no text is left out."""
    wanted = [at for at, page in enumerate(pages) if page.state in {"picture", "marked", "codes"}]
    wanted = wanted[: raw.limits.recognised_page_count] if recognition.is_installed() else []
    recognised = RecognisedPages(raw.recognition or recognition.Recognition(), len(wanted))
    for number, lines in recognised.lines(_drawn(document, wanted)):
        if lines or pages[number - 1].state == "codes":
            pages[number - 1] = _Page(lines, "text" if lines else "codes")
    for page in pages:
        if page.state == "codes":
            page.lines = []
    return recognised


def _drawn(document: pypdfium2.PdfDocument, wanted: Sequence[int]) -> Iterator[Drawn]:
    for at in wanted:
        page = document[at]
        picture, points = drawn(page, longest_side=LONGEST_SIDE)
        page.close()
        yield Drawn(at + 1, picture, points)


def _gaps(pages: list[_Page]) -> Iterator[str]:
    """Return of which pages nothing could be read."""
    installed = recognition.is_installed()
    advice = "; text recognition (OCR) found none either" if installed else f"; {recognition.advice()}"
    empty = [at for at, page in enumerate(pages, start=1) if not page.lines and page.state != "codes"]
    codes = [at for at, page in enumerate(pages, start=1) if page.state == "codes"]
    if empty and len(empty) == len(pages):
        yield f"its {len(pages):,} pages hold no text, only pictures of it{advice}"
    elif empty:
        yield f"{len(empty):,} of {len(pages):,} pages hold no text, perhaps pictures of it{advice}"
    if codes:
        yield f"the text of page {ranges(codes)} is numbers of its font, not characters, and was left out{advice}"


def _metadata(document: pypdfium2.PdfDocument) -> Metadata:
    said = document.get_metadata_dict(skip_empty=True)
    return sound_metadata(
        title=said.get("Title"),
        author=said.get("Author"),
        date=said.get("CreationDate") or said.get("ModDate"),
        keywords=said.get("Keywords"),
    )
