"""The numbers that Word counts itself: ``第一条`` and ``1.2`` stand in no text, only in the numbering of the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_DIGITS = "〇一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACE = re.compile(r"%(\d)")


@dataclass(slots=True)
class _Level:
    """How one level of a numbering counts: its first number, the writing of numbers, and the text around them."""

    start: int = 1
    writing: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbering:
    """The numberings of a document, and how far each has counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # abstract numbering → level → how it counts
    abstract: dict[str, str] = field(default_factory=dict)  # numbering → abstract numbering
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, root: Any) -> Numbering:
        """The numberings that the root of ``numbering.xml`` defines."""
        made = cls()
        for definition in root.iter(qn("w:abstractNum")):
            levels = made.levels[_value(definition, "w:abstractNumId")] = {}
            for level in definition.iter(qn("w:lvl")):
                levels[_whole(_value(level, "w:ilvl"), 0)] = _Level(
                    start=_whole(_child(level, "w:start"), 1),
                    writing=_child(level, "w:numFmt") or "decimal",
                    text=_child(level, "w:lvlText"),
                )
        for numbering in root.iter(qn("w:num")):
            made.abstract[_value(numbering, "w:numId")] = _child(numbering, "w:abstractNumId")
        return made

    def next(self, number_id: str, depth: int) -> str:
        """What stands before the next paragraph of this numbering at this depth; nothing before a bullet's."""
        key = self.abstract.get(number_id, "")
        levels = self.levels.get(key, {})
        level = levels.get(depth)
        if level is None or level.writing in {"bullet", "none"}:
            return ""
        counts = self.counts[key]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]

        def written(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            other = levels.get(at, level)
            return write_number(counts.get(at, other.start), other.writing)

        return _PLACE.sub(written, level.text)


def write_number(number: int, writing: str) -> str:
    """The number in one of Word's ways of writing it (``ST_NumberFormat`` of ECMA-376); unknown ones in figures.

    >>> write_number(21, "chineseCountingThousand"), write_number(4, "upperRoman"), write_number(3, "lowerLetter")
    ('二十一', 'IV', 'c')
    """
    write = _WRITINGS.get(writing, str)
    return write(number) if 0 < number < 10_000 else str(number)


def chinese_number(number: int, *, formal: bool = False) -> str:
    """The number as it is counted in Chinese, of any size below 10¹⁶.

    >>> chinese_number(105), chinese_number(20_350), chinese_number(0)
    ('一百零五', '二万零三百五十', '〇')
    """
    digits, units = (_FORMAL_DIGITS, "拾佰仟") if formal else (_DIGITS, "十百千")
    groups = [number // 10_000**place % 10_000 for place in range(4)]
    written = ""
    for group, unit in zip(reversed(groups), ("万亿", "亿", "万", ""), strict=True):
        if group:
            zero = "零" if written and group < 1000 else ""
            written += zero + _counted(group, digits, units) + unit
    return written or digits[0]


def chinese_digits(figures: str, *, formal: bool = False) -> str:
    """The figures one by one in Chinese: ``2021`` → ``二〇二一``."""
    return "".join((_FORMAL_DIGITS if formal else _DIGITS)[int(figure)] for figure in figures)


def _counted(number: int, digits: str, units: str) -> str:
    written, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = True
            continue
        zero = digits[0].replace("〇", "零") if gap and written else ""
        written += zero + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return written.removeprefix("一") if 10 <= number < 20 and units[0] == "十" else written


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


def _chinese(number: int) -> str:
    return _counted(number, _DIGITS, "十百千")


def _formal(number: int) -> str:
    return _counted(number, _FORMAL_DIGITS, "拾佰仟")


def _digit_by_digit(number: int) -> str:
    return chinese_digits(str(number))


_WRITINGS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("chineseCounting", "chineseCountingThousand", "japaneseCounting"), _chinese),
    **dict.fromkeys(("taiwaneseCounting", "taiwaneseCountingThousand", "ideographTraditional"), _chinese),
    **dict.fromkeys(("chineseLegalSimplified", "ideographLegalTraditional"), _formal),
    **dict.fromkeys(("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"), _digit_by_digit),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _circled),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "decimalZero": "{:02}".format,
}


def _value(element: Any, name: str) -> str:
    return str(element.get(qn(name)) or "")


def _child(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else _value(child, "w:val")


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) <= 6 else default
