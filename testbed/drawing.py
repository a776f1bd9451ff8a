"""Pages of text drawn as pictures, as a printer and a scanner leave them, and how much of one was read wrongly."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

_FONTS = ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FONT = next((font for font in _FONTS if Path(font).exists()), None)
"""A Chinese font; ``None`` where there is none, and no page can be drawn."""
WITHOUT_FONT = "needs a Chinese font: apt install fonts-wqy-zenhei"

_WIDTH, _HEIGHT, _MARGIN = 8.27, 11.69, 1.0  # inches of A4
_LEADING = 1.6


def capacity(points: float) -> tuple[int, int]:
    """Return how many characters of a size go on a line of a page, and how many lines."""
    size = points / 72
    return int((_WIDTH - 2 * _MARGIN) / size), int((_HEIGHT - 2 * _MARGIN) / size / _LEADING)


def page(
    paragraphs: Sequence[str],
    dpi: int,
    *,
    points: float = 12,
    tilt: float = 0,
    stamp: bool = False,
    columns: int = 1,
    heading: str = "",
    cut: bool = False,
) -> bytes:
    """Return a page of A4 with the paragraphs, as PNG; turned by ``tilt`` degrees. The first fills the left column.

    Where it is ``cut``, it ends below them.
    """
    from PIL import Image, ImageDraw, ImageFont

    assert FONT
    size, margin = round(dpi * points / 72), round(_MARGIN * dpi)
    image = Image.new("RGB", (round(_WIDTH * dpi), round(_HEIGHT * dpi)), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, size)
    gap = 2 * size
    width = (image.width - 2 * margin - (columns - 1) * gap) // columns
    left, top, bottom = margin, margin, margin
    if heading:
        draw.text((image.width / 3, top), heading, fill="black", font=ImageFont.truetype(FONT, round(1.6 * size)))
        top += 3 * size
    first = top
    for number, paragraph in enumerate(paragraphs):
        if columns > 1 and number == 1:
            left, top = left + width + gap, first
        text, length = f"　　{paragraph}", width // size
        for start in range(0, len(text), length):
            draw.text((left, top), text[start : start + length], fill="black", font=font)
            top += round(_LEADING * size)
            bottom = max(bottom, top)
    if stamp:
        layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
        red, radius, centre = (210, 30, 30, 170), round(0.8 * dpi), (image.width - 2 * margin, first + 4 * size)
        box = [centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius]
        ImageDraw.Draw(layer).ellipse(box, outline=red, width=max(2, dpi // 30))
        image = Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB")
    if cut:
        image = image.crop((0, 0, image.width, bottom + margin))
    image = image.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor="white")
    image.save(buffer := io.BytesIO(), "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()


def wrong_share(right: str, found: str) -> float:
    """Return the share of the characters that were not found, or are others; spaces and widths do not count."""
    right, found = ("".join(unicodedata.normalize("NFKC", text).split()) for text in (right, found))
    blocks = SequenceMatcher(None, right, found, autojunk=False).get_matching_blocks()
    return 1 - sum(block.size for block in blocks) / max(len(right), len(found))
