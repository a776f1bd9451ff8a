"""The bot's own HTTP server: health, metrics, and routes that others add."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.operations.server import ListenError, Web


class Signs:
    """What is wrong, as a test sets it."""

    health: str | None = None
    readiness: str | None = None


@pytest.fixture
def signs() -> Signs:
    return Signs()


@pytest.fixture
async def server(signs: Signs) -> AsyncIterator[Web]:
    async with Web("127.0.0.1:0", health=lambda: signs.health, readiness=lambda: signs.readiness) as server:
        yield server


async def fetch(server: Web, path: str, *, method: str = "GET") -> tuple[int, str]:
    url = f"http://127.0.0.1:{server.port}{path}"
    async with aiohttp.ClientSession() as client, client.request(method, url) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_all_is_well(server: Web, path: str) -> None:
    assert await fetch(server, path) == (200, "ok\n")


async def test_what_is_wrong_with_its_health_is_said(server: Web, signs: Signs) -> None:
    signs.health = "deaf"
    assert await fetch(server, "/healthz") == (503, "deaf\n")


async def test_what_keeps_it_from_being_ready_is_said(server: Web, signs: Signs) -> None:
    signs.readiness = "full"
    assert await fetch(server, "/readyz") == (503, "full\n")


async def test_metrics_are_written_for_prometheus(server: Web) -> None:
    status, text = await fetch(server, "/metrics")
    assert status == 200
    assert "# TYPE process_resident_memory_bytes gauge" in text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_not_there(server: Web, method: str) -> None:
    assert (await fetch(server, "/elsewhere", method=method))[0] == 404


async def test_a_route_is_added_while_it_listens_and_taken_away(server: Web) -> None:
    async def heard(request: web.Request) -> web.Response:
        return web.Response(text="heard")

    server.add_route("/telegram", heard)
    assert await fetch(server, "/telegram", method="POST") == (200, "heard")
    server.remove_route("/telegram")
    assert (await fetch(server, "/telegram", method="POST"))[0] == 404


async def test_what_goes_wrong_is_told_to_the_operator_only(server: Web, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise ValueError("inside")

    asyncio.get_running_loop().set_debug(True)
    server.add_route("/telegram", broken)
    with caplog.at_level(logging.ERROR):
        status, text = await fetch(server, "/telegram", method="POST")
    assert (status, text) == (500, "Internal Server Error\n")
    assert "inside" in caplog.text


async def test_an_address_that_is_taken_is_one_line(server: Web) -> None:
    taken = Web(f"127.0.0.1:{server.port}", health=lambda: None, readiness=lambda: None)
    with pytest.raises(ListenError, match=r"YUANJU_LISTEN=.*choose another"):
        async with taken:
            pass


@pytest.mark.attack
async def test_who_takes_too_long_for_the_headers_is_let_go() -> None:
    async with Web("127.0.0.1:0", health=lambda: None, readiness=lambda: None, header_seconds=0.2) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"POST /telegram HTTP/1.1\r\nHost: bot\r\nX-Slow: ")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


@pytest.mark.attack
@pytest.mark.parametrize(
    "said",
    [
        "POST / HTTP/1.1\r\n密: x\r\n\r\n",
        "POST / HTTP/1.1\r\nX: a\0b\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nX: " + 100_000 * "a" + "\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
async def test_whoever_sends_no_http_is_refused_and_fills_no_log(
    server: Web, caplog: pytest.LogCaptureFixture, said: str
) -> None:
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(said.encode())
        assert (await reader.read()).split()[1] == b"400"
        writer.close()
        await writer.wait_closed()
    assert caplog.messages == ["1 requests were refused: they are no HTTP"]
    assert caplog.records[0].exc_info is None
