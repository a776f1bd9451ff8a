"""A sign of life: ``serve`` gives it with its event loop's heartbeat and with every poll that Telegram answers.

``health`` looks how old they are. That the process exists proves nothing: it may stand still or be deaf.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

STALE_SECONDS = 60
"""Twelve heartbeats; two polls of half a minute."""


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """Two files whose times of change are those of the last signs; ``folder`` is where the index is.

    To touch a file takes no room: a full disk doesn't make a bot look dead.
    """

    folder: Path

    @property
    def _alive(self) -> Path:
        return self.folder / "alive"

    @property
    def _heard(self) -> Path:
        return self.folder / "heard"

    @property
    def _warning(self) -> Path:
        return self.folder / "warning"

    def beat(self) -> None:
        """Say that the event loop goes round."""
        _touch(self._alive)

    def give(self) -> None:
        """Say that Telegram has just been heard."""
        _touch(self._heard)

    def warn(self, warning: str) -> None:
        """Say what is wrong though questions are answered; an empty text takes it back."""
        with contextlib.suppress(OSError):
            if warning:
                self._warning.write_text(warning, encoding="utf-8")
            else:
                self._warning.unlink(missing_ok=True)

    def warning(self) -> str:
        """Return what is wrong though questions are answered; empty where nothing is."""
        try:
            return self._warning.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def withdraw(self) -> None:
        """Say that nothing is served any more."""
        for sign in (self._heard, self._alive, self._warning):
            with contextlib.suppress(OSError):
                sign.unlink(missing_ok=True)

    def trouble(self) -> str | None:
        """Return what is wrong, in a line; ``None`` when both signs are fresh."""
        alive, heard = _age(self._alive), _age(self._heard)
        if alive is None:
            return f"serve is not running with the index in {self.folder}"
        if alive > STALE_SECONDS:
            return f"serve has been killed or has stood still for {alive:.0f} seconds; see its log"
        if heard is None:
            return "serve is starting and has not reached Telegram yet; see its log"
        if heard > STALE_SECONDS:
            return f"serve has not heard from Telegram for {heard:.0f} seconds; see its log"
        return None


def _touch(file: Path) -> None:
    # What is wrong with the folder is said by what works in it; here it only means that no sign is given.
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def _age(file: Path) -> float | None:
    """Seconds since the file was touched; ``None`` when it is not there."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return None
