"""The operator's own words, and the package's."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import SynonymsError
from retrieval.language.synonyms import FILE_NAME, Synonyms, default


def test_a_word_has_the_others_of_its_group() -> None:
    assert Synonyms.of(["甲 乙 丙"]).expand("问甲") == (("甲", "乙"), ("甲", "丙"))


def test_latin_words_match_as_a_whole() -> None:
    assert Synonyms.of(["ai 人工智能"]).expand("main") == ()


def test_remarks_commas_and_lonely_words(tmp_path: Path) -> None:
    assert Synonyms.of(["# 说明", "甲，乙  # 注", "丙", ""]).groups == (("甲", "乙"),)


def test_the_folder_adds_to_the_package(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("云顶 云顶项目\n", "utf-8")
    groups = Synonyms.with_folder(tmp_path).groups
    assert groups == (("云顶", "云顶项目"), *default().groups)


def test_a_folder_without_a_table(tmp_path: Path) -> None:
    assert Synonyms.with_folder(tmp_path) == default()


def test_a_table_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(SynonymsError, match="save it as UTF-8"):
        Synonyms.with_folder(tmp_path)


def test_vr_is_virtual_reality() -> None:
    assert ("vr", "虚拟现实") in default().expand("vr的应用")
