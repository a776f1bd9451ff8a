"""Whether questions can be answered: looked at again and again, and said in the log when that changes."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from retrieval.errors import YuanjuError

LEAST_BYTES = 16 << 20
"""Room on the disk below which it counts as full: an index and a database grow by leaps."""

_logger = logging.getLogger(__name__)

_LOOK_SECONDS = 10.0
_PATIENCE_SECONDS = 5.0

Check = Callable[[], Awaitable[object]]
"""Raises what is wrong."""


class DiskFullError(YuanjuError):
    """There is no room left for index and records; the message says where."""


def room(folder: Path, *, least_bytes: int = LEAST_BYTES) -> None:
    """Raise ``DiskFullError`` where ``folder`` has less than ``least_bytes`` of room left."""
    free = shutil.disk_usage(folder).free
    if free < least_bytes:
        raise DiskFullError(f"{folder} has {free >> 20} MB left: make room, or choose another YUANJU_INDEX")


class Readiness:
    """What keeps a bot from answering: that it is starting, and then what its checks say."""

    def __init__(self) -> None:
        self._trouble: str | None = "The documents are being read"
        self._pending: dict[str, asyncio.Future[object]] = {}

    def trouble(self) -> str | None:
        """Return what keeps the bot from answering, in a line."""
        return self._trouble

    @asynccontextmanager
    async def watched(
        self, checks: Mapping[str, Check], *, well: Callable[[], None] = lambda: None
    ) -> AsyncIterator[None]:
        """Make these checks, by the name of what they are of, every ten seconds; ``well`` is called when all pass."""

        async def check_regularly() -> None:
            while True:
                await self.look(checks)
                if self._trouble is None:
                    well()
                await asyncio.sleep(_LOOK_SECONDS)

        checking = asyncio.create_task(check_regularly())
        try:
            yield
        finally:
            self._trouble = "The bot is stopping"
            checking.cancel()
            await asyncio.gather(checking, *self._pending.values(), return_exceptions=True)

    async def look(self, checks: Mapping[str, Check], *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        """Make these checks once, beside each other."""
        # What has not answered is not asked once more, and not interrupted: it may be writing.
        for name, check in checks.items():
            if name not in self._pending:
                self._pending[name] = asyncio.ensure_future(check())
        await asyncio.wait(self._pending.values(), timeout=patience_seconds)
        found = [f"{name}: {wrong}" for name, task in self._pending.items() if (wrong := _wrong(task))]
        self._pending = {name: task for name, task in self._pending.items() if not task.done()}
        trouble = "; ".join(found) or None
        if trouble and trouble != self._trouble:
            _logger.warning("Questions cannot be answered as they should. %s", trouble)
        elif self._trouble and not trouble:
            _logger.info("Ready to answer")
        self._trouble = trouble


def _wrong(task: asyncio.Future[object]) -> str | None:
    """What is wrong, in a line without the statement that a database was given."""
    if not task.done():
        return "no answer"
    error = task.exception()
    if error is None:
        return None
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]
