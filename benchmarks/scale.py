"""Measures the engine on three nodes on loopback: bulk beside plain bulk of the same bodies, questions, space.

    python -m benchmarks.scale                              100,000 paragraphs, three shards, no further copies
    python -m benchmarks.scale --paragraphs 1000000
    python -m benchmarks.scale --local                      the engine on this machine, for comparison

The texts are those of ``testbed.author``. Plain bulk sends bodies that were made before, with the client's own
helper, into an index of the same fields; what ours takes longer is cutting texts into terms and keeping order.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import resource
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from opensearchpy.helpers import async_bulk

from retrieval.engines.local import LocalEngine
from retrieval.engines.opensearch import Connection, OpenSearchEngine
from retrieval.engines.opensearch.layout import indexed, mapping, paragraph_key, settings, stored
from retrieval.engines.opensearch.sending import AT_ONCE, BATCH, BYTES
from retrieval.engines.protocol import Engine
from retrieval.index.segmenting import Segmentation
from retrieval.language import Tokenizer
from retrieval.records import Document
from testbed import nodes
from testbed.author import Author

QUESTIONS = 300
SEED = 11


async def fill(engine: Engine, documents: Iterator[Document]) -> float:
    """Index documents that are there already; gives paragraphs a second up to the commit, and prints the rest."""
    paragraphs = 0
    begun = time.perf_counter()
    made = 0.0
    async with engine.update(afresh=True) as update:
        while True:
            started = time.perf_counter()
            batch = list(islice(documents, 50))
            made += time.perf_counter() - started
            if not batch:
                break
            for one in batch:
                await update.put(one)
                paragraphs += len(one.paragraphs)
        before = time.perf_counter()
        await update.commit()
    ended = time.perf_counter()
    print(
        f"ours: {paragraphs:,} paragraphs in {ended - begun - made:.1f} s, of which the commit {ended - before:.1f} s: "
        f"{paragraphs / (ended - begun - made):,.0f} a second"
    )
    return paragraphs / (ended - begun - made)


def write_bodies(tokenizer: Tokenizer, documents: Iterator[Document], path: Path) -> int:
    """Write the bodies that the engine sends, without it, into a file."""
    segmentation = Segmentation(tokenizer, topic_weight=1)
    waiting: deque[tuple[Document, int]] = deque()
    count = 0
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:

        def write(part: Any) -> int:
            words = [indexed(term) for term in part.vocabulary]
            start = 0
            for length in part.lengths.tolist():
                document, place = waiting.popleft()
                terms = " ".join([words[number] for number in part.numbers[start : start + length].tolist()])
                start += length
                fields = stored(document, place, terms, length, 0)
                body = {"_id": paragraph_key(document.source.path, place), "_source": fields}
                file.write(json.dumps(body, ensure_ascii=False) + "\n")
            return len(part.lengths)

        for one in documents:
            waiting.extend((one, place) for place in range(len(one.paragraphs)))
            count += sum(write(part) for part in segmentation.put(one))
        count += sum(write(part) for part in segmentation.finish())
    segmentation.close()
    return count


async def plain(engine: OpenSearchEngine, urls: list[str], shards: int, path: Path, count: int) -> float:
    """Send the bodies with the client's own helper, as many requests at once; reading the file does not count."""
    client = Connection(tuple(urls)).client()
    await client.indices.create(
        index="plain",
        body={"settings": settings(engine.recipe, shards=shards), "mappings": mapping({})},
    )
    spent = 0.0

    async def send(batch: list[dict[str, Any]]) -> None:
        await async_bulk(client, batch, index="plain", chunk_size=BATCH, max_chunk_bytes=BYTES)

    under_way: set[asyncio.Task[None]] = set()
    begun = time.perf_counter()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        while True:
            started = time.perf_counter()
            batch = [json.loads(line) for line in islice(file, BATCH)]
            spent += time.perf_counter() - started
            if not batch:
                break
            if len(under_way) >= AT_ONCE:
                _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            under_way.add(asyncio.create_task(send(batch)))
    await asyncio.gather(*under_way)
    await client.indices.refresh(index="plain", request_timeout=600)
    took = time.perf_counter() - begun - spent
    await client.indices.delete(index="plain")
    await client.close()
    print(f"plain bulk: {count:,} paragraphs in {took:.1f} s: {count / took:,.0f} a second")
    return count / took


async def ask(engine: Engine, tokenizer: Tokenizer, texts: list[str]) -> None:
    """Ask questions one after the other, then eight at a time."""
    author, random = Author(tokenizer, SEED), Random(SEED)
    questions = [tokenizer.terms(author.question(random.choice(texts))) for _ in range(2 * QUESTIONS)]
    for terms in questions[:QUESTIONS]:  # virtual machines compile what is asked often
        await engine.search(terms, limit=10)
    waits = []
    for terms in questions[QUESTIONS:]:
        started = time.perf_counter()
        await engine.search(terms, limit=10)
        waits.append((time.perf_counter() - started) * 1e3)
    queue = iter(questions[QUESTIONS:])

    async def one_after_the_other() -> None:
        for terms in queue:
            await engine.search(terms, limit=10)

    started = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(8)))
    rate = QUESTIONS / (time.perf_counter() - started)
    middle, most = np.percentile(waits, [50, 95])
    print(f"questions: {middle:.1f} ms, 95 % below {most:.1f} ms; eight at a time {rate:.0f} a second")


@contextlib.asynccontextmanager
async def there(tokenizer: Tokenizer, urls: list[str], shards: int) -> AsyncIterator[OpenSearchEngine]:
    engine = OpenSearchEngine(Connection(tuple(urls)), tokenizer, prefix="scale", shards=shards, replicas=0)
    try:
        yield engine
    finally:
        await engine.close()


async def measure(paragraphs: int, shards: int, *, local: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = Tokenizer(Path(folder))
        author = Author(tokenizer, SEED)
        texts = [one.paragraphs[0].text for one in islice(author.documents(2_000), 100)]
        if local:
            engine = LocalEngine(Path(folder) / "index", tokenizer)
            await fill(engine, Author(tokenizer, SEED).documents(paragraphs))
            size = sum(path.stat().st_size for path in Path(folder, "index").rglob("*") if path.is_file())
            print(f"disk: {size / paragraphs:,.0f} bytes a paragraph")
            await ask(engine, tokenizer, texts)
            engine.close()
            print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most")
            return
        with nodes.cluster() as cluster:
            bodies = Path(folder) / "bodies.gz"
            count = write_bodies(tokenizer, Author(tokenizer, SEED).documents(paragraphs), bodies)
            async with there(tokenizer, cluster.urls, shards) as engine_there:
                # Both once with a little, so that neither pays for what starts.
                await fill(engine_there, Author(tokenizer, 1).documents(5_000))
                base = await plain(engine_there, cluster.urls, shards, bodies, count)
                ours = await fill(engine_there, Author(tokenizer, SEED).documents(paragraphs))
                print(f"ours is {ours / base:.0%} of plain bulk")
                told = cluster.ask("GET", "/scale-*/_stats/store,segments")["indices"]
                _, newest = max(item for item in told.items() if "state" not in item[0])
                size = newest["total"]["store"]["size_in_bytes"]
                print(f"disk: {size / paragraphs:,.0f} bytes a paragraph and copy")
                await ask(engine_there, tokenizer, texts)
                heap = cluster.ask("GET", "/_nodes/stats/jvm")["nodes"].values()
                print(f"heap in use: {sum(one['jvm']['mem']['heap_used_in_bytes'] for one in heap) >> 20} MB in all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--local", action="store_true")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.paragraphs, arguments.shards, local=arguments.local))


if __name__ == "__main__":
    main()
