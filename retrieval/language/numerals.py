"""Chinese numerals → Arabic, where they count or date something: 二〇一八年 → 2018年, 三千万 → 3000万.

What merely contains a numeral (千方百计, 一下) stays as it is: a numeral is turned only before a unit or a scale.
"""

from __future__ import annotations

import re

from retrieval.numerals import DIGITS, value

_DIGIT = "零一二三四五六七八九〇两"
_UNIT = (
    "年世月日号时点分秒天周岁人名位个家座所部本册场届支只条辆艘架"
    "台款层间户票种项类级次公里米尺吨斤克升度元美欧英日港亩章页期%"
)

NUMERAL = re.compile(
    # None is longer than these bounds, which keep the time linear. A set of characters that stands first is found fast.
    rf"[{_DIGIT}十](?:"
    # Digit by digit: a year, or a longer number with a 〇 in it.
    rf"(?P<digits>(?<!十)(?:[{_DIGIT}]{{3}}(?=年)|[{_DIGIT}]{{0,15}}〇[{_DIGIT}]{{0,16}}(?=[{_UNIT}])))"
    # With tens: 三十五 before a unit, 七千 before 万 or 亿. 十 may stand first; 百 and 千 want a digit.
    rf"|(?P<counted>(?:(?<!十)[十百千]|(?<=十)[{_DIGIT}])[{_DIGIT}十百千]{{0,16}}(?=[多余]?[{_UNIT}万亿]))"
    ")"
)
"""Finds the numerals to turn in a normalised text."""


def arabic(match: re.Match[str]) -> str:
    """Return the Arabic digits of what ``NUMERAL`` found.

    >>> NUMERAL.sub(arabic, "二〇一八年增长三千万元，三十五人，一百零八个，千方百计")
    '2018年增长3000万元，35人，108个，千方百计'
    """
    text = match.group()
    return "".join(str(DIGITS[character]) for character in text) if match.lastgroup == "digits" else str(value(text))
