"""What a question asks for, looked for in the sentences: things of its noun, its numbers, its subject."""

from __future__ import annotations

import re

import numpy as np

from retrieval.ranking.evidence import PAIRS, Array, Evidence, Flags
from retrieval.ranking.spans import pulls, typed

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEADING = ' "“「『('
_LEANING = re.compile(
    r"(?:(?:但是?|而|然而|不过|因此|所以|后来|其后|同时|此外|另外|之后|随后|于是|最后|最终|由于|虽然),?)?"
    r"(?:它|他|她|牠|祂|这|此|该|其(?![他中余实])|本(?:[片书剧曲校站城市县区])|前者|后者|两者|两人|同年|当时|当中|"
    r"也|亦|并|又|还|曾|则|为|是|而)"
)
_POINTING = re.compile(r"这|此|该|其")
_AFTER_QUESTION = '”"」』 \n\t'
"""What may stand behind the mark that ends a question."""
_TAIL = 8
"""Characters at the end of a sentence in which that mark is looked for."""
_SUBJECTS = frozenset(("person", "which", "place", "country", "name", "none"))
"""Kinds of question that often ask for the subject, which the sentence that repeats them calls 它 or 他."""

_FORMED = frozenset(("number", "duration", "year", "time", "origin", "step"))
"""Kinds of question whose answers are known by their form."""


def looks(evidence: Evidence) -> Array:
    """Return which sentences have something that looks like what the question's noun asks for, and is not its own."""
    pattern, text, covered = evidence.question.form, evidence.passages.text, evidence.covered
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


def called(evidence: Evidence) -> Array:
    """Return which sentences have a name that ends as the noun begins or ends: 渔港 → …港, not in the question."""
    noun, text, covered = evidence.question.noun, evidence.passages.text, evidence.covered
    result = np.zeros(len(evidence.rows))
    for character in {noun[0], noun[-1]} if noun else ():
        place = text.find(character)
        while place >= 0:
            if place and not covered[place] and not covered[place - 1] and _HAN.match(text[place - 1]):
                row = int(np.searchsorted(evidence.begins, place, side="right")) - 1
                if row >= 0 and evidence.begins[row] < place < evidence.ends[row]:
                    result[row] = 1
            place = text.find(character, place + 1)
    return result


def formless(evidence: Evidence) -> Flags:
    """Tell which sentences have no number or time where that is asked for, if another likely one has."""
    kind, unit = evidence.question.kind.name, evidence.question.unit
    if kind not in _FORMED:
        return np.zeros(len(evidence.rows), dtype=np.bool_)
    has = (evidence.measured if unit is not None and kind == "number" else evidence.form) > 0
    return ~has & bool(has[evidence.likely].any())


def numbers(evidence: Evidence) -> Array:
    """Return the share of the question's numbers that the sentence has."""
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
    """Return how close the question stands to what has the form of an answer, at the best place of the sentence."""
    spans = typed(evidence, evidence.likely)
    result = np.zeros(len(evidence.rows))
    if spans:
        np.maximum.at(result, [span.row for span in spans], pulls(evidence, spans))
    return result


def verbs(evidence: Evidence) -> Array:
    """Return the share of the question's verbs that sentence, the one before or head have."""
    columns = [evidence.columns[word] for word in evidence.question.verbs]
    weights = evidence.weights[columns]
    return np.asarray((evidence.context[:, columns] @ weights) / max(float(weights.sum()), 1e-9))


def asks_back(evidence: Evidence) -> Array:
    """Return which sentences are questions themselves."""
    text = evidence.passages.text
    bounds = zip(evidence.quoted.tolist(), evidence.ends.tolist(), strict=True)
    ends = (text[max(end - _TAIL, begin) : end].rstrip(_AFTER_QUESTION) for begin, end in bounds)
    return np.array([float(end.endswith(("?", "？"))) for end in ends])


def unfinished(evidence: Evidence) -> Array:
    """Tell which sentences lead in to something that is not part of their paragraph."""
    text, last = evidence.passages.text, np.append(evidence.hit[1:] != evidence.hit[:-1], True)
    ends = zip(evidence.ends.tolist(), last.tolist(), strict=True)
    return np.array([float(ends_hit and text[end - 2 : end].rstrip().endswith(":")) for end, ends_hit in ends])


def leaning(evidence: Evidence) -> Flags:
    """Return which sentences begin with a pronoun or conjunction: their subject stands in the sentence before."""
    text = evidence.passages.text
    begun = [bool(_LEANING.match(text[begin : begin + 20].lstrip(_LEADING))) for begin in evidence.quoted.tolist()]
    return np.array(begun) & (evidence.place > 0)


def subject_here(evidence: Evidence) -> Array:
    """Return what a leaning sentence behind this one adds to the question's pairs, if it may ask for the subject."""
    if evidence.question.kind.name not in _SUBJECTS:
        return np.zeros(len(evidence.rows))
    more = (
        evidence.share(evidence.following, evidence.untold)[:, PAIRS]
        - evidence.share(evidence.sentence, evidence.untold)[:, PAIRS]
    )
    following = np.append(leaning(evidence)[1:], False)
    following &= np.append(evidence.place[1:] > 0, False)
    return np.asarray(np.maximum(more, 0) * following)


def depth(evidence: Evidence) -> Array:
    """Return where in its paragraph the sentence stands, from 0 to 1."""
    last = np.bincount(evidence.hit) - 1
    return np.asarray(evidence.place / np.maximum(last, 1)[evidence.hit])


def pointing(evidence: Evidence) -> Array:
    """Return which sentences point at what another one has told: 这一时期, 此书, 其."""
    places = [match.start() for match in _POINTING.finditer(evidence.passages.text)]
    result = np.zeros(len(evidence.rows))
    result[evidence.rows_of(np.array(places, dtype=np.int64))] = 1
    return result
