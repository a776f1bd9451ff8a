"""Words that are looked for beside those of a question: the package's tables, and the operator's in the folder.

There are two kinds: words that mean the same, as those of Taiwan and the mainland, each found by the others; and
colloquial words, which find the formal ones that documents write, but are not found by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from retrieval.errors import SynonymsError
from retrieval.language import Token, normalise

FILE_NAME = "synonyms.txt"
"""The name of the operator's table in the documents folder; it is no document."""

Groups = tuple[tuple[str, ...], ...]
Pairs = tuple[tuple[str, str], ...]
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Synonyms:
    """Groups of words that mean the same, and colloquial words, each with the formal ones behind it; all normalised.

    A group of one word says that it has no synonyms.
    """

    groups: Groups = ()
    colloquial: Groups = field(default=(), kw_only=True)

    @classmethod
    def of(cls, lines: Iterable[str], *, colloquial: Iterable[str] = ()) -> Synonyms:
        """Read groups: one a line, with spaces, tabs or commas between the words; # begins a remark."""
        return cls(_normalised(_groups(lines)), colloquial=_normalised(_groups(colloquial)))

    def overruled(self, groups: Groups) -> Synonyms:
        """Return ``groups`` with these words behind them, less those words about which ``groups`` say something."""
        said = {word for group in groups for word in group}
        kept = (tuple(word for word in group if word not in said) for group in self.groups)
        return Synonyms(
            groups + tuple(group for group in kept if len(group) > 1),
            colloquial=tuple(entry for entry in self.colloquial if entry[0] not in said),
        )

    def expand(self, text: str, tokens: Iterable[Token] = ()) -> tuple[Pairs, Spans]:
        """Return the words of a normalised text that have synonyms, each with each, and where colloquial ones stand.

        A word stands in the text where it does not begin or end within one of the ``tokens`` and reach beyond it: 开除
        does not stand in 公开 除外. Of colloquial words that overlap the longest counts. Tokens are asked for only
        where they decide.

        >>> Synonyms((("vr", "虚拟现实"),)).expand("vr的应用")
        ((('vr', '虚拟现实'),), ())
        """
        standing = tuple(self._standing(text, tokens))
        found = ((word, other) for _, word, others, _ in standing for other in others if other not in text)
        spoken = ((start, start + len(word)) for start, word, _, same in standing if not same)
        return tuple(dict.fromkeys(found)), tuple(spoken)

    def _standing(self, text: str, tokens: Iterable[Token]) -> Iterator[tuple[int, str, tuple[str, ...], bool]]:
        """Return where which words stand, with their others, and whether those mean the same."""
        by_first = self._by_first
        found = [
            (start, *entry)
            for start, character in enumerate(text)
            for entry in by_first.get(character, ())
            if text.startswith(entry[0], start)
        ]
        if not found:
            return
        tokens = tuple(tokens)
        edges = {edge for token in tokens for edge in (token.start, token.end)}
        inner = {place for token in tokens for place in range(token.start + 1, token.end)} - edges
        taken = 0
        for start, word, others, same in found:
            end = start + len(word)
            if not _stands(text, start, end, inner, tokens):
                continue
            if not same:
                if start < taken:
                    continue
                taken = end
            yield start, word, others, same

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, tuple[str, ...], bool]]]:
        """Each word with its others, and whether they mean the same, by first character; the longest first."""
        table: dict[str, list[tuple[str, tuple[str, ...], bool]]] = {}
        for word, others, same in self._entries():
            table.setdefault(word[0], []).append((word, others, same))
        for entries in table.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return table

    def _entries(self) -> Iterator[tuple[str, tuple[str, ...], bool]]:
        for group in self.groups:
            for word in group:
                yield word, tuple(other for other in group if other != word), True
        for word, *others in self.colloquial:
            yield word, tuple(others), False


def operators(folder: Path) -> Synonyms:
    """Return the groups of the table in a documents folder; none where there is no table.

    Raises ``SynonymsError`` when it cannot be read.
    """
    path = folder / FILE_NAME
    try:
        return Synonyms.of(path.read_text("utf-8-sig").splitlines())
    except FileNotFoundError:
        return Synonyms()
    except (OSError, UnicodeDecodeError) as error:
        raise SynonymsError(path, str(error)) from error


@cache
def default() -> Synonyms:
    """Return the package's own words, which are written as they are normalised."""
    return Synonyms(_groups((*_lines(FILE_NAME), *_lines("taiwan.txt"))), colloquial=_groups(_lines("colloquial.txt")))


def _lines(name: str) -> list[str]:
    return files("retrieval.language").joinpath(name).read_text("utf-8").splitlines()


def _groups(lines: Iterable[str]) -> Groups:
    cut = (line.partition("#")[0].replace(",", " ").replace("，", " ").split() for line in lines)
    return tuple(tuple(dict.fromkeys(words)) for words in cut if words)


def _normalised(groups: Groups) -> Groups:
    return tuple(tuple(dict.fromkeys(normalise(word).text for word in words)) for words in groups)


def _stands(text: str, start: int, end: int, inner: set[int], tokens: Sequence[Token]) -> bool:
    """Return whether ``text[start:end]`` is made of whole tokens or stands within one; a Latin word only as a whole."""
    if text[start:end].isascii():
        around = text[max(start - 1, 0) : start] + text[end : end + 1]
        return not any(character.isascii() and character.isalnum() for character in around)
    if start not in inner and end not in inner:
        return True
    return any(token.start <= start and end <= token.end for token in tokens)
