"""Who may do what with an index folder at the same time, over all processes of this machine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.locking import lock
from retrieval.errors import IndexFolderError
from retrieval.sharing import refusal

_TRIED_EVERY_SECONDS = 0.2

logger = logging.getLogger(__name__)


class IndexBusyError(IndexFolderError):
    """Another process does with an index folder what only one at a time may do, or what nobody else may see."""


@asynccontextmanager
async def changing(folder: Path, *, wait: bool = True) -> AsyncIterator[None]:
    """Be the only process that changes the index in ``folder``, which is made; whoever comes second waits and says so.

    Without ``wait``, raises ``IndexBusyError`` instead. Raises ``IndexFolderError`` where the folder cannot be written.
    """
    async with _held(folder, "changing", "another process is updating the index", wait=wait):
        yield


@asynccontextmanager
async def using(folder: Path) -> AsyncIterator[None]:
    """Use an index for long, with others; nothing is put in its place meanwhile."""
    async with _held(folder, "using", "a backup is being restored", wait=True, shared=True):
        yield


@asynccontextmanager
async def replacing(folder: Path) -> AsyncIterator[None]:
    """Replace what is in an index folder while nobody uses it. Raises ``IndexBusyError`` where somebody does."""
    async with _held(folder, "using", "a bot is running with this index", wait=False):
        yield


@asynccontextmanager
async def _held(folder: Path, name: str, otherwise: str, *, wait: bool, shared: bool = False) -> AsyncIterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f"{name}.lock").open("ab")
    except OSError as error:
        reason = f"cannot be written ({refusal(error)}); or choose another with YUANJU_INDEX"
        raise IndexFolderError(folder, reason) from error
    with file:
        waiting = False
        while not lock(file.fileno(), shared=shared):
            if not wait:
                raise IndexBusyError(folder, otherwise)
            if not waiting:
                logger.warning("%s: %s; waiting for it", folder, otherwise)
            waiting = True
            await asyncio.sleep(_TRIED_EVERY_SECONDS)
        yield
