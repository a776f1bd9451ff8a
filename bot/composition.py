"""What the commands work with, put together as the settings say: engine, library, snapshots and the live index.

What a command does not need is not imported.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import SECRETS, Settings, addresses
from retrieval import extras
from retrieval.errors import EngineError, MeaningError, YuanjuError
from retrieval.timing import Timed, untimed

if TYPE_CHECKING:
    from bot.documents.live_index import LiveIndex
    from bot.documents.snapshot import Snapshot
    from retrieval.answering import Answerer
    from retrieval.engines.opensearch import OpenSearchEngine
    from retrieval.engines.protocol import Engine
    from retrieval.language import Tokenizer
    from retrieval.library import Library
    from retrieval.meaning import Meaning

logger = logging.getLogger(__name__)

_CLUSTER_SECONDS = 5.0
"""What a search may take on a cluster of which a node stands still."""
_MEANING_SECONDS = 0.4
"""What has not been compared by then is answered by words alone; what has been is remembered for the next question."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The way to the documents: ``newest`` opens their newest snapshot, ``stamp`` tells it from others cheaply."""

    newest: Callable[[], Awaitable[Snapshot | None]]
    stamp: Callable[[], Awaitable[str]]


@asynccontextmanager
async def library(
    settings: Settings, *, wait: bool = True, reads: bool = False
) -> AsyncIterator[tuple[Library, Engine]]:
    """Return what brings the index up to date, and the engine it does so with; no other process does so meanwhile.

    Without ``wait``, raises ``IndexBusyError`` while another process does so. Where it most likely ``reads`` something,
    the process that does is started first of all, and loads what it needs while this one does.
    """
    from bot.documents.locks import changing
    from retrieval.reading.readers import Readers, begun

    async with changing(settings.index_folder, wait=wait):
        with begun() if reads else nullcontext() as process:
            from retrieval.library import Library

            words = tokenizer(settings)
            async with _engine(settings, words) as engine:
                documents = Library(
                    settings.documents,
                    engine,
                    words,
                    limits=settings.reading_limits,
                    readers=partial(Readers, recognised=_recognised(settings), process=process),
                )
                yield documents, engine


@asynccontextmanager
async def snapshots(
    settings: Settings, *, timed: Timed = untimed, seconds: float | None = None
) -> AsyncIterator[Snapshots]:
    """Return the way to the documents; the connections to a cluster are closed at the end.

    Meanings have a time limit only where answers have one: elsewhere the same question shall get the same answer.
    """
    from bot.documents.snapshot import opened
    from retrieval.answering import Answerer

    if seconds is not None and settings.engine != "local":
        seconds += _CLUSTER_SECONDS
    async with comparing(settings) as meaning:
        answerer = partial(
            Answerer,
            threshold=settings.threshold,
            sure_threshold=settings.sure_threshold,
            timed=timed,
            seconds=seconds,
            meaning=meaning,
            meaning_seconds=_MEANING_SECONDS if seconds else None,
        )
        ways = partial(opened, cache_folder=_dictionaries(settings), answerer=answerer)
        if settings.engine == "local":
            from retrieval.engines.local import LocalEngine
            from retrieval.index import latest

            yield Snapshots(
                newest=partial(ways, partial(LocalEngine, settings.index_folder)),
                stamp=partial(asyncio.to_thread, latest, settings.index_folder),
            )
            return
        engine = _engine_there(settings, tokenizer(settings))
        try:
            # A cluster's engine finds the newest generation itself, whatever the tokenizer.
            yield Snapshots(newest=partial(ways, lambda _: engine), stamp=engine.generation)
        finally:
            await engine.close()


@asynccontextmanager
async def comparing(settings: Settings) -> AsyncIterator[Meaning | None]:
    """Return what compares meanings; ``None``, and a word about it, where it is not wanted or cannot be had."""
    if settings.meaning is None:
        yield None
        return
    try:
        found = await asyncio.to_thread(meaning, settings.meaning, settings.index_folder)
    except MeaningError as error:
        logger.warning("%s. Words alone decide", error)
        yield None
        return
    try:
        yield found
    finally:
        await asyncio.to_thread(found.close)


def meaning(folder: Path, index_folder: Path) -> Meaning:
    """Return what compares meanings by the model in a folder. Raises ``MeaningError``."""
    from retrieval.meaning import Encoder, Meaning, Vectors

    encoder = Encoder.of(folder)
    return Meaning(encoder, Vectors(index_folder / "meaning", fingerprint=encoder.fingerprint))


@asynccontextmanager
async def snapshot(settings: Settings) -> AsyncIterator[Snapshot]:
    """Bring the index up to date, or say why the last one has to do, and give the documents as they are now."""
    async with snapshots(settings) as known:
        before = await known.stamp()
        try:
            await refresh(settings, wait=not before)
        except YuanjuError as error:
            if not before or (last := await known.newest()) is None:
                raise
            logger.warning("%s. Answers come from the last index", error)
            yield last
            return
        yield await _made(known)


@asynccontextmanager
async def answerer(settings: Settings) -> AsyncIterator[Answerer]:
    """Bring the index up to date and give what answers from it."""
    await refresh(settings)
    async with snapshots(settings) as known:
        yield (await _made(known)).answerer


@asynccontextmanager
async def live_index(
    settings: Settings,
    flags: Mapping[str, str],
    *,
    timed: Timed = untimed,
    seconds: float | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[LiveIndex]:
    """Return all that can be done with the documents, of which nothing is opened yet; ``warn`` is as ``LiveIndex``'s.

    Indexing is done by another process, which gets the settings that came as ``flags`` too.
    """
    from bot.documents.indexing import Indexer
    from bot.documents.live_index import LiveIndex
    from retrieval.reading.readers import Readers

    environment = os.environ | {f"YUANJU_{name.upper()}": value for name, value in flags.items()}
    for secret in SECRETS - {"engine_credentials"}:  # what reads other people's files is told no others
        environment.pop(f"YUANJU_{secret.upper()}", None)
    async with snapshots(settings, timed=timed, seconds=seconds) as known:
        yield LiveIndex(
            settings.documents,
            known.newest,
            known.stamp,
            Indexer(environment),
            threshold=settings.threshold,
            readers=partial(Readers, limits=settings.reading_limits, recognised=_recognised(settings)),
            timed=timed,
            warn=warn,
        )


async def refresh(settings: Settings, *, wait: bool = True) -> None:
    """Bring the index up to date in this process, before the eyes of whoever waits for it."""
    from bot.terminal.indexing import progress_bar

    async with library(settings, wait=wait) as (documents, _):
        with progress_bar() as progress:
            report = await documents.refresh(progress=progress)
    if report.failures:
        logger.warning(
            "%d documents could not be read, the first being %s (all: yuanju index)",
            len(report.failures),
            report.failures[0],
        )


def tokenizer(settings: Settings) -> Tokenizer:
    """Return what cuts texts into terms."""
    from retrieval.language import Tokenizer

    return Tokenizer(_dictionaries(settings))


def _dictionaries(settings: Settings) -> Path:
    return settings.index_folder / "jieba"


def _recognised(settings: Settings) -> Path:
    """Return the folder in which text is kept that was recognised in pictures."""
    return settings.index_folder / "recognised"


async def _made(known: Snapshots) -> Snapshot:
    newest = await known.newest()
    assert newest  # noqa: S101 - it has just been made
    return newest


@asynccontextmanager
async def _engine(settings: Settings, words: Tokenizer) -> AsyncIterator[Engine]:
    if settings.engine == "local":
        from retrieval.engines.local import LocalEngine

        with closing(LocalEngine(settings.index_folder, words)) as here:
            yield here
        return
    there = _engine_there(settings, words)
    try:
        yield there
    finally:
        await there.close()


def _engine_there(settings: Settings, words: Tokenizer) -> OpenSearchEngine:
    """Return the engine on a cluster, of which nothing is asked yet."""
    try:
        from retrieval.engines.opensearch import Connection, Credentials, OpenSearchEngine
    except ImportError as error:
        raise EngineError(settings.engine, f"needs the extra packages: {extras.command('opensearch')}") from error

    secret = settings.engine_credentials
    credentials = Credentials.of(secret.value if secret else "", aws_region=settings.engine_aws_region)
    authority = settings.engine_authority
    trusted = None if authority == "none" else authority
    return OpenSearchEngine(
        Connection(tuple(addresses(settings.engine)), credentials, trusted, verify=authority != "none"),
        words,
        prefix=settings.engine_prefix,
        shards=settings.engine_shards,
        replicas=settings.engine_replicas,
    )
