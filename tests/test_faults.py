"""What goes wrong between the bot and Telegram: what people see, what the log says, and when all is well again.

``python -m tests.test_faults`` writes the table in docs/faults.md, which is held to these tests.
"""

from __future__ import annotations

import asyncio
import fnmatch
import logging
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.operations.health import SignOfLife
from bot.operations.logs import RedactingFormatter
from bot.telegram.connection import TokenError
from bot.telegram.timing import Timing
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON
from testbed.serving import QUICK, Library, quote, running, serving, settings_for

DOCS = Path(__file__).parent.parent / "docs" / "faults.md"
HOST = "telegram.test"
QUESTION = "产量是多少？"
SLOW = 0.7 * QUICK.answer  # as 30 seconds are to 40


class Loop(asyncio.SelectorEventLoop):
    """Where one name is not always found."""

    failing = 0

    async def getaddrinfo(self, host: Any, port: Any, **others: Any) -> Any:
        if host in {HOST, HOST.encode()}:
            if self.failing:
                self.failing -= 1
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            host = "127.0.0.1"
        return await super().getaddrinfo(host, port, **others)


@dataclass(frozen=True, slots=True)
class Cell:
    """What people see, what the log says (with * for what varies; nothing where empty), and how long it takes."""

    sees: str
    log: str
    back: str


ANSWER = "答案 *(the answer)*"
TWICE = "答案，两次 *(the answer, twice)*"
LATE = "答案，迟一些 *(the answer, late)*"
RESTARTED = "令牌换好、重启之后的答案 *(the answer, after a restart with a good token)*"
WORKS = "按钮照常 *(the button works)*"
PREVIEW = "文件的预览 *(the preview)*"
UNREADABLE = "读不了，和原因 *(that it cannot be read, and why)*"

NAMED = "Telegram 说的秒数 *(as long as Telegram says)*"
GROWING = f"{Timing().first_pause:g} 秒起，翻倍到 {Timing().longest_pause:g} 秒 *(seconds, doubling)*"
FIVE = f"约 {sum(Timing().first_pause * 2**n for n in range(5)):g} 秒 *(seconds)*"
THIRTY = "30 秒 *(seconds)*"
HANGING = f"{Timing().answer:g} 秒 *(seconds)*"
HANGING_POLL = f"{Timing().poll + Timing().poll_answer:g} 秒 *(seconds)*"
NEVER = "进程以状态 2 结束 *(the process ends with status 2)*"
NO_RESTART = "重启 *(a restart)*"

POLLING = "* cannot be reached or fails (*). Check network, DNS and proxy if this lasts. It will be tried again."
SENDING = "sendMessage to chat * is tried again in * seconds: *"
PRESSING = "answerCallbackQuery is tried again in * seconds: *"
FETCHING = "A file is fetched again: *"
REFUSED = "* refuses the token in YUANJU_TELEGRAM_TOKEN: copy the present one from @BotFather*"

POLL, SEND, PRESS, FILE = "getUpdates", "sendMessage", "answerCallbackQuery", "download"
PLACES = {POLL: "取消息 poll", SEND: "发答案 send", PRESS: "按钮 callback", FILE: "下载文件 file"}

Inject = Callable[[FakeBotAPI, Loop, str], None]


def _not_found(api: FakeBotAPI, loop: Loop, method: str) -> None:
    api.drop(method)  # so that a new connection is needed
    loop.failing = 2


FAULTS: dict[str, Inject] = {
    "429, retry_after": lambda api, _, method: api.fail(method, 429, retry_after=1),
    "500 ×5": lambda api, _, method: api.fail(method, 500, times=5),
    "连接在回答途中断开 *(cut off)*": lambda api, _, method: api.cut(method),
    "30 秒才回答 *(slow)*": lambda api, _, method: api.slow(method, SLOW),
    "永不回答 *(hangs)*": lambda api, _, method: api.stall(method),
    "409": lambda api, _, method: api.fail(method, 409),
    "401": lambda api, _, method: api.fail(method, 401),
    "不是 Telegram 在答 *(garbage)*": lambda api, _, method: api.garble(method),
    "DNS 失败 *(no such name)*": _not_found,
}
R429, S500, CUT, SLOW_ONE, HANGS, S409, S401, GARBAGE, DNS = FAULTS

CELLS: dict[tuple[str, str], Cell] = {
    (R429, POLL): Cell(LATE, POLLING, NAMED),
    (S500, POLL): Cell(LATE, POLLING, FIVE),
    (CUT, POLL): Cell(LATE, POLLING, GROWING),
    (SLOW_ONE, POLL): Cell(LATE, "", THIRTY),
    (HANGS, POLL): Cell(LATE, POLLING, HANGING_POLL),
    (S409, POLL): Cell(LATE, "Another process fetches this bot's messages (*). Stop it*", GROWING),
    (S401, POLL): Cell(RESTARTED, REFUSED, NEVER),
    (GARBAGE, POLL): Cell(LATE, POLLING, GROWING),
    (DNS, POLL): Cell(LATE, POLLING, GROWING),
    (R429, SEND): Cell(LATE, SENDING, NAMED),
    (S500, SEND): Cell(LATE, SENDING, FIVE),
    (CUT, SEND): Cell(TWICE, SENDING, GROWING),
    (SLOW_ONE, SEND): Cell(LATE, "", THIRTY),
    (HANGS, SEND): Cell(TWICE, SENDING, HANGING),
    (S409, SEND): Cell(LATE, SENDING, GROWING),
    (S401, SEND): Cell(RESTARTED, "Update * could not be answered", NO_RESTART),
    (GARBAGE, SEND): Cell(LATE, SENDING, GROWING),
    (DNS, SEND): Cell(LATE, SENDING, GROWING),
    (R429, PRESS): Cell(WORKS, PRESSING, NAMED),
    (S500, PRESS): Cell(WORKS, PRESSING, FIVE),
    (CUT, PRESS): Cell(WORKS, PRESSING, GROWING),
    (SLOW_ONE, PRESS): Cell(WORKS, "", THIRTY),
    (HANGS, PRESS): Cell(WORKS, PRESSING, HANGING),
    (S409, PRESS): Cell(WORKS, PRESSING, GROWING),
    (S401, PRESS): Cell(RESTARTED, "Update * could not be answered", NO_RESTART),
    (GARBAGE, PRESS): Cell(WORKS, PRESSING, GROWING),
    (DNS, PRESS): Cell(WORKS, PRESSING, GROWING),
    (R429, FILE): Cell(PREVIEW, FETCHING, GROWING),
    (S500, FILE): Cell(PREVIEW, FETCHING, FIVE),
    (CUT, FILE): Cell(PREVIEW, FETCHING, GROWING),
    (SLOW_ONE, FILE): Cell(PREVIEW, "", THIRTY),
    (HANGS, FILE): Cell(PREVIEW, FETCHING, HANGING),
    (S409, FILE): Cell(UNREADABLE, "", ""),
    (S401, FILE): Cell(UNREADABLE, "", ""),
    (GARBAGE, FILE): Cell(UNREADABLE, "", ""),
    (DNS, FILE): Cell(PREVIEW, FETCHING, GROWING),
}


def table() -> str:
    """The table as it stands in docs/faults.md."""
    lines = [
        "| 出了什么事 fault | 在哪里 where | 人看到 people see | 日志 log | 多久恢复 until it is well |",
        "|---|---|---|---|---|",
    ]
    for (fault, place), cell in CELLS.items():
        log = f"`{cell.log.replace('*', '…')}`" if cell.log else "—"
        lines.append(f"| {fault} | {PLACES[place]} | {cell.sees} | {log} | {cell.back or '—'} |")
    return "\n".join(lines)


async def ask(api: FakeBotAPI, text: str = QUESTION) -> None:
    """A question that must be answered."""
    asked = api.private(text)
    await api.until(lambda: any(reply.reply_to == asked["message_id"] for reply in api.replies))


class Trouble:
    """One fault in one place, with a bot that has been answering."""

    def __init__(self, loop: Loop, api: FakeBotAPI, folder: Path, fault: str) -> None:
        self.loop, self.api, self.folder = loop, api, folder
        self._inject = FAULTS[fault]
        self._fault = fault

    def inject(self, method: str) -> None:
        self._inject(self.api, self.loop, method)

    def library(self) -> Library:
        library = Library(quote("一。"), quote("二。"))
        library.folder = self.folder / "documents"
        return library

    def bot(self) -> Any:
        url = self.api.url.replace("127.0.0.1", HOST)
        return serving(
            *(self.api, self.library()),
            folder=self.folder,
            timing=QUICK,
            announced=True,
            telegram_api_url=url,
            limit=1,
            admins=str(PERSON["id"]),
        )

    async def poll(self) -> str:
        async with self.bot():
            await ask(self.api)
            if self._fault == HANGS:  # what the call that is never answered would have brought comes with the next
                self.inject(POLL)
            else:
                polls = [name for name, _ in self.api.calls].count(POLL)
                self.inject(POLL)
                await ask(self.api)
                await self.api.until_called(POLL, times=polls + 1)
            await ask(self.api)
        return LATE

    async def refused(self) -> str:
        stop, sign = asyncio.Event(), SignOfLife(self.folder)
        settings = settings_for(self.api, index=self.folder, limit=1)
        task = asyncio.create_task(running(settings, self.library(), sign, stop=stop, timing=QUICK))
        await ask(self.api)
        self.inject(POLL)
        self.api.private(QUESTION)
        with pytest.raises(TokenError) as caught:
            await task
        logging.getLogger("bot").error("%s", caught.value)  # as the process says at its end
        async with self.bot():
            await self.api.until(lambda: len(self.api.replies) == 2)
        return RESTARTED

    async def send(self) -> str:
        async with self.bot():
            self.inject(SEND)
            await ask(self.api)
            await ask(self.api, "另一个？")
        return TWICE if len(self.api.replies) == 3 else LATE

    async def send_refused(self) -> str:
        async with self.bot():
            self.inject(SEND)
            asked = self.api.private(QUESTION)
            await ask(self.api, "另一个？")
        assert len(self.api.replies) == 1
        async with self.bot():
            await self.api.until(lambda: self.api.replies[-1].reply_to == asked["message_id"])
        return RESTARTED

    async def press(self) -> str:
        async with self.bot():
            await ask(self.api)
            self.inject(PRESS)
            self.api.press(self.api.replies[0], "更多")
            if self._fault != S401:
                await self.api.next_edit()
                return WORKS
            await ask(self.api)
        async with self.bot():
            await self.api.next_edit()
        return RESTARTED

    async def file(self) -> str:
        async with self.bot():
            self.inject(FILE)
            self.api.upload("计划.txt", "产量达到三万吨。".encode())
            text = (await self.api.next_reply()).text
        return UNREADABLE if text.startswith("读不了") else PREVIEW if "文件名：" in text else text


def _ours(records: Iterable[logging.LogRecord]) -> Iterator[logging.LogRecord]:
    """Without what PTB says itself."""
    return (record for record in records if record.name.startswith("bot"))


def doing(trouble: Trouble, fault: str, place: str) -> Awaitable[str]:
    """What is done to see what a fault does."""
    if fault == S401 and place == POLL:
        return trouble.refused()
    if fault == S401 and place == SEND:
        return trouble.send_refused()
    return {POLL: trouble.poll, SEND: trouble.send, PRESS: trouble.press, FILE: trouble.file}[place]()


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "place"), CELLS, ids=lambda name: re.sub(r"[^\w]+", "-", name).strip("-"))
def test_a_fault(fault: str, place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    documents = tmp_path / "documents"
    documents.mkdir()

    async def go() -> str:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        async with FakeBotAPI() as api:
            return await doing(Trouble(loop, api, tmp_path, fault), fault, place)

    with asyncio.Runner(loop_factory=Loop) as runner:
        sees = runner.run(go())
    expected = CELLS[fault, place]
    said = [record.getMessage() for record in _ours(caplog.records) if record.levelno >= logging.WARNING]
    patterns = (
        {expected.log, POLLING} if fault == DNS and place != POLL else {expected.log}
    )  # the name is not found there, either
    assert sees == expected.sees
    assert all(any(fnmatch.fnmatchcase(line, pattern) for pattern in patterns) for line in said), said
    assert bool(said) == bool(expected.log)
    lines = "\n".join(RedactingFormatter(secrets=[]).format(record) for record in caplog.records)
    assert "AAFakeToken" not in lines
    assert QUESTION not in lines


def test_the_table_in_the_documentation_is_this_one() -> None:
    assert table() in DOCS.read_text(encoding="utf-8")


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition("| 出了什么事")
    after = rest.partition("\n\n")[2]
    DOCS.write_text(f"{before}{table()}\n\n{after}", encoding="utf-8")
