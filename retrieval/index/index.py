"""An index: one generation, opened, with the postings and the texts of its segments."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import overload

from cachetools import LRUCache

from retrieval.errors import ForeignIndexError, IndexFolderError
from retrieval.index import generations
from retrieval.index.generations import Generation
from retrieval.index.notes import Notes
from retrieval.index.segments import Segment, Size, formula
from retrieval.postings.collection import Collection, Views
from retrieval.records import Hit, Paragraph, Source

_VIEWS = 64
"""Views that are remembered; each takes a bit for every paragraph and every term."""

_TEXTS = 2048
"""Paragraphs, and documents, that are remembered as they were read."""

Place = tuple[int, int]
"""A segment, and a position in it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the terms of an index were made with; an index of another recipe is built anew.

    ``terms`` is the tokenizer's version, ``topic_weight`` how often the terms of a title and of headings count.
    """

    terms: int
    k1: float
    b: float
    topic_weight: int


class Index:
    """One generation, opened in a time that does not depend on its size. It can be read from several threads."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        """Open the generation in ``folder``.

        Raises ``IndexFolderError`` if it is damaged or of another format or recipe.
        """
        self.generation = Generation(folder)
        facts = self.generation.facts
        if facts["recipe"] != asdict(recipe):
            raise ForeignIndexError(folder)
        sizes = [Size(**size) for size in facts["segments"]]
        collection = formula(sizes, k1=recipe.k1, b=recipe.b)
        self.paragraph_count = collection.paragraph_count
        self.segments = tuple(Segment(self.generation, number, size, collection) for number, size in enumerate(sizes))
        self._collection = Collection([segment.part for segment in self.segments])
        texts = [segment.texts for segment in self.segments]
        self._path = lru_cache(maxsize=_TEXTS)(lambda segment, document: texts[segment].path(document))
        self._source = lru_cache(maxsize=_TEXTS)(lambda segment, document: texts[segment].source(document))
        self._paragraph = lru_cache(maxsize=_TEXTS)(lambda segment, position: texts[segment].paragraph(position))
        self._views: LRUCache[frozenset[str], Views] = LRUCache(_VIEWS)

    @cached_property
    def notes(self) -> Notes:
        """What the builder was told about where the documents come from."""
        return Notes(*(segment.manifest for segment in self.segments))

    def search(
        self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()
    ) -> tuple[Sequence[Hit], dict[str, int]]:
        """Return the best ``limit`` paragraphs for these terms, as ``Found`` has them, and each term's frequency.

        A paragraph is read when it is looked at: seldom are all of them. Whoever asks may not see the ``hidden``
        folders and documents.
        """
        frequencies = self.frequencies(terms, hidden=hidden)
        views = self._seen(hidden)
        best = self._collection.best(terms, frequencies, limit=limit, order=self._order, views=views)
        positions = {place: number for number, place in enumerate(self._in_order(place for place, _ in best))}
        found = [(place, positions[place], score) for place, score in best]
        return _Hits(self._quoted, found) if found else (), frequencies

    def frequencies(self, terms: Sequence[str], *, hidden: frozenset[str] = frozenset()) -> dict[str, int]:
        """Return in how many paragraphs each term stands; 0 where all of these are in ``hidden`` documents."""
        views = self._seen(hidden)
        return self._collection.frequencies(terms, views=views)

    def holding(self, words: Iterable[str]) -> list[str]:
        """Return the paths of the documents in whose normalised text, title or headings one of these words stands."""
        from retrieval.language import normalise  # what only answers has no need to load it here

        wanted = tuple(words)
        return sorted(
            path
            for segment in self.segments
            for path, strings in segment.texts.topics()
            if any(word in normalise(text).text for text in strings for word in wanted)
        )

    def damage(self, *, untested: bool = False) -> list[str]:
        """Read every file of the generation, or those not read before, and name what is not as it was written."""
        return self.generation.damage(untested=untested)

    def _seen(self, hidden: frozenset[str]) -> Views | None:
        """Return the view of whoever may not see these folders and documents; ``None`` where all can be seen."""
        if not hidden:
            return None
        found = self._views.get(hidden)
        if found is None:
            outside = [segment.texts.outside(hidden) for segment in self.segments]
            found = self._views[hidden] = self._collection.views(outside)
        return found

    def _in_order(self, places: Iterable[Place]) -> list[Place]:
        """Return places as ``_order`` has them, by few calls of it: a segment has its own in order, the first most."""
        by_segment = sorted(places)
        first = bisect_left(by_segment, (1, 0))
        in_order = by_segment[:first]
        for place in by_segment[first:]:
            insort(in_order, place, key=self._order)
        return in_order

    def _order(self, place: Place) -> tuple[str, int]:
        """Return what orders the paragraphs as they are in an index that is made anew: by the paths of documents."""
        segment, position = place
        return self._path(segment, self.segments[segment].texts.document(position)), position

    def _quoted(self, place: Place) -> tuple[Paragraph, Source]:
        segment, position = place
        source = self._source(segment, self.segments[segment].texts.document(position))
        return self._paragraph(segment, position), source


class _Hits(Sequence[Hit]):
    """The paragraphs that were found, each read when it is first looked at."""

    def __init__(
        self, quoted: Callable[[Place], tuple[Paragraph, Source]], found: Sequence[tuple[Place, int, float]]
    ) -> None:
        self._quoted = quoted
        self._found = found
        self._read: list[Hit | None] = [None] * len(found)

    @overload
    def __getitem__(self, number: int) -> Hit: ...

    @overload
    def __getitem__(self, number: slice) -> tuple[Hit, ...]: ...

    def __getitem__(self, number: int | slice) -> Hit | tuple[Hit, ...]:
        if isinstance(number, slice):
            return tuple(self[one] for one in range(*number.indices(len(self))))
        hit = self._read[number]
        if hit is None:
            place, position, score = self._found[number]
            hit = self._read[number] = Hit(*self._quoted(place), position, score)
        return hit

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(one[1:] for one in self._found))

    def __repr__(self) -> str:
        return repr(tuple(self))


def newest(folder: Path, recipe: Recipe, *, whole: bool = False) -> Index | None:
    """Open the newest generation in a folder; ``None`` when there is none that this code can use.

    With ``whole`` one that is whole to the last byte, which takes as long as to read it.
    """

    def opened(generation: Path) -> Index:
        index = Index(generation, recipe)
        if whole and (damaged := index.damage()):
            raise IndexFolderError(generation, f"is damaged: {', '.join(damaged)}")
        return index

    return generations.newest(folder, opened)
