"""The operating system's locks on files: a process that dies, however suddenly, holds none."""

from __future__ import annotations

import logging
import sys

logger = logging.getLogger(__name__)


def lock(descriptor: int, *, shared: bool = False) -> bool:
    """Return whether an open file could be locked, for as long as it is open: not while another process has it locked.

    ``shared`` is with others that lock it so. Where the file system has no locks it is as if there were nobody else.
    """
    try:
        _lock(descriptor, shared=shared)
    except BlockingIOError:
        return False
    except OSError as error:
        logger.info("no locks here: %s", error)
    return True


if sys.platform == "win32":

    def _lock(descriptor: int, *, shared: bool) -> None:
        import portalocker
        from portalocker import LockFlags

        kind = LockFlags.SHARED if shared else LockFlags.EXCLUSIVE
        try:
            portalocker.lock(descriptor, kind | LockFlags.NON_BLOCKING)
        except portalocker.AlreadyLocked as error:
            raise BlockingIOError from error
        except portalocker.LockException as error:
            raise OSError(str(error)) from error

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
