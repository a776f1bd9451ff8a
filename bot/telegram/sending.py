"""The way out: what is sent to Telegram is sent again, with growing pauses, until it is taken or it is too late.

PTB's ``AIORateLimiter`` makes every chat wait where Telegram has enough of one, and knows nothing of lost connections.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

from aiolimiter import AsyncLimiter
from cachetools import LRUCache
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay

from bot.memory.migrations import Migrations
from bot.memory.progress import waiting
from bot.operations import metrics
from bot.telegram.obstacles import obstacle
from bot.telegram.slots import lent
from bot.telegram.timing import Timing

logger = logging.getLogger(__name__)

GROUP_MESSAGES = 20
GROUP_SECONDS = 60.0
"""Telegram takes so many messages for a group in so many seconds."""

BRIEF_SECONDS = 10.0
"""After this nobody waits any more for what tells that something is being done."""

APART_SECONDS = 0.005
"""New messages leave so far apart at least, unless the one before is answered earlier."""
MOST_APART_SECONDS = 0.02
"""And at most: on a busy machine all answers lie unread for long, and people would wait for what none of them needs."""
UNKNOWN_APART_SECONDS = 0.25
"""And at most until it is known how long Telegram takes."""
_KNOWN = 8  # requests, from which on it is

# What comes twice when it is sent twice. A process that is killed does not know which of those under way have come.
_NEW = {"sendMessage", "sendDocument"}
_BRIEF = {"answerCallbackQuery", "answerInlineQuery", "sendChatAction"}
# Whoever calls these tries them again himself, and says what is wrong.
_ONCE = {"getMe", "getWebhookInfo", "setWebhook", "deleteWebhook"}
_MOST_REMEMBERED = 1000

# A topic that is closed or deleted, a group that lets the bot only read.
_CLOSED = re.compile(
    r"TOPIC_(?:CLOSED|DELETED)|message thread not found|not enough rights to send|have no rights to send"
    r"|CHAT_(?:WRITE|SEND_\w+)_FORBIDDEN|CHAT_RESTRICTED",
    re.IGNORECASE,
)

Call = Callable[..., Coroutine[Any, Any, Any]]


class Sending(BaseRateLimiter[int]):
    """Sends again, for up to ``limit_seconds``, what did not reach Telegram or what Telegram could not take just then.

    Where Telegram names a pause, only the chat that is meant waits for it. What waits lends its slot. A
    request that was answered too late is sent again as well: a message may then come twice, which is better than never.
    What is for a group that has become a supergroup goes there.

    New messages leave one after the other, or, where Telegram takes long, so far apart that at any moment it should be
    unknown of one at most whether it has come: as far as answers have lain unread, the usual time less the shortest
    (after TCP Vegas, https://doi.org/10.1109/49.464716), up to a bound.
    """

    def __init__(self, *, limit_seconds: float, timing: Timing, migrations: Migrations | None = None) -> None:
        self._migrations = migrations
        self._limit_seconds = limit_seconds
        self._pauses = timing.pauses
        self._until: LRUCache[Any, float] = LRUCache(_MOST_REMEMBERED)
        self._new = asyncio.Lock()
        self._took: deque[float] = deque(maxlen=64)  # seconds, until a new message was answered
        self._groups: LRUCache[int, AsyncLimiter] = LRUCache(_MOST_REMEMBERED)

    async def initialize(self) -> None:
        """See ``telegram.ext.BaseRateLimiter``."""

    async def shutdown(self) -> None:
        """See ``telegram.ext.BaseRateLimiter``."""

    async def process_request(  # noqa: PLR0917 - PTB's
        self,
        callback: Call,
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,  # noqa: ARG002
    ) -> Any:
        """See ``telegram.ext.BaseRateLimiter``; raises the last error once the time is up.

        Raises ``Forbidden`` where Telegram calls it a bad request to write where nobody may write any more.
        """
        if endpoint in _ONCE:
            return await callback(*args, **kwargs)
        call = partial(callback, *args, **kwargs)
        try:
            self._redirect(data)
            try:
                return await self._persist(endpoint, data, call)
            except ChatMigrated as error:
                if self._migrations is None:
                    raise
                await self._migrations.note(data["chat_id"], error.new_chat_id)
                self._redirect(data)
                return await self._persist(endpoint, data, call)
        except BadRequest as error:
            if _CLOSED.search(error.message):
                raise Forbidden(error.message) from error
            raise

    def _redirect(self, data: dict[str, Any]) -> None:
        """Address a request to what its group has become; messages have stayed behind, and topics there were none."""
        chat = data.get("chat_id")
        if self._migrations is None or not isinstance(chat, int):
            return
        if (now := self._migrations.current(chat)) == chat:
            return
        if "message_id" in data:
            raise BadRequest("Message to edit not found: it has stayed in the former group")
        data["chat_id"] = now
        data.pop("reply_parameters", None)

    async def _persist(self, endpoint: str, data: Mapping[str, Any], call: Call) -> Any:
        """The result of a request, once it has been taken."""
        chat = data.get("chat_id")
        retrying = AsyncRetrying(
            retry=retry_if_exception(_passing),
            stop=stop_before_delay(BRIEF_SECONDS if endpoint in _BRIEF else self._limit_seconds),
            wait=self._pauses,
            sleep=self._sleep,
            before_sleep=partial(self._note, endpoint, chat),
            reraise=True,
        )
        try:
            with metrics.timed("send"), waiting():
                return await retrying(self._send, chat, partial(self._one_by_one, call) if endpoint in _NEW else call)
        except TelegramError as error:
            metrics.SEND_FAILURES.labels(obstacle(error)).inc()
            raise

    async def _send(self, chat: Any, call: Call) -> Any:
        if isinstance(chat, int) and chat < 0:
            group = self._groups.setdefault(chat, AsyncLimiter(GROUP_MESSAGES, GROUP_SECONDS))
            if not group.has_capacity():
                async with lent():
                    await group.acquire()
            else:
                await group.acquire()
        while (rest := self._until.get(chat, 0) - _now()) > 0:
            await self._sleep(rest)
        return await call()

    async def _one_by_one(self, call: Call) -> Any:
        await self._new.acquire()
        with ExitStack() as stack:
            stack.callback(self._new.release)
            others = asyncio.get_running_loop().call_later(self._apart, stack.close)
            stack.callback(others.cancel)
            began = _now()
            sent = await call()
            self._took.append(_now() - began)
            return sent

    @property
    def _apart(self) -> float:
        """After how many seconds the next new message may leave, though this one is not answered yet."""
        if len(self._took) < _KNOWN:
            return UNKNOWN_APART_SECONDS
        return min(max(median(self._took) - min(self._took), APART_SECONDS), MOST_APART_SECONDS)

    def _note(self, endpoint: str, chat: Any, state: RetryCallState) -> None:
        """Say that something has to be sent again, once, and keep others from running into the same."""
        error = _error(state)
        metrics.SEND_RETRIES.labels(obstacle(error)).inc()
        pause = state.next_action.sleep if state.next_action else 0.0
        if isinstance(error, RetryAfter) and chat is not None:
            self._until[chat] = _now() + pause
        level = logging.WARNING if state.attempt_number == 1 else logging.DEBUG
        place = "" if chat is None else f" to chat {chat}"
        logger.log(level, "%s%s is tried again in %.1f seconds: %s", endpoint, place, pause, error)

    async def _sleep(self, seconds: float) -> None:
        async with lent():
            await asyncio.sleep(seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _passing(error: BaseException) -> bool:
    """Whether the same request may be taken later: no refusal, and nothing that is wrong with the request itself."""
    if isinstance(error, BadRequest):
        return False
    # The last are answers that are none, as a captive portal gives: not JSON, or JSON of another shape.
    return (
        isinstance(error, NetworkError | RetryAfter | Conflict | KeyError | TypeError) or type(error) is TelegramError
    )
