"""What is sent goes out again until it is taken, and nobody waits for another's pause."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut
from telegram.ext import ExtBot

from bot.telegram.clock import ServerClock
from bot.telegram.connection import Account, Requests
from bot.telegram.route import Route
from bot.telegram.sending import Sending
from bot.telegram.slots import Slots
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON
from testbed.serving import QUICK, settings_for

Bot = ExtBot[int]
BEN = PERSON | {"id": 1002}


@pytest.fixture
def slots() -> Slots:
    return Slots(1)


@pytest.fixture
async def bot(api: FakeBotAPI) -> AsyncIterator[Bot]:
    """PTB's bot, with nothing of ours but the way out."""
    account = Account.of(settings_for(api))
    api.private("你好", sender=BEN)
    async with ExtBot(
        account.token,
        account.base_url,
        account.base_file_url,
        request=Requests(QUICK, ServerClock(), Route.of(settings_for(api)), connections=8),
        rate_limiter=Sending(limit_seconds=5, timing=QUICK),
    ) as bot:
        yield bot


def calls(api: FakeBotAPI, method: str) -> int:
    return [name for name, _ in api.calls].count(method)


async def test_a_server_error_is_tried_again(api: FakeBotAPI, bot: Bot) -> None:
    api.fail("sendMessage", 502, times=5)
    assert (await bot.send_message(PERSON["id"], "答案")).text == "答案"


async def test_a_lost_connection_is_tried_again(api: FakeBotAPI, bot: Bot) -> None:
    api.drop("sendMessage", times=2)
    await bot.send_message(PERSON["id"], "答案")
    assert len(api.replies) == 1


async def test_what_is_no_answer_of_telegrams_is_tried_again(api: FakeBotAPI, bot: Bot) -> None:
    api.garble("sendMessage")
    await bot.send_message(PERSON["id"], "答案")
    assert len(api.replies) == 1


async def test_an_answer_that_never_comes_is_worth_a_second_message(api: FakeBotAPI, bot: Bot) -> None:
    api.stall("sendMessage")
    await bot.send_message(PERSON["id"], "答案")
    assert len(api.replies) == 2


async def test_a_request_that_was_refused_is_not_tried_again(api: FakeBotAPI, bot: Bot) -> None:
    for status, error in ((403, Forbidden), (400, BadRequest)):
        api.fail("sendMessage", status)
        with pytest.raises(error):
            await bot.send_message(PERSON["id"], "答案")
    assert api.replies == []


async def test_trying_again_has_an_end(api: FakeBotAPI) -> None:
    account = Account.of(settings_for(api))
    api.fail("sendMessage", 500, times=1000)
    async with ExtBot(
        account.token,
        account.base_url,
        request=Requests(QUICK, ServerClock(), Route.of(settings_for(api))),
        rate_limiter=Sending(limit_seconds=0.5, timing=QUICK),
    ) as bot:
        with pytest.raises(NetworkError, match="Scripted failure"):
            await bot.send_message(PERSON["id"], "答案")
    assert 2 < calls(api, "sendMessage") < 100


async def test_telegrams_pause_is_kept_to_by_its_chat_alone(api: FakeBotAPI, bot: Bot) -> None:
    api.fail("sendMessage", 429, retry_after=1)
    waiting = asyncio.create_task(bot.send_message(PERSON["id"], "一"))
    await api.until_called("sendMessage")
    await bot.send_message(BEN["id"], "二")
    assert [reply.text for reply in api.replies] == ["二"]
    await asyncio.gather(waiting, bot.send_message(PERSON["id"], "三"))
    assert calls(api, "sendMessage") == 4  # the third waited, instead of being refused as well


async def test_who_waits_for_telegram_makes_room(api: FakeBotAPI, bot: Bot, slots: Slots) -> None:
    async def send(person: int, text: str) -> None:
        async with slots.held():
            await bot.send_message(person, text)

    api.fail("sendMessage", 429, retry_after=1)
    waiting = asyncio.create_task(send(PERSON["id"], "一"))
    await api.until_called("sendMessage")
    await send(BEN["id"], "二")
    await waiting
    assert [reply.text for reply in api.replies] == ["二", "一"]


async def test_a_press_is_not_answered_for_ever(api: FakeBotAPI, bot: Bot) -> None:
    api.fail("answerCallbackQuery", 429, retry_after=60)
    with pytest.raises(Exception, match="Flood control"):
        await bot.answer_callback_query("1")


async def test_a_file_is_fetched_again(api: FakeBotAPI, bot: Bot) -> None:
    api.files["f"] = b"content"
    api.fail("download", 500, times=3)
    api.drop("download")
    assert bytes(await (await bot.get_file("f")).download_as_bytearray()) == b"content"


async def test_a_file_that_cannot_be_fetched_is_an_error(api: FakeBotAPI, bot: Bot) -> None:
    api.files["f"] = b"content"
    api.fail("download", 500, times=100)
    file = await bot.get_file("f")
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()


async def test_a_name_that_is_not_found_is_tried_again() -> None:
    async with FakeBotAPI() as api:
        settings = settings_for(api, telegram_api_url="http://telegram.invalid")
    account = Account.of(settings)
    sending = Sending(limit_seconds=0.5, timing=QUICK)
    request = Requests(QUICK, ServerClock(), Route.of(settings))
    bot: Bot = ExtBot(account.token, account.base_url, request=request, rate_limiter=sending)
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(PERSON["id"], "答案")
    assert not isinstance(caught.value, TimedOut)
    assert api.token not in str(caught.value)
    await bot.shutdown()


async def test_a_group_gets_no_more_than_telegram_takes_and_others_go_on(api: FakeBotAPI, bot: Bot) -> None:
    sending = [asyncio.create_task(bot.send_message(GROUP["id"], str(number))) for number in range(21)]
    await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    await api.until(lambda: len(api.replies) == 20)
    await bot.send_message(PERSON["id"], "还在")
    assert len(api.replies) == 21
    for task in sending:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)
