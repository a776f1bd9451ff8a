from __future__ import annotations

from typing import Any

import pytest
from telegram import Message, User

from bot.conversation.commands import Command
from bot.telegram.addressing import Call, addressed
from testbed.fake_telegram import (
    ANONYMOUS,
    CHANNEL,
    CHANNEL_BOT,
    FORUM,
    GROUP,
    OTHER_BOT,
    PERSON,
    FakeTelegram,
    Json,
)

FORWARDED = {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}}
LINKED = {"sender": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "is_automatic_forward": True}


def written(telegram: FakeTelegram, where: str, text: str) -> Json:
    """A message with ``text``, in one of the situations that the tables below name."""

    def group(**fields: Any) -> Json:
        return telegram.group(text, **fields)

    def topic(creator: Json, **fields: Any) -> Json:
        return telegram.write(FORUM, text, topic=telegram.open_topic(creator=creator), **fields)

    def reply_to(whom: Json, said: str = "别人说的话", **fields: Any) -> Json:
        return telegram.group(text, reply_to_message=telegram.said(whom, said), **fields)

    def reply_in_topic(sender: Json) -> Json:
        opened = telegram.open_topic(creator=PERSON)
        said = telegram.said(sender, "说过的话", chat=FORUM, topic=opened)
        return telegram.write(FORUM, text, topic=opened, reply_to_message=said)

    def entity(kind: str, **fields: Any) -> Json:
        return telegram.group(text, entities=[{"type": kind, "offset": 0, "length": len(text), **fields}])

    match where:
        case "private":
            return telegram.private(text)
        case "private, forwarded":
            return telegram.private(text, **FORWARDED)
        case "private, via a bot":
            return telegram.private(text, via_bot=telegram.me)
        case "group":
            return group()
        case "caption":
            return telegram.write_caption(text)
        case "text mention":
            return telegram.group(
                text, entities=[{"type": "text_mention", "offset": 0, "length": 3, "user": telegram.me}]
            )
        case "text mention of another":
            return telegram.group(
                text, entities=[{"type": "text_mention", "offset": 0, "length": 3, "user": OTHER_BOT}]
            )
        case "code":
            return entity("code")
        case "link":
            return entity("text_link", url="https://example.org")
        case "reply to the bot":
            return reply_to(telegram.me)
        case "reply to a person":
            return reply_to(PERSON)
        case "reply to a person who asked the bot":
            return reply_to(PERSON, "@yuanju_test_bot /ask 旧问题")
        case "reply to another bot":
            return reply_to(OTHER_BOT)
        case "reply with a quote":
            return reply_to(PERSON, quote={"text": "引用的话", "position": 0})
        case "topic":
            return topic(PERSON)
        case "topic that the bot opened":
            return topic(telegram.me)
        case "topic, told by the number of its opening":
            return stripped(topic(telegram.me), "forum_topic_created", "reply_to_message")
        case "topic, told by the content of its opening":
            return stripped(topic(telegram.me), "is_topic_message")
        case "reply to the bot in a topic":
            return reply_in_topic(telegram.me)
        case "reply to a person in a topic":
            return reply_in_topic(PERSON)
        case "the General topic":
            return telegram.write(FORUM, text)
        case "the General topic, reply to the bot":
            return telegram.write(FORUM, text, reply_to_message=telegram.said(telegram.me, "答案", chat=FORUM))
        case "caption with a text mention":
            mention = {"type": "text_mention", "offset": 0, "length": 3, "user": telegram.me}
            return telegram.write_caption(text, caption_entities=[mention])
        case "anonymous admin, reply to the bot":
            return reply_to(telegram.me, sender=ANONYMOUS, sender_chat=GROUP)
        case "another bot, reply to the bot":
            return reply_to(telegram.me, sender=OTHER_BOT)
        case "forwarded":
            return group(**FORWARDED)
        case "via a bot":
            return group(via_bot=telegram.me)
        case "another bot":
            return group(sender=OTHER_BOT)
        case "the bot itself":
            return group(sender=telegram.me)
        case "anonymous admin":
            return group(sender=ANONYMOUS, sender_chat=GROUP)
        case "a channel in the group":
            return group(sender=CHANNEL_BOT, sender_chat=CHANNEL)
        case "linked channel":
            return group(sender_chat=CHANNEL, **LINKED)
        case "channel":
            return telegram.write(CHANNEL, text, sender=None, sender_chat=CHANNEL)
    raise ValueError(where)


def stripped(message: Json, field: str, inside: str | None = None) -> Json:
    """A message without one of its fields, or of those of the message inside it."""
    if inside:
        return message | {inside: stripped(message[inside], field)}
    return {name: value for name, value in message.items() if name != field}


def call(where: str, text: str) -> Call | None:
    telegram = FakeTelegram()
    message = Message.de_json(written(telegram, where, text), None)
    return addressed(message, User.de_json(telegram.me, None))


@pytest.mark.parametrize(
    ("where", "text", "question"),
    [
        ("private", "产量是多少？", "产量是多少？"),
        ("private", "  产量是多少？\n", "产量是多少？"),
        ("private", "@yuanju_test_bot 产量是多少？", "产量是多少？"),
        ("private", "/ask 产量是多少？", "产量是多少？"),
        ("private", "/ask产量是多少？", "产量是多少？"),
        ("private", "/ask@other_bot 产量", "产量"),
        ("private", "/是多少？", "/是多少？"),
        ("private", "/ask", ""),
        ("private", "@yuanju_test_bot", ""),
        ("private", "？", "？"),
        ("private, forwarded", "产量是多少？", "产量是多少？"),
        ("group", "@yuanju_test_bot 产量是多少？", "产量是多少？"),
        ("group", "@YUANJU_TEST_BOT 产量是多少？", "产量是多少？"),
        ("group", "产量是多少？@Yuanju_test_bot", "产量是多少？"),
        ("group", "产量是多少 @Yuanju_test_bot ？", "产量是多少 ？"),
        ("group", "请问@yuanju_test_bot产量是多少", "请问 产量是多少"),
        ("group", "＠yuanju_test_bot，产量是多少", "产量是多少"),
        ("group", "@yuanju_test_bot: 产量是多少", "产量是多少"),
        ("group", "(@yuanju_test_bot) 产量", "( ) 产量"),
        ("group", "𠮷𠮷 @yuanju_test_bot 𠮷", "𠮷𠮷 𠮷"),
        ("group", "@yuanju_test_bot @yuanju_test_bot 产量", "产量"),
        ("group", "@yuanju_test_bot /ask 产量", "产量"),
        ("group", "@yuanju_test_bot", ""),
        ("group", "@yuanju_test_bot ？", ""),
        ("group", "@yuanju_test_bot 年假几天 @xiaoming https://example.org/a", "年假几天"),
        ("group", "@yuanju_test_bot @xiaoming 年假几天 #人事", "年假几天"),
        ("group", "@yuanju_test_bot https://example.org", "https://example.org"),
        ("group", "@yuanju_test_bot @Override 注解怎么用", "@Override 注解怎么用"),
        ("private", "年假几天 me@example.org", "年假几天"),
        ("group", "/ask 产量是多少 @xiaoming", "产量是多少"),
        ("group", "/ask 产量是多少", "产量是多少"),
        ("group", "/ASK 产量是多少", "产量是多少"),
        ("group", "/ask产量是多少", "产量是多少"),
        ("group", "/ask：产量是多少", "产量是多少"),
        ("group", "/ask@yuanju_test_bot 产量是多少", "产量是多少"),
        ("group", "/ask@Yuanju_Test_Bot产量是多少", "产量是多少"),
        ("group", "/ask\n产量是多少", "产量是多少"),
        ("caption", "@yuanju_test_bot 这是什么？", "这是什么？"),
        ("caption", "/ask 这是什么？", "这是什么？"),
        ("text mention", "小原句 产量是多少", "产量是多少"),
        ("reply to the bot", "那成本呢？", "那成本呢？"),
        ("reply to the bot", "@yuanju_test_bot", ""),
        ("reply to the bot in a topic", "那成本呢？", "那成本呢？"),
        ("reply to a person", "@yuanju_test_bot", "别人说的话"),
        ("reply to a person", "/ask", "别人说的话"),
        ("reply to a person", "@yuanju_test_bot 产量是多少", "产量是多少"),
        ("reply to a person", "@yuanju_test_bot 帮忙看看", "别人说的话"),
        ("reply to a person", "@yuanju_test_bot 这个呢？", "别人说的话"),
        ("reply to a person", "求解 @yuanju_test_bot", "别人说的话"),
        ("reply to a person", "@yuanju_test_bot 你知道吗", "别人说的话"),
        ("reply to a person", "@yuanju_test_bot help", "别人说的话"),
        ("reply to a person", "/ask 帮忙看看", "别人说的话"),
        ("reply to a person", "@yuanju_test_bot 求解二次方程怎么做", "求解二次方程怎么做"),
        ("reply with a quote", "@yuanju_test_bot 同问", "引用的话"),
        ("reply to a person who asked the bot", "@yuanju_test_bot", "旧问题"),
        ("reply with a quote", "@yuanju_test_bot", "引用的话"),
        ("topic", "@yuanju_test_bot", ""),
        ("topic", "/ask 产量", "产量"),
        ("topic that the bot opened", "@yuanju_test_bot 产量", "产量"),
        ("the General topic", "@yuanju_test_bot 产量", "产量"),
        ("the General topic, reply to the bot", "那成本呢？", "那成本呢？"),
        ("caption with a text mention", "小原句 产量", "产量"),
        ("anonymous admin, reply to the bot", "那成本呢？", "那成本呢？"),
        ("anonymous admin", "/ask 产量", "产量"),
        ("a channel in the group", "@yuanju_test_bot 产量", "产量"),
    ],
)
def test_a_question_to_the_bot(where: str, text: str, question: str) -> None:
    certain = "yuanju" in text or "reply to the bot" not in where  # there people also talk with each other
    assert call(where, text) == Call(Command.ASK, question, certain=certain)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("group", "产量是多少？"),
        ("group", "@other_bot 产量是多少？"),
        ("group", "@yuanju_test_botanist 产量"),
        ("group", "写信到 a@yuanju_test_bot.com"),
        ("group", "写信到a@yuanju_test_bot.com"),
        ("group", "问@yuanju_test_bot.com"),
        ("group", "https://example.org/@yuanju_test_bot"),
        ("group", "yuanju_test_bot 产量"),
        ("group", "/ask@other_bot 产量"),
        ("group", "/ask@other_bot @yuanju_test_bot 产量"),
        ("group", "/asking 产量"),
        ("group", "/ask_me 产量"),
        ("group", "/weather"),
        ("group", "/start"),
        ("group", "请用 /ask 产量"),
        ("code", "@yuanju_test_bot"),
        ("link", "@yuanju_test_bot"),
        ("text mention of another", "小原句 产量"),
        ("topic", "产量是多少？"),
        ("topic that the bot opened", "产量是多少？"),
        ("topic, told by the number of its opening", "产量是多少？"),
        ("topic, told by the content of its opening", "产量是多少？"),
        ("reply to a person", "产量是多少？"),
        ("reply to a person in a topic", "产量是多少？"),
        ("reply to another bot", "产量是多少？"),
        ("reply to the bot", "/weather"),
        ("reply to the bot", "/ask@other_bot 产量"),
        ("forwarded", "@yuanju_test_bot 产量"),
        ("via a bot", "@yuanju_test_bot 产量"),
        ("private, via a bot", "产量"),
        ("another bot", "@yuanju_test_bot 产量"),
        ("another bot", "/ask 产量"),
        ("another bot, reply to the bot", "产量"),
        ("the General topic", "产量是多少？"),
        ("group", "/sources"),
        ("group", "/why"),
        ("group", "/forget"),
        ("the bot itself", "@yuanju_test_bot 产量"),
        ("linked channel", "@yuanju_test_bot 产量"),
        ("channel", "@yuanju_test_bot 产量"),
    ],
)
def test_not_meant_for_the_bot(where: str, text: str) -> None:
    assert call(where, text) is None


@pytest.mark.parametrize(
    ("where", "text", "command"),
    [
        ("private", "/start", Command.START),
        ("private", "/start deep-link", Command.START),
        ("private", "/help", Command.HELP),
        ("private", "/weather", Command.HELP),
        ("group", "/help", Command.HELP),
        ("group", "/help@yuanju_test_bot", Command.HELP),
        ("group", "/start@yuanju_test_bot", Command.START),
        ("group", "/weather@yuanju_test_bot", Command.HELP),
        ("group", "@yuanju_test_bot /help", Command.HELP),
        ("private", "/forget", Command.FORGET),
        ("group", "/forget@yuanju_test_bot", Command.FORGET),
        ("group", "/stats@yuanju_test_bot", Command.STATS),
        ("reply to the bot", "/why", Command.WHY),
    ],
)
def test_another_command(where: str, text: str, command: Command) -> None:
    assert call(where, text) == Call(command)


def test_a_message_without_text_asks_nothing() -> None:
    telegram = FakeTelegram()
    message = telegram.private("") | {"sticker": None}
    assert addressed(Message.de_json(message, None), User.de_json(telegram.me, None)) is None


def test_entities_that_point_nowhere_do_no_harm() -> None:
    telegram = FakeTelegram()
    entities = [
        {"type": "mention", "offset": 1, "length": 1},
        {"type": "code", "offset": 90, "length": 9},
    ]
    message = telegram.group("𠮷@yuanju_test_bot 产量", entities=entities)
    found = addressed(Message.de_json(message, None), User.de_json(telegram.me, None))
    assert found == Call(Command.ASK, "𠮷 产量")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/remove 计划.txt", Call(Command.REMOVE, "计划.txt")),
        ("/remove 3", Call(Command.REMOVE, "3")),
        ("/why 产量是多少？", Call(Command.WHY, "产量是多少？")),
        ("/stats 7", Call(Command.STATS)),
    ],
)
def test_what_a_command_is_about(text: str, wanted: Call) -> None:
    assert call("private", text) == wanted
