"""However often the bot is killed, every question is answered, from one generation of the documents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_bot_that_is_killed_again_and_again_answers_everything() -> None:
    command = [sys.executable, "-m", "benchmarks.restarts", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "all answered" in done.stdout
