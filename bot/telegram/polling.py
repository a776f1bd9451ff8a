"""Long polling: brings Telegram's updates to where they are safe, from its start to a stop.

PTB's own updater does the same, but when the token is revoked it stops polling and leaves the process alive
and deaf, it is silent about a server that does not answer, and it confirms what nobody has kept.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from bot.memory.schema import StateError
from bot.operations import metrics
from bot.telegram.obstacles import obstacle
from bot.telegram.timing import Timing

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Receive = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]

_LARGEST_ID = 2**63 - 1


class Retrier:
    """Calls the server called ``server`` until it answers.

    An outage is one line in the log, not one line every half a minute.
    """

    def __init__(self, server: str, timing: Timing) -> None:
        self._server = server
        self._timing = timing
        self._trouble: str | None = None

    async def persist(self, call: Callable[..., Awaitable[Result]], *arguments: Any, **named: Any) -> Result:
        """The result of ``call``; after any error but a refused token, tried again with growing pauses.

        Raises ``InvalidToken``.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda e: isinstance(e, Exception) and not isinstance(e, InvalidToken)),
            wait=self._timing.pauses,
            before_sleep=self._report,
        )
        result: Result = await retrying(call, *arguments, **named)
        self.recovered()
        return result

    def recovered(self) -> None:
        """Log that the server answers again, if something was wrong before."""
        if self._trouble:
            logger.info("Updates come in again from %s", self._server)
            self._trouble = None

    def _report(self, state: RetryCallState) -> None:
        if state.outcome:
            metrics.POLL_FAILURES.labels(obstacle(state.outcome.exception())).inc()
            self.failed(state.outcome.exception())

    def failed(self, error: BaseException | None) -> None:
        """Log what is wrong and what to do, unless that has just been logged."""
        if isinstance(error, Conflict):
            trouble = (
                f"Another process fetches this bot's messages ({error}). "
                "Stop it, or give this one a bot of its own from @BotFather."
            )
        elif isinstance(error, StateError):
            trouble = f"New messages cannot be kept and wait at Telegram. {error}."
        else:
            kind = "" if isinstance(error, NetworkError) else f"{type(error).__name__}: "
            trouble = (
                f"{self._server} cannot be reached or fails ({kind}{error}). "
                "Check network, DNS and proxy if this lasts."
            )
        if trouble != self._trouble:
            logger.warning("%s It will be tried again.", trouble)
        self._trouble = trouble


class Poller:
    """Fetches the updates of one bot, as JSON, with ``request``, and has ``receive`` keep them.

    ``allowed_updates`` are the kinds of update that Telegram shall send; ``heard`` is called with every poll that is
    answered and whose updates are safe.
    """

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        *,
        retrier: Retrier,
        allowed_updates: Sequence[str],
        receive: Receive,
        heard: Callable[[], None],
        timing: Timing,
    ) -> None:
        self._bot = bot
        self._request = request
        self._retrier = retrier
        self._allowed_updates = json.dumps(allowed_updates)
        self._receive = receive
        self._heard = heard
        self._timing = timing
        self._offset: int | None = None

    async def run(self) -> NoReturn:
        """Fetch updates until cancelled. Raises ``InvalidToken``, and nothing else, when the token is refused."""
        await self._retrier.persist(self._bot.delete_webhook)  # as long as there is one, polling is refused
        while True:
            updates = await self._retrier.persist(self._fetch, timeout=self._timing.poll)
            if updates:
                await self._retrier.persist(self._receive, updates)
                self._offset = updates[-1]["update_id"] + 1
            metrics.POLLS.inc()
            self._heard()

    async def confirm(self) -> None:
        """Tell Telegram what has been kept, as the next poll would have, so that it isn't sent again."""
        if self._offset is not None:
            with contextlib.suppress(TelegramError, KeyError, TypeError):
                await self._fetch(timeout=0, patience=2.0)

    async def _fetch(self, *, timeout: int, patience: float | None = None) -> list[Mapping[str, Any]]:  # noqa: ASYNC109
        """Telegram's answer, without what has no id and so could never be confirmed."""
        parameters = {"timeout": timeout, "allowed_updates": self._allowed_updates}
        if self._offset is not None:
            parameters["offset"] = self._offset
        waiting = timeout + (patience or self._timing.poll_answer)
        found = await self._request.post(
            f"{self._bot.base_url}/getUpdates?{urlencode(parameters)}", read_timeout=waiting
        )
        if not isinstance(found, list):
            raise TelegramError("The answer is no list of updates")
        updates = [update for update in found if has_id(update)]
        if len(updates) < len(found):
            logger.error("%d updates without a number are passed over", len(found) - len(updates))
        return sorted(updates, key=lambda update: int(update["update_id"]))


def has_id(update: object) -> bool:
    """Whether what was sent is an update that can be told from others."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    return isinstance(number, int) and 0 <= number <= _LARGEST_ID
