"""Commands, uploads, votes and answers are done once, wherever the process dies.

What a killed process leaves behind is copied while the bot works: before and after each of its calls, and where the
documents are indexed. From each copy another process goes on, as after a restart, with what Telegram would send again.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from retrieval.library import EVERYWHERE, FileReport, Report
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import PERSON, Json, Reply
from testbed.serving import QUICK, Library, quote, read_file, serving

pytestmark = [pytest.mark.attack, pytest.mark.slow]

ADMIN = str(PERSON["id"])
ABOUT = {"甲.txt": "甲的产量是三十吨。", "乙.txt": "乙的产量是五十吨。", "丙.txt": "丙的产量是七十吨。"}
NEW = "丁的产量是九十吨。"
LEAST_MOMENTS = 3


class Shelf(Library):
    """Documents of which only the files are looked at; tells when they are indexed."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        super().__init__(quote())
        self.folder = folder
        self.files = self._listed()
        self._tell = tell

    def _listed(self) -> tuple[FileReport, ...]:
        return tuple(read_file(file.name) for file in sorted(self.folder.iterdir()))

    async def refresh(self, places: Collection[str] = EVERYWHERE) -> Report:
        self._tell("before indexing")
        self.files = self._listed()
        self._tell("after indexing")
        return Report(self.files, changed=True, counts={}, document_count=len(self.files))


@dataclass
class World:
    """The documents, and the folder with index and records; ``copies`` are what a kill at each moment leaves."""

    place: Path
    copies: list[tuple[str, Path]] = field(default_factory=list)
    watched: bool = False

    @property
    def documents(self) -> Path:
        return self.place / "documents"

    @property
    def index(self) -> Path:
        return self.place / "index"

    def names(self) -> set[str]:
        return {file.name for file in self.documents.iterdir()}

    def copy(self, moment: str) -> None:
        """Keep everything as a kill would leave it now: what has been committed, and the files."""
        if not self.watched:
            return
        target = self.place.parent / f"{self.place.name}-{len(self.copies)}"
        shutil.copytree(self.place, target, ignore=shutil.ignore_patterns("state.sqlite*"))
        with (
            contextlib.closing(sqlite3.connect(self.index / "state.sqlite")) as source,
            contextlib.closing(sqlite3.connect(target / "index" / "state.sqlite")) as copied,
        ):
            source.backup(copied)
        self.copies.append((moment, target))

    @asynccontextmanager
    async def bot(self, api: FakeBotAPI) -> AsyncIterator[None]:
        """The bot; at the end it has done all that was left over or came."""
        shelf = Shelf(self.documents, self.copy)
        async with serving(api, shelf, folder=self.index, admins=ADMIN, timing=QUICK):
            yield


class Watched(FakeBotAPI):
    """Tells of each call of the bot before anything comes of it and after."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def _result(self, token: str, method: str, parameters: Json) -> Any:
        if method == "getUpdates" or method.startswith(("setMy", "getM")):
            return await super()._result(token, method, parameters)
        self._world.copy(f"before {method}")
        result = await super()._result(token, method, parameters)
        self._world.copy(f"after {method}")
        return result


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "world")
    made.documents.mkdir(parents=True)
    for name, text in ABOUT.items():
        (made.documents / name).write_text(text, encoding="utf-8")
    return made


@dataclass
class Case:
    """One restart, with what a kill at some moment has left."""

    moment: str
    world: World
    api: FakeBotAPI

    async def restarted(self, press: tuple[Reply, str] | None = None) -> list[Reply]:
        """Let the bot finish what was left over, and a press; returns the messages that it sends."""
        sent = len(self.api.replies)
        async with self.world.bot(self.api):
            if press:
                self.api.press(*press)
            await self.api.until(lambda: not self.api.pending)
        return self.api.replies[sent:]

    def rows(self, query: str) -> list[Any]:
        with contextlib.closing(sqlite3.connect(self.world.index / "state.sqlite")) as database:
            return database.execute(query).fetchall()


async def killed(
    world: World,
    ready: Callable[[FakeBotAPI], Awaitable[Any]],
    act: Callable[[FakeBotAPI, Any], object],
    ended: Callable[[FakeBotAPI], bool],
) -> AsyncIterator[Case]:
    """Have something done, and then again from where each kill would have left it."""
    async with Watched(world) as api:
        async with world.bot(api):
            before = await ready(api)
        async with world.bot(api):  # the first has written down all that came before
            world.watched = True
            act(api, before)
            updates = api.pending
            await api.until(lambda: ended(api))
        world.copy("in the end")
        world.watched = False
        assert len(world.copies) >= LEAST_MOMENTS
        for number, (moment, place) in enumerate(world.copies):
            api.confirmed = 0  # to the process that was killed, perhaps; Telegram sends what was not
            api.push_again(*updates)
            yield Case(f"{number} {moment}", World(place), api)


def said(api: FakeBotAPI, words: str) -> bool:
    """Whether the bot has said this, in a message or in place of one."""
    return any(words in reply.text for reply in itertools.chain(api.replies, api.edits))


async def sources(api: FakeBotAPI) -> Reply:
    api.private("/sources")
    return await api.next_reply()


def asking(text: str) -> Callable[[FakeBotAPI], Awaitable[Reply]]:
    """What asks and waits for the reply."""

    async def ask(api: FakeBotAPI) -> Reply:
        api.private(text)
        return await api.next_reply()

    return ask


def uploading(name: str) -> Callable[[FakeBotAPI], Awaitable[Reply]]:
    """What sends a file and waits for the preview."""

    async def upload(api: FakeBotAPI) -> Reply:
        api.upload(name, NEW.encode())
        return await api.next_reply()

    return upload


def pressing(button: str) -> Callable[[FakeBotAPI, Reply], object]:
    return lambda api, shown: api.press(shown, button)


async def test_remove_by_number_removes_what_was_listed_and_nothing_else(world: World) -> None:
    first, *others = sorted(ABOUT)
    removing = killed(world, sources, lambda api, _: api.private("/remove 1"), lambda api: said(api, "已移除"))
    async for case in removing:
        replies = await case.restarted()
        assert case.world.names() == set(others), case.moment
        assert all(f"已移除 {first}" in reply.text for reply in replies), case.moment


async def test_an_upload_that_was_confirmed_is_there_once(world: World) -> None:
    accepting = killed(world, uploading("丁.txt"), pressing("加进来"), lambda api: said(api, "已加入 丁.txt"))
    async for case in accepting:
        await case.restarted()
        assert case.world.names() == {*ABOUT, "丁.txt"}, case.moment
        assert (case.world.documents / "丁.txt").read_text(encoding="utf-8") == NEW, case.moment
        assert said(case.api, "已加入 丁.txt"), case.moment


async def test_an_upload_that_replaces_can_be_undone_after_every_kill(world: World) -> None:
    accepting = killed(world, uploading("甲.txt"), pressing("加进来"), lambda api: said(api, "已加入 甲.txt"))
    async for case in accepting:
        await case.restarted()
        added = [edit for edit in case.api.edits if "已加入" in edit.text][-1]
        await case.restarted((added, added.buttons["撤销"]))
        assert (case.world.documents / "甲.txt").read_text(encoding="utf-8") == ABOUT["甲.txt"], case.moment


async def test_a_removal_is_undone_once(world: World) -> None:
    undoing = killed(world, asking("/remove 乙.txt"), pressing("撤销"), lambda api: said(api, "已恢复 乙.txt"))
    async for case in undoing:
        await case.restarted()
        assert case.world.names() == set(ABOUT), case.moment
        assert (case.world.documents / "乙.txt").read_text(encoding="utf-8") == ABOUT["乙.txt"], case.moment
        assert case.api.edits[-1].text == "已恢复 乙.txt。", case.moment


async def test_what_was_asked_after_a_forget_is_not_forgotten(world: World) -> None:
    async def confirm(api: FakeBotAPI) -> Reply:
        await asking("乙的产量是多少？")(api)
        return await asking("/forget")(api)

    mine = f"SELECT question FROM answers WHERE person_id = {PERSON['id']}"  # noqa: S608
    async for case in killed(world, confirm, pressing("全部删除"), lambda api: bool(api.edits)):
        forgotten = not case.rows(mine)
        if forgotten:  # asked after the kill, before what was left over is done
            case.api.private("丙的产量是多少？")
        await case.restarted()
        assert case.rows(mine) == ([("丙的产量是多少？",)] if forgotten else []), case.moment


async def test_a_vote_counts_once(world: World) -> None:
    voting = killed(world, asking("乙的产量是多少？"), pressing("👍"), lambda api: bool(api.edits))
    async for case in voting:
        await case.restarted()
        assert case.rows("SELECT value FROM votes") == [(1,)], case.moment


@pytest.mark.parametrize("text", ["/reload", "乙的产量是多少？"])
async def test_what_is_noted_is_not_sent_again(world: World, text: str) -> None:
    async def nothing(_: FakeBotAPI) -> None:
        pass

    def ended(api: FakeBotAPI) -> bool:
        return bool(api.edits) if text == "/reload" else bool(api.replies)

    async for case in killed(world, nothing, lambda api, _: api.private(text), ended):
        noted = bool(case.rows("SELECT * FROM replies"))
        assert len(await case.restarted()) <= 1 - noted, case.moment
