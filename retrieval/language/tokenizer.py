"""Text → terms with offsets: normalisation, jieba's words, and the characters and character pairs within them.

Words alone miss what jieba cuts differently in question and document; characters alone know no words. Both in one
bag, as terms of one BM25 model, find more than either.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.language.dictionary import Dictionary, Numbers, Words, dictionary, extended
from retrieval.language.english import stem
from retrieval.language.numerals import NUMERAL, arabic
from retrieval.radicals import RADICALS
from retrieval.simplified import simplified

if TYPE_CHECKING:
    from typing_extensions import Buffer

try:
    from retrieval.language._words import fold
except ImportError:

    def fold(_text: str, _table: Buffer, /) -> str | None:
        """Return nothing: ``str.translate`` does it."""
        return None


TERMS_VERSION = 3
"""Changes whenever the same text would give other terms, so that an index of older terms is not opened."""

HAN = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""The first and the last code points of the blocks of Chinese characters."""

_HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN)
_HAN_RUN = re.compile(f"[{_HAN}]+")
_OTHER = rf"(?P<number>\d+(?:[.,]\d+)+)|(?P<word>[^\W{_HAN}_]+)"
_OTHER_RUN = re.compile(_OTHER)
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|{_OTHER}")


class Normalised(NamedTuple):  # made sooner than a dataclass: each question normalises some twenty texts
    """A text in the one form in which it is compared, and where its characters came from.

    ``offsets[i]`` is the offset in the original text of the character that became ``text[i]``; it has one element
    more than ``text``, the original's length. ``None`` stands for the usual case in which nothing has moved.
    """

    text: str
    offsets: tuple[int, ...] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of ``text`` into the span of the original text that it came from."""
        if self.offsets is None:
            return start, end
        # A character that became several must be taken whole, so the end is that of the last one's origin.
        last = self.offsets[end - 1]
        after = next((offset for offset in self.offsets[end:] if offset > last), self.offsets[-1])
        return self.offsets[start], after


class Token(NamedTuple):  # made sooner than a dataclass, as normalised texts are
    """A word at ``normalised.text[start:end]``; ``han`` says whether it is written in Chinese characters."""

    text: str
    start: int
    end: int
    han: bool


class _Fold(dict[int, str]):
    """A table for ``str.translate``: full to half width, lower case, traditional to simplified, no accents.

    Each character is folded by itself, when it is first met: so the same character always becomes the same, whatever
    stands around it, and a fold that changes no lengths moves no offsets. ``single`` has for each code point of the
    basic plane that of the one character that it became, 0 as long as it is not known; of the usual Chinese characters
    it is known from the beginning. ``vanishing`` are the characters that became none: where there are none of these, a
    text that keeps its length has kept its offsets.
    """

    def __init__(self) -> None:
        super().__init__()
        self.single = array("I", bytes(4 << 16))
        self.single[0x4E00:0xA000] = array("I", range(0x4E00, 0xA000))
        for traditional, character in simplified().items():
            if "\u4e00" <= traditional < "\ua000":
                self.single[ord(traditional)] = ord(character)
        self.vanishing: set[str] = set()

    def __missing__(self, codepoint: int) -> str:
        if codepoint < len(self.single) and (known := self.single[codepoint]):
            folded = self[codepoint] = chr(known)
            return folded
        character = chr(codepoint)
        folded = unicodedata.normalize("NFKC", RADICALS.get(codepoint, character)).lower()
        if len(folded) == 1 and _HAN_RUN.match(folded):
            folded = simplified().get(folded, folded)
        elif "LATIN" in unicodedata.name(character, "") or unicodedata.category(character) == "Mn":
            decomposed = unicodedata.normalize("NFKD", folded)
            folded = "".join(part for part in decomposed if unicodedata.category(part) != "Mn")
        if not folded:
            self.vanishing.add(character)
        elif len(folded) == 1 and codepoint < len(self.single):
            self.single[codepoint] = ord(folded)
        self[codepoint] = folded
        return folded


_FOLD = _Fold()


def normalise(text: str) -> Normalised:
    """Bring a text into the form in which questions and documents are compared.

    >>> normalise("ＣＰＵ與５Ｇ手機").text
    'cpu与5g手机'
    >>> normalise("二〇一八年三千万元").text
    '2018年3000万元'
    >>> normalise("5㎡大").text, normalise("5㎡大").original(1, 3)
    ('5m2大', (1, 2))
    """
    folded, offsets = fold(text, _FOLD.single), None
    if folded is None:
        folded = text.translate(_FOLD)
        if len(folded) != len(text) or any(character in text for character in _FOLD.vanishing):
            offsets = [offset for offset, character in enumerate(text) for _ in _FOLD[ord(character)]]
    if NUMERAL.search(folded):
        folded, offsets = _counted(folded, offsets or list(range(len(text))))
    return Normalised(folded, None if offsets is None else (*offsets, len(text)))


def normal_form(text: str) -> str:
    """Return the text that ``normalise`` makes of one, in half the time where nobody asks for offsets."""
    return NUMERAL.sub(arabic, fold(text, _FOLD.single) or text.translate(_FOLD))


@lru_cache(maxsize=4096)
def folded(head: str) -> str:
    """Return a title, a heading or a name normalised; many paragraphs have the same."""
    return normal_form(head)


def _counted(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Turn Chinese numerals into Arabic; the last digit comes from the numeral's last character."""
    parts, moved, end = [], list[int](), 0
    for match in NUMERAL.finditer(text):
        digits = arabic(match)
        own = offsets[match.start() : match.end()]
        parts += [text[end : match.start()], digits]
        moved += offsets[end : match.start()]
        moved += [own[min(place, len(own) - 1)] for place in range(len(digits) - 1)] + own[-1:]
        end = match.end()
    return "".join((*parts, text[end:])), moved + offsets[end:]


class Tokenizer:
    """Cuts normalised text into words, and words into the terms of the index.

    ``cache_folder`` is where compiled dictionaries are kept.
    """

    def __init__(self, cache_folder: Path) -> None:
        self.cache_folder = cache_folder
        self._words: Words = ()
        self._stop: frozenset[str] = frozenset()

    @property
    def dictionary(self) -> Dictionary:
        """How often the words of jieba's dictionary occur."""
        return dictionary(self.cache_folder)

    def adopt(self, words: Words, stop: Iterable[str]) -> None:
        """Keep ``words`` whole and pass over ``stop`` from now on; all of them normalised."""
        self._words, self._stop = words, frozenset(stop)

    @property
    def adopted(self) -> tuple[Words, tuple[str, ...]]:
        """The words that are kept whole, and those that are passed over."""
        return self._words, tuple(sorted(self._stop))

    def words(self, text: str) -> Iterator[Token]:
        """Cut normalised text into words; punctuation and spaces are passed over.

        jieba cuts the Chinese; a number with its decimals, a Latin word, and a run like ``5g`` are one word each. Of a
        Latin word the token's text is the stem.
        """
        cut, stop = extended(self.cache_folder, self._words).cut, self._stop
        for run in _RUN.finditer(text):
            start = run.start()
            if run.lastgroup != "han":
                if (word := run.group().replace(",", "")) not in stop:
                    yield Token(stem(word), start, run.end(), han=False)
                continue
            for word in cut(run.group()):
                if word not in stop:
                    yield Token(word, start, start + len(word), han=True)
                start += len(word)

    def terms(self, text: str) -> list[str]:
        """Return the bag of terms of a text, not normalised yet: its words, Chinese characters and pairs of them.

        >>> Tokenizer(cache_folder).terms("电动汽车GPS")
        ['电动汽车', 'gps', '电', '动', '汽', '车', '电动', '动汽', '汽车']
        """
        normal = normal_form(text)
        return [*(word.text for word in self.words(normal)), *characters(normal), *pairs(normal)]

    def numbered(self, text: str) -> tuple[list[str], Numbers, Numbers]:
        """Return what ``words`` gives of a long text at a fraction of the time, without an order.

        That is its words, none twice, and perhaps others; the number among these of each that stands in the text; and
        where that begins.
        """
        distinct, numbers, starts = extended(self.cache_folder, self._words).numbered(text)
        stands = np.array([word not in self._stop and bool(_HAN_RUN.match(word)) for word in distinct], dtype=np.bool_)
        chosen = stands[numbers]
        place = {word: number for number, word in enumerate(distinct)}
        others, beginnings = array("I"), array("I")
        for match in _OTHER_RUN.finditer(text):
            if (word := match.group().replace(",", "")) not in self._stop:
                others.append(place.setdefault(stem(word), len(place)))
                beginnings.append(match.start())
        return (
            list(place),
            np.concatenate((numbers[chosen], np.array(others, dtype=np.uint32))),
            np.concatenate((starts[chosen], np.array(beginnings, dtype=np.uint32))),
        )


def characters(text: str) -> list[str]:
    """Return the Chinese characters of a normalised text, in order."""
    return list("".join(_HAN_RUN.findall(text)))


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring Chinese characters of a normalised text, in order."""
    return [run[start : start + 2] for run in _HAN_RUN.findall(text) for start in range(len(run) - 1)]
