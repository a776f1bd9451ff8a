"""The conversation is the same in every front end: dialogues are held in both, and what is said is compared."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.actions import Ask, unpacked
from bot.documents.live_index import LiveIndex
from retrieval.language import Tokenizer
from testbed.commands import yuanju
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON, Json, Reply
from testbed.serving import live_index, serving

DOCUMENTS = {
    "仓库.md": (
        "---\ntitle: 仓库手册\nauthor: 张三\ndate: 2024-03-05\n---\n\n# 仓库\n\n## 叉车\n\n"
        "叉车的限速是每小时5公里。叉车由有证的司机驾驶。叉车每天检查一次。叉车在西门充电。\n\n"
        "## 货架\n\n货架的限高是4米。货架每年检查一次。\n"
    ),
    "计划.txt": "五年计划\n\n到那一年，钢的产量达到三万吨。\n",
}

DIALOGUES = {
    "answers": (
        *("叉车的限速是多少？", "那货架呢？", "还有吗", "还有吗", "还有吗"),
        *("叉车每天做什么？", "更多", "上下文", "收起", "上一页"),
        *("叉车的限速是多少？", "那货架呢？", "不是接着问"),
        *("叉车的限速是多少？", "还可以问", "1"),
    ),
    "everything else": (
        *("还有吗", "你好", "谢谢！", "啊", "字" * 501),
        *("火星的房价是多少？", "收到"),
        *("/start", "1", "为什么", "/why 钢的产量是多少？", "/why", "/forget", "取消"),
        *("/sources", "/stats", "/unanswered", "/remove 99", "/reload", "/remove 计划.txt", "撤销", "钢的产量是多少？"),
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(text, encoding="utf-8")
    return documents


@pytest.fixture
async def documents(folder: Path, tmp_path: Path, tokenizer: Tokenizer) -> AsyncIterator[LiveIndex]:
    async with live_index(folder, tmp_path / "index", tokenizer, threshold=0.25) as found:
        yield found


def choices(reply: Reply) -> list[Json]:
    """The buttons that a terminal shows as a numbered list."""
    buttons = [button for row in reply.keyboard for button in row]
    return [button for button in buttons if isinstance(unpacked(button["callback_data"]), Ask)]


class Telegram:
    """A person who writes and presses; ``said`` is all that came of it, as a terminal would print it."""

    def __init__(self, api: FakeBotAPI) -> None:
        self._api = api
        self._last: Reply | None = None
        self._edits = self._replies = 0
        self.said = ""

    async def type(self, line: str) -> None:
        button = self._button(line)
        if self._last and button:
            query = self._api.press(self._last, button["callback_data"])
            await self._api.until(lambda: query in self._api.callback_answers)
            self._print(self._api.callback_answers[query].get("text", ""))
        else:
            self._api.private(line)
        await self._api.until(lambda: (len(self._api.replies), len(self._api.edits)) != (self._replies, self._edits))
        only_choices = button is not None and button["text"].startswith("还可以问")
        if len(self._api.replies) > self._replies:
            self._show(await self._api.next_reply(), only_choices=False)
            if line == "/reload":
                self._show(await self._api.next_edit(), only_choices=False)
        else:
            self._show(await self._api.next_edit(), only_choices=only_choices)
        self._replies, self._edits = len(self._api.replies), len(self._api.edits)

    def _button(self, line: str) -> Json | None:
        if self._last is None:
            return None
        if line.isdecimal():
            return choices(self._last)[int(line) - 1]
        buttons = [button for row in self._last.keyboard for button in row]
        return next((button for button in buttons if button["text"].strip(" ‹›…") == line), None)

    def _show(self, reply: Reply, *, only_choices: bool) -> None:
        self._last = reply
        numbered = [f"{number}. {button['text']}" for number, button in enumerate(choices(reply), 1)]
        self._print("\n".join(numbered if only_choices else [reply.text, *numbered]))

    def _print(self, text: str) -> None:
        self.said += f"{text}\n\n" if text else ""


def terminal(folder: Path, index: Path, lines: tuple[str, ...]) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    environment = {
        **kept,
        **{"YUANJU_DOCUMENTS": str(folder), "YUANJU_INDEX": str(index), "YUANJU_LANGUAGE": "zh"},
        **{"YUANJU_LIMIT": "1", "COLUMNS": "80", "PYTHONWARNINGS": "error"},
    }
    done = yuanju("chat", environment=environment, typed="\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def untimed(said: str) -> str:
    return re.sub(r"用时：.*", "用时", said)


@pytest.mark.slow
@pytest.mark.parametrize("name", DIALOGUES)
async def test_both_front_ends_say_the_same(
    api: FakeBotAPI, documents: LiveIndex, folder: Path, tmp_path: Path, prepared: Callable[[Path], Path], name: str
) -> None:
    typed = terminal(folder, prepared(tmp_path / "terminal"), DIALOGUES[name])
    telegram = Telegram(api)
    async with serving(api, documents, admins=str(PERSON["id"]), limit=1):
        for line in DIALOGUES[name]:
            await telegram.type(line)
    assert untimed(typed).splitlines() == untimed(telegram.said).splitlines()
