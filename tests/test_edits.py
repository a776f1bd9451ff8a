"""An edited question edits its answer."""

from __future__ import annotations

import asyncio

import pytest

from bot.telegram.timing import QUESTION_SECONDS
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import FORUM, PERSON
from testbed.serving import Library, quote, serving


async def test_an_edited_question_edits_its_answer(api: FakeBotAPI) -> None:
    library = Library(quote("旧的。"))
    async with serving(api, library):
        asked = api.private("产量？")
        reply = await api.next_reply()
        library.quotes = (quote("新的。"),)
        api.edit(asked, "成本是多少？")
        edited = await api.next_edit()
    assert library.questions == ["产量？", "成本是多少？"]
    assert (edited.message_id, edited.text.partition("\n")[0]) == (reply.message_id, "新的。")
    assert len(api.replies) == 1


async def test_the_buttons_of_an_edited_answer_are_about_the_new_question(api: FakeBotAPI) -> None:
    library = Library(quote("一。"), quote("二。"))
    async with serving(api, library, limit=1):
        asked = api.private("产量？")
        reply = await api.next_reply()
        api.edit(asked, "成本是多少？")
        await api.next_edit()
        api.press(reply, "更多")
        await api.next_edit()
    assert library.questions[-1] == "成本是多少？"


async def test_a_question_that_is_edited_while_it_is_being_answered(api: FakeBotAPI) -> None:
    asked = api.private("产量？")
    api.edit(asked, "产量是多少？")
    api.edit(asked, "成本是多少？")
    library = Library(quote())
    async with serving(api, library):
        await api.until(lambda: len(library.questions) == 3)
        await api.until_called("editMessageText")
    assert library.questions == ["产量？", "产量是多少？", "成本是多少？"]
    assert [reply.reply_to for reply in api.replies] == [asked["message_id"]]


async def test_an_edit_after_a_restart(api: FakeBotAPI, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("state")
    async with serving(api, Library(quote("旧的。")), folder=folder):
        asked = api.private("产量？")
        reply = await api.next_reply()
    async with serving(api, Library(quote("新的。")), folder=folder):
        api.edit(asked, "产量是多少？")
        assert (await api.next_edit()).message_id == reply.message_id


async def test_an_answer_that_has_been_deleted_is_given_anew(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        asked = api.private("产量？")
        reply = await api.next_reply()
        api.delete_reply(reply)
        api.edit(asked, "产量是多少？")
        assert (await api.next_reply()).reply_to == asked["message_id"]


async def test_a_greeting_that_becomes_a_question(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("答案。"))):
        asked = api.private("你好")
        await api.next_reply()
        api.edit(asked, "产量是多少？")
        assert (await api.next_edit()).text.startswith("答案。")


async def test_what_was_said_of_a_picture_becomes_the_answer_to_its_caption(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("答案。"))):
        picture = api.send({"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]})
        remark = await api.next_reply()
        api.edit(picture, "你好")
        assert (await api.next_edit()).message_id == remark.message_id
        api.edit(picture, "产量是多少？")
        edited = await api.next_edit()
    assert (edited.message_id, edited.text.partition("\n")[0]) == (remark.message_id, "答案。")
    assert len(api.replies) == 1


async def test_an_edit_in_a_topic(api: FakeBotAPI) -> None:
    topic = api.open_topic()
    async with serving(api, Library(quote())):
        asked = api.write(FORUM, "/ask 产量", topic=topic)
        await api.next_reply()
        api.edit(asked, "/ask 成本")
        assert (await api.next_edit()).topic == topic


async def test_an_edit_that_adds_the_mention_asks(api: FakeBotAPI) -> None:
    library = Library(quote("答案。"))
    async with serving(api, library):
        said = api.group("产量是多少？")
        edited = api.edit(said, "@yuanju_test_bot 产量是多少？")
        reply = await api.next_reply()
        api.edit(edited, "@yuanju_test_bot 成本是多少？")
        await api.next_edit()
    assert reply.reply_to == said["message_id"]
    assert library.questions == ["产量是多少？", "成本是多少？"]


async def test_an_edit_of_a_message_of_long_ago_asks_nothing(api: FakeBotAPI) -> None:
    library = Library(quote("答案。"))
    async with serving(api, library):
        said = api.said(PERSON, "产量是多少？")
        said["date"] -= QUESTION_SECONDS + 60
        api.edit(said, "@yuanju_test_bot 产量是多少？")
        api.private("最后一个问题")
        await api.next_reply()
    assert library.questions == ["最后一个问题"]


async def test_an_edit_that_asks_nothing_or_asks_nobody(api: FakeBotAPI) -> None:
    """No reply, no edit: a question that is none any more, a command, thanks in a group."""
    library = Library(quote())
    async with serving(api, library):
        asked = api.group("@yuanju_test_bot 产量")
        await api.next_reply()
        api.edit(asked, "算了")
        api.edit(asked, "@yuanju_test_bot 谢谢")
        helped = api.private("/help")
        await api.next_reply()
        api.edit(helped, "/start")
        api.private("最后一个问题")
        await api.next_reply()
    assert (len(api.replies), api.edits, library.questions) == (3, [], ["产量", "最后一个问题"])


async def test_edits_are_answered_in_order(api: FakeBotAPI) -> None:
    release = asyncio.Event()
    library = Library(quote(), release=release)
    async with serving(api, library):
        asked = api.private("一？一")
        for text in ("二？二", "三？三", "四？四"):
            api.edit(asked, text)
        await library.asked.wait()
        release.set()
        await api.until(lambda: len(library.questions) == 4)
    assert library.questions == ["一？一", "二？二", "三？三", "四？四"]
