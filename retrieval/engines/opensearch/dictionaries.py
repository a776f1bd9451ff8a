"""What the shards' own dictionaries tell: how many paragraphs and terms each holds, and how frequent terms are."""

from __future__ import annotations

from collections.abc import Sequence

import opensearchpy

from retrieval.engines.opensearch.connection import SECONDS
from retrieval.engines.opensearch.layout import indexed
from retrieval.engines.opensearch.scoring import Statistics


async def counted(
    client: opensearchpy.AsyncOpenSearch, index: str, routings: Sequence[str], terms: Sequence[str]
) -> tuple[Statistics, bool]:
    """Count over the shards that can be asked, and tell whether some could not.

    Each shard, found by one of the ``routings``, looks the terms up for a text that is not in the collection. Deleted
    paragraphs count until they are expunged, stand-ins of empty ones as terms.
    """
    one = {
        "_index": index,
        "doc": {"terms": " ".join(map(indexed, terms))},
        "term_statistics": True,
        "field_statistics": True,
        "positions": False,
        "offsets": False,
        "payloads": False,
    }
    told = await client.mtermvectors(
        body={"docs": [{**one, "routing": routing} for routing in routings]}, request_timeout=SECONDS
    )
    paragraph_count = term_count = 0
    counts = dict.fromkeys(terms, 0)
    lost = False
    for shard in told["docs"]:
        if "error" in shard:
            lost = True
            continue
        field = shard.get("term_vectors", {}).get("terms", {})
        paragraph_count += max(0, field.get("field_statistics", {}).get("doc_count", 0))
        term_count += max(0, field.get("field_statistics", {}).get("sum_ttf", 0))
        found = field.get("terms", {})
        for term in terms:
            counts[term] += found.get(indexed(term), {}).get("doc_freq", 0)
    return Statistics(paragraph_count, term_count, 0, counts), lost
