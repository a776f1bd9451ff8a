"""What the documents lack of a question, in the person's own words."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.language import pairs
from retrieval.question import Question
from retrieval.ranking.entities import Entity
from retrieval.records import Found


def missing(question: Question, found: Found, entities: Sequence[Entity], lacks: Sequence[float]) -> tuple[str, ...]:
    """Return the question's names, numbers and nouns that stand nowhere; else its names and numbers not found together.

    ``lacks`` tells how much of each entity the best paragraph lacks. Neighbours are given as one term, in the order
    and spelling of the question. Words that ask, colloquial words, verbs and scraps of a cut are never missing.
    """
    contents = {(token.start, token.end) for token in question.contents}
    tokens = {(token.start, token.end) for token in question.tokens}
    nowhere = {(token.start, token.end) for token in question.contents if absent(token.text, found)}
    nowhere |= {(one.start, one.end) for one in entities if one.sort == "stray" and absent(one.text, found)}
    if not nowhere:
        nowhere = {(one.start, one.end) for one, lack in zip(entities, lacks, strict=True) if lack > 0.5}
        nowhere -= tokens - contents
    spans: list[tuple[int, int]] = []
    for start, end in sorted(nowhere):
        if spans and not question.normal.text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    texts = (question.text[slice(*question.normal.original(start, end))] for start, end in spans)
    return tuple(dict.fromkeys(texts))


def absent(word: str, found: Found) -> bool:
    """Return whether a word stands nowhere, neither as one word nor in its parts; a single character never does."""
    if found.frequencies.get(word, 0) or (len(word) == 1 and not word.isascii()):
        return False
    parts = pairs(word)
    return not parts or not all(found.frequencies.get(part, 0) for part in parts)
