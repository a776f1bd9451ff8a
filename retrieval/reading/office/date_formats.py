"""Dates and times of Excel, which are numbers of days, as a format shows them."""

from __future__ import annotations

import datetime as dt

from retrieval.numerals import counted, spelt
from retrieval.reading.office.format_codes import Section

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_SERIAL = 2_958_466


def shown_date(section: Section, value: float, *, from_1904: bool) -> str | None:
    """Return the moment, or the time that has gone by, as the section shows it; ``None`` for what is no moment."""
    moment = _moment(value, from_1904=from_1904)
    if moment is None:
        return None
    if not section.has("seconds"):
        moment = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    elapsed = round(value * 86_400, 3)
    if not section.has("seconds"):
        elapsed = round(elapsed)
    timely = [token for token in section.tokens if token.kind in {"date", "elapsed"}]
    noon = section.has("noon")
    shown: list[str] = []
    place = 0
    for token in section.tokens:
        if token.kind == "date":
            minute = token.text in {"m", "mm"} and (
                (place > 0 and timely[place - 1].text[0] == "h")
                or (place + 1 < len(timely) and timely[place + 1].text[0] == "s")
            )
            shown.append(_date_part(token.text, moment, section, minute=minute, noon=noon))
            place += 1
        elif token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            shown.append(f"{int(elapsed // unit):0{len(token.text)}d}")
            place += 1
        elif token.kind == "noon":
            morning, afternoon = token.text.split("/")
            shown.append(morning if moment.hour < 12 else afternoon)
        elif token.kind == "seconds":
            shown.append(f".{moment.microsecond // 1000:03d}"[: len(token.text)])
        else:
            shown.append(token.text)
    return "".join(shown)


def _moment(serial: float, *, from_1904: bool) -> dt.datetime | None:
    """The moment that a serial number of days stands for; 1900 is counted as a leap year, which it was not."""
    if not 0 <= serial < _LAST_SERIAL:
        return None
    start = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30 if serial >= 60 else 31)
    try:
        return start + dt.timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return None


def _date_part(code: str, moment: dt.datetime, section: Section, *, minute: bool, noon: bool) -> str:
    letter, length = code[0], len(code)
    weekday = moment.weekday()
    if letter in "ye":
        year = f"{moment.year:04d}" if letter == "e" or length > 2 else f"{moment.year % 100:02d}"
        return spelt(year) if section.numerals else year
    if letter == "a" or (letter == "d" and length > 2 and section.chinese_locale):
        short = "" if letter == "a" else "周"
        return ("星期" if length > 3 else short) + "一二三四五六日"[weekday]
    if letter == "d" and length > 2:
        return _DAYS[weekday][: None if length > 3 else 3]
    if letter == "m" and length > 2:
        if section.chinese_locale:
            return f"{counted(moment.month)}月" if length == 4 else f"{moment.month}月"
        return _MONTHS[moment.month - 1][: {3: 3, 4: None}.get(length, 1)]
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    number = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}[letter]
    return counted(number) if section.numerals else f"{number:0{length}d}"
