"""How sure it is that the documents answer a question: a logistic model over signs of doubt, calibrated."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import numpy as np

from retrieval.ranking import topic
from retrieval.ranking.entities import Entity
from retrieval.ranking.evidence import CHARACTERS, PAIRS, WORDS, Array, Evidence
from retrieval.ranking.missing import absent
from retrieval.ranking.passages import occurrences

_AHEAD = 5.0
"""A lead in the model's value beyond which more of it says nothing."""

_NOW = re.compile(
    r"今[天日晚早夜]|明[天日晚早]|昨[天日晚]|后天|现在|目前|此刻|刚刚|刚才|最新|最近|近期|这几天|这两天|[上这下本]个?(?:周|星期|礼拜)"
)
"""Words of a question about the day on which it is asked."""
_ADDRESSED = re.compile(r"[你您妳]|机器人")
"""Words that speak to whoever answers."""

_MANY = 1000
"""Paragraphs beyond which more of them say nothing: it has learned from no larger collections."""


class Case:
    """A question, what was found, and the sentence that was ranked first: what its confidence is judged by.

    ``row`` is the first candidate's row in the evidence; ``values`` are the ranking model's values of all.
    """

    def __init__(self, evidence: Evidence, row: int, values: Array) -> None:
        self.evidence = evidence
        self.row = row
        self.values = values
        self.entities = evidence.entities

    @cached_property
    def shares(self) -> dict[str, Array]:
        """The share of the question's words, characters and pairs that sentence, context and paragraph have."""
        e, row = self.evidence, slice(self.row, self.row + 1)
        return {
            "sentence": e.share(e.sentence[row], e.weights)[0],
            "context": e.share(e.context[row], e.weights)[0],
            "paragraph": e.share(e.paragraph[row], e.weights)[0],
            "head": e.share(e.title[row], e.weights)[0],
            "anywhere": e.share(np.array([[self.frequency(term) > 0 for term in e.columns]]), e.weights)[0],
        }

    @cached_property
    def known(self) -> dict[str, Array]:
        """The same shares of what the collection has at all: a word that it lacks may just be put otherwise."""
        e, row = self.evidence, slice(self.row, self.row + 1)
        weights = e.weights * np.array([self.frequency(term) > 0 for term in e.columns])
        return {
            "context": e.share(e.context[row], weights)[0],
            "paragraph": e.share(e.paragraph[row], weights)[0],
        }

    def unmet(self, pattern: re.Pattern[str]) -> float:
        """Whether the question has words of a pattern and the paragraph has not the same ones."""
        asked = pattern.findall(self.evidence.question.content)
        return float(bool(asked) and not all(word in self.own_text for word in asked))

    def frequency(self, term: str) -> int:
        """In how many paragraphs of the collection a term stands."""
        return self.evidence.found.frequencies.get(term, 0)

    @cached_property
    def odds(self) -> Array:
        """The model's probability of each candidate."""
        odds = np.exp(self.values - self.values.max())
        return np.asarray(odds / odds.sum())

    @cached_property
    def ahead(self) -> float:
        """How far the first candidate's value is ahead of the best in other paragraphs, ``_AHEAD`` at most."""
        others = self.values[self.evidence.hit != self.evidence.hit[self.row]]
        return min(float(self.values[self.row] - others.max()), _AHEAD) if len(others) else _AHEAD

    @cached_property
    def own_text(self) -> str:
        """The normalised title and paragraph of the sentence."""
        passages = self.evidence.passages
        rows = np.flatnonzero(passages.hit == self.evidence.hit[self.row])
        return passages.text[int(passages.starts[rows[0]]) : int(passages.starts[rows[-1] + 1])]

    def lacking(self, entity: Entity) -> float:
        """Tell how much of an entity the paragraph lacks: 0 nothing, 1 all of it."""
        spellings = [entity.text, *(other for word, other in self.evidence.question.synonyms if word == entity.text)]
        if entity.sort == "year" and self.evidence.question.normal.text.startswith("年代", entity.end):
            spellings.append(f"{entity.text[-2:]}年代")  # 1950年代 is also 20世纪50年代
        if any(occurrences(self.own_text, spelling) for spelling in spellings):
            return 0.0
        if entity.sort in ("year", "number") or entity.text.isascii():
            return 1.0
        pieces = parts(entity.text)
        return sum(piece not in self.own_text for piece in pieces) / len(pieces)

    @cached_property
    def lacks(self) -> list[float]:
        """What the paragraph lacks of each entity."""
        return [self.lacking(entity) for entity in self.entities]

    def _of(self, sort: str) -> list[tuple[Entity, float]]:
        return [pair for pair in zip(self.entities, self.lacks, strict=True) if pair[0].sort == sort]

    def mean_lack(self, sort: str) -> float:
        """What the paragraph lacks of the entities of a sort, on average."""
        lacks = [lack for _, lack in self._of(sort)]
        return sum(lacks) / max(len(lacks), 1)

    def worst_lack(self, sort: str) -> float:
        """What the paragraph lacks of the entity of a sort that it lacks most."""
        return max((lack for _, lack in self._of(sort)), default=0.0)

    def nowhere(self, sort: str) -> float:
        """Whether an entity of a sort stands nowhere in the collection: not as a term, nor all of its pairs."""
        return float(
            any(
                lack == 1 and not all(self.frequency(part) for part in parts(entity.text))
                for entity, lack in self._of(sort)
            )
        )

    @cached_property
    def named_elsewhere(self) -> float:
        """How much more of the question's names the paragraph has that has most of them."""
        named = topic.named(self.evidence)
        return float(named.max() - named[self.row])

    @cached_property
    def told_before(self) -> float:
        """The share that the paragraph has of the words before the question word, by weight; 1 if there are none."""
        e = self.evidence
        end = e.question.gap[0] if e.question.gap else 0
        columns = list(dict.fromkeys(e.columns[token.text] for token in e.question.tokens if token.start < end))
        weights = e.weights[columns]
        total = float(weights.sum())
        return float(e.paragraph[self.row, columns] @ weights) / total if total else 1.0

    @cached_property
    def nowhere_weight(self) -> float:
        """The idf of the rarest word of two and more characters that stands nowhere in the collection."""
        e = self.evidence
        return max(
            (float(e.weights[e.columns[word]]) for word in e.question.words if len(word) > 1 and absent(word, e.found)),
            default=0.0,
        )

    @cached_property
    def rarest(self) -> tuple[float, float]:
        """The idf of the rarest word that the paragraph lacks, and of the question's rarest word."""
        e = self.evidence
        columns = np.flatnonzero(e.members[:, WORDS])
        weights = e.weights[columns]
        lacking = weights[~e.paragraph[self.row, columns]]
        return float(lacking.max(initial=0.0)), float(weights.max(initial=0.0))


def parts(text: str) -> list[str]:
    """Give the terms by which the collection would know a name: its pairs, or itself."""
    return [text] if len(text) < 3 or text.isascii() else [text[i : i + 2] for i in range(len(text) - 1)]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of confidence or doubt: its formula gives one number for a case."""

    name: str
    why: str
    formula: Callable[[Case], float]


def _second(values: Array) -> float:
    return float(np.partition(values, -2)[-2]) if len(values) > 1 else float(values.min() - 3)


def _hits(case: Case) -> list[float]:
    return [hit.score for hit in case.evidence.found.hits]


SIGNS: tuple[Sign, ...] = (
    Sign(
        "words in paragraph", "what the best paragraph says of the question", lambda c: float(c.shares["paragraph"][0])
    ),
    Sign("characters in paragraph", "… even when jieba cuts it otherwise", lambda c: float(c.shares["paragraph"][1])),
    Sign("pairs in paragraph", "… in its order", lambda c: float(c.shares["paragraph"][2])),
    Sign("words in context", "what the sentence says with its subject", lambda c: float(c.shares["context"][0])),
    Sign("characters in context", "… even when jieba cuts it otherwise", lambda c: float(c.shares["context"][1])),
    Sign("pairs in context", "… in its order", lambda c: float(c.shares["context"][2])),
    Sign("words in sentence", "what the sentence says alone", lambda c: float(c.shares["sentence"][0])),
    Sign("characters in sentence", "… even when jieba cuts it otherwise", lambda c: float(c.shares["sentence"][1])),
    Sign("pairs in sentence", "… in its order", lambda c: float(c.shares["sentence"][2])),
    Sign("known words in paragraph", "… of what the collection has", lambda c: float(c.known["paragraph"][0])),
    Sign("known pairs in paragraph", "… in its order", lambda c: float(c.known["paragraph"][2])),
    Sign("known words in context", "… with the sentence", lambda c: float(c.known["context"][0])),
    Sign("words in head", "title and headings say it", lambda c: float(c.shares["head"][0])),
    Sign("pairs in head", "… in its order", lambda c: float(c.shares["head"][2])),
    Sign("about now", "documents tell of the day they were written", lambda c: c.unmet(_NOW)),
    Sign("addressed", "who speaks to the bot does not ask the documents", lambda c: c.unmet(_ADDRESSED)),
    Sign("words anywhere", "what the collection says at all", lambda c: float(c.shares["anywhere"][0])),
    Sign("pairs anywhere", "… in its order", lambda c: float(c.shares["anywhere"][2])),
    Sign(
        "rarest lacking",
        "a rare word that the paragraph lacks weighs more than a common one",
        lambda c: c.rarest[0] / 7,
    ),
    Sign("rarest nowhere", "… and more if the whole collection lacks it", lambda c: c.nowhere_weight / 7),
    Sign("rarest lacking share", "… beside the question's rarest", lambda c: c.rarest[0] / max(c.rarest[1], 1e-9)),
    Sign("names lacking", "another name is another question", lambda c: c.mean_lack("name")),
    Sign("a name lacking", "… even if the others are there", lambda c: c.worst_lack("name")),
    Sign("a name nowhere", "… and the collection does not know it", lambda c: c.nowhere("name")),
    Sign("a stray run lacking", "what jieba cannot cut may be a name", lambda c: c.worst_lack("stray")),
    Sign("a stray run nowhere", "… and the collection does not know it", lambda c: c.nowhere("stray")),
    Sign("a year lacking", "another year is another question", lambda c: c.worst_lack("year")),
    Sign("a number lacking", "… as another number is, though less", lambda c: c.worst_lack("number")),
    Sign(
        "no name",
        "without a name there is nothing to contradict",
        lambda c: float(all(entity.sort != "name" for entity in c.entities)),
    ),
    Sign("year contradicted", "the sentence tells of other years only", lambda c: float(c.evidence.years[1][c.row])),
    Sign("year in sentence", "it tells of the year asked about", lambda c: float(c.evidence.years[0][c.row])),
    Sign(
        "score",
        "BM25 over the most that the question could score",
        lambda c: _hits(c)[0] / max(float(c.evidence.weights @ c.evidence.members.sum(axis=1)) * 1.9, 1e-9),
    ),
    Sign(
        "margin",
        "the best paragraph stands out",
        lambda c: 1 - (_hits(c)[1] / _hits(c)[0] if len(_hits(c)) > 1 else 0.0),
    ),
    Sign("odds", "the model is sure of its first sentence", lambda c: float(c.odds[c.row])),
    Sign(
        "paragraph odds",
        "… or at least of its paragraph",
        lambda c: float(c.odds[c.evidence.hit == c.evidence.hit[c.row]].sum()),
    ),
    Sign("other value", "no other paragraph has one as good", lambda c: c.ahead),
    Sign("value margin", "the best sentence stands out", lambda c: min(float(c.values.max()) - _second(c.values), 3.0)),
    Sign("alignment", "the question's characters in their order", lambda c: float(c.evidence.aligned[c.row])),
    Sign("skipping", "its neighbours stay near each other", lambda c: float(c.evidence.skipping[c.row])),
    Sign("related", "去世 is answered by 卒", lambda c: float(c.evidence.related[0][c.row])),
    Sign("answer form", "a time is asked for, and one is told", lambda c: float(c.evidence.form[c.row] > 0)),
    Sign(
        "form lacking",
        "… and none is told",
        lambda c: float(
            c.evidence.question.kind.name in ("year", "time", "number", "duration", "country")
            and not c.evidence.form[c.row]
        ),
    ),
    Sign("length", "a long sentence covers it by chance", lambda c: math.log1p(c.evidence.lengths[c.row])),
    Sign("terms", "a long question is seldom covered as a whole", lambda c: math.log1p(len(c.evidence.question.words))),
    Sign("few terms", "a short one is covered by chance", lambda c: float(len(c.evidence.question.words) < 3)),
    Sign(
        "untold pairs",
        "what the title does not tell stands in the sentence",
        lambda c: float(c.evidence.share(c.evidence.sentence, c.evidence.untold)[c.row, PAIRS]),
    ),
    Sign(
        "title told",
        "the question names what the document is about",
        lambda c: float(c.evidence.title[c.row] @ c.evidence.weights > 0),
    ),
    Sign("titled", "… or says its whole title", lambda c: float(topic.titled(c.evidence)[c.row])),
    Sign("others named", "another paragraph has more of the question's names", lambda c: c.named_elsewhere),
    Sign(
        "near gap",
        "what stands beside the question word stands in the sentence",
        lambda c: float(
            c.evidence.share(c.evidence.sentence, c.evidence.nearness * c.evidence.weights)[c.row, CHARACTERS]
        ),
    ),
    Sign(
        "before the gap",
        "what stands before the question word is mostly whom it asks about: that must be told of",
        lambda c: c.told_before,
    ),
    Sign(
        "collection",
        "in a small collection the same shares mean less",
        lambda c: math.log1p(min(c.evidence.found.paragraph_count, _MANY)),
    ),
)


def signs(case: Case) -> Array:
    """Compute the table for a case."""
    return np.array([sign.formula(case) for sign in SIGNS])


def confidence(case: Case) -> float:
    """Give the probability that the documents answer the question."""
    weights, bias = _stored()
    # The logistic function, in a form that overflows nowhere.
    return 0.5 + 0.5 * math.tanh((float(signs(case) @ weights) + bias) / 2)


@cache
def _stored() -> tuple[Array, float]:
    stored = json.loads(files("retrieval.ranking").joinpath("confidence.json").read_text("utf-8"))
    by_name = dict(zip(stored["signs"], stored["weights"], strict=True))
    return np.array([by_name[sign.name] for sign in SIGNS]), float(stored["bias"])
