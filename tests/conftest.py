"""What every test may use, and how it stays fast.

Ranking, language and reading are tested in this process. ``tokenizer`` is one for all tests; ``tests.asking.rank`` asks
a few texts a question through the engine that answers for real.

The bot is tested in this process, too: ``testbed.serving.serving(api, library)`` runs it against the fixture ``api``.

``Library(..., readers=kept_readers)`` reads files by processes that stay for the next test; starting one costs more
than most tests.

A command is run by ``testbed.commands.yuanju``, which forks it; only what depends on how Python starts is started with
``python -m bot``. Its index folder comes from the fixture ``prepared``, ``prepared(tmp_path / "index")``: in another,
every process compiles the dictionaries again, which takes three seconds.

What starts processes or servers, waits for time-outs or takes more than a second of the processor is marked ``slow``,
left out by ``make test QUICK=1``, and begun with by ``make test``. Tests that use ``prepared`` or PostgreSQL are
marked by themselves.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import postgres

# What the fixtures need they import themselves: xdist's own process, which runs no test, starts sooner without it.
if TYPE_CHECKING:
    import trustme
    from sqlalchemy import URL

    from retrieval.language import Tokenizer
    from testbed import nodes
    from testbed.fake_bot_api import FakeBotAPI
    from tests.cluster.collections import NewEngine

gc.set_threshold(20_000)  # as ``yuanju`` has it: what is loaded, and that is much here, is not looked through so often

# Every run tries other examples: few of them each time find what many would find at once. None has to be fast.
settings.register_profile("usual", max_examples=40, deadline=None)
settings.register_profile("quick", max_examples=10, deadline=None)
settings.register_profile("full", max_examples=1000, deadline=None)
settings.load_profile("usual")

# Temporary files lie in memory, where Linux has room for them: on a disk, tests that index take an eighth more of the
# processor and a third more time. A TMPDIR of the user's own is left alone.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2 << 30  # noqa: S108 - pytest and tempfile make folders of their own there
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

PROJECT = Path(__file__).parent.parent
SEEDS = PROJECT / "seeds"
CLUSTER = Path(__file__).parent / "cluster"


@pytest.fixture(scope="session", autouse=True)
def _of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What processes note of themselves is theirs, not the user's; the operator's language is Chinese everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("YUANJU_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "zh_CN.UTF-8")
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def dictionaries(shared: Path, request: pytest.FixtureRequest) -> Path:
    """The folder with the compiled dictionaries, kept for the next run as long as nobody changes what compiles them."""
    from retrieval.language import Tokenizer
    from retrieval.ranking import Ranker

    assert request.config.cache
    sources = [*(PROJECT / "retrieval").glob("language/*.*"), *(PROJECT / "retrieval").glob("ranking/background.*")]
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sorted(sources)))
    folder = request.config.cache.mkdir("dictionaries") / state.hexdigest()[:16]
    with (shared / "dictionaries.lock").open("wb") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # the first worker makes them for all
        folder.mkdir(exist_ok=True)
        folder.chmod(0o775)  # so that they have to be the group's, too
        tokenizer = Tokenizer(folder)
        tokenizer.terms("甲")
        Ranker(tokenizer)
    return tokenizer.cache_folder


@pytest.fixture(scope="session")
def tokenizer(dictionaries: Path) -> Tokenizer:
    from retrieval.language import Tokenizer

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
def server(shared: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server that the first worker to need one starts for all."""
    folder = postgres.binaries()
    assert folder is not None
    with postgres.shared_server(folder, shared) as url:
        yield url


_numbers = itertools.count()


@pytest.fixture(params=postgres.DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty database."""
    import psycopg

    from bot.memory.state import database_url

    if request.param == "sqlite":
        return database_url(None, tmp_path)
    server: str = request.getfixturevalue("server")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return database_url(f"{server}&options=-csearch_path%3D{name}", tmp_path)


@pytest.fixture(scope="session", autouse=True)
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[trustme.CA]:
    """Every bot loads the certificates that it trusts; with one in place of all the world's, this takes no time."""
    import trustme

    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    one = trustme.CA()
    one.cert_pem.write_to_path(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        yield one


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many workers share the tests: one more than there are cores, since some tests wait."""
    return (os.cpu_count() or 1) + 1


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out modules of which no test is to run, as their marks say: what they import takes each worker a second."""
    wanted = config.option.markexpr
    unwanted = set() if " or " in wanted else set(re.findall(r"\bnot (\w+)", wanted))
    if collection_path == CLUSTER:
        return "cluster" in unwanted or None
    if not unwanted or collection_path.suffix != ".py":
        return None
    marks = re.findall(r"^pytestmark = .*", collection_path.read_text("utf-8"), re.MULTILINE)
    return any(f"pytest.mark.{name}" in mark for mark in marks for name in unwanted) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what starts a command or a PostgreSQL server, and begin with what is slow: it fits in no gap.

    Commands come first, so that few workers need the process that these are forked from, which takes two seconds.
    """
    commands = {item for item in items if "prepared" in getattr(item, "fixturenames", ())}
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if item in commands or parameters.get("url") == "postgresql":
            item.add_marker("slow")
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, item not in commands))


def pytest_collection_finish() -> None:
    """Leave what has been loaded out of each search for garbage."""
    gc.freeze()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Return what is left out, and why."""
    from testbed import nodes

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
    from testbed import nodes

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
    """Return what makes engines in the cluster."""
    from tests.cluster.collections import collections

    return partial(collections, cluster)


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    """Telegram's Bot API, at nobody's service yet."""
    from testbed.fake_bot_api import FakeBotAPI

    async with FakeBotAPI() as server:
        yield server
