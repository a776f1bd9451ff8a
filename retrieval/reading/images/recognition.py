"""Text recognition (OCR): the picture of a page to pieces of text, whichever way up it lies, and none twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval import extras
from retrieval.reading.images.kept import Kept
from retrieval.reading.images.models import Piece, pieces_in

if TYPE_CHECKING:
    from retrieval.reading.images.models import Picture

_LEAST_SIDE = 48  # pixels below which a picture is an ornament
_UNSURE = 0.7
_TURNED_FROM = 3  # pieces on, of which those tell which way is up that nobody can read


def advice() -> str:
    """Return what to do about a picture where nothing that recognises text is installed."""
    return f"text recognition (OCR) reads pictures: {extras.command('ocr')}"


PageDone = Callable[[int, int], None]
"""Called when a page has been recognised, with how many of the file have been and how many there are to recognise."""


@cache
def is_installed() -> bool:
    """Whether what recognises text is installed."""
    return all(find_spec(name) for name in ("rapidocr", "onnxruntime"))


class Recognition:
    """Recognises the pages of one file after the other; what was recognised before is not recognised again.

    What is recognised is kept in ``folder``. ``page_done`` is to be called after each page. Threads may share it.
    """

    def __init__(self, folder: Path | None = None, page_done: PageDone = lambda *_: None) -> None:
        self._kept = Kept(folder) if folder else None
        self.page_done = page_done

    def pieces(self, picture: Picture) -> tuple[list[Piece], bool]:
        """Return what stands in the picture, which is red, green and blue, and whether that was not known before."""
        if min(picture.shape[:2]) < _LEAST_SIDE:
            return [], False
        key = self._kept.key(picture) if self._kept else ""
        known = self._kept.get(key) if self._kept else None
        if known is not None:
            read = (Piece(text, tuple((x, y) for x, y in corners), sureness) for text, corners, sureness in known)
            return list(read), False
        found = _upright(picture)
        if self._kept:
            self._kept.put(key, [list(piece) for piece in found])
        return found, True


def _upright(picture: Picture) -> list[Piece]:
    """What stands in the picture; where it lies on its side or upside down, it is turned."""
    import numpy as np

    best = list(pieces_in(picture))
    sideways = sum(piece.is_sideways for piece in best) > 0.5 * len(best)
    if len(best) >= _TURNED_FROM and (sideways or _sureness(best) < _UNSURE):
        turned = [list(pieces_in(np.rot90(picture, turn))) for turn in ((1, 3) if sideways else (2,))]
        best = max(turned if sideways else [best, *turned], key=_sureness)
    found = [piece for piece in best if piece.is_readable]
    if not any(character.isalnum() for piece in found for character in piece.text):
        return []  # frames and rules, which look like signs
    return found


def _sureness(pieces: list[Piece]) -> float:
    length = sum(len(piece.text) for piece in pieces)
    return sum(piece.sureness * len(piece.text) for piece in pieces) / length if length else 0.0
