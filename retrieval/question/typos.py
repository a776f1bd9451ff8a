"""Wrong characters of a question, told by what the documents have that sounds like it.

A character is doubted only beside another with which it stands nowhere in the collection: a question without such a
pair is never looked at. jieba cuts what is misspelt into scraps, so it is pairs of characters that are doubted, and
words that are made of the right ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.language import Token, Tokenizer, pairs
from retrieval.language.function_words import FUNCTION_CHARACTERS
from retrieval.language.sounds import sounds
from retrieval.language.synonyms import Synonyms
from retrieval.question.question import Question

_DOUBTED = 8
"""Characters of a question that are doubted at most."""
_SAME, _SIMILAR = 60, 40
"""How many characters with the same sound, and with a similar one, may stand for one."""
_NEAR = 20
"""Characters on either side with which a word is cut."""
_CORRECTED = 3
"""Characters that are corrected at most."""
_PARTICLES = frozenset("的了着过吗呢吧啊得地是在和与或也就都不没有里个要")
"""Characters that stand beside anything, and are seldom wrong."""

_LIKELIER = 6.0
"""How many nats likelier a question must get where another character takes the place of a word of one."""
_TYPICAL = 6.0
"""How many times as often as elsewhere a word must stand in these documents to take the place of another word."""
_VERY_TYPICAL = 60.0
"""… and of one that is much more common in general."""
_OFTEN = 3
"""… and in how many paragraphs."""
_RARER, _MUCH_RARER = 5, 50
"""How much rarer in general than that word it may be."""
_PARAGRAPH_WORDS = 30
"""Words of a paragraph, by which it is estimated how often a word stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Guess:
    """That another character is meant at ``place`` of a question's content; ``same`` if it sounds the very same.

    ``old`` are the pairs of Chinese characters that stand there, ``new`` those that would.
    """

    place: int
    character: str
    same: bool
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """What may be wrong in a question, and the terms whose frequencies will tell."""

    guesses: tuple[Guess, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """In how many of ``count`` paragraphs of the collection terms stand."""

    frequencies: Mapping[str, int]
    count: int

    def contain(self, term: str) -> bool:
        """Return whether a term stands anywhere."""
        return self.frequencies.get(term, 0) > 0

    def typicality(self, word: str, tokenizer: Tokenizer) -> float:
        """Return how many times as many paragraphs hold a word as of any other text would."""
        dictionary = tokenizer.dictionary
        expected = 1 - math.exp(-_PARAGRAPH_WORDS * (dictionary.frequency(word) + 1) / dictionary.total)
        return self.frequencies.get(word, 0) / (self.count * expected)


def doubts(question: Question, frequencies: Mapping[str, int], tokenizer: Tokenizer) -> Doubts | None:
    """Return which characters may be wrong; ``None`` where every pair stands somewhere or has reason not to."""
    content = question.content
    holders = {place: token for token in question.tokens for place in range(token.start, token.end) if token.han}
    standing = {place for place in holders if frequencies.get(content[place : place + 2], 0)}
    places: dict[int, None] = {}
    for place, left in holders.items():
        right = holders.get(place + 1)
        if right is None or place in standing:
            continue
        # Two words that stand may come together for the first time; and so may anything and 的.
        if left is right or all(_unfounded(token, frequencies) for token in (left, right)):
            places.update({place: None, place + 1: None})
    for place, token in holders.items():
        # Beside 的 a character may be wrong too, if it stands beside nothing and is not often alone.
        alone = len(token.text) == 1 and token.text not in FUNCTION_CHARACTERS
        if alone and standing.isdisjoint((place - 1, place)):
            places[place] = None
    doubted = [place for place in places if not _within(place, question.spoken)]
    if not doubted:
        return None
    alike = sounds(tokenizer.cache_folder, tokenizer.dictionary)
    guesses = [
        Guess(place, character, same, old, tuple(pair.replace(" ", character) for pair in forms))
        for place in doubted[:_DOUBTED]
        for old, forms in (_around(content, place),)
        for same, some in (
            (True, alike.same(content[place], limit=_SAME)),
            (False, alike.similar(content[place], limit=_SIMILAR)),
        )
        for character in some
    ]
    terms = dict.fromkeys(pair for guess in guesses for pair in guess.new)
    return Doubts(tuple(guesses), tuple(terms))


def corrections(
    question: Question, found: Doubts, statistics: TermStatistics, tokenizer: Tokenizer
) -> tuple[tuple[int, str], ...]:
    """Return the places of a question's normalised text that are wrong, each with the right character.

    A character is right where it makes a word that the documents have, out of one that they do not have, where that
    word is typical of them, or out of single characters, where the text gets much likelier: by jieba's dictionary, and
    by how much oftener than elsewhere the word stands here.
    """
    text, changed = question.content, dict[int, str]()
    while len(changed) < _CORRECTED:
        best: tuple[float, Guess] | None = None
        for guess in found.guesses:
            if not changed.keys().isdisjoint((guess.place - 1, guess.place, guess.place + 1)):
                continue
            value = _value(text, guess, statistics, tokenizer)
            if value > 0 and (best is None or value > best[0]):
                best = value, guess
        if best is None:
            break
        place, right = best[1].place, best[1].character
        changed[place] = right
        text = text[:place] + right + text[place + 1 :]
    return tuple(sorted(changed.items()))


def _value(text: str, guess: Guess, statistics: TermStatistics, tokenizer: Tokenizer) -> float:
    """Return how much speaks for a guess; 0 where not enough does."""
    gained = sum(map(statistics.contain, guess.new)) - sum(map(statistics.contain, guess.old))
    if gained < 1:
        return 0.0
    wrong, before = _read(text, guess.place, tokenizer)
    right, after = _read(text[: guess.place] + guess.character + text[guess.place + 1 :], guess.place, tokenizer)
    if len(right.text) < 2 or right.start > wrong.start or right.end < wrong.end:
        return 0.0
    inner = [right.text[at : at + 2] for at in range(len(right.text) - 1)]
    if not all(map(statistics.contain, inner)):
        return 0.0
    typical = min(statistics.typicality(pair, tokenizer) for pair in inner)
    likelier = after - before + math.log(typical)
    if len(wrong.text) > 1:
        # The very word may be meant, which the documents don't have.
        often = min(statistics.frequencies[pair] for pair in inner)
        known, meant = (tokenizer.dictionary.frequency(word) for word in (wrong.text, right.text))
        if (
            not guess.same
            or often < _OFTEN
            or typical < _TYPICAL
            or meant * (_RARER if typical < _VERY_TYPICAL else _MUCH_RARER) < known
        ):
            return 0.0
    elif likelier < _LIKELIER:
        return 0.0
    return gained + guess.same / 2 + likelier / 10


def _read(text: str, place: int, tokenizer: Tokenizer) -> tuple[Token, float]:
    """Return the word at a place of a text, cut with what is near it, and the log-likelihood of that."""
    begin, dictionary = max(place - _NEAR, 0), tokenizer.dictionary
    near = tuple(tokenizer.words(text[begin : place + _NEAR]))
    word = next(one._replace(start=begin + one.start, end=begin + one.end) for one in near if one.end > place - begin)
    return word, sum(math.log(max(dictionary.frequency(one.text), 1) / dictionary.total) for one in near)


def _around(text: str, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pairs of Chinese characters at a place of a text, also with a space instead of what stands there."""
    before, after = pairs(text[max(place - 1, 0) : place + 1]), pairs(text[place : place + 2])
    return (*before, *after), (*(f"{pair[0]} " for pair in before), *(f" {pair[1]}" for pair in after))


def _unfounded(token: Token, frequencies: Mapping[str, int]) -> bool:
    """Return whether a word is a single character, if not of grammar, or stands nowhere."""
    if len(token.text) == 1:
        return token.text not in _PARTICLES
    return not frequencies.get(token.text, 0)


def corrected(
    question: Question, changes: Sequence[tuple[int, str]], tokenizer: Tokenizer, synonyms: Synonyms
) -> Question:
    """Return the question with other characters at some places of its normalised text, and what they correct."""
    text = question.text
    for place, right in reversed(changes):
        start, end = question.normal.original(place, place + 1)
        text = text[:start] + right + text[end:]
    asked = Question.of(text, tokenizer, synonyms)
    spans = dict.fromkeys(
        (token.start, token.end) for token in asked.tokens for place, _ in changes if token.start <= place < token.end
    )
    said = ((question.normal.original(*span), asked.normal.original(*span)) for span in spans)
    pairs_said = tuple((question.text[slice(*wrong)], text[slice(*right)]) for wrong, right in said)
    return replace(asked, corrections=pairs_said)


def _within(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)
