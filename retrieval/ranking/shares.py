"""Which share of the question's terms sentences and what stands around them hold, by what the terms weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrieval.ranking.measures import PLACES, Bits, Counting, Flags

_SENTENCE, _TITLE, _FIRST, _PREVIOUS, _FOLLOWING, _PARAGRAPH = (np.uint8(1 << place) for place in range(PLACES))


class Places:
    """Whether terms stand in the places of sentences, by the bits of ``measures.held``."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits

    def _in(self, places: np.uint8) -> Flags:
        return np.asarray(self._bits & places != 0)

    @property
    def sentence(self) -> Flags:
        """The sentence itself."""
        return self._in(_SENTENCE)

    @property
    def title(self) -> Flags:
        """The title or section."""
        return self._in(_TITLE)

    @property
    def previous(self) -> Flags:
        """The sentence before it, in the same paragraph."""
        return self._in(_PREVIOUS)

    @property
    def following(self) -> Flags:
        """The sentence behind it, in the same paragraph."""
        return self._in(_FOLLOWING)

    @property
    def paragraph(self) -> Flags:
        """Anything in the paragraph, its title and section included."""
        return self._in(_PARAGRAPH)

    @property
    def head(self) -> Flags:
        """Title, section or first sentence: what the paragraph is about."""
        return self._in(_TITLE | _FIRST)

    @property
    def context(self) -> Flags:
        """The sentence, the one before it, or the head."""
        return self._in(_SENTENCE | _TITLE | _FIRST | _PREVIOUS)


@dataclass(frozen=True, slots=True)
class Share:
    """What counts of the terms: those that are ``held`` by some places, by the weight of this name.

    It is a share of the whole weight, or with ``absolute`` a mass.
    """

    held: Callable[[Places], Flags]
    weight: str
    absolute: bool = False


WEIGHTS = ("idf", "local idf", "beyond", "untold", "near gap", "near gap untold")
"""The weights of terms, each by paragraph; ``Evidence`` says what they are."""

SHARES = {
    "paragraph": Share(lambda place: place.paragraph, "idf"),
    "sentence": Share(lambda place: place.sentence, "idf"),
    "context": Share(lambda place: place.context, "idf"),
    "outside head": Share(lambda place: place.sentence & ~place.head, "idf"),
    "title": Share(lambda place: place.title, "idf"),
    "next only": Share(lambda place: place.following & ~place.context, "idf"),
    "previous only": Share(lambda place: place.previous & ~place.sentence, "idf"),
    "local": Share(lambda place: place.sentence, "local idf"),
    "beyond": Share(lambda place: place.sentence, "beyond"),
    "beyond mass": Share(lambda place: place.sentence, "beyond", absolute=True),
    "untold": Share(lambda place: place.sentence, "untold"),
    "untold mass": Share(lambda place: place.sentence, "untold", absolute=True),
    "untold of following": Share(lambda place: place.following, "untold"),
    "untold with previous": Share(lambda place: place.sentence | place.previous, "untold"),
    "near gap": Share(lambda place: place.sentence, "near gap"),
    "near gap untold": Share(lambda place: place.sentence, "near gap untold"),
}
"""What ``Evidence.shares`` has, by name."""

_ANY = Places(np.arange(1 << PLACES, dtype=np.uint8))
COUNTING = Counting(
    held=np.array([share.held(_ANY) for share in SHARES.values()]),
    kind=np.array([WEIGHTS.index(share.weight) for share in SHARES.values()], np.int64),
    absolute=np.array([share.absolute for share in SHARES.values()]),
)
"""The same, for ``measures.shares``."""
