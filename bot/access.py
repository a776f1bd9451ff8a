"""Who is answered, and which documents can be seen where. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Audience:
    """Sees every document but those in the ``hidden`` folders."""

    hidden: frozenset[str] = frozenset()

    def __call__(self, path: str) -> bool:
        """Whether it sees the document at this path."""
        return not self.hidden or self.hidden.isdisjoint(folders_of(path))


@dataclass(frozen=True, slots=True)
class Access:
    """What the settings allow. ``migrated`` are the ids that groups had and have: whichever is set counts for both."""

    settings: Settings
    migrated: Mapping[int, int] = field(default_factory=dict)

    def is_operator(self, person_id: int) -> bool:
        """Whether somebody may change documents and see how it goes."""
        return person_id in self.settings.admins

    def answers_in(self, chat_id: int) -> bool:
        """Whether the bot answers in a chat. In private, where the chat has the person's id, it does for operators."""
        allowed = self.settings.allowed_chats
        return not allowed or not allowed.isdisjoint(self._ids(chat_id)) or self.is_operator(chat_id)

    def audience(self, chat_id: int) -> Audience:
        """What can be seen in a chat: a folder within a private one is for those who may see both."""
        private, ids = self.settings.private_folders.items(), self._ids(chat_id)
        return Audience(frozenset(folder for folder, chats in private if chats.isdisjoint(ids)))

    def current(self, chat_id: int) -> int:
        """Return the id that a chat has now."""
        return self.migrated.get(chat_id, chat_id)

    def _ids(self, chat_id: int) -> set[int]:
        now = self.current(chat_id)
        return {chat_id, now, *(old for old, new in self.migrated.items() if new == now)}

    def public(self) -> Audience:
        """What can be seen everywhere: inline results end up in chats that the bot does not know."""
        return Audience(frozenset(self.settings.private_folders))


def misnamed(settings: Settings, documents: Iterable[str]) -> list[str]:
    """Return a sentence for each private folder that is not there: what was meant would be seen by everybody.

    It has to be written as it is on disk, to the letter, or to be that of one of the ``documents``, as in an archive.
    """
    said = []
    missing = [folder for folder in settings.private_folders if not _is_listed(settings.documents, folder)]
    known = {folder for path in documents for folder in folders_of(path)} if missing else set()
    for folder in missing:
        if folder not in known:
            alike = [other for other in known | _folders_in(settings.documents) if spelling(other) == spelling(folder)]
            hint = f": write it as {' or '.join(sorted(alike))}" if alike else ""
            said.append(f"YUANJU_PRIVATE_FOLDERS names {folder}, which is not among the documents{hint}")
    return said


def _is_listed(place: Path, folder: str) -> bool:
    """Whether each part is listed as it is written; a file system may well open it under other names."""
    for part in PurePosixPath(folder).parts:
        try:
            if part not in {entry.name for entry in place.iterdir()}:
                return False
        except OSError:
            return False
        place = place / part
    return True


def _folders_in(documents: Path) -> set[str]:
    return {place.relative_to(documents).as_posix() for place in documents.rglob("*") if place.is_dir()}


def spelling(name: str) -> str:
    """Return what names have in common that differ in case or in the form of their characters only."""
    return unicodedata.normalize("NFKC", name).casefold()


def folders_of(path: str) -> set[str]:
    """The path itself and every folder that it lies in.

    >>> sorted(folders_of("a/b.txt"))
    ['a', 'a/b.txt']
    """
    whole = PurePosixPath(path)
    return {str(whole), *map(str, whole.parents)} - {"."}
