"""Who gives way on a busy processor: what reads and indexes, to what answers."""

from __future__ import annotations

import os
from contextlib import suppress

NICENESS = 10


def give_way(process_id: int) -> None:
    """Lower the priority of a process that has just been started, and of all that it will start.

    It counts among the processes of a session only: Linux shares out the processor among sessions first, see
    sched(7) on autogroups.
    """
    with suppress(AttributeError, OSError):  # not every system has priorities, and it may be lower still
        os.setpriority(os.PRIO_PROCESS, process_id, NICENESS)
