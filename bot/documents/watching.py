"""Watching the documents folder, and keeping the live index in step with it."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, NoReturn

from watchfiles import awatch
from watchfiles.main import FileChange

from bot.documents.live_index import LiveIndex
from retrieval import reading
from retrieval.errors import YuanjuError
from retrieval.library import EVERYWHERE, NO_DOCUMENTS, Report

_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|davfs\w*|fuse\..+"  # other machines
    r"|virtiofs|vboxsf|prl_fs|vmhgfs|fakeowner"  # outside a virtual one
)
_QUIET_MS = 100
_LONGEST_MS = 3_000
_MOST_PLACES = 100
"""Changed files and folders that are looked at by themselves; where there are more, all are."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from one look to the next."""

    look: float = 5.0  # whether the folder is there, and whether another process has published a newer index
    list: float = 10.0  # at a folder that tells nobody of its changes
    growth: float = 10.0  # at files that were still being written
    retry: float = 60.0  # until indexing is tried again that has failed
    refresh: float = 600.0  # at all files: a system that is asked to watch too much forgets some of it


class Watch:
    """Follows the changes of a live index's folder, and takes up what other processes publish.

    ``polling`` is whether the folder is listed again and again; where it is ``None``, that depends on where it lies.
    """

    def __init__(self, live_index: LiveIndex, *, polling: bool | None = None, pace: Pace) -> None:
        self._live_index = live_index
        self._pace = pace
        self._polling = polling
        self._trouble = ""
        self._growing: frozenset[str] = frozenset()
        self._growth_due = 0.0
        self._due = 0.0

    async def run(self) -> NoReturn:
        """Go on until cancelled. Whatever goes wrong is logged, and the live index answers as before."""
        while True:
            try:
                async with aclosing(self._possible_changes()) as possible_changes:
                    async for places in possible_changes:
                        try:
                            await self._live_index.take_up()
                            await self._follow(places)
                        except YuanjuError as error:
                            self._fail(error)
            except Exception:
                logger.exception("The documents are not watched for the moment")
            await asyncio.sleep(self._pace.look)

    async def _follow(self, places: frozenset[str]) -> None:
        """Have the index follow what may have changed at some places, or else where it is time for it."""
        now = time.monotonic()
        if now >= self._due or (places and self._trouble):
            places = frozenset(EVERYWHERE)
        elif now >= self._growth_due:
            places |= self._growing
        else:
            places -= self._growing  # what is still being written changes all the time
        if len(places) > _MOST_PLACES or not places.isdisjoint(EVERYWHERE):
            await self._refresh(EVERYWHERE)
            self._due = time.monotonic() + self._pace.refresh
        elif places:
            await self._refresh(places)

    async def _refresh(self, places: Collection[str]) -> None:
        report = await self._live_index.refresh(places)
        growing = {file.path for file in report.files if file.status == "growing"}
        self._growing = frozenset(growing if places == EVERYWHERE else (self._growing - set(places)) | growing)
        self._growth_due = time.monotonic() + self._pace.growth
        if report.changed:
            logger.info("%s", _summary(report))
        elif self._trouble:
            logger.info("The documents can be read again; nothing has changed")
        self._trouble = ""

    def _fail(self, error: YuanjuError) -> None:
        """Say what is wrong, once, and wait with the next attempt."""
        self._due = time.monotonic() + self._pace.retry
        if str(error) != self._trouble:
            logger.warning("%s. Questions are answered from the last index", error)
        self._trouble = str(error)

    async def _possible_changes(self) -> AsyncGenerator[frozenset[str], None]:
        """Yield the places where documents may have changed, and every few seconds that there is none."""
        folder = self._live_index.folder
        polling = await asyncio.to_thread(is_remote, folder) if self._polling is None else self._polling
        compared: object = ()  # nothing so far
        while True:
            watched = _identity(folder)
            try:
                changes = awatch(
                    folder.resolve(),
                    watch_filter=None,
                    step=_QUIET_MS,
                    debounce=_LONGEST_MS,
                    rust_timeout=int(self._pace.look * 1000),
                    yield_on_timeout=True,
                    force_polling=polling,
                    poll_delay_ms=int(self._pace.list * 1000),
                    ignore_permission_denied=True,
                )
                async with _listening(changes) as batches:
                    yield frozenset(() if watched == compared else EVERYWHERE)
                    compared = watched
                    async for batch in batches:
                        if _identity(folder) != watched:
                            break  # another folder in its place, as when a volume is mounted or is gone
                        yield frozenset(self._places(Path(path) for _, path in batch))
            except (OSError, RuntimeError) as error:
                if watched is not None and not polling:
                    logger.warning("%s cannot be watched (%s): it is listed every few seconds instead", folder, error)
                    polling = True
                await asyncio.sleep(self._pace.look)

    def _places(self, paths: Iterable[Path]) -> Iterator[str]:
        """Yield those of the files and folders, by relative path, of which a change may change answers."""
        root = self._live_index.folder.resolve()
        for path in paths:
            if not path.is_relative_to(root) or path == root:
                yield from EVERYWHERE
            elif self._matters(place := path.relative_to(root)):
                yield place.as_posix()

    def _matters(self, path: Path) -> bool:
        """Return whether a change of this file or folder may change answers: editors' own files do not."""
        if any(reading.is_litter(part) for part in path.parts):
            return False
        if str(path) in NO_DOCUMENTS or reading.is_document_name(path.name):
            return True
        place = self._live_index.folder / path
        if place.exists():
            return place.is_dir()
        return any(file.path.startswith(f"{path.as_posix()}/") for file in self._live_index.files)


@asynccontextmanager
async def _listening(changes: AsyncGenerator[set[FileChange], None]) -> AsyncIterator[AsyncIterator[set[FileChange]]]:
    """Have ``awatch`` begin at once: what it would first do when asked for changes, it has done in the context.

    What changes while its first batch is not asked for yet, as while all files are compared, is in that batch.
    """
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)  # until it waits for changes

    async def batches() -> AsyncGenerator[set[FileChange], None]:
        yield await first
        async for batch in changes:
            yield batch

    try:
        async with aclosing(batches()) as found:
            yield found
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await changes.aclose()


@asynccontextmanager
async def watching(
    live_index: LiveIndex,
    *,
    how: Literal["auto", "poll", "off"] = "auto",
    pace: Pace = Pace(),
) -> AsyncIterator[None]:
    """Have a live index follow its folder for as long as the context lasts; ``how`` is as in the settings."""
    if how == "off":
        yield
        return
    task = asyncio.create_task(Watch(live_index, polling=True if how == "poll" else None, pace=pace).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


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


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another that has taken its place; ``None`` where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _summary(report: Report) -> str:
    counts = {status: report.count(status) for status in ("added", "changed", "removed", "unreadable", "growing")}
    changes: Collection[str] = [f"{count} {status}" for status, count in counts.items() if count]
    return f"{report.document_count} documents can be asked now; files: {', '.join(changes) or 'none changed'}"
