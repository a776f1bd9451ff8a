"""Telegram posts its updates to the bot, which stands behind an address with others of its kind."""

from __future__ import annotations

import asyncio
import io
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import URL

from bot.configuration import load
from bot.memory.state import opened
from bot.operations.health import SignOfLife
from bot.operations.server import Web
from bot.settings import Settings, SettingsError
from bot.telegram.application import run
from bot.telegram.connection import TokenError
from bot.telegram.webhook import LARGEST_BYTES, secret_of
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import QUICK, Library, quote, running, settings_for

pytestmark = pytest.mark.slow


def well() -> None:
    return None


@asynccontextmanager
async def replica(
    api: FakeBotAPI, documents: Library, **others: object
) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """A bot with a webhook; gives its address and its work."""
    stop = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        async with Web("127.0.0.1:0", health=well, readiness=well) as web:
            url = f"http://127.0.0.1:{web.port}/telegram"
            settings = settings_for(api, webhook_url=url, listen="127.0.0.1:1", index=Path(folder), **others)
            sign = SignOfLife(Path(folder))
            task = asyncio.create_task(running(settings, documents, sign, stop=stop, routes=web, timing=QUICK))
            try:
                await api.until(lambda: api.webhook_url == url or task.done())
                yield url, task
            finally:
                stop.set()
                await asyncio.gather(task, return_exceptions=True)


async def nothing(_: object) -> None:
    """What a bot of these begins with."""


async def test_replicas_share_the_work(api: FakeBotAPI, url: URL) -> None:
    """Two bots and one database: what both are brought is answered once."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stop, tasks, hooks = asyncio.Event(), [], []
        for number in range(2):
            web = await stack.enter_async_context(Web("127.0.0.1:0", health=well, readiness=well))
            state = await stack.enter_async_context(opened(url))
            hooks.append(f"http://127.0.0.1:{web.port}/telegram")
            settings = settings_for(api, webhook_url=hooks[-1], listen="127.0.0.1:1", index=folder / str(number))
            sign = SignOfLife(folder / str(number))
            sign.folder.mkdir()
            work = run(settings, Library(quote()), state, sign, stop=stop, started=nothing, routes=web)
            tasks.append(asyncio.create_task(work))
            await api.until(lambda: api.webhook_url == hooks[-1])
        for _ in range(20):
            api.private("产量是多少？")
        updates = api.pending
        for hook in hooks:
            api.webhook_url = hook
            assert set(await api.deliver()) == {200}
            api.push_again(*updates)
        await api.until(lambda: len(api.replies) >= 20)
        stop.set()
        await asyncio.gather(*tasks)
    assert len(api.replies) == 20


async def post(url: str, body: bytes, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers) as response,
    ):
        return response.status, await response.text()


def secret(api: FakeBotAPI) -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": api.webhook_secret}


async def test_a_question_comes_in_and_is_answered(api: FakeBotAPI) -> None:
    async with replica(api, Library(quote())):
        asked = api.private("产量是多少？")
        assert await api.deliver() == [200]
        assert (await api.next_reply()).reply_to == asked["message_id"]


async def test_what_is_delivered_twice_is_answered_once(api: FakeBotAPI) -> None:
    async with replica(api, Library(quote())):
        api.private("产量是多少？")
        (update,) = api.pending
        await api.deliver()
        await api.next_reply()
        api.push_again(update)
        assert await api.deliver() == [200]
        api.private("另一个？")
        await api.deliver()
        await api.next_reply()
    assert len(api.replies) == 2


async def test_many_that_come_at_once_are_all_answered(api: FakeBotAPI) -> None:
    async with replica(api, Library(quote())):
        for _ in range(60):
            api.private("产量是多少？")
        assert set(await api.deliver()) == {200}
        await api.until(lambda: len(api.replies) == 60)


@pytest.mark.attack
@pytest.mark.parametrize("told", ["", "wrong", "错"])
async def test_who_does_not_know_the_secret_is_told_nothing(api: FakeBotAPI, told: str) -> None:
    library = Library(quote())
    async with replica(api, library) as (url, _):
        headers = {"X-Telegram-Bot-Api-Secret-Token": told} if told else {}
        assert await post(url, b'{"update_id": 1}', **headers) == (403, "")
    assert library.questions == []


@pytest.mark.attack
async def test_a_secret_that_is_no_text_is_refused_like_any_other_and_the_log_says_so_once(
    api: FakeBotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async with replica(api, Library()) as (url, _):
        address = urlsplit(url)
        for _ in range(20):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            head = f"POST {address.path} HTTP/1.1\r\nHost: bot\r\nContent-Length: 0\r\nConnection: close\r\n"
            writer.write(head.encode() + b"X-Telegram-Bot-Api-Secret-Token: \xff\xfe\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
            writer.close()
            await writer.wait_closed()
    assert [line for line in caplog.messages if "refused" in line] == [
        "1 posts to the webhook were refused: they do not hold its secret"
    ]


@pytest.mark.attack
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"update_id": "1"}', b'{"update_id": -1}', b"\xff", b"[" * 100_000]
)
async def test_what_is_no_update_is_refused(api: FakeBotAPI, body: bytes) -> None:
    async with replica(api, Library()) as (url, _):
        assert await post(url, body, **secret(api)) == (400, "")


@pytest.mark.attack
async def test_a_body_that_is_too_large_is_refused(api: FakeBotAPI) -> None:
    async with replica(api, Library()) as (url, _):
        status, _text = await post(url, b" " * (LARGEST_BYTES + 1), **secret(api))
    assert status == 413


async def test_telegram_is_told_what_it_needs(api: FakeBotAPI) -> None:
    async with replica(api, Library()) as (url, _):
        called = next(parameters for method, parameters in api.calls if method == "setWebhook")
    assert called["url"] == url
    assert called["secret_token"] == secret_of(api.token)
    assert api.token.partition(":")[2] not in called["secret_token"]
    assert "message" in called["allowed_updates"]
    assert int(called["max_connections"]) == 40


async def test_the_webhook_stays_for_the_other_replicas(api: FakeBotAPI) -> None:
    async with replica(api, Library()) as (url, _):
        pass
    assert api.webhook_url == url


async def test_a_webhook_that_another_process_removes_is_set_again(
    api: FakeBotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async with replica(api, Library(quote())) as (url, _):
        api.webhook_url = ""
        await api.until(lambda: api.webhook_url == url)
    assert "stop it, or give it a bot of its own" in caplog.text


async def test_what_keeps_telegram_from_delivering_is_said(api: FakeBotAPI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with replica(api, Library(quote())):
        api.webhook_error = {"last_error_date": 1_800_000_000, "last_error_message": "Connection refused"}
        looked = [name for name, _ in api.calls].count("getWebhookInfo")
        await api.until_called("getWebhookInfo", times=looked + 4)
    assert caplog.text.count("Telegram could not deliver to 127.0.0.1 (Connection refused)") == 1


async def test_a_token_that_is_revoked_ends_it(api: FakeBotAPI) -> None:
    async with replica(api, Library()) as (_, task):
        api.revoke_token()
        with pytest.raises(TokenError, match="refuses the token"):
            await task


async def test_polling_removes_a_webhook(api: FakeBotAPI) -> None:
    api.webhook_url = "https://elsewhere.example/"
    with tempfile.TemporaryDirectory() as folder:
        stop = asyncio.Event()
        settings = settings_for(api, index=Path(folder))
        task = asyncio.create_task(running(settings, Library(quote()), SignOfLife(Path(folder)), stop=stop))
        api.private("产量是多少？")
        await api.next_reply()
        stop.set()
        await task
    assert api.webhook_url == ""


def test_a_webhook_needs_an_address_to_listen_on() -> None:
    with pytest.raises(SettingsError, match="YUANJU_LISTEN"):
        load({"webhook_url": "https://bot.example/telegram"})
    assert isinstance(load({"webhook_url": "https://bot.example/t", "listen": "127.0.0.1:8080"}), Settings)
