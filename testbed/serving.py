"""Runs the real front end against a fake Bot API, with a library that a test can write out or a real one."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bot.access import Audience
from bot.documents.live_index import Documents, LiveIndex
from bot.documents.snapshot import Snapshot
from bot.documents.snapshot import opened as opened_snapshot
from bot.memory import schema
from bot.memory.state import database_url, opened
from bot.operations.health import SignOfLife
from bot.settings import Settings
from bot.telegram import profile
from bot.telegram.application import run
from bot.telegram.timing import Timing
from bot.telegram.webhook import Routes
from bot.validation import validated
from retrieval import reading
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.index import latest
from retrieval.language import Tokenizer
from retrieval.library import EVERYWHERE, Entry, FileReport, Report, State, Summary
from retrieval.library import Library as Folder
from retrieval.question.following_up import FollowUp
from retrieval.question.subjects import Turn
from retrieval.ranking import Ranking
from retrieval.reading import Reading
from retrieval.records import Answer, Paragraph, Quote, Sentence, Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.reading import kept_readers


def quote(
    text: str = "到那一年，产量达到三万吨。",
    *,
    highlights: tuple[tuple[int, int], ...] = (),
    source: Source | None = None,
    number: int = 3,
    section: tuple[str, ...] = (),
    page: int | None = None,
    before: str = "",
    after: str = "",
) -> Quote:
    """A quote of a sentence that is a paragraph of its own, but for what is ``before`` and ``after`` it."""
    source = source or Source("计划.txt", "五年计划", author="张三", date="2022-07-08")
    paragraph = Paragraph(number, before + text + after, section=section, page=page)
    return Quote(Sentence(text, len(before), len(before + text)), paragraph, source, 0.9, highlights)


class Library:
    """Answers every question with the same quotes, or fails; ``questions`` is what it was ``asked``.

    With ``release`` no answer comes before that is set; ``follow_ups`` completes questions by what was asked last.
    """

    def __init__(
        self,
        *quotes: Quote,
        sure: bool = True,
        missing: tuple[str, ...] = (),
        error: Exception | None = None,
        release: asyncio.Event | None = None,
        near: tuple[Quote, ...] = (),
        confidence: float | None = None,
        suggested: tuple[str, ...] = (),
        related: tuple[str, ...] = (),
        follow_ups: Callable[[str, str], FollowUp | None] = lambda *_: None,
    ) -> None:
        self.folder = Path("/nowhere")
        self.threshold = 0.5
        self.trouble = ""
        self.version = "1"
        self.files: Sequence[FileReport] = (read_file("计划.txt"),)
        self.refreshing = False
        self.questions: list[str] = []
        self.asked = asyncio.Event()
        self.quotes = quotes
        self._follow_up = follow_ups
        self._sure = sure
        self._missing = missing
        self._error = error
        self._release = release
        self.near = near
        self._confidence = confidence
        self._suggested = suggested
        self._related = related

    async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
        self.questions.append(question)
        self.asked.set()
        if self._release:
            await self._release.wait()
        if self._error:
            raise self._error
        quotes = tuple(quote for quote in self.quotes if audience(quote.source.path))[:limit]
        unsure = 0.1 if self._confidence is None else self._confidence
        confidence = unsure if not quotes else 0.9 if self._sure else 0.4
        return Answer(question, quotes, confidence, () if quotes else self._missing, sure=self._sure)

    async def nearest(self, question: str, *, limit: int, audience: Audience) -> tuple[Quote, ...]:
        return self.near[:limit]

    async def understood(self, text: str, last: Turn | None, *, audience: Audience) -> Turn:
        followed = self._follow_up(text, last.question if last else text)
        if followed is None or not (last or followed.more):
            return Turn(text)
        return Turn(followed.question if last else "", more=followed.more)

    async def ranking(self, question: str, *, audience: Audience, literal: bool = False) -> Ranking:
        raise NotImplementedError

    async def preview(self, path: str, content: bytes) -> Reading:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / path).write_bytes(content)
            return reading.read(Path(folder), path)

    async def suggestions(self, audience: Audience) -> tuple[str, ...]:
        return self._suggested

    async def related(self, answer: Answer, audience: Audience) -> tuple[str, ...]:
        return self._related

    async def refresh(self, places: Collection[str] = EVERYWHERE) -> Report:
        raise NotImplementedError


def read_file(path: str) -> FileReport:
    """The report on a file that has been read, with one paragraph in it."""
    return FileReport(path, "added", Entry.of(State(27, 0, ""), [Summary(path, "text", "utf-8", 1, 9)], []).text)


@asynccontextmanager
async def live_index(
    documents: Path, index: Path, tokenizer: Tokenizer, *, threshold: float = 0.5
) -> AsyncIterator[LiveIndex]:
    """The real documents in a folder."""
    cache = tokenizer.cache_folder

    async def indexing(places: Collection[str]) -> Report:
        own = Tokenizer(cache)
        return await Folder(documents, LocalEngine(index, own), own, readers=kept_readers).refresh(places)

    async def newest() -> Snapshot | None:
        return await opened_snapshot(lambda own: LocalEngine(index, own), cache, partial(Answerer, threshold=threshold))

    stamp = partial(asyncio.to_thread, latest, index)
    found = LiveIndex(documents, newest, stamp, indexing, threshold=threshold, readers=kept_readers)
    await found.refresh()
    yield found


def settings_for(api: FakeBotAPI, **others: Any) -> Settings:
    """Settings that point at the fake, whatever the environment says."""
    server = others.pop("telegram_api_url", None)
    defaults = {"telegram_token": api.token, "allowed_chats": "", "limit": 3, "person_per_minute": 0}
    settings = _validated(telegram_api_url=server or _ANY, **defaults | others)
    return settings if server else replace(settings, telegram_api_url=api.url)


_ANY = "http://127.0.0.1"


@cache
def _validated(**values: Any) -> Settings:
    """The settings of these values, which are looked at once: that takes a tenth of all that a bot begins with."""
    return validated(values)


QUICK = Timing(
    answer=4, poll=4, poll_answer=2, first_pause=0.01, longest_pause=0.1, look=0.05, suspect=0, stop=5, settle=0, name=0
)
"""So that a test need not wait; 4 seconds stand for the 40 that an answer may take, as much as a busy machine needs."""


async def running(
    settings: Settings,
    documents: Documents,
    sign: SignOfLife,
    *,
    stop: asyncio.Event,
    routes: Routes | None = None,
    timing: Timing = Timing(),  # noqa: B008 - frozen
    announced: bool = False,
) -> None:
    """The bot at work, with all that it keeps in the folder of its sign of life, until ``stop`` is set.

    Only where it is ``announced`` Telegram is told what to show of it, which takes more requests than most tests.
    """
    settings = replace(settings, index=sign.folder)
    url = database_url(None, sign.folder)
    if url.database and not Path(url.database).exists():
        sign.folder.mkdir(parents=True, exist_ok=True)
        Path(url.database).write_bytes(_empty_memory())

    async def started(bot: profile.Bot) -> None:
        if announced:
            await profile.announce(bot, settings.admins)

    async with opened(url) as state:
        await run(settings, documents, state, sign, stop=stop, started=started, routes=routes, timing=timing)


@cache
def _empty_memory() -> bytes:
    """A new memory as SQLite writes it to a file; making one takes as long as all else that a bot begins with."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.prepare(connection)
        driver: Any = connection.connection.driver_connection
    content: bytes = driver.serialize()
    engine.dispose()
    return content


@asynccontextmanager
async def serving(
    api: FakeBotAPI,
    documents: Documents,
    /,
    *,
    folder: Path | None = None,
    timing: Timing = Timing(),  # noqa: B008 - frozen
    announced: bool = False,
    **others: Any,
) -> AsyncIterator[asyncio.Event]:
    """The bot at work. At the end it is stopped and has handled all that it fetched; setting the event stops it.

    With a ``folder`` it finds there what it remembered the last time. ``announced`` is as in ``running``.
    """
    stop = asyncio.Event()
    with contextlib.ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = settings_for(api, **others)
        sign = SignOfLife(place)
        task = asyncio.create_task(running(settings, documents, sign, stop=stop, timing=timing, announced=announced))
        try:
            yield stop
        finally:
            stop.set()
            await task
