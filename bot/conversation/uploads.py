"""Files that operators send: looked at first, then, when confirmed, put among the documents and indexed."""

from __future__ import annotations

import asyncio
import os
import re
from functools import partial
from pathlib import PurePosixPath

from bot.actions import AcceptUpload, DiscardUpload, KeptUpload
from bot.conversation.services import Requester, Services
from bot.conversation.storage import reason_of, uploads_folder, write
from bot.memory.exchange import new_key
from bot.rendering.excerpts import shortened
from bot.reply import Button, Lines, Reply, Say, say
from retrieval import reading
from retrieval.errors import UnreadableDocument, YuanjuError

MEGABYTE = 1_000_000

_SAMPLE_LIMIT = 200
_REASON_LIMIT = 300
_REMARKS_SHOWN = 5
_NAME_BYTES = 200  # file systems take 255


class Uploads:
    """Takes files in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._folder = services.documents.folder
        self._waiting = uploads_folder(services.settings.index_folder)

    async def preview(self, name: str, content: bytes, caption: str, requester: Requester) -> Reply:
        """Return what a file would become, and buttons to take it in or not.

        A caption names the folder it shall lie in.
        """
        path = path_of(name, caption)
        if not os.access(self._folder, os.W_OK):
            return Reply((say("upload-read-only", reason=say("folder-read-only")),))
        try:
            found = await self._services.documents.preview(path, content)
        except UnreadableDocument as error:
            return Reply((say("upload-unreadable", name=path, reason=shortened(error.reason, _REASON_LIMIT)),))
        stored = new_key()
        try:
            await asyncio.to_thread(write, self._waiting / stored, content)
        except OSError as error:
            return Reply((say("upload-read-only", reason=reason_of(error)),))
        kept = KeptUpload(requester.asker.chat_id, path, stored)
        key = await self._services.ledger.keep_for_buttons(kept, person_id=requester.asker.person_id)
        buttons = (
            Button(say("button-confirm-upload"), AcceptUpload(key)),
            Button(say("button-discard-upload"), DiscardUpload(key)),
        )
        return Reply((self._described(path, found),), (buttons,))

    def accept(self, kept: KeptUpload) -> Reply:
        """Take a file in; questions go on being answered meanwhile, and from then on from it too."""
        return Reply((say("uploading", name=kept.path),), later=partial(self._accepted, kept))

    async def discard(self, kept: KeptUpload) -> Reply:
        """Leave a file out."""
        await asyncio.to_thread(write, self._waiting / kept.stored, None)
        return Reply((say("upload-discarded", name=kept.path),))

    def _described(self, path: str, found: reading.Reading) -> Lines:
        documents = found.documents
        encodings = ", ".join(dict.fromkeys(one.encoding for one in documents if one.encoding))
        remarks = [*(remark for one in documents for remark in one.remarks), *map(str, found.failures)]
        lines: list[Say | str] = [
            say(
                "upload-preview",
                name=path,
                format=", ".join(dict.fromkeys(one.format for one in documents)),
                encoding=encodings or say("upload-encoding-own"),
                paragraphs=sum(len(one.paragraphs) for one in documents),
            ),
            *(say("upload-remark", remark=shortened(remark)) for remark in remarks[:_REMARKS_SHOWN]),
            say("upload-sample", text=shortened(documents[0].paragraphs[0].text, _SAMPLE_LIMIT)),
        ]
        if (self._folder / path).exists():
            lines.append(say("upload-replaces"))
        return Lines(tuple(lines))

    async def _accepted(self, kept: KeptUpload) -> Reply:
        waiting = self._waiting / kept.stored
        try:
            said = await self._take(kept.path, await asyncio.to_thread(waiting.read_bytes))
            await asyncio.to_thread(write, waiting, None)
        except OSError as error:
            said = say("upload-read-only", reason=reason_of(error))
        return Reply((said,))

    async def _take(self, path: str, content: bytes) -> Say:
        place = self._folder / path
        before = place.read_bytes() if place.is_file() else None
        await asyncio.to_thread(write, place, content)
        try:
            report = await self._services.documents.refresh()
        except YuanjuError as error:
            await asyncio.to_thread(write, place, before)
            return say("reload-failed", reason=reason_of(error))
        file = next((file for file in report.files if file.path == path), None)
        if file is None or not file.documents:
            reason = shortened("; ".join(file.failures if file else ()), _REASON_LIMIT)
            return say("upload-unreadable", name=path, reason=reason)
        return say("uploaded", name=path, paragraphs=sum(document.paragraph_count for document in file.documents))


def path_of(name: str, caption: str) -> str:
    """Return where a file shall lie: a name without folders of its own, in the folder that the caption names."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"|?*\\/]', "_", PurePosixPath(name or "document.txt").name).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    stem = (stem if dot else name).encode()[: _NAME_BYTES - len(suffix)].decode(errors="ignore")
    folders = [part.strip(". ") for part in re.split(r"[/\\]", caption)]
    safe = [re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", part) for part in folders if part]
    return str(PurePosixPath(*safe, f"{stem}{dot}{suffix}" if dot else stem or "document"))
