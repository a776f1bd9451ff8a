"""Questions without an answer, and messages that are no questions."""

from __future__ import annotations

import pytest

from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import OTHER_BOT, PERSON, Json
from testbed.serving import Library, quote, serving

NEAR = (quote("近的一句。", section=("目标", "产业"), after="其后。"), quote("远的一句。"), quote("更远的。"))


async def test_a_miss_says_what_was_looked_for_what_is_missing_and_what_is_near(api: FakeBotAPI) -> None:
    async with serving(api, Library(missing=("火星", "房价"), near=NEAR)):
        api.private("火星的房价？")
        reply = await api.next_reply()
        api.press(reply, "五年计划 › 产业")
        near = await api.next_reply()
    assert reply.text == ("文档里没有找到答案。\n找的是：火星的房价？\n没有提到：“火星”、“房价”。\n\n最接近的内容：")
    assert list(reply.buttons) == ["五年计划 › 产业", "五年计划"]
    assert near.text.startswith("近的一句。\n—— 五年计划 › 目标 › 产业")
    assert near.marked("expandable_blockquote") == ["近的一句。其后。"]


async def test_a_place_that_is_no_longer_near(api: FakeBotAPI) -> None:
    library = Library(near=NEAR)
    async with serving(api, library):
        api.private("火星的房价？")
        reply = await api.next_reply()
        library.near = ()
        query = api.press(reply, "五年计划")
        await api.until(lambda: query in api.callback_answers)
        api.private("还有问题")
        await api.next_reply()
    assert len(api.replies) == 2


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
        ("啊", "“啊”太短了"),
        ("👍", "“👍”太短了"),
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


@pytest.mark.parametrize("text", ["你好的意思是什么？", "谢谢你的文档里写了什么", "早上几点开门", "税率", "字" * 500])
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
    "document": (FILE, "我只看得懂文字"),
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
