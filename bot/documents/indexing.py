"""Indexing in a process of its own: the one that answers loses no time, no memory and, by a bad file, not its life."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from retrieval.errors import YuanjuError
from retrieval.library import FileReport, Report, Summary

NICENESS = 10
_ERROR = "yuanju: "
_LONGEST_LINE = 1 << 24
_RECORD = re.compile(r"\S+ \S+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\S+): (.*)")

logger = logging.getLogger(__name__)


class IndexingError(YuanjuError):
    """The process that was to bring the index up to date could not; the message says why."""


class Indexer:
    """Runs ``yuanju index`` at low priority. ``environment`` is all it is told, and needs to hold no secret.

    What it logs is logged here.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    async def __call__(self) -> Report:
        """Bring the index in step with the documents. Raises ``IndexingError``, after which the index is as it was."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "index", "--json",
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            start_new_session=True,  # with the processes that it starts, it can be ended as one
        )  # fmt: skip
        with suppress(AttributeError, OSError):  # not every system has priorities
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        try:
            output, reason = await asyncio.gather(process.stdout.read(), _relayed(process.stderr))
            status = await process.wait()
        finally:
            if process.returncode is None or process.returncode < 0:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # a killed builder leaves the index as it was
                await process.wait()
        if status < 0:
            raise IndexingError(f"Indexing was ended by {signal.Signals(-status).name}; is there enough memory?")
        if status not in {0, 1}:
            raise IndexingError(reason or f"Indexing ended with status {status}; try yuanju index")
        return await asyncio.to_thread(_report, output)


async def _relayed(stream: asyncio.StreamReader) -> str:
    """Pass on what the process says, but for the error that it ends with; gives that."""
    reason = ""
    async for line in stream:
        text = line.decode(errors="replace")
        if text.startswith(_ERROR):
            reason = text.removeprefix(_ERROR).strip()
        elif record := _RECORD.fullmatch(text.rstrip()):
            level, name, message = record.groups()
            logging.getLogger(name).log(logging.getLevelNamesMapping()[level], "%s", message)
        else:
            logger.warning("%s", text.rstrip())
    return reason


def _report(output: bytes) -> Report:
    *lines, last = (json.loads(line) for line in output.decode().splitlines())
    return Report(tuple(_file(line) for line in lines), last["changed"])


def _file(fields: dict[str, Any]) -> FileReport:
    documents = (Summary(**document | {"remarks": tuple(document["remarks"])}) for document in fields["documents"])
    return FileReport(**fields | {"documents": tuple(documents), "failures": tuple(fields["failures"])})
