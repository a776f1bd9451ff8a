"""Number formats of Excel as people write them: their sections and tokens (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

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


class Token(NamedTuple):
    """A piece of a format: what it is, and how it is written."""

    kind: str  # text, digit, sign, date, elapsed, noon, power, general, seconds
    text: str


class Section(NamedTuple):
    """One part of a format: for the numbers that its condition fits, or for text."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    chinese_locale: bool
    numerals: str

    def has(self, *kinds: str) -> bool:
        """Whether a token of one of these kinds is in it."""
        return any(token.kind in kinds for token in self.tokens)

    def signs(self, sign: str) -> int:
        """How often the sign is in it."""
        return sum(token == ("sign", sign) for token in self.tokens)


@lru_cache(maxsize=1024)
def sections_of(number_format: str) -> tuple[Section, ...]:
    """Return the sections of a format, up to four: for positive numbers, negative ones, zero and text."""
    sections: list[Section] = []
    tokens: list[Token] = []
    brackets: list[str] = []
    for match in [*_TOKEN.finditer(number_format[:255]), None]:
        if match is None or match["other"] == ";":
            sections.append(_section(tokens, brackets))
            tokens, brackets = [], []
        elif match["bracket"] is not None:
            bracket = match["bracket"]
            if re.fullmatch(r"h+|m+|s+", bracket, re.IGNORECASE):
                tokens.append(Token("elapsed", bracket.lower()))
            elif bracket.startswith("$"):
                tokens.append(Token("text", bracket[1:].partition("-")[0]))
            brackets.append(bracket)
        else:
            tokens.extend(_token(match))
    return tuple(sections[:4])


def _token(match: re.Match[str]) -> list[Token]:
    kind = match.lastgroup or ""
    text = match[kind]
    if kind in {"quoted", "escaped", "other"}:
        return [Token("text", text)]
    if kind == "skipped":
        return [Token("text", " ")]
    if kind == "filled":
        return []
    if kind == "seconds":
        # After seconds they are their fractions, elsewhere the places of a number.
        return [Token("seconds", text)]
    return [Token(kind, text.lower() if kind == "date" else text)]


def _section(tokens: list[Token], brackets: list[str]) -> Section:
    is_date = any(token.kind in {"date", "elapsed"} for token in tokens)
    settled: list[Token] = []
    for token in tokens:
        if token.kind == "seconds" and not is_date:
            settled.append(Token("sign", "."))
            settled.extend(Token("digit", digit) for digit in token.text[1:])
        elif is_date and token.kind in {"sign", "digit"}:
            settled.append(Token("text", token.text))
        else:
            settled.append(token)
    condition = next(filter(None, map(_CONDITION.fullmatch, brackets)), None)
    return Section(
        tuple(settled),
        (condition[1], float(condition[2])) if condition else None,
        any(re.fullmatch(r"\$[^-]*-(?:x-sys\w+|[0-9A-F]*804|zh-CN.*)", one, re.IGNORECASE) for one in brackets),
        next((one[-1] for one in brackets if re.fullmatch(r"DBNum[123]", one, re.IGNORECASE)), ""),
    )
