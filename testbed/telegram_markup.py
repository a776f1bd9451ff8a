"""What Telegram does with text: parses HTML as its Bot API server does, and marks mentions and commands in messages.

The HTML rules follow tdlib's ``MessageEntity.cpp``, on which the Bot API server is built: a closed list of tags, strict
nesting, four named character references (an unknown one stays as it is written), white space cut off at both ends.
Offsets and lengths of entities are in UTF-16 units.
"""

from __future__ import annotations

import re
from typing import Any

Entity = dict[str, Any]

_ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_ATTRIBUTE = r"""\s+(?P<key>[\w-]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+)))?"""
_ATTRIBUTES = "(?:" + re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE) + ")*"
_START_TAG = re.compile(rf"<(?P<name>[^\s>]*)(?P<attributes>{_ATTRIBUTES})\s*>")
_END_TAG = re.compile(r"</(?P<name>[^>]*)>")
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[a-z]+));")

_FOUND_IN_TEXT = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]*\w"),
    "url": re.compile(r"https?://[^\s]+"),
    # A letter of any script next to it, and Telegram takes it for a part of a longer word.
    "mention": re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?!\w)"),
    "hashtag": re.compile(r"(?<!\w)#\w*[^\W\d]\w*"),
    "bot_command": re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])"),
}


class MarkupError(Exception):
    """HTML that Telegram refuses; the message is Telegram's, without its "Bad Request: can't parse entities: "."""


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """The text and the entities that Telegram makes of ``html``; raises ``MarkupError``."""
    text = ""
    entities: list[Entity] = []
    opened: list[tuple[str, Entity]] = []
    position = 0
    while position < len(html):
        place = f"at byte offset {len(html[:position].encode())}"
        if html[position] == "&" and (reference := _REFERENCE.match(html, position)):
            text += _decoded(reference)
            position = reference.end()
        elif html.startswith("</", position):
            tag = _END_TAG.match(html, position)
            if not opened:
                raise MarkupError(f"Unexpected end tag {place}")
            if not tag:
                raise MarkupError(f"Unclosed end tag {place}")
            name, entity = opened.pop()
            if tag["name"].strip().lower() not in ("", name):
                raise MarkupError(f'Unmatched end tag {place}, expected "</{name}>", found "{tag[0]}"')
            entity["length"] = utf16_length(text) - entity["offset"]
            entities.append(entity)
            position = tag.end()
        elif html[position] == "<":
            name, entity, position = _opened(html, position, place)
            opened.append((name, {"offset": utf16_length(text), **entity}))
        else:
            text += html[position]
            position += 1
    if opened:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return _trimmed(text, entities)


def _decoded(reference: re.Match[str]) -> str:
    if reference["name"]:
        return _REFERENCES.get(reference["name"], reference[0])
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    return chr(code) if 0 < code < 0x10FFFF else reference[0]


def _opened(html: str, position: int, place: str) -> tuple[str, Entity, int]:
    tag = _START_TAG.match(html, position)
    name = re.split(r"[\s>]", html[position + 1 :], maxsplit=1)[0].lower()
    if name not in _ENTITY_OF_TAG:
        raise MarkupError(f'Unsupported start tag "{name}" {place}')
    if not tag:
        raise MarkupError(f"Unclosed start tag {place}")
    attributes = {
        found["key"]: _REFERENCE.sub(_decoded, found["double"] or found["single"] or found["bare"] or "")
        for found in re.finditer(_ATTRIBUTE, tag["attributes"])
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" {place}')
    entity: Entity = {"type": _ENTITY_OF_TAG[name]}
    if name == "a":
        entity["url"] = attributes.get("href", "")
    if "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    return name, entity, tag.end()


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """White space at the ends goes, with the entities that hold nothing else; so do links that lead nowhere."""
    cut = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, utf16_length(text))
        leads_nowhere = entity["type"] == "text_link" and not re.match(r"(https?|tg)://\S", entity["url"])
        if start < end and not leads_nowhere:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def entities_in(text: str) -> list[Entity]:
    """The entities that Telegram finds by itself in what a person writes, none overlapping another."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _FOUND_IN_TEXT.items():
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end, _ in found):
                found.append((*match.span(), kind))
    return [
        {"type": kind, "offset": utf16_length(text[:start]), "length": utf16_length(text[start:end])}
        for start, end, kind in sorted(found)
    ]
