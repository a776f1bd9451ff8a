"""Who may read what is kept: its owner alone, and the group where the folder is one that a group writes in.

A container may be started with another user the next time, of the same group: what the last one left is then its own.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def share(path: Path) -> None:
    """Give a group the rights of the owner where it may write in the folder around, as in a container's volume."""
    with contextlib.suppress(OSError):  # it is another's, who has done so
        if path.parent.stat().st_mode & stat.S_IWGRP:
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | (mode & stat.S_IRWXU) >> 3)


def refusal(error: OSError) -> str:
    """Return why the system would not read or write a file, and what to do where it is another user's."""
    if error.filename is None:
        return error.strerror or str(error)
    path = Path(os.fsdecode(error.filename))
    if isinstance(error, PermissionError) and hasattr(os, "geteuid"):
        place = next(one for one in (path, *path.absolute().parents) if os.path.lexists(one))
        owner, user = place.lstat().st_uid, os.geteuid()
        if owner != user:
            return f"{place} belongs to user {owner}, and this runs as user {user}; run it as {owner}, or chown -R it"
    return f"{path}: {error.strerror}"
