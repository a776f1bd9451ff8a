"""What every test may use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from retrieval.tokens import Tokenizer
from tests import postgres
from tests.fake_bot_api import FakeBotAPI

settings.register_profile("full", max_examples=2500)

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A tokenizer whose dictionary is compiled once for all tests."""
    return Tokenizer(tmp_path_factory.mktemp("jieba"))


def pytest_report_header() -> list[str]:
    """Say what is left out for want of a database server."""
    if "postgresql" in postgres.DATABASES:
        return []
    return ["databases: SQLite only; there is no PostgreSQL server here that could be run"]


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    """Telegram's Bot API, at nobody's service yet."""
    async with FakeBotAPI() as server:
        yield server
