"""Every sentence of the conversation, in Chinese and English: one Fluent file for each language.

The only place where arguments are escaped. ``Phrases.html`` is for messages: text that goes in is escaped, unless it
is ``Html`` already. ``Phrases.text`` is for what Telegram shows as it is: buttons, pop-ups, titles, descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from fluent.syntax import FluentParser, ast

from bot.language import Language
from bot.rendering.operator import in_language
from bot.reply import Argument, Say

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

_ENTRY = re.compile(r"^(?=[a-z#])", re.MULTILINE)
_REFERENCE = re.compile(r"\{ *([a-z][\w-]*) *\}")
# Text takes the way past Fluent, which does not format pieces of more than 2,500 characters.
_SLOT = re.compile("\ue000(.*?)\ue001")

_REASONS = frozenset({"reason", "remark"})
"""Arguments that come from where files are read and folders written."""


class Html(str):
    """Text in Telegram's HTML, which is not escaped again."""

    __slots__ = ()


class Phrases:
    """The sentences of one language.

    Whole numbers and fractions are written as the language does (``1,234``) and choose plurals; an id is passed as
    text. Raises ``KeyError`` for a key that does not exist, and ``ValueError`` where a variable is missing.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._sources = sources(language)
        self._parsed: dict[str, ast.Message] = {}
        self._plain: dict[str, str] = {}  # what is the same every time

    def html(self, said: Say | str, /, **arguments: Argument) -> Html:
        """Return a sentence in Telegram's HTML, given as such or by its key; text among the arguments is escaped."""
        return Html(self._format(said, arguments, as_html=True))

    def text(self, said: Say | str, /, **arguments: Argument) -> str:
        """Return a sentence as plain text."""
        return self._format(said, arguments, as_html=False)

    def _format(self, said: Say | str, arguments: Mapping[str, Argument], *, as_html: bool) -> str:
        if isinstance(said, Say):
            return self._format(said.key, said.arguments, as_html=as_html)
        speak = self.html if as_html else self.text
        plain = {name: speak(value) if isinstance(value, Say) else value for name, value in arguments.items()}
        for name in _REASONS & plain.keys():
            plain[name] = self._reason(plain[name])
        return self._filled(said, plain, as_html=as_html)

    def _reason(self, value: str | int | float) -> str | int | float:
        """What an error or a remark of the reader's says, which the code has in English."""
        if not isinstance(value, str) or isinstance(value, Html) or self.language == "en":
            return value
        return in_language(value, "zh")

    def _filled(self, key: str, arguments: Mapping[str, str | int | float], *, as_html: bool) -> str:
        if not arguments and key in self._plain:
            return self._plain[key]
        if (said := self._joined(key, arguments, as_html=as_html)) is None:
            said = self._formatted(key, arguments, as_html=as_html)
        if not arguments:
            self._plain[key] = said
        return said

    def _joined(self, key: str, arguments: Mapping[str, str | int | float], *, as_html: bool) -> str | None:
        """Return a sentence whose variables are all text, as most are; ``None`` for others."""
        pattern, parts = self._message(key).value, []
        for element in pattern.elements if pattern else ():
            match element:
                case ast.TextElement():
                    parts.append(element.value)
                case ast.Placeable(expression=ast.VariableReference() as variable):
                    value = arguments.get(variable.id.name)
                    if not isinstance(value, str):
                        return None
                    parts.append(_written(value, as_html=as_html))
                case ast.Placeable(expression=ast.StringLiteral() as literal):
                    parts.append(literal.parse()["value"])
                case _:
                    return None
        return "".join(parts)

    def _formatted(self, key: str, arguments: Mapping[str, str | int | float], *, as_html: bool) -> str:
        """Return a sentence with numbers, plurals or other sentences in it."""
        needed = [key]
        for name in needed:
            needed += _REFERENCE.findall(self._sources[name])
        self._bundle.add_resource(ast.Resource([self._message(name) for name in needed]))
        texts = {name: value for name, value in arguments.items() if isinstance(value, str)}
        slots = {**arguments, **{name: f"\ue000{name}\ue001" for name in texts}}
        pattern = self._bundle.get_message(key).value
        assert pattern  # noqa: S101 - all our sentences have text
        formatted, errors = self._bundle.format_pattern(pattern, slots)
        if errors:
            raise ValueError(f"{key} in {self.language}: {errors[0]}")
        return _SLOT.sub(lambda slot: _written(texts[slot[1]], as_html=as_html), str(formatted))

    def _message(self, key: str) -> ast.Message:
        """Return a sentence, parsed when it is first said: to parse them all takes longer than an answer."""
        if key not in self._parsed:
            message = FluentParser().parse_entry(self._sources[key])
            assert isinstance(message, ast.Message)  # noqa: S101 - tests read every one
            self._parsed[key] = message
        return self._parsed[key]

    @cached_property
    def _bundle(self) -> FluentBundle:
        # What writes numbers brings the formats of the whole world: most sentences have none.
        from fluent.runtime import FluentBundle

        return FluentBundle([self.language], use_isolating=False)


def _written(value: str, *, as_html: bool) -> str:
    return escape(value) if as_html and not isinstance(value, Html) else value


@cache
def phrases(language: Language) -> Phrases:
    """The sentences of a language, read once."""
    return Phrases(language)


def sources(language: Language) -> dict[str, str]:
    """Return what Fluent reads of each sentence, by key."""
    return entries(files(__package__).joinpath(f"{language}.ftl").read_text(encoding="utf-8"))


def entries(text: str) -> dict[str, str]:
    """Return the sentences in the text of a file, each as it is written there, by key."""
    each = (entry for entry in _ENTRY.split(text) if entry[:1].isalpha())
    return {entry.partition("=")[0].rstrip(): entry for entry in each}
