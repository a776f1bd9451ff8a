"""What changes in Telegram while the bot runs: groups become supergroups, it is renamed, topics close, it is added."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval.records import Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import CHANNEL, FORUM, GROUP, PERSON, Json
from testbed.serving import QUICK, Library, quote, serving

SMALL: Json = {"id": -7001, "type": "group", "title": "小群"}
OTHER: Json = {"id": -1_000_000_009_000, "type": "supergroup", "title": "别的群"}
SALARY = quote("工资是一万元。", source=Source("人事/工资.txt", "工资表"))


UPGRADING = replace(QUICK, settle=1)
"""Long enough for what comes together to be taken in before a new group is greeted."""


def library(*quotes: Any, **others: Any) -> Library:
    return Library(*(quotes or (quote("在。", before="有人问。"),)), **others)


async def test_an_answer_under_way_goes_to_what_the_group_has_become(
    api: FakeBotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    release = asyncio.Event()
    asking = library(release=release)
    async with serving(api, asking, timing=UPGRADING):
        asked = api.write(SMALL, "/ask 年假有几天？")
        await asking.asked.wait()
        new = api.upgrade(SMALL, told=False)
        api.said(PERSON, "别的话", chat=new)
        release.set()
        reply = await api.next_reply()
        assert (reply.chat_id, reply.reply_to) == (new["id"], None)
        api.press(reply, "上下文")
        assert (await api.next_edit()).chat_id == new["id"]
    assert asked["chat"]["id"] == SMALL["id"]
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize("told", [True, False])
async def test_settings_with_the_old_id_go_on_to_count_and_operators_are_told_once(
    api: FakeBotAPI, tmp_path: Path, told: bool
) -> None:
    settings: dict[str, Any] = {
        "allowed_chats": str(SMALL["id"]),
        "private_folders": f"人事={SMALL['id']}",
        "admins": str(PERSON["id"]),
        "folder": tmp_path,
        "timing": UPGRADING,
    }
    api.private("你好")
    async with serving(api, library(SALARY), **settings):
        await api.next_reply()
        new = api.upgrade(SMALL, told=told)
        told_operator = await api.next_reply()
        api.write(new, "/ask 工资")
        answer = await api.next_reply()
    assert told_operator.chat_id == PERSON["id"]
    assert f"{SMALL['id']}" in told_operator.text
    assert f"{new['id']}" in told_operator.text
    assert (answer.chat_id, answer.text.startswith("工资是一万元。")) == (new["id"], True)
    async with serving(api, library(SALARY), **settings):
        api.write(new, "/ask 工资")
        again = await api.next_reply()
    assert (again.chat_id, again.text.startswith("工资是一万元。")) == (new["id"], True)
    assert api.left == []


async def test_only_a_group_becomes_another_chat(api: FakeBotAPI) -> None:
    async with serving(api, library()):
        api.private("工资？", migrate_to_chat_id=OTHER["id"])
        await api.next_reply()
        api.private("年假有几天？")
        answer = await api.next_reply()
    assert answer.chat_id == PERSON["id"]


async def test_another_group_is_left_all_the_same(api: FakeBotAPI) -> None:
    api.said(PERSON, "这里是小群", chat=SMALL)
    async with serving(api, library(), allowed_chats=str(SMALL["id"]), timing=QUICK):
        api.membership(OTHER, "member")
        await api.until(lambda: bool(api.left))
    assert api.left == [OTHER["id"]]


async def test_buttons_and_the_last_question_move_with_the_group(api: FakeBotAPI) -> None:
    followed: list[tuple[str, str]] = []

    def follow(text: str, last: str) -> None:
        followed.append((text, last))

    async with serving(api, library(follow_ups=follow), timing=UPGRADING):
        api.write(SMALL, "/ask 年假有几天？")
        before = await api.next_reply()
        new = api.upgrade(SMALL)
        await api.until(lambda: not api.pending)
        shown = api.said(api.me, before.text, chat=new) | {"reply_markup": before.parameters["reply_markup"]}
        press = api.push_press(before.buttons["上下文"], shown)
        await api.until(lambda: press in api.callback_answers)
        api.write(new, "/ask 病假呢？")
        await api.next_reply()
    assert "text" not in api.callback_answers[press]  # it is not out of date
    assert ("病假呢？", "年假有几天？") in followed


async def test_an_edit_in_what_the_group_has_become_does_not_edit_what_was_answered_under_the_same_number(
    api: FakeBotAPI,
) -> None:
    async with serving(api, library(), timing=UPGRADING):
        asked = api.write(SMALL, "/ask 年假有几天？")
        await api.next_reply()
        new = api.upgrade(SMALL)
        await api.until(lambda: not api.pending)
        edited = asked | {"chat": new, "text": "/ask 别的", "edit_date": asked["date"] + 1}
        api.push(edited_message=edited)
        api.private("还在吗？")
        await api.next_reply()
    assert api.edits == []


@pytest.mark.parametrize("closing", ["close_topic", "delete_topic"])
async def test_a_topic_that_nobody_may_write_in_is_one_line_and_no_apology(
    api: FakeBotAPI, closing: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    release = asyncio.Event()
    asking = library(release=release)
    async with serving(api, asking, timing=QUICK):
        topic = api.open_topic()
        api.write(FORUM, "/ask 年假有几天？", topic=topic)
        await asking.asked.wait()
        getattr(api, closing)(topic)
        release.set()
        api.private("还在吗？")
        await api.next_reply()
        await api.until(lambda: not api.pending)
    unwanted = [record for record in caplog.records if "not wanted" in record.getMessage()]
    assert [(record.levelname, record.exc_info) for record in unwanted] == [("INFO", None)]
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.INFO] == []
    assert len(api.replies) == 1


@pytest.mark.parametrize("by", ["mention", "command", "no entity"])
async def test_a_bot_that_is_renamed_hears_its_new_name(api: FakeBotAPI, by: str) -> None:
    async with serving(api, library(), timing=QUICK):
        api.group("/ask 年假有几天？")
        await api.next_reply()
        api.me = api.me | {"username": "New_Name_Bot"}
        words = {
            "mention": "@New_Name_Bot 问题",
            "command": "/ask@new_name_bot 问题",
            "no entity": "问题＠New_Name_Bot",
        }
        asked = api.group(words[by])
        assert (await api.next_reply()).reply_to == asked["message_id"]


async def test_names_of_others_are_looked_up_now_and_then_only(api: FakeBotAPI) -> None:
    async with serving(api, library()):
        for _ in range(5):
            api.group("@xiaoming 吃饭了吗")
        api.private("还在吗？")
        await api.next_reply()
    assert [name for name, _ in api.calls].count("getMe") == 2  # at the start and at the first


@pytest.mark.parametrize("sees_all", [False, True])
async def test_a_group_that_the_bot_is_added_to_is_greeted_once(api: FakeBotAPI, sees_all: bool) -> None:
    api.me["can_read_all_group_messages"] = sees_all
    async with serving(api, library(), timing=QUICK):
        api.membership(GROUP, "member")
        hello = await api.next_reply()
        api.membership(GROUP, "administrator", before="member")
        api.membership(GROUP, "left", before="administrator")
        api.membership(GROUP, "member")
        api.membership(CHANNEL, "administrator")
        api.private("还在吗？")
        await api.next_reply()
    assert len(api.replies) == 2
    assert hello.chat_id == GROUP["id"]
    assert "/ask" in hello.text
    assert ("我不回答" in hello.text, "我看不到" in hello.text) == (sees_all, not sees_all)


async def test_being_thrown_out_is_no_event(api: FakeBotAPI, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(api, library(), timing=QUICK):
        api.membership(GROUP, "kicked", before="member")
        api.private("还在吗？")
        await api.next_reply()
    assert len(api.replies) == 1
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
