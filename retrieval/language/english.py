"""English, as far as it is asked and answered in: the stems of its words, and those that say nothing about a topic."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_SHORTEST = 4
"""Letters of a word whose ending is folded; shorter ones are as often abbreviations: AWS, SMS."""

_FUNCTION_WORDS = (
    "a an the this that these those some any no not of in on at by for to from with without about into "
    "onto over under between among through during before after and or but if then so than as per via is "
    "are was were be been being am do does did done has have had having can could will would shall should "
    "may might must need i you he she it we they get gets got me him her us them my your his its our their mine yours "
    "there here also just only please what which who whom whose when where why how many much long often "
    "far old s t re ll ve d m"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""English words that ask, or that only hold a sentence together; also what is left of contractions: what's, don't."""

_WORD = re.compile(r"[a-z]+")


def words_only(text: str) -> str:
    """Return a run of English with its function words replaced by spaces, so that offsets hold.

    >>> words_only("how many days of leave do interns get")
    '         days    leave    interns    '
    """
    return _WORD.sub(lambda match: " " * len(match[0]) if match[0] in FUNCTION_WORDS else match[0], text)


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """Return the stem of a normalised word, by Porter's algorithm for English; as it is if it is no such word.

    >>> stem("employees"), stem("employee"), stem("gps"), stem("5g")
    ('employe', 'employe', 'gps', '5g')
    """
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return word
    return str(_stemmer().stemWord(word))


def root(stemmed: str) -> str:
    """Return what every word of a stem begins with: policies and policy are both of polici.

    >>> root("polici")
    'polic'
    """
    return stemmed[:-1] if stemmed.endswith(("i", "e")) and len(stemmed) >= _SHORTEST else stemmed


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer  # a text without English words never needs it

    return Stemmer("english")
