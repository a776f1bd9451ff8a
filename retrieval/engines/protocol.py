"""The seam for scale: what answering and the library ask of a search engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from retrieval.index.notes import Notes
from retrieval.records import Document, Found


class Update(Protocol):
    """Changes to a collection that become visible together, or not at all."""

    async def put(self, document: Document) -> None:
        """Add a document, in place of an earlier one with its path."""

    async def remove(self, path: str) -> None:
        """Leave out the document with this path, if there is one."""

    async def commit(self, notes: Mapping[str, str] = MappingProxyType({})) -> None:
        """Make the changes visible, with notes of the caller's own, by key, that ``Engine.manifest`` gives back.

        A note takes the place of an earlier one of the same key; an empty one takes it back.
        """


class Engine(Protocol):
    """Searches a collection of paragraphs by BM25, and takes changes to it."""

    async def search(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Find the best ``limit`` paragraphs for these terms, and tell how frequent each term is.

        What lies in one of the ``hidden`` folders, or is one of these documents, is as if it were not there: a term
        that stands nowhere else stands nowhere, and takes as long. The other frequencies, which weigh terms, remain
        those of the whole collection.
        """

    async def frequencies(self, terms: Sequence[str], *, hidden: frozenset[str] = frozenset()) -> Mapping[str, int]:
        """Return in how many paragraphs each term stands, as ``search`` does, and search nothing."""

    async def manifest(self) -> Notes | None:
        """Return the notes that came with the commits; ``None`` where nothing was ever committed."""

    async def holding(self, words: Collection[str]) -> list[str]:
        """Return the paths of the documents in whose normalised text, title or headings one of these words stands."""

    async def compact(self) -> None:
        """Lay out the collection as one that is made anew; answers stay as they are."""

    async def faults(self) -> list[str]:
        """Return what is wrong with the collection and what to do about it, a sentence for each fault."""

    def update(self, *, afresh: bool = False) -> AbstractAsyncContextManager[Update]:
        """Begin to change the collection, or, ``afresh``, to replace it; leaving without ``commit`` changes nothing."""


@runtime_checkable
class Immediate(Protocol):
    """An engine that needs no event loop to search, so that a question is answered in a single thread."""

    def found(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Return what ``Engine.search`` does, found in the thread that asks."""


async def fill(engine: Engine, documents: Iterable[Document]) -> None:
    """Have a collection hold these documents and no others."""
    async with engine.update(afresh=True) as update:
        for document in documents:
            await update.put(document)
        await update.commit()
