"""The pages of a file that were recognised: their lines, and what the operator should know of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval.reading.images.lines import lines_of
from retrieval.reading.images.recognition import Recognition
from retrieval.reading.pdf.lines import Line

if TYPE_CHECKING:
    from retrieval.reading.images.recognition import Picture

_DOUBTFUL = 0.9


@dataclass(slots=True)
class RecognisedPages:
    """Recognises pages of one file, of which there are ``count`` to recognise, and remembers how sure each is."""

    recognition: Recognition
    count: int
    sureness: dict[int, float] = field(default_factory=dict)
    tried: int = 0

    def lines(self, picture: Picture, page: int, *, points_per_pixel: float) -> list[Line]:
        """Return the lines in the picture of a page, which are none where there is no text."""
        self.tried += 1
        pieces = self.recognition.pieces(picture, number=self.tried, count=self.count)
        length = sum(len(piece.text) for piece in pieces)
        if length:
            self.sureness[page] = sum(piece.sureness * len(piece.text) for piece in pieces) / length
        return lines_of(pieces, height=picture.shape[0], points_per_pixel=points_per_pixel)

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
