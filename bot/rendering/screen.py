"""What people read of a reply in a terminal: the same words as in Telegram, its markup as styles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser

from bot.language import visible
from bot.rendering import html
from bot.rendering.catalogue import Html, Phrases
from bot.reply import Block, Passage

Styled = tuple[tuple[str, str], ...]
"""Pieces of a text, each with its style as rich names it, empty for none."""

_STYLES = {"b": "bold", "i": "italic", "u": "underline", "code": "bold", "blockquote": "", "a": ""}
_ANSWER = {**_STYLES, "b": "bold green"}
_SENTENCE = {**_ANSWER, "blockquote": "italic"}


def message(blocks: Sequence[Block], phrases: Phrases) -> Styled:
    """Return the text of a message."""
    return _joined("\n\n", (_joined("\n", _lines(block, phrases)) for block in blocks))


def plain(styled: Styled) -> str:
    """Return a text without its styles."""
    return "".join(text for text, _ in styled)


def _joined(between: str, parts: Iterable[Styled]) -> Styled:
    pieces = [piece for part in parts for piece in ((between, ""), *part)]
    return tuple(pieces[1:])


def _lines(block: Block, phrases: Phrases) -> Iterator[Styled]:
    if not isinstance(block, Passage):
        yield styled(html.block(block, phrases))
        return
    yield styled(html.sentence(block), _SENTENCE)
    if source := html.source(block, phrases):
        yield ((plain(styled(source)), "dim"),)
    if paragraph := html.paragraph(block):
        yield styled(paragraph, _ANSWER)


def styled(markup: Html, styles: dict[str, str] | None = None) -> Styled:
    """Return a text in Telegram's HTML as a terminal shows it."""
    reader = _Reader(styles or _STYLES)
    reader.feed(markup)
    reader.close()
    return tuple(reader.pieces)


class _Reader(HTMLParser):
    """Reads the few tags that the house writes itself, properly nested."""

    def __init__(self, styles: dict[str, str]) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self._styles = styles
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._open.append(self._styles[tag])

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append((visible(data), " ".join(filter(None, self._open))))
