"""The real Application against a fake Bot API: what people write goes in over HTTP, what the bot says comes out."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable

import pytest

from bot.access import Audience
from bot.operations.logs import RedactingFormatter
from bot.rendering.catalogue import phrases
from bot.telegram.application import CONCURRENT_UPDATES
from retrieval.records import Answer, Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import (
    ANONYMOUS,
    CHANNEL,
    CHANNEL_BOT,
    FORUM,
    GROUP,
    OTHER_BOT,
    PERSON,
    Json,
)
from testbed.serving import Library, quote, serving

Write = Callable[[FakeBotAPI], Json]

ZH = phrases("zh")


async def test_a_question_in_private(api: FakeBotAPI) -> None:
    source = Source("计划.txt", "五年计划", author="张三", date="2022-07-08", url="https://example.org/plan")
    library = Library(quote("产量达到三万吨。", highlights=((4, 7),), source=source), quote("另一句。", number=4))
    async with serving(api, library):
        asked = api.private("产量是多少？")
        reply = await api.next_reply()
    assert library.questions == ["产量是多少？"]
    assert reply.text.startswith("产量达到三万吨。\n—— 五年计划 · 张三 · 2022-07-08 · 第3段\n\n另一句。\n——")
    assert reply.marked("bold") == ["三万吨"]
    assert reply.links == {"五年计划": "https://example.org/plan"}
    assert (reply.chat_id, reply.reply_to) == (PERSON["id"], asked["message_id"])
    assert reply.parameters["link_preview_options"] == {"is_disabled": True}


async def test_no_more_sentences_than_the_setting_says(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("一。"), quote("二。"), quote("三。")), limit=2):
        api.private("问题")
        text = (await api.next_reply()).text
    assert ("二。" in text, "三。" in text) == (True, False)


async def test_what_is_not_found(api: FakeBotAPI) -> None:
    async with serving(api, Library(missing=("火星",))):
        api.private("火星房价？")
        text = (await api.next_reply()).text
    assert text == "⚪ 文档里没有找到答案。\n找的是：火星房价？\n没有提到：“火星”。"


MEANT: dict[str, Write] = {
    "mention": lambda api: api.group("@Yuanju_Test_Bot 产量"),
    "mention at the end": lambda api: api.group("产量 @Yuanju_Test_Bot"),
    "mention in capitals": lambda api: api.group("@YUANJU_TEST_BOT 产量"),
    "mention after a word": lambda api: api.group("产量@yuanju_test_bot"),
    "mention before a word": lambda api: api.group("@yuanju_test_bot产量"),
    "text mention": lambda api: api.group(
        "原句 产量", entities=[{"type": "text_mention", "offset": 0, "length": 2, "user": api.me}]
    ),
    "caption": lambda api: api.write_caption("@yuanju_test_bot 产量"),
    "command": lambda api: api.group("/ask 产量"),
    "command with the bot's name": lambda api: api.group("/ask@yuanju_test_bot 产量"),
    "command without a space": lambda api: api.group("/ask产量"),
    "reply to the bot": lambda api: api.group("产量", reply_to_message=api.said(api.me, "答案")),
    "mention in reply to somebody": lambda api: api.group(
        "@yuanju_test_bot", reply_to_message=api.said(PERSON, "产量")
    ),
    "anonymous admin": lambda api: api.group("/ask 产量", sender=ANONYMOUS, sender_chat=GROUP),
    "a channel in the group": lambda api: api.group("/ask 产量", sender=CHANNEL_BOT, sender_chat=CHANNEL),
}


@pytest.mark.parametrize("way", MEANT)
async def test_a_question_in_a_group(api: FakeBotAPI, way: str) -> None:
    library = Library(quote())
    async with serving(api, library):
        asked = MEANT[way](api)
        reply = await api.next_reply()
    assert library.questions == ["产量"]
    assert (reply.chat_id, reply.reply_to) == (GROUP["id"], asked["message_id"])


NOT_MEANT: dict[str, Write] = {
    "talk": lambda api: api.group("产量是多少？"),
    "mention of another": lambda api: api.group("@other_bot 产量"),
    "a longer name": lambda api: api.group("@yuanju_test_botanist 产量"),
    "an e-mail address": lambda api: api.group("写给 a@yuanju_test_bot.com"),
    "another bot's command": lambda api: api.group("/ask@other_bot 产量"),
    "reply to somebody": lambda api: api.group("产量", reply_to_message=api.said(PERSON, "话")),
    "topic": lambda api: api.write(FORUM, "产量", topic=api.open_topic()),
    "topic that the bot opened": lambda api: api.write(FORUM, "产量", topic=api.open_topic(creator=api.me)),
    "another bot": lambda api: api.group("@yuanju_test_bot 产量", sender=OTHER_BOT),
    "channel post": lambda api: api.write(CHANNEL, "@yuanju_test_bot 产量", sender=None, sender_chat=CHANNEL),
    "edited message": lambda api: api.edit(api.said(PERSON, "产量"), "产量是多少？"),
    "sticker": lambda api: api.group("", sticker=None),
}


@pytest.mark.parametrize("way", NOT_MEANT)
async def test_what_is_not_meant_gets_no_answer(api: FakeBotAPI, way: str) -> None:
    library = Library(quote())
    NOT_MEANT[way](api)  # before the bot's first poll: what it has not asked for may still come
    async with serving(api, library):
        asked = api.private("问题")
        await api.next_reply()
    assert library.questions == ["问题"]  # and the bot has finished all that it was sent
    assert [reply.reply_to for reply in api.replies] == [asked["message_id"]]
    assert api.pending == []


async def test_a_reply_stays_in_its_topic(api: FakeBotAPI) -> None:
    topic = api.open_topic()
    async with serving(api, Library(quote())):
        asked = api.write(FORUM, "/ask 产量", topic=topic)
        reply = await api.next_reply()
    assert (reply.chat_id, reply.topic, reply.reply_to) == (FORUM["id"], topic, asked["message_id"])


async def test_the_general_topic_has_no_number(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.write(FORUM, "/ask 产量")
        assert (await api.next_reply()).topic is None


async def test_a_thread_of_replies_is_no_topic(api: FakeBotAPI) -> None:
    said = api.said(api.me, "答案")
    async with serving(api, Library(quote())):
        api.group("产量", reply_to_message=said, message_thread_id=said["message_id"])
        assert (await api.next_reply()).topic is None


async def test_a_question_that_has_been_deleted(api: FakeBotAPI) -> None:
    api.delete(api.private("产量"))
    async with serving(api, Library(quote())):
        assert (await api.next_reply()).reply_to is None


@pytest.mark.attack
async def test_markup_in_a_document(api: FakeBotAPI) -> None:
    nasty = '<b>&"</i>'
    async with serving(api, Library(quote(nasty, highlights=((3, 5),), source=Source("a.txt", nasty)))):
        api.private("问题")
        reply = await api.next_reply()
    assert reply.text == f"{nasty}\n—— {nasty} · 第3段"
    assert reply.marked("bold") == ['&"']


async def test_an_answer_that_is_longer_than_a_message(api: FakeBotAPI) -> None:
    async with serving(api, Library(*(quote("𠮷" * 3000, number=number) for number in range(9))), limit=9):
        api.private("问题")
        assert "第0段" in (await api.next_reply()).text


async def test_too_many_requests(api: FakeBotAPI) -> None:
    api.fail("sendMessage", 429, retry_after=1)
    async with serving(api, Library(quote("答案。"))):
        api.private("问题")
        assert (await api.next_reply()).text.startswith("答案。")
    assert len(api.replies) == 1


async def test_a_server_error(api: FakeBotAPI) -> None:
    api.fail("sendMessage", 500)
    async with serving(api, Library(quote("答案。"))):
        api.private("问题")
        assert (await api.next_reply()).text.startswith("答案。")
    assert len(api.replies) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/start", "你好，我是原句。"), ("/help", "@Yuanju_Test_Bot"), ("/ask", "/ask 你的问题")],
)
async def test_commands_in_private(api: FakeBotAPI, text: str, expected: str) -> None:
    async with serving(api, Library()):
        api.private(text)
        assert expected in (await api.next_reply()).text


async def test_a_mention_without_a_question(api: FakeBotAPI) -> None:
    async with serving(api, Library()):
        api.group("@yuanju_test_bot")
        assert (await api.next_reply()).text == ZH.text("ask-how")


async def test_a_failure_is_an_apology_for_the_person_and_a_traceback_for_the_operator(
    api: FakeBotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(api, Library(error=RuntimeError(f"lost {api.token}"))):
        asked = api.private("问题")
        reply = await api.next_reply()
    assert (reply.text, reply.reply_to) == (ZH.text("apology"), asked["message_id"])
    assert len(api.replies) == 1
    (record,) = [record for record in caplog.records if record.name == "bot.telegram.messages"]
    line = RedactingFormatter(secrets=[api.token]).format(record)
    assert "Traceback" in line
    assert line.endswith("RuntimeError: lost [secret]")


async def test_a_message_that_telegram_refuses_is_an_apology_too(api: FakeBotAPI) -> None:
    api.fail("sendMessage", 400)
    async with serving(api, Library(quote())):
        api.private("问题")
        assert (await api.next_reply()).text == ZH.text("apology")


async def test_a_bot_that_was_blocked_says_no_more(api: FakeBotAPI, caplog: pytest.LogCaptureFixture) -> None:
    api.fail("sendMessage", 403)
    async with serving(api, Library(quote())):
        asked = [api.private("问题"), api.private("又一个问题")]
        reply = await api.next_reply()
    assert reply.reply_to in {message["message_id"] for message in asked}
    assert len(api.replies) == 1
    assert "ERROR" not in {record.levelname for record in caplog.records}


async def test_questions_are_answered_side_by_side(api: FakeBotAPI) -> None:
    all_at_once = asyncio.Barrier(CONCURRENT_UPDATES)

    class Together(Library):
        async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
            await all_at_once.wait()
            return await super().answer(question, limit=limit, audience=audience, literal=literal)

    async with serving(api, Together(quote())):
        for _ in range(CONCURRENT_UPDATES):
            api.private("问题")
        await api.until(lambda: len(api.replies) == CONCURRENT_UPDATES)


async def test_the_token_is_never_logged(api: FakeBotAPI) -> None:
    raw, redacted = io.StringIO(), io.StringIO()
    handlers: list[logging.Handler] = [logging.StreamHandler(raw), logging.StreamHandler(redacted)]
    handlers[1].setFormatter(RedactingFormatter(secrets=[api.token]))
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    try:
        api.fail("getUpdates", 409)
        api.fail("sendMessage", 500)
        async with serving(api, Library(error=RuntimeError(api.token))):
            api.private("问题")
            await api.next_reply()
    finally:
        root.setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
    secret = api.token.partition(":")[2]
    assert secret in raw.getvalue()
    assert secret not in redacted.getvalue()
