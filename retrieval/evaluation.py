"""How good the answers are: question sets, and the measures taken on them.

Two kinds of sets are read. SQuAD-format JSON brings its own paragraphs: all of them make one collection, and every
question is asked of all of it. A TSV of questions and expected pieces of text is asked of whatever is indexed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.answering import Answerer
from retrieval.engines.protocol import Engine
from retrieval.errors import QuestionSetError
from retrieval.language import Tokenizer
from retrieval.meaning import Meaning
from retrieval.ranking import Ranking
from retrieval.records import Document, Found, Paragraph, Sentence, Source

NOT_FOUND = "not found"
"""What a TSV expects of a question that the documents do not answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question, and the spans that answer it: offsets in the text of the paragraph of the document at ``path``.

    Any sentence of the documents at ``also`` is right as well.
    """

    question: str
    path: str
    spans: tuple[tuple[int, int], ...]
    also: frozenset[str] = frozenset()

    def answered_by(self, path: str, sentence: Sentence) -> bool:
        """Return whether a sentence of the document at ``path`` is right: strictly, it covers one of the spans."""
        if path != self.path:
            return path in self.also
        return any(sentence.start <= start and end <= sentence.end for start, end in self.spans)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions with the collection that they are asked of, a document for each paragraph."""

    documents: tuple[Document, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A line of a TSV: the question and the text that the answer's sentence must hold, ``None`` for no answer."""

    question: str
    expected: str | None


def squad(path: Path) -> QuestionSet:
    """Read a question set in SQuAD's format; ``also`` of a question may hold ids of further right paragraphs.

    Raises ``QuestionSetError`` when the file is not one.
    """
    try:
        articles = json.loads(path.read_text("utf-8"))["data"]
        return _question_set(articles)
    except OSError as error:
        raise QuestionSetError(path, error.strerror or "cannot be read") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QuestionSetError(path, f"is not SQuAD-format JSON ({type(error).__name__}: {error})") from error


def _question_set(articles: Sequence[dict[str, Any]]) -> QuestionSet:
    documents: list[Document] = []
    items: list[Item] = []
    entries = [entry for article in articles for entry in article["paragraphs"] if entry["context"].strip()]
    paths = {entry["id"]: str(number) for number, entry in enumerate(entries) if "id" in entry}
    for article in articles:
        for entry in article["paragraphs"]:
            context = entry["context"]
            text = context.strip()
            shift = len(context) - len(context.lstrip())
            if not text:
                continue
            name = str(len(documents))
            documents.append(Document(Source(name, article.get("title", "")), (Paragraph(1, text),)))
            for asked in entry["qas"]:
                spans = {
                    (answer["answer_start"] - shift, answer["answer_start"] - shift + len(answer["text"]))
                    for answer in asked["answers"]
                }
                also = frozenset(paths[other] for other in asked.get("also", ()) if other in paths)
                items.append(Item(asked["question"], name, tuple(sorted(spans)), also - {name}))
    return QuestionSet(tuple(documents), tuple(items))


def expectations(path: Path) -> tuple[Expectation, ...]:
    """Read a TSV: a question, a tab, and the expected text or ``not found``; lines that begin with # say nothing.

    Raises ``QuestionSetError`` for a line without a tab, and for a file that has no line.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(path, str(error)) from error
    result = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        question, tab, expected = line.partition("\t")
        if not tab or not question.strip() or not expected.strip():
            raise QuestionSetError(path, f"line {number} is not a question, a tab and the expected text")
        wanted = expected.strip()
        result.append(Expectation(question.strip(), None if wanted.lower() == NOT_FOUND else wanted))
    if not result:
        raise QuestionSetError(path, "holds no question")
    return tuple(result)


SHOWN, SURE = "shown", "shown as sure"
WRONGLY_SHOWN, WRONGLY_SURE = "unanswerable shown", "unanswerable shown as sure"
"""Measures of what users see."""

HIGHLIGHT_OF = "highlight F1, "
"""What begins the measures of one kind of question, where at least ``_LEAST_OF_A_KIND`` are right first."""
_LEAST_OF_A_KIND = 5

TYPED = frozenset({"year", "time", "number", "duration", "person", "place", "country"})
"""Kinds of question whose answers have a form of their own, so that a tight highlight can be asked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question: at which rank the right paragraph and sentence stood, from 1, 0 for not at all.

    ``length`` is the number of characters of the first sentence, ``sentence`` its text. ``highlight`` is the F1 of its
    highlights against the answer, ``None`` where the sentence is not right; ``kind`` is the question's.
    """

    question: str
    paragraph_rank: int
    sentence_rank: int
    confidence: float
    length: int
    sentence: str
    highlight: float | None = None
    kind: str = "none"


class Measurement:
    """Asks an engine, and keeps what comes of it."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer, meaning: Meaning | None = None) -> None:
        self._answerer = Answerer(engine, tokenizer, threshold=0, meaning=meaning)

    async def ranked(self, question: str) -> tuple[Found, Ranking]:
        """Return what was found and how it was ranked, as an answerer does it, without refusing."""
        ranking = await self._answerer.rank(question)
        return ranking.evidence.found if ranking.evidence else Found((), 0, {}), ranking

    async def outcome(self, item: Item) -> Outcome:
        """Ask a question whose answer is known.

        Strict: a sentence is right when it lies in the answer's own paragraph and covers one of its spans.
        """
        found, ranking = await self.ranked(item.question)
        right_paths = (rank for rank, hit in enumerate(found.hits, 1) if hit.source.path in {item.path, *item.also})
        right = (
            rank
            for rank, candidate in enumerate(ranking.candidates, start=1)
            if item.answered_by(candidate.hit.source.path, candidate.sentence)
        )
        rank = next(right, 0)
        first = ranking.candidates[0].sentence.text if ranking.candidates else ""
        return Outcome(
            question=item.question,
            paragraph_rank=next(right_paths, 0),
            sentence_rank=rank,
            confidence=ranking.confidence,
            length=len(first),
            sentence=first,
            highlight=_highlight(ranking, item) if rank == 1 else None,
            kind=ranking.question.kind.name,
        )


def _highlight(ranking: Ranking, item: Item) -> float | None:
    """Return the best F1, by characters, of what the first sentence highlights against the answers."""
    best = ranking.candidates[0]
    if best.hit.source.path != item.path:
        return None
    shown = "".join(best.sentence.text[start:end] for start, end in ranking.highlights(best))
    return max(_f1(shown, best.hit.paragraph.text[start:end]) for start, end in item.spans)


def _f1(one: str, other: str) -> float:
    """Return the harmonic mean of precision and recall of two texts' characters, as bags."""
    return 2 * (Counter(one) & Counter(other)).total() / max(len(one) + len(other), 1)


def measures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Sum up outcomes: shares from 0 to 1, and the mean number of characters of the first sentence."""
    paragraph = np.array([outcome.paragraph_rank for outcome in outcomes])
    sentence = np.array([outcome.sentence_rank for outcome in outcomes])
    highlights: dict[str, list[float]] = {}
    for outcome in outcomes:
        if outcome.highlight is not None:
            highlights.setdefault(outcome.kind, []).append(outcome.highlight)
    typed = [value for kind, values in highlights.items() if kind in TYPED for value in values]

    def hit(ranks: np.ndarray[Any, np.dtype[np.int64]], within: int) -> float:
        return float(((ranks > 0) & (ranks <= within)).mean())

    return {
        "paragraph Hit@1": hit(paragraph, 1),
        "paragraph Hit@3": hit(paragraph, 3),
        "paragraph Hit@10": hit(paragraph, 10),
        "sentence Hit@1": hit(sentence, 1),
        "sentence Hit@3": hit(sentence, 3),
        "sentence MRR@5": float(np.where((sentence > 0) & (sentence <= 5), 1 / np.maximum(sentence, 1), 0).mean()),
        "typed highlight F1": float(np.mean(typed)) if typed else 0.0,
        "mean characters": float(np.mean([outcome.length for outcome in outcomes])),
        **{
            f"{HIGHLIGHT_OF}{kind}": float(np.mean(values))
            for kind, values in sorted(highlights.items())
            if len(values) >= _LEAST_OF_A_KIND
        },
    }


def seen(
    outcomes: Sequence[Outcome], unanswerable: Sequence[float], *, threshold: float, sure_threshold: float
) -> dict[str, float]:
    """Return what users see at the two thresholds: shares of all answerable and of all unanswerable questions.

    ``unanswerable`` are the confidences of questions that the collection does not answer.
    """
    rank = np.array([outcome.sentence_rank for outcome in outcomes])
    confidence = np.array([outcome.confidence for outcome in outcomes])
    shown = confidence >= threshold
    values = {
        SHOWN: float(shown.mean()),
        SURE: float((shown & (confidence >= sure_threshold)).mean()),
        "shown right first": float((shown & (rank == 1)).mean()),
        "shown right in the first 3": float((shown & (rank >= 1) & (rank <= 3)).mean()),
    }
    if len(unanswerable):
        others = np.array(unanswerable)
        values[WRONGLY_SHOWN] = float((others >= threshold).mean())
        values[WRONGLY_SURE] = float((others >= max(threshold, sure_threshold)).mean())
    return values


def refusal(answerable: Sequence[float], unanswerable: Sequence[float]) -> dict[str, float]:
    """Return how well confidence separates what is answered from what is not.

    The area under the ROC curve, by ranks with ties halved (Mann and Whitney, 1947); and which share of the answerable
    is still answered at the threshold that refuses 90 % and 95 % of the unanswerable.
    """
    known, unknown = np.array(answerable), np.array(unanswerable)
    values = np.concatenate((known, unknown))
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = ranks[: len(known)].sum() - len(known) * (len(known) + 1) / 2
    result = {"refusal AUROC": float(wins / (len(known) * len(unknown)))}
    for percent in (90, 95):
        threshold = np.quantile(unknown, percent / 100)
        result[f"answered with {percent} % refused"] = float((known > threshold).mean())
    return result
