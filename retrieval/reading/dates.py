"""Dates, in any of the ways people and programs write them, to ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:1[5-9]|20)\d\d)"
    r"(?:\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])(?:\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d))?)?"
)
_COMPACT = re.compile(
    r"(?:D:)?(?P<year>(?:1[5-9]|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d{1,5}$)"
)


def iso_date(value: object) -> str | None:
    """The day (``2022-07-08``), month (``2022-07``) or year (``2022``) that the value names, as it is written there.

    Times and zones are left aside: a document's date is the day its author put on it. ``None`` when no date is there.

    >>> iso_date("Fri, 08 Jul 2022 02:41:25 GMT"), iso_date("2022年7月8日 10:41"), iso_date("D:20220708104125+08'00'")
    ('2022-07-08', '2022-07-08', '2022-07-08')
    """
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value).strip()[:200]
    if not text:
        return None
    found = _COMPACT.match(text) or _YEAR_FIRST.search(text)
    if found and (found["month"] or text == found[0]):
        return _joined(found)
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return _in_words(text)


def _joined(found: re.Match[str]) -> str | None:
    year, month, day = found["year"], found["month"], found["day"]
    if not day:
        return f"{year}-{int(month):02}" if month else year
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _in_words(text: str) -> str | None:
    """``July 8, 2022`` and ``二〇二二年七月八日``; its library is slow to import, so it comes last."""
    import dateparser

    settings = {"REQUIRE_PARTS": ["year", "month"], "RETURN_AS_TIMEZONE_AWARE": False, "PREFER_DAY_OF_MONTH": "first"}
    parsed = dateparser.parse(text, languages=["zh", "en"], settings=settings)
    return parsed.date().isoformat() if parsed else None
