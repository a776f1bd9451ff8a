"""Who is answered, how fast, and who sees which documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.access import Audience, folders_of, misnamed
from bot.configuration import load
from retrieval.language import Tokenizer
from retrieval.records import Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import CHANNEL, GROUP, PERSON, Json
from testbed.serving import QUICK, Library, live_index, quote, serving

pytestmark = pytest.mark.attack

BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}
OTHER_GROUP: Json = {"id": -1009, "type": "supergroup", "title": "别的群"}
SALARY = quote("工资是一万元。", source=Source("人事/工资.txt", "工资表"))


async def test_somebody_who_is_not_allowed_is_told_once(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library, allowed_chats=str(GROUP["id"])):
        api.private("问题")
        assert f"{PERSON['id']}" in (await api.next_reply()).text
        api.private("问题")
        api.group("/ask 群里的问题")
        assert (await api.next_reply()).chat_id == GROUP["id"]
    assert len(api.replies) == 2
    assert library.questions == ["群里的问题"]


async def test_operators_are_always_answered(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote()), allowed_chats=str(GROUP["id"]), admins=str(PERSON["id"])):
        api.private("问题")
        assert (await api.next_reply()).text.startswith("到那一年")


async def test_a_group_that_is_not_allowed_is_left_after_saying_why(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote()), allowed_chats=str(GROUP["id"])):
        api.membership(OTHER_GROUP, "member")
        reply = await api.next_reply()
        await api.until(lambda: bool(api.left))
    assert (reply.chat_id, api.left) == (OTHER_GROUP["id"], [OTHER_GROUP["id"]])
    assert f"{OTHER_GROUP['id']}" in reply.text
    assert "我先退出了" in reply.text


async def test_an_old_group_is_left_when_it_asks(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library, allowed_chats=str(PERSON["id"])):
        api.group("大家好")
        asked = api.group("/ask 问题")
        reply = await api.next_reply()
        await api.until(lambda: bool(api.left))
    assert (reply.reply_to, api.left, library.questions) == (asked["message_id"], [GROUP["id"]], [])


async def test_a_group_that_does_not_let_the_bot_speak_is_left_all_the_same(api: FakeBotAPI) -> None:
    async with serving(api, Library(), allowed_chats=str(GROUP["id"])):
        api.fail("sendMessage", 403)
        api.membership(OTHER_GROUP, "member")
        await api.until(lambda: api.left == [OTHER_GROUP["id"]])


async def test_a_channel_is_left_without_a_word(api: FakeBotAPI) -> None:
    async with serving(api, Library(), allowed_chats=str(GROUP["id"])):
        api.membership(CHANNEL, "administrator")
        await api.until(lambda: api.left == [CHANNEL["id"]])
    assert api.replies == []


@pytest.mark.parametrize(("chat", "status"), [(GROUP, "member"), (OTHER_GROUP, "left"), (OTHER_GROUP, "kicked")])
async def test_groups_that_are_not_left(api: FakeBotAPI, chat: Json, status: str) -> None:
    async with serving(api, Library(quote()), allowed_chats=str(GROUP["id"])):
        api.membership(chat, status, before="member")
        api.group("/ask 问题")
        await api.next_reply()
    assert (len(api.replies), api.left) == (1, [])


async def test_every_group_is_fine_where_none_is_named(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote()), timing=QUICK):
        api.membership(OTHER_GROUP, "member")
        hello = await api.next_reply()
    assert (hello.chat_id, api.left) == (OTHER_GROUP["id"], [])


async def test_who_asks_too_fast_is_told_once(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library, person_per_minute=2):
        for number in range(6):
            api.private(f"问题{number}")
        api.private("别人的问题", sender=BEN)
        await api.until(lambda: "别人的问题" in library.questions and len(api.replies) == 4)
    assert len(library.questions) == 3
    assert ["问得有点快" in reply.text for reply in api.replies].count(True) == 1


async def test_a_group_that_asks_too_fast_is_told_once(api: FakeBotAPI) -> None:
    library = Library(quote())
    async with serving(api, library, person_per_minute=2):
        for number in range(8):
            api.group("/ask 问题", sender={**PERSON, "id": 900 + number})
        api.private("私聊的问题")
        await api.until(lambda: len(api.replies) == 8)
    assert len(library.questions) == 7
    assert [reply.text for reply in api.replies if "这个群问得有点快" in reply.text] != []


async def test_pressing_too_fast_is_said_on_the_button(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote("一。"), quote("二。")), limit=1, person_per_minute=1):
        api.private("问题")
        query = api.press(await api.next_reply(), "更多")
        await api.until(lambda: query in api.callback_answers)
    assert "问得有点快" in api.callback_answers[query]["text"]
    assert api.edits == []


async def test_a_private_folder_is_seen_in_its_chats_only(api: FakeBotAPI) -> None:
    async with serving(api, Library(SALARY, quote()), private_folders=f"人事={GROUP['id']}"):
        api.group("/ask 工资是多少？")
        inside = await api.next_reply()
        api.private("工资是多少？")
        outside = await api.next_reply()
        query = api.inline("工资是多少？")
        await api.until(lambda: query in api.inline_answers)
    assert "一万元" in inside.text
    assert "一万元" not in outside.text
    assert "一万元" not in str(api.inline_answers[query])


async def test_a_private_folder_for_a_person(api: FakeBotAPI) -> None:
    async with serving(api, Library(SALARY), private_folders=f"人事={PERSON['id']}"):
        api.private("工资是多少？")
        assert "一万元" in (await api.next_reply()).text
        api.private("工资是多少？", sender=BEN)
        assert "一万元" not in (await api.next_reply()).text


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "人事").mkdir(parents=True)
    (folder / "人事" / "工资.txt").write_text("工资表\n\n经理的工资是每月三万元，由财务处发放。\n", encoding="utf-8")
    for number in range(40):  # so many that the public ones do not come up among the first
        (folder / "人事" / f"{number}.txt").write_text(
            f"工资条\n\n员工{number}的工资是{number}元。\n", encoding="utf-8"
        )
    (folder / "规定.txt").write_text("规定\n\n工资在每月十日发放，遇到假日提前。\n", encoding="utf-8")
    return folder


async def test_private_content_changes_nothing_outside(
    api: FakeBotAPI, documents: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    """Neither its sentences, nor its headings, nor that it has a word."""
    async with (
        live_index(documents, tmp_path / "index", tokenizer, threshold=0) as found,
        serving(api, found, private_folders=f"人事={GROUP['id']}", limit=9),
    ):
        api.group("/ask 经理的工资是多少？")
        inside = await api.next_reply()
        api.private("经理的工资是多少？")
        outside = await api.next_reply()
    assert "三万元" in inside.text
    said = outside.text.removeprefix("🟡 可能相关，请核对原文：\n\n")  # 经理 stands nowhere that can be seen
    assert said.startswith("工资在每月十日发放，遇到假日提前。")
    assert "工资表" not in outside.text
    assert "工资条" not in outside.text


async def test_a_word_that_only_private_documents_have_counts_as_missing(
    documents: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    async with live_index(documents, tmp_path / "index", tokenizer, threshold=1.1) as found:
        everything = await found.answer("财务处发放工资吗？", limit=3, audience=Audience())
        public = await found.answer("财务处发放工资吗？", limit=3, audience=Audience(frozenset({"人事"})))
    assert "财务处" not in everything.missing
    assert any("财务" in term for term in public.missing)


async def test_private_documents_suggest_nothing_outside(tmp_path: Path, tokenizer: Tokenizer) -> None:
    for path, text in (("人事/奖金.txt", "年终奖金的作用是奖励员工。"), ("规定.txt", "考勤系统的作用是记录出勤。")):
        (tmp_path / "documents" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "documents" / path).write_text(f"{text}\n", encoding="utf-8")
    async with live_index(tmp_path / "documents", tmp_path / "index", tokenizer) as found:
        inside = await found.suggestions(Audience())
        outside = await found.suggestions(Audience(frozenset({"人事"})))
    assert sorted(inside) == ["年终奖金的作用是什么？", "考勤系统的作用是什么？"]
    assert outside == ("考勤系统的作用是什么？",)


def test_a_folder_hides_all_that_is_in_it_and_nothing_else() -> None:
    audience = Audience(frozenset({"人事/内部"}))
    assert not audience("人事/内部/a.txt")
    assert not audience("人事/内部/更深/a.txt")
    assert audience("人事/a.txt")
    assert audience("人事/内部人员.txt")
    assert folders_of("a/b/c.txt") == {"a", "a/b", "a/b/c.txt"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("人士", None),
        ("hr", "HR"),
        ("ＨＲ", "HR"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("HR/Pay", "HR/pay"),
        ("a.zip/HR", "a.zip/hr"),
    ],
)
def test_a_private_folder_has_to_be_written_as_it_is(tmp_path: Path, written: str, meant: str | None) -> None:
    for folder in ("HR/pay", "Caf\u00e9"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "a.zip").touch()
    (wrong,) = misnamed(load({"documents": str(tmp_path), "private_folders": f"{written}=1"}), ["a.zip/hr/b.txt"])
    assert wrong.partition(" names ")[2] == f"{written}, which is not among the documents" + (
        f": write it as {meant}" if meant else ""
    )


@pytest.mark.parametrize("other", ["hr/b.txt", "ＨＲ/b.txt", "Hr/pay/b.txt"])
def test_a_folder_that_looks_like_a_private_one_has_to_be_named_too(tmp_path: Path, other: str) -> None:
    (tmp_path / "HR").mkdir()
    documents, looks = ["HR/a.txt", "c.txt", other], other.partition("/")[0]
    (said,) = misnamed(load({"documents": str(tmp_path), "private_folders": "HR=1"}), documents)
    assert f"everybody sees {looks} beside it" in said
    assert misnamed(load({"documents": str(tmp_path), "private_folders": f"HR=1;{looks}=1"}), documents) == []


@pytest.mark.parametrize("folder", ["HR", "HR/pay", "a.zip", "a.zip/hr"])
def test_a_private_folder_may_be_empty_or_in_an_archive(tmp_path: Path, folder: str) -> None:
    (tmp_path / "HR/pay").mkdir(parents=True)
    (tmp_path / "a.zip").touch()
    assert misnamed(load({"documents": str(tmp_path), "private_folders": f"{folder}=1"}), ["a.zip/hr/b.txt"]) == []


def test_a_private_folder_that_is_not_there_ends_serve_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("机器人有六个关节。", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")} | {
        "YUANJU_DOCUMENTS": str(tmp_path / "documents"),
        "YUANJU_INDEX": str(tmp_path / "index"),
        "YUANJU_TELEGRAM_TOKEN": "123456789:" + "A" * 35,
        "YUANJU_TELEGRAM_API_URL": "http://127.0.0.1:9",
        "YUANJU_PRIVATE_FOLDERS": "人事=1",
        "YUANJU_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bot", "serve"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 2
    assert done.stderr == "yuanju: YUANJU_PRIVATE_FOLDERS names 人事, which is not among the documents\n"
