"""Files that operators send: looked at first, then, when confirmed, put among the documents and indexed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, Message
from telegram import Document as File
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.conversation import buttons
from bot.conversation.answers import Reply
from bot.conversation.buttons import Kind
from bot.conversation.services import Requester, Services
from bot.rendering.catalogue import Html
from bot.rendering.replies import shortened
from retrieval.errors import UnreadableDocument, YuanjuError

_MEGABYTE = 1_000_000
_LARGEST = 20 * _MEGABYTE
_SAMPLE_LIMIT = 200
_REASON_LIMIT = 300
_REMARKS_SHOWN = 5
_NAME_BYTES = 200  # file systems take 255


class Uploads:
    """Takes files in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._folder = services.documents.folder

    async def preview(self, message: Message, requester: Requester) -> Reply:
        """What a file would become, and buttons to take it in or not.

        A caption names the folder it shall lie in.
        """
        say, file = requester.phrases.html, message.document
        assert file is not None  # noqa: S101 - a filter has seen to it
        path = _path(file, message.caption)
        size = file.file_size or 0
        if size > _LARGEST:
            megabytes = {"size": round(size / _MEGABYTE, 1), "limit": _LARGEST // _MEGABYTE}
            return Reply(say("upload-too-big", name=path, **megabytes))
        if not os.access(self._folder, os.W_OK):
            return Reply(say("upload-read-only", reason=requester.phrases.text("folder-read-only")))
        try:
            content = await _content(message.get_bot(), file.file_id)
        except TelegramError as error:
            return Reply(say("upload-unreadable", name=path, reason=error.message))
        try:
            found = await self._services.documents.preview(path, content)
        except UnreadableDocument as error:
            return Reply(say("upload-unreadable", name=path, reason=shortened(error.reason, _REASON_LIMIT)))
        documents = found.documents
        remarks = [*(remark for one in documents for remark in one.remarks), *map(str, found.failures)]
        lines = [
            say(
                "upload-preview",
                name=path,
                format=", ".join(dict.fromkeys(one.format for one in documents)),
                encoding=", ".join(dict.fromkeys(one.encoding for one in documents if one.encoding))
                or requester.phrases.text("upload-encoding-own"),
                paragraphs=sum(len(one.paragraphs) for one in documents),
            ),
            *(say("upload-remark", remark=shortened(remark)) for remark in remarks[:_REMARKS_SHOWN]),
            say("upload-sample", text=shortened(documents[0].paragraphs[0].text, _SAMPLE_LIMIT)),
        ]
        if (self._folder / path).exists():
            lines.append(say("upload-replaces"))
        payload = {"chat": requester.asker.chat_id, "file": file.file_id, "path": path}
        key = await self._services.ledger.keep_button(payload, person_id=requester.asker.person_id)
        row = [
            buttons.button(requester.phrases.text("button-confirm-upload"), Kind.UPLOAD, key),
            buttons.button(requester.phrases.text("button-discard-upload"), Kind.DISCARD, key),
        ]
        return Reply(Html("\n".join(lines)), InlineKeyboardMarkup([row]))

    async def accept(self, message: Message, payload: Mapping[str, Any], requester: Requester) -> None:
        """Take a file in; questions go on being answered meanwhile, and from then on from it too."""
        say, path = requester.phrases.html, payload["path"]
        try:
            await message.edit_text(say("uploading", name=path))
        except BadRequest:  # the button has been pressed twice
            return
        try:
            content = await _content(message.get_bot(), payload["file"])
            html = await self._take(path, content, requester)
        except TelegramError as error:
            html = say("upload-unreadable", name=path, reason=error.message)
        except OSError as error:
            html = say("upload-read-only", reason=error.strerror or str(error))
        await message.edit_text(html)

    async def discard(self, payload: Mapping[str, Any], requester: Requester) -> Reply:
        """Leave a file out."""
        return Reply(requester.phrases.html("upload-discarded", name=payload["path"]))

    async def _take(self, path: str, content: bytes, requester: Requester) -> Html:
        place = self._folder / path
        before = place.read_bytes() if place.is_file() else None
        await asyncio.to_thread(_write, place, content)
        try:
            report = await self._services.documents.refresh()
        except YuanjuError as error:
            await asyncio.to_thread(_write, place, before)
            return requester.phrases.html("reload-failed", reason=shortened(str(error), _REASON_LIMIT))
        file = next((file for file in report.files if file.path == path), None)
        if file is None or not file.documents:
            reason = shortened("; ".join(file.failures if file else ()), _REASON_LIMIT)
            return requester.phrases.html("upload-unreadable", name=path, reason=reason)
        paragraphs = sum(document.paragraph_count for document in file.documents)
        return requester.phrases.html("uploaded", name=path, paragraphs=paragraphs)


def _path(file: File, caption: str | None) -> str:
    """Where the file shall lie: a name without folders of its own, in the folder that the caption names."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"|?*\\/]', "_", PurePosixPath(file.file_name or "document.txt").name).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    stem = (stem if dot else name).encode()[: _NAME_BYTES - len(suffix)].decode(errors="ignore")
    folders = [part.strip(". ") for part in re.split(r"[/\\]", caption or "")]
    safe = [re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", part) for part in folders if part]
    return str(PurePosixPath(*safe, f"{stem}{dot}{suffix}" if dot else stem or "document"))


def _write(place: Path, content: bytes | None) -> None:
    """Put the content there in one step; ``None`` leaves no file."""
    if content is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.part")
    try:
        half.write_bytes(content)
        half.replace(place)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


async def _content(bot: Bot, file_id: str) -> bytes:
    """A file's content. Raises ``TelegramError``, also where something else came than what Telegram announced."""
    file = await bot.get_file(file_id)
    content = bytes(await file.download_as_bytearray())
    if file.file_size not in {None, len(content)}:
        raise NetworkError(f"{len(content)} of {file.file_size} bytes came")
    return content
