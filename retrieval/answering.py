"""Question + engine → answer: the best sentences word for word, or an honest "not found"."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cachetools import LRUCache

from retrieval.engines.protocol import Engine, Immediate
from retrieval.errors import AnswerTimeoutError, MeaningError, MeaningTimeoutError
from retrieval.language import Tokenizer
from retrieval.language.synonyms import Synonyms, default
from retrieval.question import Question
from retrieval.question.typos import Doubts, TermStatistics, corrected, corrections, doubts
from retrieval.ranking import SEARCHED, Ranker, Ranking
from retrieval.ranking.cells import answering
from retrieval.ranking.closeness import Cosines
from retrieval.ranking.folding import Fact, considered, facts
from retrieval.ranking.measures import Array
from retrieval.records import Answer, Found, Hit, Paragraph, Quote, Source
from retrieval.timing import Timed, untimed

if TYPE_CHECKING:
    from retrieval.meaning import Meaning
    from retrieval.question.subjects import Turn

logger = logging.getLogger(__name__)
T = TypeVar("T")

SURE = 0.5
"""The confidence from which an answer is sure, by default."""


NEAR = 0.85
"""The share of the threshold from which the best sentences are near, though not shown as an answer."""

DOUBT = 0.15
"""How much less sure an answer may be to a question with corrected characters than as it was written."""

AT_ONCE = 4
"""Questions that are worked on at once: with more, each would take as long as all of them."""

PATIENCE = 5
"""How many times as long a question may take by the clock as of the processor."""

time_share: ContextVar[float] = ContextVar("time_share", default=1.0)
"""How much of its time a question may take: less where it may be what ended the process before."""

_REMEMBERED = 16
"""Questions of which it is remembered what was found for them, each with some fifty paragraphs."""

_FIRST = "准备好了。"


class _Doubted(NamedTuple):
    """A question that may be misspelt, and what was found for it as it was written."""

    asked: Question
    found: Found
    doubts: Doubts


class Answerer:
    """Answers questions from what an engine holds.

    ``threshold`` is the confidence below which nothing is shown, 0 for always something; below ``sure_threshold`` what
    is shown only may be the answer. ``synonyms`` are the package's own unless others are given. Each stage is done
    inside of what ``timed`` gives for it. A question for which this process has worked longer than ``seconds``, or
    waited five times as long, raises ``AnswerTimeoutError``; some are worked on at once, and the others wait.
    With ``meaning``, sentences are ranked by their meaning too, where that takes no longer than ``meaning_seconds``.
    What an ``unchanging`` engine found for the last questions is remembered.
    """

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        *,
        threshold: float,
        sure_threshold: float = SURE,
        synonyms: Synonyms | None = None,
        timed: Timed = untimed,
        seconds: float | None = None,
        meaning: Meaning | None = None,
        meaning_seconds: float | None = None,
        unchanging: bool = False,
    ) -> None:
        self._engine = engine
        self._immediate = engine if isinstance(engine, Immediate) else None  # to find out takes longer than to know
        self._tokenizer = tokenizer
        self.threshold = threshold
        self.sure_threshold = sure_threshold
        self.synonyms = synonyms or default()
        self._ranker = Ranker(tokenizer)
        self._timed = timed
        self._seconds = seconds
        self._remembered: LRUCache[tuple[str, frozenset[str]], tuple[Question, Found]] | None = (
            LRUCache(_REMEMBERED) if unchanging else None
        )
        self._places = asyncio.Semaphore(AT_ONCE)
        self._meaning = meaning
        self._meaning_seconds = meaning_seconds

    def warm(self) -> None:
        """Load what the first question would wait for."""
        question = Question.of(_FIRST, self._tokenizer, self.synonyms)
        hit = Hit(Paragraph(1, _FIRST), Source("", _FIRST), 0, 1.0)
        self._ranker.rank(question, Found((hit,), 1, dict.fromkeys(question.terms, 1)))

    async def answer(
        self, question: str, *, limit: int = 3, hidden: frozenset[str] = frozenset(), literal: bool = False
    ) -> Answer:
        """Answer with at most ``limit`` quotes, best first; with none, where nothing in the documents comes near.

        What several documents say is one quote; what they contradict each other in is said by the newest first.
        What lies in a ``hidden`` folder is treated as if it were not there. Words of which the documents only have what
        sounds like them are corrected, and the answer says so; ``literal`` takes the question as it is written.
        """
        made = partial(self._answer, question, limit)
        return await self._ranked(question, hidden, made, literal=literal, most=considered(limit))

    async def nearest(self, question: str, *, limit: int, hidden: frozenset[str] = frozenset()) -> tuple[Quote, ...]:
        """Return the best sentences from at most ``limit`` places, though they do not answer; none where none is near.

        A place is a document or, where it has headings, what stands under one of them.
        """
        return await self._ranked(question, hidden, partial(self._nearest, limit))

    async def understood(self, text: str, last: Turn | None, *, hidden: frozenset[str] = frozenset()) -> Turn:
        """Return what a text asks in full, after the ``last`` turn of a conversation if there is one.

        What names nothing itself, or points at what was named, is asked about the subject of the conversation, where
        that is better answered. The question is the text itself where it follows up on nothing.
        """
        from retrieval import turns  # a single question has none, and its patterns take long to compile

        async def searched(question: str) -> tuple[Question, Found]:
            if known := self._known(question, hidden):
                return known
            return await self._searched(question, hidden, lambda asked, found: (asked, found))

        return await turns.understood(text, last, searched, self._tokenizer)

    async def rank(self, question: str, *, hidden: frozenset[str] = frozenset(), literal: bool = False) -> Ranking:
        """Rank the sentences that may answer, whatever the threshold."""
        return await self._ranked(question, hidden, lambda ranking: ranking, literal=literal)

    async def _ranked(
        self,
        question: str,
        hidden: frozenset[str],
        made: Callable[[Ranking], T],
        *,
        literal: bool = False,
        most: int | None = None,
    ) -> T:
        """Return what is made of the ranking for a question; as it was meant, unless it is surer as written.

        Whatever takes longer with more documents is done in threads: the event loop goes on meanwhile.
        """

        def as_written(asked: Question, found: Found) -> T | _Doubted:
            doubted = None if literal else doubts(asked, found.frequencies, self._tokenizer)
            if doubted is not None:
                return _Doubted(asked, found, doubted)
            cosines = self._cosines()
            with self._timed("rank"):
                return made(self._ranker.rank(asked, found, cosines=cosines, most=most))

        def as_meant(written: _Doubted, meant: tuple[Question, Found] | None) -> T:
            cosines = self._cosines()
            with self._timed("rank"):
                ranking = self._ranker.rank(*(meant or written[:2]), cosines=cosines, most=most)
                if meant is not None and ranking.confidence + DOUBT < 1:  # else nothing could be surer
                    other = self._ranker.rank(written.asked, written.found, cosines=cosines, most=most)
                    ranking = other if ranking.confidence + DOUBT < other.confidence else ranking
                return made(ranking)

        seconds = None if self._seconds is None else self._seconds * time_share.get()
        try:
            async with self._places, _limited(seconds) as limit:
                result = await self._searched(question, hidden, as_written)
                if not isinstance(result, _Doubted):
                    return result
                with self._timed("search"):
                    meant = await self._meant(*result, hidden)
                return await asyncio.to_thread(as_meant, result, meant)
        except TimeoutError:
            if seconds is None or not limit.expired():
                raise
            raise AnswerTimeoutError(seconds) from None

    async def _searched(self, question: str, hidden: frozenset[str], then: Callable[[Question, Found], T]) -> T:
        """Return what ``then``, in a thread, makes of a question as it is read and what is found for it.

        To pass on from thread to thread takes as long as to search a small collection, so all is done in one where the
        engine allows it.
        """
        engine, known = self._immediate, self._known(question, hidden)

        def at_once(engine: Immediate) -> tuple[Question, Found, T]:
            asked = self._read(question)
            with self._timed("search"):
                found = engine.found(asked.terms, limit=SEARCHED, hidden=hidden)
            return asked, found, then(asked, found)

        if known is None and engine is not None:
            asked, found, made = await asyncio.to_thread(at_once, engine)
        else:
            asked, found = known or await self._search(question, hidden)
            made = await asyncio.to_thread(then, asked, found)
        if self._remembered is not None:
            self._remembered[question, hidden] = asked, found
        return made

    async def _search(self, question: str, hidden: frozenset[str]) -> tuple[Question, Found]:
        asked = await asyncio.to_thread(self._read, question)
        with self._timed("search"):
            return asked, await self._engine.search(asked.terms, limit=SEARCHED, hidden=hidden)

    def _known(self, question: str, hidden: frozenset[str]) -> tuple[Question, Found] | None:
        """Return what is remembered of a question, which a conversation searches for several times."""
        return None if self._remembered is None else self._remembered.get((question, hidden))

    def _read(self, question: str) -> Question:
        with self._timed("tokenise"):
            return Question.of(question, self._tokenizer, self.synonyms)

    def _cosines(self) -> Cosines | None:
        """Return what compares meanings until the time for it, which begins now, is up; ``None`` where nothing does."""
        meaning, seconds = self._meaning, self._meaning_seconds
        if meaning is None:
            return None
        until = None if seconds is None else time.monotonic() + seconds

        def cosines(question: str, texts: Sequence[str]) -> Array | None:
            try:
                with self._timed("encode"):
                    return meaning.cosines(question, texts, until=until)
            except MeaningTimeoutError:
                return None
            except MeaningError as error:
                logger.warning("%s. Words alone decide", error)
                return None

        return cosines

    def _answer(self, question: str, limit: int, ranking: Ranking) -> Answer:
        if not ranking.candidates or ranking.confidence < self.threshold:
            return Answer(
                question,
                (),
                ranking.confidence,
                ranking.missing,
                ranking.question.synonyms,
                partial=ranking.partial,
                corrections=ranking.question.corrections,
            )
        return Answer(
            question,
            tuple(_quote(ranking, fact) for fact in facts(ranking.candidates, limit=limit)),
            ranking.confidence,
            synonyms=ranking.question.synonyms,
            partial=ranking.partial,
            sure=ranking.confidence >= self.sure_threshold,
            corrections=ranking.question.corrections,
        )

    def _nearest(self, limit: int, ranking: Ranking) -> tuple[Quote, ...]:
        places: dict[tuple[str, ...], Quote] = {}
        for candidate in ranking.candidates if ranking.confidence >= NEAR * self.threshold else ():
            place = (candidate.hit.source.path, *candidate.hit.paragraph.section)
            if len(places) < limit and place not in places:
                places[place] = _quote(ranking, Fact(candidate))
        return tuple(places.values())

    async def _meant(
        self, asked: Question, found: Found, doubted: Doubts, hidden: frozenset[str]
    ) -> tuple[Question, Found] | None:
        """Return the question as it was meant, with what is found for it; ``None`` where nothing in it is misspelt."""
        others = await self._engine.frequencies(doubted.terms, hidden=hidden)
        statistics = TermStatistics({**found.frequencies, **others}, found.paragraph_count)
        changes = await asyncio.to_thread(corrections, asked, doubted, statistics, self._tokenizer)
        if not changes:
            return None
        right = corrected(asked, changes, self._tokenizer, self.synonyms)
        return right, await self._engine.search(right.terms, limit=SEARCHED, hidden=hidden)


@asynccontextmanager
async def _limited(seconds: float | None) -> AsyncIterator[asyncio.Timeout]:
    """Give up after so many seconds of the processor: where others keep it busy, a late answer is better than none."""
    loop, began = asyncio.get_running_loop(), time.process_time()
    async with asyncio.timeout(None if seconds is None else PATIENCE * seconds) as limit:
        if seconds is None:
            yield limit
            return

        async def watch() -> None:
            while (left := seconds - (time.process_time() - began)) > 0:  # noqa: ASYNC110 - time used is no event
                await asyncio.sleep(left)
            if not limit.expired():
                limit.reschedule(loop.time())

        watching = asyncio.create_task(watch())
        try:
            yield limit
        finally:
            watching.cancel()


def _quote(ranking: Ranking, fact: Fact) -> Quote:
    candidate = fact.candidate
    highlights = ranking.highlights(candidate)
    return Quote(
        sentence=candidate.sentence,
        paragraph=candidate.hit.paragraph,
        source=candidate.hit.source,
        score=candidate.score,
        highlights=highlights,
        also=tuple(other.hit.source for other in fact.repeated),
        disputed=fact.disputed,
        more=candidate.unit.more,
        lead=candidate.unit.lead,
        pieces=answering(candidate.sentence.text, ranking.question, highlights),
    )
