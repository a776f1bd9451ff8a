"""An index: one generation, opened, with its postings and its texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from cachetools import LRUCache

from retrieval.errors import ForeignIndexError, IndexFolderError
from retrieval.index import generations
from retrieval.index.generations import Generation
from retrieval.index.texts import Texts
from retrieval.postings.formula import Formula
from retrieval.postings.layout import CODES
from retrieval.postings.search import PostingsSearch, View
from retrieval.records import Paragraph, Source

_VIEWS = 64
"""Views that are remembered; each takes a bit for every paragraph and every term."""

_TEXTS = 2048
"""Paragraphs, and documents, that are remembered as they were read."""


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
        self._generation = Generation(folder)
        facts = self._generation.facts
        if facts["recipe"] != asdict(recipe):
            raise ForeignIndexError(folder)
        arrays = {name: self._generation.numbers(name, code) for name, code in CODES.items()}
        formula = Formula(recipe.k1, recipe.b, len(arrays["lengths"]), facts["average_length"])
        self.search = PostingsSearch(arrays, formula)
        self.texts = Texts(self._generation)
        self._source = lru_cache(maxsize=_TEXTS)(self.texts.source)
        self._paragraph = lru_cache(maxsize=_TEXTS)(self.texts.paragraph)
        self._views: LRUCache[frozenset[str], View] = LRUCache(_VIEWS)

    @property
    def manifest(self) -> str:
        """What the builder was told about where the documents come from."""
        return bytes(self._generation.content("manifest")).decode()

    def paragraph(self, position: int) -> tuple[Source, Paragraph]:
        """Return the paragraph at a position of the collection, with its source."""
        return self._source(self.texts.document(position)), self._paragraph(position)

    def view(self, hidden: frozenset[str]) -> View | None:
        """Return the view of whoever may not see these folders and documents; ``None`` where all can be seen."""
        if not hidden:
            return None
        found = self._views.get(hidden)
        if found is None:
            found = self._views[hidden] = self.search.view(self.texts.outside(hidden))
        return found

    def holding(self, words: Iterable[str]) -> list[str]:
        """Return the paths of the documents in whose normalised text, title or headings one of these words stands."""
        from retrieval.language import normalise  # what only answers has no need to load it here

        wanted = tuple(words)
        return [
            path
            for path, strings in self.texts.topics()
            if any(word in normalise(text).text for text in strings for word in wanted)
        ]

    def damage(self) -> list[str]:
        """Read every file of the generation and name those that are not as they were written."""
        return self._generation.damage()


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
