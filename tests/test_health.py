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


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """That of a process in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def test_it_finds_the_index_that_is_served_from_the_same_folder(environment: dict[str, str], tmp_path: Path) -> None:
    assert places.served([], environment) is None
    places.note_served(Path("index"), environment)
    assert places.served([], environment) == tmp_path / "index"
    assert places.served(["--index", "other"], environment) == Path("other")
    assert places.served(["--documents", "other"], environment) is None


@pytest.mark.parametrize("variable", ["YUANJU_INDEX", "YUANJU_DOCUMENTS"])
def test_two_bots_of_one_folder_are_told_apart_by_their_environment(
    environment: dict[str, str], variable: str, tmp_path: Path
) -> None:
    places.note_served(Path("one"), environment)
    places.note_served(Path("other"), environment | {variable: "x"})
    assert places.served([], environment) == tmp_path / "one"
    assert places.served([], environment | {variable: "x"}) == tmp_path / "other"


def test_where_nothing_can_be_written_the_settings_tell(tmp_path: Path) -> None:
    nowhere = {"XDG_STATE_HOME": "/dev/null"}
    places.note_served(tmp_path, nowhere)
    assert places.served([], nowhere) is None
