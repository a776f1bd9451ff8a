"""The numbers that Word counts itself: ``第一条`` and ``1.2`` stand in no text, only in the numbering of the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from retrieval.numerals import counted, spelt
from retrieval.reading.office.package import is_on

_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_PLACE = re.compile(r"%(\d)")


@dataclass(slots=True)
class _Level:
    """How one level of a numbering counts: its first number, the writing of numbers, and the text around them.

    ``legal`` says that all numbers in it are figures; ``restart`` is the level, from 1, after which it begins anew: 0
    for never, ``None`` for any above it. ``style`` is the paragraph style that stands at this level.
    """

    start: int = 1
    writing: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    style: str = ""


@dataclass(slots=True)
class _Numbering:
    """One use of a definition: what it changes of the levels, and where it begins to count anew."""

    definition: str = ""
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Counts:
    """How far the numberings have counted."""

    by_definition: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[tuple[str, int]] = field(default_factory=set)

    def copy(self) -> Counts:
        """The same counts, which go on by themselves."""
        counts = Counts(begun=set(self.begun))
        counts.by_definition.update({key: dict(levels) for key, levels in self.by_definition.items()})
        return counts


class Numbering:
    """The numberings of a document, and how far each has counted."""

    def __init__(self, root: Any = None) -> None:
        """``root`` is that of ``numbering.xml``; without one there are none."""
        self.counts = Counts()
        self._definitions: dict[str, dict[int, _Level]] = {}
        self._numberings: dict[str, _Numbering] = {}
        if root is None:
            return
        linked: dict[str, str] = {}
        for definition in root.iter(qn("w:abstractNum")):
            key = _value(definition, "w:abstractNumId")
            self._definitions[key] = _levels(definition)
            if style := _child(definition, "w:styleLink"):
                linked[style] = key
        # A definition may be that of a list style, which another one holds.
        same = {
            _value(definition, "w:abstractNumId"): linked.get(_child(definition, "w:numStyleLink"), "")
            for definition in root.iter(qn("w:abstractNum"))
        }
        for element in root.iter(qn("w:num")):
            key = _child(element, "w:abstractNumId")
            numbering = _Numbering(same.get(key) or key)
            for override in element.iter(qn("w:lvlOverride")):
                depth = _whole(_value(override, "w:ilvl"), 0)
                numbering.levels.update(_levels(override))
                if start := _child(override, "w:startOverride"):
                    numbering.starts[depth] = _whole(start, 1)
            self._numberings[_value(element, "w:numId")] = numbering

    def depth_of(self, number_id: str, style: str) -> int:
        """The level at which paragraphs of a style stand in a numbering that the style refers to."""
        return next((depth for depth, level in self._all(number_id).items() if style and level.style == style), 0)

    def next(self, number_id: str, depth: int) -> str:
        """What stands before the next paragraph of this numbering at this depth; nothing before a bullet's."""
        levels = self._all(number_id)
        level = levels.get(depth)
        if level is None or level.writing in {"bullet", "none"}:
            return ""
        numbering = self._numberings[number_id]
        counts = self.counts.by_definition[numbering.definition]
        if depth in numbering.starts and (number_id, depth) not in self.counts.begun:
            counts[depth] = numbering.starts[depth] - 1
        self.counts.begun.add((number_id, depth))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or depth < restart:
                del counts[deeper]

        def written(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            other = levels.get(at, level)
            return write_number(counts.get(at, other.start), "decimal" if level.legal else other.writing)

        return _PLACE.sub(written, level.text)

    def _all(self, number_id: str) -> dict[int, _Level]:
        numbering = self._numberings.get(number_id)
        return {**self._definitions.get(numbering.definition, {}), **numbering.levels} if numbering else {}


def _levels(element: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for level in element.iter(qn("w:lvl")):
        restart = _child(level, "w:lvlRestart")
        levels[_whole(_value(level, "w:ilvl"), 0)] = _Level(
            start=_whole(_child(level, "w:start"), 1),
            writing=_child(level, "w:numFmt") or "decimal",
            text=_child(level, "w:lvlText"),
            legal=is_on(level, "isLgl"),
            restart=_whole(restart, 0) if restart else None,
            style=_child(level, "w:pStyle"),
        )
    return levels


def write_number(number: int, writing: str) -> str:
    """The number in one of Word's ways of writing it (``ST_NumberFormat`` of ECMA-376); unknown ones in figures.

    >>> write_number(21, "chineseCountingThousand"), write_number(4, "upperRoman"), write_number(3, "lowerLetter")
    ('二十一', 'IV', 'c')
    """
    write = _WRITINGS.get(writing, str)
    return write(number) if 0 < number < 10_000 else str(number)


def _roman(number: int) -> str:
    written = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                           (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        written += letters * (number // value)
        number %= value
    return written


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else str(number)


def _formal(number: int) -> str:
    return counted(number, formal=True)


def _digit_by_digit(number: int) -> str:
    return spelt(str(number))


_WRITINGS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting"), counted),
    **dict.fromkeys(("taiwaneseCounting", "taiwaneseCountingThousand"), counted),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), _formal),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _digit_by_digit),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "decimalEnclosedParen": lambda number: chr(ord("⑴") + number - 1) if number <= 20 else f"({number})",
    "decimalEnclosedFullstop": lambda number: chr(ord("⒈") + number - 1) if number <= 20 else f"{number}.",
    "numberInDash": "- {} -".format,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "decimalZero": "{:02}".format,
}


def qn(name: str) -> str:
    """The name in the namespace of WordprocessingML: ``w:p``."""
    return f"{_NAMESPACE}{name.removeprefix('w:')}"


def _value(element: Any, name: str) -> str:
    return str(element.get(qn(name)) or "")


def _child(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else _value(child, "w:val")


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) <= 6 else default
