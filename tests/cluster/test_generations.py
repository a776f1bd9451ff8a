"""Generations in a cluster: swapped whole, kept for going back, built by one at a time, and nothing else touched."""

from __future__ import annotations

import asyncio
import sys
import uuid
from pathlib import Path

import pytest

from retrieval.engines.opensearch.layout import Names
from retrieval.errors import EngineError, OvertakenError
from retrieval.language import Tokenizer
from retrieval.library import Library
from testbed.nodes import Cluster
from tests.cluster.collections import NewEngine, document, put, texts

pytestmark = pytest.mark.cluster


@pytest.fixture
def prefix() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def indices(cluster: Cluster, prefix: str) -> list[str]:
    return sorted(cluster.ask("GET", f"/{prefix}*"))


def generations(cluster: Cluster, prefix: str) -> list[str]:
    return [index for index in indices(cluster, prefix) if not index.endswith("-state")]


async def test_the_last_two_generations_stay(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    engine = new(prefix=prefix)
    for name in "甲乙丙丁":
        await put(engine, document("a.txt", name))
    assert [index[-6:] for index in generations(cluster, prefix)] == ["000003", "000004"]


async def test_the_alias_goes_back_to_the_generation_before(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    engine = new(prefix=prefix)
    await put(engine, document("a.txt", "机器人"))
    await put(engine, document("a.txt", "家居"))
    before, last = generations(cluster, prefix)
    alias = before[:-7]
    actions = [{"remove": {"index": last, "alias": alias}}, {"add": {"index": before, "alias": alias}}]
    cluster.ask("POST", "/_aliases", {"actions": actions})
    assert await texts(engine, "机器人") == ["机器人"]
    await engine.manifest()
    await put(engine, document("b.txt", "穿戴"))
    assert (await texts(engine, "穿戴"), await texts(engine, "家居")) == (["穿戴"], [])


async def test_another_bot_sees_a_new_generation_at_once(new: NewEngine, prefix: str) -> None:
    one, other = new(prefix=prefix), new(prefix=prefix)
    await put(one, document("a.txt", "机器人"))
    assert await texts(other, "机器人") == ["机器人"]
    await put(one, document("a.txt", "机器人与家居"))
    assert await texts(other, "机器人") == ["机器人与家居"]
    await put(one, document("a.txt", "家居"))
    found = await other.search(["机器人"], limit=1)
    assert (found.hits, found.frequencies) == ((), {"机器人": 0})


async def test_no_other_index_is_touched(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    engine = new(prefix=prefix)
    await put(engine, document("a.txt", "机器人"))
    other = [f"{generations(cluster, prefix)[0]}-foreign", f"{prefix}other"]
    for name in other:
        cluster.ask("PUT", f"/{name}")
    for text in "甲乙丙":
        await put(engine, document("a.txt", text), afresh=True)
    assert set(other) <= set(indices(cluster, prefix))
    for name in other:
        cluster.ask("DELETE", f"/{name}")


async def test_the_one_who_comes_second_waits_and_looks_again(
    cluster: Cluster, new: NewEngine, prefix: str, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    (tmp_path / "a.txt").write_text("机器人在工厂工作。", encoding="utf-8")
    libraries = [Library(tmp_path, new(prefix=prefix)) for _ in range(3)]
    async with asyncio.TaskGroup() as group:  # where one fails, the others do not go on into the next test
        refreshes = [group.create_task(library.refresh()) for library in libraries]
    assert sorted(refresh.result().changed for refresh in refreshes) == [False, False, True]
    assert len(generations(cluster, prefix)) == 1


async def test_an_update_of_what_is_no_longer_current_is_refused(new: NewEngine, prefix: str) -> None:
    one, other = new(prefix=prefix), new(prefix=prefix)
    assert (await one.manifest(), await other.manifest()) == (None, None)
    await put(one, document("a.txt", "机器人"))
    with pytest.raises(OvertakenError):
        await put(other, document("a.txt", "家居"))
    assert await texts(other, "机器人") == ["机器人"]


_HOLD = """
import asyncio, sys
from pathlib import Path
from retrieval.engines.opensearch import Connection, OpenSearchEngine
from retrieval.language import Tokenizer

async def hold():
    tokenizer = Tokenizer(Path(sys.argv[3]))
    engine = OpenSearchEngine(Connection((sys.argv[1],)), tokenizer, prefix=sys.argv[2], lease_seconds=2)
    async with engine.update():
        print("held", flush=True)
        await asyncio.sleep(3600)

asyncio.run(hold())
"""


async def test_a_dead_indexers_lease_runs_out(cluster: Cluster, new: NewEngine, prefix: str, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLD, cluster.urls[0], prefix, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    waiting = asyncio.create_task(put(new(prefix=prefix), document("b.txt", "家居")))
    process.kill()
    await process.wait()
    await waiting
    assert await texts(new(prefix=prefix), "家居") == ["家居"]


async def test_one_who_was_taken_for_dead_does_not_commit(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    slow, other = new(prefix=prefix), new(prefix=prefix)
    with pytest.raises(EngineError):  # noqa: PT012
        async with slow.update() as update:
            await update.put(document("a.txt", "机器人"))
            state = next(index for index in indices(cluster, prefix) if index.endswith("-state"))
            cluster.ask("DELETE", f"/{state}/_doc/lease?refresh=true")
            await put(other, document("b.txt", "家居"))
            await update.commit()
    assert (await texts(other, "机器人"), await texts(other, "家居")) == ([], ["家居"])


async def test_a_first_index_that_broke_off_is_gone_on_with(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    documents = [
        document(f"{number}.txt", *(f"机器人{number}号{place}" for place in range(50))) for number in range(600)
    ]
    engine = new(prefix=prefix)

    async def break_off() -> None:
        async with engine.update(afresh=True) as update:
            for one in documents[:500]:
                await update.put(one)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await break_off()
    (half,) = generations(cluster, prefix)
    cluster.ask("POST", f"/{half}/_refresh")
    sent = cluster.ask("GET", f"/{half}/_stats/indexing")["_all"]["primaries"]["indexing"]["index_total"]
    again = new(prefix=prefix)
    async with again.update(afresh=True) as update:
        for one in documents[100:]:
            await update.put(one)
        await update.commit()
    assert generations(cluster, prefix) == [half]
    total = cluster.ask("GET", f"/{half}/_stats/indexing")["_all"]["primaries"]["indexing"]["index_total"]
    assert total - sent < 20_000  # of 25,000
    found = await again.search(["机器人"], limit=1)
    assert (found.paragraph_count, found.frequencies["机器人"]) == (25_000, 25_000)
    assert await texts(again, "99号") == []


async def test_what_is_cut_with_other_words_is_not_gone_on_with(new: NewEngine, prefix: str, tmp_path: Path) -> None:
    async def begun(tokenizer: Tokenizer) -> None:
        async with new(prefix=prefix, tokenizer=tokenizer).update(afresh=True) as update:
            await update.put(document("a.txt", "机器人在工厂"))
            raise asyncio.CancelledError

    plain, own = Tokenizer(tmp_path), Tokenizer(tmp_path)
    own.adopt((("机器人在工厂", 100_000),), ())
    with pytest.raises(asyncio.CancelledError):
        await begun(plain)
    engine = new(prefix=prefix, tokenizer=own)
    await put(engine, document("a.txt", "机器人在工厂"), afresh=True)
    assert await texts(engine, "机器人在工厂") == ["机器人在工厂"]


async def test_bots_of_two_versions_have_an_index_each(new: NewEngine, prefix: str) -> None:
    old, young = new(prefix=prefix), new(prefix=prefix, k1=1.2)
    await put(old, document("a.txt", "机器人"))
    assert await young.manifest() is None
    await put(young, document("a.txt", "家居"))
    assert (await texts(old, "机器人"), await texts(young, "家居")) == (["机器人"], ["家居"])


async def test_an_index_that_somebody_else_has_made_is_named(cluster: Cluster, new: NewEngine, prefix: str) -> None:
    engine = new(prefix=prefix)
    await put(engine, document("a.txt", "机器人"))
    alias = generations(cluster, prefix)[0][:-7]
    assert Names(prefix, engine.recipe).alias == alias
    cluster.ask("DELETE", f"/{prefix}-*")
    cluster.ask("PUT", f"/{alias}")
    with pytest.raises(EngineError, match="YUANJU_ENGINE_PREFIX"):
        await new(prefix=prefix).manifest()
    cluster.ask("DELETE", f"/{alias}")


async def test_a_document_that_is_put_twice_counts_once(new: NewEngine, prefix: str) -> None:
    engine = new(prefix=prefix)
    async with engine.update() as update:
        await update.put(document("a.txt", "机器人", "机器人", "机器人"))
        await update.put(document("a.txt", "家居"))
        await update.put(document("b.txt", "机器人"))
        await update.remove("b.txt")
        await update.commit()
    found = await engine.search(["机器人", "家居"], limit=5)
    assert (found.paragraph_count, found.frequencies) == (1, {"机器人": 0, "家居": 1})


async def test_a_large_manifest_comes_back_whole(new: NewEngine, prefix: str) -> None:
    engine, text = new(prefix=prefix), "行\n" * 5_000_000
    async with engine.update() as update:
        await update.put(document("a.txt", "甲"))
        await update.commit({"甲": text})
    assert dict(await new(prefix=prefix).manifest() or {}) == {"甲": text}
