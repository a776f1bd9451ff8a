"""Hundreds of messages in a group that are not for the bot get no reply; questions in all spellings do.

Both are generated with a seed and come to the bot with real documents, in one stream, as on a busy day.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.documents.live_index import LiveIndex
from retrieval.language import Tokenizer
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import ANONYMOUS, CHANNEL, CHANNEL_BOT, FORUM, GROUP, OTHER_BOT, PERSON, Json
from testbed.serving import live_index, serving

pytestmark = pytest.mark.slow

NAME = "yuanju_test_bot"
CHATTER_COUNT, QUESTION_COUNT = 300, 70  # each kind a dozen times, each way to ask with each kind of message

LEAVE = """\
年假
工作满一年的员工每年有五天年假。年假须提前三天在系统里申请。没有休完的年假可以留到第二年三月底。

病假
病假需要医院开的证明。病假期间工资按八成发放。

食堂
食堂早上七点开门，晚上八点关门。收到餐卡的员工可以充值。
"""


def _words(text: str) -> list[str]:
    """What stands in a line, a space between two, ``_`` for those within one."""
    return [word.replace("_", " ") for word in text.split()]


# What people say to each other, and to a bot that has just answered.
LAUGHS = _words("哈哈 哈哈哈哈 嘿嘿 233 笑死 hhh lol 😂😂 [旺柴]")
THANKS = _words("谢谢 谢谢啦 多谢大佬 感谢！ thx thanks_a_lot 3q 多謝 唔該 辛苦了 谢谢谢谢 merci ありがとう")
AGREED = _words(
    "好的 好滴 好哒 好喔 ok OK! okok 收到 收到！ 收到+1 +1 1 嗯嗯 嗯 了解 了解喔 已阅 明白了 懂了 学到了 可以可以 "
    "没问题 行吧 对对对 是的 mark 马克 码住 got_it sounds_good 👍 👌🏻"
)
PRAISE = _words("牛 牛逼 666 太强了 厉害了 真棒 赞 yyds nb 绝了 nice amazing 真香 哇 wow 好厉害")
GREETINGS = _words("你好 大家好 早上好 早 晚安 hi_all hello 各位早 good_morning")
TESTS = _words("测试 测试一下 test 试试 testing_123 ... ！！ 🎉 ~")
ASIDES = _words(
    "我们明天去爬山 周五之前交给我 这个方案我觉得还行，回头再看 我也不知道 回头再说 群主出来发红包 他昨天就走了 "
    "今天好热 刚下班，累死了 会议改到三点了 文件我放群里了 别理它，它是机器人 let's_talk_tomorrow I'll_be_late 明兒見"
)
TOLD = _words(
    "我们明天去爬山 会议改到三点了 这个方案我觉得还行，回头再看 他昨天就走了 别理它，它是机器人 今天太热了吧 "
    "好的，我试试 加班辛苦啦 收到，我马上去 let's_talk_tomorrow I'll_be_late"
)
"""What people tell, in which nothing is named to be looked up."""
SMALL_TALK = [*LAUGHS, *THANKS, *AGREED, *PRAISE, *GREETINGS, *TESTS]
QUESTIONS = _words(
    "年假有几天？ 年假要提前多久申请 病假需要什么证明？ 病假期间工资怎么发 食堂几点开门 没有休完的年假怎么办？ "
    "年假有幾天？ 食堂幾點關門 how_many_days_of_年假?"
)

FILE: Json = {"file_id": "x", "file_unique_id": "x", "duration": 1, "width": 1, "height": 1, "length": 1}
STICKER: Json = FILE | {"type": "regular", "is_animated": False, "is_video": False}
SERVICES: list[Json] = [
    *({"new_chat_members": [PERSON]}, {"left_chat_member": PERSON}, {"new_chat_title": "新名"}),
    *({"delete_chat_photo": True}, {"pinned_message": {"message_id": 9, "date": 0, "chat": GROUP}}),
]
WORDLESS: list[Json] = [
    *({"sticker": STICKER}, {"voice": FILE}, {"photo": [FILE]}, {"video": FILE}, {"document": FILE}),
    {"location": {"longitude": 1, "latitude": 1}},
]
FORWARDED: Json = {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}}
BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "en"}
# Ways to call the bot, around a question.
WAYS = (
    f"@{NAME} {{}}",
    f"@{NAME.upper()} {{}}",
    f"＠{NAME}，{{}}",
    f"{{}}@{NAME}",
    f"请问@{NAME} {{}}",
    f"@{NAME}\n{{}}",
    f"@{NAME}：{{}} @xiaoming",
    "/ask {}",
    f"/ask@{NAME} {{}}",
    "/ASK {}",
    f"@{NAME} /ask {{}}",
    f"hi @{NAME}, {{}} 谢谢",
    f"{{}} https://example.org @{NAME} #人事",
    f"  @{NAME} @{NAME} {{}}",
)

Do = Callable[[FakeBotAPI], Json]


def chatter(random: Random) -> Iterator[Do]:
    """Messages that are not for the bot, each kind in turn."""

    def said(text: str, **fields: Any) -> Do:
        chat, sender = random.choice((GROUP, FORUM)), random.choice((PERSON, BEN))
        return lambda api: api.write(chat, text, **({"sender": sender} | fields))

    def under(whom: str, text: str, **fields: Any) -> Do:
        def write(api: FakeBotAPI) -> Json:
            sender = {"bot": api.me, "other": OTHER_BOT, "person": BEN}[whom]
            return api.group(text, reply_to_message=api.said(sender, "前面的话"), **fields)

        return write

    def edited(before: str, after: str) -> Do:
        return lambda api: api.edit(api.group(before), after)

    def posted(text: str) -> Do:
        return lambda api: api.write(CHANNEL, text, sender=None, sender_chat=CHANNEL)

    def one(texts: Sequence[str]) -> str:
        return random.choice(texts) + random.choice(("", "", "～", "！", "。", "…", " 😂", "\n"))

    mention = f"@{NAME} "
    while True:
        yield said(one([*SMALL_TALK, *ASIDES]))
        yield said(one(QUESTIONS))  # which people ask each other
        yield under("bot", one(SMALL_TALK))
        yield under("bot", one(ASIDES))
        yield under("person", one([*QUESTIONS, *ASIDES]))
        yield under("other", one(QUESTIONS))
        yield said(mention + one(SMALL_TALK))
        yield under("bot", mention + one(SMALL_TALK))
        yield said(mention + one(TOLD))
        yield said(f"/ask {one([*SMALL_TALK, *TOLD])}")
        yield said("", photo=[FILE], caption=one([*SMALL_TALK, *QUESTIONS]), media_group_id=f"{random.random()}")
        yield said(mention + one(QUESTIONS), **FORWARDED)
        yield said(one(QUESTIONS), **FORWARDED)
        yield said(mention + one(QUESTIONS), sender=OTHER_BOT)
        yield said(one(QUESTIONS), via_bot=OTHER_BOT)
        yield under("bot", one(QUESTIONS), sender=OTHER_BOT)
        yield said(f"@{random.choice(('other_bot', NAME + 'ist', 'xiaoming'))} {one(QUESTIONS)}")
        yield said(f"/{random.choice(('ask@other_bot', 'weather', 'start', 'stats', 'asking'))} {one(QUESTIONS)}")
        yield said(f"写信到 a@{NAME}.com，{one(QUESTIONS)}")
        yield said("", **random.choice(SERVICES))
        yield under("bot", "", **random.choice(WORDLESS))
        yield said(one(QUESTIONS), sender=CHANNEL_BOT, sender_chat=CHANNEL, is_automatic_forward=True)
        yield said(one([*SMALL_TALK, *QUESTIONS]), sender=ANONYMOUS, sender_chat=GROUP)
        yield edited(one(ASIDES), one(QUESTIONS))
        yield posted(mention + one(QUESTIONS))


def questions(random: Random) -> Iterator[Do]:
    """Questions for the bot in every spelling; Telegram lets a bot say twenty things a minute in a group."""
    groups: list[Json] = [{"id": -2000 - number, "type": "supergroup", "title": "群"} for number in range(20)]

    def put(number: int, question: str) -> Do:
        chat, text = groups[number % len(groups)], WAYS[number % len(WAYS)].format(question)

        def write(api: FakeBotAPI) -> Json:
            match number % 10:
                case 5:
                    return api.write_caption(f"@{NAME} {question}", chat=chat)
                case 6:
                    called = [{"type": "text_mention", "offset": 0, "length": 2, "user": api.me}]
                    return api.write(chat, f"原句 {question}", entities=called)
                case 7:
                    return api.write(chat, question, reply_to_message=api.said(api.me, "答案", chat=chat))
                case 8:
                    return api.write(chat, f"@{NAME} 帮忙看看", reply_to_message=api.said(BEN, question, chat=chat))
                case 9:
                    return api.edit(api.write(chat, "我问一下"), text)
                case _:
                    return api.write(chat, text)

        return write

    for number in itertools.count():
        yield put(number, random.choice(QUESTIONS))


@pytest.fixture
async def handbook(tokenizer: Tokenizer, tmp_path: Path) -> AsyncIterator[LiveIndex]:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "员工手册.txt").write_text(LEAVE.replace("\n", "\n\n"), "utf-8")
    async with live_index(folder, tmp_path / "index", tokenizer, threshold=0.25) as documents:
        yield documents


@pytest.mark.timeout(600)
async def test_hundreds_of_messages_get_no_reply_and_all_questions_do(
    api: FakeBotAPI, handbook: LiveIndex, caplog: pytest.LogCaptureFixture
) -> None:
    random = Random(17)
    stream = [(False, do) for do in itertools.islice(chatter(random), CHATTER_COUNT)]
    stream += [(True, do) for do in itertools.islice(questions(random), QUESTION_COUNT)]
    random.shuffle(stream)
    sent = [(asks, do(api)) for asks, do in stream]
    asked = {message["message_id"] for asks, message in sent if asks}
    texts = {message["message_id"]: message.get("text") for _, message in sent}
    async with serving(api, handbook):
        for count in range(1, QUESTION_COUNT + 1):  # a busy machine may need a while for all
            await api.until(lambda count=count: len(api.replies) >= count)  # type: ignore[misc]
    needless = [(texts.get(reply.reply_to or 0), reply.text) for reply in api.replies if reply.reply_to not in asked]
    assert needless == []
    assert sorted(reply.reply_to or 0 for reply in api.replies) == sorted(asked)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
