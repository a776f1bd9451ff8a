from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading import Limits, find, read


def put(place: Path, content: str = "一句话。") -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, encoding="utf-8")
    return place


def test_files_are_listed_sorted_with_size_and_time(tmp_path: Path) -> None:
    for name in ("乙.md", "子/甲.TXT", "a.html"):
        put(tmp_path / name)
    files = find(tmp_path).files
    assert [str(file.path) for file in files] == ["a.html", "乙.md", "子/甲.TXT"]
    assert files[0].size == len("一句话。".encode())
    assert files[0].mtime_ns == (tmp_path / "a.html").stat().st_mtime_ns


def test_hidden_and_temporary_files_pass_without_a_word(tmp_path: Path) -> None:
    for name in (".DS_Store", ".git/a.txt", "~$x.txt", "a.txt~", "Thumbs.db", "__MACOSX/a.txt", ".~lock.a.txt#"):
        put(tmp_path / name)
    listing = find(tmp_path)
    assert (listing.files, listing.skipped) == ((), ())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.exe", ".exe files are not read"),
        ("a.doc", ".doc files are not read; save it as .docx"),
        ("README", "has no suffix that says its format"),
        ("a.txt.part", "looks half-written; it is read when it has its final name"),
        ("a.crdownload", "looks half-written; it is read when it has its final name"),
    ],
)
def test_what_cannot_be_read_is_reported(tmp_path: Path, name: str, reason: str) -> None:
    put(tmp_path / name)
    (skipped,) = find(tmp_path).skipped
    assert (str(skipped.path), skipped.reason) == (name, reason)


@pytest.mark.attack
def test_links_are_followed_to_files_within_the_folder_only(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside" / "secret.txt")
    folder = tmp_path / "documents"
    inside = put(folder / "real.txt")
    (folder / "alias.txt").symlink_to(inside)
    (folder / "escape.txt").symlink_to(outside)
    (folder / "escape").symlink_to(outside.parent)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.txt").symlink_to(folder / "missing")
    listing = find(folder)
    assert [str(file.path) for file in listing.files] == ["alias.txt", "real.txt"]
    assert {str(skipped.path): skipped.reason for skipped in listing.skipped} == {
        "escape": "is a link out of the folder",
        "escape.txt": "is a link out of the folder",
        "loop": "is a link to a folder that is read in its own place",
        "nowhere.txt": "is a link to nothing",
    }
    with pytest.raises(UnreadableDocument, match="outside the documents folder"):
        read(folder, "escape.txt")


def test_mounted_folder_of_links_through_a_hidden_one_is_read(tmp_path: Path) -> None:
    put(tmp_path / "..2024" / "a.txt")
    (tmp_path / "..data").symlink_to("..2024")
    (tmp_path / "a.txt").symlink_to("..data/a.txt")
    assert [str(file.path) for file in find(tmp_path).files] == ["a.txt"]


def test_pipe_is_no_document_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (skipped,) = find(tmp_path).skipped
    assert skipped.reason == "is not a regular file"
    with pytest.raises(UnreadableDocument, match="not a regular file"):
        read(tmp_path, "pipe.txt")


def test_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "名字.txt".encode("gbk")))).touch()
    (skipped,) = find(tmp_path).skipped
    assert skipped.reason == "its name is not UTF-8; rename it"
    assert str(skipped.path).isprintable()


def test_folder_that_is_missing_or_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentsFolderError, match="does not exist"):
        find(tmp_path / "missing")
    with pytest.raises(DocumentsFolderError, match="is not a folder"):
        find(put(tmp_path / "a.txt"))


def test_too_many_files_are_an_error_with_the_limits_name(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path / f"{number}.txt")
    with pytest.raises(DocumentsFolderError, match=r"more than 3 documents.*file_count"):
        find(tmp_path, limits=Limits(file_count=3))


def test_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find(tmp_path).files == ()


def test_only_what_lies_at_some_places_is_listed_as_the_walk_would(tmp_path: Path) -> None:
    for name in ("a.txt", "子/b.txt", "子/深/c.txt", "别/d.txt", ".隐/e.txt"):
        put(tmp_path / name)
    (tmp_path / "链").symlink_to(tmp_path / "子")
    listing = find(tmp_path, places=["a.txt", "子", ".隐/e.txt", "链/b.txt", "没有/x.txt"])
    assert [file.relative for file in listing.files] == ["a.txt", "子/b.txt", "子/深/c.txt"]
    assert [str(skipped.path) for skipped in listing.skipped] == ["链"]


@pytest.mark.slow
def test_listing_imports_no_format_library() -> None:
    code = (
        "import sys; from retrieval.reading import find, read;"
        "print(*sorted({'yaml', 'bs4', 'lxml', 'pyromark', 'chardet', 'tomllib', 'zipfile',"
        " 'pypdfium2', 'docx', 'pptx', 'openpyxl', 'defusedxml', 'email'} & sys.modules.keys()))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("path", ["missing.txt", "../outside.txt", "/etc/hostname", "", ".", "a\0b.txt"])
def test_path_that_is_no_file_in_the_folder_is_unreadable(tmp_path: Path, path: str) -> None:
    put(tmp_path.parent / "outside.txt")
    with pytest.raises(UnreadableDocument):
        read(tmp_path, path)
