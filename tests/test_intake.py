"""From Telegram through the inbox to the answer: what is lost, what comes twice, and what is set aside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.access import Audience
from bot.memory.inbox import Arrival
from bot.memory.progress import Progress
from bot.memory.state import database_url, opened
from bot.telegram.application import CONCURRENT_UPDATES
from bot.telegram.intake import ATTEMPTS, MOST_HELD, SECOND_SHARE, sender_id
from retrieval.answering import time_share
from retrieval.library import EVERYWHERE, Report
from retrieval.reading import Reading
from retrieval.records import Answer, Quote
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import GROUP, PERSON
from testbed.serving import QUICK, Library, quote, serving

BEN = PERSON | {"id": 1002}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def inbox_of(folder: Path) -> list[tuple[Any, ...]]:
    """The state, reason and words of every update."""
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as database:
        query = "SELECT state, reason, payload FROM inbox ORDER BY update_id"
        return database.execute(query).fetchall()


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """No room for new updates."""
    raising = "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite", isolation_level=None)) as database:
        database.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON inbox {raising}")
        yield
        database.execute("DROP TRIGGER no_room")


async def left_over(
    api: FakeBotAPI,
    folder: Path,
    *updates: dict[str, Any],
    begun: int = 0,
    own: bool = True,
    marks: Sequence[str] = ("begun",),
) -> None:
    """What a process that was killed has received, perhaps begun with, and has begun with that often since."""
    bot_id = int(api.token.partition(":")[0])
    if own:
        numbers = [update["update_id"] for update in updates]
        lines = "".join(json.dumps({mark: numbers}) + "\n" for mark in marks)
        (folder / f"progress-{bot_id}-0.jsonl").write_text(lines, encoding="utf-8")
    async with opened(database_url(None, folder)) as state:
        inbox = state.inbox(bot_id)
        rows = [Arrival(update["update_id"], json.dumps(update), sender_id(update)) for update in updates]
        await inbox.receive(rows, own=own)
        for row in rows:
            for _ in range(begun):
                await inbox.begin(row.update_id)


def fetched(api: FakeBotAPI) -> list[dict[str, Any]]:
    """What is pending, as if it had been confirmed to Telegram."""
    updates = api.pending
    api.forget_pending()
    return updates


async def test_what_is_done_keeps_no_words(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        await api.next_reply()
    assert inbox_of(folder) == [("done", None, "")]


@pytest.mark.attack
async def test_what_a_killed_process_had_confirmed_is_answered(api: FakeBotAPI, folder: Path) -> None:
    asked = api.private("产量是多少？")
    await left_over(api, folder, *fetched(api))
    async with serving(api, Library(quote()), folder=folder):
        assert (await api.next_reply()).reply_to == asked["message_id"]
    assert [row[0] for row in inbox_of(folder)] == ["done"]


@pytest.mark.attack
async def test_what_was_answered_already_is_not_answered_again(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        updates = api.pending
        await api.next_reply()
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as database, database:
        database.execute("UPDATE inbox SET state = 'waiting', payload = ?", [json.dumps(updates[0])])
    async with serving(api, Library(quote()), folder=folder):
        api.private("另一个？", sender=BEN)
        await api.next_reply()
    assert len(api.replies) == 2


@pytest.mark.attack
async def test_what_telegram_sends_again_is_not_answered_again(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        updates = api.pending
        await api.next_reply()
    api.push_again(*updates)
    async with serving(api, Library(quote()), folder=folder):
        api.private("另一个？", sender=BEN)
        await api.next_reply()
    assert len(api.replies) == 2
    assert api.pending == []


@pytest.mark.attack
async def test_a_vote_that_comes_again_counts_once(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        reply = await api.next_reply()
        api.press(reply, "👍")
        (update,) = api.pending
        await api.next_edit()
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as database, database:
        query = "UPDATE inbox SET state = 'waiting', payload = ? WHERE update_id = ?"
        database.execute(query, [json.dumps(update), update["update_id"]])
    async with serving(api, Library(quote()), folder=folder):
        api.private("另一个？", sender=BEN)
        await api.next_reply()
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as database:
        assert database.execute("SELECT value FROM votes").fetchall() == [(1,)]


@pytest.mark.attack
async def test_a_poison_update_is_set_aside_and_stops_nothing(api: FakeBotAPI, folder: Path) -> None:
    api.push(message={"message_id": "of a kind that is still to come", "from": PERSON, "text": "秘密"})
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        await api.next_reply()
    (poison, _) = inbox_of(folder)
    assert poison[:2] == ("failed", "it cannot be understood (message: KeyError)")
    assert api.pending == []


async def test_an_update_without_a_number_is_passed_over(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder):
        await api.until_called("getUpdates")
        api.push_again({"message": {}})
        api.private("产量是多少？")
        await api.next_reply()
    assert len(inbox_of(folder)) == 1


@pytest.mark.attack
async def test_what_ends_the_process_again_and_again_is_set_aside(api: FakeBotAPI, folder: Path) -> None:
    api.private("产量是多少？")
    await left_over(api, folder, *fetched(api), begun=ATTEMPTS - 1)
    library = Library(quote())
    async with serving(api, library, folder=folder):
        api.private("另一个？", sender=BEN)
        said = {(await api.next_reply()).text[:2] for _ in range(2)}
    assert library.questions == ["另一个？"]
    assert said == {"抱歉", "到那"}
    failed, done = inbox_of(folder)
    assert (failed[:2], done[0]) == (("failed", "the process ended 2 times while it was being answered"), "done")


async def test_what_was_only_there_when_the_process_ended_is_answered(api: FakeBotAPI, folder: Path) -> None:
    api.private("产量是多少？")
    await left_over(api, folder, *fetched(api), begun=ATTEMPTS - 2)
    async with serving(api, Library(quote()), folder=folder, timing=QUICK):
        await api.next_reply()
    assert [row[0] for row in inbox_of(folder)] == ["done"]


class Lasting(Library):
    """Answers after a moment, and notes how many answers it is at then."""

    running = most = 0

    def __init__(self, *quotes: Quote) -> None:
        super().__init__(*quotes)
        self.shares: list[float] = []

    async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
        self.shares.append(time_share.get())
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.3)
        self.running -= 1
        return await super().answer(question, limit=limit, audience=audience, literal=literal)


@pytest.mark.attack
async def test_what_may_have_ended_the_process_is_begun_with_last_and_alone_with_half_the_time(
    api: FakeBotAPI, folder: Path
) -> None:
    for number in range(3):
        api.private(f"以前的{number}？", sender=PERSON | {"id": 2000 + number})
    await left_over(api, folder, *fetched(api))
    api.private("另一个？", sender=BEN)
    await left_over(api, folder, *fetched(api), own=False)
    library = Lasting(quote())
    async with serving(api, library, folder=folder, timing=replace(QUICK, suspect=0.1)):
        for _ in range(4):
            await api.next_reply()
    assert library.questions == ["另一个？", *(f"以前的{number}？" for number in range(3))]
    assert library.most == 1
    assert library.shares == [1.0, *[SECOND_SHARE] * 3]


class Gathering(Library):
    """Answers three questions as soon as all of them are asked."""

    def __init__(self, *quotes: Quote) -> None:
        super().__init__(*quotes)
        self.shares: list[float] = []
        self.all_asked = asyncio.Event()

    async def answer(self, question: str, *, limit: int, audience: Audience, literal: bool = False) -> Answer:
        self.shares.append(time_share.get())
        if len(self.shares) == 3:
            self.all_asked.set()
        await self.all_asked.wait()
        return await super().answer(question, limit=limit, audience=audience, literal=literal)


@pytest.mark.parametrize(("marks", "begun"), [((), 0), (("begun", "waiting"), 0), (("begun", "waiting"), ATTEMPTS - 1)])
async def test_what_was_not_being_answered_when_the_process_ended_is_answered_like_any_other(
    api: FakeBotAPI, folder: Path, marks: tuple[str, ...], begun: int
) -> None:
    for number in range(3):
        api.private(f"以前的{number}？", sender=PERSON | {"id": 2000 + number})
    await left_over(api, folder, *fetched(api), marks=marks, begun=begun)
    library = Gathering(quote())
    async with serving(api, library, folder=folder):
        for _ in range(3):
            await api.next_reply()
    assert library.shares == [1.0] * 3


def to_blame(folder: Path) -> set[int]:
    """What the next process would put the blame on if this one were killed now."""
    with tempfile.TemporaryDirectory() as copies:
        (journal,) = folder.glob("progress-*.jsonl")
        bot_id = int(journal.name.split("-")[1])
        shutil.copy(journal, copies)
        with Progress(Path(copies), bot_id) as progress:
            return progress.begun


@pytest.mark.attack
async def test_to_blame_is_what_is_being_answered_and_nothing_that_waits_to_be_sent(
    api: FakeBotAPI, folder: Path
) -> None:
    release = asyncio.Event()
    library = Library(quote(), release=release)
    async with serving(api, library, folder=folder):
        api.private("产量是多少？")
        (update,) = api.pending
        await library.asked.wait()
        assert to_blame(folder) == {update["update_id"]}
        api.slow("sendMessage", 0.2)
        release.set()
        await api.until_called("sendMessage")
        assert to_blame(folder) == set()
        await api.next_reply()


@pytest.mark.attack
async def test_what_was_ended_and_not_noted_is_not_done_again(api: FakeBotAPI, folder: Path) -> None:
    api.private("/start")
    await left_over(api, folder, *fetched(api), marks=("ended",))
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？", sender=BEN)
        await api.next_reply()
    assert len(api.replies) == 1
    assert [row[0] for row in inbox_of(folder)] == ["done", "done"]
    assert list(folder.glob("*.jsonl")) == []


class Busy(Library):
    """Reads and indexes for as long as the test does not say otherwise."""

    def __init__(self, *quotes: Quote) -> None:
        super().__init__(*quotes)
        self.go_on = asyncio.Event()

    async def preview(self, path: str, content: bytes) -> Reading:
        await self.go_on.wait()
        return await super().preview(path, content)

    async def refresh(self, places: Collection[str] = EVERYWHERE) -> Report:
        await self.go_on.wait()
        return Report((), changed=False, counts={}, document_count=0)


@pytest.mark.attack
@pytest.mark.parametrize("busy", ["upload", "reload"])
async def test_however_much_is_read_and_indexed_questions_are_answered_and_nothing_is_to_blame_for_a_crash(
    api: FakeBotAPI, folder: Path, busy: str
) -> None:
    library = Busy(quote())
    async with serving(api, library, folder=folder, admins=str(PERSON["id"])):
        for number in range(2 * CONCURRENT_UPDATES):
            if busy == "upload":
                api.upload(f"{number}.txt", "产量".encode())
            else:
                api.private("/reload")
        others = {update["update_id"] for update in api.pending}
        asked = api.private("产量是多少？", sender=BEN)
        await api.until(lambda: any(reply.reply_to == asked["message_id"] for reply in api.replies))
        assert to_blame(folder).isdisjoint(others)
        library.go_on.set()


async def test_an_old_question_gets_one_apology_a_chat(api: FakeBotAPI, folder: Path) -> None:
    old: dict[str, Any] = {"date": 1_700_000_000}
    for text in ("一？", "二？", "三？"):
        api.private(text, **old)
    api.group("/ask 四？", **old)
    api.group("只是闲聊", **old)
    library = Library(quote())
    async with serving(api, library, folder=folder):
        late = [(await api.next_reply()), (await api.next_reply())]
        api.private("现在呢？")
        assert (await api.next_reply()).text.startswith("到那一年")
    assert sorted(reply.chat_id for reply in late) == sorted([PERSON["id"], GROUP["id"]])
    assert all("隔得太久" in reply.text for reply in late)
    assert library.questions == ["现在呢？"]


async def test_an_answer_that_fails_is_kept_without_what_was_asked(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(error=ValueError("产量")), folder=folder):
        api.private("产量是多少？")
        assert "出了点问题" in (await api.next_reply()).text
    assert [row[:2] for row in inbox_of(folder)] == [("failed", "ValueError")]


async def test_a_person_who_has_blocked_the_bot_is_no_failure(api: FakeBotAPI, folder: Path) -> None:
    api.fail("sendMessage", 403)
    async with serving(api, Library(quote()), folder=folder):
        api.private("产量是多少？")
        await api.until_called("sendMessage")
    assert [row[0] for row in inbox_of(folder)] == ["done"]


async def test_a_full_disk_confirms_nothing_and_passes(api: FakeBotAPI, folder: Path) -> None:
    async with serving(api, Library(quote()), folder=folder, timing=QUICK):
        await api.until_called("getUpdates")
        with full(folder):
            asked = api.private("产量是多少？")
            await api.until_called("getUpdates", times=1)
            polls = [name for name, _ in api.calls].count("getUpdates")
            assert [update["message"]["message_id"] for update in api.pending] == [asked["message_id"]]
        reply = await api.next_reply()
        await api.until_called("getUpdates", times=polls + 1)
    assert reply.reply_to == asked["message_id"]
    assert api.pending == []


async def test_what_another_process_leaves_is_taken_up_without_a_restart(api: FakeBotAPI, folder: Path) -> None:
    asked = api.private("产量是多少？")
    updates = fetched(api)
    async with serving(api, Library(quote()), folder=folder, timing=replace(QUICK, lease=0.05)):
        await api.until_called("getUpdates")
        await left_over(api, folder, *updates, own=False)
        assert (await api.next_reply()).reply_to == asked["message_id"]


async def test_forgetting_a_person_forgets_what_waits(api: FakeBotAPI, folder: Path) -> None:
    for sender in (PERSON, BEN):
        api.private("产量是多少？", sender=sender)
    await left_over(api, folder, *fetched(api))
    async with opened(database_url(None, folder)) as state:
        await state.forget_person(PERSON["id"])
    async with serving(api, Library(quote()), folder=folder):
        assert (await api.next_reply()).chat_id == BEN["id"]
    assert len(api.replies) == 1


def has_replied(api: FakeBotAPI, count: int) -> bool:
    return len(api.replies) >= count


@pytest.mark.attack
@pytest.mark.slow
async def test_more_than_can_be_held_waits_in_the_database(api: FakeBotAPI, folder: Path) -> None:
    count = MOST_HELD + 20
    for number in range(count):
        api.private("产量是多少？", sender=PERSON | {"id": 10_000 + number})
    release = asyncio.Event()
    library = Library(quote(), release=release)
    async with serving(api, library, folder=folder):
        await api.until(lambda: not api.pending)  # all are safe, and confirmed
        release.set()
        for reached in (*range(100, count, 100), count):
            await api.until(partial(has_replied, api, reached))
    assert {row[0] for row in inbox_of(folder)} == {"done"}


async def test_a_stop_leaves_what_has_no_answer_to_the_next_process(api: FakeBotAPI, folder: Path) -> None:
    never = asyncio.Event()
    async with serving(api, Library(release=never), folder=folder, timing=replace(QUICK, stop=0.5)):
        asked = api.private("产量是多少？")
        await api.until(lambda: not api.pending)
    assert [row[0] for row in inbox_of(folder)] == ["waiting"]
    async with serving(api, Library(quote()), folder=folder):
        assert (await api.next_reply()).reply_to == asked["message_id"]
