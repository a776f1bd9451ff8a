"""One process that reads files, as seen from the one that asks: started, asked, watched, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from retrieval.errors import ReaderError, YuanjuError
from retrieval.priority import give_way
from retrieval.reading.document import Reading
from retrieval.reading.limits import Limits, too_much_memory, too_slow
from retrieval.reading.messages import Batch, pack_batch, receive, send, unpack_reply

PageRead = Callable[[str, int, int], None]
"""Called when a page of a scan has been recognised, with the file's path, the pages done, and all there are."""

_START_SECONDS = 60.0
_CHECK_SECONDS = 0.1
_NEAR = 0.7
"""The share of the memory limit from which on a crash is put down to want of memory."""
_REPLY_BYTES = 1 << 30
_CPU_SIGNAL = getattr(signal, "SIGXCPU", None)
# All that a reader gets of the environment: no secret has one of these names.
_ENVIRONMENT = (
    "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME",
    "PYTHONPYCACHEPREFIX", "PYTHONUTF8", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ",
)  # fmt: skip


class DiedError(YuanjuError):
    """The process has died over a file. ``reason`` is a clause; ``limited`` tells that it went beyond a limit."""

    def __init__(self, reason: str, *, limited: bool) -> None:
        self.reason = reason
        self.limited = limited
        super().__init__(reason)


class ReadingProcess:
    """A process that reads batches of files.

    ``used`` tells that it has read a file, ``usable`` that it can read another.
    """

    def __init__(self) -> None:
        """Start it, which takes a tenth of a second; that is waited for by whoever has it read first.

        Raises ``ReaderError`` where there can be no process.
        """
        self.used = False
        self.usable = True
        self._limits = Limits()
        self._deadline: float | None = None
        self._stopped_for = ""
        self._peak_bytes = 0
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has started, or ended
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "retrieval.reading.worker"],
                env=_environment(),
                cwd=tempfile.gettempdir(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
            )
        except OSError as error:
            self._complaints.close()
            raise ReaderError(f"could not be started: {error.strerror}") from error
        give_way(self._process.pid)
        assert self._process.stdin  # noqa: S101 - both are pipes
        assert self._process.stdout  # noqa: S101
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._watched, name="reading-watch", daemon=True)
        self._watch.start()

    def read(self, batch: Batch, page_read: PageRead) -> Iterator[Reading]:
        """Yield what came of each file, in order; ends early where the process should read no more.

        Raises ``DiedError`` where it has died over the next one, ``ReaderError`` where it has never come to read.
        """
        self._limits, self._peak_bytes = batch.limits, 0
        try:
            if not self._complaints.closed:
                self._wait()
            self._deadline = time.monotonic() + batch.limits.wall_seconds
            send(self._requests, pack_batch(batch))
            for job in batch.jobs:
                while True:
                    message = receive(self._replies, at_most=_REPLY_BYTES)
                    if message is None:
                        raise self._died()
                    reply = unpack_reply(message)
                    self._deadline = time.monotonic() + batch.limits.wall_seconds
                    if reply.reading is not None:
                        break
                    page_read(job.path, reply.page, reply.page_count)
                self.used, self._peak_bytes = True, 0
                self.usable = not reply.worn
                yield reply.reading
                if reply.worn:
                    return
        except (OSError, ValueError) as error:  # the pipe is gone, or what came through it is no reply
            raise self._died() from error
        finally:
            self._deadline = None

    def _wait(self) -> None:
        """Wait until it has started. Raises ``ReaderError`` with what it complained of where it has not."""
        self._deadline = time.monotonic() + _START_SECONDS
        with self._complaints:
            if receive(self._replies) == b"ready":
                return
            self.kill()
            self._process.wait()
            self._complaints.seek(0)
            last = self._complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise ReaderError(f"could not be started: {last or 'it said nothing'}")

    def kill(self) -> None:
        """End it at once, whatever it does; whoever waits for it gets ``DiedError``."""
        self.usable = False
        self._process.kill()

    def close(self) -> None:
        """End it, and let go of what it took."""
        self.kill()
        self._over.set()
        self._watch.join()
        self._process.wait()
        for stream in (self._requests, self._replies, self._complaints):
            with suppress(OSError):  # what was never sent
                stream.close()

    def _watched(self) -> None:
        """Kill the process when a file takes too long or too much."""
        while not self._over.wait(_CHECK_SECONDS):
            deadline = self._deadline
            if deadline is None:
                continue
            self._peak_bytes = max(self._peak_bytes, _resident_bytes(self._process.pid))
            if time.monotonic() > deadline:
                self._stopped_for = too_slow(self._limits, cpu=False)
            elif self._peak_bytes > self._limits.memory_bytes:
                self._stopped_for = too_much_memory(self._limits)
            else:
                continue
            self.kill()
            return

    def _died(self) -> DiedError:
        """Return what the process has died of."""
        self.kill()
        status = self._process.wait()
        if self._stopped_for:
            return DiedError(self._stopped_for, limited=True)
        if _CPU_SIGNAL is not None and status == -_CPU_SIGNAL:
            return DiedError(too_slow(self._limits, cpu=True), limited=True)
        if self._peak_bytes > _NEAR * self._limits.memory_bytes:
            return DiedError(too_much_memory(self._limits), limited=True)
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return DiedError(
            f"crashed the process that read it ({how}); open it with its own program and save it anew", limited=False
        )


def _environment() -> dict[str, str]:
    """Return what the process is told: where its code is, and how text is encoded here."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    places = (Path(place or ".").absolute() for place in sys.path)
    code = os.pathsep.join(str(place) for place in places if place.exists())  # finders have entries that are no places
    # NumPy would start a thread for each processor, for what is not done here.
    return kept | {"PYTHONPATH": code, "OPENBLAS_NUM_THREADS": "1"}


def _resident_bytes(process_id: int) -> int:
    """Return the memory that a process has now; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
