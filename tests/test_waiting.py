"""A database or a cluster that is only being started is waited for; what no waiting mends ends the process at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bot.memory.schema import StateError
from bot.memory.state import database_url, opened
from bot.operations.waiting import until_there
from retrieval.errors import EngineError, YuanjuError
from testbed.commands import started
from testbed.fake_bot_api import FakeBotAPI
from tests.conftest import SEEDS


class Server:
    """Answers from the third time on."""

    def __init__(self, error: YuanjuError) -> None:
        self.error = error
        self.asked = 0

    async def open(self) -> str:
        self.asked += 1
        if self.asked < 3:
            raise self.error
        return "open"


async def test_what_is_being_started_is_waited_for_and_said(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(EngineError("http://db", "cannot be reached", passing=True))
    assert await until_there(server.open) == "open"
    assert caplog.messages[0] == "Search engine http://db: cannot be reached. Waiting for it"


async def test_what_waiting_does_not_mend_is_raised_at_once() -> None:
    server = Server(EngineError("http://db", "does not know who asks"))
    with pytest.raises(EngineError):
        await until_there(server.open)
    assert server.asked == 1


def unused_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


async def test_a_database_that_does_not_answer_may_be_starting() -> None:
    url = database_url(f"postgresql://ann@127.0.0.1:{unused_port()}/records", Path())
    with pytest.raises(StateError, match="cannot be used") as error:
        async with opened(url):
            pass
    assert error.value.passing


async def test_a_file_that_is_no_database_is_not_starting(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(StateError) as error:
        async with opened(database_url(None, tmp_path)):
            pass
    assert not error.value.passing


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    here = {"YUANJU_DOCUMENTS": str(SEEDS), "YUANJU_INDEX": str(folder / "index"), "YUANJU_LANGUAGE": "en"}
    return kept | here | settings


@pytest.mark.slow
async def test_a_bot_whose_database_is_away_waits_and_can_be_stopped(tmp_path: Path) -> None:
    async with FakeBotAPI() as api:
        away = f"postgresql://ann@127.0.0.1:{unused_port()}/records"
        settings = {"YUANJU_TELEGRAM_TOKEN": api.token, "YUANJU_TELEGRAM_API_URL": api.url, "YUANJU_DATABASE": away}
        with started("serve", environment=environment(tmp_path, **settings)) as bot:
            await bot.until(lambda: "Waiting for it" in bot.errors)
            bot.terminate()
            assert bot.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize(("container", "held"), [({}, False), ({"container": "oci"}, True)])
async def test_in_a_container_a_wrong_setting_is_no_loop_of_restarts(
    tmp_path: Path, container: dict[str, str], held: bool
) -> None:
    with started("serve", environment=environment(tmp_path, YUANJU_TELEGRAM_TOKEN="", **container)) as bot:
        await bot.until(lambda: "No Telegram token" in bot.errors)
        if held:
            await bot.until(lambda: "Nothing is tried again for ten minutes" in bot.errors)
            bot.terminate()
        assert bot.wait() == (0 if held else 2)
