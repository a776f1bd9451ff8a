"""Measures text recognition: how long a page takes, and how much of it is read wrongly."""

from __future__ import annotations

import io
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.reading import read
from testbed.drawing import FONT, WITHOUT_FONT, capacity, page, wrong_share

MOST_WRONG = 0.02


class Kind(NamedTuple):
    """A kind of page: how it is scanned and set, and how full it is."""

    name: str
    dpi: int
    options: dict[str, Any]
    share: float = 1.0


KINDS = (
    Kind("a fourth of a page", 200, {}, 0.25),
    Kind("dense", 200, {"points": 10.5}),
    Kind("dense, small type", 300, {"points": 9}),
    Kind("dense, smaller, tilted", 300, {"points": 8, "tilt": 1}),
)
CODES = ("2026年", "35%", "（三）", "1,200元", "A4", "GB/T 9704", "138-0013-8000", "https://example.org/a")


def measure_ocr(
    generator: random.Random, text: Callable[[int], str], page_count: int, seconds: Callable[[], float]
) -> int:
    """Recognise pages of each kind, whose ``text`` has some length; ``seconds`` tells those of processors so far.

    Return 1 where more than ``MOST_WRONG`` of the characters are wrong.
    """
    if FONT is None:
        raise SystemExit(WITHOUT_FONT)
    columns = ("page", "dpi", "characters", "seconds", "seconds of processors", "wrong")
    print(f"| {' | '.join(columns)} |\n|---|{'---:|' * (len(columns) - 1)}")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "warm.png").write_bytes(page(["起动。"], 150))
        read(folder, "warm.png")
        for kind in KINDS:
            texts = [list(_paragraphs(generator, text, kind)) for _ in range(page_count)]
            (folder / "a.tiff").write_bytes(_scans([page(one, kind.dpi, **kind.options) for one in texts]))
            started, spent = time.perf_counter(), seconds()
            (document,) = read(folder, "a.tiff").documents
            took, spent = (time.perf_counter() - started) / page_count, (seconds() - spent) / page_count
            right = "".join(paragraph for one in texts for paragraph in one)
            wrong = wrong_share(right, "".join(paragraph.text for paragraph in document.paragraphs))
            failed |= wrong > MOST_WRONG
            count = len(right) // page_count
            print(f"| {kind.name} | {kind.dpi} | {count:,} | {took:.1f} | {spent:.1f} | {wrong:.2%} |", flush=True)
    return int(failed)


def _paragraphs(generator: random.Random, text: Callable[[int], str], kind: Kind) -> Iterator[str]:
    """Paragraphs that fill a share of a page of a kind, with numbers and names among them."""
    length, lines = capacity(kind.options.get("points", 12))
    left = int(kind.share * lines)
    while left > 0:
        pieces = [text(generator.randint(15, 60)) + generator.choice(CODES) for _ in range(generator.randint(1, 5))]
        paragraph = ("".join(pieces) + "。")[: left * length - 2]
        yield paragraph
        left -= -(-(len(paragraph) + 2) // length)


def _scans(pages: list[bytes]) -> bytes:
    """A file of several pages."""
    from PIL import Image

    first, *others = [Image.open(io.BytesIO(one)) for one in pages]
    first.save(buffer := io.BytesIO(), "TIFF", save_all=True, append_images=others, compression="tiff_lzw")
    return buffer.getvalue()
