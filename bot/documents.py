"""What the conversation asks of the documents, and the shelf on this machine that does it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bot.access import Audience
from bot.followups import FollowUp, follow_up
from retrieval import reading, suggesting
from retrieval.answering import Answerer
from retrieval.engine import Engine
from retrieval.errors import UnreadableDocument
from retrieval.library import FileReport, Library, Progress, Report
from retrieval.question.synonyms import Synonyms
from retrieval.ranking import Ranking
from retrieval.records import Answer, Document, Quote
from retrieval.tokens import Tokenizer

_SUGGESTED = 6
_RELATED = 3
_ATTEMPTS = 60
_READ_FOR_SUGGESTIONS = 20


class Documents(Protocol):
    """What can be asked, by whom, and how it is kept in order."""

    folder: Path
    threshold: float
    version: str

    async def ask(self, question: str, *, limit: int, audience: Audience) -> Answer:
        """Answer with at most ``limit`` quotes from what the audience sees."""

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        """Find what comes nearest, from at most ``limit`` places, for a question without an answer."""

    async def ranking(self, question: str, *, audience: Audience) -> Ranking:
        """Give what an answer was chosen from."""

    def follow_up(self, text: str, last: str) -> FollowUp | None:
        """Complete a question that follows up on the last one."""

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that the documents answer."""

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that go on from an answer."""

    @property
    def files(self) -> tuple[FileReport, ...]:
        """The files as they were last read."""

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""

    async def refresh(self) -> Report:
        """Bring the index in step with the files."""


class Shelf:
    """``Documents`` on this machine: a folder, its index, and what answers from it.

    ``version`` changes with every change of the documents.
    """

    def __init__(
        self, folder: Path, engine: Engine, library: Library, tokenizer: Tokenizer, *, threshold: float
    ) -> None:
        self.folder = folder
        self.threshold = threshold
        self.version = ""
        self.files: tuple[FileReport, ...] = ()
        self._engine = engine
        self._library = library
        self._tokenizer = tokenizer
        self._refreshing = asyncio.Lock()
        self._suggested: dict[Audience, tuple[str, ...]] = {}

    @cached_property
    def answerer(self) -> Answerer:
        """What answers; it loads dictionaries when it is first asked for."""
        return Answerer(self._engine, self._tokenizer, threshold=self.threshold)

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""
        return self._refreshing.locked()

    async def refresh(self, *, progress: Progress = lambda *_: None) -> Report:
        """See ``Library.refresh``; of several that are asked for at once, one comes after the other."""
        async with self._refreshing:
            report = await self._library.refresh(progress=progress)
            self.answerer.synonyms = Synonyms.with_folder(self.folder)
            self.files = report.files
            manifest = await self._engine.manifest() or ""
            self.version = hashlib.sha256(manifest.encode()).hexdigest()[:12]
            if report.changed:
                self._suggested.clear()
            await asyncio.to_thread(getattr, self, "answerer")  # so that the first question need not wait for it
            return report

    async def ask(self, question: str, *, limit: int, audience: Audience) -> Answer:
        """See ``Answerer.answer``."""
        return await self.answerer.answer(question, limit=limit, visible=audience if audience.hidden else None)

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        """See ``Answerer.nearest``."""
        return await self.answerer.nearest(question, limit=limit, visible=audience if audience.hidden else None)

    async def ranking(self, question: str, *, audience: Audience) -> Ranking:
        """See ``Answerer.rank``."""
        return await self.answerer.rank(question, visible=audience if audience.hidden else None)

    def follow_up(self, text: str, last: str) -> FollowUp | None:
        """See ``bot.followups``."""
        return follow_up(text, last, self._tokenizer)

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that the documents answer; found once for each state of the documents."""
        if audience not in self._suggested:
            paths = [file.path for file in self.files if file.documents and audience(file.path)]
            documents = await asyncio.to_thread(lambda: list(self._read(paths)))
            found = await suggesting.suggest(self._asking(audience), documents, count=_SUGGESTED, attempts=_ATTEMPTS)
            self._suggested[audience] = tuple(one.question for one in found)
        return self._suggested[audience]

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that go on from an answer."""
        found = await suggesting.related(self._asking(audience), answer, count=_RELATED)
        return tuple(one.question for one in found)

    def _asking(self, audience: Audience) -> suggesting.Ask:
        async def ask(question: str, *, limit: int) -> Answer:
            await asyncio.sleep(0)  # somebody may be waiting for an answer meanwhile
            return await self.ask(question, limit=limit, audience=audience)

        return ask

    def _read(self, paths: list[str]) -> Iterator[Document]:
        """Some documents, spread over all of them."""
        for path in paths[:: max(1, len(paths) // _READ_FOR_SUGGESTIONS)][:_READ_FOR_SUGGESTIONS]:
            try:
                yield from reading.read(self.folder, path).documents
            except UnreadableDocument:  # changed since it was read
                continue
