"""Characters that sound alike: most wrong characters of a Chinese text are homophones of the right ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import category, normalize

from retrieval.language.dictionary import Dictionary
from retrieval.language.kept import kept

_NAME = "sounds-2.json"
_SELDOM = 0.1
"""The share of a character's phrases in which it must have a reading for that to count."""
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


def folded(syllable: str) -> str:
    """Return a syllable as those say it who don't tell n and l, zh and z, in and ing apart.

    >>> folded("zhing"), folded("neng"), folded("shan")
    ('zin', 'len', 'san')
    """
    for initial, other in _FOLDED:
        if syllable.startswith(initial):
            syllable = other + syllable.removeprefix(initial)
            break
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


@dataclass(frozen=True, slots=True)
class Sounds:
    """Which characters have which sounds: by syllable without its tone, the more frequent characters first."""

    characters: dict[str, str]
    syllables: dict[str, tuple[str, ...]]
    alike: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, characters: dict[str, str]) -> Sounds:
        """Take the characters of each syllable."""
        syllables: dict[str, tuple[str, ...]] = {}
        alike: dict[str, tuple[str, ...]] = {}
        for syllable, some in characters.items():
            alike[folded(syllable)] = (*alike.get(folded(syllable), ()), syllable)
            for character in some:
                syllables[character] = (*syllables.get(character, ()), syllable)
        return cls(characters, syllables, alike)

    def same(self, character: str, *, limit: int) -> list[str]:
        """Return at most ``limit`` other characters with the very sound of one."""
        return self._distinct(character, self.syllables.get(character, ()), limit)

    def similar(self, character: str, *, limit: int) -> list[str]:
        """Return at most ``limit`` characters that only sound like one where n and l, zh and z, in and ing do."""
        own = self.syllables.get(character, ())
        others = [other for syllable in own for other in self.alike[folded(syllable)] if other not in own]
        same = set(self._distinct(character, own, limit=len(self.syllables)))
        return [one for one in self._distinct(character, tuple(others), limit + len(same)) if one not in same][:limit]

    def _distinct(self, character: str, syllables: tuple[str, ...], limit: int) -> list[str]:
        each = [self.characters[syllable] for syllable in syllables]
        ranked = {one: place for some in reversed(each) for place, one in enumerate(some) if one != character}
        return sorted(ranked, key=lambda one: (ranked[one], one))[:limit]


@cache
def sounds(cache_folder: Path, dictionary: Dictionary) -> Sounds:
    """Return the sounds of the characters that jieba's dictionary has words with; made once, then kept."""
    return Sounds.of(kept(cache_folder / _NAME, lambda: _made(dictionary)))


def prepare(cache_folder: Path, dictionary: Dictionary) -> None:
    """Make the sounds where they are not kept yet, which takes seconds."""
    if not (cache_folder / _NAME).exists():
        sounds(cache_folder, dictionary)


def _made(dictionary: Dictionary) -> dict[str, str]:
    from pypinyin import Style, pinyin  # takes longer to load than a question to be answered
    from pypinyin.phrases_dict import phrases_dict

    counts = Counter[str]()
    for word, frequency, _ in dictionary.words():
        for character in word if frequency else "":
            if "\u4e00" <= character <= "\u9fff":
                counts[character] += frequency
    # Of a character's readings those count that stand in phrases: 行 is also hang, but 位 is never li.
    heard = Counter(
        (character, _toneless(readings[0]))
        for phrase, each in phrases_dict.items()
        for character, readings in zip(phrase, each, strict=False)
    )
    made: dict[str, list[str]] = {}
    for character in sorted(counts, key=lambda one: (-counts[one], one)):
        readings = dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0])
        first, *others = readings
        times = sum(heard[character, one] for one in readings)
        for syllable in (first, *(one for one in others if heard[character, one] >= max(_SELDOM * times, 2))):
            if syllable.isascii() and syllable.isalpha():
                made.setdefault(syllable, []).append(character)
    return {syllable: "".join(some) for syllable, some in sorted(made.items())}


def _toneless(syllable: str) -> str:
    plain = normalize("NFD", syllable.replace("ü", "v").replace("ǜ", "v").replace("ǚ", "v").replace("ǘ", "v"))
    return "".join(character for character in plain if category(character) != "Mn")
