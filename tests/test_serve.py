"""The whole of it: ``python -m bot serve`` as a process of its own, with real documents and a fake Bot API."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from testbed.commands import started, yuanju
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON, Reply
from tests.conftest import SEEDS


@pytest.fixture
def index(tmp_path: Path, prepared: Callable[[Path], Path]) -> Path:
    return prepared(tmp_path / "index")


def environment(api: FakeBotAPI, index: Path, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    own = {
        "YUANJU_DOCUMENTS": str(SEEDS),
        "YUANJU_INDEX": str(index),
        "YUANJU_TELEGRAM_TOKEN": api.token,
        "YUANJU_TELEGRAM_API_URL": api.url,
        "YUANJU_ADMINS": str(PERSON["id"]),
        "YUANJU_LOG_LEVEL": "DEBUG",
    }
    return kept | own | changes


@asynccontextmanager
async def process(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot in a Python that starts as anybody's does."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"), env=environment, stdout=pipe, stderr=pipe
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


@dataclass(frozen=True, slots=True)
class Served:
    """What came of a bot that was asked a question and stopped."""

    api: FakeBotAPI
    reply: Reply
    log: str
    output: str
    status: int | None
    health: tuple[int, int, int]
    """The status of ``yuanju health`` before, during and after."""

    @property
    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.splitlines()]


async def health(index: Path) -> int:
    done = await asyncio.to_thread(partial(yuanju, "health", "--index", index, environment=os.environ))
    return done.returncode


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Path], Path]) -> Served:
    """One process for all that is seen of one."""

    index = prepared(tmp_path_factory.mktemp("served") / "index")

    async def run() -> Served:
        before = await health(index)
        async with FakeBotAPI() as api, process(environment(api, index)) as child:
            api.private("智能终端目标是多少？")
            reply = await api.next_reply()
            during = await health(index)
            await api.until_called("setMyCommands", times=6)
            child.send_signal(signal.SIGTERM)
            output, log = await child.communicate()
            after = await health(index)
            return Served(api, reply, log.decode(), output.decode(), child.returncode, (before, during, after))

    return asyncio.run(run())


def test_a_question_to_the_seed_document_from_telegram_to_telegram(served: Served) -> None:
    assert "产业规模突破7000亿元" in served.reply.text
    assert "新浪财经 · 2022-07-08 · 第3段" in served.reply.text


def test_it_ends_in_good_order(served: Served) -> None:
    assert (served.status, served.output) == (0, "")
    assert "Traceback" not in served.log


def test_the_log_holds_neither_the_token_nor_the_question(served: Served) -> None:
    assert [record["outcome"] for record in served.records if "outcome" in record] == ["sure"]
    assert served.api.token not in served.log
    assert "智能终端" not in served.log


def test_health_knows_whether_it_serves(served: Served) -> None:
    assert served.health == (1, 0, 1)


def test_operators_are_shown_their_commands(served: Served) -> None:
    shown = {command["command"] for command in served.api.commands[f"chat {PERSON['id']}", ""]}
    assert "reload" in shown
    assert "reload" not in {command["command"] for command in served.api.commands["all_private_chats", ""]}


async def test_the_log_holds_questions_only_where_that_is_set(api: FakeBotAPI, index: Path) -> None:
    logged = environment(api, index, YUANJU_LOG_LEVEL="INFO", YUANJU_LOG_QUESTIONS="true")
    with started("serve", environment=logged) as bot:
        api.private("智能终端目标是多少？")
        await api.next_reply()
        bot.terminate()
        bot.wait()
        records = [json.loads(line) for line in bot.errors.splitlines()]
    (asked,) = (record for record in records if "question" in record)
    assert asked["question"] == "智能终端目标是多少？"
    assert asked["update"] > 0


async def test_a_token_that_telegram_refuses_is_one_line_and_status_2(api: FakeBotAPI, index: Path) -> None:
    refused = environment(api, index, YUANJU_TELEGRAM_TOKEN="1:" + "A" * 35, YUANJU_LOG_LEVEL="WARNING")
    done = await asyncio.to_thread(partial(yuanju, "serve", environment=refused))
    assert done.returncode == 2
    assert done.stderr.startswith("yuanju: ")
    assert done.stderr.count("\n") == 1
    assert "@BotFather" in done.stderr


def listens_for_sigterm(child: asyncio.subprocess.Process) -> bool:
    """Whether the process has begun to handle SIGTERM itself."""
    status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says which signals a process handles")
async def test_it_can_be_stopped_when_it_has_hardly_begun(api: FakeBotAPI, index: Path) -> None:
    async with process(environment(api, index)) as child:
        while not listens_for_sigterm(child):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        child.send_signal(signal.SIGTERM)
        _, log = await child.communicate()
    assert (child.returncode, b"Traceback" in log) == (0, False)


@pytest.mark.parametrize("reached", ["reading", "listening"])
async def test_it_can_be_stopped_while_it_starts(api: FakeBotAPI, index: Path, reached: str) -> None:
    with started("serve", environment=environment(api, index, YUANJU_LISTEN="127.0.0.1:0")) as bot:
        if reached == "listening":
            await bot.until(lambda: "/healthz" in bot.errors)
        else:
            await bot.until(lambda: bool(list(index.glob("building-*"))))
        bot.terminate()
        assert bot.wait() == 0
        assert "Traceback" not in bot.errors
