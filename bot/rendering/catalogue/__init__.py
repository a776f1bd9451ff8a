"""Every sentence of the conversation, in Chinese and English: one Fluent file for each language.

The only place where arguments are escaped. ``Phrases.html`` is for messages: text that goes in is escaped, unless it
is ``Html`` already. ``Phrases.text`` is for what Telegram shows as it is: buttons, pop-ups, titles, descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

from bot.language import Language
from bot.rendering.operator import in_language
from bot.reply import Argument, Say

# Text takes the way past Fluent, which does not format pieces of more than 2,500 characters.
_SLOT = re.compile("\ue000(.*?)\ue001")

_QUOTATION_MARKS = str.maketrans("“”", "「」")


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
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(resource(language))
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
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        slots = {name: f"\ue000{name}\ue001" if isinstance(value, str) else value for name, value in arguments.items()}
        formatted, errors = self._bundle.format_pattern(message.value, slots)
        if errors:
            raise ValueError(f"{key} in {self.language}: {errors[0]}")

        def fill(slot: re.Match[str]) -> str:
            value = str(arguments[slot[1]])
            return escape(value) if as_html and not isinstance(arguments[slot[1]], Html) else value

        said = _SLOT.sub(fill, str(formatted))
        if not arguments:
            self._plain[key] = said
        return said


@cache
def phrases(language: Language) -> Phrases:
    """The sentences of a language, read once."""
    return Phrases(language)


def resource(language: Language) -> ast.Resource:
    """Return the sentences of a language, parsed; the traditional ones are the simplified ones, converted.

    What ``zh-hant.ftl`` holds are corrections of that by hand.
    """
    if language != "zh-hant":
        return FluentResource(_file(language))
    from opencc import OpenCC

    corrected = FluentResource(_file(language))
    known = {entry.id.name for entry in corrected.body if isinstance(entry, ast.Message)}
    converted = FluentResource(OpenCC("s2twp").convert(_file("zh")).translate(_QUOTATION_MARKS))
    converted.body = [
        *corrected.body,
        *(one for one in converted.body if not (isinstance(one, ast.Message) and one.id.name in known)),
    ]
    return converted


def _file(language: Language) -> str:
    return files(__package__).joinpath(f"{language}.ftl").read_text(encoding="utf-8")
