from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.memory.state import database_url, opened
from bot.operations.health import SignOfLife
from bot.telegram.application import serve
from bot.telegram.connection import TokenError
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import Library, quote, running, serving, settings_for


class Log(logging.Handler):
    """Keeps what the bot logs at WARNING and above, and wakes who waits for it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.written = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.written.set()


@pytest.fixture
def log() -> Iterator[Log]:
    handler = Log()
    logger = logging.getLogger("bot.telegram.polling")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def sign(tmp_path: Path) -> SignOfLife:
    return SignOfLife(tmp_path)


async def answered(api: FakeBotAPI) -> None:
    """The bot is alive: a question gets its answer."""
    api.private("还在吗？")
    assert (await api.next_reply()).text.startswith("在。")


async def test_a_token_that_is_refused_at_the_start(api: FakeBotAPI, sign: SignOfLife) -> None:
    settings = settings_for(api, telegram_token="123456789:AAwrong")
    with pytest.raises(TokenError, match=r"refuses the token in YUANJU_TELEGRAM_TOKEN") as caught:
        await running(settings, Library(), sign, stop=asyncio.Event())
    assert "AAwrong" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_token_that_is_revoked_while_polling(api: FakeBotAPI, sign: SignOfLife) -> None:
    serving = asyncio.create_task(running(settings_for(api), Library(quote("在。")), sign, stop=asyncio.Event()))
    await answered(api)
    api.revoke_token()
    with pytest.raises(TokenError, match="refuses the token"):
        await serving


async def test_a_token_that_is_revoked_before_the_webhook_is_deleted(api: FakeBotAPI, sign: SignOfLife) -> None:
    api.fail("deleteWebhook", 401)
    with pytest.raises(TokenError, match="refuses the token"):
        await running(settings_for(api), Library(), sign, stop=asyncio.Event())


async def test_a_second_poller_is_one_line_and_no_end(api: FakeBotAPI, log: Log) -> None:
    api.fail("getUpdates", 409, times=2)
    async with serving(api, Library(quote("在。"))):
        await answered(api)
    (line,) = log.lines
    assert "Another process fetches this bot's messages" in line
    assert "Stop it" in line


@pytest.mark.parametrize("status", [429, 500])
async def test_a_server_that_fails_while_polling(api: FakeBotAPI, log: Log, status: int) -> None:
    api.fail("getUpdates", status, retry_after=1 if status == 429 else None)
    async with serving(api, Library(quote("在。"))):
        await answered(api)
    assert len(log.lines) == 1


async def test_a_connection_lost_while_polling(api: FakeBotAPI, log: Log) -> None:
    api.drop("getUpdates")
    async with serving(api, Library(quote("在。"))):
        await answered(api)
    assert "cannot be reached or fails" in log.lines[0]


async def test_a_server_that_comes_up_later(log: Log, sign: SignOfLife) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = FakeBotAPI()
    settings = settings_for(api, telegram_api_url=f"http://127.0.0.1:{port}")
    stop = asyncio.Event()
    task = asyncio.create_task(running(settings, Library(quote("在。")), sign, stop=stop))
    async with asyncio.timeout(10):
        await log.written.wait()
    assert log.lines[0].startswith(f"127.0.0.1:{port} cannot be reached")
    await api.start(port)
    await answered(api)
    stop.set()
    await task
    await api.stop()


async def test_a_stop_while_the_server_is_away(log: Log, sign: SignOfLife) -> None:
    async with FakeBotAPI() as gone:
        settings = settings_for(gone)
    stop = asyncio.Event()
    task = asyncio.create_task(running(settings, Library(), sign, stop=stop))
    async with asyncio.timeout(10):
        await log.written.wait()
        stop.set()
        await task


async def test_a_webhook_does_not_keep_the_bot_from_polling(api: FakeBotAPI) -> None:
    api.webhook_url = "https://hook.example/"
    async with serving(api, Library(quote("在。"))):
        await answered(api)


async def test_a_stop_answers_first_what_has_been_asked(api: FakeBotAPI) -> None:
    release = asyncio.Event()
    library = Library(quote("在。"), release=release)
    async with serving(api, library) as stop:
        asked = api.private("还在吗？")
        await api.until_called("getUpdates", times=2)  # it has been fetched
        stop.set()
        release.set()
    (reply,) = api.replies
    assert reply.reply_to == asked["message_id"]


async def test_what_has_been_answered_is_confirmed_at_a_stop(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("在。"))):
        await api.until_called("getUpdates")
        api.fail("getUpdates", 500)  # the poll that would have confirmed it
        await answered(api)
    assert api.pending == []


async def test_a_sign_of_life_from_the_first_answered_poll_to_the_end(api: FakeBotAPI, sign: SignOfLife) -> None:
    stop = asyncio.Event()
    serving = asyncio.create_task(running(settings_for(api), Library(quote("在。")), sign, stop=stop))
    sign.beat()  # which is the process's business
    assert sign.trouble()
    await answered(api)
    assert not sign.trouble()
    stop.set()
    await serving
    assert sign.trouble()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_good_order(api: FakeBotAPI, sign: SignOfLife, number: int) -> None:
    async with opened(database_url(None, sign.folder)) as state:
        settings = settings_for(api, index=sign.folder)
        serving = asyncio.create_task(serve(settings, Library(quote("在。")), state, sign))
        await answered(api)
        os.kill(os.getpid(), number)
        await serving
    assert api.pending == []


async def test_an_update_that_cannot_be_understood_stops_nothing(api: FakeBotAPI) -> None:
    api.push(message={"message_id": "of a kind that is still to come"})
    async with serving(api, Library(quote("在。"))):
        await answered(api)
    assert api.pending == []
