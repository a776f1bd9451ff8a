"""Titles that tell documents apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import reading


@pytest.mark.parametrize(
    ("path", "heading", "title"),
    [
        ("backup/README.md", "README", "backup · README"),
        ("备份/index.md", "概述", "备份 · 概述"),
        ("指南/常见问题/index.md", "FAQ", "指南 · FAQ"),
        ("restore.md", "简介", "restore · 简介"),
        ("index.md", "简介", "简介"),
        ("备份/index.md", "怎么备份", "怎么备份"),
    ],
)
def test_a_generic_title_gets_the_name_of_its_file_or_folder(
    tmp_path: Path, path: str, heading: str, title: str
) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"# {heading}\n\n每天夜里备份一次。\n", encoding="utf-8")
    (document,) = reading.read(tmp_path, path).documents
    assert document.source.title == title
