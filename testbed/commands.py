"""Commands of ``yuanju`` for tests that run many: each in a process of its own, which starts at once.

It is forked from one that has imported the product and done nothing else, since a start of Python with these imports
takes a second or more. What a command imports itself is for tests that start ``python -m bot``.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess

import psutil

from bot.__main__ import main

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["testbed.imported"])


class Command:
    """A command that has been started; its streams are files."""

    def __init__(self, process: BaseProcess, output: Path, errors: Path) -> None:
        self._process = process
        self._output, self._errors = output, errors

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self._output.read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._errors.read_text(encoding="utf-8") if self._errors.exists() else ""

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def terminate(self) -> None:
        """Send it a SIGTERM."""
        self._process.terminate()

    def wait(self) -> int:
        """Wait for its end, and return its status."""
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for what it does, which nothing here is told of; no longer than until it ends."""
        while self.running and not reached():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert reached(), self.errors


@contextmanager
def started(
    *arguments: str | Path, environment: Mapping[str, str], typed: str = "", memory: int | None = None
) -> Iterator[Command]:
    """Start a command with this environment and ``typed`` at its standard input; at the end it is killed.

    It may take ``memory`` bytes more than what it starts with, where Linux bounds that.
    """
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as name:
        streams = [Path(name, stream) for stream in ("stdin", "stdout", "stderr")]
        streams[0].write_text(typed, encoding="utf-8")
        process = _PROCESSES.Process(target=_run, args=(words, dict(environment), streams, Path.cwd(), memory))
        process.start()
        try:
            yield Command(process, *streams[1:])
        finally:
            process.kill()
            process.join()


def yuanju(
    *arguments: str | Path, environment: Mapping[str, str], typed: str = "", memory: int | None = None
) -> CompletedProcess[str]:
    """Run a command from start to end. See ``started``."""
    with started(*arguments, environment=environment, typed=typed, memory=memory) as command:
        status = command.wait()
        return CompletedProcess(["yuanju", *map(str, arguments)], status, command.output, command.errors)


def _run(
    words: list[str], environment: Mapping[str, str], streams: Sequence[Path], place: Path, memory: int | None
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(place)
    for number, stream in enumerate(streams):
        with stream.open("ab" if number else "rb") as file:
            os.dup2(file.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process
        for number, mode in enumerate("rww")
    )
    if environment.get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    if memory is not None:
        import resource

        bound = psutil.Process().memory_info().data + memory
        resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))
    sys.argv = ["yuanju", *words]
    sys.exit(main(words))
