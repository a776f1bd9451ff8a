"""In which language somebody reads the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)

_TOLD_BY = ("YUANJU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # as POSIX has it, but for the first


def language_of(code: str | None) -> Language:
    """Return the language for somebody whose app or system says this code: Chinese for ``zh…`` and for none.

    >>> language_of("zh-hant"), language_of(None), language_of("de"), language_of("zh_CN.UTF-8")
    ('zh', 'zh', 'en', 'zh')
    """
    return "zh" if not code or re.match(r"zh(?![a-z])", code, re.IGNORECASE) else "en"


def operator_language(environment: Mapping[str, str]) -> Language:
    """Return the language of whoever reads the terminal and the log.

    >>> operator_language({"YUANJU_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}), operator_language({"LANG": "zh_TW"})
    ('en', 'zh')
    """
    return language_of(next(filter(None, map(environment.get, _TOLD_BY)), None))
