"""Generations in a cluster: indices that never change once an alias names them, each new one in the last one's place.

The next generation is a clone of the last one, which shares its files, with the changes made to it; nobody searches
it before the alias is moved, which all bots see at once. The one before it stays, for going back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import opensearchpy

from retrieval.engines.opensearch.connection import PATIENCE, SECONDS, Connection
from retrieval.engines.opensearch.dictionaries import counted
from retrieval.engines.opensearch.layout import NOTHING, Names, mapping, settings
from retrieval.errors import EngineError, OvertakenError
from retrieval.index.notes import Notes

COPYING_SECONDS = 3600
"""How long copies of the shards may take to be made before a generation is used without them."""

PAUSE = 0.2
"""Seconds after which is looked again whether what is deleted has been forgotten."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that is whole: its index, how many paragraphs and terms it has, where to ask each of its shards."""

    index: str
    paragraph_count: int
    term_count: int
    empty_count: int
    routings: tuple[str, ...]
    manifest_pieces: int

    @classmethod
    def of(cls, index: str, facts: Mapping[str, Any]) -> Generation:
        """Take the facts that were written down when the generation was finished."""
        return cls(
            index,
            facts["paragraph_count"],
            facts["term_count"],
            facts["empty_count"],
            tuple(facts["routings"]),
            facts["manifest_pieces"],
        )


class Generations:
    """The generations of one collection.

    ``weight`` is k1 + 1 where the cluster leaves that factor out of its scores, as OpenSearch does from 3 on; else 1.
    It is known when the cluster has been asked for anything.
    """

    def __init__(
        self, connection: Connection, client: opensearchpy.AsyncOpenSearch, names: Names, *, shards: int, replicas: int
    ) -> None:
        self._connection = connection
        self._client = client
        self._names = names
        self._shards = shards
        self._replicas = replicas
        self.weight = 0.0

    async def current(self) -> Generation | None:
        """Return the generation that the alias names; ``None`` before the first.

        Raises ``EngineError`` if the alias names something else, or if this is no cluster that can be used.
        """
        if not self.weight:
            await self._introduce()
        # Every node knows it; the one that manages the cluster may stand still.
        found = await self._client.indices.get(
            index=self._names.alias, params={"ignore_unavailable": "true", "local": "true"}, request_timeout=SECONDS
        )
        if not found:
            return None
        if len(found) > 1:
            raise self._foreign(f"{self._names.alias} stands for {len(found)} indices")
        ((index, told),) = found.items()
        facts = told["mappings"].get("_meta", {})
        if not facts.get("finished"):
            raise self._foreign(f"{index} was not finished by Yuanju")
        return Generation.of(index, facts)

    async def all(self) -> dict[str, dict[str, Any]]:
        """Return all generations, finished or not, with what is written down about each, oldest first."""
        found = await self._client.indices.get(index=f"{self._names.alias}-*")
        own = {index: told for index, told in found.items() if self._names.number(index) is not None}
        return {
            index: told["mappings"].get("_meta", {})
            for index, told in sorted(own.items(), key=lambda item: self._names.number(item[0]) or 0)
        }

    async def notes(self, generation: Generation) -> Notes:
        """Return the notes that are kept in a generation."""
        keys = (f"manifest-{number}" for number in range(generation.manifest_pieces))
        pieces = await asyncio.gather(*(self._client.get_source(index=generation.index, id=key) for key in keys))
        return Notes("".join(piece["manifest"]["piece"] for piece in pieces).encode())

    async def begin(self, base: Generation | None, making: Mapping[str, Any], *, go_on: bool) -> tuple[str, bool]:
        """Return the index of the next generation, and whether a dead builder has left it half done.

        ``go_on`` allows for that; ``making`` is what tells whether that builder made the same.
        """
        there = await self.all()
        unfinished = [index for index, facts in there.items() if not facts.get("finished")]
        if go_on and unfinished and there[unfinished[-1]].get("making") == making:
            return unfinished[-1], True
        for index in unfinished:
            await self._client.indices.delete(index=index, params={"ignore_unavailable": "true"})
        number = 1 + max((self._names.number(index) or 0 for index in there), default=0)
        index = self._names.generation(number)
        facts = {"recipe": asdict(self._names.recipe), "making": making, "finished": False}
        if base is None:
            body = {"settings": settings(self._names.recipe, shards=self._shards), "mappings": mapping(facts)}
            await self._client.indices.create(index=index, body=body)
        else:
            open_again = {"index.blocks.write": None, "index.number_of_replicas": 0, "index.refresh_interval": "-1"}
            await self._client.indices.clone(index=base.index, target=index, body={"settings": open_again})
            await self._client.indices.put_mapping(index=index, body={"_meta": facts})
        await self._there(index)
        return index, False

    async def finish(self, index: str, base: Generation | None, manifest_pieces: int) -> Generation:
        """Make an index the current generation, unless the last one is no longer ``base``.

        Raises ``OvertakenError`` if it is not.
        """
        routings = await self._routings(index)
        facts = {
            "recipe": asdict(self._names.recipe),
            "finished": True,
            "manifest_pieces": manifest_pieces,
            "routings": routings,
            **await self._expunged(index, routings),
        }
        await self._client.indices.put_mapping(index=index, body={"_meta": facts})
        await self._client.indices.put_settings(
            index=index, body={"index.number_of_replicas": self._replicas, "index.blocks.write": True}
        )
        await self._copied(index)
        await self._move(index, base)
        keep = {index, base.index if base else index}
        for old in await self.all():
            if old not in keep:
                await self._client.indices.delete(index=old, params={"ignore_unavailable": "true"})
        return Generation.of(index, facts)

    async def discard(self, index: str) -> None:
        """Remove what was begun and not finished."""
        await self._client.indices.delete(index=index, params={"ignore_unavailable": "true"})

    async def _introduce(self) -> None:
        """Learn what kind of cluster this is."""
        version = (await self._client.info())["version"]
        number = tuple(int(part) for part in version["number"].split(".")[:2])
        # 2.8 is the first that tells what each term added; a compatibility mode calls itself 7.10.
        if version.get("distribution") != "opensearch" or number < (2, 8):
            raise EngineError(
                self._connection.place,
                f"is {version.get('distribution', 'Elasticsearch')} {version['number']}; it must be OpenSearch, 2.8 or "
                "later",
            )
        self.weight = self._names.recipe.k1 + 1 if (3, 0) <= number < (7, 0) else 1.0

    async def _there(self, index: str) -> None:
        """Wait until every shard can be written."""
        await self._client.cluster.health(
            index=index, params={"wait_for_status": "yellow", "timeout": "60s", "ignore": 408}, request_timeout=70
        )

    async def _expunged(self, index: str, routings: Sequence[str]) -> dict[str, int]:
        """Have deleted paragraphs forgotten for good, so that they count in no frequency; gives what there is."""
        while True:
            await self._client.indices.refresh(index=index)
            counts = await self._counts(index)
            there, lost = await counted(self._client, index, routings, [NOTHING])
            live = counts["paragraph_count"], counts["term_count"] + counts["empty_count"]
            if not lost and (there.paragraph_count, there.term_count) == live:
                return counts
            # What was written just now is kept even when it is deleted, up to half a minute: a copy may ask for it.
            await self._client.indices.flush(index=index)
            with contextlib.suppress(opensearchpy.ConnectionTimeout):  # it goes on; asking again waits for it
                await self._client.indices.forcemerge(index=index, params={"only_expunge_deletes": "true"})
            await asyncio.sleep(PAUSE)

    async def _counts(self, index: str) -> dict[str, int]:
        body = {
            "size": 0,
            "aggs": {
                "paragraphs": {"value_count": {"field": "length"}},
                "terms": {"sum": {"field": "length"}},
                "empty": {"filter": {"term": {"length": 0}}},
            },
        }
        told = await self._client.search(index=index, body=body, params={"allow_partial_search_results": "false"})
        found = told["aggregations"]
        return {
            "paragraph_count": int(found["paragraphs"]["value"]),
            "term_count": int(found["terms"]["value"]),
            "empty_count": int(found["empty"]["doc_count"]),
        }

    async def _routings(self, index: str) -> list[str]:
        """Find a routing for each shard, by which it can be asked for its statistics."""
        found: dict[int, str] = {}
        told = await self._client.indices.get_settings(index=index)
        count = int(told[index]["settings"]["index"]["number_of_shards"])
        number = 0
        while len(found) < count:
            shards = await self._client.search_shards(index=index, params={"routing": str(number)})
            found.setdefault(shards["shards"][0][0]["shard"], str(number))
            number += 1
        return [found[shard] for shard in sorted(found)]

    async def _copied(self, index: str) -> None:
        """Wait until no copy of a shard is being made any more."""
        try:
            async with asyncio.timeout(COPYING_SECONDS):
                while True:
                    told = await self._client.cluster.health(
                        index=index,
                        params={
                            "wait_for_status": "green",
                            "wait_for_no_initializing_shards": "true",
                            "timeout": "5s",
                            "ignore": 408,
                        },
                        request_timeout=PATIENCE,
                    )
                    if told["status"] == "green":
                        return
                    if not told["initializing_shards"]:
                        break
        except TimeoutError:
            pass
        _logger.warning("%s is used with fewer copies of its shards than it should have", index)

    async def _move(self, index: str, base: Generation | None) -> None:
        alias = self._names.alias
        actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": alias}}]
        if base is not None:
            actions.insert(0, {"remove": {"index": base.index, "alias": alias, "must_exist": True}})
        now = await self.current()
        if (now and now.index) != (base and base.index):
            raise self._overtaken()
        try:
            await self._client.indices.update_aliases(body={"actions": actions})
        except (opensearchpy.NotFoundError, opensearchpy.RequestError) as error:
            moved = await self.current()
            if moved is None or moved.index != index:
                raise self._overtaken() from error

    def _overtaken(self) -> OvertakenError:
        return OvertakenError(
            self._connection.place, "another bot has changed the index meanwhile; what this one has made is thrown away"
        )

    def _foreign(self, what: str) -> EngineError:
        return EngineError(
            self._connection.place, f"{what}; set another YUANJU_ENGINE_PREFIX, or remove what is there under this one"
        )
