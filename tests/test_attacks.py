"""What strangers try: with names, captions and buttons, under other identities, and at what others may not see."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import sqlite3
import stat
import sys
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import aiohttp
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access import Audience, misnamed
from bot.conversation.uploads import path_of
from bot.documents.indexing import Indexer, IndexingError
from bot.documents.live_index import LiveIndex
from bot.documents.locks import changing
from bot.memory.state import database_url, opened
from bot.operations.health import SignOfLife
from bot.operations.logs import JSONFormatter, RedactingFormatter
from bot.operations.memory import LEAST_BYTES, SHARE
from bot.operations.server import Web
from bot.settings import Settings
from retrieval import reading
from retrieval.language import Tokenizer
from retrieval.library import Report
from retrieval.priority import NICENESS
from retrieval.records import Source
from testbed.commands import yuanju
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import ANONYMOUS, CHANNEL, CHANNEL_BOT, GROUP, PERSON, Json
from testbed.serving import Library, live_index, quote, serving

pytestmark = pytest.mark.attack

ADMIN = str(PERSON["id"])
BEN: Json = {"id": 1002, "is_bot": False, "first_name": "本", "language_code": "zh-hans"}
STEERING = "\x1b[2J\x07\u202e\u200f\x9b"

names = st.text(st.characters(codec=None), max_size=400) | st.sampled_from(
    [
        ".",
        "..",
        "/",
        "con",
        "CON.txt",
        "nul.tar.gz",
        "a" * 300 + ".txt",
        "x." + "y" * 300,
        "\u202etxt.exe",
        "\ud800.txt",
    ]
)


@given(name=names, folder=names)
def test_every_name_becomes_one_that_every_system_takes(name: str, folder: str) -> None:
    parts = PurePosixPath(path_of(name, folder)).parts
    assert 1 <= len(parts) <= 9
    for part in parts:
        assert 1 <= len(part.encode()) <= 255
        assert part.isprintable()
        assert not part.startswith(".")
        assert not part.endswith((".", " "))
        assert not set(part) & set('<>:"|?*\\/')
        assert not PureWindowsPath(part).is_reserved()


@pytest.mark.parametrize("caption", ["hr", "HR/", "folder: Hr", "文件夹：ＨＲ".replace("ＨＲ", "hR")])
def test_no_folder_is_made_that_looks_like_one_that_is_there(caption: str) -> None:
    folder = caption.rpartition(": ")[2].rpartition("：")[2]
    assert path_of("a.txt", folder, {"HR"}) == "HR/a.txt"
    assert path_of("a.txt", "Cafe\u0301", {"Café"}) == "Café/a.txt"


@pytest.mark.parametrize("name", ["a" * 5000, "con", STEERING, "..", "\ud83d", "x" * 250 + ".txt", "．．／逃.txt"])
async def test_a_file_of_any_name_gets_a_clear_word(
    api: FakeBotAPI, tmp_path: Path, tokenizer: Tokenizer, name: str
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "甲.txt").write_text("甲的产量是三十吨。", encoding="utf-8")
    index, around = tmp_path / "index", set(tmp_path.parent.iterdir())
    async with live_index(documents, index, tokenizer) as live, serving(api, live, admins=ADMIN, folder=index):
        api.upload(name, "乙的产量是五十吨。".encode(), caption="folder: " + "很深/" * 200)
        reply = await api.next_reply()
    assert "出了点问题" not in reply.text
    assert [file.name for file in documents.rglob("*")] == ["甲.txt"]
    assert (set(tmp_path.iterdir()), set(tmp_path.parent.iterdir())) == ({documents, index}, around)


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("bot", logging.WARNING, "x.py", 1, message, arguments, None)


@pytest.mark.parametrize("formatter", [RedactingFormatter(), JSONFormatter()])
def test_a_name_in_the_log_steers_no_terminal_and_begins_no_line(formatter: logging.Formatter) -> None:
    line = formatter.format(record("%s cannot be read", f"a{STEERING}\n2026-01-01 00:00:00,000 INFO bot: all is well"))
    assert all(character.isprintable() or character == "\n" for character in line)
    assert not any(part.startswith("2026-01-01") for part in line.splitlines()[1:])


def test_index_prints_no_control_characters(tmp_path: Path, prepared: Any) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / f"甲{STEERING}\n.txt").write_text("甲的产量是三十吨。", encoding="utf-8")
    (documents / f"坏{STEERING}.pdf").write_bytes(b"%PDF-1.4")
    environment = {"YUANJU_DOCUMENTS": str(documents), "YUANJU_INDEX": str(prepared(tmp_path / "index"))}
    done = yuanju("index", environment=environment)
    printed = done.stdout + done.stderr
    assert "甲" in printed
    assert "坏" in printed
    assert all(character.isprintable() or character == "\n" for character in printed)


def asked(folder: Path, person: int) -> int:
    with contextlib.closing(sqlite3.connect(folder / "state.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM answers WHERE person_id = ?", [person]).fetchone()[0])


SPEAKERS = [
    pytest.param({"sender": ANONYMOUS, "sender_chat": GROUP}, GROUP["id"], id="anonymous admin"),
    pytest.param({"sender": CHANNEL_BOT, "sender_chat": CHANNEL}, CHANNEL["id"], id="channel"),
]


@pytest.mark.parametrize(("speaker", "identity"), SPEAKERS)
async def test_who_speaks_as_a_chat_forgets_by_his_own_words_and_nobody_else_can(
    api: FakeBotAPI, tmp_path: Path, speaker: Json, identity: int
) -> None:
    async with serving(api, Library(quote()), folder=tmp_path):
        api.write(GROUP, "/ask 产量是多少？", **speaker)
        await api.next_reply()
        api.write(GROUP, "/forget@yuanju_test_bot", **speaker)
        told = await api.next_reply()
        before = asked(tmp_path, identity)
        api.write(GROUP, "/forget@yuanju_test_bot 确认", sender=BEN)
        await api.next_reply()
        others = asked(tmp_path, identity)
        api.write(GROUP, "/forget@yuanju_test_bot 确认", **speaker)
        done = await api.next_reply()
    assert told.keyboard == ()
    assert "/forget 确认" in told.text
    assert (before, others, asked(tmp_path, identity)) == (1, 1, 0)
    assert "我什么都不记得了" in done.text


async def test_forget_says_what_backups_keep(api: FakeBotAPI, tmp_path: Path) -> None:
    async with serving(api, Library(quote()), folder=tmp_path, retention_days=30):
        api.private("/forget")
        api.press(await api.next_reply(), "全部删除")
        assert "备份" in (done := (await api.next_edit()).text)
        assert "30 天" in done


async def test_nobody_else_on_the_machine_can_read_what_was_removed_or_waits(
    api: FakeBotAPI, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    documents, index = tmp_path / "documents", tmp_path / "index"
    (documents / "人事").mkdir(parents=True)
    (documents / "甲.txt").write_text("甲的产量是三十吨。", encoding="utf-8")
    (documents / "人事" / "乙.txt").write_text("乙的工资是五千元。", encoding="utf-8")
    async with (
        live_index(documents, index, tokenizer, threshold=0) as live,
        serving(api, live, private_folders=f"人事={ADMIN}", admins=ADMIN, folder=index),
    ):
        api.upload("丙.txt", "丙的产量是七十吨。".encode())
        await api.next_reply()
        api.private("/remove 人事/乙.txt")
        removed = await api.next_reply()
        modes = {name: stat.S_IMODE((index / name).stat().st_mode) for name in ("removed", "uploads")}
        api.private("工资是多少？", sender=BEN)
        gone = await api.next_reply()
        # The button of another chat opens nothing either.
        there = api.said(api.me, removed.text, chat=GROUP) | {"reply_markup": removed.parameters["reply_markup"]}
        press = api.push_press(removed.buttons["撤销"], there)
        await api.until(lambda: press in api.callback_answers)
        api.press(removed, "撤销")
        await api.next_edit()
        api.private("工资是多少？", sender=BEN)
        back = await api.next_reply()
    assert modes == {"removed": 0o700, "uploads": 0o700}
    assert "过期" in api.callback_answers[press]["text"]
    assert "五千" not in gone.text + back.text
    assert (documents / "人事" / "乙.txt").exists()


async def test_old_buttons_show_what_may_be_seen_now(api: FakeBotAPI, tmp_path: Path) -> None:
    secret = quote("工资是五千元。", source=Source("人事/乙.txt", "工资"), before="前文。", after="后文。")
    async with serving(api, Library(secret), folder=tmp_path, private_folders=f"人事={ADMIN}"):
        api.private("工资是多少？")
        answer = await api.next_reply()
    assert "五千" in answer.text
    async with serving(api, Library(secret), folder=tmp_path, private_folders="人事=1"):
        api.press(answer, "上下文")
        changed = await api.next_edit()
    assert "五千" not in changed.text
    async with serving(api, Library(secret), folder=tmp_path, allowed_chats="1"):
        press = api.press(answer, answer.buttons["上下文"])
        await api.until(lambda: press in api.callback_answers)
    assert "不能看" in api.callback_answers[press]["text"]


@pytest.mark.parametrize("inner", ["人事/乙.txt", "./人事//乙.txt", "人事\\乙.txt", "../人事/乙.txt", "/人事/乙.txt"])
def test_a_private_folder_in_an_archive_is_private_however_the_archive_writes_it(tmp_path: Path, inner: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        member = zipfile.ZipInfo("x")
        member.filename = inner
        zipped.writestr(member, "乙的工资是五千元。")
    (tmp_path / "全部.zip").write_bytes(archive.getvalue())
    (found,) = reading.read(tmp_path, "全部.zip").documents
    assert not Audience(frozenset({"全部.zip/人事"}))(found.source.path)
    named = Settings(documents=tmp_path, private_folders={"全部.zip/人事": frozenset({1})})
    assert misnamed(named, [found.source.path]) == []
    wrong = Settings(documents=tmp_path, private_folders={"全部.ZIP/人事": frozenset({1})})
    (said,) = misnamed(wrong, [found.source.path])
    assert "write it as 全部.zip/人事" in said


async def test_what_others_read_of_the_records_meanwhile_is_no_reason_to_keep_words(tmp_path: Path) -> None:
    """A backup that is being made holds the log of changes; what is forgotten goes from it all the same."""
    async with opened(database_url(None, tmp_path)) as state:
        await state.give_notice("kind", 7, within_seconds=0)
        await state.forget_person(7)
        assert (tmp_path / "state.sqlite-wal").stat().st_size == 0
        assert stat.S_IMODE((tmp_path / "state.sqlite").stat().st_mode) == 0o600


@pytest.mark.slow
async def test_indexing_that_stands_still_is_ended_and_may_be_begun_again(
    tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    documents, index = tmp_path / "documents", prepared(tmp_path / "index")
    documents.mkdir()
    (documents / "甲.txt").write_text("甲的产量是三十吨。", encoding="utf-8")
    environment = {**os.environ, "YUANJU_DOCUMENTS": str(documents), "YUANJU_INDEX": str(index)}
    async with changing(index):  # what the process waits for, for ever
        with pytest.raises(IndexingError, match="stood still for 3 seconds"):
            await Indexer(environment, still_seconds=3)()
    indexing = asyncio.create_task(Indexer(environment, still_seconds=60)())
    bounds: set[int] = set()
    priorities: set[tuple[int, int]] = set()
    while not indexing.done():
        with contextlib.suppress(psutil.NoSuchProcess):
            bounds |= {child.rlimit(psutil.RLIMIT_DATA)[0] for child in psutil.Process().children()}
            priorities |= {(child.nice(), os.getsid(child.pid)) for child in psutil.Process().children()}
        await asyncio.wait({indexing}, timeout=0.05)
    assert (await indexing).document_count == 1
    assert (max(NICENESS, psutil.Process().nice()), os.getsid(0)) in priorities  # a session has a share of its own
    assert sys.platform != "linux" or max(LEAST_BYTES, int(SHARE * psutil.virtual_memory().total)) in bounds


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only there the memory of a process has a bound")
def test_indexing_without_memory_ends_in_a_line_and_leaves_the_index(
    tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    documents, index = tmp_path / "documents", prepared(tmp_path / "index")
    documents.mkdir()
    (documents / "甲.txt").write_text("甲的产量是三十吨。", encoding="utf-8")
    environment = {"YUANJU_DOCUMENTS": str(documents), "YUANJU_INDEX": str(index), "YUANJU_LANGUAGE": "en"}
    assert yuanju("index", environment=environment).returncode == 0
    before = sorted(path.name for path in index.glob("generation-*"))
    (documents / "乙.txt").write_text("乙的产量是五十吨。", encoding="utf-8")
    done = yuanju("index", environment=environment, memory=8 << 20)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "There is not enough memory; the index is as it was" in done.stderr
    assert sorted(path.name for path in index.glob("generation-*")) == before


async def test_what_keeps_the_index_from_being_in_step_is_said_wherever_one_looks(
    api: FakeBotAPI, tmp_path: Path
) -> None:
    async def failing(_: Collection[str]) -> Report:
        raise IndexingError("Indexing stood still")

    async def nothing() -> None:
        return None

    async def stamp() -> str:
        return ""

    sign = SignOfLife(tmp_path)
    live = LiveIndex(tmp_path, nothing, stamp, failing, threshold=0.5, warn=sign.warn)
    with pytest.raises(IndexingError):
        await live.refresh()
    library = Library(quote())
    library.trouble = live.trouble
    async with serving(api, library, admins=ADMIN):
        api.private("/stats")
        assert "Indexing stood still" in (await api.next_reply()).text
    sign.beat()
    sign.give()
    assert (sign.trouble(), sign.warning()) == (None, "Indexing stood still")
    async with (
        Web("127.0.0.1:0", health=sign.trouble, readiness=sign.trouble, warning=sign.warning) as web,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{web.port}/healthz") as answer,
    ):
        assert (answer.status, await answer.text()) == (200, "ok, but: Indexing stood still\n")
    sign.warn("")
    assert sign.warning() == ""
