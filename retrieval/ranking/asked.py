"""What a question asks for, looked for in the sentences: things of its noun, its numbers, its verbs."""

from __future__ import annotations

import re

import numpy as np

from retrieval.ranking.evidence import Array, Evidence
from retrieval.ranking.spans import pulls, typed

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_POINTING = re.compile(r"这|此|该|其")
_AFTER_QUESTION = '”"」』 \n\t'
"""What may stand behind the mark that ends a question."""
_TAIL = 8
"""Characters at the end of a sentence in which that mark is looked for."""


def looks(evidence: Evidence) -> Array:
    """Tell which sentences have something that looks like what the question's noun asks for, and is not its own."""
    pattern, text, covered = evidence.question.looks, evidence.passages.text, evidence.covered
    if pattern is None:
        return np.zeros(len(evidence.rows))
    return np.array(
        [
            float(
                any(
                    not covered[max(m.end() - 2, m.start()) : m.end()].all() for m in pattern.finditer(text, begin, end)
                )
            )
            for begin, end in zip(evidence.quoted.tolist(), evidence.ends.tolist(), strict=True)
        ]
    )


def numbers(evidence: Evidence) -> Array:
    """Give the share of the question's numbers that the sentence has."""
    asked = set(_NUMBER.findall(evidence.question.content))
    if not asked:
        return np.zeros(len(evidence.rows))
    text = evidence.passages.text
    held = (
        asked.intersection(_NUMBER.findall(text, begin, end))
        for begin, end in zip(evidence.begins.tolist(), evidence.ends.tolist(), strict=True)
    )
    return np.array([len(found) / len(asked) for found in held])


def pull(evidence: Evidence) -> Array:
    """Give how close the question stands to what has the form of an answer, at the best place of the sentence."""
    spans = typed(evidence, evidence.likely)
    result = np.zeros(len(evidence.rows))
    if spans:
        np.maximum.at(result, [span.row for span in spans], pulls(evidence, spans))
    return result


def verbs(evidence: Evidence) -> Array:
    """Give the share of the question's verbs that sentence, the one before or head have."""
    columns = [evidence.columns[word] for word in evidence.question.verbs]
    weights = evidence.weights[columns]
    return np.asarray((evidence.context[:, columns] @ weights) / max(float(weights.sum()), 1e-9))


def asks_back(evidence: Evidence) -> Array:
    """Tell which sentences are questions themselves."""
    text = evidence.passages.text
    bounds = zip(evidence.quoted.tolist(), evidence.ends.tolist(), strict=True)
    ends = (text[max(end - _TAIL, begin) : end].rstrip(_AFTER_QUESTION) for begin, end in bounds)
    return np.array([float(end.endswith(("?", "？"))) for end in ends])


def depth(evidence: Evidence) -> Array:
    """Give where in its paragraph the sentence stands, from 0 to 1."""
    last = np.bincount(evidence.hit) - 1
    return np.asarray(evidence.place / np.maximum(last, 1)[evidence.hit])


def pointing(evidence: Evidence) -> Array:
    """Tell which sentences point at what another one has told: 这一时期, 此书, 其."""
    places = [match.start() for match in _POINTING.finditer(evidence.passages.text)]
    result = np.zeros(len(evidence.rows))
    result[evidence.rows_of(np.array(places, dtype=np.int64))] = 1
    return result
