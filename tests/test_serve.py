"""The whole of it: ``python -m bot serve`` as a process of its own, with real documents and a fake Bot API."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from testbed.fake_bot_api import FakeBotAPI
from tests.conftest import SEEDS


@pytest.fixture
def index(tmp_path: Path, prepared: Callable[[Path], Path]) -> Path:
    return prepared(tmp_path / "index")


@asynccontextmanager
async def process(api: FakeBotAPI, index: Path, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    environment |= {
        "YUANJU_DOCUMENTS": str(SEEDS),
        "YUANJU_INDEX": str(index),
        "YUANJU_TELEGRAM_TOKEN": api.token,
        "YUANJU_TELEGRAM_API_URL": api.url,
        "YUANJU_LOG_LEVEL": "DEBUG",
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment | changes,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    async with FakeBotAPI() as api:
        yield api


async def test_a_question_to_the_seed_document_from_telegram_to_telegram(api: FakeBotAPI, index: Path) -> None:
    async with process(api, index) as child:
        api.private("智能终端目标是多少？")
        reply = await api.next_reply()
        child.send_signal(signal.SIGTERM)
        output, log = await child.communicate()
    assert "产业规模突破7000亿元" in reply.text
    assert "新浪财经 · 2022-07-08 · 第3段" in reply.text
    assert child.returncode == 0
    assert output == b""
    assert api.token.encode() not in log
    assert b"Traceback" not in log
    assert [record["outcome"] for record in map(json.loads, log.splitlines()) if "outcome" in record] == ["sure"]
    assert "智能终端" not in log.decode()


async def test_the_log_holds_questions_only_where_that_is_set(api: FakeBotAPI, index: Path) -> None:
    async with process(api, index, YUANJU_LOG_LEVEL="INFO", YUANJU_LOG_QUESTIONS="true") as child:
        api.private("智能终端目标是多少？")
        await api.next_reply()
        child.send_signal(signal.SIGTERM)
        _, log = await child.communicate()
    asked = [record for record in map(json.loads, log.splitlines()) if "question" in record]
    assert [record["question"] for record in asked] == ["智能终端目标是多少？"]
    assert asked[0]["update"] > 0


async def test_health_knows_whether_it_serves(api: FakeBotAPI, index: Path) -> None:
    async def health() -> int:
        command = [sys.executable, "-m", "bot", "health", "--index", str(index)]
        child = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        await child.communicate()
        assert child.returncode is not None
        return child.returncode

    before = await health()
    async with process(api, index) as child:
        api.private("智能家居")
        await api.next_reply()
        during = await health()
        child.send_signal(signal.SIGTERM)
        await child.communicate()
    assert (before, during, await health()) == (1, 0, 1)


async def test_a_token_that_telegram_refuses_is_one_line_and_status_2(api: FakeBotAPI, index: Path) -> None:
    async with process(api, index, YUANJU_TELEGRAM_TOKEN="1:" + "A" * 35, YUANJU_LOG_LEVEL="WARNING") as child:
        _, log = await child.communicate()
    assert child.returncode == 2
    assert log.startswith(b"yuanju: ")
    assert log.count(b"\n") == 1
    assert b"@BotFather" in log


async def until(reached: Callable[[], bool]) -> None:
    """Wait for what another process does, which nothing here is told of."""
    while not reached():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def listens_for_sigterm(child: asyncio.subprocess.Process) -> bool:
    """Whether the process has begun to handle SIGTERM itself."""
    status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii")
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says which signals a process handles")
@pytest.mark.parametrize("reached", ["begun", "reading", "listening"])
async def test_it_can_be_stopped_while_it_starts(api: FakeBotAPI, index: Path, reached: str) -> None:
    async with process(api, index, YUANJU_LISTEN="127.0.0.1:0", YUANJU_LOG_LEVEL="INFO") as child:
        assert child.stderr is not None
        await until(lambda: listens_for_sigterm(child))
        if reached == "listening":
            assert b"/healthz" in await child.stderr.readline()
        if reached == "reading":
            await until(lambda: bool(list(index.glob("building-*"))))
        child.send_signal(signal.SIGTERM)
        _, log = await child.communicate()
    assert (child.returncode, b"Traceback" in log) == (0, False)
