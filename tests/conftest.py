"""What every test may use."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import portalocker
import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import URL

from bot.memory.state import database_url
from retrieval.language import Tokenizer
from retrieval.ranking import Ranker
from testbed import nodes
from testbed.fake_bot_api import FakeBotAPI
from tests import postgres
from tests.cluster.collections import NewEngine, collections

settings.register_profile("full", max_examples=2500)

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session")
def dictionaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the compiled dictionaries, which the first worker makes for all."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    with portalocker.Lock(run / "dictionaries.lock"):
        tokenizer = Tokenizer(run / "dictionaries")
        tokenizer.terms("甲")
        Ranker(tokenizer)
    return tokenizer.cache_folder


@pytest.fixture(scope="session")
def tokenizer(dictionaries: Path) -> Tokenizer:
    return Tokenizer(dictionaries)


@pytest.fixture(scope="session")
def prepared(dictionaries: Path) -> Callable[[Path], Path]:
    """What makes a folder for the index of a process, with the dictionaries in place."""

    def prepare(index: Path) -> Path:
        index.mkdir(parents=True, exist_ok=True)
        (index / "jieba").symlink_to(dictionaries)
        return index

    return prepare


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    folder = postgres.binaries()
    assert folder is not None
    with postgres.server(folder) as url:
        yield url


_numbers = itertools.count()


@pytest.fixture(params=postgres.DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database."""
    if request.param == "sqlite":
        return database_url(None, tmp_path)
    server: str = request.getfixturevalue("server")
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return database_url(f"{server}&options=-csearch_path%3D{name}", tmp_path)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out, and why."""
    said = []
    if "postgresql" not in postgres.DATABASES:
        said.append("databases: SQLite only; there is no PostgreSQL server here that could be run")
    if config.option.markexpr != "cluster":
        lacking = nodes.missing()
        said.append("OpenSearch: left out; " + (f"there is {lacking}" if lacking else "make test-cluster tests it"))
    return said


@pytest.fixture(scope="session")
def whole_cluster() -> Iterator[nodes.Cluster]:
    """Three nodes for all tests."""
    if lacking := nodes.missing():
        pytest.skip(f"there is {lacking}")
    with nodes.cluster() as running:
        yield running


@pytest.fixture
def cluster(whole_cluster: nodes.Cluster) -> nodes.Cluster:
    """Three nodes, all of them up, whatever the last test did to them."""
    whole_cluster.start()
    return whole_cluster


@pytest.fixture(name="collections")
def new_collections(
    cluster: nodes.Cluster,
) -> Callable[[Tokenizer], AbstractAsyncContextManager[NewEngine]]:
    """Give what makes engines in the cluster."""
    return partial(collections, cluster)


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    """Telegram's Bot API, at nobody's service yet."""
    async with FakeBotAPI() as server:
        yield server
