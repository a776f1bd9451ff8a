"""A cluster's node that stands still holds no question up: another copy is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

pytestmark = [pytest.mark.attack, pytest.mark.slow]


@pytest.fixture
async def cluster() -> AsyncIterator[tuple[Any, list[str]]]:
    """A client of a cluster of which whoever is asked first stands still; and who was asked to answer each search."""
    from retrieval.engines.opensearch import Connection

    asked: list[str] = []

    async def search(request: web.Request) -> web.Response:
        asked.append(request.query.get("preference", ""))
        if len(asked) == 1:
            await asyncio.Event().wait()
        return web.json_response({"hits": {"hits": []}})

    async def nodes(_: web.Request) -> web.Response:
        return web.json_response({"nodes": {"a": {}, "b": {}, "c": {}}})

    application = web.Application()
    application.router.add_post("/documents/_search", search)
    application.router.add_get("/_cluster/state/nodes", nodes)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = Connection(("http://127.0.0.1:{1}".format(*runner.addresses[0]),)).client()
    yield client, asked
    await client.close()
    await runner.cleanup()


async def test_a_node_that_stands_still_is_left_out_after_two_seconds(cluster: tuple[Any, list[str]]) -> None:
    from retrieval.engines.opensearch.connection import HEDGE_SECONDS, SECONDS

    client, asked = cluster
    began = time.monotonic()
    for _ in range(2):
        found = await client.search(index="documents", body={}, params={"request_timeout": SECONDS})
        assert found == {"hits": {"hits": []}}
    assert HEDGE_SECONDS <= time.monotonic() - began < SECONDS
    assert asked[0] == ""
    assert set(asked[1:]) <= {"_prefer_nodes:b,c", "_prefer_nodes:a,c", "_prefer_nodes:a,b"}
