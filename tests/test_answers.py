"""Reading an answer in Telegram: its buttons, pages, paragraphs and votes."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest

from bot.actions import Action
from bot.rendering.catalogue import phrases
from retrieval.records import Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import FORUM, GROUP, PERSON, Json
from testbed.serving import Library, quote, serving

BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}
THREE = (quote("一。", after="一的后文。"), quote("二。", number=4), quote("三。", number=5))


async def test_what_can_be_pressed_under_an_answer(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
    assert list(reply.buttons) == ["上下文", "更多", "👍", "👎", "还可以问……"]
    assert "三。" not in reply.text
    assert max(len(data.encode()) for data in reply.buttons.values()) <= 64


async def test_a_short_answer_has_nothing_to_page(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.group("/ask 产量是多少？")
        assert list((await api.next_reply()).buttons) == ["👍", "👎"]


async def test_the_paragraph_behind_the_button_and_back(api: FakeBotAPI) -> None:
    source = Source("计划.txt", "五年计划", url="https://example.org/plan")
    library = Library(quote("产量达到三万吨。", highlights=((4, 7),), before="前文。", after="后文。", source=source))
    async with serving(api, library):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "上下文")
        opened = await api.next_edit()
        api.press(reply, "收起")
        closed = await api.next_edit()
    assert opened.marked("expandable_blockquote") == ["前文。产量达到三万吨。后文。"]
    assert opened.marked("bold") == ["三万吨", "三万吨"]
    assert opened.links == {"五年计划": "https://example.org/plan"}
    assert (closed.text, closed.keyboard) == (reply.text, reply.keyboard)


async def test_a_sentence_that_is_too_long_is_whole_behind_the_button(api: FakeBotAPI) -> None:
    sentence = "前" * 3000 + "答案" + "后" * 3000
    async with serving(api, Library(quote(sentence, highlights=((3000, 3002),)))):
        api.private("答案是什么？")
        reply = await api.next_reply()
        api.press(reply, "上下文")
        screens = [await api.next_edit()]
        while "下一页 ›" in screens[-1].buttons:
            api.press(reply, "下一页")
            screens.append(await api.next_edit())
    assert reply.text.startswith("…")
    assert reply.marked("bold") == ["答案"]
    assert "".join(piece for screen in screens for piece in screen.marked("expandable_blockquote")) == sentence


async def test_more_pages_on_and_back(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "更多")
        second = await api.next_edit()
        api.press(reply, "‹ 上一页")
        first = await api.next_edit()
    assert second.text.startswith("三。\n—— 五年计划")
    assert "更多" not in second.buttons
    assert (first.text, first.keyboard) == (reply.text, reply.keyboard)


async def test_every_quote_is_on_some_page(api: FakeBotAPI) -> None:
    library = Library(*(quote(f"{number}\n" + "字" * 899, number=number) for number in range(10)))
    async with serving(api, library, limit=9):
        api.private("问题")
        reply = await api.next_reply()
        texts = [reply.text]
        shown = reply
        while "更多" in shown.buttons:
            api.press(reply, "更多")
            shown = await api.next_edit()
            texts.append(shown.text)
    assert "".join(texts).count("字" * 899) == 10


async def test_documents_that_have_changed_meanwhile(api: FakeBotAPI) -> None:
    library = Library(*THREE)
    async with serving(api, library, limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
        library.quotes = (quote("新的一句。"),)
        api.press(reply, "更多")
        assert (await api.next_edit()).text.startswith("新的一句。")
        library.quotes = ()
        api.press(reply, reply.buttons["更多"])
        assert (await api.next_edit()).text.startswith("⚪ 文档里没有找到答案。")


async def test_a_vote_is_counted_changed_and_withdrawn(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.group("/ask 产量是多少？")
        reply = await api.next_reply()
        said = []
        shown = []
        for button, sender in (("👍", PERSON), ("👍", BEN), ("👎", PERSON), ("👎", PERSON)):
            query = api.press(reply, button, sender=sender)
            shown.append(list((await api.next_edit()).buttons))
            said.append(api.callback_answers[query]["text"])
    assert shown == [["👍 1", "👎"], ["👍 2", "👎"], ["👍 1", "👎 1"], ["👍 1", "👎"]]
    assert said == ["记下了，谢谢。", "记下了，谢谢。", "改好了。", "已收回。"]


async def test_votes_stay_when_the_page_is_turned(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "👍")
        await api.next_edit()
        api.press(reply, "更多")
        assert "👍 1" in (await api.next_edit()).buttons


async def test_a_press_is_answered_before_anything_is_done(api: FakeBotAPI) -> None:
    release = asyncio.Event()
    release.set()
    library = Library(*THREE, release=release)
    async with serving(api, library, limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
        release.clear()
        query = api.press(reply, "更多")
        await api.until(lambda: query in api.callback_answers)
        release.set()
        await api.next_edit()


async def test_a_press_that_can_no_longer_be_answered_still_does_its_work(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "更多", late=True)
        assert (await api.next_edit()).text.startswith("三。")


async def test_two_people_who_press_the_same_button(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.group("/ask 产量是多少？")
        reply = await api.next_reply()
        data = reply.buttons["更多"]
        queries = [api.press(reply, data), api.press(reply, data, sender=BEN)]
        await api.until(lambda: api.callback_answers.keys() >= set(queries))
        await api.until_called("editMessageText", times=2)
    assert len(api.edits) == 1  # the other edit would have changed nothing
    assert [one.text for one in api.replies] == [reply.text]


@pytest.mark.attack
async def test_a_button_from_another_chat_shows_nothing(api: FakeBotAPI) -> None:
    async with serving(api, Library(*THREE), limit=2):
        api.private("产量是多少？")
        stolen = (await api.next_reply()).buttons["更多"]
        api.group("/ask 产量是多少？")
        query = api.press(await api.next_reply(), stolen)
        await api.until(lambda: query in api.callback_answers)
    assert "过期" in api.callback_answers[query]["text"]
    assert api.edits == []


@pytest.mark.attack
async def test_a_button_that_nobody_knows(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.private("问题")
        reply = await api.next_reply()
        queries = [api.press(reply, data) for data in ("p:AAAAAAAAAAAAAAAA:1", "?", "p:" + "A" * 60, "x:AAAA")]
        await api.until(lambda: api.callback_answers.keys() >= set(queries))
    assert {api.callback_answers[query]["text"] for query in queries} == {"这个按钮已经过期，请重新提问。"}


async def test_a_page_in_a_topic_stays_there(api: FakeBotAPI) -> None:
    topic = api.open_topic()
    async with serving(api, Library(*THREE), limit=2):
        api.write(FORUM, "/ask 产量是多少？", topic=topic)
        api.press(await api.next_reply(), "更多")
        edit = await api.next_edit()
    assert (edit.chat_id, edit.topic) == (FORUM["id"], topic)


async def test_questions_that_go_on_from_an_answer(api: FakeBotAPI) -> None:
    library = Library(quote(), related=("成本是多少？", "什么时候完成？"))
    async with serving(api, library):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "还可以问")
        assert list((await api.next_edit()).buttons) == ["👍", "👎", "成本是多少？", "什么时候完成？"]
        api.press(reply, "成本是多少？")
        asked = await api.next_reply()
    assert library.questions[-1] == "成本是多少？"
    assert asked.text.startswith("问：成本是多少？\n\n到那一年")


async def test_where_nothing_goes_on_there_are_others(api: FakeBotAPI) -> None:
    suggested = ("产量是多少？", "一呢，是什么？", "二呢，是什么？", "三呢，是什么？", "四呢，是什么？")
    async with serving(api, Library(quote(), suggested=suggested)):
        api.private("产量是多少？")
        api.press(await api.next_reply(), "还可以问")
        assert list((await api.next_edit()).buttons)[2:] == list(suggested[1:4])


async def test_where_nothing_goes_on_from_an_answer(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.private("产量是多少？")
        api.press(await api.next_reply(), "还可以问")
        assert list((await api.next_edit()).buttons) == ["👍", "👎"]


async def test_groups_are_not_offered_more_questions(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote(), related=("成本是多少？",))):
        api.group("/ask 产量是多少？")
        reply = await api.next_reply()
    assert reply.chat_id == GROUP["id"]
    assert list(reply.buttons) == ["👍", "👎"]


@pytest.mark.attack
async def test_data_that_no_button_of_ours_sends(api: FakeBotAPI, caplog: pytest.LogCaptureFixture) -> None:
    """A client may send what it likes: kinds, keys and numbers that do not belong together."""
    library = Library(*THREE, suggested=("成本是多少？",))
    async with serving(api, library, limit=1):
        api.private("/start")
        start = await api.next_reply()
        api.private("产量是多少？")
        answer = await api.next_reply()
        codes = [action.code for action in get_args(Action)]
        keys = [start.buttons["成本是多少？"].split(":")[1], answer.buttons["👍"].split(":")[1]]
        sent = [f"{kind}:{key}{numbers}" for kind in codes for key in keys for numbers in ("", ":999999:9:9")]
        sent += [f"{kind}:{key}:{number}" for kind in codes for key, number in (("?" * 9, "1"), (keys[0], "x"))]
        queries = [api.press(answer, data) for data in sent]
        await api.until(lambda: api.callback_answers.keys() >= set(queries))
        api.private("还好吗你们？")
        await api.next_reply()
    assert "ERROR" not in {record.levelname for record in caplog.records}


async def test_a_failure_after_a_press_is_an_apology_too(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote()), admins=str(PERSON["id"])):  # it cannot say why
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "为什么")
        apology = await api.next_reply()
    assert apology.text == phrases("zh").text("apology")
