"""The way to the Bot API: the bot's account, requests that are sent again, and a check of both."""

from __future__ import annotations

import logging
import os
import re
import ssl
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception,
    retry_if_result,
    stop_after_attempt,
    wait_exponential_jitter,
)

from bot.settings import Settings
from retrieval.errors import YuanjuError

logger = logging.getLogger(__name__)

# PTB's way to choose its coming types; with its old ones, every 429 raises a deprecation warning inside PTB itself.
os.environ.setdefault("PTB_TIMEDELTA", "true")

ATTEMPTS = 4

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
    def server(self) -> str:
        """The server's host and port, to be shown."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def refused(self) -> TokenError:
        """The error to end with once the server has answered 401 or 404: PTB's own shows the token."""
        return TokenError(
            f"{self.server} refuses the token in YUANJU_TELEGRAM_TOKEN: "
            "copy the present one from @BotFather, and check YUANJU_TELEGRAM_API_URL."
        )


def _not_received(error: BaseException) -> bool:
    """Whether a request failed before the server can have acted on it.

    A read timeout is not among these: the server may be slow and have sent the message, and a second copy
    would follow. A connection that closes without an answer is: most often it had idled and was just being
    closed.
    """
    return isinstance(
        error.__cause__,
        httpx.ConnectTimeout | httpx.PoolTimeout | httpx.NetworkError | httpx.RemoteProtocolError,
    )


def _server_failed(response: tuple[int, bytes]) -> bool:
    return response[0] >= 500


def _log_retry(state: RetryCallState) -> None:
    outcome = state.outcome
    assert outcome is not None  # noqa: S101 - tenacity calls this after an attempt
    reason = repr(outcome.exception()) if outcome.failed else f"status {outcome.result()[0]}"
    logger.warning("Attempt %d of %d to reach the Bot API: %s", state.attempt_number, ATTEMPTS, reason)


def _last_outcome(state: RetryCallState) -> Any:
    assert state.outcome is not None  # noqa: S101
    return state.outcome.result()


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


class RetryingRequest(HTTPXRequest):
    """PTB's requests, sent again with growing pauses where the server was not reached or failed (5xx).

    Status 429 is not dealt with here but by PTB's rate limiter, which waits for as long as Telegram says.
    """

    @retry(
        retry=retry_if_exception(_not_received) | retry_if_result(_server_failed),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=0.25, max=5, jitter=0.25),
        before_sleep=_log_retry,
        retry_error_callback=_last_outcome,
    )
    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See ``telegram.request.BaseRequest.do_request``."""
        return await super().do_request(*args, **kwargs)


class UpdatesRequest(HTTPXRequest):
    """PTB's requests for updates; an update that PTB cannot understand comes through as one without content.

    Telegram may send at any time what this version of PTB does not know. It would fail over all that came with it,
    and then again, because nothing of that would ever be confirmed.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """See ``telegram.request.BaseRequest.parse_json_payload``."""
        response = HTTPXRequest.parse_json_payload(payload)
        updates = response.get("result")
        if isinstance(updates, list):
            response["result"] = [_understood(update) for update in updates]
        return response


def _understood(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(deepcopy(update), None)
    except Exception as error:
        kinds = ", ".join(update.keys() - {"update_id"})
        logger.warning("An update (%s) cannot be understood and is passed over: %r", kinds, error)
        return {"update_id": update["update_id"]}
    return update


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
