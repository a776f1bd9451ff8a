"""The documents change while questions are answered: from the old or the new state of all, and never from none."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.access import Audience
from bot.documents.indexing import Indexer, IndexingError
from bot.documents.live_index import LiveIndex
from bot.documents.locks import changing
from bot.documents.snapshot import opened
from bot.documents.watching import Pace, is_remote, watching
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.index import latest
from retrieval.language import Tokenizer
from retrieval.library import Library, Report
from testbed.commands import started, yuanju
from testbed.reading import kept_readers
from testbed.serving import live_index as index_in_process

EVERYBODY = Audience()
PACE = Pace(look=0.3, list=0.2, growth=0.4)
Indexing = Callable[[Collection[str]], Awaitable[Report]]


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
    ours |= {"YUANJU_LANGUAGE": "en", "YUANJU_LOG_LEVEL": "WARNING"}
    return ours | {"YUANJU_DOCUMENTS": str(folder), "YUANJU_INDEX": str(index)}


def live_index_of(folder: Path, index: Path, tokenizer: Tokenizer, indexing: Indexing) -> LiveIndex:
    newest = partial(opened, partial(LocalEngine, index), tokenizer.cache_folder, partial(Answerer, threshold=0))
    return LiveIndex(folder, newest, partial(asyncio.to_thread, latest, index), indexing, threshold=0)


@pytest.fixture
def indexing(folder: Path, index: Path, tokenizer: Tokenizer) -> Indexing:
    """Indexing in this process, which starts none."""

    async def refresh(places: Collection[str]) -> Report:
        own = Tokenizer(tokenizer.cache_folder)
        library = Library(folder, LocalEngine(index, own), own, readers=kept_readers)
        return await library.refresh(places, rest_seconds=0.3)

    return refresh


@pytest.fixture
def live_index(folder: Path, index: Path, tokenizer: Tokenizer, indexing: Indexing) -> LiveIndex:
    return live_index_of(folder, index, tokenizer, indexing)


async def test_what_is_published_is_taken_up_before_the_report_is_there(
    folder: Path, index: Path, tokenizer: Tokenizer, indexing: Indexing
) -> None:
    async with index_in_process(folder, index, tokenizer) as before:
        reported = asyncio.Event()

        async def unreported(places: Collection[str]) -> Report:
            report = await indexing(places)
            await reported.wait()
            return report

        live_index = live_index_of(folder, index, tokenizer, unreported)
        (folder / "a.txt").write_text("铲车的价格是二百元。", encoding="utf-8")
        await live_index.take_up()
        refreshing = asyncio.create_task(live_index.refresh())
        await until(lambda: live_index.version != before.version)
        assert not refreshing.done()
        reported.set()
        assert (await refreshing).changed


@asynccontextmanager
async def followed(live_index: LiveIndex) -> AsyncIterator[None]:
    """A live index that has an index and follows its folder."""
    await live_index.refresh()
    async with watching(live_index, pace=PACE):
        yield


async def until(condition: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    async with asyncio.timeout(100):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.01)


def paths(live_index: LiveIndex) -> set[str]:
    return {file.path for file in live_index.files if file.documents}


async def said(live_index: LiveIndex, question: str) -> str:
    answer = await live_index.answer(question, limit=1, audience=EVERYBODY)
    return answer.quotes[0].sentence.text if answer.quotes else ""


def generations(index: Path) -> set[str]:
    return {generation.name for generation in index.glob("generation-*")}


async def test_a_changed_document_is_answered_from_without_anybody_doing_anything(
    folder: Path, index: Path, tokenizer: Tokenizer, environment: dict[str, str]
) -> None:
    live_index = live_index_of(folder, index, tokenizer, Indexer(environment))  # as ``serve`` has it
    async with followed(live_index):
        (folder / "a.txt").write_text("铲车的价格是两百元。", encoding="utf-8")
        await until(lambda: _equals(said(live_index, "铲车的价格是多少？"), "铲车的价格是两百元。"))


async def test_what_changes_while_the_first_comparison_runs_is_seen_at_once(
    folder: Path, index: Path, tokenizer: Tokenizer, indexing: Indexing
) -> None:
    compared: list[Report] = []

    async def changed_meanwhile(places: Collection[str]) -> Report:
        report = await indexing(places)
        if len(compared) == 1:  # that which the watching begins with; too late for its result
            (folder / "b.txt").write_text("手环。", encoding="utf-8")
        compared.append(report)
        return report

    live_index = live_index_of(folder, index, tokenizer, changed_meanwhile)
    async with followed(live_index):
        await until(lambda: paths(live_index) == {"a.txt", "b.txt"})


async def _equals(found: Awaitable[str], expected: str) -> bool:
    return await found == expected


async def test_folders_that_come_and_documents_that_are_renamed_or_deleted_are_followed(
    live_index: LiveIndex, folder: Path
) -> None:
    (folder / "c.txt").write_text("机器人在工厂。", encoding="utf-8")
    async with followed(live_index):
        (folder / "新" / "深").mkdir(parents=True)
        (folder / "a.txt").rename(folder / "新" / "深" / "b.txt")
        (folder / "c.txt").unlink()
        await until(lambda: paths(live_index) == {"新/深/b.txt"})
        (folder / "新").rename(folder / "旧")
        await until(lambda: paths(live_index) == {"旧/深/b.txt"})
        (folder / "d.txt").write_text("手环。", encoding="utf-8")
        await until(lambda: paths(live_index) == {"旧/深/b.txt", "d.txt"})
        shutil.rmtree(folder / "旧")
        await until(lambda: paths(live_index) == {"d.txt"})


async def test_a_folder_that_tells_of_no_changes_is_looked_at_again_and_again(
    live_index: LiveIndex, folder: Path
) -> None:
    await live_index.refresh()
    async with watching(live_index, how="poll", pace=PACE):
        (folder / "b.txt").write_text("手环。", encoding="utf-8")
        await until(lambda: paths(live_index) == {"a.txt", "b.txt"})


async def test_what_editors_and_browsers_leave_beside_documents_is_no_document(
    live_index: LiveIndex, folder: Path, index: Path
) -> None:
    async with followed(live_index):
        for name in (".a.txt.swp", "~$b.docx", "4913", ".#a.txt", "b.pdf.part", "b.txt.crdownload", "a.txt~", "b.tmp"):
            (folder / name).write_text("铲车的价格是零元。", encoding="utf-8")
        (folder / "4913").unlink()
        half = folder / ".b.txt.k3jd"
        half.write_text("手环。", encoding="utf-8")
        half.rename(folder / "b.txt")
        await until(lambda: paths(live_index) == {"a.txt", "b.txt"})
    assert generations(index) == {"generation-000001", "generation-000002"}


async def test_a_file_that_grows_is_not_read_before_it_rests_and_holds_up_no_other(
    live_index: LiveIndex, folder: Path
) -> None:
    async with followed(live_index):
        stop = asyncio.Event()

        async def copy() -> str:
            written = ""
            with (folder / "slow.txt").open("w", encoding="utf-8") as file:
                while not stop.is_set():
                    file.write(line := f"第{len(written)}行。\n")
                    file.flush()
                    written += line
                    await asyncio.sleep(0.02)
                file.write(line := "仓库在三楼。\n")
            return written + line

        copying = asyncio.create_task(copy())
        await until((folder / "slow.txt").exists)
        (folder / "b.txt").write_text("手环。", encoding="utf-8")
        await until(lambda: "b.txt" in paths(live_index))
        growing = paths(live_index)
        stop.set()
        whole = await copying
        await until(lambda: "slow.txt" in paths(live_index))
        assert growing == {"a.txt", "b.txt"}
        (slow,) = (file for file in live_index.files if file.path == "slow.txt")
        assert slow.size == len(whole.encode())
        assert await said(live_index, "仓库在几楼？") == "仓库在三楼。"


async def test_an_emptied_folder_leaves_the_last_index_and_a_line_in_the_log(
    live_index: LiveIndex, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with followed(live_index):
        shutil.move(folder / "a.txt", tmp_path / "kept.txt")
        await until(lambda: "holds no document" in caplog.text)
        during = await said(live_index, "铲车的价格是多少？")
        (folder / "b.txt").write_text("手环。", encoding="utf-8")
        await until(lambda: paths(live_index) == {"b.txt"})
    assert during == "铲车的价格是一百元。"
    assert caplog.text.count("answered from the last index") == 1


async def test_a_volume_that_is_gone_and_comes_back_is_followed_again(
    live_index: LiveIndex, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with followed(live_index):
        folder.rename(tmp_path / "elsewhere")
        await until(lambda: "does not exist" in caplog.text)
        assert await said(live_index, "铲车的价格是多少？") == "铲车的价格是一百元。"
        (tmp_path / "elsewhere" / "b.txt").write_text("手环。", encoding="utf-8")
        (tmp_path / "elsewhere").rename(folder)
        await until(lambda: paths(live_index) == {"a.txt", "b.txt"})
    assert caplog.text.count("answered from the last index") == 1


async def test_a_start_without_the_folder_answers_from_the_last_index_and_says_so(
    live_index: LiveIndex, folder: Path, environment: dict[str, str]
) -> None:
    await live_index.refresh()
    shutil.rmtree(folder)
    status, output, log = await run(environment, "ask", "铲车的价格是多少？", "--threshold", "0")
    assert (status, output.splitlines()[0]) == (0, "铲车的价格是一百元。")
    assert "Answers come from the last index" in log


async def test_an_index_that_another_process_has_published_is_taken_up(
    live_index: LiveIndex, folder: Path, environment: dict[str, str]
) -> None:
    await live_index.refresh()
    (folder / "b.txt").write_text("手环。", encoding="utf-8")
    await run(environment, "index")
    before = paths(live_index)
    await live_index.take_up()
    assert (before, paths(live_index)) == ({"a.txt"}, {"a.txt", "b.txt"})


async def test_a_question_is_answered_with_the_documents_and_synonyms_of_one_state(
    folder: Path, index: Path, tokenizer: Tokenizer
) -> None:
    def write(state: int) -> None:
        (folder / "a.txt").write_text(f"铲车的价格是{state}元。", encoding="utf-8")
        (folder / "synonyms.txt").write_text(f"铲车 机械{state}", encoding="utf-8")
        (folder / "userdict.txt").write_text(f"铲车的价{'格' * (state % 2)}", encoding="utf-8")

    write(100)
    async with index_in_process(folder, index, tokenizer, threshold=0) as live_index:
        found: list[tuple[str, ...]] = []
        stop = asyncio.Event()

        async def keep_asking() -> None:
            while not stop.is_set():
                answer = await live_index.answer("铲车的价格是多少？", limit=1, audience=EVERYBODY)
                synonyms = {other.removeprefix("机械") for word, other in answer.synonyms if other.startswith("机械")}
                found.append((answer.quotes[0].sentence.text, *synonyms))
                await asyncio.sleep(0)

        asking = asyncio.create_task(keep_asking())
        for state in range(101, 104):
            write(state)
            await live_index.refresh()
            asked = len(found)
            await until(lambda asked=asked: len(found) > asked)
        stop.set()
        await asking
    assert set(found) == {(f"铲车的价格是{state}元。", str(state)) for state in range(100, 104)}


async def test_what_began_with_one_edition_goes_on_with_it(folder: Path, index: Path, tokenizer: Tokenizer) -> None:
    async with index_in_process(folder, index, tokenizer, threshold=0) as live_index:
        before = live_index.snapshot
        for price in "二三四":  # so that the files of the first are deleted
            (folder / "a.txt").write_text(f"铲车的价格是{price}百元整。", encoding="utf-8")
            await live_index.refresh()
        old = await before.answerer.answer("铲车的价格是多少？", limit=1)
        new = await live_index.snapshot.answerer.answer("铲车的价格是多少？", limit=1)
    assert [answer.quotes[0].sentence.text for answer in (old, new)] == [
        "铲车的价格是一百元。",
        "铲车的价格是四百元整。",
    ]


async def run(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    done = await asyncio.to_thread(partial(yuanju, *arguments, environment=environment))
    return done.returncode, done.stdout, done.stderr


async def test_whoever_comes_second_to_index_waits_and_says_so(index: Path, environment: dict[str, str]) -> None:
    with ExitStack() as stack:
        async with changing(index):
            second = stack.enter_context(started("index", environment=environment))
            await second.until(lambda: "another process is updating the index; waiting" in second.errors)
            running, published = second.running, generations(index)
        status = await asyncio.to_thread(second.wait)
        assert "added a.txt" in second.output
    assert (running, published) == (True, set())
    assert status == 0


async def test_a_question_does_not_wait_for_whoever_is_indexing(
    live_index: LiveIndex, index: Path, environment: dict[str, str]
) -> None:
    await live_index.refresh()
    async with changing(index):
        status, output, log = await run(environment, "ask", "铲车的价格是多少？", "--threshold", "0")
    assert (status, output.splitlines()[0]) == (0, "铲车的价格是一百元。")
    assert "another process is updating the index" in log


async def test_indexing_that_cannot_be_done_says_why(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="nowhere: does not exist"):
        await Indexer(environment | {"YUANJU_DOCUMENTS": str(tmp_path / "nowhere")})()


@pytest.mark.parametrize(
    ("folder", "remote"),
    [("/srv/docs", False), ("/srv/docs/nas/a", True), ("/srv/docs/my disk", True), ("/srv/docs/nas/local", False)],
)
def test_folders_on_other_machines_are_told_by_the_table_of_mounts(tmp_path: Path, folder: str, remote: bool) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "23 22 0:5 / /srv/docs/nas rw,relatime shared:1 - nfs4 server:/x rw\n"
        "24 22 0:6 / /srv/docs/my\\040disk rw - cifs //server/x rw\n"
        "25 23 8:2 / /srv/docs/nas/local rw - xfs /dev/sdb rw\n"
    )
    assert is_remote(Path(folder), table) is remote
