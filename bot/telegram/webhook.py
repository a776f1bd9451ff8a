"""The webhook: Telegram brings its updates itself, to an address that several replicas may stand behind."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, Protocol
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, WebhookInfo

from bot.memory.schema import StateError
from bot.operations.server import Refusals
from bot.telegram.polling import Receive, Retrier, has_id
from bot.telegram.timing import Timing

logger = logging.getLogger(__name__)

LARGEST_BYTES = 1 << 20
"""Telegram's updates are far smaller."""


_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
_CONNECTIONS = 40
_READ_SECONDS = 20.0


class Routes(Protocol):
    """An HTTP server that can be told who takes what is posted where."""

    def add_route(self, path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], /) -> None:
        """Register ``handler`` for what is posted to ``path``."""

    def remove_route(self, path: str, /) -> None:
        """Answer 404 to what is posted to ``path``."""


def secret_of(token: str) -> str:
    """What proves that it is Telegram who posts: all replicas derive the same from the token, and nobody else can."""
    return hmac.digest(token.encode(), b"webhook", hashlib.sha256).hex()


class Webhook:
    """Takes what Telegram posts to ``url``, and sees to it that Telegram goes on posting there.

    An update is acknowledged once ``receive`` has kept it. ``heard`` is called as often as Telegram, when asked, has
    confirmed that it sends here.
    """

    def __init__(
        self,
        bot: Bot,
        url: str,
        *,
        retrier: Retrier,
        allowed_updates: Sequence[str],
        receive: Receive,
        heard: Callable[[], None],
        routes: Routes,
        timing: Timing,
    ) -> None:
        self._bot = bot
        self._url = url
        self._path = urlsplit(url).path or "/"
        self._secret = secret_of(bot.token)
        self._retrier = retrier
        self._allowed_updates = allowed_updates
        self._receive = receive
        self._heard = heard
        self._routes = routes
        self._timing = timing
        self._error_time: Any = None
        self._refusals = Refusals()

    async def run(self) -> NoReturn:
        """Receive updates until cancelled. Raises ``InvalidToken``, and nothing else, when the token is refused."""
        self._routes.add_route(self._path, self.post)
        try:
            await self._retrier.persist(self._set)
            while True:
                info = await self._retrier.persist(self._bot.get_webhook_info)
                if info.url == self._url:
                    self._look_at(info)
                    await asyncio.sleep(self._timing.look)
                else:
                    logger.warning(
                        "Telegram was told to send this bot's messages elsewhere, perhaps by a process that polls with "
                        "the same token: stop it, or give it a bot of its own from @BotFather. The webhook is set anew."
                    )
                    await self._retrier.persist(self._set)
        finally:
            self._routes.remove_route(self._path)

    async def confirm(self) -> None:
        """Nothing is left to confirm: Telegram was told of every update. The webhook stays for the other replicas."""

    async def post(self, request: web.Request) -> web.Response:
        """Answer 200 where the updates are safe; otherwise Telegram sends them again.

        Whoever does not know the secret is told nothing.
        """
        told = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(told.encode("utf-8", "surrogateescape"), self._secret.encode()):
            if count := self._refusals.note():
                logger.warning("%d posts to the webhook were refused: they do not hold its secret", count)
            return web.Response(status=403)
        try:
            async with asyncio.timeout(_READ_SECONDS):
                body = await _body(request)
            update = json.loads(body)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except (ValueError, RecursionError, TimeoutError):
            return web.Response(status=400)
        if not has_id(update):
            return web.Response(status=400)
        try:
            await self._receive([update])
        except StateError as error:
            self._retrier.failed(error)
            return web.Response(status=503)
        self._retrier.recovered()
        return web.Response()

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=self._allowed_updates,
            max_connections=_CONNECTIONS,
        )

    def _look_at(self, info: WebhookInfo) -> None:
        if info.last_error_date and info.last_error_date != self._error_time:
            self._error_time = info.last_error_date
            logger.warning(
                "Telegram could not deliver to %s (%s); %d updates wait there. Check the address, its certificate "
                "and the proxy in front.",
                urlsplit(self._url).hostname,
                info.last_error_message,
                info.pending_update_count,
            )
        self._heard()


async def _body(request: web.Request) -> bytes:
    """The body, up to the size that is allowed; what is announced to be larger is not even read."""
    if (request.content_length or 0) > LARGEST_BYTES:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BYTES, request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BYTES, len(body))
    return bytes(body)
