"""Sending in bulk: several requests at once, no more than the cluster takes, each refused part again after a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import opensearchpy
from opensearchpy.helpers import async_bulk
from opensearchpy.helpers.errors import BulkIndexError

BATCH = 500
"""Paragraphs in a request."""
BYTES = 1_000_000
"""Bytes in a request; what is larger would hold up the event loop, and bring no more paragraphs a second."""
AT_ONCE = 4
"""Requests under way at the same time."""
RETRIES = 8
"""How often what was refused for want of room is sent again, after 0.5, 1, 2 … 30 seconds."""

Action = dict[str, Any]


class Sending:
    """Sends actions to one index; ``send`` waits while too much is under way, which holds the reader of files up."""

    def __init__(self, client: opensearchpy.AsyncOpenSearch, index: str) -> None:
        self._client = client
        self._index = index
        self._waiting: list[Action] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, actions: Iterable[Action]) -> None:
        """Send actions, perhaps later, in any order.

        Raises what an earlier request has failed with.
        """
        for action in actions:
            self._waiting.append(action)
            if len(self._waiting) >= BATCH:
                await self._dispatch()

    async def settle(self) -> None:
        """Wait until all that was given has been taken in."""
        await self._dispatch()
        while self._under_way:
            await self._one_done()

    async def stop(self) -> None:
        """Send no more."""
        self._waiting.clear()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way.clear()

    async def _dispatch(self) -> None:
        while len(self._under_way) >= AT_ONCE:
            await self._one_done()
        if self._waiting:
            self._under_way.add(asyncio.create_task(self._sent(self._waiting)))
            self._waiting = []

    async def _one_done(self) -> None:
        done, self._under_way = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _sent(self, actions: list[Action]) -> None:
        # Errors are gathered, since the client sends nothing again where it is to raise them.
        _, failed = await async_bulk(
            self._client,
            actions,
            index=self._index,
            chunk_size=BATCH,
            max_chunk_bytes=BYTES,
            max_retries=RETRIES,
            initial_backoff=0.5,
            max_backoff=30,
            raise_on_error=False,
        )
        # What was to be deleted may be gone already, where a request was sent twice.
        if lost := [item for item in failed if item.get("delete", {}).get("status") != 404]:  # type: ignore[union-attr]
            raise BulkIndexError(f"{len(lost)} of {len(actions)} changes were refused", lost)
