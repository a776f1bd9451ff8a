"""A sign of life: ``serve`` gives it with every poll that Telegram answers, ``health`` looks how old it is.

That the process exists proves nothing: it may be deaf.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

STALE_SECONDS = 90
"""Three polls of half a minute."""


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """A file whose time of change is that of the last sign; ``folder`` is where the index is."""

    folder: Path

    @property
    def _file(self) -> Path:
        return self.folder / "alive"

    def give(self) -> None:
        """Say that Telegram has just been heard."""
        self._file.touch()

    def withdraw(self) -> None:
        """Say that nothing is served any more."""
        self._file.unlink(missing_ok=True)

    def trouble(self) -> str | None:
        """Say what is wrong, in a line; ``None`` when the last sign is fresh."""
        try:
            age = time.time() - self._file.stat().st_mtime
        except FileNotFoundError:
            return f"serve is not running with the index in {self.folder}, or has not reached Telegram yet"
        return f"serve has not heard from Telegram for {age:.0f} seconds; see its log" if age > STALE_SECONDS else None
