"""How many updates are worked on at once: whoever only waits for Telegram makes room for others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class _Hold:
    """A slot that is held; ``lenders`` of the tasks that work under it are waiting."""

    free: asyncio.Semaphore
    lenders: int = 0


_hold: ContextVar[_Hold | None] = ContextVar("hold", default=None)


class Slots:
    """A number of places to work at."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def held(self, *, alone: bool = False) -> AsyncIterator[None]:
        """Wait for a free slot and hold it; ``alone``, wait for all of them, so that nothing else is worked on."""
        async with AsyncExitStack() as stack:
            for _ in range(self._count if alone else 1):
                await stack.enter_async_context(self._free)
            token = _hold.set(_Hold(self._free))
            try:
                yield
            finally:
                _hold.reset(token)


@asynccontextmanager
async def lent() -> AsyncIterator[None]:
    """Let others have the slot that is held, if one is, where one only waits: for Telegram, or for other processes."""
    hold = _hold.get()
    if hold is None:
        yield
        return
    hold.lenders += 1
    if hold.lenders == 1:
        hold.free.release()
    try:
        yield
    finally:
        hold.lenders -= 1
        if hold.lenders == 0:
            await hold.free.acquire()
