"""The names, numbers and titles that a question is about: what an answer may not lack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.language import Token, Tokenizer
from retrieval.language.function_words import FUNCTION_CHARACTERS
from retrieval.question import Question

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_QUOTED = re.compile(r"[《「“\"『]([^《》「」“”\"『』]{2,30})[》」”\"』]")
_ERA = frozenset(("西元", "公元", "民国"))
"""What counts years is no name; jieba knows some of it only as single characters."""
_ENDING = ("n", "g", "zg", "j", "x", "b")
"""Parts of speech of characters that may end a name."""
_LOOSE = ("d", "p", "c", "u", "r", "m", "q", "y", "f", "t")
"""… and of those that are no part of one: adverbs, prepositions, conjunctions, particles, pronouns, measure words."""
_NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿][成点词次个]|^[一二两三四五六七八九十]")


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a question's normalised text that names something.

    ``sort`` is ``name``, ``year`` (any number of three or four digits), ``number`` or ``stray``: a run of characters
    that jieba cuts singly, and that may be a name which it does not know.
    """

    text: str
    start: int
    end: int
    sort: str


class Names:
    """The names of people, places and organisations among the words of jieba's dictionary."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._dictionary = tokenizer.dictionary

    def of(self, question: Question) -> tuple[Entity, ...]:
        """Return the entities of a question: names, what is quoted, Latin words, numbers, and runs of stray characters.

        jieba cuts a name that it does not know into single characters, so two and more of them are taken for a name,
        where the last may end one: 抖 音, not 讲 完. Colloquial words are no names.
        """
        entities = [Entity(match[1], *match.span(1), "name") for match in _QUOTED.finditer(question.content)]
        taken = {position for entity in entities for position in range(entity.start, entity.end)}
        taken.update(position for start, end in question.spoken for position in range(start, end))
        stray: list[Token] = []
        for token in (*question.tokens, None):
            if token is not None and token.start in taken:
                continue
            loose = token is not None and token.han and len(token.text) == 1 and token.text not in FUNCTION_CHARACTERS
            if stray and (token is None or not loose or token.start != stray[-1].end):
                entities += self._joined(stray)
                stray = []
            if token is None:
                break
            if loose:
                stray.append(token)
            elif not token.han or (
                self.known(token.text) and token.text != question.noun and not _NUMERAL.search(token.text)
            ):
                entities.append(Entity(token.text, token.start, token.end, _sort(token.text)))
        return tuple(sorted(entities, key=lambda entity: entity.start))

    def known(self, word: str) -> bool:
        """Return whether the dictionary knows a word as a name."""
        return len(word) > 1 and self._dictionary.part(word) in _NAME_TAGS

    def _joined(self, tokens: Sequence[Token]) -> list[Entity]:
        parts = [self._dictionary.part(token.text) or "n" for token in tokens]
        if len(tokens) < 2 or not parts[-1].startswith(_ENDING) or any(part.startswith(_LOOSE) for part in parts):
            return []
        text = "".join(token.text for token in tokens)
        if text in _ERA:
            return []
        return [Entity(text, tokens[0].start, tokens[-1].end, "stray")]


def _sort(text: str) -> str:
    if not text.isdigit():
        return "name"
    return "year" if len(text) in (3, 4) else "number"
