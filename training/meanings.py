"""Learns to rank by meaning on top of words, from questions whose best sentences are compared with them in meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from retrieval.meaning import Encoder, Meaning, Vectors
from retrieval.ranking.closeness import NAMES, Cosines
from retrieval.ranking.model import Model, Trees
from training.learning import Lists, hits, ranking_weights, together
from training.material import Layout, Material
from training.workshop import Key, Workshop

QUESTIONS = 300
"""How many questions of a set are compared: two features need few."""
VECTORS = 10_000_000
"""Vectors that are kept beside the tables: all."""

Compared = Mapping[str, Mapping[Key, tuple[Lists, Lists]]]
"""By family and table: the best candidates by words, with which sentences are right, and with which documents are."""


def opened(model: Path, folder: Path) -> Meaning:
    """Return what compares meanings by the model in a folder, and keeps all vectors in another."""
    encoder = Encoder.of(model)
    return Meaning(encoder, Vectors(folder / "vectors", fingerprint=encoder.fingerprint, most=VECTORS))


def compared(workshop: Workshop, models: Mapping[str, Model], cosines: Cosines) -> Compared:
    """Compare the best sentences, by words, of some questions of each set; the models have not seen its family."""

    def make(one: Material, layout: Layout) -> tuple[Lists, Lists]:
        asked, words = one.sample(QUESTIONS, workshop.seed), models[one.family]
        compare = partial(workshop.asker.compared, asked, layout, workshop.seed, model=words, cosines=cosines)
        return workshop.kept(f"compared {one.name} {layout.name}", compare)

    def join(made: Sequence[tuple[Lists, Lists]]) -> tuple[Lists, Lists]:
        sentences, documents = zip(*made, strict=True)
        return together(sentences), together(documents)

    return workshop.by_family(make, join)


def ranker(tables: Compared, without: str | None, *, penalty: float) -> Model:
    """Learn the ranking by words and meaning without the sets of a family: linear, since trees add nothing."""
    parts = [part for family, own in tables.items() if family != without for part, _ in own.values()]
    return Model(ranking_weights(parts, penalty=penalty), Trees.of((), ()))


def measures(tables: Mapping[Key, tuple[Lists, Lists]], model: Model) -> Iterator[tuple[str, Key, Mapping[str, float]]]:
    """Yield how often sentence and document are right first, by words alone and with meaning, of each table."""
    for key, both in tables.items():
        for what, part in zip(("sentence", "document"), both, strict=True):
            by_words = part.features[:, NAMES.index("by words")].astype(np.float64)
            yield f"{what} by words", key, hits(part, by_words, questions=part.asked)
            yield f"{what} by meaning", key, hits(part, model.values(part.features), questions=part.asked)
