"""The engine on this machine: an index in a folder, memory-mapped."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from retrieval.index import Index, Recipe, latest, newest
from retrieval.index.notes import Notes
from retrieval.language import TERMS_VERSION, Tokenizer
from retrieval.postings.formula import K1, B
from retrieval.records import Document, Found

if TYPE_CHECKING:
    from retrieval.index.builder import Builder


class LocalEngine:
    """The engine on this machine: an index in a folder, memory-mapped.

    ``folder`` is where the generations are; it is made when first written to. Questions go on being answered from the
    generation that is open while the next is built. ``topic_weight`` is how often terms of titles and headings count,
    ``little`` up to how many terms the last segment is written anew with every change.
    """

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        *,
        k1: float = K1,
        b: float = B,
        topic_weight: int = 1,
        little: int | None = None,
    ) -> None:
        self._folder = folder
        self._tokenizer = tokenizer
        self._recipe = Recipe(TERMS_VERSION, k1, b, topic_weight)
        self._little = little
        self._index = newest(folder, self._recipe)
        self._whole: Index | None = None

    async def search(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Find the best ``limit`` paragraphs for these terms, and tell how frequent each term is."""
        return await asyncio.to_thread(self.found, terms, limit=limit, hidden=hidden)

    def found(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Return what ``search`` does, found in the thread that asks."""
        index = self._index
        if index is None:
            return Found((), 0, dict.fromkeys(terms, 0))
        hits, frequencies = index.search(terms, limit=limit, hidden=hidden)
        return Found(hits, index.paragraph_count, frequencies)

    async def frequencies(self, terms: Sequence[str], *, hidden: frozenset[str] = frozenset()) -> Mapping[str, int]:
        """Return in how many paragraphs each term stands."""
        index = self._index
        return {} if index is None else await asyncio.to_thread(index.frequencies, terms, hidden=hidden)

    async def manifest(self) -> Notes | None:
        """Return the notes that came with the commits; ``None`` where there is no index yet.

        Whoever asks is about to build on the index. So all that is new in it is read first, which opening it did not
        do; where it is damaged, the one before is taken, from now on for questions, too.
        """
        await asyncio.to_thread(self._test)
        index = self._index
        return None if index is None else index.notes

    async def holding(self, words: Collection[str]) -> list[str]:
        """Return the paths of the documents in whose normalised text, title or headings one of these words stands."""
        index = self._index
        return [] if index is None or not words else await asyncio.to_thread(index.holding, words)

    def update(self, *, afresh: bool = False) -> _LocalUpdate:
        """Begin the next generation, from the last one's documents or, ``afresh``, from none."""
        return _LocalUpdate(self, None if afresh else self._index)

    async def faults(self) -> list[str]:
        """Return what is wrong with the open generation."""
        damaged = await asyncio.to_thread(self.damage)
        names = ", ".join(damaged)
        return [f"The index is damaged ({names}): delete {self._folder}, it is made again."] if damaged else []

    def damage(self) -> list[str]:
        """Name the files of the open generation that are not as they were written; reads all of them."""
        return [] if self._index is None else self._index.damage()

    def _test(self) -> None:
        index = self._index
        if index is not None and index is not self._whole:
            if index.damage(untested=True):
                index = newest(self._folder, self._recipe, whole=True)
            self._index = self._whole = index

    def close(self) -> None:
        """Let go of the index; nothing can be found afterwards."""
        self._index = None

    async def compact(self) -> None:
        """Make one segment of all, so that the files are those of an index that is made anew."""
        await asyncio.to_thread(self._test)
        if self._index is not None and len(self._index.segments) > 1:
            await asyncio.to_thread(self._merge, self._index, 0)

    def builder(self, base: Index | None) -> Builder:
        """Return a builder of the next generation."""
        from retrieval.index.builder import LITTLE, Builder  # what only answers never needs it

        little = LITTLE if self._little is None else self._little
        return Builder(self._folder, self._recipe, self._tokenizer, base, little=little)

    def opened(self, generation: Path) -> Index:
        """Open a generation that has just been built."""
        return Index(generation, self._recipe)

    def swap(self, index: Index) -> None:
        """Answer from an index that has just been built from now on."""
        self._index = self._whole = index

    def tidy(self) -> None:
        """Merge the segments of which it pays, unless somebody else has published a generation since."""
        from retrieval.index.builder import due

        index = self._index
        if index is None or latest(self._folder) != index.generation.folder.name:
            return
        if (first := due([segment.size for segment in index.segments])) is not None:
            self._merge(index, first)

    def _merge(self, index: Index, first: int) -> None:
        builder = self.builder(index)
        try:
            self.swap(self.opened(builder.publish({}, merge=first)))
        finally:
            builder.discard()


class _LocalUpdate:
    """Builds in a thread, so that the event loop goes on answering; merges after what was committed can be found."""

    def __init__(self, engine: LocalEngine, base: Index | None) -> None:
        self._engine = engine
        self._base = base
        self._committed = False

    async def __aenter__(self) -> _LocalUpdate:
        self._builder = await asyncio.to_thread(self._engine.builder, self._base)
        return self

    async def put(self, document: Document) -> None:
        await asyncio.to_thread(self._builder.put, document)

    async def remove(self, path: str) -> None:
        self._builder.remove(path)

    async def commit(self, notes: Mapping[str, str] = MappingProxyType({})) -> None:
        self._engine.swap(await asyncio.to_thread(self._published, notes))
        self._committed = True

    def _published(self, notes: Mapping[str, str]) -> Index:
        return self._engine.opened(self._builder.publish(notes))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._builder.discard)
        if self._committed:
            await asyncio.to_thread(self._engine.tidy)
