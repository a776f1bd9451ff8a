"""The features of a (question, sentence) pair: one table of name, formula and reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrieval.evidence import Array, Evidence


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its formula gives one number for each sentence of the evidence."""

    name: str
    why: str
    formula: Callable[[Evidence], Array]


def _ratio(a: Array, b: Array) -> Array:
    return np.asarray(a / np.maximum(b, 1e-9))


def _best(values: Array) -> Array:
    return _ratio(values, np.full_like(values, values.max(initial=0.0)))


FEATURES: tuple[Feature, ...] = (
    Feature("paragraph bm25", "the best paragraph holds most answers", lambda e: _best(e.scores)),
    Feature("paragraph rank", "… and the second many of the rest", lambda e: 1 / (1.0 + e.hit)),
    *(
        Feature(
            f"paragraph {group}",
            "what a paragraph lacks its sentences lack",
            lambda e, group=group: e.share(e.paragraph, group),
        )
        for group in ("words", "characters", "pairs")
    ),
    Feature("sentence bm25", "the sentence that shares the rarest terms", lambda e: _best(e.bm25)),
    *(
        Feature(f"sentence {group}", "", lambda e, group=group: e.share(e.sentence, group))
        for group in ("words", "characters", "pairs")
    ),
    *(
        Feature(f"local {group}", "", lambda e, group=group: e.share(e.sentence, group, e.local * e.weights))
        for group in ("words", "characters", "pairs")
    ),
    *(
        Feature(f"context {group}", "", lambda e, group=group: e.share(e.context, group))
        for group in ("words", "characters", "pairs")
    ),
    *(
        Feature(f"outside head {group}", "", lambda e, group=group: e.share(e.sentence & ~e.head, group))
        for group in ("words", "characters", "pairs")
    ),
    *(
        Feature(
            f"of offered {group}",
            "",
            lambda e, group=group: _ratio(e.share(e.sentence, group), e.share(e.paragraph, group)),
        )
        for group in ("characters", "pairs")
    ),
    *(
        Feature(f"next only {group}", "", lambda e, group=group: e.share(e.following & ~e.sentence & ~e.context, group))
        for group in ("words", "pairs")
    ),
    Feature("words absent", "", lambda e: e.absent(e.context, "words")),
    Feature("answer form", "", lambda e: np.array([float(bool(spans)) for spans in e.answering])),
    Feature("left of gap", "", lambda e: np.minimum(e.longest(e.near[0], backwards=True), 6)),
    Feature("right of gap", "", lambda e: np.minimum(e.longest(e.near[1], backwards=False), 6)),
    Feature("alignment", "", lambda e: e.aligned),
    Feature("first sentence", "", lambda e: (e.place == 0).astype(np.float64)),
    Feature("length", "", lambda e: np.log1p(e.lengths)),
)


def features(evidence: Evidence) -> Array:
    """Compute the table: an array of sentences × features."""
    return np.stack([feature.formula(evidence) for feature in FEATURES], axis=1)
