"""The event loop's heartbeat, and the end of the process when it stops: only a restart helps one that stands still."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import socket
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

STUCK = 1
"""The exit status of a process that stood still: not 2, after which a start would fail again."""
STUCK_SECONDS = 30.0

_logger = logging.getLogger(__name__)

_BEATS = 6  # in the time after which the loop counts as stuck
_TICKS = 30
_LOG_SECONDS = 5.0


def notify(state: str) -> None:
    """Tell systemd ``READY=1``, ``STOPPING=1`` or ``WATCHDOG=1``, where it asked to be told; see sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications, contextlib.suppress(OSError):
            notifications.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            notifications.send(state.encode())


@asynccontextmanager
async def heartbeat(beat: Callable[[], None], *, stuck_seconds: float = STUCK_SECONDS) -> AsyncIterator[None]:
    """Call ``beat`` six times in ``stuck_seconds``, and end the process with status 1 when the loop no longer gets to.

    Where the loop stood is logged first. A loop that stands in code that lets no other thread work is ended by
    ``faulthandler``, half as long after, with the same status.
    """
    watch = _Watch(threading.get_ident(), stuck_seconds)

    async def beats() -> None:
        while True:
            watch.reset()
            beat()
            notify("WATCHDOG=1")
            await asyncio.sleep(stuck_seconds / _BEATS)

    beating = asyncio.create_task(beats())
    watch.start()
    try:
        yield
    finally:
        watch.stop()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


class _Watch(threading.Thread):
    """Counts its own ticks since the last heartbeat: a process that was suspended has not stood still."""

    def __init__(self, watched: int, stuck_seconds: float) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._watched = watched
        self._stuck_seconds = stuck_seconds
        self._ticks = 0
        self._stopped = threading.Event()

    def reset(self) -> None:
        self._ticks = 0
        faulthandler.dump_traceback_later(1.5 * self._stuck_seconds, exit=True)

    def stop(self) -> None:
        self._stopped.set()
        faulthandler.cancel_dump_traceback_later()

    def run(self) -> None:
        while not self._stopped.wait(self._stuck_seconds / _TICKS):
            self._ticks += 1
            if self._ticks >= _TICKS:
                self._end()

    def _end(self) -> None:
        # The log may be what it stands in: then this ends it.
        last = threading.Timer(_LOG_SECONDS, os._exit, [STUCK])
        last.daemon = True
        last.start()
        frame = sys._current_frames().get(self._watched)
        _logger.critical(
            "The event loop has stood still for %.0f seconds. The process ends, so that it can be started again; "
            "please report where it stood:\n%s",
            self._stuck_seconds,
            "".join(traceback.format_stack(frame)).rstrip(),
        )
        os._exit(STUCK)
