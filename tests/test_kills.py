"""However often a builder is killed, the index opens and is whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.attack

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_an_index_whose_builders_are_killed_always_opens_whole() -> None:
    # In a process of its own, which may fork: here other threads may be running.
    command = [sys.executable, "-W", "error", "-m", "benchmarks.kills", "25"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("25 kills: the index always opened")
