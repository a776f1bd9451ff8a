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

from retrieval.ranking.asked import looks
from retrieval.ranking.closeness import Closeness
from retrieval.ranking.entities import Entity
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array
from retrieval.ranking.missing import absent
from retrieval.ranking.passages import occurrences
from retrieval.ranking.shares import Places
from retrieval.ranking.terms import CHARACTERS, WORDS

LEAST_TELLING = 4.0
"""From how many nats on a word tells that its paragraph speaks of what was asked."""

_ADDED = 10
"""Paragraphs with which a collection is counted to tell what it says oftener than the language."""

_NOW = re.compile(
    r"今[天日晚早夜]|明[天日晚早]|昨[天日晚]|后天|现在|目前|此刻|刚刚|刚才|最新|最近|近期|这几天|这两天|[上这下本]个?(?:周|星期|礼拜)"
)
"""Words of a question about the day on which it is asked."""

_TO_READER = re.compile(r"[你您](?!们|.{0,6}(?:知道?|晓得|了解|清楚|听|[看去读用]过|说的|帮))")
"""Who is spoken to, and not asked whether he knows of something."""
_OF_SPEAKER = re.compile(
    r"[我咱](?!们)|[吧啊呀啦嘛哦哈哟噢嘞]\W*$|(?<![a-z])(?:i|i'(?:m|ll|ve|d)|you|me|my|let's)(?![a-z'])"
)
_ASKS = re.compile(
    r"[什多哪谁几啥吗呢么?]|怎|咋|如何|为何|是否|是不是|有没有|能不能|可不可以|可以|要不要|(?P<verb>[能会行对好])不(?P=verb)"
    r"|(?<![a-z])(?:wh(?:o|at|en|ere|ich|y)|how|is|are|do|does|can|could)(?![a-z])"
)
_SHORT = 12
"""Characters up to which a text may be personal; a story that is told at length leads to a question."""
_RARE = 12.0
"""From how many nats on a word is so rare in running text that small talk seldom has it: 垫子, 快递."""
_BRIEF = 8
"""Characters beside the words that ask up to which a text may be small talk by its words alone."""
_IN_EARNEST = frozenset(("step", "duration", "year", "time", "number", "country", "origin", "place", "list"))
"""Kinds that small talk seldom asks for: what answers has a form of its own."""


class Case:
    """A question, what was found, and the sentence that was ranked first: what its confidence is judged by.

    ``row`` is that sentence's row in the evidence. ``closeness`` is there where meanings were compared.
    """

    def __init__(self, evidence: Evidence, row: int, closeness: Closeness | None = None) -> None:
        self.evidence = evidence
        self.row = row
        self.closeness = closeness
        self.entities = evidence.entities

    @property
    def paragraph(self) -> Array:
        """The share of the question's words, characters and pairs that the paragraph has."""
        return self._shares[0]

    @property
    def head(self) -> Array:
        """The share that title and headings have."""
        return self._shares[1]

    @property
    def anywhere(self) -> Array:
        """The share that the collection has."""
        return self._shares[2]

    @cached_property
    def _places(self) -> Places:
        """Where the terms stand in the sentence and around it."""
        return Places(self.evidence.held[self.row])

    @cached_property
    def _counts(self) -> Array:
        """In how many paragraphs of the collection each term stands."""
        known = self.evidence.found.frequencies
        return np.array([known.get(term, 0) for term in self.evidence.terms.columns], np.float64)

    @cached_property
    def _shares(self) -> tuple[Array, Array, Array]:
        """What paragraph, head and collection have of the words, characters and pairs by weight.

        Latin words have no characters or pairs: where there are no others, what they have of the words.
        """
        e = self.evidence
        shares = e.share(np.array((self._places.paragraph, self._places.title, self._counts > 0)), e.terms.weights)
        paragraph, head, anywhere = np.where(e.terms.members.any(axis=0), shares, shares[:, [WORDS]])
        return paragraph, head, anywhere

    def unmet(self, pattern: re.Pattern[str]) -> float:
        """Whether the question has words of a pattern and the paragraph has not the same ones."""
        asked = pattern.findall(self.evidence.question.content)
        return float(bool(asked) and not all(word in self.own_text for word in asked))

    def frequency(self, term: str) -> int:
        """In how many paragraphs of the collection a term stands."""
        return self.evidence.found.frequencies.get(term, 0)

    @property
    def personal(self) -> float:
        """Whether a short text is said to the reader, tells of the speaker, or has only words that anybody says.

        These are told by what is found: nothing of the collection's own, and no rare word was looked for.
        """
        text = self.evidence.question.core
        if len(text) > _SHORT:
            return 0.0
        told = _OF_SPEAKER.search(text) and not _ASKS.search(text)
        return float(bool(told or _TO_READER.search(text) or self._everyday))

    @property
    def _everyday(self) -> bool:
        terms, question = self.evidence.terms, self.evidence.question
        rarest = terms.rarity[terms.members[:, WORDS] > 0].max(initial=0.0)
        brief = len("".join(question.content.split())) <= _BRIEF and question.kind.name not in _IN_EARNEST
        return bool(brief and rarest < _RARE and self.telling < LEAST_TELLING)

    @cached_property
    def own_text(self) -> str:
        """The normalised title and paragraph of the sentence."""
        passages, hit = self.evidence.passages, self.evidence.hit.item(self.row)
        first, last = passages.hit.searchsorted((hit, hit + 1)).tolist()
        return passages.text[passages.starts.item(first) : passages.starts.item(last)]

    def lacking(self, entity: Entity) -> float:
        """Return how much of an entity the paragraph lacks: 0 nothing, 1 all of it."""
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

    @property
    def noun_nowhere(self) -> float:
        """Whether the collection knows nothing of a thing that the question names, but for what is known by its form.

        So 电话 stands nowhere in 咨询:0531-8276, and is there.
        """
        e = self.evidence
        words = {token.text for token in e.question.contents if absent(token.text, e.found)}
        if words and looks(e)[self.row]:
            words.discard(e.question.noun)
        return float(bool(words))

    @cached_property
    def telling(self) -> float:
        """How much oftener the collection says the most telling word that the paragraph has than the language does.

        That is ln of the share of paragraphs that have it over its rate in running text, 0 for less; a few paragraphs
        without it are added, since in a small collection every word stands in a large share.
        """
        e, words = self.evidence, self._places.paragraph & (self.evidence.terms.members[:, WORDS] > 0)
        shares = (self._counts + 0.1) / (e.found.paragraph_count + _ADDED)
        return float((np.log(shares) + e.terms.rarity)[words].max(initial=0.0))


def parts(text: str) -> list[str]:
    """Return the terms by which the collection would know a name: its pairs, or itself."""
    return [text] if len(text) < 3 or text.isascii() else [text[i : i + 2] for i in range(len(text) - 1)]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of confidence or doubt: its formula gives one number for a case."""

    name: str
    why: str
    formula: Callable[[Case], float]


SIGNS: tuple[Sign, ...] = (
    Sign(
        "characters in paragraph", "what the paragraph says of the question", lambda c: float(c.paragraph[CHARACTERS])
    ),
    Sign("words in head", "title and headings say it", lambda c: float(c.head[WORDS])),
    Sign("words anywhere", "what the collection says at all", lambda c: float(c.anywhere[WORDS])),
    Sign(
        "length of question",
        "who asks at length is never answered word by word",
        lambda c: math.log1p(len("".join(c.evidence.question.content.split()))),
    ),
    Sign("length of paragraph", "much text has words by chance", lambda c: math.log1p(len(c.own_text))),
    Sign("paragraphs", "… as many paragraphs have", lambda c: math.log1p(c.evidence.found.paragraph_count)),
    Sign(
        "nothing telling",
        "no word of the collection's own is spoken of: small talk is met by chance",
        lambda c: float(c.telling < LEAST_TELLING),
    ),
    Sign("personal", "… and what is said of oneself or to the reader is small talk", lambda c: c.personal),
    Sign("one word", "a question of one is covered by chance", lambda c: float(len(c.evidence.question.words) < 2)),
    Sign("a name lacking", "another name is another question", lambda c: c.worst_lack("name")),
    Sign("a name nowhere", "… and the collection does not know it", lambda c: c.nowhere("name")),
    Sign("a stray name lacking", "… as one may be that jieba does not know", lambda c: c.worst_lack("stray")),
    Sign("a noun nowhere", "what the collection does not know at all is another thing", lambda c: c.noun_nowhere),
    Sign("a year lacking", "another year is another question", lambda c: c.worst_lack("year")),
    Sign("a number lacking", "… as another number is", lambda c: c.worst_lack("number")),
    Sign(
        "form lacking",
        "a number or time was asked for, and the sentence has none",
        lambda c: float(c.evidence.forms.lacking[c.row]),
    ),
    Sign("about now", "documents tell of the day they were written", lambda c: c.unmet(_NOW)),
    Sign(
        "near gap",
        "what stands beside the question word stands in the sentence",
        lambda c: float(c.evidence.shares["near gap"][CHARACTERS, c.row]),
    ),
)


@dataclass(frozen=True, slots=True)
class MeaningSign:
    """A sign where meanings were compared: its formula gives one number for the closeness and the first sentence."""

    name: str
    why: str
    formula: Callable[[Closeness, int], float]


MEANING_SIGNS: tuple[MeaningSign, ...] = (
    MeaningSign("closeness", "the sentence means what was asked", lambda c, first: float(c.cosines[first])),
    MeaningSign("closest", "any sentence does", lambda c, _: float(c.cosines.max())),
    MeaningSign(
        "closeness above others",
        "… more than what has the same words",
        lambda c, _: float(c.cosines.max() - c.cosines.mean()),
    ),
    MeaningSign("closeness of paragraph", "its paragraph does", lambda c, first: float(c.of_paragraph[first])),
)


def names(*, meaning: bool) -> tuple[str, ...]:
    """Return the columns of ``signs``, where meanings were compared or not."""
    words = [sign.name for sign in SIGNS]
    return (*words, *(sign.name for sign in MEANING_SIGNS)) if meaning else tuple(words)


def signs(case: Case) -> Array:
    """Return the table for a case."""
    values = [sign.formula(case) for sign in SIGNS]
    if case.closeness is not None:
        first = int(np.flatnonzero(case.closeness.rows == case.row)[0])
        values += [sign.formula(case.closeness, first) for sign in MEANING_SIGNS]
    return np.array(values)


def confidence(case: Case) -> float:
    """Return the probability that the documents answer the question."""
    weights, bias = _stored(meaning=case.closeness is not None)
    # The logistic function, in a form that overflows nowhere.
    return 0.5 + 0.5 * math.tanh((float(signs(case) @ weights) + bias) / 2)


@cache
def _stored(*, meaning: bool) -> tuple[Array, float]:
    file = "confidence.meaning.json" if meaning else "confidence.json"
    stored = json.loads(files("retrieval.ranking").joinpath(file).read_text("utf-8"))
    by_name = dict(zip(stored["signs"], stored["weights"], strict=True))
    return np.array([by_name[name] for name in names(meaning=meaning)]), float(stored["bias"])
