"""Tables to learn the confidence from: by what a best sentence is judged, of questions with an answer and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from retrieval.engines.local import LocalEngine
from retrieval.language import normalise
from retrieval.question import Question
from retrieval.ranking.closeness import Closeness, Cosines
from retrieval.ranking.confidence import signs
from retrieval.ranking.features import features
from retrieval.ranking.model import Model
from retrieval.records import Found
from training.learning import Array
from training.material import Asked, Collection, Layout, Material, laid_out
from training.negatives import Swapper, chat, plain, without_paragraphs, without_sentences
from training.tables import Asker, quoted_right

ANSWERABLE = "answerable"
_MOST_COLLECTIONS = 12
_OUTSIDE = 500
"""Questions that are taken from each other collection."""
_NAME_LIMIT = 12
REFUSED = "refused"
"""The sort of the questions that a collection is known not to answer, as people asked them."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Signs of confidence of many questions, by row, and of which sort each question is.

    ``rank`` is that of the right sentence, from 1; 0 where there is none. Rows of one ``item`` were made of one
    question.
    """

    signs: Array
    sorts: NDArray[np.str_]
    item: NDArray[np.int64]
    rank: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Cases:
        """Return the cases that are chosen."""
        return Cases(self.signs[chosen], self.sorts[chosen], self.item[chosen], self.rank[chosen])

    @property
    def answerable(self) -> NDArray[np.bool_]:
        """Whether the collection answers."""
        return np.asarray(self.sorts == ANSWERABLE)


@dataclass(frozen=True, slots=True)
class Outside:
    """What comes from other collections: their questions, and the titles that these name."""

    questions: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, others: Sequence[Material]) -> Outside:
        """Take in other materials."""
        questions, titles = list[str](), dict[str, None]()
        for part in others:
            for one in part.asked[:_OUTSIDE]:
                questions.append(one.question)
                title = normalise(plain(part.paragraphs[next(iter(one.right))][0].title)).text
                if 1 < len(title) <= _NAME_LIMIT and title in normalise(one.question).text:
                    titles[title] = None
        return cls(tuple(questions), tuple(titles))


@dataclass(frozen=True, slots=True)
class Rankers:
    """What ranks the sentences: a model by words; where meanings are compared, also what does that, and its model."""

    words: Model
    cosines: Cosines | None = None
    meaning: Model | None = None


def cases(
    asker: Asker, material: Material, layout: Layout, outside: Outside, rankers: Rankers, *, count: int, seed: int
) -> Cases:
    """Return the cases of about ``count`` questions that are answerable, and of each sort that is not.

    A small layout is drawn several times.
    """
    judge = Judge(asker, rankers, outside, Random(f"{material.name} {layout.name} {seed}"))
    times = 1 if layout.size is None else min(max(1, 3 * count // layout.size), _MOST_COLLECTIONS)
    for number in range(times):
        collection = laid_out(material, layout, judge.random)
        name = f"{material.name} {layout.name}" if layout.size is None else None
        with asker.indexed(collection, name=name) as engine:
            judge.take(
                collection, engine, refused=material.refused, count=max(1, count // times), first=10_000 * number
            )
    return judge.table()


class Judge:
    """Asks collections what they answer and what they do not, and collects the cases."""

    def __init__(self, asker: Asker, rankers: Rankers, outside: Outside, random: Random) -> None:
        self._asker = asker
        self._rankers = rankers
        self._outside = outside
        self.random = random
        self._rows: list[tuple[Array, str, int, int]] = []

    def take(
        self, collection: Collection, engine: LocalEngine, *, refused: Sequence[str], count: int, first: int
    ) -> None:
        """Ask a collection ``count`` of its questions, what is made of them, and questions of others.

        The items of the cases are numbered from ``first``.
        """
        documents = {
            (document.source.path, one.number): (document, one)
            for document in collection.documents
            for one in document.paragraphs
        }
        placed = {number: documents[place] for place, number in collection.places.items()}
        texts = {
            number: normalise("\n".join((document.source.title, *one.section, *one.questions, one.text))).text
            for number, (document, one) in placed.items()
        }
        swapper = Swapper.of(self._asker.tokenizer, self._outside.titles, "\n".join(texts.values()), self.random)
        drawn = self.random.sample(collection.asked, min(count, len(collection.asked)))
        for number, one in enumerate(drawn, first):
            asked, found = self._asker.search(engine, one.question)
            if not asked.terms:
                continue
            self._add(ANSWERABLE, number, asked, found, (collection, one))
            self._add("paragraph", number, asked, without_paragraphs(found, collection, one, self._asker.tokenizer))
            self._add("sentence", number, asked, without_sentences(found, collection, one))
            title = placed[next(iter(one.right))][0].source.title
            for sort, question in swapper.variants(asked, "\n".join(texts[place] for place in one.right), title):
                self._add(sort, number, *self._asker.search(engine, question))
        for sort, questions in self._strange(collection, refused, len(drawn)).items():
            for number, question in enumerate(questions, first + 5_000):
                self._add(sort, number, *self._asker.search(engine, question))

    def table(self) -> Cases:
        """Return all cases."""
        vectors, sorts, items, ranks = zip(*self._rows, strict=True)
        return Cases(np.array(vectors), np.array(sorts), np.array(items), np.array(ranks))

    def _strange(self, collection: Collection, refused: Sequence[str], count: int) -> dict[str, list[str]]:
        """Draw questions that have nothing to do with a collection, or that it is known not to answer, by sort."""
        titles = [plain(document.source.title) for document in collection.documents]
        names = [title for title in titles if not title.isdigit()] or list(self._outside.titles)
        now = self._sample(chat()["now"], max(count // 3, 4))
        return {
            "foreign": self._sample(self._outside.questions, count),
            "chat": self._sample(chat()["chat"], max(count // 3, 4)),
            "now": [line.format(name=self.random.choice(names)) for line in now],
            REFUSED: list(refused),
        }

    def _sample(self, questions: Sequence[str], count: int) -> list[str]:
        return self.random.sample(questions, min(count, len(questions)))

    def _add(
        self, sort: str, item: int, asked: Question, found: Found | None, right: tuple[Collection, Asked] | None = None
    ) -> None:
        """Judge the best sentence of what was found, if anything was; ``right`` tells what would be right."""
        if found is None or not found.hits:
            return
        evidence = self._asker.evidence(asked, found)
        values = self._asker.ranker.values(evidence, features(evidence), self._rankers.words)
        closeness = None
        if self._rankers.cosines and self._rankers.meaning:
            closeness = Closeness.of(evidence, values, self._rankers.cosines)
            assert closeness is not None
            values = closeness.values_of_all(values, self._rankers.meaning)
        rank = 0
        if right is not None:
            order = np.argsort(-values, kind="stable")[: len(evidence.likely)].tolist()
            good = (quoted_right(*right, evidence, row) for row in order)
            rank = next((place for place, one in enumerate(good, 1) if one), 0)
        self._rows.append((signs(self._asker.ranker.case(evidence, values, closeness)), sort, item, rank))
