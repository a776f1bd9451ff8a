"""Follow-ups in a chat: the last question of the same person in the same chat and topic goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.documents.live_index import LiveIndex
from retrieval.language import Tokenizer
from retrieval.question.following_up import FollowUp, follow_up
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import FORUM, PERSON, Json
from testbed.serving import Library, live_index, quote, serving

BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}


@pytest.fixture
def library(tokenizer: Tokenizer) -> Library:
    def complete(text: str, last: str) -> FollowUp | None:
        return follow_up(text, last, tokenizer)

    return Library(quote("一。"), quote("二。"), quote("三。"), follow_ups=complete)


async def test_another_topic_is_asked_the_last_question_and_says_so(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.private("智能家居的目标是多少？")
        await api.next_reply()
        api.private("那机器人呢？")
        reply = await api.next_reply()
    assert library.questions[-1] == "机器人的目标是多少？"
    assert reply.text.startswith("↳ 接着上一个问题，按“机器人的目标是多少？”回答。\n\n一。")
    assert "不是接着问" in reply.buttons


async def test_a_follow_up_of_a_follow_up(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        for text in ("智能家居的目标是多少？", "那机器人呢？", "什么时候？"):
            api.private(text)
            await api.next_reply()
    assert library.questions[-1].startswith("机器人的目标")
    assert "什么时候" in library.questions[-1]


async def test_a_follow_up_can_be_dropped(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.private("智能家居的目标是多少？")
        await api.next_reply()
        api.private("那机器人呢？")
        reply = await api.next_reply()
        query = api.press(reply, "不是接着问")
        edited = await api.next_edit()
        api.press(reply, "更多")
    assert library.questions[2] == "那机器人呢？"
    assert edited.text.startswith("一。")
    assert "不是接着问" not in edited.buttons
    assert api.callback_answers[query]["text"] == "好，这是一个新的问题。"


async def test_only_the_person_who_asked_can_drop_it(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.group("/ask 智能家居的目标是多少？")
        await api.next_reply()
        api.group("/ask 那机器人呢？")
        query = api.press(await api.next_reply(), "不是接着问", sender=BEN)
        await api.until(lambda: query in api.callback_answers)
    assert api.callback_answers[query]["text"] == "这个按钮只给提问的人用。"
    assert api.edits == []


async def test_more_of_the_same(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library, limit=1):
        texts = []
        for text in ("智能家居的目标是多少？", "还有吗", "还有吗？", "还有吗"):
            api.private(text)
            texts.append((await api.next_reply()).text.partition("\n")[0])
    assert texts == ["一。", "二。", "三。", "没有更多了。"]


async def test_more_of_nothing(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.private("还有吗")
        assert (await api.next_reply()).text == "没有上一个问题可接。请把问题写完整。"


async def test_somebody_else_starts_afresh(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.group("/ask 智能家居的目标是多少？")
        await api.next_reply()
        api.group("/ask 那机器人呢？", sender=BEN)
        await api.next_reply()
    assert library.questions[-1] == "那机器人呢？"


async def test_another_topic_of_the_chat_starts_afresh(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.write(FORUM, "/ask 智能家居的目标是多少？", topic=api.open_topic())
        await api.next_reply()
        api.write(FORUM, "/ask 那机器人呢？", topic=api.open_topic())
        await api.next_reply()
    assert library.questions[-1] == "那机器人呢？"


async def test_another_chat_starts_afresh(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.group("/ask 智能家居的目标是多少？")
        await api.next_reply()
        api.private("那机器人呢？")
        await api.next_reply()
    assert library.questions[-1] == "那机器人呢？"


async def test_the_last_question_is_remembered_over_a_restart(
    api: FakeBotAPI, library: Library, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("state")
    async with serving(api, library, folder=folder):
        api.private("智能家居的目标是多少？")
        await api.next_reply()
    async with serving(api, library, folder=folder):
        api.private("那机器人呢？")
        await api.next_reply()
    assert library.questions[-1] == "机器人的目标是多少？"


@pytest.mark.parametrize("minutes", [0, 1e-9])
async def test_a_question_is_followed_up_for_a_set_time(api: FakeBotAPI, library: Library, minutes: float) -> None:
    async with serving(api, library, follow_up_minutes=minutes):
        api.private("智能家居的目标是多少？")
        await api.next_reply()
        api.private("那机器人呢？")
        await api.next_reply()
    assert library.questions[-1] == "那机器人呢？"


async def test_a_miss_can_be_a_follow_up_too(api: FakeBotAPI, library: Library) -> None:
    async with serving(api, library):
        api.private("智能家居的目标是多少？", sender=PERSON)
        await api.next_reply()
        library.quotes = ()
        api.private("那机器人呢？")
        reply = await api.next_reply()
    assert reply.text.startswith("↳ 接着上一个问题，按“机器人的目标是多少？”回答。\n\n⚪ 文档里没有找到答案。")
    assert list(reply.buttons) == ["不是接着问"]


@pytest.fixture
async def towers(tokenizer: Tokenizer, tmp_path: Path) -> AsyncIterator[LiveIndex]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, height in (("云海塔", "二百米"), ("青石塔", "十二米")):
        text = f"门票：{name}八十元。\n\n高度：{height}。\n\n地址：{name}南门。"
        (folder / f"{name}.txt").write_text(text, "utf-8")
    async with live_index(folder, tmp_path / "index", tokenizer, threshold=0.25) as documents:
        yield documents


async def test_the_subject_is_carried_over_turns_and_restarts(
    api: FakeBotAPI, towers: LiveIndex, tmp_path: Path
) -> None:
    async with serving(api, towers, folder=tmp_path / "state"):
        api.private("云海塔的门票是多少？")
        await api.next_reply()
        api.private("它的高度是多少？")
        first = await api.next_reply()
    async with serving(api, towers, folder=tmp_path / "state"):
        api.private("地址在哪里？")
        second = await api.next_reply()
    assert first.text.startswith("↳ 接着上一个问题，按“云海塔的高度是多少？”回答。")
    assert "二百米" in first.text
    assert second.text.startswith("↳ 接着上一个问题，按“云海塔地址在哪里？”回答。")


async def test_a_new_subject_is_not_glued_to_the_old(api: FakeBotAPI, towers: LiveIndex) -> None:
    async with serving(api, towers):
        api.private("云海塔的门票是多少？")
        await api.next_reply()
        api.private("青石塔的高度是多少？")
        reply = await api.next_reply()
    assert "↳" not in reply.text
    assert "十二米" in reply.text


async def test_what_people_say_to_each_other_is_no_follow_up(api: FakeBotAPI, towers: LiveIndex) -> None:
    async with serving(api, towers):
        api.group("/ask 云海塔的门票是多少？")
        answer = api.message_of(await api.next_reply())
        api.group("这个我觉得可以，回头再看", reply_to_message=answer)
        await api.until(lambda: not api.pending)
    assert len(api.replies) == 1
