"""How likely a text is, from what national standards call common characters."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

# What a character costs, in nats: -ln(share of its class in running text / characters in the class). The standards put
# the characters of everyday text first: level 1 of GB 2312 (3,755 characters) holds 97 % of a text that names rare
# things, level 2 (3,008) 2.5 %; of Big5 (5,401 and 7,652), 98.5 % and 1.2 %. Unicode holds both.
_ASCII, _PUNCTUATION, _LETTER, _FOREIGN, _RARE, _BROKEN = 4.5, 6.5, 9.0, 9.2, 16.0, 30.0
_IDEOGRAPH = {"gb18030": (8.3, 11.7), "big5": (8.6, 13.4)}
_IDEOGRAPH_OF_UNICODE = (8.9, 13.0)
# An accented letter or a sign such as © among ASCII is usual in Unicode; an ideograph alone among ASCII is not.
_ALONE = re.compile(r"(?<![^\x00-\x7f])[\x80-\u07ff](?![^\x00-\x7f])")
_ALONE_ADVANTAGE = 3.0
_MARKS = frozenset("“”‘’—–…«»\u00a0°§")
_AMONG_ASCII = re.compile(r"(?<![^\x00-\x7f])[^\x00-\x7f](?![^\x00-\x7f])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_GB_LEVELS = "gb2312", range(0xB0, 0xD8), range(0xD8, 0xF8)
_BIG5_LEVELS = "big5", range(0xA4, 0xC7), range(0xC9, 0xFA)


def cost(text: str, family: str) -> float:
    """The cost of the text in nats when it is read in an encoding of this family: the lower, the likelier."""
    total = math.fsum(count * _character_cost(character, family) for character, count in Counter(text).items())
    return total - _ALONE_ADVANTAGE * len(_ALONE.findall(text)) if family == "utf-8" else total


def uncommon_count(text: str, family: str) -> int:
    """How many of the text's characters are neither ASCII nor among the common ones of the encoding."""
    return sum(count for character, count in Counter(text).items() if _character_cost(character, family) > _LETTER)


def has_words(text: str) -> bool:
    """Whether the characters beyond ASCII are letters of words in one script, and marks of writing, nearly all of them.

    Beside words, a sign that stands alone among ASCII is one: what characters of two bytes are mistaken for never does.

    >>> has_words("Straße 5 – „schön“"), has_words("Улица"), has_words("Straяe"), has_words("Óëèöà")
    (True, True, False, False)
    """
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    whole = sum(map(_is_of_one_script, words))
    stray = _count_of_signs(text) - (_count_of_signs(_AMONG_ASCII.findall(text)) if whole else 0)
    return stray <= 0.1 * sum(character > "\x7f" for character in text) and whole >= 0.8 * len(words)


def _count_of_signs(characters: Iterable[str]) -> int:
    """How many of the characters beyond ASCII are neither letters nor marks of writing."""
    return sum(character > "\x7f" and not (character.isalpha() or character in _MARKS) for character in characters)


def _is_of_one_script(word: str) -> bool:
    """Whether a word with letters beyond ASCII is one: Western ones have some within ASCII, Cyrillic ones have none."""
    return bool(_ASCII_LETTER.search(word)) != bool(_CYRILLIC.search(word))


@cache
def _levels(family: str) -> tuple[frozenset[str], frozenset[str]]:
    """The common and the less common characters of the standard behind the encoding; of both for Unicode."""
    common: set[str] = set()
    second: set[str] = set()
    standards = {"gb18030": [_GB_LEVELS], "big5": [_BIG5_LEVELS]}.get(family, [_GB_LEVELS, _BIG5_LEVELS])
    for codec, first_level, second_level in standards:
        for leads, characters in ((first_level, common), (second_level, second)):
            pairs = (bytes((lead, trail)) for lead in leads for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
            characters.update(b"\n".join(pairs).decode(codec, "ignore"))
    return frozenset(filter(_is_ideograph, common)), frozenset(filter(_is_ideograph, second - common))


def _is_ideograph(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@cache
def _character_cost(character: str, family: str) -> float:
    if character < "\x80":
        return _ASCII if character.isprintable() or character in "\t\n\r\f" else _BROKEN
    if _is_ideograph(character):
        common, second = _levels(family)
        common_cost, second_cost = _IDEOGRAPH.get(family, _IDEOGRAPH_OF_UNICODE)
        return common_cost if character in common else second_cost if character in second else _RARE
    if "\u3000" <= character <= "\u3011" or "\uff00" <= character <= "\uff5e" or character in "“”‘’—…·":
        return _PUNCTUATION
    category = unicodedata.category(character)
    if category in {"Cc", "Cn", "Co", "Cs"} or character == "\ufffd":
        return _BROKEN
    if "\u3041" <= character <= "\u30ff" or "\uac00" <= character <= "\ud7a3" or "\u0400" <= character <= "\u045f":
        return _FOREIGN
    return _LETTER if character <= "\u00ff" else _RARE
