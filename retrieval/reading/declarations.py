"""``documents.toml``: what the operator says of documents that do not say it themselves.

Each table is named by a glob of paths and may set encoding, title, author, date, url and language, or with
``hidden = true`` have read what a file hides from people; where several fit a document, the later ones win. A glob
without a slash fits a file's name in any folder::

    ["旧稿/**/*.txt"]
    encoding = "big5"
    author = "编辑部"
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentsFolderError
from retrieval.reading.finding import DECLARATIONS_NAME

_LARGEST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is declared of a document; ``None`` where nothing is."""

    encoding: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None
    hidden: bool | None = None


_KEYS = tuple(field.name for field in fields(Declaration))


@dataclass(frozen=True, slots=True)
class Declarations:
    """What is declared of the documents in a folder, by glob, in order."""

    rules: tuple[tuple[re.Pattern[str], Declaration], ...] = ()

    def of(self, path: str) -> Declaration:
        """What is declared of the document at this path."""
        values: dict[str, Any] = {}
        for pattern, declaration in self.rules:
            if pattern.fullmatch(path):
                values |= {key: value for key in _KEYS if (value := getattr(declaration, key)) is not None}
        return Declaration(**values)


def declared(folder: Path) -> Declarations:
    """What the folder's ``documents.toml`` declares; nothing when there is none.

    Raises ``DocumentsFolderError`` when it cannot be read, is malformed, or sets what cannot be set.
    """
    place = folder / DECLARATIONS_NAME
    if not place.is_file():
        return Declarations()
    import tomllib

    def error(reason: str) -> DocumentsFolderError:
        return DocumentsFolderError(folder, f"{DECLARATIONS_NAME}: {reason}")

    try:
        with place.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
        if len(data) > _LARGEST_BYTES:
            raise error("is larger than 1 MiB; use fewer, wider globs")
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as caught:
        raise error(f"cannot be opened ({caught.strerror})") from caught
    except UnicodeDecodeError as caught:
        raise error("is not UTF-8; save it as UTF-8") from caught
    except (tomllib.TOMLDecodeError, RecursionError) as caught:
        raise error(f"is malformed: {caught}") from caught
    rules: list[tuple[re.Pattern[str], Declaration]] = []
    for glob, values in tables.items():
        if not isinstance(values, dict):
            raise error(f'{glob} stands outside of a table; begin it with a glob, such as ["*.txt"]')
        try:
            rules.append((_pattern(glob), _declaration(values)))
        except ValueError as caught:
            raise error(f'["{glob}"] {caught}') from caught
    return Declarations(tuple(rules))


def _declaration(values: dict[str, object]) -> Declaration:
    from retrieval.reading.dates import iso_date

    checked: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            raise ValueError(f"sets {key}, which cannot be set; use {', '.join(_KEYS)}")
        if key == "hidden":
            if not isinstance(value, bool):
                raise ValueError(f"sets hidden to {value!r}; use true or false")
            checked[key] = value
            continue
        text = iso_date(value) if key == "date" else value
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"sets {key} to {value!r}, which is no {'date' if key == 'date' else 'text'}")
        checked[key] = text.strip()
    if "encoding" in checked:
        checked["encoding"] = _codec(checked["encoding"])
    if not re.match(r"https?://\S+$", checked.get("url", "https://a")):
        raise ValueError(f"sets url to {checked['url']}, which does not begin with http:// or https://")
    return Declaration(**checked)


def _codec(name: str) -> str:
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError as error:
        raise ValueError(f"sets encoding to {name}, which is unknown; use utf-8, gb18030, big5, utf-16 …") from error


def _pattern(glob: str) -> re.Pattern[str]:
    """The glob as a pattern: ``*`` and ``?`` stay within a folder, ``**`` goes through any number of them."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    translated = "".join(parts.get(piece) or re.escape(piece) for piece in re.split(r"(\*\*/|\*\*|\*|\?)", glob))
    return re.compile(translated if "/" in glob else f"(?:.*/)?{translated}", re.DOTALL)
