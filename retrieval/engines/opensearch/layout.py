"""How a collection lies in a cluster: the names of its indices, their fields, and terms in a form that they take."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from retrieval.index import Recipe
from retrieval.records import Document, Hit, Paragraph, Source

FORMAT = 4
"""Changes whenever older code could not read what newer code writes, or the other way round."""
NOTHING = "\x1a"
"""Stands for the terms of a paragraph that has none, so that the cluster counts it among the paragraphs."""
_LONGEST = 80
"""Characters of a term that is kept as it is; the whitespace analyzer cuts at 255 half code points."""

_HALF = re.compile("[\ud800-\udfff]")
_STORED = {"type": "keyword", "index": False, "doc_values": False}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a collection's indices; nothing in the cluster is touched whose name is no such.

    Each recipe has names of its own: bots of two versions never take each other's index away.
    """

    prefix: str
    recipe: Recipe

    @property
    def alias(self) -> str:
        """The name that stands for the current generation."""
        digest = blake2b(json.dumps([FORMAT, asdict(self.recipe)]).encode(), digest_size=4).hexdigest()
        return f"{self.prefix}-{digest}"

    @property
    def state(self) -> str:
        """The index that holds the lease."""
        return f"{self.alias}-state"

    def generation(self, number: int) -> str:
        """The index of a generation."""
        return f"{self.alias}-{number:06}"

    def number(self, index: str) -> int | None:
        """Return which generation an index is; ``None`` for one that is none."""
        found = re.fullmatch(re.escape(self.alias) + r"-(\d{6,})", index)
        return int(found[1]) if found else None


def settings(recipe: Recipe, *, shards: int) -> dict[str, Any]:
    """Return the settings of a generation while it is built: one copy of each shard, nothing visible."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_result_window": 10_000,
        "similarity": {"default": {"type": "BM25", "k1": recipe.k1, "b": recipe.b}},
        # A deleted paragraph would count in the frequencies of its terms for as long as it lies there.
        "merge.policy.expunge_deletes_allowed": 0,
    }


def mapping(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a generation: terms to be searched, keys to be sorted and filtered by, the rest stored."""
    return {
        "dynamic": "strict",
        "_meta": facts,
        "_source": {"excludes": ["terms"]},
        "properties": {
            "terms": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
            "path": {"type": "keyword"},
            "folders": {"type": "keyword", "doc_values": False},
            "place": {"type": "integer"},
            "length": {"type": "integer"},
            "part": {"type": "integer"},
            "number": {"type": "integer", "index": False, "doc_values": False},
            "page": {"type": "integer", "index": False, "doc_values": False},
            **dict.fromkeys(("text", "section", "questions", "title", "author", "date", "url", "categories"), _STORED),
            "recognised": {"type": "integer", "index": False, "doc_values": False},
            # Of a document, or of a piece of the manifest.
            "digest": {"type": "keyword"},
            "paragraph_count": {"type": "integer", "index": False, "doc_values": False},
            "manifest": {"type": "object", "enabled": False},
        },
    }


def indexed(term: str) -> str:
    """Return a term as the cluster knows it: a very long one by its digest."""
    if len(term) <= _LONGEST:
        return term
    return "#" + blake2b(term.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def document_key(path: str) -> str:
    """Return the key of a document; its paragraphs' are this one, with their places behind it."""
    return blake2b(path.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def paragraph_key(path: str, place: int) -> str:
    """Return the key of the paragraph at a place of a document, counted from 0."""
    return f"{document_key(path)}-{place}"


def stored(document: Document, place: int, terms: str, length: int, part: int) -> dict[str, Any]:
    """Return the fields of a paragraph.

    ``terms`` are its terms with spaces between, ``length`` is their number; ``part`` is between which notes of what is
    there it was sent.
    """
    source, paragraph = document.source, document.paragraphs[place]
    fields = {
        "part": part,
        "terms": terms or NOTHING,
        "path": source.path,
        "folders": folders(source.path),
        "place": place,
        "length": length,
        "number": paragraph.number,
        "page": paragraph.page,
        "text": paragraph.text,
        "section": paragraph.section,
        "questions": paragraph.questions,
        "title": source.title,
        "author": source.author,
        "date": source.date,
        "url": source.url,
        "categories": source.categories,
        "recognised": source.recognised,
    }
    return {name: _clean(value) for name, value in fields.items() if value not in (None, ())}


def hit(fields: dict[str, Any], position: int, score: float) -> Hit:
    """Return the paragraph that was stored with these fields."""
    paragraph = Paragraph(
        fields["number"],
        fields["text"],
        tuple(fields.get("section", ())),
        fields.get("page"),
        tuple(fields.get("questions", ())),
    )
    source = Source(
        fields["path"],
        fields["title"],
        fields.get("author"),
        fields.get("date"),
        fields.get("url"),
        tuple(fields.get("categories", ())),
        tuple(fields.get("recognised", ())),
    )
    return Hit(paragraph, source, position, score)


def _clean(value: Any) -> Any:
    """Replace what is half a character, as a broken file may hold: it cannot be sent."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode() if _HALF.search(value) else value
    return [_clean(one) for one in value] if isinstance(value, (tuple, list)) else value


def folders(path: str) -> list[str]:
    """Return the path itself and every folder that it lies in.

    >>> folders("a/b/c.txt")
    ['a', 'a/b', 'a/b/c.txt']
    """
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
