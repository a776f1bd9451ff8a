"""White space: collapsing it, and joining what a line end has parted, as Chinese and English each want it."""

from __future__ import annotations

import re

_WIDE = "\u2e80-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
_QUOTES = "“”‘’…—·"
_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Characters that show nothing and part words: zero-width marks, soft hyphens, byte-order marks, controls, surrogates.
# The zero-width joiner stays: emoji are made of it.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\ud800-\udfff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_SPACED = re.compile(f"[{_WIDE}] [A-Za-z0-9]|[A-Za-z0-9] [{_WIDE}]")
_UNSPACED = re.compile(f"[{_WIDE}][A-Za-z0-9]|[A-Za-z0-9][{_WIDE}]")

_CODE_END = re.compile(r"(?:[A-Z0-9]|\d[a-z]?)\Z")
_CODE_START = re.compile(r"[A-Z0-9]")
_LAST_WORD = re.compile(r"[A-Za-z0-9]{1,30}\Z")
# Prefixes whose words English sets with a hyphen, wherever the line ends.
_HYPHENATED = re.compile(
    r"self|non|well|high|low|long|short|real|user|cross|multi|semi|anti|half|full|one|two|three|four|five|six|first|second|"
    r"third|open|built|ready|hard|soft|left|right|cost|time|water|heat|fire|sound|light|state",
    re.IGNORECASE,
)
_HYPHENATED_END = re.compile(r"[A-Za-z0-9]-\Z")


def collapse(text: str) -> str:
    r"""The text on one line: white space runs become one space, and a line end between Chinese characters nothing.

    >>> collapse("  电动\n  汽车\telectric\ncars ")
    '电动汽车 electric cars'
    """
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
        if _BREAK.search(text):
            text = join_lines(_BREAK.split(text))
    return " ".join(text.split())


def without_invisible(text: str) -> str:
    """Return the text without the characters that show nothing and part words."""
    return _INVISIBLE.sub("", text)


def join_lines(lines: list[str]) -> str:
    """The lines as one: nothing between Chinese characters, a space between words.

    Where Chinese meets a Latin word or a figure, the text's own habit decides: ``共有⏎3000人`` is joined as the text
    writes ``10款`` or ``10 款`` elsewhere, and without a space when it does not say.
    """
    if len(lines) == 1:
        return lines[0].strip()
    text = "\n".join(lines)
    spaced = len(_SPACED.findall(text)) > len(_UNSPACED.findall(text))
    joined: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if joined and is_cut_word(joined[-1], line):
            before = joined[-1][:-1]
            joined[-1] = before + hyphen_between(before, line)
        elif joined:
            joined.append(_separator(joined[-1][-1], line[0], spaced=spaced))
        joined.append(line)
    return "".join(joined)


def is_cut_word(line: str, following: str) -> bool:
    """Whether a word or a code goes on in the following line, behind a hyphen."""
    return bool(_HYPHENATED_END.search(line)) and following[:1].isascii() and following[:1].isalnum()


def hyphen_between(before: str, after: str) -> str:
    """Return the hyphen between two pieces of a word that a line's end has parted, if the word is written with one.

    >>> hyphen_between("model XH", "200 and"), hyphen_between("the self", "adhesive"), hyphen_between("infor", "mation")
    ('-', '-', '')
    """
    is_code = bool(_CODE_END.search(before) and _CODE_START.match(after))
    word = _LAST_WORD.search(before)
    return "-" if is_code or (word and _HYPHENATED.fullmatch(word[0])) else ""


def _separator(left: str, right: str, *, spaced: bool) -> str:
    wide = bool(_WIDE_CHARACTER.match(left)), bool(_WIDE_CHARACTER.match(right))
    if not any(wide):
        return " "
    if (wide[0] or left in _QUOTES) and (wide[1] or right in _QUOTES):
        return ""
    return " " if spaced else ""


def width(text: str) -> int:
    """The columns that the text takes on a screen: two for a wide character, one for any other."""
    return len(text) + len(_WIDE_CHARACTER.findall(text))
