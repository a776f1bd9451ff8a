"""Pages of a PDF that are pictures of text, or whose text is no text: which they are, and how they look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.reading.pdf.lines import Line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CODES = re.compile(r"\(cid:\d{1,6}\)|/?(?:uni[0-9A-F]{4,6}|glyph\d{1,6}|cid\d{1,6}|g\d{1,6})(?![a-z])")
_NO_CHARACTERS = frozenset(("Co", "Cn", "Cs", "Cc"))
_BROKEN_SHARE = 0.3
_FEW_CHARACTERS = 40
_PICTURE_SHARE = 0.5


State = Literal["text", "picture", "marked", "codes", "blank", "damaged"]
"""A page has text, is a picture, has but a mark on one, has codes for text, shows nothing, or cannot be opened."""


def state_of(lines: Sequence[Line], page: pypdfium2.PdfPage) -> State:
    """Return whether the page's lines can be read as they are, and if not, why."""
    text = "".join("".join(line.text.split()) for line in lines)
    if not text:
        return "picture" if pdfium.FPDFPage_CountObjects(page.raw) > 0 else "blank"
    broken = sum(len(code) for code in _CODES.findall(text))
    broken += sum(unicodedata.category(one) in _NO_CHARACTERS or one == "\ufffd" for one in text)
    if broken > _BROKEN_SHARE * len(text):
        return "codes"
    return "marked" if len(text) < _FEW_CHARACTERS and _is_picture(page) else "text"


def drawn(page: pypdfium2.PdfPage, *, longest_side: int) -> tuple[NDArray[np.uint8], float]:
    """Return the page as people see it, in red, green and blue, and how many points a pixel is."""
    width, height = page.get_size()
    scale = longest_side / max(width, height, 1.0)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    picture = bitmap.to_numpy()[:, :, :3].copy()
    bitmap.close()
    return picture, 1 / scale


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether a picture covers most of the page."""
    width, height = page.get_size()
    covered = 0.0
    for index, one in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        left, bottom, right, top = one.get_bounds()
        covered += max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
        if index > 1000:
            break
    return bool(covered > _PICTURE_SHARE * width * height)
