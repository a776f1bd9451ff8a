"""In which language somebody reads the interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)


def language_of(code: str | None) -> Language:
    """Return the language for somebody whose app or system says this code: Chinese for ``zh…`` and for none.

    >>> language_of("zh-hant"), language_of(None), language_of("de"), language_of("zh_CN.UTF-8")
    ('zh', 'zh', 'en', 'zh')
    """
    return "zh" if not code or re.match(r"zh(?![a-z])", code, re.IGNORECASE) else "en"


def language_of_system(environment: Mapping[str, str]) -> Language:
    """Return the language of whoever works at this machine, as the usual variables say."""
    code = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return language_of("" if code.partition(".")[0] in {"C", "POSIX"} else code)
