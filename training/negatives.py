"""Questions that a collection does not answer, made from ones that it does: what the confidence is learned from."""

from __future__ import annotations

import re
from collections.abc import Collection as Container
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from retrieval.language import Tokenizer, normalise
from retrieval.language.splitting import sentences
from retrieval.question import Question
from retrieval.ranking.entities import Names
from retrieval.records import Found, Hit
from training.material import Asked, Collection

_TRIES = 50
_COMMON = 50
"""How often a word was counted that may be put in, in the text that the dictionary was made from."""
_NAME_TAGS = ("nr", "ns", "nt", "nz")
_MOST_YEARS, _LEAST_CHANGE = 25, 3
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"1\d\d\d|20[012]\d")
_REMARK = re.compile(r"[ _(（]")


@dataclass(frozen=True, slots=True)
class Swapper:
    """Swaps something that a question is about, so that its paragraph answers it no longer.

    ``words`` and ``others`` are what may be put in: words at large, and names by their part of speech. ``whole`` is all
    text of the collection, in which no name that is put in occurs.
    """

    tokenizer: Tokenizer
    names: Names
    words: Sequence[str]
    others: dict[str, list[str]]
    titles: Sequence[str]
    whole: str
    random: Random

    @classmethod
    def of(cls, tokenizer: Tokenizer, titles: Sequence[str], whole: str, random: Random) -> Swapper:
        """Take words and names from the dictionary."""
        words, others = _vocabulary(tokenizer)
        return cls(tokenizer, Names(tokenizer), words, others, titles, whole, random)

    def variants(self, question: Question, own: str, title: str) -> Iterator[tuple[str, str]]:
        """Yield variants of a question by sort; ``own`` is the normalised text of its paragraphs and their heads."""
        for sort, swap in (("year", self._number), ("number", self._number)):
            if (swapped := swap(question, own, year=sort == "year")) is not None:
                yield sort, swapped
        if (swapped := self._name(question, own, title)) is not None:
            yield "name", swapped
        if (swapped := self._word(question, own)) is not None:
            yield "word", swapped

    def _number(self, question: Question, own: str, *, year: bool) -> str | None:
        """Put another year within a generation, or another number within a fifth, that the paragraphs do not have."""
        text = question.normal.text
        held = [match for match in _NUMBER.finditer(question.content) if match[0] in own]
        held = [match for match in held if bool(_YEAR.fullmatch(match[0])) is year and len(match[0]) < 9]
        if not held:
            return None
        match = self.random.choice(held)
        value = int(match[0])
        reach = _MOST_YEARS if year else max(_LEAST_CHANGE, value // 5)
        for _ in range(_TRIES):
            other = value + self.random.choice((-1, 1)) * self.random.randint(1, reach)
            if other > 0 and str(other) not in own:
                return text[: match.start()] + str(other) + text[match.end() :]
        return None

    def _name(self, question: Question, own: str, title: str) -> str | None:
        """Put a name of the same kind that the collection does not have, for the title's or another of the question."""
        text, name = question.normal.text, normalise(plain(title)).text
        if len(name) > 1 and name in text and self.titles:
            rest = Question.of(text.replace(name, " "), self.tokenizer)
            if rest.kind.name != "definition" and len(rest.words) > 2 and (other := self._absent(self.titles)):
                return text.replace(name, other)
        named = [one for one in self.names.of(question) if one.sort == "name" and one.text in own]
        named = [one for one in named if self.tokenizer.dictionary.part(one.text) in self.others]
        if not named:
            return None
        entity = self.random.choice(named)
        other = self._absent(self.others[self.tokenizer.dictionary.part(entity.text)])
        return None if other is None else text[: entity.start] + other + text[entity.end :]

    def _absent(self, names: Sequence[str]) -> str | None:
        drawn = (self.random.choice(names) for _ in range(_TRIES))
        return next((name for name in drawn if len(name) > 1 and name not in self.whole), None)

    def _word(self, question: Question, own: str) -> str | None:
        """Put a word that the paragraphs do not have for the longest one that they share with the question."""
        shared = [token for token in question.tokens if token.han and len(token.text) > 1 and token.text in own]
        other = next(
            (word for word in (self.random.choice(self.words) for _ in range(_TRIES)) if word not in own), None
        )
        if not shared or other is None:
            return None
        token = max(shared, key=lambda token: len(token.text))
        return question.normal.text[: token.start] + other + question.normal.text[token.end :]


@cache
def _vocabulary(tokenizer: Tokenizer) -> tuple[list[str], dict[str, list[str]]]:
    """Return common words, and common names by their part of speech."""
    words, others = list[str](), dict[str, list[str]]()
    for word, frequency, tag in tokenizer.dictionary.words():
        if frequency >= _COMMON and len(word) > 1:
            if tag[:2] in _NAME_TAGS:
                others.setdefault(tag[:2], []).append(word)
            elif tag[:1] in ("n", "v"):
                words.append(word)
    return words, others


def plain(title: str) -> str:
    """Return a title without what tells it apart from others of its name.

    >>> plain("东关街 (扬州)")
    '东关街'
    """
    return _REMARK.split(title, maxsplit=1)[0]


def without_paragraphs(found: Found, collection: Collection, asked: Asked, tokenizer: Tokenizer) -> Found:
    """Return what would have been found without the paragraphs that answer."""
    gone = [hit for hit in found.hits if collection.paragraph_of(hit) in asked.right]
    frequencies = dict(found.frequencies)
    for hit in gone:
        for term in _terms(hit, tokenizer) & frequencies.keys():
            frequencies[term] = max(frequencies[term] - 1, 0)
    kept = tuple(hit for hit in found.hits if collection.paragraph_of(hit) not in asked.right)
    return Found(kept, found.paragraph_count - len(gone), frequencies)


def _terms(hit: Hit, tokenizer: Tokenizer) -> Container[str]:
    texts = (hit.paragraph.text, hit.source.title, *hit.paragraph.section)
    return {term for text in texts for term in tokenizer.terms(text)}


def without_sentences(found: Found, collection: Collection, asked: Asked) -> Found | None:
    """Return what was found with the sentences that answer cut out; ``None`` if a paragraph is nothing but those."""
    hits = []
    for hit in found.hits:
        spans = asked.right.get(collection.paragraph_of(hit), ())
        kept = "".join(
            sentence.text
            for sentence in sentences(hit.paragraph.text)
            if not any(sentence.start < end and start < sentence.end for start, end in spans)
        ).strip()
        if not kept:
            return None
        hits.append(hit._replace(paragraph=replace(hit.paragraph, text=kept)) if spans else hit)
    return Found(tuple(hits), found.paragraph_count, found.frequencies)


@cache
def chat() -> dict[str, tuple[str, ...]]:
    """Return what people say that no collection answers: small talk (``chat``), and questions about now (``now``)."""
    found: dict[str, list[str]] = {}
    sort = ""
    for line in Path(__file__).with_name("chat.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            sort = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(sort, []).append(line)
    return {name: tuple(lines) for name, lines in found.items()}
