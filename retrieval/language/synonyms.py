"""Words that mean the same: a small table in the package, and the operator's own in the documents folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from retrieval.errors import SynonymsError
from retrieval.language import normalise

FILE_NAME = "synonyms.txt"
"""The name of the operator's table in the documents folder; it is no document."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Groups of words that mean the same, normalised."""

    groups: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, lines: Iterable[str]) -> Synonyms:
        """Read groups: one a line, with spaces, tabs or commas between the words; # begins a remark."""
        cut = (line.partition("#")[0].replace(",", " ").replace("，", " ").split() for line in lines)
        groups = (tuple(dict.fromkeys(normalise(word).text for word in words)) for words in cut)
        return cls(tuple(group for group in groups if len(group) > 1))

    @classmethod
    def with_folder(cls, folder: Path) -> Synonyms:
        """Give the package's groups and those of the table in a documents folder, where there is one.

        Raises ``SynonymsError`` when that table cannot be read.
        """
        return cls(operators(folder).groups + default().groups)

    def expand(self, text: str) -> tuple[tuple[str, str], ...]:
        """Give the words of a normalised text that have synonyms, each with each of them.

        >>> Synonyms((("vr", "虚拟现实"),)).expand("vr的应用")
        (('vr', '虚拟现实'),)
        """
        return tuple(
            (word, other)
            for group in self.groups
            for word in group
            if _stands(word, text)
            for other in group
            if other not in text
        )


def operators(folder: Path) -> Synonyms:
    """Give the groups of the table in a documents folder; none where there is no table.

    Raises ``SynonymsError`` when it cannot be read.
    """
    path = folder / FILE_NAME
    try:
        return Synonyms.of(path.read_text("utf-8-sig").splitlines())
    except FileNotFoundError:
        return Synonyms()
    except (OSError, UnicodeDecodeError) as error:
        raise SynonymsError(path, str(error)) from error


def _stands(word: str, text: str) -> bool:
    """Tell whether a word stands in a text; a Latin one only as a whole."""
    start = text.find(word)
    if start < 0 or not word.isascii():
        return start >= 0
    around = text[max(start - 1, 0) : start] + text[start + len(word) : start + len(word) + 1]
    return not any(character.isascii() and character.isalnum() for character in around)


@cache
def default() -> Synonyms:
    """Give the package's own groups."""
    return Synonyms.of(files("retrieval.language").joinpath(FILE_NAME).read_text("utf-8").splitlines())
