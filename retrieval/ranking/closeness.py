"""How close the question and the best sentences are in meaning: what is compared, and the features made of cosines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval.language import folded
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array, Indices
from retrieval.ranking.model import Model
from retrieval.ranking.passages import Passages

ENCODED = 24
"""How many of the best sentences are compared: encoding one takes as long as ranking all of them by their words."""

Cosines = Callable[[str, Sequence[str]], Array | None]
"""Returns the cosine of a question and each of some texts; ``None`` where they cannot be had, or not in time."""

_PART_LIMIT = 32
"""Characters of a title, heading or question of the document that are encoded with the sentence."""
_SECTIONS = 2
_EVEN = 0.02
"""A standard deviation of cosines below which paragraphs are hardly told apart."""


def text_of(passages: Passages, row: int) -> str:
    """Return what is encoded for a row: the sentence, normalised, after its title and the nearest headings.

    A title without a letter says nothing and is left out. ``row`` counts the rows of the passages.
    """
    hit = passages.hits[int(passages.hit[row])]
    head = (hit.source.title, *hit.paragraph.section[-_SECTIONS:], *hit.paragraph.questions[:1])
    parts = dict.fromkeys(folded(part)[:_PART_LIMIT].strip() for part in head)
    said = " › ".join(part for part in parts if any(map(str.isalpha, part)))
    sentence = passages.text[int(passages.quoted[row]) : int(passages.starts[row + 1])].strip()
    return f"{said}。{sentence}" if said else sentence


class Closeness:
    """The cosines of a question and the sentences that were compared with it.

    ``rows`` are those of the sentences in the evidence, best first by their words; ``values`` what the ranking by words
    gives each. ``hit`` tells to which hit each belongs.
    """

    def __init__(self, evidence: Evidence, rows: Indices, values: Array, cosines: Array) -> None:
        self.rows = rows
        self.values = values
        self.cosines = cosines
        self.hit = evidence.hit[rows]

    @classmethod
    def of(cls, evidence: Evidence, values: Array, cosines: Cosines) -> Closeness | None:
        """Compare the best sentences by the values of all, -∞ where one is not to be; ``None`` if that cannot be."""
        rows = np.argsort(-values, kind="stable")[: min(ENCODED, int(np.isfinite(values).sum()))]
        texts = [text_of(evidence.passages, int(evidence.rows[row])) for row in rows]
        found = cosines(evidence.question.normal.text, texts)
        return None if found is None else cls(evidence, rows, values[rows], found)

    def values_of_all(self, values: Array, model: Model) -> Array:
        """Return values by words and meaning: a model's of what was compared; the others stay behind it."""
        compared = model.values(features(self))
        joined = values - self.values.min() + compared.min() - 1
        joined[self.rows] = compared
        return np.asarray(joined)

    @property
    def by_row(self) -> dict[int, float]:
        """The cosine of each row that was compared."""
        return dict(zip(self.rows.tolist(), self.cosines.tolist(), strict=True))

    @cached_property
    def of_paragraph(self) -> Array:
        """The best cosine of the sentence's paragraph."""
        return self._paragraphs[1][self._paragraphs[0]]

    @cached_property
    def closer(self) -> Array:
        """How many standard deviations closer the sentence's paragraph is than the paragraphs are on the average."""
        number, best = self._paragraphs
        return np.asarray((best - best.mean())[number] / (best.std() + _EVEN))

    @cached_property
    def _paragraphs(self) -> tuple[Indices, Array]:
        """Which of the paragraphs each sentence is from, and the best cosine of each paragraph."""
        _, number = np.unique(self.hit, return_inverse=True)
        best = np.full(number.max() + 1, -1.0)
        np.maximum.at(best, number, self.cosines)
        return number, best


@dataclass(frozen=True, slots=True)
class Feature:
    """A formula that gives one number for each sentence that was compared."""

    name: str
    why: str
    formula: Callable[[Closeness], Array]


FEATURES: tuple[Feature, ...] = (
    Feature("by words", "what the ranking by words thinks of it", lambda c: c.values - c.values.max()),
    Feature(
        "paragraph closer than others",
        "who asks 生病 is answered by 医疗期; in which sentence of the paragraph, words tell better",
        lambda c: c.closer,
    ),
)
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
"""The columns of ``features``."""


def features(closeness: Closeness) -> Array:
    """Return the table: an array of the sentences that were compared × ``NAMES``."""
    return np.stack([feature.formula(closeness) for feature in FEATURES], axis=1)
