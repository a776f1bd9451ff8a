"""A number or a text as a sheet shows it in its format (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from retrieval.numerals import counted, spelt
from retrieval.reading.office.date_formats import shown_date
from retrieval.reading.office.format_codes import Section, Token, sections_of

_COMPARED = {
    "<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__, "=": float.__eq__, "<>": float.__ne__,
}  # fmt: skip
_LONGEST_GENERAL = 11


def shown_number(value: float, number_format: str, *, from_1904: bool = False) -> str:
    """The number in this format.

    >>> shown_number(12, "00000"), shown_number(123456, '0!.0,"万"'), shown_number(1.1041666666666667, "[h]:mm")
    ('00012', '12.3万', '26:30')
    """
    if number_format == "General" or not math.isfinite(value):
        return general(value)
    section, value = _chosen(sections_of(number_format), float(value))
    if section is None:
        return ""
    if section.has("date", "elapsed", "noon"):
        return shown_date(section, value, from_1904=from_1904) or general(value)
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
    sections = sections_of(number_format)
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
    return f"{_rounded(Decimal(repr(value)), places):f}".rstrip("0").rstrip(".")


def _chosen(sections: tuple[Section, ...], value: float) -> tuple[Section | None, float]:
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


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=700))


def _number(section: Section, value: float) -> str:
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
    scaled = Decimal(f"{value:.15g}").scaleb(2 * section.signs("%") - 3 * scale)
    places = sum(token.kind == "digit" for token in tokens[point:])
    number = _rounded(scaled, places)
    whole, _, decimals = f"{abs(number):f}".partition(".")
    before = _placed(tokens[:point], "" if whole == "0" else whole, grouped=grouped)
    after = _decimals(tokens[point:], decimals)
    sign = "-" if number < 0 else ""
    return _numerals(sign + before + after, section)


def _places(tokens: list[Token]) -> int:
    """How many figures stand behind the point, up to an exponent."""
    places, counting = 0, False
    for token in tokens:
        if token.kind == "power":
            break
        counting = counting or token == ("sign", ".")
        places += counting and token.kind == "digit"
    return places


def _placed(tokens: list[Token], figures: str, *, grouped: bool) -> str:
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


def _decimals(tokens: list[Token], figures: str) -> str:
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


def _fraction(tokens: list[Token], value: float) -> str:
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


def _numerals(text: str, section: Section) -> str:
    """The figures of the text as Chinese numerals, where the section asks for them."""
    if section.numerals not in {"1", "2"}:
        return text

    def written(figures: re.Match[str]) -> str:
        whole, _, decimals = figures[0].partition(".")
        formal = section.numerals == "2"
        plain = counted(int(whole), formal=formal)
        return f"{plain}.{spelt(decimals, formal=formal)}" if decimals else plain

    return re.sub(r"\d{1,15}(?:\.\d+)?", written, text)
