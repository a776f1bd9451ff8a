"""What is said, as plain data: blocks of sentences and quotes, buttons, and what a press changes.

The conversation makes it; ``rendering`` turns it into text in the reader's language; front ends carry it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.language import Language
from retrieval.records import Quote

if TYPE_CHECKING:
    from bot.actions import Action

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of the catalogue; what stands in it may be such a sentence itself."""

    key: str
    arguments: Mapping[str, Argument]


Argument = str | int | float | Say


def say(key: str, /, **arguments: Argument) -> Say:
    """Return the sentence with this key."""
    return Say(key, arguments)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines without a blank one between them."""

    lines: tuple[Say | str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is shown of a quote: ``text``, verbatim but for ``…`` at an end, and where in it what answers stands.

    ``cited`` is how much of its source stands beneath: all, only the paragraph where the rest is as above, or nothing.
    ``context`` is the piece of its paragraph that is shown too, as offsets, where the sentences of all quotes in
    ``marked`` are underlined. What is not ``sure`` to answer looks like a quotation, and nothing in it stands out.
    """

    quote: Quote
    text: str
    highlights: tuple[Span, ...] = ()
    cited: Literal["fully", "paragraph", "no"] = "fully"
    context: Span | None = None
    marked: tuple[Quote, ...] = ()
    sure: bool = True


Block = Say | Lines | Passage


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press."""

    label: Say | str
    action: Action


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file that is handed over."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """A message: blocks with a blank line between them, and rows of buttons.

    ``language`` is the requester's where it is ``None``. Once the message has been sent, ``delivered`` is called with
    the ids of the question's message, if there is one, and of this; then what ``later`` returns takes its place.
    """

    blocks: tuple[Block, ...]
    buttons: Rows = ()
    language: Language | None = None
    file: File | None = None
    delivered: Callable[[int | None, int], None] | None = None
    later: Callable[[], Awaitable[Reply]] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a press does: a ``new`` message, one ``instead`` of that with the button, or other buttons beneath it.

    ``labels`` go to the buttons that send the same; ``choices`` take the place of the row with the button.
    """

    how: Literal["new", "instead", "labels", "choices"]
    reply: Reply


@dataclass(frozen=True, slots=True)
class Pressed:
    """What is said at once to whoever pressed a button, and the work that is to be done then.

    An ``alert`` is more than a passing word.
    """

    notice: Say | None = None
    alert: bool = False
    work: Callable[[], Awaitable[Change | None]] | None = None
