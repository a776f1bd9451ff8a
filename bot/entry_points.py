"""What each command does: the rooms put together, library → front end. Each returns whether it found what it is for.

What a command does not need is not imported, as in ``bot.__main__``.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from contextlib import AsyncExitStack, nullcontext, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from bot.settings import Settings

_LEAVE_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
COLLECTED = 20_000
"""New objects after which ``serve`` looks for garbage."""


async def _ask(settings: Settings, arguments: argparse.Namespace) -> bool:
    from functools import partial

    from bot import composition
    from bot.language import reader_language
    from bot.terminal import console

    questions = sys.stdin if arguments.question == "-" else [arguments.question]
    language = reader_language(os.environ)
    async with composition.snapshot(settings) as snapshot:
        answer = partial(snapshot.answerer.answer, literal=arguments.literal)
        return await console.ask(
            questions, answer, limit=settings.limit, as_json_lines=arguments.json, language=language
        )


async def _chat(settings: Settings, arguments: argparse.Namespace) -> bool:
    from dataclasses import replace

    from bot import commands, composition
    from bot.documents.locks import using
    from bot.documents.watching import watching
    from bot.language import reader_language
    from bot.terminal import chat

    interactive = sys.stdin.isatty()
    async with using(settings.index_folder), composition.live_index(settings, commands.flags(arguments)) as live_index:
        async with composition.snapshot(replace(settings, meaning=None)):  # the live index has its own
            await live_index.take_up()
        async with watching(live_index, how=settings.watch if interactive else "off"):
            await chat.run(settings, live_index, reader_language(os.environ), interactive=interactive)
    return True


async def _sample(_: Settings, arguments: argparse.Namespace) -> bool:
    from bot.terminal.sample import FOLDER, sample

    sample(arguments.folder or FOLDER)
    return True


async def _index(settings: Settings, arguments: argparse.Namespace) -> bool:
    from bot import composition
    from bot.operations.memory import bound_memory

    bound_memory()
    async with composition.library(settings, reads=bool(arguments.places)) as (library, engine):
        from bot.terminal.indexing import index, places  # after the process that reads has been started

        whole = await index(
            library, places(settings.documents, arguments.places), as_json_lines=arguments.json, brief=arguments.brief
        )
        if arguments.compact:
            await engine.compact()
        return whole


async def _evaluate(settings: Settings, arguments: argparse.Namespace) -> bool:
    from bot import composition
    from bot.terminal.evaluate import run

    status = await run(
        arguments.files,
        unanswerable=arguments.unanswerable,
        tokenizer=composition.tokenizer(settings),
        threshold=settings.threshold,
        sure_threshold=settings.sure_threshold,
        answerer=lambda: composition.answerer(settings),
        comparing=lambda: composition.comparing(settings),
        record=settings.index_folder / "evaluation.json",
        as_json=arguments.json,
    )
    return status == 0


async def _check(settings: Settings, arguments: argparse.Namespace) -> bool:
    from bot import commands, composition
    from bot.terminal.check import check

    async with composition.library(settings) as (library, engine):
        return await check(settings, engine, library, flags=commands.flags(arguments))


async def _serve(settings: Settings, arguments: argparse.Namespace) -> bool:
    import asyncio

    from bot import commands, composition, places
    from bot.access import misnamed
    from bot.documents.locks import using
    from bot.documents.watching import watching
    from bot.memory import state
    from bot.operations import metrics
    from bot.operations.health import SignOfLife
    from bot.operations.heartbeat import heartbeat, notify
    from bot.operations.readiness import Readiness, room
    from bot.operations.waiting import until_there
    from bot.settings import SettingsError
    from bot.telegram import application as telegram
    from bot.telegram import connection
    from bot.telegram.route import Route

    if settings.listen:
        from bot.operations.server import Web  # an HTTP server, a tenth of what is loaded

    # So far _leave could interrupt the imports; from here on the way out is that of asyncio.
    loop, starting = asyncio.get_running_loop(), asyncio.current_task()
    assert starting is not None  # noqa: S101

    def leave() -> None:
        _leave_within(_LEAVE_SECONDS)
        starting.cancel()

    with suppress(NotImplementedError):  # Windows
        loop.add_signal_handler(signal.SIGTERM, leave)

    places.note_served(settings.index_folder, os.environ)
    # Before the documents are read: a missing token should not cost minutes.
    connection.Account.of(settings)
    Route.of(settings)
    database = settings.database.value if settings.database else None
    url = state.database_url(database, settings.index_folder)
    sign, readiness = SignOfLife(settings.index_folder), Readiness()

    def unready() -> str | None:
        return readiness.trouble() or sign.trouble()

    metrics.show_state(sign.trouble, unready)
    try:
        async with (
            heartbeat(sign.beat),
            (
                Web(settings.listen, health=sign.trouble, readiness=unready, warning=sign.warning)
                if settings.listen
                else nullcontext()
            ) as web,
            using(settings.index_folder),
            AsyncExitStack() as stack,
            composition.live_index(
                settings, commands.flags(arguments), timed=metrics.timed, seconds=_ANSWER_SECONDS, warn=sign.warn
            ) as live_index,
        ):
            remembered = await until_there(lambda: stack.enter_async_context(state.opened(url)))
            # Where there is an index, questions are answered at once, and what has changed comes a little later.
            if not await until_there(live_index.take_up):
                await live_index.refresh()
            paths = [document.path for file in live_index.files for document in file.documents]
            if wrong := await asyncio.to_thread(misnamed, settings, paths):
                raise SettingsError("; ".join(wrong))
            metrics.show_index(settings.index_folder, lambda: live_index.files)
            _collect_little()
            notify("READY=1")
            trials = {
                "The disk": lambda: asyncio.to_thread(room, settings.index_folder),
                "The database": lambda: remembered.give_notice("ready", 0, within_seconds=0),
            }
            async with readiness.watched(trials), watching(live_index, how=settings.watch):
                await telegram.serve(settings, live_index, remembered, sign, routes=web)
            notify("STOPPING=1")
    finally:
        sign.withdraw()
    return True


def _collect_little() -> None:
    """Have garbage looked for in little at a time, and not in what has been loaded: that would hold up answers."""
    gc.freeze()
    gc.set_threshold(COLLECTED)


async def _backup(settings: Settings, arguments: argparse.Namespace) -> bool:
    import asyncio

    from bot.terminal.backup import backup
    from bot.terminal.screen import said

    database = _sqlite(settings)
    parts = await asyncio.to_thread(backup, arguments.file, index=settings.index_folder, database=database)
    print(said(f"{arguments.file}: {len(parts)} files, {sum(parts.values()):,} bytes; without the documents"))  # noqa: T201
    return True


async def _restore(settings: Settings, arguments: argparse.Namespace) -> bool:
    import asyncio

    from bot.documents.locks import changing, replacing
    from bot.terminal.restore import restore
    from bot.terminal.screen import said

    database = _sqlite(settings)
    alone = nullcontext() if arguments.force else replacing(settings.index_folder)
    async with alone, changing(settings.index_folder):
        restored = await asyncio.to_thread(
            restore, arguments.file, index=settings.index_folder, database=database, force=arguments.force
        )
    index = "the index" if restored.index else "no usable index (it is made anew from the documents)"
    records = "the records" if restored.database else "no records"
    print(said(f"Restored as of {restored.created:%F %T} UTC: {index}, {records}"))  # noqa: T201
    return True


def _sqlite(settings: Settings) -> Path | None:
    """Return the file with the records; ``None``, and a word about it, where they are in PostgreSQL."""
    import logging
    from pathlib import Path

    from bot.memory.state import database_url

    database = settings.database.value if settings.database else None
    url = database_url(database, settings.index_folder)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database)
    logging.getLogger(__name__).warning(
        "The records are in PostgreSQL and left out here: use pg_dump and pg_restore for them"
    )
    return None


def _leave_within(seconds: float) -> None:
    """End with status 0 by then, whatever the process is busy with, such as a thread that reads documents."""

    def end() -> None:
        if multiprocessing := sys.modules.get("multiprocessing"):
            for child in multiprocessing.active_children():
                child.kill()
        os._exit(0)

    last = threading.Timer(seconds, end)
    last.daemon = True
    last.start()


async def _health(settings: Settings, _: argparse.Namespace) -> bool:
    return healthy(settings.index_folder)


def healthy(index_folder: Path) -> bool:
    """Say what keeps ``serve`` from serving, or else what is to be looked at; return whether it serves."""
    from bot.operations.health import SignOfLife

    sign = SignOfLife(index_folder)
    trouble = sign.trouble()
    if line := trouble or sign.warning():
        from bot.terminal.screen import said

        print(said(line), file=sys.stderr)  # noqa: T201
    return not trouble


ENTRY_POINTS: Mapping[str, Callable[[Settings, argparse.Namespace], Coroutine[None, None, bool]]] = {
    "serve": _serve,
    "chat": _chat,
    "ask": _ask,
    "sample": _sample,
    "index": _index,
    "evaluate": _evaluate,
    "check": _check,
    "backup": _backup,
    "restore": _restore,
    "health": _health,
}
