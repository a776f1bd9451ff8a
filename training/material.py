"""What is learned from: collections of paragraphs, the questions asked of them, and the layouts they are put into.

A set in SQuAD's format is of the kind that its file's name begins with; a folder holds real collections, as its
``questions.tsv`` lists them: collection, question, kind, and a regular expression of the right sentences or
``not found``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from random import Random

from retrieval import reading
from retrieval.errors import UnreadableDocument
from retrieval.evaluation import NOT_FOUND, squad
from retrieval.language.splitting import sentences
from retrieval.records import Document, Hit, Paragraph, Sentence, Source

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it: for each right paragraph the spans of which a right sentence covers one."""

    question: str
    right: Mapping[int, Spans]


@dataclass(frozen=True, slots=True)
class Material:
    """A collection with its questions.

    ``paragraphs`` stand in the order of the collection, each with its source; ``asked`` names them by their place in
    it. ``refused`` are questions that the collection is known not to answer. Sets of a ``family`` come from one source,
    those of a ``kind`` are asked alike: what is learned on some is tested on others.
    """

    name: str
    family: str
    kind: str
    paragraphs: tuple[tuple[Source, Paragraph], ...]
    asked: tuple[Asked, ...]
    refused: tuple[str, ...] = ()

    def sample(self, count: int, seed: int) -> Material:
        """Return the same collection with at most ``count`` of its questions."""
        if len(self.asked) <= count:
            return self
        return replace(self, asked=tuple(Random(seed).sample(self.asked, count)))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a collection is put into files: ``per_file`` paragraphs a file, and whether these have titles.

    Real files stay as they are but for their titles. With ``size``, a collection is that many paragraphs at random.
    """

    name: str
    titled: bool
    per_file: int = 1
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection in a layout: its documents, its questions, and which paragraph each place holds."""

    documents: tuple[Document, ...]
    asked: tuple[Asked, ...]
    places: Mapping[tuple[str, int], int]

    def paragraph_of(self, hit: Hit) -> int:
        """Return the number of the paragraph that was found."""
        return self.places[hit.source.path, hit.paragraph.number]

    def answers(self, asked: Asked, hit: Hit, sentence: Sentence) -> bool:
        """Return whether a sentence of a hit answers."""
        spans = asked.right.get(self.paragraph_of(hit), ())
        return any(sentence.start <= start and end <= sentence.end for start, end in spans)


def laid_out(material: Material, layout: Layout, random: Random) -> Collection:
    """Put a collection into files; a small one holds what some of its questions need, and other paragraphs."""
    chosen = range(len(material.paragraphs))
    asked = material.asked
    if layout.size is not None and layout.size < len(chosen):
        order = random.sample(material.asked, len(material.asked))
        wanted: dict[int, None] = {}
        for one in order:
            if len({*wanted, *one.right}) <= layout.size * 2 // 3:
                wanted |= dict.fromkeys(one.right)
        others = [number for number in random.sample(chosen, len(chosen)) if number not in wanted]
        kept = {*wanted, *others[: layout.size - len(wanted)]}
        chosen = sorted(kept)  # type: ignore[assignment]
        asked = tuple(one for one in material.asked if set(one.right) <= kept)
    documents, places = [], dict[tuple[str, int], int]()
    for number, group in enumerate(_files(material, chosen, layout.per_file)):
        source = material.paragraphs[group[0]][0]
        path = source.path if material.kind == REAL else f"{number:05}"
        title = source.title if layout.titled else f"{number:05}"
        texts = [replace(material.paragraphs[one][1], number=place) for place, one in enumerate(group, 1)]
        documents.append(Document(replace(source, path=path, title=title), tuple(texts)))
        places |= {(path, place): one for place, one in enumerate(group, 1)}
    return Collection(tuple(documents), asked, places)


def _files(material: Material, chosen: Sequence[int], per_file: int) -> Iterator[list[int]]:
    if material.kind == REAL:
        for _, group in groupby(chosen, lambda number: material.paragraphs[number][0].path):
            yield list(group)
    else:
        yield from (list(chosen[start : start + per_file]) for start in range(0, len(chosen), per_file))


KINDS = {"cmrc": "encyclopedia", "drcd": "encyclopedia", "stard": "law", "kdconv": "chat"}
"""The kind of a family of sets, whose files' names begin with it; an unknown set is a family and a kind of its own."""
REAL = "real"


def load(paths: Sequence[Path]) -> list[Material]:
    """Read question sets and folders of real collections. Raises ``QuestionSetError`` for a set that is not one."""
    found: list[Material] = []
    for path in paths:
        found += _real(path) if path.is_dir() else [_set(path)]
    return found


def _set(path: Path) -> Material:
    questions = squad(path)
    numbers = {document.source.path: number for number, document in enumerate(questions.documents)}
    texts = [document.paragraphs[0].text for document in questions.documents]
    asked = []
    for item in questions.items:
        right: dict[int, Spans] = {numbers[item.path]: item.spans}
        for other in sorted(item.also, key=int):
            right[numbers[other]] = tuple((one.start, one.start + 1) for one in sentences(texts[numbers[other]]))
        asked.append(Asked(item.question, right))
    family = next((name for name in KINDS if path.stem.startswith(name)), path.stem)
    paragraphs = tuple((document.source, document.paragraphs[0]) for document in questions.documents)
    return Material(path.stem, family, KINDS.get(family, family), paragraphs, tuple(asked))


def _real(folder: Path) -> Iterator[Material]:
    with (folder / "questions.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for name in dict.fromkeys(row["collection"] for row in rows):
        paragraphs = tuple(_read(folder / name))
        if not paragraphs:
            continue
        own = [row for row in rows if row["collection"] == name]
        gold = {row["question"]: row["gold"] for row in own if row["gold"] != NOT_FOUND}
        asked = (Asked(question, _matching(paragraphs, re.compile(pattern))) for question, pattern in gold.items())
        refused = tuple(row["question"] for row in own if row["gold"] == NOT_FOUND)
        yield Material(name, REAL, REAL, paragraphs, tuple(one for one in asked if one.right), refused)


def _read(folder: Path) -> Iterator[tuple[Source, Paragraph]]:
    for file in sorted(reading.find(folder).files, key=lambda file: file.path):
        try:
            documents = reading.read(folder, file.path).documents
        except UnreadableDocument:
            continue
        yield from ((document.source, paragraph) for document in documents for paragraph in document.paragraphs)


def _matching(paragraphs: Sequence[tuple[Source, Paragraph]], gold: re.Pattern[str]) -> dict[int, Spans]:
    right: dict[int, Spans] = {}
    for number, (_, paragraph) in enumerate(paragraphs):
        matches = ((sentence.start, gold.search(sentence.text)) for sentence in sentences(paragraph.text))
        spans = tuple((start + match.start(), start + match.end()) for start, match in matches if match)
        if spans:
            right[number] = spans
    return right
