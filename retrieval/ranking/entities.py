"""The names, numbers and titles that a question is about: what an answer may not lack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.language import Token, Tokenizer
from retrieval.language.dictionary import Dictionary
from retrieval.language.kept import kept
from retrieval.question import Question

_NAME_TAGS = ("nr", "ns", "nt", "nz")
_QUOTED = re.compile(r"[《「“\"『]([^《》「」“”\"『』]{2,30})[》」”\"』]")
_ERA = frozenset(("西元", "公元", "民国"))
"""What counts years is no name; jieba knows some of it only as single characters."""
_NUMERAL = re.compile(r"[一二两三四五六七八九十百千万亿][成点词次个]|^[一二两三四五六七八九十]")
_FUNCTION = frozenset(
    "的是在和与了有为于之者个会被从到由以及或也就都不所将曾其中向对这那第上下年月日时后前位人因何至皆等要该此每各其并又曾最很更一"
)


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
    """The names of people, places and organisations among the words of jieba's dictionary.

    They are picked out once, and kept in the tokenizer's cache folder.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._words = _names(tokenizer.cache_folder, tokenizer.dictionary)

    def of(self, question: Question) -> tuple[Entity, ...]:
        """Find the entities of a question: names, what is quoted, Latin words, numbers, and runs of stray characters.

        jieba cuts a name that it does not know into single characters, so two and more of them are taken for a name.
        """
        entities = [Entity(match[1], *match.span(1), "name") for match in _QUOTED.finditer(question.content)]
        taken = {position for entity in entities for position in range(entity.start, entity.end)}
        stray: list[Token] = []
        for token in (*question.tokens, None):
            if token is not None and token.start in taken:
                continue
            loose = token is not None and token.han and len(token.text) == 1 and token.text not in _FUNCTION
            if stray and (token is None or not loose or token.start != stray[-1].end):
                entities += _joined(stray)
                stray = []
            if token is None:
                break
            if loose:
                stray.append(token)
            elif not token.han or (
                token.text in self._words and token.text != question.noun and not _NUMERAL.search(token.text)
            ):
                entities.append(Entity(token.text, token.start, token.end, _sort(token.text)))
        return tuple(sorted(entities, key=lambda entity: entity.start))


def _joined(tokens: Sequence[Token]) -> list[Entity]:
    if len(tokens) < 2:
        return []
    text = "".join(token.text for token in tokens)
    if text in _ERA:
        return []
    return [Entity(text, tokens[0].start, tokens[-1].end, "stray")]


def _sort(text: str) -> str:
    if not text.isdigit():
        return "name"
    return "year" if len(text) in (3, 4) else "number"


@cache
def _names(cache_folder: Path, dictionary: Dictionary) -> frozenset[str]:
    def found() -> list[str]:
        return sorted({word for word, _, tag in dictionary.words() if tag.startswith(_NAME_TAGS) and len(word) > 1})

    return frozenset(kept(cache_folder / "names.json", found))
