"""Learns the weights of the ranking and of the confidence from question sets in SQuAD's format.

    python -m training.train SET.json SET.json            writes retrieval/ranking/ranking.json and confidence.json
    python -m training.train SET.json SET.json --report   trains on each and tests on the others, and by 5 folds

The same sets and seed give the same weights. Two sets are the least: foreign questions come from the others. Needs the
dependency group "train" (pip install --group train).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from retrieval.engines.local import LocalEngine
from retrieval.evaluation import Item, QuestionSet, refusal, squad
from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking import SEARCHED, Ranker
from retrieval.ranking.confidence import SIGNS, signs
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.features import NAMES, features
from retrieval.ranking.model import Model
from retrieval.records import Document, Found
from training.boosting import ranking_model
from training.learning import Array, Lists, confidence_weights, hits
from training.negatives import Swapper, without_paragraph, without_sentence

PENALTY = 8.0
FOLDS = 5
ASKED = 1000
"""How many questions of each set the confidence is learned from."""
SMALL, SMALL_COUNT = 15, 12
"""Paragraphs in a small collection, and how many of those are drawn from each set."""
WRONG = 1.5
"""What it costs to answer a question that the documents do not answer, beside refusing one that they do."""
SHARES = {"foreign": 1.0, "paragraph": 2.0, "sentence": 0.3, "entity": 1.2, "word": 0.1}
"""How much each sort of unanswerable question counts; least the one that only a word tells from an answerable one: to
learn more from it blurs the others."""


@dataclass(frozen=True, slots=True)
class Collection:
    """An engine that holds a question set, and that set."""

    questions: QuestionSet
    engine: LocalEngine

    def document(self, item: Item) -> Document:
        """Give the document that answers."""
        return next(document for document in self.questions.documents if document.source.path == item.path)


@dataclass(frozen=True, slots=True)
class Cases:
    """Signs of confidence of many questions, by row, and of which sort each question is.

    ``item`` is the number of the question that a row was made of: those made of one belong into one fold.
    """

    signs: Array
    sorts: NDArray[np.str_]
    item: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Cases:
        """Give the cases that are chosen."""
        return Cases(self.signs[chosen], self.sorts[chosen], self.item[chosen])


class Trainer:
    """Turns question sets into tables to learn from."""

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        self._tokenizer = tokenizer
        self._ranker = Ranker(tokenizer)
        self._random = Random(seed)

    @contextmanager
    def collection(self, questions: QuestionSet) -> Iterator[Collection]:
        """Index a question set in a temporary folder."""
        with TemporaryDirectory() as folder:
            engine = LocalEngine(Path(folder), self._tokenizer)
            asyncio.run(_fill(engine, questions.documents))
            try:
                yield Collection(questions, engine)
            finally:
                engine.close()

    def search(self, collection: Collection, question: str, limit: int = SEARCHED) -> tuple[Question, Found]:
        """Ask a collection."""
        asked = Question.of(question, self._tokenizer)
        return asked, asyncio.run(collection.engine.search(asked.terms, limit=limit))

    def evidence(self, asked: Question, found: Found) -> Evidence:
        """Give what was found says to a question."""
        return self._ranker.evidence(asked, found)

    def lists(self, collection: Collection) -> Lists:
        """Give the candidates of each question with their features."""
        tables, right, numbers = [], [], []
        for number, item in enumerate(collection.questions.items):
            asked, found = self.search(collection, item.question)
            if not found.hits:
                continue
            evidence = self._ranker.evidence(asked, found)
            tables.append(features(evidence))
            for row in range(len(evidence.rows)):
                sentence = evidence.sentence_at(row)
                own = evidence.passages.hits[int(evidence.hit[row])].source.path == item.path
                right.append(own and any(sentence.start <= a and b <= sentence.end for a, b in item.spans))
            numbers += [number] * len(evidence.rows)
        return Lists(np.concatenate(tables), np.array(right), np.array(numbers))

    def cases(
        self, collection: Collection, items: Sequence[Item], foreign: Iterable[str], swapper: Swapper, model: Model
    ) -> Cases:
        """Give the signs of confidence of answerable questions and of each sort of unanswerable ones."""
        rows: list[Array] = []
        sorts: list[str] = []
        numbers: list[int] = []

        def add(number: int, sort: str, asked: Question, found: Found | None) -> None:
            if found is not None and found.hits:
                evidence = self._ranker.evidence(asked, found)
                rows.append(signs(self._ranker.case(evidence, model.values(features(evidence)))))
                sorts.append(sort)
                numbers.append(number)

        for number, item in enumerate(items):
            asked, found = self.search(collection, item.question, SEARCHED + 1)
            if not asked.terms:
                continue
            document = collection.document(item)
            terms = (document.paragraphs[0].text, document.source.title)
            own = frozenset(term for text in terms for term in self._tokenizer.terms(text))
            add(number, "answerable", asked, found)
            add(number, "paragraph", asked, without_paragraph(found, item.path, own))
            if self._random.random() < 0.5:
                add(number, "sentence", asked, without_sentence(found, item))
            for sort, question in (("entity", swapper.entity(item, document)), ("word", swapper.word(item, document))):
                if question is not None:
                    add(number, sort, *self.search(collection, question))
        for number, question in enumerate(foreign):
            add(number, "foreign", *self.search(collection, question))
        return Cases(np.array(rows), np.array(sorts), np.array(numbers))

    def all_cases(self, sets: Sequence[QuestionSet], number: int, model: Model) -> tuple[Cases, Cases]:
        """Give the cases of a set as a whole, and of small collections drawn from it."""
        own, others = sets[number], [part for place, part in enumerate(sets) if place != number]
        titles = [document.source.title for part in others for document in part.documents]
        outside = [item.question for part in others for item in part.items]
        words = sorted(
            {
                token.text
                for part in sets
                for item in part.items
                for token in self._tokenizer.words(item.question)
                if token.han and len(token.text) > 1
            }
        )
        draw = self._random.sample

        def swapper(part: QuestionSet) -> Swapper:
            whole = "\n".join(document.source.title + document.paragraphs[0].text for document in part.documents)
            return Swapper(self._tokenizer, titles, words, whole, self._random)

        with self.collection(own) as collection:
            items = draw(own.items, min(ASKED, len(own.items)))
            whole = self.cases(collection, items, draw(outside, min(ASKED, len(outside))), swapper(own), model)
        parts = []
        for _ in range(SMALL_COUNT):
            start = self._random.randrange(max(len(own.documents) - SMALL, 1))
            documents = own.documents[start : start + SMALL]
            paths = {document.source.path for document in documents}
            inside = [item for item in own.items if item.path in paths]
            small = QuestionSet(documents, tuple(draw(inside, min(40, len(inside)))))
            near = [item.question for item in draw(own.items, 40) if item.path not in paths][:20]
            with self.collection(small) as collection:
                foreign = [*near, *draw(outside, min(20, len(outside)))]
                parts.append(self.cases(collection, small.items, foreign, swapper(small), model))
        return whole, _together(parts)


def _together(parts: Sequence[Cases]) -> Cases:
    return Cases(
        np.concatenate([part.signs for part in parts]),
        np.concatenate([part.sorts for part in parts]),
        np.concatenate([part.item for part in parts]),
    )


async def _fill(engine: LocalEngine, documents: Iterable[Document]) -> None:
    async with engine.update(afresh=True) as update:
        for document in documents:
            await update.put(document)
        await update.commit("")


def learn_confidence(tables: Sequence[Cases]) -> tuple[Array, float]:
    """Learn from tables that count alike, in each of which all sorts together count as the answerable questions do."""
    importance = []
    for table in tables:
        weight = np.where(table.sorts == "answerable", 1.0, 0.0)
        answerable = weight.sum()
        for sort, share in SHARES.items():
            chosen = table.sorts == sort
            weight[chosen] = WRONG * share / sum(SHARES.values()) * answerable / max(chosen.sum(), 1)
        importance.append(weight * ASKED / answerable)
    rows = np.concatenate([table.signs for table in tables])
    answerable = np.concatenate([table.sorts == "answerable" for table in tables]).astype(np.float64)
    return confidence_weights(rows, answerable, np.concatenate(importance), penalty=PENALTY)


def report_ranking(names: Sequence[str], sets: Sequence[QuestionSet], lists: Sequence[Lists], seed: int) -> None:
    """Train on each set and test on the others; then train on four fifths of all and test on the fifth."""

    def report(title: str, part: Lists, values: Array, questions: int) -> None:
        _print(title, hits(part, values, questions=questions))

    for trained, part in enumerate(lists):
        model, _ = ranking_model([part], penalty=PENALTY, seed=seed)
        for tested, other in enumerate(lists):
            if tested != trained:
                title, count = f"{names[trained]} → {names[tested]}", len(sets[tested].items)
                report(f"{title}, linear", other, other.features @ model.weights, count)
                report(title, other, model.values(other.features), count)
    # Questions about one paragraph stand together: neighbours stay in one fold.
    folds = [part.question // 7 % FOLDS for part in lists]
    linear, whole = [np.zeros(len(part.right)) for part in lists], [np.zeros(len(part.right)) for part in lists]
    for fold in range(FOLDS):
        kept = [part.where(of != fold) for part, of in zip(lists, folds, strict=True)]
        model, _ = ranking_model(kept, penalty=PENALTY, seed=seed)
        for place, (part, of) in enumerate(zip(lists, folds, strict=True)):
            held = part.features[of == fold]
            linear[place][of == fold], whole[place][of == fold] = held @ model.weights, model.values(held)
    for name, part, questions, one, both in zip(names, lists, sets, linear, whole, strict=True):
        report(f"{FOLDS} folds, {name}, linear", part, one, len(questions.items))
        report(f"{FOLDS} folds, {name}", part, both, len(questions.items))


def report_confidence(names: Sequence[str], cases: Sequence[tuple[Cases, Cases]]) -> None:
    """Train on the other sets' questions and test on each set's; then on four fifths of all and test on the fifth."""
    for tested, name in enumerate(names):
        others = [part for place, pair in enumerate(cases) if place != tested for part in pair]
        weights, bias = learn_confidence(others)
        _report_refusal(f"others → {name}", cases[tested][0], _chances(cases[tested][0], weights, bias))
    tables = [part for pair in cases for part in pair]
    folds = [table.item % FOLDS for table in tables]
    chances = [np.zeros(len(table.sorts)) for table in tables]
    for fold in range(FOLDS):
        learned = learn_confidence([table.where(of != fold) for table, of in zip(tables, folds, strict=True)])
        for table, of, values in zip(tables, folds, chances, strict=True):
            values[of == fold] = _chances(table.where(of == fold), *learned)
    for name, pair, values in zip(names, cases, chances[::2], strict=True):
        _report_refusal(f"{FOLDS} folds, {name}", pair[0], values)


def _chances(cases: Cases, weights: Array, bias: float) -> Array:
    return np.asarray(1 / (1 + np.exp(-(cases.signs @ weights) - bias)))


def _report_refusal(title: str, cases: Cases, chances: Array) -> None:
    known = chances[cases.sorts == "answerable"]
    _print(f"{title}, threshold 0.5", {"answered": float((known >= 0.5).mean())})
    for sort in SHARES:
        unknown = chances[cases.sorts == sort]
        _print(f"{title}, {sort}", {**refusal(known, unknown), "refused at 0.5": float((unknown < 0.5).mean())})


def _print(title: str, values: dict[str, float]) -> None:
    print(f"{title:48}", "  ".join(f"{name} {value:.3f}" for name, value in values.items()), flush=True)


def main() -> None:
    """Train, and report or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="question set in SQuAD's format")
    parser.add_argument("--report", action="store_true", help="measure on what was not trained on; write nothing")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if len(arguments.sets) < 2:
        parser.error("two sets are the least: foreign questions come from the others")
    names = [path.stem for path in arguments.sets]
    sets = [squad(path) for path in arguments.sets]
    package = Path(__file__).parent.parent / "retrieval" / "ranking"
    with TemporaryDirectory() as cache:
        trainer = Trainer(Tokenizer(Path(cache)), arguments.seed)
        lists = []
        for questions in sets:
            with trainer.collection(questions) as collection:
                lists.append(trainer.lists(collection))
        if arguments.report:
            report_ranking(names, sets, lists, arguments.seed)
        model, trees = ranking_model(lists, penalty=PENALTY, seed=arguments.seed)
        cases = [trainer.all_cases(sets, number, model) for number in range(len(sets))]
    if arguments.report:
        report_confidence(names, cases)
        return
    confidence, bias = learn_confidence([part for pair in cases for part in pair])
    ranking = {"features": list(NAMES), "weights": model.weights.round(5).tolist(), "trees": trees}
    _write(package / "ranking.json", ranking)
    named = [sign.name for sign in SIGNS]
    _write(
        package / "confidence.json", {"signs": named, "weights": confidence.round(5).tolist(), "bias": round(bias, 5)}
    )


def _write(path: Path, values: Mapping[str, object]) -> None:
    """Write JSON with a line for each element of its lists: weights and trees can be compared in a diff."""
    lines = []
    for name, value in values.items():
        told = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            told = "[\n  " + ",\n  ".join(json.dumps(element, ensure_ascii=False) for element in value) + "\n ]"
        lines.append(f" {json.dumps(name)}: {told}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
