"""A search for somebody who may not see every document: as if the others were not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from retrieval.records import Found


class Visible(Protocol):
    """Tells whether the document at a path may be seen: every one that lies in none of the ``hidden`` folders."""

    @property
    def hidden(self) -> frozenset[str]:
        """The folders, and paths of documents, that may not be seen."""

    def __call__(self, path: str) -> bool:
        """Whether the document at this path may be seen."""


Search = Callable[[Sequence[str], int], Awaitable[Found]]
"""Finds so many paragraphs for these terms, in all documents."""


async def search_visible(search: Search, terms: Sequence[str], visible: Visible, *, limit: int) -> Found:
    """Find the best ``limit`` paragraphs among those that may be seen.

    A term that stands in hidden documents only counts as one that stands nowhere. The other frequencies are those of
    the whole collection: they weigh terms, and tell nobody what the hidden documents say.
    """
    found = await _visible(search, terms, visible, limit)
    nowhere = [term for term, count in found.frequencies.items() if count and not await _stands(search, term, visible)]
    return replace(found, frequencies={**found.frequencies, **dict.fromkeys(nowhere, 0)})


async def _stands(search: Search, term: str, visible: Visible) -> bool:
    return bool((await _visible(search, [term], visible, 1)).hits)


async def _visible(search: Search, terms: Sequence[str], visible: Visible, limit: int) -> Found:
    """Look further and further down until enough has been found that may be seen, or there is no more."""
    searched = 2 * limit
    while True:
        found = await search(terms, searched)
        hits = tuple(hit for hit in found.hits if visible(hit.source.path))
        if len(hits) >= limit or len(found.hits) < searched:
            return replace(found, hits=hits[:limit])
        searched *= 4
