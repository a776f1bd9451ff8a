"""Tables to learn the confidence from: what the best sentence is judged by, for questions with an answer and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from retrieval.engines.local import LocalEngine
from retrieval.language import normalise
from retrieval.question import Question
from retrieval.ranking.confidence import signs
from retrieval.ranking.entities import Names
from retrieval.ranking.features import features
from retrieval.ranking.furniture import penalties
from retrieval.ranking.model import Model
from retrieval.records import Found
from training.learning import Array
from training.material import Asked, Collection, Layout, Material, laid_out
from training.negatives import Swapper, chat, plain, without_paragraphs, without_sentences
from training.tables import Asker, quoted_right

ANSWERABLE = "answerable"
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


@dataclass
class Judged:
    """Collects cases as they are made."""

    asker: Asker
    model: Model

    def __post_init__(self) -> None:
        self.rows: list[tuple[Array, str, int, int]] = []

    def add(
        self,
        sort: str,
        item: int,
        asked: Question,
        found: Found | None,
        right: tuple[Collection, Asked] | None = None,
    ) -> None:
        """Judge the best sentence of what was found, if anything was."""
        if found is None or not found.hits:
            return
        evidence = self.asker.evidence(asked, found)
        values = self.model.values(features(evidence)) - penalties(evidence)
        rank = 0
        if right is not None:
            collection, question = right
            order = np.argsort(-values, kind="stable").tolist()
            good = (quoted_right(collection, question, evidence, row) for row in order)
            rank = next((place for place, one in enumerate(good, 1) if one), 0)
        self.rows.append((signs(self.asker.ranker.case(evidence, values)), sort, item, rank))

    def table(self) -> Cases:
        """Return all that was added."""
        vectors, sorts, items, ranks = zip(*self.rows, strict=True)
        return Cases(np.array(vectors), np.array(sorts), np.array(items), np.array(ranks))


@dataclass(frozen=True, slots=True)
class Outside:
    """What comes from other collections: their questions and titles."""

    questions: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, others: Sequence[Material]) -> Outside:
        """Take in other materials, those of a kind alike."""
        questions = tuple(one.question for part in others for one in part.asked[:500])
        titles = tuple(normalise(plain(source.title)).text for part in others for source, _ in part.paragraphs[:500])
        return cls(questions, tuple(title for title in titles if 1 < len(title) < 12))


def cases(
    asker: Asker,
    material: Material,
    layout: Layout,
    outside: Outside,
    model: Model,
    *,
    count: int,
    seed: int,
) -> Cases:
    """Return the cases of about ``count`` questions that are answerable, and of each sort that is not."""
    random = Random(f"{material.name} {layout.name} {seed}")
    judged = Judged(asker, model)
    collections = 1 if layout.size is None else max(1, count // max(layout.size // 3, 1))
    for number in range(min(collections, _MOST_COLLECTIONS)):
        collection = laid_out(material, layout, random)
        with asker.indexed(collection) as engine:
            _judge(
                judged,
                collection,
                engine,
                outside,
                material.refused,
                count // min(collections, _MOST_COLLECTIONS),
                random,
                10_000 * number,
            )
    return judged.table()


_MOST_COLLECTIONS = 12


def _judge(
    judged: Judged,
    collection: Collection,
    engine: LocalEngine,
    outside: Outside,
    refused: Sequence[str],
    count: int,
    random: Random,
    first: int,
) -> None:
    asker = judged.asker
    swapper = _swapper(asker, collection, outside, random)
    texts = {
        place: (document, paragraph)
        for document in collection.documents
        for paragraph in document.paragraphs
        if (place := collection.places[document.source.path, paragraph.number]) is not None
    }
    drawn = random.sample(collection.asked, min(count, len(collection.asked)))
    for number, one in enumerate(drawn, first):
        asked, found = asker.search(engine, one.question)
        if not asked.terms:
            continue
        judged.add(ANSWERABLE, number, asked, found, (collection, one))
        judged.add("paragraph", number, asked, without_paragraphs(found, collection, one, asker.tokenizer))
        judged.add("sentence", number, asked, without_sentences(found, collection, one))
        parts = [texts[place] for place in one.right]
        own = "\n".join(
            normalise("\n".join((document.source.title, *paragraph.section, paragraph.text))).text
            for document, paragraph in parts
        )
        for sort, question in swapper.variants(asked, own, parts[0][0].source.title):
            judged.add(sort, number, *asker.search(engine, question))
    titles = [plain(document.source.title) for document in collection.documents]
    titles = [title for title in titles if not title.isdigit()] or list(outside.titles)
    part = max(len(drawn) // 3, 4)
    strange = {
        "foreign": random.sample(outside.questions, min(len(drawn), len(outside.questions))),
        "chat": random.sample(chat()["chat"], min(part, len(chat()["chat"]))),
        "now": [
            line.format(name=random.choice(titles))
            for line in random.sample(chat()["now"], min(part, len(chat()["now"])))
        ],
        REFUSED: list(refused) if len(collection.asked) else [],
    }
    for sort, questions in strange.items():
        for number, question in enumerate(questions, first + 5_000):
            judged.add(sort, number, *asker.search(engine, question))


def _swapper(asker: Asker, collection: Collection, outside: Outside, random: Random) -> Swapper:
    whole = "\n".join(
        normalise("\n".join((document.source.title, *paragraph.section, paragraph.text))).text
        for document in collection.documents
        for paragraph in document.paragraphs
    )
    words, others = _vocabulary(asker)
    return Swapper(asker.tokenizer, Names(asker.tokenizer), words, others, outside.titles, whole, random)


_COMMON = 50
_VOCABULARY: dict[int, tuple[list[str], dict[str, list[str]]]] = {}


def _vocabulary(asker: Asker) -> tuple[list[str], dict[str, list[str]]]:
    """Return common words, and names by their part of speech."""
    if id(asker) not in _VOCABULARY:
        words, others = [], dict[str, list[str]]()
        for word, frequency, tag in asker.tokenizer.dictionary.words():
            if frequency >= _COMMON and len(word) > 1:
                if tag[:2] in ("nr", "ns", "nt", "nz"):
                    others.setdefault(tag[:2], []).append(word)
                elif tag[:1] in ("n", "v"):
                    words.append(word)
        _VOCABULARY[id(asker)] = words, others
    return _VOCABULARY[id(asker)]
