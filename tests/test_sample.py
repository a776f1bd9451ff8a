"""``yuanju sample`` is the first thing that somebody does who has the package and no clone."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.terminal.sample import QUESTIONS, SampleError, sample
from testbed.commands import yuanju


def test_the_sample_answers_the_questions_that_it_names(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prepared: Callable[[Path], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = {"YUANJU_INDEX": str(prepared(tmp_path / "index")), "YUANJU_LANGUAGE": "en"}
    sample(Path("sample"))
    commands = [line for line in capsys.readouterr().out.splitlines() if "yuanju ask" in line]
    assert len(commands) == len(QUESTIONS)
    for command in commands:
        done = yuanju(*shlex.split(command)[1:], environment=environment)
        assert (done.returncode, done.stderr) == (0, "")


def test_what_lies_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("我的")
    with pytest.raises(SampleError, match="is not empty: name another folder"):
        sample(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SampleError, match="cannot be written"):
        sample(tmp_path / "file" / "sample")


def test_without_documents_the_sample_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = yuanju("ask", "？", environment={"YUANJU_INDEX": str(tmp_path / "index"), "YUANJU_LANGUAGE": "en"})
    assert (done.returncode, done.stdout) == (2, "")
    assert "try the sample: yuanju sample" in done.stderr
