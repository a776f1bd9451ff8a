"""Pictures of text as files: photos, screenshots and scans, a page each or, in TIFF, several."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Content, Raw
from retrieval.reading.images import recognition
from retrieval.reading.images.models import LONGEST_SIDE
from retrieval.reading.images.pages import Drawn, RecognisedPages
from retrieval.reading.pdf.paragraphs import blocks_of

if TYPE_CHECKING:
    from retrieval.reading.images.models import Picture

_PAGE_POINTS = 595  # the width of A4, which a picture is taken to be of


def read(raw: Raw) -> Content:
    """The paragraphs that are recognised in a picture.

    Raises ``UnreadableDocument`` when it is too large, holds no text, or nothing that recognises text is installed.
    """
    if not recognition.is_installed():
        raise UnreadableDocument(raw.path, f"is a picture; {recognition.advice()}")
    count = _count(raw)
    known = RecognisedPages(raw.recognition or recognition.Recognition(), count)
    drawn = (
        Drawn(number, picture, _PAGE_POINTS / picture.shape[1])
        for number, picture in enumerate(_pictures(raw, count), start=1)
    )
    pages = [lines for _, lines in known.lines(drawn)]
    said = known.remark()
    if said is None:
        raise UnreadableDocument(raw.path, "is a picture in which no text is recognised")
    blocks, _ = blocks_of(pages)
    return Content(format="picture", blocks=blocks, remarks=(said,), recognised=known.pages)


def _count(raw: Raw) -> int:
    """How many pages the file holds. Raises ``UnreadableDocument`` for more than the limits allow."""
    from PIL import Image, UnidentifiedImageError

    limits = raw.limits
    too_many = f"pixels (the limit pixel_count is {limits.pixel_count:,})"
    try:
        with Image.open(io.BytesIO(raw.data)) as image:
            pixels = image.width * image.height
            count = int(getattr(image, "n_frames", 1))
    except Image.DecompressionBombError as error:  # the library's own limit, beyond ours
        raise UnreadableDocument(raw.path, f"is a picture of far too many {too_many}") from error
    except UnidentifiedImageError as error:
        raise UnreadableDocument(raw.path, "is no picture, or is damaged") from error
    if pixels > limits.pixel_count:
        raise UnreadableDocument(raw.path, f"is a picture of {pixels:,} {too_many}")
    if count > limits.recognised_page_count:
        limit = f"the limit recognised_page_count is {limits.recognised_page_count:,}"
        raise UnreadableDocument(raw.path, f"holds {count:,} pictures ({limit}); divide it")
    return count


def _pictures(raw: Raw, count: int) -> Iterator[Picture]:
    """The pages as people see them: turned as the camera says, no larger than is of use."""
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(raw.data)) as image:
        for number in range(count):
            image.seek(number)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            if upright.mode in {"RGBA", "LA", "PA", "P"}:  # what is transparent is paper
                upright = upright.convert("RGBA")
                paper = Image.new("RGBA", upright.size, "white")
                upright = Image.alpha_composite(paper, upright)
            yield np.asarray(upright.convert("RGB"))
