"""Dates, in the ways that people and programs write them, to ISO 8601."""

from __future__ import annotations

import datetime as dt
import re

from retrieval.numerals import value as numeral_value

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?!\d)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 20220708, D:20220708104125+08'00'
        r"^(?:D:)?(?P<year>(?:1[5-9]|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d{1,5}$)",
        # 2022-07-08T02:41:25Z, 2022/7/8, 2022.07.08, 2022年7月8日
        rf"(?<!\d){_YEAR}\s*[-/.年]\s*(?P<month>\d\d?)\s*[-/.月]\s*(?P<day>\d\d?)(?!\d)",
        # Fri, 08 Jul 2022 02:41:25 GMT; 8th July 2022
        rf"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th)?[\s-]+{_MONTH_NAME},?[\s-]+{_YEAR}",
        # July 8, 2022; Fri Jul  8 02:41:25 2022
        rf"\b{_MONTH_NAME}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?:[\d:]+\s+)?{_YEAR}",
        # 2022年7月, 2022-07; July 2022; 2022, 2022年
        rf"(?<!\d){_YEAR}\s*(?:年\s*(?P<month>\d\d?)\s*月|[-/.](?P<month_of>\d\d?)$)",
        rf"\b{_MONTH_NAME},?\s+{_YEAR}",
        rf"^{_YEAR}\s*年?$",
    )
)
_NUMERALS = re.compile(r"(?<![〇○零一二三四五六七八九十])[〇○零一二三四五六七八九十]+(?=\s*[年月日号號])")


def iso_date(value: object) -> str | None:
    """The day (``2022-07-08``), month (``2022-07``) or year (``2022``) that the value names, as it is written there.

    Times and zones are left aside: a document's date is the day its author put on it. ``None`` when no date is there.

    >>> iso_date("Fri, 08 Jul 2022 02:41:25 GMT"), iso_date("2022年7月8日 10:41"), iso_date("二〇二二年七月")
    ('2022-07-08', '2022-07-08', '2022-07')
    """
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = _NUMERALS.sub(_figures, str(value).strip()[:200])
    found = next(filter(None, (pattern.search(text) for pattern in _PATTERNS)), None)
    return _iso(found.groupdict()) if found else None


def _figures(numerals: re.Match[str]) -> str:
    return str(numeral_value(numerals[0]))


def _iso(parts: dict[str, str | None]) -> str | None:
    year = int(parts["year"] or 0)
    month = parts.get("month") or parts.get("month_of")
    if name := parts.get("name"):
        month = str(_MONTHS.index(name.lower()) + 1)
    if month is None:
        return f"{year}"
    day = parts.get("day")
    try:
        date = dt.date(year, int(month), int(day or 1))
    except ValueError:
        return None
    return date.isoformat() if day else f"{date:%Y-%m}"
