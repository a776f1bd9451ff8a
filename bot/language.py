"""In which language somebody reads the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from retrieval.simplified import script

Language = Literal["zh", "zh-hant", "en"]
OperatorLanguage = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

_VARIABLES = ("YUANJU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as POSIX has it, but for the first
_TRADITIONAL = re.compile(r"zh[-_](?:hant|tw|hk|mo)", re.IGNORECASE)
_CHINESE = re.compile(r"zh(?![a-z])", re.IGNORECASE)
_LATIN_WORDS = re.compile(r"[A-Za-z]{2}\W+[A-Za-z]{2}")
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def language_of(code: str | None) -> Language:
    """Return the language for somebody whose app or system says this code: Chinese for ``zh…`` and for none.

    >>> language_of("zh-hans"), language_of("zh_TW.UTF-8"), language_of(None), language_of("de")
    ('zh', 'zh-hant', 'zh', 'en')
    """
    if not code or (_CHINESE.match(code) and not _TRADITIONAL.match(code)):
        return "zh"
    return "zh-hant" if _TRADITIONAL.match(code) else "en"


def language_in(text: str, otherwise: Language) -> Language:
    """Return the language that a text is written in, by its script; ``otherwise`` where it does not tell.

    >>> language_in("目標是多少？", "en"), language_in("目标是多少？", "zh-hant"), language_in("what is it?", "zh")
    ('zh-hant', 'zh', 'en')
    """
    if not re.search(r"[\u3400-\u9fff]", text):  # compiled when it is first needed: that takes milliseconds
        return "en" if _LATIN_WORDS.search(text) else otherwise
    if written := script(text):
        return "zh-hant" if written == "traditional" else "zh"
    return otherwise if otherwise != "en" else "zh"


def reader_language(environment: Mapping[str, str]) -> Language:
    """Return the language of whoever sits at this machine."""
    return language_of(next(filter(None, map(environment.get, _VARIABLES)), None))


def operator_language(environment: Mapping[str, str]) -> OperatorLanguage:
    """Return the language in which commands and logs are explained, which they are in two.

    >>> operator_language({"YUANJU_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}), operator_language({"LANG": "zh_TW"})
    ('en', 'zh')
    """
    return "en" if reader_language(environment) == "en" else "zh"


def visible(text: str) -> str:
    """Return a text in which nothing steers a terminal or turns the direction of writing; its lines stay."""
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
