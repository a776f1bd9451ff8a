"""The engine on an OpenSearch cluster, behind the same protocol as the one on this machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from opensearchpy.helpers import async_scan

from retrieval.engines.opensearch.connection import Connection
from retrieval.engines.opensearch.generations import Generation, Generations
from retrieval.engines.opensearch.layout import Names
from retrieval.engines.opensearch.lease import SECONDS, Lease
from retrieval.engines.opensearch.searching import ClusterSearch
from retrieval.engines.opensearch.update import OpenSearchUpdate
from retrieval.index import Recipe
from retrieval.index.notes import Notes
from retrieval.language import TERMS_VERSION, Tokenizer, characters, normalise, pairs
from retrieval.postings.formula import K1, B
from retrieval.records import Found


class OpenSearchEngine:
    """Searches a cluster; its scores are those of ``LocalEngine``, for any number of shards.

    ``prefix`` begins the names of all indices, ``shards`` and ``replicas`` hold for those that are made from now on,
    ``topic_weight`` is how often terms of titles and headings count, and ``lease_seconds`` after how long another
    indexer that says nothing is taken for dead. Every method raises ``EngineError`` when the cluster cannot do it.
    """

    def __init__(
        self,
        connection: Connection,
        tokenizer: Tokenizer,
        *,
        prefix: str = "yuanju",
        shards: int = 1,
        replicas: int = 1,
        k1: float = K1,
        b: float = B,
        topic_weight: int = 1,
        lease_seconds: float = SECONDS,
    ) -> None:
        self._connection = connection
        self._tokenizer = tokenizer
        self.recipe = Recipe(TERMS_VERSION, k1, b, topic_weight)
        self._names = Names(prefix, self.recipe)
        self._client = connection.client()
        self._generations = Generations(connection, self._client, self._names, shards=shards, replicas=replicas)
        self._lease_seconds = lease_seconds
        self._search = ClusterSearch(self._client, self._generations, self._names)
        self._known: str | None = None  # the index whose manifest was last given; empty where there was none

    async def search(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Find the best ``limit`` paragraphs for these terms, and tell how frequent each term is."""
        with self._connection.plainly():
            return await self._search.run(terms, limit=limit, hidden=hidden)

    async def frequencies(self, terms: Sequence[str], *, hidden: frozenset[str] = frozenset()) -> Mapping[str, int]:
        """Return in how many paragraphs each term stands."""
        with self._connection.plainly():
            return await self._search.frequencies(terms, hidden=hidden)

    async def manifest(self) -> Notes | None:
        """Return the notes that came with the commits; ``None`` where there is no index yet."""
        with self._connection.plainly():
            generation = await self._generations.current()
            self._known = generation.index if generation else ""
            return None if generation is None else await self._generations.notes(generation)

    async def generation(self) -> str:
        """Name the generation that is searched; empty where there is none yet."""
        with self._connection.plainly():
            generation = await self._generations.current()
            return generation.index if generation else ""

    async def holding(self, words: Collection[str]) -> list[str]:
        """Return the paths of the documents in whose normalised text, title or headings one of these words stands."""
        if not words:
            return []
        found: set[str] = set()
        with self._connection.plainly():
            generation = await self._generations.current()
            if generation is None:
                return []
            body = {"query": {"bool": {"should": [_may_hold(word) for word in words]}}}
            async for one in async_scan(self._client, query=body, index=generation.index):
                fields = one["_source"]
                texts = (fields["text"], fields["title"], *fields.get("section", ()))
                if fields["path"] not in found and any(word in text for text in map(_normal, texts) for word in words):
                    found.add(fields["path"])
        return sorted(found)

    def update(self, *, afresh: bool = False) -> OpenSearchUpdate:
        """Begin the next generation, from the last one's documents or, ``afresh``, from none.

        Entering waits until no other process changes the collection.
        """
        lease = Lease(self._connection, self._client, self._names.state, seconds=self._lease_seconds)
        return OpenSearchUpdate(
            self._connection,
            self._client,
            self._generations,
            lease,
            self._tokenizer,
            topic_weight=self.recipe.topic_weight,
            known=self._known,
            afresh=afresh,
            committed=self._committed,
        )

    async def compact(self) -> None:
        """Do nothing: a cluster merges its segments by itself."""

    async def faults(self) -> list[str]:
        """Return what is wrong with the current generation in the cluster."""
        with self._connection.plainly():
            generation = await self._generations.current()
            if generation is None:
                return []
            told = await self._client.cluster.health(index=generation.index, params={"level": "shards"})
        shards = told["indices"][generation.index]["shards"].values()
        lost = sum(not shard["primary_active"] for shard in shards)
        alone = told["unassigned_shards"] - lost
        said = []
        if lost:
            said.append(f"{lost} of {len(shards)} shards of {generation.index} are lost: answers are partial.")
        if alone > 0:
            said.append(
                f"{alone} copies of shards of {generation.index} are nowhere: another node down would lose answers; "
                "start the node that is missing, or set YUANJU_ENGINE_REPLICAS lower."
            )
        return said

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()
        # The client itself forgets about those to nodes that were down when last asked.
        for connection in getattr(self._client.transport, "seed_connections", ()):
            await connection.close()

    def _committed(self, generation: Generation) -> None:
        self._known = generation.index


def _may_hold(word: str) -> dict[str, Any]:
    """Return a query for the paragraphs in which a word may stand, by its pairs of Chinese characters."""
    terms = pairs(word) or characters(word)
    if terms:
        return {"bool": {"filter": [{"term": {"terms": term}} for term in terms]}}
    return {"exists": {"field": "terms"}}


def _normal(text: str) -> str:
    return normalise(text).text
