"""A folder and its index stay in step: only what changed is read, and nothing that fails stops the rest."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path, PurePosixPath

import pytest

from retrieval.engines.local import LocalEngine
from retrieval.errors import DocumentsFolderError
from retrieval.index.notes import Notes
from retrieval.language import Tokenizer
from retrieval.library import EVERYWHERE, Library, Report
from retrieval.library.difference import compare
from retrieval.reading import UNREACHED, Limits, Listing, Skipped
from testbed.reading import kept_readers

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "子").mkdir(parents=True)
    (folder / "a.txt").write_text("机器人在工厂工作。", encoding="utf-8")
    (folder / "子" / "b.md").write_text("# 家居\n\n智能音箱很多。", encoding="utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path, tokenizer: Tokenizer) -> LocalEngine:
    return LocalEngine(tmp_path / "index", tokenizer)


@pytest.fixture
def library(folder: Path, engine: LocalEngine) -> Library:
    return Library(folder, engine, readers=kept_readers)


def statuses(report: Report) -> dict[str, str]:
    return {file.path: file.status for file in report.files}


def rewrite(path: Path, text: str) -> None:
    """Write a file so that its time of change differs, however coarse the file system's clock is."""
    before = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


async def found(engine: LocalEngine, term: str) -> list[str]:
    return [hit.source.path for hit in (await engine.search([term], limit=9)).hits]


async def test_every_document_can_be_found_after_the_first_refresh(library: Library, engine: LocalEngine) -> None:
    report = await library.refresh()
    assert statuses(report) == {"a.txt": "added", "子/b.md": "added"}
    assert (report.changed, report.document_count) == (True, 2)
    assert await found(engine, "音箱") == ["子/b.md"]


async def test_nothing_is_built_when_nothing_has_changed(library: Library, tmp_path: Path) -> None:
    await library.refresh()
    generations = set((tmp_path / "index").iterdir())
    report = await library.refresh()
    assert statuses(report) == {"a.txt": "unchanged", "子/b.md": "unchanged"}
    assert not report.changed
    assert set((tmp_path / "index").iterdir()) == generations


async def test_only_the_changed_file_is_read_again(library: Library, folder: Path, engine: LocalEngine) -> None:
    await library.refresh()
    rewrite(folder / "a.txt", "手环测心率。")
    read: list[str] = []
    report = await library.refresh(progress=lambda done, total, path, _: read.append(f"{done}/{total} {path}"))
    assert read == ["0/1 a.txt", "1/1 "]
    assert statuses(report)["a.txt"] == "changed"
    assert (await found(engine, "手环"), await found(engine, "机器")) == (["a.txt"], [])


async def test_an_index_of_a_newer_version_is_made_anew_with_a_word_about_it(
    library: Library, folder: Path, tmp_path: Path, tokenizer: Tokenizer, caplog: pytest.LogCaptureFixture
) -> None:
    await library.refresh()
    description = tmp_path / "index" / "generation-000001" / "generation.json"
    description.write_text(json.dumps(json.loads(description.read_text(encoding="utf-8")) | {"format": 9999}))
    engine = LocalEngine(tmp_path / "index", tokenizer)
    await Library(folder, engine, readers=kept_readers).refresh()
    assert "newer Yuanju (format 9999" in caplog.text
    assert await found(engine, "音箱") == ["子/b.md"]


async def test_a_file_that_grows_stays_as_it_was(library: Library, folder: Path, engine: LocalEngine) -> None:
    await library.refresh()
    (folder / "a.txt").write_text("手环测心", encoding="utf-8")
    (folder / "c.txt").write_text("手环很多。", encoding="utf-8")
    refreshing = asyncio.create_task(library.refresh(rest_seconds=0.5))
    size = 12
    while not refreshing.done():
        size += 1
        os.truncate(folder / "a.txt", size)
        await asyncio.sleep(0.01)
    assert statuses(await refreshing) == {"a.txt": "growing", "c.txt": "added", "子/b.md": "unchanged"}
    assert (await found(engine, "机器"), await found(engine, "手环")) == (["a.txt"], ["c.txt"])


async def test_what_cannot_be_looked_at_for_the_moment_is_not_gone(engine: LocalEngine, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    names = {"a.txt", "a folder of a long name/b.txt", "a file of a long name.txt"}
    (folder / "a folder of a long name").mkdir(parents=True)
    for name in names:
        (folder / name).write_text("手环很多。", encoding="utf-8")
    await Library(folder, engine, readers=kept_readers).refresh()
    far = _moved_far(folder, room=len("/documents.toml"))
    report = await Library(far, engine, readers=kept_readers).refresh()
    assert {file.path for file in report.files if file.documents} == names
    assert sorted(await found(engine, "手环")) == sorted(names)


def _moved_far(folder: Path, *, room: int) -> Path:
    """Move a folder so deep that the system takes only paths of ``room`` more bytes. That fails for root as well."""
    longest = os.pathconf(folder, "PC_PATH_MAX") - 1
    far, place = folder.parent, os.open(folder.parent, os.O_RDONLY)
    while left := longest - room - len(os.fsencode(far)) - len("/documents"):
        name = "d" * (left - 1 if left <= 201 else min(200, left - 3))
        os.mkdir(name, dir_fd=place)
        inner = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        far, place = far / name, inner
    os.rename(folder, "documents", dst_dir_fd=place)
    os.close(place)
    return far / "documents"


async def test_a_file_that_was_only_touched_keeps_its_documents(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    await library.refresh()
    rewrite(folder / "a.txt", "机器人在工厂工作。")
    assert statuses(await library.refresh())["a.txt"] == "unchanged"
    assert await found(engine, "工厂") == ["a.txt"]


async def test_a_file_that_is_gone_is_found_no_more(library: Library, folder: Path, engine: LocalEngine) -> None:
    await library.refresh()
    (folder / "a.txt").unlink()
    assert statuses(await library.refresh())["a.txt"] == "removed"
    assert await found(engine, "工厂") == []


async def test_only_the_places_that_are_named_are_looked_at(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    (folder / "旧").mkdir()
    (folder / "旧" / "c.txt").write_text("手环很多。", encoding="utf-8")
    (folder / "同.txt").symlink_to(folder / "a.txt")
    await library.refresh()
    rewrite(folder / "a.txt", "铲车很多。")
    rewrite(folder / "子" / "b.md", "机床很多。")
    (folder / "旧").rename(folder / "新")
    report = await library.refresh(["a.txt", "旧", "新"])
    assert statuses(report) == {
        "a.txt": "changed",
        "同.txt": "changed",  # a link, of whose change nobody tells
        "旧/c.txt": "removed",
        "新/c.txt": "added",
    }
    assert report.document_count == 4
    assert (await found(engine, "铲车"), await found(engine, "机床")) == (["a.txt", "同.txt"], [])
    assert statuses(await library.refresh())["子/b.md"] == "changed"


async def test_what_matters_to_all_files_has_all_looked_at(library: Library, folder: Path, engine: LocalEngine) -> None:
    await library.refresh()
    rewrite(folder / "子" / "b.md", "机床很多。")
    (folder / "documents.toml").write_text('["a.txt"]\ntitle = "别名"\n', encoding="utf-8")
    await library.refresh(["documents.toml"])
    assert await found(engine, "机床") == ["子/b.md"]
    (folder / "a.txt").unlink()
    (folder / "子" / "b.md").unlink()
    with pytest.raises(DocumentsFolderError, match="holds no document"):
        await library.refresh(["a.txt", "子/b.md"])


async def test_a_link_to_one_of_many_changed_files_is_looked_at(library: Library, folder: Path) -> None:
    (folder / "多").mkdir()
    for number in range(25):
        (folder / "多" / f"{number:02}.txt").write_text(f"第{number}篇。", encoding="utf-8")
    (folder / "同.txt").symlink_to(folder / "多" / "07.txt")
    await library.refresh()
    rewrite(folder / "多" / "07.txt", "铲车很多。")
    report = await library.refresh(["多"])
    changed = {path for path, status in statuses(report).items() if status == "changed"}
    assert changed == {"多/07.txt", "同.txt"}


async def test_all_files_are_looked_at_where_an_older_version_has_not_counted_them(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    await library.refresh()
    heading = (await engine.manifest() or Notes())[""]
    async with engine.update() as update:
        await update.commit({"": "\n".join(line.partition("\t")[0] for line in heading.split("\n"))})
    rewrite(folder / "a.txt", "铲车很多。")
    assert statuses(await library.refresh(["a.txt"])) == {"a.txt": "changed", "子/b.md": "unchanged"}
    assert (await engine.manifest() or Notes())[""] == heading


@pytest.mark.parametrize(("unreached", "gone"), [("", ()), ("b", ("a.txt",)), ("b/c.txt", ("a.txt", "b/d.txt"))])
def test_what_cannot_be_reached_for_the_moment_is_not_gone(unreached: str, gone: tuple[str, ...]) -> None:
    listing = Listing({}, (Skipped(PurePosixPath(unreached), f"{UNREACHED[0]}: Input/output error"),))
    known = dict.fromkeys(("a.txt", "b/c.txt", "b/d.txt"), "")
    assert compare(listing, known, places=EVERYWHERE, touched=()).gone == gone


async def test_an_unreadable_file_is_reported_each_time_and_stops_no_other(library: Library, folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"")
    for _ in range(2):
        report = await library.refresh()
        assert statuses(report)["c.txt"] == "unreadable"
        assert report.document_count == 2
        (failure,) = report.failures
        assert failure.startswith("c.txt: ")


async def test_a_readable_file_that_became_unreadable_is_found_no_more(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    await library.refresh()
    rewrite(folder / "a.txt", "")
    assert statuses(await library.refresh())["a.txt"] == "unreadable"
    assert await found(engine, "工厂") == []


async def test_what_no_reader_takes_is_reported_as_skipped(library: Library, folder: Path) -> None:
    (folder / "film.mp4").write_bytes(b"\0")
    assert statuses(await library.refresh())["film.mp4"] == "skipped"


async def test_the_index_survives_a_new_process(
    library: Library, folder: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    await library.refresh()
    engine = LocalEngine(tmp_path / "index", tokenizer)
    assert not (await Library(folder, engine, readers=kept_readers).refresh()).changed
    assert await found(engine, "音箱") == ["子/b.md"]


async def test_new_declarations_have_everything_read_again(library: Library, folder: Path) -> None:
    await library.refresh()
    (folder / "documents.toml").write_text("", encoding="utf-8")
    assert set(statuses(await library.refresh()).values()) == {"added"}


@pytest.mark.parametrize("content", [None, b""], ids=["nothing", "only what cannot be read"])
async def test_a_folder_without_a_document_is_a_clear_error(
    tmp_path: Path, engine: LocalEngine, content: bytes | None
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if content is not None:
        (folder / "a.txt").write_bytes(content)
    with pytest.raises(DocumentsFolderError, match=r"holds no(thing that can be read| document)"):
        await Library(folder, engine, readers=kept_readers).refresh()


async def test_when_nothing_can_be_read_any_more_the_last_index_stays(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    await library.refresh()
    for path in (folder / "a.txt", folder / "子" / "b.md"):
        rewrite(path, "")
    with pytest.raises(DocumentsFolderError, match=r"holds nothing that can be read: a.txt"):
        await library.refresh()
    assert await found(engine, "工厂") == ["a.txt"]


@pytest.fixture
def own(dictionaries: Path) -> Tokenizer:
    """A tokenizer of the test's own: what it adopts must not reach other tests."""
    return Tokenizer(dictionaries)


@pytest.fixture
def with_words(folder: Path, tmp_path: Path, own: Tokenizer) -> tuple[Library, LocalEngine]:
    engine = LocalEngine(tmp_path / "index", own)
    return Library(folder, engine, own, readers=kept_readers), engine


async def test_the_operators_words_are_no_documents(with_words: tuple[Library, LocalEngine], folder: Path) -> None:
    (folder / "userdict.txt").write_text("# 注释\n\n智能音箱 5000 n\n工厂工作\n", encoding="utf-8")
    (folder / "stopwords.txt").write_text("很多\n", encoding="utf-8")
    library, engine = with_words
    assert statuses(await library.refresh()) == {"a.txt": "added", "子/b.md": "added"}
    assert (await found(engine, "智能音箱"), await found(engine, "工厂工作")) == (["子/b.md"], ["a.txt"])


async def test_new_words_have_only_those_files_read_again_in_which_they_stand(
    with_words: tuple[Library, LocalEngine], folder: Path
) -> None:
    library, engine = with_words
    await library.refresh()
    read: list[str] = []
    steps: tuple[tuple[str, list[str], list[str]], ...] = (
        ("智能音箱", ["子/b.md"], ["子/b.md"]),
        ("火星", ["子/b.md"], []),
        ("", [], []),
    )
    for text, again, holding in steps:
        (folder / "userdict.txt").write_text(text, encoding="utf-8")
        read.clear()
        assert (await library.refresh(progress=lambda _, __, path, ___: read.append(path))).changed
        assert [path for path in read if path] == again
        assert await found(engine, "智能音箱") == holding


async def test_words_that_changed_make_the_index_that_building_it_afresh_makes(
    with_words: tuple[Library, LocalEngine], folder: Path, tmp_path: Path, dictionaries: Path
) -> None:
    library, _ = with_words
    await library.refresh()
    (folder / "userdict.txt").write_text("机器人在工厂\n", encoding="utf-8")
    (folder / "stopwords.txt").write_text("智能\n", encoding="utf-8")
    await library.refresh()
    other = Tokenizer(dictionaries)
    await Library(folder, LocalEngine(tmp_path / "afresh", other), other, readers=kept_readers).refresh()
    assert content(tmp_path / "index") == content(tmp_path / "afresh")


async def test_a_wrong_line_in_the_operators_words_is_named(
    with_words: tuple[Library, LocalEngine], folder: Path
) -> None:
    (folder / "userdict.txt").write_text("智能音箱 5000\n工厂 0\n", encoding="utf-8")
    with pytest.raises(DocumentsFolderError, match=r"userdict\.txt, line 2"):
        await with_words[0].refresh()


def content(index: Path) -> dict[str, bytes]:
    newest = max(index.glob("generation-*"))
    return {path.name: path.read_bytes() for path in newest.iterdir()}


async def test_what_the_folder_declares_goes_into_the_documents(
    library: Library, folder: Path, engine: LocalEngine
) -> None:
    (folder / "documents.toml").write_text('["a.txt"]\nauthor = "张三"\n', encoding="utf-8")
    await library.refresh()
    (hit,) = (await engine.search(["工厂"], limit=1)).hits
    assert hit.source.author == "张三"


async def test_a_raised_limit_has_what_was_too_large_read(folder: Path, engine: LocalEngine) -> None:
    report = await Library(folder, engine, limits=Limits(file_bytes=30)).refresh()
    assert statuses(report) == {"a.txt": "added", "子/b.md": "unreadable"}
    assert (await Library(folder, engine, readers=kept_readers).refresh()).document_count == 2


async def test_a_large_file_with_hardly_any_text_is_called_meagre(library: Library, folder: Path) -> None:
    (folder / "c.html").write_text(f"<p>一句。</p><!--{'x' * 30_000}-->", encoding="utf-8")
    assert [file.path for file in (await library.refresh()).meagre] == ["c.html"]
