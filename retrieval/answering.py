"""Question + engine → answer: the best sentences word for word, or an honest "not found"."""

from __future__ import annotations

from retrieval.engine import Engine
from retrieval.question import Question
from retrieval.ranking import SEARCHED, Candidate, Ranker, Ranking
from retrieval.records import Answer, Quote
from retrieval.tokens import Tokenizer


class Answerer:
    """Answers questions from what an engine holds.

    ``threshold`` is the confidence below which there is no answer, 0 for always one.
    """

    def __init__(self, engine: Engine, tokenizer: Tokenizer, *, threshold: float) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._threshold = threshold
        self._ranker = Ranker(tokenizer)

    async def answer(self, question: str, *, limit: int = 3) -> Answer:
        """Answer with at most ``limit`` quotes, best first; with none, where the documents do not say it."""
        asked = Question.of(question, self._tokenizer)
        found = await self._engine.search(asked.terms, limit=SEARCHED)
        ranking = self._ranker.rank(asked, found)
        if not ranking.candidates or ranking.confidence < self._threshold:
            return Answer(question, (), ranking.confidence, ranking.missing)
        quotes = tuple(_quote(ranking, candidate) for candidate in ranking.candidates[:limit])
        return Answer(question, quotes, ranking.confidence)


def _quote(ranking: Ranking, candidate: Candidate) -> Quote:
    return Quote(
        sentence=candidate.sentence,
        paragraph=candidate.hit.paragraph,
        source=candidate.hit.source,
        score=candidate.score,
        highlights=ranking.highlights(candidate),
    )
