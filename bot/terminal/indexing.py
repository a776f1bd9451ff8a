"""``index``: brings the index up to date before the operator's eyes, and says what came of every document."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from bot.terminal.screen import said, screen
from retrieval.errors import DocumentsFolderError
from retrieval.library import EVERYWHERE, FileReport, Library, Progress, Report, Status

REST_SECONDS = 2.0
"""For how long a file must not have changed to be taken for whole."""
_LOGGED_EVERY_SECONDS = 15.0
_PRINTED_AT_ONCE = 500
"""Lines."""

logger = logging.getLogger(__name__)

_STYLES: dict[Status, str] = {
    "added": "green",
    "changed": "green",
    "unchanged": "dim",
    "removed": "yellow",
    "skipped": "dim",
    "unreadable": "red",
    "growing": "yellow",
}


async def index(library: Library, at: Collection[str], *, as_json_lines: bool, brief: bool) -> bool:
    """Refresh the index at some places with a progress bar and print the report; return whether all could be read.

    With ``brief`` the report leaves out what has not changed.
    """
    with progress_bar() as progress:
        report = await library.refresh(at, progress=progress, rest_seconds=REST_SECONDS, brief=brief)
    if as_json_lines:
        for line in _json_lines(report):
            print(line)  # noqa: T201 - this is the output
    else:
        _print(report)
    return not report.count("unreadable")


def places(folder: Path, paths: Sequence[str]) -> Collection[str]:
    """Return the places that are meant by paths in the documents folder, or all where there is none.

    Raises ``DocumentsFolderError`` for a path that leads out of it.
    """
    found = {Path(os.path.normpath(path)).as_posix() for path in paths}
    for place in found:
        if Path(place).is_absolute() or place.split("/")[0] == "..":
            raise DocumentsFolderError(folder, f"{place} does not lie in it; write the path as the report does")
    return found if found and "." not in found else EVERYWHERE


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show how reading goes: on a terminal a bar that is gone when it is done, elsewhere a line in the log at times."""
    if not sys.stderr.isatty():
        yield _logged()
        return
    from rich import progress as bars  # elsewhere, as where serve runs this, nothing is drawn
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TextColumn("{task.fields[shown]}", markup=False),
        bars.TimeElapsedColumn(),
        bars.TextColumn("{task.fields[path]}", markup=False),
    )
    bar = bars.Progress(*columns, console=Console(stderr=True), transient=True)
    reading = bar.add_task(said("Reading"), total=None, path="", shown="")
    writing = bar.add_task(said("Writing"), total=None, path="", shown="", start=False, visible=False)
    begun = time.monotonic()

    def told(done: int, total: int, path: str, paragraph_count: int) -> None:
        bar.start()  # not before: where nothing has to be read, nothing is to be seen
        rate = paragraph_count / max(time.monotonic() - begun, 1e-3)
        shown = f"{done}/{total}  {rate:,.0f} {said('paragraphs/s')}"
        bar.update(reading, completed=done, total=total, path=said(_line(path)), shown=shown)
        if not path:  # how much there is to write is known only once it is written: the bar moves, and the clock runs
            bar.stop_task(reading)
            bar.start_task(writing)
            bar.update(writing, visible=True, shown=said(f"{paragraph_count:,} paragraphs"))

    try:
        yield told
    finally:
        bar.stop()


def _logged() -> Progress:
    last = time.monotonic()

    def told(done: int, total: int, path: str, _: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOGGED_EVERY_SECONDS:
            last = time.monotonic()
            logger.info("%d of %d documents are read, now %s", done, total, path or "the index is written")

    return told


def summary(report: Report) -> str:
    """Return the counts of a report in one line."""
    counts = said(", ").join(f"{said(status)} {report.count(status)}" for status in _STYLES if report.count(status))
    return said(f"{report.document_count} documents can be asked (files: {counts})")


def _print(report: Report) -> None:
    from rich.text import Text

    console = screen()
    # One by one, a hundred thousand lines would take longer to print than the files to index.
    lines = chain.from_iterable(map(_lines, report.files))
    while some := list(islice(lines, _PRINTED_AT_ONCE)):
        console.print(Text("\n").join(Text.assemble(*line) for line in some), soft_wrap=True)
    console.print(summary(report), soft_wrap=True)


def _lines(file: FileReport) -> Iterator[tuple[str | tuple[str, str], ...]]:
    """Return the lines about a file, each in parts, of which some have a style."""
    status = (said(file.status), _STYLES[file.status])
    documents, failures = file.documents, file.failures
    for document in documents:
        encoding = f", {document.encoding}" if document.encoding else ""
        size = f"{document.paragraph_count} paragraphs, {document.character_count} characters"
        yield status, " " + said(f"{_line(document.path)}: {document.format}{encoding}, {size}")
        for remark in document.remarks:
            yield ((f"    {said(remark)}", "dim"),)
    for failure in failures:
        yield status, f" {said(_line(failure))}"
    if not (documents or failures):
        yield status, f" {said(_line(file.path))}"


def _line(name: str) -> str:
    """Return a name, which may have any characters, in one line."""
    return name.replace("\n", "\\n")


def _json_lines(report: Report) -> Iterator[str]:
    """Return an object for each file, then one with the counts."""
    counts = {status: report.count(status) for status in _STYLES}
    last = {"document_count": report.document_count, "changed": report.changed, "files": counts}
    for line in chain(map(_fields, report.files), (last,)):
        yield json.dumps(line, ensure_ascii=False)


def _fields(file: FileReport) -> dict[str, Any]:
    documents = [document._asdict() for document in file.documents]
    fields = {"path": file.path, "status": file.status, "size": file.size}
    return {**fields, "documents": documents, "failures": file.failures}
