"""What a question asks for, looked for in the sentences: things of its noun, its numbers, its subject."""

from __future__ import annotations

import re

import numpy as np

from retrieval.ranking.evidence import POINTING, Evidence
from retrieval.ranking.measures import Array, Flags
from retrieval.ranking.shares import Places
from retrieval.ranking.terms import PAIRS

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEADING = ' "“「『('
_LEANING = re.compile(
    r"(?:(?:但是?|而|然而|不过|因此|所以|后来|其后|同时|此外|另外|之后|随后|于是|最后|最终|由于|虽然),?)?"
    r"(?:它|他|她|牠|祂|这|此|该|其(?![他中余实])|本(?:[片书剧曲校站城市县区])|前者|后者|两者|两人|同年|当时|当中|"
    r"也|亦|并|又|还|曾|则|为|是|而)"
)
_AFTER_QUESTION = '”"」』 \n\t'
"""What may stand behind the mark that ends a question."""
_TAIL = 8
"""Characters at the end of a sentence in which that mark is looked for."""
_SUBJECTS = frozenset(("person", "which", "place", "country", "name", "none"))
"""Kinds of question that often ask for the subject, which the sentence that repeats them calls 它 or 他."""


def looks(evidence: Evidence) -> Array:
    """Return which sentences have what looks like what the question's noun asks for, and is not its own."""
    result = np.zeros(len(evidence.rows))
    if evidence.question.form is not None:
        rows, starts, stops, _ = evidence.forms.matches(evidence.question.form, evidence.likely)
        result[rows[evidence.new(np.maximum(stops - 2, starts), stops) > 0]] = 1
    return result


def called(evidence: Evidence) -> Array:
    """Return which sentences have a name of their own that ends as the noun begins or ends: 渔港 → …港."""
    noun, text, said = evidence.question.noun, evidence.passages.text, evidence.said
    result = np.zeros(len(evidence.rows))
    for character in {noun[0], noun[-1]} if noun else ():
        place = text.find(character)
        while place >= 0:
            if place and said[place + 1] == said[place - 1] and _HAN.match(text[place - 1]):
                rows = evidence.rows_of(np.array([place]))
                result[rows[evidence.begins[rows] < place]] = 1
            place = text.find(character, place + 1)
    return result


def formless(evidence: Evidence) -> Flags:
    """Return which sentences have no number or time where that is asked for, if another likely one has."""
    lacking = evidence.forms.lacking
    return lacking & (not lacking[evidence.likely_rows].all())


def numbers(evidence: Evidence) -> Array:
    """Return the share of the question's numbers that each likely sentence has."""
    asked = set(_NUMBER.findall(evidence.question.content))
    if not asked:
        return np.zeros(len(evidence.rows))
    text, result = evidence.passages.text, np.zeros(len(evidence.rows))
    for row in evidence.likely:
        found = _NUMBER.findall(text, evidence.begins.item(row), evidence.ends.item(row))
        result[row] = len(asked.intersection(found)) / len(asked)
    return result


def pull(evidence: Evidence) -> Array:
    """Return how close the question stands to what has the form of an answer, at the best place of the sentence."""
    result = np.zeros(len(evidence.rows))
    spans = evidence.spans
    np.maximum.at(result, spans.rows, spans.trust * spans.near)
    return result


def verbs(evidence: Evidence) -> Array:
    """Return the share of the question's verbs that sentence, the one before or head have."""
    columns = [evidence.terms.columns[word] for word in evidence.question.verbs]
    if not columns:
        return np.zeros(len(evidence.rows))
    weights = evidence.terms.weights[columns]
    return np.asarray((Places(evidence.held[:, columns]).context @ weights) / max(float(weights.sum()), 1e-9))


def asks_back(evidence: Evidence) -> Array:
    """Return which sentences are questions themselves."""
    result = np.zeros(len(evidence.rows))
    for row in evidence.rows_of(evidence.places_of("?")).tolist():
        result[row] = evidence.text_at(row)[-_TAIL:].rstrip(_AFTER_QUESTION).endswith("?")
    return result


def unfinished(evidence: Evidence) -> Array:
    """Return which sentences lead in to something that is not part of their paragraph."""
    result = np.zeros(len(evidence.rows))
    for row in evidence.rows_of(evidence.places_of(":")).tolist():
        last = row + 1 == len(evidence.rows) or evidence.place.item(row + 1) == 0
        result[row] = last and evidence.text_at(row)[-2:].rstrip().endswith(":")
    return result


def leaning(evidence: Evidence, row: int) -> bool:
    """Return whether a sentence begins with a pronoun or conjunction: its subject stands in the sentence before."""
    begin = evidence.quoted.item(row)
    text = evidence.passages.text[begin : begin + 20]
    return evidence.place.item(row) > 0 and bool(_LEANING.match(text.lstrip(_LEADING)))


def subject_here(evidence: Evidence) -> Array:
    """Return what a leaning sentence behind this one adds to the question's pairs, if it may ask for the subject."""
    result = np.zeros(len(evidence.rows))
    if evidence.question.kind.name not in _SUBJECTS:
        return result
    more = evidence.shares["untold of following"][PAIRS] - evidence.shares["untold"][PAIRS]
    for row in np.flatnonzero(more[:-1] > 0).tolist():
        if leaning(evidence, row + 1):
            result[row] = more[row]
    return result


def depth(evidence: Evidence) -> Array:
    """Return where in its paragraph the sentence stands, from 0 to 1."""
    return evidence.place / np.maximum(evidence.sizes - 1, 1)[evidence.hit]


def pointing(evidence: Evidence) -> Array:
    """Return which sentences point at what another one has told: 这一时期, 此书, 其."""
    result = np.zeros(len(evidence.rows))
    result[evidence.rows_of(evidence.places_of(POINTING))] = 1
    return result
