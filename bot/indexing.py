"""``index``: brings the index up to date before the operator's eyes, and says what came of every document."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich import progress as bars
from rich.console import Console
from rich.text import Text

from retrieval.library import Library, Progress, Report, Status

_WORDS: dict[Status, tuple[str, str]] = {
    "added": ("新增", "green"),
    "changed": ("更新", "green"),
    "unchanged": ("未变", "dim"),
    "removed": ("移除", "yellow"),
    "skipped": ("略过", "dim"),
    "unreadable": ("读不了", "red"),
}


async def index(library: Library, *, as_json_lines: bool) -> bool:
    """Refresh the index with a progress bar and print the report; gives whether everything could be read."""
    with progress_bar() as progress:
        report = await library.refresh(progress=progress)
    if as_json_lines:
        for line in _json_lines(report):
            print(line)  # noqa: T201 - this is the output
    else:
        _print(report)
    return not report.count("unreadable")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show how reading goes, on standard error and only on a terminal; the bar is gone when it is done."""
    columns = (
        bars.TextColumn("读文档"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]:,.0f} 段/秒", markup=False),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[path]}", markup=False),
    )
    bar = bars.Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task("", total=None, path="", rate=0)
    begun = time.monotonic()

    def told(done: int, total: int, path: str, paragraph_count: int) -> None:
        bar.start()  # not before: where nothing has to be read, nothing is to be seen
        rate = paragraph_count / max(time.monotonic() - begun, 1e-3)
        bar.update(task, completed=done, total=total, path=path or "写索引", rate=rate)

    try:
        yield told
    finally:
        bar.stop()


def summary(report: Report) -> str:
    """Give the counts of a report in one line."""
    counts = "，".join(f"{word} {report.count(status)}" for status, (word, _) in _WORDS.items() if report.count(status))
    return f"{report.document_count} 个文档可以提问（文件：{counts}）"


def _print(report: Report) -> None:
    console = Console(highlight=False, emoji=False, markup=False)
    for file in report.files:
        word, style = _WORDS[file.status]
        for document in file.documents:
            encoding = f"，{document.encoding}" if document.encoding else ""
            console.print(
                Text.assemble(
                    (word, style),
                    f" {document.path}：{document.format}{encoding}，"
                    f"{document.paragraph_count} 段，{document.character_count} 字",
                ),
                soft_wrap=True,
            )
            for remark in document.remarks:
                console.print(Text(f"    {remark}", style="dim"), soft_wrap=True)
        for failure in file.failures:
            console.print(Text.assemble((word, style), f" {failure}"), soft_wrap=True)
        if not (file.documents or file.failures):
            console.print(Text.assemble((word, style), f" {file.path}"), soft_wrap=True)
    console.print(summary(report), soft_wrap=True)


def _json_lines(report: Report) -> Iterator[str]:
    """Give an object for each file, then one with the counts."""
    counts = {status: report.count(status) for status in _WORDS}
    for line in (*map(asdict, report.files), {"document_count": report.document_count, "files": counts}):
        yield json.dumps(line, ensure_ascii=False)
