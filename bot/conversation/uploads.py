"""Files that operators send: looked at first, then, when confirmed, put among the documents and indexed."""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from bot.access import spelling
from bot.actions import AcceptUpload, DiscardUpload, KeptRemoval, KeptUpload, Restore
from bot.conversation.services import Requester, Services
from bot.conversation.storage import copy, make_private, move, reason_of, removed_folder, uploads_folder, write
from bot.documents.control import CONTROL_FILES, trouble
from bot.memory.exchange import new_key
from bot.memory.progress import waiting
from bot.rendering.excerpts import shortened
from bot.reply import Block, Button, Lines, Reply, Say, say
from retrieval import reading
from retrieval.errors import UnreadableDocument, YuanjuError
from retrieval.records import Document

MEGABYTE = 1_000_000

_SAMPLE_LIMIT = 200
_REASON_LIMIT = 300
_REMARKS_SHOWN = 5
_NAME_BYTES = 200  # file systems take 255
_SUFFIX_BYTES = 20
_DEPTH = 8
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9¹²³]|conin\$|conout\$", re.IGNORECASE)
_FOLDER = re.compile(r"\s*(?:folder|文件夹|文件夾|資料夾|资料夹)\s*[:：]\s*(?P<name>[^\n]+?)\s*", re.IGNORECASE)
_FORMATS = {
    **dict.fromkeys(("text", "markdown"), say("format-text")),
    **{"html": say("format-html"), "csv": say("format-table"), "epub": say("format-book")},
    **{"docx": say("format-word"), "pptx": say("format-slides"), "xlsx": say("format-sheets")},
    "picture": say("format-picture"),
}


def names_folder(caption: str) -> bool:
    """Whether a caption says nothing but the folder of what it stands below, or nothing at all."""
    return not caption.strip() or bool(_FOLDER.fullmatch(caption))


class Uploads:
    """Takes files in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._folder = services.documents.folder
        self._waiting = uploads_folder(services.settings.index_folder)
        self._removed = removed_folder(services.settings.index_folder)
        self._taking = asyncio.Lock()

    async def preview(self, name: str, content: bytes, caption: str, requester: Requester) -> Reply:
        """Return what a file would become, and buttons to take it in or not.

        A caption may name the folder it shall lie in.
        """
        path = path_of(name, self._named_folder(caption), self._folders())
        if not os.access(self._folder, os.W_OK):
            return Reply((say("upload-read-only", reason=say("folder-read-only")),))
        try:
            described = await self._described(path, content)
        except UnreadableDocument as error:
            return Reply((say("upload-unreadable", name=path, reason=shortened(error.reason, _REASON_LIMIT)),))
        stored = new_key()
        try:
            make_private(self._waiting)
            await asyncio.to_thread(write, self._waiting / stored, content)
        except OSError as error:
            return Reply((say("upload-read-only", reason=reason_of(error)),))
        kept = KeptUpload(requester.asker.chat_id, path, stored)
        key = await self._services.ledger.keep_for_buttons(kept, person_id=requester.asker.person_id)
        buttons = (
            Button(say("button-confirm-upload"), AcceptUpload(key)),
            Button(say("button-discard-upload"), DiscardUpload(key)),
        )
        return Reply(described, (buttons,))

    def accept(self, kept: KeptUpload, requester: Requester) -> Reply:
        """Take a file in; questions go on being answered meanwhile, and from then on from it too."""
        return Reply((say("uploading", name=kept.path),), later=partial(self._accepted, kept, requester))

    async def discard(self, kept: KeptUpload) -> Reply:
        """Leave a file out."""
        await asyncio.to_thread(write, self._waiting / kept.stored, None)
        return Reply((say("upload-discarded", name=kept.path),))

    def _named_folder(self, caption: str) -> str:
        """The folder that a caption names, by saying so or because there is one of this name; else the documents'."""
        if match := _FOLDER.fullmatch(caption):
            return match["name"]
        name = spelling(caption.strip().strip("/"))
        return next((folder for folder in self._folders() if spelling(folder) == name), "")

    def _folders(self) -> set[str]:
        """The folders with documents, and those that only some may see, which may still be empty."""
        paths = {PurePosixPath(file.path) for file in self._services.documents.files}
        private = set(self._services.settings.private_folders)
        return ({str(parent) for path in paths for parent in path.parents} | private) - {"."}

    async def _described(self, path: str, content: bytes) -> tuple[Block, ...]:
        """What a file would become. Raises ``UnreadableDocument``, also for a control file that has a mistake."""
        replaces = [say("upload-replaces")] if (self._folder / path).exists() else []
        if path in CONTROL_FILES:
            if wrong := await asyncio.to_thread(trouble, self._folder, path, content):
                raise UnreadableDocument(path, wrong)
            lines = content.decode("utf-8-sig", "replace").splitlines()
            count = sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in lines)
            return (Lines((say("upload-control", name=path, count=count), *replaces)),)
        with waiting():
            found = await self._services.documents.preview(path, content)
        return (Lines((*_preview(path, found), *replaces)), _sample(found.documents[0]))

    async def _accepted(self, kept: KeptUpload, requester: Requester) -> Reply:
        """Take a file in, once; what a crash has left half done is completed."""
        state, plan, waiting = self._services.ledger.state, f"accept {kept.stored}", self._waiting / kept.stored
        place = self._folder / kept.path
        async with self._taking:  # of two presses one comes after the other, and finds what has been done
            planned = await state.plan(plan)
            if planned is None:
                if not waiting.exists():  # it has been left out
                    return Reply((say("out-of-date"),))
                removal = KeptRemoval(requester.asker.chat_id, kept.path, new_key() if place.is_file() else "")
                planned = await state.planned(plan, removal, person_id=requester.asker.person_id)
            key, before = planned
            assert isinstance(before, KeptRemoval)  # noqa: S101 - nothing else is planned under this name
            try:
                await asyncio.to_thread(self._put, waiting, place, before)
                if not before.modified:
                    before = replace(before, modified=place.stat().st_mtime_ns)
                    await state.keep_instead(key, before)
            except OSError as error:
                return Reply((say("upload-read-only", reason=reason_of(error)),))
        return await self._indexed(before, key)

    def _put(self, waiting: Path, place: Path, before: KeptRemoval) -> None:
        if not waiting.exists():
            return  # it is in its place
        stored = self._removed / before.stored
        if before.stored and not stored.exists():
            make_private(self._removed)
            copy(place, stored)
        write(place, waiting.read_bytes())
        waiting.unlink(missing_ok=True)

    async def _indexed(self, before: KeptRemoval, key: str) -> Reply:
        path = before.path
        try:
            with waiting():
                report = await self._services.documents.refresh((path,))
        except YuanjuError as error:
            await asyncio.to_thread(self._put_back, before)
            return Reply((say("reload-failed", reason=reason_of(error)),))
        said = say("upload-control-done", name=path)
        if path not in CONTROL_FILES:
            file = next((file for file in report.files if file.path == path), None)
            if file is None or not file.documents:
                reason = shortened("; ".join(file.failures if file else ()), _REASON_LIMIT)
                return Reply((say("upload-unreadable", name=path, reason=reason),))
            said = say("uploaded", name=path, paragraphs=sum(one.paragraph_count for one in file.documents))
        return Reply((said,), ((Button(say("button-undo"), Restore(key)),),))

    def _put_back(self, before: KeptRemoval) -> None:
        """Undo what was written: what was there comes back, or nothing."""
        stored, place = self._removed / before.stored, self._folder / before.path
        if before.stored and stored.exists():
            move(stored, place)
        elif not before.stored:
            place.unlink(missing_ok=True)


def path_of(name: str, folder: str, folders: Iterable[str] = ()) -> str:
    """Return where a file shall lie: a name without folders of its own, in a folder within the documents'.

    Every part is one that each system takes, within 200 bytes, and no more than eight deep. One of the ``folders`` that
    are there is meant by another spelling, too: beside a private one there shall be no public one that looks like it.
    """
    stem, dot, suffix = _plain(PurePosixPath(name or "document.txt").name).rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    suffix = _cut(suffix, _SUFFIX_BYTES).strip()
    stem = _cut(stem, _NAME_BYTES - len(suffix.encode())).strip(". ") or "document"
    parts = [part for part in map(_plain, re.split(r"[/\\]", folder)) if part][:_DEPTH]
    place = "/".join(map(_allowed, (_cut(part, _NAME_BYTES).strip(". ") for part in parts)))
    place = next((other for other in folders if spelling(other) == spelling(place)), place)
    return str(PurePosixPath(place, _allowed(f"{stem}.{suffix}" if suffix else stem)))


def _plain(name: str) -> str:
    """Return a name in one form of its characters, without such as no file may have, or that nobody sees."""
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    name = "".join("" if unicodedata.category(one) in _UNSEEN else one for one in re.sub(r"[\x00-\x1f\x7f]", "_", name))
    return re.sub(r"\s", " ", re.sub(r'[<>:"|?*\\/]', "_", name)).strip(". ")


def _allowed(name: str) -> str:
    """Return a name that is none of Windows's devices, whatever comes after the first dot."""
    return f"_{name}" if _DEVICE.fullmatch(name.partition(".")[0].strip()) else name


def _cut(name: str, limit: int) -> str:
    return name.encode()[:limit].decode(errors="ignore")


def _preview(path: str, found: reading.Reading) -> list[Say]:
    """What is to be judged at a glance: title, place, date, size, and what is doubtful."""
    first, *others = found.documents
    folder = str(PurePosixPath(path).parent)
    formats = dict.fromkeys(one.format for one in found.documents)
    remarks = [*(remark for one in found.documents for remark in one.remarks), *map(str, found.failures)]
    return [
        say("upload-title", title=shortened(first.source.title or path)),
        say("upload-name", name=PurePosixPath(path).name),
        say("upload-folder", folder=say("upload-folder-own") if folder == "." else folder),
        *([say("upload-date", date=first.source.date)] if first.source.date else []),
        say(
            "upload-size",
            format=_FORMATS.get(first.format, first.format.upper()) if len(formats) == 1 else say("format-archive"),
            paragraphs=sum(len(one.paragraphs) for one in found.documents),
        ),
        *([say("upload-documents", count=1 + len(others))] if others else []),
        *(say("upload-remark", remark=shortened(remark)) for remark in remarks[:_REMARKS_SHOWN]),
    ]


def _sample(document: Document) -> Say:
    text = " ".join(paragraph.text for paragraph in document.paragraphs[:3])
    return say("upload-sample", text=shortened(text, _SAMPLE_LIMIT))
