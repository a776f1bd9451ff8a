"""Number formats of Excel: a number as the sheet shows it (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from retrieval.numerals import counted, spelt

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    49: "@",
    # What these say depends on the language of the program; in Chinese it is this.
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    **dict.fromkeys((34, 55), '上午/下午h"时"mm"分"'), **dict.fromkeys((35, 56), '上午/下午h"时"mm"分"ss"秒"'),
}  # fmt: skip
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<skipped>.)|\*(?P<filled>.)|\[(?P<bracket>[^\]]{0,255})\]'
    r"|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)|(?P<power>E[+-])|(?P<seconds>\.0+(?=[^0#?]|$))"
    r"|(?P<date>yyyy|yy|y|e+|m{1,5}|d{1,4}|a{3,4}|h{1,2}|s{1,2})|(?P<digit>[0#?])|(?P<sign>[.,%/@])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[\d.]+)")
_COMPARED = {
    "<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__, "=": float.__eq__, "<>": float.__ne__,
}  # fmt: skip
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_SERIAL = 2_958_466
_LONGEST_GENERAL = 11


class _Token(NamedTuple):
    kind: str  # text, digit, sign, date, elapsed, noon, power, general, seconds
    text: str


class _Section(NamedTuple):
    """One part of a format: for the numbers that its condition fits, or for text."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None
    chinese_locale: bool
    numerals: str

    def has(self, *kinds: str) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    def signs(self, sign: str) -> int:
        return sum(token == ("sign", sign) for token in self.tokens)


def shown_number(value: float, number_format: str, *, from_1904: bool = False) -> str:
    """The number in this format.

    >>> shown_number(12, "00000"), shown_number(123456, '0!.0,"万"'), shown_number(1.1041666666666667, "[h]:mm")
    ('00012', '12.3万', '26:30')
    """
    if number_format == "General" or not math.isfinite(value):
        return general(value)
    section, value = _chosen(_sections(number_format), float(value))
    if section is None:
        return ""
    if section.has("date", "elapsed", "noon"):
        return _date(section, value, from_1904=from_1904) or general(value)
    if section.has("digit"):
        return _number(section, value)
    return "".join(
        _numerals(general(value), section) if token.kind == "general" or token == ("sign", "@") else token.text
        for token in section.tokens
    )


def shown_text(text: str, number_format: str) -> str:
    """The text in this format, which may put something around it, or leave it out (``;;;``)."""
    if number_format in {"General", "@"}:
        return text
    sections = _sections(number_format)
    section = next((one for one in sections if one.signs("@")), None)
    if section is None:
        return "" if len(sections) > 3 else text
    return "".join(text if token == ("sign", "@") else token.text for token in section.tokens)


def general(value: float) -> str:
    """The number without a format: up to eleven characters, figures of whole numbers all.

    >>> general(0.1 + 0.2), general(1 / 3), general(7000.0)
    ('0.3', '0.333333333', '7000')
    """
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    if not 1e-4 <= abs(value) < 1e11:
        return f"{value:.5E}".replace(".00000", "") if abs(value) >= 1e11 else f"{value:.15f}".rstrip("0")
    places = max(0, _LONGEST_GENERAL - 1 - len(str(int(abs(value)))))
    return f"{_rounded(value, places):f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[_Token] = []
    brackets: list[str] = []
    for match in [*_TOKEN.finditer(number_format[:255]), None]:
        if match is None or match["other"] == ";":
            sections.append(_section(tokens, brackets))
            tokens, brackets = [], []
        elif match["bracket"] is not None:
            bracket = match["bracket"]
            if re.fullmatch(r"h+|m+|s+", bracket, re.IGNORECASE):
                tokens.append(_Token("elapsed", bracket.lower()))
            elif bracket.startswith("$"):
                tokens.append(_Token("text", bracket[1:].partition("-")[0]))
            brackets.append(bracket)
        else:
            tokens.extend(_token(match))
    return tuple(sections[:4])


def _token(match: re.Match[str]) -> list[_Token]:
    kind = match.lastgroup or ""
    text = match[kind]
    if kind in {"quoted", "escaped", "other"}:
        return [_Token("text", text)]
    if kind == "skipped":
        return [_Token("text", " ")]
    if kind == "filled":
        return []
    if kind == "seconds":
        # After seconds they are their fractions, elsewhere the places of a number.
        return [_Token("seconds", text)]
    return [_Token(kind, text.lower() if kind == "date" else text)]


def _section(tokens: list[_Token], brackets: list[str]) -> _Section:
    is_date = any(token.kind in {"date", "elapsed"} for token in tokens)
    settled: list[_Token] = []
    for token in tokens:
        if token.kind == "seconds" and not is_date:
            settled.append(_Token("sign", "."))
            settled.extend(_Token("digit", digit) for digit in token.text[1:])
        elif is_date and token.kind in {"sign", "digit"}:
            settled.append(_Token("text", token.text))
        else:
            settled.append(token)
    condition = next(filter(None, map(_CONDITION.fullmatch, brackets)), None)
    return _Section(
        tuple(settled),
        (condition[1], float(condition[2])) if condition else None,
        any(re.fullmatch(r"\$[^-]*-(?:x-sys\w+|[0-9A-F]*804|zh-CN.*)", one, re.IGNORECASE) for one in brackets),
        next((one[-1] for one in brackets if re.fullmatch(r"DBNum[123]", one, re.IGNORECASE)), ""),
    )


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section | None, float]:
    """The section that shows the number, and the number as it shows it: without its sign where the section says it."""
    numeric = [section for section in sections[:3] if not (section.signs("@") and len(sections) > 1)]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _COMPARED[section.condition[0]](value, section.condition[1]):
                return section, value
        return None, value
    if len(numeric) > 2 and value == 0:
        return numeric[2], value
    if len(numeric) > 1 and value < 0:
        return numeric[1], -value
    return (numeric[0] if numeric else None), value


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=700))


def _number(section: _Section, value: float) -> str:
    tokens = list(section.tokens)
    if any(token.kind == "power" for token in tokens):
        places = _places(tokens)
        return f"{value:.{places}E}"
    if section.signs("/"):
        return _fraction(tokens, value)
    last = max(at for at, token in enumerate(tokens) if token.kind == "digit")
    point = next((at for at, token in enumerate(tokens) if token == ("sign", ".")), len(tokens))
    scale = 0
    # Commas behind the last figure before the point divide by a thousand each, others part thousands.
    ends = {last, max((at for at, token in enumerate(tokens[:point]) if token.kind == "digit"), default=last)}
    for end in ends:
        for token in tokens[end + 1 :]:
            if token != ("sign", ","):
                break
            scale += 1
    grouped = any(
        token == ("sign", ",") and any(other.kind == "digit" for other in tokens[at + 1 : point])
        for at, token in enumerate(tokens[:point])
    )
    scaled = value * 100 ** section.signs("%") / 1000**scale
    places = sum(token.kind == "digit" for token in tokens[point:])
    number = _rounded(float(f"{scaled:.15g}"), places)
    whole, _, decimals = f"{abs(number):f}".partition(".")
    before = _placed(tokens[:point], "" if whole == "0" else whole, grouped=grouped)
    after = _decimals(tokens[point:], decimals)
    sign = "-" if number < 0 else ""
    return _numerals(sign + before + after, section)


def _places(tokens: list[_Token]) -> int:
    """How many figures stand behind the point, up to an exponent."""
    places, counting = 0, False
    for token in tokens:
        if token.kind == "power":
            break
        counting = counting or token == ("sign", ".")
        places += counting and token.kind == "digit"
    return places


def _placed(tokens: list[_Token], figures: str, *, grouped: bool) -> str:
    """The whole part: its figures from the right into the places, what stands between the places stays there."""
    first = next((at for at, token in enumerate(tokens) if token.kind == "digit"), -1)
    pieces: list[str] = []
    count = 0

    def put(figure: str) -> None:
        nonlocal count
        if grouped and count and count % 3 == 0:
            pieces.append(",")
        pieces.append(figure)
        count += 1

    rest = list(figures)
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        if token.kind == "digit":
            if rest:
                put(rest.pop())
            elif token.text == "0":
                put("0")
            elif token.text == "?":
                pieces.append(" ")
            if at == first:
                while rest:
                    put(rest.pop())
        elif token != ("sign", ","):
            pieces.append(token.text[::-1])
    return "".join(pieces)[::-1]


def _decimals(tokens: list[_Token], figures: str) -> str:
    """What stands behind the point; zeros at the end only where the format asks for them."""
    places = [token.text for token in tokens if token.kind == "digit"]
    kept = len(figures)
    while kept and figures[kept - 1] == "0" and places[kept - 1] != "0":
        kept -= 1
    shown: list[str] = []
    at = 0
    for token in tokens:
        if token.kind == "digit":
            shown.append(figures[at] if at < kept else "")
            at += 1
        elif token != ("sign", ","):
            shown.append(token.text)
    return "".join(shown)


def _fraction(tokens: list[_Token], value: float) -> str:
    bar = next(at for at, token in enumerate(tokens) if token == ("sign", "/"))
    before, after = tokens[:bar], tokens[bar + 1 :]
    fixed = re.match(r"\d+", "".join(token.text for token in after if token.kind in {"text", "digit"}))
    exact = Fraction(Decimal(repr(abs(value))))
    if fixed and int(fixed[0]):
        denominator = int(fixed[0])
        numerator = int(exact * denominator + Fraction(1, 2))
    else:
        near = exact.limit_denominator(10 ** max(1, sum(token.kind == "digit" for token in after)) - 1)
        numerator, denominator = near.numerator, near.denominator
    # A space parts the places of the whole number from those of the fraction.
    mixed = any(token == ("text", " ") for token in before) and sum(token.kind == "digit" for token in before) > 1
    whole, numerator = divmod(numerator, denominator) if mixed else (0, numerator)
    fraction = f"{numerator}/{denominator}" if numerator or not mixed else ""
    shown = " ".join(filter(None, (str(whole) if whole else "", fraction))) or "0"
    unit = "".join(token.text for token in after if token.kind == "text" and not token.text.strip().isdigit())
    lead = "".join(token.text for token in before if token.kind == "text").strip()
    return f"{'-' if value < 0 else ''}{lead}{shown}{unit}".strip()


def _moment(serial: float, *, from_1904: bool) -> dt.datetime | None:
    """The moment that a serial number of days stands for; 1900 is counted as a leap year, which it was not."""
    if not 0 <= serial < _LAST_SERIAL:
        return None
    start = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30 if serial >= 60 else 31)
    try:
        return start + dt.timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return None


def _date(section: _Section, value: float, *, from_1904: bool) -> str | None:
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


def _date_part(code: str, moment: dt.datetime, section: _Section, *, minute: bool, noon: bool) -> str:
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


def _numerals(text: str, section: _Section) -> str:
    """The figures of the text as Chinese numerals, where the section asks for them."""
    if section.numerals not in {"1", "2"}:
        return text

    def written(figures: re.Match[str]) -> str:
        whole, _, decimals = figures[0].partition(".")
        formal = section.numerals == "2"
        plain = counted(int(whole), formal=formal)
        return f"{plain}.{spelt(decimals, formal=formal)}" if decimals else plain

    return re.sub(r"\d{1,15}(?:\.\d+)?", written, text)
