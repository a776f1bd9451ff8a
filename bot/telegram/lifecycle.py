"""From the start of PTB's application to a stop in good order, whatever the way its updates come by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn, Protocol

from bot.telegram.intake import BotApplication
from bot.telegram.polling import Retrier
from bot.telegram.timing import Timing

logger = logging.getLogger(__name__)

Step = Callable[[], Awaitable[object]]


class Source(Protocol):
    """Where updates come from."""

    async def run(self) -> NoReturn:
        """Bring updates until cancelled. Raises ``InvalidToken``, and nothing else, when the token is refused."""

    async def confirm(self) -> None:
        """Say what has come, so that it isn't sent again."""


async def run_until_stopped(
    application: BotApplication,
    source: Source,
    *,
    retrier: Retrier,
    opened: Step,
    started: Step,
    closed: Step,
    stop: asyncio.Event,
    timing: Timing,
) -> None:
    """Run ``application`` on what ``source`` brings until ``stop`` is set; what has come by then is handled first.

    ``opened`` is done before anything comes, ``started`` beside it, once logged in, and may take its time, ``closed``
    at the end. Raises ``InvalidToken`` when the server refuses the token.
    """

    async def work_through() -> NoReturn:
        await retrier.persist(application.initialize)
        await application.start()
        await opened()
        logger.info("Serving as @%s", application.bot.username)
        beside = asyncio.ensure_future(started())
        try:
            await source.run()
        finally:
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)

    work = asyncio.create_task(work_through())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        work.cancel()
        stopping.cancel()
        try:
            async with asyncio.timeout(timing.stop):
                await asyncio.gather(work, return_exceptions=True)
                await asyncio.gather(source.confirm(), *([application.stop()] if application.running else []))
        except TimeoutError:
            logger.warning("Stopped before everything was answered; the rest is kept for the next start")
        await closed()
        await application.shutdown()
        await application.bot.shutdown()  # the connections of an application that never got to be initialised
