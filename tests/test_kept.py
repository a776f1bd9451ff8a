"""What is kept is made once, and a damaged or unwritable file costs time, never an answer."""

from __future__ import annotations

from pathlib import Path

from retrieval.language.kept import kept


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    assert kept(tmp_path / "a" / "b.json", lambda: {"字": 0.5}) == {"字": 0.5}
    assert kept(tmp_path / "a" / "b.json", lambda: {"不": 1.0}) == {"字": 0.5}


def test_a_file_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('["一', encoding="utf-8")
    assert kept(tmp_path / "b.json", lambda: ["一"]) == ["一"]
    assert kept(tmp_path / "b.json", lambda: ["二"]) == ["一"]


def test_where_nothing_can_be_written_it_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert kept(tmp_path / "file" / "b.json", lambda: [1]) == [1]
