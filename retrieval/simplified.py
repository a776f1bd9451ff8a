"""Traditional Chinese characters, each with the simplified one that takes its place whatever stands beside it.

``make traditional`` writes them down as OpenCC knows them, so that no start has to load its dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


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
def _traditional() -> Mapping[str, str]:
    variants: dict[str, str] = {}
    for traditional, character in simplified().items():
        if "\u3400" <= traditional < "\uf900":  # the others are compatibility characters, which reading has replaced
            variants[character] = variants.get(character, "") + traditional
    return variants
