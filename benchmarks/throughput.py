"""How many private questions a second the bot answers, beside an empty echo bot on the same ``Application`` settings.

Both are asked through the fake Bot API over HTTP, which runs in a process of its own, in turns, so that what else the
machine does weighs on both alike. The answers are ready-made: what is measured is the conversation, not the search::

    python -m benchmarks.throughput [--questions 400] [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.memory.state import database_url, opened
from bot.operations.health import SignOfLife
from bot.settings import Secret, Settings
from bot.telegram import application as telegram
from bot.telegram.clock import ServerClock
from bot.telegram.connection import updates_request
from bot.telegram.lifecycle import run_until_stopped
from bot.telegram.messages import Context
from bot.telegram.polling import Poller, Retrier
from bot.telegram.route import Route
from bot.telegram.timing import Timing
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import Library, quote

DELAY_SECONDS = 0.1
SETTLE_SECONDS = 1.0  # a bot that has just started still tells Telegram its commands


async def fake(questions: int, delay: float) -> None:
    """Be Telegram: print the address, send the questions when a line comes in, print how long the replies took."""
    async with FakeBotAPI() as api:
        print(json.dumps({"url": api.url, "token": api.token}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await api.until_called("getUpdates")
        api.delay = delay
        for number in range(questions + 1):  # the first opens the connections
            if number == 1:
                await api.next_reply()
                await asyncio.sleep(SETTLE_SECONDS)
                print(json.dumps("begun"), flush=True)
                started = time.perf_counter()
            api.private(f"第{number}个问题是什么意思呢，请问？", sender=_person(number % 50))
        async with asyncio.timeout(300):
            while len(api.replies) <= questions:
                await api.next_reply()
        print(json.dumps(time.perf_counter() - started), flush=True)


def _person(number: int) -> dict[str, object]:
    return {"id": 5000 + number, "is_bot": False, "first_name": "x", "language_code": "zh"}


async def nothing(*_: object) -> None:
    """What neither bot does at its start and end."""


async def echo(settings: Settings, stop: asyncio.Event) -> None:
    """The emptiest bot: says what it is told."""

    async def on_message(update: Update, _: Context) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text, parse_mode=None, do_quote=True)

    timing, clock = Timing(), ServerClock()
    application = telegram.build_application(
        settings,
        processor=telegram.CONCURRENT_UPDATES,
        clock=clock,
        timing=timing,
    )
    application.add_handler(MessageHandler(filters.TEXT, on_message))

    async def receive(updates: Sequence[Mapping[str, Any]]) -> None:
        for update in updates:
            application.update_queue.put_nowait(Update.de_json(dict(update), application.bot))

    retrier = Retrier("fake", timing)
    async with updates_request(timing, clock, Route.of(settings)) as request:
        poller = Poller(
            application.bot,
            request,
            retrier=retrier,
            allowed_updates=telegram.ALLOWED_UPDATES,
            receive=receive,
            heard=lambda: None,
            timing=timing,
        )
        await run_until_stopped(
            application,
            poller,
            retrier=retrier,
            opened=nothing,
            started=nothing,
            closed=nothing,
            stop=stop,
            timing=timing,
        )


async def yuanju(settings: Settings, stop: asyncio.Event) -> None:
    """The bot, with answers of three sentences that are ready at once."""
    library = Library(*(quote(number=number, highlights=((4, 7),), after="后文。") for number in range(9)))
    folder = settings.index_folder
    async with opened(database_url(None, folder)) as state:
        await telegram.run(settings, library, state, SignOfLife(folder), stop=stop, started=nothing)


async def seconds(bot: str, questions: int, *, delay: float = 0.0) -> tuple[float, float]:
    """How long a bot takes for that many questions that come in at once: by the clock, and of its processor."""
    command = [sys.executable, "-m", "benchmarks.throughput", "--fake", "--questions", str(questions)]
    process = await asyncio.create_subprocess_exec(
        *command, "--delay", str(delay), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    address = json.loads(await process.stdout.readline())
    stop = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            telegram_token=Secret(address["token"]),
            telegram_api_url=address["url"],
            index=Path(folder),
            person_per_minute=0,
        )
        serving = asyncio.create_task({"echo": echo, "yuanju": yuanju}[bot](settings, stop))
        process.stdin.write(b"\n")
        await process.stdin.drain()
        await process.stdout.readline()
        before = time.process_time()
        taken = float(json.loads(await process.stdout.readline()))
        used = time.process_time() - before
        stop.set()
        await serving
    await process.wait()
    return taken, used


async def compare(questions: int, rounds: int) -> None:
    """Print the rates side by side."""
    bots = ("echo", "yuanju")
    rates: dict[str, list[float]] = {bot: [] for bot in bots}
    used: dict[str, list[float]] = {bot: [] for bot in bots}
    for number in range(rounds):
        for bot in bots[:: -1 if number % 2 else 1]:
            taken, processor = await seconds(bot, questions)
            rates[bot].append(questions / taken)
            used[bot].append(1000 * processor / questions)
    for bot in bots:
        each = ", ".join(f"{rate:.0f}" for rate in rates[bot])
        processor = statistics.median(used[bot])
        print(
            f"{bot:8} {statistics.median(rates[bot]):5.0f} questions/s ({each}), {processor:.2f} ms of processor each"
        )
    # Round by round: what else the machine did weighed on both of a round.
    share = statistics.median(ours / theirs for ours, theirs in zip(rates["yuanju"], rates["echo"], strict=True))
    print(f"Yuanju / echo: {share:.2f}")
    few = max(questions // 2, 50)
    taken, _ = await seconds("yuanju", few, delay=DELAY_SECONDS)
    print(
        f"With {DELAY_SECONDS} s of network delay: {few / taken:.0f} questions/s, "
        f"{few / taken * DELAY_SECONDS:.1f} times the sequential rate"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fake", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--delay", type=float, default=0.0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if arguments.fake:
        asyncio.run(fake(arguments.questions, arguments.delay))
    else:
        asyncio.run(compare(arguments.questions, arguments.rounds))


if __name__ == "__main__":
    main()
