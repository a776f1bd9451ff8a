"""``health`` tells a bot that hears from one that only exists."""

from __future__ import annotations

import os
import time
from pathlib import Path

from bot.health import STALE_SECONDS, SignOfLife


def test_there_is_no_sign_before_the_first_poll(tmp_path: Path) -> None:
    assert "not running" in str(SignOfLife(tmp_path).trouble())


def test_a_fresh_sign_is_no_trouble(tmp_path: Path) -> None:
    SignOfLife(tmp_path).give()
    assert SignOfLife(tmp_path).trouble() is None


def test_an_old_sign_is_trouble(tmp_path: Path) -> None:
    SignOfLife(tmp_path).give()
    past = time.time() - STALE_SECONDS - 1
    os.utime(tmp_path / "alive", (past, past))
    assert "not heard" in str(SignOfLife(tmp_path).trouble())


def test_a_stopped_bot_leaves_no_sign(tmp_path: Path) -> None:
    SignOfLife(tmp_path).give()
    SignOfLife(tmp_path).withdraw()
    assert SignOfLife(tmp_path).trouble() is not None
