"""``health`` tells a bot that hears from one that only exists, without the time that settings take."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot import places
from bot.operations.health import STALE_SECONDS, SignOfLife
from bot.settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.fixture
def sign(tmp_path: Path) -> SignOfLife:
    """That of a bot that does well."""
    sign = SignOfLife(tmp_path)
    sign.beat()
    sign.give()
    return sign


def age(sign: SignOfLife, name: str) -> None:
    past = time.time() - STALE_SECONDS - 1
    os.utime(sign.folder / name, (past, past))


def test_there_is_no_sign_before_it_runs(tmp_path: Path) -> None:
    assert "not running" in str(SignOfLife(tmp_path).trouble())


def test_fresh_signs_are_no_trouble(sign: SignOfLife) -> None:
    assert sign.trouble() is None


def test_it_is_starting_until_the_first_poll(tmp_path: Path) -> None:
    sign = SignOfLife(tmp_path)
    sign.beat()
    assert "starting" in str(sign.trouble())


def test_polls_that_are_not_answered_are_trouble(sign: SignOfLife) -> None:
    age(sign, "heard")
    assert "not heard" in str(sign.trouble())


def test_a_loop_that_stands_still_is_trouble(sign: SignOfLife) -> None:
    age(sign, "alive")
    assert "stood still" in str(sign.trouble())


def test_a_stopped_bot_leaves_no_sign(sign: SignOfLife) -> None:
    sign.withdraw()
    assert "not running" in str(sign.trouble())


def test_in_a_folder_that_takes_none_there_is_no_sign() -> None:
    sign = SignOfLife(Path("/dev/null/index"))
    sign.beat()
    assert "not running" in str(sign.trouble())


@pytest.mark.slow
def test_the_command_needs_the_standard_library_only(sign: SignOfLife) -> None:
    command = [sys.executable, "-S", "-m", "bot", "health", "--index", str(sign.folder)]  # no site-packages
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("flags", "environment", "lines", "at_once"),
    [
        ([], {}, "", True),
        (["--index", "flag"], {"YUANJU_INDEX": "environment"}, "YUANJU_INDEX=file\n", True),
        ([], {"YUANJU_INDEX": "environment"}, "YUANJU_INDEX=file\n", True),
        ([], {"YUANJU_INDEX": ""}, "YUANJU_INDEX=file\n", True),
        ([], {}, "# YUANJU_INDEX=no\nYUANJU_INDEX=\nYUANJU_DOCUMENTS=文档\n", True),
        ([], {"yuanju_documents": "other"}, "", True),
        ([], {"YUANJU_DOCUMENTS": "other"}, "YUANJU_DOCUMENTS=file\nYUANJU_DOCUMENTS=again", True),
        ([], {}, "YUANJU_INDEX='a folder'\n", False),
        ([], {}, "export YUANJU_INDEX=file\n", False),
        ([], {}, "YUANJU_INDEX=$HOME/x\n", False),
        ([], {}, "YUANJU_INDEX=file # here\n", False),
        ([], {}, "YUANJU_INDEX=one\nYUANJU_INDEX=two\n", False),
        (["--documents", "other"], {}, "", False),
    ],
)
def test_it_looks_where_the_settings_say(
    flags: list[str],
    environment: dict[str, str],
    lines: str,
    at_once: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.upper().startswith("YUANJU_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    folder = places.told(flags, os.environ, Path(".env"))
    assert (folder is not None) == at_once
    if folder is not None:
        named = {name.removeprefix("--"): value for name, value in zip(flags[::2], flags[1::2], strict=True)}
        assert folder == Settings(**named).index_folder  # type: ignore[arg-type]
