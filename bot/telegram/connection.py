"""The way to the Bot API: the bot's account, requests that are sent again, and a check of both."""

from __future__ import annotations

import logging
import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, retry_if_result, stop_after_attempt

from bot.settings import Settings
from bot.telegram.clock import ServerClock
from bot.telegram.timing import Timing
from retrieval.errors import YuanjuError

logger = logging.getLogger(__name__)

# PTB's way to choose its coming types; with its old ones, every 429 raises a deprecation warning inside PTB itself.
os.environ.setdefault("PTB_TIMEDELTA", "true")

ATTEMPTS = 6
"""How often a file is fetched before a person is told that it cannot be: some ten seconds."""

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
        token = settings.telegram_token.get_secret_value().strip() if settings.telegram_token else ""
        if not token:
            raise TokenError("No Telegram token: get one from @BotFather and set it as YUANJU_TELEGRAM_TOKEN.")
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


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


class Requests(HTTPXRequest):
    """PTB's requests; a file that could not be fetched is fetched again. Calls are ``Sending``'s business."""

    def __init__(self, timing: Timing, clock: ServerClock, *, connections: int = 1) -> None:
        super().__init__(
            connection_pool_size=connections,
            read_timeout=timing.answer,
            write_timeout=timing.answer,
            connect_timeout=timing.connect,
            pool_timeout=timing.answer,
            httpx_kwargs={"verify": trusted(), "event_hooks": {"response": [clock.read]}},
        )
        self._fetching = AsyncRetrying(
            retry=retry_if_exception_type(NetworkError) | retry_if_result(lambda response: response[0] in _PASSING),
            stop=stop_after_attempt(ATTEMPTS),
            wait=timing.pauses,
            before_sleep=_note,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See ``telegram.request.BaseRequest.do_request``."""
        request = partial(super().do_request, url, method, *args, **kwargs)
        return await (self._fetching(request) if method == "GET" else request())


def _note(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome:
        error = state.outcome.exception()
        logger.warning("A file is fetched again: %s", error or f"status {state.outcome.result()[0]}")


@asynccontextmanager
async def updates_request(timing: Timing, clock: ServerClock) -> AsyncIterator[HTTPXRequest]:
    """What fetches updates, with a connection of its own."""
    request = Requests(timing, clock)
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
    """Say which messages in groups a bot that has logged in gets to see, and how to change that."""
    if bot.can_read_all_group_messages:
        return "Privacy mode is off: in groups it sees every message, and answers those that are meant for it."
    return (
        "Privacy mode is on: in groups it sees only commands, replies to it, and mentions that Telegram "
        f"recognises (with a space before @{bot.username}). To let it see the others too: "
        "@BotFather, /setprivacy, Disable, then remove it from the group and add it again."
    )


async def check_telegram(settings: Settings) -> tuple[Finding, ...]:
    """What keeps the bot from working in Telegram, and what its operator should know.

    One error where there is no token, it is refused, or the server is not reached; nothing is tried twice.
    """
    try:
        account = Account.of(settings)
        bot = Bot(account.token, account.base_url, account.base_file_url)
        try:
            await bot.initialize()
            webhook = urlsplit((await bot.get_webhook_info()).url)
        except InvalidToken:
            raise account.refused() from None
        finally:
            await bot.shutdown()
    except TokenError as error:
        return (Finding("error", str(error)),)
    except TelegramError as error:
        return (Finding("error", f"{account.server} cannot be reached ({error}). Check network and proxy."),)

    findings = [Finding("ok", f"Telegram knows the bot as @{bot.username}.")]
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
