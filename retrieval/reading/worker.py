"""The process that reads files for another: one that hangs, crashes or fills the memory costs nothing but itself.

Run as ``python -m retrieval.reading.worker``: batches come on standard input, replies go to standard output.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading.declarations import Declarations, declared
from retrieval.reading.document import Reading, load, read_data
from retrieval.reading.images.recognition import PageDone, Recognition
from retrieval.reading.limits import Limits, too_much_memory
from retrieval.reading.messages import Batch, Job, Reply, pack_reply, receive, send, unpack_batch

_WORN_SHARE = 0.5
"""The share of the memory that a process may still hold after a file, and read another."""


def main() -> None:
    """Read batches until there are none any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, it goes to the whole group: the parent decides
    requests, replies = _streams()
    # Reading a text loads what most files need, while it is found out what there is to read.
    read_data("a.txt", b"a", limits=Limits(), declarations=Declarations())
    while (message := receive(requests)) is not None:
        batch = unpack_batch(message)
        _bound_memory(batch.limits)
        for job in batch.jobs:
            _renew_time(batch.limits)
            send(replies, _answer(batch, job, partial(_page_done, replies, batch.limits)))


def _streams() -> tuple[IO[bytes], IO[bytes]]:
    """Where batches come from and where replies go, out of the way of libraries that print."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    send(replies, b"ready")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    return requests, replies


def _page_done(replies: IO[bytes], limits: Limits, page: int, page_count: int) -> None:
    """Say that a page has been recognised; the next one has all the time again."""
    _renew_time(limits)
    send(replies, pack_reply(Reply(page=page, page_count=page_count)))


def _answer(batch: Batch, job: Job, page_done: PageDone) -> bytes:
    try:
        return pack_reply(Reply(_read(batch, job, page_done), worn=_is_worn(batch.limits)))
    except MemoryError:
        failure = UnreadableDocument(job.path, too_much_memory(batch.limits))
        return pack_reply(Reply(Reading((), (failure,)), worn=True))


def _read(batch: Batch, job: Job, page_done: PageDone) -> Reading:
    sha256 = ""
    try:
        declarations = _declarations(batch, job)
        data = load(batch.folder, PurePosixPath(job.path), batch.limits) if job.data is None else job.data
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 == job.known:
            return Reading((), (), sha256)
        recognition = Recognition(batch.recognised, page_done)
        reading = read_data(job.path, data, limits=batch.limits, declarations=declarations, recognition=recognition)
        return reading._replace(sha256=sha256)
    except UnreadableDocument as error:
        return Reading((), (error,), sha256)


def _declarations(batch: Batch, job: Job) -> Declarations:
    if batch.declarations is not None:
        return batch.declarations
    try:
        return declared(batch.folder)
    except DocumentsFolderError as error:
        raise UnreadableDocument(job.path, error.reason) from error


def _bound_memory(limits: Limits) -> None:
    if sys.platform == "win32":  # only the time is limited there, by the process that asks
        return
    import resource

    # What is private and can be written: not what is mapped from files, nor what threads only reserve.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    _lower(kind, limits.memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def _renew_time(limits: Limits) -> None:
    """Allow the next file its seconds of the processor."""
    if sys.platform != "win32":
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + 1 + limits.cpu_seconds)


def _lower(kind: int, bound: int) -> None:
    """Set the soft limit, which can be raised again up to the hard one."""
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(kind, (bound, hard))


def _is_worn(limits: Limits) -> bool:
    """Whether what earlier files have left in memory takes too much of what the next may have."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return False
    return pages * os.sysconf("SC_PAGE_SIZE") > _WORN_SHARE * limits.memory_bytes


if __name__ == "__main__":
    main()
