"""Words that ask and answer alike (去世 and 卒, 作者 and 所著): general Chinese, from a table in the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups of related words."""
    lines = files("retrieval.language").joinpath("relations.txt").read_text("utf-8").splitlines()
    return tuple(tuple(dict.fromkeys(line.split())) for line in lines if line and not line.startswith("#"))


@cache
def _by_first() -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the words by their first character, each with the number of its group."""
    words: dict[str, list[tuple[str, int]]] = {}
    for number, group in enumerate(groups()):
        for member in group:
            words.setdefault(member[0], []).append((member, number))
    return {first: tuple(members) for first, members in words.items()}


def asked(content: str, words: frozenset[str]) -> list[tuple[str, ...]]:
    """Return the groups that a question touches: by a word of one character as a word, by a longer one anywhere.

    >>> [group[0] for group in asked("鲁迅 去世 ", frozenset({"鲁迅", "去世"}))]
    ['去世']
    """
    index = _by_first()
    touched = {
        number
        for first in set(content)
        for member, number in index.get(first, ())
        if ((member in words) if len(member) == 1 else (member in content))
    }
    return [groups()[number] for number in sorted(touched)]
