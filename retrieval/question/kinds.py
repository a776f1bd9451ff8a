"""What kind of answer a question asks for, and what such an answer looks like in a text.

The kinds are those of the open-domain question-answering tracks of TREC, as Chinese asks for them; their patterns are
data, in ``kinds.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of answer, by its ``sources``: the alternatives of its patterns, with the ``vocabulary`` they may name.

    Its patterns are compiled when they are first needed: all of them take longer than a question does.
    """

    name: str
    sources: Mapping[str, Any]
    vocabulary: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def asks(self) -> re.Pattern[str]:
        """What finds the words that ask for it."""
        return _compiled(self.sources["asks"], self.vocabulary)

    @cached_property
    def nouns(self) -> re.Pattern[str] | None:
        """What finds, at the end of a keyword, a noun that names it; ``None`` where no noun does."""
        if "nouns" not in self.sources:
            return None
        return _compiled([rf"(?:{'|'.join(self.sources['nouns'])})(?=\s|\W*$)"], self.vocabulary)

    @cached_property
    def answers(self) -> re.Pattern[str] | None:
        """What tells whether a text has one at all; ``None`` where an answer has no form of its own."""
        if "answers" not in self.sources:
            return None
        begins = f"(?=[{self.sources['begins']}])" if "begins" in self.sources else ""
        return _compiled(self.sources["answers"], self.vocabulary, begins)

    @cached_property
    def spans(self) -> tuple[re.Pattern[str], ...]:
        """What finds it, tightly, the surest first; a group named ``answer`` is the span, else the whole match."""
        return tuple(_compiled(span, self.vocabulary) for span in self.sources.get("spans", ()))

    @cached_property
    def loose(self) -> tuple[re.Pattern[str], ...]:
        """Spans that are highlighted in a sentence that answers, but do not tell that it does."""
        return tuple(_compiled(span, self.vocabulary) for span in self.sources.get("loose", ()))

    def patterns(self, what: str) -> tuple[re.Pattern[str], ...]:
        """Return those of ``answers``, of ``spans``, or of ``highlights``: these are the spans and the loose ones."""
        if what == "answers":
            return () if self.answers is None else (self.answers,)
        return self.spans + self.loose if what == "highlights" else self.spans


def answer_group(pattern: re.Pattern[str]) -> str | int:
    """Return the group of one of the ``spans`` that is the answer.

    >>> text = "他生于1881年9月25日,死于上海。"
    >>> [match[answer_group(pattern)] for pattern in named("time").spans[:1] for match in pattern.finditer(text)]
    ['1881年9月25日']
    """
    return "answer" if "answer" in pattern.groupindex else 0


NONE = Kind("none", {"asks": ("(?!)",)})
"""The kind of what asks for nothing."""


def ask(text: str) -> tuple[Kind, tuple[int, int] | None]:
    """Return the kind of answer that a normalised question asks for, and where the words stand that ask for it.

    >>> kind, span = ask("明年目标是多少?")
    >>> kind.name, span
    ('number', (5, 7))
    """
    begin = len(text) - len(text.lstrip())  # patterns may say that a question begins with what asks
    said = text[begin:]
    for kind in kinds():
        match = kind.asks.search(said)
        if match and match.end() > match.start():
            return kind, (begin + match.start(), begin + match.end())
    return NONE, None


def wanted(text: str) -> tuple[Kind, tuple[int, int] | None]:
    """Return the kind of answer that keywords without words that ask are after, and where the noun stands that tells.

    A noun alone is after nothing: it is what is asked about.

    >>> kind, span = wanted("新员工 年假 天数")
    >>> kind.name, span
    ('duration', (7, 9))
    """
    for kind in kinds():
        match = kind.nouns.search(text) if kind.nouns else None
        if match and any(map(str.isalnum, text[: match.start()] + text[match.end() :])):
            return kind, match.span()
    return NONE, None


def named(name: str) -> Kind:
    """Return a kind by its name. Raises ``StopIteration`` when there is none."""
    return next(kind for kind in kinds() if kind.name == name)


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all kinds, in the order in which they are tried."""
    table = tomllib.loads(files("retrieval.question").joinpath("kinds.toml").read_text("utf-8"))
    vocabulary: dict[str, str] = {}
    for name, entry in table["vocabulary"].items():
        vocabulary[name] = _filled(entry if isinstance(entry, str) else f"(?:{'|'.join(entry)})", vocabulary)
    return tuple(Kind(entry["name"], entry, vocabulary) for entry in table["kinds"])


def _compiled(alternatives: Sequence[str], vocabulary: Mapping[str, str], begins: str = "") -> re.Pattern[str]:
    return re.compile(_filled(f"{begins}(?:{'|'.join(alternatives)})", vocabulary))


def _filled(pattern: str, vocabulary: Mapping[str, str]) -> str:
    # Not (?P<answer>…), which names a group. A name that is missing raises KeyError: as text it would never be found.
    return re.sub(r"(?<!\?P)<(\w+)>", lambda match: vocabulary[match[1]], pattern)
