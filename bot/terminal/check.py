"""``check``: tests the configuration, the documents, the index and, with a token, Telegram; a line for each finding."""

from __future__ import annotations

import difflib
import os
from collections.abc import AsyncIterator, Iterator, Mapping

from dotenv import dotenv_values
from rich.cells import cell_len
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from bot.access import misnamed
from bot.configuration import origins
from bot.memory.schema import StateError, cause
from bot.memory.state import database_url, opened
from bot.operations.health import SignOfLife
from bot.settings import NAMES, Settings
from bot.telegram.connection import Account, Finding, TokenError, check_telegram
from bot.terminal.indexing import summary
from bot.terminal.screen import said, screen
from retrieval.engines.protocol import Engine
from retrieval.errors import MeaningError, YuanjuError
from retrieval.library import Library
from retrieval.meaning import Encoder
from retrieval.postings.search import COMPILED

_WIDTH = 8
"""Cells of the level's word, and the space behind it."""
_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


async def check(settings: Settings, engine: Engine, library: Library, *, flags: Mapping[str, str]) -> bool:
    """Print what is set and what was found, and return whether nothing is in the way of answering."""
    console = screen()
    fine = True
    for name, (text, place) in origins(settings, flags, os.environ).items():
        console.print(said(f"{name} = {text} (from {place})"), soft_wrap=True, style="dim")
    async for finding in _findings(settings, engine, library):
        word, style = said(finding.level), _STYLES[finding.level]
        console.print(
            Text.assemble((word, style), "".ljust(_WIDTH - cell_len(word)), said(finding.line)), soft_wrap=True
        )
        fine = fine and finding.level != "error"
    return fine


async def _findings(settings: Settings, engine: Engine, library: Library) -> AsyncIterator[Finding]:
    for warning in _warnings(settings):
        yield Finding("warning", warning)
    try:
        for fault in await engine.faults():
            yield Finding("error", fault)
        report = await library.refresh()
    except YuanjuError as error:
        yield Finding("error", str(error))
    else:
        yield Finding("ok", f"{settings.documents}: {summary(report)}")
        for wrong in misnamed(settings, (document.path for file in report.files for document in file.documents)):
            yield Finding("error", f"{wrong}.")
        for failure in report.failures:
            yield Finding("warning", failure)
        for file in report.meagre:
            characters = sum(document.character_count for document in file.documents)
            yield Finding(
                "warning", f"{file.path} gives only {characters} characters for {file.size:,} bytes: is it a scan?"
            )
        place = f"in {settings.index_folder}" if settings.engine == "local" else f"on {settings.engine}"
        yield Finding("ok", f"The index is {place}.")
    for finding in _ranking(settings):
        yield finding
    async for finding in _database(settings):
        yield finding
    if settings.telegram_token is None:
        yield Finding("warning", "No Telegram token: chat and ask work, serve needs YUANJU_TELEGRAM_TOKEN.")
    else:
        for finding in await check_telegram(settings):
            yield finding


def _warnings(settings: Settings) -> Iterator[str]:
    """Return what is said of the settings, and by a bot that runs with them."""
    for name, meant in unknown_settings({**dotenv_values(".env"), **os.environ}):
        hint = f" Did you mean {meant}?" if meant else ""
        yield f"Unknown setting {name} (ignored).{hint}"
    if warning := SignOfLife(settings.index_folder).warning():
        yield f"serve cannot keep the index in step: {warning.rstrip('.')}."


def _ranking(settings: Settings) -> Iterator[Finding]:
    """Whether the search is compiled, and meanings can be compared."""
    if not COMPILED:
        yield Finding("warning", "The search is not compiled: there was no C compiler. It works, several times slower.")
    if settings.meaning is not None:
        try:
            Encoder.of(settings.meaning)
            yield Finding("ok", f"Meanings are compared by the model in {settings.meaning}.")
        except MeaningError as error:
            yield Finding("error", f"{error}. Words alone decide.")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the memory can be written, and what failed and waits there for somebody to look at it."""
    database = settings.database.value if settings.database else None
    try:
        url = database_url(database, settings.index_folder)
        async with opened(url) as state:
            await state.give_notice("check", 0, within_seconds=0)
            yield Finding("ok", f"The database {url.render_as_string(hide_password=True)} can be written.")
            if settings.telegram_token:
                failures = await state.inbox(Account.of(settings).bot_id).failures()
                if failures.count:
                    yield Finding(
                        "warning",
                        f"{failures.count} updates failed and are kept in its table inbox; "
                        f"the last one: {failures.last_reason}.",
                    )
    except (StateError, SQLAlchemyError) as error:
        yield Finding("error", str(error) if isinstance(error, StateError) else f"The database fails: {cause(error)}.")
    except TokenError:
        return  # which is said with what else is wrong with Telegram


def unknown_settings(environment: Mapping[str, str | None]) -> list[tuple[str, str | None]]:
    """Return the names in an environment that look like settings and are none, each with the likeliest one meant.

    >>> unknown_settings({"YUANJU_DOCUMENT": "docs", "HOME": "/"})
    [('YUANJU_DOCUMENT', 'YUANJU_DOCUMENTS')]
    """
    known = [f"YUANJU_{field.upper()}" for field in NAMES]
    unknown = sorted(name for name in environment if name.startswith("YUANJU_") and name not in known)
    return [(name, next(iter(difflib.get_close_matches(name, known, n=1)), None)) for name in unknown]
