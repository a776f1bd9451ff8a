"""What people have filled into the form of a PDF: the values of its fields, each behind the label beside it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.reading.joining import collapse
from retrieval.reading.pdf.lines import Line

_CHOICES = frozenset((pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON))
_FILLED = frozenset((pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX))
_MOST_FIELDS = 5000  # of a page


def with_fields(lines: Sequence[Line], page: pypdfium2.PdfPage) -> list[Line]:
    """Return the lines with the values of the page's fields, each in the line to the left of it where there is one."""
    if page.formenv is None:
        return list(lines)
    filled = list(lines)
    for field in _fields(page):
        beside = [
            at
            for at, line in enumerate(filled)
            if line.right <= field.left + line.size and abs(line.bottom - field.bottom) < max(line.size, field.size) / 2
        ]
        if beside:
            at = max(beside, key=lambda index: filled[index].right)
            label = filled[at]
            filled[at] = replace(label, text=f"{label.text}{field.text}", parts=())
        else:
            below = (at for at, line in enumerate(filled) if line.bottom < field.bottom)
            filled.insert(next(below, len(filled)), field)
    return filled


def _fields(page: pypdfium2.PdfPage) -> Iterator[Line]:
    for index in range(min(_MOST_FIELDS, pdfium.FPDFPage_GetAnnotCount(page.raw))):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET and (
                line := _field(page, annotation)
            ):
                yield line
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _field(page: pypdfium2.PdfPage, annotation: object) -> Line | None:
    kind = pdfium.FPDFAnnot_GetFormFieldType(page.formenv.raw, annotation)
    if kind in _CHOICES:
        text = "☑" if pdfium.FPDFAnnot_IsChecked(page.formenv.raw, annotation) else "☐"
    elif kind in _FILLED:
        text = _value(page, annotation)
    else:
        return None
    box = pdfium.FS_RECTF()
    if not text or not pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return None
    size = min(box.top - box.bottom, 12.0)
    return Line(text, box.left, box.right, (box.top + box.bottom) / 2 - size / 2, size)


def _value(page: pypdfium2.PdfPage, annotation: object) -> str:
    length = pdfium.FPDFAnnot_GetFormFieldValue(page.formenv.raw, annotation, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pointer = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFAnnot_GetFormFieldValue(page.formenv.raw, annotation, pointer, length)
    return collapse(buffer.raw.decode("utf-16-le", "replace").rstrip("\0"))
