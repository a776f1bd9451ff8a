"""A backup of a running bot brings back what was there; nothing damaged, foreign or newer takes its place."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
import tarfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from bot.actions import KeptQuestions
from bot.documents.locks import using
from bot.memory.state import State, database_url
from bot.memory.state import opened as opened_state
from retrieval.engines.local import LocalEngine
from retrieval.index import latest
from retrieval.language import Tokenizer
from retrieval.library import Library
from testbed.commands import yuanju


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("铲车的价格是一百元。", encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path, prepared: Callable[[Path], Path]) -> Path:
    return prepared(tmp_path / "index")


@pytest.fixture
def environment(folder: Path, index: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    here = {"YUANJU_DOCUMENTS": str(folder), "YUANJU_INDEX": str(index), "YUANJU_LANGUAGE": "en"}
    return ours | here | {"YUANJU_THRESHOLD": "0"}


@pytest.fixture
async def state(folder: Path, index: Path, tokenizer: Tokenizer) -> AsyncIterator[State]:
    """The memory of a bot that is running, and an index."""
    await Library(folder, LocalEngine(index, tokenizer), tokenizer).refresh()
    async with opened_state(database_url(None, index)) as state:
        yield state


async def key(state: State, value: str) -> str:
    return await state.keep_for_buttons(KeptQuestions(1, (value,)), person_id=1)


async def button(index: Path, key: str) -> object:
    async with opened_state(database_url(None, index)) as state:
        return await state.kept_for_button(key)


async def test_a_backup_that_is_made_while_the_bot_runs_brings_everything_back(
    state: State, tmp_path: Path, environment: dict[str, str], prepared: Callable[[Path], Path]
) -> None:
    kept = await key(state, "kept")
    file, other = tmp_path / "backup.tar.gz", prepared(tmp_path / "other")
    made = yuanju("backup", file, environment=environment)
    later = await key(state, "later")
    restored = yuanju("restore", file, environment=environment | {"YUANJU_INDEX": str(other)})
    nowhere = environment | {"YUANJU_INDEX": str(other), "YUANJU_DOCUMENTS": str(tmp_path / "nowhere")}
    answer = yuanju("ask", "铲车的价格是多少？", environment=nowhere).stdout
    assert (made.returncode, restored.returncode) == (0, 0)
    assert await button(other, kept) == KeptQuestions(1, ("kept",))
    assert await button(other, later) is None
    assert answer.startswith("铲车的价格是一百元。")


@pytest.mark.attack
async def test_a_backup_is_for_nobody_else_to_read(state: State, tmp_path: Path, environment: dict[str, str]) -> None:
    yuanju("backup", tmp_path / "backup.tar.gz", environment=environment)
    assert stat.S_IMODE((tmp_path / "backup.tar.gz").stat().st_mode) == 0o600


async def test_what_is_newer_than_the_backup_is_replaced_only_by_force(
    state: State, index: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    file = tmp_path / "backup.tar.gz"
    yuanju("backup", file, environment=environment)
    later = await key(state, "later")
    refused = yuanju("restore", file, environment=environment)
    between = await state.kept_for_button(later)
    forced = yuanju("restore", file, "--force", environment=environment)
    assert (refused.returncode, forced.returncode) == (2, 0)
    assert "--force" in refused.stderr
    assert between == KeptQuestions(1, ("later",))
    assert await button(index, later) is None


def test_why_nothing_can_be_restored_is_a_line(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "a file").touch()
    elsewhere = environment | {"YUANJU_INDEX": str(tmp_path / "a file" / "index")}
    refused = yuanju("restore", tmp_path / "backup.tar.gz", environment=elsewhere)
    missing = yuanju("restore", tmp_path / "backup.tar.gz", environment=environment)
    assert (refused.returncode, missing.returncode) == (2, 2)
    assert refused.stderr.count("\n") == missing.stderr.count("\n") == 1
    assert "index: Not a directory" in refused.stderr
    assert f"cannot be restored: {tmp_path / 'backup.tar.gz'}: No such file or directory" in missing.stderr


async def test_a_backup_is_not_put_under_a_running_bot(
    state: State, index: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    file = tmp_path / "backup.tar.gz"
    yuanju("backup", file, environment=environment)
    async with using(index):
        refused = yuanju("restore", file, environment=environment)
    assert refused.returncode == 2
    assert "a bot is running with this index" in refused.stderr


def rewritten(file: Path, changes: Mapping[str, bytes]) -> None:
    """Write a backup anew with other parts, whose checksums are right."""
    with tarfile.open(file) as archive:
        parts = {one.name: archive.extractfile(one).read() for one in archive}  # type: ignore[union-attr]
    contents = json.loads(parts["contents.json"])
    parts |= changes
    for name in changes:
        if name != "contents.json":
            contents["files"][name] = {"bytes": len(parts[name]), "sha256": sha256(parts[name]).hexdigest()}
            parts["contents.json"] = json.dumps(contents).encode()
    with tarfile.open(file, "w:gz") as archive:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


async def test_a_database_of_a_newer_version_is_refused_even_with_force(
    state: State, index: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    file, newer = tmp_path / "backup.tar.gz", tmp_path / "newer.sqlite"
    kept = await key(state, "kept")
    yuanju("backup", file, environment=environment)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("CREATE TABLE schema_version (number INTEGER NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (9999)")
        connection.commit()
    rewritten(file, {"state.sqlite": newer.read_bytes()})
    refused = yuanju("restore", file, "--force", environment=environment)
    assert refused.returncode == 2
    assert "newer Yuanju (version 9999" in refused.stderr
    assert await state.kept_for_button(kept) == KeptQuestions(1, ("kept",))


async def test_an_index_of_another_version_is_left_out_and_made_anew(
    state: State, tmp_path: Path, environment: dict[str, str], prepared: Callable[[Path], Path]
) -> None:
    file, other = tmp_path / "backup.tar.gz", prepared(tmp_path / "other")
    yuanju("backup", file, environment=environment)
    rewritten(file, {"generation/generation.json": b'{"format": 9999}'})
    elsewhere = environment | {"YUANJU_INDEX": str(other), "YUANJU_LANGUAGE": "zh"}
    restored = yuanju("restore", file, environment=elsewhere)
    assert restored.returncode == 0
    assert "会从文档重做" in restored.stdout
    assert latest(other) == ""
    assert yuanju("ask", "铲车的价格是多少？", environment=elsewhere).returncode == 0


@pytest.mark.attack
@pytest.mark.parametrize("damage", ["cut short", "changed", "no archive", "another archive", "out of the folder"])
async def test_a_backup_that_is_damaged_or_foreign_changes_nothing(
    state: State, index: Path, tmp_path: Path, environment: dict[str, str], damage: str
) -> None:
    file = tmp_path / "backup.tar.gz"
    kept = await key(state, "kept")
    yuanju("backup", file, environment=environment)
    before = latest(index)
    content = file.read_bytes()
    if damage == "cut short":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        with tarfile.open(file) as archive:
            contents = archive.extractfile("contents.json").read()  # type: ignore[union-attr]
        rewritten(file, {"state.sqlite": b"another"})
        rewritten(file, {"contents.json": contents})
    elif damage == "no archive":
        file.write_bytes(b"hello")
    elif damage == "another archive":
        with tarfile.open(file, "w:gz") as archive:
            archive.add(__file__, "test.py")
    else:
        rewritten(file, {"../outside": b"x"})
    refused = yuanju("restore", file, "--force", environment=environment)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"yuanju: Backup {file}: ")
    assert refused.stderr.count("\n") == 1
    assert (latest(index), await state.kept_for_button(kept)) == (before, KeptQuestions(1, ("kept",)))
    assert not list(index.glob("restoring-*"))


def test_records_in_postgresql_are_left_to_its_own_tools(
    index: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    yuanju("index", environment=environment)
    made = yuanju(
        "backup", tmp_path / "backup.tar.gz", environment=environment | {"YUANJU_DATABASE": "postgresql://host/x"}
    )
    assert made.returncode == 0
    assert "pg_dump" in made.stderr
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        assert "state.sqlite" not in archive.getnames()


def test_where_there_is_nothing_there_is_no_backup(tmp_path: Path, environment: dict[str, str]) -> None:
    made = yuanju("backup", tmp_path / "backup.tar.gz", environment=environment)
    assert made.returncode == 2
    assert not (tmp_path / "backup.tar.gz").exists()
