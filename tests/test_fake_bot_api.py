"""The fake refuses what Telegram refuses; else a test that passes against it proves nothing."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON

Json = dict[str, Any]


async def call(api: FakeBotAPI, method: str, *, token: str | None = None, **parameters: Any) -> Json:
    async with aiohttp.ClientSession() as session:
        url = f"{api.url}/bot{token or api.token}/{method}"
        async with session.post(url, json=parameters) as response:
            return dict(await response.json())


async def send(api: FakeBotAPI, text: str, **parameters: Any) -> Json:
    return await call(api, "sendMessage", chat_id=PERSON["id"], text=text, **parameters)


@pytest.mark.parametrize(
    ("html", "description"),
    [
        ("<b>open", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("字</b>", "can't parse entities: Unexpected end tag at byte offset 3"),
        ("<b><i>x</b></i>", 'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a < b", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        ("<p>x</p>", 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
        ("line<br/>", 'can\'t parse entities: Unsupported start tag "br/" at byte offset 4'),
        ("<b", 'can\'t parse entities: Unclosed start tag at byte offset 0'),
        (" <b> </b> ", "message text is empty"),
        ("𠮷" * 2049, "message is too long"),
    ],
)  # fmt: skip
async def test_html_that_is_refused(api: FakeBotAPI, html: str, description: str) -> None:
    answer = await send(api, html, parse_mode="HTML")
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}


async def test_html_that_is_taken(api: FakeBotAPI) -> None:
    html = ' <b>&lt;𠮷&#39;</b> &nbsp; <a href="https://example.org/?a&amp;b">x</a> '
    message = (await send(api, html, parse_mode="HTML"))["result"]
    assert message["text"] == "<𠮷' &nbsp; x"
    assert message["entities"] == [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 12, "length": 1, "url": "https://example.org/?a&b"},
    ]


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"chat_id": 5, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": 1001, "text": "x", "message_thread_id": 5}, "message thread not found"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 5}},
            "message to be replied not found",
        ),
        (
            "sendMessage",
            {
                "chat_id": 1001,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "字" * 22}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        ("editMessageText", {"chat_id": 1001, "message_id": 5, "text": "x"}, "message to edit not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "5"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("setMyCommands", {"commands": [{"command": "Ask", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_calls_that_are_refused(api: FakeBotAPI, method: str, parameters: Json, description: str) -> None:
    assert (await call(api, method, **parameters))["description"] == f"Bad Request: {description}"


async def test_an_edit_that_changes_nothing(api: FakeBotAPI) -> None:
    sent = (await send(api, "x"))["result"]
    place = {"chat_id": PERSON["id"], "message_id": sent["message_id"]}
    assert (await call(api, "editMessageText", text="y", **place))["result"]["text"] == "y"
    again = await call(api, "editMessageText", text="y", **place)
    assert again["description"].startswith("Bad Request: message is not modified")


async def test_a_callback_query_is_answered_once(api: FakeBotAPI) -> None:
    await send(api, "x")
    query = api.press(await api.next_reply(), "data")
    assert (await call(api, "answerCallbackQuery", callback_query_id=query))["ok"]
    assert not (await call(api, "answerCallbackQuery", callback_query_id=query))["ok"]


@pytest.mark.parametrize(("token", "status"), [("1:wrong", 401), ("wrong", 404)])
async def test_tokens_that_are_refused(api: FakeBotAPI, token: str, status: int) -> None:
    assert (await call(api, "getMe", token=token))["error_code"] == status


async def test_an_update_comes_until_it_is_confirmed(api: FakeBotAPI) -> None:
    api.private("x")
    first = (await call(api, "getUpdates"))["result"]
    assert (await call(api, "getUpdates"))["result"] == first
    assert (await call(api, "getUpdates", offset=first[0]["update_id"] + 1))["result"] == []


async def test_only_the_updates_that_are_wanted(api: FakeBotAPI) -> None:
    await call(api, "getUpdates", allowed_updates=["message"])
    api.edit(api.private("x"), "y")
    assert [list(update)[1] for update in (await call(api, "getUpdates"))["result"]] == ["message"]


async def test_no_polling_beside_a_webhook(api: FakeBotAPI) -> None:
    api.webhook_url = "https://example.org/hook"
    assert (await call(api, "getUpdates"))["error_code"] == 409
    await call(api, "deleteWebhook")
    assert (await call(api, "getUpdates"))["ok"]
