"""What the documents lack of a question, in the person's own words."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.language import pairs
from retrieval.question import Question
from retrieval.ranking.entities import Entity
from retrieval.records import Found


def missing(question: Question, found: Found, entities: Sequence[Entity], lacks: Sequence[float]) -> tuple[str, ...]:
    """Give the question's terms that stand nowhere; if there are none, its names and numbers not told of together.

    ``lacks`` tells how much of each entity the best paragraph lacks. Neighbours are given as one term, in the order
    and spelling of the question.
    """
    nowhere = [(token.start, token.end) for token in question.tokens if absent(token.text, found)]
    if not nowhere:
        nowhere = [(entity.start, entity.end) for entity, lack in zip(entities, lacks, strict=True) if lack > 0.5]
    spans: list[tuple[int, int]] = []
    for start, end in nowhere:
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    texts = (question.text[slice(*question.normal.original(start, end))] for start, end in spans)
    return tuple(dict.fromkeys(texts))


def absent(word: str, found: Found) -> bool:
    """Tell whether a word stands nowhere, neither as one word nor in its parts; a single character never does."""
    if found.frequencies.get(word, 0) or (len(word) == 1 and not word.isascii()):
        return False
    parts = pairs(word)
    return not parts or not all(found.frequencies.get(part, 0) for part in parts)
