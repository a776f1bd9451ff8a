"""Commands of ``yuanju`` for tests that run many: each in a process of its own, which starts at once.

It is forked from one that has imported the product and done nothing else, since a start of Python with these imports
takes a second or more. What a command imports itself is for tests that start ``python -m bot``.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess

import psutil

from bot.__main__ import main

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["testbed.imported"])


def yuanju(
    *arguments: str | Path, environment: Mapping[str, str], typed: str = "", memory: int | None = None
) -> CompletedProcess[str]:
    """Run a command with this environment and ``typed`` at its standard input; its streams are files.

    It may take ``memory`` bytes more than what it starts with, where Linux bounds that.
    """
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as name:
        streams = [Path(name, stream) for stream in ("stdin", "stdout", "stderr")]
        streams[0].write_text(typed, encoding="utf-8")
        process = _PROCESSES.Process(target=_run, args=(words, dict(environment), streams, Path.cwd(), memory))
        process.start()
        try:
            process.join()
        finally:
            process.kill()
        output, errors = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    assert process.exitcode is not None
    return CompletedProcess(["yuanju", *words], process.exitcode, output, errors)


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
