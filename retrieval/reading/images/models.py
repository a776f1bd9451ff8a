"""The models that recognise text, which come with their package: where pieces of it stand, and what they say."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    _Box = NDArray[np.float32]

LONGEST_SIDE = 2400
"""Pixels of a page's longer side: more makes it slower, not surer."""
FOUND_ON = 960
"""Pixels of the longer side on which lines are found; what they say is recognised on all."""

_HEIGHT = 48  # of the strips that the model reads
_LEAST_WIDTH = 128  # narrower strips are filled up
_LONGEST_STRIP = LONGEST_SIDE * _HEIGHT // 3  # of a box of the least height: no strip is made smaller
_WHOLE_WIDTH = 320
"""Pixels up to which a strip is not narrowed: so short ones would be read less well, and take little time."""
_SPACED, _CLOSEST = 16, 12
"""Pixels from one character to the next to which a strip is narrowed, in less time; and those that still do."""
_NARROWEST, _NEARLY = 0.45, 0.8  # of its width: the least, and what is as good as all of it
_LETTERS = re.compile(r"[!-~]{6}")
_DOUBTFUL = 0.9  # what is less sure when it is narrowed is read again as it is, and so are words of letters and numbers
_UNREADABLE = 0.5
_SIDEWAYS = 1.5  # times as high as wide: characters one below the other, or a page on its side


class Piece(NamedTuple):
    """Text that stands together: its corners in pixels from the upper left one, clockwise, and how sure it is (0–1)."""

    text: str
    corners: tuple[tuple[float, float], ...]
    sureness: float

    @property
    def is_sideways(self) -> bool:
        """Whether it is higher than wide, and not a single character."""
        (left, top), (right, _), (_, bottom), _ = self.corners
        single = len(self.text) == 1 and self.is_readable
        return not single and abs(bottom - top) > _SIDEWAYS * abs(right - left)

    @property
    def is_readable(self) -> bool:
        """Whether it is likely to be what stands there."""
        return bool(self.text.strip()) and self.sureness >= _UNREADABLE


def pieces_in(picture: Picture) -> Iterator[Piece]:
    """Yield the pieces of text in a picture, which is red, green and blue, from top to bottom, readable or not."""
    import numpy as np

    picture = np.ascontiguousarray(picture[:, :, ::-1])  # blue first, and not turned again for every piece
    boxes = _finder()(picture).boxes
    spaced: float = _SPACED  # of the piece before, which the next is likely to be like
    for box in () if boxes is None else boxes:
        level, whole = _level(box)
        width = max(whole * min(max(_SPACED / spaced, _NARROWEST), 1), min(whole, _WHOLE_WIDTH))
        text, sureness = _read(picture, level, width)
        lettered = _LETTERS.search(text) is not None
        if width < _NEARLY * whole and (lettered or sureness < _DOUBTFUL or width < _CLOSEST * len(text)):
            text, sureness = _read(picture, level, whole)
        spaced = _SPACED if lettered or not text else whole / len(text)
        yield Piece(text, tuple((float(x), float(y)) for x, y in box), round(sureness, 4))


def _level(box: _Box) -> tuple[_Box, float]:
    """The corners of a box from the upper left one of its text, and how wide a strip it is at the model's height."""
    import numpy as np

    sides = np.linalg.norm(box - np.roll(box, -1, axis=0), axis=1)
    across, down = max(sides[0], sides[2]), max(sides[1], sides[3])
    if down >= _SIDEWAYS * across:
        box, across, down = np.roll(box, -1, axis=0), down, across
    return box.astype(np.float32), _HEIGHT * across / max(down, 1.0)


def _read(picture: Picture, box: _Box, width: float) -> tuple[str, float]:
    """What is read in a box when it is drawn as a strip of a width, and how sure that is."""
    import cv2
    import numpy as np

    size = (max(8, round(width)), _HEIGHT)
    corners = np.array([(0, 0), (size[0], 0), size, (0, _HEIGHT)], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(box, corners)
    strip = cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    result = _reader()(strip)
    (text,), (sureness,) = result.txts, result.scores
    return str(text), float(sureness)


@cache
def _finder() -> Any:
    found_on = {"Det.limit_type": "max", "Det.limit_side_len": FOUND_ON}
    return _engine({"Global.use_rec": False, "Global.max_side_len": LONGEST_SIDE} | found_on)


@cache
def _reader() -> Any:
    strips = {"Rec.rec_img_shape": [3, _HEIGHT, _LEAST_WIDTH]}
    return _engine({"Global.use_det": False, "Global.max_side_len": _LONGEST_STRIP} | strips)


def _engine(params: dict[str, Any]) -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    shared = {
        "Global.log_level": "error",
        "Global.use_cls": False,  # lines upside down: pages are turned as a whole
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # its own threads spin: pages side by side do not
    }
    return RapidOCR(params=shared | params)
