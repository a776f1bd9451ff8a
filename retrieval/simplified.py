"""Simplified and traditional Chinese: which characters take the place of which, and what a text is written in.

``make traditional`` writes them down as OpenCC knows them, so that no start has to load its dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Script = Literal["simplified", "traditional"]

_IN_BOTH = frozenset("只里后台面干才游注准谷云几系表范致郁余复征签发采斗杠群")
"""Simplified characters that traditional texts have too, as 后里 and 台 in 台灣的后里."""


@cache
def simplified() -> Mapping[str, str]:
    """Return the simplified characters by the traditional ones.

    >>> simplified()["機"], "机" in simplified()
    ('机', False)
    """
    traditional, others = files("retrieval").joinpath("simplified.txt").read_text("utf-8").split()
    return dict(zip(traditional, others, strict=True))


def to_simplified(text: str) -> str:
    """Return the text in simplified characters.

    >>> to_simplified("標題")
    '标题'
    """
    return "".join(simplified().get(character, character) for character in text)


def script(text: str) -> Script | None:
    """Return which characters a text is written in, ``None`` where it does not tell.

    >>> script("目標是多少？"), script("乾隆时的年号"), script("水")
    ('traditional', 'simplified', None)
    """
    traditional = sum(character in simplified() for character in text)
    others = sum(character in _simplified_only() and character not in _IN_BOTH for character in text)
    if traditional == others:
        return None
    return "traditional" if traditional > others else "simplified"


def in_both_scripts(expression: str) -> str:
    """Return the regular expression, written in simplified characters, as one that matches traditional ones as well.

    >>> in_both_scripts("问题|[条款]")
    '[问問][题題]|[条條款]'
    """
    parts, in_class, escaped = [], False, False
    for character in expression:
        variants = _traditional().get(character, "")
        parts.append(f"[{character}{variants}]" if variants and not in_class else character + variants)
        if not escaped and character in "[]":
            in_class = character == "["
        escaped = character == "\\" and not escaped
    return "".join(parts)


@cache
def _simplified_only() -> frozenset[str]:
    """Return the characters that are simplified only: those that are made of others, and that Big5 lacks."""
    made = (new for old, new in simplified().items() if "\u3400" <= old < "\ua000")
    return frozenset(one for one in made if not one.encode("big5", "ignore"))


@cache
def _traditional() -> Mapping[str, str]:
    variants: dict[str, str] = {}
    for traditional, character in simplified().items():
        if "\u3400" <= traditional < "\uf900":  # the others are compatibility characters, which reading has replaced
            variants[character] = variants.get(character, "") + traditional
    return variants
