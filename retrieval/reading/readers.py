"""Reading in processes of their own: a file that hangs, crashes or fills the memory costs nothing but itself."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from retrieval.errors import ReaderError, UnreadableDocument
from retrieval.reading.declarations import Declarations
from retrieval.reading.document import Reading
from retrieval.reading.finding import File
from retrieval.reading.limits import Limits
from retrieval.reading.messages import Batch, Job
from retrieval.reading.process import DiedError, PageRead, ReadingProcess

PROCESS_COUNT = 2
BATCH_BYTES, BATCH_FILES = 256 * 1024, 16
"""Files that are asked for together: so many bytes or files, whatever comes first."""
_AHEAD = 2
"""Batches for each process that are read before what came of the first is fetched."""


class Readers:
    """Processes that read files: each is started when it is first needed, and reused until ``async with`` ends them.

    ``limits`` bound what each file may take, of processor, time and memory too. What is recognised in pictures is kept
    in the folder ``recognised``, if there is one. ``page_read`` is called from another thread. ``process`` is one
    that has been started for them, by ``begun``.
    """

    def __init__(
        self,
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        process_count: int = PROCESS_COUNT,
        recognised: Path | None = None,
        page_read: PageRead = lambda *_: None,
        process: ReadingProcess | None = None,
    ) -> None:
        self._limits = limits
        self._recognised = recognised.absolute() if recognised else None
        self._page_read = page_read
        self._process_count = process_count
        self._threads = ThreadPoolExecutor(process_count, thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._idle = [process] if process and process.usable else []
        self._all = set(self._idle)
        self._closing = threading.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._close)

    def start(self) -> None:
        """Start a process, which takes a tenth of a second, before there is something to read.

        Where that is not possible, whoever reads hears of it.
        """
        with suppress(ReaderError):
            self._put_back(self._take())

    async def read(
        self, folder: Path, path: str, data: bytes | None = None, *, declarations: Declarations | None = None
    ) -> Reading:
        """Return the documents in the file at ``path`` in the folder, or in ``data`` under that name.

        Without ``declarations``, those of the folder count. Raises ``UnreadableDocument``, as ``reading.read`` does.
        """
        batch = Batch(folder.absolute(), (Job(path, data),), declarations, self._limits, self._recognised)
        try:
            (reading,) = await asyncio.get_running_loop().run_in_executor(self._threads, self._run, batch)
        except ReaderError as error:
            raise UnreadableDocument(path, str(error)) from error
        if not reading.documents:
            raise reading.failures[0]
        return reading

    async def read_all(
        self, folder: Path, files: Iterable[tuple[File, str]], *, declarations: Declarations | None = None
    ) -> AsyncGenerator[Reading, None]:
        """Yield what came of each file, in order; what could not be read is among its failures.

        With each file comes the SHA-256 of the content it is known by, or an empty text. What still has that is not
        read: its reading has neither documents nor failures. Raises ``ReaderError`` where no process can be started.
        """
        loop, folder = asyncio.get_running_loop(), folder.absolute()
        waiting: deque[asyncio.Future[list[Reading]]] = deque()
        try:
            for jobs in _batches(files):
                batch = Batch(folder, jobs, declarations, self._limits, self._recognised)
                waiting.append(loop.run_in_executor(self._threads, self._run, batch))
                if len(waiting) > _AHEAD * self._process_count:
                    for reading in await waiting.popleft():
                        yield reading
            while waiting:
                for reading in await waiting.popleft():
                    yield reading
        finally:
            for future in waiting:
                future.cancel()

    def _run(self, batch: Batch) -> list[Reading]:
        """Return what came of each file of the batch, read by as many processes as that takes."""
        readings: list[Reading] = []
        jobs = deque(batch.jobs)
        while jobs:
            process = self._take()
            fresh = not process.used
            try:
                for reading in process.read(batch._replace(jobs=tuple(jobs)), self._page_read):
                    readings.append(reading)
                    jobs.popleft()
                    fresh = False
            except DiedError as died:
                # Where it has read others before, they may be to blame: a fresh process tries once more.
                if fresh or died.limited:
                    readings.append(Reading((), (UnreadableDocument(jobs.popleft().path, died.reason),)))
            finally:
                self._put_back(process)
        return readings

    def _take(self) -> ReadingProcess:
        with self._lock:
            if self._closing.is_set():
                raise ReaderError("was stopped")
            if self._idle:
                return self._idle.pop()
        process = ReadingProcess()
        with self._lock:
            self._all.add(process)
        if self._closing.is_set():
            process.kill()
        return process

    def _put_back(self, process: ReadingProcess) -> None:
        with self._lock:
            if process.usable:
                self._idle.append(process)
                return
            self._all.discard(process)
        process.close()

    def _close(self) -> None:
        with self._lock:
            self._closing.set()
            processes = list(self._all)
        for process in processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            process.close()


@contextmanager
def begun() -> Iterator[ReadingProcess | None]:
    """Start a process before there are ``Readers``; ``None`` where that is not possible, as they will say."""
    try:
        process = ReadingProcess()
    except ReaderError:
        yield None
        return
    try:
        yield process
    finally:
        process.close()


def _batches(files: Iterable[tuple[File, str]]) -> Iterator[tuple[Job, ...]]:
    """Yield the files in batches: many small ones, or a large one by itself."""
    jobs: list[Job] = []
    size = 0
    for file, known in files:
        if jobs and (len(jobs) == BATCH_FILES or size + file.size > BATCH_BYTES):
            yield tuple(jobs)
            jobs, size = [], 0
        jobs.append(Job(file.relative, known=known))
        size += file.size
    if jobs:
        yield tuple(jobs)
