"""What keeps a bot from answering is noticed, said once, and over when it is over."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.operations.readiness import DiskFullError, Readiness, room


async def well() -> None:
    """A check that passes."""


async def broken() -> None:
    raise ValueError("it is broken\nin detail")


async def test_it_is_not_ready_before_it_was_looked() -> None:
    assert Readiness().trouble() == "The documents are being read"


async def test_it_is_ready_when_every_check_passes() -> None:
    readiness = Readiness()
    await readiness.look({"One": well, "Other": well})
    assert readiness.trouble() is None


async def test_what_is_wrong_is_a_line_with_its_name() -> None:
    readiness = Readiness()
    await readiness.look({"One": well, "Other": broken})
    assert readiness.trouble() == "Other: it is broken"


async def test_what_is_wrong_is_logged_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    readiness = Readiness()
    with caplog.at_level(logging.INFO, logger="bot.operations.readiness"):
        for check in (broken, broken, well, well):
            await readiness.look({"One": check})
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_what_does_not_answer_is_not_asked_again_meanwhile() -> None:
    answered, asked = asyncio.Event(), 0

    async def slow() -> None:
        nonlocal asked
        asked += 1
        await answered.wait()

    readiness = Readiness()
    for _ in range(3):
        await readiness.look({"One": slow}, patience_seconds=0.01)
    assert (readiness.trouble(), asked) == ("One: no answer", 1)
    answered.set()
    await readiness.look({"One": slow})
    assert readiness.trouble() is None


async def test_it_says_that_it_is_well_again_and_again_and_that_it_stops() -> None:
    readiness, said = Readiness(), asyncio.Event()
    async with readiness.watched({"One": well}, well=said.set):
        await said.wait()
    assert readiness.trouble() == "The bot is stopping"


def test_a_disk_without_room_is_full(tmp_path: Path) -> None:
    room(tmp_path, least_bytes=1)
    with pytest.raises(DiskFullError, match="make room"):
        room(tmp_path, least_bytes=1 << 60)
