"""Which updates a process has begun with and ended, as far as the inbox does not say so yet."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.memory.journal import Journal


class Progress:
    """Marks of beginning and end of a bot's updates; a context manager, at whose end nothing that was begun is left.

    ``begun`` and ``ended`` are those of processes that were killed, too. What is begun, and neither waits nor is ended,
    may be what ended the process; what is ended is not done again.
    """

    def __init__(self, folder: Path, bot_id: int) -> None:
        self.begun: set[int] = set()
        self.ended: set[int] = set()
        self._journal = Journal(folder, f"progress-{bot_id}")
        left = list(self._journal.left())
        for entry in (entry for part in left for entry in part.entries()):
            self._mark(entry)
        self._write_all()
        for part in left:
            part.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._journal.close()

    def begin(self, update_id: int) -> None:
        """Note that an update is begun with, which the rest of this task is about."""
        _current.set((self, update_id))
        self._note({"begun": [update_id]})

    @contextlib.contextmanager
    def _waiting(self, update_id: int) -> Iterator[None]:
        self._note({"waiting": [update_id]})
        try:
            yield
        finally:
            self._note({"begun": [update_id]})

    def end(self, update_id: int) -> None:
        """Note that an update has been dealt with."""
        self._note({"ended": [update_id]})

    def settled(self, update_ids: Collection[int]) -> None:
        """Forget updates of which the inbox says that they have been dealt with."""
        self.ended.difference_update(update_ids)
        self.begun.difference_update(update_ids)
        with contextlib.suppress(OSError):  # then it is forgotten later
            before = self._journal.cut()
            self._write_all()
            before.remove()

    def _note(self, entry: dict[str, list[int]]) -> None:
        self._mark(entry)
        self._write(entry)

    def _mark(self, entry: dict[str, list[int]]) -> None:
        self.begun.update(entry.get("begun", ()))
        self.ended.update(entry.get("ended", ()))
        self.begun.difference_update(self.ended, entry.get("waiting", ()))

    def _write_all(self) -> None:
        self._write({"begun": sorted(self.begun), "ended": sorted(self.ended)})

    def _write(self, entry: dict[str, list[int]]) -> None:
        with contextlib.suppress(OSError):  # that there is no room is said where it keeps updates from being kept
            self._journal.add(entry)


_current: ContextVar[tuple[Progress, int] | None] = ContextVar("current", default=None)


def waiting() -> contextlib.AbstractContextManager[None]:
    """Return a context in which the update that this task has begun with, if any, is not to blame for a crash.

    It only waits in there: for Telegram to take its answer, or for another process.
    """
    current = _current.get()
    return current[0]._waiting(current[1]) if current else contextlib.nullcontext()
