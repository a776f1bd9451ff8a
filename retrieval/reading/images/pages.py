"""The pages of a file that were recognised: their lines, and what the operator should know of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from retrieval.reading.images.lines import lines_of
from retrieval.reading.images.recognition import Recognition
from retrieval.reading.pdf.lines import Line

if TYPE_CHECKING:
    from retrieval.reading.images.models import Picture, Piece

_DOUBTFUL = 0.9
_AT_A_TIME = 2  # one for each of the processors that reading may count on


class Drawn(NamedTuple):
    """A page as a picture, its number, and how many points a pixel of it is."""

    page: int
    picture: Picture
    points_per_pixel: float


@dataclass(slots=True)
class RecognisedPages:
    """Recognises pages of one file, of which there are ``count`` to recognise, and remembers how sure each is."""

    recognition: Recognition
    count: int
    sureness: dict[int, float] = field(default_factory=dict)
    done: int = 0

    def lines(self, pages: Iterable[Drawn]) -> Iterator[tuple[int, list[Line]]]:
        """Yield the lines on each page, which are none where there is no text; two pages are recognised at a time."""
        waiting: deque[tuple[Drawn, Future[tuple[list[Piece], bool]]]] = deque()
        with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="recognition") as threads:
            for drawn in pages:
                waiting.append((drawn, threads.submit(self.recognition.pieces, drawn.picture)))
                if len(waiting) > _AT_A_TIME:
                    yield self._done(*waiting.popleft())
            while waiting:
                yield self._done(*waiting.popleft())

    def _done(self, drawn: Drawn, recognised: Future[tuple[list[Piece], bool]]) -> tuple[int, list[Line]]:
        pieces, new = recognised.result()
        self.done += 1
        if new:
            self.recognition.page_done(self.done, self.count)
        length = sum(len(piece.text) for piece in pieces)
        if length:
            self.sureness[drawn.page] = sum(piece.sureness * len(piece.text) for piece in pieces) / length
        height, points = drawn.picture.shape[0], drawn.points_per_pixel
        return drawn.page, lines_of(pieces, height=height, points_per_pixel=points)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages that text was recognised on."""
        return tuple(sorted(self.sureness))

    def remark(self) -> str | None:
        """Return which pages were recognised, and how surely; ``None`` where none was."""
        if not self.sureness:
            return None
        mean = sum(self.sureness.values()) / len(self.sureness)
        worst = min(self.sureness, key=lambda page: (self.sureness[page], page))
        # Never wholly: however sure it is, it may be wrong.
        said = f"recognised the text in pictures of page {ranges(self.pages)}: {min(mean, 0.99):.0%} sure"
        if len(self.sureness) > 1 and self.sureness[worst] < _DOUBTFUL:
            said += f", page {worst} {self.sureness[worst]:.0%}"
        return said


def ranges(numbers: Iterable[int]) -> str:
    """Return rising numbers, those that follow each other joined.

    >>> ranges((1, 2, 3, 7))
    '1-3, 7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)
