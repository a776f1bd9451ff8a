"""How sure it is that the documents answer a question, and what they lack."""

from __future__ import annotations

import math
import re


from retrieval.evidence import Evidence
from retrieval.question import Question
from retrieval.records import Found
from retrieval.tokens import Token

_NUMBER = re.compile(r"\d+")


def confidence(evidence: Evidence, row: int) -> float:
    """Give the probability that the sentence in ``row``, the best, answers the question."""
    near = evidence.context[row : row + 1] | evidence.paragraph[row : row + 1]
    chars = float(evidence.share(near, "characters")[0])
    pairs = float(evidence.share(near, "pairs")[0]) if len(evidence.groups["pairs"]) else chars
    words = float(evidence.share(near, "words")[0])
    lacking = lacking_mass(evidence, row)
    return 1 / (1 + math.exp(-(-6.5 + 5 * words + 3 * pairs + 4 * chars - 6 * lacking)))


def lacking_mass(evidence: Evidence, row: int) -> float:
    """Give the share of the question's weight in words that stand nowhere in the collection, or numbers not here."""
    total = lacking = 0.0
    for token in evidence.question.tokens:
        column = evidence.columns[token.text]
        weight = float(evidence.weights[column])
        total += weight
        nowhere = not evidence.found.frequencies.get(token.text, 0) and not (
            token.han and all(evidence.found.frequencies.get(pair, 0) for pair in _pairs(token.text))
        )
        if nowhere or (_NUMBER.fullmatch(token.text) and not evidence.paragraph[row, column]):
            lacking += weight
    return lacking / total if total else 1.0


def _pairs(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def missing(question: Question, found: Found, evidence: Evidence | None, row: int) -> tuple[str, ...]:
    """Give the words of the question that stand nowhere; else those that do not stand with the others.

    As the person wrote them, neighbours joined.
    """
    nowhere = [token for token in question.tokens if not found.frequencies.get(token.text, 0)]
    if not nowhere and evidence is not None:
        held = evidence.paragraph[row]
        nowhere = [token for token in question.tokens if not held[evidence.columns[token.text]]]
    return _written(question, [token for token in nowhere if len(token.text) > 1 or len(nowhere) == 1])


def _written(question: Question, tokens: list[Token]) -> tuple[str, ...]:
    """Give tokens as the person wrote them, those that touch as one."""
    spans: list[tuple[int, int]] = []
    for token in tokens:
        if spans and spans[-1][1] == token.start:
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
    texts = []
    for start, end in spans:
        left, right = question.normal.original(start, end)
        texts.append(question.text[left:right])
    return tuple(dict.fromkeys(texts))
