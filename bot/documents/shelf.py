"""What the conversation asks of the documents, and the shelf on this machine that does it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol

from bot.access import Audience
from bot.documents.edition import Edition
from bot.documents.followups import FollowUp, follow_up
from retrieval import reading, suggesting
from retrieval.answering import Ask, Timed, untimed
from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.library import FileReport, Report
from retrieval.ranking import Ranking
from retrieval.records import Answer, Document, Quote

_SUGGESTED = 6
_RELATED = 3
_ATTEMPTS = 60
_READ_FOR_SUGGESTIONS = 20
_LOOKED_EVERY_SECONDS = 0.5
"""How often it is looked, during a refresh, whether something has been published."""


class Documents(Protocol):
    """What can be asked, by whom, and how it is kept in order."""

    folder: Path
    threshold: float

    @property
    def version(self) -> str:
        """Changes with every change of the documents."""

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
    """``Documents`` on this machine: a folder, and the edition of it that is in use.

    ``newest`` opens the newest edition; ``stamp`` tells it by something that is cheap to look at and changes with it;
    ``indexing`` brings the index in step with the folder, inside of what ``timed`` gives for ``refresh``. A question
    keeps to the edition it began with.
    """

    def __init__(
        self,
        folder: Path,
        newest: Callable[[], Awaitable[Edition | None]],
        stamp: Callable[[], Awaitable[str]],
        indexing: Callable[[], Awaitable[Report]],
        *,
        threshold: float,
        timed: Timed = untimed,
    ) -> None:
        self.folder = folder
        self.threshold = threshold
        self._newest = newest
        self._stamp = stamp
        self._indexing = indexing
        self._timed = timed
        self._edition: Edition | None = None
        self._seen: str | None = None
        self._opening = asyncio.Lock()
        self._refreshing = asyncio.Lock()

    @property
    def edition(self) -> Edition:
        """What is answered from now. Raises ``DocumentsFolderError`` where nothing could be opened yet."""
        if self._edition is None:
            raise DocumentsFolderError(self.folder, "has no index yet")
        return self._edition

    @property
    def version(self) -> str:
        """Changes with every change of the documents."""
        return self.edition.version

    @property
    def files(self) -> tuple[FileReport, ...]:
        """The files that can be asked now, or could not be read."""
        return self.edition.files

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""
        return self._refreshing.locked()

    async def take_up(self) -> bool:
        """Answer from the newest edition from now on; tells whether there is one to answer from.

        Whoever published it: this process or another.
        """
        async with self._opening:
            stamp = await self._stamp()
            if stamp != self._seen:
                edition = await self._newest()
                if edition and (self._edition is None or edition.version != self._edition.version):
                    self._edition = edition  # the one step in which everything changes
                self._seen = stamp
            return self._edition is not None

    async def refresh(self) -> Report:
        """See ``Library.refresh``; of several that are asked for at once, one comes after the other.

        What is published is taken up at once: of many files the report takes longer than the change of one.
        """
        async with self._refreshing:
            with self._timed("refresh"):
                indexing = asyncio.ensure_future(self._indexing())
                try:
                    while not (await asyncio.wait({indexing}, timeout=_LOOKED_EVERY_SECONDS))[0]:
                        await self.take_up()
                finally:
                    indexing.cancel()
                    await asyncio.gather(indexing, return_exceptions=True)
                await self.take_up()
            return indexing.result()

    async def ask(self, question: str, *, limit: int, audience: Audience) -> Answer:
        """See ``Answerer.answer``."""
        return await _asked(self.edition, question, limit=limit, audience=audience)

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        """See ``Answerer.nearest``."""
        visible = audience if audience.hidden else None
        return await self.edition.answerer.nearest(question, limit=limit, visible=visible)

    async def ranking(self, question: str, *, audience: Audience) -> Ranking:
        """See ``Answerer.rank``."""
        return await self.edition.answerer.rank(question, visible=audience if audience.hidden else None)

    def follow_up(self, text: str, last: str) -> FollowUp | None:
        """See ``bot.documents.followups``."""
        return follow_up(text, last, self.edition.tokenizer)

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that the documents answer; found once for each state of the documents."""
        edition = self.edition
        if audience not in edition.suggested:
            paths = [file.path for file in edition.files if file.documents and audience(file.path)]
            documents = await asyncio.to_thread(lambda: list(self._read(paths)))
            found = await suggesting.suggest(
                _asking(edition, audience), documents, count=_SUGGESTED, attempts=_ATTEMPTS
            )
            edition.suggested[audience] = tuple(one.question for one in found)
        return edition.suggested[audience]

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that go on from an answer."""
        found = await suggesting.related(_asking(self.edition, audience), answer, count=_RELATED)
        return tuple(one.question for one in found)

    def _read(self, paths: list[str]) -> Iterator[Document]:
        """Some documents, spread over all of them."""
        for path in paths[:: max(1, len(paths) // _READ_FOR_SUGGESTIONS)][:_READ_FOR_SUGGESTIONS]:
            try:
                yield from reading.read(self.folder, path).documents
            except UnreadableDocument:  # changed since it was read
                continue


async def _asked(edition: Edition, question: str, *, limit: int, audience: Audience) -> Answer:
    return await edition.answerer.answer(question, limit=limit, visible=audience if audience.hidden else None)


def _asking(edition: Edition, audience: Audience) -> Ask:
    async def ask(question: str, *, limit: int) -> Answer:
        await asyncio.sleep(0)  # somebody may be waiting for an answer meanwhile
        return await _asked(edition, question, limit=limit, audience=audience)

    return ask
