"""Child processes that do not outlive whoever started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # prctl(2)


def ends_with_parent(number: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """Return the ``preexec_fn`` with which a child gets this signal when the thread that starts it ends.

    It holds across ``exec`` and for the child alone, not for children of its own. ``None`` where the system cannot do
    it, which is anywhere but on Linux.
    """
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # which has ended in the meantime
            os._exit(1)

    return prepare
