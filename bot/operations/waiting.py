"""Waiting for a database or a cluster that is only being started, as in containers that begin side by side."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

from retrieval.errors import YuanjuError

Opened = TypeVar("Opened")
LONGEST_PAUSE_SECONDS = 10.0

logger = logging.getLogger(__name__)


async def until_there(opening: Callable[[], Awaitable[Opened]]) -> Opened:
    """Return what is opened, however long it takes to be there; raise at once what waiting would not mend."""
    retrying = AsyncRetrying(
        retry=retry_if_exception(_passes), wait=wait_exponential(0.5, LONGEST_PAUSE_SECONDS), before_sleep=_say
    )
    async for attempt in retrying:  # which, called, would await coroutine functions alone, and no lambda
        with attempt:
            return await opening()
    raise AssertionError  # it is tried for ever


def _passes(error: BaseException) -> bool:
    return isinstance(error, YuanjuError) and error.passing


def _say(state: RetryCallState) -> None:
    number = state.attempt_number
    if state.outcome and number & (number - 1) == 0:  # 1, 2, 4, 8, …: not a line every ten seconds all night
        logger.warning("%s. Waiting for it", state.outcome.exception())
