"""A lease in the cluster: of several bots, one at a time changes the index."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import time
import uuid
from typing import Any, Self

import opensearchpy

from retrieval.engines.opensearch.connection import PATIENCE, Connection
from retrieval.errors import OvertakenError

SECONDS = 60.0
"""After how long without a sign of life a holder is taken for dead."""
ASKING = 1.0
"""Seconds between two tries to get it."""

_KEY = "lease"
_logger = logging.getLogger(__name__)


class Lease:
    """Held while inside; entering waits until nobody else holds it, or whoever does has died.

    Each change of it names the version that it replaces, so that of two who try at once one succeeds. ``seconds`` is
    after how long a holder that says nothing is taken for dead.
    """

    def __init__(
        self, connection: Connection, client: opensearchpy.AsyncOpenSearch, index: str, *, seconds: float = SECONDS
    ) -> None:
        self._connection = connection
        self._client = client
        self._index = index
        self._seconds = seconds
        self._holder = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex}"
        self._version: dict[str, int] = {}
        self._keeping: asyncio.Task[None] | None = None
        self.lost: OvertakenError | None = None
        """Says so, once another has taken it."""

    async def __aenter__(self) -> Self:
        if not await self._client.indices.exists(index=self._index):
            await self._create()
        await self._client.cluster.health(  # it may have been made just now by another
            index=self._index,
            params={"wait_for_status": "yellow", "timeout": "30s", "ignore": 408},
            request_timeout=PATIENCE,
        )
        await self._taken()
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def _create(self) -> None:
        with contextlib.suppress(opensearchpy.RequestError):  # another was first
            await self._client.indices.create(
                index=self._index,
                body={
                    "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-2"},
                    "mappings": {"dynamic": False},
                },
                params={"wait_for_active_shards": "1"},
            )

    async def __aexit__(self, *_: object) -> None:
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        # Whoever waits for it gets it at once; if the cluster cannot be told, when it runs out.
        with contextlib.suppress(opensearchpy.OpenSearchException):
            await self._client.delete(index=self._index, id=_KEY, params=self._version)

    async def renew(self) -> None:
        """Return a sign of life.

        Raises ``OvertakenError`` if another has taken the lease, having heard none for too long.
        """
        try:
            told = await self._client.index(index=self._index, id=_KEY, body=self._body(), params=self._version)
        except (opensearchpy.ConflictError, opensearchpy.NotFoundError) as error:
            if not await self._mine():
                self.lost = OvertakenError(
                    self._connection.place, "another bot has taken this one for dead and changes the index now"
                )
                raise self.lost from error
        else:
            self._remember(told)

    async def _taken(self) -> None:
        """Take the lease as soon as it is free.

        By this machine's clock alone: it has run out when the same version has been there for its whole time.
        """
        seen: dict[str, int] = {}
        since = 0.0
        waiting = False
        while True:
            try:
                there = await self._client.get(index=self._index, id=_KEY)
            except opensearchpy.NotFoundError:
                condition: dict[str, Any] = {"op_type": "create"}
            else:
                version = _version(there)
                if version != seen:
                    seen, since = version, time.monotonic()
                if time.monotonic() - since < there["_source"]["seconds"]:
                    if not waiting:
                        _logger.info("waiting for %s, which changes the index now", there["_source"]["holder"])
                        waiting = True
                    await asyncio.sleep(ASKING * random.uniform(0.5, 1.5))  # noqa: S311 - so that not all ask at once
                    continue
                condition = version
            try:
                told = await self._client.index(index=self._index, id=_KEY, body=self._body(), params=condition)
            except opensearchpy.ConflictError:
                if await self._mine():
                    return
            else:
                self._remember(told)
                return

    async def _mine(self) -> bool:
        """Return whether the lease is held here: a change whose answer was lost has perhaps been made."""
        try:
            there = await self._client.get(index=self._index, id=_KEY)
        except opensearchpy.NotFoundError:
            return False
        self._remember(there)
        return bool(there["_source"]["holder"] == self._holder)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._seconds / 4)
            try:
                await self.renew()
            except opensearchpy.OpenSearchException as error:  # it may be heard again in time
                _logger.warning("the lease on the index could not be renewed: %s", error)
            except OvertakenError:
                return  # said by whoever needs the lease

    def _body(self) -> dict[str, Any]:
        return {"holder": self._holder, "seconds": self._seconds}

    def _remember(self, told: dict[str, Any]) -> None:
        self._version = _version(told)


def _version(told: dict[str, Any]) -> dict[str, int]:
    return {"if_seq_no": told["_seq_no"], "if_primary_term": told["_primary_term"]}
