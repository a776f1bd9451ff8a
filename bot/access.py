"""Who is answered, and which documents can be seen where. Pure."""

from __future__ import annotations

import os
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
    Another that looks like it, and has documents, has to be named as well.
    """
    private = set(settings.private_folders)
    if not private:
        return []
    paths = set(documents)
    places = {path.rpartition("/")[0] for path in paths}
    folders = {folder for place in places for folder in folders_of(place)} - {"."}
    looks: dict[str, set[str]] = {}
    for other in folders:
        looks.setdefault(spelling(other), set()).add(other)
    said = []
    for folder in settings.private_folders:
        there = folder in folders or folder in paths or _is_listed(settings.documents, folder)
        alike = looks.get(spelling(folder), set()) - private
        if there:
            said += [
                f"YUANJU_PRIVATE_FOLDERS names {folder}, but everybody sees {other} beside it, which looks the same: "
                "name it too, or give it another name"
                for other in sorted(alike)
            ]
        else:
            on_disk = {other for other in _folders_in(settings.documents) if spelling(other) == spelling(folder)}
            hint = f": write it as {' or '.join(sorted(found))}" if (found := alike | on_disk) else ""
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
    # What cannot be looked into, or lies too deep, is passed over.
    walk = ((Path(place).relative_to(documents), folders) for place, folders, _ in os.walk(documents))
    return {(place / folder).as_posix() for place, folders in walk for folder in folders}


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
