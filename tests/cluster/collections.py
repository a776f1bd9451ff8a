"""Collections of the tests' own in a running cluster."""

from __future__ import annotations

import urllib.error
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from retrieval.engines.opensearch import Connection, OpenSearchEngine
from retrieval.engines.protocol import Engine
from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source
from testbed.nodes import Cluster

NewEngine = Callable[..., OpenSearchEngine]


def document(path: str, *texts: str) -> Document:
    """A document with these paragraphs."""
    return Document(Source(path, "题"), tuple(Paragraph(number, text) for number, text in enumerate(texts, 1)))


async def put(engine: Engine, *documents: Document, afresh: bool = False) -> None:
    """Add documents, in an update of their own."""
    async with engine.update(afresh=afresh) as update:
        for one in documents:
            await update.put(one)
        await update.commit()


async def texts(engine: Engine, *terms: str) -> list[str]:
    """The paragraphs found for these terms, best first."""
    return [hit.paragraph.text for hit in (await engine.search(terms, limit=10)).hits]


@asynccontextmanager
async def collections(cluster: Cluster, tokenizer: Tokenizer) -> AsyncIterator[NewEngine]:
    """Return what makes engines, each with a prefix of its own unless one is given; nothing of them is left behind."""
    made: list[OpenSearchEngine] = []
    prefixes: set[str] = set()

    def new(*, prefix: str | None = None, urls: tuple[str, ...] | None = None, **options: Any) -> OpenSearchEngine:
        name = prefix or f"test-{uuid.uuid4().hex[:12]}"
        prefixes.add(name)
        connection = options.pop("connection", Connection(urls or tuple(cluster.urls)))
        made.append(OpenSearchEngine(connection, options.pop("tokenizer", tokenizer), prefix=name, **options))
        return made[-1]

    try:
        yield new
    finally:
        for engine in made:
            await engine.close()
        for name in prefixes:
            try:
                cluster.ask("DELETE", f"/{name}-*")
            except urllib.error.HTTPError as error:
                error.close()
