"""Which folders lie where the system does not tell of changes: on other machines, or outside a virtual one."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|davfs\w*|fuse\..+"  # other machines
    r"|virtiofs|vboxsf|prl_fs|vmhgfs|fakeowner"  # outside a virtual one
)


def is_remote(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether a folder lies on a file system that others change without this machine hearing of it.

    ``mounts`` is a table as Linux keeps it (proc_pid_mountinfo(5)); where there is none, the answer is no.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        place = PurePosixPath(folder.resolve())
    except OSError:
        return False
    sort, depth = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        point = PurePosixPath(_unescaped(before.split(" ")[4]))
        # Of two at the same place, the later one lies on top.
        if place.is_relative_to(point) and len(point.parts) >= depth:
            sort, depth = after.split(" ")[0], len(point.parts)
    return _REMOTE.fullmatch(sort) is not None


def _unescaped(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), path)
