"""The connection to the Bot API: the bot's account, requests that are sent again, and a check of both."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, retry_if_result, stop_after_attempt

from bot.settings import Settings
from bot.telegram.clock import ServerClock
from bot.telegram.route import ProxyError, Route, trusted
from bot.telegram.timing import Timing
from retrieval.errors import YuanjuError

logger = logging.getLogger(__name__)

# PTB's way to choose its coming types; with its old ones, every 429 raises a deprecation warning inside PTB itself.
os.environ.setdefault("PTB_TIMEDELTA", "true")

ATTEMPTS = 6
"""How often a file is fetched before a person is told that it cannot be: some ten seconds."""

CHECKING = Timing(answer=5, connect=5)
"""Somebody is looking on: an answer comes in a second, or something is wrong."""

_PASSING = {429, 500, 502, 503, 504}

_TOKEN_SHAPE = re.compile(r"\d+:[\w-]+", re.ASCII)


class TokenError(YuanjuError):
    """There is no token, it cannot be one, or Telegram refuses it; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is to Telegram, and the Bot API server it talks to; PTB puts the token behind the URLs."""

    token: str
    base_url: str
    base_file_url: str

    @classmethod
    def of(cls, settings: Settings) -> Account:
        """Raises ``TokenError`` where there is no token or it cannot be one."""
        token = settings.telegram_token.value.strip() if settings.telegram_token else ""
        if not token:
            raise TokenError(
                "No Telegram token: send /newbot to @BotFather in Telegram, and put the token that it gives into .env "
                "(cp .env.example .env) as YUANJU_TELEGRAM_TOKEN=…"
            )
        if not _TOKEN_SHAPE.fullmatch(token):
            raise TokenError(
                "YUANJU_TELEGRAM_TOKEN is not a Telegram token: it must look like 123456789:AAF… "
                "Copy the whole of it from @BotFather."
            )
        server = str(settings.telegram_api_url).rstrip("/")
        return cls(token, f"{server}/bot", f"{server}/file/bot")

    @property
    def bot_id(self) -> int:
        """The bot's id in Telegram, the public half of the token."""
        return int(self.token.partition(":")[0])

    @property
    def server(self) -> str:
        """The server's host and port, to be shown."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def refused(self) -> TokenError:
        """The error to end with once the server has answered 401 or 404: PTB's own shows the token."""
        return TokenError(
            f"{self.server} refuses the token in YUANJU_TELEGRAM_TOKEN: "
            "copy the present one from @BotFather, and check YUANJU_TELEGRAM_API_URL."
        )


class ForeignAnswerError(NetworkError):
    """Something else than the Bot API answers in its place."""


class Requests(HTTPXRequest):
    """PTB's requests, by a route; their errors say what is wrong with it.

    A file that could not be fetched is fetched again. Calls are ``Sending``'s business.
    """

    def __init__(self, timing: Timing, clock: ServerClock, route: Route, *, connections: int = 1) -> None:
        super().__init__(
            connection_pool_size=connections,
            read_timeout=timing.answer,
            write_timeout=timing.answer,
            connect_timeout=timing.connect,
            pool_timeout=timing.answer,
            proxy=route.proxy,
            httpx_kwargs={"verify": trusted(), "event_hooks": {"response": [clock.read]}, "trust_env": False},
        )
        self._route = route
        self._timing = timing
        self._fetching = AsyncRetrying(
            retry=retry_if_exception_type(NetworkError) | retry_if_result(lambda response: response[0] in _PASSING),
            stop=stop_after_attempt(ATTEMPTS),
            wait=timing.pauses,
            before_sleep=_note,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See ``telegram.request.BaseRequest.do_request``."""
        request = partial(self._request, url, method, *args, **kwargs)
        if method == "GET":
            return await self._fetching(request)
        status, payload = await request()
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:  # of a proxy that is not asked for a tunnel
            raise NetworkError(self._route.failure(httpx.ProxyError(str(status))))
        if foreign := _foreign(payload):
            raise ForeignAnswerError(
                f"{self._route.server} answers with {foreign} (status {status}) and not as the Bot API does; look at "
                "YUANJU_TELEGRAM_API_URL and the proxy, and whether a login page or a provider's block page is shown"
            )
        return status, payload

    async def _request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        reading = kwargs.get("read_timeout")
        seconds = reading if isinstance(reading, int | float) else self._timing.answer
        try:
            # httpx waits for ever for a SOCKS proxy that accepts a connection and says nothing.
            async with asyncio.timeout(self._timing.connect + self._timing.answer + seconds):
                return await super().do_request(url, method, *args, **kwargs)
        except NetworkError as error:
            kind = TimedOut if isinstance(error, TimedOut) else NetworkError
            raise kind(self._route.failure(error.__cause__ or error)) from error.__cause__
        except TimeoutError as error:
            raise TimedOut(self._route.failure(error)) from error
        except Exception as error:
            raise NetworkError(self._route.failure(error)) from error


def _foreign(payload: bytes) -> str | None:
    """Return what an answer is that cannot be the Bot API's; ``None`` where it can."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return "a web page" if b"<html" in payload[:2000].lower() else "something that is not JSON"
    fine = isinstance(answer, dict) and ("result" in answer if answer.get("ok") else answer.get("ok") is False)
    return None if fine else "other JSON"


def _note(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome:
        error = state.outcome.exception()
        logger.warning("A file is fetched again: %s", error or f"status {state.outcome.result()[0]}")


@asynccontextmanager
async def updates_request(timing: Timing, clock: ServerClock, route: Route) -> AsyncIterator[HTTPXRequest]:
    """What fetches updates, with a connection of its own."""
    request = Requests(timing, clock, route)
    await request.initialize()
    try:
        yield request
    finally:
        await request.shutdown()


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``check``: fine, good to know, or in the way of serving. ``line`` is in whole sentences."""

    level: Literal["ok", "warning", "error"]
    line: str


def privacy(bot: Bot) -> str:
    """Return which messages in groups a bot that has logged in gets to see, and how to change that."""
    if bot.can_read_all_group_messages:
        return "Privacy mode is off: in groups it sees every message, and answers those that are meant for it."
    return (
        "Privacy mode is on: in groups it sees only commands, replies to it, and mentions that Telegram "
        f"recognises (with a space before @{bot.username}). To let it see the others too: "
        "@BotFather, /setprivacy, Disable, then remove it from the group and add it again."
    )


async def check_telegram(settings: Settings, *, timing: Timing = CHECKING) -> tuple[Finding, ...]:
    """What keeps the bot from working in Telegram, and what its operator should know.

    One error where there is no token, it is refused, or the server is not reached; nothing is tried twice.
    """
    try:
        account, route = Account.of(settings), Route.of(settings)
        bot = Bot(
            account.token, account.base_url, account.base_file_url, request=Requests(timing, ServerClock(), route)
        )
        started = time.monotonic()
        try:
            await bot.initialize()
            seconds = time.monotonic() - started
            webhook = urlsplit((await bot.get_webhook_info()).url)
        except InvalidToken:
            raise account.refused() from None
        finally:
            await bot.shutdown()
    except (TokenError, ProxyError) as error:
        return (Finding("error", f"{str(error).rstrip('.')}."),)
    except ForeignAnswerError as error:
        return (Finding("error", f"That is not Telegram's answer: {error} ({route})."),)
    except TelegramError as error:
        blocked = "" if route.proxy else " Where Telegram is blocked, set YUANJU_TELEGRAM_PROXY; see docs/telegram.md."
        return (Finding("error", f"{account.server} cannot be reached {route}: {error}.{blocked}"),)

    findings = [Finding("ok", f"Telegram knows the bot as @{bot.username}: {seconds:.2f} seconds, {route}.")]
    if not bot.can_join_groups:
        findings.append(Finding("warning", "It cannot be added to groups. To change that: @BotFather, /setjoingroups."))
    findings.append(Finding("ok", privacy(bot)))
    if not bot.supports_inline_queries:
        findings.append(Finding("ok", f"Inline mode (@{bot.username} in any chat) is off. @BotFather, /setinline."))
    if webhook.netloc:
        # Only the host: the rest of a webhook's URL is often a secret.
        findings.append(
            Finding(
                "warning",
                f"Its messages go to a webhook at {webhook.hostname}. `serve` removes it and fetches "
                "them itself; whatever listens there will get nothing more.",
            )
        )
    return tuple(findings)
