"""How the bot presents itself, in two languages."""

from __future__ import annotations

import logging

import pytest

from bot.rendering.catalogue import phrases
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON, Json
from testbed.serving import Library, quote, serving

EVERYBODY = ["ask", "help", "start", "forget"]
OPERATORS = [*EVERYBODY, "sources", "remove", "reload", "stats", "unanswered", "why"]


async def test_commands_by_scope_and_language(api: FakeBotAPI) -> None:
    async with serving(api, Library(), announced=True, admins=str(PERSON["id"])):
        await api.until(lambda: len(api.profile) == 4)
    named = {scope: [command["command"] for command in commands] for scope, commands in api.commands.items()}
    assert named == {
        (scope, language): commands
        for language in ("", "en")
        for scope, commands in (
            ("all_private_chats", EVERYBODY),
            ("all_group_chats", ["ask", "help"]),
            (f"chat {PERSON['id']}", OPERATORS),
        )
    }
    assert api.commands["all_private_chats", "en"][0]["description"] == phrases("en").text("command-ask")


async def test_descriptions_are_set_once(api: FakeBotAPI) -> None:
    for _ in range(2):
        async with serving(api, Library(), announced=True):
            calls = len(api.calls)
            await api.until_called("getMyShortDescription", times=2 if not calls else 4)
            await api.until(lambda: len(api.profile) == 4)
    assert api.profile["description", ""] == phrases("zh").text("bot-description")
    assert api.profile["short_description", "en"] == phrases("en").text("bot-short-description")
    assert [method for method, _ in api.calls].count("setMyDescription") == 2


async def test_what_telegram_refuses_keeps_nobody_waiting(api: FakeBotAPI) -> None:
    api.fail("setMyCommands", 400, times=10)
    api.stall("getMyDescription")
    async with serving(api, Library(quote()), announced=True, admins="77"):
        api.private("问题")
        await api.next_reply()


@pytest.mark.parametrize(("code", "said"), [("zh-hant", "你好"), (None, "你好"), ("en-GB", "Hello"), ("de", "Hello")])
async def test_everybody_reads_his_own_language(api: FakeBotAPI, code: str | None, said: str) -> None:
    person: Json = {"id": 1004, "is_bot": False, "first_name": "x"} | ({"language_code": code} if code else {})
    async with serving(api, Library(quote())):
        api.private("/start", sender=person)
        assert (await api.next_reply()).text.startswith(said)


async def test_an_answer_in_english(api: FakeBotAPI) -> None:
    person: Json = {"id": 1004, "is_bot": False, "first_name": "Eve", "language_code": "en"}
    async with serving(api, Library(quote(after="后文。"), quote("二。")), limit=1):
        api.private("产量是多少？", sender=person)
        reply = await api.next_reply()
        api.press(reply, "More", sender=person)
        more = await api.next_edit()
    assert "paragraph 3" in reply.text
    assert list(reply.buttons) == ["Context", "More", "👍", "👎", "You could also ask …"]
    assert "‹ Previous" in more.buttons


async def test_an_answer_keeps_the_language_of_who_asked(api: FakeBotAPI) -> None:
    person: Json = {"id": 1004, "is_bot": False, "first_name": "Eve", "language_code": "en"}
    async with serving(api, Library(quote("一。"), quote("二。")), limit=1):
        api.group("/ask 产量是多少？")
        api.press(await api.next_reply(), "更多", sender=person)
        assert "‹ 上一页" in (await api.next_edit()).buttons


async def test_privacy_mode_is_explained_at_the_start(api: FakeBotAPI, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot.telegram"):
        async with serving(api, Library(), announced=True):
            await api.until_called("setMyCommands")
    assert any("Privacy mode is on" in record.getMessage() for record in caplog.records)


async def test_questions_to_begin_with(api: FakeBotAPI) -> None:
    library = Library(quote(), suggested=("产量是多少？",))
    async with serving(api, library):
        api.private("/start")
        reply = await api.next_reply()
        api.press(reply, "产量是多少？")
        await api.next_reply()
    assert "可以先试试这些问题" in reply.text
    assert library.questions == ["产量是多少？"]
