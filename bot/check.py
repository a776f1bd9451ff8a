"""``check``: tests the configuration, the documents, the index and, with a token, Telegram; a line for each finding."""

from __future__ import annotations

import difflib
import os
from collections.abc import AsyncIterator, Mapping

from dotenv import dotenv_values
from rich.console import Console
from rich.text import Text

from bot.access import misnamed
from bot.connection import Finding, check_telegram
from bot.indexing import summary
from bot.settings import Settings
from retrieval.engine import LocalEngine
from retrieval.errors import YuanjuError
from retrieval.library import Library

_MARKS = {"ok": ("好  ", "green"), "warning": ("注意", "yellow"), "error": ("不行", "bold red")}


async def check(settings: Settings, engine: LocalEngine, library: Library) -> bool:
    """Print what was found; gives whether nothing is in the way of answering."""
    console = Console(highlight=False, emoji=False, markup=False)
    fine = True
    async for finding in _findings(settings, engine, library):
        word, style = _MARKS[finding.level]
        console.print(Text.assemble((word, style), f" {finding.line}"), soft_wrap=True)
        fine = fine and finding.level != "error"
    return fine


async def _findings(settings: Settings, engine: LocalEngine, library: Library) -> AsyncIterator[Finding]:
    for name, meant in unknown_settings({**dotenv_values(".env"), **os.environ}):
        yield Finding("warning", f"{name} is no setting and does nothing." + (f" Is {meant} meant?" if meant else ""))
    for folder in misnamed(settings):
        yield Finding("warning", f"YUANJU_PRIVATE_FOLDERS names {folder}, which is not among the documents.")
    if damaged := engine.damage():
        names = ", ".join(damaged)
        yield Finding("error", f"The index is damaged ({names}): delete {settings.index_folder}, it is made again.")
    try:
        report = await library.refresh()
    except YuanjuError as error:
        yield Finding("error", str(error))
    else:
        yield Finding("ok", f"{settings.documents}: {summary(report)}")
        for failure in report.failures:
            yield Finding("warning", failure)
        for file in report.meagre:
            characters = sum(document.character_count for document in file.documents)
            yield Finding(
                "warning", f"{file.path} gives only {characters} characters for {file.size:,} bytes: is it a scan?"
            )
        yield Finding("ok", f"The index is in {settings.index_folder}.")
    if settings.telegram_token is None:
        yield Finding("warning", "No Telegram token: chat and ask work, serve needs YUANJU_TELEGRAM_TOKEN.")
    else:
        for finding in await check_telegram(settings):
            yield finding


def unknown_settings(environment: Mapping[str, str | None]) -> list[tuple[str, str | None]]:
    """Give the names in an environment that look like settings and are none, each with the likeliest one meant.

    >>> unknown_settings({"YUANJU_DOCUMENT": "docs", "HOME": "/"})
    [('YUANJU_DOCUMENT', 'YUANJU_DOCUMENTS')]
    """
    known = [f"YUANJU_{field.upper()}" for field in Settings.model_fields]
    unknown = sorted(name for name in environment if name.startswith("YUANJU_") and name not in known)
    return [(name, next(iter(difflib.get_close_matches(name, known, n=1)), None)) for name in unknown]
