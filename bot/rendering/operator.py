"""What operators read, in their language: the code says it in English, the catalogue has it in Chinese."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from bot.language import OperatorLanguage

_HOLE = re.compile(r"\{(\w+)\}")
_SENTENCES = frozenset(
    ("reason", "reasons", "hint", "why", "what", "names", "error", "said", "first", "advice", "how", "where")
)
"""Names of holes that a sentence may stand in; in the others is a name, a number, a path."""


class _Sentence(NamedTuple):
    """A sentence with holes, as a pattern of it in English and as it is in another language."""

    pattern: re.Pattern[str]
    translation: str


def in_language(text: str, language: OperatorLanguage) -> str:
    """Return a sentence of the code's as the operator reads it; what the catalogue does not have stays as it is.

    What is filled in is translated too, if it is a sentence itself. So are both halves of ``path: reason`` and each of
    several sentences with semicolons between.
    """
    if language == "en" or not text:
        return text
    return _translated(text) or _parts(text)


def _translated(text: str) -> str | None:
    whole, patterns = _catalogue()
    if text in whole:
        return whole[text]
    for pattern, translation in patterns:
        if match := pattern.fullmatch(text):
            filled = {name: _translated(value) or value for name, value in match.groupdict().items()}
            return _HOLE.sub(lambda hole: filled[hole[1]], translation)  # noqa: B023 - used at once
    return None


def _parts(text: str) -> str:
    """Translate what stands behind a colon, or between semicolons, where there is something to translate."""
    head, colon, rest = text.partition(": ")
    if colon and (said := _translated(rest)):
        return f"{head}：{said}"
    parts = text.split("; ")
    translated = [_translated(part) for part in parts]
    return "；".join(new or old for new, old in zip(translated, parts, strict=True)) if any(translated) else text


@cache
def _catalogue() -> tuple[dict[str, str], tuple[_Sentence, ...]]:
    """The sentences without holes, and those with holes: the most telling, which have the most letters, first."""
    table: dict[str, str] = tomllib.loads(
        files("bot.rendering.catalogue").joinpath("operator.zh.toml").read_text("utf-8")
    )
    holed = sorted((key for key in table if _HOLE.search(key)), key=lambda key: -len(_HOLE.sub("", key)))
    patterns = tuple(_Sentence(_pattern(key), table[key]) for key in holed)
    return {key: said for key, said in table.items() if not _HOLE.search(key)}, patterns


def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = _HOLE.split(sentence)
    return re.compile(
        "".join(_hole(piece) if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)), re.DOTALL
    )


def _hole(name: str) -> str:
    return f"(?P<{name}>.+?)" if name in _SENTENCES else f"(?P<{name}>(?:(?!: |; ).)+?)"
