"""An engine seen by somebody who may not see every document: as if the others were not there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from retrieval.engine import Engine
from retrieval.records import Found

Visible = Callable[[str], bool]
"""Whether the document at a path may be seen."""


async def search_visible(engine: Engine, terms: Sequence[str], visible: Visible, *, limit: int) -> Found:
    """Find the best ``limit`` paragraphs among those that may be seen.

    A term that stands in hidden documents only counts as one that stands nowhere. The other frequencies are those of
    the whole collection: they weigh terms, and tell nobody what the hidden documents say.
    """
    found = await _visible(engine, terms, visible, limit)
    nowhere = [term for term, count in found.frequencies.items() if count and not await _stands(engine, term, visible)]
    return replace(found, frequencies={**found.frequencies, **dict.fromkeys(nowhere, 0)})


async def _stands(engine: Engine, term: str, visible: Visible) -> bool:
    return bool((await _visible(engine, [term], visible, 1)).hits)


async def _visible(engine: Engine, terms: Sequence[str], visible: Visible, limit: int) -> Found:
    """Look further and further down until enough has been found that may be seen, or there is no more."""
    searched = 2 * limit
    while True:
        found = await engine.search(terms, limit=searched)
        hits = tuple(hit for hit in found.hits if visible(hit.source.path))
        if len(hits) >= limit or len(found.hits) < searched:
            return replace(found, hits=hits[:limit])
        searched *= 4
