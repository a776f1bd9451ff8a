"""What breaks in a cluster: answers go on where they can, say when they are partial, and errors say what to do."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from bot.terminal.console import as_json
from retrieval.answering import Answerer
from retrieval.engines.opensearch import Connection, Credentials
from retrieval.errors import EngineError
from retrieval.language import Tokenizer
from testbed.author import Author
from testbed.nodes import Cluster
from tests.cluster.collections import NewEngine, document, put, texts
from tests.cluster.gateway import API_KEY, PASSWORD, USER, Gateway

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

PER_SECOND, SECONDS = 20, 15


@pytest.mark.attack
async def test_a_node_is_killed_and_no_question_fails(cluster: Cluster, new: NewEngine, tokenizer: Tokenizer) -> None:
    author = Author(tokenizer, 3)
    documents = list(author.documents(2_000))
    engine = new(shards=3)
    await put(engine, *documents)
    questions = [tokenizer.terms(one.paragraphs[0].text[:8]) for one in documents]
    before = [await engine.search(terms, limit=10) for terms in questions]

    async def ask(number: int) -> bool:
        await asyncio.sleep(number / PER_SECOND)  # the load that is to be borne
        return await engine.search(questions[number % 100], limit=10) == before[number % 100]

    asked = [asyncio.create_task(ask(number)) for number in range(PER_SECOND * SECONDS)]
    await asked[PER_SECOND * 3]
    await asyncio.to_thread(cluster.nodes[1].kill)
    assert all(await asyncio.gather(*asked))


@pytest.mark.attack
@pytest.mark.parametrize("number", range(3))  # one of them manages the cluster
async def test_a_node_that_does_nothing_any_more_holds_no_question_up(
    cluster: Cluster, new: NewEngine, number: int
) -> None:
    engine = new(shards=3)
    await put(engine, *(document(f"{number}.txt", f"机器人{number}") for number in range(9)))
    before = await texts(engine, "机器人")
    nobody = await texts(engine, "无人机")
    # Where a node has just come back, each shard is to have its copy first.
    await asyncio.to_thread(cluster.wait, "/_cluster/health?wait_for_status=green&timeout=5s")

    async def ask(second: int) -> float:
        await asyncio.sleep(second / 2)
        began = time.monotonic()
        assert await texts(engine, "机器人") == before
        assert await texts(engine, "无人机") == nobody
        return (time.monotonic() - began) / 2

    cluster.nodes[number].pause()
    try:
        took = await asyncio.gather(*map(ask, range(16)))
    finally:
        cluster.nodes[number].resume()
    assert max(took) <= 5, took


async def test_answers_without_a_lost_shard_say_that_they_are_partial(
    cluster: Cluster, new: NewEngine, tokenizer: Tokenizer
) -> None:
    engine = new(shards=3, replicas=0)
    await put(engine, *(document(f"{number}.txt", f"机器人有{number}个关节。") for number in range(30)))
    whole = await engine.search(["机器人"], limit=30)
    assert (len(whole.hits), whole.partial) == (30, False)
    cluster.nodes[0].kill()
    cluster.wait("/_cluster/health?wait_for_nodes=2&timeout=5s")
    found = await engine.search(["机器人"], limit=30)
    assert 0 < len(found.hits) < 30
    assert found.partial
    answer = await Answerer(engine, tokenizer, threshold=0).answer("机器人有几个关节？")
    assert answer.partial
    assert json.dumps(as_json(answer)).endswith('"partial": true}')
    assert "lost" in (await engine.faults())[0]
    await asyncio.to_thread(cluster.start)
    await asyncio.to_thread(cluster.wait, "/_cluster/health?wait_for_status=green&timeout=5s")
    assert await engine.search(["机器人"], limit=30) == whole
    assert await engine.faults() == []


async def test_no_node_at_all_is_one_clear_line(new: NewEngine) -> None:
    engine = new(connection=Connection(("http://127.0.0.1:1",)))
    with pytest.raises(EngineError, match="cannot be reached") as error:
        await engine.search(["机器人"], limit=1)
    assert "\n" not in str(error.value)


async def test_full_disks_stop_changes_and_no_questions(cluster: Cluster, new: NewEngine) -> None:
    engine = new(prefix="test-disk")
    await put(engine, document("a.txt", "机器人"))
    block = {"index.blocks.read_only_allow_delete": True}
    cluster.ask("PUT", "/test-disk-*/_settings", block)
    with pytest.raises(EngineError, match="disks are full"):
        await put(engine, document("b.txt", "家居"))
    assert await texts(engine, "机器人") == ["机器人"]
    cluster.ask("PUT", "/test-disk-*/_settings", {"index.blocks.read_only_allow_delete": None})
    await put(engine, document("b.txt", "家居"))
    assert await texts(engine, "家居") == ["家居"]


async def test_what_the_cluster_is_too_busy_for_is_sent_again(cluster: Cluster, new: NewEngine) -> None:
    async with Gateway(cluster.urls[0]) as gateway:
        busy = {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}, "status": 429}
        gateway.refusals += [("/_bulk", 429, busy)] * 2
        engine = new(urls=(gateway.url,))
        await put(engine, document("a.txt", "机器人"))
        assert gateway.refusals == []
        assert await texts(engine, "机器人") == ["机器人"]


async def test_a_shard_that_is_just_being_opened_is_waited_for(cluster: Cluster, new: NewEngine) -> None:
    opening = {"error": {"type": "no_shard_available_action_exception", "reason": "CurrentState[RECOVERING]"}}
    async with Gateway(cluster.urls[0]) as gateway:
        gateway.refusals += [("/lease", 503, opening)] * 6
        engine = new(urls=(gateway.url,))
        await put(engine, document("a.txt", "机器人"))
        assert gateway.refusals == []
        assert await texts(engine, "机器人") == ["机器人"]


async def test_other_engines_and_old_versions_are_named(cluster: Cluster, new: NewEngine) -> None:
    for version, named in (
        ({"number": "8.17.0", "build_flavor": "default"}, "is Elasticsearch 8.17.0"),
        ({"number": "2.5.0", "distribution": "opensearch"}, "is opensearch 2.5.0"),
    ):
        async with Gateway(cluster.urls[0]) as gateway:
            gateway.refusals.append(("/", 200, {"version": version}))
            with pytest.raises(EngineError, match=named):
                await new(urls=(gateway.url,)).manifest()


class TestSecurity:
    @pytest.fixture
    def authority(self, tmp_path: Path) -> trustme.CA:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        return authority

    @pytest.fixture
    async def gateway(self, cluster: Cluster, authority: trustme.CA) -> AsyncIterator[Gateway]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        async with Gateway(cluster.urls[0], context) as gate:
            yield gate

    @pytest.mark.parametrize(
        "credentials", [Credentials(user=USER, password=PASSWORD), Credentials(api_key=API_KEY)], ids=["user", "key"]
    )
    async def test_who_is_known_comes_in_over_tls(
        self, gateway: Gateway, new: NewEngine, tmp_path: Path, credentials: Credentials
    ) -> None:
        engine = new(connection=Connection((gateway.url,), credentials, tmp_path / "authority.pem"))
        await put(engine, document("a.txt", "机器人"))
        assert await texts(engine, "机器人") == ["机器人"]

    async def test_who_is_not_known_is_told_and_no_secret_is_said(
        self, gateway: Gateway, new: NewEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = Credentials(user=USER, password="falsch und geheim")
        engine = new(connection=Connection((gateway.url,), wrong, tmp_path / "authority.pem"))
        with caplog.at_level(logging.DEBUG), pytest.raises(EngineError, match="YUANJU_ENGINE_CREDENTIALS") as error:
            await engine.manifest()
        assert "falsch" not in f"{error.value}{caplog.text}{wrong}"

    @pytest.mark.parametrize("verify", [True, False])
    async def test_a_certificate_of_nobody_known_is_refused_unless_it_is_not_to_be_checked(
        self, gateway: Gateway, new: NewEngine, verify: bool
    ) -> None:
        engine = new(connection=Connection((gateway.url,), Credentials(api_key=API_KEY), verify=verify))
        if verify:
            with pytest.raises(EngineError, match="not trusted"):
                await engine.manifest()
        else:
            assert await engine.manifest() is None
