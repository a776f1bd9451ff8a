"""The one place where everything is put together: flags → settings → logging → library → front end.

What a command does not need is not imported: ``ask`` should answer at once, ``health`` is run every half minute, and
``serve`` may be told to stop before it has begun.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from contextlib import AsyncExitStack, nullcontext, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path
    from typing import NoReturn

    from bot.settings import Settings

FOUND, NOT_FOUND, ERROR = 0, 1, 2
"""Exit statuses, as grep's: found or fine, nothing found or a check failed, an error."""
_COLLECTED = 20_000
"""New objects after which it is looked what has become garbage: of the many that loading makes nothing does."""
_SWITCH_SECONDS = 0.001
"""For how long an answer may be worked on while what serves others, which takes a moment each time, has to wait."""
_LEAVE_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
_HOLD_SECONDS = 600.0
_NO_MEMORY = "There is not enough memory; the index is as it was. Take out large documents, or use a larger machine"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    argv = sys.argv[1:] if argv is None else argv
    gc.set_threshold(_COLLECTED)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr: a pipe in GBK has no place for an emoji
    if "container" in os.environ:
        os.umask(0o002)  # its user may be another the next time, of the same group
    if argv[:1] == ["serve"]:
        sys.setswitchinterval(_SWITCH_SECONDS)
        signal.signal(signal.SIGTERM, _leave)
    if argv[:1] == ["health"] and (status := _health_at_once(argv[1:])) is not None:
        return status
    return _run(argv)


def _leave(*_: object) -> NoReturn:
    """End with status 0 on a SIGTERM that comes before there is anything to finish. Imports nothing: it interrupts."""
    raise SystemExit(FOUND)


def _hold() -> None:
    """Stay until a SIGTERM, or ten minutes: what keeps a container running would start it again at once, for ever."""
    import time

    from bot.terminal.screen import said

    signal.signal(signal.SIGTERM, _leave)
    print(said("Nothing is tried again for ten minutes: restart the container."), file=sys.stderr)  # noqa: T201
    time.sleep(_HOLD_SECONDS)


def _leave_within(seconds: float) -> None:
    """End with status 0 by then, whatever the process is busy with, such as a thread that reads documents."""

    def end() -> None:
        if multiprocessing := sys.modules.get("multiprocessing"):
            for child in multiprocessing.active_children():
                child.kill()
        os._exit(FOUND)

    last = threading.Timer(seconds, end)
    last.daemon = True
    last.start()


def _health_at_once(flags: Sequence[str]) -> int | None:
    """The status of ``health`` without settings, which take longer; ``None`` where they are needed to tell."""
    from bot import places

    folder = places.served(flags, os.environ)
    return None if folder is None else _said(folder)


def _said(index_folder: Path) -> int:
    from bot.operations.health import SignOfLife

    sign = SignOfLife(index_folder)
    trouble = sign.trouble()
    if line := trouble or sign.warning():
        from bot.terminal.screen import said

        print(said(line), file=sys.stderr)  # noqa: T201
    return NOT_FOUND if trouble else FOUND


def _run(argv: Sequence[str]) -> int:
    import asyncio

    from bot import commands
    from bot.configuration import load
    from bot.language import operator_language
    from bot.operations.logs import configure_logging
    from bot.terminal.screen import said
    from retrieval.errors import YuanjuError

    try:
        arguments = commands.parser(operator_language(os.environ)).parse_args(argv)
        settings = load(commands.flags(arguments))
        if settings.language:  # by flag or in .env: from here on as if the environment said so
            os.environ["YUANJU_LANGUAGE"] = settings.language
        serving = arguments.command == "serve"
        configure_logging(
            settings.log_level if arguments.command in {"serve", "index"} else "WARNING",
            secrets=_secrets(settings),
            as_json=serving and not sys.stderr.isatty(),
            with_questions=settings.log_questions,
            said=said,
        )
        return asyncio.run(_COMMAND[arguments.command](settings, arguments))
    except YuanjuError as error:
        print(f"yuanju: {said(str(error))}", file=sys.stderr)  # noqa: T201
        if argv[:1] == ["serve"] and "container" in os.environ and not sys.stderr.isatty():
            _hold()
        return ERROR
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "can't start new thread" not in str(error):
            raise
        print(f"yuanju: {said(_NO_MEMORY)}", file=sys.stderr)  # noqa: T201
        return ERROR
    except asyncio.CancelledError:  # SIGTERM while serve was starting
        return FOUND
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output is gone; Python must not stumble over it once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


def _secrets(settings: Settings) -> list[str]:
    """What no record may show, besides what has the shape of a secret."""
    from urllib.parse import unquote, urlsplit

    from bot.settings import SECRETS

    hidden = {name: secret.value for name in SECRETS if (secret := getattr(settings, name))}
    token, secrets = hidden.get("telegram_token", ""), list(hidden.values())
    for name in ("database", "telegram_proxy"):
        with suppress(ValueError):
            secrets.append(unquote(urlsplit(hidden.get(name, "")).password or ""))
    if token and settings.webhook_url:
        from bot.telegram.webhook import secret_of

        secrets.append(secret_of(token))
    return secrets


async def _ask(settings: Settings, arguments: argparse.Namespace) -> int:
    from functools import partial

    from bot import composition
    from bot.language import reader_language
    from bot.terminal import console

    questions = sys.stdin if arguments.question == "-" else [arguments.question]
    language = reader_language(os.environ)
    async with composition.snapshot(settings) as snapshot:
        answer = partial(snapshot.answerer.answer, literal=arguments.literal)
        found = await console.ask(
            questions, answer, limit=settings.limit, as_json_lines=arguments.json, language=language
        )
    return FOUND if found else NOT_FOUND


async def _chat(settings: Settings, arguments: argparse.Namespace) -> int:
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
    return FOUND


async def _sample(_: Settings, arguments: argparse.Namespace) -> int:
    from bot.terminal.sample import FOLDER, sample

    sample(arguments.folder or FOLDER)
    return FOUND


async def _index(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot import composition
    from bot.operations.memory import bound_memory
    from bot.terminal.indexing import index, places

    bound_memory()
    async with composition.library(settings) as (library, engine):
        whole = await index(
            library, places(settings.documents, arguments.places), as_json_lines=arguments.json, brief=arguments.brief
        )
        if arguments.compact:
            await engine.compact()
        return FOUND if whole else NOT_FOUND


async def _evaluate(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot import composition
    from bot.terminal.evaluate import run

    return await run(
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


async def _check(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot import commands, composition
    from bot.terminal.check import check

    async with composition.library(settings) as (library, engine):
        return FOUND if await check(settings, engine, library, flags=commands.flags(arguments)) else NOT_FOUND


async def _serve(settings: Settings, arguments: argparse.Namespace) -> int:
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
            gc.freeze()  # what has been loaded stays: looking through it again and again would hold up answers
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
    return FOUND


async def _backup(settings: Settings, arguments: argparse.Namespace) -> int:
    import asyncio

    from bot.terminal.backup import backup
    from bot.terminal.screen import said

    database = _sqlite(settings)
    parts = await asyncio.to_thread(backup, arguments.file, index=settings.index_folder, database=database)
    print(said(f"{arguments.file}: {len(parts)} files, {sum(parts.values()):,} bytes; without the documents"))  # noqa: T201
    return FOUND


async def _restore(settings: Settings, arguments: argparse.Namespace) -> int:
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
    return FOUND


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


async def _health(settings: Settings, _: argparse.Namespace) -> int:
    return _said(settings.index_folder)


_COMMAND = {
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

if __name__ == "__main__":
    sys.exit(main())
