"""What the conversation asks of the documents, and the live index on this machine that does it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.access import Audience
from bot.documents.snapshot import Snapshot
from retrieval import reading
from retrieval.errors import DocumentsFolderError, YuanjuError
from retrieval.library import EVERYWHERE, FileReport, Report
from retrieval.question import suggesting
from retrieval.question.subjects import Turn
from retrieval.ranking import Ranking
from retrieval.reading.readers import Readers
from retrieval.records import Answer, Document, Quote
from retrieval.timing import Timed, untimed

_SUGGESTED = 6
_RELATED = 3
_ATTEMPTS = 60
_READ_FOR_SUGGESTIONS = 20
_LOOK_SECONDS = 0.1
"""How often it is looked, during a refresh, whether something has been published."""


class Documents(Protocol):
    """What can be asked, by whom, and how it is kept in order."""

    folder: Path
    threshold: float
    trouble: str
    """What keeps the index from being in step with the folder; empty where nothing does."""

    @property
    def version(self) -> str:
        """Changes with every change of the documents."""

    async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
        """Answer with at most ``limit`` quotes from what the audience sees; ``literal`` corrects nothing."""

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        """Find what comes nearest, from at most ``limit`` places, for a question without an answer."""

    async def ranking(self, question: str, *, audience: Audience, literal: bool = False) -> Ranking:
        """Return what an answer was chosen from."""

    async def understood(self, text: str, last: Turn | None, *, audience: Audience) -> Turn:
        """Return what a text asks in full after the last turn, if there is one."""

    async def preview(self, path: str, content: bytes) -> reading.Reading:
        """Read what may become a file at this path. Raises ``UnreadableDocument``."""

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that the documents answer."""

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that go on from an answer."""

    @property
    def files(self) -> Sequence[FileReport]:
        """The files as they were last read."""

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""

    async def refresh(self, places: Collection[str] = EVERYWHERE) -> Report:
        """Bring the index in step with the files at some places: files and folders, by relative path."""


class LiveIndex:
    """``Documents`` on this machine: a folder, and the snapshot of it that is in use.

    ``newest`` opens the newest snapshot; ``stamp`` tells it by something that is cheap to look at and changes with it;
    ``indexing`` brings the index in step with the folder at some places, inside of what ``timed`` gives for
    ``refresh``. What else is read of files is read by ``readers``, made each time. A question keeps to the snapshot it
    began with. ``warn`` is told what keeps the index from being in step, and an empty text once it is.
    """

    def __init__(
        self,
        folder: Path,
        newest: Callable[[], Awaitable[Snapshot | None]],
        stamp: Callable[[], Awaitable[str]],
        indexing: Callable[[Collection[str]], Awaitable[Report]],
        *,
        threshold: float,
        readers: Callable[[], Readers] = Readers,
        timed: Timed = untimed,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.trouble = ""
        self._warn = warn
        self.folder = folder
        self.threshold = threshold
        self._newest = newest
        self._stamp = stamp
        self._indexing = indexing
        self._readers = readers
        self._timed = timed
        self._snapshot: Snapshot | None = None
        self._seen: str | None = None
        self._opening = asyncio.Lock()
        self._refreshing = asyncio.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """What is answered from now. Raises ``DocumentsFolderError`` where nothing could be opened yet."""
        if self._snapshot is None:
            raise DocumentsFolderError(self.folder, "has no index yet")
        return self._snapshot

    @property
    def version(self) -> str:
        """Changes with every change of the documents."""
        return self.snapshot.version

    @property
    def files(self) -> Sequence[FileReport]:
        """The files that can be asked now, or could not be read."""
        return self.snapshot.files

    @property
    def refreshing(self) -> bool:
        """Whether a refresh is under way."""
        return self._refreshing.locked()

    async def take_up(self) -> bool:
        """Answer from the newest snapshot from now on; tells whether there is one to answer from.

        Whoever published it: this process or another.
        """
        async with self._opening:
            stamp = await self._stamp()
            if stamp != self._seen:
                snapshot = await self._newest()
                if snapshot and (self._snapshot is None or snapshot.version != self._snapshot.version):
                    await asyncio.to_thread(snapshot.answerer.warm)  # so that the first question need not wait
                    self._snapshot = snapshot  # the one step in which everything changes
                    await asyncio.to_thread(lambda: snapshot.files)  # so that nobody waits for them
                self._seen = stamp
            return self._snapshot is not None

    async def refresh(self, places: Collection[str] = EVERYWHERE) -> Report:
        """See ``Library.refresh``; of several that are asked for at once, one comes after the other.

        What is published is taken up at once: of many files the report takes longer than the change of one.
        """
        try:
            report = await self._refreshed(places)
        except YuanjuError as error:
            self._note(str(error))
            raise
        self._note("")
        return report

    def _note(self, trouble: str) -> None:
        self.trouble = trouble
        self._warn(trouble)

    async def _refreshed(self, places: Collection[str]) -> Report:
        async with self._refreshing:
            with self._timed("refresh"):
                indexing = asyncio.ensure_future(self._indexing(places))
                try:
                    while not (await asyncio.wait({indexing}, timeout=_LOOK_SECONDS))[0]:
                        await self.take_up()
                finally:
                    indexing.cancel()
                    await asyncio.gather(indexing, return_exceptions=True)
                await self.take_up()
            return indexing.result()

    async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
        """See ``Answerer.answer``."""
        return await self.snapshot.answerer.answer(question, limit=limit, hidden=audience.hidden, literal=literal)

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        """See ``Answerer.nearest``."""
        return await self.snapshot.answerer.nearest(question, limit=limit, hidden=audience.hidden)

    async def ranking(self, question: str, *, audience: Audience, literal: bool = False) -> Ranking:
        """See ``Answerer.rank``."""
        return await self.snapshot.answerer.rank(question, hidden=audience.hidden, literal=literal)

    async def understood(self, text: str, last: Turn | None, *, audience: Audience) -> Turn:
        """See ``Answerer.understood``."""
        return await self.snapshot.answerer.understood(text, last, hidden=audience.hidden)

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that the documents answer; found once for each state of the documents."""
        snapshot = self.snapshot
        if audience not in snapshot.suggested:
            documents = await self._read([file for file in snapshot.files if file.documents and audience(file.path)])
            answering = partial(snapshot.answerer.answer, hidden=audience.hidden)
            found = await suggesting.suggest(answering, documents, count=_SUGGESTED, attempts=_ATTEMPTS)
            snapshot.suggested[audience] = tuple(one.question for one in found)
        return snapshot.suggested[audience]

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        """Suggest questions that go on from an answer."""
        answering = partial(self.snapshot.answerer.answer, hidden=audience.hidden)
        found = await suggesting.related(answering, answer, count=_RELATED)
        return tuple(one.question for one in found)

    async def preview(self, path: str, content: bytes) -> reading.Reading:
        """Read what may become a file at this path, as the folder declares such. Raises ``UnreadableDocument``."""
        try:
            declarations = await asyncio.to_thread(reading.declared, self.folder)
        except YuanjuError:  # whoever indexes says so
            declarations = reading.Declarations()
        async with self._readers() as readers:
            return await readers.read(self.folder, path, content, declarations=declarations)

    async def _read(self, files: list[FileReport]) -> list[Document]:
        """Read some of the files, spread over all of them; those that have changed meanwhile may give nothing."""
        some = files[:: max(1, len(files) // _READ_FOR_SUGGESTIONS)][:_READ_FOR_SUGGESTIONS]
        wanted = [(reading.File(file.path, file.size, 0), "") for file in some]
        async with self._readers() as readers:
            read = [one async for one in readers.read_all(self.folder, wanted)]
        return [document for one in read for document in one.documents]
