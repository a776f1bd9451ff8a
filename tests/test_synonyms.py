"""The operator's own words, and the package's."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import SynonymsError
from retrieval.language import Tokenizer, normalise
from retrieval.language.synonyms import FILE_NAME, Synonyms, default, operators


def test_a_word_has_the_others_of_its_group() -> None:
    assert Synonyms.of(["甲 乙 丙"]).expand("问甲")[0] == (("甲", "乙"), ("甲", "丙"))


def test_latin_words_match_as_a_whole() -> None:
    assert Synonyms.of(["ai 人工智能"]).expand("main")[0] == ()


def test_remarks_and_commas(tmp_path: Path) -> None:
    assert Synonyms.of(["# 说明", "甲，乙  # 注", ""]).groups == (("甲", "乙"),)


def test_a_word_within_two_others_does_not_stand(tokenizer: Tokenizer) -> None:
    table = Synonyms.of([], colloquial=["开除 解除劳动合同"])
    text = "公开除外的信息"
    assert table.expand(text, tuple(tokenizer.words(text)))[0] == ()
    text = "公司开除员工"
    assert table.expand(text, tuple(tokenizer.words(text)))[0] == (("开除", "解除劳动合同"),)


def test_colloquial_words_find_formal_ones_and_not_the_reverse() -> None:
    table = Synonyms.of([], colloquial=["押金 保证金"])
    assert table.expand("押金")[0] == (("押金", "保证金"),)
    assert table.expand("保证金")[0] == ()


def test_the_longest_colloquial_word_counts() -> None:
    table = Synonyms.of([], colloquial=["上班 工作", "上班时间 作息时间"])
    assert table.expand("上班时间")[0] == (("上班时间", "作息时间"),)


def test_the_folder_overrules_the_package(tmp_path: Path) -> None:
    word = default().colloquial[0][0]
    (tmp_path / FILE_NAME).write_text(f"{word} 甲\nVR\n", "utf-8")
    table = default().overruled(operators(tmp_path).groups)
    assert table.expand(word)[0] == ((word, "甲"),)
    assert table.expand("vr的应用")[0] == ()
    assert table.expand("虚拟现实")[0] == ()


ENTRIES = default().colloquial


def test_the_table_is_large_enough_to_matter() -> None:
    assert sum(len(entry) - 1 for entry in ENTRIES) >= 400


def test_every_colloquial_word_has_one_entry() -> None:
    words = [entry[0] for entry in ENTRIES]
    assert [word for word in words if words.count(word) > 1] == []


def test_an_entry_is_short_and_finds_something_else() -> None:
    wrong = [
        (word, *formal) for word, *formal in ENTRIES if len(word) < 2 or not 1 <= len(formal) <= 4 or word in formal
    ]
    assert wrong == []


def test_a_formal_word_leads_at_most_one_step_further() -> None:
    meanings = {entry[0]: entry[1:] for entry in ENTRIES}
    chains = [(word, one) for word, formal in meanings.items() for one in formal for two in meanings.get(one, ())
              if two in meanings]  # fmt: skip
    assert chains == []


def test_no_word_leads_back_to_itself() -> None:
    meanings = {entry[0]: entry[1:] for entry in ENTRIES}
    circles = [word for word, formal in meanings.items() if any(word in meanings.get(one, ()) for one in formal)]
    assert circles == []


def test_no_colloquial_word_is_in_a_group() -> None:
    grouped = {word for group in default().groups for word in group}
    assert [entry[0] for entry in ENTRIES if entry[0] in grouped] == []


def test_the_folder_adds_to_the_package(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("云顶 云顶项目\n", "utf-8")
    groups = default().overruled(operators(tmp_path).groups).groups
    assert groups == (("云顶", "云顶项目"), *default().groups)


def test_a_folder_without_a_table(tmp_path: Path) -> None:
    assert default().overruled(operators(tmp_path).groups) == default()


def test_a_table_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(SynonymsError, match="save it as UTF-8"):
        default().overruled(operators(tmp_path).groups)


def test_vr_is_virtual_reality() -> None:
    assert ("vr", "虚拟现实") in default().expand("vr的应用")[0]


def test_the_own_words_are_written_as_they_are_normalised() -> None:
    own = default()
    groups = own.groups + own.colloquial
    assert groups == tuple(tuple(normalise(word).text for word in group) for group in groups)
