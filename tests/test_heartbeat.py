"""A loop that stands still ends the process, in whatever it stands."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operations.heartbeat import heartbeat

STUCK = """
import asyncio, re, time
from bot.operations.heartbeat import heartbeat

async def stuck():
    async with heartbeat(lambda: None, stuck_seconds={seconds}):
        await asyncio.sleep(0)
        {code}

asyncio.run(stuck())
"""


def stuck(code: str, *, seconds: float = 0.5) -> subprocess.CompletedProcess[str]:
    """A process whose loop comes to this code, and counts as stuck after so many seconds."""
    command = [sys.executable, "-c", STUCK.format(code=code, seconds=seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603


@pytest.mark.slow
def test_the_process_ends_and_its_log_says_where_it_stood() -> None:
    done = stuck("time.sleep(3600)", seconds=2)  # so that on a busy machine the thread that tells is not too late
    assert done.returncode == 1
    assert "stood still" in done.stderr
    assert "in stuck" in done.stderr


@pytest.mark.slow
def test_it_ends_even_where_no_other_thread_can_work() -> None:
    done = stuck('re.match(r"(a+)+$", "a" * 64 + "b")')
    assert done.returncode == 1
    assert "in stuck" in done.stderr


@pytest.mark.slow
def test_a_loop_that_goes_round_goes_on() -> None:
    done = stuck("await asyncio.sleep(2)", seconds=1.5)
    assert (done.returncode, done.stderr) == (0, "")


async def test_systemd_is_told_of_every_beat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setitem(os.environ, "NOTIFY_SOCKET", str(tmp_path / "notify"))
        async with heartbeat(lambda: None):
            told = await asyncio.get_running_loop().sock_recv(systemd, 100)
    assert told == b"WATCHDOG=1"
