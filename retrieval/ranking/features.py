"""The features of a (question, sentence) pair: one table of name, reason and formula.

Most are coverages: which share of the question's words, characters or pairs some place holds, by some weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrieval.ranking import asked, topic
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array
from retrieval.ranking.terms import CHARACTERS, PAIRS, WORDS


@dataclass(frozen=True, slots=True)
class Coverage:
    """A formula that gives groups of terms × sentences, and the groups for which it is a feature."""

    name: str
    why: str
    groups: tuple[int, ...]
    formula: Callable[[Evidence], Array]


@dataclass(frozen=True, slots=True)
class Feature:
    """A formula that gives one number for each sentence; ``kind`` limits it to questions of one kind."""

    name: str
    why: str
    formula: Callable[[Evidence], Array]
    kind: str | None = None


ALL = (WORDS, CHARACTERS, PAIRS)

COVERAGES: tuple[Coverage, ...] = (
    Coverage("paragraph", "what a paragraph lacks its sentences lack", ALL, lambda e: e.shares["paragraph"]),
    Coverage("sentence", "what the sentence itself says", (WORDS, CHARACTERS), lambda e: e.shares["sentence"]),
    Coverage(
        "local",
        "… weighted by what tells the sentences of this paragraph apart",
        (WORDS, PAIRS),
        lambda e: e.shares["local"],
    ),
    Coverage("context", "a sentence takes its subject from before", ALL, lambda e: e.shares["context"]),
    Coverage(
        "outside head",
        "the head repeats the topic, and the answer stands elsewhere",
        (WORDS, PAIRS),
        lambda e: e.shares["outside head"],
    ),
    Coverage(
        "head",
        "title and headings say what the paragraph is for",
        (WORDS, PAIRS),
        lambda e: e.shares["title"],
    ),
    Coverage("beyond", "what the title does not tell", (PAIRS,), lambda e: e.shares["beyond"]),
    Coverage(
        "beyond best",
        "… over the best of the paragraph",
        (WORDS, PAIRS),
        lambda e: e.over_best("beyond mass"),
    ),
    Coverage("untold", "… weighted within the paragraph as well", (WORDS,), lambda e: e.shares["untold"]),
    Coverage(
        "untold mass",
        "… in absolute terms",
        (CHARACTERS,),
        lambda e: e.shares["untold mass"] / np.maximum(e.terms.weights @ e.terms.members, 1e-9)[:, None],
    ),
    Coverage("untold best", "… over the best of the paragraph", ALL, lambda e: e.over_best("untold mass")),
    Coverage(
        "of offered",
        "the sentence has what of the question its paragraph has",
        (WORDS, PAIRS),
        lambda e: e.shares["sentence"] / np.maximum(e.shares["paragraph"], 1e-9),
    ),
    Coverage(
        "next only",
        "the answer often stands before the sentence that repeats the question",
        (WORDS, PAIRS),
        lambda e: e.shares["next only"],
    ),
    Coverage(
        "previous only",
        "… or behind it",
        (WORDS,),
        lambda e: e.shares["previous only"],
    ),
    Coverage("with previous", "two sentences together", (PAIRS,), lambda e: e.shares["untold with previous"]),
    Coverage(
        "near gap",
        "what stands beside the question word must stand beside the answer",
        (CHARACTERS,),
        lambda e: e.shares["near gap"],
    ),
    Coverage(
        "near gap untold",
        "… beyond the title",
        (WORDS, CHARACTERS),
        lambda e: e.shares["near gap untold"],
    ),
    Coverage("two clauses", "terms close together", (PAIRS,), lambda e: e.two_clauses),
)


def _best(values: Array) -> Array:
    return np.asarray(values / max(float(values.max()), 1e-9))


def _form(evidence: Evidence) -> Array:
    return np.asarray(evidence.forms.count > 0, dtype=np.float64)


def _first(evidence: Evidence) -> Array:
    return np.asarray(evidence.place == 0, dtype=np.float64)


def _length(evidence: Evidence) -> Array:
    return np.asarray(np.log1p(evidence.lengths))


FEATURES: tuple[Feature, ...] = (
    Feature("paragraph bm25", "the best paragraph has most answers", lambda e: _best(e.scores)),
    Feature("sentence bm25", "the rarest terms, each counted once", lambda e: _best(e.bm25)),
    Feature("sentence bm25 in paragraph", "… beside its neighbours", lambda e: e.over_best("bm25")),
    Feature("alignment", "the question's characters in their order", lambda e: e.aligned),
    Feature("alignment best", "… beside its neighbours", lambda e: e.over_best("alignment")),
    Feature("skipping best", "neighbours that stay near: 文革 in 文化大革命", lambda e: e.over_best("skipping")),
    Feature("related", "去世 is answered by 卒", lambda e: e.related[0]),
    Feature("related otherwise", "… even where 去世 is not said", lambda e: e.related[1]),
    Feature("answer form", "a time is asked for: is one told?", _form),
    Feature("answer forms", "… how many", lambda e: np.log1p(e.forms.count)),
    Feature("measured", "几个 is answered by a number with 个", lambda e: e.forms.measured),
    Feature("novelty", "an answer says what the question does not", lambda e: np.log1p(e.novelty)),
    Feature("place", "paragraphs begin with what matters", lambda e: np.log1p(e.place)),
    Feature("length", "a long sentence holds everything by chance", _length),
    Feature("form of year", "a year is easy to tell", _form, "year"),
    Feature("form of country", "so is a country", _form, "country"),
    Feature("form of which", "《…》 says little", _form, "which"),
    Feature("first of person", "whom a paragraph is about it names first", _first, "person"),
    Feature("first of place", "… and where it is", _first, "place"),
    Feature("length of year", "a year needs few words", _length, "year"),
    Feature("length of time", "… as any time does", _length, "time"),
    Feature("length of manner", "a manner needs many", _length, "manner"),
    Feature("looks", "哪种语言 asks for …语, 职务 for …长: is there one?", asked.looks),
    Feature("called", "哪个港 asks for a name that ends with 港", asked.called),
    Feature("numbers", "the question's numbers must be there, each of them", asked.numbers),
    Feature("pull", "what has the form of an answer stands beside the question's words", asked.pull),
    Feature("verbs", "what happens is told in other words more often than who it happens to", asked.verbs),
    Feature("subject here", "… the sentence before it does", asked.subject_here),
    Feature("depth", "the end of a paragraph tells of later times", asked.depth),
    Feature("titled", "a question that says a title asks its document", topic.titled),
    Feature("named", "a paragraph without the question's names tells of others", topic.named),
    Feature("paragraph alignment", "… as one whose sentences are all unlike it does", lambda e: e.best("alignment")),
    Feature("density", "the less a sentence says beside, the surer it is meant", lambda e: 1 - e.novelty / e.lengths),
    Feature("pointing", "what 这 and 其 point at is told elsewhere", asked.pointing),
)

GROUP_NAMES = ("words", "characters", "pairs")
NAMES: tuple[str, ...] = (
    *(f"{coverage.name} {GROUP_NAMES[group]}" for coverage in COVERAGES for group in coverage.groups),
    *(feature.name for feature in FEATURES),
)
"""The columns of ``features``."""


def features(evidence: Evidence) -> Array:
    """Return the table: an array of the likely sentences × ``NAMES``."""
    columns: list[Array] = []
    for coverage in COVERAGES:
        values = coverage.formula(evidence)
        columns += [values[group] for group in coverage.groups]
    none = np.zeros(len(evidence.rows))
    kinds = (None, evidence.question.kind.name)
    columns += [feature.formula(evidence) if feature.kind in kinds else none for feature in FEATURES]
    return np.concatenate(columns).reshape(len(NAMES), -1).T.take(evidence.likely_rows, axis=0)
