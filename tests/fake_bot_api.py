"""A Bot API server for tests: real HTTP on loopback, people and groups that write, and Telegram's refusals.

Point a bot at ``api.url`` with ``api.token``, let people write, and look at what the bot sends::

    async with FakeBotAPI() as api:
        ...  # start the bot
        api.private("问题")
        reply = await api.next_reply()
        assert reply.text == "答案"

It answers ``getMe``, ``getUpdates`` (long polling, ``allowed_updates``, confirmation by offset, 409 for a second
poller or a webhook), ``getWebhookInfo``, ``deleteWebhook``, ``setMyCommands``, ``sendChatAction``, ``sendMessage``,
``editMessageText`` and ``answerCallbackQuery``; other methods are "Not Found", as for a misspelt one.

It refuses, in Telegram's words, what Telegram refuses: a wrong token, an unknown chat, topic or replied-to message,
text that is empty or longer than 4096 UTF-16 units once parsed, HTML that does not parse, callback data over 64
bytes, an edit that changes nothing, a callback query that is unknown or late. ``fail``, ``drop`` and ``stall`` make
the next calls of a method go wrong; ``revoke_token`` makes all of them.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fake_telegram import FakeTelegram, Json, Reply
from tests.telegram_markup import MarkupError, parse_html, utf16_length

_AS_JSON = {"reply_parameters", "link_preview_options", "reply_markup", "entities", "allowed_updates", "commands"}
_AS_INTEGER = {"chat_id", "message_id", "message_thread_id", "offset", "limit", "timeout"}


class Refusal(Exception):  # noqa: N818
    """What Telegram answers instead of a result."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        self.status = status
        self.description = description
        self.parameters = parameters
        super().__init__(description)


class Drop(Exception):  # noqa: N818
    """The connection is closed without an answer."""


class FakeBotAPI(FakeTelegram):
    """See the module. ``calls`` are all calls with their parameters; updates up to ``confirmed`` are done with."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "123456789:AAFakeTokenThatNobodyMayEverRead_0123"
        self.webhook_url = ""
        self.commands: dict[str, list[Json]] = {}
        self.calls: list[tuple[str, Json]] = []
        self.confirmed = 0
        self._poll = 0
        self._revoked = False
        self._faults: dict[str, deque[Exception]] = defaultdict(deque)
        self._stalled: set[str] = set()
        self._methods: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: self.me,
            "getWebhookInfo": lambda _: {
                "url": self.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": len(self._updates),
            },
            "deleteWebhook": self._delete_webhook,
            "setMyCommands": self._set_my_commands,
            "sendChatAction": self._send_chat_action,
            "sendMessage": self._send_message,
            "editMessageText": self._edit_message_text,
            "answerCallbackQuery": self._answer_callback_query,
        }

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, on a free port unless one is given."""
        application = web.Application()
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self._runner.addresses[0][:2])

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        self._wake()
        try:
            result = await self._result(request.match_info["token"], method, parameters)
            if method in self._stalled:
                self._stalled.remove(method)
                await asyncio.Event().wait()  # until the client gives up
        except Drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        except Refusal as refusal:
            answer: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            if refusal.parameters:
                answer["parameters"] = refusal.parameters
            return web.json_response(answer, status=refusal.status)
        return web.json_response({"ok": True, "result": result})

    async def _result(self, token: str, method: str, parameters: Json) -> Any:
        if self._faults[method]:
            raise self._faults[method].popleft()
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if token != self.token or self._revoked:
            raise Refusal(401, "Unauthorized")
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method not in self._methods:
            raise Refusal(404, "Not Found")
        return self._methods[method](parameters)

    def fail(self, method: str, status: int, *, retry_after: int | None = None, times: int = 1) -> None:
        """Make the next calls of ``method`` fail with this HTTP status; nothing is done for them."""
        parameters = {} if retry_after is None else {"retry_after": retry_after}
        words = {409: "Conflict: terminated by other getUpdates request", 429: "Too Many Requests: retry later"}
        self._faults[method] += [Refusal(status, words.get(status, "Scripted failure"), **parameters)] * times

    def drop(self, method: str, *, times: int = 1) -> None:
        """Close the connection on the next calls of ``method``; nothing is done for them."""
        self._faults[method] += [Drop()] * times

    def stall(self, method: str) -> None:
        """Do what the next call of ``method`` asks, but never answer it."""
        self._stalled.add(method)

    def revoke_token(self) -> None:
        """Refuse every call from now on, the poll under way included."""
        self._revoked = True
        self._poll += 1
        self._wake()

    async def until_called(self, method: str, *, times: int = 1) -> None:
        """Wait until ``method`` has been called this often, whatever came of it."""
        await self.until(lambda: [name for name, _ in self.calls].count(method) >= times)

    async def _get_updates(self, parameters: Json) -> list[Json]:
        if self.webhook_url:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poll += 1
        poll = self._poll
        self.confirmed = max(self.confirmed, parameters.get("offset", 0) - 1)
        self._updates = [update for update in self._updates if update["update_id"] > self.confirmed]
        self._allowed_updates = parameters.get("allowed_updates", self._allowed_updates) or None
        self._wake()
        try:
            async with asyncio.timeout(parameters.get("timeout", 0)):
                while not self._updates and poll == self._poll:
                    await self._changed.wait()
        except TimeoutError:
            return []
        if self._revoked:
            raise Refusal(401, "Unauthorized")
        if poll != self._poll:
            raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one runs")
        return self._updates[: parameters.get("limit", 100)]

    def _delete_webhook(self, _: Json) -> bool:
        self.webhook_url = ""
        return True

    def _set_my_commands(self, parameters: Json) -> bool:
        for command in parameters["commands"]:
            if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]) or not command["description"]:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[parameters.get("language_code", "")] = parameters["commands"]
        return True

    def _send_chat_action(self, parameters: Json) -> bool:
        self._destination(parameters)
        return True

    def _send_message(self, parameters: Json) -> Json:
        chat, topic = self._destination(parameters)
        content = _content(parameters)
        reply_to = parameters.get("reply_parameters", {})
        replied = self._messages.get((chat["id"], reply_to.get("message_id")))
        if reply_to and not replied and not reply_to.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        if replied:
            content["reply_to_message"] = replied
        message = self._message(chat, self.me, topic, content)
        self.replies.append(
            Reply(
                text=content["text"],
                entities=tuple(content["entities"]),
                chat_id=chat["id"],
                message_id=message["message_id"],
                topic=topic,
                reply_to=replied["message_id"] if replied else None,
                parameters=parameters,
            )
        )
        self._wake()
        return message

    def _edit_message_text(self, parameters: Json) -> Json:
        message = self._messages.get((parameters["chat_id"], parameters["message_id"]))
        if message is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if message["from"] != self.me:
            raise Refusal(400, "Bad Request: message can't be edited")
        content = _content(parameters)
        if all(message.get(key) == value for key, value in content.items()):
            raise Refusal(400, "Bad Request: message is not modified")
        message |= content
        return message

    def _answer_callback_query(self, parameters: Json) -> bool:
        if parameters["callback_query_id"] not in self._queries:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries.remove(parameters["callback_query_id"])
        return True

    def _destination(self, parameters: Json) -> tuple[Json, int | None]:
        chat = self._chats.get(parameters["chat_id"])
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        topic = parameters.get("message_thread_id")
        if topic is not None and "forum_topic_created" not in self._messages.get((chat["id"], topic), {}):
            raise Refusal(400, "Bad Request: message thread not found")
        return chat, topic


async def _parameters(request: web.Request) -> Json:
    """The parameters of a call from its query, form or JSON body; structures and integers as such."""
    if request.content_type == "application/json":
        body = await request.json()
    else:
        body = dict(await request.post())
    return {
        name: json.loads(value)
        if isinstance(value, str) and name in _AS_JSON
        else int(value)
        if name in _AS_INTEGER
        else value
        for name, value in {**request.query, **body}.items()
    }


def _content(parameters: Json) -> Json:
    """The text, entities and buttons of a message that is sent or edited."""
    mode = parameters.get("parse_mode", "")
    try:
        if mode.lower() == "html":
            text, entities = parse_html(parameters.get("text", ""))
        elif mode:
            raise Refusal(400, "Bad Request: unsupported parse_mode")  # Telegram's others are not needed here
        else:
            text, entities = parameters.get("text", "").strip(), parameters.get("entities", [])
    except MarkupError as error:
        raise Refusal(400, f"Bad Request: can't parse entities: {error}") from error
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    if utf16_length(text) > 4096:
        raise Refusal(400, "Bad Request: message is too long")
    content: Json = {"text": text, "entities": entities}
    if markup := parameters.get("reply_markup"):
        for button in (button for row in markup.get("inline_keyboard", ()) for button in row):
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        content["reply_markup"] = markup
    return content
