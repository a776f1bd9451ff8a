"""Chinese numerals, read and written: 三十五 is 35, and 35 is 三十五."""

from __future__ import annotations

DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
"""The value of each digit, as people write it."""
TENS = {"十": 10, "百": 100, "千": 1000}

_WRITTEN = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"


def value(numeral: str) -> int:
    """Return the number below 10,000 that a numeral counts, or that its digits spell.

    Raises ``KeyError`` for a character that is neither digit nor unit.

    >>> value("三十五"), value("十"), value("一百零八"), value("二〇一八")
    (35, 10, 108, 2018)
    """
    if not any(character in TENS for character in numeral):
        return int("".join(str(DIGITS[character]) for character in numeral) or "0")
    total, digit = 0, None
    for character in numeral:
        if character in TENS:
            total += (1 if digit is None else digit) * TENS[character]
            digit = None
        else:
            digit = DIGITS[character]
    return total + (digit or 0)


def counted(number: int, *, formal: bool = False) -> str:
    """Return the number as it is counted, of any size below 10¹⁶; ``formal`` as on cheques.

    >>> counted(105), counted(20_350), counted(0), counted(12, formal=True)
    ('一百零五', '二万零三百五十', '〇', '壹拾贰')
    """
    digits, units = (_FORMAL, "拾佰仟") if formal else (_WRITTEN, "十百千")
    groups = [number // 10_000**place % 10_000 for place in range(4)]
    written = ""
    for group, unit in zip(reversed(groups), ("万亿", "亿", "万", ""), strict=True):
        if group:
            zero = "零" if written and group < 1000 else ""
            written += zero + _group(group, digits, units) + unit
    return written or digits[0]


def spelt(figures: str, *, formal: bool = False) -> str:
    """Return the figures one by one: ``2021`` → ``二〇二一``."""
    return "".join((_FORMAL if formal else _WRITTEN)[int(figure)] for figure in figures)


def _group(number: int, digits: str, units: str) -> str:
    written, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = True
            continue
        zero = "零" if gap and written else ""
        written += zero + digits[digit] + (units[place - 1] if place else "")
        gap = False
    return written.removeprefix("一") if 10 <= number < 20 and units[0] == "十" else written
