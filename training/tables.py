"""Tables to learn the ranking from: the features of all candidates of each question, for a collection in a layout."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import fill
from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking import SEARCHED, Ranker
from retrieval.ranking.closeness import Closeness, Cosines
from retrieval.ranking.closeness import features as closeness_features
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.features import features
from retrieval.ranking.model import Model
from retrieval.ranking.units import unit
from retrieval.records import Found
from training.learning import Lists
from training.material import Asked, Collection, Layout, Material, laid_out


class Asker:
    """Asks collections, as an answerer does, and tells what was found; ``folder`` holds the indices that are kept."""

    def __init__(self, tokenizer: Tokenizer, folder: Path) -> None:
        self.tokenizer = tokenizer
        self._folder = folder
        self.ranker = Ranker(tokenizer)

    @contextmanager
    def indexed(self, collection: Collection, *, name: str | None = None) -> Iterator[LocalEngine]:
        """Index a collection in a temporary folder; one with a name is indexed once."""
        with TemporaryDirectory() as temporary:
            folder = Path(temporary) if name is None else self._folder / name
            known = folder.exists() and name is not None
            engine = LocalEngine(folder, self.tokenizer)
            if not known:
                asyncio.run(fill(engine, collection.documents))
            try:
                yield engine
            finally:
                engine.close()

    def search(self, engine: LocalEngine, question: str, limit: int = SEARCHED) -> tuple[Question, Found]:
        """Return a question as it is understood, and what is found for it."""
        asked = Question.of(question, self.tokenizer)
        return asked, asyncio.run(engine.search(asked.terms, limit=limit))

    def evidence(self, asked: Question, found: Found) -> Evidence:
        """Return what was found says to a question."""
        return self.ranker.evidence(asked, found)

    def _found(self, engine: LocalEngine, collection: Collection) -> Iterator[tuple[int, Asked, Evidence]]:
        """Yield the questions that something is found for, with their numbers and what that says to them."""
        for number, one in enumerate(collection.asked):
            asked, found = self.search(engine, one.question)
            if found.hits:
                yield number, one, self.evidence(asked, found)

    def lists(self, material: Material, layout: Layout, seed: int) -> Lists:
        """Return the candidates of each question of a collection with their features."""
        collection = laid_out(material, layout, Random(seed))
        tables, right, numbers = [], [], []
        with self.indexed(collection, name=f"{material.name} {layout.name}") as engine:
            for number, one, evidence in self._found(engine, collection):
                tables.append(features(evidence).astype(np.float32))
                right += [quoted_right(collection, one, evidence, row) for row in evidence.likely]
                numbers += [number] * len(evidence.likely)
        return Lists(np.concatenate(tables), np.array(right), np.array(numbers), len(collection.asked))

    def compared(
        self, material: Material, layout: Layout, seed: int, *, model: Model, cosines: Cosines
    ) -> tuple[Lists, Lists]:
        """Return the best candidates by a model, with features of their meaning; and whose document is right."""
        collection = laid_out(material, layout, Random(seed))
        tables, right, documents, numbers = [], [], [], []
        with self.indexed(collection, name=f"{material.name} {layout.name}") as engine:
            for number, one, evidence in self._found(engine, collection):
                values = self.ranker.values(evidence, features(evidence), model)
                closeness = Closeness.of(evidence, values, cosines)
                assert closeness is not None
                rows = closeness.rows.tolist()
                tables.append(closeness_features(closeness).astype(np.float32))
                right += [quoted_right(collection, one, evidence, row) for row in rows]
                documents += [collection.paragraph_of(evidence.hit_at(row)) in one.right for row in rows]
                numbers += [number] * len(rows)
        whole = Lists(np.concatenate(tables), np.array(right), np.array(numbers), len(collection.asked))
        return whole, replace(whole, right=np.array(documents))


def quoted_right(collection: Collection, one: Asked, evidence: Evidence, row: int) -> bool:
    """Return whether what is quoted where the sentence of a row comes first answers a question."""
    hit = evidence.hit_at(row)
    if collection.paragraph_of(hit) not in one.right:
        return False
    return collection.answers(one, hit, unit(evidence.question, evidence.sentence_at(row), hit).sentence)
