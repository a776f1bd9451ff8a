"""What the bot remembers over a restart, for how long, and how somebody has it forget."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.actions import KeptList, KeptQuestions
from bot.memory.exchange import Asker, Exchange, new_key
from bot.memory.ledger import Ledger
from bot.memory.notes import of_exchange
from bot.memory.state import database_url, opened
from bot.telegram.timing import Timing
from retrieval.records import Answer
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON, Json
from testbed.serving import Library, quote, serving

BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}
THREE = (quote("一。", after="后文。"), quote("二。"), quote("三。"))


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "state.sqlite")) as connection:
        return connection.execute(query).fetchall()


async def test_buttons_work_after_a_restart(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(*THREE), folder=folder, limit=1):
        api.private("产量是多少？")
        reply = await api.next_reply()
    async with serving(api, Library(*THREE), folder=folder, limit=1):
        shown = []
        for button in ("上下文", "收起", "更多", "👍"):
            api.press(reply, button)
            shown.append(await api.next_edit())
    assert shown[0].marked("expandable_blockquote") == ["一。后文。"]
    assert shown[1].text == reply.text
    assert shown[2].text.startswith("二。")
    assert "👍 1" in shown[3].buttons


async def test_buttons_that_are_forgotten_say_so(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(*THREE), folder=folder, limit=1):
        api.private("产量是多少？")
        reply = await api.next_reply()
    async with serving(api, Library(*THREE), limit=1):  # with nothing in its memory
        query = api.press(reply, "更多")
        await api.until(lambda: query in api.callback_answers)
    assert api.callback_answers[query]["text"] == "这个按钮已经过期，请重新提问。"
    assert api.callback_answers[query]["show_alert"] == "true"


async def test_every_answer_is_written_down(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote("产量达到三万吨。", before="前文。")), folder=folder):
        asked = api.group("/ask 产量是多少？")
        reply = await api.next_reply()
    answers = rows(folder, "SELECT chat_id, person_id, question, answered, confidence, index_version FROM answers")
    assert answers == [(GROUP["id"], PERSON["id"], "产量是多少？", 1, 0.9, "1")]
    assert rows(folder, 'SELECT path, paragraph_number, start, "end" FROM quotes') == [("计划.txt", 3, 3, 11)]
    assert rows(folder, "SELECT question_message_id, reply_message_id FROM replies") == [
        (asked["message_id"], reply.message_id)
    ]


async def test_only_what_was_shown_is_written_down(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(*THREE), folder=folder, limit=2):
        api.private("产量是多少？")
        await api.next_reply()
    assert rows(folder, "SELECT count(*) FROM quotes") == [(2,)]


@pytest.mark.attack
async def test_forget_deletes_all_about_a_person_and_nothing_about_others(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(*THREE), folder=folder):
        answers = []
        for sender in (PERSON, BEN):
            api.group("/ask 产量是多少？", sender=sender)
            answers.append(await api.next_reply())
            api.press(answers[-1], "👍", sender=sender)
            await api.next_edit()
        api.private("/forget")
        asked = await api.next_reply()
        api.press(asked, "全部删除")
        done = await api.next_edit()
        query = api.press(answers[0], "上下文")
        await api.until(lambda: query in api.callback_answers)
        api.press(answers[1], "上下文", sender=BEN)
        await api.next_edit()
    assert "要删除我记下的关于你的一切吗" in asked.text
    assert done.text.startswith("已删除 5 条记录。关于你，我什么都不记得了。")
    assert "过期" in api.callback_answers[query]["text"]
    for table in ("answers", "votes", "last_questions", "buttons", "replies"):
        people = {person for (person,) in rows(folder, f"SELECT person_id FROM {table}")}  # noqa: S608
        assert people == {BEN["id"]}, table


@pytest.mark.attack
async def test_forget_can_be_cancelled_and_is_for_oneself(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(*THREE), folder=folder):
        api.group("/ask 产量是多少？")
        await api.next_reply()
        api.group("/forget@yuanju_test_bot")
        asked = await api.next_reply()
        query = api.press(asked, "全部删除", sender=BEN)
        await api.until(lambda: query in api.callback_answers)
        api.press(asked, "取消")
        assert (await api.next_edit()).text == "已取消。"
    assert api.callback_answers[query]["text"] == "这个按钮只给提问的人用。"
    assert rows(folder, "SELECT count(*) FROM answers") == [(1,)]


async def test_there_may_be_nothing_to_forget(api: FakeBotAPI) -> None:
    async with serving(api, Library()):
        api.private("/forget")
        api.press(await api.next_reply(), "全部删除")
        assert (await api.next_edit()).text.startswith("没有记下什么关于你的内容。")


async def test_what_is_too_old_is_deleted(api: FakeBotAPI, folder: Path) -> None:
    long_ago = time.time() - 10 * 86_400
    async with opened(database_url(None, folder), clock=lambda: long_ago) as state:
        answer = Answer("旧的问题", (quote(),), 0.9)
        old = Exchange(Asker(1, 1), answer, 1.0, "1", kept=KeptList(1), key=new_key(), reply_message_id=1)
        await state.keep([of_exchange(old, long_ago)])
    async with serving(api, Library(quote()), folder=folder, retention_days=7, timing=Timing(clean=0)):
        api.private("新的问题")
        await api.next_reply()
    assert rows(folder, "SELECT question FROM answers") == [("新的问题",)]


async def test_a_memory_that_takes_nothing_keeps_nobody_from_his_answer(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        api.private("你好")
        await api.next_reply()
        await asyncio.to_thread(rows, folder, "DROP TABLE quotes")  # not here: the bot may be at it, and needs its turn
        for text in ("一个问题", "又一个问题"):
            api.private(text)
            assert (await api.next_reply()).text.startswith("到那一年")


def exchange(number: int) -> Exchange:
    answer = Answer(f"问题{number}", (quote(),), 0.9)
    kept = KeptQuestions(1, (str(number),))
    return Exchange(
        *(Asker(number % 3, 1), answer, 1.0, "1"), kept, f"key{number}", reply_message_id=2, question_message_id=number
    )


async def test_a_ledger_writes_many_at_once_and_everything_at_its_end(folder: Path) -> None:
    async with opened(database_url(None, folder)) as state:
        async with Ledger(state, retention_days=1) as ledger:
            for number in range(100):
                ledger.keep(exchange(number))
            assert await ledger.kept_for_button("key7") == KeptQuestions(1, ("7",))
            assert await ledger.reply_to(1, 99) == 2
        assert (await state.last_question(Asker(0, 1), within_seconds=60)).text == "问题99"  # type: ignore[union-attr]
        assert (await state.audit.statistics(days=1)).question_count == 100


@pytest.mark.attack
@pytest.mark.parametrize("written", [False, True])
async def test_what_a_killed_process_has_kept_is_written_by_the_next(tmp_path: Path, written: bool) -> None:
    before, after = tmp_path / "before", tmp_path / "before" if written else tmp_path / "after"
    async with opened(database_url(None, before)) as state, Ledger(state, retention_days=1, folder=before) as ledger:
        ledger.keep(exchange(1))
        ledger.keep_reply(Asker(2, 1), 2, 3)
        ((name, content),) = ((path.name, path.read_bytes()) for path in before.glob("journal-*"))
    async with opened(database_url(None, after)) as state:
        (after / name).write_bytes(content + b'{"note"')  # and then it was killed
        async with Ledger(state, retention_days=1, folder=after) as ledger:
            assert await ledger.reply_to(1, 1) == 2
            assert await ledger.reply_to(1, 2) == 3
            assert await ledger.kept_for_button("key1")
        assert (await state.audit.statistics(days=1)).question_count == 1
    assert list(tmp_path.glob("*/journal-*")) == []


@pytest.mark.parametrize("within", ["the process", "the next"])
async def test_what_the_database_refuses_is_written_when_it_is_there_again(folder: Path, within: str) -> None:
    async with opened(database_url(None, folder)) as state:
        async with Ledger(state, retention_days=1, folder=folder) as ledger:
            rows(folder, "ALTER TABLE quotes RENAME TO away")
            ledger.keep(exchange(1))
            await ledger.flush()
            ledger.keep(exchange(2))
            await ledger.flush()
            if within == "the process":
                rows(folder, "ALTER TABLE away RENAME TO quotes")
        if within == "the next":
            rows(folder, "ALTER TABLE away RENAME TO quotes")
            async with Ledger(state, retention_days=1, folder=folder):
                pass
        assert (await state.audit.statistics(days=1)).question_count == 2
    assert list(folder.glob("journal-*")) == []


async def test_a_journal_in_which_nothing_stands_is_removed(folder: Path) -> None:
    async with opened(database_url(None, folder)) as state:
        (folder / "journal-1-killed.jsonl").touch()
        async with Ledger(state, retention_days=1, folder=folder):
            pass
    assert list(folder.glob("journal-*")) == []


async def test_a_note_that_the_database_cannot_take_costs_no_other(folder: Path) -> None:
    async with opened(database_url(None, folder)) as state:
        async with Ledger(state, retention_days=1, folder=folder) as ledger:
            ledger.keep(exchange(1))
            ledger.keep_reply(Asker(2, 1), None, 3)  # type: ignore[arg-type]
            ledger.keep(exchange(2))
        assert (await state.audit.statistics(days=1)).question_count == 2


async def test_no_process_takes_what_another_is_about_to_write(folder: Path) -> None:
    async with opened(database_url(None, folder)) as state, Ledger(state, retention_days=1, folder=folder) as ledger:
        ledger.keep(exchange(1))
        async with Ledger(state, retention_days=1, folder=folder) as other:
            assert await other.reply_to(1, 1) is None
        assert await ledger.reply_to(1, 1) == 2
