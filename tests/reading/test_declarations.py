from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading import declared, find, read


def put(folder: Path, declarations: str, files: dict[str, bytes] | None = None) -> None:
    (folder / "documents.toml").write_text(declarations, encoding="utf-8")
    for name, data in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_every_key_can_be_set(tmp_path: Path) -> None:
    declarations = """
["旧稿/*.txt"]
encoding = "big5"
title = "标题"
author = "编辑部"
date = 2022-07-08
url = "https://example.com/a"
language = "zh-TW"
"""
    put(tmp_path, declarations, {"旧稿/a.txt": "台灣。".encode("big5")})
    (document,) = read(tmp_path, "旧稿/a.txt", declarations=declared(tmp_path)).documents
    source = document.source
    assert (source.title, source.author, source.date) == ("标题", "编辑部", "2022-07-08")
    assert source.url == "https://example.com/a"
    assert (document.encoding, document.paragraphs[0].text, document.remarks) == ("big5", "台灣。", ())


def test_what_is_declared_wins_over_what_the_document_says(tmp_path: Path) -> None:
    put(tmp_path, '["*"]\ntitle = "甲"', {"a.txt": "---\ntitle: 乙\nauthor: 丙\n---\n正文。".encode()})
    (document,) = read(tmp_path, "a.txt").documents
    assert (document.source.title, document.source.author) == ("甲", "丙")


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("*.txt", "a.txt", True),
        ("*.txt", "子/a.txt", True),
        ("子/*.txt", "子/a.txt", True),
        ("子/*.txt", "子/孙/a.txt", False),
        ("子/**/*.txt", "子/孙/曾/a.txt", True),
        ("子/**/*.txt", "子/a.txt", True),
        ("**", "子/a.txt", True),
        ("a?.txt", "ab.txt", True),
        ("a?.txt", "a.txt", False),
        ("a.zip/*.txt", "a.zip/b.txt", True),
        ("a[1].txt", "a[1].txt", True),
    ],
)
def test_globs_fit_paths(tmp_path: Path, glob: str, path: str, fits: bool) -> None:
    put(tmp_path, f"['{glob}']\nauthor = '甲'")
    assert (declared(tmp_path).of(path).author == "甲") is fits


def test_later_tables_win(tmp_path: Path) -> None:
    put(tmp_path, "['*']\nauthor = '甲'\ntitle = '题'\n['a.*']\nauthor = '乙'")
    declaration = declared(tmp_path).of("a.txt")
    assert (declaration.author, declaration.title) == ("乙", "题")


@pytest.mark.parametrize(
    ("declarations", "reason"),
    [
        ("['*.txt'", "is malformed"),
        ("title = '甲'", "title stands outside of a table"),
        ("['*']\ntitel = '甲'", "sets titel, which cannot be set; use encoding, title"),
        ("['*']\nencoding = 'klingon'", "sets encoding to klingon, which is unknown"),
        ("['*']\nencoding = 'rot13'", "sets encoding to rot13, which is unknown"),
        ("['*']\ntitle = 1", "sets title to 1, which is no text"),
        ("['*']\ndate = 'soon'", "sets date to 'soon', which is no date"),
        ("['*']\nurl = 'example.com'", "does not begin with http"),
    ],
)
def test_what_cannot_be_declared_is_an_error_that_says_where(tmp_path: Path, declarations: str, reason: str) -> None:
    put(tmp_path, declarations, {"a.txt": "正文。".encode()})
    with pytest.raises(DocumentsFolderError, match=r"documents\.toml: ") as caught:
        declared(tmp_path)
    assert reason in str(caught.value)
    with pytest.raises(UnreadableDocument, match=r"documents\.toml: "):
        read(tmp_path, "a.txt")


def test_declarations_are_listed_but_are_no_document(tmp_path: Path) -> None:
    put(tmp_path, "")
    listing = find(tmp_path)
    assert (listing.files, listing.skipped) == ((), ())
    assert listing.declarations is not None


def test_folder_without_declarations_declares_nothing(tmp_path: Path) -> None:
    assert declared(tmp_path).of("a.txt").title is None
