"""Which share of the question's terms sentences and what stands around them hold, by what the terms weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from retrieval.ranking.measures import PLACES, Bits, Counting, Flags


class Places(NamedTuple):
    """Whether a term stands in the places of a sentence, in the order of the bits by which ``measures.held`` has them.

    ``first`` is the first sentence of its paragraph, ``title`` the title and section; ``previous`` and ``following``
    are the sentences beside it, in the same paragraph, and ``paragraph`` is all of this, and the title.
    """

    sentence: Flags
    title: Flags
    first: Flags
    previous: Flags
    following: Flags
    paragraph: Flags

    @classmethod
    def of(cls, bits: Bits) -> Places:
        """Return what bits tell."""
        return cls(*(bits & 1 << bit > 0 for bit in range(PLACES)))

    @property
    def head(self) -> Flags:
        """Title, section or first sentence: what the paragraph is about."""
        return self.title | self.first

    @property
    def context(self) -> Flags:
        """The sentence, the one before it, or the head."""
        return self.sentence | self.previous | self.head


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

_ANY = Places.of(np.arange(1 << PLACES, dtype=np.uint8))
COUNTING = Counting(
    held=np.array([share.held(_ANY) for share in SHARES.values()]),
    kind=np.array([WEIGHTS.index(share.weight) for share in SHARES.values()], np.int64),
    absolute=np.array([share.absolute for share in SHARES.values()]),
)
"""The same, for ``measures.shares``."""
