"""Measures a folder of many documents: the first index, then how soon one changed document is visible.

Run by ``make changes``. Questions are asked all the while; the longest that one waited is told, too.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path

from bot import composition
from bot.access import Audience
from bot.documents.live_index import LiveIndex
from bot.settings import Settings
from bot.terminal.indexing import REST_SECONDS
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.language.segmenter import dictionary_lines
from retrieval.library import Library

WORDS_OF_A_DOCUMENT = 60
PAUSE_SECONDS = 0.002
"""Between two questions."""


def write(folder: Path, count: int) -> None:
    """Write ``count`` documents of words from jieba's dictionary, each as often as it is in Chinese."""
    choice = random.Random(11)
    words, weights = zip(*((word, frequency) for word, frequency, _ in dictionary_lines()), strict=True)
    cumulated = list(accumulate(weights))
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        place.mkdir(exist_ok=True)
        drawn = choice.choices(words, cum_weights=cumulated, k=WORDS_OF_A_DOCUMENT)
        (place / f"{number:06}.txt").write_text("".join(drawn) + "。\n", "utf-8")


async def fill(folder: Path, index: Path) -> None:
    """Make the first index."""
    _, library = _opened(folder, index)
    begun = time.perf_counter()
    report = await library.refresh()
    print(f"first index of {report.document_count:,} documents: {time.perf_counter() - begun:.1f} s")


async def measure(folder: Path, index: Path) -> None:
    """Change one document, and wait until it is found: by the process that indexes, and as ``serve`` goes about it."""
    engine, library = _opened(folder, index)
    begun = time.perf_counter()
    await library.refresh()
    print(f"nothing has changed: {time.perf_counter() - begun:.2f} s")
    for _ in range(3):
        await _change("in a process that goes on", folder, library.refresh, partial(_best, engine))
    engine, library = _opened(folder, index)
    await _change("in a process that starts", folder, library.refresh, partial(_best, engine))
    engine.close()
    settings = Settings(_env_file=None, documents=folder, index=index)  # type: ignore[call-arg]  # pydantic's
    async with composition.live_index(settings, {"documents": str(folder), "index": str(index)}) as live_index:
        await live_index.take_up()
        title = f"by another process, which first looks for {REST_SECONDS:.0f} s whether it is still being written"
        await _change(title, folder, live_index.refresh, partial(_nearest, live_index))


def _opened(folder: Path, index: Path) -> tuple[LocalEngine, Library]:
    tokenizer = Tokenizer(index / "jieba")
    engine = LocalEngine(index, tokenizer)
    return engine, Library(folder, engine, tokenizer)


async def _best(engine: LocalEngine) -> str:
    found = await engine.search(["魑魅魍魉", "改过", "一篇"], limit=1)
    return found.hits[0].paragraph.text if found.hits else ""


async def _nearest(live_index: LiveIndex) -> str:
    found = await live_index.nearest("魑魅魍魉那一篇改过了吗？", limit=1, audience=Audience())
    return found[0].paragraph.text if found else ""


async def _change(
    title: str, folder: Path, refreshed: Callable[[], Awaitable[object]], ask: Callable[[], Awaitable[str]]
) -> None:
    """Change a document, and ask for it until it is found."""
    name = f"第{time.time_ns()}次"
    next(folder.glob("*/*.txt")).write_text(f"魑魅魍魉{name}。这一篇改过了。\n", "utf-8")
    begun = time.perf_counter()
    refresh = asyncio.ensure_future(refreshed())
    waits, visible = [], 0.0
    while not refresh.done() or not visible:
        asked = time.perf_counter()
        if name in await ask() and not visible:
            visible = time.perf_counter() - begun
        await asyncio.sleep(PAUSE_SECONDS)
        waits.append(time.perf_counter() - asked - PAUSE_SECONDS)
    print(
        f"one document changed, {title}: visible after {visible:.2f} s, refreshed after "
        f"{time.perf_counter() - begun:.2f} s; a question waited {max(waits) * 1e3:.0f} ms at most"
    )


def _first(documents: Path, index: Path) -> None:
    asyncio.run(fill(documents, index))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        documents, index = Path(folder) / "documents", Path(folder) / "index"
        documents.mkdir()
        write(documents, count)
        # As in ``serve``, the process that answers is not the one that has read all documents.
        first = get_context("spawn").Process(target=_first, args=(documents, index))
        first.start()
        first.join()
        asyncio.run(measure(documents, index))


if __name__ == "__main__":
    main()
