"""Files are read by processes of their own: what one of them does there costs that file and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Set
from pathlib import Path

import psutil
import pytest

from retrieval.engines.local import LocalEngine
from retrieval.errors import UnreadableDocument
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.priority import NICENESS
from retrieval.reading import Limits, Reading, find, read
from retrieval.reading.images.recognition import is_installed
from retrieval.reading.messages import Reply, pack_reply, unpack_reply
from retrieval.reading.readers import Readers, begun
from retrieval.records import Document, Paragraph, Source
from testbed.hostile import hostile

pytestmark = pytest.mark.attack

MEBIBYTE = 1024 * 1024


def slow_text(folder: Path, name: str = "slow.txt") -> None:
    """A file that takes a processor several seconds."""
    (folder / name).write_text("这一行有二十个字，读的人要读很久，一行又一行。\n" * 150_000, encoding="utf-8")


async def reasons(folder: Path, readers: Readers) -> dict[str, str]:
    """Why files of the folder are not read, or nothing, by their names."""
    files = find(folder).files
    readings = readers.read_all(folder, [(file, "") for file in files])
    return {
        file.relative: reading.failures[0].reason if reading.failures else ""
        for file, reading in zip(files, [reading async for reading in readings], strict=True)
    }


@pytest.fixture
def earlier() -> set[psutil.Process]:
    """The processes of other tests."""
    return set(psutil.Process().children())


async def reader(earlier: Set[psutil.Process]) -> psutil.Process:
    """The process that reads, once it is busy."""
    own = psutil.Process()
    async with asyncio.timeout(60):
        while True:
            for child in set(own.children()) - earlier:
                if child.cpu_times().user > 0.3:
                    return child
            await asyncio.sleep(0.05)


async def test_what_is_read_is_read_by_the_process_that_was_started_for_it(
    tmp_path: Path, earlier: set[psutil.Process]
) -> None:
    (tmp_path / "a.txt").write_text("机器人。", encoding="utf-8")
    async with Readers() as readers:
        readers.start()
        assert await reasons(tmp_path, readers) == {"a.txt": ""}
        assert len(set(psutil.Process().children()) - earlier) == 1


async def test_a_process_may_be_started_before_its_readers_are_made(
    tmp_path: Path, earlier: set[psutil.Process]
) -> None:
    (tmp_path / "a.txt").write_text("机器人。", encoding="utf-8")
    with begun() as process:
        assert process
        async with Readers(process=process) as readers:
            assert await reasons(tmp_path, readers) == {"a.txt": ""}
            assert process.used
            assert len(set(psutil.Process().children()) - earlier) == 1
        async with Readers(process=process) as readers:  # which it did not outlive
            assert await reasons(tmp_path, readers) == {"a.txt": ""}
    with begun():
        pass
    assert not set(psutil.Process().children()) - earlier


async def test_what_the_processes_read_is_what_reading_gives(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.md").write_text(
            f"# 标题\n\n第{number}段。\n\n## 节\n\n- 甲\n- 乙\n", encoding="utf-8"
        )
    files = find(tmp_path).files
    async with Readers() as readers:
        found = [one async for one in readers.read_all(tmp_path, [(file, "") for file in files])]
    assert [one.documents for one in found] == [read(tmp_path, file.path).documents for file in files]
    assert len({one.sha256 for one in found}) == 40


async def test_file_whose_content_is_known_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲。", encoding="utf-8")
    (file,) = find(tmp_path).files
    async with Readers() as readers:
        (first,) = [one async for one in readers.read_all(tmp_path, [(file, "")])]
        (second,) = [one async for one in readers.read_all(tmp_path, [(file, first.sha256)])]
    assert second == Reading((), (), first.sha256)


async def test_content_is_read_under_a_name_without_a_file(tmp_path: Path) -> None:
    async with Readers() as readers:
        (document,) = (await readers.read(tmp_path, "新/a.md", "# 题\n\n文。".encode())).documents
        with pytest.raises(UnreadableDocument, match="is empty"):
            await readers.read(tmp_path, "b.txt", b"")
    assert (document.source.path, document.source.title, document.paragraphs[0].text) == ("新/a.md", "题", "文。")
    assert list(tmp_path.iterdir()) == []


def with_others(folder: Path) -> None:
    for name in ("a.txt", "z.txt"):
        (folder / name).write_text("好的文件。", encoding="utf-8")


async def test_file_that_takes_too_much_of_the_processor_costs_only_itself(tmp_path: Path) -> None:
    with_others(tmp_path)
    slow_text(tmp_path)
    async with Readers(limits=Limits(cpu_seconds=1)) as readers:
        said = await reasons(tmp_path, readers)
    assert said == {
        "a.txt": "",
        "slow.txt": "took too long: more than 1 s of CPU time (the limit cpu_seconds); divide it",
        "z.txt": "",
    }


async def test_file_that_takes_too_much_memory_costs_only_itself(tmp_path: Path) -> None:
    with_others(tmp_path)
    slow_text(tmp_path)
    async with Readers(limits=Limits(memory_bytes=100 * MEBIBYTE)) as readers:
        said = await reasons(tmp_path, readers)
    assert said == {
        "a.txt": "",
        "slow.txt": "needs too much memory: more than 100 MiB (the limit memory_bytes); divide it",
        "z.txt": "",
    }


async def test_file_over_which_its_reader_crashes_costs_only_itself(
    tmp_path: Path, earlier: set[psutil.Process]
) -> None:
    with_others(tmp_path)
    slow_text(tmp_path, "0.txt")
    async with Readers(process_count=1) as readers:
        task = asyncio.create_task(reasons(tmp_path, readers))
        (await reader(earlier)).send_signal(signal.SIGSEGV)
        said = await task
    assert said.pop("0.txt").startswith("crashed the process that read it (SIGSEGV)")
    assert said == {"a.txt": "", "z.txt": ""}


async def test_crash_that_may_come_of_files_before_is_tried_again(tmp_path: Path, earlier: set[psutil.Process]) -> None:
    with_others(tmp_path)
    async with Readers(process_count=1) as readers:
        await reasons(tmp_path, readers)
        slow_text(tmp_path, "0.txt")
        task = asyncio.create_task(reasons(tmp_path, readers))
        (await reader(earlier)).send_signal(signal.SIGSEGV)
        said = await task
    assert said == {"0.txt": "", "a.txt": "", "z.txt": ""}


async def test_reader_that_stands_still_is_ended(tmp_path: Path, earlier: set[psutil.Process]) -> None:
    with_others(tmp_path)
    slow_text(tmp_path, "0.txt")
    async with Readers(limits=Limits(wall_seconds=15), process_count=1) as readers:
        task = asyncio.create_task(reasons(tmp_path, readers))
        (await reader(earlier)).suspend()
        said = await task
    assert said == {
        "0.txt": "took too long: more than 15 s (the limit wall_seconds); divide it",
        "a.txt": "",
        "z.txt": "",
    }


async def test_no_process_is_left_when_reading_is_given_up(tmp_path: Path, earlier: set[psutil.Process]) -> None:
    slow_text(tmp_path)
    async with Readers() as readers:
        task = asyncio.create_task(reasons(tmp_path, readers))
        process = await reader(earlier)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(not hasattr(os, "getsid"), reason="there are no priorities as here")
async def test_reader_gives_way_to_what_answers(tmp_path: Path, earlier: set[psutil.Process]) -> None:
    slow_text(tmp_path)
    async with Readers() as readers:
        task = asyncio.create_task(reasons(tmp_path, readers))
        process = await reader(earlier)
        assert (process.nice(), os.getsid(process.pid)) == (max(NICENESS, psutil.Process().nice()), os.getsid(0))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_reader_gets_no_secret(
    tmp_path: Path, earlier: set[psutil.Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANJU_TELEGRAM_TOKEN", "123:secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    (tmp_path / ".env").write_text("YUANJU_TELEGRAM_TOKEN=123:secret")
    monkeypatch.chdir(tmp_path)
    slow_text(tmp_path)
    async with Readers() as readers:
        task = asyncio.create_task(reasons(tmp_path, readers))
        process = await reader(earlier)
        environment, folder = process.environ(), process.cwd()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "secret" not in " ".join(environment.values())
    assert folder != os.fspath(tmp_path)


@pytest.fixture
async def engine(tmp_path: Path, tokenizer: Tokenizer) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(tmp_path / "index", tokenizer)
    yield engine
    engine.close()


async def test_library_names_what_hangs_and_indexes_the_rest(tmp_path: Path, engine: LocalEngine) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    with_others(folder)
    slow_text(folder)
    report = await Library(folder, engine, limits=Limits(cpu_seconds=1)).refresh()
    assert [(file.path, file.status) for file in report.files] == [
        ("a.txt", "added"),
        ("slow.txt", "unreadable"),
        ("z.txt", "added"),
    ]
    again = await Library(folder, engine, limits=Limits(cpu_seconds=1)).refresh()
    assert not again.changed  # what took too long is not tried each time


@pytest.mark.slow
async def test_hostile_files_are_named_and_the_others_read(tmp_path: Path) -> None:
    bad = {name: content for name, content in hostile().items() if Path(name).suffix != ".png" or is_installed()}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    for number in range(20):
        (tmp_path / f"{number}.md").write_text(f"# 好的\n\n第{number}份。", encoding="utf-8")
    async with Readers() as readers:
        said = await reasons(tmp_path, readers)
    assert {name for name, reason in said.items() if reason} == bad.keys()
    assert not any("Error" in reason for name, reason in said.items() if name != "laughs.epub")


def test_reply_comes_across_as_it_was() -> None:
    source = Source(
        "包.zip/甲.pdf", "题", author="张三", date="2022-07-08", url="https://a.example", categories=("乙",)
    )
    paragraphs = (
        Paragraph(1, "一"),
        Paragraph(2, "二", ("章", "节"), 1),
        Paragraph(3, "三", ("章", "节"), 2),
        Paragraph(4, "四\ud800", ("章",), questions=("几？", "多少？")),
    )
    document = Document(source, paragraphs, "pdf", "gb18030", ("remark",))
    reply = Reply(Reading((document,), (UnreadableDocument("b.txt", "is empty"),), "00"), worn=True)
    unpacked = unpack_reply(pack_reply(reply))
    assert unpacked.reading is not None
    assert (unpacked.reading.documents, unpacked.reading.sha256, unpacked.worn) == ((document,), "00", True)
    assert [str(failure) for failure in unpacked.reading.failures] == ["b.txt: is empty"]


@pytest.mark.parametrize("message", [b"", b"1", b"[]", b"[[1],2,3,4]", b"[" * 100_000, b"\xff"])
def test_what_is_no_reply_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own and ours alike
        unpack_reply(message)
