"""A Bot API server for tests: real HTTP on loopback, people and groups that write, and Telegram's refusals.

Point a bot at ``api.url`` with ``api.token``, let people write, and look at what the bot sends::

    async with FakeBotAPI() as api:
        ...  # start the bot
        api.private("问题")
        reply = await api.next_reply()
        assert reply.text == "答案"
        api.press(reply, "更多")
        assert (await api.next_edit()).text == "又一句"

It answers ``getUpdates`` (long polling, ``allowed_updates``, confirmation by offset, 409 for a second poller or a
webhook), ``getWebhookInfo``, ``setWebhook``, ``deleteWebhook``, the methods in ``testbed.fake_methods``, and serves
``api.files`` as Telegram does files; other methods are "Not Found", as for a misspelt one.

It refuses, in Telegram's words, what Telegram refuses: a wrong token, an unknown chat, topic or replied-to message,
a chat that the bot has left, text that is empty or longer than 4096 UTF-16 units once parsed, HTML that does not parse,
entities out of bounds, callback data over 64 bytes, an edit that changes nothing, a callback or inline query that is
unknown, late or answered already, more than 50 inline results, ids of results that are too long or not unique, files
over 20 MB, descriptions that are too long. ``fail``, ``drop``, ``cut``, ``garble``, ``replace``, ``slow`` and
``stall`` make the next calls of a method, or of "download", go wrong;
``revoke_token`` makes all of them; ``delay`` is how many seconds every answer takes on its way.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections import Counter, defaultdict, deque
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from testbed.fake_methods import FakeMethods, Refusal
from testbed.fake_telegram import Json

_AS_JSON = {
    "allowed_updates",
    "button",
    "commands",
    "entities",
    "link_preview_options",
    "reply_markup",
    "reply_parameters",
    "results",
    "scope",
}
_AS_INTEGER = {
    "cache_time",
    "chat_id",
    "max_connections",
    "limit",
    "message_id",
    "message_thread_id",
    "offset",
    "timeout",
}


class Drop(Exception):  # noqa: N818
    """The connection is closed without an answer."""


class Garbage(Exception):  # noqa: N818
    """Something else answers, as a captive portal does: with ``status`` and ``text``."""

    def __init__(self, status: int = 200, text: str = "<html>Welcome to our hotel") -> None:
        self.status = status
        self.text = text
        super().__init__(text)

    @property
    def response(self) -> web.Response:
        return web.Response(text=self.text, status=self.status, content_type="text/html")


class FakeBotAPI(FakeMethods):
    """See the module. ``calls`` are all calls with their parameters; updates up to ``confirmed`` are done with.

    ``under_way`` are the calls that are just being answered. With ``tls`` it is reached by https.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._tls = tls
        self.token = "123456789:AAFakeTokenThatNobodyMayEverRead_0123"
        self.webhook_url = ""
        self.webhook_secret = ""
        self.webhook_error: Json = {}
        self.calls: list[tuple[str, Json]] = []
        self.confirmed = 0
        self._poll = 0
        self._revoked = False
        self._faults: dict[str, deque[Exception]] = defaultdict(deque)
        self._stalled: set[str] = set()
        self._cut: set[str] = set()
        self._slow: dict[str, deque[float]] = defaultdict(deque)
        self.delay = 0.0
        self.under_way: Counter[str] = Counter()
        self.methods |= {
            "getWebhookInfo": lambda _: {
                "url": self.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": len(self._updates),
                **self.webhook_error,
            },
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
        }

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, on a free port unless one is given."""
        application = web.Application()
        application.router.add_route("*", "/bot{token}/{method}", self._handle)
        application.router.add_get("/file/bot{token}/{folder}/{file_id}", self._download)
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=self._tls).start()

    async def stop(self) -> None:
        """Stop listening; what is under way is given up."""
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return "{}://{}:{}".format("https" if self._tls else "http", *self._runner.addresses[0][:2])

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        parameters = await _parameters(request)
        self.calls.append((method, parameters))
        self._wake()
        self.under_way[method] += 1
        try:
            if delay := self.delay + (self._slow[method].popleft() if self._slow[method] else 0.0):
                await asyncio.sleep(delay)
            result = await self._result(request.match_info["token"], method, parameters)
            if method in self._stalled:
                self._stalled.remove(method)
                await asyncio.Event().wait()  # until the client gives up
        except Drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        except Garbage as garbage:
            return garbage.response
        except Refusal as refusal:
            answer: Json = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            if refusal.parameters:
                answer["parameters"] = refusal.parameters
            return web.json_response(answer, status=refusal.status)
        finally:
            self.under_way[method] -= 1
        if method in self._cut:
            self._cut.remove(method)
            return await self._half(request)
        return web.json_response({"ok": True, "result": result})

    async def _half(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"ok":')
        assert request.transport is not None
        request.transport.close()
        return response

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(("download", {}))
        self._wake()
        try:
            if self._slow["download"]:
                await asyncio.sleep(self._slow["download"].popleft())
            if self._faults["download"]:
                raise self._faults["download"].popleft()
            if "download" in self._stalled:
                self._stalled.remove("download")
                await asyncio.Event().wait()
            if "download" in self._cut:
                self._cut.remove("download")
                return await self._half(request)
        except Drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        except Garbage as garbage:
            return garbage.response
        except Refusal as refusal:
            return web.json_response({"ok": False, "error_code": refusal.status}, status=refusal.status)
        content = self.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self.token or content is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=content)

    async def _result(self, token: str, method: str, parameters: Json) -> Any:
        if self._faults[method]:
            raise self._faults[method].popleft()
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refusal(404, "Not Found")
        if token != self.token or self._revoked:
            raise Refusal(401, "Unauthorized")
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method not in self.methods:
            raise Refusal(404, "Not Found")
        return self.methods[method](parameters)

    def fail(self, method: str, status: int, *, retry_after: int | None = None, times: int = 1) -> None:
        """Make the next calls of ``method`` fail with this HTTP status; nothing is done for them."""
        parameters = {} if retry_after is None else {"retry_after": retry_after}
        words = {409: "Conflict: terminated by other getUpdates request", 429: "Too Many Requests: retry later"}
        self._faults[method] += [Refusal(status, words.get(status, "Scripted failure"), **parameters)] * times

    def drop(self, method: str, *, times: int = 1) -> None:
        """Close the connection on the next calls of ``method``; nothing is done for them."""
        self._faults[method] += [Drop()] * times

    def cut(self, method: str) -> None:
        """Do what the next call of ``method`` asks, and break off in the middle of the answer."""
        self._cut.add(method)

    def garble(self, method: str, *, times: int = 1) -> None:
        """Answer the next calls of ``method`` with what is no answer of Telegram's; nothing is done for them."""
        self._faults[method] += [Garbage()] * times

    def replace(self, method: str, status: int, text: str) -> None:
        """Answer the next call of ``method`` in Telegram's place; nothing is done for it."""
        self._faults[method].append(Garbage(status, text))

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        """Take that long before anything is done for the next calls of ``method``."""
        self._slow[method] += [seconds] * times

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
        self._updates = [one for one in self._updates if one.get("update_id", 0) > self.confirmed]
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

    async def deliver(self, *, secret: str | None = None) -> list[int]:
        """Post what is pending to the webhook, as often as it takes; gives the answers' statuses."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook_secret if secret is None else secret}
        async with aiohttp.ClientSession(headers=headers) as session:

            async def post(update: Json) -> int:
                async with session.post(self.webhook_url, json=update) as response:
                    if response.status == 200:
                        self._updates.remove(update)
                    return response.status

            return await asyncio.gather(*map(post, self.pending))

    def _set_webhook(self, parameters: Json) -> bool:
        self.webhook_url, self.webhook_secret = parameters["url"], parameters.get("secret_token", "")
        self._allowed_updates = parameters.get("allowed_updates", self._allowed_updates) or None
        self._poll += 1
        self._wake()
        return True

    def _delete_webhook(self, _: Json) -> bool:
        self.webhook_url = ""
        return True


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
