"""Who is answered, and which documents can be seen where. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

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
    """What the settings allow."""

    settings: Settings

    def is_operator(self, person_id: int) -> bool:
        """Whether somebody may change documents and see how it goes."""
        return person_id in self.settings.admins

    def answers_in(self, chat_id: int) -> bool:
        """Whether the bot answers in a chat. In private, where the chat has the person's id, it does for operators."""
        allowed = self.settings.allowed_chats
        return not allowed or chat_id in allowed or self.is_operator(chat_id)

    def audience(self, chat_id: int) -> Audience:
        """What can be seen in a chat: a folder within a private one is for those who may see both."""
        private = self.settings.private_folders.items()
        return Audience(frozenset(folder for folder, chats in private if chat_id not in chats))

    def public(self) -> Audience:
        """What can be seen everywhere: inline results end up in chats that the bot does not know."""
        return Audience(frozenset(self.settings.private_folders))


def misnamed(settings: Settings) -> list[str]:
    """The private folders that do not exist: what was meant is seen by everybody."""
    return [folder for folder in settings.private_folders if not (settings.documents / folder).exists()]


def folders_of(path: str) -> set[str]:
    """The path itself and every folder that it lies in.

    >>> sorted(folders_of("a/b.txt"))
    ['a', 'a/b.txt']
    """
    whole = PurePosixPath(path)
    return {str(whole), *map(str, whole.parents)} - {"."}
