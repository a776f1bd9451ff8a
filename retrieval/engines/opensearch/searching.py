"""One question to the cluster: the best paragraphs by its scores, proved to hold the best by the exact ones."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import opensearchpy
from cachetools import LRUCache

from retrieval.engines.opensearch.connection import SECONDS
from retrieval.engines.opensearch.dictionaries import counted
from retrieval.engines.opensearch.generations import Generation, Generations
from retrieval.engines.opensearch.layout import Names, hit
from retrieval.engines.opensearch.scoring import Asked, Scores, Statistics
from retrieval.records import Found

FETCHED = 3
"""How many times as many paragraphs are fetched at first as are wanted; most often they prove the best."""
MOST_FETCHED = 5_000
AGAIN = (0.05, 0.2, 0.8)
"""Pauses in seconds before a question of which a shard was lost on the way is asked again, of other copies."""

_AT_ONCE = 500
"""Terms of one query; a cluster takes about a thousand."""
_REMEMBERED = 1 << 17
_FIELDS = {"excludes": ["folders", "place", "part"]}


class ClusterSearch:
    """Searches the current generation; remembers of it how frequent terms are, which never changes."""

    def __init__(self, client: opensearchpy.AsyncOpenSearch, generations: Generations, names: Names) -> None:
        self._client = client
        self._generations = generations
        self._names = names
        self._generation: Generation | None = None
        self._frequencies: LRUCache[str, int] = LRUCache(_REMEMBERED)

    async def run(self, terms: Sequence[str], *, limit: int, hidden: Collection[str]) -> Found:
        """Find the best ``limit`` paragraphs; where a shard is lost on the way, ask again before that is said."""
        try:
            async with asyncio.timeout(SECONDS):
                for pause in AGAIN:
                    found = await self._found(terms, limit, hidden)
                    if not found.partial:
                        return found
                    await asyncio.sleep(pause)
                return await self._found(terms, limit, hidden)
        except TimeoutError as error:
            raise opensearchpy.ConnectionTimeout("TIMEOUT", str(error), error) from error

    async def frequencies(self, terms: Sequence[str], *, hidden: Collection[str]) -> dict[str, int]:
        """Return in how many paragraphs each term stands; 0 where it stands in ``hidden`` folders alone."""
        generation = self._generation or await self._look()
        if generation is None:
            return {}
        statistics, _ = await self._statistics(generation, terms)
        frequencies = {term: statistics.frequencies[term] for term in terms}
        standing = [term for term in frequencies if frequencies[term]] if hidden else []
        for first in range(0, len(standing), _AT_ONCE):
            some = Asked.of(standing[first : first + _AT_ONCE])
            told = await self._asked(some, 0, hidden)
            for number, term in enumerate(some.terms):
                stands = told["aggregations"]["stands"]["buckets"][str(number)]["doc_count"]
                frequencies[term] *= bool(stands)
        return frequencies

    async def _found(self, terms: Sequence[str], limit: int, hidden: Collection[str]) -> Found:
        """Search the generation that is current; if it changes meanwhile, the new one."""
        while True:
            generation = self._generation
            if generation is None:
                generation = await self._look()
            if generation is None:
                return Found((), 0, dict.fromkeys(terms, 0))
            found = await self._of(generation, terms, limit, hidden)
            if found is not None:
                return found

    async def _of(
        self, generation: Generation, terms: Sequence[str], limit: int, hidden: Collection[str]
    ) -> Found | None:
        """Search one generation, further down until the best are proved; ``None`` if it is no longer current."""
        asked = Asked.of(terms)
        size = FETCHED * limit
        while True:
            told, (statistics, lost) = await asyncio.gather(
                self._asked(asked, size, hidden), self._statistics(generation, asked.terms)
            )
            hits = told["hits"]["hits"]
            # Without a hit, only the alias tells which generation it was.
            if (hits[0]["_index"] != generation.index) if hits else (await self._look() != generation):
                self._generation = None
                return None
            # A shard without any copy is no failure there, only no success.
            partial = lost or told["_shards"]["successful"] < told["_shards"]["total"] or told["timed_out"]
            if partial:
                statistics, _ = await counted(self._client, generation.index, generation.routings, asked.terms)
            scores = Scores(asked, statistics, self._names.recipe, weight=self._generations.weight)
            exact = scores.of(
                [one["_source"]["length"] for one in hits], [one.get("matched_queries", {}) for one in hits]
            )
            best = sorted(zip(exact, hits, strict=True), key=lambda pair: (-pair[0], *pair[1]["sort"][1:]))
            if (
                len(hits) < size
                or size >= MOST_FETCHED
                or (len(best) >= limit and best[limit - 1][0] >= scores.bound(hits[-1]["_score"]))
            ):
                frequencies = {term: statistics.frequencies[term] for term in terms}
                if hidden:
                    stands = told["aggregations"]["stands"]["buckets"]
                    for number, term in enumerate(asked.terms):
                        frequencies[term] *= bool(stands[str(number)]["doc_count"])
                return _found(best[:limit], statistics.paragraph_count, frequencies, partial=partial)
            size = min(4 * size, MOST_FETCHED)

    async def _look(self) -> Generation | None:
        """Find out which generation is current."""
        now = await self._generations.current()
        if now != self._generation:
            self._generation, self._frequencies = now, LRUCache(_REMEMBERED)
        return now

    async def _asked(self, asked: Asked, size: int, hidden: Collection[str]) -> dict[str, Any]:
        told: dict[str, Any] = await self._client.search(
            index=self._names.alias,
            body={
                "size": size,
                "query": asked.query(hidden),
                "sort": ["_score", "path", "place"],
                "track_total_hits": False,
                "_source": _FIELDS,
                # Counting takes every paragraph with one of the terms, so it is for those alone who may not see all.
                **({"aggs": {"stands": asked.stands()}} if hidden else {}),
            },
            params={"search_type": "dfs_query_then_fetch", "include_named_queries_score": "true"},
            request_timeout=SECONDS,
        )
        return told

    async def _statistics(self, generation: Generation, terms: Sequence[str]) -> tuple[Statistics, bool]:
        """Return the statistics of the terms, and whether some shard could not be asked."""
        known = self._frequencies
        unknown = [term for term in terms if term not in known]
        frequencies = {term: known[term] for term in terms if term in known}
        lost = False
        if unknown:
            told, lost = await counted(self._client, generation.index, generation.routings, unknown)
            frequencies |= told.frequencies
            if not lost and self._generation == generation:
                known.update(told.frequencies)
        return Statistics(generation.paragraph_count, generation.term_count, generation.empty_count, frequencies), lost


def _found(
    best: Sequence[tuple[float, Mapping[str, Any]]],
    paragraph_count: int,
    frequencies: Mapping[str, int],
    *,
    partial: bool,
) -> Found:
    in_collection = sorted(range(len(best)), key=lambda number: best[number][1]["sort"][1:])
    position = {number: place for place, number in enumerate(in_collection)}
    return Found(
        tuple(hit(one["_source"], position[number], score) for number, (score, one) in enumerate(best)),
        paragraph_count,
        frequencies,
        partial=partial,
    )
