"""The noun that a question asks for (哪种语言, 职业是什么), and the form that such a thing has in a text."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from retrieval.language import Tokenizer
from retrieval.language.classifiers import CLASSIFIERS

_ASKING = re.compile(
    rf"(?:哪|那|什么|何|几|多少)(?:一|两|几|些)*[{CLASSIFIERS}]*(?:样的?)?(?:主要|著名|重要|知名|特殊)?的?"
)
_COPULA = re.compile(r"(?:是|为|有|叫做?|指的?是?|在|于|由|从|到)$")
_PUNCTUATION = re.compile(r"[,。?!、;]")
_NOUNS = ("n", "l", "i", "j", "g", "vn", "an")
"""Parts of speech that end a noun phrase: nouns, idioms, fixed phrases, abbreviations, morphemes, 研究 and 困难."""
_ATTRIBUTES = (*_NOUNS, "b", "x", "k")
"""… and that may stand in one."""


def noun(text: str, gap: tuple[int, int] | None, tokenizer: Tokenizer) -> str:
    """Return the noun that the words at ``gap`` of a normalised question ask for; empty if they ask for none.

    It ends the noun phrase behind them (哪种官方语言 → 语言), else the one before 是, 为 or 有 (他的职业是什么 → 职业).
    """
    if gap is None:
        return ""
    asking = _ASKING.match(text, gap[0])
    behind = _PUNCTUATION.split(text[asking.end() if asking else gap[1] :])[0]
    found = ""
    for token in tokenizer.words(behind):
        if not (tokenizer.dictionary.part(token.text) or "n").startswith(_ATTRIBUTES):
            break
        found = token.text
        if not token.han:
            break  # English nouns stand first: how many days of leave
    if found:
        return found
    before = _PUNCTUATION.split(_COPULA.sub("", text[: gap[0]].rstrip()))[-1]
    last = next(reversed(list(tokenizer.words(before))), None)
    return last.text if last and (tokenizer.dictionary.part(last.text) or "n").startswith(_NOUNS) else ""


@lru_cache(maxsize=1024)
def form(name: str) -> re.Pattern[str] | None:
    """Return the form that a thing of a noun has in a text; ``None`` where that is not known."""
    if not name:
        return None
    exact = (form for names, form in _table() if name in names)
    partly = (form for names, form in _table() if any(len(n) > 1 and n in name for n in names))
    found = next(chain(exact, partly), None)
    return re.compile(found) if found else None


@cache
def _table() -> tuple[tuple[frozenset[str], str], ...]:
    table = tomllib.loads(files("retrieval.question").joinpath("nouns.toml").read_text("utf-8"))
    return tuple((frozenset(entry["names"]), entry["form"]) for entry in table["nouns"])
