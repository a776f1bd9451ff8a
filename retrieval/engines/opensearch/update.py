"""An update of the collection: documents → terms, in several processes → requests in bulk → the next generation."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from hashlib import blake2b
from types import MappingProxyType, TracebackType
from typing import Any

import opensearchpy
from opensearchpy.helpers import async_scan

from retrieval.engines.opensearch.connection import Connection
from retrieval.engines.opensearch.generations import Generation, Generations
from retrieval.engines.opensearch.layout import document_key, indexed, paragraph_key, stored
from retrieval.engines.opensearch.lease import Lease
from retrieval.engines.opensearch.sending import Action, Sending
from retrieval.errors import OvertakenError
from retrieval.index.notes import format_notes, revised
from retrieval.index.segmenting import Segmentation
from retrieval.language import Bags, Tokenizer
from retrieval.records import Document

NOTED = 20_000
"""Paragraphs after which is noted down which documents are there, for whoever goes on if this process dies."""
PIECE = 250_000
"""Characters of the manifest in one record."""


class OpenSearchUpdate:
    """Builds the next generation while the last one is searched; see ``Engine.update``.

    ``known`` is the index that the caller has looked at, if it has: if another is current by the time that the lease
    is held, entering raises ``OvertakenError``. ``committed`` is told of the generation that was made.
    """

    def __init__(
        self,
        connection: Connection,
        client: opensearchpy.AsyncOpenSearch,
        generations: Generations,
        lease: Lease,
        tokenizer: Tokenizer,
        *,
        topic_weight: int,
        known: str | None,
        afresh: bool,
        committed: Callable[[Generation], None],
    ) -> None:
        self._connection = connection
        self._client = client
        self._generations = generations
        self._lease = lease
        self._tokenizer = tokenizer
        self._known = known
        self._afresh = afresh
        self._segmentation = Segmentation(tokenizer, topic_weight=topic_weight)
        self._uncut: deque[tuple[Document, int]] = deque()  # paragraphs that are with the segmentation
        self._put: dict[str, dict[str, Any]] = {}  # what is noted of each document that was put here
        self._noted: set[str] = set()
        self._there: dict[str, dict[str, Any]] = {}  # what a dead builder has noted
        self._unnoted = 0
        self._part = 0
        self._committed = committed
        self._published = False

    async def __aenter__(self) -> OpenSearchUpdate:
        with self._connection.plainly():
            await self._lease.__aenter__()
            try:
                self._base = await self._generations.current()
                self._compare()
                making = {"words": _digest(self._tokenizer.adopted)}
                self._index, half_done = await self._generations.begin(
                    None if self._afresh else self._base, making, go_on=self._afresh
                )
                self._sending = Sending(self._client, self._index)
                if half_done:
                    await self._take_over()
            except BaseException:
                await self._lease.__aexit__(None, None, None)
                raise
        return self

    async def put(self, document: Document) -> None:
        """Add a document, in place of an earlier one with its path."""
        if self._lease.lost:
            raise self._lease.lost
        path = document.source.path
        digest = _digest(asdict(document))
        if self._there.get(path, {}).get("digest") == digest:
            self._put[path] = self._there.pop(path)
            self._noted.add(path)
            return
        with self._connection.plainly():
            await self._forget(path, kept=len(document.paragraphs))
            self._put[path] = {
                "path": path,
                "digest": digest,
                "paragraph_count": len(document.paragraphs),
                "part": self._part,
            }
            self._uncut.extend((document, place) for place in range(len(document.paragraphs)))
            actions = await asyncio.to_thread(lambda: self._actions(self._segmentation.put(document)))
            await self._sending.send(actions)
            self._unnoted += len(document.paragraphs)
            if self._unnoted >= NOTED:
                await self._note()

    async def remove(self, path: str) -> None:
        """Leave out the document with this path, if there is one."""
        with self._connection.plainly():
            await self._forget(path, kept=0)
            self._put.pop(path, None)
            self._noted.discard(path)

    async def commit(self, notes: Mapping[str, str] = MappingProxyType({})) -> None:
        """Make the changes visible.

        Raises ``OvertakenError`` if another process has taken this one for dead.
        """
        with self._connection.plainly():
            for path in list(self._there):  # put by the one that died, and not any more
                await self._forget(path, kept=0)
            await self._note(finish=True)
            before = {} if self._base is None or self._afresh else await self._generations.notes(self._base)
            manifest = format_notes(revised(before, notes))
            pieces = [manifest[start : start + PIECE] for start in range(0, len(manifest), PIECE)] or [""]
            await self._sending.send(
                {"_id": f"manifest-{number}", "_source": {"manifest": {"piece": piece}}}
                for number, piece in enumerate(pieces)
            )
            await self._sending.settle()
            await self._lease.renew()
            generation = await self._generations.finish(self._index, self._base, len(pieces))
            self._published = True
            self._committed(generation)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._segmentation.close)
        try:
            await self._sending.stop()
            # What was begun afresh and failed stays, to go on from.
            if not (self._published or (self._afresh and error)):
                with self._connection.plainly(), contextlib.suppress(OvertakenError):
                    await self._lease.renew()  # without it, the index may be another's by now
                    await self._generations.discard(self._index)
        finally:
            await self._lease.__aexit__(kind, error, trace)

    def _compare(self) -> None:
        if self._known is not None and self._known != (self._base.index if self._base else ""):
            raise OvertakenError(self._connection.place, "another bot has changed the index meanwhile")

    async def _take_over(self) -> None:
        """Learn what a dead builder has done."""
        await self._client.indices.refresh(index=self._index)
        query = {"query": {"exists": {"field": "digest"}}}
        async for hit in async_scan(self._client, query=query, index=self._index):
            self._there[hit["_source"]["path"]] = hit["_source"]
        self._part = 1 + max((noted["part"] for noted in self._there.values()), default=0)
        # What came after the last note, or between the last two if a document went on over both, is of unknown worth.
        later = {"query": {"range": {"part": {"gte": self._part - 2}}}, "_source": ["path"]}
        async for hit in async_scan(self._client, query=later, index=self._index):
            if hit["_source"]["path"] not in self._there:
                await self._sending.send([{"_op_type": "delete", "_id": hit["_id"]}])
        await self._sending.settle()

    async def _forget(self, path: str, *, kept: int) -> None:
        """Delete the paragraphs of a document from the place ``kept`` on; those before it are about to be replaced."""
        if path in self._put:  # put twice: what is under way must not come after what follows
            await self._note(finish=True)
            before: dict[str, Any] | None = self._put[path]
        elif self._base is None or self._afresh:
            before = self._there.pop(path, None)
        else:
            before = await self._record(path)
        if before is None:
            return
        gone = [paragraph_key(path, place) for place in range(kept, before["paragraph_count"])]
        if not kept:
            gone.append(document_key(path))
        await self._sending.send({"_op_type": "delete", "_id": key} for key in gone)

    async def _record(self, path: str) -> dict[str, Any] | None:
        try:
            told = await self._client.get(index=self._index, id=document_key(path))
        except opensearchpy.NotFoundError:
            return None
        source: dict[str, Any] = told["_source"]
        return source

    async def _note(self, *, finish: bool = False) -> None:
        """Note down which documents are there, when they are."""
        if finish:
            actions = await asyncio.to_thread(lambda: self._actions(self._segmentation.finish()))
            await self._sending.send(actions)
        await self._sending.settle()
        cut = {document.source.path for document, _ in self._uncut}
        whole = [path for path in self._put if path not in self._noted and path not in cut]
        await self._sending.send({"_id": document_key(path), "_source": self._put[path]} for path in whole)
        await self._sending.settle()
        self._noted.update(whole)
        self._unnoted = 0
        self._part += 1

    def _actions(self, segmented: Iterable[Bags]) -> list[Action]:
        """Turn what has been cut into paragraphs to be stored."""
        return [action for part in segmented for action in self._paragraphs(part)]

    def _paragraphs(self, part: Bags) -> Iterator[Action]:
        vocabulary = [indexed(term) for term in part.vocabulary]
        start = 0
        numbers = part.numbers.tolist()
        for length in part.lengths.tolist():
            document, place = self._uncut.popleft()
            terms = " ".join([vocabulary[number] for number in numbers[start : start + length]])
            start += length
            yield {
                "_id": paragraph_key(document.source.path, place),
                "_source": stored(document, place, terms, length, self._part),
            }


def _digest(value: Any) -> str:
    return blake2b(json.dumps(value, ensure_ascii=True).encode(), digest_size=16).hexdigest()
