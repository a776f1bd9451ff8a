"""Questions without an answer, and messages that are no questions."""

from __future__ import annotations

import time

import pytest

from bot.conversation import courtesy
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import OTHER_BOT, PERSON, Json
from testbed.serving import Library, quote, serving

NEAR = (quote("近的一句。", section=("目标", "产业"), after="其后。"), quote("远的一句。", number=9), quote("更远的。"))


async def test_a_miss_says_what_was_looked_for_what_is_missing_and_what_is_near(api: FakeBotAPI) -> None:
    async with serving(api, Library(missing=("火星", "房价"), near=NEAR, confidence=0.45)):
        api.private("火星的房价？")
        reply = await api.next_reply()
    assert reply.text == (
        "⚪ 文档里没有找到答案。\n找的是：火星的房价？\n没有提到：“火星”、“房价”。\n\n🟡 可能相关：\n\n"
        "近的一句。\n—— 五年计划 › 目标 › 产业 · 张三 · 2022-07-08 · 第3段\n\n远的一句。\n—— 第9段"
    )
    assert reply.buttons == {}


async def test_in_a_group_one_sentence_is_enough(api: FakeBotAPI) -> None:
    async with serving(api, Library(missing=("火星",), near=NEAR, confidence=0.45)):
        api.group("/ask 火星的房价？")
        text = (await api.next_reply()).text
    assert ("近的一句。" in text, "远的一句。" in text) == (True, False)


async def test_what_has_nothing_to_do_with_it_is_not_shown(api: FakeBotAPI) -> None:
    async with serving(api, Library(missing=("火星", "房价", "三", "四"), near=NEAR, confidence=0.2)):
        api.private("火星的房价？")
        text = (await api.next_reply()).text
    assert text == "⚪ 文档里没有找到答案。\n找的是：火星的房价？\n没有提到：“火星”、“房价”、“三”等。"


async def test_a_miss_without_anything_near(api: FakeBotAPI) -> None:
    async with serving(api, Library()):
        api.private("火星的房价？")
        assert (await api.next_reply()).keyboard == ()


async def test_a_chat_that_sees_no_document(api: FakeBotAPI) -> None:
    library = Library()
    library.files = ()
    async with serving(api, library):
        api.private("火星的房价？")
        assert (await api.next_reply()).text == "这个聊天里没有可以查的文档。"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("你好", "你好！"),
        ("您好！", "你好！"),
        ("Hi", "你好！"),
        ("早上好～", "你好！"),
        ("在吗？", "你好！"),
        ("谢谢", "不客气。"),
        ("非常感谢！！", "不客气。"),
        ("Thank you", "不客气。"),
        ("？", "“？”太短了"),
        ("啊", "好的，有问题随时问我。"),
        ("👍", "好的，有问题随时问我。"),
        ("哈哈哈", "好的，有问题随时问我。"),
        ("收到", "好的，有问题随时问我。"),
        ("测试一下", "好的，有问题随时问我。"),
        ("好的好的", "好的，有问题随时问我。"),
        ("谢谢啦", "不客气。"),
        ("ok", "好的，有问题随时问我。"),
        ("你是谁？", "你好，我是原句。"),
        ("你是机器人吗", "你好，我是原句。"),
        ("你的爱好是什么呀", "你好，我是原句。"),
        ("a", "“a”太短了"),
        ("字" * 3000, "这条消息太长了（3,000 字）"),
    ],
)
async def test_texts_that_are_no_questions(api: FakeBotAPI, text: str, said: str) -> None:
    library = Library(quote())
    async with serving(api, library):
        api.private(text)
        assert (await api.next_reply()).text.startswith(said)
    assert library.questions == []


@pytest.mark.parametrize(
    "word", ["谢谢", "多谢", "你好", "早上好", "帮我看", "看看", "哈", "收到", "1", "ha", "thanks", "你会", "你到底"]
)
def test_a_long_row_of_small_talk_takes_no_time(word: str) -> None:
    text = (word * 500)[: courtesy.QUESTION_LIMIT - 1] + "x"
    began = time.process_time()
    courtesy.remark(text)
    courtesy.is_filler(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text",
    [
        "你好的意思是什么？",
        "你们是做什么的？",
        "你的电话是多少？",
        "谢谢你的文档里写了什么",
        "早上几点开门",
        "税率",
        "字" * 500,
    ],
)
async def test_texts_that_only_look_like_no_questions(api: FakeBotAPI, text: str) -> None:
    library = Library(quote())
    async with serving(api, library):
        api.private(text)
        await api.next_reply()
    assert library.questions == [text]


FILE: Json = {"file_id": "x", "file_unique_id": "x", "duration": 1, "width": 1, "height": 1, "length": 1}
STICKER = FILE | {"type": "regular", "is_animated": False, "is_video": False}
WORDLESS = {
    "sticker": (STICKER, "我只看得懂文字"),
    "dice": ({"emoji": "🎲", "value": 3}, "我只看得懂文字"),
    "location": ({"longitude": 1.0, "latitude": 2.0}, "我只看得懂文字"),
    "contact": ({"phone_number": "1", "first_name": "x"}, "我只看得懂文字"),
    "document": (FILE, "没有收下这个文件：只有管理员能添加文档"),
    "voice": (FILE, "听不懂语音"),
    "audio": (FILE, "听不懂语音"),
    "video_note": (FILE, "听不懂语音"),
    "photo": ([FILE], "看不懂图片"),
    "video": (FILE, "看不懂图片"),
    "animation": (FILE, "看不懂图片"),
}


@pytest.mark.parametrize("kind", WORDLESS)
async def test_messages_without_words(api: FakeBotAPI, kind: str) -> None:
    content, said = WORDLESS[kind]
    async with serving(api, Library()):
        sent = api.send({kind: content})
        reply = await api.next_reply()
    assert said in reply.text
    assert reply.reply_to == sent["message_id"]


async def test_an_album_is_answered_once(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        for _ in range(5):
            api.send({"photo": [FILE], "media_group_id": "7"})
        api.private("产量是多少？")
        await api.until(lambda: len(api.replies) >= 2)
    assert len(api.replies) == 2


@pytest.mark.parametrize("captioned", [0, 2])
async def test_an_album_with_a_question_gets_one_reply(api: FakeBotAPI, captioned: int) -> None:
    library = Library(quote())
    async with serving(api, library):
        for number in range(3):
            words = {"caption": "产量是多少？"} if number == captioned else {}
            api.send({"photo": [FILE], "media_group_id": "8", **words})
        await api.next_reply()
    assert library.questions == ["产量是多少？"]
    assert len(api.replies) == 1


async def test_messages_without_words_that_nobody_waits_for_an_answer_to(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.send({"pinned_message": api.said(PERSON, "话")})
        api.send({"sticker": STICKER, "via_bot": OTHER_BOT})
        api.group("", sticker=STICKER)
        api.group("", sticker=STICKER, reply_to_message=api.said(api.me, "答案"))
        api.group("", new_chat_members=[PERSON])
        asked = api.private("产量是多少？")
        await api.next_reply()
    assert [reply.reply_to for reply in api.replies] == [asked["message_id"]]
