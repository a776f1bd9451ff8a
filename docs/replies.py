"""Holds real conversations about ``seeds/`` and shows them: the README's picture and ``docs/replies.md``.

Run by ``make picture``.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.text import Text

from bot.access import Audience
from bot.conversation.services import Requester, Services
from bot.conversation.turns import Conversation
from bot.language import Language, language_in
from bot.memory.exchange import Asker
from bot.memory.ledger import Ledger
from bot.memory.state import database_url, opened
from bot.rendering.catalogue import phrases
from bot.rendering.screen import message
from bot.reply import Reply, Say
from bot.settings import Settings
from docs.picture import WIDE, Message, Panel, drawn
from retrieval.language import Tokenizer
from testbed.serving import live_index

ROOT = Path(__file__).parent.parent
NAME = "yuanju_bot"
QUESTIONS = ("智能终端目标是多少？", "元宇宙產業基金是什麼級別的？", "虚拟现实用在哪些场景", "北京天气怎么样？")
QUESTION = "智能终端目标是多少？"
UPLOAD = """\
# 值班安排

周一到周五由信息科值班，电话是内线六一零。

周末由各部门轮流值班，名单每月二十五日公布。
"""

HEAD = """\
<!-- make picture -->
# 常见的六种回答 · The six most frequent replies

问的是 `seeds/` 里的文档，由程序画成；改了回答的样子，`make picture` 重画，测试守着它不过时。
*(Asked of the document in `seeds/` and drawn by the program itself; a test says when this page is out of date.)*

![六种回答](replies.svg)
"""

NOTES = {
    "private": (
        "私聊 · In private",
        "最好的一句，答案是粗体，一行出处；太长的句子只给相关的分句。",
        "The best sentence, what answers in bold, one line of source; of a long sentence the clauses that matter.",
    ),
    "group": ("群里 · In a group", "只给一句，用提问的文字。", "One sentence, in the script of the question."),
    "maybe": (
        "可能相关 · Maybe",
        "🟡，第一行就说没有把握；句子是一段引用，没有粗体。",
        "🟡: its first line says that it is not sure; the sentence is a quotation, nothing of it in bold.",
    ),
    "none": (
        "没有找到 · Not found",
        "⚪，先说没有，再说找的是什么。",
        "⚪: it says so first, then what was looked for.",
    ),
    "follow-up": (
        "接着问 · Follow-up",
        "先写明按什么问题回答，可以不接着问。",
        "It says what it took the question for, which can be dropped.",
    ),
    "upload": (
        "上传预览 · Upload preview",
        "标题、文件夹、多少段、开头，确认后才加进来。",
        "Title, folder, size and first lines; nothing is added before it is confirmed.",
    ),
}
"""What each reply is called, and what to look at, in Chinese and English."""


class Talk:
    """A conversation of one person with the bot, in private or in a group."""

    def __init__(self, conversation: Conversation, *, private: bool = True) -> None:
        self._conversation = conversation
        self._private = private
        self._ids = iter(range(1, 1000))

    async def say(self, text: str, *, asked: str = "") -> tuple[Message, Message]:
        """Say something; return it and the reply. ``asked`` is the question, where the text also calls the bot."""
        language = language_in(asked or text, "zh")
        reply = await self._conversation.turn(asked or text, self._requester(language))
        assert reply  # noqa: S101
        if reply.delivered:
            reply.delivered(next(self._ids), next(self._ids))
        return Message(Text(text), own=True), shown(reply, language, answers=text)

    async def send(self, name: str, content: bytes) -> tuple[Message, Message]:
        """Send a file as an operator."""
        reply = await self._conversation.upload(name, content, "", self._requester("zh", operator=True))
        return Message(Text(f"📄 {name}"), own=True), shown(reply, "zh", answers=name)

    def _requester(self, language: Language, *, operator: bool = False) -> Requester:
        asker = Asker(1, 1 if self._private else -1)
        return Requester(asker, language, Audience(), private=self._private, operator=operator, bot_name=NAME)


def shown(reply: Reply, language: Language, *, answers: str = "") -> Message:
    """Return a reply as its reader sees it."""
    words = phrases(reply.language or language)
    labels = tuple(
        tuple(words.text(one.label) if isinstance(one.label, Say) else one.label for one in row)
        for row in reply.buttons
        if row
    )
    return Message(Text.assemble(*message(reply.blocks, words)), labels, answers)


@asynccontextmanager
async def conversation(tokenizer: Tokenizer) -> AsyncIterator[Conversation]:
    """Return a conversation about the documents in ``seeds``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = folder / "documents"
        documents.mkdir()
        for file in (ROOT / "seeds").iterdir():
            (documents / file.name).write_bytes(file.read_bytes())
        settings = Settings(documents=documents, index=folder / "index")
        async with (
            live_index(documents, folder / "index", tokenizer, threshold=settings.threshold) as index,
            opened(database_url(None, folder)) as state,
            Ledger(state, retention_days=1) as ledger,
        ):
            yield Conversation(Services.of(index, ledger, settings))


async def panels(tokenizer: Tokenizer) -> dict[str, Panel]:
    """Hold the six conversations."""
    async with conversation(tokenizer) as talking:
        talk, group = Talk(talking), Talk(talking, private=False)
        found: dict[str, tuple[Message, ...]] = {
            "private": await talk.say(QUESTION),
            "group": await group.say(f"@{NAME} 元宇宙產業基金是什麼級別的？", asked="元宇宙產業基金是什麼級別的？"),
            "maybe": await talk.say("医疗方面有什么计划？"),
            "none": await talk.say("北京天气怎么样？"),
            "upload": await talk.send("值班.md", UPLOAD.encode()),
        }
        first = await talk.say(QUESTION)
        found["follow-up"] = (first[0], *await talk.say("那元宇宙呢？"))
    return {key: Panel(found[key], NOTES[key][0]) for key in NOTES}


def page(found: dict[str, Panel]) -> str:
    """Return the page: the picture, and each reply as text."""
    parts = [HEAD]
    for key, panel in found.items():
        title, note, noted = NOTES[key]
        parts.append(f"\n## {title}\n\n{note}\n*({noted})*\n\n```text\n{_text(panel)}\n```\n")
    return "".join(parts)


def _text(panel: Panel) -> str:
    return "\n\n".join(map(_lines, panel.messages))


def _lines(message: Message) -> str:
    mark = "› " if message.own else ""
    buttons = [" ".join(f"[{label}]" for label in row) for row in message.buttons]
    return "\n".join((mark + message.text.plain, *buttons))


async def write(folder: Path, tokenizer: Tokenizer) -> None:
    """Hold the conversations and write what they look like into ``folder``."""
    async with conversation(tokenizer) as talking:
        talk = Talk(talking)
        said = [one for question in QUESTIONS for one in await talk.say(question)]
    plain = tuple(Message(one.text, own=one.own) for one in said)
    (folder / "conversation.svg").write_text(drawn([Panel(plain)], columns=WIDE), encoding="utf-8")
    found = await panels(tokenizer)
    (folder / "replies.svg").write_text(drawn(list(found.values()), abreast=2), encoding="utf-8")
    (folder / "replies.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        asyncio.run(write(ROOT / "docs", Tokenizer(Path(cache))))
