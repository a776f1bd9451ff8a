"""The operator's own words: ``userdict.txt``, ``stopwords.txt`` and ``synonyms.txt`` in the documents folder.

A line of ``userdict.txt`` is a word that is not to be cut, and perhaps how often it occurs; as in jieba's user
dictionaries, what follows is passed over. A line of ``stopwords.txt`` is a word that tells nothing here. Empty lines
and those that begin with # are comments.

Without the files nothing is added and no word is stopped: words like 不得, 不能, 应当, 规定, 要求 and 除外, which lists
of stop words often hold, carry the meaning of regulations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from retrieval.errors import DocumentsFolderError
from retrieval.language import normalise
from retrieval.language.synonyms import operators

USER_DICTIONARY = "userdict.txt"
STOP_WORDS = "stopwords.txt"
NAMES = frozenset({USER_DICTIONARY, STOP_WORDS})
"""Files of the documents folder that are no documents."""
FREQUENCY = 100_000
"""Of a word that is given without one: enough to keep it whole against nearly everything it is made of."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words to keep whole, with their frequencies, words to leave out, and groups of words that mean the same.

    All are normalised; the first two in a fixed order.
    """

    words: tuple[tuple[str, int], ...] = ()
    stop: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the files, where there are any.

        Raises ``DocumentsFolderError`` if one cannot be read, with the line that is wrong, ``SynonymsError`` for the
        table of synonyms.
        """
        words: dict[str, int] = {}
        for place, (word, *rest) in _lines(folder, USER_DICTIONARY):
            if rest and rest[0].isdecimal() and not 0 < int(rest[0]) < 10**9:
                raise DocumentsFolderError(folder, f"{place}: the frequency {rest[0]} is not between 1 and 999999999")
            words[normalise(word).text] = int(rest[0]) if rest and rest[0].isdecimal() else FREQUENCY
        stop = {normalise(word).text for _, (word, *_) in _lines(folder, STOP_WORDS)}
        return cls(tuple(sorted(words.items())), tuple(sorted(stop)), operators(folder).groups)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` gave; an older version knew no synonyms."""
        words, stop, *others = json.loads(text)
        groups = tuple(tuple(group) for group in (others[0] if others else ()))
        return cls(tuple((word, frequency) for word, frequency in words), tuple(stop), groups)

    def __str__(self) -> str:
        return json.dumps([self.words, self.stop, self.synonyms], ensure_ascii=False)

    def changed(self, before: Lexicon) -> frozenset[str]:
        """Return the words with which texts may be cut otherwise than before."""
        words = {word for word, _ in set(self.words) ^ set(before.words)}
        return frozenset(words | (set(self.stop) ^ set(before.stop)))


def _lines(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    """Return the words in each line of a file that is no comment, with the line's place."""
    try:
        text = (folder / name).read_text("utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentsFolderError(folder, f"{name} cannot be read ({error}); save it as UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"{name}, line {number}", line.split()
