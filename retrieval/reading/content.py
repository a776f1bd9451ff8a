"""What passes between the readers: a raw file in, its content out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, NamedTuple

from retrieval.reading.limits import Limits, Unpacking

if TYPE_CHECKING:
    from retrieval.reading.images.recognition import Recognition


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document, or somebody on its behalf, says of it; the date is ISO 8601, what is not said is ``None``."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    categories: tuple[str, ...] = ()

    def over(self, other: Metadata) -> Metadata:
        """These facts, and the other's where these are silent."""
        return Metadata(**{f.name: getattr(self, f.name) or getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The bytes of one file and what is known of them before they are read.

    ``path`` identifies the document in messages. ``encoding`` is one that the operator has set, ``language`` a tag
    such as ``zh-TW``. ``hidden`` says to read also what the file hides from people, such as hidden sheets.
    ``unpacking`` counts what this file and all around it unpack to, ``recognition``
    recognises the text in its pictures.
    """

    path: str
    data: bytes
    limits: Limits
    encoding: str | None = None
    language: str | None = None
    hidden: bool = False
    unpacking: Unpacking | None = None
    recognition: Recognition | None = None


class Block(NamedTuple):  # made sooner than a dataclass, as each piece of a text is
    """A piece of text that stands by itself: a paragraph, or with a ``level`` (1 is the outermost) a heading.

    ``page`` is the page it starts on; ``under`` what else it stands below, such as a table's caption; ``item`` says how
    deep in lists it stands (1 is an item of the outermost one, 0 is none), ``code`` that it is code, ``strong`` that
    all of it is set in bold. ``questions`` are the wordings of the question that it answers, which are no part of
    ``text``.
    """

    text: str
    level: int | None = None
    page: int | None = None
    under: tuple[str, ...] = ()
    item: int = 0
    code: bool = False
    strong: bool = False
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a reader found in a file."""

    format: str
    blocks: list[Block]
    metadata: Metadata = field(default_factory=Metadata)
    encoding: str | None = None
    remarks: tuple[str, ...] = ()
    recognised: tuple[int, ...] = ()
