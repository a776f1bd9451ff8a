"""Indexing in a process of its own: the one that answers loses no time, no memory and, by a bad file, not its life."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from retrieval.errors import YuanjuError
from retrieval.library import EVERYWHERE, Entry, FileReport, Report, State, Summary
from retrieval.priority import give_way

STILL_SECONDS = 600.0
"""How long nothing may come of indexing: a file takes a minute at most, writing a large index some minutes."""
_ERROR = "yuanju: "
_LONGEST_LINE = 1 << 24
_RECORD = re.compile(r"\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\S+): (.*)")

logger = logging.getLogger(__name__)


class IndexingError(YuanjuError):
    """The process that was to bring the index up to date could not; the message says why."""


class Indexer:
    """Runs ``yuanju index`` at low priority. ``environment`` is all it is told, and needs to hold no secret.

    What it logs is logged here. When it has said nothing for ``still_seconds``, it is ended, which frees its lock.
    """

    def __init__(self, environment: Mapping[str, str], *, still_seconds: float = STILL_SECONDS) -> None:
        self._environment = dict(environment)
        self._still_seconds = still_seconds
        self._heard = 0.0

    async def __call__(self, places: Collection[str] = EVERYWHERE) -> Report:
        """Bring the index in step with the documents at some places; the report tells of these, or of what has changed.

        Raises ``IndexingError``, after which the index is as it was.
        """
        self._heard = time.monotonic()
        environment = dict(self._environment)
        if logger.getEffectiveLevel() > logging.INFO:
            environment["YUANJU_LOG_LEVEL"] = "INFO"  # which is how it is heard that it goes on
        which = ["--brief"] if places == EVERYWHERE else ["--", *places]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "index", "--json", *which,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            process_group=0,  # with the processes that it starts, it can be ended as one; a session has its own share
        )  # fmt: skip
        give_way(process.pid)
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        try:
            working = asyncio.gather(process.stdout.read(), self._relayed(process.stderr), process.wait())
            while not (await asyncio.wait({working}, timeout=max(self._rest(), 0)))[0]:
                if self._rest() <= 0:
                    raise IndexingError(
                        f"Indexing stood still for {self._still_seconds:.0f} seconds and was ended; is the disk, or a "
                        "network drive, gone?"
                    )
            output, reason, status = working.result()
        finally:
            working.cancel()
            if process.returncode is None or process.returncode < 0:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # a killed builder leaves the index as it was
                await process.wait()
            await asyncio.gather(working, return_exceptions=True)
        if status < 0:
            raise IndexingError(f"Indexing was ended by {signal.Signals(-status).name}; is there enough memory?")
        if status not in {0, 1}:
            raise IndexingError(reason or f"Indexing ended with status {status}; try yuanju index")
        return await asyncio.to_thread(_report, output)

    def _rest(self) -> float:
        """How many seconds it may still be silent."""
        return self._heard + self._still_seconds - time.monotonic()

    async def _relayed(self, stream: asyncio.StreamReader) -> str:
        """Pass on what the process says, but for the error that it ends with; gives that."""
        reason = ""
        async for line in stream:
            self._heard = time.monotonic()
            reason = _said(line.decode(errors="replace")) or reason
        return reason


def _said(text: str) -> str:
    """Log a line of the process; return the error that it is, or an empty text."""
    if text.startswith(_ERROR):
        return text.removeprefix(_ERROR).strip()
    if record := _RECORD.fullmatch(text.rstrip()):
        level, name, message = record.groups()
        logging.getLogger(name).log(logging.getLevelNamesMapping()[level], "%s", message)
    else:
        logger.warning("%s", text.rstrip())
    return ""


def _report(output: bytes) -> Report:
    *lines, last = (json.loads(line) for line in output.decode().splitlines())
    return Report([_file(line) for line in lines], last["changed"], last["files"], last["document_count"])


def _file(fields: dict[str, Any]) -> FileReport:
    documents = [Summary(**document | {"remarks": tuple(document["remarks"])}) for document in fields["documents"]]
    entry = Entry.of(State(fields["size"], 0, ""), documents, fields["failures"])
    return FileReport(fields["path"], fields["status"], entry.text)
